/* SPDX-License-Identifier: Apache-2.0
 * How far the plugin has come in each topic it subscribes to; and the two calls that only move what is kept of a log. */
#include <string.h>
#include "runtime/events.h"

#define TRIM_STEP 20000 /* events looked at in one transaction */

static gboolean is_topic_of(const char *topic, const char *publisher)
{
	const gsize length = strlen(publisher);

	return strncmp(topic, publisher, length) == 0 && topic[length] == '.';
}

gboolean cursors_find(Call *call, const char *publisher)
{
	const Plugin *plugin = call->runtime->plugin;
	Delivery *delivery = call->delivery;

	delivery->publisher = publisher;
	delivery->cursors = arena_alloc0(call->keep, sizeof(Cursor) * (plugin->n_subscriptions + 1));
	delivery->n_cursors = 0;
	for (guint i = 0; i < plugin->n_subscriptions; i++) {
		const zhen_subscription *row = &plugin->subscriptions[i];
		Cursor *cursor = &delivery->cursors[delivery->n_cursors];

		if (!is_topic_of(row->topic, publisher))
			continue;
		cursor->row = row;
		while (row->fields != NULL && row->fields[cursor->n_fields].name != NULL)
			cursor->n_fields++;
		delivery->n_cursors++;
	}
	return delivery->n_cursors > 0;
}

Cursor *cursors_of(const Delivery *delivery, const char *topic)
{
	for (guint i = 0; i < delivery->n_cursors; i++)
		if (strcmp(delivery->cursors[i].row->topic, topic) == 0)
			return &delivery->cursors[i];
	return NULL;
}

static void load_one(const Delivery *delivery, StoreStmt *stmt)
{
	zhen_value topic, epoch, seq, live, mark, marked_at;
	Cursor *cursor;

	store_column(stmt, 0, &topic);
	cursor = cursors_of(delivery, topic.as.text);
	if (cursor == NULL)
		return; /* no longer subscribed to: it stays where it is */
	store_column(stmt, 1, &epoch);
	store_column(stmt, 2, &seq);
	store_column(stmt, 3, &live);
	cursor->at = (LogPosition){ epoch.as.integer, seq.as.integer };
	store_column(stmt, 4, &mark);
	store_column(stmt, 5, &marked_at);
	cursor->live = live.as.integer != 0;
	cursor->mark = (LogMark){ mark.as.integer, marked_at.as.integer };
	cursor->stored = TRUE;
}

gboolean cursors_load(Call *call, StoreConn *conn, GError **error)
{
	Delivery *delivery = call->delivery;
	zhen_value publisher = zhen_from_text(delivery->publisher);
	StoreStmt *stmt;
	StoreStep step;

	for (guint i = 0; i < delivery->n_cursors; i++) {
		delivery->cursors[i].at = (LogPosition){ call->request->upto.epoch, 0 };
		delivery->cursors[i].mark = (LogMark){ 0 };
		delivery->cursors[i].stored = delivery->cursors[i].live = FALSE;
	}
	stmt = store_prepare(conn, STORE_HOST, "SELECT topic, epoch, seq, live, mark, marked_at FROM _cursor "
	                                         "WHERE publisher = $1",
	                     NULL, &publisher, 1, error);
	if (stmt == NULL)
		return FALSE;
	while ((step = store_step(stmt, error)) == STORE_ROW)
		load_one(delivery, stmt);
	store_reset(stmt);
	delivery->furthest = (LogPosition){ call->request->upto.epoch, 0 };
	for (guint i = 0; i < delivery->n_cursors; i++)
		if (delivery->cursors[i].at.epoch == delivery->furthest.epoch &&
		    log_position_compare(&delivery->cursors[i].at, &delivery->furthest) > 0)
			delivery->furthest = delivery->cursors[i].at;
	return step == STORE_DONE && held_load(call, conn, error);
}

static gboolean store_cursor(StoreConn *conn, const char *publisher, const Cursor *cursor, const LogPosition *to,
                             const LogMark *mark, gboolean live, GError **error)
{
	zhen_value args[] = { zhen_from_text(publisher), zhen_from_text(cursor->row->topic), zhen_from_int(to->epoch),
		              zhen_from_int(to->seq), zhen_from_int(live), zhen_from_int(mark->digest),
		              zhen_from_int(mark->at_ms) };

	return store_exec(conn, STORE_HOST,
	                  "INSERT INTO _cursor(publisher, topic, epoch, seq, live, mark, marked_at, parted) "
	                  "VALUES($1, $2, $3, $4, $5, $6, $7, -1) "
	                  "{{upsert publisher, topic}} epoch = excluded.epoch, seq = excluded.seq, live = excluded.live, "
	                  "mark = excluded.mark, marked_at = excluded.marked_at, parted = excluded.parted",
	                  args, G_N_ELEMENTS(args), NULL, error);
}

