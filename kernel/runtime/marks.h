/* SPDX-License-Identifier: Apache-2.0
 * A mark for each run of a job: a row committed before it begins and gone with the run's own transaction. One that is
 * there at start says that the process ended in the midst of that run. Such a run is tried alone, later each time, and
 * in the end not any more: a job that ends its process must not keep the host from coming up. */
#pragma once

#include "runtime/exec.h"

#define JOB_PARKED G_MAXINT64 /* as not_before: until somebody looks after it */

typedef struct Mark {
	gint64 key;        /* row of _job, or -1 - index for a run by the clock */
	gint64 deaths;     /* ends of a process in the midst of it, the run under way counted as one */
	gint64 not_before; /* of the next run, should this one be one more */
	gboolean found;    /* at start: it has ended a process; FALSE = of a run of this process */
} Mark;

typedef struct Marks Marks; /* loop thread, where nothing else is said */

Marks *marks_new(const Plugin *plugin);
void marks_free(Marks *marks);
void marks_load(Marks *marks, StoreConn *conn); /* at start; logs what it finds */
const Mark *marks_found(const Marks *marks, gint64 key); /* NULL = nothing against it */
Mark *marks_begin(Marks *marks, gint64 key, gint64 now_ms); /* counts the run that begins */
void marks_end(Marks *marks, gint64 key);

/* In a transaction on the writer; @row 0 = by the clock. */
gboolean mark_write(StoreConn *conn, const char *name, gint64 row, const Mark *mark, GError **error);
gboolean mark_clear(StoreConn *conn, const char *name, gint64 row, GError **error);
