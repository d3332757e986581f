/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>
#include "http/pages.h"
#include "http/values.h"

#define NASTY "<script>alert(1)</script>&\"'"
#define INERT "&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#39;"

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
	  .flags = ZHEN_PUBLIC },
	{ .method = ZHEN_POST,
	  .path = "/cases/{id}/steps/{step}",
	  .handle = handle,
	  .fields = step_fields,
	  .permission = "t.write",
	  .summary = "办理环节" },
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

static PageView view_of(const char *path, const char *held)
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

static char *draw(const PageView *view, guint route, const CallParam *params, guint n, gint status, const char *json)
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

Test(html, text_and_attributes_come_out_inert)
{
	g_autoptr(GString) out = g_string_new(NULL);
	Html html;

	html_init(&html, out);
	html_open(&html, "p", "title", NASTY, "class", NULL, NULL);
	html_text(&html, NASTY);
	html_textf(&html, "%s", NASTY);
	html_close(&html);
	cr_expect_str_eq(out->str, "<p title=\"" INERT "\">" INERT INERT "</p>");
}

Test(html, control_characters_and_broken_utf8_do_not_pass)
{
	g_autoptr(GString) out = g_string_new(NULL);
	Html html;

	html_init(&html, out);
	html_text(&html, "a\x01\x7f\xff<");
	cr_expect_str_eq(out->str, "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd&lt;");
	cr_expect(g_utf8_validate(out->str, -1, NULL));
}

Test(html, only_web_addresses_and_paths_become_links)
{
	static const struct {
		const char *url;
		gboolean safe;
	} cases[] = {
		{ "/p/notes", TRUE },
		{ "/", TRUE },
		{ "?a=1", TRUE },
		{ "#f-name", TRUE },
		{ "https://a.cn/x?y=1", TRUE },
		{ "HTTP://a.cn", TRUE },
		{ "javascript:alert(1)", FALSE },
		{ "JaVaScRiPt:alert(1)", FALSE },
		{ " javascript:alert(1)", FALSE },
		{ "java\nscript:alert(1)", FALSE },
		{ "data:text/html,<b>", FALSE },
		{ "vbscript:x", FALSE },
		{ "//evil.cn", FALSE },
		{ "/\\evil.cn", FALSE },
		{ "/a b", FALSE },
		{ "/\t/evil.cn", FALSE },
		{ "http:///x", FALSE },
		{ "https:evil", FALSE },
		{ "notes/1", FALSE },
		{ "mailto:a@b.cn", FALSE },
		{ "", FALSE },
		{ NULL, FALSE },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) out = g_string_new(NULL);
		Html html;

		cr_expect_eq(html_url_safe(cases[i].url), cases[i].safe, "%s", cases[i].url);
		html_init(&html, out);
		html_link(&html, cases[i].url, NULL, "x");
		html_void(&html, "img", "src", cases[i].url, NULL);
		cr_expect_eq(strstr(out->str, "href") != NULL, cases[i].safe, "%s", out->str);
		cr_expect_eq(strstr(out->str, "src") != NULL, cases[i].safe, "%s", out->str);
	}
}

