/* SPDX-License-Identifier: Apache-2.0
 * The subscriber's side of delivery: handlers of events, cursors, and what is set aside. Private to kernel/runtime. */
#pragma once

#include "runtime/exec.h"

/* Codes of _parked that the host gives while an event is tried. */
#define PARKED_TRYING "trying"
#define PARKED_INTERRUPTED "interrupted"
#define PARKED_WAIT_MAX_MS (3600 * 1000) /* between two tries */
#define NEVER G_MAXINT64 /* as not_before: until somebody looks after it */

/* One topic that the plugin subscribes to. */
typedef struct Cursor {
	const zhen_subscription *row;
	guint n_fields;
	LogPosition at;
	LogMark mark; /* of the event there */
	gboolean stored, live;
	gint64 reached; /* it was there before it went back for what was held; 0 = it is not going there again */
} Cursor;

/* An event set aside in this delivery: its audit row is written in the record step. */
typedef struct ParkedNote ParkedNote;
struct ParkedNote {
	ParkedNote *next;
	const CallEvent *event;
	const char *code;
	gint outcome;
};

/* What a call of the bus has beside it, in its arena @keep. */
typedef struct Delivery {
	const char *publisher;
	Cursor *cursors;         /* of the topics of @publisher */
	guint n_cursors;
	LogPosition furthest;    /* of the cursors, before this run */
	LogPosition at;          /* reached in this run */
	gboolean live;           /* that is the end of the log */
	guint handled, n_parked; /* n_parked also: followers of a retry that were taken */
	ParkedNote *notes, **last_note;
	gint64 until_us;         /* of the monotonic clock: then others have their turn */
	gint any_parked;         /* subjects of @publisher are set aside; -1 = not known yet */
	gint64 held;             /* least position behind which a subject is held; -1 = none is */
	gint64 room;             /* rows that _parked still takes; -1 = not known yet */
	const CallEvent *failed; /* its handler refused it, or could not run */
	gboolean full;           /* _parked takes no more */
	const char *full_code;   /* of the whole plugin, or of this publisher */
	gboolean alone_parked;   /* the only event was parked in the record step */
	gboolean again;          /* looked a second time whether that is in the database */
	gint outcome;            /* of the event that failed, and why */
	const char *code, *text;
	const struct ParkedRow *row; /* CALL_PARKED */
	gboolean ran, follower_failed;
	guint followers;         /* at most so many follow */
	guint64 deleted;         /* CALL_TRIM */
} Delivery;

/* TRUE: @call is one of the bus's and is under way. */
gboolean events_submit(Call *call);
Call *events_call_of(StoreJob *job);
void events_start(Call *call, StoreJob job); /* queues it; answers when that cannot be */
void events_lost(Call *call, const GError *error); /* the transaction is lost: later again */
/* Runs the handler of @event; TRUE when it took it. Effects of handlers before it in the same call are kept in mind. */
gboolean events_handle(Call *call, StoreConn *conn, const Cursor *cursor, const CallEvent *event);
/* The failure lies with the disk or the machine: it says nothing about the event. */
gboolean events_may_pass(const Call *call);
gint64 events_turn_end(const Call *call); /* of the monotonic clock: handlers that begin now have had their turn by then */
void events_keep_failure(Call *call); /* outcome, code and text outlive the run's arena */
gboolean events_audit(Call *call, StoreConn *conn, const char *verb, const CallEvent *event, gint outcome,
                      GError **error);
/* After the COMMIT: who waits for jobs or events hears of it. */
void events_committed(const Call *call);

/* event_fields.c */
gboolean event_bind(Call *call, const CallEvent *event, const Cursor *cursor); /* FALSE: refused, says why */
const zhen_value *event_field(Call *call, const char *name); /* one that is not declared: event_id, ... */

/* cursors.c */
gboolean cursors_find(Call *call, const char *publisher); /* FALSE: it subscribes to nothing of it */
Cursor *cursors_of(const Delivery *delivery, const char *topic); /* NULL = none */
gboolean cursors_load(Call *call, StoreConn *conn, GError **error);
gboolean cursors_move(Call *call, StoreConn *conn, const LogPosition *to, gboolean live, GError **error);
void rewind_submit(Call *call);
void trim_submit(Call *call);

/* parked.c */
typedef struct ParkedRow {
	gint64 id, tries;
	CallEvent event;
	const char *publisher, *code, *error;
} ParkedRow;
gint64 parked_next_try(const Runtime *runtime, gint64 tries, gint64 now_ms);
/* Rows that are taken still. @out_full: what has no room when that is none, as a code. */
gint64 parked_room(const Runtime *runtime, StoreConn *conn, const char *publisher, const char **out_full);
gboolean parked_counted(StoreConn *conn, const char *publisher, const char *subject, gint by, GError **error);
gboolean parked_recount(StoreConn *conn, GError **error);
gboolean parked_check_counts(Store *store, GError **error); /* at start: those of another version, or a stranger's hand */
void parked_stats(const Runtime *runtime, StoreConn *conn, RuntimeStats *out);
gboolean parked_any(StoreConn *conn, const char *publisher, gboolean *out, GError **error);
gboolean parked_before(StoreConn *conn, const char *publisher, const char *subject, gboolean *out, GError **error);
gboolean parked_insert(StoreConn *conn, const char *publisher, const ParkedRow *row, gint64 not_before, gint64 now_ms,
                       GError **error);

/* It has as many rows as one subject may. */
gboolean parked_is_crowd(const Runtime *runtime, StoreConn *conn, const char *publisher, const char *subject,
                         gboolean *out, GError **error);

/* held.c; @call's cursors are found, and loaded but for held_let_go */
gboolean held_load(Call *call, StoreConn *conn, GError **error);
/* *@out: not now, or not again. */
gboolean held_passes(Call *call, StoreConn *conn, const Cursor *cursor, const CallEvent *event, gboolean *out, GError **error);
gboolean held_begin(Call *call, StoreConn *conn, const CallEvent *event, GError **error); /* @event is the first that waits */
/* A row of @subject left _parked: were there no more, what was held comes. Sets call->emitted. */
gboolean held_let_go(Call *call, StoreConn *conn, const char *subject, GError **error);
gboolean held_moved(Call *call, StoreConn *conn, const LogPosition *to, GError **error); /* the cursors are at @to */
gboolean held_rewound(Call *call, StoreConn *conn, gboolean cut, GError **error);

/* parked_call.c */
void parked_submit(Call *call);

/* parked_recover.c: what a process that ended left behind; before any call */
gboolean parked_recover(Runtime *runtime, GError **error);

/* parked_runs.c */
void parked_run_submit(Call *call);

/* retries.c */
struct Retries *retries_new(Runtime *runtime, Loop *loop);
void retries_free(struct Retries *retries);
void retries_stop(struct Retries *retries);
gboolean retries_rest(const struct Retries *retries); /* none is under way or about to begin */
void retries_wake(Runtime *runtime);  /* any thread: something was set aside or let go */
void retries_tick(Runtime *runtime);  /* loop: looks when something is due, whatever the clock was turned to */
gboolean retries_idle(Runtime *runtime); /* loop: looks; nothing is due or under way */
