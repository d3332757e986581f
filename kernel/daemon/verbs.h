/* SPDX-License-Identifier: Apache-2.0
 * What administrators ask for, whichever way they come: zhenctl over the local socket, or /kernel/admin. A verb answers with JSON
 * for programs and a text for people. */
#pragma once

#include "base/json.h"
#include "daemon/daemon.h"

typedef gboolean VerbRun(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error);

typedef struct Verb {
	const char *name;
	gboolean on_loop;    /* it touches the daemon's state; else it may block */
	gboolean apart;      /* takes long: on a thread of its own, one at a time */
	const char *changes; /* acts (its first words) that are written into the audit; "*" = all of it; NULL = none */
	VerbRun *run;
} Verb;

const Verb *verb_find(const char *name); /* NULL = there is none */
/* Words that no verb has: who asks by zhenctl or a form is told before. */
gboolean verb_misused(GError **error);
char *verb_names(void); /* for messages. (transfer full) */
gboolean verb_is_change(const Verb *verb, json_t *args);
gboolean verb_page(json_t *args, gint64 *out_page, GError **error); /* --page N; 0 = the first */
#define VERB_ROWS 200 /* of a page */
/* The end of a list: "page", "pages", "total", and the same for people. */
void verb_put_page(GString *text, JsonOut *data, gint64 page, gint64 total);

/* verbs_people.c */
VerbRun verb_users, verb_sessions;
/* verbs_host.c */
VerbRun verb_plugins, verb_pilots, verb_roles, verb_bodies, verb_loglevel;
/* swap.c: another version in the place of a plugin that runs */
VerbRun verb_swap;
/* contract.c: what a swap left for later */
VerbRun verb_contract;
/* jobs_due.c: every job, when it ran, with what outcome, and when it is due */
VerbRun verb_jobs_due;

/* host_audit.c: the host's own chain, what administrators did; database and anchors are those of a plugin named "host". */
#define HOST_CHAIN "host"
gboolean host_audit_start(Daemon *daemon, GError **error);
void host_audit_free(Daemon *daemon);
/* Blocks until it is on the disk and anchored. @args: who asks. */
gboolean host_audit_add(Daemon *daemon, const Verb *verb, json_t *args, const GError *outcome, GError **error);
VerbRun verb_audit;

gint verb_status(const GError *error); /* as HTTP says it; NULL = 200 */
