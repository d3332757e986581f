/* SPDX-License-Identifier: Apache-2.0
 * What the rows of a plugin's tables are made of, as data: one list serves copying, the note and comparing. */
#pragma once

#include "runtime/table.h"

typedef enum MemberKind { MEMBER_TEXT, MEMBER_HANDLE, MEMBER_FIELDS, MEMBER_I64, MEMBER_I32, MEMBER_U32 } MemberKind;

typedef struct RowMember {
	const char *name;
	MemberKind kind;
	gsize offset;
	gsize size;
} RowMember;

typedef struct RowType {
	const char *table;
	gsize size;               /* of the host's row */
	const RowMember *members; /* sorted by name */
	guint n_members;
	gsize entry_rows, entry_size, entry_reserved; /* offsets in zhen_plugin */
	gsize plugin_rows, plugin_count;              /* offsets in Plugin */
} RowType;

#define X(member, row) ROWS_##member,
enum { PLUGIN_TABLES(X) N_ROW_TYPES };
#undef X

extern const RowType row_types[N_ROW_TYPES]; /* in the order of the tables */
extern const RowType row_field;              /* zhen_field; no table of its own */

#define ROWS_MAX 4096 /* rows of one table */
#define ROW_SIZE_MAX 4096
#define LIST_DEPTH_MAX 2 /* a list of objects may hold lists, those may not */

void *rows_of(const Plugin *plugin, const RowType *type, guint *out_count); /* NULL = no rows */
void rows_set(Plugin *plugin, const RowType *type, void *rows, guint count);
const char *row_text(const void *row, gsize offset);
gint64 row_number(const void *row, const RowMember *member);
/* TRUE when @row ends its table: it has neither its first pointer nor, for migrations, a handler. */
gboolean row_is_end(const RowType *type, const void *row);
