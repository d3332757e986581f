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
	"person, effective_on, stated_how FROM ending WHERE matter = $1 "

/* The newest that has taken effect. */
#define IN_EFFECT "AND outcome = 'ended' AND effective_on <> '' ORDER BY id DESC LIMIT 1"

/* Told, and not decided; NULL = none. */
static const zhen_row *open_ending(zhen_call *call, int64_t matter)
{
	return zhen_one(call, COLUMNS "AND outcome = '' ORDER BY id DESC LIMIT 1", matter);
}

/* Decided, its paper not issued; NULL = none. */
static const zhen_row *pending_ending(zhen_call *call, int64_t matter)
{
	return zhen_one(call, COLUMNS "AND outcome = 'ended' AND effective_on = '' ORDER BY id DESC LIMIT 1", matter);
}

bool ending_is_open(zhen_call *call, int64_t matter)
{
	return zhen_one(call, COLUMNS "AND effective_on = '' LIMIT 1", matter) != NULL;
}

/* The holder has said what there is to say, or the days are over, which begin when the notice is served. */
static bool is_heard(zhen_call *call, const zhen_row *row)
{
	const char *until = text(row, "state_by");

	return text(row, "stated_on")[0] != '\0' || (until[0] != '\0' && strcmp(today_of(call), until) > 0);
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

const char *ending_granted(zhen_call *call, int64_t matter)
{
	return text(granted_by(call, matter), "number");
}

/* Revoked or recalled: over, and not yet cancelled. */
bool ending_is_void(zhen_call *call, int64_t matter)
{
	const zhen_row *row = zhen_one(
		call,
		COLUMNS "AND effective_on <> '' AND outcome = 'ended' AND kind <> 'change' ORDER BY id DESC LIMIT 1",
		matter);

	/* The state: of one revoked before there was a table of endings. */
	return is(row, "kind", "revoke") || is(row, "kind", "recall") ||
	       zhen_one(call, "SELECT id FROM matter WHERE id = $1 AND state IN ('withdrawn', 'recalled')", matter) !=
	               NULL;
}

zhen_result ending_open_file(zhen_call *call, struct matter *matter, bool is_ended)
{
	if (matter->state != STATE_ARCHIVED)
		return 0;
	zhen_result refused = archive_reopen(call, matter, is_ended, zhen_text(call, "explanation"));
	if (refused == 0) /* as it stood before it was put away */
		matter_set_state(call, matter,
		                 !is_ended                                  ? STATE_ISSUED :
		                 ending_is_other(call, matter->id) ? STATE_RECALLED :
		                                                     STATE_WITHDRAWN);
	return refused;
}

const char *ending_law(zhen_call *call, const struct matter *matter)
{
	return matter_is_licence(call, matter) ? "根据" : "参照";
}

#define NOT_SERVED "告知书还没有送达，陈述、申辩的期限没有起算 (the notice was not served: its days do not run)"

static int64_t statement_days(zhen_call *call, const struct matter *matter)
{
	return zhen_setting_int_in(call, "statement_days", matter->township);
}

/* ---- telling, hearing ---- */

zhen_result ending_tell(zhen_call *call)
{
	const struct kind *kind = kind_of(or_empty(zhen_text(call, "kind")));
	const struct ground *ground = ground_of(or_empty(zhen_text(call, "ground")));
	const char *reason = or_empty(zhen_text(call, "explanation"));
	struct matter matter;
	zhen_result refused = head_for(call, ACT_END_TELL, &matter);

	if (refused != 0)
		return refused;
	bool ordered = strcmp(kind->name, "revoke") == 0 && superior_open(call, matter.id)[0] != '\0';
	const char *superior = ordered ? superior_open(call, matter.id) : or_empty(zhen_text(call, "superior"));
	if (strstr(ground->kinds, kind->name) == NULL) {
		zhen_field_error(call, "ground", "ground-of-another", "不是%s的事由 (not a ground of this)",
		                 kind->title);
		return zhen_invalid(call);
	}
	if (ending_is_open(call, matter.id))
		return zhen_fail(call, ZHEN_CONFLICT, "ending-told", "件 %s 已经告知，作出决定以后才能再告知",
		                 matter.number);
	if ((refused = ending_open_file(call, &matter, false)) != 0)
		return refused;
	int64_t id = zhen_insert(
		call,
		"INSERT INTO ending(matter, kind, ground, reason, superior, told_on, state_by, statement, stated_on, outcome, note, "
		"decided_on, number, person, account) VALUES($1, $2, $3, $4, $5, $6, '', '', '', '', '', '', '', $7, $8) RETURNING id",
		matter.id, kind->name, ground->name, reason, superior, today_of(call), zhen_get_caller(call)->name,
		zhen_get_caller(call)->account);
	if (ordered)
		superior_carried_out(call, matter.id, id);
	zhen_sheet *sheet = zhen_sheet_new();
	zhen_sheet_paragraph(sheet,
	                     zhen_format(call,
	                                 "本机关作出的%s，因%s，拟予以%s：%s。%s《中华人民共和国行政许可法》第七条，你（户、单位）享有陈述权、申辩权，"
	                                 "可以自收到本告知书之日起%lld个工作日内到便民服务中心窗口，或者凭申请编号和查询码在网上提出；逾期未提出的，"
	                                 "本机关依法作出决定。",
	                                 text(granted_by(call, matter.id), "number"), ground->text, kind->title, reason,
	                                 ending_law(call, &matter), (long long)statement_days(call, &matter)));
	zhen_sheet_fact(sheet, "上级机关的决定", superior);
	matter_note(call, &matter, "ending_told", zhen_format(call, "拟%s：%s", kind->title, reason));
	return document_tell(call, &matter, DOCUMENT_ENDING_NOTICE, sheet, NULL);
}

const char *ending_served(zhen_call *call, const struct matter *matter, const char *day)
{
	const char *until = working_days_after(call, matter->township, day, statement_days(call, matter));

	zhen_run(call, "UPDATE ending SET state_by = $1 WHERE matter = $2 AND outcome = ''", until, matter->id);
	return until;
}

static zhen_result enter_statement(zhen_call *call, const struct matter *matter, const char *on, const char *how)
{
	const zhen_row *row = open_ending(call, matter->id);

	if (row == NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "ending-not-told", "件 %s 没有告知过拟撤销、撤回、变更或者注销",
		                 matter->number);
	if (!is(row, "stated_on", ""))
		return zhen_fail(call, ZHEN_CONFLICT, "stated-already", "陈述、申辩已经登记");
	if (strcmp(on, today_of(call)) > 0 || strcmp(on, text(row, "told_on")) < 0) {
		zhen_field_error(call, "stated_on", "statement-day", "日期应在告知之后、今天以前 (from %s to today)",
		                 text(row, "told_on"));
		return zhen_invalid(call);
	}
	zhen_run(call, "UPDATE ending SET statement = $1, stated_on = $2, stated_how = $3 WHERE id = $4",
	         or_empty(zhen_text(call, "statement")), on, how, zhen_column_int(row, "id"));
	matter_note(call, matter, "ending_stated", zhen_text(call, "statement"));
	return matter_reply(call, matter);
}

zhen_result ending_state(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_END_STATE, &matter);

	return refused != 0 ? refused :
	                      enter_statement(call, &matter,
	                                      or_empty(zhen_has(call, "stated_on") ? zhen_text(call, "stated_on") : today_of(call)),
	                                      "window");
}

