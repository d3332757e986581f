/* SPDX-License-Identifier: Apache-2.0
 * Reports for everybody: figures only, from counters that the calls which change them keep. Scope words match nothing for
 * the public, so a division's rows are those between its first and its last code. */
#include "people.h"

/* "532300000000" … "532399999999": what lies at or below the division, "" = everywhere. False = unknown. */
static bool range_of(zhen_call *call, const char *division, const char **out_last)
{
	*out_last = last_below(call, division);
	return division[0] == '\0' || call->host->division(call, division) != NULL;
}

static zhen_result unknown_division(zhen_call *call)
{
	return wrong_field(call, "division", "unknown", "没有这个区划 (no such division)");
}

zhen_result report_posts(zhen_call *call)
{
	static const struct {
		const char *name, *counter;
	} figures[] = {
		{ "posts", "posts" }, { "headcount", "headcount" }, { "community_posts", "community_posts" },
		{ "community_headcount", "community_headcount" }, { "holders", "holders" }, { "base", "base" },
		{ "quantified", "quantified" }, { "balance", "balance" }, { "sunk", "sunk" }, { "sunk_enforcement", "sunk_enforcement" },
		{ "sunk_rescue", "sunk_rescue" }, { "sunk_other", "sunk_other" }, { "supported", "supported" },
		{ "recruited", "recruited" }, { "from_county", "from_county" }, { "seconded", "seconded" },
		{ "seconded_overdue", "seconded_overdue" },
	};
	const char *division = place_wanted(call, "division"), *last;
	int64_t year = zhen_int(call, "year"), staffing = 0;

	if (!range_of(call, division, &last))
		return unknown_division(call);
	if (year == 0)
		year = zhen_calendar_year_of(zhen_calendar_day_of_ms(zhen_now(call)));
	zhen_put(call, "division", division);
	zhen_put(call, "name", division_name(call, division));
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		int64_t figure = tally(call, division, figures[i].counter, 0);

		zhen_put(call, figures[i].name, figure);
		if (i >= 5 && i <= 7)
			staffing += figure;
	}
	zhen_put(call, "staffing", staffing);
	zhen_put(call, "year", year);
	zhen_put(call, "sunk_in_year", tally(call, division, "sunk", year));
	return zhen_ok(call);
}

zhen_result report_sunk(zhen_call *call)
{
	const char *division = place_wanted(call, "division"), *last;

	if (!range_of(call, division, &last))
		return unknown_division(call);
	return zhen_page(call,
	                 "SELECT township, sunk, enforcement, rescue, sunk - enforcement - rescue AS other FROM staffing WHERE township >= $1 AND township <= $2 AND sunk > 0 "
	                 "{{page township ASC}}",
	                 division, last);
}

zhen_result report_headcount(zhen_call *call)
{
	const char *division = place_wanted(call, "division"), *last;

	if (!range_of(call, division, &last))
		return unknown_division(call);
	return zhen_page(call,
	                 "SELECT township, base, quantified, balance, base + quantified + balance AS total FROM staffing "
	                 "WHERE township >= $1 AND township <= $2 {{page township ASC}}",
	                 division, last);
}

zhen_result set_urban(zhen_call *call)
{
	const char *division = field_text(call, "division"), *as_of;
	zhen_result refused = past_day(call, "as_of", &as_of);

	if (refused != 0)
		return refused;
	const zhen_row *row = zhen_one(call, "SELECT as_of FROM urban WHERE division = $1 AND newest = 1", division);
	bool newest = row == NULL || strcmp(column_or_empty(row, "as_of"), as_of) <= 0;
	if (newest)
		zhen_run(call, "UPDATE urban SET newest = 0 WHERE division = $1", division);
	zhen_run(call,
	         "INSERT INTO urban(division, residents, as_of, source, newest, at) VALUES($1, $2, $3, $4, $5, $6) "
	         "{{upsert division, as_of}} residents = excluded.residents, source = excluded.source, "
	         "newest = excluded.newest, at = excluded.at",
	         division, zhen_int(call, "residents"), as_of, field_text(call, "source"), newest ? 1 : 0, zhen_now(call));
	zhen_put(call, "division", division);
	zhen_put(call, "residents", zhen_int(call, "residents"));
	return zhen_ok(call);
}

/* As many as it takes for the target, the last one whole. */
static int64_t wanted(int64_t residents, int64_t target)
{
	return (residents * target + 9999) / 10000;
}

static void put_district(zhen_call *call, const zhen_row *row)
{
	const char *division = column_or_empty(row, "division");
	int64_t residents = count_of(row, "residents"), workers = tally(call, division, "workers", 0);
	int64_t target = zhen_value_int(call->host->setting(call, "workers_per_10000", division));
	int64_t needed = wanted(residents, target);

	zhen_open_object(call, NULL);
	zhen_put(call, "division", division);
	zhen_put(call, "name", division_name(call, division));
	zhen_put(call, "residents", residents);
	zhen_put(call, "as_of", zhen_column_text(row, "as_of"));
	zhen_put(call, "workers", workers);
	zhen_put(call, "per_10000", ratio(call, workers * 10000, residents, 2));
	zhen_put(call, "target", target);
	zhen_put(call, "short", needed > workers ? needed - workers : 0);
	zhen_put(call, "reached", needed <= workers);
	zhen_close(call);
}

zhen_result report_workers(zhen_call *call)
{
	const char *division = place_wanted(call, "division"), *last;
	const zhen_division *county = zhen_has(call, "division") ? NULL : call->host->division_above(call, division, 3);

	/* Residents are counted by county: a township asks for its own. */
	if (county != NULL)
		division = county->code;

	if (!range_of(call, division, &last))
		return unknown_division(call);
	zhen_open_list(call, "items");
	ZHEN_FOR_EACH (call, row,
	               "SELECT division, residents, as_of FROM urban WHERE division >= $1 AND division <= $2 AND newest = 1 "
	               "ORDER BY division LIMIT 500",
	               division, last)
		put_district(call, row);
	zhen_close(call);
	return zhen_ok(call);
}
