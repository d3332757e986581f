/* SPDX-License-Identifier: Apache-2.0
 * CALL_EVENTS: the handlers of several events and the cursor that says so, one transaction. A single event that fails is
 * set aside in the transaction that moves the cursor past it. */
#include <string.h>
#include "base/clock.h"
#include "base/log.h"
#include "runtime/events.h"
#include "runtime/points.h"
#include "runtime/running.h"

#define TURN_US 20000 /* of handlers, as shipped */

typedef enum Step { STEP_NEXT, STEP_STOP, STEP_FAILED } Step;

/* ---- what every call of the bus does ---- */

Call *events_call_of(StoreJob *job)
{
	return (Call *)((char *)job - G_STRUCT_OFFSET(Call, store_job));
}

void events_start(Call *call, StoreJob job)
{
	g_autoptr(GError) error = NULL;

	call->store_job = job;
	if (store_submit(call->runtime->store, &call->store_job, &error))
		return;
	exec_begin(call);
	exec_error(call, error);
	exec_post(call);
}

void events_lost(Call *call, const GError *error)
{
	exec_begin(call);
	if (error->code == ERROR_FULL || error->code == ERROR_BUSY)
		exec_error(call, error);
	else
		exec_refuse(call, ZHEN_UNAVAILABLE, "not-committed", "事务没有提交：%s", error->message);
}

gboolean events_may_pass(const Call *call)
{
	return call->fault == ERROR_FULL + 1 || call->fault == ERROR_BUSY + 1 || call->fault == ERROR_IO + 1;
}

void events_committed(const Call *call)
{
	const RuntimeEnv *env = call->runtime->env;

	if (call->failed || call->status >= 400)
		return;
	if (call->enqueued)
		jobs_wake(call->runtime);
	if (!call->emitted)
		return;
	point_pass("published");
	if (env->emitted != NULL)
		env->emitted(env->emitted_data, call->runtime->plugin);
}

gboolean events_audit(Call *call, StoreConn *conn, const char *verb, const CallEvent *event, gint outcome,
                      GError **error)
{
	AuditRow row;
	char at[LOG_POSITION_TEXT];

	exec_digest(call, call->runtime->request_digest);
	log_position_print(&event->position, at);
	row = exec_audit_row(call);
	row.route = arena_printf(call->arena, "%s %s", verb, call->delivery->publisher);
	row.subject = at;
	row.outcome = outcome;
	return audit_append(call->runtime->audit, conn, &row, error);
}

void events_keep_failure(Call *call)
{
	Delivery *delivery = call->delivery;
	const char *text = call->field_errors != NULL ? call->field_errors->str : call->fail_text;

	delivery->outcome = call->status;
	delivery->code = call->fail_code != NULL ? arena_strdup(call->keep, call->fail_code) :
	                                           arena_printf(call->keep, "status-%d", call->status);
	delivery->text = text != NULL ? arena_strndup(call->keep, text, MIN(strlen(text), 2000)) : "";
}

gboolean events_handle(Call *call, StoreConn *conn, const Cursor *cursor, const CallEvent *event)
{
	const gboolean emitted = call->emitted, enqueued = call->enqueued;
	gboolean fine;

	exec_begin(call);
	call->event = event;
	call->subscription = cursor->row;
	call->handle = cursor->row->handle;
	running_begin(call->runtime->at_work, call->delivery->publisher, &event->position);
	fine = event_bind(call, event, cursor) && exec_run(call, conn, TRUE);
	running_end(call->runtime->at_work);
	call->event = NULL;
	call->emitted |= emitted;
	call->enqueued |= enqueued;
	return fine;
}

/* ---- one delivery ---- */

gint64 events_turn_end(const Call *call)
{
	const gint64 turn = call->runtime->env->event_turn_us;

	return clock_mono_us() + (turn > 0 ? turn : TURN_US);
}

static void begin_delivery(Call *call)
{
	Delivery *delivery = call->delivery;

	exec_begin(call);
	exec_digest(call, call->runtime->request_digest);
	delivery->at = call->request->after;
	delivery->handled = delivery->n_parked = 0;
	delivery->notes = NULL;
	delivery->last_note = &delivery->notes;
	delivery->until_us = events_turn_end(call);
	delivery->any_parked = -1;
	delivery->room = -1;
	delivery->failed = NULL;
	delivery->full = FALSE;
}

