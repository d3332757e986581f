/* SPDX-License-Identifier: Apache-2.0
 * Events through three plugins while they are written, archived, looked at and woken from other threads: for
 * ThreadSanitizer, and counted. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include "base/log.h"
#include "bus/bus.h"
#include "loader/loader.h"
#include "testhost/world.h"

#define CALLS 1500
#define IN_FLIGHT 16
#define PLUGINS 3

static zhen_result add(zhen_call *call)
{
	zhen_emit(call, "one.t.added", "n", zhen_int(call, "n"));
	return zhen_ok(call);
}

static zhen_result pass_on(zhen_call *call)
{
	zhen_run(call, "INSERT INTO t(n) VALUES($1)", zhen_int(call, "n"));
	zhen_emit(call, "two.t.added", "n", zhen_int(call, "n"));
	return zhen_ok(call);
}

static zhen_result keep(zhen_call *call)
{
	if (zhen_int(call, "n") % 100 == 99)
		return zhen_fail(call, ZHEN_CONFLICT, "not-this", "%s", "set aside");
	zhen_run(call, "INSERT INTO t(n) VALUES($1)", zhen_int(call, "n"));
	return zhen_ok(call);
}

static const zhen_migration migrations[] = { { .number = 1, .sql = "CREATE TABLE t(n BIGINT NOT NULL PRIMARY KEY)" }, { 0 } };
static const zhen_field n_field[] = { { .name = "n", .type = ZHEN_INT }, { 0 } };
static const zhen_topic topics_one[] = { { .name = "one.t.added", .fields = n_field }, { 0 } };
static const zhen_topic topics_two[] = { { .name = "two.t.added", .fields = n_field, .flags = ZHEN_TRANSIENT }, { 0 } };
static const zhen_route routes[] = {
	{ .path = "/t", .method = ZHEN_POST, .handle = add, .fields = n_field, .flags = ZHEN_PUBLIC, .summary = "x" }, { 0 },
};
static const zhen_subscription hears_one[] = { { .topic = "one.t.added", .handle = pass_on }, { 0 } };
static const zhen_subscription hears_two[] = { { .topic = "two.t.added", .handle = keep }, { 0 } };
static const zhen_plugin plugins[PLUGINS] = {
	{ ZHEN_PLUGIN_SIZES, .id = "one", .version = "1.0.0", .title = "one", .topics = topics_one, .routes = routes },
	{ ZHEN_PLUGIN_SIZES, .id = "two", .version = "1.0.0", .title = "two", .topics = topics_two, .subscriptions = hears_one,
	  .migrations = migrations },
	{ ZHEN_PLUGIN_SIZES, .id = "three", .version = "1.0.0", .title = "three", .subscriptions = hears_two,
	  .migrations = migrations },
};

typedef struct Town {
	World *world;
	RuntimeEnv env;
	Pool *pool;
	Plugin *plugins[PLUGINS];
	Runtime *runtimes[PLUGINS];
	Home *homes[PLUGINS];
	Bus *bus;
	Loop *loop;
	LoopItem begin;
	int sent, answered, bad;
	gint over;
} Town;

typedef struct Shot {
	Town *town;
	CallRequest request;
	CallParam param;
	char number[16];
} Shot;

static void shoot(Town *town);

static void answered(void *data, CallReply *reply)
{
	Shot *shot = data;
	Town *town = shot->town;

	town->bad += reply->status != 200;
	call_reply_free(reply);
	g_free(shot);
	shoot(town);
	if (++town->answered == CALLS)
		loop_stop(town->loop);
}

static void shoot(Town *town)
{
	while (town->sent < CALLS && town->sent - town->answered < IN_FLIGHT) {
		Shot *shot = g_new0(Shot, 1);

		shot->town = town;
		g_snprintf(shot->number, sizeof shot->number, "%d", town->sent++);
		shot->param = (CallParam){ "n", shot->number, strlen(shot->number) };
		shot->request = (CallRequest){ .kind = CALL_ROUTE, .caller = { "", "", "", "", "", 0, FALSE }, .now_ms = 1,
			                       .request_id = "r", .base_url = "", .address = "", .params = &shot->param,
			                       .n_params = 1 };
		runtime_submit(town->runtimes[0], town->loop, &shot->request, answered, shot);
	}
}

static void begin(void *data)
{
	shoot(data);
}

static void *drive(void *data)
{
	loop_run(((Town *)data)->loop);
	return NULL;
}

static void *look(void *data)
{
	Town *town = data;

	while (!g_atomic_int_get(&town->over)) {
		g_autoptr(GString) text = g_string_new(NULL);
		g_autoptr(GError) error = NULL;
		JsonOut out;
		guint moved;

		json_out_init(&out, text);
		json_open(&out, NULL, FALSE);
		bus_status(town->bus, NULL, &out);
		bus_metrics(town->bus, text);
		bus_ready(town->bus, town->plugins[1]);
		bus_wake(town->bus, town->plugins[1]);
		if (!log_archive(runtime_store(town->runtimes[0]), 2, &moved, &error)) {
			fprintf(stderr, "%s\n", error->message);
			town->bad++;
		}
	}
	return NULL;
}

static void emitted(void *data, const Plugin *plugin)
{
	bus_wake(((Town *)data)->bus, plugin);
}

static gboolean open_town(Town *town, GError **error)
{
	town->env = town->world->env;
	town->env.emitted = emitted;
	town->env.emitted_data = town;
	town->env.loops = 2;
	town->env.readers = 4;
	town->env.event_backoff_ms = 3600000;
	town->pool = pool_new(&town->env, 1);
	town->bus = bus_new(&(BusOptions){ .env = &town->env, .loop_index = 1, .batch = 64 }, error);
	town->loop = loop_new(0, error);
	for (guint i = 0; town->bus != NULL && town->loop != NULL && i < PLUGINS; i++) {
		g_autofree char *dir = g_build_filename(town->world->dir, plugins[i].id, NULL);

		town->plugins[i] = plugin_bind(&plugins[i], error);
		town->runtimes[i] = town->plugins[i] == NULL ? NULL :
		                                               runtime_new(&town->env, town->pool, town->plugins[i], dir, &(StoreOptions){ 0 },
		                                                           settings_from_json(town->plugins[i], "{}", NULL), error);
		if (town->runtimes[i] == NULL)
			return FALSE;
		town->homes[i] = home_new_inproc(town->runtimes[i], town->plugins[i]);
		bus_add(town->bus, town->homes[i]);
	}
	return town->homes[PLUGINS - 1] != NULL && bus_start(town->bus, error);
}

static void settled(void *data)
{
	g_atomic_int_set((gint *)data, 1);
}

static void wait_settled(Town *town)
{
	gint done = 0;

	bus_settle(town->bus, settled, &done);
	while (!g_atomic_int_get(&done))
		g_usleep(1000);
}

static gint64 count(Town *town, guint i, const char *sql)
{
	StoreConn *conn = store_read(runtime_store(town->runtimes[i]), town->env.readers - 1, NULL);
	gint64 n = -1;

	store_exec(conn, STORE_HOST, sql, NULL, 0, &n, NULL);
	store_read_done(town->env.stores, town->env.readers - 1);
	return n;
}

int main(void)
{
	g_autoptr(GError) error = NULL;
	Town town = { .world = world_new(NULL, NULL, &error) };
	pthread_t driver, looker;
	gint64 passed, kept, parked;

	log_set_level(LOG_ERROR);
	if (!open_town(&town, &error)) {
		fprintf(stderr, "%s\n", error->message);
		return 1;
	}
	town.begin = (LoopItem){ .run = begin, .data = &town };
	loop_post(town.loop, &town.begin);
	pthread_create(&looker, NULL, look, &town);
	pthread_create(&driver, NULL, drive, &town);
	pthread_join(driver, NULL);
	wait_settled(&town);
	g_atomic_int_set(&town.over, 1);
	pthread_join(looker, NULL);
	passed = count(&town, 1, "SELECT count(*) FROM t");
	kept = count(&town, 2, "SELECT count(*) FROM t");
	parked = count(&town, 2, "SELECT count(*) FROM _parked");
	bus_stop(town.bus);
	for (guint i = 0; i < PLUGINS; i++)
		home_free(town.homes[i]);
	bus_free(town.bus);
	pool_free(town.pool);
	loop_free(town.loop);
	for (guint i = 0; i < PLUGINS; i++)
		plugin_free(town.plugins[i]);
	world_free(town.world);
	printf("%d calls, %d passed on, %d kept, %d set aside, %d bad\n", CALLS, (int)passed, (int)kept, (int)parked,
	       town.bad);
	return town.bad == 0 && passed == CALLS && kept + parked == CALLS && parked == CALLS / 100 ? 0 : 1;
}
