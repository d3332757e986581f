/* SPDX-License-Identifier: Apache-2.0
 * The front as clients see it: real sockets against a loop in a thread. */
#include "http_fixture.h"

#define COOKIE "Cookie: zhen_session=%s\r\n"
#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"
#define JSON "Content-Type: application/json\r\n"
#define HTML "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n"

#define LATER "GET /p/zoo/later HTTP/1.1\r\n" VILLAGE_HOST "\r\n"

#define HAS(text, part) cr_expect_not_null(strstr(text, part), "no '%s' in: %s", part, text)
#define LACKS(text, part) cr_expect_null(strstr(text, part), "'%s' in: %s", part, text)
#define STATUS(answer, want) cr_expect_eq(status_of(answer), want, "not %d: %s", want, answer)

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

/* ---- CSRF ---- */

Test(http_server, what_changes_something_by_cookie_must_come_from_a_page_of_ours)
{
	Front *front = front_new(NULL, NULL);
	static const struct {
		const char *name;
		const char *headers;
		const char *body; /* # is the token */
		gint status;
	} cases[] = {
		{ "form with the token", FORM, "_csrf=#&text=a", 201 },
		{ "form without", FORM, "text=a", 403 },
		{ "form with another", FORM, "_csrf=xxxxxxxxxxxxxxxxxxxxxxxx&text=a", 403 },
		{ "form with an empty one", FORM, "_csrf=&text=a", 403 },
		{ "form, browser says same origin", FORM "Sec-Fetch-Site: same-origin\r\n", "text=a", 403 },
		{ "form with the token, browser says cross-site", FORM "Sec-Fetch-Site: cross-site\r\n", "_csrf=#&text=a", 403 },
		{ "form with the token, browser says same-site", FORM "Sec-Fetch-Site: same-site\r\n", "_csrf=#&text=a", 403 },
		{ "form with the token from another origin", FORM "Origin: http://evil.cn\r\n", "_csrf=#&text=a", 403 },
		{ "form with the token from null", FORM "Origin: null\r\n", "_csrf=#&text=a", 403 },
		{ "form with the token from here", FORM "Origin: http://127.0.0.1\r\n", "_csrf=#&text=a", 201 },
		{ "form with the token from the public address", FORM "Origin: http://zhen.example\r\n", "_csrf=#&text=a", 201 },
		{ "JSON without", JSON, "{}", 403 },
		{ "JSON with the header", JSON "X-CSRF-Token: #\r\n", "{}", 201 },
		{ "JSON with another header", JSON "X-CSRF-Token: xxxxxxxxxxxxxxxxxxxxxxxx\r\n", "{}", 403 },
		{ "JSON, browser says same origin", JSON "Sec-Fetch-Site: same-origin\r\n", "{}", 201 },
		{ "JSON from here", JSON "Origin: http://127.0.0.1\r\n", "{}", 201 },
		{ "JSON from another port", JSON "Origin: http://127.0.0.1:81\r\n", "{}", 403 },
		{ "JSON, browser says none", JSON "Sec-Fetch-Site: none\r\n", "{}", 403 },
		{ "no body", "", "", 403 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_auto(GStrv) headers = g_strsplit(cases[i].headers, "#", -1);
		g_auto(GStrv) parts = g_strsplit(cases[i].body, "#", -1);
		g_autofree char *header = g_strjoinv(front->csrf, headers);
		g_autofree char *body = g_strjoinv(front->csrf, parts);
		g_autofree char *answer = front_askf(
			front, "POST /p/zoo/notes HTTP/1.1\r\n" VILLAGE_HOST COOKIE "%sContent-Length: %zu\r\n\r\n%s",
			front->token, header, strlen(body), body);

		cr_expect_eq(status_of(answer), cases[i].status, "%s: %s", cases[i].name, answer);
	}
	front_free(front);
}

Test(http_server, a_bearer_token_and_a_public_form_need_no_proof_but_not_from_another_site)
{
	Front *front = front_new(NULL, NULL);
	g_autofree char *bearer = front_askf(front,
	                                     "POST /p/zoo/notes HTTP/1.1\r\n" VILLAGE_HOST JSON "Authorization: Bearer %s\r\n"
	                                     "Origin: http://partner.cn\r\nContent-Length: 2\r\n\r\n{}", front->token);
	g_autofree char *form = front_askf(front, "POST /p/zoo/public HTTP/1.1\r\n" VILLAGE_HOST FORM "Content-Length: 6\r\n\r\ntext=a");
	g_autofree char *cross = front_askf(front, "POST /p/zoo/public HTTP/1.1\r\n" VILLAGE_HOST FORM
	                                           "Sec-Fetch-Site: cross-site\r\nContent-Length: 6\r\n\r\ntext=a");

	STATUS(bearer, 201);
	STATUS(form, 200);
	STATUS(cross, 403);
	front_free(front);
}

/* ---- forms and pages ---- */

Test(http_server, a_form_becomes_the_json_that_the_route_declares)
{
	Front *front = front_new(NULL, NULL);
	g_autofree char *body = g_strdup_printf("_csrf=%s&_key=abc-1&_match=%%223%%22&text=%%E9%%95%%87&amount_fen=12.5", front->csrf);
	g_autofree char *program = front_askf(front, "POST /p/zoo/notes HTTP/1.1\r\n" VILLAGE_HOST COOKIE FORM "Content-Length: %zu\r\n\r\n%s",
	                                      front->token, strlen(body), body);
	g_autofree char *browser = front_askf(front, "POST /p/zoo/notes HTTP/1.1\r\n" VILLAGE_HOST COOKIE FORM HTML
	                                             "Content-Length: %zu\r\n\r\n%s", front->token, strlen(body), body);

	g_autofree char *sent_on = NULL;

	STATUS(program, 201);
	HAS(program, "\\\"text\\\":\\\"镇\\\"");
	HAS(program, "\\\"amount_fen\\\":1250");
	HAS(program, "\"key\":\"abc-1\"");
	HAS(program, "\"if_match\":\"\\\"3\\\"\"");
	LACKS(program, "_csrf");
	STATUS(browser, 201);
	HAS(browser, "<!doctype html>");
	g_free(body);
	body = g_strdup_printf("_csrf=%s&_key=short&text=a", front->csrf);
	sent_on = front_askf(front, "POST /p/zoo/notes HTTP/1.1\r\n" VILLAGE_HOST COOKIE FORM HTML
	                            "Content-Length: %zu\r\n\r\n%s", front->token, strlen(body), body);
	STATUS(sent_on, 303); /* nothing was said that the page there does not say */
	HAS(sent_on, "Location: /p/zoo/notes/7\r\n");
	front_free(front);
}

Test(http_server, a_browser_edits_and_removes_by_naming_the_method)
{
	Front *front = front_new(NULL, NULL);
	static const struct {
		const char *method;
		gint route, status;
	} cases[] = { { "PATCH", AT_EDIT, 200 }, { "DELETE", AT_REMOVE, 200 }, { "PUT", 0, 405 }, { "GET", 0, 405 }, { "", 0, 405 } };

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *body = g_strdup_printf("text=a&_csrf=%s&_version=4&_method=%s", front->csrf, cases[i].method);
		g_autofree char *answer = front_askf(front, "POST /p/zoo/notes/12 HTTP/1.1\r\n" VILLAGE_HOST COOKIE FORM
		                                            "Content-Length: %zu\r\n\r\n%s", front->token, strlen(body), body);
		g_autofree char *route = g_strdup_printf("{\"route\":%d,", cases[i].route);

		STATUS(answer, cases[i].status);
		if (cases[i].status != 200)
			continue;
		HAS(answer, route);
		HAS(answer, "\"params\":{\"id\":\"12\"}");
		HAS(answer, "\"if_match\":\"4\"");
	}
	front_free(front);
}

