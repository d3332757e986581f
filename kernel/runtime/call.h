/* SPDX-License-Identifier: Apache-2.0
 * A call as it goes to a plugin, in either home: bytes in, bytes out. */
#pragma once

#include "access/access.h"
#include "base/loop.h"
#include "runtime/table.h"
#include "store/log.h"

typedef enum CallKind {
	CALL_ROUTE,
	CALL_JOB,
	CALL_START,
	CALL_READY,
	CALL_STOP,
	CALL_EVENTS, /* events of one publisher, in order, as one transaction */
	CALL_PARKED, /* index: enum ParkedAct, on the row job_id of _parked */
	CALL_REWIND, /* index: enum RewindAct, cursors on publisher */
	CALL_TRIM,   /* transient events up to upto are deleted */
	CALL_PURGE,  /* index: row of the purges; body: {"subject": ...} */
	CALL_MIGRATE, /* index: row of the migrations: 204, it is applied; 200, one batch of a backfill is */
	CALL_KINDS
} CallKind;

/* Checked: a retry; the sender found that it is what its topic declares now. The runs are of jobs: job_id is the row of _job,
 * or -1 - row of the jobs for one by the clock. */
enum ParkedAct { PARKED_RETRY, PARKED_DROP, PARKED_CHECKED, PARKED_RUN_RETRY, PARKED_RUN_DROP };
/* Replay: every cursor goes to upto. Cut: up to upto the log is the one that the cursors were on; its epoch is taken over,
 * and only cursors beyond it move. Apart: nothing moves; cursors beyond upto remember that the log was seen to end there. */
enum RewindAct { REWIND_REPLAY, REWIND_CUT, REWIND_APART };

/* One event as it is delivered. */
typedef struct CallEvent {
	LogPosition position;
	const char *topic, *subject, *division; /* "" = none */
	const char *body;                       /* JSON object; members that are not declared any more are gone */
	gsize body_length;
	gint64 at_ms;
	gint64 mark;       /* digest of LogMark where the log's body has more than @body; 0 = it is the same */
	const char *fault; /* it is not what its topic declares: parked, never run; NULL = fine */
} CallEvent;

/* Path, query and form parameters, percent-decoded, UTF-8, in order of appearance. */
typedef struct CallParam {
	const char *name;
	const char *value;
	gsize length;
} CallParam;

/* Who calls, as plain text so that it can cross to a worker. */
typedef struct Caller {
	const char *account, *name, *body, *division, *on_behalf; /* "" = none */
	guint64 permissions; /* bit per row of the plugin's permission table */
	gboolean sees_all;   /* jobs, events and start: no scope */
} Caller;

/* A post of an account that a field of the call names. */
typedef struct CallAccount {
	const char *account, *name, *body, *division; /* "" = no body */
	guint64 permissions; /* as in Caller */
} CallAccount;

/* Everything is borrowed until done. */
typedef struct CallRequest {
	CallKind kind;
	guint index;         /* row of the routes or jobs */
	Caller caller;
	const Division *place; /* the caller's division, where it is known already; NULL = to be found by its code */
	gint64 now_ms;
	const char *request_id;
	const char *base_url;
	const char *address;
	const CallParam *params; /* routes: also "cursor" and "limit" of lists */
	guint n_params;
	const char *body;        /* JSON object or NULL; body_length 0 = none */
	gsize body_length;
	const CallAccount *accounts; /* CALL_ROUTE: every post held now by who is named in a ZHEN_ACCOUNT field */
	guint n_accounts;
	const char *idempotency_key; /* NULL = none */
	const char *if_match;        /* NULL = none */
	gint64 job_id;               /* CALL_JOB: row of _job, 0 = by the clock; CALL_PARKED: row of _parked */
	/* CALL_EVENTS. Its answers: 200, the cursor is at upto; 409 "events-split", one of several failed and nothing is kept:
	 * send them one by one, in order (one alone that fails is parked, 200); 409 "events-gap", the cursor is not where
	 * after says; other errors (503, 507): later again. */
	const char *publisher;       /* id of the plugin that published */
	const CallEvent *events;
	guint n_events;              /* 0: only the cursor moves */
	LogPosition after, upto;     /* the cursor before and after; upto may lie beyond the last event */
	LogMark mark;                /* of the event at upto; CALL_REWIND too */
	gboolean caught_up;          /* upto was the end of the log: the cursor is marked as live */
} CallRequest;

/* The answer. Texts are the reply's own. */
typedef struct CallReply {
	gint status;
	const char *content_type; /* static: application/json or application/problem+json; a blob's own otherwise */
	GString *body;       /* never NULL */
	char *location;      /* NULL = none */
	char *etag;
	char *blob;          /* digest of a blob of the plugin to send instead of the body */
	char *file_name;
	gint retry_after_s;  /* 0 = none */
} CallReply;

CallReply *call_reply_new(gint status);
void call_reply_free(CallReply *reply);
/* A media type that outlives the answer: each is kept once, 256 at most; then application/octet-stream. Any thread. */
const char *call_keep_type(const char *text);
/* RFC 9457: type, code, title (Chinese), title_en, status, detail. */
CallReply *call_reply_problem(gint status, const char *code, const char *title, const char *detail);
/* English for a code: "case-closed" -> "Case closed". (transfer full) */
char *code_to_english(const char *code);

/* On the loop that submitted; (transfer full) reply. May run before the submitting function returns. */
typedef void CallDone(void *data, CallReply *reply);

/* What stands behind a plugin's mount point: either home. */
typedef struct Home Home;
struct Home {
	void (*submit)(Home *home, Loop *loop, const CallRequest *request, CallDone *done, void *data);
	const Plugin *plugin;
	Store *store;   /* in-process: its database; worker: NULL (the blob folder is DIR/blobs either way) */
	const char *dir;
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CallReply, call_reply_free)
