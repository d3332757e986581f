/* SPDX-License-Identifier: Apache-2.0
 * A child process with one socket of ours on descriptor 3. */
#pragma once

#include <glib.h>
#include <sys/types.h>

#define CHILD_FD 3
#define CRASH_FILE "crash" /* in a plugin's folder: the last words of its worker */

/* Runs @path, with @name as its one argument for who lists processes, our environment and nothing open but stderr, stdout and the socket; killed when we die. */
gboolean child_start(const char *path, const char *name, pid_t *out_pid, int *out_fd, GError **error);
/* Waits until @until_us of the monotonic clock, then kills it by its id. "exited with 3", "killed by signal 11 (...)". */
char *child_reap(pid_t pid, gint64 until_us);
