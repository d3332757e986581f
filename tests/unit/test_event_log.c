/* SPDX-License-Identifier: Apache-2.0
 * A plugin's log of events as others read it: in order, in pieces, and whatever the file says. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include "event_fixture.h"

typedef struct LogFixture {
	Fixture f;
	Log *log;
	LogBlock *block;
} LogFixture;

static LogFixture log_fixture(void)
{
	LogFixture l = { .f = fixture() };

	l.log = log_open(l.f.host, store_dir(l.f.store), "notes");
	l.block = log_block_new();
	return l;
}

static void log_fixture_clear(LogFixture *l)
{
	log_close(l->log);
	log_block_free(l->block);
	fixture_clear(&l->f);
}

static void read_ok(LogFixture *l, const LogPosition *after, const char *const *topics, guint limit, gsize bytes)
{
	g_autoptr(GError) error = NULL;

	cr_assert(log_read(l->log, after, topics, limit, bytes, l->block, &error), "%s", error != NULL ? error->message : "");
}

static GError *read_fails(LogFixture *l, const LogPosition *after)
{
	GError *error = NULL;

	cr_assert_not(log_read(l->log, after, NULL, 100, 1 << 20, l->block, &error), "it was read");
	return error;
}

static const LogEvent *event_at(const LogFixture *l, guint i)
{
	cr_assert_lt(i, l->block->events->len);
	return &g_array_index(l->block->events, LogEvent, i);
}

Test(event_log, positions_are_printed_and_parsed)
{
	static const struct {
		const char *text;
		gboolean fine;
	} cases[] = {
		{ "3f-2205", TRUE },  { "1-0", TRUE }, { "7fffffffffffffff-9223372036854775807", TRUE },
		{ "", FALSE },        { "-", FALSE },  { "3f-", FALSE },
		{ "-5", FALSE },      { "3F-5", FALSE }, { "8000000000000000-1", FALSE },
		{ "3f-9223372036854775808", FALSE }, { "3f--1", FALSE }, { "3f-1 ", FALSE },
		{ "11111111111111111-1", FALSE }, { "3f-99999999999999999999", FALSE },
	};
	char text[LOG_POSITION_TEXT];

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		LogPosition position;
		gboolean fine = log_position_parse(cases[i].text, &position);

		cr_expect_eq(fine, cases[i].fine, "%s", cases[i].text);
		if (!fine)
			continue;
		log_position_print(&position, text);
		cr_expect_str_eq(text, cases[i].text);
	}
}

Test(event_log, every_database_has_an_epoch_of_its_own_and_keeps_it)
{
	LogFixture a = log_fixture(), b = log_fixture();
	gint64 first, again, other;

	cr_assert(log_epoch(a.log, &first, NULL) && log_epoch(b.log, &other, NULL));
	fixture_reopen(&a.f, (StoreOptions){ 0 });
	cr_assert(log_epoch(a.log, &again, NULL));
	cr_expect_gt(first, 0);
	cr_expect_eq(first, again);
	cr_expect_neq(first, other);
	log_fixture_clear(&a);
	log_fixture_clear(&b);
}

Test(event_log, an_empty_log_ends_at_zero)
{
	LogFixture l = log_fixture();
	LogPosition end;

	cr_assert(log_end(l.log, &end, NULL));
	cr_expect_eq(end.seq, 0);
	read_ok(&l, &(LogPosition){ 0, 0 }, NULL, 10, 1000);
	cr_expect(l.block->at_end);
	cr_expect_eq(l.block->events->len, 0);
	cr_expect_eq(l.block->upto.epoch, end.epoch);
	log_fixture_clear(&l);
}

Test(event_log, events_come_in_order_in_pieces_with_all_they_hold)
{
	LogFixture l = log_fixture();
	LogPosition at = { 0, 0 };
	guint seen = 0;

	emit_many(&l.f, "notes.note.added", 1000);
	do {
		read_ok(&l, &at, NULL, 64, 1 << 20);
		for (guint i = 0; i < l.block->events->len; i++) {
			const LogEvent *event = event_at(&l, i);
			g_autofree char *body = g_strdup_printf("{\"n\":%u}", ++seen);
			g_autofree char *subject = g_strdup_printf("s%u", seen % 7);

			cr_assert_eq(event->position.seq, (gint64)seen);
			cr_assert_str_eq(event->body, body);
			cr_assert_eq(event->body_length, strlen(body));
			cr_assert_str_eq(event->subject, subject);
			cr_assert_str_eq(event->topic, "notes.note.added");
			cr_assert_str_eq(event->division, "");
			cr_assert_eq(event->at_ms, 1000 + (gint64)seen);
		}
		cr_assert_gt(l.block->upto.seq, at.seq);
		at = l.block->upto;
	} while (!l.block->at_end);
	cr_expect_eq(seen, 1000);
	log_fixture_clear(&l);
}

Test(event_log, a_block_is_bounded_in_bytes)
{
	LogFixture l = log_fixture();

	emit_many(&l.f, "notes.note.added", 1000);
	read_ok(&l, &(LogPosition){ 0, 0 }, NULL, 1000, 2000);
	cr_expect_gt(l.block->events->len, 10);
	cr_expect_lt(l.block->text->len, 2200);
	cr_expect_not(l.block->at_end);
	log_fixture_clear(&l);
}

Test(event_log, topics_that_nobody_asked_for_are_passed_over)
{
	static const char *const topics[] = { "notes.note.removed", "notes.note.add", NULL };
	LogFixture l = log_fixture();

	emit_many(&l.f, "notes.note.added", 500);
	emit_at(&l.f, "notes.note.removed", "x", 5, "{}");
	emit_many(&l.f, "notes.note.added", 500);
	read_ok(&l, &(LogPosition){ 0, 0 }, topics, 10, 1 << 20);
	cr_assert_eq(l.block->events->len, 1);
	cr_expect_eq(event_at(&l, 0)->position.seq, 501);
	cr_expect(l.block->at_end);
	cr_expect_eq(l.block->upto.seq, 1001);
	log_fixture_clear(&l);
}

Test(event_log, one_read_passes_over_a_bounded_number)
{
	static const char *const topics[] = { "notes.note.removed", NULL };
	LogFixture l = log_fixture();

	emit_many(&l.f, "notes.note.added", 20000);
	read_ok(&l, &(LogPosition){ 0, 0 }, topics, 10, 1 << 20);
	cr_expect_not(l.block->at_end);
	cr_expect_eq(l.block->upto.seq, 16384);
	read_ok(&l, &l.block->upto, topics, 10, 1 << 20);
	cr_expect(l.block->at_end);
	cr_expect_eq(l.block->upto.seq, 20000);
	log_fixture_clear(&l);
}

Test(event_log, what_was_committed_since_is_seen)
{
	LogFixture l = log_fixture();

	emit_many(&l.f, "notes.note.added", 3);
	read_ok(&l, &(LogPosition){ 0, 0 }, NULL, 10, 1000);
	cr_expect_eq(l.block->events->len, 3);
	emit_many(&l.f, "notes.note.added", 2);
	read_ok(&l, &l.block->upto, NULL, 10, 1000);
	cr_expect_eq(l.block->events->len, 2);
	log_fixture_clear(&l);
}

Test(event_log, a_position_beyond_the_end_or_of_another_epoch_is_refused_and_both_are_named)
{
	LogFixture l = log_fixture();
	g_autoptr(GError) beyond = NULL;
	g_autoptr(GError) other = NULL;
	g_autofree char *named = NULL;
	gint64 epoch = epoch_of(&l.f);

	emit_many(&l.f, "notes.note.added", 3);
	named = g_strdup_printf("at %" G_GINT64_MODIFIER "x-4 of notes, whose log ends at %" G_GINT64_MODIFIER "x-3",
	                        (guint64)epoch, (guint64)epoch);
	beyond = read_fails(&l, &(LogPosition){ epoch, 4 });
	other = read_fails(&l, &(LogPosition){ epoch + 1, 1 });
	cr_expect(g_error_matches(beyond, ZHEN_ERROR_DOMAIN, ERROR_CONFLICT));
	cr_expect(g_error_matches(other, ZHEN_ERROR_DOMAIN, ERROR_CONFLICT));
	cr_expect_not_null(strstr(beyond->message, named), "%s", beyond->message);
	read_ok(&l, &(LogPosition){ epoch, 3 }, NULL, 10, 1000);
	log_fixture_clear(&l);
}

Test(event_log, the_end_is_known_after_its_events_are_gone)
{
	LogFixture l = log_fixture();
	gint64 epoch = epoch_of(&l.f);

	emit_many(&l.f, "notes.note.added", 3);
	write_ok(&l.f, STORE_HOST, "DELETE FROM _event");
	read_ok(&l, &(LogPosition){ epoch, 3 }, NULL, 10, 1000);
	cr_expect(l.block->at_end);
	cr_expect_eq(l.block->upto.seq, 3);
	log_fixture_clear(&l);
}

/* ---- what a hostile worker may have written ---- */

