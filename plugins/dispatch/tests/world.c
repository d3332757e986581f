/* SPDX-License-Identifier: Apache-2.0
 * A test host with the plugin, and who calls it. */
#include "world.h"

zhen_test *test;

int64_t at(const char *text)
{
	g_autofree char *whole = g_strconcat(text, "+08:00", NULL);
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(whole, NULL);

	cr_assert_not_null(time);
	return g_date_time_to_unix(time) * 1000;
}

void turn(const char *text)
{
	zhen_test_turn_to(test, at(text));
	zhen_test_run_jobs(test);
}

void begin(const char *now)
{
	g_autofree char *calendar = NULL;

	cr_assert(g_file_get_contents(DATA "calendar/national.csv", &calendar, NULL, NULL));
	const char *settings[] = { "calendar", calendar, NULL };
	test = zhen_test_new(&(zhen_test_options){ .size = sizeof(zhen_test_options), .worker = IN_WORKER, .plugin = PLUGIN_PATH,
	                                           .divisions = DATA "divisions/chuxiong-532300.csv",
	                                           .bodies = SOURCE_DIR "/plugins/dispatch/tests/bodies.csv", .settings = settings,
	                                           .now = at(now) });
	cr_assert_not_null(test, "%s", zhen_test_error(NULL));
}

void as_township(const char *code)
{
	g_autofree char *body = g_strconcat("government-", code, NULL);

	zhen_test_as(test, "镇", body, NULL, "dispatch.read dispatch.raise dispatch.rate dispatch.receive");
}

void as_department(const char *kind)
{
	g_autofree char *body = g_strconcat("county-", kind, "-" COUNTY, NULL);

	zhen_test_as(test, kind, body, NULL, "dispatch.read dispatch.handle");
}

void as_centre(void)
{
	zhen_test_as(test, "中心", "county-command-" COUNTY, NULL,
	             "dispatch.read dispatch.judge dispatch.guide dispatch.demand dispatch.supervise");
}

int32_t get(const char *path)
{
	return zhen_test_call(test, "GET", path, NULL);
}

int32_t post(const char *path, const char *json)
{
	return zhen_test_call(test, "POST", path, json);
}

const char *value(const char *path)
{
	const char *text = zhen_test_value(test, path);

	return text != NULL ? text : "";
}

char *guide_json(const char *csv)
{
	g_autoptr(GString) text = g_string_new("{\"division\": \"" COUNTY "\", \"content\": \"");

	for (const char *p = csv; *p != '\0'; p++)
		*p == '\n' ? g_string_append(text, "\\n") : g_string_append_c(text, *p);
	g_string_append(text, "\"}");
	return g_strdup(text->str);
}

void import_sample(void)
{
	g_autofree char *csv = NULL, *json = NULL;

	cr_assert(g_file_get_contents(DATA "dispatch/guide.csv", &csv, NULL, NULL));
	json = guide_json(csv);
	as_centre();
	DONE(post("/guide", json), 200);
	cr_expect_geq(zhen_test_int(test, "added"), 60);
}

int events(const char *topic)
{
	g_autofree char *wanted = g_strdup_printf("\"%s\"", topic);
	int n = 0;

	for (uint32_t i = 0; zhen_test_event(test, i) != NULL; i++)
		n += strstr(zhen_test_event(test, i), wanted) != NULL;
	return n;
}

void listed(const char *path, const char *ids)
{
	g_autoptr(GString) found = g_string_new(NULL);

	DONE(get(path), 200);
	for (int i = 0;; i++) {
		g_autofree char *at_path = g_strdup_printf("items.%d.id", i);

		if (zhen_test_value(test, at_path) == NULL)
			break;
		g_string_append_printf(found, "%s%s", i > 0 ? " " : "", value(at_path));
	}
	cr_expect_str_eq(found->str, ids, "%s: %s, not %s", path, found->str, ids);
}
