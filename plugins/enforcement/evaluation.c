/* SPDX-License-Identifier: Apache-2.0
 * 执法过程监管 (白沙镇): every half year the county's legal department evaluates the files of each team. What is due is made by a
 * job, what was not done in time is flagged by it, which files are looked at is drawn. Money is nowhere in it (行政处罚法 74). */
#include "draw.h"

#include <stdlib.h>

#define BATCH 200
#define COLUMNS \
	"id, township, half, from_on, to_on, due_on, missing_on, state, draw, files, grade, text, closed_on"

struct evaluation {
	int64_t id, draw;
	uint32_t state;
	const char *township, *half, *from_on, *to_on;
};

static const zhen_row *row_of(zhen_call *call, int64_t id)
{
	return zhen_one(call, "SELECT " COLUMNS " FROM evaluation WHERE id = $1 AND {{scope township}}", id);
}

static zhen_result evaluation_for(zhen_call *call, int64_t id, uint32_t act, struct evaluation *out)
{
	const zhen_row *row = row_of(call, id);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这次评查 (no such evaluation)");
	*out = (struct evaluation){ .id = id,
		                    .draw = zhen_column_int(row, "draw"),
		                    .state = (uint32_t)zhen_process_state_of(&evaluation_process, column_or_empty(row, "state")),
		                    .township = column_or_empty(row, "township"),
		                    .half = column_or_empty(row, "half"),
		                    .from_on = column_or_empty(row, "from_on"),
		                    .to_on = column_or_empty(row, "to_on") };
	zhen_result refused =
		zhen_process_may(call, &evaluation_process, out->state, act, out->half, out->township, out);
	if (refused == 0 && zhen_get_caller(call)->level > 3)
		refused = zhen_fail(call, ZHEN_FORBIDDEN, "county-only", "由县级以上法制部门评查，乡镇（街道）不评查自己的案卷 (by a legal department above "
		                                                          "the township)");
	return refused;
}

/* The job: the last half year that is over, of every team that stood in it; and what is overdue. */
zhen_result make_evaluations(zhen_call *call)
{
	const char *day = today(call), *townships[BATCH];
	bool second = strcmp(day + 5, "07-01") >= 0;
	int year = atoi(zhen_format(call, "%.4s", day)) - (second ? 0 : 1);
	const char *half = zhen_format(call, "%d-%d", year, second ? 1 : 2);
	const char *from = zhen_format(call, "%d-%s", year, second ? "01-01" : "07-01"), *to = zhen_format(call, "%d-%s", year, second ? "06-30" : "12-31");
	size_t n = 0;

	ZHEN_FOR_EACH (call, row,
	               "SELECT t.township FROM team t WHERE t.state = 'established' AND t.established_on <= $1 AND NOT EXISTS (SELECT 1 FROM "
	               "evaluation e WHERE e.township = t.township AND e.half = $2) ORDER BY t.township LIMIT 200",
	               to, half)
		if (n < BATCH)
			townships[n++] = zhen_format(call, "%s", column_or_empty(row, "township"));
	for (size_t i = 0; i < n; i++) {
		const char *due = working_days_after(call, townships[i], to, zhen_setting_int_in(call, "evaluation_days", townships[i]));
		int64_t id = zhen_insert(call,
		                         "INSERT INTO evaluation(township, half, from_on, to_on, due_on, missing_on, state, draw, files, grade, text, "
		                         "body, closed_on) VALUES($1, $2, $3, $4, $5, '', 'due', 0, 0, '', '', '', '') RETURNING id",
		                         townships[i], half, from, to, due);
		zhen_emit(call, "enforcement.evaluation.moved", "id", id, "township", townships[i], "half", half, "state", "due", "at", zhen_now(call));
	}
	zhen_run(call, "UPDATE evaluation SET missing_on = $1 WHERE state IN ('due', 'sampled') AND due_on < $1 AND missing_on = ''", day);
	return zhen_ok(call);
}

zhen_result list_evaluations(zhen_call *call)
{
	return zhen_page(call,
	                 "SELECT id, township, half, due_on, NULLIF(missing_on, '') AS missing_on, state, files, NULLIF(grade, '') AS grade FROM "
	                 "evaluation WHERE ($1 = '' OR state = $1) AND ($2 = 0 OR missing_on <> '') AND {{scope township}} {{page id DESC}}",
	                 field_text(call, "state"), zhen_int(call, "missing"));
}

