/* SPDX-License-Identifier: Apache-2.0 */
#include "http/params.h"

#include <string.h>

void params_add(Params *params, Arena *arena, const char *name, const char *value, gsize length)
{
	if (params->count == params->size) {
		guint size = MAX(params->size * 2, 16);
		CallParam *items = arena_alloc(arena, size * sizeof(*items));

		if (params->count > 0)
			memcpy(items, params->items, params->count * sizeof(*items));
		params->items = items;
		params->size = size;
	}
	params->items[params->count++] = (CallParam){ .name = name, .value = value, .length = length };
}

/* '+' is a blank; no NUL; UTF-8. NULL = broken. */
static char *decode(Arena *arena, const char *text, gsize length, gsize *out_length)
{
	char *out = arena_alloc(arena, length + 1);
	gsize n = 0;

	for (gsize i = 0; i < length; i++) {
		char c = text[i] == '+' ? ' ' : text[i];

		if (c == '%') {
			gint high = length - i > 2 ? g_ascii_xdigit_value(text[i + 1]) : -1;
			gint low = length - i > 2 ? g_ascii_xdigit_value(text[i + 2]) : -1;

			if (high < 0 || low < 0)
				return NULL;
			c = (char)(high << 4 | low);
			i += 2;
		}
		out[n++] = c;
	}
	out[n] = '\0';
	*out_length = n;
	return g_utf8_validate(out, (gssize)n, NULL) ? out : NULL; /* refuses NUL, too */
}

const char *params_decode(Params *params, Arena *arena, const char *text, gsize length)
{
	gsize at = 0;

	while (at < length) {
		const char *end = memchr(text + at, '&', length - at);
		gsize pair = end != NULL ? (gsize)(end - (text + at)) : length - at;
		const char *equals = memchr(text + at, '=', pair);
		gsize name_length = equals != NULL ? (gsize)(equals - (text + at)) : pair;
		gsize value_length = 0;
		char *name = decode(arena, text + at, name_length, &name_length);
		char *value = equals != NULL ? decode(arena, equals + 1, (gsize)(text + at + pair - equals - 1), &value_length) :
		                               arena_strndup(arena, "", 0);

		if (name == NULL || value == NULL)
			return "a parameter is not percent-encoded UTF-8";
		if (params->count == PARAMS_MAX)
			return "too many parameters";
		if (name_length > 0)
			params_add(params, arena, name, value, value_length);
		at += pair + 1;
	}
	return NULL;
}

const CallParam *params_find(const Params *params, const char *name)
{
	for (guint i = 0; i < params->count; i++)
		if (strcmp(params->items[i].name, name) == 0)
			return &params->items[i];
	return NULL;
}

const char *params_text(const Params *params, const char *name)
{
	const CallParam *param = params_find(params, name);

	return param != NULL ? param->value : NULL;
}
