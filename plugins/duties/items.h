/* SPDX-License-Identifier: Apache-2.0
 * Items out of a file, each with what is wrong in it. */
#ifndef DUTIES_ITEMS_H
#define DUTIES_ITEMS_H

#include "duties.h"

#include <zhen/casework/csv.h>

struct items {
	struct item *rows; /* those at fault among them */
	size_t count;
	const char *encoding, *code_head, *upper_head; /* what the file calls these columns */
	zhen_csv_faults faults;
	int64_t national, province, prefecture, county, common, optional, basic, assist, withdrawn;
};

struct items_options {
	const char *level;  /* of rows that do not say; "" = they must */
	const char *origin; /* the same */
	bool categories;    /* each must be one of the setting's */
	bool criteria;      /* rows of whose kind of power the four are asked answer them in columns of their own */
	/* What else may be wrong with a row that has a code. */
	void (*check)(zhen_call *call, struct items *items, const struct item *item, void *data);
	void *data;
};

/* The file of the fields "content" or "file": read, checked, counted against its own subtotals. What is wrong stands in
 * out->faults. */
void items_read(zhen_call *call, const struct items_options *options, struct items *out);

#endif
