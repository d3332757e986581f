/* SPDX-License-Identifier: Apache-2.0
 * Number series (文号): one per body, name and year, counted in the transaction of what bears the number. A call that fails
 * gives its number back and writers of one plugin stand in line, so a series has no gaps whatever runs at once. */
#ifndef ZHEN_CASEWORK_SERIES_H
#define ZHEN_CASEWORK_SERIES_H

#include <zhen/casework/calendar.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ZHEN_SERIES_SQL                                                                                         \
	"CREATE TABLE series(body TEXT NOT NULL, name TEXT NOT NULL, year BIGINT NOT NULL, used BIGINT NOT NULL, " \
	"PRIMARY KEY(body, name, year)) {{without rowid}}"

/* Two rows for the plugin's table of settings, each the name of a file. */
#define ZHEN_SERIES_SETTINGS(series_file, names_file)                                                \
	{ .key = "series", .type = ZHEN_TEXT, .def = series_file, .flags = ZHEN_CONTENT,             \
	  .help = "编号格式：系列,格式；{short} {division} {year} {n} {n5}" },                       \
	{ .key = "short_names", .type = ZHEN_TEXT, .def = names_file, .flags = ZHEN_CONTENT,         \
	  .help = "文号中的机关代字：区划代码,代字" }

/* The next number of @name at @body in this year, written by its format. {short} is the township's short name of the
 * setting, else its name without the last character; {division} its first nine digits; {n5} five digits. A series without a
 * format reads "{division}-{year}-{n5}". */
const char *zhen_series_next(zhen_call *call, const char *name, const char *body, const char *township);
/* How many numbers were given out: the last one is this. */
int64_t zhen_series_used(zhen_call *call, const char *name, const char *body, int32_t year);

#ifdef __cplusplus
}
#endif

#endif
