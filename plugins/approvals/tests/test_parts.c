/* SPDX-License-Identifier: Apache-2.0
 * Who reads a case of the township, and who stops its clock: the bodies that have a part in it, no other office. */
#include "world.h"

#define SOCIAL_ITEM "YB0203" /* its step is the office of social affairs' */
#define HOLD "{\"reason\": \"appraisal\", \"expected_days\": 5}"
#define ALL_OF_A_REVIEWER "approvals.read approvals.personal approvals.review approvals.suspend"

static void as_body(World *world, const char *body, const char *permissions)
{
	zhen_test_as(world->test, "某人", body, NULL, permissions);
}

static int32_t get(World *world, const char *suffix)
{
	g_autofree char *path = g_strdup_printf("/cases/%d%s", world->id, suffix);

	return zhen_test_call(world->test, "GET", path, NULL);
}

/* Numbers of all pages of a list, one row a page. */
static char *listed(World *world, const char *path)
{
	GString *out = g_string_new("");
	g_autofree char *after = g_strdup("");

	do {
		g_autofree char *one =
			g_strdup_printf("%slimit=1%s%s", path, after[0] != '\0' ? "&cursor=" : "", after);

		expect_done(world, zhen_test_call(world->test, "GET", one, NULL), 200, path);
		g_string_append_printf(out, "%s ", value(world, "items.0.number"));
		g_free(after);
		after = escape(value(world, "next"));
		cr_assert_lt(out->len, 2000, "pages without an end: %s", zhen_test_body(world->test));
	} while (after[0] != '\0');
	return g_string_free(out, FALSE);
}

static char *file_social(World *world)
{
	g_autofree char *own = id_card(77);
	g_autofree char *json =
		g_strdup_printf("{\"village\": \"" VILLAGE "\", \"applicant\": \"张三\", \"id_card\": \"%s\", "
	                        "\"phone\": \"13987654321\", \"content\": \"申请\"}",
	                        own);

	as_resident(world);
	expect_done(world, zhen_test_call(world->test, "POST", "/items/" SOCIAL_ITEM "/apply", json), 201, "filing");
	return g_strdup(value(world, "number"));
}

Test(parts, an_office_without_a_part_neither_reads_a_case_nor_stops_its_clock)
{
	static const char *const states[] = { "filed", "review" };
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	for (size_t s = 0; s < G_N_ELEMENTS(states); s++) {
		if (s == 1)
			to_review(&world);
		as_body(&world, "social-" TOWNSHIP, ALL_OF_A_REVIEWER);
		cr_expect(is_refused(&world, get(&world, ""), 404, "not-found"), "%s: %s", states[s],
		          zhen_test_body(world.test));
		cr_expect(is_refused(&world, get(&world, "/clock"), 404, "not-found"), "%s", states[s]);
		cr_expect(is_refused(&world, get(&world, "/archive"), 404, "not-found"), "%s", states[s]);
		cr_expect(is_refused(&world, act(&world, "suspend", HOLD), 404, "not-found"), "%s: %s", states[s],
		          zhen_test_body(world.test));
		expect_done(&world, zhen_test_call(world.test, "GET", "/cases", NULL), 200, "list");
		cr_expect_str_eq(value(&world, "items.0.number"), "", "%s", zhen_test_body(world.test));
		as_body(&world, "agriculture-" TOWNSHIP, ALL_OF_A_REVIEWER);
		expect_done(&world, get(&world, ""), 200, "whose step it is or will be");
		cr_expect_str_eq(value(&world, "applicant"), "李阿福");
	}
	world_clear(&world);
}

