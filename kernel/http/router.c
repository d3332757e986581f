/* SPDX-License-Identifier: Apache-2.0 */
#include "http/router.h"

#include <string.h>

typedef struct Node {
	const char *text; /* segment; NULL at the root and for a parameter */
	guint32 length;
	guint32 child;    /* first literal child, 0 = none */
	guint32 sibling;
	guint32 param;    /* the child that takes any segment, 0 = none */
	void *entries[ROUTE_METHODS];
} Node;

struct Router {
	GArray *nodes; /* of Node; 0 is the root */
};

Router *router_new(void)
{
	Router *router = g_new0(Router, 1);

	router->nodes = g_array_new(FALSE, TRUE, sizeof(Node));
	g_array_set_size(router->nodes, 1);
	return router;
}

void router_free(Router *router)
{
	if (router == NULL)
		return;
	g_array_unref(router->nodes);
	g_free(router);
}

static Node *node_at(const Router *router, guint32 index)
{
	return &g_array_index(router->nodes, Node, index);
}

static guint32 find_child(const Router *router, guint32 at, const char *text, gsize length)
{
	guint32 child = node_at(router, at)->child;

	while (child != 0) {
		const Node *node = node_at(router, child);

		if (node->length == length && memcmp(node->text, text, length) == 0)
			return child;
		child = node->sibling;
	}
	return 0;
}

static guint32 add_child(Router *router, guint32 at, const char *text, gsize length)
{
	const gboolean param = length > 1 && text[0] == '{' && text[length - 1] == '}';
	guint32 child = param ? node_at(router, at)->param : find_child(router, at, text, length);

	if (child != 0)
		return child;
	child = router->nodes->len;
	g_array_set_size(router->nodes, child + 1);
	if (param) {
		node_at(router, at)->param = child;
		return child;
	}
	node_at(router, child)->text = text;
	node_at(router, child)->length = (guint32)length;
	node_at(router, child)->sibling = node_at(router, at)->child;
	node_at(router, at)->child = child;
	return child;
}

/* Length of the segment that begins at @path. */
static gsize segment(const char *path, gsize length)
{
	const char *slash = memchr(path, '/', length);

	return slash != NULL ? (gsize)(slash - path) : length;
}

void *router_add(Router *router, guint32 method, const char *path, void *entry)
{
	gsize left = strlen(path);
	guint32 at = 0;
	void *before;

	g_assert(path[0] == '/' && method > 0 && method < ROUTE_METHODS);
	while (left > 0) {
		gsize length = segment(path + 1, left - 1);

		at = add_child(router, at, path + 1, length);
		path += length + 1;
		left -= length + 1;
	}
	before = node_at(router, at)->entries[method];
	node_at(router, at)->entries[method] = entry;
	return before;
}

typedef struct Walk {
	const Router *router;
	const char *path;
	gsize length;
	guint32 method;
	RouteMatch *out;
} Walk;

/* @at: node whose segments are matched; @from: where the next '/' stands. Depth is bounded by the deepest route. */
static gboolean walk(const Walk *w, guint32 at, gsize from, guint n_params)
{
	const Node *node = node_at(w->router, at);
	const char *text;
	gsize length;
	guint32 child;

	if (from == w->length) {
		for (guint i = 1; i < ROUTE_METHODS; i++)
			if (node->entries[i] != NULL)
				w->out->allowed |= 1u << i;
		w->out->entry = node->entries[w->method];
		w->out->n_params = n_params;
		return w->out->entry != NULL;
	}
	text = w->path + from + 1;
	length = segment(text, w->length - from - 1);
	child = find_child(w->router, at, text, length);
	if (child != 0 && walk(w, child, from + 1 + length, n_params))
		return TRUE;
	if (node->param == 0 || length == 0 || n_params == ROUTE_PARAMS_MAX)
		return FALSE;
	w->out->params[n_params] = (View){ (guint32)(from + 1), (guint32)length };
	return walk(w, node->param, from + 1 + length, n_params + 1);
}

gboolean router_match(const Router *router, guint32 method, const char *path, gsize length, RouteMatch *out)
{
	const Walk w = { router, path, length, method, out };

	out->entry = NULL;
	out->allowed = 0;
	out->n_params = 0;
	if (length == 0 || path[0] != '/' || method >= ROUTE_METHODS)
		return FALSE;
	return walk(&w, 0, 0, 0);
}

char **route_param_names(const char *path)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

	for (const char *open = strchr(path, '{'); open != NULL; open = strchr(open + 1, '{')) {
		const char *end = strchr(open, '}');

		if (end == NULL || names->len == ROUTE_PARAMS_MAX)
			break;
		g_ptr_array_add(names, g_strndup(open + 1, (gsize)(end - open - 1)));
	}
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}
