/* SPDX-License-Identifier: Apache-2.0
 * The home in a process of its own, the host's side. One loop owns the socket; other loops hand their frames over under
 * a lock. What comes from the worker is looked at before it is believed; a worker that breaks the rules is ended. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "loader/child.h"
#include "loader/start.h"
#include "loader/worker_home.h"

#define IN_FLIGHT_MAX 1024
#define START_MS 30000
#define STOP_MS 10000

typedef struct PendingCall {
	guint64 id;
	CallKind kind;
	WorkerHome *home;
	Loop *loop;
	CallDone *done;
	void *data;
	CallReply *reply;
	LoopItem item;
} PendingCall;

/* ---- answers ---- */

static void call_answer(void *data)
{
	PendingCall *call = data;

	call->done(call->data, call->reply);
	g_free(call);
}

static void call_end(WorkerHome *self, PendingCall *call, CallReply *reply)
{
	call->reply = reply;
	if (call->loop == self->loop) {
		call_answer(call);
		return;
	}
	call->item = (LoopItem){ .run = call_answer, .data = call };
	loop_post(call->loop, &call->item);
}

/* @ending: for the bus alone; NULL = what anybody else is told. */
static CallReply *gone_reply(const char *ending)
{
	CallReply *reply = call_reply_problem(503, "worker-gone", "模块暂时停止",
	                                      ending != NULL ? ending : "这次办理是否完成不能确定，请用同一 Idempotency-Key 重试");

	reply->retry_after_s = 1;
	return reply;
}

static CallReply *busy_reply(void)
{
	CallReply *reply = call_reply_problem(503, "busy", "模块繁忙", "请稍后再试");

	reply->retry_after_s = 1;
	return reply;
}

void worker_fail_calls(WorkerHome *self, const char *ending)
{
	g_autoptr(GPtrArray) lost = g_ptr_array_new();
	GHashTableIter iter;
	gpointer call;

	pthread_mutex_lock(&self->lock);
	g_hash_table_iter_init(&iter, self->calls);
	while (g_hash_table_iter_next(&iter, NULL, &call)) {
		g_ptr_array_add(lost, call);
		g_hash_table_iter_steal(&iter);
	}
	pthread_mutex_unlock(&self->lock);
	for (guint i = 0; i < lost->len; i++) {
		PendingCall *pending = lost->pdata[i];

		call_end(self, pending, gone_reply(pending->kind == CALL_EVENTS ? ending : NULL));
	}
}

void worker_tell_settled(WorkerHome *self)
{
	LoopFunc *settled = self->settled;

	self->settled = NULL;
	if (settled != NULL)
		settled(self->settled_data);
}

/* ---- sending ---- */

static void on_writable(int fd, void *data);

/* What waits stays in @out, where send_call sees how much it is, until all that was taken before has left. */
void worker_flush(WorkerHome *self)
{
	StreamState state = STREAM_DONE;
	gboolean any = FALSE;

	while (self->stream.fd >= 0 && state == STREAM_DONE) {
		if (self->stream.sent == self->stream.sending->len) {
			pthread_mutex_lock(&self->lock);
			if (self->state != WORKER_DOWN)
				stream_take(&self->stream);
			pthread_mutex_unlock(&self->lock);
		}
		if (self->stream.sent == self->stream.sending->len)
			break;
		any = TRUE;
		state = stream_send(&self->stream);
	}
	/* A broken pipe is noticed, with its reason, where the worker is read. */
	if (any && self->watch != NULL)
		loop_fd_want_write(self->watch, state == STREAM_BLOCKED, on_writable);
}

static void on_writable(int fd, void *data)
{
	(void)fd;
	worker_flush(data);
}

static void on_turn(void *data)
{
	worker_flush(data);
}

static void on_flush(void *data)
{
	WorkerHome *self = data;

	pthread_mutex_lock(&self->lock);
	self->flush_posted = FALSE;
	pthread_mutex_unlock(&self->lock);
	worker_flush(self);
}

/* With the lock held: the frames just added leave at the end of this turn, or as soon as the owner hears of them. */
void worker_ask_flush(WorkerHome *self, const Loop *loop)
{
	if ((loop == self->loop && loop_running(loop)) || self->flush_posted)
		return;
	self->flush_posted = TRUE;
	loop_post(self->loop, &self->flush);
}

/* With the lock held. NULL = it is on its way. */
static CallReply *send_call(WorkerHome *self, Loop *loop, const CallRequest *request, CallDone *done, void *data)
{
	GByteArray *out = self->stream.out;
	gsize before = out->len;
	PendingCall *call;

	if (self->state != WORKER_UP)
		return gone_reply(NULL);
	if (g_hash_table_size(self->calls) >= self->in_flight_max || before > 2 * self->stream.frame_max)
		return busy_reply();
	frame_put_call(out, ++self->next_id, request);
	if (out->len - before > self->stream.frame_max) {
		g_byte_array_set_size(out, (guint)before);
		return call_reply_problem(413, "too-large", "内容过大", NULL);
	}
	call = g_new0(PendingCall, 1);
	call->id = self->next_id;
	call->kind = request->kind;
	call->home = self;
	call->loop = loop;
	call->done = done;
	call->data = data;
	g_hash_table_insert(self->calls, &call->id, call);
	worker_ask_flush(self, loop);
	return NULL;
}

