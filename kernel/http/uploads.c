/* SPDX-License-Identifier: Apache-2.0
 * Files on their way to a plugin's blobs: POST /p/<plugin>/_upload?ticket=... (the body is the file, or multipart with one
 * file), and file parts of a multipart form on a route with ZHEN_UPLOADS, after a part named ticket or _ticket. Without a
 * good ticket not one byte is written. What streams in goes to the staging folder; syncing it blocks, so the pool does. */
#include "http/internal.h"

#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "http/multipart.h"
#include "runtime/runtime.h"

typedef struct UploadFile {
	char *field;
	char *name;
	BlobWriter *writer;
	gint64 bytes;
	char hex[DIGEST_HEX_SIZE];
} UploadFile;

struct Upload {
	HttpCall *call;
	Multipart *multipart;  /* NULL: the body is the file */
	gboolean alone;        /* _upload; else parts of a form */
	gboolean admitted;     /* ticket was good */
	char *ticket;
	GPtrArray *files;      /* of UploadFile; the last one may be under way */
	UploadFile *file;      /* NULL = a field is under way, or nothing */
	const char *field;     /* its name */
	GString *value;
	gsize fields_total;
	gint status;           /* 0, or why it was refused */
	const char *code, *title;
	LoopItem done;
	GError *error;         /* of the pool */
};

static void file_free(void *data)
{
	UploadFile *file = data;

	blob_writer_free(file->writer);
	g_free(file->field);
	g_free(file->name);
	g_free(file);
}

void upload_free(Upload *upload)
{
	if (upload == NULL)
		return;
	multipart_free(upload->multipart);
	g_ptr_array_unref(upload->files);
	g_string_free(upload->value, TRUE);
	g_free(upload->ticket);
	g_clear_error(&upload->error);
	g_free(upload);
}

static gboolean refuse(Upload *upload, gint status, const char *code, const char *title)
{
	if (upload->status == 0) {
		upload->status = status;
		upload->code = code;
		upload->title = title;
	}
	return FALSE;
}

static gboolean refuse_error(Upload *upload, const GError *error)
{
	if (g_error_matches(error, ZHEN_ERROR_DOMAIN, ERROR_TOO_LARGE))
		return refuse(upload, 413, "file-too-large", "文件过大");
	log_write(LOG_ERROR, upload->call->entry->mount->id, "upload: %s", error->message);
	if (g_error_matches(error, ZHEN_ERROR_DOMAIN, ERROR_FULL))
		return refuse(upload, 507, "storage-full", "存储空间不足");
	return refuse(upload, 500, "internal", "文件未能保存");
}

/* Answers what refuse() noted. The rest of the body is not read. */
static gboolean answer_refusal(HttpCall *call)
{
	Upload *upload = call->upload;

	/* Before the answer: who reads it finds nothing left of what was refused. */
	upload->file = NULL;
	g_ptr_array_set_size(upload->files, 0);
	call->close = TRUE;
	answer_problem(call, upload->status, upload->code, upload->title, NULL);
	return FALSE;
}

static gint64 file_limit(const Upload *upload)
{
	const Mount *mount = upload->call->entry->mount;
	const zhen_route *route = upload->call->entry->route;
	gint64 own = route != NULL ? route->upload_bytes : mount->upload_bytes;

	return own > 0 ? own : upload->call->home->http->options.limits.upload_bytes;
}

static guint files_limit(const Upload *upload)
{
	const Mount *mount = upload->call->entry->mount;
	const zhen_route *route = upload->call->entry->route;
	guint own = route != NULL ? (guint)MAX(route->upload_files, 0) : mount->upload_files;

	return own > 0 ? own : upload->call->home->http->options.limits.uploads_per_ticket;
}

static gboolean check_ticket(Upload *upload, const char *ticket)
{
	HttpCall *call = upload->call;
	const Http *http = call->home->http;

	g_free(upload->ticket);
	upload->ticket = g_strdup(ticket);
	upload->admitted = ticket != NULL && http->options.keys != NULL &&
	                   ticket_check(http->options.keys, call->entry->mount->id, ticket, call->now_ms, NULL);
	return upload->admitted || refuse(upload, 403, "upload-ticket", "上传凭证无效或已过期");
}

/* ---- one file ---- */

