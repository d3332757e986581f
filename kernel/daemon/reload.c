/* SPDX-License-Identifier: Apache-2.0
 * SIGHUP and `zhenctl reload`: the whole configuration is read and checked first; then what can change live does. */
#include <string.h>
#include "base/log.h"
#include "daemon/daemon.h"

static LogLevel level_of(const Conf *conf)
{
	static const char *const names[] = { "error", "warn", "notice", "info", "debug" };
	const char *text = conf_text(conf, "host", "log_level");

	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		if (strcmp(names[i], text) == 0)
			return (LogLevel)(LOG_ERROR + i);
	return LOG_INFO;
}

/* What a reload says, and what it leaves for the next start. */
typedef struct Report {
	GString *said;
	GPtrArray *pending; /* of char * */
} Report;

static void say_pending(Report *report, char *name, const char *now)
{
	g_string_append_printf(report->said, "%s: %s (needs a restart)\n", name, now);
	g_ptr_array_add(report->pending, name);
}

static char *name_of(const char *group, const char *key)
{
	return g_strdup_printf("[%s] %s", group, key);
}

/* Against what was applied last, or against the start where nothing else is. */
static void compare_host(const Conf *started, const Conf *before, const Conf *after, Report *report)
{
	for (const ConfKey *key = host_conf_keys; key->group != NULL; key++) {
		const char *old = conf_text(key->live ? before : started, key->group, key->key);
		const char *new = conf_text(after, key->group, key->key);

		if (g_strcmp0(old, new) == 0)
			continue;
		if (key->live)
			g_string_append_printf(report->said, "[%s] %s: %s -> %s (applied)\n", key->group, key->key, old,
			                       new);
		else
			say_pending(report, name_of(key->group, key->key), new);
	}
}

static void compare_group(const Conf *before, const Conf *after, const char *group, GPtrArray *changed)
{
	g_auto(GStrv) keys = conf_keys_of(after, group), was = conf_keys_of(before, group);

	for (guint k = 0; keys[k] != NULL; k++)
		if (g_strcmp0(conf_text(before, group, keys[k]), conf_text(after, group, keys[k])) != 0)
			g_ptr_array_add(changed, name_of(group, keys[k]));
	for (guint k = 0; was[k] != NULL; k++)
		if (!g_strv_contains((const char *const *)keys, was[k]))
			g_ptr_array_add(changed, name_of(group, was[k]));
}

/* Names of what is new, gone or different among the groups of @prefix. */
static GPtrArray *compare_groups(const Conf *before, const Conf *after, const char *prefix)
{
	GPtrArray *changed = g_ptr_array_new_with_free_func(g_free);
	g_auto(GStrv) old = conf_groups(before, prefix), new = conf_groups(after, prefix);

	for (guint i = 0; old[i] != NULL; i++)
		if (!g_strv_contains((const char *const *)new, old[i]))
			g_ptr_array_add(changed, g_strdup_printf("[%s%s]", prefix, old[i]));
	for (guint i = 0; new[i] != NULL; i++) {
		g_autofree char *group = g_strconcat(prefix, new[i], NULL);

		if (!g_strv_contains((const char *const *)old, new[i]))
			g_ptr_array_add(changed, g_strdup_printf("[%s]", group));
		else
			compare_group(before, after, group, changed);
	}
	return changed;
}

/* [access] is read at start alone: whoever changed it is told so. */
static void compare_started(const Conf *started, const Conf *after, const char *prefix, Report *report)
{
	g_autoptr(GPtrArray) changed = compare_groups(started, after, prefix);

	for (guint k = 0; k < changed->len; k++)
		say_pending(report, g_strdup(changed->pdata[k]), "changed");
}

