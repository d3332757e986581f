/* SPDX-License-Identifier: Apache-2.0
 * The host's own routes: health, metrics, and in demo mode the clock. */
#include <string.h>
#include "base/clock.h"
#include "base/json.h"
#include "daemon/daemon.h"

static void put_plugin(JsonOut *out, const Slot *slot)
{
	const Plugin *plugin = slot->loaded->plugin;
	gint64 pid = slot->home != NULL ? home_worker_pid(slot->home) : 0;

	json_open(out, NULL, FALSE);
	json_put_text(out, "id", plugin->id);
	json_put_text(out, "version", plugin->version);
	json_put_text(out, "title", plugin->title);
	json_put_text(out, "home", slot->runtime != NULL ? "inproc" : "process");
	json_put_text(out, "state", slot->home != NULL ? "up" : "left-out");
	if (pid > 0)
		json_put_int(out, "pid", pid);
	if (slot->fault != NULL)
		json_put_text(out, "fault", slot->fault);
	json_close_one(out);
}

char *health_json(Daemon *daemon, gboolean *out_ready)
{
	GString *text = g_string_new(NULL);
	JsonOut out;

	*out_ready = !daemon->stopping;
	json_out_init(&out, text);
	json_open(&out, NULL, FALSE);
	json_put_bool(&out, "live", TRUE);
	json_put_bool(&out, "ready", *out_ready);
	json_put_text(&out, "version", ZHEN_VERSION);
	json_put_bool(&out, "demo", daemon->demo);
	if (daemon->demo)
		json_put_text(&out, "notice", "演示环境，数据可随时清空");
	json_put_time(&out, "now", clock_now_ms());
	json_put_time(&out, "started_at", daemon->started_ms);
	json_put_int(&out, "townships", divisions_count(daemon->divisions, LEVEL_TOWNSHIP));
	json_put_int(&out, "villages", divisions_count(daemon->divisions, LEVEL_VILLAGE));
	json_open(&out, "plugins", TRUE);
	for (guint i = 0; daemon->slots != NULL && i < daemon->slots->len; i++)
		put_plugin(&out, daemon->slots->pdata[i]);
	json_close_one(&out);
	json_close_one(&out);
	return g_string_free(text, FALSE);
}

static void answer_text(HttpCall *call, gint status, const char *content_type, const char *text)
{
	CallReply *reply = call_reply_new(status);

	reply->content_type = content_type;
	g_string_assign(reply->body, text);
	http_call_answer(call, reply);
}

static void health(HttpCall *call, void *data)
{
	gboolean ready;
	g_autofree char *json = health_json(data, &ready);

	answer_text(call, ready ? 200 : 503, "application/json", json);
}

/* Those of plugins in this process; a worker's database is its own. */
static void store_metrics(GString *out, const GPtrArray *slots)
{
	static const char *const names[][2] = {
		{ "zhen_store_commits_total", "counter" },         { "zhen_store_jobs_total", "counter" },
		{ "zhen_store_retried_batches_total", "counter" }, { "zhen_store_checkpoints_total", "counter" },
		{ "zhen_store_wal_bytes", "gauge" },               { "zhen_store_queued", "gauge" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_string_append_printf(out, "# TYPE %s %s\n", names[i][0], names[i][1]);
		for (guint j = 0; j < slots->len; j++) {
			const Slot *slot = slots->pdata[j];
			StoreStats stats;

			if (slot->runtime == NULL)
				continue;
			store_stats(runtime_store(slot->runtime), &stats);

			const gint64 values[] = { (gint64)stats.commits,
				                  (gint64)stats.jobs,
				                  (gint64)stats.retried_batches,
				                  (gint64)stats.checkpoints,
				                  stats.wal_bytes,
				                  store_queued(runtime_store(slot->runtime)) };

			g_string_append_printf(out, "%s{plugin=\"%s\"} %" G_GINT64_FORMAT "\n", names[i][0],
			                       slot->loaded->plugin->id, values[i]);
		}
	}
}

static void metrics(HttpCall *call, void *data)
{
	Daemon *daemon = data;
	g_autoptr(GString) out = g_string_new(NULL);

	http_metrics(daemon->http, out);
	store_metrics(out, daemon->slots);
	answer_text(call, 200, "text/plain; version=0.0.4; charset=utf-8", out->str);
}

/* POST /kernel/clock now=RFC 3339: only in demo mode, which is only on loopback. */
static void turn_clock(HttpCall *call, void *data)
{
	Daemon *daemon = data;
	const char *text = http_call_param(call, "now");
	gint64 now;

	if (text == NULL || !clock_parse(text, &now)) {
		http_call_answer(call, call_reply_problem(422, "not-a-time",
		                                          "now 应为时间，如 2026-09-18T09:30:00+08:00", NULL));
		return;
	}
	clock_turn(0);
	clock_turn(now - clock_now_ms());
	for (guint i = 0; i < daemon->slots->len; i++)
		home_turn_clock(((Slot *)daemon->slots->pdata[i])->home);
	health(call, data);
}

void routes_add(Daemon *daemon)
{
	http_add(daemon->http, ZHEN_GET, "/kernel/health", NULL, health, daemon);
	http_add(daemon->http, ZHEN_GET, "/kernel/metrics", NULL, metrics, daemon);
	if (daemon->demo)
		http_add(daemon->http, ZHEN_POST, "/kernel/clock", NULL, turn_clock, daemon);
}
