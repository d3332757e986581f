/* SPDX-License-Identifier: Apache-2.0
 * Query strings and urlencoded forms as parameters. Names that begin with '_' are the host's own. */
#pragma once

#include "base/arena.h"
#include "runtime/call.h"

#define PARAMS_MAX 2000 /* a list of 50 rows of 30 fields, and some */

typedef struct Params {
	CallParam *items; /* in the arena */
	guint count, size;
} Params;

void params_add(Params *params, Arena *arena, const char *name, const char *value, gsize length);
/* "a=1&b=%20+": decoded into the arena. NULL, or why it is refused. */
const char *params_decode(Params *params, Arena *arena, const char *text, gsize length);
const CallParam *params_find(const Params *params, const char *name); /* the first; NULL */
const char *params_text(const Params *params, const char *name);       /* its value; NULL */