/* By the holder himself, with number and code. */
zhen_result track_state(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_by_code(call, &matter);

	if (refused == 0)
		refused = matter_may(call, &matter, ACT_END_STATE);
	if (refused != 0)
		return refused;
	call->host->subject(call, matter.number);
	return enter_statement(call, &matter, today_of(call), "online");
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
static const char *course(zhen_call *call, const zhen_row *row)
{
	const char *statement = text(row, "statement"), *superior = text(row, "superior");
	const char *told = zhen_format(call, "本机关于%s告知拟%s并告知陈述、申辩的权利，",
	                               chinese_day(call, text(row, "told_on")),
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
	if (superior_ordered(call, zhen_column_int(row, "id")))
		return zhen_fail(call, ZHEN_CONFLICT, "superior-decided",
		                 "上级机关已经决定撤销，不能决定不予撤销（行政许可法第六十九条）");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i][0], why) == 0)
			said = words[i][1];
	zhen_sheet *sheet = zhen_sheet_new();
	zhen_sheet_paragraph(sheet, course(call, row));
	zhen_sheet_paragraph(sheet, zhen_format(call, "%s：%s。本机关决定不予%s，%s继续有效。", said,
	                                        or_empty(zhen_text(call, "explanation")), title,
	                                        text(granted_by(call, matter->id), "number")));
	const char *number = document_new(call, matter, DOCUMENT_KEPT, sheet);
	zhen_run(call, "UPDATE ending SET outcome = 'kept', note = $1, decided_on = $2, effective_on = $2, number = $3 WHERE id = $4",
	         zhen_format(call, "%s：%s", said, or_empty(zhen_text(call, "explanation"))), today_of(call), number,
	         zhen_column_int(row, "id"));
	matter_note(call, matter, "ending_dropped", zhen_format(call, "不予%s：%s", title, said));
	zhen_put(call, "document", number);
	return matter_reply(call, matter);
}

zhen_result ending_end(zhen_call *call, struct matter *matter, int64_t id, const char *kind_name, zhen_sheet *sheet)
{
	const struct kind *kind = kind_of(kind_name);

	zhen_sheet_paragraph(sheet, document_remedies(call, matter));
	const char *number = document_new(call, matter, kind->document, sheet);
	zhen_run(call, "UPDATE ending SET outcome = 'ended', note = $1, decided_on = $2, number = $3 WHERE id = $4",
	         or_empty(zhen_text(call, "explanation")), today_of(call), number, id);
	matter_note(call, matter, "ending_decided",
	            zhen_format(call, "%s：%s", kind->title, or_empty(zhen_text(call, "explanation"))));
	zhen_put(call, "document", number);
	return matter_reply(call, matter);
}

