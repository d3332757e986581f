/* SPDX-License-Identifier: Apache-2.0
 * What a runtime counts. */
#include "runtime/events.h"
#include "runtime/marks.h"

RuntimeStats *runtime_stats_new(const Plugin *plugin)
{
	RuntimeStats *stats = g_new0(RuntimeStats, 1);

	stats->n_jobs = plugin->n_jobs;
	stats->parked = g_new0(gint64, plugin->n_jobs + 1);
	return stats;
}

RuntimeStats *runtime_stats_copy(const RuntimeStats *stats)
{
	RuntimeStats *copy = g_memdup2(stats, sizeof *stats);

	copy->parked = g_memdup2(stats->parked, (stats->n_jobs + 1) * sizeof stats->parked[0]);
	return copy;
}

void runtime_stats_free(RuntimeStats *stats)
{
	if (stats == NULL)
		return;
	g_free(stats->parked);
	g_free(stats);
}

/* Rows that failed or ended their process too often, and the job itself where it runs by the clock. */
static gint64 count_parked(StoreConn *conn, const char *name)
{
	zhen_value args[] = { zhen_from_text(name), zhen_from_int(JOB_PARKED) };
	gint64 rows = 0, clock = 0;

	store_exec(conn, STORE_HOST, "SELECT COUNT(*) FROM _job WHERE name = $1 AND not_before = $2", args,
	           G_N_ELEMENTS(args), &rows, NULL);
	store_exec(conn, STORE_HOST, "SELECT COUNT(*) FROM _run WHERE name = $1 AND job = 0 AND not_before = $2", args,
	           G_N_ELEMENTS(args), &clock, NULL);
	return rows + clock;
}

void runtime_stats_read(Runtime *runtime, guint slot, RuntimeStats *out)
{
	StoreConn *conn = store_read(runtime->store, slot, NULL);
	StoreStats store;

	store_stats(runtime->store, &store);
	out->values[STAT_COMMITS] = (gint64)store.commits;
	out->values[STAT_JOBS] = (gint64)store.jobs;
	out->values[STAT_RETRIED] = (gint64)store.retried_batches;
	out->values[STAT_CHECKPOINTS] = (gint64)store.checkpoints;
	out->values[STAT_WAL_RESETS] = (gint64)store.wal_resets;
	out->values[STAT_WAL_BYTES] = store.wal_bytes;
	out->values[STAT_QUEUED] = store_queued(runtime->store);
	out->values[STAT_UNDER_WAY] = g_atomic_int_get(&runtime->calls);
	if (conn == NULL)
		return; /* the counts of parked runs stay what they were */
	store_read_budget(conn, FALSE);
	parked_stats(runtime, conn, out);
	for (guint i = 0; i < out->n_jobs; i++)
		out->parked[i] = count_parked(conn, runtime->plugin->jobs[i].name);
}
