/* SPDX-License-Identifier: Apache-2.0
 * One subscriber on one publisher's log: find the cursors, read, deliver, read the next piece meanwhile. */
#include "bus/bus_inside.h"

#include <string.h>
#include "base/log.h"

#define WAIT_MAX_MS 60000
#define PASSED_MAX 4096 /* rows passed over before the cursor is moved for their sake */

/* ---- making ---- */

static gboolean is_of(const char *topic, const Plugin *publisher)
{
	const gsize length = strlen(publisher->id);

	return strncmp(topic, publisher->id, length) == 0 && topic[length] == '.';
}

static const zhen_topic *declared(const Plugin *publisher, const char *name)
{
	for (guint i = 0; i < publisher->n_topics; i++)
		if (strcmp(publisher->topics[i].name, name) == 0)
			return &publisher->topics[i];
	return NULL;
}

static void add_topic(Link *link, const char *name)
{
	const zhen_topic *topic = declared(link->publisher->plugin, name);

	if (topic == NULL) {
		g_autofree char *before = link->warning;

		link->warning = g_strdup_printf("%s%s%s does not declare the topic %s", before != NULL ? before : "",
		                                before != NULL ? "; " : "", link->publisher->plugin->id, name);
		log_write(LOG_WARN, link->subscriber->plugin->id, "subscribes to %s, which %s does not declare", name,
		          link->publisher->plugin->id);
	}
	/* Its cursor moves with the others, so that one declared later does not begin with what was never sent. */
	link->topics[link->n_topics].transient = topic != NULL && (topic->flags & ZHEN_TRANSIENT) != 0;
	link->names[link->n_topics++] = name;
}

static void on_item(void *data)
{
	Link *link = data;

	link->posted = FALSE;
	link_go(link);
	bus_check_settled(link->bus);
}

Link *link_new(Member *subscriber, Member *publisher)
{
	const Plugin *plugin = subscriber->plugin;
	Link *link = g_new0(Link, 1);

	link->bus = subscriber->bus;
	link->subscriber = subscriber;
	link->publisher = publisher;
	link->names = g_new0(const char *, plugin->n_subscriptions + 1);
	link->topics = g_new0(LinkTopic, plugin->n_subscriptions + 1);
	for (guint i = 0; i < plugin->n_subscriptions; i++)
		if (is_of(plugin->subscriptions[i].topic, publisher->plugin))
			add_topic(link, plugin->subscriptions[i].topic);
	link->item = (LoopItem){ .run = on_item, .data = link };
	link->home_up = TRUE;
	link->held = G_MAXINT64;
	block_init(&link->now);
	block_init(&link->next);
	if (link->n_topics > 0)
		return link;
	link_free(link);
	return NULL;
}

void link_free(Link *link)
{
	if (link == NULL)
		return;
	if (link->timer != NULL)
		loop_timer_free(link->timer);
	block_clear(&link->now);
	block_clear(&link->next);
	g_free(link->shown.fault);
	g_free(link->fault);
	g_free(link->warning);
	g_free(link->sent);
	g_free(link->topics);
	g_free(link->names);
	g_free(link);
}

/* ---- standing ---- */

static void end_wait(Link *link)
{
	if (link->timer != NULL)
		loop_timer_free(link->timer);
	link->timer = NULL;
	if (link->state == LINK_WAITING)
		link->state = LINK_IDLE;
}

static void on_timer(void *data)
{
	Link *link = data;

	end_wait(link);
	link_go(link);
	bus_check_settled(link->bus);
}

static void say(Link *link, LogLevel level, const char *fault)
{
	if (g_strcmp0(link->fault, fault) == 0)
		return;
	log_write(level, link->subscriber->plugin->id, "events of %s: %s", link->publisher->plugin->id, fault);
	g_free(link->fault);
	link->fault = g_strdup(fault);
}

void link_wait(Link *link, gboolean for_log, const char *fault)
{
	say(link, LOG_WARN, fault);
	link->wait_ms = link->wait_ms == 0 ? link->bus->options.backoff_ms : MIN(link->wait_ms * 2, WAIT_MAX_MS);
	link->waits_for_log = for_log;
	link->state = LINK_WAITING;
	link->counts.waits++;
	if (link->timer == NULL)
		link->timer = loop_timer_new(link->bus->loop, link->wait_ms, FALSE, on_timer, link);
}

