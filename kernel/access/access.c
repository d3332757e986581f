/* SPDX-License-Identifier: Apache-2.0 */
#include "access/access_inside.h"

#include <sodium.h>
#include <string.h>

#include "access/posts.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"

#define PASSWORD_LEAST 8
#define PASSWORD_MOST 256
#define NAME_MOST 100 /* characters */

G_STATIC_ASSERT(crypto_pwhash_STRBYTES <= PASSWORD_HASH_SIZE);

const ConfKey access_conf_keys[] = {
	{ .group = "access",
	  .key = "session_hours",
	  .type = CONF_INT,
	  .def = "12",
	  .min = 1,
	  .max = 24 * 30,
	  .help = "Hours after which one must log in again" },
	{ .group = "access",
	  .key = "login_per_minute",
	  .type = CONF_INT,
	  .def = "10",
	  .min = 1,
	  .max = 10000,
	  .help = "Failed logins per minute and account; three times as many per address" },
	{ .group = "access",
	  .key = "sessions_max",
	  .type = CONF_INT,
	  .def = "100000",
	  .min = 10,
	  .max = 10000000,
	  .help = "Sessions at a time; more logins are refused" },
	{ .group = "access",
	  .key = "sessions_per_account",
	  .type = CONF_INT,
	  .def = "20",
	  .min = 1,
	  .max = 10000,
	  .help = "Sessions of one account at a time; with one more login its oldest ends" },
	{ .group = "access",
	  .key = "argon2_mib",
	  .type = CONF_INT,
	  .def = "19",
	  .min = 8,
	  .max = 1024,
	  .help = "Memory of one password check in MiB; new passwords and next logins take it up" },
	{ .group = "access",
	  .key = "argon2_passes",
	  .type = CONF_INT,
	  .def = "2",
	  .min = 1,
	  .max = 20,
	  .help = "Passes of one password check" },
	{ .group = "role *", .key = "title", .type = CONF_TEXT, .def = "", .help = "Its name on pages" },
	{ .group = "role *",
	  .key = "permissions",
	  .type = CONF_LIST,
	  .def = "",
	  .help = "What it may do: PLUGIN.VERB; PLUGIN.*; or * for everything" },
	{ .group = "role *",
	  .key = "scope",
	  .type = CONF_CHOICE,
	  .def = "division",
	  .choices = "division|body",
	  .help = "Sees rows of its body's division, or only those of its own body" },
	{ 0 },
};

gint64 access_setting(const Conf *conf, const char *key, gint64 fallback)
{
	gint64 value = conf_int(conf, "access", key);

	return value > 0 ? value : fallback;
}

Access *access_new(const AccessOptions *options, GError **error)
{
	g_autoptr(Access) access = g_new0(Access, 1);
	const Conf *conf = options->conf;

	if (sodium_init() < 0) {
		throw_error(error, ERROR_FAILED,
		            "libsodium 启动不了：没有随机数来源 (libsodium does not start: no source of randomness)");
		return NULL;
	}
	access->options = *options;
	access->session_ms = access_setting(conf, "session_hours", 12) * 3600 * 1000;
	access->sessions_per_account = (guint)access_setting(conf, "sessions_per_account", 20);
	access->argon2_bytes = (guint64)access_setting(conf, "argon2_mib", 19) << 20;
	access->argon2_passes = (guint64)access_setting(conf, "argon2_passes", 2);
	pthread_mutex_init(&access->roles_lock, NULL);
	access->roles = roles_new(conf);
	roles_know_host(access->roles);
	access->sessions = sessions_new((guint)access_setting(conf, "sessions_max", 100000));
	if (!accounts_migrate(options->store, error)) {
		prefix_error(error, "账号表 (tables of accounts)");
		return NULL;
	}
	posts_warn(options->store, options->bodies, access->roles);
	if (!people_read(access, error)) {
		prefix_error(error, "任职 (posts)");
		return NULL;
	}
	access->logins = logins_new(access, error);
	return access->logins != NULL ? g_steal_pointer(&access) : NULL;
}

void access_free(Access *access)
{
	if (access == NULL)
		return;
	logins_free(access->logins);
	sessions_free(access->sessions);
	people_free(access->people);
	roles_free(access->roles);
	pthread_mutex_destroy(&access->roles_lock);
	g_free(access);
}

guint access_permission(Access *access, const char *name)
{
	return roles_permission(access->roles, name);
}

/* ---- sessions ---- */

Session *session_ref(Session *session)
{
	g_atomic_int_inc(&session->ref);
	return session;
}

