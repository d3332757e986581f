/* SPDX-License-Identifier: Apache-2.0
 * 送达, 统一出件: each paper that decides, or with which days begin, is served on whoever it is for (行政许可法 38, 44; 民事诉讼法 87
 * to 95); what was decided leaves through the window and no other door (B08). By hand, by free mail with its number, through the
 * agent, downloaded, left behind or by public notice; on the day of each way the days begin to run. */
#include "cases.h"
#include "items.h"
#include "licence.h"

/* ---- what is yet to be served ---- */

/* Of a notice: whether anything still depends on it. */
static bool still_counts(zhen_call *call, const struct matter *matter, const char *kind)
{
	if (document_service(kind) != SERVICE_NOTICE)
		return document_service(kind) == SERVICE_RESULT;
	return strcmp(kind, "ending_notice") == 0 ? ending_waits_for_statement(call, matter->id) :
	                                            matter->state == STATE_REVIEW || matter->state == STATE_REFUSING ||
	                                                    matter->state == STATE_SUSPENDED;
}

/* Issued, of that number ("" = any) and not served on @party: what decides before what only tells; NULL = none. */
static const zhen_row *paper_for(zhen_call *call, const struct matter *matter, const char *number, const char *party)
{
	const zhen_row *notice = NULL;

	ZHEN_FOR_EACH (call, row,
	               "SELECT id, kind, number, title, dated_on FROM document d WHERE matter = $1 AND state = 'issued' AND "
	               "($2 = '' OR number = $2) AND NOT EXISTS (SELECT 1 FROM served s WHERE s.document = d.id AND s.party = $3) "
	               "ORDER BY id",
	               matter->id, number, party) {
		if (!still_counts(call, matter, text(row, "kind")))
			continue;
		if (document_service(text(row, "kind")) == SERVICE_RESULT)
			return zhen_one(call, "SELECT id, kind, number, title, dated_on FROM document WHERE id = $1",
			                zhen_column_int(row, "id"));
		if (notice == NULL)
			notice = zhen_one(call, "SELECT id, kind, number, title, dated_on FROM document WHERE id = $1",
			                  zhen_column_int(row, "id"));
	}
	return notice;
}

/* Made, and not issued yet. */
static bool paper_waits(zhen_call *call, const struct matter *matter)
{
	ZHEN_FOR_EACH (call, row,
	               "SELECT kind FROM document WHERE matter = $1 AND state IN ('waiting', 'rendering') ORDER BY id",
	               matter->id)
		if (still_counts(call, matter, text(row, "kind")))
			return true;
	return false;
}

/* Of the newest paper that decides and was handed out to the applicant; NULL = none was. */
static const zhen_row *handed_result(zhen_call *call, const struct matter *matter)
{
	return zhen_one(call,
	                "SELECT s.method AS method, s.handed_at AS handed_at, s.received_at AS received_at, s.served_on AS served_on "
	                "FROM served s LEFT JOIN document d ON d.id = s.document WHERE s.matter = $1 AND s.party = '' AND "
	                "(d.id IS NULL OR d.kind NOT IN ('ending_notice', 'hearing_right')) ORDER BY s.id DESC LIMIT 1",
	                matter->id);
}

/* Handed out and not signed for: of that paper ("" = the oldest), on @party. */
static const zhen_row *open_return(zhen_call *call, const struct matter *matter, const char *number, const char *party)
{
	return zhen_one(call,
	                "SELECT s.id AS id, s.method AS method, s.served_on AS served_on, s.handed_at AS handed_at, s.party AS party, "
	                "d.kind AS kind, d.number AS number, d.title AS title FROM served s LEFT JOIN document d ON d.id = s.document "
	                "WHERE s.matter = $1 AND s.party = $2 AND s.received_at = 0 AND ($3 = '' OR d.number = $3) ORDER BY s.id LIMIT 1",
	                matter->id, party, number);
}

bool delivery_waits_for_receipt(zhen_call *call, const struct matter *matter)
{
	return open_return(call, matter, "", "") != NULL;
}

