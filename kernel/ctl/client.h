/* SPDX-License-Identifier: Apache-2.0
 * The other end of zhend's local socket. What cannot be done is said on stderr. */
#pragma once

#include <glib.h>

/* Exit codes, from 0 on: X(name, what it means) */
#define CTL_CODES(X)                                                                                                  \
	X(CTL_DONE, "完成 (done; check, inspect: no fault)")                                                          \
	X(CTL_FAILED, "失败、被拒绝或有错误 (the verb failed or was refused; faults were found)")                     \
	X(CTL_MISUSED, "用法不对，什么也没有做 (misused; nothing was done)")                                          \
	X(CTL_NOT_REACHED, "未连上 zhend 或没有应答 (no zhend was reached, or it did not answer)")

enum {
#define X(name_, help_) name_,
	CTL_CODES(X)
#undef X
};

/* -1: said why. */
int client_connect(const char *path);
/* Sends a line, reads the answer to its end and shows it. Closes @fd. An exit code. */
int client_ask(int fd, const GString *request, gboolean as_json);
/* The same for an answer that goes on: every line behind the first is put out as it comes. */
int client_follow(int fd, const GString *request);
