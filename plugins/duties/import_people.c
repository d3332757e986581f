/* SPDX-License-Identifier: Apache-2.0
 * Posts and persons out of a county's file, read as lists are: all rows or none, and every fault named by line and column. */
#include <zhen/casework/csv.h>
#include "items.h"
#include "people.h"

#define HEAD_ROWS 10
#define COLUMNS_MAX 8

struct column {
	const char *names;   /* what files call it, our own word first */
	const char *choices; /* its words, NULL = any text */
	bool needed;
	uint32_t max;        /* characters, 0 = any */
};

struct sheet {
	zhen_call *call;
	const struct column *columns;
	size_t n;
	zhen_csv csv;
	zhen_csv_faults faults;
	size_t head;
	int at[COLUMNS_MAX]; /* of the file's columns, -1 = none */
};

/* One row: cells by column, never NULL. */
typedef void sheet_row(struct sheet *sheet, int64_t line, const char *const *cells);

/* What the file calls it; what we do where it has none. */
static const char *column_name(const struct sheet *sheet, size_t column)
{
	const char *names = sheet->columns[column].names;

	if (sheet->at[column] >= 0)
		return sheet->csv.rows[sheet->head].cells[sheet->at[column]];
	return zhen_format(sheet->call, "%.*s", (int)strcspn(names, "|"), names);
}

static void fault(struct sheet *sheet, int64_t line, size_t column, const char *code, const char *text)
{
	zhen_csv_fault(&sheet->faults, line, column_name(sheet, column), code, text);
}

/* "岗位 编号（必填）" is 岗位编号. */
static bool is_named(const char *names, const char *cell)
{
	char word[96];
	size_t used = 0;

	for (const char *p = cell; *p != '\0' && *p != '(' && strncmp(p, "（", 3) != 0 && used < sizeof(word) - 1; p++)
		if (*p != ' ' && *p != '*')
			word[used++] = *p;
	word[used] = '\0';
	for (const char *p = names; *p != '\0';) {
		size_t end = strcspn(p, "|");

		if (end == used && strncmp(p, word, end) == 0)
			return true;
		p += end + (p[end] == '|');
	}
	return false;
}

static bool read_head(struct sheet *sheet, const zhen_csv_row *row)
{
	bool all = true;

	for (size_t c = 0; c < sheet->n; c++) {
		sheet->at[c] = -1;
		for (size_t i = 0; i < row->count && sheet->at[c] < 0; i++)
			if (is_named(sheet->columns[c].names, row->cells[i]))
				sheet->at[c] = (int)i;
		all = all && (sheet->at[c] >= 0 || !sheet->columns[c].needed);
	}
	return all;
}

/* "公务员" and "事业编制" are each enough for "公务员、事业编制". */
static bool is_part(const char *title, size_t length, const char *cell)
{
	size_t cell_length = strlen(cell);

	for (size_t i = 0; i < length;) {
		size_t end = i;

		while (end < length && strncmp(title + end, "、", 3) != 0)
			end++;
		if (end - i == cell_length && strncmp(title + i, cell, cell_length) == 0)
			return true;
		i = end + 3;
	}
	return false;
}

/* Stored word of a cell that has it, its title, a part of that, or the title up to its bracket. NULL = none. */
static const char *stored_word(zhen_call *call, const char *choices, const char *cell)
{
	size_t length = strlen(cell);

	for (const char *p = choices; *p != '\0';) {
		size_t name = strcspn(p, "="), end = strcspn(p, "|");
		const char *title = p + name + 1;
		size_t title_length = end - name - 1;
		const char *bracket = strstr(title, "（");
		size_t brief = bracket != NULL && bracket < p + end ? (size_t)(bracket - title) : title_length;

		if (length > 0 && ((length == name && strncmp(p, cell, length) == 0) ||
		                   (length == title_length && strncmp(title, cell, length) == 0) ||
		                   is_part(title, title_length, cell) ||
		                   (length == brief && strncmp(title, cell, length) == 0)))
			return zhen_format(call, "%.*s", (int)name, p);
		p += end + (p[end] == '|');
	}
	return NULL;
}

