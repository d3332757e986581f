/* SPDX-License-Identifier: Apache-2.0
 * Which day is a working day, and counting in them. Pure functions of data: no host, no clock, no memory of its own.
 *
 * A day is the number of days since 1970-01-01 in Asia/Shanghai. Weekdays work and weekends rest unless a row says
 * otherwise: "off" = statutory rest day, "work" = make-up working day (调休上班). */
#ifndef APPROVALS_CALENDAR_H
#define APPROVALS_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CALENDAR_NO_DAY INT32_MIN

struct calendar_day {
	int32_t day;
	bool work;
};

struct calendar {
	struct calendar_day *days; /* by day; the caller's memory, room for max */
	size_t count;
	size_t max;
	uint64_t years;          /* bit y - 2000: the notice for year y is in the data */
	bool make_up_days_count; /* whether a make-up day is a working day for legal terms: no article says so */
};

/* A day that came out of counting; provisional = it lies beyond the years whose notice is known. */
struct calendar_due {
	int32_t day;
	bool provisional;
};

int32_t calendar_day_of_ms(int64_t ms);
/* First millisecond of the day. */
int64_t calendar_ms_of_day(int32_t day);
int32_t calendar_year_of(int32_t day);
/* "2026-09-18"; CALENDAR_NO_DAY when it is not a date. */
int32_t calendar_parse_date(const char *text);
void calendar_format_date(int32_t day, char out[11]);

/* Upper bound of the rows in a CSV of date,name,kind: what to give as max. */
size_t calendar_lines(const char *csv);
/* Adds the rows of a CSV and marks their years as known. The number of the first bad line, 0 = all well. */
size_t calendar_add_csv(struct calendar *calendar, const char *csv);
/* Adds or replaces one day; false when there is no room. */
bool calendar_set(struct calendar *calendar, int32_t day, bool work);
void calendar_cover_year(struct calendar *calendar, int32_t year);

bool calendar_covers(const struct calendar *calendar, int32_t day);
bool calendar_is_working(const struct calendar *calendar, int32_t day);
/* Working days in (after, to]: the day a period starts is not counted (民法典 201). */
int32_t calendar_count(const struct calendar *calendar, int32_t after, int32_t to);
/* The @days-th working day after @start; @start itself when @days <= 0. */
struct calendar_due calendar_add_working(const struct calendar *calendar, int32_t start, int32_t days);
/* @days calendar days after @start; a last day of rest moves to the first day after the rest (民法典 203). */
struct calendar_due calendar_add_calendar(const struct calendar *calendar, int32_t start, int32_t days);

#endif
