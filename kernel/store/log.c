/* SPDX-License-Identifier: Apache-2.0
 * A log opened by somebody who does not write it: its epoch, where it begins and ends, and who has come how far in others'. */
#include "store/log_inside.h"

Log *log_open(StoreHost *host, const char *dir, const char *name)
{
	Log *log = g_new0(Log, 1);

	(void)host;
	log->dir = g_strdup(dir);
	log->name = g_strdup(name);
	log->path = g_build_filename(dir, "data.db", NULL);
	log->archives = g_array_new(FALSE, FALSE, sizeof(LogYear));
	return log;
}

static void close_files(Log *log)
{
	sqlite3_finalize(log->epoch);
	sqlite3_finalize(log->state);
	log->epoch = log->state = NULL;
	log_file_close(&log->main);
	log_file_close(&log->archive);
	log->open_year = 0;
	g_array_set_size(log->archives, 0);
}

void log_close(Log *log)
{
	if (log == NULL)
		return;
	close_files(log);
	g_array_unref(log->archives);
	g_free(log->path);
	g_free(log->name);
	g_free(log->dir);
	g_free(log);
}

/* NULL is 0; what is no number makes it no log. */
static gint64 state_number(sqlite3_stmt *stmt, int column, gboolean *fine)
{
	const int type = sqlite3_column_type(stmt, column);

	*fine = *fine && (type == SQLITE_INTEGER || type == SQLITE_NULL);
	return type == SQLITE_INTEGER ? sqlite3_column_int64(stmt, column) : 0;
}

/* Leaves @stmt, made of @sql at its first use, at its only row: it holds the snapshot until log_end_look. */
static gboolean first_row(Log *log, sqlite3_stmt **stmt, const char *sql, GError **error)
{
	if (*stmt == NULL)
		*stmt = log_file_prepare(&log->main, log->name, sql, error);
	if (*stmt == NULL)
		return FALSE;
	return sqlite3_step(*stmt) == SQLITE_ROW || log_file_error(&log->main, log->name, error);
}

static gboolean open_main(Log *log, GError **error)
{
	if (log->main.db == NULL && !log_file_open(&log->main, log->path, log->name, error))
		return FALSE;
	sqlite3_busy_timeout(log->main.db, LOG_BUSY_MS);
	log_file_begin(&log->main);
	return TRUE;
}

gboolean log_begin_look(Log *log, gint64 *out_epoch, GError **error)
{
	gboolean fine = TRUE;

	if (!open_main(log, error))
		return FALSE;
	if (!first_row(log, &log->epoch, "SELECT (SELECT value FROM _meta WHERE name = 'epoch')", error))
		return FALSE;
	*out_epoch = state_number(log->epoch, 0, &fine);
	return (fine && *out_epoch > 0) ||
	       throw_error(error, ERROR_IO, "log of %s not readable: %s has no epoch", log->name, log->path);
}

/* In the same snapshot: where it begins and ends. */
gboolean log_look_around(Log *log, LogState *out, GError **error)
{
	gboolean fine = TRUE;
	gint64 sequence;

	if (!first_row(log, &log->state,
	               "SELECT (SELECT min(seq) FROM _event), (SELECT max(seq) FROM _event), "
	               "(SELECT seq FROM sqlite_sequence WHERE name = '_event')",
	               error))
		return FALSE;
	out->first = state_number(log->state, 0, &fine);
	out->last = state_number(log->state, 1, &fine);
	sequence = state_number(log->state, 2, &fine);
	/* All of it may have been archived or trimmed: the sequence still knows. */
	out->end = MAX(out->last, sequence);
	return (fine && out->end >= 0 && out->first >= 0) ||
	       throw_error(error, ERROR_IO, "log of %s not readable: %s has no sequence", log->name, log->path);
}

gboolean log_end_look(Log *log, gboolean fine)
{
	sqlite3_reset(log->epoch);
	sqlite3_reset(log->state);
	if (!fine)
		close_files(log);
	return fine;
}

gboolean log_epoch(Log *log, gint64 *out, GError **error)
{
	return log_end_look(log, log_begin_look(log, out, error));
}

gboolean log_end(Log *log, LogPosition *out, GError **error)
{
	gint64 epoch;
	LogState state;

	if (!log_end_look(log, log_begin_look(log, &epoch, error) && log_look_around(log, &state, error)))
		return FALSE;
	*out = (LogPosition){ epoch, state.end };
	return TRUE;
}

gboolean log_number(Log *log, const char *sql, const char *text, gint64 *out, GError **error)
{
	sqlite3_stmt *stmt = open_main(log, error) ? log_file_prepare(&log->main, log->name, sql, error) : NULL;
	int rc;

	if (stmt == NULL) {
		close_files(log);
		return FALSE;
	}
	sqlite3_bind_text(stmt, 1, text, -1, SQLITE_STATIC);
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW && sqlite3_column_type(stmt, 0) == SQLITE_INTEGER)
		*out = sqlite3_column_int64(stmt, 0);
	else if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		log_file_error(&log->main, log->name, error);
	sqlite3_finalize(stmt);
	return log_end_look(log, rc == SQLITE_ROW || rc == SQLITE_DONE);
}

/* ---- cursors ---- */

static void cursor_free(gpointer data)
{
	LogCursor *cursor = data;

	g_free(cursor->publisher);
	g_free(cursor->topic);
	g_free(cursor);
}

GPtrArray *log_cursors(Log *log, GError **error)
{
	g_autoptr(GPtrArray) cursors = g_ptr_array_new_with_free_func(cursor_free);
	sqlite3_stmt *stmt = NULL;
	int rc = SQLITE_ERROR;

	if (!open_main(log, error))
		return NULL;
	stmt = log_file_prepare(&log->main, log->name,
	                        "SELECT publisher, topic, epoch, seq, live, mark, marked_at, parted FROM _cursor", error);
	while (stmt != NULL && (rc = sqlite3_step(stmt)) == SQLITE_ROW && cursors->len < LOG_CURSORS_MAX) {
		LogCursor *cursor = g_new0(LogCursor, 1);
		const char *texts[] = { (const char *)sqlite3_column_text(stmt, 0),
			                (const char *)sqlite3_column_text(stmt, 1) };

		cursor->publisher = g_strdup(texts[0] != NULL ? texts[0] : "");
		cursor->topic = g_strdup(texts[1] != NULL ? texts[1] : "");
		cursor->position = (LogPosition){ sqlite3_column_int64(stmt, 2), sqlite3_column_int64(stmt, 3) };
		cursor->live = sqlite3_column_int64(stmt, 4) != 0;
		cursor->mark = (LogMark){ sqlite3_column_int64(stmt, 5), sqlite3_column_int64(stmt, 6) };
		cursor->parted = sqlite3_column_int64(stmt, 7);
		g_ptr_array_add(cursors, cursor);
	}
	if (rc == SQLITE_ROW)
		throw_error(error, ERROR_IO, "log of %s not readable: more than %d cursors", log->name,
		            LOG_CURSORS_MAX);
	else if (stmt != NULL && rc != SQLITE_DONE)
		log_file_error(&log->main, log->name, error);
	sqlite3_finalize(stmt);
	if (rc == SQLITE_DONE)
		return g_steal_pointer(&cursors);
	close_files(log);
	return NULL;
}
