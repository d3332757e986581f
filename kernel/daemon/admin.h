/* SPDX-License-Identifier: Apache-2.0
 * The verbs, by whichever way: zhenctl's socket (admin.c), or HTTP (admin_routes.c). */
#pragma once

#include "daemon/verbs.h"

typedef struct Admin Admin;

void admin_stop(Admin *admin); /* the loop has ended: no verb waits for it any more */
/* Begins one that takes long, and waits for nothing. FALSE: one is under way. */
gboolean admin_begin_apart(Admin *admin, const char *verb, json_t *args);
gboolean admin_apart_runs(Admin *admin);
const char *admin_apart_fault(Admin *admin); /* of the last of them, within a verb; NULL = none */

/* Runs a verb and writes its row of the audit; waits for as long as it takes, so not on the loop. @args: words, then options. */
gboolean admin_run(Admin *admin, const char *name, json_t *args, GString *text, GString *data, GError **error);
