/* SPDX-License-Identifier: Apache-2.0
 * One cut: every writer stands while a read transaction is opened on every database, and goes on; the copies are made from
 * those. Copied one after another, a subscriber's cursor would end beyond its publisher's log. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "daemon/making.h"

#define ROOM_SPARE (G_GINT64_CONSTANT(16) << 20)
#define COLLECT_WAIT_MS 30000
#define NAMES_MAX 1000

static void source_free(gpointer data)
{
	Source *source = data;

	copy_close(source->copy);
	if (source->collect_fd >= 0)
		close(source->collect_fd);
	g_free(source->id);
	g_free(source->folder);
	g_free(source->dir);
	g_free(source->file);
	g_free(source);
}

static void backup_clear(Backup *self)
{
	g_ptr_array_unref(self->sources);
	manifest_free(self->manifest);
	if (self->partial_fd >= 0)
		close(self->partial_fd);
	g_mutex_clear(&self->lock);
	g_cond_clear(&self->told);
	g_free(self->path);
	g_free(self->partial);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Backup, backup_clear)

/* ---- what there is ---- */

static Source *add_source(Backup *self, const char *id, const char *folder)
{
	Source *source = g_new0(Source, 1);

	source->backup = self;
	source->id = g_strdup(id);
	source->folder = g_strdup(folder);
	source->dir = g_build_filename(self->daemon->data, folder, NULL);
	source->file = g_build_filename(source->dir, "data.db", NULL);
	source->version = "";
	source->collect_fd = -1;
	g_ptr_array_add(self->sources, source);
	return source;
}

/* Folders of plugins that do not run are copied like the others: they are data all the same. */
static void find_sources(Backup *self)
{
	const Daemon *daemon = self->daemon;
	g_autofree char *plugins = g_build_filename(daemon->data, "plugins", NULL);
	g_autoptr(GPtrArray) names = tree_names(plugins);

	self->sources = g_ptr_array_new_with_free_func(source_free);
	add_source(self, "host", "host")->store = daemon->store;
	for (guint i = 0; i < names->len; i++) {
		g_autofree char *folder = g_build_filename("plugins", names->pdata[i], NULL);
		g_autofree char *file = g_build_filename(daemon->data, folder, "data.db", NULL);
		struct stat there;
		Source *source;

		if (lstat(file, &there) != 0)
			continue;
		source = add_source(self, names->pdata[i], folder);
		for (guint s = 0; s < daemon->slots->len; s++) {
			const Slot *slot = daemon->slots->pdata[s];

			if (strcmp(slot->loaded->plugin->id, source->id) != 0)
				continue;
			source->home = slot->home;
			source->version = slot->loaded->plugin->version;
		}
	}
}

/* ---- the place it goes to ---- */

static gboolean is_outside(const Backup *self, GError **error)
{
	static const char *const inside[] = { "host", "plugins", "anchors", "keys" };
	g_autofree char *dir = realpath(self->dir, NULL), *data = realpath(self->daemon->data, NULL);

	for (guint i = 0; dir != NULL && data != NULL && i < G_N_ELEMENTS(inside); i++) {
		g_autofree char *folder = g_build_filename(data, inside[i], NULL),
				*below = g_strconcat(folder, "/", NULL);

		if (strcmp(dir, folder) == 0 || g_str_has_prefix(dir, below))
			return throw_error(error, ERROR_REFUSED,
			                   "%s: 备份不能放在数据目录的 %s 之内 (not inside %s of the data folder)",
			                   self->dir, inside[i], inside[i]);
	}
	return TRUE;
}

/* What a kill left half-made, of this host or of one that is gone. */
static void remove_dead(const Backup *self)
{
	g_autoptr(GPtrArray) names = tree_names(self->dir);

	for (guint i = 0; i < names->len; i++) {
		g_autofree char *path = g_build_filename(self->dir, names->pdata[i], NULL);
		int fd;

		if (!g_str_has_prefix(names->pdata[i], "zhen-") || !g_str_has_suffix(names->pdata[i], ".partial"))
			continue;
		fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && tree_remove(path, NULL))
			log_notice("removed %s, which an earlier backup left half-made", path);
		if (fd >= 0)
			close(fd);
	}
}

