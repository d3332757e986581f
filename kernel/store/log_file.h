/* SPDX-License-Identifier: Apache-2.0
 * One database file with a table of events, opened to be read by somebody who does not trust who wrote it. Of log.c and
 * log_archive.c alone. */
#pragma once

#include <sqlite3.h>
#include "store/log.h"

typedef struct LogFile {
	sqlite3 *db; /* NULL = not open */
	sqlite3_stmt *rows;
	guint steps; /* in LOG_STEPS, of the statements since log_file_begin */
} LogFile;

#define LOG_TEXT_MAX 65536 /* bytes of a body; emitting refuses longer ones */

typedef enum LogColumn { LOG_SEQ, LOG_TOPIC, LOG_SUBJECT, LOG_DIVISION, LOG_AT, LOG_BODY } LogColumn;

gboolean log_file_open(LogFile *file, const char *path, const char *name, GError **error);
void log_file_close(LogFile *file);
sqlite3_stmt *log_file_prepare(LogFile *file, const char *name, const char *sql, GError **error);
/* Sets @error from what the engine says of @file; returns FALSE. */
gboolean log_file_error(const LogFile *file, const char *name, GError **error);
void log_file_begin(LogFile *file); /* a fresh budget of steps */

/* Years of DIR/events-YYYY.db, ascending. (transfer full) of gint */
GArray *log_archive_years(const char *dir);
char *log_archive_path(const char *dir, gint year);
