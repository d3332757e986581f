/* SPDX-License-Identifier: Apache-2.0
 * A worker's process, the host's side: begun, ended, lost and begun again. */
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "loader/child.h"
#include "loader/start.h"
#include "loader/worker_home.h"

#define AGAIN_MS 1000    /* doubled for each start in a row that fails */
#define AGAIN_DOUBLED 5  /* so often at most: 32 s */
#define DYING_US (100 * 1000) /* from the end of its socket to its own; the loop waits so long */

static void worker_lost(WorkerHome *self, const char *why);

static void on_readable(int fd, void *data)
{
	WorkerHome *self = data;
	const char *why = NULL;

	(void)fd;
	if (!worker_receive(self, &why))
		worker_lost(self, why);
}

/* Ends what is left of the process; what it ended with. (transfer full) */
char *worker_end(WorkerHome *self, gint64 until_us)
{
	char *ending = NULL;

	g_clear_pointer(&self->watch, loop_fd_free);
	g_clear_pointer(&self->timer, loop_timer_free);
	pthread_mutex_lock(&self->lock);
	self->state = WORKER_DOWN;
	stream_close(&self->stream);
	pthread_mutex_unlock(&self->lock);
	if (self->pid > 0)
		ending = child_reap(self->pid, until_us);
	pthread_mutex_lock(&self->lock);
	self->pid = 0;
	pthread_mutex_unlock(&self->lock);
	return ending;
}

static gint64 again_ms(const WorkerHome *self)
{
	return AGAIN_MS << MIN(self->failed_starts, AGAIN_DOUBLED);
}

static void set_again(WorkerHome *self)
{
	self->timer = loop_timer_new(self->loop, again_ms(self), FALSE, worker_again, self);
}

void worker_again(void *data)
{
	WorkerHome *self = data;
	g_autoptr(GError) error = NULL;
	gboolean held;

	g_clear_pointer(&self->timer, loop_timer_free);
	pthread_mutex_lock(&self->lock);
	held = self->again_held = self->pause != 0;
	if (!held)
		self->state = WORKER_STARTING; /* from here on it cannot be held */
	pthread_mutex_unlock(&self->lock);
	if (held)
		return;
	if (!worker_begin(self, &error)) {
		pthread_mutex_lock(&self->lock);
		self->state = WORKER_DOWN;
		pthread_mutex_unlock(&self->lock);
		log_write(LOG_ERROR, self->base.home.plugin->id, "worker: %s", error->message);
		self->failed_starts++;
		set_again(self);
	}
}

static void on_too_late(void *data)
{
	worker_lost(data, ((WorkerHome *)data)->state == WORKER_UP ? "did not end in time" : "was not ready in time");
}

/* In its own file, so of its own making: read as such. @out_what: for the log. (transfer full) */
static char *last_words(const WorkerHome *self, char **out_what)
{
	g_autofree char *path = g_build_filename(self->dir, CRASH_FILE, NULL);
	char *report = crash_read(path);
	g_autofree char *what = crash_find(report, "what"), *handler = crash_find(report, "handler");
	g_autofree char *request = crash_find(report, "request");

	unlink(path); /* it is told once */
	*out_what = report == NULL ? NULL :
	                             g_strdup_printf("%s in %s, request %s", what != NULL ? what : "?",
	                                             handler != NULL ? handler : "no handler", request != NULL ? request : "-");
	return report;
}

static void worker_lost(WorkerHome *self, const char *why)
{
	/* One that misbehaves is not waited for; one whose socket ended is about to end by itself. */
	gint64 patience = strcmp(why, "ended") == 0 ? DYING_US : 0;
	const gboolean was_up = self->state == WORKER_UP;
	g_autofree char *ending = worker_end(self, clock_mono_us() + patience);

	g_autofree char *what = NULL;
	g_autofree char *report = last_words(self, &what);
	const char *said = self->failure != NULL ? self->failure : what;

	if (worker_change_lost(self, why, ending, said))
		return;
	self->failed_starts += was_up ? 0 : 1;
	log_write(LOG_ERROR, self->base.home.plugin->id, "worker %s: %s%s%s; it is started again in %d s", why, ending,
	          said != NULL ? ": " : "", said != NULL ? said : "", (gint)(again_ms(self) / 1000));
	if (self->crashed != NULL)
		self->crashed(self->crashed_data, self->base.home.plugin, report, ending);
	g_clear_pointer(&self->failure, g_free);
	if (!self->closing)
		set_again(self);
	/* It is gone, and what it had not committed with it: its database stands. */
	pthread_mutex_lock(&self->lock);
	worker_tell_paused(self, TRUE);
	pthread_mutex_unlock(&self->lock);
	worker_fail_calls(self, ending);
	worker_tell_settled(self);
}

void worker_ask_end(WorkerHome *self)
{
	pthread_mutex_lock(&self->lock);
	worker_put_bare(self->stream.out, FRAME_STOP);
	worker_ask_flush(self, NULL);
	pthread_mutex_unlock(&self->lock);
	g_clear_pointer(&self->timer, loop_timer_free);
	self->timer = loop_timer_new(self->loop, self->stop_us / 1000, FALSE, on_too_late, self);
}

/* Starts the process and tells it what to do. */
gboolean worker_begin(WorkerHome *self, GError **error)
{
	pid_t pid;
	int fd;

	if (!child_start(self->worker_path, self->base.home.plugin->id, &pid, &fd, error))
		return FALSE;
	pthread_mutex_lock(&self->lock);
	self->pid = pid;
	stream_open(&self->stream, fd);
	worker_put_clock(self->stream.out);
	worker_put_settings(self->stream.out, self->settings_json);
	g_byte_array_append(self->stream.out, self->start->data, self->start->len);
	self->state = WORKER_STARTING;
	pthread_mutex_unlock(&self->lock);
	self->watch = loop_fd_new(self->loop, self->stream.fd, on_readable, self);
	self->timer = loop_timer_new(self->loop, self->start_us / 1000, FALSE, on_too_late, self);
	worker_flush(self);
	return TRUE;
}

/* Without the loop: sends and reads until the worker is @wanted. FALSE: the time is up, or it is gone; @out_why. */
gboolean worker_converse(WorkerHome *self, gint64 until_us, WorkerState wanted, const char **out_why)
{
	while (self->state != wanted) {
		worker_flush(self);
		*out_why = "was not ready in time";
		if (self->failure != NULL || !stream_wait(&self->stream, until_us))
			return FALSE;
		if (!worker_receive(self, out_why))
			return FALSE;
	}
	return TRUE;
}

gboolean worker_start(WorkerHome *self, GError **error)
{
	g_autofree char *ending = NULL, *what = NULL;
	const char *why = NULL;

	if (!worker_begin(self, error))
		return FALSE;
	if (worker_converse(self, clock_mono_us() + self->start_us, WORKER_UP, &why))
		return TRUE;
	ending = worker_end(self, clock_mono_us() + (self->failure != NULL ? self->stop_us : DYING_US));
	if (self->failure != NULL)
		return throw_error(error, ERROR_FAILED, "%s", self->failure);
	g_free(last_words(self, &what));
	return throw_error(error, ERROR_FAILED, "worker %s: %s%s%s", why, ending, what != NULL ? ": " : "",
	                   what != NULL ? what : "");
}
