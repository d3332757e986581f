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

typedef struct Settling {
	GHashTable *enabled; /* ids of all that were to run */
	GHashTable *alive;   /* id -> Plugin: not refused yet */
	GPtrArray *plugins;
	gboolean settled; /* only then what is but a warning is told, once */
	PluginRefused *refuse;
	void *data;
} Settling;

static void tell(const Settling *settling, const Plugin *plugin, gboolean warning, const char *format, ...)
	G_GNUC_PRINTF(4, 5);

static void tell(const Settling *settling, const Plugin *plugin, gboolean warning, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	if (warning && !settling->settled)
		return;
	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	settling->refuse(settling->data, plugin, text, warning);
}

/* ---- needs ---- */

static gboolean needs_met(const Settling *settling, const Plugin *plugin)
{
	gboolean met = TRUE;

	for (guint i = 0; i < plugin->n_needs; i++) {
		const zhen_need *need = &plugin->needs[i];
		const Plugin *needed = g_hash_table_lookup(settling->alive, need->plugin);

		if (needed == NULL && (need->flags & ZHEN_OPTIONAL) != 0)
			continue;
		if (needed != NULL && (need->min_version == NULL ||
		                       version_compare(needed->version, need->min_version) >= 0))
			continue;
		met = FALSE;
		if (needed != NULL)
			tell(settling, plugin, FALSE,
			     "模块 %s 需要 %s %s 或更新，现为 %s (plugin %s needs %s %s or newer, here is %s)", plugin->id,
			     need->plugin, need->min_version, needed->version, plugin->id, need->plugin,
			     need->min_version, needed->version);
		else if (g_hash_table_contains(settling->enabled, need->plugin))
			tell(settling, plugin, FALSE,
			     "模块 %s 需要 %s，它已被排除 (plugin %s needs %s, which is left out)", plugin->id,
			     need->plugin, plugin->id, need->plugin);
		else
			tell(settling, plugin, FALSE,
			     "模块 %s 需要 %s，它没有启用 (plugin %s needs %s, which is not enabled)", plugin->id,
			     need->plugin, plugin->id, need->plugin);
	}
	return met;
}

/* ---- events ---- */

/* Whether what is declared as @published can be read as @read. */
static gboolean reads_as(guint32 read, guint32 published)
{
	const guint32 no_text = 1u << ZHEN_INT | 1u << ZHEN_BOOL | 1u << ZHEN_MONEY | 1u << ZHEN_TIME | 1u << ZHEN_LIST;

	return read == published ||
	       ((read == ZHEN_TEXT || read == ZHEN_LONG_TEXT) && (no_text & 1u << published) == 0);
}

static gboolean fields_met(const Settling *settling, const Plugin *plugin, const zhen_subscription *row,
                           const Plugin *publisher, const zhen_topic *topic)
{
	gboolean met = TRUE;

	for (const zhen_field *field = row->fields; field != NULL && field->name != NULL; field++) {
		const zhen_field *there = field_find(topic->fields, field->name);

		if (g_str_has_prefix(field->name, "event_") || (there != NULL && reads_as(field->type, there->type)))
			continue; /* event_id and the like the host adds */
		met = FALSE;
		if (there == NULL)
			tell(settling, plugin, FALSE,
			     "模块 %s 读 %s 的字段 %s，%s %s 没有声明它 (plugin %s reads the field %s of %s, which %s %s "
			     "does not declare)",
			     plugin->id, row->topic, field->name, publisher->id, publisher->version, plugin->id,
			     field->name, row->topic, publisher->id, publisher->version);
		else
			tell(settling, plugin, FALSE,
			     "模块 %s 把 %s 的字段 %s 读作 %s，%s %s 声明为 %s (plugin %s reads the field %s of %s as %s, %s "
			     "%s declares it as %s)",
			     plugin->id, row->topic, field->name, type_name(field->type), publisher->id,
			     publisher->version, type_name(there->type), plugin->id, field->name, row->topic,
			     type_name(field->type), publisher->id, publisher->version, type_name(there->type));
	}
	return met;
}

static gboolean subscription_met(const Settling *settling, const Plugin *plugin, const zhen_subscription *row)
{
	g_autofree char *id = g_strndup(row->topic, strcspn(row->topic, "."));
	const Plugin *publisher = g_hash_table_lookup(settling->alive, id);
	const zhen_topic *topic = NULL;
	gboolean expects = row->fields != NULL || row->publisher_min != NULL;

	if (publisher == NULL)
		return TRUE; /* any subset runs: what is enabled later catches up */
	if (row->publisher_min != NULL && version_compare(publisher->version, row->publisher_min) < 0) {
		tell(settling, plugin, FALSE,
		     "模块 %s 读 %s，须 %s %s 或更新，现为 %s (plugin %s reads %s of %s %s or newer, here is %s)", plugin->id,
		     row->topic, id, row->publisher_min, publisher->version, plugin->id, row->topic, id,
		     row->publisher_min, publisher->version);
		return FALSE;
	}
	for (guint i = 0; topic == NULL && i < publisher->n_topics; i++)
		if (strcmp(publisher->topics[i].name, row->topic) == 0)
			topic = &publisher->topics[i];
	if (topic != NULL)
		return fields_met(settling, plugin, row, publisher, topic);
	tell(settling, plugin, !expects,
	     "模块 %s 订阅 %s，%s %s 没有声明它 (plugin %s subscribes to %s, which %s %s does not declare)", plugin->id,
	     row->topic, id, publisher->version, plugin->id, row->topic, id, publisher->version);
	return !expects;
}

