/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/crashes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "daemon/events_verbs.h"
#include "daemon/supervised.h"
#include "daemon/tree.h"
#include "daemon/verdict.h"

#define ROWS_MAX 200
#define LIST_NAME "crashes.jsonl"

struct Crashes {
	char *path;
	json_t *rows; /* oldest first; a row with "left_out" is a verdict, the others are crashes */
};

/* Lines of a report that a row takes over, under the same names. */
static const char *const taken[] = { "plugin", "version", "handler", "step",    "publisher", "position",
	                             "row",    "request", "what",    "address", "damaged" };

static const char *text_of(const json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text != NULL ? text : "";
}

static gint64 time_of(const json_t *row)
{
	return json_integer_value(json_object_get(row, "at"));
}

static gboolean is_verdict(const json_t *row)
{
	return json_is_true(json_object_get(row, "left_out"));
}

/* ---- the file ---- */

static void load(Crashes *self)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;

	self->rows = json_array();
	if (!g_file_get_contents(self->path, &text, NULL, NULL))
		return;
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i] != NULL; i++) {
		json_t *row = lines[i][0] != '\0' ? json_read(lines[i], strlen(lines[i]), NULL) : NULL;

		/* A line that cannot be read is a line less: the list must not keep the host from coming up. */
		if (json_is_object(row))
			json_array_append_new(self->rows, row);
		else
			json_decref(row);
	}
}

static void forget_oldest(Crashes *self)
{
	gsize i = 0;

	while (json_array_size(self->rows) > ROWS_MAX && i < json_array_size(self->rows))
		if (is_verdict(json_array_get(self->rows, i)))
			i++;
		else
			json_array_remove(self->rows, i);
}

static gboolean put_in_place(const Crashes *self, const GString *text, GError **error)
{
	g_autofree char *fresh = g_strconcat(self->path, ".new", NULL), *dir = g_path_get_dirname(self->path);

	unlink(fresh); /* of one that did not come so far */
	if (!tree_write(fresh, text->str, text->len, error))
		return FALSE;
	return (rename(fresh, self->path) == 0 || tree_throw(self->path, error)) && tree_sync(dir, error);
}

static void save(Crashes *self)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	gsize i;
	json_t *row;

	forget_oldest(self);
	json_array_foreach (self->rows, i, row) {
		char *line = json_dumps(row, JSON_COMPACT);

		g_string_append_printf(text, "%s\n", line);
		free(line);
	}
	if (!put_in_place(self, text, &error))
		log_error("the list of crashes is not saved: %s", error->message);
}

/* ---- rows ---- */

/* Of its file, so that a mended plugin begins anew. (transfer full) NULL = it cannot be read. */
static char *code_of(const Daemon *daemon, const char *id)
{
	const VerdictPlugin *entry = verdict_find(daemon->verdict, id);
	g_autofree char *path = entry != NULL && entry->file != NULL ? realpath(entry->file->path, NULL) : NULL;
	TreeFile file;

	return path != NULL && tree_digest(path, &file, NULL, NULL) ? g_strdup(file.sm3) : NULL;
}

static void set_text(json_t *row, const char *key, const char *text)
{
	if (text != NULL && text[0] != '\0')
		json_object_set_new(row, key, json_string(text));
}

/* One line for people: what is known, each with what stands before it. */
static char *sentence(const json_t *row)
{
	static const struct {
		const char *key, *before;
	} parts[] = {
		{ "version", " " },  { "handler", ": " }, { "step", ", step " },       { "publisher", ", event of " },
		{ "position", " " }, { "row", ", row " }, { "request", ", request " }, { "what", ", " },
		{ "ended", ", " }
	};
	const gboolean told = text_of(row, "what")[0] != '\0', handled = text_of(row, "handler")[0] != '\0';
	GString *text = g_string_new(text_of(row, "plugin")[0] != '\0' ? text_of(row, "plugin") : "-");

	if (!handled)
		g_string_append(text, told ? ": outside of any handler" : ": nothing was said of it");
	for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
		if (text_of(row, parts[i].key)[0] != '\0')
			g_string_append_printf(text, "%s%s", parts[i].before, text_of(row, parts[i].key));
	return g_string_free(text, FALSE);
}

