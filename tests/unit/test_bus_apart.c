/* SPDX-License-Identifier: Apache-2.0
 * Subscribers and publishers restored apart, logs put back by hand, cursors put back by somebody. */
#include "bus_fixture.h"

#include "base/log.h"

Test(bus_apart, a_cursor_beyond_its_log_stands_still_named_until_somebody_accepts)
{
	static const char *const ways[] = { "UPDATE _cursor SET seq = seq + 5", "UPDATE _cursor SET epoch = epoch + 2" };

	for (gsize i = 0; i < G_N_ELEMENTS(ways); i++) {
		Town *town = town_new("aa bb cc");
		FakeHome *bb = town_home(town, "bb");
		g_autofree char *status = NULL, *after = NULL, *fault = NULL;
		GString *ignored = g_string_new(NULL);
		JsonOut out;

		home_emit(town_home(town, "aa"), "aa.item.set", 2200);
		town_start(town);
		town_settle(town);
		town_stop(town);
		home_exec(bb, ways[i]);
		home_emit(town_home(town, "aa"), "aa.item.set", i == 0 ? 2 : 10);
		town_start(town);
		home_emit(town_home(town, "aa"), "aa.item.set", 10);
		town_settle(town);
		status = town_status(town);
		cr_expect_not_null(strstr(status, "bb is at "), "%s", status);
		cr_expect_not_null(strstr(status, "of aa, whose log ends at "), "%s", status);
		cr_expect_not_null(strstr(status, "restored apart?"), "%s", status);
		cr_expect_not_null(strstr(status, "\"state\":\"refused\""), "%s", status);
		json_out_init(&out, ignored);
		json_open(&out, NULL, FALSE);
		cr_expect_not(bus_status(town->bus, bb->plugin, &out));
		cr_expect(bus_status(town->bus, town_home(town, "cc")->plugin, &out));
		expect_all(town_home(town, "cc"), i == 0 ? 2212 : 2220);
		cr_expect_eq(home_int(bb, SEEN), 2200);
		fault = town_rewind(town, "bb", "aa", REWIND_ACCEPT, NULL);
		cr_expect_null(fault, "%s", fault);
		home_emit(town_home(town, "aa"), "aa.item.set", 3);
		town_settle(town);
		after = town_status(town);
		cr_expect_null(strstr(after, "refused"), "%s", after);
		cr_expect_eq(home_int(bb, "SELECT max(seq) FROM _effect"), i == 0 ? 2215 : 2223);
		g_string_free(ignored, TRUE);
		town_free(town);
	}
}

/* Rows as a publisher writes them later: another time, another event. */
static void grow_anew(FakeHome *aa, guint count)
{
	g_autofree char *sql = g_strdup_printf(
		"INSERT INTO _event(topic, subject, division, at, body) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
		"FROM n WHERE i < %u) SELECT 'aa.item.set', 's', '', 900000 + i, '{\"n\":1,\"name\":\"s\"}' FROM n",
		count);

	home_exec(aa, sql);
}

static void cut_log(FakeHome *aa, const char *where)
{
	g_autofree char *sql = g_strdup_printf("DELETE FROM _event WHERE %s", where);

	home_exec(aa, sql);
	home_exec(aa,
	          "UPDATE sqlite_sequence SET seq = ifnull((SELECT max(seq) FROM _event), 0) WHERE name = '_event'");
}

static gboolean is_refused(Town *town)
{
	g_autofree char *status = town_status(town);

	return strstr(status, "\"state\":\"refused\"") != NULL;
}

/* Everything from 11 on is another history's; where it was seen, what was noted, and what is known of the cursor's event. */
static const struct {
	gboolean seen_short, marked;
	const char *epoch; /* of the log, afterwards */
} apart[] = {
	{ TRUE, TRUE, NULL },
	{ TRUE, FALSE, NULL },
	{ FALSE, TRUE, NULL },
	{ FALSE, TRUE, "UPDATE _meta SET value = value + 2 WHERE name = 'epoch'" },
	{ FALSE, FALSE,
	  "INSERT INTO _meta SELECT printf('left-%x', value), 10 FROM _meta WHERE name = 'epoch'" },
};

