/* SPDX-License-Identifier: Apache-2.0
 * 一季度一研判、一年度一调整: due by the clock, for every township that has a list. Quarter 0 is the year's
 * adjustment, done
 * when its round is closed. */
#include "process.h"
#include "tables.h"

#include <stdlib.h>

static const char *date_of(zhen_call *call, int32_t day)
{
	char *text = (char *)zhen_alloc(call, 11);

	zhen_calendar_format_date(day, text);
	return text;
}

static int32_t first_day(zhen_call *call, int64_t year, int64_t month)
{
	return zhen_calendar_parse_date(zhen_format(call, "%04lld-%02lld-01", (long long)(month > 12 ? year + 1 : year),
	                                            (long long)(month > 12 ? 1 : month)));
}

static void open_review(zhen_call *call, const char *township, int64_t year, int64_t quarter)
{
	zhen_calendar calendar;
	int32_t last = first_day(call, year, quarter == 0 ? 13 : quarter * 3 + 1) - 1;
	zhen_calendar_due due = { .day = last };

	if (quarter != 0) {
		zhen_calendar_load(call, township, &calendar);
		due = zhen_calendar_add_working(
			&calendar, last, (int32_t)zhen_value_int(call->host->setting(call, "review_days", township)));
	}
	zhen_run(call,
	         "INSERT INTO review(township, year, quarter, state, due_on, provisional, finding, suggestion, person, "
	         "done_at, overdue_at) VALUES($1, $2, $3, 'open', $4, $5, '', '', '', 0, 0)",
	         township, year, quarter, date_of(call, due.day), due.provisional);
}

struct missing {
	const char **townships;
	int64_t count;
};

static struct missing without_review(zhen_call *call, int64_t year, int64_t quarter)
{
	const int64_t max = count_of(zhen_one(call, "SELECT COUNT(*) AS n FROM unit WHERE village = ''"), "n");
	struct missing all = { .townships = (const char **)zhen_alloc(call, sizeof(char *) * (size_t)(max + 1)) };

	ZHEN_FOR_EACH (call, row, "SELECT unit FROM unit u WHERE village = '' AND {{scope u.township}} AND NOT EXISTS "
	                          "(SELECT 1 FROM review r WHERE r.township = u.unit AND r.year = $1 AND r.quarter = $2) "
	                          "ORDER BY unit", year, quarter)
		if (all.count < max)
			all.townships[all.count++] = column_or_empty(row, "unit");
	return all;
}

/* The year's row is done already where the round was closed before the row was made. */
static void settle_years(zhen_call *call, int64_t year)
{
	zhen_run(call,
	         "UPDATE review SET state = 'done', done_at = $1 WHERE quarter = 0 AND year = $2 AND state <> 'done' "
	         "AND EXISTS "
	         "(SELECT 1 FROM round r WHERE r.township = review.township AND r.year = $2 AND r.state = 'done')",
	         zhen_now(call), year);
}

static void raise_overdue(zhen_call *call, int64_t first, int64_t last)
{
	ZHEN_FOR_EACH (call, row, "SELECT id, township, year, quarter, due_on FROM review WHERE state = 'open' AND due_on < $1 "
	                          "AND quarter BETWEEN $2 AND $3 AND {{scope township}} ORDER BY id LIMIT 500", today(call), first,
	                          last)
		zhen_emit(call, "duties.review.overdue", "township", column_or_empty(row, "township"), "year", count_of(row, "year"),
		          "quarter", count_of(row, "quarter"), "due_on", column_or_empty(row, "due_on"), "at",
		          zhen_now(call));
	zhen_run(call,
	         "UPDATE review SET state = 'overdue', overdue_at = $1 WHERE id IN (SELECT id FROM review WHERE state "
	         "= 'open' AND due_on < $2 AND quarter BETWEEN $3 AND $4 AND {{scope township}} ORDER BY id LIMIT 500)",
	         zhen_now(call), today(call), first, last);
}

static void open_missing(zhen_call *call, int64_t year, int64_t quarter)
{
	const struct missing all = without_review(call, year, quarter);

	for (int64_t n = 0; n < all.count; n++)
		open_review(call, all.townships[n], year, quarter);
}

zhen_result watch_reviews(zhen_call *call)
{
	open_missing(call, zhen_calendar_year_of(zhen_calendar_day_of_ms(zhen_now(call))),
	             (atoi(today(call) + 5) + 2) / 3);
	raise_overdue(call, 1, 4);
	return zhen_ok(call);
}

zhen_result watch_years(zhen_call *call)
{
	int64_t year = zhen_calendar_year_of(zhen_calendar_day_of_ms(zhen_now(call)));

	open_missing(call, year, 0);
	settle_years(call, year);
	raise_overdue(call, 0, 0);
	return zhen_ok(call);
}

zhen_result list_reviews(zhen_call *call)
{
	return zhen_page(call,
	                 "SELECT id, township, year, quarter, state, due_on, provisional, finding, suggestion, "
	                 "NULLIF(done_at, 0) AS done_at FROM review "
	                 "WHERE ($1 = '' OR state = $1) AND {{scope township}} {{page id DESC}}",
	                 field_text(call, "state"));
}

zhen_result record_review(zhen_call *call)
{
	const zhen_row *row = zhen_one(
		call, "SELECT id, township, year, quarter, state FROM review WHERE id = $1 AND {{scope township}}",
		zhen_int(call, "id"));

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这次研判，或不在您的辖区");
	const char *name =
		zhen_format(call, "%s%lld年第%lld季度", division_name(call, column_or_empty(row, "township")),
	                    (long long)count_of(row, "year"), (long long)count_of(row, "quarter"));
	call->host->subject(call, name);
	zhen_result refused = process_may(call, &review_process, column_or_empty(row, "state"), REVIEW_RECORD, name);
	if (refused != 0)
		return refused;
	if (count_of(row, "quarter") == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "by-round", "年度调整以结束本年度的调整为完成");
	zhen_run(call,
	         "UPDATE review SET state = 'done', finding = $1, suggestion = $2, person = $3, done_at = $4 WHERE id "
	         "= $5",
	         field_text(call, "finding"), field_text(call, "suggestion"), zhen_get_caller(call)->name,
	         zhen_now(call), count_of(row, "id"));
	zhen_put(call, "id", count_of(row, "id"));
	zhen_put(call, "state", "done");
	return zhen_ok(call);
}
