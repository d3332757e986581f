/* SPDX-License-Identifier: Apache-2.0
 * The page of a plugin route's answer: facts, tables, and what can be done next. */
#include <string.h>
#include "base/json.h"
#include "http/forms.h"
#include "http/values.h"

#define LEAD_FACTS 4

static void append_query(GString *url, const char *name, const char *value)
{
	g_string_append_c(url, strchr(url->str, '?') == NULL ? '?' : '&');
	g_string_append_uri_escaped(url, name, NULL, FALSE);
	g_string_append_c(url, '=');
	g_string_append_uri_escaped(url, value, NULL, TRUE);
}

/* The same page, further down: the query as it is, with another cursor. (transfer full) */
static char *next_url(const PageView *view, const char *cursor)
{
	g_autoptr(GString) url = g_string_new(view->path);
	g_auto(GStrv) pairs = g_strsplit(view->query == NULL ? "" : view->query, "&", -1);

	for (guint i = 0; pairs[i] != NULL; i++) {
		if (pairs[i][0] == '\0' || g_str_has_prefix(pairs[i], "cursor="))
			continue;
		g_string_append_c(url, strchr(url->str, '?') == NULL ? '?' : '&');
		g_string_append(url, pairs[i]);
	}
	append_query(url, "cursor", cursor);
	return g_string_free(g_steal_pointer(&url), FALSE);
}

static void draw_pager(const PageView *view, Html *html, const json_t *next, const CallParam *params, guint n_params)
{
	gboolean later = page_param(params, n_params, "cursor") != NULL;
	gboolean more = json_is_string(next) || json_is_integer(next);

	if ((!more && !later) || view->path == NULL)
		return;
	html_open(html, "nav", "class", "pager", "aria-label", "翻页", NULL);
	if (later)
		html_link(html, view->path, "button second", "回到第一页");
	if (more) {
		g_autofree char *number =
			json_is_integer(next) ? g_strdup_printf("%" G_GINT64_FORMAT, (gint64)json_integer_value(next))
					      : NULL;
		g_autofree char *url = next_url(view, number == NULL ? json_string_value(next) : number);
		html_link(html, url, "button", "下一页");
	}
	html_close(html);
}

/* The page of one row of what @route lists: its path and one parameter more. (transfer full) */
static char *row_path_of(const PageView *view, const Plugin *plugin, const zhen_route *route)
{
	gsize length = strlen(route->path);

	for (guint i = 0; i < plugin->n_routes; i++) {
		const zhen_route *one = &plugin->routes[i];

		if (one->method == ZHEN_GET && strncmp(one->path, route->path, length) == 0 &&
		    g_str_has_prefix(one->path + length, "/{") && strchr(one->path + length + 1, '/') == NULL &&
		    strchr(route->path, '{') == NULL &&
		    page_may(view, plugin, (one->flags & ZHEN_PUBLIC) != 0 ? NULL : one->permission, one->feature))
			return g_strconcat("/p/", plugin->id, one->path, NULL);
	}
	return NULL;
}

/* actions: [{title, method, path, fields?}]; a path without /p/ is the plugin's own, fields are values to begin with. FALSE: not
 * drawn, the caller could only be refused there. */