Test(http_server, browsers_get_pages_with_a_strict_policy_and_are_led_to_the_login)
{
	Front *front = front_new(NULL, NULL);
	g_autofree char *login = front_askf(front, "GET /p/zoo/echo/a?b=c HTTP/1.1\r\n" VILLAGE_HOST HTML "\r\n");
	g_autofree char *page =
		front_askf(front, "GET /p/zoo/echo/a HTTP/1.1\r\n" VILLAGE_HOST HTML COOKIE "\r\n", front->token);
	g_autofree char *form =
		front_askf(front, "GET /p/zoo/notes HTTP/1.1\r\n" VILLAGE_HOST HTML COOKIE "\r\n", front->token);
	g_autofree char *form2 = front_askf(
		front, "GET /p/zoo/notes?_form=POST HTTP/1.1\r\n" VILLAGE_HOST HTML COOKIE "\r\n", front->token);
	g_autofree char *program =
		front_askf(front, "GET /p/zoo/notes HTTP/1.1\r\n" VILLAGE_HOST COOKIE "\r\n", front->token);
	g_autofree char *missing = front_askf(front, "GET /none HTTP/1.1\r\n" VILLAGE_HOST HTML "\r\n");
	g_autofree char *again = front_askf(front, "POST /p/zoo/fail HTTP/1.1\r\n" VILLAGE_HOST HTML FORM
	                                           "Content-Length: 18\r\n\r\ntext=a%%3Cb&x=1&y=2");
	g_autofree char *json = front_askf(front, "GET /p/zoo/echo/a HTTP/1.1\r\n" VILLAGE_HOST
	                                          "Accept: application/json, text/html;q=0.5\r\n" COOKIE "\r\n", front->token);
	static const char *const own[] = { "/", "/login?next=/p/zoo", "/p/zoo", "/kernel/style.css", "/kernel/openapi.json" };

	STATUS(login, 303);
	HAS(login, "Location: /login?next=/p/zoo/echo/a%3Fb%3Dc\r\n");
	STATUS(page, 200);
	HAS(page, "Content-Type: text/html; charset=utf-8\r\n");
	HAS(page, "Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
	          "frame-ancestors 'none'; base-uri 'none'\r\n");
	HAS(page, "Referrer-Policy: same-origin\r\n");
	HAS(page, "Cache-Control: no-store\r\n");
	HAS(page, "<!doctype html>");
	STATUS(form, 200);
	HAS(form, "name=\"_csrf\"");
	HAS(form, front->csrf);
	HAS(form, "name=\"_key\"");
	STATUS(form2, 200);
	STATUS(program, 405);
	STATUS(missing, 404);
	HAS(missing, "<!doctype html>");
	STATUS(again, 422);
	HAS(again, "<form");
	HAS(again, "a&lt;b");
	HAS(json, "Content-Type: application/json\r\n");
	for (gsize i = 0; i < G_N_ELEMENTS(own); i++) {
		g_autofree char *answer = front_askf(front, "GET %s HTTP/1.1\r\n" VILLAGE_HOST HTML "\r\n", own[i]);

		STATUS(answer, 200);
	}
	front_free(front);
}