Test(parts, lists_have_what_the_body_has_a_part_in_page_by_page)
{
	static const struct {
		const char *body, *permissions;
		bool homestead, social;
	} rows[] = {
		{ "window-" TOWNSHIP, "approvals.read", true, true },
		{ "government-" TOWNSHIP, "approvals.read", true, true },
		{ "agriculture-" TOWNSHIP, "approvals.read", true, false },
		{ "planning-" TOWNSHIP, "approvals.read", true, false },
		{ "social-" TOWNSHIP, "approvals.read", false, true },
		{ "social-" TOWNSHIP, "approvals.read approvals.supervise", true, true },
		{ "village-" VILLAGE, "approvals.read", true, true },
		{ "village-532327101001", "approvals.read", false, false },
		{ "county-532327000000", "approvals.read approvals.supervise", true, true },
		{ "county-agriculture-532327000000", "approvals.read", false, false },
		{ "social-" OTHER_TOWNSHIP, "approvals.read", false, false },
	};
	static const char *const lists[] = { "/cases?", "/cases?state=filed&", "/cases?q=532327101&" };
	World world = world_at("2026-09-18");
	g_autofree char *first = NULL;

	file_one(&world, 1);
	first = g_strdup(world.number);
	g_autofree char *social = file_social(&world);
	file_one(&world, 2);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *newest = g_strconcat(world.number, " ", NULL);
		g_autofree char *middle = g_strconcat(social, " ", NULL);
		g_autofree char *oldest = g_strconcat(first, " ", NULL);
		g_autofree char *wanted = g_strconcat(rows[i].homestead ? newest : "", rows[i].social ? middle : "",
		                                      rows[i].homestead ? oldest : "", NULL);

		as_body(&world, rows[i].body, rows[i].permissions);
		for (size_t k = 0; k < G_N_ELEMENTS(lists); k++) {
			g_autofree char *got = listed(&world, lists[k]);

			cr_expect_str_eq(wanted[0] != '\0' ? got : g_strstrip(got), wanted, "row %zu %s", i, lists[k]);
		}
	}
	world_clear(&world);
}

Test(parts, lists_beside_the_cases_have_no_others_either)
{
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	as_window(&world);
	expect_done(&world,
	            act(&world, "home-visits",
	                "{\"address\": \"三组\", \"planned_on\": \"2026-09-21\", \"purpose\": \"核对\"}"),
	            200, "home visit");
	as_body(&world, "social-" TOWNSHIP, "approvals.read approvals.accept");
	expect_done(&world, zhen_test_call(world.test, "GET", "/home-visits", NULL), 200, "list");
	cr_expect_null(strstr(zhen_test_body(world.test), world.number), "%s", zhen_test_body(world.test));
	cr_expect(is_refused(&world,
	                     zhen_test_call(world.test, "POST", "/home-visits/1/done", "{\"outcome\": \"已核对\"}"),
	                     404, "not-found"));
	as_body(&world, "agriculture-" TOWNSHIP, "approvals.read");
	expect_done(&world, zhen_test_call(world.test, "GET", "/home-visits", NULL), 200, "list");
	cr_expect_not_null(strstr(zhen_test_body(world.test), world.number), "%s", zhen_test_body(world.test));
	world_clear(&world);
}

/* The answer of handing in these bytes. */
static int32_t hand_in(World *world, const void *bytes, size_t length)
{
	g_autofree char *json =
		g_strdup_printf("{\"number\": \"%s\", \"code\": \"%s\", \"title\": \"身份证\", \"file\": \"%s\"}",
	                        world->number, world->code, zhen_test_upload(world->test, bytes, length));

	as_resident(world);
	return zhen_test_call(world->test, "POST", "/track/materials", json);
}

Test(parts, what_is_handed_in_is_a_paper_whatever_it_is_called)
{
	static const struct {
		const char *bytes;
		size_t length;
		const char *code; /* "" = taken */
	} rows[] = {
		{ "%PDF-1.7 x", 10, "" },
		{ "\xFF\xD8\xFF\xE0", 4, "" },
		{ "\x89PNG\r\n\x1A\n....", 12, "" },
		{ "PK\x03\x04....OFD.xml", 15, "" },
		{ "", 0, "file-empty" },
		{ "MZ\x90\x00", 4, "file-type" },
		{ "<!doctype html>", 15, "file-type" },
		{ "%PDF-", 5, "file-type" },
		{ " %PDF-1.7 x", 11, "file-type" },
		{ "\x7f" "ELF", 4, "file-type" },
	};
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		int32_t status = hand_in(&world, rows[i].bytes, rows[i].length);

		cr_expect_eq(status, rows[i].code[0] == '\0' ? 200 : 422, "row %zu: %s", i, zhen_test_body(world.test));
		if (status == 200) {
			cr_expect_str_eq(value(&world, "title"), "身份证");
			cr_expect_eq(strlen(value(&world, "digest")), 64, "%s", zhen_test_body(world.test));
		} else {
			cr_expect_str_eq(value(&world, "errors.0.code"), rows[i].code, "row %zu: %s", i,
			                 zhen_test_body(world.test));
		}
	}
	cr_expect_str_eq(zhen_test_sql(world.test, "SELECT COUNT(*) FROM material"), "4");
	world_clear(&world);
}

