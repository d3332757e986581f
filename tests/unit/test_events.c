/* SPDX-License-Identifier: Apache-2.0
 * Delivery at the subscriber's side: effects and cursor are one transaction. */
#include "events_fixture.h"

static const RuntimeEnv as_shipped = { 0 };
static const CallEvent three[] = { EVENT(1, "a", "{\"n\":1,\"title\":\"一\"}"), EVENT(3, "b", "{\"n\":3}"),
	                           EVENT(4, "a", "{\"n\":4,\"other\":true}") };

Test(events, a_batch_runs_in_order_and_moves_the_cursor_of_every_topic)
{
	Sub sub;

	sub_open(&sub, &as_shipped);
	cr_expect_eq(sub_deliver(&sub, three, 3, 0, 9), 200);
	cr_expect(sub_says(&sub, "{\"upto\":\"7-9\",\"handled\":3,\"parked\":0}"), "%s", sub.reply->body->str);
	HOLDS(&sub, "SELECT n FROM effect ORDER BY rowid", "1 3 4 ");
	HOLDS(&sub, "SELECT id FROM effect ORDER BY rowid", "pub:7-1 pub:7-3 pub:7-4 ");
	HOLDS(&sub, "SELECT at FROM effect ORDER BY rowid", "1001 1003 1004 ");
	HOLDS(&sub, "SELECT title FROM effect WHERE n = 1", "一 ");
	HOLDS(&sub, "SELECT topic || '=' || seq || ',' || live FROM _cursor",
	      "pub.note.written=9,0 pub.thing.made=9,0 ");
	HOLDS(&sub, "SELECT route || '|' || subject FROM _audit", "events pub|7-1–7-9 ");
	sub_close(&sub);
}

Test(events, sent_again_it_has_no_effect_again)
{
	Sub sub;
	const CallEvent more[] = { EVENT(4, "a", "{\"n\":4}"), EVENT(12, "c", "{\"n\":12}") };

	sub_open(&sub, &as_shipped);
	cr_expect_eq(sub_deliver(&sub, three, 3, 0, 9), 200);
	cr_expect_eq(sub_deliver(&sub, three, 3, 0, 9), 200);
	cr_expect(sub_says(&sub, "\"handled\":0"));
	cr_expect_eq(sub_deliver(&sub, more, 2, 3, 12), 200);
	HOLDS(&sub, "SELECT n FROM effect ORDER BY rowid", "1 3 4 12 ");
	HOLDS(&sub, "SELECT COUNT(*) FROM _audit", "2 ");
	sub_close(&sub);
}

Test(events, a_gap_or_another_epoch_is_refused_and_a_wrong_order_too)
{
	Sub sub;
	const CallEvent wrong[] = { EVENT(3, "", "{\"n\":3}"), EVENT(2, "", "{\"n\":2}") };
	CallRequest request;

	sub_open(&sub, &as_shipped);
	cr_expect_eq(sub_deliver(&sub, three, 3, 0, 9), 200);
	cr_expect_eq(sub_deliver(&sub, NULL, 0, 10, 12), 409);
	cr_expect(sub_says(&sub, "events-gap"));
	request = sub_delivery(NULL, 0, 9, 12);
	request.upto.epoch = request.after.epoch = EPOCH + 1;
	cr_expect_eq(sub_call(&sub, &request), 409);
	cr_expect(sub_says(&sub, "events-gap"));
	cr_expect_eq(sub_deliver(&sub, wrong, 2, 0, 9), 400);
	request = sub_delivery(NULL, 0, 0, 9);
	request.publisher = "nobody";
	cr_expect_eq(sub_call(&sub, &request), 404);
	HOLDS(&sub, "SELECT DISTINCT seq FROM _cursor", "9 ");
	HOLDS(&sub, "SELECT COUNT(*) FROM effect", "3 ");
	sub_close(&sub);
}

Test(events, without_events_only_the_cursor_moves_and_is_live_at_the_end)
{
	Sub sub;
	CallRequest request;

	sub_open(&sub, &as_shipped);
	request = sub_delivery(NULL, 0, 0, 5);
	request.caught_up = TRUE;
	cr_expect_eq(sub_call(&sub, &request), 200);
	HOLDS(&sub, "SELECT seq || ',' || live FROM _cursor", "5,1 5,1 ");
	cr_expect_eq(sub_deliver(&sub, NULL, 0, 5, 8), 200);
	HOLDS(&sub, "SELECT seq || ',' || live FROM _cursor", "8,1 8,1 ");
	HOLDS(&sub, "SELECT COUNT(*) FROM _audit", "0 ");
	sub_close(&sub);
}

