/* SPDX-License-Identifier: Apache-2.0
 * 借调: asked for with a reason and an end, approved by somebody else, no more at once than the caps say; who is not back in
 * time is flagged by the clock. */
#include "people.h"

#define BATCH 200
#define JOURNAL "secondment_journal"

struct secondment {
	int64_t id, person, extended, overdue_at;
	uint32_t state;
	const char *township, *to_body, *from_on, *until_on, *requested_by;
};

static zhen_result load(zhen_call *call, int64_t id, struct secondment *out)
{
	const zhen_row *row = zhen_one(call,
	                               "SELECT person, township, to_body, from_on, until_on, state, extended, requested_by, "
	                               "overdue_at FROM secondment WHERE id = $1 AND {{scope village township}}",
	                               id);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这次借调 (no such secondment)");
	*out = (struct secondment){
		.id = id,
		.person = count_of(row, "person"),
		.extended = count_of(row, "extended"),
		.overdue_at = count_of(row, "overdue_at"),
		.state = (uint32_t)zhen_process_state_of(&secondment_process, column_or_empty(row, "state")),
		.township = column_or_empty(row, "township"),
		.to_body = column_or_empty(row, "to_body"),
		.from_on = column_or_empty(row, "from_on"),
		.until_on = column_or_empty(row, "until_on"),
		.requested_by = column_or_empty(row, "requested_by"),
	};
	return 0;
}

static zhen_result begin(zhen_call *call, uint32_t act, struct secondment *out)
{
	int64_t id = zhen_int(call, "id");
	zhen_result refused = load(call, id, out);

	if (refused == 0)
		refused = zhen_process_may(call, &secondment_process, out->state, act,
		                           zhen_format(call, "%lld", (long long)id), out->township, out);
	return refused;
}

static int64_t setting_at(zhen_call *call, const char *key, const char *division)
{
	return zhen_value_int(call->host->setting(call, key, division));
}

static int32_t day_number(const char *day)
{
	return zhen_calendar_parse_date(day);
}

/* An end that lies after the beginning, and not too far. 0, or 422 naming the field. */
static zhen_result ends_well(zhen_call *call, const char *township, const char *from_on, const char *until_on)
{
	int64_t most = setting_at(call, "secondment_days_max", township);
	int32_t from = day_number(from_on), until = day_number(until_on);

	if (until <= from)
		return wrong_field(call, "until_on", "ends-before",
		                   "归还日期 %s 不晚于起始日期 %s (ends before it begins)", until_on, from_on);
	if (until - from > most)
		return wrong_field(call, "until_on", "too-long", "借调 %d 日，最长 %lld 日 (longer than allowed)",
		                   (int)(until - from), (long long)most);
	return 0;
}

zhen_result request_secondment(zhen_call *call)
{
	struct person person;
	const char *from_on = field_text(call, "from_on"), *until_on = field_text(call, "until_on");
	const zhen_body *to = call->host->body(call, field_text(call, "to_body"));
	zhen_result refused = person_load(call, zhen_int(call, "id"), &person);

	if (refused != 0)
		return refused;
	if (strcmp(person.state, "serving") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "person-left", "该人员已离开 (the person has left)");
	if (person.secondment != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "person-seconded",
		                 "该人员正在借调或申请借调 (the person is seconded or asked for)");
	if (to == NULL || strcmp(to->division, person.unit) == 0 || strcmp(to->division, person.township) == 0)
		return wrong_field(call, "to_body", "own-unit",
		                   "借入单位是本乡镇的单位，不是借调 (a body of the person's own township)");
	refused = ends_well(call, person.township, from_on, until_on);
	if (refused != 0)
		return refused;
	if (strcmp(until_on, today(call)) < 0)
		return wrong_field(call, "until_on", "in-the-past",
		                   "归还日期 %s 已过 (its end has passed)", until_on);
	int64_t id = zhen_insert(
		call,
		"INSERT INTO secondment(person, township, village, to_body, to_name, reason, from_on, until_on, state, extended, "
		"requested_by, requested_at, decided_at, opinion, returned_on, overdue_at) VALUES($1, $2, $3, $4, $5, $6, $7, $8, "
		"'requested', 0, $9, $10, 0, '', '', 0) RETURNING id",
		person.id, person.township, strcmp(person.unit, person.township) == 0 ? "" : person.unit, to->id, to->name,
		field_text(call, "reason"), from_on, until_on, zhen_get_caller(call)->account, zhen_now(call));
	zhen_run(call, "UPDATE person SET secondment = $1 WHERE id = $2", id, person.id);
	zhen_journal_add(call, JOURNAL, id, "request", field_text(call, "reason"));
	return zhen_created(call, id);
}

#define LIST_COLUMNS                                                                                           \
	"s.id, s.township, s.person, p.name, s.to_name, s.from_on, s.until_on, s.state, s.returned_on, "       \
	"CASE WHEN s.overdue_at > 0 AND s.state = 'out' THEN 1 ELSE 0 END AS overdue"

