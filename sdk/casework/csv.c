/* SPDX-License-Identifier: Apache-2.0 */
#include <zhen/casework/csv.h>

#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 5000
#define CELLS_MAX 200
#define TEXT_MAX 120 /* characters of a fault: it repeats what stands in a cell */

/* Length of the valid UTF-8 that @bytes begins with. */
static size_t utf8_valid(const unsigned char *bytes, size_t length)
{
	size_t i = 0;

	while (i < length) {
		unsigned char c = bytes[i];
		size_t more = c < 0x80 ? 0 : c >= 0xc2 && c < 0xe0 ? 1 : (c & 0xf0) == 0xe0 ? 2 : c >= 0xf0 && c < 0xf5 ? 3 : 9;
		uint32_t code = c & (0x7fu >> (more > 0 ? more + 1 : 0));

		if (more == 9 || i + more >= length || c == 0)
			return i;
		for (size_t k = 1; k <= more; k++) {
			if ((bytes[i + k] & 0xc0) != 0x80)
				return i;
			code = code << 6 | (bytes[i + k] & 0x3fu);
		}
		if ((more == 2 && code < 0x800) || (more == 3 && (code < 0x10000 || code > 0x10ffff)) ||
		    (code >= 0xd800 && code < 0xe000))
			return i;
		i += more + 1;
	}
	return i;
}

static bool ends_line(char c)
{
	return c == '\n' || c == '\r' || c == '\0';
}

/* The row of Excel in which the byte stands: line breaks between quotes make none. */
static int64_t row_at(const unsigned char *bytes, size_t offset)
{
	int64_t row = 1;
	bool quoted = false, begins = true;

	for (size_t i = 0; i < offset; i++) {
		char c = (char)bytes[i];

		if (c == '"' && quoted && bytes[i + 1] == '"')
			i++;
		else if (c == '"' && (quoted || begins))
			quoted = !quoted;
		else if (!quoted && (c == '\n' || (c == '\r' && bytes[i + 1] != '\n')))
			row++;
		begins = ends_line(c) || c == ',' || c == '\t' || c == ';' || (begins && c == ' ');
	}
	return row;
}

static char *copy(zhen_call *call, const void *bytes, size_t length)
{
	char *text = (char *)zhen_alloc(call, length + 1);

	memcpy(text, bytes, length);
	return text;
}

static char *convert(zhen_call *call, const char *from, const unsigned char *bytes, size_t length, zhen_csv *out)
{
	iconv_t code = iconv_open("UTF-8", from);
	char *in = (char *)(uintptr_t)bytes;
	size_t left = length, room = length * 3 + 4;
	char *text = (char *)zhen_alloc(call, room + 1), *to = text;

	if (code == (iconv_t)-1) {
		out->problem = zhen_format(call, "本机不能转换 %s 编码，请另存为 UTF-8", from);
		return NULL;
	}
	size_t failed = iconv(code, &in, &left, &to, &room);
	iconv_close(code);
	if (failed == (size_t)-1) {
		out->problem_line = row_at(bytes, length - left);
		out->problem = "既不是 UTF-8 也不是 GB18030 编码的文字";
		return NULL;
	}
	out->encoding = from;
	return text;
}

static char *decode(zhen_call *call, const unsigned char *bytes, size_t length, zhen_csv *out)
{
	if (length >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe)
		return convert(call, "UTF-16LE", bytes + 2, length - 2, out);
	if (length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
		bytes += 3;
		length -= 3;
	} else if (length >= 4 && memcmp(bytes, "\x84\x31\x95\x33", 4) == 0) {
		return convert(call, "GB18030", bytes + 4, length - 4, out); /* the byte order mark in GB18030 */
	}
	size_t valid = utf8_valid(bytes, length);
	if (valid == length) {
		out->encoding = "UTF-8";
		return copy(call, bytes, length);
	}
	if (memchr(bytes, 0, length) != NULL) {
		out->problem = "不是文本文件，请在 Excel 中另存为 CSV";
		return NULL;
	}
	char *text = convert(call, "GB18030", bytes, length, out);
	/* It is whichever of the two it is for longer. */
	if (text == NULL && row_at(bytes, valid) > out->problem_line)
		out->problem_line = row_at(bytes, valid);
	return text;
}

