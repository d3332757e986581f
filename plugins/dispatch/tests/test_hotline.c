/* SPDX-License-Identifier: Apache-2.0
 * Matters of the 12345 hotline, by their own numbers. */
#include "world.h"

#define HEAD_OF_FILE "工单编号,区划,类别,事项,标题,情况,地点,来电人\n"
#define LINE(number_, township_) number_ "," township_ ",交通运输,公路隔离设施不合理,隔离带过长,绕行五公里,国道,张三\n"

static int32_t import_hotline(const char *csv)
{
	g_autoptr(GString) json = g_string_new("{\"content\": \"");

	for (const char *p = csv; *p != '\0'; p++)
		*p == '\n' ? g_string_append(json, "\\n") : g_string_append_c(json, *p);
	g_string_append(json, "\"}");
	zhen_test_as(test, "中心", "county-command-" COUNTY, NULL,
	             "dispatch.read dispatch.judge dispatch.guide dispatch.supervise dispatch.intake");
	return post("/intake/import", json->str);
}

Test(hotline, a_matter_keeps_its_number_and_a_file_read_again_changes_nothing)
{
	static const char file[] =
		HEAD_OF_FILE LINE("YN12345-0001", TOWNSHIP) LINE("YN12345-0002", TOWNSHIP) LINE("YN12345-0003", OTHER);
	static const char more[] = HEAD_OF_FILE LINE("YN12345-0002", OTHER) LINE("YN12345-0004", TOWNSHIP);

	begin("2026-09-18T09:00:00");
	as_township(TOWNSHIP);
	REFUSED(post("/intake/import", "{\"content\": \"a\"}"), 403, "forbidden");
	DONE(import_hotline(file), 200);
	IS("added", "3");
	DONE(import_hotline(file), 200);
	IS("added", "0");
	IS("known", "3");
	DONE(import_hotline(more), 200);
	IS("added", "1");
	IS("known", "1");
	listed("/intake", "4 3 2 1");
	DONE(get("/intake?number=YN12345-0002"), 200);
	IS("items.0.township", TOWNSHIP); /* as it first came */
	cr_expect_eq(events("dispatch.intake.moved"), 4);
	cr_expect_null(strstr(zhen_test_dump(test), "张三"), "who called stays with the hotline");
	as_township(TOWNSHIP);
	listed("/intake", "4 2 1");
	listed("/intake?number=YN12345-0003", "");
	REFUSED(get("/intake/3"), 404, "not-found");
	as_department("transport");
	listed("/intake", "");
	REFUSED(get("/intake/1"), 404, "not-found");
	zhen_test_free(test);
}

Test(hotline, a_file_is_refused_whole_with_the_line_and_column_of_each_fault)
{
	static const char file[] = HEAD_OF_FILE LINE("A1", TOWNSHIP) LINE("A1", TOWNSHIP) LINE("", TOWNSHIP) LINE("1.2E+11", TOWNSHIP)
		LINE("A5", COUNTY) LINE("A6", "532301101000");
	static const char *const wanted[][2] = { { "3", "number-twice" }, { "4", "required" }, { "5", "number-lost" },
		                                 { "6", "not-a-township" }, { "7", "not-a-township" } };

	begin("2026-09-18T09:00:00");
	REFUSED(import_hotline(file), 422, "rows-refused");
	for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
		g_autofree char *code = g_strdup_printf("errors.%zu.code", i),
				*field = g_strdup_printf("errors.%zu.field", i);

		IS(code, wanted[i][1]);
		cr_expect_not_null(strstr(value(field), wanted[i][0]), "line %s in %s", wanted[i][0], value(field));
	}
	IS("errors.5.code", "");
	listed("/intake", "");
	REFUSED(import_hotline("编号,区划\nA1," TOWNSHIP "\n"), 422, "rows-refused");
	IS("errors.0.code", "head-missing");
	zhen_test_free(test);
}

