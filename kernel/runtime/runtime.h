/* SPDX-License-Identifier: Apache-2.0
 * Runs calls against one plugin: binds declared fields, opens the transaction, runs the handler, records events and
 * audit, answers. The same code in the host and in a worker; it implements the SDK's host table. */
#pragma once

#include "access/switches.h"
#include "base/sm2.h"
#include "runtime/call.h"

/* What the runtimes of one process share. Immutable after start; borrowed by every runtime. */
typedef struct RuntimeEnv {
	StoreHost *stores;
	const Divisions *divisions;
	const Bodies *bodies;
	const Keys *keys;
	const Sm2 *sm2; /* documents are signed with it; NULL = none */
	guint readers;            /* slots of stores: 0 .. loops-1 are loops, the rest pool threads */
	guint loops;
	gint64 idempotency_ms;    /* how long an answer is kept; 72 h */
	guint idempotency_max;    /* per owner */
	guint page_limit;         /* most rows of a page; 0 = 200; the default is 50 */
	const char *anchors_dir;  /* where chain heads are anchored; NULL = not at all: a copy that is tried on */
	const char *base_url;     /* for links that jobs print */
	/* After the COMMIT of events of @plugin, before anybody is answered; writer thread. May be NULL. */
	void (*emitted)(void *data, const Plugin *plugin);
	void *emitted_data;
	guint event_tries;        /* of a handler that fails; then its event waits for somebody; 0 = 10 */
	gint64 event_backoff_ms;  /* before the second try, doubled up to an hour; 0 = 1000 */
	guint parked_max;         /* events set aside per plugin; then deliveries wait; 0 = 100000 */
	guint parked_of_publisher; /* the same of one publisher; then those of its link wait; 0 = 50000 */
	guint parked_of_subject;  /* so many of one subject of one publisher; then it is held, and counted as a crowd; 0 = 1000 */
	gint64 keep_events_ms;    /* then events move to an archive; 0 = they stay */
	gint64 event_turn_us;     /* of handlers in one delivery; then the writes of others have their turn; 0 = 20 ms */
} RuntimeEnv;

typedef struct Pool Pool; /* threads for prepare and slow reads; one per process */
Pool *pool_new(const RuntimeEnv *env, guint threads);
void pool_free(Pool *pool);

/* Settings of one plugin, checked against its table, and what of it is on where: one immutable snapshot, swapped by reload.
 * [plugin @code] overrides what is per division, for it and all below; the nearest counts. */
typedef struct Settings Settings;
Settings *settings_new(const Plugin *plugin, const Conf *conf, GError **error);
Settings *settings_new_all(const Plugin *plugin, const Conf *conf, Faults *faults); /* every fault; wrong ones unset */
/* The same from and to JSON, to hand to a worker. */
Settings *settings_from_json(const Plugin *plugin, const char *json, GError **error);
char *settings_to_json(const Settings *settings);
gboolean settings_same(const Settings *a, const Settings *b, guint index); /* the values of one row, everywhere */
/* Before it is shared. (transfer full) NULL = everything is on everywhere. */
void settings_switch(Settings *settings, Switches *switches);
const Switches *settings_switches(const Settings *settings);
/* The value of one row at @division (NULL = the general one), and whose it is: "" or the code of a division. Borrowed. */
const zhen_value *settings_at(const Settings *settings, guint index, const Division *division, const char **out_from);
void settings_keep(Settings *settings, const Settings *running); /* what a reload does not apply is as in @running */
/* Before anything is made of @plugin: topics of features that are on nowhere are none of its own. Their cursors stay where they
 * are, and once such a feature is on, delivery goes on from there. */
void plugin_subscribe_less(Plugin *plugin, const Settings *settings);
gboolean plugin_subscribes(const Plugin *plugin, guint i, const Settings *settings); /* whether its row @i is left then */
Settings *settings_ref(Settings *settings);
void settings_unref(Settings *settings);

typedef struct Runtime Runtime;
/* @plugin and @env are borrowed; takes its reference of @settings. Opens the store at @dir, migrates, calls start. */
Runtime *runtime_new(const RuntimeEnv *env, Pool *pool, const Plugin *plugin, const char *dir,
                     const StoreOptions *store, Settings *settings, GError **error);
