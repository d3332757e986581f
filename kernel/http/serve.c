/* SPDX-License-Identifier: Apache-2.0
 * The steps of a connection: one request at a time, in order; what follows in the buffer waits for its answer. */
#include "http/internal.h"

#include <stddef.h>
#include <string.h>

#define SPARE_CALLS 64
#define BODY_STEP 16384u
#define UPLOAD_PROGRESS (256 * 1024)

HttpCall *call_new(HttpLoop *home, Connection *connection)
{
	HttpCall *call = home->spare;

	if (call != NULL) {
		home->spare = call->spare;
		home->n_spare--;
	} else {
		call = g_new(HttpCall, 1);
		call->home = home;
		call->arena = arena_new();
	}
	memset((char *)call + offsetof(HttpCall, connection), 0, sizeof(*call) - offsetof(HttpCall, connection));
	call->connection = connection;
	call->started_us = net_now_us(home->net);
	parser_begin(&call->parser);
	return call;
}

static void clear(HttpCall *call)
{
	g_clear_pointer(&call->session, session_unref);
	g_clear_pointer(&call->kept, g_free);
	g_clear_pointer(&call->cookie, g_free);
	g_clear_pointer(&call->upload, upload_free);
}

void call_destroy(HttpCall *call)
{
	if (call == NULL)
		return;
	clear(call);
	arena_free(call->arena);
	g_free(call);
}

void call_free(HttpCall *call)
{
	HttpLoop *home = call->home;

	if (home->n_spare >= SPARE_CALLS) {
		call_destroy(call);
		return;
	}
	clear(call);
	arena_reset(call->arena);
	call->spare = home->spare;
	home->spare = call;
	home->n_spare++;
}

char *call_header(HttpCall *call, RequestHeader header)
{
	View view = call->head.headers[header];

	return view.at != 0 ? arena_strndup(call->arena, call_bytes(call) + view.at, view.length) : NULL;
}

/* ---- steps: TRUE = go on, there may be more to do ---- */

static gboolean refuse_head(HttpCall *call)
{
	const gint status = call->parser.status;

	metrics_add(&call->home->refused, 1);
	call->close = TRUE;
	answer_problem(call, status, status == 431 ? "head-too-large" : "bad-request",
	               status == 431 ? "请求头过长" : "请求格式不对", call->parser.reason);
	return FALSE;
}

static gboolean read_head(HttpCall *call)
{
	Connection *connection = call->connection;
	const HttpLimits *limits = &call->home->http->options.limits;
	ParseOutcome outcome = parser_feed(&call->parser, connection_bytes(connection), connection_unread(connection),
	                                   (gsize)limits->header_bytes, &call->head);

	if (outcome == PARSE_MORE) {
		/* From the first byte on, or from the accept: bytes that trickle in do not move it. */
		if (connection->wait != WAIT_HEAD)
			connection_wait(connection, WAIT_HEAD);
		return FALSE;
	}
	if (outcome == PARSE_REFUSED)
		return refuse_head(call);
	call->raw_at = call->head.length;
	body_begin(&call->body, call->head.chunked, call->head.content_length);
	if (!guard_head(call))
		return FALSE;
	if (call->body.state == BODY_OVER) {
		serve_run(call);
		return FALSE;
	}
	if (call->head.expects && connection_unread(connection) == call->head.length)
		reply_continue(call);
	call->phase = call->upload != NULL ? PHASE_UPLOAD : PHASE_BODY;
	connection_wait(connection, WAIT_BODY);
	if (call->phase == PHASE_BODY)
		connection_reserve(connection, call->head.length +
		                                       (call->head.chunked ? BODY_STEP : (gsize)call->body.left));
	return TRUE;
}

static gboolean refuse_body(HttpCall *call, gint status)
{
	call->close = TRUE;
	if (status == 413)
		answer_problem(call, 413, "body-too-large", "内容过大", NULL);
	else
		answer_problem(call, 400, "bad-request", "请求格式不对", "broken chunk");
	return FALSE;
}

