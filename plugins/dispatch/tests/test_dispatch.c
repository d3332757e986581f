/* SPDX-License-Identifier: Apache-2.0
 * A whistle from the township's word to its score, in a test host. */
#include "world.h"

TestSuite(dispatch, .timeout = 120);

Test(dispatch, a_standard_matter_goes_to_its_department_and_comes_back_with_a_score)
{
	begin("2026-09-18T15:00:00");
	import_sample();
	as_township(TOWNSHIP);
	DONE(post("/whistles", RAISE("交通运输", "公路隔离设施不合理")), 201);
	DONE(get("/whistles/1"), 200);
	IS("state", "working");
	IS("orders.0.body_name", "永仁县交通运输局");
	IS("orders.0.due_on", "2026-09-20"); /* 18 Sep 2026 is a Friday, 20 Sep a make-up day that counts by default rule */
	as_department("housing");
	REFUSED(get("/whistles/1"), 404, "not-found");
	REFUSED(post("/orders/1/accept", "{}"), 404, "not-found");
	/* Who sees them all still cannot accept for another. */
	zhen_test_as(test, "住建", "county-housing-" COUNTY, NULL, "dispatch.read dispatch.handle dispatch.supervise");
	REFUSED(post("/orders/1/accept", "{}"), 403, "wrong-body");
	as_department("transport");
	REFUSED(post("/orders/1/feedback", "{\"result\": \"早\"}"), 409, "order-unaccepted");
	DONE(post("/orders/1/accept", "{}"), 200);
	IS("state", "accepted");
	turn("2026-09-19T16:00:00");
	DONE(post("/orders/1/feedback", "{\"result\": \"已开口\"}"), 200);
	as_township(OTHER);
	REFUSED(post("/orders/1/rate", "{\"score\": 90}"), 404, "not-found");
	/* Whoever holds the permission elsewhere still is not the one that raised it. */
	zhen_test_as(test, "中心", "county-command-" COUNTY, NULL, "dispatch.read dispatch.rate dispatch.supervise");
	REFUSED(post("/orders/1/rate", "{\"score\": 90}"), 403, "raiser-only");
	as_township(TOWNSHIP);
	DONE(get("/whistles/1"), 200);
	IS("state", "answered");
	IS("orders.0.result", "已开口");
	REFUSED(post("/orders/1/rate", "{\"score\": 101}"), 422, "invalid");
	DONE(post("/orders/1/rate", "{\"score\": 95}"), 200);
	REFUSED(post("/orders/1/rate", "{\"score\": 95}"), 409, "order-rated");
	DONE(get("/whistles/1"), 200);
	IS("state", "closed");
	IS("orders.0.score", "95");
	cr_expect_eq(events("dispatch.whistle.raised"), 1);
	cr_expect_eq(events("dispatch.whistle.moved"), 3);
	zhen_test_free(test);
}

Test(dispatch, only_a_township_blows_and_must_say_why)
{
	begin("2026-09-18T15:00:00");
	zhen_test_as(test, "中心", "county-command-" COUNTY, NULL, "dispatch.read dispatch.raise");
	REFUSED(post("/whistles", RAISE("交通运输", "超限超载")), 403, "township-only");
	zhen_test_as(test, "村", "village-532327101003", NULL, "dispatch.read dispatch.raise");
	REFUSED(post("/whistles", RAISE("交通运输", "超限超载")), 403, "township-only");
	as_township(TOWNSHIP);
	DONE(post("/whistles", "{\"class\": \"a\", \"kind\": \"b\", \"title\": \"c\", \"content\": \"d\"}"), 422);
	IS("errors.0.field", "reason");
	zhen_test_free(test);
}

