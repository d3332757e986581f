/* SPDX-License-Identifier: Apache-2.0
 * 待遇资格核查: payments of a year against what ended somebody's claim (died, in prison, moved, drawn twice). A check lists,
 * it takes nothing back: each suspicion is settled by a person with a reason, and what is confirmed stands in the ledger until
 * the money is back (桦南县: 200万+ recovered). A payment of the month in which the claim ended is due; of a later one not. */
#include "cases.h"

/* Paid for a month after the claim ended; or the same benefit for the same month again. What an earlier check listed is not listed
 * anew. */
static void list_suspicious(zhen_call *call, int64_t id, const char *township, const char *low, const char *high)
{
	zhen_run(call,
	         "INSERT INTO suspicion(check_id, payment, township, name, id_card, benefit, month, amount_fen, reason, ended_on, "
	         "state, note, settled_by, settled_at) SELECT $1, p.id, p.township, p.name, p.id_card, p.benefit, p.month, "
	         "p.amount_fen, (SELECT f.reason FROM fact f WHERE f.person = p.person ORDER BY f.ended_on, f.id LIMIT 1), "
	         "(SELECT MIN(f.ended_on) FROM fact f WHERE f.person = p.person), 'open', '', '', 0 FROM payment p "
	         "WHERE p.township = $2 AND p.month BETWEEN $3 AND $4 AND p.month > "
	         "(SELECT SUBSTR(MIN(f.ended_on), 1, 7) FROM fact f WHERE f.person = p.person) AND NOT EXISTS "
	         "(SELECT 1 FROM suspicion s WHERE s.payment = p.id)",
	         id, township, low, high);
	zhen_run(call,
	         "INSERT INTO suspicion(check_id, payment, township, name, id_card, benefit, month, amount_fen, reason, ended_on, "
	         "state, note, settled_by, settled_at) SELECT $1, p.id, p.township, p.name, p.id_card, p.benefit, p.month, "
	         "p.amount_fen, 'twice', '', 'open', '', '', 0 FROM payment p WHERE p.township = $2 AND p.month BETWEEN $3 AND $4 "
	         "AND EXISTS (SELECT 1 FROM payment o WHERE o.person = p.person AND o.benefit = p.benefit AND o.month = p.month "
	         "AND o.id < p.id) AND NOT EXISTS (SELECT 1 FROM suspicion s WHERE s.payment = p.id)",
	         id, township, low, high);
}

static zhen_result within(zhen_call *call)
{
	call->host->subject(call, or_empty(zhen_text(call, "division")));
	if (zhen_within_caller(call, or_empty(zhen_text(call, "division"))))
		return 0;
	return zhen_fail(call, ZHEN_FORBIDDEN, "out-of-scope", "只能核查本辖区的待遇");
}

/* A year is checked as often as something came since: months paid later, deaths told late. 0, or the refusal. */
static zhen_result is_due(zhen_call *call, const char *township, int64_t year, const zhen_row *now)
{
	const zhen_row *last = zhen_one(call,
	                                "SELECT newest_payment, newest_fact FROM eligibility_check WHERE township = $1 AND year = $2 "
	                                "ORDER BY id DESC LIMIT 1",
	                                township, year);

	if (year > zhen_calendar_year_of(zhen_calendar_day_of_ms(zhen_now(call))))
		return zhen_fail(call, ZHEN_CONFLICT, "year-ahead", "%lld年度还没有开始，不能提前核查",
		                 (long long)year);
	if (zhen_column_int(now, "n") == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "no-payments", "还没有导入%lld年度的发放记录，无从核查",
		                 (long long)year);
	if (last != NULL && zhen_column_int(now, "payment") <= zhen_column_int(last, "newest_payment") &&
	    zhen_column_int(now, "fact") <= zhen_column_int(last, "newest_fact"))
		return zhen_fail(call, ZHEN_CONFLICT, "checked-already",
		                 "%lld年度已经核查过，此后没有新的发放记录和资格丧失信息", (long long)year);
	return 0;
}

zhen_result run_check(zhen_call *call)
{
	const char *township = or_empty(zhen_text(call, "division"));
	int64_t year = zhen_int(call, "year");
	const char *low = zhen_format(call, "%04lld-01", (long long)year),
		   *high = zhen_format(call, "%04lld-12", (long long)year);
	zhen_result refused = within(call);

	if (refused != 0)
		return refused;
	const zhen_row *now = zhen_one(call,
	                               "SELECT COUNT(*) AS n, COALESCE(MAX(id), 0) AS payment, (SELECT COALESCE(MAX(id), 0) FROM fact) "
	                               "AS fact FROM payment WHERE township = $1 AND month BETWEEN $2 AND $3",
	                               township, low, high);
	if ((refused = is_due(call, township, year, now)) != 0)
		return refused;
	int64_t id = zhen_insert(call,
	                         "INSERT INTO eligibility_check(township, year, payments, suspicious, amount_fen, person, at, "
	                         "newest_payment, newest_fact) VALUES($1, $2, $3, 0, 0, $4, $5, $6, $7) RETURNING id",
	                         township, year, zhen_column_int(now, "n"), zhen_get_caller(call)->name, zhen_now(call),
	                         zhen_column_int(now, "payment"), zhen_column_int(now, "fact"));
	list_suspicious(call, id, township, low, high);
	const zhen_row *sum = zhen_one(
		call, "SELECT COUNT(*) AS n, COALESCE(SUM(amount_fen), 0) AS fen FROM suspicion WHERE check_id = $1",
		id);
	zhen_run(call, "UPDATE eligibility_check SET suspicious = $1, amount_fen = $2 WHERE id = $3",
	         zhen_column_int(sum, "n"), zhen_column_int(sum, "fen"), id);
	return call->host->created(call, id);
}

