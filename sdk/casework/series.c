/* SPDX-License-Identifier: Apache-2.0
 * Number series: one per body, name and year, counted in the transaction of the document that bears the number. */
#include <string.h>

#include <zhen/casework/series.h>

#include "text.h"

/* The line "key,value" of a small CSV setting; NULL = none. */
static char *csv_value(zhen_call *call, const char *setting, const char *key)
{
	const char *line = or_empty(zhen_setting_text(call, setting));
	size_t length = strlen(key);

	while (*line != '\0') {
		size_t end = strcspn(line, "\r\n");

		if (end > length && memcmp(line, key, length) == 0 && line[length] == ',') {
			size_t value = strcspn(line + length + 1, ",\r\n");

			return zhen_format(call, "%.*s", (int)value, line + length + 1);
		}
		line += end + strspn(line + end, "\r\n");
	}
	return NULL;
}

/* What stands before 政审: from data, else the township's name without its last character (永定镇: 永定). */
static const char *short_name(zhen_call *call, const char *township)
{
	const char *given = csv_value(call, "short_names", township);
	const zhen_division *division = call->host->division(call, township);

	if (given != NULL)
		return given;
	if (division == NULL)
		return "";
	size_t length = strlen(division->name);
	return zhen_format(call, "%.*s", (int)(length > 3 ? length - 3 : length), division->name);
}

static void append(char *out, size_t size, const char *text)
{
	size_t used = strlen(out);

	snprintf(out + used, size - used, "%s", text);
}

/* {short} {division} {year} {n} {n5} */
static const char *fill(zhen_call *call, const char *format, const char *township, int32_t year, int64_t n)
{
	const struct {
		const char *word, *text;
	} words[] = {
		{ "{short}", short_name(call, township) },
		{ "{division}", zhen_format(call, "%.9s", township) },
		{ "{year}", zhen_format(call, "%d", year) },
		{ "{n}", zhen_format(call, "%lld", (long long)n) },
		{ "{n5}", zhen_format(call, "%05lld", (long long)n) },
	};
	size_t size = strlen(format) + 200;
	char *out = (char *)zhen_alloc(call, size);

	while (*format != '\0') {
		size_t taken = 0;

		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && taken == 0; i++) {
			if (strncmp(format, words[i].word, strlen(words[i].word)) != 0)
				continue;
			append(out, size, words[i].text);
			taken = strlen(words[i].word);
		}
		if (taken == 0) {
			char one[2] = { *format, '\0' };

			append(out, size, one);
			taken = 1;
		}
		format += taken;
	}
	return out;
}

const char *zhen_series_next(zhen_call *call, const char *name, const char *body, const char *township)
{
	int32_t year = zhen_calendar_year_of(zhen_calendar_day_of_ms(zhen_now(call)));
	int64_t n = zhen_insert(call,
	                        "INSERT INTO series(body, name, year, used) VALUES($1, $2, $3, 1) "
	                        "{{upsert body, name, year}} used = series.used + 1 RETURNING used",
	                        body, name, year);
	const char *format = csv_value(call, "series", name);

	/* A series that nobody gave a format still counts, readably. */
	return fill(call, format != NULL ? format : "{division}-{year}-{n5}", township, year, n);
}

int64_t zhen_series_used(zhen_call *call, const char *name, const char *body, int32_t year)
{
	return zhen_column_int(zhen_one(call, "SELECT used FROM series WHERE body = $1 AND name = $2 AND year = $3", body, name, year),
	                       "used");
}
