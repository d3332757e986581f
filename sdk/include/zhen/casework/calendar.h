/* SPDX-License-Identifier: Apache-2.0
 * Which day is a working day, and counting in them. The first half are pure functions of data: no host, no clock, no memory
 * of their own. The second half reads that data: the national notices from a setting, what a county or township adds from
 * tables of the plugin.
 *
 * A day is the number of days since 1970-01-01 in Asia/Shanghai. Weekdays work and weekends rest unless a row says
 * otherwise: "off" = statutory rest day, "work" = make-up working day (调休上班). Source: the State Council's yearly notice
 * (国务院办公厅关于部分节假日安排的通知). */
#ifndef ZHEN_CASEWORK_CALENDAR_H
#define ZHEN_CASEWORK_CALENDAR_H

#include <zhen/zhen.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ZHEN_NO_DAY INT32_MIN

typedef struct zhen_calendar_day {
	int32_t day;
	bool work;
} zhen_calendar_day;

typedef struct zhen_calendar {
	zhen_calendar_day *days; /* by day; the caller's memory, room for max */
	size_t count;
	size_t max;
	uint64_t years;          /* bit y - 2000: the notice for year y is in the data */
	bool make_up_days_count; /* whether a make-up day is a working day for legal terms: no article says so */
} zhen_calendar;

/* A day that came out of counting; provisional = it lies beyond the years whose notice is known. */
typedef struct zhen_calendar_due {
	int32_t day;
	bool provisional;
} zhen_calendar_due;

/* ---- days ---- */

int32_t zhen_calendar_day_of_ms(int64_t ms);
int64_t zhen_calendar_ms_of_day(int32_t day); /* its first millisecond */
int32_t zhen_calendar_year_of(int32_t day);
int32_t zhen_calendar_parse_date(const char *text); /* "2026-09-18"; ZHEN_NO_DAY when it is not a date */
void zhen_calendar_format_date(int32_t day, char out[11]);

/* ---- the data ---- */

/* Upper bound of the rows in a CSV of date,name,kind: what to give as max. */
size_t zhen_calendar_lines(const char *csv);
/* Adds the rows of a CSV and marks their years as known. The number of the first bad line, 0 = all well. */
size_t zhen_calendar_add_csv(zhen_calendar *calendar, const char *csv);
/* Adds or replaces one day; false when there is no room. */
bool zhen_calendar_set(zhen_calendar *calendar, int32_t day, bool work);
void zhen_calendar_cover_year(zhen_calendar *calendar, int32_t year);
bool zhen_calendar_covers(const zhen_calendar *calendar, int32_t day);
/* Last day of the last year that is known without a gap from the first one known; ZHEN_NO_DAY = none. What is counted
 * beyond it is provisional and is to be shown so. */
int32_t zhen_calendar_covered_until(const zhen_calendar *calendar);

/* ---- counting ---- */

bool zhen_calendar_is_working(const zhen_calendar *calendar, int32_t day);
/* Working days in (after, to]: the day a period starts is not counted (民法典 201). */
int32_t zhen_calendar_count(const zhen_calendar *calendar, int32_t after, int32_t to);
/* The @days-th working day after @start; @start itself when @days <= 0. */
zhen_calendar_due zhen_calendar_add_working(const zhen_calendar *calendar, int32_t start, int32_t days);
/* @days calendar days after @start; a last day of rest moves to the first day after the rest (民法典 203). */
zhen_calendar_due zhen_calendar_add_calendar(const zhen_calendar *calendar, int32_t start, int32_t days);

/* ---- through the host ---- */

/* The tables of local days, for a migration of the plugin. */
#define ZHEN_CALENDAR_SQL                                                                                           \
	"CREATE TABLE calendar_day(division TEXT NOT NULL, day TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, " \
	"at BIGINT NOT NULL, account TEXT NOT NULL, PRIMARY KEY(division, day)) {{without rowid}};"                 \
	"CREATE TABLE calendar_year(division TEXT NOT NULL, year BIGINT NOT NULL, "                                 \
	"PRIMARY KEY(division, year)) {{without rowid}};"                                                           \
	"CREATE TABLE calendar_rule(division TEXT NOT NULL PRIMARY KEY, make_up_days_count BIGINT NOT NULL, "       \
	"basis TEXT NOT NULL, at BIGINT NOT NULL, account TEXT NOT NULL)"

/* The setting that holds the national notices: a row for the plugin's table of settings. */
#define ZHEN_CALENDAR_SETTING                                                                               \
	{ .key = "calendar", .type = ZHEN_TEXT, .def = "data/calendar/national.csv", .flags = ZHEN_CONTENT, \
	  .help = "国务院办公厅放假通知：日期,名称,off|work" }

/* The calendar that holds in a division: the national one under the local days from province to township, the finest
 * last. Valid until the reply is sent. Needs the setting and the tables above. */
void zhen_calendar_load(zhen_call *call, const char *division, zhen_calendar *out);
/* The first bad line of the setting, 0 = all well: what a plugin's start refuses. */
size_t zhen_calendar_check(zhen_call *call);
/* Whether the setting is another than the one seen by the last call of this; the first call sees nothing new. What was
 * counted before is then to be counted again. Needs ZHEN_IMPORTED_SQL. */
bool zhen_calendar_changed(zhen_call *call);
/* A local day (kind "off" or "work"), a year whose local arrangement is known, whether make-up days count. Whether the
 * caller may say so for this division is for the plugin to ask (zhen_within_caller). */
void zhen_calendar_store_day(zhen_call *call, const char *division, const char *day, const char *name,
                             const char *kind);
void zhen_calendar_store_year(zhen_call *call, const char *division, int64_t year);
void zhen_calendar_store_rule(zhen_call *call, const char *division, bool make_up_days_count, const char *basis);

/* Digests of files that came with the configuration and were taken over: one row per name. */
#define ZHEN_IMPORTED_SQL \
	"CREATE TABLE imported(name TEXT NOT NULL PRIMARY KEY, digest TEXT NOT NULL, at BIGINT NOT NULL)"

/* Whether the division is the caller's own or lies within it. */
bool zhen_within_caller(zhen_call *call, const char *division);
/* "2026-09-18" and "2026年9月18日" of a time; "" of 0. */
const char *zhen_date_of_ms(zhen_call *call, int64_t ms);
const char *zhen_chinese_date(zhen_call *call, int64_t ms);

#ifdef __cplusplus
}
#endif

#endif
