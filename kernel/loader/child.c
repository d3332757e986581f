/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"

/* Between fork and exec of a process with threads only calls that take no lock are allowed. */
static void become(const char *path, const char *name, int fd, pid_t parent)
{
	char *const args[] = { (char *)path, (char *)name, NULL };
	sigset_t none;
	int null = open("/dev/null", O_RDONLY);

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent) /* it died before it could be watched */
		_exit(127);
	if (fd == CHILD_FD)
		fcntl(fd, F_SETFD, 0);
	else
		dup2(fd, CHILD_FD);
	if (null >= 0 && null != CHILD_FD)
		dup2(null, 0);
	close_range(CHILD_FD + 1, ~0u, 0);
	execv(path, args);
	_exit(127);
}

gboolean child_start(const char *path, const char *name, pid_t *out_pid, int *out_fd, GError **error)
{
	int pair[2];
	pid_t parent = getpid(), pid;

	if (access(path, X_OK) != 0)
		return throw_error(error, ERROR_NOT_FOUND, "%s: %s", path, g_strerror(errno));
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return throw_error(error, ERROR_IO, "建不了套接字对 (socket pair: %s)", g_strerror(errno));
	pid = fork();
	if (pid == 0)
		become(path, name, pair[1], parent);
	close(pair[1]);
	if (pid < 0) {
		close(pair[0]);
		return throw_error(error, ERROR_IO, "建不了进程 (fork: %s)", g_strerror(errno));
	}
	*out_pid = pid;
	*out_fd = pair[0];
	return TRUE;
}

static char *ending(int status)
{
	if (WIFSIGNALED(status))
		return g_strdup_printf("killed by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
	return g_strdup_printf("exited with %d", WEXITSTATUS(status));
}

char *child_reap(pid_t pid, gint64 until_us)
{
	/* A descriptor of the process says when it ends; the id stays ours until we have waited for it. */
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	gint64 left = until_us - clock_mono_us();
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	int status = 0;

	if (fd < 0 || left <= 0 || poll(&wait, 1, (int)MIN(left / 1000 + 1, 600000)) <= 0)
		kill(pid, SIGKILL);
	if (fd >= 0)
		close(fd);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return g_strdup("gone");
	return ending(status);
}
