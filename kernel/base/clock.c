/* SPDX-License-Identifier: Apache-2.0
 * Dates are counted, not looked up: the legal zone is a fixed +08:00, so neither the C library's zone tables nor its
 * locks are needed for a line of the log. */
#include "base/clock.h"

#include <stdatomic.h>
#include <string.h>
#include <time.h>

#define DAY_MS G_GINT64_CONSTANT(86400000)
#define ZONE_MS (8 * G_GINT64_CONSTANT(3600000))
/* What four digits of a year can say, in the legal zone. */
#define FIRST_MS (G_GINT64_CONSTANT(-62167219200000) - ZONE_MS)
#define LAST_MS (G_GINT64_CONSTANT(253402300799999) - ZONE_MS)

/* No offset is as large: from here on it is the time at which the clock stands. */
#define STANDS (G_GINT64_CONSTANT(1) << 61)

static _Atomic gint64 turned_ms;

gint64 clock_true_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (gint64)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

gint64 clock_turned_ms(gint64 true_ms)
{
	gint64 turned = atomic_load_explicit(&turned_ms, memory_order_relaxed);

	return turned >= STANDS / 2 ? turned - STANDS : true_ms + turned;
}

gint64 clock_now_ms(void)
{
	return clock_turned_ms(clock_true_ms());
}

void clock_stand(gint64 at_ms)
{
	clock_turn(STANDS + at_ms);
}

void clock_turn(gint64 offset_ms)
{
	atomic_store_explicit(&turned_ms, offset_ms, memory_order_relaxed);
}

gint64 clock_offset_ms(void)
{
	return atomic_load_explicit(&turned_ms, memory_order_relaxed);
}

gint64 clock_mono_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (gint64)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Days since 1970-01-01 of a date; years begin in March so that the leap day is the last of its year. */
static gint64 days_of(gint64 year, guint month, guint day)
{
	gint64 y = month <= 2 ? year - 1 : year;
	gint64 era = (y >= 0 ? y : y - 399) / 400;
	guint of_era = (guint)(y - era * 400);
	guint of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + (gint64)(of_era * 365 + of_era / 4 - of_era / 100 + of_year) - 719468;
}

typedef struct Date {
	guint year, month, day;
} Date;

/* The way back, for years 0 to 9999. */
static Date date_of(gint64 days)
{
	gint64 z = days + 719468;
	gint64 era = (z >= 0 ? z : z - 146096) / 146097;
	guint of_era = (guint)(z - era * 146097);
	guint year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	guint of_year = of_era - (365 * year + year / 4 - year / 100);
	guint march = (5 * of_year + 2) / 153;
	Date date = { .month = march < 10 ? march + 3 : march - 9, .day = of_year - (153 * march + 2) / 5 + 1 };

	date.year = (guint)((gint64)year + era * 400 + (date.month <= 2));
	return date;
}

static guint month_days(guint year, guint month)
{
	static const guint8 days[] = { 0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	gboolean leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month] + (month == 2 && leap);
}

/* @value below 100, of which 103 / 1024 is the tenth. */
static char *put2(char *at, guint value)
{
	const guint tens = value * 103 >> 10;

	at[0] = (char)('0' + tens);
	at[1] = (char)('0' + value - tens * 10);
	return at + 2;
}

static char *put_date(char *at, gint64 days)
{
	Date date = date_of(days);

	at = put2(at, date.year / 100);
	at = put2(at, date.year % 100);
	*at++ = '-';
	at = put2(at, date.month);
	*at++ = '-';
	return put2(at, date.day);
}

gsize clock_format(gint64 ms, char out[CLOCK_TEXT_SIZE])
{
	/* Never negative: counted from the year 0. */
	gint64 local = CLAMP(ms, FIRST_MS, LAST_MS) - FIRST_MS;
	guint of_day = (guint)(local % DAY_MS);
	guint seconds = of_day / 1000;
	guint rest = of_day % 1000;
	char *at = put_date(out, local / DAY_MS - 719528);

	*at++ = 'T';
	at = put2(at, seconds / 3600);
	*at++ = ':';
	at = put2(at, seconds / 60 % 60);
	*at++ = ':';
	at = put2(at, seconds % 60);
	*at++ = '.';
	*at++ = (char)('0' + rest / 100);
	at = put2(at, rest % 100);
	memcpy(at, "+08:00", 7);
	return (gsize)(at + 6 - out);
}

