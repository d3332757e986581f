/* SPDX-License-Identifier: Apache-2.0
 * /kernel/admin. */
#pragma once

#include "daemon/daemon.h"

typedef struct AdminRoutes AdminRoutes;

AdminRoutes *admin_routes_new(Daemon *daemon);
void admin_routes_stop(AdminRoutes *routes); /* the loop has ended: nobody asks any more; before the verbs' own end */
void admin_routes_free(AdminRoutes *routes); /* after the connections */