/* What the year's work is made of stands before the list of the checks made. */
zhen_result list_checks(zhen_call *call)
{
	static const struct {
		const char *title, *method, *path;
	} ways[] = {
		{ "年度资格核查", "POST", "/eligibility/checks" },
		{ "导入待遇发放记录", "GET", "/payments/imports" },
		{ "导入资格丧失信息", "GET", "/facts/imports" },
		{ "疑似多发款项", "GET", "/suspicions" },
		{ "追回台账", "GET", "/recoveries" },
	};

	zhen_open_list(call, "actions");
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		zhen_open_object(call, NULL);
		zhen_put(call, "title", ways[i].title);
		zhen_put(call, "method", ways[i].method);
		zhen_put(call, "path", ways[i].path);
		zhen_close(call);
	}
	zhen_close(call);
	return zhen_page(call, "SELECT id, township, year, payments, suspicious, amount_fen, person, at FROM eligibility_check "
	                       "WHERE {{scope township}} {{page id DESC}}");
}

zhen_result list_suspicions(zhen_call *call)
{
	return zhen_page(call, "SELECT id, township, name, id_card, benefit, month, amount_fen, reason, ended_on, state, "
	                       "CASE WHEN state = 'open' THEN 'settle' ELSE '' END AS may FROM suspicion "
	                       "WHERE {{scope township}} {{page id DESC}}");
}

static void put_act(zhen_call *call, bool possible, const char *title, const char *path)
{
	zhen_open_list(call, "actions");
	if (possible && zhen_may(call, "approvals.eligibility")) {
		zhen_open_object(call, NULL);
		zhen_put(call, "title", title);
		zhen_put(call, "method", "POST");
		zhen_put(call, "path", path);
		zhen_close(call);
	}
	zhen_close(call);
}

/* In clear, for who has to find out; each look is in the audit. */
zhen_result show_suspicion(zhen_call *call)
{
	static const char *const texts[] = { "name", "id_card", "benefit", "month", "reason", "ended_on", "state", "note", "settled_by",
		                             "township" };
	int64_t id = zhen_int(call, "id");
	const zhen_row *row = zhen_one(call, "SELECT township, name, id_card, benefit, month, amount_fen, reason, ended_on, state, note, "
	                                     "settled_by FROM suspicion WHERE id = $1 AND {{scope township}}", id);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这笔疑似款项，或不在您的管辖范围");
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		zhen_put(call, texts[i], zhen_column_text(row, texts[i]));
	zhen_put(call, "amount_fen", zhen_column_int(row, "amount_fen"));
	put_act(call, strcmp(or_empty(zhen_column_text(row, "state")), "open") == 0, "核实疑似款项",
	        zhen_format(call, "/suspicions/%lld/settle", (long long)id));
	return zhen_ok(call);
}

zhen_result settle_suspicion(zhen_call *call)
{
	const zhen_row *row = zhen_one(call, "SELECT id, township, name, benefit, month, amount_fen, state FROM suspicion "
	                                     "WHERE id = $1 AND {{scope township}}", zhen_int(call, "id"));
	bool confirmed = strcmp(or_empty(zhen_text(call, "result")), "confirmed") == 0;

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这笔疑似款项，或不在您的管辖范围");
	if (strcmp(or_empty(zhen_column_text(row, "state")), "open") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "settled-once", "已经核实过，不能更改");
	int64_t id = zhen_column_int(row, "id");
	zhen_run(call, "UPDATE suspicion SET state = $1, note = $2, settled_by = $3, settled_at = $4 WHERE id = $5",
	         or_empty(zhen_text(call, "result")), or_empty(zhen_text(call, "note")), zhen_get_caller(call)->name,
	         zhen_now(call), id);
	if (!confirmed) {
		zhen_put(call, "id", id);
		return zhen_ok(call);
	}
	counter_add(call, or_empty(zhen_column_text(row, "township")), "recovery_due_fen", zhen_column_int(row, "amount_fen"));
	int64_t recovery = zhen_insert(call,
	                               "INSERT INTO recovery(suspicion, township, name, benefit, month, due_fen, recovered_fen, at, "
	                               "closed_at) VALUES($1, $2, $3, $4, $5, $6, 0, $7, 0) RETURNING id",
	                               id, zhen_column_text(row, "township"), zhen_column_text(row, "name"),
	                               zhen_column_text(row, "benefit"), zhen_column_text(row, "month"),
	                               zhen_column_int(row, "amount_fen"), zhen_now(call));
	zhen_put(call, "id", id);
	zhen_put(call, "recovery", recovery);
	return zhen_ok(call);
}

