/* SPDX-License-Identifier: Apache-2.0
 * What an expand migration must leave standing; of rehearse.c alone. */
#pragma once

#include "store/known.h"
#include "store/store.h"

typedef struct Schema Schema; /* a plugin's tables: columns, unique indexes, triggers */

Schema *schema_new(void);
gboolean schema_read(StoreConn *conn, void *schema, GError **error); /* as store_write_now wants it */
void schema_free(Schema *schema);
/* FALSE: what worked over @before may fail over @after; every reason is named. */
gboolean schema_expands(const Schema *before, const Schema *after, GError **error);
/* Each text of a Known is prepared. As store_write_now wants it. */
gboolean statements_stand(StoreConn *conn, void *known, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Schema, schema_free)
