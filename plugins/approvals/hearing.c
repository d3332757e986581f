/* SPDX-License-Identifier: Apache-2.0
 * 听证 (行政许可法 36, 46 to 48): whose major interest a licence touches is told of the right, may ask within five working days, is
 * heard within twenty, told seven before when and where, by somebody who does not review the case; then it is decided by the record.
 * Whether an item has one at all it says itself; the rest may turn out in a case. */
#include "cases.h"
#include "items.h"

const char hearing_sql[] =
	"CREATE TABLE hearing(matter BIGINT NOT NULL PRIMARY KEY, parties TEXT NOT NULL, interest TEXT NOT NULL, told_on TEXT NOT NULL, "
	"ask_by TEXT NOT NULL, asked_by TEXT NOT NULL, asked_on TEXT NOT NULL, hold_by TEXT NOT NULL, noticed_on TEXT NOT NULL, "
	"held_on TEXT NOT NULL, held_at TEXT NOT NULL, place TEXT NOT NULL, presider TEXT NOT NULL, presider_name TEXT NOT NULL, "
	"outcome TEXT NOT NULL, record TEXT NOT NULL, closed_at BIGINT NOT NULL, person TEXT NOT NULL, account TEXT NOT NULL)";

enum { ASK_DAYS = 5, HOLD_DAYS = 20, NOTICE_DAYS = 7 }; /* 四十七条, 四十八条; in working days: 八十二条 */

static const zhen_row *hearing_of(zhen_call *call, int64_t matter)
{
	return zhen_one(call,
	                "SELECT parties, interest, told_on, ask_by, asked_by, asked_on, hold_by, noticed_on, held_on, held_at, place, "
	                "presider, presider_name, outcome, record, closed_at FROM hearing WHERE matter = $1",
	                matter);
}

/* "" = the item says nothing of it */
static const char *rule_of(zhen_call *call, const struct matter *matter)
{
	json_auto_t *content = item_content(call, matter->item);

	return zhen_format(call, "%s", item_text(content, "hearing"));
}

/* The case of an act of hearing, by whoever may stop its clock. */
static zhen_result hearing_for(zhen_call *call, enum act act, struct matter *matter)
{
	zhen_result refused = matter_for(call, act, matter);

	return refused != 0 ? refused : hold_allows(call, matter);
}

static zhen_result conflict(zhen_call *call, const char *code, const char *text)
{
	return zhen_fail(call, ZHEN_CONFLICT, code, "%s", text);
}

/* ---- whose days, and until when ---- */

const char *hearing_party(zhen_call *call, int64_t matter, size_t n)
{
	static const char *const marks[] = { "、", "，", "；", ",", ";", "\n" };
	const char *at = text(hearing_of(call, matter), "parties");

	for (;; n--) {
		const char *end = at + strlen(at), *next = end;

		for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
			const char *mark = strstr(at, marks[i]);
			if (mark != NULL && mark < end)
				end = mark, next = mark + strlen(marks[i]);
		}
		if (*at == '\0')
			return NULL;
		if (end == at)
			n++;
		else if (n == 0)
			return zhen_format(call, "%.*s", (int)(end - at), at);
		at = next;
	}
}

const char *hearing_days(zhen_call *call, const struct matter *matter, const char *day)
{
	return working_days_after(call, matter->township, day, ASK_DAYS);
}

/* The last day for asking of that receiver ("" = the applicant); "" = not served, the days do not run. */
static const char *ask_until(zhen_call *call, const zhen_row *row, int64_t matter, const char *party)
{
	if (text(row, "ask_by")[0] != '\0') /* told before each was served by himself */
		return text(row, "ask_by");
	return text(zhen_one(call,
	                     "SELECT s.runs_to AS runs_to FROM served s JOIN document d ON d.id = s.document WHERE s.matter = $1 AND "
	                     "d.kind = 'hearing_right' AND s.party = $2",
	                     matter, party),
	            "runs_to");
}

