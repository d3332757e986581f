/* SPDX-License-Identifier: Apache-2.0
 * The yearly round: what is surveyed, judged and then done, and nothing else. */
#include "world.h"

Test(rounds, a_year_has_one_round_and_nothing_changes_without_survey_and_assessment)
{
	World world = world_at("2026-09-18");
	int id, round;

	first_list(&world);
	turn_to(&world, "2026-10-12");
	id = draft(&world, TOWNSHIP);
	cr_expect(is_refused(&world, act(&world, "lists", id, "choose", "{\"items\": [{\"code\": \"KX-001\"}]}"), 409,
	                     "round-needed"));
	done(&world, act(&world, "lists", id, "discard", NULL), 200, "discard");
	done(&world, post(&world, "/rounds", "{\"township\": \"" TOWNSHIP "\"}"), 201, "round");
	round = (int)zhen_test_int(world.test, "id");
	cr_expect(is_refused(&world, post(&world, "/rounds", "{\"township\": \"" TOWNSHIP "\"}"), 409, "round-this-year"));
	done(&world, act(&world, "rounds", round, "survey",
	                 "{\"items\": [{\"code\": \"KX-002\", \"act\": \"remove\", \"finding\": \"一年无件\"}, "
	                 "{\"code\": \"KX-003\", \"act\": \"add\", \"finding\": \"群众需要\"}]}"), 200, "survey");
	done(&world, act(&world, "rounds", round, "survey-end", NULL), 200, "survey-end");
	as_staffing(&world);
	cr_expect(is_refused(&world, act(&world, "rounds", round, "assess-end", NULL), 409, "assessment-missing"));
	done(&world, act(&world, "rounds", round, "assess",
	                 "{\"items\": [{\"code\": \"KX-002\", \"needed\": \"no\", \"able\": \"yes\", "
	                 "\"too_technical\": \"no\", "
	                 "\"verdict\": \"yes\"}, {\"code\": \"KX-003\", \"needed\": \"yes\", \"able\": \"yes\", "
	                 "\"too_technical\": \"no\", \"verdict\": \"yes\"}]}"), 200, "assess");
	done(&world, act(&world, "rounds", round, "assess-end", NULL), 200, "assess-end");
	id = draft(&world, TOWNSHIP);
	cr_expect(is_refused(&world, act(&world, "lists", id, "remove", "{\"code\": \"FQ-001\", \"reason\": \"不要\"}"), 409,
	                     "common-item-kept"));
	cr_expect(is_refused(&world, act(&world, "lists", id, "choose",
	                                 "{\"items\": [{\"code\": \"KX-001\"}, {\"code\": \"KX-004\"}]}"), 409,
	                                 "survey-missing"));
	done(&world, act(&world, "lists", id, "choose", "{\"items\": [{\"code\": \"KX-001\"}, {\"code\": \"KX-003\"}]}"), 200, "choose");
	as_staffing(&world);
	cr_expect(is_refused(&world, act(&world, "rounds", round, "close", NULL), 409, "draft-open"));
	done(&world, act(&world, "lists", id, "publish", "{\"effective_from\": \"2026-11-01\"}"), 200, "publish");
	done(&world, act(&world, "rounds", round, "close", NULL), 200, "close");
	cr_expect_str_eq(value(&world, "adjusted"), "2");
	as_public(&world);
	done(&world, get(&world, "/units/" TOWNSHIP "/items?date=2026-10-31&kind=delegated&limit=200"), 200, "before");
	cr_expect_str_eq(value(&world, "version"), "1");
	done(&world, get(&world, "/units/" TOWNSHIP "?date=2026-11-01"), 200, "after");
	cr_expect_str_eq(value(&world, "version"), "2");
	done(&world, get(&world, "/units/" TOWNSHIP "/diff"), 200, "diff");
	cr_expect_str_eq(value(&world, "added"), "1");
	cr_expect_str_eq(value(&world, "removed"), "1");
	done(&world, get(&world, "/reports/adjustments?division=" PREFECTURE "&year=2026"), 200, "report");
	cr_expect_str_eq(value(&world, "items"), "2");
	world_clear(&world);
}

static int round_open(World *world, const char *survey)
{
	g_autofree char *json = g_strdup_printf("{\"items\": %s}", survey);
	int id;

	as_township(world);
	done(world, post(world, "/rounds", "{\"township\": \"" TOWNSHIP "\"}"), 201, "round");
	id = (int)zhen_test_int(world->test, "id");
	done(world, act(world, "rounds", id, "survey", json), 200, "survey");
	done(world, act(world, "rounds", id, "survey-end", NULL), 200, "survey-end");
	return id;
}

static void judge(World *world, int round, const char *code, const char *answers)
{
	g_autofree char *json = g_strdup_printf("{\"items\": [{\"code\": \"%s\", %s}]}", code, answers);

	as_staffing(world);
	done(world, act(world, "rounds", round, "assess", json), 200, code);
}

