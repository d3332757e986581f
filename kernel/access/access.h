/* SPDX-License-Identifier: Apache-2.0
 * Who is calling, for which body, what they may do, where. Accounts and sessions live in the host's own database. */
#pragma once

#include "access/bodies.h"
#include "base/conf.h"
#include "base/digest.h"
#include "store/store.h"

typedef struct Access Access;
typedef struct Session Session;

typedef struct AccessOptions {
	Store *store;     /* the host's own database */
	const Conf *conf; /* [role NAME] permissions=... title=...; [access] session_hours, login_per_minute, ... */
	const Divisions *divisions;
	const Bodies *bodies;
	const Keys *keys;
	gboolean demo; /* demo accounts, known password */
} AccessOptions;

/* Rows for conf_load: [access] and [role NAME]. Ends with {0}. */
extern const ConfKey access_conf_keys[];

/* Tables account(id, login, name, password), post(account, body, role, from, to), session(...). */
Access *access_new(const AccessOptions *options, GError **error);
void access_free(Access *access);

/* Permissions are interned: every plugin's declared ones, before the first session. Not thread-safe; at start. */
guint access_permission(Access *access, const char *name); /* its number, made when new */
void access_seal(Access *access); /* all permissions known: roles are resolved, unknown names warned of */

/* The roles of a reloaded configuration, at once and for every session under way. Any thread. */
void access_set_roles(Access *access, const Conf *conf);

/* What a session carries. Immutable once made; reference counted; any thread. */
struct Session {
	gint ref;
	const char *account; /* account id as text */
	const char *name;
	const Body *body;         /* acted for; NULL = none */
	const Division *division; /* of the body */
	const char *roles;        /* "clerk;reviewer" */
	gboolean own_body_only;   /* every role says scope = body: rows of the own body, of no division */
	char csrf[25];
	gint64 expires_ms;
	guint n_permission_words;
	guint64 permissions[]; /* bit per permission number */
};
Session *session_ref(Session *session);
void session_unref(Session *session);
static inline gboolean session_may(const Session *session, guint permission)
{
	return permission / 64 < session->n_permission_words &&
	       (session->permissions[permission / 64] >> (permission % 64) & 1) != 0;
}
Scope session_scope(const Session *session); /* texts borrowed from the session */

/* From the cookie's or bearer token's text. NULL = none or expired. (transfer full) Any thread, no I/O. */
Session *access_session(Access *access, const char *token, gsize length, gint64 now_ms);

/* Login: Argon2id on a pool thread, then a durable write; @done runs on another thread, so it posts to a loop. Limited by
 * login and by address (then @done has run before this returns); a wrong login and a wrong password look and cost
 * alike. */
typedef enum LoginOutcome { LOGIN_OK, LOGIN_WRONG, LOGIN_LIMITED, LOGIN_FAILED } LoginOutcome;
typedef void LoginDone(void *data, LoginOutcome outcome, const char *token /* 43 characters, only for LOGIN_OK */,
                       gint64 expires_ms);
void access_login(Access *access, const char *login, const char *password, const char *post_body /* NULL = first */,
                  const char *address, gint64 now_ms, LoginDone *done, void *data);
void access_logout(Access *access, const char *token, gsize length);

/* Accounts. Block: not on a loop. */
gboolean access_add_account(Access *access, const char *login, const char *name, const char *password, GError **error);
gboolean access_add_post(Access *access, const char *login, const char *body, const char *role, GError **error);
gboolean access_set_password(Access *access, const char *login, const char *password, GError **error);
/* Ends posts (@body, @role: only there, only that one; NULL = all) and every session of the account. */
gboolean access_end_posts(Access *access, const char *login, const char *body, const char *role, gint64 *out_ended,
                          GError **error);
/* The session of that id (SESSION_ID of its digest), or all of @login's: the other is NULL. */
gboolean access_end_sessions(Access *access, const char *id, const char *login, gint64 *out_ended, GError **error);
#define SESSION_ID 16 /* hexadecimal digits by which administrators name a session; nobody gets in with them */

/* Who administers the host itself. Three people, not one: a role or an account that has more than one of these has none. "*"
 * in a role does not mean them. */
#define ACCESS_SYSTEM "kernel.system"
#define ACCESS_USERS "kernel.users"
#define ACCESS_AUDIT "kernel.audit"

/* What somebody may do at one body now; borrowed until the function it is given to returns. */
typedef struct Posted {
	const char *account; /* id as text */
	const char *name;
	const Body *body; /* NULL = none */
	guint n_permission_words;
	const guint64 *permissions; /* as a session's */
} Posted;
typedef void PostedFunc(void *data, const Posted *posted);
static inline gboolean posted_may(const Posted *posted, guint permission)
{
	return permission / 64 < posted->n_permission_words &&
	       (posted->permissions[permission / 64] >> (permission % 64) & 1) != 0;
}
/* Everybody who holds a post at @now_ms, body by body: only @account (NULL = all), only at bodies within @within (NULL =
 * anywhere). From memory, after the seal; any thread. @each calls nothing of this file. */
void access_each_posted(Access *access, const char *account, const Division *within, gint64 now_ms, PostedFunc *each,
                        void *data);
#define ACCESS_DEMO_PASSWORD "demo-2026"
/* Demo accounts of the given divisions' bodies, as lines "login · name · body · roles"; (transfer full) strv */
char **access_demo_accounts(Access *access, const Division *division, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Access, access_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Session, session_unref)
