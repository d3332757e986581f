/* SPDX-License-Identifier: Apache-2.0
 * The clock of a case day by day, from the day it was filed: which day counted, which did not, and why. It reads what the due
 * date is made of, the ledger and the calendar, and agrees with it because both come from the same. */
#include "cases.h"

struct view {
	const zhen_calendar *calendar;
	const zhen_span *spans;
	size_t n;
	zhen_clock clock;
	int64_t materials_at;
};

static int day_of_week(int32_t day)
{
	return (int)((day + 4) % 7); /* 1970-01-01 was a Thursday; 0 = Sunday */
}

static const char *rest(int32_t day, bool counts)
{
	bool weekend = day_of_week(day) == 0 || day_of_week(day) == 6;

	if (counts)
		return weekend ? "调休上班，计入工作日" : "工作日，计入";
	return weekend ? "周末，不计入" : "法定节假日放假，不计入";
}

static const char *suspended_for(zhen_call *call, int64_t matter, int64_t at)
{
	const zhen_row *row = zhen_one(call,
	                               "SELECT reason, basis FROM suspension WHERE matter = $1 AND from_at <= $2 ORDER BY id DESC "
	                               "LIMIT 1", matter, at);

	return zhen_format(call, "%s，依据%s，时间扣除", hold_title(or_empty(zhen_column_text(row, "reason"))),
	                   or_empty(zhen_column_text(row, "basis")));
}

/* What was written in the journal on that day. */
static const char *notes(zhen_call *call, int64_t matter, int32_t day)
{
	const char *text = "";

	ZHEN_FOR_EACH (call, row,
	               "SELECT what, text FROM journal WHERE matter = $1 AND at >= $2 AND at < $3 AND what IN ('filed', 'accepted', "
	               "'supplement_requested', 'supplied', 'supplement_lapsed', 'retracted', 'suspended', 'resumed', 'extended', 'acted_for', 'overdue', 'issuing', "
	               "'rejected', 'lapsed') ORDER BY id",
	               matter, zhen_calendar_ms_of_day(day), zhen_calendar_ms_of_day(day + 1))
		text = zhen_format(call, "%s%s%s", text, text[0] != '\0' ? "；" : "",
		                   journal_title(call, or_empty(zhen_column_text(row, "what")),
		                                 or_empty(zhen_column_text(row, "text"))));
	return text;
}

static const char *before(zhen_call *call, const struct view *view, int64_t matter, int32_t day)
{
	const zhen_row *asked = zhen_one(
		call, "SELECT at FROM journal WHERE matter = $1 AND what = 'supplement_requested' ORDER BY id LIMIT 1",
		matter);
	int64_t at = zhen_column_int(asked, "at");

	if (at != 0 && day > zhen_calendar_day_of_ms(at) &&
	    (view->materials_at <= at || day <= zhen_calendar_day_of_ms(view->materials_at)))
		return "等待申请人补正，期限未起算";
	return "受理前，审查材料（行政许可法第三十二条：五个工作日内告知），办理期限未起算";
}

static void put_day(zhen_call *call, const struct view *view, int64_t matter, int32_t day, int64_t *used)
{
	uint32_t kind = zhen_clock_day(&view->clock, view->calendar, view->spans, view->n, day);
	char text[11];
	const char *why;

	*used += kind == ZHEN_DAY_COUNTS;
	zhen_calendar_format_date(day, text);
	if (kind == ZHEN_DAY_OUTSIDE)
		why = before(call, view, matter, day);
	else if (kind == ZHEN_DAY_BEGINS)
		why = "受理当日不计入，次日起算（民法典第二百零一条）";
	else if (kind == ZHEN_DAY_SUSPENDED)
		why = suspended_for(call, matter, zhen_calendar_ms_of_day(day));
	else
		why = view->clock.unit == ZHEN_CALENDAR_DAYS ? "自然日，休息日也计入；最后一日是休息日的顺延（民法典第二百零三条）" :
		                                               rest(day, kind == ZHEN_DAY_COUNTS);
	/* Which days rest is not known before the notice for the year. */
	if ((kind == ZHEN_DAY_COUNTS || kind == ZHEN_DAY_RESTS) && !zhen_calendar_covers(view->calendar, day))
		why = zhen_format(call, "%s（暂定：%d年放假安排尚未公布）", why, (int)zhen_calendar_year_of(day));
	zhen_open_object(call, NULL);
	zhen_put(call, "day", zhen_format(call, "%s", text));
	zhen_put(call, "kind", zhen_clock_day_title(kind));
	zhen_put(call, "counted", kind == ZHEN_DAY_COUNTS ? 1 : 0);
	zhen_put(call, "used", *used);
	zhen_put(call, "why", why);
	zhen_put(call, "events", notes(call, matter, day));
	zhen_close(call);
}

#define MOST_DAYS 800

zhen_result show_clock(zhen_call *call)
{
	int64_t id = zhen_int(call, "id"), used = 0;
	const zhen_row *row = zhen_one(
		call, "SELECT number, township, item, filed_at, materials_at, accepted_at, stopped_at, budget_days, extension_days, due_on, "
		      "provisional FROM matter WHERE id = $1 AND {{scope village township}}", id);
	zhen_calendar calendar;
	struct view view = { .calendar = &calendar };

	if (row == NULL || !has_part(call, id))
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这一件，或不在您的管辖范围");
	call->host->subject(call, or_empty(zhen_column_text(row, "number")));
	zhen_calendar_load(call, or_empty(zhen_column_text(row, "township")), &calendar);
	view.clock = (zhen_clock){ .budget = zhen_column_int(row, "budget_days") + zhen_column_int(row, "extension_days"),
		                   .started_at = zhen_column_int(row, "accepted_at"),
		                   .stopped_at = zhen_column_int(row, "stopped_at"),
		                   .unit = clock_unit(call, zhen_column_int(row, "item")) };
	view.materials_at = zhen_column_int(row, "materials_at");
	view.spans = zhen_spans(call, id, &view.n);
	zhen_put(call, "number", zhen_column_text(row, "number"));
	zhen_put(call, "budget_days", zhen_column_int(row, "budget_days"));
	zhen_put(call, "extension_days", zhen_column_int(row, "extension_days"));
	zhen_put(call, "due_on", zhen_column_text(row, "due_on"));
	zhen_put(call, "provisional", zhen_column_int(row, "provisional"));
	int64_t end = view.clock.stopped_at != 0 ? view.clock.stopped_at : zhen_now(call);
	int32_t first = zhen_calendar_day_of_ms(zhen_column_int(row, "filed_at")), last = zhen_calendar_day_of_ms(end);
	/* A file that lies for years: its first days. */
	if (last - first > MOST_DAYS)
		last = first + MOST_DAYS;
	zhen_open_list(call, "days");
	for (int32_t day = first; day <= last; day++)
		put_day(call, &view, id, day, &used);
	zhen_close(call);
	zhen_put(call, "used_days", used);
	zhen_put(call, "left_days", view.clock.budget - used);
	zhen_open_list(call, "acted_for");
	ZHEN_FOR_EACH (call, acted, "SELECT step, officer, stand_in, at FROM acted_for WHERE matter = $1 ORDER BY id",
	               id) {
		zhen_open_object(call, NULL);
		zhen_put(call, "step", zhen_column_text(acted, "step"));
		zhen_put(call, "officer", zhen_column_text(acted, "officer"));
		zhen_put(call, "stand_in", zhen_column_text(acted, "stand_in"));
		zhen_put_time(call, "at", zhen_column_int(acted, "at"));
		zhen_close(call);
	}
	zhen_close(call);
	return zhen_ok(call);
}
