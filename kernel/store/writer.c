/* SPDX-License-Identifier: Apache-2.0
 * Group commit: what is queued becomes one transaction, each job in its savepoint, one fsync for all. When a job breaks
 * the transaction nothing of it is answered: every job runs again in a transaction of its own. */
#include <string.h>
#include "store/copy.h"
#include "store/store_private.h"

/* A writer thread. */
typedef struct Writer {
	StoreHost *host;
	LoopItem *first, **last; /* to be run when the batch is answered */
	gboolean after;          /* they are being run */
	gboolean pushed;         /* by one of them, and nobody else was woken for it */
} Writer;

static _Thread_local Writer *writer; /* NULL = another thread */

static void hook(Store *store, gboolean begin, gboolean committed)
{
	if (begin && store->hooks.begin != NULL)
		store->hooks.begin(store->hooks.data);
	if (!begin && store->hooks.end != NULL)
		store->hooks.end(store->hooks.data, committed);
}

static gboolean vanished(StoreConn *conn)
{
	return sqlite3_get_autocommit(conn->db) != 0;
}

static gboolean begin(Store *store, GError **error)
{
	hook(store, TRUE, FALSE);
	return conn_control(store->writer, store->writer->begin, error);
}

static void roll_back(Store *store)
{
	StoreConn *conn = store->writer;

	conn_reset_all(conn);
	if (!vanished(conn) && !conn_control(conn, conn->rollback, NULL))
		sqlite3_exec(conn->db, "ROLLBACK", NULL, NULL, NULL);
	hook(store, FALSE, FALSE);
}

static gboolean commit(Store *store, GError **error)
{
	StoreConn *conn = store->writer;

	wal_room(conn);
	if (!conn_control(conn, conn->commit, error))
		return FALSE;
	atomic_fetch_add_explicit(&store->commits, 1, memory_order_release);
	store->wal_bytes = (gint64)conn->wal_frames * FRAME_BYTES;
	hook(store, FALSE, TRUE);
	return TRUE;
}

/* FALSE: the transaction is lost; @error says why when it is known. */
static gboolean in_savepoint(Store *store, StoreJob *job, gboolean *kept, GError **error)
{
	StoreConn *conn = store->writer;

	g_clear_error(&conn->fault);
	conn->steps = conn->steps_max = 0;
	*kept = FALSE;
	if (!conn_control(conn, conn->savepoint, error))
		return FALSE;
	*kept = job->run(job, conn);
	conn_reset_all(conn);
	if (vanished(conn))
		return FALSE;
	if (!*kept && !conn_control(conn, conn->rollback_to, error))
		return FALSE;
	return conn_control(conn, conn->release, error);
}

static gboolean run_record(Store *store, StoreJob *job, gboolean kept, GError **error)
{
	StoreConn *conn = store->writer;
	gboolean recorded;

	conn->steps = conn->steps_max = 0;
	recorded = job->record == NULL || job->record(job, conn, kept, error);
	conn_reset_all(conn);
	return recorded && !vanished(conn);
}

#ifdef ZHEN_TEST_POINTS
static gboolean replies_early(void)
{
	return g_strcmp0(g_getenv("ZHEN_TEST_REPLY_EARLY"), "1") == 0;
}
#else
#define replies_early() FALSE
#endif

static void report(StoreJob *job, const GError *error)
{
	while (job != NULL) {
		StoreJob *next = job->next;

		job->next = NULL;
		job->done(job, error);
		job = next;
	}
}

static gboolean run_together(Store *store, StoreJob *jobs)
{
	gboolean kept;

	if (!begin(store, NULL)) {
		roll_back(store);
		return FALSE;
	}
	for (StoreJob *job = jobs; job != NULL; job = job->next) {
		if (!in_savepoint(store, job, &kept, NULL) || !run_record(store, job, kept, NULL)) {
			roll_back(store);
			return FALSE;
		}
	}
	if (replies_early()) {
		report(jobs, NULL);
		if (!commit(store, NULL))
			roll_back(store);
		return TRUE;
	}
	if (!commit(store, NULL)) {
		roll_back(store);
		return FALSE;
	}
	report(jobs, NULL);
	return TRUE;
}

/* The job itself ended its transaction: nothing of it is left, so its record stands in a transaction of its own. */
static void record_lost(Store *store, StoreJob *job)
{
	if (job->record == NULL)
		return;
	if (!begin(store, NULL) || !run_record(store, job, FALSE, NULL) || !commit(store, NULL))
		roll_back(store);
}

static void name_fault(Store *store, GError **error)
{
	StoreConn *conn = store->writer;

	if (*error == NULL && conn->fault != NULL)
		*error = g_steal_pointer(&conn->fault);
	if (*error == NULL)
		throw_error(error, ERROR_FAILED, "%s: the call ended its transaction", store->name);
}

