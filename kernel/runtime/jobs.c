/* SPDX-License-Identifier: Apache-2.0
 * Jobs: rows of _job that came due, and rows of the plugin's table with every_ms. Each run is a call like any other; that
 * it ran is part of its own transaction, so it runs once in effect. That it began is committed before. */
#include <string.h>
#include "base/clock.h"
#include "base/log.h"
#include "runtime/events.h"
#include "runtime/marks.h"

#define TICK_MS 1000
#define AT_ONCE 8          /* runs under way per plugin */
#define TRIES_MAX 10       /* then the row waits for somebody */
#define BACKOFF_MS 1000    /* doubled each time, at most an hour */
#define OFF_MS 60000       /* then a job whose feature is off is looked at again */

struct Jobs {
	Runtime *runtime;
	Loop *loop;
	LoopTimer *timer;
	GHashTable *under_way; /* &JobRun.key -> JobRun, borrowed; loop thread */
	Marks *marks;
	gboolean marks_loaded;
	gboolean by_hand;      /* nothing begins unless somebody waits for all to be done */
	gboolean quiet;        /* the same, for a while: see runtime_quiet */
	gboolean alone;        /* one that has ended a process before is under way, and nothing else may be */
	LoopItem wake;
	gint woken;            /* atomic: the item is on the loop's list */
	GArray *forgotten;     /* of gint64: keys of marks that are gone; under the runtime's lock */
	guint64 looked_at;     /* store's commit counter at the last look */
	gint64 next_due;       /* earliest not_before seen; 0 = unknown */
	LoopFunc *settled;     /* asked to be told when all is done; NULL = nobody */
	void *settled_data;
	gint64 *last;          /* by row of the table: last run by the clock, also those that had nothing to do */
};
typedef struct Jobs Jobs;

/* Of all plugins of the process one at a time: else the innocent ones would be counted with the one that ends it. */
static gint alone_under_way; /* atomic */

typedef struct JobRun {
	Jobs *jobs;
	gint64 key; /* row id, or -1 - index for a job by the clock */
	CallRequest request;
	char *args;
	gboolean alone;
	Mark mark;
	StoreJob begin; /* commits the mark */
	gboolean begun, submitted;
	LoopItem item;
} JobRun;

static void tick(void *data);

static void run_free(JobRun *run)
{
	g_hash_table_remove(run->jobs->under_way, &run->key);
	if (run->alone) {
		run->jobs->alone = FALSE;
		g_atomic_int_set(&alone_under_way, 0);
	}
	g_free(run->args);
	g_free(run);
}

static void run_ended(void *data, CallReply *reply)
{
	JobRun *run = data;
	Jobs *jobs = run->jobs;
	gboolean fine = reply->status < 400;

	if (!fine)
		log_write(LOG_WARN, jobs->runtime->plugin->id, "job %s failed with %d: %.300s",
		          jobs->runtime->plugin->jobs[run->request.index].name, reply->status, reply->body->str);
	call_reply_free(reply);
	if (run->request.job_id == 0)
		jobs->last[run->request.index] = run->request.now_ms;
	if (fine)
		marks_end(jobs->marks, run->key);
	jobs->next_due = 0;
	run_free(run);
	/* Its place is for the next one at once; a run that failed may not even have been recorded: that one waits. */
	if (fine || jobs->settled != NULL)
		jobs_wake(jobs->runtime);
}

/* ---- the mark of a run, committed before it ---- */

static JobRun *run_of_begin(StoreJob *job)
{
	return (JobRun *)((char *)job - G_STRUCT_OFFSET(JobRun, begin));
}

static gboolean begin_run(StoreJob *job, StoreConn *conn)
{
	const JobRun *run = run_of_begin(job);
	const char *name = run->jobs->runtime->plugin->jobs[run->request.index].name;
	g_autoptr(GError) error = NULL;

	if (mark_write(conn, name, run->request.job_id, &run->mark, &error))
		return TRUE;
	log_write(LOG_ERROR, run->jobs->runtime->plugin->id, "job %s does not begin: %s", name, error->message);
	return FALSE;
}

