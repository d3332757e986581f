/* SPDX-License-Identifier: Apache-2.0
 * The words that the checks of every table are written in. */
#pragma once

#include "base/faults.h"
#include "runtime/table.h"

/* Where a check stands. It goes on behind a fault: all of them are named. */
typedef struct Check {
	const Plugin *plugin;
	Faults *faults;
	const char *table;
	guint row;
	char label[300]; /* what people call the row: "POST /notes" */
} Check;

typedef enum FieldUse { FIELDS_REQUEST, FIELDS_ELEMENT /* of a list in it */, FIELDS_REPLY, FIELDS_EVENT } FieldUse;

void check_at(Check *check, const char *table, guint row, const char *label);
gboolean check_fault(const Check *check, const char *member, const char *format, ...) G_GNUC_PRINTF(3, 4); /* FALSE */
void check_choices(const Check *check, const char *choices);
void check_range(const Check *check, guint32 type, gint64 min, gint64 max);
void check_fields(const Check *check, const char *member, const zhen_field *fields, FieldUse use);
void check_unique(const Check *check, GHashTable *seen, const char *member, const char *name);
void check_feature(const Check *check, const char *feature);
void check_permission(const Check *check, const char *member, const char *permission);
void check_get_route(const Check *check, const char *path);

gboolean word_valid(const char *text, const char *more, gsize max); /* [a-z][a-z0-9_ and @more]* */
gboolean version_valid(const char *text);
gboolean dotted_valid(const char *text, guint parts_min);

/* Every row of table @type (index of row_types). */
void check_table(Check *check, guint type);
