/* SPDX-License-Identifier: Apache-2.0
 * Events moved to a file per year: read as one log, whatever moves meanwhile and wherever it was interrupted. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>
#include "store/copy.h"
#include "base/clock.h"
#include "event_fixture.h"

static gint64 ms_of(const char *text)
{
	gint64 ms = 0;

	cr_assert(clock_parse(text, &ms), "%s", text);
	return ms;
}

static guint archive_all(Fixture *f, gint64 before_ms)
{
	guint moved, all = 0;

	do {
		g_autoptr(GError) error = NULL;

		cr_assert(log_archive(f->store, before_ms, &moved, &error), "%s", error != NULL ? error->message : "");
		all += moved;
	} while (moved > 0);
	return all;
}

static gboolean has_archive(Fixture *f, const char *name)
{
	g_autofree char *path = g_build_filename(store_dir(f->store), name, NULL);

	return g_file_test(path, G_FILE_TEST_EXISTS);
}

/* Reads it all in pieces of @limit; every sequence number once, 1 .. @count. */
static void expect_whole(Fixture *f, Log *log, guint limit, gint64 count)
{
	g_autoptr(LogBlock) block = log_block_new();
	LogPosition at = { 0, 0 };
	gint64 seen = 0;

	(void)f;
	do {
		g_autoptr(GError) error = NULL;

		cr_assert(log_read(log, &at, NULL, limit, 1 << 26, block, &error), "%s", error != NULL ? error->message : "");
		for (guint i = 0; i < block->events->len; i++)
			cr_assert_eq(g_array_index(block->events, LogEvent, i).position.seq, ++seen);
		at = block->upto;
	} while (!block->at_end);
	cr_assert_eq(seen, count);
}

static void emit_years(Fixture *f)
{
	static const char *const days[] = {
		"2024-12-31T23:59:59+08:00", "2025-01-01T00:00:00+08:00", "2025-07-01T12:00:00+08:00",
		"2026-01-01T00:00:00+08:00", "2026-09-18T09:30:00+08:00",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(days); i++)
		emit_at(f, "notes.note.added", "s", ms_of(days[i]), "{}");
}

Test(archive, years_of_shanghai_are_files_and_one_log)
{
	Fixture f = fixture();
	g_autoptr(Log) log = log_open(f.host, store_dir(f.store), "notes");

	emit_years(&f);
	cr_expect_eq(archive_all(&f, ms_of("2026-06-01T00:00:00+08:00")), 4);
	cr_expect(has_archive(&f, "events-2024.db"));
	cr_expect(has_archive(&f, "events-2025.db"));
	cr_expect(has_archive(&f, "events-2026.db"));
	cr_expect_eq(read_int(&f, STORE_HOST, "SELECT count(*) FROM _event"), 1);
	for (guint limit = 1; limit < 7; limit++)
		expect_whole(&f, log, limit, 5);
	log_close(g_steal_pointer(&log));
	fixture_clear(&f);
}

Test(archive, all_of_it_may_be_archived)
{
	Fixture f = fixture();
	g_autoptr(Log) log = log_open(f.host, store_dir(f.store), "notes");
	LogPosition end;

	emit_years(&f);
	cr_expect_eq(archive_all(&f, ms_of("2027-01-01T00:00:00+08:00")), 5);
	expect_whole(&f, log, 2, 5);
	cr_assert(log_end(log, &end, NULL));
	cr_expect_eq(end.seq, 5);
	emit_at(&f, "notes.note.added", "s", ms_of("2026-09-19T09:30:00+08:00"), "{}");
	expect_whole(&f, log, 2, 6);
	log_close(g_steal_pointer(&log));
	fixture_clear(&f);
}

/* The clock was five years ahead, archives were made, and it was set right: what comes then is archived behind them. */
Test(archive, a_clock_set_back_by_years_archives_on_in_one_sequence, .timeout = 60)
{
	const gint64 day = 86400 * G_GINT64_CONSTANT(1000);
	Fixture f = fixture();
	g_autoptr(Log) log = log_open(f.host, store_dir(f.store), "notes");

	clock_turn(5 * 365 * day);
	for (guint i = 0; i < 3; i++)
		emit_at(&f, "notes.note.added", "s", clock_now_ms(), "{}");
	clock_turn(5 * 365 * day + 2 * day);
	emit_at(&f, "notes.note.added", "s", clock_now_ms(), "{}");
	cr_expect_eq(archive_all(&f, clock_now_ms() - day), 3);
	clock_turn(0);
	for (guint i = 0; i < 2; i++)
		emit_at(&f, "notes.note.added", "s", clock_now_ms(), "{}");
	cr_expect_eq(archive_all(&f, clock_now_ms() - day), 0, "none of them is old");
	expect_whole(&f, log, 2, 6);
	clock_turn(3 * day);
	emit_at(&f, "notes.note.added", "s", clock_now_ms(), "{}");
	cr_expect_eq(archive_all(&f, clock_now_ms() - day), 3, "the one of the future goes with those behind it");
	for (guint limit = 1; limit < 9; limit++)
		expect_whole(&f, log, limit, 7);
	log_close(g_steal_pointer(&log));
	fixture_clear(&f);
}

