/* SPDX-License-Identifier: Apache-2.0
 * The front as clients see it: how long, and how many at once. */
#include "http_fixture.h"

#define LATER "GET /p/zoo/later HTTP/1.1\r\n" VILLAGE_HOST "\r\n"

/* ---- time ---- */

static void closes(const Front *front, const char *text, const char *begins)
{
	g_autoptr(GString) answer = g_string_new(NULL);
	int fd = client_open(front);

	client_send(fd, text, strlen(text));
	client_read_to_end(fd, answer);
	cr_expect(g_str_has_prefix(answer->str, begins), "after '%.20s': %s", text, answer->str);
	close(fd);
}

Test(http_server, nobody_holds_a_connection_for_ever)
{
	HttpLimits limits = { .header_ms = 300, .body_ms = 300, .idle_ms = 300, .call_ms = 300 };
	Front *front = front_new(&limits, NULL);

	closes(front, "", "");
	closes(front, "GET / HT", "HTTP/1.1 408");
	closes(front, "POST /p/zoo/public HTTP/1.1\r\n" VILLAGE_HOST JSON "Content-Length: 9\r\n\r\n{", "HTTP/1.1 408");
	closes(front, "GET /p/zoo/later HTTP/1.1\r\n" VILLAGE_HOST "\r\n", "HTTP/1.1 204");
	closes(front, "GET /p/zoo/never HTTP/1.1\r\n" VILLAGE_HOST "\r\n", "HTTP/1.1 503");
	front_free(front);
}

/* A byte now and then does not help. */
Test(http_server, a_slowloris_is_cut_off_at_the_deadline)
{
	HttpLimits limits = { .header_ms = 400 };
	Front *front = front_new(&limits, NULL);
	gint64 begin = g_get_monotonic_time();
	g_autoptr(GString) answer = g_string_new(NULL);
	struct pollfd wait = { .fd = client_open(front), .events = POLLIN };

	client_send(wait.fd, "GET / HTTP/1.1\r\n", 16);
	while (poll(&wait, 1, 50) == 0 && g_get_monotonic_time() - begin < 5 * G_USEC_PER_SEC)
		client_send(wait.fd, "X: y\r\n", 6);
	cr_expect_lt(g_get_monotonic_time() - begin, 2 * G_USEC_PER_SEC);
	client_more(wait.fd, answer);
	STATUS(answer->str, 408);
	close(wait.fd);
	front_free(front);
}

static void run_late(void *data)
{
	Zoo *zoo = data;

	zoo->late(zoo->late_data, call_reply_new(204));
	zoo->late = NULL;
}

static void wait_for_never(Zoo *zoo)
{
	gint64 until = g_get_monotonic_time() + WAIT_MS * 1000;

	g_mutex_lock(&zoo->lock);
	while (zoo->late == NULL && g_cond_wait_until(&zoo->come, &zoo->lock, until))
		continue;
	g_mutex_unlock(&zoo->lock);
	cr_assert_not_null(zoo->late);
}

Test(http_server, an_answer_that_comes_too_late_goes_nowhere)
{
	HttpLimits limits = { .call_ms = 300 };
	Front *front = front_new(&limits, NULL);
	g_autofree char *after = NULL;

	closes(front, "GET /p/zoo/never?a=1 HTTP/1.1\r\n" VILLAGE_HOST "\r\n", "HTTP/1.1 503");
	wait_for_never(&front->zoo);
	front->zoo.late_item = (LoopItem){ .run = run_late, .data = &front->zoo };
	loop_post(front->loop, &front->zoo.late_item);
	after = front_askf(front, "GET /p/zoo/later HTTP/1.1\r\n" VILLAGE_HOST "\r\n");
	STATUS(after, 204);
	front_free(front);
}

Test(http_server, a_call_still_under_way_outlives_the_front)
{
	Front *front = front_new(NULL, NULL);
	const char *ask = "GET /p/zoo/never?a=1 HTTP/1.1\r\n" VILLAGE_HOST "\r\n";
	int fd = client_open(front);

	client_send(fd, ask, strlen(ask));
	wait_for_never(&front->zoo);
	loop_stop(front->loop);
	g_thread_join(front->thread);
	http_free(front->http);
	run_late(&front->zoo); /* frees what it held */
	front->http = NULL;
	front->thread = g_thread_new("loop", front_loop, front->loop);
	close(fd);
	front_free(front);
}

