/* SPDX-License-Identifier: Apache-2.0
 * The front as clients see it: proofs against other sites, forms, pages, logins, and where a plugin is enabled. */
#include "http_fixture.h"

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
		HAS(answer, "\"if_match\":\"\\\"4\\\"\"");
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
	g_autoptr(Switches) switches = switches_new(NULL, 0);
	switches_add(switches, "532327000000", SWITCH_PLUGIN, TRUE, G_MININT64, G_MAXINT64);
	Front *front = front_new(NULL, switches);
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
