/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/crash.h"
#include "base/error.h"
#include "base/log.h"
#include "daemon/notify.h"
#include "store/store.h"

#define WAIT_MAX_MS 30000
#define MESSAGE_MAX (CRASH_REPORT_MAX + 64)
#define BLIND_RESTARTS 3                /* of a host that has not come so far as to say its limits */
#define ORPHANS_US (2 * G_USEC_PER_SEC) /* workers of a host that is gone end by then */

typedef struct Supervisor {
	char **argv;
	int program; /* this file, whatever stands under its name by now */
	int signals;
	sigset_t before;
	pid_t child; /* 0 = none runs */
	int channel;
	int listener; /* -1 = none */
	gboolean ready, was_ready, stopping, hang_up;
	int status;   /* of the last child */
	char *report; /* what it said of its end */
	char *after;  /* how it ended, in words; NULL = none has ended */
	gint64 ended_us;
	gint64 restarts, window_ms, wait_ms; /* limits; what the host's configuration says, once it has */
	GArray *times;                       /* of gint64, mono µs: restarts in the window */
} Supervisor;

/* ---- the child ---- */

/* Between fork and exec. */
static void become(const Supervisor *self, char **args, pid_t parent)
{
	sigprocmask(SIG_SETMASK, &self->before, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	fexecve(self->program, args, environ);
	fprintf(stderr, "zhend: %s\n", strerror(errno));
	_exit(127);
}

static char **arguments(const Supervisor *self, int channel)
{
	GPtrArray *args = g_ptr_array_new();

	for (guint i = 0; self->argv[i] != NULL; i++)
		g_ptr_array_add(args, g_strdup(self->argv[i]));
	g_ptr_array_insert(args, 1, g_strdup_printf("--supervised=%d:%d", channel, self->listener));
	if (self->after != NULL)
		g_ptr_array_insert(args, 2, g_strdup_printf("--after=%s", self->after));
	g_ptr_array_add(args, NULL);
	return (char **)g_ptr_array_free(args, FALSE);
}

static gboolean start(Supervisor *self)
{
	int pair[2];
	const pid_t parent = getpid();
	g_auto(GStrv) args = NULL;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
		log_error("supervisor: socket pair: %s", g_strerror(errno));
		return FALSE;
	}
	args = arguments(self, pair[1]);
	fcntl(pair[1], F_SETFD, 0);
	if (self->listener >= 0)
		fcntl(self->listener, F_SETFD, 0);
	self->child = fork();
	if (self->child == 0)
		become(self, args, parent);
	close(pair[1]);
	if (self->listener >= 0)
		fcntl(self->listener, F_SETFD, FD_CLOEXEC);
	self->channel = pair[0];
	self->ready = FALSE;
	g_clear_pointer(&self->report, g_free);
	if (self->child < 0)
		log_error("supervisor: fork: %s", g_strerror(errno));
	return self->child > 0;
}

