/* SPDX-License-Identifier: Apache-2.0 */
#include "duties.h"

#include <stdio.h>

const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
}

zhen_result refuse(zhen_call *call, struct refusal why)
{
	return why.code != NULL ? zhen_fail(call, ZHEN_CONFLICT, why.code, "%s", why.text) : 0;
}

struct refusal because(zhen_call *call, const char *code, const char *format, ...)
{
	struct refusal why = { .code = code };
	va_list args;

	va_start(args, format);
	why.text = zhen_vformat(call, format, args);
	va_end(args);
	return why;
}

const char *field_text(zhen_call *call, const char *name)
{
	return or_empty(zhen_text(call, name));
}

const char *code_of(zhen_call *call, const char *text)
{
	return zhen_format(call, "%.*s", (int)strcspn(text, " "), text);
}

const char *named_code(zhen_call *call, const char *code, const char *name)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._";
	char *text = (char *)zhen_alloc(call, strlen(code) + 3 * strlen(name) + 4), *to = text;

	to += sprintf(to, "%s%%20", code);
	for (const char *p = name; *p != '\0'; p++)
		to += sprintf(to, strchr(plain, *p) != NULL ? "%c" : "%%%02X", (unsigned char)*p);
	return text;
}

void put_way(zhen_call *call, const char *title, const char *path)
{
	zhen_open_object(call, NULL);
	zhen_put(call, "title", title);
	zhen_put(call, "method", "GET");
	zhen_put(call, "path", path);
	zhen_close(call);
}

void put_form(zhen_call *call, const char *title, const char *path, const char *const *fields)
{
	zhen_open_object(call, NULL);
	zhen_put(call, "title", title);
	zhen_put(call, "method", "POST");
	zhen_put(call, "path", path);
	if (fields != NULL)
		zhen_open_object(call, "fields");
	for (const char *const *field = fields; field != NULL && *field != NULL; field += 2)
		zhen_put(call, field[0], field[1]);
	if (fields != NULL)
		zhen_close(call);
	zhen_close(call);
}

void put_begin(zhen_call *call, const char *permission, const char *title, const char *path)
{
	if (!zhen_may(call, permission))
		return;
	zhen_open_list(call, "actions");
	put_way(call, title, path);
	zhen_close(call);
}

const char *today(zhen_call *call)
{
	return zhen_date_of_ms(call, zhen_now(call));
}

const char *day_or_today(zhen_call *call, const char *name)
{
	return zhen_has(call, name) ? field_text(call, name) : today(call);
}

const char *later_day(const char *a, const char *b)
{
	return strcmp(a, b) >= 0 ? a : b;
}

const char *day_moved(zhen_call *call, const char *day, int32_t days)
{
	char *text = (char *)zhen_alloc(call, 11);

	zhen_calendar_format_date(zhen_calendar_parse_date(day) + days, text);
	return text;
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), wanted = strlen(end);

	return length >= wanted && strcmp(text + length - wanted, end) == 0;
}

/* The bureau's table does not say which townships are streets; their names do. */
const char *unit_kind(zhen_call *call, const char *unit)
{
	const zhen_division *division = call->host->division(call, unit);

	if (division == NULL || division->level < 4)
		return "";
	if (division->level == 5)
		return "community";
	return ends_with(division->name, "街道") || ends_with(division->name, "街道办事处") ? "street" : "township";
}

const char *township_of(zhen_call *call, const char *unit)
{
	const zhen_division *above = call->host->division_above(call, unit, 4);

	return above != NULL ? above->code : "";
}

const char *division_name(zhen_call *call, const char *code)
{
	const zhen_division *division = call->host->division(call, code);

	return division != NULL ? division->name : code;
}

const char *code_prefix(zhen_call *call, const char *code)
{
	static const int digits[] = { 0, 2, 4, 6, 9, 12 };
	const zhen_division *division = call->host->division(call, code);

	return zhen_format(call, "%.*s", division != NULL && division->level <= 5 ? digits[division->level] : 0, code);
}

const char *last_below(zhen_call *call, const char *code)
{
	const char *prefix = code_prefix(call, code);

	if (prefix[0] == '\0' && code[0] != '\0')
		return code; /* an unknown one has nothing below it */
	return zhen_format(call, "%s%.*s", prefix, 12 - (int)strlen(prefix), "999999999999");
}

void line_up(zhen_call *call, const char *unit, const char *out[6])
{
	for (uint32_t level = 0; level <= 5; level++) {
		const zhen_division *above = level > 0 ? call->host->division_above(call, unit, level) : NULL;

		out[level] = above != NULL ? above->code : "";
	}
}

bool concerns_caller(zhen_call *call, const char *division)
{
	const char *line[6];

	line_up(call, zhen_get_caller(call)->division, line);
	for (size_t level = 1; level <= 5; level++)
		if (line[level][0] != '\0' && strcmp(line[level], division) == 0)
			return true;
	return zhen_within_caller(call, division);
}

struct refusal code_known_check(zhen_call *call, const char *code)
{
	if (code[0] == '\0' || zhen_one(call, "SELECT code FROM code WHERE code = $1", code) != NULL)
		return (struct refusal){ NULL, "" };
	return because(call, "not-in-catalogue", "“%s”不在任何目录或清单内 (no catalogue or list has the code)", code);
}

const char *place_wanted(zhen_call *call, const char *name)
{
	const char *own = zhen_get_caller(call)->division;
	const zhen_row *row;

	if (zhen_has(call, name))
		return field_text(call, name);
	if (own[0] != '\0')
		return own;
	row = zhen_one(call, "SELECT (SELECT MIN(unit) FROM unit) AS first, (SELECT MAX(unit) FROM unit) AS last");
	for (uint32_t level = 4; level >= 1; level--) {
		const zhen_division *first = call->host->division_above(call, column_or_empty(row, "first"), level);
		const zhen_division *last = call->host->division_above(call, column_or_empty(row, "last"), level);

		if (first != NULL && last != NULL && strcmp(first->code, last->code) == 0)
			return first->code;
	}
	return "";
}

int64_t count_of(const zhen_row *row, const char *name)
{
	return zhen_column_int(row, name);
}

const char *column_or_empty(const zhen_row *row, const char *name)
{
	return or_empty(zhen_column_text(row, name));
}

void note_change(zhen_call *call, const char *unit, const char *code, const char *what, const char *text,
                 int64_t version, int64_t round, int64_t batch)
{
	const zhen_caller *caller = zhen_get_caller(call);

	zhen_run(call,
	         "INSERT INTO item_change(unit, code, what, text, version, round, batch, person, body, at) "
	         "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
	         unit, code, what, text, version, round, batch, caller->name, caller->body_name, zhen_now(call));
}
