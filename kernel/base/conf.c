/* SPDX-License-Identifier: Apache-2.0 */
#include "base/conf.h"

#include <glob.h>
#include <string.h>

#include "base/conf_value.h"
#include "base/error.h"

#define INCLUDE_GROUP "include"
#define INCLUDE_DEPTH 8
#define FILE_MAX (4 << 20)

typedef struct ConfEntry {
	char *text;
	const char *file; /* borrowed from conf->files; NULL = the command line */
	guint line;
} ConfEntry;

typedef struct ConfGroup {
	char *name;
	const char *file; /* where it is first named; borrowed */
	guint line;
	GPtrArray *names;    /* of char *, keys in the order set, owned */
	GHashTable *entries; /* key -> ConfEntry */
} ConfGroup;

struct Conf {
	GArray *rows;      /* of ConfKey: the caller's, its texts copied into @texts */
	GStringChunk *texts;
	GPtrArray *files;  /* of char *: paths read, in order */
	GPtrArray *groups; /* of ConfGroup, in order */
};

/* One file while it is read. GKeyFile forgets lines and takes duplicates silently, so the lines are walked first. */
typedef struct Reading {
	Conf *conf;
	const char *file;
	guint depth;
	GHashTable *seen_groups;
	GKeyFile *values;
	ConfGroup *group; /* the current one; NULL before the first and inside [include] */
	gboolean in_include;
	char *include; /* value of files= */
} Reading;

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

static ConfGroup *ensure_group(Conf *conf, const char *name, const char *file, guint line)
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

static void set_entry(ConfGroup *group, const char *key, const char *text, const char *file, guint line)
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
}

/* ---- which row declares a key ---- */

/* 0 = no match; the longer the literal part, the better; an exact name beats every pattern. */
static gsize match_group(const char *pattern, const char *name)
{
	gsize length = strlen(pattern);

	if (strcmp(pattern, name) == 0)
		return G_MAXSIZE;
	if (length == 0 || pattern[length - 1] != '*')
		return 0;
	/* "pilot *" wants a name after the blank. */
	return strncmp(pattern, name, length - 1) == 0 && name[length - 1] != '\0' ? length : 0;
}

#define MATCH_ANY 1 /* of the bare "*": used only for groups that nothing else declares */

static gsize best_match(const Conf *conf, const char *group)
{
	gsize best = 0;

	for (guint i = 0; i < conf->rows->len; i++)
		best = MAX(best, match_group(g_array_index(conf->rows, ConfKey, i).group, group));
	return best;
}