/* A mark that was rolled back with its savepoint is none. */
static gboolean begin_record(StoreJob *job, StoreConn *conn, gboolean kept, GError **error)
{
	(void)conn;
	(void)error;
	run_of_begin(job)->begun = kept;
	return TRUE;
}

static void begun(void *data)
{
	JobRun *run = data;
	Runtime *runtime = run->jobs->runtime;

	run->submitted = run->begun;
	run->request.now_ms = clock_now_ms(); /* when it runs: a clock may have been turned meanwhile */
	if (run->begun) {
		/* Now is when it runs: the clock may have been turned, and calls made, since it came due. */
		run->request.now_ms = clock_now_ms();
		runtime_submit(runtime, run->jobs->loop, &run->request, run_ended, run);
	} else {
		run_free(run); /* the next look tries again */
		if (runtime->jobs->settled != NULL)
			jobs_wake(runtime);
	}
	g_atomic_int_add(&runtime->calls, -1);
}

static void begin_done(StoreJob *job, const GError *error)
{
	JobRun *run = run_of_begin(job);

	if (error != NULL)
		run->begun = FALSE;
	run->item = (LoopItem){ .run = begun, .data = run };
	loop_post(run->jobs->loop, &run->item);
}

/* Counted as under way from here on: who stops waits for it. */
static void submit_begin(JobRun *run)
{
	g_autoptr(GError) error = NULL;

	run->begin = (StoreJob){ .run = begin_run, .record = begin_record, .done = begin_done };
	g_atomic_int_inc(&run->jobs->runtime->calls);
	if (store_submit(run->jobs->runtime->store, &run->begin, &error))
		return;
	g_atomic_int_add(&run->jobs->runtime->calls, -1);
	run_free(run);
}

/* Whether one with this past may begin now. TRUE: nothing else does until it has ended. */
static gboolean claim_alone(Jobs *jobs)
{
	if (g_hash_table_size(jobs->under_way) > 0 || !g_atomic_int_compare_and_exchange(&alone_under_way, 0, 1))
		return FALSE;
	jobs->alone = TRUE;
	return TRUE;
}

static void start_run(Jobs *jobs, guint index, gint64 row, const char *args)
{
	gint64 key = row > 0 ? row : -1 - (gint64)index;
	gboolean alone = marks_found(jobs->marks, key) != NULL;
	JobRun *run;

	if (jobs->alone || (alone && !claim_alone(jobs))) {
		jobs->next_due = 0;
		return;
	}
	run = g_new0(JobRun, 1);
	run->jobs = jobs;
	run->key = key;
	run->alone = alone;
	run->mark = *marks_begin(jobs->marks, key, clock_now_ms());
	run->args = g_strdup(args);
	run->request = (CallRequest){
		.kind = CALL_JOB,
		.index = index,
		.caller = { .account = "host", .name = "", .body = "", .division = "", .on_behalf = "",
		            .permissions = G_MAXUINT64, .sees_all = TRUE },
		.now_ms = clock_now_ms(),
		.request_id = "job",
		.base_url = jobs->runtime->env->base_url,
		.address = "",
		.body = run->args,
		.body_length = strlen(run->args),
		.job_id = row,
	};
	g_hash_table_insert(jobs->under_way, &run->key, run);
	submit_begin(run);
}

typedef struct Due {
	gint64 id;
	gint64 at;
	guint index;
	char *args;
} Due;

static void due_clear(gpointer data)
{
	g_free(((Due *)data)->args);
}

static gint due_compare(gconstpointer a, gconstpointer b)
{
	const Due *one = a, *two = b;

	if (one->at != two->at)
		return one->at < two->at ? -1 : 1;
	return one->id < two->id ? -1 : one->id > two->id;
}

