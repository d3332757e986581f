/* SPDX-License-Identifier: Apache-2.0 */
#include "bus_bench.h"

#include <stdio.h>
#include <string.h>

sqlite3 *database_open(const char *folder, const char *name, const char *schema)
{
	char path[4096];
	sqlite3 *db;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) !=
	    SQLITE_OK)
		die(path);
	sqlite3_busy_timeout(db, 5000);
	/* A checkpoint each 32 MB: seldom enough not to be what is measured. */
	if (sqlite3_exec(db,
	                 "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cache_size=-8192;"
	                 "PRAGMA wal_autocheckpoint=8192;PRAGMA journal_size_limit=67108864",
	                 NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_exec(db, schema, NULL, NULL, NULL) != SQLITE_OK)
		die(sqlite3_errmsg(db));
	return db;
}

sqlite3_stmt *database_prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt;

	if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
		die(sqlite3_errmsg(db));
	return stmt;
}

void database_run(sqlite3_stmt *stmt)
{
	if (sqlite3_step(stmt) != SQLITE_DONE)
		die(sqlite3_errmsg(sqlite3_db_handle(stmt)));
	sqlite3_reset(stmt);
}

void effect_open(Effect *effect, const char *folder)
{
	sqlite3 *db = database_open(folder, EFFECT_FILE,
	                            "CREATE TABLE effect(key INTEGER PRIMARY KEY, n INTEGER NOT NULL);"
	                            "CREATE TABLE position(at TEXT NOT NULL);INSERT INTO position VALUES('')");

	effect->db = db;
	effect->begin = database_prepare(db, "BEGIN IMMEDIATE");
	effect->commit = database_prepare(db, "COMMIT");
	effect->count = database_prepare(
		db, "INSERT INTO effect(key, n) VALUES(?1, 1) ON CONFLICT(key) DO UPDATE SET n = n + 1");
	effect->move = database_prepare(db, "UPDATE position SET at = ?1");
}

void effect_begin(Effect *effect)
{
	database_run(effect->begin);
}

void effect_add(Effect *effect, const char *event)
{
	sqlite3_bind_int64(effect->count, 1, event_key(event));
	database_run(effect->count);
}

void effect_commit(Effect *effect, const char *position)
{
	sqlite3_bind_text(effect->move, 1, position, -1, SQLITE_STATIC);
	database_run(effect->move);
	database_run(effect->commit);
}

void effect_close(Effect *effect)
{
	sqlite3_finalize(effect->begin);
	sqlite3_finalize(effect->commit);
	sqlite3_finalize(effect->count);
	sqlite3_finalize(effect->move);
	sqlite3_close(effect->db);
}