/* @plugin: known better than from the report, which is the worker's own; NULL = as it says. */
static void add(Daemon *daemon, const char *home, const char *plugin, const char *report, const char *ended)
{
	Crashes *self = daemon->crashes;
	g_autofree char *at = crash_find(report, "at"), *code = NULL, *said = NULL;
	gint64 at_ms = at != NULL ? g_ascii_strtoll(at, NULL, 10) : 0;
	json_t *row = json_object();

	json_object_set_new(row, "at", json_integer(at_ms > 0 ? at_ms : clock_true_ms()));
	set_text(row, "home", home);
	for (guint i = 0; i < G_N_ELEMENTS(taken); i++) {
		g_autofree char *text = crash_find(report, taken[i]);

		set_text(row, taken[i], text);
	}
	set_text(row, "plugin", plugin);
	set_text(row, "ended", ended);
	code = text_of(row, "plugin")[0] != '\0' ? code_of(daemon, text_of(row, "plugin")) : NULL;
	set_text(row, "code", code);
	said = sentence(row);
	log_write(LOG_ERROR, text_of(row, "plugin")[0] != '\0' ? text_of(row, "plugin") : NULL, "the %s ended: %s",
	          strcmp(home, "worker") == 0 ? "worker" : "process before this one", said);
	json_array_append_new(self->rows, row);
	save(self);
}

void crashes_of_worker(void *data, const Plugin *plugin, const char *report, const char *ending)
{
	add(data, "worker", plugin->id, report, ending);
}

gboolean crashes_start(Daemon *daemon, GError **error)
{
	g_autofree char *path = g_build_filename(daemon->data, "crash", NULL);
	g_autofree char *report = NULL;
	g_autoptr(GError) fault = NULL;
	const char *ended = supervised_after();

	(void)error;
	daemon->crashes = g_new0(Crashes, 1);
	daemon->crashes->path = g_build_filename(daemon->data, LIST_NAME, NULL);
	load(daemon->crashes);
	report = crash_open(path, &fault);
	if (fault != NULL)
		log_error("a crash will not be recorded: %s", fault->message);
	if (report != NULL || ended != NULL)
		add(daemon, "host", NULL, report, ended);
	crash_watch(conf_int(daemon->conf, "limits", "handler_time"), conf_int(daemon->conf, "limits", "prepare_time"));
	return TRUE;
}

void crashes_free(Crashes *self)
{
	crash_unwatch();
	if (self == NULL)
		return;
	json_decref(self->rows);
	g_free(self->path);
	g_free(self);
}

/* ---- the verdict ---- */

static gboolean is_of(const json_t *row, const char *id, const char *code)
{
	return strcmp(text_of(row, "plugin"), id) == 0 && strcmp(text_of(row, "code"), code) == 0;
}

static const json_t *verdict_of(const Crashes *self, const char *id, const char *code, gboolean loading)
{
	gsize i;
	json_t *row;

	json_array_foreach (self->rows, i, row)
		if (is_verdict(row) && is_of(row, id, code) && json_is_true(json_object_get(row, "loading")) == loading)
			return row;
	return NULL;
}

static guint count_since(const Crashes *self, const char *id, const char *code, gboolean loading, gint64 since_ms)
{
	guint count = 0;
	gsize i;
	json_t *row;

	json_array_foreach (self->rows, i, row)
		count += !is_verdict(row) && is_of(row, id, code) && strcmp(text_of(row, "home"), "host") == 0 &&
		         (strcmp(text_of(row, "handler"), CRASHES_LOADING) == 0) == loading &&
		         time_of(row) >= since_ms && !json_is_true(json_object_get(row, "forgotten"));
	return count;
}

static gboolean is_known(const Crashes *self, const char *id)
{
	gsize i;
	json_t *row;

	json_array_foreach (self->rows, i, row)
		if (strcmp(text_of(row, "plugin"), id) == 0)
			return TRUE;
	return FALSE;
}

static void judge(Crashes *self, const Plugin *plugin, const char *code, gboolean loading, guint count)
{
	json_t *row = json_object();

	json_object_set_new(row, "at", json_integer(clock_true_ms()));
	json_object_set_new(row, "left_out", json_true());
	json_object_set_new(row, "loading", json_boolean(loading));
	set_text(row, "plugin", plugin->id);
	set_text(row, "version", plugin->version);
	set_text(row, "code", code);
	json_object_set_new(row, "crashes", json_integer(count));
	json_array_append_new(self->rows, row);
	save(self);
}

