/* SPDX-License-Identifier: Apache-2.0
 * Sending a block to its subscriber, and what its answers mean. */
#include "bus/bus_inside.h"

#include <string.h>
#include "base/json_flat.h"
#include "base/log.h"

#define DEATHS_MAX 3
#define SINGLES_MAX 64 /* queued at once: many links may be at it, and a store takes so many */

/* ---- answers ---- */

/* What the reply says of itself; it may be a worker's. */
static void read_reply(Sent *sent, const CallReply *reply)
{
	g_autoptr(Arena) arena = arena_new();
	JsonMembers members;
	JsonFlat member;

	sent->status = reply->status;
	sent->code[0] = sent->why[0] = '\0';
	sent->upto = (LogPosition){ 0, -1 };
	sent->parked = 0;
	sent->held = G_MAXINT64;
	if (!json_members_read(&members, reply->body->str, reply->body->len, arena, NULL))
		return;
	if (json_members_find(&members, "code", &member) && member.kind == JSON_FLAT_TEXT)
		g_snprintf(sent->code, sizeof sent->code, "%.*s", (int)MIN(member.length, 31), member.text);
	if (json_members_find(&members, "detail", &member) && member.kind == JSON_FLAT_TEXT)
		g_snprintf(sent->why, sizeof sent->why, "%.*s", (int)MIN(member.length, sizeof sent->why - 1),
		           member.text);
	if (json_members_find(&members, "upto", &member) && member.kind == JSON_FLAT_TEXT) {
		g_autofree char *text = g_strndup(member.text, member.length);

		log_position_parse(text, &sent->upto);
	}
	if (json_members_find(&members, "parked", &member) && member.kind == JSON_FLAT_INT && member.integer >= 0)
		sent->parked = MIN(member.integer, (gint64)sent->request.n_events);
	if (json_members_find(&members, "held", &member) && member.kind == JSON_FLAT_INT && member.integer >= 0)
		sent->held = member.integer;
	json_members_clear(&members);
}

/* Who is marked as caught up may have caught up with less than was there: that is said wherever its links are shown. */
static void tell_aside(Link *link)
{
	g_autofree char *before = link->warning;

	link->warning = g_strdup_printf("%s%s%" G_GUINT64_FORMAT " events were set aside while catching up, see zhenctl events list %s",
	                                before != NULL ? before : "", before != NULL ? "; " : "", link->aside,
	                                link->subscriber->plugin->id);
	log_write(LOG_WARN, link->subscriber->plugin->id, "events of %s: %s", link->publisher->plugin->id, link->warning);
	link->aside = 0;
}

static void block_delivered(Link *link)
{
	const gboolean at_end = link->now.at_end;

	block_drop(&link->now);
	link->mode = MODE_BATCH;
	link->suspect = FALSE;
	link_leave_turn(link);
	if (!at_end)
		return;
	link->marked = TRUE;
	if (link->aside > 0)
		tell_aside(link);
	link_become_live(link);
}

/* FALSE: the answer is not one to this call. */
static gboolean advance(Link *link, const Sent *sent)
{
	const CallRequest *request = &sent->request;
	Block *block = &link->now;
	const guint before = block->next;

	if (sent->upto.epoch != request->upto.epoch || sent->upto.seq < request->after.seq ||
	    sent->upto.seq > request->upto.seq || (sent->upto.seq == request->after.seq && request->n_events > 0))
		return FALSE;
	link->at = sent->upto;
	for (guint i = 0; i < link->n_topics; i++)
		link->topics[i].seq = MAX(link->topics[i].seq, link->at.seq);
	while (block->next < block->events->len &&
	       g_array_index(block->events, CallEvent, block->next).position.seq <= link->at.seq)
		block->next++;
	link->counts.delivered += block->next - before;
	link->counts.parked += (guint64)sent->parked;
	link->aside += link->live ? 0 : (guint64)sent->parked;
	link->held = sent->held;
	link->deaths = 0;
	link->death_seq = -1;
	link->wait_ms = 0;
	link->gap = FALSE;
	g_clear_pointer(&link->fault, g_free);
	if (link->at.seq == block->upto.seq)
		block_delivered(link);
	return TRUE;
}

/* Which of several it was nobody saw, but it counts for the one that is found: from now on one is under way at a time. Only
 * what ended a process that was heard of since counts; a call to one that is still down says nothing of the event. */
