/* SPDX-License-Identifier: Apache-2.0
 * Transient events leave the archives once everybody has them, and nothing else does; what is lost is still told from it. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>
#include "base/clock.h"
#include "event_fixture.h"
#include "store/copy.h"

#define KEPT "notes.note.added"
#define GONE "notes.note.seen"

static const char *const transient[] = { GONE, NULL };

static void archive_all(Fixture *f)
{
	guint moved;

	do
		cr_assert(log_archive(f->store, clock_now_ms(), &moved, NULL));
	while (moved > 0);
}

/* A letter an event: k is kept, t is transient. The first half is of 2024, the rest of 2025. */
static void emit_letters(Fixture *f, const char *letters)
{
	const gsize count = strlen(letters);

	for (gsize i = 0; i < count; i++)
		emit_at(f, letters[i] == 't' ? GONE : KEPT, "s", i < count / 2 ? 1704100000000 : 1740000000000, "{}");
}

static void trimmed_to(Fixture *f, gint64 seq)
{
	g_autofree char *sql =
		g_strdup_printf("INSERT INTO _meta VALUES('trimmed', %d) ON CONFLICT(name) DO UPDATE SET "
	                        "value = excluded.value",
	                        (int)seq);

	write_ok(f, STORE_HOST, sql);
}

static gint64 trim_all(Fixture *f)
{
	gint64 deleted, all = 0;
	gboolean more;

	do {
		g_autoptr(GError) error = NULL;

		cr_assert(log_trim(f->store, transient, &more, &deleted, &error), "%s",
		          error != NULL ? error->message : "");
		all += deleted;
	} while (more);
	return all;
}

/* The sequence numbers of what can be read, or what is said instead. */
static char *read_all(Fixture *f)
{
	g_autoptr(Log) log = log_open(f->host, store_dir(f->store), "notes");
	g_autoptr(LogBlock) block = log_block_new();
	g_autoptr(GString) seen = g_string_new(NULL);
	LogPosition at = { 0, 0 };

	do {
		g_autoptr(GError) error = NULL;

		if (!log_read(log, &at, NULL, 2, 1 << 20, block, &error))
			return g_strdup(error->message);
		for (guint i = 0; i < block->events->len; i++)
			g_string_append_printf(seen, "%d ",
			                       (int)g_array_index(block->events, LogEvent, i).position.seq);
		at = block->upto;
	} while (!block->at_end);
	return g_string_free(g_steal_pointer(&seen), FALSE);
}

static void harm(Fixture *f, const char *name, const char *sql)
{
	g_autofree char *path = g_build_filename(store_dir(f->store), name, NULL);
	g_autoptr(GError) error = NULL;

	cr_assert(copy_run(path, sql, &error), "%s", error != NULL ? error->message : "");
}

Test(trim_archives, what_everybody_has_goes_and_the_rest_stays_readable)
{
	static const struct {
		const char *letters;
		gint64 upto, deleted;
		const char *left;
	} rows[] = {
		{ "ktktkt", 6, 3, "1 3 5 " },
		{ "tktktk", 6, 3, "2 4 6 " },
		{ "tktktk", 3, 2, "2 4 5 6 " },
		{ "tktktk", 0, 0, "1 2 3 4 5 6 " },
		{ "tttkkk", 6, 3, "4 5 6 " },
		{ "kkkttt", 6, 3, "1 2 3 " },
		{ "tttttt", 6, 6, "" },
		{ "tttttt", 4, 4, "5 6 " },
		{ "kkkkkk", 6, 0, "1 2 3 4 5 6 " },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		Fixture f = fixture();
		g_autofree char *left = NULL, *again = NULL;

		emit_letters(&f, rows[i].letters);
		archive_all(&f);
		trimmed_to(&f, rows[i].upto);
		cr_expect_eq(trim_all(&f), rows[i].deleted, "%s up to %d", rows[i].letters, (int)rows[i].upto);
		left = read_all(&f);
		cr_expect_str_eq(left, rows[i].left, "%s up to %d: %s", rows[i].letters, (int)rows[i].upto, left);
		cr_expect_eq(trim_all(&f), 0);
		again = read_all(&f);
		cr_expect_str_eq(again, rows[i].left);
		fixture_clear(&f);
	}
}

