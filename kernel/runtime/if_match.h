/* SPDX-License-Identifier: Apache-2.0
 * If-Match (RFC 9110, 13.1.1) as the version that an edit's handler compares. The comparison is strong, so a weak tag
 * matches nothing; of several tags the handler is given one after the other until one is not stale. */
#pragma once

#include "runtime/exec.h"

/* Reads the header into the call's versions and its field. FALSE: the call is refused: 428 without a tag ("*" is none:
 * it would let an edit overwrite what its author never saw), 400 when malformed, 412 when no tag can match. */
gboolean if_match_bind(Call *call);

/* Runs @run for the versions of the call, once where there is none. @writing: each try is undone before the next. */
typedef gboolean IfMatchRun(Call *call, StoreConn *conn);
gboolean if_match_run(Call *call, StoreConn *conn, gboolean writing, IfMatchRun *run);
