/* SPDX-License-Identifier: Apache-2.0 */
#include "base/conf_inside.h"

#include <glob.h>
#include <string.h>

#include "base/conf_value.h"
#include "base/error.h"

#define INCLUDE_GROUP "include"
#define INCLUDE_DEPTH 8
#define FILE_MAX (4 << 20)

/* One file while it is read: line by line, so that every fault has its own and hides none behind it. */
typedef struct Reading {
	Conf *conf;
	const char *file;
	guint depth, line;
	GHashTable *seen_groups;
	Faults *faults;
	ConfGroup *group; /* the current one; NULL before the first, inside [include] and inside one that was refused */
	gboolean in_include, in_refused;
	char *include; /* value of files= */
} Reading;

static void refuse(const Reading *reading, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void refuse(const Reading *reading, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	faults_add(reading->faults, ERROR_INVALID, "%s:%u: %s", reading->file, reading->line, text);
}

static void refuse_group(const Reading *reading, const char *name)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_auto(Meant) meant = { 0 };

	for (guint i = 0; i < reading->conf->rows->len; i++)
		g_ptr_array_add(names, (char *)g_array_index(reading->conf->rows, ConfKey, i).group);
	g_ptr_array_add(names, NULL);
	meant = meant_new("[", conf_nearest(name, (const char *const *)names->pdata), "]");
	refuse(reading, "没有 [%s] 这一组%s(unknown group [%s]%s)", name, meant.chinese, name, meant.english);
}

static void refuse_key(const Reading *reading, const char *key)
{
	const char *group = reading->in_include ? INCLUDE_GROUP : reading->group->name;
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_auto(Meant) meant = { 0 };

	for (guint i = 0; i < reading->conf->rows->len; i++) {
		const ConfKey *row = &g_array_index(reading->conf->rows, ConfKey, i);

		if (conf_match_group(row->group, group) > CONF_MATCH_ANY)
			g_ptr_array_add(names, (char *)row->key);
	}
	if (reading->in_include)
		g_ptr_array_add(names, (char *)"files");
	g_ptr_array_add(names, NULL);
	meant = meant_new("'", conf_nearest(key, (const char *const *)names->pdata), "'");
	refuse(reading, "[%s] 里没有 '%s' 这一项%s(unknown key '%s' in [%s]%s)", group, key, meant.chinese, key, group,
	       meant.english);
}

static void read_group_line(Reading *reading, char *text)
{
	char *end = strchr(text, ']');
	char *name = text + 1;

	reading->in_include = FALSE;
	reading->in_refused = TRUE;
	reading->group = NULL;
	if (end == NULL || end[1] != '\0' || end == name || strchr(name, '[') != NULL) {
		refuse(reading, "组写作 [名称]，独占一行 (a group is written [name])");
		return;
	}
	*end = '\0';
	/* Its keys are looked at all the same. */
	if (!g_hash_table_add(reading->seen_groups, g_strdup(name)))
		refuse(reading, "[%s] 在此文件中出现两次 (group [%s] stands twice in this file)", name, name);
	reading->in_include = strcmp(name, INCLUDE_GROUP) == 0;
	reading->in_refused = !reading->in_include && conf_best_match(reading->conf, name) == 0;
	if (reading->in_refused)
		refuse_group(reading, name);
	else if (!reading->in_include)
		reading->group = conf_ensure_group(reading->conf, name, reading->file, reading->line);
}

/* GKeyFile knows the escapes; given one line at a time, it can be wrong about that line alone. NULL: refused. */
static char *read_value(const Reading *reading, const char *group, const char *key, const char *line)
{
	g_autoptr(GKeyFile) values = g_key_file_new();
	g_autofree char *content = g_strconcat("[x]\n", line, "\n", NULL);
	g_autoptr(GError) problem = NULL;
	g_autofree char *value = NULL;

	if (g_key_file_load_from_data(values, content, strlen(content), G_KEY_FILE_NONE, &problem))
		value = g_key_file_get_string(values, "x", key, &problem);
	/* After a bad escape GKeyFile gives both a value and an error. */
	if (problem == NULL)
		return g_strchomp(g_steal_pointer(&value));
	refuse(reading, "[%s] %s: 值的写法有误 (%s)", group, key, problem->message);
	return NULL;
}

static void read_include_key(Reading *reading, const char *key, const char *line)
{
	if (strcmp(key, "files") != 0)
		refuse_key(reading, key);
	else if (reading->include != NULL)
		refuse(reading, "[include] 里 'files' 出现两次 ('files' in [include] stands twice)");
	else
		reading->include = read_value(reading, INCLUDE_GROUP, key, line);
}

