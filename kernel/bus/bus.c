/* SPDX-License-Identifier: Apache-2.0
 * The bus's thread: who is on it, who wakes it, how it ends. */
#include "bus/bus_inside.h"

#include <errno.h>
#include <string.h>
#include "base/clock.h"
#include "base/log.h"

#define BATCH 512
#define BATCH_BYTES (4 << 20)
#define BACKOFF_MS 100

gboolean bus_stopping(const Bus *bus)
{
	return g_atomic_int_get(&bus->stopping) != 0;
}

/* ---- calls ---- */

CallRequest bus_request(Bus *bus, CallKind kind)
{
	const char *base_url = bus->options.env->base_url;

	return (CallRequest){
		.kind = kind,
		.caller = { .account = "host", .name = "", .body = "", .division = "", .on_behalf = "",
		            .permissions = G_MAXUINT64, .sees_all = TRUE },
		.now_ms = clock_now_ms(),
		.request_id = "bus",
		.base_url = base_url != NULL ? base_url : "",
		.address = "",
	};
}

void bus_submit(Bus *bus, Member *to, const CallRequest *request, CallDone *done, void *data)
{
	g_atomic_int_inc(&bus->under_way);
	to->home->submit(to->home, bus->loop, request, done, data);
}

void bus_answered(Bus *bus)
{
	g_atomic_int_add(&bus->under_way, -1);
}

guint bus_under_way(Bus *bus)
{
	return (guint)g_atomic_int_get(&bus->under_way);
}

/* ---- who is on it ---- */

static void member_free(gpointer data)
{
	Member *member = data;

	trim_cancel(member);
	log_close(member->log);
	g_free(member);
}

static void each_turn(void *data)
{
	const Bus *bus = data;

	runtime_turn(bus->options.env, bus->options.loop_index);
}

Bus *bus_new(const BusOptions *options, GError **error)
{
	Bus *bus = g_new0(Bus, 1);

	bus->options = *options;
	bus->options.batch = options->batch > 0 ? options->batch : BATCH;
	bus->options.batch_bytes = options->batch_bytes > 0 ? options->batch_bytes : BATCH_BYTES;
	bus->options.backoff_ms = options->backoff_ms > 0 ? options->backoff_ms : BACKOFF_MS;
	bus->members = g_ptr_array_new_with_free_func(member_free);
	bus->links = g_ptr_array_new_with_free_func((GDestroyNotify)link_free);
	bus->settles = g_ptr_array_new_with_free_func(g_free);
	bus->rewinds = g_ptr_array_new();
	pthread_mutex_init(&bus->lock, NULL);
	bus->loop = loop_new(options->loop_index, error);
	if (bus->loop == NULL) {
		bus_free(bus);
		return NULL;
	}
	loop_share(bus->loop);
	if (options->env->stores != NULL)
		loop_add_turn_hook(bus->loop, each_turn, bus);
	return bus;
}

static gboolean wake_members(Bus *bus);

/* Under the lock, as who shows its links reads it there. */
static void take_home(Member *member, Home *home)
{
	Bus *bus = member->bus;

	pthread_mutex_lock(&bus->lock);
	member->home = home;
	member->plugin = home->plugin;
	pthread_mutex_unlock(&bus->lock);
	member->transient = FALSE;
	for (guint i = 0; i < home->plugin->n_topics; i++)
		member->transient |= (home->plugin->topics[i].flags & ZHEN_TRANSIENT) != 0;
}

void bus_add(Bus *bus, Home *home)
{
	Member *member = g_new0(Member, 1);

	member->bus = bus;
	member->id = home->plugin->id;
	member->log = log_open(bus->options.env->stores, home->dir, home->plugin->id);
	take_home(member, home);
	g_ptr_array_add(bus->members, member);
}

static Member *find_member(const Bus *bus, const char *id)
{
	for (guint i = 0; i < bus->members->len; i++) {
		Member *member = bus->members->pdata[i];

		if (strcmp(member->id, id) == 0)
			return member;
	}
	return NULL;
}

