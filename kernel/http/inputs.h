/* SPDX-License-Identifier: Apache-2.0
 * One field of a form as its control: label, help, error and input tied together. Private to kernel/http. */
#pragma once

#include "http/forms.h"

typedef struct InputView {
	const PageView *page;
	const Plugin *plugin;
	const zhen_route *route;
	const CallParam *params;
	guint n_params;
	const FormErrors *errors; /* NULL = none */
	gboolean filter;          /* of a GET form: nothing is marked as needed or optional */
	gboolean named;           /* of a row that has a name, which says whether it may stay empty */
} InputView;

/* @name: as sent ("members.0.name"), @shown_as: the index the error carries when rows were closed up; usually @name.
 * @in_row: part of a list's row, which may stay empty. */
void input_draw(const InputView *view, Html *html, const zhen_field *field, const char *name, const char *shown_as,
                gboolean in_row);
/* Divisions a form may offer: those of the field's levels at or below the caller's own or the one chosen with _at, by code.
 * NULL = more than fit one list. (transfer container) */
GPtrArray *input_divisions(const InputView *view, const zhen_field *field);
/* The root under which divisions are offered; NULL = unknown. */
const Division *input_division_root(const InputView *view);
/* Whether more people may be named in @field than fit one list. */
gboolean input_accounts_many(const InputView *view, const zhen_field *field);
char *input_id(const char *name); /* "f-members-0-name" (transfer full) */