void clock_day(gint64 ms, char out[11])
{
	gint64 local = CLAMP(ms, FIRST_MS, LAST_MS) - FIRST_MS;

	*put_date(out, local / DAY_MS - 719528) = '\0';
}

/* Reads exactly @count digits; returns the place after them, or NULL. */
static const char *get_digits(const char *at, guint count, guint *out)
{
	guint value = 0;

	for (guint i = 0; i < count; i++) {
		if (!g_ascii_isdigit(at[i]))
			return NULL;
		value = value * 10 + (guint)(at[i] - '0');
	}
	*out = value;
	return at + count;
}

/* Reads YYYY-MM-DD; NULL when it is not a real day. */
static const char *get_date(const char *at, Date *out)
{
	at = get_digits(at, 4, &out->year);
	if (at == NULL || *at != '-')
		return NULL;
	at = get_digits(at + 1, 2, &out->month);
	if (at == NULL || *at != '-')
		return NULL;
	at = get_digits(at + 1, 2, &out->day);
	if (at == NULL || out->month < 1 || out->month > 12 || out->day < 1)
		return NULL;
	return out->day <= month_days(out->year, out->month) ? at : NULL;
}

gboolean clock_day_valid(const char *text)
{
	Date date;

	if (text == NULL)
		return FALSE;

	const char *end = get_date(text, &date);

	return end != NULL && *end == '\0';
}

/* Reads HH:MM:SS and a fraction of any length, of which milliseconds are kept. */
static const char *get_time(const char *at, guint *out_seconds, guint *out_ms)
{
	guint hour, minute, second, scale = 100;

	at = get_digits(at, 2, &hour);
	if (at == NULL || *at != ':')
		return NULL;
	at = get_digits(at + 1, 2, &minute);
	if (at == NULL || *at != ':')
		return NULL;
	at = get_digits(at + 1, 2, &second);
	if (at == NULL || hour > 23 || minute > 59 || second > 60)
		return NULL;
	*out_seconds = hour * 3600 + minute * 60 + second;
	*out_ms = 0;
	if (*at != '.')
		return at;
	at++;
	if (!g_ascii_isdigit(*at))
		return NULL;
	for (; g_ascii_isdigit(*at); at++) {
		*out_ms += (guint)(*at - '0') * scale;
		scale /= 10;
	}
	return at;
}

static const char *get_zone(const char *at, int *out_minutes)
{
	guint hours, minutes;
	char sign = *at;

	*out_minutes = 0;
	if (sign == 'Z' || sign == 'z')
		return at + 1;
	if (sign != '+' && sign != '-')
		return NULL;
	at = get_digits(at + 1, 2, &hours);
	if (at == NULL || *at != ':')
		return NULL;
	at = get_digits(at + 1, 2, &minutes);
	if (at == NULL || hours > 23 || minutes > 59)
		return NULL;
	*out_minutes = (int)(hours * 60 + minutes) * (sign == '-' ? -1 : 1);
	return at;
}

gboolean clock_parse(const char *text, gint64 *out_ms)
{
	Date date;
	guint seconds, ms;
	int zone;

	if (text == NULL)
		return FALSE;

	const char *at = get_date(text, &date);

	if (at == NULL || (*at != 'T' && *at != 't' && *at != ' '))
		return FALSE;
	at = get_time(at + 1, &seconds, &ms);
	if (at == NULL)
		return FALSE;

	at = get_zone(at, &zone);
	if (at == NULL || *at != '\0')
		return FALSE;

	gint64 utc = days_of(date.year, date.month, date.day) * 86400 + seconds - (gint64)zone * 60;

	/* A leap second is the last of a UTC day and counts as the first of the next. */
	if (text[17] == '6' && utc % 86400 != 0)
		return FALSE;
	*out_ms = utc * 1000 + ms;
	return TRUE;
}
