/* SPDX-License-Identifier: Apache-2.0
 * Moves committed events from publishers' logs to subscribers, exactly once in effect, in order per publisher and subject.
 * One thread with a loop of its own reads the logs, looks at every event against what its topic declares, and submits them to the
 * subscriber's home; the subscriber's transaction moves its cursor. Woken by commits, never by a clock; a subscriber that is
 * slow or down leaves its events where they are, on disk. */
#pragma once

#include "base/arena.h"
#include "base/json.h"
#include "runtime/runtime.h"
#include "store/log.h"

typedef struct Bus Bus;

typedef struct BusOptions {
	const RuntimeEnv *env;
	guint loop_index;      /* of its loop among env->loops, and its slot of readers */
	guint batch;           /* events of one delivery; 0 = 512 */
	gsize batch_bytes;     /* 0 = 4 MiB */
	gint64 backoff_ms;     /* first wait after a home could not be reached or a log not be read; 0 = 100; doubled up to 60 s */
	/* A plugin has caught up with every log it subscribes to: it may be asked. Once per plugin, those without
	 * subscriptions too; inside bus_start or on the bus's thread. May be NULL. */
	void (*ready)(void *data, const Plugin *plugin);
	void *data;
} BusOptions;

Bus *bus_new(const BusOptions *options, GError **error);
/* Before bus_start. A subscriber whose publisher is not added waits for nothing and pins nothing. */
void bus_add(Bus *bus, Home *home);
/* Any thread. Another version of one that was added, with the same topics subscribed to: @home takes the place of its home.
 * @done on the bus's thread when it has; nothing is delivered to the plugin, or read of its log, by the older table from then on. */
void bus_replace(Bus *bus, Home *home, LoopFunc *done, void *data);
gboolean bus_start(Bus *bus, GError **error); /* its thread; first reads every log from the cursors on */
void bus_wake(Bus *bus, const Plugin *plugin); /* any thread: it committed events, or its home is up again */
gboolean bus_ready(Bus *bus, const Plugin *plugin); /* any thread */
void bus_settle(Bus *bus, LoopFunc *done, void *data); /* any thread; @done on the bus's loop when every log is delivered or waits for a home */

/* Where a subscriber goes on in one publisher's log. */
typedef enum BusRewind {
	REWIND_ACCEPT, /* after a restore: where it stands, or where the log parted from the one it was on when that comes first */
	REWIND_TO,     /* replay from behind a position; seq 0 = all of it */
} BusRewind;
/* @fault NULL = it is done, @position is where it stands; else why not. On the bus's loop, before anything more is delivered. */
typedef void BusDone(void *data, const char *position, const char *fault);
/* Any thread. Waits for the delivery under way, sends CALL_REWIND, goes on from there. @to: REWIND_TO alone. @account: who
 * asked, for the audit; NULL = the host. */
void bus_rewind(Bus *bus, const char *subscriber, const char *publisher, BusRewind what, const LogPosition *to,
                const char *account, BusDone *done, void *data);

/* Any thread: no delivery is started any more; those under way end. Then the homes may end, then bus_free. */
void bus_stop(Bus *bus);
guint bus_under_way(Bus *bus); /* deliveries not answered; any thread */
void bus_free(Bus *bus); /* ends its thread; nothing submits to its loop any more */

/* Writes a list "links" of what @subscriber (NULL = everybody) subscribes to: publisher, position, end, lag, state, fault. FALSE:
 * one of them stands still until somebody decides, makes room for what fails, or brings back a file. Any thread. */
gboolean bus_status(Bus *bus, const Plugin *subscriber, JsonOut *out);
/* Prometheus text: zhen_bus_lag{subscriber,publisher}, zhen_bus_delivered_total, zhen_bus_parked_total, ... Any thread. */
void bus_metrics(Bus *bus, GString *out);

/* The declared shape of one event: NULL = it fits, else why not (English, names the field; static or of @arena). A log keeps
 * events longer than declarations last: plain members that are not declared any more are no fault (see runtime/event_value.h),
 * but nobody is given them: its body is one of @arena without them then. */
const char *event_fault(const Plugin *publisher, const Divisions *divisions, LogEvent *event, Arena *arena);
