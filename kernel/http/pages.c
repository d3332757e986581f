/* SPDX-License-Identifier: Apache-2.0 */
#include "http/pages.h"

#include <string.h>
#include "base/json.h"
#include "http/values.h"

#define DEMO_TEXT "演示环境，数据可随时清空，请勿填写真实个人信息。"

gboolean page_may(const PageView *view, const Plugin *plugin, const char *permission, const char *feature)
{
	if (view->may == NULL)
		return permission == NULL && feature == NULL;
	return view->may(view->may_data, plugin, permission, feature);
}

const char *page_csrf(const PageView *view)
{
	return view->csrf != NULL ? view->csrf : view->session != NULL ? view->session->csrf : NULL;
}

const char *page_param(const CallParam *params, guint n_params, const char *name)
{
	for (guint i = 0; i < n_params; i++)
		if (strcmp(params[i].name, name) == 0)
			return params[i].value;
	return NULL;
}

gboolean path_has_param(const char *path, const char *name)
{
	gsize length = strlen(name);

	for (const char *p = path; (p = strchr(p, '{')) != NULL; p++)
		if (strncmp(p + 1, name, length) == 0 && p[1 + length] == '}')
			return TRUE;
	return FALSE;
}

char *page_route_url(const Plugin *plugin, const zhen_route *route, const CallParam *params, guint n_params)
{
	g_autoptr(GString) url = g_string_new("/p/");

	g_string_append(url, plugin->id);
	for (const char *p = route->path; *p != '\0';) {
		const char *end = *p == '{' ? strchr(p, '}') : NULL;

		if (end == NULL) {
			g_string_append_c(url, *p++);
			continue;
		}
		g_autofree char *name = g_strndup(p + 1, (gsize)(end - p - 1));
		const char *value = page_param(params, n_params, name);
		if (value == NULL || value[0] == '\0')
			return NULL;
		g_string_append_uri_escaped(url, value, NULL, FALSE);
		p = end + 1;
	}
	return g_string_free(g_steal_pointer(&url), FALSE);
}

static void draw_who(const PageView *view, Html *html)
{
	const char *csrf = page_csrf(view);

	html_open(html, "div", "class", "who", NULL);
	if (view->session == NULL) {
		html_link(html, "/login", NULL, "工作人员登录");
	} else {
		html_open(html, "span", NULL);
		html_textf(html, "%s%s%s", view->session->name == NULL ? "" : view->session->name,
		           view->session->body == NULL ? "" : " · ",
		           view->session->body == NULL ? "" : view->session->body->name);
		html_close(html);
		html_open(html, "form", "method", "post", "action", "/logout", NULL);
		if (csrf != NULL)
			html_void(html, "input", "type", "hidden", "name", "_csrf", "value", csrf, NULL);
		html_leaf(html, "button", NULL, "退出");
		html_close(html);
	}
	html_close(html);
}

static void draw_crumbs(const PageView *view, Html *html, const char *title, const Plugin *plugin)
{
	html_open(html, "nav", "class", "crumbs", "aria-label", "当前位置", NULL);
	html_open(html, "ol", NULL);
	html_open(html, "li", NULL);
	html_link(html, "/", NULL, "首页");
	html_close(html);
	if (plugin != NULL) {
		g_autofree char *url = g_strconcat("/p/", plugin->id, NULL);
		const char *name = plugin->title == NULL ? plugin->id : plugin->title;

		if (g_strcmp0(view->path, url) != 0) {
			html_open(html, "li", NULL);
			html_link(html, url, NULL, name);
			html_close(html);
		}
	}
	html_open(html, "li", "aria-current", "page", NULL);
	html_text(html, title);
	html_close(html);
	html_close(html);
	html_close(html);
}