void ending_take_effect(zhen_call *call, int64_t id, const char *number)
{
	const zhen_row *row = pending_ending(call, id), *granted = granted_by(call, id);
	struct matter matter;

	if (!is(row, "number", number) || !matter_load(call, id, &matter))
		return;
	const struct kind *kind = kind_of(text(row, "kind"));
	if (strcmp(kind->name, "change") != 0 && is(granted, "state", "issued"))
		zhen_document_withdraw(call, zhen_column_int(granted, "id"), kind->name);
	zhen_run(call, "UPDATE ending SET effective_on = $1 WHERE id = $2", today_of(call), zhen_column_int(row, "id"));
	matter_set_state(call, &matter, kind->to);
	matter_note(call, &matter, strcmp(kind->name, "revoke") == 0 ? "withdrawn" : strrchr(kind->topic, '.') + 1,
	            text(row, "note"));
	matter_emit(call, &matter, kind->topic);
}

zhen_result withdraw_case(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = head_for(call, ACT_WITHDRAW, &matter);

	if (refused == 0)
		refused = seal_ready(call, matter.township);
	if (refused != 0)
		return refused;
	if (ending_pending(call, matter.id)[0] != '\0')
		return zhen_fail(call, ZHEN_CONFLICT, "ending-decided", "件 %s：%s", matter.number,
		                 ending_pending(call, matter.id));
	const zhen_row *row = open_ending(call, matter.id);
	if (row == NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "ending-not-told",
		                 "作出决定前应当告知事由，听取被许可人的陈述、申辩（行政许可法第七条），先办理“告知拟撤销、撤回、变更、注销”");
	if (!is_heard(call, row) && is(row, "state_by", ""))
		return zhen_fail(call, ZHEN_CONFLICT, "statement-open", "件 %s：%s", matter.number, NOT_SERVED);
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
	zhen_sheet_paragraph(sheet, course(call, row));
	zhen_sheet_paragraph(sheet, zhen_format(call, "本机关作出的%s，因%s：%s。%s上述规定，决定予以%s%s%s。%s", text(granted_by(call, matter.id), "number"),
	                                        ground_of(text(row, "ground"))->text, or_empty(zhen_text(call, "explanation")),
	                                        ending_law(call, &matter), kind->title, to[0] != '\0' ? "，变更为：" : "，自本决定签发之日起失效", to,
	                                        what_follows(row)));
	return ending_end(call, &matter, zhen_column_int(row, "id"), kind->name, sheet);
}

/* ---- what is seen of it ---- */

const char *ending_standing(zhen_call *call, int64_t matter)
{
	const zhen_row *row = zhen_one(call, COLUMNS IN_EFFECT, matter);

	return row == NULL ? "" :
	                     zhen_format(call, "%s（%s，%s）：%s", kind_of(text(row, "kind"))->done, text(row, "effective_on"), text(row, "number"),
	                                 ground_of(text(row, "ground"))->text);
}

const char *ending_pending(zhen_call *call, int64_t matter)
{
	const zhen_row *row = pending_ending(call, matter);

	return row == NULL ? "" :
	                     zhen_format(call, "已决定%s（%s，%s），尚未签发，签发以前仍然有效", kind_of(text(row, "kind"))->title,
	                                 text(row, "decided_on"), text(row, "number"));
}

const char *ending_ground(const char *name)
{
	return ground_of(name)->text;
}

bool ending_is_other(zhen_call *call, int64_t matter)
{
	const zhen_row *row = zhen_one(call, COLUMNS IN_EFFECT, matter);

	return is(row, "kind", "recall") || is(row, "kind", "cancel");
}

void ending_show(zhen_call *call, int64_t matter)
{
	static const char *const texts[] = { "kind", "ground", "reason", "superior", "told_on", "state_by", "statement", "stated_on",
		                             "outcome", "note", "decided_on", "number", "effective_on", "stated_how", "person" };

	if (zhen_one(call, "SELECT id FROM ending WHERE matter = $1 LIMIT 1", matter) == NULL)
		return;
	zhen_open_list(call, "endings");
	ZHEN_FOR_EACH (call, row, COLUMNS "ORDER BY id", matter) {
		zhen_open_object(call, NULL);
		for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
			if (text(row, texts[i])[0] != '\0')
				zhen_put(call, texts[i], strcmp(texts[i], "ground") == 0 ? ground_of(text(row, "ground"))->text : text(row, texts[i]));
		if (!is(row, "told_on", "") && is(row, "state_by", "") && is(row, "stated_on", "") && is(row, "outcome", ""))
			zhen_put(call, "days", NOT_SERVED);
		zhen_close(call);
	}
	zhen_close(call);
}
