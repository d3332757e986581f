/* SPDX-License-Identifier: Apache-2.0
 * 归档: a closed case becomes a file of which every act is refused (档案法 37, 实施条例 39). What stands in it is digested and
 * signed by the host when it is closed, so that a row changed afterwards, by whatever hand, shows. How long it is kept may not
 * be known yet; that does not keep it from being closed. */
#include "cases.h"

#include <stdlib.h>

struct roll {
	zhen_call *call;
	char *text;
	size_t length, size;
};

static void add(struct roll *roll, const zhen_row *row)
{
	json_auto_t *values = json_array();

	for (uint32_t i = 0; i < row->count; i++) {
		const char *text = zhen_value_text(&row->values[i]);

		json_array_append_new(values, text != NULL ? json_string(text) : json_integer(zhen_value_int(&row->values[i])));
	}
	char *line = json_dumps(values, JSON_COMPACT | JSON_ENSURE_ASCII);
	size_t length = line != NULL ? strlen(line) : 0;

	if (roll->length + length + 2 > roll->size) {
		size_t size = 2 * roll->size + length + 2;
		char *text = (char *)zhen_alloc(roll->call, size);

		if (roll->length > 0)
			memcpy(text, roll->text, roll->length);
		roll->text = text;
		roll->size = size;
	}
	if (length > 0)
		memcpy(roll->text + roll->length, line, length);
	roll->length += length;
	roll->text[roll->length++] = '\n';
	free(line);
}

/* Everything of the file that an act or a job could have written, in order. The line of the archiving itself is not. */
static const char *digest_of(zhen_call *call, int64_t id)
{
	static const char *const parts[] = {
		("SELECT number, item, item_code, item_name, township, village, window_body, channel, point, applicant, id_card, "
		"phone, round, filed_at, materials_at, told_once, accepted_at, deemed, contact, budget_days, extension_days, "
		"consumed_days, overdue_at, stopped_at, decided_at, visits, places, over_visits FROM matter WHERE id = $1"),
		"SELECT seq, code, body, state, started_at, done_at, person, opinion FROM matter_step WHERE matter = $1 ORDER BY seq",
		("SELECT id, round, step, decision, opinion, person, account, body, checker, second_checker, checked_on, at "
		"FROM opinion WHERE matter = $1 ORDER BY id"),
		"SELECT id, reason, basis, note, expected_days, from_at, to_at FROM suspension WHERE matter = $1 ORDER BY id",
		"SELECT days, reason, approver, at FROM extension WHERE matter = $1",
		"SELECT kind, number, dated_on, state, digest, signature FROM document WHERE matter = $1 ORDER BY id",
		"SELECT title, digest, at FROM material WHERE matter = $1 ORDER BY id",
		"SELECT material, due_on, supplied_at, lapsed_at FROM lacking WHERE matter = $1 ORDER BY id",
		"SELECT material, content, result, checker, checked_at FROM promise WHERE matter = $1 ORDER BY id",
		"SELECT grade, text, at, contacted_at, mended_at, mended FROM rating WHERE matter = $1",
		"SELECT what, text, person, body, at FROM journal WHERE matter = $1 AND what <> 'archived' ORDER BY id",
	};
	struct roll roll = { .call = call, .text = (char *)zhen_alloc(call, 4096), .size = 4096 };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		ZHEN_FOR_EACH (call, row, parts[i], id)
			add(&roll, row);
	return or_empty(call->host->sm3(call, roll.text, roll.length));
}

static const char *signed_text(zhen_call *call, const char *number, const char *digest)
{
	return zhen_format(call, "archive|%s|%s", number, digest);
}

zhen_result archive_case(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_ARCHIVE, &matter);

	if (refused != 0)
		return refused;
	if (zhen_one(call, "SELECT id FROM document WHERE matter = $1 AND state = 'rendering'", matter.id) != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "document-rendering", "文书正在生成，签发后再归档");
	if (zhen_one(call, "SELECT id FROM deadline WHERE matter = $1", matter.id) != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "follow-up-open",
		                 "还有未完成的承诺核查或者差评整改，完成后再归档");
	const char *digest = digest_of(call, matter.id);
	zhen_run(call,
	         "INSERT INTO archive(matter, outcome, retention, digest, signature, person, at) VALUES($1, $2, $3, $4, $5, $6, $7)",
	         matter.id, approval_process.states[matter.state].name, or_empty(zhen_text(call, "retention")), digest,
	         or_empty(call->host->sign(call, signed_text(call, matter.number, digest))),
	         zhen_get_caller(call)->name, zhen_now(call));
	zhen_run(call, "DELETE FROM deadline WHERE matter = $1", matter.id);
	matter_set_state(call, &matter, STATE_ARCHIVED);
	matter_note(call, &matter, "archived", zhen_text(call, "retention"));
	counter_add(call, matter.township, "archived", 1);
	return matter_reply(call, &matter);
}

zhen_result show_archive(zhen_call *call)
{
	int64_t id = zhen_int(call, "id");
	const zhen_row *row = zhen_one(call, "SELECT number FROM matter WHERE id = $1 AND {{scope village township}}", id);
	const zhen_row *file =
		row != NULL ? zhen_one(call, "SELECT outcome, retention, digest, signature, person, at FROM archive WHERE matter = $1", id) :
	                      NULL;

	if (file == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这件档案，或不在您的管辖范围");
	const char *number = or_empty(zhen_column_text(row, "number")),
		   *digest = or_empty(zhen_column_text(file, "digest"));
	bool intact = strcmp(digest_of(call, id), digest) == 0 &&
	              call->host->signed_by_host(call, signed_text(call, number, digest),
	                                         or_empty(zhen_column_text(file, "signature")));
	call->host->subject(call, number);
	zhen_put(call, "number", number);
	zhen_put(call, "intact", intact);
	zhen_put(call, "outcome", zhen_column_text(file, "outcome"));
	zhen_put(call, "outcome_title", state_title(or_empty(zhen_column_text(file, "outcome"))));
	zhen_put(call, "retention", zhen_column_text(file, "retention"));
	zhen_put(call, "digest", digest);
	zhen_put(call, "person", zhen_column_text(file, "person"));
	zhen_put_time(call, "archived_at", zhen_column_int(file, "at"));
	return zhen_ok(call);
}
