/* SPDX-License-Identifier: Apache-2.0 */
#include "http/openapi_inside.h"

#include <string.h>

static gboolean is_list(const zhen_route *route)
{
	const zhen_field *items = route->reply == NULL ? NULL : field_find(route->reply, "items");

	return items != NULL && items->type == ZHEN_LIST;
}

static void put_parameters(JsonOut *out, const zhen_route *route)
{
	gboolean query = route->method == ZHEN_GET || route->method == ZHEN_DELETE;

	json_open(out, "parameters", TRUE);
	for (const char *p = route->path; (p = strchr(p, '{')) != NULL; p++) {
		const char *end = strchr(p, '}');

		if (end == NULL)
			break;
		g_autofree char *name = g_strndup(p + 1, (gsize)(end - p - 1));
		const zhen_field *field = route->fields == NULL ? NULL : field_find(route->fields, name);
		openapi_put_parameter(out, name, "path", TRUE, field == NULL ? NULL : field->label, field);
	}
	for (const zhen_field *f = route->fields; query && f != NULL && f->name != NULL; f++)
		if (!openapi_in_path(route->path, f->name))
			openapi_put_parameter(out, f->name, "query", (f->flags & ZHEN_REQUIRED) != 0, f->label, f);
	if (is_list(route) || (route->method == ZHEN_GET && !g_str_has_suffix(route->path, "}"))) {
		openapi_put_parameter(out, "cursor", "query", FALSE, "上一页答复中的 next", NULL);
		openapi_put_parameter(out, "limit", "query", FALSE, "每页行数", NULL);
	}
	if (route->method == ZHEN_POST)
		openapi_put_parameter(out, "Idempotency-Key", "header", FALSE, "同一个键只办一次，保留 72 小时", NULL);
	if (!query && route->method != ZHEN_POST && route->version != NULL)
		openapi_put_parameter(out, "If-Match", "header", TRUE, "所改版本的 ETag；没有是 428，过时是 412", NULL);
	json_close_one(out);
}

const char *openapi_method(guint32 method)
{
	static const char *const verbs[] = { "get", "get", "post", "put", "patch", "delete" };

	return verbs[method < G_N_ELEMENTS(verbs) ? method : ZHEN_GET];
}

char *openapi_operation(const char *plugin, guint32 method, const char *path)
{
	GString *id = g_string_new(plugin);

	g_string_append_printf(id, ".%s", openapi_method(method));
	for (const char *c = path; *c != '\0'; c++)
		if (*c == '/')
			g_string_append_c(id, '.');
		else if (*c == '{')
			g_string_append(id, "by-");
		else if (*c != '}')
			g_string_append_c(id, g_ascii_isalnum(*c) || *c == '_' ? *c : '-');
	return g_string_free(id, FALSE);
}

static gboolean has_body(const zhen_route *route)
{
	return route->method != ZHEN_GET && route->method != ZHEN_DELETE && route->fields != NULL;
}

static void put_media(JsonOut *out, const char *media, const char *id, const char *part)
{
	g_autofree char *ref = g_strconcat("#/components/schemas/", id, part, NULL);

	json_open(out, media, FALSE);
	json_open(out, "schema", FALSE);
	json_put_text(out, "$ref", ref);
	json_close_one(out);
	json_close_one(out);
}

static gboolean has_required(const zhen_route *route)
{
	for (const zhen_field *f = route->fields; f != NULL && f->name != NULL; f++)
		if ((f->flags & ZHEN_REQUIRED) != 0 && !openapi_in_path(route->path, f->name))
			return TRUE;
	return FALSE;
}

static void put_request(JsonOut *out, const zhen_route *route, const char *id)
{
	if (!has_body(route))
		return;
	json_open(out, "requestBody", FALSE);
	json_put_bool(out, "required", has_required(route));
	json_open(out, "content", FALSE);
	put_media(out, "application/json", id, ".request");
	if (route->method == ZHEN_POST)
		put_media(out,
		          (route->flags & ZHEN_UPLOADS) != 0 ? "multipart/form-data"
		                                             : "application/x-www-form-urlencoded",
		          id, ".request");
	json_close_one(out);
	json_close_one(out);
}

static void put_reply(JsonOut *out, const char *id)
{
	json_open(out, "content", FALSE);
	put_media(out, "application/json", id, ".reply");
	json_open(out, "text/html", FALSE);
	json_open(out, "schema", FALSE);
	json_put_text(out, "type", "string");
	json_close_one(out);
	json_close_one(out);
	json_close_one(out);
}

