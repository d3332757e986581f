/* SPDX-License-Identifier: Apache-2.0 */
#include "sheet.h"

#include "people.h"

#define HEAD_ROWS 10

/* What the file calls it; what we do where it has none. */
static const char *column_name(const struct sheet *sheet, size_t column)
{
	const char *names = sheet->columns[column].names;

	if (sheet->at[column] >= 0)
		return sheet->csv.rows[sheet->head].cells[sheet->at[column]];
	return zhen_format(sheet->call, "%.*s", (int)strcspn(names, "|"), names);
}

void sheet_fault(struct sheet *sheet, int64_t line, size_t column, const char *code, const char *text)
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
		const struct sheet_column *column = &sheet->columns[c];
		int at = sheet->at[c];

		cells[c] = at >= 0 && (size_t)at < row->count ? row->cells[at] : "";
		if (column->needed && cells[c][0] == '\0') {
			sheet_fault(sheet, row->line, c, "required", "不能为空 (must not be empty)");
		} else if (column->max > 0 && characters(cells[c]) > column->max) {
			sheet_fault(sheet, row->line, c, "too-long",
			      zhen_format(sheet->call, "超过 %u 个字 (too long)", (unsigned)column->max));
			cells[c] = "";
		} else if (column->choices != NULL && cells[c][0] != '\0') {
			const char *word = stored_word(sheet->call, column->choices, cells[c]);

			if (word == NULL)
				sheet_fault(sheet, row->line, c, "word-unknown",
				      zhen_format(sheet->call, "“%s”不在可选范围内 (not one of the choices)",
				                  cells[c]));
			cells[c] = or_empty(word);
		}
	}
}

bool import_bytes(zhen_call *call, const void **out_bytes, size_t *out_length)
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

zhen_result sheet_read(struct sheet *sheet, sheet_row *take, int64_t *out_rows)
{
	const void *bytes;
	size_t length;
	const char *cells[SHEET_COLUMNS_MAX];

	*out_rows = 0;
	sheet->faults = zhen_csv_faults_new(sheet->call);
	if (!import_bytes(sheet->call, &bytes, &length))
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