static void on_replace(void *data)
{
	Replacing *replacing = data;
	Bus *bus = replacing->bus;
	Member *member = find_member(bus, replacing->home->plugin->id);

	take_home(member, replacing->home);
	/* Links show their names under it. */
	g_atomic_int_set(&member->woken, 1);
	wake_members(bus);
	replacing->done(replacing->data);
	g_free(replacing);
}

void bus_replace(Bus *bus, Home *home, LoopFunc *done, void *data)
{
	Replacing *replacing = g_new0(Replacing, 1);

	*replacing = (Replacing){ { .run = on_replace, .data = replacing }, bus, home, done, data };
	loop_post(bus->loop, &replacing->item);
}

void member_consider_ready(Member *member)
{
	Bus *bus = member->bus;
	gboolean ready = !member->is_ready;

	for (guint i = 0; ready && i < bus->links->len; i++) {
		const Link *link = bus->links->pdata[i];

		ready = link->subscriber != member || link->live;
	}
	if (!ready)
		return;
	pthread_mutex_lock(&bus->lock);
	member->is_ready = TRUE;
	pthread_mutex_unlock(&bus->lock);
	if (bus->options.ready != NULL)
		bus->options.ready(bus->options.data, member->plugin);
}

gboolean bus_ready(Bus *bus, const Plugin *plugin)
{
	gboolean ready = FALSE;

	pthread_mutex_lock(&bus->lock);
	for (guint i = 0; i < bus->members->len; i++) {
		const Member *member = bus->members->pdata[i];

		ready |= strcmp(member->id, plugin->id) == 0 && member->is_ready;
	}
	pthread_mutex_unlock(&bus->lock);
	return ready;
}

/* ---- waking ---- */

/* The lag of who is behind or stands still; who is at the end reads it anyway. */
static void see_end(const Bus *bus, Member *publisher)
{
	gboolean needed = publisher->transient;

	for (guint i = 0; !needed && i < bus->links->len; i++) {
		const Link *link = bus->links->pdata[i];

		needed = link->publisher == publisher && link->state != LINK_IDLE;
	}
	if (needed)
		log_end(publisher->log, &publisher->end, NULL);
}

static void member_woken(Bus *bus, Member *member)
{
	see_end(bus, member);
	for (guint i = 0; i < bus->links->len; i++) {
		Link *link = bus->links->pdata[i];

		if (link->subscriber == member || link->publisher == member)
			link_woken(link, link->subscriber == member, link->publisher == member);
	}
	trim_consider(member);
}

/* FALSE: somebody else's file would have to be looked at, which is not for a thread that writes. */
static gboolean wake_members(Bus *bus)
{
	const gboolean here = loop_is_borrowed(bus->loop);
	gboolean all = TRUE;

	g_atomic_int_set(&bus->posted, 0);
	if (bus_stopping(bus))
		return TRUE;
	for (guint i = 0; i < bus->members->len; i++) {
		Member *member = bus->members->pdata[i];

		if (here && member->home->store == NULL)
			all = all && g_atomic_int_get(&member->woken) == 0;
		else if (g_atomic_int_compare_and_exchange(&member->woken, 1, 0))
			member_woken(bus, member);
	}
	bus_check_settled(bus);
	return all;
}

static void on_wake(void *data)
{
	wake_members(data);
}

static void post_wake(Bus *bus)
{
	bus->wake_item = (LoopItem){ .run = on_wake, .data = bus };
	loop_post(bus->loop, &bus->wake_item);
}

/* On the thread that has just committed, when the bus has nothing else to do. */
static void wake_here(void *data)
{
	Bus *bus = data;
	gboolean all;

	if (!loop_borrow(bus->loop)) {
		post_wake(bus);
		return;
	}
	all = wake_members(bus);
	loop_give_back(bus->loop);
	if (!all && g_atomic_int_compare_and_exchange(&bus->posted, 0, 1))
		post_wake(bus);
}

