/* SPDX-License-Identifier: Apache-2.0
 * What staff see: the list, one matter with all that belongs to it, what is overdue. */
#include "checklist.h"
#include "items.h"

#define LIST_COLUMNS                                                                                             \
	"id, number, item_name, village, township, applicant, state, step_title, filed_at, due_on, provisional, " \
	"CASE WHEN overdue_at > 0 THEN 1 ELSE 0 END AS overdue"

/* $3: see OF_PART. */
#define FOUND_CASES(columns)                                                                               \
	"SELECT " LIST_COLUMNS " FROM matter WHERE {{search matters $1 in id " columns " village township}} " \
	"AND ($2 = '' OR state = $2) AND ($3 = '' OR EXISTS (SELECT 1 FROM part WHERE part.body = $3 AND part.id = matter.id)) " \
	"AND {{scope village township}} {{page id DESC}}"

/* Who may not see names does not learn from a search whose they are. */
static zhen_result find_cases(zhen_call *call, const char *state)
{
	const char *query = or_empty(zhen_text(call, "q")), *body = part_body(call);

	return zhen_may(call, "approvals.personal") ?
	               zhen_page(call, FOUND_CASES("number item_name applicant"), query, state, body) :
	               zhen_page(call, FOUND_CASES("number item_name"), query, state, body);
}

#define PART_COLUMNS                                                                                             \
	"part.id, number, item_name, village, township, applicant, state, step_title, filed_at, due_on, provisional, " \
	"CASE WHEN overdue_at > 0 THEN 1 ELSE 0 END AS overdue"
/* From the body's own parts to the cases, never the other way: a body with few parts in many cases reads few rows. */
#define FROM_PARTS " FROM part CROSS JOIN matter WHERE matter.id = part.id AND "
#define OF_PARTS "{{scope or part.body}} {{page part.id DESC}}"
/* What is overdue is few: the index by state is not to be taken for it. */
#define IS_LATE "overdue_at > 0 AND state || '' IN ('review', 'refusing', 'approved') AND "

zhen_result list_cases(zhen_call *call)
{
	const char *state = or_empty(zhen_text(call, "state"));

	if (or_empty(zhen_text(call, "q"))[0] != '\0')
		return find_cases(call, state);
	if (!reads_every_case(call))
		return state[0] == '\0' ?
		               zhen_page(call, "SELECT " PART_COLUMNS FROM_PARTS OF_PARTS) :
		               zhen_page(call, "SELECT " PART_COLUMNS FROM_PARTS "state = $1 AND " OF_PARTS, state);
	if (state[0] == '\0')
		return zhen_page(call, "SELECT " LIST_COLUMNS
		                       " FROM matter WHERE {{scope village township}} {{page id DESC}}");
	return zhen_page(call,
	                 "SELECT " LIST_COLUMNS " FROM matter WHERE state = $1 AND {{scope village township}} {{page id DESC}}",
	                 state);
}

zhen_result list_overdue(zhen_call *call)
{
	if (!reads_every_case(call))
		return zhen_page(call, "SELECT " PART_COLUMNS FROM_PARTS IS_LATE OF_PARTS);
	return zhen_page(call, "SELECT " LIST_COLUMNS " FROM matter WHERE " IS_LATE
	                       "{{scope village township}} {{page id DESC}}");
}

/* The day until which a step should be done: its share of the budget, moved by what did not count. */
static const char *step_due(zhen_call *call, const zhen_calendar *calendar, uint32_t unit, const zhen_row *matter,
                            int64_t until_day, bool *out_provisional)
{
	int64_t since = zhen_column_int(matter, "running_since");
	char *text = (char *)zhen_alloc(call, 11);

	*out_provisional = false;
	if (since != 0) {
		int32_t first = zhen_calendar_day_of_ms(since), days = (int32_t)(until_day - zhen_column_int(matter, "consumed_days"));
		zhen_calendar_due due = unit == ZHEN_CALENDAR_DAYS ? zhen_calendar_add_calendar(calendar, first, days) :
		                                                     zhen_calendar_add_working(calendar, first, days);

		zhen_calendar_format_date(due.day, text);
		*out_provisional = due.provisional;
	}
	return text;
}

