/* SPDX-License-Identifier: Apache-2.0
 * Whether the version that runs could go on over the schema of the next one: what its statements rest on is still there, and
 * each of them is prepared. */
#include "store/expand.h"

#include <string.h>
#include "store/store_private.h"

/* c: a column, strict when an INSERT that does not name it fails; u: a unique index; t: a trigger; k: the text of a table. */
#define SCHEMA                                                                                                        \
	"SELECT 'c', m.name, c.name, c.\"notnull\" AND c.dflt_value IS NULL AND c.pk = 0 AND c.hidden = 0 "           \
	"FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c WHERE m.type = 'table' "                             \
	"UNION ALL SELECT 'u', m.name, i.name, 1 FROM sqlite_master m JOIN pragma_index_list(m.name) i "             \
	"WHERE m.type = 'table' AND i.\"unique\" "                                                                   \
	"UNION ALL SELECT 't', tbl_name, name, 1 FROM sqlite_master WHERE type = 'trigger' "                         \
	"UNION ALL SELECT 'k', name, replace(upper(sql), 'CHECK (', 'CHECK('), 0 FROM sqlite_master WHERE type = 'table'"

struct Schema {
	GHashTable *parts;  /* "kind table name" -> strict */
	GHashTable *tables; /* set of names */
	GHashTable *texts;  /* name -> its CREATE TABLE, in capitals */
};

Schema *schema_new(void)
{
	Schema *schema = g_new0(Schema, 1);

	schema->parts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	schema->tables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	schema->texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return schema;
}

void schema_free(Schema *schema)
{
	if (schema == NULL)
		return;
	g_hash_table_unref(schema->parts);
	g_hash_table_unref(schema->tables);
	g_hash_table_unref(schema->texts);
	g_free(schema);
}

gboolean schema_read(StoreConn *conn, void *data, GError **error)
{
	Schema *schema = data;
	StoreStmt *stmt = store_prepare(conn, STORE_HOST, SCHEMA, NULL, NULL, 0, error);
	StoreStep step;

	if (stmt == NULL)
		return FALSE;
	while ((step = store_step(stmt, error)) == STORE_ROW) {
		zhen_value kind, table, name, strict;

		store_column(stmt, 0, &kind);
		store_column(stmt, 1, &table);
		store_column(stmt, 2, &name);
		store_column(stmt, 3, &strict);
		/* The host's own change with the host, whichever version runs. */
		if (table.as.text[0] == '_' || g_str_has_prefix(table.as.text, "sqlite_"))
			continue;
		if (kind.as.text[0] == 'k') {
			g_hash_table_insert(schema->texts, g_strdup(table.as.text), g_strdup(name.as.text));
			continue;
		}
		g_hash_table_insert(schema->parts,
		                    g_strdup_printf("%s %s %s", kind.as.text, table.as.text, name.as.text),
		                    GINT_TO_POINTER(strict.as.integer != 0));
		g_hash_table_add(schema->tables, g_strdup(table.as.text));
	}
	store_reset(stmt);
	return step == STORE_DONE;
}

static void say(GPtrArray *out, const char *format, const char *table, const char *name) G_GNUC_PRINTF(2, 0);

static void say(GPtrArray *out, const char *format, const char *table, const char *name)
{
	g_ptr_array_add(out, g_strdup_printf(format, table, name, table, name));
}

static void compare_gone(const Schema *before, const Schema *after, GPtrArray *out)
{
	GHashTableIter i;
	gpointer key;

	g_hash_table_iter_init(&i, before->tables);
	while (g_hash_table_iter_next(&i, &key, NULL))
		if (!g_hash_table_contains(after->tables, key))
			g_ptr_array_add(
				out, g_strdup_printf("删去了表 %s (removes the table %s)", (char *)key, (char *)key));
	g_hash_table_iter_init(&i, before->parts);
	while (g_hash_table_iter_next(&i, &key, NULL)) {
		g_auto(GStrv) part = g_strsplit(key, " ", 3);

		if (part[0][0] == 'c' && g_hash_table_contains(after->tables, part[1]) &&
		    !g_hash_table_contains(after->parts, key))
			say(out, "删去了列 %s.%s (removes the column %s.%s)", part[1], part[2]);
	}
}

