/* SPDX-License-Identifier: Apache-2.0
 * Working days of sdk/casework, against the notices of 2023 to 2026 as shipped in conf/data/calendar. */
#include <criterion/criterion.h>
#include <glib.h>
#include <stdio.h>

/* Needs no host. */
#include "../../sdk/casework/calendar.c"

static char *national(void)
{
	char *csv = NULL;

	cr_assert(g_file_get_contents(SOURCE_DIR "/conf/data/calendar/national.csv", &csv, NULL, NULL));
	return csv;
}

static void load(zhen_calendar *calendar, zhen_calendar_day *days, size_t max)
{
	g_autofree char *csv = national();

	*calendar = (zhen_calendar){ .days = days, .max = max, .make_up_days_count = true };
	cr_assert_leq(zhen_calendar_lines(csv), max);
	cr_assert_eq(zhen_calendar_add_csv(calendar, csv), 0);
}

static void expect(zhen_calendar_due due, const char *date, const char *what)
{
	char text[11];

	zhen_calendar_format_date(due.day, text);
	cr_expect_str_eq(text, date, "%s: %s, not %s", what, text, date);
}

Test(working_days, the_thirteen_due_dates)
{
	static const struct {
		const char *start, *due;
		int days;
		char unit;
	} rows[] = {
		{ "2025-09-26", "2025-10-16", 10, 'W' }, { "2025-01-24", "2025-02-13", 10, 'W' },
		{ "2024-09-13", "2024-09-29", 10, 'W' }, { "2025-04-30", "2025-05-12", 5, 'W' },
		{ "2025-09-30", "2025-10-14", 5, 'W' },  { "2026-02-13", "2026-03-05", 10, 'W' },
		{ "2026-09-18", "2026-10-09", 10, 'W' }, { "2024-02-07", "2024-03-12", 20, 'W' },
		{ "2025-09-20", "2025-10-09", 15, 'N' }, { "2025-01-15", "2025-02-05", 15, 'N' },
		{ "2025-07-04", "2025-10-09", 90, 'N' }, { "2026-02-06", "2026-02-24", 15, 'N' },
		{ "2025-10-10", "2025-10-13", 2, 'N' },
	};
	zhen_calendar_day days[400];
	zhen_calendar calendar;

	load(&calendar, days, G_N_ELEMENTS(days));
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		int32_t start = zhen_calendar_parse_date(rows[i].start);
		zhen_calendar_due due = rows[i].unit == 'W' ? zhen_calendar_add_working(&calendar, start, rows[i].days)
		                                              : zhen_calendar_add_calendar(&calendar, start, rows[i].days);

		expect(due, rows[i].due, rows[i].start);
		cr_expect_not(due.provisional);
		if (rows[i].unit == 'W')
			cr_expect_eq(zhen_calendar_count(&calendar, start, due.day), rows[i].days);
	}
}

Test(working_days, a_due_date_beyond_the_last_notice_is_provisional_until_it_is_imported)
{
	zhen_calendar_day days[400];
	zhen_calendar calendar;

	load(&calendar, days, G_N_ELEMENTS(days));
	zhen_calendar_due due = zhen_calendar_add_working(&calendar, zhen_calendar_parse_date("2026-12-28"), 10);
	expect(due, "2027-01-11", "before the notice");
	cr_expect(due.provisional);

	cr_assert_eq(zhen_calendar_add_csv(&calendar, "2027-01-01,元旦,off\n"), 0);
	due = zhen_calendar_add_working(&calendar, zhen_calendar_parse_date("2026-12-28"), 10);
	expect(due, "2027-01-12", "after the notice");
	cr_expect_not(due.provisional);
}

Test(working_days, make_up_days_can_be_switched_off)
{
	zhen_calendar_day days[400];
	zhen_calendar calendar;

	load(&calendar, days, G_N_ELEMENTS(days));
	calendar.make_up_days_count = false;
	expect(zhen_calendar_add_working(&calendar, zhen_calendar_parse_date("2026-09-18"), 10), "2026-10-12",
	       "20 Sep and 10 Oct rest");
}

Test(working_days, a_local_holiday_overrides_the_national_calendar)
{
	zhen_calendar_day days[400];
	zhen_calendar calendar;

	load(&calendar, days, G_N_ELEMENTS(days));
	cr_assert(zhen_calendar_set(&calendar, zhen_calendar_parse_date("2026-08-06"), false));
	expect(zhen_calendar_add_working(&calendar, zhen_calendar_parse_date("2026-08-05"), 1), "2026-08-07", "火把节");
}

Test(working_days, bad_rows_are_named_by_line)
{
	static const struct {
		const char *csv;
		size_t line;
	} rows[] = {
		{ "date,name,kind\n2026-02-30,x,off\n", 2 },
		{ "2026-01-01,x,rest\n", 1 },
		{ "2026-01-01,x,off\nnonsense\n", 2 },
		{ "date,name,kind\r\n2026-01-01,元旦,off\r\n\n", 0 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		zhen_calendar_day days[8];
		zhen_calendar calendar = { .days = days, .max = G_N_ELEMENTS(days) };

		cr_expect_eq(zhen_calendar_add_csv(&calendar, rows[i].csv), rows[i].line, "row %zu", i);
	}
}

Test(working_days, days_are_those_of_shanghai)
{
	/* 2026-09-18T23:59:59.999+08:00 and one millisecond later. */
	int32_t day = zhen_calendar_day_of_ms(1789747199999);

	cr_expect_eq(day, zhen_calendar_parse_date("2026-09-18"));
	cr_expect_eq(zhen_calendar_day_of_ms(1789747200000), day + 1);
	cr_expect_eq(zhen_calendar_ms_of_day(day + 1), 1789747200000);
}
