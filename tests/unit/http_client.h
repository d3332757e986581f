/* SPDX-License-Identifier: Apache-2.0
 * A client of the front of http_fixture.h: what it sends, what comes back, what is expected of that. */
#pragma once

#define COOKIE "Cookie: zhen_session=%s\r\n"
#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"
#define JSON "Content-Type: application/json\r\n"
#define HTML "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n"

#define HAS(text, part) cr_expect_not_null(strstr(text, part), "no '%s' in: %s", part, text)
#define LACKS(text, part) cr_expect_null(strstr(text, part), "'%s' in: %s", part, text)
#define STATUS(answer, want) cr_expect_eq(status_of(answer), want, "not %d: %s", want, answer)

G_GNUC_UNUSED static int client_open(const Front *front)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((guint16)front->port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	cr_assert_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0, "%s", g_strerror(errno));
	return fd;
}

G_GNUC_UNUSED static void client_send(int fd, const char *text, gsize length)
{
	while (length > 0) {
		gssize n = send(fd, text, length, MSG_NOSIGNAL);

		if (n <= 0)
			return; /* refused meanwhile: what was answered tells */
		text += n;
		length -= (gsize)n;
	}
}

/* Some more into @into. FALSE: closed (or, after long, nothing: the test fails). */
static gboolean client_more(int fd, GString *into)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	char bytes[65536];
	gssize n;

	cr_assert_eq(poll(&wait, 1, WAIT_MS), 1, "nothing came; so far: %s", into->str);
	n = recv(fd, bytes, sizeof(bytes), 0);
	if (n > 0)
		g_string_append_len(into, bytes, n);
	return n > 0;
}

/* Length of the answer that begins at @from, 0 = not all there. Answers to HEAD have no body. */
static gsize client_answer_length(const GString *text, gsize from, gboolean head)
{
	const char *end = strstr(text->str + from, "\r\n\r\n");
	const char *field = strstr(text->str + from, "Content-Length: ");
	gsize length;

	if (end == NULL)
		return 0;
	length = (gsize)(end + 4 - text->str) - from;
	if (!head && field != NULL && field < end)
		length += g_ascii_strtoull(field + 16, NULL, 10);
	return from + length <= text->len ? length : 0;
}

/* One answer, head and body. */
G_GNUC_UNUSED static GString *client_read(int fd, gboolean head)
{
	GString *text = g_string_new(NULL);

	while (client_answer_length(text, 0, head) == 0 && client_more(fd, text))
		continue;
	return text;
}

G_GNUC_UNUSED static void client_read_to_end(int fd, GString *text)
{
	while (client_more(fd, text))
		continue;
}

/* A connection of its own for one request. */
G_GNUC_UNUSED static char *front_ask(const Front *front, const char *text, gsize length)
{
	int fd = client_open(front);
	GString *answer;

	client_send(fd, text, length);
	answer = client_read(fd, g_str_has_prefix(text, "HEAD "));
	close(fd);
	return g_string_free(answer, FALSE);
}

G_GNUC_UNUSED static gint status_of(const char *answer)
{
	return g_str_has_prefix(answer, "HTTP/1.1 ") ? (gint)g_ascii_strtoll(answer + 9, NULL, 10) : 0;
}

G_GNUC_UNUSED G_GNUC_PRINTF(2, 3) static char *front_askf(const Front *front, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	return front_ask(front, text, strlen(text));
}