static void show_steps(zhen_call *call, const zhen_row *matter, int64_t id)
{
	zhen_calendar calendar;
	int64_t since = zhen_column_int(matter, "running_since"), used = zhen_column_int(matter, "consumed_days");
	uint32_t unit = clock_unit(call, zhen_column_int(matter, "item"));
	int32_t first = zhen_calendar_day_of_ms(since), now = zhen_calendar_day_of_ms(zhen_now(call));

	zhen_calendar_load(call, or_empty(zhen_column_text(matter, "township")), &calendar);
	if (since != 0)
		used += unit == ZHEN_CALENDAR_DAYS ? now - first : zhen_calendar_count(&calendar, first, now);
	if (zhen_column_int(matter, "accepted_at") != 0)
		zhen_put(call, "used_days", used);
	zhen_open_list(call, "steps");
	ZHEN_FOR_EACH(call, row,
	              "SELECT code, title, phase, body, body_name, until_day, state, started_at, done_at, person, opinion, result "
	              "FROM matter_step WHERE matter = $1 ORDER BY seq",
	              id) {
		bool provisional;

		zhen_open_object(call, NULL);
		zhen_put(call, "code", zhen_column_text(row, "code"));
		zhen_put(call, "title", zhen_column_text(row, "title"));
		zhen_put(call, "phase", zhen_column_text(row, "phase"));
		zhen_put(call, "body", zhen_column_text(row, "body_name"));
		zhen_put(call, "state", zhen_column_text(row, "state"));
		zhen_put(call, "due_on",
		         step_due(call, &calendar, unit, matter, zhen_column_int(row, "until_day"), &provisional));
		if (provisional)
			zhen_put(call, "provisional", 1);
		zhen_put(call, "started_on", zhen_date_of_ms(call, zhen_column_int(row, "started_at")));
		zhen_put(call, "done_on", zhen_date_of_ms(call, zhen_column_int(row, "done_at")));
		/* Who did it; before, who is to. */
		zhen_put(call, "person", or_empty(zhen_column_text(row, "person"))[0] != '\0' ?
		                                 or_empty(zhen_column_text(row, "person")) :
		                                 acting_name(call, or_empty(zhen_column_text(row, "body")),
		                                             or_empty(zhen_column_text(row, "code"))));
		zhen_put(call, "opinion", zhen_column_text(row, "opinion"));
		zhen_close(call);
	}
	zhen_close(call);
}

static void show_ledger(zhen_call *call, int64_t id)
{
	zhen_open_list(call, "suspensions");
	ZHEN_FOR_EACH(call, row,
	              "SELECT reason, basis, expected_days, from_at, to_at FROM suspension WHERE matter = $1 ORDER BY id", id) {
		zhen_open_object(call, NULL);
		zhen_put(call, "reason", zhen_column_text(row, "reason"));
		zhen_put(call, "basis", zhen_column_text(row, "basis"));
		zhen_put(call, "expected_days", zhen_column_int(row, "expected_days"));
		zhen_put(call, "from_on", zhen_date_of_ms(call, zhen_column_int(row, "from_at")));
		zhen_put(call, "until_on",
		         zhen_date_of_ms(call, zhen_column_int(row, "from_at") +
		                                       zhen_column_int(row, "expected_days") * 86400000));
		zhen_put(call, "to_on", zhen_date_of_ms(call, zhen_column_int(row, "to_at")));
		zhen_close(call);
	}
	zhen_close(call);
	zhen_journal_put(call, "journal", NULL, id);
}

