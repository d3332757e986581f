/* SPDX-License-Identifier: Apache-2.0
 * JSON out: appended to a GString without a tree. JSON in is jansson's, strict (json_read). */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <zhen/value.h>

#define JSON_DEPTH 16

typedef struct JsonOut {
	GString *text;      /* borrowed */
	guint depth;        /* open objects and lists */
	guint32 first;      /* bit per depth: nothing written there yet */
	guint32 list;       /* bit per depth: it is a list */
} JsonOut;

void json_out_init(JsonOut *out, GString *text);
/* @name NULL inside a list or at the top. */
void json_open(JsonOut *out, const char *name, gboolean list);
void json_close_one(JsonOut *out);
void json_put_text(JsonOut *out, const char *name, const char *text); /* NULL writes null */
void json_put_text_n(JsonOut *out, const char *name, const char *text, gsize length);
void json_put_int(JsonOut *out, const char *name, gint64 value);
void json_put_bool(JsonOut *out, const char *name, gboolean value);
void json_put_time(JsonOut *out, const char *name, gint64 ms);
void json_put_raw(JsonOut *out, const char *name, const char *json, gsize length);
void json_put_value(JsonOut *out, const char *name, const zhen_value *value); /* blob: hex */
/* Only the text, escaped, with its quotes. */
void json_append_quoted(GString *text, const char *utf8, gsize length);

/* Strict: UTF-8, one value, no duplicate keys, depth at most JSON_DEPTH. (transfer full: json_decref) NULL = @error set,
 * message with line and column. */
json_t *json_read(const char *text, gsize length, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(json_t, json_decref)
