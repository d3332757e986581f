/* SPDX-License-Identifier: Apache-2.0
 * 统一出件: what was decided, granted or not, leaves through the window and no other door, and whoever gets it signs for it (B08;
 * 行政许可法 38, 44). By hand, by free mail with its number, through the agent, or downloaded. */
#include "cases.h"
#include "items.h"
#include "licence.h"

/* Of how the case has ended now: what was granted and is withdrawn later is told a second time. */
static const zhen_row *delivery_of(zhen_call *call, const struct matter *matter)
{
	return zhen_one(call,
	                "SELECT id, method, desk, tracking, handed_at, handed_by, receiver, relation, received_at, received_how "
	                "FROM served WHERE matter = $1 AND outcome = $2",
	                matter->id, approval_process.states[matter->state].name);
}

bool delivery_waits(zhen_call *call, const struct matter *matter, bool for_receipt)
{
	const zhen_row *row = delivery_of(call, matter);

	return for_receipt ? row != NULL && zhen_column_int(row, "received_at") == 0 : row == NULL;
}

/* Until which day it may be signed for and rated; "" = no longer, or both was done. */
static const char *window_until(zhen_call *call, const struct matter *matter, const zhen_row *row)
{
	zhen_calendar calendar;
	char text[11];

	if (zhen_column_int(row, "received_at") != 0 && zhen_rating_of(call, matter->id) != 0)
		return "";
	zhen_calendar_load(call, matter->township, &calendar);
	zhen_calendar_format_date(
		zhen_calendar_add_working(&calendar, zhen_calendar_day_of_ms(zhen_column_int(row, "handed_at")),
	                                  (int32_t)zhen_setting_int_in(call, "archive_days", matter->township))
			.day,
		text);
	return strcmp(zhen_date_of_ms(call, zhen_now(call)), text) <= 0 ? zhen_format(call, "%s", text) : "";
}

const char *delivery_lacking(zhen_call *call, const struct matter *matter, const char **out_code)
{
	const zhen_row *row = delivery_of(call, matter);

	if (ending_is_open(call, matter->id)) {
		*out_code = "ending-open";
		return "已经告知拟撤销、撤回、变更或者注销，作出决定并送达以后再归档 (whether it is to end is not decided)";
	}
	*out_code = "not-delivered";
	/* Taken back before there was anything to tell. */
	if (matter->state == STATE_RETRACTED &&
	    zhen_one(call, "SELECT id FROM document WHERE matter = $1 AND kind = 'retraction' LIMIT 1", matter->id) ==
	            NULL)
		return NULL;
	if (row == NULL)
		return "办理结果还没有送达，先办理“统一出件”再归档 (deliver the decision before archiving the case)";
	if (strcmp(or_empty(zhen_column_text(row, "method")), "agent") == 0 && zhen_column_int(row, "received_at") == 0)
		return "办理结果还在代办员手里，由代办员“转交”本人签收后再归档 (the agent has yet to hand it over)";
	const char *until = window_until(call, matter, row);
	*out_code = "receipt-open";
	return until[0] != '\0' ? zhen_format(call,
	                                      "%s前申请人还可以签收、评价，期满后再归档 (the applicant may still sign for it and "
	                                      "rate it)",
	                                      clock_date(call, matter->township, until)) :
	                          NULL;
}

static void receipt(zhen_call *call, struct matter *matter, const char *receiver, const char *relation, const char *how)
{
	zhen_run(call,
	         "UPDATE served SET receiver = $1, relation = $2, received_at = $3, received_how = $4 WHERE matter = $5 AND "
	         "outcome = $6",
	         receiver, relation, zhen_now(call), how, matter->id, approval_process.states[matter->state].name);
	matter_note(call, matter, "received", relation);
}

/* What each way needs before it may be taken. */
static zhen_result check_method(zhen_call *call, const struct matter *matter, const char *method)
{
	const zhen_row *agent = zhen_one(call, "SELECT agent_account FROM application WHERE matter = $1", matter->id);

	if (strcmp(method, "mail") == 0 && or_empty(zhen_text(call, "tracking"))[0] == '\0') {
		zhen_field_error(call, "tracking", "required", "免费邮寄须登记邮件号");
		return zhen_invalid(call);
	}
	if (strcmp(method, "window") == 0 &&
	    (or_empty(zhen_text(call, "receiver"))[0] == '\0' || zhen_int(call, "signed") == 0)) {
		zhen_field_error(call, zhen_int(call, "signed") == 0 ? "signed" : "receiver", "signature-missing",
		                 "窗口领取须由领取人签收");
		return zhen_invalid(call);
	}
	if (strcmp(method, "agent") == 0 && or_empty(zhen_column_text(agent, "agent_account"))[0] == '\0')
		return zhen_fail(call, ZHEN_CONFLICT, "no-agent", "该件不是代办员代为申请，不能由代办员转交");
	return 0;
}

static zhen_result issuing_desk(zhen_call *call, const struct matter *matter, const char **out_name)
{
	const char *desk = or_empty(zhen_text(call, "desk"));
	const zhen_row *row = zhen_one(call, "SELECT name, issues FROM desk WHERE township = $1 AND code = $2 LIMIT 1",
	                               matter->township, desk);

	*out_name = "";
	if (desk[0] == '\0')
		return 0;
	if (row == NULL || zhen_column_int(row, "issues") == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "desk-does-not-issue", "窗口 %s 不出件", desk);
	*out_name = zhen_format(call, "%s %s", desk, zhen_column_text(row, "name"));
	return 0;
}

