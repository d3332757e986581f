/* SPDX-License-Identifier: Apache-2.0
 * Tasks and accountability given to a unit, each against its list: what is not on it is flagged 清单外 and goes no
 * further
 * until it was admitted. Also how often each item is used, and what a grid may be sent. */
#include "process.h"
#include "tables.h"

static void count_use(zhen_call *call, const char *unit, const char *code, int64_t orders)
{
	zhen_run(call,
	         "INSERT INTO usage(unit, code, orders, last_at) VALUES($1, $2, $3, $4) "
	         "{{upsert unit, code}} orders = usage.orders + excluded.orders, last_at = excluded.last_at",
	         unit, code, orders, zhen_now(call));
	tally_add(call, unit, "orders", 0, orders);
}

/* The type as the county, or one above it, admitted it. */
static bool grid_admitted(zhen_call *call, const char *unit, const char *type)
{
	for (uint32_t level = 2; level <= 4; level++) {
		const zhen_division *above = call->host->division_above(call, unit, level);

		if (above != NULL &&
		    zhen_one(call, "SELECT id FROM grid_type WHERE division = $1 AND code = $2 AND state = 'admitted'",
		             above->code, type) != NULL)
			return true;
	}
	return false;
}

static zhen_result grid_may(zhen_call *call, const char *unit)
{
	const char *type = code_of(call, field_text(call, "grid_type"));

	if (type[0] == '\0' || grid_admitted(call, unit, type))
		return 0;
	return zhen_fail(call, ZHEN_CONFLICT, "grid-not-admitted", "“%s”不在网格工作事项准入清单内，不能派给网格员",
	                 type);
}

/* The item of the list in force; NULL = none, and why. */
static const zhen_row *item_in_force(zhen_call *call, const char *unit, const char *code, const char **out_why)
{
	struct list list;
	const zhen_row *row;

	*out_why = "没有写明清单事项";
	if (code[0] == '\0')
		return NULL;
	*out_why = zhen_format(call, "“%s”不在%s的现行清单内", code, division_name(call, unit));
	if (!list_in_force(call, unit, today(call), &list) || (row = list_item(call, list.id, code)) == NULL)
		return NULL;
	*out_why = "";
	return row;
}

static zhen_result withdrawn(zhen_call *call, const zhen_row *item)
{
	if (strcmp(column_or_empty(item, "place"), "withdrawn") != 0)
		return 0;
	return zhen_fail(call, ZHEN_CONFLICT, "item-withdrawn", "“%s”已收回%s，不能交给乡镇",
	                 column_or_empty(item, "name"), column_or_empty(item, "lead"));
}

static void put_task(zhen_call *call, const char *state, bool outside, const char *why)
{
	zhen_put(call, "state", state);
	zhen_put(call, "outside", outside);
	zhen_put(call, "flag", outside ? "清单外" : "");
	zhen_put(call, "why", why);
}

zhen_result create_task(zhen_call *call)
{
	const zhen_caller *caller = zhen_get_caller(call);
	const char *unit = field_text(call, "unit"), *code = code_of(call, field_text(call, "code")), *why;
	const zhen_row *item = item_in_force(call, unit, code, &why);
	zhen_result refused = grid_may(call, unit);

	call->host->subject(call, unit);
	if (refused == 0)
		refused = item != NULL ? withdrawn(call, item) : 0;
	if (refused != 0)
		return refused;
	bool outside = item == NULL;
	int64_t id = zhen_insert(
		call,
		"INSERT INTO task(township, unit, kind, title, code, item_name, outside, why, state, admission, body, "
		"body_name, at, ended_at) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, $12, 0) RETURNING id",
		township_of(call, unit), unit, zhen_has(call, "kind") ? field_text(call, "kind") : "task", field_text(call, "title"), code,
		column_or_empty(item, "name"), outside, why, outside ? "blocked" : "assigned", caller->body, caller->body_name,
		zhen_now(call));
	zhen_journal_add(call, "task_journal", id, "file", why);
	if (outside) {
		tally_add(call, unit, "outside", 0, 1);
		zhen_emit(call, "duties.task.flagged", "task", id, "township", township_of(call, unit), "unit", unit,
		          "item", code, "at", zhen_now(call));
	} else {
		count_use(call, unit, code, 1);
	}
	put_task(call, outside ? "blocked" : "assigned", outside, why);
	return zhen_created(call, id);
}

