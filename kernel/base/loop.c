/* SPDX-License-Identifier: Apache-2.0 */
#include "base/loop.h"

#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/error.h"

typedef struct LoopHook {
	LoopFunc *run; /* NULL = removed during a turn, dropped at its end */
	void *data;
} LoopHook;

typedef struct LoopSignal {
	Loop *loop;
	struct event *event;
	LoopFunc *run;
	void *data;
} LoopSignal;

struct Loop {
	struct event_base *base;
	struct event *bell_event;
	int bell; /* eventfd; -1 before it is made */
	guint index;
	gboolean in_hooks;
	gboolean running;
	GArray *hooks;      /* of LoopHook, in the order added */
	GPtrArray *signals; /* of LoopSignal, owned */
	_Atomic(LoopItem *) posted; /* newest first; taken whole, so no item is ever compared twice (no ABA) */
	atomic_bool stopping;
	gboolean shared;
	pthread_mutex_t turn; /* of a shared one: held by who runs it, and not while it waits */
	gboolean open;        /* it runs, and may be borrowed; under turn, as the next */
	gboolean borrowed;
};

struct LoopTimer {
	Loop *loop;
	struct event *event;
	struct timeval wait;
	LoopFunc *run;
	void *data;
	LoopItem change; /* libevent's part is done by the loop's first thread */
	gboolean changing, freed;
};

struct LoopFd {
	Loop *loop;
	struct event *read_event;
	struct event *write_event; /* NULL until wanted for the first time */
	int fd;
	LoopFdFunc *run;
	LoopFdFunc *run_write;
	void *data;
};

static void begin_turn(Loop *loop)
{
	if (loop->shared)
		pthread_mutex_lock(&loop->turn);
}

static void end_turn(Loop *loop)
{
	if (loop->shared)
		pthread_mutex_unlock(&loop->turn);
}

static void ring(Loop *loop)
{
	const guint64 one = 1;

	/* EAGAIN means that the counter is full, so it is rung already. */
	while (write(loop->bell, &one, sizeof(one)) < 0 && errno == EINTR)
		continue;
}

static void run_posted(Loop *loop)
{
	LoopItem *taken = atomic_exchange_explicit(&loop->posted, NULL, memory_order_acquire);
	LoopItem *oldest = NULL;

	while (taken != NULL) {
		LoopItem *next = taken->next;

		taken->next = oldest;
		oldest = taken;
		taken = next;
	}
	while (oldest != NULL) {
		LoopItem *item = oldest;

		oldest = item->next; /* first: the item may be freed or posted again by what it runs */
		item->run(item->data);
	}
}

static void on_bell(evutil_socket_t fd, short what, void *data)
{
	guint64 count;

	(void)what;
	/* Before the list is taken: what is posted in between rings again or is taken now. */
	while (read((int)fd, &count, sizeof(count)) < 0 && errno == EINTR)
		continue;
	begin_turn(data);
	run_posted(data);
	end_turn(data);
}

static void signal_free(void *data)
{
	LoopSignal *entry = data;

	event_free(entry->event);
	g_free(entry);
}

static struct event_base *new_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base;

	/* No locks: other threads come in through the eventfd only. The changelist saves the epoll_ctl pairs of
	 * connections that turn writing on and off within one turn. */
	event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
	event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
	event_config_set_flag(config, EVENT_BASE_FLAG_IGNORE_ENV);
	base = event_base_new_with_config(config);
	event_config_free(config);
	return base;
}

Loop *loop_new(guint index, GError **error)
{
	g_autoptr(Loop) loop = g_new0(Loop, 1);

	loop->index = index;
	pthread_mutex_init(&loop->turn, NULL);
	loop->hooks = g_array_new(FALSE, FALSE, sizeof(LoopHook));
	loop->signals = g_ptr_array_new_with_free_func(signal_free);
	loop->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (loop->bell < 0) {
		throw_error(error, ERROR_IO, "loop %u: eventfd: %s", index, g_strerror(errno));
		return NULL;
	}
	loop->base = new_base();
	if (loop->base == NULL) {
		throw_error(error, ERROR_IO, "loop %u: cannot start epoll: %s", index, g_strerror(errno));
		return NULL;
	}
	loop->bell_event = event_new(loop->base, loop->bell, EV_READ | EV_PERSIST, on_bell, loop);
	if (loop->bell_event == NULL || event_add(loop->bell_event, NULL) != 0) {
		throw_error(error, ERROR_IO, "loop %u: cannot watch its eventfd", index);
		return NULL;
	}
	return g_steal_pointer(&loop);
}