static gboolean failed_with(Call *call, const GError *error)
{
	exec_error(call, error);
	return FALSE;
}

/* The cursor of each topic is where the sender says, or further. */
static gboolean fits(Call *call)
{
	const CallRequest *request = call->request;
	const Delivery *delivery = call->delivery;
	const gint64 epoch = request->upto.epoch;

	for (guint i = 0; i < delivery->n_cursors; i++) {
		const Cursor *cursor = &delivery->cursors[i];
		char at[LOG_POSITION_TEXT], after[LOG_POSITION_TEXT];

		if (cursor->at.epoch == epoch && request->after.epoch == epoch &&
		    log_position_compare(&cursor->at, &request->after) >= 0)
			continue;
		log_position_print(&cursor->at, at);
		log_position_print(&request->after, after);
		exec_refuse(call, ZHEN_CONFLICT, "events-gap", "事件 %s 已处理到 %s，不能从 %s 之后接着送",
		            cursor->row->topic, at, after);
		return FALSE;
	}
	if (request->after.epoch != epoch || log_position_compare(&request->after, &request->upto) > 0) {
		exec_refuse(call, ZHEN_BAD_REQUEST, "bad-delivery", "送达的事件次序不对");
		return FALSE;
	}
	return TRUE;
}

static void note_parked(Call *call, const CallEvent *event, const char *code, gint outcome)
{
	Delivery *delivery = call->delivery;
	ParkedNote *note = arena_alloc(call->keep, sizeof *note);

	*note = (ParkedNote){ NULL, event, code, outcome };
	*delivery->last_note = note;
	delivery->last_note = &note->next;
	delivery->n_parked++;
	if (event->subject[0] != '\0')
		delivery->any_parked = TRUE;
}

/* Not run at all: it is behind another, or nobody should run it now. @tries 0: not until somebody looks after it. */
static Step set_aside(Call *call, StoreConn *conn, const CallEvent *event, const char *code, const char *text,
                      gint64 tries)
{
	Delivery *delivery = call->delivery;
	const ParkedRow row = { .event = *event, .code = code, .error = text, .tries = tries };
	const gint64 now = call->request->now_ms;
	const gint64 next = tries > 0 ? parked_next_try(call->runtime, tries, now) : NEVER;
	g_autoptr(GError) error = NULL;

	if (delivery->room < 0)
		delivery->room = parked_room(call->runtime, conn, delivery->publisher, &delivery->full_code);
	if (delivery->room == 0) {
		delivery->full = TRUE;
		return STEP_STOP;
	}
	if (!parked_insert(conn, delivery->publisher, &row, next, now, &error)) {
		exec_error(call, error);
		return STEP_FAILED;
	}
	delivery->room--;
	note_parked(call, event, code, ZHEN_ACCEPTED);
	return STEP_NEXT;
}

static gboolean is_behind(Call *call, StoreConn *conn, const CallEvent *event, gboolean *out, GError **error)
{
	Delivery *delivery = call->delivery;
	gboolean any = delivery->any_parked > 0;

	*out = FALSE;
	if (event->subject[0] == '\0')
		return TRUE;
	if (delivery->any_parked < 0) {
		if (!parked_any(conn, delivery->publisher, &any, error))
			return FALSE;
		delivery->any_parked = any;
	}
	return !any || parked_before(conn, delivery->publisher, event->subject, out, error);
}

/* One subject takes no room from the others: what is too much waits where it is. */
static Step set_aside_behind(Call *call, StoreConn *conn, const CallEvent *event)
{
	Delivery *delivery = call->delivery;
	g_autoptr(GError) error = NULL;
	gboolean crowd;

	if (delivery->room < 0)
		delivery->room = parked_room(call->runtime, conn, delivery->publisher, &delivery->full_code);
	if (parked_is_crowd(call->runtime, conn, delivery->publisher, event->subject, &crowd, &error)) {
		if (!crowd && delivery->room > 0)
			return set_aside(call, conn, event, "behind", "", 0);
		if (held_begin(call, conn, event, &error))
			return STEP_NEXT;
	}
	exec_error(call, error);
	return STEP_FAILED;
}

