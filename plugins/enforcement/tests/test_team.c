/* SPDX-License-Identifier: Apache-2.0
 * The team: one per township, established when it is large enough; who may act as an officer on a day. */
#include "world.h"

#define ESTABLISH "{\"basis\": \"永政发〔2026〕3号\"}"

Test(team, a_team_of_four_is_not_established_and_one_of_five_is)
{
	World world = world_at("2026-09-18");
	int64_t id = team(&world);

	for (int i = 0; i < 4; i++)
		member(&world, id, i == 0 ? "assistant" : i == 1 ? "sunk" : "town");
	refused(&world, act(&world, "teams", id, "establish", ESTABLISH), 409, "team-too-small");
	done(&world, get(&world, "/teams/1"), 200, "shown");
	cr_expect_str_eq(value(&world, "standard"), "no");
	int64_t fifth = member(&world, id, "town");
	done(&world, act(&world, "teams", id, "establish", ESTABLISH), 200, "establish");
	cr_expect_eq(events(&world, "enforcement.team.established"), 1);
	refused(&world, act(&world, "teams", id, "establish", ESTABLISH), 409, "team-established");
	done(&world, get(&world, "/teams/1"), 200, "shown");
	cr_expect_str_eq(value(&world, "standard"), "yes");
	cr_expect_eq(zhen_test_int(world.test, "members"), 5);
	cr_expect_eq(zhen_test_int(world.test, "officers"), 4);
	cr_expect_str_eq(value(&world, "points.0.ready"), "true");
	/* One leaves: it stays established, and is shown below the standard. */
	done(&world, act(&world, "members", fifth, "leave", "{\"reason\": \"调离\"}"), 200, "leave");
	done(&world, get(&world, "/teams/1"), 200, "shown");
	cr_expect_str_eq(value(&world, "standard"), "no");
	cr_expect_str_eq(value(&world, "points.0.ready"), "false");
	world_clear(&world);
}

Test(team, there_is_one_per_township_and_each_its_own)
{
	World world = world_at("2026-09-18");
	int64_t id = team(&world);

	refused(&world, post(&world, "/teams", "{\"township\": \"" TOWNSHIP "\"}"), 409, "team-exists");
	wrong(&world, post(&world, "/teams", "{\"township\": \"" OTHER_TOWNSHIP "\"}"), "township", "outside-division");
	as_neighbour(&world);
	cr_expect_eq(get(&world, "/teams/1"), 404);
	cr_expect_eq(act(&world, "teams", id, "establish", ESTABLISH), 404);
	done(&world, get(&world, "/teams"), 200, "list");
	cr_expect_null(zhen_test_value(world.test, "items.0.id"));
	as_looker(&world);
	done(&world, get(&world, "/teams"), 200, "list");
	cr_expect_str_eq(value(&world, "items.0.name"), "永定镇综合行政执法队");
	world_clear(&world);
}

Test(team, the_five_points_are_said_or_follow_from_what_is_registered)
{
	World world = world_at("2026-09-18");
	int64_t id = team(&world);

	wrong(&world,
	      act(&world, "teams", id, "readiness", "{\"point\": \"entity\", \"ready\": true, \"note\": \"有\"}"),
	      "point", "not-a-choice");
	done(&world,
	     act(&world, "teams", id, "readiness",
	         "{\"point\": \"places\", \"ready\": true, \"note\": \"办案区已建\"}"),
	     200, "said");
	done(&world, get(&world, "/teams/1"), 200, "shown");
	cr_expect_str_eq(value(&world, "points.1.ready"), "false");
	cr_expect_str_eq(value(&world, "points.2.ready"), "true");
	cr_expect_str_eq(value(&world, "points.2.person"), "测试人员");
	cr_expect_str_eq(value(&world, "points.3.ready"), "false");
	world_clear(&world);
}

Test(team, the_share_of_the_front_line_is_counted)
{
	World world = world_at("2026-09-18");
	int64_t id = team(&world), last = 0;

	for (int i = 0; i < 3; i++)
		last = member(&world, id, "town");
	done(&world, act(&world, "members", last, "frontline", "{\"frontline\": false}"), 200, "frontline");
	as_looker(&world);
	done(&world, get(&world, "/reports/teams"), 200, "report");
	cr_expect_str_eq(value(&world, "frontline_share"), "66.67");
	as_neighbour(&world);
	done(&world, get(&world, "/reports/teams"), 200, "report");
	cr_expect_eq(zhen_test_int(world.test, "teams"), 0);
	cr_expect_str_eq(value(&world, "frontline_share"), "");
	world_clear(&world);
}

