/* SPDX-License-Identifier: Apache-2.0
 * A backup becomes a data folder again, with no daemon running. Everything is made and looked at in DIR/restoring; only then do
 * names move, under a marker without which nothing starts in a folder of which one half is old. Nothing is deleted. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include "base/clock.h"
#include "daemon/backup.h"
#include "daemon/manifest.h"

#define MARKER "restore.incomplete"
#define STAGING "restoring"
#define NOTES "restores" /* in anchors/: "at made plugin rows rows-before backup" a line */
#define FAULTS_MAX 20
#define ROOM_SPARE (G_GINT64_CONSTANT(16) << 20)

typedef struct Restore {
	const RestoreOptions *options;
	Manifest *manifest;
	char *staging, *aside; /* aside: where the old data goes; NULL = there is none */
	char stamp[32];
	int lock_fd;
} Restore;

static void restore_clear(Restore *self)
{
	manifest_free(self->manifest);
	g_free(self->staging);
	g_free(self->aside);
	if (self->lock_fd >= 0)
		close(self->lock_fd);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Restore, restore_clear)

/* ---- the backup ---- */

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
static gboolean check_backup(const Restore *self, GError **error)
{
	g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) spare = g_ptr_array_new_with_free_func(g_free);
	GPtrArray *blobs = self->options->without_damaged ? spare : faults;

	for (guint i = 0; i < self->manifest->files->len; i++) {
		ManifestFile *row = self->manifest->files->pdata[i];
		const guint before = spare->len;

		check_file(self, row, is_blob(row->path) ? blobs : faults);
		row->left_out = spare->len > before;
	}
	for (guint i = 0; i < self->manifest->damaged->len; i++) {
		const ManifestDamage *damage = self->manifest->damaged->pdata[i];

		g_ptr_array_add(blobs, g_strdup_printf("%s: 备份时已损坏或缺失 (damaged or missing when it was made): %s",
		                                       damage->path, damage->why));
	}
	for (guint i = 0; i < spare->len; i++)
		printf("未恢复 left out: %s\n", (const char *)spare->pdata[i]);
	for (guint i = 0; i < faults->len && i < FAULTS_MAX; i++)
		fprintf(stderr, "%s\n", (const char *)faults->pdata[i]);
	return faults->len == 0 ||
	       throw_error(error, ERROR_INVALID,
	                   "%s: 备份已损坏，%u 处，未恢复；只是上传的文件时可加 --without-damaged (damaged in %u places, nothing was "
	                   "restored; where it is uploaded files only, --without-damaged leaves them out): %s",
	                   self->options->backup, faults->len, faults->len, (const char *)faults->pdata[0]);
}

/* ---- the data folder ---- */

/* What a stop or an earlier restore leaves in a data folder that is none of the data. */
static gboolean is_other(const char *name)
{
	static const char *const others[] = { "zhend.lock", "zhend.sock", "lost+found", STAGING, MARKER, NULL };

	return g_strv_contains(others, name) || g_str_has_prefix(name, "before-restore-") ||
	       g_str_has_prefix(name, "access.log");
}

static gboolean is_data(const Restore *self, const char *name)
{
	static const char *const data[] = { "host", "plugins", "anchors", "keys", NULL };

	if (g_strv_contains(data, name))
		return TRUE;
	for (guint i = 0; i < self->manifest->files->len; i++) {
		const char *path = ((ManifestFile *)self->manifest->files->pdata[i])->path;
		const gsize length = strlen(name);

		if (strncmp(path, name, length) == 0 && (path[length] == '/' || path[length] == '\0'))
			return TRUE;
	}
	return FALSE;
}

static gboolean lock_data(Restore *self, GError **error)
{
	g_autofree char *path = g_build_filename(self->options->data, "zhend.lock", NULL);
	const int flags = self->options->check ? O_RDWR : O_RDWR | O_CREAT;

	if (!self->options->check && g_mkdir_with_parents(self->options->data, 0700) != 0)
		return tree_throw(self->options->data, error);
	self->lock_fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (self->lock_fd < 0 && (errno != ENOENT || !self->options->check))
		return tree_throw(path, error);
	return self->lock_fd < 0 || flock(self->lock_fd, LOCK_EX | LOCK_NB) == 0 ||
	       throw_error(error, ERROR_BUSY,
	                   "数据目录 %s 正被 zhend 使用，请先停止 (in use by a zhend: stop it first)",
	                   self->options->data);
}

