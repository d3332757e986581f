/* SPDX-License-Identifier: Apache-2.0
 * Inside of the runtime: one call under way, and the parts of the runtime that serve it. Private to kernel/runtime. */
#pragma once

#include <pthread.h>
#include "base/arena.h"
#include "base/crash.h"
#include "base/json.h"
#include "runtime/audit.h"
#include "runtime/fields.h"
#include "runtime/runtime.h"

#define EVENT_MAX 65536 /* bytes of one event's body, and of one job's arguments */
#define ROWS_MAX 100000 /* rows one call may read: above, it fails instead of growing */

typedef struct Call Call;
typedef struct Emits Emits; /* events of a handler, not written yet */

struct zhen_rows {
	Call *call;
	StoreStmt *stmt; /* NULL: ended */
	guint columns;
	const char **names;
	zhen_rows *next_open; /* of the call: reset when its run ends */
};

typedef struct Extra {
	const char *name;
	zhen_value value;
} Extra;

/* One call. Made on the loop that submitted it, moves to a pool thread (prepare, slow read) and to the writer, and ends
 * on the loop. */
struct Call {
	zhen_call head; /* first: what the plugin holds */
	Runtime *runtime;
	Settings *settings;          /* as they were when first asked for; NULL = not yet */
	const CallRequest *request;
	const zhen_route *route;     /* CALL_ROUTE */
	const zhen_job *job;         /* CALL_JOB */
	const zhen_subscription *subscription; /* of the event under way, or the last one */
	const CallEvent *event;      /* its handler runs */
	struct Delivery *delivery;   /* calls of the bus; see events.h */
	struct Purging *purging;     /* CALL_PURGE; of keep */
	zhen_handle *handle, *prepare;
	CallDone *done;
	void *done_data;
	Loop *loop;

	Arena *keep;                 /* as long as the call: bound fields, what prepare carried */
	Arena *arena;                /* one run of the handler */
	Fields fields;
	GArray *extra;               /* of Extra: job arguments, carried values; NULL = none */
	const Division *division;    /* of the caller */
	gint64 *versions;            /* of If-Match; of keep */
	guint n_versions;
	Scope scope;
	zhen_caller caller;
	gboolean caller_ready;

	StoreConn *conn;             /* NULL while no database is at hand */
	gboolean writing;            /* the handler's run: effects allowed */
	gboolean preparing;
	gboolean on_loop;            /* the handler runs there: nothing that waits for a disk */
	gboolean prepare_failed;     /* the writer only records it */
	guint rows_read;
	zhen_rows *open_rows;

	CallReply *reply;            /* under way */
	GString *text;               /* its body */
	JsonOut out;
	gboolean root_open;
	const zhen_field *reply_fields[JSON_DEPTH + 1]; /* of the object open at each depth; NULL = undeclared */
	gboolean unmask;             /* the caller may see personal fields, and this read is recorded */
	gboolean touched_personal;
	char *location, *etag, *blob, *file_name, *media_type; /* of the arena */
	GString *field_errors;       /* JSON list under way; NULL = none */

	gint status;                 /* 0 = not decided */
	const char *fail_code;       /* of the arena; set by fail and by errors */
	const char *fail_text;
	gboolean failed;             /* an error of the host: later functions do nothing */
	gboolean interrupted;        /* read budget */
	const char *audit_subject;   /* of the arena */
	gint64 first_job;            /* of the rows this run enqueued; 0 = none */
	gboolean enqueued;           /* wake the jobs after the commit */
	gboolean emitted;            /* tell the bus after it */
	Emits *emits;                /* NULL = it never emitted */
	gint fault;                  /* ErrorCode + 1 of the host's error that made it fail; 0 = none */
	gboolean replayed;           /* answered from _idempotency */
	char request_digest[DIGEST_HEX_SIZE];

	StoreJob store_job;
	GError *outcome;             /* why the transaction was lost */
	LoopItem item;
	gboolean running_key;        /* counted among the keys under way */
};

struct Runtime {
	const RuntimeEnv *env;
	Pool *pool;
	const Plugin *plugin;
	char *dir;
	Store *store;
	Audit *audit;
	Digest *request_digest;      /* keyed; writer thread */
	pthread_mutex_t lock;        /* settings, running keys, slow routes */
	Settings *settings;
	gint on_everywhere;          /* atomic: the plugin is; see features.c */
	GHashTable *personal;        /* mask_names of the plugin; immutable */
	GHashTable *running;         /* of char *: idempotency keys of routes with a prepare step */
	gint64 *slow_until;          /* per route, mono µs: reads go to the pool until then */
	gint calls;                  /* under way; atomic */
	GPtrArray **spare;           /* per loop: of Call*, for the next ones */
	struct Jobs *jobs;
	struct Retries *retries;
	struct Upkeep *upkeep;
	struct Running *at_work;     /* writer thread; NULL = there is no page for it */
	gboolean stopping;
};

extern const zhen_host runtime_host;

