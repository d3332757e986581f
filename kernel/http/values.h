/* SPDX-License-Identifier: Apache-2.0
 * Replies drawn by their declared types: money in yuan, days and times in Chinese, divisions and bodies by name. Private to
 * kernel/http. */
#pragma once

#include "http/pages.h"

/* What one value, list or object is drawn for. */
typedef struct ValueView {
	const PageView *page;
	const Plugin *plugin;       /* NULL = the host's own */
	const zhen_field *fields;   /* of the object at hand; NULL = undeclared */
	const zhen_field *fallback; /* the request's: labels for what the reply does not declare; may be NULL */
	const zhen_route *route;    /* that answered; NULL = the host's own */
	const char *row_path;       /* page of one row, "/p/notes/notes/{id}"; NULL = rows are not linked */
	gboolean dense;         /* a table of many columns: days without their time */
	const char *row_action; /* words of the link when that page is a form; NULL = the first column is the link */
} ValueView;

/* A field of @fields, of the fallback, or what the plugin's other routes agree on; NULL = undeclared. */
const zhen_field *value_field(const ValueView *view, const char *name);
const char *value_label(const zhen_field *field, const char *name);
/* As people read it, without markup; @full: divisions with the one above. (transfer full) */
char *value_text(const ValueView *view, const zhen_field *field, const char *name, const json_t *value, gboolean full);
void values_object(const ValueView *view, Html *html, const json_t *object,
                   guint level); /* level: of headings, 2 .. 6 */
gboolean values_said(const json_t *value); /* a scalar that says something */
void values_rows(const ValueView *view, Html *html, const json_t *list, guint level);

char *yuan_text(gint64 fen);                                /* "¥1,234.56" (transfer full) */
char *moment_text(gint64 ms);                               /* "2026年9月18日 09:30" (transfer full) */
char *choice_title(const char *choices, const char *value); /* NULL = none of them (transfer full) */
/* Calls @each for every "value=title" of @choices. */
typedef void ChoiceFunc(void *data, const char *value, const char *title);
void choices_each(const char *choices, ChoiceFunc *each, void *data);
