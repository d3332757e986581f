/* SPDX-License-Identifier: Apache-2.0
 * What goes into a backup. Archives come after the logs: a piece is durable there before it leaves a log. Files are immutable,
 * and collecting waits. */
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/log.h"
#include "daemon/making.h"

gint64 backup_bytes_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_size : 0;
}

static void add_damage(Backup *self, const char *path, const char *why)
{
	log_error("backup: %s: %s", path, why);
	manifest_add_damage(self->manifest, path, why);
}

static gboolean make_folder(const Backup *self, const char *folder, GError **error)
{
	g_autofree char *path = g_build_filename(self->partial, folder, NULL);

	return g_mkdir_with_parents(path, 0700) == 0 || tree_throw(path, error);
}

/* Written as @path already: looked through, and added to the manifest. */
static gboolean add_database(Backup *self, const char *path, GError **error)
{
	g_autofree char *target = g_build_filename(self->partial, path, NULL);

	return copy_check(target, FALSE, backup_cancelled(self), error) &&
	       tree_digest(target, &manifest_add_file(self->manifest, path)->file, backup_cancelled(self), error);
}

static gboolean copy_database(Backup *self, Source *source, GError **error)
{
	g_autofree char *path = g_build_filename(source->folder, "data.db", NULL);
	g_autofree char *target = g_build_filename(self->partial, path, NULL);
	ManifestPlugin *row = manifest_add_plugin(self->manifest, source->id, source->folder, source->version);
	gboolean fine = copy_state(source->copy, &row->state, error) && make_folder(self, source->folder, error) &&
	                copy_write(source->copy, target, backup_cancelled(self), error);

	g_clear_pointer(&source->copy, copy_close); /* its snapshot kept the WAL from beginning again */
	return fine && add_database(self, path, error);
}

/* Where events are kept for moments only, some that came after the cut may be in the archive by now: after a restore their
 * numbers will be others'. */
static gboolean cut_archive(const Backup *self, const Source *source, const char *target, GError **error)
{
	g_auto(CopyState) found = { 0 };
	g_autofree char *sql = NULL;
	gint64 end = 0;

	if (!copy_state_of(target, &found, error))
		return FALSE;
	for (guint i = 0; i < self->manifest->plugins->len; i++) {
		const ManifestPlugin *row = self->manifest->plugins->pdata[i];

		end = strcmp(row->id, source->id) == 0 ? row->state.end.seq : end;
	}
	/* What log_years.c misses nothing by ends there then, too. */
	sql = copy_print("DELETE FROM _event WHERE seq > %lld;"
	                 "CREATE TABLE IF NOT EXISTS _meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL);"
	                 "UPDATE _meta SET value = coalesce((SELECT max(seq) FROM _event), 0) WHERE name = 'last' AND value > %lld",
	                 (long long)end, (long long)end);
	return found.end.seq <= end || copy_run(target, sql, error);
}

static gboolean copy_archive(Backup *self, const Source *source, const char *name, GError **error)
{
	g_autofree char *path = g_build_filename(source->folder, name, NULL),
			*file = g_build_filename(source->dir, name, NULL);
	g_autofree char *target = g_build_filename(self->partial, path, NULL);
	g_autoptr(Copy) copy = copy_open(file, source->id, error);

	return copy != NULL && copy_begin(copy, error) && copy_write(copy, target, backup_cancelled(self), error) &&
	       cut_archive(self, source, target, error) && add_database(self, path, error);
}

static void name_missing(Backup *self, const Source *source)
{
	for (guint i = 0; i < self->manifest->plugins->len; i++) {
		const ManifestPlugin *row = self->manifest->plugins->pdata[i];

		for (guint y = 0; strcmp(row->id, source->id) == 0 && y < row->state.years->len; y++) {
			g_autofree char *name =
				g_strdup_printf("events-%04d.db", g_array_index(row->state.years, gint, y));
			g_autofree char *path = g_build_filename(source->folder, name, NULL),
					*file = g_build_filename(source->dir, name, NULL);

			if (!g_file_test(file, G_FILE_TEST_EXISTS))
				add_damage(self, path, "缺失 (missing)");
		}
	}
}

