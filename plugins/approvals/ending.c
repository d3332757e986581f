/* SPDX-License-Identifier: Apache-2.0
 * What was granted ends before its time: 撤销 (行政许可法 69), 撤回 and 变更 where the law or the facts changed (8), 注销 (70). The
 * holder is told on which ground, and has days to state his case; then it is decided, or left as it is. What is a fact already (the
 * term is over, the holder is no more, it was revoked) is entered at once. By the body that granted; what its superior has decided,
 * it carries out and names. A file that was put away is opened for it: the first volume stays as it is. */
#include "items.h"
#include "licence.h"

const char ending_sql[] =
	"CREATE TABLE ending(id {{id}}, matter BIGINT NOT NULL, kind TEXT NOT NULL, ground TEXT NOT NULL, reason TEXT NOT NULL, "
	"superior TEXT NOT NULL, told_on TEXT NOT NULL, state_by TEXT NOT NULL, statement TEXT NOT NULL, stated_on TEXT NOT NULL, "
	"outcome TEXT NOT NULL, note TEXT NOT NULL, decided_on TEXT NOT NULL, number TEXT NOT NULL, person TEXT NOT NULL, "
	"account TEXT NOT NULL);"
	"CREATE INDEX ending_matter ON ending(matter, id);"
	"ALTER TABLE tally ADD COLUMN recalled BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE tally ADD COLUMN changed BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE tally ADD COLUMN cancelled BIGINT NOT NULL DEFAULT 0";

static const struct kind {
	const char *name, *title, *done, *topic;
	enum state to;
	enum document_kind document;
} kinds[] = {
	{ "revoke", "撤销", "已撤销", "approvals.case.withdrawn", STATE_WITHDRAWN, DOCUMENT_WITHDRAWAL },
	{ "recall", "撤回", "已撤回", "approvals.case.recalled", STATE_RECALLED, DOCUMENT_RECALL },
	{ "change", "变更", "已变更", "approvals.case.changed", STATE_ISSUED, DOCUMENT_CHANGE },
	{ "cancel", "注销", "已注销", "approvals.case.cancelled", STATE_CANCELLED, DOCUMENT_CANCELLATION },
};

/* Of which kinds, and as the law has it. */
static const struct ground {
	const char *name, *kinds, *text;
} grounds[] = {
	{ "abuse", "revoke", "行政机关工作人员滥用职权、玩忽职守作出准予决定（行政许可法第六十九条第一款第一项）" },
	{ "beyond_power", "revoke", "超越法定职权作出准予决定（行政许可法第六十九条第一款第二项）" },
	{ "procedure", "revoke", "违反法定程序作出准予决定（行政许可法第六十九条第一款第三项）" },
	{ "unqualified", "revoke", "对不具备申请资格或者不符合法定条件的申请人准予许可（行政许可法第六十九条第一款第四项）" },
	{ "by_law", "revoke", "依法可以撤销的其他情形（行政许可法第六十九条第一款第五项）" },
	{ "by_deceit", "revoke", "以欺骗、贿赂等不正当手段取得（行政许可法第六十九条第二款）" },
	{ "law_changed", "recall change", "所依据的法律、法规、规章修改或者废止，为公共利益需要（行政许可法第八条第二款）" },
	{ "facts_changed", "recall change", "准予所依据的客观情况发生重大变化，为公共利益需要（行政许可法第八条第二款）" },
	{ "force_majeure", "cancel", "因不可抗力导致许可事项无法实施（行政许可法第七十条第五项）" },
	{ "other_law", "cancel", "法律、法规规定应当注销的其他情形（行政许可法第七十条第六项）" },
	{ "expired", "fact", "有效期届满未延续（行政许可法第七十条第一项）" },
	{ "incapable", "fact", "赋予公民特定资格的许可，该公民死亡或者丧失行为能力（行政许可法第七十条第二项）" },
	{ "dissolved", "fact", "法人或者其他组织依法终止（行政许可法第七十条第三项）" },
	{ "void", "fact", "依法被撤销、撤回（行政许可法第七十条第四项）" },
	{ "struck", "fact", "许可证件依法被吊销（行政许可法第七十条第四项）" },
};