/* A name for what is put aside that neither the folder nor the backup has: two restores may fall into one second. */
static void choose_stamp(Restore *self)
{
	char at[CLOCK_TEXT_SIZE];
	gboolean taken = TRUE;

	clock_format(clock_now_ms(), at);
	for (guint n = 1; taken; n++) {
		g_autofree char *name = NULL, *here = NULL, *there = NULL;

		g_snprintf(self->stamp, sizeof self->stamp, "%.4s%.2s%.2s-%.2s%.2s%.2s", at, at + 5, at + 8, at + 11,
		           at + 14, at + 17);
		if (n > 1)
			g_snprintf(self->stamp + strlen(self->stamp), 12, "-%u", n);
		name = g_strconcat("before-restore-", self->stamp, NULL);
		here = g_build_filename(self->options->data, name, NULL);
		there = g_build_filename(self->options->backup, "anchors", name, NULL);
		taken = g_file_test(here, G_FILE_TEST_EXISTS) || g_file_test(there, G_FILE_TEST_EXISTS);
	}
}

static gboolean check_empty(Restore *self, GError **error)
{
	g_autoptr(GPtrArray) names = tree_names(self->options->data);
	g_autofree char *aside = g_strconcat("before-restore-", self->stamp, NULL);

	for (guint i = 0; i < names->len; i++) {
		if (is_other(names->pdata[i]))
			continue;
		if (!self->options->replace)
			return throw_error(error, ERROR_REFUSED,
			                   "数据目录 %s 不是空的（有 %s）；加 --replace 则把旧数据移到其中的 %s/ "
			                   "(not empty; --replace moves the old data aside to that folder)",
			                   self->options->data, (const char *)names->pdata[i], aside);
		if (is_data(self, names->pdata[i]) && self->aside == NULL)
			self->aside = g_build_filename(self->options->data, aside, NULL);
	}
	return TRUE;
}

static gboolean check_room(const Restore *self, GError **error)
{
	const gint64 wanted = manifest_bytes(self->manifest) + ROOM_SPARE;
	struct statvfs disk;

	if (statvfs(self->options->data, &disk) != 0)
		return TRUE;
	return (gint64)disk.f_bavail * (gint64)disk.f_frsize >= wanted ||
	       throw_error(error, ERROR_FULL, "%s: 空间不足，需要 %" G_GINT64_FORMAT " MB (not enough room)",
	                   self->options->data, (wanted >> 20) + 1);
}