static zhen_result task_for(zhen_call *call, uint32_t act, const zhen_row **out)
{
	*out = zhen_one(
		call,
		"SELECT id, township, unit, title, code, why, state, body FROM task WHERE id = $1 AND {{scope township}}",
		zhen_int(call, "id"));
	if (*out == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这项任务，或不在您的辖区");
	call->host->subject(call, column_or_empty(*out, "unit"));
	return process_may(call, &task_process, column_or_empty(*out, "state"), act, column_or_empty(*out, "title"));
}

/* Since the task was blocked its item may have come into the list, or this task alone was admitted: for whom it was asked, by its
 * name, once. One that named an item outside the list stays marked so, whatever listed item it is now given by. */
zhen_result assign_task(zhen_call *call)
{
	const zhen_row *row, *item, *admission = NULL;
	const char *why, *unit, *code, *named;
	zhen_result refused = task_for(call, TASK_ASSIGN, &row);

	if (refused != 0)
		return refused;
	unit = column_or_empty(row, "unit");
	named = column_or_empty(row, "code");
	code = zhen_has(call, "code") ? code_of(call, field_text(call, "code")) : named;
	item = item_in_force(call, unit, code, &why);
	if (item == NULL)
		admission = zhen_one(call,
		                     "SELECT a.id AS id FROM admission a WHERE a.id = $1 AND a.unit = $2 AND a.state = 'approved' AND "
		                     "a.listing = 0 AND a.title = $3 AND a.body = $4 AND NOT EXISTS (SELECT 1 FROM task t WHERE "
		                     "t.admission = a.id)",
		                     zhen_int(call, "admission"), unit, column_or_empty(row, "title"), column_or_empty(row, "body"));
	refused = item != NULL ? withdrawn(call, item) : 0;
	if (refused == 0 && item == NULL && admission == NULL)
		refused = zhen_fail(call, ZHEN_CONFLICT, "outside-list", "清单外任务，准入申请获准后才能交办：%s", why);
	if (refused != 0)
		return refused;
	bool outside = item == NULL || (named[0] != '\0' && strcmp(named, code) != 0);
	zhen_run(call, "UPDATE task SET state = 'assigned', code = $1, item_name = $2, admission = $3, outside = $4 WHERE id = $5", code,
	         column_or_empty(item, "name"), count_of(admission, "id"), outside, count_of(row, "id"));
	zhen_journal_add(call, "task_journal", count_of(row, "id"), "assign",
	                 item == NULL ? "准入申请已获准" : outside ? zhen_format(call, "改按“%s”交办", code) : "已在清单内");
	if (item != NULL)
		count_use(call, unit, code, 1);
	put_task(call, "assigned", outside, outside ? column_or_empty(row, "why") : "");
	return zhen_ok(call);
}

zhen_result cancel_task(zhen_call *call)
{
	const zhen_row *row;
	zhen_result refused = task_for(call, TASK_CANCEL, &row);

	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE task SET state = 'closed', ended_at = $1 WHERE id = $2", zhen_now(call),
	         count_of(row, "id"));
	zhen_journal_add(call, "task_journal", count_of(row, "id"), "cancel", field_text(call, "note"));
	put_task(call, "closed", false, "");
	return zhen_ok(call);
}

zhen_result list_tasks(zhen_call *call)
{
	put_begin(call, "duties.apply", "交办任务、登记问责", "/tasks/new");
	return zhen_page(call,
	                 "SELECT id, title, unit, state, kind, code, item_name, outside, why, body_name, at, township "
	                 "FROM task WHERE "
	                 "($1 = '' OR state = $1) AND ($2 = 0 OR outside = 1) AND {{scope township or body}} {{page id "
	                 "DESC}}",
	                 field_text(call, "state"), zhen_int(call, "outside"));
}

