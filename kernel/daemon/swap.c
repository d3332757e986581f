/* SPDX-License-Identifier: Apache-2.0
 * `zhenctl swap PLUGIN FILE.so`: another version in the place of the one that runs. Its note is held against the configuration and
 * the other plugins, its migrations are tried on a copy of the data, its code is started on that copy in a process of its
 * own; only then does it take the other's place. */
#include <string.h>

#include "daemon/admin.h"
#include "daemon/code.h"
#include "daemon/events_verbs.h"
#include "daemon/prove.h"
#include "daemon/switch.h"
#include "daemon/verbs.h"
#include "store/rehearse.h"

typedef struct Swap {
	Daemon *daemon;
	const Slot *slot;
	gboolean dry, maintenance;
	const Plugin *next;
	gint64 held_us;
	char *read_again; /* what became of the configuration */
} Swap;

static void refuse(void *data, const Plugin *plugin, const char *text, gboolean warning)
{
	(void)plugin;
	if (!warning)
		faults_add(data, ERROR_INVALID, "%s", text);
}

/* (transfer container) @plugins with @next in the place of its older self. */
static GPtrArray *with(const GPtrArray *plugins, const Plugin *next)
{
	GPtrArray *all = g_ptr_array_new();

	for (guint i = 0; i < plugins->len; i++) {
		const Plugin *plugin = plugins->pdata[i];

		g_ptr_array_add(all, (gpointer)(strcmp(plugin->id, next->id) == 0 ? next : plugin));
	}
	return all;
}

/* Against what is configured now, as a start would read it. */
static Conf *judge(const Daemon *daemon, const Plugin *next, Faults *faults, GError **error)
{
	Verdict *verdict = verdict_new(daemon->conf_path, daemon->over);
	g_autoptr(GPtrArray) known = with(verdict->known, next), tables = with(verdict->tables, next);
	Conf *conf = verdict->conf != NULL ? host_conf_load_all(daemon->conf_path, daemon->over, known, faults) : NULL;

	if (verdict->conf == NULL)
		verdict_pass(verdict, error);
	if (conf != NULL) {
		settings_unref(settings_new_all(next, conf, faults));
		plugins_settle(tables, NULL, refuse, faults);
	}
	if (conf != NULL && verdict->pilots != NULL) {
		Switches *switches =
			pilots_switches(verdict->pilots, next->id, next->features, next->n_features, faults);

		switches_unref(switches);
	}
	verdict_free(verdict);
	return conf;
}

static gboolean rehearse(const Slot *slot, const Plugin *next, gint64 copy_max, StoreExpansion *found, char **out_copy,
                         GError **error)
{
	const StoreHostOptions options = { .writers = 1, .readers = 1 };
	g_autoptr(StoreHost) stores = store_host_new(&options, error);

	return stores != NULL &&
	       store_rehearse_expand(stores, slot->home->dir, next->id, copy_max, slot->loaded->plugin->version,
	                             next->migrations, found, out_copy, error);
}

static gboolean within(const StoreExpansion *found, gint64 limit_ms, GError **error)
{
	const gint64 ms = (found->hold_us + 999) / 1000;

	return ms <= limit_ms ||
	       throw_error(error, ERROR_REFUSED,
	                   "迁移在副本上用了 %" G_GINT64_FORMAT " 毫秒，超过 [limits] swap_hold 的 %" G_GINT64_FORMAT
	                   " 毫秒：大量改写应放到 backfill 阶段，或用 --maintenance 更换，其间的请求答 503 (its migrations took %" G_GINT64_FORMAT
	                   " ms on the copy, [limits] swap_hold allows %" G_GINT64_FORMAT
	                   " ms: rewrite rows in the phase backfill, or --maintenance: who asks meanwhile is answered 503)",
	                   ms, limit_ms, ms, limit_ms);
}

static void report(const Swap *self, const char *from, const StoreExpansion *found, GString *text, JsonOut *data)
{
	const Plugin *next = self->next;

	json_put_text(data, "plugin", next->id);
	json_put_text(data, "from", from);
	json_put_text(data, "to", next->version);
	json_put_int(data, "statements", found->statements);
	json_put_int(data, "later", found->later);
	json_put_int(data, "hold_us", self->dry ? found->hold_us : self->held_us);
	g_string_append_printf(text,
	                       "%s %s -> %s\n"
	                       "  旧版本的 %u 条语句在新结构上成立 (statements of the version that ran stand)\n"
	                       "  迁移在副本上用了 %.1f 毫秒 (ms for the migrations on a copy)\n"
	                       "  留待以后的迁移 %u (migrations for later, see zhenctl contract)\n",
	                       next->id, from, next->version, found->statements, (double)found->hold_us / 1000,
	                       found->later);
	if (self->dry)
		g_string_append(text, "  新版本的代码没有运行 (its code was not run)\n");
	else
		g_string_append_printf(text,
		                       "  新版本已运行，办理等待了 %.1f 毫秒 (it runs; calls waited for ms)\n"
		                       "  配置已重新读取 (the configuration was read again): %s\n",
		                       (double)self->held_us / 1000, self->read_again);
}

