/* SPDX-License-Identifier: Apache-2.0
 * What closes the loop: the ladder, demands, meetings, feedback, use, and what is counted of it all. */
#include "world.h"

#define BODY(kind_) "{\"body\": \"county-" kind_ "-" COUNTY "\"}"
#define ROAD RAISE("交通运输", "公路损毁")

TestSuite(loop, .timeout = 120);

static void finish(const char *order, const char *department)
{
	g_autofree char *accept = g_strdup_printf("/orders/%s/accept", order),
			*answer = g_strdup_printf("/orders/%s/feedback", order);

	as_department(department);
	DONE(post(accept, "{}"), 200);
	DONE(post(answer, "{\"result\": \"已修好\"}"), 200);
}

static void rate(const char *order, int score)
{
	g_autofree char *path = g_strdup_printf("/orders/%s/rate", order),
			*json = g_strdup_printf("{\"score\": %d}", score);

	as_township(TOWNSHIP);
	DONE(post(path, json), 200);
}

Test(loop, an_order_nobody_accepts_is_told_further_up_and_late_to_accept_stays_known)
{
	begin("2026-09-07T09:00:00"); /* a Monday */
	import_sample();
	as_township(TOWNSHIP);
	DONE(post("/whistles", ROAD), 201);
	turn("2026-09-09T09:00:00");
	turn("2026-09-10T09:00:00");
	DONE(get("/orders/1"), 200);
	IS("rung", "1"); /* a working day each: 10 September is the last of it */
	turn("2026-09-11T09:00:00");
	turn("2026-09-15T09:00:00");
	turn("2026-09-20T09:00:00");
	DONE(get("/orders/1"), 200);
	IS("rung", "3");
	cr_expect_eq(events("dispatch.order.escalated"), 3);
	cr_expect_eq(events("dispatch.order.late"), 1);
	finish("1", "transport");
	DONE(get("/orders/1"), 200);
	IS("late", "true");
	IS("rung", "0");
	as_centre();
	DONE(get("/reports/departments?year=2026"), 200);
	IS("items.0.accept_late", "1");
	IS("items.0.done_late", "0");
	zhen_test_free(test);
}

Test(loop, what_is_not_in_the_table_is_judged_at_a_meeting_and_becomes_standard_by_an_act)
{
	begin("2026-09-08T09:00:00");
	import_sample();
	as_township(TOWNSHIP);
	DONE(post("/whistles", RAISE("其他", "充电桩扰民")), 201);
	as_centre();
	REFUSED(post("/whistles/1/order", "{\"reason\": \"会商\", \"departments\": [" BODY("housing") "]}"), 409, "not-judged");
	DONE(post("/meetings", "{\"kind\": \"judging\", \"title\": \"研判会\", \"held_on\": \"2026-09-09\", \"bodies\": [" BODY("housing") ", " BODY("ecology") "]}"), 201);
	REFUSED(post("/whistles/1/judge", "{\"judgement\": \"住建牵头\", \"meeting\": 1}"), 422, "invalid"); /* not on its agenda */
	DONE(post("/meetings/1/agenda", "{\"title\": \"充电桩\", \"whistle\": 1}"), 201);
	DONE(post("/whistles/1/judge", "{\"judgement\": \"住建牵头\", \"meeting\": 1}"), 200);
	REFUSED(post("/whistles/1/promote", "{\"lead\": \"county-housing\", \"source\": \"研判会\"}"), 409,
	        "whistle-in-judgement");
	DONE(post("/whistles/1/order", "{\"reason\": \"会商\", \"departments\": [" BODY("housing") "]}"), 200);
	as_township(TOWNSHIP);
	REFUSED(post("/whistles/1/promote", "{\"lead\": \"county-housing\", \"source\": \"研判会\"}"), 403,
	        "forbidden");
	as_centre();
	REFUSED(post("/whistles/1/promote", "{\"lead\": \"county-nobody\", \"source\": \"研判会\"}"), 422, "invalid");
	DONE(post("/whistles/1/promote", "{\"lead\": \"county-housing\", \"source\": \"研判会\"}"), 200);
	REFUSED(post("/whistles/1/promote", "{\"lead\": \"county-housing\", \"source\": \"研判会\"}"), 409,
	        "standard-already");
	as_township(OTHER);
	DONE(post("/whistles", RAISE("其他", "充电桩扰民")), 201);
	DONE(get("/whistles/2"), 200);
	IS("orders.0.body_name", "永仁县住房和城乡建设局"); /* by itself, from now on */
	zhen_test_free(test);
}

