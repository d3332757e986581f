/* SPDX-License-Identifier: Apache-2.0
 * What the law and the table of states forbid: one row each, with the code it is refused with. */
#include "world.h"

#define CHECKED "\"opinion\": \"同意\", \"checker\": \"21\", \"second_checker\": \"22\", \"checked_on\": \"2026-09-18\""
#define APPROVE "{\"decision\": \"approve\", \"opinion\": \"同意\"}"
#define MISSING "{\"missing\": [{\"material\": \"住房建设图件\", \"reason\": \"缺平面图\"}]}"
#define NOT_OURS "{\"reason\": \"属县级权限\", \"competent_body\": \"永仁县自然资源局\"}"
#define NO_NEED "{\"reason\": \"仅修缮内部\"}"
#define HOLD "{\"reason\": \"expert_review\", \"expected_days\": 5}"
#define WITHDRAWAL "{\"explanation\": \"程序有误\"}"
#define TELLING "{\"kind\": \"revoke\", \"ground\": \"procedure\", \"explanation\": \"程序有误\"}"
#define NO "{\"reason\": \"面积超标\", \"basis\": \"土地管理法第六十二条\"}"

typedef void Reach(World *world);

static void filed(World *world)
{
	(void)world;
}

static void supplementing(World *world)
{
	as_window(world);
	expect_done(world, act(world, "supplement", MISSING), 200, "supplement");
}

static void suspended(World *world)
{
	to_review(world);
	as_agriculture(world);
	expect_done(world, act(world, "suspend", HOLD), 200, "suspend");
}

static void refusing(World *world)
{
	to_review(world);
	as_agriculture(world);
	expect_done(world, step(world, "homestead", "{\"decision\": \"refuse\", \"opinion\": \"不同意\"}"), 200,
	            "refuse");
}

static void approved(World *world)
{
	to_review(world);
	to_approved(world);
}

static void refused(World *world)
{
	as_window(world);
	expect_done(world, act(world, "refuse", NOT_OURS), 200, "refuse");
}

static void issued(World *world)
{
	to_issued(world);
}

/* All acts, tried by somebody who may do any of them, in a state: what is possible is named, all else refused. */
static const struct {
	const char *name;
	Reach *reach;
	const char *code;
	const char *possible;
} states[] = {
	{ "filed", filed, "case-not-accepted", "accept supplement correct refuse not-needed visits" },
	{ "supplementing", supplementing, "case-awaiting-supplement", "visits" },
	{ "review", to_review, "case-under-review", "steps/homestead publicity suspend extend reject visits" },
	{ "suspended", suspended, "case-suspended", "resume visits" },
	{ "refusing", refusing, "case-refusal-proposed", "steps/homestead reject visits" },
	{ "approved", approved, "case-approved", "issue visits" },
	{ "issued", issued, "case-closed", "withdraw visits ending/tell cancel" },
	{ "refused", refused, "case-closed", "" },
};

static const struct {
	const char *act, *json;
} acts[] = {
	{ "accept", "{\"papers\": true}" }, { "supplement", MISSING }, { "correct", "{\"correction\": \"更正姓名\"}" }, { "refuse", NOT_OURS },
	{ "not-needed", NO_NEED }, { "steps/homestead", APPROVE }, { "publicity", "{\"act\": \"end\"}" }, { "suspend", HOLD },
	{ "resume", "{}" }, { "extend", "{\"reason\": \"情况复杂\"}" }, { "reject", NO }, { "issue", "{}" },
	{ "withdraw", WITHDRAWAL }, { "ending/tell", TELLING },
	{ "cancel", "{\"ground\": \"dissolved\", \"explanation\": \"注销登记\"}" },
};

Test(refusals, every_act_outside_the_table_is_refused_with_the_state_named)
{
	for (size_t s = 0; s < G_N_ELEMENTS(states); s++) {
		g_auto(GStrv) possible = g_strsplit(states[s].possible, " ", -1);
		World world = world_at("2026-09-18");

		file_one(&world, 1);
		states[s].reach(&world);
		for (size_t a = 0; a < G_N_ELEMENTS(acts); a++) {
			if (g_strv_contains((const char *const *)possible, acts[a].act))
				continue;
			zhen_test_as(world.test, "任意", "government-" TOWNSHIP, NULL, "*");
			int32_t status = act(&world, acts[a].act, acts[a].json);
			cr_expect(is_refused(&world, status, 409, states[s].code), "%s in %s: %d %s", acts[a].act,
			          states[s].name, status, zhen_test_body(world.test));
		}
		world_clear(&world);
	}
}