/* FALSE = @error. *@out NULL: pilots came with places that are not loaded, and wait for the next start. */
static gboolean read_pilots(const Daemon *daemon, const Conf *conf, Pilots **out, GError **error)
{
	const Conf *started = daemon->started_conf != NULL ? daemon->started_conf : daemon->conf;
	const char *only = conf_text(started, "host", "pilot");
	g_auto(GStrv) before = pilots_places(started, only), after = pilots_places(conf, only);
	g_autoptr(Faults) faults = faults_new();

	*out = NULL;
	if (!g_strv_equal((const char *const *)before, (const char *const *)after))
		return TRUE;
	*out = pilots_load_all(conf, daemon->divisions, only, faults);
	for (guint i = 0; i < daemon->verdict->known->len; i++) {
		const Plugin *plugin = daemon->verdict->known->pdata[i];

		switches_unref(pilots_switches(*out, plugin->id, plugin->features, plugin->n_features, faults));
	}
	host_conf_check_divisions(conf, daemon->verdict->known, daemon->divisions, faults);
	return faults_none(faults, error);
}

/* Plugins that a pilot now names and that do not run. */
static void say_wanted(const Daemon *daemon, const Conf *conf, const char *pilot, Report *report)
{
	g_autofree char *group = g_strconcat("pilot ", pilot, NULL);
	g_auto(GStrv) plugins = conf_list(conf, group, "plugins");

	for (guint i = 0; plugins[i] != NULL; i++)
		if (plugins_slot(daemon, plugins[i]) == NULL && verdict_find(daemon->verdict, plugins[i]) == NULL)
			say_pending(report, name_of(group, "plugins"), plugins[i]);
}

/* What is on where is at once, of the plugins that run. */
static void apply_pilots(Daemon *daemon, const Conf *started, const Conf *after, Pilots *pilots, Report *report)
{
	g_autoptr(GPtrArray) changed = compare_groups(daemon->conf, after, "pilot ");
	g_auto(GStrv) names = conf_groups(after, "pilot ");

	if (pilots == NULL) {
		compare_started(started, after, "pilot ", report);
		return;
	}
	for (guint i = 0; i < changed->len; i++)
		g_string_append_printf(report->said, "%s: changed (applied)\n", (const char *)changed->pdata[i]);
	for (guint i = 0; names[i] != NULL; i++)
		if (pilots_runs(after, names[i], conf_text(started, "host", "pilot")))
			say_wanted(daemon, after, names[i], report);
	pilots_free(daemon->pilots);
	daemon->pilots = pilots;
}

/* Events of a feature are subscribed to at start: one that was on nowhere, or is so now, waits for the next. */
static void say_subscriptions(const Daemon *daemon, const Slot *slot, const Switches *after, Report *report)
{
	const Switches *before = settings_switches(slot->settings);
	const VerdictPlugin *entry = verdict_find(daemon->verdict, slot->loaded->plugin->id);
	const Plugin *noted = entry != NULL && entry->file != NULL ? entry->file->plugin : NULL;

	for (guint i = 0; noted != NULL && i < noted->n_subscriptions; i++) {
		const gint row = switches_row(after, noted->subscriptions[i].feature);

		if (switches_ever(before, row) != switches_ever(after, row))
			say_pending(report, name_of(noted->id, noted->subscriptions[i].topic), "events of a feature");
	}
}

static void apply_roles(Daemon *daemon, const Conf *after, Report *report)
{
	g_autoptr(GPtrArray) changed = compare_groups(daemon->conf, after, "role ");

	for (guint i = 0; i < changed->len; i++)
		g_string_append_printf(report->said, "%s: changed (applied)\n", (const char *)changed->pdata[i]);
	if (changed->len > 0)
		access_set_roles(daemon->access, after);
}

