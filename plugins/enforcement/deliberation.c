/* SPDX-License-Identifier: Apache-2.0
 * From the notice to the decision (行政处罚法 44–65): what the party is told, what it says, the hearing, the review by lawyers, the
 * discussion, the decision. What the law asks before a decision is asked here, article by article. */
#include "proceeding.h"

static bool is_person(const struct proceeding *proceeding)
{
	return strcmp(proceeding->party_kind, "person") == 0;
}

static bool named_in(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = list; at != NULL; at = strchr(at, ';') != NULL ? strchr(at, ';') + 1 : NULL) {
		at += strspn(at, " ");
		if (strncmp(at, word, length) == 0 && (at[length] == '\0' || at[length] == ';' || at[length] == ' '))
			return true;
	}
	return false;
}

/* 63: larger fines and confiscations, and what weighs as much; how large, the province says. */
static bool may_be_heard(zhen_call *call, const struct proceeding *proceeding, int64_t fine, const char *measure,
                         int64_t confiscated)
{
	int64_t large =
		zhen_setting_int_in(call, is_person(proceeding) ? "hearing_fine_person" : "hearing_fine_organisation", proceeding->township) * 100;

	return fine >= large || confiscated >= large ||
	       named_in(zhen_setting_text_in(call, "hearing_measures", proceeding->township), measure);
}

/* 40, 46: nothing is decided on no evidence; 41: nor on what a machine saw and nobody has looked at. */
static zhen_result evidence_check(zhen_call *call, const struct proceeding *proceeding)
{
	const zhen_row *row = zhen_one(call,
	                               "SELECT COUNT(*) AS n, COALESCE(SUM(CASE WHEN monitoring = 1 AND reviewed = '' THEN 1 ELSE 0 END), 0) AS unseen "
	                               "FROM evidence WHERE proceeding = $1",
	                               proceeding->id);

	if (zhen_column_int(row, "n") == 0)
		return zhen_fail(
			call, ZHEN_CONFLICT, "no-evidence",
			"没有证据，不得给予行政处罚（行政处罚法第四十条、第四十六条） (no evidence, arts 40 and 46)");
	if (zhen_column_int(row, "unseen") > 0)
		return zhen_fail(call, ZHEN_CONFLICT, "monitoring-unreviewed",
		                 "电子技术监控设备的记录未经法制和技术审核，不得作为处罚依据（行政处罚法第四十一条） "
		                 "(a record of monitoring that was not reviewed, art. 41)");
	return 0;
}

static void notice(zhen_call *call, const struct proceeding *proceeding, const char *reason, const char *words,
                   bool hearing)
{
	zhen_sheet *sheet = zhen_sheet_new();

	zhen_sheet_fact(sheet, "当事人", proceeding->party);
	zhen_sheet_fact(sheet, "拟处罚的事实", proceeding->fact);
	zhen_sheet_fact(sheet, "理由", reason);
	zhen_sheet_fact(sheet, "依据", proceeding->basis);
	zhen_sheet_fact(sheet, "拟处罚内容", words);
	zhen_sheet_paragraph(
		sheet,
		"你（单位）有权进行陈述和申辩；不会因陈述、申辩给予更重的处罚（行政处罚法第四十四条、第四十五条）。");
	if (hearing)
		zhen_sheet_paragraph(sheet, zhen_format(call,
		                                        "你（单位）有权要求听证，应当在收到本告知书后%lld个工作日内提出；不承担组织听证的费用（行政处罚法第六十三条、第六十四条）。",
		                                        (long long)zhen_setting_int_in(call, "hearing_ask_days", proceeding->township)));
	proceeding_document(call, proceeding, "proceeding_notice", "行政处罚事先告知书", "notice", sheet);
}