static gboolean begin_file(Upload *upload, const char *field, const char *name)
{
	HttpCall *call = upload->call;
	const char *slash = name != NULL ? strrchr(name, '/') : NULL;
	g_autoptr(GError) error = NULL;
	UploadFile *file;
	BlobWriter *writer;

	if (!upload->admitted)
		return refuse(upload, 403, "upload-ticket", "上传凭证应在文件之前给出");
	if (upload->alone && upload->files->len > 0)
		return refuse(upload, 400, "bad-request", "一次只能上传一个文件");
	if (!limits_upload_file(call->home->http->limits, upload->ticket, files_limit(upload), clock_mono_us()))
		return refuse(upload, 429, "too-many-files", "此凭证可上传的文件数已用完");
	writer = blob_writer_new_at(call->entry->mount->home->dir, file_limit(upload), &error);
	if (writer == NULL)
		return refuse_error(upload, error);
	file = g_new0(UploadFile, 1);
	file->writer = writer;
	file->field = g_strdup(field);
	file->name = g_strdup(slash != NULL ? slash + 1 : name != NULL ? name : "");
	g_ptr_array_add(upload->files, file);
	upload->file = file;
	return TRUE;
}

static gboolean write_file(Upload *upload, const char *bytes, gsize length)
{
	HttpCall *call = upload->call;
	g_autoptr(GError) error = NULL;

	if (!limits_upload_bytes(call->home->http->limits, call->address, (gint64)length, clock_mono_us()))
		return refuse(upload, 429, "upload-quota", "上传总量超过限制，请稍后再试");
	return blob_write(upload->file->writer, bytes, length, &error) || refuse_error(upload, error);
}

/* ---- parts ---- */

static gboolean on_begin(void *data, const char *name, const char *file_name)
{
	Upload *upload = data;

	upload->file = NULL;
	g_string_truncate(upload->value, 0);
	upload->field = arena_strdup(upload->call->arena, name);
	/* A file input left empty: a part without a name and, as on_bytes makes sure, without bytes. */
	if (file_name == NULL || file_name[0] == '\0')
		return TRUE;
	return begin_file(upload, name, file_name);
}

static gboolean on_bytes(void *data, const char *bytes, gsize length)
{
	Upload *upload = data;

	if (upload->file != NULL)
		return write_file(upload, bytes, length);
	upload->fields_total += length;
	if (upload->fields_total > (gsize)upload->call->home->http->options.limits.body_bytes)
		return refuse(upload, 413, "body-too-large", "内容过大");
	g_string_append_len(upload->value, bytes, (gssize)length);
	return TRUE;
}

static gboolean on_end(void *data)
{
	Upload *upload = data;
	HttpCall *call = upload->call;

	if (upload->file != NULL) {
		upload->file = NULL;
		return TRUE;
	}
	if (!g_utf8_validate(upload->value->str, (gssize)upload->value->len, NULL) || call->params.count >= PARAMS_MAX)
		return refuse(upload, 400, "bad-request", "请求格式不对");
	if (!upload->alone && strcmp(upload->field, "_ticket") == 0)
		return check_ticket(upload, upload->value->str);
	/* A plugin's own hidden field, which the form it drew sends back. */
	if (!upload->alone && strcmp(upload->field, "ticket") == 0 && !check_ticket(upload, upload->value->str))
		return FALSE;
	if (upload->value->len > 0)
		params_add(&call->params, call->arena, upload->field,
		           arena_strndup(call->arena, upload->value->str, upload->value->len), upload->value->len);
	return TRUE;
}

static const MultipartEvents part_events = { .begin = on_begin, .bytes = on_bytes, .end = on_end };

/* ---- the whole ---- */

static gboolean begin_body(HttpCall *call)
{
	Upload *upload = call->upload;
	g_autofree char *name = NULL;

	if (call->head.content_length <= 0 && !call->head.chunked)
		return refuse(upload, 400, "bad-request", "没有文件内容");
	if (head_has(&call->head, HEADER_CONTENT_TYPE)) {
		const char *type = call_header(call, HEADER_CONTENT_TYPE);

		if (g_ascii_strncasecmp(type, "multipart/form-data", 19) == 0) {
			call->body_kind = BODY_MULTIPART;
			upload->multipart = multipart_new(type, &part_events, upload);
			return upload->multipart != NULL || refuse(upload, 400, "bad-request", "请求格式不对");
		}
	}
	call->body_kind = BODY_RAW;
	if (call->head.content_length > file_limit(upload))
		return refuse(upload, 413, "file-too-large", "文件过大");
	if (head_has(&call->head, HEADER_FILE_NAME))
		name = g_uri_unescape_string(call_header(call, HEADER_FILE_NAME), "/");
	return begin_file(upload, "file", name != NULL && g_utf8_validate(name, -1, NULL) ? name : NULL);
}

