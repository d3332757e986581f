/* SPDX-License-Identifier: Apache-2.0
 * 一体协同: what the township's coordination asks of its enforcement team, known from events alone; the answer goes back as one. */
#include "errand.h"

static uint32_t state_of(const char *state)
{
	return strcmp(state, "withdrawn") == 0 || strcmp(state, "refused") == 0 ? ERRAND_CALLED_OFF :
	       strcmp(state, "done") == 0 || strcmp(state, "rated") == 0        ? ERRAND_DONE :
	                                                                          ERRAND_OPEN;
}

zhen_result errand_moved(zhen_call *call)
{
	if (strcmp(field_text(call, "field"), "enforcement") != 0)
		return zhen_ok(call);
	zhen_run(call,
	         "INSERT INTO errand(task, township, body, title, work, due_on, state, result, at) VALUES($1, $2, $3, $4, $5, $6, $7, '', $8) "
	         "{{upsert task}} "
	         "state = CASE WHEN errand.state = 'done' THEN 'done' ELSE excluded.state END",
	         zhen_int(call, "task"), field_text(call, "township"), field_text(call, "body"),
	         field_text(call, "title"), field_text(call, "work"), field_text(call, "due_on"),
	         errand_process.states[state_of(field_text(call, "state"))].name, zhen_int(call, "event_at"));
	return zhen_ok(call);
}

zhen_result list_errands(zhen_call *call)
{
	return zhen_page(call,
	                 "SELECT id, township, title, work, NULLIF(due_on, '') AS due_on, state, result, at FROM errand WHERE "
	                 "($1 = '' OR state = $1) AND {{scope township}} {{page id DESC}}",
	                 field_text(call, "state"));
}

zhen_result show_errand(zhen_call *call)
{
	int64_t id = zhen_int(call, "id");
	const zhen_row *row = zhen_one(call, "SELECT township, title, work, due_on, state, result, at FROM errand WHERE id = $1 AND {{scope township}}", id);
	static const char *const texts[] = { "township", "title", "work", "state", "result", NULL };

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这项协同任务 (no such task)");
	const char *township = column_or_empty(row, "township");
	uint32_t state = (uint32_t)zhen_process_state_of(&errand_process, column_or_empty(row, "state"));
	zhen_put(call, "id", id);
	put_texts(call, row, texts);
	if (column_or_empty(row, "due_on")[0] != '\0')
		zhen_put(call, "due_on", column_or_empty(row, "due_on"));
	zhen_put_time(call, "at", zhen_column_int(row, "at"));
	zhen_open_list(call, "actions");
	zhen_process_put_actions(call, &errand_process, state, township,
	                         zhen_format(call, "/errands/%lld", (long long)id));
	zhen_close(call);
	return zhen_ok(call);
}

zhen_result finish_errand(zhen_call *call)
{
	int64_t id = zhen_int(call, "id");
	const zhen_row *row =
		zhen_one(call, "SELECT task, township, state FROM errand WHERE id = $1 AND {{scope township}}", id);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这项协同任务 (no such task)");
	const char *township = zhen_format(call, "%s", column_or_empty(row, "township"));
	int64_t task = zhen_column_int(row, "task");
	uint32_t state = (uint32_t)zhen_process_state_of(&errand_process, column_or_empty(row, "state"));
	zhen_result refused = zhen_process_may(call, &errand_process, state, ERRAND_FINISH,
	                                       zhen_format(call, "%lld", (long long)id), township, NULL);
	if (refused == 0 && strcmp(zhen_get_caller(call)->division, township) != 0)
		refused = zhen_fail(call, ZHEN_FORBIDDEN, "township-only",
		                    "由乡镇（街道）队伍完成 (by the township's team)");
	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE errand SET state = 'done', result = $1 WHERE id = $2", field_text(call, "result"), id);
	zhen_emit(call, "enforcement.errand.done", "task", task, "township", township, "result",
	          field_text(call, "result"), "at", zhen_now(call));
	zhen_put(call, "id", id);
	zhen_put(call, "state", "done");
	return zhen_ok(call);
}
