/* SPDX-License-Identifier: Apache-2.0
 * Databases copied while they are written: the writers held between two batches, a read transaction on each file, and the
 * copy made from that. And what a restore changes in such a copy. What stands in a file is believed by nobody here. */
#pragma once

#include "store/log.h"

/* ---- holding a writer ---- */

/* May only tell somebody: it runs under the store's lock. */
typedef void StorePaused(void *data);
/* Holds @store's writer between two batches until store_resume; calls go on queueing. @paused runs once it stands: at once, or
 * on the writer's thread; never after store_resume. One pause at a time, over before store_close. Any thread. */
void store_pause(Store *store, StorePaused *paused, void *data);
void store_resume(Store *store);

/* ---- one database file ---- */

typedef struct Copy Copy;

/* Opens @path read-only, without mmap: it may be another process's. @name is for messages. */
Copy *copy_open(const char *path, const char *name, GError **error);
void copy_close(Copy *copy);
/* The read transaction: what is copied is what is committed now, whatever is written afterwards. */
gboolean copy_begin(Copy *copy, GError **error);
/* Into a new file @target (0600), synced. Stops with ERROR_INTERRUPTED when *@cancelled (may be NULL) becomes TRUE. */
gboolean copy_write(Copy *copy, const char *target, const gint *cancelled, GError **error);

/* A subscriber's row of _cursor. */
typedef struct CopyCursor {
	char *publisher, *topic;
	LogPosition position;
} CopyCursor;
/* Where a database stands. A file without these tables has zeros. */
typedef struct CopyState {
	LogPosition end;    /* of its log */
	gint64 audit;       /* last row of the audit */
	GPtrArray *cursors; /* of CopyCursor */
	GArray *years;      /* of gint: its archives; NULL when it was not looked at */
} CopyState;
gboolean copy_state(Copy *copy, CopyState *out, GError **error); /* inside copy_begin */
void copy_state_clear(CopyState *state);
CopyCursor *copy_cursor_new(const char *publisher, const char *topic, LogPosition position);
void copy_cursor_free(gpointer cursor);

/* ---- files that nobody else has open: copies ---- */

/* PRAGMA quick_check, or integrity_check when @fully. */
gboolean copy_check(const char *path, gboolean fully, const gint *cancelled, GError **error);
/* The state of a copy, which is not changed by looking. */
gboolean copy_state_of(const char *path, CopyState *out, GError **error);

/* A publisher of the same backup, and what its epoch becomes. */
typedef struct CopyEpoch {
	const char *publisher;
	LogPosition end; /* in the backup */
	gint64 after;
} CopyEpoch;
/* Gives the database the epoch @epoch, and every cursor and parked event that lies within its publisher's log of @others
 * the epoch that this has now; the positions stay. Those that do not are left as they are and added to @out_unfit as
 * "PUBLISHER TOPIC: why" (may be NULL). */
gboolean copy_renew(const char *path, gint64 epoch, const CopyEpoch *others, gsize n_others, GPtrArray *out_unfit,
                    GError **error);
/* Why a cursor does not fit its publisher's log; NULL = it does. (transfer full) @others as above. */
char *copy_cursor_fault(const CopyCursor *cursor, const CopyEpoch *others, gsize n_others);
/* Runs @sql on a copy, synced. */
gboolean copy_run(const char *path, const char *sql, GError **error);
/* The rows of @sql on a database that nobody writes, closed or not: texts, NULL and what is no UTF-8 as "". At most
 * COPY_ROWS_MAX. (transfer full) of char ** */
#define COPY_ROWS_MAX 100000
GPtrArray *copy_rows(const char *path, const char *sql, GError **error);
/* SQL with %Q for texts and %lld for numbers, quoted by the engine. (transfer full) */
char *copy_print(const char *format, ...);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Copy, copy_close)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CopyState, copy_state_clear)