static gboolean forget_notes(StoreConn *conn, void *data, GError **error)
{
	(void)data;
	return store_exec(conn, STORE_HOST, "DELETE FROM _cursor WHERE topic = 'pub.note.written'", NULL, 0, NULL,
	                  error);
}

Test(events, a_new_topic_begins_at_the_start_while_the_others_stay_where_they_are)
{
	Sub sub;
	CallEvent events[] = { EVENT(1, "a", "{\"n\":1}"), EVENT(2, "a", "{\"n\":2}"), EVENT(4, "a", "{\"n\":4}") };
	CallRequest request;

	sub_open(&sub, &as_shipped);
	cr_expect_eq(sub_deliver(&sub, events, 1, 0, 5), 200);
	cr_assert(store_write_now(runtime_store(sub.runtime), forget_notes, NULL, NULL));
	events[1].topic = "pub.note.written";
	request = sub_delivery(events, 3, 0, 4);
	request.caught_up = TRUE;
	cr_expect_eq(sub_call(&sub, &request), 200);
	cr_expect(sub_says(&sub, "\"handled\":1"), "%s", sub.reply->body->str);
	HOLDS(&sub, "SELECT n FROM effect ORDER BY rowid", "1 2 ");
	HOLDS(&sub, "SELECT topic || '=' || seq FROM _cursor", "pub.note.written=4 pub.thing.made=5 ");
	sub_close(&sub);
}

/* What fails, and the code it is set aside with. */
static const struct {
	const char *body;
	gint64 refused;
	const char *code;
	gint outcome;
} failing[] = {
	{ "{\"n\":2}", 2, "not-now", 409 },
	{ "{\"n\":666}", 0, "internal", 500 },
	{ "{\"n\":777}", 0, "conflict", 409 },
	{ "{\"n\":\"two\"}", 0, "bad-event", 422 },
	{ "{\"title\":\"no n\"}", 0, "bad-event", 422 },
	{ "{\"n\":2,\"when\":\"yesterday\"}", 0, "bad-event", 422 },
	{ "[]", 0, "bad-event", 422 },
};

Test(events, one_of_several_that_fails_leaves_nothing_and_alone_it_is_set_aside, .timeout = 120)
{
	for (gsize i = 0; i < G_N_ELEMENTS(failing); i++) {
		CallEvent events[] = { EVENT(1, "a", "{\"n\":1}"), EVENT(2, "b", ""), EVENT(3, "c", "{\"n\":3}") };
		g_autofree char *said =
			g_strdup_printf("\"outcome\":%d,\"code\":\"%s\"", failing[i].outcome, failing[i].code);
		g_autofree char *code = g_strconcat(failing[i].code, " ", NULL);
		Sub sub;

		sub_open(&sub, &as_shipped);
		refused_n = failing[i].refused;
		events[1].body = failing[i].body;
		events[1].body_length = strlen(failing[i].body);
		cr_expect_eq(sub_deliver(&sub, events, 3, 0, 3), 409, "%s", failing[i].body);
		cr_expect(sub_says(&sub, "events-split"), "%s: %s", failing[i].body, sub.reply->body->str);
		HOLDS(&sub, "SELECT COUNT(*) FROM effect", "0 ");
		HOLDS(&sub, "SELECT COUNT(*) FROM _cursor", "0 ");
		for (guint k = 0; k < 3; k++) {
			cr_expect_eq(sub_deliver(&sub, &events[k], 1, k, k + 1), 200);
			cr_expect_eq(sub_says(&sub, "\"parked\":1"), k == 1, "%s: %s", failing[i].body,
			             sub.reply->body->str);
			cr_expect(k != 1 || sub_says(&sub, said), "%s: %s", said, sub.reply->body->str);
		}
		HOLDS(&sub, "SELECT n FROM effect ORDER BY rowid", "1 3 ");
		HOLDS(&sub, "SELECT code FROM _parked", code);
		HOLDS(&sub, "SELECT topic || seq || subject || tries FROM _parked", "pub.thing.made2b1 ");
		HOLDS(&sub, "SELECT DISTINCT seq FROM _cursor", "3 ");
		HOLDS(&sub, "SELECT route || '|' || subject FROM _audit",
		      "events pub|7-1–7-1 parked pub|7-2 events pub|7-3–7-3 ");
		sub_close(&sub);
	}
}

