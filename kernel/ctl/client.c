/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/json.h"

#define REPLY_MAX (64 * 1024 * 1024)
#define FIRST_MAX (64 * 1024) /* the line before those that are followed */

/* ---- reaching it ---- */

static int not_reached(const char *path, int fault)
{
	if (fault == EACCES || fault == EPERM)
		fprintf(stderr,
		        "zhenctl: %s: 没有权限；请以 root 或 zhend 的用户运行 "
		        "(permission denied: run as root or as the user of zhend)\n",
		        path);
	else if (fault == ENOENT || fault == ECONNREFUSED)
		fprintf(stderr, "zhenctl: %s: 没有 zhend 应答 (no zhend answers at %s)\n", path, path);
	else
		fprintf(stderr, "zhenctl: %s: 无法连接 (cannot connect): %s\n", path, g_strerror(fault));
	return -1;
}

int client_connect(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, fault;

	if (strlen(path) >= sizeof address.sun_path)
		return not_reached(path, ENAMETOOLONG);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return not_reached(path, errno);
	strcpy(address.sun_path, path);
	if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	fault = errno;
	close(fd);
	return not_reached(path, fault);
}

/* Who may not ask is told so at once, and may find the other end closed: what it said is there to be read. */
static void send_line(int fd, const GString *request)
{
	if (send(fd, request->str, request->len, MSG_NOSIGNAL) != (ssize_t)request->len)
		shutdown(fd, SHUT_WR);
}

/* ---- one answer ---- */

static int no_answer(void)
{
	fprintf(stderr, "zhenctl: zhend 没有应答 (the daemon did not answer)\n");
	return CTL_NOT_REACHED;
}

static void put_data(json_t *reply)
{
	char *data = json_dumps(json_object_get(reply, "data"), JSON_INDENT(2) | JSON_ENCODE_ANY);

	puts(data != NULL ? data : "null");
	free(data);
}

static int show(const char *text, gsize length, gboolean as_json)
{
	g_autoptr(json_t) reply = json_read(text, length, NULL);
	const char *said = json_string_value(json_object_get(reply, "text"));
	const char *error = json_string_value(json_object_get(reply, "error"));

	if (reply == NULL)
		return no_answer();
	if (as_json)
		put_data(reply);
	else if (said != NULL)
		fputs(said, stdout);
	if (error != NULL)
		fprintf(stderr, "zhenctl: %s\n", error);
	return json_is_true(json_object_get(reply, "ok")) ? CTL_DONE : CTL_FAILED;
}

int client_ask(int fd, const GString *request, gboolean as_json)
{
	g_autoptr(GString) reply = g_string_new(NULL);
	char buffer[4096];
	ssize_t got;

	send_line(fd, request);
	while (reply->len < REPLY_MAX && (got = recv(fd, buffer, sizeof buffer, 0)) > 0)
		g_string_append_len(reply, buffer, got);
	close(fd);
	return show(reply->str, reply->len, as_json);
}

/* ---- one that goes on ---- */

/* TRUE: @text begins with a whole line, which says that it goes on; it is taken off. */
static gboolean begins(GString *text, int *out_code)
{
	const char *end = memchr(text->str, '\n', text->len);

	*out_code = CTL_DONE;
	if (end == NULL) {
		*out_code = text->len > FIRST_MAX ? no_answer() : CTL_DONE;
		return FALSE;
	}
	*out_code = show(text->str, (gsize)(end - text->str), FALSE);
	g_string_erase(text, 0, end - text->str + 1);
	return *out_code == CTL_DONE;
}

static gboolean put_out(const char *bytes, gsize length)
{
	return fwrite(bytes, 1, length, stdout) == length && fflush(stdout) == 0;
}

int client_follow(int fd, const GString *request)
{
	g_autoptr(GString) first = g_string_new(NULL);
	gboolean begun = FALSE, fine = TRUE;
	char buffer[16384];
	int code = CTL_DONE;
	ssize_t got;

	send_line(fd, request);
	while (fine && code == CTL_DONE && (got = recv(fd, buffer, sizeof buffer, 0)) > 0) {
		if (begun) {
			fine = put_out(buffer, (gsize)got);
			continue;
		}
		g_string_append_len(first, buffer, got);
		begun = begins(first, &code);
		if (begun)
			fine = put_out(first->str, first->len);
	}
	close(fd);
	if (!begun)
		return code == CTL_DONE ? no_answer() : code;
	/* A reader that has enough closes its pipe: that is no failure. */
	if (fine)
		fprintf(stderr, "zhenctl: zhend 已断开 (zhend has closed the connection)\n");
	return fine ? CTL_NOT_REACHED : CTL_DONE;
}