Test(http_server, closing_the_listeners_lets_those_inside_finish)
{
	Front *front = front_new(NULL, NULL);
	const char *ask = "GET /p/zoo/never HTTP/1.1\r\n" VILLAGE_HOST "\r\n";
	g_autoptr(GString) nothing = g_string_new(NULL);
	g_autoptr(GString) answer = g_string_new(NULL);
	int idle = client_open(front);
	int busy = client_open(front);
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((guint16)front->port) };
	int late = socket(AF_INET, SOCK_STREAM, 0);

	client_send(idle, LATER, strlen(LATER));
	while (client_answer_length(nothing, 0, TRUE) == 0)
		client_more(idle, nothing);
	client_send(busy, ask, strlen(ask));
	wait_for_never(&front->zoo);
	http_close_listeners(front->http);
	client_read_to_end(idle, nothing);
	cr_expect_eq(http_open_connections(front->http), 1);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	cr_expect_neq(connect(late, (struct sockaddr *)&to, sizeof(to)), 0, "still listening");
	front->zoo.late_item = (LoopItem){ .run = run_late, .data = &front->zoo };
	loop_post(front->loop, &front->zoo.late_item);
	client_read_to_end(busy, answer);
	STATUS(answer->str, 204);
	HAS(answer->str, "Connection: close\r\n");
	close(late);
	close(busy);
	close(idle);
	front_free(front);
}

/* ---- how many ---- */

Test(http_server, one_connection_too_many_is_told_so)
{
	HttpLimits limits = { .connections = 3 };
	Front *front = front_new(&limits, NULL);
	g_autoptr(GString) answer = g_string_new(NULL);
	int fds[3];
	int extra;

	for (guint i = 0; i < 3; i++) {
		g_autoptr(GString) text = NULL;

		fds[i] = client_open(front);
		client_send(fds[i], LATER, strlen(LATER));
		text = client_read(fds[i], TRUE);
		STATUS(text->str, 204);
	}
	extra = client_open(front);
	client_read_to_end(extra, answer);
	STATUS(answer->str, 503);
	for (guint i = 0; i < 3; i++)
		close(fds[i]);
	close(extra);
	front_free(front);
}

Test(http_server, one_address_has_its_share)
{
	HttpLimits limits = { .connections_per_address = 1 };
	Front *front = front_new(&limits, NULL);
	g_autoptr(GString) first = NULL;
	g_autoptr(GString) answer = g_string_new(NULL);
	int fd = client_open(front);
	int extra;

	client_send(fd, LATER, strlen(LATER));
	first = client_read(fd, TRUE);
	extra = client_open(front);
	client_read_to_end(extra, answer);
	STATUS(answer->str, 503);
	close(fd);
	close(extra);
	front_free(front);
}

Test(http_server, a_taken_port_is_one_clear_line)
{
	Front *front = front_new(NULL, NULL);
	g_autoptr(GError) error = NULL;
	HttpOptions options = { .address = "127.0.0.1", .port = front->port };
	Http *second = http_new(&options, &error);
	g_autoptr(Loop) loop = loop_new(1, NULL);

	cr_assert_not_null(second);
	cr_expect_not(http_listen(second, loop, &error), "two hosts share a port");
	cr_assert_not_null(error);
	HAS(error->message, "已被占用");
	cr_expect_null(strchr(error->message, '\n'));
	http_free(second);
	front_free(front);
}

Test(http_server, several_loops_share_the_port)
{
	g_autoptr(GError) error = NULL;
	HttpOptions options = { .address = "127.0.0.1" };
	Http *http = http_new(&options, &error);
	Loop *first = loop_new(0, NULL);
	Loop *second = loop_new(1, NULL);

	cr_assert(http_listen(http, first, &error), "%s", error != NULL ? error->message : "");
	cr_assert(http_listen(http, second, &error), "%s", error != NULL ? error->message : "");
	http_free(http);
	loop_free(first);
	loop_free(second);
}
