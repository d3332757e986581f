/* SPDX-License-Identifier: Apache-2.0
 * Who asks, may they, and is it they themselves.
 *
 * Requests that change something and come with a cookie must prove that a page of ours sent them:
 *  - what the browser says of itself decides first: Sec-Fetch-Site other than same-origin (or none), or else an Origin
 *    that is not ours, is refused, whatever else the request carries; this holds without a session too (login);
 *  - a form (urlencoded, multipart) must carry the session's token, as field _csrf or header X-CSRF-Token;
 *  - anything else must carry that header, or the browser's word that it is same-origin.
 * A bearer token is proof by itself: no browser sends it unasked. */
#include "http/internal.h"

#include <string.h>

static void make_request_id(HttpCall *call)
{
	static const char hex[] = "0123456789abcdef";
	View given = call->head.headers[HEADER_REQUEST_ID];
	const char *text = call_bytes(call) + given.at;
	HttpLoop *home = call->home;
	guint32 number = home->id_next++;
	gboolean sane = given.at != 0 && given.length > 0 && given.length <= 64;

	for (guint32 i = 0; sane && i < given.length; i++)
		sane = g_ascii_isalnum(text[i]) || text[i] == '-' || text[i] == '_';
	if (sane) {
		memcpy(call->request_id, text, given.length);
		call->request_id[given.length] = '\0';
		return;
	}
	memcpy(call->request_id, home->id_prefix, 8);
	for (gint i = 15; i >= 8; i--, number >>= 4)
		call->request_id[i] = hex[number & 15];
	call->request_id[16] = '\0';
}

/* ---- Accept ---- */

/* q of @type in thousands; -1 = not named. */
static gint quality(const char *accept, const char *type)
{
	const char *at = strstr(accept, type);
	const char *q;
	gdouble value;

	if (at == NULL)
		return -1;
	at += strlen(type);
	q = strstr(at, "q=");
	if (q == NULL || memchr(at, ',', (gsize)(q - at)) != NULL)
		return 1000;
	value = g_ascii_strtod(q + 2, NULL);
	return (gint)(CLAMP(value, 0, 1) * 1000);
}

/* Browsers name text/html; programs name nothing, anything or JSON. */
static gboolean prefers_html(HttpCall *call)
{
	g_autofree char *accept = NULL;
	View view = call->head.headers[HEADER_ACCEPT];
	gint html, json;

	if (view.at == 0 || view.length < 9)
		return FALSE;
	accept = g_ascii_strdown(call_bytes(call) + view.at, view.length);
	html = quality(accept, "text/html");
	json = quality(accept, "application/json");
	return html > 0 &&
	       (html > json || (html == json && strstr(accept, "text/html") < strstr(accept, "application/json")));
}

/* ---- route ---- */

static gboolean find(HttpCall *call, guint32 method)
{
	Http *http = call->home->http;
	const char *path = call->path;
	gsize length = call->path_length;
	const Router *router = http->host_router;

	if (length > 3 && memcmp(path, "/p/", 3) == 0) {
		const char *slash = memchr(path + 3, '/', length - 3);
		const Mount *mount = slash != NULL ? mount_find(mount_table(http), path + 3, (gsize)(slash - path) - 3) : NULL;

		if (slash != NULL) {
			length -= (gsize)(slash - path);
			path = slash;
			router = mount != NULL ? mount->router : NULL;
		}
	}
	call->route_path = path;
	call->entry = NULL;
	call->match.allowed = 0;
	call->match.n_params = 0;
	if (router == NULL || !router_match(router, method, path, length, &call->match))
		return FALSE;
	call->entry = call->match.entry;
	return TRUE;
}

static const char *query_start(const HttpCall *call, const char *text)
{
	View query = call->head.query;

	return query.length > 0 ? g_strstr_len(call_bytes(call) + query.at, query.length, text) : NULL;
}