Test(refusals, steps_are_decided_by_the_body_and_permission_they_belong_to)
{
	static const struct {
		const char *body, *permissions, *json;
		int32_t status;
		const char *code;
	} rows[] = {
		{ "planning-" TOWNSHIP, "approvals.read approvals.review", "{\"decision\": \"approve\", " CHECKED "}", 403, "wrong-body" },
		{ "agriculture-" TOWNSHIP, "approvals.read", "{\"decision\": \"approve\", " CHECKED "}", 403, "forbidden" },
		{ "agriculture-" TOWNSHIP, "approvals.read approvals.review", "{\"decision\": \"return\", \"opinion\": \"退\"}", 409,
		  "no-earlier-step" },
		{ "agriculture-" TOWNSHIP, "approvals.read approvals.review", "{\"decision\": \"approve\", " CHECKED "}", 200, "" },
	};
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	to_review(&world);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		zhen_test_as(world.test, "某人", rows[i].body, NULL, rows[i].permissions);
		int32_t status = step(&world, "homestead", rows[i].json);

		cr_expect(is_refused(&world, status, rows[i].status, rows[i].code), "row %zu: %d %s", i, status,
		          zhen_test_body(world.test));
	}
	as_agriculture(&world);
	cr_expect(is_refused(&world, step(&world, "publicity", APPROVE), 409, "step-not-current"));
	cr_expect(is_refused(&world, step(&world, "nowhere", APPROVE), 404, "step-unknown"));
	world_clear(&world);
}

Test(refusals, a_step_no_item_has_is_no_address_before_acceptance_either)
{
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	as_agriculture(&world);
	cr_expect(is_refused(&world, step(&world, "nowhere", APPROVE), 404, "step-unknown"), "%s",
	          zhen_test_body(world.test));
	cr_expect(is_refused(&world, step(&world, "homestead", APPROVE), 409, "case-not-accepted"), "%s",
	          zhen_test_body(world.test));
	world_clear(&world);
}

#define APPROVING "{\"decision\": \"approve\", \"opinion\": \"同意\", "

Test(refusals, a_check_on_the_spot_without_two_people_or_its_day_is_wrong_input_of_that_field)
{
	static const struct {
		const char *json, *field, *code;
	} rows[] = {
		{ APPROVING "\"checked_on\": \"2026-09-18\"}", "checker", "two-checkers" },
		{ APPROVING "\"checker\": \"21\", \"checked_on\": \"2026-09-18\"}", "second_checker", "two-checkers" },
		{ APPROVING "\"checker\": \"21\", \"second_checker\": \"21\", \"checked_on\": \"2026-09-18\"}",
		  "second_checker", "two-checkers" },
		{ APPROVING "\"checker\": \"21\", \"second_checker\": \"22\"}", "checked_on", "check-date-missing" },
		{ APPROVING "\"checker\": \"21\", \"second_checker\": \"22\", \"checked_on\": \"2026-09-19\"}", "checked_on",
		  "check-in-future" },
		{ APPROVING "\"checker\": \"21\", \"second_checker\": \"22\", \"checked_on\": \"1990-01-01\"}", "checked_on",
		  "check-before-acceptance" },
		{ APPROVING "\"checker\": \"21\", \"second_checker\": \"22\", \"checked_on\": \"2026-09-17\"}", "checked_on",
		  "check-before-acceptance" },
	};
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	to_review(&world);
	as_agriculture(&world);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		int32_t status = step(&world, "homestead", rows[i].json);

		cr_expect(is_refused(&world, status, 422, "invalid"), "row %zu: %d %s", i, status,
		          zhen_test_body(world.test));
		cr_expect_str_eq(value(&world, "errors.0.field"), rows[i].field, "row %zu", i);
		cr_expect_str_eq(value(&world, "errors.0.code"), rows[i].code, "row %zu", i);
	}
	world_clear(&world);
}

