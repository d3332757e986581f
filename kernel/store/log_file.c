/* SPDX-License-Identifier: Apache-2.0 */
#include "store/log_file.h"

#include <stdio.h>
#include "store/plain.h"
#include "store/sync.h"

#define LENGTH_MAX (1 << 20) /* of a row: more is no event, and is not brought into memory */
#define STEPS 100000         /* of the engine between two looks */
#define STEPS_MAX 400        /* a table is read in a hundredth of that; what is no table may never end */
#define BUSY_MS 1000

static const struct {
	int id, on;
} switches[] = {
	{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
	{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
	{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
	{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
};

static int on_progress(void *data)
{
	return ++((LogFile *)data)->steps > STEPS_MAX;
}

void log_file_begin(LogFile *file)
{
	file->steps = 0;
}

gboolean log_file_error(const LogFile *file, const char *name, GError **error)
{
	const int rc = file->db != NULL ? sqlite3_errcode(file->db) : SQLITE_CANTOPEN;
	const char *path = file->db != NULL ? sqlite3_db_filename(file->db, "main") : NULL;

	return throw_error(error, (rc & 0xff) == SQLITE_BUSY ? ERROR_BUSY : ERROR_IO, "log of %s not readable: %s (%s)", name,
	                   file->db != NULL ? sqlite3_errmsg(file->db) : sqlite3_errstr(rc), path != NULL ? path : "");
}

sqlite3_stmt *log_file_prepare(LogFile *file, const char *name, const char *sql, GError **error)
{
	sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v3(file->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
		log_file_error(file, name, error);
	return stmt;
}

gboolean log_file_open(LogFile *file, const char *path, const char *name, GError **error)
{
	const int flags =
		SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_NOFOLLOW;
	g_autofree char *plain = plain_path(path, error);
	gboolean fine;

	if (plain == NULL)
		return prefix_error(error, "log of %s not readable", name);
	fine = sqlite3_open_v2(plain, &file->db, flags, NULL) == SQLITE_OK;
	file->steps = 0;
	if (fine) {
		for (gsize i = 0; i < G_N_ELEMENTS(switches); i++)
			sqlite3_db_config(file->db, switches[i].id, switches[i].on, (int *)NULL);
		sqlite3_limit(file->db, SQLITE_LIMIT_LENGTH, LENGTH_MAX);
		sqlite3_limit(file->db, SQLITE_LIMIT_ATTACHED, 0);
		sqlite3_busy_timeout(file->db, BUSY_MS);
		sqlite3_progress_handler(file->db, STEPS, on_progress, file);
		/* No mmap: a file that somebody cuts short is then an error and no signal. */
		fine = sqlite3_exec(file->db, "PRAGMA mmap_size=0; PRAGMA query_only=1", NULL, NULL, NULL) == SQLITE_OK;
	}
	if (!fine)
		log_file_error(file, name, error);
	if (fine)
		file->rows = log_file_prepare(file, name,
		                              "SELECT seq, topic, subject, division, at, body FROM _event "
		                              "WHERE seq > ?1 ORDER BY seq",
		                              error);
	fine = file->rows != NULL && sync_wal(file->db, error);
	if (!fine)
		log_file_close(file);
	return fine;
}

void log_file_close(LogFile *file)
{
	sqlite3_finalize(file->rows);
	file->rows = NULL;
	sqlite3_close_v2(file->db);
	file->db = NULL;
}

static gint compare_years(gconstpointer a, gconstpointer b)
{
	return *(const gint *)a - *(const gint *)b;
}

GArray *log_archive_years(const char *dir)
{
	GArray *years = g_array_new(FALSE, FALSE, sizeof(gint));
	GDir *folder = g_dir_open(dir, 0, NULL);
	const char *name;

	while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
		gint year, end = 0;

		if (sscanf(name, "events-%4d.db%n", &year, &end) == 1 && end == 14 && name[end] == '\0' && year > 0)
			g_array_append_val(years, year);
	}
	if (folder != NULL)
		g_dir_close(folder);
	g_array_sort(years, compare_years);
	return years;
}

char *log_archive_path(const char *dir, gint year)
{
	g_autofree char *name = g_strdup_printf("events-%04d.db", year);

	return g_build_filename(dir, name, NULL);
}
