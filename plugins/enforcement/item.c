/* SPDX-License-Identifier: Apache-2.0
 * What a township may enforce, day by day: the acts of enforcement on its list of duties, known from that list's events; or,
 * where no list is kept here, a table of the county's. Once a list is published for a township, it alone counts. 行政处罚法 24:
 * the decision of the province that gave the power is published; it stands in the basis. */
#include "enforcement.h"

#include <zhen/casework/csv.h>

static bool is_enforcement(zhen_call *call, const char *power)
{
	return power[0] != '\0' && strcmp(zhen_choice_title(call, POWER_CHOICES, power), power) != 0;
}

/* What held before ends on the day before @from; a row that would never have held is taken back. */
static void close_rows(zhen_call *call, const char *where, const char *township, const char *from, const char *what)
{
	zhen_run(call, zhen_format(call, "DELETE FROM item WHERE township = $1 AND %s = $2 AND from_on >= $3", where),
	         township, what, from);
	zhen_run(
		call,
		zhen_format(call,
	                    "UPDATE item SET to_on = $3 WHERE township = $1 AND %s = $2 AND (to_on = '' OR to_on > $3)",
	                    where),
		township, what, day_before(call, from));
}

static void store(zhen_call *call, const char *township, const char *code, const char *name, const char *power,
                  const char *basis, const char *source, const char *from, const char *to)
{
	zhen_run(call,
	         "INSERT INTO item(township, code, name, power, basis, source, from_on, to_on, at) "
	         "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9)",
	         township, code, name, power, basis, source, from, to, zhen_now(call));
}

/* A village's own list gives no power to enforce. */
static bool is_townships(zhen_call *call)
{
	return strcmp(field_text(call, "unit"), field_text(call, "township")) == 0;
}

static void end_listed(zhen_call *call)
{
	const char *township = field_text(call, "township"), *from = field_text(call, "effective_from");

	close_rows(call, "source", township, from, "import");
	close_rows(call, "code", township, from, field_text(call, "item"));
}

zhen_result item_listed(zhen_call *call)
{
	const char *power = field_text(call, "power");

	if (!is_townships(call))
		return zhen_ok(call);
	end_listed(call);
	if (is_enforcement(call, power))
		store(call, field_text(call, "township"), field_text(call, "item"), field_text(call, "name"), power,
		      field_text(call, "basis"), "duties", field_text(call, "effective_from"), "");
	return zhen_ok(call);
}

zhen_result item_withdrawn(zhen_call *call)
{
	if (is_townships(call))
		end_listed(call);
	return zhen_ok(call);
}

zhen_result list_items(zhen_call *call)
{
	return zhen_page(call,
	                 "SELECT id, name, code, power, township, source, from_on, to_on FROM item WHERE from_on <= $1 AND "
	                 "(to_on = '' OR to_on >= $1) AND ($2 = '' OR power = $2) AND {{scope township}} {{page id DESC}}",
	                 day_or_today(call, "on"), field_text(call, "power"));
}

#define ITEM_COLUMNS "id, township, code, name, power, basis, source, from_on, to_on"

static const zhen_row *load(zhen_call *call)
{
	return zhen_one(call, "SELECT " ITEM_COLUMNS " FROM item WHERE id = $1 AND {{scope township}}",
	                zhen_int(call, "id"));
}

static zhen_result not_found(zhen_call *call)
{
	return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这个事项，或不在您的管辖范围 (no such item)");
}

zhen_result show_item(zhen_call *call)
{
	const zhen_row *row = load(call);

	if (row == NULL)
		return not_found(call);
	bool endable =
		strcmp(column_or_empty(row, "source"), "import") == 0 && column_or_empty(row, "to_on")[0] == '\0';
	zhen_put(call, "id", zhen_int(call, "id"));
	put_texts(call, row,
	          (const char *const[]){ "name", "code", "power", "township", "basis", "source", "from_on", "to_on", NULL });
	zhen_open_list(call, "actions");
	if (endable && zhen_may(call, "enforcement.items"))
		put_way(call, "终止", "POST", zhen_format(call, "/items/%lld/end", (long long)zhen_int(call, "id")));
	zhen_close(call);
	return zhen_ok(call);
}

static zhen_result listed_already(zhen_call *call, const char *township)
{
	if (zhen_one(call, "SELECT id FROM item WHERE township = $1 AND source = 'duties' LIMIT 1", township) == NULL)
		return 0;
	return zhen_fail(call, ZHEN_CONFLICT, "items-from-duties",
	                 "township：该乡镇的执法事项以权责清单为准，不另行导入 (the list of duties says what this township may enforce)");
}