/* The last day of all; @out_open: who was not served yet, "" = nobody. */
static const char *last_day(zhen_call *call, const zhen_row *row, int64_t matter, const char **out_open)
{
	const char *last = ask_until(call, row, matter, ""), *party;

	*out_open = last[0] == '\0' ? "申请人" : "";
	for (size_t n = 0; (party = hearing_party(call, matter, n)) != NULL; n++) {
		const char *until = ask_until(call, row, matter, party);

		if (until[0] == '\0')
			*out_open = zhen_format(call, "%s%s%s", *out_open, (*out_open)[0] != '\0' ? "、" : "", party);
		else if (strcmp(until, last) > 0)
			last = until;
	}
	return last;
}

/* Who asks; told as a fault of the field when it is none of those who were told. */
static bool party_asking(zhen_call *call, const zhen_row *row, int64_t matter, const char *by, const char **out)
{
	const char *asked = or_empty(zhen_text(call, "party")), *name;
	size_t n = 0;

	*out = "";
	if (row == NULL || strcmp(by, "third") != 0)
		return true;
	for (; (name = hearing_party(call, matter, n)) != NULL; n++)
		if (strcmp(name, asked) == 0 || asked[0] == '\0')
			*out = name;
	if ((*out)[0] != '\0' && (asked[0] != '\0' || n == 1))
		return true;
	zhen_field_error(call, "party", "party-unknown",
	                 "请写明是告知过的哪一位利害关系人 (which of those who were told asks?)");
	return false;
}

/* ---- the acts, one after another ---- */

zhen_result hearing_tell(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = hearing_for(call, ACT_HEARING_TELL, &matter);

	if (refused != 0)
		return refused;
	if (hearing_of(call, matter.id) != NULL)
		return conflict(call, "hearing-told", "听证权利已经告知过（行政许可法第四十七条）");
	zhen_run(call,
	         "INSERT INTO hearing(matter, parties, interest, told_on, ask_by, asked_by, asked_on, hold_by, noticed_on, held_on, "
	         "held_at, place, presider, presider_name, outcome, record, closed_at, person, account) "
	         "VALUES($1, $2, $3, $4, '', '', '', '', '', '', '', '', '', '', '', '', 0, $5, $6)",
	         matter.id, or_empty(zhen_text(call, "parties")), or_empty(zhen_text(call, "interest")), today_of(call),
	         zhen_get_caller(call)->name, zhen_get_caller(call)->account);
	zhen_sheet *sheet = zhen_sheet_new();
	zhen_sheet_paragraph(
		sheet,
		zhen_format(call,
	                    "“%s”（申请编号%s）直接关系下列利害关系人的重大利益：%s。%s《中华人民共和国行政许可法》第三十六条、第四十七条，"
	                    "申请人、利害关系人有权陈述、申辩，有权要求听证。要求听证的，应当在收到本告知书之日起五个工作日内提出；"
	                    "逾期未提出的，视为放弃听证权利。听证不收取费用。",
	                    matter.item_name, matter.number, or_empty(zhen_text(call, "interest")),
	                    matter_is_licence(call, &matter) ? "根据" : "参照"));
	zhen_sheet_fact(sheet, "申请人", matter.applicant);
	zhen_sheet_fact(sheet, "利害关系人", or_empty(zhen_text(call, "parties")));
	matter_note(call, &matter, "hearing_told", or_empty(zhen_text(call, "interest")));
	return document_tell(call, &matter, DOCUMENT_HEARING_RIGHT, sheet, NULL);
}