Test(pages, every_type_reads_as_people_write_it)
{
	static const struct {
		guint32 type;
		const char *name, *json, *text;
	} cases[] = {
		{ ZHEN_TEXT, "a", "\"永定\"", "永定" },
		{ ZHEN_LONG_TEXT, "a", "\"一\\n二\"", "一\n二" },
		{ ZHEN_INT, "a", "2026", "2026" },
		{ ZHEN_BOOL, "a", "true", "是" },
		{ ZHEN_BOOL, "a", "false", "否" },
		{ ZHEN_BOOL, "a", "0", "否" },
		{ ZHEN_MONEY, "a_fen", "123456", "¥1,234.56" },
		{ ZHEN_MONEY, "a_fen", "-5", "-¥0.05" },
		{ ZHEN_MONEY, "a_fen", "100000000", "¥1,000,000.00" },
		{ 0, "a_fen", "99", "¥0.99" },
		{ ZHEN_DATE, "a", "\"2026-09-18\"", "2026年9月18日" },
		{ ZHEN_TIME, "a", "\"2026-09-18T09:30:00.000+08:00\"", "2026年9月18日 09:30" },
		{ ZHEN_TIME, "a", "1789695000000", "2026年9月18日 09:30" },
		{ 0, "due_at", "1789695000000", "2026年9月18日 09:30" },
		{ 0, "a", "\"2026-09-18T01:30:00Z\"", "2026年9月18日 09:30" },
		{ ZHEN_CHOICE, "a", "\"yard\"", "院落" },
		{ ZHEN_CHOICE, "a", "\"gone\"", "gone" },
		{ ZHEN_DIVISION, "a", "\"532327101201\"", "永定镇大坝村" },
		{ ZHEN_DIVISION, "a", "\"532327000000\"", "永仁县" },
		{ ZHEN_DIVISION, "a", "\"999999999999\"", "999999999999" },
		{ ZHEN_BODY, "a", "\"yd-w\"", "永定镇便民服务中心" },
		{ 0, "handler_body", "\"yd\"", "永定镇政府" },
		{ ZHEN_NAME, "a", "\"张*\"", "张*" },
		{ ZHEN_ID_CARD, "a", "\"532327**********12\"", "532327**********12" },
		{ ZHEN_PHONE, "a", "\"139****0001\"", "139****0001" },
		{ ZHEN_SECRET, "a", "\"7KQ4\"", "7KQ4" },
		{ ZHEN_FILE, "a", "\"ab12\"", "ab12" },
		{ ZHEN_DECIMAL, "a", "\"12.50\"", "12.50" },
		{ ZHEN_TEXT, "a", "null", "—" },
		{ ZHEN_TEXT, "a", "\"\"", "—" },
	};
	PageView page = view_of("/", NULL);

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		zhen_field field = { .name = cases[i].name, .type = cases[i].type, .choices = "house=住房|yard=院落" };
		ValueView view = { .page = &page };
		json_t *value = json_loads(cases[i].json, JSON_DECODE_ANY, NULL);
		g_autofree char *text =
			value_text(&view, cases[i].type == 0 ? NULL : &field, cases[i].name, value, TRUE);

		cr_expect_str_eq(text, cases[i].text, "%s: %s", cases[i].json, text);
		json_decref(value);
	}
}

Test(pages, a_reply_of_nasty_values_is_inert)
{
	PageView view = view_of("/p/t/cases/7", "t.read");
	CallParam id = { "id", "7", 1 };
	g_autofree char *page = draw(&view, 1, &id, 1, 200,
	                             "{\"number\":\"<script>alert(1)</script>&\\\"'\",\"<b onclick=x>\":\"<i>\","
	                             "\"more\":{\"<u>\":[{\"<s>\":\"<q>\"}]},\"href\":\"javascript:alert(1)\","
	                             "\"a_href\":\"/p/t/ok?a=1&b=2\",\"links\":{\"x\":\"data:text/html,1\"}}");

	has(page, INERT);
	has(page, "href=\"/p/t/ok?a=1&amp;b=2\"");
	lacks(page, "<script");
	lacks(page, "<b onclick");
	lacks(page, "<i>");
	lacks(page, "<u>");
	lacks(page, "<s>");
	lacks(page, "<q>");
	lacks(page, "href=\"javascript");
	lacks(page, "href=\"data:");
	lacks(page, " style=");
}

Test(pages, a_list_links_its_rows_and_carries_its_query_to_the_next_page)
{
	PageView view = view_of("/p/t/cases", "t.read");
	CallParam state = { "state", "done", 4 };

	view.query = "state=done&cursor=old";
	g_autofree char *page =
		draw(&view, 0, &state, 1, 200,
	             "{\"items\":[{\"id\":7,\"number\":\"永政审〔2026〕12号\",\"state\":\"done\",\"fee_fen\":150}],"
	             "\"next\":\"a+b=\"}");
	has(page, "<a href=\"/p/t/cases/7\">永政审〔2026〕12号</a>");
	has(page, "href=\"/p/t/cases?state=done&amp;cursor=a%2Bb%3D\"");
	has(page, "下一页");
	has(page, "已办结");
	has(page, "¥1.50");
	has(page, "data-label=\"状态\"");
	g_autofree char *last = draw(&view, 0, NULL, 0, 200, "{\"items\":[],\"next\":null}");
	has(last, "没有记录");
	g_autofree char *more = draw(&view, 0, NULL, 0, 200, "{\"items\":[],\"next\":null,\"all_fen\":900}");
	has(more, "¥9.00");
	lacks(last, "下一页");
}

