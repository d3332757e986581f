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

/* Half a megabyte that changes only with what is mounted. */
static const GString *openapi_of(Http *http, MountTable *table)
{
	const OpenapiOptions options = {
		.title = http->options.site_title,
		.base_url = http->options.base_url,
		.plugins = table->plugins,
		.n_plugins = table->count,
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

void own_add(Http *http)
{
	http_add(http, ZHEN_GET, "/", NULL, run_home, NULL);
	http_add(http, ZHEN_GET, "/p/{plugin}", NULL, run_plugin, NULL);
	http_add(http, ZHEN_GET, "/kernel/style.css", NULL, run_style, NULL);
	http_add(http, ZHEN_GET, "/kernel/openapi.json", NULL, run_openapi, NULL);
}
