/* SPDX-License-Identifier: Apache-2.0
 * 村干部坐班: who sits at a village's service station when. Who is not there when service hours have begun shows at once; one
 * who comes late is there from then on, and the row says since when. */
#include "cases.h"

static int64_t ms_at(const char *day, const char *time)
{
	int64_t minutes = (time[0] - '0') * 600 + (time[1] - '0') * 60 + (time[3] - '0') * 10 + (time[4] - '0');

	return zhen_calendar_ms_of_day(zhen_calendar_parse_date(day)) + minutes * 60000;
}

zhen_result add_roster(zhen_call *call)
{
	const char *village = or_empty(zhen_text(call, "village")), *day = or_empty(zhen_text(call, "day"));
	const char *from = or_empty(zhen_text(call, "from_time")), *to = or_empty(zhen_text(call, "to_time"));
	const zhen_division *township = call->host->division_above(call, village, 4);

	if (township == NULL || !zhen_within_caller(call, village))
		return zhen_fail(call, ZHEN_FORBIDDEN, "out-of-scope", "只能为本辖区的村（社区）排班");
	if (!is_time(from) || !is_time(to) || strcmp(from, to) >= 0)
		return zhen_fail(call, ZHEN_CONFLICT, "roster-times", "坐班时间应为 08:30 至 11:30 的样子");
	if (zhen_one(call, "SELECT id FROM roster WHERE village = $1 AND day = $2 AND from_time < $3 AND to_time > $4 AND person = $5",
	             village, day, to, from, or_empty(zhen_text(call, "person"))) != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "roster-overlaps", "这个人这段时间已经排班");
	return call->host->created(
		call, zhen_insert(call,
	                          "INSERT INTO roster(village, township, day, from_time, to_time, person, starts_at, ends_at, "
	                          "present_at, account, at) VALUES($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10) RETURNING id",
	                          village, township->code, day, from, to, or_empty(zhen_text(call, "person")), ms_at(day, from),
	                          ms_at(day, to), zhen_get_caller(call)->account, zhen_now(call)));
}

zhen_result roster_present(zhen_call *call)
{
	const zhen_row *row = zhen_one(
		call, "SELECT day, ends_at, present_at FROM roster WHERE id = $1 AND {{scope village township}}",
		zhen_int(call, "id"));

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这一班，或不在您的管辖范围");
	if (zhen_column_int(row, "present_at") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "present-already", "已经签到");
	/* Neither beforehand nor when the hours are over. */
	if (strcmp(or_empty(zhen_column_text(row, "day")), zhen_date_of_ms(call, zhen_now(call))) != 0 ||
	    zhen_now(call) > zhen_column_int(row, "ends_at"))
		return zhen_fail(call, ZHEN_CONFLICT, "not-now", "只能在当日坐班时间结束前签到");
	zhen_run(call, "UPDATE roster SET present_at = $1 WHERE id = $2", zhen_now(call), zhen_int(call, "id"));
	zhen_put(call, "id", zhen_int(call, "id"));
	return zhen_ok(call);
}

/* For everybody: who is to be found at the station that day. */
zhen_result list_roster(zhen_call *call)
{
	return zhen_page(call, "SELECT id, village, day, from_time, to_time, person, CASE WHEN present_at > 0 THEN 1 ELSE 0 END AS "
	                       "present FROM roster WHERE village = $1 AND day = $2 {{page id}}",
	                 or_empty(zhen_text(call, "village")), or_empty(zhen_text(call, "day")));
}

zhen_result list_absent(zhen_call *call)
{
	return zhen_page(call, "SELECT id, village, township, day, from_time, to_time, person FROM roster WHERE present_at = 0 AND "
	                       "starts_at < $1 AND {{scope village township}} {{page id DESC}}", zhen_now(call));
}
