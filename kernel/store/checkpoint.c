/* SPDX-License-Identifier: Apache-2.0
 * Copies WALs back into their databases beside the writers: soon when much was written, a moment later when little was.
 * It never waits for anybody (PASSIVE), so under a writer that never pauses the WAL is never started again from its
 * beginning; past its limit the writer does that itself, right after a copy, when few pages are left. */
#include <errno.h>
#include <time.h>
#include <unistd.h>
#include "base/log.h"
#include "store/store_private.h"

#define SOON_FRAMES 8192 /* 32 MiB of pages not yet copied */
#define LATER_US 1000000
#define RESET_WAIT_MS 100 /* for readers to end their loop turn */
#define BUSY_MS 2000

struct Checkpointer {
	pthread_mutex_t lock;
	pthread_cond_t wake, finished;
	Store *first; /* dirty ones, in no order */
	gboolean stopping;
	pthread_t thread;
};

static Store *earliest(Checkpointer *c)
{
	Store *best = NULL;

	for (Store *store = c->first; store != NULL; store = store->next_dirty)
		if (!store->checkpointing && (best == NULL || store->due_us < best->due_us))
			best = store;
	return best;
}

static void unlist(Checkpointer *c, Store *store)
{
	Store **link = &c->first;

	while (*link != NULL && *link != store)
		link = &(*link)->next_dirty;
	if (*link == store)
		*link = store->next_dirty;
	store->dirty = FALSE;
}

/* A failed sync may have dropped pages of earlier, partial copies, which the engine believes to be in the database and
 * would neither copy nor look up in the WAL again: the next sync succeeds, the WAL begins anew, and the database is torn.
 * The WAL still has all of it, and a process that starts reads it from its beginning. So this one ends, here and now. */
int checkpoint_run(Store *store, StoreConn *conn, int mode, int *copied)
{
	int in_log = 0;
	int rc = sqlite3_wal_checkpoint_v2(conn->db, NULL, mode, &in_log, copied);

	if (rc == SQLITE_IOERR_FSYNC) {
		log_write(LOG_ERROR, store->name, "%s: 磁盘未能保存数据，进程退出，已答复的内容在下次启动时从日志恢复 "
		          "(fsync failed; ending, the write-ahead log is replayed at the next start)", store->file);
		_exit(STORE_EXIT_DISK);
	}
	return rc;
}

/* Without the lock. Returns frames copied; all of them when the WAL has no more. */
static guint copy(Store *store)
{
	int copied = 0;

	if (store->checkpoint_conn == NULL)
		store->checkpoint_conn = conn_open(store, CONN_CHECKPOINTER, NULL);
	if (store->checkpoint_conn == NULL)
		return 0;
	checkpoint_run(store, store->checkpoint_conn, SQLITE_CHECKPOINT_PASSIVE, &copied);
	store->checkpoints++;
	return copied < 0 ? 0 : (guint)copied;
}

static void wait_until(Checkpointer *c, gint64 due_us)
{
	struct timespec until = { .tv_sec = due_us / 1000000, .tv_nsec = (due_us % 1000000) * 1000 };

	pthread_cond_timedwait(&c->wake, &c->lock, &until);
}

