/* SPDX-License-Identifier: Apache-2.0
 * Binding: JSON members and parameters to declared fields. */
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "base/json_flat.h"
#include "runtime/fields.h"

#define ERRORS_MAX 65536   /* bytes of the list of errors: what comes then is left out */
#define NAME_MAX_BYTES 200 /* of a field's name, in it */

typedef struct Binder {
	const FieldWorld *world;
	Arena *arena;
	GString **errors;
	const char *prefix; /* "members.2." inside a list; "" at the top */
	gboolean *refused;  /* by a field's place: what its parameter said */
} Binder;

void field_error_append(GString **errors, const char *field, const char *code, const char *title)
{
	g_autofree char *english = code_to_english(code);
	const gsize length = strlen(field);
	JsonOut out;

	/* A body of unknown names is not answered with ten times its size. */
	if (*errors != NULL && (*errors)->len >= ERRORS_MAX)
		return;
	if (*errors == NULL)
		*errors = g_string_new("[");
	else
		(*errors)->str[(*errors)->len - 1] = ',';
	json_out_init(&out, *errors);
	json_open(&out, NULL, FALSE);
	json_put_text_n(&out, "field", field,
	                length <= NAME_MAX_BYTES ? length :
	                                           (gsize)(g_utf8_find_prev_char(field, field + NAME_MAX_BYTES + 1) - field));
	json_put_text(&out, "code", code);
	json_put_text(&out, "title", title);
	json_put_text(&out, "title_en", english);
	json_close_one(&out);
	g_string_append_c(*errors, ']');
}

static gsize errors_length(const Binder *binder)
{
	return *binder->errors != NULL ? (*binder->errors)->len : 0;
}

static void refuse(Binder *binder, const char *name, const char *code, const char *title)
{
	field_error_append(binder->errors, arena_printf(binder->arena, "%s%s", binder->prefix, name), code, title);
}

gint fields_index(const Fields *fields, const char *name)
{
	for (guint i = 0; i < fields->count; i++)
		if (strcmp(fields->declared[i].name, name) == 0)
			return (gint)i;
	return -1;
}

static void bind_text(Binder *binder, const zhen_field *field, const char *text, gsize length, zhen_value *out)
{
	const char *code = "invalid", *reason;

	if (length == 0)
		return;
	reason = field_check_text(field, text, length, binder->world, binder->arena, out, &code);
	if (reason != NULL)
		refuse(binder, field->name, code, reason);
}

static void bind_value(Binder *binder, const zhen_field *field, const JsonFlat *value, zhen_value *out)
{
	char number[32];

	if (value->kind == JSON_FLAT_NULL)
		return;
	switch (field->type) {
	case ZHEN_BOOL:
		if (value->kind != JSON_FLAT_BOOL)
			refuse(binder, field->name, "not-a-bool", "应为 true 或 false");
		else
			*out = zhen_from_int(value->integer);
		return;
	case ZHEN_INT:
	case ZHEN_MONEY:
		if (value->kind != JSON_FLAT_INT) {
			refuse(binder, field->name, "not-a-number", "应为整数");
			return;
		}
		if (field->max <= field->min) {
			*out = zhen_from_int(value->integer);
			return;
		}
		g_snprintf(number, sizeof number, "%" G_GINT64_FORMAT, value->integer);
		bind_text(binder, field, number, strlen(number), out);
		return;
	default:
		if (value->kind != JSON_FLAT_TEXT)
			refuse(binder, field->name, "not-a-text", "应为文字");
		else
			bind_text(binder, field, value->text, value->length, out);
	}
}

static void require(Binder *binder, const zhen_field *field, const zhen_value *value)
{
	if ((field->flags & ZHEN_REQUIRED) != 0 && value->kind == ZHEN_KIND_NULL)
		refuse(binder, field->name, "required", "必填");
}

static void refuse_unknown_members(Binder *binder, const zhen_field *declared, json_t *object)
{
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
		if (name[0] != '_' && field_find(declared, name) == NULL)
			refuse(binder, name, "unknown-field", "没有这个字段");
}

static void bind_element(Binder *binder, const zhen_field *declared, json_t *element, zhen_value *values, guint width)
{
	if (!json_is_object(element)) {
		refuse(binder, "", "not-an-object", "应为对象");
		return;
	}
	refuse_unknown_members(binder, declared, element);
	for (guint i = 0; i < width; i++) {
		const json_t *value = json_object_get(element, declared[i].name);
		JsonFlat flat = json_flat_of(declared[i].name, value);
		const gsize before = errors_length(binder);

		if (value != NULL)
			bind_value(binder, &declared[i], &flat, &values[i]);
		if (errors_length(binder) == before)
			require(binder, &declared[i], &values[i]);
	}
}

