/* SPDX-License-Identifier: Apache-2.0
 * A penalty on the spot: told before it is decided, never heavier for what the party says, within the limits of the simple
 * procedure, on paper with its number, paid within its days, put away. Every gate names its article. */
#include "lesson.h"

#define JOURNAL "penalty_journal"
#define COLUMNS                                                                                                                     \
	"id, finding, township, item, item_name, basis, officers, party_kind, party, credit_code, place, fact, opened_on, state, warning, " \
	"told_fine, fine, reason, defence, defence_answer, decided_on, number, served_on, served_how, pay_by, paid, late_fee, paid_on, "    \
	"paid_how, receipt, archive_number"

const char *yuan(zhen_call *call, int64_t fen)
{
	return fen % 100 == 0 ? zhen_format(call, "%lld元", (long long)(fen / 100)) :
	                        zhen_format(call, "%lld.%02lld元", (long long)(fen / 100), (long long)(fen % 100));
}

int64_t late_fee(int64_t fine, int64_t days_late)
{
	if (days_late <= 0)
		return 0;
	return days_late > 33 ? fine : (fine * 3 * days_late + 50) / 100;
}

static const zhen_row *row_of(zhen_call *call)
{
	return zhen_one(call, "SELECT " COLUMNS " FROM penalty WHERE id = $1 AND {{scope township}}",
	                zhen_int(call, "id"));
}

static zhen_result not_found(zhen_call *call)
{
	return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这个案件，或不在您的管辖范围 (no such case)");
}

static zhen_result begin(zhen_call *call, uint32_t act, struct penalty *out)
{
	const zhen_row *row = row_of(call);

	if (row == NULL)
		return not_found(call);
	*out = (struct penalty){
		.id = zhen_column_int(row, "id"),
		.finding = zhen_column_int(row, "finding"),
		.item = zhen_column_int(row, "item"),
		.fine = zhen_column_int(row, "fine"),
		.told_fine = zhen_column_int(row, "told_fine"),
		.paid = zhen_column_int(row, "paid"),
		.warning = zhen_column_int(row, "warning") != 0,
		.state = (uint32_t)zhen_process_state_of(&penalty_process, column_or_empty(row, "state")),
		.township = column_or_empty(row, "township"),
		.item_name = column_or_empty(row, "item_name"),
		.basis = column_or_empty(row, "basis"),
		.officers = column_or_empty(row, "officers"),
		.party_kind = column_or_empty(row, "party_kind"),
		.party = column_or_empty(row, "party"),
		.credit_code = column_or_empty(row, "credit_code"),
		.place = column_or_empty(row, "place"),
		.fact = column_or_empty(row, "fact"),
		.opened_on = column_or_empty(row, "opened_on"),
		.number = column_or_empty(row, "number"),
		.served_on = column_or_empty(row, "served_on"),
		.pay_by = column_or_empty(row, "pay_by"),
	};
	return zhen_process_may(call, &penalty_process, out->state, act, zhen_format(call, "%lld", (long long)out->id),
	                        out->township, out);
}

static zhen_result moved(zhen_call *call, struct penalty *penalty, uint32_t act, const char *text)
{
	const zhen_process_rule *rule = zhen_process_rule_of(&penalty_process, penalty->state, act);

	if (rule->to != ZHEN_SAME_STATE)
		penalty->state = rule->to;
	const char *state = penalty_process.states[penalty->state].name;
	zhen_run(call, "UPDATE penalty SET state = $1 WHERE id = $2", state, penalty->id);
	zhen_journal_add(call, JOURNAL, penalty->id, penalty_process.acts[act].name, text);
	if (rule->to != ZHEN_SAME_STATE)
		zhen_emit(call, "enforcement.penalty.moved", "id", penalty->id, "township", penalty->township, "item",
		          column_or_empty(zhen_one(call, "SELECT item_code FROM penalty WHERE id = $1", penalty->id), "item_code"), "state", state,
		          "at", zhen_now(call));
	zhen_put(call, "id", penalty->id);
	zhen_put(call, "state", state);
	if (penalty->number[0] != '\0')
		zhen_put(call, "number", penalty->number);
	return zhen_ok(call);
}