Test(events, singles_sent_at_once_run_one_after_the_other)
{
	Sub sub;
	CallRequest requests[3];

	sub_open(&sub, &as_shipped);
	refused_n = 3;
	for (guint i = 0; i < 3; i++) {
		const gint64 at[] = { 0, 1, 3, 4 };

		requests[i] = sub_delivery(&three[i], 1, at[i], at[i + 1]);
		sub_submit(&sub, &requests[i]);
	}
	sub_wait(&sub);
	cr_expect_eq(sub.statuses[0] + sub.statuses[1] + sub.statuses[2], 600);
	HOLDS(&sub, "SELECT n FROM effect ORDER BY rowid", "1 4 ");
	HOLDS(&sub, "SELECT seq FROM _parked", "3 ");
	sub_close(&sub);
}

Test(events, handlers_that_take_long_give_others_their_turn)
{
	const CallEvent events[] = { EVENT(1, "", "{\"n\":1}"), EVENT(2, "", "{\"n\":500}"), EVENT(3, "", "{\"n\":3}") };
	const RuntimeEnv env = { .event_turn_us = 10000 };
	Sub sub;
	CallRequest request;

	sub_open(&sub, &env);
	request = sub_delivery(events, 3, 0, 9);
	request.caught_up = TRUE;
	cr_expect_eq(sub_call(&sub, &request), 200);
	cr_expect(sub_says(&sub, "{\"upto\":\"7-2\",\"handled\":2,\"parked\":0}"), "%s", sub.reply->body->str);
	HOLDS(&sub, "SELECT DISTINCT seq || ',' || live FROM _cursor", "2,0 ");
	cr_expect_eq(sub_deliver(&sub, &events[2], 1, 2, 9), 200);
	HOLDS(&sub, "SELECT n FROM effect ORDER BY rowid", "1 500 3 ");
	sub_close(&sub);
}

Test(events, the_bus_hears_of_events_that_handlers_and_calls_emitted_once_each_after_the_commit)
{
	const CallEvent events[] = { EVENT(1, "", "{\"n\":1000}"), EVENT(2, "", "{\"n\":1001}"), EVENT(3, "", "{\"n\":3}") };
	Sub sub;
	CallRequest request;

	sub_open(&sub, &as_shipped);
	cr_expect_eq(sub_deliver(&sub, events, 3, 0, 3), 200);
	cr_expect_eq(sub.emitted, 1);
	HOLDS(&sub, "SELECT body FROM _event", "{\"n\":1000} {\"n\":1001} ");
	refused_n = 1000;
	cr_expect_eq(sub_deliver(&sub, (CallEvent[]){ EVENT(4, "", "{\"n\":1000}") }, 1, 3, 4), 200);
	cr_expect_eq(sub.emitted, 1, "what was rolled back is nobody's business");
	request = sub_request(CALL_ROUTE);
	cr_expect_eq(sub_call(&sub, &request), 200);
	cr_expect_eq(sub.emitted, 2);
	cr_expect_eq(sub_deliver(&sub, NULL, 0, 4, 5), 200);
	cr_expect_eq(sub.emitted, 2);
	sub_close(&sub);
}

Test(events, a_full_disk_says_nothing_of_the_event)
{
	CallEvent event = EVENT(0, "a", "{\"n\":600}");
	gint status = 200;
	gint64 at = 0;
	Sub sub;

	sub_open_within(&sub, &as_shipped, 1024 * 1024);
	while (status == 200 && at < 100) {
		event.position.seq = at + 1;
		status = sub_deliver(&sub, &event, 1, at, at + 1);
		at += status == 200;
	}
	cr_expect_eq(status, 507, "%d after %d events", status, (gint)at);
	cr_expect_eq(sub_deliver(&sub, &event, 1, at, at + 1), 507);
	HOLDS(&sub, "SELECT COUNT(*) FROM _parked", "0 ");
	HOLDS(&sub, "SELECT (SELECT COUNT(*) FROM effect) = MIN(seq) FROM _cursor", "1 ");
	sub_close(&sub);
}

Test(events, a_subscription_without_fields_reads_every_member_and_nothing_passes_for_what_the_host_says)
{
	CallEvent event = EVENT(1, "", "{\"n\":5,\"list\":[{\"x\":1}],\"event_id\":\"made up\"}");
	Sub sub;

	sub_open(&sub, &as_shipped);
	event.topic = "pub.note.written";
	cr_expect_eq(sub_deliver(&sub, &event, 1, 0, 1), 200);
	HOLDS(&sub, "SELECT n || subject || id || title FROM effect", "5pub.note.writtenpub:7-1[{\"x\":1}] ");
	sub_close(&sub);
}