zhen_result tell_proceeding(zhen_call *call)
{
	struct proceeding proceeding;
	zhen_result refused = proceeding_load(call, PROCEEDING_INFORM, &proceeding);
	int64_t fine = zhen_int(call, "fine_fen"), confiscated = zhen_int(call, "confiscated_fen");
	bool warning = zhen_int(call, "warning") != 0;
	const char *measure = zhen_has(call, "measure") ? field_text(call, "measure") : "none", *age = field_text(call, "age");

	if (refused == 0)
		refused = evidence_check(call, &proceeding);
	if (refused != 0)
		return refused;
	if (fine == 0 && !warning && strcmp(measure, "none") == 0)
		return wrong_field(call, "fine_fen", "no-penalty", "至少选一种处罚 (at least one kind of penalty)");
	if (confiscated > 0 && strcmp(measure, "confiscate") != 0)
		return wrong_field(call, "confiscated_fen", "not-confiscated", "没有选择没收 (nothing is confiscated)");
	if (is_person(&proceeding) && strcmp(age, "child") == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "under-fourteen",
		                 "不满十四周岁的未成年人有违法行为的，不予行政处罚，责令监护人加以管教（行政处罚法第三十条） (under fourteen: no penalty, art. 30)");
	bool hearing = may_be_heard(call, &proceeding, fine, measure, confiscated);
	/* Told anew, what came of the first notice no longer counts. */
	zhen_run(call,
	         "UPDATE proceeding SET told_on = $1, told_fine = $2, told_warning = $3, told_measure = $4, told_confiscated = $5, reason = $6, "
	         "age = $7, hearing_right = $8, defence = '', defence_answer = '', hearing = 'none', hearing_on = '', presider = '', "
	         "hearing_record = '', review = 0, review_text = '', reviewer = '', discussed_on = '', discussion = '' WHERE id = $9",
	         today(call), fine, warning, measure, confiscated, field_text(call, "reason"), age, hearing, proceeding.id);
	const char *words = penalty_words(call, warning, fine, measure, confiscated);
	notice(call, &proceeding, field_text(call, "reason"), words, hearing);
	return proceeding_moved(call, &proceeding, PROCEEDING_INFORM, PROCEEDING_INFORMED, words);
}

/* 45. */
zhen_result plead_proceeding(zhen_call *call)
{
	struct proceeding proceeding;
	zhen_result refused = proceeding_load(call, PROCEEDING_DEFEND, &proceeding);

	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE proceeding SET defence = $1, defence_answer = $2 WHERE id = $3",
	         field_text(call, "defence"), field_text(call, "answer"), proceeding.id);
	return proceeding_moved(call, &proceeding, PROCEEDING_DEFEND, proceeding.state, field_text(call, "defence"));
}

static const char *ask_until(zhen_call *call, const struct proceeding *proceeding)
{
	return working_days_after(call, proceeding->township, proceeding->told_on,
	                          zhen_setting_int_in(call, "hearing_ask_days", proceeding->township));
}

/* 64(1): within five working days after the notice. */
zhen_result ask_hearing(zhen_call *call)
{
	struct proceeding proceeding;
	zhen_result refused = proceeding_load(call, PROCEEDING_ASK, &proceeding);
	bool waived = zhen_int(call, "waived") != 0;

	if (refused != 0)
		return refused;
	const char *until = ask_until(call, &proceeding);
	if (!proceeding.hearing_right)
		return zhen_fail(call, ZHEN_CONFLICT, "no-hearing", "拟给予的处罚不属于可以要求听证的范围（行政处罚法第六十三条） (no right to a hearing, art. 63)");
	if (strcmp(proceeding.hearing, "none") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "hearing-settled", "听证：%s (asked or waived already)",
		                 words_of(call, HEARING_CHOICES, proceeding.hearing));
	if (strcmp(today(call), until) > 0)
		return zhen_fail(call, ZHEN_CONFLICT, "hearing-late",
		                 "应当在告知后五个工作日内（%s前）提出听证要求（行政处罚法第六十四条） (not after %s, art. 64)", until, until);
	zhen_run(call, "UPDATE proceeding SET hearing = $1 WHERE id = $2", waived ? "waived" : "asked", proceeding.id);
	return proceeding_moved(call, &proceeding, PROCEEDING_ASK, proceeding.state,
	                        zhen_format(call, "%s：%s", waived ? "放弃听证" : "要求听证", field_text(call, "said")));
}