/* From here on its days do not count. */
static zhen_result stop_clock(zhen_call *call, struct matter *matter, const char *hold_by)
{
	zhen_calendar calendar;
	int32_t days = zhen_calendar_parse_date(hold_by) - zhen_calendar_day_of_ms(zhen_now(call));

	clock_raise_overdue(call, matter);
	zhen_result refused = zhen_suspend(call, &(zhen_suspension){ .matter = matter->id, .reason = "hearing",
	                                                             .basis = "行政许可法第四十五条",
	                                                             .expected_days = days > 0 ? days : 1 });
	if (refused != 0)
		return refused;
	matter_set_state(call, matter, STATE_SUSPENDED);
	zhen_calendar_load(call, matter->township, &calendar);
	clock_settle(call, &calendar, matter);
	deadline_set(call, "suspension", matter->id, 0, hold_by);
	matter_note(call, matter, "suspended", hold_title("hearing"));
	zhen_sheet *sheet = zhen_sheet_new();
	zhen_sheet_paragraph(
		sheet, zhen_format(call,
	                           "“%s”（申请编号%s）将举行听证，至迟于%s前组织。%s《中华人民共和国行政许可法》第四十五条、第四十七条，"
	                           "听证所需时间不计入办理期限。",
	                           matter->item_name, matter->number, chinese_day(call, hold_by),
	                           matter_is_licence(call, matter) ? "根据" : "参照"));
	return document_tell(call, matter, DOCUMENT_SUSPENSION, sheet, "approvals.case.suspended");
}

zhen_result hearing_ask(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = hearing_for(call, ACT_HEARING_ASK, &matter);
	const char *by = or_empty(zhen_text(call, "by")),
		   *on = or_empty(zhen_has(call, "asked_on") ? zhen_text(call, "asked_on") : today_of(call));
	bool waived = strcmp(by, "waived") == 0;

	if (refused != 0)
		return refused;
	const zhen_row *row = hearing_of(call, matter.id);
	if (row == NULL)
		return conflict(call, "hearing-not-told",
		                "先告知申请人、利害关系人有要求听证的权利（行政许可法第四十六条、第四十七条）");
	if (text(row, "asked_by")[0] != '\0' && !is(row, "asked_by", "waived"))
		return conflict(call, "hearing-asked", "已经登记过听证申请");
	if (waived && strcmp(rule_of(call, &matter), "应当") == 0)
		return conflict(call, "hearing-due", "本事项应当听证，不因放弃而不举行（行政许可法第四十六条）");
	if (strcmp(on, today_of(call)) > 0 || strcmp(on, text(row, "told_on")) < 0) {
		zhen_field_error(call, "asked_on", "hearing-day", "日期应在告知之后、今天以前 (from %s to today)",
		                 text(row, "told_on"));
		return zhen_invalid(call);
	}
	const char *party;
	if (!party_asking(call, row, matter.id, by, &party))
		return zhen_invalid(call);
	const char *until = ask_until(call, row, matter.id, party);
	if (strcmp(by, "office") != 0 && until[0] != '\0' && strcmp(on, until) > 0)
		return zhen_fail(call, ZHEN_CONFLICT, "hearing-asked-late",
		                 "要求听证的期限到%s止（行政许可法第四十七条）", until);
	zhen_calendar calendar;
	char hold_by[11];
	zhen_calendar_load(call, matter.township, &calendar);
	zhen_calendar_format_date(zhen_calendar_add_working(&calendar, zhen_calendar_parse_date(on), HOLD_DAYS).day,
	                          hold_by);
	zhen_run(call, "UPDATE hearing SET asked_by = $1, asked_on = $2, hold_by = $3 WHERE matter = $4", by, on,
	         waived ? "" : hold_by, matter.id);
	matter_note(call, &matter, waived ? "hearing_waived" : "hearing_asked", party);
	return waived ? matter_reply(call, &matter) : stop_clock(call, &matter, hold_by);
}

/* Nobody who reviews the case presides (四十八条一款三项): who said something of it, who was on the spot, whose a step of it is. Of
 * checks of before there is only the name. */
