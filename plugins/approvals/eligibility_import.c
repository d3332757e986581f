/* SPDX-License-Identifier: Apache-2.0
 * Tables of the eligibility check: what was paid, and what ended somebody's claim. A file of a month comes once: the same benefit
 * and month again is a file sent twice, not money paid twice, unless it is said to take the place of the first. */
#include <stdlib.h>

#include "cases.h"

enum { COLUMNS_MAX = 5 };

struct table {
	zhen_call *call;
	zhen_csv csv;
	const char *const *head;
	size_t columns;
	size_t at[COLUMNS_MAX]; /* of the file's columns */
	int64_t skipped;
	bool fine;
};

const char *person_key(zhen_call *call, const char *id_card)
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

/* "123", "123.4", "1,234.56" yuan as fen; -1 = it is none. */
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
		if (*text == ',' && decimals < 0)
			continue;
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

/* Full-width letters, digits and brackets count as the others, blanks not at all. */
static const char *heading(zhen_call *call, const char *cell)
{
	char *plain = zhen_csv_plain(call, cell), *to = plain;

	for (const char *p = plain; *p != '\0'; p++)
		if (*p != ' ' && *p != '\t')
			*to++ = *p;
	*to = '\0';
	return plain;
}

static void fault(struct table *table, int64_t line, const char *text)
{
	table->fine = false;
	zhen_field_error(table->call, "content", "csv-row", "第%lld行：%s", (long long)line, text);
}

/* Columns are found by name, in whatever order. false: said what is wrong. */
static bool read_head(struct table *table)
{
	zhen_call *call = table->call;

	for (size_t i = 0; i < table->columns; i++) {
		const char *wanted = heading(call, table->head[i]);
		size_t found = 0;

		while (found < table->csv.rows[0].count &&
		       strcmp(heading(call, table->csv.rows[0].cells[found]), wanted) != 0)
			found++;
		if (found == table->csv.rows[0].count) {
			table->fine = false;
			zhen_field_error(call, "content", "csv-head", "第一行（表头）没有“%s”列", table->head[i]);
		}
		table->at[i] = found;
	}
	return table->fine;
}

static const char *cell(const struct table *table, size_t row, size_t column)
{
	return table->csv.rows[row].cells[table->at[column]];
}

/* The upload, or what was pasted. 0, or the refusal. */
static zhen_result open_table(zhen_call *call, const char *const *head, size_t columns, struct table *out)
{
	const zhen_value content = zhen_field_value(call, "content");
	size_t length = content.length;
	const void *bytes = zhen_has(call, "file") ? call->host->blob_get(call, zhen_text(call, "file"), &length) : content.as.text;

	*out = (struct table){ .call = call, .head = head, .columns = columns, .fine = true };
	call->host->subject(call, or_empty(zhen_text(call, "division")));
	if (!zhen_within_caller(call, or_empty(zhen_text(call, "division"))))
		return zhen_fail(call, ZHEN_FORBIDDEN, "out-of-scope", "只能核查本辖区的待遇");
	if (zhen_has(call, "file") == (content.kind == ZHEN_KIND_TEXT && content.length > 0) || bytes == NULL) {
		zhen_field_error(call, "content", "required", "请粘贴表格内容或者上传文件，两者取其一");
		return zhen_invalid(call);
	}
	if (!zhen_csv_read(call, bytes, length, &out->csv) || out->csv.count == 0) {
		zhen_field_error(call, "content", "csv", "第%lld行：%s", (long long)out->csv.problem_line,
		                 or_empty(out->csv.problem)[0] != '\0' ? out->csv.problem : "没有内容");
		return zhen_invalid(call);
	}
	if (!read_head(out))
		return zhen_invalid(call);
	for (size_t r = 1; r < out->csv.count; r++)
		for (size_t i = 0; i < columns; i++)
			if (out->at[i] >= out->csv.rows[r].count) {
				fault(out, out->csv.rows[r].line, "缺列");
				break;
			}
	return out->fine ? 0 : zhen_invalid(call);
}

static zhen_result imported(const struct table *table)
{
	zhen_call *call = table->call;

	if (!table->fine)
		return zhen_invalid(call);
	zhen_put(call, "rows", (int64_t)table->csv.count - 1 - table->skipped);
	zhen_put(call, "skipped", table->skipped);
	return call->host->reply(call, ZHEN_CREATED);
}

enum { NAME, CARD, BENEFIT, MONTH, AMOUNT };

/* The benefit and month of the row stand already, from an earlier file. */
static bool is_known_month(struct table *table, const char *township, const char *benefit, const char *month)
{
	zhen_call *call = table->call;
	const zhen_row *known = zhen_one(
		call, "SELECT id FROM payment WHERE township = $1 AND benefit = $2 AND month = $3 ORDER BY id LIMIT 1",
		township, benefit, month);

	if (known == NULL)
		return false;
	if (zhen_one(call, "SELECT id FROM eligibility_check WHERE township = $1 AND year = $2 AND newest_payment >= $3 LIMIT 1",
	             township, (int64_t)strtoll(month, NULL, 10), zhen_column_int(known, "id")) != NULL) {
		zhen_field_error(call, "content", "checked-already", "“%s”%s已经核查过，不能再替换", benefit, month);
		return true;
	}
	if (zhen_int(call, "replace") == 0) {
		zhen_field_error(call, "content", "month-imported", "“%s”%s已经导入过；要以本次的为准，请选择“替换”",
		                 benefit, month);
		return true;
	}
	zhen_run(call, "DELETE FROM payment WHERE township = $1 AND benefit = $2 AND month = $3", township, benefit,
	         month);
	return false;
}

