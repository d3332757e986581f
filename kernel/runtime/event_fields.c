/* SPDX-License-Identifier: Apache-2.0
 * An event's members as its handler reads them. What its topic declares was checked before it came here; only that the
 * subscriber means the same types is looked at. */
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/json_flat.h"
#include "runtime/event_value.h"
#include "runtime/events.h"

static const zhen_value null_value = { ZHEN_KIND_NULL, 0, { 0 } };
static const char *const meta_names[] = { "event_id", "event_at", "event_subject", "event_topic" };

enum { META_ID, META_AT, META_SUBJECT, META_TOPIC, N_META };

static gint meta_index(const char *name)
{
	if (strncmp(name, "event_", 6) != 0)
		return -1;
	for (gint i = 0; i < N_META; i++)
		if (strcmp(name, meta_names[i]) == 0)
			return i;
	return -1;
}

static zhen_value text_value(Call *call, const char *text, gsize length)
{
	zhen_value value = { ZHEN_KIND_TEXT, (guint32)length, { .text = arena_strndup(call->arena, text, length) } };

	return value;
}

/* A list or an object as its JSON text. */
static zhen_value nested_value(Call *call, const JsonMembers *members, const char *name)
{
	char *dumped = json_dumps(json_object_get(members->tree, name), JSON_COMPACT | JSON_ENCODE_ANY);
	zhen_value value = dumped != NULL ? text_value(call, dumped, strlen(dumped)) : null_value;

	free(dumped);
	return value;
}

static gboolean take_text(Call *call, const zhen_field *field, const JsonFlat *member, zhen_value *out)
{
	gint64 ms;

	if (member->kind != JSON_FLAT_TEXT)
		return FALSE;
	*out = text_value(call, member->text, member->length);
	if (field->type == ZHEN_TIME) {
		if (!clock_parse(out->as.text, &ms))
			return FALSE;
		*out = zhen_from_int(ms);
	}
	return field->type != ZHEN_DIVISION || event_division(call->runtime->env->divisions, out->as.text) != NULL;
}

static gboolean take(Call *call, const zhen_field *field, const JsonMembers *members, const JsonFlat *member,
                     zhen_value *out)
{
	if (member->kind == JSON_FLAT_NULL)
		return TRUE;
	switch (field->type) {
	case ZHEN_INT:
	case ZHEN_MONEY:
		*out = zhen_from_int(member->integer);
		return member->kind == JSON_FLAT_INT;
	case ZHEN_BOOL:
		*out = zhen_from_int(member->integer);
		return member->kind == JSON_FLAT_BOOL;
	case ZHEN_LIST:
		if (member->kind == JSON_FLAT_OTHER) {
			*out = nested_value(call, members, field->name);
			return TRUE;
		}
		return take_text(call, field, member, out);
	default:
		return take_text(call, field, member, out);
	}
}

/* Members mostly come in the order in which they are declared. */
static const JsonFlat *find(const JsonMembers *members, const char *name, guint guess, JsonFlat *room)
{
	if (guess < members->count && strcmp(members->flat[guess].name, name) == 0)
		return &members->flat[guess];
	return json_members_find(members, name, room) ? room : NULL;
}

static gboolean bind_declared(Call *call, const Cursor *cursor, const JsonMembers *members)
{
	Fields *fields = &call->fields;
	const guint count = cursor->n_fields;

	fields->declared = cursor->row->fields;
	fields->count = count;
	fields->values = arena_alloc0(call->arena, (sizeof(zhen_value) + sizeof(FieldList) + sizeof(char *)) * count);
	fields->lists = (FieldList *)(fields->values + count);
	fields->json = (const char **)(fields->lists + count);
	for (guint i = 0; i < count; i++) {
		const zhen_field *field = &fields->declared[i];
		JsonFlat room;
		const JsonFlat *member = find(members, field->name, i, &room);

		if ((member != NULL && !take(call, field, members, member, &fields->values[i])) ||
		    ((field->flags & ZHEN_REQUIRED) != 0 && fields->values[i].kind == ZHEN_KIND_NULL)) {
			exec_refuse(call, ZHEN_INVALID, "bad-event", "事件 %s 的字段 %s %s", cursor->row->topic,
			            field->name,
			            member != NULL && member->kind != JSON_FLAT_NULL ? "与订阅声明的类型不符" : "缺失");
			return FALSE;
		}
		if (field->type == ZHEN_LIST)
			fields->json[i] = zhen_value_text(&fields->values[i]);
	}
	return TRUE;
}

static void add(Call *call, const JsonMembers *members, const JsonFlat *member)
{
	Extra extra = { arena_strdup(call->arena, member->name), null_value };

	if (meta_index(member->name) >= 0)
		return;
	if (member->kind == JSON_FLAT_INT || member->kind == JSON_FLAT_BOOL)
		extra.value = zhen_from_int(member->integer);
	else if (member->kind == JSON_FLAT_TEXT)
		extra.value = text_value(call, member->text, member->length);
	else if (member->kind == JSON_FLAT_OTHER)
		extra.value = nested_value(call, members, member->name);
	g_array_append_val(call->extra, extra);
}

/* Nothing declared: every member, as the JSON has it. */
static void bind_all(Call *call, const JsonMembers *members)
{
	const char *name;
	json_t *value;

	if (call->extra == NULL)
		call->extra = g_array_new(FALSE, FALSE, sizeof(Extra));
	for (guint i = 0; i < members->count; i++)
		add(call, members, &members->flat[i]);
	json_object_foreach(members->tree, name, value) {
		JsonFlat member = json_flat_of(name, value);

		add(call, members, &member);
	}
}

gboolean event_bind(Call *call, const CallEvent *event, const Cursor *cursor)
{
	g_autoptr(GError) error = NULL;
	JsonMembers members;
	gboolean fine = TRUE;

	call->fields = (Fields){ 0 };
	if (call->extra != NULL)
		g_array_set_size(call->extra, 0);
	if (!json_members_read(&members, event->body, event->body_length, call->arena, &error)) {
		exec_refuse(call, ZHEN_INVALID, "bad-event", "事件 %s 的内容不是 JSON 对象：%s", event->topic,
		            error->message);
		return FALSE;
	}
	if (cursor->row->fields != NULL)
		fine = bind_declared(call, cursor, &members);
	else
		bind_all(call, &members);
	json_members_clear(&members);
	return fine;
}

const zhen_value *event_field(Call *call, const char *name)
{
	const CallEvent *event = call->event;
	zhen_value value = null_value;
	char at[LOG_POSITION_TEXT];

	switch (meta_index(name)) {
	case META_ID:
		log_position_print(&event->position, at);
		value = zhen_from_text(arena_printf(call->arena, "%s:%s", call->delivery->publisher, at));
		break;
	case META_AT:
		value = zhen_from_int(event->at_ms);
		break;
	case META_SUBJECT:
		value = zhen_from_text(event->subject);
		break;
	case META_TOPIC:
		value = zhen_from_text(event->topic);
		break;
	default:
		if (call->subscription->fields != NULL)
			exec_refuse(call, ZHEN_INTERNAL, "undeclared-field", "模块读取了未声明的字段 %s", name);
		return &null_value;
	}
	zhen_value *out = arena_alloc(call->arena, sizeof *out);
	*out = value;
	return out;
}
