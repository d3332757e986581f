/* SPDX-License-Identifier: Apache-2.0 */
#include "store/log_years.h"

#define YEARS_MAX 10000

static LogYear *find(GArray *years, gint year)
{
	for (guint i = 0; i < years->len; i++)
		if (g_array_index(years, LogYear, i).year == year)
			return &g_array_index(years, LogYear, i);
	return NULL;
}

static LogYear *add(GArray *years, gint year)
{
	LogYear *found = find(years, year);
	const LogYear fresh = { .year = year };

	if (found != NULL)
		return found;
	g_array_append_val(years, fresh);
	return &g_array_index(years, LogYear, years->len - 1);
}

static gint compare_years(gconstpointer a, gconstpointer b)
{
	return ((const LogYear *)a)->year - ((const LogYear *)b)->year;
}

static gboolean has_table(LogFile *file, const char *table)
{
	return sqlite3_table_column_metadata(file->db, "main", table, NULL, NULL, NULL, NULL, NULL, NULL) == SQLITE_OK;
}

/* A database of before has no such table. */
static gboolean read_known(GArray *years, LogFile *data, const char *name, GError **error)
{
	sqlite3_stmt *stmt;
	int rc = SQLITE_ERROR;

	if (!has_table(data, "_archive"))
		return TRUE;
	stmt = log_file_prepare(data, name, "SELECT year, first, last FROM _archive ORDER BY year", error);
	while (stmt != NULL && (rc = sqlite3_step(stmt)) == SQLITE_ROW && years->len < YEARS_MAX) {
		const gint64 year = sqlite3_column_int64(stmt, 0);
		LogYear *row = year > 0 && year <= 9999 ? add(years, (gint)year) : NULL;

		if (row != NULL) {
			row->first = sqlite3_column_int64(stmt, 1);
			row->last = sqlite3_column_int64(stmt, 2);
		}
	}
	if (stmt != NULL && rc != SQLITE_DONE)
		log_file_error(data, name, error);
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE;
}

gboolean log_years_read(GArray *years, LogFile *data, const char *dir, const char *name, GError **error)
{
	g_autoptr(GArray) found = log_archive_years(dir), fresh = g_array_new(FALSE, FALSE, sizeof(LogYear));

	for (guint i = 0; i < found->len; i++)
		add(fresh, g_array_index(found, gint, i));
	if (!read_known(fresh, data, name, error))
		return FALSE;
	g_array_sort(fresh, compare_years);
	for (guint i = 0; i < fresh->len; i++) {
		LogYear *row = &g_array_index(fresh, LogYear, i);
		const LogYear *before = find(years, row->year);

		/* The newest grows: what is known of it now says nothing of the next look. */
		if (i + 1 < fresh->len)
			row->passed = MAX(row->last, before != NULL ? before->passed : 0);
	}
	g_array_set_size(years, 0);
	g_array_append_vals(years, fresh->data, fresh->len);
	return TRUE;
}

/* -1 = a fault; NULL is @none. */
static gint64 number_of(LogFile *file, const char *name, const char *sql, gint64 none, GError **error)
{
	sqlite3_stmt *stmt = log_file_prepare(file, name, sql, error);
	gint64 number = none;
	int rc;

	if (stmt == NULL)
		return -1;
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW && sqlite3_column_type(stmt, 0) == SQLITE_INTEGER)
		number = sqlite3_column_int64(stmt, 0);
	else if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		number = -1;
	if (number < 0)
		log_file_error(file, name, error);
	sqlite3_finalize(stmt);
	return number;
}

static gboolean read_meta(LogFile *archive, const char *name, const char *sql, gint64 *out, GError **error)
{
	*out = number_of(archive, name, sql, 0, error);
	return *out >= 0;
}

/* What must be there of what went there: less the transient events that were deleted since. */
static gboolean read_wanted(const LogYear *year, LogFile *archive, const char *name, LogYear *out, GError **error)
{
	gint64 reach, first, last;

	*out = *year;
	if (!read_meta(archive, name, "SELECT value FROM _meta WHERE name = '" LOG_YEAR_REACH "'", &reach, error) ||
	    !read_meta(archive, name, "SELECT value FROM _meta WHERE name = '" LOG_YEAR_FIRST "'", &first, error) ||
	    !read_meta(archive, name, "SELECT value FROM _meta WHERE name = '" LOG_YEAR_LAST "'", &last, error))
		return FALSE;
	if (reach == 0)
		return TRUE;
	/* Where it was emptied, nobody knows at which number it went on. */
	out->first = last == 0 ? year->last : MAX(year->first, first);
	if (year->last <= reach)
		out->last = MIN(year->last, last);
	return TRUE;
}

gboolean log_year_check(const LogYear *year, LogFile *archive, const char *name, gint64 epoch, GError **error)
{
	const char *path = sqlite3_db_filename(archive->db, "main");
	const gboolean has_meta = has_table(archive, "_meta");
	const gint64 own =
		!has_meta ? epoch : number_of(archive, name, "SELECT value FROM _meta WHERE name = 'epoch'", epoch, error);
	LogYear wanted = *year;
	gint64 first, last;

	if (own < 0)
		return FALSE;
	if (own != epoch)
		return throw_error(error, ERROR_IO,
		                   "log of %s not readable: %s is of another life of it; restored apart?", name, path);
	if (year->last == 0)
		return TRUE;
	if (has_meta && !read_wanted(year, archive, name, &wanted, error))
		return FALSE;
	if (wanted.last == 0)
		return TRUE;
	first = number_of(archive, name, "SELECT min(seq) FROM _event", 0, error);
	last = first < 0 ? -1 : number_of(archive, name, "SELECT max(seq) FROM _event", 0, error);
	if (last < 0)
		return FALSE;
	return (first > 0 && first <= wanted.first && last >= wanted.last) ||
	       throw_error(error, ERROR_IO,
	                   "log of %s not readable: %s has events %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
	                   ", not %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
	                   name, path, first, last, wanted.first, wanted.last);
}
