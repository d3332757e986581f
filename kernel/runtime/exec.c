/* SPDX-License-Identifier: Apache-2.0
 * One call: made, run, answered. */
#include <string.h>
#include "base/log.h"
#include "runtime/exec.h"

#define SPARE_MAX 128 /* calls kept for reuse per loop */

static Call *exec_alloc(Runtime *runtime, Loop *loop)
{
	GPtrArray *spare = loop != NULL ? runtime->spare[loop_index(loop)] : NULL;
	Call *call;
	Arena *keep, *arena;

	if (spare != NULL && spare->len > 0) {
		call = spare->pdata[--spare->len];
		keep = call->keep;
		arena = call->arena;
		memset(call, 0, sizeof *call);
	} else {
		call = g_new0(Call, 1);
		keep = arena_new();
		arena = arena_new();
	}
	call->keep = keep;
	call->arena = arena;
	return call;
}

Call *exec_new(Runtime *runtime, Loop *loop, const CallRequest *request, CallDone *done, void *data)
{
	Call *call = exec_alloc(runtime, loop);

	call->head.host = &runtime_host;
	call->runtime = runtime;
	call->request = request;
	call->done = done;
	call->done_data = data;
	call->loop = loop;
	call->reply = call_reply_new(0);
	call->text = call->reply->body;
	json_out_init(&call->out, call->text);
	call->division = request->place;
	if (call->division == NULL && request->caller.division[0] != '\0')
		call->division = divisions_find(runtime->env->divisions, request->caller.division);
	call->scope = (Scope){ .all = request->caller.sees_all,
		               .division = call->division,
		               .body = request->caller.body[0] != '\0' ? request->caller.body : NULL };
	g_atomic_int_inc(&runtime->calls);
	return call;
}

void exec_free(Call *call)
{
	Runtime *runtime = call->runtime;
	GPtrArray *spare = call->loop != NULL ? runtime->spare[loop_index(call->loop)] : NULL;

	settings_unref(call->settings);
	call_reply_free(call->reply);
	if (call->field_errors != NULL)
		g_string_free(call->field_errors, TRUE);
	if (call->extra != NULL)
		g_array_unref(call->extra);
	emits_free(call->emits);
	g_clear_error(&call->outcome);
	g_atomic_int_add(&runtime->calls, -1);
	if (spare != NULL && spare->len < SPARE_MAX) {
		arena_reset(call->keep);
		arena_reset(call->arena);
		g_ptr_array_add(spare, call);
		return;
	}
	arena_free(call->keep);
	arena_free(call->arena);
	g_free(call);
}

void exec_begin(Call *call)
{
	arena_reset(call->arena);
	g_string_truncate(call->text, 0);
	json_out_init(&call->out, call->text);
	call->root_open = FALSE;
	call->caller_ready = FALSE;
	call->rows_read = 0;
	call->open_rows = NULL;
	call->location = call->etag = call->blob = call->file_name = call->media_type = NULL;
	call->status = 0;
	call->fail_code = call->fail_text = call->audit_subject = NULL;
	call->failed = call->interrupted = call->enqueued = call->replayed = call->touched_personal = FALSE;
	call->emitted = FALSE;
	call->first_job = 0;
	emits_drop(call->emits);
	call->fault = 0;
	if (call->field_errors != NULL) {
		g_string_free(call->field_errors, TRUE);
		call->field_errors = NULL;
	}
}

void exec_refuse(Call *call, gint status, const char *code, const char *format, ...)
{
	va_list args;
	g_autofree char *text = NULL;

	if (call->failed)
		return;
	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	call->failed = TRUE;
	call->status = status;
	call->fail_code = arena_strdup(call->arena, code);
	call->fail_text = arena_strdup(call->arena, text);
	if (status == ZHEN_INTERNAL)
		log_write(LOG_ERROR, call->runtime->plugin->id, "%s: %s: %s (%s)",
		          call->route != NULL        ? call->route->path :
		          call->job != NULL          ? call->job->name :
		          call->subscription != NULL ? call->subscription->topic :
		          call->purging != NULL      ? "purge" :
		                                       "start",
		          code, text,
		          call->request->request_id != NULL ? call->request->request_id : "");
}

