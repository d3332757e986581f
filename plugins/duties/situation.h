/* SPDX-License-Identifier: Apache-2.0
 * Who handles which situation, a row each: mended in its place and taken back with a reason; its journal tells who did that. */
#ifndef DUTIES_SITUATION_H
#define DUTIES_SITUATION_H

#include "duties.h"

#define SITUATIONS_MAX 2000 /* that an answer looks at, and a file brings */

/* The columns of a row, as forms, answers and files have them. */
enum {
	SITUATION_DIVISION, SITUATION_TOPIC, SITUATION_SITUATION, SITUATION_RESPONSIBLE, SITUATION_ASSISTING, SITUATION_BASIS,
	SITUATION_KEYWORDS, SITUATION_CODE, SITUATION_PHONE, N_SITUATION
};

struct situation {
	const char *texts[N_SITUATION]; /* never NULL */
};

enum situation_kept { SITUATION_SAME, SITUATION_ADDED, SITUATION_CHANGED };

/* The row that says who handles it; NULL = there is none. */
const zhen_row *situation_named(zhen_call *call, const char *division, const char *topic, const char *situation);
/* Writes it into the row, NULL = a new one, and what that changed into its journal. */
enum situation_kept situation_store(zhen_call *call, const zhen_row *row, const struct situation *one, int64_t *out_id);

#endif
