/* SPDX-License-Identifier: Apache-2.0
 * The ways a call takes: reads on the loop or the pool, writes through the plugin's writer. */
#include <string.h>
#include "base/clock.h"
#include "base/log.h"
#include "runtime/events.h"
#include "runtime/if_match.h"
#include "runtime/marks.h"

#define SLOW_US (60 * G_USEC_PER_SEC) /* how long a route that ran out of steps goes to the pool directly */

/* ---- writes ---- */

static Call *call_of_job(StoreJob *job)
{
	return (Call *)((char *)job - G_STRUCT_OFFSET(Call, store_job));
}

static gboolean run_writing(Call *call, StoreConn *conn)
{
	return exec_run(call, conn, TRUE);
}

/* With the batch that is its last, or with its SQL, goes the row that says so. */
static gboolean run_migrating(Call *call, StoreConn *conn)
{
	const zhen_migration *row = &call->runtime->plugin->migrations[call->request->index];
	g_autoptr(GError) error = NULL;

	if (!exec_run(call, conn, TRUE))
		return FALSE;
	if (row->handle != NULL && call->status != ZHEN_NO_CONTENT)
		return TRUE;
	if (!store_migrate_one(conn, row, &error)) {
		exec_error(call, error);
		return FALSE;
	}
	call->status = ZHEN_NO_CONTENT;
	return TRUE;
}

static gboolean write_run(StoreJob *job, StoreConn *conn)
{
	Call *call = call_of_job(job);
	gboolean keyed = call->route != NULL && call->request->idempotency_key != NULL;
	g_autoptr(GError) error = NULL;

	if (call->prepare_failed)
		return FALSE;
	exec_begin(call);
	exec_digest(call, call->runtime->request_digest);
	if (keyed && idempotency_look_up(call, conn) != KEY_NEW)
		return FALSE;
	if (!if_match_run(call, conn, TRUE, call->request->kind == CALL_MIGRATE ? run_migrating : run_writing))
		return FALSE;
	if (keyed && !idempotency_store(call, conn, &error)) {
		exec_error(call, error);
		return FALSE;
	}
	/* A job by the clock that found nothing to do leaves nothing: no row a minute for ever. */
	return !(call->job != NULL && call->request->job_id == 0 && call->status == ZHEN_NO_CONTENT);
}

static gboolean write_record(StoreJob *job, StoreConn *conn, gboolean kept, GError **error)
{
	Call *call = call_of_job(job);
	AuditRow row;

	if (call->job != NULL && !mark_clear(conn, call->job->name, call->request->job_id, error))
		return FALSE;
	if (call->replayed || (call->job != NULL && call->request->job_id == 0 && call->status == ZHEN_NO_CONTENT))
		return TRUE;
	if (call->job != NULL && !jobs_record(call, conn, kept, error))
		return FALSE;
	row = exec_audit_row(call);
	return audit_append(call->runtime->audit, conn, &row, error);
}

static void write_done(StoreJob *job, const GError *error)
{
	Call *call = call_of_job(job);

	if (error != NULL) {
		call->failed = FALSE; /* why it was lost outweighs what the handler said */
		call->outcome = g_error_copy(error);
	} else {
		events_committed(call);
	}
	exec_post(call);
}

static void submit_write(Call *call)
{
	g_autoptr(GError) error = NULL;

	call->store_job = (StoreJob){ .run = write_run, .record = write_record, .done = write_done };
	if (store_submit(call->runtime->store, &call->store_job, &error))
		return;
	exec_error(call, error);
	exec_post(call);
}

/* ---- prepare ---- */

static gboolean prepare_run(Call *call, StoreConn *conn)
{
	zhen_handle *handle = call->handle;
	gboolean fine;

	call->preparing = TRUE;
	call->handle = call->prepare;
	fine = exec_run(call, conn, FALSE);
	call->handle = handle;
	call->preparing = FALSE;
	return fine;
}

/* TRUE: on to the writer. FALSE: the call has its answer already. */
static gboolean prepare_with(Call *call, StoreConn *conn)
{
	guint8 key[KEY_SIZE];

	store_read_budget(conn, FALSE);
	keys_derive(call->runtime->env->keys, "audit", key);
	g_autoptr(Digest) digest = digest_new_keyed(key, sizeof key);
	exec_digest(call, digest);
	if (call->route != NULL && call->request->idempotency_key != NULL && idempotency_look_up(call, conn) != KEY_NEW)
		return FALSE;
	call->prepare_failed = !if_match_run(call, conn, FALSE, prepare_run);
	return TRUE;
}

static void prepare_on_pool(void *data, guint slot)
{
	Call *call = data;
	g_autoptr(GError) error = NULL;
	StoreConn *conn = store_read(call->runtime->store, slot, &error);

	if (conn == NULL)
		exec_error(call, error);
	if (conn != NULL && prepare_with(call, conn))
		submit_write(call);
	else
		exec_post(call);
}