static gboolean copy_archives(Backup *self, const Source *source, GError **error)
{
	g_autoptr(GPtrArray) names = tree_names(source->dir);

	name_missing(self, source);
	for (guint i = 0; i < names->len; i++)
		if (g_str_has_prefix(names->pdata[i], "events-") && g_str_has_suffix(names->pdata[i], ".db") &&
		    !copy_archive(self, source, names->pdata[i], error))
			return FALSE;
	return TRUE;
}

/* A file is its digest: one that differs from its name is damaged. It is named and not taken along, and the others are: a
 * backup is wanted most where things begin to break. No hard link: what happens to the file would happen to its backups. */
static gboolean copy_blob(Backup *self, const char *from, const char *path, const char *hex, GError **error)
{
	g_autofree char *target = g_build_filename(self->partial, path, NULL);
	g_autoptr(GError) fault = NULL;
	TreeFile made;

	if (!tree_copy(from, target, &made, backup_cancelled(self), &fault)) {
		/* Of the place it goes to, or the end of the host: that is no matter of this file. */
		if (fault->code == ERROR_FULL || fault->code == ERROR_INTERRUPTED ||
		    !g_str_has_prefix(fault->message, from)) {
			g_propagate_error(error, g_steal_pointer(&fault));
			return FALSE;
		}
		add_damage(self, path, fault->message);
	} else if (strcmp(made.sm3, hex) != 0) {
		add_damage(self, path, "内容与其摘要不符 (not what its name says)");
	} else {
		manifest_add_file(self->manifest, path)->file = made;
		return TRUE;
	}
	return g_unlink(target) == 0 || errno == ENOENT || tree_throw(target, error);
}

/* FALSE: named as damaged when it is there and is something else. */
static gboolean is_folder(Backup *self, const char *from, const char *path)
{
	struct stat st;

	if (lstat(from, &st) != 0)
		return FALSE;
	if (!S_ISDIR(st.st_mode))
		add_damage(self, path, "不是文件夹 (not a folder)");
	return S_ISDIR(st.st_mode);
}

static gboolean copy_blob_folder(Backup *self, const char *from, const char *folder, GError **error)
{
	g_autoptr(GPtrArray) names = NULL;
	guint8 digest[DIGEST_SIZE];

	if (!is_folder(self, from, folder))
		return TRUE;
	names = tree_names(from);
	if (names->len > 0 && !make_folder(self, folder, error))
		return FALSE;
	for (guint i = 0; i < names->len; i++) {
		g_autofree char *file = g_build_filename(from, names->pdata[i], NULL);
		g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL);

		if (g_atomic_int_get(backup_cancelled(self)) != 0)
			return throw_error(error, ERROR_INTERRUPTED, "zhend 正在停止 (zhend is stopping)");
		if (digest_from_hex(names->pdata[i], digest) && !copy_blob(self, file, path, names->pdata[i], error))
			return FALSE;
	}
	return TRUE;
}

static gboolean copy_blobs(Backup *self, const Source *source, GError **error)
{
	g_autofree char *blobs = g_build_filename(source->dir, "blobs", NULL),
			*all = g_build_filename(source->folder, "blobs", NULL);
	g_autoptr(GPtrArray) names = NULL;

	if (!is_folder(self, blobs, all))
		return TRUE;
	names = tree_names(blobs);
	if (names->len > 0 && !make_folder(self, all, error))
		return FALSE;
	for (guint i = 0; i < names->len; i++) {
		g_autofree char *from = g_build_filename(blobs, names->pdata[i], NULL);
		g_autofree char *folder = g_build_filename(all, names->pdata[i], NULL);

		if (!copy_blob_folder(self, from, folder, error))
			return FALSE;
	}
	return TRUE;
}

