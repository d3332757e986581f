/* SPDX-License-Identifier: Apache-2.0
 * 定责定岗定编定人: every act in every state by every role, and what is missing on the way from duty to person. */
#include "people_world.h"

enum { DRAFT, ACTIVE, HELD, ABOLISHED };

static int64_t reach(World *world, int state, int64_t *out_person)
{
	int64_t id = state == DRAFT ? draft_post(world, "P1", "A1") : active_post(world, "P1", 2);
	g_autofree char *json = NULL;

	*out_person = add_staff(world, "李秀英");
	json = g_strdup_printf("{\"person\": %ld}", (long)*out_person);
	if (state == HELD)
		done(world, act_on(world, "posts", id, "place", json), 200, "place");
	as_office(world);
	if (state == ABOLISHED)
		done(world, act_on(world, "posts", id, "abolish", "{\"reason\": \"撤并\"}"), 200, "abolish");
	return id;
}

Test(posts, every_act_in_every_state_by_every_role_is_allowed_or_refused_as_the_table_says)
{
	static const struct {
		const char *act, *json;
		int role;              /* 0 township, 1 staffing office: whose it is */
		const char *codes[4];  /* by state, "" = allowed */
	} acts[] = {
		{ "approve", "{\"headcount\": 1}", 1, { "", "post-active", "post-active", "post-abolished" } },
		{ "allot", "{\"headcount\": 1}", 1, { "post-draft", "", "", "post-abolished" } },
		{ "duties", "{\"code\": \"A2\"}", 0, { "", "", "", "post-abolished" } },
		{ "duties/remove", "{\"code\": \"A1\"}", 0, { "", "post-without-duty", "post-without-duty", "post-abolished" } },
		{ "place", "{\"person\": PERSON}", 0, { "post-draft", "", "has-post", "post-abolished" } },
		{ "vacate", "{\"person\": PERSON}", 0, { "post-draft", "not-in-post", "", "post-abolished" } },
		{ "abolish", "{\"reason\": \"撤并\"}", 1, { "", "", "post-held", "post-abolished" } },
	};
	static void (*const roles[])(World *) = { as_head, as_office, as_looker };

	for (int state = DRAFT; state <= ABOLISHED; state++)
		for (size_t a = 0; a < G_N_ELEMENTS(acts); a++) {
			World world = world_at("2026-09-18");
			int64_t person;

			give_list(&world);
			give_headcount(&world, 10);
			int64_t id = reach(&world, state, &person);
			g_autofree char *number = g_strdup_printf("%ld", (long)person);
			g_auto(GStrv) parts = g_strsplit(acts[a].json, "PERSON", 2);
			g_autofree char *json = g_strjoinv(number, parts);
			for (int role = 0; role < 3; role++) {
				if (role == acts[a].role)
					continue;
				roles[role](&world);
				cr_expect(is_refused(&world, act_on(&world, "posts", id, acts[a].act, json), 403, "forbidden"),
				          "%s by role %d in %d: %s", acts[a].act, role, state, zhen_test_body(world.test));
			}
			roles[acts[a].role](&world);
			int32_t status = act_on(&world, "posts", id, acts[a].act, json);
			const char *code = acts[a].codes[state];
			if (code[0] == '\0')
				cr_expect_eq(status, 200, "%s in %d: %s", acts[a].act, state,
				             zhen_test_body(world.test));
			else
				cr_expect(is_refused(&world, status, 409, code), "%s in %d: %d %s", acts[a].act, state,
				          status, zhen_test_body(world.test));
			world_clear(&world);
		}
}

Test(posts, a_duty_must_be_in_the_list_and_not_taken_back)
{
	static const struct {
		const char *code;
		int32_t status;
		const char *refusal;
	} rows[] = {
		{ "W1", 409, "item-withdrawn" }, { "Z9", 409, "item-not-in-list" }, { "A1", 409, "duty-mapped" },
		{ "B1", 200, "" }, { "A2", 200, "" },
	};
	World world = world_at("2026-09-18");

	give_list(&world);
	int64_t id = draft_post(&world, "P1", "A1");
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *json = g_strdup_printf("{\"code\": \"%s\"}", rows[i].code);
		int32_t status = act_on(&world, "posts", id, "duties", json);

		cr_expect(is_refused(&world, status, rows[i].status, rows[i].status == 200 ? "P1" : rows[i].refusal), "%s: %d %s",
		          rows[i].code, status, zhen_test_body(world.test));
	}
	world_clear(&world);
}

