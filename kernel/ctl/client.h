/* SPDX-License-Identifier: Apache-2.0
 * The other end of zhend's local socket. What cannot be done is said on stderr. */
#pragma once

#include <glib.h>

/* Exit codes. */
enum { CTL_DONE = 0, CTL_FAILED = 1, CTL_NOT_REACHED = 2 };

/* -1: said why. */
int client_connect(const char *path);
/* Sends a line, reads the answer to its end and shows it. Closes @fd. An exit code. */
int client_ask(int fd, const GString *request, gboolean as_json);
/* The same for an answer that goes on: every line behind the first is put out as it comes. */
int client_follow(int fd, const GString *request);