/* Until which day it may be signed for and rated; "" = no longer, or both was done. */
static const char *window_until(zhen_call *call, const struct matter *matter, const zhen_row *row)
{
	if (zhen_column_int(row, "received_at") != 0 && zhen_rating_of(call, matter->id) != 0)
		return "";
	const char *until =
		working_days_after(call, matter->township, zhen_date_of_ms(call, zhen_column_int(row, "handed_at")),
	                           zhen_setting_int_in(call, "archive_days", matter->township));
	if (strcmp(text(row, "served_on"), until) > 0) /* by public notice */
		until = text(row, "served_on");
	return strcmp(today_of(call), until) <= 0 ? until : "";
}

const char *delivery_lacking(zhen_call *call, const struct matter *matter, const char **out_code)
{
	const zhen_row *row = handed_result(call, matter), *paper = paper_for(call, matter, "", "");

	if (ending_is_open(call, matter->id)) {
		*out_code = "ending-open";
		return "已经告知拟撤销、撤回、变更或者注销，作出决定、签发并送达以后再归档 (whether it is to end is not decided)";
	}
	*out_code = "not-delivered";
	/* Taken back before there was anything to tell. */
	if (row == NULL && paper == NULL && matter->state == STATE_RETRACTED)
		return NULL;
	if (row == NULL || paper != NULL)
		return zhen_format(call, "%s还没有送达，先办理“统一出件”再归档 (deliver the decision before archiving the case)",
		                   paper != NULL ? text(paper, "number") : "办理结果");
	if (is(row, "method", "agent") && zhen_column_int(row, "received_at") == 0)
		return "办理结果还在代办员手里，由代办员“转交”本人签收后再归档 (the agent has yet to hand it over)";
	const char *until = window_until(call, matter, row);
	*out_code = "receipt-open";
	return until[0] != '\0' ? zhen_format(call,
	                                      "%s前申请人还可以签收、评价，期满后再归档 (the applicant may still sign for it and "
	                                      "rate it)",
	                                      clock_date(call, matter->township, until)) :
	                          NULL;
}

/* ---- serving ---- */

/* Whatever runs from it, runs from the day after. */
static void served_on(zhen_call *call, const struct matter *matter, int64_t id, const char *kind, const char *day)
{
	const char *runs_to = strcmp(kind, "hearing_right") == 0 ? hearing_days(call, matter, day) :
	                      strcmp(kind, "ending_notice") == 0 ? ending_served(call, matter, day) :
	                                                           "";

	zhen_run(call, "UPDATE served SET served_on = $1, runs_to = $2 WHERE id = $3", day, runs_to, id);
}

struct receipt {
	const char *receiver, *relation, *how, *day;
};

static void receipt(zhen_call *call, const struct matter *matter, int64_t id, const char *kind, struct receipt got)
{
	const zhen_row *row = zhen_one(call, "SELECT served_on FROM served WHERE id = $1", id);
	bool counts = text(row, "served_on")[0] == '\0' || strcmp(got.day, text(row, "served_on")) < 0;

	zhen_run(call,
	         "UPDATE served SET receiver = $1, relation = $2, received_at = $3, received_how = $4 WHERE id = $5",
	         got.receiver, got.relation, zhen_now(call), got.how, id);
	if (counts)
		served_on(call, matter, id, kind, got.day);
	matter_note(call, matter, "received", got.relation);
}

/* What each way needs before it may be taken. */
static zhen_result check_method(zhen_call *call, const struct matter *matter, const char *method, const char *party)
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
	if ((strcmp(method, "left") == 0 || strcmp(method, "public") == 0) &&
	    or_empty(zhen_text(call, "proof"))[0] == '\0') {
		zhen_field_error(call, "proof", "required",
		                 "请写明留置、公告的原因、经过和见证人（民事诉讼法第八十九条、第九十五条） (how, and who saw it)");
		return zhen_invalid(call);
	}
	if (party[0] != '\0' && (strcmp(method, "agent") == 0 || strcmp(method, "online") == 0)) {
		zhen_field_error(call, "method", "not-for-party",
		                 "利害关系人不能由代办员转交、网上下载 (not to this receiver)");
		return zhen_invalid(call);
	}
	if (strcmp(method, "agent") == 0 && text(agent, "agent_account")[0] == '\0')
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

