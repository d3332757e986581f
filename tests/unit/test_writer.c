/* SPDX-License-Identifier: Apache-2.0
 * One bad call among 63 innocent ones of the same batch; the disk that fills; what is told to whom, and when. */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include "store_fixture.h"

#define CALLS 64
#define BAD 31

/* ---- a disk that can fail: the library's writes come through here ---- */

static _Atomic int write_fails, sync_fails; /* errno, 0 = works */

__attribute__((visibility("default"))) ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at)
{
	if (write_fails != 0) {
		errno = write_fails;
		return -1;
	}
	return (ssize_t)syscall(SYS_pwrite64, fd, bytes, length, at);
}

__attribute__((visibility("default"))) int fdatasync(int fd)
{
	if (sync_fails != 0) {
		errno = sync_fails;
		return -1;
	}
	return (int)syscall(SYS_fdatasync, fd);
}

/* ---- a batch ---- */

typedef struct Batch Batch;

typedef struct Call {
	StoreJob job;
	Batch *batch;
	guint number;
	gboolean (*run)(StoreConn *conn);
	guint runs, records, kept;
	gboolean is_done;
	GError *error;
} Call;

struct Batch {
	Fixture f;
	pthread_mutex_t lock;
	pthread_cond_t moved;
	gboolean gate_open, gate_reached;
	guint n_done;
	Call calls[CALLS];
	guint begun, committed, lost; /* hooks */
	guint64 commits_at_done;
};

static gboolean put(StoreConn *conn, guint number, GError **error)
{
	zhen_value args[] = { zhen_from_int(number) };

	return store_exec(conn, STORE_PLUGIN, "INSERT INTO note(n) VALUES($1)", args, 1, NULL, error);
}

static gboolean call_run(StoreJob *job, StoreConn *conn)
{
	Call *call = (Call *)job;

	call->runs++;
	return put(conn, call->number, NULL) && (call->run == NULL || call->run(conn));
}

static gboolean call_record(StoreJob *job, StoreConn *conn, gboolean kept, GError **error)
{
	Call *call = (Call *)job;
	zhen_value args[] = { zhen_from_int(call->number), zhen_from_int(kept) };

	call->records++;
	call->kept = kept;
	return store_exec(conn, STORE_HOST,
	                  "INSERT INTO _audit(at, account, body, route, subject, outcome, request, digest, chain) "
	                  "VALUES($1, '', '', '', '', $2, '', '', '')",
	                  args, 2, NULL, error);
}

static void call_done(StoreJob *job, const GError *error)
{
	Call *call = (Call *)job;

	pthread_mutex_lock(&call->batch->lock);
	cr_assert_not(call->is_done, "answered once");
	call->is_done = TRUE;
	call->error = error == NULL ? NULL : g_error_copy(error);
	call->batch->n_done++;
	pthread_cond_broadcast(&call->batch->moved);
	pthread_mutex_unlock(&call->batch->lock);
}

static gboolean gate_run(StoreConn *conn, void *data, GError **error)
{
	Batch *batch = data;

	(void)conn;
	(void)error;
	pthread_mutex_lock(&batch->lock);
	batch->gate_reached = TRUE;
	pthread_cond_broadcast(&batch->moved);
	while (!batch->gate_open)
		pthread_cond_wait(&batch->moved, &batch->lock);
	pthread_mutex_unlock(&batch->lock);
	return TRUE;
}

static void *gate_thread(void *data)
{
	Batch *batch = data;

	store_write_now(batch->f.store, gate_run, batch, NULL);
	return NULL;
}

static void on_begin(void *data)
{
	((Batch *)data)->begun++;
}

static void on_end(void *data, gboolean committed)
{
	Batch *batch = data;

	(*(committed ? &batch->committed : &batch->lost))++;
}

static Batch *batch_new(StoreOptions options)
{
	static const zhen_migration migrations[] = {
		{ .number = 1, .sql = "CREATE TABLE note(n BIGINT NOT NULL UNIQUE, fill BLOB)" }, { 0 }
	};
	Batch *batch = g_new0(Batch, 1);

	batch->f = fixture_with(&(StoreHostOptions){ .readers = 1 }, options);
	cr_assert(store_migrate(batch->f.store, migrations, sizeof(zhen_migration), NULL, NULL));
	pthread_mutex_init(&batch->lock, NULL);
	pthread_cond_init(&batch->moved, NULL);
	store_set_hooks(batch->f.store, &(StoreHooks){ on_begin, on_end, batch });
	return batch;
}