char *crashes_against(Daemon *daemon, const Plugin *plugin, gboolean loading)
{
	Crashes *self = daemon->crashes;
	const char *id = plugin->id;
	const gint64 limit = conf_int(daemon->conf, "host", "crashes");
	const gint64 since = clock_true_ms() - conf_int(daemon->conf, "host", "crash_window");
	g_autofree char *code = is_known(self, id) ? code_of(daemon, id) : NULL;
	const json_t *verdict;
	guint count;

	if (code == NULL || limit == 0 || conf_bool(daemon->conf, id, "critical"))
		return NULL;
	count = count_since(self, id, code, loading, since);
	if (count >= limit && verdict_of(self, id, code, loading) == NULL)
		judge(self, plugin, code, loading, count);
	verdict = verdict_of(self, id, code, loading);
	if (verdict == NULL)
		return NULL;
	return g_strdup_printf("多次使主进程崩溃，已停用；修复后更换文件%s，或 zhenctl crashes forget %s 后重启 "
	                       "(left out: it ended the host %" JSON_INTEGER_FORMAT
	                       " times; replace its file%s, or let it in with zhenctl crashes forget %s and a restart)",
	                       loading ? "" : "，或改用 isolation = process", id,
	                       json_integer_value(json_object_get(verdict, "crashes")),
	                       loading ? "" : ", give it a worker", id);
}

/* ---- what people see ---- */

static void put_row(JsonOut *out, const char *name, const json_t *row)
{
	json_open(out, name, FALSE);
	json_put_time(out, "at", time_of(row));
	json_put_text(out, "home", text_of(row, "home"));
	for (guint i = 0; i < G_N_ELEMENTS(taken); i++)
		if (text_of(row, taken[i])[0] != '\0')
			json_put_text(out, taken[i], text_of(row, taken[i]));
	if (text_of(row, "ended")[0] != '\0')
		json_put_text(out, "ended", text_of(row, "ended"));
	json_put_bool(out, "forgotten", json_is_true(json_object_get(row, "forgotten")));
	json_close_one(out);
}

static const json_t *last_of(const Crashes *self)
{
	for (gsize i = json_array_size(self->rows); i > 0; i--)
		if (!is_verdict(json_array_get(self->rows, i - 1)))
			return json_array_get(self->rows, i - 1);
	return NULL;
}

void crashes_put_last(const Crashes *self, JsonOut *out)
{
	const json_t *row = self != NULL ? last_of(self) : NULL;

	if (row != NULL)
		put_row(out, "last_crash", row);
}

static void say_row(GString *text, const json_t *row)
{
	g_autofree char *said = sentence(row);
	char when[CLOCK_TEXT_SIZE];

	clock_format(time_of(row), when);
	g_string_append_printf(text, "%s %-6s %s\n", when, text_of(row, "home"), said);
}

void crashes_say_last(const Crashes *self, GString *text)
{
	const json_t *row = last_of(self);

	if (row == NULL)
		return;
	g_string_append(text, "last crash: ");
	say_row(text, row);
}

static gboolean forget(Crashes *self, const char *id, GString *text, GError **error)
{
	guint count = 0;

	for (gsize i = json_array_size(self->rows); i > 0; i--) {
		json_t *row = json_array_get(self->rows, i - 1);

		if (strcmp(text_of(row, "plugin"), id) != 0)
			continue;
		count++;
		if (is_verdict(row))
			json_array_remove(self->rows, i - 1);
		else
			json_object_set_new(row, "forgotten", json_true());
	}
	if (count == 0)
		return throw_error(error, ERROR_NOT_FOUND, "没有 %s 的崩溃记录 (no crash of %s is listed)", id, id);
	save(self);
	g_string_append_printf(text, "%s: 重启后重新启用 (it runs again after the next start)\n", id);
	return TRUE;
}

gboolean verb_crashes(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	const char *what = events_word(args, 0), *id = what != NULL ? events_word(args, 1) : NULL;
	gsize i;
	json_t *row;

	if (g_strcmp0(what, "forget") == 0 && id != NULL && events_word(args, 2) == NULL)
		return forget(daemon->crashes, id, text, error);
	if (what != NULL)
		return verb_misused(error);
	json_open(data, "crashes", TRUE);
	json_array_foreach (daemon->crashes->rows, i, row) {
		if (is_verdict(row)) {
			g_string_append_printf(text, "%s %s: 已停用 (left out)\n", text_of(row, "plugin"),
			                       text_of(row, "version"));
			continue;
		}
		put_row(data, NULL, row);
		say_row(text, row);
	}
	json_close_one(data);
	return TRUE;
}