Test(bus_apart, a_log_that_grew_again_stands_refused_and_accepted_gives_all_that_is_new, .timeout = 120)
{
	for (gsize i = 0; i < G_N_ELEMENTS(apart); i++) {
		Town *town = town_new("aa bb");
		FakeHome *aa = town_home(town, "aa"), *bb = town_home(town, "bb");
		g_autofree char *fault = NULL;

		home_emit(aa, "aa.item.set", 20);
		town_start(town);
		town_settle(town);
		town_stop(town);
		cr_expect_neq(home_int(bb, "SELECT mark FROM _cursor"), 0);
		if (!apart[i].marked)
			home_exec(bb, "UPDATE _cursor SET mark = 0, marked_at = 0");
		cut_log(aa, "seq > 10");
		if (apart[i].seen_short) {
			town_start(town);
			town_settle(town);
			cr_expect(is_refused(town), "%zu", i);
			town_stop(town);
			cr_expect_eq(home_int(bb, "SELECT parted FROM _cursor"), 10, "%zu", i);
		}
		if (apart[i].epoch != NULL)
			home_exec(aa, apart[i].epoch);
		if (apart[i].epoch != NULL && !apart[i].marked)
			home_exec(aa, "UPDATE _meta SET value = value + 2 WHERE name = 'epoch'");
		grow_anew(aa, 30);
		town_start(town);
		town_settle(town);
		cr_expect(is_refused(town), "%zu", i);
		/* The fixture counts each position once. */
		home_exec(bb, "DELETE FROM _effect WHERE seq > 10");
		fault = town_rewind(town, "bb", "aa", REWIND_ACCEPT, NULL);
		cr_expect_null(fault, "%zu: %s", i, fault);
		town_settle(town);
		cr_expect_not(is_refused(town), "%zu", i);
		cr_expect_eq(home_int(bb, SEEN), 40, "%zu", i);
		cr_expect_eq(home_int(bb, "SELECT parted FROM _cursor"), -1);
		town_stop(town);
		town_start(town);
		town_settle(town);
		cr_expect_not(is_refused(town), "%zu", i);
		town_free(town);
	}
}

Test(bus_apart, a_log_that_fits_again_is_taken_again_and_what_was_never_there_is_not)
{
	Town *town = town_new("aa bb");
	FakeHome *aa = town_home(town, "aa"), *bb = town_home(town, "bb");

	home_emit(aa, "aa.item.set", 20);
	town_start(town);
	town_settle(town);
	town_stop(town);
	home_exec(aa, "CREATE TABLE aside AS SELECT * FROM _event WHERE seq > 10");
	cut_log(aa, "seq > 10");
	town_start(town);
	town_settle(town);
	cr_expect(is_refused(town));
	town_stop(town);
	home_exec(aa, "INSERT INTO _event SELECT * FROM aside");
	home_emit(aa, "aa.item.set", 5);
	town_start(town);
	town_settle(town);
	cr_expect_not(is_refused(town));
	cr_expect_eq(home_int(bb, SEEN), 25);
	town_stop(town);
	/* The event of the cursor is gone: by a trim that is as it should be, else it is another log. */
	home_exec(aa, "DELETE FROM _event WHERE seq = 25");
	home_emit(aa, "aa.item.set", 5);
	town_start(town);
	town_settle(town);
	cr_expect(is_refused(town));
	town_stop(town);
	home_exec(aa, "INSERT INTO _meta(name, value) VALUES('trimmed', 25)");
	town_start(town);
	town_settle(town);
	cr_expect_not(is_refused(town));
	cr_expect_eq(home_int(bb, SEEN), 30);
	town_free(town);
}

Test(bus_apart, a_cursor_that_nothing_is_known_of_is_not_guessed)
{
	Town *town = town_new("aa bb");
	FakeHome *bb = town_home(town, "bb");
	g_autofree char *fault = NULL, *replayed = NULL;

	home_emit(town_home(town, "aa"), "aa.item.set", 20);
	town_start(town);
	town_settle(town);
	town_stop(town);
	home_exec(bb, "UPDATE _cursor SET mark = 0, epoch = epoch + 2");
	town_start(town);
	town_settle(town);
	fault = town_rewind(town, "bb", "aa", REWIND_ACCEPT, NULL);
	cr_expect(fault != NULL && strstr(fault, "replay --from") != NULL, "%s", fault);
	cr_expect(is_refused(town));
	replayed = town_rewind(town, "bb", "aa", REWIND_TO, &(LogPosition){ 0, 0 });
	cr_expect_null(replayed, "%s", replayed);
	town_settle(town);
	cr_expect_eq(home_int(bb, SEEN), 20);
	town_free(town);
}

Test(bus_apart, a_cursor_is_put_back_and_the_events_come_again)
{
	Town *town = town_new("aa bb");
	FakeHome *bb = town_home(town, "bb");
	const gint64 epoch = home_int(town_home(town, "aa"), "SELECT value FROM _meta WHERE name = 'epoch'");
	g_autofree char *start = NULL, *middle = NULL, *beyond = NULL, *other = NULL, *nobody = NULL;

	home_emit(town_home(town, "aa"), "aa.item.set", 600);
	town_start(town);
	town_settle(town);
	start = town_rewind(town, "bb", "aa", REWIND_TO, &(LogPosition){ 0, 0 });
	cr_expect_null(start, "%s", start);
	town_settle(town);
	expect_all(bb, 600);
	cr_expect_eq(bb->calls, 2 + 1 + 2);
	middle = town_rewind(town, "bb", "aa", REWIND_TO, &(LogPosition){ epoch, 590 });
	cr_expect_null(middle, "%s", middle);
	town_settle(town);
	cr_expect_eq(bb->calls, 2 + 1 + 2 + 1 + 1);
	beyond = town_rewind(town, "bb", "aa", REWIND_TO, &(LogPosition){ epoch, 601 });
	cr_expect_not_null(beyond);
	other = town_rewind(town, "bb", "aa", REWIND_TO, &(LogPosition){ epoch + 2, 5 });
	cr_expect_not_null(other);
	nobody = town_rewind(town, "aa", "bb", REWIND_TO, NULL);
	cr_expect_not_null(nobody);
	expect_all(bb, 600);
	town_free(town);
}
