/* SPDX-License-Identifier: Apache-2.0
 * The host table: the database. */
#include <string.h>
#include "base/clock.h"
#include "runtime/host.h"

StoreStmt *data_prepare(Call *call, const char *sql, const zhen_value *args, size_t count, const Page *page)
{
	WordsContext words = { .engine = WORDS_SQLITE, .scope = &call->scope, .page = page,
		               .now_ms = call->request->now_ms, .divisions = call->runtime->env->divisions };
	g_autoptr(GError) error = NULL;
	StoreStmt *stmt;

	if (call->failed)
		return NULL;
	if (call->conn == NULL) {
		exec_refuse(call, ZHEN_INTERNAL, "no-database", "此处不能访问数据库");
		return NULL;
	}
	stmt = store_prepare(call->conn, STORE_PLUGIN, sql, &words, args, count, &error);
	if (stmt == NULL && page != NULL && page->after != NULL &&
	    g_error_matches(error, ZHEN_ERROR_DOMAIN, ERROR_INVALID)) {
		/* Of another list: it has as many values as that one has columns. */
		host_field_error(&call->head, "cursor", "not-a-cursor", "翻页位置无效，请从第一页开始");
		exec_refuse(call, ZHEN_INVALID, "invalid", "填写有误");
	} else if (stmt == NULL) {
		exec_error(call, error);
	}
	return stmt;
}

gboolean data_step(Call *call, StoreStmt *stmt)
{
	g_autoptr(GError) error = NULL;

	switch (store_step(stmt, &error)) {
	case STORE_ROW:
		if (++call->rows_read <= ROWS_MAX)
			return TRUE;
		exec_refuse(call, ZHEN_INTERNAL, "too-many-rows", "一次读取超过 %d 行", ROWS_MAX);
		return FALSE;
	case STORE_FAILED:
		exec_error(call, error);
		return FALSE;
	default:
		return FALSE;
	}
}

zhen_rows *host_query(zhen_call *head, const char *sql, const zhen_value *args, size_t count)
{
	Call *call = call_of(head);
	zhen_rows *rows = arena_alloc0(call->arena, sizeof *rows);

	rows->call = call;
	rows->stmt = data_prepare(call, sql, args, count, NULL);
	if (rows->stmt == NULL)
		return rows;
	rows->next_open = call->open_rows;
	call->open_rows = rows;
	rows->columns = store_columns(rows->stmt);
	rows->names = arena_alloc0(call->arena, sizeof(char *) * (rows->columns + 1));
	return rows;
}

static void keep_names(zhen_rows *rows)
{
	if (rows->columns == 0 || rows->names[0] != NULL)
		return;
	for (guint i = 0; i < rows->columns; i++)
		rows->names[i] = arena_strdup(rows->call->arena, store_column_name(rows->stmt, i));
}

const zhen_row *host_next(zhen_rows *rows)
{
	Call *call = rows->call;
	zhen_value *values;
	zhen_row *row;

	if (rows->stmt == NULL)
		return NULL;
	if (call->failed || !data_step(call, rows->stmt)) {
		store_reset(rows->stmt);
		rows->stmt = NULL;
		return NULL;
	}
	keep_names(rows);
	values = arena_alloc(call->arena, sizeof *values * rows->columns);
	for (guint i = 0; i < rows->columns; i++) {
		store_column(rows->stmt, i, &values[i]);
		if (values[i].kind == ZHEN_KIND_TEXT || values[i].kind == ZHEN_KIND_BLOB)
			values[i].as.text = arena_strndup(call->arena, values[i].as.text, values[i].length);
	}
	row = arena_alloc0(call->arena, sizeof *row);
	row->size = sizeof *row;
	row->count = rows->columns;
	row->names = rows->names;
	row->values = values;
	return row;
}

static gboolean may_write(Call *call)
{
	if (!call->failed && !call->writing)
		exec_refuse(call, ZHEN_INTERNAL, "read-only", "读取类操作不能写入");
	return !call->failed;
}