static const char *text(const zhen_row *row, const char *column)
{
	return or_empty(zhen_column_text(row, column));
}

static bool is(const zhen_row *row, const char *column, const char *word)
{
	return strcmp(text(row, column), word) == 0;
}

static const struct kind *kind_of(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return &kinds[0];
}

static const struct ground *ground_of(const char *name)
{
	for (size_t i = 0; i < sizeof(grounds) / sizeof(grounds[0]); i++)
		if (strcmp(grounds[i].name, name) == 0)
			return &grounds[i];
	return &grounds[0];
}

#define COLUMNS                                                                                                              \
	"SELECT id, kind, ground, reason, superior, told_on, state_by, statement, stated_on, outcome, note, decided_on, number, " \
	"person FROM ending WHERE matter = $1 "

/* Told, and not decided; NULL = none. */
static const zhen_row *open_ending(zhen_call *call, int64_t matter)
{
	return zhen_one(call, COLUMNS "AND outcome = '' ORDER BY id DESC LIMIT 1", matter);
}

bool ending_is_open(zhen_call *call, int64_t matter)
{
	return open_ending(call, matter) != NULL;
}

/* The holder has said what there is to say, or the days are over. */
static bool is_heard(zhen_call *call, const zhen_row *row)
{
	return text(row, "stated_on")[0] != '\0' || strcmp(today_of(call), text(row, "state_by")) > 0;
}

bool ending_may_decide(zhen_call *call, int64_t matter)
{
	const zhen_row *row = open_ending(call, matter);

	return row != NULL && is_heard(call, row);
}

bool ending_waits_for_statement(zhen_call *call, int64_t matter)
{
	const zhen_row *row = open_ending(call, matter);

	return row != NULL && text(row, "stated_on")[0] == '\0';
}

static const zhen_row *granted_by(zhen_call *call, int64_t matter)
{
	return zhen_one(call, "SELECT id, number, state FROM document WHERE matter = $1 AND kind = 'decision' AND state IN ('issued', "
	                      "'withdrawn') ORDER BY id DESC LIMIT 1", matter);
}

/* Revoked or recalled: over, and not yet cancelled. */
bool ending_is_void(zhen_call *call, int64_t matter)
{
	const zhen_row *row =
		zhen_one(call, COLUMNS "AND outcome = 'ended' AND kind <> 'change' ORDER BY id DESC LIMIT 1", matter);

	/* The state: of one revoked before there was a table of endings. */
	return is(row, "kind", "revoke") || is(row, "kind", "recall") ||
	       zhen_one(call, "SELECT id FROM matter WHERE id = $1 AND state IN ('withdrawn', 'recalled')", matter) !=
	               NULL;
}

/* A file that was put away is opened first. 0, or the refusal. */
static zhen_result open_file(zhen_call *call, struct matter *matter, bool is_ended)
{
	if (matter->state != STATE_ARCHIVED)
		return 0;
	zhen_result refused = archive_reopen(call, matter, is_ended, zhen_text(call, "explanation"));
	if (refused == 0 && !is_ended)
		matter_set_state(call, matter, STATE_ISSUED);
	return refused;
}

static const char *law(zhen_call *call, const struct matter *matter)
{
	return matter_is_licence(call, matter) ? "根据" : "参照";
}

/* ---- telling, hearing ---- */

