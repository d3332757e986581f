/* SPDX-License-Identifier: Apache-2.0
 * A bus between stores, with homes that keep what they are given as a subscriber's transaction would: effect and cursor in
 * one, and that answer what a test tells them to. */
#pragma once

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include "bus/bus.h"

static const zhen_field bus_fields[] = {
	{ .name = "n", .type = ZHEN_INT },
	{ .name = "name", .type = ZHEN_TEXT },
	{ 0 },
};

static const zhen_topic bus_topics_a[] = {
	{ .name = "aa.item.set", .fields = bus_fields, .subject = "name" },
	{ .name = "aa.item.gone", .fields = bus_fields, .subject = "name" },
	{ .name = "aa.item.seen", .fields = bus_fields, .subject = "name", .flags = ZHEN_TRANSIENT },
	{ 0 },
};

static const zhen_topic bus_topics_x[] = { { .name = "xx.item.set", .fields = bus_fields, .subject = "name" }, { 0 } };

static inline zhen_result bus_nothing(zhen_call *call)
{
	(void)call;
	return ZHEN_NO_CONTENT;
}

static const zhen_subscription bus_subscribes_a[] = { { .topic = "aa.item.set", .handle = bus_nothing }, { 0 } };
static const zhen_subscription bus_subscribes_a2[] = { { .topic = "aa.item.set", .handle = bus_nothing },
	                                               { .topic = "aa.item.gone", .handle = bus_nothing },
	                                               { 0 } };
static const zhen_subscription bus_subscribes_seen[] = { { .topic = "aa.item.seen", .handle = bus_nothing }, { 0 } };
static const zhen_subscription bus_subscribes_ax[] = { { .topic = "aa.item.set", .handle = bus_nothing },
	                                               { .topic = "xx.item.set", .handle = bus_nothing },
	                                               { 0 } };
static const zhen_subscription bus_subscribes_wrong[] = { { .topic = "aa.item.set", .handle = bus_nothing },
	                                                  { .topic = "aa.item.lost", .handle = bus_nothing },
	                                                  { 0 } };

static const zhen_plugin bus_plugins[] = {
	{ ZHEN_PLUGIN_SIZES, .id = "aa", .version = "1.0.0", .title = "甲", .topics = bus_topics_a },
	{ ZHEN_PLUGIN_SIZES, .id = "xx", .version = "1.0.0", .title = "丁", .topics = bus_topics_x },
	{ ZHEN_PLUGIN_SIZES, .id = "bb", .version = "1.0.0", .title = "乙", .subscriptions = bus_subscribes_a },
	{ ZHEN_PLUGIN_SIZES, .id = "cc", .version = "1.0.0", .title = "丙", .subscriptions = bus_subscribes_a },
	{ ZHEN_PLUGIN_SIZES, .id = "dd", .version = "1.0.0", .title = "戊", .subscriptions = bus_subscribes_a2 },
	{ ZHEN_PLUGIN_SIZES, .id = "ee", .version = "1.0.0", .title = "己", .subscriptions = bus_subscribes_ax },
	{ ZHEN_PLUGIN_SIZES, .id = "ff", .version = "1.0.0", .title = "庚", .subscriptions = bus_subscribes_wrong },
	{ ZHEN_PLUGIN_SIZES, .id = "gg", .version = "1.0.0", .title = "辛", .subscriptions = bus_subscribes_seen },
};

struct Town;

/* What it answers to the next deliveries. */
typedef struct Order {
	gint status;
	const char *code;
	guint only;   /* 200: takes only so many of the events */
	gint64 at;    /* at the delivery that holds this seq alone; 0 = at whichever comes */
	gboolean late; /* keeps it until home_release */
} Order;

typedef struct FakeHome {
	Home home;
	struct Town *town;
	Plugin *plugin;
	Store *store;
	char *dir;
	GMutex lock;
	GArray *orders;                 /* of Order */
	guint calls, singles, trims, most;
	gint64 trimmed;
	GString *faults;                /* "seq:fault;" */
	GPtrArray *kept;                /* of answers not given: KeptCall */
} FakeHome;

typedef struct KeptCall {
	LoopItem item;
	FakeHome *home;
	CallRequest request;
	CallDone *done;
	void *data;
} KeptCall;

typedef struct Town {
	char *root;
	StoreHost *stores;
	RuntimeEnv env;
	GPtrArray *homes;
	Bus *bus;
	GMutex lock;
	GString *ready; /* ids, in order */
	gboolean well;  /* what the last town_status was told */
} Town;