Test(dispatch, one_whistle_to_three_departments_each_with_its_own_state)
{
	begin("2026-09-18T09:00:00");
	import_sample();
	as_township(TOWNSHIP);
	DONE(post("/whistles", RAISE("住房建设", "老旧小区改造")), 201);
	DONE(get("/whistles/1"), 200);
	IS("state", "judging"); /* not a standard one: nobody has it yet */
	IS("orders.0.body_name", "");
	REFUSED(post("/whistles/1/order", REASON), 403, "forbidden");
	as_centre();
	REFUSED(post("/whistles/1/order",
	             "{\"reason\": \"会商\", \"departments\": [{\"body\": \"county-housing-" COUNTY "\"}]}"),
	        409, "not-judged");
	DONE(post("/whistles/1/judge", "{\"judgement\": \"住建牵头\"}"), 200);
	REFUSED(post("/whistles/1/order", "{\"reason\": \"会商\", \"departments\": [{\"body\": \"government-" OTHER "\"}]}"), 422, "invalid");
	REFUSED(post("/whistles/1/order", "{\"reason\": \"会商\", \"departments\": [{\"body\": \"government-" TOWNSHIP "\"}]}"), 422, "invalid");
	DONE(post("/whistles/1/order", "{\"reason\": \"会商\", \"departments\": [{\"body\": \"county-housing-" COUNTY "\"}, "
	                               "{\"body\": \"county-ecology-" COUNTY "\"}, {\"body\": \"county-finance-" COUNTY "\"}]}"), 200);
	REFUSED(post("/whistles/1/order", "{\"reason\": \"再派\", \"departments\": [{\"body\": \"county-ecology-" COUNTY "\"}]}"), 409,
	        "ordered-already");
	REFUSED(post("/whistles/1/send-back", REASON), 409, "whistle-in-work");
	as_department("housing");
	DONE(post("/orders/1/accept", "{}"), 200);
	DONE(post("/orders/1/feedback", "{\"result\": \"已改造\"}"), 200);
	DONE(get("/whistles/1"), 200);
	IS("state", "working");
	as_department("ecology");
	DONE(post("/orders/2/return", "{\"reason\": \"不是本局职责\"}"), 200);
	as_department("finance");
	DONE(post("/orders/3/return", "{\"reason\": \"没有预算\"}"), 200);
	as_centre();
	DONE(post("/orders/2/replace", REASON), 200);
	DONE(post("/orders/3/uphold", REASON), 200);
	DONE(get("/whistles/1"), 200);
	IS("state", "working");
	IS("orders.1.state", "replaced");
	IS("orders.1.reason", "不是本局职责");
	IS("orders.2.state", "ordered");
	as_department("finance");
	DONE(post("/orders/3/accept", "{}"), 200);
	DONE(post("/orders/3/feedback", "{\"result\": \"已拨付\"}"), 200);
	as_township(TOWNSHIP);
	DONE(get("/whistles/1"), 200);
	IS("state", "answered");
	as_centre();
	REFUSED(post("/whistles/1/order", "{\"reason\": \"再派\", \"departments\": [{\"body\": \"county-labour-" COUNTY "\"}]}"), 409,
	        "whistle-answered");
	zhen_test_free(test);
}

Test(dispatch, all_departments_gone_it_is_judged_again_and_may_be_sent_back)
{
	begin("2026-09-18T09:00:00");
	import_sample();
	as_township(TOWNSHIP);
	DONE(post("/whistles", RAISE("交通运输", "公路损毁")), 201);
	as_department("transport");
	DONE(post("/orders/1/return", REASON), 200);
	as_centre();
	DONE(post("/orders/1/replace", REASON), 200);
	DONE(get("/whistles/1"), 200);
	IS("state", "judging");
	DONE(post("/whistles/1/send-back", REASON), 200);
	IS("state", "sent-back");
	REFUSED(post("/whistles/1/order", "{\"reason\": \"a\", \"departments\": [{\"body\": \"county-labour-" COUNTY "\"}]}"), 409,
	        "whistle-sent-back");
	/* A lead that has no body here: the centre judges, nobody guesses. */
	as_township(TOWNSHIP);
	DONE(post("/whistles", RAISE("水务", "河道淤堵")), 201);
	DONE(get("/whistles/2"), 200);
	IS("state", "judging");
	zhen_test_free(test);
}

