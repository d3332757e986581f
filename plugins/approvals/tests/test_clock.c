/* SPDX-License-Identifier: Apache-2.0
 * Ten working days, what moves them and what follows when they are over. */
#include "world.h"

#define HOUR_MS ((int64_t)3600000)
#define HOLD "{\"reason\": \"expert_review\", \"expected_days\": 20}"

static void expect_column(World *world, const char *name, const char *wanted)
{
	g_autofree char *text = column(world, name);

	cr_expect_str_eq(text, wanted, "%s: %s, not %s", name, text, wanted);
}

static void accepted_on(World *world, const char *day)
{
	zhen_test_turn_to(world->test, morning(day));
	file_one(world, world->id + 1);
	to_review(world);
}

Test(clock, a_case_is_due_on_the_tenth_working_day_after_acceptance)
{
	static const struct {
		const char *accepted, *due;
	} rows[] = {
		{ "2024-09-13", "2024-09-29" }, { "2025-01-24", "2025-02-13" }, { "2025-09-26", "2025-10-16" },
		{ "2026-02-13", "2026-03-05" }, { "2026-09-18", "2026-10-09" },
	};
	World world = world_at("2024-09-13");

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		accepted_on(&world, rows[i].accepted);
		expect_column(&world, "due_on", rows[i].due);
		expect_column(&world, "provisional", "0");
	}
	world_clear(&world);
}

Test(clock, day_eleven_open_is_overdue_and_said_once)
{
	World world = world_at("2026-09-18");

	accepted_on(&world, "2026-09-18");
	turn_to(&world, "2026-10-09");
	cr_expect_eq(events(&world, "approvals.case.overdue"), 0);
	turn_to(&world, "2026-10-10");
	cr_expect_eq(events(&world, "approvals.case.overdue"), 1);
	turn_to(&world, "2026-10-12");
	cr_expect_eq(events(&world, "approvals.case.overdue"), 1);
	as_window(&world);
	expect_done(&world, zhen_test_call(world.test, "GET", "/overdue", NULL), 200, "overdue");
	cr_expect_str_eq(value(&world, "items.0.number"), world.number);
	as_government(&world);
	cr_expect(is_refused(&world, act(&world, "extend", "{\"reason\": \"晚了\"}"), 409, "already-overdue"));
	world_clear(&world);
}

Test(clock, a_case_issued_in_time_is_never_overdue)
{
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	to_issued(&world);
	expect_column(&world, "consumed_days", "5");
	turn_to(&world, "2026-10-30");
	cr_expect_eq(events(&world, "approvals.case.overdue"), 0);
	world_clear(&world);
}

Test(clock, suspended_days_do_not_count_and_stay_in_the_ledger)
{
	World world = world_at("2026-03-02");

	accepted_on(&world, "2026-03-02");
	expect_column(&world, "due_on", "2026-03-16");
	zhen_test_turn_to(world.test, morning("2026-03-04"));
	as_agriculture(&world);
	expect_done(&world, act(&world, "suspend", HOLD), 200, "suspend");
	expect_column(&world, "due_on", "");
	expect_column(&world, "consumed_days", "2");
	turn_to(&world, "2026-03-20");
	cr_expect_eq(events(&world, "approvals.case.overdue"), 0);
	as_agriculture(&world);
	expect_done(&world, act(&world, "resume", NULL), 200, "resume");
	expect_column(&world, "due_on", "2026-04-01");
	turn_to(&world, "2026-03-24");
	g_autofree char *path = g_strdup_printf("/cases/%d", world.id);
	expect_done(&world, zhen_test_call(world.test, "GET", path, NULL), 200, "show");
	cr_expect_str_eq(value(&world, "used_days"), "4");
	cr_expect_str_eq(zhen_test_sql(world.test,
	                               "SELECT COUNT(*) FROM suspension WHERE to_at > 0 AND basis LIKE '%第四十五条%'"),
	                 "1");
	cr_expect_eq(events(&world, "approvals.case.suspended"), 1);
	cr_expect_eq(events(&world, "approvals.case.resumed"), 1);
	world_clear(&world);
}

Test(clock, the_head_extends_once_by_ten_days)
{
	World world = world_at("2026-03-02");

	accepted_on(&world, "2026-03-02");
	zhen_test_as(world.test, "某人", "agriculture-" TOWNSHIP, NULL, "*");
	cr_expect(is_refused(&world, act(&world, "extend", "{\"reason\": \"复杂\"}"), 403, "wrong-body"));
	as_government(&world);
	expect_done(&world, act(&world, "extend", "{\"reason\": \"情况复杂\"}"), 200, "extend");
	expect_column(&world, "due_on", "2026-03-30");
	cr_expect(is_refused(&world, act(&world, "extend", "{\"reason\": \"再延\"}"), 409, "extended-once"));
	world_clear(&world);
}