/* All calls in one batch: they queue behind a call that waits. */
static void batch_run(Batch *batch, gboolean (*bad)(StoreConn *conn))
{
	pthread_t gate;

	pthread_create(&gate, NULL, gate_thread, batch);
	pthread_mutex_lock(&batch->lock);
	while (!batch->gate_reached)
		pthread_cond_wait(&batch->moved, &batch->lock);
	pthread_mutex_unlock(&batch->lock);
	for (guint i = 0; i < CALLS; i++) {
		batch->calls[i] = (Call){ .job = { .run = call_run, .record = call_record, .done = call_done },
			                  .batch = batch,
			                  .number = i,
			                  .run = i == BAD ? bad : NULL };
		cr_assert(store_submit(batch->f.store, &batch->calls[i].job, NULL));
	}
	cr_assert_eq(store_queued(batch->f.store), CALLS);
	pthread_mutex_lock(&batch->lock);
	batch->gate_open = TRUE;
	pthread_cond_broadcast(&batch->moved);
	while (batch->n_done < CALLS)
		pthread_cond_wait(&batch->moved, &batch->lock);
	pthread_mutex_unlock(&batch->lock);
	pthread_join(gate, NULL);
}

static void batch_free(Batch *batch)
{
	for (guint i = 0; i < CALLS; i++)
		g_clear_error(&batch->calls[i].error);
	fixture_clear(&batch->f);
	pthread_mutex_destroy(&batch->lock);
	pthread_cond_destroy(&batch->moved);
	g_free(batch);
}

/* ---- the bad calls ---- */

static gboolean plugin(StoreConn *conn, const char *sql)
{
	return store_exec(conn, STORE_PLUGIN, sql, NULL, 0, NULL, NULL);
}

/* Past the check of the text, as if it had let this through. */
static gboolean unchecked(StoreConn *conn, const char *sql)
{
	return store_exec(conn, STORE_HOST, sql, NULL, 0, NULL, NULL);
}

static gboolean interrupts(StoreConn *conn)
{
	store_read_budget(conn, TRUE);
	return plugin(conn, "INSERT INTO note(n) WITH RECURSIVE c(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM c) "
	                    "SELECT i FROM c");
}

static gboolean says_or_rollback(StoreConn *conn)
{
	return plugin(conn, "INSERT OR ROLLBACK INTO note(n) VALUES(0)");
}

static gboolean rolls_back(StoreConn *conn)
{
	return unchecked(conn, "INSERT OR ROLLBACK INTO note(n) VALUES(0), (0)");
}

static gboolean rolls_back_and_says_fine(StoreConn *conn)
{
	rolls_back(conn);
	return TRUE;
}

static gboolean leaves_open(StoreConn *conn)
{
	StoreStmt *stmt = store_prepare(conn, STORE_PLUGIN, "INSERT INTO note(n) VALUES(500), (501) RETURNING n", NULL,
	                                NULL, 0, NULL);

	return stmt != NULL && store_step(stmt, NULL) == STORE_ROW;
}

static gboolean says_commit(StoreConn *conn)
{
	return plugin(conn, "COMMIT");
}

static gboolean commits(StoreConn *conn)
{
	return unchecked(conn, "COMMIT");
}

static gboolean writes_audit(StoreConn *conn)
{
	return plugin(conn, "DELETE FROM _audit");
}

static gboolean attaches(StoreConn *conn)
{
	return plugin(conn, "ATTACH '/tmp/other' AS other");
}

static gboolean attaches_unchecked(StoreConn *conn)
{
	return unchecked(conn, "ATTACH '/tmp/other' AS other");
}

static gboolean fills_quota(StoreConn *conn)
{
	GError *error = NULL;
	gboolean filled =
		store_exec(conn, STORE_PLUGIN, "UPDATE note SET fill = zeroblob(60000000)", NULL, 0, NULL, &error);

	cr_assert(!filled && error->code == ERROR_FULL, "%s", error == NULL ? "" : error->message);
	g_clear_error(&error);
	return FALSE;
}