gboolean upload_begin(HttpCall *call)
{
	Upload *upload = g_new0(Upload, 1);

	upload->call = call;
	upload->alone = call->entry->kind == ROUTE_UPLOAD;
	upload->files = g_ptr_array_new_with_free_func(file_free);
	upload->value = g_string_new(NULL);
	call->upload = upload;
	if (upload->alone && !check_ticket(upload, params_text(&call->params, "ticket")))
		return answer_refusal(call);
	return begin_body(call) || answer_refusal(call);
}

gboolean upload_piece(HttpCall *call, const char *bytes, gsize length)
{
	Upload *upload = call->upload;

	if (upload->multipart == NULL ? write_file(upload, bytes, length) :
	                                multipart_feed(upload->multipart, bytes, length))
		return TRUE;
	refuse(upload, 400, "bad-request", "请求格式不对");
	return answer_refusal(call);
}

/* Pool thread: the call is not touched. */
void upload_sync(gpointer data, gpointer http)
{
	Upload *upload = data;

	(void)http;
	for (guint i = 0; i < upload->files->len && upload->error == NULL; i++) {
		UploadFile *file = upload->files->pdata[i];

		blob_finish(file->writer, file->hex, &file->bytes, &upload->error);
	}
	loop_post(upload->call->home->loop, &upload->done);
}

static void answer_file(HttpCall *call)
{
	const UploadFile *file = call->upload->files->pdata[0];
	CallReply *reply = call_reply_new(201);
	JsonOut out;

	json_out_init(&out, reply->body);
	json_open(&out, NULL, FALSE);
	json_put_text(&out, "digest", file->hex);
	json_put_int(&out, "bytes", file->bytes);
	json_put_text(&out, "name", file->name);
	json_close_one(&out);
	answer(call, reply);
}

static void on_synced(void *data)
{
	Upload *upload = data;
	HttpCall *call = upload->call;

	if (!call_claim(call))
		return; /* they gave up; what was stored is collected when nothing refers to it */
	if (upload->error != NULL) {
		refuse_error(upload, upload->error);
		answer_refusal(call);
		return;
	}
	if (upload->alone) {
		answer_file(call);
		return;
	}
	for (guint i = 0; i < upload->files->len; i++) {
		const UploadFile *file = upload->files->pdata[i];

		params_add(&call->params, call->arena, arena_strdup(call->arena, file->field),
		           arena_strndup(call->arena, file->hex, DIGEST_HEX_SIZE - 1), DIGEST_HEX_SIZE - 1);
	}
	serve_run(call);
}

void upload_end(HttpCall *call)
{
	Upload *upload = call->upload;

	if ((upload->multipart != NULL && !multipart_done(upload->multipart)) ||
	    (upload->alone && upload->files->len != 1)) {
		refuse(upload, 400, "bad-request", "请求格式不对");
		answer_refusal(call);
		return;
	}
	if (!upload->alone && !guard_token(call, params_text(&call->params, "_csrf")))
		return;
	if (upload->files->len == 0) {
		serve_run(call);
		return;
	}
	call->phase = PHASE_CALL;
	call->awaited = TRUE;
	upload->done = (LoopItem){ .run = on_synced, .data = upload };
	call_await(call);
	g_thread_pool_push(call->home->http->files, upload, NULL);
}

static char upload_path[] = "/_upload";

void upload_add(Http *http, Mount *mount)
{
	RouteEntry *entry = g_new0(RouteEntry, 1);

	(void)http;
	entry->kind = ROUTE_UPLOAD;
	entry->method = ZHEN_POST;
	entry->mount = mount;
	entry->pattern = g_strconcat("/p/", mount->id, upload_path, NULL);
	entry->params = g_new0(char *, 1);
	entry->open = TRUE; /* the ticket is the permission */
	g_ptr_array_add(mount->entries, entry);
	router_add(mount->router, ZHEN_POST, upload_path, entry);
}
