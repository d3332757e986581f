/* SPDX-License-Identifier: Apache-2.0
 * Shared by crash.c (the handler and the report), crash_file.c and crash_watch.c alone. */
#pragma once

#include <sys/types.h>
#include "base/crash.h"

#define CRASH_THREADS 256 /* records that the watch looks at; threads beyond them are reported, not watched */
#define CRASH_HEAD "crash 1\n"

struct CrashOut {
	char text[CRASH_REPORT_MAX];
	gsize length;
};

struct CrashThread {
	guint32 turn; /* odd: at work; atomic */
	gboolean patient;
	CrashDescribe *describe;
	const void *work;
	pid_t tid;       /* 0 = the place is free; atomic */
	guint32 overdue; /* the turn that has run out of time; 0 = none; atomic */
	void *stack;     /* for signals; NULL = somebody else's or none */
};

extern CrashThread crash_threads[CRASH_THREADS];

/* One report for each process. FALSE: another thread makes it. */
gboolean crash_claim(void);
void crash_tell(CrashThread *thread, const char *what, gint64 address);

/* crash_file.c; in a signal handler */
void crash_deliver(const CrashOut *out);
