/* SPDX-License-Identifier: Apache-2.0
 * Persons: one rung after the other, found by rung and years, masked, purged; and how many work for a community. */
#include "people_world.h"

#define COMMUNITY "532327101001"
#define PERSON(rung, day, how)                                                                                    \
	"{\"unit\": \"" COMMUNITY "\", \"name\": \"杨桂花\", \"rung\": \"" rung "\", \"from_on\": \"" day "\", " \
	"\"how\": \"" how "\", \"basis\": \"公告\"}"

static int32_t promote(World *world, int64_t id, const char *rung, const char *day, const char *how)
{
	g_autofree char *json = g_strdup_printf(
		"{\"rung\": \"%s\", \"from_on\": \"%s\", \"how\": \"%s\", \"basis\": \"公告\"}", rung, day, how);

	as_head(world);
	return act_on(world, "persons", id, "promote", json);
}

Test(persons, rise_one_rung_after_the_other_and_their_history_shows_it)
{
	static const struct {
		const char *rung, *day, *how;
		int32_t status;
		const char *code;
	} steps[] = {
		{ "worker", "2021-01-01", "select", 409, "chain-skips" },
		{ "micro", "2021-01-01", "select", 409, "chain-skips" },
		{ "grid", "2019-01-01", "select", 422, "before-rung" },
		{ "grid", "2027-01-01", "select", 422, "future" },
		{ "grid", "2021-01-01", "select", 200, "" },
		{ "worker", "2023-01-01", "select", 200, "" },
		{ "staff", "2026-01-01", "appoint", 409, "exam-needed" },
		{ "staff", "2026-01-01", "exam", 200, "" },
		{ "staff", "2026-02-01", "exam", 409, "chain-ends" },
	};
	static const char *const chain[] = { "micro", "grid", "worker", "staff" };
	World world = world_at("2026-09-18");

	as_head(&world);
	int64_t id = made(&world, "/persons", PERSON("micro", "2020-01-01", "select"));
	for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
		int32_t status = promote(&world, id, steps[i].rung, steps[i].day, steps[i].how);
		const char *code = value(&world, status == 422 ? "errors.0.code" : "code");

		cr_expect(status == steps[i].status && (status == 200 || strcmp(code, steps[i].code) == 0),
		          "step %zu: %d %s", i, status, zhen_test_body(world.test));
	}
	g_autofree char *path = g_strdup_printf("/persons/%ld", (long)id);
	done(&world, get(&world, path), 200, "person");
	for (size_t i = 0; i < G_N_ELEMENTS(chain); i++) {
		g_autofree char *at = g_strdup_printf("career.%zu.rung", i);

		cr_expect_str_eq(value(&world, at), chain[i], "%s", zhen_test_body(world.test));
	}
	cr_expect_eq(events(&world, "duties.person.recruited"), 1);
	as_public(&world);
	done(&world, get(&world, "/reports/posts?division=" COUNTY), 200, "report");
	cr_expect_eq(zhen_test_int(world.test, "recruited"), 1);
	world_clear(&world);
}

Test(persons, are_found_by_rung_and_years_on_the_very_day)
{
	World world = world_at("2026-09-18");

	as_head(&world);
	made(&world, "/persons", PERSON("grid", "2024-09-19", "select"));
	int64_t id = made(&world, "/persons", PERSON("grid", "2024-09-18", "select"));
	made(&world, "/persons", PERSON("worker", "2020-09-18", "select"));
	done(&world, get(&world, "/persons/eligible?rung=grid&years=2"), 200, "eligible");
	cr_expect_eq(zhen_test_int(world.test, "items.0.id"), id, "%s", zhen_test_body(world.test));
	cr_expect_null(zhen_test_value(world.test, "items.1.id"));
	/* Names are masked in lists. */
	cr_expect_str_eq(value(&world, "items.0.name"), "杨**", "%s", zhen_test_body(world.test));
	world_clear(&world);
}

Test(persons, from_the_county_keep_the_record_of_where_they_came_from)
{
	World world = world_at("2026-09-18");

	as_head(&world);
	int64_t id = made(&world, "/persons",
	                  "{\"unit\": \"" TOWNSHIP "\", \"name\": \"余兵\", \"rung\": \"staff\", \"from_on\": \"2026-07-01\", \"how\": "
	                  "\"exam\", \"from_body\": \"county-agriculture-" COUNTY "\", \"basis\": \"减县增乡\"}");
	g_autofree char *path = g_strdup_printf("/persons/%ld", (long)id);
	done(&world, get(&world, path), 200, "person");
	cr_expect_str_eq(value(&world, "career.0.from_body"), "永仁县农业农村局");
	cr_expect_eq(post(&world, "/persons", "{\"unit\": \"" TOWNSHIP "\", \"name\": \"余兵\", \"rung\": \"staff\", \"how\": "
	                                      "\"transfer\", \"basis\": \"减县增乡\"}"), 422);
	cr_expect_str_eq(value(&world, "errors.0.field"), "from_body");
	as_public(&world);
	done(&world, get(&world, "/reports/posts?division=" COUNTY), 200, "report");
	cr_expect_eq(zhen_test_int(world.test, "from_county"), 1);
	world_clear(&world);
}

