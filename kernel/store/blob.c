/* SPDX-License-Identifier: Apache-2.0
 * Files under their SM3: DIR/blobs/ab/ab12.... Written in DIR/staging, renamed when whole and synced. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/digest.h"
#include "store/store_private.h"
#include "store/sync.h"

struct BlobWriter {
	char *dir;  /* of the store */
	Digest *digest;
	char *path; /* in staging; NULL = renamed */
	int fd;
	gint64 bytes, max;
};

static gboolean throw_errno(GError **error, const char *path)
{
	int number = errno;
	ErrorCode code = number == ENOSPC || number == EDQUOT ? ERROR_FULL : ERROR_IO;

	return throw_error(error, code, "%s: %s", path, g_strerror(number));
}

BlobWriter *blob_writer_new(Store *store, gint64 max_bytes, GError **error)
{
	return blob_writer_new_at(store->dir, max_bytes, error);
}

BlobWriter *blob_writer_new_at(const char *dir, gint64 max_bytes, GError **error)
{
	g_autoptr(BlobWriter) writer = g_new0(BlobWriter, 1);

	writer->dir = g_strdup(dir);
	writer->max = max_bytes;
	writer->path = g_build_filename(dir, "staging", "blob-XXXXXX", NULL);
	writer->fd = g_mkstemp_full(writer->path, O_RDWR | O_CLOEXEC, 0600);
	if (writer->fd < 0) {
		throw_errno(error, writer->path);
		g_clear_pointer(&writer->path, g_free);
		return NULL;
	}
	writer->digest = digest_new();
	digest_begin(writer->digest);
	return g_steal_pointer(&writer);
}

void blob_writer_free(BlobWriter *writer)
{
	if (writer == NULL)
		return;
	if (writer->fd >= 0)
		close(writer->fd);
	if (writer->path != NULL)
		g_unlink(writer->path);
	g_free(writer->path);
	g_free(writer->dir);
	digest_free(writer->digest);
	g_free(writer);
}

