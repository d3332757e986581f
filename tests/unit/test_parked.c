/* SPDX-License-Identifier: Apache-2.0
 * What is set aside: who waits behind it, when it is tried again, and how somebody looks after it. */
#include "events_fixture.h"

static const RuntimeEnv as_shipped = { 0 };

static gboolean exec_one(StoreConn *conn, void *data, GError **error)
{
	return store_exec(conn, STORE_HOST, data, NULL, 0, NULL, error);
}

static void store_exec_now(Sub *sub, const char *sql)
{
	g_autoptr(GError) error = NULL;

	cr_assert(store_write_now(runtime_store(sub->runtime), exec_one, (void *)sql, &error), "%s",
	          error != NULL ? error->message : "");
}

/* What the handler's last try left, had the process ended in it: the mark that it began, and no more. */
static void store_exec_as_dead(Sub *sub)
{
	store_exec_now(sub, "UPDATE _parked SET tries = tries + 1, code = 'trying', not_before = "
	                    "CASE WHEN tries + 1 >= 3 THEN 9223372036854775807 ELSE 1 END WHERE id = 1");
}

/* Five events: 2 and 4 are of the subject that fails. */
static void deliver_five(Sub *sub)
{
	const CallEvent events[] = { EVENT(1, "a", "{\"n\":1}"), EVENT(2, "b", "{\"n\":2}"), EVENT(3, "a", "{\"n\":3}"),
		                     EVENT(4, "b", "{\"n\":4}"), EVENT(5, "", "{\"n\":5}") };

	refused_n = 2;
	cr_expect_eq(sub_deliver(sub, &events[0], 1, 0, 1), 200);
	cr_expect_eq(sub_deliver(sub, &events[1], 1, 1, 2), 200);
	cr_expect_eq(sub_deliver(sub, &events[2], 3, 2, 5), 200);
	cr_expect(sub_says(sub, "\"handled\":2,\"parked\":1"), "%s", sub->reply->body->str);
	HOLDS(sub, "SELECT n FROM effect ORDER BY rowid", "1 3 5 ");
	HOLDS(sub, "SELECT seq || code FROM _parked ORDER BY id", "2not-now 4behind ");
}

Test(parked, later_events_of_the_subject_wait_and_follow_in_order_once_it_is_taken, .timeout = 60)
{
	Sub sub;

	sub_open(&sub, &as_shipped);
	deliver_five(&sub);
	runtime_run_jobs(sub.runtime, sub.loop);
	sub_settle(&sub);
	HOLDS(&sub, "SELECT COUNT(*) FROM effect", "3 ");
	sub_later(&sub, 1000);
	HOLDS(&sub, "SELECT tries || code FROM _parked ORDER BY id", "2not-now 0behind ");
	refused_n = 0;
	sub_later(&sub, 1000);
	HOLDS(&sub, "SELECT COUNT(*) FROM effect", "3 ");
	sub_later(&sub, 1000);
	HOLDS(&sub, "SELECT n FROM effect ORDER BY rowid", "1 3 5 2 4 ");
	HOLDS(&sub, "SELECT COUNT(*) FROM _parked", "0 ");
	HOLDS(&sub, "SELECT route || subject || '=' || outcome FROM _audit WHERE route LIKE 'retry%' ORDER BY seq",
	      "retry pub7-2=409 retry pub7-2=200 retry pub7-4=200 ");
	sub_close(&sub);
}

/* Set aside by a clock that went nine years before: nobody waits for that time to come. */
Test(parked, a_clock_that_was_set_right_again_keeps_no_retry_waiting, .timeout = 60)
{
	const gint64 nine_years = 9 * 365 * 86400 * G_GINT64_CONSTANT(1000);
	Sub sub;

	sub_open(&sub, &as_shipped);
	clock_turn(nine_years);
	deliver_five(&sub);
	clock_turn(0);
	refused_n = 0;
	runtime_run_jobs(sub.runtime, sub.loop);
	sub_settle(&sub);
	HOLDS(&sub, "SELECT n FROM effect ORDER BY rowid", "1 3 5 2 4 ");
	sub_close(&sub);
}