/* 44: content, facts, reasons and basis, before it is decided; 51: what may be decided on the spot at all. */
zhen_result inform_penalty(zhen_call *call)
{
	struct penalty penalty;
	zhen_result refused = begin(call, PENALTY_INFORM, &penalty);
	int64_t fine = zhen_int(call, "fine_fen");
	bool person = strcmp(penalty.party_kind, "person") == 0, warning = zhen_int(call, "warning") != 0;

	if (refused != 0)
		return refused;
	int64_t most = zhen_setting_int(call, person ? "simple_fine_person" : "simple_fine_organisation") * 100;
	if (fine == 0 && !warning)
		return wrong_field(call, "fine_fen", "no-penalty", "罚款或者警告至少选一项 (a fine, or a warning)");
	if (fine > most)
		return zhen_fail(call, ZHEN_CONFLICT, "not-simple",
		                 "对%s罚款%s，超过当场处罚的限额%s，应当适用普通程序（行政处罚法第五十一条） "
		                 "(more than may be fined on the spot, art. 51)",
		                 person ? "公民" : "法人或者其他组织", yuan(call, fine), yuan(call, most));
	zhen_run(call, "UPDATE penalty SET told_fine = $1, fine = $1, warning = $2, reason = $3 WHERE id = $4", fine,
	         warning, field_text(call, "reason"), penalty.id);
	return moved(call, &penalty, PENALTY_INFORM, field_text(call, "reason"));
}

/* 45: what the party says is written down, looked into and answered. */
zhen_result defend_penalty(zhen_call *call)
{
	struct penalty penalty;
	zhen_result refused = begin(call, PENALTY_DEFEND, &penalty);

	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE penalty SET defence = $1, defence_answer = $2 WHERE id = $3",
	         field_text(call, "defence"), field_text(call, "answer"), penalty.id);
	return moved(call, &penalty, PENALTY_DEFEND, field_text(call, "defence"));
}

static const char *decision(zhen_call *call, const struct penalty *penalty, int64_t fine, bool warning)
{
	const zhen_division *county = call->host->division_above(call, penalty->township, 3);
	const zhen_row *row =
		zhen_one(call, "SELECT reason, defence, defence_answer FROM penalty WHERE id = $1", penalty->id);
	zhen_sheet *sheet = zhen_sheet_new();
	const char *above = county != NULL ? county->name : "上一级";

	zhen_sheet_fact(sheet, "当事人", penalty->party);
	if (penalty->credit_code[0] != '\0')
		zhen_sheet_fact(sheet, "统一社会信用代码", penalty->credit_code);
	zhen_sheet_fact(sheet, "地点", penalty->place);
	zhen_sheet_fact(sheet, "违法事实", penalty->fact);
	zhen_sheet_fact(sheet, "处罚事项", penalty->item_name);
	zhen_sheet_fact(sheet, "处罚依据", penalty->basis);
	zhen_sheet_fact(sheet, "理由", column_or_empty(row, "reason"));
	if (column_or_empty(row, "defence")[0] != '\0')
		zhen_sheet_fact(sheet, "陈述、申辩及复核",
		                zhen_format(call, "%s；%s", column_or_empty(row, "defence"),
		                            column_or_empty(row, "defence_answer")));
	zhen_sheet_fact(sheet, "处罚内容",
	                zhen_format(call, "%s%s%s", warning ? "警告" : "", warning && fine > 0 ? "；" : "",
	                            fine > 0 ? zhen_format(call, "罚款%s", yuan(call, fine)) : ""));
	zhen_sheet_fact(sheet, "执法人员（证件号）", penalty->officers);
	zhen_sheet_paragraph(sheet, "责令立即改正上述违法行为（行政处罚法第二十八条）。");
	if (fine > 0)
		zhen_sheet_paragraph(sheet, zhen_format(call,
		                                        "当事人应当自收到本决定书之日起%lld日内，到指定的银行或者通过电子支付系统缴纳罚款；到期不缴纳的，每日按罚款数额的百分之三加处罚款，"
		                                        "加处罚款的数额不超过罚款的数额（行政处罚法第六十七条、第七十二条）。",
		                                        (long long)zhen_setting_int(call, "payment_days")));
	/* 行政复议法 23: a decision made on the spot goes to reconsideration before it goes to court. */
	zhen_sheet_paragraph(sheet, zhen_format(call,
	                                        "不服本决定的，应当自知道之日起六十日内先向%s人民政府申请行政复议；对复议决定仍不服的，可以依法向人民法院提起行政诉讼"
	                                        "（行政复议法第二十条、第二十三条）。",
	                                        above));
	zhen_document document = { .matter = penalty->id, .township = penalty->township, .kind = "penalty_on_the_spot",
		                   .title = "行政处罚决定书（当场）", .series = "penalty", .addressee = penalty->party,
		                   .verify_path = "/p/enforcement/verify", .sheet = sheet };
	return zhen_document_new(call, &document, NULL);
}

