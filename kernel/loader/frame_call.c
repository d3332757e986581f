/* SPDX-License-Identifier: Apache-2.0
 * Calls and replies as frames. */
#include <string.h>

#include "loader/frame.h"

static void put_caller(GByteArray *out, const Caller *caller)
{
	const char *const texts[] = { caller->account, caller->name, caller->body, caller->division,
		                      caller->on_behalf };

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		frame_put_text(out, texts[i]);
	frame_put_i64(out, (gint64)caller->permissions);
	frame_put_u8(out, caller->sees_all != FALSE);
}

static gboolean has_positions(CallKind kind)
{
	return kind == CALL_EVENTS || kind == CALL_REWIND || kind == CALL_TRIM;
}

/* The two numbers of a position are only carried. */
static void put_position(GByteArray *out, const LogPosition *position)
{
	frame_put_i64(out, position->epoch);
	frame_put_i64(out, position->seq);
}

static void put_events(GByteArray *out, const CallRequest *request)
{
	frame_put_text(out, request->publisher);
	put_position(out, &request->after);
	put_position(out, &request->upto);
	frame_put_i64(out, request->mark.digest);
	frame_put_i64(out, request->mark.at_ms);
	frame_put_u8(out, request->caught_up != FALSE);
	frame_put_u32(out, request->n_events);
	for (guint i = 0; i < request->n_events; i++) {
		const CallEvent *event = &request->events[i];

		put_position(out, &event->position);
		frame_put_text(out, event->topic);
		frame_put_text(out, event->subject);
		frame_put_text(out, event->division);
		frame_put_bytes(out, event->body, event->body_length);
		frame_put_i64(out, event->at_ms);
		frame_put_i64(out, event->mark);
		frame_put_text(out, event->fault);
	}
}

static void put_accounts(GByteArray *out, const CallRequest *request)
{
	frame_put_u32(out, request->n_accounts);
	for (guint i = 0; i < request->n_accounts; i++) {
		const CallAccount *account = &request->accounts[i];

		frame_put_text(out, account->account);
		frame_put_text(out, account->name);
		frame_put_text(out, account->body);
		frame_put_text(out, account->division);
		frame_put_i64(out, (gint64)account->permissions);
	}
}

void frame_put_call(GByteArray *out, guint64 id, const CallRequest *request)
{
	gsize start = frame_begin(out, FRAME_CALL);

	frame_put_i64(out, (gint64)id);
	frame_put_u8(out, (guint8)request->kind);
	frame_put_u32(out, request->index);
	put_caller(out, &request->caller);
	frame_put_i64(out, request->now_ms);
	frame_put_text(out, request->request_id);
	frame_put_text(out, request->base_url);
	frame_put_text(out, request->address);
	frame_put_u8(out, request->body != NULL);
	frame_put_bytes(out, request->body, request->body != NULL ? request->body_length : 0);
	frame_put_text(out, request->idempotency_key);
	frame_put_text(out, request->if_match);
	frame_put_i64(out, request->job_id);
	frame_put_u32(out, request->n_params);
	for (guint i = 0; i < request->n_params; i++) {
		frame_put_text(out, request->params[i].name);
		frame_put_bytes(out, request->params[i].value, request->params[i].length);
	}
	if (has_positions(request->kind))
		put_events(out, request);
	else
		put_accounts(out, request);
	frame_end(out, start);
}

static void get_caller(FrameIn *in, Caller *caller)
{
	const char **const texts[] = { &caller->account, &caller->name, &caller->body, &caller->division,
		                       &caller->on_behalf };

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		*texts[i] = frame_get_text(in);
		if (*texts[i] == NULL)
			*texts[i] = "";
	}
	caller->permissions = (guint64)frame_get_i64(in);
	caller->sees_all = frame_get_u8(in) != 0;
}

static CallParam *get_params(FrameIn *in, guint *out_count)
{
	guint32 count = frame_get_u32(in);
	CallParam *params;

	*out_count = 0;
	/* Each takes at least nine bytes: a number that cannot be true allocates nothing. */
	if (in->bad || count > FRAME_PARAMS_MAX || count > in->left / 9) {
		in->bad = TRUE;
		return NULL;
	}
	params = g_new0(CallParam, count + 1);
	for (guint32 i = 0; i < count; i++) {
		params[i].name = frame_get_text(in);
		params[i].value = frame_get_bytes(in, &params[i].length);
		in->bad = in->bad || params[i].name == NULL;
	}
	*out_count = count;
	return params;
}

