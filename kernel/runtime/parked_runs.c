/* SPDX-License-Identifier: Apache-2.0
 * CALL_PARKED on a run of a job that failed or ended its process too often: it may run again, as if for the first time, or is
 * dropped. A job by the clock is its own only run, and can only be let run again. */
#include <string.h>
#include "runtime/events.h"
#include "runtime/marks.h"

/* Row 0 = by the clock. NULL: refused, says why. */
static const char *name_of(Call *call, StoreConn *conn, gint64 *out_row)
{
	const Plugin *plugin = call->runtime->plugin;
	const gint64 key = call->request->job_id;
	zhen_value args[] = { zhen_from_int(key), zhen_from_int(JOB_PARKED), zhen_from_null() };
	gint64 found = 0;

	*out_row = MAX(key, 0);
	for (guint i = 0; i < plugin->n_jobs; i++) {
		const char *sql =
			key > 0 ? "SELECT 1 FROM _job WHERE id = $1 AND not_before = $2 AND name = $3"
				: "SELECT 1 FROM _run WHERE job = 0 AND $1 < 0 AND not_before = $2 AND name = $3";

		args[2] = zhen_from_text(plugin->jobs[i].name);
		if (key <= 0 && key != -1 - (gint64)i)
			continue;
		if (store_exec(conn, STORE_HOST, sql, args, G_N_ELEMENTS(args), &found, NULL) && found != 0)
			return plugin->jobs[i].name;
	}
	exec_refuse(call, ZHEN_NOT_FOUND, "no-such-run", "没有这一次搁置的任务，可能已经处理");
	return NULL;
}

static gboolean act_run(StoreJob *job, StoreConn *conn)
{
	Call *call = events_call_of(job);
	const gboolean drop = call->request->index == PARKED_RUN_DROP;
	zhen_value args[] = { zhen_from_int(call->request->job_id), zhen_from_int(call->request->now_ms) };
	g_autoptr(GError) error = NULL;
	const char *name;
	gint64 row;

	exec_begin(call);
	call->delivery->code = name = name_of(call, conn, &row);
	if (name == NULL)
		return FALSE;
	if (drop && row == 0) {
		exec_refuse(call, ZHEN_CONFLICT, "by-the-clock", "按时运行的任务 %s 不能丢弃，只能重试", name);
		return FALSE;
	}
	if (!mark_clear(conn, name, row, &error) ||
	    (row > 0 && !store_exec(conn, STORE_HOST,
	                            drop ? "DELETE FROM _job WHERE id = $1"
	                                 : "UPDATE _job SET not_before = $2, tries = 0 WHERE id = $1",
	                            args, drop ? 1 : 2, NULL, &error))) {
		exec_error(call, error);
		return FALSE;
	}
	call->status = ZHEN_NO_CONTENT;
	return TRUE;
}

static gboolean act_record(StoreJob *job, StoreConn *conn, gboolean kept, GError **error)
{
	Call *call = events_call_of(job);
	AuditRow row;

	if (!kept)
		return TRUE;
	exec_digest(call, call->runtime->request_digest);
	row = exec_audit_row(call);
	row.route = arena_printf(call->arena, "%s job %s", call->request->index == PARKED_RUN_DROP ? "drop" : "retry",
	                         call->delivery->code);
	row.subject =
		call->request->job_id > 0 ? arena_printf(call->arena, "%" G_GINT64_FORMAT, call->request->job_id) : "";
	row.outcome = call->status;
	return audit_append(call->runtime->audit, conn, &row, error);
}

static void act_done(StoreJob *job, const GError *error)
{
	Call *call = events_call_of(job);

	if (error != NULL)
		events_lost(call, error);
	else if (!call->failed)
		jobs_forget(call->runtime, call->request->job_id);
	exec_post(call);
}

void parked_run_submit(Call *call)
{
	events_start(call, (StoreJob){ .run = act_run, .record = act_record, .done = act_done });
}