/* ---- making it ---- */

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
	g_autofree char *sql = copy_print("INSERT INTO _meta(name, value) SELECT %Q, %lld WHERE true ON CONFLICT DO NOTHING", name,
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

static void add_backup(GString *sql, const char *path, const Manifest *manifest)
{
	g_autofree char *positions = backups_positions(manifest);
	char *statement =
		copy_print("INSERT OR IGNORE INTO _backup(path, at, bytes, databases) VALUES(%Q, %lld, %lld, %Q);",
	                   path, (long long)manifest->at_ms, (long long)manifest_bytes(manifest), positions);

	g_string_append(sql, statement);
	g_free(statement);
}

/* The restored database knows the backups made before it. This one and those beside it, made after it, hold people too. */
static gboolean remember_backups(const Restore *self, GError **error)
{
	g_autofree char *host = g_build_filename(self->staging, "host", "data.db", NULL);
	g_autofree char *own = g_canonicalize_filename(self->options->backup, NULL), *dir = g_path_get_dirname(own);
	g_autoptr(GPtrArray) names = tree_names(dir);
	g_autoptr(GString) sql = g_string_new(BACKUPS_TABLE ";");

	if (!g_file_test(host, G_FILE_TEST_IS_REGULAR))
		return TRUE;
	add_backup(sql, own, self->manifest);
	for (guint i = 0; i < names->len; i++) {
		g_autofree char *path = g_build_filename(dir, names->pdata[i], NULL);
		g_autoptr(Manifest) other = g_str_has_prefix(names->pdata[i], "zhen-") ? manifest_read(path, NULL) : NULL;

		if (other != NULL)
			add_backup(sql, path, other);
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

/* ---- putting it in place ---- */

static gboolean move(const char *from, const char *to, const char *name, GError **error)
{
	g_autofree char *old = g_build_filename(from, name, NULL), *new = g_build_filename(to, name, NULL);

	return g_rename(old, new) == 0 || tree_throw(new, error);
}

static gboolean move_aside(const Restore *self, GError **error)
{
	g_autoptr(GPtrArray) names = tree_names(self->options->data);

	if (self->aside == NULL)
		return TRUE;
	if (!tree_make(self->aside, error))
		return FALSE;
	for (guint i = 0; i < names->len; i++)
		if (!is_other(names->pdata[i]) && is_data(self, names->pdata[i]) &&
		    !move(self->options->data, self->aside, names->pdata[i], error))
			return FALSE;
	return tree_sync(self->aside, error) && tree_sync(self->options->data, error);
}

/* As root for a daemon that is not: everything is its, as the folder is. */
static gboolean give_away(const Restore *self, const char *path, GError **error)
{
	struct stat st;

	if (geteuid() != 0 || stat(self->options->data, &st) != 0)
		return TRUE;
	return tree_own(path, st.st_uid, st.st_gid, error) &&
	       (fchown(self->lock_fd, st.st_uid, st.st_gid) == 0 || tree_throw(self->options->data, error));
}

static gboolean put_in_place(const Restore *self, GError **error)
{
	const char *data = self->options->data;
	g_autofree char *marker = g_build_filename(data, MARKER, NULL);
	g_autoptr(GPtrArray) names = tree_names(self->staging);

	if (!give_away(self, self->staging, error) || !tree_sync_folders(self->staging, error))
		return FALSE;
	if (!g_file_test(marker, G_FILE_TEST_EXISTS) && !tree_write(marker, "", 0, error))
		return FALSE;
	if (!tree_sync(data, error) || !move_aside(self, error))
		return FALSE;
	for (guint i = 0; i < names->len; i++)
		if (!move(self->staging, data, names->pdata[i], error))
			return FALSE;
	if (g_rmdir(self->staging) != 0 || !tree_sync(data, error))
		return tree_throw(self->staging, error);
	return (g_unlink(marker) == 0 || tree_throw(marker, error)) && tree_sync(data, error);
}

gboolean restore_is_whole(const char *data, GError **error)
{
	g_autofree char *marker = g_build_filename(data, MARKER, NULL);

	return !g_file_test(marker, G_FILE_TEST_EXISTS) ||
	       throw_error(error, ERROR_REFUSED,
	                   "数据目录 %s 的恢复没有完成，请用 zhenctl restore --replace 再做一次 "
	                   "(a restore into it was cut short: do it again)",
	                   data);
}

/* ---- all of it ---- */

static gboolean look(Restore *self, GError **error)
{
	self->manifest = manifest_read(self->options->backup, error);
	choose_stamp(self);
	return self->manifest != NULL && lock_data(self, error) && check_empty(self, error) &&
	       check_backup(self, error) && check_room(self, error);
}

static gboolean make(const Restore *self, GError **error)
{
	return copy_files(self, error) && renew_databases(self, error) && end_sessions(self, error) &&
	       remember_backups(self, error) && note_restore(self, error);
}

static void tell(const Restore *self)
{
	char at[CLOCK_TEXT_SIZE];

	clock_format(self->manifest->at_ms, at);
	printf("%s %s: %.19s 的备份，%u 个数据库，%u 个文件 (backup of that time, %u databases, %u files)\n",
	       self->options->check ? "可以恢复 can be restored" : "已恢复 restored", self->options->data, at,
	       self->manifest->plugins->len, self->manifest->files->len, self->manifest->plugins->len,
	       self->manifest->files->len);
	if (self->options->check)
		return;
	if (self->aside != NULL)
		printf("旧数据在 the old data is in %s\n", self->aside);
	printf("所有人须重新登录 (all sessions have ended)\n");
}

gboolean restore_run(const RestoreOptions *options, GError **error)
{
	g_auto(Restore) self = { .options = options, .lock_fd = -1 };

	self.staging = g_build_filename(options->data, STAGING, NULL);
	if (!look(&self, error))
		return FALSE;
	if (!options->check && !make(&self, error)) {
		tree_remove(self.staging, NULL);
		return FALSE;
	}
	if (!options->check && !put_in_place(&self, error))
		return FALSE;
	tell(&self);
	return TRUE;
}
