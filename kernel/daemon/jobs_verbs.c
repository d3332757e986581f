/* SPDX-License-Identifier: Apache-2.0
 * `zhenctl jobs`: runs of jobs that failed or ended their process too often. Their databases are read from outside, whatever
 * their home; what is to be done the plugin does itself. An ID is PLUGIN/ROW, or PLUGIN/JOB for a job by the clock. */
#include <string.h>

#include "daemon/events_verbs.h"
#include "daemon/verbs.h"

#define ROWS_MAX 1000 /* of one plugin; the oldest */

/* ---- list ---- */

typedef struct RunList {
	const char *plugin;
	GString *text;
	JsonOut *data;
	gint64 total;
} RunList;

static const char *text_of(StoreStmt *stmt, guint column, zhen_value *value)
{
	store_column(stmt, column, value);
	/* A worker's file is a stranger's. */
	return zhen_value_text(value) != NULL && g_utf8_validate(zhen_value_text(value), -1, NULL)
	               ? zhen_value_text(value)
	               : "";
}

static gint64 integer_of(StoreStmt *stmt, guint column)
{
	zhen_value value;

	store_column(stmt, column, &value);
	return value.kind == ZHEN_KIND_INT ? value.as.integer : 0;
}

static void put_run(RunList *list, StoreStmt *stmt)
{
	zhen_value values[2];
	const gint64 row = integer_of(stmt, 0), tries = integer_of(stmt, 2), ends = integer_of(stmt, 3);
	const char *name = text_of(stmt, 1, &values[0]), *error = text_of(stmt, 4, &values[1]);
	g_autofree char *id = row > 0 ? g_strdup_printf("%s/%" G_GINT64_FORMAT, list->plugin, row)
	                              : g_strdup_printf("%s/%s", list->plugin, name);

	json_open(list->data, NULL, FALSE);
	json_put_text(list->data, "id", id);
	json_put_text(list->data, "plugin", list->plugin);
	json_put_text(list->data, "job", name);
	json_put_bool(list->data, "by_the_clock", row == 0);
	json_put_int(list->data, "tries", tries);
	json_put_int(list->data, "ended_its_process", ends);
	json_put_text(list->data, "error", error);
	json_close_one(list->data);
	g_string_append_printf(list->text,
	                       "%-24s %-20s 失败 (failed) %" G_GINT64_FORMAT
	                       "，进程终止 (ended its process) %" G_GINT64_FORMAT "  %s\n",
	                       id, name, tries, ends, error);
}

static gboolean read_rows(RunList *list, StoreConn *conn, GError **error)
{
	static const char *const counts[] = { "SELECT COUNT(*) FROM _job WHERE not_before = $1",
		                              "SELECT COUNT(*) FROM _run WHERE job = 0 AND not_before = $1" };
	zhen_value args[] = { zhen_from_int(G_MAXINT64), zhen_from_int(ROWS_MAX) };
	StoreStep step = STORE_FAILED;
	StoreStmt *stmt;

	for (guint i = 0; i < G_N_ELEMENTS(counts); i++) {
		gint64 rows = 0;

		if (!store_exec(conn, STORE_HOST, counts[i], args, 1, &rows, error))
			return FALSE;
		list->total += rows;
	}
	stmt = store_prepare(
		conn, STORE_HOST,
		"SELECT j.id, j.name, j.tries, COALESCE(r.deaths, 0), j.error FROM _job j LEFT JOIN _run r "
		"ON r.name = j.name AND r.job = j.id WHERE j.not_before = $1 UNION ALL "
		"SELECT 0, name, 0, deaths, '' FROM _run WHERE job = 0 AND not_before = $1 ORDER BY 1 LIMIT $2",
		NULL, args, G_N_ELEMENTS(args), error);
	while (stmt != NULL && (step = store_step(stmt, error)) == STORE_ROW)
		put_run(list, stmt);
	if (stmt != NULL)
		store_reset(stmt);
	return step == STORE_DONE;
}

