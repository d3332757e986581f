/* SPDX-License-Identifier: Apache-2.0
 * Who has an item on its list: found by its words, in the versions of the day. */
#include "world.h"

#define NEEDED "\"needed\": \"yes\", \"able\": \"yes\", \"too_technical\": \"no\", \"verdict\": \"yes\""
#define NOT_NEEDED "\"needed\": \"no\", \"able\": \"yes\", \"too_technical\": \"no\", \"verdict\": \"yes\""

/* Codes of what is found, "A B". */
static char *found(World *world, const char *query, const char *more)
{
	g_autofree char *escaped = g_uri_escape_string(query, NULL, FALSE);
	g_autofree char *path = g_strdup_printf("/items?q=%s%s", escaped, more);
	GString *out = g_string_new(NULL);

	as_public(world);
	done(world, get(world, path), 200, path);
	for (int i = 0; i < 20; i++) {
		g_autofree char *name = g_strdup_printf("items.%d.code", i);

		if (value(world, name)[0] == '\0')
			break;
		g_string_append_printf(out, "%s%s", i > 0 ? " " : "", value(world, name));
	}
	return g_string_free(out, FALSE);
}

static void expect_found(World *world, const char *query, const char *more, const char *codes)
{
	g_autofree char *said = found(world, query, more);

	cr_expect_str_eq(said, codes, "%s%s: %s where %s", query, more, said, codes);
}

Test(find, an_item_is_found_by_name_basis_code_and_place)
{
	World world = world_at("2026-09-18");
	int id;

	import_shipped(&world);
	id = draft(&world, TOWNSHIP);
	done(&world, act(&world, "lists", id, "choose", "{\"items\": [{\"code\": \"KX-001\"}]}"), 200, "choose");
	done(&world,
	     act(&world, "lists", id, "add",
	         "{\"code\": \"BD-777\", \"name\": \"鱼塘增氧补贴核验\", \"basis\": \"《渔塘管护试行办法》第三条\"}"),
	     200, "add");
	expect_found(&world, "鱼塘", "", "");
	as_staffing(&world);
	done(&world, act(&world, "lists", id, "publish", NULL), 200, "publish");
	expect_found(&world, "鱼塘", "", "BD-777");
	cr_expect_str_eq(value(&world, "items.0.unit"), TOWNSHIP);
	cr_expect_str_eq(value(&world, "items.0.href"), "/p/duties/units/" TOWNSHIP "/items/BD-777");
	expect_found(&world, "渔塘管护", "", "BD-777");
	expect_found(&world, "bd-7", "", "BD-777");
	expect_found(&world, "永定镇 增氧", "", "BD-777");
	expect_found(&world, "宜就镇 增氧", "", "");
	expect_found(&world, "增氧", "&township=" TOWNSHIP, "BD-777");
	expect_found(&world, "增氧", "&township=" OTHER_TOWNSHIP, "");
	expect_found(&world, "", "", "");
	expect_found(&world, "\" OR \"", "", "");
	world_clear(&world);
}

Test(find, a_version_is_found_from_its_day_on_and_the_one_before_until_then)
{
	World world = world_at("2026-09-18");
	int id, round;

	first_list(&world);
	expect_found(&world, "KX-002", "", "KX-002");
	turn_to(&world, "2026-10-12");
	as_township(&world);
	done(&world, post(&world, "/rounds", "{\"township\": \"" TOWNSHIP "\"}"), 201, "round");
	round = (int)zhen_test_int(world.test, "id");
	done(&world,
	     act(&world, "rounds", round, "survey",
	         "{\"items\": [{\"code\": \"KX-002\", \"act\": \"remove\", \"finding\": \"无件\"}, "
	         "{\"code\": \"KX-003\", \"act\": \"add\", \"finding\": \"需要\"}]}"),
	     200, "survey");
	done(&world, act(&world, "rounds", round, "survey-end", NULL), 200, "survey-end");
	as_staffing(&world);
	done(&world,
	     act(&world, "rounds", round, "assess",
	         "{\"items\": [{\"code\": \"KX-002\", " NOT_NEEDED "}, {\"code\": \"KX-003\", " NEEDED "}]}"),
	     200, "assess");
	done(&world, act(&world, "rounds", round, "assess-end", NULL), 200, "assess-end");
	id = draft(&world, TOWNSHIP);
	done(&world,
	     act(&world, "lists", id, "choose", "{\"items\": [{\"code\": \"KX-001\"}, {\"code\": \"KX-003\"}]}"), 200,
	     "choose");
	as_staffing(&world);
	done(&world, act(&world, "lists", id, "publish", "{\"effective_from\": \"2026-11-01\"}"), 200, "publish");
	expect_found(&world, "KX-002", "", "KX-002");
	expect_found(&world, "KX-003", "", "");
	turn_to(&world, "2026-11-01");
	expect_found(&world, "KX-002", "", "");
	expect_found(&world, "KX-003", "", "KX-003");
	expect_found(&world, "KX-001", "", "KX-001");
	world_clear(&world);
}
