/* SPDX-License-Identifier: Apache-2.0
 * What the bus tells of itself. Links leave what they show under a lock; who asks takes it from there. */
#include "bus/bus_inside.h"

#include <string.h>

static const char *const state_words[N_LINK_STATES] = {
#define X(id, word) [id] = word,
	LINK_STATES(X)
#undef X
};

/* Behind what is neither delivered nor known to be of other topics. */
static gint64 lag_of(const Link *link)
{
	const gboolean pending = link->now.filled || link->next.filled || !link->found;
	const gint64 at = pending ? link->at.seq : MAX(link->scan, link->at.seq);

	return MAX(link->publisher->end.seq - at, 0);
}

static const char held[] =
	"too many events of one subject are set aside: later ones of it wait in the log; see zhenctl events list";

void link_show(Link *link)
{
	Bus *bus = link->bus;
	LinkShown *shown = &link->shown;
	const char *fault = link->fault != NULL ? link->fault : link->held < G_MAXINT64 ? held : link->warning;

	pthread_mutex_lock(&bus->lock);
	if (g_strcmp0(shown->fault, fault) != 0) {
		g_free(shown->fault);
		shown->fault = g_strdup(fault);
	}
	fault = shown->fault;
	*shown = link->counts;
	shown->fault = (char *)fault;
	shown->state = link->state;
	shown->at = link->at;
	shown->end = link->publisher->end;
	shown->lag = lag_of(link);
	shown->live = link->live;
	shown->held = link->held < G_MAXINT64;
	shown->unread = link->state == LINK_WAITING && link->waits_for_log;
	shown->full = link->state == LINK_WAITING && link->fault != NULL && strstr(link->fault, " parked-full") != NULL;
	pthread_mutex_unlock(&bus->lock);
}

static void put_link(JsonOut *out, const Link *link, gboolean named)
{
	const LinkShown *shown = &link->shown;
	char text[LOG_POSITION_TEXT];

	json_open(out, NULL, FALSE);
	if (named)
		json_put_text(out, "subscriber", link->subscriber->plugin->id);
	json_put_text(out, "publisher", link->publisher->plugin->id);
	log_position_print(&shown->at, text);
	json_put_text(out, "position", text);
	log_position_print(&shown->end, text);
	json_put_text(out, "end", text);
	json_put_int(out, "lag", shown->lag);
	json_put_text(out, "state", state_words[shown->state]);
	json_put_bool(out, "live", shown->live);
	if (shown->held)
		json_put_bool(out, "held", TRUE);
	if (shown->full)
		json_put_bool(out, "full", TRUE);
	json_put_int(out, "delivered", (gint64)shown->delivered);
	if (shown->fault != NULL)
		json_put_text(out, "fault", shown->fault);
	json_close_one(out);
}

gboolean bus_status(Bus *bus, const Plugin *subscriber, JsonOut *out)
{
	gboolean fine = TRUE;

	json_open(out, "links", TRUE);
	pthread_mutex_lock(&bus->lock);
	for (guint i = 0; i < bus->links->len; i++) {
		const Link *link = bus->links->pdata[i];

		if (subscriber != NULL && strcmp(link->subscriber->id, subscriber->id) != 0)
			continue;
		put_link(out, link, subscriber == NULL);
		fine = fine && link->shown.state != LINK_REFUSED && !link->shown.full && !link->shown.unread;
	}
	pthread_mutex_unlock(&bus->lock);
	json_close_one(out);
	return fine;
}

typedef struct Family {
	const char *name, *type, *help;
	gsize offset;
} Family;

static const Family families[] = {
	{ "zhen_bus_lag", "gauge", "Events behind the end of the publisher's log.", G_STRUCT_OFFSET(LinkShown, lag) },
	{ "zhen_bus_delivered_total", "counter", "Events handed over.", G_STRUCT_OFFSET(LinkShown, delivered) },
	{ "zhen_bus_deliveries_total", "counter", "Deliveries, of one event or many.", G_STRUCT_OFFSET(LinkShown, batches) },
	{ "zhen_bus_parked_total", "counter", "Events set aside because they failed.", G_STRUCT_OFFSET(LinkShown, parked) },
	{ "zhen_bus_splits_total", "counter", "Deliveries sent again one by one.", G_STRUCT_OFFSET(LinkShown, splits) },
	{ "zhen_bus_crashed_total", "counter", "Events that ended their subscriber's process.",
	  G_STRUCT_OFFSET(LinkShown, crashed) },
	{ "zhen_bus_waits_total", "counter", "Times a link had to wait.", G_STRUCT_OFFSET(LinkShown, waits) },
};

void bus_metrics(Bus *bus, GString *out)
{
	pthread_mutex_lock(&bus->lock);
	for (gsize f = 0; f < G_N_ELEMENTS(families); f++) {
		const Family *family = &families[f];

		g_string_append_printf(out, "# HELP %s %s\n# TYPE %s %s\n", family->name, family->help, family->name,
		                       family->type);
		for (guint i = 0; i < bus->links->len; i++) {
			const Link *link = bus->links->pdata[i];
			gint64 value;

			memcpy(&value, (const char *)&link->shown + family->offset, sizeof value);
			g_string_append_printf(out, "%s{subscriber=\"%s\",publisher=\"%s\"} %" G_GINT64_FORMAT "\n",
			                       family->name, link->subscriber->plugin->id, link->publisher->plugin->id,
			                       value);
		}
	}
	pthread_mutex_unlock(&bus->lock);
}
