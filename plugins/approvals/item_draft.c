/* SPDX-License-Identifier: Apache-2.0
 * 实施清单 of a division in the making: a draft, of one item or of a table, is made by one person and published by another; both act
 * for their own division and no other. A draft is seen there by those who publish and by nobody else. */
#include "items.h"

#include <stdlib.h>

bool draft_is_needed(zhen_call *call)
{
	return strcmp(or_empty(zhen_setting_text_in(call, "item_publisher", item_owner(call))), "another") == 0;
}

int64_t draft_put(zhen_call *call, const json_t *content)
{
	char *text = json_dumps(content, JSON_COMPACT | JSON_SORT_KEYS);
	int64_t id = zhen_insert(
		call,
		"INSERT INTO draft(division, code, version, name, content, account, person, at) "
		"VALUES($1, $2, $3, $4, $5, $6, $7, $8) {{upsert division, code}} version = excluded.version, "
		"name = excluded.name, content = excluded.content, account = excluded.account, person = excluded.person, "
		"at = excluded.at RETURNING id",
		item_owner(call), item_text(content, "code"), item_number(content, "version"),
		item_text(content, "name"), or_empty(text), zhen_get_caller(call)->account, zhen_get_caller(call)->name,
		zhen_now(call));

	free(text);
	return id;
}

static zhen_result answer(zhen_call *call, int64_t id, const char *code, int64_t version)
{
	zhen_put(call, "id", id);
	zhen_put(call, "code", code);
	zhen_put(call, "version", version);
	return call->host->reply(call, ZHEN_CREATED);
}

zhen_result save_draft(zhen_call *call)
{
	json_auto_t *content = json_loads(or_empty(zhen_text(call, "content")), JSON_REJECT_DUPLICATES, NULL);
	const char *code = item_text(content, "code");

	if (!json_is_object(content))
		return zhen_fail(call, ZHEN_INVALID, "not-json", "事项内容不是一个 JSON 对象");
	call->host->subject(call, code);
	if (code[0] == '\0')
		return zhen_fail(call, ZHEN_CONFLICT, "guide-incomplete", "事项没有编码");
	return answer(call, draft_put(call, content), code, item_number(content, "version"));
}

static void action(zhen_call *call, const char *title, const char *method, const char *path)
{
	zhen_open_object(call, NULL);
	zhen_put(call, "title", title);
	zhen_put(call, "method", method);
	zhen_put(call, "path", path);
	zhen_close(call);
}

zhen_result list_drafts(zhen_call *call)
{
	zhen_open_list(call, "actions");
	action(call, "全部发布", "POST", "/drafts/publish");
	action(call, "起草事项", "POST", "/drafts");
	action(call, "导入事项清单", "GET", "/imports");
	zhen_close(call);
	return zhen_page(call, "SELECT id, code, version, name, person, at, CASE WHEN $2 = '' OR account <> $2 THEN 'publish' ELSE '' END "
	                       "AS may FROM draft WHERE division = $1 {{page id DESC}}",
	                 item_owner(call), draft_is_needed(call) ? zhen_get_caller(call)->account : "");
}

static zhen_result own_draft(zhen_call *call, const char *code, const char *person)
{
	return zhen_fail(call, ZHEN_CONFLICT, "own-draft",
	                 "事项 %s 由%s起草或者导入，须由另一人核对后发布 (somebody else publishes it)", code, person);
}

/* The row of the item published; 0 = the refusal was said. */
static int64_t release(zhen_call *call, const zhen_row *row, const char *valid_from)
{
	json_auto_t *content = json_loads(or_empty(zhen_column_text(row, "content")), 0, NULL);
	const char *code = or_empty(zhen_column_text(row, "code"));
	struct problem problem = { 0 };

	if (draft_is_needed(call) &&
	    strcmp(or_empty(zhen_column_text(row, "account")), zhen_get_caller(call)->account) == 0) {
		own_draft(call, code, or_empty(zhen_column_text(row, "person")));
		return 0;
	}
	if (valid_from != NULL)
		json_object_set_new(content, "valid_from", json_string(valid_from));
	/* What is wrong with it is said before whether it is new. */
	int64_t id = item_check(call, content, &problem) ? item_publish(call, content, item_owner(call), &problem) : 0;
	if (id == 0)
		zhen_fail(call, ZHEN_CONFLICT, problem.code, "事项 %s：%s", code, problem.text);
	return id;
}

zhen_result release_item(zhen_call *call)
{
	const zhen_row *row = zhen_one(call,
	                               "SELECT id, code, version, content, account, person FROM draft WHERE id = $1 AND division = $2",
	                               zhen_int(call, "id"), item_owner(call));

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "no-draft", "没有这份未发布的稿");
	const char *code = or_empty(zhen_column_text(row, "code"));
	int64_t version = zhen_column_int(row, "version");
	call->host->subject(call, code);
	int64_t id = release(call, row, zhen_has(call, "valid_from") ? zhen_text(call, "valid_from") : NULL);
	if (id == 0)
		return ZHEN_CONFLICT;
	zhen_run(call, "DELETE FROM draft WHERE id = $1", zhen_int(call, "id"));
	return answer(call, id, code, version);
}

/* All that waits in the division, or nothing. */
zhen_result release_items(zhen_call *call)
{
	int64_t n = 0;

	ZHEN_FOR_EACH (call, row,
	               "SELECT id, code, version, content, account, person FROM draft WHERE division = $1 ORDER BY id",
	               item_owner(call)) {
		if (release(call, row, NULL) == 0)
			return ZHEN_CONFLICT;
		n++;
	}
	if (n == 0)
		return zhen_fail(call, ZHEN_NOT_FOUND, "no-draft", "没有未发布的稿");
	zhen_run(call, "DELETE FROM draft WHERE division = $1", item_owner(call));
	zhen_put(call, "total", n);
	return call->host->reply(call, ZHEN_CREATED);
}

/* For the caller's division and below: what is another's stays everywhere else. */
zhen_result retire_item(zhen_call *call)
{
	const char *code = or_empty(zhen_text(call, "code")), *owner = item_owner(call), *upto = item_upto(call, owner);
	const char *on = or_empty(zhen_has(call, "on") ? zhen_text(call, "on") : today_of(call));
	const zhen_row *item = zhen_one(
		call,
		"SELECT name FROM item WHERE code = $1 AND ($2 BETWEEN division AND upto OR division BETWEEN $2 AND $3) "
		"ORDER BY division DESC, version DESC LIMIT 1",
		code, owner, upto);
	const char *name = item != NULL ? or_empty(zhen_column_text(item, "name")) : NULL;
	struct problem problem = { 0 };

	if (name == NULL || !item_code_free(call, code, owner, &problem))
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这个事项，或它已经停用");
	zhen_run(call,
	         "INSERT INTO item_own(code, division, upto, name, retired_on, reason, account, at) "
	         "VALUES($1, $2, $3, $4, $5, $6, $7, $8) {{upsert code, division}} retired_on = excluded.retired_on, "
	         "reason = excluded.reason, account = excluded.account, at = excluded.at",
	         code, owner, upto, name, on, or_empty(zhen_text(call, "reason")), zhen_get_caller(call)->account,
	         zhen_now(call));
	if (strcmp(on, today_of(call)) <= 0)
		zhen_run(call,
		         "UPDATE item SET in_force = 0 WHERE code = $1 AND in_force = 1 AND division BETWEEN $2 AND $3",
		         code, owner, upto);
	zhen_put(call, "code", code);
	zhen_put(call, "division", owner);
	return zhen_ok(call);
}