void link_refuse(Link *link, const char *fault)
{
	say(link, LOG_ERROR, fault);
	block_drop(&link->now);
	block_drop(&link->next);
	link->state = LINK_REFUSED;
}

void link_leave_turn(Link *link)
{
	const GPtrArray *links = link->bus->links;

	if (link->subscriber->probe != link)
		return;
	link->subscriber->probe = NULL;
	for (guint i = 0; i < links->len; i++) {
		Link *other = links->pdata[i];

		if (other->subscriber == link->subscriber && other->state == LINK_TURN)
			link_post(other);
	}
}

void link_start_over(Link *link)
{
	end_wait(link);
	block_drop(&link->now);
	block_drop(&link->next);
	link->found = FALSE;
	link->state = LINK_IDLE;
	link->mode = MODE_BATCH;
	link_leave_turn(link);
}

/* ---- the cursors ---- */

const LogCursor *link_cursor(const Link *link, const GPtrArray *cursors, guint topic)
{
	const char *publisher = link->publisher->plugin->id, *name = link->names[topic];

	for (guint i = 0; i < cursors->len; i++) {
		const LogCursor *cursor = cursors->pdata[i];

		if (strcmp(cursor->publisher, publisher) == 0 && strcmp(cursor->topic, name) == 0)
			return cursor;
	}
	return NULL;
}

static void take_cursors(Link *link, const GPtrArray *cursors, const LogPosition *end)
{
	gint64 least = G_MAXINT64;

	for (guint i = 0; i < link->n_topics; i++) {
		const LogCursor *cursor = link_cursor(link, cursors, i);

		link->topics[i].seq = cursor != NULL ? cursor->position.seq : 0;
		least = MIN(least, link->topics[i].seq);
	}
	link->at = (LogPosition){ end->epoch, least };
	link->scan = least;
}

void link_become_live(Link *link)
{
	if (link->live)
		return;
	link->live = TRUE;
	member_consider_ready(link->subscriber);
}

static void take_live(Link *link, const GPtrArray *cursors)
{
	link->marked = TRUE;
	for (guint i = 0; i < link->n_topics; i++) {
		const LogCursor *cursor = link_cursor(link, cursors, i);

		link->marked = link->marked && cursor != NULL && cursor->live;
	}
	if (link->marked)
		link_become_live(link);
}

void link_find(Link *link)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) cursors = log_cursors(link->subscriber->log, &error);

	if (cursors == NULL) {
		link_wait(link, FALSE, error->message);
		return;
	}
	/* Whatever the publisher's log is like: who was live once may be asked. */
	take_live(link, cursors);
	if (!log_end(link->publisher->log, &link->publisher->end, &error)) {
		link_wait(link, TRUE, error->message);
		return;
	}
	if (!apart_check(link, cursors, &error)) {
		if (error != NULL)
			link_wait(link, TRUE, error->message);
		return;
	}
	link->held = G_MAXINT64;
	if (!log_number(link->subscriber->log, "SELECT seq FROM _held WHERE publisher = ?1 ORDER BY seq LIMIT 1",
	                link->publisher->plugin->id, &link->held, &error)) {
		link_wait(link, FALSE, error->message);
		return;
	}
	take_cursors(link, cursors, &link->publisher->end);
	link->found = link->more = TRUE;
}

/* ---- going ---- */

static gboolean read_block(Link *link, Block *block, GError **error)
{
	if (!block_read(link, link->scan, block, error))
		return FALSE;
	link->scan = block->upto.seq;
	link->more = !block->at_end;
	return TRUE;
}

static gboolean read_on(Link *link, Block *block)
{
	g_autoptr(GError) error = NULL;

	if (read_block(link, block, &error))
		return TRUE;
	if (g_error_matches(error, ZHEN_ERROR_DOMAIN, ERROR_CONFLICT)) {
		g_autofree char *fault = g_strdup_printf("%s is %s", link->subscriber->plugin->id, error->message);

		link_refuse(link, fault);
		apart_shorter(link, &link->at);
	} else {
		link_wait(link, TRUE, error->message);
	}
	return FALSE;
}

