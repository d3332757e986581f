/* SPDX-License-Identifier: Apache-2.0 */
#include "base/conf_value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/man.h"

typedef struct Unit {
	const char *name;
	gint64 factor;
} Unit;

static const Unit no_units[] = { { "", 1 }, { NULL, 0 } };
static const Unit size_units[] = { { "", 1 },          { "K", 1 << 10 },   { "M", 1 << 20 },   { "G", 1 << 30 },
	                           { "KiB", 1 << 10 }, { "MiB", 1 << 20 }, { "GiB", 1 << 30 }, { NULL, 0 } };
static const Unit time_units[] = { { "ms", 1 },          { "s", 1000 },         { "m", 60 * 1000 },
	                           { "h", 3600 * 1000 }, { "d", 86400 * 1000 }, { NULL, 0 } };

static const struct {
	const char *name;
	const char *chinese, *english; /* what it expects; NULL = any text */
	const Unit *units;             /* NULL = not a number */
	const char *unit_chinese, *unit_english;
} types[] = {
	[CONF_TEXT] = { .name = "text" },
	[CONF_INT] = { "integer", "整数", "a whole number", no_units, "", "" },
	[CONF_BOOL] = { "boolean", " yes 或 no", "true or false", NULL, NULL, NULL },
	[CONF_PATH] = { .name = "path" },
	[CONF_LIST] = { .name = "list" },
	[CONF_CHOICE] = { .name = "choice" },
	[CONF_SIZE] = { "size", "大小，写法如 16M", "a size like 16M", size_units, " 字节", " bytes" },
	[CONF_MS] = { "duration", "时长，写法如 250ms、10s、5m、2h", "a duration like 250ms, 10s, 5m or 2h", time_units,
	              " 毫秒", " ms" },
};

gboolean conf_parse_number(ConfType type, const char *text, gint64 *out)
{
	const Unit *unit = types[type].units;
	char *end = NULL;
	gint64 number;

	if (!g_ascii_isdigit(text[0]) && text[0] != '-')
		return FALSE;
	errno = 0;
	number = g_ascii_strtoll(text, &end, 10);
	if (errno != 0 || end == text)
		return FALSE;
	while (*end == ' ')
		end++;
	if (type == CONF_MS && number == 0 && *end == '\0') {
		*out = 0;
		return TRUE;
	}
	while (unit->name != NULL && g_ascii_strcasecmp(unit->name, end) != 0)
		unit++;
	return unit->name != NULL && !__builtin_mul_overflow(number, unit->factor, out);
}

gboolean conf_parse_bool(const char *text, gboolean *out)
{
	static const char *const words[] = { "false", "true", "no", "yes", "off", "on", "0", "1" };

	for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
		if (g_ascii_strcasecmp(text, words[i]) == 0) {
			*out = i % 2 == 1;
			return TRUE;
		}
	return FALSE;
}

char **conf_split(const char *text)
{
	g_auto(GStrv) parts = g_strsplit_set(text, ";,", -1);
	GPtrArray *items = g_ptr_array_new();

	for (char **part = parts; *part != NULL; part++) {
		g_strstrip(*part);
		if (**part != '\0')
			g_ptr_array_add(items, g_strdup(*part));
	}
	g_ptr_array_add(items, NULL);
	return (char **)g_ptr_array_free(items, FALSE);
}

static gboolean refuse_kind(const ConfKey *row, const char *text, GError **error)
{
	return throw_error(error, ERROR_INVALID, "'%s' 不是%s ('%s' is not %s)", text, types[row->type].chinese, text,
	                   types[row->type].english);
}

static gboolean check_number(const ConfKey *row, const char *text, GError **error)
{
	gint64 number = 0;

	if (!conf_parse_number(row->type, text, &number))
		return refuse_kind(row, text, error);
	if (row->max > row->min && (number < row->min || number > row->max))
		return throw_error(error, ERROR_INVALID,
		                   "%s 不在 %" G_GINT64_FORMAT " 至 %" G_GINT64_FORMAT "%s 之间 (%s is outside %" G_GINT64_FORMAT
		                   " .. %" G_GINT64_FORMAT "%s)",
		                   text, row->min, row->max, types[row->type].unit_chinese, text, row->min, row->max,
		                   types[row->type].unit_english);
	return TRUE;
}

