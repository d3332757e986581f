/* SPDX-License-Identifier: Apache-2.0
 * 双随机 and half-year evaluations: what is drawn can be drawn again, by anybody, from the record. */
#include "world.h"

static int64_t premise(World *world, int number)
{
	/* Codes with a right check character (GB 32100). */
	static const char *const codes[] = { "91532327MA6K123452", "91532327MA6K00001A", "91532327MA6K00002D" };
	g_autofree char *json = g_strdup_printf(
		"{\"name\": \"样本店%d\", \"credit_code\": \"%s\", \"trade\": \"餐饮\", \"address\": \"集镇\"}", number,
		codes[number]);

	as_head(world);
	done(world, post(world, "/premises", "%s", json), 201, "premises");
	return zhen_test_int(world->test, "id");
}

/* Which of the keys is smallest by SM3 of SEED\n[PREFIX/]KEY, as anybody would find with openssl. */
static int64_t first_of(const char *seed, const char *prefix, char letter, const int64_t *ids, size_t n)
{
	g_autofree char *least = NULL;
	int64_t first = 0;

	for (size_t i = 0; i < n; i++) {
		g_autofree char *command = g_strdup_printf("sh -c \"printf '%s\\n%s%c%ld' | openssl dgst -sm3 -r\"",
		                                           seed, prefix, letter, (long)ids[i]);
		g_autofree char *out = NULL;

		cr_assert(g_spawn_command_line_sync(command, &out, NULL, NULL, NULL));
		if (least == NULL || strcmp(out, least) < 0) {
			g_free(least);
			least = g_strdup(out);
			first = ids[i];
		}
	}
	return first;
}

Test(draw, can_be_drawn_again_from_its_record)
{
	World world = world_at("2026-09-18");
	int64_t its = team(&world), places[3], officers[4];

	refused(&world, post(&world, "/draws", "{\"title\": \"x\", \"n\": 0}"), 422, "invalid");
	wrong(&world, post(&world, "/draws", "{\"title\": \"x\", \"n\": 1}"), "n", "too-few-premises");
	for (int i = 0; i < 3; i++)
		places[i] = premise(&world, i);
	refused(&world, post(&world, "/draws", "{\"title\": \"x\", \"n\": 1}"), 409, "too-few-officers");
	for (size_t i = 0; i < 4; i++)
		officers[i] = officer(&world, its);
	as_head(&world);
	done(&world,
	     post(&world, "/draws",
	          "{\"title\": \"三季度餐饮\", \"n\": 1, \"left_out\": [{\"member\": %ld, \"reason\": \"休假\"}]}",
	          (long)officers[3]),
	     201, "draw");
	done(&world, get(&world, "/draws/1"), 200, "record");
	g_autofree char *seed = g_strdup(value(&world, "seed"));
	g_autofree char *left_out = g_strdup_printf("%ld：休假\n", (long)officers[3]);
	cr_expect_str_eq(value(&world, "keys"), "m1\nm2\nm3\np1\np2\np3\n");
	cr_expect_str_eq(value(&world, "left_out"), left_out);
	int64_t drawn = zhen_test_int(world.test, "drawn.0.premise");
	cr_expect_eq(drawn, first_of(seed, "", 'p', places, 3));
	g_autofree char *prefix = g_strdup_printf("p%ld/", (long)drawn);
	int64_t first = first_of(seed, prefix, 'm', officers, 3), third = 0;
	/* 43: the one who stands back makes way for the third, the only other. */
	for (size_t i = 0; i < 3; i++)
		if (officers[i] != first)
			third = officers[i];
	as_neighbour(&world);
	refused(&world, post(&world, "/drawn/1/inspect", "{}"), 404, "not-found");
	as_head(&world);
	wrong(&world, post(&world, "/drawn/1/replace", "{\"member\": %ld, \"reason\": \"亲属\"}", (long)officers[3]),
	      "member", "not-drawn");
	done(&world, post(&world, "/drawn/1/replace", "{\"member\": %ld, \"reason\": \"亲属\"}", (long)first), 200,
	     "recused");
	refused(&world, post(&world, "/drawn/1/replace", "{\"member\": %ld, \"reason\": \"亲属\"}", (long)third), 409,
	        "too-few-officers");
	done(&world, post(&world, "/drawn/1/inspect", "{}"), 201, "inspected");
	int64_t patrol = zhen_test_int(world.test, "id");
	refused(&world, post(&world, "/drawn/1/inspect", "{}"), 409, "inspected");
	done(&world, get(&world, "/draws/1"), 200, "record");
	cr_expect_eq(zhen_test_int(world.test, "drawn.0.patrol"), patrol);
	cr_expect_str_eq(value(&world, "drawn.0.journal.0.what"), "replace");
	world_clear(&world);
}

