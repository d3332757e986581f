/* SPDX-License-Identifier: Apache-2.0
 * Events set aside: rows of _parked, and CALL_PARKED on one of them. That a retry began is committed before it runs, with
 * the time of the next one: an event whose handler ends the process is tried a few times, later each time, and then not
 * any more. */
#include <string.h>
#include "base/log.h"
#include "runtime/events.h"

#define TRIES_MAX 10
#define BACKOFF_MS 1000
#define BACKOFF_MAX_MS (3600 * 1000)
#define PARKED_MAX 100000

/* ---- rows ---- */

gint64 parked_next_try(const Runtime *runtime, gint64 tries, gint64 now_ms)
{
	const RuntimeEnv *env = runtime->env;
	const gint64 most = env->event_tries > 0 ? env->event_tries : TRIES_MAX;
	const gint64 first = env->event_backoff_ms > 0 ? env->event_backoff_ms : BACKOFF_MS;

	if (tries >= most)
		return NEVER;
	return now_ms + MIN(first << MIN(MAX(tries, 1) - 1, 20), BACKOFF_MAX_MS);
}

gint64 parked_room(const Runtime *runtime, StoreConn *conn)
{
	const gint64 most = runtime->env->parked_max > 0 ? runtime->env->parked_max : PARKED_MAX;
	gint64 rows = most;

	store_exec(conn, STORE_HOST, "SELECT COUNT(*) FROM _parked", NULL, 0, &rows, NULL);
	return MAX(most - rows, 0);
}

gboolean parked_any(StoreConn *conn, const char *publisher, gboolean *out, GError **error)
{
	zhen_value arg = zhen_from_text(publisher);
	gint64 found = 0;

	if (!store_exec(conn, STORE_HOST, "SELECT 1 FROM _parked WHERE publisher = $1 AND subject > '' LIMIT 1", &arg, 1, &found,
	                error))
		return FALSE;
	*out = found != 0;
	return TRUE;
}

gboolean parked_before(StoreConn *conn, const char *publisher, const char *subject, gboolean *out, GError **error)
{
	zhen_value args[] = { zhen_from_text(publisher), zhen_from_text(subject) };
	gint64 found = 0;

	if (!store_exec(conn, STORE_HOST, "SELECT 1 FROM _parked WHERE publisher = $1 AND subject = $2 LIMIT 1", args,
	                G_N_ELEMENTS(args), &found, error))
		return FALSE;
	*out = found != 0;
	return TRUE;
}

gboolean parked_insert(StoreConn *conn, const char *publisher, const ParkedRow *row, gint64 not_before, gint64 now_ms,
                       GError **error)
{
	const CallEvent *event = &row->event;
	zhen_value body = { ZHEN_KIND_TEXT, (guint32)event->body_length, { .text = event->body } };
	zhen_value args[] = {
		zhen_from_text(publisher),
		zhen_from_int(event->position.epoch),
		zhen_from_int(event->position.seq),
		zhen_from_text(event->topic),
		zhen_from_text(event->subject),
		zhen_from_text(event->division),
		zhen_from_int(event->at_ms),
		body,
		zhen_from_text(row->code),
		zhen_from_text(row->error),
		zhen_from_int(row->tries),
		zhen_from_int(not_before),
		zhen_from_int(now_ms),
	};

	return store_exec(conn, STORE_HOST,
	                  "INSERT INTO _parked(publisher, epoch, seq, topic, subject, division, at, body, code, error, tries, "
	                  "not_before, parked_at) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
	                  args, G_N_ELEMENTS(args), NULL, error);
}

static const char *keep_text(Call *call, StoreStmt *stmt, guint column)
{
	zhen_value value;

	store_column(stmt, column, &value);
	return value.kind == ZHEN_KIND_TEXT ? arena_strndup(call->keep, value.as.text, value.length) : "";
}

static gint64 take_int(StoreStmt *stmt, guint column)
{
	zhen_value value;

	store_column(stmt, column, &value);
	return value.as.integer;
}

static ParkedRow *take_row(Call *call, StoreStmt *stmt)
{
	ParkedRow *row = arena_alloc0(call->keep, sizeof *row);

	row->id = call->request->job_id;
	row->publisher = keep_text(call, stmt, 0);
	row->event.position = (LogPosition){ take_int(stmt, 1), take_int(stmt, 2) };
	row->event.topic = keep_text(call, stmt, 3);
	row->event.subject = keep_text(call, stmt, 4);
	row->event.division = keep_text(call, stmt, 5);
	row->event.at_ms = take_int(stmt, 6);
	row->event.body = keep_text(call, stmt, 7);
	row->event.body_length = strlen(row->event.body);
	row->code = keep_text(call, stmt, 8);
	row->error = keep_text(call, stmt, 9);
	row->tries = take_int(stmt, 10);
	return row;
}

