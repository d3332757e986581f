/* SPDX-License-Identifier: Apache-2.0
 * The writer of a worker held from outside: it stands, it lets go, and one that dies or hangs holds nobody. */
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#include "base/log.h"
#include "loader/loader.h"

#define ZOO BINARY_DIR "/plugins/zoo/zoo.so"
#define LONG_MS 60000

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
	guint created, read, gone;
	gint told, stands; /* atomic */
} World;

static void world_open(World *world)
{
	const guint8 key[KEY_SIZE] = "key";
	const char *divisions[] = { NULL, NULL }, *bodies[] = { NULL, NULL };
	WorkerOptions options = { .worker_path = BINARY_DIR "/bin/zhen-worker", .plugin_path = ZOO, .divisions = divisions,
		                  .bodies = bodies, .idempotency_ms = 1000, .idempotency_max = 10, .jobs_by_hand = TRUE };
	g_autoptr(GError) error = NULL;

	log_set_level(0); /* what a dying worker has logged is not this test's business */
	*world = (World){ 0 };
	world->dir = g_dir_make_tmp("zhen-hold-XXXXXX", NULL);
	world->data = g_build_filename(world->dir, "zoo", NULL);
	world->divisions = g_build_filename(world->dir, "divisions.csv", NULL);
	world->bodies = g_build_filename(world->dir, "bodies.csv", NULL);
	g_file_set_contents(world->divisions, divisions_csv, -1, NULL);
	g_file_set_contents(world->bodies, bodies_csv, -1, NULL);
	divisions[0] = world->divisions;
	bodies[0] = world->bodies;
	world->keys = keys_from(key, key);
	world->loop = loop_new(0, NULL);
	world->zoo = plugin_load(ZOO, NULL);
	options.dir = world->data;
	options.anchors_dir = world->dir;
	options.keys = world->keys;
	world->home = home_new_worker(world->loop, &options, world->zoo->plugin, &error);
	cr_assert_not_null(world->home, "%s", error != NULL ? error->message : "");
}

