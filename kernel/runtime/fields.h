/* SPDX-License-Identifier: Apache-2.0
 * Declared fields bound to a request: every value validated before plugin code sees it. */
#pragma once

#include "access/bodies.h"
#include "base/arena.h"
#include "runtime/call.h"

typedef struct FieldList {
	guint count;        /* elements */
	guint width;        /* fields of one */
	zhen_value *values; /* count * width */
} FieldList;

typedef struct Fields {
	const zhen_field *declared; /* NULL = none */
	guint count;
	zhen_value *values;         /* by declared index; null = absent */
	FieldList *lists;           /* by declared index; used for ZHEN_LIST */
	const char **json;          /* by declared index: the list as JSON text */
} Fields;

typedef struct FieldWorld {
	const Divisions *divisions;
	const Bodies *bodies;
	Store *store;               /* for ZHEN_FILE; NULL = not checked */
	const Plugin *plugin;       /* for ZHEN_ACCOUNT: the three of the call; NULL = nobody is known */
	const CallRequest *request;
	const Division *place;      /* of the caller; NULL = none */
} FieldWorld;

/* FALSE: *@errors, NULL before, is a JSON list [{field, code, title, title_en}] (transfer full); a body that is no
 * object sets field "". */
gboolean fields_bind(Fields *out, const zhen_field *declared, const CallRequest *request, const FieldWorld *world,
                     Arena *arena, GString **errors);
gint fields_index(const Fields *fields, const char *name); /* -1 = not declared */
/* One value of one type from text or JSON. NULL = fine, else the Chinese reason; @out_code its word. */
const char *field_check_text(const zhen_field *field, const char *text, gsize length, const FieldWorld *world,
                             Arena *arena, zhen_value *out, const char **out_code);
/* Whether the post gives @permission of the plugin; NULL = none is asked for. */
gboolean field_post_gives(const CallAccount *post, const Plugin *plugin, const char *permission);
/* *@errors NULL: begins the list. */
void field_error_append(GString **errors, const char *field, const char *code, const char *title);
