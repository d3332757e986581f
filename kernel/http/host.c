/* SPDX-License-Identifier: Apache-2.0
 * The host's own routes: how they read a call and answer it. */
#include "http/internal.h"

#include <string.h>

void http_add(Http *http, const HttpRoute *route, void *data)
{
	RouteEntry *entry = g_new0(RouteEntry, 1);

	entry->kind = ROUTE_HOST;
	entry->method = route->method;
	entry->pattern = g_strdup(route->path);
	entry->params = route_param_names(route->path);
	entry->open = TRUE;
	entry->own = *route;
	entry->data = data;
	g_ptr_array_add(http->host_entries, entry);
	router_add(http->host_router, route->method, entry->pattern, entry);
}

const char *http_call_param(HttpCall *call, const char *name)
{
	return params_text(&call->params, name);
}

json_t *http_call_json(HttpCall *call)
{
	return call->body_kind == BODY_JSON ? json_read(call->text, call->text_length, NULL) : NULL;
}

gboolean http_call_wants_page(const HttpCall *call)
{
	return call->wants_html;
}

void http_call_view(HttpCall *call, PageView *view)
{
	call_view(call, view);
}

const char *http_call_request_id(const HttpCall *call)
{
	return call->request_id;
}

const char *http_call_address(HttpCall *call)
{
	return call->address;
}

gboolean http_call_is_local(HttpCall *call)
{
	return !head_has(&call->head, HEADER_FORWARDED_FOR) &&
	       (g_str_has_prefix(call->address, "127.") || strcmp(call->address, "::1") == 0);
}

Loop *http_call_loop(HttpCall *call)
{
	return call->home->loop;
}

void http_call_set_cookie(HttpCall *call, const char *token, gint64 max_age_s)
{
	const char *base = call->home->http->options.base_url;
	const gboolean secure = base != NULL && g_str_has_prefix(base, "https://");

	g_free(call->cookie);
	/* Lax: a link from a message opens logged in; what changes something needs the token anyway. */
	call->cookie = g_strdup_printf(SESSION_COOKIE "=%s; Path=/; Max-Age=%" G_GINT64_FORMAT "; HttpOnly; SameSite=Lax%s",
	                               token != NULL ? token : "", token != NULL ? max_age_s : 0, secure ? "; Secure" : "");
}

void http_call_answer(HttpCall *call, CallReply *reply)
{
	if (call_claim(call))
		answer(call, reply);
	else
		call_reply_free(reply);
}

void http_call_redirect(HttpCall *call, const char *path)
{
	if (call_claim(call))
		answer_redirect(call, path);
}

Session *http_call_session(HttpCall *call)
{
	return call->session;
}

char *http_call_token(HttpCall *call)
{
	return call->session != NULL ? g_strndup(call_bytes(call) + call->token.at, call->token.length) : NULL;
}

char *http_call_last_event_id(HttpCall *call)
{
	return g_strdup(call_header(call, HEADER_LAST_EVENT_ID));
}