static LogPosition get_position(FrameIn *in)
{
	const gint64 epoch = frame_get_i64(in);

	return (LogPosition){ epoch, frame_get_i64(in) };
}

static CallEvent get_event(FrameIn *in)
{
	CallEvent event = { .position = get_position(in) };

	event.topic = frame_get_text(in);
	event.subject = frame_get_text(in);
	event.division = frame_get_text(in);
	event.body = frame_get_bytes(in, &event.body_length);
	event.at_ms = frame_get_i64(in);
	event.mark = frame_get_i64(in);
	event.fault = frame_get_text(in);
	in->bad = in->bad || event.topic == NULL || event.subject == NULL || event.division == NULL;
	return event;
}

/* Behind the parameters, in memory as well. */
static CallParam *get_events(FrameIn *in, CallRequest *out, CallParam *params)
{
	const gsize before = sizeof(CallParam) * (out->n_params + 1);
	guint32 count;
	CallEvent *events;

	out->publisher = frame_get_text(in);
	out->after = get_position(in);
	out->upto = get_position(in);
	out->mark.digest = frame_get_i64(in);
	out->mark.at_ms = frame_get_i64(in);
	out->caught_up = frame_get_u8(in) != 0;
	count = frame_get_u32(in);
	/* Each takes at least 44 bytes. */
	if (in->bad || count > in->left / 44) {
		in->bad = TRUE;
		return params;
	}
	params = g_realloc(params, before + sizeof(CallEvent) * count);
	events = (CallEvent *)(void *)((char *)params + before);
	for (guint32 i = 0; i < count; i++)
		events[i] = get_event(in);
	out->events = events;
	out->n_events = count;
	return params;
}

/* Behind the parameters too: a call with events has no accounts. */
static CallParam *get_accounts(FrameIn *in, CallRequest *out, CallParam *params)
{
	const gsize before = sizeof(CallParam) * (out->n_params + 1);
	const guint32 count = frame_get_u32(in);
	CallAccount *accounts;

	/* Each takes at least 28 bytes. */
	if (in->bad || count > in->left / 28) {
		in->bad = TRUE;
		return params;
	}
	params = g_realloc(params, before + sizeof(CallAccount) * count);
	accounts = (CallAccount *)(void *)((char *)params + before);
	for (guint32 i = 0; i < count; i++) {
		CallAccount *one = &accounts[i];

		one->account = frame_get_text(in);
		one->name = frame_get_text(in);
		one->body = frame_get_text(in);
		one->division = frame_get_text(in);
		one->permissions = (guint64)frame_get_i64(in);
		in->bad = in->bad || one->account == NULL || one->name == NULL || one->body == NULL ||
		          one->division == NULL;
	}
	out->accounts = accounts;
	out->n_accounts = count;
	return params;
}

gboolean frame_get_call(FrameIn *in, guint64 *out_id, CallRequest *out, CallParam **out_params)
{
	gboolean has_body;

	memset(out, 0, sizeof(*out));
	*out_id = (guint64)frame_get_i64(in);
	out->kind = frame_get_u8(in);
	out->index = frame_get_u32(in);
	get_caller(in, &out->caller);
	out->now_ms = frame_get_i64(in);
	out->request_id = frame_get_text(in);
	out->base_url = frame_get_text(in);
	out->address = frame_get_text(in);
	has_body = frame_get_u8(in) != 0;
	out->body = frame_get_bytes(in, &out->body_length);
	if (!has_body)
		out->body = NULL;
	out->idempotency_key = frame_get_text(in);
	out->if_match = frame_get_text(in);
	out->job_id = frame_get_i64(in);
	*out_params = get_params(in, &out->n_params);
	*out_params = has_positions(out->kind) ? get_events(in, out, *out_params) : get_accounts(in, out, *out_params);
	out->params = *out_params;
	return frame_in_done(in) && out->kind < CALL_KINDS && (has_body || out->body_length == 0);
}

