/* SPDX-License-Identifier: Apache-2.0
 * Statements here are the engine's own and are not recorded for others: another engine has other indexes. */
#include "store/search.h"

#include <string.h>
#include "base/log.h"
#include "store/search_text.h"
#include "store/words_token.h"

#define PIECE_ROWS 256 /* put into an index in one transaction: some milliseconds of the writer */

/* One declared search. */
typedef struct Index {
	char *name, *table, *key;
	char *declared;     /* what it was made from, for comparing */
	GPtrArray *columns; /* of char *: texts */
	GPtrArray *places;  /* of char *: columns of divisions that rows are scoped by */
	char *body;         /* NULL = none */
} Index;

struct SearchIndexes {
	StoreJob job; /* the next piece */
	Store *store;
	GPtrArray *list; /* of Index */
	_Atomic int running, stopped;
	gboolean more, failed;
};

static void index_free(gpointer data)
{
	Index *index = data;

	g_free(index->name);
	g_free(index->table);
	g_free(index->key);
	g_free(index->declared);
	g_free(index->body);
	g_clear_pointer(&index->columns, g_ptr_array_unref);
	g_clear_pointer(&index->places, g_ptr_array_unref);
	g_free(index);
}

static gboolean G_GNUC_PRINTF(3, 4) run(StoreConn *conn, GError **error, const char *format, ...)
{
	g_autofree char *sql = NULL;
	va_list args;
	int rc;

	va_start(args, format);
	sql = g_strdup_vprintf(format, args);
	va_end(args);
	rc = sqlite3_exec(conn->db, sql, NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		conn_error(conn, rc, sql, error);
	return rc == SQLITE_OK;
}

/* The first row's columns as texts, NULL-ended (owned); nothing in it: no row. NULL = @error set. */
static char **G_GNUC_PRINTF(3, 4) ask(StoreConn *conn, GError **error, const char *format, ...)
{
	g_autoptr(GPtrArray) out = g_ptr_array_new();
	sqlite3_stmt *stmt = NULL;
	g_autofree char *sql = NULL;
	va_list args;
	int rc;

	va_start(args, format);
	sql = g_strdup_vprintf(format, args);
	va_end(args);
	rc = sqlite3_prepare_v2(conn->db, sql, -1, &stmt, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	for (int i = 0; rc == SQLITE_ROW && i < sqlite3_column_count(stmt); i++)
		g_ptr_array_add(out, sqlite3_column_type(stmt, i) == SQLITE_NULL
		                             ? g_strdup("")
		                             : g_strdup((const char *)sqlite3_column_text(stmt, i)));
	g_ptr_array_add(out, NULL);
	if (rc != SQLITE_OK && rc != SQLITE_ROW && rc != SQLITE_DONE)
		conn_error(conn, rc, sql, error);
	sqlite3_finalize(stmt);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? (char **)g_ptr_array_free(g_steal_pointer(&out), FALSE) : NULL;
}

/* ---- what is declared ---- */

static GPtrArray *split(const char *text)
{
	g_auto(GStrv) words = g_strsplit_set(text == NULL ? "" : text, ", ", -1);
	GPtrArray *out = g_ptr_array_new_with_free_func(g_free);

	for (char **word = words; *word != NULL; word++)
		if (**word != '\0')
			g_ptr_array_add(out, g_strdup(*word));
	return out;
}

/* "version|table|columns|scope" */
static Index *index_new(const char *name, const char *declared)
{
	g_auto(GStrv) parts = g_strsplit(declared, "|", 4);
	Index *index = g_new0(Index, 1);

	if (g_strv_length(parts) == 4) {
		index->table = g_strdup(parts[1]);
		index->columns = split(parts[2]);
		index->places = split(parts[3]);
	}
	index->name = g_strdup(name);
	index->declared = g_strdup(declared);
	for (guint body = 0; index->places != NULL && body + 1 < index->places->len; body++)
		if (strcmp(index->places->pdata[body], "or") == 0) {
			index->body = g_strdup(index->places->pdata[body + 1]);
			g_ptr_array_set_size(index->places, (int)body);
		}
	return index;
}

static Index *read_row(const zhen_search *row)
{
	g_autofree char *declared = g_strdup_printf("%d|%s|%s|%s", SEARCH_TEXT_VERSION, row->table, row->columns,
	                                            row->scope == NULL ? "" : row->scope);

	return index_new(row->name, declared);
}

typedef enum Form { FORM_NAMES, FORM_VALUES, FORM_CHANGED, FORM_OF } Form;

static void put_one(GString *out, Form form, const char *column, const char *mark, const char *row)
{
	switch (form) {
	case FORM_NAMES:
		g_string_append_printf(out, "%s\"_%s\"", out->len > 0 ? ", " : "", column);
		break;
	case FORM_VALUES:
		g_string_append_printf(out, ", %s%s\"%s\"", mark, row, column);
		break;
	case FORM_CHANGED:
		g_string_append_printf(out, " OR old.\"%s\" IS NOT new.\"%s\"", column, column);
		break;
	case FORM_OF:
		g_string_append_printf(out, ", \"%s\"", column);
		break;
	}
}

/* The index's columns in one of the forms that a statement needs. */
static char *columns_of(const Index *index, Form form, const char *row)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < index->columns->len; i++)
		put_one(out, form, index->columns->pdata[i], "", row);
	for (guint i = 0; i < index->places->len; i++)
		put_one(out, form, index->places->pdata[i], "char(1) || ", row);
	if (index->body != NULL)
		put_one(out, form, index->body, "char(2) || ", row);
	return g_string_free(out, FALSE);
}

