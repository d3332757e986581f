/* SPDX-License-Identifier: Apache-2.0
 * What a connection knows of searching: a tokenizer for the index, and zhen_found(PIECES, TEXT ..), which looks through a row. */
#include <string.h>
#include "store/search.h"
#include "store/search_text.h"

typedef int FtsTake(void *context, int flags, const char *token, int length, int start, int end);

typedef struct Taking {
	FtsTake *take;
	void *context;
	int rc;
} Taking;

static int tokenizer_create(void *data, const char **args, int n_args, Fts5Tokenizer **out)
{
	(void)data;
	(void)args;
	(void)n_args;
	*out = (Fts5Tokenizer *)g_new0(char, 1);
	return SQLITE_OK;
}

static void tokenizer_delete(Fts5Tokenizer *tokenizer)
{
	g_free(tokenizer);
}

static gboolean take(void *data, const char *token, gsize length)
{
	Taking *taking = data;

	taking->rc = taking->take(taking->context, 0, token, (int)length, 0, 0);
	return taking->rc == SQLITE_OK;
}

/* What is asked is made of tokens already. */
static int tokenize(Fts5Tokenizer *tokenizer, void *context, int flags, const char *text, int length, FtsTake *fts_take)
{
	Taking taking = { fts_take, context, SQLITE_OK };

	(void)tokenizer;
	if ((flags & FTS5_TOKENIZE_QUERY) != 0)
		take(&taking, text, (gsize)length);
	else
		search_tokens(text, (gsize)length, take, &taking);
	return taking.rc;
}

static void found(sqlite3_context *context, int n_args, sqlite3_value **args)
{
	GArray *pieces = n_args > 0 ? sqlite3_get_auxdata(context, 0) : NULL;
	gboolean all = TRUE, known = pieces != NULL;

	if (n_args == 0 || sqlite3_value_type(args[0]) != SQLITE_TEXT) {
		sqlite3_result_int(context, 0);
		return;
	}
	if (pieces == NULL)
		pieces = search_pieces_read((const char *)sqlite3_value_text(args[0]),
		                            (gsize)sqlite3_value_bytes(args[0]));
	for (guint i = 0; i < pieces->len && all; i++) {
		gboolean one = FALSE;

		for (int k = 1; k < n_args && !one; k++) {
			const char *text = (const char *)sqlite3_value_text(args[k]);

			one = text != NULL && search_piece_in(&g_array_index(pieces, SearchPiece, i), text,
			                                      (gsize)sqlite3_value_bytes(args[k]));
		}
		all = one;
	}
	sqlite3_result_int(context, all && pieces->len > 0);
	/* It may be freed right here. */
	if (!known)
		sqlite3_set_auxdata(context, 0, pieces, (void (*)(void *))g_array_unref);
}

/* ---- keeping an index ---- */

void conn_clear_search(StoreConn *conn)
{
	g_clear_pointer(&conn->row_stmts, g_hash_table_unref);
}

static void finalize(gpointer stmt)
{
	sqlite3_finalize(stmt);
}

/* Kept by what it does and the index's name. */
static sqlite3_stmt *kept(StoreConn *conn, char what, const char *name)
{
	g_autofree char *key = g_strdup_printf("%c%s", what, name);
	g_autofree char *sql = NULL;
	sqlite3_stmt *stmt;

	if (conn->row_stmts == NULL)
		conn->row_stmts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, finalize);
	stmt = g_hash_table_lookup(conn->row_stmts, key);
	if (stmt != NULL)
		return stmt;
	if (what == '?')
		sql = g_strdup_printf(
			"SELECT low, (SELECT count(*) FROM (SELECT 1 FROM \"_search_%s\" LIMIT 0)) FROM _search "
			"WHERE name = '%s'",
			name, name);
	else
		sql = search_row_sql(conn, name, what == '+', NULL);
	if (sql == NULL || sqlite3_prepare_v3(conn->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
		return NULL;
	g_hash_table_insert(conn->row_stmts, g_steal_pointer(&key), stmt);
	return stmt;
}

sqlite3_stmt *conn_search_state(StoreConn *conn, const char *name)
{
	return kept(conn, '?', name);
}

/* The triggers of an index call this instead of writing it: the engine does not let a trigger write to such a table where the
 * schema is not trusted, and here it is the host that writes, not the plugin whose statement is under way. */
static void keep(sqlite3_context *context, int n_args, sqlite3_value **args)
{
	StoreConn *conn = sqlite3_user_data(context);
	const StoreOwner owner = conn->owner;
	const char *name = n_args > 3 ? (const char *)sqlite3_value_text(args[0]) : NULL;
	sqlite3_stmt *stmt;
	int rc = SQLITE_ERROR;

	conn->owner = STORE_HOST;
	stmt = name == NULL ? NULL : kept(conn, sqlite3_value_int(args[1]) > 0 ? '+' : '-', name);
	if (stmt != NULL && sqlite3_bind_parameter_count(stmt) == n_args - 2) {
		for (int i = 2; i < n_args; i++)
			sqlite3_bind_value(stmt, i - 1, args[i]);
		sqlite3_step(stmt);
		rc = sqlite3_reset(stmt);
		sqlite3_clear_bindings(stmt);
	}
	conn->owner = owner;
	if (rc != SQLITE_OK) {
		sqlite3_result_error(context, "a search index cannot be kept", -1);
		sqlite3_result_error_code(context, rc);
	}
}

static fts5_api *api_of(sqlite3 *db)
{
	sqlite3_stmt *stmt = NULL;
	fts5_api *api = NULL;

	if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &stmt, NULL) == SQLITE_OK) {
		sqlite3_bind_pointer(stmt, 1, (void *)&api, "fts5_api_ptr", NULL);
		sqlite3_step(stmt);
	}
	sqlite3_finalize(stmt);
	return api;
}

gboolean conn_add_search(StoreConn *conn, GError **error)
{
	fts5_tokenizer tokenizer = { tokenizer_create, tokenizer_delete, tokenize };
	fts5_api *api = api_of(conn->db);
	int rc;

	if (api == NULL)
		return throw_error(error, ERROR_FAILED, "%s: this SQLite was built without FTS5", conn->store->name);
	rc = api->xCreateTokenizer(api, "zhen", NULL, &tokenizer, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_create_function_v2(conn->db, "zhen_found", -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
		                                found, NULL, NULL, NULL);
	if (rc == SQLITE_OK && conn->writer)
		rc = sqlite3_create_function_v2(conn->db, "zhen_index", -1, SQLITE_UTF8 | SQLITE_INNOCUOUS, conn, keep,
		                                NULL, NULL, NULL);
	return rc == SQLITE_OK || conn_error(conn, rc, NULL, error);
}