zhen_result show_evaluation(zhen_call *call)
{
	int64_t id = zhen_int(call, "id");
	const zhen_row *row = row_of(call, id);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这次评查 (no such evaluation)");
	const char *township = column_or_empty(row, "township");
	uint32_t state = (uint32_t)zhen_process_state_of(&evaluation_process, column_or_empty(row, "state"));
	zhen_put(call, "id", id);
	put_texts(call, row, (const char *const[]){ "township", "half", "from_on", "to_on", "due_on", "state", "text", NULL });
	static const char *const later[] = { "missing_on", "grade", "closed_on" };
	for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++)
		if (column_or_empty(row, later[i])[0] != '\0')
			zhen_put(call, later[i], column_or_empty(row, later[i]));
	zhen_put(call, "files", zhen_column_int(row, "files"));
	if (zhen_column_int(row, "draw") != 0)
		zhen_put(call, "draw", zhen_column_int(row, "draw"));
	zhen_open_list(call, "samples");
	ZHEN_FOR_EACH (call, one,
	               "SELECT id, place, kind, matter, sound, text, person, CASE WHEN kind = 'penalty' THEN (SELECT number FROM penalty WHERE id = "
	               "matter) ELSE (SELECT number FROM proceeding WHERE id = matter) END AS number FROM sample WHERE evaluation = $1 ORDER BY place",
	               id) {
		zhen_open_object(call, NULL);
		zhen_put(call, "id", zhen_column_int(one, "id"));
		zhen_put(call, "place", zhen_column_int(one, "place"));
		zhen_put(call, "matter", zhen_column_int(one, "matter"));
		put_texts(call, one, (const char *const[]){ "kind", "number", "text", "person", NULL });
		if (zhen_column_int(one, "sound") >= 0)
			zhen_put(call, "sound", zhen_column_int(one, "sound") != 0);
		zhen_open_list(call, "actions");
		if (state == EVALUATION_SAMPLED && zhen_get_caller(call)->level <= 3 &&
		    zhen_may(call, "enforcement.evaluate"))
			put_way(call, "评查案卷", "POST",
			        zhen_format(call, "/samples/%lld/mark", (long long)zhen_column_int(one, "id")));
		zhen_close(call);
		zhen_close(call);
	}
	zhen_close(call);
	zhen_open_list(call, "actions");
	if (zhen_get_caller(call)->level <= 3)
		zhen_process_put_actions(call, &evaluation_process, state, township,
		                         zhen_format(call, "/evaluations/%lld", (long long)id));
	zhen_close(call);
	return zhen_ok(call);
}

static void move(zhen_call *call, const struct evaluation *evaluation, const char *state)
{
	zhen_run(call, "UPDATE evaluation SET state = $1 WHERE id = $2", state, evaluation->id);
	zhen_emit(call, "enforcement.evaluation.moved", "id", evaluation->id, "township", evaluation->township, "half",
	          evaluation->half, "state", state, "at", zhen_now(call));
	zhen_put(call, "id", evaluation->id);
	zhen_put(call, "state", state);
}

/* Every decision of the half year is in; so many are drawn as the setting says, all when there are fewer. */
zhen_result sample_evaluation(zhen_call *call)
{
	struct evaluation evaluation;
	zhen_result refused = evaluation_for(call, zhen_int(call, "id"), EVALUATION_SAMPLE, &evaluation);

	if (refused != 0)
		return refused;
	struct lots *lots = lots_new(call);
	int64_t wanted = zhen_setting_int_in(call, "evaluation_files", evaluation.township);
	bool fits = true;
	ZHEN_FOR_EACH (call, row,
	               "SELECT 'penalty' AS kind, id FROM penalty WHERE township = $1 AND decided_on BETWEEN $2 AND $3 UNION ALL SELECT 'proceeding' "
	               "AS kind, id FROM proceeding WHERE township = $1 AND decided_on BETWEEN $2 AND $3 LIMIT 5001",
	               evaluation.township, evaluation.from_on, evaluation.to_on)
		fits = lots_add(call, lots, zhen_column_int(row, "id"),
		                zhen_format(call, "%s-%lld", column_or_empty(row, "kind"),
		                            (long long)zhen_column_int(row, "id"))) &&
		       fits;
	if (!fits)
		return zhen_fail(call, ZHEN_CONFLICT, "too-many-keys", "半年案卷超过 %d 件 (more than %d files)",
		                 KEYS_MAX, KEYS_MAX);
	lots_draw(call, lots, "");
	int64_t draw = lots_keep(call, lots, evaluation.township, "evaluation",
	                         zhen_format(call, "%s 案卷评查", evaluation.half), "");
	for (int64_t i = 0; i < wanted && i < (int64_t)lots->n; i++)
		zhen_run(call,
		         "INSERT INTO sample(evaluation, township, place, kind, matter, sound, text, person) VALUES($1, $2, $3, $4, $5, -1, '', '')",
		         evaluation.id, evaluation.township, i + 1, lots->keys[i][1] == 'e' ? "penalty" : "proceeding", lots->ids[i]);
	zhen_run(call, "UPDATE evaluation SET draw = $1, files = $2 WHERE id = $3", draw, (int64_t)lots->n, evaluation.id);
	move(call, &evaluation, "sampled");
	return zhen_ok(call);
}

zhen_result mark_sample(zhen_call *call)
{
	int64_t id = zhen_int(call, "id");
	const zhen_row *row = zhen_one(call, "SELECT evaluation FROM sample WHERE id = $1 AND {{scope township}}", id);
	struct evaluation evaluation;

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这份抽取的案卷 (no such file)");
	zhen_result refused = evaluation_for(call, zhen_column_int(row, "evaluation"), EVALUATION_MARK, &evaluation);
	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE sample SET sound = $1, text = $2, person = $3 WHERE id = $4", zhen_int(call, "sound"),
	         field_text(call, "text"), or_empty(zhen_get_caller(call)->name), id);
	zhen_put(call, "id", evaluation.id);
	zhen_put(call, "state", "sampled");
	return zhen_ok(call);
}

zhen_result close_evaluation(zhen_call *call)
{
	struct evaluation evaluation;
	zhen_result refused = evaluation_for(call, zhen_int(call, "id"), EVALUATION_CLOSE, &evaluation);

	if (refused != 0)
		return refused;
	if (zhen_one(call, "SELECT id FROM sample WHERE evaluation = $1 AND sound < 0 LIMIT 1", evaluation.id) != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "files-unmarked",
		                 "抽取的案卷还没有全部评查 (files drawn are not all looked at)");
	zhen_run(call, "UPDATE evaluation SET grade = $1, text = $2, body = $3, closed_on = $4 WHERE id = $5",
	         field_text(call, "grade"), field_text(call, "text"), or_empty(zhen_get_caller(call)->body),
	         today(call), evaluation.id);
	move(call, &evaluation, "closed");
	return zhen_ok(call);
}
