/* SPDX-License-Identifier: Apache-2.0
 * `zhenctl users` and `zhenctl sessions`: accounts, their posts, who is logged in. Passwords are drawn here, said once, and kept
 * nowhere but as their hash. */
#include <string.h>

#include "access/accounts.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "daemon/events_verbs.h"
#include "daemon/verbs.h"

#define PASSWORD_CHARACTERS 16

typedef struct Shown {
	const Daemon *daemon;
	GString *text;
	JsonOut *data;
	const char *login; /* the one looked for */
	gint64 now_ms, skip, total;
	gboolean found;
} Shown;

static gboolean holds(const Post *post, gint64 now_ms)
{
	return post->valid_from <= now_ms && post->valid_to > now_ms;
}

/* A name is anybody's: a terminal does not obey it. */
static void say(GString *text, const char *name)
{
	log_append_plain(text, name);
}

/* ---- list ---- */

static void put_account(void *data, const Account *account, gint64 made_ms)
{
	const Shown *shown = data;

	json_open(shown->data, NULL, FALSE);
	json_put_text(shown->data, "login", account->login);
	json_put_text(shown->data, "name", account->name);
	json_put_int(shown->data, "account", account->id);
	json_put_bool(shown->data, "demo", account->demo);
	json_put_time(shown->data, "made_at", made_ms);
	json_open(shown->data, "posts", TRUE);
	g_string_append_printf(shown->text, "%-28s ", account->login);
	say(shown->text, account->name);
	for (guint i = 0; i < account->posts->len; i++) {
		const Post *post = account->posts->pdata[i];
		g_autofree char *said = g_strdup_printf("%s@%s", post->role, post->body);

		if (!holds(post, shown->now_ms))
			continue;
		json_put_text(shown->data, NULL, said);
		g_string_append_printf(shown->text, "  %s", said);
	}
	g_string_append_c(shown->text, '\n');
	json_close_one(shown->data);
	json_close_one(shown->data);
}

static gboolean run_list(Daemon *daemon, json_t *args, const char *word, GString *text, JsonOut *data, GError **error)
{
	Shown shown = { .daemon = daemon, .text = text, .data = data, .now_ms = clock_now_ms() };
	gint64 page, total = 0;
	gboolean fine;

	if (!verb_page(args, &page, error))
		return FALSE;
	json_open(data, "users", TRUE);
	fine = accounts_each(daemon->store, word != NULL ? word : "", page * VERB_ROWS, VERB_ROWS, put_account, &shown, &total,
	                     error);
	json_close_one(data);
	verb_put_page(text, data, page, total);
	return fine;
}

/* ---- show ---- */

static void put_post(const Shown *shown, const Post *post)
{
	const Body *body = bodies_find(shown->daemon->bodies, post->body);
	char from[CLOCK_TEXT_SIZE] = "", to[CLOCK_TEXT_SIZE] = "";

	json_open(shown->data, NULL, FALSE);
	json_put_text(shown->data, "body", post->body);
	json_put_text(shown->data, "role", post->role);
	json_put_bool(shown->data, "valid", holds(post, shown->now_ms));
	if (post->valid_from > 0) {
		json_put_time(shown->data, "from", post->valid_from);
		clock_format(post->valid_from, from);
	}
	if (post->valid_to != G_MAXINT64) {
		json_put_time(shown->data, "until", post->valid_to);
		clock_format(post->valid_to, to);
	}
	json_close_one(shown->data);
	g_string_append_printf(shown->text, "  %-8s %s@%s %s  %.19s – %.19s\n", holds(post, shown->now_ms) ? "在任" : "已结束",
	                       post->role, post->body, body != NULL ? body->name : "（没有此单位 no such body）", from, to);
}