void frame_put_reply(GByteArray *out, guint64 id, const CallReply *reply)
{
	gsize start = frame_begin(out, FRAME_REPLY);

	frame_put_i64(out, (gint64)id);
	frame_put_u32(out, (guint32)reply->status);
	frame_put_u32(out, (guint32)reply->retry_after_s);
	frame_put_text(out, reply->content_type);
	frame_put_text(out, reply->location);
	frame_put_text(out, reply->etag);
	frame_put_text(out, reply->blob);
	frame_put_text(out, reply->file_name);
	frame_put_bytes(out, reply->body->str, reply->body->len);
	frame_end(out, start);
}

/* A header's value, as a worker may give it: printable, of a bounded length; UTF-8 in names of files. */
static gboolean printable(const char *text, gsize max)
{
	gsize length = strlen(text);

	if (length == 0 || length > max || !g_utf8_validate(text, (gssize)length, NULL))
		return FALSE;
	for (gsize i = 0; i < length; i++)
		if ((guchar)text[i] < 0x20 || text[i] == 0x7f)
			return FALSE;
	return TRUE;
}

static gboolean ascii(const char *text)
{
	return g_str_is_ascii(text);
}

static gboolean is_digest(const char *text)
{
	return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

static gboolean is_media_type(const char *text)
{
	const char *slash = strchr(text, '/');

	return slash != NULL && slash != text && slash[1] != '\0' && printable(text, 100) && ascii(text) &&
	       strpbrk(text, "\\<>()@,[]?{}") == NULL;
}

/* The type outlives the frame. */
static const char *keep_type(const char *text)
{
	if (text == NULL || strcmp(text, "application/json") == 0)
		return "application/json";
	if (strcmp(text, "application/problem+json") == 0)
		return "application/problem+json";
	return is_media_type(text) ? call_keep_type(text) : NULL;
}

/* What the host will write into headers and open as a file: only what could be a header or a blob. */
static gboolean reply_is_sane(const CallReply *reply)
{
	if (reply->status < 200 || reply->status > 599 || reply->retry_after_s < 0 ||
	    reply->retry_after_s > 86400 * 366)
		return FALSE;
	if (reply->location != NULL &&
	    (!g_str_has_prefix(reply->location, "/p/") || !printable(reply->location, 2000) || !ascii(reply->location)))
		return FALSE;
	if (reply->etag != NULL && (!printable(reply->etag, 200) || !ascii(reply->etag)))
		return FALSE;
	if (reply->file_name != NULL && (!printable(reply->file_name, 500) || strchr(reply->file_name, '/') != NULL))
		return FALSE;
	return reply->blob == NULL || is_digest(reply->blob);
}

CallReply *frame_get_reply(FrameIn *in, guint64 *out_id)
{
	g_autoptr(CallReply) reply = NULL;
	const char *body;
	gsize length;

	*out_id = (guint64)frame_get_i64(in);
	if (in->bad)
		return NULL;
	reply = call_reply_new((gint)frame_get_u32(in));
	reply->retry_after_s = (gint)frame_get_u32(in);
	reply->content_type = keep_type(frame_get_text(in));
	reply->location = g_strdup(frame_get_text(in));
	reply->etag = g_strdup(frame_get_text(in));
	reply->blob = g_strdup(frame_get_text(in));
	reply->file_name = g_strdup(frame_get_text(in));
	body = frame_get_bytes(in, &length);
	if (!frame_in_done(in) || reply->content_type == NULL || !reply_is_sane(reply))
		return NULL;
	g_string_append_len(reply->body, body, (gssize)length);
	return g_steal_pointer(&reply);
}

/* ---- counters ---- */

void frame_put_stats(GByteArray *out, const RuntimeStats *stats)
{
	gsize start = frame_begin(out, FRAME_STATS);

	for (guint i = 0; i < RUNTIME_STATS; i++)
		frame_put_i64(out, stats->values[i]);
	frame_put_u32(out, stats->n_jobs);
	for (guint i = 0; i < stats->n_jobs; i++)
		frame_put_i64(out, stats->parked[i]);
	frame_end(out, start);
}

gboolean frame_get_stats(FrameIn *in, RuntimeStats *out)
{
	gboolean fine = TRUE;

	for (guint i = 0; i < RUNTIME_STATS; i++) {
		out->values[i] = frame_get_i64(in);
		fine &= out->values[i] >= 0;
	}
	if (frame_get_u32(in) != out->n_jobs)
		return FALSE;
	for (guint i = 0; i < out->n_jobs; i++) {
		out->parked[i] = frame_get_i64(in);
		fine &= out->parked[i] >= 0;
	}
	return fine && frame_in_done(in);
}
