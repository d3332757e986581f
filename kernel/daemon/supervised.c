/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/supervised.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include "base/crash.h"
#include "base/error.h"
#include "base/log.h"
#include "daemon/notify.h"

static int channel = -1, listener = -1;
static const char *ended;

static gboolean is_socket(int fd)
{
	int type = 0;
	socklen_t length = sizeof type;

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0;
}

gboolean supervised_begin(const char *text, const char *after, GError **error)
{
	if (sscanf(text, "%d:%d", &channel, &listener) != 2 || !is_socket(channel) ||
	    (listener >= 0 && !is_socket(listener))) {
		channel = listener = -1;
		return throw_error(
			error, ERROR_INVALID,
			"--supervised 只由 zhend 自己使用 (--supervised is said by zhend itself, not by hand)");
	}
	fcntl(channel, F_SETFD, FD_CLOEXEC);
	if (listener >= 0)
		fcntl(listener, F_SETFD, FD_CLOEXEC);
	ended = after;
	crash_channel(channel);
	return TRUE;
}

gboolean supervised(void)
{
	return channel >= 0;
}

const char *supervised_after(void)
{
	return ended;
}

int supervised_listener(void)
{
	const int fd = listener;

	listener = -1;
	return fd;
}

/* @fd -1 = none goes with it. */
static void tell(const char *text, int fd)
{
	struct iovec part = { (char *)text, strlen(text) };
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { .head = {
			      .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS } };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	if (channel < 0)
		return;
	if (fd >= 0) {
		memcpy(CMSG_DATA(&control.head), &fd, sizeof fd);
		message.msg_control = &control;
		message.msg_controllen = sizeof control;
	}
	if (sendmsg(channel, &message, MSG_NOSIGNAL) < 0)
		log_warn("the supervisor does not hear: %s", g_strerror(errno));
}

void supervised_listening(int fd)
{
	tell("LISTENING", fd);
}

void supervised_limits(const Conf *conf)
{
	g_autofree char *text =
		g_strdup_printf("LIMITS %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
	                        conf_int(conf, "host", "restarts"), conf_int(conf, "host", "restart_window"),
	                        conf_int(conf, "host", "restart_after"));

	tell(text, -1);
}

void supervised_say(const char *state)
{
	if (channel >= 0)
		tell(state, -1);
	else
		notify_systemd(state);
}