static void read_group_key(Reading *reading, const char *written, const char *line)
{
	const char *group = reading->group->name;
	/* For another version, which knows it. */
	const gboolean maybe = g_str_has_suffix(written, "?");
	g_autofree char *key = g_strndup(written, strlen(written) - (maybe ? 1 : 0));
	const ConfEntry *before = g_hash_table_lookup(reading->group->entries, key);
	const ConfKey *row = conf_find_row(reading->conf, group, key);
	g_autofree char *value = NULL;
	GError *error = NULL;
	gboolean fine;

	if (row == NULL && !maybe)
		refuse_key(reading, key);
	if (row == NULL)
		return;
	if (before != NULL) {
		refuse(reading, "[%s] 的 '%s' 已在 %s:%u 设置 ('%s' in [%s] was already set at %s:%u)", group, key,
		       before->file, before->line, key, group, before->file, before->line);
		return;
	}
	value = read_value(reading, group, written, line);
	fine = value != NULL && conf_check_value(row, value, &error);
	if (error != NULL) {
		prefix_error(&error, "%s:%u: [%s] %s", reading->file, reading->line, group, key);
		faults_take(reading->faults, error);
	}
	conf_set_entry(reading->group, key, value != NULL ? value : "", reading->file, reading->line)->bad = !fine;
}

static void read_key_line(Reading *reading, char *text)
{
	g_autofree char *line = g_strdup(text);
	char *equals = strchr(text, '=');

	if (equals == NULL || equals == text) {
		refuse(reading, "'%s' 既不是 [组] 也不是 键=值 ('%s' is neither [group] nor key=value)", text, text);
		return;
	}
	*equals = '\0';
	g_strchomp(text);
	if (reading->in_include)
		read_include_key(reading, text, line);
	else if (reading->group != NULL)
		read_group_key(reading, text, line);
	else if (!reading->in_refused)
		refuse(reading, "'%s' 写在第一个 [组] 之前 ('%s' stands before the first [group])", text, text);
}

static void read_lines(Reading *reading, const char *content)
{
	g_auto(GStrv) lines = g_strsplit(content, "\n", -1);

	for (guint i = 0; lines[i] != NULL; i++) {
		char *text = g_strstrip(lines[i]);

		reading->line = i + 1;
		if (text[0] == '[')
			read_group_line(reading, text);
		else if (text[0] != '\0' && text[0] != '#')
			read_key_line(reading, text);
	}
}

static void read_includes(const Reading *reading)
{
	g_autofree char *folder = g_path_get_dirname(reading->file);
	g_auto(GStrv) patterns = conf_split(reading->include);

	for (char **pattern = patterns; *pattern != NULL; pattern++) {
		g_autofree char *full =
			g_path_is_absolute(*pattern) ? g_strdup(*pattern) : g_build_filename(folder, *pattern, NULL);
		glob_t found = { 0 };

		/* A folder with no file in it yet is fine; a file that is named must be there. A literal name does not go
		 * through glob, or a folder above with a bracket in its name would hide it. */
		if (strpbrk(*pattern, "*?[") == NULL)
			conf_read_file(reading->conf, full, reading->depth + 1, reading->faults);
		else if (glob(full, 0, NULL, &found) == 0)
			for (gsize i = 0; i < found.gl_pathc; i++)
				conf_read_file(reading->conf, found.gl_pathv[i], reading->depth + 1, reading->faults);
		globfree(&found);
	}
}

static gboolean check_text(const char *file, const char *content, gsize length, Faults *faults)
{
	const char *bad = NULL;
	guint line = 1;

	if (g_utf8_validate(content, (gssize)length, &bad))
		return TRUE;
	for (const char *c = content; c < bad; c++)
		line += *c == '\n';
	return faults_add(faults, ERROR_INVALID, "%s:%u: 不是 UTF-8 文本 (not UTF-8 text)", file, line);
}

/* @content: NUL-terminated, without a byte order mark. */
static void read_content(Conf *conf, const char *file, const char *content, guint depth, Faults *faults)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	Reading reading = { .conf = conf, .file = file, .depth = depth, .seen_groups = seen, .faults = faults };

	read_lines(&reading, content);
	if (reading.include != NULL)
		read_includes(&reading);
	g_free(reading.include);
}

gboolean conf_read_file(Conf *conf, const char *path, guint depth, Faults *faults)
{
	g_autofree char *content = NULL;
	g_autoptr(GError) problem = NULL;
	gsize length = 0;
	char *file;

	for (guint i = 0; i < conf->files->len; i++)
		if (strcmp(g_ptr_array_index(conf->files, i), path) == 0)
			return faults_add(faults, ERROR_INVALID, "%s: 被包含了两次 (is included twice)", path);
	if (depth > INCLUDE_DEPTH)
		return faults_add(faults, ERROR_INVALID, "%s: 包含超过 %d 层 (included more than %d levels deep)", path,
		                  INCLUDE_DEPTH, INCLUDE_DEPTH);
	if (!g_file_get_contents(path, &content, &length, &problem))
		return faults_add(faults, ERROR_NOT_FOUND, "%s: 配置文件读不到 (cannot read the configuration: %s)",
		                  path, problem->message);
	if (length > FILE_MAX)
		return faults_add(faults, ERROR_TOO_LARGE, "%s: 超过 %d 字节 (is larger than %d bytes)", path, FILE_MAX,
		                  FILE_MAX);
	file = g_strdup(path);
	g_ptr_array_add(conf->files, file);
	if (!check_text(file, content, length, faults))
		return FALSE;
	read_content(conf, file, g_str_has_prefix(content, "\xef\xbb\xbf") ? content + 3 : content, depth, faults);
	return TRUE;
}
