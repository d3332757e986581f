/* SPDX-License-Identifier: Apache-2.0
 * Pages that are the host's own: problems, home, login, and the frame around all of them. */
#include "pages_fixture.h"

Test(pages, problems_name_code_request_and_what_to_do)
{
	static const struct {
		gint status;
		const char *advice;
	} cases[] = {
		{ 401, "/login?next=%2Fp%2Ft%2Fcases%3Fa%3D1" },
		{ 403, "管理员" },
		{ 404, "查询码" },
		{ 409, "刷新" },
		{ 412, "最新内容" },
		{ 429, "一分钟" },
		{ 500, "没有保存" },
		{ 503, "稍等" },
		{ 418, "返回" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		PageView view = view_of("/p/t/cases", NULL);

		view.request_id = "01JB7Q";
		view.query = "a=1";
		g_autofree char *page = draw(&view, 0, NULL, 0, cases[i].status,
		                             "{\"title\":\"题\",\"code\":\"a-code\",\"detail\":\"<b>细\"}");
		has(page, cases[i].advice);
		has(page, "a-code");
		has(page, "01JB7Q");
		has(page, "&lt;b&gt;细");
	}
}

Test(pages, a_problem_without_a_body_is_still_a_page)
{
	PageView view = view_of("/x", NULL);
	g_autoptr(CallReply) reply = call_reply_new(404);
	g_autoptr(GString) out = g_string_new(NULL);

	pages_problem(&view, reply, out);
	has(out->str, "没有找到");
	cr_expect(g_str_has_suffix(out->str, "</html>\n"));
}

Test(pages, the_home_page_shows_what_its_reader_may_use)
{
	PageView resident = view_of("/", NULL), clerk = view_of("/", "t.read");
	g_autoptr(GString) one = g_string_new(NULL), other = g_string_new(NULL);

	pages_home(&resident, one);
	has(one->str, "href=\"/p/t/notes?_form=POST\">记一条</a>");
	has(one->str, "href=\"/p/t/check\">核验证件</a>");
	lacks(one->str, "待办");
	pages_home(&clerk, other);
	has(other->str, "href=\"/p/t/cases\">待办</a>");
}

Test(pages, the_plugin_page_lists_usable_routes_only)
{
	PageView resident = view_of("/p/t", NULL), clerk = view_of("/p/t", "t.read t.write");
	g_autoptr(GString) one = g_string_new(NULL), other = g_string_new(NULL);

	pages_plugin(&resident, &plugin, one);
	has(one->str, "记一条");
	lacks(one->str, "办件列表");
	pages_plugin(&clerk, &plugin, other);
	has(other->str, "GET /cases");
	has(other->str, "POST /cases/{id}/accept");
}

Test(pages, login_keeps_the_name_but_never_the_password_and_returns_only_here)
{
	PageView view = view_of("/login", NULL);
	g_autoptr(GString) out = g_string_new(NULL), away = g_string_new(NULL);

	pages_login(&view, "clerk" NASTY, "/p/t/cases?a=1", "账号或密码不正确", out);
	has(out->str, "value=\"clerk" INERT "\"");
	has(out->str, "name=\"next\" value=\"/p/t/cases?a=1\"");
	has(out->str, "autocomplete=\"current-password\"");
	has(out->str, "账号或密码不正确");
	pages_login(&view, NULL, "https://evil.cn/", NULL, away);
	lacks(away->str, "evil");
}

Test(pages, the_frame_says_language_demo_and_who_is_there)
{
	PageView view = view_of("/", NULL);
	g_autofree Session *session = g_malloc0(sizeof(Session));
	g_autoptr(GString) plain = g_string_new(NULL), out = g_string_new(NULL);

	pages_home(&view, plain);
	lacks(plain->str, "演示环境");
	has(plain->str, "href=\"/login\"");
	session->name = "李" NASTY;
	session->body = bodies_find(bodies, "yd-w");
	g_strlcpy(session->csrf, "token-token", sizeof(session->csrf));
	view.session = session;
	view.demo = TRUE;
	pages_home(&view, out);
	has(out->str, "<html lang=\"zh-CN\">");
	has(out->str, "width=device-width");
	has(out->str, "演示环境，数据可随时清空，请勿填写真实个人信息");
	has(out->str, "李" INERT " · 永定镇便民服务中心");
	has(out->str, "action=\"/logout\"");
	has(out->str, "name=\"_csrf\" value=\"token-token\"");
}

Test(pages, answers_of_the_host_are_pages_too)
{
	PageView view = view_of("/kernel/health", NULL);
	g_autoptr(CallReply) reply = call_reply_new(200);
	g_autoptr(GString) out = g_string_new(NULL);

	g_string_append(reply->body, "{\"ready\":true,\"plugins\":[{\"id\":\"t\",\"version\":\"1.0.0\"}]}");
	pages_json(&view, "运行状况", reply, out);
	has(out->str, "运行状况");
	has(out->str, "1.0.0");
}

Test(pages, the_style_sheet_needs_nothing_from_elsewhere)
{
	gsize length;
	const char *css = pages_css(&length);

	cr_expect_eq(length, strlen(css));
	lacks(css, "url(");
	lacks(css, "@import");
	has(css, "@media print");
}