static void count_death(Link *link, const Sent *sent)
{
	const gboolean alone = link->mode != MODE_SINGLES && sent->request.n_events == 1;
	gint64 seq;

	if (!link->home_up)
		return;
	link->home_up = FALSE;
	link->mode = MODE_SERIAL;
	if (!alone) {
		link->suspect = sent->request.n_events > 0;
		return;
	}
	seq = sent->request.events[0].position.seq;
	link->deaths = link->death_seq == seq ? link->deaths + 1 : link->suspect ? 2 : 1;
	link->death_seq = seq;
	link->suspect = FALSE;
	if (link->deaths < DEATHS_MAX)
		return;
	g_array_index(link->now.events, CallEvent, link->now.next).fault =
		arena_printf(link->now.arena, "crashed: %s", sent->why[0] != '\0' ? sent->why : "the process ended");
	link->counts.crashed++;
	link->deaths = 0;
	log_write(LOG_ERROR, link->subscriber->plugin->id,
	          "event %" G_GINT64_FORMAT " of %s ended its process %d times in a row (%s): it is set aside", seq,
	          link->publisher->plugin->id, DEATHS_MAX, sent->why);
}

static void wait_for_home(Link *link, const Sent *sent)
{
	g_autofree char *fault = g_strdup_printf("%d %s", sent->status, sent->code);

	link_wait(link, FALSE, fault);
}

static void failed(Link *link, const Sent *sent)
{
	if (sent->status == 409 && strcmp(sent->code, "events-split") == 0 && sent->request.n_events > 1) {
		link->mode = MODE_SINGLES;
		link->counts.splits++;
	} else if (sent->status == 409 && strcmp(sent->code, "events-gap") == 0 && !link->gap) {
		link_start_over(link);
		link->gap = TRUE; /* twice in a row is no race */
	} else {
		if (sent->status == 503 && strcmp(sent->code, "worker-gone") == 0)
			count_death(link, sent);
		if (sent->status == 409)
			link_start_over(link);
		wait_for_home(link, sent);
	}
}

/* In order; what comes behind one that failed has failed with it. */
static void settle_answers(Link *link)
{
	const guint n = link->n_sent;

	link->n_sent = 0;
	for (guint i = 0; i < n; i++) {
		const Sent *sent = &link->sent[i];

		if (sent->status == 200 && advance(link, sent))
			continue;
		failed(link, sent);
		return;
	}
	trim_consider(link->publisher);
}

static void on_answer(void *data, CallReply *reply)
{
	Sent *sent = data;
	Link *link = sent->link;

	read_reply(sent, reply);
	call_reply_free(reply);
	bus_answered(link->bus);
	if (--link->n_open > 0)
		return;
	settle_answers(link);
	link_go(link);
	bus_check_settled(link->bus);
}

/* ---- sending ---- */

static void fill(Link *link, Sent *sent, guint first, guint count, const LogPosition *after)
{
	const Block *block = &link->now;
	const gboolean last = first + count == block->events->len;

	sent->link = link;
	sent->request = bus_request(link->bus, CALL_EVENTS);
	sent->request.publisher = link->publisher->plugin->id;
	sent->request.events = count > 0 ? &g_array_index(block->events, CallEvent, first) : NULL;
	sent->request.n_events = count;
	sent->request.after = *after;
	sent->request.upto = last ? block->upto : sent->request.events[count - 1].position;
	/* The last event tells by itself where it is; behind others' topics the cursor is left at one of theirs. */
	if (count == 0 || sent->request.events[count - 1].position.seq != sent->request.upto.seq)
		log_mark_at(link->publisher->log, sent->request.upto.seq, &sent->request.mark, NULL);
	sent->request.caught_up = last && block->at_end;
}

void deliver(Link *link)
{
	const Block *block = &link->now;
	const guint left = block->events->len - block->next;
	const guint each = link->mode == MODE_BATCH ? left : MIN(left, 1);
	const guint calls = link->mode == MODE_SINGLES ? CLAMP(left, 1, SINGLES_MAX) : 1;
	LogPosition after = link->at;

	g_free(link->sent);
	link->sent = g_new0(Sent, calls);
	for (guint i = 0; i < calls; i++) {
		fill(link, &link->sent[i], block->next + i, each, &after);
		after = link->sent[i].request.upto;
	}
	link->n_sent = link->n_open = calls;
	link->counts.batches++;
	/* The answers may come at once: the last of them ends it, and nothing is looked at behind that. */
	for (guint i = 0; i < calls; i++)
		bus_submit(link->bus, link->subscriber, &link->sent[i].request, on_answer, &link->sent[i]);
}