static size_t characters(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* A cell at fault is handed on empty, so that what else is wrong with its row is told too. */
static void read_cells(struct sheet *sheet, const zhen_csv_row *row, const char **cells)
{
	for (size_t c = 0; c < sheet->n; c++) {
		const struct column *column = &sheet->columns[c];
		int at = sheet->at[c];

		cells[c] = at >= 0 && (size_t)at < row->count ? row->cells[at] : "";
		if (column->needed && cells[c][0] == '\0') {
			fault(sheet, row->line, c, "required", "不能为空 (must not be empty)");
		} else if (column->max > 0 && characters(cells[c]) > column->max) {
			fault(sheet, row->line, c, "too-long",
			      zhen_format(sheet->call, "超过 %u 个字 (too long)", (unsigned)column->max));
			cells[c] = "";
		} else if (column->choices != NULL && cells[c][0] != '\0') {
			const char *word = stored_word(sheet->call, column->choices, cells[c]);

			if (word == NULL)
				fault(sheet, row->line, c, "word-unknown",
				      zhen_format(sheet->call, "“%s”不在可选范围内 (not one of the choices)",
				                  cells[c]));
			cells[c] = or_empty(word);
		}
	}
}

static bool file_bytes(zhen_call *call, const void **out_bytes, size_t *out_length)
{
	const zhen_value content = zhen_field_value(call, "content");

	if (zhen_has(call, "file")) {
		*out_bytes = call->host->blob_get(call, field_text(call, "file"), out_length);
		return *out_bytes != NULL;
	}
	*out_bytes = content.as.text;
	*out_length = content.length;
	return content.kind == ZHEN_KIND_TEXT && content.length > 0;
}

/* Reads the file and hands on each row. 0, or the refusal; rows that handlers wrote are undone with it. */
static zhen_result sheet_read(struct sheet *sheet, sheet_row *take, int64_t *out_rows)
{
	const void *bytes;
	size_t length;
	const char *cells[COLUMNS_MAX];

	*out_rows = 0;
	sheet->faults = zhen_csv_faults_new(sheet->call);
	if (!file_bytes(sheet->call, &bytes, &length))
		return wrong_field(sheet->call, "content", "required", "请填写内容或上传文件 (no file)");
	if (!zhen_csv_read(sheet->call, bytes, length, &sheet->csv)) {
		zhen_csv_fault(&sheet->faults, sheet->csv.problem_line, "", "file-unreadable", sheet->csv.problem);
		return zhen_csv_refused(&sheet->faults);
	}
	while (sheet->head < sheet->csv.count && sheet->head < HEAD_ROWS &&
	       !read_head(sheet, &sheet->csv.rows[sheet->head]))
		sheet->head++;
	if (sheet->head == sheet->csv.count || sheet->head == HEAD_ROWS) {
		zhen_csv_fault(&sheet->faults, 1, "", "head-missing",
		               "没有找到表头，或缺少必填的列 (no head with the needed columns)");
		return zhen_csv_refused(&sheet->faults);
	}
	for (size_t i = sheet->head + 1; i < sheet->csv.count; i++, ++*out_rows) {
		read_cells(sheet, &sheet->csv.rows[i], cells);
		take(sheet, sheet->csv.rows[i].line, cells);
	}
	if (*out_rows == 0)
		zhen_csv_fault(&sheet->faults, sheet->csv.rows[sheet->head].line, "", "no-rows",
		               "表头之下没有内容 (no rows below the head)");
	return zhen_csv_refused(&sheet->faults);
}

/* The row's unit, or that of the request; "" and a fault when the caller may not act there. */
static const char *unit_of(struct sheet *sheet, int64_t line, const char *cell)
{
	const char *unit = cell[0] != '\0' ? zhen_csv_plain(sheet->call, cell) : field_text(sheet->call, "unit"), *township, *village;

	if (!unit_columns(sheet->call, unit, &township, &village))
		fault(sheet, line, 0, "not-a-unit",
		      zhen_format(sheet->call, "“%s”不是乡镇、街道、村（社区）的区划代码 (not a township or a village)",
		                  unit));
	else if (!zhen_within_caller(sheet->call, unit))
		fault(sheet, line, 0, "outside-division", "不在您所在单位的辖区内 (outside your division)");
	else
		return unit;
	return "";
}

static zhen_result answer(zhen_call *call, int64_t rows)
{
	zhen_put(call, "rows", rows);
	return zhen_ok(call);
}

enum { POST_UNIT, POST_CODE, POST_NAME, POST_RUNG, POST_CODES, POST_TEXT, N_POST_COLUMNS };

static const struct column post_columns[N_POST_COLUMNS] = {
	[POST_UNIT] = { .names = "单位代码|区划代码|单位" },
	[POST_CODE] = { .names = "岗位编号|编号", .needed = true, .max = 40 },
	[POST_NAME] = { .names = "岗位|岗位名称", .needed = true, .max = 60 },
	[POST_RUNG] = { .names = "人员类别|类别", .choices = RUNG_CHOICES, .needed = true },
	[POST_CODES] = { .names = "事项编码|职责事项|清单事项编码" },
	[POST_TEXT] = { .names = "岗位职责|职责", .max = 2000 },
};

static const char *why_not(const char *problem)
{
	return strcmp(problem, "no-list") == 0 ? "不能定岗：该单位还没有公布清单 (the unit has no list in force)" :
	       strcmp(problem, "item-withdrawn") == 0 ? "已收回上级部门，不能定到岗位 (taken back by the level above)" :
	                                                 "不在该单位现行清单内 (not in the list in force)";
}

static void take_duties(struct sheet *sheet, int64_t line, int64_t post, const char *unit, const char *codes)
{
	for (const char *p = codes; *p != '\0';) {
		size_t end = strcspn(p, ";,、 ");
		const char *problem = NULL, *code = zhen_format(sheet->call, "%.*s", (int)end, p);

		if (end > 0 && !duty_may(sheet->call, unit, code, &problem))
			fault(sheet, line, POST_CODES, problem,
			      zhen_format(sheet->call, "“%s”%s", code, why_not(problem)));
		else if (end > 0 && post != 0)
			post_store_duty(sheet->call, post, unit, code);
		p += end + (p[end] != '\0');
	}
}

/* The full-width semicolon is what an input method writes. */
static const char *plain_marks(zhen_call *call, const char *text)
{
	char *copy = zhen_format(call, "%s", text);

	for (char *at; (at = strstr(copy, "；")) != NULL || (at = strstr(copy, "，")) != NULL ||
	               (at = strstr(copy, "、")) != NULL;)
		memcpy(at, ";  ", 3);
	return copy;
}

static void take_post(struct sheet *sheet, int64_t line, const char *const *cells)
{
	const char *unit = unit_of(sheet, line, cells[POST_UNIT]),
		   *code = zhen_csv_plain(sheet->call, cells[POST_CODE]);

	if (unit[0] == '\0')
		return;
	bool taken = zhen_one(sheet->call, "SELECT id FROM post WHERE unit = $1 AND code = $2", unit, code) != NULL;
	if (taken && code[0] != '\0')
		fault(sheet, line, POST_CODE, "post-code-taken",
		      zhen_format(sheet->call, "岗位编号 %s 已有或重复 (the post's code is taken)", code));
	/* Kept even of a row at fault: a second of its number is one too. */
	int64_t id = taken ? 0 : post_store(sheet->call, unit, code, cells[POST_NAME], cells[POST_RUNG], cells[POST_TEXT]);
	take_duties(sheet, line, id, unit, plain_marks(sheet->call, cells[POST_CODES]));
}

zhen_result import_posts(zhen_call *call)
{
	struct sheet sheet = { .call = call, .columns = post_columns, .n = N_POST_COLUMNS };
	int64_t rows;
	zhen_result refused = sheet_read(&sheet, take_post, &rows);

	return refused != 0 ? refused : answer(call, rows);
}

enum { PERSON_UNIT, PERSON_NAME, PERSON_RUNG, PERSON_FROM, PERSON_HOW, PERSON_BASIS, N_PERSON_COLUMNS };

static const struct column person_columns[N_PERSON_COLUMNS] = {
	[PERSON_UNIT] = { .names = "单位代码|区划代码|单位" },
	[PERSON_NAME] = { .names = "姓名", .needed = true, .max = 50 },
	[PERSON_RUNG] = { .names = "人员类别|类别", .choices = RUNG_CHOICES, .needed = true },
	[PERSON_FROM] = { .names = "任现级日期|日期", .needed = true },
	[PERSON_HOW] = { .names = "来源|方式", .choices = HOW_CHOICES, .needed = true },
	[PERSON_BASIS] = { .names = "依据|文号", .needed = true, .max = 120 },
};

/* "2024-03-01", and as Excel writes it: 2024/3/1, 2024年3月1日. "" = no date. */
static const char *day_of(zhen_call *call, const char *cell)
{
	int year, month, day, used = 0;
	const char *text;

	if ((sscanf(cell, "%4d-%2d-%2d%n", &year, &month, &day, &used) < 3 || cell[used] != '\0') &&
	    (sscanf(cell, "%4d/%2d/%2d%n", &year, &month, &day, &used) < 3 || cell[used] != '\0') &&
	    (sscanf(cell, "%4d年%2d月%2d日%n", &year, &month, &day, &used) < 3 || used == 0 || cell[used] != '\0'))
		return "";
	text = zhen_format(call, "%04d-%02d-%02d", year, month, day);
	return zhen_calendar_parse_date(text) == ZHEN_NO_DAY ? "" : text;
}

static void take_person(struct sheet *sheet, int64_t line, const char *const *cells)
{
	const char *unit = unit_of(sheet, line, cells[PERSON_UNIT]);
	const char *on = day_of(sheet->call, zhen_csv_plain(sheet->call, cells[PERSON_FROM]));

	if (on[0] == '\0' && cells[PERSON_FROM][0] != '\0')
		fault(sheet, line, PERSON_FROM, "not-a-date", "应为 2026-09-18 这样的日期 (not a date)");
	else if (strcmp(on, today(sheet->call)) > 0)
		fault(sheet, line, PERSON_FROM, "future", "日期晚于今天 (in the future)");
	if (strcmp(cells[PERSON_HOW], "transfer") == 0)
		fault(sheet, line, PERSON_HOW, "transfer-alone",
		      "划转须逐人登记原单位 (transfers are entered one by one)");
	if (sheet->faults.count == 0)
		person_store(sheet->call, unit, cells[PERSON_NAME], cells[PERSON_RUNG], on, cells[PERSON_HOW], cells[PERSON_BASIS],
		             "");
}

zhen_result import_persons(zhen_call *call)
{
	struct sheet sheet = { .call = call, .columns = person_columns, .n = N_PERSON_COLUMNS };
	int64_t rows;
	zhen_result refused = sheet_read(&sheet, take_person, &rows);

	return refused != 0 ? refused : answer(call, rows);
}

/* Where a file is sent from: a ticket, and the forms. */
zhen_result show_people_import(zhen_call *call)
{
	static const struct {
		const char *title, *path;
	} forms[] = { { "导入岗位", "/posts/import" }, { "导入人员", "/persons/import" } };

	zhen_put(call, "hint", "CSV 文件，UTF-8 或 GB18030；岗位：岗位编号、岗位、人员类别、事项编码；人员：姓名、人员类别、任现级日期、来源、依据");
	zhen_put(call, "ticket", call->host->ticket(call, "import", 3600 * 1000));
	zhen_open_list(call, "actions");
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		zhen_open_object(call, NULL);
		zhen_put(call, "title", forms[i].title);
		zhen_put(call, "method", "POST");
		zhen_put(call, "path", forms[i].path);
		zhen_close(call);
	}
	zhen_close(call);
	return zhen_ok(call);
}
