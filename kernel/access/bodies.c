/* SPDX-License-Identifier: Apache-2.0
 * Rows are read and multiplied first; superiors are linked afterwards, because one may stand in a later row. */
#include "access/bodies.h"

#include <string.h>

#include "base/error.h"

enum { COL_ID, COL_KIND, COL_NAME, COL_DIVISION, COL_SUPERIOR, N_COLUMNS };

static const char header[] = "id,kind,name,division,superior";

typedef struct Made {
	Body body;
	const char *superior; /* "" = none */
	const char *file;     /* borrowed while loading */
	guint line;
} Made;

struct Bodies {
	GPtrArray *all; /* of Made, owned; Body is its first member */
	GHashTable *by_id;
	GHashTable *by_kind; /* "kind\ndivision" -> Made; the first of them */
	GStringChunk *texts;
};

typedef struct Reading {
	Bodies *bodies;
	const Divisions *divisions;
	const char *file;
	guint line;
} Reading;

static gboolean refuse(const Reading *reading, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);

static gboolean refuse(const Reading *reading, GError **error, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	return throw_error(error, ERROR_INVALID, "%s:%u: %s", reading->file, reading->line, text);
}

/* Cuts @line in place. FALSE: not exactly N_COLUMNS, or a quote out of place. */
static gboolean cut_line(char *line, char *values[N_COLUMNS])
{
	char *from = line;

	for (guint i = 0; i < N_COLUMNS; i++) {
		gboolean quoted = *from == '"';
		gboolean closed = !quoted;
		char *to;

		from += quoted;
		values[i] = to = from;
		while (*from != '\0' && (quoted || *from != ',')) {
			closed = quoted && *from == '"' && *++from != '"';
			if (closed)
				break;
			*to++ = *from++;
		}
		if (quoted && !closed)
			return FALSE;
		if (*from != (i + 1 < N_COLUMNS ? ',' : '\0'))
			return FALSE;
		from += *from != '\0';
		*to = '\0';
	}
	return TRUE;
}

/* What a {word} of a template is for @division; NULL = no such word, or nothing above it at that level. */
static const char *word_value(const char *word, const Division *division)
{
	const Division *above;

	if (strcmp(word, "code") == 0)
		return division->code;
	if (strcmp(word, "name") == 0)
		return division->name;
	if (strcmp(word, "parent") == 0)
		return division->parent != NULL ? division->parent->code : NULL;
	for (DivisionLevel level = LEVEL_PROVINCE; level <= LEVEL_VILLAGE; level++)
		if (strcmp(word, division_level_name(level)) == 0) {
			above = division_at(division, level);
			return above != NULL ? above->code : NULL;
		}
	return NULL;
}

static gboolean fill_in(const Reading *reading, const char *template, const Division *division, const char **out,
                        GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (const char *at = template; *at != '\0';) {
		const char *end = *at == '{' ? strchr(at, '}') : NULL;
		g_autofree char *word = end != NULL ? g_strndup(at + 1, (gsize)(end - at - 1)) : NULL;
		const char *value;

		if (end == NULL) {
			g_string_append_c(text, *at++);
			continue;
		}
		value = word_value(word, division);
		if (value == NULL)
			return refuse(reading, error, "%s %s 没有 {%s} 的值 ({%s} has no value for it)", division->code,
			              division->name, word, word);
		g_string_append(text, value);
		at = end + 1;
	}
	*out = g_string_chunk_insert(reading->bodies->texts, text->str);
	return TRUE;
}

static void index_kind(Bodies *bodies, Made *made)
{
	g_autofree char *key = g_strdup_printf("%s\n%s", made->body.kind, made->body.division->code);

	if (!g_hash_table_contains(bodies->by_kind, key))
		g_hash_table_insert(bodies->by_kind, g_steal_pointer(&key), made);
}

