/* SPDX-License-Identifier: Apache-2.0
 * Backups: one cut over every database, with archives, files, keys and anchors; which there are; and the way back. */
#pragma once

#include "base/json.h"
#include "daemon/daemon.h"

/* Makes DIR/zhen-YYYYMMDD-HHMMSS[-n]; nothing is left of one that fails. One that is made without what was damaged stays, and
 * is an error all the same. Blocks for as long as it takes: a thread of its own,
 * one at a time. Ends early when the daemon stops. */
gboolean backup_make(Daemon *daemon, const char *dir, GString *text, JsonOut *data, GError **error);

/* What the host's database remembers. */
#define BACKUPS_TABLE                                                                                                 \
	"CREATE TABLE IF NOT EXISTS _backup(path TEXT NOT NULL PRIMARY KEY, at BIGINT NOT NULL, "                     \
	"bytes BIGINT NOT NULL, databases TEXT NOT NULL)"
typedef struct BackupRow {
	char *path;
	gint64 at_ms, bytes;
	char *databases; /* JSON: {"approvals": "position", ...} */
	gboolean there;  /* its manifest can be read at that place now */
} BackupRow;
void backup_row_free(gpointer row);
/* Backups made before @at_ms (G_MAXINT64: all), oldest first; those that held what was purged since still do. Blocks.
 * (transfer full) of BackupRow */
GPtrArray *backups_before(Store *host, gint64 at_ms, GError **error);
gboolean backups_table(Store *host, GError **error); /* at start */
gboolean backups_remember(Store *host, const BackupRow *row, GError **error);
/* {"approvals": "position"} of a manifest. (transfer full) */
struct Manifest;
char *backups_positions(const struct Manifest *manifest);
/* One that was destroyed: no purge names it any more. ERROR_REFUSED while it is there. */
gboolean backups_forget(Daemon *daemon, const char *path, GString *text, GError **error);
gboolean backups_list(Daemon *daemon, GString *text, JsonOut *data, GError **error);

/* restore.c: offline, `zhend --restore`. What it does is printed. */
typedef struct RestoreOptions {
	const char *backup, *data;
	gboolean replace; /* what is in @data goes aside into a folder there */
	gboolean without_damaged; /* uploaded files that are damaged are named and left out */
	gboolean check;   /* looks at the backup and @data, changes nothing */
	gboolean as_json; /* what is found and done goes to stdout for programs */
} RestoreOptions;
gboolean restore_run(const RestoreOptions *options, GError **error);
/* ERROR_REFUSED when a restore into @data was cut short. */
gboolean restore_is_whole(const char *data, GError **error);
/* What restores did to this plugin's audit, a line each; "" = nothing. (transfer full) */
char *restore_notes(const char *anchors, const char *plugin);
