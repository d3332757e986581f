/* SPDX-License-Identifier: Apache-2.0
 * One database of one plugin: connections, statements, transactions, the group-commit writer, migrations.
 * The only floor that knows SQLite. Engines stand behind the functions below.
 *
 * Files: DIR/data.db (WAL), DIR/blobs/, DIR/staging/. Opened at the first use, closed when idle. */
#pragma once

#include <glib.h>
#include <zhen/plugin.h>
#include "base/error.h"
#include "base/loop.h"
#include "store/words.h"

/* Exit code of a process whose disk did not keep what was copied into a database. */
#define STORE_EXIT_DISK 70

typedef struct StoreHost StoreHost; /* what all stores of a process share: writer threads, checkpointer, recorder */
typedef struct Store Store;
typedef struct StoreConn StoreConn; /* one connection, one thread at a time */
typedef struct StoreStmt StoreStmt; /* one statement of one connection */

typedef struct StoreHostOptions {
	guint writers;        /* threads shared by all stores; 0 = 2 */
	guint readers;        /* slots: threads that may read (loops + pool) */
	const char *sql_log;  /* file that receives the PostgreSQL form of every distinct statement and the types of
	                         what was bound to it; NULL = none (tests) */
} StoreHostOptions;

StoreHost *store_host_new(const StoreHostOptions *options, GError **error);
void store_host_free(StoreHost *host); /* after its stores */

typedef struct StoreOptions {
	const char *dir;
	const char *name;     /* for messages and the SQL log: the plugin's id */
	const char *version;  /* of the plugin: the statements it runs are kept beside the database; NULL = they are not */
	gint64 quota_bytes;   /* max_page_count; 0 = none */
	guint batch_max;      /* calls in one transaction; 0 = 512 */
	guint queue_max;      /* calls waiting; 0 = 2048; more: ERROR_BUSY */
	gint64 wal_limit;     /* bytes past which the writer itself resets the WAL; 0 = 256 MiB */
	gint64 mmap_bytes;    /* 0 = 8 GiB */
	gint64 cache_kib;     /* of a connection; 0 = 8192 */
	guint read_steps;     /* step budget of one read in 1000 VM steps; 0 = 200 */
	gboolean read_only;   /* looked at while others may write it: nothing is made, nothing locked, no writer */
} StoreOptions;

Store *store_open(StoreHost *host, const StoreOptions *options, GError **error); /* makes the folder and _ tables */
void store_close(Store *store); /* waits for what is queued; final checkpoint */
const char *store_dir(const Store *store);
guint64 store_commits(const Store *store); /* counter: moves after every COMMIT; any thread */
gint64 store_size_bytes(Store *store);

/* ---- statements (inside a job, a read, or a migration) ---- */

/* Whose statement it is decides what it may touch: a plugin's runs under the authorizer's rules (no transaction
 * control, ATTACH, PRAGMA, DDL, nothing on tables beginning with '_'). */
typedef enum StoreOwner { STORE_HOST, STORE_PLUGIN, STORE_MIGRATION } StoreOwner;

/* A prepared statement, from the connection's cache or new; words expanded and bound, @args bound. Reset it when done
 * (store_reset); those left are reset at the end of the call. NULL = @error set. */
StoreStmt *store_prepare(StoreConn *conn, StoreOwner owner, const char *sql, const WordsContext *words,
                         const zhen_value *args, gsize n_args, GError **error);
typedef enum StoreStep { STORE_ROW, STORE_DONE, STORE_FAILED } StoreStep;
StoreStep store_step(StoreStmt *stmt, GError **error);
guint store_columns(const StoreStmt *stmt);
const char *store_column_name(StoreStmt *stmt, guint column);
const char *const *store_names(StoreStmt *stmt); /* of the columns, NULL-ended; borrowed until the next first step */
void store_column(StoreStmt *stmt, guint column, zhen_value *out);       /* borrowed until the next step or reset */
const Words *store_words(const StoreStmt *stmt);                         /* NULL without words; values NULL */
void store_reset(StoreStmt *stmt);
gint64 store_changes(StoreConn *conn);
/* Steps to the end; first column of the first row as int64 in @out_first when not NULL (else 0). */
gboolean store_exec(StoreConn *conn, StoreOwner owner, const char *sql, const zhen_value *args, gsize n_args,
                    gint64 *out_first, GError **error);

/* ---- reading ---- */

/* The read-only connection of @slot (0 .. readers - 1) of this thread, inside a read transaction that is renewed when the
 * store has committed since; ended by store_read_done (each loop turn, each pool task). NULL = @error set. */
StoreConn *store_read(Store *store, guint slot, GError **error);
void store_read_done(StoreHost *host, guint slot); /* of every store touched by this slot */
/* Statements of the following read stop with ERROR_INTERRUPTED after the step budget; FALSE: after a patient one, for a
 * thread on which no other call waits. */
void store_read_budget(StoreConn *conn, gboolean on);

/* ---- writing: group commit ---- */

typedef struct StoreJob StoreJob;
struct StoreJob {
	StoreJob *next;
	/* Inside its own savepoint. FALSE: its changes are rolled back. May be called again (another of the batch broke the
	 * transaction): nothing in memory may have moved. Writer thread. */
	gboolean (*run)(StoreJob *job, StoreConn *conn);
	/* After RELEASE (@kept) or ROLLBACK TO, in the same transaction: the audit row. FALSE: the transaction is lost. A
	 * job that ended the transaction itself gets its record (not @kept) in a new one, and done with an error. May be
	 * NULL. */
	gboolean (*record)(StoreJob *job, StoreConn *conn, gboolean kept, GError **error);
	/* After COMMIT was durable (@error NULL), or when nothing of it is in the database. Writer thread. */
	void (*done)(StoreJob *job, const GError *error);
};

