/* SPDX-License-Identifier: Apache-2.0
 * Which plugins there are, what their notes and the configuration say, and who of them can run together. */
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include "access/access.h"
#include "daemon/code.h"
#include "daemon/verdict.h"

/* ---- complaints ---- */

static void complaint_free(gpointer data)
{
	Complaint *complaint = data;

	g_free(complaint->plugin);
	g_free(complaint->text);
	g_free(complaint);
}

static void plugin_entry_free(gpointer data)
{
	VerdictPlugin *entry = data;

	plugin_file_free(entry->file);
	g_free(entry->installed);
	g_free(entry->id);
	g_free(entry);
}

void verdict_complain(Verdict *verdict, const char *plugin, const char *text, gboolean stops, gboolean warning)
{
	Complaint *complaint;

	/* Two looks at one thing say it once. */
	for (guint i = 0; i < verdict->complaints->len; i++) {
		const Complaint *before = verdict->complaints->pdata[i];

		if (g_strcmp0(before->plugin, plugin) == 0 && strcmp(before->text, text) == 0)
			return;
	}
	complaint = g_new0(Complaint, 1);
	complaint->plugin = g_strdup(plugin);
	complaint->text = g_strdup(text);
	complaint->stops = stops;
	complaint->warning = warning;
	g_ptr_array_add(verdict->complaints, complaint);
}

void verdict_take(Verdict *verdict, GError *error)
{
	if (error == NULL)
		return;
	verdict_complain(verdict, NULL, error->message, TRUE, FALSE);
	g_error_free(error);
}

void verdict_take_all(Verdict *verdict, Faults *faults)
{
	g_autofree char *more = NULL;

	for (guint i = 0; i < faults_kept(faults); i++)
		verdict_complain(verdict, NULL, faults_nth(faults, i)->message, TRUE, FALSE);
	if (faults_count(faults) == faults_kept(faults))
		return;
	more = g_strdup_printf("还有 %u 处 (and %u more)", faults_count(faults) - faults_kept(faults),
	                       faults_count(faults) - faults_kept(faults));
	verdict_complain(verdict, NULL, more, TRUE, FALSE);
}

gboolean verdict_starts(const Verdict *verdict)
{
	for (guint i = 0; i < verdict->complaints->len; i++)
		if (((const Complaint *)verdict->complaints->pdata[i])->stops)
			return FALSE;
	return TRUE;
}

guint verdict_faults(const Verdict *verdict)
{
	guint count = 0;

	for (guint i = 0; i < verdict->complaints->len; i++)
		count += !((const Complaint *)verdict->complaints->pdata[i])->warning;
	return count;
}

gboolean verdict_pass(const Verdict *verdict, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < verdict->complaints->len; i++) {
		const Complaint *complaint = verdict->complaints->pdata[i];

		if (complaint->stops)
			g_string_append_printf(text, "%s%s", text->len > 0 ? "\n" : "", complaint->text);
	}
	return text->len == 0 || throw_error(error, ERROR_INVALID, "%s", text->str);
}

VerdictPlugin *verdict_find(const Verdict *verdict, const char *id)
{
	for (guint i = 0; i < verdict->plugins->len; i++) {
		VerdictPlugin *entry = verdict->plugins->pdata[i];

		if (strcmp(entry->id, id) == 0)
			return entry;
	}
	return NULL;
}

const char *verdict_reason(const Verdict *verdict, const char *id)
{
	for (guint i = 0; i < verdict->complaints->len; i++) {
		const Complaint *complaint = verdict->complaints->pdata[i];

		if (!complaint->warning && g_strcmp0(complaint->plugin, id) == 0)
			return complaint->text;
	}
	return NULL;
}

/* ---- who can run ---- */

static void refuse(void *data, const Plugin *plugin, const char *text, gboolean warning)
{
	Verdict *verdict = data;
	VerdictPlugin *entry = verdict_find(verdict, plugin->id);

	verdict_complain(verdict, plugin->id, text, !warning && entry->critical, warning);
	entry->out = entry->out || !warning;
}

