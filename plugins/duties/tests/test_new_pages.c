/* SPDX-License-Identifier: Apache-2.0
 * Pages where something new is begun: nobody types a code there. */
#include "world.h"

/* The row of the name that begins so; its address, or "". */
static const char *way_to(World *world, const char *code)
{
	for (int i = 0; i < 30; i++) {
		g_autofree char *name = g_strdup_printf("items.%d.code", i),
				*href = g_strdup_printf("items.%d.href", i);

		if (strcmp(value(world, name), code) == 0)
			return value(world, href);
	}
	return "";
}

/* 永定镇 has its first list. */
static World world_with_list(void)
{
	World world = world_at("2026-09-18");

	first_list(&world);
	return world;
}

/* Where the page's button of that title leads; "" = there is none. */
static const char *button(World *world, const char *title)
{
	for (int i = 0; i < 8; i++) {
		g_autofree char *name = g_strdup_printf("actions.%d.title", i),
				*path = g_strdup_printf("actions.%d.path", i);

		if (strcmp(value(world, name), title) == 0)
			return value(world, path);
	}
	return "";
}

Test(new_pages, a_transfer_is_begun_from_the_items_that_are_not_transferred_yet)
{
	World world = world_with_list();

	as_township(&world);
	done(&world, get(&world, "/transfers"), 200, "transfers");
	cr_expect_str_eq(button(&world, "登记事项承接"), "", "who may not begin one is not led there");
	as_staffing(&world);
	done(&world, get(&world, "/transfers"), 200, "transfers");
	cr_expect_str_eq(value(&world, "actions.0.path"), "/transfers/new");
	done(&world, get(&world, "/transfers/new?township=" TOWNSHIP), 200, "what to transfer");
	cr_expect(g_str_has_prefix(way_to(&world, "ZQ-001"),
	                           "/p/duties/transfers?_form=POST&township=" TOWNSHIP "&code=ZQ-001%20"),
	          "%s", zhen_test_body(world.test));
	done(&world, post(&world, "/transfers", "{\"township\": \"" TOWNSHIP "\", \"code\": \"ZQ-001 某事项\"}"), 201,
	     "as the form sends it");
	done(&world, get(&world, "/transfers/new?township=" TOWNSHIP), 200, "what is left");
	cr_expect_str_eq(way_to(&world, "ZQ-001"), "");
	cr_expect(is_refused(&world, get(&world, "/transfers/new?township=" OTHER_TOWNSHIP), 409, "no-list"));
	world_clear(&world);
}

#define ADMISSION                                                                                                          \
	"{\"unit\": \"%s\", \"as\": \"item\", \"code\": \"%s\", \"title\": \"某事 A&B\", \"reason\": \"乙\", \"basis\": \"甲法\", " \
	"\"lead\": \"县局\", \"duty\": \"巡查\", \"support\": \"经费\", \"upper\": \"%s\"}"

static int admission(World *world, const char *unit, const char *code, const char *upper)
{
	g_autofree char *json = g_strdup_printf(ADMISSION, unit, code, upper);

	as_department(world);
	done(world, post(world, "/admissions", json), 201, "admission");
	return (int)zhen_test_int(world->test, "id");
}

Test(new_pages, an_admission_gets_a_code_of_its_own_or_the_one_the_item_had)
{
	World world = world_with_list();

	as_department(&world);
	done(&world, get(&world, "/admissions"), 200, "admissions");
	cr_expect_str_eq(value(&world, "actions.0.path"), "/admissions/new");
	done(&world, get(&world, "/admissions/new?unit=" TOWNSHIP), 200, "a new one");
	cr_expect_str_eq(value(&world, "actions.0.fields.as"), "task");
	cr_expect_str_eq(value(&world, "actions.1.fields.code"), "532327101-001");
	cr_expect_str_eq(value(&world, "items.0.code"), "");
	int id = admission(&world, TOWNSHIP, "532327101-001", "");
	done(&world, get(&world, "/admissions/new?unit=" TOWNSHIP), 200, "the next one");
	cr_expect_str_eq(value(&world, "actions.1.fields.code"), "532327101-002", "one asked for is not offered again");
	as_staffing(&world);
	done(&world, act(&world, "admissions", id, "approve", "{\"opinion\": \"同意\"}"), 200, "approve");
	as_department(&world);
	done(&world, get(&world, "/admissions/new?unit=" TOWNSHIP), 200, "the next one");
	cr_expect_str_eq(value(&world, "actions.1.fields.code"), "532327101-002");
	world_clear(&world);
}

