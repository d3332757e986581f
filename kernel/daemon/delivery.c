/* SPDX-License-Identifier: Apache-2.0
 * The event bus's place in the daemon: who wakes it, what holds back until it has caught up. */
#include "daemon/events.h"

#define BUS_LOOP 1

/* Writer threads and the loop. What is committed before there is a bus, it reads when it starts. */
static void emitted(void *data, const Plugin *plugin)
{
	Daemon *daemon = data;
	Bus *bus = g_atomic_pointer_get(&daemon->bus);

	if (bus != NULL)
		bus_wake(bus, plugin);
	events_wake(daemon, plugin);
}

void delivery_settings(Daemon *daemon)
{
	const Conf *conf = daemon->conf;

	daemon->env.emitted = emitted;
	daemon->env.emitted_data = daemon;
	daemon->env.event_tries = (guint)conf_int(conf, "bus", "tries");
	daemon->env.event_backoff_ms = conf_int(conf, "bus", "retry_after");
	daemon->env.parked_max = (guint)conf_int(conf, "bus", "parked");
	daemon->env.parked_of_publisher = (guint)conf_int(conf, "bus", "parked_per_publisher");
	daemon->env.parked_of_subject = (guint)conf_int(conf, "bus", "parked_per_subject");
	daemon->env.event_turn_us = conf_int(conf, "bus", "turn") * 1000;
	daemon->env.keep_events_ms = conf_int(conf, "host", "keep_events_days") * 24 * 3600 * 1000;
}

static void caught_up(void *data, const Plugin *plugin)
{
	http_hold(((Daemon *)data)->http, plugin->id, FALSE);
}

gboolean delivery_start(Daemon *daemon, GError **error)
{
	const BusOptions options = {
		.env = &daemon->env,
		.loop_index = BUS_LOOP,
		.batch = (guint)conf_int(daemon->conf, "bus", "batch"),
		.batch_bytes = (gsize)conf_int(daemon->conf, "bus", "batch_bytes"),
		.backoff_ms = conf_int(daemon->conf, "bus", "backoff"),
		.ready = caught_up,
		.data = daemon,
	};
	Bus *bus = bus_new(&options, error);

	if (bus == NULL)
		return FALSE;
	for (guint i = 0; i < daemon->slots->len; i++) {
		const Slot *slot = daemon->slots->pdata[i];

		if (slot->fault == NULL)
			http_hold(daemon->http, slot->loaded->plugin->id, TRUE);
		bus_add(bus, slot->home);
	}
	if (!bus_start(bus, error)) {
		bus_free(bus);
		return FALSE;
	}
	g_atomic_pointer_set(&daemon->bus, bus);
	/* What was committed between its first look and now, nobody told it. */
	for (guint i = 0; i < daemon->slots->len; i++)
		bus_wake(bus, ((const Slot *)daemon->slots->pdata[i])->loaded->plugin);
	return TRUE;
}

void delivery_stop(Daemon *daemon)
{
	if (daemon->bus != NULL)
		bus_stop(daemon->bus);
}

guint delivery_under_way(const Daemon *daemon)
{
	return daemon->bus != NULL ? bus_under_way(daemon->bus) : 0;
}

void delivery_free(Daemon *daemon)
{
	Bus *bus = daemon->bus;

	g_atomic_pointer_set(&daemon->bus, NULL);
	bus_free(bus);
}