/* Of those that are not left out. */
static void settle(Verdict *verdict)
{
	g_autoptr(GHashTable) wanted = g_hash_table_new(g_str_hash, g_str_equal);

	g_ptr_array_set_size(verdict->tables, 0);
	for (guint i = 0; i < verdict->plugins->len; i++) {
		const VerdictPlugin *entry = verdict->plugins->pdata[i];

		g_hash_table_add(wanted, entry->id);
		if (!entry->out)
			g_ptr_array_add(verdict->tables, entry->file->plugin);
	}
	plugins_settle(verdict->tables, wanted, refuse, verdict);
}

/* A host without any of what it is there for is no start. */
static void check_some(Verdict *verdict)
{
	if (verdict->plugins->len == 0 || verdict->tables->len > 0)
		return;
	for (guint i = 0; i < verdict->complaints->len; i++) {
		Complaint *complaint = verdict->complaints->pdata[i];

		complaint->stops = complaint->stops || !complaint->warning;
	}
}

gboolean verdict_leave_out(Verdict *verdict, const char *id, const char *text)
{
	VerdictPlugin *entry = verdict_find(verdict, id);

	entry->out = TRUE;
	verdict_complain(verdict, id, text, entry->critical, FALSE);
	settle(verdict);
	return verdict_starts(verdict);
}

/* ---- their files ---- */

/* Ids named by the pilots that run, without duplicates. */
static GPtrArray *wanted_plugins(const Conf *conf)
{
	GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	const char *only = conf_text(conf, "host", "pilot");
	g_auto(GStrv) pilots = conf_groups(conf, "pilot ");

	for (guint i = 0; pilots[i] != NULL; i++) {
		g_autofree char *group = g_strconcat("pilot ", pilots[i], NULL);
		g_auto(GStrv) plugins = NULL;

		if (!pilots_runs(conf, pilots[i], only))
			continue;
		plugins = conf_list(conf, group, "plugins");
		for (guint j = 0; plugins[j] != NULL; j++)
			if (!g_hash_table_contains(seen, plugins[j])) {
				g_ptr_array_add(ids, g_strdup(plugins[j]));
				g_hash_table_add(seen, ids->pdata[ids->len - 1]);
			}
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

		if (pilots_runs(conf, pilots[i], only) &&
		    g_strv_contains((const char *const *)plugins, id))
			g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", pilots[i]);
	}
	return g_string_free(names, FALSE);
}

static void check_there(const Conf *conf, const char *id, const char *path, Faults *faults)
{
	g_autofree char *pilots = NULL;
	int fault;

	if (g_access(path, R_OK) == 0)
		return;
	fault = errno;
	pilots = pilots_naming(conf, id);
	faults_add(faults, ERROR_INVALID,
	           "试点 %s 启用的模块 %s 的文件读不到：%s "
	           "(pilot %s names plugin %s, whose file cannot be read there: %s)",
	           pilots, id, path, pilots, id, g_strerror(fault));
}

/* Nothing is signed yet: whoever runs a host says that he knows. */
static void check_signed(const Verdict *verdict, const char *path, Faults *faults)
{
	if (!verdict->allow_unsigned)
		faults_add(faults, ERROR_REFUSED,
		           "%s: 模块没有签名；[host] allow_unsigned = yes 方可启用 "
		           "(is not signed: [host] allow_unsigned = yes lets it in)",
		           path);
}

/* Its settings would be the host's: they stand in a group of its name. */
static gboolean takes_group(const char *id, const char *path, Faults *faults)
{
	g_autoptr(GArray) keys = host_conf_own_keys();

	for (const ConfKey *key = (const ConfKey *)(void *)keys->data; key->group != NULL; key++) {
		if (strcmp(key->group, id) != 0)
			continue;
		if (faults_count(faults) == 0)
			faults_add(faults, ERROR_INVALID,
			           "%s: plugin: id: [%s] 是主机自己的设置 (a group of the host's own configuration)", path,
			           id);
		return TRUE;
	}
	return FALSE;
}

/* What is installed, or what a swap put in its place. NULL: it cannot be read. */
static PluginFile *read_file(const Verdict *verdict, const Conf *first, const VerdictPlugin *entry, Faults *faults)
{
	g_autofree char *data = conf_path(first, "host", "data"), *path = NULL;
	GError *error = NULL;
	PluginFile *file;

	check_there(first, entry->id, entry->installed, faults);
	if (faults_count(faults) > 0)
		return NULL;
	path = code_file(data, entry->id, entry->installed, &error);
	if (path == NULL) {
		faults_take(faults, error);
		return NULL;
	}
	file = plugin_file_read(path, faults);
	check_signed(verdict, path, faults);
	return file;
}