static bool reviews(zhen_call *call, const struct matter *matter, const char *account, const char *name)
{
	if (zhen_one(call,
	             "SELECT id FROM opinion WHERE matter = $1 AND (account = $2 OR checker_account = $2 OR second_account = $2 OR "
	             "(checker_account = '' AND (checker = $3 OR second_checker = $3))) LIMIT 1",
	             matter->id, account, name) != NULL ||
	    zhen_one(call, "SELECT matter FROM extension WHERE matter = $1 AND account = $2", matter->id, account) !=
	            NULL)
		return true;
	ZHEN_FOR_EACH (call, row, "SELECT body, code FROM matter_step WHERE matter = $1 ORDER BY seq", matter->id)
		if (strcmp(post_officer(call, text(row, "body"), text(row, "code")), account) == 0)
			return true;
	return false;
}

/* Faults of the notice are told by their fields. */
static bool notice_is_fine(zhen_call *call, const struct matter *matter, const zhen_row *row,
                           const zhen_account *presider)
{
	const char *on = or_empty(zhen_text(call, "held_on")),
		   *first = working_days_on(call, matter->township, NOTICE_DAYS);
	/* Too late for any day within the twenty: still seven before it, and the delay is on record (hold_lapse). */
	bool early = strcmp(on, first) < 0,
	     late = strcmp(first, text(row, "hold_by")) <= 0 && strcmp(on, text(row, "hold_by")) > 0;
	bool bad = presider == NULL || reviews(call, matter, presider->id, presider->name);

	if (early || late)
		zhen_field_error(call, "held_on", early ? "notice-too-short" : "hearing-too-late",
		                 early ? "举行听证的七个工作日前通知，最早%s（行政许可法第四十八条） (not before %s)" :
		                         "应当在提出听证申请二十个工作日内组织，最迟%s（行政许可法第四十七条） (not after %s)",
		                 early ? first : text(row, "hold_by"), early ? first : text(row, "hold_by"));
	if (bad)
		zhen_field_error(call, "presider", "presider-reviews",
		                 "听证由审查本申请的工作人员以外的人员主持（行政许可法第四十八条） (not by who reviews the case)");
	return !early && !late && !bad;
}

zhen_result hearing_notice(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = hearing_for(call, ACT_HEARING_NOTICE, &matter);

	if (refused != 0)
		return refused;
	const zhen_row *row = hearing_of(call, matter.id);
	if (row == NULL || text(row, "asked_on")[0] == '\0' || zhen_column_int(row, "closed_at") != 0)
		return conflict(call, "hearing-not-asked", "没有待举行的听证");
	const zhen_account *presider = call->host->account(call, zhen_text(call, "presider"), NULL, NULL);
	if (!notice_is_fine(call, &matter, row, presider))
		return zhen_invalid(call);
	const char *on = or_empty(zhen_text(call, "held_on")), *why = or_empty(zhen_text(call, "reason")),
		   *void_now = "";
	if (text(row, "noticed_on")[0] != '\0') {
		if (why[0] == '\0') {
			zhen_field_error(call, "reason", "required",
			                 "听证已经通知，重新通知的写明原因 (it was notified before)");
			return zhen_invalid(call);
		}
		void_now = zhen_format(call, "因%s，%s的%s作废。", why, chinese_day(call, text(row, "noticed_on")),
		                       text(zhen_one(call, "SELECT number FROM document WHERE matter = $1 AND kind = 'hearing_notice' ORDER BY id DESC LIMIT 1",
		                                     matter.id), "number"));
	}
	zhen_run(call,
	         "UPDATE hearing SET noticed_on = $1, held_on = $2, held_at = $3, place = $4, presider = $5, presider_name = $6 "
	         "WHERE matter = $7",
	         today_of(call), on, or_empty(zhen_text(call, "held_at")), or_empty(zhen_text(call, "place")),
	         presider->id, presider->name, matter.id);
	zhen_sheet *sheet = zhen_sheet_new();
	zhen_sheet_paragraph(sheet, zhen_format(call,
	                                        "%s“%s”（申请编号%s）的听证定于%s%s在%s公开举行。申请人、利害关系人认为主持人与本事项有直接"
	                                        "利害关系的，有权申请回避；可以提出证据，进行申辩和质证。",
	                                        void_now, matter.item_name, matter.number, chinese_day(call, on),
	                                        or_empty(zhen_text(call, "held_at")), or_empty(zhen_text(call, "place"))));
	zhen_sheet_fact(sheet, "主持人", presider->name);
	zhen_sheet_fact(sheet, "利害关系人", text(row, "parties"));
	matter_note(call, &matter, "hearing_noticed", zhen_format(call, "%s，主持人%s%s%s", on, presider->name, why[0] != '\0' ? "，重新通知：" : "", why));
	return document_tell(call, &matter, DOCUMENT_HEARING_NOTICE, sheet, NULL);
}

