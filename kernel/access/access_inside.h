/* SPDX-License-Identifier: Apache-2.0
 * What the files of this folder share. Nobody else includes it. */
#pragma once

#include <pthread.h>

#include "access/access.h"
#include "access/accounts.h"
#include "access/attempts.h"
#include "access/roles.h"
#include "access/sessions.h"

typedef struct Logins Logins;
typedef struct People People;

struct Access {
	AccessOptions options;
	pthread_mutex_t roles_lock; /* of the next two: a reload changes them */
	Roles *roles;
	guint64 roles_number;       /* how often they were changed */
	People *people;             /* with the roles' lock held */
	Sessions *sessions;
	Logins *logins;
	gint64 session_ms;
	guint sessions_per_account;
	guint64 argon2_bytes;
	guint64 argon2_passes;
};

/* A setting of [access], or @fallback where its row is not declared (tests with a small configuration). */
gint64 access_setting(const Conf *conf, const char *key, gint64 fallback);
gboolean access_check_password(const char *login, const char *password, GError **error);
gboolean access_hash_password(const Access *access, const char *password, char out[PASSWORD_HASH_SIZE], GError **error);
/* NULL: @account has no valid post at @body. The session ends at the latest with the first of its posts. */
Session *access_make_session(Access *access, const Account *account, const char *body,
                             const guint8 digest[DIGEST_SIZE], gint64 now_ms, gint64 expires_ms);

/* A session that was made while the roles changed has those of before: compare, and renew. */
guint64 access_roles_number(Access *access);
void access_renew_sessions(Access *access);

/* people.c: who holds which post, read again after every change. */
gboolean people_read(Access *access, GError **error);
void people_free(People *people);

Logins *logins_new(Access *access, GError **error);
void logins_free(Logins *logins); /* finishes logouts; waiting logins get LOGIN_FAILED */
