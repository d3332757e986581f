/* SPDX-License-Identifier: Apache-2.0
 * Tasks that the township's coordination gives to its team come as events, and so goes the answer. */
#include "world.h"

static int32_t moved(World *world, const char *field, const char *state)
{
	g_autofree char *json = g_strdup_printf(
		"{\"task\": 7, \"township\": \"" TOWNSHIP "\", \"field\": \"%s\", \"body\": \"government-" TOWNSHIP
		"\", \"title\": \"集市火情\", \"work\": \"疏散摊位\", \"due_on\": \"\", \"state\": \"%s\"}",
		field, state);

	return zhen_test_deliver(world->test, "dispatch.task.moved", "7", json);
}

Test(errand, is_what_events_of_the_field_say_and_is_answered_once)
{
	World world = world_at("2026-09-18");

	cr_assert_eq(moved(&world, "emergency", "assigned"), 200, "%s", zhen_test_body(world.test));
	as_head(&world);
	done(&world, get(&world, "/errands"), 200, "list");
	cr_expect_null(zhen_test_value(world.test, "items.0.id"), "another field's");
	cr_assert_eq(moved(&world, "enforcement", "assigned"), 200, "%s", zhen_test_body(world.test));
	as_neighbour(&world);
	refused(&world, post(&world, "/errands/1/done", "{\"result\": \"已疏散\"}"), 404, "not-found");
	as_head(&world);
	done(&world, get(&world, "/errands/1"), 200, "shown");
	cr_expect_str_eq(value(&world, "state"), "open");
	done(&world, post(&world, "/errands/1/done", "{\"result\": \"已疏散\"}"), 200, "done");
	refused(&world, post(&world, "/errands/1/done", "{\"result\": \"已疏散\"}"), 409, "errand-done");
	cr_expect_eq(events(&world, "enforcement.errand.done"), 1);
	/* What was said of it before it was done comes late. */
	cr_assert_eq(moved(&world, "enforcement", "accepted"), 200);
	done(&world, get(&world, "/errands/1"), 200, "shown");
	cr_expect_str_eq(value(&world, "state"), "done");
	world_clear(&world);
}

Test(errand, that_was_withdrawn_is_not_done_any_more)
{
	World world = world_at("2026-09-18");

	cr_assert_eq(moved(&world, "enforcement", "assigned"), 200);
	cr_assert_eq(moved(&world, "enforcement", "withdrawn"), 200);
	as_head(&world);
	refused(&world, post(&world, "/errands/1/done", "{\"result\": \"已疏散\"}"), 409, "errand-called-off");
	cr_assert_eq(moved(&world, "enforcement", "assigned"), 200); /* given again */
	done(&world, post(&world, "/errands/1/done", "{\"result\": \"已疏散\"}"), 200, "done");
	world_clear(&world);
}
