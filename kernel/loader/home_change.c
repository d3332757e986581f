/* SPDX-License-Identifier: Apache-2.0
 * Another version in the place of the one that a worker runs: the process ends, one of the new version begins; one that does
 * not come up makes way for the old again. All on the loop, nothing waits. */
#include "base/clock.h"
#include "base/log.h"
#include "loader/start.h"
#include "loader/worker_home.h"

typedef enum ChangePhase { CHANGE_STOPPING, CHANGE_STARTING, CHANGE_BACK } ChangePhase;

struct WorkerChange {
	ChangePhase phase;
	GByteArray *start; /* START of the version that does not run */
	const Plugin *plugin;
	char *settings_json;
	HomeChanged *done;
	void *data;
	char *fault; /* why the new one did not come up */
};

void worker_change_free(WorkerHome *self)
{
	struct WorkerChange *change = g_steal_pointer(&self->change);

	if (change == NULL)
		return;
	g_byte_array_unref(change->start);
	g_free(change->settings_json);
	g_free(change->fault);
	g_free(change);
}

static void exchange(WorkerHome *self)
{
	struct WorkerChange *change = self->change;
	GByteArray *start = self->start;
	const Plugin *plugin = self->base.home.plugin;
	char *json = self->settings_json;

	self->start = change->start;
	change->start = start;
	self->base.home.plugin = change->plugin;
	change->plugin = plugin;
	pthread_mutex_lock(&self->lock);
	self->settings_json = change->settings_json;
	pthread_mutex_unlock(&self->lock);
	change->settings_json = json;
	runtime_stats_free(self->stats);
	self->stats = runtime_stats_new(self->base.home.plugin);
}

static void tell_done(WorkerHome *self)
{
	struct WorkerChange *change = self->change;
	HomeChanged *done = change->done;
	void *data = change->data;
	g_autofree char *fault = g_steal_pointer(&change->fault);

	worker_change_free(self);
	done(data, fault);
}

/* FALSE: no process of it comes into being. */
static gboolean begin(WorkerHome *self, ChangePhase phase)
{
	GError *error = NULL;

	exchange(self);
	self->change->phase = phase;
	if (worker_begin(self, &error))
		return TRUE;
	if (self->change->fault == NULL)
		self->change->fault = g_strdup(error->message);
	g_error_free(error);
	return FALSE;
}

gboolean worker_change_lost(WorkerHome *self, const char *why, const char *ending, const char *said)
{
	struct WorkerChange *change = self->change;

	if (change == NULL)
		return FALSE;
	if (change->phase == CHANGE_STOPPING) {
		if (g_strcmp0(ending, "exited with 0") != 0)
			log_write(LOG_WARN, self->base.home.plugin->id, "worker did not stop cleanly: %s", ending);
		if (begin(self, CHANGE_STARTING) || begin(self, CHANGE_BACK))
			return TRUE;
	} else if (change->phase == CHANGE_STARTING) {
		change->fault = self->failure != NULL ? g_strdup(self->failure) :
		                                        g_strdup_printf("worker %s: %s%s%s", why, ending,
		                                                        said != NULL ? ": " : "", said != NULL ? said : "");
		g_clear_pointer(&self->failure, g_free);
		if (begin(self, CHANGE_BACK))
			return TRUE;
	}
	tell_done(self);
	return FALSE; /* and from here on it is a worker that was lost */
}

void worker_change_ready(WorkerHome *self)
{
	if (self->change != NULL)
		tell_done(self);
}

void home_worker_change(Home *home, const WorkerOptions *options, const Plugin *plugin, HomeChanged *done, void *data)
{
	WorkerHome *self = (WorkerHome *)home;

	self->change = g_new0(struct WorkerChange, 1);
	self->change->start = g_byte_array_new();
	start_put(self->change->start, options);
	self->change->plugin = plugin;
	self->change->settings_json = g_strdup(options->settings_json);
	self->change->done = done;
	self->change->data = data;
	worker_ask_end(self);
}

void worker_quiet(Home *home, gboolean quiet)
{
	WorkerHome *self = (WorkerHome *)home;
	gsize start;

	self->idle = FALSE;
	pthread_mutex_lock(&self->lock);
	if (self->state == WORKER_UP) {
		start = frame_begin(self->stream.out, FRAME_QUIET);
		frame_put_u8(self->stream.out, (guint8)quiet);
		frame_end(self->stream.out, start);
		worker_ask_flush(self, NULL);
	}
	pthread_mutex_unlock(&self->lock);
}

gboolean worker_is_idle(Home *home)
{
	WorkerHome *self = (WorkerHome *)home;
	gboolean none;

	pthread_mutex_lock(&self->lock);
	none = g_hash_table_size(self->calls) == 0;
	pthread_mutex_unlock(&self->lock);
	return none && self->idle;
}
