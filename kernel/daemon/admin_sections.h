/* SPDX-License-Identifier: Apache-2.0
 * What there is under /kernel/admin: which verb answers, for whom, and what can be done there. Between admin_routes.c and
 * admin_pages.c. */
#pragma once

#include "access/roles.h"
#include "daemon/admin.h"
#include "http/pages.h"

#define ADMIN_PATH "/kernel/admin"
#define ADMIN_FIELDS 5 /* of one act, with the end */
#define ADMIN_ACTS 5
#define ADMIN_TEXT 1000 /* characters of a field */

/* A field of a form, or of the query: in order the words of the verb, then its options. */
typedef struct AdminField {
	const char *name, *label;
	const char *choices; /* "error|warn"; NULL = any text */
	gboolean option;     /* "--name VALUE" */
	gboolean consent;    /* "--name" and nothing more: a box that is ticked, never beforehand */
	gboolean optional;   /* the verb itself says what lacks */
} AdminField;

typedef struct AdminAct {
	const char *path; /* POST /kernel/admin/<path> */
	const char *verb, *act, *title;
	AdminField fields[ADMIN_FIELDS]; /* ends with {0} */
} AdminAct;

typedef struct AdminSection {
	const char *path; /* GET /kernel/admin/<path> */
	guint who;        /* bit per HostPermission: any of these */
	const char *title, *verb, *act; /* act NULL = the verb alone */
	AdminField query[ADMIN_FIELDS];
	const AdminAct *acts[ADMIN_ACTS]; /* ends with NULL */
	const char *row_path, *row_action; /* where a row leads, and in which words; NULL = nowhere */
	gboolean of_row;       /* about one that is chosen elsewhere: nothing leads there without */
	gboolean tells_faults; /* what the verb finds wrong is its answer, not a refusal */
} AdminSection;

extern const AdminSection admin_sections[]; /* ends with {0} */

gboolean admin_may(const Session *session, guint who);
/* @data: the verb's, or NULL; @said: what an act said, or what is wrong, or NULL; @values: of the fields of all acts, then of the query,
 * to fill forms with; NULL = none. */
void admin_page(const PageView *view, const AdminSection *section, const AdminAct *act, json_t *data, const char *said,
                const char *const *values, GString *out);
void admin_index_page(const PageView *view, GString *out);
