/* SPDX-License-Identifier: Apache-2.0
 * Jobs that came due run, prepared on the pool and recorded by the writer, while two loops call the plugin that enqueues
 * them and a third thread asks again and again for all of them to be settled. Each run happens once: its row says so. A
 * plain main(), so that ThreadSanitizer can watch. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/log.h"
#include "testhost/world.h"

#define LOOPS 2
#define CALLS 600 /* per loop */
#define BURST 30  /* calls between two settlings */
#define IN_FLIGHT 16

static zhen_result add(zhen_call *call)
{
	int64_t id = zhen_insert(call, "INSERT INTO t(n, done) VALUES($1, 0) RETURNING id", zhen_int(call, "n"));

	zhen_enqueue(call, "finish", "id", id);
	return zhen_created(call, id);
}

static zhen_result prepare(zhen_call *call)
{
	const char *text = zhen_format(call, "%lld", (long long)zhen_int(call, "id"));

	call->host->carry(call, "text", zhen_from_text(text));
	return zhen_ok(call);
}

/* Once in effect: a second run would count twice. */
static zhen_result finish(zhen_call *call)
{
	if (g_ascii_strtoll(zhen_text(call, "text"), NULL, 10) != zhen_int(call, "id"))
		return zhen_fail(call, ZHEN_INTERNAL, "mixed-up", "carried value of another run");
	zhen_run(call, "UPDATE t SET done = done + 1 WHERE id = $1", zhen_int(call, "id"));
	return zhen_ok(call);
}

static zhen_result each_second(zhen_call *call)
{
	zhen_run(call, "UPDATE turn SET n = n + 1");
	return zhen_ok(call);
}

static zhen_result count(zhen_call *call)
{
	const zhen_row *row = zhen_one(call, "SELECT COUNT(*) AS n, COALESCE(SUM(done), 0) AS done, COALESCE(MAX(done), 0) AS most, "
	                                     "(SELECT n FROM turn) AS turns FROM t");

	zhen_put(call, "n", zhen_column_int(row, "n"));
	zhen_put(call, "done", zhen_column_int(row, "done"));
	zhen_put(call, "most", zhen_column_int(row, "most"));
	zhen_put(call, "turns", zhen_column_int(row, "turns"));
	return zhen_ok(call);
}

static const zhen_migration migrations[] = {
	{ .number = 1, .sql = "CREATE TABLE t(id {{id}}, n BIGINT NOT NULL, done BIGINT NOT NULL); "
	                      "CREATE TABLE turn(n BIGINT NOT NULL); INSERT INTO turn(n) VALUES(0)" },
	{ 0 },
};
static const zhen_field n_field[] = { { .name = "n", .type = ZHEN_INT, .flags = ZHEN_REQUIRED }, { 0 } };
static const zhen_job jobs[] = {
	{ .name = "finish", .handle = finish, .prepare = prepare, .summary = "x" },
	{ .name = "second", .handle = each_second, .every_ms = 1000, .summary = "x" },
	{ 0 },
};
static const zhen_route routes[] = {
	{ .path = "/t", .method = ZHEN_POST, .handle = add, .fields = n_field, .flags = ZHEN_PUBLIC, .summary = "x" },
	{ .path = "/t", .method = ZHEN_GET, .handle = count, .flags = ZHEN_PUBLIC, .summary = "x" },
	{ 0 },
};
ZHEN_PLUGIN(race, "1.0.0", .title = "race", .migrations = migrations, .jobs = jobs, .routes = routes);

/* ---- two loops that call ---- */

typedef struct Driver {
	Runtime *runtime;
	Loop *loop;
	RuntimeEnv *env;
	LoopItem begin, bursts[CALLS / BURST];
	pthread_t thread;
	int allowed, sent, answered, bad;
} Driver;

typedef struct Shot {
	Driver *driver;
	CallRequest request;
	CallParam param;
	char number[16];
} Shot;

static _Atomic int calls_left = LOOPS * CALLS;

static void shoot(Driver *driver);

static void answered(void *data, CallReply *reply)
{
	Shot *shot = data;
	Driver *driver = shot->driver;

	driver->bad += reply->status != (shot->request.index == 0 ? 201 : 200);
	if (reply->status >= 400)
		fprintf(stderr, "%d %s\n", reply->status, reply->body->str);
	call_reply_free(reply);
	g_free(shot);
	driver->answered++;
	calls_left--;
	shoot(driver);
}

static void shoot(Driver *driver)
{
	while (driver->sent < driver->allowed && driver->sent - driver->answered < IN_FLIGHT) {
		Shot *shot = g_new0(Shot, 1);
		guint kind = driver->sent++ % 4 == 3;

		shot->driver = driver;
		g_snprintf(shot->number, sizeof shot->number, "%d", driver->sent);
		shot->param = (CallParam){ "n", shot->number, strlen(shot->number) };
		shot->request = (CallRequest){
			.kind = CALL_ROUTE, .index = kind, .caller = { "", "", "", "", "", 0, FALSE }, .now_ms = clock_now_ms(),
			.request_id = "r", .base_url = "", .address = "", .params = kind == 0 ? &shot->param : NULL,
			.n_params = kind == 0 ? 1 : 0,
		};
		runtime_submit(driver->runtime, driver->loop, &shot->request, answered, shot);
	}
}

static void begin_jobs(void *data)
{
	Driver *driver = data;

	runtime_run_jobs(driver->runtime, driver->loop);
}

