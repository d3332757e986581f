/* SPDX-License-Identifier: Apache-2.0 */
#include "http/accesslog.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"

#define LINES_SIZE (64 * 1024)
#define LINE_MAX_BYTES 512

struct AccessLog {
	char *path;
	int fd;            /* -1 = off */
	gboolean failing;  /* said so already */
	gint64 stamp_ms;   /* time of stamp */
	gsize stamp_length;
	char stamp[CLOCK_TEXT_SIZE];
	gsize length;
	char lines[LINES_SIZE];
};

static int open_log(const char *path, GError **error)
{
	int fd;

	if (path[0] == '\0')
		return -1;
	if (strcmp(path, "-") == 0)
		return STDERR_FILENO;
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
	if (fd < 0)
		throw_error(error, ERROR_IO, "access log %s: %s", path, g_strerror(errno));
	return fd;
}

AccessLog *accesslog_new(const char *path, GError **error)
{
	AccessLog *log;
	g_autoptr(GError) fault = NULL;
	int fd = open_log(path != NULL ? path : "", &fault);

	if (fault != NULL) {
		g_propagate_error(error, g_steal_pointer(&fault));
		return NULL;
	}
	log = g_new0(AccessLog, 1);
	log->path = g_strdup(path != NULL ? path : "");
	log->fd = fd;
	return log;
}

static void close_log(AccessLog *log)
{
	if (log->fd > STDERR_FILENO)
		close(log->fd);
	log->fd = -1;
}

void accesslog_free(AccessLog *log)
{
	if (log == NULL)
		return;
	accesslog_flush(log);
	close_log(log);
	g_free(log->path);
	g_free(log);
}

void accesslog_reopen(AccessLog *log)
{
	g_autoptr(GError) error = NULL;
	int fd;

	if (log->fd <= STDERR_FILENO)
		return;
	accesslog_flush(log);
	fd = open_log(log->path, &error);
	if (fd < 0) {
		log_error("%s; the old file is kept", error->message);
		return;
	}
	close_log(log);
	log->fd = fd;
	log->failing = FALSE;
}

static char *put(char *at, const char *text, gsize max)
{
	gsize length = strnlen(text, max);

	memcpy(at, text, length);
	at[length] = ' ';
	return at + length + 1;
}

static char *put_number(char *at, guint64 number)
{
	char digits[20];
	guint n = 0;

	do
		digits[n++] = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	while (n > 0)
		*at++ = digits[--n];
	*at++ = ' ';
	return at;
}

void accesslog_add(AccessLog *log, gint64 now_ms, const char *request_id, const char *account, const char *method,
                   const char *route, gint status, gsize bytes, gint64 us)
{
	char *at;

	if (log->fd < 0)
		return;
	if (log->length + LINE_MAX_BYTES > LINES_SIZE)
		accesslog_flush(log);
	if (now_ms != log->stamp_ms) {
		log->stamp_length = clock_format(now_ms, log->stamp);
		log->stamp_ms = now_ms;
	}
	at = log->lines + log->length;
	at = put(at, log->stamp, log->stamp_length);
	at = put(at, request_id, 64);
	at = put(at, account[0] != '\0' ? account : "-", 64);
	at = put(at, method, 8);
	at = put(at, route, 200);
	at = put_number(at, (guint64)status);
	at = put_number(at, bytes);
	at = put_number(at, (guint64)MAX(us, 0));
	at[-1] = '\n';
	log->length = (gsize)(at - log->lines);
}

void accesslog_flush(AccessLog *log)
{
	gsize done = 0;

	while (done < log->length) {
		gssize n = write(log->fd, log->lines + done, log->length - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			/* A full disk must not stop the service: said once, lines are dropped. */
			if (!log->failing)
				log_error("access log %s: %s; lines are lost", log->path, g_strerror(errno));
			log->failing = TRUE;
			break;
		}
		done += (gsize)n;
		log->failing = FALSE;
	}
	log->length = 0;
}
