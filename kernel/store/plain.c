/* SPDX-License-Identifier: Apache-2.0 */
#include "store/plain.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

static gboolean is_plain(const char *path, gboolean missing, GError **error)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return (missing && errno == ENOENT) || throw_error(error, ERROR_IO, "%s: %s", path, g_strerror(errno));
	return S_ISREG(st.st_mode) || throw_error(error, ERROR_IO, "%s: 不是普通文件 (not a plain file)", path);
}

char *plain_path(const char *path, GError **error)
{
	static const char *const beside[] = { "", "-journal", "-wal", "-shm" };
	g_autofree char *folder = g_path_get_dirname(path), *name = g_path_get_basename(path);
	g_autofree char *real = realpath(folder, NULL); /* malloc and g_free are one */

	if (real == NULL) {
		throw_error(error, ERROR_IO, "%s: %s", folder, g_strerror(errno));
		return NULL;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(beside); i++) {
		g_autofree char *file = g_strconcat(path, beside[i], NULL);

		if (!is_plain(file, i > 0, error))
			return NULL;
	}
	return g_build_filename(real, name, NULL);
}