static inline gint64 home_int(FakeHome *home, const char *sql);

typedef struct Effect {
	FakeHome *home;
	const CallRequest *request;
	guint count;
	LogPosition upto;
} Effect;

static inline LogMark mark_of(const CallRequest *request, gint64 seq)
{
	for (guint i = 0; i < request->n_events; i++) {
		const CallEvent *event = &request->events[i];

		if (event->position.seq == seq && event->mark != 0)
			return (LogMark){ event->mark, event->at_ms };
		if (event->position.seq == seq)
			return log_mark(&(LogEvent){ event->position, event->topic, event->subject, event->division,
			                             event->body, event->body_length, event->at_ms });
	}
	return request->mark;
}

static inline gboolean effect_run(StoreConn *conn, void *data, GError **error)
{
	Effect *effect = data;
	const CallRequest *request = effect->request;
	const Plugin *plugin = effect->home->plugin;
	const LogMark mark = mark_of(request, effect->upto.seq);

	for (guint i = 0; i < effect->count; i++) {
		const CallEvent *event = &request->events[i];
		zhen_value args[] = { zhen_from_text(request->publisher), zhen_from_int(event->position.seq),
			              zhen_from_text(event->topic), zhen_from_text(event->subject),
			              zhen_from_text(event->fault != NULL ? event->fault : "") };

		/* Twice is a constraint: exactly once is looked at here. */
		if (!store_exec(conn, STORE_HOST,
		                "INSERT INTO _effect(publisher, seq, topic, subject, fault) VALUES($1, $2, $3, $4, $5)", args, 5,
		                NULL, error))
			return FALSE;
	}
	for (guint i = 0; i < plugin->n_subscriptions; i++) {
		zhen_value args[] = { zhen_from_text(request->publisher),
			              zhen_from_text(plugin->subscriptions[i].topic), zhen_from_int(effect->upto.epoch),
			              zhen_from_int(effect->upto.seq),
			              zhen_from_int(request->caught_up && effect->upto.seq == request->upto.seq),
			              zhen_from_int(mark.digest), zhen_from_int(mark.at_ms) };

		if (strncmp(plugin->subscriptions[i].topic, request->publisher, 2) == 0 &&
		    !store_exec(conn, STORE_HOST,
		                "INSERT INTO _cursor(publisher, topic, epoch, seq, live, mark, marked_at) "
		                "VALUES($1, $2, $3, $4, $5, $6, $7) "
		                "{{upsert publisher, topic}} epoch = excluded.epoch, seq = max(seq, excluded.seq), "
		                "live = max(live, excluded.live), mark = CASE WHEN excluded.seq > seq THEN excluded.mark ELSE mark END, "
		                "marked_at = CASE WHEN excluded.seq > seq THEN excluded.marked_at ELSE marked_at END, parted = -1",
		                args, 7, NULL, error))
			return FALSE;
	}
	return TRUE;
}

static inline CallReply *home_take(FakeHome *home, const CallRequest *request, guint count)
{
	const gboolean all = count >= request->n_events;
	Effect effect = { home, request, MIN(count, request->n_events),
		          all ? request->upto : request->events[count - 1].position };
	g_autoptr(GError) error = NULL;
	CallReply *reply;
	char upto[LOG_POSITION_TEXT];

	if (!store_write_now(home->store, effect_run, &effect, &error))
		return call_reply_problem(500, "effect", "写入失败", error->message);
	reply = call_reply_new(200);
	log_position_print(&effect.upto, upto);
	g_string_printf(reply->body, "{\"upto\":\"%s\",\"handled\":%u,\"parked\":0}", upto, effect.count);
	return reply;
}

