/* SPDX-License-Identifier: Apache-2.0
 * `zhenctl jobs`: every job of every plugin, when it ran last and what came of it, and when it is due. Their databases are read
 * from outside, whatever their home. */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "daemon/events_verbs.h"
#include "daemon/verbs.h"

#define LOOK_BACK 20000 /* rows of the audit in which the last run is looked for */
#define NEVER G_MAXINT64

/* What is known of one. 0 = nothing. */
typedef struct Job {
	gint64 clocked, ran, outcome; /* by the clock; the last that did something; its status */
	gint64 due, waiting, parked;
} Job;

static gint64 ask(StoreConn *conn, const char *sql, const char *name, gint64 number, GError **error)
{
	const zhen_value args[] = { zhen_from_text(name), zhen_from_int(number) };
	gint64 found = 0;

	if (error != NULL && *error != NULL)
		return 0;
	store_exec(conn, STORE_HOST, sql, args, number != 0 ? 2 : 1, &found, error);
	return found;
}

static gint64 audit_end(StoreConn *conn, GError **error)
{
	gint64 last = 0;

	store_exec(conn, STORE_HOST, "SELECT MAX(seq) FROM _audit", NULL, 0, &last, error);
	return last;
}

static gboolean read_job(StoreConn *conn, const zhen_job *row, Job *out, GError **error)
{
	g_autofree char *route = g_strconcat("job ", row->name, NULL);
	const gint64 from = MAX(audit_end(conn, error) - LOOK_BACK, 1);
	const gint64 seq = ask(conn, "SELECT MAX(seq) FROM _audit WHERE route = $1 AND seq >= $2", route, from, error);

	if (seq > 0) {
		out->ran = ask(conn, "SELECT at FROM _audit WHERE route = $1 AND seq = $2", route, seq, error);
		out->outcome = ask(conn, "SELECT outcome FROM _audit WHERE route = $1 AND seq = $2", route, seq, error);
	}
	out->clocked = ask(conn, "SELECT last FROM _clock WHERE name = $1", row->name, 0, error);
	out->due = ask(conn, "SELECT MIN(not_before) FROM _job WHERE name = $1 AND not_before < $2", row->name, NEVER,
	               error);
	out->waiting =
		ask(conn, "SELECT COUNT(*) FROM _job WHERE name = $1 AND not_before < $2", row->name, NEVER, error);
	out->parked =
		ask(conn, "SELECT COUNT(*) FROM _job WHERE name = $1 AND not_before = $2", row->name, NEVER, error) +
		ask(conn, "SELECT COUNT(*) FROM _run WHERE job = 0 AND name = $1 AND not_before = $2", row->name, NEVER,
	            error);
	if (row->every_ms > 0 && (out->due == 0 || out->clocked + row->every_ms < out->due))
		out->due = MAX(out->clocked + row->every_ms, 1);
	out->ran = MAX(out->ran, out->clocked);
	return error == NULL || *error == NULL;
}

static const char *when(gint64 ms, char out[CLOCK_TEXT_SIZE])
{
	if (ms <= 1)
		return "—";
	clock_format(ms, out);
	out[19] = '\0';
	return out;
}

static void put_job(const Plugin *plugin, const zhen_job *row, const Job *job, GString *text, JsonOut *data)
{
	g_autofree char *id = g_strdup_printf("%s/%s", plugin->id, row->name);
	char ran[CLOCK_TEXT_SIZE], due[CLOCK_TEXT_SIZE];

	json_open(data, NULL, FALSE);
	json_put_text(data, "plugin", plugin->id);
	json_put_text(data, "job", row->name);
	json_put_text(data, "summary", row->summary);
	json_put_int(data, "every_ms", row->every_ms);
	if (job->ran > 0)
		json_put_time(data, "ran_at", job->ran);
	if (job->outcome > 0)
		json_put_int(data, "outcome", job->outcome);
	if (job->due > 1)
		json_put_time(data, "due_at", job->due);
	json_put_int(data, "waiting", job->waiting);
	json_put_int(data, "parked", job->parked);
	json_close_one(data);
	g_string_append_printf(text, "%-28s 上次 (ran) %-19s %3" G_GINT64_FORMAT "  应于 (due) %-19s  等待 (waiting) %" G_GINT64_FORMAT "%s\n",
	                       id, when(job->ran, ran), job->outcome, job->due == 1 ? "现在 (now)" : when(job->due, due),
	                       job->waiting, job->parked > 0 ? "  有搁置 (parked)" : "");
}

static gboolean read_plugin(Daemon *daemon, const Slot *slot, GString *text, JsonOut *data, GError **error)
{
	const guint reader = daemon->env.readers - 1;
	const Plugin *plugin = slot->loaded->plugin;
	StoreOptions options = { .dir = slot->home->dir, .name = plugin->id, .read_only = TRUE };
	g_autoptr(Store) store = store_open(daemon->stores, &options, error);
	StoreConn *conn = store != NULL ? store_read(store, reader, error) : NULL;
	gboolean fine = conn != NULL;

	if (conn == NULL)
		return FALSE;
	store_read_budget(conn, FALSE);
	for (guint i = 0; fine && i < plugin->n_jobs; i++) {
		Job job = { 0 };

		fine = read_job(conn, &plugin->jobs[i], &job, error);
		if (fine)
			put_job(plugin, &plugin->jobs[i], &job, text, data);
	}
	store_read_done(daemon->stores, reader);
	return fine;
}

gboolean verb_jobs_due(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	gboolean fine = TRUE;

	(void)args;
	json_open(data, "jobs", TRUE);
	for (guint i = 0; fine && i < daemon->slots->len; i++) {
		const Slot *slot = daemon->slots->pdata[i];

		if (slot->home != NULL && slot->loaded->plugin->n_jobs > 0)
			fine = read_plugin(daemon, slot, text, data, error);
	}
	json_close_one(data);
	return fine;
}