zhen_result decide_penalty(zhen_call *call)
{
	struct penalty penalty;
	zhen_result refused = begin(call, PENALTY_DECIDE, &penalty);
	int64_t fine = zhen_int(call, "fine_fen");
	bool warning = zhen_int(call, "warning") != 0;

	if (refused != 0)
		return refused;
	if (fine == 0 && !warning)
		return wrong_field(call, "fine_fen", "no-penalty", "罚款或者警告至少选一项 (a fine, or a warning)");
	if (fine > penalty.told_fine || (warning && !penalty.warning))
		return zhen_fail(call, ZHEN_CONFLICT, "heavier",
		                 "重于告知的%s：不得因当事人陈述、申辩而给予更重的处罚（行政处罚法第四十五条） (heavier than what was told, art. 45)",
		                 yuan(call, penalty.told_fine));
	penalty.number = decision(call, &penalty, fine, warning);
	zhen_run(call, "UPDATE penalty SET fine = $1, warning = $2, decided_on = $3, number = $4 WHERE id = $5", fine,
	         warning, today(call), penalty.number, penalty.id);
	count_month(call, penalty.township, "decided");
	publication_due(call, "penalty", penalty.id, penalty.township);
	return moved(call, &penalty, PENALTY_DECIDE, penalty.number);
}

/* 52: handed over on the spot; who will not sign, that is noted. 67: the days to pay begin on the day after. */
zhen_result serve_penalty(zhen_call *call)
{
	struct penalty penalty;
	zhen_result refused = begin(call, PENALTY_SERVE, &penalty);
	zhen_calendar calendar;
	char pay_by[11] = "";

	if (refused != 0)
		return refused;
	zhen_calendar_load(call, penalty.township, &calendar);
	if (penalty.fine > 0)
		zhen_calendar_format_date(zhen_calendar_add_calendar(&calendar, zhen_calendar_parse_date(today(call)),
		                                                     (int32_t)zhen_setting_int(call, "payment_days"))
		                                  .day,
		                          pay_by);
	zhen_run(call, "UPDATE penalty SET served_on = $1, served_how = $2, pay_by = $3 WHERE id = $4", today(call),
	         field_text(call, "how"), pay_by, penalty.id);
	return moved(call, &penalty, PENALTY_SERVE, field_text(call, "note"));
}

/* 67–72. What is late costs 3 % a day; the officer takes no more than 100 yuan with his own hands. */
zhen_result pay_penalty(zhen_call *call)
{
	struct penalty penalty;
	zhen_result refused = begin(call, PENALTY_PAY, &penalty);
	const char *on, *how = field_text(call, "how");

	if (refused == 0)
		refused = past_day(call, "on", &on);
	if (refused != 0)
		return refused;
	if (strcmp(on, penalty.served_on) < 0)
		return wrong_field(call, "on", "before-served", "早于送达日期%s (before it was served)",
		                   penalty.served_on);
	int64_t spot = zhen_setting_int(call, "spot_collection") * 100, paid = zhen_int(call, "paid_fen"),
		late = penalty.fine == 0 ? 0 :
		                           late_fee(penalty.fine, zhen_calendar_parse_date(on) - zhen_calendar_parse_date(penalty.pay_by));
	if (strcmp(how, "spot") == 0 && penalty.fine > spot && field_text(call, "why_spot")[0] == '\0')
		return zhen_fail(call, ZHEN_CONFLICT, "not-on-the-spot",
		                 "罚款%s，当场收缴限于%s以下，或者写明不当场收缴事后难以执行等理由（行政处罚法第六十八条、第六十九条） "
		                 "(more than may be collected on the spot, arts 68 and 69)",
		                 yuan(call, penalty.fine), yuan(call, spot));
	if (paid != penalty.fine + late)
		return wrong_field(call, "paid_fen", "not-the-sum", "应缴%s（罚款%s，加处%s） (the sum is %lld fen)",
		                   yuan(call, penalty.fine + late), yuan(call, penalty.fine), yuan(call, late),
		                   (long long)(penalty.fine + late));
	zhen_run(call,
	         "UPDATE penalty SET paid = $1, late_fee = $2, paid_on = $3, paid_how = $4, receipt = $5 WHERE id = $6",
	         paid, late, on, how, field_text(call, "receipt"), penalty.id);
	return moved(call, &penalty, PENALTY_PAY,
	             zhen_format(call, "%s%s", field_text(call, "receipt"), field_text(call, "why_spot")));
}

