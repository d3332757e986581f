/* SPDX-License-Identifier: Apache-2.0
 * The clock that a demo may turn. */
#pragma once

#include "daemon/daemon.h"

typedef struct DemoClock DemoClock;

/* Adds the route; @answer gives the answer to a call once the clock is turned. */
DemoClock *demo_clock_new(Daemon *daemon, HttpRun *answer);
void demo_clock_free(DemoClock *clock); /* after the bus and the plugins, before the loop */
