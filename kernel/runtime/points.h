/* SPDX-License-Identifier: Apache-2.0
 * Where the fault tests end the process, in a build with ZHEN_TEST_POINTS: ZHEN_TEST_KILL="published:3" sends SIGKILL to the
 * process that passes that point for the third time.
 *   published      a transaction that emitted is committed, nobody has been told yet
 *   before-effect  handlers of a delivery have run, their transaction is not committed
 *   after-effect   it is committed, its sender does not know yet
 *   swap-closed    calls wait for a swap, none is under way
 *   swap-started   the next version has started, a start of the host would still take the one of before
 *   swap-recorded  it would take the next one
 *   swap-put       that is what calls will be let in to */
#pragma once

#include <glib.h>

#ifdef ZHEN_TEST_POINTS
void point_pass(const char *name);
/* ZHEN_TEST_CURSOR_OUTSIDE=1: what a ledger must notice. The cursor moves after the effects, in a transaction of its own. */
gboolean point_cursor_outside(void);
#else
#define point_pass(name) ((void)0)
#define point_cursor_outside() FALSE
#endif
