/* SPDX-License-Identifier: Apache-2.0
 * Which plugins a pilot wants, loaded in order, each given its home and mounted. */
#include <glib/gstdio.h>
#include <errno.h>
#include <string.h>
#include "base/crash.h"
#include "base/log.h"
#include "daemon/crashes.h"
#include "store/rehearse.h"

/* FALSE: the host cannot do without it, or has none left. */
static gboolean leave_out(Daemon *daemon, const char *id, const char *text, GError **error)
{
	g_autofree char *name = g_strdup_printf("plugin %s: ", id);

	/* A worker's own words come with it, and its home's before them. */
	while (g_str_has_prefix(text, name) && g_str_has_prefix(text + strlen(name), name))
		text += strlen(name);
	return verdict_leave_out(daemon->verdict, id, text) || verdict_pass(daemon->verdict, error);
}

/* What the verdict says against them, whoever reads the log of this start is told. */
static void log_left_out(const Daemon *daemon)
{
	for (guint i = 0; i < daemon->verdict->complaints->len; i++) {
		const Complaint *complaint = daemon->verdict->complaints->pdata[i];

		if (complaint->plugin != NULL && !complaint->warning)
			log_write(LOG_ERROR, complaint->plugin, "left out: %s", complaint->text);
	}
}

static void describe_loading(CrashOut *out, const void *id)
{
	crash_put(out, "plugin", id);
	crash_put(out, "handler", CRASHES_LOADING);
}

/* Constructors are code of the plugin already. */
LoadedPlugin *plugins_load_file(const PluginFile *file, GError **error)
{
	CrashThread *thread = crash_begin(describe_loading, file->plugin->id, TRUE);
	LoadedPlugin *loaded = plugin_load_read(file, error);

	crash_end(thread);
	return loaded;
}

gboolean plugins_load(Daemon *daemon, GError **error)
{
	const Verdict *verdict = daemon->verdict;
	g_autoptr(GPtrArray) wanted = g_ptr_array_copy(verdict->tables, NULL, NULL);

	daemon->plugins = g_ptr_array_new_with_free_func((GDestroyNotify)loaded_plugin_free);
	for (guint i = 0; i < wanted->len; i++) {
		const VerdictPlugin *entry = verdict_find(verdict, ((const Plugin *)wanted->pdata[i])->id);
		g_autofree char *fault = NULL;
		g_autoptr(GError) local = NULL;
		LoadedPlugin *loaded;

		if (entry->out)
			continue;
		fault = crashes_against(daemon, wanted->pdata[i], TRUE);
		loaded = fault == NULL ? plugins_load_file(entry->file, &local) : NULL;
		if (loaded != NULL)
			g_ptr_array_add(daemon->plugins, loaded);
		else if (!leave_out(daemon, entry->id, fault != NULL ? fault : local->message, error))
			return FALSE;
	}
	return TRUE;
}

void slot_free(gpointer data)
{
	Slot *slot = data;

	if (slot->gate != NULL)
		gate_free(slot->gate);
	else
		home_free(slot->home);
	settings_unref(slot->settings);
	g_free(slot->fault);
	g_free(slot);
}

void worker_held_clear(WorkerHeld *held)
{
	g_free(held->program);
	g_free(held->json);
}

void worker_held_init(WorkerHeld *held, const Daemon *daemon, const Conf *conf, const char *path, const char *id,
                      const Settings *settings, const char *dir)
{
	held->json = settings_to_json(settings);
	held->program = host_conf_place(conf, "worker", "bin/zhen-worker", ZHEN_LIBDIR "/zhen-worker");
	held->options = (WorkerOptions){
		.worker_path = held->program,
		.plugin_path = path,
		.divisions = (const char *const *)daemon->verdict->division_files,
		.bodies = (const char *const *)daemon->verdict->body_files,
		.dir = dir,
		.anchors_dir = daemon->anchors,
		.sql_log = g_getenv("ZHEN_SQL_LOG"),
		.base_url = daemon->base_url,
		.store = host_store_options(conf, dir, id),
		.settings_json = held->json,
		.keys = daemon->keys,
		.sm2 = daemon->sm2,
		.idempotency_ms = daemon->env.idempotency_ms,
		.idempotency_max = daemon->env.idempotency_max,
		.page_limit = daemon->env.page_limit,
		.threads = (guint)conf_int(conf, "host", "pool_threads"),
		.start_ms = conf_int(conf, "limits", "worker_start"),
		.in_flight_max = (guint)conf_int(conf, "limits", "worker_calls"),
		.event_tries = daemon->env.event_tries,
		.event_backoff_ms = daemon->env.event_backoff_ms,
		.parked_max = daemon->env.parked_max,
		.parked_of_publisher = daemon->env.parked_of_publisher,
		.parked_of_subject = daemon->env.parked_of_subject,
		.event_turn_us = daemon->env.event_turn_us,
		.keep_events_ms = daemon->env.keep_events_ms,
		.handler_ms = conf_int(conf, "limits", "handler_time"),
		.prepare_ms = conf_int(conf, "limits", "prepare_time"),
		.crashed = crashes_of_worker,
		.crashed_data = (void *)daemon,
		.emitted = daemon->env.emitted,
		.emitted_data = daemon->env.emitted_data,
	};

}