Test(parked, after_as_many_tries_as_allowed_it_waits_for_somebody, .timeout = 60)
{
	const RuntimeEnv env = { .event_tries = 3, .event_backoff_ms = 100 };
	Sub sub;

	sub_open(&sub, &env);
	deliver_five(&sub);
	runtime_run_jobs(sub.runtime, sub.loop);
	for (guint i = 0; i < 6; i++)
		sub_later(&sub, 3600 * 1000);
	HOLDS(&sub, "SELECT tries FROM _parked ORDER BY id", "3 0 ");
	HOLDS(&sub, "SELECT COUNT(*) FROM _parked WHERE not_before = 9223372036854775807", "2 ");
	cr_expect_eq(runs, 3 + 3, "three taken, three tries");
	cr_expect_eq(sub_parked(&sub, PARKED_RETRY, 2), 409);
	cr_expect(sub_says(&sub, "\"behind\""));
	cr_expect_eq(sub_parked(&sub, PARKED_RETRY, 1), 409);
	cr_expect(sub_says(&sub, "not-now"));
	HOLDS(&sub, "SELECT tries FROM _parked ORDER BY id", "4 0 ");
	refused_n = 0;
	cr_expect_eq(sub_parked(&sub, PARKED_RETRY, 1), 200);
	sub_settle(&sub);
	HOLDS(&sub, "SELECT n FROM effect ORDER BY rowid", "1 3 5 2 4 ");
	cr_expect_eq(sub_parked(&sub, PARKED_RETRY, 1), 404);
	cr_expect(sub_says(&sub, "no-such-event"));
	sub_close(&sub);
}

Test(parked, what_is_dropped_lets_those_behind_go_on, .timeout = 60)
{
	Sub sub;

	sub_open(&sub, &as_shipped);
	deliver_five(&sub);
	runtime_run_jobs(sub.runtime, sub.loop);
	cr_expect_eq(sub_parked(&sub, PARKED_DROP, 1), 204);
	sub_settle(&sub);
	HOLDS(&sub, "SELECT n FROM effect ORDER BY rowid", "1 3 5 4 ");
	HOLDS(&sub, "SELECT COUNT(*) FROM _parked", "0 ");
	HOLDS(&sub, "SELECT account || route || subject FROM _audit WHERE route LIKE 'drop%'", "hostdrop pub7-2 ");
	cr_expect_eq(sub_parked(&sub, PARKED_DROP, 1), 404);
	sub_close(&sub);
}

Test(parked, an_event_with_a_fault_is_not_run_and_one_that_crashed_is_tried_later, .timeout = 60)
{
	CallEvent events[] = { EVENT(1, "", "{\"n\":1}"), EVENT(2, "x", "{\"n\":2}"), EVENT(3, "y", "{\"n\":3}"),
		               EVENT(4, "y", "{\"n\":4}"), EVENT(5, "", "") };
	Sub sub;

	sub_open(&sub, &as_shipped);
	events[1].fault = "field n is missing";
	events[2].fault = "crashed: the worker ended";
	events[4].topic = "";
	events[4].fault = "the row is broken";
	cr_expect_eq(sub_deliver(&sub, events, 5, 0, 5), 200);
	HOLDS(&sub, "SELECT n FROM effect", "1 ");
	HOLDS(&sub, "SELECT code || '/' || error FROM _parked ORDER BY id",
	      "not-valid/field n is missing crashed/the worker ended behind/ not-valid/the row is broken ");
	HOLDS(&sub, "SELECT tries FROM _parked ORDER BY id", "0 1 0 0 ");
	cr_expect_eq(sub_deliver(&sub, events, 5, 0, 5), 200);
	HOLDS(&sub, "SELECT COUNT(*) FROM _parked", "4 ");
	runtime_run_jobs(sub.runtime, sub.loop);
	sub_settle(&sub);
	HOLDS(&sub, "SELECT n FROM effect", "1 ");
	cr_expect_eq(sub_parked(&sub, PARKED_RETRY, 3), 409, "behind the one that crashed");
	sub_later(&sub, 1000);
	HOLDS(&sub, "SELECT n FROM effect ORDER BY rowid", "1 3 4 ");
	sub_later(&sub, 48 * 3600 * 1000);
	cr_expect_eq(sub_parked(&sub, PARKED_RETRY, 1), 409);
	cr_expect(sub_says(&sub, "not-valid"));
	cr_expect_eq(sub_parked(&sub, PARKED_CHECKED, 1), 200, "it is what its topic declares now");
	HOLDS(&sub, "SELECT n FROM effect ORDER BY rowid", "1 3 4 2 ");
	sub_close(&sub);
}

