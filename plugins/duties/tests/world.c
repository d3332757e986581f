/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#define DATA SOURCE_DIR "/conf/data/"

static int64_t morning(const char *day)
{
	g_autofree char *text = g_strconcat(day, "T09:00:00+08:00", NULL);
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);

	cr_assert_not_null(time);
	return g_date_time_to_unix(time) * 1000;
}

World world_at(const char *day)
{
	g_autofree char *calendar = NULL;

	cr_assert(g_file_get_contents(DATA "calendar/national.csv", &calendar, NULL, NULL));
	const char *settings[] = { "calendar", calendar, NULL };
	zhen_test_options options = {
		.size = sizeof(options),
		.worker = IN_WORKER,
		.plugin = PLUGIN_PATH,
		.divisions = DATA "divisions/chuxiong-532300.csv",
		.bodies = DATA "bodies.csv",
		.settings = settings,
		.now = morning(day),
	};
	World world = { .test = zhen_test_new(&options) };

	cr_assert_not_null(world.test, "%s", zhen_test_error(NULL));
	return world;
}

void world_clear(World *world)
{
	zhen_test_free(world->test);
}

void turn_to(World *world, const char *day)
{
	zhen_test_turn_to(world->test, morning(day));
	zhen_test_run_jobs(world->test);
}

void as_prefecture(World *world)
{
	zhen_test_as(world->test, "州编办", "prefecture-staffing-" PREFECTURE, NULL, "duties.read duties.catalogue");
}

void as_staffing(World *world)
{
	zhen_test_as(world->test, "县编办", "county-staffing-" COUNTY, NULL,
	             "duties.read duties.catalogue duties.publish duties.admit");
}

void as_township(World *world)
{
	zhen_test_as(world->test, "周镇长", "government-" TOWNSHIP, NULL, "duties.read duties.edit");
}

void as_department(World *world)
{
	zhen_test_as(world->test, "县农业局", "county-agriculture-" COUNTY, NULL, "duties.read duties.apply");
}

void as_public(World *world)
{
	zhen_test_anonymous(world->test);
}

int32_t get(World *world, const char *path)
{
	return zhen_test_call(world->test, "GET", path, NULL);
}

int32_t post(World *world, const char *path, const char *json)
{
	return zhen_test_call(world->test, "POST", path, json != NULL ? json : "{}");
}

void done(World *world, int32_t status, int32_t wanted, const char *what)
{
	cr_assert_eq(status, wanted, "%s: %d %s", what, status, zhen_test_body(world->test));
}

const char *value(World *world, const char *path)
{
	const char *text = zhen_test_value(world->test, path);

	return text != NULL ? text : "";
}

bool is_refused(World *world, int32_t status, int32_t wanted, const char *code)
{
	return status == wanted && strcmp(value(world, "code"), code) == 0;
}

int events(World *world, const char *topic)
{
	g_autofree char *wanted = g_strdup_printf("\"%s\"", topic);
	int n = 0;

	for (uint32_t i = 0; zhen_test_event(world->test, i) != NULL; i++)
		n += strstr(zhen_test_event(world->test, i), wanted) != NULL;
	return n;
}

char *json_text(const char *text)
{
	GString *out = g_string_new("\"");

	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			g_string_append_c(out, '\\');
		if (*p == '\n')
			g_string_append(out, "\\n");
		else if (*p == '\r')
			g_string_append(out, "\\r");
		else if (*p == '\t')
			g_string_append(out, "\\t");
		else
			g_string_append_c(out, *p);
	}
	g_string_append_c(out, '"');
	return g_string_free(out, FALSE);
}

int32_t bring(World *world, const char *code, const char *kind, const char *division, const char *csv, const char *more)
{
	g_autofree char *content = json_text(csv);
	g_autofree char *json = g_strdup_printf(
		"{\"code\": \"%s\", \"title\": \"目录\", \"kind\": \"%s\", \"division\": \"%s\", \"content\": %s%s}",
		code, kind, division,
		content, more);

	return post(world, "/catalogues", json);
}

void import_shipped(World *world)
{
	g_autofree char *powers = NULL, *delegated = NULL;

	cr_assert(g_file_get_contents(DATA "duties/township-powers.csv", &powers, NULL, NULL));
	cr_assert(g_file_get_contents(DATA "duties/county-delegated.csv", &delegated, NULL, NULL));
	as_prefecture(world);
	done(world, bring(world, "township-powers", "statutory", PREFECTURE, powers, ""), 201, "powers");
	done(world, bring(world, "delegated", "delegated", PREFECTURE, delegated, ""), 201, "delegated");
}

int draft(World *world, const char *unit)
{
	g_autofree char *json = g_strdup_printf("{\"unit\": \"%s\"}", unit);

	as_township(world);
	done(world, post(world, "/lists", json), 201, "draft");
	return (int)zhen_test_int(world->test, "id");
}

int32_t act(World *world, const char *what, int id, const char *verb, const char *json)
{
	g_autofree char *path = g_strdup_printf("/%s/%d/%s", what, id, verb);

	return post(world, path, json);
}

int first_list(World *world)
{
	int id;

	import_shipped(world);
	id = draft(world, TOWNSHIP);
	done(world, act(world, "lists", id, "choose", "{\"items\": [{\"code\": \"KX-001\"}, {\"code\": \"KX-002\"}]}"),
	     200, "choose");
	as_staffing(world);
	done(world, act(world, "lists", id, "publish", NULL), 200, "publish");
	return id;
}
