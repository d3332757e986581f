/* SPDX-License-Identifier: Apache-2.0
 * A worker whose writer is held and let go from other threads while calls go through it, and that dies in the midst: for
 * ThreadSanitizer, and counted. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/log.h"
#include "loader/loader.h"

#define PAUSES 60
#define AT_ONCE 16
#define DEATHS 2

static const char divisions_csv[] = "code,name,level,parent\n"
				    "990000000000,示例省,province,\n"
				    "990100000000,示例市,prefecture,990000000000\n"
				    "990101000000,示例县,county,990100000000\n"
				    "990101101000,东镇,township,990101000000\n";
static const char bodies_csv[] = "id,kind,name,division,superior\n"
				 "government-990101101000,government,东镇人民政府,990101101000,\n";

typedef struct World {
	Loop *loop;
	Home *home;
	guint under_way, gone, wrong; /* loop */
	gint told, written, ending;   /* atomic */
} World;

static void answered(void *data, CallReply *reply)
{
	World *world = data;

	world->under_way--;
	g_atomic_int_add(&world->written, reply->status == 201);
	world->gone += reply->status == 503;
	world->wrong += reply->status != 201 && reply->status != 503;
	call_reply_free(reply);
}

static void write_one(World *world)
{
	const CallRequest request = { .kind = CALL_ROUTE,
		                      .index = 0,
		                      .caller = { "1", "", "", "990101101000", "", G_MAXUINT64, FALSE },
		                      .now_ms = 1,
		                      .request_id = "r",
		                      .base_url = "",
		                      .address = "",
		                      .body = "{\"name\": \"a\"}",
		                      .body_length = strlen("{\"name\": \"a\"}") };

	world->under_way++;
	world->home->submit(world->home, world->loop, &request, answered, world);
}

/* So many at a time; what is refused while no worker is up is not asked again in the same turn. */
static void on_tick(void *data)
{
	World *world = data;

	for (guint i = world->under_way; i < AT_ONCE && g_atomic_int_get(&world->ending) == 0; i++)
		write_one(world);
	if (world->under_way == 0 && g_atomic_int_get(&world->ending) != 0)
		loop_stop(world->loop);
}

static void on_paused(void *data, gboolean stands)
{
	(void)stands;
	g_atomic_int_inc(&((World *)data)->told);
}

/* FALSE: half a minute was not enough. */
static gboolean more_than(gint *count, gint before)
{
	const gint64 until = g_get_monotonic_time() + 30 * G_TIME_SPAN_SECOND;

	while (g_atomic_int_get(count) <= before && g_get_monotonic_time() < until)
		g_thread_yield();
	return g_atomic_int_get(count) > before;
}

static void *hold(void *data)
{
	World *world = data;
	const char *fault = NULL;

	for (guint i = 0; i < PAUSES && fault == NULL; i++) {
		const gint told = g_atomic_int_get(&world->told);
		gint written;
		pid_t pid;

		home_pause(world->home, 10000, on_paused, world);
		if (!more_than(&world->told, told))
			fault = "nothing was said of a pause";
		pid = (pid_t)home_worker_pid(world->home);
		if (i % (PAUSES / DEATHS) == 7 && pid > 0)
			kill(pid, SIGKILL);
		written = g_atomic_int_get(&world->written);
		home_resume(world->home);
		if (fault == NULL && !more_than(&world->written, written))
			fault = "nothing was written after a pause";
	}
	g_atomic_int_set(&world->ending, 1);
	return (void *)fault;
}

static char *write_file(const char *dir, const char *name, const char *text)
{
	char *path = g_build_filename(dir, name, NULL);

	g_file_set_contents(path, text, -1, NULL);
	return path;
}

int main(void)
{
	static const char zoo[] = BINARY_DIR "/plugins/zoo/zoo.so";
	const guint8 key[KEY_SIZE] = "key";
	g_autofree char *dir = g_dir_make_tmp("zhen-hold-XXXXXX", NULL), *data = g_build_filename(dir, "zoo", NULL);
	g_autofree char *divisions = write_file(dir, "divisions.csv", divisions_csv),
			*bodies = write_file(dir, "bodies.csv", bodies_csv);
	const char *rm[] = { "rm", "-rf", dir, NULL };
	Keys *keys = keys_from(key, key);
	WorkerOptions options = { .worker_path = BINARY_DIR "/bin/zhen-worker",
		                  .plugin_path = zoo,
		                  .dir = data,
		                  .anchors_dir = dir,
		                  .divisions = (const char *[]){ divisions, NULL },
		                  .bodies = (const char *[]){ bodies, NULL },
		                  .keys = keys_from(key, key),
		                  .idempotency_ms = 1000,
		                  .idempotency_max = 10,
		                  .jobs_by_hand = TRUE };
	World world = { .loop = loop_new(0, NULL) };
	LoadedPlugin *loaded = plugin_load(zoo, NULL);
	g_autoptr(GError) error = NULL;
	LoopTimer *tick;
	pthread_t thread;
	void *fault = NULL;

	log_set_level(0); /* what a dying worker has logged is not this test's business */
	world.home = home_new_worker(world.loop, &options, loaded->plugin, &error);
	if (world.home == NULL) {
		printf("no worker: %s\n", error->message);
		return 1;
	}
	tick = loop_timer_new(world.loop, 1, TRUE, on_tick, &world);
	pthread_create(&thread, NULL, hold, &world);
	loop_run(world.loop);
	pthread_join(thread, &fault);
	loop_timer_free(tick);
	home_free(world.home);
	loaded_plugin_free(loaded);
	loop_free(world.loop);
	keys_free(keys);
	g_spawn_sync(NULL, (char **)rm, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
	if (fault == NULL && (world.told != PAUSES || world.written == 0 || world.wrong > 0))
		fault = "not all as it should be";
	printf("%s: %d pauses told, %d written, %u without a worker, %u wrong\n",
	       fault != NULL ? (const char *)fault : "ok", world.told, world.written, world.gone, world.wrong);
	return fault == NULL ? 0 : 1;
}
