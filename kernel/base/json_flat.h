/* SPDX-License-Identifier: Apache-2.0
 * The bodies that programs mostly send: one object of plain members. Read in one pass, without a tree. */
#pragma once

#include "base/arena.h"
#include "base/json.h"

typedef enum JsonFlatKind { JSON_FLAT_NULL, JSON_FLAT_BOOL, JSON_FLAT_INT, JSON_FLAT_TEXT, JSON_FLAT_OTHER /* list, object, real */ } JsonFlatKind;

typedef struct JsonFlat {
	const char *name; /* ends in NUL */
	JsonFlatKind kind;
	const char *text; /* JSON_FLAT_TEXT; need not end in NUL; may lie in what was read */
	gsize length;
	gint64 integer; /* JSON_FLAT_INT, _BOOL */
} JsonFlat;

#define JSON_FLAT_MAX 64

/* FALSE: not such an object, or not JSON at all; json_read knows. It takes nothing that json_read would refuse. */
gboolean json_flat_read(const char *text, gsize length, Arena *arena, JsonFlat out[JSON_FLAT_MAX], guint *out_count);

/* An object's members, read quickly where they are plain, and into a tree where they are not. */
typedef struct JsonMembers {
	json_t *tree; /* NULL = they are plain */
	guint count;
	JsonFlat flat[JSON_FLAT_MAX];
} JsonMembers;

/* No bytes are no members. FALSE: @error says where it is no JSON, or that it is no object. */
gboolean json_members_read(JsonMembers *members, const char *text, gsize length, Arena *arena, GError **error);
void json_members_clear(JsonMembers *members);
/* FALSE: there is none of that name. */
gboolean json_members_find(const JsonMembers *members, const char *name, JsonFlat *out);
JsonFlat json_flat_of(const char *name, const json_t *value);
