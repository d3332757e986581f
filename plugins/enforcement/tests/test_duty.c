/* SPDX-License-Identifier: Apache-2.0
 * What a team does besides cases: events of its villages by level, posts that recur, the log of work. */
#include "world.h"

#define REPORT "{\"village\": \"%s\", \"problem\": \"street_trade\", \"place\": \"村口\", \"fact\": \"占道摆摊\"}"

static const char *state_of(World *world, int64_t incident)
{
	g_autofree char *path = g_strdup_printf("/incidents/%ld", (long)incident);

	done(world, get(world, path), 200, "incident");
	return value(world, "state");
}

Test(incident, goes_to_the_officer_of_its_village_then_squad_then_team)
{
	World world = world_at("2026-09-18"); /* a Friday; Sunday the 20th is a make-up day */
	int64_t its = team(&world), leader = officer(&world, its), grid = officer(&world, its);
	g_autofree char *squad = g_strdup_printf("{\"name\": \"一中队\", \"leader\": %ld}", (long)leader);
	g_autofree char *area = g_strdup_printf("{\"village\": \"" VILLAGE "\", \"officer\": %ld}", (long)grid);

	done(&world, act(&world, "teams", its, "squads", squad), 201, "squad");
	done(&world, act(&world, "squads", zhen_test_int(world.test, "id"), "areas", area), 200, "area");
	as_village(&world);
	done(&world, post(&world, "/incidents", REPORT, VILLAGE), 201, "reported");
	int64_t one = zhen_test_int(world.test, "id");
	done(&world, get(&world, "/incidents"), 200, "its own are the village's to see");
	cr_expect_eq(zhen_test_int(world.test, "items.0.id"), one);
	wrong(&world, post(&world, "/incidents", REPORT, "532327102201"), "village", "outside-division");
	as_head(&world);
	cr_expect_str_eq(state_of(&world, one), "officer");
	cr_expect_str_eq(value(&world, "due_on"), "2026-09-20");
	zhen_test_run_jobs(world.test);
	cr_expect_str_eq(state_of(&world, one), "officer", "in time");
	turn_to(&world, "2026-09-21");
	zhen_test_run_jobs(world.test);
	as_head(&world);
	cr_expect_str_eq(state_of(&world, one), "squad");
	cr_expect_str_eq(value(&world, "late_on"), "2026-09-21");
	done(&world, act(&world, "incidents", one, "escalate", "{\"reason\": \"需要县里设备\"}"), 200, "by hand");
	cr_expect_str_eq(state_of(&world, one), "team");
	refused(&world, act(&world, "incidents", one, "escalate", "{\"reason\": \"再上报\"}"), 409,
	        "incident-with-the-team");
	as_neighbour(&world);
	refused(&world, act(&world, "incidents", one, "handle", "{\"result\": \"清\"}"), 404, "not-found");
	as_head(&world);
	wrong(&world, act(&world, "incidents", one, "handle", "{\"result\": \"清\", \"finding\": 7}"), "finding",
	      "no-such-finding");
	done(&world, act(&world, "incidents", one, "handle", "{\"result\": \"劝离并清扫\"}"), 200, "handled");
	refused(&world, act(&world, "incidents", one, "handle", "{\"result\": \"清\"}"), 409, "incident-handled");
	cr_expect_eq(events(&world, "enforcement.incident.moved"), 4);
	done(&world, get(&world, "/reports/work"), 200, "counted");
	cr_expect_eq(zhen_test_int(world.test, "items.0.enforcement"), 1);
	world_clear(&world);
}

Test(incident, of_a_village_without_an_officer_is_the_teams_and_said_to_be_late_once)
{
	World world = world_at("2026-09-18");

	as_head(&world);
	refused(&world, post(&world, "/incidents", REPORT, VILLAGE), 409, "no-team");
	team(&world);
	done(&world, post(&world, "/incidents", REPORT, VILLAGE), 201, "reported");
	int64_t one = zhen_test_int(world.test, "id");
	cr_expect_str_eq(state_of(&world, one), "team");
	turn_to(&world, "2026-09-28");
	for (int i = 0; i < 2; i++)
		zhen_test_run_jobs(world.test);
	as_head(&world);
	cr_expect_str_eq(state_of(&world, one), "team");
	cr_expect_str_eq(value(&world, "journal.1.what"), "late");
	cr_expect_str_eq(value(&world, "journal.2.what"), "", "once");
	world_clear(&world);
}

static const char *shift_of(World *world, const char *day)
{
	g_autofree char *path = g_strdup_printf("/roster?township=" TOWNSHIP "&from=%s", day);

	done(world, get(world, path), 200, "roster");
	return value(world, "items.0.state");
}

