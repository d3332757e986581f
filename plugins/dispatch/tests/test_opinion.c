/* SPDX-License-Identifier: Apache-2.0
 * 意见诉求: from the village upwards, and the answer back to whoever said it. */
#include "world.h"

#define VILLAGE "532327101001"
#define SAID "{\"village\": \"" VILLAGE "\", \"source\": \"group\", \"content\": \"路灯不亮\"}"

static void as_level(const char *body)
{
	zhen_test_as(test, "经办", body, NULL, "dispatch.read dispatch.opinions");
}

Test(opinion, goes_up_level_by_level_and_its_answer_comes_back_by_number_and_code)
{
	begin("2026-09-18T09:00:00");
	as_level("village-" VILLAGE);
	DONE(post("/opinions", "{\"village\": \"532327102201\", \"source\": \"group\", \"content\": \"x\"}"), 422);
	DONE(post("/opinions", SAID), 200);
	IS("number", "YJ-2026-00001");
	g_autofree char *path = g_strdup_printf("/opinion-track?number=YJ-2026-00001&code=%s", value("code"));
	DONE(get("/opinions"), 200);
	IS("items.0.state", "village");
	as_level("government-" TOWNSHIP);
	REFUSED(post("/opinions/1/settle", "{\"outcome\": \"solve\", \"answer\": \"已修\"}"), 403, "other-level");
	as_level("village-" VILLAGE);
	DONE(post("/opinions/1/raise", REASON), 200);
	REFUSED(post("/opinions/1/raise", REASON), 403, "other-level");
	as_level("government-" OTHER);
	REFUSED(post("/opinions/1/raise", REASON), 404, "not-found");
	as_level("government-" TOWNSHIP);
	DONE(post("/opinions/1/raise", REASON), 200);
	as_level("county-command-" COUNTY);
	REFUSED(post("/opinions/1/raise", REASON), 409, "opinion-at-county");
	REFUSED(post("/opinions/1/settle", "{\"outcome\": \"ignore\", \"answer\": \"x\"}"), 422, "invalid");
	REFUSED(post("/opinions/1/settle", "{\"outcome\": \"solve\"}"), 422, "invalid");
	DONE(post("/opinions/1/settle", "{\"outcome\": \"solve\", \"answer\": \"已换灯\"}"), 200);
	REFUSED(post("/opinions/1/settle", "{\"outcome\": \"solve\", \"answer\": \"x\"}"), 409, "opinion-settled");
	DONE(get("/opinions/1"), 200);
	IS("journal.3.text", "已换灯");
	DONE(get("/reports/opinions"), 200);
	IS("items.0.taken", "1");
	IS("items.0.solve", "1");
	zhen_test_anonymous(test);
	DONE(get(path), 200);
	IS("answer", "已换灯");
	IS("steps.2.what", "raise");
	REFUSED(get("/opinion-track?number=YJ-2026-00001&code=AAAAAAAAAA"), 404, "not-found");
	cr_expect_eq(events("dispatch.opinion.moved"), 4);
	zhen_test_free(test);
}

Test(opinion, taken_down_by_the_township_begins_there)
{
	begin("2026-09-18T09:00:00");
	as_level("county-command-" COUNTY);
	REFUSED(post("/opinions", SAID), 403, "township-only");
	as_level("government-" TOWNSHIP);
	DONE(post("/opinions", SAID), 200);
	DONE(get("/opinions/1"), 200);
	IS("state", "township");
	DONE(post("/opinions/1/settle", "{\"outcome\": \"help\", \"answer\": \"纳入低保\"}"), 200);
	zhen_test_free(test);
}