static gboolean subscriptions_met(const Settling *settling, const Plugin *plugin)
{
	gboolean met = TRUE;

	for (guint i = 0; i < plugin->n_subscriptions; i++)
		met &= subscription_met(settling, plugin, &plugin->subscriptions[i]);
	return met;
}

/* ---- order ---- */

static void drop(const Settling *settling, guint index)
{
	g_hash_table_remove(settling->alive, ((const Plugin *)settling->plugins->pdata[index])->id);
	g_ptr_array_remove_index(settling->plugins, index);
}

/* TRUE: one was taken out, and others may have needed it. */
static gboolean drop_unmet(const Settling *settling, gboolean (*met)(const Settling *settling, const Plugin *plugin))
{
	gboolean dropped = FALSE;

	for (guint i = 0; i < settling->plugins->len;) {
		if (met(settling, settling->plugins->pdata[i])) {
			i++;
			continue;
		}
		drop(settling, i);
		dropped = TRUE;
	}
	return dropped;
}

typedef struct Order {
	const Settling *settling;
	GHashTable *placed;
	GPtrArray *path; /* of Plugin under way */
	GPtrArray *sorted;
	guint circle; /* where in the path it begins; G_MAXUINT = none */
} Order;

/* FALSE: a circle, which stands at the end of the path. */
static gboolean place(Order *order, Plugin *plugin)
{
	if (g_hash_table_contains(order->placed, plugin->id))
		return TRUE;
	if (g_ptr_array_find(order->path, plugin, &order->circle))
		return FALSE;
	g_ptr_array_add(order->path, plugin);
	for (guint i = 0; i < plugin->n_needs; i++) {
		Plugin *needed = g_hash_table_lookup(order->settling->alive, plugin->needs[i].plugin);

		if (needed != NULL && !place(order, needed))
			return FALSE;
	}
	g_ptr_array_set_size(order->path, (gint)order->path->len - 1);
	g_hash_table_add(order->placed, (gpointer)plugin->id);
	g_ptr_array_add(order->sorted, plugin);
	return TRUE;
}

static void drop_circle(const Order *order)
{
	const Settling *settling = order->settling;
	g_autoptr(GString) text = g_string_new(NULL);
	const Plugin *first = order->path->pdata[order->circle];

	for (guint i = order->circle; i < order->path->len; i++)
		g_string_append_printf(text, "%s needs ", ((const Plugin *)order->path->pdata[i])->id);
	g_string_append(text, first->id);
	for (guint i = order->circle; i < order->path->len; i++) {
		guint index;

		tell(settling, order->path->pdata[i], FALSE,
		     "模块循环依赖 (plugins need each other in a circle): %s", text->str);
		if (g_ptr_array_find(settling->plugins, order->path->pdata[i], &index))
			drop(settling, index);
	}
}

/* FALSE: members of a circle were taken out. */
static gboolean sort(const Settling *settling)
{
	g_autoptr(GHashTable) placed = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GPtrArray) path = g_ptr_array_new();
	g_autoptr(GPtrArray) sorted = g_ptr_array_new();
	Order order = { settling, placed, path, sorted, G_MAXUINT };

	for (guint i = 0; i < settling->plugins->len; i++)
		if (!place(&order, settling->plugins->pdata[i])) {
			drop_circle(&order);
			return FALSE;
		}
	for (guint i = 0; i < sorted->len; i++)
		settling->plugins->pdata[i] = sorted->pdata[i];
	return TRUE;
}

void plugins_settle(GPtrArray *plugins, GHashTable *wanted, PluginRefused *refuse, void *data)
{
	g_autoptr(GHashTable) enabled = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GHashTable) alive = g_hash_table_new(g_str_hash, g_str_equal);
	Settling settling = { wanted != NULL ? wanted : enabled, alive, plugins, FALSE, refuse, data };

	for (guint i = 0; i < plugins->len;) {
		Plugin *plugin = plugins->pdata[i];

		if (g_hash_table_add(enabled, (gpointer)plugin->id)) {
			g_hash_table_insert(alive, (gpointer)plugin->id, plugin);
			i++;
			continue;
		}
		tell(&settling, plugin, FALSE, "模块 %s 启用了两次 (plugin %s is enabled twice)", plugin->id,
		     plugin->id);
		g_ptr_array_remove_index(plugins, i);
	}
	do {
		while (drop_unmet(&settling, needs_met))
			continue;
	} while (drop_unmet(&settling, subscriptions_met) || !sort(&settling));
	settling.settled = TRUE;
	for (guint i = 0; i < plugins->len; i++)
		subscriptions_met(&settling, plugins->pdata[i]);
}

static void keep_first(void *data, const Plugin *plugin, const char *text, gboolean warning)
{
	Faults *faults = data;

	(void)plugin;
	if (!warning)
		faults_add(faults, ERROR_INVALID, "%s", text);
}

gboolean plugins_order(GPtrArray *plugins, GError **error)
{
	g_autoptr(Faults) faults = faults_new();

	plugins_settle(plugins, NULL, keep_first, faults);
	return faults_none(faults, error);
}