Test(pages, next_steps_are_only_those_the_caller_may_take)
{
	CallParam id = { "id", "7", 1 };
	PageView reader = view_of("/p/t/cases/7", "t.read"), writer = view_of("/p/t/cases/7", "t.read t.write");
	g_autofree char *read = draw(&reader, 1, &id, 1, 200, "{\"number\":\"1\"}");
	g_autofree char *write = draw(&writer, 1, &id, 1, 200, "{\"number\":\"1\"}");

	lacks(read, "accept");
	has(write, "href=\"/p/t/cases/7/accept?_form=POST&amp;_match=%223%22\"");
}

Test(pages, actions_of_the_reply_take_the_place_of_those_of_the_tables)
{
	CallParam id = { "id", "7", 1 };
	PageView view = view_of("/p/t/cases/7", "t.read t.write");
	g_autofree char *page = draw(&view, 1, &id, 1, 200,
	                             "{\"number\":\"1\",\"actions\":[{\"title\":\"补正\",\"method\":\"POST\","
	                             "\"path\":\"/cases/7/fix\",\"fields\":{\"step\":2}},"
	                             "{\"title\":\"坏\",\"method\":\"GET\",\"path\":\"//evil.cn\"}]}");

	has(page, "href=\"/p/t/cases/7/fix?_form=POST&amp;_match=%223%22&amp;step=2\"");
	lacks(page, "/accept");
	lacks(page, "href=\"//");
}

Test(pages, a_submitted_form_says_so_and_shows_what_came_back)
{
	PageView view = view_of("/p/t/notes", NULL);
	g_autofree char *page = draw(&view, 3, NULL, 0, 201, "{\"number\":\"12\",\"query_code\":\"7KQ4M9TD\"}");

	has(page, "已提交");
	has(page, "<code class=\"code\">7KQ4M9TD</code>");
	has(page, "请记下或拍下查询码");
}

Test(pages, a_page_that_asks_is_the_form_that_keeps_codes_out_of_addresses)
{
	PageView view = view_of("/p/t/track", NULL);
	CallParam given[] = { { "number", "12", 2 }, { "code", "7KQ4", 4 } };
	g_autofree char *asking = draw(&view, 5, NULL, 0, 200, "{\"hint\":\"请输入\"}");
	g_autofree char *answer = draw(&view, 5, given, 2, 200, "{\"state\":\"办结\"}");

	has(asking, "method=\"post\" action=\"/p/t/track\"");
	lacks(asking, "_form=POST\">查询进度");
	lacks(asking, "<details");
	has(answer, "再查一次");
	lacks(answer, "7KQ4");
	cr_expect_lt(strstr(answer, "办结"), strstr(answer, "<form"));
}

Test(pages, a_question_that_is_posted_is_not_called_saved)
{
	PageView view = view_of("/p/t/track", NULL);
	CallParam given[] = { { "number", "12", 2 }, { "code", "7KQ4", 4 } };
	g_autofree char *answer = draw(&view, 6, given, 2, 200, "{\"number\":\"12\",\"ticket\":\"t/1\"}");
	g_autofree char *act = draw(&view, 7, NULL, 0, 200, "{\"number\":\"12\"}");

	lacks(answer, "已提交");
	has(answer, "href=\"/p/t/track/supply?_form=POST&amp;number=12&amp;ticket=t%2F1\"");
	lacks(answer, "7KQ4");
	lacks(answer, ">t/1<");
	has(act, "已提交");
}

