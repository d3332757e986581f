/* SPDX-License-Identifier: Apache-2.0
 * A subscriber and a log that were restored apart: found, written down in the subscriber so that it is still known when the
 * log has grown again, and where the two part. */
#include "bus/bus_inside.h"

static void refuse(Link *link, const LogCursor *cursor, const LogPosition *end)
{
	const gboolean within = cursor->position.epoch == end->epoch && cursor->position.seq <= end->seq;
	g_autofree char *fault = NULL;
	char at[LOG_POSITION_TEXT], last[LOG_POSITION_TEXT];

	log_position_print(&cursor->position, at);
	log_position_print(end, last);
	fault = g_strdup_printf("%s is at %s of %s, whose log ends at %s%s; restored apart?", link->subscriber->plugin->id, at,
	                        link->publisher->plugin->id, last, within ? " and has another event there" : "");
	link->at = cursor->position;
	link_refuse(link, fault);
	apart_shorter(link, &cursor->position);
}

gboolean apart_check(Link *link, const GPtrArray *cursors, GError **error)
{
	for (guint i = 0; i < link->n_topics; i++) {
		const LogCursor *cursor = link_cursor(link, cursors, i);
		gboolean holds = TRUE;

		if (cursor != NULL && !log_holds(link->publisher->log, cursor, &holds, &link->publisher->end, error))
			return FALSE;
		if (holds)
			continue;
		refuse(link, cursor, &link->publisher->end);
		return FALSE;
	}
	return TRUE;
}

void apart_shorter(Link *link, const LogPosition *at)
{
	LogPosition end;

	if (!log_end(link->publisher->log, &end, NULL) || end.epoch != at->epoch || end.seq >= at->seq)
		return;
	link->note = bus_request(link->bus, CALL_REWIND);
	link->note.index = REWIND_APART;
	link->note.publisher = link->publisher->plugin->id;
	link->note.upto = end;
	link->apart = TRUE;
}

static void on_noted(void *data, CallReply *reply)
{
	Link *link = data;

	/* Whoever could not now is asked again when it or the publisher is heard of. */
	link->apart = reply->status >= 300;
	call_reply_free(reply);
	bus_answered(link->bus);
	link->n_open = 0;
	if (!link->apart || link->rewind != NULL)
		link_go(link);
	bus_check_settled(link->bus);
}

void apart_note(Link *link)
{
	if (!link->apart)
		return;
	link->n_open = 1;
	bus_submit(link->bus, link->subscriber, &link->note, on_noted, link);
}

gboolean apart_from(Link *link, LogPosition *out, GError **error)
{
	g_autoptr(GPtrArray) cursors = log_cursors(link->subscriber->log, error);
	Log *log = link->publisher->log;
	LogPosition end;

	if (cursors == NULL || !log_end(log, out, error))
		return FALSE;
	for (guint i = 0; i < link->n_topics; i++) {
		const LogCursor *cursor = link_cursor(link, cursors, i);
		gboolean holds;
		gint64 parting;

		if (cursor == NULL || cursor->position.seq == 0)
			continue;
		if (!log_holds(log, cursor, &holds, &end, error) ||
		    (!holds && !log_parting(log, cursor, &parting, error)))
			return FALSE;
		if (!holds)
			out->seq = MIN(out->seq, parting);
	}
	return TRUE;
}
