/* SPDX-License-Identifier: Apache-2.0
 * 直办 on the spot, 陪办 with an escort, and whom the queue lets go first. */
#include "cases.h"

bool is_mode(zhen_call *call, const struct matter *matter, const char *mode, const char *title)
{
	json_auto_t *content = item_content(call, matter->item);
	const char *is = item_text(content, "mode");

	return strcmp(is, mode) == 0 || strcmp(is, title) == 0;
}

zhen_result direct_allows(zhen_call *call, const struct matter *matter)
{
	const char *today = zhen_date_of_ms(call, zhen_now(call));

	if (matter->accepted_at == 0 || strcmp(zhen_date_of_ms(call, matter->accepted_at), today) >= 0 ||
	    !is_mode(call, matter, "direct", "直办") ||
	    zhen_one(call, "SELECT id FROM left_open WHERE matter = $1", matter->id) != NULL)
		return 0;
	return zhen_fail(call, ZHEN_CONFLICT, "left-open-reason", "直办件 %s 应当日受理当日办结，先说明没有办结的原因",
	                 matter->number);
}

zhen_result left_open(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_LEFT_OPEN, &matter);

	if (refused != 0)
		return refused;
	if (!is_mode(call, &matter, "direct", "直办"))
		return zhen_fail(call, ZHEN_CONFLICT, "not-direct-item", "“%s”不是直办事项", matter.item_name);
	zhen_run(call, "INSERT INTO left_open(matter, number, township, day, reason, person, at) VALUES($1, $2, $3, $4, $5, $6, $7)",
	         matter.id, matter.number, matter.township, zhen_date_of_ms(call, zhen_now(call)),
	         or_empty(zhen_text(call, "reason")), zhen_get_caller(call)->name, zhen_now(call));
	matter_note(call, &matter, "left_open", zhen_text(call, "reason"));
	return matter_reply(call, &matter);
}

zhen_result list_left_open(zhen_call *call)
{
	return zhen_page(call, "SELECT id, number, township, day, reason, person, '/p/approvals/cases/' || matter AS href "
	                       "FROM left_open WHERE " OF_PART("left_open")
	                       " AND {{scope township}} {{page id DESC}}", part_body(call));
}

bool is_time(const char *text)
{
	return strlen(text) == 5 && text[0] >= '0' && text[0] <= '2' && text[1] >= '0' && text[1] <= '9' &&
	       text[2] == ':' && text[3] >= '0' && text[3] <= '5' && text[4] >= '0' && text[4] <= '9' &&
	       strcmp(text, "24:00") < 0;
}

/* Department, times, outcome: what an escort did. */
zhen_result add_escort(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_ESCORT, &matter);
	const char *from = or_empty(zhen_text(call, "from_time")), *to = or_empty(zhen_text(call, "to_time"));
	const char *day = or_empty(zhen_text(call, "went_on"));

	if (refused != 0)
		return refused;
	if (!is_mode(call, &matter, "escort", "陪办"))
		return zhen_fail(call, ZHEN_CONFLICT, "not-escort-item", "“%s”不是陪办事项", matter.item_name);
	if (strcmp(day, zhen_date_of_ms(call, zhen_now(call))) > 0 || !is_time(from) || !is_time(to) ||
	    strcmp(from, to) >= 0)
		return zhen_fail(call, ZHEN_CONFLICT, "escort-times", "陪办时间不对：不能晚于今天，结束不能早于开始");
	zhen_run(call,
	         "INSERT INTO escort(matter, department, went_on, from_time, to_time, person, outcome, account, at) "
	         "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9)",
	         matter.id, or_empty(zhen_text(call, "department")), day, from, to, or_empty(zhen_text(call, "person")),
	         or_empty(zhen_text(call, "outcome")), zhen_get_caller(call)->account, zhen_now(call));
	matter_note(call, &matter, "escorted", zhen_format(call, "%s %s–%s %s：%s", day, from, to,
	                                                   or_empty(zhen_text(call, "department")),
	                                                   or_empty(zhen_text(call, "outcome"))));
	return matter_reply(call, &matter);
}

zhen_result green_case(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_GREEN, &matter);

	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE matter SET green = $1, queue_rank = 0 WHERE id = $2", or_empty(zhen_text(call, "kind")),
	         matter.id);
	matter_note(call, &matter, "green",
	            zhen_format(call, "%s %s",
	                        zhen_choice_title(call, GREEN_CHOICES, or_empty(zhen_text(call, "kind"))),
	                        or_empty(zhen_text(call, "note"))));
	return matter_reply(call, &matter);
}

/* The township whose government the caller sits in; "" = none. */
static const char *headed_township(zhen_call *call)
{
	const zhen_caller *caller = zhen_get_caller(call);
	const zhen_body *government =
		caller->level == 4 ? call->host->body_of(call, "government", caller->division) : NULL;

	return government != NULL && strcmp(government->id, caller->body) == 0 ? caller->division : "";
}

/* What waits for the caller: what the window is to accept, the steps of the body, those of whom the caller stands in for, what
 * the head is to refuse or sign, what the keeper of the seal is to seal. Green channel first, then what is due first. */