static bool may_act(World *world, const char *day)
{
	g_autofree char *path = g_strconcat("/officers?on=", day, NULL);

	done(world, get(world, path), 200, "officers");
	return zhen_test_value(world->test, "items.0.id") != NULL;
}

Test(officer, counts_on_the_days_of_service_and_of_a_certificate)
{
	World world = world_at("2026-09-18");
	int64_t id = team(&world), one = member(&world, id, "sunk");

	cr_expect(!may_act(&world, "2026-09-18"), "without a certificate");
	int64_t certificate = certify(&world, one, "2026-10-31");
	static const struct {
		const char *day;
		bool may;
	} days[] = { { "2026-01-04", false }, { "2026-01-05", true }, { "2026-10-31", true }, { "2026-11-01", false } };
	for (size_t i = 0; i < G_N_ELEMENTS(days); i++)
		cr_expect_eq(may_act(&world, days[i].day), days[i].may, "%s", days[i].day);
	/* Revoked from a day on: what was done before stays. */
	wrong(&world, act(&world, "certificates", certificate, "revoke", "{\"reason\": \"调岗\", \"on\": \"2026-09-19\"}"), "on", "future");
	wrong(&world, act(&world, "certificates", certificate, "revoke", "{\"reason\": \"调岗\", \"on\": \"2026-01-04\"}"), "on",
	      "before-start");
	done(&world, act(&world, "certificates", certificate, "revoke", "{\"reason\": \"调岗\", \"on\": \"2026-09-10\"}"), 200, "revoke");
	refused(&world, act(&world, "certificates", certificate, "revoke", "{\"reason\": \"调岗\"}"), 409, "certificate-revoked");
	cr_expect(may_act(&world, "2026-09-09"));
	cr_expect(!may_act(&world, "2026-09-10"));
	cr_expect_eq(events(&world, "enforcement.certificate.revoked"), 1);
	/* Left: the last day counts. */
	int64_t other = member(&world, id, "town");
	certify(&world, other, "2026-12-31");
	as_head(&world);
	wrong(&world, act(&world, "members", other, "leave", "{\"reason\": \"调离\", \"on\": \"2026-01-04\"}"), "on",
	      "before-joining");
	done(&world, act(&world, "members", other, "leave", "{\"reason\": \"调离\", \"on\": \"2026-09-15\"}"), 200,
	     "leave");
	cr_expect(may_act(&world, "2026-09-15"));
	cr_expect(!may_act(&world, "2026-09-16"));
	world_clear(&world);
}

Test(officer, an_assistant_is_given_no_certificate_and_nothing_to_decide)
{
	World world = world_at("2026-09-18");
	int64_t id = team(&world), assistant = member(&world, id, "assistant"), without = member(&world, id, "town"),
		good = officer(&world, id);
	g_autofree char *squad = g_strdup_printf("{\"name\": \"一中队\", \"leader\": %ld}", (long)good);

	as_bureau(&world);
	refused(&world,
	        act(&world, "members", assistant, "certificates",
	            "{\"number\": \"X1\", \"issuer\": \"省\", \"field\": \"综合\", \"valid_from\": \"2026-01-05\", \"valid_to\": \"2027-01-05\"}"),
	        409, "assistant-may-not");
	as_head(&world);
	cr_expect_eq(act(&world, "members", good, "certificates", "{}"), 403, "the township certifies its own");
	for (int i = 0; i < 2; i++) {
		g_autofree char *json =
			g_strdup_printf("{\"name\": \"一中队\", \"leader\": %ld}", (long)(i == 0 ? assistant : without));

		refused(&world, act(&world, "teams", id, "squads", json), 409, i == 0 ? "assistant-may-not" : "certificate-invalid");
	}
	done(&world, act(&world, "teams", id, "squads", squad), 201, "squad");
	wrong(&world, act(&world, "teams", id, "squads", squad), "name", "name-taken");
	g_autofree char *area = g_strdup_printf("{\"village\": \"" VILLAGE "\", \"officer\": %ld}", (long)assistant);
	refused(&world, act(&world, "squads", 1, "areas", area), 409, "assistant-may-not");
	world_clear(&world);
}