static void raw(LogFixture *l, const char *sql)
{
	g_autofree char *path = g_build_filename(store_dir(l->f.store), "data.db", NULL);
	const char *argv[] = { "python3", "-c", "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); "
	                                        "c.executescript(sys.argv[2]); c.commit(); c.close()",
		               path, sql, NULL };
	g_autoptr(GError) error = NULL;
	gint status = 0;

	cr_assert(
		g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, &error));
	cr_assert_eq(status, 0, "%s", sql);
}

Test(event_log, a_row_that_is_no_event_is_given_without_its_content)
{
	static const char *const rows[] = {
		"1, 's', '', 1, '{}'",
		"x'414243', 's', '', 1, '{}'",
		"'notes.note.added', NULL, '', 1, '{}'",
		"'notes.note.added', 's', 7.5, 1, '{}'",
		"'notes.note.added', 's', '', 'soon', '{}'",
		"'notes.note.added', 's', '', 1, x'7b7d'",
		"'notes.note.added', 's', '', 1, cast(x'7bff7d' AS TEXT)",
		"'notes.note.added', 's' || char(0) || 't', '', 1, '{}'",
		"'notes.note.added', 's', '', 1, printf('%070000d', 1)",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		LogFixture l = log_fixture();
		g_autofree char *sql = g_strdup_printf(
			"PRAGMA writable_schema=1; UPDATE sqlite_schema SET sql = 'CREATE TABLE _event(seq INTEGER PRIMARY KEY "
			"AUTOINCREMENT, topic, subject, division, at, body)' WHERE name = '_event'; PRAGMA writable_schema=reset; "
			"INSERT INTO _event(topic, subject, division, at, body) VALUES(%s)",
			rows[i]);

		emit_many(&l.f, "notes.note.added", 1);
		raw(&l, sql);
		read_ok(&l, &(LogPosition){ 0, 0 }, NULL, 10, 1 << 20);
		cr_assert_eq(l.block->events->len, 2, "%s", rows[i]);
		cr_expect_str_eq(event_at(&l, 0)->topic, "notes.note.added");
		cr_expect_str_eq(event_at(&l, 1)->topic, "", "%s", rows[i]);
		cr_expect_str_eq(event_at(&l, 1)->body, "");
		cr_expect_eq(event_at(&l, 1)->body_length, 0);
		cr_expect_eq(event_at(&l, 1)->position.seq, 2);
		log_fixture_clear(&l);
	}
}