static gboolean make_partial(Backup *self, GError **error)
{
	char at[CLOCK_TEXT_SIZE];
	g_autofree char *stem = NULL;

	clock_format(self->manifest->at_ms, at);
	stem = g_strdup_printf("zhen-%.4s%.2s%.2s-%.2s%.2s%.2s", at, at + 5, at + 8, at + 11, at + 14, at + 17);
	for (guint i = 1; i < NAMES_MAX; i++) {
		g_autofree char *name = i == 1 ? g_strdup(stem) : g_strdup_printf("%s-%u", stem, i);

		g_free(self->path);
		g_free(self->partial);
		self->path = g_build_filename(self->dir, name, NULL);
		self->partial = g_strconcat(self->path, ".partial", NULL);
		if (g_file_test(self->path, G_FILE_TEST_EXISTS))
			continue;
		if (g_mkdir(self->partial, 0700) == 0)
			break;
		if (errno != EEXIST || i == NAMES_MAX - 1) {
			tree_throw(self->partial, error);
			g_clear_pointer(&self->partial, g_free); /* not ours to remove */
			return FALSE;
		}
	}
	self->partial_fd = open(self->partial, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return (self->partial_fd >= 0 && flock(self->partial_fd, LOCK_EX | LOCK_NB) == 0) ||
	       tree_throw(self->partial, error);
}

/* Everything is counted as it is now. */
static gint64 room_wanted(const Backup *self)
{
	gint64 bytes = ROOM_SPARE;

	for (guint i = 0; i < self->sources->len; i++) {
		const Source *source = self->sources->pdata[i];
		g_autofree char *blobs = g_build_filename(source->dir, "blobs", NULL),
				*wal = g_strconcat(source->file, "-wal", NULL);
		g_autoptr(GPtrArray) names = tree_names(source->dir);

		bytes += backup_bytes_of(source->file) + backup_bytes_of(wal);
		for (guint n = 0; n < names->len; n++) {
			g_autofree char *path = g_build_filename(source->dir, names->pdata[n], NULL);

			bytes += g_str_has_prefix(names->pdata[n], "events-") ? backup_bytes_of(path) : 0;
		}
		bytes += tree_bytes(blobs);
	}
	return bytes;
}

#ifdef ZHEN_TEST_POINTS
/* To see a disk fill up in the midst of it. */
#define looks_at_room() (g_getenv("ZHEN_TEST_BACKUP_BLIND") == NULL)
#else
#define looks_at_room() TRUE
#endif

static gboolean has_room(const Backup *self, GError **error)
{
	const gint64 wanted = room_wanted(self);
	struct statvfs disk;
	gint64 free_bytes;

	if (!looks_at_room() || fstatvfs(self->partial_fd, &disk) != 0)
		return TRUE;
	free_bytes = (gint64)disk.f_bavail * (gint64)disk.f_frsize;
	return free_bytes >= wanted ||
	       throw_error(error, ERROR_FULL,
	                   "%s: 空间不足，需要 %" G_GINT64_FORMAT " MB，剩余 %" G_GINT64_FORMAT " MB (not enough room)", self->dir,
	                   (wanted >> 20) + 1, free_bytes >> 20);
}

/* ---- the cut ---- */

static void on_told(void *data, gboolean stands)
{
	Source *source = data;
	Backup *self = source->backup;

	g_mutex_lock(&self->lock);
	source->told = TRUE;
	source->stands = stands;
	g_cond_signal(&self->told);
	g_mutex_unlock(&self->lock);
}

static void on_store_stands(void *data)
{
	on_told(data, TRUE);
}

static void ask(Source *source, gint64 limit_ms)
{
	source->asked = TRUE;
	if (source->home != NULL)
		home_pause(source->home, limit_ms, on_told, source);
	else if (source->store != NULL)
		store_pause(source->store, on_store_stands, source);
	else
		on_told(source, TRUE);
}

static void let_go(Source *source)
{
	if (source->asked && source->home != NULL)
		home_resume(source->home);
	else if (source->asked && source->store != NULL)
		store_resume(source->store);
	source->asked = FALSE;
}

static gboolean throw_not_standing(const Source *source, gint64 limit_ms, GError **error)
{
	if (source->told)
		return throw_error(error, ERROR_BUSY, "模块 %s 正在启动，请稍后再备份 (plugin %s is starting: later)",
		                   source->id, source->id);
	return throw_error(error, ERROR_BUSY,
	                   "模块 %s 的一次办理超过了 %" G_GINT64_FORMAT " 毫秒，未能暂停写入 "
	                   "(a handler of plugin %s ran for longer than [host] backup_pause: its writer did not stand)",
	                   source->id, limit_ms, source->id);
}

static gboolean wait_for_all(Backup *self, gint64 until_us, gint64 limit_ms, GError **error)
{
	gboolean fine = TRUE;

	g_mutex_lock(&self->lock);
	for (guint i = 0; i < self->sources->len && fine; i++) {
		const Source *source = self->sources->pdata[i];

		while (!source->told && clock_mono_us() < until_us && g_atomic_int_get(backup_cancelled(self)) == 0)
			g_cond_wait_until(&self->told, &self->lock, MIN(until_us, clock_mono_us() + 100000));
		if (!source->told || !source->stands)
			fine = throw_not_standing(source, limit_ms, error);
	}
	g_mutex_unlock(&self->lock);
	return fine;
}

/* Workers first: a frame to them and back takes longest. */
static gboolean stand_and_begin(Backup *self, gint64 limit_ms, gint64 until_us, GError **error)
{
	for (guint worker = 2; worker-- > 0;)
		for (guint i = 0; i < self->sources->len; i++) {
			Source *source = self->sources->pdata[i];

			if ((source->home != NULL && source->home->store == NULL) == (worker == 1))
				ask(source, limit_ms);
		}
	if (!wait_for_all(self, until_us, limit_ms, error))
		return FALSE;
	self->manifest->at_ms = clock_now_ms();
	for (guint i = 0; i < self->sources->len; i++)
		if (!copy_begin(((Source *)self->sources->pdata[i])->copy, error))
			return FALSE;
	/* By then a worker may have gone on by itself. */
	return clock_mono_us() < until_us || throw_error(error, ERROR_BUSY,
	                                                 "暂停写入的时间超过了 %" G_GINT64_FORMAT
	                                                 " 毫秒 (the pause was longer than [host] backup_pause)",
	                                                 limit_ms);
}

static gboolean cut(Backup *self, GError **error)
{
	const gint64 limit_ms = conf_int(self->daemon->conf, "host", "backup_pause"), began = clock_mono_us();
	gboolean fine = stand_and_begin(self, limit_ms, began + limit_ms * 1000, error);

	for (guint i = 0; i < self->sources->len; i++)
		let_go(self->sources->pdata[i]);
	self->manifest->pause_us = clock_mono_us() - began;
	return fine;
}

static gboolean open_all(Backup *self, GError **error)
{
	for (guint i = 0; i < self->sources->len; i++) {
		Source *source = self->sources->pdata[i];

		source->copy = copy_open(source->file, source->id, error);
		if (source->copy == NULL)
			return FALSE;
		source->collect_fd = blob_hold(source->dir, COLLECT_WAIT_MS, backup_cancelled(self), error);
		if (source->collect_fd < 0)
			return prefix_error(error, "%s", source->id);
	}
	return TRUE;
}

/* ---- all of it ---- */

static gboolean put_in_place(const Backup *self, GError **error)
{
	if (!manifest_write(self->manifest, self->partial, error) || !tree_sync_folders(self->partial, error))
		return FALSE;
	if (g_rename(self->partial, self->path) != 0)
		return tree_throw(self->path, error);
	return tree_sync(self->dir, error);
}

static gboolean make(Backup *self, GError **error)
{
	if (!tree_make_durable(self->dir, FALSE, error))
		return FALSE;
	if (!is_outside(self, error))
		return FALSE;
	remove_dead(self);
	return make_partial(self, error) && has_room(self, error) && open_all(self, error) && cut(self, error) &&
	       backup_copy_all(self, error) && put_in_place(self, error);
}

static void tell_damages(const Manifest *manifest, GString *text, JsonOut *data)
{
	json_open(data, "damaged", TRUE);
	for (guint i = 0; i < manifest->damaged->len; i++) {
		const ManifestDamage *damage = manifest->damaged->pdata[i];

		g_string_append_printf(text, "损坏 damaged, not in it: %s: %s\n", damage->path, damage->why);
		json_open(data, NULL, FALSE);
		json_put_text(data, "path", damage->path);
		json_put_text(data, "why", damage->why);
		json_close_one(data);
	}
	json_close_one(data);
}

static void tell(const Backup *self, GString *text, JsonOut *data)
{
	const Manifest *manifest = self->manifest;
	g_autofree CopyEpoch *logs = manifest_epochs(manifest);

	g_string_append_printf(text,
	                       "备份完成 backup made: %s\n%u 个数据库，%u 个文件，%" G_GINT64_FORMAT " KB，写入暂停 %.1f 毫秒 "
	                       "(%u databases, %u files; writers were held for %.1f ms)\n",
	                       self->path, manifest->plugins->len, manifest->files->len, manifest_bytes(manifest) >> 10,
	                       (double)manifest->pause_us / 1000, manifest->plugins->len, manifest->files->len,
	                       (double)manifest->pause_us / 1000);
	json_put_text(data, "path", self->path);
	json_put_time(data, "at", manifest->at_ms);
	json_put_int(data, "pause_us", manifest->pause_us);
	json_put_int(data, "bytes", manifest_bytes(manifest));
	json_put_int(data, "files", manifest->files->len);
	tell_damages(manifest, text, data);
	json_open(data, "databases", TRUE);
	for (guint i = 0; i < manifest->plugins->len; i++) {
		const ManifestPlugin *row = manifest->plugins->pdata[i];
		char end[LOG_POSITION_TEXT];

		log_position_print(&row->state.end, end);
		json_open(data, NULL, FALSE);
		json_put_text(data, "id", row->id);
		json_put_text(data, "version", row->version);
		json_put_text(data, "end", end);
		json_close_one(data);
		for (guint c = 0; c < row->state.cursors->len; c++) {
			const CopyCursor *cursor = row->state.cursors->pdata[c];
			g_autofree char *fault = copy_cursor_fault(cursor, logs, manifest->plugins->len);

			if (fault != NULL)
				g_string_append_printf(text, "注意 note: %s, %s: %s\n", row->id, cursor->topic, fault);
		}
	}
	json_close_one(data);
}

/* Also for a purge that comes later: which backups still hold a person. */
static gboolean write_down(const Backup *self, GError **error)
{
	g_autofree char *positions = backups_positions(self->manifest);
	BackupRow row = { self->path, self->manifest->at_ms, manifest_bytes(self->manifest), positions, TRUE };

	log_notice("backup made: %s (%u databases, %u files, writers held for %.1f ms)", self->path,
	           self->manifest->plugins->len, self->manifest->files->len, (double)self->manifest->pause_us / 1000);
	return backups_remember(self->daemon->store, &row, error) ||
	       prefix_error(error, "备份已完成，但未能登记 (made, but not written down) %s", self->path);
}

/* It is there and listed all the same; whoever started it has to hear of it. */
static gboolean is_sound(const Backup *self, GError **error)
{
	const GPtrArray *damaged = self->manifest->damaged;

	return damaged->len == 0 ||
	       throw_error(error, ERROR_INVALID,
	                   "备份已做成 %s，但 %u 个文件已损坏或缺失，不在其中，第一个 (made, but %u files are damaged or missing "
	                   "and not in it, the first): %s: %s",
	                   self->path, damaged->len, damaged->len, ((ManifestDamage *)damaged->pdata[0])->path,
	                   ((ManifestDamage *)damaged->pdata[0])->why);
}

gboolean backup_make(Daemon *daemon, const char *dir, GString *text, JsonOut *data, GError **error)
{
	g_auto(Backup) self = { .daemon = daemon, .dir = dir, .manifest = manifest_new(), .partial_fd = -1 };

	g_mutex_init(&self.lock);
	g_cond_init(&self.told);
	find_sources(&self);
	self.manifest->zhend = g_strdup(ZHEN_VERSION);
	self.manifest->pilot = g_strdup(conf_text(daemon->conf, "host", "pilot"));
	self.manifest->at_ms = clock_now_ms();
	if (make(&self, error)) {
		tell(&self, text, data);
		return write_down(&self, error) && is_sound(&self, error);
	}
	prefix_error(error, "备份未完成，没有留下文件 (no backup was made)");
	if (self.partial != NULL && !tree_remove(self.partial, NULL))
		log_warn("%s could not be removed; the next backup there tries again", self.partial);
	log_error("%s", error != NULL && *error != NULL ? (*error)->message : "no backup was made");
	return FALSE;
}