static void bind_list(Binder *binder, const zhen_field *field, json_t *value, zhen_value *out, FieldList *list,
                      const char **out_json)
{
	guint width = 0;
	gint64 max = field->max > 0 ? field->max : 50;
	const char *outer = binder->prefix;

	if (json_is_null(value) || (json_is_array(value) && json_array_size(value) == 0))
		return;
	if (!json_is_array(value)) {
		refuse(binder, field->name, "not-a-list", "应为列表");
		return;
	}
	if ((gint64)json_array_size(value) > max) {
		refuse(binder, field->name, "too-many",
		       arena_printf(binder->arena, "最多 %" G_GINT64_FORMAT " 项", max));
		return;
	}
	while (field->fields[width].name != NULL)
		width++;
	list->count = (guint)json_array_size(value);
	list->width = width;
	list->values = arena_alloc0(binder->arena, sizeof(zhen_value) * list->count * width);
	for (guint i = 0; i < list->count; i++) {
		binder->prefix = arena_printf(binder->arena, "%s%s.%u.", outer, field->name, i);
		bind_element(binder, field->fields, json_array_get(value, i), list->values + (gsize)i * width, width);
	}
	binder->prefix = outer;
	if (field->min > 0 && (gint64)list->count < field->min)
		refuse(binder, field->name, "too-few",
		       arena_printf(binder->arena, "至少 %" G_GINT64_FORMAT " 项", field->min));
	/* As validated, in declared order: what a plugin stores is what was checked. */
	g_autoptr(GString) text = g_string_sized_new(256);
	JsonOut json;

	json_out_init(&json, text);
	json_open(&json, NULL, TRUE);
	for (guint i = 0; i < list->count; i++) {
		json_open(&json, NULL, FALSE);
		for (guint j = 0; j < width; j++)
			if (list->values[(gsize)i * width + j].kind != ZHEN_KIND_NULL) {
				const zhen_value *v = &list->values[(gsize)i * width + j];

				if (field->fields[j].type == ZHEN_BOOL)
					json_put_bool(&json, field->fields[j].name, v->as.integer != 0);
				else
					json_put_value(&json, field->fields[j].name, v);
			}
		json_close_one(&json);
	}
	json_close_one(&json);
	*out_json = arena_strndup(binder->arena, text->str, text->len);
	*out = zhen_from_text(*out_json);
}

/* What a form's text stands for in JSON; what is neither number nor yes or no stays a text, and is refused as one. */
static json_t *member_from_text(const zhen_field *member, const CallParam *param)
{
	gboolean number = member != NULL && (member->type == ZHEN_INT || member->type == ZHEN_MONEY);
	const zhen_field plain = { .type = number ? ZHEN_INT : ZHEN_BOOL };
	const FieldWorld nothing = { 0 };
	const char *code;
	zhen_value value = { 0 };
	json_t *text = json_stringn(param->value, param->length);

	if (text == NULL) /* not UTF-8 */
		return json_true();
	if (member == NULL || (!number && member->type != ZHEN_BOOL))
		return text;
	g_autoptr(Arena) arena = arena_new();
	if (field_check_text(&plain, param->value, param->length, &nothing, arena, &value, &code) != NULL)
		return text;
	json_decref(text);
	return number ? json_integer(value.as.integer) : json_boolean(value.as.integer != 0);
}

/* Form rows "members.0.name" become the JSON list they stand for; rows that are empty throughout are left out. */
static json_t *list_from_params(const CallRequest *request, const zhen_field *field)
{
	json_t *list = json_array();
	json_t *row = NULL;
	gsize length = strlen(field->name);
	long current = -1;

	for (guint i = 0; i < request->n_params; i++) {
		const CallParam *param = &request->params[i];
		char *end;
		long index;
		const zhen_field *member;

		if (strncmp(param->name, field->name, length) != 0 || param->name[length] != '.' || param->length == 0)
			continue;
		index = strtol(param->name + length + 1, &end, 10);
		if (*end != '.' || index < 0)
			continue;
		if (index != current || row == NULL) {
			row = json_object();
			json_array_append_new(list, row);
			current = index;
		}
		member = field_find(field->fields, end + 1);
		json_object_set_new(row, end + 1, member_from_text(member, param));
	}
	return list;
}