Test(event_log, a_table_that_is_no_log_is_an_error)
{
	static const char *const scripts[] = {
		"DROP TABLE _event",
		"DROP TABLE _event; CREATE TABLE _event(seq, topic, subject, division, at, body); "
		"INSERT INTO _event VALUES('a', 'notes.note.added', 's', '', 1, '{}')",
		"DROP TABLE _event; CREATE TABLE _event(seq, topic, subject, division, at, body); "
		"INSERT INTO _event VALUES(5, 'notes.note.added', 's', '', 1, '{}'), (5, 'notes.note.added', 's', '', 1, '{}')",
		"DROP TABLE _event; CREATE VIEW _event AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
		"SELECT i AS seq, 't' AS topic, '' AS subject, '' AS division, 1 AS at, '{}' AS body FROM n",
		"DELETE FROM _meta",
		"UPDATE _meta SET value = -1",
		"DROP TABLE _meta",
		"INSERT INTO _event(topic, subject, division, at, body) VALUES('t', 's', '', 1, printf('%02000000d', 1))",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(scripts); i++) {
		LogFixture l = log_fixture();
		g_autoptr(GError) error = NULL;

		raw(&l, scripts[i]);
		error = read_fails(&l, &(LogPosition){ 0, 0 });
		cr_expect_not_null(strstr(error->message, "log of notes not readable"), "%s: %s", scripts[i],
		                   error->message);
		log_fixture_clear(&l);
	}
}