int64_t host_run(zhen_call *head, const char *sql, const zhen_value *args, size_t count)
{
	Call *call = call_of(head);
	StoreStmt *stmt = may_write(call) ? data_prepare(call, sql, args, count, NULL) : NULL;

	if (stmt == NULL)
		return 0;
	while (data_step(call, stmt))
		continue;
	store_reset(stmt);
	return call->failed ? 0 : store_changes(call->conn);
}

int64_t host_insert(zhen_call *head, const char *sql, const zhen_value *args, size_t count)
{
	Call *call = call_of(head);
	StoreStmt *stmt = may_write(call) ? data_prepare(call, sql, args, count, NULL) : NULL;
	int64_t id = 0;

	if (stmt == NULL)
		return 0;
	for (gboolean first = TRUE; data_step(call, stmt); first = FALSE) {
		zhen_value value;

		store_column(stmt, 0, &value);
		if (first && value.kind == ZHEN_KIND_INT)
			id = value.as.integer;
	}
	store_reset(stmt);
	return call->failed ? 0 : id;
}

/* ---- lists: {items, next} ---- */

/* A cursor is base64url of a JSON list: the page columns' values of the last row. It only ever becomes bound values. */
static gboolean cursor_read(Call *call, const char *text, Page *page)
{
	g_autofree char *plain = g_strdelimit(g_strdup(text), "-", '+');
	g_autofree char *padded = NULL;
	g_autofree guchar *bytes = NULL;
	g_autoptr(json_t) list = NULL;
	gsize length = 0, index;
	json_t *value;
	zhen_value *after;

	if (strlen(plain) > 512)
		return FALSE;
	padded = g_strdup_printf("%s%.*s", g_strdelimit(plain, "_", '/'), (int)((4 - strlen(plain) % 4) % 4), "===");
	bytes = g_base64_decode(padded, &length);
	list = json_read((char *)bytes, length, NULL);
	if (!json_is_array(list) || json_array_size(list) == 0 || json_array_size(list) > 8)
		return FALSE;
	after = arena_alloc0(call->arena, sizeof *after * json_array_size(list));
	json_array_foreach(list, index, value) {
		if (json_is_integer(value))
			after[index] = zhen_from_int(json_integer_value(value));
		else if (json_is_string(value))
			after[index] = zhen_from_text(arena_strdup(call->arena, json_string_value(value)));
		else
			return FALSE;
	}
	page->after = after;
	page->n_after = (guint)json_array_size(list);
	return TRUE;
}

static char *cursor_write(Call *call, const zhen_value *values, guint count)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *encoded = NULL;
	JsonOut out;
	char *end;

	json_out_init(&out, text);
	json_open(&out, NULL, TRUE);
	for (guint i = 0; i < count; i++)
		json_put_value(&out, NULL, &values[i]);
	json_close_one(&out);
	encoded = g_base64_encode((guchar *)text->str, text->len);
	end = strchr(encoded, '=');
	if (end != NULL)
		*end = '\0';
	return arena_strdup(call->arena, g_strdelimit(g_strdelimit(encoded, "+", '-'), "/", '_'));
}

static gboolean page_wanted(Call *call, Page *page)
{
	guint most = call->runtime->env->page_limit > 0 ? call->runtime->env->page_limit : 200;
	const CallRequest *request = call->request;

	page->limit = MIN(50, most);
	for (guint i = 0; i < request->n_params; i++) {
		const CallParam *param = &request->params[i];

		if (strcmp(param->name, "limit") == 0) {
			guint64 limit;

			if (!g_ascii_string_to_unsigned(param->value, 10, 1, most, &limit, NULL)) {
				host_field_error(&call->head, "limit", "out-of-range",
				                 arena_printf(call->arena, "应在 1 与 %u 之间", most));
				return FALSE;
			}
			page->limit = (guint)limit;
		} else if (strcmp(param->name, "cursor") == 0 && param->length > 0 &&
		           !cursor_read(call, param->value, page)) {
			host_field_error(&call->head, "cursor", "not-a-cursor", "翻页位置无效，请从第一页开始");
			return FALSE;
		}
	}
	return TRUE;
}

