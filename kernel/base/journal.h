/* SPDX-License-Identifier: Apache-2.0
 * The journal's own datagrams, without its library. Behind log.h. Any thread. */
#pragma once

#include <glib.h>

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

/* TRUE when @fd is the stream that @journal_stream ("device:inode", the value of JOURNAL_STREAM) names. */
gboolean journal_is(int fd, const char *journal_stream);
/* A datagram socket, or -1 when nobody listens at @path. */
int journal_open(const char *path);
/* @plugin may be NULL. FALSE: the journal did not take it. */
gboolean journal_send(int fd, const char *path, int priority, const char *plugin, const char *message);