zhen_result deliver_case(zhen_call *call)
{
	const char *method = or_empty(zhen_text(call, "method")), *desk = "";
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_DELIVER, &matter);

	if (refused == 0)
		refused = zhen_process_may(call, &approval_process, matter.state, ACT_DELIVER, matter.number,
		                           matter.township, &matter);
	if (refused != 0)
		return refused;
	if (zhen_one(call,
	             "SELECT id FROM document WHERE id = (SELECT MAX(id) FROM document WHERE matter = $1) AND state IN ('waiting', "
	             "'rendering')",
	             matter.id) != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "document-waits", "件 %s 的文书还没有用印、签发，不能出件",
		                 matter.number);
	if (delivery_of(call, &matter) != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "already-delivered", "件 %s 已经出件", matter.number);
	if ((refused = check_method(call, &matter, method)) != 0 || (refused = issuing_desk(call, &matter, &desk)) != 0)
		return refused;
	zhen_run(call,
	         "INSERT INTO served(matter, outcome, method, desk, tracking, handed_at, handed_by, receiver, relation, received_at, "
	         "received_how) VALUES($1, $2, $3, $4, $5, $6, $7, '', '', 0, '')",
	         matter.id, approval_process.states[matter.state].name, method, desk,
	         or_empty(zhen_text(call, "tracking")), zhen_now(call), zhen_get_caller(call)->name);
	matter_note(call, &matter, "delivered",
	            zhen_format(call, "%s %s", zhen_choice_title(call, DELIVERY_CHOICES, method),
	                        or_empty(zhen_text(call, "tracking"))));
	if (strcmp(method, "window") == 0)
		receipt(call, &matter, zhen_text(call, "receiver"), or_empty(zhen_text(call, "relation")), "signed");
	return matter_reply(call, &matter);
}

/* Z03: the agent hands it on, and the person signs. */
zhen_result hand_over(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_HAND_OVER, &matter);
	const zhen_row *row = refused == 0 ? delivery_of(call, &matter) : NULL;
	const zhen_row *agent =
		refused == 0 ? zhen_one(call, "SELECT agent_account FROM application WHERE matter = $1", matter.id) : NULL;

	if (refused != 0)
		return refused;
	if (row == NULL || strcmp(or_empty(zhen_column_text(row, "method")), "agent") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "not-with-agent", "件 %s 没有由窗口交给代办员", matter.number);
	if (strcmp(or_empty(zhen_column_text(agent, "agent_account")), zhen_get_caller(call)->account) != 0)
		return zhen_fail(call, ZHEN_FORBIDDEN, "not-their-agent", "只能由该件的代办员转交");
	if (zhen_column_int(row, "received_at") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "already-received", "件 %s 已经签收", matter.number);
	if (zhen_int(call, "signed") == 0) {
		zhen_field_error(call, "signed", "signature-missing", "转交须由本人签收");
		return zhen_invalid(call);
	}
	receipt(call, &matter, or_empty(zhen_text(call, "receiver")), or_empty(zhen_text(call, "relation")), "signed");
	return matter_reply(call, &matter);
}

/* The applicant says that it came: by mail or downloaded. */
zhen_result receive_result(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_by_code(call, &matter);

	if (refused == 0)
		refused = matter_may(call, &matter, ACT_RECEIVE);
	if (refused != 0)
		return refused;
	call->host->subject(call, matter.number);
	const zhen_row *row = delivery_of(call, &matter);
	if (row == NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "not-delivered", "件 %s 还没有出件", matter.number);
	if (zhen_column_int(row, "received_at") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "already-received", "件 %s 已经签收", matter.number);
	receipt(call, &matter, matter.applicant, "本人", "code");
	zhen_put(call, "number", matter.number);
	zhen_put_time(call, "received_at", zhen_now(call));
	return zhen_ok(call);
}

void delivery_show(zhen_call *call, int64_t matter)
{
	if (zhen_one(call, "SELECT id FROM served WHERE matter = $1 LIMIT 1", matter) == NULL)
		return;
	zhen_open_list(call, "delivery");
	ZHEN_FOR_EACH (call, row,
	               "SELECT outcome, method, desk, tracking, handed_at, handed_by, receiver, relation, received_at FROM served "
	               "WHERE matter = $1 ORDER BY id DESC",
	               matter) {
		zhen_open_object(call, NULL);
		zhen_put(call, "outcome", zhen_column_text(row, "outcome"));
		zhen_put(call, "method", zhen_column_text(row, "method"));
		zhen_put(call, "desk", zhen_column_text(row, "desk"));
		zhen_put(call, "tracking", zhen_column_text(row, "tracking"));
		zhen_put_time(call, "handed_at", zhen_column_int(row, "handed_at"));
		zhen_put(call, "handed_by", zhen_column_text(row, "handed_by"));
		zhen_put(call, "receiver", zhen_column_text(row, "receiver"));
		zhen_put(call, "relation", zhen_column_text(row, "relation"));
		if (zhen_column_int(row, "received_at") != 0)
			zhen_put_time(call, "received_at", zhen_column_int(row, "received_at"));
		zhen_close(call);
	}
	zhen_close(call);
}
