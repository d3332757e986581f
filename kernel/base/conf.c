/* SPDX-License-Identifier: Apache-2.0 */
#include "base/conf_inside.h"

#include <string.h>

#include "base/conf_value.h"
#include "base/error.h"

static void entry_free(void *data)
{
	ConfEntry *entry = data;

	g_free(entry->text);
	g_free(entry);
}

static void group_free(void *data)
{
	ConfGroup *group = data;

	g_ptr_array_unref(group->names);
	g_hash_table_unref(group->entries);
	g_free(group->name);
	g_free(group);
}

void conf_free(Conf *conf)
{
	if (conf == NULL)
		return;
	g_ptr_array_unref(conf->groups);
	g_ptr_array_unref(conf->files);
	g_array_unref(conf->rows);
	g_string_chunk_free(conf->texts);
	g_free(conf);
}

static ConfGroup *find_group(const Conf *conf, const char *name)
{
	for (guint i = 0; i < conf->groups->len; i++) {
		ConfGroup *group = g_ptr_array_index(conf->groups, i);

		if (strcmp(group->name, name) == 0)
			return group;
	}
	return NULL;
}

ConfGroup *conf_ensure_group(Conf *conf, const char *name, const char *file, guint line)
{
	ConfGroup *group = find_group(conf, name);

	if (group != NULL)
		return group;
	group = g_new0(ConfGroup, 1);
	group->name = g_strdup(name);
	group->file = file;
	group->line = line;
	group->names = g_ptr_array_new_with_free_func(g_free);
	group->entries = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, entry_free);
	g_ptr_array_add(conf->groups, group);
	return group;
}

static const ConfEntry *find_entry(const Conf *conf, const char *group_name, const char *key)
{
	const ConfGroup *group = find_group(conf, group_name);

	return group != NULL ? g_hash_table_lookup(group->entries, key) : NULL;
}

ConfEntry *conf_set_entry(ConfGroup *group, const char *key, const char *text, const char *file, guint line)
{
	ConfEntry *entry = g_hash_table_lookup(group->entries, key);

	if (entry == NULL) {
		char *name = g_strdup(key);

		entry = g_new0(ConfEntry, 1);
		g_ptr_array_add(group->names, name);
		g_hash_table_insert(group->entries, name, entry);
	}
	g_free(entry->text);
	entry->text = g_strdup(text);
	entry->file = file;
	entry->line = line;
	entry->bad = FALSE;
	return entry;
}

/* ---- which row declares a key ---- */

gsize conf_match_group(const char *pattern, const char *name)
{
	gsize length = strlen(pattern);

	if (strcmp(pattern, name) == 0)
		return G_MAXSIZE;
	if (length == 0 || pattern[length - 1] != '*')
		return 0;
	/* "pilot *" wants a name after the blank. */
	return strncmp(pattern, name, length - 1) == 0 && name[length - 1] != '\0' ? length : 0;
}

gsize conf_best_match(const Conf *conf, const char *group)
{
	gsize best = 0;

	for (guint i = 0; i < conf->rows->len; i++)
		best = MAX(best, conf_match_group(g_array_index(conf->rows, ConfKey, i).group, group));
	return best;
}

const ConfKey *conf_find_row(const Conf *conf, const char *group, const char *key)
{
	gsize floor = conf_best_match(conf, group) > CONF_MATCH_ANY ? CONF_MATCH_ANY + 1 : CONF_MATCH_ANY;
	const ConfKey *found = NULL;
	gsize best = 0;

	for (guint i = 0; i < conf->rows->len; i++) {
		const ConfKey *row = &g_array_index(conf->rows, ConfKey, i);
		gsize match = conf_match_group(row->group, group);
		gboolean exact = strcmp(row->key, key) == 0;

		if (match < floor || (!exact && strcmp(row->key, "*") != 0))
			continue;
		if (found == NULL || match > best || (match == best && exact && strcmp(found->key, key) != 0)) {
			found = row;
			best = match;
		}
	}
	return found;
}

/* ---- after reading ---- */

