/* SPDX-License-Identifier: Apache-2.0
 * A table as offices send it: CSV or tab-separated out of Excel or WPS, in UTF-8, UTF-16 or GB18030, with or without a byte
 * order mark, with what those programs do to it. Memory is the call's. */
#ifndef ZHEN_CASEWORK_CSV_H
#define ZHEN_CASEWORK_CSV_H

#include <zhen/zhen.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct zhen_csv_row {
	int64_t line; /* on which it begins, 1 = first */
	size_t count;
	char **cells; /* blanks around them removed, several lines made one */
} zhen_csv_row;

typedef struct zhen_csv {
	const char *encoding; /* "UTF-8", "GB18030", "UTF-16LE" */
	size_t count;
	zhen_csv_row *rows;   /* none that is empty */
	const char *problem;  /* why it could not be read, NULL = it could */
	int64_t problem_line;
} zhen_csv;

/* Commas, tabs or semicolons, whichever there are most of. false: out->problem says why. */
bool zhen_csv_read(zhen_call *call, const void *bytes, size_t length, zhen_csv *out);
/* Full-width letters and digits as ASCII, the apostrophe and the ="…" by which Excel keeps a text a text taken off. */
char *zhen_csv_plain(zhen_call *call, const char *cell);
/* "1.0E+5": a code of digits that was opened as a number; what it was cannot be told any more. */
bool zhen_csv_is_scientific(const char *cell);
/* A count; -1 when it is none. "82", "82.0", "8.2E+1", "８２", "82项". */
int64_t zhen_csv_count(zhen_call *call, const char *cell);

#ifdef __cplusplus
}
#endif

#endif