Test(parked, when_no_more_is_taken_aside_who_waits_does_so_in_the_log_and_who_fails_stands_still)
{
	const RuntimeEnv env = { .parked_max = 2 };
	const CallEvent events[] = { EVENT(1, "b", "{\"n\":2}"), EVENT(2, "b", "{\"n\":3}"), EVENT(3, "a", "{\"n\":4}"),
		                     EVENT(4, "b", "{\"n\":5}"), EVENT(5, "c", "{\"n\":2}") };
	Sub sub;

	sub_open(&sub, &env);
	refused_n = 2;
	cr_expect_eq(sub_deliver(&sub, events, 1, 0, 1), 200);
	cr_expect_eq(sub_deliver(&sub, &events[1], 3, 1, 4), 200);
	cr_expect(sub_says(&sub, "{\"upto\":\"7-4\",\"handled\":1,\"parked\":1,\"held\":3}"), "%s",
	          sub.reply->body->str);
	cr_expect_eq(sub_deliver(&sub, &events[4], 1, 4, 5), 503, "one that fails finds no place");
	cr_expect(sub_says(&sub, "parked-full"));
	HOLDS(&sub, "SELECT DISTINCT seq FROM _cursor", "4 ");
	HOLDS(&sub, "SELECT n FROM effect", "4 ");
	sub_close(&sub);
}

/* One publisher's events leave room for those of others; what comes and goes is counted in the same transaction. */
Test(parked, a_full_publisher_is_named_and_what_is_counted_is_what_is_there)
{
	const RuntimeEnv env = { .parked_max = 10, .parked_of_publisher = 3, .parked_of_subject = 2 };
	const CallEvent events[] = { EVENT(1, "b", "{\"n\":2}"), EVENT(2, "b", "{\"n\":3}"), EVENT(3, "d", "{\"n\":2}"),
		                     EVENT(4, "e", "{\"n\":2}"), EVENT(5, "c", "{\"n\":6}") };
	g_autoptr(RuntimeStats) stats = NULL;
	Sub sub;

	sub_open(&sub, &env);
	stats = runtime_stats_new(sub.plugin);
	refused_n = 2;
	for (guint i = 0; i < 3; i++)
		cr_expect_eq(sub_deliver(&sub, &events[i], 1, i, i + 1), 200);
	cr_expect_eq(sub_deliver(&sub, &events[3], 1, 3, 4), 503);
	cr_expect(sub_says(&sub, "parked-full-publisher"), "%s", sub.reply->body->str);
	HOLDS(&sub, "SELECT name || value FROM _meta WHERE name LIKE 'parked:%'", "parked:pub3 ");
	HOLDS(&sub, "SELECT publisher || subject || events FROM _crowd ORDER BY subject", "pubb2 pubd1 ");
	runtime_stats_read(sub.runtime, 0, stats);
	cr_expect_eq(stats->values[STAT_EVENTS_WAITING], 3);
	cr_expect_eq(stats->values[STAT_EVENTS_DEAD], 0);
	cr_expect_eq(stats->values[STAT_EVENTS_CROWDED], 1);
	cr_expect_eq(sub_parked(&sub, PARKED_DROP, 1), 204);
	HOLDS(&sub, "SELECT value FROM _meta WHERE name = 'parked:pub'", "2 ");
	refused_n = 0;
	cr_expect_eq(sub_deliver(&sub, &events[3], 2, 3, 5), 200);
	cr_expect(sub_says(&sub, "{\"upto\":\"7-5\",\"handled\":2,\"parked\":0}"), "%s", sub.reply->body->str);
	runtime_run_jobs(sub.runtime, sub.loop);
	sub_settle(&sub);
	sub_later(&sub, 1000);
	HOLDS(&sub, "SELECT COUNT(*) FROM _parked", "0 ");
	HOLDS(&sub, "SELECT value FROM _meta WHERE name = 'parked:pub'", "0 ");
	HOLDS(&sub, "SELECT COUNT(*) FROM _crowd", "0 ");
	sub_close(&sub);
}