Test(clock, not_told_within_five_days_is_accepted_from_the_day_of_the_materials)
{
	World world = world_at("2026-03-02");

	file_one(&world, 1);
	expect_column(&world, "watch_on", "2026-03-09");
	turn_to(&world, "2026-03-09");
	expect_column(&world, "state", "filed");
	turn_to(&world, "2026-03-10");
	expect_column(&world, "state", "review");
	expect_column(&world, "deemed", "1");
	expect_column(&world, "due_on", "2026-03-16");
	cr_expect_eq(events(&world, "approvals.case.accepted"), 1);
	g_autofree char *receipt = document(&world, "receipt");
	cr_expect_str_eq(receipt, "永政审受〔2026〕1号");
	world_clear(&world);
}

Test(clock, who_accepts_after_the_five_days_accepts_from_the_day_of_the_materials_too)
{
	World world = world_at("2026-03-02");

	file_one(&world, 1);
	/* In the minute after midnight, before the watch has come by. */
	zhen_test_turn_to(world.test, morning("2026-03-10") - 9 * HOUR_MS - 20000);
	zhen_test_run_jobs(world.test);
	zhen_test_turn_to(world.test, morning("2026-03-10") - 9 * HOUR_MS + 20000);
	as_window(&world);
	cr_expect(is_refused(&world,
	                     act(&world, "accept-lacking",
	                         "{\"lacking\": [{\"material\": \"住房建设图件（选用通用图册的免交）\"}], \"promised_on\": \"2026-03-10\"}"),
	                     409, "deemed-accepted"), "%s", zhen_test_body(world.test));
	cr_expect(is_refused(&world,
	                     act(&world, "accept-promise",
	                         "{\"promises\": [{\"material\": \"户口簿\", \"content\": \"属实\"}], \"told\": true, "
	                         "\"signed_on\": \"2026-03-10\", \"kept\": \"paper\"}"),
	                     409, "deemed-accepted"), "%s", zhen_test_body(world.test));
	expect_done(&world, act(&world, "accept", NULL), 200, "accept");
	cr_expect_str_eq(value(&world, "deemed"), "true", "%s", zhen_test_body(world.test));
	g_autofree char *receipt = document(&world, "receipt");
	cr_expect_str_eq(value(&world, "document"), receipt);
	expect_column(&world, "deemed", "1");
	expect_column(&world, "due_on", "2026-03-16");
	expect_column(&world, "contact", "测试人员");
	zhen_test_run_jobs(world.test);
	cr_expect_eq(events(&world, "approvals.case.accepted"), 1);
	/* On the last day it is an ordinary acceptance. */
	zhen_test_turn_to(world.test, morning("2026-03-11"));
	file_one(&world, 2);
	turn_to(&world, "2026-03-18");
	as_window(&world);
	expect_done(&world, act(&world, "accept", NULL), 200, "accept");
	expect_column(&world, "deemed", "0");
	expect_column(&world, "due_on", "2026-04-01");
	world_clear(&world);
}

Test(clock, a_due_date_beyond_the_calendar_is_provisional_until_the_notice_is_imported)
{
	World world = world_at("2026-12-28");

	accepted_on(&world, "2026-12-28");
	expect_column(&world, "due_on", "2027-01-11");
	expect_column(&world, "provisional", "1");
	zhen_test_as(world.test, "外县", "county-service-532326000000", NULL, "*");
	cr_expect(is_refused(&world, zhen_test_call(world.test, "POST", "/calendar/days",
	                                            "{\"division\": \"532327000000\", \"days\": []}"), 403, "out-of-scope"));
	as_county_admin(&world);
	expect_done(&world, zhen_test_call(world.test, "POST", "/calendar/days",
	                                   "{\"division\": \"532327000000\", \"year\": 2027, \"days\": "
	                                   "[{\"date\": \"2027-01-01\", \"name\": \"元旦\", \"kind\": \"off\"}]}"), 200, "import");
	expect_column(&world, "due_on", "2027-01-12");
	expect_column(&world, "provisional", "0");
	world_clear(&world);
}

Test(clock, local_holidays_and_the_make_up_rule_are_per_division)
{
	World world = world_at("2026-09-18");

	accepted_on(&world, "2026-09-18");
	as_county_admin(&world);
	expect_done(&world, zhen_test_call(world.test, "POST", "/calendar/rules",
	                                   "{\"division\": \"532327101000\", \"make_up_days_count\": false, \"basis\": \"县府办通知\"}"),
	            200, "rule");
	expect_column(&world, "due_on", "2026-10-12");
	expect_done(&world, zhen_test_call(world.test, "POST", "/calendar/days",
	                                   "{\"division\": \"532327000000\", \"days\": "
	                                   "[{\"date\": \"2026-09-21\", \"name\": \"当地节日\", \"kind\": \"off\"}]}"), 200, "days");
	expect_column(&world, "due_on", "2026-10-13");
	world_clear(&world);
}
