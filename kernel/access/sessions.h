/* SPDX-License-Identifier: Apache-2.0
 * Sessions in memory. The database keeps only the SM3 digest of a token, so a session is found by digest once after a
 * start and by the token itself from then on. Any thread. */
#pragma once

#include "access/access.h"

typedef struct Sessions Sessions;

#define TOKEN_LENGTH 43 /* 32 random bytes in base64url */

Sessions *sessions_new(guint max);
void sessions_free(Sessions *sessions);
void sessions_make_token(char out[TOKEN_LENGTH + 1]);
void sessions_digest(const char token[TOKEN_LENGTH], guint8 out[DIGEST_SIZE]);
/* Takes @session. @token NULL: read from the database. FALSE: full even without the expired ones. */
gboolean sessions_add(Sessions *sessions, const guint8 digest[DIGEST_SIZE], const char *token, Session *session,
                      gint64 now_ms);
Session *sessions_find(Sessions *sessions, const char *token, gsize length, gint64 now_ms);
/* TRUE: it was there; its digest in @out. */
gboolean sessions_remove(Sessions *sessions, const char *token, gsize length, guint8 out[DIGEST_SIZE]);
void sessions_drop(Sessions *sessions, const guint8 digest[DIGEST_SIZE]); /* its row is gone already */
void sessions_sweep(Sessions *sessions, gint64 now_ms); /* forgets expired ones */
/* Puts what @renew makes of each in its place; @renew keeps nothing of the old one. */
void sessions_renew(Sessions *sessions, Session *(*renew)(const Session *old, void *data), void *data);
guint sessions_count(Sessions *sessions);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sessions, sessions_free)
