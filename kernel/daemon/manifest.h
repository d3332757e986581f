/* SPDX-License-Identifier: Apache-2.0
 * What a backup says of itself: manifest.json, written last, and its SM3 beside it. */
#pragma once

#include "daemon/tree.h"
#include "store/copy.h"

#define MANIFEST_FORMAT 1

typedef struct ManifestFile {
	char *path; /* within the backup, with '/' */
	TreeFile file;
	gboolean left_out; /* by a restore: it is damaged, and that was accepted */
} ManifestFile;

/* What was to be backed up and could not be: it is not among the files. */
typedef struct ManifestDamage {
	char *path, *why;
} ManifestDamage;

/* A database: the host's own is "host". */
typedef struct ManifestPlugin {
	char *id, *folder; /* "plugins/approvals" */
	char *version;     /* "" = it was not running */
	CopyState state;
} ManifestPlugin;

typedef struct Manifest {
	char *zhend, *pilot;
	gint64 at_ms, pause_us;
	GPtrArray *plugins, *files, *damaged;
} Manifest;

Manifest *manifest_new(void);
void manifest_free(Manifest *manifest);
ManifestFile *manifest_add_file(Manifest *manifest, const char *path);
ManifestPlugin *manifest_add_plugin(Manifest *manifest, const char *id, const char *folder, const char *version);
void manifest_add_damage(Manifest *manifest, const char *path, const char *why);
gint64 manifest_bytes(const Manifest *manifest);
/* For copy_renew and copy_cursor_fault: one row a database, without new epochs yet. Texts borrowed. (transfer full) */
CopyEpoch *manifest_epochs(const Manifest *manifest);

gboolean manifest_write(const Manifest *manifest, const char *dir, GError **error);
Manifest *manifest_read(const char *dir, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Manifest, manifest_free)
