/* SPDX-License-Identifier: Apache-2.0
 * The tree of divisions by 12-digit statistical code (统计用区划代码). Immutable after load; any thread. */
#pragma once

#include "base/faults.h"

typedef enum DivisionLevel {
	LEVEL_NONE, LEVEL_PROVINCE, LEVEL_PREFECTURE, LEVEL_COUNTY, LEVEL_TOWNSHIP, LEVEL_VILLAGE,
} DivisionLevel;

typedef struct Division Division;
struct Division {
	char code[13];
	DivisionLevel level;
	const char *name;
	const Division *parent;     /* NULL at the top */
	const Division **children;  /* by code; n_children */
	guint n_children;
	const Division **townships; /* every township at or below, by code; n_townships (a village has none) */
	guint n_townships;
};

typedef struct Divisions Divisions;

/* Reads CSV files with the header code,name,level,parent (further columns valid_from, valid_to, successor are kept
 * out of use for now but accepted). Refuses duplicates, unknown parents and levels with file and line. */
Divisions *divisions_load(const char *const *paths, GError **error);
/* Every fault, and the tree of what is right; NULL = a file could not be read. */
Divisions *divisions_load_all(const char *const *paths, Faults *faults);
void divisions_free(Divisions *divisions);
const Division *divisions_find(const Divisions *divisions, const char *code); /* NULL = unknown */
/* As administrators write it, with or without the zeros at its end: "532327". */
const Division *divisions_find_short(const Divisions *divisions, const char *code);
const Division *divisions_nearest(const Divisions *divisions, const char *code); /* one written much like it; NULL = none */
const Division *division_at(const Division *division, DivisionLevel level);   /* itself or above; NULL */
gboolean division_covers(const Division *above, const Division *below);       /* itself included */
const Division *const *divisions_all(const Divisions *divisions, guint *out_count); /* borrowed; by code */
guint divisions_count(const Divisions *divisions, DivisionLevel level);
const char *division_level_name(DivisionLevel level); /* "township" */
const char *division_level_title(DivisionLevel level); /* "乡级" */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Divisions, divisions_free)
