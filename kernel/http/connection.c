/* SPDX-License-Identifier: Apache-2.0 */
#include "http/connection.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/connection_internal.h"

#define BUFFER_SIZE 8192u
#define BUFFERS_KEPT 256u
#define FILE_PIECE (256 * 1024)
#define LINGER_MAX (1024 * 1024)

/* ---- buffers ---- */

static void take_buffer(Connection *connection)
{
	Net *net = connection->net;

	connection->in = net->n_buffers > 0 ? net->buffers[--net->n_buffers] : g_malloc(BUFFER_SIZE);
	connection->in_size = BUFFER_SIZE;
	connection->in_at = connection->in_end = 0;
}

/* An idle connection holds no buffer: ten thousand of them cost ten thousand structs. */
static void drop_buffer(Connection *connection)
{
	Net *net = connection->net;

	if (connection->in_size == BUFFER_SIZE && net->n_buffers < BUFFERS_KEPT)
		net->buffers[net->n_buffers++] = connection->in;
	else
		g_free(connection->in);
	connection->in = NULL;
	connection->in_size = connection->in_at = connection->in_end = 0;
}

void connection_consume(Connection *connection, gsize bytes)
{
	connection->in_at += (guint32)bytes;
	if (connection->in_at == connection->in_end && connection->in != NULL)
		drop_buffer(connection);
}

char *connection_take_buffer(Connection *connection)
{
	char *buffer = connection->in;

	connection->in = NULL;
	connection->in_size = connection->in_at = connection->in_end = 0;
	return buffer;
}

void connection_reserve(Connection *connection, gsize bytes)
{
	if (connection->in == NULL)
		take_buffer(connection);
	if (connection->in_at > 0 && connection->in_at + bytes > connection->in_size) {
		memmove(connection->in, connection->in + connection->in_at, connection_unread(connection));
		connection->in_end -= connection->in_at;
		connection->in_at = 0;
	}
	if (bytes > connection->in_size) {
		connection->in = g_realloc(connection->in, bytes);
		connection->in_size = (guint32)bytes;
	}
}

/* ---- deadlines: one list per kind of wait; its limit is the same for all, so the soonest is always the first ---- */

static void unlink_wait(Connection *connection)
{
	WaitList *list = &connection->net->waits[connection->wait];

	*(connection->previous != NULL ? &connection->previous->next : &list->first) = connection->next;
	*(connection->next != NULL ? &connection->next->previous : &list->last) = connection->previous;
}

static void link_wait(Connection *connection, Wait wait)
{
	Net *net = connection->net;
	WaitList *list = &net->waits[wait];

	connection->wait = wait;
	connection->deadline_us = net->now_us + net->handler->wait_us[wait];
	connection->previous = list->last;
	connection->next = NULL;
	*(list->last != NULL ? &list->last->next : &list->first) = connection;
	list->last = connection;
}

void connection_wait(Connection *connection, Wait wait)
{
	if (connection->dead)
		return;
	unlink_wait(connection);
	link_wait(connection, wait);
}

/* ---- reading ---- */

static void set_reading(Connection *connection, gboolean on)
{
	if (connection->reading == on)
		return;
	connection->reading = on;
	if (on)
		event_add(&connection->read_event, NULL);
	else
		event_del(&connection->read_event);
}

void connection_pause(Connection *connection, gboolean pause)
{
	/* Off only when something really comes: most clients wait for their answer, and epoll_ctl costs. */
	connection->paused = pause;
	if (!pause && !connection->dead)
		set_reading(connection, TRUE);
}

static void drain(Connection *connection)
{
	char waste[4096];
	gssize n = recv(connection->fd, waste, sizeof(waste), 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	connection->drained += (gsize)MAX(n, 0);
	if (n <= 0 || connection->drained > LINGER_MAX)
		connection_close(connection);
}

static void on_readable(evutil_socket_t fd, short what, void *data)
{
	Connection *connection = data;
	Net *net = connection->net;
	gssize n;

	(void)what;
	if (!net->looked)
		net_look(net);
	if (connection->wait == WAIT_LINGER) {
		drain(connection);
		return;
	}
	if (connection->paused) {
		set_reading(connection, FALSE);
		return;
	}
	if (connection->in == NULL)
		take_buffer(connection);
	if (connection->in_end == connection->in_size)
		connection_reserve(connection, MIN((gsize)connection->in_size * 2, MAX(net->handler->in_max, BUFFER_SIZE)));
	n = connection->in_end < connection->in_size ?
		    recv((int)fd, connection->in + connection->in_end, connection->in_size - connection->in_end, 0) :
		    0;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		connection_close(connection);
		return;
	}
	connection->in_end += (guint32)n;
	net->handler->ready(connection);
}

/* ---- sending ---- */

static void set_writing(Connection *connection, gboolean on)
{
	if (connection->writing == on)
		return;
	connection->writing = on;
	if (on)
		event_add(&connection->write_event, NULL);
	else
		event_del(&connection->write_event);
}

