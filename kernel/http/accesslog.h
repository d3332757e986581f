/* SPDX-License-Identifier: Apache-2.0
 * The access log: one line per answered request, written once per loop turn. Time, request id, account, method, route
 * pattern, status, bytes, microseconds; never a path, a query, an address or a name, so it holds no personal data. One
 * AccessLog per loop, each with its own descriptor of the same file (O_APPEND: lines of one write stay whole). */
#pragma once

#include <glib.h>

typedef struct AccessLog AccessLog;

/* @path: "" = off, "-" = stderr. */
AccessLog *accesslog_new(const char *path, GError **error);
void accesslog_free(AccessLog *log); /* writes what is left */
void accesslog_add(AccessLog *log, gint64 now_ms, const char *request_id, const char *account, const char *method,
                   const char *route, gint status, gsize bytes, gint64 us);
void accesslog_flush(AccessLog *log);
void accesslog_reopen(AccessLog *log); /* after the file was moved away; own loop's thread */
