/* SPDX-License-Identifier: Apache-2.0
 * The host's log: structured, to the journal when stderr is it, else one line to stderr. Any thread. No personal data. */
#pragma once

#include <glib.h>

typedef enum LogLevel { LOG_ERROR = 3, LOG_WARN = 4, LOG_NOTICE = 5, LOG_INFO = 6, LOG_DEBUG = 7 } LogLevel;

void log_set_level(LogLevel level);
LogLevel log_level(void);
/* @plugin: id or NULL. */
void log_write(LogLevel level, const char *plugin, const char *format, ...) G_GNUC_PRINTF(3, 4);
#define log_error(...) log_write(LOG_ERROR, NULL, __VA_ARGS__)
#define log_warn(...) log_write(LOG_WARN, NULL, __VA_ARGS__)
#define log_notice(...) log_write(LOG_NOTICE, NULL, __VA_ARGS__)
#define log_info(...) log_write(LOG_INFO, NULL, __VA_ARGS__)
/* Appends @text with every control character written out: it makes no second line and does not speak to a terminal. */
void log_append_plain(GString *line, const char *text);
