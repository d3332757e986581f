/* SPDX-License-Identifier: Apache-2.0
 * Running a prepared statement: steps, columns, the end. */
#include "store/search.h"
#include "store/statement.h"
#include "store/words_token.h"

#define BUFFER_KEPT 65536 /* of copied texts, between two uses */

StoreStep store_step(StoreStmt *stmt, GError **error)
{
	StoreConn *conn = stmt->conn;
	int rc;

	g_assert(stmt->busy);
	if (stmt->done)
		return STORE_DONE;
	conn->owner = stmt->entry->owner;
	conn->denied[0] = '\0';
	rc = sqlite3_step(stmt->handle);
	conn->owner = STORE_HOST;
	if (rc == SQLITE_ROW)
		return STORE_ROW;
	stmt->done = TRUE;
	if (rc == SQLITE_DONE) {
		if (stmt->id_name == NULL || sqlite3_changes(conn->db) == 0)
			return STORE_DONE;
		stmt->id = sqlite3_last_insert_rowid(conn->db);
		return STORE_ROW;
	}
	if (conn->writer && conn->fault == NULL)
		conn_error(conn, rc, stmt->entry->sql, &conn->fault);
	conn_error(conn, rc, stmt->entry->sql, error);
	return STORE_FAILED;
}

guint store_columns(const StoreStmt *stmt)
{
	return stmt->id_name != NULL ? 1 : (guint)sqlite3_column_count(stmt->handle);
}

static void learn_names(StoreStmt *stmt, int prepared)
{
	const guint count = store_columns(stmt);

	g_strfreev(stmt->names);
	stmt->names = g_new0(char *, count + 1);
	stmt->named = prepared;
	for (guint i = 0; i < count; i++)
		stmt->names[i] = g_strdup(stmt->id_name != NULL ? stmt->id_name :
		                                                  sqlite3_column_name(stmt->handle, (int)i));
}

const char *const *store_names(StoreStmt *stmt)
{
	/* After a change of the schema the first step prepares it again, perhaps with other columns. */
	const int prepared = sqlite3_stmt_status(stmt->handle, SQLITE_STMTSTATUS_REPREPARE, 0);

	if (stmt->names == NULL || stmt->named != prepared)
		learn_names(stmt, prepared);
	return (const char *const *)stmt->names;
}

const char *store_column_name(StoreStmt *stmt, guint column)
{
	return store_names(stmt)[column];
}

void store_column(StoreStmt *stmt, guint column, zhen_value *out)
{
	sqlite3_value *value;

	if (stmt->id_name != NULL) {
		*out = zhen_from_int(stmt->id);
		return;
	}
	/* Found once for type, text and length. SQLite calls it unprotected, which matters to connections that several
	 * threads use at a time: ours are used by one. */
	value = sqlite3_column_value(stmt->handle, (int)column);
	switch (sqlite3_value_type(value)) {
	case SQLITE_INTEGER:
		*out = zhen_from_int(sqlite3_value_int64(value));
		break;
	case SQLITE_FLOAT:
		*out = zhen_from_real(sqlite3_value_double(value));
		break;
	case SQLITE_TEXT:
		out->kind = ZHEN_KIND_TEXT;
		out->as.text = (const char *)sqlite3_value_text(value);
		out->length = (guint32)sqlite3_value_bytes(value);
		break;
	case SQLITE_BLOB:
		out->kind = ZHEN_KIND_BLOB;
		out->as.blob = sqlite3_value_blob(value);
		out->length = (guint32)sqlite3_value_bytes(value);
		break;
	default:
		*out = zhen_from_null();
	}
}

const Words *store_words(const StoreStmt *stmt)
{
	return stmt->entry->plain ? NULL : &stmt->words;
}

void store_reset(StoreStmt *stmt)
{
	StoreConn *conn = stmt->conn;

	if (!stmt->busy)
		return;
	sqlite3_reset(stmt->handle);
	stmt->busy = FALSE;
	*(stmt->busy_before != NULL ? &stmt->busy_before->busy_next : &conn->busy) = stmt->busy_next;
	if (stmt->busy_next != NULL)
		stmt->busy_next->busy_before = stmt->busy_before;
	if (stmt->buffer_size > BUFFER_KEPT) {
		sqlite3_clear_bindings(stmt->handle);
		g_clear_pointer(&stmt->buffer, g_free);
		stmt->buffer_size = 0;
	}
}

void conn_reset_all(StoreConn *conn)
{
	while (conn->busy != NULL)
		store_reset(conn->busy);
}

/* DDL is run once: nothing of it is kept. */
static gboolean run_once(StoreConn *conn, StoreOwner owner, const char *sql, GError **error)
{
	StoreStmt *stmt = store_prepare(conn, owner, sql, NULL, NULL, 0, error);
	StoreStep step = STORE_ROW;

	if (stmt == NULL)
		return FALSE;
	while (step == STORE_ROW)
		step = store_step(stmt, error);
	store_reset(stmt);
	statement_drop(stmt);
	return step == STORE_DONE;
}

gboolean conn_script(StoreConn *conn, StoreOwner owner, const char *sql, GError **error)
{
	GError *failed = NULL;

	if (owner == STORE_MIGRATION && !search_give_way(conn, sql, error))
		return FALSE;
	for (;;) {
		g_autofree char *statement = token_next_statement(&sql, &failed);

		if (statement == NULL)
			break;
		if (!run_once(conn, owner, statement, error))
			return FALSE;
	}
	if (failed == NULL)
		return TRUE;
	g_propagate_error(error, failed);
	return FALSE;
}

gboolean store_exec(StoreConn *conn, StoreOwner owner, const char *sql, const zhen_value *args, gsize n_args,
                    gint64 *out_first, GError **error)
{
	StoreStmt *stmt = store_prepare(conn, owner, sql, NULL, args, n_args, error);
	gboolean first = TRUE;
	gint64 value = 0;
	StoreStep step;

	if (stmt == NULL)
		return FALSE;
	while ((step = store_step(stmt, error)) == STORE_ROW) {
		if (first)
			value = stmt->id_name != NULL ? stmt->id : sqlite3_column_int64(stmt->handle, 0);
		first = FALSE;
	}
	store_reset(stmt);
	if (step == STORE_FAILED)
		return FALSE;
	if (out_first != NULL)
		*out_first = value;
	return TRUE;
}
