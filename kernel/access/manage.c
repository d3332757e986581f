/* SPDX-License-Identifier: Apache-2.0
 * What an administrator changes of accounts and sessions: in the database first, then in memory. */
#include "access/access_inside.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"

static Account *find(Access *access, const char *login, GError **error)
{
	Account *account = NULL;

	if (accounts_find(access->options.store, login, &account, error) && account == NULL)
		throw_error(error, ERROR_NOT_FOUND, "没有账号 %s (there is no account '%s')", login, login);
	return account;
}

gboolean access_set_password(Access *access, const char *login, const char *password, GError **error)
{
	char hash[PASSWORD_HASH_SIZE];
	g_autoptr(Account) account = NULL;

	if (!access_check_password(login, password, error))
		return FALSE;
	account = find(access, login, error);
	return account != NULL && access_hash_password(access, password, hash, error) &&
	       accounts_set_password(access->options.store, account->id, hash, error);
}

/* ---- sessions ---- */

typedef struct Picking {
	const char *id; /* NULL = every one */
	GArray *digests;
} Picking;

static void pick(void *data, const SessionView *session)
{
	Picking *picking = data;
	char hex[DIGEST_HEX_SIZE];

	digest_hex(session->digest, hex);
	if (picking->id == NULL || (strlen(picking->id) == SESSION_ID && strncmp(hex, picking->id, SESSION_ID) == 0))
		g_array_append_vals(picking->digests, session->digest, 1);
}

gboolean access_end_sessions(Access *access, const char *id, const char *login, gint64 *out_ended, GError **error)
{
	g_autoptr(GArray) digests = g_array_new(FALSE, FALSE, DIGEST_SIZE);
	Picking picking = { id, digests };

	if (!accounts_each_session(access->options.store, login, clock_now_ms(), pick, &picking, error))
		return FALSE;
	for (guint i = 0; i < digests->len; i++) {
		const guint8 *digest = (const guint8 *)digests->data + (gsize)i * DIGEST_SIZE;

		/* The row first: what memory alone forgets comes back at the next start. */
		if (!accounts_remove_session(access->options.store, digest, error))
			return FALSE;
		sessions_drop(access->sessions, digest);
	}
	*out_ended = digests->len;
	return TRUE;
}

/* ---- posts ---- */

gboolean access_end_posts(Access *access, const char *login, const char *body, const char *role, gint64 *out_ended,
                          GError **error)
{
	g_autoptr(Account) account = find(access, login, error);
	gint64 sessions;

	if (account == NULL ||
	    !accounts_end_posts(access->options.store, account->id, body, role, clock_now_ms(), out_ended, error))
		return FALSE;
	/* A session has the rights of all posts at its body: it begins anew. */
	return *out_ended == 0 ||
	       (people_read(access, error) && access_end_sessions(access, NULL, login, &sessions, error));
}