zhen_result hearing_record(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = hearing_for(call, ACT_HEARING_RECORD, &matter);
	const char *outcome = or_empty(zhen_text(call, "outcome"));
	bool held = strcmp(outcome, "held") == 0;

	if (refused != 0)
		return refused;
	const zhen_row *row = hearing_of(call, matter.id);
	if (row == NULL || text(row, "asked_on")[0] == '\0' || zhen_column_int(row, "closed_at") != 0)
		return conflict(call, "hearing-not-asked", "没有待举行的听证");
	if (held && (text(row, "noticed_on")[0] == '\0' || strcmp(text(row, "held_on"), today_of(call)) > 0))
		return conflict(call, "hearing-not-held",
		                "还没有到通知的听证日期，或者没有通知（行政许可法第四十八条）");
	if (!held && strcmp(rule_of(call, &matter), "应当") == 0)
		return conflict(call, "hearing-due", "本事项应当听证，不因放弃而不举行（行政许可法第四十六条）");
	if (held && zhen_int(call, "signed") == 0) {
		zhen_field_error(call, "signed", "record-unsigned",
		                 "笔录应当交听证参加人确认无误后签字或者盖章（行政许可法第四十八条） (the record is signed)");
		return zhen_invalid(call);
	}
	zhen_run(call, "UPDATE hearing SET outcome = $1, record = $2, closed_at = $3, person = $4, account = $5 WHERE matter = $6",
	         outcome, or_empty(zhen_text(call, "record")), zhen_now(call), zhen_get_caller(call)->name,
	         zhen_get_caller(call)->account, matter.id);
	matter_note(call, &matter, held ? "hearing_held" : "hearing_waived", "");
	if (matter.state != STATE_SUSPENDED)
		return matter_reply(call, &matter);
	hold_end(call, &matter, STATE_REVIEW, zhen_now(call));
	matter_note(call, &matter, "resumed", held ? "听证结束" : "听证申请撤回");
	matter_emit(call, &matter, "approvals.case.resumed");
	return matter_reply(call, &matter);
}

/* ---- before a decision ---- */

zhen_result hearing_allows(zhen_call *call, const struct matter *matter)
{
	const char *rule = rule_of(call, matter);
	bool due = strcmp(rule, "应当") == 0;
	const zhen_row *row = hearing_of(call, matter->id);

	if (row == NULL)
		return due || strcmp(rule, "依申请") == 0 ?
		               conflict(call, "hearing-not-told",
		                        "作出决定前应当告知申请人、利害关系人享有要求听证的权利（行政许可法第三十六条、第四十六条、第四十七条）") :
		               0;
	if (is(row, "outcome", "held"))
		return 0;
	/* Who waives, waives for himself: the days are everybody's. */
	if (text(row, "asked_by")[0] == '\0' || is(row, "asked_by", "waived")) {
		const char *open, *last = last_day(call, row, matter->id, &open);

		if (open[0] != '\0')
			return zhen_fail(call, ZHEN_CONFLICT, "hearing-not-served",
			                 "听证权利告知书还没有送达%s，期限没有起算，不能作出决定（行政许可法第四十七条）", open);
		if (strcmp(today_of(call), last) <= 0)
			return zhen_fail(call, ZHEN_CONFLICT, "hearing-right-open",
			                 "要求听证的期限到%s止，届满前不能作出决定（行政许可法第四十七条）", last);
	}
	if (due || hearing_is_open(call, matter))
		return conflict(call, "hearing-not-held", "听证举行之后，根据听证笔录作出决定（行政许可法第四十八条）");
	return 0;
}