/* FALSE: refused, says why. */
static gboolean load(Call *call, StoreConn *conn)
{
	zhen_value id = zhen_from_int(call->request->job_id);
	g_autoptr(GError) error = NULL;
	StoreStmt *stmt = store_prepare(conn, STORE_HOST,
	                                "SELECT publisher, epoch, seq, topic, subject, division, at, body, code, error, tries "
	                                "FROM _parked WHERE id = $1",
	                                NULL, &id, 1, &error);
	StoreStep step = stmt != NULL ? store_step(stmt, &error) : STORE_FAILED;

	call->delivery->row = NULL;
	if (step == STORE_ROW) {
		call->delivery->row = take_row(call, stmt);
		call->delivery->publisher = call->delivery->row->publisher;
	} else if (step == STORE_FAILED) {
		exec_error(call, error);
	} else {
		exec_refuse(call, ZHEN_NOT_FOUND, "no-such-event", "没有编号为 %" G_GINT64_FORMAT " 的搁置事件，可能已经处理",
		            call->request->job_id);
	}
	if (stmt != NULL)
		store_reset(stmt);
	return call->delivery->row != NULL;
}

static gboolean first_of_subject(Call *call, StoreConn *conn, gint64 *out, GError **error)
{
	const ParkedRow *row = call->delivery->row;
	zhen_value args[] = { zhen_from_text(row->publisher), zhen_from_text(row->event.subject) };

	*out = row->id;
	return row->event.subject[0] == '\0' ||
	       store_exec(conn, STORE_HOST, "SELECT MIN(id) FROM _parked WHERE publisher = $1 AND subject = $2", args,
	                  G_N_ELEMENTS(args), out, error);
}

static gboolean may_run(Call *call, StoreConn *conn)
{
	const ParkedRow *row = call->delivery->row;
	g_autoptr(GError) error = NULL;
	gint64 first;

	if (!first_of_subject(call, conn, &first, &error)) {
		exec_error(call, error);
		return FALSE;
	}
	if (first != row->id)
		exec_refuse(call, ZHEN_CONFLICT, "behind", "同一事项的搁置事件 %" G_GINT64_FORMAT " 在前，请先处理", first);
	else if (strcmp(row->code, "not-valid") == 0)
		exec_refuse(call, ZHEN_CONFLICT, "not-valid", "事件内容不合声明（%s），不能重试，只能丢弃", row->error);
	return !call->failed;
}

/* The row goes; who stood behind it is due at once. */
static gboolean let_go(Call *call, StoreConn *conn, GError **error)
{
	const ParkedRow *row = call->delivery->row;
	zhen_value id = zhen_from_int(row->id);
	gint64 first;

	if (!first_of_subject(call, conn, &first, error) ||
	    !store_exec(conn, STORE_HOST, "DELETE FROM _parked WHERE id = $1", &id, 1, NULL, error))
		return FALSE;
	if (first != row->id || row->event.subject[0] == '\0')
		return TRUE;
	zhen_value args[] = { zhen_from_text(row->publisher), zhen_from_text(row->event.subject),
		              zhen_from_int(call->request->now_ms) };
	return store_exec(conn, STORE_HOST,
	                  "UPDATE _parked SET not_before = $3 WHERE code = 'behind' AND id = "
	                  "(SELECT MIN(id) FROM _parked WHERE publisher = $1 AND subject = $2)",
	                  args, G_N_ELEMENTS(args), NULL, error);
}

static gboolean store_state(StoreConn *conn, const ParkedRow *row, gint64 tries, gint64 not_before, const char *code,
                            const char *text, GError **error)
{
	zhen_value args[] = { zhen_from_int(row->id), zhen_from_int(tries), zhen_from_int(not_before), zhen_from_text(code),
		              zhen_from_text(text) };

	return store_exec(conn, STORE_HOST,
	                  "UPDATE _parked SET tries = $2, not_before = $3, code = $4, error = $5 WHERE id = $1", args,
	                  G_N_ELEMENTS(args), NULL, error);
}

static void finish(Call *call, const GError *error)
{
	if (error != NULL)
		events_lost(call, error);
	retries_wake(call->runtime);
	exec_post(call);
}

