/* SPDX-License-Identifier: Apache-2.0
 * A file of JSON texts, a line each; a line that a kill cut short is none. */
#include "store/known.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>
#include "base/json.h"
#include "base/log.h"

struct Known {
	pthread_mutex_t lock; /* of seen */
	GHashTable *seen;     /* set of texts (owned) */
	char *path;
	int fd; /* -1 = nothing is added */
};

static void read_line(Known *known, const char *line)
{
	g_autofree char *list = g_strconcat("[", line, "]", NULL);
	g_autoptr(json_t) read = json_read(list, strlen(list), NULL);
	const char *sql = json_string_value(json_array_get(read, 0));

	if (sql != NULL && g_hash_table_size(known->seen) < KNOWN_MAX)
		g_hash_table_add(known->seen, g_strdup(sql));
}

static void read_file(Known *known)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) lines = NULL;

	if (!g_file_get_contents(known->path, &text, NULL, &error)) {
		if (!g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
			log_warn("%s", error->message);
		return;
	}
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line != NULL; line++)
		read_line(known, *line);
}

Known *known_open(const char *dir, const char *version, gboolean write)
{
	Known *known = g_new0(Known, 1);
	g_autofree char *name = g_strconcat("statements-", version, NULL);

	pthread_mutex_init(&known->lock, NULL);
	known->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	known->path = g_build_filename(dir, name, NULL);
	known->fd = -1;
	read_file(known);
	if (!write)
		return known;
	known->fd = g_open(known->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (known->fd < 0)
		log_warn("%s: %s", known->path, g_strerror(errno));
	return known;
}

/* One write. The newline in front parts it from what a kill cut short. */
static void append(Known *known, const char *sql)
{
	g_autoptr(GString) line = g_string_new("\n");

	json_append_quoted(line, sql, strlen(sql));
	g_string_append_c(line, '\n');
	if (write(known->fd, line->str, line->len) != (gssize)line->len)
		log_warn("%s is not whole: %s", known->path, g_strerror(errno));
}

void known_add(Known *known, const char *sql)
{
	pthread_mutex_lock(&known->lock);
	if (known->fd >= 0 && g_hash_table_size(known->seen) < KNOWN_MAX &&
	    g_hash_table_add(known->seen, g_strdup(sql)))
		append(known, sql);
	pthread_mutex_unlock(&known->lock);
}

guint known_count(Known *known)
{
	guint count;

	pthread_mutex_lock(&known->lock);
	count = g_hash_table_size(known->seen);
	pthread_mutex_unlock(&known->lock);
	return count;
}

const char **known_texts(Known *known)
{
	return (const char **)g_hash_table_get_keys_as_array(known->seen, NULL);
}

void known_free(Known *known)
{
	if (known == NULL)
		return;
	if (known->fd >= 0)
		close(known->fd);
	g_hash_table_unref(known->seen);
	pthread_mutex_destroy(&known->lock);
	g_free(known->path);
	g_free(known);
}