/* 64(2), (4): seven working days before; who presides has not investigated. */
zhen_result call_hearing(zhen_call *call)
{
	struct proceeding proceeding;
	zhen_result refused = proceeding_load(call, PROCEEDING_CALL, &proceeding);
	const char *on = field_text(call, "on");

	if (refused != 0)
		return refused;
	if (strcmp(proceeding.hearing, "asked") != 0 && strcmp(proceeding.hearing, "called") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "hearing-not-asked",
		                 "当事人没有要求听证 (nobody has asked for a hearing)");
	const char *first = working_days_after(call, proceeding.township, today(call),
	                                       zhen_setting_int_in(call, "hearing_notice_days", proceeding.township));
	if (strcmp(on, first) < 0)
		return zhen_fail(call, ZHEN_CONFLICT, "hearing-too-soon",
		                 "on：应当在举行听证的七个工作日前通知，最早%s（行政处罚法第六十四条） (on: not before %s, art. 64)", first, first);
	if (is_handler(call, proceeding.id, zhen_int(call, "presider")))
		return zhen_fail(call, ZHEN_CONFLICT, "presider-investigated",
		                 "presider：听证由非本案调查人员主持（行政处罚法第六十四条） (presider: has investigated this case, art. 64)");
	const zhen_row *row = zhen_one(call, "SELECT name FROM member WHERE id = $1 AND township = $2 AND left_on = ''", zhen_int(call, "presider"),
	                               proceeding.township);
	if (row == NULL)
		return wrong_field(call, "presider", "not-a-member",
		                   "不是本乡镇队伍的人员 (not of this township's team)");
	zhen_run(call, "UPDATE proceeding SET hearing = 'called', hearing_on = $1, presider = $2 WHERE id = $3", on,
	         column_or_empty(row, "name"), proceeding.id);
	return proceeding_moved(call, &proceeding, PROCEEDING_CALL, proceeding.state, on);
}

/* 64(8), 65. */
zhen_result hold_hearing(zhen_call *call)
{
	struct proceeding proceeding;
	zhen_result refused = proceeding_load(call, PROCEEDING_HOLD, &proceeding);

	if (refused != 0)
		return refused;
	if (strcmp(proceeding.hearing, "called") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "hearing-not-called", "尚未通知听证 (no hearing was called)");
	if (strcmp(today(call), proceeding.hearing_on) < 0)
		return zhen_fail(call, ZHEN_CONFLICT, "hearing-not-yet", "听证定于%s (the hearing is on %s)",
		                 proceeding.hearing_on, proceeding.hearing_on);
	zhen_run(call, "UPDATE proceeding SET hearing = 'held', hearing_record = $1 WHERE id = $2",
	         field_text(call, "record"), proceeding.id);
	return proceeding_moved(call, &proceeding, PROCEEDING_HOLD, proceeding.state, field_text(call, "record"));
}

/* 58: by somebody who does not handle the case. */
zhen_result review_proceeding(zhen_call *call)
{
	struct proceeding proceeding;
	zhen_result refused = proceeding_load(call, PROCEEDING_REVIEW, &proceeding);
	bool passed = zhen_int(call, "passed") != 0;

	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE proceeding SET review = $1, review_text = $2, reviewer = $3 WHERE id = $4", passed ? 1 : -1,
	         field_text(call, "opinion"), zhen_get_caller(call)->name, proceeding.id);
	return proceeding_moved(call, &proceeding, PROCEEDING_REVIEW, proceeding.state,
	                        zhen_format(call, "%s：%s", passed ? "审核通过" : "审核未通过", field_text(call, "opinion")));
}

/* 57. */
zhen_result discuss_proceeding(zhen_call *call)
{
	struct proceeding proceeding;
	zhen_result refused = proceeding_load(call, PROCEEDING_DISCUSS, &proceeding);

	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE proceeding SET discussed_on = $1, discussion = $2 WHERE id = $3", today(call),
	         zhen_format(call, "%s：%s", field_text(call, "present"), field_text(call, "record")), proceeding.id);
	return proceeding_moved(call, &proceeding, PROCEEDING_DISCUSS, proceeding.state, field_text(call, "present"));
}