void loop_free(Loop *loop)
{
	if (loop == NULL)
		return;
	g_clear_pointer(&loop->signals, g_ptr_array_unref);
	g_clear_pointer(&loop->bell_event, event_free);
	g_clear_pointer(&loop->base, event_base_free);
	g_clear_pointer(&loop->hooks, g_array_unref);
	if (loop->bell >= 0)
		close(loop->bell);
	pthread_mutex_destroy(&loop->turn);
	g_free(loop);
}

static void run_hooks(Loop *loop)
{
	loop->in_hooks = TRUE;
	for (guint i = 0; i < loop->hooks->len; i++) {
		LoopHook hook = g_array_index(loop->hooks, LoopHook, i);

		if (hook.run != NULL)
			hook.run(hook.data);
	}
	loop->in_hooks = FALSE;
	for (guint i = loop->hooks->len; i > 0; i--)
		if (g_array_index(loop->hooks, LoopHook, i - 1).run == NULL)
			g_array_remove_index(loop->hooks, i - 1);
}

static void set_open(Loop *loop, gboolean open)
{
	begin_turn(loop);
	loop->open = open;
	end_turn(loop);
}

void loop_run(Loop *loop)
{
	loop->running = TRUE;
	set_open(loop, TRUE);
	while (!atomic_load_explicit(&loop->stopping, memory_order_acquire)) {
		event_base_loop(loop->base, EVLOOP_ONCE | EVLOOP_NO_EXIT_ON_EMPTY);
		begin_turn(loop);
		run_hooks(loop);
		end_turn(loop);
	}
	/* What was posted before the stop runs, even if its ring was not seen; from now on nobody borrows it. */
	set_open(loop, FALSE);
	run_posted(loop);
	run_hooks(loop);
	atomic_store_explicit(&loop->stopping, false, memory_order_relaxed);
	loop->running = FALSE;
}

void loop_share(Loop *loop)
{
	loop->shared = TRUE;
}

gboolean loop_is_shared(const Loop *loop)
{
	return loop->shared;
}

gboolean loop_borrow(Loop *loop)
{
	/* Also one who has the turn already finds it taken. */
	if (!loop->shared || pthread_mutex_trylock(&loop->turn) != 0)
		return FALSE;
	loop->borrowed = loop->open;
	if (!loop->open)
		pthread_mutex_unlock(&loop->turn);
	return loop->borrowed;
}

void loop_give_back(Loop *loop)
{
	run_hooks(loop);
	loop->borrowed = FALSE;
	pthread_mutex_unlock(&loop->turn);
}

gboolean loop_is_borrowed(const Loop *loop)
{
	return loop->borrowed;
}

gboolean loop_running(const Loop *loop)
{
	return loop->running && !loop->in_hooks;
}

void loop_stop(Loop *loop)
{
	atomic_store_explicit(&loop->stopping, true, memory_order_release);
	ring(loop);
}

guint loop_index(const Loop *loop)
{
	return loop->index;
}

struct event_base *loop_base(Loop *loop)
{
	return loop->base;
}

void loop_post(Loop *loop, LoopItem *item)
{
	LoopItem *head = atomic_load_explicit(&loop->posted, memory_order_relaxed);

	do
		item->next = head;
	while (!atomic_compare_exchange_weak_explicit(&loop->posted, &head, item, memory_order_release,
	                                              memory_order_relaxed));
	if (head == NULL)
		ring(loop);
}

void loop_add_turn_hook(Loop *loop, LoopFunc *hook, void *data)
{
	LoopHook entry = { hook, data };

	g_array_append_val(loop->hooks, entry);
}

void loop_remove_turn_hook(Loop *loop, LoopFunc *hook, void *data)
{
	for (guint i = 0; i < loop->hooks->len; i++) {
		LoopHook *entry = &g_array_index(loop->hooks, LoopHook, i);

		if (entry->run != hook || entry->data != data)
			continue;
		if (loop->in_hooks)
			entry->run = NULL;
		else
			g_array_remove_index(loop->hooks, i);
		return;
	}
}

