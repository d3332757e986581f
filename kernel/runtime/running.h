/* SPDX-License-Identifier: Apache-2.0
 * Which event's handler is at work, in a page of a file of the plugin's folder: what stands there outlives the
 * process, however it ended, and costs no write. (A power cut may leave something older; no handler causes one.)
 * A handler that was at work when its process ended is found by the next one, in either home: the event is counted, and
 * set aside in the end. */
#pragma once

#include "store/log.h"

#define RUNNING_DEATHS_MAX 3 /* then it is set aside */

typedef struct Running Running; /* the writer's thread, but for open and close */

/* NULL: there is no such page (the log says why), and nothing is counted; all functions take that. */
Running *running_open(const char *dir, const char *plugin);
void running_close(Running *running);
void running_begin(Running *running, const char *publisher, const LogPosition *position);
void running_end(Running *running); /* it came back */
gint64 running_deaths(const Running *running, const char *publisher, const LogPosition *position);
/* TRUE: it was at work when the process before this one ended. */
gboolean running_was(const Running *running, const char *publisher, const LogPosition *position);
