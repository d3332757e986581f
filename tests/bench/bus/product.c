/* SPDX-License-Identifier: Apache-2.0
 * The product: two plugins in their homes and the bus between them, put together as zhend does. A group is one call of a route
 * that emits so many events, made on the front's loop; the answers to the bus say what is durable. */
#include "bus_bench.h"

#include <stdio.h>
#include <string.h>
#include "base/log.h"
#include "bus/bus.h"
#include "loader/loader.h"
#include "testhost/world.h"

#define FRONT_LOOP 0
#define BUS_LOOP 1
#define REQUEST_MAX 512

/* Between the bus and the subscriber's home: sees what is delivered and answered. */
typedef struct Watched {
	Home home; /* first */
	Home *inner;
	Bench *bench;
	const CallRequest *request; /* the one under way */
	CallDone *done;
	void *data;
} Watched;

typedef struct Product {
	Bench *bench;
	World *world;
	RuntimeEnv env;
	Loop *front;
	Pool *pool;
	LoadedPlugin *source, *sink;
	Home *publisher, *subscriber;
	Watched watched;
	Bus *bus;
	LoopItem freed;
	int posted; /* atomic */
	gboolean publishing;
	CallRequest request;
	char body[REQUEST_MAX];
} Product;

/* ---- the subscriber's side ---- */

static guint delivered(const CallRequest *request, const CallReply *reply)
{
	const char *found = strstr(reply->body->str, "\"upto\":\"");
	char text[LOG_POSITION_TEXT] = "";
	LogPosition upto;
	guint count = 0;

	if (reply->status != 200 || found == NULL || strstr(reply->body->str, "\"parked\":0") == NULL)
		die(reply->body->str);
	g_strlcpy(text, found + strlen("\"upto\":\""),
	          MIN(sizeof text, strcspn(found + strlen("\"upto\":\""), "\"") + 1));
	if (!log_position_parse(text, &upto))
		die("no position in the answer to a delivery");
	while (count < request->n_events && log_position_compare(&request->events[count].position, &upto) <= 0)
		count++;
	return count;
}

static void on_delivered(void *data, CallReply *reply)
{
	Watched *watched = data;
	const CallRequest *request = watched->request;
	const guint count = delivered(request, reply);
	int64_t sent[CONSUMER_MAX];

	for (guint i = 0; i < count; i++)
		sent[i] = event_sent(request->events[i].body);
	if (count > 0)
		window_give(&watched->bench->window, sent, count, now_us());
	watched->done(watched->data, reply);
}

static void watch(Home *home, Loop *loop, const CallRequest *request, CallDone *done, void *data)
{
	Watched *watched = (Watched *)home;

	if (request->kind != CALL_EVENTS)
		die("a call that is no delivery");
	watched->request = request;
	watched->done = done;
	watched->data = data;
	watched->inner->submit(watched->inner, loop, request, on_delivered, watched);
}

/* ---- the publisher's side, on the front's loop ---- */

static void publish(Product *product);

static void on_published(void *data, CallReply *reply)
{
	Product *product = data;

	if (reply->status != 200)
		die(reply->body->str);
	call_reply_free(reply);
	product->publishing = FALSE;
	publish(product);
}

static void publish(Product *product)
{
	Bench *bench = product->bench;
	bool over;
	unsigned count;

	if (product->publishing)
		return;
	count = window_try(&bench->window, &over);
	if (over && bench->published == bench->window.effects)
		loop_stop(product->front);
	if (count == 0)
		return;
	product->request.now_ms = g_get_real_time() / 1000;
	product->request.body = product->body;
	product->request.body_length = (gsize)g_snprintf(product->body, REQUEST_MAX,
	                                                 "{\"sent\":%" G_GINT64_FORMAT ",\"number\":%" G_GUINT64_FORMAT
	                                                 ",\"count\":%u,\"pad\":\"%s\"}",
	                                                 now_us() + SENT_OFFSET, bench->published, count, event_pad());
	bench->published += count;
	product->publishing = TRUE;
	product->publisher->submit(product->publisher, product->front, &product->request, on_published, product);
}

static void freed(void *data)
{
	Product *product = data;

	g_atomic_int_set(&product->posted, 0);
	publish(product);
}

static void on_freed(void *data)
{
	Product *product = data;

	if (g_atomic_int_compare_and_exchange(&product->posted, 0, 1))
		loop_post(product->front, &product->freed);
}

/* ---- putting it together ---- */

static void emitted(void *data, const Plugin *plugin)
{
	Bus *bus = g_atomic_pointer_get(&((Product *)data)->bus);

	if (bus != NULL)
		bus_wake(bus, plugin);
}

static void each_turn(void *data)
{
	runtime_turn(data, FRONT_LOOP);
}

