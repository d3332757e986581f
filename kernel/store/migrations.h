/* SPDX-License-Identifier: Apache-2.0
 * Which migrations a database has had; of migrate.c and rehearse.c alone. */
#pragma once

#include "store/store_private.h"

/* What stands in _migration into @data: a GHashTable number -> phase as a digit and checksum (owned text). As store_write_now wants it. */
gboolean migrations_applied(StoreConn *conn, void *data, GError **error);
/* FALSE: an applied one reads otherwise now, or a later version's has contracted the database. *@out_new: there is one to be applied at start. */
gboolean migrations_fit(const char *name, GHashTable *applied, const zhen_migration *rows, guint32 row_size,
                        gboolean *out_new, GError **error);