Test(persons, who_serves_is_not_purged_and_who_left_is)
{
	World world = world_at("2026-09-18");

	as_head(&world);
	int64_t id = made(&world, "/persons", PERSON("worker", "2024-09-18", "select"));
	g_autofree char *subject = g_strdup_printf("%ld", (long)id), *path = g_strdup_printf("/persons/%ld", (long)id);
	cr_expect(is_refused(&world, zhen_test_purge(world.test, "person", subject), 409, "person-serving"));
	done(&world, act_on(&world, "persons", id, "leave", "{\"how\": \"transfer\", \"basis\": \"辞职\"}"), 200,
	     "leave");
	cr_expect_eq(zhen_test_purge(world.test, "person", subject), 200);
	as_head(&world);
	done(&world, get(&world, path), 200, "person");
	cr_expect_str_eq(value(&world, "name"), "");
	cr_expect_str_eq(value(&world, "career.0.rung"), "worker");
	cr_expect_null(strstr(zhen_test_dump(world.test), "杨桂花"), "the name is nowhere left");
	world_clear(&world);
}

static void expect_ratio(World *world, const char *ratio, int64_t lacking, const char *reached)
{
	as_public(world);
	done(world, get(world, "/reports/community-workers?division=" PREFECTURE), 200, "workers");
	cr_expect_str_eq(value(world, "items.0.per_10000"), ratio, "%s", zhen_test_body(world->test));
	cr_expect_eq(zhen_test_int(world->test, "items.0.short"), lacking, "%s", zhen_test_body(world->test));
	cr_expect_str_eq(value(world, "items.0.reached"), reached, "%s", zhen_test_body(world->test));
}

Test(persons, community_workers_are_held_against_sixteen_per_ten_thousand)
{
	World world = world_at("2026-09-18");
	int64_t id = 0;

	as_office(&world);
	does(&world, "/urban-residents",
	     "{\"division\": \"" COUNTY "\", \"residents\": 1300, \"source\": \"统计年鉴\"}");
	as_head(&world);
	for (int i = 0; i < 2; i++)
		id = made(&world, "/persons", PERSON("worker", "2024-09-18", "select"));
	/* 1,300 residents need 2.08: three. */
	expect_ratio(&world, "15.38", 1, "false");
	as_head(&world);
	made(&world, "/persons", PERSON("worker", "2024-09-18", "select"));
	expect_ratio(&world, "23.08", 0, "true");
	promote(&world, id, "staff", "2026-01-01", "exam");
	expect_ratio(&world, "15.38", 1, "false");
	world_clear(&world);
}

Test(persons, rise_only_after_the_years_that_the_county_set)
{
	World world = world_set("rung_years", "3");

	as_head(&world);
	int64_t id = made(&world, "/persons", PERSON("grid", "2022-03-02", "select"));
	cr_expect(is_refused(&world, promote(&world, id, "worker", "2025-03-01", "select"), 409, "rung-too-short"));
	done(&world, promote(&world, id, "worker", "2025-03-02", "select"), 200, "on the very day");
	world_clear(&world);
}

Test(persons, are_named_in_clear_only_to_who_may_see_it)
{
	World world = world_at("2026-09-18");

	as_head(&world);
	int64_t id = made(&world, "/persons", PERSON("worker", "2024-09-18", "select"));
	g_autofree char *path = g_strdup_printf("/persons/%ld", (long)id);
	done(&world, get(&world, path), 200, "person");
	cr_expect_str_eq(value(&world, "name"), "杨桂花");
	as_looker(&world);
	done(&world, get(&world, path), 200, "person");
	cr_expect_str_eq(value(&world, "name"), "杨**");
	zhen_test_as(world.test, "外镇", "government-" OTHER_TOWNSHIP, NULL, "*");
	cr_expect(is_refused(&world, get(&world, path), 404, "not-found"), "%s", zhen_test_body(world.test));
	cr_expect(is_refused(&world,
	                     act_on(&world, "persons", id, "leave", "{\"how\": \"transfer\", \"basis\": \"x\"}"), 404,
	                     "not-found"));
	as_public(&world);
	cr_expect_neq(get(&world, path), 200);
	world_clear(&world);
}

Test(persons, who_moves_is_counted_where_the_person_is)
{
	World world = world_at("2026-09-18");

	as_head(&world);
	int64_t id = made(&world, "/persons", PERSON("worker", "2024-09-18", "select"));
	cr_expect_eq(act_on(&world, "persons", id, "move", "{\"unit\": \"" OTHER_TOWNSHIP "\", \"how\": \"transfer\", "
	                                                   "\"basis\": \"调令\"}"), 422, "out of the township's hands");
	zhen_test_as(world.test, "县编办", "county-staffing-" COUNTY, NULL, "*");
	done(&world, act_on(&world, "persons", id, "move", "{\"unit\": \"" OTHER_TOWNSHIP "\", \"how\": \"transfer\", "
	                                                   "\"basis\": \"调令\"}"), 200, "move");
	as_office(&world);
	does(&world, "/urban-residents",
	     "{\"division\": \"" TOWNSHIP "\", \"residents\": 10000, \"source\": \"统计年鉴\"}");
	does(&world, "/urban-residents",
	     "{\"division\": \"" OTHER_TOWNSHIP "\", \"residents\": 10000, \"source\": \"统计年鉴\"}");
	as_public(&world);
	done(&world, get(&world, "/reports/community-workers?division=" COUNTY), 200, "workers");
	cr_expect_eq(zhen_test_int(world.test, "items.0.workers"), 0);
	cr_expect_eq(zhen_test_int(world.test, "items.1.workers"), 1);
	world_clear(&world);
}
