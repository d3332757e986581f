/* SPDX-License-Identifier: Apache-2.0
 * A piece of a log as it is delivered. */
#include "bus/bus_inside.h"

#include <string.h>

void block_init(Block *block)
{
	block->read = log_block_new();
	block->events = g_array_new(FALSE, FALSE, sizeof(CallEvent));
	block->arena = arena_new();
}

void block_clear(Block *block)
{
	log_block_free(block->read);
	g_array_unref(block->events);
	arena_free(block->arena);
}

void block_drop(Block *block)
{
	block->filled = FALSE;
	block->next = 0;
	g_array_set_size(block->events, 0);
	arena_reset(block->arena);
}

/* A topic that was subscribed to later starts at the beginning while the others are further: theirs are passed over. */
static gboolean is_due(const Link *link, const LogEvent *event)
{
	gint64 furthest = 0;

	for (guint i = 0; i < link->n_topics; i++) {
		if (strcmp(link->names[i], event->topic) == 0)
			return event->position.seq > link->topics[i].seq;
		furthest = MAX(furthest, link->topics[i].seq);
	}
	return event->position.seq > furthest; /* a row that is no event belongs to nobody's topic */
}

static void take(Link *link, Block *block, LogEvent *event)
{
	const LogEvent said = *event;
	const char *fault;
	CallEvent *call;

	if (!is_due(link, event))
		return;
	fault = event_fault(link->publisher->plugin, link->bus->options.env->divisions, event, block->arena);
	g_array_set_size(block->events, block->events->len + 1);
	call = &g_array_index(block->events, CallEvent, block->events->len - 1);
	*call = (CallEvent){
		.position = event->position,
		.topic = event->topic,
		.subject = event->subject,
		.division = event->division,
		.body = event->body,
		.body_length = event->body_length,
		.at_ms = event->at_ms,
		.mark = event->body != said.body ? log_mark(&said).digest : 0,
		.fault = fault,
	};
}

gboolean block_read(Link *link, gint64 after, Block *block, GError **error)
{
	const BusOptions *options = &link->bus->options;
	const LogPosition from = { link->at.epoch, after };
	Member *publisher = link->publisher;

	block_drop(block);
	if (!log_read(publisher->log, &from, link->names, options->batch, options->batch_bytes, block->read, error))
		return FALSE;
	for (guint i = 0; i < block->read->events->len; i++)
		take(link, block, &g_array_index(block->read->events, LogEvent, i));
	block->upto = block->read->upto;
	block->at_end = block->read->at_end;
	block->filled = TRUE;
	if (publisher->end.epoch != block->upto.epoch || publisher->end.seq < block->upto.seq)
		publisher->end = block->upto;
	return TRUE;
}
