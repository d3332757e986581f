/* SPDX-License-Identifier: Apache-2.0
 * What a browser sends, as the JSON that the fields declare. */
#include <string.h>
#include "base/clock.h"
#include "base/json.h"
#include "http/forms.h"

/* Without blanks at either end; a text of blanks is none. (transfer full) */
static char *trimmed(const char *text)
{
	return text == NULL ? NULL : g_strstrip(g_strdup(text));
}

gboolean forms_parse_yuan(const char *text, gint64 *out_fen)
{
	g_autoptr(GString) plain = g_string_new(NULL);
	const char *c = text;
	gboolean negative = FALSE;
	guint digits = 0;

	/* ￥ and ¥, blanks, thousands and a closing 元 are how people write it. */
	while (*c != '\0') {
		gunichar one = g_utf8_get_char(c);

		if (one == '-' && digits == 0 && !negative)
			negative = TRUE;
		else if (one == '.' || (one < 128 && g_ascii_isdigit((char)one)))
			g_string_append_c(plain, (char)one);
		else if (one != ',' && one != ' ' && one != 0xffe5 && one != 0xa5 && one != 0x5143)
			return FALSE;
		digits += one < 128 && g_ascii_isdigit((char)one) ? 1 : 0;
		c = g_utf8_next_char(c);
	}
	char *point = strchr(plain->str, '.');
	if (digits == 0 || digits > 15 || (point != NULL && (strchr(point + 1, '.') != NULL || strlen(point + 1) > 2)))
		return FALSE;
	gint64 fen = g_ascii_strtoll(plain->str, NULL, 10) * 100;
	if (point != NULL && point[1] != '\0')
		fen += (point[1] - '0') * 10 + (point[2] == '\0' ? 0 : point[2] - '0');
	*out_fen = negative ? -fen : fen;
	return TRUE;
}

static gboolean parse_integer(const char *text, gint64 *out)
{
	const char *digits = text[0] == '-' ? text + 1 : text;
	gsize length = strlen(digits);

	if (length == 0 || length > 18 || strspn(digits, "0123456789") != length)
		return FALSE;
	*out = g_ascii_strtoll(text, NULL, 10);
	return TRUE;
}

static gboolean parse_bool(const char *text, gboolean *out)
{
	static const char *const yes[] = { "true", "1", "on", "yes", "是" }, *const no[] = { "false", "0", "off", "no",
		                                                                             "否" };

	for (guint i = 0; i < G_N_ELEMENTS(yes); i++) {
		if (strcmp(text, yes[i]) != 0 && strcmp(text, no[i]) != 0)
			continue;
		*out = strcmp(text, yes[i]) == 0;
		return TRUE;
	}
	return FALSE;
}

/* datetime-local sends no zone: it is the legal one. "2026-09-18T09:30" (transfer full) */
static char *zoned(const char *text)
{
	gint64 ms;

	if (clock_parse(text, &ms))
		return g_strdup(text);
	gsize length = strlen(text);
	g_autofree char *full = g_strconcat(text, length == 16 ? ":00+08:00" : "+08:00", NULL);
	if (length > 10 && full[10] == ' ')
		full[10] = 'T';
	return clock_parse(full, &ms) ? g_steal_pointer(&full) : g_strdup(text);
}

static void put_field(JsonOut *out, const char *name, guint32 type, const char *text)
{
	gint64 number;
	gboolean yes;

	if (type == ZHEN_INT && parse_integer(text, &number))
		json_put_int(out, name, number);
	else if (type == ZHEN_MONEY && forms_parse_yuan(text, &number))
		json_put_int(out, name, number);
	else if (type == ZHEN_BOOL && parse_bool(text, &yes))
		json_put_bool(out, name, yes);
	else if (type == ZHEN_TIME) {
		g_autofree char *time = zoned(text);
		json_put_text(out, name, time);
	} else if (type == ZHEN_ID_CARD) {
		g_autofree char *card = g_ascii_strup(text, -1); /* 末位 x */
		json_put_text(out, name, card);
	} else
		json_put_text(out, name, text);
}

/* Browsers send CRLF for every line end of a textarea. (transfer full) */
static char *unix_lines(const char *text)
{
	GString *out = g_string_new(NULL);

	for (const char *c = text; *c != '\0'; c++)
		if (*c != '\r')
			g_string_append_c(out, *c);
	return g_string_free(out, FALSE);
}

static void put_list(JsonOut *out, const zhen_field *list, const CallParam *params, guint n_params)
{
	gint row = forms_next_row(list->name, 0, params, n_params);

	if (row < 0)
		return;
	json_open(out, list->name, TRUE);
	for (; row >= 0; row = forms_next_row(list->name, row + 1, params, n_params)) {
		json_open(out, NULL, FALSE);
		for (const zhen_field *f = list->fields; f != NULL && f->name != NULL; f++) {
			g_autofree char *name = g_strdup_printf("%s.%d.%s", list->name, row, f->name);
			g_autofree char *text = trimmed(page_param(params, n_params, name));

			if (text != NULL && text[0] != '\0')
				put_field(out, f->name, f->type, text);
		}
		json_close_one(out);
	}
	json_close_one(out);
}

/* A part of a declared list, or something the host carries itself. */
static gboolean is_consumed(const zhen_field *fields, const char *path, const char *name)
{
	g_autofree char *head = g_strdup(name);
	char *point = strchr(head, '.');

	if (name[0] == '_' || name[0] == '\0' || path_has_param(path, name))
		return TRUE;
	if (fields == NULL)
		return FALSE;
	if (field_find(fields, name) != NULL)
		return TRUE;
	if (point == NULL)
		return FALSE;
	*point = '\0';
	const zhen_field *list = field_find(fields, head);
	return list != NULL && list->type == ZHEN_LIST;
}

void forms_to_json(const zhen_field *fields, const char *path, const CallParam *params, guint n_params, GString *out)
{
	g_autoptr(GHashTable) unknown = g_hash_table_new(g_str_hash, g_str_equal);
	JsonOut json;

	json_out_init(&json, out);
	json_open(&json, NULL, FALSE);
	for (const zhen_field *f = fields; f != NULL && f->name != NULL; f++) {
		if (path_has_param(path, f->name))
			continue;
		if (f->type == ZHEN_LIST) {
			put_list(&json, f, params, n_params);
			continue;
		}
		g_autofree char *plain = trimmed(page_param(params, n_params, f->name));
		g_autofree char *text = plain == NULL ? NULL : unix_lines(plain);
		if (text != NULL && text[0] != '\0')
			put_field(&json, f->name, f->type, text);
	}
	/* Names nobody declared go on to be refused by name, each once. */
	for (guint i = 0; i < n_params; i++)
		if (!is_consumed(fields, path, params[i].name) && g_hash_table_add(unknown, (gpointer)params[i].name))
			json_put_text(&json, params[i].name, params[i].value);
	json_close_one(&json);
}
