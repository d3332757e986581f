/* SPDX-License-Identifier: Apache-2.0
 * Which plugins a pilot wants, loaded in order, each given its home and mounted. */
#include <glib/gstdio.h>
#include <errno.h>
#include <string.h>
#include "base/crash.h"
#include "base/log.h"
#include "daemon/crashes.h"

/* What the configuration says; else, from the folder above this program's, where a build has it or an install does. So
 * a tree can be moved as a whole. */
static char *place(const Conf *conf, const char *key, const char *built, const char *installed)
{
	g_autofree char *said = conf_path(conf, "host", key);
	g_autofree char *self = NULL, *bin = NULL, *above = NULL, *path = NULL;

	if (said != NULL && said[0] != '\0')
		return g_steal_pointer(&said);
	self = g_file_read_link("/proc/self/exe", NULL);
	bin = g_path_get_dirname(self != NULL ? self : "/usr/bin/zhend");
	above = g_path_get_dirname(bin);
	path = g_build_filename(above, built, NULL);
	return g_file_test(path, G_FILE_TEST_EXISTS) ? g_steal_pointer(&path) : g_build_filename(above, installed, NULL);
}

/* Ids named by the pilots that run, without duplicates. */
static GPtrArray *wanted_plugins(const Conf *conf)
{
	GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
	const char *only = conf_text(conf, "host", "pilot");
	g_auto(GStrv) pilots = conf_groups(conf, "pilot ");

	for (guint i = 0; pilots[i] != NULL; i++) {
		g_autofree char *group = g_strconcat("pilot ", pilots[i], NULL);
		g_auto(GStrv) plugins = NULL;

		if (only[0] != '\0' && strcmp(only, pilots[i]) != 0)
			continue;
		plugins = conf_list(conf, group, "plugins");
		for (guint j = 0; plugins[j] != NULL; j++)
			if (!g_ptr_array_find_with_equal_func(ids, plugins[j], g_str_equal, NULL))
				g_ptr_array_add(ids, g_strdup(plugins[j]));
	}
	return ids;
}

/* The pilots that run and name @id, as one text. */
static char *pilots_naming(const Conf *conf, const char *id)
{
	GString *names = g_string_new(NULL);
	const char *only = conf_text(conf, "host", "pilot");
	g_auto(GStrv) pilots = conf_groups(conf, "pilot ");

	for (guint i = 0; pilots[i] != NULL; i++) {
		g_autofree char *group = g_strconcat("pilot ", pilots[i], NULL);
		g_auto(GStrv) plugins = conf_list(conf, group, "plugins");

		if ((only[0] == '\0' || strcmp(only, pilots[i]) == 0) &&
		    g_strv_contains((const char *const *)plugins, id))
			g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", pilots[i]);
	}
	return g_string_free(names, FALSE);
}

static gboolean file_is_there(const Conf *conf, const char *id, const char *path, GError **error)
{
	g_autofree char *pilots = NULL;
	int fault;

	if (g_access(path, R_OK) == 0)
		return TRUE;
	fault = errno;
	pilots = pilots_naming(conf, id);
	return throw_error(error, ERROR_INVALID,
	                   "试点 %s 启用的模块 %s 的文件读不到：%s "
	                   "(pilot %s names plugin %s, whose file cannot be read there: %s)",
	                   pilots, id, path, pilots, id, g_strerror(fault));
}

static void describe_loading(CrashOut *out, const void *id)
{
	crash_put(out, "plugin", id);
	crash_put(out, "handler", "loading");
}

/* Constructors are code of the plugin already. */
static LoadedPlugin *load_named(const char *id, const char *path, GError **error)
{
	CrashThread *thread = crash_begin(describe_loading, id, TRUE);
	LoadedPlugin *loaded = plugin_load(path, error);

	crash_end(thread);
	return loaded;
}