static void burst(void *data)
{
	Driver *driver = data;

	driver->allowed += BURST;
	shoot(driver);
}

static void turn(void *data)
{
	Driver *driver = data;

	runtime_turn(driver->env, loop_index(driver->loop));
}

static void *drive(void *data)
{
	loop_run(((Driver *)data)->loop);
	return NULL;
}

/* ---- waiting for all jobs, on the loop they run on ---- */

typedef struct Settling {
	Runtime *runtime;
	LoopItem item;
	pthread_mutex_t lock;
	pthread_cond_t came;
	gboolean settled;
} Settling;

static void settled(void *data)
{
	Settling *settling = data;

	pthread_mutex_lock(&settling->lock);
	settling->settled = TRUE;
	pthread_cond_signal(&settling->came);
	pthread_mutex_unlock(&settling->lock);
}

static void settle_there(void *data)
{
	Settling *settling = data;

	runtime_settle_jobs(settling->runtime, settled, settling);
}

static void settle(Settling *settling, Loop *loop)
{
	settling->settled = FALSE;
	settling->item = (LoopItem){ .run = settle_there, .data = settling };
	loop_post(loop, &settling->item);
	pthread_mutex_lock(&settling->lock);
	while (!settling->settled)
		pthread_cond_wait(&settling->came, &settling->lock);
	pthread_mutex_unlock(&settling->lock);
}

static gint64 number_of(StoreHost *stores, Runtime *runtime, const char *sql)
{
	StoreConn *conn = store_read(runtime_store(runtime), LOOPS + 2, NULL);
	gint64 number = -1;

	if (conn != NULL)
		store_exec(conn, STORE_HOST, sql, NULL, 0, &number, NULL);
	store_read_done(stores, LOOPS + 2);
	return number;
}

int main(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(World) world = world_new(NULL, NULL, &error);
	g_autoptr(Plugin) plugin = plugin_bind(&zhen_plugin_entry, &error);
	StoreHostOptions options = { .writers = 2, .readers = LOOPS + 3 };
	StoreHost *stores = store_host_new(&options, &error);
	g_autofree char *dir = g_build_filename(world->dir, "race", NULL);
	RuntimeEnv env = world->env;
	StoreOptions store = { 0 };
	Settling settling = { .lock = PTHREAD_MUTEX_INITIALIZER, .came = PTHREAD_COND_INITIALIZER };
	Driver drivers[LOOPS] = { 0 };
	int bad = 0, times = 0;

	log_set_level(LOG_WARN);
	env.stores = stores;
	env.loops = LOOPS;
	env.readers = LOOPS + 3;
	Pool *pool = pool_new(&env, 2);
	Runtime *runtime = plugin != NULL ? runtime_new(&env, pool, plugin, dir, &store, settings_from_json(plugin, "{}", &error), &error) :
	                                    NULL;
	if (runtime == NULL) {
		fprintf(stderr, "%s\n", error->message);
		return 1;
	}
	settling.runtime = runtime;
	for (guint i = 0; i < LOOPS; i++) {
		drivers[i] = (Driver){ .runtime = runtime, .loop = loop_new(i, NULL), .env = &env };
		drivers[i].begin = (LoopItem){ .run = begin_jobs, .data = &drivers[i] };
		loop_add_turn_hook(drivers[i].loop, turn, &drivers[i]);
		if (i == 0)
			loop_post(drivers[i].loop, &drivers[i].begin);
		pthread_create(&drivers[i].thread, NULL, drive, &drivers[i]);
	}
	/* Settled when there is nothing to do for a moment, not when all is answered: calls go on meanwhile. */
	for (int i = 0; i < CALLS / BURST || calls_left > 0; i++) {
		for (guint k = 0; i < CALLS / BURST && k < LOOPS; k++) {
			drivers[k].bursts[i] = (LoopItem){ .run = burst, .data = &drivers[k] };
			loop_post(drivers[k].loop, &drivers[k].bursts[i]);
		}
		clock_turn(clock_offset_ms() + 1000); /* what runs by the clock comes due as well */
		settle(&settling, drivers[0].loop);
		times++;
	}
	settle(&settling, drivers[0].loop);
	for (guint i = 0; i < LOOPS; i++) {
		loop_stop(drivers[i].loop);
		pthread_join(drivers[i].thread, NULL);
		bad += drivers[i].bad;
	}
	gint64 rows = number_of(stores, runtime, "SELECT COUNT(*) FROM t");
	gint64 once = number_of(stores, runtime, "SELECT COUNT(*) FROM t WHERE done = 1");
	gint64 left = number_of(stores, runtime, "SELECT COUNT(*) FROM _job");
	gint64 turns = number_of(stores, runtime, "SELECT n FROM turn");
	runtime_stop_jobs(runtime);
	runtime_free(runtime);
	pool_free(pool);
	for (guint i = 0; i < LOOPS; i++)
		loop_free(drivers[i].loop);
	store_host_free(stores);
	printf("job_races: %" G_GINT64_FORMAT " jobs, %" G_GINT64_FORMAT " ran once, %" G_GINT64_FORMAT " left, settled %d times, "
	       "%" G_GINT64_FORMAT " runs by the clock, %d bad\n", rows, once, left, times, turns, bad);
	return bad == 0 && rows == LOOPS * CALLS * 3 / 4 && once == rows && left == 0 && turns > 0 ? 0 : 1;
}
