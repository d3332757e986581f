/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/prove.h"

typedef struct Asked {
	Loop *loop;
	CallReply *reply; /* NULL = none came in time */
} Asked;

static void answered(void *data, CallReply *reply)
{
	Asked *asked = data;

	asked->reply = reply;
	loop_stop(asked->loop);
}

static void too_late(void *data)
{
	loop_stop(((Asked *)data)->loop);
}

static gboolean is_ready(Loop *loop, Home *home, gint64 limit_ms, GError **error)
{
	static const CallRequest request = {
		.kind = CALL_READY,
		.caller = { .account = "host", .name = "", .body = "", .division = "", .on_behalf = "",
		            .permissions = G_MAXUINT64, .sees_all = TRUE },
		.request_id = "ready", .base_url = "", .address = "",
	};
	Asked asked = { .loop = loop };
	LoopTimer *timer = loop_timer_new(loop, limit_ms, FALSE, too_late, &asked);
	g_autoptr(CallReply) reply = NULL;

	home->submit(home, loop, &request, answered, &asked);
	if (asked.reply == NULL)
		loop_run(loop);
	loop_timer_free(timer);
	reply = asked.reply;
	if (reply == NULL)
		return throw_error(error, ERROR_FAILED, "没有及时答复 ready (ready: no answer in time)");
	return reply->status < 400 || throw_error(error, ERROR_FAILED, "ready 答复了 %d (ready answered %d): %s",
	                                          reply->status, reply->status, reply->body->str);
}

gboolean prove(const Daemon *daemon, const Conf *conf, const PluginFile *file, const Settings *settings,
               const char *dir, GError **error)
{
	g_autoptr(Loop) loop = loop_new(0, error);
	WorkerHeld held;
	Home *home;
	gboolean fine;

	if (loop == NULL)
		return FALSE;
	worker_held_init(&held, daemon, conf, file->path, file->plugin->id, settings, dir);
	held.options.anchors_dir = NULL; /* what vouches lies beside the database that runs */
	held.options.jobs_by_hand = TRUE;
	held.options.crashed = NULL;
	held.options.emitted = NULL;
	home = home_new_worker(loop, &held.options, file->plugin, error);
	fine = home != NULL && is_ready(loop, home, held.options.start_ms, error);
	home_free(home); /* its answer, if it comes now, finds its place still there */
	worker_held_clear(&held);
	return fine || prefix_error(error, "试运行未通过，旧版本继续运行 (tried on a copy in a process of its own, it did not "
	                                   "come up; the version that runs goes on)");
}
