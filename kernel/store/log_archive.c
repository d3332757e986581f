/* SPDX-License-Identifier: Apache-2.0
 * Old events move to a file per year. A piece is durable there before it leaves _event; what a crash left in both is read
 * from the archive alone, and written over by the next move. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <time.h>
#include <unistd.h>
#include "base/clock.h"
#include "store/log_file.h"
#include "store/plain.h"
#include "store/store_private.h"

#define BUSY_MS 2000
#define PIECE_ROWS 1024
#define PIECE_BYTES (4 << 20)
#define ZONE_S (8 * 3600) /* Asia/Shanghai, which has no summer time */
#define YEAR_FIRST 1970
#define YEAR_LAST 9999

typedef struct Move {
	gint year;
	gint64 epoch;
	gint64 first, upto, last; /* seq; upto: may go, last: went */
	guint rows;
} Move;

static gint year_of(gint64 at_ms)
{
	const time_t seconds = (time_t)(at_ms / 1000 + ZONE_S);
	struct tm day;

	return gmtime_r(&seconds, &day) == NULL ? YEAR_LAST : CLAMP(day.tm_year + 1900, YEAR_FIRST, YEAR_LAST);
}

/* One sequence over all files: a clock that went back does not lead back to an older one. */
static gint file_year(gint64 at_ms, gint newest)
{
	return MAX(year_of(at_ms), newest);
}

static gint newest_year(const Store *store)
{
	g_autoptr(GArray) years = log_archive_years(store->dir);

	return years->len > 0 ? g_array_index(years, gint, years->len - 1) : 0;
}

/* ---- the archive ---- */

static const char make_archive[] = "PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL;"
                                   "CREATE TABLE IF NOT EXISTS _event(seq INTEGER PRIMARY KEY, topic TEXT NOT NULL, "
                                   "subject TEXT NOT NULL, division TEXT NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL);";
static const char use_archive[] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA mmap_size=0;"
                                  "CREATE TABLE IF NOT EXISTS _meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL)";

static gboolean sync_folder(const char *dir, GError **error)
{
	const int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const int rc = fd < 0 ? -1 : fsync(fd);
	const int number = errno;

	if (fd >= 0)
		close(fd);
	return rc == 0 || throw_error(error, ERROR_IO, "%s: %s", dir, g_strerror(number));
}

static gboolean archive_fault(sqlite3 *db, const char *path, GError **error)
{
	const int rc = sqlite3_errcode(db);

	return throw_error(error, (rc & 0xff) == SQLITE_FULL ? ERROR_FULL : ERROR_IO, "%s: %s", path, sqlite3_errmsg(db));
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
	archive_fault(db, path, error);
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

static gint64 first_number(sqlite3 *db, const char *sql, gint64 none)
{
	sqlite3_stmt *stmt = NULL;
	gint64 number = none;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW)
		number = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return number;
}

/* An archive is of one life of its log: a piece put into another's would overwrite what has the same numbers there. */
static gboolean claim_archive(sqlite3 *db, const char *path, gint64 epoch, GError **error)
{
	g_autofree char *sql = g_strdup_printf("INSERT OR IGNORE INTO _meta VALUES('epoch', %" G_GINT64_FORMAT ")", epoch);

	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return archive_fault(db, path, error);
	return first_number(db, "SELECT value FROM _meta WHERE name = 'epoch'", 0) == epoch ||
	       throw_error(error, ERROR_CONFLICT, "%s: 不属于本数据库，可能单独恢复过 (of another life of the log; restored apart?)",
	                   path);
}

/* Durable with its name in the folder, or NULL. */
static sqlite3 *archive_open(const Store *store, const char *path, gint64 epoch, GError **error)
{
	sqlite3 *db = archive_make(store, path, error) ? open_with(path, 0, use_archive, error) : NULL;

	if (db == NULL || claim_archive(db, path, epoch, error))
		return db;
	sqlite3_close_v2(db);
	return NULL;
}

static gboolean insert_row(sqlite3_stmt *insert, sqlite3_stmt *row)
{
	gboolean fine = TRUE;

	for (int i = LOG_SEQ; i <= LOG_BODY; i++)
		fine = fine && sqlite3_bind_value(insert, i + 1, sqlite3_column_value(row, i)) == SQLITE_OK;
	fine = fine && sqlite3_step(insert) == SQLITE_DONE;
	sqlite3_reset(insert);
	return fine;
}