static void show_papers(zhen_call *call, int64_t id)
{
	zhen_open_list(call, "documents");
	ZHEN_FOR_EACH (
		call, row,
		"SELECT kind, title, number, dated_on, state, digest FROM document WHERE matter = $1 ORDER BY id", id) {
		zhen_open_object(call, NULL);
		zhen_put(call, "kind", zhen_column_text(row, "kind"));
		zhen_put(call, "title", zhen_column_text(row, "title"));
		zhen_put(call, "number", zhen_column_text(row, "number"));
		zhen_put(call, "dated_on", zhen_column_text(row, "dated_on"));
		zhen_put(call, "state", zhen_column_text(row, "state"));
		zhen_put(call, "digest", zhen_column_text(row, "digest"));
		if (or_empty(zhen_column_text(row, "digest"))[0] != '\0' &&
		    document_is_readable(call, or_empty(zhen_column_text(row, "number"))))
			zhen_put(call, "href",
			         zhen_format(call, "/p/approvals/documents/%s",
			                     zhen_percent_encoded(call, or_empty(zhen_column_text(row, "number")))));
		zhen_close(call);
	}
	zhen_close(call);
	zhen_open_list(call, "materials");
	ZHEN_FOR_EACH(call, row, "SELECT id, title, digest, at FROM material WHERE matter = $1 ORDER BY id", id) {
		zhen_open_object(call, NULL);
		zhen_put(call, "title", zhen_column_text(row, "title"));
		zhen_put(call, "digest", zhen_column_text(row, "digest"));
		zhen_put_time(call, "at", zhen_column_int(row, "at"));
		if (zhen_may(call, "approvals.personal"))
			zhen_put(call, "href",
			         zhen_format(call, "/p/approvals/cases/%lld/materials/%lld", (long long)id,
			                     (long long)zhen_column_int(row, "id")));
		zhen_close(call);
	}
	zhen_close(call);
}

zhen_result show_case(zhen_call *call)
{
	static const char *const texts[] = { "number", "item_code", "item_name", "township", "village", "channel", "point",
		                             "applicant", "credit_code", "representative", "id_card", "phone", "state", "step", "due_on", "contact", "places",
		                             "over_visits" };
	static const char *const numbers[] = { "id", "round", "deemed", "told_once", "budget_days", "extension_days",
		                               "consumed_days", "provisional", "visits", "visit_limit" };
	static const char *const times[] = { "filed_at", "accepted_at", "overdue_at", "decided_at", "stopped_at",
		                             "running_since" };
	int64_t id = zhen_int(call, "id");
	const zhen_row *row = zhen_one(
		call,
		"SELECT id, number, item, item_code, item_name, township, village, channel, point, applicant, credit_code, representative, id_card, phone, state, "
		"step, round, filed_at, accepted_at, deemed, told_once, contact, budget_days, extension_days, consumed_days, "
		"running_since, due_on, provisional, overdue_at, stopped_at, decided_at, visits, visit_limit, places, over_visits, "
		"purged_at FROM matter WHERE id = $1 AND {{scope village township}}",
		id);

	if (row == NULL || !has_part(call, id))
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这一件，或不在您的管辖范围");
	call->host->subject(call, or_empty(zhen_column_text(row, "number")));
	if (purged_notice(row)[0] != '\0')
		zhen_put(call, "notice", purged_notice(row));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		zhen_put(call, texts[i], zhen_column_text(row, texts[i]));
	if (zhen_credit_code_check(text(row, "credit_code")) == ZHEN_CREDIT_CODE_DOUBTFUL)
		zhen_put(call, "credit_code_note", "统一社会信用代码的校验位不符，请对照登记证照");
	zhen_put(call, "state_title", state_title(or_empty(zhen_column_text(row, "state"))));
	/* The clock's figures come with acceptance. */
	bool accepted = zhen_column_int(row, "accepted_at") != 0;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (accepted || strstr(numbers[i], "_days") == NULL)
			zhen_put(call, numbers[i], zhen_column_int(row, numbers[i]));
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		if (zhen_column_int(row, times[i]) != 0)
			zhen_put_time(call, times[i], zhen_column_int(row, times[i]));
	struct matter matter;
	if (zhen_column_int(row, "purged_at") == 0 && matter_load(call, id, &matter) &&
	    matter_is_homestead(call, &matter))
		homestead_show(call, id);
	generic_show(call, id);
	delivery_show(call, id);
	show_steps(call, row, id);
	duplicates_show(call, id, text(row, "credit_code"));
	cases_show(call, id);
	if (matter_load(call, id, &matter) && zhen_column_int(row, "purged_at") == 0)
		checklist_show(call, &matter, true);
	show_ledger(call, id);
	show_papers(call, id);
	actions_show(call, id);
	return zhen_ok(call);
}