static void put_one(void *data, const Account *account, gint64 made_ms)
{
	Shown *shown = data;
	char made[CLOCK_TEXT_SIZE];

	if (shown->found || strcmp(account->login, shown->login) != 0)
		return;
	shown->found = TRUE;
	clock_format(made_ms, made);
	json_put_text(shown->data, "login", account->login);
	json_put_text(shown->data, "name", account->name);
	json_put_int(shown->data, "account", account->id);
	json_put_bool(shown->data, "demo", account->demo);
	json_put_time(shown->data, "made_at", made_ms);
	g_string_append_printf(shown->text, "%s ", account->login);
	say(shown->text, account->name);
	g_string_append_printf(shown->text, "  账号 (account) %" G_GINT64_FORMAT "  %.19s%s\n", account->id, made,
	                       account->demo ? "  演示账号 (of demo mode)" : "");
	json_open(shown->data, "posts", TRUE);
	for (guint i = 0; i < account->posts->len; i++)
		put_post(shown, account->posts->pdata[i]);
	json_close_one(shown->data);
}

static gboolean run_show(Daemon *daemon, const char *login, GString *text, JsonOut *data, GError **error)
{
	Shown shown = { .daemon = daemon, .text = text, .data = data, .login = login, .now_ms = clock_now_ms() };
	gint64 total;

	return accounts_each(daemon->store, login, 0, G_MAXINT32, put_one, &shown, &total, error) &&
	       (shown.found ||
	        throw_error(error, ERROR_NOT_FOUND, "没有账号 %s (there is no account %s)", login, login));
}

/* ---- changes ---- */

/* Drawn, not chosen: it is nowhere else. */
static void say_password(const char *login, const char *password, GString *text, JsonOut *data)
{
	json_put_text(data, "login", login);
	json_put_text(data, "password", password);
	g_string_append_printf(text, "%s: 密码（只显示这一次 password, shown this once） %s\n", login, password);
}

static gboolean run_add(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	const char *login = events_word(args, 1), *name = events_option(args, "--name");
	char password[PASSWORD_CHARACTERS + 1];

	if (name == NULL || events_word(args, 2) != NULL)
		return verb_misused(error);
	random_code(password, PASSWORD_CHARACTERS);
	if (!access_add_account(daemon->access, login, name, password, error))
		return FALSE;
	say_password(login, password, text, data);
	return TRUE;
}

static gboolean run_password(Daemon *daemon, const char *login, GString *text, JsonOut *data, GError **error)
{
	char password[PASSWORD_CHARACTERS + 1];
	gint64 ended = 0;

	random_code(password, PASSWORD_CHARACTERS);
	/* Whoever knew the old one is not to stay. */
	if (!access_set_password(daemon->access, login, password, error) ||
	    !access_end_sessions(daemon->access, NULL, login, &ended, error))
		return FALSE;
	say_password(login, password, text, data);
	json_put_int(data, "sessions_ended", ended);
	return TRUE;
}

static gboolean run_post(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	const char *login = events_word(args, 1), *body = events_word(args, 2), *role = events_word(args, 3);

	if (role == NULL || events_word(args, 4) != NULL)
		return verb_misused(error);
	if (!access_add_post(daemon->access, login, body, role, error))
		return FALSE;
	json_put_text(data, "login", login);
	json_put_text(data, "body", body);
	json_put_text(data, "role", role);
	g_string_append_printf(text, "%s: %s@%s（下次登录起 from the next login on）\n", login, role, body);
	return TRUE;
}

static gboolean run_end(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	const char *login = events_word(args, 1), *body = events_word(args, 2);
	const char *role = body != NULL ? events_word(args, 3) : NULL;
	gint64 ended = 0;

	if (!access_end_posts(daemon->access, login, body, role, &ended, error))
		return FALSE;
	if (ended == 0)
		return throw_error(error, ERROR_NOT_FOUND, "%s 在那里没有任职 (no such post of %s)", login, login);
	json_put_text(data, "login", login);
	json_put_int(data, "posts_ended", ended);
	g_string_append_printf(text, "%s: 结束任职 %" G_GINT64_FORMAT " 个，已退出登录 (posts ended, sessions ended)\n",
	                       login, ended);
	return TRUE;
}

/* Nobody gives or takes rights of his own. */
static gboolean is_oneself(Daemon *daemon, json_t *args, const char *login, GError **error)
{
	const char *by = events_option(args, "--account");
	g_autoptr(Account) account = NULL;
	g_autofree char *id = NULL;

	if (by == NULL || !accounts_find(daemon->store, login, &account, error) || account == NULL)
		return FALSE;
	id = g_strdup_printf("%" G_GINT64_FORMAT, account->id);
	if (strcmp(id, by) != 0)
		return FALSE;
	throw_error(error, ERROR_REFUSED,
	            "不能变更自己的任职和密码，请由另一位安全管理员办理 (not one's own: ask another)");
	return TRUE;
}

