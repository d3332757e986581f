/* SPDX-License-Identifier: Apache-2.0
 * Which archives a log has: those that lie in the folder, and those that data.db knows events went to. Of log.c and
 * log_archive.c alone. */
#pragma once

#include "store/log_file.h"

typedef struct LogYear {
	gint year;
	gint64 first, last; /* seq that went there and must be there; 0 = nobody wrote it down */
	gint64 passed;      /* seq up to which a reader knows it; 0 = not looked at, or it still grows */
} LogYear;

/* Makes @years (of LogYear, ascending) anew; what was passed stays. Inside the look at @data. */
gboolean log_years_read(GArray *years, LogFile *data, const char *dir, const char *name, GError **error);
/* In _meta of an archive from which transient events were deleted: its last event before, and what it has since; 0 = nothing. */
#define LOG_YEAR_REACH "reach"
#define LOG_YEAR_FIRST "first"
#define LOG_YEAR_LAST "last"

/* FALSE: @archive is of another life of the log, or has lost events. */
gboolean log_year_check(const LogYear *year, LogFile *archive, const char *name, gint64 epoch, GError **error);