/* The sender knows the event at the end of what it sent, be it one of another topic; before that, ours have been seen. */
static LogMark mark_of(const CallRequest *request, const LogPosition *at)
{
	if (request->mark.digest != 0 && log_position_compare(at, &request->upto) == 0)
		return request->mark;
	for (guint i = 0; i < request->n_events; i++) {
		const CallEvent *event = &request->events[i];

		if (event->position.seq == at->seq && event->mark != 0)
			return (LogMark){ event->mark, event->at_ms };
		if (event->position.seq == at->seq)
			return log_mark(&(LogEvent){ .position = event->position,
			                             .topic = event->topic,
			                             .subject = event->subject,
			                             .division = event->division,
			                             .body = event->body,
			                             .body_length = event->body_length,
			                             .at_ms = event->at_ms });
	}
	return (LogMark){ 0 };
}

/* Forward only: one that was further already stays. */
gboolean cursors_move(Call *call, StoreConn *conn, const LogPosition *to, gboolean live, GError **error)
{
	const Delivery *delivery = call->delivery;
	const LogMark mark = mark_of(call->request, to);

	for (guint i = 0; i < delivery->n_cursors; i++) {
		const Cursor *cursor = &delivery->cursors[i];
		const gboolean further = log_position_compare(&cursor->at, to) < 0;

		if (cursor->stored && !further && (cursor->live || !live))
			continue;
		if (!store_cursor(conn, delivery->publisher, cursor, further ? to : &cursor->at,
		                  further ? &mark : &cursor->mark, cursor->live || live, error))
			return FALSE;
	}
	return held_moved(call, conn, to, error);
}

/* ---- CALL_REWIND ---- */

/* What is set aside and comes again must not be there twice; what a shorter log does not hold any more stays. */
static gboolean rewind_parked(StoreConn *conn, const char *publisher, const LogPosition *to, gboolean cut,
                              GError **error)
{
	zhen_value args[] = { zhen_from_text(publisher), zhen_from_int(to->epoch), zhen_from_int(to->seq) };

	if (!store_exec(conn, STORE_HOST,
	                cut ? "UPDATE _parked SET epoch = $2 WHERE publisher = $1 AND seq <= $3"
	                    : "DELETE FROM _parked WHERE publisher = $1 AND epoch = $2 AND seq > $3",
	                args, G_N_ELEMENTS(args), NULL, error))
		return FALSE;
	return cut || parked_recount(conn, error);
}

static gboolean move_cursors(Call *call, StoreConn *conn, gboolean cut, GError **error)
{
	const Delivery *delivery = call->delivery;
	const CallRequest *request = call->request;

	if (!cursors_load(call, conn, error))
		return FALSE;
	for (guint i = 0; i < delivery->n_cursors; i++) {
		const Cursor *cursor = &delivery->cursors[i];
		const gboolean stays = cut && cursor->at.seq < request->upto.seq;
		const LogPosition to = { request->upto.epoch, stays ? cursor->at.seq : request->upto.seq };

		if (!store_cursor(conn, delivery->publisher, cursor, &to, stays ? &cursor->mark : &request->mark, cursor->live,
		                  error))
			return FALSE;
	}
	return held_rewound(call, conn, cut, error) &&
	       rewind_parked(conn, delivery->publisher, &request->upto, cut, error);
}

/* The shortest that was seen counts: behind it the log was written anew. */
static gboolean note_apart(const Call *call, StoreConn *conn, GError **error)
{
	const LogPosition *end = &call->request->upto;
	zhen_value args[] = { zhen_from_text(call->delivery->publisher), zhen_from_int(end->epoch),
		              zhen_from_int(end->seq) };

	return store_exec(conn, STORE_HOST,
	                  "UPDATE _cursor SET parted = $3 WHERE publisher = $1 AND epoch = $2 AND seq > $3 AND "
	                  "(parted < 0 OR parted > $3)",
	                  args, G_N_ELEMENTS(args), NULL, error);
}

static gboolean rewind_run(StoreJob *job, StoreConn *conn)
{
	Call *call = events_call_of(job);
	const guint act = call->request->index;
	g_autoptr(GError) error = NULL;

	exec_begin(call);
	if (!(act == REWIND_APART ? note_apart(call, conn, &error) : move_cursors(call, conn, act == REWIND_CUT, &error))) {
		exec_error(call, error);
		return FALSE;
	}
	call->status = ZHEN_NO_CONTENT;
	return TRUE;
}