static Home *worker_home(Daemon *daemon, LoadedPlugin *loaded, Settings *settings, const char *dir, GError **error)
{
	WorkerHeld held;
	Home *home;

	worker_held_init(&held, daemon, daemon->conf, loaded->path, loaded->plugin->id, settings, dir);
	settings_unref(settings);
	home = home_new_worker(daemon->loop, &held.options, loaded->plugin, error);
	worker_held_clear(&held);
	return home;
}

Runtime *plugins_runtime(Daemon *daemon, const Plugin *plugin, Settings *settings, GError **error)
{
	g_autofree char *dir = g_build_filename(daemon->data, "plugins", plugin->id, NULL);
	StoreOptions store = host_store_options(daemon->conf, dir, plugin->id);

	return runtime_new(&daemon->env, daemon->pool, plugin, dir, &store, settings, error);
}

/* Their faults were said by the verdict. */
Switches *plugins_switches(const Pilots *pilots, const Plugin *plugin)
{
	g_autoptr(Faults) said = faults_new();

	return pilots_switches(pilots, plugin->id, plugin->features, plugin->n_features, said);
}

static Home *give_home(Daemon *daemon, Slot *slot, GError **error)
{
	LoadedPlugin *loaded = slot->loaded;
	g_autofree char *dir = g_build_filename(daemon->data, "plugins", loaded->plugin->id, NULL);
	Settings *settings = settings_new(loaded->plugin, daemon->conf, error);

	if (settings == NULL)
		return NULL;
	settings_switch(settings, plugins_switches(daemon->pilots, loaded->plugin));
	plugin_subscribe_less(loaded->plugin, settings);
	slot->settings = settings_ref(settings);
	if (g_mkdir_with_parents(dir, 0700) != 0) {
		settings_unref(settings);
		throw_error(error, ERROR_IO, "%s: %s", dir, g_strerror(errno));
		return NULL;
	}
	slot->in_worker = host_conf_wants_worker(daemon->conf, loaded->plugin->id);
	if (slot->in_worker)
		return worker_home(daemon, loaded, settings, dir, error);
	slot->fault = crashes_against(daemon, loaded->plugin, FALSE);
	if (slot->fault != NULL) {
		settings_unref(settings);
		return home_new_out(loaded->plugin, dir);
	}
	slot->runtime = plugins_runtime(daemon, loaded->plugin, settings, error);
	return slot->runtime != NULL ? home_new_inproc(slot->runtime, loaded->plugin) : NULL;
}

static gboolean start_one(Daemon *daemon, Slot *slot, GError **error)
{
	g_autoptr(Switches) switches = plugins_switches(daemon->pilots, slot->loaded->plugin);

	if (slot->home == NULL)
		slot->home = give_home(daemon, slot, error);
	if (slot->home == NULL)
		return FALSE;
	if (slot->fault == NULL) {
		slot->gate = gate_new(slot->home);
		slot->home = gate_face(slot->gate);
	}
	http_mount(daemon->http, slot->home, switches);
	if (slot->runtime != NULL)
		runtime_run_jobs(slot->runtime, daemon->loop);
	return TRUE;
}

/* Left out at its start, or by the crashes of its code: calls are answered that it is so. */
static gboolean start_out(Daemon *daemon, Slot *slot, const char *fault, GError **error)
{
	const Plugin *plugin = slot->loaded->plugin;
	g_autofree char *dir = g_build_filename(daemon->data, "plugins", plugin->id, NULL);

	if (!leave_out(daemon, plugin->id, fault, error))
		return FALSE;
	slot->fault = g_strdup(verdict_reason(daemon->verdict, plugin->id));
	slot->in_worker = FALSE;
	slot->home = home_new_out(plugin, dir);
	return start_one(daemon, slot, error);
}

static gboolean start_or_leave_out(Daemon *daemon, LoadedPlugin *loaded, GError **error)
{
	const Plugin *plugin = loaded->plugin;
	Slot *slot = g_new0(Slot, 1);
	g_autoptr(GError) local = NULL;

	slot->loaded = loaded;
	g_ptr_array_add(daemon->slots, slot);
	if (!start_one(daemon, slot, &local))
		return start_out(daemon, slot, local->message, error);
	if (slot->fault != NULL)
		return leave_out(daemon, plugin->id, slot->fault, error);
	log_write(LOG_INFO, plugin->id, "%s %s is up (%s)", plugin->title, plugin->version,
	          slot->in_worker ? "worker" : "in-process");
	return TRUE;
}

gboolean plugins_start(Daemon *daemon, GError **error)
{
	g_autofree char *folders = g_build_filename(daemon->data, "plugins", NULL);

	store_rehearse_sweep(folders);
	daemon->slots = g_ptr_array_new_with_free_func(slot_free);
	for (guint i = 0; i < daemon->plugins->len; i++) {
		LoadedPlugin *loaded = daemon->plugins->pdata[i];

		if (!verdict_find(daemon->verdict, loaded->plugin->id)->out &&
		    !start_or_leave_out(daemon, loaded, error))
			return FALSE;
	}
	log_left_out(daemon);
	return TRUE;
}

const Slot *plugins_slot(const Daemon *daemon, const char *id)
{
	for (guint i = 0; daemon->slots != NULL && i < daemon->slots->len; i++) {
		const Slot *slot = daemon->slots->pdata[i];

		if (strcmp(slot->loaded->plugin->id, id) == 0)
			return slot;
	}
	return NULL;
}

void plugins_stop(Daemon *daemon)
{
	/* Backwards: who needs another goes first. */
	while (daemon->slots != NULL && daemon->slots->len > 0)
		g_ptr_array_remove_index(daemon->slots, daemon->slots->len - 1);
}
