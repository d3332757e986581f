/* SPDX-License-Identifier: Apache-2.0
 * A backup that is being made: of backup.c (place, cut, end) and backup_copy.c (the copies) alone. */
#pragma once

#include "daemon/backup.h"
#include "daemon/manifest.h"

typedef struct Backup Backup;

/* One plugin's folder, or the host's. */
typedef struct Source {
	Backup *backup;
	char *id, *folder, *dir, *file;
	Home *home;   /* NULL = nobody writes there */
	Store *store; /* the host's own; else NULL */
	const char *version;
	Copy *copy;
	int collect_fd; /* no blob is removed while it is open */
	gboolean asked, told, stands;
} Source;

struct Backup {
	Daemon *daemon;
	const char *dir;
	char *path, *partial;
	int partial_fd; /* locked: another host's backup beside it does not take it for a dead one */
	GPtrArray *sources;
	Manifest *manifest;
	GMutex lock;
	GCond told;
};

static inline const gint *backup_cancelled(const Backup *self)
{
	return &self->daemon->stopping;
}

/* backup_copy.c: everything into self->partial and the manifest. */
gboolean backup_copy_all(Backup *self, GError **error);
gint64 backup_bytes_of(const char *path); /* 0 = not there */
