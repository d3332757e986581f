/* SPDX-License-Identifier: Apache-2.0
 * Between connection.c (one socket) and net.c (the listener and all of them). */
#pragma once

#include "base/clock.h"
#include "http/connection.h"

typedef struct WaitList {
	Connection *first, *last;
} WaitList;

struct Net {
	Loop *loop;
	struct event_base *base;
	const NetHandler *handler;
	struct event *accepting; /* NULL = no listener */
	int listener;            /* -1 = none */
	gboolean draining;
	gboolean accept_paused;  /* no descriptors left: until the next tick */
	LoopTimer *tick;
	gint64 now_us;
	gboolean looked; /* now_us is of this turn */
	gboolean wall_known;
	gint64 wall_ms, wall_at_us; /* of this turn */
	WaitList waits[WAITS];
	Connection *graves;
	guint n_buffers;
	char *buffers[256];
};

Connection *connection_new(Net *net, int fd, const char *address);
