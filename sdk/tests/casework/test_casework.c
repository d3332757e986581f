/* SPDX-License-Identifier: Apache-2.0
 * sdk/casework through a host: numbers, stand-ins, ratings, ledgers and journals in the plugin's own database. */
#include <criterion/criterion.h>
#include <glib.h>
#include <string.h>
#include <zhen/test.h>

#define TOWNSHIP "990101101000"
#define PLACE "\"township\": \"" TOWNSHIP "\""

static zhen_test *office(void)
{
	static const char *const settings[] = { "calendar", "2026-10-01,国庆节,off\n", "series", "permit,{short}政审〔{year}〕{n}号\n",
		                                "short_names", TOWNSHIP ",永定\n", NULL };
	zhen_test_options options = { .size = sizeof options, .worker = IN_WORKER, .plugin = PLUGIN_PATH, .settings = settings };
	zhen_test *test = zhen_test_new(&options);

	cr_assert(test != NULL, "%s", zhen_test_error(NULL));
	zhen_test_as(test, "u1", "government-" TOWNSHIP, NULL, "*");
	return test;
}

static void expect(zhen_test *test, const char *path, const char *json, int32_t status, const char *code)
{
	int32_t got = zhen_test_call(test, "POST", path, json);
	const char *said = zhen_test_value(test, "code");

	cr_expect_eq(got, status, "%s %s: %d, not %d: %s", path, json, got, status, zhen_test_body(test));
	if (code != NULL)
		cr_expect(said != NULL && strcmp(said, code) == 0, "%s %s: %s", path, json, zhen_test_body(test));
}

/* "2026-09-18" at nine. */
static void day(zhen_test *test, const char *date)
{
	g_autofree char *text = g_strconcat(date, "T09:00:00+08:00", NULL);
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);

	zhen_test_turn_to(test, g_date_time_to_unix(time) * 1000);
}

static void numbered(zhen_test *test, const char *series, const char *wanted)
{
	g_autofree char *json = g_strdup_printf("{\"series\": \"%s\", \"body\": \"b\", " PLACE "}", series);

	expect(test, "/number", json, 200, NULL);
	cr_expect_str_eq(zhen_test_value(test, "number"), wanted);
}

Test(casework, a_series_has_no_gap_where_a_call_failed_and_begins_anew_each_year)
{
	zhen_test *test = office();

	numbered(test, "permit", "永定政审〔2026〕1号");
	expect(test, "/number", "{\"series\": \"permit\", \"body\": \"b\", \"fail\": 1, " PLACE "}", 409, "on-purpose");
	numbered(test, "permit", "永定政审〔2026〕2号");
	numbered(test, "other", "990101101-2026-00001");
	expect(test, "/number", "{\"series\": \"permit\", \"body\": \"c\", " PLACE "}", 200, NULL);
	cr_expect_str_eq(zhen_test_value(test, "number"), "永定政审〔2026〕1号");
	day(test, "2027-01-04");
	numbered(test, "permit", "永定政审〔2027〕1号");
	cr_expect_str_eq(zhen_test_sql(test, "SELECT COUNT(*) FROM journal"), "5");
	zhen_test_free(test);
}