Test(new_pages, an_item_the_unit_once_had_keeps_its_code)
{
	World world = world_at("2026-09-18");
	int id;

	import_shipped(&world);
	id = draft(&world, TOWNSHIP);
	g_autofree char *adding = g_strdup_printf("/lists/%d/add", id);
	done(&world, get(&world, adding), 200, "nothing before");
	cr_expect_str_eq(value(&world, "actions.0.fields.code"), "532327101-001");
	cr_expect_str_eq(value(&world, "items.0.code"), "");
	done(&world, post(&world, adding, "{\"code\": \"BD-9\", \"name\": \"某事 A&B\", \"basis\": \"甲法\"}"), 200,
	     "add");
	done(&world, act(&world, "lists", id, "remove", "{\"code\": \"BD-9 某事\", \"reason\": \"不再承担\"}"), 200,
	     "remove");
	done(&world, get(&world, adding), 200, "to add again");
	cr_expect(g_str_has_suffix(way_to(&world, "BD-9"), "/add?_form=POST&code=BD-9&name=某事%20A%26B"), "%s",
	          zhen_test_body(world.test));
	world_clear(&world);
}

Test(new_pages, a_villages_item_hangs_on_one_that_is_chosen_by_its_name)
{
	World world = world_with_list();

	int id = draft(&world, VILLAGE);
	g_autofree char *page = g_strdup_printf("/lists/%d", id), *adding = g_strconcat(page, "/add", NULL);
	done(&world, get(&world, page), 200, "the draft");
	cr_expect_str_eq(button(&world, "增加本地事项"), adding, "to the page of names: %s",
	                 zhen_test_body(world.test));
	done(&world, get(&world, adding), 200, "what it hangs on");
	g_autofree char *wanted =
		g_strdup_printf("/p/duties%s?_form=POST&code=" VILLAGE "-001&upper=ZQ-001%%20", adding);
	cr_expect(g_str_has_prefix(way_to(&world, "ZQ-001"), wanted), "%s", zhen_test_body(world.test));
	done(&world,
	     post(&world, adding,
	          "{\"code\": \"" VILLAGE
	          "-001\", \"name\": \"巡查\", \"basis\": \"甲法\", \"upper\": \"ZQ-001 某事项\"}"),
	     200, "as the form sends it");
	as_staffing(&world);
	done(&world, act(&world, "lists", id, "publish", NULL), 200, "publish");
	as_department(&world);
	done(&world, get(&world, "/admissions/new?unit=" VILLAGE), 200, "an admission");
	cr_expect(g_str_has_prefix(way_to(&world, "ZQ-002"),
	                           "/p/duties/admissions?_form=POST&unit=" VILLAGE "&as=item&code=" VILLAGE "-002&upper=ZQ-002%20"), "%s",
	          zhen_test_body(world.test));
	id = admission(&world, VILLAGE, VILLAGE "-002", "ZQ-002 某事项");
	as_staffing(&world);
	done(&world, act(&world, "admissions", id, "approve", "{\"opinion\": \"同意\"}"), 200, "approve");
	as_public(&world);
	done(&world, get(&world, "/units/" VILLAGE "/items/" VILLAGE "-002?date=2026-09-19"), 200, "in the list");
	cr_expect_str_eq(value(&world, "upper"), "ZQ-002");
	world_clear(&world);
}