Test(dispatch, the_clock_counts_working_days_and_stands_while_the_centre_stops_it)
{
	begin("2026-09-07T09:00:00"); /* a Monday */
	import_sample();
	as_township(TOWNSHIP);
	DONE(post("/whistles", RAISE("交通运输", "公路损毁")), 201); /* 1 to accept, 5 to be done: the settings */
	turn("2026-09-08T23:00:00");
	cr_expect_eq(events("dispatch.order.late"), 0, "the last day is in time");
	turn("2026-09-09T01:30:00");
	cr_expect_eq(events("dispatch.order.late"), 1);
	turn("2026-09-09T09:00:00");
	cr_expect_eq(events("dispatch.order.late"), 1, "told once");
	cr_expect_eq(events("dispatch.order.escalated"), 1);
	as_department("transport");
	DONE(post("/orders/1/accept", "{}"), 200);
	DONE(get("/orders/1"), 200);
	IS("due_on", "2026-09-16");
	REFUSED(post("/orders/1/suspend", "{\"reason\": \"暴雨\", \"basis\": \"预警\"}"), 403, "forbidden");
	turn("2026-09-10T09:00:00");
	as_centre();
	DONE(post("/orders/1/suspend", "{\"reason\": \"暴雨\", \"basis\": \"预警\"}"), 200);
	REFUSED(post("/orders/1/suspend", "{\"reason\": \"暴雨\", \"basis\": \"预警\"}"), 409, "order-suspended");
	turn("2026-09-17T09:00:00");
	cr_expect_eq(events("dispatch.order.late"), 1, "what stands is not late");
	DONE(post("/orders/1/resume", "{}"), 200);
	DONE(get("/orders/1/clock"), 200);
	IS("budget_days", "5");
	IS("used_days", "1");
	IS("suspensions.0.reason", "暴雨");
	IS("days.0.kind", "起算日");
	IS("days.1.kind", "计");
	IS("days.2.kind", "扣除");
	as_township(TOWNSHIP);
	listed("/orders?late=true", "1"); /* late to accept stays known */
	IS("items.0.rung", "0");
	zhen_test_free(test);
}

Test(dispatch, a_file_adds_and_mends_or_is_refused_by_row_and_column)
{
	static const char head[] = "类别,事项,标准事项,牵头单位,配合单位,接单时限,办理时限,来源\n";
	g_autofree char *good = g_strconcat(head, "甲,乙,是,county-labour,,,1,样本\n", NULL),
			*good_json = guide_json(good);
	g_autofree char *bad = g_strconcat(head, "甲,丙,是,,,,,样本\n甲,丁,也许,county-labour,,,x,样本\n", NULL),
			*bad_json = guide_json(bad);

	begin("2026-09-18T09:00:00");
	as_centre();
	DONE(post("/guide", good_json), 200);
	IS("added", "1");
	DONE(post("/guide", good_json), 200);
	IS("changed", "1");
	REFUSED(post("/guide", bad_json), 422, "rows-refused");
	DONE(get("/guide"), 200);
	IS("items.0.kind", "乙");
	IS("items.1.kind", ""); /* nothing of the refused file stays */
	as_township(TOWNSHIP);
	REFUSED(post("/guide", good_json), 403, "forbidden");
	DONE(post("/whistles", RAISE("甲", "乙")), 201);
	as_department("labour");
	DONE(post("/orders/1/accept", "{}"), 200);
	DONE(get("/orders/1/clock"), 200);
	IS("budget_days", "1");
	zhen_test_free(test);
}

Test(dispatch, whistles_are_found_by_words_and_by_state_and_a_department_finds_its_own_once)
{
	begin("2026-09-18T15:00:00");
	import_sample();
	as_township(TOWNSHIP);
	DONE(post("/whistles", RAISE("交通运输", "公路隔离设施不合理")), 201);
	DONE(post("/whistles", "{\"class\": \"其他\", \"kind\": \"井盖\", \"title\": \"井盖松动\", \"content\": \"夜间有响声\", \"reason\": \"不归本镇管\"}"), 201);
	as_township(OTHER);
	DONE(post("/whistles", RAISE("交通运输", "公路隔离设施不合理")), 201);
	as_department("transport");
	listed("/whistles", "3 1");
	listed("/whistles?q=%E9%9A%94%E7%A6%BB", "3 1"); /* 隔离 */
	listed("/whistles?q=%E4%BA%95%E7%9B%96", "");     /* 井盖: nobody's yet */
	/* Given back, ordered from another, and ordered from the first again. */
	DONE(post("/orders/1/return", REASON), 200);
	as_centre();
	listed("/whistles?q=%E4%BA%95%E7%9B%96", "2");
	listed("/whistles?state=judging", "2");
	listed("/whistles", "3 2 1");
	DONE(post("/orders/1/replace", REASON), 200);
	listed("/whistles?state=judging", "2 1");
	DONE(post("/whistles/1/order",
	          "{\"reason\": \"再派\", \"departments\": [{\"body\": \"county-transport-" COUNTY "\"}]}"),
	     200);
	as_department("transport");
	listed("/whistles", "3 1");
	listed("/whistles?state=working", "3 1");
	listed("/whistles?state=judging", "");
	as_township(TOWNSHIP);
	listed("/whistles", "2 1");
	listed("/whistles?q=%E5%93%8D%E5%A3%B0", "2"); /* 响声 */
}
