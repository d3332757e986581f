/* SPDX-License-Identifier: Apache-2.0
 * What the files of this floor share and nobody else sees. Locks are pthread's own, so that ThreadSanitizer knows them.
 * Order of locks: none is taken while another of these is held. */
#pragma once

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include "store/copy.h"
#include "store/known.h"
#include "store/store.h"
#include "store/words_plan.h"

#define FRAME_BYTES 4120 /* a page and its header in the WAL */

typedef struct SqlLog SqlLog;
typedef struct Checkpointer Checkpointer;
typedef struct StmtEntry StmtEntry;
typedef struct SearchIndexes SearchIndexes;

/* ---- a connection and its statements (conn.c, statement.c, step.c, authorizer.c) ---- */

struct StoreConn {
	Store *store;
	sqlite3 *db;
	gboolean writer;
	gboolean committing;        /* the writer's own COMMIT */
	StoreOwner owner;           /* of the statement being prepared or stepped */
	char denied[160];           /* what the authorizer refused to the statement at hand */
	GHashTable *entries;        /* StmtEntry by owner and text */
	StoreStmt *newest, *oldest; /* of plugins' statements, by use */
	guint n_plugin;             /* statements in that list */
	StoreStmt *busy;            /* prepared and not yet reset */
	GArray *scratch;            /* of zhen_value: host values of the statement being bound */
	sqlite3_stmt *begin, *commit, *rollback, *savepoint, *release, *rollback_to;
	GError *fault;            /* writer: first error of this job; (owned) */
	guint64 steps, steps_max; /* in 1000 VM steps; steps_max 0 = no budget */
	guint wal_frames;         /* after the last commit */
	guint wal_before;         /* before it */
	void *collator;           /* ICU's, made at the first comparison */
	GHashTable *row_stmts;    /* of search indexes; NULL until one is kept */
	/* a reader's */
	gboolean reading;     /* inside a read transaction */
	guint64 seen;         /* store_commits before that transaction */
	StoreConn *next_read; /* of the same slot */
};

typedef enum ConnKind { CONN_WRITER, CONN_READER, CONN_CHECKPOINTER } ConnKind;

StoreConn *conn_open(Store *store, ConnKind kind, GError **error);
void conn_close(StoreConn *conn);
/* Sets @error from what sqlite answered; returns FALSE. */
int sql_cut(const char *sql); /* bytes of it that a message shows, whole characters */
gboolean conn_error(StoreConn *conn, int rc, const char *sql, GError **error);
gboolean conn_control(StoreConn *conn, sqlite3_stmt *stmt, GError **error); /* one of begin .. rollback_to */
void conn_reset_all(StoreConn *conn);
/* Runs each statement of a script of portable SQL. */
gboolean conn_script(StoreConn *conn, StoreOwner owner, const char *sql, GError **error);
int conn_authorize(void *data, int action, const char *a, const char *b, const char *database, const char *context);
void conn_add_pinyin(StoreConn *conn);
void conn_free_pinyin(StoreConn *conn);
gboolean statements_init(StoreConn *conn, GError **error);
void statements_clear(StoreConn *conn);

/* ---- a store ---- */

struct Store {
	StoreHost *host;
	char *dir, *name, *file;
	StoreOptions options; /* texts not used; zeros resolved */
	_Atomic guint64 commits;
	StoreConn *writer;
	StoreConn **readers; /* by slot */
	StoreHooks hooks;
	SearchIndexes *search; /* what the plugin declared; NULL before it did */
	Known *known;          /* NULL = its statements are not kept */
	_Atomic gint64 wal_bytes;
	_Atomic guint64 jobs, retried, checkpoints, resets;

	pthread_mutex_t lock; /* of the next nine */
	pthread_cond_t idle;
	StoreJob *first, *last;
	_Atomic guint queued; /* written under the lock */
	gboolean scheduled;   /* in the host's list or with a writer thread */
	gboolean closing;
	gboolean running;    /* a batch, right now */
	gboolean held;       /* scheduled, but out of the line: paused */
	StorePaused *paused; /* NULL = it may run */
	void *paused_data;
	Store *next_ready; /* under the host's lock */


	/* under the checkpointer's lock */
	Store *next_dirty;
	StoreConn *checkpoint_conn;
	gboolean dirty;         /* in its list */
	gboolean checkpointing; /* by its thread or by the writer */
	gboolean reset_due;     /* the WAL is over its limit and just copied: the writer's turn */
	gint64 due_us;
	gboolean soon;      /* much is written: its connection stays open */
	guint done_frames;  /* of the WAL, already copied */
	gint64 retry_bytes; /* a reader was in the way: not before the WAL is this long */
};

typedef struct Slot {
	pthread_mutex_t lock;
	StoreConn *first; /* inside a read transaction */
} Slot;

struct StoreHost {
	guint n_slots;
	Slot *slots;
	SqlLog *log;
	Checkpointer *checkpointer;
	pthread_mutex_t lock; /* of the list and stopping */
	pthread_cond_t ready;
	Store *first, *last; /* stores with jobs */
	gboolean stopping;
	guint n_threads;
	pthread_t *threads;
};

/* ---- writer.c ---- */
gboolean writers_start(StoreHost *host, guint threads, GError **error);
void writers_stop(StoreHost *host);
void writer_drain(Store *store); /* refuses new jobs, waits for the queued ones */

/* ---- checkpoint.c ---- */
Checkpointer *checkpointer_new(GError **error);
void checkpointer_free(Checkpointer *checkpointer);
void checkpoint_note(Store *store, guint frames); /* after a commit */
void checkpoint_maybe_reset(Store *store);        /* writer, between two batches */
void checkpoint_forget(Store *store);             /* before it closes */
gboolean checkpoint_truncate(Store *store, StoreConn *conn); /* FALSE: somebody reads what is in the WAL */
int checkpoint_run(Store *store, StoreConn *conn, int mode, int *copied); /* what SQLite answers */

/* ---- wal_room.c ---- */
void wal_room(StoreConn *conn); /* the writer's, in its transaction, before it commits */

/* ---- scrub.c ---- */
/* Right after checkpoint_truncate, of the same connection. *@out_again: somebody wrote meanwhile, nothing is done. */
gboolean scrub_run(Store *store, StoreConn *conn, gboolean *out_again, GError **error);

/* ---- sql_log.c ---- */
SqlLog *sql_log_new(const char *path, GError **error); /* NULL path: NULL, no error */
void sql_log_free(SqlLog *log);
/* With the types of the values it was bound with. */
void sql_log_add(SqlLog *log, const char *name, const char *sql, const zhen_value *values, gsize n_values);

gint64 mono_us(void);
