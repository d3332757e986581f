/* SPDX-License-Identifier: Apache-2.0
 * One event loop and its thread. libevent stays behind this and kernel/http. A turn is: wait, run what is ready, run
 * the turn hooks once. Every function is for the loop's own thread unless it says any thread. */
#pragma once

#include <glib.h>

struct event_base;
typedef struct Loop Loop;
typedef struct LoopTimer LoopTimer;
typedef void LoopFunc(void *data);
typedef void LoopFdFunc(int fd, void *data);
typedef struct LoopFd LoopFd;

Loop *loop_new(guint index, GError **error); /* index: 0 .. number of loops - 1 */
void loop_free(Loop *loop);
void loop_run(Loop *loop); /* until loop_stop */
void loop_stop(Loop *loop); /* any thread */
guint loop_index(const Loop *loop);
gboolean loop_running(const Loop *loop); /* inside loop_run, so this turn's hooks are still to come */
struct event_base *loop_base(Loop *loop); /* for kernel/http only */

/* Any thread. @item is the caller's memory until it has run; the eventfd is rung only when the list was empty. */
typedef struct LoopItem LoopItem;
struct LoopItem {
	LoopItem *next;
	LoopFunc *run;
	void *data;
};
void loop_post(Loop *loop, LoopItem *item);

/* A shared loop may be run by others while it waits: who would only wake it up does its work at once, and saves two changes of
 * thread. Before it runs. */
void loop_share(Loop *loop);
gboolean loop_is_shared(const Loop *loop);
/* Any thread. TRUE: until it is given back, this thread is the loop's own; FALSE: it is at work, or not shared. Never waits. */
gboolean loop_borrow(Loop *loop);
void loop_give_back(Loop *loop);
gboolean loop_is_borrowed(const Loop *loop); /* the loop's own thread, whoever that is */

/* Called once at the end of each turn, in the order added. */
void loop_add_turn_hook(Loop *loop, LoopFunc *hook, void *data);
void loop_remove_turn_hook(Loop *loop, LoopFunc *hook, void *data);

/* @repeat: again every @ms until freed. */
LoopTimer *loop_timer_new(Loop *loop, gint64 ms, gboolean repeat, LoopFunc *run, void *data);
void loop_timer_free(LoopTimer *timer);

/* Called whenever @fd can be read (level). Does not own @fd. */
LoopFd *loop_fd_new(Loop *loop, int fd, LoopFdFunc *run, void *data);
void loop_fd_want_write(LoopFd *watch, gboolean want, LoopFdFunc *run); /* @run when it can be written */
void loop_fd_free(LoopFd *watch);
/* A signal on this loop. */
void loop_on_signal(Loop *loop, int signo, LoopFunc *run, void *data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Loop, loop_free)