/* The form of a POST route is its path with ?_form=POST, or the bare path where no GET route has it. */
static gboolean find_form(HttpCall *call)
{
	RouteMatch match = call->match;
	const RouteEntry *entry = call->entry;

	if (call->head.method != ZHEN_GET || !call->wants_html ||
	    (entry != NULL && query_start(call, "_form=POST") == NULL))
		return FALSE;
	if (find(call, ZHEN_POST) && call->entry->kind == ROUTE_PLUGIN && pages_has_form(call->entry->route)) {
		call->draws_form = TRUE;
		return TRUE;
	}
	call->match = match;
	call->entry = entry;
	return FALSE;
}

static gboolean type_is(const HttpCall *call, const char *type)
{
	View view = call->head.headers[HEADER_CONTENT_TYPE];
	gsize length = strlen(type);
	const char *text = call_bytes(call) + view.at;

	return view.at != 0 && view.length >= length && g_ascii_strncasecmp(text, type, length) == 0 &&
	       (view.length == length || strchr("; \t", text[length]) != NULL);
}

static gboolean find_route(HttpCall *call)
{
	const guint32 edits = 1u << ZHEN_PUT | 1u << ZHEN_PATCH | 1u << ZHEN_DELETE;

	call->method = call->head.method;
	find(call, call->method != 0 ? call->method : ZHEN_GET);
	if (find_form(call))
		return TRUE;
	if (call->entry != NULL && call->method != 0)
		return TRUE;
	if (call->method == ZHEN_POST && (call->match.allowed & edits) != 0 &&
	    type_is(call, "application/x-www-form-urlencoded"))
		return call->late_route = TRUE;
	call->entry = NULL;
	if (call->match.allowed == 0) {
		answer_problem(call, 404, "not-found", "没有这个页面或接口", NULL);
		return FALSE;
	}
	call->allowed = call->match.allowed;
	answer_problem(call, 405, "method-not-allowed", "此地址不支持这种请求", NULL);
	return FALSE;
}

/* ---- who ---- */

static void take_session(HttpCall *call, View token)
{
	Access *access = call->home->http->options.access;

	call->token = token;
	call->session = access_session(access, call_bytes(call) + token.at, token.length, call->now_ms);
}

static gboolean find_session(HttpCall *call)
{
	View bearer = call->head.headers[HEADER_AUTHORIZATION];
	View cookie = call->head.headers[HEADER_COOKIE];
	const char *bytes = call_bytes(call);
	const char *at, *end;

	if (call->home->http->options.access == NULL)
		return TRUE;
	if (bearer.at != 0) {
		if (bearer.length > 7 && same_word(bytes + bearer.at, "bearer ", 7))
			take_session(call, (View){ bearer.at + 7, bearer.length - 7 });
		call->bearer = call->session != NULL;
		if (!call->bearer)
			answer_problem(call, 401, "login-required", "令牌无效或已过期", NULL);
		return call->bearer;
	}
	if (cookie.at == 0)
		return TRUE;
	at = bytes + cookie.at;
	end = at + cookie.length;
	while (at < end) {
		const char *stop = memchr(at, ';', (gsize)(end - at));
		const gsize name = sizeof(SESSION_COOKIE);

		stop = stop != NULL ? stop : end;
		if ((gsize)(stop - at) > name && memcmp(at, SESSION_COOKIE "=", name) == 0) {
			take_session(call,
			             (View){ (guint32)(at + name - bytes), (guint32)((gsize)(stop - at) - name) });
			return TRUE;
		}
		at = stop + 1;
		while (at < end && *at == ' ')
			at++;
	}
	return TRUE;
}

/* "http://host:port" is where this request was sent to. */
static gboolean origin_is_ours(const HttpCall *call, const char *origin, gsize length)
{
	const char *base = call->home->http->options.base_url;
	View host = call->head.headers[HEADER_HOST];
	const char *authority = g_strstr_len(origin, (gssize)length, "://");

	if (base != NULL && strlen(base) == length && g_ascii_strncasecmp(base, origin, length) == 0)
		return TRUE;
	if (authority == NULL || host.at == 0)
		return FALSE;
	authority += 3;
	return (gsize)(origin + length - authority) == host.length &&
	       g_ascii_strncasecmp(authority, call_bytes(call) + host.at, host.length) == 0;
}

