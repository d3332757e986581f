/* SPDX-License-Identifier: Apache-2.0
 * A plugin's way in, which stays while what is behind it is changed. The world has faces: one Home per version, each with the
 * table that it was mounted by; calls that were begun by the table of an earlier one are put into the words of the one that
 * runs. Closed, it lets calls wait: as many as there are connections and deliveries, for as long as whoever closed it says. */
#pragma once

#include "loader/loader.h"

typedef struct Gate Gate;

Gate *gate_new(Home *inner); /* (transfer full) @inner */
Home *gate_face(Gate *gate); /* of the version that runs; lives as long as the gate */
void gate_free(Gate *gate);  /* what is behind it ends; who waits is answered 503 */

/* Loop thread. From now on calls wait, and the plugin begins nothing of its own. */
void gate_close(Gate *gate);
gboolean gate_is_closed(const Gate *gate); /* any thread */
/* Closed: no call is on its way in or under way, and the plugin works at nothing. */
gboolean gate_is_still(Gate *gate);
Home *gate_inner(const Gate *gate); /* NULL = it was taken away */
/* (transfer full) Of one that is still. Until gate_put the faces answer as those of a plugin that is down. */
Home *gate_take(Gate *gate);
/* (transfer full) @inner: another one, or the same with another plugin behind it. Its plugin is another: it has a new face. */
void gate_put(Gate *gate, Home *inner);
/* Who waited goes in, on his own loop. */
void gate_open(Gate *gate);
