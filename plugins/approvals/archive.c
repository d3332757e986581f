/* SPDX-License-Identifier: Apache-2.0
 * 归档: a closed case becomes a file of which every act is refused (档案法 37, 实施条例 39). What stands in it is digested and
 * signed by the host when it is closed, so that a row changed afterwards, by whatever hand, shows. How long it is kept may not
 * be known yet; that does not keep it from being closed. A permission withdrawn afterwards (行政许可法 69) opens the file again:
 * the first volume stays as it was put away, word for word, and what followed becomes the next volume. */
#include "cases.h"
#include "items.h"

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
static struct roll content_of(zhen_call *call, int64_t id)
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
		"SELECT seq, how, copies, note, person, at FROM handed WHERE matter = $1 ORDER BY seq",
		"SELECT material, due_on, supplied_at, lapsed_at FROM lacking WHERE matter = $1 ORDER BY id",
		"SELECT material, content, result, checker, checked_at FROM promise WHERE matter = $1 ORDER BY id",
		"SELECT grade, text, at, contacted_at, mended_at, mended FROM rating WHERE matter = $1",
		"SELECT what, text, person, body, at FROM journal WHERE matter = $1 AND what <> 'archived' ORDER BY id",
	};
	struct roll roll = { .call = call, .text = (char *)zhen_alloc(call, 4096), .size = 4096 };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		ZHEN_FOR_EACH (call, row, parts[i], id)
			add(&roll, row);
	roll.text[roll.length] = '\0';
	return roll;
}

static const char *digest_of(zhen_call *call, int64_t id)
{
	struct roll roll = content_of(call, id);

	return or_empty(call->host->sm3(call, roll.text, roll.length));
}

/* A later volume vouches for the one before it. */
static const char *signed_text(zhen_call *call, const char *number, int64_t volume, const char *before,
                               const char *digest)
{
	return volume == 1 ? zhen_format(call, "archive|%s|%s", number, digest) :
	                     zhen_format(call, "archive|%s|%lld|%s|%s", number, (long long)volume, before, digest);
}

#define VOLUMES                                                                                                       \
	"SELECT 1 AS volume, outcome, retention, digest, signature, person, at FROM archive WHERE matter = $1 UNION ALL " \
	"SELECT volume, outcome, retention, digest, signature, person, at FROM archive_volume WHERE matter = $1 "

/* NULL = it was never put away. */
static const zhen_row *newest_volume(zhen_call *call, int64_t id)
{
	return zhen_one(call, VOLUMES "ORDER BY volume DESC LIMIT 1", id);
}

bool archive_has(zhen_call *call, int64_t matter)
{
	return newest_volume(call, matter) != NULL;
}

bool archive_grants(zhen_call *call, int64_t matter)
{
	const zhen_row *newest = newest_volume(call, matter);

	return strcmp(or_empty(zhen_column_text(newest, "outcome")), approval_process.states[STATE_ISSUED].name) == 0;
}

static void put_away(zhen_call *call, const struct matter *matter)
{
	const zhen_row *before = newest_volume(call, matter->id);
	int64_t volume = zhen_column_int(before, "volume") + 1;
	const char *digest = digest_of(call, matter->id), *outcome = approval_process.states[matter->state].name;
	const char *signature = or_empty(call->host->sign(
		call, signed_text(call, matter->number, volume, or_empty(zhen_column_text(before, "digest")), digest)));

	if (volume > 1) {
		zhen_run(call,
		         "INSERT INTO archive_volume(matter, volume, outcome, retention, digest, signature, person, at) "
		         "VALUES($1, $2, $3, $4, $5, $6, $7, $8)",
		         matter->id, volume, outcome, or_empty(zhen_text(call, "retention")), digest, signature,
		         zhen_get_caller(call)->name, zhen_now(call));
		return;
	}
	zhen_run(call,
	         "INSERT INTO archive(matter, outcome, retention, digest, signature, person, at) VALUES($1, $2, $3, $4, $5, $6, $7)",
	         matter->id, outcome, or_empty(zhen_text(call, "retention")), digest, signature, zhen_get_caller(call)->name,
	         zhen_now(call));
	counter_add(call, matter->township, "archived", 1);
}

