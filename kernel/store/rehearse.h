/* SPDX-License-Identifier: Apache-2.0
 * A start's way through a database, gone without touching it. */
#pragma once

#include "store/store.h"

/* What store_open and store_migrate would say of the database in @dir, which others may be using and which stays as it is: what
 * is new is tried on a copy (@rows of the host's size). *@out_done FALSE: it is too large to be copied for that. */
gboolean store_rehearse(StoreHost *host, const char *dir, const char *name, const zhen_migration *rows,
                        gboolean *out_done, GError **error);
