/* SPDX-License-Identifier: Apache-2.0
 * The last words of a process, each said by a child that dies. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif
#include "base/crash.h"

typedef void Life(void);

static void describe(CrashOut *out, const void *work)
{
	crash_put(out, "plugin", work);
	crash_put(out, "nothing", NULL);
	crash_put_int(out, "row", G_MININT64);
}

static void describe_what_is_broken(CrashOut *out, const void *work)
{
	crash_put(out, "plugin", "sound");
	crash_put(out, "handler", *(const char *const volatile *)work);
}

#if defined(__SANITIZE_ADDRESS__)
#define report_to(fd) __sanitizer_set_report_fd((void *)(gintptr)(fd))
#else
#define report_to(fd) ((void)(fd))
#endif

/* What a child that lives @life leaves in its file; @out_status how it ended. */
static char *last_words(Life *life, int *out_status)
{
	g_autofree char *dir = g_dir_make_tmp("zhen-crash-XXXXXX", NULL), *path = g_build_filename(dir, "crash", NULL);
	char *report;
	pid_t child = fork();

	if (child == 0) {
		int null = open("/dev/null", O_WRONLY);

		g_free(crash_open(path, NULL));
		dup2(null, 2); /* a sanitizer has its say there, or where its options send it */
		report_to(null);
		crash_install();
		life();
		_exit(0);
	}
	waitpid(child, out_status, 0);
	report = crash_read(path);
	g_unlink(path);
	g_rmdir(dir);
	return report;
}

static void expect(const char *report, const char *key, const char *wanted)
{
	g_autofree char *text = crash_find(report, key);

	cr_expect_str_eq(text != NULL ? text : "(nothing)", wanted, "%s: %s", key,
	                 report != NULL ? report : "no report");
}

static void abort_at_work(void)
{
	crash_begin(describe, "one\ntwo\x7f", FALSE);
	abort();
}

static void abort_after_work(void)
{
	crash_end(crash_begin(describe, "one", FALSE));
	abort();
}

static void exit_at_work(void)
{
	crash_begin(describe, "one", FALSE);
	exit(0);
}

static void exit_after_work(void)
{
	crash_end(crash_begin(describe, "one", FALSE));
	exit(3);
}

static void break_the_record(void)
{
	crash_begin(describe_what_is_broken, (const void *)0x18, FALSE);
	abort();
}

static void fork_at_work(void)
{
	pid_t child;

	crash_begin(describe, "one", FALSE);
	child = fork();
	if (child == 0)
		abort();
	waitpid(child, NULL, 0);
}

static void *abort_in_thread(void *data)
{
	crash_begin(describe, data, FALSE);
	abort();
}

static void *work_in_thread(void *data)
{
	crash_end(crash_begin(describe, data, FALSE));
	return NULL;
}

/* More threads than there are records, one after another and all at once. */
static void abort_in_the_last_of_many(void)
{
	pthread_t thread;

	for (guint i = 0; i < 600; i++) {
		pthread_create(&thread, NULL, work_in_thread, (void *)"early");
		pthread_join(thread, NULL);
	}
	pthread_create(&thread, NULL, abort_in_thread, (void *)"last");
	pthread_join(thread, NULL);
}

Test(crash, says_what_a_process_was_at_when_it_ended)
{
	static const struct {
		Life *life;
		const char *what, *plugin, *damaged;
	} rows[] = {
		{ abort_at_work, "SIGABRT", "one?two?", "(nothing)" },
		{ abort_after_work, "SIGABRT", "(nothing)", "(nothing)" },
		{ exit_at_work, "exit()", "one", "(nothing)" },
		{ exit_after_work, "(nothing)", "(nothing)", "(nothing)" },
		{ break_the_record, "SIGABRT", "sound", "what it was at could not be read to its end" },
		{ fork_at_work, "(nothing)", "(nothing)", "(nothing)" },
		{ abort_in_the_last_of_many, "SIGABRT", "last", "(nothing)" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		int status = 0;
		g_autofree char *report = last_words(rows[i].life, &status);

		expect(report, "what", rows[i].what);
		expect(report, "plugin", rows[i].plugin);
		expect(report, "damaged", rows[i].damaged);
	}
}

Test(crash, numbers_are_whole)
{
	int status = 0;
	g_autofree char *report = last_words(abort_at_work, &status);

	expect(report, "row", "-9223372036854775808");
	cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "it ends as it would have ended: %d", status);
}

