/* SPDX-License-Identifier: Apache-2.0
 * Events delivered on one loop while another writes, and runs again what was set aside: for ThreadSanitizer; and every
 * event has its effect once, in order per subject. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/log.h"
#include "testhost/world.h"

#define EVENTS 1500
#define BATCH 16
#define SUBJECTS 20
#define WRITES 500
#define EPOCH 5

static gint tries[EVENTS + 1]; /* atomic */
static gint told;              /* atomic: times the bus was */

static zhen_result take(zhen_call *call)
{
	const int64_t n = zhen_int(call, "n");

	if (n % 37 == 0 && g_atomic_int_add(&tries[n], 1) < 3)
		return zhen_fail(call, ZHEN_CONFLICT, "not-yet", "以后再说");
	zhen_run(call, "INSERT INTO effect(n, subject) VALUES($1, $2)", n, zhen_text(call, "event_subject"));
	zhen_emit(call, "race.t.taken", "n", n);
	return zhen_ok(call);
}

static zhen_result add(zhen_call *call)
{
	return zhen_created(call, zhen_insert(call, "INSERT INTO t(n) VALUES($1) RETURNING id", (int64_t)1));
}

static const zhen_migration migrations[] = {
	{ .number = 1, .sql = "CREATE TABLE t(id {{id}}, n BIGINT NOT NULL); "
	                      "CREATE TABLE effect(id {{id}}, n BIGINT NOT NULL, subject TEXT NOT NULL)" }, { 0 } };
static const zhen_field n_field[] = { { .name = "n", .type = ZHEN_INT, .flags = ZHEN_REQUIRED }, { 0 } };
static const zhen_topic topics[] = { { .name = "race.t.taken", .fields = n_field, .summary = "x" }, { 0 } };
static const zhen_subscription subscriptions[] = { { .topic = "pub.t.made", .handle = take, .fields = n_field }, { 0 } };
static const zhen_route routes[] = {
	{ .path = "/t", .method = ZHEN_POST, .handle = add, .flags = ZHEN_PUBLIC, .summary = "x" }, { 0 } };
ZHEN_PLUGIN(race, "1.0.0", .title = "race", .migrations = migrations, .topics = topics, .subscriptions = subscriptions,
            .routes = routes);

typedef struct Race {
	Runtime *runtime;
	RuntimeEnv *env;
	Loop *writing, *delivering;
	LoopItem first_delivery, first_writes;
	LoopTimer *look;
	CallEvent events[EVENTS];
	char bodies[EVENTS][24], subjects[EVENTS][8];
	gint64 at;         /* cursor; delivering loop */
	gboolean singly;
	CallRequest delivery, write;
	gint delivered;    /* atomic: all of them */
	gint written, bad; /* writing loop; bad: atomic */
} Race;

#define CALLER { "host", "", "", "", "", 0, TRUE }

static void deliver(Race *race);

static void answered(void *data, CallReply *reply)
{
	Race *race = data;
	const char *upto = strstr(reply->body->str, "\"upto\":\"5-");

	if (reply->status == 409 && strstr(reply->body->str, "events-split") != NULL) {
		race->singly = TRUE;
	} else if (reply->status == 200 && upto != NULL) {
		race->singly = race->singly && race->at % BATCH != 0;
		race->at = strtoll(upto + strlen("\"upto\":\"5-"), NULL, 10);
	} else {
		fprintf(stderr, "%d %s\n", reply->status, reply->body->str);
		g_atomic_int_inc(&race->bad);
		race->at = EVENTS;
	}
	call_reply_free(reply);
	deliver(race);
}

static void deliver(Race *race)
{
	const guint n = race->singly ? 1 : (guint)MIN(BATCH, EVENTS - race->at);

	if (race->at == EVENTS) {
		g_atomic_int_set(&race->delivered, 1);
		loop_stop(race->delivering);
		return;
	}
	race->delivery = (CallRequest){ .kind = CALL_EVENTS, .caller = CALLER, .now_ms = clock_now_ms(), .request_id = "bus",
		                        .base_url = "", .address = "", .publisher = "pub", .events = &race->events[race->at],
		                        .n_events = n, .after = { EPOCH, race->at }, .upto = { EPOCH, race->at + n } };
	runtime_submit(race->runtime, race->delivering, &race->delivery, answered, race);
}

static void begin_delivery(void *data)
{
	deliver(data);
}

static void written(void *data, CallReply *reply)
{
	Race *race = data;

	if (reply->status != 201)
		g_atomic_int_inc(&race->bad);
	call_reply_free(reply);
	if (++race->written < WRITES)
		runtime_submit(race->runtime, race->writing, &race->write, written, race);
}