Test(loop, who_is_called_comes_or_says_why_not_and_who_does_neither_is_on_record)
{
	begin("2026-09-08T09:00:00");
	import_sample();
	as_centre();
	REFUSED(post("/meetings", "{\"kind\": \"joint\", \"title\": \"联席会\", \"held_on\": \"2026-09-07\"}"), 422,
	        "invalid");
	DONE(post("/meetings",
	          "{\"kind\": \"joint\", \"title\": \"联席会\", \"held_on\": \"2026-09-09\", \"bodies\": [" BODY(
			  "housing") ", " BODY("ecology") ", " BODY("finance") "]}"),
	     201);
	DONE(post("/meetings/1/agenda", "{\"title\": \"老旧小区\"}"), 201);
	REFUSED(post("/meetings/1/close", "{\"minutes\": \"纪要\"}"), 409, "not-yet");
	as_department("transport");
	REFUSED(post("/meetings/1/come", "{}"), 409, "not-called");
	as_department("finance");
	REFUSED(post("/meetings/1/leave", "{}"), 422, "invalid"); /* not without a reason */
	DONE(post("/meetings/1/leave", "{\"reason\": \"审计进点\"}"), 200);
	turn("2026-09-09T09:00:00");
	as_department("housing");
	DONE(post("/meetings/1/come", "{}"), 200);
	as_centre();
	REFUSED(post("/meetings/1/decide",
	             "{\"item\": 9, \"decision\": \"改造\", \"body\": \"county-housing-" COUNTY "\"}"),
	        422, "invalid");
	DONE(post("/meetings/1/decide", "{\"item\": 1, \"decision\": \"改造\", \"body\": \"county-housing-" COUNTY
	                                "\", \"due_on\": \"2026-09-18\"}"),
	     200);
	DONE(post("/meetings/1/close", "{\"minutes\": \"纪要\"}"), 200);
	REFUSED(post("/meetings/1/close", "{\"minutes\": \"纪要\"}"), 409, "meeting-held");
	cr_expect_eq(events("dispatch.meeting.absent"), 1);
	DONE(get("/meetings/1"), 200);
	IS("attendance.0.state", "came");
	IS("attendance.1.state", "absent");
	IS("attendance.2.state", "excused");
	DONE(get("/absences"), 200);
	IS("items.0.body_name", "永仁县生态环境局");
	IS("items.1.body_name", "");
	DONE(get("/reports/departments?year=2026"), 200);
	IS("items.0.absent", "1");
	turn("2026-09-19T09:00:00");
	DONE(get("/decisions?open=true"), 200);
	IS("items.0.late", "1");
	as_department("ecology");
	REFUSED(post("/decisions/1/done", "{\"done\": \"完工\"}"), 403, "wrong-body");
	as_department("housing");
	DONE(post("/decisions/1/done", "{\"done\": \"完工\"}"), 200);
	REFUSED(post("/decisions/1/done", "{\"done\": \"完工\"}"), 409, "done-already");
	listed("/decisions?open=true", "");
	zhen_test_free(test);
}

Test(loop, each_week_a_meeting_makes_itself_of_what_is_open_and_late_first)
{
	begin("2026-09-08T09:00:00"); /* a Tuesday */
	import_sample();
	as_township(TOWNSHIP);
	DONE(post("/whistles", ROAD), 201);
	turn("2026-09-11T09:00:00");
	as_township(OTHER);
	DONE(post("/whistles", RAISE("住房建设", "燃气安全隐患")), 201);
	as_centre();
	listed("/meetings", "");
	turn("2026-09-14T09:00:00"); /* Monday */
	turn("2026-09-14T15:00:00");
	as_centre();
	listed("/meetings?kind=weekly", "1");
	DONE(get("/meetings/1"), 200);
	IS("agenda.0.whistle", "1");
	IS("agenda.0.late", "true");
	IS("attendance.0.body_name", "永仁县交通运输局");
	IS("attendance.0.state", "called");
	turn("2026-09-21T09:00:00");
	as_centre();
	listed("/meetings?kind=weekly", "2 1");
	zhen_test_free(test);
}