zhen_result archive_case(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_ARCHIVE, &matter);

	if (refused != 0)
		return refused;
	const zhen_row *unready = zhen_one(
		call,
		"SELECT number, state FROM document WHERE matter = $1 AND state IN ('waiting', 'rendering') LIMIT 1",
		matter.id);
	if (unready != NULL && strcmp(or_empty(zhen_column_text(unready, "state")), "waiting") == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "document-unsealed", "%s还没有用印，用印签发后再归档",
		                 zhen_column_text(unready, "number"));
	if (unready != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "document-rendering", "文书正在生成，签发后再归档");
	/* That a 直办 case is to be done the same day is met by its being done. */
	if (zhen_one(call, "SELECT id FROM deadline WHERE matter = $1 AND kind <> 'direct-open'", matter.id) != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "follow-up-open",
		                 "还有未完成的承诺核查或者差评整改，完成后再归档");
	const char *lacking = delivery_lacking(call, &matter);
	if (lacking != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "not-delivered", "件 %s 的%s", matter.number, lacking);
	put_away(call, &matter);
	zhen_run(call, "DELETE FROM deadline WHERE matter = $1", matter.id);
	matter_set_state(call, &matter, STATE_ARCHIVED);
	matter_note(call, &matter, "archived",
	            zhen_choice_title(call, RETENTION_CHOICES, or_empty(zhen_text(call, "retention"))));
	return matter_reply(call, &matter);
}

zhen_result archive_reopen(zhen_call *call, const struct matter *matter, const char *reason)
{
	const zhen_row *newest = newest_volume(call, matter->id);
	struct roll roll = content_of(call, matter->id);

	if (!archive_grants(call, matter->id))
		return zhen_fail(call, ZHEN_CONFLICT, "nothing-granted", "件 %s 归档的不是准予决定，没有可以撤销的许可",
		                 matter->number);
	zhen_run(call,
	         "INSERT INTO archive_kept(matter, volume, content, reason, reopened_by, reopened_at) VALUES($1, $2, $3, $4, $5, $6)",
	         matter->id, zhen_column_int(newest, "volume"), roll.text, or_empty(reason), zhen_get_caller(call)->name,
	         zhen_now(call));
	matter_note(call, matter, "reopened", "原卷不动，撤销材料另立附卷");
	return 0;
}

/* One volume: against the words kept when the file was opened again, else against what stands there now. */
static bool show_volume(zhen_call *call, const char *number, int64_t id, const zhen_row *row, const char *before)
{
	int64_t volume = zhen_column_int(row, "volume");
	const zhen_row *kept = zhen_one(
		call,
		"SELECT content, reason, reopened_by, reopened_at FROM archive_kept WHERE matter = $1 AND volume = $2",
		id, volume);
	const char *content = or_empty(zhen_column_text(kept, "content")),
		   *digest = or_empty(zhen_column_text(row, "digest"));
	const char *is = kept != NULL ? or_empty(call->host->sm3(call, content, strlen(content))) : digest_of(call, id);
	bool intact = strcmp(is, digest) == 0 &&
	              call->host->signed_by_host(call, signed_text(call, number, volume, before, digest),
	                                         or_empty(zhen_column_text(row, "signature")));

	zhen_open_object(call, NULL);
	zhen_put(call, "title", volume == 1 ? "原卷" : zhen_format(call, "附卷%lld", (long long)volume - 1));
	zhen_put(call, "intact", intact);
	zhen_put(call, "outcome_title", state_title(or_empty(zhen_column_text(row, "outcome"))));
	zhen_put(call, "retention", zhen_column_text(row, "retention"));
	zhen_put(call, "digest", digest);
	zhen_put(call, "person", zhen_column_text(row, "person"));
	zhen_put_time(call, "archived_at", zhen_column_int(row, "at"));
	if (kept != NULL) {
		zhen_put(call, "reopened_why", zhen_column_text(kept, "reason"));
		zhen_put(call, "reopened_by", zhen_column_text(kept, "reopened_by"));
		zhen_put_time(call, "reopened_at", zhen_column_int(kept, "reopened_at"));
	}
	zhen_close(call);
	return intact;
}

zhen_result show_archive(zhen_call *call)
{
	int64_t id = zhen_int(call, "id");
	const zhen_row *row =
		zhen_one(call, "SELECT number FROM matter WHERE id = $1 AND {{scope village township}}", id);
	const zhen_row *newest = row != NULL && has_part(call, id) ? newest_volume(call, id) : NULL;
	const char *before = "";
	bool intact = true;

	if (newest == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这件档案，或不在您的管辖范围");
	const char *number = or_empty(zhen_column_text(row, "number"));
	call->host->subject(call, number);
	zhen_open_list(call, "volumes");
	ZHEN_FOR_EACH (call, volume, VOLUMES "ORDER BY volume", id) {
		const char *digest = or_empty(zhen_column_text(volume, "digest"));

		intact = show_volume(call, number, id, volume, before) && intact;
		before = zhen_format(call, "%s", digest);
	}
	zhen_close(call);
	zhen_put(call, "number", number);
	zhen_put(call, "intact", intact);
	zhen_put(call, "outcome", zhen_column_text(newest, "outcome"));
	zhen_put(call, "outcome_title", state_title(or_empty(zhen_column_text(newest, "outcome"))));
	zhen_put(call, "retention", zhen_column_text(newest, "retention"));
	return zhen_ok(call);
}
