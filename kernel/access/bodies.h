/* SPDX-License-Identifier: Apache-2.0
 * Bodies (单位): township governments, departments, stationed teams, windows, back offices. Immutable after load. */
#pragma once

#include "base/divisions.h"

typedef struct Body {
	const char *id;
	const char *kind;
	const char *name;
	const Division *division;
	const struct Body *superior; /* NULL = none */
} Body;

typedef struct Bodies Bodies;

/* CSV with the header id,kind,name,division,superior. A row may use "*" + level as division ("*township"): one body of
 * that kind for every division of the level; in its id and name {code} and {name} are filled in. */
Bodies *bodies_load(const char *const *paths, const Divisions *divisions, GError **error);
/* Every fault, and the bodies that are right; NULL = a file could not be read. */
Bodies *bodies_load_all(const char *const *paths, const Divisions *divisions, Faults *faults);
void bodies_free(Bodies *bodies);
const Body *bodies_find(const Bodies *bodies, const char *id);
/* The body of @kind that serves @division: of itself, or of the nearest above. */
const Body *bodies_serving(const Bodies *bodies, const char *kind, const Division *division);
guint bodies_count(const Bodies *bodies);
const Body *bodies_nth(const Bodies *bodies, guint index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bodies, bodies_free)