static char *ending(int status)
{
	if (WIFSIGNALED(status))
		return g_strdup_printf("killed by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
	return g_strdup_printf("exited with %d", WEXITSTATUS(status));
}

/* ---- what it says ---- */

static void drop_listener(Supervisor *self)
{
	if (self->listener >= 0)
		close(self->listener);
	self->listener = -1;
}

static void on_ready(Supervisor *self)
{
	self->ready = self->was_ready = TRUE;
	if (self->after != NULL)
		log_notice("back in service %" G_GINT64_FORMAT " ms after the end of the process before",
		           (clock_mono_us() - self->ended_us) / 1000);
	if (self->hang_up)
		kill(self->child, SIGHUP);
	self->hang_up = FALSE;
}

static void on_message(Supervisor *self, const char *text, int fd)
{
	if (g_str_has_prefix(text, "CRASH\n")) {
		g_free(self->report);
		self->report = g_strdup(text + 6);
	} else if (strcmp(text, "LISTENING") == 0 && fd >= 0) {
		drop_listener(self);
		self->listener = fd;
		return;
	} else if (g_str_has_prefix(text, "LIMITS ")) {
		sscanf(text + 7, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, &self->restarts,
		       &self->window_ms, &self->wait_ms);
	} else {
		if (strcmp(text, "READY=1") == 0)
			on_ready(self);
		if (strcmp(text, "STOPPING=1") == 0) {
			self->stopping = TRUE;
			drop_listener(self); /* or who comes now would wait for nobody */
		}
		notify_systemd(text);
	}
	if (fd >= 0)
		close(fd);
}

/* FALSE: nothing more is there now. */
static gboolean receive(Supervisor *self)
{
	char text[MESSAGE_MAX + 1];
	struct iovec part = { text, MESSAGE_MAX };
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
	};
	ssize_t got = recvmsg(self->channel, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	struct cmsghdr *first = got > 0 ? CMSG_FIRSTHDR(&message) : NULL;
	int fd = -1;

	if (got <= 0)
		return FALSE;
	if (first != NULL && first->cmsg_type == SCM_RIGHTS && first->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&fd, CMSG_DATA(first), sizeof fd);
	text[got] = '\0';
	on_message(self, text, fd);
	return TRUE;
}

/* ---- its end ---- */

/* All that is left of it: its workers become ours, and hold its databases until they are gone. */
static void reap_orphans(void)
{
	const gint64 until = clock_mono_us() + ORPHANS_US;
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) >= 0 || errno == EINTR) {
		if (pid > 0)
			continue;
		if (clock_mono_us() > until)
			return;
		g_usleep(2000);
	}
}

/* TRUE: @self->child has ended, and @self->status says how. */
static gboolean reap(Supervisor *self)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == self->child) {
			self->ended_us = clock_mono_us();
			self->status = status;
			while (receive(self))
				continue;
			close(self->channel);
			self->channel = -1;
			self->child = 0;
			return TRUE;
		}
	return FALSE;
}

static void say_how(const Supervisor *self)
{
	g_autofree char *plugin = crash_find(self->report, "plugin"), *version = crash_find(self->report, "version");
	g_autofree char *handler = crash_find(self->report, "handler"), *request = crash_find(self->report, "request");
	g_autofree char *what = crash_find(self->report, "what");

	if (self->report == NULL)
		log_error("the host process ended: %s", self->after);
	else
		log_write(LOG_ERROR, plugin, "the host process ended: %s (%s): %s %s, %s, request %s",
		          what != NULL ? what : "?", self->after, plugin != NULL ? plugin : "no plugin",
		          version != NULL ? version : "", handler != NULL ? handler : "outside of any handler",
		          request != NULL ? request : "-");
}

/* How long until the next start; -1 = no more. */
static gint64 next_wait(Supervisor *self)
{
	const gint64 now = clock_mono_us();
	gint64 wait;

	while (self->times->len > 0 && now - g_array_index(self->times, gint64, 0) > self->window_ms * 1000)
		g_array_remove_index(self->times, 0);
	if (self->times->len >= self->restarts)
		return -1;
	/* The first at once; who fails again is given time. */
	wait = self->times->len == 0 ? 0 : MIN(self->wait_ms << MIN(self->times->len - 1, 20), WAIT_MAX_MS);
	g_array_append_val(self->times, now);
	return wait;
}

static void take_end(Supervisor *self)
{
	g_free(self->after);
	self->after = ending(self->status);
	reap_orphans();
}

/* A host that never came up and says itself why is not started again: it would say the same. */
static gboolean is_final(const Supervisor *self)
{
	if (self->stopping)
		return TRUE;
	return !self->was_ready && WIFEXITED(self->status) && WEXITSTATUS(self->status) != STORE_EXIT_DISK &&
	       WEXITSTATUS(self->status) != CRASH_EXIT && self->report == NULL;
}

/* ---- signals ---- */

static void on_signal(Supervisor *self, int number)
{
	if (number == SIGCHLD)
		return;
	if (number == SIGHUP && !self->ready) {
		self->hang_up = TRUE; /* before it listens for it, it would die of it */
		return;
	}
	self->stopping |= number != SIGHUP;
	if (self->child > 0)
		kill(self->child, number);
}