static gboolean guard_origin(HttpCall *call)
{
	View origin = call->head.headers[HEADER_ORIGIN];
	gboolean foreign = FALSE;

	if (head_has(&call->head, HEADER_FETCH_SITE)) {
		call->same_origin = head_is(&call->head, call_bytes(call), HEADER_FETCH_SITE, "same-origin");
		foreign = !call->same_origin && !head_is(&call->head, call_bytes(call), HEADER_FETCH_SITE, "none");
	} else if (origin.at != 0) {
		call->same_origin = origin_is_ours(call, call_bytes(call) + origin.at, origin.length);
		foreign = !call->same_origin;
	}
	if (!foreign || call->bearer)
		return TRUE;
	answer_problem(call, 403, "cross-site", "请求来自其他网站，已拒绝", NULL);
	return FALSE;
}

gboolean guard_token(HttpCall *call, const char *form_token)
{
	const gboolean form = call->body_kind == BODY_FORM || call->body_kind == BODY_MULTIPART;
	const char *given[2] = { form_token, NULL };

	if (call->head.method == ZHEN_GET || call->session == NULL || call->bearer)
		return TRUE;
	if (!form && call->same_origin)
		return TRUE;
	given[1] = call_header(call, HEADER_CSRF_TOKEN);
	for (guint i = 0; i < G_N_ELEMENTS(given); i++)
		if (given[i] != NULL && strlen(given[i]) == strlen(call->session->csrf) &&
		    digest_equal(given[i], call->session->csrf, strlen(given[i])))
			return TRUE;
	answer_problem(call, 403, "csrf", "页面已过期，请刷新后重新提交", NULL);
	return FALSE;
}

/* Everybody knows the demo accounts: a page of elsewhere whose name leads to this machine must not reach them. */
static gboolean guard_demo_host(HttpCall *call)
{
	static const char *const local[] = { "127.0.0.1", "localhost", "[::1]" };
	const View host = call->head.headers[HEADER_HOST];
	const char *text = call_bytes(call) + host.at;
	const char *base = call->home->http->options.base_url;
	const char *public;

	if (!call->home->http->options.demo || host.at == 0)
		return TRUE;
	for (guint i = 0; i < G_N_ELEMENTS(local); i++) {
		const gsize length = strlen(local[i]);

		if (host.length >= length && same_word(text, local[i], length) &&
		    (host.length == length || text[length] == ':'))
			return TRUE;
	}
	public = base != NULL ? strstr(base, "://") : NULL;
	if (public != NULL && strlen(public + 3) == host.length &&
	    g_ascii_strncasecmp(public + 3, text, host.length) == 0)
		return TRUE;
	answer_problem(call, 403, "demo-host", "演示模式只接受本机地址", "demo mode answers to localhost only");
	return FALSE;
}

/* ---- may they ---- */

/* The whole plugin, or the feature alone. */
static void answer_off(HttpCall *call, const Division *division)
{
	const RouteEntry *entry = call->entry;
	const zhen_feature *feature = entry->feature >= 0 ? &entry->mount->plugin->features[entry->feature] : NULL;
	const char *place = division != NULL ? division->name : "所在地区";
	const char *title, *detail;

	if (feature == NULL || !mount_serves(entry->mount, SWITCH_PLUGIN, division, call->now_ms)) {
		title = "所在地区未开通此项服务";
		detail = arena_printf(call->arena, "plugin %s is not enabled for %s", entry->mount->id,
		                      division != NULL ? division->code : "any division");
	} else {
		title = arena_printf(call->arena, "%s未开通“%s”", place,
		                     feature->title != NULL ? feature->title : feature->name);
		detail = arena_printf(call->arena, "feature %s.%s is not enabled for %s", entry->mount->id, feature->name,
		                      division != NULL ? division->code : "any division");
	}
	answer_problem(call, 404, "not-enabled", title, detail);
}

static gboolean guard_mount(HttpCall *call)
{
	const Mount *mount = call->entry->mount;
	const Division *own = call->session != NULL ? call->session->division : NULL;

	if (mount != NULL && !mount_serves(mount, call->entry->feature, own, call->now_ms))
		answer_off(call, own);
	else if (mount != NULL && g_atomic_int_get(&mount->held) != 0)
		answer_problem(call, 503, "catching-up", "此模块正在补齐数据，请稍后再试", NULL);
	else
		return TRUE;
	return FALSE;
}

