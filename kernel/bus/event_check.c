/* SPDX-License-Identifier: Apache-2.0
 * What a log says is an event, held against what its topic declares. */
#include <string.h>
#include "base/digits.h"
#include "bus/bus.h"
#include "runtime/event_value.h"

#define NAME_MAX_BYTES 64

typedef struct Check {
	const zhen_topic *topic;
	const Divisions *divisions;
	const LogEvent *event;
	Arena *arena;
	const char *subject, *division; /* what the body says they are; "" = it does not */
	gboolean more;                  /* it has members that are not declared (any more) */
} Check;

static const char *fault(const Check *check, const char *field, const char *what)
{
	return arena_printf(check->arena, "%s: field %s %s", check->event->topic, field, what);
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

/* A plain member of a topic that had more fields once. It goes no further than this. */
static gboolean was_declared(const JsonFlat *value)
{
	const gsize length = strspn(value->name, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return g_ascii_islower(value->name[0]) && value->name[length] == '\0' && length < NAME_MAX_BYTES &&
	       value->kind != JSON_FLAT_OTHER;
}

static const char *check_member(Check *check, const JsonFlat *value)
{
	const zhen_topic *topic = check->topic;
	const zhen_field *field = field_find(topic->fields, value->name);
	const char *why;
	gint64 ms = G_MININT64;

	if (field == NULL) {
		check->more = TRUE;
		if (was_declared(value))
			return NULL;
		return fault(check, g_utf8_validate(value->name, -1, NULL) && strlen(value->name) < NAME_MAX_BYTES ? value->name : "?",
		             "is not declared");
	}
	if (type_is_personal(field->type))
		return fault(check, field->name, "is personal");
	if (value->kind == JSON_FLAT_NULL)
		return NULL;
	why = event_value_fault(field, check->divisions, EVENT_LOGGED, value, &ms);
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

static gboolean says(const Check *check, const JsonFlat *value, const char *column)
{
	char digits[DIGITS_SIZE];

	if (value->kind == JSON_FLAT_NULL || field_find(check->topic->fields, value->name) != NULL)
		return FALSE;
	if (value->kind == JSON_FLAT_TEXT)
		return strlen(column) == value->length && memcmp(column, value->text, value->length) == 0;
	return strlen(column) == digits_print(value->integer, digits) && strncmp(column, digits, strlen(column)) == 0;
}

/* The field that was subject or scope is not declared any more: only where the one that is says nothing. */
static gboolean was_said(const Check *check, const JsonMembers *members, const char *column)
{
	const char *name;
	json_t *value;

	for (guint i = 0; i < members->count; i++)
		if (says(check, &members->flat[i], column))
			return TRUE;
	json_object_foreach(members->tree, name, value)
	{
		const JsonFlat flat = json_flat_of(name, value);

		if (says(check, &flat, column))
			return TRUE;
	}
	return FALSE;
}

static const char *check_columns(const Check *check, const JsonMembers *members)
{
	const LogEvent *event = check->event;

	if (strcmp(check->subject, event->subject) != 0 &&
	    (check->subject[0] != '\0' || !was_said(check, members, event->subject)))
		return "its subject is not what its body says";
	if (strcmp(check->division, event->division) == 0)
		return NULL;
	if (check->division[0] != '\0' || !was_said(check, members, event->division))
		return "its division is not what its body says";
	return event_division(check->divisions, event->division) != NULL ? NULL : "its division is none";
}

static const zhen_topic *topic_of(const Plugin *publisher, const char *name)
{
	for (guint i = 0; i < publisher->n_topics; i++)
		if (strcmp(publisher->topics[i].name, name) == 0)
			return &publisher->topics[i];
	return NULL;
}

static void put_declared(JsonOut *out, const zhen_topic *topic, const JsonFlat *value)
{
	if (field_find(topic->fields, value->name) == NULL)
		return;
	if (value->kind == JSON_FLAT_TEXT)
		json_put_text_n(out, value->name, value->text, value->length);
	else if (value->kind == JSON_FLAT_INT)
		json_put_int(out, value->name, value->integer);
	else if (value->kind == JSON_FLAT_BOOL)
		json_put_bool(out, value->name, value->integer != 0);
	else
		json_put_text(out, value->name, NULL);
}

static void strip(const Check *check, const JsonMembers *members, LogEvent *event)
{
	g_autoptr(GString) body = g_string_sized_new(event->body_length);
	const char *name;
	json_t *value;
	JsonOut out;

	json_out_init(&out, body);
	json_open(&out, NULL, FALSE);
	for (guint i = 0; i < members->count; i++)
		put_declared(&out, check->topic, &members->flat[i]);
	json_object_foreach(members->tree, name, value)
	{
		const JsonFlat flat = json_flat_of(name, value);

		put_declared(&out, check->topic, &flat);
	}
	json_close_one(&out);
	event->body = arena_strndup(check->arena, body->str, body->len);
	event->body_length = body->len;
}

const char *event_fault(const Plugin *publisher, const Divisions *divisions, LogEvent *event, Arena *arena)
{
	Check check = { topic_of(publisher, event->topic), divisions, event, arena, "", "", FALSE };
	JsonMembers members;
	const char *why;

	if (event->topic[0] == '\0')
		return "the row is no event";
	if (check.topic == NULL)
		return "its topic is not declared";
	if (event->body_length == 0 || !json_members_read(&members, event->body, event->body_length, arena, NULL))
		return "its body is no JSON object";
	why = check_members(&check, &members);
	if (why == NULL)
		why = check_columns(&check, &members);
	if (why == NULL && check.more)
		strip(&check, &members, event);
	json_members_clear(&members);
	return why;
}
