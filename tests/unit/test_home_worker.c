/* SPDX-License-Identifier: Apache-2.0
 * The worker home: calls in flight together, a worker that dies and comes back, and workers that are none. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "loader/loader.h"

#define ZOO BINARY_DIR "/plugins/zoo/zoo.so"

static const char divisions_csv[] = "code,name,level,parent\n"
				    "990000000000,示例省,province,\n"
				    "990100000000,示例市,prefecture,990000000000\n"
				    "990101000000,示例县,county,990100000000\n"
				    "990101101000,东镇,township,990101000000\n";
static const char bodies_csv[] = "id,kind,name,division,superior\n"
				 "government-990101101000,government,东镇人民政府,990101101000,\n";

typedef struct World {
	char *dir, *data, *divisions, *bodies;
	Keys *keys;
	Loop *loop;
	LoadedPlugin *zoo;
	Home *home;
	guint waiting;
	guint statuses[600]; /* how often each was answered */
	GString *order;      /* of the calls' indices as answered */
} World;

typedef struct Asked {
	World *world;
	guint index;
} Asked;

static gint64 frame_max; /* 0 = as shipped */

static gboolean world_open(World *world, const char *worker, gint64 start_ms, guint in_flight_max, GError **error)
{
	const guint8 key[KEY_SIZE] = "key";
	const char *divisions[] = { NULL, NULL }, *bodies[] = { NULL, NULL };
	WorkerOptions options = { .worker_path = worker, .plugin_path = ZOO, .divisions = divisions, .bodies = bodies,
		                  .start_ms = start_ms, .in_flight_max = in_flight_max, .idempotency_ms = 1000,
		                  .idempotency_max = 10, .jobs_by_hand = TRUE, .frame_max = frame_max };

	log_set_level(0); /* what a dying worker has logged is not this test's business */
	world->dir = g_dir_make_tmp("zhen-home-XXXXXX", NULL);
	world->data = g_build_filename(world->dir, "zoo", NULL);
	world->divisions = g_build_filename(world->dir, "divisions.csv", NULL);
	world->bodies = g_build_filename(world->dir, "bodies.csv", NULL);
	g_file_set_contents(world->divisions, divisions_csv, -1, NULL);
	g_file_set_contents(world->bodies, bodies_csv, -1, NULL);
	world->keys = keys_from(key, key);
	world->loop = loop_new(0, NULL);
	world->zoo = plugin_load(ZOO, NULL);
	world->order = g_string_new(NULL);
	divisions[0] = world->divisions;
	bodies[0] = world->bodies;
	options.dir = world->data;
	options.anchors_dir = world->dir;
	options.keys = world->keys;
	world->home = home_new_worker(world->loop, &options, world->zoo->plugin, error);
	return world->home != NULL;
}

