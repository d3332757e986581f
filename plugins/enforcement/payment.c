/* SPDX-License-Identifier: Apache-2.0
 * From the decision to its money (行政处罚法 61, 66–73; 民事诉讼法 88–95): served by a lawful method and from its day on, paid at once or
 * in parts, 3 % a day for what is late, at most the fine; urged, and brought to court in time. */
#include "proceeding.h"

/* From which day on it is served: by public notice when its term is over, else on the day of the proof. */
static const char *effective_of(zhen_call *call, const char *how, const char *on, const char *township)
{
	char *out = (char *)zhen_alloc(call, 11);

	if (strcmp(how, "public") != 0)
		return on;
	zhen_calendar_format_date(
		zhen_calendar_parse_date(on) + (int32_t)zhen_setting_int_in(call, "public_notice_days", township), out);
	return out;
}

zhen_result serve_proceeding(zhen_call *call)
{
	struct proceeding proceeding;
	zhen_result refused = proceeding_load(call, PROCEEDING_SERVE, &proceeding);
	const char *on, *how = field_text(call, "how"), *proof = field_text(call, "proof");

	if (refused == 0)
		refused = past_day(call, "on", &on);
	if (refused != 0)
		return refused;
	if (strcmp(on, proceeding.decided_on) < 0)
		return wrong_field(call, "on", "before-decided", "早于决定日期%s (before it was decided)",
		                   proceeding.decided_on);
	if (strcmp(how, "electronic") == 0 && zhen_int(call, "consent") == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "no-consent",
		                 "consent：当事人同意并签订确认书的，方可电子送达（行政处罚法第六十一条） (consent: only with the party's signed consent, art. 61)");
	if (strcmp(how, "left") == 0 && field_text(call, "witness")[0] == '\0')
		return wrong_field(
			call, "witness", "required",
			"留置送达须有见证人，或者写明拍照、录像（民事诉讼法第八十九条） (a witness, or photographs)");
	const char *effective = effective_of(call, how, on, proceeding.township);
	const char *pay_by = proceeding.fine > 0 ? calendar_days_after(call, proceeding.township, effective, zhen_setting_int(call, "payment_days")) : "";
	zhen_run(call, "UPDATE proceeding SET served_on = $1, served_how = $2, effective_on = $3, pay_by = $4 WHERE id = $5", on, how, effective, pay_by,
	         proceeding.id);
	zhen_sheet *sheet = zhen_sheet_new();
	zhen_sheet_fact(sheet, "受送达人", proceeding.party);
	zhen_sheet_fact(sheet, "送达文书", zhen_format(call, "行政处罚决定书 %s", proceeding.number));
	zhen_sheet_fact(sheet, "送达方式", words_of(call, SERVICE_CHOICES, how));
	zhen_sheet_fact(sheet, "送达日期", on);
	zhen_sheet_fact(sheet, "发生送达效力日期", effective);
	zhen_sheet_fact(sheet, "收件人及与受送达人关系",
	                zhen_format(call, "%s %s", field_text(call, "recipient"), field_text(call, "relation")));
	if (field_text(call, "witness")[0] != '\0')
		zhen_sheet_fact(sheet, "见证人", field_text(call, "witness"));
	zhen_sheet_fact(sheet, "凭证", proof);
	zhen_sheet_fact(sheet, "送达人", handlers_of(call, proceeding.id));
	proceeding_document(call, &proceeding, "proceeding_receipt", "送达回证", "receipt", sheet);
	return proceeding_moved(call, &proceeding, PROCEEDING_SERVE, PROCEEDING_SERVED,
	                        zhen_format(call, "%s %s", words_of(call, SERVICE_CHOICES, how), proof));
}

static int64_t paid_before(zhen_call *call, int64_t proceeding, const char *day)
{
	return zhen_column_int(
		zhen_one(call, "SELECT COALESCE(SUM(fen), 0) AS n FROM payment WHERE proceeding = $1 AND on_day < $2",
	                 proceeding, day),
		"n");
}

/* What must be paid by the end of the day before @day. */
static int64_t due_before(zhen_call *call, const struct proceeding *proceeding, const char *day)
{
	const zhen_row *row = zhen_one(call,
	                               "SELECT COUNT(*) AS n, COALESCE(SUM(CASE WHEN due_on < $2 THEN fen ELSE 0 END), 0) AS due FROM instalment WHERE "
	                               "proceeding = $1",
	                               proceeding->id, day);

	if (zhen_column_int(row, "n") > 0)
		return zhen_column_int(row, "due");
	return strcmp(proceeding->pay_by, day) < 0 ? proceeding->fine : 0;
}

