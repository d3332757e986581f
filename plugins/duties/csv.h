/* SPDX-License-Identifier: Apache-2.0
 * A table as offices send it: CSV or tab-separated out of Excel or WPS, in UTF-8, UTF-16 or GB18030, with what those
 * programs do to it. Memory is the call's. */
#ifndef DUTIES_CSV_H
#define DUTIES_CSV_H

#include <zhen/zhen.h>

struct csv_row {
	int64_t line; /* on which it begins, 1 = first */
	size_t count;
	char **cells; /* blanks around them removed */
};

struct csv {
	const char *encoding; /* "UTF-8", "GB18030", "UTF-16LE" */
	size_t count;
	struct csv_row *rows; /* none that is empty */
	const char *problem;  /* why it could not be read, NULL = it could */
	int64_t problem_line;
};

bool csv_read(zhen_call *call, const void *bytes, size_t length, struct csv *out);
/* Full-width letters and digits as ASCII, the apostrophe and the ="…" by which Excel keeps a text a text taken off. */
char *csv_plain(zhen_call *call, const char *cell);
/* "1.0E+5": a code of digits that was opened as a number; what it was cannot be told any more. */
bool csv_is_scientific(const char *cell);
/* A count; -1 when it is none. "82", "82.0", "8.2E+1", "８２", "82项". */
int64_t csv_count(zhen_call *call, const char *cell);

#endif