Test(trim_archives, one_goes_on_growing_after_it)
{
	static const char *const letters[] = { "tttt", "tktk", "kkkk" };
	static const char *const lefts[] = { "5 6 7 8 ", "2 4 5 6 7 8 ", "1 2 3 4 5 6 7 8 " };

	for (gsize i = 0; i < G_N_ELEMENTS(letters); i++) {
		Fixture f = fixture();
		g_autofree char *left = NULL, *lost = NULL;

		emit_letters(&f, letters[i]);
		archive_all(&f);
		trimmed_to(&f, 4);
		trim_all(&f);
		for (guint n = 0; n < 4; n++)
			emit_at(&f, KEPT, "s", 1740000000000, "{}");
		archive_all(&f);
		left = read_all(&f);
		cr_expect_str_eq(left, lefts[i], "%s: %s", letters[i], left);
		harm(&f, "events-2025.db", "DELETE FROM _event WHERE seq = 8");
		lost = read_all(&f);
		cr_expect(strstr(lost, "events-2025.db") != NULL, "%s: %s", letters[i], lost);
		fixture_clear(&f);
	}
}

Test(trim_archives, what_is_lost_afterwards_is_told)
{
	static const struct {
		const char *letters, *name, *sql;
	} rows[] = {
		{ "tkktkk", "events-2024.db", "DELETE FROM _event WHERE seq = 2" },
		{ "tkktkk", "events-2024.db", "DELETE FROM _event WHERE seq = 3" },
		{ "tkktkk", "events-2025.db", "DELETE FROM _event WHERE seq = 5" },
		{ "tkktkk", "events-2025.db", "DELETE FROM _event" },
		{ "kktkkt", "events-2025.db", "DELETE FROM _event WHERE seq = 5" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		Fixture f = fixture();
		g_autofree char *lost = NULL;

		emit_letters(&f, rows[i].letters);
		archive_all(&f);
		trimmed_to(&f, 6);
		trim_all(&f);
		harm(&f, rows[i].name, rows[i].sql);
		lost = read_all(&f);
		cr_expect(strstr(lost, rows[i].name) != NULL, "%s, %s: %s", rows[i].letters, rows[i].sql, lost);
		fixture_clear(&f);
	}
}

/* A backup has data.db as it was, and the archive as it is by the time that it is copied. */
Test(trim_archives, a_copy_of_data_db_from_before_is_no_fault)
{
	Fixture f = fixture();
	g_autofree char *left = NULL;

	emit_letters(&f, "ttkttk");
	archive_all(&f);
	write_ok(&f, STORE_HOST, "UPDATE _archive SET last = 4 WHERE year = 2025");
	trimmed_to(&f, 6);
	cr_expect_eq(trim_all(&f), 3, "up to what is known to have gone there");
	write_ok(&f, STORE_HOST, "UPDATE _archive SET last = 5 WHERE year = 2025");
	cr_expect_eq(trim_all(&f), 1);
	left = read_all(&f);
	cr_expect_str_eq(left, "3 6 ", "%s", left);
	fixture_clear(&f);
}

Test(trim_archives, one_that_is_missing_is_not_made_anew)
{
	Fixture f = fixture();
	g_autofree char *path = g_build_filename(store_dir(f.store), "events-2024.db", NULL);
	g_autoptr(GError) error = NULL;
	gboolean more;
	gint64 deleted;

	emit_letters(&f, "tttttt");
	archive_all(&f);
	trimmed_to(&f, 6);
	cr_assert_eq(g_unlink(path), 0);
	cr_expect_not(log_trim(f.store, transient, &more, &deleted, &error));
	cr_expect(error != NULL && strstr(error->message, "events-2024.db") != NULL);
	cr_expect_not(g_file_test(path, G_FILE_TEST_EXISTS));
	fixture_clear(&f);
}

/* A piece is 65536 numbers. */
Test(trim_archives, much_goes_in_pieces_and_the_disk_has_its_pages_back, .timeout = 60)
{
	Fixture f = fixture();
	g_autofree char *path = g_build_filename(store_dir(f.store), "events-1970.db", NULL), *left = NULL;
	GStatBuf before, after;
	gboolean more;
	gint64 deleted;

	emit_many(&f, GONE, 70000);
	emit_at(&f, KEPT, "s", 2000, "{}");
	archive_all(&f);
	trimmed_to(&f, 70001);
	cr_assert_eq(g_stat(path, &before), 0);
	cr_assert(log_trim(f.store, transient, &more, &deleted, NULL));
	cr_expect_eq(deleted, 65536);
	cr_expect(more);
	cr_expect_eq(trim_all(&f), 70000 - 65536);
	left = read_all(&f);
	cr_expect_str_eq(left, "70001 ");
	cr_assert_eq(g_stat(path, &after), 0);
	cr_expect_lt(after.st_size, before.st_size / 4, "%d of %d bytes", (int)after.st_size, (int)before.st_size);
	fixture_clear(&f);
}
