/* SPDX-License-Identifier: Apache-2.0
 * Submitters, readers, writers and the checkpointer over several stores at once; for ThreadSanitizer. Every call must
 * be answered once and every answered row be there. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <ftw.h>
#include "store/store.h"

#define STORES 3
#define SUBMITTERS 3
#define CALLS 300

typedef struct Call {
	StoreJob job;
	gint64 number;
} Call;

static StoreHost *host;
static Store *stores[STORES];
static _Atomic guint answered, failed;
static _Atomic gboolean stop_reading;

static void must(gboolean fine, const char *what)
{
	if (fine)
		return;
	fprintf(stderr, "writer_threads: %s\n", what);
	exit(1);
}

static gboolean run(StoreJob *job, StoreConn *conn)
{
	zhen_value args[] = { zhen_from_int(((Call *)job)->number) };

	return store_exec(conn, STORE_PLUGIN, "INSERT INTO note(n, at) VALUES($1, {{now}})", args, 1, NULL, NULL);
}

static gboolean record(StoreJob *job, StoreConn *conn, gboolean kept, GError **error)
{
	(void)job;
	(void)kept;
	return store_exec(conn, STORE_HOST,
	                  "INSERT INTO _clock(name, last) VALUES('n', 1) {{upsert name}} last = _clock.last + 1", NULL,
	                  0, NULL, error);
}

static void done(StoreJob *job, const GError *error)
{
	if (error != NULL)
		failed++;
	answered++;
	free(job);
}

static void *submit(void *data)
{
	gint64 first = (gint64)(gintptr)data * CALLS;

	for (gint64 i = 0; i < CALLS; i++) {
		for (guint s = 0; s < STORES; s++) {
			Call *call = calloc(1, sizeof(*call));

			call->job = (StoreJob){ .run = run, .record = record, .done = done };
			call->number = first + i;
			while (!store_submit(stores[s], &call->job, NULL))
				sched_yield();
		}
	}
	return NULL;
}

static void *read_all(void *data)
{
	guint slot = (guint)(gintptr)data;
	gint64 before[STORES] = { 0 };

	while (!stop_reading) {
		for (guint s = 0; s < STORES; s++) {
			StoreConn *conn = store_read(stores[s], slot, NULL);
			gint64 count = 0;

			must(conn != NULL, "no read connection");
			must(store_exec(conn, STORE_PLUGIN, "SELECT count(*) FROM note", NULL, 0, &count, NULL),
			     "a read failed");
			must(count >= before[s], "a row went away");
			before[s] = count;
		}
		store_read_done(host, slot);
	}
	return NULL;
}

static gboolean last_call(StoreConn *conn, void *data, GError **error)
{
	(void)data;
	return store_exec(conn, STORE_HOST, "DELETE FROM _clock", NULL, 0, NULL, error);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *where)
{
	(void)st;
	(void)flag;
	(void)where;
	return remove(path);
}

int main(void)
{
	static const zhen_migration migrations[] = {
		{ .number = 1, .sql = "CREATE TABLE note(n BIGINT NOT NULL PRIMARY KEY, at BIGINT NOT NULL)" }, { 0 }
	};
	char dir[] = "/tmp/zhen-threads-XXXXXX";
	pthread_t submitters[SUBMITTERS], readers[2];

	must(mkdtemp(dir) != NULL, "no folder");
	host = store_host_new(&(StoreHostOptions){ .writers = 2, .readers = 3 }, NULL);
	must(host != NULL, "no host");
	for (guint s = 0; s < STORES; s++) {
		char path[64];

		snprintf(path, sizeof(path), "%s/%u", dir, s);
		/* A small WAL and queue: resets and refusals happen too. */
		stores[s] = store_open(
			host,
			&(StoreOptions){
				.dir = path, .name = "notes", .wal_limit = 1 << 18, .queue_max = 64, .batch_max = 16 },
			NULL);
		must(stores[s] != NULL, "no store");
		must(store_migrate(stores[s], migrations, sizeof(migrations[0]), NULL, NULL), "no migration");
	}
	for (guint i = 0; i < SUBMITTERS; i++)
		pthread_create(&submitters[i], NULL, submit, (void *)(gintptr)i);
	for (guint i = 0; i < 2; i++)
		pthread_create(&readers[i], NULL, read_all, (void *)(gintptr)i);
	for (guint i = 0; i < SUBMITTERS; i++)
		pthread_join(submitters[i], NULL);
	stop_reading = TRUE;
	for (guint i = 0; i < 2; i++)
		pthread_join(readers[i], NULL);
	for (guint s = 0; s < STORES; s++) {
		StoreConn *conn;
		gint64 count = 0;

		/* Behind all others in the queue: when it is answered, they are. */
		GError *error = NULL;

		/* Its queue is small, and may still be full. */
		while (!store_write_now(stores[s], last_call, NULL, &error)) {
			if (!g_error_matches(error, ZHEN_ERROR_DOMAIN, ERROR_BUSY))
				fprintf(stderr, "%s\n", error->message);
			must(g_error_matches(error, ZHEN_ERROR_DOMAIN, ERROR_BUSY), "the last write failed");
			g_clear_error(&error);
			g_thread_yield();
		}
		conn = store_read(stores[s], 2, NULL);
		must(store_exec(conn, STORE_PLUGIN, "SELECT count(*) FROM note", NULL, 0, &count, NULL),
		     "the last read failed");
		store_read_done(host, 2);
		store_close(stores[s]);
		must(count == SUBMITTERS * CALLS, "a row is missing");
	}
	store_host_free(host);
	must(answered == SUBMITTERS * CALLS * STORES, "a call was not answered");
	must(failed == 0, "a call failed");
	nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	puts("writer_threads: all answered, all there");
	return 0;
}