static void worker_submit(Home *home, Loop *loop, const CallRequest *request, CallDone *done, void *data)
{
	WorkerHome *self = (WorkerHome *)home;
	CallReply *refused;

	pthread_mutex_lock(&self->lock);
	refused = send_call(self, loop, request, done, data);
	pthread_mutex_unlock(&self->lock);
	if (refused != NULL)
		done(data, refused);
}

void worker_put_clock(GByteArray *out)
{
	gsize start = frame_begin(out, FRAME_CLOCK);

	frame_put_i64(out, clock_offset_ms());
	frame_put_u32(out, (guint32)log_level());
	frame_end(out, start);
}

void worker_put_settings(GByteArray *out, const char *json)
{
	gsize start = frame_begin(out, FRAME_SETTINGS);

	frame_put_text(out, json);
	frame_end(out, start);
}

void worker_put_bare(GByteArray *out, FrameType type)
{
	frame_end(out, frame_begin(out, type));
}

/* ---- receiving ---- */

static gboolean on_reply(WorkerHome *self, FrameIn *in)
{
	guint64 id;
	CallReply *reply = frame_get_reply(in, &id);
	PendingCall *call;

	pthread_mutex_lock(&self->lock);
	call = g_hash_table_lookup(self->calls, &id);
	if (call != NULL)
		g_hash_table_steal(self->calls, &id);
	pthread_mutex_unlock(&self->lock);
	if (call != NULL && reply != NULL) {
		call_end(self, call, reply);
		return TRUE;
	}
	if (call != NULL)
		call_end(self, call, gone_reply(NULL));
	call_reply_free(reply);
	return FALSE;
}

static void tell_emitted(WorkerHome *self)
{
	if (self->emitted != NULL)
		self->emitted(self->emitted_data, self->base.home.plugin);
}

/* FALSE: no worker of ours would say that now. */
static gboolean on_frame(WorkerHome *self, FrameType type, FrameIn *in)
{
	if (type == FRAME_REPLY && self->state == WORKER_UP)
		return on_reply(self, in);
	if (type == FRAME_READY && self->state == WORKER_STARTING) {
		pthread_mutex_lock(&self->lock);
		self->state = WORKER_UP;
		pthread_mutex_unlock(&self->lock);
		self->failed_starts = 0;
		g_clear_pointer(&self->timer, loop_timer_free);
		worker_change_ready(self);
		tell_emitted(self);
		return frame_in_done(in);
	}
	if (type == FRAME_EMITTED && self->state == WORKER_UP) {
		/* What several of one read speak of was committed before the first of them is looked at. */
		if (!self->told_emitted)
			tell_emitted(self);
		self->told_emitted = TRUE;
		return frame_in_done(in);
	}
	if (type == FRAME_FAILED && self->state == WORKER_STARTING) {
		const char *text = frame_get_text(in);

		g_free(self->failure);
		self->failure = g_utf8_make_valid(text != NULL ? text : "", -1);
		return frame_in_done(in);
	}
	if (type == FRAME_IDLE && self->state == WORKER_UP) {
		self->idle = TRUE;
		return frame_in_done(in);
	}
	if (type == FRAME_PAUSED && self->state == WORKER_UP)
		return worker_on_paused(self, in);
	if (type == FRAME_STATS && self->state == WORKER_UP)
		return frame_get_stats(in, self->stats);
	if (type == FRAME_SETTLED && self->state == WORKER_UP) {
		worker_tell_settled(self);
		return frame_in_done(in);
	}
	return FALSE;
}

/* Everything that came in so far. FALSE: @out_why, it is not to be read any more. */
gboolean worker_receive(WorkerHome *self, const char **out_why)
{
	StreamState state = stream_receive(&self->stream);
	FrameType type;
	FrameIn in;
	gint got = 0;

	self->told_emitted = FALSE;
	while (state == STREAM_DONE && (got = stream_next(&self->stream, &type, &in)) > 0)
		if (!on_frame(self, type, &in)) {
			*out_why = "sent a frame that breaks the rules";
			return FALSE;
		}
	*out_why = got < 0 ? "sent bytes that are no frame" : "ended";
	return got >= 0 && state != STREAM_BROKEN;
}

/* ---- the other verbs ---- */