static void begin_writes(void *data)
{
	Race *race = data;

	race->write = (CallRequest){ .kind = CALL_ROUTE, .caller = CALLER, .now_ms = 1, .request_id = "r", .base_url = "",
		                     .address = "" };
	runtime_submit(race->runtime, race->writing, &race->write, written, race);
}

static gint64 count(Race *race, const char *sql)
{
	StoreConn *conn = store_read(runtime_store(race->runtime), 0, NULL);
	gint64 n = -1;

	store_exec(conn, STORE_HOST, sql, NULL, 0, &n, NULL);
	return n;
}

static void look(void *data)
{
	Race *race = data;

	if (g_atomic_int_get(&race->delivered) && race->written >= WRITES &&
	    count(race, "SELECT COUNT(*) FROM _parked") == 0)
		loop_stop(race->writing);
}

static void turn_writing(void *data)
{
	runtime_turn(((Race *)data)->env, 0);
}

static void turn_delivering(void *data)
{
	runtime_turn(((Race *)data)->env, 1);
}

static void *run_delivering(void *data)
{
	Race *race = data;

	loop_post(race->delivering, &race->first_delivery);
	loop_run(race->delivering);
	return NULL;
}

static void on_emitted(void *data, const Plugin *plugin)
{
	(void)data;
	(void)plugin;
	g_atomic_int_inc(&told);
}

static void make_events(Race *race)
{
	for (guint i = 0; i < EVENTS; i++) {
		g_snprintf(race->bodies[i], sizeof race->bodies[i], "{\"n\":%u}", i + 1);
		g_snprintf(race->subjects[i], sizeof race->subjects[i], "s%u", i * 7 % SUBJECTS);
		race->events[i] = (CallEvent){ .position = { EPOCH, i + 1 }, .topic = "pub.t.made", .subject = race->subjects[i],
			                       .division = "", .body = race->bodies[i], .body_length = strlen(race->bodies[i]) };
	}
}

static void run(Race *race)
{
	pthread_t thread;

	make_events(race);
	race->first_delivery = (LoopItem){ .run = begin_delivery, .data = race };
	race->first_writes = (LoopItem){ .run = begin_writes, .data = race };
	loop_add_turn_hook(race->writing, turn_writing, race);
	loop_add_turn_hook(race->delivering, turn_delivering, race);
	runtime_run_jobs(race->runtime, race->writing);
	race->look = loop_timer_new(race->writing, 10, TRUE, look, race);
	pthread_create(&thread, NULL, run_delivering, race);
	loop_post(race->writing, &race->first_writes);
	loop_run(race->writing);
	pthread_join(thread, NULL);
	loop_timer_free(race->look);
}

int main(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(World) world = world_new(NULL, NULL, &error);
	g_autoptr(Plugin) plugin = plugin_bind(&zhen_plugin_entry, &error);
	StoreHostOptions options = { .writers = 2, .readers = 3 };
	StoreHost *stores = store_host_new(&options, &error);
	g_autofree char *dir = g_build_filename(world->dir, "race", NULL);
	g_autofree Race *race = g_new0(Race, 1);
	RuntimeEnv env = world->env;
	StoreOptions store = { 0 };
	gint64 effects, different, out_of_order;

	log_set_level(0);
	env.stores = stores;
	env.loops = 2;
	env.readers = 3;
	env.event_backoff_ms = 5;
	env.emitted = on_emitted;
	Pool *pool = pool_new(&env, 1);
	*race = (Race){ .env = &env, .writing = loop_new(0, NULL), .delivering = loop_new(1, NULL) };
	race->runtime = plugin != NULL ? runtime_new(&env, pool, plugin, dir, &store, settings_from_json(plugin, "{}", &error), &error) :
	                                 NULL;
	if (race->runtime == NULL) {
		fprintf(stderr, "%s\n", error->message);
		return 1;
	}
	run(race);
	effects = count(race, "SELECT COUNT(*) FROM effect");
	different = count(race, "SELECT COUNT(DISTINCT n) FROM effect");
	out_of_order = count(race, "SELECT COUNT(*) FROM (SELECT n < LAG(n) OVER (PARTITION BY subject ORDER BY id) AS bad FROM effect) "
	                           "AS every WHERE bad");
	store_read_done(stores, 0);
	runtime_stop_jobs(race->runtime);
	runtime_free(race->runtime);
	pool_free(pool);
	loop_free(race->writing);
	loop_free(race->delivering);
	store_host_free(stores);
	printf("%" G_GINT64_FORMAT " effects of %" G_GINT64_FORMAT " events, %" G_GINT64_FORMAT
	       " out of order, told %d times, %d bad\n",
	       effects, different, out_of_order, told, race->bad);
	return effects == EVENTS && different == EVENTS && out_of_order == 0 && race->bad == 0 && told > 0 ? 0 : 1;
}