zhen_result ending_tell(zhen_call *call)
{
	const struct kind *kind = kind_of(or_empty(zhen_text(call, "kind")));
	const struct ground *ground = ground_of(or_empty(zhen_text(call, "ground")));
	const char *reason = or_empty(zhen_text(call, "explanation")),
		   *superior = or_empty(zhen_text(call, "superior"));
	struct matter matter;
	zhen_result refused = head_for(call, ACT_END_TELL, &matter);

	if (refused != 0)
		return refused;
	if (strstr(ground->kinds, kind->name) == NULL) {
		zhen_field_error(call, "ground", "ground-of-another", "不是%s的事由 (not a ground of this)",
		                 kind->title);
		return zhen_invalid(call);
	}
	if (ending_is_open(call, matter.id))
		return zhen_fail(call, ZHEN_CONFLICT, "ending-told", "件 %s 已经告知，作出决定以后才能再告知",
		                 matter.number);
	if ((refused = open_file(call, &matter, false)) != 0)
		return refused;
	const char *state_by =
		working_days_on(call, matter.township, zhen_setting_int_in(call, "statement_days", matter.township));
	zhen_insert(call,
	            "INSERT INTO ending(matter, kind, ground, reason, superior, told_on, state_by, statement, stated_on, outcome, note, "
	            "decided_on, number, person, account) VALUES($1, $2, $3, $4, $5, $6, $7, '', '', '', '', '', '', $8, $9) RETURNING id",
	            matter.id, kind->name, ground->name, reason, superior, today_of(call), state_by, zhen_get_caller(call)->name,
	            zhen_get_caller(call)->account);
	zhen_sheet *sheet = zhen_sheet_new();
	zhen_sheet_paragraph(sheet,
	                     zhen_format(call,
	                                 "本机关作出的%s，因%s，拟予以%s：%s。%s《中华人民共和国行政许可法》第七条，你（户、单位）享有陈述权、申辩权，"
	                                 "可以在%s前到便民服务中心窗口提出；逾期未提出的，本机关依法作出决定。",
	                                 text(granted_by(call, matter.id), "number"), ground->text, kind->title, reason,
	                                 law(call, &matter), clock_date(call, matter.township, state_by)));
	zhen_sheet_fact(sheet, "上级机关的决定", superior);
	matter_note(call, &matter, "ending_told", zhen_format(call, "拟%s：%s", kind->title, reason));
	return document_tell(call, &matter, DOCUMENT_ENDING_NOTICE, sheet, NULL);
}

zhen_result ending_state(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_END_STATE, &matter);
	const char *on = or_empty(zhen_has(call, "stated_on") ? zhen_text(call, "stated_on") : today_of(call));

	if (refused != 0)
		return refused;
	const zhen_row *row = open_ending(call, matter.id);
	if (row == NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "ending-not-told", "件 %s 没有告知过拟撤销、撤回、变更或者注销",
		                 matter.number);
	if (!is(row, "stated_on", ""))
		return zhen_fail(call, ZHEN_CONFLICT, "stated-already", "陈述、申辩已经登记");
	if (strcmp(on, today_of(call)) > 0 || strcmp(on, text(row, "told_on")) < 0) {
		zhen_field_error(call, "stated_on", "statement-day", "日期应在告知之后、今天以前 (from %s to today)",
		                 text(row, "told_on"));
		return zhen_invalid(call);
	}
	zhen_run(call, "UPDATE ending SET statement = $1, stated_on = $2 WHERE id = $3",
	         or_empty(zhen_text(call, "statement")), on, zhen_column_int(row, "id"));
	matter_note(call, &matter, "ending_stated", zhen_text(call, "statement"));
	return matter_reply(call, &matter);
}

/* ---- deciding ---- */

/* By deceit it is revoked; only great harm to the public interest stands against it (69 II, III). 0, or the refusal. */
static zhen_result may_keep(zhen_call *call, const zhen_row *row, const char *why)
{
	bool revoking = is(row, "kind", "revoke");

	if (why[0] == '\0' || (strcmp(why, "public") == 0 && !revoking)) {
		zhen_field_error(call, "why", why[0] == '\0' ? "required" : "reason-of-another",
		                 why[0] == '\0' ? "请选择不予撤销（撤回、变更、注销）的理由" : "第六十九条第三款只适用于撤销");
		return zhen_invalid(call);
	}
	if (strcmp(why, "weighed") == 0 && is(row, "ground", "by_deceit"))
		return zhen_fail(call, ZHEN_CONFLICT, "must-revoke",
		                 "以欺骗、贿赂等不正当手段取得的，应当予以撤销（行政许可法第六十九条第二款），撤销可能对公共利益造成重大损害的除外");
	return 0;
}

