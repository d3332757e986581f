/* SPDX-License-Identifier: Apache-2.0
 * Logging in and out: a page and a form for people, JSON with a bearer token for programs. */
#include "http/internal.h"

#include <string.h>

#include "base/json.h"

typedef struct LoginWait {
	LoopItem item;
	HttpCall *call;
	Loop *loop;
	LoginOutcome outcome;
	char token[64];
	gint64 expires_ms;
} LoginWait;

static void send_page(HttpCall *call, gint status, const char *message)
{
	CallReply *reply = call_reply_new(status);
	PageView view;

	reply->content_type = "text/html; charset=utf-8";
	call_view(call, &view);
	pages_login(&view, http_call_param(call, "login"), http_call_param(call, "next"), message, reply->body);
	http_call_answer(call, reply);
}

static void run_page(HttpCall *call, void *data)
{
	(void)data;
	send_page(call, 200, NULL);
}

static void refuse(HttpCall *call, gint status, const char *code, const char *title)
{
	CallReply *reply;

	if (call->wants_html) {
		send_page(call, status, title);
		return;
	}
	reply = call_reply_problem(status, code, title, NULL);
	reply->retry_after_s = status == 429 ? 60 : 0;
	http_call_answer(call, reply);
}

/* Only a path of ours: a login that sends elsewhere is a phisher's tool. */
static const char *next_of(HttpCall *call)
{
	const char *next = http_call_param(call, "next");

	return next != NULL && next[0] == '/' && html_url_safe(next) ? next : "/";
}

static void welcome(HttpCall *call, const LoginWait *wait)
{
	Access *access = call->home->http->options.access;
	g_autoptr(Session) session = access_session(access, wait->token, strlen(wait->token), call->now_ms);
	CallReply *reply;
	JsonOut out;

	if (call->wants_html || call->body_kind == BODY_FORM) {
		http_call_set_cookie(call, wait->token, MAX((wait->expires_ms - call->now_ms) / 1000, 1));
		http_call_redirect(call, next_of(call));
		return;
	}
	reply = call_reply_new(200);
	json_out_init(&out, reply->body);
	json_open(&out, NULL, FALSE);
	json_put_text(&out, "token", wait->token);
	json_put_text(&out, "csrf", session != NULL ? session->csrf : NULL);
	json_put_time(&out, "expires_at", wait->expires_ms);
	json_close_one(&out);
	http_call_set_cookie(call, wait->token, MAX((wait->expires_ms - call->now_ms) / 1000, 1));
	http_call_answer(call, reply);
}

static void on_outcome(void *data)
{
	g_autofree LoginWait *wait = data;
	HttpCall *call = wait->call;

	if (call->connection == NULL) {
		call_claim(call);
		return;
	}
	switch (wait->outcome) {
	case LOGIN_OK:
		welcome(call, wait);
		return;
	case LOGIN_WRONG:
		refuse(call, 401, "wrong-login", "账号或密码不正确");
		return;
	case LOGIN_LIMITED:
		refuse(call, 429, "too-many-logins", "尝试次数过多，请稍后再试");
		return;
	default:
		refuse(call, 503, "unavailable", "暂时不能登录，请稍后再试");
	}
}

/* Any thread. */
static void on_done(void *data, LoginOutcome outcome, const char *token, gint64 expires_ms)
{
	LoginWait *wait = data;

	wait->outcome = outcome;
	wait->expires_ms = expires_ms;
	g_strlcpy(wait->token, token != NULL ? token : "", sizeof(wait->token));
	wait->item = (LoopItem){ .run = on_outcome, .data = wait };
	loop_post(wait->loop, &wait->item);
}

static void run_login(HttpCall *call, void *data)
{
	Access *access = call->home->http->options.access;
	g_autoptr(json_t) json = NULL;
	const char *login = http_call_param(call, "login");
	const char *password = http_call_param(call, "password");
	const char *body = http_call_param(call, "body");
	LoginWait *wait;

	(void)data;
	if (call->body_kind == BODY_JSON) {
		json = json_read(call->text, call->text_length, NULL);
		login = json_string_value(json_object_get(json, "login"));
		password = json_string_value(json_object_get(json, "password"));
		body = json_string_value(json_object_get(json, "body"));
	}
	if (login == NULL || password == NULL || login[0] == '\0' || strlen(password) > 1024) {
		refuse(call, 422, "invalid", "请填写账号和密码");
		return;
	}
	if (access == NULL) {
		refuse(call, 503, "unavailable", "暂时不能登录，请稍后再试");
		return;
	}
	wait = g_new0(LoginWait, 1);
	wait->call = call;
	wait->loop = http_call_loop(call);
	access_login(access, login, password, body, http_call_address(call), call->now_ms, on_done, wait);
}

static void run_logout(HttpCall *call, void *data)
{
	Access *access = call->home->http->options.access;

	(void)data;
	if (access != NULL && call->session != NULL)
		access_logout(access, call_bytes(call) + call->token.at, call->token.length);
	http_call_set_cookie(call, NULL, 0);
	if (call->wants_html)
		http_call_redirect(call, "/");
	else
		http_call_answer(call, call_reply_new(204));
}

static const zhen_field login_fields[] = {
	{ .name = "login", .label = "登录名", .type = ZHEN_TEXT, .flags = ZHEN_REQUIRED },
	{ .name = "password", .label = "密码", .type = ZHEN_SECRET, .flags = ZHEN_REQUIRED },
	{ .name = "body", .label = "单位编号（在几个单位任职时）", .type = ZHEN_BODY },
	{ 0 },
};

static const zhen_field page_fields[] = {
	{ .name = "next", .label = "登录后打开的页面", .type = ZHEN_TEXT },
	{ 0 },
};

static const HttpRoute routes[] = {
	{ .method = ZHEN_GET, .path = "/login", .summary = "登录页", .media = "text/html", .fields = page_fields, .run = run_page },
	{ .method = ZHEN_POST, .path = "/login", .summary = "登录", .media = "application/json", .fields = login_fields, .run = run_login },
	{ .method = ZHEN_POST, .path = "/logout", .summary = "退出登录", .media = "application/json", .run = run_logout },
};

void login_add(Http *http)
{
	for (guint i = 0; i < G_N_ELEMENTS(routes); i++)
		http_add(http, &routes[i], NULL);
}
