/* SPDX-License-Identifier: Apache-2.0
 * Events as the outside reads them: CloudEvents 1.0, JSON format, one line each. */
#pragma once

#include "runtime/table.h"
#include "store/log.h"

/* Appends one object without a newline in it. @event has passed event_fault: its body is a JSON object. */
void cloudevent_put(GString *out, const Plugin *publisher, const LogEvent *event);
/* "plugin:position", the id of an event: also what a reader's position is made of. */
void cloudevent_put_id(GString *out, const char *plugin, const LogPosition *position);
