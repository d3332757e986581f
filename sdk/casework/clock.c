/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <zhen/casework/clock.h>

#include "text.h"

#define MS_PER_HOUR ((int64_t)3600000)

/* Between two times, in ms for hours and in days else. */
static int64_t between(const zhen_clock *clock, const zhen_calendar *calendar, int64_t from, int64_t to)
{
	int32_t first = zhen_calendar_day_of_ms(from), last = zhen_calendar_day_of_ms(to);

	if (to <= from)
		return 0;
	if (clock->unit == ZHEN_HOURS)
		return to - from;
	return clock->unit == ZHEN_CALENDAR_DAYS ? last - first : zhen_calendar_count(calendar, first, last);
}

/* What was used before @*since, which then is when the running stretch began; 0 = it stands. */
static int64_t settle(const zhen_clock *clock, const zhen_calendar *calendar, const zhen_span *spans, size_t n,
                      int64_t *since)
{
	int64_t used = 0;

	*since = clock->started_at;
	for (size_t i = 0; i < n && *since != 0; i++) {
		used += between(clock, calendar, *since, spans[i].from_at);
		*since = spans[i].to_at;
	}
	if (clock->stopped_at != 0 && *since != 0) {
		used += between(clock, calendar, *since, clock->stopped_at);
		*since = 0;
	}
	return used;
}

zhen_clock_reading zhen_clock_read(const zhen_clock *clock, const zhen_calendar *calendar, const zhen_span *spans,
                                   size_t n)
{
	zhen_clock_reading out = { 0 };
	zhen_calendar_due due;
	int64_t used = settle(clock, calendar, spans, n, &out.running_since);

	out.consumed = clock->unit == ZHEN_HOURS ? used / MS_PER_HOUR : used;
	if (out.running_since == 0)
		return out;
	int32_t start = zhen_calendar_day_of_ms(out.running_since);
	if (clock->unit == ZHEN_HOURS) {
		out.due_at = out.running_since + clock->budget * MS_PER_HOUR - used;
		due.day = zhen_calendar_day_of_ms(out.due_at);
		due.provisional = false; /* hours run through days of rest */
	} else {
		int32_t left = (int32_t)(clock->budget - used);

		due = clock->unit == ZHEN_WORKING_DAYS ? zhen_calendar_add_working(calendar, start, left) :
		                                         zhen_calendar_add_calendar(calendar, start, left > 0 ? left : 0);
		out.due_at = zhen_calendar_ms_of_day(due.day + 1) - 1;
	}
	zhen_calendar_format_date(due.day, out.due_on);
	out.provisional = due.provisional;
	return out;
}

/* As the ledger stood then: what began later had not, what ended later went on. */
int64_t zhen_clock_used(const zhen_clock *clock, const zhen_calendar *calendar, const zhen_span *spans, size_t n,
                        int64_t now)
{
	zhen_clock then = *clock;
	size_t begun = 0;

	while (begun < n && spans[begun].from_at <= now)
		begun++;
	if (then.stopped_at > now)
		then.stopped_at = 0;
	bool inside = begun > 0 && (spans[begun - 1].to_at == 0 || spans[begun - 1].to_at > now);
	int64_t since, used = settle(&then, calendar, spans, inside ? begun - 1 : begun, &since);

	if (since != 0)
		used += between(clock, calendar, since, inside ? spans[begun - 1].from_at : now);
	return clock->unit == ZHEN_HOURS ? used / MS_PER_HOUR : used;
}