static void on_timer(evutil_socket_t fd, short what, void *data)
{
	LoopTimer *timer = data;
	Loop *loop = timer->loop;

	(void)fd, (void)what;
	begin_turn(loop);
	if (!timer->freed)
		timer->run(timer->data); /* may free the timer */
	end_turn(loop);
}

static void timer_clear(LoopTimer *timer)
{
	event_free(timer->event);
	g_free(timer);
}

static void timer_begin(LoopTimer *timer)
{
	/* The turn's cached time is the past when the turn was long. */
	event_base_update_cache_time(timer->loop->base);
	event_add(timer->event, &timer->wait);
}

static void on_change(void *data)
{
	LoopTimer *timer = data;

	timer->changing = FALSE;
	if (timer->freed)
		timer_clear(timer);
	else
		timer_begin(timer);
}

static void timer_change(LoopTimer *timer)
{
	if (timer->changing)
		return;
	timer->changing = TRUE;
	loop_post(timer->loop, &timer->change);
}

LoopTimer *loop_timer_new(Loop *loop, gint64 ms, gboolean repeat, LoopFunc *run, void *data)
{
	LoopTimer *timer = g_new0(LoopTimer, 1);

	timer->loop = loop;
	timer->wait = (struct timeval){ .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };
	timer->run = run;
	timer->data = data;
	timer->change = (LoopItem){ .run = on_change, .data = timer };
	timer->event = event_new(loop->base, -1, repeat ? EV_PERSIST : 0, on_timer, timer);
	g_assert(timer->event != NULL);
	if (loop->borrowed)
		timer_change(timer);
	else
		timer_begin(timer);
	return timer;
}

void loop_timer_free(LoopTimer *timer)
{
	if (timer == NULL)
		return;
	timer->freed = TRUE;
	if (timer->changing || timer->loop->borrowed)
		timer_change(timer);
	else
		timer_clear(timer);
}

static void on_readable(evutil_socket_t fd, short what, void *data)
{
	LoopFd *watch = data;
	Loop *loop = watch->loop;

	(void)what;
	begin_turn(loop);
	watch->run((int)fd, watch->data); /* may free the watch */
	end_turn(loop);
}

static void on_writable(evutil_socket_t fd, short what, void *data)
{
	LoopFd *watch = data;
	Loop *loop = watch->loop;

	(void)what;
	begin_turn(loop);
	watch->run_write((int)fd, watch->data);
	end_turn(loop);
}

LoopFd *loop_fd_new(Loop *loop, int fd, LoopFdFunc *run, void *data)
{
	LoopFd *watch = g_new0(LoopFd, 1);

	watch->loop = loop;
	watch->fd = fd;
	watch->run = run;
	watch->data = data;
	watch->read_event = event_new(loop->base, fd, EV_READ | EV_PERSIST, on_readable, watch);
	g_assert(watch->read_event != NULL);
	event_add(watch->read_event, NULL);
	return watch;
}

void loop_fd_want_write(LoopFd *watch, gboolean want, LoopFdFunc *run)
{
	if (!want) {
		if (watch->write_event != NULL)
			event_del(watch->write_event);
		return;
	}
	watch->run_write = run;
	if (watch->write_event == NULL) {
		watch->write_event =
			event_new(watch->loop->base, watch->fd, EV_WRITE | EV_PERSIST, on_writable, watch);
		g_assert(watch->write_event != NULL);
	}
	event_add(watch->write_event, NULL);
}

void loop_fd_free(LoopFd *watch)
{
	if (watch == NULL)
		return;
	g_clear_pointer(&watch->write_event, event_free);
	event_free(watch->read_event);
	g_free(watch);
}

static void on_signal(evutil_socket_t signo, short what, void *data)
{
	const LoopSignal *entry = data;

	(void)signo, (void)what;
	begin_turn(entry->loop);
	entry->run(entry->data);
	end_turn(entry->loop);
}

void loop_on_signal(Loop *loop, int signo, LoopFunc *run, void *data)
{
	LoopSignal *entry = g_new0(LoopSignal, 1);

	entry->loop = loop;
	entry->run = run;
	entry->data = data;
	entry->event = evsignal_new(loop->base, signo, on_signal, entry);
	g_assert(entry->event != NULL);
	event_add(entry->event, NULL);
	g_ptr_array_add(loop->signals, entry);
}