/* TRUE for a parameter that is not a field by its own: "_csrf", "cursor", "limit", "members.0.name". */
static gboolean param_is_ours(const zhen_field *declared, const CallParam *param)
{
	const char *dot = strchr(param->name, '.');

	if (param->name[0] == '_' || strcmp(param->name, "cursor") == 0 || strcmp(param->name, "limit") == 0)
		return TRUE;
	if (dot == NULL || declared == NULL)
		return FALSE;
	for (const zhen_field *field = declared; field->name != NULL; field++)
		if (field->type == ZHEN_LIST && strlen(field->name) == (gsize)(dot - param->name) &&
		    strncmp(field->name, param->name, (gsize)(dot - param->name)) == 0)
			return TRUE;
	return FALSE;
}

static void bind_params(Binder *binder, Fields *out, const CallRequest *request)
{
	for (guint i = 0; i < request->n_params; i++) {
		const CallParam *param = &request->params[i];
		gint index = fields_index(out, param->name);

		if (index < 0 || out->declared[index].type == ZHEN_LIST) {
			if (!param_is_ours(out->declared, param))
				refuse(binder, param->name, "unknown-field", "没有这个字段");
			continue;
		}
		const gsize before = errors_length(binder);
		if (out->values[index].kind != ZHEN_KIND_NULL)
			refuse(binder, param->name, "given-twice", "重复填写");
		else
			bind_text(binder, &out->declared[index], param->value, param->length, &out->values[index]);
		binder->refused[index] |= errors_length(binder) != before;
	}
}

static gboolean read_body(Binder *binder, const zhen_field *declared, const CallRequest *request, JsonMembers *body)
{
	g_autoptr(GError) error = NULL;

	if (!json_members_read(body, request->body, request->body_length, binder->arena, &error)) {
		refuse(binder, "", "not-json", error->message);
		return FALSE;
	}
	for (guint i = 0; i < body->count; i++)
		if (body->flat[i].name[0] != '_' && field_find(declared, body->flat[i].name) == NULL)
			refuse(binder, body->flat[i].name, "unknown-field", "没有这个字段");
	if (body->tree != NULL)
		refuse_unknown_members(binder, declared, body->tree);
	return TRUE;
}

/* A member that is no list is refused as such by bind_list, whatever else it is. */
static json_t *list_of(const JsonMembers *body, const JsonFlat *member, const CallRequest *request,
                       const zhen_field *field)
{
	if (member == NULL)
		return list_from_params(request, field);
	if (body->tree != NULL)
		return json_incref(json_object_get(body->tree, field->name));
	return member->kind == JSON_FLAT_NULL ? json_null() : json_true();
}

static void bind_field(Binder *binder, Fields *out, guint i, const JsonMembers *body, const CallRequest *request)
{
	const zhen_field *field = &out->declared[i];
	const gsize before = errors_length(binder);
	JsonFlat member;
	const gboolean given = json_members_find(body, field->name, &member);

	if (field->type == ZHEN_LIST) {
		g_autoptr(json_t) rows = list_of(body, given ? &member : NULL, request, field);

		bind_list(binder, field, rows, &out->values[i], &out->lists[i], &out->json[i]);
	} else if (given && out->values[i].kind != ZHEN_KIND_NULL) {
		refuse(binder, field->name, "given-twice", "重复填写");
	} else if (given) {
		bind_value(binder, field, &member, &out->values[i]);
	}
	if (errors_length(binder) == before && !binder->refused[i])
		require(binder, field, &out->values[i]);
}

gboolean fields_bind(Fields *out, const zhen_field *declared, const CallRequest *request, const FieldWorld *world,
                     Arena *arena, GString **errors)
{
	Binder binder = { .world = world, .arena = arena, .errors = errors, .prefix = "" };
	JsonMembers body;

	memset(out, 0, sizeof *out);
	out->declared = declared;
	while (declared != NULL && declared[out->count].name != NULL)
		out->count++;
	out->values = arena_alloc0(arena, (sizeof(zhen_value) + sizeof(FieldList) + sizeof(char *)) * out->count);
	out->lists = (FieldList *)(out->values + out->count);
	out->json = (const char **)(out->lists + out->count);
	binder.refused = arena_alloc0(arena, sizeof(gboolean) * out->count);
	if (!read_body(&binder, declared, request, &body))
		return FALSE;
	bind_params(&binder, out, request);
	for (guint i = 0; i < out->count; i++)
		bind_field(&binder, out, i, &body, request);
	json_members_clear(&body);
	return *errors == NULL;
}
