/* SPDX-License-Identifier: Apache-2.0
 * Putting a cursor elsewhere, because somebody decided so. */
#include <string.h>
#include "base/log.h"
#include "bus/bus_inside.h"

void rewind_end(Rewind *rewind, const char *position, const char *fault)
{
	rewind->done(rewind->data, position, fault);
	g_free(rewind->subscriber);
	g_free(rewind->publisher);
	g_free(rewind->account);
	g_free(rewind);
}

/* The least of its topics. */
static void print_cursor(const Link *link, char *out)
{
	g_autoptr(GPtrArray) cursors = log_cursors(link->subscriber->log, NULL);
	LogPosition least = link->rewind->request.upto;

	for (guint i = 0; cursors != NULL && i < link->n_topics; i++) {
		const LogCursor *cursor = link_cursor(link, cursors, i);

		if (cursor != NULL && cursor->position.seq < least.seq)
			least = cursor->position;
	}
	log_position_print(&least, out);
}

static void finish(Link *link, const char *fault)
{
	Rewind *rewind = link->rewind;
	char position[LOG_POSITION_TEXT] = "";

	if (fault == NULL)
		print_cursor(link, position);

	link->rewind = NULL;
	link->wait_ms = 0;
	g_clear_pointer(&link->fault, g_free);
	link_start_over(link);
	rewind_end(rewind, position, fault);
	link_go(link);
	bus_check_settled(link->bus);
}

static void on_answer(void *data, CallReply *reply)
{
	Link *link = data;
	g_autofree char *fault = reply->status >= 300 ? g_strdup_printf("%d %s", reply->status, reply->body->str) : NULL;

	call_reply_free(reply);
	bus_answered(link->bus);
	link->n_open = 0;
	finish(link, fault);
}

static gboolean find_target(Link *link, LogPosition *out, GError **error)
{
	const Rewind *rewind = link->rewind;
	char at[LOG_POSITION_TEXT], last[LOG_POSITION_TEXT];
	LogPosition end;

	if (rewind->what == REWIND_ACCEPT)
		return apart_from(link, out, error);
	if (!log_end(link->publisher->log, &end, error))
		return FALSE;
	*out = end;
	out->seq = rewind->to.seq;
	if (out->seq >= 0 && out->seq <= end.seq && (out->seq == 0 || rewind->to.epoch == end.epoch))
		return TRUE;
	log_position_print(&rewind->to, at);
	log_position_print(&end, last);
	return throw_error(error, ERROR_INVALID, "%s is no position of %s, whose log ends at %s", at,
	                   link->publisher->plugin->id, last);
}

void rewind_begin(Link *link)
{
	Rewind *rewind = link->rewind;
	g_autoptr(GError) error = NULL;
	char at[LOG_POSITION_TEXT];

	link->state = LINK_REWINDING;
	rewind->request = bus_request(link->bus, CALL_REWIND);
	rewind->request.index = rewind->what == REWIND_ACCEPT ? REWIND_CUT : REWIND_REPLAY;
	rewind->request.publisher = link->publisher->plugin->id;
	rewind->request.caller.account = rewind->account;
	if (!find_target(link, &rewind->request.upto, &error) ||
	    !log_mark_at(link->publisher->log, rewind->request.upto.seq, &rewind->request.mark, &error)) {
		finish(link, error->message);
		return;
	}
	log_position_print(&rewind->request.upto, at);
	log_write(LOG_NOTICE, link->subscriber->plugin->id, "goes on %s %s of %s, as %s asked",
	          rewind->what == REWIND_ACCEPT ? "from where it was or" : "at", at, link->publisher->plugin->id,
	          rewind->account);
	link->apart = FALSE;
	link->n_open = 1;
	bus_submit(link->bus, link->subscriber, &rewind->request, on_answer, link);
}

static Link *find_link(const Bus *bus, const Rewind *rewind)
{
	for (guint i = 0; i < bus->links->len; i++) {
		Link *link = bus->links->pdata[i];

		if (strcmp(link->subscriber->plugin->id, rewind->subscriber) == 0 &&
		    strcmp(link->publisher->plugin->id, rewind->publisher) == 0)
			return link;
	}
	return NULL;
}

static void on_rewind(void *data)
{
	Rewind *rewind = data;
	Link *link = find_link(rewind->bus, rewind);

	pthread_mutex_lock(&rewind->bus->lock);
	g_ptr_array_remove_fast(rewind->bus->rewinds, rewind);
	pthread_mutex_unlock(&rewind->bus->lock);
	if (link == NULL || link->rewind != NULL || bus_stopping(rewind->bus)) {
		rewind_end(rewind, "",
		           link == NULL         ? "there is no such subscription" :
		           link->rewind != NULL ? "another one is under way" :
		                                  "the host stops");
		return;
	}
	link->rewind = rewind;
	if (link->timer != NULL)
		link_start_over(link);
	link_go(link);
}

void bus_rewind(Bus *bus, const char *subscriber, const char *publisher, BusRewind what, const LogPosition *to,
                const char *account, BusDone *done, void *data)
{
	Rewind *rewind = g_new0(Rewind, 1);

	rewind->what = what;
	rewind->to = to != NULL ? *to : (LogPosition){ 0, 0 };
	rewind->done = done;
	rewind->data = data;
	rewind->subscriber = g_strdup(subscriber);
	rewind->publisher = g_strdup(publisher);
	rewind->account = g_strdup(account != NULL ? account : "host");
	rewind->bus = bus;
	rewind->item = (LoopItem){ .run = on_rewind, .data = rewind };
	pthread_mutex_lock(&bus->lock);
	g_ptr_array_add(bus->rewinds, rewind);
	pthread_mutex_unlock(&bus->lock);
	loop_post(bus->loop, &rewind->item);
}