static void run_alone(Store *store, StoreJob *job)
{
	g_autoptr(GError) error = NULL;
	gboolean kept;

	job->next = NULL;
	if (!begin(store, &error)) {
		roll_back(store);
	} else if (!in_savepoint(store, job, &kept, &error)) {
		gboolean its_own = error == NULL;

		name_fault(store, &error);
		roll_back(store);
		if (its_own)
			record_lost(store, job);
	} else if (!run_record(store, job, kept, &error) || !commit(store, &error)) {
		name_fault(store, &error);
		roll_back(store);
	} else {
		job->done(job, NULL);
		return;
	}
	name_fault(store, &error);
	job->done(job, error);
}

static void run_batch(Store *store, StoreJob *jobs)
{
	if (run_together(store, jobs))
		return;
	store->retried++;
	while (jobs != NULL) {
		StoreJob *next = jobs->next;

		run_alone(store, jobs);
		jobs = next;
	}
}

/* ---- the queue ---- */

static StoreJob *take(Store *store, guint *out_count)
{
	StoreJob *jobs, *last;
	guint count = 1;

	pthread_mutex_lock(&store->lock);
	jobs = last = store->first;
	while (count < store->options.batch_max && last->next != NULL) {
		last = last->next;
		count++;
	}
	store->first = last->next;
	if (store->first == NULL)
		store->last = NULL;
	last->next = NULL;
	store->queued -= count;
	pthread_mutex_unlock(&store->lock);
	*out_count = count;
	return jobs;
}

/* Under the host's lock. */
static void append_ready(StoreHost *host, Store *store)
{
	store->next_ready = NULL;
	*(host->last != NULL ? &host->last->next_ready : &host->first) = store;
	host->last = store;
}

static void push_ready(StoreHost *host, Store *store)
{
	pthread_mutex_lock(&host->lock);
	append_ready(host, store);
	pthread_mutex_unlock(&host->lock);
	/* This thread is about to look for work itself. */
	if (writer != NULL && writer->host == host && writer->after && !writer->pushed) {
		writer->pushed = TRUE;
		return;
	}
	/* Behind the lock, or who wakes would wait for it at once. */
	pthread_cond_signal(&host->ready);
}

/* @again has more to do and goes to the end of the line: another plugin's batch comes first. Nobody is woken for it, since
 * this thread takes one from the line right away; without that two writers would hand a busy store to and fro. */
static Store *pop_ready(StoreHost *host, Store *again)
{
	gboolean left;
	Store *store;

	pthread_mutex_lock(&host->lock);
	if (again != NULL)
		append_ready(host, again);
	while (host->first == NULL && !host->stopping)
		pthread_cond_wait(&host->ready, &host->lock);
	store = host->first;
	if (store != NULL) {
		host->first = store->next_ready;
		if (host->first == NULL)
			host->last = NULL;
	}
	left = writer->pushed && host->first != NULL;
	writer->pushed = FALSE;
	pthread_mutex_unlock(&host->lock);
	if (left)
		pthread_cond_signal(&host->ready);
	return store;
}

/* ---- between two batches ---- */

/* FALSE: the store is held; it comes back to the line when it is let go. */
static gboolean may_run(Store *store)
{
	gboolean may;

	pthread_mutex_lock(&store->lock);
	may = store->paused == NULL;
	store->running = may;
	store->held = !may;
	pthread_mutex_unlock(&store->lock);
	return may;
}

/* TRUE: it has more to do. */
static gboolean batch_over(Store *store)
{
	StorePaused *paused;
	void *data;
	gboolean again;

	pthread_mutex_lock(&store->lock);
	again = store->first != NULL;
	store->scheduled = again;
	store->running = FALSE;
	paused = store->paused;
	data = store->paused_data;
	if (!again)
		pthread_cond_broadcast(&store->idle);
	/* Under the lock, so that a pause that was given up in the meantime is not told. */
	if (paused != NULL)
		paused(data);
	pthread_mutex_unlock(&store->lock);
	return again;
}

void store_pause(Store *store, StorePaused *paused, void *data)
{
	pthread_mutex_lock(&store->lock);
	g_assert(store->paused == NULL);
	store->paused = paused;
	store->paused_data = data;
	if (!store->running)
		paused(data);
	pthread_mutex_unlock(&store->lock);
}

void store_resume(Store *store)
{
	gboolean held;

	pthread_mutex_lock(&store->lock);
	held = store->held;
	store->paused = NULL;
	store->held = FALSE;
	pthread_mutex_unlock(&store->lock);
	if (held)
		push_ready(store->host, store);
}

gboolean store_after_batch(LoopItem *item)
{
	if (writer == NULL)
		return FALSE;
	item->next = NULL;
	*writer->last = item;
	writer->last = &item->next;
	return TRUE;
}

