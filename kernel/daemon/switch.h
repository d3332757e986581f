/* SPDX-License-Identifier: Apache-2.0
 * One version of a plugin in the place of another while calls come in: they wait at its gate, for a moment. */
#pragma once

#include "daemon/daemon.h"

typedef struct Switch {
	Daemon *daemon;
	Slot *slot;
	PluginFile *file;     /* of the next version; taken over when it runs */
	gboolean maintenance; /* who asks meanwhile is answered 503, for as long as it takes */
	const Conf *conf;     /* that it was proven with: its settings come from there */
	gint64 held_us;       /* how long calls waited */
	char *reloaded;       /* what reading the configuration again changed (transfer full); NULL = @not_reloaded, or no change */
	GError *not_reloaded;
} Switch;

/* As they would be; NULL = @error: what only a start can take in, or a setting that is wrong. (transfer full) */
Settings *switch_settings(const Daemon *daemon, const Slot *slot, const Plugin *next, const Conf *conf, GError **error);
/* FALSE: @error, and the version of before goes on. Blocks, not on a loop; nobody else looks at plugins from outside the loop. */
gboolean switch_run(Switch *self, GError **error);