void page_begin(const PageView *view, Html *html, GString *out, const char *title, const Plugin *plugin)
{
	gboolean home = g_strcmp0(view->path, "/") == 0;

	html_init(html, out);
	g_string_append(out, "<!doctype html>\n");
	html_open(html, "html", "lang", "zh-CN", NULL);
	html_open(html, "head", NULL);
	html_void(html, "meta", "charset", "utf-8", NULL);
	html_void(html, "meta", "name", "viewport", "content", "width=device-width, initial-scale=1", NULL);
	html_open(html, "title", NULL);
	html_textf(html, "%s%s%s", title, home ? "" : " · ", home ? "" : view->site_title);
	html_close(html);
	html_void(html, "link", "rel", "stylesheet", "href", "/kernel/style.css", NULL);
	html_close(html);
	html_open(html, "body", NULL);
	html_link(html, "#main", "skip", "跳到正文");
	if (view->demo) {
		html_open(html, "div", "class", "demo", "role", "note", NULL);
		html_leaf(html, "p", "wrap", DEMO_TEXT);
		html_close(html);
	}
	html_open(html, "header", "class", "top", NULL);
	html_open(html, "div", "class", "wrap", NULL);
	html_link(html, "/", "site", view->site_title);
	draw_who(view, html);
	html_close(html);
	html_close(html);
	html_open(html, "main", "id", "main", "class", "wrap", "tabindex", "-1", NULL);
	if (!home)
		draw_crumbs(view, html, title, plugin);
	html_leaf(html, "h1", NULL, title);
}

void page_end(const PageView *view, Html *html)
{
	html_close_to(html, 2);
	html_open(html, "footer", "class", "foot", NULL);
	html_open(html, "div", "class", "wrap", NULL);
	html_leaf(html, "p", NULL, view->site_title);
	if (view->now_ms > 0) {
		g_autofree char *now = moment_text(view->now_ms);

		html_open(html, "p", NULL);
		html_textf(html, "页面时间 %s", now);
		html_close(html);
	}
	html_close(html);
	html_close_to(html, 0);
	g_string_append_c(html->text, '\n');
}

/* What the reader can do now, by status. */
static const struct {
	gint status;
	const char *title, *advice;
} advices[] = {
	{ 400, "请求有误", "请返回上一页检查填写的内容后再试。" },
	{ 401, "请先登录", "登录后会回到这一页。" },
	{ 403, "没有权限", "您的岗位不能办理这件事；如确需办理，请联系本单位管理员。" },
	{ 404, "没有找到", "请检查网址、编号和查询码是否正确；也可以从首页重新进入。" },
	{ 405, "不支持这种操作", "请从首页重新进入。" },
	{ 409, "现在不能这样办理", "事项的状态可能已经变化，请回到这一件刷新后再看，按页面上能办的继续。" },
	{ 410, "已经失效", "请从首页重新进入。" },
	{ 412, "内容已被他人修改", "请返回并刷新页面，核对最新内容后再提交。" },
	{ 413, "内容太大", "请减小文件后再上传。" },
	{ 415, "格式不支持", "请返回上一页，用页面上的表单提交。" },
	{ 422, "填写有误", "请返回上一页，按提示改正后再提交。" },
	{ 428, "缺少版本号", "请从详情页重新进入后再提交。" },
	{ 429, "操作太频繁", "请等待一分钟后再试。" },
	{ 500, "系统出错", "您提交的内容没有保存。请稍后再试；仍不行时，请把下面的编号告诉工作人员。" },
	{ 503, "系统繁忙", "请稍等片刻再试，您提交的内容没有保存。" },
	{ 507, "存储空间不足", "您提交的内容没有保存。请把下面的编号告诉工作人员。" },
};

static void draw_words(Html *html, const char *advice, const json_t *problem)
{
	const char *title = json_string_value(json_object_get(problem, "title"));
	const char *detail = json_string_value(json_object_get(problem, "detail"));
	const json_t *error;
	size_t i;

	html_open(html, "div", "class", "panel wrong", "role", "alert", NULL);
	if (detail != NULL && g_strcmp0(detail, title) != 0)
		html_leaf(html, "p", NULL, detail);
	json_array_foreach (json_object_get(problem, "errors"), i, error)
		html_leaf(html, "p", NULL, json_string_value(json_object_get(error, "title")));
	html_leaf(html, "p", NULL, advice);
	html_close(html);
}

/* For whoever is asked for help: not what the reader wants to know first. */
static void draw_reference(const PageView *view, Html *html, gint status, const char *code)
{
	g_autofree char *number = g_strdup_printf("%d", status);
	const char *const facts[][2] = { { "错误代码", code }, { "请求编号", view->request_id }, { "状态", number } };

	html_open(html, "dl", "class", "facts", NULL);
	for (guint f = 0; f < G_N_ELEMENTS(facts); f++) {
		if (facts[f][1] == NULL)
			continue;
		html_open(html, "div", NULL);
		html_leaf(html, "dt", NULL, facts[f][0]);
		html_open(html, "dd", NULL);
		html_leaf(html, "code", NULL, facts[f][1]);
		html_close(html);
		html_close(html);
	}
	html_close(html);
}

