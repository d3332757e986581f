/* SPDX-License-Identifier: Apache-2.0
 * The home of a plugin that is left out: nothing of it runs, every call is answered that it is so, its data stands. */
#include "loader/home.h"

#include <string.h>

#define RETRY_S 60

typedef struct OutHome {
	HomeBase base;
	char *dir;
} OutHome;

static void out_submit(Home *home, Loop *loop, const CallRequest *request, CallDone *done, void *data)
{
	CallReply *reply = call_reply_problem(503, "left-out", "此模块已停用，请联系管理员", NULL);

	(void)home;
	(void)loop;
	(void)request;
	reply->retry_after_s = RETRY_S;
	done(data, reply);
}

static void out_free(Home *home)
{
	g_free(((OutHome *)home)->dir);
	g_free(home);
}

static gint64 out_pid(Home *home)
{
	(void)home;
	return 0;
}

static void out_set_settings(Home *home, Settings *settings)
{
	(void)home;
	settings_unref(settings);
}

static void out_nothing(Home *home)
{
	(void)home;
}

static void out_settle_jobs(Home *home, LoopFunc *done, void *data)
{
	(void)home;
	done(data);
}

static void out_stats(Home *home, RuntimeStats *out)
{
	(void)home;
	memset(out->values, 0, sizeof out->values);
	memset(out->parked, 0, out->n_jobs * sizeof out->parked[0]);
}

static void out_pause(Home *home, gint64 limit_ms, HomePaused *paused, void *data)
{
	(void)home;
	(void)limit_ms;
	paused(data, TRUE);
}

static void out_quiet(Home *home, gboolean quiet)
{
	(void)home;
	(void)quiet;
}

static gboolean out_is_idle(Home *home)
{
	(void)home;
	return TRUE;
}

static const HomeClass out_class = {
	.free = out_free,
	.pid = out_pid,
	.set_settings = out_set_settings,
	.turn_clock = out_nothing,
	.settle_jobs = out_settle_jobs,
	.stats = out_stats,
	.pause = out_pause,
	.resume = out_nothing,
	.quiet = out_quiet,
	.is_idle = out_is_idle,
};

Home *home_new_out(const Plugin *plugin, const char *dir)
{
	OutHome *self = g_new0(OutHome, 1);
	Home *home = &self->base.home;

	self->base.class = &out_class;
	home->submit = out_submit;
	home->plugin = plugin;
	home->dir = self->dir = g_strdup(dir);
	return home;
}