void openapi_put_problem(JsonOut *out, const char *status)
{
	json_open(out, status, FALSE);
	json_put_text(out, "$ref", "#/components/responses/Problem");
	json_close_one(out);
}

static void put_responses(JsonOut *out, const zhen_route *route, const char *id)
{
	gboolean is_public = (route->flags & ZHEN_PUBLIC) != 0;

	json_open(out, "responses", FALSE);
	json_open(out, route->method == ZHEN_POST ? "2XX" : "200", FALSE);
	json_put_text(out, "description", route->method == ZHEN_POST ? "已办；201 时 Location 指向新记录" : "答复");
	put_reply(out, id);
	json_close_one(out);
	if (!is_public)
		openapi_put_problem(out, "401");
	if (!is_public)
		openapi_put_problem(out, "403");
	openapi_put_problem(out, "404");
	if (route->method != ZHEN_GET)
		openapi_put_problem(out, "409");
	if (route->fields != NULL)
		openapi_put_problem(out, "422");
	openapi_put_problem(out, "default");
	json_close_one(out);
}

void openapi_put_security(JsonOut *out, gboolean is_public)
{
	json_open(out, "security", TRUE);
	if (is_public) {
		json_open(out, NULL, FALSE);
		json_close_one(out);
	}
	static const char *const ways[] = { "session", "bearer" };
	for (guint i = 0; i < G_N_ELEMENTS(ways); i++) {
		json_open(out, NULL, FALSE);
		json_open(out, ways[i], TRUE);
		json_close_one(out);
		json_close_one(out);
	}
	json_close_one(out);
}

static void put_operation(JsonOut *out, const Plugin *plugin, const zhen_route *route)
{
	g_autofree char *id = openapi_operation(plugin->id, route->method, route->path);

	json_open(out, openapi_method(route->method), FALSE);
	json_put_text(out, "operationId", id);
	json_put_text(out, "summary", route->summary == NULL ? id : route->summary);
	json_open(out, "tags", TRUE);
	json_put_text(out, NULL, plugin->id);
	json_close_one(out);
	put_parameters(out, route);
	put_request(out, route, id);
	put_responses(out, route, id);
	openapi_put_security(out, (route->flags & ZHEN_PUBLIC) != 0);
	if (route->permission != NULL)
		json_put_text(out, "x-permission", route->permission);
	if (route->feature != NULL)
		json_put_text(out, "x-feature", route->feature);
	if (route->unmask != NULL)
		json_put_text(out, "x-unmask", route->unmask);
	json_close_one(out);
}

/* All routes of one path are one path item, at its first row. */
static void put_paths(JsonOut *out, const Plugin *plugin)
{
	for (guint i = 0; i < plugin->n_routes; i++) {
		gboolean seen = FALSE;

		for (guint j = 0; j < i && !seen; j++)
			seen = strcmp(plugin->routes[j].path, plugin->routes[i].path) == 0;
		if (seen)
			continue;
		g_autofree char *path = g_strconcat("/p/", plugin->id, plugin->routes[i].path, NULL);
		json_open(out, path, FALSE);
		for (guint j = i; j < plugin->n_routes; j++)
			if (strcmp(plugin->routes[j].path, plugin->routes[i].path) == 0)
				put_operation(out, plugin, &plugin->routes[j]);
		json_close_one(out);
	}
}

/* These never change, so they are text. */
static const char schemes[] = "{\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"zhen_session\"},"
			      "\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\"}}";
static const char problem_schema[] =
	"{\"type\":\"object\",\"description\":\"RFC 9457\",\"required\":[\"type\",\"code\",\"title\",\"status\"],"
	"\"properties\":{\"type\":{\"type\":\"string\",\"format\":\"uri-reference\"},\"code\":{\"type\":\"string\"},"
	"\"title\":{\"type\":\"string\"},\"title_en\":{\"type\":\"string\"},\"status\":{\"type\":\"integer\"},"
	"\"detail\":{\"type\":\"string\"},\"errors\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":"
	"{"
	"\"field\":{\"type\":\"string\"},\"code\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},"
	"\"title_en\":{\"type\":\"string\"}}}}}}";
static const char next_schema[] =
	"{\"type\":[\"string\",\"null\"],\"description\":\"下一页的 cursor；没有下一页时为 null\"}";
static const char problem_response[] =
	"{\"Problem\":{\"description\":\"拒绝或失败\",\"content\":{\"application/problem+json\":{\"schema\":{"
	"\"$ref\":\"#/components/schemas/Problem\"}}}}}";

/* Whether a GET route that declares plain fields answers a page of rows or one of them: its table does not say. It does
 * when the page of one row stands below it, does not when it is such a page. */
