/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/compare.h"

#include <string.h>

#include "base/json.h"

static char *shown(const json_t *value)
{
	g_autofree char *text = value != NULL ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;

	if (text == NULL)
		return g_strdup("nothing");
	return strlen(text) > 80 ? g_strdup_printf("%.*s…", (int)(g_utf8_find_prev_char(text, text + 80) - text), text)
	                         : g_steal_pointer(&text);
}

static gboolean differ(const char *where, const json_t *note, const json_t *code, GError **error)
{
	g_autofree char *told = shown(note);
	g_autofree char *found = shown(code);

	return throw_error(error, ERROR_REFUSED, "说明与代码不符：%s 处说明为 %s，代码为 %s (the note lies: %s: the note says %s, "
	                   "the code %s)", where, told, found, where, told, found);
}

/* "routes[1] POST /notes": what people call a row stands in its first naming member. */
static char *row_name(const char *where, gsize index, const json_t *row)
{
	static const char *const naming[] = { "path", "name", "key", "topic", "plugin", "subject", "title" };

	for (gsize i = 0; i < G_N_ELEMENTS(naming); i++) {
		const char *name = json_string_value(json_object_get(row, naming[i]));

		if (name != NULL)
			return g_strdup_printf("%s[%zu] %s", where, index, name);
	}
	return g_strdup_printf("%s[%zu]", where, index);
}

static gboolean compare_values(const char *where, const json_t *note, const json_t *code, GError **error);

static gboolean compare_lists(const char *where, const json_t *note, const json_t *code, GError **error)
{
	gsize rows = MAX(json_array_size(note), json_array_size(code));

	for (gsize i = 0; i < rows; i++) {
		const json_t *told = json_array_get(note, i);
		const json_t *found = json_array_get(code, i);
		g_autofree char *name = row_name(where, i, found != NULL ? found : told);

		if (!compare_values(name, told, found, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean compare_members(const char *where, json_t *note, json_t *code, GError **error)
{
	g_autoptr(json_t) all = json_copy(code);
	const char *name;
	json_t *value;

	json_object_update_missing(all, note);
	json_object_foreach (all, name, value) {
		g_autofree char *inner = where != NULL ? g_strdup_printf("%s: %s", where, name) : g_strdup(name);

		if (!compare_values(inner, json_object_get(note, name), json_object_get(code, name), error))
			return FALSE;
	}
	return TRUE;
}

static gboolean compare_values(const char *where, const json_t *note, const json_t *code, GError **error)
{
	if (json_is_object(note) && json_is_object(code))
		return compare_members(where, (json_t *)note, (json_t *)code, error);
	if (json_is_array(note) && json_is_array(code))
		return compare_lists(where, note, code, error);
	return json_equal(note, code) || differ(where, note, code, error);
}

gboolean plugin_compare(const Plugin *note, const Plugin *code, GError **error)
{
	g_autoptr(json_t) told = NULL;
	g_autoptr(json_t) found = NULL;

	if (strcmp(note->note, code->note) == 0)
		return TRUE;
	told = json_loads(note->note, 0, NULL);
	found = json_loads(code->note, 0, NULL);
	/* Both are canonical: texts that differ hold values that differ. */
	return compare_members(NULL, told, found, error) &&
	       throw_error(error, ERROR_REFUSED, "说明不是这份代码的 (the note lies: it is not the code's)");
}
