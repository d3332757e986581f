/* SPDX-License-Identifier: Apache-2.0
 * CALL_PARKED: an event set aside is tried again, or dropped. That a retry began is committed before it runs (code "trying",
 * which the next start turns into what became of it, see parked_recover.c), with the time of the next one: an event whose handler ends the process is tried a few times, later each time, and then not any more.
 * Those that only waited behind it follow in the same transaction, unless it has ended a process before. */
#include <string.h>
#include "base/clock.h"
#include "runtime/events.h"
#include "runtime/running.h"

#define FOLLOWERS_MAX 64
#define COLUMNS "id, publisher, epoch, seq, topic, subject, division, at, body, code, error, tries"

/* ---- rows ---- */

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

static const ParkedRow *take_row(Call *call, StoreStmt *stmt)
{
	ParkedRow *row = arena_alloc0(call->keep, sizeof *row);

	row->id = take_int(stmt, 0);
	row->publisher = keep_text(call, stmt, 1);
	row->event.position = (LogPosition){ take_int(stmt, 2), take_int(stmt, 3) };
	row->event.topic = keep_text(call, stmt, 4);
	row->event.subject = keep_text(call, stmt, 5);
	row->event.division = keep_text(call, stmt, 6);
	row->event.at_ms = take_int(stmt, 7);
	row->event.body = keep_text(call, stmt, 8);
	row->event.body_length = strlen(row->event.body);
	row->code = keep_text(call, stmt, 9);
	row->error = keep_text(call, stmt, 10);
	row->tries = take_int(stmt, 11);
	return row;
}

/* *@out NULL: there is none. */
static gboolean read_row(Call *call, StoreConn *conn, const char *sql, const zhen_value *args, guint n_args,
                         const ParkedRow **out, GError **error)
{
	StoreStmt *stmt = store_prepare(conn, STORE_HOST, sql, NULL, args, n_args, error);
	const StoreStep step = stmt != NULL ? store_step(stmt, error) : STORE_FAILED;

	*out = step == STORE_ROW ? take_row(call, stmt) : NULL;
	if (stmt != NULL)
		store_reset(stmt);
	return step != STORE_FAILED;
}

/* FALSE: refused, says why. */
static gboolean load(Call *call, StoreConn *conn)
{
	Delivery *delivery = call->delivery;
	zhen_value id = zhen_from_int(call->request->job_id);
	g_autoptr(GError) error = NULL;

	if (!read_row(call, conn, "SELECT " COLUMNS " FROM _parked WHERE id = $1", &id, 1, &delivery->row, &error))
		exec_error(call, error);
	else if (delivery->row == NULL)
		exec_refuse(call, ZHEN_NOT_FOUND, "no-such-event",
		            "没有编号为 %" G_GINT64_FORMAT " 的搁置事件，可能已经处理", call->request->job_id);
	else
		delivery->publisher = delivery->row->publisher;
	return delivery->row != NULL;
}

static gboolean first_of_subject(StoreConn *conn, const ParkedRow *row, gint64 *out, GError **error)
{
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

	if (!first_of_subject(conn, row, &first, &error)) {
		exec_error(call, error);
		return FALSE;
	}
	if (first != row->id)
		exec_refuse(call, ZHEN_CONFLICT, "behind", "同一事项的搁置事件 %" G_GINT64_FORMAT " 在前，请先处理",
		            first);
	else if (strcmp(row->code, "not-valid") == 0 && call->request->index != PARKED_CHECKED)
		exec_refuse(call, ZHEN_CONFLICT, "not-valid", "事件内容不合声明（%s），不能重试，只能丢弃", row->error);
	return !call->failed;
}

/* The row goes; who stood behind it is due at once. */
static gboolean let_go(Call *call, StoreConn *conn, const ParkedRow *row, GError **error)
{
	zhen_value id = zhen_from_int(row->id);
	gint64 first;

	if (!first_of_subject(conn, row, &first, error) ||
	    !store_exec(conn, STORE_HOST, "DELETE FROM _parked WHERE id = $1", &id, 1, NULL, error) ||
	    !parked_counted(conn, row->publisher, row->event.subject, -1, error))
		return FALSE;
	if (first != row->id || row->event.subject[0] == '\0')
		return TRUE;
	zhen_value args[] = { zhen_from_text(row->publisher), zhen_from_text(row->event.subject),
		              zhen_from_int(call->request->now_ms) };
	return held_let_go(call, conn, row->event.subject, error) &&
	       store_exec(conn, STORE_HOST,
	                  "UPDATE _parked SET not_before = $3 WHERE code = 'behind' AND id = "
	                  "(SELECT MIN(id) FROM _parked WHERE publisher = $1 AND subject = $2)",
	                  args, G_N_ELEMENTS(args), NULL, error);
}

