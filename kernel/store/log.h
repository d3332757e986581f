/* SPDX-License-Identifier: Apache-2.0
 * A plugin's event log as others read it: archive files events-YYYY.db, then _event of data.db, one sequence. Every
 * database has an epoch, made with it and made anew by a restore; a position of another epoch says nothing here. */
#pragma once

#include "store/store.h"

/* Opaque above this floor: compared, printed and stepped only by the functions below. */
typedef struct LogPosition {
	gint64 epoch, seq;
} LogPosition;

#define LOG_POSITION_TEXT 48
void log_position_print(const LogPosition *position, char out[LOG_POSITION_TEXT]); /* "epoch-seq", lower-case hex and decimal */
gboolean log_position_parse(const char *text, LogPosition *out);
/* <0, 0, >0; of one epoch only (asserted). */
gint log_position_compare(const LogPosition *a, const LogPosition *b);

typedef struct LogEvent {
	LogPosition position;
	const char *topic, *subject, *division, *body; /* of the block; body is what the file says, validated by nobody */
	gsize body_length;
	gint64 at_ms;
} LogEvent;

/* What one read gave. Owned by the caller; used again by the next read. */
typedef struct LogBlock {
	GArray *events;     /* of LogEvent */
	GString *text;      /* what they point into */
	LogPosition upto;   /* read as far as this; may lie beyond the last event */
	gboolean at_end;    /* nothing was left behind it */
} LogBlock;

typedef struct Log Log; /* one reader of one plugin's log; one thread */
/* @dir is the plugin's folder. Opens files read-only and only when read; no mmap, so that a file cut short by somebody
 * else is an error and no signal. */
Log *log_open(StoreHost *host, const char *dir, const char *name);
void log_close(Log *log);
gboolean log_epoch(Log *log, gint64 *out, GError **error);
/* The number that @sql gives for the text ?1; *out stays where it gives none. */
gboolean log_number(Log *log, const char *sql, const char *text, gint64 *out, GError **error);
gboolean log_end(Log *log, LogPosition *out, GError **error);   /* of the last event; seq 0 = none yet */
/* Events behind @after whose topic is among @topics (NULL-ended; NULL = all), at most @limit and about @bytes_max. A
 * position of another epoch or beyond the end: ERROR_CONFLICT, both named. A row with a broken type or text: it is given
 * with topic "" and an empty body. */
gboolean log_read(Log *log, const LogPosition *after, const char *const *topics, guint limit, gsize bytes_max,
                  LogBlock *block, GError **error);
LogBlock *log_block_new(void);
void log_block_free(LogBlock *block);

/* Tells the event at a position from another one that a log put back by hand has there. Says nothing of the epoch. */
typedef struct LogMark {
	gint64 digest; /* 0 = not known */
	gint64 at_ms;
} LogMark;
LogMark log_mark(const LogEvent *event);
/* Of the event at @seq; not known when there is none. */
gboolean log_mark_at(Log *log, gint64 seq, LogMark *out, GError **error);

typedef struct LogCursor {
	char *publisher, *topic;
	LogPosition position;
	gboolean live; /* was once at the end */
	LogMark mark;  /* of the event there */
	gint64 parted; /* the end of the publisher's log when it was found shorter; -1 = it was not */
} LogCursor;
/* @cursor lies on this log: within it, in its epoch, and behind the event that it was left behind. @out_end is its end. */
gboolean log_holds(Log *log, const LogCursor *cursor, gboolean *out, LogPosition *out_end, GError **error);
/* Up to where this log is the one of @cursor, which it does not hold. What lies behind that is new to it. */
gboolean log_parting(Log *log, const LogCursor *cursor, gint64 *out, GError **error);
/* In _meta, by a restore: where the epoch ended that it took the database out of. */
#define LOG_LEFT_NAME "left-%" G_GINT64_MODIFIER "x"
/* Rows of _cursor of this plugin (as subscriber). More than LOG_CURSORS_MAX: ERROR_IO. (transfer full) of LogCursor. */
#define LOG_CURSORS_MAX 10000 /* a file with more was written by no host */
GPtrArray *log_cursors(Log *log, GError **error);

/* ---- the writer's side, in the plugin's own process ---- */

/* Moves events older than @before_ms to DIR/events-YYYY.db (years of Asia/Shanghai), a bounded piece per call, each piece
 * durable in the archive before it leaves _event. Blocks: pool thread. @out_moved 0 = nothing left to move. */
gboolean log_archive(Store *store, gint64 before_ms, guint *out_moved, GError **error);
/* Deletes events of @topics (NULL-ended) from the archives, as far as CALL_TRIM has come in _event; a bounded piece per call. Never
 * while log_archive runs: what that has copied and not yet taken out is deleted with the rest then. */
gboolean log_trim(Store *store, const char *const *topics, gboolean *out_more, gint64 *out_deleted, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Log, log_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LogBlock, log_block_free)
