/* SPDX-License-Identifier: Apache-2.0
 * Where one comes in: the home page and the page of one plugin. */
#include <string.h>
#include "access/roles.h"
#include "http/pages.h"

gboolean pages_has_form(const zhen_route *route)
{
	return route->method == ZHEN_POST;
}

/* Whether one can start here: no record has to be chosen first. */
static gboolean is_entry(const zhen_route *route)
{
	return strchr(route->path, '{') == NULL && (route->method == ZHEN_GET || pages_has_form(route));
}

static gboolean may_route(const PageView *view, const Plugin *plugin, const zhen_route *route)
{
	return page_may(view, plugin, (route->flags & ZHEN_PUBLIC) != 0 ? NULL : route->permission, route->feature);
}

static char *entry_url(const Plugin *plugin, const zhen_route *route)
{
	return g_strconcat("/p/", plugin->id, route->path, pages_has_form(route) ? "?_form=POST" : NULL, NULL);
}

static void draw_entry(Html *html, const char *url, const char *title)
{
	html_open(html, "li", NULL);
	html_link(html, url, NULL, title);
	html_close(html);
}

static gint by_order(gconstpointer a, gconstpointer b)
{
	const zhen_menu *one = *(const zhen_menu *const *)a, *other = *(const zhen_menu *const *)b;

	return one->order < other->order ? -1 : one->order > other->order;
}

/* Menu rows of the plugin that the caller may use, in order. (transfer container) */
static GPtrArray *menu_of(const PageView *view, const Plugin *plugin)
{
	GPtrArray *rows = g_ptr_array_new();

	for (guint i = 0; i < plugin->n_menu; i++)
		if (plugin->menu[i].path != NULL &&
		    page_may(view, plugin, plugin->menu[i].permission, plugin->menu[i].feature))
			g_ptr_array_add(rows, (gpointer)&plugin->menu[i]);
	g_ptr_array_sort(rows, by_order);
	return rows;
}

/* Whether a menu row already leads there: its own page, or what is done from it. */
static gboolean in_menu(const GPtrArray *menu, const zhen_route *route)
{
	for (guint i = 0; i < menu->len; i++) {
		const char *path = ((const zhen_menu *)menu->pdata[i])->path;
		gsize length = strlen(path);

		if (strncmp(path, route->path, length) == 0 &&
		    (route->path[length] == '\0' || route->path[length] == '/'))
			return TRUE;
	}
	return FALSE;
}

static void open_card(Html *html, const Plugin *plugin)
{
	g_autofree char *url = g_strconcat("/p/", plugin->id, NULL);

	html_open(html, "li", "class", "card", NULL);
	html_open(html, "h2", NULL);
	html_link(html, url, NULL, plugin->title == NULL ? plugin->id : plugin->title);
	html_close(html);
	if (plugin->summary != NULL)
		html_leaf(html, "p", NULL, plugin->summary);
	html_open(html, "ul", NULL);
}

/* A card shows what everybody may do and the menu; for a plugin without a menu all that one can start with. */
static gboolean draw_card(const PageView *view, Html *html, const Plugin *plugin)
{
	g_autoptr(GPtrArray) menu = menu_of(view, plugin);
	guint depth = html->depth;

	for (guint i = 0; i < plugin->n_routes; i++) {
		const zhen_route *route = &plugin->routes[i];
		g_autofree char *url = entry_url(plugin, route);

		if (!is_entry(route) || !may_route(view, plugin, route) || in_menu(menu, route) ||
		    ((route->flags & ZHEN_PUBLIC) == 0 && menu->len > 0))
			continue;
		if (html->depth == depth)
			open_card(html, plugin);
		draw_entry(html, url, route->summary == NULL ? route->path : route->summary);
	}
	for (guint i = 0; i < menu->len; i++) {
		const zhen_menu *row = menu->pdata[i];
		g_autofree char *url = g_strconcat("/p/", plugin->id, row->path, NULL);

		if (html->depth == depth)
			open_card(html, plugin);
		draw_entry(html, url, row->title == NULL ? row->path : row->title);
	}
	if (html->depth == depth)
		return FALSE;
	html_close_to(html, depth);
	return TRUE;
}

static gboolean administers(const Session *session)
{
	return session != NULL && session->n_permission_words > 0 &&
	       (session->permissions[0] & HOST_PERMISSION_BITS) != 0;
}

void pages_home(const PageView *view, GString *out)
{
	gboolean any = FALSE;
	Html html;

	page_begin(view, &html, out, view->site_title, NULL);
	html_leaf(&html, "p", "lead",
	          view->session == NULL ? "办事申请、进度查询、证件核验，不用登录，用手机就能办。"
	                                : "请选择要办理的业务。");
	html_open(&html, "ul", "class", "cards", NULL);
	for (guint i = 0; i < view->n_plugins; i++)
		any = draw_card(view, &html, view->plugins[i]) || any;
	if (administers(view->session)) {
		html_open(&html, "li", "class", "card", NULL);
		html_open(&html, "h2", NULL);
		html_link(&html, "/kernel/admin", NULL, "系统管理");
		html_close(&html);
		html_leaf(&html, "p", NULL, "模块、账号、登录、任务、备份和审计");
		html_close(&html);
		any = TRUE;
	}
	html_close(&html);
	if (!any) {
		html_open(&html, "div", "class", "panel note", NULL);
		html_leaf(&html, "p", NULL,
		          view->session == NULL ? "现在没有对公众开放的业务。工作人员请先登录。"
		                                : "您的岗位还没有可用的业务，请联系管理员。");
		html_close(&html);
	}
	page_end(view, &html);
}

static void draw_routes(const PageView *view, Html *html, const Plugin *plugin, gboolean entries)
{
	static const char *const words[] = { "", "GET", "POST", "PUT", "PATCH", "DELETE" };
	gboolean open = FALSE;

	for (guint i = 0; i < plugin->n_routes; i++) {
		const zhen_route *route = &plugin->routes[i];

		if (is_entry(route) != entries || !may_route(view, plugin, route))
			continue;
		if (!open)
			html_leaf(html, "h2", NULL, entries ? "可以直接办理" : "从一条记录进入后办理");
		if (!open)
			html_open(html, "dl", "class", "facts", NULL);
		open = TRUE;
		html_open(html, "div", NULL);
		html_open(html, "dt", NULL);
		html_open(html, "code", NULL);
		html_textf(html, "%s %s", route->method < G_N_ELEMENTS(words) ? words[route->method] : "", route->path);
		html_close_to(html, html->depth - 2);
		html_open(html, "dd", NULL);
		g_autofree char *url = entries ? entry_url(plugin, route) : NULL;
		html_link(html, url, NULL, route->summary == NULL ? route->path : route->summary);
		html_close_to(html, html->depth - 2);
	}
	if (open)
		html_close(html);
}

void pages_plugin(const PageView *view, const Plugin *plugin, GString *out)
{
	Html html;

	page_begin(view, &html, out, plugin->title == NULL ? plugin->id : plugin->title, plugin);
	if (plugin->summary != NULL)
		html_leaf(&html, "p", "lead", plugin->summary);
	draw_routes(view, &html, plugin, TRUE);
	draw_routes(view, &html, plugin, FALSE);
	html_open(&html, "p", "class", "soft", NULL);
	html_textf(&html, "%s %s · ", plugin->id, plugin->version == NULL ? "" : plugin->version);
	html_link(&html, "/kernel/openapi.json", NULL, "接口文档 (OpenAPI)");
	html_close(&html);
	page_end(view, &html);
}