Test(posts, items_and_persons_are_chosen_by_name_among_those_that_may_be)
{
	World world = world_at("2026-09-18");

	give_list(&world);
	int64_t id = active_post(&world, "P1", 1), second = draft_post(&world, "P2", "A2");
	int64_t person = add_staff(&world, "王芳");
	g_autofree char *page = g_strdup_printf("/posts/%ld", (long)id), *items = g_strconcat(page, "/duties", NULL),
			*persons = g_strconcat(page, "/place", NULL),
			*drafted = g_strdup_printf("/posts/%ld/place", (long)second);
	g_autofree char *duty_form = g_strdup_printf("/p/duties/posts/%ld/duties?_form=POST&code=A2%%20防汛", (long)id);
	g_autofree char *shown = g_strdup_printf("/posts/%ld/persons/%ld", (long)id, (long)person);
	g_autofree char *shown_at = g_strconcat("/p/duties", shown, NULL),
			*number = g_strdup_printf("%ld", (long)person);
	g_autofree char *json = g_strdup_printf("{\"person\": %ld}", (long)person);

	/* Not what the post carries, not what was taken back; and how many posts carry each. */
	done(&world, get(&world, items), 200, "items");
	cr_expect_str_eq(value(&world, "items.0.code"), "A2");
	cr_expect_str_eq(value(&world, "items.0.posts"), "1");
	cr_expect_str_eq(value(&world, "items.0.href"), duty_form);
	cr_expect_str_eq(value(&world, "items.2.code"), "B1");
	cr_expect_str_eq(value(&world, "items.3.code"), "", "%s", zhen_test_body(world.test));
	g_autofree char *asked = g_strconcat(items, "?q=A3", NULL);
	done(&world, get(&world, asked), 200, "asked");
	cr_expect_str_eq(value(&world, "items.0.code"), "A3");
	done(&world, get(&world, persons), 200, "persons");
	cr_expect_str_eq(value(&world, "vacant"), "1");
	cr_expect_str_eq(value(&world, "items.0.name"), "王芳");
	cr_expect_str_eq(value(&world, "items.0.href"), shown_at);
	cr_expect_str_eq(value(&world, "actions.0.path"), page);
	/* Whom it is about is read by name; the form after it carries the number. */
	done(&world, get(&world, shown), 200, "who it is");
	cr_expect_str_eq(value(&world, "name"), "王芳");
	cr_expect_str_eq(value(&world, "post"), "综合岗");
	cr_expect_str_eq(value(&world, "actions.0.title"), "定人");
	cr_expect_str_eq(value(&world, "actions.0.fields.person"), number);
	does(&world, persons, json);
	done(&world, get(&world, shown), 200, "who leaves");
	cr_expect_str_eq(value(&world, "actions.0.title"), "离岗");
	done(&world, get(&world, persons), 200, "persons");
	cr_expect_str_eq(value(&world, "actions.0.path"), page);
	done(&world, get(&world, "/persons"), 200, "persons");
	cr_expect_str_eq(value(&world, "items.0.post_name"), "综合岗", "%s", zhen_test_body(world.test));
	done(&world, get(&world, drafted), 200, "who has a post is not offered to another");
	cr_expect_str_eq(value(&world, "items.0.name"), "");
	done(&world, get(&world, page), 200, "post");
	cr_expect_str_eq(value(&world, "carries.0.code"), "A1");
	cr_expect_str_eq(value(&world, "carries.0.links.0.title"), "取消职责");
	cr_expect_str_eq(value(&world, "persons.0.links.0.href"), shown_at);
	as_looker(&world);
	done(&world, get(&world, page), 200, "looked at");
	cr_expect_str_eq(value(&world, "persons.0.links.0.href"), "");
	cr_expect_eq(get(&world, persons), 403);
	cr_expect_eq(get(&world, shown), 403);
	world_clear(&world);
}

