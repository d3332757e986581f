/* SPDX-License-Identifier: Apache-2.0
 * What a backup becomes: a new life of every log, no sessions, and the memory of what was here before. */
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "base/json.h"
#include "daemon/restore_inside.h"

#define NOTES "restores" /* in anchors/: "at made plugin rows rows-before backup" a line */

static gboolean make_way(const char *top, const char *path, GError **error)
{
	g_autofree char *full = g_build_filename(top, path, NULL), *folder = g_path_get_dirname(full);

	return g_mkdir_with_parents(folder, 0700) == 0 || tree_throw(folder, error);
}

/* What was read to be looked at may have changed since, or be read wrongly this time: what was written counts. */
static gboolean copy_files(const Restore *self, GError **error)
{
	if (!tree_remove(self->staging, error) || !tree_make(self->staging, error))
		return FALSE;
	for (guint i = 0; i < self->manifest->files->len; i++) {
		const ManifestFile *row = self->manifest->files->pdata[i];
		g_autofree char *from = g_build_filename(self->options->backup, row->path, NULL);
		g_autofree char *to = g_build_filename(self->staging, row->path, NULL);
		TreeFile made;

		if (row->left_out)
			continue;
		if (!make_way(self->staging, row->path, error) || !tree_copy(from, to, &made, NULL, error))
			return FALSE;
		if (strcmp(made.sm3, row->file.sm3) != 0)
			return throw_error(error, ERROR_IO, "%s: 复制后内容不符 (not the same after copying)", from);
	}
	return TRUE;
}

static gint64 new_epoch(void)
{
	guint64 bits = 0;

	while (bits == 0) {
		random_bytes(&bits, sizeof bits);
		bits &= G_MAXINT64;
	}
	return (gint64)bits;
}

/* Archives are of their log's life. */
static gboolean renew_archives(const Restore *self, const ManifestPlugin *row, gint64 epoch, GError **error)
{
	g_autofree char *start = g_strconcat(row->folder, "/events-", NULL);

	for (guint i = 0; i < self->manifest->files->len; i++) {
		const char *path = ((ManifestFile *)self->manifest->files->pdata[i])->path;
		g_autofree char *file = g_build_filename(self->staging, path, NULL);

		if (g_str_has_prefix(path, start) && !copy_renew(file, epoch, NULL, 0, NULL, error))
			return FALSE;
	}
	return TRUE;
}

/* Who holds a cursor of the epoch that ends here, and is not of this backup, is told by it what is new to him. */
static gboolean note_left(const char *path, const LogPosition *end, GError **error)
{
	g_autofree char *name = g_strdup_printf(LOG_LEFT_NAME, (guint64)end->epoch);
	g_autofree char *sql =
		copy_print("INSERT INTO _meta(name, value) SELECT %Q, %lld WHERE true ON CONFLICT DO NOTHING", name,
	                   (long long)end->seq);

	return end->epoch <= 0 || copy_run(path, sql, error);
}

/* Positions printed before the restore lie on another history: whoever holds one is told so by its epoch. */
static gboolean renew_databases(const Restore *self, GError **error)
{
	g_autofree CopyEpoch *logs = manifest_epochs(self->manifest);
	const guint count = self->manifest->plugins->len;

	for (guint i = 0; i < count; i++)
		logs[i].after = new_epoch();
	for (guint i = 0; i < count; i++) {
		const ManifestPlugin *row = self->manifest->plugins->pdata[i];
		g_autofree char *path = g_build_filename(self->staging, row->folder, "data.db", NULL);
		g_autoptr(GPtrArray) unfit = g_ptr_array_new_with_free_func(g_free);

		if (!note_left(path, &logs[i].end, error) ||
		    !copy_renew(path, logs[i].after, logs, count, unfit, error) ||
		    !renew_archives(self, row, logs[i].after, error))
			return FALSE;
		for (guint u = 0; u < unfit->len; u++)
			printf("注意 note: %s 的订阅不前进，须人工处理 (subscription stands still): %s\n", row->id,
			       (const char *)unfit->pdata[u]);
	}
	return TRUE;
}

/* A session ended after the backup must not come back with it: all end. */
static gboolean end_sessions(const Restore *self, GError **error)
{
	g_autofree char *path = g_build_filename(self->staging, "host", "data.db", NULL);

	return !g_file_test(path, G_FILE_TEST_IS_REGULAR) || copy_run(path, "DELETE FROM session", error);
}

static void add_backup(GString *sql, const char *path, gint64 at_ms, gint64 bytes, const char *positions)
{
	g_autofree char *statement =
		copy_print("INSERT OR IGNORE INTO _backup(path, at, bytes, databases) VALUES(%Q, %lld, %lld, %Q);",
	                   path, (long long)at_ms, (long long)bytes, positions);

	g_string_append(sql, statement);
}

static void add_made(GString *sql, const char *path, const Manifest *manifest)
{
	g_autofree char *positions = backups_positions(manifest);

	add_backup(sql, path, manifest->at_ms, manifest_bytes(manifest), positions);
}

/* Of a database that is replaced, or was: it may be replaced because it is broken. */
static void add_known(GString *sql, const char *data)
{
	g_autofree char *path = g_build_filename(data, "host", "data.db", NULL);
	g_autoptr(GPtrArray) rows = NULL;
	g_autoptr(GError) error = NULL;

	if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
		return;
	rows = copy_rows(path, "SELECT path, at, bytes, databases FROM _backup WHERE path LIKE '/%' ORDER BY at, path",
	                 &error);
	for (guint i = 0; rows != NULL && i < rows->len; i++) {
		char **row = rows->pdata[i];
		g_autoptr(json_t) positions = json_read(row[3], strlen(row[3]), NULL);

		add_backup(sql, row[0], g_ascii_strtoll(row[1], NULL, 10), g_ascii_strtoll(row[2], NULL, 10),
		           json_is_object(positions) ? row[3] : "{}");
	}
	if (rows == NULL)
		printf("注意 note: 读不出其中登记的备份，请自行保存清单 (its list of backups cannot be read, keep your "
		       "own): %s\n",
		       error->message);
}