gboolean verb_users(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	const char *act = events_word(args, 0), *login = act != NULL ? events_word(args, 1) : NULL;

	if (act == NULL || strcmp(act, "list") == 0)
		return run_list(daemon, args, login, text, data, error);
	if (login == NULL)
		return verb_misused(error);
	if (strcmp(act, "show") == 0)
		return run_show(daemon, login, text, data, error);
	if (strcmp(act, "add") == 0)
		return run_add(daemon, args, text, data, error);
	if (is_oneself(daemon, args, login, error) || (error != NULL && *error != NULL))
		return FALSE;
	if (strcmp(act, "password") == 0)
		return run_password(daemon, login, text, data, error);
	if (strcmp(act, "post") == 0)
		return run_post(daemon, args, text, data, error);
	if (strcmp(act, "end") == 0)
		return run_end(daemon, args, text, data, error);
	return verb_misused(error);
}

/* ---- sessions ---- */

static void put_session(void *data, const SessionView *session)
{
	Shown *shown = data;
	char hex[DIGEST_HEX_SIZE], made[CLOCK_TEXT_SIZE], expires[CLOCK_TEXT_SIZE];

	shown->total++;
	if (shown->total <= shown->skip || shown->total > shown->skip + VERB_ROWS)
		return;
	digest_hex(session->digest, hex);
	hex[SESSION_ID] = '\0';
	clock_format(session->made_ms, made);
	clock_format(session->expires_ms, expires);
	json_open(shown->data, NULL, FALSE);
	json_put_text(shown->data, "id", hex);
	json_put_text(shown->data, "login", session->login);
	json_put_text(shown->data, "name", session->name);
	json_put_text(shown->data, "body", session->body);
	json_put_time(shown->data, "made_at", session->made_ms);
	json_put_time(shown->data, "expires_at", session->expires_ms);
	json_close_one(shown->data);
	g_string_append_printf(shown->text, "%s %.19s – %.19s  %-28s ", hex, made, expires, session->login);
	say(shown->text, session->name);
	g_string_append_printf(shown->text, "  %s\n", session->body);
}

static gboolean list_sessions(Daemon *daemon, json_t *args, const char *login, GString *text, JsonOut *data,
                              GError **error)
{
	Shown shown = { .daemon = daemon, .text = text, .data = data };
	gint64 page;
	gboolean fine;

	if (!verb_page(args, &page, error))
		return FALSE;
	shown.skip = page * VERB_ROWS;
	json_open(data, "sessions", TRUE);
	fine = accounts_each_session(daemon->store, login, clock_now_ms(), put_session, &shown, error);
	json_close_one(data);
	verb_put_page(text, data, page, shown.total);
	return fine;
}

static gboolean end_sessions(Daemon *daemon, const char *id, const char *login, GString *text, JsonOut *data,
                             GError **error)
{
	gint64 ended = 0;

	if ((id == NULL) == (login == NULL))
		return verb_misused(error);
	if (!access_end_sessions(daemon->access, id, login, &ended, error))
		return FALSE;
	if (ended == 0)
		return throw_error(error, ERROR_NOT_FOUND, "没有登录 %s (no session %s)", id != NULL ? id : login,
		                   id != NULL ? id : login);
	json_put_int(data, "ended", ended);
	g_string_append_printf(text, "已结束登录 %" G_GINT64_FORMAT " 个 (sessions ended)\n", ended);
	return TRUE;
}

gboolean verb_sessions(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	const char *act = events_word(args, 0), *word = act != NULL ? events_word(args, 1) : NULL;

	if (act == NULL || strcmp(act, "list") == 0)
		return list_sessions(daemon, args, word, text, data, error);
	if (strcmp(act, "end") == 0)
		return end_sessions(daemon, word, events_option(args, "--login"), text, data, error);
	return verb_misused(error);
}
