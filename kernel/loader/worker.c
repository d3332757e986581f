/* SPDX-License-Identifier: Apache-2.0
 * zhen-worker: one plugin, its own loop, pool and connections, and the same runtime as in the host. It reads calls from
 * the socket on descriptor 3 and answers them as they get done. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "loader/child.h"
#include "loader/start.h"
#include "loader/stream.h"
#include "store/copy.h"

#define THREADS 2
#define STATS_MS 1000
#define START_WAIT_US (60 * G_USEC_PER_SEC)

typedef struct Worker {
	Stream stream;
	Loop *loop;
	LoopFd *watch;
	LoadedPlugin *loaded;
	Divisions *divisions;
	Bodies *bodies;
	Keys *keys;
	Sm2 *sm2;
	StoreHost *stores;
	RuntimeEnv env;
	Pool *pool;
	Runtime *runtime;
	char *settings_json; /* until the runtime has them */
	Start start;
	GBytes *start_frame; /* what @start points into */
	guint in_flight;
	LoopTimer *stats_timer;
	RuntimeStats *stats; /* as last sent */
	guint64 pause;          /* the one under way; 0 = none */
	LoopTimer *pause_timer; /* a host that forgets it does not hold this one for ever */
	LoopItem paused;
	gint paused_posted, stands; /* atomic; set on the writer's thread */
	LoopItem emitted;
	gint emitted_posted; /* atomic: the item is on the loop's list */
	gboolean quiet, said_idle;
	gboolean stopping;
	gint status;
} Worker;

/* A call under way: the request points into its own copy of the frame. */
typedef struct WorkerCall {
	Worker *worker;
	guint64 id;
	CallRequest request;
	CallParam *params;
	guint8 bytes[];
} WorkerCall;

static void end_pause(Worker *worker)
{
	if (worker->pause == 0)
		return;
	store_resume(runtime_store(worker->runtime));
	g_atomic_int_set(&worker->stands, 0);
	g_clear_pointer(&worker->pause_timer, loop_timer_free);
	worker->pause = 0;
}

/* The loop goes on until what is under way, jobs included, has been answered: see on_turn. */
static void worker_end(Worker *worker)
{
	worker->stopping = TRUE;
	end_pause(worker); /* what waits behind it is under way too */
	runtime_stop_jobs(worker->runtime);
}

/* ---- sending ---- */

static void on_writable(int fd, void *data);

static void flush(Worker *worker)
{
	StreamState state;

	stream_take(&worker->stream);
	state = stream_send(&worker->stream);
	if (worker->watch != NULL)
		loop_fd_want_write(worker->watch, state == STREAM_BLOCKED, on_writable);
}

static void on_writable(int fd, void *data)
{
	(void)fd;
	flush(data);
}

static void say(Worker *worker, FrameType type, const char *text)
{
	gsize start = frame_begin(worker->stream.out, type);

	if (text != NULL)
		frame_put_text(worker->stream.out, text);
	frame_end(worker->stream.out, start);
}

/* The replies of one turn leave in one write; its read transactions end. */
static void on_turn(void *data)
{
	Worker *worker = data;

	runtime_turn(&worker->env, 0);
	if (worker->quiet && !worker->said_idle && worker->in_flight == 0 && runtime_is_idle(worker->runtime)) {
		worker->said_idle = TRUE;
		say(worker, FRAME_IDLE, NULL);
	}
	if (worker->stream.out->len > 0)
		flush(worker);
	if (worker->stopping && worker->in_flight == 0 && runtime_under_way(worker->runtime) == 0)
		loop_stop(worker->loop);
}

/* Before the loop runs: what was said must be out. */
static void say_now(Worker *worker, FrameType type, const char *text)
{
	gint64 until = clock_mono_us() + START_WAIT_US;

	say(worker, type, text);
	stream_take(&worker->stream);
	while (stream_send(&worker->stream) == STREAM_BLOCKED && stream_wait(&worker->stream, until))
		continue;
}

/* ---- calls ---- */

static void call_answered(void *data, CallReply *reply)
{
	WorkerCall *call = data;
	Worker *worker = call->worker;
	gsize before = worker->stream.out->len;

	frame_put_reply(worker->stream.out, call->id, reply);
	call_reply_free(reply);
	if (worker->stream.out->len - before > worker->stream.frame_max) {
		g_autoptr(CallReply) large = call_reply_problem(500, "reply-too-large", "回答过大", NULL);

		g_byte_array_set_size(worker->stream.out, (guint)before);
		frame_put_reply(worker->stream.out, call->id, large);
	}
	g_free(call->params);
	g_free(call);
	worker->in_flight--;
}