static gboolean store_state(StoreConn *conn, const ParkedRow *row, gint64 tries, gint64 not_before, const char *code,
                            const char *text, GError **error)
{
	zhen_value args[] = { zhen_from_int(row->id), zhen_from_int(tries), zhen_from_int(not_before),
		              zhen_from_text(code), zhen_from_text(text) };

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

/* FALSE: refused, says why. */
static gboolean take(Call *call, StoreConn *conn, const ParkedRow *row)
{
	const Cursor *cursor = cursors_of(call->delivery, row->event.topic);
	g_autoptr(GError) error = NULL;

	if (cursor == NULL) {
		exec_refuse(call, ZHEN_CONFLICT, "not-subscribed", "模块不再订阅 %s", row->event.topic);
		return FALSE;
	}
	if (features_off_for(call, cursor->row->feature, &row->event)) {
		exec_refuse(call, ZHEN_CONFLICT, "feature-off", "此功能在该地未启用：%s (its feature is off there)",
		            cursor->row->feature);
		return FALSE;
	}
	if (!events_handle(call, conn, cursor, &row->event))
		return FALSE;
	if (let_go(call, conn, row, &error))
		return TRUE;
	exec_error(call, error);
	return FALSE;
}

/* Those that only waited. One that fails makes the whole run be done again without it. */
static gboolean take_followers(Call *call, StoreConn *conn)
{
	Delivery *delivery = call->delivery;
	const CallEvent *event = &delivery->row->event;
	zhen_value args[] = { zhen_from_text(delivery->publisher), zhen_from_text(event->subject) };
	const ParkedRow *row;

	while (event->subject[0] != '\0' && delivery->n_parked < delivery->followers &&
	       clock_mono_us() < delivery->until_us) {
		ParkedNote *note = arena_alloc(call->keep, sizeof *note);

		delivery->follower_failed = TRUE;
		if (!read_row(call, conn,
		              "SELECT " COLUMNS " FROM _parked WHERE publisher = $1 AND subject = $2 ORDER BY id LIMIT 1", args,
		              G_N_ELEMENTS(args), &row, NULL))
			return FALSE;
		delivery->follower_failed = FALSE;
		if (row == NULL || strcmp(row->code, "behind") != 0 ||
		    running_deaths(call->runtime->at_work, row->publisher, &row->event.position) > 0)
			return TRUE;
		delivery->follower_failed = !take(call, conn, row);
		if (delivery->follower_failed)
			return FALSE;
		*note = (ParkedNote){ delivery->notes, &row->event, row->code, call->status };
		delivery->notes = note;
		delivery->n_parked++;
	}
	return TRUE;
}

static gboolean retry_run(StoreJob *job, StoreConn *conn)
{
	Call *call = events_call_of(job);
	Delivery *delivery = call->delivery;

	exec_begin(call);
	delivery->ran = delivery->follower_failed = FALSE;
	delivery->notes = NULL;
	delivery->n_parked = 0;
	delivery->until_us = events_turn_end(call);
	if (!load(call, conn) || !may_run(call, conn))
		return FALSE;
	delivery->ran = TRUE;
	cursors_find(call, delivery->row->publisher);
	return take(call, conn, delivery->row) && take_followers(call, conn);
}

/* Oldest first: the list has the newest in front. */
static gboolean audit_followers(Call *call, StoreConn *conn, const ParkedNote *note, GError **error)
{
	return note == NULL || (audit_followers(call, conn, note->next, error) &&
	                        events_audit(call, conn, "retry", note->event, note->outcome, error));
}

/* The mark counted this try already, and says when the next one is. */
static gboolean retry_record(StoreJob *job, StoreConn *conn, gboolean kept, GError **error)
{
	Call *call = events_call_of(job);
	Delivery *delivery = call->delivery;
	const ParkedRow *row = delivery->row;
	const gint64 now = call->request->now_ms;

	if (row == NULL || !delivery->ran || delivery->follower_failed)
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
	return events_audit(call, conn, "retry", &row->event, kept ? ZHEN_OK : delivery->outcome, error) &&
	       (!kept || audit_followers(call, conn, delivery->notes, error));
}

static void retry_done(StoreJob *job, const GError *error)
{
	Call *call = events_call_of(job);
	Delivery *delivery = call->delivery;

	if (delivery->follower_failed && delivery->followers > 0) {
		delivery->followers = delivery->n_parked;
		events_start(call, (StoreJob){ .run = retry_run, .record = retry_record, .done = retry_done });
		return;
	}
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
	gboolean lost;
	gint64 tries;

	exec_begin(call);
	if (!load(call, conn) || !may_run(call, conn))
		return FALSE;
	row = delivery->row;
	lost = strcmp(row->code, PARKED_TRYING) == 0; /* one of this process that could not run, nor say so */
	tries = lost ? row->tries : row->tries + 1;
	delivery->followers = strcmp(row->code, "crashed") == 0 ? 0 : FOLLOWERS_MAX;
	delivery->code = lost ? PARKED_INTERRUPTED : row->code;
	delivery->text = row->error;
	if (store_state(conn, row, tries, parked_next_try(call->runtime, tries, now), PARKED_TRYING, row->error,
	                &error))
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
	if (!let_go(call, conn, call->delivery->row, &error)) {
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
	if (error == NULL)
		events_committed(events_call_of(job));
	finish(events_call_of(job), error);
}

/* ---- the way in ---- */

void parked_submit(Call *call)
{
	switch (call->request->index) {
	case PARKED_RETRY:
	case PARKED_CHECKED:
		events_start(call, (StoreJob){ .run = begin_run, .done = begin_done });
		return;
	case PARKED_DROP:
		events_start(call, (StoreJob){ .run = drop_run, .record = drop_record, .done = drop_done });
		return;
	case PARKED_RUN_RETRY:
	case PARKED_RUN_DROP:
		parked_run_submit(call);
		return;
	default:
		exec_refuse(call, ZHEN_BAD_REQUEST, "bad-request", "搁置的事件只能重试或丢弃");
		exec_answer(call);
	}
}