/* It ended its process: one try, and the next ones later, one at a time, as of any that fails. */
static Step set_aside_crashed(Call *call, StoreConn *conn, const CallEvent *event, const char *text)
{
	char at[LOG_POSITION_TEXT];

	log_position_print(&event->position, at);
	log_write(LOG_ERROR, call->runtime->plugin->id, "event %s %s of %s is set aside: %s", event->topic, at,
	          call->delivery->publisher, text);
	return set_aside(call, conn, event, "crashed", text, 1);
}

static const char *fault_text(const char *fault)
{
	return g_str_has_prefix(fault, "crashed: ") ? fault + strlen("crashed: ") : fault;
}

static Step deliver(Call *call, StoreConn *conn, const CallEvent *event)
{
	Delivery *delivery = call->delivery;
	const Cursor *cursor = cursors_of(delivery, event->topic);
	g_autoptr(GError) error = NULL;
	gboolean behind, passes;

	/* One that names no topic of ours is here only to be set aside, when the first cursor comes past it. */
	if (cursor == NULL ? event->fault == NULL || log_position_compare(&event->position, &delivery->furthest) <= 0 :
	                     log_position_compare(&event->position, &cursor->at) <= 0)
		return STEP_NEXT;
	/* Where it happened is only known of one that is what it should be. */
	if (cursor != NULL && event->fault == NULL && features_off_for(call, cursor->row->feature, event))
		return STEP_NEXT;
	if (!held_passes(call, conn, cursor, event, &passes, &error)) {
		exec_error(call, error);
		return STEP_FAILED;
	}
	if (passes)
		return STEP_NEXT;
	if (event->fault != NULL && !g_str_has_prefix(event->fault, "crashed"))
		return set_aside(call, conn, event, "not-valid", event->fault, 0);
	if (!is_behind(call, conn, event, &behind, &error)) {
		exec_error(call, error);
		return STEP_FAILED;
	}
	if (behind)
		return set_aside_behind(call, conn, event);
	if (event->fault != NULL)
		return set_aside_crashed(call, conn, event, fault_text(event->fault));
	if (running_deaths(call->runtime->at_work, delivery->publisher, &event->position) >= RUNNING_DEATHS_MAX)
		return set_aside_crashed(call, conn, event, "the process ended each time it was handled");
	if (!events_handle(call, conn, cursor, event)) {
		delivery->failed = event;
		events_keep_failure(call);
		return STEP_FAILED;
	}
	delivery->handled++;
	return STEP_NEXT;
}

/* As far as it comes; FALSE: nothing of it is kept. */
static gboolean deliver_all(Call *call, StoreConn *conn)
{
	const CallRequest *request = call->request;
	Delivery *delivery = call->delivery;

	for (guint i = 0; i < request->n_events; i++) {
		const CallEvent *event = &request->events[i];
		Step step;

		if (event->position.epoch != request->upto.epoch || event->position.seq <= delivery->at.seq ||
		    event->position.seq > request->upto.seq) {
			exec_begin(call);
			exec_refuse(call, ZHEN_BAD_REQUEST, "bad-delivery", "送达的事件次序不对");
			return FALSE;
		}
		step = deliver(call, conn, event);
		if (step != STEP_NEXT)
			return step == STEP_STOP;
		delivery->at = event->position;
		if (i + 1 < request->n_events && clock_mono_us() > delivery->until_us)
			return TRUE;
	}
	delivery->at = request->upto;
	return TRUE;
}

static gboolean moves_outside(const Delivery *delivery)
{
	return point_cursor_outside() && delivery->handled > 0;
}