zhen_result list_secondments(zhen_call *call)
{
	return zhen_page(call,
	                 "SELECT " LIST_COLUMNS " FROM secondment s JOIN person p ON p.id = s.person "
	                 "WHERE ($1 = '' OR s.state = $1) AND ($2 = 0 OR (s.overdue_at > 0 AND s.state = 'out')) "
	                 "AND {{scope s.village s.township}} {{page s.id DESC}}",
	                 field_text(call, "state"), zhen_int(call, "overdue"));
}

zhen_result show_secondment(zhen_call *call)
{
	struct secondment second;
	zhen_result refused = load(call, zhen_int(call, "id"), &second);
	static const char *const texts[] = { "township", "name", "to_name", "reason", "from_on", "until_on", "state", "opinion",
		                             "returned_on" };

	if (refused != 0)
		return refused;
	const zhen_row *row = zhen_one(call,
	                               "SELECT s.township, p.name, s.to_name, s.reason, s.from_on, s.until_on, s.state, "
	                               "s.opinion, s.returned_on FROM secondment s JOIN person p ON p.id = s.person "
	                               "WHERE s.id = $1",
	                               second.id);
	zhen_put(call, "id", second.id);
	zhen_put(call, "person", second.person);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		zhen_put(call, texts[i], zhen_column_text(row, texts[i]));
	zhen_put(call, "extended", second.extended);
	zhen_put(call, "overdue", second.overdue_at > 0 && second.state == SECOND_OUT);
	zhen_journal_put(call, "journal", JOURNAL, second.id);
	zhen_open_list(call, "actions");
	zhen_process_put_actions(call, &secondment_process, second.state, second.township,
	                         zhen_format(call, "/secondments/%lld", (long long)second.id));
	zhen_close(call);
	return zhen_ok(call);
}

static zhen_result stands(zhen_call *call, int64_t id)
{
	return zhen_item(call,
	                 "SELECT id, state, until_on, CASE WHEN overdue_at > 0 AND state = 'out' THEN 1 ELSE 0 END AS overdue "
	                 "FROM secondment WHERE id = $1",
	                 id);
}

static void say(zhen_call *call, const char *topic, const struct secondment *second, const char *until_on)
{
	zhen_emit(call, topic, "id", second->id, "township", second->township, "to_body", second->to_body, "until_on",
	          until_on);
}

static int64_t out_of(zhen_call *call, const char *sql, const char *key)
{
	return count_of(zhen_one(call, sql, key), "n");
}

static zhen_result under_caps(zhen_call *call, const struct secondment *second)
{
	const zhen_body *to = call->host->body(call, second->to_body);
	int64_t lent = out_of(call, "SELECT COUNT(*) AS n FROM secondment WHERE township = $1 AND state = 'out'",
	                      second->township);
	int64_t borrowed = out_of(call, "SELECT COUNT(*) AS n FROM secondment WHERE to_body = $1 AND state = 'out'",
	                          second->to_body);
	int64_t cap = setting_at(call, "secondment_cap", second->township);
	int64_t cap_in = setting_at(call, "secondment_cap_in", to != NULL ? to->division : NULL);

	if (lent >= cap)
		return zhen_fail(call, ZHEN_CONFLICT, "secondment-cap",
		                 "%s已借出 %lld 人，上限 %lld 人 (the township's cap of persons lent)",
		                 division_name(call, second->township), (long long)lent, (long long)cap);
	if (borrowed >= cap_in)
		return zhen_fail(call, ZHEN_CONFLICT, "secondment-cap-in",
		                 "to_body：该单位已借入 %lld 人，上限 %lld 人 (the body's cap of persons borrowed)",
		                 (long long)borrowed, (long long)cap_in);
	return 0;
}

static zhen_result decided_by_another(zhen_call *call, const struct secondment *second)
{
	if (strcmp(second->requested_by, zhen_get_caller(call)->account) != 0)
		return 0;
	return zhen_fail(call, ZHEN_CONFLICT, "own-request",
	                 "本人提出的借调须由他人审批 (asked for by the same account)");
}

zhen_result approve_secondment(zhen_call *call)
{
	struct secondment second;
	zhen_result refused = begin(call, SECOND_APPROVE, &second);

	if (refused == 0)
		refused = decided_by_another(call, &second);
	if (refused == 0 && strcmp(second.until_on, today(call)) < 0)
		return zhen_fail(call, ZHEN_CONFLICT, "secondment-past",
		                 "until_on：归还日期 %s 已过 (its end has passed)", second.until_on);
	if (refused == 0)
		refused = under_caps(call, &second);
	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE secondment SET state = 'out', decided_at = $1, opinion = $2 WHERE id = $3",
	         zhen_now(call), field_text(call, "opinion"), second.id);
	tally_add(call, second.township, "seconded", 0, 1);
	zhen_journal_add(call, JOURNAL, second.id, "approve", field_text(call, "opinion"));
	say(call, "duties.secondment.approved", &second, second.until_on);
	return stands(call, second.id);
}

