/* SPDX-License-Identifier: Apache-2.0
 * Between log.c (opening it, where it begins and ends) and log_read.c. */
#pragma once

#include "store/log_years.h"

#define LOG_BUSY_MS 50 /* who reads logs reads those of others too: one that is locked is asked again later */

struct Log {
	char *dir, *name, *path;
	LogFile main, archive;
	gint open_year; /* of archive */
	sqlite3_stmt *epoch, *state;
	GArray *archives; /* of LogYear */
};

typedef struct LogState {
	gint64 first, last, end;
} LogState;

/* A look: from begin to end one snapshot of data.db. */
gboolean log_begin_look(Log *log, gint64 *out_epoch, GError **error);
gboolean log_look_around(Log *log, LogState *out, GError **error);
gboolean log_end_look(Log *log, gboolean fine); /* returns @fine; FALSE: all of it is opened anew next time */