Test(event_log, a_file_that_was_overwritten_or_cut_short_is_an_error_and_no_signal)
{
	static const char *const ways[] = { "garbage", "half", "empty" };

	for (gsize i = 0; i < G_N_ELEMENTS(ways); i++) {
		LogFixture l = log_fixture();
		g_autofree char *path = g_build_filename(store_dir(l.f.store), "data.db", NULL);
		g_autofree char *dir = g_build_filename(l.f.dir, "copy", NULL);
		g_autofree char *copy = g_build_filename(dir, "data.db", NULL);
		g_autofree char *bytes = NULL;
		Log *log;
		gsize length;

		emit_many(&l.f, "notes.note.added", 5000);
		fixture_reopen(&l.f, (StoreOptions){ 0 });
		cr_assert(g_file_get_contents(path, &bytes, &length, NULL));
		cr_assert_eq(g_mkdir(dir, 0700), 0);
		cr_assert(g_file_set_contents(copy, bytes, (gssize)length, NULL));
		log = log_open(l.f.host, dir, "notes");
		cr_assert(log_read(log, &(LogPosition){ 0, 0 }, NULL, 10, 1 << 20, l.block, NULL));
		if (i == 0) {
			/* Every page but the first. */
			memset(bytes + 4096, 0x5a, length - 4096);
			int fd = g_open(copy, O_WRONLY, 0);
			cr_assert_eq(pwrite(fd, bytes, length, 0), (gssize)length);
			close(fd);
		} else {
			cr_assert_eq(truncate(copy, i == 1 ? (off_t)length / 2 : 0), 0);
		}
		/* What its cache holds may still be read; the end of the log may not. */
		log_close(log);
		log = log_open(l.f.host, dir, "notes");
		cr_expect_not(log_read(log, &(LogPosition){ 0, 0 }, NULL, 5000, 1 << 24, l.block, NULL), "%s", ways[i]);
		cr_expect_not(log_read(log, &(LogPosition){ 0, 0 }, NULL, 5000, 1 << 24, l.block, NULL), "%s", ways[i]);
		log_close(log);
		log_fixture_clear(&l);
	}
}

Test(event_log, a_log_that_is_not_there_yet_is_an_error_and_read_when_it_is)
{
	LogFixture l = log_fixture();
	g_autofree char *path = g_build_filename(store_dir(l.f.store), "data.db", NULL);
	g_autofree char *away = g_strconcat(path, ".away", NULL);
	g_autoptr(GError) error = NULL;

	fixture_reopen(&l.f, (StoreOptions){ 0 });
	cr_assert_eq(g_rename(path, away), 0);
	error = read_fails(&l, &(LogPosition){ 0, 0 });
	cr_expect_not_null(strstr(error->message, "notes"));
	cr_assert_eq(g_rename(away, path), 0);
	read_ok(&l, &(LogPosition){ 0, 0 }, NULL, 10, 1000);
	log_fixture_clear(&l);
}

Test(event_log, cursors_are_read_with_their_epoch_and_state)
{
	LogFixture l = log_fixture();
	g_autoptr(GPtrArray) cursors = NULL;
	const LogCursor *cursor;

	write_ok(&l.f, STORE_HOST, "INSERT INTO _cursor VALUES('duties', 'duties.item.set', 63, 2205, 1, 77, 88, 99)");
	cursors = log_cursors(l.log, NULL);
	cr_assert_not_null(cursors);
	cr_assert_eq(cursors->len, 1);
	cursor = cursors->pdata[0];
	cr_expect_str_eq(cursor->publisher, "duties");
	cr_expect_str_eq(cursor->topic, "duties.item.set");
	cr_expect_eq(cursor->position.epoch, 63);
	cr_expect_eq(cursor->position.seq, 2205);
	cr_expect(cursor->live);
	cr_expect_eq(cursor->mark.digest, 77);
	cr_expect_eq(cursor->mark.at_ms, 88);
	cr_expect_eq(cursor->parted, 99);
	log_fixture_clear(&l);
}
