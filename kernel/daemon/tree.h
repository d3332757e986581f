/* SPDX-License-Identifier: Apache-2.0
 * Files and folders as backups need them: new ones only (0600, 0700), synced, with their SM3. No link is ever followed. */
#pragma once

#include <glib.h>
#include "base/digest.h"
#include "base/error.h"

typedef struct TreeFile {
	gint64 bytes;
	char sm3[DIGEST_HEX_SIZE];
} TreeFile;

gboolean tree_make(const char *path, GError **error); /* a folder; there already is an error */
/* A folder, if it is not there; then its name is durable. @above: those that are missing above it too. */
gboolean tree_make_durable(const char *path, gboolean above, GError **error);
/* A new file, synced; its folder is not. @out may be NULL. */
gboolean tree_copy(const char *from, const char *to, TreeFile *out, const gint *cancelled, GError **error);
gboolean tree_write(const char *path, const char *text, gsize length, GError **error);
gboolean tree_digest(const char *path, TreeFile *out, const gint *cancelled, GError **error);
gboolean tree_sync(const char *path, GError **error); /* one file or folder */
gboolean tree_sync_folders(const char *path, GError **error); /* @path and every folder below it */
gboolean tree_remove(const char *path, GError **error); /* with all below it; nothing there is no error */
gboolean tree_own(const char *path, guint32 uid, guint32 gid, GError **error); /* with all below it */
gint64 tree_bytes(const char *path); /* of all files below */
/* Names in a folder, sorted; one that is missing has none. (transfer full) */
GPtrArray *tree_names(const char *path);
gboolean tree_throw(const char *path, GError **error); /* of errno */