Test(http_server, people_and_programs_log_in_and_out)
{
	Front *front = front_new(NULL, NULL);
	const char *good = "login=clerk&password=long+enough&next=%2Fp%2Fzoo%2Fnotes";
	const char *away = "login=clerk&password=long+enough&next=%2F%2Fevil.cn";
	const char *wrong = "login=clerk&password=wrong";
	const char *json = "{\"login\":\"clerk\",\"password\":\"long enough\"}";
#define LOGIN(kind, extra, body) \
	front_askf(front, "POST /login HTTP/1.1\r\n" VILLAGE_HOST kind extra "Content-Length: %zu\r\n\r\n%s", strlen(body), body)
	g_autofree char *in = LOGIN(FORM, HTML, good);
	g_autofree char *phished = LOGIN(FORM, HTML, away);
	g_autofree char *refused = LOGIN(FORM, HTML, wrong);
	g_autofree char *program = LOGIN(JSON, "", json);
	g_autofree char *cross = LOGIN(FORM, HTML "Sec-Fetch-Site: cross-site\r\n", good);
	g_autofree char *out = NULL;
	g_autofree char *after = NULL;
	const char *token = strstr(in, "zhen_session=");

	STATUS(in, 303);
	HAS(in, "Location: /p/zoo/notes\r\n");
	HAS(in, "; HttpOnly; SameSite=Lax\r\n");
	HAS(phished, "Location: /\r\n");
	STATUS(refused, 401);
	HAS(refused, "账号或密码不正确");
	LACKS(refused, "Set-Cookie");
	STATUS(program, 200);
	HAS(program, "\"token\":\"");
	STATUS(cross, 403);
	cr_assert_not_null(token);
	g_autofree char *text = g_strndup(token + 13, 43);
	g_autoptr(Session) session = access_session(front->access, text, 43, clock_now_ms());
	cr_assert_not_null(session);
	g_autofree char *body = g_strdup_printf("_csrf=%s", session->csrf);
	out = front_askf(front,
	                 "POST /logout HTTP/1.1\r\n" VILLAGE_HOST COOKIE FORM HTML "Content-Length: %zu\r\n\r\n%s",
	                 text, strlen(body), body);
	STATUS(out, 303);
	HAS(out, "Max-Age=0");
	after = front_askf(front, "GET /p/zoo/ping HTTP/1.1\r\n" VILLAGE_HOST COOKIE "\r\n", text);
	STATUS(after, 401);
	front_free(front);
}