void pages_refused(const PageView *view, const Plugin *plugin, const zhen_route *route, const CallParam *params,
                   guint n_params, const CallReply *reply, GString *out)
{
	g_autoptr(json_t) problem = json_read(reply->body->str, reply->body->len, NULL);
	const char *title = json_string_value(json_object_get(problem, "title"));
	const char *advice =
		reply->status >= 500 ? "请稍后再试；仍不行时，请把下面的编号告诉工作人员。" : "请返回上一页再试。";
	Html html;

	for (guint i = 0; i < G_N_ELEMENTS(advices); i++)
		if (advices[i].status == reply->status) {
			advice = advices[i].advice;
			title = title == NULL ? advices[i].title : title;
		}
	page_begin(view, &html, out, title == NULL ? "出错了" : title, plugin);
	draw_words(&html, advice, problem);
	html_open(&html, "div", "class", "actions", NULL);
	if (reply->status == 401) {
		g_autofree char *here = g_strconcat(view->path == NULL ? "/" : view->path,
		                                    view->query == NULL ? NULL : "?", view->query, NULL);
		g_autofree char *next = g_uri_escape_string(here, NULL, FALSE);
		g_autofree char *login = g_strconcat("/login?next=", next, NULL);
		html_link(&html, login, "button", "登录");
	}
	if (route != NULL)
		page_ways(view, &html, plugin, route, params, n_params, reply->status);
	html_link(&html, "/", "button second", "回到首页");
	html_close(&html);
	draw_reference(view, &html, reply->status, json_string_value(json_object_get(problem, "code")));
	page_end(view, &html);
}

void pages_problem(const PageView *view, const CallReply *reply, GString *out)
{
	pages_refused(view, NULL, NULL, NULL, 0, reply, out);
}

void pages_json(const PageView *view, const char *title, const CallReply *reply, GString *out)
{
	ValueView value = { .page = view };
	Html html;

	if (reply->status >= 400 && g_strcmp0(reply->content_type, "application/problem+json") == 0) {
		pages_problem(view, reply, out);
		return;
	}
	g_autoptr(json_t) body = json_read(reply->body->str, reply->body->len, NULL);
	page_begin(view, &html, out, title == NULL ? "结果" : title, NULL);
	if (json_is_object(body))
		values_object(&value, &html, body, 2);
	else if (json_is_array(body))
		values_rows(&value, &html, body, 2);
	page_end(view, &html);
}

static void draw_login_field(Html *html, const char *name, const char *label, const char *type, const char *complete,
                             const char *value, gboolean bad)
{
	html_open(html, "div", "class", "field", NULL);
	html_open(html, "label", "for", name, NULL);
	html_text(html, label);
	html_close(html);
	html_void(html, "input", "id", name, "name", name, "type", type, "autocomplete", complete, "autocapitalize",
	          "none", "spellcheck", "false", "value", value, "required", "", "aria-invalid", bad ? "true" : NULL,
	          "aria-describedby", bad ? "wrong" : NULL, NULL);
	html_close(html);
}

void pages_login(const PageView *view, const char *login, const char *next, const char *message, GString *out)
{
	const char *csrf = page_csrf(view);
	Html html;

	page_begin(view, &html, out, "工作人员登录", NULL);
	if (message != NULL) {
		html_open(&html, "div", "class", "panel wrong login", "role", "alert", "id", "wrong", NULL);
		html_leaf(&html, "p", NULL, message);
		html_close(&html);
	}
	html_open(&html, "form", "class", "panel login", "method", "post", "action", "/login", NULL);
	if (csrf != NULL)
		html_void(&html, "input", "type", "hidden", "name", "_csrf", "value", csrf, NULL);
	if (next != NULL && next[0] == '/' && html_url_safe(next))
		html_void(&html, "input", "type", "hidden", "name", "next", "value", next, NULL);
	draw_login_field(&html, "login", "账号", "text", "username", login, message != NULL);
	draw_login_field(&html, "password", "密码", "password", "current-password", NULL, message != NULL);
	html_open(&html, "div", "class", "submit", NULL);
	html_leaf(&html, "button", NULL, "登录");
	html_close(&html);
	html_close(&html);
	html_open(&html, "p", "class", "soft", NULL);
	html_text(&html, "群众申请办事、查询进度、核验证件不需要登录，请从");
	html_link(&html, "/", NULL, "首页");
	html_text(&html, "进入。");
	html_close(&html);
	page_end(view, &html);
}
