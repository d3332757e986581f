/* SPDX-License-Identifier: Apache-2.0 */
#include "store/log_archive_file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>
#include "store/log_file.h"
#include "store/plain.h"
#include "store/sync.h"

#define BUSY_MS 2000

static const char make_archive[] =
	"PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL; PRAGMA auto_vacuum=INCREMENTAL;"
	"CREATE TABLE IF NOT EXISTS _event(seq INTEGER PRIMARY KEY, topic TEXT NOT NULL, "
	"subject TEXT NOT NULL, division TEXT NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL);";
static const char use_archive[] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA mmap_size=0;"
				  "CREATE TABLE IF NOT EXISTS _meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL)";

gboolean archive_fault(sqlite3 *db, GError **error)
{
	const int rc = sqlite3_errcode(db);

	return throw_error(error, (rc & 0xff) == SQLITE_FULL ? ERROR_FULL : ERROR_IO, "%s: %s",
	                   sqlite3_db_filename(db, "main"), sqlite3_errmsg(db));
}

static sqlite3 *open_with(const char *path, int flags, const char *script, GError **error)
{
	g_autofree char *plain = (flags & SQLITE_OPEN_CREATE) != 0 ? g_strdup(path) : plain_path(path, error);
	sqlite3 *db = NULL;
	gboolean fine;

	if (plain == NULL)
		return NULL;
	fine = sqlite3_open_v2(plain, &db, flags | SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK;
	if (fine)
		sqlite3_busy_timeout(db, BUSY_MS);
	if (fine && sqlite3_exec(db, script, NULL, NULL, NULL) == SQLITE_OK)
		return db;
	archive_fault(db, error);
	sqlite3_close_v2(db);
	return NULL;
}

/* Readers find it whole or not at all. */
static gboolean archive_make(const Store *store, const char *path, GError **error)
{
	g_autofree char *fresh = g_strconcat(path, ".new", NULL);
	GStatBuf there;
	sqlite3 *db;

	if (g_lstat(path, &there) == 0)
		return TRUE;
	g_unlink(fresh); /* of one who was killed here */
	db = open_with(fresh, SQLITE_OPEN_CREATE, make_archive, error);
	if (db == NULL)
		return FALSE;
	sqlite3_close_v2(db);
	if (g_rename(fresh, path) != 0)
		return throw_error(error, ERROR_IO, "%s: %s", path, g_strerror(errno));
	return sync_folder(store->dir, error);
}

gint64 archive_number(sqlite3 *db, const char *sql, gint64 none)
{
	sqlite3_stmt *stmt = NULL;
	gint64 number = none;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW)
		number = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return number;
}

/* An archive is of one life of its log: a piece put into another's would overwrite what has the same numbers there. */
static gboolean claim_archive(sqlite3 *db, gint64 epoch, GError **error)
{
	g_autofree char *sql =
		g_strdup_printf("INSERT OR IGNORE INTO _meta VALUES('epoch', %" G_GINT64_FORMAT ")", epoch);

	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return archive_fault(db, error);
	return archive_number(db, "SELECT value FROM _meta WHERE name = 'epoch'", 0) == epoch ||
	       throw_error(error, ERROR_CONFLICT,
	                   "%s: 不属于本数据库，可能单独恢复过 (of another life of the log; restored apart?)",
	                   sqlite3_db_filename(db, "main"));
}

sqlite3 *archive_open(const Store *store, gint year, gint64 epoch, GError **error)
{
	g_autofree char *path = log_archive_path(store->dir, year);
	sqlite3 *db = archive_make(store, path, error) ? open_with(path, 0, use_archive, error) : NULL;

	if (db == NULL || claim_archive(db, epoch, error))
		return db;
	sqlite3_close_v2(db);
	return NULL;
}
