/* SPDX-License-Identifier: Apache-2.0
 * The file of a year as the plugin's own process writes it. Of log_archive.c and log_trim.c alone. */
#pragma once

#include <sqlite3.h>
#include "store/store_private.h"

/* DIR/events-@year.db, made when it is not there: durable with its name in the folder, and of the log's @epoch. */
sqlite3 *archive_open(const Store *store, gint year, gint64 epoch, GError **error);
/* Sets @error from what the engine says; returns FALSE. */
gboolean archive_fault(sqlite3 *db, GError **error);
/* The first number that @sql gives; @none where it gives none. */
gint64 archive_number(sqlite3 *db, const char *sql, gint64 none);