Test(posts, no_post_gets_more_headcount_than_the_township_has_nor_more_persons_than_its_headcount)
{
	World world = world_at("2026-09-18");

	give_list(&world);
	int64_t id = draft_post(&world, "P1", "A1");
	as_office(&world);
	cr_expect(is_refused(&world, act_on(&world, "posts", id, "approve", "{\"headcount\": 1}"), 409,
	                     "headcount-short"));
	give_headcount(&world, 1);
	cr_expect(is_refused(&world, act_on(&world, "posts", id, "approve", "{\"headcount\": 2}"), 409,
	                     "headcount-short"));
	done(&world, act_on(&world, "posts", id, "approve", "{\"headcount\": 1}"), 200, "approve");
	cr_expect(
		is_refused(&world, act_on(&world, "posts", id, "allot", "{\"headcount\": 2}"), 409, "headcount-short"));
	for (int i = 0; i < 2; i++) {
		int64_t person = add_staff(&world, "王芳");
		g_autofree char *json = g_strdup_printf("{\"person\": %ld}", (long)person);
		int32_t status = act_on(&world, "posts", id, "place", json);

		cr_expect(i == 0 ? status == 200 : is_refused(&world, status, 409, "post-full"), "%s",
		          zhen_test_body(world.test));
	}
	as_office(&world);
	cr_expect_eq(act_on(&world, "posts", id, "allot", "{\"headcount\": 0}"), 422);
	world_clear(&world);
}

Test(posts, who_draws_a_post_up_does_not_approve_it_and_a_post_without_duty_is_not_approved)
{
	World world = world_at("2026-09-18");

	give_list(&world);
	give_headcount(&world, 5);
	int64_t bare = draft_post(&world, "P0", NULL), id = draft_post(&world, "P1", "A1");
	as_office(&world);
	cr_expect(is_refused(&world, act_on(&world, "posts", bare, "approve", "{\"headcount\": 1}"), 409,
	                     "post-without-duty"));
	zhen_test_as(world.test, "周镇长", "county-staffing-" COUNTY, NULL, "*");
	cr_expect(is_refused(&world, act_on(&world, "posts", id, "approve", "{\"headcount\": 1}"), 409, "own-post"));
	as_head(&world);
	cr_expect(is_refused(&world, post(&world, "/posts", "{\"unit\": \"" TOWNSHIP "\", \"code\": \"P1\", \"name\": \"岗\", "
	                                                    "\"rung\": \"staff\"}"), 409, "post-code-taken"));
	cr_expect_eq(post(&world, "/posts", "{\"unit\": \"" OTHER_TOWNSHIP "\", \"code\": \"P1\", \"name\": \"岗\", "
	                                    "\"rung\": \"staff\"}"), 422);
	cr_expect_str_eq(value(&world, "errors.0.field"), "unit");
	cr_expect_str_eq(value(&world, "errors.0.code"), "outside-division");
	world_clear(&world);
}

static void expect_gaps(World *world, int64_t basic, int64_t mapped, const char *gap, const char *complete)
{
	done(world, get(world, "/units/" TOWNSHIP "/gaps"), 200, "gaps");
	cr_expect_eq(zhen_test_int(world->test, "basic"), basic, "%s", zhen_test_body(world->test));
	cr_expect_eq(zhen_test_int(world->test, "mapped"), mapped, "%s", zhen_test_body(world->test));
	cr_expect_str_eq(value(world, "posts.0.gap"), gap, "%s", zhen_test_body(world->test));
	cr_expect_str_eq(value(world, "complete"), complete, "%s", zhen_test_body(world->test));
}

Test(posts, gaps_are_listed_until_every_basic_item_has_a_post_its_headcount_and_its_person)
{
	World world = world_at("2026-09-18");

	give_list(&world);
	as_looker(&world);
	expect_gaps(&world, 3, 0, "", "false");
	int64_t id = active_post(&world, "P1", 2);
	as_head(&world);
	expect_gaps(&world, 3, 1, "no-person", "false");
	for (int i = 2; i <= 3; i++) {
		g_autofree char *json = g_strdup_printf("{\"code\": \"A%d\"}", i);

		done(&world, act_on(&world, "posts", id, "duties", json), 200, "duty");
	}
	for (int i = 0; i < 2; i++) {
		g_autofree char *json = g_strdup_printf("{\"person\": %ld}", (long)add_staff(&world, "赵敏"));

		done(&world, act_on(&world, "posts", id, "place", json), 200, "place");
		expect_gaps(&world, 3, 3, i == 0 ? "vacancies" : "", i == 0 ? "false" : "true");
	}
	as_public(&world);
	done(&world, get(&world, "/reports/posts?division=" PREFECTURE), 200, "report");
	cr_expect_eq(zhen_test_int(world.test, "posts"), 1);
	cr_expect_eq(zhen_test_int(world.test, "headcount"), 2);
	cr_expect_eq(zhen_test_int(world.test, "holders"), 2);
	cr_expect_eq(zhen_test_int(world.test, "staffing"), 2);
	world_clear(&world);
}