static void take_signals(Supervisor *self)
{
	struct signalfd_siginfo info;

	while (read(self->signals, &info, sizeof info) == sizeof info)
		on_signal(self, (int)info.ssi_signo);
}

/* Until the child has ended. */
static void attend(Supervisor *self)
{
	while (!reap(self)) {
		struct pollfd watched[2] = { { self->signals, POLLIN, 0 }, { self->channel, POLLIN, 0 } };

		if (poll(watched, 2, -1) < 0 && errno != EINTR)
			return;
		take_signals(self);
		while (receive(self))
			continue;
		/* It closed its end, or is about to: only its end is news then. */
		if ((watched[1].revents & (POLLHUP | POLLERR)) != 0)
			poll(watched, 1, 100);
	}
}

/* FALSE: told to stop meanwhile. */
static gboolean wait_for(Supervisor *self, gint64 ms)
{
	const gint64 until = clock_mono_us() + ms * 1000;

	for (gint64 left = ms * 1000; left > 0 && !self->stopping; left = until - clock_mono_us()) {
		struct pollfd watched = { self->signals, POLLIN, 0 };

		poll(&watched, 1, (int)(left / 1000) + 1);
		take_signals(self);
	}
	return !self->stopping;
}

/* ---- all of it ---- */

static int exit_code(Supervisor *self)
{
	if (!WIFSIGNALED(self->status))
		return WEXITSTATUS(self->status);
	/* Ended before it listened for the signal that was passed on: then so do we. */
	if (WTERMSIG(self->status) == SIGTERM || WTERMSIG(self->status) == SIGINT) {
		signal(WTERMSIG(self->status), SIG_DFL);
		sigprocmask(SIG_SETMASK, &self->before, NULL);
		raise(WTERMSIG(self->status));
	}
	say_how(self);
	return 128 + WTERMSIG(self->status);
}

static int go_on(Supervisor *self)
{
	for (;;) {
		g_autofree char *state = NULL;
		gint64 wait;

		if (!start(self))
			return 1;
		attend(self);
		take_end(self);
		if (is_final(self))
			return exit_code(self);
		say_how(self);
		wait = next_wait(self);
		if (wait < 0) {
			log_error("the host process ended %u times within %" G_GINT64_FORMAT
			          " s: given up. 主进程反复退出，不再重启；原因见上，修复后再启动",
			          self->times->len + 1, self->window_ms / 1000);
			notify_systemd("STATUS=restarted too often, given up");
			return SUPERVISOR_GAVE_UP;
		}
		log_notice("restart %u of at most %" G_GINT64_FORMAT ", in %" G_GINT64_FORMAT " ms", self->times->len,
		           self->restarts, wait);
		state = g_strdup_printf("STATUS=restarting: %s", self->after);
		notify_systemd(state);
		if (!wait_for(self, wait))
			return 0;
	}
}

static int open_program(void)
{
	const int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	return fd >= 0 ? fd : open((const char *)getauxval(AT_EXECFN), O_RDONLY | O_CLOEXEC);
}

int supervisor_run(char **argv)
{
	Supervisor self = { .argv = argv,
		            .channel = -1,
		            .listener = -1,
		            .restarts = BLIND_RESTARTS,
		            .window_ms = 600000,
		            .wait_ms = 100 };
	sigset_t taken;
	int code;

	sigemptyset(&taken);
	sigaddset(&taken, SIGTERM);
	sigaddset(&taken, SIGINT);
	sigaddset(&taken, SIGHUP);
	sigaddset(&taken, SIGCHLD);
	sigprocmask(SIG_BLOCK, &taken, &self.before);
	self.signals = signalfd(-1, &taken, SFD_NONBLOCK | SFD_CLOEXEC);
	self.program = open_program();
	if (self.signals < 0 || self.program < 0) {
		log_error("supervisor: %s", g_strerror(errno));
		return 1;
	}
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	self.times = g_array_new(FALSE, FALSE, sizeof(gint64));
	code = go_on(&self);
	drop_listener(&self);
	g_array_unref(self.times);
	g_free(self.report);
	g_free(self.after);
	close(self.signals);
	close(self.program);
	return code;
}