/* Around every transaction, writer thread: state kept beside the database (the audit head) follows it. */
typedef struct StoreHooks {
	void (*begin)(void *data);
	void (*end)(void *data, gboolean committed);
	void *data;
} StoreHooks;

void store_set_hooks(Store *store, const StoreHooks *hooks);
/* Any thread. FALSE with ERROR_BUSY when the queue is full, nothing queued then. */
gboolean store_submit(Store *store, StoreJob *job, GError **error);
guint store_queued(const Store *store);
/* Inside a job's done: @item runs on this thread when the whole batch has been answered. The store that it submits to comes next
 * on the same thread when nothing else waits. It waits for no store itself. FALSE: no writer thread. */
gboolean store_after_batch(LoopItem *item);
/* Runs one job and waits for it (start, tools, tests); not on a loop. TRUE = committed and its run kept. */
gboolean store_write_now(Store *store, gboolean (*run)(StoreConn *conn, void *data, GError **error), void *data,
                         GError **error);

/* Makes that what was deleted and overwritten until now is in no file any more: copies the write-ahead log into the database,
 * cuts it to nothing and zeroes unused space in pages; for that it reads the whole database while its writer waits. Waits for
 * readers, at most @wait_ms: FALSE with ERROR_BUSY then. Not on a loop, not inside a read or a job. */
gboolean store_forget(Store *store, gint64 wait_ms, GError **error);

typedef struct StoreStats {
	guint64 commits, jobs, retried_batches, checkpoints, wal_resets;
	gint64 wal_bytes;
} StoreStats;
void store_stats(const Store *store, StoreStats *out);

/* ---- migrations ---- */

/* Applies what is new among @rows (row size @row_size, ended by a row without sql and handle): numbers without gaps,
 * checksums of applied ones unchanged; all of it in one transaction with its _migration rows, or nothing. Those of the phases
 * BACKFILL and CONTRACT wait for somebody (zhenctl contract), and are counted in @out_pending. */
gboolean store_migrate(Store *store, const zhen_migration *rows, guint32 row_size, guint *out_pending, GError **error);
/* The same of other phases: a bit per enum zhen_phase. */
gboolean store_migrate_phases(Store *store, const zhen_migration *rows, guint32 row_size, guint phases,
                              guint *out_pending, GError **error);
/* In a transaction of the writer: what the row's SQL says (if it has any), and that it was applied. */
gboolean store_migrate_one(StoreConn *conn, const zhen_migration *row, GError **error);

/* ---- search: an index of the store's own over a plugin's table (zhen_search), asked by {{search}} ---- */

/* After store_migrate, before the first call: makes, renews and drops indexes until they are what is declared, and fills them,
 * what is much bit by bit among other jobs; until then who searches gets ERROR_BUILDING. Rows are the host's own size. The
 * scope of a search is written as in {{scope}}. */
gboolean store_search(Store *store, const zhen_search *rows, guint n_rows, GError **error);

/* ---- blobs: content-addressed files of this store ---- */

typedef struct BlobWriter BlobWriter;
BlobWriter *blob_writer_new(Store *store, gint64 max_bytes, GError **error);
/* By the store's folder alone: for a plugin whose database is open in a worker. */
BlobWriter *blob_writer_new_at(const char *dir, gint64 max_bytes, GError **error);
char *blob_path_at(const char *dir, const char *hex);
gboolean blob_write(BlobWriter *writer, const void *bytes, gsize length, GError **error); /* ERROR_TOO_LARGE, _FULL */
/* Durable under its digest: file and folder synced. Blocks: not on a loop. (hex SM3 in @out) */
gboolean blob_finish(BlobWriter *writer, char out_hex[65], gint64 *out_bytes, GError **error);
void blob_writer_free(BlobWriter *writer); /* removes what was not finished */
char *blob_path(Store *store, const char *hex); /* (transfer full) NULL when there is no such blob */
/* Makes it young, so that collecting leaves it alone until the row that is to name it is committed. FALSE: there is none. */
gboolean blob_touch(Store *store, const char *hex);
/* Keeps every blob in the folder of a store where it is until the descriptor returned is closed, also those that a row stops
 * naming meanwhile; one who removes blobs is waited for. -1 = @error set: *@cancelled (may be NULL), or the time is up. */
int blob_hold(const char *dir, gint64 wait_ms, const gint *cancelled, GError **error);
/* For who removes blobs: 0 or more, a descriptor to close afterwards; -1 = they are being held, or @error set. */
int blob_claim(const char *dir, GError **error);
/* For who purges: removes this blob, and what is old in the staging folder. One that a _blob row names, or that was made young
 * after @at_ms (machine's time), is somebody else's and stays. *@out_left: it is to go, but held, or so young that a row may be
 * about to name it: again in some seconds. */
gboolean blob_remove(Store *store, const char *hex, gint64 at_ms, gboolean *out_left, GError **error);
/* Removes blobs older than @age_ms that no _blob row names; none while they are held. */
gboolean blob_collect(Store *store, gint64 age_ms, guint *out_removed, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreHost, store_host_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BlobWriter, blob_writer_free)
