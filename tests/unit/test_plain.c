/* SPDX-License-Identifier: Apache-2.0
 * What lies in a plugin's folder in place of a database: refused by name, never waited for, never followed. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "event_fixture.h"
#include "store/copy.h"

static void make_fifo(const char *path, const char *other)
{
	(void)other;
	cr_assert_eq(mkfifo(path, 0600), 0);
}

static void make_link(const char *path, const char *other)
{
	cr_assert_eq(symlink(other, path), 0);
}

static void make_folder(const char *path, const char *other)
{
	(void)other;
	cr_assert_eq(g_mkdir(path, 0700), 0);
}

static const struct {
	const char *what;
	void (*make)(const char *path, const char *other);
} kinds[] = { { "FIFO", make_fifo }, { "link", make_link }, { "folder", make_folder } };

/* A folder beside the store's own, whose database is there to be linked to. */
static char *make_dir(Fixture *f, guint number)
{
	char *dir = g_strdup_printf("%s/other%u", store_dir(f->store), number);

	cr_assert_eq(g_mkdir(dir, 0700), 0);
	return dir;
}

static void expect_no_log(Fixture *f, const char *dir, const char *named, const char *what)
{
	g_autoptr(Log) log = log_open(f->host, dir, "notes");
	g_autoptr(LogBlock) block = log_block_new();
	g_autoptr(GError) error = NULL;

	cr_assert_not(log_read(log, &(LogPosition){ 0, 0 }, NULL, 10, 1000, block, &error), "%s %s was read", what,
	              named);
	cr_expect(strstr(error->message, "log of notes not readable") != NULL && strstr(error->message, named) != NULL,
	          "%s: %s", what, error->message);
}

static void expect_no_copy(const char *path, const char *what)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Copy) copy = copy_open(path, "notes", &error);

	cr_assert_null(copy, "%s was opened", what);
	cr_expect_not_null(strstr(error->message, path), "%s: %s", what, error->message);
	cr_expect_not(copy_check(path, FALSE, NULL, NULL), "%s", what);
}

Test(plain, neither_a_log_nor_a_copy_is_read_from_what_is_no_plain_file, .timeout = 30)
{
	static const char *const names[] = { "data.db", "data.db-journal", "data.db-wal", "data.db-shm" };
	Fixture f = fixture();
	guint number = 0;

	for (gsize n = 0; n < G_N_ELEMENTS(names); n++)
		for (gsize k = 0; k < G_N_ELEMENTS(kinds); k++) {
			g_autofree char *dir = make_dir(&f, number++);
			g_autofree char *data = g_build_filename(dir, "data.db", NULL), *own = NULL, *bad = NULL;

			own = g_build_filename(store_dir(f.store), "data.db", NULL);
			bad = g_build_filename(dir, names[n], NULL);
			if (n > 0)
				cr_assert(g_file_set_contents(data, "", 0, NULL));
			kinds[k].make(bad, own);
			expect_no_log(&f, dir, names[n], kinds[k].what);
			if (n == 0)
				expect_no_copy(data, kinds[k].what);
		}
	fixture_clear(&f);
}

Test(plain, an_archive_that_is_no_plain_file_is_named_and_nothing_moves_into_it, .timeout = 30)
{
	for (gsize k = 0; k < G_N_ELEMENTS(kinds); k++) {
		Fixture f = fixture();
		g_autofree char *archive = g_build_filename(store_dir(f.store), "events-1970.db", NULL);
		g_autofree char *own = g_build_filename(store_dir(f.store), "data.db", NULL);
		g_autoptr(GError) error = NULL;
		guint moved = 0;

		emit_many(&f, "notes.note.added", 5);
		write_ok(&f, STORE_HOST, "DELETE FROM _event WHERE seq < 3");
		kinds[k].make(archive, own);
		expect_no_log(&f, store_dir(f.store), "events-1970.db", kinds[k].what);
		cr_expect_not(log_archive(f.store, 100000, &moved, &error));
		cr_expect(error != NULL && strstr(error->message, "events-1970.db") != NULL, "%s", kinds[k].what);
		cr_expect_eq(read_int(&f, STORE_HOST, "SELECT count(*) FROM _event"), 3);
		cr_assert_eq(g_remove(archive), 0);
		fixture_clear(&f);
	}
}

Test(plain, a_folder_may_be_reached_through_a_link)
{
	Fixture f = fixture();
	g_autofree char *way = g_strconcat(store_dir(f.store), ".way", NULL);
	g_autoptr(Log) log = NULL;
	LogPosition end;

	emit_many(&f, "notes.note.added", 5);
	cr_assert_eq(symlink(store_dir(f.store), way), 0);
	log = log_open(f.host, way, "notes");
	cr_expect(log_end(log, &end, NULL));
	cr_expect_eq(end.seq, 5);
	log_close(g_steal_pointer(&log));
	g_unlink(way);
	fixture_clear(&f);
}
