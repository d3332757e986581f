/* SPDX-License-Identifier: Apache-2.0
 * `zhenctl settings`: what holds of the host and of each plugin, everywhere or at one division, which line says so, and whether a
 * reload would apply another. On the loop. */
#include <string.h>

#include "base/clock.h"
#include "daemon/events_verbs.h"
#include "daemon/verbs.h"

typedef struct Shown {
	const Daemon *daemon;
	const Slot *slot;
	const Division *at; /* NULL = the general values */
	GString *text;
	JsonOut *data;
} Shown;

/* The configuration that holds: what needs a restart is still as it was at start. */
static const Conf *conf_of(const Daemon *daemon, gboolean live)
{
	return live || daemon->started_conf == NULL ? daemon->conf : daemon->started_conf;
}

/* What every row has, opened by who puts more before it. @group as it is written. */
static void put_value(const Shown *shown, const char *group, const char *key, const char *def, gboolean live)
{
	const Conf *conf = conf_of(shown->daemon, live);
	const char *value = conf_text(conf, group, key), *after = conf_text(shown->daemon->conf, group, key);
	const gboolean waits = g_strcmp0(value, after) != 0;
	/* Demo mode says it over what is written. */
	const gboolean by_demo =
		strcmp(group, "host") == 0 && strcmp(key, "allow_unsigned") == 0 && shown->daemon->demo;
	g_autofree char *where = by_demo ? g_strdup("demo") : conf_where(conf, group, key);

	value = by_demo ? "yes" : value;

	json_put_text(shown->data, "value", value);
	json_put_text(shown->data, "default", def);
	json_put_text(shown->data, "where", where);
	json_put_bool(shown->data, "by_reload", live);
	if (waits)
		json_put_text(shown->data, "after_restart", after);
	json_close_one(shown->data);
	g_string_append_printf(shown->text, "  [%s] %s = %s", group, key, value != NULL ? value : "");
	if (g_strcmp0(value, def) != 0)
		g_string_append_printf(shown->text, "（默认 default: %s）", def != NULL ? def : "—");
	g_string_append_printf(shown->text, "  %s  %s", by_demo                        ? "演示模式 (demo)" :
	                       strcmp(where, "default") == 0 ? "默认 (default)" :
	                                                       where,
	                       live ? "重新读取后生效 (a reload applies it)" : "重启后生效 (needs a restart)");
	if (waits)
		g_string_append_printf(shown->text, "，重启后为 (then): %s", after != NULL ? after : "");
	g_string_append_c(shown->text, '\n');
}

/* ---- the host's own ---- */

static void put_host(const Shown *shown)
{
	g_autoptr(GArray) keys = host_conf_own_keys();

	json_open(shown->data, "host", TRUE);
	for (const ConfKey *key = (const ConfKey *)(void *)keys->data; key->group != NULL; key++) {
		/* What is said of each pilot and role their own verbs show. */
		if (strchr(key->group, '*') != NULL)
			continue;
		json_open(shown->data, NULL, FALSE);
		json_put_text(shown->data, "group", key->group);
		json_put_text(shown->data, "key", key->key);
		put_value(shown, key->group, key->key, key->def, key->live);
	}
	json_close_one(shown->data);
}

/* ---- plugins ---- */

/* The group that sets @code's own values, as it is written; NULL = the general one. (transfer full) */
static char *group_of(const Shown *shown, const Conf *conf, const char *code)
{
	g_autofree char *prefix = g_strconcat(shown->slot->loaded->plugin->id, " @", NULL);
	g_auto(GStrv) codes = conf_groups(conf, prefix);

	for (guint i = 0; code[0] != '\0' && codes[i] != NULL; i++) {
		const Division *division = divisions_find_short(shown->daemon->divisions, codes[i]);

		if (division != NULL && strcmp(division->code, code) == 0)
			return g_strconcat(prefix, codes[i], NULL);
	}
	return g_strdup(shown->slot->loaded->plugin->id);
}

static void open_row(const Shown *shown, const char *key, const char *code, gboolean per_division)
{
	json_open(shown->data, NULL, FALSE);
	json_put_text(shown->data, "plugin", shown->slot->loaded->plugin->id);
	json_put_text(shown->data, "key", key);
	json_put_text(shown->data, "division", code);
	json_put_bool(shown->data, "per_division", per_division);
}

static void put_setting(const Shown *shown, const zhen_setting *row, const char *code)
{
	const gboolean live = (row->flags & ZHEN_RESTART) == 0;
	g_autofree char *group = group_of(shown, conf_of(shown->daemon, live), code);

	open_row(shown, row->key, code, (row->flags & ZHEN_PER_DIVISION) != 0);
	put_value(shown, group, row->key, row->def, live);
}

