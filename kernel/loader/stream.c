/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

#define CHUNK (256 * 1024)
#define KEEP (1024 * 1024) /* buffers that grew past this are given back when empty */

void stream_init(Stream *stream, gsize frame_max)
{
	*stream = (Stream){
		.fd = -1,
		.frame_max = frame_max,
		.out = g_byte_array_new(),
		.sending = g_byte_array_new(),
		.in = g_byte_array_new(),
	};
}

void stream_open(Stream *stream, int fd)
{
	stream_close(stream);
	stream->fd = fd;
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

void stream_close(Stream *stream)
{
	if (stream->fd >= 0)
		close(stream->fd);
	stream->fd = -1;
	g_byte_array_set_size(stream->out, 0);
	g_byte_array_set_size(stream->sending, 0);
	g_byte_array_set_size(stream->in, 0);
	stream->sent = stream->parsed = 0;
}

void stream_clear(Stream *stream)
{
	if (stream->out == NULL)
		return;
	stream_close(stream);
	g_clear_pointer(&stream->out, g_byte_array_unref);
	g_clear_pointer(&stream->sending, g_byte_array_unref);
	g_clear_pointer(&stream->in, g_byte_array_unref);
}

static void empty(GByteArray **bytes)
{
	if ((*bytes)->len > KEEP) {
		g_byte_array_unref(*bytes);
		*bytes = g_byte_array_new();
	} else {
		g_byte_array_set_size(*bytes, 0);
	}
}

void stream_take(Stream *stream)
{
	GByteArray *swap = stream->sending;

	if (stream->out->len == 0)
		return;
	if (stream->sent == stream->sending->len) {
		empty(&swap);
		stream->sent = 0;
		stream->sending = stream->out;
		stream->out = swap;
		return;
	}
	g_byte_array_append(stream->sending, stream->out->data, stream->out->len);
	empty(&stream->out);
}

StreamState stream_send(Stream *stream)
{
	while (stream->sent < stream->sending->len) {
		ssize_t sent = send(stream->fd, stream->sending->data + stream->sent,
		                    stream->sending->len - stream->sent, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK ? STREAM_BLOCKED : STREAM_BROKEN;
		stream->sent += (gsize)sent;
	}
	return STREAM_DONE;
}

StreamState stream_receive(Stream *stream)
{
	gsize before;
	ssize_t got;

	if (stream->parsed == stream->in->len)
		empty(&stream->in);
	else if (stream->parsed > 0)
		g_byte_array_remove_range(stream->in, 0, (guint)stream->parsed);
	stream->parsed = 0;
	before = stream->in->len;
	g_byte_array_set_size(stream->in, (guint)(before + CHUNK));
	do
		got = recv(stream->fd, stream->in->data + before, CHUNK, MSG_DONTWAIT);
	while (got < 0 && errno == EINTR);
	g_byte_array_set_size(stream->in, (guint)(before + (gsize)MAX(got, 0)));
	if (got > 0)
		return STREAM_DONE;
	return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? STREAM_BLOCKED : STREAM_BROKEN;
}

gint stream_next(Stream *stream, FrameType *out_type, FrameIn *in)
{
	return frame_next(stream->in, &stream->parsed, stream->frame_max, out_type, in);
}

gboolean stream_wait(const Stream *stream, gint64 until_us)
{
	struct pollfd wait = { .fd = stream->fd, .events = POLLIN };
	gint64 left = until_us - clock_mono_us();

	if (stream->sent < stream->sending->len)
		wait.events |= POLLOUT;
	if (left <= 0)
		return FALSE;
	return poll(&wait, 1, (int)MIN(left / 1000 + 1, 60000)) >= 0 || errno == EINTR;
}
