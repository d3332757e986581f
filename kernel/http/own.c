/* SPDX-License-Identifier: Apache-2.0
 * Pages of the host that need nothing but what http knows. The daemon adds its own after them; the same path replaces. */
#include "http/internal.h"

#include <string.h>

#include "base/digest.h"
#include "http/openapi.h"

static void send_text(HttpCall *call, const char *content_type, GString *text)
{
	CallReply *reply = call_reply_new(200);

	g_string_free(reply->body, TRUE);
	reply->body = text;
	reply->content_type = content_type;
	http_call_answer(call, reply);
}

static void send_html(HttpCall *call, GString *html)
{
	send_text(call, "text/html; charset=utf-8", html);
}

static void run_style(HttpCall *call, void *data)
{
	gsize length = 0;
	const char *css = pages_css(&length);

	(void)data;
	send_text(call, "text/css; charset=utf-8", g_string_new_len(css, (gssize)length));
}

static void run_home(HttpCall *call, void *data)
{
	GString *html = g_string_sized_new(8192);
	PageView view;

	(void)data;
	call_view(call, &view);
	pages_home(&view, html);
	send_html(call, html);
}

static void run_plugin(HttpCall *call, void *data)
{
	const char *id = http_call_param(call, "plugin");
	const Mount *mount = mount_find(mount_table(call->home->http), id, strlen(id));
	GString *html;
	PageView view;

	(void)data;
	if (mount == NULL) {
		http_call_answer(call, call_reply_problem(404, "not-found", "没有这个页面或接口", NULL));
		return;
	}
	html = g_string_sized_new(8192);
	call_view(call, &view);
	pages_plugin(&view, mount->plugin, html);
	send_html(call, html);
}

/* (transfer container) of const HttpRoute */
static GPtrArray *own_routes(const Http *http)
{
	GPtrArray *routes = g_ptr_array_new();

	for (guint i = 0; i < http->host_entries->len; i++)
		g_ptr_array_add(routes, &((RouteEntry *)http->host_entries->pdata[i])->own);
	return routes;
}

/* Half a megabyte that changes only with what is mounted. */
static const GString *openapi_of(Http *http, MountTable *table)
{
	g_autoptr(GPtrArray) routes = own_routes(http);
	const OpenapiOptions options = {
		.title = http->options.site_title,
		.base_url = http->options.base_url,
		.plugins = table->plugins,
		.n_plugins = table->count,
		.routes = (const HttpRoute *const *)routes->pdata,
		.n_routes = routes->len,
	};
	g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&http->lock);
	g_autoptr(Digest) digest = NULL;
	guint8 made[DIGEST_SIZE];
	char hex[DIGEST_HEX_SIZE];

	(void)lock;
	if (table->openapi != NULL)
		return table->openapi;
	table->openapi = g_string_sized_new(16384);
	openapi_document(&options, table->openapi);
	digest = digest_new();
	digest_of(digest, table->openapi->str, table->openapi->len, made);
	digest_hex(made, hex);
	table->openapi_tag = g_strdup_printf("\"%s\"", hex);
	return table->openapi;
}

static void run_openapi(HttpCall *call, void *data)
{
	MountTable *table = g_atomic_pointer_get(&call->home->http->table);
	const GString *text = openapi_of(call->home->http, table);
	CallReply *reply = call_reply_new(200);

	(void)data;
	call->wants_html = FALSE; /* it is read by tools, and a browser shows it as it is */
	g_string_append_len(reply->body, text->str, (gssize)text->len);
	reply->content_type = "application/json";
	reply->etag = g_strdup(table->openapi_tag);
	http_call_answer(call, reply);
}

static const zhen_field plugin_fields[] = {
	{ .name = "plugin", .label = "模块", .type = ZHEN_TEXT, .flags = ZHEN_REQUIRED, .max = 31 },
	{ 0 },
};

static const HttpRoute routes[] = {
	{ .method = ZHEN_GET, .path = "/", .summary = "首页", .media = "text/html", .run = run_home },
	{ .method = ZHEN_GET, .path = "/p/{plugin}", .summary = "一个模块的首页", .media = "text/html", .fields = plugin_fields, .run = run_plugin },
	{ .method = ZHEN_GET, .path = "/kernel/style.css", .summary = "页面样式", .media = "text/css", .run = run_style },
	{ .method = ZHEN_GET, .path = "/kernel/openapi.json", .summary = "全部接口的说明（OpenAPI 3.1）", .media = "application/json", .run = run_openapi },
};

void own_add(Http *http)
{
	for (guint i = 0; i < G_N_ELEMENTS(routes); i++)
		http_add(http, &routes[i], NULL);
}
