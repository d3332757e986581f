/* SPDX-License-Identifier: Apache-2.0
 * 待遇资格核查: payments of a year against what ended somebody's claim (died, in prison, moved, drawn twice). A check lists,
 * it takes nothing back: each suspicion is settled by a person with a reason, and what is confirmed stands in the ledger until
 * the money is back (桦南县: 200万+ recovered). A payment of the month in which the claim ended is due; of a later one not. */
#include "cases.h"

static const char *person_key(zhen_call *call, const char *id_card)
{
	return or_empty(call->host->keyed_digest(call, zhen_format(call, "person|%s", id_card)));
}

/* GB 11643: eighteen characters and their check. */
static bool is_id_card(const char *text)
{
	static const int weight[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	int sum = 0;

	if (strlen(text) != 18)
		return false;
	for (int i = 0; i < 17; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		sum += weight[i] * (text[i] - '0');
	}
	return text[17] == "10X98765432"[sum % 11];
}

/* "123", "123.4", "1234.56" yuan as fen; -1 = it is none. */
static int64_t fen_of(const char *text)
{
	int64_t fen = 0;
	int decimals = -1;

	if (text[0] < '0' || text[0] > '9')
		return -1;
	for (; *text != '\0'; text++) {
		if (*text == '.' && decimals < 0) {
			decimals = 0;
			continue;
		}
		if (*text < '0' || *text > '9' || decimals == 2 || fen > INT64_MAX / 1000)
			return -1;
		fen = 10 * fen + (*text - '0');
		decimals += decimals >= 0;
	}
	for (int i = decimals < 0 ? 0 : decimals; i < 2; i++)
		fen *= 10;
	return fen;
}

static bool is_month(const char *text)
{
	return strlen(text) == 7 &&
	       zhen_calendar_parse_date((char[11]){ text[0], text[1], text[2], text[3], text[4], text[5], text[6], '-',
	                                            '0', '1', '\0' }) != ZHEN_NO_DAY;
}

/* The rows below the head; NULL = it could not be read, or is not of these columns. */
static zhen_result table_of(zhen_call *call, const char *const *head, size_t columns, zhen_csv *csv)
{
	const char *content = or_empty(zhen_text(call, "content"));

	if (!zhen_csv_read(call, content, strlen(content), csv)) {
		zhen_field_error(call, "content", "csv", "第%lld行：%s", (long long)csv->problem_line, csv->problem);
		return zhen_invalid(call);
	}
	for (size_t i = 0; csv->count > 0 && i < columns; i++)
		if (csv->rows[0].count < columns || strcmp(csv->rows[0].cells[i], head[i]) != 0) {
			zhen_field_error(call, "content", "csv-head", "第%zu列应为“%s”", i + 1, head[i]);
			return zhen_invalid(call);
		}
	for (size_t r = 1; r < csv->count; r++)
		if (csv->rows[r].count < columns)
			zhen_field_error(call, "content", "csv-row", "第%lld行缺列", (long long)csv->rows[r].line);
	return 0;
}

static bool short_row(const zhen_csv_row *row, size_t columns)
{
	return row->count < columns;
}

static zhen_result imported(zhen_call *call, int64_t rows, bool fine)
{
	if (!fine)
		return zhen_invalid(call);
	zhen_put(call, "rows", rows);
	return call->host->reply(call, ZHEN_CREATED);
}

static zhen_result within(zhen_call *call)
{
	call->host->subject(call, or_empty(zhen_text(call, "division")));
	if (zhen_within_caller(call, or_empty(zhen_text(call, "division"))))
		return 0;
	return zhen_fail(call, ZHEN_FORBIDDEN, "out-of-scope", "只能核查本辖区的待遇");
}

zhen_result import_payments(zhen_call *call)
{
	static const char *const head[] = { "姓名", "身份证号", "待遇", "月份", "金额（元）" };
	zhen_csv csv;
	zhen_result refused = within(call);
	bool fine = true;

	if (refused == 0)
		refused = table_of(call, head, 5, &csv);
	if (refused != 0)
		return refused;
	for (size_t r = 1; r < csv.count; r++) {
		const zhen_csv_row *row = &csv.rows[r];

		if (short_row(row, 5)) {
			fine = false;
			continue;
		}
		const char *id_card = zhen_csv_plain(call, row->cells[1]), *month = zhen_csv_plain(call, row->cells[3]);
		int64_t fen = fen_of(zhen_csv_plain(call, row->cells[4]));

		if (!is_id_card(id_card) || !is_month(month) || fen < 0) {
			zhen_field_error(call, "content", "csv-row", "第%lld行：%s", (long long)row->line,
			                 !is_id_card(id_card) ? "身份证号不对" : fen < 0 ? "金额不对" : "月份应为 2026-07");
			fine = false;
			continue;
		}
		zhen_run(call,
		         "INSERT INTO payment(township, person, name, id_card, benefit, month, amount_fen, account, at) "
		         "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		         or_empty(zhen_text(call, "division")), person_key(call, id_card), row->cells[0], id_card, row->cells[2],
		         month, fen, zhen_get_caller(call)->account, zhen_now(call));
	}
	return imported(call, csv.count > 0 ? (int64_t)csv.count - 1 : 0, fine);
}

zhen_result import_facts(zhen_call *call)
{
	static const char *const head[] = { "身份证号", "日期", "情形", "来源" };
	static const char *const kinds[][2] = { { "死亡", "died" }, { "服刑", "prison" }, { "迁出", "moved" } };
	zhen_csv csv;
	zhen_result refused = within(call);
	bool fine = true;

	if (refused == 0)
		refused = table_of(call, head, 4, &csv);
	if (refused != 0)
		return refused;
	for (size_t r = 1; r < csv.count; r++) {
		const zhen_csv_row *row = &csv.rows[r];
		const char *kind = "";

		if (short_row(row, 4)) {
			fine = false;
			continue;
		}
		const char *id_card = zhen_csv_plain(call, row->cells[0]), *day = zhen_csv_plain(call, row->cells[1]);
		for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
			if (strcmp(kinds[k][0], row->cells[2]) == 0)
				kind = kinds[k][1];
		if (!is_id_card(id_card) || zhen_calendar_parse_date(day) == ZHEN_NO_DAY || kind[0] == '\0') {
			zhen_field_error(call, "content", "csv-row", "第%lld行：%s", (long long)row->line,
			                 !is_id_card(id_card) ? "身份证号不对" : kind[0] == '\0' ? "情形应为死亡、服刑或迁出" : "日期不对");
			fine = false;
			continue;
		}
		zhen_run(call, "INSERT INTO fact(person, township, ended_on, reason, source, at) VALUES($1, $2, $3, $4, $5, $6)",
		         person_key(call, id_card), or_empty(zhen_text(call, "division")), day, kind, row->cells[3],
		         zhen_now(call));
	}
	return imported(call, csv.count > 0 ? (int64_t)csv.count - 1 : 0, fine);
}

/* Paid for a month after the claim ended; or the same benefit for the same month again. */
static void list_suspicious(zhen_call *call, int64_t id, const char *township, const char *low, const char *high)
{
	zhen_run(call,
	         "INSERT INTO suspicion(check_id, payment, township, name, id_card, benefit, month, amount_fen, reason, ended_on, "
	         "state, note, settled_by, settled_at) SELECT $1, p.id, p.township, p.name, p.id_card, p.benefit, p.month, "
	         "p.amount_fen, (SELECT f.reason FROM fact f WHERE f.person = p.person ORDER BY f.ended_on, f.id LIMIT 1), "
	         "(SELECT MIN(f.ended_on) FROM fact f WHERE f.person = p.person), 'open', '', '', 0 FROM payment p "
	         "WHERE p.township = $2 AND p.month BETWEEN $3 AND $4 AND p.month > "
	         "(SELECT SUBSTR(MIN(f.ended_on), 1, 7) FROM fact f WHERE f.person = p.person)",
	         id, township, low, high);
	zhen_run(call,
	         "INSERT INTO suspicion(check_id, payment, township, name, id_card, benefit, month, amount_fen, reason, ended_on, "
	         "state, note, settled_by, settled_at) SELECT $1, p.id, p.township, p.name, p.id_card, p.benefit, p.month, "
	         "p.amount_fen, 'twice', '', 'open', '', '', 0 FROM payment p WHERE p.township = $2 AND p.month BETWEEN $3 AND $4 "
	         "AND EXISTS (SELECT 1 FROM payment o WHERE o.person = p.person AND o.benefit = p.benefit AND o.month = p.month "
	         "AND o.id < p.id) AND NOT EXISTS (SELECT 1 FROM suspicion s WHERE s.check_id = $1 AND s.payment = p.id)",
	         id, township, low, high);
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
	if (zhen_one(call, "SELECT id FROM eligibility_check WHERE township = $1 AND year = $2", township, year) !=
	    NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "checked-already", "%lld年度已经核查过", (long long)year);
	int64_t payments = zhen_column_int(
		zhen_one(call, "SELECT COUNT(*) AS n FROM payment WHERE township = $1 AND month BETWEEN $2 AND $3",
	                 township, low, high),
		"n");
	int64_t id = zhen_insert(call,
	                         "INSERT INTO eligibility_check(township, year, payments, suspicious, amount_fen, person, at) "
	                         "VALUES($1, $2, $3, 0, 0, $4, $5) RETURNING id",
	                         township, year, payments, zhen_get_caller(call)->name, zhen_now(call));
	list_suspicious(call, id, township, low, high);
	const zhen_row *sum = zhen_one(
		call, "SELECT COUNT(*) AS n, COALESCE(SUM(amount_fen), 0) AS fen FROM suspicion WHERE check_id = $1",
		id);
	zhen_run(call, "UPDATE eligibility_check SET suspicious = $1, amount_fen = $2 WHERE id = $3",
	         zhen_column_int(sum, "n"), zhen_column_int(sum, "fen"), id);
	return call->host->created(call, id);
}

zhen_result list_checks(zhen_call *call)
{
	return zhen_page(call, "SELECT id, township, year, payments, suspicious, amount_fen, person, at FROM eligibility_check "
	                       "WHERE {{scope township}} {{page id DESC}}");
}

zhen_result list_suspicions(zhen_call *call)
{
	return zhen_page(call, "SELECT id, township, name, id_card, benefit, month, amount_fen, reason, ended_on, state, note, "
	                       "settled_by FROM suspicion WHERE {{scope township}} {{page id DESC}}");
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
	return zhen_page(call, "SELECT id, township, name, benefit, month, due_fen, recovered_fen, closed_at FROM recovery "
	                       "WHERE {{scope township}} {{page id DESC}}");
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
