/* SPDX-License-Identifier: Apache-2.0
 * Clocks of sdk/casework: what is used, when it is due, and each day's reason. Needs no host. */
#include <criterion/criterion.h>
#include <glib.h>
#include <stdio.h>

#include <zhen/casework/clock.h>

static zhen_calendar_day days[400];

static zhen_calendar national(void)
{
	zhen_calendar calendar = { .days = days, .max = G_N_ELEMENTS(days), .make_up_days_count = true };
	g_autofree char *csv = NULL;

	cr_assert(g_file_get_contents(SOURCE_DIR "/conf/data/calendar/national.csv", &csv, NULL, NULL));
	cr_assert_eq(zhen_calendar_add_csv(&calendar, csv), 0);
	return calendar;
}

/* "2026-03-02 09:30" */
static int64_t at(const char *text)
{
	char date[11];
	int hour = 0, minute = 0;

	if (text == NULL)
		return 0;
	snprintf(date, sizeof date, "%.10s", text);
	sscanf(text + 10, " %d:%d", &hour, &minute);
	return zhen_calendar_ms_of_day(zhen_calendar_parse_date(date)) + hour * 3600000 + minute * 60000;
}

typedef struct Case {
	const char *started, *stopped;
	const char *holds[4]; /* from, to, from, to */
	uint32_t unit;
	int budget;
	const char *due;
	int consumed;
	bool stands, provisional;
} Case;

static const Case cases[] = {
	{ .started = "2026-09-18 09:00", .budget = 10, .due = "2026-10-09" },
	{ .started = "2026-03-02 09:00", .budget = 10, .due = "2026-03-16" },
	/* Two days used when it stood, five working days away: the rest runs from the day after it came back. */
	{ .started = "2026-03-02 09:00", .holds = { "2026-03-04 10:00", "2026-03-11 10:00" }, .budget = 10,
	  .due = "2026-03-23", .consumed = 2 },
	{ .started = "2026-03-02 09:00", .holds = { "2026-03-04 10:00" }, .budget = 10, .due = "", .consumed = 2, .stands = true },
	{ .started = "2026-03-02 09:00", .holds = { "2026-03-04 10:00", "2026-03-06 10:00", "2026-03-09 10:00", "2026-03-10 10:00" },
	  .budget = 10, .due = "2026-03-19", .consumed = 3 },
	{ .started = "2026-03-02 09:00", .stopped = "2026-03-05 17:00", .budget = 10, .due = "", .consumed = 3, .stands = true },
	/* Its day of rest moves on: 2025-10-05 lies in the holidays, which end on the 8th. */
	{ .started = "2025-09-20 09:00", .unit = ZHEN_CALENDAR_DAYS, .budget = 15, .due = "2025-10-09" },
	{ .started = "2026-03-02 09:00", .holds = { "2026-03-04 10:00", "2026-03-06 10:00" }, .unit = ZHEN_CALENDAR_DAYS,
	  .budget = 10, .due = "2026-03-16", .consumed = 2 },
	{ .started = "2026-09-30 17:00", .unit = ZHEN_HOURS, .budget = 48, .due = "2026-10-02" },
	{ .started = "2026-09-30 17:00", .holds = { "2026-09-30 20:00", "2026-10-01 20:00" }, .unit = ZHEN_HOURS, .budget = 24,
	  .due = "2026-10-02", .consumed = 3 },
	{ .started = "2030-03-04 09:00", .budget = 2, .due = "2030-03-06", .provisional = true },
	{ .started = NULL, .budget = 10, .due = "", .stands = true },
};

static size_t spans_of(const Case *one, zhen_span spans[2])
{
	size_t n = 0;

	for (; n < 2 && one->holds[2 * n] != NULL; n++)
		spans[n] = (zhen_span){ at(one->holds[2 * n]), at(one->holds[2 * n + 1]) };
	return n;
}

Test(casework_clock, what_follows_from_budget_ledger_and_calendar)
{
	zhen_calendar calendar = national();

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const Case *one = &cases[i];
		zhen_clock clock = { .budget = one->budget, .started_at = at(one->started), .stopped_at = at(one->stopped),
			             .unit = one->unit };
		zhen_span spans[2];
		size_t n = spans_of(one, spans);
		zhen_clock_reading reading = zhen_clock_read(&clock, &calendar, spans, n);

		cr_expect_str_eq(reading.due_on, one->due, "row %zu: %s, not %s", i, reading.due_on, one->due);
		cr_expect_eq(reading.consumed, one->consumed, "row %zu: %d used", i, (int)reading.consumed);
		cr_expect_eq(reading.running_since == 0, one->stands, "row %zu", i);
		cr_expect_eq(reading.provisional, one->provisional, "row %zu", i);
	}
}

Test(casework_clock, every_day_has_one_reason_and_those_that_count_make_the_sum)
{
	zhen_calendar calendar = national();
	zhen_clock clock = { .budget = 10, .started_at = at("2026-09-25 09:00") };
	zhen_span spans[] = { { at("2026-09-29 10:00"), at("2026-10-09 10:00") } };
	static const char *const wanted[] = { "起算日", "休息日", "休息日", "计", "计", "扣除" };
	int64_t counted = 0;

	for (int32_t i = 0; i < 30; i++) {
		int32_t day = zhen_calendar_parse_date("2026-09-25") + i;
		uint32_t kind = zhen_clock_day(&clock, &calendar, spans, 1, day);

		if (i < (int32_t)G_N_ELEMENTS(wanted))
			cr_expect_str_eq(zhen_clock_day_title(kind), wanted[i], "day %d: %s", i,
			                 zhen_clock_day_title(kind));
		counted += kind == ZHEN_DAY_COUNTS;
		cr_expect_eq(zhen_clock_used(&clock, &calendar, spans, 1, zhen_calendar_ms_of_day(day) + 3600000),
		             counted, "day %d", i);
	}
	cr_expect_eq(zhen_clock_day(&clock, &calendar, spans, 1, zhen_calendar_parse_date("2026-09-24")),
	             ZHEN_DAY_OUTSIDE);
}

Test(casework_clock, a_calendar_says_until_when_it_is_known)
{
	zhen_calendar calendar = national(), nothing = { 0 };
	char text[11];

	zhen_calendar_format_date(zhen_calendar_covered_until(&calendar), text);
	cr_expect_str_eq(text, "2026-12-31", "%s", text);
	cr_expect_eq(zhen_calendar_covered_until(&nothing), ZHEN_NO_DAY);
}