Test(hotline, what_the_departments_did_is_read_under_the_number_and_under_its_duplicates)
{
	begin("2026-09-18T09:00:00");
	import_sample();
	DONE(import_hotline(HEAD_OF_FILE LINE("B1", TOWNSHIP) LINE("B2", TOWNSHIP) LINE("B3", OTHER)), 200);
	/* Who holds the permission above the township still is not the township. */
	zhen_test_as(test, "中心", "county-command-" COUNTY, NULL, "dispatch.read dispatch.raise dispatch.supervise");
	REFUSED(post("/intake/1/raise", REASON), 403, "township-only");
	as_township(OTHER);
	REFUSED(post("/intake/1/raise", REASON), 404, "not-found");
	as_township(TOWNSHIP);
	DONE(post("/intake/1/raise", REASON), 200);
	IS("whistle", "1");
	REFUSED(post("/intake/1/raise", REASON), 409, "intake-raised");
	REFUSED(post("/intake/2/link", "{\"original\": 2, \"reason\": \"同一\"}"), 422, "invalid");
	IS("errors.0.field", "original");
	REFUSED(post("/intake/2/link", "{\"original\": 3, \"reason\": \"同一\"}"), 404, "not-found");
	DONE(post("/intake/2/link", "{\"original\": 1, \"reason\": \"同一路段\"}"), 200);
	DONE(get("/whistles/1"), 200);
	IS("orders.0.body_name", "永仁县交通运输局");
	as_department("transport");
	listed("/intake", "1"); /* its own, no other */
	listed("/intake?state=raised", "1");
	listed("/intake?state=received", "");
	listed("/intake?number=B1", "1");
	listed("/intake?number=B3", "");
	DONE(post("/orders/1/accept", "{}"), 200);
	DONE(post("/orders/1/feedback", "{\"result\": \"已开口\"}"), 200);
	as_township(TOWNSHIP);
	DONE(get("/intake/1"), 200);
	IS("number", "B1");
	IS("state", "answered");
	IS("results.0.result", "已开口");
	DONE(get("/intake/2"), 200);
	IS("number", "B2");
	IS("state", "linked");
	IS("original_state", "answered");
	IS("results.0.result", "已开口");
	listed("/intake", "2 1"); /* linked, not deleted */
	listed("/intake?state=linked", "2");
	listed("/intake?state=received", "");
	as_township(OTHER);
	DONE(post("/intake/3/answer", "{\"reason\": \"已自行清理\"}"), 200);
	DONE(get("/intake/3"), 200);
	IS("state", "answered");
	IS("reason", "已自行清理");
	zhen_test_free(test);
}

Test(hotline, what_is_sent_back_is_the_townships_again_and_links_make_no_chain)
{
	static const char file[] = HEAD_OF_FILE "C1," TOWNSHIP ",其他,井盖,井盖松动,夜间有响声,,\n" LINE("C2", TOWNSHIP)
		LINE("C3", TOWNSHIP);

	begin("2026-09-18T09:00:00");
	DONE(import_hotline(file), 200);
	as_township(TOWNSHIP);
	DONE(post("/intake/1/raise", REASON), 200);
	as_centre();
	DONE(post("/whistles/1/send-back", REASON), 200);
	as_township(TOWNSHIP);
	DONE(get("/intake/1"), 200);
	IS("state", "received");
	IS("whistle", "");
	DONE(post("/intake/2/link", "{\"original\": 1, \"reason\": \"同一\"}"), 200);
	REFUSED(post("/intake/1/link", "{\"original\": 3, \"reason\": \"同一\"}"), 409, "has-duplicates");
	REFUSED(post("/intake/3/link", "{\"original\": 2, \"reason\": \"同一\"}"), 422, "invalid");
	REFUSED(post("/intake/2/answer", REASON), 409, "intake-linked");
	DONE(post("/intake/1/raise", REASON), 200);
	IS("whistle", "2");
	zhen_test_free(test);
}
