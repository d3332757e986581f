/* SPDX-License-Identifier: Apache-2.0
 * Between restore.c (the data folder), restore_check.c (the backup) and restore_make.c (what comes into DIR/restoring). */
#pragma once

#include "daemon/backup.h"
#include "daemon/manifest.h"

typedef struct Restore {
	const RestoreOptions *options;
	Manifest *manifest;
	GPtrArray *left_out, *faults; /* of char *: what restore_check found */
	char *staging, *aside; /* aside: where the old data goes; NULL = there is none */
	char stamp[32];
	int lock_fd;
} Restore;

/* restore_check.c: every file is what the manifest says. All are looked at, and each fault is named. */
gboolean restore_check(Restore *self, GError **error);
/* restore_make.c: all of it lies in the staging folder. */
gboolean restore_make(const Restore *self, GError **error);
