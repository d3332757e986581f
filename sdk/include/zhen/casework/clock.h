/* SPDX-License-Identifier: Apache-2.0
 * A clock that is explained, never only a due date: kept are the budget, when it began and ended, and the ledger of spans
 * that do not count; what is used, since when it runs and when it is due follow from these and the calendar, and are
 * written beside only so that lists can read them. A new notice therefore moves every open due date by reading again.
 *
 * Law: working days 行政许可法 82; the day a period begins does not count 民法典 201, a last day of rest moves on 203;
 * what does not count 行政许可法 45, one supplement 32, extension once 42. */
#ifndef ZHEN_CASEWORK_CLOCK_H
#define ZHEN_CASEWORK_CLOCK_H

#include <zhen/casework/calendar.h>

#ifdef __cplusplus
extern "C" {
#endif

enum zhen_clock_unit { ZHEN_WORKING_DAYS, ZHEN_CALENDAR_DAYS, ZHEN_HOURS };

typedef struct zhen_clock {
	int64_t budget;     /* in units, extensions included */
	int64_t started_at; /* ms; 0 = not yet */
	int64_t stopped_at; /* ms; 0 = still open */
	uint32_t unit;      /* enum zhen_clock_unit */
	uint32_t reserved;
} zhen_clock;

/* Time that does not count: from when it began until when it ended, 0 = it goes on. In order, none inside another. */
typedef struct zhen_span {
	int64_t from_at;
	int64_t to_at;
} zhen_span;

/* What follows. Days: a stop on the due day itself is in time, the day after is late. */
typedef struct zhen_clock_reading {
	int64_t consumed;      /* whole units used up to the last stop; what ran since running_since is not among them */
	int64_t running_since; /* ms; 0 = stands */
	int64_t due_at;        /* ms: the last millisecond in time; 0 = stands */
	char due_on[12];       /* the day of due_at, "" = stands */
	bool provisional;      /* the due day lies beyond the notices known */
} zhen_clock_reading;

zhen_clock_reading zhen_clock_read(const zhen_clock *clock, const zhen_calendar *calendar, const zhen_span *spans,
                                   size_t n);
/* Units used by @now, those of the running stretch among them. */
int64_t zhen_clock_used(const zhen_clock *clock, const zhen_calendar *calendar, const zhen_span *spans, size_t n,
                        int64_t now);

/* The ledger day by day: why a day counts or does not. A day on which a span begins still counts, the day on which it
 * ends does not (that is the day on which the clock begins again). */
enum zhen_clock_day { ZHEN_DAY_OUTSIDE, ZHEN_DAY_BEGINS, ZHEN_DAY_COUNTS, ZHEN_DAY_RESTS, ZHEN_DAY_SUSPENDED };

uint32_t zhen_clock_day(const zhen_clock *clock, const zhen_calendar *calendar, const zhen_span *spans, size_t n,
                        int32_t day);
/* 不计、起算日、计、休息日、扣除 */
const char *zhen_clock_day_title(uint32_t kind);
/* Writes the list @name: {day, kind (title), counted, used} for every day from the start to @until. Of clocks in days. */
void zhen_clock_put(zhen_call *call, const char *name, const zhen_clock *clock, const zhen_calendar *calendar,
                    const zhen_span *spans, size_t n, int64_t until);

/* ---- the ledger of suspensions in the plugin's database ---- */

/* matter = row of the plugin's case. */
#define ZHEN_SUSPENSIONS_SQL                                                                               \
	"CREATE TABLE suspension(id {{id}}, matter BIGINT NOT NULL, reason TEXT NOT NULL, basis TEXT NOT NULL, " \
	"note TEXT NOT NULL, expected_days BIGINT NOT NULL, from_at BIGINT NOT NULL, to_at BIGINT NOT NULL, "    \
	"account TEXT NOT NULL);"                                                                          \
	"CREATE INDEX suspension_matter ON suspension(matter, id)"

typedef struct zhen_suspension {
	int64_t matter;
	const char *reason; /* code of the plugin's list; the law's list is closed */
	const char *basis;  /* article */
	const char *note;
	int64_t expected_days;
} zhen_suspension;

/* From now on; refused (409 "already-suspended") while one is open. 0, or the refusal. */
zhen_result zhen_suspend(zhen_call *call, const zhen_suspension *suspension);
/* Ends the open one now; 409 "not-suspended" when there is none. */
zhen_result zhen_resume(zhen_call *call, int64_t matter);
/* In order; valid until the reply is sent. */
const zhen_span *zhen_spans(zhen_call *call, int64_t matter, size_t *out_n);

#ifdef __cplusplus
}
#endif

#endif