/* The restored database knows the backups made before it. This one and those beside it, made after it, hold people too; so do
 * those that the data knew which is replaced, and what earlier restores moved aside. */
static gboolean remember_backups(const Restore *self, GError **error)
{
	const char *data = self->options->data;
	g_autofree char *host = g_build_filename(self->staging, "host", "data.db", NULL);
	g_autofree char *own = g_canonicalize_filename(self->options->backup, NULL), *dir = g_path_get_dirname(own);
	g_autoptr(GPtrArray) names = tree_names(dir), here = tree_names(data);
	g_autoptr(GString) sql = g_string_new(BACKUPS_TABLE ";");

	if (!g_file_test(host, G_FILE_TEST_IS_REGULAR))
		return TRUE;
	add_made(sql, own, self->manifest);
	for (guint i = 0; i < names->len; i++) {
		g_autofree char *path = g_build_filename(dir, names->pdata[i], NULL);
		g_autoptr(Manifest) other =
			g_str_has_prefix(names->pdata[i], "zhen-") ? manifest_read(path, NULL) : NULL;

		if (other != NULL)
			add_made(sql, path, other);
	}
	add_known(sql, data);
	for (guint i = 0; i < here->len; i++) {
		g_autofree char *aside = g_build_filename(data, here->pdata[i], NULL);

		if (g_str_has_prefix(here->pdata[i], "before-restore-"))
			add_known(sql, aside);
	}
	return copy_run(host, sql->str, error);
}

/* ---- the audit's memory ---- */

static gint64 last_anchor(const char *path)
{
	g_autofree char *text = NULL;
	gint64 seq = 0;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return 0;
	for (char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		const char *number = strchr(line, ' ');

		seq = number != NULL && number < end ? g_ascii_strtoll(number, NULL, 10) : seq;
	}
	return seq;
}

/* The anchors of what is replaced vouch for rows that are gone now: they are kept, and `audit verify` says so. */
static gboolean keep_anchors(const Restore *self, const char *old, GError **error)
{
	g_autofree char *name = g_strconcat("before-restore-", self->stamp, NULL);
	g_autofree char *kept = g_build_filename(self->staging, "anchors", name, NULL);
	g_autoptr(GPtrArray) names = tree_names(old);

	if (g_mkdir_with_parents(kept, 0700) != 0)
		return tree_throw(kept, error);
	for (guint i = 0; i < names->len; i++) {
		g_autofree char *from = g_build_filename(old, names->pdata[i], NULL),
				*to = g_build_filename(kept, names->pdata[i], NULL);

		if (g_str_has_suffix(names->pdata[i], ".anchors") && !tree_copy(from, to, NULL, NULL, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean note_restore(const Restore *self, GError **error)
{
	g_autofree char *old = g_build_filename(self->options->data, "anchors", NULL);
	g_autofree char *path = g_build_filename(self->staging, "anchors", NOTES, NULL), *own = NULL, *before = NULL;
	g_autoptr(GString) text = g_string_new(NULL);
	char at[CLOCK_TEXT_SIZE], made[CLOCK_TEXT_SIZE];

	own = g_path_get_basename(self->options->backup);
	clock_format(clock_now_ms(), at);
	clock_format(self->manifest->at_ms, made);
	if (g_file_get_contents(path, &before, NULL, NULL))
		g_string_append(text, before);
	for (guint i = 0; i < self->manifest->plugins->len; i++) {
		const ManifestPlugin *row = self->manifest->plugins->pdata[i];
		g_autofree char *name = g_strconcat(row->id, ".anchors", NULL),
				*file = g_build_filename(old, name, NULL);

		g_string_append_printf(text, "%s %s %s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s\n", at, made,
		                       row->id, row->state.audit, last_anchor(file), own);
	}
	if (!make_way(self->staging, "anchors/" NOTES, error) || !tree_remove(path, error) ||
	    !tree_write(path, text->str, text->len, error))
		return FALSE;
	return self->aside == NULL || keep_anchors(self, old, error);
}

char *restore_notes(const char *anchors, const char *plugin)
{
	g_autofree char *path = g_build_filename(anchors, NOTES, NULL), *text = NULL;
	GString *said = g_string_new(NULL);
	g_auto(GStrv) lines = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return g_string_free(said, FALSE);
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i] != NULL; i++) {
		g_auto(GStrv) word = g_strsplit(lines[i], " ", 6);

		if (g_strv_length(word) != 6 || strcmp(word[2], plugin) != 0)
			continue;
		g_string_append_printf(said, "%s: %.19s 自 %.19s 的备份 %s 恢复，至第 %s 行 (restored, up to row %s)",
		                       plugin, word[0], word[1], word[5], word[3], word[3]);
		if (g_ascii_strtoll(word[4], NULL, 10) > g_ascii_strtoll(word[3], NULL, 10))
			g_string_append_printf(
				said, "；此前至第 %s 行的记录不在其中 (rows up to %s, anchored before, are not in it)",
				word[4], word[4]);
		g_string_append_c(said, '\n');
	}
	return g_string_free(said, FALSE);
}

gboolean restore_make(const Restore *self, GError **error)
{
	return copy_files(self, error) && renew_databases(self, error) && end_sessions(self, error) &&
	       remember_backups(self, error) && note_restore(self, error);
}
