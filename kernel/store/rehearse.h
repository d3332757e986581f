/* SPDX-License-Identifier: Apache-2.0
 * A start's way through a database, gone without touching it. */
#pragma once

#include "store/store.h"

/* What store_open and store_migrate would say of the database in @dir, which others may be using and which stays as it is: what
 * is new is tried on a copy (@rows of the host's size). *@out_done FALSE: it is too large to be copied for that, or may not be. */
gboolean store_rehearse(StoreHost *host, const char *dir, const char *name, const zhen_migration *rows,
                        gboolean *out_done, GError **error);

/* Copies that were tried on by processes that are gone, in the folders of @plugins: a start calls it. What is copied are people's
 * data, so a copy lies beside the database and outlives its process only until then. */
void store_rehearse_sweep(const char *plugins);
/* SIGINT, SIGTERM and SIGHUP remove the copy before they end the process. For a program that tries one at a time. */
void store_rehearse_guard(void);

typedef struct StoreExpansion {
	guint statements; /* of the version that runs, each prepared over the new schema */
	guint later;      /* migrations of the phases backfill and contract that are still to come */
	gint64 hold_us;   /* how long the migrations took on the copy */
} StoreExpansion;

/* Whether @rows, the next version's, can be applied to the database in @dir while @version goes on: tried on a copy of at most @copy_max bytes. FALSE: a
 * migration fails, or takes away what the version that runs rests on. *@out_copy (NULL = it is not kept): the folder of the copy,
 * for store_rehearse_clear. (transfer full) */
gboolean store_rehearse_expand(StoreHost *host, const char *dir, const char *name, gint64 copy_max, const char *version,
                               const zhen_migration *rows, StoreExpansion *out, char **out_copy, GError **error);
void store_rehearse_clear(char *copy); /* removes it; NULL = there is none. Frees @copy */
/* Rows of @rows (indexes, of guint) of the phases backfill and contract that the database has not had, in order; *@out_at: when one of
 * the phase expand was applied last, ms. (transfer full) NULL = @error */
GArray *store_migrations_left(StoreHost *host, const char *dir, const char *name, const zhen_migration *rows,
                              gint64 *out_at, GError **error);
/* Tries the contract phase of @version, which runs, on a copy: nothing that goes may be needed by a statement that it was seen to
 * run. */
gboolean store_rehearse_contract(StoreHost *host, const char *dir, const char *name, gint64 copy_max,
                                 const char *version, const zhen_migration *rows, GError **error);