static gboolean order_loaded(GPtrArray *loaded, GError **error)
{
	g_autoptr(GPtrArray) tables = g_ptr_array_new();
	g_autoptr(GPtrArray) sorted = g_ptr_array_new();

	for (guint i = 0; i < loaded->len; i++)
		g_ptr_array_add(tables, ((LoadedPlugin *)loaded->pdata[i])->plugin);
	if (!plugins_order(tables, error))
		return FALSE;
	for (guint i = 0; i < tables->len; i++)
		for (guint j = 0; j < loaded->len; j++)
			if (((LoadedPlugin *)loaded->pdata[j])->plugin == tables->pdata[i])
				g_ptr_array_add(sorted, loaded->pdata[j]);
	for (guint i = 0; i < sorted->len; i++)
		loaded->pdata[i] = sorted->pdata[i];
	return TRUE;
}

gboolean plugins_find(Daemon *daemon, const Conf *first, GError **error)
{
	const char *pilot = conf_text(first, "host", "pilot");
	g_autoptr(GPtrArray) ids = wanted_plugins(first);
	g_autofree char *dir = place(first, "plugin_dir", "plugins", ZHEN_LIBDIR "/plugins");

	daemon->plugins = g_ptr_array_new_with_free_func((GDestroyNotify)loaded_plugin_free);
	/* Now, or the first thing said would be that the settings of its plugins are unknown. */
	if (pilot[0] != '\0' && !pilots_named(first, pilot, error))
		return FALSE;
	for (guint i = 0; i < ids->len; i++) {
		const char *id = ids->pdata[i];
		g_autofree char *file = g_strconcat(id, ".so", NULL);
		g_autofree char *path = g_build_filename(dir, id, file, NULL);
		LoadedPlugin *loaded = file_is_there(first, id, path, error) ? load_named(id, path, error) : NULL;

		if (loaded == NULL)
			return FALSE;
		g_ptr_array_add(daemon->plugins, loaded);
		if (strcmp(loaded->plugin->id, id) != 0)
			return throw_error(error, ERROR_REFUSED, "%s says it is plugin %s", path, loaded->plugin->id);
	}
	return order_loaded(daemon->plugins, error);
}

void slot_free(gpointer data)
{
	Slot *slot = data;

	home_free(slot->home);
	settings_unref(slot->settings);
	g_free(slot->fault);
	g_free(slot);
}

static gboolean wants_worker(const Daemon *daemon, const char *id)
{
	const char *own = conf_text(daemon->conf, id, "isolation");

	return strcmp(own[0] != '\0' ? own : conf_text(daemon->conf, "host", "isolation"), "process") == 0;
}

static Home *worker_home(Daemon *daemon, LoadedPlugin *loaded, Settings *settings, const char *dir, GError **error)
{
	g_autofree char *json = settings_to_json(settings);
	g_autofree char *program = place(daemon->conf, "worker", "bin/zhen-worker", ZHEN_LIBDIR "/zhen-worker");
	WorkerOptions options = {
		.worker_path = program,
		.plugin_path = loaded->path,
		.divisions = (const char *const *)daemon->division_files,
		.bodies = (const char *const *)daemon->body_files,
		.dir = dir,
		.anchors_dir = daemon->anchors,
		.sql_log = g_getenv("ZHEN_SQL_LOG"),
		.base_url = daemon->base_url,
		.store = host_store_options(daemon->conf, dir, loaded->plugin->id),
		.settings_json = json,
		.keys = daemon->keys,
		.sm2 = daemon->sm2,
		.idempotency_ms = daemon->env.idempotency_ms,
		.idempotency_max = daemon->env.idempotency_max,
		.page_limit = daemon->env.page_limit,
		.threads = (guint)conf_int(daemon->conf, "host", "pool_threads"),
		.in_flight_max = (guint)conf_int(daemon->conf, "limits", "worker_calls"),
		.event_tries = daemon->env.event_tries,
		.event_backoff_ms = daemon->env.event_backoff_ms,
		.parked_max = daemon->env.parked_max,
		.parked_of_publisher = daemon->env.parked_of_publisher,
		.parked_of_subject = daemon->env.parked_of_subject,
		.event_turn_us = daemon->env.event_turn_us,
		.keep_events_ms = daemon->env.keep_events_ms,
		.handler_ms = conf_int(daemon->conf, "limits", "handler_time"),
		.prepare_ms = conf_int(daemon->conf, "limits", "prepare_time"),
		.crashed = crashes_of_worker,
		.crashed_data = daemon,
		.emitted = daemon->env.emitted,
		.emitted_data = daemon->env.emitted_data,
	};

	settings_unref(settings);
	return home_new_worker(daemon->loop, &options, loaded->plugin, error);
}