void exec_error(Call *call, const GError *error)
{
	const gint code = error != NULL ? error->code : ERROR_FAILED;

	if (!call->failed)
		call->fault = code + 1;
	switch (code) {
	case ERROR_INTERRUPTED:
		call->interrupted = TRUE;
		exec_refuse(call, ZHEN_UNAVAILABLE, "too-slow", "查询超出了步数限额");
		break;
	case ERROR_CONSTRAINT:
		exec_refuse(call, ZHEN_CONFLICT, "conflict", "与已有的记录冲突");
		break;
	case ERROR_FULL:
		exec_refuse(call, 507, "storage-full", "存储空间已满，没有保存任何内容");
		break;
	case ERROR_BUSY:
		exec_refuse(call, ZHEN_UNAVAILABLE, "busy", "系统忙，请稍后再试");
		break;
	case ERROR_BUILDING:
		exec_refuse(call, ZHEN_UNAVAILABLE, "search-building", "检索目录正在建立，请稍后再试");
		break;
	default:
		exec_refuse(call, ZHEN_INTERNAL, error != NULL && error->code == ERROR_REFUSED ? "statement-refused" : "internal",
		            "系统内部错误：%s", error != NULL ? error->message : "?");
	}
}

static const char *code_of_status(gint status)
{
	switch (status) {
	case ZHEN_NOT_FOUND:
		return "not-found";
	case ZHEN_FORBIDDEN:
		return "forbidden";
	case ZHEN_CONFLICT:
		return "conflict";
	case ZHEN_INVALID:
		return "invalid";
	case ZHEN_BAD_REQUEST:
		return "bad-request";
	default:
		return "internal";
	}
}

static void close_rows(Call *call)
{
	for (zhen_rows *rows = call->open_rows; rows != NULL; rows = rows->next_open)
		if (rows->stmt != NULL) {
			store_reset(rows->stmt);
			rows->stmt = NULL;
		}
	call->open_rows = NULL;
}

gboolean exec_run(Call *call, StoreConn *conn, gboolean writing)
{
	zhen_result result = ZHEN_OK;

	call->conn = conn;
	call->writing = writing;
	if (call->handle != NULL) {
		CrashThread *thread = crash_begin(at_work_describe, call, call->preparing);

		result = call->handle(&call->head);
		crash_end(thread);
	}
	close_rows(call);
	if (!call->failed && result < 400)
		emits_write(call);
	call->conn = NULL;
	call->writing = FALSE;
	if (!call->failed && call->field_errors != NULL && result < 400)
		result = ZHEN_INVALID;
	if (!call->failed && result != call->status) {
		/* A status returned without an answer being made. */
		if (result < 200 || result > 599)
			result = ZHEN_INTERNAL;
		if (result < 400)
			while (call->out.depth > 0)
				json_close_one(&call->out);
		call->status = result;
	}
	return !call->failed && call->status < 400;
}

/* ---- answering ---- */

/* An error of the host names statements and files: that is for the log, under the number that the caller gets. */
static const char *public_title(const Call *call)
{
	if (call->status == ZHEN_INTERNAL && call->failed)
		return arena_printf(call->arena, "系统内部错误，请凭编号 %s 联系管理员",
		                    call->request->request_id != NULL ? call->request->request_id : "-");
	return call->fail_text != NULL ? call->fail_text : "请求未能完成";
}

static void problem_body(Call *call, GString *body)
{
	const char *code = call->fail_code != NULL ? call->fail_code : code_of_status(call->status);
	g_autofree char *type = g_strconcat("/problems/", code, NULL);
	g_autofree char *english = code_to_english(code);
	JsonOut out;

	json_out_init(&out, body);
	json_open(&out, NULL, FALSE);
	json_put_text(&out, "type", type);
	json_put_text(&out, "code", code);
	json_put_text(&out, "title", public_title(call));
	json_put_text(&out, "title_en", english);
	json_put_int(&out, "status", call->status);
	json_put_text(&out, "request_id", call->request->request_id);
	if (call->field_errors != NULL)
		json_put_raw(&out, "errors", call->field_errors->str, call->field_errors->len);
	json_close_one(&out);
}

