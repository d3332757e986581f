/* SPDX-License-Identifier: Apache-2.0
 * The front as clients see it: real sockets against a loop in a thread; answers, streams, and what is written down of them. */
#include "http_fixture.h"

Test(http_server, answers_a_get_with_a_session_and_says_what_it_must)
{
	Front *front = front_new(NULL, NULL);
	g_autofree char *answer =
		front_askf(front, "GET /p/zoo/ping HTTP/1.1\r\n" VILLAGE_HOST COOKIE "\r\n", front->token);

	STATUS(answer, 200);
	HAS(answer, "\r\nContent-Type: application/json\r\n");
	HAS(answer, "\r\nContent-Length: 11\r\n");
	HAS(answer, "\r\nX-Content-Type-Options: nosniff\r\n");
	HAS(answer, "\r\nCache-Control: no-store\r\n");
	HAS(answer, "\r\nX-Request-Id: ");
	HAS(answer, " GMT\r\n");
	HAS(answer, "\r\n\r\n{\"ok\":true}");
	LACKS(answer, "Connection:");
	front_free(front);
}

Test(http_server, refuses_with_the_right_status)
{
	Front *front = front_new(NULL, NULL);
	static const struct {
		const char *name;
		const char *text; /* one %s: the token */
		gint status;
		const char *part;
	} cases[] = {
		{ "nobody", "GET /p/zoo/ping HTTP/1.1\r\n" VILLAGE_HOST "X: %.0s\r\n\r\n", 401, "login-required" },
		{ "wrong cookie", "GET /p/zoo/ping HTTP/1.1\r\n" VILLAGE_HOST "Cookie: zhen_session=x%s\r\n\r\n", 401, "login-required" },
		{ "cookie among others", "GET /p/zoo/ping HTTP/1.1\r\n" VILLAGE_HOST "Cookie: a=b; zhen_session=%s; c=d\r\n\r\n", 200, "ok" },
		{ "bearer", "GET /p/zoo/ping HTTP/1.1\r\n" VILLAGE_HOST "Authorization: Bearer %s\r\n\r\n", 200, "ok" },
		{ "wrong bearer", "GET /p/zoo/ping HTTP/1.1\r\n" VILLAGE_HOST "Authorization: Bearer x%s\r\n\r\n", 401, "login-required" },
		{ "wrong bearer on a public route", "GET /p/zoo/later HTTP/1.1\r\n" VILLAGE_HOST "Authorization: Bearer x%s\r\n\r\n", 401, "" },
		{ "other scheme", "GET /p/zoo/ping HTTP/1.1\r\n" VILLAGE_HOST "Authorization: Basic %s\r\n\r\n", 401, "WWW-Authenticate" },
		{ "no permission", "GET /p/zoo/secret HTTP/1.1\r\n" VILLAGE_HOST COOKIE "\r\n", 403, "forbidden" },
		{ "no such path", "GET /p/zoo/none HTTP/1.1\r\n" VILLAGE_HOST COOKIE "\r\n", 404, "not-found" },
		{ "no such plugin", "GET /p/none/ping HTTP/1.1\r\n" VILLAGE_HOST COOKIE "\r\n", 404, "not-found" },
		{ "prefix of a plugin", "GET /p/zo/ping HTTP/1.1\r\n" VILLAGE_HOST COOKIE "\r\n", 404, "not-found" },
		{ "other method", "DELETE /p/zoo/ping HTTP/1.1\r\n" VILLAGE_HOST COOKIE "\r\n", 405, "Allow: GET, HEAD\r\n" },
		{ "method nobody serves", "OPTIONS /p/zoo/notes/7 HTTP/1.1\r\n" VILLAGE_HOST COOKIE "\r\n", 405, "Allow: GET, HEAD, PATCH, DELETE\r\n" },
		{ "method nobody knows", "PROPFIND /p/zoo/ping HTTP/1.1\r\n" VILLAGE_HOST "X: %.0s\r\n\r\n", 501, "Connection: close" },
		{ "climbing path", "GET /p/zoo/%%2e%%2e/ping HTTP/1.1\r\n" VILLAGE_HOST COOKIE "\r\n", 400, "Connection: close" },
		{ "broken query", "GET /p/zoo/ping?a=%%ff HTTP/1.1\r\n" VILLAGE_HOST COOKIE "\r\n", 400, "bad-request" },
		{ "GET with a body", "GET /p/zoo/ping HTTP/1.1\r\n" VILLAGE_HOST COOKIE "Content-Length: 2\r\n\r\n{}", 400, "bad-request" },
		{ "other media type", "POST /p/zoo/public HTTP/1.1\r\n" VILLAGE_HOST "X: %.0s\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}", 415, "unsupported" },
		{ "no media type", "POST /p/zoo/public HTTP/1.1\r\n" VILLAGE_HOST "X: %.0s\r\nContent-Length: 2\r\n\r\n{}", 415, "unsupported" },
		{ "multipart without uploads", "POST /p/zoo/public HTTP/1.1\r\n" VILLAGE_HOST "X: %.0s\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 2\r\n\r\n{}", 415, "" },
		{ "body too long", "POST /p/zoo/public HTTP/1.1\r\n" VILLAGE_HOST JSON "X: %.0s\r\nContent-Length: 1048577\r\n\r\n", 413, "body-too-large" },
		{ "key with a blank", "POST /p/zoo/public HTTP/1.1\r\n" VILLAGE_HOST JSON "X: %.0s\r\nIdempotency-Key: a b\r\nContent-Length: 2\r\n\r\n{}", 400, "" },
		{ "other version", "GET / HTTP/1.2\r\n" VILLAGE_HOST "X: %.0s\r\n\r\n", 505, "" },
		{ "other expectation", "POST /p/zoo/public HTTP/1.1\r\n" VILLAGE_HOST "X: %.0s\r\nExpect: tea\r\n\r\n", 417, "" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		g_autofree char *text = g_strdup_printf(cases[i].text, front->token);
#pragma GCC diagnostic pop
		g_autofree char *answer = front_ask(front, text, strlen(text));

		cr_expect_eq(status_of(answer), cases[i].status, "%s: %s", cases[i].name, answer);
		cr_expect_not_null(strstr(answer, cases[i].part), "%s: no '%s' in %s", cases[i].name, cases[i].part,
		                   answer);
	}
	front_free(front);
}

Test(http_server, passes_caller_parameters_and_headers_to_the_plugin)
{
	Front *front = front_new(NULL, NULL);
	g_autofree char *get = front_askf(front,
	                                  "GET /p/zoo/echo/%%E9%%95%%87?word=other&cursor=9&limit=5&_form=x HTTP/1.1\r\n" VILLAGE_HOST
	                                  "X-Request-Id: from-a-proxy_1\r\n" COOKIE "\r\n", front->token);
	g_autofree char *post = front_askf(front,
	                                   "POST /p/zoo/notes HTTP/1.1\r\n" VILLAGE_HOST JSON COOKIE "X-CSRF-Token: %s\r\n"
	                                   "Idempotency-Key: k-1\r\nIf-Match: \"3\"\r\nContent-Length: 12\r\n\r\n{\"text\":\"a\"}",
	                                   front->token, front->csrf);
	g_autofree char *odd = front_askf(front, "GET /p/zoo/echo/a HTTP/1.1\r\n" VILLAGE_HOST "X-Request-Id: a b\r\n" COOKIE "\r\n",
	                                  front->token);

	STATUS(get, 200);
	HAS(get, "\"params\":{\"word\":\"镇\",\"cursor\":\"9\",\"limit\":\"5\"}");
	HAS(get, "\"division\":\"532327101000\"");
	HAS(get, "\"permissions\":3,");
	HAS(get, "\"request_id\":\"from-a-proxy_1\"");
	HAS(get, "X-Request-Id: from-a-proxy_1\r\n");
	STATUS(post, 201);
	HAS(post, "\r\nLocation: /p/zoo/notes/7\r\n");
	HAS(post, "\"key\":\"k-1\",\"if_match\":\"\\\"3\\\"\"");
	HAS(post, "\"body\":\"{\\\"text\\\":\\\"a\\\"}\"");
	LACKS(odd, "\"request_id\":\"a b\"");
	front_free(front);
}

/* ---- streams ---- */

Test(http_server, pipelined_requests_are_answered_in_order_also_when_one_takes_its_time)
{
	Front *front = front_new(NULL, NULL);
	g_autoptr(GString) ask = g_string_new(NULL);
	g_autoptr(GString) text = g_string_new(NULL);
	const char *at;
	int fd = client_open(front);

	for (guint i = 0; i < 500; i++) {
		if (i % 7 == 3)
			g_string_append_printf(
				ask, "GET /p/zoo/later?n=%u HTTP/1.1\r\n" VILLAGE_HOST "X-Request-Id: n%u\r\n\r\n", i,
				i);
		else if (i % 7 == 5)
			g_string_append_printf(ask, "POST /p/zoo/public HTTP/1.1\r\n" VILLAGE_HOST JSON "X-Request-Id: n%u\r\n"
			                       "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"tex\r\n7\r\nt\":\"a\"}\r\n0\r\n\r\n", i);
		else
			g_string_append_printf(ask, "POST /p/zoo/public HTTP/1.1\r\n" VILLAGE_HOST JSON "X-Request-Id: n%u\r\n"
			                       "Content-Length: 12\r\n\r\n{\"text\":\"a\"}", i);
	}
	g_string_append(ask, "GET /none HTTP/1.1\r\n" VILLAGE_HOST "Connection: close\r\n\r\n");
	client_send(fd, ask->str, ask->len);
	client_read_to_end(fd, text);
	at = text->str;
	for (guint i = 0; i < 500; i++) {
		g_autofree char *id = g_strdup_printf("X-Request-Id: n%u\r\n", i);

		at = strstr(at, id);
		cr_assert_not_null(at, "answer %u is missing or late", i);
	}
	HAS(at, "HTTP/1.1 404");
	cr_expect_null(strstr(text->str, "HTTP/1.1 400"));
	close(fd);
	front_free(front);
}

Test(http_server, a_request_may_come_byte_by_byte)
{
	Front *front = front_new(NULL, NULL);
	static const char *const requests[] = {
		"POST /p/zoo/public HTTP/1.1\r\n" VILLAGE_HOST JSON "Content-Length: 12\r\n\r\n{\"text\":\"a\"}",
		"POST /p/zoo/public HTTP/1.1\r\n" VILLAGE_HOST JSON
		"Transfer-Encoding: chunked\r\n\r\n5\r\n{\"tex\r\n7\r\nt\":\"a\"}\r\n0\r\n\r\n",
	};
	int fd = client_open(front);

	for (guint i = 0; i < G_N_ELEMENTS(requests); i++) {
		g_autoptr(GString) answer = NULL;

		for (const char *p = requests[i]; *p != '\0'; p++) {
			client_send(fd, p, 1);
			if (p[1] == '\0' || (guint)(p - requests[i]) % 9 == 0)
				g_usleep(200); /* so that the server sees it in pieces */
		}
		answer = client_read(fd, FALSE);
		STATUS(answer->str, 200);
		HAS(answer->str, "\"body\":\"{\\\"text\\\":\\\"a\\\"}\"");
	}
	close(fd);
	front_free(front);
}

Test(http_server, what_is_refused_ends_the_connection_and_nothing_after_it_is_read)
{
	Front *front = front_new(NULL, NULL);
	static const char *const first[] = {
		"POST /p/zoo/public HTTP/1.1\r\n" VILLAGE_HOST JSON "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"POST /p/zoo/public HTTP/1.1\r\n" VILLAGE_HOST JSON "Content-Length: 0\r\nContent-Length: 44\r\n\r\n",
		"POST /p/zoo/public HTTP/1.1\r\n" VILLAGE_HOST JSON "Transfer-Encoding: chunked\r\n\r\n2;\n{}\r\n0\r\n\r\n",
		"POST /p/zoo/public HTTP/1.1\r\n" VILLAGE_HOST JSON "Transfer-Encoding : chunked\r\nContent-Length: 2\r\n\r\n{}",
		"GET /p/zoo/later HTTP/1.1\nHost: 127.0.0.1\n\n",
	};

	for (guint i = 0; i < G_N_ELEMENTS(first); i++) {
		g_autofree char *text = g_strconcat(first[i], "GET /p/zoo/out HTTP/1.1\r\n" VILLAGE_HOST "\r\n", NULL);
		g_autoptr(GString) answer = g_string_new(NULL);
		int fd = client_open(front);

		client_send(fd, text, strlen(text));
		client_read_to_end(fd, answer);
		cr_expect_eq(status_of(answer->str), 400, "%u: %s", i, answer->str);
		HAS(answer->str, "Connection: close\r\n");
		cr_expect_null(strstr(answer->str + 9, "HTTP/1.1 200"), "%u: two answers: %s", i, answer->str);
		close(fd);
	}
	cr_expect_eq(front->zoo.calls, 0, "a plugin was called");
	front_free(front);
}

Test(http_server, a_body_that_never_is_to_be_read_costs_the_connection_only_when_it_is_not_there_yet)
{
	Front *front = front_new(NULL, NULL);
	int fd = client_open(front);
	const char *both = "POST /none HTTP/1.1\r\n" VILLAGE_HOST JSON "Content-Length: 2\r\n\r\n{}"
			   "GET /p/zoo/later HTTP/1.1\r\n" VILLAGE_HOST "Connection: close\r\n\r\n";
	g_autoptr(GString) answer = g_string_new(NULL);

	client_send(fd, both, strlen(both));
	client_read_to_end(fd, answer);
	STATUS(answer->str, 404);
	HAS(answer->str, "HTTP/1.1 204");
	close(fd);
	g_string_truncate(answer, 0);
	fd = client_open(front);
	both = "POST /none HTTP/1.1\r\n" VILLAGE_HOST JSON "Content-Length: 20\r\n\r\n{}";
	client_send(fd, both, strlen(both));
	client_read_to_end(fd, answer);
	STATUS(answer->str, 404);
	HAS(answer->str, "Connection: close\r\n");
	close(fd);
	front_free(front);
}

Test(http_server, tells_a_client_that_asks_to_go_on_only_after_the_limits_were_looked_at)
{
	Front *front = front_new(NULL, NULL);
	const char *good = "POST /p/zoo/public HTTP/1.1\r\n" VILLAGE_HOST JSON
			   "Expect: 100-continue\r\nContent-Length: 12\r\n\r\n";
	const char *large = "POST /p/zoo/public HTTP/1.1\r\n" VILLAGE_HOST JSON
			    "Expect: 100-continue\r\nContent-Length: 99999999\r\n\r\n";
	int fd = client_open(front);
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GString) answer = NULL;

	client_send(fd, good, strlen(good));
	while (strstr(text->str, "\r\n\r\n") == NULL && client_more(fd, text))
		continue;
	cr_expect_str_eq(text->str, "HTTP/1.1 100 Continue\r\n\r\n");
	client_send(fd, "{\"text\":\"a\"}", 12);
	answer = client_read(fd, FALSE);
	STATUS(answer->str, 200);
	g_string_truncate(text, 0);
	client_send(fd, large, strlen(large));
	client_read_to_end(fd, text);
	STATUS(text->str, 413);
	close(fd);
	front_free(front);
}

