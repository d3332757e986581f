/* SPDX-License-Identifier: Apache-2.0
 * Where reports go and come from. */
#include "base/crash_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/error.h"

static int file_fd = -1, channel_fd = -1;

/* ---- in a signal handler ---- */

static void say_on_stderr(const CrashOut *out)
{
	static char line[CRASH_REPORT_MAX + 32];
	gsize length = 0;

	/* A line of the log's kind; not through the log, which takes memory and locks. */
	for (const char *p = "crash: "; *p != '\0'; p++)
		line[length++] = *p;
	for (gsize i = sizeof CRASH_HEAD - 1; i < out->length; i++)
		line[length++] = out->text[i] == '\n' ? ';' : out->text[i];
	line[length++] = '\n';
	if (write(STDERR_FILENO, line, length) < 0)
		return;
}

void crash_deliver(const CrashOut *out)
{
	static char message[CRASH_REPORT_MAX + 8] = "CRASH\n";

	if (file_fd >= 0 && pwrite(file_fd, out->text, out->length, 0) < 0)
		file_fd = -1;
	if (channel_fd >= 0) {
		memcpy(message + 6, out->text, out->length);
		send(channel_fd, message, 6 + out->length, MSG_DONTWAIT | MSG_NOSIGNAL);
	}
	say_on_stderr(out);
}

/* ---- at other times ---- */

static char *report_of(int fd)
{
	char text[CRASH_REPORT_MAX + 1];
	ssize_t got = pread(fd, text, CRASH_REPORT_MAX, 0);

	text[MAX(got, 0)] = '\0';
	return g_str_has_prefix(text, CRASH_HEAD) ? g_strdup(text) : NULL;
}

static int open_file(const char *path, int flags)
{
	struct stat st;
	int fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);

	if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
		close(fd);
		errno = EINVAL;
		fd = -1;
	}
	return fd;
}

char *crash_open(const char *path, GError **error)
{
	static const char empty[CRASH_REPORT_MAX];
	const int fd = open_file(path, O_RDWR | O_CREAT);
	g_autofree char *found = fd >= 0 ? report_of(fd) : NULL;

	/* Its blocks now: a full disk must not keep a crash from being named. */
	if (fd < 0 || pwrite(fd, empty, sizeof empty, 0) != (ssize_t)sizeof empty) {
		throw_error(error, ERROR_IO, "%s: %s", path, g_strerror(errno));
		if (fd >= 0)
			close(fd);
		return g_steal_pointer(&found);
	}
	if (file_fd >= 0)
		close(file_fd);
	file_fd = fd;
	return g_steal_pointer(&found);
}

char *crash_read(const char *path)
{
	const int fd = open_file(path, O_RDONLY);
	char *found = fd >= 0 ? report_of(fd) : NULL;

	if (fd >= 0)
		close(fd);
	return found;
}

void crash_channel(int fd)
{
	channel_fd = fd;
}

/* What a worker wrote ends on somebody's terminal. */
static char *printable(const char *text, gsize length)
{
	g_autofree char *valid = g_utf8_make_valid(text, (gssize)length);
	GString *out = g_string_new(NULL);

	for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p))
		g_string_append_unichar(out, g_unichar_isprint(g_utf8_get_char(p)) ? g_utf8_get_char(p) : '?');
	return g_string_free(out, FALSE);
}

char *crash_find(const char *report, const char *key)
{
	const gsize length = strlen(key);

	for (const char *line = report; line != NULL && *line != '\0';) {
		const char *end = strchrnul(line, '\n');

		if (strncmp(line, key, length) == 0 && line[length] == ' ' && end > line + length)
			return printable(line + length + 1, (gsize)(end - line) - length - 1);
		line = *end == '\n' ? end + 1 : NULL;
	}
	return NULL;
}
