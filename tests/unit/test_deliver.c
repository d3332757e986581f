/* SPDX-License-Identifier: Apache-2.0
 * Events given to a plugin as a vendor's test gives them, in both homes; and what a worker says of those it emits. */
#include <criterion/criterion.h>
#include <glib.h>
#include <string.h>
#include <zhen/test.h>
#include "base/clock.h"
#include "base/log.h"
#include "loader/loader.h"
#include "testhost/world.h"

#define RING_B BINARY_DIR "/plugins/ring_b/ring_b.so"

#define TOKEN(name, subject, fail) \
	"{\"token\":\"" name "\",\"subject\":\"" subject "\",\"division\":\"990101101000\",\"n\":1,\"fail\":" #fail "}"

static void story(gboolean worker)
{
	zhen_test *test = zhen_test_new(&(zhen_test_options){ .size = sizeof(zhen_test_options), .plugin = RING_B, .worker = worker });

	cr_assert_not_null(test, "%s", zhen_test_error(NULL));
	log_set_level(0);
	cr_expect_eq(zhen_test_deliver(test, "ring_a.passed", "x", TOKEN("t1", "x", 0)), 200);
	cr_expect_str_eq(zhen_test_sql(test, "SELECT event FROM effect"), "ring_a:1-1");
	cr_expect_not_null(strstr(zhen_test_event(test, 0), "\"topic\":\"ring_b.passed\""));
	cr_expect_eq(zhen_test_deliver(test, "ring_a.passed", "x", TOKEN("t2", "x", 1)), 409);
	cr_expect_str_eq(zhen_test_value(test, "code"), "ill-token");
	cr_expect_str_eq(zhen_test_value(test, "error"), "令牌 t2 不肯传");
	cr_expect_eq(zhen_test_deliver(test, "ring_a.passed", "x", TOKEN("t3", "x", 0)), 202);
	cr_expect_eq(zhen_test_deliver(test, "ring_a.passed", "y", TOKEN("t4", "y", 0)), 200);
	cr_expect_str_eq(zhen_test_sql(test, "SELECT group_concat(token) FROM effect"), "t1,t4");
	zhen_test_turn_to(test, clock_now_ms() + 1500);
	cr_expect_str_eq(zhen_test_sql(test, "SELECT group_concat(token) FROM effect"), "t1,t4,t2,t3");
	cr_expect_eq(zhen_test_deliver(test, "nobody.passed", "", "{}"), 404);
	zhen_test_free(test);
}

Test(deliver, an_event_is_taken_set_aside_and_tried_again_in_this_process, .timeout = 60)
{
	story(FALSE);
}

Test(deliver, an_event_is_taken_set_aside_and_tried_again_in_a_worker, .timeout = 60)
{
	story(TRUE);
}

typedef struct Heard {
	Loop *loop;
	guint times, before_reply;
	gint status;
} Heard;

static void emitted(void *data, const Plugin *plugin)
{
	Heard *heard = data;

	cr_expect_str_eq(plugin->id, "ring_b");
	heard->times++;
}

static void answered(void *data, CallReply *reply)
{
	Heard *heard = data;

	heard->status = reply->status;
	heard->before_reply = heard->times;
	call_reply_free(reply);
	loop_stop(heard->loop);
}

Test(deliver, a_worker_tells_of_its_events_before_it_answers_and_when_it_is_up, .timeout = 60)
{
	const char body[] = TOKEN("t1", "x", 0);
	const CallEvent event = { .position = { 3, 2 }, .topic = "ring_a.passed", .subject = "x", .division = "", .body = body,
		                  .body_length = sizeof body - 1, .at_ms = 1 };
	const CallRequest request = { .kind = CALL_EVENTS, .caller = { "host", "", "", "", "", 0, TRUE }, .now_ms = 1,
		                      .request_id = "bus", .base_url = "", .address = "", .publisher = "ring_a", .events = &event,
		                      .n_events = 1, .after = { 3, 0 }, .upto = { 3, 2 } };
	g_autoptr(GError) error = NULL;
	g_autoptr(World) world = world_new(NULL, NULL, &error);
	g_autoptr(LoadedPlugin) loaded = plugin_load(RING_B, &error);
	const char *divisions[] = { world->divisions_csv, NULL }, *bodies[] = { world->bodies_csv, NULL };
	g_autofree char *dir = g_build_filename(world->dir, "ring_b", NULL);
	Heard heard = { .loop = loop_new(0, &error) };
	const WorkerOptions options = { .worker_path = BINARY_DIR "/bin/zhen-worker", .plugin_path = RING_B, .divisions = divisions,
		                        .bodies = bodies, .dir = dir, .anchors_dir = world->anchors, .keys = world->keys,
		                        .idempotency_ms = 1000, .idempotency_max = 10, .jobs_by_hand = TRUE, .emitted = emitted,
		                        .emitted_data = &heard };
	Home *home;

	cr_assert_not_null(loaded, "%s", error != NULL ? error->message : "");
	home = home_new_worker(heard.loop, &options, loaded->plugin, &error);
	cr_assert_not_null(home, "%s", error != NULL ? error->message : "");
	cr_expect_eq(heard.times, 1, "at READY");
	home->submit(home, heard.loop, &request, answered, &heard);
	loop_run(heard.loop);
	cr_expect_eq(heard.status, 200);
	cr_expect_eq(heard.before_reply, 2);
	home->submit(home, heard.loop, &request, answered, &heard);
	loop_run(heard.loop);
	cr_expect_eq(heard.status, 200);
	cr_expect_eq(heard.before_reply, 2, "sent again it has no effect, and nothing is emitted");
	home_free(home);
	loop_free(heard.loop);
}