static void compare_new(const Schema *before, const Schema *after, GPtrArray *out)
{
	GHashTableIter i;
	gpointer key, strict;

	g_hash_table_iter_init(&i, after->parts);
	while (g_hash_table_iter_next(&i, &key, &strict)) {
		g_auto(GStrv) part = g_strsplit(key, " ", 3);

		if (strict == NULL || g_hash_table_lookup(before->parts, key) != NULL ||
		    !g_hash_table_contains(before->tables, part[1]))
			continue;
		if (part[0][0] == 'c')
			say(out, "列 %s.%s 不可为空又无默认值 (the column %s.%s is NOT NULL without a default)",
			    part[1], part[2]);
		else if (part[0][0] == 'u')
			say(out, "在 %s 上加了唯一索引 %s (makes rows of %s unique by %s)", part[1], part[2]);
		else
			say(out, "在 %s 上加了触发器 %s (puts on %s the trigger %s)", part[1], part[2]);
	}
}

static guint checks_in(const char *text)
{
	guint count = 0;

	for (const char *at = strstr(text, "CHECK("); at != NULL; at = strstr(at + 1, "CHECK("))
		count++;
	return count;
}

/* A column that is added brings a CHECK of its own, which its default passes; a table made anew may bring one of an old column. */
static void compare_checks(const Schema *before, const Schema *after, GPtrArray *out)
{
	GHashTableIter i;
	gpointer table, text;

	g_hash_table_iter_init(&i, before->texts);
	while (g_hash_table_iter_next(&i, &table, &text)) {
		const char *now = g_hash_table_lookup(after->texts, table);

		if (now != NULL && strncmp(now, text, strlen(text) - 1) != 0 && checks_in(now) > checks_in(text))
			g_ptr_array_add(out, g_strdup_printf("在 %s 上加了 CHECK 约束 (puts a CHECK on %s)",
			                                     (char *)table, (char *)table));
	}
}

static gint by_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

gboolean schema_expands(const Schema *before, const Schema *after, GError **error)
{
	g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *all = NULL;

	compare_gone(before, after, faults);
	compare_new(before, after, faults);
	compare_checks(before, after, faults);
	if (faults->len == 0)
		return TRUE;
	g_ptr_array_sort(faults, by_text);
	g_ptr_array_add(faults, NULL);
	all = g_strjoinv("; ", (char **)faults->pdata);
	return throw_error(error, ERROR_REFUSED,
	                   "扩展迁移使正在运行的版本无法继续，应放到 contract 阶段 (an expand migration must let the "
	                   "version that runs go on; this belongs to the phase contract): %s",
	                   all);
}

/* ---- its statements ---- */

static gboolean prepare(StoreConn *conn, const char *sql, const WordsPlan *plan, GError **error)
{
	sqlite3_stmt *handle = NULL;
	int rc;

	conn->owner = STORE_PLUGIN;
	conn->denied[0] = '\0';
	rc = sqlite3_prepare_v3(conn->db, plan->sql, -1, 0, &handle, NULL);
	conn->owner = STORE_HOST;
	sqlite3_finalize(handle);
	return rc == SQLITE_OK || conn_error(conn, rc, sql, error);
}

/* As somebody sees it who is scoped by the column number @column; one who sees all is scoped by none. */
static gboolean prepare_as(StoreConn *conn, const char *sql, const WordsScan *scan, guint column, GError **error)
{
	WordsShape shape = { .page = scan->has_page ? 2 : 0 };
	g_autoptr(WordsPlan) plan = NULL;

	for (guint i = 0; i < scan->n_scopes; i++) {
		const ScopeWord *scope = &scan->scopes[i];

		shape.scopes[i] = (ScopeShape){ .form = scope->n_columns > 0 ? FORM_EQUAL : FORM_NOTHING,
			                        .column = (guint8)MIN(column, MAX(scope->n_columns, 1) - 1),
			                        .body = scope->body != NULL };
	}
	plan = words_plan(scan, WORDS_SQLITE, &shape);
	return prepare(conn, sql, plan, error);
}

gboolean statements_stand(StoreConn *conn, void *data, GError **error)
{
	g_autofree const char **texts = known_texts(data);

	for (const char **sql = texts; *sql != NULL; sql++) {
		g_autoptr(WordsScan) scan = words_scan(*sql, error);
		guint columns = 1;

		for (guint i = 0; scan != NULL && i < scan->n_scopes; i++)
			columns = MAX(columns, scan->scopes[i].n_columns);
		for (guint column = 0; column < columns; column++)
			if (scan == NULL || !prepare_as(conn, *sql, scan, column, error))
				return prefix_error(error, "正在运行的版本的语句不再成立 (a statement of the version that runs "
				                           "does not stand any more)");
	}
	return TRUE;
}
