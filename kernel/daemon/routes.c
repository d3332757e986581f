/* SPDX-License-Identifier: Apache-2.0
 * The host's own routes: health, metrics, and in demo mode the clock. */
#include <string.h>
#include "base/clock.h"
#include "base/json.h"
#include "daemon/crashes.h"
#include "daemon/demo_clock.h"

/* Runs that nobody tries any more: somebody must look. */
static void put_parked(JsonOut *out, const Slot *slot)
{
	const Plugin *plugin = slot->loaded->plugin;
	g_autoptr(RuntimeStats) stats = runtime_stats_new(plugin);

	home_stats(slot->home, stats);
	json_open(out, "parked_jobs", TRUE);
	for (guint i = 0; i < stats->n_jobs; i++) {
		if (stats->parked[i] == 0)
			continue;
		json_open(out, NULL, FALSE);
		json_put_text(out, "job", plugin->jobs[i].name);
		json_put_int(out, "runs", stats->parked[i]);
		json_close_one(out);
	}
	json_close_one(out);
	if (plugin->n_subscriptions == 0)
		return;
	json_put_int(out, "waiting_events", stats->values[STAT_EVENTS_WAITING]);
	json_put_int(out, "dead_events", stats->values[STAT_EVENTS_DEAD]);
	json_put_int(out, "crowded_subjects", stats->values[STAT_EVENTS_CROWDED]);
}

const char *health_state(const Daemon *daemon, const Slot *slot)
{
	if (slot->fault != NULL)
		return "left-out";
	if (gate_is_closed(slot->gate))
		return "swapping";
	if (slot->in_worker && home_worker_pid(slot->home) <= 0)
		return "restarting";
	return daemon->bus == NULL || bus_ready(daemon->bus, slot->loaded->plugin) ? "up" : "catching-up";
}

static void put_plugin(JsonOut *out, const Daemon *daemon, const Slot *slot)
{
	const Plugin *plugin = slot->loaded->plugin;
	gint64 pid = home_worker_pid(slot->home);

	json_open(out, NULL, FALSE);
	json_put_text(out, "id", plugin->id);
	json_put_text(out, "version", plugin->version);
	json_put_text(out, "title", plugin->title);
	json_put_text(out, "home", slot->in_worker ? "process" : "inproc");
	json_put_text(out, "state", health_state(daemon, slot));
	if (pid > 0)
		json_put_int(out, "pid", pid);
	if (slot->fault != NULL)
		json_put_text(out, "fault", slot->fault);
	put_parked(out, slot);
	if (daemon->bus != NULL)
		bus_status(daemon->bus, plugin, out);
	json_close_one(out);
}

/* Wanted by a pilot, and not running. */
static void put_left_out(JsonOut *out, const Daemon *daemon, const char *only)
{
	const Verdict *verdict = daemon->verdict;

	for (guint i = 0; i < verdict->plugins->len; i++) {
		const VerdictPlugin *entry = verdict->plugins->pdata[i];

		if (!entry->out || plugins_slot(daemon, entry->id) != NULL ||
		    (only != NULL && strcmp(only, entry->id) != 0))
			continue; /* that was to start is among the others */
		json_open(out, NULL, FALSE);
		json_put_text(out, "id", entry->id);
		json_put_text(out, "state", "left-out");
		json_put_text(out, "fault", verdict_reason(verdict, entry->id));
		json_close_one(out);
	}
}

void health_put_plugins(const Daemon *daemon, const char *only, JsonOut *out)
{
	json_open(out, "plugins", TRUE);
	for (guint i = 0; daemon->slots != NULL && i < daemon->slots->len; i++) {
		const Slot *slot = daemon->slots->pdata[i];

		if (only == NULL || strcmp(only, slot->loaded->plugin->id) == 0)
			put_plugin(out, daemon, slot);
	}
	put_left_out(out, daemon, only);
	json_close_one(out);
}

static void put_state(JsonOut *out, const char *id, const char *state)
{
	json_open(out, NULL, FALSE);
	json_put_text(out, "id", id);
	json_put_text(out, "state", state);
	json_close_one(out);
}

static void put_states(const Daemon *daemon, JsonOut *out)
{
	json_open(out, "plugins", TRUE);
	for (guint i = 0; daemon->slots != NULL && i < daemon->slots->len; i++) {
		const Slot *slot = daemon->slots->pdata[i];

		put_state(out, slot->loaded->plugin->id, health_state(daemon, slot));
	}
	for (guint i = 0; i < daemon->verdict->plugins->len; i++) {
		const VerdictPlugin *entry = daemon->verdict->plugins->pdata[i];

		if (entry->out && plugins_slot(daemon, entry->id) == NULL)
			put_state(out, entry->id, "left-out");
	}
	json_close_one(out);
}

/* A subscriber whose cursor does not fit its publisher's log, or that has no room for what fails, waits for somebody. */
static gboolean none_stands_still(const Daemon *daemon)
{
	g_autoptr(GString) unread = g_string_new(NULL);
	JsonOut out;

	json_out_init(&out, unread);
	json_open(&out, NULL, FALSE);
	return daemon->bus == NULL || bus_status(daemon->bus, NULL, &out);
}