gboolean conf_check_value(const ConfKey *row, const char *text, GError **error)
{
	gboolean ignored;

	if (types[row->type].units != NULL)
		return check_number(row, text, error);
	if (row->type == CONF_BOOL && !conf_parse_bool(text, &ignored))
		return refuse_kind(row, text, error);
	if (row->type == CONF_CHOICE) {
		g_auto(GStrv) choices = g_strsplit(row->choices, "|", -1);

		if (!g_strv_contains((const char *const *)choices, text))
			return throw_error(error, ERROR_INVALID, "'%s' 不在 %s 之中 ('%s' is not one of %s)", text,
			                   row->choices, text, row->choices);
	}
	if (row->type == CONF_TEXT && row->max > row->min) {
		glong length = g_utf8_strlen(text, -1);

		if (length < row->min || length > row->max)
			return throw_error(error, ERROR_INVALID,
			                   "有 %ld 个字符，应为 %" G_GINT64_FORMAT " 至 %" G_GINT64_FORMAT
			                   " 个 (has %ld characters, allowed are %" G_GINT64_FORMAT " .. %" G_GINT64_FORMAT ")",
			                   length, row->min, row->max, length, row->min, row->max);
	}
	return TRUE;
}

/* "choice error|warn, default info, live" */
static void append_kind(GString *text, const ConfKey *row)
{
	g_string_append(text, types[row->type].name);
	if (row->type == CONF_CHOICE)
		g_string_append_printf(text, " %s", row->choices);
	if (row->max > row->min)
		g_string_append_printf(text, " %" G_GINT64_FORMAT "..%" G_GINT64_FORMAT, row->min, row->max);
	if (row->def == NULL)
		g_string_append(text, ", required");
	else if (row->def[0] != '\0')
		g_string_append_printf(text, ", default %s", row->def);
	if (row->live)
		g_string_append(text, ", live");
}

char *conf_man(const ConfKey *keys)
{
	GString *text = g_string_new(NULL);
	const char *group = "";

	for (const ConfKey *row = keys; row->group != NULL; row++) {
		g_autofree char *heading = g_strdup_printf("[%s]", row->group);
		g_autoptr(GString) kind = g_string_new(NULL);

		if (strcmp(group, row->group) != 0)
			man_line(text, ".SS", heading);
		group = row->group;
		append_kind(kind, row);
		man_line(text, ".TP\n.B", row->key);
		man_text(text, kind->str);
		man_line(text, ".br", row->help != NULL ? row->help : "");
	}
	return g_string_free(text, FALSE);
}

char *conf_describe(const ConfKey *keys)
{
	GString *text = g_string_new(NULL);
	const char *group = "";

	for (const ConfKey *row = keys; row->group != NULL; row++) {
		if (strcmp(group, row->group) != 0)
			g_string_append_printf(text, "%s[%s]\n", text->len > 0 ? "\n" : "", row->group);
		group = row->group;
		g_string_append_printf(text, "  %-24s ", row->key);
		append_kind(text, row);
		g_string_append_printf(text, "\n      %s\n", row->help != NULL ? row->help : "");
	}
	return g_string_free(text, FALSE);
}

/* Edits from @a to @b, a swap of neighbours being one; case does not count. */
static guint edit_distance(const char *a, const char *b)
{
	gsize width = strlen(b) + 1;
	g_autofree guint *rows = g_new(guint, 3 * width);
	guint *before = rows, *above = rows + width, *row = rows + 2 * width;

	for (gsize j = 0; j < width; j++)
		above[j] = (guint)j;
	for (gsize i = 1; i <= strlen(a); i++) {
		row[0] = (guint)i;
		for (gsize j = 1; j < width; j++) {
			guint cost = g_ascii_tolower(a[i - 1]) != g_ascii_tolower(b[j - 1]);

			row[j] = MIN(MIN(above[j] + 1, row[j - 1] + 1), above[j - 1] + cost);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = MIN(row[j], before[j - 2] + 1);
		}
		guint *oldest = before;

		before = above;
		above = row;
		row = oldest;
	}
	return above[width - 1];
}

const char *conf_nearest(const char *word, const char *const *names)
{
	guint limit = MAX(1, (guint)strlen(word) / 3);
	const char *nearest = NULL;

	for (; *names != NULL; names++) {
		guint distance = edit_distance(word, *names);

		if (distance <= limit) {
			nearest = *names;
			limit = distance > 0 ? distance - 1 : 0;
			if (distance == 0)
				break;
		}
	}
	return nearest;
}

Meant meant_new(const char *before, const char *nearest, const char *after)
{
	if (nearest == NULL)
		return (Meant){ g_strdup(" "), g_strdup("") };
	return (Meant){ g_strdup_printf("；是否应为 %s%s%s？", before, nearest, after),
		        g_strdup_printf("; did you mean %s%s%s?", before, nearest, after) };
}

void meant_clear(Meant *meant)
{
	g_free(meant->chinese);
	g_free(meant->english);
}