static gboolean row_exists(const Plugin *plugin, const CallRequest *request)
{
	return request->kind == CALL_ROUTE ? request->index < plugin->n_routes
	       : request->kind == CALL_JOB ? request->index < plugin->n_jobs
	                                   : TRUE;
}

static gboolean on_call(Worker *worker, const FrameIn *in)
{
	WorkerCall *call = g_malloc0(sizeof(*call) + in->left);
	FrameIn own;

	memcpy(call->bytes, in->at, in->left);
	frame_in_init(&own, call->bytes, in->left);
	if (!frame_get_call(&own, &call->id, &call->request, &call->params) ||
	    !row_exists(worker->loaded->plugin, &call->request)) {
		g_free(call->params);
		g_free(call);
		return FALSE;
	}
	call->worker = worker;
	worker->in_flight++;
	runtime_submit(worker->runtime, worker->loop, &call->request, call_answered, call);
	return TRUE;
}

/* ---- events ---- */

static void say_emitted(void *data)
{
	Worker *worker = data;

	g_atomic_int_set(&worker->emitted_posted, 0);
	say(worker, FRAME_EMITTED, NULL);
}

/* On the writer's thread, before the call is answered: the frame leaves before the reply. */
static void on_emitted(void *data, const Plugin *plugin)
{
	Worker *worker = data;

	(void)plugin;
	if (!g_atomic_int_compare_and_exchange(&worker->emitted_posted, 0, 1))
		return;
	worker->emitted = (LoopItem){ .run = say_emitted, .data = worker };
	loop_post(worker->loop, &worker->emitted);
}

/* ---- frames ---- */

static void on_settled(void *data)
{
	say(data, FRAME_SETTLED, NULL);
}

static void on_settle(Worker *worker)
{
	runtime_settle_jobs(worker->runtime, on_settled, worker);
}

static gboolean on_settings(Worker *worker, FrameIn *in)
{
	const char *json = frame_get_text(in);
	g_autoptr(GError) error = NULL;
	Settings *settings;

	if (json == NULL || !frame_in_done(in))
		return FALSE;
	if (worker->runtime == NULL) {
		g_free(worker->settings_json);
		worker->settings_json = g_strdup(json);
		return TRUE;
	}
	settings = settings_from_json(worker->loaded->plugin, json, &error);
	if (settings != NULL)
		runtime_set_settings(worker->runtime, settings);
	else
		log_write(LOG_ERROR, worker->loaded->plugin->id, "settings kept as they were: %s", error->message);
	return TRUE;
}

static gboolean on_clock(FrameIn *in)
{
	gint64 offset = frame_get_i64(in);
	const guint32 level = frame_get_u32(in);

	if (!frame_in_done(in))
		return FALSE;
	log_set_level((LogLevel)level);
	if (offset != clock_offset_ms())
		clock_turn(offset);
	return TRUE;
}

static void on_paused(void *data)
{
	Worker *worker = data;
	gsize start;

	g_atomic_int_set(&worker->paused_posted, 0);
	/* It may have been for a pause that is over. */
	if (worker->pause == 0 || !g_atomic_int_get(&worker->stands))
		return;
	start = frame_begin(worker->stream.out, FRAME_PAUSED);
	frame_put_i64(worker->stream.out, (gint64)worker->pause);
	frame_end(worker->stream.out, start);
}

static void tell_paused(void *data)
{
	Worker *worker = data;

	g_atomic_int_set(&worker->stands, 1);
	if (g_atomic_int_compare_and_exchange(&worker->paused_posted, 0, 1))
		loop_post(worker->loop, &worker->paused);
}

static void on_pause_over(void *data)
{
	Worker *worker = data;

	log_write(LOG_WARN, worker->loaded->plugin->id, "held for too long: the writer goes on");
	end_pause(worker);
}

static gboolean on_pause(Worker *worker, FrameType type, FrameIn *in)
{
	guint64 id = (guint64)frame_get_i64(in);
	gint64 limit_ms = type == FRAME_PAUSE ? frame_get_i64(in) : 0;

	if (!frame_in_done(in) || id == 0 || limit_ms < 0)
		return FALSE;
	if (type == FRAME_RESUME) {
		if (id == worker->pause)
			end_pause(worker);
		return TRUE;
	}
	end_pause(worker);
	worker->pause = id;
	worker->pause_timer = loop_timer_new(worker->loop, limit_ms, FALSE, on_pause_over, worker);
	store_pause(runtime_store(worker->runtime), tell_paused, worker);
	return TRUE;
}

static gboolean on_quiet(Worker *worker, FrameIn *in)
{
	worker->quiet = frame_get_u8(in) != 0;
	worker->said_idle = FALSE;
	runtime_quiet(worker->runtime, worker->quiet);
	return frame_in_done(in);
}

