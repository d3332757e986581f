/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <string.h>
#include "base/json.h"
#include "http/openapi.h"

static zhen_result handle(zhen_call *call)
{
	(void)call;
	return 200;
}

static const zhen_field member[] = {
	{ .name = "name", .label = "姓名", .type = ZHEN_NAME, .flags = ZHEN_REQUIRED },
	{ .name = "relation", .type = ZHEN_CHOICE, .choices = "head=户主|child=子女" },
	{ 0 },
};
static const zhen_field edit_fields[] = {
	{ .name = "id", .label = "编号", .type = ZHEN_INT, .flags = ZHEN_REQUIRED },
	{ .name = "text", .label = "标题\"", .type = ZHEN_TEXT, .flags = ZHEN_REQUIRED, .max = 50, .help = "一句话" },
	{ .name = "area", .type = ZHEN_INT, .min = 1, .max = 150 },
	{ .name = "kind", .type = ZHEN_CHOICE, .choices = "house=住房|yard=院落" },
	{ .name = "village", .type = ZHEN_DIVISION },
	{ .name = "day", .type = ZHEN_DATE },
	{ .name = "at", .type = ZHEN_TIME },
	{ .name = "fee_fen", .type = ZHEN_MONEY },
	{ .name = "card", .type = ZHEN_ID_CARD },
	{ .name = "members", .type = ZHEN_LIST, .fields = member, .max = 12, .flags = ZHEN_REQUIRED },
	{ 0 },
};
static const zhen_field filter[] = { { .name = "state", .type = ZHEN_TEXT }, { 0 } };
static const zhen_field list_reply[] = { { .name = "items", .type = ZHEN_LIST, .fields = edit_fields }, { 0 } };
static zhen_route routes[] = {
	{ .method = ZHEN_GET,
	  .path = "/cases",
	  .handle = handle,
	  .fields = filter,
	  .reply = list_reply,
	  .permission = "t.read",
	  .summary = "列表" },
	{ .method = ZHEN_POST,
	  .path = "/cases",
	  .handle = handle,
	  .fields = edit_fields + 1,
	  .flags = ZHEN_PUBLIC,
	  .summary = "新建" },
	{ .method = ZHEN_PATCH,
	  .path = "/cases/{id}",
	  .handle = handle,
	  .fields = edit_fields,
	  .permission = "t.write",
	  .feature = "editing",
	  .version = "version" },
	{ .method = ZHEN_DELETE, .path = "/cases/{id}", .handle = handle, .permission = "t.write" },
	{ .method = ZHEN_GET, .path = "/notes", .handle = handle, .reply = member, .flags = ZHEN_PUBLIC },
	{ .method = ZHEN_GET, .path = "/notes/{id}", .handle = handle, .reply = member, .flags = ZHEN_PUBLIC },
	{ .method = ZHEN_GET, .path = "/late", .handle = handle, .reply = member, .flags = ZHEN_PUBLIC },
};
static const Plugin plugin = {
	.id = "t", .version = "1.0.0", .title = "测试", .routes = routes, .n_routes = G_N_ELEMENTS(routes)
};
static const Plugin *const plugins[] = { &plugin };
static const zhen_field level[] = {
	{ .name = "level", .label = "级别", .type = ZHEN_CHOICE, .choices = "warn|info", .flags = ZHEN_REQUIRED },
	{ 0 },
};
static const HttpRoute own[] = {
	{ .method = ZHEN_GET, .path = "/k/level", .summary = "看", .media = "application/json|text/html",
	  .permissions = "kernel.system|kernel.users", .verb = "loglevel" },
	{ .method = ZHEN_POST, .path = "/k/level", .summary = "改", .media = "application/json", .fields = level, .permissions = "" },
	{ .method = ZHEN_GET, .path = "/k/{level}", .summary = "一个", .media = "text/plain", .fields = level },
};
static const HttpRoute *const own_routes[] = { &own[0], &own[1], &own[2] };
static json_t *document;

