/* SPDX-License-Identifier: Apache-2.0
 * The SM2 key that documents are signed with, and `zhenctl key new|show`. */
#pragma once

#include "base/json.h"
#include "daemon/daemon.h"

/* [host] sm2_key, else DATA/keys/sm2.key; without either daemon->sm2 stays NULL. At start. */
gboolean signing_load(Daemon *daemon, GError **error);
gboolean signing_fits(const Conf *conf, const char *data, GError **error); /* what signing_load would say */
gboolean verb_key(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error); /* admin's thread */