/* What was told and what was said to it. */
static const char *course(zhen_call *call, const struct matter *matter, const zhen_row *row)
{
	const char *statement = text(row, "statement"), *superior = text(row, "superior");
	const char *told = zhen_format(call, "本机关于%s告知拟%s并告知陈述、申辩的权利，",
	                               clock_date(call, matter->township, text(row, "told_on")),
	                               kind_of(text(row, "kind"))->title);

	return zhen_format(call, "%s%s%s%s%s", told,
	                   text(row, "stated_on")[0] == '\0' ? "期限内没有收到陈述、申辩。" : "收到的陈述、申辩：", statement,
	                   statement[0] != '\0' ? "。" : "",
	                   superior[0] != '\0' ? zhen_format(call, "上级机关的决定：%s。", superior) : "");
}

static const char *what_follows(const zhen_row *row)
{
	if (is(row, "ground", "by_deceit"))
		return "被许可人基于该许可取得的利益不受保护（行政许可法第六十九条第四款）。";
	if (is(row, "kind", "revoke"))
		return "被许可人的合法权益因此受到损害的，依法给予赔偿（行政许可法第六十九条第四款）。";
	if (is(row, "kind", "recall") || is(row, "kind", "change"))
		return "由此造成财产损失的，依法给予补偿（行政许可法第八条第二款）。";
	return "";
}

static zhen_result keep(zhen_call *call, struct matter *matter, const zhen_row *row)
{
	static const char *const words[][2] = { { "unfounded", "告知的事由经查不成立" },
		                                { "public", "撤销可能对公共利益造成重大损害（行政许可法第六十九条第三款）" },
		                                { "weighed", "经权衡，不需要" } };
	const char *why = or_empty(zhen_text(call, "why")), *said = "", *title = kind_of(text(row, "kind"))->title;
	zhen_result refused = may_keep(call, row, why);

	if (refused != 0)
		return refused;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i][0], why) == 0)
			said = words[i][1];
	zhen_sheet *sheet = zhen_sheet_new();
	zhen_sheet_paragraph(sheet, course(call, matter, row));
	zhen_sheet_paragraph(sheet, zhen_format(call, "%s：%s。本机关决定不予%s，%s继续有效。", said,
	                                        or_empty(zhen_text(call, "explanation")), title,
	                                        text(granted_by(call, matter->id), "number")));
	const char *number = document_new(call, matter, DOCUMENT_KEPT, sheet);
	zhen_run(call, "UPDATE ending SET outcome = 'kept', note = $1, decided_on = $2, number = $3 WHERE id = $4",
	         zhen_format(call, "%s：%s", said, or_empty(zhen_text(call, "explanation"))), today_of(call), number,
	         zhen_column_int(row, "id"));
	matter_note(call, matter, "ending_dropped", zhen_format(call, "不予%s：%s", title, said));
	zhen_put(call, "document", number);
	return matter_reply(call, matter);
}

/* The paper, the state, the event: of whichever kind. */
static zhen_result end(zhen_call *call, struct matter *matter, int64_t id, const char *kind_name, zhen_sheet *sheet)
{
	const struct kind *kind = kind_of(kind_name);
	const zhen_row *granted = granted_by(call, matter->id);

	zhen_sheet_paragraph(sheet, document_remedies(call, matter));
	if (strcmp(kind->name, "change") != 0 && is(granted, "state", "issued"))
		zhen_document_withdraw(call, zhen_column_int(granted, "id"), kind->name);
	const char *number = document_new(call, matter, kind->document, sheet);
	zhen_run(call, "UPDATE ending SET outcome = 'ended', note = $1, decided_on = $2, number = $3 WHERE id = $4",
	         or_empty(zhen_text(call, "explanation")), today_of(call), number, id);
	matter_set_state(call, matter, kind->to);
	matter_note(call, matter, strcmp(kind->name, "revoke") == 0 ? "withdrawn" : strrchr(kind->topic, '.') + 1,
	            zhen_text(call, "explanation"));
	zhen_put(call, "document", number);
	matter_emit(call, matter, kind->topic);
	return matter_reply(call, matter);
}

