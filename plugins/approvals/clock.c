/* SPDX-License-Identifier: Apache-2.0
 * The clock of a matter: budget, the ledger of suspensions and the calendar are kept; days used, running since and the
 * due date follow from them and are written beside only so that lists and the watch can read them. */
#include "cases.h"

#define INTAKE_DAYS 5 /* 行政许可法 32 */

uint32_t clock_unit(zhen_call *call, int64_t item)
{
	const zhen_row *row = zhen_one(call, "SELECT term_unit FROM item WHERE id = $1", item);

	return strcmp(or_empty(zhen_column_text(row, "term_unit")), "自然日") == 0 ? ZHEN_CALENDAR_DAYS : ZHEN_WORKING_DAYS;
}

const char *clock_unit_title(uint32_t unit)
{
	return unit == ZHEN_CALENDAR_DAYS ? "自然日" : "工作日";
}

const char *chinese_day(zhen_call *call, const char *day)
{
	int32_t number = zhen_calendar_parse_date(day);

	return number != ZHEN_NO_DAY ? zhen_chinese_date(call, zhen_calendar_ms_of_day(number)) : "";
}

const char *clock_date(zhen_call *call, const char *township, const char *day)
{
	zhen_calendar calendar;

	zhen_calendar_load(call, township, &calendar);
	return zhen_format(call, "%s%s", chinese_day(call, day),
	                   zhen_calendar_covers(&calendar, zhen_calendar_parse_date(day)) ? "" : CLOCK_PROVISIONAL);
}

void clock_settle(zhen_call *call, const zhen_calendar *calendar, struct matter *matter)
{
	zhen_clock clock = {
		.budget = matter->budget_days + matter->extension_days,
		.started_at = matter->accepted_at,
		.stopped_at = matter->stopped_at,
		.unit = clock_unit(call, matter->item),
	};
	size_t n;
	const zhen_span *spans = zhen_spans(call, matter->id, &n);
	zhen_clock_reading reading = zhen_clock_read(&clock, calendar, spans, n);
	bool watched = reading.running_since != 0 && matter->overdue_at == 0;

	/* Overdue is raised once; a matter that stands or is done raises nothing. */
	matter->watch_on = watched ? zhen_format(call, "%s", reading.due_on) : UNWATCHED;
	if (matter->stopped_at != 0) /* what was due stays to be seen */
		zhen_run(call, "UPDATE matter SET consumed_days = $1, running_since = 0, watch_on = $2 WHERE id = $3",
		         reading.consumed, matter->watch_on, matter->id);
	else
		zhen_run(call,
		         "UPDATE matter SET consumed_days = $1, running_since = $2, due_on = $3, provisional = $4, "
		         "watch_on = $5 WHERE id = $6",
		         reading.consumed, reading.running_since, zhen_format(call, "%s", reading.due_on),
		         reading.provisional, matter->watch_on, matter->id);
}

void clock_watch_intake(zhen_call *call, struct matter *matter)
{
	zhen_calendar calendar;

	zhen_calendar_load(call, matter->township, &calendar);
	zhen_calendar_due due =
		zhen_calendar_add_working(&calendar, zhen_calendar_day_of_ms(matter->materials_at), INTAKE_DAYS);
	char text[11];

	zhen_calendar_format_date(due.day, text);
	matter->watch_on = zhen_format(call, "%s", text);
	zhen_run(call, "UPDATE matter SET due_on = $1, provisional = $2, watch_on = $3 WHERE id = $4", text,
	         due.provisional, matter->watch_on, matter->id);
}

void clock_raise_overdue(zhen_call *call, struct matter *matter)
{
	const char *due_on = matter->watch_on;

	if (matter->accepted_at == 0 || matter->overdue_at != 0 ||
	    strcmp(due_on, zhen_date_of_ms(call, zhen_now(call))) >= 0)
		return;
	matter->overdue_at = zhen_now(call);
	matter->watch_on = UNWATCHED;
	zhen_run(call, "UPDATE matter SET overdue_at = $1, watch_on = $2 WHERE id = $3", matter->overdue_at, UNWATCHED,
	         matter->id);
	matter_note(call, matter, "overdue", due_on);
	zhen_emit(call, "approvals.case.overdue", "id", matter->id, "number", matter->number, "item", matter->item_code,
	          "township", matter->township, "step", matter->step, "due_on", due_on, "at", zhen_now(call));
	account_for(call, matter, "overdue", due_on);
}

void clock_stop(zhen_call *call, struct matter *matter)
{
	zhen_calendar calendar;

	clock_raise_overdue(call, matter);
	matter->stopped_at = zhen_now(call);
	zhen_run(call, "UPDATE matter SET stopped_at = $1 WHERE id = $2", matter->stopped_at, matter->id);
	zhen_calendar_load(call, matter->township, &calendar);
	if (matter->accepted_at != 0)
		clock_settle(call, &calendar, matter);
	else
		zhen_run(call, "UPDATE matter SET due_on = '', watch_on = $1 WHERE id = $2", UNWATCHED, matter->id);
}

static void settle_one(zhen_call *call, int64_t id)
{
	struct matter matter;
	zhen_calendar calendar;

	if (!matter_load(call, id, &matter))
		return;
	if (matter.state == STATE_FILED) {
		clock_watch_intake(call, &matter);
		return;
	}
	zhen_calendar_load(call, matter.township, &calendar);
	clock_settle(call, &calendar, &matter);
}

void clock_settle_open(zhen_call *call, const char *division)
{
	/* Divisions nest by prefix of so many digits per level. */
	static const int digits[] = { 0, 2, 4, 6, 9, 12 };
	const zhen_division *at = division != NULL ? call->host->division(call, division) : NULL;
	int length = at != NULL && at->level < 6 ? digits[at->level] : 0;
	const char *low = zhen_format(call, "%.*s%.*s", length, or_empty(division), 12 - length, "000000000000");
	const char *high = zhen_format(call, "%.*s%.*s", length, or_empty(division), 12 - length, "999999999999");
	static const char counted[] =
		"SELECT COUNT(*) AS n FROM matter WHERE stopped_at = 0 AND "
		"state IN ('filed', 'review', 'refusing', 'approved') AND township BETWEEN $1 AND $2";
	static const char listed[] =
		"SELECT id FROM matter WHERE stopped_at = 0 AND "
		"state IN ('filed', 'review', 'refusing', 'approved') AND township BETWEEN $1 AND $2 ORDER BY id";
	int64_t room = zhen_column_int(zhen_one(call, counted, low, high), "n"), n = 0;
	int64_t *ids = (int64_t *)zhen_alloc(call, (size_t)(room + 1) * sizeof(*ids));

	/* Read whole before writing: what is written stands in the index that is read. */
	ZHEN_FOR_EACH(call, row, listed, low, high)
		if (n < room)
			ids[n++] = zhen_column_int(row, "id");
	for (int64_t i = 0; i < n; i++)
		settle_one(call, ids[i]);
}