/* Rows of one job that are due; the first that is not says when to look again. */
static void read_due_of(Jobs *jobs, StoreConn *conn, guint index, gint64 now, GArray *due)
{
	zhen_value args[] = { zhen_from_text(jobs->runtime->plugin->jobs[index].name), zhen_from_int(now) };
	StoreStmt *stmt = store_prepare(conn, STORE_HOST,
	                                "SELECT id, not_before, args FROM _job WHERE name = $1 AND not_before <= $2 "
	                                "ORDER BY not_before, id LIMIT 16", NULL, args, G_N_ELEMENTS(args), NULL);
	gint64 next = 0;

	while (stmt != NULL && store_step(stmt, NULL) == STORE_ROW) {
		zhen_value id, at, text;

		store_column(stmt, 0, &id);
		store_column(stmt, 1, &at);
		store_column(stmt, 2, &text);
		Due row = { id.as.integer, at.as.integer, index, g_strdup(text.as.text) };
		g_array_append_val(due, row);
	}
	if (stmt != NULL)
		store_reset(stmt);
	if (store_exec(conn, STORE_HOST, "SELECT MIN(not_before) FROM _job WHERE name = $1 AND not_before > $2", args,
	               G_N_ELEMENTS(args), &next, NULL) && next > 0)
		jobs->next_due = MIN(jobs->next_due, next);
}

/* Off everywhere: what is due waits until it is on somewhere, be it by the date of a pilot. */
static gboolean is_off(Jobs *jobs, guint index, gint64 now)
{
	if (!features_off_everywhere(jobs->runtime, jobs->runtime->plugin->jobs[index].feature, now))
		return FALSE;
	jobs->next_due = MIN(jobs->next_due, now + OFF_MS);
	return TRUE;
}

/* Asked job by job: rows that another version of the plugin left stand in nobody's way, and wait for it. */
static GArray *read_due(Jobs *jobs, StoreConn *conn, gint64 now)
{
	GArray *due = g_array_new(FALSE, FALSE, sizeof(Due));

	g_array_set_clear_func(due, due_clear);
	jobs->next_due = JOB_PARKED;
	for (guint i = 0; i < jobs->runtime->plugin->n_jobs; i++)
		if (!is_off(jobs, i, now))
			read_due_of(jobs, conn, i, now, due);
	g_array_sort(due, due_compare);
	return due;
}

static gint64 last_run(StoreConn *conn, const char *name)
{
	zhen_value arg = zhen_from_text(name);
	gint64 last = 0;

	return store_exec(conn, STORE_HOST, "SELECT last FROM _clock WHERE name = $1", &arg, 1, &last, NULL) ? last : 0;
}

static void run_due(Jobs *jobs, GArray *due)
{
	for (guint i = 0; i < due->len; i++) {
		const Due *row = &g_array_index(due, Due, i);

		if (g_hash_table_size(jobs->under_way) < AT_ONCE && !g_hash_table_contains(jobs->under_way, &row->id))
			start_run(jobs, row->index, row->id, row->args);
	}
}

static void run_by_the_clock(Jobs *jobs, StoreConn *conn, gint64 now)
{
	const Plugin *plugin = jobs->runtime->plugin;

	for (guint i = 0; i < plugin->n_jobs; i++) {
		gint64 key = -1 - (gint64)i, every = plugin->jobs[i].every_ms;
		const Mark *found = marks_found(jobs->marks, key);

		if (every <= 0 || is_off(jobs, i, now))
			continue;
		if (found != NULL && found->not_before > now) {
			jobs->next_due = MIN(jobs->next_due, found->not_before);
			continue;
		}
		if (jobs->last[i] == 0)
			jobs->last[i] = last_run(conn, plugin->jobs[i].name);
		/* A clock turned back makes a job due as well: else it would wait for the old time to come again. */
		if ((now - jobs->last[i] >= every || now < jobs->last[i]) &&
		    !g_hash_table_contains(jobs->under_way, &key))
			start_run(jobs, i, 0, "");
		else
			jobs->next_due = MIN(jobs->next_due, jobs->last[i] + every);
	}
}

