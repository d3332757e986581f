/* SPDX-License-Identifier: Apache-2.0
 * The last words of a process. What each thread is at stands in a record of its own; the handler of the signal that ends the
 * process writes it into a file that is open and has its block, and takes no lock and no memory for it. The work of a thread
 * that never comes back from it is ended the same way. */
#pragma once

#include <glib.h>

#define CRASH_REPORT_MAX 2048 /* bytes of a report: lines of "key text" */
#define CRASH_EXIT 71         /* exit() from inside of some work: no end that anybody asked for */

typedef struct CrashOut CrashOut;
typedef struct CrashThread CrashThread;

/* Says what @work is. It runs in a signal handler, perhaps over damaged memory: what follows alone. */
typedef void CrashDescribe(CrashOut *out, const void *work);
void crash_put(CrashOut *out, const char *key, const char *text); /* NULL or "" = no line */
void crash_put_int(CrashOut *out, const char *key, gint64 value);
void crash_number(guint64 value, guint base, char out[24]);

/* Around work that may end the process; not nested. @patient: under the longer of the two limits. */
CrashThread *crash_begin(CrashDescribe *describe, const void *work, gboolean patient);
void crash_end(CrashThread *thread);

/* Once for each process. Handlers that others have installed before, such as a sanitizer's, run after ours. */
void crash_install(void);
/* Opens, makes and empties the file. What the process before this one left in it; NULL = nothing. (transfer full) @error
 * set: there is no file, reports go to stderr and the channel alone. */
char *crash_open(const char *path, GError **error);
/* Of another process: what stands in its file, which it may have written itself. (transfer full) NULL = nothing. */
char *crash_read(const char *path);
/* A report is also sent there as one message: "CRASH\n", then its lines. */
void crash_channel(int fd);
/* The text behind "key " in a report, with nothing in it that is not printable. (transfer full) NULL = not there. */
char *crash_find(const char *report, const char *key);

/* Work that takes longer than its limit ends the process, named; 0 = no limit. Its own thread, until crash_unwatch. */
void crash_watch(gint64 limit_ms, gint64 patient_ms);
void crash_unwatch(void);