static gboolean rewind_record(StoreJob *job, StoreConn *conn, gboolean kept, GError **error)
{
	Call *call = events_call_of(job);
	static const char *const verbs[] = {
		[REWIND_REPLAY] = "replay", [REWIND_CUT] = "accept", [REWIND_APART] = "apart"
	};
	const CallEvent to = { .position = call->request->upto };

	(void)kept;
	return events_audit(call, conn, verbs[MIN(call->request->index, REWIND_APART)], &to, call->status, error);
}

static void move_done(StoreJob *job, const GError *error)
{
	Call *call = events_call_of(job);

	if (error != NULL)
		events_lost(call, error);
	exec_post(call);
}

void rewind_submit(Call *call)
{
	if (cursors_find(call, call->delivery->publisher)) {
		events_start(call, (StoreJob){ .run = rewind_run, .record = rewind_record, .done = move_done });
		return;
	}
	exec_refuse(call, ZHEN_NOT_FOUND, "not-subscribed", "模块没有订阅 %s 的事件", call->delivery->publisher);
	exec_answer(call);
}

/* ---- CALL_TRIM ---- */

static gboolean read_meta(StoreConn *conn, const char *name, gint64 *out, GError **error)
{
	zhen_value arg = zhen_from_text(name);

	return store_exec(conn, STORE_HOST, "SELECT value FROM _meta WHERE name = $1", &arg, 1, out, error);
}

static gboolean trim_topic(StoreConn *conn, const char *topic, gint64 from, gint64 to, guint64 *deleted, GError **error)
{
	zhen_value args[] = { zhen_from_text(topic), zhen_from_int(from), zhen_from_int(to) };

	if (!store_exec(conn, STORE_HOST, "DELETE FROM _event WHERE topic = $1 AND seq > $2 AND seq <= $3", args,
	                G_N_ELEMENTS(args), NULL, error))
		return FALSE;
	*deleted += (guint64)store_changes(conn);
	return TRUE;
}

/* A piece: from where the last one ended. The reply says how far it came. */
static gboolean trim(Call *call, StoreConn *conn, gint64 *out_to, GError **error)
{
	const Plugin *plugin = call->runtime->plugin;
	const LogPosition *upto = &call->request->upto;
	gint64 epoch = 0, from = 0;

	if (!read_meta(conn, "epoch", &epoch, error) || !read_meta(conn, "trimmed", &from, error))
		return FALSE;
	if (epoch != upto->epoch)
		return throw_error(error, ERROR_CONSTRAINT, "events of another epoch");
	*out_to = MAX(from, MIN(upto->seq, from + TRIM_STEP));
	call->delivery->deleted = 0;
	for (guint i = 0; i < plugin->n_topics; i++)
		if ((plugin->topics[i].flags & ZHEN_TRANSIENT) != 0 &&
		    !trim_topic(conn, plugin->topics[i].name, from, *out_to, &call->delivery->deleted, error))
			return FALSE;
	zhen_value args[] = { zhen_from_text("trimmed"), zhen_from_int(*out_to) };
	return store_exec(conn, STORE_HOST,
	                  "INSERT INTO _meta(name, value) VALUES($1, $2) {{upsert name}} value = excluded.value", args,
	                  G_N_ELEMENTS(args), NULL, error);
}

static gboolean trim_run(StoreJob *job, StoreConn *conn)
{
	Call *call = events_call_of(job);
	g_autoptr(GError) error = NULL;
	LogPosition to = call->request->upto;
	char at[LOG_POSITION_TEXT];

	exec_begin(call);
	if (!trim(call, conn, &to.seq, &error)) {
		exec_error(call, error);
		return FALSE;
	}
	call->status = ZHEN_OK;
	log_position_print(&to, at);
	json_open(&call->out, NULL, FALSE);
	json_put_text(&call->out, "upto", at);
	json_put_int(&call->out, "deleted", (gint64)call->delivery->deleted);
	json_close_one(&call->out);
	return TRUE;
}

static gboolean trim_record(StoreJob *job, StoreConn *conn, gboolean kept, GError **error)
{
	Call *call = events_call_of(job);
	const CallEvent to = { .position = call->request->upto };

	if (!kept || call->delivery->deleted == 0)
		return TRUE;
	call->delivery->publisher = call->runtime->plugin->id;
	return events_audit(call, conn, "trim", &to, call->status, error);
}

void trim_submit(Call *call)
{
	events_start(call, (StoreJob){ .run = trim_run, .record = trim_record, .done = move_done });
}
