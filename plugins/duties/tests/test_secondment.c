/* SPDX-License-Identifier: Apache-2.0
 * 借调: every act in every state by every role; caps, ends, and who is not back in time. */
#include "people_world.h"

#define TO "\"to_body\": \"county-agriculture-" COUNTY "\""
#define ASK "{" TO ", \"reason\": \"专班\", \"from_on\": \"2026-09-18\", \"until_on\": \"2026-10-18\"}"

static int64_t ask(World *world, const char *name, const char *json)
{
	int64_t person = add_staff(world, name);
	g_autofree char *path = g_strdup_printf("/persons/%ld/secondments", (long)person);

	as_head(world);
	return made(world, path, json);
}

static int64_t out(World *world, const char *name)
{
	int64_t id = ask(world, name, ASK);

	as_office(world);
	done(world, act_on(world, "secondments", id, "approve", "{}"), 200, "approve");
	return id;
}

enum { REQUESTED, OUT, REFUSED, CANCELLED, RETURNED };

static int64_t reach(World *world, int state)
{
	int64_t id = state == OUT || state == RETURNED ? out(world, "李秀英") : ask(world, "李秀英", ASK);

	as_office(world);
	if (state == REFUSED)
		done(world, act_on(world, "secondments", id, "refuse", "{\"opinion\": \"人手不足\"}"), 200, "refuse");
	as_head(world);
	if (state == CANCELLED)
		done(world, act_on(world, "secondments", id, "cancel", "{}"), 200, "cancel");
	if (state == RETURNED)
		done(world, act_on(world, "secondments", id, "return", "{}"), 200, "return");
	return id;
}

Test(secondment, every_act_in_every_state_by_every_role_is_allowed_or_refused_as_the_table_says)
{
	static const char *const states[] = { "requested", "out", "refused", "cancelled", "returned" };
	static const struct {
		const char *act, *json;
		int role; /* 0 township, 1 staffing office */
		int in;   /* the one state it is possible in */
	} acts[] = {
		{ "approve", "{}", 1, REQUESTED },
		{ "refuse", "{\"opinion\": \"不同意\"}", 1, REQUESTED },
		{ "cancel", "{}", 0, REQUESTED },
		{ "extend", "{\"until_on\": \"2026-11-18\", \"reason\": \"未完\"}", 1, OUT },
		{ "return", "{}", 0, OUT },
	};
	static void (*const roles[])(World *) = { as_head, as_office, as_looker };

	for (int state = REQUESTED; state <= RETURNED; state++)
		for (size_t a = 0; a < G_N_ELEMENTS(acts); a++) {
			World world = world_at("2026-09-18");
			int64_t id = reach(&world, state);
			g_autofree char *code = g_strconcat("secondment-", states[state], NULL);

			for (int role = 0; role < 3; role++) {
				if (role == acts[a].role)
					continue;
				roles[role](&world);
				cr_expect(is_refused(&world,
				                     act_on(&world, "secondments", id, acts[a].act, acts[a].json), 403,
				                     "forbidden"));
			}
			roles[acts[a].role](&world);
			int32_t status = act_on(&world, "secondments", id, acts[a].act, acts[a].json);
			if (acts[a].in == state)
				cr_expect_eq(status, 200, "%s in %s: %s", acts[a].act, states[state],
				             zhen_test_body(world.test));
			else
				cr_expect(is_refused(&world, status, 409, code), "%s in %s: %d %s", acts[a].act,
				          states[state], status, zhen_test_body(world.test));
			world_clear(&world);
		}
}

Test(secondment, reason_and_end_are_needed_and_the_end_is_bounded)
{
	static const struct {
		const char *json, *field, *code;
	} rows[] = {
		{ "{" TO ", \"from_on\": \"2026-09-18\", \"until_on\": \"2026-10-18\"}", "reason", "required" },
		{ "{" TO ", \"from_on\": \"2026-09-18\", \"reason\": \"专班\"}", "until_on", "required" },
		{ "{" TO ", \"from_on\": \"2026-09-18\", \"until_on\": \"2026-09-18\", \"reason\": \"专班\"}", "until_on", "ends-before" },
		{ "{" TO ", \"from_on\": \"2026-09-18\", \"until_on\": \"2027-09-18\", \"reason\": \"专班\"}", "until_on", "too-long" },
		{ "{" TO ", \"from_on\": \"2026-08-18\", \"until_on\": \"2026-09-17\", \"reason\": \"专班\"}", "until_on", "in-the-past" },
		{ "{\"to_body\": \"window-" TOWNSHIP "\", \"from_on\": \"2026-09-18\", \"until_on\": \"2026-10-18\", \"reason\": \"专班\"}",
		  "to_body", "own-unit" },
	};
	World world = world_at("2026-09-18");
	int64_t person = add_staff(&world, "李秀英");
	g_autofree char *path = g_strdup_printf("/persons/%ld/secondments", (long)person);

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		cr_expect_eq(post(&world, path, rows[i].json), 422, "%s", zhen_test_body(world.test));
		cr_expect_str_eq(value(&world, "errors.0.field"), rows[i].field, "%s", zhen_test_body(world.test));
		cr_expect_str_eq(value(&world, "errors.0.code"), rows[i].code, "%s", zhen_test_body(world.test));
	}
	made(&world, path, ASK);
	cr_expect(is_refused(&world, post(&world, path, ASK), 409, "person-seconded"));
	world_clear(&world);
}