static gboolean tried(const Swap *self, const Conf *conf, const PluginFile *file, const char *copy, GError **error)
{
	Settings *settings = settings_new(file->plugin, conf, error);
	const gboolean fine = settings != NULL && prove(self->daemon, conf, file, settings, copy, error);

	settings_unref(settings);
	return fine;
}

static gboolean put_in(Swap *self, const Conf *conf, PluginFile *file, GError **error)
{
	Switch change = { .daemon = self->daemon, .slot = (Slot *)self->slot, .file = file, .conf = conf, .maintenance = self->maintenance };
	g_autofree char *before = g_strdup(self->slot->loaded->path);
	gboolean fine;

	admin_enter(self->daemon->admin);
	fine = switch_run(&change, error);
	admin_leave(self->daemon->admin);
	self->held_us = change.held_us;
	self->read_again = change.not_reloaded != NULL ?
	                           g_strdup_printf("没有，一切照旧 (no, all stays as it was): %s", change.not_reloaded->message) :
	                           g_strdelimit(g_strchomp(g_strdup(change.reloaded != NULL ? change.reloaded : "")), "\n", ';');
	g_free(change.reloaded);
	g_clear_error(&change.not_reloaded);
	code_forget(self->daemon->data, self->slot->loaded->plugin->id, self->slot->loaded->path, before);
	/* Taken over, or not. */
	plugin_file_free(change.file);
	return fine;
}

static gboolean linked(const Swap *self, const Plugin *next, const Conf *conf, GError **error)
{
	Settings *settings = switch_settings(self->daemon, self->slot, next, conf, error);

	settings_unref(settings);
	return settings != NULL;
}

/* Everything that can be said without running its code. */
static Conf *look(const Swap *self, const PluginFile *file, StoreExpansion *found, char **out_copy, GError **error)
{
	g_autoptr(Faults) faults = faults_new();
	const char *id = self->slot->loaded->plugin->id;
	Conf *conf;

	if (strcmp(file->plugin->id, id) != 0) {
		throw_error(error, ERROR_INVALID, "%s: 是模块 %s，不是 %s (is the plugin %s, not %s)", file->path,
		            file->plugin->id, id, file->plugin->id, id);
		return NULL;
	}
	conf = judge(self->daemon, file->plugin, faults, error);
	if (conf != NULL && faults_none(faults, error) && linked(self, file->plugin, conf, error) &&
	    rehearse(self->slot, file->plugin, conf_int(conf, "limits", "swap_copy"), found, out_copy, error) &&
	    (self->maintenance || within(found, conf_int(conf, "limits", "swap_hold"), error)))
		return conf;
	conf_free(conf);
	return NULL;
}

static PluginFile *read_file(const char *path, GError **error)
{
	g_autoptr(Faults) faults = faults_new();
	g_autoptr(PluginFile) file = plugin_file_read(path, faults);

	return faults_none(faults, error) ? g_steal_pointer(&file) : NULL;
}

static gboolean swap_in(Swap *self, const char *path, GString *text, JsonOut *data, GError **error)
{
	g_autofree char *version = g_strdup(self->slot->loaded->plugin->version), *code = NULL;
	g_autoptr(PluginFile) file = read_file(path, error);
	char *copy = NULL;
	StoreExpansion found = { 0 };
	Conf *conf = NULL;
	gboolean fine = file != NULL;

	if (fine && !self->dry) {
		/* What was looked at is what runs, whatever becomes of the file. */
		code = code_copy(self->daemon->data, self->slot->loaded->plugin->id, path, error);
		plugin_file_free(file);
		file = code != NULL ? read_file(code, error) : NULL;
	}
	conf = file != NULL ? look(self, file, &found, &copy, error) : NULL;
	fine = conf != NULL && (self->dry || tried(self, conf, file, copy, error));
	store_rehearse_clear(copy);
	self->next = file != NULL ? file->plugin : NULL;
	fine = fine && (self->dry || put_in(self, conf, g_steal_pointer(&file), error));
	conf_free(conf);
	if (fine)
		report(self, version, &found, text, data);
	else if (code != NULL)
		code_forget(self->daemon->data, self->slot->loaded->plugin->id, self->slot->loaded->path, NULL);
	return fine;
}

gboolean verb_swap(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	const char *id = events_word(args, 0), *path = id != NULL ? events_word(args, 1) : NULL;
	Swap self = { .daemon = daemon, .dry = events_flag(args, "--dry-run"), .maintenance = events_flag(args, "--maintenance") };
	gboolean fine;

	if (id == NULL || (path != NULL && (!g_path_is_absolute(path) || events_word(args, 2) != NULL)))
		return verb_misused(error);
	self.slot = plugins_slot(daemon, id);
	if (self.slot != NULL ? self.slot->fault != NULL : verdict_find(daemon->verdict, id) != NULL)
		return throw_error(error, ERROR_CONFLICT,
		                   "模块 %s 未启用，原因见 zhenctl plugins %s；安装能启动的版本后重新启动 (is left out, zhenctl "
		                   "plugins says why: install a version that starts and start the host anew)",
		                   id, id);
	if (self.slot == NULL)
		return throw_error(error, ERROR_NOT_FOUND, "没有运行模块 %s (no plugin %s runs)", id, id);
	if (path == NULL)
		path = verdict_find(daemon->verdict, id)->installed;
	fine = swap_in(&self, path, text, data, error);
	g_free(self.read_again);
	return fine;
}
