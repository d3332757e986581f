/* SPDX-License-Identifier: Apache-2.0
 * What a township may enforce on a day: as the list of duties tells, or as a table says where there is no such list. */
#include "world.h"

static int32_t duty(World *world, const char *verb, const char *code, const char *unit, const char *power,
                    const char *from)
{
	g_autofree char *topic = g_strconcat("duties.item.", verb, NULL);
	g_autofree char *json = g_strdup_printf(
		"{\"item\": \"%s\", \"township\": \"" TOWNSHIP "\", \"unit\": \"%s\", \"name\": \"占道经营\", \"effective_from\": \"%s\", "
		"\"power\": \"%s\", \"basis\": \"省政府令\"}",
		code, unit, from, power);

	return zhen_test_deliver(world->test, topic, code, json);
}

/* Codes in force on the day, newest first, with their power. */
static const char *in_force(World *world, const char *day)
{
	static char text[200];
	g_autofree char *path = g_strconcat("/items?on=", day, NULL);

	as_head(world);
	done(world, get(world, path), 200, "items");
	text[0] = '\0';
	for (int i = 0; i < 5; i++) {
		g_autofree char *code = g_strdup_printf("items.%d.code", i),
				*power = g_strdup_printf("items.%d.power", i);

		if (zhen_test_value(world->test, code) == NULL)
			break;
		g_strlcat(text, i > 0 ? " " : "", sizeof(text));
		g_strlcat(text, value(world, code), sizeof(text));
		g_strlcat(text, "/", sizeof(text));
		g_strlcat(text, value(world, power), sizeof(text));
	}
	return text;
}

Test(items, follow_the_list_of_duties_day_by_day)
{
	World world = world_at("2026-09-18");

	cr_expect_eq(duty(&world, "assigned", "A", TOWNSHIP, "penalty", "2026-09-20"), 200, "%s",
	             zhen_test_body(world.test));
	cr_expect_eq(duty(&world, "assigned", "B", TOWNSHIP, "license", "2026-09-20"), 200);
	cr_expect_eq(duty(&world, "assigned", "C", VILLAGE, "penalty", "2026-09-20"), 200);
	cr_expect_eq(duty(&world, "assigned", "D", TOWNSHIP, "", "2026-09-20"), 200);
	cr_expect_str_eq(in_force(&world, "2026-09-19"), "");
	cr_expect_str_eq(in_force(&world, "2026-09-20"), "A/penalty");
	/* A later version says something else of it, then takes it back: what held before, held. */
	cr_expect_eq(duty(&world, "changed", "A", TOWNSHIP, "inspection", "2026-10-01"), 200);
	cr_expect_str_eq(in_force(&world, "2026-09-30"), "A/penalty");
	cr_expect_str_eq(in_force(&world, "2026-10-01"), "A/inspection");
	cr_expect_eq(duty(&world, "withdrawn", "A", TOWNSHIP, "inspection", "2026-11-01"), 200);
	cr_expect_str_eq(in_force(&world, "2026-10-31"), "A/inspection");
	cr_expect_str_eq(in_force(&world, "2026-11-01"), "");
	/* No act of enforcement any more, though on the list. */
	cr_expect_eq(duty(&world, "assigned", "A", TOWNSHIP, "penalty", "2026-12-01"), 200);
	cr_expect_eq(duty(&world, "changed", "A", TOWNSHIP, "none", "2027-01-01"), 200);
	cr_expect_str_eq(in_force(&world, "2026-12-31"), "A/penalty");
	cr_expect_str_eq(in_force(&world, "2027-01-01"), "");
	world_clear(&world);
}

#define HEAD "编码,名称,权力类型,依据,生效日期\\n"

static int32_t import(World *world, const char *rows)
{
	as_staffing(world);
	return post(world, "/items/import", "{\"township\": \"" TOWNSHIP "\", \"content\": \"%s\"}", rows);
}

Test(items, come_from_a_table_where_no_list_is_kept)
{
	World world = world_at("2026-09-18");

	done(&world,
	     import(&world, HEAD "Z1,占道经营,行政处罚,省政府令,2026-09-01\\nZ2,日常巡查,行政检查,省政府令,2026-10-01"),
	     200, "import");
	cr_expect_str_eq(in_force(&world, "2026-08-31"), "");
	cr_expect_str_eq(in_force(&world, "2026-09-18"), "Z1/penalty");
	cr_expect_str_eq(in_force(&world, "2026-10-01"), "Z2/inspection Z1/penalty");
	cr_expect_eq(act(&world, "items", 1, "end", "{\"to_on\": \"2026-10-31\"}"), 403,
	             "the township ends what the county gave");
	as_staffing(&world);
	wrong(&world, act(&world, "items", 1, "end", "{\"to_on\": \"2026-09-17\"}"), "to_on", "too-early");
	done(&world, act(&world, "items", 1, "end", "{\"to_on\": \"2026-10-31\"}"), 200, "end");
	refused(&world, act(&world, "items", 1, "end", "{\"to_on\": \"2026-11-30\"}"), 409, "item-ended");
	cr_expect_str_eq(in_force(&world, "2026-11-01"), "Z2/inspection");
	/* A list takes over from its first day on, and the table is not asked any more. */
	cr_expect_eq(duty(&world, "assigned", "A", TOWNSHIP, "penalty", "2026-12-01"), 200);
	cr_expect_str_eq(in_force(&world, "2026-11-30"), "Z2/inspection");
	cr_expect_str_eq(in_force(&world, "2026-12-01"), "A/penalty");
	refused(&world, import(&world, HEAD "Z3,占道经营,行政处罚,省政府令,2026-09-01"), 409, "items-from-duties");
	refused(&world, act(&world, "items", 3, "end", "{\"to_on\": \"2026-12-31\"}"), 409, "items-from-duties");
	world_clear(&world);
}

Test(items, a_table_is_taken_whole_or_not_at_all_and_each_fault_is_named)
{
	static const struct {
		const char *rows, *field, *code;
	} faults[] = {
		{ HEAD "Z1,占道经营,行政许可,省政府令,2026-09-01", "权力类型", "power-unknown" },
		{ HEAD "Z1,占道经营,行政处罚,省政府令,九月", "生效日期", "no-date" },
		{ HEAD "Z1,占道经营,行政处罚,,2026-09-01", "依据", "required" },
		{ HEAD "Z1,甲,行政处罚,令,2026-09-01\\nZ1,乙,行政处罚,令,2026-09-01", "编码", "code-taken" },
		{ "编码,名称,权力类型,依据\\nZ1,甲,行政处罚,令", "生效日期", "column-missing" },
	};
	World world = world_at("2026-09-18");

	for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
		refused(&world, import(&world, faults[i].rows), 422, "rows-refused");
		cr_expect_str_eq(value(&world, "errors.0.code"), faults[i].code);
		cr_expect(strstr(value(&world, "errors.0.field"), faults[i].field) != NULL, "%s",
		          zhen_test_body(world.test));
		cr_expect_str_eq(in_force(&world, "2026-09-18"), "");
	}
	wrong(&world, import(&world, "编码,名称,权力类型,依据,生效日期"), "content", "no-rows");
	world_clear(&world);
}
