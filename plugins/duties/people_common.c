/* SPDX-License-Identifier: Apache-2.0 */
#include "people.h"

zhen_result wrong_field(zhen_call *call, const char *field, const char *code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *text = zhen_vformat(call, format, args);
	va_end(args);
	call->host->field_error(call, field, code, text);
	return zhen_invalid(call);
}

bool unit_columns(zhen_call *call, const char *unit, const char **out_township, const char **out_village)
{
	const zhen_division *division = call->host->division(call, unit);

	if (division == NULL || division->level < 4)
		return false;
	*out_township = township_of(call, unit);
	*out_village = division->level == 5 ? division->code : "";
	return true;
}

const char *choice_title(zhen_call *call, const char *choices, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = choices; *at != '\0';) {
		size_t end = strcspn(at, "|");

		if (end > length && at[length] == '=' && memcmp(at, word, length) == 0)
			return zhen_format(call, "%.*s", (int)(end - length - 1), at + length + 1);
		at += end + (at[end] == '|');
	}
	return word;
}

const char *years_before(zhen_call *call, const char *day, int64_t years)
{
	int32_t year = zhen_calendar_year_of(zhen_calendar_parse_date(day));

	/* Compared as texts: 02-29 of a year without it stands between 02-28 and 03-01, where it belongs. */
	return zhen_format(call, "%04d%s", (int)(year - years), day + 4);
}

zhen_result past_day(zhen_call *call, const char *name, const char **out_day)
{
	*out_day = day_or_today(call, name);
	if (strcmp(*out_day, today(call)) > 0)
		return wrong_field(call, name, "future", "日期 %s 晚于今天 (%s lies in the future)", *out_day,
		                   *out_day);
	return 0;
}