static void must_set(Faults *faults, const char *where, const char *group, const ConfKey *row)
{
	faults_add(faults, ERROR_INVALID, "%s: [%s] 必须设置 '%s' (must set '%s': %s)", where, group, row->key, row->key,
	           row->help != NULL ? row->help : "no default");
}

static void check_required(const Conf *conf, Faults *faults)
{
	for (guint i = 0; i < conf->rows->len; i++) {
		const ConfKey *row = &g_array_index(conf->rows, ConfKey, i);

		if (row->def != NULL || strcmp(row->key, "*") == 0)
			continue;
		if (!g_str_has_suffix(row->group, "*") && find_entry(conf, row->group, row->key) == NULL) {
			must_set(faults, g_ptr_array_index(conf->files, 0), row->group, row);
			continue;
		}
		for (guint j = 0; j < conf->groups->len; j++) {
			const ConfGroup *group = g_ptr_array_index(conf->groups, j);

			if (conf_find_row(conf, group->name, row->key) == row &&
			    g_hash_table_lookup(group->entries, row->key) == NULL) {
				g_autofree char *where = g_strdup_printf("%s:%u", group->file, group->line);

				must_set(faults, where, group->name, row);
			}
		}
	}
}

static const char *keep(Conf *conf, const char *text)
{
	return text != NULL ? g_string_chunk_insert_const(conf->texts, text) : NULL;
}

static void copy_rows(Conf *conf, const ConfKey *keys, Faults *faults)
{
	for (; keys->group != NULL; keys++) {
		ConfKey row = *keys;
		g_autoptr(GError) error = NULL;

		/* Rows of plugins come from outside: their defaults are checked like a file's values. */
		if (row.def != NULL && !conf_check_value(&row, row.def, &error)) {
			prefix_error(&error, "[%s] %s 的默认值 (its default)", row.group, row.key);
			faults_take(faults, g_steal_pointer(&error));
			continue;
		}
		row.group = keep(conf, keys->group);
		row.key = keep(conf, keys->key);
		row.def = keep(conf, keys->def);
		row.choices = keep(conf, keys->choices);
		row.help = keep(conf, keys->help);
		g_array_append_val(conf->rows, row);
	}
}

Conf *conf_load_all(const char *path, const ConfKey *keys, Faults *faults)
{
	g_autoptr(Conf) conf = g_new0(Conf, 1);

	conf->rows = g_array_new(FALSE, FALSE, sizeof(ConfKey));
	conf->texts = g_string_chunk_new(1024);
	conf->files = g_ptr_array_new_with_free_func(g_free);
	conf->groups = g_ptr_array_new_with_free_func(group_free);
	copy_rows(conf, keys, faults);
	if (!conf_read_file(conf, path, 0, faults))
		return NULL;
	check_required(conf, faults);
	return g_steal_pointer(&conf);
}

Conf *conf_load(const char *path, const ConfKey *keys, GError **error)
{
	g_autoptr(Faults) faults = faults_new();
	g_autoptr(Conf) conf = conf_load_all(path, keys, faults);

	return faults_none(faults, error) ? g_steal_pointer(&conf) : NULL;
}

/* ---- values ---- */

const char *conf_text(const Conf *conf, const char *group, const char *key)
{
	const ConfEntry *entry = find_entry(conf, group, key);
	const ConfKey *row;

	if (entry != NULL && !entry->bad)
		return entry->text;
	row = conf_find_row(conf, group, key);
	return row != NULL ? row->def : NULL;
}

gint64 conf_int(const Conf *conf, const char *group, const char *key)
{
	const ConfKey *row = conf_find_row(conf, group, key);
	const char *text = conf_text(conf, group, key);
	gint64 number = 0;

	if (row == NULL || text == NULL || (row->type != CONF_INT && row->type != CONF_SIZE && row->type != CONF_MS))
		return 0;
	return conf_parse_number(row->type, text, &number) ? number : 0;
}

