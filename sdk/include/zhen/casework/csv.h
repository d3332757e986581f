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
	int64_t line; /* its row as Excel numbers it, 1 = first: a cell of several lines makes no more rows */
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

/* Of plugins that take files in. */
#define ZHEN_CSV_SETTING                                                                                       \
	{ .key = "import_faults", .type = ZHEN_INT, .def = "100", .min = 1, .max = 100, .unit = "处",          \
	  .help = "导入的文件有错误时，逐条列出的错误数；超出的只说还有多少处" }

/* What is wrong with a file, each told as a field error of its row and column, up to the setting; the rest is counted. */
typedef struct zhen_csv_faults {
	zhen_call *call;
	size_t limit, count;
} zhen_csv_faults;

/* Commas, tabs or semicolons, whichever there are most of. false: out->problem says why. */
bool zhen_csv_read(zhen_call *call, const void *bytes, size_t length, zhen_csv *out);
/* Needs the setting above. */
zhen_csv_faults zhen_csv_faults_new(zhen_call *call);
/* @column as the file's own head calls it, "" = the whole row. */
void zhen_csv_fault(zhen_csv_faults *faults, int64_t line, const char *column, const char *code, const char *text);
/* 422 "rows-refused" that says how many there are and how many were not told; 0 = there are none. */
zhen_result zhen_csv_refused(const zhen_csv_faults *faults);
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
