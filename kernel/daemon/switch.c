/* SPDX-License-Identifier: Apache-2.0
 * Close the gate, let what is under way end, let the old version end and the new one begin on the same data, open. What blocks is
 * done by the thread that asked, what belongs to the loop on the loop. A version that does not come up makes way for the old
 * one again: nobody was let in meanwhile, so nothing but its own start has happened. */
#include "daemon/switch.h"

#include <string.h>
#include "base/clock.h"
#include "base/log.h"
#include "daemon/admin.h"
#include "daemon/code.h"
#include "daemon/events.h"
#include "runtime/points.h"

#define LOOK_MS 2

typedef struct Steps {
	Switch *of;
	Daemon *daemon;
	Slot *slot;
	LoadedPlugin *next;
	Settings *settings; /* of the next */
	LoopTimer *timer;
	gint64 until_us, closed_us;
	Home *inner;        /* in-process: taken, or to be put */
	Runtime *runtime;   /* of that; NULL = it stays out */
	char *fault;        /* of the worker, or why it stays out */
	GError *error;
	LoopItem item;
	GMutex lock;
	GCond told;
	gboolean over;
} Steps;

/* ---- between the loop and the thread that waits ---- */

static void step_over(void *data)
{
	Steps *self = data;

	g_mutex_lock(&self->lock);
	self->over = TRUE;
	g_cond_signal(&self->told);
	g_mutex_unlock(&self->lock);
}

/* Until step_over is called. FALSE: the loop has ended, and nothing more of this will happen. */
static gboolean on_loop(Steps *self, LoopFunc *run)
{
	gboolean over;

	self->over = FALSE;
	self->item = (LoopItem){ .run = run, .data = self };
	loop_post(self->daemon->loop, &self->item);
	g_mutex_lock(&self->lock);
	while (!self->over && !admin_ending(self->daemon->admin))
		g_cond_wait_until(&self->told, &self->lock, g_get_monotonic_time() + 100 * G_TIME_SPAN_MILLISECOND);
	over = self->over;
	g_mutex_unlock(&self->lock);
	return over ||
	       (self->error == NULL && throw_error(&self->error, ERROR_BUSY, "zhend 正在停止 (zhend is stopping)"));
}

/* ---- what only a start can take in ---- */

static gboolean refuse(GError **error, const char *what, const char *name)
{
	return throw_error(error, ERROR_REFUSED,
	                   "%s “%s” 与正在运行的版本不同，须安装后重新启动 (differs from the version that runs: install it and start "
	                   "the host anew)",
	                   what, name);
}

static const zhen_topic *find_topic(const Plugin *plugin, const char *name)
{
	for (guint i = 0; i < plugin->n_topics; i++)
		if (strcmp(plugin->topics[i].name, name) == 0)
			return &plugin->topics[i];
	return NULL;
}

static gboolean subscribes(const Plugin *plugin, const char *topic, const Settings *settings)
{
	for (guint i = 0; i < plugin->n_subscriptions; i++)
		if (strcmp(plugin->subscriptions[i].topic, topic) == 0)
			return settings == NULL || plugin_subscribes(plugin, i, settings);
	return FALSE;
}

static gboolean same_links(const Plugin *now, const Plugin *next, const Settings *settings, GError **error)
{
	for (guint i = 0; i < now->n_topics; i++) {
		const zhen_topic *topic = find_topic(next, now->topics[i].name);

		if (topic == NULL || topic->flags != now->topics[i].flags ||
		    g_strcmp0(topic->permission, now->topics[i].permission) != 0)
			return refuse(error, "事件 (topic)", now->topics[i].name);
	}
	for (guint i = 0; i < next->n_subscriptions; i++)
		if (plugin_subscribes(next, i, settings) && !subscribes(now, next->subscriptions[i].topic, NULL))
			return refuse(error, "订阅 (subscription)", next->subscriptions[i].topic);
	for (guint i = 0; i < now->n_subscriptions; i++)
		if (!subscribes(next, now->subscriptions[i].topic, settings))
			return refuse(error, "订阅 (subscription)", now->subscriptions[i].topic);
	return TRUE;
}

static gboolean same_permissions(const Daemon *daemon, const Plugin *next, GError **error)
{
	for (guint i = 0; i < next->n_permissions; i++)
		if (access_permission(daemon->access, next->permissions[i].name) == G_MAXUINT)
			return refuse(error, "权限 (permission)", next->permissions[i].name);
	return TRUE;
}

Settings *switch_settings(const Daemon *daemon, const Slot *slot, const Plugin *next, const Conf *conf, GError **error)
{
	Settings *settings = settings_new(next, conf, error);

	if (settings == NULL)
		return NULL;
	settings_switch(settings, plugins_switches(daemon->pilots, next));
	if (same_links(slot->loaded->plugin, next, settings, error) && same_permissions(daemon, next, error))
		return settings;
	settings_unref(settings);
	return NULL;
}

