/* SPDX-License-Identifier: Apache-2.0
 * The host table: the answer. */
#include <string.h>
#include "runtime/host.h"

void reply_root(Call *call)
{
	if (call->root_open)
		return;
	call->root_open = TRUE;
	json_open(&call->out, NULL, FALSE);
	call->reply_fields[1] = call->route != NULL ? call->route->reply : NULL;
}

void host_put(zhen_call *head, const char *name, zhen_value value)
{
	Call *call = call_of(head);

	if (call->failed)
		return;
	reply_root(call);
	reply_put(call, name, &value);
}

void host_put_time(zhen_call *head, const char *name, int64_t ms)
{
	Call *call = call_of(head);

	if (call->failed)
		return;
	reply_root(call);
	json_put_time(&call->out, name, ms);
}

void host_put_json(zhen_call *head, const char *name, const char *json)
{
	Call *call = call_of(head);
	const zhen_field *fields, *field;
	zhen_value value;

	if (call->failed)
		return;
	reply_root(call);
	fields = call->reply_fields[call->out.depth];
	field = name != NULL && fields != NULL ? field_find(fields, name) : NULL;
	value = zhen_from_text(json);
	if (json == NULL)
		json_put_text(&call->out, name, NULL);
	else if (field != NULL && field->type == ZHEN_LIST)
		reply_put(call, name, &value);
	else
		reply_put_json(call, name, field, json);
}

/* Objects inside a list carry the list's member fields; an object by name those of the field of that name. */
static const zhen_field *fields_inside(Call *call, const char *name)
{
	const zhen_field *fields = call->reply_fields[call->out.depth];
	const zhen_field *field;

	if (name == NULL || fields == NULL)
		return fields;
	field = field_find(fields, name);
	return field != NULL && field->type == ZHEN_LIST ? field->fields : NULL;
}

void host_open(zhen_call *head, const char *name, bool list)
{
	Call *call = call_of(head);
	const zhen_field *inside;

	if (call->failed)
		return;
	reply_root(call);
	if (call->out.depth >= JSON_DEPTH - 1) {
		exec_refuse(call, ZHEN_INTERNAL, "too-deep", "答复的层次超过 %d", JSON_DEPTH);
		return;
	}
	inside = fields_inside(call, name);
	json_open(&call->out, name, list);
	call->reply_fields[call->out.depth] = inside;
}

void host_close(zhen_call *head)
{
	Call *call = call_of(head);

	if (!call->failed && call->out.depth > 1)
		json_close_one(&call->out);
}

zhen_result host_reply(zhen_call *head, int32_t status)
{
	Call *call = call_of(head);

	if (call->failed)
		return call->status;
	reply_root(call);
	while (call->out.depth > 0)
		json_close_one(&call->out);
	call->status = status;
	return status;
}

/* Only a POST whose path plus an id is a GET route of the plugin has somewhere to point to. */
static char *location_of(Call *call, int64_t id)
{
	const Plugin *plugin = call->runtime->plugin;
	gsize length;

	if (call->route == NULL || strchr(call->route->path, '{') != NULL)
		return NULL;
	length = strlen(call->route->path);
	for (guint i = 0; i < plugin->n_routes; i++) {
		const zhen_route *other = &plugin->routes[i];

		if (other->method == ZHEN_GET && strncmp(other->path, call->route->path, length) == 0 &&
		    other->path[length] == '/' && other->path[length + 1] == '{' &&
		    strchr(other->path + length + 1, '/') == NULL)
			return arena_printf(call->arena, "/p/%s%s/%" G_GINT64_FORMAT, plugin->id, call->route->path,
			                    id);
	}
	return NULL;
}

zhen_result host_created(zhen_call *head, int64_t id)
{
	Call *call = call_of(head);

	if (call->failed)
		return call->status;
	reply_root(call);
	json_put_int(&call->out, "id", id);
	call->location = location_of(call, id);
	return host_reply(head, ZHEN_CREATED);
}

zhen_result host_fail(zhen_call *head, int32_t status, const char *code, const char *text)
{
	Call *call = call_of(head);

	if (call->failed)
		return call->status;
	if (status < 400 || status > 599)
		status = ZHEN_INTERNAL;
	call->status = status;
	call->fail_code = arena_strdup(call->arena, code);
	call->fail_text = arena_strdup(call->arena, text);
	return status;
}

void host_field_error(zhen_call *head, const char *field, const char *code, const char *text)
{
	Call *call = call_of(head);

	if (call->failed)
		return;
	field_error_append(&call->field_errors, field, code, text);
}

zhen_result host_send_blob(zhen_call *head, const char *digest, const char *media_type, const char *file_name)
{
	Call *call = call_of(head);

	if (call->failed)
		return call->status;
	if (digest == NULL)
		return host_fail(head, ZHEN_NOT_FOUND, "not-found", "没有找到");
	call->blob = arena_strdup(call->arena, digest);
	call->media_type = arena_strdup(call->arena, media_type);
	call->file_name = arena_strdup(call->arena, file_name);
	call->status = ZHEN_OK;
	return ZHEN_OK;
}