static void world_close(World *world)
{
	const char *args[] = { "rm", "-rf", world->dir, NULL };

	home_free(world->home);
	loaded_plugin_free(world->zoo);
	loop_free(world->loop);
	keys_free(world->keys);
	g_string_free(world->order, TRUE);
	g_spawn_sync(NULL, (char **)args, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
	g_free(world->dir);
	g_free(world->data);
	g_free(world->divisions);
	g_free(world->bodies);
}

static void answered(void *data, CallReply *reply)
{
	Asked *asked = data;
	World *world = asked->world;

	world->statuses[CLAMP(reply->status, 0, 599)]++;
	g_string_append_printf(world->order, "%u ", asked->index);
	call_reply_free(reply);
	g_free(asked);
	if (--world->waiting == 0 && loop_running(world->loop))
		loop_stop(world->loop);
}

static void ask(World *world, guint index, const char *body)
{
	static const CallParam id = { "id", "1", 1 };
	Asked *asked = g_new(Asked, 1);
	const CallRequest request = { .kind = CALL_ROUTE, .index = index,
		                      .caller = { "1", "", "", "990101101000", "", G_MAXUINT64, FALSE },
		                      .now_ms = 1, .request_id = "r", .base_url = "", .address = "",
		                      .params = &id, .n_params = index == 1, .body = body,
		                      .body_length = body != NULL ? strlen(body) : 0 };

	*asked = (Asked){ world, index };
	world->waiting++;
	world->home->submit(world->home, world->loop, &request, answered, asked);
}

static void wait_for_all(World *world)
{
	while (world->waiting > 0)
		loop_run(world->loop);
}

Test(home_worker, answers_many_calls_in_flight_reads_before_writes)
{
	World world = { 0 };
	g_autoptr(GError) error = NULL;

	cr_assert(world_open(&world, BINARY_DIR "/bin/zhen-worker", 0, 0, &error), "%s", error ? error->message : "");
	cr_assert_gt(home_worker_pid(world.home), 0);
	ask(&world, 0, "{\"name\": \"a\"}");
	wait_for_all(&world);
	cr_assert_eq(world.statuses[201], 1);
	g_string_truncate(world.order, 0);
	for (guint i = 0; i < 20; i++)
		ask(&world, 0, "{\"name\": \"b\"}");
	ask(&world, 1, NULL);
	wait_for_all(&world);
	cr_assert_eq(world.statuses[201], 21);
	cr_assert_eq(world.statuses[200], 1);
	cr_assert_str_neq(world.order->str + world.order->len - 2, "1 ", "the read waited for twenty durable writes");
	world_close(&world);
}

Test(home_worker, more_calls_than_allowed_are_answered_503)
{
	World world = { 0 };

	cr_assert(world_open(&world, BINARY_DIR "/bin/zhen-worker", 0, 4, NULL));
	for (guint i = 0; i < 10; i++)
		ask(&world, 0, "{\"name\": \"b\"}");
	wait_for_all(&world);
	cr_assert_eq(world.statuses[201], 4);
	cr_assert_eq(world.statuses[503], 6);
	world_close(&world);
}

static void look_again(void *data)
{
	loop_stop(((World *)data)->loop);
}

static void one_turn(World *world)
{
	LoopTimer *timer = loop_timer_new(world->loop, 1, FALSE, look_again, world);

	loop_run(world->loop);
	loop_timer_free(timer);
}

Test(home_worker, what_waits_for_a_worker_that_does_not_read_is_bounded, .timeout = 60)
{
	World world = { 0 };
	g_autofree char *name = g_strnfill(8000, 'x');
	g_autofree char *body = g_strdup_printf("{\"name\": \"%s\"}", name);

	frame_max = 65536;
	cr_assert(world_open(&world, BINARY_DIR "/bin/zhen-worker", 0, 1000, NULL));
	kill((pid_t)home_worker_pid(world.home), SIGSTOP);
	for (guint i = 0; i < 500; i++) {
		ask(&world, 0, body);
		one_turn(&world);
	}
	cr_expect_gt(world.statuses[503], 300, "4 MB of calls were kept for it");
	kill((pid_t)home_worker_pid(world.home), SIGCONT);
	wait_for_all(&world);
	cr_expect_eq(world.statuses[503] + world.statuses[201] + world.statuses[422], 500, "each was answered once");
	cr_expect_gt(world.statuses[201] + world.statuses[422], 10);
	world_close(&world);
}

Test(home_worker, a_dead_worker_fails_its_calls_and_is_started_again, .timeout = 30)
{
	World world = { 0 };
	gint64 before;

	cr_assert(world_open(&world, BINARY_DIR "/bin/zhen-worker", 0, 0, NULL));
	before = home_worker_pid(world.home);
	ask(&world, 0, "{\"name\": \"kept\"}");
	wait_for_all(&world);
	ask(&world, 2, NULL); /* traps */
	wait_for_all(&world);
	cr_assert_eq(world.statuses[503], 1);
	ask(&world, 1, NULL); /* nobody there yet */
	wait_for_all(&world);
	cr_assert_eq(world.statuses[503], 2);
	for (guint i = 0; i < 400 && world.statuses[200] == 0; i++) {
		LoopTimer *timer = loop_timer_new(world.loop, 50, FALSE, look_again, &world);

		loop_run(world.loop);
		loop_timer_free(timer);
		ask(&world, 1, NULL);
		wait_for_all(&world);
	}
	cr_assert_eq(world.statuses[200], 1, "the new worker reads what the old one had acknowledged");
	cr_assert_neq(home_worker_pid(world.home), before);
	world_close(&world);
}

/* Programs that are no zhen-worker, and what is said of them. */
static const struct {
	const char *script, *message;
} impostors[] = {
	{ "exit 3", "plugin zoo: worker ended: exited with 3" },
	{ "kill -SEGV $$", "plugin zoo: worker ended: killed by signal 11 (Segmentation fault)" },
	{ "printf 'HTTP/1.1 200 OK' >&3; exec sleep 60",
	  "plugin zoo: worker sent bytes that are no frame: killed by signal 9 (Killed)" },
	{ "printf '\\001\\000\\000\\000\\005' >&3; exec sleep 60",
	  "plugin zoo: worker sent a frame that breaks the rules: killed by signal 9 (Killed)" },
	{ "printf '\\010\\000\\000\\000\\003\\003\\000\\000\\000no\\000' >&3", "plugin zoo: no" },
	{ "exec sleep 60", "plugin zoo: worker was not ready in time: killed by signal 9 (Killed)" },
};

Test(home_worker, a_program_that_is_no_worker_is_ended_and_described, .timeout = 30)
{
	for (gsize i = 0; i < G_N_ELEMENTS(impostors); i++) {
		World world = { 0 };
		g_autoptr(GError) error = NULL;
		g_autofree char *dir = g_dir_make_tmp("zhen-impostor-XXXXXX", NULL);
		g_autofree char *path = g_build_filename(dir, "worker", NULL);
		g_autofree char *text = g_strdup_printf("#!/bin/sh\n%s\n", impostors[i].script);

		g_file_set_contents(path, text, -1, NULL);
		g_chmod(path, 0700);
		cr_expect_not(world_open(&world, path, 1500, 0, &error));
		cr_expect_str_eq(error->message, impostors[i].message);
		world_close(&world);
		g_unlink(path);
		g_rmdir(dir);
	}
}

Test(home_worker, a_plugin_that_cannot_start_says_why)
{
	World world = { 0 };
	g_autoptr(GError) error = NULL;
	const char *args[] = { BINARY_DIR "/bin/zhen-worker", NULL };
	g_autofree char *said = NULL;
	int status = 0;

	cr_expect_not(world_open(&world, "/nowhere/zhen-worker", 0, 0, &error));
	cr_expect_str_eq(error->message, "plugin zoo: /nowhere/zhen-worker: No such file or directory");
	world_close(&world);
	cr_assert(g_spawn_sync(NULL, (char **)args, NULL, 0, NULL, NULL, NULL, &said, &status, NULL));
	cr_expect_not_null(strstr(said, "is started by zhend, not by hand"));
}