/* What a process finds that starts after one that ended in the midst of a retry. */
Test(parked, that_a_retry_began_is_on_disk_before_it_runs, .timeout = 60)
{
	const RuntimeEnv env = { .event_tries = 3 };
	Sub sub;

	sub_open(&sub, &env);
	deliver_five(&sub);
	runtime_run_jobs(sub.runtime, sub.loop);
	looked_into = runtime_store(sub.runtime);
	sub_later(&sub, 1000);
	cr_expect_str_eq(on_disk, "2trying1");
	refused_n = 0;
	sub_later(&sub, 2000);
	cr_expect_str_eq(on_disk, "3trying1");
	HOLDS(&sub, "SELECT n FROM effect ORDER BY rowid", "1 3 5 2 4 ");
	store_read_done(sub.env.stores, 1);
	sub_close(&sub);
}

/* Two hundred wait; the hundredth fails once. */
Test(parked, many_that_wait_follow_in_few_transactions_up_to_the_one_that_fails, .timeout = 60)
{
	CallEvent events[200];
	char bodies[200][16];
	guint64 before;
	Sub sub;

	sub_open(&sub, &as_shipped);
	for (guint i = 0; i < 200; i++) {
		g_snprintf(bodies[i], sizeof bodies[i], "{\"n\":%u}", i + 1);
		events[i] = (CallEvent)EVENT(i + 1, "b", "");
		events[i].body = bodies[i];
		events[i].body_length = strlen(bodies[i]);
	}
	refused_n = 1;
	cr_expect_eq(sub_deliver(&sub, events, 1, 0, 1), 200);
	cr_expect_eq(sub_deliver(&sub, &events[1], 199, 1, 200), 200);
	cr_expect(sub_says(&sub, "\"parked\":199"));
	runtime_run_jobs(sub.runtime, sub.loop);
	refused_n = 100;
	before = store_commits(runtime_store(sub.runtime));
	sub_later(&sub, 1000);
	HOLDS(&sub, "SELECT COUNT(*) || '/' || MAX(n) FROM effect", "99/99 ");
	HOLDS(&sub, "SELECT seq || code || tries FROM _parked ORDER BY id LIMIT 2", "100not-now1 101behind0 ");
	refused_n = 0;
	sub_later(&sub, 3600 * 1000);
	HOLDS(&sub, "SELECT COUNT(*) FROM (SELECT n < LAG(n) OVER (ORDER BY rowid) AS bad FROM effect) WHERE bad",
	      "0 ");
	HOLDS(&sub, "SELECT COUNT(*) || '/' || COUNT(DISTINCT n) FROM effect", "200/200 ");
	HOLDS(&sub, "SELECT COUNT(*) FROM _audit WHERE route = 'retry pub' AND outcome = 200", "200 ");
	HOLDS(&sub, "SELECT COUNT(*) FROM _parked", "0 ");
	cr_expect_lt(store_commits(runtime_store(sub.runtime)) - before, 30);
	sub_close(&sub);
}

