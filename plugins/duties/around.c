/* SPDX-License-Identifier: Apache-2.0
 * What stands around lists: the offices of a township, and what goes with a power that moves. */
#include "people.h"
#include "process.h"
#include "tables.h"

/* ---- offices: 大部门制 ---- */

zhen_result set_organ(zhen_call *call)
{
	const char *township = field_text(call, "township"), *kind = field_text(call, "kind");
	bool dual = zhen_int(call, "dual") != 0;

	call->host->subject(call, township);
	if (strcmp(kind, "stationed") == 0 && field_text(call, "superior")[0] == '\0')
		return zhen_fail(call, ZHEN_CONFLICT, "superior-missing", "派驻机构应写明派出它的部门");
	if (strcmp(kind, "stationed") != 0 && dual)
		return zhen_fail(call, ZHEN_CONFLICT, "not-stationed", "双重领导、属地为主只用于派驻机构");
	int64_t id = zhen_insert(
		call,
		"INSERT INTO organ(township, name, kind, replaces, dual, superior, say, at) VALUES($1, $2, $3, $4, $5, "
		"$6, $7, $8) "
		"{{upsert township, name}} kind = excluded.kind, replaces = excluded.replaces, dual = excluded.dual, "
		"superior = excluded.superior, say = excluded.say, at = excluded.at RETURNING id",
		township, field_text(call, "name"), kind, field_text(call, "replaces"), dual,
		field_text(call, "superior"), field_text(call, "say"), zhen_now(call));
	return zhen_created(call, id);
}

/* Which townships have said what theirs are: where one comes in. */
static zhen_result list_organ_places(zhen_call *call)
{
	return zhen_page(call,
	                 "SELECT township, units, stationed, '/p/duties/organs?township=' || township AS href FROM (SELECT "
	                 "township, SUM(CASE WHEN kind = 'stationed' THEN 0 ELSE 1 END) AS units, "
	                 "SUM(CASE WHEN kind = 'stationed' THEN 1 ELSE 0 END) AS stationed FROM organ GROUP BY township) AS t "
	                 "WHERE units >= 0 {{page township ASC}}");
}

zhen_result list_organs(zhen_call *call)
{
	const zhen_caller *caller = zhen_get_caller(call);
	const char *township = zhen_has(call, "township") ? field_text(call, "township") :
		caller->level >= 4 ? township_of(call, caller->division) : "";
	int64_t units = 0;

	if (township[0] == '\0')
		return list_organ_places(call);
	zhen_put(call, "township", township);
	ZHEN_FOR_EACH (call, row,
	               "SELECT kind, COUNT(*) AS n FROM organ WHERE township = $1 GROUP BY kind ORDER BY kind",
	               township) {
		zhen_put(call, column_or_empty(row, "kind"), count_of(row, "n"));
		if (strcmp(column_or_empty(row, "kind"), "stationed") != 0)
			units += count_of(row, "n");
	}
	zhen_put(call, "units", units);
	return zhen_page(
		call, "SELECT id, name, kind, replaces, dual, superior, say FROM organ WHERE township = $1 {{page id}}",
		township);
}

/* ---- 权随事转、人随事转、钱随事转 ---- */

zhen_result open_transfer(zhen_call *call)
{
	const char *township = field_text(call, "township"), *code = code_of(call, field_text(call, "code"));
	struct list list;
	const zhen_row *item;

	call->host->subject(call, township);
	if (!list_newest(call, township, &list) || (item = list_item(call, list.id, code)) == NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "outside-list", "“%s”不在%s的清单内", code,
		                 division_name(call, township));
	if (strcmp(column_or_empty(item, "place"), "withdrawn") == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "item-withdrawn", "“%s”已收回，不用承接",
		                 column_or_empty(item, "name"));
	if (zhen_one(call, "SELECT id FROM transfer WHERE township = $1 AND code = $2", township, code) != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "transfer-exists", "“%s”的承接已经登记",
		                 column_or_empty(item, "name"));
	int64_t id = zhen_insert(
		call,
		"INSERT INTO transfer(township, code, name, state, authority, people, money, posts, amount_fen, "
		"opened_at, completed_at) VALUES($1, $2, $3, 'open', '', '', '', 0, 0, $4, 0) RETURNING id",
		township, code, column_or_empty(item, "name"), zhen_now(call));
	zhen_journal_add(call, "transfer_journal", id, "open", "");
	return zhen_created(call, id);
}

