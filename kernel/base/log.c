/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/journal.h"

#define MESSAGE_MOST 16384 /* bytes; a longer message is cut */
#define CUT_MARK "…"

static _Atomic int most = LOG_INFO;

void log_set_level(LogLevel level)
{
	atomic_store_explicit(&most, (int)level, memory_order_relaxed);
}

LogLevel log_level(void)
{
	return (LogLevel)atomic_load_explicit(&most, memory_order_relaxed);
}

/* -1: stderr is not the journal. */
static int journal_fd(void)
{
	static gsize asked;
	static int fd;

	if (g_once_init_enter(&asked)) {
		fd = journal_is(STDERR_FILENO, g_getenv("JOURNAL_STREAM")) ? journal_open(JOURNAL_SOCKET) : -1;
		g_once_init_leave(&asked, 1);
	}
	return fd;
}

/* A message must not make a second line nor speak to a terminal. Returns the bytes of @at it stands for, 0 = plain. */
static gsize escape(const char *at, char out[5])
{
	static const char digits[] = "0123456789abcdef";
	guchar c = (guchar)at[0];
	/* C1 controls in UTF-8: c2 80 .. c2 9f. */
	gboolean high = c == 0xc2 && ((guchar)at[1] & 0xe0) == 0x80;

	if (!high && c >= 0x20 && c != 0x7f)
		return 0;
	switch (c) {
	case '\n':
		strcpy(out, "\\n");
		return 1;
	case '\r':
		strcpy(out, "\\r");
		return 1;
	case '\t':
		strcpy(out, "\\t");
		return 1;
	default:
		c = high ? (guchar)at[1] : c;
		out[0] = '\\';
		out[1] = 'x';
		out[2] = digits[c >> 4];
		out[3] = digits[c & 15];
		out[4] = '\0';
		return high ? 2 : 1;
	}
}

void log_append_plain(GString *line, const char *text)
{
	const char *run = text;
	char instead[5];

	while (*text != '\0') {
		gsize taken = escape(text, instead);

		if (taken == 0) {
			text++;
			continue;
		}
		g_string_append_len(line, run, text - run);
		g_string_append(line, instead);
		text += taken;
		run = text;
	}
	g_string_append_len(line, run, text - run);
}

static const char *level_name(LogLevel level)
{
	static const char *const names[] = {
		[LOG_ERROR] = "error", [LOG_WARN] = "warn",   [LOG_NOTICE] = "notice",
		[LOG_INFO] = "info",   [LOG_DEBUG] = "debug",
	};

	return names[CLAMP(level, LOG_ERROR, LOG_DEBUG)];
}

static void write_line(LogLevel level, const char *plugin, const char *message)
{
	g_autoptr(GString) line = g_string_sized_new(strlen(message) + 80);
	char when[CLOCK_TEXT_SIZE];
	gsize done = 0;

	/* The log is about the machine: its time is the real one even when the clock is turned. */
	clock_format(clock_true_ms(), when);
	g_string_append(line, when);
	g_string_append_c(line, ' ');
	g_string_append(line, level_name(level));
	g_string_append_c(line, ' ');
	log_append_plain(line, plugin != NULL ? plugin : "-");
	g_string_append_c(line, ' ');
	log_append_plain(line, message);
	g_string_append_c(line, '\n');
	/* One write, so that lines of several threads and processes do not mix; more only when the kernel took a part. */
	while (done < line->len) {
		gssize wrote = write(STDERR_FILENO, line->str + done, line->len - done);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return;
		done += (gsize)wrote;
	}
}

static void cut(char *message, gsize size)
{
	char *end = message + size - sizeof CUT_MARK;

	/* Not inside a character. */
	while (end > message && ((guchar)*end & 0xc0) == 0x80)
		end--;
	memcpy(end, CUT_MARK, sizeof CUT_MARK);
}

void log_write(LogLevel level, const char *plugin, const char *format, ...)
{
	char message[MESSAGE_MOST];
	int saved = errno;
	va_list args;

	if (level > log_level())
		return;
	va_start(args, format);
	int length = vsnprintf(message, sizeof message, format, args);
	va_end(args);
	if (length < 0)
		g_strlcpy(message, format, sizeof message);
	else if ((gsize)length >= sizeof message)
		cut(message, sizeof message);

	int fd = journal_fd();

	if (fd < 0 || !journal_send(fd, JOURNAL_SOCKET, (int)level, plugin, message))
		write_line(level, plugin, message);
	errno = saved;
}