/* ---- where a plugin is enabled ---- */

Test(http_server, a_pilot_is_there_for_its_divisions_and_those_above)
{
	static const char *const divisions[] = { "532327000000", NULL };
	Front *front = front_new(NULL, divisions);
	g_autofree char *other = front_login(front, "other");
	g_autofree char *state = front_login(front, "state");
	const char *tokens[] = { front->token, other, state };
	static const gint status[] = { 200, 404, 200 };
	g_autofree char *nobody = front_askf(front, "GET /p/zoo/later HTTP/1.1\r\n" VILLAGE_HOST "\r\n");

	for (gsize i = 0; i < G_N_ELEMENTS(tokens); i++) {
		g_autofree char *answer =
			front_askf(front, "GET /p/zoo/ping HTTP/1.1\r\n" VILLAGE_HOST COOKIE "\r\n", tokens[i]);

		STATUS(answer, status[i]);
		if (status[i] == 404)
			HAS(answer, "not-enabled");
	}
	STATUS(nobody, 204);
	front_free(front);
}

Test(http_server, a_mount_of_an_unknown_division_is_refused_by_name)
{
	Front *front = front_new(NULL, NULL);
	static const char *const divisions[] = { "999999000000", NULL };
	g_autoptr(GError) error = NULL;

	cr_expect_not(http_mount(front->http, &front->zoo.home, divisions, &error));
	cr_assert_not_null(error);
	HAS(error->message, "999999000000");
	front_free(front);
}

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

/* ---- files ---- */