Test(events, the_cursor_goes_back_and_what_comes_again_is_not_set_aside_twice)
{
	Sub sub;
	CallRequest request;

	sub_open(&sub, &as_shipped);
	refused_n = 3;
	for (guint i = 0; i < 3; i++) {
		const gint64 at[] = { 0, 1, 3, 4 };

		cr_expect_eq(sub_deliver(&sub, &three[i], 1, at[i], at[i + 1]), 200);
	}
	HOLDS(&sub, "SELECT COUNT(*) FROM _parked", "1 ");
	request = sub_request(CALL_REWIND);
	request.upto = AT(1);
	cr_expect_eq(sub_call(&sub, &request), 204);
	HOLDS(&sub, "SELECT COUNT(*) FROM _parked", "0 ");
	HOLDS(&sub, "SELECT DISTINCT seq FROM _cursor", "1 ");
	HOLDS(&sub, "SELECT route || subject FROM _audit ORDER BY seq DESC LIMIT 1", "replay pub7-1 ");
	refused_n = 0;
	cr_expect_eq(sub_deliver(&sub, three, 3, 0, 4), 200);
	HOLDS(&sub, "SELECT n FROM effect ORDER BY rowid", "1 4 3 4 ");
	request.publisher = "nobody";
	cr_expect_eq(sub_call(&sub, &request), 404);
	sub_close(&sub);
}

Test(events, a_log_that_a_restore_cut_takes_back_only_the_cursors_beyond_its_end)
{
	CallEvent note = EVENT(2, "", "{\"n\":2}");
	Sub sub;
	CallRequest request;

	sub_open(&sub, &as_shipped);
	refused_n = 3;
	for (guint i = 0; i < 3; i++) {
		const gint64 at[] = { 0, 1, 3, 20 };

		cr_expect_eq(sub_deliver(&sub, &three[i], 1, at[i], at[i + 1]), 200);
	}
	cr_assert(store_write_now(runtime_store(sub.runtime), forget_notes, NULL, NULL));
	note.topic = "pub.note.written";
	cr_expect_eq(sub_deliver(&sub, &note, 1, 0, 2), 200);
	request = sub_request(CALL_REWIND);
	request.index = REWIND_CUT;
	request.upto = (LogPosition){ EPOCH + 1, 10 };
	cr_expect_eq(sub_call(&sub, &request), 204);
	HOLDS(&sub, "SELECT topic || '=' || epoch || '-' || seq FROM _cursor",
	      "pub.note.written=8-2 pub.thing.made=8-10 ");
	HOLDS(&sub, "SELECT epoch || '-' || seq FROM _parked", "8-3 ");
	request = sub_delivery(NULL, 0, 2, 12);
	request.upto.epoch = request.after.epoch = EPOCH + 1;
	cr_expect_eq(sub_call(&sub, &request), 200);
	sub_close(&sub);
}

Test(events, transient_events_are_trimmed_up_to_where_everybody_is_and_no_others)
{
	Sub sub;
	CallRequest call, trim;
	g_autofree char *epoch = NULL;

	sub_open(&sub, &as_shipped);
	call = sub_request(CALL_ROUTE);
	for (guint i = 0; i < 3; i++)
		cr_expect_eq(sub_call(&sub, &call), 200);
	trim = sub_request(CALL_TRIM);
	trim.upto = (LogPosition){ 1, 4 };
	cr_expect_eq(sub_call(&sub, &trim), 409, "of another epoch");
	epoch = sub_sql(&sub, "SELECT value FROM _meta WHERE name = 'epoch'");
	trim.upto.epoch = g_ascii_strtoll(epoch, NULL, 10);
	cr_expect_eq(sub_call(&sub, &trim), 200);
	cr_expect(sub_says(&sub, "\"deleted\":2"), "%s", sub.reply->body->str);
	HOLDS(&sub, "SELECT seq FROM _event ORDER BY seq", "1 3 5 6 ");
	cr_expect_eq(sub_call(&sub, &trim), 200);
	cr_expect(sub_says(&sub, "\"deleted\":0"));
	trim.upto.seq = 6;
	cr_expect_eq(sub_call(&sub, &trim), 200);
	HOLDS(&sub, "SELECT seq FROM _event ORDER BY seq", "1 3 5 ");
	sub_close(&sub);
}