Test(http_server, head_is_a_get_without_the_body)
{
	Front *front = front_new(NULL, NULL);
	int fd = client_open(front);
	g_autofree char *text =
		g_strdup_printf("HEAD /p/zoo/ping HTTP/1.1\r\n" VILLAGE_HOST COOKIE "\r\n", front->token);
	g_autoptr(GString) answer = NULL;
	g_autoptr(GString) again = NULL;

	client_send(fd, text, strlen(text));
	answer = client_read(fd, TRUE);
	STATUS(answer->str, 200);
	HAS(answer->str, "Content-Length: 11\r\n");
	cr_expect(g_str_has_suffix(answer->str, "\r\n\r\n"));
	client_send(fd, text, strlen(text));
	again = client_read(fd, TRUE);
	cr_expect(g_str_has_prefix(again->str, "HTTP/1.1 200"), "the body of the first came after all");
	close(fd);
	front_free(front);
}

Test(http_server, a_long_answer_reaches_a_slow_reader_whole)
{
	Front *front = front_new(NULL, NULL);
	const char *ask = "GET /p/zoo/big HTTP/1.1\r\n" VILLAGE_HOST "\r\nGET /p/zoo/big HTTP/1.1\r\n" VILLAGE_HOST
			  "Connection: close\r\n\r\n";
	g_autoptr(GString) text = g_string_new(NULL);
	const char *second;
	int fd = client_open(front);

	client_send(fd, ask, strlen(ask));
	while (text->len < 20 && client_more(fd, text))
		continue;
	g_usleep(50 * 1000); /* let its buffers fill */
	client_read_to_end(fd, text);
	second = strstr(text->str + 1, "HTTP/1.1 200");
	cr_assert_not_null(second);
	cr_expect_gt(text->len, 6000004);
	cr_expect_eq(second[-1], '"');
	cr_expect_eq(text->str[text->len - 1], '"');
	close(fd);
	front_free(front);
}

