/* SPDX-License-Identifier: Apache-2.0
 * `zhenctl plugins | pilots | roles | bodies | loglevel`: what runs, where, by whose right. On the loop. */
#include <string.h>

#include "base/log.h"
#include "daemon/crashes.h"
#include "daemon/admin.h"
#include "daemon/events_verbs.h"
#include "daemon/verbs.h"

/* ---- plugins ---- */

static void put_names(JsonOut *data, const char *member, const Plugin *plugin)
{
	json_open(data, member, TRUE);
	for (guint i = 0; strcmp(member, "permissions") == 0 && i < plugin->n_permissions; i++)
		json_put_text(data, NULL, plugin->permissions[i].name);
	for (guint i = 0; strcmp(member, "features") == 0 && i < plugin->n_features; i++)
		json_put_text(data, NULL, plugin->features[i].name);
	for (guint i = 0; strcmp(member, "topics") == 0 && i < plugin->n_topics; i++)
		json_put_text(data, NULL, plugin->topics[i].name);
	for (guint i = 0; strcmp(member, "subscriptions") == 0 && i < plugin->n_subscriptions; i++)
		json_put_text(data, NULL, plugin->subscriptions[i].topic);
	for (guint i = 0; strcmp(member, "jobs") == 0 && i < plugin->n_jobs; i++)
		json_put_text(data, NULL, plugin->jobs[i].name);
	json_close_one(data);
}

/* What its table says, of one. */
static void put_table(const Plugin *plugin, GString *text, JsonOut *data)
{
	static const char *const members[] = { "features", "permissions", "topics", "subscriptions", "jobs" };

	for (guint i = 0; i < G_N_ELEMENTS(members); i++)
		put_names(data, members[i], plugin);
	json_put_int(data, "routes", plugin->n_routes);
	g_string_append_printf(text, "  %s\n  地址 (routes) %u，功能 (features) %u，权限 (permissions) %u，事件 (topics) %u，订阅 (subscriptions) %u，任务 (jobs) %u\n",
	                       plugin->summary != NULL ? plugin->summary : "", plugin->n_routes, plugin->n_features,
	                       plugin->n_permissions, plugin->n_topics, plugin->n_subscriptions, plugin->n_jobs);
	for (guint i = 0; i < plugin->n_features; i++)
		g_string_append_printf(text, "  %s.%s %s\n", plugin->id, plugin->features[i].name,
		                       plugin->features[i].title != NULL ? plugin->features[i].title : "");
}

static void say_slot(const Daemon *daemon, const Slot *slot, GString *text)
{
	const Plugin *plugin = slot->loaded->plugin;

	g_string_append_printf(text, "%-14s %-8s %-10s %-12s %s%s%s\n", plugin->id, plugin->version,
	                       slot->in_worker ? "process" : "inproc",
	                       health_state(daemon, slot), plugin->title != NULL ? plugin->title : "",
	                       slot->fault != NULL ? "  " : "", slot->fault != NULL ? slot->fault : "");
}

gboolean verb_plugins(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	const char *only = events_word(args, 0);
	gboolean found = FALSE;

	health_put_plugins(daemon, only, data);
	if (admin_put_apart(daemon->admin, "swap|contract", data))
		g_string_append(text, "正在更换版本 (a version is being swapped)\n");
	for (guint i = 0; i < daemon->slots->len; i++) {
		const Slot *slot = daemon->slots->pdata[i];

		if (only != NULL && strcmp(only, slot->loaded->plugin->id) != 0)
			continue;
		found = TRUE;
		say_slot(daemon, slot, text);
		if (only != NULL)
			put_table(slot->loaded->plugin, text, data);
	}
	for (guint i = 0; i < daemon->verdict->plugins->len; i++) {
		const VerdictPlugin *entry = daemon->verdict->plugins->pdata[i];

		if (!entry->out || plugins_slot(daemon, entry->id) != NULL ||
		    (only != NULL && strcmp(only, entry->id) != 0))
			continue;
		found = TRUE;
		g_string_append_printf(text, "%-14s %-8s %-10s %-12s %s\n", entry->id, "-", "-", "left-out",
		                       verdict_reason(daemon->verdict, entry->id));
	}
	return found || only == NULL ||
	       throw_error(error, ERROR_NOT_FOUND, "没有启用模块 %s (no plugin %s is enabled)", only, only);
}

/* ---- pilots, roles: as they are configured ---- */

/* A list as it is written, each member checked by nobody. */
static void put_list(const Daemon *daemon, const char *group, const char *key, GString *text, JsonOut *data)
{
	g_auto(GStrv) words = conf_list(daemon->conf, group, key);
	g_autofree char *joined = g_strjoinv("; ", words);

	json_open(data, key, TRUE);
	for (char **word = words; *word != NULL; word++)
		json_put_text(data, NULL, *word);
	json_close_one(data);
	if (joined[0] != '\0')
		g_string_append_printf(text, "  %s = %s\n", key, joined);
}

static void put_text(const Daemon *daemon, const char *group, const char *key, GString *text, JsonOut *data)
{
	const char *value = conf_text(daemon->conf, group, key);

	if (value == NULL || value[0] == '\0')
		return;
	json_put_text(data, key, value);
	if (strcmp(key, "title") != 0)
		g_string_append_printf(text, "  %s = %s\n", key, value);
}