static gboolean add_body(const Reading *reading, char *const values[N_COLUMNS], const Division *division,
                         GError **error)
{
	Bodies *bodies = reading->bodies;
	Made *made = g_new0(Made, 1);
	const Made *before;

	g_ptr_array_add(bodies->all, made);
	made->file = reading->file;
	made->line = reading->line;
	made->body.division = division;
	made->body.kind = g_string_chunk_insert_const(bodies->texts, values[COL_KIND]);
	if (!fill_in(reading, values[COL_ID], division, &made->body.id, error) ||
	    !fill_in(reading, values[COL_NAME], division, &made->body.name, error) ||
	    !fill_in(reading, values[COL_SUPERIOR], division, &made->superior, error))
		return FALSE;
	before = g_hash_table_lookup(bodies->by_id, made->body.id);
	if (before != NULL)
		return refuse(reading, error, "单位 '%s' 已在 %s:%u (the body '%s' is already at %s:%u)", made->body.id,
		              before->file, before->line, made->body.id, before->file, before->line);
	g_hash_table_insert(bodies->by_id, (char *)made->body.id, made);
	index_kind(bodies, made);
	return TRUE;
}

static DivisionLevel level_of(const char *name)
{
	for (DivisionLevel level = LEVEL_PROVINCE; level <= LEVEL_VILLAGE; level++)
		if (strcmp(name, division_level_name(level)) == 0)
			return level;
	return LEVEL_NONE;
}

static gboolean add_level(const Reading *reading, char *const values[N_COLUMNS], GError **error)
{
	DivisionLevel level = level_of(values[COL_DIVISION] + 1);
	guint count = 0;
	const Division *const *all = divisions_all(reading->divisions, &count);

	if (level == LEVEL_NONE)
		return refuse(reading, error, "没有 '%s' 这一级 (unknown level '%s')", values[COL_DIVISION],
		              values[COL_DIVISION]);
	if (strstr(values[COL_ID], "{code}") == NULL)
		return refuse(reading, error,
		              "每个 %s 一行的 id 里须有 {code} (the id of a row for every %s needs {code})",
		              values[COL_DIVISION] + 1, values[COL_DIVISION] + 1);
	for (guint i = 0; i < count; i++)
		if (all[i]->level == level && !add_body(reading, values, all[i], error))
			return FALSE;
	return TRUE;
}

static gboolean add_line(const Reading *reading, char *line, GError **error)
{
	char *values[N_COLUMNS];
	const Division *division;

	if (!cut_line(line, values))
		return refuse(reading, error, "不是这五列：%s (not the five columns %s)", header, header);
	if (values[COL_ID][0] == '\0' || values[COL_KIND][0] == '\0' || values[COL_NAME][0] == '\0')
		return refuse(reading, error, "id、kind、name 不能为空 (id, kind and name must not be empty)");
	if (values[COL_DIVISION][0] == '*')
		return add_level(reading, values, error);
	division = divisions_find(reading->divisions, values[COL_DIVISION]);
	if (division == NULL)
		return refuse(reading, error, "没有区划 '%s' (unknown division '%s')", values[COL_DIVISION],
		              values[COL_DIVISION]);
	return add_body(reading, values, division, error);
}

/* FALSE: there is nothing to be read. */
static gboolean read_file(Reading *reading, Faults *faults)
{
	g_autofree char *content = NULL;
	g_auto(GStrv) lines = NULL;
	g_autoptr(GError) cause = NULL;
	const char *text;

	if (!g_file_get_contents(reading->file, &content, NULL, &cause))
		return faults_add(faults, ERROR_IO, "%s", cause->message);
	if (!g_utf8_validate(content, -1, NULL))
		return faults_add(faults, ERROR_INVALID, "%s: 不是 UTF-8 文本 (not UTF-8)", reading->file);
	text = g_str_has_prefix(content, "\xef\xbb\xbf") ? content + 3 : content;
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i] != NULL; i++) {
		GError *error = NULL;

		reading->line = i + 1;
		g_strchomp(lines[i]);
		if (i == 0 && strcmp(lines[i], header) != 0) {
			refuse(reading, &error, "表头应为 %s (the header must be %s)", header, header);
			return faults_take(faults, error);
		}
		if (i > 0 && lines[i][0] != '\0' && lines[i][0] != '#' && !add_line(reading, lines[i], &error))
			faults_take(faults, error);
	}
	return TRUE;
}