/* The pilots may have changed since it was looked at. */
static gboolean settle(Steps *self)
{
	self->settings = switch_settings(self->daemon, self->slot, self->next->plugin, self->of->conf, &self->error);
	if (self->settings == NULL)
		return FALSE;
	plugin_subscribe_less(self->next->plugin, self->settings);
	return TRUE;
}

/* ---- the steps; loop ---- */

static void go_on(Steps *self)
{
	if (self->of->maintenance)
		http_hold(self->daemon->http, self->slot->home->plugin->id, FALSE);
	self->of->held_us = clock_mono_us() - self->closed_us;
	gate_open(self->slot->gate);
	self->daemon->switching = FALSE;
}

static void worker_changed(void *data, const char *fault)
{
	Steps *self = data;

	self->fault = g_strdup(fault);
	step_over(self);
}

static void take(Steps *self)
{
	Slot *slot = self->slot;

	runtime_leave_loop(slot->runtime);
	slot->runtime = NULL;
	self->inner = gate_take(slot->gate);
	step_over(self);
}

static void change_worker(Steps *self)
{
	WorkerHeld held;

	worker_held_init(&held, self->daemon, self->daemon->conf, self->next->path, self->next->plugin->id,
	                 self->settings, self->slot->home->dir);
	home_worker_change(gate_inner(self->slot->gate), &held.options, self->next->plugin, worker_changed, self);
	worker_held_clear(&held);
}

static void look(void *data)
{
	Steps *self = data;
	const gboolean still = gate_is_still(self->slot->gate);

	if (!still && !self->daemon->stopping && clock_mono_us() < self->until_us)
		return;
	g_clear_pointer(&self->timer, loop_timer_free);
	if (still)
		point_pass("swap-closed");
	if (still && self->slot->in_worker) {
		change_worker(self);
	} else if (still) {
		take(self);
	} else {
		throw_error(&self->error, ERROR_BUSY,
		            "等待 [limits] swap_wait 之后仍有办理未结束，旧版本继续运行 (calls were still under way after [limits] "
		            "swap_wait; the version that runs goes on: try again)");
		go_on(self);
		step_over(self);
	}
}

static void begin(void *data)
{
	Steps *self = data;
	Daemon *daemon = self->daemon;
	const Plugin *now = self->slot->loaded->plugin;

	if (daemon->stopping)
		throw_error(&self->error, ERROR_BUSY, "zhend 正在停止 (zhend is stopping)");
	else if (!bus_ready(daemon->bus, now))
		throw_error(&self->error, ERROR_BUSY, "模块 %s 正在补齐事件 (the plugin is catching up with events)",
		            now->id);
	else if (settle(self)) {
		daemon->switching = TRUE;
		self->closed_us = clock_mono_us();
		self->until_us = self->closed_us + conf_int(daemon->conf, "limits", "swap_wait") * 1000;
		if (self->of->maintenance)
			http_hold(daemon->http, now->id, TRUE);
		gate_close(self->slot->gate);
		self->timer = loop_timer_new(daemon->loop, LOOK_MS, TRUE, look, self);
		return;
	}
	step_over(self);
}

static void put(Steps *self)
{
	Slot *slot = self->slot;

	if (slot->in_worker) {
		gate_put(slot->gate, gate_inner(slot->gate));
		return;
	}
	gate_put(slot->gate, g_steal_pointer(&self->inner));
	slot->runtime = self->runtime;
	if (slot->runtime == NULL)
		return;
	runtime_run_jobs(slot->runtime, self->daemon->loop);
	if (self->daemon->stopping)
		runtime_stop_jobs(slot->runtime);
}

/* The old version again. */
static void put_back(void *data)
{
	Steps *self = data;

	put(self);
	if (!self->slot->in_worker)
		self->slot->fault = g_steal_pointer(&self->fault);
	go_on(self);
	step_over(self);
}

static void replace_in(GPtrArray *array, const void *before, void *after)
{
	guint at;

	if (g_ptr_array_find(array, before, &at))
		array->pdata[at] = after;
}

/* The daemon's own tables name the new version. */
static void enter(Steps *self)
{
	Daemon *daemon = self->daemon;
	Slot *slot = self->slot;
	VerdictPlugin *entry = verdict_find(daemon->verdict, self->next->plugin->id);

	if (daemon->retired == NULL) {
		daemon->retired = g_ptr_array_new_with_free_func((GDestroyNotify)loaded_plugin_free);
		daemon->files = g_ptr_array_new_with_free_func((GDestroyNotify)plugin_file_free);
	}
	g_ptr_array_add(daemon->retired, slot->loaded);
	g_ptr_array_add(daemon->files, entry->file);
	replace_in(daemon->verdict->known, entry->file->plugin, self->of->file->plugin);
	replace_in(daemon->verdict->tables, entry->file->plugin, self->of->file->plugin);
	/* Its own free function would be called: the place is taken over, not given up. */
	for (guint i = 0; i < daemon->plugins->len; i++)
		if (daemon->plugins->pdata[i] == slot->loaded)
			daemon->plugins->pdata[i] = self->next;
	entry->file = g_steal_pointer(&self->of->file);
	slot->loaded = g_steal_pointer(&self->next);
	settings_unref(slot->settings);
	slot->settings = settings_ref(self->settings);
}