static Home *give_home(Daemon *daemon, Slot *slot, GError **error)
{
	LoadedPlugin *loaded = slot->loaded;
	g_autofree char *dir = g_build_filename(daemon->data, "plugins", loaded->plugin->id, NULL);
	StoreOptions store = host_store_options(daemon->conf, dir, loaded->plugin->id);
	Settings *settings = settings_new(loaded->plugin, daemon->conf, error);

	if (settings == NULL)
		return NULL;
	slot->settings = settings_ref(settings);
	if (g_mkdir_with_parents(dir, 0700) != 0) {
		settings_unref(settings);
		throw_error(error, ERROR_IO, "%s: %s", dir, g_strerror(errno));
		return NULL;
	}
	if (wants_worker(daemon, loaded->plugin->id))
		return worker_home(daemon, loaded, settings, dir, error);
	slot->fault = crashes_against(daemon, loaded);
	if (slot->fault != NULL) {
		settings_unref(settings);
		return home_new_out(loaded->plugin, dir);
	}
	slot->runtime = runtime_new(&daemon->env, daemon->pool, loaded->plugin, dir, &store, settings, error);
	return slot->runtime != NULL ? home_new_inproc(slot->runtime, loaded->plugin) : NULL;
}

static gboolean start_one(Daemon *daemon, Slot *slot, gint64 now_ms, GError **error)
{
	const Plugin *plugin = slot->loaded->plugin;
	g_auto(GStrv) divisions = pilot_divisions_for_plugin(daemon->pilots, plugin->id, now_ms);

	slot->home = give_home(daemon, slot, error);
	if (slot->home == NULL)
		return FALSE;
	if (!http_mount(daemon->http, slot->home, (const char *const *)divisions, error))
		return FALSE;
	if (slot->runtime != NULL)
		runtime_run_jobs(slot->runtime, daemon->loop);
	return TRUE;
}

gboolean plugins_start(Daemon *daemon, GError **error)
{
	daemon->slots = g_ptr_array_new_with_free_func(slot_free);
	for (guint i = 0; i < daemon->plugins->len; i++) {
		Slot *slot = g_new0(Slot, 1);

		slot->loaded = daemon->plugins->pdata[i];
		g_ptr_array_add(daemon->slots, slot);
		if (!start_one(daemon, slot, daemon->started_ms, error))
			return prefix_error(error, "plugin %s does not start", slot->loaded->plugin->id);
		if (slot->fault != NULL)
			log_write(LOG_ERROR, slot->loaded->plugin->id, "%s", slot->fault);
		else
			log_write(LOG_INFO, slot->loaded->plugin->id, "%s %s is up (%s)", slot->loaded->plugin->title,
			          slot->loaded->plugin->version, slot->runtime != NULL ? "in-process" : "worker");
	}
	return TRUE;
}

void plugins_stop(Daemon *daemon)
{
	/* Backwards: who needs another goes first. */
	while (daemon->slots != NULL && daemon->slots->len > 0)
		g_ptr_array_remove_index(daemon->slots, daemon->slots->len - 1);
}
