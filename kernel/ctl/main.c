/* SPDX-License-Identifier: Apache-2.0
 * zhenctl: one verb over the daemon's local socket. Exit code 0 = done, 1 = the verb failed, 2 = not reached or misused. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/json.h"

#define REPLY_MAX (64 * 1024 * 1024)

static int misused(const char *text)
{
	fprintf(stderr, "zhenctl: %s\n", text);
	return 2;
}

/* -1 with errno. */
static int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, fault;

	if (strlen(path) >= sizeof address.sun_path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	strcpy(address.sun_path, path);
	if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	fault = errno;
	close(fd);
	errno = fault;
	return -1;
}

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
	return 2;
}

static char *exchange(int fd, const GString *request)
{
	GString *reply = g_string_new(NULL);
	char buffer[4096];
	ssize_t got;

	/* Who may not ask is told so at once, and may find the other end closed: what it said is there to be read. */
	if (send(fd, request->str, request->len, MSG_NOSIGNAL) != (ssize_t)request->len)
		shutdown(fd, SHUT_WR);
	while (reply->len < REPLY_MAX && (got = recv(fd, buffer, sizeof buffer, 0)) > 0)
		g_string_append_len(reply, buffer, got);
	return g_string_free(reply, FALSE);
}

static int show(const char *text, gboolean as_json)
{
	g_autoptr(json_t) reply = json_read(text, strlen(text), NULL);
	gboolean fine = json_is_true(json_object_get(reply, "ok"));
	const char *error = json_string_value(json_object_get(reply, "error"));

	if (reply == NULL)
		return misused("the daemon did not answer");
	if (as_json) {
		char *data = json_dumps(json_object_get(reply, "data"), JSON_INDENT(2) | JSON_ENCODE_ANY);

		puts(data != NULL ? data : "null");
		free(data);
	} else {
		fputs(json_string_value(json_object_get(reply, "text")) != NULL ?
		              json_string_value(json_object_get(reply, "text")) :
		              "",
		      stdout);
	}
	if (error != NULL)
		fprintf(stderr, "zhenctl: %s\n", error);
	return fine ? 0 : 1;
}

int main(int argc, char **argv)
{
	g_autofree char *data = NULL;
	gboolean as_json = FALSE;
	const GOptionEntry entries[] = {
		{ "data", 0, 0, G_OPTION_ARG_FILENAME, &data, "The daemon's data folder (/var/lib/zhen)", "DIR" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "Answer in JSON", NULL },
		{ 0 },
	};
	g_autoptr(GOptionContext) context = g_option_context_new("health | reload | audit verify [PLUGIN]");
	g_autoptr(GString) request = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	g_autofree char *path = NULL, *reply = NULL;
	JsonOut out;
	int fd;

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error))
		return misused(error->message);
	if (argc < 2)
		return misused("say a verb: health, reload, audit verify [PLUGIN]");
	path = g_build_filename(data != NULL ? data : "/var/lib/zhen", "zhend.sock", NULL);
	fd = connect_to(path);
	if (fd < 0)
		return not_reached(path, errno);
	json_out_init(&out, request);
	json_open(&out, NULL, FALSE);
	json_put_text(&out, "verb", argv[1]);
	json_open(&out, "args", TRUE);
	for (int i = 2; i < argc; i++)
		json_put_text(&out, NULL, argv[i]);
	json_close_one(&out);
	json_close_one(&out);
	g_string_append_c(request, '\n');
	reply = exchange(fd, request);
	close(fd);
	return show(reply, as_json);
}