Test(loop, a_demand_is_answered_by_its_department_alone)
{
	begin("2026-09-08T09:00:00");
	import_sample();
	as_township(TOWNSHIP);
	DONE(post("/whistles", ROAD), 201);
	REFUSED(post("/orders/1/demand", "{\"demand\": \"三日内修好\", \"answer_on\": \"2026-09-11\"}"), 403,
	        "forbidden");
	as_centre();
	REFUSED(post("/orders/1/demand", "{\"demand\": \"三日内修好\", \"answer_on\": \"2026-09-07\"}"), 422,
	        "invalid");
	DONE(post("/orders/1/demand", "{\"demand\": \"三日内修好\", \"answer_on\": \"2026-09-11\"}"), 201);
	REFUSED(post("/demands/1/answer", "{\"answer\": \"好\"}"), 403, "forbidden");
	as_department("housing");
	REFUSED(post("/demands/1/answer", "{\"answer\": \"好\"}"), 404, "not-found");
	listed("/demands", "");
	turn("2026-09-12T09:00:00");
	as_department("transport");
	DONE(get("/demands"), 200);
	IS("items.0.late", "1");
	DONE(post("/demands/1/answer", "{\"answer\": \"已进场\"}"), 200);
	REFUSED(post("/demands/1/answer", "{\"answer\": \"已进场\"}"), 409, "demand-met");
	finish("1", "transport");
	as_centre();
	REFUSED(post("/orders/1/demand", "{\"demand\": \"再修\", \"answer_on\": \"2026-09-30\"}"), 409, "order-done");
	zhen_test_free(test);
}

Test(loop, three_parties_hear_what_came_of_it_and_the_result_is_put_to_use)
{
	begin("2026-09-08T09:00:00");
	import_sample();
	as_township(TOWNSHIP);
	REFUSED(post("/whistles", "{\"class\": \"交通运输\", \"kind\": \"公路损毁\", \"title\": \"坑\", \"content\": \"坑\", \"reason\": \"无权\", "
	                          "\"reporter\": \"government-" OTHER "\"}"), 422, "invalid");
	DONE(post("/whistles", "{\"class\": \"交通运输\", \"kind\": \"公路损毁\", \"title\": \"坑\", \"content\": \"坑\", \"reason\": \"无权\", "
	                       "\"reporter\": \"village-532327101001\"}"), 201);
	as_centre();
	REFUSED(post("/whistles/1/use", "{\"how\": \"policy\", \"text\": \"修订养护办法\"}"), 409, "whistle-in-work");
	finish("1", "transport");
	zhen_test_as(test, "村", "village-532327101001", NULL, "dispatch.read dispatch.receive");
	listed("/notices", "1");
	DONE(post("/notices/1/read", "{}"), 200);
	REFUSED(post("/notices/2/read", "{}"), 404, "not-found"); /* the township's */
	as_township(TOWNSHIP);
	listed("/notices", "2");
	as_centre();
	listed("/notices", "3");
	REFUSED(post("/whistles/1/use", "{\"how\": \"policy\", \"text\": \"修订养护办法\"}"), 409, "whistle-answered");
	turn("2026-09-09T09:00:00");
	rate("1", 95);
	turn("2026-09-10T09:00:00");
	as_centre();
	DONE(post("/whistles/1/use", "{\"how\": \"policy\", \"text\": \"修订养护办法\"}"), 200);
	DONE(get("/whistles/1"), 200);
	IS("state", "used");
	IS("steps.0.step", "接");
	IS("steps.0.at", "2026-09-08T09:00:00.000+08:00");
	IS("steps.3.at", "2026-09-09T09:00:00.000+08:00");
	IS("steps.4.step", "用");
	IS("steps.4.at", "2026-09-10T09:00:00.000+08:00");
	IS("notices.0.body_name", "苴却社区居民委员会");
	zhen_test_free(test);
}