static gboolean link_superior(Reading *reading, Made *made, GError **error)
{
	const Made *superior;

	if (made->superior == NULL || made->superior[0] == '\0')
		return TRUE;
	reading->file = made->file;
	reading->line = made->line;
	superior = g_hash_table_lookup(reading->bodies->by_id, made->superior);
	if (superior == NULL)
		return refuse(reading, error, "'%s' 的上级 '%s' 不存在 (the superior '%s' of '%s' is unknown)",
		              made->body.id, made->superior, made->superior, made->body.id);
	made->body.superior = &superior->body;
	return TRUE;
}

static gboolean check_above(Reading *reading, const Made *made, GError **error)
{
	guint steps = 0;

	for (const Body *up = made->body.superior; up != NULL; up = up->superior)
		if (up == &made->body || ++steps > reading->bodies->all->len) {
			reading->file = made->file;
			reading->line = made->line;
			return refuse(reading, error, "'%s' 成了自己的上级 ('%s' is above itself)", made->body.id,
			              made->body.id);
		}
	return TRUE;
}

static void link_superiors(Reading *reading, Faults *faults)
{
	const GPtrArray *all = reading->bodies->all;

	for (guint i = 0; i < all->len; i++) {
		GError *error = NULL;

		if (!link_superior(reading, all->pdata[i], &error))
			faults_take(faults, error);
	}
	for (guint i = 0; i < all->len; i++) {
		GError *error = NULL;

		if (!check_above(reading, all->pdata[i], &error))
			faults_take(faults, error);
	}
}

Bodies *bodies_load_all(const char *const *paths, const Divisions *divisions, Faults *faults)
{
	g_autoptr(Bodies) bodies = g_new0(Bodies, 1);
	Reading reading = { .bodies = bodies, .divisions = divisions };
	gboolean readable = TRUE;

	bodies->all = g_ptr_array_new_with_free_func(g_free);
	bodies->by_id = g_hash_table_new(g_str_hash, g_str_equal);
	bodies->by_kind = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	bodies->texts = g_string_chunk_new(4096);
	for (; *paths != NULL; paths++) {
		reading.file = *paths;
		readable &= read_file(&reading, faults);
	}
	if (!readable)
		return NULL;
	link_superiors(&reading, faults);
	return g_steal_pointer(&bodies);
}

Bodies *bodies_load(const char *const *paths, const Divisions *divisions, GError **error)
{
	g_autoptr(Faults) faults = faults_new();
	g_autoptr(Bodies) bodies = bodies_load_all(paths, divisions, faults);

	return faults_none(faults, error) ? g_steal_pointer(&bodies) : NULL;
}

void bodies_free(Bodies *bodies)
{
	if (bodies == NULL)
		return;
	g_hash_table_unref(bodies->by_kind);
	g_hash_table_unref(bodies->by_id);
	g_ptr_array_unref(bodies->all);
	g_string_chunk_free(bodies->texts);
	g_free(bodies);
}

const Body *bodies_find(const Bodies *bodies, const char *id)
{
	const Made *made = g_hash_table_lookup(bodies->by_id, id);

	return made != NULL ? &made->body : NULL;
}

const Body *bodies_serving(const Bodies *bodies, const char *kind, const Division *division)
{
	for (; division != NULL; division = division->parent) {
		g_autofree char *key = g_strdup_printf("%s\n%s", kind, division->code);
		const Made *made = g_hash_table_lookup(bodies->by_kind, key);

		if (made != NULL)
			return &made->body;
	}
	return NULL;
}

guint bodies_count(const Bodies *bodies)
{
	return bodies->all->len;
}

const Body *bodies_nth(const Bodies *bodies, guint index)
{
	const Made *made = index < bodies->all->len ? bodies->all->pdata[index] : NULL;

	return made != NULL ? &made->body : NULL;
}