zhen_result withdraw_case(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = head_for(call, ACT_WITHDRAW, &matter);

	if (refused == 0)
		refused = seal_ready(call, matter.township);
	if (refused != 0)
		return refused;
	const zhen_row *row = open_ending(call, matter.id);
	if (row == NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "ending-not-told",
		                 "作出决定前应当告知事由，听取被许可人的陈述、申辩（行政许可法第七条），先办理“告知拟撤销、撤回、变更、注销”");
	if (!is_heard(call, row))
		return zhen_fail(call, ZHEN_CONFLICT, "statement-open",
		                 "被许可人可以陈述、申辩到%s，届满前没有登记陈述、申辩的，不能作出决定",
		                 text(row, "state_by"));
	if (strcmp(or_empty(zhen_text(call, "decision")), "keep") == 0)
		return keep(call, &matter, row);
	const struct kind *kind = kind_of(text(row, "kind"));
	const char *to = or_empty(zhen_text(call, "change"));
	if (strcmp(kind->name, "change") == 0 && to[0] == '\0') {
		zhen_field_error(call, "change", "required", "请写明变更后的内容 (what it says from now on)");
		return zhen_invalid(call);
	}
	zhen_sheet *sheet = zhen_sheet_new();
	zhen_sheet_paragraph(sheet, course(call, &matter, row));
	zhen_sheet_paragraph(sheet, zhen_format(call, "本机关作出的%s，因%s：%s。%s上述规定，决定予以%s%s%s。%s", text(granted_by(call, matter.id), "number"),
	                                        ground_of(text(row, "ground"))->text, or_empty(zhen_text(call, "explanation")),
	                                        law(call, &matter), kind->title, to[0] != '\0' ? "，变更为：" : "，自本决定送达之日起失效", to,
	                                        what_follows(row)));
	return end(call, &matter, zhen_column_int(row, "id"), kind->name, sheet);
}

/* ---- 注销 of what is over already ---- */

/* 吊销 is another's act, or a decision of its own (行政处罚法 9): which one, the cancelling names. */
static bool names_penalty(zhen_call *call)
{
	static const char *const names[] = { "struck_by", "struck_number", "struck_on" };
	bool fine = true;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (or_empty(zhen_text(call, names[i]))[0] == '\0') {
			zhen_field_error(
				call, names[i], "required",
				"请写明吊销决定的机关、文号和日期 (who struck it off, by which decision, when)");
			fine = false;
		}
	if (fine && strcmp(zhen_text(call, "struck_on"), today_of(call)) > 0) {
		zhen_field_error(call, "struck_on", "future", "日期晚于今天 (in the future)");
		fine = false;
	}
	return fine;
}

static const char *facts(zhen_call *call, const struct ground *ground)
{
	const char *explanation = or_empty(zhen_text(call, "explanation"));

	return strcmp(ground->name, "struck") != 0 ?
	               explanation :
	               zhen_format(call, "%s于%s作出%s，%s", zhen_text(call, "struck_by"), zhen_text(call, "struck_on"),
	                           zhen_text(call, "struck_number"), explanation);
}