Test(post, is_kept_on_its_days_and_who_was_there_is_on_record)
{
	World world = world_at("2026-09-18");
	int64_t its = team(&world), one = officer(&world, its), helper = member(&world, its, "assistant");
	static const char *const wrongs[][3] = {
		{ "{\"name\": \"x\", \"place\": \"y\", \"from_time\": \"7\", \"to_time\": \"08:00\"}", "from_time", "not-a-time" },
		{ "{\"name\": \"x\", \"place\": \"y\", \"from_time\": \"25:00\", \"to_time\": \"26:00\"}", "from_time", "not-a-time" },
		{ "{\"name\": \"x\", \"place\": \"y\", \"from_time\": \"08:00\", \"to_time\": \"07:00\"}", "to_time", "before-start" },
		{ "{\"name\": \"x\", \"place\": \"y\", \"from_time\": \"07:00\", \"to_time\": \"08:00\", \"weekdays\": \"08\"}", "weekdays", "not-weekdays" },
		{ "{\"name\": \"x\", \"place\": \"y\", \"from_time\": \"07:00\", \"to_time\": \"08:00\", \"squad\": 9}", "squad", "other-team" },
	};

	as_head(&world);
	for (size_t i = 0; i < G_N_ELEMENTS(wrongs); i++)
		wrong(&world, act(&world, "teams", its, "posts", wrongs[i][0]), wrongs[i][1], wrongs[i][2]);
	done(&world,
	     act(&world, "teams", its, "posts",
	         "{\"name\": \"护学岗\", \"place\": \"中心小学门口\", \"from_time\": \"07:00\", \"to_time\": \"08:00\", \"days\": \"working\", \"least\": 2}"),
	     201, "post");
	int64_t post = zhen_test_int(world.test, "id");
	/* Days by the national notice of 2026: the 20th is worked, the 25th to the 27th are the Mid-Autumn Festival. */
	cr_expect_str_eq(shift_of(&world, "2026-09-18"), "planned");
	cr_expect_str_eq(shift_of(&world, "2026-09-19"), "");
	cr_expect_str_eq(shift_of(&world, "2026-09-20"), "planned");
	cr_expect_str_eq(shift_of(&world, "2026-09-25"), "");
	turn_to(&world, "2026-09-22");
	as_head(&world);
	cr_expect_str_eq(shift_of(&world, "2026-09-21"), "missed");
	g_autofree char *both =
		g_strdup_printf("{\"people\": [{\"member\": %ld}, {\"member\": %ld}]}", (long)one, (long)helper);
	g_autofree char *twice =
		g_strdup_printf("{\"people\": [{\"member\": %ld}, {\"member\": %ld}]}", (long)one, (long)one);
	g_autofree char *early =
		g_strdup_printf("{\"on\": \"2026-09-21\", \"people\": [{\"member\": %ld}]}", (long)one);
	g_autofree char *rest = g_strdup_printf("{\"on\": \"2026-09-19\", \"people\": [{\"member\": %ld}]}", (long)one);
	wrong(&world, act(&world, "posts", post, "attend", twice), "people", "not-a-member");
	wrong(&world, act(&world, "posts", post, "attend", rest), "on", "not-on-that-day");
	done(&world, act(&world, "posts", post, "attend", both), 200, "both there");
	refused(&world, act(&world, "posts", post, "attend", both), 409, "attended");
	done(&world, act(&world, "posts", post, "attend", early), 200, "afterwards");
	cr_expect_str_eq(shift_of(&world, "2026-09-22"), "kept");
	cr_expect_str_eq(shift_of(&world, "2026-09-21"), "short");
	wrong(&world, get(&world, "/roster?township=" TOWNSHIP "&from=2026-09-01&to=2026-10-02"), "to", "too-long");
	done(&world, act(&world, "posts", post, "end", "{}"), 200, "ended");
	cr_expect_str_eq(shift_of(&world, "2026-09-23"), "");
	world_clear(&world);
}

Test(work, is_totalled_by_kind_also_after_it_was_put_right)
{
	World world = world_at("2026-09-18");

	as_looker(&world);
	cr_expect_eq(post(&world, "/works", "{\"kind\": \"rescue\", \"text\": \"x\"}"), 403);
	as_head(&world);
	refused(&world, post(&world, "/works", "{\"kind\": \"rescue\", \"text\": \"转移群众\"}"), 403, "township-only");
	team(&world);
	done(&world, post(&world, "/works", "{\"kind\": \"rescue\", \"text\": \"转移群众\"}"), 200, "logged");
	int64_t one = zhen_test_int(world.test, "work");
	done(&world,
	     post(&world, "/works", "{\"kind\": \"publicity\", \"text\": \"入户宣传\", \"on\": \"2026-08-31\"}"), 200,
	     "logged");
	wrong(&world, post(&world, "/works", "{\"kind\": \"publicity\", \"text\": \"x\", \"on\": \"2026-09-19\"}"),
	      "on", "future");
	done(&world, act(&world, "works", one, "classify", "{\"kind\": \"service\", \"reason\": \"应为服务\"}"), 200,
	     "put right");
	done(&world, get(&world, "/reports/work"), 200, "report");
	cr_expect_str_eq(value(&world, "items.0.month"), "2026-09");
	cr_expect_eq(zhen_test_int(world.test, "items.0.rescue"), 0);
	cr_expect_eq(zhen_test_int(world.test, "items.0.service"), 1);
	cr_expect_eq(zhen_test_int(world.test, "items.1.publicity"), 1);
	cr_expect_eq(zhen_test_int(world.test, "items.1.total"), 1);
	world_clear(&world);
}
