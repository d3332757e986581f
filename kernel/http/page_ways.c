/* SPDX-License-Identifier: Apache-2.0
 * The ways on from a refusal: back to what it was about, to the form again, to the list; the home page comes last. */
#include <string.h>
#include "http/pages.h"

#define WAYS_MAX 3

typedef struct Ways {
	const PageView *view;
	Html *html;
	const Plugin *plugin;
	const CallParam *params;
	guint n_params;
	char *urls[WAYS_MAX]; /* drawn already */
	guint count;
} Ways;

static gboolean may_use(const Ways *ways, const zhen_route *route)
{
	return page_may(ways->view, ways->plugin, (route->flags & ZHEN_PUBLIC) != 0 ? NULL : route->permission,
	                route->feature);
}

/* The first way is the one to take; of two that are the same the first stays. */
static void draw_way(Ways *ways, const zhen_route *route, const char *query, const char *format)
{
	g_autofree char *path = NULL, *text = NULL;
	char *url;

	if (ways->count == WAYS_MAX || !may_use(ways, route))
		return;
	path = page_route_url(ways->plugin, route, ways->params, ways->n_params);
	if (path == NULL)
		return;
	url = g_strconcat(path, query, NULL);
	for (guint i = 0; i < ways->count; i++)
		if (strcmp(ways->urls[i], url) == 0) {
			g_free(url);
			return;
		}
	text = g_strdup_printf("%s“%s”", format, route->summary != NULL ? route->summary : route->path);
	html_link(ways->html, url, ways->count == 0 ? "button" : "button second", text);
	ways->urls[ways->count++] = url;
}

/* "/cases/{id}/accept" is about what "/cases/{id}" shows, and that stands in "/cases". */
static gboolean is_above(const char *path, const char *below)
{
	gsize length = strlen(path);

	return strncmp(path, below, length) == 0 && (below[length] == '/' || below[length] == '\0');
}

/* From the nearest page upwards. */
static void draw_above(Ways *ways, const zhen_route *route)
{
	gsize below = strlen(route->path) + 1;

	for (;;) {
		const zhen_route *nearest = NULL;

		for (guint i = 0; i < ways->plugin->n_routes; i++) {
			const zhen_route *one = &ways->plugin->routes[i];
			gsize length = strlen(one->path);

			if (one != route && one->method == ZHEN_GET && length < below &&
			    is_above(one->path, route->path) && (nearest == NULL || length > strlen(nearest->path)))
				nearest = one;
		}
		if (nearest == NULL)
			return;
		draw_way(ways, nearest, NULL, "回到");
		below = strlen(nearest->path);
	}
}

/* Where another try of the same may end otherwise: what was filled in, not how things stand. */
static gboolean helps_again(gint status)
{
	return status == 400 || status == 404 || status == 413 || status == 415 || status == 422 || status == 429 ||
	       status >= 500;
}

static const char *again_query(const zhen_route *route)
{
	if (route->method == ZHEN_GET)
		return NULL;
	return route->method == ZHEN_PATCH ? "?_form=PATCH" : route->method == ZHEN_PUT ? "?_form=PUT" : "?_form=POST";
}

static gboolean asks_something(const zhen_route *route)
{
	for (const zhen_field *f = route->fields; f != NULL && f->name != NULL; f++)
		if ((f->flags & ZHEN_HIDDEN) == 0 && !path_has_param(route->path, f->name))
			return TRUE;
	return FALSE;
}

void page_ways(const PageView *view, Html *html, const Plugin *plugin, const zhen_route *route, const CallParam *params,
               guint n_params, gint status)
{
	Ways ways = { .view = view, .html = html, .plugin = plugin, .params = params, .n_params = n_params };
	gboolean form = route->method == ZHEN_GET ? asks_something(route) : pages_has_form(route);

	if (form && helps_again(status))
		draw_way(&ways, route, again_query(route), "重新填写");
	draw_above(&ways, route);
	for (guint i = 0; i < ways.count; i++)
		g_free(ways.urls[i]);
}