/* 0, or the refusal. */
static zhen_result is_over(zhen_call *call, const struct matter *matter, const char *ground)
{
	bool is_ended = ending_is_void(call, matter->id), says_so = strcmp(ground, "void") == 0;

	if (ending_is_open(call, matter->id))
		return zhen_fail(call, ZHEN_CONFLICT, "ending-told", "件 %s 已经告知，先作出决定", matter->number);
	if (is_ended && !says_so)
		return zhen_fail(call, ZHEN_CONFLICT, "void-already",
		                 "许可已经撤销、撤回，以此为由注销（行政许可法第七十条第四项）");
	if (!is_ended && says_so)
		return zhen_fail(call, ZHEN_CONFLICT, "not-void",
		                 "许可没有被撤销、撤回：先告知事由，听取陈述、申辩，再作出决定（行政许可法第七条、第八条、第六十九条）");
	if (strcmp(ground, "struck") == 0 && !names_penalty(call))
		return zhen_invalid(call);
	if (strcmp(ground, "expired") != 0)
		return 0;
	const zhen_row *licence = licence_row(call, matter->id);
	if (licence != NULL && licence_is_over(call, licence) && !licence_is_renewed(call, matter->id) &&
	    !renewal_is_open(call, matter->id))
		return 0;
	return zhen_fail(call, ZHEN_CONFLICT, "licence-in-force",
	                 "许可没有有效期、有效期没有届满，或者已经延续、正在办理延续，不能以此为由注销");
}

zhen_result cancel_case(zhen_call *call)
{
	const struct ground *ground = ground_of(or_empty(zhen_text(call, "ground")));
	struct matter matter;
	zhen_result refused = head_for(call, ACT_CANCEL, &matter);

	if (refused == 0)
		refused = seal_ready(call, matter.township);
	if (refused == 0)
		refused = is_over(call, &matter, ground->name);
	if (refused == 0)
		refused = open_file(call, &matter, strcmp(ground->name, "void") == 0);
	if (refused != 0)
		return refused;
	int64_t id = zhen_insert(
		call,
		"INSERT INTO ending(matter, kind, ground, reason, superior, told_on, state_by, statement, stated_on, outcome, note, "
		"decided_on, number, person, account) VALUES($1, 'cancel', $2, $3, '', '', '', '', '', '', '', '', '', $4, $5) RETURNING id",
		matter.id, ground->name, facts(call, ground), zhen_get_caller(call)->name,
		zhen_get_caller(call)->account);
	zhen_sheet *sheet = zhen_sheet_new();
	zhen_sheet_paragraph(
		sheet, zhen_format(call, "本机关作出的%s，因%s：%s。%s上述规定，办理注销手续，自本决定作出之日起注销。",
	                           text(granted_by(call, matter.id), "number"), ground->text, facts(call, ground),
	                           law(call, &matter)));
	return end(call, &matter, id, "cancel", sheet);
}

/* ---- what is seen of it ---- */

const char *ending_standing(zhen_call *call, int64_t matter)
{
	const zhen_row *row = zhen_one(call, COLUMNS "AND outcome = 'ended' ORDER BY id DESC LIMIT 1", matter);

	return row == NULL ? "" :
	                     zhen_format(call, "%s（%s，%s）：%s", kind_of(text(row, "kind"))->done, text(row, "decided_on"), text(row, "number"),
	                                 ground_of(text(row, "ground"))->text);
}

bool ending_is_other(zhen_call *call, int64_t matter)
{
	const zhen_row *row = zhen_one(call, COLUMNS "AND outcome = 'ended' ORDER BY id DESC LIMIT 1", matter);

	return is(row, "kind", "recall") || is(row, "kind", "cancel");
}

void ending_show(zhen_call *call, int64_t matter)
{
	static const char *const texts[] = { "kind", "ground", "reason", "superior", "told_on", "state_by", "statement", "stated_on",
		                             "outcome", "note", "decided_on", "number", "person" };

	if (zhen_one(call, "SELECT id FROM ending WHERE matter = $1 LIMIT 1", matter) == NULL)
		return;
	zhen_open_list(call, "endings");
	ZHEN_FOR_EACH (call, row, COLUMNS "ORDER BY id", matter) {
		zhen_open_object(call, NULL);
		for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
			if (text(row, texts[i])[0] != '\0')
				zhen_put(call, texts[i], strcmp(texts[i], "ground") == 0 ? ground_of(text(row, "ground"))->text : text(row, texts[i]));
		zhen_close(call);
	}
	zhen_close(call);
}