Test(posts, an_item_can_be_taken_over_only_with_all_four_supports)
{
	static const char *const supports[] = { "people", "equipment", "technology", "network" };
	World world = world_at("2026-09-18");

	give_list(&world);
	as_head(&world);
	for (size_t i = 0; i < G_N_ELEMENTS(supports); i++) {
		g_autofree char *json =
			g_strdup_printf("{\"code\": \"A1\", \"support\": \"%s\", \"ready\": true}", supports[i]);

		does(&world, "/units/" TOWNSHIP "/supports", json);
		cr_expect_str_eq(value(&world, "can_take_over"), i == 3 ? "true" : "false", "%s", zhen_test_body(world.test));
	}
	does(&world, "/units/" TOWNSHIP "/supports", "{\"code\": \"A1\", \"support\": \"network\", \"ready\": false}");
	cr_expect_str_eq(value(&world, "can_take_over"), "false");
	done(&world, get(&world, "/units/" TOWNSHIP "/supports"), 200, "supports");
	cr_expect_str_eq(value(&world, "items.0.can_take_over"), "false");
	cr_expect_str_eq(value(&world, "items.0.people"), "true", "%s", zhen_test_body(world.test));
	cr_expect_str_eq(value(&world, "items.0.href"),
	                 "/p/duties/units/" TOWNSHIP "/supports?_form=POST&code=A1%20低保审核");
	does(&world, "/units/" TOWNSHIP "/supports",
	     "{\"code\": \"A2 防汛\", \"support\": \"people\", \"ready\": true}");
	as_looker(&world);
	done(&world, get(&world, "/units/" TOWNSHIP "/supports"), 200, "looked at");
	cr_expect_str_eq(value(&world, "items.0.href"), "");
	as_head(&world);
	cr_expect(is_refused(&world, post(&world, "/units/" TOWNSHIP "/supports",
	                                  "{\"code\": \"W1\", \"support\": \"people\", \"ready\": true}"), 409,
	                     "item-not-in-list"));
	world_clear(&world);
}

Test(posts, who_may_hold_one_is_of_its_unit_and_rung_and_at_home)
{
	static const struct {
		const char *person, *code;
	} rows[] = {
		{ "{\"unit\": \"" TOWNSHIP "\", \"name\": \"杨桂花\", \"rung\": \"worker\", \"how\": \"select\", \"basis\": \"公告\"}",
		  "rung-differs" },
		{ "{\"unit\": \"" VILLAGE "\", \"name\": \"杨桂花\", \"rung\": \"staff\", \"how\": \"exam\", \"basis\": \"公告\"}",
		  "other-unit" },
	};
	World world = world_at("2026-09-18");

	give_list(&world);
	int64_t id = active_post(&world, "P1", 2);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		as_head(&world);
		g_autofree char *json =
			g_strdup_printf("{\"person\": %ld}", (long)made(&world, "/persons", rows[i].person));

		cr_expect(is_refused(&world, act_on(&world, "posts", id, "place", json), 409, rows[i].code),
		          "row %zu: %s", i, zhen_test_body(world.test));
	}
	int64_t person = add_staff(&world, "李秀英");
	g_autofree char *json = g_strdup_printf("{\"person\": %ld}", (long)person);
	g_autofree char *path = g_strdup_printf("/posts/%ld", (long)id);
	done(&world, act_on(&world, "posts", id, "place", json), 200, "place");
	done(&world, act_on(&world, "persons", person, "leave", "{\"how\": \"transfer\", \"basis\": \"辞职\"}"), 200,
	     "leave");
	done(&world, get(&world, path), 200, "post");
	cr_expect_eq(zhen_test_int(world.test, "holders"), 0, "who leaves frees the post");
	cr_expect(is_refused(&world, act_on(&world, "posts", id, "place", json), 409, "person-left"));
	world_clear(&world);
}

Test(posts, a_support_that_is_said_twice_counts_once)
{
	static const char *const supports[] = { "people", "equipment", "technology", "network", "network" };
	World world = world_at("2026-09-18");

	give_list(&world);
	as_head(&world);
	for (size_t i = 0; i < G_N_ELEMENTS(supports); i++) {
		g_autofree char *json =
			g_strdup_printf("{\"code\": \"A1\", \"support\": \"%s\", \"ready\": true}", supports[i]);

		does(&world, "/units/" TOWNSHIP "/supports", json);
	}
	as_public(&world);
	done(&world, get(&world, "/reports/posts?division=" TOWNSHIP), 200, "report");
	cr_expect_eq(zhen_test_int(world.test, "supported"), 1);
	world_clear(&world);
}
