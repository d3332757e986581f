/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sync.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

gboolean sync_folder(const char *path, GError **error)
{
	int fd = g_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	int rc = fd < 0 ? -1 : fsync(fd);
	int number = errno;

	if (fd >= 0)
		close(fd);
	return rc == 0 || throw_error(error, number == ENOSPC ? ERROR_FULL : ERROR_IO, "%s: %s", path, g_strerror(number));
}

gboolean sync_wal(sqlite3 *db, GError **error)
{
	const char *path = sqlite3_db_filename(db, "main");
	g_autofree char *folder = g_path_get_dirname(path);
	sqlite3_file *wal = NULL;
	sqlite3_int64 size = 0;

	if (sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal) != SQLITE_OK || wal == NULL ||
	    wal->pMethods == NULL || wal->pMethods->xFileSize(wal, &size) != SQLITE_OK || size == 0)
		return TRUE;
	if (wal->pMethods->xSync(wal, SQLITE_SYNC_NORMAL) != SQLITE_OK)
		return throw_error(error, ERROR_IO, "%s-wal: %s", path, g_strerror(errno));
	return sync_folder(folder, error);
}
