/* SPDX-License-Identifier: Apache-2.0
 * Answers without an end. The connection is the stream's until it ends; what the client sends meanwhile is thrown away. */
#include "http/internal.h"

#include <sys/socket.h>

#define OUT_MAX (256 * 1024)     /* bytes that wait for a client */
#define SOCKET_BYTES (64 * 1024) /* what the kernel holds for one beside that */
#define RETRY_S 10

struct StreamLimits {
	GMutex lock;
	guint count;
	GHashTable *keys; /* char * -> count: "account 7", "address 127.0.0.1" */
};

struct HttpStream {
	HttpStream *previous, *next; /* of the loop */
	HttpCall *call;
	HttpStreamEvents events;
	void *data;
	char *account, *address;     /* keys of the limits */
	gboolean chunked;
	gboolean ending;
};

/* ---- limits ---- */

StreamLimits *stream_limits_new(void)
{
	StreamLimits *limits = g_new0(StreamLimits, 1);

	g_mutex_init(&limits->lock);
	limits->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return limits;
}

void stream_limits_free(StreamLimits *limits)
{
	if (limits == NULL)
		return;
	g_hash_table_unref(limits->keys);
	g_mutex_clear(&limits->lock);
	g_free(limits);
}

guint stream_count(Http *http)
{
	guint count;

	g_mutex_lock(&http->stream_limits->lock);
	count = http->stream_limits->count;
	g_mutex_unlock(&http->stream_limits->lock);
	return count;
}

/* @max 0 = no limit. */
static gboolean has_room(const StreamLimits *limits, const char *key, guint max)
{
	return max == 0 || GPOINTER_TO_UINT(g_hash_table_lookup(limits->keys, key)) < max;
}

static void change(StreamLimits *limits, const char *key, gint by)
{
	const gint count = GPOINTER_TO_INT(g_hash_table_lookup(limits->keys, key)) + by;

	if (count > 0)
		g_hash_table_insert(limits->keys, g_strdup(key), GINT_TO_POINTER(count));
	else
		g_hash_table_remove(limits->keys, key);
}

static gboolean enter(Http *http, const HttpStream *stream)
{
	StreamLimits *limits = http->stream_limits;
	const HttpLimits *max = &http->options.limits;
	gboolean fine;

	g_mutex_lock(&limits->lock);
	fine = limits->count < max->streams && has_room(limits, stream->account, max->streams_per_account) &&
	       has_room(limits, stream->address, max->streams_per_address);
	if (fine) {
		limits->count++;
		change(limits, stream->account, 1);
		change(limits, stream->address, 1);
	}
	g_mutex_unlock(&limits->lock);
	return fine;
}

static void leave(Http *http, const HttpStream *stream)
{
	StreamLimits *limits = http->stream_limits;

	g_mutex_lock(&limits->lock);
	limits->count--;
	change(limits, stream->account, -1);
	change(limits, stream->address, -1);
	g_mutex_unlock(&limits->lock);
}

/* ---- life ---- */

static void stream_free(HttpStream *stream)
{
	g_free(stream->account);
	g_free(stream->address);
	g_free(stream);
}

/* Whoever gave it a function hears for the last time. */
static void detach(HttpStream *stream)
{
	HttpLoop *home = stream->call->home;

	*(stream->previous != NULL ? &stream->previous->next : &home->streams) = stream->next;
	if (stream->next != NULL)
		stream->next->previous = stream->previous;
	leave(home->http, stream);
	stream->call->stream = NULL;
	stream->events.gone(stream->data);
	stream_free(stream);
}

void stream_gone(HttpCall *call)
{
	detach(call->stream);
}

static HttpStream *make(HttpCall *call, const HttpStreamEvents *events, void *data)
{
	HttpStream *stream = g_new0(HttpStream, 1);

	stream->call = call;
	stream->events = *events;
	stream->data = data;
	stream->account = g_strconcat("account ", call->session != NULL ? call->session->account : "", NULL);
	stream->address = g_strconcat("address ", call->address, NULL);
	stream->chunked = !call->head.old;
	return stream;
}

