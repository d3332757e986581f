/* SPDX-License-Identifier: Apache-2.0 */
#include "base/conf_inside.h"

#include <glob.h>
#include <string.h>

#include "base/conf_value.h"
#include "base/error.h"

#define INCLUDE_GROUP "include"
#define INCLUDE_DEPTH 8
#define FILE_MAX (4 << 20)

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

		if (conf_match_group(row->group, group) > CONF_MATCH_ANY)
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
	if (conf_best_match(reading->conf, name) == 0)
		return refuse_group(reading, name, line, error);
	reading->group = conf_ensure_group(reading->conf, name, reading->file, line);
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
	row = conf_find_row(reading->conf, reading->group->name, text);
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
	conf_set_entry(reading->group, text, value, reading->file, line);
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
			ok = conf_read_file(reading->conf, full, reading->depth + 1, error);
		} else if (glob(full, 0, NULL, &found) == 0) {
			for (gsize i = 0; ok && i < found.gl_pathc; i++)
				ok = conf_read_file(reading->conf, found.gl_pathv[i], reading->depth + 1, error);
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

gboolean conf_read_file(Conf *conf, const char *path, guint depth, GError **error)
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
