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
		return throw_error(error, ERROR_INVALID, "cannot be loaded: %s", dlerror());
	entry = dlsym(loaded->handle, ENTRY_SYMBOL);
	if (entry == NULL)
		return throw_error(error, ERROR_INVALID, "has no symbol %s (ZHEN_PLUGIN missing?)", ENTRY_SYMBOL);
	loaded->plugin = plugin_bind(entry, error);
	return loaded->plugin != NULL && plugin_compare(told, loaded->plugin, error);
}

/* A folder <id>/<id>.so, or a file <id>.so: the name that an administrator writes is the plugin's own. */
static gboolean check_name(const char *path, const Plugin *plugin, GError **error)
{
	g_autofree char *base = g_path_get_basename(path);
	gsize length = strlen(plugin->id);

	if (strncmp(base, plugin->id, length) == 0 && strcmp(base + length, ".so") == 0)
		return TRUE;
	return throw_error(error, ERROR_INVALID, "holds the plugin \"%s\": its file must be named %s.so", plugin->id,
	                   plugin->id);
}

static LoadedPlugin *load(const char *path, GError **error)
{
	g_autoptr(LoadedPlugin) loaded = g_new0(LoadedPlugin, 1);
	g_autofree char *note = NULL;
	g_autoptr(Plugin) told = NULL;
	guint16 major = 0, minor = 0;
	gsize length = 0;

	/* The note's reader names the file itself. */
	note = note_read(path, &major, &minor, &length, error);
	if (note == NULL)
		return NULL;
	if (abi_check(major, minor, error) && (told = plugin_from_note(note, length, error)) != NULL &&
	    check_name(path, told, error) && load_code(loaded, path, told, error)) {
		loaded->path = g_strdup(path);
		return g_steal_pointer(&loaded);
	}
	prefix_error(error, "%s", path);
	return NULL;
}

LoadedPlugin *plugin_load(const char *path, GError **error)
{
	g_autofree char *absolute = g_canonicalize_filename(path, NULL); /* dlopen searches for names without a slash */

	return load(absolute, error);
}

void loaded_plugin_free(LoadedPlugin *loaded)
{
	if (loaded == NULL)
		return;
	plugin_free(loaded->plugin);
	g_free(loaded->path);
	g_free(loaded);
}
