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

/* Offline: the host's own program does it, which lies beside this one. */
static int restore(const char *backup, const char *data, gboolean replace, gboolean check)
{
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *bin = g_path_get_dirname(self != NULL ? self : "/usr/bin/zhenctl");
	g_autofree char *zhend = g_build_filename(bin, "zhend", NULL);
	char *args[8] = { zhend, (char *)"--restore", (char *)backup, (char *)"--data", (char *)data };
	guint count = 5;

	if (replace)
		args[count++] = (char *)"--replace";
	if (check)
		args[count++] = (char *)"--check";
	execv(zhend, args);
	fprintf(stderr, "zhenctl: %s: %s\n", zhend, g_strerror(errno));
	return 2;
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
	gboolean as_json = FALSE, replace = FALSE, check = FALSE;
	const GOptionEntry entries[] = {
		{ "data", 0, 0, G_OPTION_ARG_FILENAME, &data, "The daemon's data folder (/var/lib/zhen)", "DIR" },
		{ "replace", 0, 0, G_OPTION_ARG_NONE, &replace, "restore: move the old data aside", NULL },
		{ "check", 0, 0, G_OPTION_ARG_NONE, &check, "restore: look whether it could be done, change nothing", NULL },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "Answer in JSON", NULL },
		{ 0 },
	};
	g_autoptr(GOptionContext) context = g_option_context_new(
		"health | reload | audit verify [PLUGIN] | backup DIR | backups | restore BACKUP --data DIR");
	g_autoptr(GString) request = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	g_autofree char *path = NULL, *reply = NULL;
	JsonOut out;
	int fd;

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error))
		return misused(error->message);
	if (argc < 2)
		return misused("say a verb: health, reload, audit verify [PLUGIN], backup DIR, backups, restore BACKUP --data DIR");
	if (strcmp(argv[1], "restore") == 0)
		return argc == 3 && data != NULL ? restore(argv[2], data, replace, check) :
		                                   misused("restore BACKUP --data DIR [--replace] [--check]");
	path = g_build_filename(data != NULL ? data : "/var/lib/zhen", "zhend.sock", NULL);
	fd = connect_to(path);
	if (fd < 0)
		return not_reached(path, errno);
	json_out_init(&out, request);
	json_open(&out, NULL, FALSE);
	json_put_text(&out, "verb", argv[1]);
	json_open(&out, "args", TRUE);
	for (int i = 2; i < argc; i++) {
		/* The daemon stands in another folder. */
		g_autofree char *full = strcmp(argv[1], "backup") == 0 ? g_canonicalize_filename(argv[i], NULL) : NULL;

		json_put_text(&out, NULL, full != NULL ? full : argv[i]);
	}
	json_close_one(&out);
	json_close_one(&out);
	g_string_append_c(request, '\n');
	reply = exchange(fd, request);
	close(fd);
	return show(reply, as_json);
}
