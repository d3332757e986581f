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

static void compare_host(const Conf *before, const Conf *after, GString *said)
{
	for (const ConfKey *key = host_conf_keys; key->group != NULL; key++) {
		const char *old = conf_text(before, key->group, key->key);
		const char *new = conf_text(after, key->group, key->key);

		if (g_strcmp0(old, new) == 0)
			continue;
		g_string_append_printf(said, "[%s] %s: %s -> %s (%s)\n", key->group, key->key, old, new,
		                       key->live ? "applied" : "needs a restart");
	}
}

/* Pilots and roles are read at start alone: whoever changed them is told so. */
static void compare_rest(const Conf *before, const Conf *after, const char *prefix, GString *said)
{
	g_auto(GStrv) old = conf_groups(before, prefix), new = conf_groups(after, prefix);

	for (guint i = 0; old[i] != NULL; i++)
		if (!g_strv_contains((const char *const *)new, old[i]))
			g_string_append_printf(said, "[%s%s]: removed (needs a restart)\n", prefix, old[i]);
	for (guint i = 0; new[i] != NULL; i++) {
		g_autofree char *group = g_strconcat(prefix, new[i], NULL);
		g_auto(GStrv) keys = conf_keys_of(after, group), was = conf_keys_of(before, group);

		if (!g_strv_contains((const char *const *)old, new[i])) {
			g_string_append_printf(said, "[%s]: new (needs a restart)\n", group);
			continue;
		}
		for (guint k = 0; keys[k] != NULL; k++)
			if (g_strcmp0(conf_text(before, group, keys[k]), conf_text(after, group, keys[k])) != 0)
				g_string_append_printf(said, "[%s] %s: %s (needs a restart)\n", group, keys[k],
				                       conf_text(after, group, keys[k]));
		for (guint k = 0; was[k] != NULL; k++)
			if (!g_strv_contains((const char *const *)keys, was[k]))
				g_string_append_printf(said, "[%s] %s: not set any more (needs a restart)\n", group,
				                       was[k]);
	}
}

static gboolean compare_plugin(const Plugin *plugin, const Conf *before, const Conf *after, GString *said)
{
	gboolean changed = FALSE;

	for (guint i = 0; i < plugin->n_settings; i++) {
		const zhen_setting *row = &plugin->settings[i];
		const char *old = conf_text(before, plugin->id, row->key),
			   *new = conf_text(after, plugin->id, row->key);

		/* A file's name may stay while its content changes: it is read again either way. */
		if (g_strcmp0(old, new) == 0 && (row->flags & ZHEN_CONTENT) == 0)
			continue;
		changed = TRUE;
		g_string_append_printf(said, "[%s] %s: %s (%s)\n", plugin->id, row->key, new,
		                       (row->flags & ZHEN_RESTART) != 0 ? "needs a restart" : "applied");
	}
	return changed;
}

char *daemon_reload(Daemon *daemon, GError **error)
{
	g_autoptr(Conf) conf = host_conf_load(daemon->conf_path, daemon->over, daemon->plugins, error);
	g_autoptr(GPtrArray) fresh = g_ptr_array_new_with_free_func((GDestroyNotify)settings_unref);
	GString *said = g_string_new(NULL);

	for (guint i = 0; conf != NULL && i < daemon->slots->len; i++) {
		Settings *settings = settings_new(((Slot *)daemon->slots->pdata[i])->loaded->plugin, conf, error);

		if (settings == NULL)
			g_clear_pointer(&conf, conf_free);
		else
			g_ptr_array_add(fresh, settings);
	}
	if (conf == NULL) {
		g_string_free(said, TRUE);
		return NULL;
	}
	compare_host(daemon->conf, conf, said);
	compare_rest(daemon->conf, conf, "pilot ", said);
	compare_rest(daemon->conf, conf, "role ", said);
	compare_rest(daemon->conf, conf, "access", said);
	log_set_level(level_of(conf));
	for (guint i = 0; i < daemon->slots->len; i++) {
		Slot *slot = daemon->slots->pdata[i];

		if (compare_plugin(slot->loaded->plugin, daemon->conf, conf, said))
			home_set_settings(slot->home, settings_ref(fresh->pdata[i]));
	}
	conf_free(daemon->conf);
	daemon->conf = g_steal_pointer(&conf);
	if (said->len == 0)
		g_string_append(said, "nothing changed\n");
	log_notice("configuration read again: %s", said->str);
	return g_string_free(said, FALSE);
}