Test(loop, figures_come_from_counters_and_a_year_is_a_township_part_and_the_rest)
{
	begin("2026-09-08T09:00:00");
	import_sample();
	for (int i = 1; i <= 6; i++) {
		g_autofree char *order = g_strdup_printf("%d", i);

		as_township(TOWNSHIP);
		DONE(post("/whistles", ROAD), 201);
		if (i == 6)
			continue;
		finish(order, "transport");
		rate(order, 70 + 5 * i); /* 75, 80, 85, 90, 95: 85 on average */
	}
	as_centre();
	DONE(get("/reports/completion"), 200);
	IS("raised", "6");
	IS("answered", "5");
	IS("completion", "83.33");
	DONE(get("/reports/departments?year=2026"), 200);
	IS("items.0.completion", "83.33");
	IS("items.0.township_part", "85.00");
	IS("items.0.score", ""); /* the rest is not known yet */
	IS("items.0.rank", "");
	REFUSED(post("/reports/departments",
	             "{\"body\": \"county-transport-" COUNTY "\", \"year\": 2026, \"score\": \"100.5\"}"),
	        422, "invalid");
	DONE(post("/reports/departments",
	          "{\"body\": \"county-transport-" COUNTY "\", \"year\": 2026, \"score\": \"92.5\"}"),
	     200);
	DONE(post("/reports/departments",
	          "{\"body\": \"county-housing-" COUNTY "\", \"year\": 2026, \"score\": \"99\"}"),
	     200);
	DONE(get("/reports/departments?year=2026"), 200);
	IS("items.0.rest", "92.50");
	IS("items.0.score", "90.25"); /* 0.30 × 85 + 0.70 × 92.5 */
	IS("items.0.rank", "1");
	IS("items.1.body_name", "永仁县住房和城乡建设局");
	IS("items.1.rank", ""); /* nobody rated it: fewer than five */
	DONE(get("/reports/departments?year=2025"), 200);
	IS("items.0.body", "");
	DONE(get("/reports/repeated"), 200);
	IS("items.0.times", "6");
	DONE(post("/campaigns", "{\"township\": \"" TOWNSHIP "\", \"class\": \"交通运输\", \"kind\": \"公路损毁\", \"title\": \"修路\", \"body\": \"county-transport-" COUNTY "\", "
	                        "\"plan\": \"逐段排查\", \"until_on\": \"2026-12-31\"}"), 201);
	DONE(get("/reports/repeated"), 200);
	IS("items.0.times", "");
	REFUSED(post("/campaigns", "{\"township\": \"" TOWNSHIP "\", \"class\": \"交通运输\", \"kind\": \"公路损毁\", \"title\": \"修路\", \"body\": \"county-transport-" COUNTY "\", "
	                           "\"plan\": \"逐段排查\", \"until_on\": \"2026-12-31\"}"), 409, "no-whistles");
	DONE(get("/campaigns"), 200);
	IS("items.0.whistles", "6");
	DONE(post("/campaigns/1/end", "{\"result\": \"完成\"}"), 200);
	REFUSED(post("/campaigns/1/end", "{\"result\": \"完成\"}"), 409, "campaign-ended");
	zhen_test_free(test);
}

Test(loop, time_is_told_per_kind_and_orders_per_item_of_the_list)
{
	g_autofree char *json = guide_json("类别,事项,标准事项,牵头单位,配合单位,接单时限,办理时限,来源,清单事项\n劳动,欠薪,是,county-labour,,1,1,萧山区,QZ-017\n");

	begin("2026-09-08T09:00:00");
	as_centre();
	DONE(post("/guide", json), 200);
	as_township(TOWNSHIP);
	DONE(post("/whistles", RAISE("劳动", "欠薪")), 201);
	turn("2026-09-08T11:00:00");
	as_department("labour");
	DONE(post("/orders/1/accept", "{}"), 200);
	turn("2026-09-09T09:30:00");
	DONE(post("/orders/1/feedback", "{\"result\": \"已付\"}"), 200);
	as_centre();
	DONE(get("/reports/kinds"), 200);
	IS("items.0.kind", "欠薪");
	IS("items.0.accept_hours", "2.0");
	IS("items.0.done_hours", "24.5");
	IS("items.0.late", "0");
	DONE(get("/reports/duties"), 200);
	IS("items.0.duty", "QZ-017");
	IS("items.0.orders", "1");
	zhen_test_free(test);
}

Test(loop, a_programme_says_of_each_party_what_it_promised_and_whether_it_kept_it)
{
	begin("2026-09-08T09:00:00");
	as_centre();
	DONE(post("/programmes", "{\"title\": \"移民后扶\", \"purpose\": \"共治\", \"commitments\": [{\"party\": \"县政府\", \"role\": \"资源\", \"promise\": \"修路\"}, "
	                         "{\"party\": \"电站公司\", \"role\": \"经济技术\", \"promise\": \"用工\", \"due_on\": \"2026-12-31\"}]}"), 201);
	DONE(post("/commitments/2", "{\"state\": \"kept\", \"said\": \"已招40人\"}"), 200);
	REFUSED(post("/commitments/9", "{\"state\": \"kept\", \"said\": \"x\"}"), 404, "not-found");
	DONE(get("/programmes/1"), 200);
	IS("kept", "1");
	IS("of", "2");
	IS("commitments.1.state", "kept");
	as_department("housing");
	REFUSED(post("/commitments/1", "{\"state\": \"kept\", \"said\": \"x\"}"), 403, "forbidden");
	zhen_test_free(test);
}
