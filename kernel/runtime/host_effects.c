/* SPDX-License-Identifier: Apache-2.0
 * The host table: effects, all part of the call's transaction. */
#include <string.h>
#include "runtime/host.h"

gboolean host_may_affect(Call *call)
{
	if (!call->failed && !call->writing)
		exec_refuse(call, ZHEN_INTERNAL, "read-only", "读取类操作不能产生效果");
	return !call->failed;
}

/* Whose job it is: of a purge that comes before it has run. A run of a job hands down its own row's. */
static const char *job_subject(const Call *call)
{
	const char *subject = exec_audit_row(call).subject;

	return subject[0] == '\0' && call->event != NULL ? call->event->subject : subject;
}

void host_enqueue(zhen_call *head, const char *name, const zhen_value *pairs, size_t count, int64_t not_before)
{
	Call *call = call_of(head);
	const Plugin *plugin = call->runtime->plugin;
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	gboolean known = FALSE;
	gint64 id = 0;
	JsonOut out;

	if (!host_may_affect(call))
		return;
	for (guint i = 0; i < plugin->n_jobs; i++)
		known |= strcmp(plugin->jobs[i].name, name) == 0;
	if (!known) {
		exec_refuse(call, ZHEN_INTERNAL, "undeclared-job", "模块安排了未声明的任务 %s", name);
		return;
	}
	json_out_init(&out, text);
	json_open(&out, NULL, FALSE);
	for (size_t i = 0; i + 1 < count; i += 2)
		json_put_value(&out, pairs[i].as.text, &pairs[i + 1]);
	json_close_one(&out);
	zhen_value args[] = { zhen_from_text(name), zhen_from_text(text->str), zhen_from_int(not_before),
		              zhen_from_text(job_subject(call)), zhen_from_int(call->request->job_id) };
	if (text->len > EVENT_MAX)
		exec_refuse(call, ZHEN_INTERNAL, "bad-job", "任务 %s 的参数超过 %d 字节", name, EVENT_MAX);
	else if (!store_exec(call->conn, STORE_HOST,
	                     "INSERT INTO _job(name, args, not_before, tries, error, subject) VALUES($1, $2, $3, 0, '', "
	                     "CASE WHEN $4 <> '' OR $5 = 0 THEN $4 ELSE "
	                     "COALESCE((SELECT subject FROM _job WHERE id = $5), '') END) RETURNING id",
	                     args, G_N_ELEMENTS(args), &id, &error))
		exec_error(call, error);
	else
		call->first_job = call->first_job == 0 ? id : call->first_job;
	call->enqueued = !call->failed || call->enqueued;
}

/* What this run enqueued before it said whose it is. */
static void name_jobs(Call *call)
{
	zhen_value args[] = { zhen_from_text(call->audit_subject), zhen_from_int(call->first_job) };
	g_autoptr(GError) error = NULL;

	if (call->first_job > 0 && call->writing &&
	    !store_exec(call->conn, STORE_HOST, "UPDATE _job SET subject = $1 WHERE id >= $2", args, G_N_ELEMENTS(args), NULL,
	                &error))
		exec_error(call, error);
}

void host_subject(zhen_call *head, const char *text)
{
	Call *call = call_of(head);

	if (call->failed || text == NULL)
		return;
	call->audit_subject = arena_strndup(call->arena, text, MIN(strlen(text), 200));
	name_jobs(call);
}

const char *host_blob_put(zhen_call *head, const void *bytes, size_t length)
{
	Call *call = call_of(head);
	g_autoptr(GError) error = NULL;
	g_autoptr(BlobWriter) writer = NULL;
	char hex[DIGEST_HEX_SIZE];

	if (call->failed)
		return "";
	if (!call->writing && !call->preparing) {
		exec_refuse(call, ZHEN_INTERNAL, "read-only", "读取类操作不能写入文件");
		return "";
	}
	writer = blob_writer_new(call->runtime->store, 0, &error);
	if (writer == NULL || !blob_write(writer, bytes, length, &error) || !blob_finish(writer, hex, NULL, &error)) {
		exec_error(call, error);
		return "";
	}
	return arena_strdup(call->keep, hex);
}

/* A file is read whole, from a disk that may be busy: on the loop everybody would wait for it. As with a read that ran
 * out of steps, the call runs again on the pool, and its route goes there directly for a while. */
static gboolean leave_loop(Call *call)
{
	if (!call->on_loop)
		return FALSE;
	call->interrupted = TRUE;
	exec_refuse(call, ZHEN_UNAVAILABLE, "too-slow", "读取文件不能在主循环中进行");
	return TRUE;
}

const void *host_blob_get(zhen_call *head, const char *digest, size_t *out_length)
{
	Call *call = call_of(head);
	g_autofree char *path = call->failed || digest == NULL ? NULL : blob_path(call->runtime->store, digest);
	g_autofree char *bytes = NULL;
	gsize length = 0;

	*out_length = 0;
	if (path == NULL || leave_loop(call) || !g_file_get_contents(path, &bytes, &length, NULL))
		return NULL;
	*out_length = length;
	return arena_strndup(call->arena, bytes, length);
}

static void blob_reference(zhen_call *head, const char *sql, const char *digest, const char *subject, gboolean at)
{
	Call *call = call_of(head);
	g_autoptr(GError) error = NULL;
	zhen_value args[] = { zhen_from_text(digest), zhen_from_text(subject), zhen_from_int(call->request->now_ms) };

	if (host_may_affect(call) && !store_exec(call->conn, STORE_HOST, sql, args, at ? 3 : 2, NULL, &error))
		exec_error(call, error);
}

void host_blob_keep(zhen_call *head, const char *digest, const char *subject)
{
	Call *call = call_of(head);

	if (!call->failed && (digest == NULL || !blob_touch(call->runtime->store, digest)))
		exec_refuse(call, ZHEN_INVALID, "not-a-file", "文件不存在或已过期，请重新上传");
	blob_reference(head, "INSERT INTO _blob(digest, subject, at) VALUES($1, $2, $3) ON CONFLICT DO NOTHING", digest,
	               subject, TRUE);
}

void host_blob_drop(zhen_call *head, const char *digest, const char *subject)
{
	Call *call = call_of(head);

	blob_reference(head, "DELETE FROM _blob WHERE digest = $1 AND subject = $2", digest, subject, FALSE);
	if (call->purging != NULL)
		purge_dropped(call, digest);
}

void host_carry(zhen_call *head, const char *name, zhen_value value)
{
	Call *call = call_of(head);
	Extra extra = { arena_strdup(call->keep, name), value };

	if (call->failed)
		return;
	if (!call->preparing) {
		exec_refuse(call, ZHEN_INTERNAL, "not-preparing", "carry 只能在 prepare 中使用");
		return;
	}
	if (value.kind == ZHEN_KIND_TEXT || value.kind == ZHEN_KIND_BLOB)
		extra.value.as.text = arena_strndup(call->keep, value.as.text, value.length);
	if (call->extra == NULL)
		call->extra = g_array_new(FALSE, FALSE, sizeof(Extra));
	g_array_append_val(call->extra, extra);
}