static void worker_free(Home *home)
{
	WorkerHome *self = (WorkerHome *)home;
	gint64 until = clock_mono_us() + self->stop_us;
	const char *why;
	g_autofree char *ending = NULL;

	self->closing = TRUE;
	if (self->state != WORKER_DOWN) {
		worker_put_bare(self->stream.out, FRAME_STOP);
		worker_converse(self, until, WORKER_DOWN, &why); /* until its socket ends */
	}
	ending = worker_end(self, until);
	if (ending != NULL && strcmp(ending, "exited with 0") != 0)
		log_write(LOG_WARN, home->plugin->id, "worker did not stop cleanly: %s", ending);
	worker_fail_calls(self, NULL);
	worker_tell_settled(self);
	loop_remove_turn_hook(self->loop, on_turn, self);
	stream_clear(&self->stream);
	g_hash_table_unref(self->calls);
	g_byte_array_unref(self->start);
	runtime_stats_free(self->stats);
	worker_change_free(self);
	pthread_mutex_destroy(&self->lock);
	g_free(self->failure);
	g_free(self->settings_json);
	g_free(self->worker_path);
	g_free(self->dir);
	g_free(self);
}

static gint64 worker_pid(Home *home)
{
	WorkerHome *self = (WorkerHome *)home;
	gint64 pid;

	pthread_mutex_lock(&self->lock);
	pid = self->pid;
	pthread_mutex_unlock(&self->lock);
	return pid;
}

static void worker_set_settings(Home *home, Settings *settings)
{
	WorkerHome *self = (WorkerHome *)home;

	pthread_mutex_lock(&self->lock);
	g_free(self->settings_json);
	self->settings_json = settings_to_json(settings);
	if (self->state != WORKER_DOWN) {
		worker_put_settings(self->stream.out, self->settings_json);
		worker_ask_flush(self, NULL);
	}
	pthread_mutex_unlock(&self->lock);
	settings_unref(settings);
}

static void worker_turn_clock(Home *home)
{
	WorkerHome *self = (WorkerHome *)home;

	pthread_mutex_lock(&self->lock);
	if (self->state != WORKER_DOWN) {
		worker_put_clock(self->stream.out);
		worker_ask_flush(self, NULL);
	}
	pthread_mutex_unlock(&self->lock);
}

static void worker_settle_jobs(Home *home, LoopFunc *done, void *data)
{
	WorkerHome *self = (WorkerHome *)home;

	self->settled = done;
	self->settled_data = data;
	pthread_mutex_lock(&self->lock);
	if (self->state == WORKER_UP) {
		worker_put_bare(self->stream.out, FRAME_SETTLE);
		worker_ask_flush(self, NULL);
		done = NULL;
	}
	pthread_mutex_unlock(&self->lock);
	if (done != NULL)
		worker_tell_settled(self);
}

/* Sent only when something changed, so these are what it counts now or counted before it went. */
static void worker_stats(Home *home, RuntimeStats *out)
{
	const RuntimeStats *stats = ((const WorkerHome *)home)->stats;

	memcpy(out->values, stats->values, sizeof out->values);
	memcpy(out->parked, stats->parked, stats->n_jobs * sizeof stats->parked[0]);
}

static const HomeClass worker_class = {
	.free = worker_free,
	.pid = worker_pid,
	.set_settings = worker_set_settings,
	.turn_clock = worker_turn_clock,
	.settle_jobs = worker_settle_jobs,
	.stats = worker_stats,
	.pause = worker_pause,
	.resume = worker_resume,
	.quiet = worker_quiet,
	.is_idle = worker_is_idle,
};

static WorkerHome *worker_new(Loop *loop, const WorkerOptions *options, const Plugin *plugin)
{
	WorkerHome *self = g_new0(WorkerHome, 1);
	Home *home = &self->base.home;

	self->base.class = &worker_class;
	home->submit = worker_submit;
	home->plugin = plugin;
	home->dir = self->dir = g_strdup(options->dir);
	self->loop = loop;
	self->worker_path = g_strdup(options->worker_path);
	self->settings_json = g_strdup(options->settings_json != NULL ? options->settings_json : "{}");
	self->start = g_byte_array_new();
	self->stats = runtime_stats_new(plugin);
	start_put(self->start, options);
	self->start_us = (options->start_ms > 0 ? options->start_ms : START_MS) * 1000;
	self->stop_us = (options->stop_ms > 0 ? options->stop_ms : STOP_MS) * 1000;
	self->emitted = options->emitted;
	self->emitted_data = options->emitted_data;
	self->crashed = options->crashed;
	self->crashed_data = options->crashed_data;
	self->in_flight_max = options->in_flight_max > 0 ? options->in_flight_max : IN_FLIGHT_MAX;
	self->calls = g_hash_table_new(g_int64_hash, g_int64_equal);
	self->flush = (LoopItem){ .run = on_flush, .data = self };
	pthread_mutex_init(&self->lock, NULL);
	stream_init(&self->stream, (gsize)(options->frame_max > 0 ? options->frame_max : FRAME_MAX));
	loop_add_turn_hook(loop, on_turn, self);
	return self;
}

Home *home_new_worker(Loop *loop, const WorkerOptions *options, const Plugin *plugin, GError **error)
{
	WorkerHome *self = worker_new(loop, options, plugin);

	if (worker_start(self, error))
		return &self->base.home;
	/* Its own words begin so, if they are of its runtime. */
	if (error == NULL || !g_str_has_prefix((*error)->message, "plugin "))
		prefix_error(error, "plugin %s", plugin->id);
	home_free(&self->base.home);
	return NULL;
}
