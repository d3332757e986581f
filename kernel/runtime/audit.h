/* SPDX-License-Identifier: Apache-2.0
 * The audit chain of one database: a row per writing call, each bound to the one before by SM3; heads signed and kept
 * outside the database. */
#pragma once

#include "base/digest.h"
#include "store/store.h"

typedef struct Audit Audit;

typedef struct AuditRow {
	gint64 seq;
	gint64 at;
	const char *account, *body, *route, *subject, *request, *digest; /* texts as stored */
	gint64 outcome;
} AuditRow;

/* Heads are anchored each minute: rows this far apart and none vouched for means that anchors were taken away. */
#define AUDIT_UNVOUCHED_MS (10 * 60 * 1000)

/* Reads the head from @conn's database; registers as the store's hooks. @anchor_path: file of signed heads; NULL = nothing is
 * anchored or asked for. Refused when the database ends before what is anchored, or has rows older than ten minutes and no anchor
 * at all. */
Audit *audit_new(Store *store, const char *anchor_path, const Keys *keys, const char *name, GError **error);
void audit_free(Audit *audit);
/* What audit_new would say of the database in @dir, which stays as it is. */
gboolean audit_fits(StoreHost *stores, const char *dir, const char *anchor_path, const Keys *keys, const char *name,
                    GError **error);
/* Inside a job's record step, writer thread: appends with the next seq. */
gboolean audit_append(Audit *audit, StoreConn *conn, const AuditRow *row, GError **error);
/* Signs the committed head and appends it to the anchor file, synced; nothing when the head has not moved. Any thread. */
gboolean audit_anchor(Audit *audit, gint64 now_ms, GError **error);
/* chain = SM3(previous chain, seq, every member with its length) */
void audit_chain(Digest *digest, const guint8 previous[DIGEST_SIZE], const AuditRow *row, guint8 out[DIGEST_SIZE]);

typedef struct Anchor {
	gint64 at, seq;
	guint8 chain[DIGEST_SIZE];
} Anchor;
/* Anchors of a file, oldest first; each line's signature and link to the line before are checked. (transfer full)
 * GArray of Anchor; a missing file is an empty list. */
GArray *anchors_read(const char *path, const Keys *keys, const char *name, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Audit, audit_free)