static inline gboolean home_rewind(StoreConn *conn, void *data, GError **error)
{
	const CallRequest *request = data;
	zhen_value args[] = { zhen_from_text(request->publisher), zhen_from_int(request->upto.epoch),
		              zhen_from_int(request->upto.seq), zhen_from_int(request->mark.digest),
		              zhen_from_int(request->mark.at_ms) };

	if (request->index == REWIND_APART)
		return store_exec(conn, STORE_HOST,
		                  "UPDATE _cursor SET parted = $3 WHERE publisher = $1 AND seq > $3 AND parted < 0",
		                  args, 3, NULL, error);
	if (request->index == REWIND_CUT)
		return store_exec(conn, STORE_HOST,
		                  "UPDATE _cursor SET mark = CASE WHEN seq >= $3 THEN $4 ELSE mark END, "
		                  "marked_at = CASE WHEN seq >= $3 THEN $5 ELSE marked_at END, epoch = $2, seq = min(seq, $3), "
		                  "parted = -1 WHERE publisher = $1",
		                  args, 5, NULL, error);
	return store_exec(conn, STORE_HOST,
	                  "UPDATE _cursor SET epoch = $2, seq = $3, mark = $4, marked_at = $5, parted = -1 WHERE publisher = $1",
	                  args, 5, NULL, error) &&
	       store_exec(conn, STORE_HOST, "DELETE FROM _effect WHERE publisher = $1 AND seq > $3 AND $2 > 0", args, 3,
	                  NULL, error);
}

/* FALSE: nothing is said about this one. */
static inline gboolean home_order(FakeHome *home, const CallRequest *request, Order *out)
{
	for (guint i = 0; i < home->orders->len; i++) {
		Order *order = &g_array_index(home->orders, Order, i);

		if (order->at != 0 && (request->n_events != 1 || request->events[0].position.seq != order->at))
			continue;
		*out = *order;
		g_array_remove_index(home->orders, i);
		return TRUE;
	}
	return FALSE;
}

static inline CallReply *home_answer(FakeHome *home, const CallRequest *request, const Order *order)
{
	if (order->status != 0 && order->status != 200)
		return call_reply_problem(order->status, order->code, "不行",
		                          strcmp(order->code, "worker-gone") == 0 ? "killed by signal 11" : NULL);
	return home_take(home, request, order->only > 0 ? order->only : G_MAXUINT);
}

static inline void home_submit(Home *base, Loop *loop, const CallRequest *request, CallDone *done, void *data)
{
	FakeHome *home = (FakeHome *)base;
	Order order = { 0 };

	(void)loop;
	g_mutex_lock(&home->lock);
	home->calls++;
	home->singles += request->n_events == 1;
	home->most = MAX(home->most, request->n_events);
	for (guint i = 0; i < request->n_events; i++)
		if (request->events[i].fault != NULL)
			g_string_append_printf(home->faults, "%d:%s;", (gint)request->events[i].position.seq,
			                       request->events[i].fault);
	if (request->kind == CALL_EVENTS)
		home_order(home, request, &order);
	if (request->kind == CALL_TRIM) {
		home->trims++;
		home->trimmed = request->upto.seq;
	}
	if (order.late) {
		KeptCall *kept = g_new0(KeptCall, 1);

		*kept = (KeptCall){ .home = home, .request = *request, .done = done, .data = data };
		g_ptr_array_add(home->kept, kept);
		g_mutex_unlock(&home->lock);
		return;
	}
	g_mutex_unlock(&home->lock);
	if (request->kind == CALL_REWIND) {
		cr_assert(store_write_now(home->store, home_rewind, (void *)request, NULL));
		done(data, call_reply_new(204));
		return;
	}
	if (request->kind == CALL_TRIM) {
		CallReply *reply = call_reply_new(200);
		char upto[LOG_POSITION_TEXT];

		log_position_print(&request->upto, upto);
		g_string_printf(reply->body, "{\"upto\":\"%s\",\"deleted\":0}", upto);
		done(data, reply);
		return;
	}
	done(data, home_answer(home, request, &order));
}

static inline void town_emitted(void *data, const Plugin *plugin)
{
	Town *town = data;

	if (town->bus != NULL)
		bus_wake(town->bus, plugin);
}

static inline FakeHome *town_home(Town *town, const char *id)
{
	for (guint i = 0; i < town->homes->len; i++)
		if (strcmp(((FakeHome *)town->homes->pdata[i])->plugin->id, id) == 0)
			return town->homes->pdata[i];
	cr_assert_fail("no home %s", id);
	return NULL;
}

static inline gboolean town_setup(StoreConn *conn, void *data, GError **error)
{
	(void)data;
	return store_exec(conn, STORE_HOST,
	                  "CREATE TABLE IF NOT EXISTS _effect(publisher TEXT NOT NULL, seq BIGINT NOT NULL, topic TEXT NOT NULL, "
	                  "subject TEXT NOT NULL, fault TEXT NOT NULL, PRIMARY KEY(publisher, seq))",
	                  NULL, 0, NULL, error);
}

