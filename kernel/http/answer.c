/* SPDX-License-Identifier: Apache-2.0
 * What a reply becomes for who asked: as it is for programs; a page, a form again or a redirect for browsers. */
#include "http/internal.h"

#include <string.h>

#include "http/forms.h"
#include "runtime/runtime.h"

#define HTML_TYPE "text/html; charset=utf-8"
#define TICKET_MS (G_GINT64_CONSTANT(3600) * 1000)

/* What stands at "/p/notes/notes/7?from=2" for @method, and after /p/notes; NULL = no route of a plugin. */
static const RouteEntry *entry_at(const HttpCall *call, guint32 method, const char *url, RouteMatch *out_match,
                                  const char **out_path)
{
	const char *path = strncmp(url, "/p/", 3) == 0 ? strchr(url + 3, '/') : NULL;
	const Mount *mount =
		path != NULL ? mount_find(mount_table(call->home->http), url + 3, (gsize)(path - url) - 3) : NULL;

	*out_path = path;
	return mount != NULL && router_match(mount->router, method, path, strcspn(path, "?#"), out_match)
	               ? out_match->entry
	               : NULL;
}

/* Whether a browser sent to @location would find a page: a POST may name a thing that has none. */
static gboolean leads_to_page(const HttpCall *call, const char *location)
{
	RouteMatch match;
	const char *path;

	return entry_at(call, ZHEN_GET, location, &match, &path) != NULL;
}

static gboolean view_may(const void *data, const Plugin *plugin, const char *permission, const char *feature)
{
	const HttpCall *call = data;
	const Mount *mount = mount_find(mount_table(call->home->http), plugin->id, strlen(plugin->id));

	return mount != NULL && caller_may(call, mount, permission) &&
	       mount_serves(mount, mount_feature(plugin, feature),
	                    call->session != NULL ? call->session->division : NULL, call->now_ms);
}

/* The divisions that path and query name must have the feature on too: the runtime would refuse the call. */
static gboolean view_leads(const void *data, guint32 method, const char *url)
{
	const HttpCall *call = data;
	Params params = { NULL, 0, 0 };
	RouteMatch match;
	const char *path;
	const RouteEntry *entry = entry_at(call, method, url, &match, &path);
	const char *query = strchr(url, '?');

	if (entry == NULL || !view_may(data, entry->mount->plugin, entry->open ? NULL : entry->route->permission,
	                               entry->route->feature))
		return FALSE;
	for (guint i = 0; i < match.n_params && entry->params[i] != NULL; i++)
		params_add(&params, call->arena, entry->params[i],
		           arena_strndup(call->arena, path + match.params[i].at, match.params[i].length),
		           match.params[i].length);
	if (query != NULL)
		params_decode(&params, call->arena, query + 1, strlen(query + 1));
	for (const zhen_field *f = entry->route->fields; f != NULL && f->name != NULL; f++) {
		const gboolean names = f->type == ZHEN_DIVISION && (f->flags & ZHEN_ANYWHERE) == 0;
		const char *code = names ? params_text(&params, f->name) : NULL;
		const Division *named =
			code != NULL ? divisions_find(call->home->http->options.divisions, code) : NULL;

		if (named != NULL && !mount_serves(entry->mount, entry->feature, named, call->now_ms))
			return FALSE;
	}
	return TRUE;
}

typedef struct Listing {
	guint permission; /* G_MAXUINT = none is asked for */
	PageAccountFunc *each;
	void *data;
} Listing;

static void list_posted(void *data, const Posted *posted)
{
	const Listing *listing = data;

	if (listing->permission == G_MAXUINT || posted_may(posted, listing->permission))
		listing->each(listing->data, posted->account, posted->name, posted->body != NULL ? posted->body->name : "");
}

static void view_each_account(const void *data, const Plugin *plugin, const char *permission, const Division *within,
                              PageAccountFunc *each, void *each_data)
{
	const HttpCall *call = data;
	const Mount *mount = mount_find(mount_table(call->home->http), plugin->id, strlen(plugin->id));
	Listing listing = { G_MAXUINT, each, each_data };

	/* Names of staff are no public list. */
	if (mount == NULL || call->session == NULL)
		return;
	for (guint i = 0; permission != NULL && i < plugin->n_permissions; i++)
		if (strcmp(plugin->permissions[i].name, permission) == 0)
			listing.permission = mount->permissions[i];
	access_each_posted(call->home->http->options.access, NULL, within, call->now_ms, list_posted, &listing);
}