/* Collects the body right behind the head, chunk frames squeezed out. */
static gboolean read_body(HttpCall *call)
{
	Connection *connection = call->connection;
	const gsize limit = (gsize)call->home->http->options.limits.body_bytes;
	BodyOutcome outcome = BODY_PIECE;

	while (outcome == BODY_PIECE) {
		char *bytes = connection->in + connection->in_at;
		const char *piece = NULL;
		gsize used = 0;
		gsize length = 0;

		outcome = body_next(&call->body, bytes + call->raw_at, connection_unread(connection) - call->raw_at,
		                    &used, &piece, &length);
		if (outcome == BODY_BROKEN)
			return refuse_body(call, 400);
		call->raw_at += used;
		if (outcome != BODY_PIECE)
			break;
		if (call->text_length + length > limit)
			return refuse_body(call, 413);
		if (piece != bytes + call->head.length + call->text_length)
			memmove(bytes + call->head.length + call->text_length, piece, length);
		call->text_length += length;
	}
	if (outcome == BODY_DONE) {
		call->text = call_bytes(call) + call->head.length;
		serve_run(call);
		return FALSE;
	}
	if (call->head.chunked) {
		/* All was used: the next bytes go right behind what was unframed. */
		connection->in_end = connection->in_at + (guint32)(call->head.length + call->text_length);
		call->raw_at = call->head.length + call->text_length;
		connection_reserve(connection, call->raw_at + BODY_STEP);
	}
	return FALSE;
}

/* The same, but what arrives is handed on and forgotten; the head stays. */
static gboolean read_upload(HttpCall *call)
{
	Connection *connection = call->connection;
	BodyOutcome outcome = BODY_PIECE;
	const gint64 before = call->body.total;

	while (outcome == BODY_PIECE) {
		const char *piece = NULL;
		gsize used = 0;
		gsize length = 0;

		outcome = body_next(&call->body, connection_bytes(connection) + call->raw_at,
		                    connection_unread(connection) - call->raw_at, &used, &piece, &length);
		if (outcome == BODY_BROKEN)
			return refuse_body(call, 400);
		call->raw_at += used;
		if (outcome == BODY_PIECE && !upload_piece(call, piece, length))
			return FALSE;
	}
	if (outcome == BODY_DONE) {
		upload_end(call);
		return FALSE;
	}
	connection->in_end = connection->in_at + call->head.length;
	call->raw_at = call->head.length;
	connection_reserve(connection, call->raw_at + BODY_STEP);
	if (before / UPLOAD_PROGRESS != call->body.total / UPLOAD_PROGRESS)
		connection_wait(connection, WAIT_BODY); /* large files take long, but they move */
	return FALSE;
}

static gboolean step(HttpLoop *home, Connection *connection)
{
	HttpCall *call = connection->call;

	if (call == NULL) {
		if (!connection_all_sent(connection))
			return FALSE;
		connection_pause(connection, FALSE);
		if (connection_unread(connection) == 0) {
			if (net_draining(home->net))
				connection_close(connection);
			else
				connection_wait(connection, WAIT_IDLE);
			return FALSE;
		}
		call = connection->call = call_new(home, connection);
	}
	switch (call->phase) {
	case PHASE_HEAD:
		return read_head(call) || connection->call == NULL;
	case PHASE_BODY:
		return read_body(call) || connection->call == NULL;
	case PHASE_UPLOAD:
		return read_upload(call) || connection->call == NULL;
	case PHASE_STREAM:
		stream_ready(call);
		return FALSE;
	default:
		return FALSE;
	}
}

void serve_ready(Connection *connection)
{
	HttpLoop *home = net_data(connection->net);

	/* Answers that come while a step runs let the loop below go on, not a call within a call: a buffer full of
	 * pipelined requests must not become a stack of them. */
	if (connection->running)
		return;
	connection->running = TRUE;
	while (!connection->dead && !connection->closing && step(home, connection))
		continue;
	connection->running = FALSE;
}