static void tick(void *data)
{
	Jobs *jobs = data;
	Runtime *runtime = jobs->runtime;
	gint64 now = clock_now_ms();
	StoreConn *conn;

	if (runtime->stopping || jobs->timer == NULL || jobs_held(runtime))
		return;
	retries_tick(runtime);
	if (jobs->looked_at == store_commits(runtime->store) && jobs->next_due != 0 && jobs->next_due > now)
		return;
	jobs->looked_at = store_commits(runtime->store);
	conn = store_read(runtime->store, loop_index(jobs->loop), NULL);
	if (conn == NULL)
		return;
	store_read_budget(conn, FALSE);
	if (!jobs->marks_loaded)
		marks_load(jobs->marks, conn);
	jobs->marks_loaded = TRUE;
	g_autoptr(GArray) due = read_due(jobs, conn, now);
	run_due(jobs, due);
	run_by_the_clock(jobs, conn, now);
}

gboolean jobs_held(Runtime *runtime)
{
	const Jobs *jobs = runtime->jobs;

	return jobs != NULL && (jobs->by_hand || jobs->quiet) && jobs->settled == NULL;
}

/* Their rows may run again, as if for the first time. */
static void forget(Jobs *jobs)
{
	pthread_mutex_lock(&jobs->runtime->lock);
	for (guint i = 0; i < jobs->forgotten->len; i++)
		marks_end(jobs->marks, g_array_index(jobs->forgotten, gint64, i));
	g_array_set_size(jobs->forgotten, 0);
	pthread_mutex_unlock(&jobs->runtime->lock);
}

static void woken(void *data)
{
	Jobs *jobs = data;

	g_atomic_int_set(&jobs->woken, 0);
	forget(jobs);
	jobs->next_due = 0;
	tick(jobs);
	if (jobs->settled != NULL && g_hash_table_size(jobs->under_way) == 0 && retries_idle(jobs->runtime)) {
		LoopFunc *settled = jobs->settled;

		jobs->settled = NULL;
		settled(jobs->settled_data);
	}
}

void jobs_wake(Runtime *runtime)
{
	Jobs *jobs = runtime->jobs;

	if (jobs != NULL && g_atomic_int_compare_and_exchange(&jobs->woken, 0, 1))
		loop_post(jobs->loop, &jobs->wake);
}

void jobs_forget(Runtime *runtime, gint64 key)
{
	if (runtime->jobs == NULL)
		return;
	pthread_mutex_lock(&runtime->lock);
	g_array_append_val(runtime->jobs->forgotten, key);
	pthread_mutex_unlock(&runtime->lock);
	jobs_wake(runtime);
}

/* In the run's own transaction: done, or one try more. */
gboolean jobs_record(Call *call, StoreConn *conn, gboolean kept, GError **error)
{
	gint64 now = call->request->now_ms;
	zhen_value id = zhen_from_int(call->request->job_id);

	if (call->request->job_id == 0) {
		zhen_value args[] = { zhen_from_text(call->job->name), zhen_from_int(now) };

		return store_exec(conn, STORE_HOST,
		                  "INSERT INTO _clock(name, last) VALUES($1, $2) {{upsert name}} last = excluded.last", args,
		                  G_N_ELEMENTS(args), NULL, error);
	}
	if (kept)
		return store_exec(conn, STORE_HOST, "DELETE FROM _job WHERE id = $1", &id, 1, NULL, error);
	zhen_value args[] = { id, zhen_from_text(call->fail_text != NULL ? call->fail_text : ""), zhen_from_int(now),
		              zhen_from_int(TRIES_MAX), zhen_from_int(JOB_PARKED), zhen_from_int(BACKOFF_MS),
		              zhen_from_int(3600 * 1000) };
	return store_exec(conn, STORE_HOST,
	                  "UPDATE _job SET tries = tries + 1, error = $2, not_before = CASE WHEN tries + 1 >= $4 THEN $5 "
	                  "WHEN $6 * (1 << (CASE WHEN tries < 20 THEN CAST(tries AS INTEGER) ELSE 20 END)) > $7 THEN $3 + $7 "
	                  "ELSE $3 + $6 * (1 << (CASE WHEN tries < 20 THEN CAST(tries AS INTEGER) ELSE 20 END)) END WHERE id = $1",
	                  args, G_N_ELEMENTS(args), NULL, error);
}