Test(pages, what_a_reply_leaves_undeclared_is_called_as_elsewhere_when_all_agree)
{
	CallParam given = { "number", "12", 2 };
	PageView view = view_of("/p/t/track", NULL);
	g_autofree char *page = draw(&view, 5, &given, 1, 200, "{\"state\":\"done\",\"fee_fen\":150,\"text\":\"x\"}");

	has(page, "<dt>状态</dt><dd>已办结</dd>");
	has(page, "<dt>费用</dt><dd>¥1.50</dd>");
	has(page, "<dt>内容</dt>");
}

Test(pages, rows_below_a_record_lead_to_the_form_of_their_kind)
{
	static const char body[] = "{\"number\":\"1\",\"steps\":[{\"code\":\"plan\",\"title\":\"规划审批\"}]}";
	CallParam id = { "id", "7", 1 };
	PageView reader = view_of("/p/t/cases/7", "t.read"), writer = view_of("/p/t/cases/7", "t.read t.write");
	g_autofree char *read = draw(&reader, 1, &id, 1, 200, body), *write = draw(&writer, 1, &id, 1, 200, body);

	has(write, "<a href=\"/p/t/cases/7/steps/plan?_form=POST\">办理环节</a>");
	has(read, "规划审批");
	lacks(read, "办理环节");
}

Test(pages, rows_below_a_record_offer_nothing_where_the_reply_says_what_can_be_done)
{
	static const struct {
		const char *actions;
		gboolean drawn;
	} cases[] = {
		{ "[]", FALSE },
		{ "[{\"title\":\"办理：规划审批\",\"method\":\"POST\",\"path\":\"/cases/7/steps/plan\"}]", TRUE },
	};
	CallParam id = { "id", "7", 1 };
	PageView view = view_of("/p/t/cases/7", "t.read t.write");

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *body = g_strdup_printf(
			"{\"steps\":[{\"code\":\"plan\",\"title\":\"规划审批\"},{\"code\":\"end\",\"title\":\"办证\"}],"
			"\"actions\":%s}",
			cases[i].actions);
		g_autofree char *page = draw(&view, 1, &id, 1, 200, body);

		has(page, "办证");
		lacks(page, "办理环节");
		lacks(page, "操作");
		lacks(page, "/steps/end");
		lacks(page, "/accept");
		cr_expect_eq(strstr(page, "/steps/plan") != NULL, cases[i].drawn, "%s", cases[i].actions);
	}
}

Test(pages, a_browser_is_sent_on_only_when_nothing_is_lost_by_it)
{
	static const struct {
		const char *location, *body;
		gboolean may;
	} cases[] = {
		{ "/p/t/cases/7", "{\"id\":7}", TRUE },
		{ "/p/t/cases/7", "", TRUE },
		{ "/p/t/cases/7", "{\"id\":7,\"query_code\":\"7KQ4\"}", FALSE },
		{ "/p/t/cases/7", "{\"query_code\":\"7KQ4\"}", FALSE },
		{ NULL, "{\"id\":7}", FALSE },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(CallReply) reply = call_reply_new(201);

		reply->location = g_strdup(cases[i].location);
		g_string_append(reply->body, cases[i].body);
		cr_expect_eq(pages_may_redirect(reply), cases[i].may, "%s", cases[i].body);
	}
}

Test(pages, a_refused_form_stands_there_again_and_a_first_visit_is_no_reproach)
{
	static const char problem[] = "{\"title\":\"填写有误\",\"code\":\"invalid\",\"status\":422,"
				      "\"errors\":[{\"field\":\"number\",\"code\":\"required\",\"title\":\"必填\"}]}";
	PageView view = view_of("/p/t/check", NULL);
	CallParam given = { "number", NASTY, 0 };
	g_autofree char *fresh = draw(&view, 4, NULL, 0, 422, problem);
	g_autofree char *again = draw(&view, 4, &given, 1, 422, problem);

	has(fresh, "name=\"number\"");
	lacks(fresh, "必填</");
	has(again, "href=\"#f-number\"");
	has(again, "value=\"" INERT "\"");
	lacks(again, "<script");
}

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
