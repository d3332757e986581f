/* SPDX-License-Identifier: Apache-2.0
 * Deliveries: everything once and in order, whoever is slow, fails or dies. */
#include "bus_fixture.h"

#include "base/log.h"

Test(bus, everything_is_delivered_once_in_order_and_the_cursor_says_so)
{
	Town *town = town_new("aa bb cc");
	FakeHome *bb = town_home(town, "bb");

	home_emit(town_home(town, "aa"), "aa.item.set", 3000);
	town_start(town);
	town_settle(town);
	expect_all(bb, 3000);
	expect_all(town_home(town, "cc"), 3000);
	cr_expect_eq(home_int(bb, "SELECT seq FROM _cursor"), 3000);
	cr_expect_eq(home_int(bb, "SELECT live FROM _cursor"), 1);
	cr_expect_eq(home_int(bb, "SELECT epoch FROM _cursor"),
	             home_int(town_home(town, "aa"), "SELECT value FROM _meta WHERE name = 'epoch'"));
	cr_expect_eq(bb->most, 512);
	cr_expect_leq(bb->calls, 7);
	town_free(town);
}

Test(bus, what_is_committed_later_comes_by_its_wake)
{
	Town *town = town_new("aa bb");

	town_start(town);
	town_settle(town);
	for (guint i = 1; i <= 5; i++) {
		home_emit(town_home(town, "aa"), "aa.item.set", 3);
		town_settle(town);
		expect_all(town_home(town, "bb"), 3 * i);
	}
	town_free(town);
}

Test(bus, a_new_start_goes_on_from_the_cursor)
{
	Town *town = town_new("aa bb");

	home_emit(town_home(town, "aa"), "aa.item.set", 700);
	town_start(town);
	town_settle(town);
	town_stop(town);
	home_emit(town_home(town, "aa"), "aa.item.set", 300);
	town_start(town);
	town_settle(town);
	expect_all(town_home(town, "bb"), 1000);
	town_free(town);
}

Test(bus, who_subscribes_is_ready_when_it_has_caught_up_and_others_at_once)
{
	Town *town = town_new("aa bb");
	FakeHome *bb = town_home(town, "bb");

	home_emit(town_home(town, "aa"), "aa.item.set", 600);
	home_say(bb, (Order){ .status = 503, .code = "busy" });
	town_start(town);
	town_settle(town);
	cr_expect(bus_ready(town->bus, town_home(town, "aa")->plugin));
	cr_expect_not(bus_ready(town->bus, bb->plugin));
	bus_wake(town->bus, bb->plugin);
	town_settle(town);
	cr_expect(bus_ready(town->bus, bb->plugin));
	cr_expect_str_eq(town->ready->str, "aa bb ");
	town_stop(town);
	/* Once is enough: at the next start there is nothing to wait for. */
	home_emit(town_home(town, "aa"), "aa.item.set", 600);
	home_say(bb, (Order){ .status = 503, .code = "busy" });
	town_start(town);
	cr_expect(bus_ready(town->bus, bb->plugin));
	cr_expect_str_eq(town->ready->str, "aa bb bb aa ", "%s", town->ready->str);
	town_free(town);
}

Test(bus, a_subscriber_that_never_answers_slows_nobody)
{
	Town *town = town_new("aa bb cc");
	FakeHome *bb = town_home(town, "bb");
	g_autofree char *status = NULL;

	home_say(bb, (Order){ .late = TRUE });
	town_start(town);
	home_emit(town_home(town, "aa"), "aa.item.set", 20000);
	/* The last of cc's effects is in its database before the bus has heard of it. */
	while (home_int(town_home(town, "cc"), SEEN) < 20000 || bus_under_way(town->bus) > 1)
		g_thread_yield();
	cr_expect_eq(home_int(bb, SEEN), 0);
	cr_expect_eq(bb->calls, 1);
	/* What cc took is answered a moment after it is in its database. */
	while (bus_under_way(town->bus) > 1)
		g_thread_yield();
	cr_expect_eq(bus_under_way(town->bus), 1);
	expect_all(town_home(town, "cc"), 20000);
	/* Then it answers, and gets the rest. */
	((KeptCall *)bb->kept->pdata[0])->item = (LoopItem){ .run = home_answer_kept, .data = bb->kept->pdata[0] };
	bus_settle(town->bus, home_answer_kept, bb->kept->pdata[0]);
	status = town_status(town);
	town_stop(town);
	town_free(town);
}