bool hearing_is_presided_by(zhen_call *call, const struct matter *matter, const char *account)
{
	return account[0] != '\0' && is(hearing_of(call, matter->id), "presider", account);
}

zhen_result hearing_bars(zhen_call *call, const struct matter *matter)
{
	return hearing_is_presided_by(call, matter, zhen_get_caller(call)->account) ?
	               zhen_fail(call, ZHEN_FORBIDDEN, "presider",
	                         "听证主持人不参加本申请的审查、决定（行政许可法第四十八条）") :
	               0;
}

bool hearing_is_open(zhen_call *call, const struct matter *matter)
{
	const zhen_row *row = hearing_of(call, matter->id);

	return text(row, "hold_by")[0] != '\0' && zhen_column_int(row, "closed_at") == 0;
}

/* ---- what is shown and printed ---- */

const char *hearing_printed(zhen_call *call, const struct matter *matter)
{
	const zhen_row *row = hearing_of(call, matter->id);

	if (row == NULL)
		return "";
	if (is(row, "outcome", "held"))
		return zhen_format(call, "已于%s在%s举行听证，由%s主持，听证笔录存卷；本决定根据听证笔录作出（行政许可法第四十八条第二款）。",
		                   chinese_day(call, text(row, "held_on")), text(row, "place"), text(row, "presider_name"));
	return zhen_format(call, "已于%s告知申请人、利害关系人听证权利，未举行听证：%s。",
	                   chinese_day(call, text(row, "told_on")),
	                   text(row, "asked_by")[0] == '\0' ? "期限内无人提出" : "书面放弃或者撤回");
}

static void show_days(zhen_call *call, const zhen_row *row, int64_t matter)
{
	const char *open, *last = last_day(call, row, matter, &open);

	if (open[0] != '\0')
		zhen_put(call, "days", zhen_format(call, "还没有送达%s，期限没有起算", open));
	else if (text(row, "ask_by")[0] == '\0')
		zhen_put(call, "ask_by", last);
}

void hearing_show(zhen_call *call, int64_t matter)
{
	static const char *const texts[] = { "parties", "interest", "told_on", "ask_by", "asked_by", "asked_on", "hold_by", "held_on",
		                             "held_at", "place", "presider_name", "outcome", "record" };
	const zhen_row *row = hearing_of(call, matter);

	zhen_open_list(call, "hearing");
	if (row != NULL) {
		zhen_open_object(call, NULL);
		for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
			if (text(row, texts[i])[0] != '\0')
				zhen_put(call, texts[i], text(row, texts[i]));
		if (text(row, "asked_by")[0] == '\0' || is(row, "asked_by", "waived"))
			show_days(call, row, matter);
		zhen_close(call);
	}
	zhen_close(call);
}

/* What comes next; NULL = nothing. */
const char *hearing_next(zhen_call *call, const struct matter *matter, const char **out_title)
{
	const zhen_row *row = hearing_of(call, matter->id);
	bool asked = text(row, "hold_by")[0] != '\0';

	*out_title = row == NULL                                   ? "告知听证权利" :
	             !asked                                        ? "登记听证申请" :
	             zhen_column_int(row, "closed_at") != 0        ? NULL :
	             text(row, "noticed_on")[0] == '\0'            ? "通知听证" :
	                                                             "登记听证笔录";
	return row == NULL                            ? "hearing/tell" :
	       !asked                                 ? "hearing/ask" :
	       text(row, "noticed_on")[0] == '\0'     ? "hearing/notice" :
	                                                "hearing/record";
}
