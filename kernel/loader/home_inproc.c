/* SPDX-License-Identifier: Apache-2.0
 * The home in this process: a runtime, called directly. */
#include "loader/home.h"
#include "store/copy.h"

typedef struct InprocHome {
	HomeBase base;
	Runtime *runtime;
	HomePaused *paused;
	void *paused_data;
} InprocHome;

static void inproc_submit(Home *home, Loop *loop, const CallRequest *request, CallDone *done, void *data)
{
	runtime_submit(((InprocHome *)home)->runtime, loop, request, done, data);
}

static void inproc_free(Home *home)
{
	runtime_free(((InprocHome *)home)->runtime);
	g_free(home);
}

static gint64 inproc_pid(Home *home)
{
	(void)home;
	return 0;
}

static void inproc_set_settings(Home *home, Settings *settings)
{
	runtime_set_settings(((InprocHome *)home)->runtime, settings);
}

static void inproc_turn_clock(Home *home)
{
	(void)home;
}

static void inproc_settle_jobs(Home *home, LoopFunc *done, void *data)
{
	runtime_settle_jobs(((InprocHome *)home)->runtime, done, data);
}

static void inproc_stats(Home *home, RuntimeStats *out)
{
	runtime_stats_read(((InprocHome *)home)->runtime, 0, out);
}

static void inproc_stands(void *data)
{
	InprocHome *self = data;

	self->paused(self->paused_data, TRUE);
}

static void inproc_pause(Home *home, gint64 limit_ms, HomePaused *paused, void *data)
{
	InprocHome *self = (InprocHome *)home;

	(void)limit_ms;
	self->paused = paused;
	self->paused_data = data;
	store_pause(home->store, inproc_stands, self);
}

static void inproc_resume(Home *home)
{
	store_resume(home->store);
}

static void inproc_quiet(Home *home, gboolean quiet)
{
	runtime_quiet(((InprocHome *)home)->runtime, quiet);
}

static gboolean inproc_is_idle(Home *home)
{
	return runtime_is_idle(((InprocHome *)home)->runtime);
}

static const HomeClass inproc_class = {
	.free = inproc_free,
	.pid = inproc_pid,
	.set_settings = inproc_set_settings,
	.turn_clock = inproc_turn_clock,
	.settle_jobs = inproc_settle_jobs,
	.stats = inproc_stats,
	.pause = inproc_pause,
	.resume = inproc_resume,
	.quiet = inproc_quiet,
	.is_idle = inproc_is_idle,
};

Home *home_new_inproc(Runtime *runtime, const Plugin *plugin)
{
	InprocHome *self = g_new0(InprocHome, 1);
	Home *home = &self->base.home;

	self->base.class = &inproc_class;
	self->runtime = runtime;
	home->submit = inproc_submit;
	home->plugin = plugin;
	home->store = runtime_store(runtime);
	home->dir = store_dir(home->store);
	return home;
}

void home_free(Home *home)
{
	if (home != NULL)
		((HomeBase *)home)->class->free(home);
}

gint64 home_worker_pid(Home *home)
{
	return ((HomeBase *)home)->class->pid(home);
}

void home_set_settings(Home *home, Settings *settings)
{
	((HomeBase *)home)->class->set_settings(home, settings);
}

void home_turn_clock(Home *home)
{
	((HomeBase *)home)->class->turn_clock(home);
}

void home_settle_jobs(Home *home, LoopFunc *done, void *data)
{
	((HomeBase *)home)->class->settle_jobs(home, done, data);
}

void home_stats(Home *home, RuntimeStats *out)
{
	((HomeBase *)home)->class->stats(home, out);
}

void home_pause(Home *home, gint64 limit_ms, HomePaused *paused, void *data)
{
	((HomeBase *)home)->class->pause(home, limit_ms, paused, data);
}

void home_resume(Home *home)
{
	((HomeBase *)home)->class->resume(home);
}