Test(http_server, http_1_0_is_closed_unless_it_asks)
{
	Front *front = front_new(NULL, NULL);
	g_autofree char *plain = front_askf(front, "GET /p/zoo/later HTTP/1.0\r\n\r\n");
	g_autofree char *kept = front_askf(front, "GET /p/zoo/later HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

	HAS(plain, "Connection: close\r\n");
	HAS(kept, "Connection: keep-alive\r\n");
	front_free(front);
}

Test(http_server, what_a_plugin_says_cannot_begin_a_header_of_its_own)
{
	Front *front = front_new(NULL, NULL);
	g_autofree char *answer = front_askf(front, "GET /p/zoo/out HTTP/1.1\r\n" VILLAGE_HOST "\r\n");
	g_autofree char *again =
		front_askf(front, "GET /p/zoo/out HTTP/1.1\r\n" VILLAGE_HOST "If-None-Match: \"7\"\r\n\r\n");

	STATUS(answer, 200);
	LACKS(answer, "evil");
	HAS(answer, "ETag: \"7\"\r\n");
	STATUS(again, 304);
	LACKS(again, "Content-Length");
	front_free(front);
}

/* ---- what is written down ---- */

Test(http_server, the_log_names_route_and_account_but_no_value)
{
	Front *front = front_new(NULL, NULL);
	g_autofree char *moved = g_strconcat(front->log_path, ".1", NULL);
	g_autofree char *one = front_askf(front,
	                                  "GET /p/zoo/echo/private?code=secret HTTP/1.1\r\n" VILLAGE_HOST
	                                  "X-Request-Id: r1\r\n" COOKIE "\r\n",
	                                  front->token);
	g_autofree char *two =
		front_askf(front, "GET /private?code=secret HTTP/1.1\r\n" VILLAGE_HOST "X-Request-Id: r2\r\n\r\n");
	g_autofree char *three = NULL;
	g_autofree char *text = NULL;
	g_autofree char *text_after = NULL;

	STATUS(one, 200);
	STATUS(two, 404);
	cr_assert_eq(g_rename(front->log_path, moved), 0);
	http_reopen_log(front->http);
	/* The turn that reopens is over before the next request is read. */
	three = front_askf(front, "GET /p/zoo/later HTTP/1.1\r\n" VILLAGE_HOST "X-Request-Id: r3\r\n\r\n");
	STATUS(three, 204);
	loop_stop(front->loop);
	g_thread_join(front->thread);
	cr_assert(g_file_get_contents(moved, &text, NULL, NULL));
	cr_assert(g_file_get_contents(front->log_path, &text_after, NULL, NULL));
	HAS(text, " r1 1 GET /p/zoo/echo/{word} 200 ");
	HAS(text, " r2 - GET - 404 ");
	LACKS(text, "private");
	LACKS(text, "secret");
	LACKS(text, "127.0.0.1");
	HAS(text_after, " r3 - GET /p/zoo/later 204 0 ");
	front->thread = g_thread_new("loop", front_loop, front->loop);
	front_free(front);
}

Test(http_server, counts_requests_by_route_and_status)
{
	Front *front = front_new(NULL, NULL);
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < 3; i++) {
		g_autofree char *good =
			front_askf(front, "GET /p/zoo/ping HTTP/1.1\r\n" VILLAGE_HOST COOKIE "\r\n", front->token);
		g_autofree char *bad = front_askf(front, "GET /p/zoo/ping HTTP/1.1\r\n" VILLAGE_HOST "\r\n");
		g_autofree char *broken = front_askf(front, "nonsense\r\n\r\n");

		STATUS(good, 200);
		STATUS(bad, 401);
		STATUS(broken, 400);
	}
	http_metrics(front->http, text);
	HAS(text->str, "zhen_http_requests_total{method=\"GET\",route=\"/p/zoo/ping\",status=\"2xx\"} 3\n");
	HAS(text->str, "zhen_http_requests_total{method=\"GET\",route=\"/p/zoo/ping\",status=\"4xx\"} 3\n");
	HAS(text->str, "zhen_http_request_seconds_bucket{method=\"GET\",route=\"/p/zoo/ping\",le=\"+Inf\"} 6\n");
	HAS(text->str, "zhen_http_refused_requests_total 3\n");
	front_free(front);
}