Test(bus, a_batch_that_fails_comes_again_one_by_one_in_order)
{
	Town *town = town_new("aa bb");
	FakeHome *bb = town_home(town, "bb");

	home_emit(town_home(town, "aa"), "aa.item.set", 600);
	home_say(bb, (Order){ .status = 409, .code = "events-split" });
	town_start(town);
	town_settle(town);
	expect_all(bb, 600);
	cr_expect_eq(bb->singles, 512);
	cr_expect_eq(bb->calls, 1 + 512 + 1);
	town_free(town);
}

/* The first of them is kept: what is queued by then is all that is queued. */
Test(bus, no_more_than_64_singles_are_queued_at_once, .timeout = 60)
{
	Town *town = town_new("aa bb");
	FakeHome *bb = town_home(town, "bb");
	gboolean queued = FALSE;

	home_emit(town_home(town, "aa"), "aa.item.set", 600);
	home_say(bb, (Order){ .status = 409, .code = "events-split" });
	home_say(bb, (Order){ .late = TRUE, .at = 1 });
	town_start(town);
	while (!queued) {
		g_autofree char *status = town_status(town);

		queued = strstr(status, "\"state\":\"delivering\"") != NULL;
		g_thread_yield();
	}
	cr_expect_eq(bb->calls, 1 + 64, "%u", bb->calls);
	((KeptCall *)bb->kept->pdata[0])->item = (LoopItem){ .run = home_answer_kept, .data = bb->kept->pdata[0] };
	bus_settle(town->bus, home_answer_kept, bb->kept->pdata[0]);
	town_stop(town);
	town_free(town);
}

Test(bus, a_single_that_cannot_be_taken_now_stops_those_behind_it)
{
	Town *town = town_new("aa bb");
	FakeHome *bb = town_home(town, "bb");

	home_emit(town_home(town, "aa"), "aa.item.set", 10);
	home_say(bb, (Order){ .status = 409, .code = "events-split" });
	home_say(bb, (Order){ .status = 507, .code = "storage-full", .at = 4 });
	for (gint64 seq = 5; seq <= 10; seq++)
		home_say(bb, (Order){ .status = 409, .code = "events-gap", .at = seq });
	town_start(town);
	town_settle(town);
	cr_expect_eq(home_int(bb, SEEN), 3);
	bus_wake(town->bus, bb->plugin);
	town_settle(town);
	expect_all(bb, 10);
	town_free(town);
}

Test(bus, what_was_taken_only_in_part_goes_on_behind_it)
{
	Town *town = town_new("aa bb");
	FakeHome *bb = town_home(town, "bb");

	home_emit(town_home(town, "aa"), "aa.item.set", 600);
	home_say(bb, (Order){ .only = 100 });
	home_say(bb, (Order){ .only = 1 });
	town_start(town);
	town_settle(town);
	expect_all(bb, 600);
	cr_expect_eq(bb->calls, 4);
	town_free(town);
}

Test(bus, a_cursor_that_is_elsewhere_is_read_again)
{
	Town *town = town_new("aa bb");
	FakeHome *bb = town_home(town, "bb");

	home_emit(town_home(town, "aa"), "aa.item.set", 600);
	home_say(bb, (Order){ .status = 409, .code = "events-gap" });
	town_start(town);
	town_settle(town);
	expect_all(bb, 600);
	town_free(town);
}