guint runtime_under_way(Runtime *runtime); /* calls and jobs not answered yet; any thread */
void runtime_drain(Runtime *runtime); /* waits until the writer runs none of its calls; after the pool's end, loops stopped */
void runtime_free(Runtime *runtime); /* calls stop, drains, anchors, closes */
void runtime_set_settings(Runtime *runtime, Settings *settings); /* any thread */
Store *runtime_store(Runtime *runtime);

/* What a runtime counts, for health and metrics; a worker sends it to its host. */
typedef enum RuntimeStat {
	STAT_COMMITS, STAT_JOBS, STAT_RETRIED, STAT_CHECKPOINTS, STAT_WAL_RESETS, STAT_WAL_BYTES, STAT_QUEUED, STAT_UNDER_WAY,
	STAT_EVENTS_WAITING, STAT_EVENTS_DEAD, STAT_EVENTS_CROWDED, /* set aside: tried again, given up; subjects with too many */
	RUNTIME_STATS
} RuntimeStat;
typedef struct RuntimeStats {
	gint64 values[RUNTIME_STATS];
	guint n_jobs;
	gint64 *parked; /* per job of the table: runs that are not tried any more */
} RuntimeStats;
RuntimeStats *runtime_stats_new(const Plugin *plugin);
RuntimeStats *runtime_stats_copy(const RuntimeStats *stats);
void runtime_stats_free(RuntimeStats *stats);
void runtime_stats_read(Runtime *runtime, guint slot, RuntimeStats *out); /* of this thread: its loop's index */

guint runtime_calls(const Runtime *runtime); /* under way; wait for 0 before runtime_free; any thread */
void runtime_submit(Runtime *runtime, Loop *loop, const CallRequest *request, CallDone *done, void *data);
/* The loop's turn is over: ends its read transactions. Added as a turn hook by the owner of the loop. */
void runtime_turn(const RuntimeEnv *env, guint loop_index);

/* Jobs of this plugin run on @loop's timer: due rows of _job and rows of the table with every_ms. */
void runtime_run_jobs(Runtime *runtime, Loop *loop);
/* For tests: no job and no retry begins but for runtime_settle_jobs. */
void runtime_jobs_by_hand(Runtime *runtime);
void runtime_stop_jobs(Runtime *runtime); /* starts no further run; those under way finish */
/* Loop thread, like the two below. No job, retry or upkeep begins as long as it is quiet; what is under way finishes. */
void runtime_quiet(Runtime *runtime, gboolean quiet);
gboolean runtime_is_idle(const Runtime *runtime); /* nothing of it is under way or on the loop's list */
void runtime_leave_loop(Runtime *runtime); /* idle: nothing of it belongs to the loop any more; runtime_free may be any thread's */
/* Looks at once, and again after each run; @done on the loop when nothing is under way and nothing is due. */
void runtime_settle_jobs(Runtime *runtime, LoopFunc *done, void *data);

/* Signs and stores the chain head outside the database, each minute and at stop. Blocks briefly. */
gboolean runtime_anchor(Runtime *runtime, GError **error);

typedef struct AuditVerdict {
	guint64 rows;             /* read */
	gint64 vouched_to;        /* seq up to which an anchor vouches; 0 = none */
	gint64 vouched_at_ms;
	gint64 first_bad;         /* seq of the first row that does not fit; 0 = none */
	char *fault;              /* what is wrong, NULL = nothing (owned by caller: g_free) */
} AuditVerdict;
/* Reads DIR/data.db of plugin @id and its anchors. Blocks: tools and pool threads. */
gboolean audit_verify(const RuntimeEnv *env, const char *id, const char *dir, AuditVerdict *out, GError **error);

/* Upload tickets: who holds one may upload for @subject until it ends. Stateless, keyed per plugin. */
char *ticket_make(const Keys *keys, const char *plugin, const char *subject, gint64 expires_ms);
gboolean ticket_check(const Keys *keys, const char *plugin, const char *ticket, gint64 now_ms, char **out_subject);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RuntimeStats, runtime_stats_free)
