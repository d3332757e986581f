/* SPDX-License-Identifier: Apache-2.0
 * What of one plugin is on where: the plugin itself and its features, by division and time. Of the rules that name a division
 * or one above it, the nearest decides; where there is none the plugin is off, and a feature is as its table says. Filled by
 * one thread, then immutable; reference counted; any thread. */
#pragma once

#include <jansson.h>
#include <zhen/plugin.h>
#include "base/divisions.h"

typedef struct Switches Switches;

#define SWITCH_PLUGIN (-1) /* in place of the row of a feature */

/* @features: the plugin's, @count rows; their names are copied. */
Switches *switches_new(const zhen_feature *features, guint count);
Switches *switches_ref(Switches *switches);
void switches_unref(Switches *switches);
/* Row of the feature @name; SWITCH_PLUGIN for NULL, -2 = there is none. */
gint switches_row(const Switches *switches, const char *name);
/* @code: 12 digits. On or off from @from_ms until before @until_ms (G_MININT64, G_MAXINT64: always). */
void switches_add(Switches *switches, const char *code, gint row, gboolean on, gint64 from_ms, gint64 until_ms);

/* Whose rule says otherwise of the same division at some moment of that time; NULL = nobody's. Borrowed. */
const char *switches_against(const Switches *switches, const char *code, gint row, gboolean on, gint64 from_ms,
                             gint64 until_ms);

/* The questions. NULL for @switches: everything is on everywhere. */
/* Just there; a feature is on where its plugin is on as well. */
gboolean switches_on(const Switches *switches, gint row, const Division *division, gint64 now_ms);
/* There or somewhere below it: a county watches its pilot townships. NULL = anywhere. */
gboolean switches_serve(const Switches *switches, gint row, const Division *division, gint64 now_ms);
/* Whether the plugin is on in every one of @divisions, always. */
gboolean switches_everywhere(const Switches *switches, const Divisions *divisions);
/* Whether it is on anywhere at any time. */
gboolean switches_ever(const Switches *switches, gint row);
/* TRUE: it is not on in every township at or below @division (NULL = of all @divisions); those where it is are added to @out
 * (of const Division *). */
gboolean switches_narrow(const Switches *switches, gint row, const Division *division, const Divisions *divisions,
                         gint64 now_ms, GPtrArray *out);

void switches_origin(Switches *switches, const char *origin); /* of the rules added next: "[pilot chuxiong]" */
/* Of the rule that decides at @division; "" = none does. Borrowed. */
const char *switches_decider(const Switches *switches, gint row, const Division *division, gint64 now_ms);

gboolean switches_covers(const char *above, const char *code); /* by their digits alone; codes with or without zeros */

/* To hand to a worker. */
char *switches_to_json(const Switches *switches); /* (transfer full) */
Switches *switches_from_json(const zhen_feature *features, guint count, const json_t *json, GError **error);
gboolean switches_same(const Switches *a, const Switches *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Switches, switches_unref)
