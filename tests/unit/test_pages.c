/* SPDX-License-Identifier: Apache-2.0
 * Replies of a plugin as people read them. */
#include "pages_fixture.h"

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
		{ ZHEN_TIME, "a", "\"1970-01-01T08:00:00.000+08:00\"", "—" }, /* never */
		{ ZHEN_TIME, "a", "0", "—" },
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

Test(pages, a_table_of_many_columns_is_dense_and_the_name_leads_to_the_row)
{
	PageView view = view_of("/p/t/cases", "t.read");
	g_autofree char *few = draw(&view, 0, NULL, 0, 200, "{\"items\":[{\"id\":7,\"code\":\"C1\",\"name\":\"宅基地\"}]}");
	g_autofree char *many = draw(&view, 0, NULL, 0, 200,
	                             "{\"items\":[{\"id\":7,\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1}]}");

	has(few, "<table class=\"fold\"");
	has(few, "<a href=\"/p/t/cases/7\">宅基地</a>");
	lacks(few, ">C1</a>");
	has(many, "<table class=\"fold many\"");
}

/* A button for what the row's state allows and the reader may do, and for nothing else. */
Test(pages, a_row_has_its_own_buttons)
{
	static const char rows[] = "{\"items\":[{\"id\":7,\"name\":\"甲章\",\"may\":\"handover log\"},{\"id\":8,\"name\":\"乙章\",\"may\":\"log\"},"
				   "{\"id\":9,\"name\":\"丙章\",\"may\":\"logs handovers\"}]}";
	PageView view = view_of("/p/t/seals", "t.read t.write"), reader = view_of("/p/t/seals", "t.read");
	guint list = 0;

	while (strcmp(routes[list].path, "/seals") != 0)
		list++;
	g_autofree char *page = draw(&view, list, NULL, 0, 200, rows), *read = draw(&reader, list, NULL, 0, 200, rows);
	has(page, "href=\"/p/t/seals/7/handover?_form=POST\" class=\"button second small\">移交印章</a>");
	has(page, "href=\"/p/t/seals/7/log\" class=\"button second small\">用印记录</a>");
	has(page, "href=\"/p/t/seals/8/log\" class=\"button second small\">用印记录</a>");
	lacks(page, "/p/t/seals/8/handover");
	lacks(page, "/p/t/seals/9/");
	lacks(page, ">may<");
	lacks(read, "handover?");
	has(read, "/p/t/seals/7/log");
}

Test(pages, one_of_several_actions_stands_out)
{
	CallParam id = { "id", "7", 1 };
	PageView view = view_of("/p/t/cases/7", "t.read t.write");
	g_autofree char *page = draw(&view, 1, &id, 1, 200,
	                             "{\"number\":\"1\",\"actions\":[{\"title\":\"受理\",\"method\":\"POST\",\"path\":\"/a\"},"
	                             "{\"title\":\"补正\",\"method\":\"POST\",\"path\":\"/b\"}]}");

	has(page, "class=\"button\">受理</a>");
	has(page, "class=\"button second\">补正</a>");
}

static gboolean leads_but_to_a(const void *data, guint32 method, const char *url)
{
	(void)data;
	return strcmp(url, "/p/t/a?_form=POST&_match=%223%22&step=2") != 0 || method != ZHEN_POST;
}

Test(pages, an_action_that_would_be_refused_is_not_drawn_and_the_next_stands_out)
{
	CallParam id = { "id", "7", 1 };
	PageView view = view_of("/p/t/cases/7", "t.read t.write");

	view.leads = leads_but_to_a;
	g_autofree char *page = draw(&view, 1, &id, 1, 200,
	                             "{\"number\":\"1\",\"actions\":[{\"title\":\"受理\",\"method\":\"POST\",\"path\":\"/a\","
	                             "\"fields\":{\"step\":2}},{\"title\":\"补正\",\"method\":\"POST\",\"path\":\"/b\"}]}");

	lacks(page, "受理</a>");
	has(page, "class=\"button\">补正</a>");
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

Test(pages, a_form_that_must_bring_a_file_is_offered_to_who_has_a_ticket)
{
	static const char form[] = "href=\"/p/t/track/supply?_form=POST";
	PageView visitor = view_of("/p/t/track", NULL), account = view_of("/p/t/track", NULL);
	const Session session = { .account = "7" };
	CallParam given = { "number", "12", 2 };

	account.session = &session;
	g_autofree char *found = draw(&visitor, 5, &given, 1, 200, "{\"number\":\"12\",\"ticket\":\"t/1\"}");
	g_autofree char *unknown = draw(&visitor, 5, &given, 1, 200, "{\"number\":\"12\"}");
	g_autofree char *by_itself = draw(&account, 5, &given, 1, 200, "{\"number\":\"12\"}");

	has(found, form);
	lacks(unknown, form);
	has(by_itself, form);
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

	CallReply *asks = call_reply_problem(422, "invalid", "填写有误", NULL);

	g_string_assign(asks->body, problem);
	cr_expect(pages_is_question(&routes[4], NULL, 0, asks));
	cr_expect_not(pages_is_question(&routes[4], &given, 1, asks), "what was filled in is refused");
	g_string_assign(asks->body, "{\"errors\":[{\"field\":\"number\",\"code\":\"too-long\",\"title\":\"太长\"}]}");
	cr_expect_not(pages_is_question(&routes[4], NULL, 0, asks), "something else is wrong");
	call_reply_free(asks);
	has(fresh, "name=\"number\"");
	lacks(fresh, "必填</");
	has(again, "href=\"#f-number\"");
	has(again, "value=\"" INERT "\"");
	lacks(again, "<script");
}