zhen_result show_task(zhen_call *call)
{
	const zhen_row *row = zhen_one(
		call,
		"SELECT id, title, unit, state, kind, code, item_name, outside, why, body_name, at FROM task WHERE id "
		"= $1 AND {{scope township or body}}",
		zhen_int(call, "id"));

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这项任务，或不在您的辖区");
	for (uint32_t i = 0; i + 1 < row->count; i++)
		call->host->put(call, row->names[i], row->values[i]);
	zhen_put_time(call, "at", count_of(row, "at"));
	zhen_journal_put(call, "journal", "task_journal", count_of(row, "id"));
	process_actions(call, &task_process, column_or_empty(row, "state"),
	                zhen_format(call, "/tasks/%lld", (long long)count_of(row, "id")));
	return zhen_ok(call);
}

/* Orders that came by another way than a task here. */
zhen_result record_usage(zhen_call *call)
{
	const char *unit = field_text(call, "unit"), *code = code_of(call, field_text(call, "code")), *why;
	const zhen_row *item = item_in_force(call, unit, code, &why);

	call->host->subject(call, code);
	if (item == NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "outside-list", "%s", why);
	count_use(call, unit, code, zhen_has(call, "orders") ? zhen_int(call, "orders") : 1);
	zhen_put(call, "orders",
	         count_of(zhen_one(call, "SELECT orders FROM usage WHERE unit = $1 AND code = $2", unit, code),
	                  "orders"));
	return zhen_ok(call);
}

/* ---- what grid workers may be sent ---- */

zhen_result admit_grid_type(zhen_call *call)
{
	const char *division = field_text(call, "division"), *code = field_text(call, "code");
	const char *item = code_of(call, field_text(call, "item"));

	call->host->subject(call, code);
	zhen_result refused = refuse(call, code_known_check(call, item));
	if (refused != 0)
		return refused;
	if (zhen_one(call, "SELECT id FROM grid_type WHERE division = $1 AND code = $2 AND state = 'admitted'",
	             division, code) != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "already-listed", "“%s”已在网格准入清单内", code);
	int64_t id = zhen_insert(
		call,
		"INSERT INTO grid_type(division, code, name, state, basis, batch, item, at, removed_at) "
		"VALUES($1, $2, $3, 'admitted', $4, $5, $6, $7, 0) {{upsert division, code}} name = excluded.name, "
		"state = 'admitted', "
		"basis = excluded.basis, batch = excluded.batch, item = excluded.item, at = excluded.at, removed_at = "
		"0 RETURNING id",
		division, code, field_text(call, "name"), field_text(call, "basis"), zhen_has(call, "batch") ? zhen_int(call, "batch") : 1,
		item, zhen_now(call));
	zhen_emit(call, "duties.grid.admitted", "type", code, "division", division, "name", field_text(call, "name"), "at",
	          zhen_now(call));
	return zhen_created(call, id);
}

zhen_result remove_grid_type(zhen_call *call)
{
	const zhen_row *row = zhen_one(call, "SELECT id, division, code, name, state FROM grid_type WHERE id = $1",
	                               zhen_int(call, "id"));

	if (row == NULL || !zhen_within_caller(call, column_or_empty(row, "division")))
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这一类，或不在您的辖区");
	call->host->subject(call, column_or_empty(row, "code"));
	if (strcmp(column_or_empty(row, "state"), "admitted") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "grid-removed", "“%s”已经移出准入清单", column_or_empty(row, "name"));
	zhen_run(call, "UPDATE grid_type SET state = 'removed', removed_at = $1 WHERE id = $2", zhen_now(call), count_of(row, "id"));
	zhen_emit(call, "duties.grid.removed", "type", column_or_empty(row, "code"), "division", column_or_empty(row, "division"),
	          "name", column_or_empty(row, "name"), "at", zhen_now(call));
	zhen_put(call, "id", count_of(row, "id"));
	zhen_put(call, "state", "removed");
	return zhen_ok(call);
}

zhen_result list_grid_types(zhen_call *call)
{
	put_begin(call, "duties.admit", "网格事项准入", "/grid-types/new");
	return zhen_page(call, "SELECT g.id, g.code, g.name, g.division, g.state, g.basis, g.batch, COALESCE(o.name, g.item) AS item, g.at FROM "
	                       "grid_type g LEFT JOIN code o ON o.code = g.item WHERE ($1 = '' OR g.division = $1) {{page g.id}}",
	                 field_text(call, "division"));
}
