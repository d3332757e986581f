/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/event_value.h"

#include <string.h>
#include "base/clock.h"

#define WORD_MAX 64 /* bytes of a day, a time, a choice or a division's code */
#define CODE_LENGTH 12

static gboolean is_word(const JsonFlat *value)
{
	return value->length > 0 && value->length < WORD_MAX && memchr(value->text, '=', value->length) == NULL &&
	       memchr(value->text, '|', value->length) == NULL;
}

static gboolean is_among(const char *choices, const JsonFlat *value)
{
	for (const char *p = choices; p != NULL && *p != '\0'; p = strchr(p, '|') != NULL ? strchr(p, '|') + 1 : NULL)
		if (strncmp(p, value->text, value->length) == 0 &&
		    (p[value->length] == '=' || p[value->length] == '|' || p[value->length] == '\0'))
			return TRUE;
	return FALSE;
}

const Division *event_division(const Divisions *divisions, const char *code)
{
	static const guint above[] = { 9, 6, 4, 2 }; /* digits of a township, a county, a prefecture, a province */
	const Division *found = divisions_find(divisions, code);
	char up[CODE_LENGTH + 1];

	if (found != NULL || strlen(code) != CODE_LENGTH || strspn(code, "0123456789") != CODE_LENGTH)
		return found;
	for (guint i = 0; found == NULL && i < G_N_ELEMENTS(above); i++) {
		memset(up, '0', CODE_LENGTH);
		memcpy(up, code, above[i]);
		up[CODE_LENGTH] = '\0';
		found = divisions_find(divisions, up);
	}
	return found;
}

/* Only what must be read; a log's JSON was read as UTF-8 already. */
static const char *text_fault(const JsonFlat *value, EventSide side)
{
	guchar high = 0;

	if (value->kind != JSON_FLAT_TEXT)
		return "is no text";
	if (memchr(value->text, '\0', value->length) != NULL)
		return "holds a NUL";
	for (gsize i = 0; side == EVENT_EMITTED && i < value->length; i++)
		high |= (guchar)value->text[i];
	return high < 0x80 || g_utf8_validate(value->text, (gssize)value->length, NULL) ? NULL : "is no UTF-8";
}

static const char *choice_fault(const zhen_field *field, EventSide side, const JsonFlat *value)
{
	/* Its label is none of it. */
	if (is_word(value) && (is_among(field->choices, value) || side == EVENT_LOGGED))
		return NULL;
	return "is none of its choices";
}

static const char *word_fault(const zhen_field *field, const Divisions *divisions, EventSide side,
                              const JsonFlat *value, gint64 *out_ms)
{
	char word[WORD_MAX];
	gint64 ms;

	if (value->length >= sizeof word)
		return "is too long";
	memcpy(word, value->text, value->length);
	word[value->length] = '\0';
	if (field->type == ZHEN_TIME)
		return clock_parse(word, out_ms != NULL ? out_ms : &ms) ? NULL : "is no time";
	if (field->type == ZHEN_DATE)
		return clock_day_valid(word) ? NULL : "is no day";
	if (divisions_find(divisions, word) != NULL ||
	    (side == EVENT_LOGGED && event_division(divisions, word) != NULL))
		return NULL;
	return "is no known division";
}

/* As it is written, and reads back as the same. */
static const char *time_fault(const JsonFlat *value)
{
	char text[CLOCK_TEXT_SIZE];
	gint64 ms;

	if (value->kind != JSON_FLAT_INT)
		return "is no time";
	clock_format(value->integer, text);
	return clock_parse(text, &ms) && ms == value->integer ? NULL : "is no time";
}

const char *event_value_fault(const zhen_field *field, const Divisions *divisions, EventSide side,
                              const JsonFlat *value, gint64 *out_ms)
{
	const char *why;

	switch (field->type) {
	case ZHEN_INT:
	case ZHEN_MONEY:
		return value->kind == JSON_FLAT_INT ? NULL : "is no whole number";
	case ZHEN_BOOL:
		return value->kind == JSON_FLAT_BOOL ? NULL : "is neither true nor false";
	case ZHEN_TIME:
		if (side == EVENT_EMITTED)
			return time_fault(value);
		break;
	default:
		break;
	}
	why = text_fault(value, side);
	if (why != NULL)
		return why;
	if (field->type == ZHEN_CHOICE)
		return choice_fault(field, side, value);
	if (field->type == ZHEN_TIME || field->type == ZHEN_DATE || field->type == ZHEN_DIVISION)
		return word_fault(field, divisions, side, value, out_ms);
	return NULL;
}