static LoadedPlugin *load(const Product *product, const char *id)
{
	g_autofree char *path = g_strdup_printf("%s/plugins/%s/%s.so", product->bench->build, id, id);
	g_autoptr(GError) error = NULL;
	LoadedPlugin *loaded = plugin_load(path, &error);

	if (loaded == NULL)
		die(error->message);
	return loaded;
}

static Home *in_process(Product *product, const LoadedPlugin *loaded, const char *dir, GError **error)
{
	const StoreOptions store = { .dir = dir, .name = loaded->plugin->id };
	Runtime *runtime = runtime_new(&product->env, product->pool, loaded->plugin, dir, &store,
	                               settings_from_json(loaded->plugin, "{}", NULL), error);

	if (runtime == NULL)
		return NULL;
	runtime_run_jobs(runtime, product->front);
	return home_new_inproc(runtime, loaded->plugin);
}

static Home *in_worker(Product *product, const LoadedPlugin *loaded, const char *dir, GError **error)
{
	const World *world = product->world;
	const char *divisions[] = { world->divisions_csv, NULL }, *bodies[] = { world->bodies_csv, NULL };
	g_autofree char *worker = g_strconcat(product->bench->build, "/bin/zhen-worker", NULL);
	const WorkerOptions options = {
		.worker_path = worker,
		.plugin_path = loaded->path,
		.divisions = divisions,
		.bodies = bodies,
		.dir = dir,
		.anchors_dir = world->anchors,
		.store = { .dir = dir, .name = loaded->plugin->id },
		.settings_json = "{}",
		.keys = world->keys,
		.idempotency_ms = world->env.idempotency_ms,
		.idempotency_max = world->env.idempotency_max,
		.emitted = emitted,
		.emitted_data = product,
	};

	return home_new_worker(product->front, &options, loaded->plugin, error);
}

static Home *give_home(Product *product, const LoadedPlugin *loaded, gboolean worker)
{
	g_autofree char *dir = g_strdup_printf("%s/%s", product->bench->folder, loaded->plugin->id);
	g_autoptr(GError) error = NULL;
	Home *home = (worker ? in_worker : in_process)(product, loaded, dir, &error);

	if (home == NULL)
		die(error->message);
	return home;
}

static void start(Product *product, gboolean worker)
{
	const BusOptions options = { .env = &product->env, .loop_index = BUS_LOOP };
	g_autoptr(GError) error = NULL;
	Bus *bus;

	log_set_level(1);
	product->world = world_new(NULL, NULL, &error);
	if (product->world == NULL)
		die(error->message);
	product->env = product->world->env;
	product->env.loops = 2; /* and one thread of the pool, one slot for tools */
	product->env.emitted = emitted;
	product->env.emitted_data = product;
	product->front = loop_new(FRONT_LOOP, NULL);
	loop_add_turn_hook(product->front, each_turn, &product->env);
	product->pool = pool_new(&product->env, 1);
	product->source = load(product, "bus_source");
	product->sink = load(product, "bus_sink");
	product->publisher = give_home(product, product->source, worker);
	product->subscriber = give_home(product, product->sink, worker);
	product->watched = (Watched){ *product->subscriber, product->subscriber, product->bench, NULL, NULL, NULL };
	product->watched.home.submit = watch;
	bus = bus_new(&options, &error);
	if (bus == NULL)
		die(error->message);
	bus_add(bus, product->publisher);
	bus_add(bus, &product->watched.home);
	if (!bus_start(bus, &error))
		die(error->message);
	g_atomic_pointer_set(&product->bus, bus);
	bus_wake(bus, product->source->plugin);
}

static void stop(Product *product)
{
	Bus *bus = product->bus;

	bus_stop(bus);
	pool_free(product->pool);
	home_free(product->publisher);
	home_free(product->subscriber);
	g_atomic_pointer_set(&product->bus, NULL);
	bus_free(bus);
	loaded_plugin_free(product->source);
	loaded_plugin_free(product->sink);
	loop_free(product->front);
	world_free(product->world);
}

static void on_time(void *data)
{
	publish(data);
}

static void run(Bench *bench, gboolean worker)
{
	Product product = { .bench = bench };
	LoopTimer *timer;

	start(&product, worker);
	product.freed = (LoopItem){ .run = freed, .data = &product };
	product.request = (CallRequest){
		.kind = CALL_ROUTE,
		.caller = { .account = "bench", .name = "", .body = "", .division = "", .on_behalf = "", .permissions = G_MAXUINT64,
		            .sees_all = TRUE },
		.request_id = "bench",
		.base_url = "",
		.address = "",
	};
	bench->window.data = &product;
	bench->window.on_freed = on_freed;
	loop_post(product.front, &product.freed);
	timer = loop_timer_new(product.front, 100, TRUE, on_time, &product); /* sees the end of the time */
	loop_run(product.front);
	loop_timer_free(timer);
	stop(&product);
}

void arm_inproc(Bench *bench)
{
	run(bench, FALSE);
}

void arm_worker(Bench *bench)
{
	run(bench, TRUE);
}