Test(secondment, no_more_are_out_at_once_than_the_cap_and_a_return_makes_room)
{
	World world = world_at("2026-09-18");
	int64_t first = out(&world, "甲一"), third;

	out(&world, "乙二");
	third = ask(&world, "丙三", ASK);
	as_office(&world);
	cr_expect(is_refused(&world, act_on(&world, "secondments", third, "approve", "{}"), 409, "secondment-cap"));
	as_head(&world);
	done(&world, act_on(&world, "secondments", first, "return", "{}"), 200, "return");
	as_office(&world);
	done(&world, act_on(&world, "secondments", third, "approve", "{}"), 200, "approve");
	as_public(&world);
	done(&world, get(&world, "/reports/posts?division=" COUNTY), 200, "report");
	cr_expect_eq(zhen_test_int(world.test, "seconded"), 2);
	world_clear(&world);
}

Test(secondment, who_asks_does_not_decide)
{
	World world = world_at("2026-09-18");
	int64_t id = ask(&world, "李秀英", ASK);

	zhen_test_as(world.test, "周镇长", "county-staffing-" COUNTY, NULL, "*");
	cr_expect(is_refused(&world, act_on(&world, "secondments", id, "approve", "{}"), 409, "own-request"));
	cr_expect(is_refused(&world, act_on(&world, "secondments", id, "refuse", "{\"opinion\": \"x\"}"), 409,
	                     "own-request"));
	as_office(&world);
	cr_expect_eq(act_on(&world, "secondments", id, "refuse", "{}"), 422);
	cr_expect_str_eq(value(&world, "errors.0.field"), "opinion");
	world_clear(&world);
}

Test(secondment, who_is_not_back_on_the_day_is_flagged_once_the_day_after)
{
	World world = world_at("2026-09-18");
	int64_t id = out(&world, "李秀英");

	turn_to(&world, "2026-10-18");
	cr_expect_eq(events(&world, "duties.secondment.overdue"), 0, "the last day is in time");
	turn_to(&world, "2026-10-19");
	turn_to(&world, "2026-10-20");
	cr_expect_eq(events(&world, "duties.secondment.overdue"), 1);
	as_head(&world);
	done(&world, get(&world, "/secondments?overdue=true"), 200, "overdue");
	cr_expect_str_eq(value(&world, "items.0.overdue"), "true", "%s", zhen_test_body(world.test));
	cr_expect_str_eq(value(&world, "items.0.name"), "李**", "%s", zhen_test_body(world.test));
	as_office(&world);
	done(&world,
	     act_on(&world, "secondments", id, "extend", "{\"until_on\": \"2026-11-18\", \"reason\": \"未完\"}"), 200,
	     "extend");
	cr_expect(is_refused(&world, act_on(&world, "secondments", id, "extend",
	                                    "{\"until_on\": \"2026-12-18\", \"reason\": \"未完\"}"), 409, "extended-already"));
	turn_to(&world, "2026-11-19");
	cr_expect_eq(events(&world, "duties.secondment.overdue"), 2, "of the new end");
	as_head(&world);
	done(&world, act_on(&world, "secondments", id, "return", "{}"), 200, "return");
	as_public(&world);
	done(&world, get(&world, "/reports/posts?division=" TOWNSHIP), 200, "report");
	cr_expect_eq(zhen_test_int(world.test, "seconded_overdue"), 0);
	world_clear(&world);
}

Test(secondment, who_is_back_refused_or_called_off_may_be_asked_for_again)
{
	static const struct {
		const char *act, *json;
	} ends[] = { { "refuse", "{\"opinion\": \"人手不足\"}" }, { "cancel", "{}" }, { "return", "{}" } };
	World world = world_at("2026-09-18");
	int64_t person = add_staff(&world, "李秀英");
	g_autofree char *path = g_strdup_printf("/persons/%ld/secondments", (long)person);

	for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
		as_head(&world);
		int64_t id = made(&world, path, ASK);
		as_office(&world);
		if (i == 2)
			done(&world, act_on(&world, "secondments", id, "approve", "{}"), 200, "approve");
		if (i > 0)
			as_head(&world);
		done(&world, act_on(&world, "secondments", id, ends[i].act, ends[i].json), 200, ends[i].act);
	}
	as_head(&world);
	made(&world, path, ASK);
	world_clear(&world);
}

Test(secondment, no_body_borrows_more_at_once_than_its_cap)
{
	World world = world_set("secondment_cap_in", "1");
	int64_t second;

	out(&world, "甲一");
	second = ask(&world, "乙二", ASK);
	as_office(&world);
	cr_expect(is_refused(&world, act_on(&world, "secondments", second, "approve", "{}"), 409, "secondment-cap-in"));
	world_clear(&world);
}

Test(secondment, one_whose_end_has_passed_is_not_approved_any_more)
{
	World world = world_at("2026-09-18");
	int64_t id = ask(&world, "李秀英", ASK);

	turn_to(&world, "2026-10-19");
	as_office(&world);
	cr_expect(is_refused(&world, act_on(&world, "secondments", id, "approve", "{}"), 409, "secondment-past"));
	world_clear(&world);
}