Test(archive, nothing_old_moves_nothing)
{
	Fixture f = fixture();

	cr_expect_eq(archive_all(&f, ms_of("2026-06-01T00:00:00+08:00")), 0);
	emit_years(&f);
	cr_expect_eq(archive_all(&f, ms_of("2020-06-01T00:00:00+08:00")), 0);
	cr_expect_not(has_archive(&f, "events-2024.db"));
	fixture_clear(&f);
}

Test(archive, a_clock_that_went_back_does_not_break_the_sequence)
{
	Fixture f = fixture();
	g_autoptr(Log) log = log_open(f.host, store_dir(f.store), "notes");

	emit_at(&f, "notes.note.added", "s", ms_of("2030-01-01T00:00:00+08:00"), "{}");
	emit_at(&f, "notes.note.added", "s", ms_of("2025-01-01T00:00:00+08:00"), "{}");
	emit_at(&f, "notes.note.added", "s", ms_of("2026-01-01T00:00:00+08:00"), "{}");
	cr_expect_eq(archive_all(&f, ms_of("2031-06-01T00:00:00+08:00")), 3);
	expect_whole(&f, log, 1, 3);
	log_close(g_steal_pointer(&log));
	fixture_clear(&f);
}

/* The archive has them, _event still has them: a crash between the two. */
Test(archive, a_piece_that_lies_in_both_is_read_once_and_moved_again)
{
	Fixture f = fixture();
	g_autoptr(Log) log = log_open(f.host, store_dir(f.store), "notes");

	emit_years(&f);
	write_ok(&f, STORE_HOST, "CREATE TABLE _kept AS SELECT * FROM _event");
	archive_all(&f, ms_of("2026-06-01T00:00:00+08:00"));
	write_ok(&f, STORE_HOST, "INSERT OR IGNORE INTO _event SELECT * FROM _kept WHERE seq >= 3");
	for (guint limit = 1; limit < 7; limit++)
		expect_whole(&f, log, limit, 5);
	archive_all(&f, ms_of("2026-06-01T00:00:00+08:00"));
	expect_whole(&f, log, 2, 5);
	cr_expect_eq(read_int(&f, STORE_HOST, "SELECT count(*) FROM _event"), 1);
	log_close(g_steal_pointer(&log));
	fixture_clear(&f);
}

typedef struct Mover {
	Fixture *f;
	gint running;
} Mover;

static gpointer move_all(gpointer data)
{
	Mover *mover = data;

	archive_all(mover->f, 100000000);
	g_atomic_int_set(&mover->running, 0);
	return NULL;
}

Test(archive, readers_see_every_event_once_while_it_moves, .timeout = 60)
{
	Fixture f = fixture();
	Mover mover = { &f, 1 };
	GThread *thread;

	emit_many(&f, "notes.note.added", 20000);
	thread = g_thread_new("mover", move_all, &mover);
	while (g_atomic_int_get(&mover.running)) {
		g_autoptr(Log) log = log_open(f.host, store_dir(f.store), "notes");

		expect_whole(&f, log, 100000, 20000);
	}
	g_thread_join(thread);
	cr_expect_eq(read_int(&f, STORE_HOST, "SELECT count(*) FROM _event"), 0);
	fixture_clear(&f);
}

Test(archive, a_piece_is_bounded)
{
	Fixture f = fixture();
	guint moved = 0;

	emit_many(&f, "notes.note.added", 5000);
	cr_assert(log_archive(f.store, 100000000, &moved, NULL));
	cr_expect_eq(moved, 1024);
	cr_expect_eq(read_int(&f, STORE_HOST, "SELECT min(seq) FROM _event"), 1025);
	fixture_clear(&f);
}

