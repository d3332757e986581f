/* SPDX-License-Identifier: Apache-2.0
 * What a test looks at: the last answer, the rows and the events. */
#include <stdlib.h>
#include <string.h>
#include "testhost/test.h"

/* ---- the answer ---- */

ZHEN_EXPORT const char *zhen_test_body(const zhen_test *test)
{
	return test->reply != NULL ? test->reply->body->str : "";
}

ZHEN_EXPORT const char *zhen_test_header(const zhen_test *test, const char *name)
{
	if (test->reply == NULL)
		return NULL;
	return strcmp(name, "location") == 0     ? test->reply->location :
	       strcmp(name, "etag") == 0         ? test->reply->etag :
	       strcmp(name, "content-type") == 0 ? test->reply->content_type :
	       strcmp(name, "file-name") == 0    ? test->reply->file_name :
	                                           NULL;
}

static json_t *value_at(zhen_test *test, const char *path)
{
	g_auto(GStrv) steps = g_strsplit(path, ".", -1);
	json_t *value = test->json;

	for (guint i = 0; steps[i] != NULL && value != NULL; i++)
		value = json_is_array(value) ? json_array_get(value, (size_t)g_ascii_strtoull(steps[i], NULL, 10)) :
		                               json_object_get(value, steps[i]);
	return value;
}

ZHEN_EXPORT const char *zhen_test_value(zhen_test *test, const char *path)
{
	json_t *value = value_at(test, path);
	char *dumped;

	g_clear_pointer(&test->text, g_free);
	if (value == NULL || json_is_null(value))
		return NULL;
	if (json_is_string(value))
		return test->text = g_strdup(json_string_value(value));
	dumped = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
	test->text = g_strdup(dumped);
	free(dumped);
	return test->text;
}

ZHEN_EXPORT int64_t zhen_test_int(zhen_test *test, const char *path)
{
	return json_integer_value(value_at(test, path));
}

ZHEN_EXPORT const void *zhen_test_blob(zhen_test *test, size_t *out_length)
{
	*out_length = test->blob->len;
	return test->blob->data;
}

/* ---- the store ---- */

static Store *store_of(zhen_test *test)
{
	return test->runtime != NULL ? runtime_store(test->runtime) : test->peek;
}

ZHEN_EXPORT const char *zhen_test_upload(zhen_test *test, const void *bytes, size_t length)
{
	g_autoptr(BlobWriter) writer = blob_writer_new(store_of(test), 0, NULL);
	char hex[65];

	g_clear_pointer(&test->text, g_free);
	if (writer == NULL || !blob_write(writer, bytes, length, NULL) || !blob_finish(writer, hex, NULL, NULL))
		return NULL;
	return test->text = g_strdup(hex);
}

static void append_row(StoreStmt *stmt, GString *out)
{
	JsonOut json;

	json_out_init(&json, out);
	json_open(&json, NULL, FALSE);
	for (guint i = 0; i < store_columns(stmt); i++) {
		zhen_value value;

		store_column(stmt, i, &value);
		json_put_value(&json, store_column_name(stmt, i), &value);
	}
	json_close_one(&json);
	g_string_append_c(out, '\n');
}

static gboolean each_row(zhen_test *test, const char *sql, GString *out)
{
	StoreConn *conn = store_read(store_of(test), test->world->env.readers - 1, NULL);
	StoreStmt *stmt = conn != NULL ? store_prepare(conn, STORE_HOST, sql, NULL, NULL, 0, &test->error) : NULL;
	gboolean any = FALSE;

	while (stmt != NULL && store_step(stmt, NULL) == STORE_ROW) {
		append_row(stmt, out);
		any = TRUE;
	}
	if (stmt != NULL)
		store_reset(stmt);
	store_read_done(test->world->stores, test->world->env.readers - 1);
	return any;
}

ZHEN_EXPORT const char *zhen_test_event(zhen_test *test, uint32_t index)
{
	g_autofree char *sql = g_strdup_printf("SELECT topic, subject, division, at, body FROM _event ORDER BY seq "
	                                       "LIMIT 1 OFFSET %u", index);
	GString *row = g_string_new(NULL);
	gboolean any = each_row(test, sql, row);

	g_free(test->text);
	test->text = g_string_free(row, FALSE);
	return any ? test->text : NULL;
}

ZHEN_EXPORT const char *zhen_test_dump(zhen_test *test)
{
	g_autoptr(GString) names = g_string_new(NULL);
	GString *out = g_string_new(NULL);
	g_auto(GStrv) lines = NULL;

	each_row(test, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
	                "AND substr(name, 1, 8) <> '_search_' ORDER BY name",
	         names);
	lines = g_strsplit(names->str, "\n", -1);
	for (guint i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++) {
		g_autoptr(json_t) row = json_read(lines[i], strlen(lines[i]), NULL);
		const char *name = json_string_value(json_object_get(row, "name"));
		g_autofree char *sql = g_strdup_printf("SELECT * FROM \"%s\" ORDER BY 1, 2", name);

		g_string_append_printf(out, "== %s\n", name);
		each_row(test, sql, out);
	}
	g_free(test->text);
	return test->text = g_string_free(out, FALSE);
}

ZHEN_EXPORT const char *zhen_test_sql(zhen_test *test, const char *sql)
{
	StoreConn *conn = store_read(store_of(test), test->world->env.readers - 1, NULL);
	StoreStmt *stmt;

	g_clear_error(&test->error);
	g_clear_pointer(&test->text, g_free);
	stmt = conn != NULL ? store_prepare(conn, STORE_HOST, sql, NULL, NULL, 0, &test->error) : NULL;
	if (stmt != NULL && store_step(stmt, NULL) == STORE_ROW) {
		zhen_value value;

		store_column(stmt, 0, &value);
		test->text = value.kind == ZHEN_KIND_INT  ? g_strdup_printf("%" G_GINT64_FORMAT, value.as.integer) :
		             value.kind == ZHEN_KIND_TEXT ? g_strndup(value.as.text, value.length) :
		                                            NULL;
	}
	if (stmt != NULL)
		store_reset(stmt);
	store_read_done(test->world->stores, test->world->env.readers - 1);
	return test->text;
}