/* From the row @rows stands at. */
static gboolean insert_rows(sqlite3 *db, sqlite3_stmt *rows, Move *move)
{
	sqlite3_stmt *insert = NULL;
	gboolean fine = sqlite3_prepare_v2(db, "INSERT OR REPLACE INTO _event VALUES(?1, ?2, ?3, ?4, ?5, ?6)", -1,
	                                   &insert, NULL) == SQLITE_OK;
	gint64 bytes = 0;
	int rc = SQLITE_ROW;

	while (fine && rc == SQLITE_ROW && move->rows < PIECE_ROWS && bytes < PIECE_BYTES) {
		const gint64 seq = sqlite3_column_int64(rows, LOG_SEQ);

		if (seq > move->upto)
			break;
		fine = insert_row(insert, rows);
		bytes += sqlite3_column_bytes(rows, LOG_BODY);
		move->last = seq;
		move->rows++;
		rc = sqlite3_step(rows);
	}
	sqlite3_finalize(insert);
	return fine && (rc == SQLITE_ROW || rc == SQLITE_DONE);
}

static gboolean write_move(const Store *store, sqlite3_stmt *rows, Move *move, GError **error)
{
	g_autofree char *path = log_archive_path(store->dir, move->year);
	sqlite3 *db = archive_open(store, path, move->epoch, error);
	gboolean fine;

	if (db == NULL)
		return FALSE;
	fine = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
	       insert_rows(db, rows, move) &&
	       sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
	if (!fine)
		archive_fault(db, path, error);
	sqlite3_close_v2(db);
	return fine;
}

/* ---- moving ---- */

static gboolean delete_move(StoreConn *conn, void *data, GError **error)
{
	const Move *move = data;
	zhen_value args[] = { zhen_from_int(move->first), zhen_from_int(move->last), zhen_from_int(move->year) };

	return store_exec(conn, STORE_HOST, "DELETE FROM _event WHERE seq >= $1 AND seq <= $2", args, 2, NULL, error) &&
	       store_exec(conn, STORE_HOST,
	                  "INSERT INTO _archive(first, last, year) VALUES($1, $2, $3) {{upsert year}} last = excluded.last", args,
	                  3, NULL, error);
}

/* Which rows may go: the old ones, of one year's file. One dated in the future was written by a clock that was wrong: it
 * counts as of the time of the next that is not, and goes with that. */
static gboolean plan_move(const Store *store, LogFile *from, gint64 before_ms, Move *move, GError **error)
{
	sqlite3_stmt *stmt = log_file_prepare(from, store->name, "SELECT seq, at FROM _event ORDER BY seq", error);
	const gint64 now = MAX(clock_now_ms(), before_ms);
	const gint newest = newest_year(store);
	int rc = SQLITE_ERROR;

	for (guint old = 0; stmt != NULL && old < PIECE_ROWS && (rc = sqlite3_step(stmt)) == SQLITE_ROW;) {
		const gint64 seq = sqlite3_column_int64(stmt, 0), at = sqlite3_column_int64(stmt, 1);

		move->first = move->first == 0 ? seq : move->first;
		if (at > now)
			continue;
		if (at >= before_ms || (old > 0 && file_year(at, newest) != move->year))
			break;
		move->year = file_year(at, newest);
		move->upto = seq;
		old++;
	}
	if (stmt != NULL && rc != SQLITE_ROW && rc != SQLITE_DONE)
		log_file_error(from, store->name, error);
	sqlite3_finalize(stmt);
	return rc == SQLITE_ROW || rc == SQLITE_DONE;
}

static gboolean copy_move(const Store *store, LogFile *from, Move *move, GError **error)
{
	int rc;

	if (move->upto == 0)
		return TRUE;
	move->epoch = first_number(from->db, "SELECT value FROM _meta WHERE name = 'epoch'", 0);
	sqlite3_bind_int64(from->rows, 1, 0);
	rc = sqlite3_step(from->rows);
	return rc == SQLITE_DONE || (rc == SQLITE_ROW ? write_move(store, from->rows, move, error) :
	                                                log_file_error(from, store->name, error));
}

gboolean log_archive(Store *store, gint64 before_ms, guint *out_moved, GError **error)
{
	Move move = { 0 };
	LogFile from = { 0 };
	gboolean fine = log_file_open(&from, store->file, store->name, error) &&
	                plan_move(store, &from, before_ms, &move, error) && copy_move(store, &from, &move, error);

	log_file_close(&from);
	if (!fine || (move.rows > 0 && !store_write_now(store, delete_move, &move, error)))
		return FALSE;
	*out_moved = move.rows;
	return TRUE;
}
