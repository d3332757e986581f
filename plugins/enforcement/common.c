/* SPDX-License-Identifier: Apache-2.0 */
#include "enforcement.h"

#include <stdlib.h>

const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
}

const char *field_text(zhen_call *call, const char *name)
{
	return or_empty(zhen_text(call, name));
}

const char *column_or_empty(const zhen_row *row, const char *name)
{
	return or_empty(zhen_column_text(row, name));
}

const char *today(zhen_call *call)
{
	return zhen_date_of_ms(call, zhen_now(call));
}

const char *day_or_today(zhen_call *call, const char *name)
{
	return zhen_has(call, name) ? field_text(call, name) : today(call);
}

const char *day_before(zhen_call *call, const char *day)
{
	char *out = (char *)zhen_alloc(call, 11);

	zhen_calendar_format_date(zhen_calendar_parse_date(day) - 1, out);
	return out;
}

zhen_result wrong_field(zhen_call *call, const char *field, const char *code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *text = zhen_vformat(call, format, args);
	va_end(args);
	call->host->field_error(call, field, code, text);
	return zhen_invalid(call);
}

zhen_result past_day(zhen_call *call, const char *name, const char **out_day)
{
	*out_day = day_or_today(call, name);
	if (strcmp(*out_day, today(call)) > 0)
		return wrong_field(call, name, "future", "日期 %s 晚于今天 (%s lies in the future)", *out_day,
		                   *out_day);
	return 0;
}

void put_texts(zhen_call *call, const zhen_row *row, const char *const *names)
{
	for (; *names != NULL; names++)
		zhen_put(call, *names, column_or_empty(row, *names));
}

void put_way(zhen_call *call, const char *title, const char *method, const char *path)
{
	zhen_open_object(call, NULL);
	zhen_put(call, "title", title);
	zhen_put(call, "method", method);
	zhen_put(call, "path", path);
	zhen_close(call);
}

const char *share(zhen_call *call, int64_t part, int64_t whole)
{
	/* Rounded half up, in hundredths of a per cent. */
	int64_t hundredths = whole > 0 ? (part * 20000 + whole) / (2 * whole) : 0;

	return whole > 0 ? zhen_format(call, "%lld.%02lld", (long long)(hundredths / 100), (long long)(hundredths % 100)) : "";
}

const char *working_days_after(zhen_call *call, const char *township, const char *day, int64_t n)
{
	zhen_calendar calendar;
	char *out = (char *)zhen_alloc(call, 11);

	zhen_calendar_load(call, township, &calendar);
	zhen_calendar_format_date(zhen_calendar_add_working(&calendar, zhen_calendar_parse_date(day), (int32_t)n).day,
	                          out);
	return out;
}

const char *calendar_days_after(zhen_call *call, const char *township, const char *day, int64_t n)
{
	zhen_calendar calendar;
	char *out = (char *)zhen_alloc(call, 11);

	zhen_calendar_load(call, township, &calendar);
	zhen_calendar_format_date(zhen_calendar_add_calendar(&calendar, zhen_calendar_parse_date(day), (int32_t)n).day,
	                          out);
	return out;
}

/* 民法典 202: a month that lacks the day ends on its last. */
const char *months_after(zhen_call *call, const char *day, int64_t months)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	long year = strtol(day, NULL, 10), month = strtol(day + 5, NULL, 10) - 1 + (long)months, last;
	long on = strtol(day + 8, NULL, 10);

	year += month / 12;
	month %= 12;
	last = lengths[month] + (month == 1 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
	return zhen_format(call, "%04ld-%02ld-%02ld", year, month + 1, on > last ? last : on);
}

const char *words_of(zhen_call *call, const char *choices, const char *value)
{
	size_t length = strlen(value);

	for (const char *at = choices; at != NULL; at = strchr(at, '|') != NULL ? strchr(at, '|') + 1 : NULL)
		if (strncmp(at, value, length) == 0 && at[length] == '=')
			return zhen_format(call, "%.*s", (int)strcspn(at + length + 1, "|"), at + length + 1);
	return "";
}
