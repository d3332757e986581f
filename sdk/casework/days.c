/* SPDX-License-Identifier: Apache-2.0
 * The calendar's data: the notices of the setting, the local days of the tables. */
#include <stdlib.h>
#include <string.h>

#include <zhen/casework/calendar.h>

#include "text.h"

#define OVERLAY_MAX 2000

static zhen_calendar empty(zhen_call *call, size_t max)
{
	return (zhen_calendar){
		.days = (zhen_calendar_day *)zhen_alloc(call, max * sizeof(zhen_calendar_day)),
		.max = max,
		.make_up_days_count = true,
	};
}

void zhen_calendar_load(zhen_call *call, const char *division, zhen_calendar *out)
{
	const char *csv = or_empty(zhen_setting_text(call, "calendar"));
	const char *chain[4];

	for (uint32_t level = 1; level <= 4; level++) {
		const zhen_division *above = call->host->division_above(call, division, level);

		chain[level - 1] = above != NULL ? above->code : "";
	}
	*out = empty(call, zhen_calendar_lines(csv) + OVERLAY_MAX);
	size_t bad = zhen_calendar_add_csv(out, csv);
	if (bad != 0)
		call->host->log(call, 3, zhen_format(call, "calendar: line %zu is not date,name,off|work", bad));
	/* Codes of one chain sort from coarse to fine: the finest overlay comes last and wins. */
	ZHEN_FOR_EACH(call, row,
	              "SELECT division, day, kind FROM calendar_day WHERE division IN ($1, $2, $3, $4) ORDER BY division, day",
	              chain[0], chain[1], chain[2], chain[3])
		zhen_calendar_set(out, zhen_calendar_parse_date(zhen_column_text(row, "day")),
		                  strcmp(or_empty(zhen_column_text(row, "kind")), "work") == 0);
	ZHEN_FOR_EACH (call, row, "SELECT year FROM calendar_year WHERE division IN ($1, $2, $3, $4)", chain[0],
	               chain[1], chain[2], chain[3])
		zhen_calendar_cover_year(out, (int32_t)zhen_column_int(row, "year"));
	const zhen_row *rule = zhen_one(call,
	                                "SELECT make_up_days_count FROM calendar_rule WHERE division IN ($1, $2, $3, $4) "
	                                "ORDER BY division DESC LIMIT 1",
	                                chain[0], chain[1], chain[2], chain[3]);
	if (rule != NULL)
		out->make_up_days_count = zhen_column_int(rule, "make_up_days_count") != 0;
}

size_t zhen_calendar_check(zhen_call *call)
{
	const char *csv = or_empty(zhen_setting_text(call, "calendar"));
	zhen_calendar calendar = empty(call, zhen_calendar_lines(csv));

	return zhen_calendar_add_csv(&calendar, csv);
}

bool zhen_calendar_changed(zhen_call *call)
{
	const char *csv = or_empty(zhen_setting_text(call, "calendar"));
	const char *digest = or_empty(call->host->sm3(call, csv, strlen(csv)));
	const zhen_row *seen = zhen_one(call, "SELECT digest FROM imported WHERE name = 'calendar'");
	bool same = seen != NULL && strcmp(or_empty(zhen_column_text(seen, "digest")), digest) == 0;

	if (!same)
		zhen_run(call,
		         "INSERT INTO imported(name, digest, at) VALUES('calendar', $1, $2) "
		         "{{upsert name}} digest = excluded.digest, at = excluded.at",
		         digest, zhen_now(call));
	return seen != NULL && !same;
}

void zhen_calendar_store_day(zhen_call *call, const char *division, const char *day, const char *name, const char *kind)
{
	zhen_run(call,
	         "INSERT INTO calendar_day(division, day, name, kind, at, account) VALUES($1, $2, $3, $4, $5, $6) "
	         "{{upsert division, day}} name = excluded.name, kind = excluded.kind, at = excluded.at, "
	         "account = excluded.account",
	         division, day, or_empty(name), kind, zhen_now(call), zhen_get_caller(call)->account);
}

void zhen_calendar_store_year(zhen_call *call, const char *division, int64_t year)
{
	zhen_run(call, "INSERT INTO calendar_year(division, year) VALUES($1, $2) {{upsert division, year}} year = excluded.year",
	         division, year);
}

void zhen_calendar_store_rule(zhen_call *call, const char *division, bool make_up_days_count, const char *basis)
{
	zhen_run(call,
	         "INSERT INTO calendar_rule(division, make_up_days_count, basis, at, account) VALUES($1, $2, $3, $4, $5) "
	         "{{upsert division}} make_up_days_count = excluded.make_up_days_count, basis = excluded.basis, "
	         "at = excluded.at, account = excluded.account",
	         division, make_up_days_count ? 1 : 0, or_empty(basis), zhen_now(call), zhen_get_caller(call)->account);
}

bool zhen_within_caller(zhen_call *call, const char *division)
{
	const zhen_caller *caller = zhen_get_caller(call);
	const zhen_division *above = call->host->division_above(call, division, caller->level);

	return caller->level > 0 && above != NULL && strcmp(above->code, caller->division) == 0;
}

const char *zhen_date_of_ms(zhen_call *call, int64_t ms)
{
	char *text = (char *)zhen_alloc(call, 11);

	if (ms != 0)
		zhen_calendar_format_date(zhen_calendar_day_of_ms(ms), text);
	return text;
}

const char *zhen_chinese_date(zhen_call *call, int64_t ms)
{
	const char *iso = zhen_date_of_ms(call, ms);

	if (iso[0] == '\0')
		return "";
	return zhen_format(call, "%.4s年%d月%d日", iso, atoi(iso + 5), atoi(iso + 8));
}
