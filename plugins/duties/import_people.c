/* SPDX-License-Identifier: Apache-2.0
 * Posts and persons out of a county's file. */
#include "people.h"
#include "sheet.h"

/* The row's unit, or that of the request; "" and a fault when the caller may not act there. */
static const char *unit_of(struct sheet *sheet, int64_t line, const char *cell)
{
	const char *unit = cell[0] != '\0' ? zhen_csv_plain(sheet->call, cell) : field_text(sheet->call, "unit"), *township, *village;

	if (!unit_columns(sheet->call, unit, &township, &village))
		sheet_fault(sheet, line, 0, "not-a-unit",
		      zhen_format(sheet->call, "“%s”不是乡镇、街道、村（社区）的区划代码 (not a township or a village)",
		                  unit));
	else if (!zhen_within_caller(sheet->call, unit))
		sheet_fault(sheet, line, 0, "outside-division", "不在您所在单位的辖区内 (outside your division)");
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

static const struct sheet_column post_columns[N_POST_COLUMNS] = {
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
			sheet_fault(sheet, line, POST_CODES, problem,
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
		at[0] = ';', at[1] = at[2] = ' ';
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
		sheet_fault(sheet, line, POST_CODE, "post-code-taken",
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

static const struct sheet_column person_columns[N_PERSON_COLUMNS] = {
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
		sheet_fault(sheet, line, PERSON_FROM, "not-a-date", "应为 2026-09-18 这样的日期 (not a date)");
	else if (strcmp(on, today(sheet->call)) > 0)
		sheet_fault(sheet, line, PERSON_FROM, "future", "日期晚于今天 (in the future)");
	if (strcmp(cells[PERSON_HOW], "transfer") == 0)
		sheet_fault(sheet, line, PERSON_HOW, "transfer-alone",
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
		const char *title, *path, *permission;
	} forms[] = { { "导入岗位", "/posts/import", "duties.post" }, { "导入人员", "/persons/import", "duties.people" } };

	zhen_put(call, "hint", "CSV 文件，UTF-8 或 GB18030；岗位：岗位编号、岗位、人员类别、事项编码；人员：姓名、人员类别、任现级日期、来源、依据");
	zhen_put(call, "ticket", call->host->ticket(call, "import", 3600 * 1000));
	zhen_open_list(call, "actions");
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (!zhen_may(call, forms[i].permission))
			continue;
		zhen_open_object(call, NULL);
		zhen_put(call, "title", forms[i].title);
		zhen_put(call, "method", "POST");
		zhen_put(call, "path", forms[i].path);
		zhen_close(call);
	}
	zhen_close(call);
	return zhen_ok(call);
}
