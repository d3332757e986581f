/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/restore_inside.h"

#include <string.h>

/* What can be left out: nothing else hangs on it. */
static gboolean is_blob(const char *path)
{
	return g_str_has_prefix(path, "plugins/") && strstr(path, "/blobs/") != NULL;
}

static void check_file(const Restore *self, const ManifestFile *row, GPtrArray *faults)
{
	g_autofree char *path = g_build_filename(self->options->backup, row->path, NULL);
	g_autoptr(GError) error = NULL;
	TreeFile found;

	if (!tree_digest(path, &found, NULL, &error))
		g_ptr_array_add(faults, g_strdup(error->message));
	else if (found.bytes != row->file.bytes)
		g_ptr_array_add(faults, g_strdup_printf("%s: %" G_GINT64_FORMAT " 字节，应为 %" G_GINT64_FORMAT
		                                        " (bytes; not as many as were backed up)",
		                                        path, found.bytes, row->file.bytes));
	else if (strcmp(found.sm3, row->file.sm3) != 0)
		g_ptr_array_add(faults,
		                g_strdup_printf("%s: 内容与清单不符 (changed: not what the manifest says)", path));
	else if (g_str_has_suffix(path, ".db") && !copy_check(path, TRUE, NULL, &error))
		g_ptr_array_add(faults, g_strdup(error->message));
}

/* All are looked at and each fault is named: who has to choose another backup wants to know how bad this one is. */
gboolean restore_check(Restore *self, GError **error)
{
	GPtrArray *const faults = self->faults, *const spare = self->left_out;
	GPtrArray *blobs = self->options->without_damaged ? spare : faults;

	for (guint i = 0; i < self->manifest->files->len; i++) {
		ManifestFile *row = self->manifest->files->pdata[i];
		const guint before = spare->len;

		check_file(self, row, is_blob(row->path) ? blobs : faults);
		row->left_out = spare->len > before;
	}
	for (guint i = 0; i < self->manifest->damaged->len; i++) {
		const ManifestDamage *damage = self->manifest->damaged->pdata[i];

		g_ptr_array_add(blobs,
		                g_strdup_printf("%s: 备份时已损坏或缺失 (damaged or missing when it was made): %s",
		                                damage->path, damage->why));
	}
	return faults->len == 0 ||
	       throw_error(error, ERROR_INVALID,
	                   "%s: 备份已损坏，%u 处，未恢复；只是上传的文件时可加 --without-damaged (damaged in %u "
	                   "places, nothing was "
	                   "restored; where it is uploaded files only, --without-damaged leaves them out): %s",
	                   self->options->backup, faults->len, faults->len, (const char *)faults->pdata[0]);
}