static inline void home_open(FakeHome *home)
{
	g_autoptr(GError) error = NULL;

	home->store = store_open(home->town->stores, &(StoreOptions){ .dir = home->dir, .name = home->plugin->id }, &error);
	cr_assert_not_null(home->store, "%s", error != NULL ? error->message : "");
	cr_assert(store_write_now(home->store, town_setup, NULL, NULL));
}

static inline void town_add(Town *town, const char *id)
{
	FakeHome *home = g_new0(FakeHome, 1);
	g_autoptr(GError) error = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(bus_plugins); i++)
		if (strcmp(bus_plugins[i].id, id) == 0)
			home->plugin = plugin_bind(&bus_plugins[i], &error);
	cr_assert_not_null(home->plugin, "%s: %s", id, error != NULL ? error->message : "");
	home->town = town;
	home->dir = g_build_filename(town->root, id, NULL);
	home->home = (Home){ .submit = home_submit, .plugin = home->plugin, .dir = home->dir };
	home->orders = g_array_new(FALSE, FALSE, sizeof(Order));
	home->kept = g_ptr_array_new_with_free_func(g_free);
	home->faults = g_string_new(NULL);
	g_mutex_init(&home->lock);
	home_open(home);
	g_ptr_array_add(town->homes, home);
}

static inline Town *town_new(const char *ids)
{
	Town *town = g_new0(Town, 1);
	g_auto(GStrv) list = g_strsplit(ids, " ", -1);

	town->root = g_dir_make_tmp("zhen-bus-XXXXXX", NULL);
	town->stores = store_host_new(&(StoreHostOptions){ .readers = 2 }, NULL);
	town->env = (RuntimeEnv){ .stores = town->stores, .readers = 2, .loops = 2 };
	town->homes = g_ptr_array_new();
	town->ready = g_string_new(NULL);
	g_mutex_init(&town->lock);
	for (guint i = 0; list[i] != NULL; i++)
		town_add(town, list[i]);
	return town;
}

static inline void town_on_ready(void *data, const Plugin *plugin)
{
	Town *town = data;

	g_mutex_lock(&town->lock);
	g_string_append_printf(town->ready, "%s ", plugin->id);
	g_mutex_unlock(&town->lock);
}

static inline void town_start_with(Town *town, BusOptions options)
{
	g_autoptr(GError) error = NULL;

	options.env = &town->env;
	options.loop_index = 1;
	options.ready = town_on_ready;
	options.data = town;
	options.backoff_ms = options.backoff_ms > 0 ? options.backoff_ms : 3600 * 1000; /* nothing happens by itself */
	town->bus = bus_new(&options, &error);
	cr_assert_not_null(town->bus);
	for (guint i = 0; i < town->homes->len; i++)
		bus_add(town->bus, town->homes->pdata[i]);
	cr_assert(bus_start(town->bus, &error));
}

static inline void town_start(Town *town)
{
	town_start_with(town, (BusOptions){ 0 });
}

static inline void town_stop(Town *town)
{
	bus_free(town->bus);
	town->bus = NULL;
}

typedef struct Waiter {
	GMutex lock;
	GCond cond;
	gboolean done;
	char *fault;
} Waiter;

static inline void waiter_done(void *data)
{
	Waiter *waiter = data;

	g_mutex_lock(&waiter->lock);
	waiter->done = TRUE;
	g_cond_signal(&waiter->cond);
	g_mutex_unlock(&waiter->lock);
}

static inline void waiter_said(void *data, const char *position, const char *fault)
{
	cr_expect((position[0] != '\0') == (fault == NULL), "where it stands is said when it is done");
	((Waiter *)data)->fault = g_strdup(fault);
	waiter_done(data);
}

static inline void waiter_wait(Waiter *waiter, const char *what)
{
	const gint64 until = g_get_monotonic_time() + 30 * G_USEC_PER_SEC;

	g_mutex_lock(&waiter->lock);
	while (!waiter->done)
		cr_assert(g_cond_wait_until(&waiter->cond, &waiter->lock, until), "%s: not within 30 s", what);
	waiter->done = FALSE;
	g_mutex_unlock(&waiter->lock);
}

static inline void town_settle(Town *town)
{
	Waiter waiter = { 0 };

	g_mutex_init(&waiter.lock);
	g_cond_init(&waiter.cond);
	bus_settle(town->bus, waiter_done, &waiter);
	waiter_wait(&waiter, "the bus settles");
	g_mutex_clear(&waiter.lock);
	g_cond_clear(&waiter.cond);
}

