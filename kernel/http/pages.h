/* SPDX-License-Identifier: Apache-2.0
 * Host-drawn pages: what villagers on a phone, window clerks and officers see where a plugin has no page of its own. Drawn
 * from declared fields, without script, in Chinese. Pure functions of what they are given; any thread. */
#pragma once

#include "http/html.h"
#include "runtime/call.h"

/* Who may be named: account id, name of the person, name of the body. */
typedef void PageAccountFunc(void *data, const char *account, const char *name, const char *body);

/* What a page is drawn for. Everything is borrowed; all may be NULL but site_title and path. */
typedef struct PageView {
	const char *site_title;
	gboolean demo; /* banner on every page */
	const Divisions *divisions;
	const Bodies *bodies;
	const Session *session; /* NULL = nobody is logged in */
	const char *csrf;       /* goes into forms as "_csrf"; NULL = the session's, else no field */
	const char *path;       /* as requested, without its query: "/p/notes/notes/7" */
	const char *query;      /* as requested, without '?' */
	const char *request_id;
	gint64 now_ms;                /* 0 = unknown */
	const Plugin *const *plugins; /* mounted ones: menus, breadcrumb */
	guint n_plugins;
	/* Whether the caller may use a thing of @plugin (@permission NULL = public) whose feature is on. NULL: only public. */
	gboolean (*may)(const void *data, const Plugin *plugin, const char *permission, const char *feature);
	const void *may_data;
	/* Whether a route stands at @url ("/p/notes/notes/7?from=2") for @method that the caller may use as above, its feature on
	 * in the divisions that @url names too; data is may_data. NULL: not known, and what a reply names is believed. */
	gboolean (*leads)(const void *data, guint32 method, const char *url);
	/* Calls @each for who has a post within @within (NULL = anywhere) that gives the permission (NULL = any post), in order of
	 * account; data is may_data. NULL: nobody is known. */
	void (*each_account)(const void *data, const Plugin *plugin, const char *permission, const Division *within,
	                     PageAccountFunc *each, void *each_data);
	/* Lets the caller upload to @plugin; data is may_data. (transfer full) NULL = not this caller, who needs one of the
	 * plugin's. */
	char *(*ticket)(const void *data, const Plugin *plugin);
} PageView;

/* What a form may carry besides declared fields; all begin with '_' and none reaches a plugin:
 *   _csrf   the session's token           _key  Idempotency-Key, drawn once per form: a double tap files one application
 *   _match  If-Match of routes with a version field     _at   division under which the form lists divisions
 *   _ticket lets an account that may call the route send its file; before the file, else it is refused */

/* ---- answers of plugin routes (text/html) ---- */

/* The page of @reply, which @route of @plugin gave to @params (path, query and form). A problem with field errors redraws
 * the form with its values; secrets are not echoed. */
void pages_reply(const PageView *view, const Plugin *plugin, const zhen_route *route, const CallParam *params,
                 guint n_params, const CallReply *reply, GString *out);
/* Whether the reply only says that a page to ask on was opened and nothing asked yet: its form is no refusal. */
gboolean pages_is_question(const zhen_route *route, const CallParam *params, guint n_params, const CallReply *reply);
/* Whether a browser may be sent on to the reply's location: it tells nothing that is lost by that (a query code). */
gboolean pages_may_redirect(const CallReply *reply);
/* The form of @route: GET of its path with ?_form=POST (or where no GET route has that path). @params: path and query. */
void pages_form(const PageView *view, const Plugin *plugin, const zhen_route *route, const CallParam *params,
                guint n_params, GString *out);
/* The route whose form ?_form=POST asks for is found by the router; this says whether a route has a form: POST. */
gboolean pages_has_form(const zhen_route *route);

/* ---- the host's own ---- */

/* Any JSON answer of the host (/kernel/health, ...), or a problem. */
void pages_json(const PageView *view, const char *title, const CallReply *reply, GString *out);
void pages_problem(const PageView *view, const CallReply *reply, GString *out);
/* The same of a plugin's route: with the ways back to what the call was about. */
void pages_refused(const PageView *view, const Plugin *plugin, const zhen_route *route, const CallParam *params,
                   guint n_params, const CallReply *reply, GString *out);
/* Fields login, password, next, posted to /login. @message NULL = none ("账号或密码不正确"). */
void pages_login(const PageView *view, const char *login, const char *next, const char *message, GString *out);
void pages_home(const PageView *view, GString *out);                         /* / */
void pages_plugin(const PageView *view, const Plugin *plugin, GString *out); /* /p/<id> */

const char *pages_css(gsize *out_length); /* /kernel/style.css, text/css; constant */

/* ---- shared by the drawing modules ---- */

/* A member of a list's rows: the last words, parted by spaces, of routes "<list>/{key}/<word>" that the row's state allows. Each
 * that the caller may use stands in the row as a button, in the order of the routes. */
#define PAGE_MAY "may"

void page_begin(const PageView *view, Html *html, GString *out, const char *title, const Plugin *plugin);
/* Links from a refusal: the form again where that may help, the page that the call was about, the list it stands in. */
void page_ways(const PageView *view, Html *html, const Plugin *plugin, const zhen_route *route, const CallParam *params,
               guint n_params, gint status);
void page_end(const PageView *view, Html *html);
gboolean page_may(const PageView *view, const Plugin *plugin, const char *permission, const char *feature);
const char *page_param(const CallParam *params, guint n_params, const char *name); /* NULL = not there */
const char *page_csrf(const PageView *view);
/* "/p/notes/notes/7/close" of @route, its path parameters taken from @params; NULL when one is missing. (transfer full) */
char *page_route_url(const Plugin *plugin, const zhen_route *route, const CallParam *params, guint n_params);
gboolean path_has_param(const char *path, const char *name); /* "/notes/{id}" has "id" */