/* A crash of a batch says which event it was; the others are not held up, and it is tried again later like any that fails. */
Test(parked, an_event_that_ended_its_process_three_times_is_set_aside_and_tried_later, .timeout = 60)
{
	const CallEvent events[] = { EVENT(1, "a", "{\"n\":1}"), EVENT(2, "b", "{\"n\":888}"), EVENT(3, "b", "{\"n\":3}"),
		                     EVENT(4, "c", "{\"n\":4}") };
	const RuntimeEnv env = { .event_tries = 3 };
	Sub sub;

	sub_open(&sub, &env);
	for (guint i = 0; i < 3; i++) {
		cr_expect_eq(sub_deliver(&sub, events, 4, 0, 4), 503);
		HOLDS(&sub, "SELECT COUNT(*) FROM _parked", "0 ");
		sub_die(&sub);
	}
	cr_expect_eq(sub_deliver(&sub, events, 4, 0, 4), 200);
	cr_expect_null(sheet, "it was not run");
	HOLDS(&sub, "SELECT n FROM effect ORDER BY rowid", "1 4 ");
	HOLDS(&sub, "SELECT seq || code || tries FROM _parked ORDER BY id", "2crashed1 3behind0 ");
	HOLDS(&sub, "SELECT COUNT(*) FROM _parked WHERE code = 'crashed' AND not_before < 9223372036854775807", "1 ");
	/* Two tries more, each of which ends a process; then it waits for somebody. */
	for (gint64 tries = 2; tries <= 3; tries++) {
		g_autofree char *wanted = g_strdup_printf("2crashed%" G_GINT64_FORMAT " 3behind0 ", tries);

		runtime_run_jobs(sub.runtime, sub.loop);
		sub_later(&sub, 3600 * 1000);
		cr_expect_not_null(sheet);
		store_exec_as_dead(&sub);
		sub_die(&sub);
		HOLDS(&sub, "SELECT seq || code || tries FROM _parked ORDER BY id", wanted);
	}
	HOLDS(&sub, "SELECT COUNT(*) FROM _parked WHERE not_before = 9223372036854775807", "2 ");
	sub_close(&sub);
}

/* Others that were at work when it ended, and one that came back since, are not held to account for it. */
Test(parked, only_ends_in_a_row_count, .timeout = 60)
{
	const CallEvent events[] = { EVENT(1, "a", "{\"n\":1}"), EVENT(2, "b", "{\"n\":888}"), EVENT(3, "b", "{\"n\":3}") };
	CallEvent cured = EVENT(2, "b", "{\"n\":2}");
	Sub sub;

	sub_open(&sub, &as_shipped);
	for (guint i = 0; i < 2; i++) {
		cr_expect_eq(sub_deliver(&sub, events, 3, 0, 3), 503);
		sub_die(&sub);
	}
	cr_expect_eq(sub_deliver(&sub, events, 1, 0, 1), 200);
	cr_expect_eq(sub_deliver(&sub, &cured, 1, 1, 2), 200);
	HOLDS(&sub, "SELECT n FROM effect ORDER BY rowid", "1 2 ");
	HOLDS(&sub, "SELECT COUNT(*) FROM _parked", "0 ");
	cr_expect_eq(sub_deliver(&sub, &events[2], 1, 2, 3), 200);
	HOLDS(&sub, "SELECT n FROM effect ORDER BY rowid", "1 2 3 ");
	sub_close(&sub);
}

/* It was marked, and the process stopped before it ran. */
Test(parked, a_retry_that_never_ran_takes_no_try, .timeout = 60)
{
	Sub sub;

	sub_open(&sub, &as_shipped);
	deliver_five(&sub);
	store_exec_now(&sub,
	               "UPDATE _parked SET code = 'trying', tries = 2, not_before = 9223372036854775807 WHERE seq = 2");
	runtime_free(sub.runtime);
	sub_start(&sub);
	HOLDS(&sub, "SELECT seq || code || tries || error FROM _parked ORDER BY id", "2interrupted1现在不行 4behind0 ");
	refused_n = 0;
	runtime_run_jobs(sub.runtime, sub.loop);
	sub_settle(&sub);
	HOLDS(&sub, "SELECT n FROM effect ORDER BY rowid", "1 3 5 2 4 ");
	sub_close(&sub);
}