int64_t surcharge_on(zhen_call *call, const struct proceeding *proceeding, const char *on)
{
	int64_t late = 0;
	char day[11];

	if (proceeding->fine == 0 || proceeding->pay_by[0] == '\0')
		return 0;
	/* After 34 days it is as large as it gets. */
	for (int32_t at = zhen_calendar_parse_date(proceeding->effective_on), end = zhen_calendar_parse_date(on);
	     at <= end && late < 34; at++) {
		zhen_calendar_format_date(at, day);
		if (due_before(call, proceeding, day) > paid_before(call, proceeding->id, day) &&
		    zhen_one(call, "SELECT id FROM stay WHERE proceeding = $1 AND from_on <= $2 AND (to_on = '' OR to_on >= $2) LIMIT 1", proceeding->id,
		             day) == NULL)
			late++;
	}
	return late_fee(proceeding->fine, late);
}

/* 66: who is in real difficulty. The parts are the fine. */
zhen_result defer_proceeding(zhen_call *call)
{
	struct proceeding proceeding;
	zhen_result refused = proceeding_load(call, PROCEEDING_DEFER, &proceeding);
	int32_t n = call->host->list_count(call, "parts");
	int64_t sum = 0;
	const char *last = proceeding.effective_on;

	if (refused != 0)
		return refused;
	for (int32_t i = 0; i < n; i++) {
		const char *on = or_empty(zhen_value_text(call->host->list_field(call, "parts", i, "due_on")));

		sum += zhen_value_int(call->host->list_field(call, "parts", i, "part_fen"));
		if (strcmp(on, last) <= 0)
			return wrong_field(call, "parts", "not-in-order",
			                   "第%d期须晚于上一期和送达日期 (each part after the one before)", (int)i + 1);
		last = zhen_format(call, "%s", on);
	}
	if (sum != proceeding.fine || n == 0)
		return wrong_field(call, "parts", "not-the-sum", "各期之和须等于罚款%s (the parts must be the fine)",
		                   yuan(call, proceeding.fine));
	zhen_run(call, "DELETE FROM instalment WHERE proceeding = $1", proceeding.id);
	for (int32_t i = 0; i < n; i++)
		zhen_run(call, "INSERT INTO instalment(proceeding, due_on, fen) VALUES($1, $2, $3)", proceeding.id,
		         or_empty(zhen_value_text(call->host->list_field(call, "parts", i, "due_on"))),
		         zhen_value_int(call->host->list_field(call, "parts", i, "part_fen")));
	zhen_run(call, "UPDATE proceeding SET pay_by = $1 WHERE id = $2", last, proceeding.id);
	return proceeding_moved(call, &proceeding, PROCEEDING_DEFER, proceeding.state, field_text(call, "reason"));
}

/* 73: no surcharge while it is under reconsideration or before a court. */
zhen_result stay_proceeding(zhen_call *call)
{
	struct proceeding proceeding;
	zhen_result refused = proceeding_load(call, PROCEEDING_STAY, &proceeding);
	const char *from = field_text(call, "from_on"), *to = field_text(call, "to_on");

	if (refused != 0)
		return refused;
	if (to[0] != '\0' && strcmp(to, from) < 0)
		return wrong_field(call, "to_on", "before-from", "早于开始日期 (before its beginning)");
	const zhen_row *open =
		zhen_one(call, "SELECT id FROM stay WHERE proceeding = $1 AND to_on = ''", proceeding.id);
	if (open != NULL && to[0] == '\0')
		return zhen_fail(call, ZHEN_CONFLICT, "stayed-already",
		                 "复议、诉讼尚未结束，先登记结束日期 (the one before has not ended)");
	if (open != NULL)
		zhen_run(call, "UPDATE stay SET to_on = $1 WHERE id = $2", to, zhen_column_int(open, "id"));
	else
		zhen_run(call, "INSERT INTO stay(proceeding, from_on, to_on, why) VALUES($1, $2, $3, $4)",
		         proceeding.id, from, to, field_text(call, "why"));
	return proceeding_moved(call, &proceeding, PROCEEDING_STAY, proceeding.state,
	                        zhen_format(call, "%s %s–%s", field_text(call, "why"), from, to));
}