static gboolean fails(StoreConn *conn)
{
	(void)conn;
	return FALSE;
}

/* @kept: the bad call's rows stay. @together: one commit for all 64. */
static const struct {
	const char *name;
	gboolean (*run)(StoreConn *conn);
	gboolean kept, together, is_error;
	ErrorCode code;
	guint extra; /* rows beside one per kept call */
} bad_calls[] = {
	{ "fails", fails, .together = TRUE },
	{ "interrupts its write", interrupts, .is_error = TRUE, .code = ERROR_INTERRUPTED },
	{ "says OR ROLLBACK", says_or_rollback, .together = TRUE },
	{ "rolls back", rolls_back, .is_error = TRUE, .code = ERROR_CONSTRAINT },
	{ "rolls back and says it is fine", rolls_back_and_says_fine, .is_error = TRUE, .code = ERROR_CONSTRAINT },
	{ "leaves a statement open", leaves_open, .kept = TRUE, .together = TRUE, .extra = 2 },
	{ "commits, unchecked", commits, .is_error = TRUE, .code = ERROR_REFUSED },
	{ "says COMMIT", says_commit, .together = TRUE },
	{ "writes _audit", writes_audit, .together = TRUE },
	{ "attaches", attaches, .together = TRUE },
	{ "attaches, unchecked", attaches_unchecked, .together = TRUE },
	{ "fills its quota", fills_quota, .together = TRUE },
};

Test(writer, one_bad_call_harms_none_of_63_others, .timeout = 120)
{
	for (gsize k = 0; k < G_N_ELEMENTS(bad_calls); k++) {
		Batch *batch = batch_new((StoreOptions){ .quota_bytes = 1 << 20 });
		const char *name = bad_calls[k].name;
		StoreStats stats;

		batch_run(batch, bad_calls[k].run);
		for (guint i = 0; i < CALLS; i++) {
			const Call *call = &batch->calls[i];
			gboolean kept = i != BAD || bad_calls[k].kept;

			cr_assert_eq(call->error != NULL, i == BAD && bad_calls[k].is_error, "%s: call %u: %s", name, i,
			             call->error == NULL ? "no error" : call->error->message);
			cr_assert_eq(call->kept, (guint)kept, "%s: call %u", name, i);
		}
		if (bad_calls[k].is_error)
			cr_assert_eq(batch->calls[BAD].error->code, (gint)bad_calls[k].code, "%s: %s", name,
			             batch->calls[BAD].error->message);
		fixture_reopen(&batch->f, (StoreOptions){ 0 });
		cr_assert_eq(read_int(&batch->f, STORE_HOST, "SELECT count(*) FROM note"),
		             63 + bad_calls[k].kept + bad_calls[k].extra, "%s", name);
		cr_assert_eq(read_int(&batch->f, STORE_HOST, "SELECT count(*) FROM _audit WHERE outcome = 1"),
		             63 + bad_calls[k].kept, "%s", name);
		cr_assert_eq(read_int(&batch->f, STORE_HOST, "SELECT count(*) FROM _audit WHERE outcome = 0"),
		             1 - bad_calls[k].kept, "%s: a failed call has its record", name);
		cr_assert_eq(batch->begun, batch->committed + batch->lost);
		cr_assert_eq(batch->lost > 0, !bad_calls[k].together, "%s", name);
		store_stats(batch->f.store, &stats);
		store_read_done(batch->f.host, 0);
		batch_free(batch);
	}
}

static const struct {
	const char *name;
	int write, sync;
	ErrorCode code;
} failing_disks[] = {
	{ "full", ENOSPC, 0, ERROR_FULL },
	{ "over quota", EDQUOT, 0, ERROR_FULL },
	{ "full at the sync", 0, ENOSPC, ERROR_FULL },
	{ "broken", EIO, 0, ERROR_IO },
	{ "broken at the sync", 0, EIO, ERROR_IO },
};

