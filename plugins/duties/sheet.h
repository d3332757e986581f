/* SPDX-License-Identifier: Apache-2.0
 * A table out of a file: its head is looked for, its words are made into ours, each row is handed on. All rows or none, and every
 * fault is named by line and column. */
#ifndef DUTIES_SHEET_H
#define DUTIES_SHEET_H

#include "duties.h"

#include <zhen/casework/csv.h>

#define SHEET_COLUMNS_MAX 10

struct sheet_column {
	const char *names;   /* what files call it, our own word first */
	const char *choices; /* its words, NULL = any text */
	bool needed;
	uint32_t max;        /* characters, 0 = any */
};

struct sheet {
	zhen_call *call;
	const struct sheet_column *columns;
	size_t n;
	zhen_csv csv;
	zhen_csv_faults faults;
	size_t head;
	int at[SHEET_COLUMNS_MAX]; /* of the file's columns, -1 = none */
	void *data;                /* of who takes the rows */
};

/* One row: cells by column, never NULL. */
typedef void sheet_row(struct sheet *sheet, int64_t line, const char *const *cells);

/* What the request brings: the field "file", or the text of "content". */
bool import_bytes(zhen_call *call, const void **out_bytes, size_t *out_length);
/* What is wrong with a cell, in the word of the file's own head. */
void sheet_fault(struct sheet *sheet, int64_t line, size_t column, const char *code, const char *text);
/* Reads the file and hands on each row. 0, or the refusal; rows that handlers wrote are undone with it. */
zhen_result sheet_read(struct sheet *sheet, sheet_row *take, int64_t *out_rows);

#endif