#define ADD_YES "\"needed\": \"yes\", \"able\": \"yes\", \"too_technical\": \"no\", \"verdict\": \"yes\""
#define ADD_NO "\"needed\": \"no\", \"able\": \"yes\", \"too_technical\": \"no\", \"verdict\": \"no\""

Test(rounds, only_what_can_come_of_it_is_surveyed)
{
	static const struct {
		const char *item, *code;
	} refusals[] = {
		{ "{\"code\": \"FQ-001\", \"act\": \"remove\", \"finding\": \"x\"}", "common-item-kept" },
		{ "{\"code\": \"FQ-001\", \"act\": \"withdraw\", \"finding\": \"x\"}", "common-item-kept" },
		{ "{\"code\": \"XX-999\", \"act\": \"remove\", \"finding\": \"x\"}", "not-in-list" },
		{ "{\"code\": \"KX-009\", \"act\": \"change\", \"finding\": \"x\"}", "not-in-list" },
		{ "{\"code\": \"KX-001\", \"act\": \"add\", \"finding\": \"x\"}", "already-listed" },
		{ "{\"code\": \"BD-777\", \"act\": \"add\", \"finding\": \"x\"}", "name-missing" },
	};
	World world = world_at("2026-09-18");
	int id;

	first_list(&world);
	as_township(&world);
	done(&world, post(&world, "/rounds", "{\"township\": \"" TOWNSHIP "\"}"), 201, "round");
	id = (int)zhen_test_int(world.test, "id");
	for (size_t i = 0; i < G_N_ELEMENTS(refusals); i++) {
		g_autofree char *json = g_strdup_printf("{\"items\": [%s]}", refusals[i].item);

		cr_expect(is_refused(&world, act(&world, "rounds", id, "survey", json), 409, refusals[i].code),
		          "%s: %s", refusals[i].item, zhen_test_body(world.test));
	}
	/* Common items, which nobody drops, are found by name alone. */
	g_autofree char *offered = g_strdup_printf("/rounds/%d/survey", id),
			*sought = g_strconcat(offered, "?q=FQ-001", NULL);
	done(&world, get(&world, offered), 200, "what may be surveyed");
	cr_expect_str_eq(value(&world, "items.0.code"), "KX-001");
	cr_expect_str_eq(value(&world, "items.2.stands"), "offered");
	done(&world, get(&world, sought), 200, "sought");
	cr_expect_str_eq(value(&world, "items.0.code"), "FQ-001");
	/* As the page of names leads to the form: code and name. */
	done(&world, act(&world, "rounds", id, "survey",
	                 "{\"items\": [{\"code\": \"KX-002 门诊慢特病申请受理\", \"act\": \"remove\", \"finding\": \"x\"}]}"), 200, "survey");
	g_autofree char *path = g_strdup_printf("/rounds/%d", id), *assess = g_strconcat(path, "/assess", NULL);
	done(&world, get(&world, path), 200, "round");
	cr_expect_str_eq(value(&world, "items.0.code"), "KX-002");
	cr_expect_str_eq(value(&world, "items.0.name"), "门诊慢特病申请受理");
	done(&world, act(&world, "rounds", id, "survey-end", NULL), 200, "survey-end");
	as_staffing(&world);
	done(&world, get(&world, assess), 200, "what is to be judged");
	cr_expect_not_null(strstr(value(&world, "parts.0.href"), "items.0.code=KX-002%20%E9%97%A8%E8%AF%8A%E6%85%A2"),
	                   "%s", zhen_test_body(world.test));
	/* 迫切需要且有能力承接: kept. */
	cr_expect(is_refused(&world,
	                     act(&world, "rounds", id, "assess", "{\"items\": [{\"code\": \"KX-002\", " ADD_YES "}]}"),
	                     409, "still-needed"));
	world_clear(&world);
}

Test(rounds, a_round_closes_over_nothing_that_was_agreed_and_not_done)
{
	World world = world_at("2026-09-18");
	int early, round;

	first_list(&world);
	turn_to(&world, "2026-10-12");
	/* Begun before the round: it goes on in it. */
	early = draft(&world, TOWNSHIP);
	round = round_open(&world, "[{\"code\": \"KX-003\", \"act\": \"add\", \"finding\": \"x\"}, "
	                           "{\"code\": \"KX-004\", \"act\": \"add\", \"finding\": \"x\"}]");
	judge(&world, round, "KX-003", ADD_YES);
	judge(&world, round, "KX-004", ADD_YES);
	done(&world, act(&world, "rounds", round, "assess-end", NULL), 200, "assess-end");
	as_township(&world);
	done(&world,
	     act(&world, "lists", early, "pick", "{\"items\": [{\"code\": \"KX-003 医疗救助\", \"take\": \"yes\"}]}"),
	     200, "pick");
	cr_expect_str_eq(value(&world, "optional"), "3");
	as_staffing(&world);
	done(&world, act(&world, "lists", early, "publish", NULL), 200, "publish");
	cr_expect(is_refused(&world, act(&world, "rounds", round, "close", NULL), 409, "adjustment-missing"));
	cr_expect_not_null(strstr(zhen_test_body(world.test), "KX-004"));
	cr_expect(is_refused(&world, act(&world, "rounds", round, "assess", "{\"items\": [{\"code\": \"KX-003\", " ADD_NO "}]}"), 409,
	                     "adjustment-done"));
	judge(&world, round, "KX-004", ADD_NO);
	done(&world, act(&world, "rounds", round, "close", NULL), 200, "close");
	cr_expect_str_eq(value(&world, "adjusted"), "1");
	world_clear(&world);
}

