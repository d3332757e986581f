/* SPDX-License-Identifier: Apache-2.0
 * Items out of a file, each with what is wrong in it. */
#ifndef DUTIES_ITEMS_H
#define DUTIES_ITEMS_H

#include "duties.h"

struct items {
	struct item *rows;
	size_t count;
	const char *encoding;
	int64_t national, province, prefecture, county, common, optional, basic, assist, withdrawn;
};

struct items_options {
	const char *level;  /* of rows that do not say; "" = they must */
	const char *origin; /* the same */
	bool categories;    /* each must be one of the setting's */
};

/* The file of the fields "content" or "file": read, checked, counted against its own subtotals. Every fault is a
 * field error
 * naming line and column; false when there was one. */
bool items_read(zhen_call *call, const struct items_options *options, struct items *out);
/* One more fault of a row, found later. @column as in the file's head. */
void items_fault(zhen_call *call, int64_t line, const char *column, const char *code, const char *text);

#endif
