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
	return world_with(day, NULL, NULL);
}

World world_with(const char *day, const char *key, const char *value)
{
	g_autofree char *calendar = NULL;
	static const char series[] =
		"series,format\npenalty,{short}政罚当〔{year}〕{n}号\narchive,{division}-CF-{year}-{n5}\n"
		"notice,{short}政罚告〔{year}〕{n}号\ndecision,{short}政罚〔{year}〕{n}号\nreceipt,{short}政送〔{year}〕{n}号\n"
		"record,{short}政笔〔{year}〕{n}号\ncorrection,{short}政责改〔{year}〕{n}号\n";

	cr_assert(g_file_get_contents(DATA "calendar/national.csv", &calendar, NULL, NULL));
	const char *settings[] = { "calendar", calendar, "series", series, "short_names", "division,short\n", key, value, NULL };
	zhen_test_options options = {
		.settings = settings,
		.size = sizeof(options),
		.worker = IN_WORKER,
		.plugin = PLUGIN_PATH,
		.divisions = DATA "divisions/chuxiong-532300.csv",
		.bodies = DATA "bodies.csv",
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
}

void as_head(World *world)
{
	zhen_test_as(world->test, "周镇长", "government-" TOWNSHIP, NULL,
	             "enforcement.read enforcement.team enforcement.report enforcement.handle enforcement.decide enforcement.personal");
}

void as_neighbour(World *world)
{
	zhen_test_as(world->test, "王镇长", "government-" OTHER_TOWNSHIP, NULL,
	             "enforcement.read enforcement.team enforcement.report enforcement.handle");
}

void as_bureau(World *world)
{
	zhen_test_as(world->test, "县执法局", "county-enforcement-" COUNTY, NULL,
	             "enforcement.read enforcement.certify");
}

void as_staffing(World *world)
{
	zhen_test_as(world->test, "县编办", "county-staffing-" COUNTY, NULL, "enforcement.read enforcement.items");
}

void as_looker(World *world)
{
	zhen_test_as(world->test, "督查", "county-" COUNTY, NULL, "enforcement.read");
}

void as_justice(World *world)
{
	zhen_test_as(world->test, "县司法局", "county-justice-" COUNTY, NULL,
	             "enforcement.read enforcement.review enforcement.evaluate enforcement.personal");
}

void as_village(World *world)
{
	zhen_test_as(world->test, "村站", "village-" VILLAGE, NULL, "enforcement.read enforcement.report");
}

int32_t get(World *world, const char *path)
{
	return zhen_test_call(world->test, "GET", path, NULL);
}

int32_t post(World *world, const char *path, const char *json, ...)
{
	va_list args;

	va_start(args, json);
	g_autofree char *text = g_strdup_vprintf(json, args);
	va_end(args);
	return zhen_test_call(world->test, "POST", path, text);
}

int32_t act(World *world, const char *what, int64_t id, const char *verb, const char *json)
{
	g_autofree char *path = g_strdup_printf("/%s/%ld/%s", what, (long)id, verb);

	return zhen_test_call(world->test, "POST", path, json);
}

void done(World *world, int32_t status, int32_t wanted, const char *what)
{
	cr_assert_eq(status, wanted, "%s: %d %s", what, status, zhen_test_body(world->test));
}

void refused(World *world, int32_t status, int32_t wanted, const char *code)
{
	cr_expect(status == wanted && strcmp(value(world, "code"), code) == 0, "%d %s, not %d %s", status,
	          zhen_test_body(world->test), wanted, code);
}

void wrong(World *world, int32_t status, const char *field, const char *code)
{
	cr_expect(status == 422 && strcmp(value(world, "errors.0.field"), field) == 0 &&
	                  strcmp(value(world, "errors.0.code"), code) == 0,
	          "%d %s, not 422 of %s: %s", status, zhen_test_body(world->test), field, code);
}

const char *value(World *world, const char *path)
{
	const char *text = zhen_test_value(world->test, path);

	return text != NULL ? text : "";
}

int events(World *world, const char *topic)
{
	g_autofree char *wanted = g_strdup_printf("\"%s\"", topic);
	int n = 0;

	for (uint32_t i = 0; zhen_test_event(world->test, i) != NULL; i++)
		n += strstr(zhen_test_event(world->test, i), wanted) != NULL;
	return n;
}

int64_t team(World *world)
{
	as_head(world);
	done(world, post(world, "/teams", "{\"township\": \"" TOWNSHIP "\"}"), 201, "team");
	return zhen_test_int(world->test, "id");
}

int64_t member(World *world, int64_t team, const char *kind)
{
	g_autofree char *json = g_strdup_printf(
		"{\"name\": \"李秀英\", \"kind\": \"%s\", \"frontline\": true, \"joined_on\": \"2026-01-05\"%s}", kind,
		strcmp(kind, "sunk") == 0 ? ", \"from_body\": \"county-enforcement-" COUNTY "\"" : "");

	as_head(world);
	done(world, act(world, "teams", team, "members", json), 201, "member");
	return zhen_test_int(world->test, "id");
}

int64_t certify(World *world, int64_t member, const char *to)
{
	g_autofree char *json = g_strdup_printf("{\"number\": \"云执%03ld\", \"issuer\": \"云南省人民政府\", \"field\": \"综合执法\", "
	                                        "\"valid_from\": \"2026-01-05\", \"valid_to\": \"%s\"}",
	                                        (long)member, to);

	as_bureau(world);
	done(world, act(world, "members", member, "certificates", json), 201, "certificate");
	return zhen_test_int(world->test, "id");
}

int64_t officer(World *world, int64_t team)
{
	int64_t id = member(world, team, "town");

	certify(world, id, "2026-12-31");
	as_head(world);
	return id;
}