char *health_json(Daemon *daemon, gboolean whole, gboolean *out_ready)
{
	GString *text = g_string_new(NULL);
	JsonOut out;

	*out_ready = !daemon->stopping && none_stands_still(daemon);
	json_out_init(&out, text);
	json_open(&out, NULL, FALSE);
	json_put_bool(&out, "live", TRUE);
	json_put_bool(&out, "ready", *out_ready);
	json_put_bool(&out, "demo", daemon->demo);
	json_put_bool(&out, "unsigned_allowed", daemon->verdict->allow_unsigned);
	if (daemon->demo)
		json_put_text(&out, "notice", "演示环境，数据可随时清空");
	json_put_time(&out, "now", clock_now_ms());
	if (!whole) {
		put_states(daemon, &out);
		json_close_one(&out);
		return g_string_free(text, FALSE);
	}
	json_put_text(&out, "version", ZHEN_VERSION);
	json_put_time(&out, "started_at", daemon->started_ms);
	json_put_int(&out, "townships", divisions_count(daemon->divisions, LEVEL_TOWNSHIP));
	json_put_int(&out, "villages", divisions_count(daemon->divisions, LEVEL_VILLAGE));
	crashes_put_last(daemon->crashes, &out);
	json_open(&out, "waits_for_restart", TRUE);
	for (guint i = 0; daemon->pending != NULL && i < daemon->pending->len; i++)
		json_put_text(&out, NULL, daemon->pending->pdata[i]);
	json_close_one(&out);
	health_put_plugins(daemon, NULL, &out);
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
	g_autofree char *json = health_json(data, http_call_is_local(call), &ready);

	answer_text(call, ready ? 200 : 503, "application/json", json);
}

static void parked_metrics(GString *out, const Plugin *plugin, const RuntimeStats *stats)
{
	for (guint i = 0; i < stats->n_jobs; i++)
		g_string_append_printf(out, "zhen_jobs_parked{plugin=\"%s\",job=\"%s\"} %" G_GINT64_FORMAT "\n",
		                       plugin->id, plugin->jobs[i].name, stats->parked[i]);
}

static void set_aside_metrics(GString *out, const Plugin *plugin, const RuntimeStats *stats)
{
	if (plugin->n_subscriptions == 0)
		return;
	g_string_append_printf(out,
	                       "zhen_bus_parked{subscriber=\"%s\",state=\"waiting\"} %" G_GINT64_FORMAT "\n"
	                       "zhen_bus_parked{subscriber=\"%s\",state=\"dead\"} %" G_GINT64_FORMAT "\n",
	                       plugin->id, stats->values[STAT_EVENTS_WAITING], plugin->id,
	                       stats->values[STAT_EVENTS_DEAD]);
}

static void plugin_metrics(GString *out, const GPtrArray *slots)
{
	static const char *const names[RUNTIME_STATS][2] = {
		[STAT_COMMITS] = { "zhen_store_commits_total", "counter" },
		[STAT_JOBS] = { "zhen_store_jobs_total", "counter" },
		[STAT_RETRIED] = { "zhen_store_retried_batches_total", "counter" },
		[STAT_CHECKPOINTS] = { "zhen_store_checkpoints_total", "counter" },
		[STAT_WAL_RESETS] = { "zhen_store_wal_resets_total", "counter" },
		[STAT_WAL_BYTES] = { "zhen_store_wal_bytes", "gauge" },
		[STAT_QUEUED] = { "zhen_store_queued", "gauge" },
		[STAT_UNDER_WAY] = { "zhen_calls_under_way", "gauge" },
	};
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)runtime_stats_free);

	for (guint j = 0; j < slots->len; j++) {
		const Slot *slot = slots->pdata[j];

		g_ptr_array_add(all, runtime_stats_new(slot->loaded->plugin));
		home_stats(slot->home, all->pdata[j]);
	}
	for (guint i = 0; i < RUNTIME_STATS; i++) {
		if (names[i][0] == NULL)
			continue;
		g_string_append_printf(out, "# TYPE %s %s\n", names[i][0], names[i][1]);
		for (guint j = 0; j < slots->len; j++)
			g_string_append_printf(out, "%s{plugin=\"%s\"} %" G_GINT64_FORMAT "\n", names[i][0],
			                       ((const Slot *)slots->pdata[j])->loaded->plugin->id,
			                       ((const RuntimeStats *)all->pdata[j])->values[i]);
	}
	g_string_append(out, "# HELP zhen_jobs_parked Runs that failed or ended their process too often.\n"
	                     "# TYPE zhen_jobs_parked gauge\n");
	for (guint j = 0; j < slots->len; j++)
		parked_metrics(out, ((const Slot *)slots->pdata[j])->loaded->plugin, all->pdata[j]);
	g_string_append(out, "# HELP zhen_bus_parked Events set aside: tried again or behind one that is, or given up.\n"
	                     "# TYPE zhen_bus_parked gauge\n");
	for (guint j = 0; j < slots->len; j++)
		set_aside_metrics(out, ((const Slot *)slots->pdata[j])->loaded->plugin, all->pdata[j]);
}

static void metrics(HttpCall *call, void *data)
{
	Daemon *daemon = data;
	g_autoptr(GString) out = g_string_new(NULL);

	if (!http_call_is_local(call) && !conf_bool(daemon->conf, "host", "metrics_public")) {
		http_call_answer(
			call, call_reply_problem(403, "forbidden", "指标只供本机读取 ([host] metrics_public)", NULL));
		return;
	}
	http_metrics(daemon->http, out);
	plugin_metrics(out, daemon->slots);
	if (daemon->bus != NULL)
		bus_metrics(daemon->bus, out);
	answer_text(call, 200, "text/plain; version=0.0.4; charset=utf-8", out->str);
}

static const HttpRoute routes[] = {
	{ .method = ZHEN_GET, .path = "/kernel/health", .summary = "运行状态", .media = "application/json", .run = health },
	{ .method = ZHEN_GET, .path = "/kernel/metrics", .summary = "各项指标（Prometheus）", .media = "text/plain", .run = metrics },
};

void routes_add(Daemon *daemon)
{
	for (guint i = 0; i < G_N_ELEMENTS(routes); i++)
		http_add(daemon->http, &routes[i], daemon);
	if (daemon->demo)
		daemon->demo_clock = demo_clock_new(daemon, health);
}
