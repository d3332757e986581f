/* SPDX-License-Identifier: Apache-2.0 */
#include <zhen/casework/calendar.h>

#include <stdio.h>
#include <string.h>

#define MS_PER_DAY 86400000
#define SHANGHAI_MS (8 * 3600 * 1000) /* one zone, no summer time */
#define FIRST_YEAR 2000

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0 ? 1 : 0);
}

int32_t zhen_calendar_day_of_ms(int64_t ms)
{
	return (int32_t)floor_div(ms + SHANGHAI_MS, MS_PER_DAY);
}

int64_t zhen_calendar_ms_of_day(int32_t day)
{
	return (int64_t)day * MS_PER_DAY - SHANGHAI_MS;
}

/* Proleptic Gregorian, years that begin in March so that the leap day is the last. */
static int32_t day_of_civil(int32_t year, int32_t month, int32_t day)
{
	int64_t y = year - (month <= 2 ? 1 : 0);
	int64_t era = floor_div(y, 400);
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return (int32_t)(era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468);
}

static void civil_of_day(int32_t day, int32_t *year, int32_t *month, int32_t *of_month)
{
	int64_t z = (int64_t)day + 719468;
	int64_t era = floor_div(z, 146097);
	int64_t of_era = z - era * 146097;
	int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
	int64_t m = (5 * of_year + 2) / 153;

	*of_month = (int32_t)(of_year - (153 * m + 2) / 5 + 1);
	*month = (int32_t)(m < 10 ? m + 3 : m - 9);
	*year = (int32_t)(y + era * 400 + (*month <= 2 ? 1 : 0));
}

int32_t zhen_calendar_year_of(int32_t day)
{
	int32_t year, month, of_month;

	civil_of_day(day, &year, &month, &of_month);
	return year;
}

static int32_t digits(const char *text, int count)
{
	int32_t value = 0;

	for (int i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

static int32_t parse_date(const char *text, size_t length)
{
	if (length != 10 || text[4] != '-' || text[7] != '-')
		return ZHEN_NO_DAY;
	int32_t year = digits(text, 4), month = digits(text + 5, 2), of_month = digits(text + 8, 2);
	if (year < 1900 || month < 1 || of_month < 1)
		return ZHEN_NO_DAY;
	int32_t day = day_of_civil(year, month, of_month), y, m, d;

	/* 2026-02-30 comes back as another date. */
	civil_of_day(day, &y, &m, &d);
	return y == year && m == month && d == of_month ? day : ZHEN_NO_DAY;
}

int32_t zhen_calendar_parse_date(const char *text)
{
	return text == NULL ? ZHEN_NO_DAY : parse_date(text, strlen(text));
}

void zhen_calendar_format_date(int32_t day, char out[11])
{
	int32_t year, month, of_month;

	civil_of_day(day, &year, &month, &of_month);
	snprintf(out, 11, "%04u-%02u-%02u", (unsigned)year % 10000, (unsigned)month % 100, (unsigned)of_month % 100);
}

size_t zhen_calendar_lines(const char *csv)
{
	size_t lines = 1;

	for (; csv != NULL && *csv != '\0'; csv++)
		lines += *csv == '\n';
	return lines;
}

static size_t find(const zhen_calendar *calendar, int32_t day)
{
	size_t low = 0, high = calendar->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (calendar->days[middle].day < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool zhen_calendar_set(zhen_calendar *calendar, int32_t day, bool work)
{
	size_t at = find(calendar, day);

	if (at == calendar->count || calendar->days[at].day != day) {
		if (calendar->count == calendar->max)
			return false;
		memmove(&calendar->days[at + 1], &calendar->days[at],
		        (calendar->count - at) * sizeof(calendar->days[0]));
		calendar->count++;
	}
	calendar->days[at] = (zhen_calendar_day){ .day = day, .work = work };
	return true;
}

void zhen_calendar_cover_year(zhen_calendar *calendar, int32_t year)
{
	if (year >= FIRST_YEAR && year < FIRST_YEAR + 64)
		calendar->years |= (uint64_t)1 << (year - FIRST_YEAR);
}

static bool add_line(zhen_calendar *calendar, const char *line, size_t length)
{
	size_t comma = 0;

	while (length > 0 && (line[length - 1] == '\r' || line[length - 1] == ' '))
		length--;
	if (length == 0 || line[0] == '#' || (length >= 5 && memcmp(line, "date,", 5) == 0))
		return true;
	while (comma < length && line[comma] != ',')
		comma++;
	int32_t day = parse_date(line, comma);
	bool work = length >= 5 && memcmp(line + length - 5, ",work", 5) == 0;
	bool off = length >= 4 && memcmp(line + length - 4, ",off", 4) == 0;

	if (day == ZHEN_NO_DAY || work == off || !zhen_calendar_set(calendar, day, work))
		return false;
	zhen_calendar_cover_year(calendar, zhen_calendar_year_of(day));
	return true;
}

size_t zhen_calendar_add_csv(zhen_calendar *calendar, const char *csv)
{
	size_t number = 0;

	while (csv != NULL && *csv != '\0') {
		size_t length = strcspn(csv, "\n");

		number++;
		if (!add_line(calendar, csv, length))
			return number;
		csv += length + (csv[length] == '\n');
	}
	return 0;
}

bool zhen_calendar_covers(const zhen_calendar *calendar, int32_t day)
{
	int32_t year = zhen_calendar_year_of(day);

	return year >= FIRST_YEAR && year < FIRST_YEAR + 64 && (calendar->years >> (year - FIRST_YEAR) & 1) != 0;
}

bool zhen_calendar_is_working(const zhen_calendar *calendar, int32_t day)
{
	size_t at = find(calendar, day);
	bool listed = at < calendar->count && calendar->days[at].day == day;
	int64_t weekday = ((int64_t)day + 3) - floor_div((int64_t)day + 3, 7) * 7; /* 0 = Monday */

	if (weekday < 5)
		return !listed || calendar->days[at].work;
	return listed && calendar->days[at].work && calendar->make_up_days_count;
}

int32_t zhen_calendar_count(const zhen_calendar *calendar, int32_t after, int32_t to)
{
	int32_t days = 0;

	for (int32_t day = after + 1; day <= to; day++)
		days += zhen_calendar_is_working(calendar, day);
	return days;
}

zhen_calendar_due zhen_calendar_add_working(const zhen_calendar *calendar, int32_t start, int32_t days)
{
	int32_t day = start;

	while (days > 0)
		days -= zhen_calendar_is_working(calendar, ++day);
	return (zhen_calendar_due){ .day = day, .provisional = !zhen_calendar_covers(calendar, day) };
}

zhen_calendar_due zhen_calendar_add_calendar(const zhen_calendar *calendar, int32_t start, int32_t days)
{
	int32_t day = start + days;

	while (!zhen_calendar_is_working(calendar, day))
		day++;
	return (zhen_calendar_due){ .day = day, .provisional = !zhen_calendar_covers(calendar, day) };
}

int32_t zhen_calendar_covered_until(const zhen_calendar *calendar)
{
	int32_t year = 0;

	while (year < 64 && (calendar->years >> year & 1) == 0)
		year++;
	if (year == 64)
		return ZHEN_NO_DAY;
	while (year < 64 && (calendar->years >> year & 1) != 0)
		year++;
	return day_of_civil(FIRST_YEAR + year, 1, 1) - 1;
}