Test(writer, a_failing_disk_answers_all_with_it_and_writes_succeed_once_it_works)
{
	for (gsize k = 0; k < G_N_ELEMENTS(failing_disks); k++) {
		Batch *batch = batch_new((StoreOptions){ 0 });
		const char *name = failing_disks[k].name;

		write_fails = failing_disks[k].write;
		sync_fails = failing_disks[k].sync;
		batch_run(batch, NULL);
		write_fails = sync_fails = 0;
		for (guint i = 0; i < CALLS; i++) {
			cr_assert_not_null(batch->calls[i].error, "%s: call %u", name, i);
			cr_assert_eq(batch->calls[i].error->code, (gint)failing_disks[k].code, "%s: %s", name,
			             batch->calls[i].error->message);
			g_clear_error(&batch->calls[i].error);
		}
		cr_assert_eq(read_int(&batch->f, STORE_HOST, "SELECT count(*) FROM note"), 0, "%s", name);
		cr_assert_eq(read_int(&batch->f, STORE_HOST, "SELECT count(*) FROM _audit"), 0, "%s", name);
		store_read_done(batch->f.host, 0);
		batch->gate_open = batch->gate_reached = FALSE;
		batch->n_done = 0;
		batch_run(batch, NULL);
		for (guint i = 0; i < CALLS; i++)
			cr_assert_null(batch->calls[i].error, "%s: call %u", name, i);
		fixture_reopen(&batch->f, (StoreOptions){ 0 });
		cr_assert_eq(read_int(&batch->f, STORE_HOST, "SELECT count(*) FROM note"), CALLS, "%s", name);
		store_read_done(batch->f.host, 0);
		batch_free(batch);
	}
}

Test(writer, a_batch_is_one_commit_and_counts_it_before_it_answers)
{
	Batch *batch = batch_new((StoreOptions){ 0 });
	guint64 before = store_commits(batch->f.store);

	batch_run(batch, NULL);
	cr_assert_eq(store_commits(batch->f.store), before + 2, "the gate's and the batch's");
	cr_assert_eq(batch->committed, 2);
	batch_free(batch);
}

Test(writer, a_queue_that_is_full_refuses_with_busy)
{
	Batch *batch = batch_new((StoreOptions){ .queue_max = 3 });
	pthread_t gate;

	pthread_create(&gate, NULL, gate_thread, batch);
	pthread_mutex_lock(&batch->lock);
	while (!batch->gate_reached)
		pthread_cond_wait(&batch->moved, &batch->lock);
	pthread_mutex_unlock(&batch->lock);
	for (guint i = 0; i < 4; i++) {
		g_autoptr(GError) error = NULL;
		gboolean taken;

		batch->calls[i] = (Call){ .job = { .run = call_run, .record = call_record, .done = call_done },
			                  .batch = batch,
			                  .number = i };
		taken = store_submit(batch->f.store, &batch->calls[i].job, &error);
		cr_assert_eq(taken, i < 3);
		cr_assert(taken || error->code == ERROR_BUSY);
	}
	pthread_mutex_lock(&batch->lock);
	batch->gate_open = TRUE;
	pthread_cond_broadcast(&batch->moved);
	pthread_mutex_unlock(&batch->lock);
	pthread_join(gate, NULL);
	/* Closing waits for what is queued. */
	fixture_reopen(&batch->f, (StoreOptions){ 0 });
	cr_assert_eq(batch->n_done, 3);
	cr_assert_eq(read_int(&batch->f, STORE_HOST, "SELECT count(*) FROM note"), 3);
	store_read_done(batch->f.host, 0);
	batch_free(batch);
}

static gboolean fill_some(StoreConn *conn, void *data, GError **error)
{
	(void)data;
	return store_exec(conn, STORE_PLUGIN,
	                  "INSERT INTO note(n, fill) SELECT coalesce(max(n), 0) + 1, zeroblob(100000) FROM note", NULL,
	                  0, NULL, error);
}

Test(writer, a_wal_past_its_limit_is_begun_again_under_a_writer_that_never_pauses)
{
	Batch *batch = batch_new((StoreOptions){ .wal_limit = 1 << 20 });
	StoreStats stats = { 0 };
	gint64 largest = 0;

	for (guint i = 0; i < 2000 && stats.wal_resets < 3; i++) {
		g_autoptr(GError) error = NULL;

		cr_assert(store_write_now(batch->f.store, fill_some, NULL, &error), "%s",
		          error == NULL ? "" : error->message);
		store_stats(batch->f.store, &stats);
		largest = MAX(largest, stats.wal_bytes);
	}
	cr_assert_geq(stats.wal_resets, 3);
	cr_assert_lt(largest, 4 << 20);
	batch_free(batch);
}