/* TRUE: there is something to send, be it only the cursor. */
static gboolean is_worth_sending(const Link *link)
{
	const Block *block = &link->now;

	return block->next < block->events->len || block->upto.seq - link->at.seq > PASSED_MAX ||
	       (block->at_end && !link->marked);
}

void link_look(Link *link)
{
	link_find(link);
	if (link->found && !link->live && read_on(link, &link->now) && link->now.at_end && link->now.events->len == 0)
		link_become_live(link);
}

static gboolean find_work(Link *link)
{
	if (!link->found)
		link_find(link);
	if (!link->found)
		return FALSE;
	if (!link->now.filled && link->next.filled) {
		Block spent = link->now;

		link->now = link->next;
		link->next = spent;
	}
	if (!link->now.filled && !link->more) {
		link->state = LINK_IDLE;
		return FALSE;
	}
	if (!link->now.filled && !read_on(link, &link->now))
		return FALSE;
	if (is_worth_sending(link))
		return TRUE;
	if (!link->now.at_end)
		link_post(link);
	link->state = LINK_IDLE;
	block_drop(&link->now);
	return FALSE;
}

static gboolean has_turn(Link *link)
{
	Member *subscriber = link->subscriber;

	if (link->mode != MODE_SERIAL)
		return TRUE;
	if (subscriber->probe == NULL)
		subscriber->probe = link;
	if (subscriber->probe == link)
		return TRUE;
	link->state = LINK_TURN;
	return FALSE;
}

/* Only where more is known to be: at the end, what comes meanwhile collects for the next read. Not on a writer thread: it is to
 * run what was sent. */
static void read_ahead(Link *link)
{
	g_autoptr(GError) error = NULL;

	if (link->state != LINK_BUSY || !link->now.filled || link->now.at_end || link->next.filled)
		return;
	if (loop_is_borrowed(link->bus->loop))
		link_post(link);
	else
		read_block(link, &link->next, &error);
}

/* Writer threads are everybody's: on them only what soon ends, on a log that none but this process writes. */
static gboolean may_go_here(const Link *link)
{
	return !loop_is_borrowed(link->bus->loop) ||
	       (link->found && !link->recheck && link->live && link->publisher->home->store != NULL);
}

static void step(Link *link)
{
	if (link->timer != NULL || link->state == LINK_REWINDING || bus_stopping(link->bus))
		return;
	if (link->n_open > 0) {
		read_ahead(link);
		return;
	}
	if (!may_go_here(link)) {
		link_post(link);
		return;
	}
	if (link->rewind != NULL) {
		rewind_begin(link);
		return;
	}
	if (link->recheck && link->state != LINK_REFUSED)
		link_start_over(link);
	link->recheck = FALSE;
	if (link->state == LINK_REFUSED) {
		apart_note(link);
		return;
	}
	if (!find_work(link) || !has_turn(link))
		return;
	link->state = LINK_BUSY;
	deliver(link);
	if (link->n_open > 0)
		read_ahead(link);
}

void link_go(Link *link)
{
	link->again = TRUE;
	if (link->going)
		return;
	link->going = TRUE;
	while (link->again) {
		link->again = FALSE;
		step(link);
	}
	link->going = FALSE;
	link_show(link);
}

void link_post(Link *link)
{
	if (link->posted)
		return;
	link->posted = TRUE;
	loop_post(link->bus->loop, &link->item);
}

void link_woken(Link *link, gboolean by_home, gboolean by_log)
{
	link->home_up |= by_home;
	link->more |= by_log;
	link->recheck |= by_home && link->held < G_MAXINT64;
	if (link->state == LINK_WAITING && (link->waits_for_log ? by_log : by_home)) {
		link->wait_ms = 0;
		end_wait(link);
	}
	link_go(link);
}

gboolean link_is_quiet(const Link *link)
{
	return link->n_open == 0 && !link->posted && link->rewind == NULL && link->state != LINK_REWINDING &&
	       link->state != LINK_BUSY;
}