Test(bus, a_home_that_refuses_is_waited_for_and_named)
{
	static const Order cases[] = {
		{ .status = 503, .code = "busy" },        { .status = 503, .code = "worker-gone" },
		{ .status = 507, .code = "storage-full" }, { .status = 500, .code = "x" },
		{ .status = 404, .code = "not-subscribed" }, { .status = 503, .code = "parked-full" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		Town *town = town_new("aa bb");
		FakeHome *bb = town_home(town, "bb");
		g_autofree char *status = NULL, *named = g_strdup_printf("%d %s", cases[i].status, cases[i].code);

		home_emit(town_home(town, "aa"), "aa.item.set", 600);
		home_say(bb, cases[i]);
		town_start(town);
		town_settle(town);
		status = town_status(town);
		cr_expect_not_null(strstr(status, named), "%s", status);
		cr_expect_not_null(strstr(status, "\"state\":\"waiting\""), "%s", status);
		cr_expect_not_null(strstr(status, "\"lag\":600"), "%s", status);
		cr_expect_eq(bb->calls, 1);
		bus_wake(town->bus, bb->plugin);
		town_settle(town);
		expect_all(bb, 600);
		town_free(town);
	}
}

Test(bus, a_wait_ends_by_itself_too)
{
	Town *town = town_new("aa bb");
	FakeHome *bb = town_home(town, "bb");

	home_emit(town_home(town, "aa"), "aa.item.set", 5);
	for (guint i = 0; i < 4; i++)
		home_say(bb, (Order){ .status = 503, .code = "busy" });
	town_start_with(town, (BusOptions){ .backoff_ms = 1 });
	while (home_int(bb, SEEN) < 5)
		g_thread_yield();
	cr_expect_eq(bb->calls, 5);
	town_free(town);
}

Test(bus, the_event_that_ends_its_subscriber_three_times_is_found_and_set_aside)
{
	Town *town = town_new("aa bb");
	FakeHome *bb = town_home(town, "bb");

	home_emit(town_home(town, "aa"), "aa.item.set", 8);
	home_say(bb, (Order){ .status = 503, .code = "worker-gone" });
	for (guint i = 0; i < 2; i++)
		home_say(bb, (Order){ .status = 503, .code = "worker-gone", .at = 5 });
	town_start(town);
	for (guint i = 0; i < 3; i++) {
		town_settle(town);
		cr_expect_eq(home_int(bb, SEEN), i == 0 ? 0 : 4);
		bus_wake(town->bus, bb->plugin);
	}
	town_settle(town);
	cr_expect_str_eq(bb->faults->str, "5:crashed: killed by signal 11;");
	cr_expect_eq(home_int(bb, SEEN), 8);
	cr_expect_eq(bb->most, 8);
	cr_expect_eq(bb->calls, 1 + 4 + 2 + 4);
	/* Then the others come together again. */
	home_emit(town_home(town, "aa"), "aa.item.set", 8);
	town_settle(town);
	cr_expect_eq(home_int(bb, SEEN), 16);
	cr_expect_eq(bb->calls, 1 + 4 + 2 + 4 + 1);
	town_free(town);
}

Test(bus, a_home_that_is_still_down_says_nothing_of_the_event)
{
	Town *town = town_new("aa bb");
	FakeHome *bb = town_home(town, "bb");

	home_emit(town_home(town, "aa"), "aa.item.set", 2);
	for (guint i = 0; i < 10; i++)
		home_say(bb, (Order){ .status = 503, .code = "worker-gone" });
	town_start_with(town, (BusOptions){ .backoff_ms = 1 });
	while (home_int(bb, SEEN) < 2)
		g_thread_yield();
	cr_expect_str_eq(bb->faults->str, "");
	town_free(town);
}

Test(bus, a_log_that_cannot_be_read_is_named_and_others_go_on)
{
	Town *town = town_new("aa xx bb ee");
	FakeHome *aa = town_home(town, "aa"), *ee = town_home(town, "ee");
	g_autofree char *status = NULL;

	home_emit(aa, "aa.item.set", 10);
	home_emit(town_home(town, "xx"), "xx.item.set", 10);
	home_exec(aa, "ALTER TABLE _event RENAME TO _lost");
	town_start(town);
	town_settle(town);
	status = town_status(town);
	cr_expect_not_null(strstr(status, "log of aa not readable"), "%s", status);
	cr_expect_not(town->well, "who waits for a log is not well");
	cr_expect_eq(home_int(ee, "SELECT count(*) FROM _effect WHERE publisher = 'xx'"), 10);
	cr_expect_eq(home_int(ee, SEEN), 10);
	home_exec(aa, "ALTER TABLE _lost RENAME TO _event");
	bus_wake(town->bus, aa->plugin);
	town_settle(town);
	cr_expect_eq(home_int(ee, SEEN), 20);
	expect_all(town_home(town, "bb"), 10);
	town_free(town);
}

Test(bus, what_is_not_what_its_topic_declares_is_handed_over_as_faulty)
{
	Town *town = town_new("aa bb");
	FakeHome *aa = town_home(town, "aa"), *bb = town_home(town, "bb");

	home_emit(aa, "aa.item.set", 1);
	home_exec(aa, "INSERT INTO _event(topic, subject, division, at, body) VALUES('aa.item.set', 's', '', 1, '{\"n\":\"x\"}')");
	home_exec(aa, "INSERT INTO _event(topic, subject, division, at, body) VALUES('aa.item.set', x'00', '', 1, '{}')");
	town_start(town);
	town_settle(town);
	cr_expect_str_eq(bb->faults->str, "2:aa.item.set: field n is no whole number;3:the row is no event;");
	cr_expect_eq(home_int(bb, SEEN), 3);
	town_free(town);
}

Test(bus, members_that_are_not_declared_stay_behind_and_the_cursor_still_knows_its_event)
{
	Town *town = town_new("aa bb");
	FakeHome *aa = town_home(town, "aa");

	home_exec(aa, "INSERT INTO _event(topic, subject, division, at, body) VALUES('aa.item.set', '', '', 1, '{\"n\":1,\"gone\":\"x\"}')");
	town_start(town);
	town_settle(town);
	town_stop(town);
	home_emit(aa, "aa.item.set", 1);
	town_start(town);
	town_settle(town);
	expect_all(town_home(town, "bb"), 2);
	town_free(town);
}

Test(bus, topics_that_nobody_subscribes_to_move_the_cursor_when_they_are_many)
{
	Town *town = town_new("aa bb");
	FakeHome *aa = town_home(town, "aa"), *bb = town_home(town, "bb");

	town_start(town);
	town_settle(town);
	bb->calls = 0;
	home_emit(aa, "aa.item.gone", 4000);
	town_settle(town);
	cr_expect_eq(bb->calls, 0);
	home_emit(aa, "aa.item.gone", 30000);
	town_settle(town);
	cr_expect_leq(bb->calls, 4);
	cr_expect_gt(home_int(bb, "SELECT seq FROM _cursor"), 34000 - 4097);
	cr_expect_eq(home_int(bb, SEEN), 0);
	home_emit(aa, "aa.item.set", 1);
	town_settle(town);
	cr_expect_eq(home_int(bb, SEEN), 1);
	town_free(town);
}

Test(bus, a_topic_subscribed_to_later_starts_at_the_beginning_while_the_others_go_on)
{
	Town *town = town_new("aa dd");
	FakeHome *aa = town_home(town, "aa"), *dd = town_home(town, "dd");
	const gint64 epoch = home_int(aa, "SELECT value FROM _meta WHERE name = 'epoch'");
	g_autofree char *cursor = g_strdup_printf(
		"INSERT INTO _cursor(publisher, topic, epoch, seq, live) VALUES('aa', 'aa.item.set', %" G_GINT64_FORMAT ", 20, 1)", epoch);

	for (guint i = 0; i < 10; i++) {
		home_emit(aa, "aa.item.set", 2);
		home_emit(aa, "aa.item.gone", 2);
	}
	home_exec(dd, cursor);
	town_start(town);
	cr_expect_not(bus_ready(town->bus, dd->plugin));
	town_settle(town);
	cr_expect_eq(home_int(dd, "SELECT count(*) FROM _effect WHERE topic = 'aa.item.gone'"), 20);
	cr_expect_eq(home_int(dd, "SELECT count(*) FROM _effect WHERE topic = 'aa.item.set'"), 10);
	cr_expect_eq(home_int(dd, "SELECT min(seq) FROM _effect WHERE topic = 'aa.item.set'"), 21);
	cr_expect(bus_ready(town->bus, dd->plugin));
	town_free(town);
}

Test(bus, a_subscription_to_what_is_not_declared_is_shown_and_the_rest_delivered)
{
	Town *town = town_new("aa ff");
	g_autofree char *status = NULL;

	home_emit(town_home(town, "aa"), "aa.item.set", 5);
	town_start(town);
	town_settle(town);
	status = town_status(town);
	cr_expect_not_null(strstr(status, "aa does not declare the topic aa.item.lost"), "%s", status);
	expect_all(town_home(town, "ff"), 5);
	cr_expect(bus_ready(town->bus, town_home(town, "ff")->plugin));
	town_free(town);
}

Test(bus, a_publisher_that_is_not_there_is_not_waited_for)
{
	Town *town = town_new("bb");

	town_start(town);
	cr_expect_str_eq(town->ready->str, "bb ");
	town_settle(town);
	cr_expect_eq(town_home(town, "bb")->calls, 0);
	town_free(town);
}

Test(bus, transient_events_are_trimmed_seldom_and_only_when_everybody_has_them)
{
	Town *town = town_new("aa gg");
	FakeHome *aa = town_home(town, "aa"), *gg = town_home(town, "gg");

	home_emit(aa, "aa.item.seen", 600);
	home_say(gg, (Order){ 0 });
	home_say(gg, (Order){ .status = 503, .code = "busy" });
	town_start(town);
	town_settle(town);
	cr_expect_eq(aa->trims, 1);
	cr_expect_eq(aa->trimmed, 512);
	bus_wake(town->bus, gg->plugin);
	town_settle(town);
	for (guint i = 0; i < 20; i++) {
		home_emit(aa, "aa.item.seen", 5);
		town_settle(town);
	}
	cr_expect_eq(aa->trims, 1);
	home_emit(aa, "aa.item.seen", 10000);
	town_settle(town);
	cr_expect_eq(aa->trims, 2);
	cr_expect_geq(aa->trimmed, 10512);
	town_free(town);
}

Test(bus, archives_are_delivered_like_the_log)
{
	Town *town = town_new("aa bb");
	FakeHome *aa = town_home(town, "aa");
	guint moved = 1;

	home_emit(aa, "aa.item.set", 3000);
	while (moved > 0)
		cr_assert(log_archive(aa->store, 3500, &moved, NULL));
	cr_assert_lt(home_int(aa, "SELECT count(*) FROM _event"), 600);
	town_start(town);
	town_settle(town);
	expect_all(town_home(town, "bb"), 3000);
	town_free(town);
}

Test(bus, after_it_was_stopped_nothing_is_delivered)
{
	Town *town = town_new("aa bb");

	town_start(town);
	town_settle(town);
	bus_stop(town->bus);
	home_emit(town_home(town, "aa"), "aa.item.set", 5);
	town_settle(town);
	town_stop(town);
	cr_expect_eq(home_int(town_home(town, "bb"), SEEN), 0);
	town_free(town);
}

Test(bus, metrics_name_both_ends)
{
	Town *town = town_new("aa bb");
	g_autoptr(GString) out = g_string_new(NULL);

	home_emit(town_home(town, "aa"), "aa.item.set", 5);
	town_start(town);
	town_settle(town);
	bus_metrics(town->bus, out);
	cr_expect_not_null(strstr(out->str, "zhen_bus_delivered_total{subscriber=\"bb\",publisher=\"aa\"} 5\n"), "%s",
	                   out->str);
	cr_expect_not_null(strstr(out->str, "zhen_bus_lag{subscriber=\"bb\",publisher=\"aa\"} 0\n"), "%s", out->str);
	town_free(town);
}
