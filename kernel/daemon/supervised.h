/* SPDX-License-Identifier: Apache-2.0
 * The host process's side of its supervisor: a socket of messages, and what the process before it left. Without one, service
 * managers are told directly, and nothing outlives this process. */
#pragma once

#include "base/conf.h"

/* @text: "CHANNEL:LISTENER", descriptors, the second -1 = none. @after: how the process before this one ended; NULL = this
 * is the first. */
gboolean supervised_begin(const char *text, const char *after, GError **error);
gboolean supervised(void);
const char *supervised_after(void);
/* The listening socket that is still open from the process before; -1 = none. The caller's from here on. */
int supervised_listener(void);
void supervised_listening(int fd);        /* keep this one open when I am gone */
void supervised_limits(const Conf *conf); /* of restarts */
void supervised_say(const char *state);   /* "READY=1", "STOPPING=1": also to systemd */