Test(areas, a_village_has_an_officer_a_squad_and_the_team)
{
	World world = world_at("2026-09-18");
	int64_t id = team(&world), leader = officer(&world, id), grid = officer(&world, id);
	g_autofree char *squad = g_strdup_printf("{\"name\": \"一中队\", \"leader\": %ld}", (long)leader);
	g_autofree char *area = g_strdup_printf("{\"village\": \"" VILLAGE "\", \"officer\": %ld}", (long)grid);
	g_autofree char *elsewhere = g_strdup_printf("{\"village\": \"532327102201\", \"officer\": %ld}", (long)grid);
	g_autofree char *other = g_strdup_printf("{\"village\": \"" VILLAGE "\", \"officer\": %ld}", (long)leader);

	done(&world, act(&world, "teams", id, "squads", squad), 201, "squad");
	done(&world, get(&world, "/where?village=" VILLAGE), 200, "where");
	cr_expect_str_eq(value(&world, "assigned"), "false");
	cr_expect_str_eq(value(&world, "levels.0.level"), "team");
	wrong(&world, act(&world, "squads", 1, "areas", elsewhere), "village", "outside-division");
	zhen_test_as(world.test, "县长", "county-" COUNTY, NULL, "enforcement.read enforcement.team");
	wrong(&world, act(&world, "squads", 1, "areas", elsewhere), "village", "other-township");
	done(&world, post(&world, "/teams", "{\"township\": \"" OTHER_TOWNSHIP "\"}"), 201, "another team");
	wrong(&world, act(&world, "teams", zhen_test_int(world.test, "id"), "squads", squad), "leader", "other-team");
	as_head(&world);
	done(&world, act(&world, "squads", 1, "areas", area), 200, "area");
	done(&world, get(&world, "/where?village=" VILLAGE), 200, "where");
	cr_expect_str_eq(value(&world, "levels.0.level"), "officer");
	cr_expect_str_eq(value(&world, "levels.1.unit"), "一中队");
	cr_expect_str_eq(value(&world, "levels.2.unit"), "永定镇综合行政执法队");
	/* Who is in charge does not simply leave. */
	refused(&world, act(&world, "members", grid, "leave", "{\"reason\": \"调离\"}"), 409, "still-in-charge");
	done(&world, act(&world, "squads", 1, "areas", other), 200, "handed over");
	done(&world, act(&world, "members", grid, "leave", "{\"reason\": \"调离\"}"), 200, "leave");
	as_neighbour(&world);
	refused(&world, get(&world, "/where?village=" VILLAGE), 404, "no-team");
	world_clear(&world);
}

Test(vehicles, each_says_how_it_came_and_one_plate_is_in_use_once)
{
	World world = world_at("2026-09-18");
	int64_t id = team(&world);
	const char *car = "{\"plate\": \"云E12345\", \"mode\": \"purchase\", \"basis\": \"县级统一采购\"}";

	wrong(&world,
	      act(&world, "teams", id, "vehicles", "{\"plate\": \"云E12345\", \"mode\": \"rent\", \"basis\": \"租\"}"),
	      "mode", "not-a-choice");
	done(&world, act(&world, "teams", id, "vehicles", car), 201, "vehicle");
	wrong(&world, act(&world, "teams", id, "vehicles", car), "plate", "plate-taken");
	done(&world, get(&world, "/reports/teams"), 200, "report");
	cr_expect_eq(zhen_test_int(world.test, "with_vehicle"), 1);
	done(&world, act(&world, "vehicles", 1, "retire", "{}"), 200, "retire");
	refused(&world, act(&world, "vehicles", 1, "retire", "{}"), 409, "vehicle-retired");
	done(&world, get(&world, "/reports/teams"), 200, "report");
	cr_expect_eq(zhen_test_int(world.test, "with_vehicle"), 0);
	done(&world, act(&world, "teams", id, "vehicles", car), 201, "the plate is free again");
	world_clear(&world);
}

Test(members, a_name_is_masked_in_lists_and_purged_after_leaving)
{
	World world = world_at("2026-09-18");
	int64_t id = team(&world), one = member(&world, id, "town");
	g_autofree char *subject = g_strdup_printf("%ld", (long)one);

	done(&world, get(&world, "/members"), 200, "list");
	cr_expect_str_eq(value(&world, "items.0.name"), "李**");
	done(&world, get(&world, "/members/1"), 200, "shown");
	cr_expect_str_eq(value(&world, "name"), "李秀英");
	as_bureau(&world);
	done(&world, get(&world, "/members/1"), 200, "shown");
	cr_expect_str_eq(value(&world, "name"), "李**");
	cr_expect_eq(zhen_test_purge(world.test, "member", subject), 409, "who serves");
	as_head(&world);
	done(&world, act(&world, "members", one, "leave", "{\"reason\": \"李秀英调离\"}"), 200, "leave");
	cr_expect_eq(zhen_test_purge(world.test, "member", subject), 200);
	cr_expect_null(strstr(zhen_test_dump(world.test), "李秀英"));
	world_clear(&world);
}
