/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sync.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define PIECE_BYTES (64 << 10) /* the engine writes less than 128 KiB at once */

gboolean sync_folder(const char *path, GError **error)
{
	int fd = g_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	int rc = fd < 0 ? -1 : fsync(fd);
	int number = errno;

	if (fd >= 0)
		close(fd);
	return rc == 0 || throw_error(error, number == ENOSPC ? ERROR_FULL : ERROR_IO, "%s: %s", path, g_strerror(number));
}

/* NULL: there is none, or nothing in it. */
static sqlite3_file *wal_of(sqlite3 *db, sqlite3_int64 *out_size)
{
	sqlite3_file *wal = NULL;

	if (sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal) != SQLITE_OK || wal == NULL ||
	    wal->pMethods == NULL || wal->pMethods->xFileSize(wal, out_size) != SQLITE_OK || *out_size == 0)
		return NULL;
	return wal;
}

static gboolean throw_wal(sqlite3 *db, int rc, GError **error)
{
	return throw_error(error, rc == SQLITE_FULL ? ERROR_FULL : ERROR_IO, "%s-wal: %s", sqlite3_db_filename(db, "main"),
	                   sqlite3_errstr(rc));
}

gboolean sync_wal(sqlite3 *db, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(sqlite3_db_filename(db, "main"));
	sqlite3_int64 size = 0;
	sqlite3_file *wal = wal_of(db, &size);
	int rc = wal == NULL ? SQLITE_OK : wal->pMethods->xSync(wal, SQLITE_SYNC_NORMAL);

	if (rc != SQLITE_OK)
		return throw_wal(db, rc, error);
	return wal == NULL || sync_folder(folder, error);
}

gboolean renew_wal(sqlite3 *db, GError **error)
{
	sqlite3_int64 size = 0;
	sqlite3_file *wal = wal_of(db, &size);
	g_autofree guint8 *piece = wal == NULL ? NULL : g_malloc(PIECE_BYTES);

	for (sqlite3_int64 at = 0; wal != NULL && at < size; at += PIECE_BYTES) {
		const int length = (int)MIN(size - at, PIECE_BYTES);
		int rc = wal->pMethods->xRead(wal, piece, length, at);

		if (rc == SQLITE_OK)
			rc = wal->pMethods->xWrite(wal, piece, length, at);
		if (rc != SQLITE_OK)
			return throw_wal(db, rc, error);
	}
	return TRUE;
}
