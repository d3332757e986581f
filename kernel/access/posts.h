/* SPDX-License-Identifier: Apache-2.0
 * Posts in the database that the configuration no longer bears out. */
#pragma once

#include "access/bodies.h"
#include "access/roles.h"
#include "base/faults.h"
#include "store/store.h"

/* Posts not over at @now_ms at bodies that do not exist, and of roles that no [role] declares: who holds them cannot log in
 * there, or may do nothing. Each such body and role once. FALSE = @error. */
gboolean posts_stray(StoreConn *conn, const Bodies *bodies, const Roles *roles, gint64 now_ms, Faults *out,
                     GError **error);
/* The same into the log, at start. */
void posts_warn(Store *store, const Bodies *bodies, const Roles *roles);
