/* SPDX-License-Identifier: Apache-2.0
 * A version of a plugin started in a process of its own on a copy of its data, to see whether it would come up. */
#pragma once

#include "daemon/daemon.h"

/* @dir: the copy, expanded; jobs do not run there. FALSE: it could not be loaded or bound, its start failed, crashed or took too
 * long, or it is not ready; @error says which. Blocks, not on a loop. */
gboolean prove(const Daemon *daemon, const Conf *conf, const PluginFile *file, const Settings *settings,
               const char *dir, GError **error);