Test(new_pages, a_task_is_given_by_the_names_of_its_item_and_of_what_a_grid_may_be_sent)
{
	World world = world_with_list();

	as_staffing(&world);
	done(&world, get(&world, "/grid-types"), 200, "what a grid may be sent");
	cr_expect_str_eq(button(&world, "网格事项准入"), "/grid-types/new");
	done(&world, get(&world, "/grid-types/new?division=" COUNTY), 200, "one more");
	cr_expect_str_eq(value(&world, "actions.0.fields.code"), "532327-WG-01");
	cr_expect(g_str_has_prefix(way_to(&world, "FQ-001"),
	                           "/p/duties/grid-types?_form=POST&division=" COUNTY "&code=532327-WG-01&item=FQ-001%20"), "%s",
	          zhen_test_body(world.test));
	done(&world,
	     post(&world, "/grid-types",
	          "{\"division\": \"" COUNTY "\", \"code\": \"532327-WG-01\", \"name\": \"走访\", \"item\": \"ZQ-001 某事项\"}"),
	     201, "as the form sends it");
	cr_expect(is_refused(&world,
	                     post(&world, "/grid-types",
	                          "{\"division\": \"" COUNTY "\", \"code\": \"A\", \"name\": \"甲\", \"item\": \"XX-1\"}"),
	                     409, "not-in-catalogue"));
	done(&world, get(&world, "/grid-types/new?division=" COUNTY), 200, "the next one");
	cr_expect_str_eq(value(&world, "actions.0.fields.code"), "532327-WG-02");
	as_department(&world);
	done(&world, get(&world, "/tasks"), 200, "tasks");
	cr_expect_str_eq(button(&world, "交办任务、登记问责"), "/tasks/new");
	done(&world, get(&world, "/tasks/new?unit=" TOWNSHIP), 200, "a task");
	cr_expect(g_str_has_prefix(way_to(&world, "ZQ-001"),
	                           "/p/duties/tasks?_form=POST&unit=" TOWNSHIP "&code=ZQ-001%20"), "%s", zhen_test_body(world.test));
	cr_expect_str_eq(button(&world, "派给网格员"), "/tasks/grid?unit=" TOWNSHIP);
	done(&world, get(&world, "/tasks/grid?unit=" TOWNSHIP), 200, "to the grid");
	cr_expect_str_eq(way_to(&world, "532327-WG-01"),
	                 "/p/duties/tasks/new?unit=" TOWNSHIP "&grid_type=532327-WG-01%20走访");
	done(&world, get(&world, "/tasks/new?unit=" TOWNSHIP "&grid_type=532327-WG-01%20%E8%B5%B0%E8%AE%BF"), 200,
	     "by which item");
	cr_expect(g_str_has_prefix(way_to(&world, "ZQ-001"),
	                           "/p/duties/tasks?_form=POST&unit=" TOWNSHIP
	                           "&grid_type=532327-WG-01%20%E8%B5%B0%E8%AE%BF&code=ZQ-001%20"), "%s", zhen_test_body(world.test));
	cr_expect_str_eq(value(&world, "actions.0.fields.grid_type"), "532327-WG-01 走访");
	done(&world,
	     post(&world, "/tasks",
	          "{\"unit\": \"" TOWNSHIP "\", \"title\": \"走访\", \"grid_type\": \"532327-WG-01 走访\", \"code\": \"ZQ-001 某事项\"}"),
	     201, "as the form sends it");
	cr_expect_str_eq(value(&world, "state"), "assigned");
	done(&world, get(&world, "/tasks/new?unit=" OTHER_TOWNSHIP), 200,
	     "without a list there is only what is outside it");
	cr_expect_str_eq(button(&world, "清单外的任务"), "/tasks");
	cr_expect_str_eq(value(&world, "items.0.href"), "");
	world_clear(&world);
}

Test(new_pages, a_situation_names_its_item)
{
	World world = world_with_list();

	as_staffing(&world);
	done(&world, get(&world, "/situations"), 200, "the table");
	cr_expect_str_eq(button(&world, "登记一种情形"), "/situations/new");
	done(&world, get(&world, "/situations/new?division=" COUNTY "&q=ZQ-104"), 200, "a new one");
	cr_expect(g_str_has_prefix(value(&world, "items.0.href"),
	                           "/p/duties/situations?_form=POST&division=" COUNTY "&code=ZQ-104%20"), "%s", zhen_test_body(world.test));
	cr_expect_str_eq(value(&world, "items.1.href"), "");
	done(&world,
	     post(&world, "/situations",
	          "{\"division\": \"" COUNTY "\", \"topic\": \"市容\", \"situation\": \"占道经营\", \"responsible\": \"执法队\", "
	          "\"code\": \"ZQ-104 某事项\"}"), 201, "as the form sends it");
	g_autofree char *path = g_strdup_printf("/situations/%d", (int)zhen_test_int(world.test, "id"));
	done(&world, get(&world, path), 200, "the row");
	cr_expect_str_eq(value(&world, "code"), "ZQ-104");
	cr_expect(g_str_has_prefix(value(&world, "actions.0.fields.code"), "ZQ-104 "), "mended by its name, too: %s",
	          zhen_test_body(world.test));
	as_township(&world);
	done(&world, get(&world, "/situations"), 200, "the table");
	cr_expect_str_eq(button(&world, "登记一种情形"), "", "who may not begin one is not led there");
	world_clear(&world);
}

/* Whether tasks and transfers are on there is the host's to say: it shows their lists, from which they are begun. */
Test(new_pages, an_items_page_offers_nothing_of_a_feature)
{
	World world = world_with_list();

	zhen_test_as(world.test, "县里", "county-staffing-" COUNTY, NULL, "*");
	done(&world, get(&world, "/units/" TOWNSHIP "/items/ZQ-001"), 200, "the item's own page");
	cr_expect_str_eq(value(&world, "actions.0.path"), "/units/" TOWNSHIP "/items/ZQ-001/guide");
	cr_expect_str_eq(value(&world, "actions.1.path"), "/units/" TOWNSHIP "/items");
	cr_expect_str_eq(value(&world, "actions.2.path"), "");
	world_clear(&world);
}
