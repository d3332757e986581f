/* SPDX-License-Identifier: Apache-2.0
 * What ended the host or a worker: a list that outlives them, crashes.jsonl in the data folder, and who is left out for it. */
#pragma once

#include "daemon/daemon.h"

typedef struct Crashes Crashes;

/* Takes in what the process before this one left. From here on a crash of this process is recorded. */
gboolean crashes_start(Daemon *daemon, GError **error);
void crashes_free(Crashes *crashes);
/* A WorkerOptions.crashed. */
void crashes_of_worker(void *daemon, const Plugin *plugin, const char *report, const char *ending);
#define CRASHES_LOADING "loading" /* as handler: its constructors, which run in the host whatever its home */
/* Why this plugin is not to be loaded, or not to run in this process: its code has ended the host too often there. (transfer
 * full) NULL = it may. */
char *crashes_against(Daemon *daemon, const Plugin *plugin, gboolean loading);
void crashes_put_last(const Crashes *crashes, JsonOut *out); /* member last_crash */
void crashes_say_last(const Crashes *crashes, GString *text);

/* zhenctl crashes [forget PLUGIN] */
gboolean verb_crashes(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error);
