/* SPDX-License-Identifier: Apache-2.0
 * A statement of a connection, for the two files that know it: statement.c (finding, preparing, binding) and step.c. */
#pragma once

#include "store/store_private.h"

struct StoreStmt {
	StoreConn *conn;
	StmtEntry *entry;
	sqlite3_stmt *handle;
	WordsShape shape;
	WordsPlan *plan;
	Words words;              /* what the caller sees of it; its sql is the plan's */
	StoreStmt *next_shape;    /* of the same text */
	StoreStmt *newer, *older; /* of the connection, plugins' only */
	StoreStmt *busy_next, *busy_before;
	gboolean busy, done;
	char *id_name; /* not NULL: it has no RETURNING, and its one row is made of id */
	gint64 id;
	char **names; /* of its columns, NULL until asked for */
	int named;    /* how often it had been prepared again when they were learnt */
	char *buffer; /* copies of bound texts: a caller's may change before the last row */
	gsize buffer_size;
};

/* One text of one owner. */
struct StmtEntry {
	StoreOwner owner;
	guint hash;
	gsize length;
	char *sql;
	WordsScan *scan;
	gboolean plain; /* no host value, one shape: nothing to compute */
	StoreStmt *shapes;
};

/* Out of the cache and gone; it is not busy. */
void statement_drop(StoreStmt *stmt);
/* own_id.c: @expanded without its RETURNING, when that is but the new row's id. (transfer full) NULL = it is more. */
char *own_id_cut(sqlite3 *db, const char *sql, const char *expanded, char **out_name);