Test(rounds, a_villages_draft_thrown_away_leaves_its_townships_round_as_it_was)
{
	World world = world_at("2026-09-18");
	const char *const local =
		"{\"code\": \"CJ-1\", \"name\": \"走访\", \"basis\": \"甲法\", \"upper\": \"FQ-001\"}";
	int village, own, round;

	first_list(&world);
	as_township(&world);
	village = draft(&world, VILLAGE);
	done(&world, act(&world, "lists", village, "add", local), 200, "add");
	as_staffing(&world);
	done(&world, act(&world, "lists", village, "publish", NULL), 200, "publish");
	turn_to(&world, "2026-10-12");
	round = round_open(&world, "[{\"code\": \"KX-003\", \"act\": \"add\", \"finding\": \"x\"}, "
	                           "{\"code\": \"CJ-1\", \"act\": \"remove\", \"finding\": \"x\"}]");
	judge(&world, round, "KX-003", ADD_YES);
	judge(&world, round, "CJ-1",
	      "\"needed\": \"no\", \"able\": \"yes\", \"too_technical\": \"no\", \"verdict\": \"yes\"");
	done(&world, act(&world, "rounds", round, "assess-end", NULL), 200, "assess-end");
	own = draft(&world, TOWNSHIP);
	done(&world, act(&world, "lists", own, "pick", "{\"items\": [{\"code\": \"KX-003\", \"take\": \"yes\"}]}"), 200,
	     "pick");
	village = draft(&world, VILLAGE);
	done(&world, act(&world, "lists", village, "remove", "{\"code\": \"CJ-1\", \"reason\": \"x\"}"), 200, "remove");
	done(&world, act(&world, "lists", village, "discard", NULL), 200, "discard");
	cr_expect_str_eq(
		zhen_test_sql(world.test, "SELECT COUNT(*) FROM round_item WHERE done_at > 0 AND code = 'KX-003'"),
		"1");
	cr_expect_str_eq(
		zhen_test_sql(world.test, "SELECT COUNT(*) FROM round_item WHERE done_at > 0 AND code = 'CJ-1'"), "0");
	/* What was thrown away is in no version's history. */
	cr_expect_str_eq(
		zhen_test_sql(world.test, "SELECT COUNT(*) FROM item_change WHERE code = 'CJ-1' AND what = 'removed'"),
		"0");
	world_clear(&world);
}

Test(rounds, what_two_villages_did_is_done_while_one_of_their_drafts_stands)
{
	static const char *const villages[] = { VILLAGE, "532327101001" };
	World world = world_at("2026-09-18");
	int drafts[2], round;

	first_list(&world);
	as_staffing(&world);
	done(&world, bring(&world, "village", "village", COUNTY, "编码,名称,层级,依据,选取,上级事项\nSQ-1,走访,县,甲法,共性,FQ-001\nSQ-2,代收,县,甲法,可选,FQ-001\n",
	                   ", \"unit_kind\": \"community\""), 201, "catalogue");
	for (size_t i = 0; i < 2; i++) {
		int id = draft(&world, villages[i]);

		as_staffing(&world);
		done(&world, act(&world, "lists", id, "publish", NULL), 200, villages[i]);
	}
	turn_to(&world, "2026-10-12");
	round = round_open(&world, "[{\"code\": \"SQ-2\", \"act\": \"remove\", \"finding\": \"x\"}]");
	judge(&world, round, "SQ-2",
	      "\"needed\": \"no\", \"able\": \"yes\", \"too_technical\": \"no\", \"verdict\": \"yes\"");
	done(&world, act(&world, "rounds", round, "assess-end", NULL), 200, "assess-end");
	for (size_t i = 0; i < 2; i++) {
		drafts[i] = draft(&world, villages[i]);
		done(&world, act(&world, "lists", drafts[i], "remove", "{\"code\": \"SQ-2\", \"reason\": \"x\"}"), 200,
		     "remove");
	}
	done(&world, act(&world, "lists", drafts[1], "discard", NULL), 200, "discard");
	as_staffing(&world);
	cr_expect(is_refused(&world, act(&world, "rounds", round, "assess", "{\"items\": [{\"code\": \"SQ-2\", " ADD_NO "}]}"), 409,
	                     "adjustment-done"), "%s", zhen_test_body(world.test));
	done(&world, act(&world, "lists", drafts[0], "publish", NULL), 200, "publish");
	world_clear(&world);
}