static zhen_result transfer_for(zhen_call *call, uint32_t act, const zhen_row **out)
{
	*out = zhen_one(call,
	                "SELECT id, township, code, name, state, authority, people, money FROM transfer WHERE id = $1 "
	                "AND {{scope township}}",
	                zhen_int(call, "id"));
	if (*out == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这项承接，或不在您的辖区");
	call->host->subject(call, column_or_empty(*out, "code"));
	return process_may(call, &transfer_process, column_or_empty(*out, "state"), act, column_or_empty(*out, "name"));
}

zhen_result record_transfer(zhen_call *call)
{
	const zhen_row *row;
	const char *part = field_text(call, "part"), *document = field_text(call, "document");
	zhen_result refused = transfer_for(call, TRANSFER_RECORD, &row);

	if (refused != 0)
		return refused;
	if (strcmp(part, "people") == 0 && zhen_int(call, "posts") < 1)
		return zhen_fail(call, ZHEN_CONFLICT, "posts-missing", "人随事转应写明划转的岗位（编制）数");
	if (strcmp(part, "money") == 0 && zhen_int(call, "amount_fen") < 1)
		return zhen_fail(call, ZHEN_CONFLICT, "amount-missing", "钱随事转应写明划转的经费");
	zhen_run(call,
	         "UPDATE transfer SET authority = CASE WHEN $1 = 'authority' THEN $2 ELSE authority END, "
	         "people = CASE WHEN $1 = 'people' THEN $2 ELSE people END, posts = CASE WHEN $1 = 'people' THEN $3 "
	         "ELSE posts END, money = CASE WHEN $1 = 'money' THEN $2 ELSE money END, "
	         "amount_fen = CASE WHEN $1 = 'money' THEN $4 ELSE amount_fen END WHERE id = $5",
	         part, document, zhen_int(call, "posts"), zhen_int(call, "amount_fen"), count_of(row, "id"));
	zhen_journal_add(call, "transfer_journal", count_of(row, "id"), part, document);
	zhen_put(call, "id", count_of(row, "id"));
	zhen_put(call, "state", "open");
	return zhen_ok(call);
}

zhen_result complete_transfer(zhen_call *call)
{
	static const struct {
		const char *column, *title;
	} parts[] = { { "authority", "权" }, { "people", "人" }, { "money", "钱" } };
	const zhen_row *row;
	const char *missing = "";
	zhen_result refused = transfer_for(call, TRANSFER_DO_COMPLETE, &row);

	if (refused != 0)
		return refused;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (column_or_empty(row, parts[i].column)[0] == '\0')
			missing = zhen_format(call, "%s%s%s", missing, missing[0] != '\0' ? "、" : "", parts[i].title);
	if (missing[0] != '\0')
		return zhen_fail(call, ZHEN_CONFLICT, "transfer-incomplete", "还没有到位：%s", missing);
	zhen_run(call, "UPDATE transfer SET state = 'complete', completed_at = $1 WHERE id = $2", zhen_now(call),
	         count_of(row, "id"));
	zhen_journal_add(call, "transfer_journal", count_of(row, "id"), "complete", "");
	tally_add(call, column_or_empty(row, "township"), "transfers", 0, 1);
	zhen_emit(call, "duties.transfer.completed", "item", column_or_empty(row, "code"), "township", column_or_empty(row, "township"),
	          "transfer", count_of(row, "id"), "at", zhen_now(call));
	zhen_put(call, "id", count_of(row, "id"));
	zhen_put(call, "state", "complete");
	return zhen_ok(call);
}

zhen_result list_transfers(zhen_call *call)
{
	put_begin(call, "duties.publish", "登记事项承接", "/transfers/new");
	return zhen_page(call,
	                 "SELECT id, name, township, code, state, authority, people, posts, money, amount_fen FROM "
	                 "transfer WHERE ($1 = '' OR state = $1) AND {{scope township}} {{page id DESC}}",
	                 field_text(call, "state"));
}

zhen_result show_transfer(zhen_call *call)
{
	const zhen_row *row = zhen_one(
		call,
		"SELECT id, name, township, code, state, authority, people, posts, money, amount_fen FROM transfer "
		"WHERE id = $1 AND {{scope township}}",
		zhen_int(call, "id"));

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这项承接，或不在您的辖区");
	for (uint32_t i = 0; i < row->count; i++)
		call->host->put(call, row->names[i], row->values[i]);
	zhen_put(call, "serving", posts_serving(call, column_or_empty(row, "township"), column_or_empty(row, "code")));
	zhen_journal_put(call, "journal", "transfer_journal", count_of(row, "id"));
	process_actions(call, &transfer_process, column_or_empty(row, "state"),
	                zhen_format(call, "/transfers/%lld", (long long)count_of(row, "id")));
	return zhen_ok(call);
}