static void world_close(World *world)
{
	const char *args[] = { "rm", "-rf", world->dir, NULL };

	home_free(world->home);
	loaded_plugin_free(world->zoo);
	loop_free(world->loop);
	keys_free(world->keys);
	g_spawn_sync(NULL, (char **)args, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
	g_free(world->dir);
	g_free(world->data);
	g_free(world->divisions);
	g_free(world->bodies);
}

static void answered(void *data, CallReply *reply)
{
	World *world = data;

	world->created += reply->status == 201;
	world->read += reply->status == 200 || reply->status == 404; /* of a row that nobody wrote */
	world->gone += reply->status == 503;
	call_reply_free(reply);
}

enum { WRITE, READ };

static void ask(World *world, guint index)
{
	static const CallParam id = { "id", "1", 1 };
	const char *body = index == WRITE ? "{\"name\": \"a\"}" : NULL;
	const CallRequest request = { .kind = CALL_ROUTE, .index = index,
		                      .caller = { "1", "", "", "990101101000", "", G_MAXUINT64, FALSE },
		                      .now_ms = 1, .request_id = "r", .base_url = "", .address = "",
		                      .params = &id, .n_params = index == READ, .body = body,
		                      .body_length = body != NULL ? strlen(body) : 0 };

	world->home->submit(world->home, world->loop, &request, answered, world);
}

static void stop_loop(void *data)
{
	loop_stop(((World *)data)->loop);
}

static void run_for(World *world, gint64 ms)
{
	LoopTimer *timer = loop_timer_new(world->loop, ms, FALSE, stop_loop, world);

	loop_run(world->loop);
	loop_timer_free(timer);
}

/* Turns of the loop until *@count is @wanted; a deadline long enough for any machine. */
static void until(World *world, const guint *count, guint wanted, const char *what)
{
	const gint64 deadline = g_get_monotonic_time() + 30 * G_TIME_SPAN_SECOND;

	while (*count < wanted) {
		cr_assert(g_get_monotonic_time() < deadline, "%s", what);
		run_for(world, 5);
	}
}

static void on_paused(void *data, gboolean stands)
{
	World *world = data;

	g_atomic_int_set(&world->stands, stands);
	g_atomic_int_inc(&world->told);
}

static void until_told(World *world)
{
	const gint64 deadline = g_get_monotonic_time() + 30 * G_TIME_SPAN_SECOND;

	while (g_atomic_int_get(&world->told) == 0) {
		cr_assert(g_get_monotonic_time() < deadline, "nothing is said of the pause");
		run_for(world, 5);
	}
}

static void until_up(World *world)
{
	const gint64 deadline = g_get_monotonic_time() + 30 * G_TIME_SPAN_SECOND;
	guint read = world->read;

	while (world->read == read) {
		cr_assert(g_get_monotonic_time() < deadline, "no worker comes back");
		ask(world, READ);
		run_for(world, 50);
	}
}

Test(home_hold, a_held_worker_reads_and_does_not_write_until_it_is_let_go)
{
	World world;

	world_open(&world);
	ask(&world, WRITE);
	until(&world, &world.created, 1, "the first write");
	home_pause(world.home, LONG_MS, on_paused, &world);
	until_told(&world);
	cr_assert(world.stands);
	ask(&world, WRITE);
	for (guint i = 1; i <= 10; i++) {
		ask(&world, READ);
		until(&world, &world.read, i, "a read while it is held");
	}
	cr_assert_eq(world.created, 1, "it wrote while it was held");
	home_resume(world.home);
	until(&world, &world.created, 2, "the write that waited");
	cr_assert_eq(world.told, 1);
	world_close(&world);
}

Test(home_hold, a_worker_that_dies_while_it_is_held_is_not_started_before_the_end_of_the_pause)
{
	World world;

	world_open(&world);
	ask(&world, WRITE);
	until(&world, &world.created, 1, "the first write");
	home_pause(world.home, LONG_MS, on_paused, &world);
	until_told(&world);
	kill((pid_t)home_worker_pid(world.home), SIGKILL);
	run_for(&world, 1500); /* it would be started after one second */
	cr_assert_eq(home_worker_pid(world.home), 0, "another was started in the midst of a pause");
	home_resume(world.home);
	until_up(&world);
	world_close(&world);
}

Test(home_hold, a_worker_that_is_down_stands)
{
	World world;

	world_open(&world);
	ask(&world, WRITE);
	until(&world, &world.created, 1, "the first write");
	kill((pid_t)home_worker_pid(world.home), SIGKILL);
	while (home_worker_pid(world.home) != 0)
		run_for(&world, 5);
	home_pause(world.home, LONG_MS, on_paused, &world);
	cr_assert(world.told == 1 && world.stands);
	home_resume(world.home);
	until_up(&world);
	world_close(&world);
}

Test(home_hold, a_worker_that_dies_before_it_answers_stands)
{
	World world;
	pid_t pid;

	world_open(&world);
	pid = (pid_t)home_worker_pid(world.home);
	kill(pid, SIGSTOP);
	home_pause(world.home, LONG_MS, on_paused, &world);
	run_for(&world, 50);
	cr_assert_eq(world.told, 0, "it cannot have answered");
	kill(pid, SIGKILL);
	until_told(&world);
	cr_assert(world.stands);
	home_resume(world.home);
	until_up(&world);
	world_close(&world);
}

Test(home_hold, an_answer_that_comes_after_the_pause_is_not_told)
{
	World world;
	pid_t pid;

	world_open(&world);
	pid = (pid_t)home_worker_pid(world.home);
	kill(pid, SIGSTOP);
	home_pause(world.home, LONG_MS, on_paused, &world);
	run_for(&world, 20);
	home_resume(world.home);
	kill(pid, SIGCONT);
	ask(&world, WRITE);
	until(&world, &world.created, 1, "a write after it");
	cr_assert_eq(world.told, 0);
	world_close(&world);
}

Test(home_hold, a_worker_goes_on_by_itself_when_it_is_forgotten)
{
	World world;

	world_open(&world);
	home_pause(world.home, 50, on_paused, &world);
	until_told(&world);
	ask(&world, WRITE);
	until(&world, &world.created, 1, "a write though nobody let it go");
	home_resume(world.home);
	world_close(&world);
}

Test(home_hold, a_worker_that_is_starting_cannot_be_held)
{
	World world;
	pid_t before;

	world_open(&world);
	before = (pid_t)home_worker_pid(world.home);
	kill(before, SIGKILL);
	while (home_worker_pid(world.home) == before || home_worker_pid(world.home) == 0)
		run_for(&world, 1);
	home_pause(world.home, LONG_MS, on_paused, &world);
	/* It may have become ready in that very turn: then it stands after a frame there and back. */
	until_told(&world);
	home_resume(world.home);
	until_up(&world);
	world_close(&world);
}

Test(home_hold, a_held_worker_that_is_to_end_finishes_what_waits)
{
	World world;

	world_open(&world);
	home_pause(world.home, LONG_MS, on_paused, &world);
	until_told(&world);
	ask(&world, WRITE);
	run_for(&world, 50);
	cr_assert_eq(world.created, 0);
	home_resume(world.home);
	world_close(&world);
	cr_assert_eq(world.created + world.gone, 1, "the call was left without an answer");
}
