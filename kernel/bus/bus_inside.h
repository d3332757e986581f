/* SPDX-License-Identifier: Apache-2.0
 * What the files of this floor share. All of it belongs to the bus's thread, but what says otherwise. */
#pragma once

#include <pthread.h>
#include "bus/bus.h"

typedef struct Link Link;

/* A plugin: as publisher it has a log, as subscriber links. */
typedef struct Member {
	Bus *bus;
	const char *id;    /* any thread; of the plugin it was added with */
	Home *home;
	const Plugin *plugin;
	Log *log;
	gint woken;        /* atomic */
	gboolean is_ready; /* under the bus's lock */
	LogPosition end;   /* of its log, as last seen */
	gboolean transient; /* has a topic that may be trimmed */
	gboolean trimming;
	gint64 trimmed, trim_target; /* seq */
	gint64 trim_us;
	LoopTimer *trim_timer;
	CallRequest trim;
	const Link *probe; /* the one link that may deliver while it is looked for what ends the subscriber */
} Member;

typedef struct LinkTopic {
	gint64 seq;
	gboolean transient;
} LinkTopic;

/* Events read and looked at, on their way. */
typedef struct Block {
	LogBlock *read;
	GArray *events; /* of CallEvent */
	Arena *arena;
	LogPosition upto;
	gboolean at_end, filled;
	guint next; /* the first that is not delivered */
} Block;

/* One call under way. */
typedef struct Sent {
	Link *link;
	CallRequest request;
	gint status;
	char code[32];
	char why[96]; /* worker-gone: how it ended */
	LogPosition upto;
	gint64 parked, held;
} Sent;

/* X(id, word) */
#define LINK_STATES(X)                    \
	X(LINK_IDLE, "at-end")            \
	X(LINK_BUSY, "delivering")        \
	X(LINK_WAITING, "waiting")        \
	X(LINK_TURN, "waiting")           \
	X(LINK_REFUSED, "refused")        \
	X(LINK_REWINDING, "rewinding")
#define X(id, word) id,
typedef enum LinkState { LINK_STATES(X) N_LINK_STATES } LinkState;
#undef X

typedef enum LinkMode {
	MODE_BATCH,
	MODE_SINGLES, /* the rest of this block one by one, many queued at once */
	MODE_SERIAL,  /* and one under way at a time: one of them ends its process */
} LinkMode;

/* What bus_status shows; under the bus's lock. */
typedef struct LinkShown {
	LinkState state;
	LogPosition at, end;
	gint64 lag;
	gboolean live;
	gboolean held; /* what comes of some subjects waits in the log */
	gboolean full; /* what fails finds no room in the subscriber */
	gboolean unread; /* the publisher's log or an archive cannot be read */
	guint64 delivered, batches, splits, crashed, waits, parked;
	char *fault;
} LinkShown;

typedef struct Rewind {
	BusRewind what;
	LogPosition to;
	BusDone *done;
	void *data;
	char *subscriber, *publisher, *account;
	Bus *bus;
	CallRequest request;
	LoopItem item;
} Rewind;

struct Link {
	Bus *bus;
	Member *subscriber, *publisher;
	guint n_topics;
	const char **names; /* NULL-ended; of the subscriptions */
	LinkTopic *topics;
	char *warning;      /* subscriptions to what is not declared; NULL = none */
	LinkState state;
	LinkMode mode;
	gboolean found;     /* the cursors are read */
	gboolean live;      /* was at the end */
	gboolean marked;    /* and the subscriber has written it down */
	LogPosition at;     /* the cursor, on disk */
	gint64 scan;        /* read as far; nothing undelivered lies between but what the blocks hold */
	gboolean more;      /* behind it, perhaps: it was no end, or its publisher committed since */
	Block now, next;
	Sent *sent;
	guint n_sent, n_open;
	gboolean home_up;   /* heard of since it was last gone */
	gint64 held;        /* least position behind which a subject is held by the subscriber; G_MAXINT64 = none is */
	gboolean recheck;   /* it may have gone back for one */
	gboolean gap;       /* its cursor was elsewhere last time too */
	guint64 aside;      /* events set aside before it was live */
	gboolean suspect;   /* one of the block ended the process when several were under way */
	guint deaths;
	gint64 death_seq;
	LoopTimer *timer;
	gint64 wait_ms;
	gboolean waits_for_log;
	char *fault;        /* NULL = none */
	gboolean going, again;
	LoopItem item;
	gboolean posted;
	Rewind *rewind;
	gboolean apart;     /* the subscriber is still to write down where the log was seen to end */
	CallRequest note;
	LinkShown shown, counts; /* counts: only its numbers */
};