gboolean blob_write(BlobWriter *writer, const void *bytes, gsize length, GError **error)
{
	const char *at = bytes;

	if (writer->max > 0 && (gint64)length > writer->max - writer->bytes)
		return throw_error(error, ERROR_TOO_LARGE, "the file is larger than %" G_GINT64_FORMAT " bytes",
		                   writer->max);
	digest_add(writer->digest, bytes, length);
	writer->bytes += (gint64)length;
	while (length > 0) {
		gssize written = write(writer->fd, at, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return throw_errno(error, writer->path);
		at += written;
		length -= (gsize)written;
	}
	return TRUE;
}

/* The folder of two digits; synced into its parent when it is new. */
static gboolean make_folder(const char *dir, const char *folder, GError **error)
{
	g_autofree char *blobs = g_build_filename(dir, "blobs", NULL);

	if (g_mkdir(folder, 0700) != 0 && errno != EEXIST)
		return throw_errno(error, folder);
	return sync_folder(blobs, error);
}

/* A lock file, because the host takes uploads for a plugin whose worker collects. -1 = @error set. */
static int lock_blobs(const char *dir, GError **error)
{
	g_autofree char *path = g_build_filename(dir, "blobs.lock", NULL);
	int fd = g_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	while (fd >= 0 && flock(fd, LOCK_EX) != 0)
		if (errno != EINTR) {
			close(fd);
			fd = -1;
		}
	if (fd < 0)
		throw_errno(error, path);
	return fd;
}

/* The same bytes are there already: they become young again, so that collecting leaves them alone. */
static gboolean put_in_place(BlobWriter *writer, const char *target, GError **error)
{
	int lock = lock_blobs(writer->dir, error);
	gboolean placed;

	if (lock < 0)
		return FALSE;
	placed = utimensat(AT_FDCWD, target, NULL, 0) == 0;
	if (!placed) {
		placed = g_rename(writer->path, target) == 0;
		if (placed)
			g_clear_pointer(&writer->path, g_free);
		else
			throw_errno(error, target);
	}
	close(lock);
	return placed;
}

gboolean blob_finish(BlobWriter *writer, char out_hex[65], gint64 *out_bytes, GError **error)
{
	guint8 bytes[DIGEST_SIZE];
	char hex[DIGEST_HEX_SIZE];
	char two[3] = "";
	g_autofree char *folder = NULL;
	g_autofree char *target = NULL;

	g_assert(writer->path != NULL);
	digest_end(writer->digest, bytes);
	digest_hex(bytes, hex);
	memcpy(two, hex, 2);
	folder = g_build_filename(writer->dir, "blobs", two, NULL);
	target = g_build_filename(folder, hex, NULL);
	if (fsync(writer->fd) != 0)
		return throw_errno(error, writer->path);
	if (!make_folder(writer->dir, folder, error) || !put_in_place(writer, target, error) ||
	    !sync_folder(folder, error))
		return FALSE;
	memcpy(out_hex, hex, sizeof(hex));
	if (out_bytes != NULL)
		*out_bytes = writer->bytes;
	return TRUE;
}

static gboolean is_digest(const char *hex)
{
	return strlen(hex) == DIGEST_HEX_SIZE - 1 && strspn(hex, "0123456789abcdef") == DIGEST_HEX_SIZE - 1;
}

char *blob_path(Store *store, const char *hex)
{
	return blob_path_at(store->dir, hex);
}

char *blob_path_at(const char *dir, const char *hex)
{
	char two[3] = "";
	g_autofree char *path = NULL;

	if (!is_digest(hex))
		return NULL;
	memcpy(two, hex, 2);
	path = g_build_filename(dir, "blobs", two, hex, NULL);
	return g_file_test(path, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer(&path) : NULL;
}

gboolean blob_touch(Store *store, const char *hex)
{
	g_autofree char *path = blob_path(store, hex);
	int lock = path != NULL ? lock_blobs(store->dir, NULL) : -1;
	gboolean there = lock >= 0 && utimensat(AT_FDCWD, path, NULL, 0) == 0;

	if (lock >= 0)
		close(lock);
	return there;
}

/* ---- holding ---- */

static int open_hold(const char *dir, GError **error)
{
	g_autofree char *path = g_build_filename(dir, "collect.lock", NULL);
	int fd = g_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		throw_errno(error, path);
	return fd;
}

int blob_hold(const char *dir, gint64 wait_ms, const gint *cancelled, GError **error)
{
	const gint64 until = mono_us() + wait_ms * 1000;
	int fd = open_hold(dir, error);

	while (fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0) {
		if (mono_us() < until && (cancelled == NULL || g_atomic_int_get(cancelled) == 0)) {
			g_usleep(20000);
			continue;
		}
		throw_error(error, ERROR_BUSY, "正在清理文件，请稍后再试 (its files are being collected: later)");
		close(fd);
		fd = -1;
	}
	return fd;
}

int blob_claim(const char *dir, GError **error)
{
	int fd = open_hold(dir, error);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* ---- collecting ---- */

typedef struct Collection {
	Store *store;
	StoreConn *conn; /* own: the rows are looked up outside of any snapshot */
	gint64 before_ms;
	guint removed;
} Collection;

static gboolean is_named(Collection *collection, const char *hex, gboolean *out, GError **error)
{
	zhen_value digest = zhen_from_text(hex);
	gint64 count;

	if (!store_exec(collection->conn, STORE_HOST, "SELECT count(*) FROM _blob WHERE digest = $1", &digest, 1,
	                &count, error))
		return FALSE;
	*out = count > 0;
	return TRUE;
}

/* Under the blob lock: nobody makes it young between the look and the removal. */
static gboolean collect_one(Collection *collection, const char *path, const char *hex, GError **error)
{
	struct stat st;
	gboolean named;

	if (!is_digest(hex) || stat(path, &st) != 0)
		return TRUE;
	if ((gint64)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000 > collection->before_ms)
		return TRUE;
	if (!is_named(collection, hex, &named, error))
		return FALSE;
	if (named)
		return TRUE;
	if (g_unlink(path) != 0)
		return throw_errno(error, path);
	collection->removed++;
	return TRUE;
}

static gboolean collect_folder(Collection *collection, const char *folder, GError **error)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;
	gboolean going = TRUE;

	while (dir != NULL && going && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		int lock = lock_blobs(collection->store->dir, error);

		going = lock >= 0 && collect_one(collection, path, name, error);
		if (lock >= 0)
			close(lock);
	}
	return going;
}

/* What a kill left half-written. */
static void clear_staging(const Collection *collection)
{
	g_autofree char *staging = g_build_filename(collection->store->dir, "staging", NULL);
	g_autoptr(GDir) dir = g_dir_open(staging, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(staging, name, NULL);
		struct stat st;

		if (stat(path, &st) == 0 && (gint64)st.st_mtim.tv_sec * 1000 < collection->before_ms)
			g_unlink(path);
	}
}

gboolean blob_collect(Store *store, gint64 age_ms, guint *out_removed, GError **error)
{
	/* Files carry the machine's own time, not a turned clock. */
	Collection collection = { .store = store, .before_ms = g_get_real_time() / 1000 - age_ms };
	g_autofree char *blobs = g_build_filename(store->dir, "blobs", NULL);
	g_autoptr(GDir) dir = g_dir_open(blobs, 0, NULL);
	const char *name;
	gboolean going = TRUE;
	GError *failed = NULL;
	int claim = blob_claim(store->dir, &failed);

	if (claim < 0) {
		if (failed == NULL)
			return TRUE; /* held: the next round */
		g_propagate_error(error, failed);
		return FALSE;
	}
	collection.conn = conn_open(store, CONN_READER, error);
	if (collection.conn == NULL) {
		close(claim);
		return FALSE;
	}
	while (dir != NULL && going && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *folder = g_build_filename(blobs, name, NULL);

		going = collect_folder(&collection, folder, error);
	}
	conn_close(collection.conn);
	close(claim);
	clear_staging(&collection);
	if (going && out_removed != NULL)
		*out_removed = collection.removed;
	return going;
}

#define STAGED_MS (10 * 60 * 1000) /* an upload that nothing was added to for so long has ended */
#define NAMED_MS 2000              /* between being made young and the commit of the row that names it */

static gint64 changed_ms(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (gint64)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000 : -1;
}

/* Under the claim and the blob lock. */
static gboolean remove_one(Collection *collection, const char *path, const char *hex, gint64 at_ms, gboolean *out_left,
                           GError **error)
{
	gboolean named;

	if (!collect_one(collection, path, hex, error) || !is_named(collection, hex, &named, error))
		return FALSE;
	*out_left = !named && changed_ms(path) >= 0 && changed_ms(path) <= at_ms;
	return TRUE;
}

gboolean blob_remove(Store *store, const char *hex, gint64 at_ms, gboolean *out_left, GError **error)
{
	const gint64 now = g_get_real_time() / 1000;
	Collection collection = { .store = store, .before_ms = MIN(at_ms, now - NAMED_MS) };
	g_autofree char *path = blob_path(store, hex);
	g_autofree char *folder = path != NULL ? g_path_get_dirname(path) : NULL;
	g_autofree char *staging = g_build_filename(store->dir, "staging", NULL);
	GError *failed = NULL;
	int claim, lock = -1;
	gboolean fine;

	*out_left = FALSE;
	if (path == NULL)
		return TRUE;
	claim = blob_claim(store->dir, &failed);
	if (claim < 0) {
		*out_left = failed == NULL;
		if (failed != NULL)
			g_propagate_error(error, failed);
		return *out_left;
	}
	collection.conn = conn_open(store, CONN_READER, error);
	if (collection.conn != NULL)
		lock = lock_blobs(store->dir, error);
	fine = lock >= 0 && remove_one(&collection, path, hex, at_ms, out_left, error) && sync_folder(folder, error);
	if (lock >= 0)
		close(lock);
	conn_close(collection.conn);
	close(claim);
	collection.before_ms = now - STAGED_MS;
	clear_staging(&collection);
	/* The name it was written under: it was moved, and that folder has not been synced since. */
	return fine && sync_folder(staging, error);
}
