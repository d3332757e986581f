/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/journal.h"
#include "base/log.h"

#define LINE_SIZE 65536

/* stderr becomes a packet socket while a line is logged: each write is read as one packet. */
static int heard, kept_stderr;

static void listen_to_stderr(void)
{
	int pair[2];

	g_unsetenv("JOURNAL_STREAM");
	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	kept_stderr = dup(STDERR_FILENO);
	dup2(pair[1], STDERR_FILENO);
	close(pair[1]);
	heard = pair[0];
	fcntl(heard, F_SETFL, O_NONBLOCK);
}

static void give_stderr_back(void)
{
	dup2(kept_stderr, STDERR_FILENO);
	close(kept_stderr);
	close(heard);
}

/* What one write wrote; NULL when there was none. (transfer full) */
static char *next_write(void)
{
	g_autofree char *bytes = g_malloc(LINE_SIZE);
	gssize length = read(heard, bytes, LINE_SIZE);

	return length > 0 ? g_strndup(bytes, (gsize)length) : NULL;
}

TestSuite(log, .init = listen_to_stderr, .fini = give_stderr_back);

Test(log, a_line_has_time_level_plugin_and_message)
{
	log_write(LOG_WARN, "approvals", "queue %d", 7);

	g_autofree char *line = next_write();
	gint64 at;

	cr_assert_not_null(line);

	g_autofree char *when = g_strndup(line, 29);

	cr_assert(clock_parse(when, &at), "%s", line);
	cr_assert_str_eq(line + 29, " warn approvals queue 7\n");
	cr_assert_lt(ABS(clock_now_ms() - at), 60000);
}

Test(log, a_line_of_the_host_has_no_plugin)
{
	log_error("%s", "disk");
	log_notice("started");

	g_autofree char *first = next_write(), *second = next_write();

	cr_assert_str_eq(first + 29, " error - disk\n");
	cr_assert_str_eq(second + 29, " notice - started\n");
}

Test(log, the_level_keeps_lines_back)
{
	g_autofree char *none = NULL;

	cr_assert_eq(log_level(), LOG_INFO);
	log_write(LOG_DEBUG, NULL, "not this");
	log_set_level(LOG_ERROR);
	log_warn("nor this");
	none = next_write();
	cr_assert_null(none, "%s", none);
	log_set_level(LOG_DEBUG);
	log_write(LOG_DEBUG, NULL, "but this");

	g_autofree char *line = next_write();

	cr_assert_str_eq(line + 29, " debug - but this\n");
}

Test(log, a_message_stays_one_line_and_cannot_command_a_terminal)
{
	log_write(LOG_INFO, "a\nb", "x\r\n2026 error - forged\t\x1b[2J\x7f\xc2\x9b" "31m 永定镇 é");

	g_autofree char *line = next_write();
	g_autofree char *none = next_write();

	cr_assert_str_eq(line + 29, " info a\\nb x\\r\\n2026 error - forged\\t\\x1b[2J\\x7f\\x9b31m 永定镇 é\n");
	cr_assert_null(none, "one write for one line");
}

Test(log, a_very_long_message_is_cut_between_characters)
{
	for (guint shift = 0; shift < 3; shift++) {
		g_autoptr(GString) message = g_string_new(&"aaa"[shift]);

		while (message->len < 40000)
			g_string_append(message, "镇");
		log_info("%s", message->str);

		g_autofree char *line = next_write();

		cr_assert(g_utf8_validate(line, -1, NULL), "shift %u", shift);
		cr_assert(g_str_has_suffix(line, "镇…\n"));
		cr_assert_lt(strlen(line), 17000);
	}
}

Test(log, logging_leaves_errno_alone)
{
	close(heard);
	errno = ENOSPC;
	log_info("nobody reads this");
	cr_assert_eq(errno, ENOSPC);
	heard = open("/dev/null", O_RDONLY);
}

Test(log, a_turned_clock_does_not_turn_the_log)
{
	clock_turn(G_GINT64_CONSTANT(365) * 86400000);
	log_info("now");
	clock_turn(0);

	g_autofree char *line = next_write();
	g_autofree char *when = g_strndup(line, 29);
	gint64 at;

	cr_assert(clock_parse(when, &at));
	cr_assert_lt(ABS(clock_now_ms() - at), 60000);
}

Test(journal, stderr_is_the_journal_when_device_and_inode_agree)
{
	struct stat status;
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	cr_assert_eq(fstat(fd, &status), 0);

	g_autofree char *same =
		g_strdup_printf("%llu:%llu", (unsigned long long)status.st_dev, (unsigned long long)status.st_ino);
	g_autofree char *other =
		g_strdup_printf("%llu:%llu", (unsigned long long)status.st_dev, (unsigned long long)status.st_ino + 1);
	g_autofree char *longer = g_strconcat(same, "x", NULL);
	const struct {
		const char *stream;
		gboolean is;
	} cases[] = { { same, TRUE }, { other, FALSE }, { longer, FALSE },
		      { "", FALSE },  { "x:y", FALSE }, { NULL, FALSE } };

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		cr_assert_eq(journal_is(fd, cases[i].stream), cases[i].is, "%s", cases[i].stream);
	close(fd);
	cr_assert_not(journal_is(-1, same));
}

/* A journal of our own at @path. */
static int journal_listen(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	g_strlcpy(address.sun_path, path, sizeof address.sun_path);
	cr_assert_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	return fd;
}

static void assert_entry(int fd, const char *wanted, gsize length)
{
	char bytes[1024];
	gssize got = read(fd, bytes, sizeof bytes);

	cr_assert_eq(got, (gssize)length, "%zd bytes, expected %zu", got, length);
	cr_assert_eq(memcmp(bytes, wanted, length), 0, "%.*s", (int)got, bytes);
}

Test(journal, an_entry_is_one_datagram_of_fields)
{
	static const char plain[] = "PRIORITY=4\nZHEN_PLUGIN=approvals\nMESSAGE=队列满\n";
	static const char lines[] = "PRIORITY=6\nMESSAGE\n\x0c\0\0\0\0\0\0\0" "a\nPRIORITY=0\n";
	g_autofree char *dir = g_dir_make_tmp("zhen-log-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "socket", NULL);

	cr_assert_eq(journal_open(path), -1, "nobody listens yet");

	int journal = journal_listen(path);
	int fd = journal_open(path);

	cr_assert_geq(fd, 0);
	cr_assert(journal_send(fd, path, 4, "approvals", "队列满"));
	assert_entry(journal, plain, sizeof plain - 1);
	/* A newline cannot begin a field of its own. */
	cr_assert(journal_send(fd, path, 6, NULL, "a\nPRIORITY=0"));
	assert_entry(journal, lines, sizeof lines - 1);

	/* The journal goes away and comes back. */
	close(journal);
	g_unlink(path);
	cr_assert_not(journal_send(fd, path, 4, NULL, "x"));
	journal = journal_listen(path);
	cr_assert(journal_send(fd, path, 4, NULL, "x"));
	close(journal);
	close(fd);
	g_unlink(path);
	g_rmdir(dir);
}
