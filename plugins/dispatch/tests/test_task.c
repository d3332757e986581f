/* SPDX-License-Identifier: Apache-2.0
 * 一体协同: one event, tasks for several teams, over when each is. */
#include "world.h"

#define MARKET "stationed-market-" TOWNSHIP
#define TASKS(body_, other_)                                                                                          \
	"{\"title\": \"集市火情\", \"content\": \"摊位起火\", \"place\": \"集镇\", \"tasks\": [{\"field\": \"enforcement\", \"body\": \"" body_ \
	"\", \"work\": \"疏散摊位\"}, {\"field\": \"governance\", \"body\": \"" other_ "\", \"work\": \"通知住户\", \"due_on\": \"2026-09-19\"}]}"
#define EVENT TASKS(MARKET, "village-532327101001")

static void as_body(const char *body)
{
	zhen_test_as(test, "承办", body, NULL, "dispatch.read dispatch.handle");
}

Test(task, an_event_is_over_when_each_of_its_tasks_is)
{
	begin("2026-09-18T15:00:00");
	as_township(TOWNSHIP);
	DONE(post("/incidents", EVENT), 201);
	DONE(get("/incidents/1"), 200);
	IS("state", "open");
	IS("tasks.0.state", "assigned");
	IS("tasks.1.due_on", "2026-09-19");
	REFUSED(post("/tasks/1/accept", "{}"), 403, "forbidden");
	as_body("government-" TOWNSHIP);
	REFUSED(post("/tasks/1/accept", "{}"), 403, "wrong-body");
	as_body("village-532327101001");
	REFUSED(post("/tasks/1/accept", "{}"), 404, "not-found");
	DONE(post("/tasks/2/accept", "{}"), 200);
	DONE(post("/tasks/2/finish", "{\"result\": \"已通知\"}"), 200);
	REFUSED(post("/tasks/2/finish", "{\"result\": \"已通知\"}"), 409, "task-done");
	as_body(MARKET);
	REFUSED(post("/tasks/1/finish", "{\"result\": \"早\"}"), 409, "task-unaccepted");
	DONE(post("/tasks/1/accept", "{}"), 200);
	as_township(TOWNSHIP);
	DONE(get("/incidents/1"), 200);
	IS("state", "open");
	as_body(MARKET);
	DONE(post("/tasks/1/finish", "{\"result\": \"已疏散\"}"), 200);
	as_township(TOWNSHIP);
	DONE(get("/incidents/1"), 200);
	IS("state", "ended");
	cr_expect_eq(events("dispatch.incident.moved"), 1);
	cr_expect_eq(events("dispatch.task.moved"), 6);
	REFUSED(post("/incidents/1/tasks", "{\"field\": \"service\", \"body\": \"" MARKET "\", \"work\": \"迟\"}"), 409,
	        "incident-ended");
	zhen_test_free(test);
}

Test(task, a_stationed_team_refuses_with_a_reason_that_those_above_it_read_and_is_scored_by_the_township)
{
	begin("2026-09-18T15:00:00");
	as_township(TOWNSHIP);
	DONE(post("/incidents", EVENT), 201);
	as_body(MARKET);
	REFUSED(post("/tasks/1/refuse", "{}"), 422, "invalid");
	IS("errors.0.field", "reason");
	DONE(post("/tasks/1/refuse", "{\"reason\": \"人手在外县\"}"), 200);
	as_department("market"); /* whose team it is */
	DONE(get("/tasks?state=refused"), 200);
	IS("items.0.reason", "人手在外县");
	as_department("housing");
	listed("/tasks", "");
	REFUSED(get("/tasks/1"), 404, "not-found");
	as_centre();
	DONE(get("/tasks/1"), 200);
	IS("reason", "人手在外县");
	as_township(OTHER);
	REFUSED(post("/tasks/1/insist", "{\"reason\": \"须到\"}"), 404, "not-found");
	as_township(TOWNSHIP);
	DONE(post("/tasks/1/insist", "{\"reason\": \"须到\"}"), 200);
	as_body(MARKET);
	DONE(post("/tasks/1/accept", "{}"), 200);
	DONE(post("/tasks/1/finish", "{\"result\": \"已疏散\"}"), 200);
	as_township(TOWNSHIP);
	REFUSED(post("/tasks/1/rate", "{\"score\": 101}"), 422, "invalid");
	DONE(post("/tasks/1/rate", "{\"score\": 90}"), 200);
	as_centre();
	DONE(get("/reports/departments?year=2026"), 200);
	IS("items.0.body", MARKET);
	IS("items.0.township_part", "90.00");
	IS("items.0.returned", "1");
	zhen_test_free(test);
}

Test(task, a_township_tasks_its_own_and_those_stationed_in_it_alone)
{
	static const char *const wrong[] = { TASKS("stationed-market-" OTHER, "village-532327101001"), TASKS(MARKET, "village-532327102001") };

	begin("2026-09-18T15:00:00");
	as_township(TOWNSHIP);
	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
		REFUSED(post("/incidents", wrong[i]), 422, "invalid");
		cr_expect(g_str_has_prefix(value("errors.0.field"), "tasks"), "%s", value("errors.0.field"));
	}
	listed("/incidents", "");
	zhen_test_as(test, "中心", "county-command-" COUNTY, NULL, "dispatch.read dispatch.raise dispatch.supervise");
	REFUSED(post("/incidents", EVENT), 403, "township-only");
	as_township(TOWNSHIP);
	DONE(post("/incidents", EVENT), 201);
	DONE(post("/tasks/1/withdraw", "{\"reason\": \"不需要\"}"), 200);
	DONE(post("/tasks/2/withdraw", "{\"reason\": \"不需要\"}"), 200);
	DONE(get("/incidents/1"), 200);
	IS("state", "ended");
	zhen_test_free(test);
}

Test(task, what_a_plugin_answers_finishes_its_task_once_and_of_its_township_alone)
{
#define ANSWER(township_) "{\"task\": 1, \"township\": \"" township_ "\", \"result\": \"执法队已处置\"}"
	begin("2026-09-18T15:00:00");
	as_township(TOWNSHIP);
	DONE(post("/incidents", EVENT), 201);
	cr_assert_eq(zhen_test_deliver(test, "enforcement.errand.done", "1", ANSWER(OTHER)), 200);
	DONE(get("/tasks/1"), 200);
	IS("state", "assigned");
	for (int i = 0; i < 2; i++)
		cr_assert_eq(zhen_test_deliver(test, "enforcement.errand.done", "1", ANSWER(TOWNSHIP)), 200);
	DONE(get("/tasks/1"), 200);
	IS("state", "done");
	IS("result", "执法队已处置");
	as_centre();
	DONE(get("/reports/departments?year=2026"), 200);
	IS("items.0.done", "1");
	zhen_test_free(test);
}