static void ask_to_log_in(HttpCall *call)
{
	g_autofree char *next = NULL;
	g_autofree char *location = NULL;

	if (!call->wants_html) {
		answer_problem(call, 401, "login-required", "请先登录", NULL);
		return;
	}
	if (call->head.method == ZHEN_GET && call->head.query.length > 0) {
		g_autofree char *query = g_strndup(call_bytes(call) + call->head.query.at, call->head.query.length);
		g_autofree char *full = g_strconcat(call->path, "?", query, NULL);

		next = g_uri_escape_string(full, "/", FALSE);
	} else {
		next = g_uri_escape_string(call->path, "/", FALSE);
	}
	location = g_strconcat("/login?next=", next, NULL);
	answer_redirect(call, location);
}

gboolean guard_route(HttpCall *call)
{
	const RouteEntry *entry = call->entry;

	if (entry->open)
		return guard_mount(call);
	if (call->session == NULL) {
		ask_to_log_in(call);
		return FALSE;
	}
	if (!session_may(call->session, entry->permission)) {
		answer_problem(call, 403, "forbidden", "没有办理此项业务的权限", NULL);
		return FALSE;
	}
	return guard_mount(call);
}

gboolean guard_method(HttpCall *call, guint32 method)
{
	call->method = method;
	if (find(call, method))
		return guard_route(call);
	call->allowed = call->match.allowed;
	answer_problem(call, 405, "method-not-allowed", "此地址不支持这种请求", NULL);
	return FALSE;
}

/* ---- body ---- */

static gboolean guard_body(HttpCall *call)
{
	const HttpLimits *limits = &call->home->http->options.limits;
	const gboolean plugin = call->late_route || call->entry->kind == ROUTE_PLUGIN;

	if (call->head.content_length <= 0 && !call->head.chunked)
		return TRUE;
	if (call->head.method == ZHEN_GET || call->head.method == 0) {
		answer_problem(call, 400, "bad-request", "这种请求不能带内容", NULL);
		return FALSE;
	}
	if (type_is(call, "application/x-www-form-urlencoded"))
		call->body_kind = BODY_FORM;
	else if (type_is(call, "multipart/form-data"))
		call->body_kind = BODY_MULTIPART;
	else
		call->body_kind = type_is(call, "application/json") ? BODY_JSON : BODY_RAW;
	if (plugin &&
	    (call->body_kind == BODY_RAW || (call->body_kind == BODY_MULTIPART &&
	                                     (call->late_route || !(call->entry->route->flags & ZHEN_UPLOADS))))) {
		answer_problem(call, 415, "unsupported-media-type", "只接受 JSON 或表单", NULL);
		return FALSE;
	}
	if (plugin && call->body_kind == BODY_MULTIPART)
		return upload_begin(call);
	if (call->head.content_length <= limits->body_bytes)
		return TRUE;
	answer_problem(call, 413, "body-too-large", "内容过大", NULL);
	return FALSE;
}

gboolean guard_head(HttpCall *call)
{
	const RequestHead *head = &call->head;
	const char *fault;
	char *path = arena_alloc(call->arena, head->path.length + 1);

	call->now_ms = net_wall_ms(call->home->net);
	make_request_id(call);
	forwarded_address(call);
	call->wants_html = prefers_html(call);
	fault = path_decode(call_bytes(call) + head->path.at, head->path.length, path, &call->path_length);
	if (fault != NULL) {
		call->close = TRUE;
		metrics_add(&call->home->refused, 1);
		answer_problem(call, 400, "bad-request", "请求格式不对", fault);
		return FALSE;
	}
	call->path = path;
	if (!guard_demo_host(call) || !find_session(call) || !find_route(call))
		return FALSE;
	if (head->method != ZHEN_GET && !guard_origin(call))
		return FALSE;
	if (!call->late_route && call->entry->kind == ROUTE_UPLOAD)
		return submit_read_query(call) && upload_begin(call);
	if (!call->late_route && !guard_route(call))
		return FALSE;
	return submit_read_query(call) && guard_body(call);
}