static bool is_party(zhen_call *call, int64_t matter, const char *party)
{
	const char *name;

	for (size_t n = 0; (name = hearing_party(call, matter, n)) != NULL; n++)
		if (strcmp(name, party) == 0)
			return true;
	return false;
}

/* The paper and the receiver that are meant. 0, or the refusal. */
static zhen_result paper_asked(zhen_call *call, const struct matter *matter, const char *party, const zhen_row **out)
{
	const char *number = or_empty(zhen_text(call, "document"));

	if (party[0] != '\0' && !is_party(call, matter->id, party)) {
		zhen_field_error(call, "party", "party-unknown",
		                 "不是告知过听证权利的利害关系人 (not one of those who were told)");
		return zhen_invalid(call);
	}
	*out = paper_for(call, matter, number, party);
	if (*out != NULL && party[0] != '\0' && !is(*out, "kind", "hearing_right"))
		*out = NULL;
	if (*out != NULL)
		return 0;
	if (paper_waits(call, matter))
		return zhen_fail(call, ZHEN_CONFLICT, "document-waits", "件 %s 的文书还没有用印、签发，不能出件",
		                 matter->number);
	return zhen_one(call, "SELECT id FROM served WHERE matter = $1 LIMIT 1", matter->id) != NULL ?
	               zhen_fail(call, ZHEN_CONFLICT, "already-delivered", "件 %s 已经出件", matter->number) :
	               zhen_fail(call, ZHEN_CONFLICT, "nothing-to-deliver", "件 %s 没有要送达的文书", matter->number);
}

/* @first to today; "" and false: told as a fault of the field. */
static bool day_of(zhen_call *call, const char *first, const char **out)
{
	*out = or_empty(zhen_has(call, "served_on") ? zhen_text(call, "served_on") : today_of(call));
	if (strcmp(*out, first) >= 0 && strcmp(*out, today_of(call)) <= 0)
		return true;
	zhen_field_error(call, "served_on", "service-day", "日期应在文书签发之后、今天以前 (from %s to today)", first);
	return false;
}

static zhen_result of_window(zhen_call *call, enum act act, struct matter *matter)
{
	zhen_result refused = matter_for(call, act, matter);

	return refused != 0 ? refused :
	                      zhen_process_may(call, &approval_process, matter->state, act, matter->number,
	                                       matter->township, matter);
}

static const char *after_notice(zhen_call *call, const char *day)
{
	char last[11];

	zhen_calendar_format_date(
		zhen_calendar_parse_date(day) + (int32_t)zhen_setting_int(call, "public_service_days"), last);
	return zhen_format(call, "%s", last);
}

/* What came back unsigned is left behind or announced: another try at the same paper, the first stays in the journal. */
static void drop_failed(zhen_call *call, const struct matter *matter, const char *method, const char *party)
{
	const zhen_row *row = open_return(call, matter, or_empty(zhen_text(call, "document")), party);

	if ((strcmp(method, "left") == 0 || strcmp(method, "public") == 0) && is(row, "method", "mail") &&
	    is(row, "served_on", ""))
		zhen_run(call, "DELETE FROM served WHERE id = $1", zhen_column_int(row, "id"));
}

