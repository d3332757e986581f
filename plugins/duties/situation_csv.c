/* SPDX-License-Identifier: Apache-2.0
 * The table of who handles which situation out of an office's file and into one: what is exported can be mended in Excel and imported
 * again. A file adds and mends; what it does not name stays. */
#include "sheet.h"
#include "situation.h"
#include "tables.h"

static const struct sheet_column columns[N_SITUATION] = {
	[SITUATION_DIVISION] = { .names = "区划代码|辖区代码|适用辖区代码" },
	[SITUATION_TOPIC] = { .names = "事由", .needed = true, .max = 40 },
	[SITUATION_SITUATION] = { .names = "情形", .needed = true, .max = 80 },
	[SITUATION_RESPONSIBLE] = { .names = "责任单位|牵头单位|责任部门", .needed = true, .max = 60 },
	[SITUATION_ASSISTING] = { .names = "配合单位|配合部门", .max = 200 },
	[SITUATION_BASIS] = { .names = "依据|法律依据", .max = 300 },
	[SITUATION_KEYWORDS] = { .names = "关键词|俗称|俗称、关键词", .max = 200 },
	[SITUATION_CODE] = { .names = "事项编码|编码", .max = CODE_MAX + 4 },
	[SITUATION_PHONE] = { .names = "电话|联系电话|办公电话", .max = 44 },
};

struct reading {
	struct situation *rows;
	int64_t *lines;
	size_t count;
};

/* What the export, or Excel, put in front so that a cell stays a text. */
static const char *unguarded(zhen_call *call, const char *cell)
{
	if (strncmp(cell, "=\"", 2) == 0)
		return zhen_csv_plain(call, cell);
	return cell[0] == '\'' && cell[1] != '\0' && strchr("=+-@'", cell[1]) != NULL ? cell + 1 : cell;
}

static void check_division(struct sheet *sheet, int64_t line, const char *code)
{
	const zhen_division *division = sheet->call->host->division(sheet->call, code);

	if (code[0] == '\0')
		sheet_fault(sheet, line, SITUATION_DIVISION, "required",
		            "文件和表单都没有写适用辖区 (neither the file nor the form names the division)");
	else if (division == NULL || division->level > 4)
		sheet_fault(sheet, line, SITUATION_DIVISION, "not-a-division",
		            zhen_format(sheet->call,
		                        "“%s”不是乡镇（街道）以上的区划代码 (not the code of a township or above)",
		                        code));
	else if (!zhen_within_caller(sheet->call, code))
		sheet_fault(sheet, line, SITUATION_DIVISION, "outside-division",
		            "不在您所在单位的辖区内 (outside your division)");
}

static void check_twice(struct sheet *sheet, int64_t line, const struct situation *one)
{
	const struct reading *reading = (const struct reading *)sheet->data;

	for (size_t i = 0; i < reading->count; i++) {
		const char *const *other = reading->rows[i].texts;

		if (strcmp(other[SITUATION_SITUATION], one->texts[SITUATION_SITUATION]) == 0 &&
		    strcmp(other[SITUATION_TOPIC], one->texts[SITUATION_TOPIC]) == 0 &&
		    strcmp(other[SITUATION_DIVISION], one->texts[SITUATION_DIVISION]) == 0) {
			sheet_fault(sheet, line, SITUATION_SITUATION, "situation-twice",
			            zhen_format(sheet->call, "与第%lld行是同一种情形 (the same as row %lld)",
			                        (long long)reading->lines[i], (long long)reading->lines[i]));
			return;
		}
	}
}

static void check_code(struct sheet *sheet, int64_t line, const char *code)
{
	struct refusal why = code_known_check(sheet->call, code);

	if (zhen_csv_is_scientific(code))
		sheet_fault(sheet, line, SITUATION_CODE, "code-scientific",
		            zhen_format(sheet->call,
		                        "“%s”是 Excel 按数字显示的编码，原编码已丢失 (a code opened as a number)",
		                        code));
	else if (why.code != NULL)
		sheet_fault(sheet, line, SITUATION_CODE, why.code, why.text);
}

/* Kept even when at fault: a second of the same is one too. */
static void take_situation(struct sheet *sheet, int64_t line, const char *const *cells)
{
	struct reading *reading = (struct reading *)sheet->data;
	struct situation one;

	if (reading->rows == NULL) {
		reading->rows = (struct situation *)zhen_alloc(sheet->call, sizeof(struct situation) * SITUATIONS_MAX);
		reading->lines = (int64_t *)zhen_alloc(sheet->call, sizeof(int64_t) * SITUATIONS_MAX);
	}
	if (reading->count == SITUATIONS_MAX) {
		sheet_fault(sheet, line, SITUATION_SITUATION, "too-many-rows",
		            zhen_format(sheet->call, "一次最多%d行 (too many rows)", SITUATIONS_MAX));
		return;
	}
	for (size_t i = 0; i < N_SITUATION; i++)
		one.texts[i] = unguarded(sheet->call, cells[i]);
	one.texts[SITUATION_CODE] = zhen_csv_plain(sheet->call, one.texts[SITUATION_CODE]);
	one.texts[SITUATION_DIVISION] = one.texts[SITUATION_DIVISION][0] == '\0' ?
		field_text(sheet->call, "division") : zhen_csv_plain(sheet->call, one.texts[SITUATION_DIVISION]);
	check_division(sheet, line, one.texts[SITUATION_DIVISION]);
	check_code(sheet, line, one.texts[SITUATION_CODE]);
	if (one.texts[SITUATION_SITUATION][0] != '\0')
		check_twice(sheet, line, &one);
	reading->lines[reading->count] = line;
	reading->rows[reading->count++] = one;
}