static void read_plugin(Verdict *verdict, const Conf *first, const char *id)
{
	VerdictPlugin *entry = g_new0(VerdictPlugin, 1);
	g_autofree char *file = g_strconcat(id, ".so", NULL);
	g_autoptr(Faults) faults = faults_new();

	g_ptr_array_add(verdict->plugins, entry);
	entry->id = g_strdup(id);
	entry->critical = conf_bool(first, id, "critical");
	entry->installed = g_build_filename(verdict->plugin_dir, id, file, NULL);
	entry->file = read_file(verdict, first, entry, faults);
	if (!takes_group(id, entry->installed, faults) && entry->file != NULL && entry->file->plugin != NULL)
		g_ptr_array_add(verdict->known, entry->file->plugin);
	entry->out = faults_count(faults) > 0;
	for (guint i = 0; i < faults_kept(faults); i++)
		verdict_complain(verdict, id, faults_nth(faults, i)->message, entry->critical, FALSE);
}

static void read_plugins(Verdict *verdict, const Conf *first)
{
	const char *pilot = conf_text(first, "host", "pilot");
	g_autoptr(GPtrArray) ids = wanted_plugins(first);
	GError *error = NULL;

	verdict->plugin_dir = host_conf_place(first, "plugin_dir", "plugins", ZHEN_LIBDIR "/plugins");
	verdict->demo = conf_bool(first, "host", "demo");
	verdict->allow_unsigned = verdict->demo || conf_bool(first, "host", "allow_unsigned");
	/* Now, or the first thing said would be that the settings of its plugins are unknown. */
	if (pilot[0] != '\0' && !pilots_named(first, pilot, &error))
		verdict_take(verdict, error);
	for (guint i = 0; i < ids->len; i++)
		read_plugin(verdict, first, ids->pdata[i]);
}

/* ---- all ---- */

static void check_settings(Verdict *verdict)
{
	for (guint i = 0; i < verdict->known->len; i++) {
		g_autoptr(Faults) faults = faults_new();
		Settings *settings = settings_new_all(verdict->known->pdata[i], verdict->conf, faults);

		settings_unref(settings);
		verdict_take_all(verdict, faults);
	}
}

Verdict *verdict_new(const char *conf_path, const Overrides *over)
{
	Verdict *verdict = g_new0(Verdict, 1);
	g_autoptr(Faults) again = faults_new();
	g_autoptr(Faults) faults = faults_new();
	g_autoptr(Conf) first = host_conf_first(conf_path, over, again);

	verdict->conf_path = conf_path;
	verdict->over = over;
	verdict->plugins = g_ptr_array_new_with_free_func(plugin_entry_free);
	verdict->tables = g_ptr_array_new();
	verdict->known = g_ptr_array_new();
	verdict->complaints = g_ptr_array_new_with_free_func(complaint_free);
	if (first == NULL) {
		verdict_take_all(verdict, again);
		return verdict;
	}
	read_plugins(verdict, first);
	/* What was wrong at the first look is found again, now that all keys are known. */
	verdict->conf = host_conf_load_all(conf_path, over, verdict->known, faults);
	verdict_take_all(verdict, faults);
	if (verdict->conf != NULL) {
		verdict_host(verdict);
		check_settings(verdict);
		verdict_places(verdict);
	}
	settle(verdict);
	check_some(verdict);
	return verdict;
}

void verdict_free(Verdict *verdict)
{
	if (verdict == NULL)
		return;
	conf_free(verdict->conf);
	pilots_free(verdict->pilots);
	bodies_free(verdict->bodies);
	divisions_free(verdict->divisions);
	g_strfreev(verdict->division_files);
	g_strfreev(verdict->body_files);
	g_ptr_array_unref(verdict->tables);
	g_ptr_array_unref(verdict->known);
	g_ptr_array_unref(verdict->plugins);
	g_ptr_array_unref(verdict->complaints);
	g_free(verdict->plugin_dir);
	g_free(verdict);
}
