/* SPDX-License-Identifier: Apache-2.0
 * What a start would say of a database, said without touching it: its own way, gone on a copy. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include "store/migrations.h"
#include "store/plain.h"
#include "store/rehearse.h"

#define COPY_MAX ((gint64)512 << 20) /* bytes of a database that is copied to be tried on */
#define MEMORY_MAX                                                                                                     \
	((gint64)16 << 20) /* up to here in memory: nothing of it is to last, and each fsync of a disk costs */

static void remove_folder(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *child = g_build_filename(path, name, NULL);

		if (g_file_test(child, G_FILE_TEST_IS_DIR) && !g_file_test(child, G_FILE_TEST_IS_SYMLINK))
			remove_folder(child);
		else
			g_unlink(child);
	}
	if (dir != NULL)
		g_dir_close(dir);
	g_rmdir(path);
}

/* Numbers and checksums as they stand there. */
static gboolean read_applied(StoreHost *host, const char *dir, const char *name, GHashTable *applied, GError **error)
{
	const StoreOptions options = { .dir = dir, .name = name, .read_only = TRUE };
	g_autofree char *file = g_build_filename(dir, "data.db", NULL), *plain = plain_path(file, error);
	g_autoptr(Store) store = plain != NULL ? store_open(host, &options, error) : NULL;
	StoreConn *conn = store != NULL ? store_read(store, 0, error) : NULL;
	gboolean fine = conn != NULL && migrations_applied(conn, applied, error);

	store_read_done(host, 0);
	return fine;
}

static gboolean copy_into(const char *file, const char *name, const char *target, GError **error)
{
	Copy *copy = copy_open(file, name, error);
	gboolean fine = copy != NULL && copy_begin(copy, error) && copy_write(copy, target, NULL, error);

	copy_close(copy);
	return fine;
}

static gboolean migrate_in(StoreHost *host, const char *dir, const char *name, const zhen_migration *rows,
                           GError **error)
{
	const StoreOptions options = { .dir = dir, .name = name, .quota_bytes = COPY_MAX * 2 };
	g_autoptr(Store) store = store_open(host, &options, error);

	return store != NULL && store_migrate(store, rows, sizeof(*rows), NULL, error);
}

/* (transfer full) */
static char *work_folder(gint64 bytes, GError **error)
{
	g_autofree char *path = g_strdup("/dev/shm/zhen-check-XXXXXX");

	if (bytes <= MEMORY_MAX && g_mkdtemp(path) != NULL)
		return g_steal_pointer(&path);
	return g_dir_make_tmp("zhen-check-XXXXXX", error);
}

static gboolean rehearse(StoreHost *host, const char *dir, const char *name, const zhen_migration *rows,
                         gboolean *out_done, GError **error)
{
	g_autofree char *file = g_build_filename(dir, "data.db", NULL);
	struct stat there;
	gboolean exists = lstat(file, &there) == 0, fine;
	g_autofree char *work = work_folder(exists ? there.st_size : 0, error);
	g_autofree char *target = work != NULL ? g_build_filename(work, "data.db", NULL) : NULL;

	fine = work != NULL;
	*out_done = !exists || there.st_size <= COPY_MAX;
	if (fine && exists && *out_done)
		fine = copy_into(file, name, target, error);
	if (fine && *out_done)
		fine = migrate_in(host, work, name, rows, error);
	if (work != NULL)
		remove_folder(work);
	return fine;
}

gboolean store_rehearse(StoreHost *host, const char *dir, const char *name, const zhen_migration *rows,
                        gboolean *out_done, GError **error)
{
	g_autoptr(GHashTable) applied = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	g_autofree char *file = g_build_filename(dir, "data.db", NULL);
	gboolean new_ones = TRUE, known;

	*out_done = TRUE;
	known = g_file_test(file, G_FILE_TEST_EXISTS) && read_applied(host, dir, name, applied, NULL);
	if (!migrations_fit(name, applied, rows, sizeof(*rows), &new_ones, error))
		return FALSE;
	/* Nothing new, and the rest was read: a start would find no more than this. */
	return (known && !new_ones) || rehearse(host, dir, name, rows, out_done, error);
}
