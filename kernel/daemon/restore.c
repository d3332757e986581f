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
#include "base/json.h"
#include "daemon/restore_inside.h"

#define MARKER "restore.incomplete"
#define STAGING "restoring"
#define FAULTS_SHOWN 20 /* in text */
#define ROOM_SPARE (G_GINT64_CONSTANT(16) << 20)

static void restore_clear(Restore *self)
{
	manifest_free(self->manifest);
	g_ptr_array_unref(self->left_out);
	g_ptr_array_unref(self->faults);
	g_free(self->staging);
	g_free(self->aside);
	if (self->lock_fd >= 0)
		close(self->lock_fd);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Restore, restore_clear)

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

	if (!self->options->check && !tree_make_durable(self->options->data, TRUE, error))
		return FALSE;
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
	/* Its name first: what is moved into it must not be lost with it. */
	if (!tree_make_durable(self->aside, FALSE, error))
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
	       restore_check(self, error) && check_room(self, error);
}

static gboolean run(Restore *self, GError **error)
{
	if (!look(self, error))
		return FALSE;
	if (!self->options->check && !restore_make(self, error)) {
		tree_remove(self->staging, NULL);
		return FALSE;
	}
	return self->options->check || put_in_place(self, error);
}

static void put_list(JsonOut *out, const char *name, const GPtrArray *texts)
{
	json_open(out, name, TRUE);
	for (guint i = 0; i < texts->len; i++)
		json_put_text(out, NULL, texts->pdata[i]);
	json_close_one(out);
}

static void tell_json(const Restore *self, const GError *error)
{
	g_autoptr(GString) text = g_string_new(NULL);
	JsonOut out;

	json_out_init(&out, text);
	json_open(&out, NULL, FALSE);
	json_put_text(&out, "backup", self->options->backup);
	json_put_text(&out, "data", self->options->data);
	json_put_bool(&out, "restored", error == NULL && !self->options->check);
	if (self->manifest != NULL) {
		json_put_time(&out, "at", self->manifest->at_ms);
		json_put_int(&out, "databases", self->manifest->plugins->len);
		json_put_int(&out, "files", self->manifest->files->len);
	}
	put_list(&out, "left_out", self->left_out);
	put_list(&out, "faults", self->faults);
	if (error == NULL && !self->options->check)
		json_put_text(&out, "aside", self->aside);
	json_put_text(&out, "error", error != NULL ? error->message : NULL);
	json_close_one(&out);
	printf("%s\n", text->str);
}

static void tell(const Restore *self, gboolean fine)
{
	char at[CLOCK_TEXT_SIZE];

	for (guint i = 0; i < self->left_out->len; i++)
		printf("未恢复 left out: %s\n", (const char *)self->left_out->pdata[i]);
	for (guint i = 0; i < MIN(self->faults->len, FAULTS_SHOWN); i++)
		fprintf(stderr, "%s\n", (const char *)self->faults->pdata[i]);
	if (!fine)
		return;
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
	g_auto(Restore) self = { .options = options, .lock_fd = -1, .left_out = g_ptr_array_new_with_free_func(g_free),
		                 .faults = g_ptr_array_new_with_free_func(g_free) };
	GError *fault = NULL;
	gboolean fine;

	self.staging = g_build_filename(options->data, STAGING, NULL);
	fine = run(&self, &fault);
	if (options->as_json)
		tell_json(&self, fault);
	else
		tell(&self, fine);
	if (fault != NULL)
		g_propagate_error(error, fault);
	return fine;
}
