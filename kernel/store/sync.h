/* SPDX-License-Identifier: Apache-2.0
 * What is to last before anybody is told of it. */
#pragma once

#include <sqlite3.h>
#include "base/error.h"

/* The names in the folder @path. */
gboolean sync_folder(const char *path, GError **error);

/* The write-ahead log of @db, which has been read from. What a killed process wrote there and never synced is read by the next
 * one as if it were committed: before an answer or an event is drawn from it, a power cut must not be able to take it away. */
gboolean sync_wal(sqlite3 *db, GError **error);
/* The same bytes written once more, to be synced afterwards: after a sync that failed the system has dropped them, shows them
 * still, and calls them clean, so that a sync alone would not bring them to the disk. In a transaction that writes. */
gboolean renew_wal(sqlite3 *db, GError **error);