/* What has to be there before a decision, in the order of the law. */
static zhen_result is_ripe(zhen_call *call, const struct proceeding *proceeding)
{
	bool heard = strcmp(proceeding->hearing, "held") == 0, waived = strcmp(proceeding->hearing, "waived") == 0,
	     asked = strcmp(proceeding->hearing, "none") != 0 && !waived;
	const char *said_by = working_days_after(call, proceeding->township, proceeding->told_on,
	                                         zhen_setting_int_in(call, "defence_days", proceeding->township));
	zhen_result refused = evidence_check(call, proceeding);

	if (refused != 0)
		return refused;
	if (proceeding->defence[0] == '\0' && !asked && !waived && strcmp(today(call), said_by) <= 0)
		return zhen_fail(call, ZHEN_CONFLICT, "defence-open",
		                 "当事人可以陈述、申辩至%s，之前不作决定（行政处罚法第四十五条、第六十二条） (may be heard until %s, arts 45 and 62)", said_by,
		                 said_by);
	if (asked && !heard)
		return zhen_fail(call, ZHEN_CONFLICT, "hearing-due", "当事人要求听证，应当组织听证后再作决定（行政处罚法第六十三条） (a hearing was asked for, art. 63)");
	if (proceeding->hearing_right && !asked && !waived && strcmp(today(call), ask_until(call, proceeding)) <= 0)
		return zhen_fail(
			call, ZHEN_CONFLICT, "hearing-open",
			"当事人可以要求听证至%s（行政处罚法第六十四条） (may ask for a hearing until %s, art. 64)",
			ask_until(call, proceeding), ask_until(call, proceeding));
	if ((proceeding->grave || heard) && proceeding->review <= 0)
		return zhen_fail(call, ZHEN_CONFLICT, "not-reviewed",
		                 "重大、复杂或者经过听证的案件，未经法制审核或者审核未通过的，不得作出决定（行政处罚法第五十八条） "
		                 "(a grave case, or one that was heard, is reviewed by lawyers first, art. 58)");
	if (proceeding->grave && proceeding->joint_on[0] == '\0')
		return zhen_fail(
			call, ZHEN_CONFLICT, "not-joint",
			"重大案件应有与上级执法部门联合办案的记录 (a grave case has a record of joint handling)");
	if (proceeding->grave && proceeding->discussed_on[0] == '\0')
		return zhen_fail(call, ZHEN_CONFLICT, "not-discussed", "重大、复杂案件由负责人集体讨论决定（行政处罚法第五十七条） (discussed by the leaders first, art. 57)");
	return 0;
}

static bool is_heavier(const struct proceeding *told, int64_t fine, bool warning, const char *measure,
                       int64_t confiscated)
{
	return fine > told->told_fine || (warning && !told->told_warning) || confiscated > told->told_confiscated ||
	       (strcmp(measure, "none") != 0 && strcmp(measure, told->told_measure) != 0);
}

static const char *evidence_words(zhen_call *call, int64_t proceeding)
{
	const char *words = "";

	ZHEN_FOR_EACH (call, row,
	               "SELECT kind, title, proves FROM evidence WHERE proceeding = $1 ORDER BY id LIMIT 100",
	               proceeding)
		words = zhen_format(call, "%s%s%s《%s》证明%s", words, words[0] != '\0' ? "；" : "",
		                    words_of(call, EVIDENCE_CHOICES, column_or_empty(row, "kind")),
		                    column_or_empty(row, "title"), column_or_empty(row, "proves"));
	return words;
}