/* Bytes of the blank at @p: ASCII blanks, no-break and full-width space, zero-width ones. */
static size_t blank_at(const char *p)
{
	static const char *const wide[] = { "\xc2\xa0", "\xe3\x80\x80", "\xe2\x80\x8b", "\xef\xbb\xbf" };

	if (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r')
		return 1;
	for (size_t i = 0; i < sizeof(wide) / sizeof(*wide); i++)
		if (strncmp(p, wide[i], strlen(wide[i])) == 0)
			return strlen(wide[i]);
	return 0;
}

static char *trimmed(char *text)
{
	char *end = text;

	for (size_t n; (n = blank_at(text)) > 0;)
		text += n;
	for (char *p = end = text; *p != '\0';) {
		size_t n = blank_at(p);

		p += n > 0 ? n : 1;
		if (n == 0)
			end = p;
	}
	*end = '\0';
	/* What stands on several lines of a cell stands on one. */
	for (char *p = text; *p != '\0'; p++)
		if (*p == '\n' || *p == '\r' || *p == '\t')
			*p = ' ';
	return text;
}

struct reader {
	zhen_call *call;
	char *at;
	char separator;
	int64_t line; /* as Excel numbers rows */
	zhen_csv *out;
};

/* One cell; *r->at stands on what ended it. A quote that opens no cell is a letter like any other. What stands in quotes gets
 * shorter and stays where it is: a file of nothing but quoted cells takes no memory of its own. */
static char *read_cell(struct reader *r)
{
	char *start = r->at, *text, *to;

	while (*r->at == ' ')
		r->at++;
	if (*r->at != '"') {
		r->at = start;
		while (!ends_line(*r->at) && *r->at != r->separator)
			r->at++;
		return copy(r->call, start, (size_t)(r->at - start));
	}
	for (to = text = ++r->at; *r->at != '\0';) {
		if (r->at[0] == '"' && r->at[1] != '"')
			break;
		r->at += r->at[0] == '"';
		*to++ = *r->at++;
	}
	if (*r->at == '\0') {
		r->out->problem = "引号没有结束";
		r->out->problem_line = r->line;
		return NULL;
	}
	for (r->at++; !ends_line(*r->at) && *r->at != r->separator;)
		*to++ = *r->at++;
	*to = '\0'; /* two quotes before what ended it, at least */
	return text;
}

static void end_line(struct reader *r)
{
	if (r->at[0] == '\r' && r->at[1] == '\n')
		r->at++;
	if (*r->at != '\0') {
		r->at++;
		r->line++;
	}
}

static bool read_row(struct reader *r, zhen_csv_row *row)
{
	char *cells[CELLS_MAX];
	size_t count = 0, last = 0;

	row->line = r->line;
	for (;;) {
		char *cell = read_cell(r);

		if (cell == NULL)
			return false;
		if (count < CELLS_MAX) {
			cells[count++] = trimmed(cell);
			if (cells[count - 1][0] != '\0')
				last = count;
		}
		if (ends_line(*r->at))
			break;
		r->at++;
	}
	end_line(r);
	row->count = last; /* empty columns at the end are none */
	row->cells = (char **)zhen_alloc(r->call, sizeof(char *) * (last + 1));
	memcpy(row->cells, cells, sizeof(char *) * last);
	return true;
}

/* Excel writes what the region of Windows says: commas, semicolons, or tabs in its "Unicode text". */
static char separator_of(const char *text)
{
	static const char candidates[] = { ',', '\t', ';' };
	size_t best = 0;
	char found = ',';

	for (size_t i = 0; i < sizeof(candidates); i++) {
		size_t n = 0, lines = 0;

		for (const char *p = text; *p != '\0' && lines < 10; p++) {
			n += *p == candidates[i];
			lines += *p == '\n';
		}
		if (n > best) {
			best = n;
			found = candidates[i];
		}
	}
	return found;
}

bool zhen_csv_read(zhen_call *call, const void *bytes, size_t length, zhen_csv *out)
{
	struct reader r = { .call = call, .line = 1, .out = out };
	size_t lines = 2;

	*out = (zhen_csv){ .problem_line = 1 };
	r.at = decode(call, bytes, length, out);
	if (r.at == NULL)
		return false;
	for (const char *p = r.at; *p != '\0' && lines <= ROWS_MAX; p++)
		lines += *p == '\n' || *p == '\r';
	out->rows = (zhen_csv_row *)zhen_alloc(call, sizeof(*out->rows) * lines);
	r.separator = separator_of(r.at);
	while (*r.at != '\0') {
		if (out->count == ROWS_MAX) {
			out->problem = "超过5000行，请分批导入";
			out->problem_line = r.line;
			return false;
		}
		if (!read_row(&r, &out->rows[out->count]))
			return false;
		out->count += out->rows[out->count].count > 0;
	}
	return true;
}

zhen_csv_faults zhen_csv_faults_new(zhen_call *call)
{
	return (zhen_csv_faults){ .call = call, .limit = (size_t)zhen_setting_int(call, "import_faults") };
}

/* At most so many characters of a text; the last of them a mark that there was more. */
static const char *cut(zhen_call *call, const char *text)
{
	const char *end = text;

	for (size_t n = 0; *end != '\0' && n < TEXT_MAX; n += ((unsigned char)*++end & 0xc0) != 0x80)
		;
	return *end == '\0' ? text : zhen_format(call, "%.*s…", (int)(end - text), text);
}

void zhen_csv_fault(zhen_csv_faults *faults, int64_t line, const char *column, const char *code, const char *text)
{
	zhen_call *call = faults->call;

	if (faults->count++ >= faults->limit)
		return;
	if (column[0] == '\0')
		zhen_field_error(call, zhen_format(call, "lines.%lld", (long long)line), code, "第%lld行：%s",
		                 (long long)line, cut(call, text));
	else
		zhen_field_error(call, zhen_format(call, "lines.%lld.%s", (long long)line, column), code,
		                 "第%lld行“%s”列：%s", (long long)line, column, cut(call, text));
}

zhen_result zhen_csv_refused(const zhen_csv_faults *faults)
{
	if (faults->count == 0)
		return 0;
	if (faults->count <= faults->limit)
		return zhen_fail(faults->call, ZHEN_INVALID, "rows-refused", "文件中有%zu处错误，一行也没有导入",
		                 faults->count);
	return zhen_fail(faults->call, ZHEN_INVALID, "rows-refused",
	                 "文件中有%zu处错误，一行也没有导入；列出前%zu处，另有%zu处未列出", faults->count, faults->limit,
	                 faults->count - faults->limit);
}

char *zhen_csv_plain(zhen_call *call, const char *cell)
{
	size_t length = strlen(cell);
	char *text = (char *)zhen_alloc(call, length + 1), *to = text;

	for (const unsigned char *p = (const unsigned char *)cell; *p != '\0';) {
		uint32_t code = p[0] == 0xef && p[1] != '\0' && p[2] != '\0' ? (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu) | 0xf000u : 0;

		if (code >= 0xff01 && code <= 0xff5e) { /* ！ to ～ */
			*to++ = (char)(code - 0xff01 + '!');
			p += 3;
		} else {
			*to++ = (char)*p++;
		}
	}
	if (text[0] == '=' && text[1] == '"' && to - text > 3 && to[-1] == '"') {
		to[-1] = '\0';
		return trimmed(text + 2);
	}
	if (text[0] == '\'')
		text++;
	else if (strncmp(text, "\xe2\x80\x98", 3) == 0 || strncmp(text, "\xe2\x80\x99", 3) == 0)
		text += 3;
	return trimmed(text);
}

bool zhen_csv_is_scientific(const char *cell)
{
	size_t digits = strspn(cell, "0123456789");
	const char *p = cell + digits;

	if (digits == 0)
		return false;
	if (*p == '.')
		p += 1 + strspn(p + 1, "0123456789");
	return (*p == 'E' || *p == 'e') && p[1] == '+' && p[2] != '\0' && p[2 + strspn(p + 2, "0123456789")] == '\0';
}

int64_t zhen_csv_count(zhen_call *call, const char *cell)
{
	const char *text = zhen_csv_plain(call, cell);
	char *end;
	double number;

	if (text[0] < '0' || text[0] > '9')
		return -1;
	number = strtod(text, &end);
	if (strcmp(end, "") != 0 && strcmp(end, "项") != 0 && strcmp(end, "项。") != 0)
		return -1;
	return number >= 0 && number <= 1e9 && (double)(int64_t)number == number ? (int64_t)number : -1;
}