static const ConfKey *find_row(const Conf *conf, const char *group, const char *key)
{
	gsize floor = best_match(conf, group) > MATCH_ANY ? MATCH_ANY + 1 : MATCH_ANY;
	const ConfKey *found = NULL;
	gsize best = 0;

	for (guint i = 0; i < conf->rows->len; i++) {
		const ConfKey *row = &g_array_index(conf->rows, ConfKey, i);
		gsize match = match_group(row->group, group);
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

static gboolean refuse_group(const Reading *reading, const char *name, guint line, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	const char *nearest;

	for (guint i = 0; i < reading->conf->rows->len; i++)
		g_ptr_array_add(names, (char *)g_array_index(reading->conf->rows, ConfKey, i).group);
	g_ptr_array_add(names, NULL);
	nearest = conf_nearest(name, (const char *const *)names->pdata);
	if (nearest != NULL)
		return throw_error(error, ERROR_INVALID, "%s:%u: unknown group [%s]; did you mean [%s]?", reading->file,
		                   line, name, nearest);
	return throw_error(error, ERROR_INVALID, "%s:%u: unknown group [%s]", reading->file, line, name);
}

static gboolean refuse_key(const Reading *reading, const char *key, guint line, GError **error)
{
	const char *group = reading->in_include ? INCLUDE_GROUP : reading->group->name;
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	const char *nearest;

	for (guint i = 0; i < reading->conf->rows->len; i++) {
		const ConfKey *row = &g_array_index(reading->conf->rows, ConfKey, i);

		if (match_group(row->group, group) > MATCH_ANY)
			g_ptr_array_add(names, (char *)row->key);
	}
	if (reading->in_include)
		g_ptr_array_add(names, (char *)"files");
	g_ptr_array_add(names, NULL);
	nearest = conf_nearest(key, (const char *const *)names->pdata);
	if (nearest != NULL)
		return throw_error(error, ERROR_INVALID, "%s:%u: unknown key '%s' in [%s]; did you mean '%s'?",
		                   reading->file, line, key, group, nearest);
	return throw_error(error, ERROR_INVALID, "%s:%u: unknown key '%s' in [%s]", reading->file, line, key, group);
}

/* ---- reading ---- */

static gboolean read_group_line(Reading *reading, char *text, guint line, GError **error)
{
	char *end = strchr(text, ']');
	char *name = text + 1;

	if (end == NULL || end[1] != '\0' || end == name)
		return throw_error(error, ERROR_INVALID, "%s:%u: a group is written [name]", reading->file, line);
	*end = '\0';
	if (!g_hash_table_add(reading->seen_groups, g_strdup(name)))
		return throw_error(error, ERROR_INVALID, "%s:%u: group [%s] stands twice in this file", reading->file,
		                   line, name);
	reading->in_include = strcmp(name, INCLUDE_GROUP) == 0;
	reading->group = NULL;
	if (reading->in_include)
		return TRUE;
	if (best_match(reading->conf, name) == 0)
		return refuse_group(reading, name, line, error);
	reading->group = ensure_group(reading->conf, name, reading->file, line);
	return TRUE;
}

static gboolean read_value(Reading *reading, const char *group, const char *key, guint line, char **out, GError **error)
{
	g_autoptr(GError) problem = NULL;
	g_autofree char *value = g_key_file_get_string(reading->values, group, key, &problem);

	/* After a bad escape GKeyFile gives both a value and an error. */
	if (problem == NULL) {
		*out = g_strchomp(g_steal_pointer(&value));
		return TRUE;
	}
	return throw_error(error, ERROR_INVALID, "%s:%u: [%s] %s: %s", reading->file, line, group, key,
	                   problem->message);
}

static gboolean read_key_line(Reading *reading, char *text, guint line, GError **error)
{
	char *equals = strchr(text, '=');
	g_autofree char *value = NULL;
	const ConfEntry *before;
	const ConfKey *row;

	if (equals == NULL || equals == text)
		return throw_error(error, ERROR_INVALID, "%s:%u: '%s' is neither [group] nor key=value", reading->file,
		                   line, text);
	*equals = '\0';
	g_strchomp(text);
	if (reading->in_include) {
		if (strcmp(text, "files") != 0)
			return refuse_key(reading, text, line, error);
		if (reading->include != NULL)
			return throw_error(error, ERROR_INVALID, "%s:%u: 'files' in [include] stands twice",
			                   reading->file, line);
		return read_value(reading, INCLUDE_GROUP, text, line, &reading->include, error);
	}
	if (reading->group == NULL)
		return throw_error(error, ERROR_INVALID, "%s:%u: '%s' stands before the first [group]", reading->file,
		                   line, text);
	row = find_row(reading->conf, reading->group->name, text);
	if (row == NULL)
		return refuse_key(reading, text, line, error);
	before = g_hash_table_lookup(reading->group->entries, text);
	if (before != NULL)
		return throw_error(error, ERROR_INVALID, "%s:%u: '%s' in [%s] was already set at %s:%u", reading->file,
		                   line, text, reading->group->name, before->file, before->line);
	if (!read_value(reading, reading->group->name, text, line, &value, error))
		return FALSE;
	if (!conf_check_value(row, value, error))
		return prefix_error(error, "%s:%u: [%s] %s", reading->file, line, reading->group->name, text);
	set_entry(reading->group, text, value, reading->file, line);
	return TRUE;
}

static gboolean read_lines(Reading *reading, const char *content, GError **error)
{
	g_auto(GStrv) lines = g_strsplit(content, "\n", -1);

	for (guint i = 0; lines[i] != NULL; i++) {
		char *text = g_strstrip(lines[i]);
		gboolean ok = TRUE;

		if (text[0] == '[')
			ok = read_group_line(reading, text, i + 1, error);
		else if (text[0] != '\0' && text[0] != '#')
			ok = read_key_line(reading, text, i + 1, error);
		if (!ok)
			return FALSE;
	}
	return TRUE;
}

static gboolean read_file(Conf *conf, const char *path, guint depth, GError **error);

static gboolean read_includes(const Reading *reading, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(reading->file);
	g_auto(GStrv) patterns = conf_split(reading->include);

	for (char **pattern = patterns; *pattern != NULL; pattern++) {
		g_autofree char *full =
			g_path_is_absolute(*pattern) ? g_strdup(*pattern) : g_build_filename(folder, *pattern, NULL);
		gboolean literal = strpbrk(*pattern, "*?[") == NULL;
		gboolean ok = TRUE;
		glob_t found = { 0 };

		/* A folder with no file in it yet is fine; a file that is named must be there. A literal name does not go
		 * through glob, or a folder above with a bracket in its name would hide it. */
		if (literal) {
			ok = read_file(reading->conf, full, reading->depth + 1, error);
		} else if (glob(full, 0, NULL, &found) == 0) {
			for (gsize i = 0; ok && i < found.gl_pathc; i++)
				ok = read_file(reading->conf, found.gl_pathv[i], reading->depth + 1, error);
		}
		globfree(&found);
		if (!ok)
			return FALSE;
	}
	return TRUE;
}

static gboolean check_text(const char *file, const char *content, gsize length, GError **error)
{
	const char *bad = NULL;
	guint line = 1;

	if (g_utf8_validate(content, (gssize)length, &bad))
		return TRUE;
	for (const char *c = content; c < bad; c++)
		line += *c == '\n';
	return throw_error(error, ERROR_INVALID, "%s:%u: not UTF-8 text", file, line);
}

/* @content: NUL-terminated, without a byte order mark. */
static gboolean read_content(Conf *conf, const char *file, const char *content, guint depth, GError **error)
{
	g_autoptr(GKeyFile) values = g_key_file_new();
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	Reading reading = { .conf = conf, .file = file, .depth = depth, .seen_groups = seen, .values = values };
	g_autoptr(GError) problem = NULL;
	gboolean ok;

	/* Its message knows no line: reported only when the walk below finds nothing to say. */
	gboolean loaded = g_key_file_load_from_data(values, content, strlen(content), G_KEY_FILE_NONE, &problem);

	ok = read_lines(&reading, content, error);
	if (ok && !loaded && strlen(content) > 0)
		ok = throw_error(error, ERROR_INVALID, "%s: %s", file, problem->message);
	if (ok && reading.include != NULL)
		ok = read_includes(&reading, error);
	g_free(reading.include);
	return ok;
}

static gboolean read_file(Conf *conf, const char *path, guint depth, GError **error)
{
	g_autofree char *content = NULL;
	g_autoptr(GError) problem = NULL;
	gsize length = 0;
	char *file;

	for (guint i = 0; i < conf->files->len; i++)
		if (strcmp(g_ptr_array_index(conf->files, i), path) == 0)
			return throw_error(error, ERROR_INVALID, "%s is included twice", path);
	if (depth > INCLUDE_DEPTH)
		return throw_error(error, ERROR_INVALID, "%s: included more than %d levels deep", path, INCLUDE_DEPTH);
	if (!g_file_get_contents(path, &content, &length, &problem))
		return throw_error(error, ERROR_NOT_FOUND, "cannot read the configuration: %s", problem->message);
	if (length > FILE_MAX)
		return throw_error(error, ERROR_TOO_LARGE, "%s is larger than %d bytes", path, FILE_MAX);
	file = g_strdup(path);
	g_ptr_array_add(conf->files, file);
	if (!check_text(file, content, length, error))
		return FALSE;
	return read_content(conf, file, g_str_has_prefix(content, "\xef\xbb\xbf") ? content + 3 : content, depth,
	                    error);
}

/* ---- after reading ---- */

static gboolean check_required(const Conf *conf, GError **error)
{
	for (guint i = 0; i < conf->rows->len; i++) {
		const ConfKey *row = &g_array_index(conf->rows, ConfKey, i);

		if (row->def != NULL || strcmp(row->key, "*") == 0)
			continue;
		if (!g_str_has_suffix(row->group, "*") && find_entry(conf, row->group, row->key) == NULL)
			return throw_error(error, ERROR_INVALID, "%s: [%s] must set '%s' (%s)",
			                   (const char *)g_ptr_array_index(conf->files, 0), row->group, row->key,
			                   row->help != NULL ? row->help : "no default");
		for (guint j = 0; j < conf->groups->len; j++) {
			const ConfGroup *group = g_ptr_array_index(conf->groups, j);

			if (find_row(conf, group->name, row->key) == row &&
			    g_hash_table_lookup(group->entries, row->key) == NULL)
				return throw_error(error, ERROR_INVALID, "%s:%u: [%s] must set '%s' (%s)", group->file,
				                   group->line, group->name, row->key,
				                   row->help != NULL ? row->help : "no default");
		}
	}
	return TRUE;
}

static const char *keep(Conf *conf, const char *text)
{
	return text != NULL ? g_string_chunk_insert_const(conf->texts, text) : NULL;
}

static gboolean copy_rows(Conf *conf, const ConfKey *keys, GError **error)
{
	for (; keys->group != NULL; keys++) {
		ConfKey row = *keys;

		/* Rows of plugins come from outside: their defaults are checked like a file's values. */
		if (row.def != NULL && !conf_check_value(&row, row.def, error))
			return prefix_error(error, "default of [%s] %s", row.group, row.key);
		row.group = keep(conf, keys->group);
		row.key = keep(conf, keys->key);
		row.def = keep(conf, keys->def);
		row.choices = keep(conf, keys->choices);
		row.help = keep(conf, keys->help);
		g_array_append_val(conf->rows, row);
	}
	return TRUE;
}

Conf *conf_load(const char *path, const ConfKey *keys, GError **error)
{
	g_autoptr(Conf) conf = g_new0(Conf, 1);

	conf->rows = g_array_new(FALSE, FALSE, sizeof(ConfKey));
	conf->texts = g_string_chunk_new(1024);
	conf->files = g_ptr_array_new_with_free_func(g_free);
	conf->groups = g_ptr_array_new_with_free_func(group_free);
	if (!copy_rows(conf, keys, error) || !read_file(conf, path, 0, error) || !check_required(conf, error))
		return NULL;
	return g_steal_pointer(&conf);
}

/* ---- values ---- */

const char *conf_text(const Conf *conf, const char *group, const char *key)
{
	const ConfEntry *entry = find_entry(conf, group, key);
	const ConfKey *row;

	if (entry != NULL)
		return entry->text;
	row = find_row(conf, group, key);
	return row != NULL ? row->def : NULL;
}

gint64 conf_int(const Conf *conf, const char *group, const char *key)
{
	const ConfKey *row = find_row(conf, group, key);
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

void conf_override(Conf *conf, const char *group, const char *key, const char *value)
{
	set_entry(ensure_group(conf, group, g_ptr_array_index(conf->files, 0), 0), key, value, NULL, 0);
}