uint32_t zhen_clock_day(const zhen_clock *clock, const zhen_calendar *calendar, const zhen_span *spans, size_t n,
                        int32_t day)
{
	int32_t first = zhen_calendar_day_of_ms(clock->started_at);

	if (clock->started_at == 0 || day < first ||
	    (clock->stopped_at != 0 && day > zhen_calendar_day_of_ms(clock->stopped_at)))
		return ZHEN_DAY_OUTSIDE;
	if (day == first)
		return ZHEN_DAY_BEGINS;
	for (size_t i = 0; i < n; i++)
		if (day > zhen_calendar_day_of_ms(spans[i].from_at) &&
		    (spans[i].to_at == 0 || day <= zhen_calendar_day_of_ms(spans[i].to_at)))
			return ZHEN_DAY_SUSPENDED;
	if (clock->unit != ZHEN_WORKING_DAYS || zhen_calendar_is_working(calendar, day))
		return ZHEN_DAY_COUNTS;
	return ZHEN_DAY_RESTS;
}

const char *zhen_clock_day_title(uint32_t kind)
{
	static const char *const titles[] = {
		[ZHEN_DAY_OUTSIDE] = "不计", [ZHEN_DAY_BEGINS] = "起算日", [ZHEN_DAY_COUNTS] = "计",
		[ZHEN_DAY_RESTS] = "休息日", [ZHEN_DAY_SUSPENDED] = "扣除",
	};

	return kind < sizeof(titles) / sizeof(titles[0]) ? titles[kind] : "";
}

void zhen_clock_put(zhen_call *call, const char *name, const zhen_clock *clock, const zhen_calendar *calendar,
                    const zhen_span *spans, size_t n, int64_t until)
{
	int64_t used = 0;

	zhen_open_list(call, name);
	for (int32_t day = zhen_calendar_day_of_ms(clock->started_at);
	     clock->started_at != 0 && day <= zhen_calendar_day_of_ms(until); day++) {
		uint32_t kind = zhen_clock_day(clock, calendar, spans, n, day);
		char text[11];

		if (kind == ZHEN_DAY_OUTSIDE)
			break;
		used += kind == ZHEN_DAY_COUNTS;
		zhen_calendar_format_date(day, text);
		zhen_open_object(call, NULL);
		zhen_put(call, "day", zhen_format(call, "%s", text));
		zhen_put(call, "kind", zhen_clock_day_title(kind));
		zhen_put(call, "counted", kind == ZHEN_DAY_COUNTS ? 1 : 0);
		zhen_put(call, "used", used);
		zhen_close(call);
	}
	zhen_close(call);
}

zhen_result zhen_suspend(zhen_call *call, const zhen_suspension *suspension)
{
	if (zhen_one(call, "SELECT id FROM suspension WHERE matter = $1 AND to_at = 0", suspension->matter) != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "already-suspended", "期限已在扣除中");
	zhen_insert(call,
	            "INSERT INTO suspension(matter, reason, basis, note, expected_days, from_at, to_at, account) "
	            "VALUES($1, $2, $3, $4, $5, $6, 0, $7) RETURNING id",
	            suspension->matter, suspension->reason, suspension->basis, or_empty(suspension->note),
	            suspension->expected_days, zhen_now(call), zhen_get_caller(call)->account);
	return 0;
}

zhen_result zhen_resume(zhen_call *call, int64_t matter)
{
	if (zhen_run(call, "UPDATE suspension SET to_at = $1 WHERE matter = $2 AND to_at = 0", zhen_now(call),
	             matter) == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "not-suspended", "期限没有在扣除");
	return 0;
}

const zhen_span *zhen_spans(zhen_call *call, int64_t matter, size_t *out_n)
{
	int64_t room =
		zhen_column_int(zhen_one(call, "SELECT COUNT(*) AS n FROM suspension WHERE matter = $1", matter), "n");
	zhen_span *spans = (zhen_span *)zhen_alloc(call, (size_t)(room + 1) * sizeof(*spans));
	size_t n = 0;

	ZHEN_FOR_EACH (call, row, "SELECT from_at, to_at FROM suspension WHERE matter = $1 ORDER BY id", matter)
		if (n < (size_t)room)
			spans[n++] = (zhen_span){ zhen_column_int(row, "from_at"), zhen_column_int(row, "to_at") };
	*out_n = n;
	return spans;
}