static gboolean on_frame(Worker *worker, FrameType type, FrameIn *in)
{
	if (type == FRAME_CALL)
		return on_call(worker, in);
	if (type == FRAME_SETTINGS)
		return on_settings(worker, in);
	if (type == FRAME_CLOCK)
		return on_clock(in);
	if (type == FRAME_PAUSE || type == FRAME_RESUME)
		return on_pause(worker, type, in);
	if (type == FRAME_QUIET)
		return on_quiet(worker, in);
	if (type != FRAME_SETTLE && type != FRAME_STOP)
		return FALSE;
	if (type == FRAME_SETTLE)
		on_settle(worker);
	else
		worker_end(worker);
	return frame_in_done(in);
}

static void on_readable(int fd, void *data)
{
	Worker *worker = data;
	StreamState state = stream_receive(&worker->stream);
	FrameType type;
	FrameIn in;
	gint got = 0;

	(void)fd;
	while (state == STREAM_DONE && !worker->stopping && (got = stream_next(&worker->stream, &type, &in)) > 0)
		if (!on_frame(worker, type, &in))
			got = -1;
	if (got >= 0 && state != STREAM_BROKEN)
		return;
	if (got < 0) {
		log_error("worker: a frame of the host is broken");
		worker->status = 1;
	}
	/* Without a host there is nobody to answer; what was begun is finished. */
	g_clear_pointer(&worker->watch, loop_fd_free);
	worker_end(worker);
}

/* ---- start ---- */

static gboolean make_env(Worker *worker, GError **error)
{
	const WorkerOptions *options = &worker->start.options;
	guint threads = options->threads > 0 ? options->threads : THREADS;
	StoreHostOptions stores = { .readers = 1 + threads, .sql_log = options->sql_log };

	worker->divisions = divisions_load((const char *const *)worker->start.divisions, error);
	if (worker->divisions == NULL)
		return FALSE;
	worker->bodies = bodies_load((const char *const *)worker->start.bodies, worker->divisions, error);
	if (worker->bodies == NULL)
		return FALSE;
	worker->keys = keys_from(worker->start.secret, worker->start.seed);
	if (worker->start.sm2_secret != NULL &&
	    (worker->sm2 = sm2_from(worker->start.sm2_secret, worker->start.sm2_public, error)) == NULL)
		return FALSE;
	worker->stores = store_host_new(&stores, error);
	if (worker->stores == NULL)
		return FALSE;
	worker->env = (RuntimeEnv){
		.stores = worker->stores,
		.divisions = worker->divisions,
		.bodies = worker->bodies,
		.keys = worker->keys,
		.sm2 = worker->sm2,
		.readers = stores.readers,
		.loops = 1,
		.idempotency_ms = options->idempotency_ms,
		.idempotency_max = options->idempotency_max,
		.page_limit = options->page_limit,
		.anchors_dir = options->anchors_dir,
		.base_url = options->base_url != NULL ? options->base_url : "",
		.emitted = on_emitted,
		.emitted_data = worker,
		.event_tries = options->event_tries,
		.event_backoff_ms = options->event_backoff_ms,
		.parked_max = options->parked_max,
		.parked_of_publisher = options->parked_of_publisher,
		.parked_of_subject = options->parked_of_subject,
		.event_turn_us = options->event_turn_us,
		.keep_events_ms = options->keep_events_ms,
	};
	worker->pool = pool_new(&worker->env, threads);
	return TRUE;
}

/* Before any code of the plugin runs. */
static void expect_crashes(const WorkerOptions *options)
{
	g_autofree char *path = g_build_filename(options->dir, CRASH_FILE, NULL);
	g_autoptr(GError) error = NULL;

	g_free(crash_open(path, &error)); /* the host has read it */
	if (error != NULL)
		log_write(LOG_WARN, options->store.name, "a crash will not be recorded: %s", error->message);
	crash_install();
	crash_watch(options->handler_ms, options->prepare_ms);
}

static gboolean run_plugin(Worker *worker, GError **error)
{
	const WorkerOptions *options = &worker->start.options;
	const char *json = worker->settings_json != NULL ? worker->settings_json : "{}";
	StoreOptions store = options->store;
	Settings *settings;

	log_set_level(worker->start.log_level);
	expect_crashes(options);
	worker->loaded = plugin_load(options->plugin_path, error);
	if (worker->loaded == NULL || !make_env(worker, error))
		return FALSE;
	settings = settings_from_json(worker->loaded->plugin, json, error);
	if (settings == NULL)
		return FALSE;
	plugin_subscribe_less(worker->loaded->plugin, settings);
	worker->runtime =
		runtime_new(&worker->env, worker->pool, worker->loaded->plugin, options->dir, &store, settings, error);
	return worker->runtime != NULL;
}

