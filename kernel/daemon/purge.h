/* SPDX-License-Identifier: Apache-2.0
 * `zhenctl purge PLUGIN KIND SUBJECT [--by NAME]`. Admin's thread. */
#pragma once

#include "base/json.h"
#include "daemon/daemon.h"

gboolean verb_purge(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error);