/* Years of the files and what stays, for times of events in order; the clock is the machine's. */
Test(archive, an_event_of_the_future_holds_nobody_back_and_goes_with_the_next)
{
	static const struct {
		const char *what, *at[4];
		guint moved;
		const char *file, *no_file;
	} rows[] = {
		{ "in front", { "2099-01-01T00:00:00+08:00", "2025-03-01T00:00:00+08:00", "2025-03-02T00:00:00+08:00" }, 3, "events-2025.db", "events-2099.db" },
		{ "between", { "2025-03-01T00:00:00+08:00", "2099-01-01T00:00:00+08:00", "2025-03-02T00:00:00+08:00" }, 3, "events-2025.db", "events-2099.db" },
		{ "over a new year", { "2024-03-01T00:00:00+08:00", "2099-01-01T00:00:00+08:00", "2025-03-02T00:00:00+08:00" }, 3, "events-2025.db", "events-2099.db" },
		{ "at the end", { "2025-03-01T00:00:00+08:00", "2025-03-02T00:00:00+08:00", "2099-01-01T00:00:00+08:00" }, 2, "events-2025.db", "events-2099.db" },
		{ "alone", { "2099-01-01T00:00:00+08:00" }, 0, NULL, "events-2099.db" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		Fixture f = fixture();
		g_autoptr(Log) log = log_open(f.host, store_dir(f.store), "notes");
		gint64 count = 0;

		for (; rows[i].at[count] != NULL; count++)
			emit_at(&f, "notes.note.added", "s", ms_of(rows[i].at[count]), "{}");
		cr_expect_eq(archive_all(&f, ms_of("2025-06-01T00:00:00+08:00")), rows[i].moved, "%s", rows[i].what);
		cr_expect(rows[i].file == NULL || has_archive(&f, rows[i].file), "%s", rows[i].what);
		cr_expect_not(has_archive(&f, rows[i].no_file), "%s", rows[i].what);
		expect_whole(&f, log, 1, count);
		log_close(g_steal_pointer(&log));
		fixture_clear(&f);
	}
}

/* ---- archives that are not what they were ---- */

typedef struct Years {
	Fixture f;
	Log *log;
} Years;

static Years years(void)
{
	Years y = { .f = fixture() };

	emit_years(&y.f);
	archive_all(&y.f, ms_of("2026-06-01T00:00:00+08:00")); /* 1 in 2024, 2 and 3 in 2025, 4 in 2026, 5 stays */
	y.log = log_open(y.f.host, store_dir(y.f.store), "notes");
	return y;
}

static char *archive_path(Years *y, const char *name)
{
	return g_build_filename(store_dir(y->f.store), name, NULL);
}

static void remove_archive(Years *y)
{
	g_autofree char *path = archive_path(y, "events-2025.db");

	cr_assert_eq(g_remove(path), 0);
}

static void run_on(Years *y, const char *sql)
{
	g_autofree char *path = archive_path(y, "events-2025.db");
	g_autoptr(GError) error = NULL;

	cr_assert(copy_run(path, sql, &error), "%s", error != NULL ? error->message : "");
}

static void lose_its_end(Years *y)
{
	run_on(y, "DELETE FROM _event WHERE seq = 3");
}

static void lose_its_front(Years *y)
{
	run_on(y, "DELETE FROM _event WHERE seq = 2");
}

static void empty_it(Years *y)
{
	run_on(y, "DELETE FROM _event");
}

static void change_its_life(Years *y)
{
	run_on(y, "UPDATE _meta SET value = value + 1");
}

static void remove_newest(Years *y)
{
	g_autofree char *path = archive_path(y, "events-2026.db");

	cr_assert_eq(g_remove(path), 0);
}

Test(archive, one_that_is_missing_or_another_is_refused_by_name_and_nothing_is_passed_over)
{
	static const struct {
		const char *what;
		void (*harm)(Years *y);
		const char *named;
		gint64 read_from; /* behind this all is well */
	} rows[] = {
		{ "removed", remove_archive, "events-2025.db", 3 },
		{ "the newest removed", remove_newest, "events-2026.db", 4 },
		{ "without its end", lose_its_end, "events-2025.db", 3 },
		{ "without its front", lose_its_front, "events-2025.db", 3 },
		{ "emptied", empty_it, "events-2025.db", 3 },
		{ "of another life", change_its_life, "events-2025.db", 3 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		for (gint64 at = 0; at <= rows[i].read_from; at++) {
			Years y = years();
			g_autoptr(LogBlock) block = log_block_new();
			g_autoptr(GError) error = NULL;
			const LogPosition after = { epoch_of(&y.f), at };

			rows[i].harm(&y);
			if (at == rows[i].read_from) {
				cr_expect(log_read(y.log, &after, NULL, 100, 1 << 20, block, &error), "%s: %s", rows[i].what,
				          error != NULL ? error->message : "");
			} else {
				cr_expect_not(log_read(y.log, &after, NULL, 100, 1 << 20, block, &error), "%s, after %d: read",
				              rows[i].what, (int)at);
				cr_expect(error != NULL && strstr(error->message, rows[i].named) != NULL, "%s: %s", rows[i].what,
				          error != NULL ? error->message : "");
			}
			log_close(y.log);
			fixture_clear(&y.f);
		}
}

Test(archive, nothing_is_moved_into_one_of_another_life)
{
	Fixture f = fixture();
	g_autofree char *path = g_build_filename(store_dir(f.store), "events-2025.db", NULL);
	g_autoptr(GError) error = NULL;
	guint moved = 0;

	emit_at(&f, "notes.note.added", "s", ms_of("2025-01-01T00:00:00+08:00"), "{}");
	archive_all(&f, ms_of("2026-06-01T00:00:00+08:00"));
	cr_assert(copy_run(path, "UPDATE _meta SET value = value + 1", NULL));
	emit_at(&f, "notes.note.added", "s", ms_of("2025-02-01T00:00:00+08:00"), "{}");
	cr_expect_not(log_archive(f.store, ms_of("2026-06-01T00:00:00+08:00"), &moved, &error));
	cr_expect(error != NULL && strstr(error->message, "events-2025.db") != NULL);
	cr_expect_eq(read_int(&f, STORE_HOST, "SELECT count(*) FROM _event"), 1);
	fixture_clear(&f);
}
