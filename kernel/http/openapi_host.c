/* SPDX-License-Identifier: Apache-2.0
 * The host's own routes in the OpenAPI document, from the rows that they are served by. */
#include "http/openapi_inside.h"

#include <string.h>

#define TAG "kernel"

void openapi_host_tag(JsonOut *out)
{
	json_open(out, NULL, FALSE);
	json_put_text(out, "name", TAG);
	json_put_text(out, "description", "主机");
	json_close_one(out);
}

static void put_parameters(JsonOut *out, const HttpRoute *route)
{
	json_open(out, "parameters", TRUE);
	for (const zhen_field *f = route->fields; f != NULL && f->name != NULL; f++) {
		const gboolean in_path = openapi_in_path(route->path, f->name);

		if (in_path || route->method == ZHEN_GET)
			openapi_put_parameter(out, f->name, in_path ? "path" : "query",
			                      in_path || (f->flags & ZHEN_REQUIRED) != 0, f->label, f);
	}
	json_close_one(out);
}

static void put_request(JsonOut *out, const HttpRoute *route)
{
	static const char *const media[] = { "application/json", "application/x-www-form-urlencoded" };

	if (route->method == ZHEN_GET || route->fields == NULL)
		return;
	json_open(out, "requestBody", FALSE);
	json_open(out, "content", FALSE);
	for (guint i = 0; i < G_N_ELEMENTS(media); i++) {
		json_open(out, media[i], FALSE);
		openapi_put_fields(out, "schema", route->fields, route->path, TRUE);
		json_close_one(out);
	}
	json_close_one(out);
	json_close_one(out);
}

static void put_responses(JsonOut *out, const HttpRoute *route)
{
	g_auto(GStrv) media = g_strsplit(route->media, "|", -1);

	json_open(out, "responses", FALSE);
	json_open(out, "2XX", FALSE);
	json_put_text(out, "description", "答复");
	json_open(out, "content", FALSE);
	for (guint i = 0; media[i] != NULL; i++) {
		json_open(out, media[i], FALSE);
		json_open(out, "schema", FALSE);
		json_put_text(out, "type", strcmp(media[i], "application/json") == 0 ? "object" : "string");
		json_close_one(out);
		json_close_one(out);
	}
	json_close_one(out);
	json_close_one(out);
	if (route->permissions != NULL)
		openapi_put_problem(out, "401");
	if (route->permissions != NULL && route->permissions[0] != '\0')
		openapi_put_problem(out, "403");
	openapi_put_problem(out, "default");
	json_close_one(out);
}

/* Any of them is enough. */
static void put_permissions(JsonOut *out, const char *permissions)
{
	g_auto(GStrv) names = permissions != NULL && permissions[0] != '\0' ? g_strsplit(permissions, "|", -1) : NULL;

	if (names == NULL)
		return;
	json_open(out, "x-permissions", TRUE);
	for (guint i = 0; names[i] != NULL; i++)
		json_put_text(out, NULL, names[i]);
	json_close_one(out);
}

static void put_operation(JsonOut *out, const HttpRoute *route)
{
	g_autofree char *id = openapi_operation(TAG, route->method, route->path);

	json_open(out, openapi_method(route->method), FALSE);
	json_put_text(out, "operationId", id);
	json_put_text(out, "summary", route->summary);
	json_open(out, "tags", TRUE);
	json_put_text(out, NULL, TAG);
	json_close_one(out);
	put_parameters(out, route);
	put_request(out, route);
	put_responses(out, route);
	openapi_put_security(out, route->permissions == NULL);
	put_permissions(out, route->permissions);
	if (route->verb != NULL)
		json_put_text(out, "x-zhenctl", route->verb);
	json_close_one(out);
}

/* All routes of one path are one path item, at its first row. */
void openapi_host_paths(JsonOut *out, const HttpRoute *const *routes, guint n_routes)
{
	for (guint i = 0; i < n_routes; i++) {
		gboolean seen = FALSE;

		for (guint j = 0; j < i && !seen; j++)
			seen = strcmp(routes[j]->path, routes[i]->path) == 0;
		if (seen)
			continue;
		json_open(out, routes[i]->path, FALSE);
		for (guint j = i; j < n_routes; j++)
			if (strcmp(routes[j]->path, routes[i]->path) == 0)
				put_operation(out, routes[j]);
		json_close_one(out);
	}
}