static void attach(HttpStream *stream)
{
	HttpLoop *home = stream->call->home;

	stream->next = home->streams;
	if (stream->next != NULL)
		stream->next->previous = stream;
	home->streams = stream;
	stream->call->stream = stream;
	stream->call->phase = PHASE_STREAM;
}

static void answer_head(HttpCall *call, const char *content_type)
{
	CallReply *reply = call_reply_new(200);

	reply->content_type = content_type;
	answer(call, reply);
}

HttpStream *http_call_stream(HttpCall *call, const char *content_type, const HttpStreamEvents *events, void *data)
{
	const int socket_bytes = SOCKET_BYTES;
	Connection *connection = call->connection;
	HttpStream *stream;

	if (!call_claim(call))
		return NULL;
	if (call->head.is_head) {
		answer_head(call, content_type);
		return NULL;
	}
	if (net_draining(call->home->net)) {
		answer_problem(call, 503, "stopping", "服务正在停止，请稍后再试", NULL);
		return NULL;
	}
	stream = make(call, events, data);
	if (!enter(call->home->http, stream)) {
		CallReply *reply = call_reply_problem(503, "too-many-streams", "同时订阅的连接过多，请稍后再试", NULL);

		stream_free(stream);
		reply->retry_after_s = RETRY_S;
		answer(call, reply);
		return NULL;
	}
	attach(stream);
	setsockopt(connection->fd, SOL_SOCKET, SO_SNDBUF, &socket_bytes, sizeof(socket_bytes));
	reply_stream(call, content_type);
	connection_consume(connection, connection_unread(connection));
	/* Read on: that is how we hear that the client has left. */
	connection_pause(connection, FALSE);
	connection_wait(connection, connection_all_sent(connection) ? WAIT_STREAM : WAIT_SEND);
	return stream;
}

void stream_ready(HttpCall *call)
{
	Connection *connection = call->connection;

	connection_consume(connection, connection_unread(connection));
	if (connection->wait != WAIT_SEND || !connection_all_sent(connection))
		return;
	connection_wait(connection, WAIT_STREAM);
	call->stream->events.sent(call->stream->data);
}

/* ---- sending ---- */

gboolean http_stream_idle(const HttpStream *stream)
{
	return connection_all_sent(stream->call->connection);
}

gboolean http_stream_send(HttpStream *stream, const char *bytes, gsize length)
{
	Connection *connection = stream->call->connection;
	char size[24];
	const gint digits = g_snprintf(size, sizeof(size), "%zx\r\n", length);
	struct iovec parts[3] = { { size, (gsize)digits }, { (char *)bytes, length }, { (char *)"\r\n", 2 } };

	if (length == 0 || stream->ending)
		return !stream->ending;
	if (connection->failed || connection->out_end - connection->out_at + length > OUT_MAX) {
		connection_close(connection);
		return FALSE;
	}
	connection_send(connection, stream->chunked ? parts : parts + 1, stream->chunked ? 3 : 1);
	if (connection->failed) {
		connection_close(connection);
		return FALSE;
	}
	/* The clock of who does not read runs from the first byte that waits. */
	if (!connection_all_sent(connection) && connection->wait == WAIT_STREAM)
		connection_wait(connection, WAIT_SEND);
	return TRUE;
}

void http_stream_end(HttpStream *stream)
{
	HttpCall *call = stream->call;
	Connection *connection = call->connection;
	const struct iovec last = { (char *)"0\r\n\r\n", 5 };

	stream->ending = TRUE;
	if (stream->chunked)
		connection_send(connection, &last, 1);
	connection->call = NULL;
	detach(stream);
	call_free(call);
	if (connection->failed)
		connection_close(connection);
	else
		connection_close_when_sent(connection, FALSE);
}

void streams_stopping(HttpLoop *home)
{
	HttpStream *stream = home->streams;

	while (stream != NULL) {
		HttpStream *next = stream->next;

		stream->events.stopping(stream->data);
		stream = next;
	}
}