/* An account that may call a route may send its file. To everybody else a ticket is given by the plugin that knows why. */
static char *view_ticket(const void *data, const Plugin *plugin)
{
	const HttpCall *call = data;
	const Keys *keys = call->home->http->options.keys;

	if (call->session == NULL || keys == NULL)
		return NULL;
	return ticket_make(keys, plugin->id, call->session->account, call->now_ms + TICKET_MS);
}

void call_view(HttpCall *call, PageView *view)
{
	const HttpOptions *options = &call->home->http->options;
	const MountTable *table = mount_table(call->home->http);
	View query = call->head.query;

	*view = (PageView){
		.site_title = options->site_title,
		.demo = options->demo,
		.divisions = options->divisions,
		.bodies = options->bodies,
		.session = call->session,
		.path = call->path != NULL ? call->path : "/",
		.query = query.length > 0 ? arena_strndup(call->arena, call_bytes(call) + query.at, query.length) : NULL,
		.request_id = call->request_id,
		.now_ms = call->now_ms,
		.plugins = table->plugins,
		.n_plugins = table->count,
		.may = view_may,
		.may_data = call,
		.leads = view_leads,
		.each_account = view_each_account,
		.ticket = view_ticket,
	};
}

static const CallReply *empty_reply(CallReply *on_stack, gint status, GString *body)
{
	*on_stack = (CallReply){ .status = status, .content_type = HTML_TYPE, .body = body };
	return on_stack;
}

void answer_html(HttpCall *call, gint status, GString *html)
{
	CallReply reply;

	reply_send(call, empty_reply(&reply, status, html), HTML_TYPE, -1, 0);
	g_string_free(html, TRUE);
}

void answer_redirect(HttpCall *call, const char *location)
{
	g_autoptr(GString) nothing = g_string_new(NULL);
	g_autofree char *copy = g_strdup(location);
	CallReply reply;

	empty_reply(&reply, 303, nothing);
	reply.location = copy;
	reply_send(call, &reply, HTML_TYPE, -1, 0);
}

void answer_problem(HttpCall *call, gint status, const char *code, const char *title, const char *detail)
{
	CallReply *reply = call_reply_problem(status, code, title, detail);

	reply->retry_after_s = status == 503 || status == 429 ? 5 : 0;
	answer(call, reply);
}

void answer_form(HttpCall *call)
{
	g_autoptr(GString) html = g_string_sized_new(8192);
	PageView view;

	call_view(call, &view);
	pages_form(&view, call->entry->mount->plugin, call->entry->route, call->params.items, call->params.count, html);
	answer_html(call, 200, g_steal_pointer(&html));
}

static gboolean is_json(const char *type)
{
	return strcmp(type, "application/json") == 0 || strcmp(type, "application/problem+json") == 0;
}

static void draw(HttpCall *call, const CallReply *reply, GString *html)
{
	const RouteEntry *entry = call->entry;
	PageView view;

	call_view(call, &view);
	if (entry != NULL && entry->kind == ROUTE_PLUGIN)
		pages_reply(&view, entry->mount->plugin, entry->route, call->params.items, call->params.count, reply,
		            html);
	else if (reply->status >= 400)
		pages_problem(&view, reply, html);
	else
		pages_json(&view, call->path, reply, html);
}

static void answer_browser(HttpCall *call, CallReply *reply)
{
	g_autoptr(GString) html = NULL;
	const gboolean form = call->body_kind == BODY_FORM || call->body_kind == BODY_MULTIPART;

	if (form && reply->status < 300 && pages_may_redirect(reply) && leads_to_page(call, reply->location)) {
		reply->status = 303;
		g_string_truncate(reply->body, 0);
		reply_send(call, reply, HTML_TYPE, -1, 0);
		return;
	}
	html = g_string_sized_new(8192);
	draw(call, reply, html);
	if (call->entry != NULL && call->entry->kind == ROUTE_PLUGIN &&
	    pages_is_question(call->entry->route, call->params.items, call->params.count, reply))
		reply->status = 200;
	g_string_free(reply->body, TRUE);
	reply->body = g_steal_pointer(&html);
	/* A validator of the JSON says nothing about the page around it. */
	g_clear_pointer(&reply->etag, g_free);
	reply_send(call, reply, HTML_TYPE, -1, 0);
}

void answer(HttpCall *call, CallReply *reply)
{
	if (reply->blob != NULL && reply->status < 300) {
		download_blob(call, reply);
		return;
	}
	if (call->wants_html && is_json(reply->content_type) && reply->status != 204 && reply->status != 304)
		answer_browser(call, reply);
	else
		reply_send(call, reply, reply->content_type, -1, 0);
	call_reply_free(reply);
}