static gboolean events_run(StoreJob *job, StoreConn *conn)
{
	Call *call = events_call_of(job);
	const CallRequest *request = call->request;
	Delivery *delivery = call->delivery;
	g_autoptr(GError) error = NULL;

	begin_delivery(call);
	if (!cursors_load(call, conn, &error))
		return failed_with(call, error);
	if (!fits(call))
		return FALSE;
	if (!deliver_all(call, conn)) {
		if (delivery->failed != NULL && request->n_events > 1 && !events_may_pass(call)) {
			exec_begin(call);
			exec_refuse(call, ZHEN_CONFLICT, "events-split", "其中一个事件未能处理，请逐个送达");
		}
		return FALSE;
	}
	if (delivery->full && log_position_compare(&delivery->at, &request->after) == 0)
		return FALSE;
	delivery->live = request->caught_up && log_position_compare(&delivery->at, &request->upto) == 0;
	if (!moves_outside(delivery) && !cursors_move(call, conn, &delivery->at, delivery->live, &error))
		return failed_with(call, error);
	point_pass("before-effect");
	return TRUE;
}

/* ---- the record step ---- */

static gboolean record_kept(Call *call, StoreConn *conn, GError **error)
{
	const Delivery *delivery = call->delivery;
	const CallRequest *request = call->request;
	char first[LOG_POSITION_TEXT], last[LOG_POSITION_TEXT];
	AuditRow row;

	if (delivery->handled + delivery->n_parked == 0)
		return TRUE;
	for (const ParkedNote *note = delivery->notes; note != NULL; note = note->next)
		if (!events_audit(call, conn, "parked", note->event, note->outcome, error))
			return FALSE;
	log_position_print(&request->events[0].position, first);
	log_position_print(&delivery->at, last);
	row = exec_audit_row(call);
	row.route = arena_printf(call->arena, "events %s", delivery->publisher);
	row.subject = arena_printf(call->arena, "%s–%s", first, last);
	row.outcome = ZHEN_OK;
	return audit_append(call->runtime->audit, conn, &row, error);
}

/* The only event failed, its effects are rolled back: it is set aside and passed. */
static gboolean park_alone(Call *call, StoreConn *conn, GError **error)
{
	Delivery *delivery = call->delivery;
	const CallRequest *request = call->request;
	const gint64 next = parked_next_try(call->runtime, 1, request->now_ms);
	const ParkedRow row = { .event = *delivery->failed, .code = delivery->code, .error = delivery->text, .tries = 1 };

	if (parked_room(call->runtime, conn, delivery->publisher, &delivery->full_code) == 0) {
		delivery->full = TRUE;
		return TRUE;
	}
	if (!parked_insert(conn, delivery->publisher, &row, next, request->now_ms, error) ||
	    !cursors_move(call, conn, &request->upto, request->caught_up, error) ||
	    !events_audit(call, conn, "parked", delivery->failed, delivery->outcome, error))
		return FALSE;
	delivery->alone_parked = TRUE;
	return TRUE;
}

static gboolean events_record(StoreJob *job, StoreConn *conn, gboolean kept, GError **error)
{
	Call *call = events_call_of(job);

	if (kept)
		return record_kept(call, conn, error);
	if (call->delivery->failed == NULL || call->request->n_events > 1 || events_may_pass(call))
		return TRUE;
	return park_alone(call, conn, error);
}

/* ---- its end ---- */

static void say_parked(const Call *call)
{
	const Delivery *delivery = call->delivery;
	char at[LOG_POSITION_TEXT];

	log_position_print(&delivery->failed->position, at);
	/* Not what its handler says of it: that may name a person, and is in `_parked`, where a purge finds it. */
	log_write(LOG_WARN, call->runtime->plugin->id, "event %s %s of %s is set aside: %d %s (zhenctl events list)",
	          delivery->failed->topic, at, delivery->publisher, delivery->outcome, delivery->code);
}

/* Also when a second look found it passed. */
static gboolean was_parked(const Delivery *delivery)
{
	return delivery->alone_parked || (delivery->again && delivery->failed == NULL && delivery->handled == 0);
}