void session_unref(Session *session)
{
	if (session != NULL && g_atomic_int_dec_and_test(&session->ref))
		g_free(session);
}

Scope session_scope(const Session *session)
{
	return (Scope){ .division = session->own_body_only ? NULL : session->division,
		        .body = session->body != NULL ? session->body->id : NULL };
}

/* Of the digest, not the token: the same after a restart, when only the digest is known. */
static void make_csrf(const Access *access, const guint8 digest[DIGEST_SIZE], char out[25])
{
	guint8 key[KEY_SIZE], code[DIGEST_SIZE];

	keys_derive(access->options.keys, "csrf", key);

	g_autoptr(Digest) keyed = digest_new_keyed(key, sizeof(key));

	digest_of(keyed, digest, DIGEST_SIZE, code);
	sodium_bin2base64(out, 25, code, 18, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(key, sizeof(key));
}

/* One block: the struct, its words, its texts. */
static Session *session_alloc(guint words, const char *account, const char *name, const char *roles)
{
	gsize head = sizeof(Session) + words * sizeof(guint64);
	gsize account_size = strlen(account) + 1, name_size = strlen(name) + 1, roles_size = strlen(roles) + 1;
	char *block = g_malloc0(head + account_size + name_size + roles_size);
	Session *session = (Session *)block;

	session->ref = 1;
	session->n_permission_words = words;
	session->account = memcpy(block + head, account, account_size);
	session->name = memcpy(block + head + account_size, name, name_size);
	session->roles = memcpy(block + head + account_size + name_size, roles, roles_size);
	return session;
}

/* With the roles' lock held. */
static void grant_roles(const Access *access, Session *session, char **roles)
{
	session->own_body_only = TRUE;
	for (char **role = roles; *role != NULL; role++) {
		if (!roles_grant(access->roles, *role, session->permissions))
			log_warn("account %s holds the role '%s', which no [role] declares", session->account, *role);
		else
			session->own_body_only &= roles_own_body_only(access->roles, *role);
	}
	if (roles_words(access->roles) > 0 && roles_too_much(session->permissions[0])) {
		session->permissions[0] &= ~HOST_PERMISSION_BITS;
		log_warn("account %s administers system, users and audit in one person: it may do none of that",
		         session->account);
	}
}

Session *access_make_session(Access *access, const Account *account, const char *body,
                             const guint8 digest[DIGEST_SIZE], gint64 now_ms, gint64 expires_ms)
{
	const Body *acted_for = body[0] != '\0' ? bodies_find(access->options.bodies, body) : NULL;
	gint64 until = 0;
	g_auto(GStrv) roles = account_roles(account, body, now_ms, &until);
	g_autofree char *joined = NULL;
	char id[24];
	Session *session;

	if (roles == NULL || (body[0] != '\0' && acted_for == NULL))
		return NULL;
	joined = g_strjoinv(";", roles);
	g_snprintf(id, sizeof(id), "%" G_GINT64_FORMAT, account->id);
	pthread_mutex_lock(&access->roles_lock);
	session = session_alloc(roles_words(access->roles), id, account->name, joined);
	grant_roles(access, session, roles);
	pthread_mutex_unlock(&access->roles_lock);
	session->body = acted_for;
	session->division = acted_for != NULL ? acted_for->division : NULL;
	session->expires_ms = MIN(expires_ms, until);
	make_csrf(access, digest, session->csrf);
	return session;
}

static Session *renew_session(const Session *old, void *data)
{
	const Access *access = data;
	g_auto(GStrv) roles = g_strsplit(old->roles, ";", -1);
	Session *session = session_alloc(roles_words(access->roles), old->account, old->name, old->roles);

	session->body = old->body;
	session->division = old->division;
	session->expires_ms = old->expires_ms;
	memcpy(session->csrf, old->csrf, sizeof(session->csrf));
	grant_roles(access, session, roles);
	return session;
}

void access_renew_sessions(Access *access)
{
	pthread_mutex_lock(&access->roles_lock);
	sessions_renew(access->sessions, renew_session, access);
	pthread_mutex_unlock(&access->roles_lock);
}

guint64 access_roles_number(Access *access)
{
	guint64 number;

	pthread_mutex_lock(&access->roles_lock);
	number = access->roles_number;
	pthread_mutex_unlock(&access->roles_lock);
	return number;
}

void access_set_roles(Access *access, const Conf *conf)
{
	Roles *fresh = roles_new(conf), *before = access->roles;

	roles_adopt(fresh, before);
	roles_seal(fresh);
	pthread_mutex_lock(&access->roles_lock);
	access->roles = fresh;
	access->roles_number++;
	pthread_mutex_unlock(&access->roles_lock);
	access_renew_sessions(access);
	roles_free(before);
}

void access_seal(Access *access)
{
	gint64 now_ms = clock_now_ms();
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) rows = NULL;

	roles_seal(access->roles);
	rows = accounts_sessions(access->options.store, now_ms, &error);
	if (rows == NULL) {
		log_error("sessions are not read, everybody must log in again: %s", error->message);
		return;
	}
	for (guint i = 0; i < rows->len; i++) {
		const SessionRow *row = rows->pdata[i];
		Session *session;

		if (row->account == NULL || (row->account->demo && !access->options.demo))
			continue;
		session = access_make_session(access, row->account, row->body, row->digest, now_ms, row->expires_ms);
		if (session != NULL)
			sessions_add(access->sessions, row->digest, NULL, session, now_ms);
	}
}

