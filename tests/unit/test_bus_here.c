/* SPDX-License-Identifier: Apache-2.0
 * Which thread delivers: the one that has committed, where nothing but this process's own log is read for that; never where the
 * log is another's, who might let its reader wait. */
#include "bus_fixture.h"

#include <pthread.h>

#define EVENTS 20

/* Stands where the subscriber does: takes everything, and sees on which thread. */
typedef struct Spy {
	Home home; /* first */
	GMutex lock;
	GCond came;
	pthread_t writer; /* that committed last */
	guint calls, here;
} Spy;

typedef struct Publish {
	StoreJob job;
	FakeHome *publisher;
	Spy *spy;
} Publish;

static gboolean publish_run(StoreJob *job, StoreConn *conn)
{
	(void)job;
	return store_exec(conn, STORE_HOST,
	                  "INSERT INTO _event(topic, subject, division, at, body) "
	                  "VALUES('aa.item.set', 's1', '', 1000, '{\"n\":1,\"name\":\"s1\"}')",
	                  NULL, 0, NULL, NULL);
}

static void publish_done(StoreJob *job, const GError *error)
{
	Publish *publish = (Publish *)job;

	cr_assert_null(error);
	g_mutex_lock(&publish->spy->lock);
	publish->spy->writer = pthread_self();
	g_mutex_unlock(&publish->spy->lock);
	town_emitted(publish->publisher->town, publish->publisher->plugin);
}

static void spy_submit(Home *home, Loop *loop, const CallRequest *request, CallDone *done, void *data)
{
	Spy *spy = (Spy *)home;
	CallReply *reply = call_reply_new(200);
	char upto[LOG_POSITION_TEXT];

	(void)loop;
	log_position_print(&request->upto, upto);
	g_string_printf(reply->body, "{\"upto\":\"%s\",\"handled\":%u,\"parked\":0}", upto, request->n_events);
	if (request->n_events > 0) {
		g_mutex_lock(&spy->lock);
		spy->calls++;
		spy->here += pthread_equal(spy->writer, pthread_self());
		g_cond_signal(&spy->came);
		g_mutex_unlock(&spy->lock);
	}
	done(data, reply);
}

/* How many of EVENTS were delivered by the thread that committed them. */
static guint delivered_here(gboolean in_process)
{
	Town *town = town_new("aa bb");
	FakeHome *aa = town_home(town, "aa");
	Spy spy = { .home = town_home(town, "bb")->home };
	BusOptions options = { .env = &town->env, .loop_index = 1 };
	guint here;

	g_mutex_init(&spy.lock);
	g_cond_init(&spy.came);
	spy.home.submit = spy_submit;
	aa->home.store = in_process ? aa->store : NULL;
	town->bus = bus_new(&options, NULL);
	bus_add(town->bus, &aa->home);
	bus_add(town->bus, &spy.home);
	cr_assert(bus_start(town->bus, NULL));
	town_settle(town);
	for (guint i = 1; i <= EVENTS; i++) {
		Publish publish = { .job = { .run = publish_run, .done = publish_done }, .publisher = aa, .spy = &spy };
		const gint64 until = g_get_monotonic_time() + 30 * G_USEC_PER_SEC;

		cr_assert(store_submit(aa->store, &publish.job, NULL));
		g_mutex_lock(&spy.lock);
		while (spy.calls < i)
			cr_assert(g_cond_wait_until(&spy.came, &spy.lock, until), "event %u is not delivered", i);
		g_mutex_unlock(&spy.lock);
	}
	town_settle(town);
	here = spy.here;
	town_free(town);
	return here;
}

Test(bus_here, the_thread_that_committed_delivers)
{
	/* Now and then the bus's own thread is at work just then. */
	cr_assert_geq(delivered_here(TRUE), EVENTS / 2);
}

Test(bus_here, another_processes_log_is_read_on_the_thread_of_the_bus)
{
	cr_assert_eq(delivered_here(FALSE), 0);
}