static void answer(Call *call)
{
	const Delivery *delivery = call->delivery;
	const gboolean alone = was_parked(delivery);
	const guint parked = alone ? 1 : delivery->n_parked;
	char at[LOG_POSITION_TEXT];

	exec_begin(call);
	if (delivery->full && !alone && delivery->handled + parked == 0) {
		exec_refuse(call, ZHEN_UNAVAILABLE, delivery->full_code, "模块 %s 搁置的 %s 事件已满，先处理再继续",
		            call->runtime->plugin->id, delivery->publisher);
		return;
	}
	call->status = ZHEN_OK;
	log_position_print(alone ? &call->request->upto : &delivery->at, at);
	json_open(&call->out, NULL, FALSE);
	json_put_text(&call->out, "upto", at);
	json_put_int(&call->out, "handled", delivery->handled);
	json_put_int(&call->out, "parked", parked);
	if (delivery->held >= 0)
		json_put_int(&call->out, "held", delivery->held);
	if (alone) {
		json_put_int(&call->out, "outcome", delivery->outcome);
		json_put_text(&call->out, "code", delivery->code);
		json_put_text(&call->out, "error", delivery->text);
	}
	json_close_one(&call->out);
}

static void committed(Call *call)
{
	Delivery *delivery = call->delivery;

	/* What failed and was not set aside has its answer already. */
	if ((call->failed || call->status >= 400) && !delivery->alone_parked && !delivery->full) {
		exec_post(call);
		return;
	}
	if (!delivery->alone_parked)
		events_committed(call);
	point_pass("after-effect");
	answer(call);
	if (delivery->alone_parked)
		say_parked(call);
	if (was_parked(delivery) || delivery->n_parked > 0)
		retries_wake(call->runtime);
	exec_post(call);
}

static void events_done(StoreJob *job, const GError *error);

#ifdef ZHEN_TEST_POINTS
static gboolean outside_run(StoreJob *job, StoreConn *conn)
{
	Call *call = events_call_of(job);

	return cursors_move(call, conn, &call->delivery->at, call->delivery->live, NULL);
}

static void outside_done(StoreJob *job, const GError *error)
{
	(void)error;
	committed(events_call_of(job));
}
#endif

static void events_done(StoreJob *job, const GError *error)
{
	Call *call = events_call_of(job);
	Delivery *delivery = call->delivery;

#ifdef ZHEN_TEST_POINTS
	if (error == NULL && !call->failed && call->status < 400 && moves_outside(delivery)) {
		point_pass("after-effect");
		events_start(call, (StoreJob){ .run = outside_run, .done = outside_done });
		return;
	}
#endif
	if (error == NULL) {
		committed(call);
	} else if (delivery->failed != NULL && call->request->n_events > 1 && !events_may_pass(call)) {
		exec_post(call); /* the handler ended the transaction of all: events-split */
	} else if (delivery->alone_parked && !delivery->again) {
		/* It was set aside in a transaction of its own, and nobody says whether that was committed: the cursor does. */
		delivery->again = TRUE;
		delivery->alone_parked = FALSE;
		say_parked(call);
		events_start(call, (StoreJob){ .run = events_run, .record = events_record, .done = events_done });
	} else {
		events_lost(call, error);
		exec_post(call);
	}
}

/* ---- the way in ---- */

static void deliver_submit(Call *call)
{
	if (cursors_find(call, call->request->publisher)) {
		events_start(call, (StoreJob){ .run = events_run, .record = events_record, .done = events_done });
		return;
	}
	exec_refuse(call, ZHEN_NOT_FOUND, "not-subscribed", "模块没有订阅 %s 的事件", call->delivery->publisher);
	exec_answer(call);
}

gboolean events_submit(Call *call)
{
	static void (*const submit[CALL_KINDS])(Call *call) = {
		[CALL_EVENTS] = deliver_submit,
		[CALL_PARKED] = parked_submit,
		[CALL_REWIND] = rewind_submit,
		[CALL_TRIM] = trim_submit,
	};
	const CallKind kind = call->request->kind;

	if (kind >= CALL_KINDS || submit[kind] == NULL)
		return FALSE;
	call->delivery = arena_alloc0(call->keep, sizeof *call->delivery);
	call->delivery->publisher = call->request->publisher != NULL ? call->request->publisher : "";
	submit[kind](call);
	return TRUE;
}