static void make_document(void)
{
	OpenapiOptions options = {
		.title = "站<&\"", .base_url = "http://127.0.0.1:8080", .plugins = plugins, .n_plugins = 1,
		.routes = own_routes, .n_routes = G_N_ELEMENTS(own_routes)
	};
	g_autoptr(GString) out = g_string_new(NULL);
	json_error_t error;

	openapi_document(&options, out);
	document = json_loads(out->str, JSON_REJECT_DUPLICATES, &error);
	cr_assert_not_null(document, "%s in %s", error.text, out->str);
}

static void drop_document(void)
{
	json_decref(document);
}

TestSuite(openapi, .init = make_document, .fini = drop_document);

/* A member by its path, "a/b/0"; '|' stands for '/' in a name. */
static json_t *at(const char *path)
{
	g_auto(GStrv) parts = g_strsplit(path, "/", -1);
	json_t *value = document;

	for (guint i = 0; parts[i] != NULL && value != NULL; i++) {
		g_strdelimit(parts[i], "|", '/');
		value = json_is_array(value) ? json_array_get(value, (size_t)atoi(parts[i]))
		                             : json_object_get(value, parts[i]);
	}
	return value;
}

static char *text_at(const char *path)
{
	char *text = json_dumps(at(path), JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);

	return text == NULL ? strdup("(nothing)") : text;
}

