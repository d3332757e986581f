/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE (256 * 1024)

gboolean tree_throw(const char *path, GError **error)
{
	const int number = errno;

	if (number == ENOSPC || number == EDQUOT)
		return throw_error(error, ERROR_FULL, "%s: 磁盘已满 (%s)", path, g_strerror(number));
	return throw_error(error, ERROR_IO, "%s: %s", path, g_strerror(number));
}

gboolean tree_make(const char *path, GError **error)
{
	return g_mkdir(path, 0700) == 0 || tree_throw(path, error);
}

gboolean tree_make_durable(const char *path, gboolean above, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(path);

	if (above && strcmp(folder, path) != 0 && !g_file_test(folder, G_FILE_TEST_EXISTS) &&
	    !tree_make_durable(folder, TRUE, error))
		return FALSE;
	if (g_mkdir(path, 0700) != 0)
		return errno == EEXIST || tree_throw(path, error);
	return tree_sync(folder, error);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

GPtrArray *tree_names(const char *path)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
		g_ptr_array_add(names, g_strdup(name));
	g_ptr_array_sort(names, by_name);
	return names;
}

static gboolean write_all(int fd, const char *bytes, gsize length)
{
	while (length > 0) {
		ssize_t wrote = write(fd, bytes, length);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return FALSE;
		bytes += wrote;
		length -= (gsize)wrote;
	}
	return TRUE;
}

static int make_file(const char *path, GError **error)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		tree_throw(path, error);
	return fd;
}

static int open_file(const char *path, GError **error)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0) {
		tree_throw(path, error);
	} else if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		throw_error(error, ERROR_INVALID, "%s: 不是普通文件 (not a plain file)", path);
		close(fd);
		fd = -1;
	}
	return fd;
}

/* @to -1: only reads. */
static gboolean pump(int from, const char *from_path, int to, const char *to_path, TreeFile *out, const gint *cancelled,
                     GError **error)
{
	g_autofree char *piece = g_malloc(PIECE);
	g_autoptr(Digest) digest = digest_new();
	guint8 bytes[DIGEST_SIZE];
	ssize_t got;

	out->bytes = 0;
	digest_begin(digest);
	while ((got = read(from, piece, PIECE)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return tree_throw(from_path, error);
		if (cancelled != NULL && g_atomic_int_get(cancelled) != 0)
			return throw_error(error, ERROR_INTERRUPTED, "zhend 正在停止 (zhend is stopping)");
		digest_add(digest, piece, (gsize)got);
		out->bytes += got;
		if (to >= 0 && !write_all(to, piece, (gsize)got))
			return tree_throw(to_path, error);
	}
	digest_end(digest, bytes);
	digest_hex(bytes, out->sm3);
	return to < 0 || fsync(to) == 0 || tree_throw(to_path, error);
}

gboolean tree_copy(const char *from, const char *to, TreeFile *out, const gint *cancelled, GError **error)
{
	TreeFile own = { 0 };
	int source = open_file(from, error);
	int target = source >= 0 ? make_file(to, error) : -1;
	gboolean fine = target >= 0;

	out = out != NULL ? out : &own;
	/* Where the file system can, both share their blocks until one is written. */
	if (fine && ioctl(target, FICLONE, source) == 0)
		fine = pump(target, to, -1, NULL, out, cancelled, error) &&
		       (fsync(target) == 0 || tree_throw(to, error));
	else if (fine)
		fine = pump(source, from, target, to, out, cancelled, error);
	if (source >= 0)
		close(source);
	if (target >= 0)
		close(target);
	return fine;
}

gboolean tree_write(const char *path, const char *text, gsize length, GError **error)
{
	int fd = make_file(path, error);
	gboolean fine = fd >= 0 && ((write_all(fd, text, length) && fsync(fd) == 0) || tree_throw(path, error));

	if (fd >= 0)
		close(fd);
	return fine;
}

gboolean tree_digest(const char *path, TreeFile *out, const gint *cancelled, GError **error)
{
	int fd = open_file(path, error);
	gboolean fine = fd >= 0 && pump(fd, path, -1, NULL, out, cancelled, error);

	if (fd >= 0)
		close(fd);
	return fine;
}

gboolean tree_sync(const char *path, GError **error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	gboolean fine = fd >= 0 && fsync(fd) == 0;

	if (!fine)
		tree_throw(path, error);
	if (fd >= 0)
		close(fd);
	return fine;
}

/* ---- walking ---- */

typedef gboolean Visit(const char *path, const struct stat *st, void *data, GError **error);

/* A folder after what is in it. */
static gboolean walk(const char *path, Visit *visit, void *data, GError **error)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return tree_throw(path, error);
	if (S_ISDIR(st.st_mode)) {
		g_autoptr(GPtrArray) names = tree_names(path);

		for (guint i = 0; i < names->len; i++) {
			g_autofree char *below = g_build_filename(path, names->pdata[i], NULL);

			if (!walk(below, visit, data, error))
				return FALSE;
		}
	}
	return visit(path, &st, data, error);
}

static gboolean sync_folder(const char *path, const struct stat *st, void *data, GError **error)
{
	(void)data;
	return !S_ISDIR(st->st_mode) || tree_sync(path, error);
}

gboolean tree_sync_folders(const char *path, GError **error)
{
	return walk(path, sync_folder, NULL, error);
}

static gboolean remove_one(const char *path, const struct stat *st, void *data, GError **error)
{
	(void)data;
	return (S_ISDIR(st->st_mode) ? g_rmdir(path) : g_unlink(path)) == 0 || tree_throw(path, error);
}

gboolean tree_remove(const char *path, GError **error)
{
	struct stat st;

	return lstat(path, &st) != 0 || walk(path, remove_one, NULL, error);
}

static gboolean own_one(const char *path, const struct stat *st, void *data, GError **error)
{
	const guint32 *ids = data;

	if (st->st_uid == ids[0] && st->st_gid == ids[1])
		return TRUE;
	return lchown(path, ids[0], ids[1]) == 0 || tree_throw(path, error);
}

gboolean tree_own(const char *path, guint32 uid, guint32 gid, GError **error)
{
	guint32 ids[] = { uid, gid };

	return walk(path, own_one, ids, error);
}

static gboolean add_bytes(const char *path, const struct stat *st, void *data, GError **error)
{
	(void)path;
	(void)error;
	if (S_ISREG(st->st_mode))
		*(gint64 *)data += st->st_size;
	return TRUE;
}

gint64 tree_bytes(const char *path)
{
	gint64 bytes = 0;

	walk(path, add_bytes, &bytes, NULL);
	return bytes;
}