CallReply *exec_reply(Call *call)
{
	CallReply *reply = g_steal_pointer(&call->reply);

	if (call->outcome != NULL)
		exec_error(call, call->outcome);
	reply->status = call->status;
	call->text = NULL;
	if (call->failed || call->status >= 400) {
		g_string_truncate(reply->body, 0);
		reply->content_type = "application/problem+json";
		reply->retry_after_s = call->status == ZHEN_UNAVAILABLE ? 1 : 0;
		problem_body(call, reply->body);
		return reply;
	}
	reply->content_type = call->blob != NULL ? call_keep_type(call->media_type) : "application/json";
	reply->location = g_strdup(call->location);
	reply->etag = g_strdup(call->etag);
	reply->blob = g_strdup(call->blob);
	reply->file_name = g_strdup(call->file_name);
	if (call->status == ZHEN_NO_CONTENT)
		g_string_truncate(reply->body, 0);
	else if (call->blob == NULL && reply->body->len == 0)
		g_string_append(reply->body, "{}");
	return reply;
}

void exec_answer(Call *call)
{
	CallDone *done = call->done;
	void *data = call->done_data;
	CallReply *reply = exec_reply(call);

	idempotency_release(call);
	exec_free(call);
	done(data, reply);
}

static void answer_item(void *data)
{
	exec_answer(data);
}

static void answer_or_post(void *data)
{
	Call *call = data;
	Loop *loop = call->loop;

	if (!loop_borrow(loop)) {
		call->item.run = answer_item;
		loop_post(loop, &call->item);
		return;
	}
	exec_answer(call);
	loop_give_back(loop);
}

void exec_post(Call *call)
{
	call->item = (LoopItem){ .run = answer_or_post, .data = call };
	if (loop_is_shared(call->loop) && store_after_batch(&call->item))
		return;
	call->item.run = answer_item;
	loop_post(call->loop, &call->item);
}

/* ---- what the audit says of it ---- */

void exec_digest(Call *call, Digest *digest)
{
	const CallRequest *request = call->request;
	guint8 bytes[DIGEST_SIZE];

	if (call->request_digest[0] != '\0')
		return;
	digest_begin(digest);
	for (guint i = 0; i < request->n_params; i++) {
		if (request->params[i].name[0] == '_')
			continue; /* form plumbing: a token or key that differs from try to try */
		digest_add(digest, request->params[i].name, strlen(request->params[i].name) + 1);
		digest_add(digest, request->params[i].value, request->params[i].length);
		digest_add(digest, "", 1);
	}
	if (request->body_length > 0)
		digest_add(digest, request->body, request->body_length);
	digest_end(digest, bytes);
	digest_hex(bytes, call->request_digest);
}

static const char *audit_route(const Call *call)
{
	if (call->route != NULL)
		return arena_printf(call->arena, "%s %s", method_name(call->route->method), call->route->path);
	if (call->job != NULL)
		return arena_printf(call->arena, "job %s", call->job->name);
	if (call->purging != NULL)
		return arena_printf(call->arena, "purge %s", call->purging->row->subject);
	if (call->request->kind == CALL_MIGRATE)
		return arena_printf(call->arena, "migration %u", call->request->index + 1);
	return call->request->kind == CALL_STOP ? "stop" : "start";
}

static const char *audit_subject(const Call *call)
{
	gint index;

	if (call->purging != NULL)
		return call->purging->subject;
	if (call->audit_subject != NULL)
		return call->audit_subject;
	index = call->route != NULL && call->route->subject != NULL ? fields_index(&call->fields, call->route->subject) : -1;
	if (index < 0)
		return "";
	if (call->fields.values[index].kind == ZHEN_KIND_INT)
		return arena_printf(call->arena, "%" G_GINT64_FORMAT, call->fields.values[index].as.integer);
	return zhen_value_text(&call->fields.values[index]) != NULL ? zhen_value_text(&call->fields.values[index]) : "";
}

AuditRow exec_audit_row(const Call *call)
{
	return (AuditRow){
		.at = call->request->now_ms,
		.account = call->request->caller.account,
		.body = call->request->caller.body,
		.route = audit_route(call),
		.subject = audit_subject(call),
		.outcome = call->status,
		.request = call->request->request_id != NULL ? call->request->request_id : "",
		.digest = call->request_digest,
	};
}