static guint files_below(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	const char *name;
	guint count = 0;

	if (dir == NULL)
		return g_file_test(path, G_FILE_TEST_IS_REGULAR) ? 1 : 0;
	while ((name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *child = g_build_filename(path, name, NULL);

		count += files_below(child);
	}
	g_dir_close(dir);
	return count;
}

static guint blob_files(const Front *front)
{
	g_autofree char *blobs = g_build_filename(store_dir(front->zoo.store), "blobs", NULL);
	g_autofree char *staging = g_build_filename(store_dir(front->zoo.store), "staging", NULL);

	return files_below(blobs) + files_below(staging);
}

static char *ticket(const Front *front, gint64 valid_ms)
{
	return ticket_make(front->keys, "zoo", "draft-1", clock_now_ms() + valid_ms);
}

static char *upload(const Front *front, const char *good_for, const char *headers, const char *body)
{
	return front_askf(front,
	                  "POST /p/zoo/_upload?ticket=%s HTTP/1.1\r\n" VILLAGE_HOST "%sContent-Length: %zu\r\n\r\n%s",
	                  good_for, headers, strlen(body), body);
}

Test(http_server, a_thousand_uploads_without_a_ticket_write_nothing)
{
	Front *front = front_new(NULL, NULL);
	g_autofree char *old = ticket(front, -1000);
	g_autofree char *others = ticket_make(front->keys, "notes", "draft-1", clock_now_ms() + 60000);
	const char *const bad[] = { "", "x", old, others };

	for (guint i = 0; i < 1000; i++) {
		g_autofree char *answer = upload(front, bad[i % G_N_ELEMENTS(bad)], i % 2 == 0 ? "" : "Content-Type: image/jpeg\r\n",
		                                 "some bytes of a file");

		cr_assert_eq(status_of(answer), 403, "%u: %s", i, answer);
		HAS(answer, "upload-ticket");
	}
	cr_expect_eq(blob_files(front), 0);
	front_free(front);
}

Test(http_server, an_upload_with_a_ticket_is_kept_under_its_digest_and_comes_down_again)
{
	Front *front = front_new(NULL, NULL);
	g_autofree char *good = ticket(front, 60000);
	g_autofree char *raw = upload(front, good, "Content-Type: image/jpeg\r\nX-File-Name: a%20b.jpg\r\n", "some bytes of a file");
	g_autofree char *parts = upload(front, good, "Content-Type: multipart/form-data; boundary=XX\r\n",
	                                "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"C:/照片.jpg\"\r\n"
	                                "Content-Type: image/jpeg\r\n\r\nsome bytes of a file\r\n--XX--\r\n");
	g_autofree char *two = upload(front, good, "Content-Type: multipart/form-data; boundary=XX\r\n",
	                              "--XX\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a\"\r\n\r\n1\r\n"
	                              "--XX\r\nContent-Disposition: form-data; name=\"b\"; filename=\"b\"\r\n\r\n2\r\n--XX--\r\n");
	g_autofree char *cut = upload(front, good, "Content-Type: multipart/form-data; boundary=XX\r\n",
	                              "--XX\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a\"\r\n\r\n1\r\n");
	g_autofree char *none = upload(front, good, "Content-Type: image/jpeg\r\n", "");
	const char *digest = strstr(raw, "\"digest\":\"");
	g_autofree char *hex = NULL, *down = NULL, *same = NULL, *missing = NULL, *head = NULL;

	STATUS(raw, 201);
	HAS(raw, "\"bytes\":20");
	HAS(raw, "\"name\":\"a b.jpg\"");
	STATUS(parts, 201);
	HAS(parts, "\"name\":\"照片.jpg\"");
	STATUS(two, 400);
	STATUS(cut, 400);
	STATUS(none, 400);
	cr_assert_not_null(digest);
	hex = g_strndup(digest + 10, 64);
	HAS(parts, hex);
	cr_expect_eq(blob_files(front), 1, "one blob, nothing left in staging");
	down = front_askf(front, "GET /p/zoo/blob/%s HTTP/1.1\r\n" VILLAGE_HOST HTML "\r\n", hex);
	STATUS(down, 200);
	HAS(down, "Content-Type: application/pdf\r\n");
	HAS(down, "Content-Length: 20\r\n");
	HAS(down, "filename*=UTF-8''%E6%89%B9%E5%87%86%E4%B9%A6.pdf\r\n");
	HAS(down, "\r\n\r\nsome bytes of a file");
	head = front_askf(front, "HEAD /p/zoo/blob/%s HTTP/1.1\r\n" VILLAGE_HOST "\r\n", hex);
	HAS(head, "Content-Length: 20\r\n");
	same = front_askf(front, "GET /p/zoo/blob/%s HTTP/1.1\r\n" VILLAGE_HOST "If-None-Match: \"%s\"\r\n\r\n", hex,
	                  hex);
	STATUS(same, 304);
	missing = front_askf(front, "GET /p/zoo/blob/%064d HTTP/1.1\r\n" VILLAGE_HOST "\r\n", 0);
	STATUS(missing, 404);
	front_free(front);
}

Test(http_server, a_large_file_streams_up_chunked_and_down_again)
{
	Front *front = front_new(NULL, NULL);
	g_autofree char *good = ticket(front, 60000);
	g_autoptr(GString) ask = g_string_new(NULL);
	g_autoptr(GString) file = g_string_new(NULL);
	g_autofree char *answer = NULL;
	g_autofree char *hex = NULL;
	g_autofree char *down = NULL;

	for (guint i = 0; file->len < 390000; i++)
		g_string_append_printf(file, "line %u\n", i);
	g_string_append_printf(
		ask, "POST /p/zoo/_upload?ticket=%s HTTP/1.1\r\n" VILLAGE_HOST "Transfer-Encoding: chunked\r\n\r\n",
		good);
	for (gsize at = 0; at < file->len; at += 7777) {
		gsize n = MIN(7777, file->len - at);

		g_string_append_printf(ask, "%zx\r\n", n);
		g_string_append_len(ask, file->str + at, (gssize)n);
		g_string_append(ask, "\r\n");
	}
	g_string_append(ask, "0\r\n\r\n");
	answer = front_ask(front, ask->str, ask->len);
	STATUS(answer, 201);
	hex = g_strndup(strstr(answer, "\"digest\":\"") + 10, 64);
	down = front_askf(front, "GET /p/zoo/blob/%s HTTP/1.1\r\n" VILLAGE_HOST "\r\n", hex);
	cr_expect(g_str_has_suffix(down, file->str));
	front_free(front);
}

Test(http_server, uploads_have_limits_of_size_number_and_address)
{
	HttpLimits limits = { .uploads_per_ticket = 3, .upload_bytes_per_address = 500000 };
	Front *front = front_new(&limits, NULL);
	g_autofree char *good = ticket(front, 60000);
	g_autofree char *other = ticket_make(front->keys, "zoo", "draft-2", clock_now_ms() + 60000);
	g_autofree char *large = g_strnfill(400001, 'x');
	g_autofree char *fair = g_strnfill(200000, 'x');
	g_autofree char *first = upload(front, good, "", large);
	g_autofree char *over = NULL;

	STATUS(first, 413);
	for (guint i = 0; i < 4; i++) {
		g_autofree char *answer = upload(front, good, "", "x");

		STATUS(answer, i < 3 ? 201 : 429);
	}
	for (guint i = 0; i < 2; i++) {
		g_autofree char *answer = upload(front, other, "", fair);

		STATUS(answer, 201);
	}
	over = upload(front, other, "", fair);
	STATUS(over, 429);
	cr_expect_eq(blob_files(front), 2, "what was refused half-way is gone");
	front_free(front);
}

Test(http_server, files_come_in_a_form_after_its_ticket)
{
	Front *front = front_new(NULL, NULL);
	g_autofree char *good = ticket(front, 60000);
#define FIELD(name, value) "--XX\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" value "\r\n"
#define PHOTO(name) "--XX\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"" name "\"\r\n\r\nbytes\r\n"
	g_autofree char *ticketed =
		g_strdup_printf(FIELD("_ticket", "%s") FIELD("text", "镇") PHOTO("a.jpg") "--XX--\r\n", good);
	g_autofree char *late = g_strdup_printf(PHOTO("a.jpg") FIELD("_ticket", "%s") "--XX--\r\n", good);
	const char *plain = FIELD(
		"text",
		"a") "--XX\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"\"\r\n\r\n\r\n--XX--\r\n";
	const char *without = FIELD("text", "a") PHOTO("a.jpg") "--XX--\r\n";
#define POST_PARTS(body) \
	front_askf(front, "POST /p/zoo/files HTTP/1.1\r\n" VILLAGE_HOST "Content-Type: multipart/form-data; boundary=XX\r\n" \
	           "Content-Length: %zu\r\n\r\n%s", strlen(body), body)
	g_autofree char *refused = POST_PARTS(without);
	g_autofree char *refused_late = POST_PARTS(late);
	g_autofree char *empty = POST_PARTS(plain);
	g_autofree char *before = g_strdup_printf("%u", blob_files(front));
	g_autofree char *kept = POST_PARTS(ticketed);

	STATUS(refused, 403);
	STATUS(refused_late, 403);
	STATUS(empty, 200);
	cr_expect_str_eq(before, "0");
	STATUS(kept, 200);
	HAS(kept, "\\\"text\\\":\\\"镇\\\"");
	HAS(kept, "\\\"photo\\\":\\\"");
	cr_expect_eq(blob_files(front), 1);
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