Session *access_session(Access *access, const char *token, gsize length, gint64 now_ms)
{
	return sessions_find(access->sessions, token, length, now_ms);
}

/* ---- accounts ---- */

gboolean access_hash_password(const Access *access, const char *password, char out[PASSWORD_HASH_SIZE], GError **error)
{
	if (crypto_pwhash_str(out, password, strlen(password), access->argon2_passes, access->argon2_bytes) == 0)
		return TRUE;
	return throw_error(error, ERROR_FAILED,
	                   "内存不足，密码无法加密，需要 %" G_GUINT64_FORMAT " MiB (no memory to hash a password)",
	                   access->argon2_bytes >> 20);
}

static gboolean check_login(const char *login, GError **error)
{
	gsize length = strlen(login);

	if (length < 2 || length > 64 || !g_ascii_isalnum(login[0]) ||
	    strspn(login, "abcdefghijklmnopqrstuvwxyz0123456789._-") != length)
		return throw_error(error, ERROR_INVALID,
		                   "'%s' 不能作登录名：应为 2 至 64 个 a-z 0-9 . _ - ('%s' is no login: 2 to 64 of a-z 0-9 . _ -)",
		                   login, login);
	return TRUE;
}

gboolean access_check_password(const char *login, const char *password, GError **error)
{
	const gsize length = strlen(password);

	return (length >= PASSWORD_LEAST && length <= PASSWORD_MOST) ||
	       throw_error(error, ERROR_INVALID,
	                   "'%s' 的密码应为 %d 至 %d 字节 (the password of '%s' must have %d to %d bytes)", login,
	                   PASSWORD_LEAST, PASSWORD_MOST, login, PASSWORD_LEAST, PASSWORD_MOST);
}

gboolean access_add_account(Access *access, const char *login, const char *name, const char *password, GError **error)
{
	Account account = { .login = (char *)login, .name = (char *)name };

	if (!check_login(login, error))
		return FALSE;
	if (name[0] == '\0' || !g_utf8_validate(name, -1, NULL) || g_utf8_strlen(name, -1) > NAME_MOST)
		return throw_error(error, ERROR_INVALID,
		                   "'%s' 的姓名应为 1 至 %d 个字符 (the name of '%s' must have 1 to %d characters)", login,
		                   NAME_MOST, login, NAME_MOST);
	return access_check_password(login, password, error) &&
	       access_hash_password(access, password, account.password, error) &&
	       accounts_add(access->options.store, &account, clock_now_ms(), error) && people_read(access, error);
}

static gboolean check_role(Access *access, const char *role, GError **error)
{
	g_auto(Meant) meant = { 0 };
	gboolean known;

	pthread_mutex_lock(&access->roles_lock);
	known = roles_title(access->roles, role) != NULL;
	meant = meant_new("'", known ? NULL : roles_nearest(access->roles, role), "'");
	pthread_mutex_unlock(&access->roles_lock);
	return known || throw_error(error, ERROR_INVALID, "没有角色 '%s'%s(there is no role '%s'%s)", role,
	                            meant.chinese, role, meant.english);
}

gboolean access_add_post(Access *access, const char *login, const char *body, const char *role, GError **error)
{
	Post post = { .body = (char *)body, .role = (char *)role, .valid_to = G_MAXINT64 };

	if (body[0] != '\0' && bodies_find(access->options.bodies, body) == NULL)
		return throw_error(error, ERROR_INVALID, "没有单位 '%s' (there is no body '%s')", body, body);
	if (!check_role(access, role, error))
		return FALSE;
	return accounts_add_post(access->options.store, login, &post, error) && people_read(access, error);
}
