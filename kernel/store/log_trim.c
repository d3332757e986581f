/* SPDX-License-Identifier: Apache-2.0
 * Transient events that everybody has leave the archives too: who was away for longer than events are kept in data.db took
 * them along. What a file had and has is written down in it, in the transaction that deletes: log_years.c does not
 * miss them then, in a copy made meanwhile neither. */
#include "store/log_archive_file.h"
#include "store/log_years.h"

#define STEP 65536              /* numbers of a piece */
#define DONE "trimmed-archives" /* in _meta of data.db */

typedef struct Trim {
	const char *const *topics;
	gint64 epoch, from, to; /* seq: behind from, up to to */
	gint year;
} Trim;

static gint64 meta(LogFile *file, const char *sql)
{
	return archive_number(file->db, sql, 0);
}

/* The next piece; year 0 = there is none. */
static gboolean plan(const Store *store, Trim *trim, GError **error)
{
	g_autoptr(GArray) years = g_array_new(FALSE, FALSE, sizeof(LogYear));
	LogFile data = { 0 };
	gboolean fine = log_file_open(&data, store->file, store->name, error) &&
	                log_years_read(years, &data, store->dir, store->name, error);

	if (fine) {
		trim->epoch = meta(&data, "SELECT value FROM _meta WHERE name = 'epoch'");
		trim->to = meta(&data, "SELECT value FROM _meta WHERE name = 'trimmed'");
		trim->from = meta(&data, "SELECT value FROM _meta WHERE name = '" DONE "'");
	}
	log_file_close(&data);
	for (guint i = 0; i < years->len && trim->year == 0 && trim->to > trim->from; i++) {
		const LogYear *year = &g_array_index(years, LogYear, i);

		if (year->last <= trim->from || year->first > trim->to)
			continue;
		trim->year = year->year;
		trim->to = MIN(MIN(trim->to, year->last), trim->from + STEP);
	}
	return fine;
}

static gboolean delete_topics(sqlite3 *db, const Trim *trim, gint64 *out_deleted)
{
	sqlite3_stmt *stmt = NULL;
	gboolean fine = sqlite3_prepare_v2(db, "DELETE FROM _event WHERE seq > ?1 AND seq <= ?2 AND topic = ?3", -1,
	                                   &stmt, NULL) == SQLITE_OK;

	for (guint i = 0; fine && trim->topics[i] != NULL; i++) {
		fine = sqlite3_bind_int64(stmt, 1, trim->from) == SQLITE_OK &&
		       sqlite3_bind_int64(stmt, 2, trim->to) == SQLITE_OK &&
		       sqlite3_bind_text(stmt, 3, trim->topics[i], -1, SQLITE_STATIC) == SQLITE_OK &&
		       sqlite3_step(stmt) == SQLITE_DONE;
		*out_deleted += fine ? sqlite3_changes64(db) : 0;
		sqlite3_reset(stmt);
	}
	sqlite3_finalize(stmt);
	return fine;
}

static gboolean run_piece(sqlite3 *db, const Trim *trim, gint64 *out_deleted)
{
	static const char before[] =
		"BEGIN IMMEDIATE;"
		"INSERT INTO _meta SELECT '" LOG_YEAR_REACH "', coalesce(max(seq), 0) FROM _event WHERE true "
		"ON CONFLICT(name) DO UPDATE SET value = max(value, excluded.value)";
	static const char after[] =
		"INSERT OR REPLACE INTO _meta SELECT '" LOG_YEAR_FIRST "', coalesce(min(seq), 0) FROM _event;"
		"INSERT OR REPLACE INTO _meta SELECT '" LOG_YEAR_LAST "', coalesce(max(seq), 0) FROM _event;"
		"COMMIT";

	if (sqlite3_exec(db, before, NULL, NULL, NULL) != SQLITE_OK || !delete_topics(db, trim, out_deleted))
		return FALSE;
	if (*out_deleted == 0)
		return sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL) == SQLITE_OK;
	/* The pages go back to the disk where the file was made so that they can. */
	return sqlite3_exec(db, after, NULL, NULL, NULL) == SQLITE_OK &&
	       sqlite3_exec(db, "PRAGMA incremental_vacuum", NULL, NULL, NULL) == SQLITE_OK;
}

static gboolean delete_piece(const Store *store, const Trim *trim, gint64 *out_deleted, GError **error)
{
	g_autofree char *path = log_archive_path(store->dir, trim->year);
	gboolean fine;
	sqlite3 *db;

	/* One that is lost is not made anew: who reads is told of it. */
	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return throw_error(error, ERROR_IO, "%s: 缺失 (missing)", path);
	db = archive_open(store, trim->year, trim->epoch, error);
	if (db == NULL)
		return FALSE;
	fine = run_piece(db, trim, out_deleted) || archive_fault(db, error);
	sqlite3_close_v2(db);
	return fine;
}

static gboolean write_done(StoreConn *conn, void *data, GError **error)
{
	const Trim *trim = data;
	zhen_value arg = zhen_from_int(trim->to);

	return store_exec(conn, STORE_HOST,
	                  "INSERT INTO _meta(name, value) VALUES('" DONE
	                  "', $1) {{upsert name}} value = excluded.value",
	                  &arg, 1, NULL, error);
}

gboolean log_trim(Store *store, const char *const *topics, gboolean *out_more, gint64 *out_deleted, GError **error)
{
	Trim trim = { .topics = topics };

	*out_more = FALSE;
	*out_deleted = 0;
	if (!plan(store, &trim, error))
		return FALSE;
	if (trim.year == 0)
		return TRUE;
	*out_more = TRUE;
	return delete_piece(store, &trim, out_deleted, error) && store_write_now(store, write_done, &trim, error);
}