/* Waits for START; SETTINGS and CLOCK come before it. FALSE: the host went away or talks nonsense. */
static gboolean wait_for_start(Worker *worker)
{
	gint64 until = clock_mono_us() + START_WAIT_US;

	while (stream_wait(&worker->stream, until)) {
		StreamState state = stream_receive(&worker->stream);
		FrameType type;
		FrameIn in;
		gint got;

		while (state == STREAM_DONE && (got = stream_next(&worker->stream, &type, &in)) != 0) {
			if (got < 0 || (type != FRAME_START && type != FRAME_SETTINGS && type != FRAME_CLOCK))
				return FALSE;
			if (type != FRAME_START && !on_frame(worker, type, &in))
				return FALSE;
			if (type != FRAME_START)
				continue;
			worker->start_frame = g_bytes_new(in.at, in.left);
			frame_in_init(&in, g_bytes_get_data(worker->start_frame, NULL), in.left);
			return start_get(&in, &worker->start);
		}
		if (state == STREAM_BROKEN)
			return FALSE;
	}
	return FALSE;
}

static void worker_clear(Worker *worker)
{
	if (worker->stats_timer != NULL)
		loop_timer_free(worker->stats_timer);
	runtime_stats_free(worker->stats);
	if (worker->runtime != NULL)
		runtime_stop_jobs(worker->runtime);
	runtime_free(worker->runtime);
	pool_free(worker->pool);
	store_host_free(worker->stores);
	bodies_free(worker->bodies);
	divisions_free(worker->divisions);
	keys_free(worker->keys);
	sm2_free(worker->sm2);
	loaded_plugin_free(worker->loaded);
	stream_take(&worker->stream);
	stream_send(&worker->stream);
	loop_fd_free(worker->watch);
	loop_free(worker->loop);
	stream_clear(&worker->stream);
	start_clear(&worker->start);
	g_clear_pointer(&worker->start_frame, g_bytes_unref);
	g_free(worker->settings_json);
	crash_unwatch();
}

static void on_stats(void *data)
{
	Worker *worker = data;
	RuntimeStats *now = runtime_stats_copy(worker->stats);

	runtime_stats_read(worker->runtime, 0, now);
	if (memcmp(now->values, worker->stats->values, sizeof now->values) != 0 ||
	    memcmp(now->parked, worker->stats->parked, now->n_jobs * sizeof now->parked[0]) != 0)
		frame_put_stats(worker->stream.out, now);
	runtime_stats_free(worker->stats);
	worker->stats = now;
}

static gint serve(Worker *worker, GError **error)
{
	worker->loop = loop_new(0, error);
	if (worker->loop == NULL || !run_plugin(worker, error)) {
		say_now(worker, FRAME_FAILED, *error != NULL ? (*error)->message : "it could not be started");
		return 1;
	}
	worker->stream.frame_max =
		worker->start.options.frame_max > 0 ? (gsize)worker->start.options.frame_max : FRAME_MAX;
	loop_add_turn_hook(worker->loop, on_turn, worker);
	runtime_run_jobs(worker->runtime, worker->loop);
	if (worker->start.options.jobs_by_hand)
		runtime_jobs_by_hand(worker->runtime);
	worker->paused = (LoopItem){ .run = on_paused, .data = worker };
	worker->watch = loop_fd_new(worker->loop, worker->stream.fd, on_readable, worker);
	say_now(worker, FRAME_READY, NULL);
	worker->stats = runtime_stats_new(worker->loaded->plugin);
	worker->stats_timer = loop_timer_new(worker->loop, STATS_MS, TRUE, on_stats, worker);
	loop_run(worker->loop);
	return worker->status;
}

int worker_main(int argc, char **argv)
{
	Worker worker = { 0 };
	g_autoptr(GError) error = NULL;
	int type = 0, status = 2;
	socklen_t size = sizeof(type);

	(void)argc;
	memory_give_back_large();
	if (getsockopt(CHILD_FD, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM) {
		fprintf(stderr, "%s is started by zhend, not by hand\n", argv[0]);
		return status;
	}
	/* Ctrl-C and a service manager's end reach every process; the host decides when this one stops. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	stream_init(&worker.stream, FRAME_MAX);
	stream_open(&worker.stream, CHILD_FD);
	if (wait_for_start(&worker))
		status = serve(&worker, &error);
	else
		log_error("worker: no start came from the host");
	worker_clear(&worker);
	return status;
}