/* ---- making and dropping ---- */

static gboolean drop(StoreConn *conn, const char *name, GError **error)
{
	conn_clear_search(conn);
	return run(conn, error,
	           "DROP TRIGGER IF EXISTS \"_search_%s_i\"; DROP TRIGGER IF EXISTS \"_search_%s_u\"; "
	           "DROP TRIGGER IF EXISTS \"_search_%s_d\"; DROP TABLE IF EXISTS \"_search_%s\"; DELETE FROM _search "
	           "WHERE name = '%s'",
	           name, name, name, name, name);
}

/* Rows are told by the table's whole number. */
static gboolean find_key(StoreConn *conn, Index *index, GError **error)
{
	g_auto(GStrv) key = ask(conn, error,
	                        "SELECT name, upper(type) = 'INTEGER' AND (SELECT count(*) FROM "
	                        "pragma_table_info('%s') WHERE pk > 0) = 1 "
	                        "FROM pragma_table_info('%s') WHERE pk = 1",
	                        index->table, index->table);

	if (key == NULL)
		return FALSE;
	if (key[0] == NULL || g_strcmp0(key[1], "1") != 0)
		return throw_error(error, ERROR_INVALID, "search %s: table %s has no {{id}}", index->name,
		                   index->table);
	g_free(index->key);
	index->key = g_strdup(key[0]);
	return TRUE;
}

static gboolean make_triggers(StoreConn *conn, const Index *index, GError **error)
{
	g_autofree char *before = columns_of(index, FORM_VALUES, "old.");
	g_autofree char *after = columns_of(index, FORM_VALUES, "new.");
	g_autofree char *changed = columns_of(index, FORM_CHANGED, NULL);
	g_autofree char *of = columns_of(index, FORM_OF, NULL);
	const char *n = index->name, *t = index->table, *k = index->key;
	g_autofree char *put = g_strdup_printf("SELECT zhen_index('%s', 1, new.\"%s\"%s);", n, k, after);
	g_autofree char *take = g_strdup_printf("SELECT zhen_index('%s', -1, old.\"%s\"%s);", n, k, before);
	g_autofree char *within = g_strdup_printf("\"%s\" >= (SELECT low FROM _search WHERE name = '%s')", k, n);

	return run(conn, error, "CREATE TRIGGER \"_search_%s_i\" AFTER INSERT ON \"%s\" WHEN new.%s BEGIN %s END", n, t,
	           within, put) &&
	       run(conn, error, "CREATE TRIGGER \"_search_%s_d\" AFTER DELETE ON \"%s\" WHEN old.%s BEGIN %s END", n, t,
	           within, take) &&
	       run(conn, error,
	           "CREATE TRIGGER \"_search_%s_u\" AFTER UPDATE OF \"%s\"%s ON \"%s\" WHEN old.%s AND "
	           "(old.\"%s\" IS NOT new.\"%s\"%s) BEGIN %s %s END",
	           n, k, of, t, within, k, k, changed, take, put);
}

static gboolean make(StoreConn *conn, Index *index, GError **error)
{
	g_autofree char *names = columns_of(index, FORM_NAMES, NULL);

	/* Only tokens, and of each the rows and columns; the texts are in the table itself. */
	return drop(conn, index->name, error) &&
	       run(conn, error,
	           "CREATE VIRTUAL TABLE \"_search_%s\" USING fts5(%s, content='', columnsize=0, detail=column, "
	           "tokenize='zhen')",
	           index->name, names) &&
	       run(conn, error, "INSERT INTO _search(name, declared, low) VALUES('%s', '%s', 9223372036854775807)",
	           index->name, index->declared) &&
	       make_triggers(conn, index, error);
}

