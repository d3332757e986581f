/* SPDX-License-Identifier: Apache-2.0
 * What goes out: values as their declared types ask, personal ones masked unless the caller may see them. */
#include <string.h>
#include "runtime/exec.h"

char *mask_text(Arena *arena, guint32 type, const char *text)
{
	glong characters = g_utf8_strlen(text, -1);

	switch (type) {
	case ZHEN_NAME: /* the family name stays */
		return arena_printf(arena, "%.*s%s", (int)(g_utf8_offset_to_pointer(text, MIN(characters, 1)) - text), text,
		                    characters > 2 ? "**" : "*");
	case ZHEN_ID_CARD:
		return characters < 8 ? arena_strdup(arena, "******") :
		                        arena_printf(arena, "%.6s**********%s", text, text + strlen(text) - 2);
	case ZHEN_PHONE:
		return characters < 8 ? arena_strdup(arena, "****") :
		                        arena_printf(arena, "%.3s****%s", text, text + strlen(text) - 4);
	default:
		return arena_strdup(arena, "******");
	}
}

static gboolean has_personal(const zhen_field *fields)
{
	for (; fields != NULL && fields->name != NULL; fields++)
		if (type_is_personal(fields->type) || (fields->type == ZHEN_LIST && has_personal(fields->fields)))
			return TRUE;
	return FALSE;
}

static void mask_object(Call *call, const zhen_field *fields, json_t *object)
{
	for (; fields != NULL && fields->name != NULL; fields++) {
		json_t *value = json_object_get(object, fields->name);
		gsize index;
		json_t *element;

		if (json_is_string(value) && type_is_personal(fields->type))
			json_object_set_new(object, fields->name,
			                    json_string(mask_text(call->arena, fields->type, json_string_value(value))));
		else if (fields->type == ZHEN_LIST)
			json_array_foreach(value, index, element)
				mask_object(call, fields->fields, element);
	}
}

char *mask_json(Call *call, const zhen_field *fields, const char *json)
{
	g_autoptr(json_t) value = json_read(json, strlen(json), NULL);
	gsize index;
	json_t *element;
	char *text, *copy;

	if (value == NULL)
		return arena_strdup(call->arena, "null");
	if (json_is_array(value))
		json_array_foreach(value, index, element)
			mask_object(call, fields, element);
	else
		mask_object(call, fields, value);
	text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	copy = arena_strdup(call->arena, text);
	free(text);
	return copy;
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

static void put_personal(Call *call, const zhen_field *field, const char *name, const zhen_value *value)
{
	call->touched_personal = TRUE;
	if (call->unmask)
		json_put_value(&call->out, name, value);
	else
		json_put_text(&call->out, name, mask_text(call->arena, field->type, value->as.text));
}

/* A column named at or *_at that nobody declared is a time all the same: that is the convention of the API. */
static gboolean name_is_time(const char *name)
{
	gsize length = name != NULL ? strlen(name) : 0;

	return length >= 2 && strcmp(name + length - 2, "at") == 0 && (length == 2 || name[length - 3] == '_');
}

void reply_put(Call *call, const char *name, const zhen_value *value)
{
	const zhen_field *fields = call->reply_fields[MIN(call->out.depth, JSON_DEPTH)];
	const zhen_field *field = name != NULL && fields != NULL ? field_find(fields, name) : NULL;
	guint32 type = field != NULL ? field->type : 0;

	if (call->route != NULL && call->route->version != NULL && name != NULL && value->kind == ZHEN_KIND_INT &&
	    strcmp(call->route->version, name) == 0 && call->out.depth == 1)
		call->etag = arena_printf(call->arena, "\"%" G_GINT64_FORMAT "\"", value->as.integer);
	if (value->kind == ZHEN_KIND_INT && type == ZHEN_BOOL)
		json_put_bool(&call->out, name, value->as.integer != 0);
	else if (value->kind == ZHEN_KIND_INT && (type == ZHEN_TIME || (type == 0 && name_is_time(name))))
		json_put_time(&call->out, name, value->as.integer);
	else if (value->kind == ZHEN_KIND_TEXT && type == ZHEN_LIST)
		put_list(call, field, name, value->as.text);
	else if (value->kind == ZHEN_KIND_TEXT && type_is_personal(type))
		put_personal(call, field, name, value);
	else
		json_put_value(&call->out, name, value);
}
