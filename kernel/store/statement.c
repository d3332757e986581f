/* SPDX-License-Identifier: Apache-2.0
 * Statements of a connection: scanned once per text, planned and prepared once per shape, bound for each use. */
#include <string.h>
#include "base/clock.h"
#include "store/search.h"
#include "store/statement.h"

#define PLUGIN_STATEMENTS_MAX 256
#define WRITE_STEPS_MAX 500000 /* thousand VM steps of a plugin's write: some seconds, then it is stuck */

static guint hash_text(const char *text, gsize length, StoreOwner owner)
{
	guint64 hash = 0x9e3779b97f4a7c15u ^ length ^ ((guint64)owner << 56);

	for (; length >= 8; length -= 8, text += 8) {
		guint64 block;

		memcpy(&block, text, 8);
		hash = (hash ^ block) * 0xff51afd7ed558ccdu;
		hash ^= hash >> 32;
	}
	for (; length > 0; length--, text++)
		hash = (hash ^ (guchar)*text) * 0xff51afd7ed558ccdu;
	return (guint)(hash ^ hash >> 29);
}

static guint entry_hash(gconstpointer key)
{
	return ((const StmtEntry *)key)->hash;
}

static gboolean entry_equal(gconstpointer a, gconstpointer b)
{
	const StmtEntry *x = a, *y = b;

	return x->hash == y->hash && x->owner == y->owner && x->length == y->length &&
	       memcmp(x->sql, y->sql, x->length) == 0;
}

static void stmt_free(StoreStmt *stmt)
{
	sqlite3_finalize(stmt->handle);
	words_plan_free(stmt->plan);
	g_free(stmt->buffer);
	g_free(stmt->id_name);
	g_strfreev(stmt->names);
	g_free(stmt);
}

static void entry_free(gpointer data)
{
	StmtEntry *entry = data;

	while (entry->shapes != NULL) {
		StoreStmt *stmt = entry->shapes;

		entry->shapes = stmt->next_shape;
		stmt_free(stmt);
	}
	words_scan_free(entry->scan);
	g_free(entry->sql);
	g_free(entry);
}

gboolean statements_init(StoreConn *conn, GError **error)
{
	const struct {
		const char *sql;
		sqlite3_stmt **stmt;
	} all[] = {
		{ conn->writer ? "BEGIN IMMEDIATE" : "BEGIN", &conn->begin },
		{ "COMMIT", &conn->commit },
		{ "ROLLBACK", &conn->rollback },
		{ "SAVEPOINT _job", &conn->savepoint },
		{ "RELEASE _job", &conn->release },
		{ "ROLLBACK TO _job", &conn->rollback_to },
	};

	conn->entries = g_hash_table_new_full(entry_hash, entry_equal, NULL, entry_free);
	conn->scratch = g_array_new(FALSE, FALSE, sizeof(zhen_value));
	for (gsize i = 0; i < G_N_ELEMENTS(all); i++) {
		int rc = sqlite3_prepare_v3(conn->db, all[i].sql, -1, SQLITE_PREPARE_PERSISTENT, all[i].stmt, NULL);

		if (rc != SQLITE_OK)
			return conn_error(conn, rc, all[i].sql, error);
	}
	return TRUE;
}

void statements_clear(StoreConn *conn)
{
	sqlite3_stmt **all[] = { &conn->begin,     &conn->commit,  &conn->rollback,
		                 &conn->savepoint, &conn->release, &conn->rollback_to };

	g_clear_pointer(&conn->entries, g_hash_table_unref);
	g_clear_pointer(&conn->scratch, g_array_unref);
	for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
		g_clear_pointer(all[i], sqlite3_finalize);
}

/* ---- the list of plugins' statements by use ---- */

static void lru_remove(StoreStmt *stmt)
{
	StoreConn *conn = stmt->conn;

	*(stmt->newer != NULL ? &stmt->newer->older : &conn->newest) = stmt->older;
	*(stmt->older != NULL ? &stmt->older->newer : &conn->oldest) = stmt->newer;
	stmt->newer = stmt->older = NULL;
	conn->n_plugin--;
}

static void lru_add(StoreStmt *stmt)
{
	StoreConn *conn = stmt->conn;

	stmt->older = conn->newest;
	*(conn->newest != NULL ? &conn->newest->newer : &conn->oldest) = stmt;
	conn->newest = stmt;
	conn->n_plugin++;
}

