/* SPDX-License-Identifier: Apache-2.0
 * What goes out: values as their declared types ask, personal ones masked unless the caller may see them. */
#include <string.h>
#include "runtime/exec.h"

/* What is of no usual form shows nothing: a short number would show itself nearly whole. */
char *mask_text(Arena *arena, guint32 type, const char *text)
{
	gsize length = strlen(text);
	gboolean plain = g_str_is_ascii(text);

	switch (type) {
	case ZHEN_NAME: /* the family name stays */
		if (g_utf8_strlen(text, -1) < 2)
			return arena_strdup(arena, "*");
		return arena_printf(arena, "%.*s%s", (int)(g_utf8_next_char(text) - text), text,
		                    g_utf8_strlen(text, -1) > 2 ? "**" : "*");
	case ZHEN_ID_CARD:
		return !plain || length < 15 ? arena_strdup(arena, "******") :
		                               arena_printf(arena, "%.6s**********%s", text, text + length - 2);
	case ZHEN_PHONE:
		return !plain || length < 10 ? arena_strdup(arena, "****") :
		                               arena_printf(arena, "%.3s****%s", text, text + length - 4);
	default:
		return arena_strdup(arena, "******");
	}
}

/* ---- names that are personal wherever this plugin declares them: a reply's list may have left one out ---- */

static void learn(GHashTable *names, const zhen_field *fields)
{
	for (; fields != NULL && fields->name != NULL; fields++) {
		guint type = type_is_personal(fields->type) ? fields->type : 0;
		gpointer before;

		if (!g_hash_table_lookup_extended(names, fields->name, NULL, &before))
			g_hash_table_insert(names, (gpointer)fields->name, GUINT_TO_POINTER(type));
		else if (type == 0)
			g_hash_table_insert(names, (gpointer)fields->name, NULL);
		if (fields->type == ZHEN_LIST)
			learn(names, fields->fields);
	}
}

static gboolean is_nothing(gpointer name, gpointer type, gpointer data)
{
	(void)name;
	(void)data;
	return type == NULL;
}

GHashTable *mask_names(const Plugin *plugin)
{
	GHashTable *names = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < plugin->n_routes; i++) {
		learn(names, plugin->routes[i].fields);
		learn(names, plugin->routes[i].reply);
	}
	g_hash_table_foreach_remove(names, is_nothing, NULL);
	return names;
}

static guint32 known_type(const Call *call, const char *name)
{
	GHashTable *personal = call->runtime->personal;

	/* Asked for every column of every row. */
	return name == NULL || g_hash_table_size(personal) == 0 ? 0 : GPOINTER_TO_UINT(g_hash_table_lookup(personal, name));
}

/* ---- JSON ---- */

static gboolean has_personal(const zhen_field *fields)
{
	for (; fields != NULL && fields->name != NULL; fields++)
		if (type_is_personal(fields->type) || (fields->type == ZHEN_LIST && has_personal(fields->fields)))
			return TRUE;
	return FALSE;
}