/* Refused or cancelled: the person is free again. */
static zhen_result end_request(zhen_call *call, const struct secondment *second, const char *state, const char *what,
                               const char *text)
{
	zhen_run(call, "UPDATE secondment SET state = $1, decided_at = $2, opinion = $3 WHERE id = $4", state,
	         zhen_now(call), text, second->id);
	zhen_run(call, "UPDATE person SET secondment = 0 WHERE id = $1", second->person);
	zhen_journal_add(call, JOURNAL, second->id, what, text);
	return stands(call, second->id);
}

zhen_result refuse_secondment(zhen_call *call)
{
	struct secondment second;
	zhen_result refused = begin(call, SECOND_REFUSE, &second);

	if (refused == 0)
		refused = decided_by_another(call, &second);
	if (refused == 0 && field_text(call, "opinion")[0] == '\0')
		return wrong_field(call, "opinion", "required", "不同意须写明理由 (say why)");
	return refused != 0 ? refused : end_request(call, &second, "refused", "refuse", field_text(call, "opinion"));
}

zhen_result cancel_secondment(zhen_call *call)
{
	struct secondment second;
	zhen_result refused = begin(call, SECOND_CANCEL, &second);

	return refused != 0 ? refused : end_request(call, &second, "cancelled", "cancel", "");
}

zhen_result extend_secondment(zhen_call *call)
{
	struct secondment second;
	const char *until_on = field_text(call, "until_on");
	zhen_result refused = begin(call, SECOND_EXTEND, &second);

	if (refused != 0)
		return refused;
	if (second.extended >= setting_at(call, "secondment_extensions", second.township))
		return zhen_fail(call, ZHEN_CONFLICT, "extended-already",
		                 "已延长 %lld 次，不能再延长 (no further extension)", (long long)second.extended);
	if (strcmp(until_on, second.until_on) <= 0 || strcmp(until_on, today(call)) < 0)
		return wrong_field(call, "until_on", "not-later",
		                   "延长后的归还日期须晚于 %s，且未过 (later than before, and not past)",
		                   second.until_on);
	refused = ends_well(call, second.township, second.from_on, until_on);
	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE secondment SET until_on = $1, extended = extended + 1, overdue_at = 0 WHERE id = $2",
	         until_on, second.id);
	if (second.overdue_at != 0)
		tally_add(call, second.township, "seconded_overdue", 0, -1);
	zhen_journal_add(call, JOURNAL, second.id, "extend",
	                 zhen_format(call, "%s：%s", until_on, field_text(call, "reason")));
	return stands(call, second.id);
}

zhen_result return_secondment(zhen_call *call)
{
	struct secondment second;
	const char *on;
	zhen_result refused = begin(call, SECOND_RETURN, &second);

	if (refused == 0)
		refused = past_day(call, "on", &on);
	if (refused != 0)
		return refused;
	if (strcmp(on, second.from_on) < 0)
		return wrong_field(call, "on", "before-start", "早于借调起始日期 %s (before it began)", second.from_on);
	zhen_run(call, "UPDATE secondment SET state = 'returned', returned_on = $1 WHERE id = $2", on, second.id);
	zhen_run(call, "UPDATE person SET secondment = 0 WHERE id = $1", second.person);
	tally_add(call, second.township, "seconded", 0, -1);
	if (second.overdue_at != 0)
		tally_add(call, second.township, "seconded_overdue", 0, -1);
	zhen_journal_add(call, JOURNAL, second.id, "return", on);
	say(call, "duties.secondment.returned", &second, second.until_on);
	return stands(call, second.id);
}

static void flag(zhen_call *call, int64_t id)
{
	const zhen_row *row = zhen_one(call, "SELECT township, to_body, until_on FROM secondment WHERE id = $1", id);
	struct secondment second = {
		.id = id, .township = column_or_empty(row, "township"), .to_body = column_or_empty(row, "to_body") };

	zhen_run(call, "UPDATE secondment SET overdue_at = $1 WHERE id = $2", zhen_now(call), id);
	tally_add(call, second.township, "seconded_overdue", 0, 1);
	zhen_journal_add(call, JOURNAL, id, "overdue", column_or_empty(row, "until_on"));
	say(call, "duties.secondment.overdue", &second, column_or_empty(row, "until_on"));
}

zhen_result watch_secondments(zhen_call *call)
{
	int64_t ids[BATCH];
	size_t n = 0;

	ZHEN_FOR_EACH (call, row,
	               "SELECT id FROM secondment WHERE state = 'out' AND overdue_at = 0 AND until_on < $1 "
	               "ORDER BY until_on, id LIMIT 200",
	               today(call))
		if (n < BATCH)
			ids[n++] = count_of(row, "id");
	for (size_t i = 0; i < n; i++)
		flag(call, ids[i]);
	return zhen_ok(call);
}
