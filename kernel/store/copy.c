/* SPDX-License-Identifier: Apache-2.0 */
#include "store/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include "store/plain.h"
#include "store/store_private.h"

#define BUSY_MS 2000
#define PIECE 1024        /* pages copied between two looks at whether somebody wants it to end */
#define STEPS 100000      /* of the engine between two such looks */
#define STEPS_MAX 20000   /* of them in one statement: what is no table of ours may never end */
#define LENGTH_MAX (64 << 20)
#define CURSORS_MAX 10000 /* a file with more was written by no host */

struct Copy {
	sqlite3 *db;
	char *name;
	const gint *cancelled;
	guint steps;
	gboolean patient;  /* a look through the whole file ends with the file */
	StoreConn *pinyin; /* its indexes may be in that order */
};

static const struct {
	int id, on;
} switches[] = {
	{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
	{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
	{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
	{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
};

static gboolean is_cancelled(const gint *cancelled)
{
	return cancelled != NULL && g_atomic_int_get(cancelled) != 0;
}

static gboolean throw_cancelled(GError **error)
{
	return throw_error(error, ERROR_INTERRUPTED, "zhend 正在停止 (zhend is stopping)");
}

static int on_progress(void *data)
{
	Copy *copy = data;

	return is_cancelled(copy->cancelled) || (++copy->steps > STEPS_MAX && !copy->patient);
}

static gboolean throw_sqlite(const Copy *copy, sqlite3 *db, int rc, GError **error)
{
	const char *message = db != NULL ? sqlite3_errmsg(db) : sqlite3_errstr(rc);
	const int number = db != NULL ? sqlite3_system_errno(db) : 0;
	const gboolean io = (rc & 0xff) == SQLITE_IOERR && (number == ENOSPC || number == EDQUOT);

	if ((rc & 0xff) == SQLITE_INTERRUPT && is_cancelled(copy->cancelled))
		return throw_cancelled(error);
	if ((rc & 0xff) == SQLITE_FULL || io)
		return throw_error(error, ERROR_FULL, "%s: 磁盘已满 (%s)", copy->name, g_strerror(ENOSPC));
	return throw_error(error, (rc & 0xff) == SQLITE_BUSY ? ERROR_BUSY : ERROR_IO, "%s: %s", copy->name, message);
}

static gboolean throw_errno(const char *path, GError **error)
{
	const int number = errno;

	return throw_error(error, number == ENOSPC || number == EDQUOT ? ERROR_FULL : ERROR_IO, "%s: %s", path,
	                   g_strerror(number));
}

static void configure(Copy *copy)
{
	for (gsize i = 0; i < G_N_ELEMENTS(switches); i++)
		sqlite3_db_config(copy->db, switches[i].id, switches[i].on, (int *)NULL);
	sqlite3_limit(copy->db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_limit(copy->db, SQLITE_LIMIT_LENGTH, LENGTH_MAX);
	sqlite3_extended_result_codes(copy->db, 1);
	sqlite3_busy_timeout(copy->db, BUSY_MS);
	sqlite3_progress_handler(copy->db, STEPS, on_progress, copy);
	copy->pinyin = g_new0(StoreConn, 1);
	copy->pinyin->db = copy->db;
	conn_add_pinyin(copy->pinyin);
}

static Copy *open_plain(const char *path, const char *name, int flags, GError **error)
{
	g_autoptr(Copy) copy = g_new0(Copy, 1);
	int rc;

	copy->name = g_strdup(name);
	flags |= SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_NOFOLLOW;
	rc = sqlite3_open_v2(path, &copy->db, flags, NULL);
	if (rc == SQLITE_OK) {
		configure(copy);
		/* A file that somebody cuts short is then an error and no signal. */
		rc = sqlite3_exec(copy->db, "PRAGMA mmap_size=0; PRAGMA secure_delete=ON", NULL, NULL, NULL);
	}
	/* Reads the file once: what is to be made beside it is there before anybody is held. */
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(copy->db, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		return g_steal_pointer(&copy);
	throw_sqlite(copy, copy->db, rc, error);
	return NULL;
}

static Copy *open_as(const char *path, const char *name, int flags, GError **error)
{
	g_autofree char *plain = plain_path(path, error);

	return plain != NULL ? open_plain(plain, name, flags, error) : NULL;
}

Copy *copy_open(const char *path, const char *name, GError **error)
{
	return open_as(path, name, SQLITE_OPEN_READONLY, error);
}

/* Nobody writes it: neither a WAL nor a lock is made beside it. */
static Copy *open_still(const char *path, GError **error)
{
	g_autofree char *plain = plain_path(path, error);
	g_autofree char *escaped = plain != NULL ? g_uri_escape_string(plain, "/", FALSE) : NULL;
	g_autofree char *uri = plain != NULL ? g_strconcat("file:", escaped, "?immutable=1", NULL) : NULL;

	return uri == NULL ? NULL : open_plain(uri, path, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, error);
}

void copy_close(Copy *copy)
{
	if (copy == NULL)
		return;
	sqlite3_close_v2(copy->db);
	if (copy->pinyin != NULL)
		conn_free_pinyin(copy->pinyin);
	g_free(copy->pinyin);
	g_free(copy->name);
	g_free(copy);
}

gboolean copy_begin(Copy *copy, GError **error)
{
	int rc = sqlite3_exec(copy->db, "BEGIN; SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);

	return rc == SQLITE_OK || throw_sqlite(copy, copy->db, rc, error);
}

/* ---- copying ---- */

static gboolean sync_file(const char *path, GError **error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	gboolean fine = fd >= 0 && fsync(fd) == 0;

	if (!fine)
		throw_errno(path, error);
	if (fd >= 0)
		close(fd);
	return fine;
}

static gboolean make_empty(const char *path, GError **error)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return throw_errno(path, error);
	close(fd);
	return TRUE;
}

static gboolean copy_pages(Copy *copy, sqlite3 *target, const gint *cancelled, GError **error)
{
	sqlite3_backup *backup = sqlite3_backup_init(target, "main", copy->db, "main");
	int rc = SQLITE_OK;

	if (backup == NULL)
		return throw_sqlite(copy, target, sqlite3_errcode(target), error);
	while (rc == SQLITE_OK && !is_cancelled(cancelled))
		rc = sqlite3_backup_step(backup, PIECE);
	sqlite3_backup_finish(backup);
	if (rc == SQLITE_OK)
		return throw_cancelled(error);
	return rc == SQLITE_DONE || throw_sqlite(copy, target, rc, error);
}

gboolean copy_write(Copy *copy, const char *target, const gint *cancelled, GError **error)
{
	sqlite3 *db = NULL;
	gboolean fine;
	int rc;

	if (!make_empty(target, error))
		return FALSE;
	rc = sqlite3_open_v2(target, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);
	/* It is whole or it is nothing: no journal, one sync at the end. */
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", NULL, NULL, NULL);
	fine = rc == SQLITE_OK ? copy_pages(copy, db, cancelled, error) : throw_sqlite(copy, db, rc, error);
	sqlite3_close_v2(db);
	return fine && sync_file(target, error);
}

/* ---- where it stands ---- */

CopyCursor *copy_cursor_new(const char *publisher, const char *topic, LogPosition position)
{
	CopyCursor *cursor = g_new0(CopyCursor, 1);

	cursor->publisher = g_strdup(publisher);
	cursor->topic = g_strdup(topic);
	cursor->position = position;
	return cursor;
}

void copy_cursor_free(gpointer data)
{
	CopyCursor *cursor = data;

	g_free(cursor->publisher);
	g_free(cursor->topic);
	g_free(cursor);
}

void copy_state_clear(CopyState *state)
{
	g_clear_pointer(&state->cursors, g_ptr_array_unref);
	g_clear_pointer(&state->years, g_array_unref);
}

static sqlite3_stmt *prepare(Copy *copy, const char *sql, GError **error)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(copy->db, sql, -1, &stmt, NULL);

	copy->steps = 0;
	if (rc != SQLITE_OK)
		throw_sqlite(copy, copy->db, rc, error);
	return stmt;
}

/* TRUE also when it is not there: @out stays as it was. */
static gboolean number_of(Copy *copy, const char *table, const char *sql, gint64 *out, GError **error)
{
	sqlite3_stmt *stmt;
	int rc;

	if (sqlite3_table_column_metadata(copy->db, "main", table, NULL, NULL, NULL, NULL, NULL, NULL) != SQLITE_OK)
		return TRUE;
	stmt = prepare(copy, sql, error);
	if (stmt == NULL)
		return FALSE;
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW && sqlite3_column_type(stmt, 0) == SQLITE_INTEGER)
		*out = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return rc == SQLITE_ROW || rc == SQLITE_DONE || throw_sqlite(copy, copy->db, rc, error);
}

static gboolean read_cursors(Copy *copy, GPtrArray *cursors, GError **error)
{
	sqlite3_stmt *stmt;
	int rc;

	if (sqlite3_table_column_metadata(copy->db, "main", "_cursor", NULL, NULL, NULL, NULL, NULL, NULL) != SQLITE_OK)
		return TRUE;
	stmt = prepare(copy, "SELECT publisher, topic, epoch, seq FROM _cursor ORDER BY publisher, topic", error);
	if (stmt == NULL)
		return FALSE;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW && cursors->len < CURSORS_MAX) {
		const char *publisher = (const char *)sqlite3_column_text(stmt, 0);
		const char *topic = (const char *)sqlite3_column_text(stmt, 1);
		LogPosition position = { sqlite3_column_int64(stmt, 2), sqlite3_column_int64(stmt, 3) };

		g_ptr_array_add(cursors, copy_cursor_new(publisher != NULL ? publisher : "", topic != NULL ? topic : "",
		                                         position));
	}
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE || throw_sqlite(copy, copy->db, rc == SQLITE_ROW ? SQLITE_TOOBIG : rc, error);
}

static gboolean read_years(Copy *copy, GArray *years, GError **error)
{
	sqlite3_stmt *stmt;
	int rc;

	if (sqlite3_table_column_metadata(copy->db, "main", "_archive", NULL, NULL, NULL, NULL, NULL, NULL) !=
	    SQLITE_OK)
		return TRUE;
	stmt = prepare(copy, "SELECT year FROM _archive WHERE year BETWEEN 1 AND 9999 ORDER BY year", error);
	if (stmt == NULL)
		return FALSE;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW && years->len < CURSORS_MAX) {
		const gint year = sqlite3_column_int(stmt, 0);

		g_array_append_val(years, year);
	}
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE || throw_sqlite(copy, copy->db, rc == SQLITE_ROW ? SQLITE_TOOBIG : rc, error);
}

gboolean copy_state(Copy *copy, CopyState *out, GError **error)
{
	gint64 last = 0;

	*out = (CopyState){ .cursors = g_ptr_array_new_with_free_func(copy_cursor_free),
		            .years = g_array_new(FALSE, FALSE, sizeof(gint)) };
	/* All of the log may have been archived or trimmed: the sequence still knows its end. */
	return number_of(copy, "_meta", "SELECT value FROM _meta WHERE name = 'epoch'", &out->end.epoch, error) &&
	       number_of(copy, "sqlite_sequence", "SELECT seq FROM sqlite_sequence WHERE name = '_event'",
	                 &out->end.seq, error) &&
	       number_of(copy, "_event", "SELECT max(seq) FROM _event", &last, error) &&
	       ((out->end.seq = MAX(out->end.seq, last)), TRUE) &&
	       number_of(copy, "_audit", "SELECT max(seq) FROM _audit", &out->audit, error) &&
	       read_cursors(copy, out->cursors, error) && read_years(copy, out->years, error);
}

gboolean copy_state_of(const char *path, CopyState *out, GError **error)
{
	g_autoptr(Copy) copy = open_still(path, error);

	*out = (CopyState){ 0 };
	return copy != NULL && copy_state(copy, out, error);
}

gboolean copy_check(const char *path, gboolean fully, const gint *cancelled, GError **error)
{
	g_autoptr(Copy) copy = open_still(path, error);
	sqlite3_stmt *stmt;
	gboolean fine;
	int rc;

	if (copy == NULL)
		return FALSE;
	copy->cancelled = cancelled;
	copy->patient = TRUE;
	stmt = prepare(copy, fully ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)", error);
	if (stmt == NULL)
		return FALSE;
	rc = sqlite3_step(stmt);
	fine = rc == SQLITE_ROW && g_strcmp0((const char *)sqlite3_column_text(stmt, 0), "ok") == 0;
	if (rc != SQLITE_ROW)
		throw_sqlite(copy, copy->db, rc, error);
	else if (!fine)
		throw_error(error, ERROR_INVALID, "%s: 数据库已损坏 (damaged): %s", path, sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	return fine;
}

/* ---- what a restore changes ---- */

static const CopyEpoch *find_epoch(const char *publisher, const CopyEpoch *others, gsize n_others)
{
	for (gsize i = 0; i < n_others; i++)
		if (strcmp(others[i].publisher, publisher) == 0)
			return &others[i];
	return NULL;
}

char *copy_cursor_fault(const CopyCursor *cursor, const CopyEpoch *others, gsize n_others)
{
	const CopyEpoch *log = find_epoch(cursor->publisher, others, n_others);
	char at[LOG_POSITION_TEXT], end[LOG_POSITION_TEXT];

	if (log == NULL)
		return g_strdup_printf("%s 的数据库不在其中 (there is no database of %s)", cursor->publisher,
		                       cursor->publisher);
	if (cursor->position.epoch == log->end.epoch && cursor->position.seq >= 0 &&
	    cursor->position.seq <= log->end.seq)
		return NULL;
	log_position_print(&cursor->position, at);
	log_position_print(&log->end, end);
	return g_strdup_printf(
		"位置 %s 不在 %s 的日志（至 %s）之内 (position %s is not within the log of %s, which ends at %s)", at,
		cursor->publisher, end, at, cursor->publisher, end);
}

static gboolean run(Copy *copy, const char *sql, GError **error)
{
	copy->steps = 0;

	int rc = sqlite3_exec(copy->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK || throw_sqlite(copy, copy->db, rc, error);
}

/* Closed, so that its WAL is copied back and gone, and synced. */
static gboolean finish(Copy *copy, const char *path, gboolean fine, GError **error)
{
	g_autofree char *wal = g_strconcat(path, "-wal", NULL);

	if (fine)
		fine = run(copy, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)", error);
	copy_close(copy);
	if (fine && g_access(wal, F_OK) == 0)
		return throw_error(error, ERROR_IO, "%s: 未能写回 (not copied back)", wal);
	return fine && sync_file(path, error);
}

static gboolean move_epochs(Copy *copy, const char *table, const CopyEpoch *other, GError **error)
{
	g_autofree char *sql =
		g_strdup_printf("UPDATE %s SET epoch = ?1 WHERE publisher = ?2 AND epoch = ?3 AND seq <= ?4", table);
	sqlite3_stmt *stmt;
	int rc;

	if (sqlite3_table_column_metadata(copy->db, "main", table, NULL, NULL, NULL, NULL, NULL, NULL) != SQLITE_OK)
		return TRUE;
	stmt = prepare(copy, sql, error);
	if (stmt == NULL)
		return FALSE;
	sqlite3_bind_int64(stmt, 1, other->after);
	sqlite3_bind_text(stmt, 2, other->publisher, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 3, other->end.epoch);
	sqlite3_bind_int64(stmt, 4, other->end.seq);
	rc = sqlite3_step(stmt);
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE || throw_sqlite(copy, copy->db, rc, error);
}

static gboolean renew(Copy *copy, gint64 epoch, const CopyEpoch *others, gsize n_others, GError **error)
{
	g_autofree char *sql =
		g_strdup_printf("UPDATE _meta SET value = %" G_GINT64_FORMAT " WHERE name = 'epoch'", epoch);

	if (sqlite3_table_column_metadata(copy->db, "main", "_meta", NULL, NULL, NULL, NULL, NULL, NULL) == SQLITE_OK &&
	    !run(copy, sql, error))
		return FALSE;
	for (gsize i = 0; i < n_others; i++)
		if (!move_epochs(copy, "_cursor", &others[i], error) ||
		    !move_epochs(copy, "_parked", &others[i], error))
			return FALSE;
	return TRUE;
}

gboolean copy_renew(const char *path, gint64 epoch, const CopyEpoch *others, gsize n_others, GPtrArray *out_unfit,
                    GError **error)
{
	g_auto(CopyState) state = { 0 };
	Copy *copy;

	if (!copy_state_of(path, &state, error))
		return FALSE;
	for (guint i = 0; out_unfit != NULL && i < state.cursors->len; i++) {
		const CopyCursor *cursor = state.cursors->pdata[i];
		g_autofree char *fault = copy_cursor_fault(cursor, others, n_others);

		if (fault != NULL)
			g_ptr_array_add(out_unfit,
			                g_strdup_printf("%s %s: %s", cursor->publisher, cursor->topic, fault));
	}
	copy = open_as(path, path, SQLITE_OPEN_READWRITE, error);
	return copy != NULL &&
	       finish(copy, path, run(copy, "BEGIN IMMEDIATE", error) && renew(copy, epoch, others, n_others, error),
	              error);
}

gboolean copy_run(const char *path, const char *sql, GError **error)
{
	Copy *copy = open_as(path, path, SQLITE_OPEN_READWRITE, error);

	return copy != NULL && finish(copy, path, run(copy, "BEGIN IMMEDIATE", error) && run(copy, sql, error), error);
}

static char **row_texts(sqlite3_stmt *stmt)
{
	const int count = sqlite3_column_count(stmt);
	char **texts = g_new0(char *, (gsize)count + 1);

	for (int i = 0; i < count; i++) {
		const char *text = (const char *)sqlite3_column_text(stmt, i);

		texts[i] = g_strdup(text != NULL && g_utf8_validate(text, -1, NULL) ? text : "");
	}
	return texts;
}

GPtrArray *copy_rows(const char *path, const char *sql, GError **error)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
	g_autoptr(Copy) copy = copy_open(path, path, error);
	sqlite3_stmt *stmt = copy != NULL ? prepare(copy, sql, error) : NULL;
	int rc;

	if (stmt == NULL)
		return NULL;
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW && rows->len < COPY_ROWS_MAX)
		g_ptr_array_add(rows, row_texts(stmt));
	if (rc != SQLITE_DONE)
		throw_sqlite(copy, copy->db, rc == SQLITE_ROW ? SQLITE_TOOBIG : rc, error);
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE ? g_steal_pointer(&rows) : NULL;
}

char *copy_print(const char *format, ...)
{
	va_list args;
	char *made, *text;

	va_start(args, format);
	made = sqlite3_vmprintf(format, args);
	va_end(args);
	text = g_strdup(made);
	sqlite3_free(made);
	return text;
}
