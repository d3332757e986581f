/* SPDX-License-Identifier: Apache-2.0 */
#include "floor.h"

#include <stdio.h>
#include <stdlib.h>

void die(const char *what)
{
	fprintf(stderr, "bench_floor: %s\n", what);
	exit(1);
}

/* As kernel/store/conn.c sets them. */
sqlite3 *database_open(const char *path, bool writer)
{
	int flags = (writer ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
	sqlite3 *db = NULL;

	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* counts only before the first connection */
	if (sqlite3_open_v2(path, &db, flags, NULL) != SQLITE_OK ||
	    sqlite3_exec(db,
	                 "PRAGMA synchronous=FULL;PRAGMA cache_size=-8192;PRAGMA mmap_size=8589934592;"
	                 "PRAGMA temp_store=MEMORY;PRAGMA journal_size_limit=67108864;PRAGMA wal_autocheckpoint=0;"
	                 "PRAGMA secure_delete=ON",
	                 NULL, NULL, NULL) != SQLITE_OK)
		die(sqlite3_errmsg(db));
	sqlite3_busy_timeout(db, 2000);
	return db;
}

sqlite3_stmt *database_prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
		die(sqlite3_errmsg(db));
	return stmt;
}

bool database_run(sqlite3_stmt *stmt)
{
	int rc = sqlite3_step(stmt);

	sqlite3_reset(stmt);
	return rc == SQLITE_DONE || rc == SQLITE_ROW;
}