/* 59: the six contents. */
static const char *decision(zhen_call *call, const struct proceeding *proceeding)
{
	const zhen_division *county = call->host->division_above(call, proceeding->township, 3);
	zhen_sheet *sheet = zhen_sheet_new();

	zhen_sheet_fact(sheet, "当事人", proceeding->party);
	if (proceeding->credit_code[0] != '\0')
		zhen_sheet_fact(sheet, "统一社会信用代码", proceeding->credit_code);
	zhen_sheet_fact(sheet, "地点", proceeding->place);
	zhen_sheet_fact(sheet, "违法事实", proceeding->fact);
	zhen_sheet_fact(sheet, "证据", evidence_words(call, proceeding->id));
	zhen_sheet_fact(sheet, "陈述、申辩及复核",
	                proceeding->defence[0] != '\0' ? zhen_format(call, "%s；%s", proceeding->defence, proceeding->defence_answer) : "当事人未陈述、申辩");
	zhen_sheet_fact(sheet, "处罚种类和内容",
	                penalty_words(call, proceeding->warning, proceeding->fine, proceeding->measure,
	                              proceeding->confiscated));
	zhen_sheet_fact(sheet, "处罚依据", zhen_format(call, "%s（%s）", proceeding->basis, proceeding->item_name));
	zhen_sheet_fact(sheet, "理由", proceeding->reason);
	zhen_sheet_fact(sheet, "执法人员（证件号）", handlers_of(call, proceeding->id));
	zhen_sheet_paragraph(sheet, "责令改正上述违法行为（行政处罚法第二十八条）。");
	if (proceeding->fine > 0)
		zhen_sheet_paragraph(sheet, zhen_format(call,
		                                        "当事人应当自收到本决定书之日起%lld日内，到指定的银行或者通过电子支付系统缴纳罚款；到期不缴纳的，每日按罚款数额的百分之三加处罚款，"
		                                        "加处罚款的数额不超过罚款的数额（行政处罚法第六十七条、第七十二条）。",
		                                        (long long)zhen_setting_int(call, "payment_days")));
	zhen_sheet_paragraph(sheet, zhen_format(call,
	                                        "不服本决定的，可以自知道之日起六十日内向%s人民政府申请行政复议，也可以在六个月内直接向人民法院提起行政诉讼"
	                                        "（行政复议法第二十条、行政诉讼法第四十六条）。",
	                                        county != NULL ? county->name : "上一级"));
	return proceeding_document(call, proceeding, "proceeding_decision", "行政处罚决定书", "decision", sheet);
}

zhen_result decide_proceeding(zhen_call *call)
{
	struct proceeding proceeding;
	zhen_result refused = proceeding_load(call, PROCEEDING_DECIDE, &proceeding);
	const char *extension = field_text(call, "extension");

	if (refused == 0)
		refused = is_ripe(call, &proceeding);
	if (refused != 0)
		return refused;
	proceeding.fine = zhen_int(call, "fine_fen");
	proceeding.warning = zhen_int(call, "warning") != 0;
	proceeding.measure = zhen_has(call, "measure") ? field_text(call, "measure") : "none";
	proceeding.confiscated = zhen_int(call, "confiscated_fen");
	if (proceeding.fine == 0 && !proceeding.warning && strcmp(proceeding.measure, "none") == 0)
		return wrong_field(call, "fine_fen", "no-penalty",
		                   "至少选一种处罚；不予处罚的另行办理 (at least one kind of penalty)");
	if (is_heavier(&proceeding, proceeding.fine, proceeding.warning, proceeding.measure, proceeding.confiscated))
		return zhen_fail(call, ZHEN_CONFLICT, "heavier",
		                 "重于告知的%s：不得因当事人陈述、申辩而给予更重的处罚；有新的事实的，重新告知（行政处罚法第四十五条） "
		                 "(heavier than what was told, art. 45)",
		                 penalty_words(call, proceeding.told_warning, proceeding.told_fine, proceeding.told_measure,
		                               proceeding.told_confiscated));
	if (strcmp(today(call), proceeding.due_on) > 0 && extension[0] == '\0')
		return zhen_fail(call, ZHEN_CONFLICT, "out-of-time",
		                 "自立案之日起九十日（%s）已满，法律、法规、规章另有规定的写明依据（行政处罚法第六十条） "
		                 "(extension: ninety days ended on %s, art. 60)",
		                 proceeding.due_on, proceeding.due_on);
	proceeding.number = decision(call, &proceeding);
	zhen_run(call,
	         "UPDATE proceeding SET fine = $1, warning = $2, measure = $3, confiscated = $4, decided_on = $5, number = $6, extension = $7 WHERE "
	         "id = $8",
	         proceeding.fine, proceeding.warning, proceeding.measure, proceeding.confiscated, today(call),
	         proceeding.number, extension, proceeding.id);
	count_month(call, proceeding.township, "decided");
	publication_due(call, "proceeding", proceeding.id, proceeding.township);
	return proceeding_moved(call, &proceeding, PROCEEDING_DECIDE, PROCEEDING_DECIDED, proceeding.number);
}