static void lru_touch(StoreStmt *stmt)
{
	if (stmt->entry->owner == STORE_HOST || stmt->conn->newest == stmt)
		return;
	lru_remove(stmt);
	lru_add(stmt);
}

void statement_drop(StoreStmt *stmt)
{
	StmtEntry *entry = stmt->entry;
	StoreStmt **link = &entry->shapes;

	while (*link != stmt)
		link = &(*link)->next_shape;
	*link = stmt->next_shape;
	if (entry->owner != STORE_HOST)
		lru_remove(stmt);
	if (entry->shapes == NULL)
		g_hash_table_remove(stmt->conn->entries, entry);
	stmt_free(stmt);
}

static void make_room(StoreConn *conn, const StmtEntry *keep)
{
	StoreStmt *stmt = conn->oldest;

	while (conn->n_plugin >= PLUGIN_STATEMENTS_MAX && stmt != NULL) {
		StoreStmt *newer = stmt->newer;

		if (!stmt->busy && stmt->entry != keep)
			statement_drop(stmt);
		stmt = newer;
	}
}

/* ---- preparing ---- */

static StmtEntry *entry_new(StoreConn *conn, StoreOwner owner, const char *sql, gsize length, guint hash,
                            GError **error)
{
	g_autoptr(WordsScan) scan = NULL;
	StmtEntry *entry;

	if (owner != STORE_HOST && !words_check(sql, owner == STORE_MIGRATION, error)) {
		prefix_error(error, "%s", conn->store->name);
		return NULL;
	}
	scan = words_scan(sql, error);
	if (scan == NULL) {
		prefix_error(error, "%s: %.*s", conn->store->name, sql_cut(sql), sql);
		return NULL;
	}
	entry = g_new0(StmtEntry, 1);
	*entry = (StmtEntry){ .owner = owner, .hash = hash, .length = length, .sql = g_strdup(sql) };
	entry->plain = scan->n_scopes == 0 && !scan->has_page && !scan->uses_now && scan->search.name == NULL;
	entry->scan = g_steal_pointer(&scan);
	return entry;
}

/* The runtime reads the next page's start from the row: each column must be there once and under its name. */
static gboolean check_page_columns(StoreStmt *stmt, GError **error)
{
	int count = sqlite3_column_count(stmt->handle);

	for (char **name = stmt->entry->scan->page_names; *name != NULL; name++) {
		gboolean found = FALSE;

		for (int i = 0; i < count && !found; i++)
			found = strcmp(sqlite3_column_name(stmt->handle, i), *name) == 0;
		if (!found)
			return throw_error(error, ERROR_INVALID, "%s: {{page}}: column '%s' is not selected (%.*s)",
			                   stmt->conn->store->name, *name, sql_cut(stmt->entry->sql), stmt->entry->sql);
	}
	for (int i = 0; i < count; i++)
		for (int k = 0; k < i; k++)
			if (strcmp(sqlite3_column_name(stmt->handle, i), sqlite3_column_name(stmt->handle, k)) == 0)
				return throw_error(error, ERROR_INVALID,
				                   "%s: {{page}}: column '%s' is selected twice (%.*s)",
				                   stmt->conn->store->name, sqlite3_column_name(stmt->handle, i),
				                   sql_cut(stmt->entry->sql), stmt->entry->sql);
	return TRUE;
}

static void drop_returning(StoreStmt *stmt)
{
	StoreConn *conn = stmt->conn;
	sqlite3_stmt *shorter = NULL;
	char *name = NULL;
	g_autofree char *sql = own_id_cut(conn->db, stmt->entry->sql, stmt->plan->sql, &name);

	if (sql == NULL)
		return;
	conn->owner = stmt->entry->owner;
	sqlite3_prepare_v3(conn->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &shorter, NULL);
	conn->owner = STORE_HOST;
	if (shorter == NULL) {
		g_free(name);
		return;
	}
	sqlite3_finalize(stmt->handle);
	stmt->handle = shorter;
	stmt->id_name = name;
}

static gboolean compile(StoreStmt *stmt, GError **error)
{
	StoreConn *conn = stmt->conn;
	const char *tail = NULL;
	int rc;

	conn->owner = stmt->entry->owner;
	conn->denied[0] = '\0';
	rc = sqlite3_prepare_v3(conn->db, stmt->plan->sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt->handle, &tail);
	conn->owner = STORE_HOST;
	if (rc != SQLITE_OK)
		return conn_error(conn, rc, stmt->entry->sql, error);
	while (tail != NULL && (g_ascii_isspace(*tail) || *tail == ';'))
		tail++;
	if (stmt->handle == NULL || *tail != '\0')
		return throw_error(error, ERROR_INVALID, "%s: not one statement (%.*s)", conn->store->name,
		                   sql_cut(stmt->entry->sql), stmt->entry->sql);
	if (stmt->entry->scan->page_names != NULL)
		return check_page_columns(stmt, error);
	if (stmt->entry->plain && sqlite3_column_count(stmt->handle) == 1)
		drop_returning(stmt);
	return TRUE;
}