gboolean conf_bool(const Conf *conf, const char *group, const char *key)
{
	const char *text = conf_text(conf, group, key);
	gboolean value = FALSE;

	return text != NULL && conf_parse_bool(text, &value) && value;
}

char *conf_path(const Conf *conf, const char *group, const char *key)
{
	const ConfEntry *entry = find_entry(conf, group, key);
	const char *text = conf_text(conf, group, key);
	const char *file = entry != NULL ? entry->file : g_ptr_array_index(conf->files, 0);
	g_autofree char *folder = NULL;

	/* On the command line a path is relative to where one stands. */
	if (text == NULL || text[0] == '\0' || file == NULL || g_path_is_absolute(text))
		return g_strdup(text);
	folder = g_path_get_dirname(file);
	return g_build_filename(folder, text, NULL);
}

char **conf_list(const Conf *conf, const char *group, const char *key)
{
	const char *text = conf_text(conf, group, key);

	return conf_split(text != NULL ? text : "");
}

char **conf_groups(const Conf *conf, const char *prefix)
{
	GPtrArray *names = g_ptr_array_new();

	for (guint i = 0; i < conf->groups->len; i++) {
		const ConfGroup *group = g_ptr_array_index(conf->groups, i);

		if (g_str_has_prefix(group->name, prefix))
			g_ptr_array_add(names, g_strdup(group->name + strlen(prefix)));
	}
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_free(names, FALSE);
}

char **conf_keys_of(const Conf *conf, const char *group_name)
{
	const ConfGroup *group = find_group(conf, group_name);
	GPtrArray *names = g_ptr_array_new();

	for (guint i = 0; group != NULL && i < group->names->len; i++)
		g_ptr_array_add(names, g_strdup(g_ptr_array_index(group->names, i)));
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_free(names, FALSE);
}

char *conf_where(const Conf *conf, const char *group, const char *key)
{
	const ConfEntry *entry = find_entry(conf, group, key);

	if (entry == NULL)
		return g_strdup("default");
	if (entry->file == NULL)
		return g_strdup("command line");
	return g_strdup_printf("%s:%u", entry->file, entry->line);
}

char *conf_where_group(const Conf *conf, const char *name)
{
	const ConfGroup *group = find_group(conf, name);

	return group != NULL ? g_strdup_printf("%s:%u", group->file, group->line) : g_strdup("default");
}

#define COMMAND_LINE "命令行 (command line)"

static gboolean check_override(const Conf *conf, const ConfGroup *group, const char *key, GError **error)
{
	ConfEntry *entry = g_hash_table_lookup(group->entries, key);
	const ConfKey *row = conf_find_row(conf, group->name, key);

	if (entry->file != NULL)
		return TRUE; /* checked when it was read */
	if (row != NULL && conf_check_value(row, entry->text, error))
		return TRUE;
	entry->bad = TRUE;
	if (row == NULL)
		return throw_error(error, ERROR_INVALID,
		                   COMMAND_LINE ": [%s] 里没有 '%s' 这一项 (unknown key '%s' in [%s])", group->name,
		                   key, key, group->name);
	return prefix_error(error, COMMAND_LINE ": [%s] %s", group->name, key);
}

gboolean conf_check_all(Conf *conf, Faults *faults)
{
	gboolean fine = TRUE;

	for (guint i = 0; i < conf->groups->len; i++) {
		const ConfGroup *group = g_ptr_array_index(conf->groups, i);

		for (guint j = 0; j < group->names->len; j++) {
			GError *error = NULL;

			if (!check_override(conf, group, g_ptr_array_index(group->names, j), &error))
				fine = faults_take(faults, error);
		}
	}
	return fine;
}

gboolean conf_check(Conf *conf, GError **error)
{
	g_autoptr(Faults) faults = faults_new();

	conf_check_all(conf, faults);
	return faults_none(faults, error);
}

void conf_override(Conf *conf, const char *group, const char *key, const char *value)
{
	conf_set_entry(conf_ensure_group(conf, group, g_ptr_array_index(conf->files, 0), 0), key, value, NULL, 0);
}
