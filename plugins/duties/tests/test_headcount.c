/* SPDX-License-Identifier: Apache-2.0
 * A township's headcount by component and by day, what is sunk to it, and the public's figures. */
#include "people_world.h"

#define HEADCOUNT "/townships/" TOWNSHIP "/headcount"
#define CHANGE(component, change, day) \
	"{\"component\": \"" component "\", \"change\": " change ", \"effective_on\": \"" day "\", \"basis\": \"永编〔2026〕1号\", " \
	"\"reason\": \"核定\"}"
#define SINK(posts, day, from) SINK_FOR("enforcement", posts, day, from)
#define SINK_FOR(purpose, posts, day, from) \
	"{\"posts\": " posts ", \"from_body\": \"" from "\", \"purpose\": \"" purpose "\", \"component\": \"balance\", " \
	"\"effective_on\": \"" day "\", \"basis\": \"永编〔2026〕2号\"}"
#define MOVE(number, to) \
	"{\"from\": \"" TOWNSHIP "\", \"to\": \"" to "\", \"number\": " number ", \"component\": \"base\", " \
	"\"effective_on\": \"2026-06-01\", \"basis\": \"永编〔2026〕3号\", \"reason\": \"调剂\"}"

static int64_t total_on(World *world, const char *day)
{
	g_autofree char *path = g_strdup_printf(HEADCOUNT "?on=%s", day);

	done(world, get(world, path), 200, path);
	return zhen_test_int(world->test, "total");
}

Test(headcount, is_the_sum_of_three_components_on_any_day)
{
	World world = world_at("2026-09-18");

	as_office(&world);
	does(&world, HEADCOUNT, CHANGE("base", "60", "2024-01-01"));
	does(&world, HEADCOUNT, CHANGE("quantified", "15", "2025-01-01"));
	does(&world, HEADCOUNT, CHANGE("balance", "7", "2026-03-01"));
	does(&world, HEADCOUNT, CHANGE("base", "-2", "2026-05-01"));
	cr_expect_eq(total_on(&world, "2023-12-31"), 0);
	cr_expect_eq(total_on(&world, "2024-06-01"), 60);
	cr_expect_eq(total_on(&world, "2025-06-01"), 75);
	cr_expect_eq(total_on(&world, "2026-03-01"), 82);
	cr_expect_eq(total_on(&world, "2026-09-18"), 80);
	cr_expect_eq(zhen_test_int(world.test, "base"), 58);
	cr_expect_eq(zhen_test_int(world.test, "quantified"), 15);
	cr_expect_eq(zhen_test_int(world.test, "balance"), 7);
	cr_expect_str_eq(value(&world, "history.3.change"), "-2");
	cr_expect_eq(events(&world, "duties.headcount.changed"), 4);
	as_public(&world);
	done(&world, get(&world, "/reports/headcount?division=" COUNTY), 200, "report");
	cr_expect_eq(zhen_test_int(world.test, "items.0.total"), 80);
	world_clear(&world);
}

Test(headcount, sums_are_public_and_who_decided_is_for_the_place_and_those_above)
{
	static const struct {
		const char *body, *person;
	} rows[] = {
		{ "government-" TOWNSHIP, "测试人员" },
		{ "county-staffing-" COUNTY, "测试人员" },
		{ "government-" OTHER_TOWNSHIP, "" },
		{ "county-staffing-532301000000", "" },
	};
	World world = world_at("2026-09-18");

	as_office(&world);
	does(&world, HEADCOUNT, CHANGE("base", "60", "2024-01-01"));
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		zhen_test_as(world.test, "某人", rows[i].body, NULL, "duties.read");
		done(&world, get(&world, HEADCOUNT), 200, rows[i].body);
		cr_expect_str_eq(value(&world, "history.0.change"), "60", "%s", rows[i].body);
		cr_expect_str_eq(value(&world, "history.0.person"), rows[i].person, "%s", rows[i].body);
	}
	world_clear(&world);
}

Test(headcount, what_may_not_be_done_to_it_is_refused_with_its_field_named)
{
	static const struct {
		const char *path, *json;
		int32_t status;
		const char *code, *field;
	} rows[] = {
		{ HEADCOUNT, CHANGE("base", "-61", "2026-01-01"), 409, "headcount-negative", "" },
		/* Before it was given, there was none to take. */
		{ HEADCOUNT, CHANGE("base", "-1", "2023-01-01"), 409, "headcount-negative", "" },
		{ HEADCOUNT, CHANGE("base", "-59", "2026-01-01"), 409, "headcount-in-use", "" },
		{ HEADCOUNT, CHANGE("base", "0", "2026-01-01"), 422, "zero", "change" },
		{ HEADCOUNT, CHANGE("base", "1", "2026-09-19"), 422, "future", "effective_on" },
		{ HEADCOUNT, CHANGE("spare", "1", "2026-01-01"), 422, "not-a-choice", "component" },
		{ "/townships/532301101000/headcount", CHANGE("base", "1", "2026-01-01"), 422, "outside-division", "township" },
		{ "/townships/" TOWNSHIP "/sunk", SINK("1", "2026-01-01", "window-" TOWNSHIP), 422, "not-above", "from_body" },
		{ "/townships/" TOWNSHIP "/sunk", SINK("1", "2026-01-01", "county-service-532301000000"), 422, "not-above", "from_body" },
		{ "/headcount/moves", MOVE("1", TOWNSHIP), 422, "same-township", "to" },
		{ "/headcount/moves", MOVE("100", OTHER_TOWNSHIP), 409, "headcount-negative", "" },
	};
	World world = world_at("2026-09-18");

	give_list(&world);
	active_post(&world, "P1", 2);
	as_office(&world);
	does(&world, HEADCOUNT, CHANGE("base", "58", "2024-01-01"));
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		int32_t status = post(&world, rows[i].path, rows[i].json);
		const char *code = value(&world, rows[i].field[0] == '\0' ? "code" : "errors.0.code");

		cr_expect(status == rows[i].status && strcmp(code, rows[i].code) == 0, "row %zu: %d %s", i, status,
		          zhen_test_body(world.test));
		if (rows[i].field[0] != '\0')
			cr_expect_str_eq(value(&world, "errors.0.field"), rows[i].field, "row %zu", i);
	}
	as_head(&world);
	cr_expect(is_refused(&world, post(&world, HEADCOUNT, CHANGE("base", "1", "2026-01-01")), 403, "forbidden"));
	world_clear(&world);
}