static inline Call *call_of(zhen_call *call)
{
	return (Call *)call;
}

/* exec.c */
Call *exec_new(Runtime *runtime, Loop *loop, const CallRequest *request, CallDone *done, void *data);
void exec_free(Call *call);
void exec_begin(Call *call);  /* forgets an earlier run */
/* Runs the handler; TRUE when it answered below 400 and nothing failed. @conn inside its transaction. */
gboolean exec_run(Call *call, StoreConn *conn, gboolean writing);
void at_work_describe(CrashOut *out, const void *call); /* at_work.c */
/* host_emit.c: at the end of a handler's run. FALSE: the call has failed. */
gboolean emits_write(Call *call);
void emits_drop(Emits *emits);
void emits_free(Emits *emits);
CallReply *exec_reply(Call *call);
void exec_answer(Call *call); /* on the loop: reply, then free */
void exec_post(Call *call);   /* from any thread: exec_answer on the loop */

/* Marks the call as failed; the first reason stays. */
void exec_error(Call *call, const GError *error);
void exec_refuse(Call *call, gint status, const char *code, const char *format, ...) G_GNUC_PRINTF(4, 5);

/* The request's keyed digest, once per call; @digest is the calling thread's. */
void exec_digest(Call *call, Digest *digest);
AuditRow exec_audit_row(const Call *call);

/* upkeep.c */
struct Upkeep *upkeep_new(Runtime *runtime, Loop *loop); /* anchors each minute, old keys and blobs each hour */
void upkeep_quiet(struct Upkeep *upkeep, gboolean quiet); /* no further round begins */
gboolean upkeep_rests(const struct Upkeep *upkeep);
void upkeep_free(struct Upkeep *upkeep);

/* purge.c */
typedef struct Purging {
	const zhen_purge *row;
	const char *subject;
	gboolean again; /* there was nothing left to remove */
	gint64 answers, jobs, files;
} Purging;
gboolean purge_submit(Call *call); /* TRUE: @call is one, and under way */
void purge_dropped(Call *call, const char *digest); /* in its handler: no row of the subject names this file any more */
/* What earlier purges could not remove yet: files that are held, the write-ahead log behind a reader. Pool. FALSE: something
 * is still there. */
gboolean purge_clean(Runtime *runtime, guint slot, gint64 wait_ms);

/* settings.c */
const zhen_value *settings_find(const Settings *settings, const char *key, const Division *division); /* NULL = undeclared */

/* features.c */
const Settings *call_settings(Call *call); /* the same for the whole call, also when a reload comes in between */
void features_note(Runtime *runtime); /* its settings are new; under its lock */
/* Of a route or a job (NULL = the plugin itself): rows of divisions where it is off are out of its scope. */
void features_narrow(Call *call, const char *feature);
gboolean features_named(Call *call); /* FALSE: a division that a field names is off, and the call refused */
gboolean features_off_everywhere(Runtime *runtime, const char *feature, gint64 now_ms);
gboolean features_off_for(Call *call, const char *feature, const CallEvent *event);

/* idempotency.c */
typedef enum KeyState { KEY_NEW, KEY_ANSWERED, KEY_FAILED } KeyState;
KeyState idempotency_look_up(Call *call, StoreConn *conn); /* KEY_ANSWERED: the call has its reply */
gboolean idempotency_store(Call *call, StoreConn *conn, GError **error);
gboolean idempotency_claim(Call *call);  /* FALSE: the same key is under way */
void idempotency_release(Call *call);
void idempotency_prune(Runtime *runtime, gint64 now_ms);

/* pool.c */
typedef void PoolRun(void *data, guint slot);
gboolean pool_push(Pool *pool, PoolRun *run, void *data, GError **error); /* any thread; bounded */

/* jobs.c */
void jobs_wake(Runtime *runtime); /* any thread: something was enqueued */
void jobs_forget(Runtime *runtime, gint64 key); /* any thread: the past of that run (as in Mark) is gone; looks for it */
gboolean jobs_held(Runtime *runtime); /* loop thread: no job or retry may begin: see runtime_jobs_by_hand */
void jobs_free(Runtime *runtime);
gboolean jobs_record(Call *call, StoreConn *conn, gboolean kept, GError **error);

/* mask.c */
/* Writes a value as its declared type asks: time, bool, money, list; personal types masked unless @call may see them. */
void reply_put(Call *call, const char *name, const zhen_value *value);
gboolean reply_is_plain(const Call *call); /* texts of the object that is open go out as they are, whatever their names */
/* JSON of the plugin's own making as a member; @field NULL = undeclared. */
void reply_put_json(Call *call, const char *name, const zhen_field *field, const char *json);
/* Name -> personal type, of those names that are personal in every list of the plugin. */
GHashTable *mask_names(const Plugin *plugin);
char *mask_text(Arena *arena, guint32 type, const char *text);
/* A JSON list or object text with its personal members masked. */
char *mask_json(Call *call, const zhen_field *fields, const char *json);