Test(parts, a_paper_is_opened_by_who_handles_the_case_and_it_is_written_down)
{
	static const struct {
		const char *body, *permissions;
		int32_t status;
	} rows[] = {
		{ "window-" TOWNSHIP, "approvals.read approvals.personal approvals.accept", 200 },
		{ "agriculture-" TOWNSHIP, "approvals.read approvals.personal", 200 },
		{ "agriculture-" TOWNSHIP, "approvals.read approvals.review", 403 },
		{ "social-" TOWNSHIP, "approvals.read approvals.personal", 404 },
		{ "window-" OTHER_TOWNSHIP, "approvals.read approvals.personal", 404 },
	};
	World world = world_at("2026-09-18");
	int seen = 0;

	file_one(&world, 1);
	expect_done(&world, hand_in(&world, "%PDF-1.7 x", 10), 200, "hand in");
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		size_t length = 0;

		as_body(&world, rows[i].body, rows[i].permissions);
		cr_expect_eq(get(&world, "/materials/1"), rows[i].status, "row %zu: %s", i, zhen_test_body(world.test));
		seen += rows[i].status == 200;
		if (rows[i].status == 200) {
			const void *bytes = zhen_test_blob(world.test, &length);
			cr_expect(length == 10 && memcmp(bytes, "%PDF-1.7 x", 10) == 0, "row %zu: %zu bytes", i,
			          length);
		}
	}
	g_autofree char *sql = g_strdup_printf("SELECT COUNT(*) FROM _audit WHERE subject = '%s 身份证'", world.number);
	cr_expect_eq(atoi(zhen_test_sql(world.test, sql)), seen);
	world_clear(&world);
}

Test(parts, the_clock_is_stopped_at_the_body_whose_step_it_is_or_by_the_head)
{
	static const struct {
		const char *body;
		int32_t status;
		const char *code;
	} rows[] = {
		{ "planning-" TOWNSHIP, 403, "wrong-body" },
		{ "window-" TOWNSHIP, 403, "wrong-body" },
		{ "agriculture-" TOWNSHIP, 200, "" },
		{ "government-" TOWNSHIP, 200, "" },
	};
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	to_review(&world);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		as_body(&world, rows[i].body, ALL_OF_A_REVIEWER);
		int32_t status = act(&world, "suspend", HOLD);
		cr_expect(is_refused(&world, status, rows[i].status, rows[i].code), "%s: %d %s", rows[i].body, status,
		          zhen_test_body(world.test));
		if (status != 200)
			continue;
		as_body(&world, "planning-" TOWNSHIP, ALL_OF_A_REVIEWER);
		cr_expect(is_refused(&world, act(&world, "resume", NULL), 403, "wrong-body"), "%s",
		          zhen_test_body(world.test));
		as_body(&world, rows[i].body, ALL_OF_A_REVIEWER);
		expect_done(&world, act(&world, "resume", NULL), 200, rows[i].body);
	}
	/* No button for whom it would be refused. */
	as_body(&world, "planning-" TOWNSHIP, ALL_OF_A_REVIEWER);
	expect_done(&world, get(&world, ""), 200, "case");
	cr_expect_null(strstr(zhen_test_body(world.test), "/suspend"), "%s", zhen_test_body(world.test));
	as_body(&world, "agriculture-" TOWNSHIP, ALL_OF_A_REVIEWER);
	expect_done(&world, get(&world, ""), 200, "case");
	cr_expect_not_null(strstr(zhen_test_body(world.test), "/suspend"), "%s", zhen_test_body(world.test));
	world_clear(&world);
}

