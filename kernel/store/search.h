/* SPDX-License-Identifier: Apache-2.0
 * The index of a declared search, inside the store: table _search_NAME (FTS5, which keeps the tokens and not the texts), kept by
 * triggers in the transaction of whoever writes, its state in _search. Rows whose key is at least _search.low are in it; an index
 * is built from the newest row down, a piece at a time, and lets nobody search before it is whole. */
#pragma once

#include "store/store_private.h"

/* The tokenizer, what looks through a row, and what the triggers call: zhen_index(NAME, 1 or -1, KEY, VALUE ..). */
gboolean conn_add_search(StoreConn *conn, GError **error);
void conn_clear_search(
	StoreConn *conn); /* statements that it keeps: an index was made or dropped, or the connection closes */
/* Answers _search.low; NULL = there is no such index. Stepped by the host it opens the index on this connection, which a plugin's
 * statement may not. */
sqlite3_stmt *conn_search_state(StoreConn *conn, const char *name);
/* The statement that puts a row into an index, or takes it out. (transfer full) NULL = @error set. */
char *search_row_sql(StoreConn *conn, const char *name, gboolean in, GError **error);
/* FALSE with ERROR_BUILDING: not whole yet (and it is gone on with); with ERROR_INVALID: no such search. */
gboolean search_ready(StoreConn *conn, const char *name, GError **error);
/* Before a migration changes the tables that it names: their indexes go, and are built anew afterwards. */
gboolean search_give_way(StoreConn *conn, const char *sql, GError **error);
/* What was deleted leaves the index for good. Waits for the writer. */
gboolean search_forget(Store *store, GError **error);
void search_free(SearchIndexes *indexes);