zhen_result archive_penalty(zhen_call *call)
{
	struct penalty penalty;
	zhen_result refused = begin(call, PENALTY_ARCHIVE, &penalty);

	if (refused != 0)
		return refused;
	const zhen_body *government = call->host->body_of(call, "government", penalty.township);
	const char *number = zhen_series_next(call, "archive", government != NULL ? government->id : "", penalty.township);
	zhen_run(call, "UPDATE penalty SET archive_number = $1 WHERE id = $2", number, penalty.id);
	return moved(call, &penalty, PENALTY_ARCHIVE, number);
}

/* 30, 31, 33: no penalty; who is let off is taught. */
zhen_result drop_penalty(zhen_call *call)
{
	struct penalty penalty;
	zhen_result refused = begin(call, PENALTY_DROP, &penalty);

	return refused != 0 ? refused : moved(call, &penalty, PENALTY_DROP, field_text(call, "reason"));
}

zhen_result penalty_convert(zhen_call *call, struct finding *out)
{
	struct penalty penalty;
	zhen_result refused = begin(call, PENALTY_CONVERT, &penalty);

	if (refused == 0 && !finding_read(call, penalty.finding, out))
		refused = not_found(call);
	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE penalty SET state = 'converted' WHERE id = $1", penalty.id);
	zhen_journal_add(call, JOURNAL, penalty.id, "convert", "");
	return 0;
}

zhen_result list_penalties(zhen_call *call)
{
	if (field_text(call, "q")[0] != '\0')
		return zhen_page(call,
		                 "SELECT id, township, item_name, party_kind, place, state, opened_on, number FROM penalty WHERE {{search penalties $1 in id "
		                 "item_name place fact number township}} AND ($2 = '' OR state = $2) AND {{scope township}} {{page id DESC}}",
		                 field_text(call, "q"), field_text(call, "state"));
	return zhen_page(call,
	                 "SELECT id, township, item_name, party_kind, place, state, opened_on, number FROM penalty WHERE ($1 = '' OR state = $1) AND "
	                 "{{scope township}} {{page id DESC}}",
	                 field_text(call, "state"));
}

zhen_result show_penalty(zhen_call *call)
{
	const zhen_row *row = row_of(call);
	static const char *const money[] = { "told_fine", "fine", "paid", "late_fee" };
	static const char *const days[] = { "decided_on", "served_on", "pay_by", "paid_on" };

	if (row == NULL)
		return not_found(call);
	zhen_put(call, "id", zhen_column_int(row, "id"));
	zhen_put(call, "finding", zhen_column_int(row, "finding"));
	put_texts(call, row,
	          (const char *const[]){ "township", "item_name", "basis", "officers", "party_kind", "party", "credit_code", "place", "fact", "opened_on",
	                                 "state", "reason", "defence", "defence_answer", "number", "receipt", "archive_number", NULL });
	zhen_put(call, "warning", zhen_column_int(row, "warning") != 0);
	for (size_t i = 0; i < sizeof(money) / sizeof(money[0]); i++)
		zhen_put(call, zhen_format(call, "%s_fen", money[i]), zhen_column_int(row, money[i]));
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++)
		if (column_or_empty(row, days[i])[0] != '\0')
			zhen_put(call, days[i], column_or_empty(row, days[i]));
	zhen_journal_put(call, "journal", JOURNAL, zhen_column_int(row, "id"));
	put_lesson_ticket(call, "penalty", zhen_column_int(row, "id"), column_or_empty(row, "state"));
	zhen_open_list(call, "actions");
	put_lesson_way(call, "/penalties", "penalty", zhen_column_int(row, "id"), column_or_empty(row, "state"));
	zhen_process_put_actions(call, &penalty_process,
	                         (uint32_t)zhen_process_state_of(&penalty_process, column_or_empty(row, "state")),
	                         column_or_empty(row, "township"),
	                         zhen_format(call, "/penalties/%lld", (long long)zhen_column_int(row, "id")));
	if (column_or_empty(row, "number")[0] != '\0' && zhen_may(call, "enforcement.personal"))
		put_way(call, "处罚决定书", "GET", zhen_format(call, "/documents/%s", column_or_empty(row, "number")));
	zhen_close(call);
	return zhen_ok(call);
}

zhen_result render_document(zhen_call *call)
{
	zhen_document_issued issued;
	zhen_result refused = zhen_document_issue(call, &issued);

	return refused != 0 ? refused : call->host->reply(call, ZHEN_NO_CONTENT);
}

zhen_result get_document(zhen_call *call)
{
	return zhen_document_send(call, "enforcement.personal");
}