Test(parts, who_stands_in_for_the_officer_of_a_step_reads_the_case_that_day)
{
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	to_review(&world);
	zhen_test_account(world.test, "wang", "王农业", "agriculture-" TOWNSHIP, ALL_OF_A_REVIEWER);
	zhen_test_account(world.test, "某人", "某人", "social-" TOWNSHIP, ALL_OF_A_REVIEWER);
	zhen_test_as(world.test, "周镇长", "government-" TOWNSHIP, NULL, "approvals.posts");
	expect_done(&world,
	            zhen_test_call(world.test, "POST", "/posts",
	                           "{\"body\": \"agriculture-" TOWNSHIP "\", \"step\": \"homestead\", "
	                           "\"officer\": \"wang\"}"),
	            201, "post");
	expect_done(&world,
	            zhen_test_call(world.test, "POST", "/substitutes",
	                           "{\"body\": \"agriculture-" TOWNSHIP "\", \"officer\": \"wang\", "
	                           "\"stand_in\": \"某人\", \"from_on\": \"2026-09-01\"}"),
	            201, "substitute");
	as_body(&world, "social-" TOWNSHIP, ALL_OF_A_REVIEWER);
	cr_expect_eq(get(&world, ""), 404, "while the officer is there");
	zhen_test_as(world.test, "周镇长", "government-" TOWNSHIP, NULL, "approvals.posts");
	expect_done(&world,
	            zhen_test_call(world.test, "POST", "/absences",
	                           "{\"body\": \"agriculture-" TOWNSHIP "\", \"officer\": \"wang\", "
	                           "\"from_on\": \"2026-09-18\", \"to_on\": \"2026-09-18\", \"reason\": \"leave\"}"),
	            201, "absence");
	as_body(&world, "social-" TOWNSHIP, ALL_OF_A_REVIEWER);
	expect_done(&world, get(&world, ""), 200, "while away");
	expect_done(&world, act(&world, "suspend", HOLD), 200, "while away");
	turn_to(&world, "2026-09-21");
	as_body(&world, "social-" TOWNSHIP, ALL_OF_A_REVIEWER);
	cr_expect_eq(get(&world, ""), 404, "afterwards");
	world_clear(&world);
}

/* Numbers of papers are a series: whoever guesses the next one must not read it, nor take the applicant's query code from it. */
Test(parts, a_paper_without_its_code_is_for_a_body_with_a_part_and_the_query_code_for_who_hands_it_over)
{
	static const struct {
		const char *body, *permissions;
		int32_t receipt, decision;
	} readers[] = {
		{ "social-" TOWNSHIP, ALL_OF_A_REVIEWER, 404, 404 },
		{ "agriculture-" TOWNSHIP, ALL_OF_A_REVIEWER, 404, 200 },
		{ "agriculture-" TOWNSHIP, "approvals.read approvals.review", 404, 404 },
		{ "government-" TOWNSHIP, "approvals.read approvals.supervise", 404, 404 },
		{ "window-" TOWNSHIP, "approvals.read approvals.personal approvals.accept", 200, 200 },
	};
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	to_review(&world);
	to_approved(&world);
	as_keeper(&world);
	expect_done(&world, act(&world, "issue", NULL), 200, "issue");
	keeper_seals(&world);
	g_autofree char *receipt = document(&world, "receipt"), *receipt_part = escape(receipt);
	g_autofree char *decision = document(&world, "decision"), *decision_part = escape(decision);
	g_autofree char *receipt_path = g_strdup_printf("/documents/%s", receipt_part);
	g_autofree char *decision_path = g_strdup_printf("/documents/%s", decision_part);

	for (size_t i = 0; i < G_N_ELEMENTS(readers); i++) {
		as_body(&world, readers[i].body, readers[i].permissions);
		cr_expect_eq(zhen_test_call(world.test, "GET", receipt_path, NULL), readers[i].receipt,
		             "%s: %s: receipt", readers[i].body, readers[i].permissions);
		cr_expect_eq(zhen_test_call(world.test, "GET", decision_path, NULL), readers[i].decision,
		             "%s: %s: decision", readers[i].body, readers[i].permissions);
	}
	world_clear(&world);
}
