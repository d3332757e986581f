/* SPDX-License-Identifier: Apache-2.0
 * A plugin whose replies are drawn, and a town for it. */
#pragma once

#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>
#include "http/pages.h"
#include "http/values.h"
#include "hostile_text.h"

static Divisions *divisions;
static Bodies *bodies;
static char *folder;

static void load_world(void)
{
	GError *error = NULL;

	folder = g_dir_make_tmp("zhen-pages-XXXXXX", &error);
	cr_assert_not_null(folder);
	g_autofree char *places = g_build_filename(folder, "d.csv", NULL),
			*units = g_build_filename(folder, "b.csv", NULL);
	cr_assert(g_file_set_contents(
		places,
		"code,name,level,parent\n530000000000,云南省,province,\n"
		"532300000000,楚雄州,prefecture,530000000000\n532327000000,永仁县,county,532300000000\n"
		"532327101000,永定镇,township,532327000000\n"
		"532327101201,大坝村,village,532327101000\n",
		-1, &error));
	cr_assert(g_file_set_contents(units,
	                              "id,kind,name,division,superior\nyd,township,永定镇政府,532327101000,\n"
	                              "yd-w,window,永定镇便民服务中心,532327101000,yd\n",
	                              -1, &error));
	const char *d[] = { places, NULL }, *b[] = { units, NULL };
	divisions = divisions_load(d, &error);
	cr_assert_not_null(divisions, "%s", error == NULL ? "" : error->message);
	bodies = bodies_load(b, divisions, &error);
	cr_assert_not_null(bodies, "%s", error == NULL ? "" : error->message);
	g_unlink(places);
	g_unlink(units);
	g_rmdir(folder);
}

static void drop_world(void)
{
	bodies_free(bodies);
	divisions_free(divisions);
	g_free(folder);
}

TestSuite(pages, .init = load_world, .fini = drop_world);

static zhen_result handle(zhen_call *call)
{
	(void)call;
	return 200;
}