Test(refusals, what_the_land_law_forbids_is_not_approved)
{
	static const struct {
		const char *changes[7];
		const char *code;
	} rows[] = {
		{ { "land", "\"basic_farmland\"", NULL }, "basic-farmland" },
		{ { "land", "\"farmland\"", NULL }, "conversion-needed" },
		{ { "site_area", "\"160\"", "house_area", "\"130.5\"", NULL }, "area-over-limit" },
		{ { "old_area", "\"100\"", "old_disposal", "\"sold\"", NULL }, "house-given-away" },
		{ { "old_area", "\"100\"", NULL }, "old-site-kept" },
		{ { "village_opinion", "\"\"", NULL }, "village-opinion-missing" },
	};
	World world = world_at("2026-09-18");

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		expect_done(&world, file_with(&world, (int)i + 1, rows[i].changes), 201, rows[i].code);
		world.id = (int)zhen_test_int(world.test, "id");
		to_review(&world);
		as_agriculture(&world);
		int32_t status = step(&world, "homestead", "{\"decision\": \"approve\", " CHECKED "}");
		cr_expect(is_refused(&world, status, 409, rows[i].code), "%s: %d %s", rows[i].code, status,
		          zhen_test_body(world.test));
	}
	world_clear(&world);
}

Test(refusals, one_household_has_one_site)
{
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	to_issued(&world);
	zhen_test_turn_to(world.test, morning("2026-09-28"));
	file_one(&world, 1);
	to_review(&world);
	as_agriculture(&world);
	int32_t status = step(&world, "homestead",
	                      "{\"decision\": \"approve\", \"opinion\": \"同意\", \"checker\": \"21\", \"second_checker\": \"22\", "
	                      "\"checked_on\": \"2026-09-28\"}");
	cr_expect(is_refused(&world, status, 409, "one-household-one-site"), "%d %s", status,
	          zhen_test_body(world.test));
	world_clear(&world);
}

Test(refusals, publicity_runs_its_days_before_it_is_closed)
{
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	to_review(&world);
	as_agriculture(&world);
	expect_done(&world, step(&world, "homestead", "{\"decision\": \"approve\", " CHECKED "}"), 200, "homestead");
	cr_expect(is_refused(&world, act(&world, "publicity", "{\"act\": \"end\"}"), 409, "step-not-current"));
	as_planning(&world);
	expect_done(&world, step(&world, "planning", APPROVE), 200, "planning");
	as_agriculture(&world);
	cr_expect(is_refused(&world, step(&world, "publicity", APPROVE), 409, "publicity-not-over"));
	cr_expect(is_refused(&world, act(&world, "publicity", "{\"act\": \"end\"}"), 409, "publicity-not-running"));
	cr_expect(is_refused(&world, act(&world, "publicity",
	                                 "{\"act\": \"start\", \"start_on\": \"2026-09-18\", \"end_on\": \"2026-09-20\"}"), 409,
	                     "publicity-too-short"));
	expect_done(&world, act(&world, "publicity",
	                        "{\"act\": \"start\", \"start_on\": \"2026-09-18\", \"end_on\": \"2026-09-21\", \"place\": \"公开栏\"}"),
	            200, "start");
	turn_to(&world, "2026-09-21");
	cr_expect(is_refused(&world, act(&world, "publicity", "{\"act\": \"end\"}"), 409, "publicity-not-over"));
	turn_to(&world, "2026-09-22");
	expect_done(&world, act(&world, "publicity", "{\"act\": \"end\", \"objections\": 1, \"note\": \"邻居异议\"}"),
	            200, "end");
	cr_expect(is_refused(&world, step(&world, "publicity", APPROVE), 409, "objections-open"));
	/* Sent back, it is a new round; what was said stays. */
	expect_done(&world,
	            step(&world, "publicity",
	                 "{\"decision\": \"return\", \"opinion\": \"核实异议\", \"to\": \"homestead\"}"),
	            200, "return");
	cr_expect_str_eq(value(&world, "step"), "homestead");
	g_autofree char *round = column(&world, "round");
	cr_expect_str_eq(round, "2");
	cr_expect_str_eq(zhen_test_sql(world.test, "SELECT COUNT(*) FROM opinion"), "3");
	world_clear(&world);
}

