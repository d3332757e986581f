/* SPDX-License-Identifier: Apache-2.0
 * Forms drawn from declared fields, and what a browser sends back made into the JSON body that the route declares. */
#pragma once

#include "http/pages.h"

/* One word of what is wrong, by field: "members.0.name" -> Chinese reason. */
typedef struct FormErrors {
	GPtrArray *fields; /* of char *, owned; dotted names */
	GPtrArray *titles; /* of char *, owned, in step with fields */
	gboolean key_reused; /* the form was sent before and then changed */
} FormErrors;

void form_errors_init(FormErrors *errors);
void form_errors_clear(FormErrors *errors);
/* Reads "errors" of a problem body: [{field, title}]. Field names may be written a.0.b, a[0].b or /a/0/b. */
void form_errors_read(FormErrors *errors, const json_t *problem);
const char *form_errors_find(const FormErrors *errors, const char *field); /* NULL = nothing wrong */

/* The first field by which @route takes a file as a part of its form; NULL = none. */
const zhen_field *forms_file(const zhen_route *route);

/* Draws the whole <form>, error summary first. GET routes get a filter form over their query fields. */
void forms_draw(const PageView *view, Html *html, const Plugin *plugin, const zhen_route *route,
                const CallParam *params, guint n_params, const FormErrors *errors);

/* The JSON object that a submitted form means, by @fields: yuan become fen, local times RFC 3339 with +08:00, "members.0.name"
 * elements of a list (empty rows left out, so do redrawn forms), blanks absent. What cannot be converted stays as text, for
 * validation to name. Path parameters of @path and names that begin with '_' are left out; unknown names stay. */
void forms_to_json(const zhen_field *fields, const char *path, const CallParam *params, guint n_params, GString *out);

/* "1234.5", "¥1,234.50", "1234.5元" -> 123450. FALSE: not money. */
gboolean forms_parse_yuan(const char *text, gint64 *out_fen);

/* One row number of @list that has a value in @params, from @from on; -1 = no more. */
gint forms_next_row(const char *list, gint from, const CallParam *params, guint n_params);