/* Each benefit and month of the file once, before its rows are written. */
static void open_months(struct table *table, const char *township)
{
	for (size_t r = 1; r < table->csv.count; r++) {
		const char *benefit = cell(table, r, BENEFIT),
			   *month = zhen_csv_plain(table->call, cell(table, r, MONTH));
		bool seen = false;

		for (size_t before = 1; before < r && !seen; before++)
			seen = strcmp(cell(table, before, BENEFIT), benefit) == 0 &&
			       strcmp(zhen_csv_plain(table->call, cell(table, before, MONTH)), month) == 0;
		if (!seen && is_month(month) && is_known_month(table, township, benefit, month))
			table->fine = false;
	}
}

zhen_result import_payments(zhen_call *call)
{
	static const char *const head[] = { "姓名", "身份证号", "待遇", "月份", "金额（元）" };
	const char *township = or_empty(zhen_text(call, "division"));
	struct table table;
	zhen_result refused = open_table(call, head, 5, &table);

	if (refused != 0)
		return refused;
	open_months(&table, township);
	for (size_t r = 1; r < table.csv.count; r++) {
		const char *id_card = zhen_csv_plain(call, cell(&table, r, CARD)),
			   *month = zhen_csv_plain(call, cell(&table, r, MONTH));
		int64_t fen = fen_of(zhen_csv_plain(call, cell(&table, r, AMOUNT)));

		if (!is_id_card(id_card) || !is_month(month) || fen < 0) {
			fault(&table, table.csv.rows[r].line,
			      !is_id_card(id_card) ? "身份证号不对" : fen < 0 ? "金额不对" : "月份应为 2026-07");
			continue;
		}
		zhen_run(call,
		         "INSERT INTO payment(township, person, name, id_card, benefit, month, amount_fen, account, at) "
		         "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		         township, person_key(call, id_card), cell(&table, r, NAME), id_card, cell(&table, r, BENEFIT), month, fen,
		         zhen_get_caller(call)->account, zhen_now(call));
	}
	return imported(&table);
}

static const char *kind_of(const char *word)
{
	static const char *const kinds[][2] = { { "死亡", "died" }, { "服刑", "prison" }, { "迁出", "moved" } };

	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		if (strcmp(kinds[k][0], word) == 0)
			return kinds[k][1];
	return "";
}

zhen_result import_facts(zhen_call *call)
{
	static const char *const head[] = { "身份证号", "日期", "情形", "来源" };
	struct table table;
	zhen_result refused = open_table(call, head, 4, &table);

	if (refused != 0)
		return refused;
	for (size_t r = 1; r < table.csv.count; r++) {
		const char *id_card = zhen_csv_plain(call, cell(&table, r, 0)),
			   *day = zhen_csv_plain(call, cell(&table, r, 1)), *kind = kind_of(cell(&table, r, 2));

		if (!is_id_card(id_card) || zhen_calendar_parse_date(day) == ZHEN_NO_DAY || kind[0] == '\0') {
			fault(&table, table.csv.rows[r].line,
			      !is_id_card(id_card) ? "身份证号不对" : kind[0] == '\0' ? "情形应为死亡、服刑或迁出" : "日期应为 2026-07-01");
			continue;
		}
		/* Told twice, it is one fact. */
		if (zhen_one(call, "SELECT id FROM fact WHERE person = $1 AND ended_on = $2 AND reason = $3",
		             person_key(call, id_card), day, kind) != NULL) {
			table.skipped++;
			continue;
		}
		zhen_run(call, "INSERT INTO fact(person, township, ended_on, reason, source, at) VALUES($1, $2, $3, $4, $5, $6)",
		         person_key(call, id_card), or_empty(zhen_text(call, "division")), day, kind, cell(&table, r, 3), zhen_now(call));
	}
	return imported(&table);
}

static zhen_result import_form(zhen_call *call, const char *path, const char *hint)
{
	zhen_put(call, "hint", hint);
	zhen_open_list(call, "actions");
	zhen_open_object(call, NULL);
	zhen_put(call, "title", "导入");
	zhen_put(call, "method", "POST");
	zhen_put(call, "path", path);
	zhen_close(call);
	zhen_close(call);
	return zhen_ok(call);
}

zhen_result payments_page(zhen_call *call)
{
	return import_form(call, "/payments/imports",
	                   "上传待遇发放表（CSV，UTF-8 或 GB18030）或者粘贴其内容：姓名、身份证号、待遇、月份、金额（元）；同一待遇同一月份只导入一次，"
	                   "有一处错误则全部不导入");
}

zhen_result facts_page(zhen_call *call)
{
	return import_form(call, "/facts/imports",
	                   "上传资格丧失信息（CSV，UTF-8 或 GB18030）或者粘贴其内容：身份证号、日期、情形（死亡、服刑、迁出）、来源；已经有的不重复登记");
}