/* (transfer full) NULL = it went well */
static inline char *town_rewind(Town *town, const char *subscriber, const char *publisher, BusRewind what,
                                const LogPosition *to)
{
	Waiter waiter = { 0 };

	g_mutex_init(&waiter.lock);
	g_cond_init(&waiter.cond);
	bus_rewind(town->bus, subscriber, publisher, what, to, "zhenctl:who", waiter_said, &waiter);
	waiter_wait(&waiter, "the cursor is moved");
	g_mutex_clear(&waiter.lock);
	g_cond_clear(&waiter.cond);
	return waiter.fault;
}

static inline void home_say(FakeHome *home, Order order)
{
	g_mutex_lock(&home->lock);
	g_array_append_val(home->orders, order);
	g_mutex_unlock(&home->lock);
}

static inline void home_answer_kept(void *data)
{
	KeptCall *kept = data;

	kept->done(kept->data, home_take(kept->home, &kept->request, G_MAXUINT));
}

typedef struct Exec {
	const char *sql;
	gint64 first;
} Exec;

static inline gboolean exec_run_sql(StoreConn *conn, void *data, GError **error)
{
	Exec *exec = data;

	return store_exec(conn, STORE_HOST, exec->sql, NULL, 0, &exec->first, error);
}

static inline gint64 home_exec(FakeHome *home, const char *sql)
{
	Exec exec = { sql, 0 };
	g_autoptr(GError) error = NULL;

	cr_assert(store_write_now(home->store, exec_run_sql, &exec, &error), "%s: %s", sql, error != NULL ? error->message : "");
	return exec.first;
}

static inline gint64 home_int(FakeHome *home, const char *sql)
{
	return home_exec(home, sql);
}

/* Commits @count events and says so, as a runtime does. */
static inline void home_emit(FakeHome *home, const char *topic, guint count)
{
	g_autofree char *sql = g_strdup_printf(
		"INSERT INTO _event(topic, subject, division, at, body) "
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %u) "
		"SELECT '%s', 's' || (i %% 7), '', 1000 + i, '{\"n\":' || i || ',\"name\":\"s' || (i %% 7) || '\"}' FROM n",
		count, topic);

	home_exec(home, sql);
	town_emitted(home->town, home->plugin);
}

static inline char *town_status(Town *town)
{
	GString *text = g_string_new(NULL);
	JsonOut out;

	json_out_init(&out, text);
	json_open(&out, NULL, FALSE);
	town->well = bus_status(town->bus, NULL, &out);
	json_close_one(&out);
	return g_string_free(text, FALSE);
}

static inline int town_remove(const char *path, const struct stat *st, int flag, struct FTW *where)
{
	(void)st;
	(void)flag;
	(void)where;
	return remove(path);
}

static inline void town_free(Town *town)
{
	bus_free(town->bus);
	for (guint i = 0; i < town->homes->len; i++) {
		FakeHome *home = town->homes->pdata[i];

		store_close(home->store);
		plugin_free(home->plugin);
		g_array_unref(home->orders);
		g_ptr_array_unref(home->kept);
		g_string_free(home->faults, TRUE);
		g_mutex_clear(&home->lock);
		g_free(home->dir);
		g_free(home);
	}
	g_ptr_array_unref(town->homes);
	store_host_free(town->stores);
	nftw(town->root, town_remove, 8, FTW_DEPTH | FTW_PHYS);
	g_string_free(town->ready, TRUE);
	g_mutex_clear(&town->lock);
	g_free(town->root);
	g_free(town);
}

#define SEEN "SELECT count(*) FROM _effect"

static inline void expect_all(FakeHome *home, gint64 count)
{
	cr_expect_eq(home_int(home, SEEN), count, "%s has %d", home->plugin->id, (gint)home_int(home, SEEN));
	cr_expect_eq(home_int(home, "SELECT max(seq) FROM _effect"), count);
	/* Inserted in order. */
	cr_expect_eq(
		home_int(home,
	                 "SELECT count(*) FROM _effect a, _effect b WHERE b.rowid = a.rowid + 1 AND b.seq < a.seq"),
		0);
	cr_expect_eq(home_int(home, "SELECT count(*) FROM _effect WHERE fault <> ''"), 0);
}
