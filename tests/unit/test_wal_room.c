/* SPDX-License-Identifier: Apache-2.0
 * The write-ahead log has room before it is written, and what lies in the room is nothing. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "store_fixture.h"

#define COMMITS 300
#define FRAME_BYTES 4120
#define HEADER_BYTES 32

static char *log_path(const Fixture *f)
{
	return g_build_filename(store_dir(f->store), "data.db-wal", NULL);
}

static gint64 log_size(const Fixture *f)
{
	g_autofree char *path = log_path(f);
	struct stat st;

	cr_assert_eq(stat(path, &st), 0);
	return st.st_size;
}

static gint64 log_end(const Fixture *f)
{
	StoreStats stats;

	store_stats(f->store, &stats);
	return HEADER_BYTES + stats.wal_bytes;
}

static void copy_file(const Fixture *from, const char *dir, const char *name, gint64 bytes_max)
{
	g_autofree char *source = g_build_filename(store_dir(from->store), name, NULL),
			*target = g_build_filename(dir, name, NULL);
	g_autofree char *bytes = NULL;
	gsize length = 0;

	cr_assert(g_file_get_contents(source, &bytes, &length, NULL));
	cr_assert(g_file_set_contents(target, bytes, (gssize)MIN((gint64)length, bytes_max), NULL));
}

/* Rows that are found in the files as they lie there, of the log only so many bytes. */
static gint64 rows_after_crash(Fixture *f, gint64 log_bytes)
{
	g_autofree char *dir = g_build_filename(f->dir, "crashed", NULL);
	g_autoptr(GError) error = NULL;
	const StoreOptions options = { .dir = dir, .name = "notes" };
	Fixture other = { .dir = dir, .host = f->host };
	gint64 rows;

	g_mkdir(dir, 0700);
	copy_file(f, dir, "data.db", G_MAXINT64);
	copy_file(f, dir, "data.db-wal", log_bytes);
	other.store = store_open(f->host, &options, &error);
	cr_assert_not_null(other.store, "%s", error == NULL ? "" : error->message);
	rows = read_int(&other, STORE_PLUGIN, "SELECT count(*) FROM entry");
	cr_assert_eq(read_int(&other, STORE_PLUGIN, "SELECT max(id) FROM entry"), rows);
	store_read_done(f->host, 0);
	store_close(other.store);
	nftw(dir, fixture_remove, 8, FTW_DEPTH | FTW_PHYS);
	return rows;
}

Test(wal_room, small_commits_seldom_make_the_log_grow)
{
	Fixture f = fixture();
	guint grown = 0;
	gint64 size;

	write_ok(&f, STORE_HOST, "CREATE TABLE entry(id INTEGER PRIMARY KEY, text TEXT)");
	size = log_size(&f);
	for (guint i = 0; i < COMMITS; i++) {
		write_ok(&f, STORE_PLUGIN, "INSERT INTO entry(text) VALUES('a small commit')");
		grown += log_size(&f) != size;
		size = log_size(&f);
		cr_assert_geq(size, log_end(&f));
	}
	cr_assert_leq(grown, COMMITS / 50, "it grew %u times in %u commits", grown, COMMITS);
	fixture_clear(&f);
}

Test(wal_room, after_a_crash_all_that_was_committed_is_there_and_nothing_else)
{
	Fixture f = fixture();

	write_ok(&f, STORE_HOST, "CREATE TABLE entry(id INTEGER PRIMARY KEY, text TEXT)");
	for (gint64 i = 1; i <= COMMITS; i++) {
		write_ok(&f, STORE_PLUGIN, "INSERT INTO entry(text) VALUES('a small commit')");
		if (i % 50 != 1)
			continue;
		/* With its room, with half of it, and cut off right behind the last commit. */
		cr_assert_gt(log_size(&f), log_end(&f));
		cr_assert_eq(rows_after_crash(&f, G_MAXINT64), i);
		cr_assert_eq(rows_after_crash(&f, (log_end(&f) + log_size(&f)) / 2), i);
		cr_assert_eq(rows_after_crash(&f, log_end(&f)), i);
		cr_assert_eq(rows_after_crash(&f, log_end(&f) - 1), i - 1);
	}
	fixture_clear(&f);
}

Test(wal_room, what_is_in_the_room_is_zeros_or_was_there_before)
{
	Fixture f = fixture();
	g_autofree char *path = log_path(&f);
	g_autofree char *bytes = NULL;
	gsize length = 0;

	write_ok(&f, STORE_HOST, "CREATE TABLE entry(id INTEGER PRIMARY KEY, text TEXT)");
	write_ok(&f, STORE_PLUGIN, "INSERT INTO entry(text) VALUES('one')");
	write_ok(&f, STORE_PLUGIN, "INSERT INTO entry(text) VALUES('two')");
	cr_assert(g_file_get_contents(path, &bytes, &length, NULL));
	cr_assert_gt((gint64)length, log_end(&f) + FRAME_BYTES);
	for (gsize i = (gsize)log_end(&f); i < length; i++)
		cr_assert_eq(bytes[i], 0);
	fixture_clear(&f);
}

Test(wal_room, behind_a_large_commit_no_room_is_made)
{
	Fixture f = fixture();

	write_ok(&f, STORE_HOST, "CREATE TABLE entry(id INTEGER PRIMARY KEY, text TEXT)");
	for (guint i = 0; i < 4; i++)
		write_ok(&f, STORE_PLUGIN, "INSERT INTO entry(text) VALUES(printf('%.*c', 2000000, 'x'))");
	cr_assert_lt(log_size(&f), log_end(&f) + FRAME_BYTES);
	/* And none stays in the way of a log that begins again. */
	write_ok(&f, STORE_PLUGIN, "INSERT INTO entry(text) VALUES('small')");
	cr_assert(store_forget(f.store, 5000, NULL));
	write_ok(&f, STORE_PLUGIN, "INSERT INTO entry(text) VALUES('small')");
	cr_assert_eq(read_int(&f, STORE_PLUGIN, "SELECT count(*) FROM entry"), 6);
	store_read_done(f.host, 0);
	fixture_clear(&f);
}