zhen_result list_queue(zhen_call *call)
{
	const zhen_caller *caller = zhen_get_caller(call);

	return zhen_page(
		call,
		"SELECT id, number, item_name, village, township, applicant, state, step_title, due_on, green, queue_rank, "
		"'/p/approvals/cases/' || id AS href FROM matter WHERE (id IN (SELECT id FROM matter WHERE window_body = $1 AND state = 'filed') OR "
		"(state = 'review' AND id IN (SELECT s.matter FROM matter_step s LEFT JOIN post p ON p.body = s.body AND "
		"(p.step = s.code OR p.step = '') WHERE s.state = 'current' AND s.body = $1 AND (p.officer IS NULL OR "
		"(p.officer = $2 AND NOT EXISTS (SELECT 1 FROM absence a WHERE a.officer = $2 AND a.from_on <= $3 AND a.to_on >= $3))))) "
		"OR (state = 'review' AND id IN (SELECT s.matter FROM substitute b JOIN post p ON p.officer = b.officer "
		"JOIN absence a ON a.officer = b.officer AND a.from_on <= $3 AND a.to_on >= $3 "
		"JOIN matter_step s ON s.body = p.body AND (p.step = s.code OR p.step = '') AND s.state = 'current' "
		"WHERE b.stand_in = $2 AND b.from_on <= $3 AND b.to_on >= $3)) "
		"OR id IN (SELECT m.id FROM seal k JOIN matter m ON m.township = k.township AND m.state = 'approved' "
		"WHERE k.keeper = $2 AND k.ended_at = 0) "
		"OR id IN (SELECT m.id FROM matter m WHERE m.township = $4 AND m.state IN ('refusing', 'approved') AND "
		"(m.state = 'refusing' OR NOT EXISTS (SELECT 1 FROM seal k WHERE k.township = $4 AND k.ended_at = 0)))) "
		"AND {{scope village township}} {{page queue_rank, due_on, id}}",
		caller->body, caller->account, zhen_date_of_ms(call, zhen_now(call)), headed_township(call));
}

zhen_result plan_home_visit(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_HOME_VISIT, &matter);
	const char *day = or_empty(zhen_text(call, "planned_on"));

	if (refused != 0)
		return refused;
	if (strcmp(day, zhen_date_of_ms(call, zhen_now(call))) < 0)
		return zhen_fail(call, ZHEN_CONFLICT, "home-visit-past", "上门日期不能早于今天");
	int64_t id = zhen_insert(call,
	                         "INSERT INTO home_visit(matter, number, township, address, planned_on, purpose, account, at, "
	                         "person, outcome, done_at) VALUES($1, $2, $3, $4, $5, $6, $7, $8, '', '', 0) RETURNING id",
	                         matter.id, matter.number, matter.township, or_empty(zhen_text(call, "address")), day,
	                         or_empty(zhen_text(call, "purpose")), zhen_get_caller(call)->account, zhen_now(call));
	matter_note(call, &matter, "home_visit", zhen_format(call, "%s %s", day, or_empty(zhen_text(call, "purpose"))));
	zhen_put(call, "home_visit", id);
	return matter_reply(call, &matter);
}

zhen_result home_visit_done(zhen_call *call)
{
	const zhen_row *row =
		zhen_one(call, "SELECT matter, done_at FROM home_visit WHERE id = $1 AND {{scope township}}",
	                 zhen_int(call, "id"));
	struct matter matter;

	if (row == NULL || !has_part(call, zhen_column_int(row, "matter")))
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这项上门任务，或不在您的管辖范围");
	bool done = zhen_column_int(row, "done_at") != 0;
	if (!matter_load(call, zhen_column_int(row, "matter"), &matter) || matter.state == STATE_ARCHIVED)
		return zhen_fail(call, ZHEN_CONFLICT, "case-archived", "已归档的件不能再登记");
	call->host->subject(call, matter.number);
	if (done)
		return zhen_fail(call, ZHEN_CONFLICT, "home-visit-done", "这次上门已经登记过结果");
	zhen_run(call, "UPDATE home_visit SET person = $1, outcome = $2, done_at = $3 WHERE id = $4",
	         zhen_get_caller(call)->name, or_empty(zhen_text(call, "outcome")), zhen_now(call),
	         zhen_int(call, "id"));
	counter_add(call, matter.township, "home_visits", 1);
	matter_note(call, &matter, "home_visited", zhen_text(call, "outcome"));
	zhen_put(call, "id", zhen_int(call, "id"));
	return zhen_ok(call);
}

zhen_result list_home_visits(zhen_call *call)
{
	return zhen_page(call, "SELECT id, number, township, address, planned_on, purpose, person, outcome, NULLIF(done_at, 0) AS done_at, "
	                       "'/p/approvals/cases/' || matter AS href, CASE WHEN done_at = 0 AND EXISTS (SELECT 1 FROM matter m WHERE "
	                       "m.id = home_visit.matter AND m.state <> 'archived') THEN 'done' ELSE '' END AS may FROM home_visit "
	                       "WHERE " OF_PART("home_visit") " AND {{scope township}} {{page id DESC}}", part_body(call));
}