Test(refusals, intake_has_five_outcomes_each_with_its_document)
{
	static const struct {
		const char *act, *json, *state, *kind, *law;
	} rows[] = {
		{ "not-needed", NO_NEED, "not_needed", "not_needed", "第三十二条第一款第一项" },
		{ "refuse", NOT_OURS, "refused", "refusal", "第三十二条第一款第二项" },
		{ "correct", "{\"correction\": \"更正姓名\"}", "filed", "correction", "第三十二条第一款第三项" },
		{ "supplement", MISSING, "supplementing", "supplement", "第三十二条第一款第四项" },
		{ "accept", "{\"papers\": true}", "review", "receipt", "第三十二条第一款第五项" },
	};
	World world = world_at("2026-09-18");

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		file_one(&world, (int)i + 1);
		as_window(&world);
		expect_done(&world, act(&world, rows[i].act, rows[i].json), 200, rows[i].act);
		cr_expect_str_eq(value(&world, "state"), rows[i].state);
		g_autofree char *number = document(&world, rows[i].kind);
		cr_expect_str_eq(value(&world, "document"), number);
		g_autofree char *sql = g_strdup_printf(
			"SELECT COUNT(*) FROM document WHERE number = '%s' AND dated_on = '2026-09-18' AND content LIKE '%%%s%%'", number,
			rows[i].law);
		cr_expect_str_eq(zhen_test_sql(world.test, sql), "1", "%s", rows[i].law);
	}
	keeper_seals(&world);
	cr_expect_str_eq(zhen_test_sql(world.test, "SELECT COUNT(*) FROM document WHERE state = 'issued'"), "5");
	cr_expect_str_eq(zhen_test_sql(world.test, "SELECT COUNT(*) FROM seal_use"), "5");
	world_clear(&world);
}

Test(refusals, what_is_missing_is_told_once)
{
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	supplementing(&world);
	g_autofree char *json =
		g_strdup_printf("{\"number\": \"%s\", \"code\": \"%s\", \"note\": \"已补图件\", \"file\": \"%s\"}",
	                        world.number, world.code, zhen_test_upload(world.test, "%PDF-图件", 11));
	as_resident(&world);
	expect_done(&world, zhen_test_call(world.test, "POST", "/track/supplement", json), 200, "supply");
	as_window(&world);
	cr_expect(is_refused(&world, act(&world, "supplement", MISSING), 409, "supplement-once"));
	expect_done(&world, act(&world, "accept", NULL), 200, "accept");
	cr_expect_eq(events(&world, "approvals.case.supplement_requested"), 1);
	world_clear(&world);
}

Test(refusals, publicity_and_the_like_are_no_reasons_to_stop_the_clock)
{
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	to_review(&world);
	as_agriculture(&world);
	cr_expect_eq(act(&world, "suspend", "{\"reason\": \"publicity\", \"expected_days\": 5}"), 422);
	cr_expect_eq(act(&world, "suspend", "{\"expected_days\": 5}"), 422);
	g_autofree char *since = column(&world, "running_since");
	cr_expect_str_neq(since, "0");
	world_clear(&world);
}

Test(refusals, a_second_visit_needs_a_reason)
{
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	as_window(&world);
	expect_done(&world, act(&world, "visits", "{\"place\": \"永定镇便民服务中心\"}"), 200, "first");
	cr_expect(is_refused(&world, act(&world, "visits", "{\"place\": \"永定镇便民服务中心\"}"), 409, "visit-limit"));
	expect_done(&world, act(&world, "visits", "{\"place\": \"永定镇便民服务中心\", \"reason\": \"系统停电\"}"), 200,
	            "second");
	g_autofree char *visits = column(&world, "visits"), *why = column(&world, "over_visits");
	cr_expect_str_eq(visits, "2");
	cr_expect_str_eq(why, "系统停电");
	world_clear(&world);
}