static gboolean draw_action(const PageView *view, Html *html, const Plugin *plugin, const json_t *action,
                            const CallReply *reply, gboolean first)
{
	const char *path = json_string_value(json_object_get(action, "path"));
	const char *title = json_string_value(json_object_get(action, "title"));
	const char *method = json_string_value(json_object_get(action, "method"));
	gboolean acts = method != NULL && g_ascii_strcasecmp(method, "GET") != 0;
	const char *name;
	json_t *value;

	if (path == NULL || path[0] != '/')
		return FALSE;
	g_autoptr(GString) url = g_string_new(NULL);
	if (!g_str_has_prefix(path, "/p/") && !g_str_has_prefix(path, "/kernel/"))
		g_string_append_printf(url, "/p/%s", plugin->id);
	g_string_append(url, path);
	if (acts) {
		append_query(url, "_form", method);
		if (reply->etag != NULL)
			append_query(url, "_match", reply->etag);
	}
	json_object_foreach (json_object_get(action, "fields"), name, value) {
		g_autofree char *number =
			json_is_integer(value) ? g_strdup_printf("%" G_GINT64_FORMAT, (gint64)json_integer_value(value))
					       : NULL;
		const char *text = number != NULL ? number : json_string_value(value);
		if (text != NULL)
			append_query(url, name, text);
	}
	if (view->leads != NULL && !view->leads(view->may_data, acts ? ZHEN_POST : ZHEN_GET, url->str))
		return FALSE;
	/* One stands out: the next thing to do. */
	html_link(html, url->str, first && acts ? "button" : "button second", title == NULL ? path : title);
	return TRUE;
}

/* A public POST beside a public GET of its path only answers a question, so that a code stays out of addresses: nothing
 * was done. */
static gboolean is_lookup(const Plugin *plugin, const zhen_route *route, const CallReply *reply)
{
	for (guint i = 0; i < plugin->n_routes; i++)
		if (reply->status == 200 && (route->flags & plugin->routes[i].flags & ZHEN_PUBLIC) != 0 &&
		    route->method == ZHEN_POST && plugin->routes[i].method == ZHEN_GET &&
		    strcmp(plugin->routes[i].path, route->path) == 0)
			return TRUE;
	return FALSE;
}

static gboolean covers_fields(const zhen_field *these, const zhen_field *those)
{
	for (const zhen_field *f = those; f != NULL && f->name != NULL; f++)
		if ((f->flags & ZHEN_HIDDEN) == 0 && (these == NULL || field_find(these, f->name) == NULL))
			return FALSE;
	return TRUE;
}

/* Fields a GET route takes beside those in its path. */
static gboolean has_query_fields(const zhen_route *route)
{
	for (const zhen_field *f = route->fields; f != NULL && f->name != NULL; f++)
		if (!path_has_param(route->path, f->name) && (f->flags & ZHEN_HIDDEN) == 0)
			return TRUE;
	return FALSE;
}

/* The POST route that asks the same as a GET route does: its form is the better one, codes stay out of addresses. */
static const zhen_route *twin_of(const PageView *view, const Plugin *plugin, const zhen_route *route)
{
	for (guint i = 0; i < plugin->n_routes; i++) {
		const zhen_route *one = &plugin->routes[i];

		if (has_query_fields(route) && one->method == ZHEN_POST && strcmp(one->path, route->path) == 0 &&
		    covers_fields(one->fields, route->fields) && covers_fields(route->fields, one->fields) &&
		    page_may(view, plugin, (one->flags & ZHEN_PUBLIC) != 0 ? NULL : one->permission, one->feature))
			return one;
	}
	return NULL;
}

/* What one can do from here, by the tables: routes of this path, or one literal step below it. */
static gboolean is_next_step(const zhen_route *from, const zhen_route *to)
{
	gsize length = strlen(from->path);

	if (to == from || (to->method != ZHEN_GET && !pages_has_form(to)) || strncmp(to->path, from->path, length) != 0)
		return FALSE;
	if (to->path[length] == '\0')
		return to->method != ZHEN_GET;
	return to->path[length] == '/' && strchr(to->path + length, '{') == NULL &&
	       strchr(to->path + length + 1, '/') == NULL;
}

/* What the next form needs and this answer knows: what forms only carry (a ticket), and the keys both are asked by. */
static void append_known(GString *url, const zhen_route *from, const zhen_route *to, const json_t *body)
{
	for (const zhen_field *f = to->fields; f != NULL && f->name != NULL; f++) {
		const char *text = json_string_value(json_object_get(body, f->name));
		gboolean shared = (f->flags & ZHEN_HIDDEN) != 0 || (f->type == ZHEN_TEXT && from->fields != NULL &&
		                                                    field_find(from->fields, f->name) != NULL);

		if (text != NULL && shared && !path_has_param(to->path, f->name))
			append_query(url, f->name, text);
	}
}

