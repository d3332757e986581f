/* SPDX-License-Identifier: Apache-2.0
 * What a start would say of a database, said without touching it: its own way, gone on a copy. */
#include <errno.h>
#include <glib/gstdio.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "store/expand.h"
#include "store/migrations.h"
#include "store/plain.h"
#include "store/rehearse.h"

#define COPY_MAX ((gint64)512 << 20) /* bytes of a database that is copied to be tried on */
#define TRIAL "trial-"              /* and the process that tries: trial-4711-0f3a9c21 */

/* What a signal that ends the process is to remove: set by one thread, that of `zhenctl check`. */
static struct {
	volatile sig_atomic_t armed, set;
	char folder[PATH_MAX];
} at_signal;

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

/* ---- where it is tried ---- */

static gboolean is_left_over(const char *name, gboolean own)
{
	const gint64 pid = g_str_has_prefix(name, TRIAL) ? g_ascii_strtoll(name + strlen(TRIAL), NULL, 10) : 0;

	return pid > 0 && (pid == getpid() ? own : kill((pid_t)pid, 0) != 0 && errno == ESRCH);
}

/* Copies in @dir of processes that are gone; @own: of this one as well, whose number may have been another's before. */
static void sweep(const char *dir, gboolean own)
{
	g_autoptr(GDir) open = g_dir_open(dir, 0, NULL);
	const char *name;

	while (open != NULL && (name = g_dir_read_name(open)) != NULL) {
		g_autofree char *path = g_build_filename(dir, name, NULL);

		if (is_left_over(name, own))
			remove_folder(path);
	}
}

void store_rehearse_sweep(const char *plugins)
{
	g_autoptr(GDir) open = g_dir_open(plugins, 0, NULL);
	const char *name;

	while (open != NULL && (name = g_dir_read_name(open)) != NULL) {
		g_autofree char *path = g_build_filename(plugins, name, NULL);

		sweep(path, TRUE);
	}
}

/* Other threads are at it, and would make anew what is removed: they end with this program, and another removes it. */
static void ended(int number)
{
	char sent[] = { (char)('0' + number / 10), (char)('0' + number % 10), '\0' };
	char *const remover[] = { "sh", "-c", "rm -rf \"$1\"; kill -\"$2\" $$", "sh", at_signal.folder, sent, NULL };
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (at_signal.set)
		execv("/bin/sh", remover);
	signal(number, SIG_DFL);
	raise(number);
}

void store_rehearse_guard(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };

	for (guint i = 0; i < G_N_ELEMENTS(numbers); i++)
		sigaction(numbers[i], &(struct sigaction){ .sa_handler = ended }, NULL);
	at_signal.armed = 1;
}

static void guard(const char *folder)
{
	at_signal.set = 0;
	if (!at_signal.armed || folder == NULL)
		return;
	g_snprintf(at_signal.folder, PATH_MAX, "%s", folder);
	at_signal.set = 1;
}

/* Beside the database, whose rows are in it: nowhere that others keep, and swept with it. Of a database that does not exist yet it
 * holds nothing, and may be anywhere. (transfer full) */
static char *work_folder(const char *dir, gboolean exists, GError **error)
{
	const char *parent = exists ? dir : g_get_tmp_dir();
	g_autofree char *name = g_strdup_printf(TRIAL "%d-%08x", (int)getpid(), g_random_int());
	g_autofree char *path = g_build_filename(parent, name, NULL);

	sweep(parent, FALSE);
	guard(path); /* before it is there: a signal may come at any time */
	if (mkdir(path, 0700) != 0) {
		guard(NULL);
		throw_error(error, ERROR_IO, "%s: %s", path, g_strerror(errno));
		return NULL;
	}
	return g_steal_pointer(&path);
}

static void remove_work(const char *folder)
{
	remove_folder(folder);
	guard(NULL);
}

