/* SPDX-License-Identifier: Apache-2.0
 * Figures for everybody, each one row of the table that the calls keep: a report costs the same with ten lists or a
 * thousand. */
#include "tables.h"

zhen_result report_lists(zhen_call *call)
{
	static const char *const names[] = { "lists", "common", "optional", "delegated", "statutory", "local", "basic", "assist",
		                             "withdrawn", "services", "orders", "outside", "transfers",
		                             "village_lists" };
	const char *division = place_wanted(call, "division");
	int64_t lists = tally(call, division, "lists", 0), delegated = tally(call, division, "delegated", 0);

	zhen_put(call, "division", division);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		zhen_put(call, names[i], tally(call, division, names[i], 0));
	zhen_put(call, "average_delegated", ratio(call, delegated, lists, 2));
	zhen_put(call, "average_common", ratio(call, tally(call, division, "common", 0), lists, 2));
	zhen_put(call, "average_optional", ratio(call, tally(call, division, "optional", 0), lists, 2));
	return zhen_ok(call);
}

zhen_result report_adjustments(zhen_call *call)
{
	const char *division = place_wanted(call, "division");
	int64_t year = zhen_has(call, "year") ? zhen_int(call, "year") :
		zhen_calendar_year_of(zhen_calendar_day_of_ms(zhen_now(call)));
	int64_t items = tally(call, division, "adjusted_items", year), townships = tally(call, division, "adjusted_townships", year);

	zhen_put(call, "division", division);
	zhen_put(call, "year", year);
	zhen_put(call, "rounds", tally(call, division, "rounds", year));
	zhen_put(call, "items", items);
	zhen_put(call, "townships", townships);
	zhen_put(call, "average", ratio(call, items, townships, 2));
	zhen_put(call, "average_rounded", ratio(call, items, townships, 0));
	return zhen_ok(call);
}

/* Of the quarter asked for, else of the last one that there are any of. */
zhen_result report_reviews(zhen_call *call)
{
	const zhen_row *last = zhen_one(
		call, "SELECT year, quarter FROM review WHERE quarter > 0 ORDER BY year DESC, quarter DESC LIMIT 1");
	int64_t year = zhen_has(call, "year") ? zhen_int(call, "year") : count_of(last, "year");
	int64_t quarter = zhen_has(call, "quarter") ? zhen_int(call, "quarter") : count_of(last, "quarter");

	return zhen_page(call,
	                 "SELECT id, township, year, quarter, state, due_on FROM review WHERE year = $1 AND quarter = "
	                 "$2 {{page id}}",
	                 year, quarter);
}

zhen_result start(zhen_call *call)
{
	size_t line = zhen_calendar_check(call);

	if (line > 0)
		return zhen_fail(call, ZHEN_INVALID, "bad-calendar", "工作日历第%zu行有误", line);
	return zhen_ok(call);
}

zhen_result tile_lists(zhen_call *call)
{
	const zhen_caller *caller = zhen_get_caller(call);
	int64_t lists = tally(call, caller->division, "lists", 0);

	zhen_put(call, "value", lists);
	zhen_put(call, "unit", "份");
	zhen_put(call, "note",
	         zhen_format(call, "赋权事项平均%s项",
	                     ratio(call, tally(call, caller->division, "delegated", 0), lists, 0)));
	return zhen_ok(call);
}
