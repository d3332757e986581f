/* SPDX-License-Identifier: Apache-2.0
 * Old events move to a file per year. A piece is durable there before it leaves _event; what a crash left in both is read
 * from the archive alone, and written over by the next move. */
#include <time.h>
#include "base/clock.h"
#include "store/log_archive_file.h"
#include "store/log_file.h"

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
	sqlite3 *db = archive_open(store, move->year, move->epoch, error);
	gboolean fine;

	if (db == NULL)
		return FALSE;
	fine = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
	       insert_rows(db, rows, move) &&
	       sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
	if (!fine)
		archive_fault(db, error);
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
	move->epoch = archive_number(from->db, "SELECT value FROM _meta WHERE name = 'epoch'", 0);
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