/* A form that must bring a file, for a visitor to whom this answer gave no ticket: it could only be refused. */
static gboolean lacks_ticket(const PageView *view, const zhen_route *route, const json_t *body)
{
	const zhen_field *file = forms_file(route);

	return file != NULL && (file->flags & ZHEN_REQUIRED) != 0 && view->session == NULL &&
	       json_object_get(body, "ticket") == NULL;
}

static void draw_next_steps(const PageView *view, Html *html, const Plugin *plugin, const zhen_route *route,
                            const CallParam *params, guint n_params, const CallReply *reply, const json_t *body)
{
	gboolean first = TRUE;

	for (guint i = 0; i < plugin->n_routes; i++) {
		const zhen_route *one = &plugin->routes[i];

		if (!is_next_step(route, one) || lacks_ticket(view, one, body) ||
		    (route->method == ZHEN_GET && one == twin_of(view, plugin, route)) ||
		    !page_may(view, plugin, (one->flags & ZHEN_PUBLIC) != 0 ? NULL : one->permission, one->feature))
			continue;
		g_autofree char *path = page_route_url(plugin, one, params, n_params);
		if (path == NULL)
			continue;
		g_autoptr(GString) url = g_string_new(path);
		if (one->method != ZHEN_GET)
			append_query(url, "_form", "POST");
		if (one->method != ZHEN_GET)
			append_known(url, route, one, body);
		if (one->method != ZHEN_GET && one->version != NULL && reply->etag != NULL)
			append_query(url, "_match", reply->etag);
		html_link(html, url->str, !first || one->method == ZHEN_GET ? "button second" : "button",
		          one->summary == NULL ? one->path : one->summary);
		first = first && one->method == ZHEN_GET;
	}
}

static gboolean has_given(const zhen_route *route, const CallParam *params, guint n_params)
{
	for (const zhen_field *f = route->fields; f != NULL && f->name != NULL; f++) {
		const char *value = page_param(params, n_params, f->name);

		if (!path_has_param(route->path, f->name) && value != NULL && value[0] != '\0')
			return TRUE;
	}
	return FALSE;
}

/* A page that asks for number and code, before anything was asked: what can be done with the answer comes with the answer. */
static gboolean only_asks(const PageView *view, const Plugin *plugin, const zhen_route *route, const CallParam *params,
                          guint n_params)
{
	return twin_of(view, plugin, route) != NULL && !has_given(route, params, n_params);
}

static void draw_actions(const PageView *view, Html *html, const Plugin *plugin, const zhen_route *route,
                         const CallParam *params, guint n_params, const CallReply *reply, const json_t *body)
{
	const json_t *actions = json_object_get(body, "actions");
	gboolean first = TRUE;
	json_t *action;
	size_t i;

	html_open(html, "div", "class", "actions", NULL);
	if (reply->location != NULL && route->method != ZHEN_GET)
		html_link(html, reply->location, "button", "查看");
	if (json_is_array(actions))
		json_array_foreach (actions, i, action)
			first = !draw_action(view, html, plugin, action, reply, first) && first;
	else if ((route->method == ZHEN_GET && !only_asks(view, plugin, route, params, n_params)) ||
	         is_lookup(plugin, route, reply))
		draw_next_steps(view, html, plugin, route, params, n_params, reply, body);
	if (route->method != ZHEN_GET)
		html_link(html, "/", "button second", "回到首页");
	html_close(html);
}