static void keep(Connection *connection, const char *bytes, gsize length)
{
	if (connection->out_end + length > connection->out_size) {
		connection->out_size = connection->out_end + length;
		connection->out = g_realloc(connection->out, connection->out_size);
	}
	memcpy(connection->out + connection->out_end, bytes, length);
	connection->out_end += length;
}

void connection_send(Connection *connection, const struct iovec *parts, guint n_parts)
{
	struct msghdr message = { .msg_iov = (struct iovec *)parts, .msg_iovlen = n_parts };
	gssize sent = 0;

	if (connection->dead || connection->failed)
		return;
	if (connection_all_sent(connection)) {
		sent = n_parts == 1 ? send(connection->fd, parts->iov_base, parts->iov_len, MSG_NOSIGNAL) :
		                      sendmsg(connection->fd, &message, MSG_NOSIGNAL);
		if (sent < 0 && errno != EAGAIN && errno != EINTR) {
			connection->failed = TRUE;
			return;
		}
		sent = MAX(sent, 0);
	}
	for (guint i = 0; i < n_parts; i++) {
		gsize skip = MIN((gsize)sent, parts[i].iov_len);

		sent -= (gssize)skip;
		if (skip < parts[i].iov_len)
			keep(connection, (const char *)parts[i].iov_base + skip, parts[i].iov_len - skip);
	}
	if (!connection_all_sent(connection))
		set_writing(connection, TRUE);
}

void connection_send_file(Connection *connection, int file, gint64 length)
{
	g_assert(connection->file < 0);
	if (connection->dead || connection->failed || length == 0) {
		close(file);
		return;
	}
	connection->file = file;
	connection->file_at = 0;
	connection->file_left = length;
	set_writing(connection, TRUE);
}

/* FALSE: the connection is broken. */
static gboolean push(Connection *connection)
{
	gssize n;

	if (connection->out_at < connection->out_end) {
		n = send(connection->fd, connection->out + connection->out_at, connection->out_end - connection->out_at,
		         MSG_NOSIGNAL);
		connection->out_at += (gsize)MAX(n, 0);
	} else {
		off_t at = connection->file_at;

		n = sendfile(connection->fd, connection->file, &at, (gsize)MIN(connection->file_left, FILE_PIECE));
		if (n == 0)
			return FALSE; /* the file is shorter than was promised */
		connection->file_left -= MAX(n, 0);
		connection->file_at += MAX(n, 0);
	}
	if (n > 0)
		connection_wait(connection, WAIT_SEND); /* it moves */
	return n >= 0 || errno == EAGAIN || errno == EINTR;
}

static void forget_sent(Connection *connection)
{
	g_clear_pointer(&connection->out, g_free);
	connection->out_size = connection->out_at = connection->out_end = 0;
	if (connection->file >= 0)
		close(connection->file);
	connection->file = -1;
}

static void finish_close(Connection *connection)
{
	if (!connection->linger) {
		connection_close(connection);
		return;
	}
	shutdown(connection->fd, SHUT_WR);
	connection_wait(connection, WAIT_LINGER);
	connection_pause(connection, FALSE);
}

static void on_writable(evutil_socket_t fd, short what, void *data)
{
	Connection *connection = data;

	(void)fd, (void)what;
	connection->net->now_us = clock_mono_us();
	if (!push(connection)) {
		connection_close(connection);
		return;
	}
	if (!connection_all_sent(connection))
		return;
	forget_sent(connection);
	set_writing(connection, FALSE);
	if (connection->closing)
		finish_close(connection);
	else
		connection->net->handler->ready(connection);
}

/* ---- beginning and end ---- */

Connection *connection_new(Net *net, int fd, const char *address)
{
	Connection *connection = g_new0(Connection, 1);

	connection->net = net;
	connection->fd = fd;
	connection->file = -1;
	g_strlcpy(connection->address, address, sizeof(connection->address));
	event_assign(&connection->read_event, net->base, fd, EV_READ | EV_PERSIST, on_readable, connection);
	event_assign(&connection->write_event, net->base, fd, EV_WRITE | EV_PERSIST, on_writable, connection);
	link_wait(connection, WAIT_HEAD);
	set_reading(connection, TRUE);
	return connection;
}

void connection_close(Connection *connection)
{
	Net *net = connection->net;

	if (connection->dead)
		return;
	net->handler->gone(connection);
	unlink_wait(connection);
	set_reading(connection, FALSE);
	set_writing(connection, FALSE);
	forget_sent(connection);
	connection->file_left = 0;
	if (connection->in != NULL)
		drop_buffer(connection);
	close(connection->fd);
	connection->dead = TRUE;
	connection->next = net->graves;
	net->graves = connection;
}

void connection_close_when_sent(Connection *connection, gboolean linger)
{
	if (connection->dead)
		return;
	connection->closing = TRUE;
	connection->linger = linger;
	connection_pause(connection, TRUE);
	if (connection_all_sent(connection))
		finish_close(connection);
	else
		connection_wait(connection, WAIT_SEND);
}