zhen_result deliver_case(zhen_call *call)
{
	const char *method = or_empty(zhen_text(call, "method")), *party = or_empty(zhen_text(call, "party")),
		   *desk = "", *day;
	struct matter matter;
	const zhen_row *paper;
	zhen_result refused = of_window(call, ACT_DELIVER, &matter);

	if (refused != 0 || (refused = check_method(call, &matter, method, party)) != 0)
		return refused;
	drop_failed(call, &matter, method, party);
	if ((refused = paper_asked(call, &matter, party, &paper)) != 0 ||
	    (refused = issuing_desk(call, &matter, &desk)) != 0)
		return refused;
	if (!day_of(call, text(paper, "dated_on"), &day))
		return zhen_invalid(call);
	int64_t id = zhen_insert(
		call,
		"INSERT INTO served(matter, outcome, document, party, method, desk, tracking, proof, handed_at, handed_by, receiver, "
		"relation, received_at, received_how, served_on, runs_to) "
		"VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', '', 0, '', '', '') RETURNING id",
		matter.id, approval_process.states[matter.state].name, zhen_column_int(paper, "id"), party, method, desk,
		or_empty(zhen_text(call, "tracking")), or_empty(zhen_text(call, "proof")), zhen_now(call),
		zhen_get_caller(call)->name);
	matter_note(call, &matter, "delivered",
	            zhen_format(call, "%s %s%s %s", text(paper, "number"), party[0] != '\0' ? party : "",
	                        zhen_choice_title(call, DELIVERY_CHOICES, method),
	                        or_empty(zhen_text(call, "tracking"))));
	if (strcmp(method, "window") == 0) {
		receipt(call, &matter, id, text(paper, "kind"),
		        (struct receipt){ zhen_text(call, "receiver"), or_empty(zhen_text(call, "relation")), "signed",
		                          day });
		if (party[0] == '\0')
			visits_came(call, &matter, zhen_format(call, "领取%s", text(paper, "title")));
	} else if (strcmp(method, "public") == 0)
		served_on(call, &matter, id, text(paper, "kind"), after_notice(call, day));
	else if (strcmp(method, "online") == 0 || strcmp(method, "left") == 0)
		served_on(call, &matter, id, text(paper, "kind"), day);
	return matter_reply(call, &matter);
}

/* 送达回证: what came back of the mail, or was signed after all. */
zhen_result serve_return(zhen_call *call)
{
	const char *day;
	struct matter matter;
	zhen_result refused = of_window(call, ACT_SERVED, &matter);

	if (refused != 0)
		return refused;
	const zhen_row *row =
		open_return(call, &matter, or_empty(zhen_text(call, "document")), or_empty(zhen_text(call, "party")));
	if (row == NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "no-return-open", "件 %s 没有待登记送达回证的文书",
		                 matter.number);
	if (is(row, "method", "agent"))
		return zhen_fail(call, ZHEN_CONFLICT, "with-agent", "文书在代办员手里，由代办员转交");
	if (zhen_int(call, "signed") == 0) {
		zhen_field_error(call, "signed", "signature-missing", "送达回证、邮件回执须有签收");
		return zhen_invalid(call);
	}
	if (!day_of(call, zhen_date_of_ms(call, zhen_column_int(row, "handed_at")), &day))
		return zhen_invalid(call);
	receipt(call, &matter, zhen_column_int(row, "id"), text(row, "kind"),
	        (struct receipt){ or_empty(zhen_text(call, "receiver")), or_empty(zhen_text(call, "relation")),
	                          "return", day });
	return matter_reply(call, &matter);
}

/* Z03: the agent hands it on, and the person signs. */
zhen_result hand_over(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_HAND_OVER, &matter);

	if (refused != 0)
		return refused;
	const zhen_row *row = zhen_one(call,
	                               "SELECT s.id AS id, s.received_at AS received_at, d.kind AS kind, a.agent_account AS agent FROM "
	                               "served s JOIN application a ON a.matter = s.matter LEFT JOIN document d ON d.id = s.document "
	                               "WHERE s.matter = $1 AND s.method = 'agent' ORDER BY s.received_at, s.id LIMIT 1",
	                               matter.id);
	if (row == NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "not-with-agent", "件 %s 没有由窗口交给代办员", matter.number);
	if (!is(row, "agent", zhen_get_caller(call)->account))
		return zhen_fail(call, ZHEN_FORBIDDEN, "not-their-agent", "只能由该件的代办员转交");
	if (zhen_column_int(row, "received_at") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "already-received", "件 %s 已经签收", matter.number);
	if (zhen_int(call, "signed") == 0) {
		zhen_field_error(call, "signed", "signature-missing", "转交须由本人签收");
		return zhen_invalid(call);
	}
	receipt(call, &matter, zhen_column_int(row, "id"), text(row, "kind"),
	        (struct receipt){ or_empty(zhen_text(call, "receiver")), or_empty(zhen_text(call, "relation")),
	                          "signed", today_of(call) });
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
	const zhen_row *row = open_return(call, &matter, "", "");
	if (row == NULL)
		return handed_result(call, &matter) == NULL ?
		               zhen_fail(call, ZHEN_CONFLICT, "not-delivered", "件 %s 还没有出件", matter.number) :
		               zhen_fail(call, ZHEN_CONFLICT, "already-received", "件 %s 已经签收", matter.number);
	receipt(call, &matter, zhen_column_int(row, "id"), text(row, "kind"),
	        (struct receipt){ matter.applicant, "本人", "code", today_of(call) });
	zhen_put(call, "number", matter.number);
	zhen_put_time(call, "received_at", zhen_now(call));
	return zhen_ok(call);
}