static const zhen_field row_fields[] = {
	{ .name = "number", .label = "受理号", .type = ZHEN_TEXT },
	{ .name = "state", .label = "状态", .type = ZHEN_CHOICE, .choices = "filed=已提交|done=已办结" },
	{ .name = "fee_fen", .label = "费用", .type = ZHEN_MONEY },
	{ 0 },
};
static const zhen_field list_reply[] = { { .name = "items", .type = ZHEN_LIST, .fields = row_fields }, { 0 } };
static const zhen_field case_fields[] = { { .name = "id", .type = ZHEN_INT, .flags = ZHEN_REQUIRED }, { 0 } };
static const zhen_field search_fields[] = {
	{ .name = "number", .label = "受理号", .type = ZHEN_TEXT, .flags = ZHEN_REQUIRED },
	{ 0 },
};
static const zhen_field note_fields[] = {
	{ .name = "text", .label = "内容", .type = ZHEN_TEXT, .flags = ZHEN_REQUIRED },
	{ 0 },
};
static const zhen_field ask_fields[] = {
	{ .name = "number", .label = "受理号", .type = ZHEN_TEXT },
	{ .name = "code", .label = "查询码", .type = ZHEN_SECRET },
	{ 0 },
};
static const zhen_field supply_fields[] = {
	{ .name = "number", .type = ZHEN_TEXT },
	{ .name = "code", .type = ZHEN_SECRET },
	{ .name = "ticket", .type = ZHEN_TEXT, .flags = ZHEN_HIDDEN },
	{ .name = "note", .type = ZHEN_TEXT },
	{ .name = "file", .type = ZHEN_FILE, .flags = ZHEN_REQUIRED },
	{ 0 },
};
static const zhen_field step_fields[] = {
	{ .name = "id", .type = ZHEN_INT },
	{ .name = "step", .type = ZHEN_TEXT },
	{ .name = "opinion", .type = ZHEN_TEXT },
	{ 0 },
};
static zhen_route routes[] = {
	{ .method = ZHEN_GET,
	  .path = "/cases",
	  .handle = handle,
	  .reply = list_reply,
	  .permission = "t.read",
	  .summary = "办件列表" },
	{ .method = ZHEN_GET,
	  .path = "/cases/{id}",
	  .handle = handle,
	  .fields = case_fields,
	  .reply = row_fields,
	  .permission = "t.read",
	  .summary = "办件详情" },
	{ .method = ZHEN_POST,
	  .path = "/cases/{id}/accept",
	  .handle = handle,
	  .fields = case_fields,
	  .permission = "t.write",
	  .summary = "受理",
	  .version = "version" },
	{ .method = ZHEN_POST,
	  .path = "/notes",
	  .handle = handle,
	  .fields = note_fields,
	  .summary = "记一条",
	  .flags = ZHEN_PUBLIC },
	{ .method = ZHEN_GET,
	  .path = "/check",
	  .handle = handle,
	  .fields = search_fields,
	  .summary = "核验证件",
	  .flags = ZHEN_PUBLIC },
	{ .method = ZHEN_GET,
	  .path = "/track",
	  .handle = handle,
	  .fields = ask_fields,
	  .summary = "查询进度",
	  .flags = ZHEN_PUBLIC },
	{ .method = ZHEN_POST,
	  .path = "/track",
	  .handle = handle,
	  .fields = ask_fields,
	  .summary = "查询进度",
	  .flags = ZHEN_PUBLIC },
	{ .method = ZHEN_POST,
	  .path = "/track/supply",
	  .handle = handle,
	  .fields = supply_fields,
	  .summary = "补正",
	  .flags = ZHEN_PUBLIC | ZHEN_UPLOADS },
	{ .method = ZHEN_POST,
	  .path = "/cases/{id}/steps/{step}",
	  .handle = handle,
	  .fields = step_fields,
	  .permission = "t.write",
	  .summary = "办理环节" },
	{ .method = ZHEN_GET, .path = "/seals", .handle = handle, .permission = "t.read", .summary = "印章" },
	{ .method = ZHEN_POST,
	  .path = "/seals/{id}/handover",
	  .handle = handle,
	  .fields = case_fields,
	  .permission = "t.write",
	  .summary = "移交印章" },
	{ .method = ZHEN_GET,
	  .path = "/seals/{id}/log",
	  .handle = handle,
	  .fields = case_fields,
	  .permission = "t.read",
	  .summary = "用印记录" },
};
static zhen_menu menu[] = { { .title = "待办", .path = "/cases", .permission = "t.read" } };
static const Plugin plugin = {
	.id = "t",
	.version = "1.0.0",
	.title = "行政审批",
	.routes = routes,
	.n_routes = G_N_ELEMENTS(routes),
	.menu = menu,
	.n_menu = 1,
};
static const Plugin *const plugins[] = { &plugin };

/* @data: the permissions held, as text. */
static gboolean may(const void *data, const Plugin *of, const char *permission, const char *feature)
{
	(void)of;
	(void)feature;
	return permission == NULL || (data != NULL && strstr(data, permission) != NULL);
}

G_GNUC_UNUSED static PageView view_of(const char *path, const char *held)
{
	return (PageView){ .site_title = "楚雄 · 镇务平台",
		           .path = path,
		           .divisions = divisions,
		           .bodies = bodies,
		           .plugins = plugins,
		           .n_plugins = 1,
		           .may = may,
		           .may_data = held };
}

G_GNUC_UNUSED static char *draw(const PageView *view, guint route, const CallParam *params, guint n, gint status,
                                const char *json)
{
	g_autoptr(CallReply) reply = call_reply_new(status);
	GString *out = g_string_new(NULL);

	if (status >= 400)
		reply->content_type = "application/problem+json";
	reply->etag = g_strdup("\"3\"");
	g_string_append(reply->body, json);
	pages_reply(view, &plugin, &routes[route], params, n, reply, out);
	return g_string_free(out, FALSE);
}

#define has(text, part) cr_expect_not_null(strstr((text), (part)), "no %s in: %s", (part), (text))
#define lacks(text, part) cr_expect_null(strstr((text), (part)), "%s in: %s", (part), (text))
