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
gboolean log_end(Log *log, LogPosition *out, GError **error);   /* of the last event; seq 0 = none yet */
/* Events behind @after whose topic is among @topics (NULL-ended; NULL = all), at most @limit and about @bytes_max. A
 * position of another epoch or beyond the end: ERROR_CONFLICT, both named. A row with a broken type or text: it is given
 * with topic "" and an empty body. */
gboolean log_read(Log *log, const LogPosition *after, const char *const *topics, guint limit, gsize bytes_max,
                  LogBlock *block, GError **error);
LogBlock *log_block_new(void);
void log_block_free(LogBlock *block);

typedef struct LogCursor {
	char *publisher, *topic;
	LogPosition position;
	gboolean live; /* was once at the end */
} LogCursor;
/* Rows of _cursor of this plugin (as subscriber). (transfer full) of LogCursor. */
GPtrArray *log_cursors(Log *log, GError **error);

/* ---- the writer's side, in the plugin's own process ---- */

/* Moves events older than @before_ms to DIR/events-YYYY.db (years of Asia/Shanghai), a bounded piece per call, each piece
 * durable in the archive before it leaves _event. Blocks: pool thread. @out_moved 0 = nothing left to move. */
gboolean log_archive(Store *store, gint64 before_ms, guint *out_moved, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Log, log_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LogBlock, log_block_free)