/* ---- reads ---- */

static gboolean audit_only_run(StoreJob *job, StoreConn *conn)
{
	(void)job;
	(void)conn;
	return TRUE;
}

static gboolean audit_only_record(StoreJob *job, StoreConn *conn, gboolean kept, GError **error)
{
	Call *call = call_of_job(job);
	AuditRow row;

	(void)kept;
	exec_digest(call, call->runtime->request_digest);
	row = exec_audit_row(call);
	return audit_append(call->runtime->audit, conn, &row, error);
}

/* Personal fields in clear leave only after the row that says who saw them is on disk. */
static void answer_read(Call *call, gboolean on_loop)
{
	g_autoptr(GError) error = NULL;

	if (call->unmask && call->touched_personal && call->status < 400) {
		call->store_job =
			(StoreJob){ .run = audit_only_run, .record = audit_only_record, .done = write_done };
		if (store_submit(call->runtime->store, &call->store_job, &error))
			return;
		exec_error(call, error);
	}
	if (on_loop)
		exec_answer(call);
	else
		exec_post(call);
}

static void read_on_pool(void *data, guint slot)
{
	Call *call = data;
	g_autoptr(GError) error = NULL;
	StoreConn *conn = store_read(call->runtime->store, slot, &error);

	exec_begin(call);
	if (conn == NULL) {
		exec_error(call, error);
	} else {
		store_read_budget(conn, FALSE);
		exec_run(call, conn, FALSE);
	}
	answer_read(call, FALSE);
}

static void push_to_pool(Call *call, PoolRun *run)
{
	g_autoptr(GError) error = NULL;

	if (pool_push(call->runtime->pool, run, call, &error))
		return;
	exec_error(call, error);
	exec_answer(call);
}

static gboolean is_slow(const gint64 *until)
{
	gint64 us = __atomic_load_n(until, __ATOMIC_RELAXED);

	return us != 0 && us > clock_mono_us();
}

static void submit_read(Call *call)
{
	Runtime *runtime = call->runtime;
	gint64 *slow = call->route != NULL ? &runtime->slow_until[call->request->index] : NULL;
	g_autoptr(GError) error = NULL;
	StoreConn *conn;

	if (call->route != NULL && ((call->route->flags & ZHEN_POOL) != 0 || is_slow(slow))) {
		push_to_pool(call, read_on_pool);
		return;
	}
	conn = store_read(runtime->store, loop_index(call->loop), &error);
	if (conn == NULL) {
		exec_error(call, error);
		exec_answer(call);
		return;
	}
	store_read_budget(conn, TRUE);
	call->on_loop = TRUE;
	exec_run(call, conn, FALSE);
	call->on_loop = FALSE;
	if (!call->interrupted) {
		answer_read(call, TRUE);
		return;
	}
	if (slow != NULL)
		__atomic_store_n(slow, clock_mono_us() + SLOW_US, __ATOMIC_RELAXED);
	push_to_pool(call, read_on_pool);
}

/* ---- the way in ---- */

static gboolean may_call(Call *call)
{
	const Plugin *plugin = call->runtime->plugin;
	const zhen_route *route = call->route;

	if ((route->flags & ZHEN_PUBLIC) != 0 && route->permission == NULL)
		return TRUE;
	for (guint i = 0; i < plugin->n_permissions; i++)
		if (route->permission != NULL && strcmp(plugin->permissions[i].name, route->permission) == 0 &&
		    (call->request->caller.permissions >> i & 1) != 0)
			return TRUE;
	if (call->request->caller.account[0] == '\0')
		exec_refuse(call, 401, "login-required", "请先登录");
	else
		exec_refuse(call, ZHEN_FORBIDDEN, "forbidden", "您的岗位没有此项权限");
	return FALSE;
}

static gboolean may_unmask(Call *call)
{
	const Plugin *plugin = call->runtime->plugin;

	for (guint i = 0; call->route->unmask != NULL && i < plugin->n_permissions; i++)
		if (strcmp(plugin->permissions[i].name, call->route->unmask) == 0)
			return (call->request->caller.permissions >> i & 1) != 0;
	return FALSE;
}

static gboolean bind_version(Call *call)
{
	return call->route->version == NULL || call->route->method == ZHEN_GET || if_match_bind(call);
}

/* Where the caller acts; a role that sees its own body's rows only still has its body's place. NULL = nowhere. */
static const Division *home_of(const Call *call)
{
	const Body *body;

	if (call->division != NULL)
		return call->division;
	body = bodies_find(call->runtime->env->bodies, call->request->caller.body);
	return body != NULL ? body->division : NULL;
}