/* ---- retry, second: the handler ---- */

static gboolean retry_run(StoreJob *job, StoreConn *conn)
{
	Call *call = events_call_of(job);
	Delivery *delivery = call->delivery;
	g_autoptr(GError) error = NULL;
	const Cursor *cursor;

	exec_begin(call);
	delivery->ran = FALSE;
	if (!load(call, conn) || !may_run(call, conn))
		return FALSE;
	delivery->ran = TRUE;
	cursor = cursors_find(call, delivery->row->publisher) ? cursors_of(delivery, delivery->row->event.topic) : NULL;
	if (cursor == NULL) {
		exec_refuse(call, ZHEN_CONFLICT, "not-subscribed", "模块不再订阅 %s", delivery->row->event.topic);
		return FALSE;
	}
	if (!events_handle(call, conn, cursor, &delivery->row->event))
		return FALSE;
	if (let_go(call, conn, &error))
		return TRUE;
	exec_error(call, error);
	return FALSE;
}

/* The mark counted this try already, and says when the next one is. */
static gboolean retry_record(StoreJob *job, StoreConn *conn, gboolean kept, GError **error)
{
	Call *call = events_call_of(job);
	Delivery *delivery = call->delivery;
	const ParkedRow *row = delivery->row;
	const gint64 now = call->request->now_ms;

	if (row == NULL || !delivery->ran)
		return TRUE;
	if (!kept && events_may_pass(call))
		return store_state(conn, row, row->tries - 1, parked_next_try(call->runtime, 1, now), delivery->code,
		                   delivery->text, error);
	if (!kept) {
		events_keep_failure(call);
		if (!store_state(conn, row, row->tries, parked_next_try(call->runtime, row->tries, now), delivery->code,
		                 delivery->text, error))
			return FALSE;
	}
	return events_audit(call, conn, "retry", &row->event, call->status, error);
}

static void retry_done(StoreJob *job, const GError *error)
{
	Call *call = events_call_of(job);

	if (error == NULL)
		events_committed(call);
	finish(call, error);
}

/* ---- retry, first: that it begins ---- */

static gboolean begin_run(StoreJob *job, StoreConn *conn)
{
	Call *call = events_call_of(job);
	Delivery *delivery = call->delivery;
	const gint64 now = call->request->now_ms;
	g_autoptr(GError) error = NULL;
	const ParkedRow *row;

	exec_begin(call);
	if (!load(call, conn) || !may_run(call, conn))
		return FALSE;
	row = delivery->row;
	delivery->code = row->code;
	delivery->text = row->error;
	if (store_state(conn, row, row->tries + 1, parked_next_try(call->runtime, row->tries + 1, now), "crashed",
	                "the process ended while it ran", &error))
		return TRUE;
	exec_error(call, error);
	return FALSE;
}

static void begin_done(StoreJob *job, const GError *error)
{
	Call *call = events_call_of(job);

	if (error != NULL || call->failed)
		finish(call, error);
	else
		events_start(call, (StoreJob){ .run = retry_run, .record = retry_record, .done = retry_done });
}

/* ---- drop ---- */

static gboolean drop_run(StoreJob *job, StoreConn *conn)
{
	Call *call = events_call_of(job);
	g_autoptr(GError) error = NULL;

	exec_begin(call);
	if (!load(call, conn))
		return FALSE;
	if (!let_go(call, conn, &error)) {
		exec_error(call, error);
		return FALSE;
	}
	call->status = ZHEN_NO_CONTENT;
	return TRUE;
}

static gboolean drop_record(StoreJob *job, StoreConn *conn, gboolean kept, GError **error)
{
	Call *call = events_call_of(job);

	return !kept || events_audit(call, conn, "drop", &call->delivery->row->event, call->status, error);
}

static void drop_done(StoreJob *job, const GError *error)
{
	finish(events_call_of(job), error);
}

/* ---- the way in ---- */

void parked_submit(Call *call)
{
	switch (call->request->index) {
	case PARKED_RETRY:
		events_start(call, (StoreJob){ .run = begin_run, .done = begin_done });
		return;
	case PARKED_DROP:
		events_start(call, (StoreJob){ .run = drop_run, .record = drop_record, .done = drop_done });
		return;
	default:
		exec_refuse(call, ZHEN_BAD_REQUEST, "bad-request", "搁置的事件只能重试或丢弃");
		exec_answer(call);
	}
}
