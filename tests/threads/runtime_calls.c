/* SPDX-License-Identifier: Apache-2.0
 * Reads, writes, prepare steps and keys from two loops at once, while settings change and heads are anchored: for
 * ThreadSanitizer, and counted. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "testhost/world.h"

#define LOOPS 2
#define CALLS 3000    /* per loop */
#define IN_FLIGHT 32

static zhen_result add(zhen_call *call)
{
	int64_t id = zhen_insert(call, "INSERT INTO t(n) VALUES($1) RETURNING id", zhen_int(call, "n"));

	zhen_emit(call, "race.t.added", "id", id);
	return zhen_created(call, id);
}

static zhen_result prepare(zhen_call *call)
{
	call->host->carry(call, "twice", zhen_from_int(2 * zhen_int(call, "n")));
	return zhen_ok(call);
}

static zhen_result add_prepared(zhen_call *call)
{
	if (zhen_int(call, "twice") != 2 * zhen_int(call, "n"))
		return zhen_fail(call, ZHEN_INTERNAL, "mixed-up", "carried value of another call");
	return add(call);
}

static zhen_result count(zhen_call *call)
{
	zhen_put(call, "greeting", zhen_setting_text(call, "greeting"));
	zhen_put(call, "n", zhen_column_int(zhen_one(call, "SELECT COUNT(*) AS n FROM t"), "n"));
	return zhen_ok(call);
}

static const zhen_migration migrations[] = { { .number = 1, .sql = "CREATE TABLE t(id {{id}}, n BIGINT NOT NULL)" }, { 0 } };
static const zhen_field n_field[] = { { .name = "n", .type = ZHEN_INT, .flags = ZHEN_REQUIRED }, { 0 } };
static const zhen_field id_field[] = { { .name = "id", .type = ZHEN_INT }, { 0 } };
static const zhen_topic topics[] = { { .name = "race.t.added", .fields = id_field, .summary = "x" }, { 0 } };
static const zhen_setting settings[] = { { .key = "greeting", .type = ZHEN_TEXT, .def = "a", .help = "x" }, { 0 } };
static const zhen_route routes[] = {
	{ .path = "/t", .method = ZHEN_POST, .handle = add, .fields = n_field, .flags = ZHEN_PUBLIC, .summary = "x" },
	{ .path = "/p", .method = ZHEN_POST, .handle = add_prepared, .prepare = prepare, .fields = n_field, .flags = ZHEN_PUBLIC,
	  .summary = "x" },
	{ .path = "/t", .method = ZHEN_GET, .handle = count, .flags = ZHEN_PUBLIC, .summary = "x" },
	{ .path = "/s", .method = ZHEN_GET, .handle = count, .flags = ZHEN_PUBLIC | ZHEN_POOL, .summary = "x" },
	{ 0 },
};
ZHEN_PLUGIN(race, "1.0.0", .title = "race", .migrations = migrations, .topics = topics, .settings = settings,
            .routes = routes);

typedef struct Driver {
	Runtime *runtime;
	Loop *loop;
	RuntimeEnv *env;
	LoopItem begin;
	int sent, answered, created, bad;
} Driver;

typedef struct Shot {
	Driver *driver;
	CallRequest request;
	CallParam param;
	char number[16], key[40];
} Shot;

static void shoot(Driver *driver);

static void answered(void *data, CallReply *reply)
{
	Shot *shot = data;
	Driver *driver = shot->driver;

	driver->answered++;
	driver->created += reply->status == 201;
	driver->bad += reply->status != 200 && reply->status != 201;
	if (reply->status >= 400)
		fprintf(stderr, "%d %s\n", reply->status, reply->body->str);
	call_reply_free(reply);
	g_free(shot);
	shoot(driver);
	if (driver->answered == CALLS)
		loop_stop(driver->loop);
}

static void shoot(Driver *driver)
{
	Shot *shot;
	guint kind;

	if (driver->sent == CALLS || driver->sent - driver->answered >= IN_FLIGHT)
		return;
	shot = g_new0(Shot, 1);
	kind = (guint)driver->sent++ % 4;
	shot->driver = driver;
	g_snprintf(shot->number, sizeof shot->number, "%d", driver->sent);
	g_snprintf(shot->key, sizeof shot->key, "key-of-loop-%u-number-%d", loop_index(driver->loop), driver->sent);
	shot->param = (CallParam){ "n", shot->number, strlen(shot->number) };
	shot->request = (CallRequest){
		.kind = CALL_ROUTE, .index = kind, .caller = { "", "", "", "", "", 0, FALSE }, .now_ms = 1, .request_id = "r",
		.base_url = "", .address = "", .params = kind < 2 ? &shot->param : NULL, .n_params = kind < 2 ? 1 : 0,
		.idempotency_key = kind < 2 && driver->sent % 3 == 0 ? shot->key : NULL,
	};
	runtime_submit(driver->runtime, driver->loop, &shot->request, answered, shot);
	if (driver->sent < IN_FLIGHT)
		shoot(driver);
}

static void begin(void *data)
{
	shoot(data);
}

static void turn(void *data)
{
	Driver *driver = data;

	runtime_turn(driver->env, loop_index(driver->loop));
}

static void *drive(void *data)
{
	Driver *driver = data;

	loop_add_turn_hook(driver->loop, turn, driver);
	driver->begin = (LoopItem){ .run = begin, .data = driver };
	loop_post(driver->loop, &driver->begin);
	loop_run(driver->loop);
	return NULL;
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
	Driver drivers[LOOPS] = { 0 };
	pthread_t threads[LOOPS];
	int created = 0, bad = 0;

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
	for (guint i = 0; i < LOOPS; i++) {
		drivers[i] = (Driver){ .runtime = runtime, .loop = loop_new(i, NULL), .env = &env };
		pthread_create(&threads[i], NULL, drive, &drivers[i]);
	}
	for (int i = 0; i < 50; i++) {
		runtime_set_settings(runtime, settings_from_json(plugin, i % 2 ? "{\"greeting\":\"b\"}" : "{\"greeting\":\"c\"}", NULL));
		if (!runtime_anchor(runtime, &error))
			bad++;
	}
	for (guint i = 0; i < LOOPS; i++) {
		pthread_join(threads[i], NULL);
		created += drivers[i].created;
		bad += drivers[i].bad + (drivers[i].answered != CALLS);
	}
	runtime_free(runtime);
	pool_free(pool);
	for (guint i = 0; i < LOOPS; i++)
		loop_free(drivers[i].loop);
	store_host_free(stores);
	printf("%d calls, %d rows, %d bad\n", LOOPS * CALLS, created, bad);
	return bad == 0 && created == LOOPS * CALLS / 2 ? 0 : 1;
}
