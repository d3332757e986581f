/* SPDX-License-Identifier: Apache-2.0
 * Between tail.c (the thread, who comes and goes) and tail_read.c (what each is given). */
#pragma once

#include <pthread.h>
#include "base/arena.h"
#include "bus/tail.h"

/* A publisher's log and what was read of it last, for all who are near its end. */
typedef struct Source {
	const Plugin *plugin;
	const Plugin *next; /* to be that; under the lock; NULL = none */
	const char *id;     /* any thread */
	char *dir;
	Log *log;           /* tail's thread; NULL until somebody reads */
	LogBlock *recent;   /* what lies behind recent_after; NULL = nothing read yet */
	LogPosition recent_after;
	gboolean at_end;    /* nothing lies behind recent */
	gboolean faulty;    /* that it cannot be read has been said */
	gboolean woken;     /* under the lock */
} Source;

typedef struct Place {
	LogPosition position;
	gboolean known;     /* position was found: where there is none yet, the log could not be read */
	gboolean from_start;
	gboolean wanted;    /* it publishes what the reader asked for: nothing is said of others */
} Place;

struct TailReader {
	Tails *tails;
	TailOptions options;
	char **topics;
	Place *places;      /* one per source */
	guint passed;       /* events since something was given */
	gboolean greeted;
	gboolean pending;   /* more lies there already */
	gboolean ready, leaving; /* under the lock */
};

struct Tails {
	StoreHost *stores;
	const Divisions *divisions;
	GPtrArray *sources; /* of Source */
	pthread_t thread;
	gboolean started;
	Arena *arena;
	LogBlock *own;      /* of who reads for itself */
	GPtrArray *readers; /* of TailReader; tail's thread */
	gboolean failed;    /* a log could not be read in this turn */
	pthread_mutex_t lock; /* not GLib's: ThreadSanitizer knows these */
	pthread_cond_t come;
	GPtrArray *joining; /* of TailReader */
	guint n_readers;
	gboolean awake, stopping;
};

/* tail_read.c: tail's thread, but what says otherwise */
void tail_places(TailReader *reader, const char *from, gboolean whole); /* before it joins; @from may be NULL */
GString *tail_gather(TailReader *reader); /* the next piece; NULL = nothing for it now. (transfer full) */