char *search_row_sql(StoreConn *conn, const char *name, gboolean in, GError **error)
{
	g_auto(GStrv) declared = ask(conn, error, "SELECT declared FROM _search WHERE name = '%s'", name);
	g_autofree char *names = NULL;
	g_autoptr(GString) marks = g_string_new("?1");
	Index *index;
	guint count;

	if (declared == NULL || declared[0] == NULL)
		return NULL;
	index = index_new(name, declared[0]);
	names = columns_of(index, FORM_NAMES, NULL);
	count = index->columns->len + index->places->len + (index->body != NULL ? 1 : 0);
	index_free(index);
	for (guint i = 0; i < count; i++)
		g_string_append_printf(marks, ", ?%u", i + 2);
	if (in)
		return g_strdup_printf("INSERT INTO \"_search_%s\"(rowid, %s) VALUES(%s)", name, names, marks->str);
	return g_strdup_printf("INSERT INTO \"_search_%s\"(\"_search_%s\", rowid, %s) VALUES('delete', %s)", name, name,
	                       names, marks->str);
}

/* ---- filling ---- */

/* The next rows below those that are in it. */
static gboolean fill(StoreConn *conn, const Index *index, gboolean *out_more, GError **error)
{
	g_autofree char *names = columns_of(index, FORM_NAMES, NULL);
	g_autofree char *values = columns_of(index, FORM_VALUES, "");
	g_auto(GStrv) state = ask(
		conn, error,
		"SELECT low, (SELECT min(k) FROM (SELECT \"%s\" AS k FROM \"%s\" WHERE \"%s\" < _search.low "
		"ORDER BY 1 DESC LIMIT %d)), (SELECT count(*) FROM (SELECT 1 FROM \"%s\" WHERE \"%s\" < _search.low "
		"LIMIT %d)) FROM _search WHERE name = '%s'",
		index->key, index->table, index->key, PIECE_ROWS, index->table, index->key, PIECE_ROWS + 1,
		index->name);

	if (state == NULL || state[0] == NULL)
		return state != NULL;
	gint64 low = g_ascii_strtoll(state[0], NULL, 10);
	gint64 to = state[1][0] == '\0' ? low : g_ascii_strtoll(state[1], NULL, 10);
	gboolean more = g_ascii_strtoll(state[2], NULL, 10) > PIECE_ROWS;

	if (low == G_MININT64)
		return TRUE;
	*out_more |= more;
	return run(conn, error,
	           "INSERT INTO \"_search_%s\"(rowid, %s) SELECT \"%s\"%s FROM \"%s\" WHERE \"%s\" >= %lld AND \"%s\" "
	           "< %lld ORDER BY \"%s\"",
	           index->name, names, index->key, values, index->table, index->key, (long long)to, index->key,
	           (long long)low, index->key) &&
	       run(conn, error, "UPDATE _search SET low = %lld WHERE name = '%s'",
	           more ? (long long)to : (long long)G_MININT64, index->name);
}

static gboolean fill_all(StoreConn *conn, SearchIndexes *indexes, GError **error)
{
	indexes->more = FALSE;
	for (guint i = 0; i < indexes->list->len; i++)
		if (!fill(conn, indexes->list->pdata[i], &indexes->more, error))
			return FALSE;
	return TRUE;
}

static gboolean job_run(StoreJob *job, StoreConn *conn)
{
	SearchIndexes *indexes = (SearchIndexes *)job;
	g_autoptr(GError) error = NULL;

	indexes->failed = !fill_all(conn, indexes, &error);
	if (indexes->failed)
		log_write(LOG_ERROR, indexes->store->name, "search: %s", error->message);
	return !indexes->failed;
}

static void submit(SearchIndexes *indexes);

static void job_done(StoreJob *job, const GError *error)
{
	SearchIndexes *indexes = (SearchIndexes *)job;

	atomic_store(&indexes->running, 0);
	/* What failed is tried again when somebody searches. */
	if (error == NULL && !indexes->failed && indexes->more)
		submit(indexes);
}

static void submit(SearchIndexes *indexes)
{
	int idle = 0;

	if (atomic_load(&indexes->stopped) || !atomic_compare_exchange_strong(&indexes->running, &idle, 1))
		return;
	indexes->job = (StoreJob){ .run = job_run, .done = job_done };
	if (!store_submit(indexes->store, &indexes->job, NULL))
		atomic_store(&indexes->running, 0);
}

/* ---- the store's side ---- */

static gboolean is_declared(const SearchIndexes *indexes, const char *name)
{
	for (guint i = 0; i < indexes->list->len; i++)
		if (strcmp(((Index *)indexes->list->pdata[i])->name, name) == 0)
			return TRUE;
	return FALSE;
}

/* Those of an earlier version of the plugin go. */
static gboolean drop_others(StoreConn *conn, const SearchIndexes *indexes, GError **error)
{
	g_auto(GStrv) all = ask(conn, error, "SELECT group_concat(name) FROM _search");
	g_auto(GStrv) names = all == NULL || all[0] == NULL ? NULL : g_strsplit(all[0], ",", -1);

	for (char **name = names; name != NULL && *name != NULL; name++)
		if (!is_declared(indexes, *name) && !drop(conn, *name, error))
			return FALSE;
	return all != NULL;
}

