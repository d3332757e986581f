/* SPDX-License-Identifier: Apache-2.0
 * The host's side of a worker, of home_worker.c (its calls), home_life.c (its process), home_hold.c (its writer held) and
 * home_change.c (another version) alone. */
#pragma once

#include <pthread.h>
#include "loader/home.h"
#include "loader/stream.h"

typedef enum WorkerState { WORKER_DOWN, WORKER_STARTING, WORKER_UP } WorkerState;

typedef struct WorkerHome {
	HomeBase base;
	Loop *loop; /* owns the socket */
	char *worker_path, *dir;
	GByteArray *start; /* START as a frame */
	gint64 start_us, stop_us;
	guint in_flight_max;
	pid_t pid;
	LoopFd *watch;
	LoopTimer *timer; /* the next start, or the end of patience with this one */
	char *failure;    /* what FAILED said */
	gboolean closing;
	LoopFunc *settled; /* who waits for the jobs; NULL = nobody */
	void *settled_data;
	void (*crashed)(void *data, const Plugin *plugin, const char *report, const char *ending);
	void *crashed_data;
	RuntimeStats *stats; /* the last it sent; loop thread */
	void (*emitted)(void *data, const Plugin *plugin);
	void *emitted_data;
	gboolean told_emitted; /* in this read of its frames */
	struct WorkerChange *change; /* under way; NULL = none */
	guint failed_starts; /* in a row */
	gboolean idle; /* it is quiet and said that nothing is under way */

	pthread_mutex_t lock; /* stream.out and all below; not GLib's: ThreadSanitizer knows these */
	Stream stream;
	WorkerState state;
	GHashTable *calls; /* id -> PendingCall */
	guint64 next_id;
	char *settings_json;
	LoopItem flush;
	gboolean flush_posted;
	guint64 pause; /* the pause under way; 0 = none */
	guint64 last_pause;
	HomePaused *paused; /* NULL = told */
	void *paused_data;
	gboolean again_held; /* the next start waits for the end of the pause */
	LoopItem again;
} WorkerHome;

/* home_worker.c */
void worker_ask_flush(WorkerHome *self, const Loop *loop); /* with the lock held */
void worker_flush(WorkerHome *self);
/* Everything that came in so far. FALSE: @out_why, it is not to be read any more. */
gboolean worker_receive(WorkerHome *self, const char **out_why);
void worker_put_clock(GByteArray *out);
void worker_put_settings(GByteArray *out, const char *json);
void worker_put_bare(GByteArray *out, FrameType type);
/* @ending: for the bus alone; NULL = what anybody else is told. */
void worker_fail_calls(WorkerHome *self, const char *ending);
void worker_tell_settled(WorkerHome *self);

/* home_life.c */
gboolean worker_start(WorkerHome *self, GError **error); /* blocks until it is up */
gboolean worker_begin(WorkerHome *self, GError **error); /* READY comes when it comes */
void worker_again(void *data); /* loop: the next start */
void worker_ask_end(WorkerHome *self); /* a STOP, and the end of patience */
/* Without the loop: sends and reads until the worker is @wanted. FALSE: the time is up, or it is gone; @out_why. */
gboolean worker_converse(WorkerHome *self, gint64 until_us, WorkerState wanted, const char **out_why);
/* Ends what is left of the process; what it ended with. (transfer full) */
char *worker_end(WorkerHome *self, gint64 until_us);

/* home_hold.c */
void worker_pause(Home *home, gint64 limit_ms, HomePaused *paused, void *data);
void worker_resume(Home *home);
gboolean worker_on_paused(WorkerHome *self, FrameIn *in);
void worker_tell_paused(WorkerHome *self, gboolean stands); /* with the lock held */

/* home_change.c */
void worker_quiet(Home *home, gboolean quiet);
gboolean worker_is_idle(Home *home);
/* Its process is gone. TRUE: it was to be, and another has been started. */
gboolean worker_change_lost(WorkerHome *self, const char *why, const char *ending, const char *said);
void worker_change_ready(WorkerHome *self);
void worker_change_free(WorkerHome *self);