static StoreStmt *stmt_new(StoreConn *conn, StmtEntry *entry, const WordsShape *shape, GError **error)
{
	StoreStmt *stmt = g_new0(StoreStmt, 1);

	stmt->conn = conn;
	stmt->entry = entry;
	stmt->shape = *shape;
	stmt->plan = words_plan(entry->scan, WORDS_SQLITE, shape);
	if (!compile(stmt, error)) {
		stmt_free(stmt);
		return NULL;
	}
	stmt->words = (Words){ .sql = stmt->plan->sql,
		               .n_args = entry->scan->n_args,
		               .page_columns = entry->scan->page_names,
		               .page_descending = entry->scan->page_descending,
		               .has_scope = entry->scan->n_scopes > 0,
		               .sees_nothing = stmt->plan->sees_nothing };
	stmt->next_shape = entry->shapes;
	entry->shapes = stmt;
	if (entry->owner != STORE_HOST)
		lru_add(stmt);
	return stmt;
}

static StmtEntry *find_entry(StoreConn *conn, StoreOwner owner, const char *sql, GError **error)
{
	gsize length = strlen(sql);
	StmtEntry key = { .owner = owner, .length = length, .sql = (char *)sql };
	StmtEntry *entry = conn->newest != NULL ? conn->newest->entry : NULL;

	/* Mostly the one that was used last is asked for again. */
	if (entry != NULL && entry->length == length && entry->owner == owner && memcmp(entry->sql, sql, length) == 0)
		return entry;
	key.hash = hash_text(sql, length, owner);
	entry = g_hash_table_lookup(conn->entries, &key);
	return entry != NULL ? entry : entry_new(conn, owner, sql, length, key.hash, error);
}

static void enter(StoreConn *conn, StmtEntry *entry)
{
	g_hash_table_add(conn->entries, entry);
	if (entry->owner == STORE_PLUGIN && conn->store->known != NULL)
		known_add(conn->store->known, entry->sql);
}

static StoreStmt *find_stmt(StoreConn *conn, StmtEntry *entry, const WordsShape *shape, GError **error)
{
	StoreStmt *stmt;

	for (stmt = entry->shapes; stmt != NULL; stmt = stmt->next_shape)
		if (!stmt->busy && (entry->plain || memcmp(&stmt->shape, shape, sizeof(*shape)) == 0)) {
			lru_touch(stmt);
			return stmt;
		}
	if (entry->owner != STORE_HOST)
		make_room(conn, entry);
	stmt = stmt_new(conn, entry, shape, error);
	if (stmt == NULL && entry->shapes == NULL)
		entry_free(entry); /* never entered the table */
	else if (stmt != NULL && stmt->next_shape == NULL)
		enter(conn, entry);
	return stmt;
}

/* ---- binding ---- */

static char *reserve(StoreStmt *stmt, const zhen_value *values, gsize count, const GArray *host)
{
	gsize size = 0;

	for (gsize i = 0; i < count; i++)
		if (values[i].kind >= ZHEN_KIND_TEXT)
			size += values[i].length;
	for (guint i = 0; i < host->len; i++)
		if (g_array_index(host, zhen_value, i).kind >= ZHEN_KIND_TEXT)
			size += g_array_index(host, zhen_value, i).length;
	if (size > stmt->buffer_size) {
		g_free(stmt->buffer);
		stmt->buffer_size = MAX(size, 128);
		stmt->buffer = g_malloc(stmt->buffer_size);
	}
	return stmt->buffer;
}