Test(openapi, the_document_says_what_the_tables_say)
{
	static const struct {
		const char *path, *json;
	} cases[] = {
		{ "openapi", "\"3.1.0\"" },
		{ "info/title", "\"站<&\\\"\"" },
		{ "servers/0/url", "\"http://127.0.0.1:8080\"" },
		{ "paths/|p|t|cases/get/operationId", "\"t.get.cases\"" },
		{ "paths/|p|t|cases/get/summary", "\"列表\"" },
		{ "paths/|p|t|cases/get/x-permission", "\"t.read\"" },
		{ "paths/|p|t|cases/get/security", "[{\"session\":[]},{\"bearer\":[]}]" },
		{ "paths/|p|t|cases/get/parameters/0/name", "\"state\"" },
		{ "paths/|p|t|cases/get/parameters/0/in", "\"query\"" },
		{ "paths/|p|t|cases/get/parameters/1/name", "\"cursor\"" },
		{ "paths/|p|t|cases/post/security/0", "{}" },
		{ "paths/|p|t|cases/post/x-permission", "(nothing)" },
		{ "paths/|p|t|cases/post/requestBody/required", "true" },
		{ "paths/|p|t|cases/post/requestBody/content/application|json/schema/$ref",
		  "\"#/components/schemas/t.post.cases.request\"" },
		{ "paths/|p|t|cases/post/requestBody/content/application|x-www-form-urlencoded/schema/$ref",
		  "\"#/components/schemas/t.post.cases.request\"" },
		{ "paths/|p|t|cases/post/responses/422/$ref", "\"#/components/responses/Problem\"" },
		{ "paths/|p|t|cases/post/responses/default/$ref", "\"#/components/responses/Problem\"" },
		{ "paths/|p|t|cases|{id}/patch/parameters/0/name", "\"id\"" },
		{ "paths/|p|t|cases|{id}/patch/parameters/0/in", "\"path\"" },
		{ "paths/|p|t|cases|{id}/patch/parameters/0/required", "true" },
		{ "paths/|p|t|cases|{id}/patch/parameters/1/name", "\"If-Match\"" },
		{ "paths/|p|t|cases|{id}/patch/x-feature", "\"editing\"" },
		{ "paths/|p|t|cases|{id}/delete/parameters/0/schema", "{\"type\":\"string\"}" },
		{ "paths/|p|t|cases|{id}/delete/requestBody", "(nothing)" },
		{ "paths/|k|level/get/operationId", "\"kernel.get.k.level\"" },
		{ "paths/|k|level/get/tags", "[\"kernel\"]" },
		{ "paths/|k|level/get/x-permissions", "[\"kernel.system\",\"kernel.users\"]" },
		{ "paths/|k|level/get/x-zhenctl", "\"loglevel\"" },
		{ "paths/|k|level/get/security", "[{\"session\":[]},{\"bearer\":[]}]" },
		{ "paths/|k|level/get/responses/403/$ref", "\"#/components/responses/Problem\"" },
		{ "paths/|k|level/get/responses/2XX/content",
		  "{\"application/json\":{\"schema\":{\"type\":\"object\"}},\"text/html\":{\"schema\":{\"type\":\"string\"}}}" },
		{ "paths/|k|level/get/requestBody", "(nothing)" },
		{ "paths/|k|level/post/x-permissions", "(nothing)" },
		{ "paths/|k|level/post/security", "[{\"session\":[]},{\"bearer\":[]}]" },
		{ "paths/|k|level/post/responses/403", "(nothing)" },
		{ "paths/|k|level/post/requestBody/content/application|json/schema/required", "[\"level\"]" },
		{ "paths/|k|{level}/get/parameters/0/in", "\"path\"" },
		{ "paths/|k|{level}/get/security/0", "{}" },
		{ "paths/|k|{level}/get/responses/401", "(nothing)" },
		{ "components/schemas/t.patch.cases.by-id.request/properties/id", "(nothing)" },
		{ "components/schemas/t.patch.cases.by-id.request/required", "[\"text\",\"members\"]" },
		{ "components/schemas/t.post.cases.request/properties/text",
		  "{\"description\":\"一句话\",\"maxLength\":50,\"title\":\"标题\\\"\",\"type\":\"string\"}" },
		{ "components/schemas/t.post.cases.request/properties/area",
		  "{\"format\":\"int64\",\"maximum\":150,\"minimum\":1,\"type\":\"integer\"}" },
		{ "components/schemas/t.post.cases.request/properties/kind/enum", "[\"house\",\"yard\"]" },
		{ "components/schemas/t.post.cases.request/properties/village/pattern", "\"^[0-9]{12}$\"" },
		{ "components/schemas/t.post.cases.request/properties/day/format", "\"date\"" },
		{ "components/schemas/t.post.cases.request/properties/at/format", "\"date-time\"" },
		{ "components/schemas/t.post.cases.request/properties/fee_fen/description", "\"单位：分\"" },
		{ "components/schemas/t.post.cases.request/properties/card/x-personal", "true" },
		{ "components/schemas/t.post.cases.request/properties/members/maxItems", "12" },
		{ "components/schemas/t.post.cases.request/properties/members/items/required", "[\"name\"]" },
		{ "components/schemas/t.post.cases.request/properties/members/items/properties/relation/enum",
		  "[\"head\",\"child\"]" },
		{ "components/schemas/t.get.cases.reply/properties/next/type", "[\"string\",\"null\"]" },
		{ "components/schemas/t.get.cases.reply/properties/items/items/properties/card/pattern", "(nothing)" },
		/* Rows that have a page of their own come in pages; where the table does not say, either may come. */
		{ "components/schemas/t.get.notes.reply/properties/items/items/properties/name/type", "\"string\"" },
		{ "components/schemas/t.get.notes.by-id.reply/properties/name/type", "\"string\"" },
		{ "components/schemas/t.get.late.reply/anyOf/0/properties/items/type", "\"array\"" },
		{ "components/schemas/t.get.late.reply/anyOf/1/properties/name/type", "\"string\"" },
		{ "components/securitySchemes/session/in", "\"cookie\"" },
		{ "components/schemas/Problem/required", "[\"type\",\"code\",\"title\",\"status\"]" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		char *text = text_at(cases[i].path);

		cr_expect_str_eq(text, cases[i].json, "%s: %s", cases[i].path, text);
		free(text);
	}
}

/* Every $ref leads somewhere and every operation has its id to itself. */
static void walk(json_t *value, GHashTable *ids)
{
	const char *name;
	json_t *one;
	size_t i;

	json_array_foreach (value, i, one)
		walk(one, ids);
	json_object_foreach (value, name, one) {
		const char *text = json_string_value(one);

		if (text != NULL && strcmp(name, "$ref") == 0)
			cr_expect_not_null(at(text + 2), "%s", text);
		if (text != NULL && strcmp(name, "operationId") == 0)
			cr_expect(g_hash_table_add(ids, (gpointer)text), "%s twice", text);
		walk(one, ids);
	}
}

Test(openapi, every_reference_resolves_and_every_operation_id_is_its_own)
{
	g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);

	walk(document, ids);
	cr_expect_eq(g_hash_table_size(ids), G_N_ELEMENTS(routes) + G_N_ELEMENTS(own));
}
