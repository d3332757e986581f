/* SPDX-License-Identifier: Apache-2.0
 * The host table: the request, and what the host knows. */
#include <string.h>
#include "base/log.h"
#include "runtime/events.h"
#include "runtime/host.h"

static const zhen_value null_value = { ZHEN_KIND_NULL, 0, { 0 } };

const zhen_value *host_field(zhen_call *head, const char *name)
{
	Call *call = call_of(head);
	gint index = fields_index(&call->fields, name);

	/* What prepare carried, or a job's arguments: newest first. */
	for (guint i = call->extra != NULL ? call->extra->len : 0; i > 0; i--) {
		Extra *extra = &g_array_index(call->extra, Extra, i - 1);

		if (strcmp(extra->name, name) == 0)
			return &extra->value;
	}
	if (index >= 0)
		return &call->fields.values[index];
	if (call->event != NULL)
		return event_field(call, name);
	if (call->route != NULL && !call->preparing && !call->failed && call->prepare == NULL)
		exec_refuse(call, ZHEN_INTERNAL, "undeclared-field", "模块读取了未声明的字段 %s", name);
	return &null_value;
}

static const FieldList *list_of(Call *call, const char *name, const zhen_field **out_field)
{
	gint index = fields_index(&call->fields, name);

	if (index < 0 || call->fields.declared[index].type != ZHEN_LIST) {
		exec_refuse(call, ZHEN_INTERNAL, "undeclared-field", "模块读取了未声明的列表 %s", name);
		return NULL;
	}
	*out_field = &call->fields.declared[index];
	return &call->fields.lists[index];
}

int32_t host_list_count(zhen_call *head, const char *name)
{
	const zhen_field *field;
	const FieldList *list = list_of(call_of(head), name, &field);

	return list != NULL ? (int32_t)list->count : 0;
}

const zhen_value *host_list_field(zhen_call *head, const char *name, int32_t index, const char *member)
{
	const zhen_field *field;
	const FieldList *list = list_of(call_of(head), name, &field);

	if (list == NULL || index < 0 || (guint)index >= list->count)
		return &null_value;
	for (guint i = 0; i < list->width; i++)
		if (strcmp(field->fields[i].name, member) == 0)
			return &list->values[(gsize)index * list->width + i];
	return &null_value;
}

const char *host_field_json(zhen_call *head, const char *name)
{
	Call *call = call_of(head);
	gint index = fields_index(&call->fields, name);
	const zhen_value *value = host_field(head, name);
	g_autoptr(GString) text = NULL;
	JsonOut out;

	if (value->kind == ZHEN_KIND_NULL)
		return "null";
	if (index >= 0 && call->fields.json[index] != NULL)
		return call->fields.json[index];
	text = g_string_new(NULL);
	json_out_init(&out, text);
	json_put_value(&out, NULL, value);
	return arena_strdup(call->arena, text->str);
}

const zhen_caller *host_caller(zhen_call *head)
{
	Call *call = call_of(head);
	const Caller *from = &call->request->caller;
	const Body *body;

	if (call->caller_ready)
		return &call->caller;
	body = from->body[0] != '\0' ? bodies_find(call->runtime->env->bodies, from->body) : NULL;
	call->caller = (zhen_caller){
		.size = sizeof call->caller,
		.level = call->division != NULL ? call->division->level : 0,
		.account = from->account,
		.name = from->name,
		.body = from->body,
		.body_name = body != NULL ? body->name : "",
		.body_kind = body != NULL ? body->kind : "",
		.division = from->division,
		.on_behalf = from->on_behalf,
	};
	call->caller_ready = TRUE;
	return &call->caller;
}

bool host_may(zhen_call *head, const char *permission)
{
	Call *call = call_of(head);
	const Plugin *plugin = call->runtime->plugin;

	for (guint i = 0; i < plugin->n_permissions; i++)
		if (strcmp(plugin->permissions[i].name, permission) == 0)
			return (call->request->caller.permissions >> i & 1) != 0;
	exec_refuse(call, ZHEN_INTERNAL, "undeclared-permission", "模块查询了未声明的权限 %s", permission);
	return false;
}

