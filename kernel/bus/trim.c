/* SPDX-License-Identifier: Apache-2.0
 * Transient events leave their log when everybody who subscribes to them has them. Seldom: a delete is a write. */
#include "base/clock.h"
#include "base/json_flat.h"
#include "bus/bus_inside.h"

#define EVERY_US (60 * G_GINT64_CONSTANT(1000000))
#define EVERY_EVENTS 10000

static gint64 target_of(const Member *publisher)
{
	const GPtrArray *links = publisher->bus->links;
	gint64 target = publisher->end.seq;

	for (guint i = 0; i < links->len; i++) {
		const Link *link = links->pdata[i];

		/* Whether it lies on this log is told by events that are there. */
		if (link->publisher == publisher && link->state == LINK_REFUSED)
			return 0;
		for (guint j = 0; link->publisher == publisher && j < link->n_topics; j++)
			if (link->topics[j].transient)
				target = MIN(target, link->found ? MIN(link->topics[j].seq, link->held) : 0);
	}
	return target;
}

static void read_upto(Member *publisher, const CallReply *reply)
{
	g_autoptr(Arena) arena = arena_new();
	JsonMembers members;
	JsonFlat member;
	LogPosition upto;

	if (reply->status != 200 || !json_members_read(&members, reply->body->str, reply->body->len, arena, NULL))
		return;
	if (json_members_find(&members, "upto", &member) && member.kind == JSON_FLAT_TEXT &&
	    log_position_parse(arena_strndup(arena, member.text, member.length), &upto) &&
	    upto.epoch == publisher->trim.upto.epoch && upto.seq <= publisher->trim.upto.seq)
		publisher->trimmed = MAX(publisher->trimmed, upto.seq);
	json_members_clear(&members);
}

static void on_answer(void *data, CallReply *reply)
{
	Member *publisher = data;
	const gint64 before = publisher->trimmed;

	read_upto(publisher, reply);
	call_reply_free(reply);
	bus_answered(publisher->bus);
	publisher->trimming = FALSE;
	/* A piece at a time; who refuses is asked again in a minute. */
	if (publisher->trimmed > before && publisher->trimmed < publisher->trim.upto.seq)
		publisher->trim_us = 0;
	trim_consider(publisher);
}

static void on_timer(void *data)
{
	Member *publisher = data;

	trim_cancel(publisher);
	trim_consider(publisher);
}

void trim_cancel(Member *publisher)
{
	if (publisher->trim_timer != NULL)
		loop_timer_free(publisher->trim_timer);
	publisher->trim_timer = NULL;
}

void trim_consider(Member *publisher)
{
	Bus *bus = publisher->bus;
	const gint64 now = clock_mono_us();
	gint64 target, left;

	if (!publisher->transient || publisher->trimming || bus_stopping(bus))
		return;
	target = target_of(publisher);
	if (target <= publisher->trimmed)
		return;
	left = publisher->trim_us + EVERY_US - now;
	if (publisher->trim_us > 0 && left > 0 && target - publisher->trim_target < EVERY_EVENTS) {
		if (publisher->trim_timer == NULL)
			publisher->trim_timer = loop_timer_new(bus->loop, left / 1000 + 1, FALSE, on_timer, publisher);
		return;
	}
	trim_cancel(publisher);
	publisher->trimming = TRUE;
	publisher->trim_us = now;
	publisher->trim_target = target;
	publisher->trim = bus_request(bus, CALL_TRIM);
	publisher->trim.publisher = publisher->plugin->id;
	publisher->trim.upto = (LogPosition){ publisher->end.epoch, target };
	bus_submit(bus, publisher, &publisher->trim, on_answer, publisher);
}
