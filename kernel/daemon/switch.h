/* SPDX-License-Identifier: Apache-2.0
 * One version of a plugin in the place of another while calls come in: they wait at its gate, for a moment. */
#pragma once

#include "daemon/daemon.h"

typedef struct Switch {
	Daemon *daemon;
	Slot *slot;
	PluginFile *file;     /* of the next version; taken over when it runs */
	gboolean maintenance; /* who asks meanwhile is answered 503, for as long as it takes */
	gint64 held_us;       /* how long calls waited */
} Switch;

/* FALSE: @error, and the version of before goes on. Blocks, not on a loop; nobody else looks at plugins from outside the loop. */
gboolean switch_run(Switch *self, GError **error);