static void mask_member(Call *call, json_t *object, const char *name, guint32 type, const json_t *value)
{
	const char *text = json_string_value(value);

	if (json_is_integer(value))
		text = arena_printf(call->arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	if (text != NULL)
		json_object_set_new(object, name, json_string(mask_text(call->arena, type, text)));
}

static void mask_object(Call *call, const zhen_field *fields, json_t *object)
{
	for (; fields != NULL && fields->name != NULL; fields++) {
		json_t *value = json_object_get(object, fields->name);
		gsize index;
		json_t *element;

		if (type_is_personal(fields->type))
			mask_member(call, object, fields->name, fields->type, value);
		else if (fields->type == ZHEN_LIST)
			json_array_foreach(value, index, element)
				mask_object(call, fields->fields, element);
	}
}

static void mask_known(Call *call, json_t *value)
{
	const char *name;
	json_t *inside;
	gsize index;

	json_array_foreach(value, index, inside)
		mask_known(call, inside);
	json_object_foreach(value, name, inside) {
		if (known_type(call, name) != 0)
			mask_member(call, value, name, known_type(call, name), inside);
		mask_known(call, inside);
	}
}

static char *dumped(Call *call, const json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	char *copy = arena_strdup(call->arena, text);

	free(text);
	return copy;
}

char *mask_json(Call *call, const zhen_field *fields, const char *json)
{
	g_autoptr(json_t) value = json_read(json, strlen(json), NULL);
	gsize index;
	json_t *element;

	if (value == NULL)
		return arena_strdup(call->arena, "null");
	if (json_is_array(value))
		json_array_foreach(value, index, element)
			mask_object(call, fields, element);
	else
		mask_object(call, fields, value);
	return dumped(call, value);
}

static gboolean mentions_known(const Call *call, const char *json)
{
	GHashTableIter iter;
	gpointer name;

	g_hash_table_iter_init(&iter, call->runtime->personal);
	while (g_hash_table_iter_next(&iter, &name, NULL))
		if (strstr(json, name) != NULL)
			return TRUE;
	return FALSE;
}

void reply_put_json(Call *call, const char *name, const zhen_field *field, const char *json)
{
	guint32 type = field != NULL ? field->type : known_type(call, name);
	gboolean personal = type_is_personal(type);

	if (personal || mentions_known(call, json)) {
		call->touched_personal = TRUE;
		if (!call->unmask) {
			g_autoptr(json_t) value = json_read(json, strlen(json), NULL);

			mask_known(call, value);
			json = value == NULL || json_is_null(value) ? "null" :
			       personal                             ? "\"******\"" :
			                                              dumped(call, value);
		}
	}
	json_put_raw(&call->out, name, json, strlen(json));
}

static void put_list(Call *call, const zhen_field *field, const char *name, const char *json)
{
	if (has_personal(field->fields)) {
		call->touched_personal = TRUE;
		if (!call->unmask)
			json = mask_json(call, field->fields, json);
	}
	json_put_raw(&call->out, name, json, strlen(json));
}

static void put_personal(Call *call, guint32 type, const char *name, const zhen_value *value)
{
	const char *text = value->kind == ZHEN_KIND_TEXT ? value->as.text : "";

	call->touched_personal = TRUE;
	if (value->kind == ZHEN_KIND_INT) /* a column that keeps digits as a number */
		text = arena_printf(call->arena, "%" G_GINT64_FORMAT, value->as.integer);
	if (call->unmask)
		json_put_value(&call->out, name, value);
	else
		json_put_text(&call->out, name, mask_text(call->arena, type, text));
}

/* A column named at or *_at that nobody declared is a time all the same: that is the convention of the API. */
static gboolean name_is_time(const char *name)
{
	gsize length = name != NULL ? strlen(name) : 0;

	return length >= 2 && strcmp(name + length - 2, "at") == 0 && (length == 2 || name[length - 3] == '_');
}

gboolean reply_is_plain(const Call *call)
{
	return call->reply_fields[MIN(call->out.depth, JSON_DEPTH)] == NULL &&
	       g_hash_table_size(call->runtime->personal) == 0;
}

void reply_put(Call *call, const char *name, const zhen_value *value)
{
	const zhen_field *fields = call->reply_fields[MIN(call->out.depth, JSON_DEPTH)];
	const zhen_field *field = name != NULL && fields != NULL ? field_find(fields, name) : NULL;
	guint32 type = field != NULL ? field->type : known_type(call, name);

	if (type == 0 && value->kind == ZHEN_KIND_TEXT) {
		json_put_text_n(&call->out, name, value->as.text, value->length);
		return;
	}
	if (call->route != NULL && call->route->version != NULL && name != NULL && value->kind == ZHEN_KIND_INT &&
	    strcmp(call->route->version, name) == 0 && call->out.depth == 1)
		call->etag = arena_printf(call->arena, "\"%" G_GINT64_FORMAT "\"", value->as.integer);
	if (type_is_personal(type) && value->kind != ZHEN_KIND_NULL)
		put_personal(call, type, name, value);
	else if (value->kind == ZHEN_KIND_INT && type == ZHEN_BOOL)
		json_put_bool(&call->out, name, value->as.integer != 0);
	else if (value->kind == ZHEN_KIND_INT && (type == ZHEN_TIME || (type == 0 && name_is_time(name))))
		json_put_time(&call->out, name, value->as.integer);
	else if (value->kind == ZHEN_KIND_TEXT && type == ZHEN_LIST)
		put_list(call, field, name, value->as.text);
	else
		json_put_value(&call->out, name, value);
}
