/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/marks.h"

#include <string.h>
#include "base/log.h"

#define DEATHS_MAX 4    /* then it is not run any more */
#define BACKOFF_MS 1000 /* from the beginning of the run that ended its process; doubled each time */

struct Marks {
	const Plugin *plugin;
	GHashTable *by_key; /* &Mark.key -> Mark */
};

Marks *marks_new(const Plugin *plugin)
{
	Marks *marks = g_new0(Marks, 1);

	marks->plugin = plugin;
	marks->by_key = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
	return marks;
}

void marks_free(Marks *marks)
{
	if (marks == NULL)
		return;
	g_hash_table_unref(marks->by_key);
	g_free(marks);
}

static Mark *add(Marks *marks, gint64 key)
{
	Mark *mark = g_new0(Mark, 1);

	mark->key = key;
	g_hash_table_replace(marks->by_key, &mark->key, mark);
	return mark;
}

static void say(const Marks *marks, const char *name, gint64 row, const Mark *mark)
{
	g_autofree char *which = row > 0 ? g_strdup_printf("row %" G_GINT64_FORMAT, row) : g_strdup("by the clock");

	if (mark->not_before == JOB_PARKED)
		log_write(LOG_ERROR, marks->plugin->id,
		          "job %s (%s) was under way at %" G_GINT64_FORMAT " ends of its process: it is parked and not run any more",
		          name, which, mark->deaths);
	else
		log_write(LOG_WARN, marks->plugin->id,
		          "job %s (%s) was under way when its process ended, time %" G_GINT64_FORMAT
		          " of %d: it is tried again, alone",
		          name, which, mark->deaths, DEATHS_MAX);
}

static void load_one(Marks *marks, StoreStmt *stmt)
{
	zhen_value name, row, deaths, not_before;

	store_column(stmt, 0, &name);
	store_column(stmt, 1, &row);
	store_column(stmt, 2, &deaths);
	store_column(stmt, 3, &not_before);
	for (guint i = 0; i < marks->plugin->n_jobs; i++)
		if (strcmp(marks->plugin->jobs[i].name, name.as.text) == 0) {
			Mark *mark = add(marks, row.as.integer > 0 ? row.as.integer : -1 - (gint64)i);

			mark->deaths = deaths.as.integer;
			mark->not_before = not_before.as.integer;
			mark->found = TRUE;
			say(marks, name.as.text, row.as.integer, mark);
		}
}

void marks_load(Marks *marks, StoreConn *conn)
{
	g_autoptr(GError) error = NULL;
	StoreStmt *stmt = store_prepare(conn, STORE_HOST, "SELECT name, job, deaths, not_before FROM _run", NULL, NULL,
	                                0, &error);

	while (stmt != NULL && store_step(stmt, &error) == STORE_ROW)
		load_one(marks, stmt);
	if (stmt != NULL)
		store_reset(stmt);
	if (error != NULL)
		log_write(LOG_ERROR, marks->plugin->id, "marks of runs are not read: %s", error->message);
}

const Mark *marks_found(const Marks *marks, gint64 key)
{
	const Mark *mark = g_hash_table_lookup(marks->by_key, &key);

	return mark != NULL && mark->found ? mark : NULL;
}

/* A mark of this process that is still there is of a run whose end could not be recorded: that was no end of a process. */
Mark *marks_begin(Marks *marks, gint64 key, gint64 now_ms)
{
	Mark *mark = g_hash_table_lookup(marks->by_key, &key);

	if (mark == NULL) {
		mark = add(marks, key);
		mark->deaths = 1;
	} else if (mark->found) {
		mark->deaths++;
		mark->found = FALSE;
	}
	mark->not_before = mark->deaths >= DEATHS_MAX ? JOB_PARKED : now_ms + (BACKOFF_MS << (mark->deaths - 1));
	return mark;
}

void marks_end(Marks *marks, gint64 key)
{
	g_hash_table_remove(marks->by_key, &key);
}

gboolean mark_write(StoreConn *conn, const char *name, gint64 row, const Mark *mark, GError **error)
{
	zhen_value args[] = { zhen_from_text(name), zhen_from_int(row), zhen_from_int(mark->deaths),
		              zhen_from_int(mark->not_before) };
	zhen_value next[] = { zhen_from_int(row), zhen_from_int(mark->not_before) };

	if (!store_exec(conn, STORE_HOST,
	                "INSERT INTO _run(name, job, deaths, not_before) VALUES($1, $2, $3, $4) {{upsert name, job}} "
	                "deaths = excluded.deaths, not_before = excluded.not_before",
	                args, G_N_ELEMENTS(args), NULL, error))
		return FALSE;
	return row == 0 || store_exec(conn, STORE_HOST,
	                              "UPDATE _job SET not_before = $2, error = 'the process ended while it ran' "
	                              "WHERE id = $1",
	                              next, G_N_ELEMENTS(next), NULL, error);
}

gboolean mark_clear(StoreConn *conn, const char *name, gint64 row, GError **error)
{
	zhen_value args[] = { zhen_from_text(name), zhen_from_int(row) };

	return store_exec(conn, STORE_HOST, "DELETE FROM _run WHERE name = $1 AND job = $2", args, G_N_ELEMENTS(args), NULL,
	                  error);
}
