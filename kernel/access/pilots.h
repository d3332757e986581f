/* SPDX-License-Identifier: Apache-2.0
 * Pilots (试点): which plugins and features are on in which divisions, and when. Immutable after load; any thread. */
#pragma once

#include "access/switches.h"
#include "base/conf.h"

typedef struct Pilots Pilots;

/* Rows for conf_load: [pilot NAME] divisions= plugins= features= ... Ends with {0}. */
extern const ConfKey pilots_conf_keys[];

/* @only: the one pilot to take, with those that belong to it; NULL or "" = all. Unknown divisions, dates and names are
 * refused with the group's place. */
Pilots *pilots_load(const Conf *conf, const Divisions *divisions, const char *only, GError **error);
Pilots *pilots_load_all(const Conf *conf, const Divisions *divisions, const char *only, Faults *faults); /* every fault */
/* Whether there is a [pilot @only]; else @error with the nearest name. */
gboolean pilots_named(const Conf *conf, const char *only, GError **error);
gboolean pilots_runs(const Conf *conf, const char *name, const char *only); /* whether [pilot @name] is taken */
/* Their own files of divisions, absolute, of those taken. (transfer full) */
char **pilots_places(const Conf *conf, const char *only);
void pilots_free(Pilots *pilots);
/* What they say of @plugin, whose features are @features; unknown ones and contradictions go into @faults. Never NULL. */
Switches *pilots_switches(const Pilots *pilots, const char *plugin, const zhen_feature *features, guint count,
                          Faults *faults);
guint pilots_count(const Pilots *pilots);
const char *pilots_title(const Pilots *pilots, guint index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pilots, pilots_free)