Test(premises, that_were_inspected_as_often_as_a_year_allows_are_not_drawn)
{
	World world = world_with("2026-09-18", "inspections_a_year", "1");
	int64_t its = team(&world);

	premise(&world, 0);
	wrong(&world, post(&world, "/premises", "{\"name\": \"再一次\", \"credit_code\": \"91532327MA6K123452\", \"trade\": \"餐饮\", \"address\": \"集镇\"}"), "credit_code",
	      "registered-already");
	wrong(&world, post(&world, "/premises", "{\"name\": \"x\", \"credit_code\": \"91532327MA6K\", \"trade\": \"餐饮\", \"address\": \"集镇\"}"), "credit_code",
	      "not-a-credit-code");
	officer(&world, its), officer(&world, its);
	as_head(&world);
	done(&world, post(&world, "/draws", "{\"title\": \"x\", \"n\": 1}"), 201, "draw");
	done(&world, post(&world, "/drawn/1/inspect", "{}"), 201, "inspected");
	wrong(&world, post(&world, "/draws", "{\"title\": \"x\", \"n\": 1}"), "n", "too-few-premises");
	turn_to(&world, "2027-01-04");
	as_head(&world);
	refused(&world, post(&world, "/draws", "{\"title\": \"x\", \"n\": 1}"), 409, "too-few-officers"); /* their certificates ended */
	world_clear(&world);
}

Test(evaluation, is_due_after_each_half_year_and_flagged_when_it_was_not_done)
{
	World world = world_at("2026-03-02");
	int64_t its = team(&world);

	for (int i = 0; i < 5; i++)
		member(&world, its, "town");
	done(&world, act(&world, "teams", its, "establish", "{\"basis\": \"x\"}"), 200, "stands");
	turn_to(&world, "2026-06-30");
	zhen_test_run_jobs(world.test);
	as_justice(&world);
	done(&world, get(&world, "/evaluations"), 200, "none yet");
	cr_expect_str_eq(value(&world, "items.0.half"), "");
	turn_to(&world, "2026-07-01");
	for (int i = 0; i < 2; i++)
		zhen_test_run_jobs(world.test);
	as_justice(&world);
	done(&world, get(&world, "/evaluations"), 200, "one");
	cr_expect_str_eq(value(&world, "items.0.half"), "2026-1");
	cr_expect_str_eq(value(&world, "items.0.due_on"), "2026-08-11");
	cr_expect_str_eq(value(&world, "items.1.half"), "");
	turn_to(&world, "2026-08-11");
	zhen_test_run_jobs(world.test);
	as_justice(&world);
	done(&world, get(&world, "/evaluations?missing=true"), 200, "in time");
	cr_expect_str_eq(value(&world, "items.0.half"), "");
	turn_to(&world, "2026-08-12");
	zhen_test_run_jobs(world.test);
	as_justice(&world);
	done(&world, get(&world, "/evaluations?missing=true"), 200, "late");
	cr_expect_str_eq(value(&world, "items.0.missing_on"), "2026-08-12");
	as_head(&world);
	cr_expect_eq(post(&world, "/evaluations/1/sample", "{}"), 403);
	zhen_test_as(world.test, "司法所", "government-" TOWNSHIP, NULL, "enforcement.read enforcement.evaluate");
	refused(&world, post(&world, "/evaluations/1/sample", "{}"), 403, "county-only");
	as_justice(&world);
	done(&world, post(&world, "/evaluations/1/sample", "{}"), 200, "no file in that half year");
	done(&world, post(&world, "/evaluations/1/close", "{\"grade\": \"pass\", \"text\": \"上半年没有案卷\"}"), 200,
	     "closed");
	done(&world, get(&world, "/evaluations/1"), 200, "shown");
	cr_expect_str_eq(value(&world, "missing_on"), "2026-08-12", "that it was late stays");
	turn_to(&world, "2027-01-01");
	zhen_test_run_jobs(world.test);
	cr_expect_eq(events(&world, "enforcement.evaluation.moved"), 4);
	world_clear(&world);
}