static gboolean rehearse(StoreHost *host, const char *dir, const char *name, const zhen_migration *rows,
                         gboolean *out_done, GError **error)
{
	g_autofree char *file = g_build_filename(dir, "data.db", NULL);
	struct stat there;
	gboolean exists = lstat(file, &there) == 0, fine;
	g_autofree char *work = NULL, *target = NULL;

	*out_done = !exists || (there.st_size <= COPY_MAX && access(dir, W_OK) == 0);
	if (!*out_done)
		return TRUE;
	work = work_folder(dir, exists, error);
	target = work != NULL ? g_build_filename(work, "data.db", NULL) : NULL;
	fine = work != NULL && (!exists || copy_into(file, name, target, error)) &&
	       migrate_in(host, work, name, rows, error);
	if (work != NULL)
		remove_work(work);
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

/* ---- the next version's, beside one that runs ---- */

static gboolean expand_in(StoreHost *host, const char *dir, const char *name, const zhen_migration *rows, Known *known,
                          StoreExpansion *out, GError **error)
{
	const StoreOptions options = { .dir = dir, .name = name };
	g_autoptr(Store) store = store_open(host, &options, error);
	g_autoptr(Schema) before = schema_new(), after = schema_new();
	gint64 begun;

	if (store == NULL || !store_write_now(store, schema_read, before, error))
		return FALSE;
	begun = clock_mono_us();
	if (!store_migrate(store, rows, sizeof(*rows), &out->later, error))
		return FALSE;
	out->hold_us = clock_mono_us() - begun;
	return store_write_now(store, schema_read, after, error) && schema_expands(before, after, error) &&
	       store_write_now(store, statements_stand, known, error);
}

static char *copy_to_try(const char *dir, const char *name, gint64 max, GError **error)
{
	g_autofree char *file = g_build_filename(dir, "data.db", NULL), *work = NULL, *target = NULL;
	struct stat there;

	if (lstat(file, &there) != 0 || !S_ISREG(there.st_mode)) {
		throw_error(error, ERROR_NOT_FOUND, "%s: 没有数据库 (no database)", file);
		return NULL;
	}
	if (there.st_size > max) {
		throw_error(error, ERROR_TOO_LARGE,
		            "%s: 数据库有 %" G_GINT64_FORMAT " MB，超过 [limits] swap_copy，无法在副本上试行 (the database is larger "
		            "than [limits] swap_copy, so it is not copied to be tried on)",
		            name, (gint64)there.st_size >> 20);
		return NULL;
	}
	work = work_folder(dir, TRUE, error);
	target = work != NULL ? g_build_filename(work, "data.db", NULL) : NULL;
	if (work != NULL && copy_into(file, name, target, error))
		return g_steal_pointer(&work);
	store_rehearse_clear(g_steal_pointer(&work));
	return NULL;
}

void store_rehearse_clear(char *copy)
{
	if (copy != NULL)
		remove_work(copy);
	g_free(copy);
}

gboolean store_rehearse_expand(StoreHost *host, const char *dir, const char *name, gint64 copy_max, const char *version,
                               const zhen_migration *rows, StoreExpansion *out, char **out_copy, GError **error)
{
	g_autoptr(Known) known = known_open(dir, version, FALSE);
	char *work;
	gboolean fine;

	memset(out, 0, sizeof(*out));
	out->statements = known_count(known);
	work = copy_to_try(dir, name, copy_max, error);
	if (work == NULL)
		return FALSE;
	fine = expand_in(host, work, name, rows, known, out, error);
	if (fine && out_copy != NULL)
		*out_copy = g_steal_pointer(&work);
	store_rehearse_clear(work);
	return fine;
}

static gboolean read_at(StoreConn *conn, gint64 *out, GError **error)
{
	return store_exec(conn, STORE_HOST, "SELECT max(at) FROM _migration WHERE phase = 0", NULL, 0, out, error);
}

GArray *store_migrations_left(StoreHost *host, const char *dir, const char *name, const zhen_migration *rows,
                              gint64 *out_at, GError **error)
{
	const StoreOptions options = { .dir = dir, .name = name, .read_only = TRUE };
	g_autoptr(GHashTable) applied = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	g_autoptr(GArray) left = g_array_new(FALSE, FALSE, sizeof(guint));
	g_autoptr(Store) store = store_open(host, &options, error);
	StoreConn *conn = store != NULL ? store_read(store, 0, error) : NULL;
	gboolean fine = conn != NULL && migrations_applied(conn, applied, error) && read_at(conn, out_at, error);

	store_read_done(host, 0);
	for (guint i = 0; fine && rows != NULL && rows[i].number != 0; i++)
		if (rows[i].phase != ZHEN_EXPAND && !g_hash_table_contains(applied, GINT_TO_POINTER(rows[i].number)))
			g_array_append_val(left, i);
	return fine ? g_steal_pointer(&left) : NULL;
}

static gboolean contract_in(StoreHost *host, const char *dir, const char *name, const zhen_migration *rows,
                            Known *known, GError **error)
{
	const StoreOptions options = { .dir = dir, .name = name };
	g_autoptr(Store) store = store_open(host, &options, error);

	return store != NULL &&
	       store_migrate_phases(store, rows, sizeof(*rows), 1u << ZHEN_CONTRACT, NULL, error) &&
	       store_write_now(store, statements_stand, known, error);
}

gboolean store_rehearse_contract(StoreHost *host, const char *dir, const char *name, gint64 copy_max,
                                 const char *version, const zhen_migration *rows, GError **error)
{
	g_autoptr(Known) known = known_open(dir, version, FALSE);
	char *work = copy_to_try(dir, name, copy_max, error);
	const gboolean fine = work != NULL && contract_in(host, work, name, rows, known, error);

	store_rehearse_clear(work);
	return fine;
}
