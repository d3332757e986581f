/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <glib.h>
#include <string.h>

#include "base/clock.h"

Test(clock, a_time_is_written_in_the_legal_zone)
{
	static const struct {
		gint64 ms;
		const char *text;
	} cases[] = {
		{ 0, "1970-01-01T08:00:00.000+08:00" },
		{ -1, "1970-01-01T07:59:59.999+08:00" },
		{ -28800001, "1969-12-31T23:59:59.999+08:00" },
		{ 1789695000000, "2026-09-18T09:30:00.000+08:00" },
		{ 1709135999999, "2024-02-28T23:59:59.999+08:00" },
		{ 1709136000000, "2024-02-29T00:00:00.000+08:00" },
		{ 951753600007, "2000-02-29T00:00:00.007+08:00" },
		{ 1767196800000, "2026-01-01T00:00:00.000+08:00" },
		{ G_MAXINT64, "9999-12-31T23:59:59.999+08:00" },
		{ G_MININT64, "0000-01-01T00:00:00.000+08:00" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		char out[CLOCK_TEXT_SIZE];
		gsize length = clock_format(cases[i].ms, out);

		cr_assert_str_eq(out, cases[i].text);
		cr_assert_eq(length, strlen(out));
	}
}

Test(clock, a_written_time_reads_back_for_every_day_of_four_centuries)
{
	g_autoptr(GTimeZone) zone = g_time_zone_new_offset(8 * 3600);

	/* One moment a day, never the same time of day. */
	for (gint64 day = -36525, i = 0; day < 109573; day++, i++) {
		gint64 ms = day * 86400000 + i * 7919 % 86400000, back = 0;
		char out[CLOCK_TEXT_SIZE];

		clock_format(ms, out);
		cr_assert(clock_parse(out, &back) && back == ms, "%s", out);
		if (i % 31 != 0)
			continue;

		gint64 seconds = ms >= 0 ? ms / 1000 : (ms - 999) / 1000;
		g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(seconds);
		g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, zone);
		g_autofree char *wanted = g_date_time_format(local, "%Y-%m-%dT%H:%M:%S");

		cr_assert_eq(strncmp(out, wanted, 19), 0, "%s is not %s", out, wanted);
	}
}

Test(clock, any_offset_of_rfc_3339_is_read)
{
	static const struct {
		const char *text;
		gint64 ms;
	} cases[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1970-01-01t00:00:00z", 0 },
		{ "1970-01-01T08:00:00+08:00", 0 },
		{ "1969-12-31T18:30:00-05:30", 0 },
		{ "1970-01-01T00:00:00.1Z", 100 },
		{ "1970-01-01T00:00:00.12Z", 120 },
		{ "1970-01-01T00:00:00.123999999999Z", 123 },
		{ "1970-01-01 00:00:00-00:00", 0 },
		{ "2016-12-31T23:59:60Z", 1483228800000 },
		{ "2017-01-01T07:59:60+08:00", 1483228800000 },
		{ "0000-01-01T00:00:00Z", -62167219200000 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		gint64 ms = -1;

		cr_assert(clock_parse(cases[i].text, &ms), "%s", cases[i].text);
		cr_assert_eq(ms, cases[i].ms, "%s is %" G_GINT64_FORMAT, cases[i].text, ms);
	}
}

Test(clock, what_is_not_a_time_is_refused_and_leaves_the_output_alone)
{
	static const char *const cases[] = {
		"",
		"2026-09-18",
		"2026-09-18T09:30:00",
		"2026-09-18T09:30Z",
		"2026-9-18T09:30:00Z",
		"2026-02-29T00:00:00Z",
		"1900-02-29T00:00:00Z",
		"2026-13-01T00:00:00Z",
		"2026-00-01T00:00:00Z",
		"2026-01-00T00:00:00Z",
		"2026-01-01T24:00:00Z",
		"2026-01-01T00:60:00Z",
		"2026-01-01T00:00:61Z",
		"2026-01-01T00:00:60Z",
		"2026-01-01T00:00:00.Z",
		"2026-01-01T00:00:00,5Z",
		"2026-01-01T00:00:00+0800",
		"2026-01-01T00:00:00+24:00",
		"2026-01-01T00:00:00+08:60",
		"2026-01-01T00:00:00Zx",
		"2026-01-01T00:00:00Z ",
		" 2026-01-01T00:00:00Z",
		"+026-01-01T00:00:00Z",
	};
	gint64 ms = 42;

	cr_assert_not(clock_parse(NULL, &ms));
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		cr_assert_not(clock_parse(cases[i], &ms), "'%s' was read", cases[i]);
	cr_assert_eq(ms, 42);
}

Test(clock, the_legal_day_changes_at_sixteen_hours_utc)
{
	char out[11];

	clock_day(1767196799999, out);
	cr_assert_str_eq(out, "2025-12-31");
	clock_day(1767196800000, out);
	cr_assert_str_eq(out, "2026-01-01");
}

Test(clock, a_day_is_valid_when_the_calendar_has_it)
{
	static const struct {
		const char *text;
		gboolean valid;
	} cases[] = {
		{ "2026-09-18", TRUE },  { "2024-02-29", TRUE },   { "2000-02-29", TRUE },  { "2026-02-29", FALSE },
		{ "1900-02-29", FALSE }, { "2026-04-31", FALSE },  { "2026-12-31", TRUE },  { "2026-1-01", FALSE },
		{ "20260918", FALSE },   { "2026-09-18 ", FALSE }, { "2026-09-1x", FALSE }, { "", FALSE },
		{ NULL, FALSE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		cr_assert_eq(clock_day_valid(cases[i].text), cases[i].valid, "%s", cases[i].text);
}

Test(clock, turning_moves_the_clock_and_not_the_durations)
{
	gint64 before = clock_now_ms();
	gint64 mono = clock_mono_us();

	clock_turn(G_GINT64_CONSTANT(30) * 86400000);
	cr_assert_eq(clock_offset_ms(), G_GINT64_CONSTANT(30) * 86400000);
	cr_assert_geq(clock_now_ms(), before + G_GINT64_CONSTANT(30) * 86400000);
	cr_assert_lt(clock_now_ms(), before + G_GINT64_CONSTANT(30) * 86400000 + 60000);
	cr_assert_lt(clock_mono_us() - mono, 60 * G_USEC_PER_SEC);
	clock_turn(0);
	cr_assert_lt(clock_now_ms() - before, 60000);
}

Test(clock, a_clock_that_stands_stands_until_it_is_turned_in_every_process_that_is_told)
{
	static const gint64 times[] = { G_GINT64_CONSTANT(1789693200000), 0, -1, G_GINT64_CONSTANT(253402300799999) };
	gint64 before = clock_true_ms();

	for (gsize i = 0; i < G_N_ELEMENTS(times); i++) {
		gint64 told;

		clock_stand(times[i]);
		cr_assert_eq(clock_now_ms(), times[i]);
		told = clock_offset_ms();
		clock_turn(0);
		cr_assert_geq(clock_now_ms(), before);
		clock_turn(told);
		cr_assert_eq(clock_now_ms(), times[i]);
		cr_assert_geq(clock_true_ms(), before);
	}
	clock_turn(0);
	cr_assert_geq(clock_now_ms(), before);
}
