/* SPDX-License-Identifier: Apache-2.0
 * bench_floor DATABASE PORT: GET /rows/N, POST /rows, POST /rows with an Idempotency-Key. */
#include "floor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct Connection {
	struct event *event;
	int fd;
	bool busy; /* a create is with the writer */
	bool gone; /* and nobody waits for it any more */
	size_t length;
	char bytes[16384];
};

typedef struct Request {
	bool post;
	const char *path; /* up to a blank */
	const char *body;
	size_t body_length;
	char key[130];
} Request;

static struct event_base *base;
static char date[64];
static long long now_ms;

/* ---- requests ---- */

static void read_header(Request *request, const char *name, size_t length, const char *value, const char *end)
{
	while (value < end && *value == ' ')
		value++;
	if (length == 14 && strncasecmp(name, "content-length", 14) == 0)
		request->body_length = strtoul(value, NULL, 10);
	else if (length == 15 && strncasecmp(name, "idempotency-key", 15) == 0)
		snprintf(request->key, sizeof(request->key), "%.*s", (int)(end - value), value);
}

/* Bytes of the request, 0 = not all there. */
static size_t parse(const char *bytes, size_t length, Request *request)
{
	const char *head_end = memmem(bytes, length, "\r\n\r\n", 4);
	const char *at = head_end != NULL ? memchr(bytes, ' ', length) : NULL;
	size_t whole;

	if (at == NULL)
		return 0;
	request->post = bytes[0] == 'P';
	request->path = at + 1;
	request->body_length = 0;
	request->key[0] = '\0';
	at = memchr(at, '\n', length);
	while (++at < head_end) {
		const char *colon = memchr(at, ':', (size_t)(head_end - at));
		const char *end = memchr(at, '\r', (size_t)(head_end + 1 - at));

		if (colon == NULL || end == NULL)
			return 0;
		read_header(request, at, (size_t)(colon - at), colon + 1, end);
		at = end + 1;
	}
	request->body = head_end + 4;
	whole = (size_t)(request->body - bytes) + request->body_length;
	return whole <= length ? whole : 0;
}

static void answer(Connection *connection, const char *status, const char *body, size_t length)
{
	char out[8192 + 512];
	int head = snprintf(out, 512,
	                    "HTTP/1.1 %s\r\nContent-Type: application/json\r\nDate: %s\r\nContent-Length: %zu\r\n\r\n",
	                    status, date, length);

	memcpy(out + head, body, length);
	(void)send(connection->fd, out, (size_t)head + length, MSG_NOSIGNAL); /* it fits, or the client went away */
}

static void read_item(Connection *connection, const Request *request)
{
	char body[8192];
	size_t length = 0;

	if (strncmp(request->path, "/rows/", 6) == 0)
		length = reader_item(strtoll(request->path + 6, NULL, 10), body, sizeof(body));
	if (length > 0)
		answer(connection, "200 OK", body, length);
	else
		answer(connection, "404 Not Found", "{}", 2);
}

static void create(Connection *connection, const Request *request)
{
	Job *job = calloc(1, sizeof(*job));
	json_int_t area = 0;

	job->connection = connection;
	job->body = json_loadb(request->body, request->body_length, 0, NULL);
	if (job->body == NULL || json_unpack(job->body, "{s:s, s:s, s:s, s:s, s:s, s:I}", "village", &job->village,
	                                     "township", &job->township, "state", &job->state, "title", &job->title,
	                                     "note", &job->note, "area", &area) != 0) {
		json_decref(job->body);
		free(job);
		answer(connection, "422 Unprocessable", "{}", 2);
		return;
	}
	job->area = area;
	job->at = now_ms;
	memcpy(job->key, request->key, sizeof(job->key));
	connection->busy = true;
	writer_put(job);
}

static void serve(Connection *connection)
{
	size_t used = 0, whole;
	Request request;

	while (!connection->busy &&
	       (whole = parse(connection->bytes + used, connection->length - used, &request)) > 0) {
		used += whole;
		if (request.post)
			create(connection, &request);
		else
			read_item(connection, &request);
	}
	memmove(connection->bytes, connection->bytes + used, connection->length - used);
	connection->length -= used;
}

/* ---- events ---- */

static void end(Connection *connection)
{
	event_free(connection->event);
	close(connection->fd);
	free(connection);
}

static void on_read(int fd, short what, void *data)
{
	Connection *connection = data;
	ssize_t n = recv(fd, connection->bytes + connection->length, sizeof(connection->bytes) - connection->length, 0);

	(void)what;
	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		event_del(connection->event);
		connection->gone = true;
		if (!connection->busy)
			end(connection);
		return;
	}
	connection->length += (size_t)n;
	serve(connection);
}

static void on_done(int fd, short what, void *data)
{
	(void)fd;
	(void)what;
	(void)data;
	for (Job *job = writer_take_done(), *next; job != NULL; job = next) {
		next = job->next;
		job->connection->busy = false;
		if (job->connection->gone) {
			end(job->connection);
		} else {
			answer(job->connection, job->fine ? "201 Created" : "409 Conflict", job->reply, strlen(job->reply));
			serve(job->connection);
		}
		json_decref(job->body);
		free(job);
	}
}

static void on_accept(int listener, short what, void *data)
{
	int fd, on = 1;

	(void)what;
	(void)data;
	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		Connection *connection = calloc(1, sizeof(*connection));

		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		connection->fd = fd;
		connection->event = event_new(base, fd, EV_READ | EV_PERSIST, on_read, connection);
		event_add(connection->event, NULL);
	}
}

static void on_second(int fd, short what, void *data)
{
	time_t now = time(NULL);
	struct tm utc;

	(void)fd;
	(void)what;
	(void)data;
	gmtime_r(&now, &utc);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &utc);
	now_ms = (long long)now * 1000;
}

static int listen_on(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
		                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 || listen(fd, 1024) != 0)
		die("the port is taken");
	return fd;
}

int main(int argc, char **argv)
{
	struct event_config *config = event_config_new();
	struct timeval second = { 1, 0 };

	if (argc != 3)
		die("usage: bench_floor DATABASE PORT");
	signal(SIGPIPE, SIG_IGN);
	event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
	base = event_base_new_with_config(config);
	on_second(-1, 0, NULL);
	checkpointer_start(argv[1]);
	event_add(event_new(base, writer_start(argv[1]), EV_READ | EV_PERSIST, on_done, NULL), NULL);
	reader_open(argv[1]);
	event_add(event_new(base, listen_on(atoi(argv[2])), EV_READ | EV_PERSIST, on_accept, NULL), NULL);
	event_add(event_new(base, -1, EV_PERSIST, on_second, NULL), &second);
	while (event_base_loop(base, EVLOOP_ONCE) == 0)
		reader_turn_ended();
	return 0;
}