zhen_result end_item(zhen_call *call)
{
	const zhen_row *row = load(call);
	const char *last = field_text(call, "to_on");

	if (row == NULL)
		return not_found(call);
	const char *from = column_or_empty(row, "from_on"), *to = column_or_empty(row, "to_on");
	if (strcmp(column_or_empty(row, "source"), "import") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "items-from-duties",
		                 "该事项在权责清单内，在清单中调整 (the item is of the list of duties: change it there)");
	if (to[0] != '\0')
		return zhen_fail(call, ZHEN_CONFLICT, "item-ended", "该事项执行至 %s (the item has its last day)", to);
	/* What was done on a past day stays as it was founded then. */
	if (strcmp(last, from) < 0 || strcmp(last, today(call)) < 0)
		return wrong_field(call, "to_on", "too-early",
		                   "最后一日不早于今天和生效日期 %s (not before today, nor before it began)", from);
	zhen_run(call, "UPDATE item SET to_on = $1 WHERE id = $2", last, zhen_int(call, "id"));
	return show_item(call);
}

/* ---- a county's table ---- */

enum column { CODE, NAME, POWER, BASIS, FROM, N_COLUMNS };
static const char *const heads[N_COLUMNS] = { "编码", "名称", "权力类型", "依据", "生效日期" };

struct table {
	zhen_csv csv;
	zhen_csv_faults faults;
	size_t at[N_COLUMNS];
};

static bool read_head(struct table *table)
{
	const zhen_csv_row *row = &table->csv.rows[0];
	bool all = true;

	for (size_t c = 0; c < N_COLUMNS; c++) {
		size_t i = 0;

		while (i < row->count && strcmp(row->cells[i], heads[c]) != 0)
			i++;
		table->at[c] = i;
		if (i == row->count)
			zhen_csv_fault(&table->faults, row->line, heads[c], "column-missing",
			               "缺少这一列 (the column is missing)");
		all = all && i < row->count;
	}
	return all;
}

static const char *power_word(const char *cell)
{
	return strcmp(cell, "行政处罚") == 0 ? "penalty" :
	       strcmp(cell, "行政强制") == 0 ? "coercion" :
	       strcmp(cell, "行政检查") == 0 ? "inspection" :
	                                       "";
}

static size_t characters(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static void take_row(zhen_call *call, struct table *table, const zhen_csv_row *row, const char *township)
{
	static const size_t longest[N_COLUMNS] = { ITEM_CODE_MAX, 200, 20, BASIS_MAX, 20 };
	const char *cells[N_COLUMNS];
	size_t faults = table->faults.count;

	for (size_t c = 0; c < N_COLUMNS; c++) {
		cells[c] = table->at[c] < row->count ? row->cells[table->at[c]] : "";
		if (cells[c][0] == '\0')
			zhen_csv_fault(&table->faults, row->line, heads[c], "required", "不能为空 (must not be empty)");
		else if (characters(cells[c]) > longest[c])
			zhen_csv_fault(&table->faults, row->line, heads[c], "too-long", "内容过长 (too long)");
	}
	const char *code = zhen_csv_plain(call, cells[CODE]), *power = power_word(cells[POWER]);
	if (cells[POWER][0] != '\0' && power[0] == '\0')
		zhen_csv_fault(&table->faults, row->line, heads[POWER], "power-unknown",
		               "应为行政处罚、行政强制或行政检查 (penalty, coercion or inspection)");
	if (cells[FROM][0] != '\0' && zhen_calendar_parse_date(cells[FROM]) == ZHEN_NO_DAY)
		zhen_csv_fault(&table->faults, row->line, heads[FROM], "no-date",
		               "应为 2026-09-18 这样的日期 (a date)");
	if (zhen_one(call, "SELECT id FROM item WHERE township = $1 AND code = $2 AND to_on = ''", township, code) !=
	    NULL)
		zhen_csv_fault(&table->faults, row->line, heads[CODE], "code-taken",
		               "编码已有或重复 (the code is taken)");
	if (table->faults.count == faults)
		store(call, township, code, cells[NAME], power, cells[BASIS], "import", cells[FROM], "");
}

zhen_result import_items(zhen_call *call)
{
	const char *township = field_text(call, "township"), *content = field_text(call, "content");
	struct table table = { .faults = zhen_csv_faults_new(call) };
	zhen_result refused = listed_already(call, township);

	if (refused != 0)
		return refused;
	if (!zhen_csv_read(call, content, strlen(content), &table.csv))
		return wrong_field(call, "content", "unreadable", "%s", table.csv.problem);
	if (table.csv.count < 2)
		return wrong_field(call, "content", "no-rows", "没有内容：第一行为表头 (no rows below the head)");
	if (read_head(&table))
		for (size_t i = 1; i < table.csv.count; i++)
			take_row(call, &table, &table.csv.rows[i], township);
	refused = zhen_csv_refused(&table.faults);
	if (refused != 0)
		return refused;
	zhen_put(call, "rows", (int64_t)table.csv.count - 1);
	zhen_open_list(call, "actions");
	put_way(call, "执法事项", "GET", "/items");
	zhen_close(call);
	return zhen_ok(call);
}
