/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "http/connection_internal.h"

#define TICK_MS 250
#define ACCEPTS_PER_TURN 64
#define BACKLOG 1024

static const char busy_answer[] = "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n"
				  "Content-Length: 0\r\nRetry-After: 5\r\nConnection: close\r\n\r\n";

static void on_tick(void *data)
{
	Net *net = data;

	net->now_us = clock_mono_us();
	if (net->accept_paused && net->accepting != NULL) {
		net->accept_paused = FALSE;
		event_add(net->accepting, NULL);
	}
	for (guint i = 0; i < WAITS; i++) {
		Connection *connection = net->waits[i].first;

		while (connection != NULL && connection->deadline_us <= net->now_us) {
			if (i == WAIT_HEAD || i == WAIT_BODY || i == WAIT_CALL)
				net->handler->late(connection); /* moves it on */
			if (!connection->dead && connection->wait == i)
				connection_close(connection);
			connection = net->waits[i].first;
		}
	}
}

Net *net_new(Loop *loop, const NetHandler *handler)
{
	Net *net = g_new0(Net, 1);

	net->loop = loop;
	net->base = loop_base(loop);
	net->handler = handler;
	net->listener = -1;
	net->now_us = clock_mono_us();
	net->tick = loop_timer_new(loop, TICK_MS, TRUE, on_tick, net);
	return net;
}

void net_bury(Net *net)
{
	net->looked = net->wall_known = FALSE;
	while (net->graves != NULL) {
		Connection *connection = net->graves;

		net->graves = connection->next;
		g_free(connection);
	}
}

static void end_listener(Net *net)
{
	g_clear_pointer(&net->accepting, event_free);
	if (net->listener >= 0)
		close(net->listener);
	net->listener = -1;
}

void net_free(Net *net)
{
	if (net == NULL)
		return;
	end_listener(net);
	for (guint i = 0; i < WAITS; i++)
		while (net->waits[i].first != NULL)
			connection_close(net->waits[i].first);
	net_bury(net);
	g_clear_pointer(&net->tick, loop_timer_free);
	while (net->n_buffers > 0)
		g_free(net->buffers[--net->n_buffers]);
	g_free(net);
}

void net_close_listener(Net *net)
{
	end_listener(net);
	net->draining = TRUE;
	while (net->waits[WAIT_IDLE].first != NULL)
		connection_close(net->waits[WAIT_IDLE].first);
}

gboolean net_draining(const Net *net)
{
	return net->draining;
}

gint64 net_now_us(const Net *net)
{
	return net->now_us;
}

/* The wall clock is read once a turn and goes on by the other one: two clocks for each request would be one too many. */
gint64 net_wall_ms(Net *net)
{
	if (!net->wall_known) {
		net->wall_known = TRUE;
		net->wall_ms = clock_true_ms();
		net->wall_at_us = net_look(net);
	}
	return clock_turned_ms(net->wall_ms + (net->now_us - net->wall_at_us) / 1000);
}

gint64 net_look(Net *net)
{
	net->looked = TRUE;
	net->now_us = clock_mono_us();
	return net->now_us;
}

void *net_data(const Net *net)
{
	return net->handler->data;
}

/* ---- accepting ---- */

static void address_text(const struct sockaddr_storage *from, char out[INET6_ADDRSTRLEN])
{
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)from;

	out[0] = '\0';
	if (from->ss_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)from)->sin_addr, out, INET6_ADDRSTRLEN);
	else if (from->ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
		inet_ntop(AF_INET, six->sin6_addr.s6_addr + 12, out, INET6_ADDRSTRLEN);
	else if (from->ss_family == AF_INET6)
		inet_ntop(AF_INET6, &six->sin6_addr, out, INET6_ADDRSTRLEN);
}

