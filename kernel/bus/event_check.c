/* SPDX-License-Identifier: Apache-2.0
 * What a log says is an event, held against what its topic declares. */
#include <string.h>
#include "base/clock.h"
#include "base/digits.h"
#include "base/divisions.h"
#include "base/json_flat.h"
#include "bus/bus.h"

#define CODE_MAX 64 /* bytes of a day, a time or a division's code */

typedef struct Check {
	const zhen_topic *topic;
	const Divisions *divisions;
	const LogEvent *event;
	Arena *arena;
	const char *subject, *division; /* what the body says they are */
} Check;

static const char *fault(const Check *check, const char *field, const char *what)
{
	return arena_printf(check->arena, "%s: field %s %s", check->event->topic, field, what);
}

static gboolean is_among(const char *choices, const JsonFlat *value)
{
	/* Its label is none of it. */
	if (memchr(value->text, '=', value->length) != NULL || memchr(value->text, '|', value->length) != NULL)
		return FALSE;
	for (const char *p = choices; p != NULL && *p != '\0'; p = strchr(p, '|') != NULL ? strchr(p, '|') + 1 : NULL)
		if (strncmp(p, value->text, value->length) == 0 &&
		    (p[value->length] == '=' || p[value->length] == '|' || p[value->length] == '\0'))
			return TRUE;
	return FALSE;
}

/* NULL = it fits. */
static const char *check_text(Check *check, const zhen_field *field, const JsonFlat *value, gint64 *out_ms)
{
	char code[CODE_MAX];

	if (value->kind != JSON_FLAT_TEXT)
		return "is no text";
	if (memchr(value->text, '\0', value->length) != NULL)
		return "holds a NUL";
	if (field->type == ZHEN_CHOICE)
		return is_among(field->choices, value) ? NULL : "is none of its choices";
	if (field->type != ZHEN_TIME && field->type != ZHEN_DATE && field->type != ZHEN_DIVISION)
		return NULL;
	if (value->length >= sizeof code)
		return "is too long";
	memcpy(code, value->text, value->length);
	code[value->length] = '\0';
	if (field->type == ZHEN_TIME)
		return clock_parse(code, out_ms) ? NULL : "is no time";
	if (field->type == ZHEN_DATE)
		return clock_day_valid(code) ? NULL : "is no day";
	return divisions_find(check->divisions, code) != NULL ? NULL : "is no known division";
}

/* As emitting writes it into the column beside the body. */
static const char *column_text(Check *check, const JsonFlat *value, gint64 ms)
{
	const gint64 number = value->kind == JSON_FLAT_TEXT ? ms : value->integer;
	char digits[DIGITS_SIZE];

	if (value->kind == JSON_FLAT_TEXT && ms == G_MININT64)
		return arena_strndup(check->arena, value->text, value->length);
	return arena_strndup(check->arena, digits, digits_print(number, digits));
}

static const char *check_member(Check *check, const JsonFlat *value)
{
	const zhen_topic *topic = check->topic;
	const zhen_field *field = field_find(topic->fields, value->name);
	const char *why = NULL;
	gint64 ms = G_MININT64;

	if (field == NULL)
		return fault(check, g_utf8_validate(value->name, -1, NULL) && strlen(value->name) < CODE_MAX ? value->name : "?",
		             "is not declared");
	if (type_is_personal(field->type))
		return fault(check, field->name, "is personal");
	if (value->kind == JSON_FLAT_NULL)
		return NULL;
	if (field->type == ZHEN_INT || field->type == ZHEN_MONEY)
		why = value->kind == JSON_FLAT_INT ? NULL : "is no whole number";
	else if (field->type == ZHEN_BOOL)
		why = value->kind == JSON_FLAT_BOOL ? NULL : "is neither true nor false";
	else
		why = check_text(check, field, value, &ms);
	if (why != NULL)
		return fault(check, field->name, why);
	if (topic->subject != NULL && strcmp(field->name, topic->subject) == 0)
		check->subject = column_text(check, value, ms);
	if (topic->scope != NULL && strcmp(field->name, topic->scope) == 0)
		check->division = column_text(check, value, ms);
	return NULL;
}

static const char *check_members(Check *check, const JsonMembers *members)
{
	const char *why = NULL, *name;
	json_t *value;

	for (guint i = 0; why == NULL && i < members->count; i++)
		why = check_member(check, &members->flat[i]);
	json_object_foreach(members->tree, name, value)
	{
		const JsonFlat flat = json_flat_of(name, value);

		if (why == NULL)
			why = check_member(check, &flat);
	}
	return why;
}

static const zhen_topic *topic_of(const Plugin *publisher, const char *name)
{
	for (guint i = 0; i < publisher->n_topics; i++)
		if (strcmp(publisher->topics[i].name, name) == 0)
			return &publisher->topics[i];
	return NULL;
}

const char *event_fault(const Plugin *publisher, const Divisions *divisions, const LogEvent *event, Arena *arena)
{
	Check check = { topic_of(publisher, event->topic), divisions, event, arena, "", "" };
	JsonMembers members;
	const char *why;

	if (event->topic[0] == '\0')
		return "the row is no event";
	if (check.topic == NULL)
		return "its topic is not declared";
	if (event->body_length == 0 || !json_members_read(&members, event->body, event->body_length, arena, NULL))
		return "its body is no JSON object";
	why = check_members(&check, &members);
	json_members_clear(&members);
	if (why != NULL)
		return why;
	if (strcmp(check.subject, event->subject) != 0)
		return "its subject is not what its body says";
	return strcmp(check.division, event->division) == 0 ? NULL : "its division is not what its body says";
}