/* Takes @fresh. What only a start applies stays as it runs, in a worker that is started anew as well. */
static void apply_settings(Daemon *daemon, Slot *slot, const Conf *started, const Conf *after, Settings *fresh,
                           Report *report)
{
	const Plugin *plugin = slot->loaded->plugin;
	g_autofree char *places = g_strconcat(plugin->id, " @", NULL);
	g_autoptr(GPtrArray) in_places = compare_groups(daemon->conf, after, places);
	Switches *switches = plugins_switches(daemon->pilots, plugin);
	gboolean changed = !switches_same(switches, settings_switches(slot->settings));

	if (changed) {
		say_subscriptions(daemon, slot, switches, report);
		http_switch(daemon->http, plugin->id, switches);
	}
	settings_switch(fresh, switches);
	for (const ConfKey *own = host_plugin_keys; own->key != NULL; own++)
		if (g_strcmp0(conf_text(started, plugin->id, own->key), conf_text(after, plugin->id, own->key)) != 0)
			say_pending(report, name_of(plugin->id, own->key), conf_text(after, plugin->id, own->key));
	for (guint i = 0; i < plugin->n_settings; i++) {
		const zhen_setting *row = &plugin->settings[i];
		const char *new = conf_text(after, plugin->id, row->key);

		if (settings_same(fresh, slot->settings, i))
			continue;
		if ((row->flags & ZHEN_RESTART) != 0) {
			say_pending(report, name_of(plugin->id, row->key), new);
			continue;
		}
		changed = TRUE;
		/* Of a file the text may be another while its name is the same. */
		if (in_places->len == 0 || g_strcmp0(conf_text(daemon->conf, plugin->id, row->key), new) != 0)
			g_string_append_printf(report->said, "[%s] %s: %s (applied)\n", plugin->id, row->key, new);
	}
	for (guint i = 0; changed && i < in_places->len; i++)
		g_string_append_printf(report->said, "%s: changed (applied)\n", (const char *)in_places->pdata[i]);
	if (!changed) {
		settings_unref(fresh);
		return;
	}
	settings_keep(fresh, slot->settings);
	settings_unref(slot->settings);
	slot->settings = settings_ref(fresh);
	home_set_settings(slot->home, fresh);
}

/* NULL = @error: one that is wrong, and nothing is applied. */
static GPtrArray *read_settings(const Daemon *daemon, const Conf *conf, GError **error)
{
	g_autoptr(GPtrArray) fresh = g_ptr_array_new_with_free_func((GDestroyNotify)settings_unref);

	for (guint i = 0; i < daemon->slots->len; i++) {
		Settings *settings = settings_new(((Slot *)daemon->slots->pdata[i])->loaded->plugin, conf, error);

		if (settings == NULL)
			return NULL;
		g_ptr_array_add(fresh, settings);
	}
	return g_steal_pointer(&fresh);
}

char *daemon_reload(Daemon *daemon, GError **error)
{
	g_autoptr(Conf) conf = host_conf_load(daemon->conf_path, daemon->over, daemon->verdict->known, error);
	g_autoptr(GPtrArray) fresh = conf != NULL ? read_settings(daemon, conf, error) : NULL;
	const Conf *started = daemon->started_conf != NULL ? daemon->started_conf : daemon->conf;
	g_autoptr(Pilots) pilots = NULL;
	Report report;

	if (daemon->switching) {
		throw_error(error, ERROR_BUSY, "正在更换模块版本，请稍后再试 (a plugin is being swapped: try again)");
		return NULL;
	}
	if (fresh == NULL || !read_pilots(daemon, conf, &pilots, error))
		return NULL;
	report = (Report){ g_string_new(NULL), g_ptr_array_new_with_free_func(g_free) };
	compare_host(started, daemon->conf, conf, &report);
	compare_started(started, conf, "access", &report);
	apply_pilots(daemon, started, conf, g_steal_pointer(&pilots), &report);
	log_set_level(level_of(conf));
	for (guint i = 0; i < daemon->slots->len; i++)
		if (((Slot *)daemon->slots->pdata[i])->home != NULL)
			home_turn_clock(((Slot *)daemon->slots->pdata[i])->home); /* the level goes with it */
	apply_roles(daemon, conf, &report);
	for (guint i = 0; i < daemon->slots->len; i++)
		apply_settings(daemon, daemon->slots->pdata[i], started, conf, settings_ref(fresh->pdata[i]), &report);
	if (daemon->started_conf == NULL)
		daemon->started_conf = daemon->conf;
	else
		conf_free(daemon->conf);
	daemon->conf = g_steal_pointer(&conf);
	g_clear_pointer(&daemon->pending, g_ptr_array_unref);
	daemon->pending = report.pending;
	if (report.said->len == 0)
		g_string_append(report.said, "nothing changed\n");
	g_autofree char *line = g_strdup(report.said->str);

	g_strdelimit(g_strchomp(line), "\n", ';');
	log_notice("configuration read again: %s", line);
	return g_string_free(report.said, FALSE);
}