Test(headcount, moves_between_townships_leave_the_county_as_it_was)
{
	World world = world_at("2026-09-18");

	as_office(&world);
	does(&world, HEADCOUNT, CHANGE("base", "10", "2026-01-01"));
	does(&world, "/headcount/moves", MOVE("4", OTHER_TOWNSHIP));
	cr_expect_eq(zhen_test_int(world.test, "from_total"), 6);
	cr_expect_eq(zhen_test_int(world.test, "to_total"), 4);
	as_public(&world);
	done(&world, get(&world, "/reports/posts?division=" COUNTY), 200, "report");
	cr_expect_eq(zhen_test_int(world.test, "staffing"), 10);
	as_prefecture_office(&world);
	cr_expect_eq(post(&world, "/headcount/moves", MOVE("1", "532301101000")), 422);
	cr_expect_str_eq(value(&world, "errors.0.code"), "other-county");
	world_clear(&world);
}

Test(headcount, sunk_posts_are_counted_by_township_and_year)
{
	World world = world_at("2026-09-18");

	as_office(&world);
	does(&world, "/townships/" TOWNSHIP "/sunk", SINK("3", "2025-04-01", "county-agriculture-" COUNTY));
	does(&world, "/townships/" TOWNSHIP "/sunk",
	     SINK_FOR("rescue", "2", "2026-04-01", "county-agriculture-" COUNTY));
	does(&world, "/townships/" OTHER_TOWNSHIP "/sunk", SINK("4", "2026-04-01", "county-agriculture-" COUNTY));
	cr_expect_eq(events(&world, "duties.posts.sunk"), 3);
	as_public(&world);
	done(&world, get(&world, "/reports/posts?division=" PREFECTURE), 200, "report");
	cr_expect_eq(zhen_test_int(world.test, "sunk"), 9);
	cr_expect_eq(zhen_test_int(world.test, "sunk_enforcement"), 7);
	cr_expect_eq(zhen_test_int(world.test, "sunk_rescue"), 2);
	cr_expect_eq(zhen_test_int(world.test, "sunk_in_year"), 6);
	cr_expect_eq(zhen_test_int(world.test, "staffing"), 9);
	done(&world, get(&world, "/reports/posts?division=" TOWNSHIP "&year=2025"), 200, "report");
	cr_expect_eq(zhen_test_int(world.test, "sunk_in_year"), 3);
	done(&world, get(&world, "/reports/sunk?division=" PREFECTURE), 200, "sunk");
	cr_expect_eq(zhen_test_int(world.test, "items.0.sunk"), 5);
	cr_expect_eq(zhen_test_int(world.test, "items.0.enforcement"), 3);
	cr_expect_eq(zhen_test_int(world.test, "items.0.rescue"), 2);
	cr_expect_eq(zhen_test_int(world.test, "items.0.other"), 0);
	cr_expect_eq(zhen_test_int(world.test, "items.1.sunk"), 4);
	world_clear(&world);
}

Test(headcount, of_a_county_stays_under_its_ceiling_and_what_is_sunk_or_moved_does_not_count)
{
	World world = world_set("headcount_ceiling", "10");

	as_office(&world);
	does(&world, HEADCOUNT, CHANGE("base", "10", "2026-01-01"));
	cr_expect(is_refused(&world, post(&world, HEADCOUNT, CHANGE("quantified", "1", "2026-01-01")), 409,
	                     "headcount-ceiling"));
	does(&world, "/townships/" TOWNSHIP "/sunk", SINK("3", "2026-04-01", "county-agriculture-" COUNTY));
	does(&world, "/headcount/moves", MOVE("4", OTHER_TOWNSHIP));
	cr_expect(is_refused(&world,
	                     post(&world, "/townships/" OTHER_TOWNSHIP "/headcount", CHANGE("base", "1", "2026-01-01")),
	                     409, "headcount-ceiling"));
	does(&world, HEADCOUNT, CHANGE("base", "-2", "2026-07-01"));
	does(&world, "/townships/" OTHER_TOWNSHIP "/headcount", CHANGE("base", "2", "2026-07-01"));
	world_clear(&world);
}
