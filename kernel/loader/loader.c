/* SPDX-License-Identifier: Apache-2.0
 * From a file to a plugin: the note is read and judged first, code is loaded only when nothing is left to say against it. */
#include "loader/loader.h"

#include <dlfcn.h>
#include <string.h>

#include "loader/compare.h"
#include "runtime/table_parts.h"

#define ENTRY_SYMBOL "zhen_plugin_entry"

static gboolean load_code(LoadedPlugin *loaded, const char *path, const Plugin *told, GError **error)
{
	const zhen_plugin *entry;

	loaded->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (loaded->handle == NULL)
		return throw_error(error, ERROR_INVALID, "代码载入不了 (cannot be loaded: %s)", dlerror());
	entry = dlsym(loaded->handle, ENTRY_SYMBOL);
	if (entry == NULL)
		return throw_error(error, ERROR_INVALID,
		                   "没有符号 %s，是否漏写 ZHEN_PLUGIN？(has no symbol %s: ZHEN_PLUGIN missing?)",
		                   ENTRY_SYMBOL, ENTRY_SYMBOL);
	loaded->plugin = plugin_bind(entry, error);
	return loaded->plugin != NULL && plugin_compare(told, loaded->plugin, error);
}

/* A folder <id>/<id>.so, or a file <id>.so: the name that an administrator writes is the plugin's own. */
static void check_name(const char *path, const Plugin *plugin, Faults *faults)
{
	g_autofree char *base = g_path_get_basename(path);
	gsize length = strlen(plugin->id);

	if (strncmp(base, plugin->id, length) != 0 || strcmp(base + length, ".so") != 0)
		faults_add(faults, ERROR_INVALID,
		           "里面是模块 \"%s\"，文件须名为 %s.so (holds the plugin \"%s\": its file must be named %s.so)",
		           plugin->id, plugin->id, plugin->id, plugin->id);
}

/* FALSE: nothing more can be said of it. */
static gboolean read_version(PluginFile *file, char **out_note, Faults *faults)
{
	GError *error = NULL;

	/* The note's reader names the file itself. */
	*out_note = note_read(file->path, &file->major, &file->minor, &file->note_bytes, &error);
	if (*out_note == NULL)
		return faults_take(faults, error);
	if (abi_check(file->major, file->minor, &error))
		return TRUE;
	prefix_error(&error, "%s", file->path);
	return faults_take(faults, error);
}

PluginFile *plugin_file_read(const char *path, Faults *faults)
{
	PluginFile *file = g_new0(PluginFile, 1);
	g_autoptr(Faults) found = faults_new();
	g_autofree char *note = NULL;

	file->path = g_canonicalize_filename(path, NULL); /* dlopen searches for names without a slash */
	if (!read_version(file, &note, faults))
		return file;
	file->plugin = plugin_from_note_all(note, file->note_bytes, found);
	if (file->plugin != NULL)
		check_name(file->path, file->plugin, found);
	if (!faults_move(faults, found, file->path))
		g_clear_pointer(&file->plugin, plugin_free);
	return file;
}

void plugin_file_free(PluginFile *file)
{
	if (file == NULL)
		return;
	plugin_free(file->plugin);
	g_free(file->path);
	g_free(file);
}

LoadedPlugin *plugin_load_read(const PluginFile *file, GError **error)
{
	g_autoptr(LoadedPlugin) loaded = g_new0(LoadedPlugin, 1);

	if (load_code(loaded, file->path, file->plugin, error)) {
		loaded->path = g_strdup(file->path);
		return g_steal_pointer(&loaded);
	}
	prefix_error(error, "%s", file->path);
	return NULL;
}

LoadedPlugin *plugin_load(const char *path, GError **error)
{
	g_autoptr(Faults) faults = faults_new();
	g_autoptr(PluginFile) file = plugin_file_read(path, faults);

	return faults_none(faults, error) ? plugin_load_read(file, error) : NULL;
}

void loaded_plugin_free(LoadedPlugin *loaded)
{
	if (loaded == NULL)
		return;
	plugin_free(loaded->plugin);
	g_free(loaded->path);
	g_free(loaded);
}