/* Without a division, every division's own value too. */
static void put_own(const Shown *shown, guint index)
{
	const Plugin *plugin = shown->slot->loaded->plugin;
	g_autofree char *prefix = g_strconcat(plugin->id, " @", NULL);
	const gboolean live = (plugin->settings[index].flags & ZHEN_RESTART) == 0;
	g_auto(GStrv) codes = conf_groups(conf_of(shown->daemon, live), prefix);

	for (guint i = 0; codes[i] != NULL; i++) {
		const Division *division = divisions_find_short(shown->daemon->divisions, codes[i]);
		const char *from = "";

		if (division != NULL)
			settings_at(shown->slot->settings, index, division, &from);
		if (division != NULL && strcmp(from, division->code) == 0)
			put_setting(shown, &plugin->settings[index], from);
	}
}

static void put_switch(const Shown *shown, gint row)
{
	const Plugin *plugin = shown->slot->loaded->plugin;
	const Switches *switches = settings_switches(shown->slot->settings);
	const gint64 now = clock_now_ms();
	const gboolean on = shown->at != NULL ? switches_on(switches, row, shown->at, now) :
	                                        switches_serve(switches, row, NULL, now);
	const char *by = shown->at != NULL ? switches_decider(switches, row, shown->at, now) : "";
	const char *name = row >= 0 ? plugin->features[row].name : "";
	const char *title = row >= 0 ? plugin->features[row].title : plugin->title;

	json_open(shown->data, NULL, FALSE);
	json_put_text(shown->data, "plugin", plugin->id);
	json_put_text(shown->data, "feature", row >= 0 ? name : NULL);
	json_put_bool(shown->data, "on", on);
	json_put_text(shown->data, "by", by);
	json_close_one(shown->data);
	if (shown->at == NULL)
		by = on ? "至少一处 (somewhere)" : "处处 (everywhere)";
	else if (by[0] == '\0')
		by = "默认 (default)";
	g_string_append_printf(shown->text, "  %s%s%s %s  %s  %s\n", plugin->id, row >= 0 ? "." : "", name,
	                       title != NULL ? title : "", on ? "开 (on)" : "关 (off)", by);
}

static gboolean find_division(const Daemon *daemon, const char *code, const Division **out, GError **error)
{
	const Division *near;

	*out = code != NULL ? divisions_find_short(daemon->divisions, code) : NULL;
	if (code == NULL || *out != NULL)
		return TRUE;
	near = divisions_nearest(daemon->divisions, code);
	if (near != NULL)
		return throw_error(error, ERROR_NOT_FOUND,
		                   "没有区划 %s；是否应为 %s %s？(no such division; did you mean that one?)", code,
		                   near->code, near->name);
	return throw_error(error, ERROR_NOT_FOUND, "没有区划 %s (no such division)", code);
}

/* Words: a plugin or the host, a division, both in either order. */
static gboolean read_words(const Daemon *daemon, json_t *args, const char **out_plugin, const Division **out_at,
                           GError **error)
{
	const char *code = NULL;

	*out_plugin = NULL;
	for (guint i = 0; i < 2; i++) {
		const char *word = events_word(args, i);

		if (word != NULL && g_ascii_isdigit(word[0]))
			code = word;
		else if (word != NULL)
			*out_plugin = word;
	}
	return (*out_plugin == NULL || strcmp(*out_plugin, HOST_CHAIN) == 0 ||
	        events_slot(daemon, *out_plugin, error) != NULL) &&
	       find_division(daemon, code, out_at, error);
}

static void put_settings(const Shown *shown)
{
	const Plugin *plugin = shown->slot->loaded->plugin;

	for (const ConfKey *own = host_plugin_keys; shown->at == NULL && own->key != NULL; own++) {
		open_row(shown, own->key, "", FALSE);
		put_value(shown, plugin->id, own->key, own->def, own->live);
	}
	for (guint i = 0; i < plugin->n_settings; i++) {
		const char *from;

		settings_at(shown->slot->settings, i, shown->at, &from);
		put_setting(shown, &plugin->settings[i], from);
		if (shown->at == NULL)
			put_own(shown, i);
	}
}

gboolean verb_settings(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	Shown shown = { .daemon = daemon, .text = text, .data = data };
	const char *only;

	if (!read_words(daemon, args, &only, &shown.at, error))
		return FALSE;
	if (shown.at != NULL)
		g_string_append_printf(text, "%s %s\n", shown.at->code, shown.at->name);
	/* The host's hold everywhere. */
	if (only != NULL ? strcmp(only, HOST_CHAIN) == 0 : shown.at == NULL)
		put_host(&shown);
	for (guint part = 0; part < 2; part++) {
		json_open(data, part == 0 ? "features" : "settings", TRUE);
		for (guint i = 0; i < daemon->slots->len; i++) {
			const Plugin *plugin;

			shown.slot = daemon->slots->pdata[i];
			plugin = shown.slot->loaded->plugin;
			if (shown.slot->settings == NULL || (only != NULL && strcmp(only, plugin->id) != 0))
				continue;
			for (gint row = SWITCH_PLUGIN; part == 0 && row < (gint)plugin->n_features; row++)
				put_switch(&shown, row);
			if (part == 1)
				put_settings(&shown);
		}
		json_close_one(data);
	}
	return TRUE;
}