static void run_after(Writer *self)
{
	self->after = TRUE;
	while (self->first != NULL) {
		LoopItem *item = self->first;

		self->first = item->next;
		if (self->first == NULL)
			self->last = &self->first;
		item->run(item->data);
	}
	self->after = FALSE;
}

static void *writer_thread(void *data)
{
	StoreHost *host = data;
	Writer self = { .host = host, .last = &self.first };
	Store *store = NULL;
	gboolean again = FALSE;

	writer = &self;
	while ((store = pop_ready(host, again ? store : NULL)) != NULL) {
		guint count;

		again = FALSE;
		if (!may_run(store))
			continue;
		run_batch(store, take(store, &count));
		store->jobs += count;
		checkpoint_note(store, store->writer->wal_frames);
		checkpoint_maybe_reset(store);
		/* Before the store may be closed: calls of it may be among them. */
		run_after(&self);
		again = batch_over(store);
	}
	writer = NULL;
	return NULL;
}

gboolean store_submit(Store *store, StoreJob *job, GError **error)
{
	gboolean refused, first;

	job->next = NULL;
	pthread_mutex_lock(&store->lock);
	refused = store->closing || store->queued >= store->options.queue_max;
	first = !refused && !store->scheduled;
	if (!refused) {
		*(store->last != NULL ? &store->last->next : &store->first) = job;
		store->last = job;
		store->queued++;
		store->scheduled = TRUE;
	}
	pthread_mutex_unlock(&store->lock);
	if (refused)
		return throw_error(error, ERROR_BUSY, "%s: too many calls are waiting", store->name);
	if (first)
		push_ready(store->host, store);
	return TRUE;
}

guint store_queued(const Store *store)
{
	return store->queued;
}

void writer_drain(Store *store)
{
	pthread_mutex_lock(&store->lock);
	store->closing = TRUE;
	while (store->scheduled)
		pthread_cond_wait(&store->idle, &store->lock);
	pthread_mutex_unlock(&store->lock);
}

gboolean writers_start(StoreHost *host, guint threads, GError **error)
{
	host->threads = g_new0(pthread_t, threads);
	for (; host->n_threads < threads; host->n_threads++)
		if (pthread_create(&host->threads[host->n_threads], NULL, writer_thread, host) != 0)
			return throw_error(error, ERROR_FAILED, "a writer thread cannot be started");
	return TRUE;
}

void writers_stop(StoreHost *host)
{
	pthread_mutex_lock(&host->lock);
	host->stopping = TRUE;
	pthread_cond_broadcast(&host->ready);
	pthread_mutex_unlock(&host->lock);
	for (guint i = 0; i < host->n_threads; i++)
		pthread_join(host->threads[i], NULL);
	g_free(host->threads);
}

/* ---- one job, waited for ---- */

typedef struct Waiting {
	StoreJob job;
	gboolean (*run)(StoreConn *conn, void *data, GError **error);
	void *data;
	pthread_mutex_t lock;
	pthread_cond_t finished;
	gboolean is_finished, kept;
	GError *error;
} Waiting;

static gboolean waiting_run(StoreJob *job, StoreConn *conn)
{
	Waiting *waiting = (Waiting *)job;

	g_clear_error(&waiting->error);
	waiting->kept = waiting->run(conn, waiting->data, &waiting->error);
	return waiting->kept;
}

static void waiting_done(StoreJob *job, const GError *error)
{
	Waiting *waiting = (Waiting *)job;

	pthread_mutex_lock(&waiting->lock);
	if (error != NULL) {
		waiting->kept = FALSE;
		if (waiting->error == NULL)
			waiting->error = g_error_copy(error);
	}
	waiting->is_finished = TRUE;
	pthread_cond_signal(&waiting->finished);
	pthread_mutex_unlock(&waiting->lock);
}

gboolean store_write_now(Store *store, gboolean (*run)(StoreConn *conn, void *data, GError **error), void *data,
                         GError **error)
{
	Waiting waiting = { .job = { .run = waiting_run, .done = waiting_done }, .run = run, .data = data };

	pthread_mutex_init(&waiting.lock, NULL);
	pthread_cond_init(&waiting.finished, NULL);
	if (store_submit(store, &waiting.job, error)) {
		pthread_mutex_lock(&waiting.lock);
		while (!waiting.is_finished)
			pthread_cond_wait(&waiting.finished, &waiting.lock);
		pthread_mutex_unlock(&waiting.lock);
	}
	pthread_cond_destroy(&waiting.finished);
	pthread_mutex_destroy(&waiting.lock);
	if (waiting.kept && waiting.error == NULL)
		return TRUE;
	if (waiting.error != NULL)
		g_propagate_error(error, waiting.error);
	else if (waiting.is_finished)
		throw_error(error, ERROR_FAILED, "%s: the write was given up", store->name);
	return FALSE;
}
