/* SPDX-License-Identifier: Apache-2.0
 * Every distinct statement in its PostgreSQL form, with the PostgreSQL types of the values it ran with, one JSON line each:
 * what the portability test PREPAREs. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include "base/json.h"
#include "base/log.h"
#include "store/store_private.h"

struct SqlLog {
	pthread_mutex_t lock;
	int fd;
	GHashTable *seen; /* set of lines */
};

SqlLog *sql_log_new(const char *path, GError **error)
{
	SqlLog *log;
	int fd;

	if (path == NULL)
		return NULL;
	fd = g_open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0) {
		throw_error(error, ERROR_IO, "%s: %s", path, g_strerror(errno));
		return NULL;
	}
	log = g_new0(SqlLog, 1);
	pthread_mutex_init(&log->lock, NULL);
	log->fd = fd;
	log->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return log;
}

void sql_log_free(SqlLog *log)
{
	if (log == NULL)
		return;
	close(log->fd);
	g_hash_table_unref(log->seen);
	pthread_mutex_destroy(&log->lock);
	g_free(log);
}

static const char *type_of(const zhen_value *value)
{
	switch (value->kind) {
	case ZHEN_KIND_INT:
		return "bigint";
	case ZHEN_KIND_REAL:
		return "double precision";
	case ZHEN_KIND_TEXT:
		return "text";
	case ZHEN_KIND_NULL:
		return "unknown"; /* of any type */
	default:
		return "bytea";
	}
}

void sql_log_add(SqlLog *log, const char *name, const char *sql, const zhen_value *values, gsize n_values)
{
	g_autoptr(GString) line = NULL;

	/* The same in every engine, and none prepares it. */
	if (g_str_has_prefix(sql, "SAVEPOINT ") || g_str_has_prefix(sql, "ROLLBACK TO "))
		return;
	line = g_string_new("{\"plugin\":");
	json_append_quoted(line, name, strlen(name));
	g_string_append(line, ",\"sql\":");
	json_append_quoted(line, sql, strlen(sql));
	g_string_append(line, ",\"types\":[");
	for (gsize i = 0; i < n_values; i++)
		g_string_append_printf(line, "%s\"%s\"", i > 0 ? "," : "", type_of(&values[i]));
	g_string_append(line, "]}\n");
	pthread_mutex_lock(&log->lock);
	/* One write: the lines of several processes never mix. */
	if (g_hash_table_add(log->seen, g_strdup(line->str)) &&
	    write(log->fd, line->str, line->len) != (gssize)line->len)
		log_warn("the log of statements is not whole: %s", g_strerror(errno));
	pthread_mutex_unlock(&log->lock);
}