static int bind_one(StoreStmt *stmt, int index, const zhen_value *value, char **copy)
{
	char *at = *copy;

	switch (value->kind) {
	case ZHEN_KIND_INT:
		return sqlite3_bind_int64(stmt->handle, index, value->as.integer);
	case ZHEN_KIND_REAL:
		return sqlite3_bind_double(stmt->handle, index, value->as.real);
	case ZHEN_KIND_NULL:
		return sqlite3_bind_null(stmt->handle, index);
	default:
		break;
	}
	if (value->length == 0)
		return value->kind == ZHEN_KIND_TEXT ? sqlite3_bind_text(stmt->handle, index, "", 0, SQLITE_STATIC)
		                                     : sqlite3_bind_zeroblob(stmt->handle, index, 0);
	memcpy(at, value->as.blob, value->length);
	*copy += value->length;
	if (value->kind == ZHEN_KIND_TEXT)
		return sqlite3_bind_text(stmt->handle, index, at, (int)value->length, SQLITE_STATIC);
	return sqlite3_bind_blob(stmt->handle, index, at, (int)value->length, SQLITE_STATIC);
}

/* As PostgreSQL would be told it: its text, and values in the order of its parameters. */
static void log_postgres(StoreStmt *stmt, const WordsContext *words, const zhen_value *args, gsize n_args)
{
	const Store *store = stmt->conn->store;
	const WordsScan *scan = stmt->entry->scan;
	g_autoptr(WordsPlan) plan = words_plan(scan, WORDS_POSTGRES, &stmt->shape);
	g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(zhen_value));
	g_auto(WordsTexts) texts = { 0 };

	if (n_args > 0)
		g_array_append_vals(values, args, (guint)n_args);
	words_values(scan, plan, &stmt->shape, words, args, n_args, &texts, values);
	sql_log_add(store->host->log, store->name, plan->sql, (zhen_value *)(void *)values->data, values->len);
}

static gboolean bind_all(StoreStmt *stmt, const WordsContext *words, const zhen_value *args, gsize n_args,
                         GError **error)
{
	StoreConn *conn = stmt->conn;
	g_auto(WordsTexts) texts = { 0 };
	char *copy;
	int rc = SQLITE_OK;

	if (n_args != stmt->words.n_args)
		return throw_error(error, ERROR_INVALID, "%s: %u parameters, %zu values (%.*s)", conn->store->name,
		                   stmt->words.n_args, n_args, sql_cut(stmt->entry->sql), stmt->entry->sql);
	g_array_set_size(conn->scratch, 0);
	if (!stmt->entry->plain)
		words_values(stmt->entry->scan, stmt->plan, &stmt->shape, words, args, n_args, &texts, conn->scratch);
	copy = reserve(stmt, args, n_args, conn->scratch);
	for (gsize i = 0; i < n_args && rc == SQLITE_OK; i++)
		rc = bind_one(stmt, (int)i + 1, &args[i], &copy);
	for (guint i = 0; i < conn->scratch->len && rc == SQLITE_OK; i++)
		rc = bind_one(stmt, (int)(n_args + i) + 1, &g_array_index(conn->scratch, zhen_value, i), &copy);
	if (rc == SQLITE_OK && conn->store->host->log != NULL)
		log_postgres(stmt, words, args, n_args);
	return rc == SQLITE_OK || conn_error(conn, rc, stmt->entry->sql, error);
}

StoreStmt *store_prepare(StoreConn *conn, StoreOwner owner, const char *sql, const WordsContext *words,
                         const zhen_value *args, gsize n_args, GError **error)
{
	WordsContext nothing = { 0 };
	WordsShape shape;
	StmtEntry *entry = find_entry(conn, owner, sql, error);
	StoreStmt *stmt;

	if (entry == NULL)
		return NULL;
	if (words == NULL) {
		nothing.now_ms = entry->scan->uses_now ? clock_now_ms() : 0;
		words = &nothing;
	}
	if (entry->plain) {
		memset(&shape, 0, sizeof(shape));
	} else if (!words_shape(entry->scan, words, &shape, error)) {
		if (entry->shapes == NULL)
			entry_free(entry);
		return NULL;
	}
	if (entry->scan->search.name != NULL && !search_ready(conn, entry->scan->search.name, error)) {
		if (entry->shapes == NULL)
			entry_free(entry);
		return NULL;
	}
	stmt = find_stmt(conn, entry, &shape, error);
	if (stmt == NULL || !bind_all(stmt, words, args, n_args, error))
		return NULL;
	if (conn->writer)
		conn->steps_max = conn->steps_max > 0 ? conn->steps_max : owner == STORE_PLUGIN ? WRITE_STEPS_MAX : 0;
	stmt->busy = TRUE;
	stmt->done = FALSE;
	stmt->busy_before = NULL;
	stmt->busy_next = conn->busy;
	if (conn->busy != NULL)
		conn->busy->busy_before = stmt;
	conn->busy = stmt;
	return stmt;
}