static void refuse_outside(const Call *call, const zhen_field *field, const zhen_value *value, GString **errors)
{
	const Division *named, *home;

	if (field->type != ZHEN_DIVISION || (field->flags & ZHEN_ANYWHERE) != 0 || value->kind == ZHEN_KIND_NULL)
		return;
	named = divisions_find(call->runtime->env->divisions, value->as.text);
	home = home_of(call);
	if (named != NULL && (home == NULL || !division_covers(home, named)))
		field_error_append(errors, field->name, "outside-division", "不在您所在单位的辖区内");
}

/* Who acts for a division writes there or below, also inside lists: {{scope}} guards rows that exist, this those that
 * are made. */
static gboolean stays_at_home(const Call *call, GString **errors)
{
	const Fields *fields = &call->fields;

	if (call->route->method == ZHEN_GET || (call->route->flags & ZHEN_PUBLIC) != 0 ||
	    call->request->caller.sees_all)
		return TRUE;
	for (guint i = 0; i < fields->count; i++) {
		const FieldList *list = &fields->lists[i];

		refuse_outside(call, &fields->declared[i], &fields->values[i], errors);
		for (guint j = 0; j < list->count * list->width; j++)
			refuse_outside(call, &fields->declared[i].fields[j % list->width], &list->values[j], errors);
	}
	return *errors == NULL;
}

static gboolean bind_route(Call *call)
{
	FieldWorld world = {
		.divisions = call->runtime->env->divisions,
		.bodies = call->runtime->env->bodies,
		.store = call->runtime->store,
		.plugin = call->runtime->plugin,
		.request = call->request,
		.place = call->division,
	};

	call->route = &call->runtime->plugin->routes[call->request->index];
	call->handle = call->route->handle;
	call->prepare = call->route->prepare;
	if (!may_call(call) || !bind_version(call))
		return FALSE;
	features_narrow(call, call->route->feature);
	if (!fields_bind(&call->fields, call->route->fields, call->request, &world, call->keep, &call->field_errors) ||
	    !stays_at_home(call, &call->field_errors)) {
		exec_refuse(call, ZHEN_INVALID, "invalid", "填写有误，请按提示修改");
		return FALSE;
	}
	if (!features_named(call))
		return FALSE;
	call->unmask = may_unmask(call);
	return TRUE;
}

/* A job's arguments are an object the host wrote itself. */
static gboolean bind_job(Call *call)
{
	g_autoptr(json_t) args = NULL;
	const char *name;
	json_t *value;

	call->job = &call->runtime->plugin->jobs[call->request->index];
	call->handle = call->job->handle;
	call->prepare = call->job->prepare;
	if (call->job->feature != NULL)
		features_narrow(call, call->job->feature);
	call->extra = g_array_new(FALSE, FALSE, sizeof(Extra));
	if (call->request->body_length == 0)
		return TRUE;
	args = json_read(call->request->body, call->request->body_length, NULL);
	json_object_foreach(args, name, value) {
		Extra extra = { arena_strdup(call->keep, name), zhen_from_null() };

		if (json_is_integer(value))
			extra.value = zhen_from_int(json_integer_value(value));
		else if (json_is_string(value))
			extra.value = zhen_from_text(arena_strdup(call->keep, json_string_value(value)));
		g_array_append_val(call->extra, extra);
	}
	return TRUE;
}

static gboolean bind_call(Call *call)
{
	const Plugin *plugin = call->runtime->plugin;
	const CallRequest *request = call->request;

	if (request->kind == CALL_ROUTE && request->index < plugin->n_routes)
		return bind_route(call);
	if (request->kind == CALL_JOB && request->index < plugin->n_jobs)
		return bind_job(call);
	if (request->kind == CALL_READY) {
		call->handle = plugin->ready;
		return TRUE;
	}
	if (request->kind == CALL_MIGRATE && request->index < plugin->n_migrations) {
		call->handle = plugin->migrations[request->index].handle;
		return TRUE;
	}
	exec_refuse(call, ZHEN_NOT_FOUND, "not-found", "没有这个地址");
	return FALSE;
}

void runtime_submit(Runtime *runtime, Loop *loop, const CallRequest *request, CallDone *done, void *data)
{
	Call *call = exec_new(runtime, loop, request, done, data);

	if (events_submit(call) || purge_submit(call))
		return;
	if (!bind_call(call)) {
		exec_answer(call);
		return;
	}
	if (request->kind == CALL_READY || (call->route != NULL && call->route->method == ZHEN_GET)) {
		submit_read(call);
	} else if (call->prepare == NULL) {
		submit_write(call);
	} else if (call->route != NULL && request->idempotency_key != NULL && !idempotency_claim(call)) {
		exec_refuse(call, ZHEN_CONFLICT, "idempotency-key-in-use",
		            "同一 Idempotency-Key 的请求正在处理，请稍后再试");
		exec_answer(call);
	} else {
		push_to_pool(call, prepare_on_pool);
	}
}