static gboolean declare(StoreConn *conn, void *data, GError **error)
{
	SearchIndexes *indexes = data;

	if (!drop_others(conn, indexes, error))
		return FALSE;
	for (guint i = 0; i < indexes->list->len; i++) {
		Index *index = indexes->list->pdata[i];
		g_auto(GStrv) same = ask(conn, error, "SELECT 1 FROM _search WHERE name = '%s' AND declared = '%s'",
		                         index->name, index->declared);

		if (same == NULL || !find_key(conn, index, error) || (same[0] == NULL && !make(conn, index, error)))
			return FALSE;
	}
	return fill_all(conn, indexes, error);
}

static gboolean nothing(StoreConn *conn, void *data, GError **error)
{
	(void)conn;
	(void)data;
	(void)error;
	return TRUE;
}

/* A piece of what was declared before may wait in line. */
static void stop(Store *store)
{
	SearchIndexes *indexes = store->search;

	if (indexes == NULL)
		return;
	atomic_store(&indexes->stopped, 1);
	while (atomic_load(&indexes->running) && store_write_now(store, nothing, NULL, NULL))
		continue;
}

gboolean store_search(Store *store, const zhen_search *rows, guint n_rows, GError **error)
{
	SearchIndexes *indexes = g_new0(SearchIndexes, 1);

	stop(store);
	indexes->store = store;
	indexes->list = g_ptr_array_new_with_free_func(index_free);
	for (guint i = 0; i < n_rows; i++)
		g_ptr_array_add(indexes->list, read_row(&rows[i]));
	if (!store_write_now(store, declare, indexes, error)) {
		search_free(indexes);
		return FALSE;
	}
	search_free(store->search);
	store->search = indexes;
	if (indexes->more) {
		log_write(LOG_INFO, store->name, "a search index is being built");
		submit(indexes);
	}
	return TRUE;
}

void search_free(SearchIndexes *indexes)
{
	if (indexes == NULL)
		return;
	g_ptr_array_unref(indexes->list);
	g_free(indexes);
}

gboolean search_ready(StoreConn *conn, const char *name, GError **error)
{
	sqlite3_stmt *stmt = conn_search_state(conn, name);
	gint64 low = G_MAXINT64;
	gboolean found = stmt != NULL && sqlite3_step(stmt) == SQLITE_ROW;

	if (found)
		low = sqlite3_column_int64(stmt, 0);
	if (stmt != NULL)
		sqlite3_reset(stmt);
	if (found && low == G_MININT64)
		return TRUE;
	if (!found)
		return throw_error(error, ERROR_INVALID, "%s: no search '%s' is declared", conn->store->name, name);
	if (conn->store->search != NULL)
		submit(conn->store->search);
	return throw_error(error, ERROR_BUILDING, "%s: the index of search '%s' is being built", conn->store->name,
	                   name);
}

static gboolean names_table(const char *declared, const char *sql)
{
	g_auto(GStrv) parts = g_strsplit(declared, "|", 3);
	Token token;

	while (token_next(&sql, &token, NULL) && token.kind != TOKEN_END) {
		const guint quote = token.kind == TOKEN_QUOTED ? 1 : 0;

		if ((token.kind == TOKEN_NAME || token.kind == TOKEN_QUOTED) && parts[1] != NULL &&
		    strlen(parts[1]) == token.length - 2 * quote &&
		    g_ascii_strncasecmp(parts[1], token.start + quote, token.length - 2 * quote) == 0)
			return TRUE;
	}
	return FALSE;
}

gboolean search_give_way(StoreConn *conn, const char *sql, GError **error)
{
	g_auto(GStrv) all = ask(conn, error, "SELECT group_concat(name || '\n' || declared, '\n') FROM _search");
	g_auto(GStrv) lines = all == NULL || all[0] == NULL ? NULL : g_strsplit(all[0], "\n", -1);

	for (char **line = lines; line != NULL && line[0] != NULL && line[1] != NULL; line += 2)
		if (names_table(line[1], sql) && !drop(conn, line[0], error))
			return FALSE;
	return all != NULL;
}

static gboolean merge_all(StoreConn *conn, void *data, GError **error)
{
	const SearchIndexes *indexes = data;

	for (guint i = 0; i < indexes->list->len; i++) {
		const char *name = ((Index *)indexes->list->pdata[i])->name;

		if (!run(conn, error, "INSERT INTO \"_search_%s\"(\"_search_%s\") VALUES('optimize')", name, name))
			return FALSE;
	}
	return TRUE;
}

gboolean search_forget(Store *store, GError **error)
{
	return store->search == NULL || store->search->list->len == 0 ||
	       store_write_now(store, merge_all, store->search, error);
}