void runtime_run_jobs(Runtime *runtime, Loop *loop)
{
	Jobs *jobs = g_new0(Jobs, 1);

	jobs->runtime = runtime;
	jobs->loop = loop;
	jobs->last = g_new0(gint64, runtime->plugin->n_jobs + 1);
	jobs->under_way = g_hash_table_new(g_int64_hash, g_int64_equal);
	jobs->marks = marks_new(runtime->plugin);
	jobs->forgotten = g_array_new(FALSE, FALSE, sizeof(gint64));
	jobs->wake = (LoopItem){ .run = woken, .data = jobs };
	jobs->timer = loop_timer_new(loop, TICK_MS, TRUE, tick, jobs);
	runtime->jobs = jobs;
	runtime->upkeep = upkeep_new(runtime, loop);
	runtime->retries = retries_new(runtime, loop);
	retries_wake(runtime);
	jobs_wake(runtime);
}

void runtime_jobs_by_hand(Runtime *runtime)
{
	runtime->jobs->by_hand = TRUE;
}

void runtime_quiet(Runtime *runtime, gboolean quiet)
{
	runtime->jobs->quiet = quiet;
	upkeep_quiet(runtime->upkeep, quiet);
	if (quiet)
		return;
	retries_wake(runtime);
	jobs_wake(runtime);
}

gboolean runtime_is_idle(const Runtime *runtime)
{
	const Jobs *jobs = runtime->jobs;

	return g_atomic_int_get(&runtime->calls) == 0 && g_hash_table_size(jobs->under_way) == 0 &&
	       g_atomic_int_get(&jobs->woken) == 0 && jobs->settled == NULL && retries_rest(runtime->retries) &&
	       upkeep_rests(runtime->upkeep);
}

void runtime_leave_loop(Runtime *runtime)
{
	g_clear_pointer(&runtime->upkeep, upkeep_free);
	jobs_free(runtime);
}

void runtime_settle_jobs(Runtime *runtime, LoopFunc *done, void *data)
{
	Jobs *jobs = runtime->jobs;

	jobs->settled = done;
	jobs->settled_data = data;
	jobs_wake(runtime);
}

void runtime_stop_jobs(Runtime *runtime)
{
	if (runtime->jobs == NULL || runtime->jobs->timer == NULL)
		return;
	loop_timer_free(runtime->jobs->timer);
	runtime->jobs->timer = NULL;
	retries_stop(runtime->retries);
}

/* Runs whose mark was on its way when the loop ended: nobody else knows of them. */
static void free_begun(Jobs *jobs)
{
	g_autoptr(GList) left = g_hash_table_get_values(jobs->under_way);

	if (left != NULL)
		runtime_drain(jobs->runtime);
	for (GList *at = left; at != NULL; at = at->next)
		if (!((JobRun *)at->data)->submitted)
			run_free(at->data);
}

void jobs_free(Runtime *runtime)
{
	if (runtime->jobs == NULL)
		return;
	runtime_stop_jobs(runtime);
	free_begun(runtime->jobs);
	g_clear_pointer(&runtime->retries, retries_free);
	g_hash_table_unref(runtime->jobs->under_way);
	marks_free(runtime->jobs->marks);
	g_array_unref(runtime->jobs->forgotten);
	g_free(runtime->jobs->last);
	g_free(runtime->jobs);
	runtime->jobs = NULL;
}
