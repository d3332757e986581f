/* SPDX-License-Identifier: Apache-2.0
 * What a broken promise costs, for how long, and how the record of it ends. */
#include "world.h"

#define LACKING                                                                                             \
	"{\"lacking\": [{\"material\": \"住房建设图件（选用通用图册的免交）\"}], \"promised_on\": \"%s\"}"

static int32_t accepts_lacking(World *world, const char *day)
{
	g_autofree char *json = g_strdup_printf(LACKING, day);

	as_window(world);
	return act(world, "accept-lacking", json);
}

/* Household 1 did not bring by the 25th what it promised on the 18th. */
static World broken_word(const char *days)
{
	World world = world_with("2026-09-18", "credit_days", days);

	file_one(&world, 1);
	expect_done(&world, accepts_lacking(&world, "2026-09-18"), 200, "accepted");
	turn_to(&world, "2026-09-25");
	file_one(&world, 1);
	cr_assert(is_refused(&world, accepts_lacking(&world, "2026-09-25"), 409, "bad-credit"), "%s",
	          zhen_test_body(world.test));
	return world;
}

static void as_head(World *world)
{
	zhen_test_as(world->test, "周镇长", "government-" TOWNSHIP, NULL, "approvals.read approvals.account");
}

static int32_t ends(World *world, const char *reason)
{
	g_autofree char *json = g_strdup_printf("{\"how\": \"corrected\", \"reason\": \"%s\"}", reason);

	return zhen_test_call(world->test, "POST", "/credits/1/end", json);
}

Test(credit, a_record_counts_for_its_days_and_no_longer)
{
	World world = broken_word("6");

	cr_expect(strstr(zhen_test_body(world.test), "2026-10-01") != NULL, "until when: %s",
	          zhen_test_body(world.test));
	turn_to(&world, "2026-10-08");
	as_head(&world);
	cr_expect(is_refused(&world, ends(&world, "已过期"), 409, "credit-over"), "%s", zhen_test_body(world.test));
	expect_done(&world, zhen_test_call(world.test, "GET", "/credits", NULL), 200, "records");
	cr_expect_str_eq(value(&world, "items.0.may"), "", "what is over is not ended");
	file_one(&world, 1);
	expect_done(&world, accepts_lacking(&world, "2026-10-08"), 200, "taken at its word again");
	world_clear(&world);
}

Test(credit, a_record_that_was_wrong_is_corrected_once_by_those_who_may_and_stays)
{
	World world = broken_word("730");

	as_window(&world);
	cr_expect(is_refused(&world, ends(&world, "不是本人的原因"), 403, "forbidden"));
	as_head(&world);
	cr_expect(is_refused(&world, ends(&world, ""), 422, "invalid"), "%s", zhen_test_body(world.test));
	expect_done(&world, zhen_test_call(world.test, "GET", "/credits", NULL), 200, "records");
	cr_expect_str_eq(value(&world, "items.0.may"), "end");
	cr_expect_null(strstr(zhen_test_body(world.test), "张三"), "names nobody");
	expect_done(&world, ends(&world, "图件当日已送达窗口"), 200, "corrected");
	cr_expect(is_refused(&world, ends(&world, "再一次"), 409, "credit-ended"));
	expect_done(&world, zhen_test_call(world.test, "GET", "/credits", NULL), 200, "records");
	cr_expect_str_eq(value(&world, "items.0.reason"), "图件当日已送达窗口");
	cr_expect_str_eq(value(&world, "items.0.kind"), "lacking-lapsed");
	expect_done(&world, accepts_lacking(&world, "2026-09-25"), 200, "taken at its word");
	world_clear(&world);
}

Test(credit, another_township_neither_sees_nor_ends_a_record)
{
	World world = broken_word("730");

	as_other_township(&world);
	cr_expect(is_refused(&world, ends(&world, "不是本镇"), 404, "not-found"), "%s", zhen_test_body(world.test));
	expect_done(&world, zhen_test_call(world.test, "GET", "/credits", NULL), 200, "records");
	cr_expect_str_eq(value(&world, "items.0.id"), "");
	world_clear(&world);
}