static void opened(void *data)
{
	Steps *self = data;

	go_on(self);
	bus_wake(self->daemon->bus, self->slot->loaded->plugin);
	/* Keys that only this version knows are read now; it runs with them already. */
	self->of->reloaded = daemon_reload(self->daemon, &self->of->not_reloaded);
	step_over(self);
}

static void put_next(void *data)
{
	Steps *self = data;
	Daemon *daemon = self->daemon;
	Slot *slot = self->slot;
	g_autoptr(Switches) switches = plugins_switches(daemon->pilots, self->next->plugin);

	put(self);
	slot->home = gate_face(slot->gate);
	enter(self);
	http_mount(daemon->http, slot->home, switches);
	tails_replace(events_tails(daemon->events), slot->home->plugin);
	point_pass("swap-put");
	step_over(self);
}

/* The bus's thread outlives this one. */
static void replace_on_bus(Steps *self)
{
	self->over = FALSE;
	bus_replace(self->daemon->bus, self->slot->home, step_over, self);
	g_mutex_lock(&self->lock);
	while (!self->over)
		g_cond_wait(&self->told, &self->lock);
	g_mutex_unlock(&self->lock);
}

/* ---- in this process; the thread that asked ---- */

static Home *start_here(Steps *self, const Plugin *plugin, Settings *settings, GError **error)
{
	Runtime *runtime = plugins_runtime(self->daemon, plugin, settings_ref(settings), error);

	self->runtime = runtime;
	return runtime != NULL ? home_new_inproc(runtime, plugin) : NULL;
}

/* What ran here a moment ago does not start any more: the disk is full, or worse. */
static Home *stay_out(Steps *self, const GError *error)
{
	const Plugin *plugin = self->slot->loaded->plugin;

	log_write(LOG_ERROR, plugin->id, "left out: %s", error->message);
	self->fault = g_strdup(error->message);
	return home_new_out(plugin, self->slot->home->dir);
}

static gboolean record(Steps *self, const VerdictPlugin *entry)
{
	gboolean fine;

	point_pass("swap-started");
	fine = code_record(self->daemon->data, entry->id, self->next->path, entry->installed, &self->error);
	point_pass("swap-recorded");
	return fine;
}

/* TRUE: self->inner is of the next version; else of the old one. */
static gboolean change_here(Steps *self, const VerdictPlugin *entry)
{
	Slot *slot = self->slot;
	g_autoptr(GError) again = NULL;

	home_free(self->inner);
	self->inner = start_here(self, self->next->plugin, self->settings, &self->error);
	if (self->inner != NULL && record(self, entry))
		return TRUE;
	home_free(self->inner);
	self->inner = start_here(self, slot->loaded->plugin, slot->settings, &again);
	if (self->inner == NULL)
		self->inner = stay_out(self, again);
	return FALSE;
}

static gboolean change(Steps *self)
{
	const VerdictPlugin *entry = verdict_find(self->daemon->verdict, self->next->plugin->id);

	if (!self->slot->in_worker)
		return change_here(self, entry);
	if (self->fault != NULL)
		return throw_error(&self->error, ERROR_FAILED, "%s", self->fault);
	/* It runs; what it does is on the disk, whatever a start would take. */
	if (!record(self, entry))
		prefix_error(&self->error, "新版本已运行，但未能记录，下次启动仍用旧版本 (the new version runs, but the next start takes "
		                           "the one of before)");
	return TRUE;
}

static void run_steps(Steps *self)
{
	if (!on_loop(self, begin) || self->error != NULL)
		return;
	if (!change(self)) {
		on_loop(self, put_back);
	} else if (on_loop(self, put_next)) {
		replace_on_bus(self);
		on_loop(self, opened);
	}
}

gboolean switch_run(Switch *of, GError **error)
{
	Steps self = { .of = of, .daemon = of->daemon, .slot = of->slot };

	self.next = plugins_load_file(of->file, error);
	if (self.next == NULL)
		return FALSE;
	g_mutex_init(&self.lock);
	g_cond_init(&self.told);
	run_steps(&self);
	/* The loop has ended with them in our hands. */
	if (self.timer != NULL)
		loop_timer_free(self.timer);
	home_free(self.inner);
	g_mutex_clear(&self.lock);
	g_cond_clear(&self.told);
	settings_unref(self.settings);
	loaded_plugin_free(self.next); /* what its settings are of */
	g_free(self.fault);
	if (self.error == NULL)
		return TRUE;
	g_propagate_error(error, self.error);
	return FALSE;
}
