/* SPDX-License-Identifier: Apache-2.0
 * What happens by itself: overdue, deemed acceptance, a calendar that changed; and the local side of the calendar. */
#include "cases.h"

#define BATCH 200

zhen_result start(zhen_call *call)
{
	const char *problem = NULL;

	if (!item_import_setting(call, &problem))
		return zhen_fail(call, ZHEN_INVALID, "catalogue", "%s", problem);
	size_t bad = zhen_calendar_check(call);
	if (bad != 0)
		return zhen_fail(call, ZHEN_INVALID, "calendar", "日历第%zu行应为 日期,名称,off 或 work", bad);
	sealing_catch_up(call);
	return zhen_ok(call);
}

static void watch_one(zhen_call *call, int64_t id)
{
	struct matter matter;

	if (!matter_load(call, id, &matter))
		return;
	if (matter.state == STATE_FILED)
		deem_accepted(call, &matter);
	else if (matter.state == STATE_SUPPLEMENTING)
		supplement_lapse(call, &matter);
	/* Deemed accepted long ago, it may be overdue at once: the next round sees to that. */
	else if (matter.state == STATE_REVIEW || matter.state == STATE_REFUSING || matter.state == STATE_APPROVED)
		clock_raise_overdue(call, &matter);
}

zhen_result watch_due(zhen_call *call)
{
	const char *today = zhen_date_of_ms(call, zhen_now(call)), *problem = NULL;
	int64_t ids[BATCH];
	size_t n = 0;

	/* The national calendar comes with the configuration: when it changed, what follows from it is written again. */
	if (zhen_calendar_changed(call))
		clock_settle_open(call, NULL);
	if (!item_import_setting(call, &problem))
		call->host->log(call, 3, problem);
	ZHEN_FOR_EACH (call, row, "SELECT id, watch_on FROM matter WHERE watch_on < $1 ORDER BY watch_on, id LIMIT 200",
	               today)
		if (n < BATCH)
			ids[n++] = zhen_column_int(row, "id");
	for (size_t i = 0; i < n; i++)
		watch_one(call, ids[i]);
	deadlines_watch(call, today);
	return zhen_ok(call);
}

static zhen_result out_of_scope(zhen_call *call)
{
	return zhen_fail(call, ZHEN_FORBIDDEN, "out-of-scope", "只能维护本辖区的日历");
}

zhen_result set_calendar_days(zhen_call *call)
{
	const char *division = or_empty(zhen_text(call, "division"));
	int32_t count = call->host->list_count(call, "days");

	if (!zhen_within_caller(call, division))
		return out_of_scope(call);
	call->host->subject(call, division);
	for (int32_t i = 0; i < count; i++)
		zhen_calendar_store_day(call, division,
		                        or_empty(zhen_value_text(call->host->list_field(call, "days", i, "date"))),
		                        zhen_value_text(call->host->list_field(call, "days", i, "name")),
		                        or_empty(zhen_value_text(call->host->list_field(call, "days", i, "kind"))));
	if (zhen_has(call, "year"))
		zhen_calendar_store_year(call, division, zhen_int(call, "year"));
	clock_settle_open(call, division);
	zhen_put(call, "division", division);
	zhen_put(call, "days", count);
	return zhen_ok(call);
}

zhen_result set_calendar_rule(zhen_call *call)
{
	const char *division = or_empty(zhen_text(call, "division"));

	if (!zhen_within_caller(call, division))
		return out_of_scope(call);
	call->host->subject(call, division);
	zhen_calendar_store_rule(call, division, zhen_int(call, "make_up_days_count") != 0, zhen_text(call, "basis"));
	clock_settle_open(call, division);
	zhen_put(call, "division", division);
	zhen_put(call, "make_up_days_count", zhen_int(call, "make_up_days_count"));
	return zhen_ok(call);
}
