/* SPDX-License-Identifier: Apache-2.0
 * Accounts, posts and session rows in the host's own database; their SQL is in accounts.c. Blocks: not on a loop. */
#pragma once

#include "base/digest.h"
#include "store/store.h"

#define PASSWORD_HASH_SIZE 128 /* crypto_pwhash_STRBYTES */

typedef struct Post {
	char *body; /* "" = none */
	char *role;
	gint64 valid_from;
	gint64 valid_to; /* first moment after it */
} Post;

typedef struct Account {
	gint64 id;
	char *login;
	char *name;
	char password[PASSWORD_HASH_SIZE];
	gboolean demo;
	GPtrArray *posts; /* of Post, owned, in the order given */
} Account;

void account_post_free(void *post);
void account_free(Account *account);
/* Roles of the posts at @body that are valid at @now_ms, and when the first of them ends. NULL = no post there.
 * (transfer full) strv, sorted, without duplicates */
char **account_roles(const Account *account, const char *body, gint64 now_ms, gint64 *out_until);

gboolean accounts_migrate(Store *store, GError **error);
/* FALSE = @error set; *out NULL = no such login. */
gboolean accounts_find(Store *store, const char *login, Account **out, GError **error);
gboolean accounts_add(Store *store, const Account *account, gint64 now_ms, GError **error);
/* The same post again is no error. */
gboolean accounts_add_post(Store *store, const char *login, const Post *post, GError **error);
/* Adds those whose login does not exist yet, all in one transaction. */
gboolean accounts_add_missing(Store *store, const GPtrArray *accounts, gint64 now_ms, GError **error);
gboolean accounts_set_password(Store *store, gint64 id, const char *hash, GError **error);

/* One row per post, those of one account at one body next to each other. */
typedef void AccountPostFunc(void *data, gint64 account, const char *name, gboolean demo, const Post *post);
gboolean accounts_each_post(Store *store, AccountPostFunc *each, void *data, GError **error);

typedef struct SessionRow {
	guint8 digest[DIGEST_SIZE];
	Account *account; /* NULL = gone (accounts_sessions only) */
	char *body;
	gint64 expires_ms;
} SessionRow;

/* Also removes rows that have expired, and the account's oldest beyond @most; their digests are added to @out_gone
 * (of guint8[DIGEST_SIZE]). */
gboolean accounts_add_session(Store *store, const SessionRow *row, guint most, gint64 now_ms, GArray *out_gone,
                              GError **error);
/* ---- accounts_admin.c: what an administrator looks at and changes ---- */

typedef void AccountFunc(void *data, const Account *account, gint64 made_ms);
/* By login: those whose login or name has @word in it ("" = all), @most of them after the first @skip; *out_total: all. */
gboolean accounts_each(Store *store, const char *word, gint64 skip, gint64 most, AccountFunc *each, void *data,
                       gint64 *out_total, GError **error);
/* Ends posts of @account at @now_ms: only those at @body and of @role where these are not NULL. */
gboolean accounts_end_posts(Store *store, gint64 account, const char *body, const char *role, gint64 now_ms,
                            gint64 *out_ended, GError **error);

typedef struct SessionView {
	guint8 digest[DIGEST_SIZE];
	const char *login, *name, *body;
	gint64 account, made_ms, expires_ms;
} SessionView;
typedef void SessionFunc(void *data, const SessionView *session);
/* Those not over at @now_ms, newest first. @login NULL = of everybody. */
gboolean accounts_each_session(Store *store, const char *login, gint64 now_ms, SessionFunc *each, void *data,
                               GError **error);

gboolean accounts_remove_session(Store *store, const guint8 digest[DIGEST_SIZE], GError **error);
/* Every row that has not expired, newest last; each with its account and posts. (transfer full) of SessionRow */
GPtrArray *accounts_sessions(Store *store, gint64 now_ms, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Account, account_free)
