/* SPDX-License-Identifier: Apache-2.0
 * JSON Schema of declared fields. */
#include "http/openapi_inside.h"

#include <string.h>

static void put_enum(JsonOut *out, const char *choices)
{
	g_auto(GStrv) rows = g_strsplit(choices == NULL ? "" : choices, "|", -1);

	json_open(out, "enum", TRUE);
	for (guint i = 0; rows[i] != NULL; i++) {
		char *title = strchr(rows[i], '=');

		if (title != NULL)
			*title = '\0';
		if (rows[i][0] != '\0')
			json_put_text(out, NULL, rows[i]);
	}
	json_close_one(out);
}

/* JSON Schema of each type. 0 length = not said. */
static const struct {
	const char *json, *format, *pattern;
	gint64 length;
} types[ZHEN_TYPES] = {
	[ZHEN_TEXT] = { "string", NULL, NULL, 200 },
	[ZHEN_LONG_TEXT] = { "string", NULL, NULL, 10000 },
	[ZHEN_INT] = { "integer", "int64", NULL, 0 },
	[ZHEN_BOOL] = { "boolean", NULL, NULL, 0 },
	[ZHEN_MONEY] = { "integer", "int64", NULL, 0 },
	[ZHEN_DATE] = { "string", "date", NULL, 0 },
	[ZHEN_TIME] = { "string", "date-time", NULL, 0 },
	[ZHEN_CHOICE] = { "string", NULL, NULL, 0 },
	[ZHEN_DIVISION] = { "string", NULL, "^[0-9]{12}$", 0 },
	[ZHEN_BODY] = { "string", NULL, NULL, 0 },
	[ZHEN_NAME] = { "string", NULL, NULL, 0 },
	[ZHEN_ID_CARD] = { "string", NULL, "^[0-9]{17}[0-9Xx]$", 0 },
	[ZHEN_PHONE] = { "string", NULL, NULL, 0 },
	[ZHEN_SECRET] = { "string", "password", NULL, 0 },
	[ZHEN_FILE] = { "string", NULL, "^[0-9a-f]{64}$", 0 },
	[ZHEN_LIST] = { "array", NULL, NULL, 0 },
	[ZHEN_DECIMAL] = { "string", NULL, NULL, 0 },
	[ZHEN_ACCOUNT] = { "string", NULL, NULL, 0 },
};

/* What the type means where JSON Schema has no word for it. */
static const char *unit_of(guint32 type)
{
	switch (type) {
	case ZHEN_MONEY:
		return "单位：分";
	case ZHEN_DIVISION:
		return "12 位统计用区划代码";
	case ZHEN_BODY:
		return "单位编号";
	case ZHEN_ACCOUNT:
		return "在辖区任职的账号";
	case ZHEN_TIME:
		return "RFC 3339";
	case ZHEN_FILE:
		return "已上传文件的 SM3 摘要";
	default:
		return NULL;
	}
}

static void put_bounds(JsonOut *out, const zhen_field *field)
{
	if (field->type == ZHEN_TEXT || field->type == ZHEN_LONG_TEXT) {
		json_put_int(out, "maxLength", field->max > 0 ? field->max : types[field->type].length);
	} else if (field->type == ZHEN_DECIMAL) {
		g_autofree char *pattern = g_strdup_printf("^-?[0-9]+(\\.[0-9]{1,%" G_GINT64_FORMAT "})?$",
		                                           field->max > 0 ? field->max : 2);
		json_put_text(out, "pattern", pattern);
	} else if ((field->type == ZHEN_INT || field->type == ZHEN_MONEY) && field->max > field->min) {
		json_put_int(out, "minimum", field->min);
		json_put_int(out, "maximum", field->max);
	}
}

void openapi_put_field(JsonOut *out, const char *name, const zhen_field *field, gboolean request)
{
	guint32 type = field->type < ZHEN_TYPES && types[field->type].json != NULL ? field->type : ZHEN_TEXT;
	const char *unit = unit_of(type);

	json_open(out, name, FALSE);
	json_put_text(out, "type", types[type].json);
	if (field->label != NULL)
		json_put_text(out, "title", field->label);
	if (field->help != NULL || unit != NULL) {
		g_autofree char *text = g_strconcat(field->help == NULL ? "" : field->help,
		                                    field->help != NULL && unit != NULL ? "；" : "", unit, NULL);
		json_put_text(out, "description", text);
	}
	if (types[type].format != NULL)
		json_put_text(out, "format", types[type].format);
	/* Answers mask personal fields in lists: only a request promises the whole shape. */
	if (types[type].pattern != NULL && (request || !type_is_personal(type)))
		json_put_text(out, "pattern", types[type].pattern);
	if (type == ZHEN_CHOICE)
		put_enum(out, field->choices);
	put_bounds(out, field);
	if (type == ZHEN_LIST) {
		if (request)
			json_put_int(out, "maxItems", field->max > 0 ? field->max : 50);
		openapi_put_fields(out, "items", field->fields, "", request);
	}
	if (type_is_personal(type))
		json_put_bool(out, "x-personal", TRUE);
	json_close_one(out);
}

gboolean openapi_in_path(const char *path, const char *name)
{
	g_autofree char *word = g_strdup_printf("{%s}", name);

	return strstr(path, word) != NULL;
}

void openapi_put_fields(JsonOut *out, const char *name, const zhen_field *fields, const char *path, gboolean request)
{
	gboolean open = FALSE;

	json_open(out, name, FALSE);
	json_put_text(out, "type", "object");
	json_open(out, "properties", FALSE);
	for (const zhen_field *f = fields; f != NULL && f->name != NULL; f++)
		if (!openapi_in_path(path, f->name))
			openapi_put_field(out, f->name, f, request);
	json_close_one(out);
	for (const zhen_field *f = fields; request && f != NULL && f->name != NULL; f++) {
		if ((f->flags & ZHEN_REQUIRED) == 0 || openapi_in_path(path, f->name))
			continue;
		if (!open)
			json_open(out, "required", TRUE);
		open = TRUE;
		json_put_text(out, NULL, f->name);
	}
	if (open)
		json_close_one(out);
	json_close_one(out);
}

void openapi_put_parameter(JsonOut *out, const char *name, const char *in, gboolean required, const char *text,
                           const zhen_field *field)
{
	json_open(out, NULL, FALSE);
	json_put_text(out, "name", name);
	json_put_text(out, "in", in);
	if (required)
		json_put_bool(out, "required", TRUE);
	if (text != NULL)
		json_put_text(out, "description", text);
	if (field != NULL) {
		openapi_put_field(out, "schema", field, TRUE);
	} else {
		json_open(out, "schema", FALSE);
		json_put_text(out, "type", strcmp(name, "limit") == 0 ? "integer" : "string");
		json_close_one(out);
	}
	json_close_one(out);
}
