/* SPDX-License-Identifier: Apache-2.0
 * Pilots (试点): which plugins are on in which divisions, and when. Immutable after load; any thread. */
#pragma once

#include "base/conf.h"
#include "base/divisions.h"

typedef struct Pilots Pilots;

/* Rows for conf_load: [pilot NAME] divisions= plugins= title= from= until=. Ends with {0}. */
extern const ConfKey pilots_conf_keys[];

/* @only: the one pilot to take; NULL = all. Unknown divisions, dates and names are refused with the group's place. */
Pilots *pilots_load(const Conf *conf, const Divisions *divisions, const char *only, GError **error);
Pilots *pilots_load_all(const Conf *conf, const Divisions *divisions, const char *only, Faults *faults); /* every fault */
/* Whether there is a [pilot @only]; else @error with the nearest name. */
gboolean pilots_named(const Conf *conf, const char *only, GError **error);
void pilots_free(Pilots *pilots);
/* Whether a pilot that runs at @now_ms has @plugin on for @division: inside a division of the pilot, or above one (a
 * county watches its pilot townships). NULL = no division (public pages): on when any running pilot has it. */
gboolean pilots_enable(const Pilots *pilots, const char *plugin, const Division *division, gint64 now_ms);
/* Codes of the divisions in which @plugin is on at @now_ms, without duplicates. (transfer full) */
char **pilot_divisions_for_plugin(const Pilots *pilots, const char *plugin, gint64 now_ms);
guint pilots_count(const Pilots *pilots);
const char *pilots_title(const Pilots *pilots, guint index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pilots, pilots_free)