static void on_accept(evutil_socket_t listener, short what, void *data)
{
	Net *net = data;

	(void)what;
	net->now_us = clock_mono_us();
	for (guint i = 0; i < ACCEPTS_PER_TURN; i++) {
		struct sockaddr_storage from = { 0 };
		socklen_t length = sizeof(from);
		char address[INET6_ADDRSTRLEN];
		int fd = accept4((int)listener, (struct sockaddr *)&from, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)) {
			/* They wait in the backlog; trying again at once would only burn the loop. */
			log_warn("cannot accept a connection: %s", g_strerror(errno));
			event_del(net->accepting);
			net->accept_paused = TRUE;
			return;
		}
		if (fd < 0 && errno == EAGAIN)
			return;
		if (fd < 0)
			continue;
		address_text(&from, address);
		if (net->handler->admit(net->handler->data, address)) {
			connection_new(net, fd, address);
			continue;
		}
		(void)send(fd, busy_answer, sizeof(busy_answer) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
		shutdown(fd, SHUT_WR);
		close(fd);
	}
}

void net_listen(Net *net, int fd)
{
	end_listener(net);
	net->listener = fd;
	net->accepting = event_new(net->base, fd, EV_READ | EV_PERSIST, on_accept, net);
	g_assert(net->accepting != NULL);
	event_add(net->accepting, NULL);
}

/* ---- binding ---- */

static int bind_to(const struct addrinfo *to, gboolean shared)
{
	const int on = 1;
	int fd = socket(to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	/* TCP_NODELAY is inherited by what is accepted. */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0 &&
	    (!shared || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) == 0) &&
	    bind(fd, to->ai_addr, to->ai_addrlen) == 0 && (!shared || listen(fd, BACKLOG) == 0))
		return fd;
	close(fd);
	return -1;
}

static guint port_of(int fd)
{
	struct sockaddr_storage at = { 0 };
	socklen_t length = sizeof(at);

	if (getsockname(fd, (struct sockaddr *)&at, &length) != 0)
		return 0;
	return ntohs(at.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&at)->sin6_port :
	                                        ((struct sockaddr_in *)&at)->sin_port);
}

int net_bind(const char *address, guint *port, gboolean first, GError **error)
{
	struct addrinfo want = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_PASSIVE };
	struct addrinfo *to = NULL;
	char number[16];
	int fd;

	g_snprintf(number, sizeof(number), "%u", *port);
	if (getaddrinfo(address, number, &want, &to) != 0) {
		throw_error(error, ERROR_INVALID, "listen address '%s' is not an IP address", address);
		return -1;
	}
	/* SO_REUSEPORT would share the port with any other process of the same user, so a second host would start and
	 * get half of the connections: first a bind that shares with nobody. */
	fd = first ? bind_to(to, FALSE) : -1;
	if (first && fd >= 0)
		close(fd);
	if (!first || fd >= 0)
		fd = bind_to(to, TRUE);
	freeaddrinfo(to);
	if (fd < 0 && errno == EADDRINUSE)
		throw_error(error, ERROR_BUSY, "端口 %u 已被占用 (port %u on %s is taken): choose another with --port",
		            *port, *port, address);
	else if (fd < 0)
		throw_error(error, ERROR_IO, "cannot listen on %s port %u: %s", address, *port, g_strerror(errno));
	else
		*port = port_of(fd);
	return fd;
}

gboolean net_is_bound(int fd, const char *address, guint *port)
{
	struct sockaddr_storage at = { 0 };
	socklen_t length = sizeof(at);
	struct in6_addr want, is;
	const guint bound = port_of(fd);
	const gboolean six = strchr(address, ':') != NULL;

	memset(&want, 0, sizeof want);
	memset(&is, 0, sizeof is);
	if (getsockname(fd, (struct sockaddr *)&at, &length) != 0 || inet_pton(six ? AF_INET6 : AF_INET, address, &want) != 1 ||
	    at.ss_family != (six ? AF_INET6 : AF_INET) || bound == 0 || (*port != 0 && *port != bound))
		return FALSE;
	if (six)
		is = ((const struct sockaddr_in6 *)&at)->sin6_addr;
	else
		memcpy(&is, &((const struct sockaddr_in *)&at)->sin_addr, sizeof(struct in_addr));
	if (memcmp(&want, &is, sizeof want) != 0)
		return FALSE;
	*port = bound;
	return TRUE;
}
