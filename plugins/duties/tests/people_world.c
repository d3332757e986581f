/* SPDX-License-Identifier: Apache-2.0 */
#include "people_world.h"

World world_set(const char *key, const char *value)
{
	g_autofree char *calendar = NULL;

	cr_assert(g_file_get_contents(SOURCE_DIR "/conf/data/calendar/national.csv", &calendar, NULL, NULL));
	const char *settings[] = { "calendar", calendar, key, value, NULL };
	zhen_test_options options = {
		.size = sizeof(options),
		.worker = IN_WORKER,
		.plugin = PLUGIN_PATH,
		.divisions = SOURCE_DIR "/conf/data/divisions/chuxiong-532300.csv",
		.bodies = SOURCE_DIR "/conf/data/bodies.csv",
		.settings = settings,
		.now = 1789693200000, /* 2026-09-18T09:00:00+08:00 */
	};
	World world = { .test = zhen_test_new(&options) };

	cr_assert_not_null(world.test, "%s", zhen_test_error(NULL));
	return world;
}

void as_head(World *world)
{
	zhen_test_as(world->test, "周镇长", "government-" TOWNSHIP, NULL,
	             "duties.read duties.post duties.people duties.personal");
}

void as_office(World *world)
{
	zhen_test_as(world->test, "县编办", "county-staffing-" COUNTY, NULL,
	             "duties.read duties.staffing duties.second duties.personal");
}

void as_looker(World *world)
{
	zhen_test_as(world->test, "县农业局", "county-agriculture-" COUNTY, NULL, "duties.read");
}

void as_prefecture_office(World *world)
{
	zhen_test_as(world->test, "州编办", "prefecture-staffing-" PREFECTURE, NULL, "duties.read duties.staffing");
}

int64_t made(World *world, const char *path, const char *json)
{
	done(world, post(world, path, json), 201, path);
	return zhen_test_int(world->test, "id");
}

void does(World *world, const char *path, const char *json)
{
	done(world, post(world, path, json), 200, path);
}

int32_t act_on(World *world, const char *what, int64_t id, const char *act, const char *json)
{
	g_autofree char *path = g_strdup_printf("/%s/%ld/%s", what, (long)id, act);

	return post(world, path, json);
}

int64_t draft_post(World *world, const char *code, const char *duty)
{
	g_autofree char *json = g_strdup_printf(
		"{\"unit\": \"" TOWNSHIP "\", \"code\": \"%s\", \"name\": \"综合岗\", \"rung\": \"staff\"}", code);

	as_head(world);
	int64_t id = made(world, "/posts", json);
	if (duty != NULL) {
		g_autofree char *body = g_strdup_printf("{\"code\": \"%s\"}", duty);

		done(world, act_on(world, "posts", id, "duties", body), 200, "duty");
	}
	return id;
}

void give_headcount(World *world, int number)
{
	g_autofree char *json = g_strdup_printf("{\"component\": \"base\", \"change\": %d, \"effective_on\": \"2026-01-01\", "
	                                        "\"basis\": \"永编〔2026〕1号\", \"reason\": \"核定\"}",
	                                        number);

	as_office(world);
	does(world, "/townships/" TOWNSHIP "/headcount", json);
}

int64_t active_post(World *world, const char *code, int headcount)
{
	g_autofree char *json = g_strdup_printf("{\"headcount\": %d}", headcount);
	int64_t id = draft_post(world, code, "A1");

	give_headcount(world, headcount);
	done(world, act_on(world, "posts", id, "approve", json), 200, "approve");
	return id;
}

int64_t add_staff(World *world, const char *name)
{
	g_autofree char *json = g_strdup_printf("{\"unit\": \"" TOWNSHIP "\", \"name\": \"%s\", \"rung\": \"staff\", "
	                                        "\"from_on\": \"2024-03-01\", \"how\": \"exam\", \"basis\": \"公告\"}",
	                                        name);

	as_head(world);
	return made(world, "/persons", json);
}

void give_list(World *world)
{
	zhen_test_as(world->test, "周镇长", "government-" TOWNSHIP, NULL, "duties.read duties.edit");
	int64_t id = made(world, "/lists", "{\"unit\": \"" TOWNSHIP "\"}");
	done(world,
	     act_on(world, "lists", id, "import",
	            "{\"content\": \"编码,名称,清单,依据,牵头部门,配合职责\\nA1,低保审核,基本,办法,,\\nA2,防汛,基本,条例,,\\nA3,养老,基本,条例,,\\n"
	            "B1,消防检查,配合,消防法,消防救援大队,排查上报\\nW1,特种设备检验,收回,条例,市场监管局,\\n\"}"),
	     200, "import");
	zhen_test_as(world->test, "县编办", "county-staffing-" COUNTY, NULL, "duties.read duties.publish");
	done(world, act_on(world, "lists", id, "publish", "{}"), 200, "publish");
}