typedef struct Replacing {
	LoopItem item;
	Bus *bus;
	Home *home;
	LoopFunc *done;
	void *data;
} Replacing;

typedef struct Settle {
	LoopItem item;
	Bus *bus;
	LoopFunc *done;
	void *data;
} Settle;

struct Bus {
	BusOptions options; /* zeros resolved */
	Loop *loop;
	pthread_t thread;
	gboolean started;
	gint stopping;      /* atomic */
	gint under_way;     /* atomic: calls not answered */
	GPtrArray *members, *links;
	GPtrArray *settles; /* of Settle */
	GPtrArray *rewinds; /* of Rewind, posted and not yet begun; under the lock */
	pthread_mutex_t lock;
	gint posted;        /* atomic: wake_item is on its way */
	LoopItem wake_item;
};

/* ---- bus.c ---- */
gboolean bus_stopping(const Bus *bus);
void bus_check_settled(Bus *bus);
void member_consider_ready(Member *member);
CallRequest bus_request(Bus *bus, CallKind kind);
void bus_submit(Bus *bus, Member *to, const CallRequest *request, CallDone *done, void *data);
void bus_answered(Bus *bus);

/* ---- link.c ---- */
/* NULL: @subscriber has no subscription of @publisher. */
Link *link_new(Member *subscriber, Member *publisher);
void link_free(Link *link);
void link_go(Link *link);   /* as far as it can */
void link_post(Link *link); /* the same in the next turn */
void link_woken(Link *link, gboolean by_home, gboolean by_log);
void link_wait(Link *link, gboolean for_log, const char *fault);
void link_refuse(Link *link, const char *fault);
void link_find(Link *link); /* its cursors */
void link_look(Link *link); /* before the thread runs: who has nothing to catch up with is live at once */
void link_become_live(Link *link);
void link_start_over(Link *link);
void link_leave_turn(Link *link);
gboolean link_is_quiet(const Link *link);
/* Of the link's topic number @topic; NULL = none yet. */
const LogCursor *link_cursor(const Link *link, const GPtrArray *cursors, guint topic);

/* ---- apart.c ---- */
/* The cursors lie on the publisher's log. FALSE: refused, or with @error not known now. */
gboolean apart_check(Link *link, const GPtrArray *cursors, GError **error);
void apart_shorter(Link *link, const LogPosition *at); /* the log may end before @at: to be noted */
void apart_note(Link *link); /* what is to be noted, is sent */
/* Up to where the log is the one that the cursors were on. */
gboolean apart_from(Link *link, LogPosition *out, GError **error);

/* ---- block.c ---- */
void block_init(Block *block);
void block_clear(Block *block);
void block_drop(Block *block);
/* Events behind @after for @link, held against their topics. */
gboolean block_read(Link *link, gint64 after, Block *block, GError **error);

/* ---- deliver.c ---- */
void deliver(Link *link); /* what is left of the block, by the link's mode */

/* ---- rewind.c ---- */
void rewind_begin(Link *link); /* nothing of it is under way */
void rewind_end(Rewind *rewind, const char *position, const char *fault);

/* ---- trim.c ---- */
void trim_consider(Member *publisher);
void trim_cancel(Member *publisher);

/* ---- status.c ---- */
void link_show(Link *link);