static gboolean read_plugin(Daemon *daemon, RunList *list, const Slot *slot, GError **error)
{
	const guint reader = daemon->env.readers - 1;
	StoreOptions options = { .dir = slot->home->dir, .name = slot->loaded->plugin->id, .read_only = TRUE };
	g_autoptr(Store) store = store_open(daemon->stores, &options, error);
	StoreConn *conn = store != NULL ? store_read(store, reader, error) : NULL;
	gboolean fine;

	if (conn == NULL)
		return FALSE;
	list->plugin = slot->loaded->plugin->id;
	store_read_budget(conn, FALSE);
	fine = read_rows(list, conn, error);
	store_read_done(daemon->stores, reader);
	return fine;
}

static gboolean run_list(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	const char *only = events_word(args, 1);
	RunList list = { .text = text, .data = data };
	gboolean fine = TRUE;

	if (only != NULL && events_slot(daemon, only, error) == NULL)
		return FALSE;
	json_open(data, "parked", TRUE);
	for (guint i = 0; fine && i < daemon->slots->len; i++) {
		const Slot *slot = daemon->slots->pdata[i];

		if (slot->home != NULL && slot->loaded->plugin->n_jobs > 0 &&
		    (only == NULL || strcmp(only, slot->loaded->plugin->id) == 0))
			fine = read_plugin(daemon, &list, slot, error);
	}
	json_close_one(data);
	json_put_int(data, "total", list.total);
	if (fine)
		g_string_append_printf(text,
		                       "搁置的任务共 %" G_GINT64_FORMAT " 次 (runs parked: %" G_GINT64_FORMAT ")\n",
		                       list.total, list.total);
	return fine;
}

/* ---- retry, drop ---- */

/* As CALL_PARKED has it. 0: there is no such job. */
static gint64 key_of(const Plugin *plugin, const char *what)
{
	guint64 row;

	if (g_ascii_string_to_unsigned(what, 10, 1, G_MAXINT64, &row, NULL))
		return (gint64)row;
	for (guint i = 0; i < plugin->n_jobs; i++)
		if (strcmp(plugin->jobs[i].name, what) == 0)
			return -1 - (gint64)i;
	return 0;
}

static gboolean act(Daemon *daemon, json_t *args, enum ParkedAct what, GString *text, GError **error)
{
	const char *id = events_word(args, 1);
	const char *slash = id != NULL ? strchr(id, '/') : NULL;
	g_autofree char *plugin = slash != NULL ? g_strndup(id, (gsize)(slash - id)) : NULL;
	CallRequest request = { .kind = CALL_PARKED, .index = what };
	const Slot *slot;

	if (slash == NULL)
		return throw_error(error, ERROR_INVALID,
		                   "编号形如 ring_b/12，见 zhenctl jobs list (an ID is PLUGIN/NUMBER or PLUGIN/JOB, not %s)",
		                   id != NULL ? id : "nothing");
	slot = events_slot(daemon, plugin, error);
	if (slot == NULL)
		return FALSE;
	request.job_id = key_of(slot->loaded->plugin, slash + 1);
	if (request.job_id == 0)
		return throw_error(error, ERROR_NOT_FOUND, "没有搁置的任务 %s (no run %s is parked)", id, id);
	if (!events_call(daemon, slot->home, &request, NULL, error))
		return FALSE;
	g_string_append_printf(
		text, what == PARKED_RUN_RETRY ? "%s: 将重新运行 (runs again)\n" : "%s: 已丢弃 (dropped)\n", id);
	return TRUE;
}

gboolean verb_jobs(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	const char *name = events_word(args, 0);

	if (name == NULL)
		return verb_jobs_due(daemon, args, text, data, error) && run_list(daemon, args, text, data, error);
	if (strcmp(name, "list") == 0)
		return run_list(daemon, args, text, data, error);
	if (strcmp(name, "retry") == 0)
		return act(daemon, args, PARKED_RUN_RETRY, text, error);
	if (strcmp(name, "drop") == 0)
		return act(daemon, args, PARKED_RUN_DROP, text, error);
	return verb_misused(error);
}
