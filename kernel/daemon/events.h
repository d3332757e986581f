/* SPDX-License-Identifier: Apache-2.0
 * Events for the outside: GET /kernel/events for browsers and programs, `zhenctl events` for the administrator. */
#pragma once

#include "base/json.h"
#include "bus/tail.h"
#include "daemon/daemon.h"

typedef struct Events Events;

/* After the plugins have started and before the permissions are sealed: adds the route and starts the thread that reads. */
Events *events_new(Daemon *daemon);
void events_stop(Events *events); /* the loop has ended: nobody is given anything any more */
void events_free(Events *events); /* after the streams and the plugins */
Tails *events_tails(Events *events);
void events_wake(Daemon *daemon, const Plugin *plugin); /* any thread: it committed events */

/* events_verbs.c: `zhenctl events ...` but tail; admin's thread. */
gboolean verb_events(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error);

/* jobs_verbs.c: `zhenctl jobs list | retry | drop`; admin's thread. */
gboolean verb_jobs(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error);
gboolean verb_settings(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error);
/* What stands still until somebody decides, a line each. FALSE: something does; @error names the first. */
gboolean events_none_stuck(Daemon *daemon, GString *text, GError **error);

/* events_tail.c: `zhenctl events tail`. Each has a thread of its own and a descriptor that it closes. */
typedef struct TailThreads TailThreads;
TailThreads *tail_threads_new(Daemon *daemon);
void tail_threads_free(TailThreads *threads); /* ends them */
/* Takes @fd. FALSE: @fd is still the caller's, to be told why. */
gboolean tail_threads_begin(TailThreads *threads, int fd, json_t *args, GError **error);