int64_t host_now(zhen_call *head)
{
	return call_of(head)->request->now_ms;
}

const zhen_value *host_setting(zhen_call *head, const char *key, const char *division)
{
	Call *call = call_of(head);
	const Division *at = division != NULL ? divisions_find(call->runtime->env->divisions, division) : NULL;
	const zhen_value *value = settings_find(call_settings(call), key, at);

	if (value == NULL) {
		exec_refuse(call, ZHEN_INTERNAL, "undeclared-setting", "模块读取了未声明的设置 %s", key);
		return &null_value;
	}
	return value;
}

static const zhen_division *division_out(Call *call, const Division *division)
{
	zhen_division *out;

	if (division == NULL)
		return NULL;
	out = arena_alloc0(call->arena, sizeof *out);
	out->size = sizeof *out;
	out->level = division->level;
	out->code = division->code;
	out->name = division->name;
	out->parent = division->parent != NULL ? division->parent->code : "";
	return out;
}

const zhen_division *host_division(zhen_call *head, const char *code)
{
	Call *call = call_of(head);

	return code == NULL ? NULL : division_out(call, divisions_find(call->runtime->env->divisions, code));
}

const zhen_division *host_division_above(zhen_call *head, const char *code, uint32_t level)
{
	Call *call = call_of(head);
	const Division *division = code == NULL ? NULL : divisions_find(call->runtime->env->divisions, code);

	return division == NULL ? NULL : division_out(call, division_at(division, (DivisionLevel)level));
}

static const zhen_body *body_out(Call *call, const Body *body)
{
	zhen_body *out;

	if (body == NULL)
		return NULL;
	out = arena_alloc0(call->arena, sizeof *out);
	out->size = sizeof *out;
	out->id = body->id;
	out->kind = body->kind;
	out->name = body->name;
	out->division = body->division->code;
	out->superior = body->superior != NULL ? body->superior->id : "";
	return out;
}

const zhen_body *host_body(zhen_call *head, const char *id)
{
	Call *call = call_of(head);

	return id == NULL ? NULL : body_out(call, bodies_find(call->runtime->env->bodies, id));
}

const zhen_body *host_body_of(zhen_call *head, const char *kind, const char *code)
{
	Call *call = call_of(head);
	const Division *division = code == NULL ? NULL : divisions_find(call->runtime->env->divisions, code);

	return division == NULL ? NULL : body_out(call, bodies_serving(call->runtime->env->bodies, kind, division));
}

const zhen_account *host_account(zhen_call *head, const char *id, const char *body, const char *permission)
{
	Call *call = call_of(head);

	for (guint i = 0; id != NULL && i < call->request->n_accounts; i++) {
		const CallAccount *post = &call->request->accounts[i];
		zhen_account *out;

		if (strcmp(post->account, id) != 0 || (body != NULL && strcmp(post->body, body) != 0) ||
		    !field_post_gives(post, call->runtime->plugin, permission))
			continue;
		out = arena_alloc0(call->arena, sizeof *out);
		*out = (zhen_account){ .size = sizeof *out, .id = post->account, .name = post->name, .body = post->body,
			               .division = post->division };
		return out;
	}
	return NULL;
}

const char *host_base_url(zhen_call *head)
{
	const char *url = call_of(head)->request->base_url;

	return url != NULL ? url : "";
}

void *host_alloc(zhen_call *head, size_t bytes)
{
	return arena_alloc0(call_of(head)->arena, bytes);
}

void host_log(zhen_call *head, int32_t level, const char *text)
{
	Call *call = call_of(head);

	log_write((LogLevel)CLAMP(level, LOG_ERROR, LOG_DEBUG), call->runtime->plugin->id, "%.1000s", text);
}