void bus_wake(Bus *bus, const Plugin *plugin)
{
	Member *woken = find_member(bus, plugin->id);

	if (woken != NULL)
		g_atomic_int_set(&woken->woken, 1);
	if (!g_atomic_int_compare_and_exchange(&bus->posted, 0, 1))
		return;
	bus->wake_item = (LoopItem){ .run = wake_here, .data = bus };
	if (!store_after_batch(&bus->wake_item))
		post_wake(bus);
}

/* ---- settling ---- */

static gboolean is_quiet(const Bus *bus)
{
	for (guint i = 0; i < bus->members->len; i++)
		if (g_atomic_int_get(&((Member *)bus->members->pdata[i])->woken) != 0)
			return FALSE;
	for (guint i = 0; i < bus->links->len; i++)
		if (!link_is_quiet(bus->links->pdata[i]))
			return FALSE;
	return TRUE;
}

void bus_check_settled(Bus *bus)
{
	while (bus->settles->len > 0 && (bus_stopping(bus) || is_quiet(bus))) {
		Settle *settle = g_ptr_array_steal_index(bus->settles, 0);

		settle->done(settle->data);
		g_free(settle);
	}
}

static void on_settle(void *data)
{
	Settle *settle = data;
	Bus *bus = settle->bus;

	g_ptr_array_add(bus->settles, settle);
	for (guint i = 0; i < bus->links->len; i++) {
		Link *link = bus->links->pdata[i];

		link->more = TRUE;
		link_go(link);
	}
	bus_check_settled(bus);
}

void bus_settle(Bus *bus, LoopFunc *done, void *data)
{
	Settle *settle = g_new0(Settle, 1);

	*settle = (Settle){ { .run = on_settle, .data = settle }, bus, done, data };
	loop_post(bus->loop, &settle->item);
}

/* ---- start and end ---- */

static void make_links(Bus *bus)
{
	for (guint i = 0; i < bus->members->len; i++)
		for (guint j = 0; j < bus->members->len; j++) {
			Link *link = link_new(bus->members->pdata[i], bus->members->pdata[j]);

			if (link != NULL)
				g_ptr_array_add(bus->links, link);
		}
}

static void *run(void *data)
{
	loop_run(((Bus *)data)->loop);
	return NULL;
}

gboolean bus_start(Bus *bus, GError **error)
{
	make_links(bus);
	for (guint i = 0; i < bus->links->len; i++) {
		Link *link = bus->links->pdata[i];

		link_look(link);
		link_show(link);
		link_post(link);
	}
	for (guint i = 0; i < bus->members->len; i++)
		member_consider_ready(bus->members->pdata[i]);
	if (pthread_create(&bus->thread, NULL, run, bus) != 0)
		return throw_error(error, ERROR_FAILED, "the bus gets no thread: %s", g_strerror(errno));
	bus->started = TRUE;
	return TRUE;
}

void bus_stop(Bus *bus)
{
	g_atomic_int_set(&bus->stopping, 1);
}

void bus_free(Bus *bus)
{
	if (bus == NULL)
		return;
	bus_stop(bus);
	if (bus->started) {
		loop_stop(bus->loop);
		pthread_join(bus->thread, NULL);
	}
	for (guint i = 0; i < bus->links->len; i++) {
		Link *link = bus->links->pdata[i];

		if (link->rewind != NULL)
			rewind_end(link->rewind, "", "the host stops");
	}
	/* Posted to a loop that had ended. */
	for (guint i = 0; i < bus->rewinds->len; i++)
		rewind_end(bus->rewinds->pdata[i], "", "the host stops");
	g_ptr_array_unref(bus->rewinds);
	g_ptr_array_unref(bus->links);
	g_ptr_array_unref(bus->members);
	g_ptr_array_unref(bus->settles);
	loop_free(bus->loop);
	pthread_mutex_destroy(&bus->lock);
	g_free(bus);
}