static void *checkpoint_thread(void *data)
{
	Checkpointer *c = data;

	pthread_mutex_lock(&c->lock);
	while (!c->stopping) {
		Store *store = earliest(c);
		gboolean keep;
		guint copied;

		if (store == NULL) {
			pthread_cond_wait(&c->wake, &c->lock);
			continue;
		}
		if (store->due_us > mono_us()) {
			wait_until(c, store->due_us);
			continue;
		}
		unlist(c, store);
		store->checkpointing = TRUE;
		keep = store->soon;
		pthread_mutex_unlock(&c->lock);
		copied = copy(store);
		if (!keep)
			g_clear_pointer(&store->checkpoint_conn, conn_close);
		pthread_mutex_lock(&c->lock);
		store->done_frames = copied;
		store->checkpointing = FALSE;
		store->reset_due = store->wal_bytes > store->options.wal_limit;
		pthread_cond_broadcast(&c->finished);
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

Checkpointer *checkpointer_new(GError **error)
{
	Checkpointer *c = g_new0(Checkpointer, 1);
	pthread_condattr_t attributes;

	pthread_mutex_init(&c->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&c->wake, &attributes);
	pthread_cond_init(&c->finished, NULL);
	pthread_condattr_destroy(&attributes);
	if (pthread_create(&c->thread, NULL, checkpoint_thread, c) == 0)
		return c;
	throw_error(error, ERROR_FAILED, "the checkpoint thread cannot be started");
	g_free(c);
	return NULL;
}

void checkpointer_free(Checkpointer *c)
{
	if (c == NULL)
		return;
	pthread_mutex_lock(&c->lock);
	c->stopping = TRUE;
	pthread_cond_broadcast(&c->wake);
	pthread_mutex_unlock(&c->lock);
	pthread_join(c->thread, NULL);
	pthread_cond_destroy(&c->wake);
	pthread_cond_destroy(&c->finished);
	pthread_mutex_destroy(&c->lock);
	g_free(c);
}

void checkpoint_note(Store *store, guint frames)
{
	Checkpointer *c = store->host->checkpointer;
	gint64 now = mono_us();
	gboolean soon;

	pthread_mutex_lock(&c->lock);
	if (frames < store->done_frames)
		store->done_frames = 0; /* the WAL began again */
	if (frames > store->done_frames) {
		/* While the writer is to begin the WAL again, another copy would only be in its way. */
		soon = !store->reset_due && frames - store->done_frames >= SOON_FRAMES;
		if (!store->dirty) {
			store->dirty = TRUE;
			store->next_dirty = c->first;
			c->first = store;
			store->due_us = now + LATER_US;
			store->soon = FALSE;
			pthread_cond_signal(&c->wake);
		}
		if (soon && store->due_us > now) {
			store->due_us = now;
			store->soon = TRUE;
			pthread_cond_signal(&c->wake);
		}
	}
	pthread_mutex_unlock(&c->lock);
}

/* Claims the store's checkpoint for the writer. A limit passed twice over does not wait for a copy any more. */
static gboolean claim(Checkpointer *c, Store *store)
{
	gint64 bytes = store->wal_bytes, limit = store->options.wal_limit;
	gboolean mine = FALSE;

	pthread_mutex_lock(&c->lock);
	if (bytes <= limit) {
		store->reset_due = FALSE;
		store->retry_bytes = 0;
	} else if (!store->checkpointing && bytes >= store->retry_bytes) {
		mine = store->reset_due || !store->dirty || bytes > 2 * limit;
		if (!mine && store->due_us > 0) {
			store->due_us = 0;
			pthread_cond_signal(&c->wake);
		}
	}
	if (mine)
		store->checkpointing = TRUE;
	pthread_mutex_unlock(&c->lock);
	return mine;
}

void checkpoint_maybe_reset(Store *store)
{
	Checkpointer *c = store->host->checkpointer;
	int copied = 0, rc;

	if (store->wal_bytes <= store->options.wal_limit && store->retry_bytes == 0)
		return;
	if (!claim(c, store))
		return;
	sqlite3_busy_timeout(store->writer->db, RESET_WAIT_MS);
	rc = checkpoint_run(store, store->writer, SQLITE_CHECKPOINT_RESTART, &copied);
	sqlite3_busy_timeout(store->writer->db, BUSY_MS);
	pthread_mutex_lock(&c->lock);
	store->checkpointing = FALSE;
	store->reset_due = FALSE;
	store->done_frames = copied < 0 ? 0 : (guint)copied;
	if (rc == SQLITE_OK) {
		store->writer->wal_frames = 0;
		store->wal_bytes = 0;
		store->done_frames = 0;
		store->retry_bytes = 0;
		store->resets++;
		unlist(c, store);
	} else {
		store->retry_bytes = store->wal_bytes + store->options.wal_limit / 8;
	}
	pthread_cond_broadcast(&c->finished);
	pthread_cond_signal(&c->wake);
	pthread_mutex_unlock(&c->lock);
}

gboolean checkpoint_truncate(Store *store, StoreConn *conn)
{
	Checkpointer *c = store->host->checkpointer;
	int copied = 0, rc;

	pthread_mutex_lock(&c->lock);
	while (store->checkpointing)
		pthread_cond_wait(&c->finished, &c->lock);
	store->checkpointing = TRUE;
	pthread_mutex_unlock(&c->lock);
	rc = checkpoint_run(store, conn, SQLITE_CHECKPOINT_TRUNCATE, &copied);
	pthread_mutex_lock(&c->lock);
	store->checkpointing = FALSE;
	if (rc == SQLITE_OK)
		store->done_frames = 0;
	pthread_cond_broadcast(&c->finished);
	pthread_cond_signal(&c->wake);
	pthread_mutex_unlock(&c->lock);
	return rc == SQLITE_OK;
}

void checkpoint_forget(Store *store)
{
	Checkpointer *c = store->host->checkpointer;

	pthread_mutex_lock(&c->lock);
	unlist(c, store);
	while (store->checkpointing)
		pthread_cond_wait(&c->finished, &c->lock);
	unlist(c, store);
	pthread_mutex_unlock(&c->lock);
	conn_close(store->checkpoint_conn);
	store->checkpoint_conn = NULL;
}
