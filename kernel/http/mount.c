/* SPDX-License-Identifier: Apache-2.0
 * Plugins' routes, and the table of them that every loop reads without a lock: a new one is put in place whole. */
#include "http/internal.h"

#include <string.h>

void route_entry_free(RouteEntry *entry)
{
	if (entry == NULL)
		return;
	for (guint i = 0; i < HTTP_LOOPS_MAX; i++)
		g_free(entry->stats[i]);
	g_free(entry->pattern);
	g_strfreev(entry->params);
	g_free(entry);
}

RouteStats *route_stats(const RouteEntry *entry, guint loop)
{
	RouteStats **slot = (RouteStats **)&entry->stats[loop];
	RouteStats *stats = *slot; /* only this loop writes it */

	if (stats == NULL) {
		stats = g_new0(RouteStats, 1);
		g_atomic_pointer_set(slot, stats);
	}
	return stats;
}

void mount_free(Mount *mount)
{
	if (mount == NULL)
		return;
	g_clear_pointer(&mount->entries, g_ptr_array_unref);
	router_free(mount->router);
	g_free(mount->permissions);
	g_free(mount->id);
	g_free(mount);
}

void mount_table_free(MountTable *table)
{
	if (table == NULL)
		return;
	g_free(table->mounts);
	g_free(table->plugins);
	if (table->openapi != NULL)
		g_string_free(table->openapi, TRUE);
	g_free(table->openapi_tag);
	g_free(table);
}

static gint compare(const char *id, gsize length, const char *other)
{
	gint order = strncmp(id, other, length);

	return order != 0 ? order : other[length] == '\0' ? 0 : -1;
}

/* The place of @id, or where it would be. */
static guint search(const MountTable *table, const char *id, gsize length, gboolean *out_found)
{
	guint low = 0;
	guint high = table->count;

	*out_found = FALSE;
	while (low < high && !*out_found) {
		guint middle = (low + high) / 2;
		gint order = compare(id, length, table->mounts[middle]->id);

		*out_found = order == 0;
		if (order <= 0)
			high = middle;
		else
			low = middle + 1;
	}
	return *out_found ? high : low;
}

const Mount *mount_find(const MountTable *table, const char *id, gsize length)
{
	gboolean found;
	guint at = search(table, id, length, &found);

	return found ? table->mounts[at] : NULL;
}

MountTable *mount_table_new(MountTable *from, Mount *mount)
{
	MountTable *table = g_new0(MountTable, 1);
	const guint before = from != NULL ? from->count : 0;
	gboolean found = FALSE;
	guint at = from != NULL && mount != NULL ? search(from, mount->id, strlen(mount->id), &found) : 0;

	table->count = before + (mount != NULL && !found ? 1 : 0);
	table->mounts = g_new0(Mount *, table->count + 1);
	table->plugins = g_new0(const Plugin *, table->count + 1);
	for (guint i = 0, j = 0; i < table->count; i++) {
		if (mount != NULL && i == at) {
			table->mounts[i] = mount;
			j += found ? 1 : 0;
		} else {
			table->mounts[i] = from->mounts[j++];
		}
		table->plugins[i] = table->mounts[i]->plugin;
	}
	return table;
}

/* ---- mounting ---- */

static void add_route(Http *http, Mount *mount, guint index)
{
	const zhen_route *route = &mount->plugin->routes[index];
	RouteEntry *entry = g_new0(RouteEntry, 1);

	entry->kind = ROUTE_PLUGIN;
	entry->method = route->method;
	entry->index = index;
	entry->route = route;
	entry->mount = mount;
	entry->pattern = g_strconcat("/p/", mount->id, route->path, NULL);
	entry->params = route_param_names(route->path);
	entry->feature = mount_feature(mount->plugin, route->feature);
	entry->open = (route->flags & ZHEN_PUBLIC) != 0 || route->permission == NULL;
	if (!entry->open && http->options.access != NULL)
		entry->permission = access_permission(http->options.access, route->permission);
	if (route->flags & ZHEN_UPLOADS) {
		mount->upload_bytes = MAX(mount->upload_bytes, route->upload_bytes);
		mount->upload_files = MAX(mount->upload_files, (guint)MAX(route->upload_files, 0));
	}
	g_ptr_array_add(mount->entries, entry);
	router_add(mount->router, route->method, route->path, entry);
}

gint mount_feature(const Plugin *plugin, const char *name)
{
	for (guint i = 0; name != NULL && i < plugin->n_features; i++)
		if (strcmp(plugin->features[i].name, name) == 0)
			return (gint)i;
	return SWITCH_PLUGIN;
}

gboolean mount_serves(const Mount *mount, gint feature, const Division *division, gint64 now_ms)
{
	if (feature == SWITCH_PLUGIN && g_atomic_int_get(&mount->everywhere))
		return TRUE;
	return switches_serve(g_atomic_pointer_get((Switches **)&mount->switches), feature, division, now_ms);
}

/* Under lock. */
static void put_switches(Http *http, Mount *mount, Switches *switches)
{
	if (switches != NULL)
		g_ptr_array_add(http->switched, switches_ref(switches));
	g_atomic_pointer_set(&mount->switches, switches);
	g_atomic_int_set(&mount->everywhere, switches_everywhere(switches, http->options.divisions));
}

void http_switch(Http *http, const char *id, Switches *switches)
{
	gboolean found;
	guint at;

	g_mutex_lock(&http->lock);
	at = search(http->table, id, strlen(id), &found);
	if (found)
		put_switches(http, http->table->mounts[at], switches);
	g_mutex_unlock(&http->lock);
}

void http_mount(Http *http, Home *home, Switches *switches)
{
	const Plugin *plugin = home->plugin;
	Mount *mount = g_new0(Mount, 1);
	MountTable *before;

	mount->id = g_strdup(plugin->id);
	mount->home = home;
	mount->plugin = plugin;
	mount->router = router_new();
	mount->entries = g_ptr_array_new_with_free_func((GDestroyNotify)route_entry_free);
	mount->permissions = g_new0(guint, plugin->n_permissions + 1);
	g_mutex_lock(&http->lock);
	put_switches(http, mount, switches);
	for (guint i = 0; i < plugin->n_permissions && http->options.access != NULL; i++)
		mount->permissions[i] = access_permission(http->options.access, plugin->permissions[i].name);
	for (guint i = 0; i < plugin->n_routes; i++)
		add_route(http, mount, i);
	upload_add(http, mount);
	before = http->table;
	g_ptr_array_add(http->mounts, mount);
	g_ptr_array_add(http->retired, before);
	g_atomic_pointer_set(&http->table, mount_table_new(before, mount));
	g_mutex_unlock(&http->lock);
}

void http_hold(Http *http, const char *id, gboolean held)
{
	gboolean found;
	guint at;

	g_mutex_lock(&http->lock);
	at = search(http->table, id, strlen(id), &found);
	if (found)
		g_atomic_int_set(&http->table->mounts[at]->held, held);
	g_mutex_unlock(&http->lock);
}