typedef enum Rows { ROWS_NO, ROWS_YES, ROWS_MAYBE } Rows;

static Rows is_page(const Plugin *plugin, const zhen_route *route)
{
	gsize length = strlen(route->path);

	if (route->method != ZHEN_GET || route->reply == NULL || g_str_has_suffix(route->path, "}"))
		return ROWS_NO;
	for (guint i = 0; i < plugin->n_routes; i++)
		if (plugin->routes[i].method == ZHEN_GET && strncmp(plugin->routes[i].path, route->path, length) == 0 &&
		    g_str_has_prefix(plugin->routes[i].path + length, "/{"))
			return ROWS_YES;
	return ROWS_MAYBE;
}

static void put_page_schema(JsonOut *out, const char *name, const zhen_route *route, gboolean declared)
{
	json_open(out, name, FALSE);
	json_put_text(out, "type", "object");
	json_open(out, "properties", FALSE);
	for (const zhen_field *f = route->reply; declared && f->name != NULL; f++)
		openapi_put_field(out, f->name, f, FALSE);
	if (!declared) {
		json_open(out, "items", FALSE);
		json_put_text(out, "type", "array");
		openapi_put_fields(out, "items", route->reply, "", FALSE);
		json_close_one(out);
	}
	if (!declared || field_find(route->reply, "next") == NULL)
		json_put_raw(out, "next", next_schema, sizeof(next_schema) - 1);
	json_close_one(out);
	json_close_one(out);
}

static void put_route_schemas(JsonOut *out, const Plugin *plugin, const zhen_route *route)
{
	g_autofree char *id = openapi_operation(plugin->id, route->method, route->path);
	g_autofree char *request = g_strconcat(id, ".request", NULL), *reply = g_strconcat(id, ".reply", NULL);

	if (has_body(route))
		openapi_put_fields(out, request, route->fields, route->path, TRUE);
	gboolean declared = is_list(route);
	if (declared || is_page(plugin, route) == ROWS_YES) {
		put_page_schema(out, reply, route, declared);
	} else if (is_page(plugin, route) == ROWS_NO) {
		openapi_put_fields(out, reply, route->reply, "", FALSE);
	} else {
		json_open(out, reply, FALSE);
		json_open(out, "anyOf", TRUE);
		put_page_schema(out, NULL, route, FALSE);
		openapi_put_fields(out, NULL, route->reply, "", FALSE);
		json_close_one(out);
		json_close_one(out);
	}
}

static void put_components(JsonOut *out, const OpenapiOptions *options)
{
	json_open(out, "components", FALSE);
	json_put_raw(out, "securitySchemes", schemes, sizeof(schemes) - 1);
	json_put_raw(out, "responses", problem_response, sizeof(problem_response) - 1);
	json_open(out, "schemas", FALSE);
	json_put_raw(out, "Problem", problem_schema, sizeof(problem_schema) - 1);
	for (guint i = 0; i < options->n_plugins; i++)
		for (guint r = 0; r < options->plugins[i]->n_routes; r++)
			put_route_schemas(out, options->plugins[i], &options->plugins[i]->routes[r]);
	json_close_one(out);
	json_close_one(out);
}

void openapi_document(const OpenapiOptions *options, GString *text)
{
	JsonOut out;

	json_out_init(&out, text);
	json_open(&out, NULL, FALSE);
	json_put_text(&out, "openapi", "3.1.0");
	json_open(&out, "info", FALSE);
	json_put_text(&out, "title", options->title);
	json_put_text(&out, "version", "1");
	json_close_one(&out);
	json_open(&out, "servers", TRUE);
	json_open(&out, NULL, FALSE);
	json_put_text(&out, "url", options->base_url == NULL || options->base_url[0] == '\0' ? "/" : options->base_url);
	json_close_one(&out);
	json_close_one(&out);
	json_open(&out, "tags", TRUE);
	openapi_host_tag(&out);
	for (guint i = 0; i < options->n_plugins; i++) {
		json_open(&out, NULL, FALSE);
		json_put_text(&out, "name", options->plugins[i]->id);
		if (options->plugins[i]->title != NULL)
			json_put_text(&out, "description", options->plugins[i]->title);
		json_close_one(&out);
	}
	json_close_one(&out);
	json_open(&out, "paths", FALSE);
	for (guint i = 0; i < options->n_plugins; i++)
		put_paths(&out, options->plugins[i]);
	openapi_host_paths(&out, options->routes, options->n_routes);
	json_close_one(&out);
	put_components(&out, options);
	json_close_one(&out);
}