/* ---- what is shown ---- */

static void put_way(zhen_call *call, int64_t matter, const char *path, const char *title, const char *number,
                    const char *party)
{
	zhen_open_object(call, NULL);
	zhen_put(call, "title", title);
	zhen_put(call, "method", "POST");
	zhen_put(call, "path", zhen_format(call, "/cases/%lld/%s", (long long)matter, path));
	zhen_open_object(call, "fields");
	zhen_put(call, "document", number);
	if (party[0] != '\0')
		zhen_put(call, "party", party);
	zhen_close(call);
	zhen_close(call);
}

static void put_serving(zhen_call *call, const struct matter *matter, const char *party)
{
	const zhen_row *paper = paper_for(call, matter, "", party), *open = open_return(call, matter, "", party);
	const char *to = party[0] != '\0' ? zhen_format(call, "（%s）", party) : "";

	if (paper != NULL && (party[0] == '\0' || is(paper, "kind", "hearing_right")))
		put_way(call, matter->id, "deliver",
		        zhen_format(call, "%s：%s%s",
		                    document_service(text(paper, "kind")) == SERVICE_RESULT ? "统一出件" : "送达",
		                    text(paper, "title"), to),
		        text(paper, "number"), party);
	if (open != NULL && !is(open, "method", "agent"))
		put_way(call, matter->id, "served", zhen_format(call, "登记送达回证：%s%s", text(open, "title"), to),
		        text(open, "number"), party);
}

void delivery_actions(zhen_call *call, const struct matter *matter)
{
	const zhen_process_act *act = &approval_process.acts[ACT_DELIVER];
	const char *party;

	if (!matter_allows(approval_process.states[matter->state].name, ACT_DELIVER) ||
	    !zhen_process_is_callers(call, act, matter->township))
		return;
	put_serving(call, matter, "");
	for (size_t n = 0; (party = hearing_party(call, matter->id, n)) != NULL; n++)
		put_serving(call, matter, party);
}

void delivery_show(zhen_call *call, int64_t matter)
{
	static const char *const texts[] = { "title", "number", "party", "method", "desk", "tracking", "handed_by", "receiver",
		                             "relation", "served_on", "runs_to", "proof" };

	if (zhen_one(call, "SELECT id FROM served WHERE matter = $1 LIMIT 1", matter) == NULL)
		return;
	zhen_open_list(call, "delivery");
	ZHEN_FOR_EACH (call, row,
	               "SELECT d.title AS title, d.number AS number, s.party AS party, s.method AS method, s.desk AS desk, "
	               "s.tracking AS tracking, s.handed_at AS handed_at, s.handed_by AS handed_by, s.receiver AS receiver, "
	               "s.relation AS relation, s.received_at AS received_at, s.served_on AS served_on, s.runs_to AS runs_to, "
	               "s.proof AS proof FROM served s LEFT JOIN document d ON d.id = s.document WHERE s.matter = $1 ORDER BY s.id DESC",
	               matter) {
		zhen_open_object(call, NULL);
		for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
			zhen_put(call, texts[i], text(row, texts[i]));
		zhen_put_time(call, "handed_at", zhen_column_int(row, "handed_at"));
		if (zhen_column_int(row, "received_at") != 0)
			zhen_put_time(call, "received_at", zhen_column_int(row, "received_at"));
		zhen_close(call);
	}
	zhen_close(call);
}