/* Anchors are lines "at seq chain link signature"; those made after the cut vouch for rows that are not in it. */
static gboolean copy_anchors(Backup *self, const char *from, const char *path, gint64 rows, GError **error)
{
	g_autofree char *text = NULL, *target = g_build_filename(self->partial, path, NULL);
	g_autoptr(GString) kept = g_string_new(NULL);
	gsize length;

	if (!g_file_get_contents(from, &text, &length, error))
		return FALSE;
	for (char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		const char *seq = strchr(line, ' ');

		if (seq == NULL || g_ascii_strtoll(seq, NULL, 10) > rows)
			break;
		g_string_append_len(kept, line, end + 1 - line);
	}
	return tree_write(target, kept->str, kept->len, error) &&
	       tree_digest(target, &manifest_add_file(self->manifest, path)->file, NULL, error);
}

static gint64 audit_rows(const Backup *self, const char *name)
{
	for (guint i = 0; i < self->manifest->plugins->len; i++) {
		const ManifestPlugin *row = self->manifest->plugins->pdata[i];
		const gsize length = strlen(row->id);

		if (strncmp(name, row->id, length) == 0 && strcmp(name + length, ".anchors") == 0)
			return row->state.audit;
	}
	return G_MAXINT64;
}

/* Keys, anchors, and what configuration lies in the data folder; @top: "anchors" themselves are cut, those of old are not. */
static gboolean copy_folder(Backup *self, const char *folder, gboolean top, GError **error)
{
	g_autofree char *from = g_build_filename(self->daemon->data, folder, NULL);
	g_autoptr(GPtrArray) names = tree_names(from);
	const gboolean anchors = top && strcmp(folder, "anchors") == 0;

	if (names->len > 0 && !make_folder(self, folder, error))
		return FALSE;
	for (guint i = 0; i < names->len; i++) {
		g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL);
		g_autofree char *file = g_build_filename(from, names->pdata[i], NULL),
				*target = g_build_filename(self->partial, path, NULL);
		gboolean fine;

		if (g_file_test(file, G_FILE_TEST_IS_DIR))
			fine = copy_folder(self, path, FALSE, error);
		else if (anchors && g_str_has_suffix(names->pdata[i], ".anchors"))
			fine = copy_anchors(self, file, path, audit_rows(self, names->pdata[i]), error);
		else
			fine = tree_copy(file, target, &manifest_add_file(self->manifest, path)->file,
			                 backup_cancelled(self), error);
		if (!fine)
			return FALSE;
	}
	return TRUE;
}

static gboolean copy_rest(Backup *self, GError **error)
{
	static const char *const folders[] = { "keys", "anchors", "conf" };
	g_autoptr(GPtrArray) names = tree_names(self->daemon->data);

	for (guint i = 0; i < G_N_ELEMENTS(folders); i++)
		if (!copy_folder(self, folders[i], TRUE, error))
			return FALSE;
	for (guint i = 0; i < names->len; i++) {
		const char *name = names->pdata[i];
		g_autofree char *file = g_build_filename(self->daemon->data, name, NULL),
				*target = g_build_filename(self->partial, name, NULL);

		if (g_str_has_suffix(name, ".conf") && g_file_test(file, G_FILE_TEST_IS_REGULAR) &&
		    !tree_copy(file, target, &manifest_add_file(self->manifest, name)->file, NULL, error))
			return FALSE;
	}
	return TRUE;
}

gboolean backup_copy_all(Backup *self, GError **error)
{
	for (guint i = 0; i < self->sources->len; i++)
		if (!copy_database(self, self->sources->pdata[i], error))
			return FALSE;
	for (guint i = 0; i < self->sources->len; i++)
		if (!copy_archives(self, self->sources->pdata[i], error) ||
		    !copy_blobs(self, self->sources->pdata[i], error))
			return FALSE;
	return copy_rest(self, error);
}
