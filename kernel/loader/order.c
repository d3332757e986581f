/* SPDX-License-Identifier: Apache-2.0
 * The order in which plugins start: whoever is needed goes first, else as configured. */
#include <stdlib.h>
#include <string.h>

#include "loader/loader.h"

/* Semantic versions: numbers first, then a release is above its own pre-releases, those by text. */
gint version_compare(const char *a, const char *b)
{
	for (guint i = 0; i < 3; i++) {
		char *end_a, *end_b;
		guint64 x = g_ascii_strtoull(a, &end_a, 10);
		guint64 y = g_ascii_strtoull(b, &end_b, 10);

		if (x != y)
			return x < y ? -1 : 1;
		a = end_a + (*end_a == '.');
		b = end_b + (*end_b == '.');
	}
	if ((*a == '-') != (*b == '-'))
		return *a == '-' ? -1 : 1;
	if (*a == '-') {
		g_autofree char *x = g_strndup(a, strcspn(a, "+"));
		g_autofree char *y = g_strndup(b, strcspn(b, "+"));

		return CLAMP(strcmp(x, y), -1, 1);
	}
	return 0;
}

typedef struct Order {
	GHashTable *by_id;  /* id -> Plugin */
	GHashTable *placed; /* ids */
	GPtrArray *path;    /* of ids under way */
	GPtrArray *sorted;
	GError **error;
} Order;

static gboolean cycle(const Order *order, const char *id)
{
	g_autoptr(GString) text = g_string_new(NULL);
	gboolean inside = FALSE;

	for (guint i = 0; i < order->path->len; i++) {
		inside = inside || strcmp(order->path->pdata[i], id) == 0;
		if (inside)
			g_string_append_printf(text, "%s needs ", (const char *)order->path->pdata[i]);
	}
	g_string_append(text, id);
	return throw_error(order->error, ERROR_INVALID, "plugins need each other in a circle: %s", text->str);
}

static gboolean place(Order *order, Plugin *plugin);

static gboolean place_need(Order *order, const Plugin *plugin, const zhen_need *need)
{
	Plugin *needed = g_hash_table_lookup(order->by_id, need->plugin);

	if (needed == NULL && (need->flags & ZHEN_OPTIONAL) != 0)
		return TRUE;
	if (needed == NULL)
		return throw_error(order->error, ERROR_NOT_FOUND, "plugin %s needs %s, which is not enabled",
		                   plugin->id, need->plugin);
	if (need->min_version != NULL && version_compare(needed->version, need->min_version) < 0)
		return throw_error(order->error, ERROR_INVALID, "plugin %s needs %s %s or newer, here is %s",
		                   plugin->id, need->plugin, need->min_version, needed->version);
	return place(order, needed);
}

static gboolean place(Order *order, Plugin *plugin)
{
	if (g_hash_table_contains(order->placed, plugin->id))
		return TRUE;
	for (guint i = 0; i < order->path->len; i++)
		if (strcmp(order->path->pdata[i], plugin->id) == 0)
			return cycle(order, plugin->id);
	g_ptr_array_add(order->path, (gpointer)plugin->id);
	for (guint i = 0; i < plugin->n_needs; i++)
		if (!place_need(order, plugin, &plugin->needs[i]))
			return FALSE;
	g_ptr_array_set_size(order->path, (gint)order->path->len - 1);
	g_hash_table_add(order->placed, (gpointer)plugin->id);
	g_ptr_array_add(order->sorted, plugin);
	return TRUE;
}

gboolean plugins_order(GPtrArray *plugins, GError **error)
{
	g_autoptr(GHashTable) by_id = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GHashTable) placed = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GPtrArray) path = g_ptr_array_new();
	g_autoptr(GPtrArray) sorted = g_ptr_array_new();
	Order order = { by_id, placed, path, sorted, error };

	for (guint i = 0; i < plugins->len; i++) {
		Plugin *plugin = plugins->pdata[i];

		if (!g_hash_table_insert(by_id, (gpointer)plugin->id, plugin))
			return throw_error(error, ERROR_INVALID, "plugin %s is enabled twice", plugin->id);
	}
	for (guint i = 0; i < plugins->len; i++)
		if (!place(&order, plugins->pdata[i]))
			return FALSE;
	for (guint i = 0; i < sorted->len; i++)
		plugins->pdata[i] = sorted->pdata[i];
	return TRUE;
}