/* A list keeps its conditions in sight; a page that asks is its form; an answer comes before the next question. */
static void draw_filter(const PageView *view, Html *html, const Plugin *plugin, const zhen_route *route,
                        const CallParam *params, guint n_params, gboolean is_list)
{
	gboolean given = has_given(route, params, n_params);

	if (!has_query_fields(route))
		return;
	const zhen_route *twin = twin_of(view, plugin, route);
	if (twin == NULL)
		twin = route;
	if (!given && !is_list) {
		forms_draw(view, html, plugin, twin, params, n_params, NULL);
		return;
	}
	html_open(html, "details", "class", "filter", "open", given && is_list ? "" : NULL, NULL);
	html_leaf(html, "summary", NULL, is_list ? "查询条件" : "再查一次");
	forms_draw(view, html, plugin, twin, params, n_params, NULL);
	html_close(html);
}

static const char *title_of(const zhen_route *route)
{
	return route->summary == NULL ? route->path : route->summary;
}

static void draw_form_page(const PageView *view, const Plugin *plugin, const zhen_route *route, const CallParam *params,
                           guint n_params, const FormErrors *errors, GString *out)
{
	Html html;

	page_begin(view, &html, out, title_of(route), plugin);
	forms_draw(view, &html, plugin, route, params, n_params, errors);
	page_end(view, &html);
}

void pages_form(const PageView *view, const Plugin *plugin, const zhen_route *route, const CallParam *params,
                guint n_params, GString *out)
{
	draw_form_page(view, plugin, route, params, n_params, NULL, out);
}

gboolean pages_is_question(const zhen_route *route, const CallParam *params, guint n_params, const CallReply *reply)
{
	json_t *error;
	size_t i;

	if (reply->status != 422 || route->method != ZHEN_GET || has_given(route, params, n_params))
		return FALSE;
	g_autoptr(json_t) problem = json_read(reply->body->str, reply->body->len, NULL);
	json_array_foreach (json_object_get(problem, "errors"), i, error)
		if (g_strcmp0(json_string_value(json_object_get(error, "code")), "required") != 0)
			return FALSE;
	return json_array_size(json_object_get(problem, "errors")) > 0;
}

/* TRUE: the problem was about what was filled in, and the form stands there again. */
static gboolean redraw_form(const PageView *view, const Plugin *plugin, const zhen_route *route,
                            const CallParam *params, guint n_params, const CallReply *reply, GString *out)
{
	gboolean fillable = pages_has_form(route) || (route->method == ZHEN_GET && has_query_fields(route));
	FormErrors errors;

	if (!fillable || (reply->status != 422 && reply->status != 400))
		return FALSE;
	g_autoptr(json_t) problem = json_read(reply->body->str, reply->body->len, NULL);
	form_errors_init(&errors);
	form_errors_read(&errors, problem);
	gboolean known = errors.fields->len > 0;
	/* A question is not a reproach. */
	gboolean fresh = pages_is_question(route, params, n_params, reply);
	if (known)
		draw_form_page(view, plugin, route, params, n_params, fresh ? NULL : &errors, out);
	form_errors_clear(&errors);
	return known;
}

static void draw_body(const PageView *view, Html *html, const Plugin *plugin, const zhen_route *route,
                      const CallParam *params, guint n_params, const json_t *body)
{
	ValueView value = {
		.page = view, .plugin = plugin, .route = route, .fields = route->reply, .fallback = route->fields
	};
	const json_t *items = json_object_get(body, "items");

	if (!json_is_array(items)) {
		values_object(&value, html, body, 2);
		return;
	}
	/* Figures that stand beside the list come before it. */
	g_autoptr(json_t) rest = json_copy((json_t *)body);
	json_object_del(rest, "items");
	json_object_del(rest, "next");
	values_object(&value, html, rest, 2);
	const zhen_field *declared = route->reply == NULL ? NULL : field_find(route->reply, "items");
	if (declared != NULL && declared->type == ZHEN_LIST)
		value.fields = declared->fields;
	g_autofree char *row_path = row_path_of(view, plugin, route);
	value.row_path = row_path;
	values_rows(&value, html, items, 2);
	draw_pager(view, html, json_object_get(body, "next"), params, n_params);
}

