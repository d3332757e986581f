/* SPDX-License-Identifier: Apache-2.0
 * The verbs, by whichever way: zhenctl's socket (admin.c), or HTTP (admin_routes.c). */
#pragma once

#include "daemon/verbs.h"

typedef struct Admin Admin;

/* No other verb runs between them, but those apart. Not on the loop. */
void admin_enter(Admin *admin);
void admin_leave(Admin *admin);
void admin_stop(Admin *admin); /* the loop has ended: no verb waits for it any more */
/* Begins one that takes long, and waits for nothing. FALSE: one is under way. */
gboolean admin_begin_apart(Admin *admin, const char *verb, json_t *args);
/* Members "running" and "last_fault" of the last of them, when it is one of @verbs ("swap|contract"); within a verb. TRUE: it runs. */
gboolean admin_put_apart(Admin *admin, const char *verbs, JsonOut *data);

/* Runs a verb and writes its row of the audit; waits for as long as it takes, so not on the loop. @args: words, then options. */
gboolean admin_run(Admin *admin, const char *name, json_t *args, GString *text, GString *data, GError **error);