static void hang(void)
{
	volatile int on = 1;

	crash_watch(100, 0);
	crash_begin(describe, "slow", FALSE);
	while (on)
		continue;
}

static void hang_patiently(void)
{
	crash_watch(50, 100000);
	crash_begin(describe, "slow", TRUE);
	g_usleep(300000);
	crash_unwatch();
}

static void come_back_often(void)
{
	crash_watch(100, 0);
	for (guint i = 0; i < 30; i++) {
		CrashThread *thread = crash_begin(describe, "slow", FALSE);

		g_usleep(15000);
		crash_end(thread);
	}
	crash_unwatch();
}

Test(crash, ends_what_does_not_come_back_and_nothing_else)
{
	static const struct {
		Life *life;
		const char *what;
	} rows[] = { { hang, "overdue" }, { hang_patiently, "(nothing)" }, { come_back_often, "(nothing)" } };

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		int status = 0;
		g_autofree char *report = last_words(rows[i].life, &status);

		expect(report, "what", rows[i].what);
	}
}

Test(crash, a_report_is_found_once_and_sent_to_the_channel)
{
	g_autofree char *dir = g_dir_make_tmp("zhen-crash-XXXXXX", NULL), *path = g_build_filename(dir, "crash", NULL);
	int pair[2];
	char text[CRASH_REPORT_MAX + 64] = "";
	pid_t child;

	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	child = fork();
	if (child == 0) {
		g_free(crash_open(path, NULL));
		crash_channel(pair[1]);
		crash_install();
		crash_begin(describe, "one", FALSE);
		dup2(open("/dev/null", O_WRONLY), 2);
		abort();
	}
	waitpid(child, NULL, 0);
	cr_assert_gt(recv(pair[0], text, sizeof text - 1, MSG_DONTWAIT), 0);
	cr_expect(g_str_has_prefix(text, "CRASH\n"), "%s", text);
	expect(text + 6, "plugin", "one");

	g_autofree char *first = crash_open(path, NULL), *second = crash_open(path, NULL);
	expect(first, "plugin", "one");
	cr_expect_null(second, "told twice");
	g_unlink(path);
	g_rmdir(dir);
}

Test(crash, a_file_that_is_none_is_refused_and_read_as_nothing)
{
	g_autofree char *dir = g_dir_make_tmp("zhen-crash-XXXXXX", NULL), *path = g_build_filename(dir, "crash", NULL);
	g_autoptr(GError) error = NULL;

	cr_expect_null(crash_read(path));
	cr_assert_eq(mkfifo(path, 0600), 0);
	cr_expect_null(crash_read(path));
	cr_expect_null(crash_open(path, &error));
	cr_expect_not_null(error);
	g_unlink(path);
	cr_assert(g_file_set_contents(path, "rubbish\nplugin x\n", -1, NULL));
	cr_expect_null(crash_read(path));
	g_unlink(path);
	g_rmdir(dir);
}

Test(crash, what_is_shown_of_a_report_is_printable)
{
	static const char *const rows[][2] = {
		{ "what plain 中文\n", "plain 中文" },
		{ "other x\nwhat y\nwhat z\n", "y" },
		{ "what \x1b[2J\xc2\x9b\x01\n", "?[2J??" },
		{ "what \xff\xe4\n", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "what", "(nothing)" },
		{ "whatever it\n", "(nothing)" },
		{ "what ", "" },
		{ "", "(nothing)" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		expect(rows[i][0], "what", rows[i][1]);
}