Test(casework, a_stand_in_acts_while_the_officer_is_away_and_nobody_when_both_are)
{
	zhen_test *test = office();

	expect(test, "/handle", "{\"officer\": \"u1\"}", 200, NULL);
	expect(test, "/handle", "{\"officer\": \"u2\"}", 403, "not-the-officer");
	expect(test, "/substitute", "{\"officer\": \"u2\", \"stand_in\": \"u2\", \"from_on\": \"2026-09-01\"}", 409,
	       "substitute-self");
	expect(test, "/substitute", "{\"officer\": \"u2\", \"stand_in\": \"u1\", \"from_on\": \"2026-09-01\"}", 200,
	       NULL);
	expect(test, "/substitute", "{\"officer\": \"u2\", \"stand_in\": \"u3\", \"from_on\": \"2026-10-01\"}", 409,
	       "substitute-overlaps");
	/* Named is not enough: the officer is there. */
	expect(test, "/handle", "{\"officer\": \"u2\"}", 403, "not-the-officer");
	expect(test, "/absent", "{\"officer\": \"u2\", \"from_on\": \"2026-09-20\", \"to_on\": \"2026-09-19\"}", 409,
	       "dates");
	expect(test, "/absent", "{\"officer\": \"u2\", \"from_on\": \"2026-09-18\", \"to_on\": \"2026-09-21\"}", 200,
	       NULL);
	expect(test, "/absent", "{\"officer\": \"u2\", \"from_on\": \"2026-09-21\", \"to_on\": \"2026-09-22\"}", 409,
	       "absence-overlaps");
	expect(test, "/handle", "{\"officer\": \"u2\"}", 200, NULL);
	day(test, "2026-09-22");
	expect(test, "/handle", "{\"officer\": \"u2\"}", 403, "not-the-officer");
	expect(test, "/absent", "{\"officer\": \"u2\", \"from_on\": \"2026-09-22\"}", 200, NULL);
	expect(test, "/absent", "{\"officer\": \"u1\", \"from_on\": \"2026-09-22\", \"to_on\": \"2026-09-22\"}", 200,
	       NULL);
	expect(test, "/handle", "{\"officer\": \"u2\"}", 403, "not-the-officer");
	expect(test, "/handle", "{}", 200, NULL);
	zhen_test_free(test);
}

Test(casework, a_matter_is_rated_once_and_never_by_staff)
{
	zhen_test *test = office();

#define RATE(grade) "{\"matter\": 7, \"grade\": " grade ", \"body\": \"window-" TOWNSHIP "\", " PLACE "}"
	/* The government stands above its window. */
	expect(test, "/rate", RATE("5"), 403, "rating-by-staff");
	zhen_test_as(test, "w1", "window-" TOWNSHIP, NULL, "*");
	expect(test, "/rate", RATE("5"), 403, "rating-by-staff");
	zhen_test_anonymous(test);
	expect(test, "/rate", RATE("6"), 422, "rating-grade");
	expect(test, "/rate", RATE("0"), 422, "rating-grade");
	expect(test, "/mend", "{\"matter\": 7}", 409, "rating-not-bad");
	expect(test, "/rate", RATE("2"), 200, NULL);
	expect(test, "/rate", RATE("5"), 409, "rated-once");
	expect(test, "/mend", "{\"matter\": 7}", 200, NULL);
	expect(test, "/mend", "{\"matter\": 7}", 409, "rating-not-bad");
	cr_expect_str_eq(zhen_test_sql(test, "SELECT grade FROM rating"), "2");
	zhen_test_free(test);
}

Test(casework, a_ledger_is_told_day_by_day)
{
	zhen_test *test = office();
	const char *show = "/show?matter=3&from_on=2026-09-18&township=" TOWNSHIP;

	day(test, "2026-09-22");
	expect(test, "/hold", "{\"matter\": 3}", 200, NULL);
	expect(test, "/hold", "{\"matter\": 3}", 409, "already-suspended");
	day(test, "2026-09-24");
	expect(test, "/go-on", "{\"matter\": 3}", 200, NULL);
	expect(test, "/go-on", "{\"matter\": 3}", 409, "not-suspended");
	day(test, "2026-09-25");
	cr_expect_eq(zhen_test_call(test, "GET", show, NULL), 200, "%s", zhen_test_body(test));
	cr_expect_str_eq(zhen_test_value(test, "due_on"), "2026-10-07");
	cr_expect_str_eq(zhen_test_value(test, "used"), "3");
	cr_expect_str_eq(zhen_test_value(test, "days.0.kind"), "起算日");
	cr_expect_str_eq(zhen_test_value(test, "days.1.kind"), "休息日");
	cr_expect_str_eq(zhen_test_value(test, "days.3.kind"), "计");
	cr_expect_str_eq(zhen_test_value(test, "days.5.kind"), "扣除");
	cr_expect_str_eq(zhen_test_value(test, "days.7.used"), "3");
	/* A day the township takes off moves what is due. */
	expect(test, "/local-day", "{\"from_on\": \"2026-09-28\", " PLACE "}", 200, NULL);
	expect(test, "/local-day", "{\"from_on\": \"2026-09-28\", \"township\": \"990101102000\"}", 403,
	       "out-of-scope");
	zhen_test_call(test, "GET", show, NULL);
	cr_expect_str_eq(zhen_test_value(test, "due_on"), "2026-10-08");
	zhen_test_free(test);
}