zhen_result import_situations(zhen_call *call)
{
	struct reading reading = { 0 };
	struct sheet sheet = { .call = call, .columns = columns, .n = N_SITUATION, .data = &reading };
	int64_t rows, counts[SITUATION_CHANGED + 1] = { 0 };
	zhen_result refused = sheet_read(&sheet, take_situation, &rows);

	if (refused != 0)
		return refused;
	for (size_t i = 0; i < reading.count && zhen_int(call, "check_only") == 0; i++) {
		const char *const *t = reading.rows[i].texts;
		const zhen_row *row =
			situation_named(call, t[SITUATION_DIVISION], t[SITUATION_TOPIC], t[SITUATION_SITUATION]);
		int64_t id;

		counts[situation_store(call, row, &reading.rows[i], &id)]++;
	}
	zhen_put(call, "imported", zhen_int(call, "check_only") == 0);
	zhen_put(call, "rows", rows);
	zhen_put(call, "added", counts[SITUATION_ADDED]);
	zhen_put(call, "changed", counts[SITUATION_CHANGED]);
	zhen_put(call, "same", counts[SITUATION_SAME]);
	zhen_put(call, "encoding", sheet.csv.encoding);
	zhen_open_list(call, "actions");
	put_way(call, "职责分工表", "/situations");
	zhen_close(call);
	return zhen_ok(call);
}

/* ---- out ---- */

struct text {
	zhen_call *call;
	char *bytes;
	size_t used, room;
};

static void add(struct text *text, const char *bytes)
{
	size_t length = strlen(bytes);

	if (text->used + length > text->room) {
		size_t room = (text->room + length) * 2;
		char *more = (char *)zhen_alloc(text->call, room);

		if (text->used > 0)
			memcpy(more, text->bytes, text->used);
		text->bytes = more;
		text->room = room;
	}
	memcpy(text->bytes + text->used, bytes, length);
	text->used += length;
}

/* Excel would make a number of digits, and a formula of what begins like one. */
static void add_cell(struct text *text, const char *cell, const char *end)
{
	bool digits = cell[0] != '\0' && cell[strspn(cell, "0123456789")] == '\0';
	bool formula = cell[0] != '\0' && strchr("=+-@'", cell[0]) != NULL;

	add(text, digits ? "\"=\"\"" : formula ? "\"'" : "\"");
	for (const char *p = cell; *p != '\0'; p++)
		add(text, *p == '"' ? "\"\"" : (const char[]){ *p, '\0' });
	add(text, digits ? "\"\"\"" : "\"");
	add(text, end);
}

/* One file for each account: the next takes its place. */
static int64_t keep_export(zhen_call *call, const struct text *text, const char *name)
{
	const char *account = zhen_get_caller(call)->account;
	const zhen_row *last = zhen_one(call, "SELECT id, digest FROM export WHERE account = $1", account);
	const char *digest = or_empty(call->host->blob_put(call, text->bytes, text->used));

	if (last != NULL) {
		call->host->blob_drop(call, column_or_empty(last, "digest"),
		                      zhen_format(call, "export-%lld", (long long)count_of(last, "id")));
		zhen_run(call, "DELETE FROM export WHERE id = $1", count_of(last, "id"));
	}
	int64_t id = zhen_insert(call,
	                         "INSERT INTO export(account, digest, name, at) VALUES($1, $2, $3, $4) RETURNING id",
	                         account, digest, name, zhen_now(call));
	call->host->blob_keep(call, digest, zhen_format(call, "export-%lld", (long long)id));
	return id;
}

/* With a mark in front, by which Excel knows it for UTF-8. */
zhen_result export_situations(zhen_call *call)
{
	const char *division = field_text(call, "division");
	struct text text = { .call = call };
	int64_t rows = 0;

	add(&text, "\xEF\xBB\xBF" "区划代码,适用辖区,事由,情形,责任单位,配合单位,依据,关键词,事项编码,电话\r\n");
	ZHEN_FOR_EACH (call, row,
	               "SELECT division, topic, situation, responsible, assisting, basis, keywords, code, phone FROM situation WHERE "
	               "removed_at = 0 AND ($1 = '' OR division = $1) ORDER BY division, topic, id",
	               division) {
		add_cell(&text, column_or_empty(row, "division"), ",");
		add_cell(&text, division_name(call, column_or_empty(row, "division")), ",");
		for (uint32_t i = 1; i < row->count; i++)
			add_cell(&text, or_empty(zhen_value_text(&row->values[i])), i + 1 < row->count ? "," : "\r\n");
		rows++;
	}
	int64_t id = keep_export(call, &text,
	                         zhen_format(call, "%s职责分工%s.csv",
	                                     division[0] != '\0' ? division_name(call, division) : "", today(call)));
	zhen_put(call, "id", id);
	zhen_put(call, "rows", rows);
	zhen_open_list(call, "actions");
	put_way(call, "下载", zhen_format(call, "/exports/%lld", (long long)id));
	put_way(call, "职责分工表", "/situations");
	zhen_close(call);
	return call->host->reply(call, ZHEN_CREATED);
}

zhen_result send_export(zhen_call *call)
{
	const zhen_row *row = zhen_one(call, "SELECT name, digest FROM export WHERE id = $1 AND account = $2",
	                               zhen_int(call, "id"), zhen_get_caller(call)->account);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found",
		                 "没有这个文件，或不是您导出的，请重新导出 (no such file, or another's)");
	return call->host->send_blob(call, column_or_empty(row, "digest"), "text/csv; charset=utf-8",
	                             column_or_empty(row, "name"));
}