void serve_run(HttpCall *call)
{
	Connection *connection = call->connection;

	call->phase = PHASE_CALL;
	if (call->body_kind == BODY_FORM && !submit_read_form(call))
		return;
	if (call->draws_form) {
		answer_form(call);
		return;
	}
	if (!guard_token(call, params_text(&call->params, "_csrf")))
		return;
	call->awaited = TRUE;
	if (call->entry->kind == ROUTE_HOST)
		call->entry->own.run(call, call->entry->data);
	else
		submit_call(call);
	/* Mostly it is answered by now, and then the call may already be another's. */
	if (connection->call == call && !connection->dead && call->phase == PHASE_CALL)
		call_await(call);
}

void call_await(HttpCall *call)
{
	/* What else comes from this client stays in the socket. */
	connection_pause(call->connection, TRUE);
	connection_wait(call->connection, WAIT_CALL);
}

gboolean call_claim(HttpCall *call)
{
	HttpLoop *home = call->home;

	call->awaited = FALSE;
	if (call->connection != NULL)
		return TRUE;
	g_hash_table_remove(home->orphans, call);
	call_destroy(call);
	if (home->closed && g_hash_table_size(home->orphans) == 0)
		http_loop_free(home);
	return FALSE;
}

void call_orphan(HttpCall *call)
{
	Connection *connection = call->connection;

	call->kept_bytes = connection_bytes(connection);
	call->kept = connection_take_buffer(connection);
	call->connection = NULL;
	connection->call = NULL;
	g_hash_table_add(call->home->orphans, call);
}

/* Whether the whole body lies in the buffer: an early refusal then need not cost the connection. */
static gboolean skip_body(HttpCall *call)
{
	BodyOutcome outcome = BODY_PIECE;

	while (outcome == BODY_PIECE) {
		const char *piece = NULL;
		gsize used = 0;
		gsize length = 0;

		outcome = body_next(&call->body, call_bytes(call) + call->raw_at,
		                    connection_unread(call->connection) - call->raw_at, &used, &piece, &length);
		call->raw_at += outcome != BODY_BROKEN ? used : 0;
	}
	return outcome == BODY_DONE;
}

gboolean call_keeps_alive(HttpCall *call)
{
	if (!call->close)
		call->close = !call->head.keep_alive || net_draining(call->home->net) || !skip_body(call);
	return !call->close;
}

void call_finish(HttpCall *call)
{
	Connection *connection = call->connection;
	const gboolean close = call->close;
	gboolean linger = FALSE;

	if (call->awaited) {
		call_orphan(call);
	} else {
		connection->call = NULL;
		if (close)
			linger = call->parser.status != 0 || call->body.state != BODY_OVER;
		else
			connection_consume(connection, call->raw_at);
		call_free(call);
	}
	if (connection->failed) {
		connection_close(connection);
		return;
	}
	if (close) {
		connection_close_when_sent(connection, linger);
		return;
	}
	if (!connection_all_sent(connection)) {
		connection_pause(connection, TRUE);
		connection_wait(connection, WAIT_SEND);
	}
	serve_ready(connection); /* does nothing within a step, which goes on by itself */
}

void serve_late(Connection *connection)
{
	HttpCall *call = connection->call;

	if (call == NULL)
		return; /* nothing was asked: just closed */
	call->close = TRUE;
	if (connection->wait == WAIT_CALL)
		answer_problem(call, 503, "timeout", "处理超时，请稍后再试", NULL);
	else
		answer_problem(call, 408, "request-timeout", "请求未在规定时间内发完", NULL);
}

void serve_gone(Connection *connection)
{
	HttpLoop *home = net_data(connection->net);
	HttpCall *call = connection->call;

	limits_leave(home->http->limits, connection->address);
	connection->call = NULL;
	if (call != NULL && call->stream != NULL)
		stream_gone(call);
	if (call != NULL && call->awaited)
		call_orphan(call);
	else if (call != NULL)
		call_free(call);
}
