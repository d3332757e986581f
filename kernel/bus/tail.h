/* SPDX-License-Identifier: Apache-2.0
 * Readers outside the host: programs and browsers that follow events. One thread of its own reads the logs for all of
 * them, so that nobody outside slows a delivery. What is new is read once and given to all who are at the end; who is behind
 * reads on in bounded pieces, and gets the next one only when the last is through. Woken by commits; by a clock
 * only while somebody follows a log that could not be read, which is tried again each second. */
#pragma once

#include "base/divisions.h"
#include "runtime/table.h"
#include "store/log.h"

typedef struct Tails Tails;
typedef struct TailReader TailReader;

#define TAIL_FROM_MAX 8192 /* bytes of a position */

typedef struct TailOptions {
	gboolean sse;              /* server-sent events; else one CloudEvent per line */
	const char *const *topics; /* NULL-ended; NULL = all. Copied. */
	/* What an id of a server-sent event said; NULL = only what is new, "" = everything there is. A position that cannot be
	 * resumed is told by a "reset", and reading goes on from the end. */
	const char *from;
	/* Publishers that @from does not name: from their start (they are new since), else from their end. None is named whose
	 * topics are not among @topics. */
	gboolean whole;
	/* Tail's thread; may be NULL. FALSE: passed over. */
	gboolean (*may)(void *data, const Plugin *publisher, const zhen_topic *topic, const LogEvent *event);
	/* Tail's thread. (transfer full) @text; the next comes after tail_more. */
	void (*piece)(void *data, GString *text);
	void (*left)(void *data);  /* tail's thread, or tails_free: the last of it */
	void *data;
} TailOptions;

Tails *tails_new(StoreHost *stores, const Divisions *divisions);
void tails_add(Tails *tails, const Plugin *plugin, const char *dir); /* before tails_start; both borrowed but dir */
/* Any thread. Another version of one that was added: its topics are read by their new table. Lasts as long as @tails. */
void tails_replace(Tails *tails, const Plugin *plugin);
void tails_start(Tails *tails);
void tails_wake(Tails *tails, const Plugin *publisher); /* any thread: it committed events */
void tails_stop(Tails *tails); /* ends the thread; nobody is given anything any more */
void tails_free(Tails *tails);
guint tails_readers(Tails *tails);

/* Well-formed, as a position that was given out; says nothing about whether it can be resumed. */
gboolean tail_from_valid(const char *from);
/* Any thread. After @left nothing more is called. */
TailReader *tail_join(Tails *tails, const TailOptions *options);
void tail_more(TailReader *reader);
void tail_leave(TailReader *reader); /* @reader is gone */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tails, tails_free)