/* How things stand comes before what can be done: the first declared facts. What is left. (transfer full) */
static json_t *draw_lead(const PageView *view, Html *html, const Plugin *plugin, const zhen_route *route,
                         const json_t *body)
{
	ValueView value = { .page = view, .plugin = plugin, .route = route, .fields = route->reply };
	json_t *rest = json_copy((json_t *)body);
	g_autoptr(json_t) lead = json_object();

	for (const zhen_field *f = route->reply; f != NULL && f->name != NULL && json_object_size(lead) < LEAD_FACTS;
	     f++) {
		json_t *one = json_object_get(body, f->name);

		if ((f->flags & ZHEN_HIDDEN) != 0 || !values_said(one))
			continue;
		json_object_set(lead, f->name, one);
		json_object_del(rest, f->name);
	}
	if (json_object_size(lead) > 0)
		values_object(&value, html, lead, 2);
	return rest;
}

static gboolean tells_secret(const zhen_route *route, const json_t *body)
{
	for (const zhen_field *f = route->reply; f != NULL && f->name != NULL; f++)
		if (f->type == ZHEN_SECRET && json_is_string(json_object_get(body, f->name)))
			return TRUE;
	return json_object_get(body, "query_code") != NULL;
}

static void draw_done(Html *html, const zhen_route *route, const json_t *body)
{
	html_open(html, "div", "class", "panel done", "role", "status", NULL);
	html_leaf(html, "h2", NULL, "已提交");
	html_open(html, "p", NULL);
	html_textf(html, "“%s”已经保存。", title_of(route));
	if (tells_secret(route, body))
		html_text(html, "请记下或拍下查询码，查询进度、补交材料都要用到。");
	html_close(html);
	html_close(html);
}

gboolean pages_may_redirect(const CallReply *reply)
{
	g_autoptr(json_t) body = json_read(reply->body->str, reply->body->len, NULL);
	gsize told = json_object_size(body);

	return reply->location != NULL && (told == 0 || (told == 1 && json_object_get(body, "id") != NULL));
}

void pages_reply(const PageView *view, const Plugin *plugin, const zhen_route *route, const CallParam *params,
                 guint n_params, const CallReply *reply, GString *out)
{
	Html html;

	if (reply->status >= 400) {
		if (!redraw_form(view, plugin, route, params, n_params, reply, out))
			pages_refused(view, plugin, route, params, n_params, reply, out);
		return;
	}
	g_autoptr(json_t) body = json_read(reply->body->str, reply->body->len, NULL);
	page_begin(view, &html, out, title_of(route), plugin);
	if (route->method != ZHEN_GET) {
		if (!is_lookup(plugin, route, reply))
			draw_done(&html, route, body);
	}
	gboolean is_list = json_is_array(json_object_get(body, "items"));
	/* What the plugin names as next stands above what may be long; what only the tables tell, below it. */
	gboolean named = route->method == ZHEN_GET && json_array_size(json_object_get(body, "actions")) > 0;
	g_autoptr(json_t) rest = named ? draw_lead(view, &html, plugin, route, body) : json_incref(body);
	if (named)
		draw_actions(view, &html, plugin, route, params, n_params, reply, body);
	if (route->method == ZHEN_GET && is_list)
		draw_filter(view, &html, plugin, route, params, n_params, TRUE);
	if (json_is_object(body))
		draw_body(view, &html, plugin, route, params, n_params, rest);
	if (route->method == ZHEN_GET && !is_list)
		draw_filter(view, &html, plugin, route, params, n_params, FALSE);
	if (!named)
		draw_actions(view, &html, plugin, route, params, n_params, reply, body);
	page_end(view, &html);
}