/* Every [@prefix NAME], or the one called @only. */
static guint put_groups(const Daemon *daemon, const char *prefix, const char *only, const char *const *keys,
                        GString *text, JsonOut *data)
{
	g_auto(GStrv) names = conf_groups(daemon->conf, prefix);
	const gboolean pilots = strcmp(prefix, "pilot ") == 0;
	guint count = 0;

	for (char **name = names; *name != NULL; name++) {
		g_autofree char *group = g_strconcat(prefix, *name, NULL), *where = NULL;
		const char *title = conf_text(daemon->conf, group, "title");
		const gboolean runs =
			!pilots || pilots_runs(daemon->conf, *name, conf_text(daemon->conf, "host", "pilot"));

		if (only != NULL && strcmp(only, *name) != 0)
			continue;
		count++;
		where = conf_where_group(daemon->conf, group);
		json_open(data, NULL, FALSE);
		json_put_text(data, "name", *name);
		if (pilots)
			json_put_bool(data, "runs", runs);
		g_string_append_printf(text, "[%s] %s%s  %s\n", group, title != NULL ? title : "",
		                       runs ? "" : "（未启用 not running）", where);
		for (const char *const *key = keys; *key != NULL; key++) {
			if ((*key)[0] == '*')
				put_list(daemon, group, *key + 1, text, data);
			else
				put_text(daemon, group, *key, text, data);
		}
		json_put_text(data, "where", where);
		json_close_one(data);
	}
	return count;
}

/* A '*' before a key: it is a list. */
gboolean verb_pilots(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	static const char *const keys[] = { "title", "of", "*divisions", "*plugins", "*features", "from", "until", "places", NULL };
	const char *only = events_word(args, 0);
	guint count;

	json_open(data, "pilots", TRUE);
	count = put_groups(daemon, "pilot ", only, keys, text, data);
	json_close_one(data);
	return count > 0 || only == NULL ||
	       throw_error(error, ERROR_NOT_FOUND, "没有试点 %s (no pilot %s)", only, only);
}

gboolean verb_roles(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	static const char *const keys[] = { "title", "*permissions", "scope", NULL };
	const char *only = events_word(args, 0);
	guint count;

	json_open(data, "roles", TRUE);
	count = put_groups(daemon, "role ", only, keys, text, data);
	json_close_one(data);
	return count > 0 || only == NULL || throw_error(error, ERROR_NOT_FOUND, "没有角色 %s (no role %s)", only, only);
}

/* ---- bodies ---- */

static void put_body(const Body *body, GString *text, JsonOut *data)
{
	json_open(data, NULL, FALSE);
	json_put_text(data, "id", body->id);
	json_put_text(data, "kind", body->kind);
	json_put_text(data, "name", body->name);
	json_put_text(data, "division", body->division->code);
	json_put_text(data, "superior", body->superior != NULL ? body->superior->id : NULL);
	json_close_one(data);
	g_string_append_printf(text, "%-32s %-20s %s %s\n", body->id, body->kind, body->division->code, body->name);
}

/* Of a division and all below, or what has @word in its id or name. */
static gboolean is_meant(const Body *body, const Division *within, const char *word)
{
	if (within != NULL)
		return division_covers(within, body->division);
	return word == NULL || strstr(body->id, word) != NULL || strstr(body->name, word) != NULL;
}

gboolean verb_bodies(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	const char *word = events_word(args, 0);
	const Division *within = word != NULL ? divisions_find_short(daemon->divisions, word) : NULL;
	gint64 page, total = 0;

	if (!verb_page(args, &page, error))
		return FALSE;
	json_open(data, "bodies", TRUE);
	for (guint i = 0; i < bodies_count(daemon->bodies); i++) {
		const Body *body = bodies_nth(daemon->bodies, i);

		if (!is_meant(body, within, word))
			continue;
		total++;
		if (total > page * VERB_ROWS && total <= (page + 1) * VERB_ROWS)
			put_body(body, text, data);
	}
	json_close_one(data);
	verb_put_page(text, data, page, total);
	return TRUE;
}

/* ---- log level ---- */

/* Until a reload or a restart brings back what [host] log_level says; in workers as well. */
gboolean verb_loglevel(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	static const char *const names[] = { "error", "warn", "notice", "info", "debug" };
	const char *wanted = events_word(args, 0);
	const char *said = conf_text(daemon->conf, "host", "log_level");

	guint level = 0;

	while (wanted != NULL && level < G_N_ELEMENTS(names) && strcmp(wanted, names[level]) != 0)
		level++;
	if (level == G_N_ELEMENTS(names) || events_word(args, 1) != NULL)
		return verb_misused(error);
	if (wanted != NULL) {
		log_set_level((LogLevel)(LOG_ERROR + level));
		for (guint s = 0; s < daemon->slots->len; s++)
			if (((Slot *)daemon->slots->pdata[s])->home != NULL)
				home_turn_clock(((Slot *)daemon->slots->pdata[s])->home);
	}
	json_put_text(data, "level", names[CLAMP(log_level(), LOG_ERROR, LOG_DEBUG) - LOG_ERROR]);
	json_put_text(data, "configured", said);
	g_string_append_printf(text, "%s（配置 configured: %s）\n",
	                       names[CLAMP(log_level(), LOG_ERROR, LOG_DEBUG) - LOG_ERROR], said);
	return TRUE;
}
