/* SPDX-License-Identifier: Apache-2.0
 * Between the files of `zhenctl events`. Admin's thread. */
#pragma once

#include "daemon/events.h"
#include "daemon/verbs.h"

/* Words come first, options after them. NULL = it is not there. */
const char *events_word(json_t *args, guint index);
const char *events_option(json_t *args, const char *name);
gboolean events_flag(json_t *args, const char *name);
const Slot *events_slot(const Daemon *daemon, const char *id, GError **error);
/* The row that the second word names: shown in @text and @data. */
gboolean events_look_up(Daemon *daemon, json_t *args, GString *text, JsonOut *data, const Slot **out_slot,
                        gint64 *out_row, GError **error);

/* events_acts.c */
/* Asks a plugin in its home and waits; not on a loop. @request: kind, index, job_id, body and, if somebody else than the host,
 * the caller's account. @out_said (may be NULL): the answer's JSON, (transfer full). FALSE: refused, in its own words. */
gboolean events_call(Daemon *daemon, Home *home, const CallRequest *request, char **out_said, GError **error);
char *events_account(json_t *args); /* who asks, for the audit. (transfer full) */
gboolean events_retry(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error);
gboolean events_drop(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error);
gboolean events_replay(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error);
gboolean events_accept(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error);