/* 67: at a bank; what is collected is never the officer's own. */
zhen_result pay_proceeding(zhen_call *call)
{
	struct proceeding proceeding;
	zhen_result refused = proceeding_load(call, PROCEEDING_PAY, &proceeding);
	int64_t paid = zhen_int(call, "paid_fen");
	const char *on;

	if (refused == 0)
		refused = past_day(call, "on", &on);
	if (refused != 0)
		return refused;
	if (strcmp(on, proceeding.served_on) < 0 ||
	    zhen_one(call, "SELECT id FROM payment WHERE proceeding = $1 AND on_day > $2 LIMIT 1", proceeding.id, on) !=
	            NULL)
		return wrong_field(call, "on", "too-early",
		                   "早于送达或者上一次缴纳 (before it was served, or before the last payment)");
	int64_t surcharge = surcharge_on(call, &proceeding, on);
	int64_t owed = proceeding.fine + surcharge - paid_before(call, proceeding.id, "9999-99-99");
	if (paid <= 0 || paid > owed)
		return wrong_field(call, "paid_fen", "not-the-sum", "尚欠%s，其中加处%s (%lld fen are owed)",
		                   yuan(call, owed), yuan(call, surcharge), (long long)owed);
	zhen_run(call, "INSERT INTO payment(proceeding, on_day, fen, receipt) VALUES($1, $2, $3, $4)", proceeding.id,
	         on, paid, field_text(call, "receipt"));
	zhen_run(call, "UPDATE proceeding SET surcharge = $1 WHERE id = $2", surcharge, proceeding.id);
	return proceeding_moved(call, &proceeding, PROCEEDING_PAY, paid == owed ? PROCEEDING_SETTLED : proceeding.state, field_text(call, "receipt"));
}

/* 行政强制法 54: ten days before going to court. */
zhen_result urge_proceeding(zhen_call *call)
{
	struct proceeding proceeding;
	zhen_result refused = proceeding_load(call, PROCEEDING_URGE, &proceeding);

	if (refused != 0)
		return refused;
	if (proceeding.fine == 0 || surcharge_on(call, &proceeding, today(call)) == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "not-overdue", "没有逾期未缴的罚款 (nothing is overdue)");
	zhen_run(call, "UPDATE proceeding SET urged_on = $1 WHERE id = $2", today(call), proceeding.id);
	return proceeding_moved(call, &proceeding, PROCEEDING_URGE, proceeding.state, field_text(call, "text"));
}

/* 行政强制法 53, 54: no power of its own: the court, within three months after the terms of reconsideration and lawsuit are over. */
zhen_result court_proceeding(zhen_call *call)
{
	struct proceeding proceeding;
	zhen_result refused = proceeding_load(call, PROCEEDING_COURT, &proceeding);

	if (refused != 0)
		return refused;
	const char *lapsed = months_after(call, proceeding.effective_on, zhen_setting_int(call, "lawsuit_months"));
	const char *last = months_after(call, lapsed, zhen_setting_int(call, "court_months"));
	if (strcmp(today(call), lapsed) <= 0 || strcmp(today(call), last) > 0)
		return zhen_fail(call, ZHEN_CONFLICT, "not-in-time",
		                 "应当在复议、诉讼期限届满（%s）之日起三个月内（%s止）申请（行政强制法第五十三条） (after %s, not after %s)", lapsed, last, lapsed,
		                 last);
	char after[11];
	zhen_calendar_format_date(proceeding.urged_on[0] != '\0' ? zhen_calendar_parse_date(proceeding.urged_on) + (int32_t)zhen_setting_int(call, "urge_days") :
	                                                         0,
	                          after);
	if (proceeding.urged_on[0] == '\0' || strcmp(today(call), after) <= 0)
		return zhen_fail(call, ZHEN_CONFLICT, "not-urged", "应当先催告，催告书送达十日后仍未履行的，方可申请（行政强制法第五十四条） (urged ten days before)");
	zhen_run(call, "UPDATE proceeding SET court = $1 WHERE id = $2", field_text(call, "court"), proceeding.id);
	return proceeding_moved(call, &proceeding, PROCEEDING_COURT, PROCEEDING_ENFORCING, field_text(call, "court"));
}

void put_payments(zhen_call *call, const struct proceeding *proceeding)
{
	zhen_open_list(call, "instalments");
	ZHEN_FOR_EACH (call, row, "SELECT due_on, fen FROM instalment WHERE proceeding = $1 ORDER BY due_on LIMIT 60",
	               proceeding->id) {
		zhen_open_object(call, NULL);
		zhen_put(call, "due_on", column_or_empty(row, "due_on"));
		zhen_put(call, "part_fen", zhen_column_int(row, "fen"));
		zhen_close(call);
	}
	zhen_close(call);
	zhen_open_list(call, "payments");
	ZHEN_FOR_EACH (call, row,
	               "SELECT on_day, fen, receipt FROM payment WHERE proceeding = $1 ORDER BY id LIMIT 200",
	               proceeding->id) {
		zhen_open_object(call, NULL);
		zhen_put(call, "on", column_or_empty(row, "on_day"));
		zhen_put(call, "paid_fen", zhen_column_int(row, "fen"));
		zhen_put(call, "receipt", column_or_empty(row, "receipt"));
		zhen_close(call);
	}
	zhen_close(call);
	if (proceeding->state == PROCEEDING_SERVED || proceeding->state == PROCEEDING_ENFORCING)
		zhen_put(call, "owed_fen",
		         proceeding->fine + surcharge_on(call, proceeding, today(call)) -
		                 paid_before(call, proceeding->id, "9999-99-99"));
}