zhen_result list_recoveries(zhen_call *call)
{
	return zhen_page(call, "SELECT id, township, name, benefit, month, due_fen, recovered_fen, closed_at, "
	                       "CASE WHEN closed_at = 0 THEN 'receipts' ELSE '' END AS may FROM recovery WHERE {{scope township}} "
	                       "{{page id DESC}}");
}

zhen_result show_recovery(zhen_call *call)
{
	static const char *const texts[] = { "name", "benefit", "month", "township" };
	int64_t id = zhen_int(call, "id");
	const zhen_row *row = zhen_one(call, "SELECT township, name, benefit, month, due_fen, recovered_fen, closed_at FROM recovery "
	                                     "WHERE id = $1 AND {{scope township}}", id);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这笔追回款，或不在您的管辖范围");
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		zhen_put(call, texts[i], zhen_column_text(row, texts[i]));
	zhen_put(call, "due_fen", zhen_column_int(row, "due_fen"));
	zhen_put(call, "recovered_fen", zhen_column_int(row, "recovered_fen"));
	bool open = zhen_column_int(row, "closed_at") == 0;
	if (!open)
		zhen_put_time(call, "closed_at", zhen_column_int(row, "closed_at"));
	zhen_open_list(call, "receipts");
	ZHEN_FOR_EACH (
		call, money,
		"SELECT received_on, amount_fen, voucher, at FROM recovery_receipt WHERE recovery = $1 ORDER BY id",
		id) {
		zhen_open_object(call, NULL);
		zhen_put(call, "received_on", zhen_column_text(money, "received_on"));
		zhen_put(call, "amount_fen", zhen_column_int(money, "amount_fen"));
		zhen_put(call, "voucher", zhen_column_text(money, "voucher"));
		zhen_put_time(call, "at", zhen_column_int(money, "at"));
		zhen_close(call);
	}
	zhen_close(call);
	put_act(call, open, "登记追回款", zhen_format(call, "/recoveries/%lld/receipts", (long long)id));
	return zhen_ok(call);
}

zhen_result add_receipt(zhen_call *call)
{
	const zhen_row *row = zhen_one(call, "SELECT id, township, due_fen, recovered_fen FROM recovery WHERE id = $1 AND "
	                                     "{{scope township}}", zhen_int(call, "id"));
	int64_t fen = zhen_int(call, "amount_fen");

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这笔追回款，或不在您的管辖范围");
	int64_t left = zhen_column_int(row, "due_fen") - zhen_column_int(row, "recovered_fen"),
		id = zhen_column_int(row, "id");
	if (zhen_one(call, "SELECT id FROM recovery_receipt WHERE recovery = $1 AND voucher = $2", id,
	             or_empty(zhen_text(call, "voucher"))) != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "voucher-used", "凭证%s已经登记过", zhen_text(call, "voucher"));
	if (fen > left)
		return zhen_fail(call, ZHEN_CONFLICT, "more-than-due", "超过应追回的金额：还差%lld.%02lld元", (long long)(left / 100),
		                 (long long)(left % 100));
	zhen_run(call, "INSERT INTO recovery_receipt(recovery, amount_fen, received_on, voucher, account, at) "
	               "VALUES($1, $2, $3, $4, $5, $6)",
	         id, fen, or_empty(zhen_text(call, "received_on")), or_empty(zhen_text(call, "voucher")),
	         zhen_get_caller(call)->account, zhen_now(call));
	zhen_run(call, "UPDATE recovery SET recovered_fen = recovered_fen + $1, closed_at = $2 WHERE id = $3", fen,
	         fen == left ? zhen_now(call) : (int64_t)0, id);
	counter_add(call, or_empty(zhen_column_text(row, "township")), "recovered_fen", fen);
	zhen_put(call, "id", id);
	return zhen_ok(call);
}

zhen_result report_recoveries(zhen_call *call)
{
	const zhen_row *row = zhen_one(call, "SELECT COALESCE(SUM(recovery_due_fen), 0) AS due, "
	                                     "COALESCE(SUM(recovered_fen), 0) AS recovered FROM tally WHERE {{scope township}}");

	zhen_put(call, "due_fen", zhen_column_int(row, "due"));
	zhen_put(call, "recovered_fen", zhen_column_int(row, "recovered"));
	return zhen_ok(call);
}