static void put_columns(Call *call, StoreStmt *stmt)
{
	const char *const *names = store_names(stmt);
	const gboolean plain = reply_is_plain(call);

	for (guint i = 0; names[i] != NULL; i++) {
		zhen_value value;

		store_column(stmt, i, &value);
		if (plain && value.kind == ZHEN_KIND_TEXT)
			json_put_text_n(&call->out, names[i], value.as.text, value.length);
		else
			reply_put(call, names[i], &value);
	}
}

/* The page columns' values of the row at hand, kept. */
static void remember(Call *call, StoreStmt *stmt, const Words *words, zhen_value *last)
{
	const char *const *names = store_names(stmt);

	for (guint p = 0; words->page_columns != NULL && words->page_columns[p] != NULL; p++)
		for (guint i = 0; names[i] != NULL; i++)
			if (strcmp(names[i], words->page_columns[p]) == 0) {
				store_column(stmt, i, &last[p]);
				if (last[p].kind == ZHEN_KIND_TEXT)
					last[p].as.text = arena_strndup(call->arena, last[p].as.text, last[p].length);
			}
}

static void put_items(Call *call, StoreStmt *stmt, const Page *page)
{
	const Words *words = store_words(stmt);
	guint rows = 0;
	guint n_last = words->page_columns != NULL ? g_strv_length(words->page_columns) : 0;
	zhen_value *last = arena_alloc0(call->arena, sizeof *last * (n_last + 1));
	gboolean more = FALSE;

	reply_root(call);
	host_open(&call->head, "items", true);
	call->reply_fields[call->out.depth + 1] = call->route != NULL ? call->route->reply : NULL;
	while (data_step(call, stmt)) {
		if (rows == page->limit) {
			more = TRUE;
			break;
		}
		json_open(&call->out, NULL, FALSE);
		put_columns(call, stmt);
		json_close_one(&call->out);
		if (++rows == page->limit)
			remember(call, stmt, words, last);
	}
	host_close(&call->head);
	json_put_text(&call->out, "next", more && n_last > 0 ? cursor_write(call, last, n_last) : NULL);
}

zhen_result host_page(zhen_call *head, const char *sql, const zhen_value *args, size_t count)
{
	Call *call = call_of(head);
	Page page = { 0 };
	StoreStmt *stmt;

	if (call->failed || !page_wanted(call, &page))
		return host_fail(head, ZHEN_INVALID, "invalid", "填写有误");
	stmt = data_prepare(call, sql, args, count, &page);
	if (stmt == NULL)
		return call->failed ? call->status : ZHEN_INTERNAL;
	if (store_words(stmt) == NULL || store_words(stmt)->page_columns == NULL) {
		store_reset(stmt);
		exec_refuse(call, ZHEN_INTERNAL, "no-page", "列表的语句没有 {{page}}：不知道从哪里继续");
		return ZHEN_INTERNAL;
	}
	put_items(call, stmt, &page);
	store_reset(stmt);
	return host_reply(head, ZHEN_OK);
}

zhen_result host_item(zhen_call *head, const char *sql, const zhen_value *args, size_t count)
{
	Call *call = call_of(head);
	StoreStmt *stmt = data_prepare(call, sql, args, count, NULL);
	gboolean found;

	if (stmt == NULL)
		return ZHEN_INTERNAL;
	found = data_step(call, stmt);
	if (found) {
		reply_root(call);
		put_columns(call, stmt);
	}
	store_reset(stmt);
	return found ? host_reply(head, ZHEN_OK) : host_fail(head, ZHEN_NOT_FOUND, "not-found", "没有找到");
}
