/* SPDX-License-Identifier: Apache-2.0
 * Personal data of one subject, removed by its plugin; and the backups made before, which still have it. */
#include "daemon/purge.h"

#include <string.h>

#include "base/clock.h"
#include "daemon/backup.h"
#include "daemon/events_verbs.h"
#include "daemon/tree.h"

/* FALSE: there is no such kind, and which there are. */
static gboolean find_row(const Plugin *plugin, const char *kind, guint *out, GError **error)
{
	g_autoptr(GString) kinds = g_string_new(NULL);

	for (*out = 0; *out < plugin->n_purges; (*out)++) {
		if (strcmp(plugin->purges[*out].subject, kind) == 0)
			return TRUE;
		g_string_append_printf(kinds, "%s%s", kinds->len > 0 ? ", " : "", plugin->purges[*out].subject);
	}
	return throw_error(error, ERROR_NOT_FOUND, "%s 没有 %s 这一类清除；有 (it has): %s", plugin->id, kind,
	                   kinds->len > 0 ? kinds->str : "-");
}

static gboolean ask(Daemon *daemon, json_t *args, const Slot *slot, json_t **out, GError **error)
{
	g_autofree char *account = events_account(args);
	g_autoptr(GString) body = g_string_new(NULL);
	g_autofree char *said = NULL;
	CallRequest request = { .kind = CALL_PURGE, .caller = { .account = account } };
	JsonOut json;

	if (!find_row(slot->loaded->plugin, events_word(args, 1), &request.index, error))
		return FALSE;
	json_out_init(&json, body);
	json_open(&json, NULL, FALSE);
	json_put_text(&json, "subject", events_word(args, 2));
	json_close_one(&json);
	request.body = body->str;
	request.body_length = body->len;
	if (!events_call(daemon, slot->home, &request, &said, error))
		return FALSE;
	*out = json_read(said, strlen(said), error);
	return *out != NULL;
}

static gint64 count_of(json_t *said, const char *name)
{
	return json_integer_value(json_object_get(said, name));
}

/* What a restore moved aside in the data folder is a copy of everything, and nobody but its owner removes it. (transfer full) */
static GPtrArray *asides(const Daemon *daemon)
{
	GPtrArray *names = tree_names(daemon->data), *found = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < names->len; i++)
		if (g_str_has_prefix(names->pdata[i], "before-restore-"))
			g_ptr_array_add(found, g_build_filename(daemon->data, names->pdata[i], NULL));
	g_ptr_array_unref(names);
	return found;
}

static void print_asides(const GPtrArray *paths, GString *text, JsonOut *data)
{
	if (paths->len > 0)
		g_string_append(text, "恢复时移开的旧数据可能仍有此人的信息，请核对后自行删除 (data that a restore moved aside may hold "
		                      "the person: delete it yourself):\n");
	json_open(data, "aside", TRUE);
	for (guint i = 0; i < paths->len; i++) {
		g_string_append_printf(text, "  %s\n", (const char *)paths->pdata[i]);
		json_put_text(data, NULL, paths->pdata[i]);
	}
	json_close_one(data);
}

static void print_removed(json_t *said, const GPtrArray *aside, GString *text, JsonOut *data)
{
	const gboolean gone = json_is_true(json_object_get(said, "clean"));
	char *removed = json_dumps(json_object_get(said, "removed"), JSON_COMPACT);
	const char *name;
	json_t *value;

	if (json_is_true(json_object_get(said, "again")))
		g_string_append(text, "先前已经删除 (was removed before)\n");
	json_object_foreach(json_object_get(said, "removed"), name, value)
		if (json_is_integer(value))
			g_string_append_printf(text, "%s: %" JSON_INTEGER_FORMAT "\n", name, json_integer_value(value));
	g_string_append_printf(text,
	                       "文件 (files): %" G_GINT64_FORMAT "\n已存回答 (stored answers): %" G_GINT64_FORMAT
	                       "\n待办任务 (queued jobs): %" G_GINT64_FORMAT "\n",
	                       count_of(said, "files"), count_of(said, "answers"), count_of(said, "jobs"));
	g_string_append(text, gone && aside->len == 0 ? "磁盘上已无残留 (nothing of it is left on the disk)\n" :
	                      gone ? "现用数据中已无残留 (nothing of it is left in the data in use)\n" :
	                              "正有备份或读取在进行，磁盘上尚有残留，每分钟自动重试；稍后再执行一次本命令核对 "
	                              "(a backup or a reader is under way and something is left on the disk: tried again each "
	                              "minute; run this again later)\n");
	json_put_raw(data, "removed", removed, strlen(removed));
	json_put_int(data, "files", count_of(said, "files"));
	json_put_int(data, "answers", count_of(said, "answers"));
	json_put_int(data, "jobs", count_of(said, "jobs"));
	json_put_bool(data, "again", json_is_true(json_object_get(said, "again")));
	json_put_bool(data, "clean", gone && aside->len == 0);
	free(removed);
}

/* Those made since the subject is known here, until nothing of it was left. One that is not where it was made may have been
 * moved: it counts until somebody says that it is no more. */
static gboolean print_backups(Daemon *daemon, json_t *said, GString *text, JsonOut *data, GError **error)
{
	const gint64 since = count_of(said, "since"), until = count_of(said, "until");
	g_autoptr(GPtrArray) rows = backups_before(daemon->store, until > 0 ? until + 1 : G_MAXINT64, error);
	guint count = 0;

	if (rows == NULL)
		return FALSE;
	json_open(data, "backups", TRUE);
	for (guint i = 0; i < rows->len; i++) {
		const BackupRow *row = rows->pdata[i];
		char at[CLOCK_TEXT_SIZE];

		if (row->at_ms < since)
			continue;
		if (count++ == 0)
			g_string_append(text, "下列备份仍有此人的信息 (these backups still hold the person):\n");
		clock_format(row->at_ms, at);
		g_string_append_printf(text, "  %.19s %s%s\n", at, row->path,
		                       row->there ? "" : "  （不在原处；确已销毁的用 zhenctl backups forget 注销 not there, moved? "
		                                         "destroyed: zhenctl backups forget PATH）");
		json_open(data, NULL, FALSE);
		json_put_text(data, "path", row->path);
		json_put_time(data, "at", row->at_ms);
		json_put_bool(data, "there", row->there);
		json_close_one(data);
	}
	json_close_one(data);
	if (count == 0)
		g_string_append(text, "没有备份含有此人的信息 (no backup holds the person)\n");
	return TRUE;
}

gboolean verb_purge(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	g_autoptr(GPtrArray) aside = asides(daemon);
	g_autoptr(json_t) said = NULL;
	const Slot *slot;

	if (events_word(args, 2) == NULL || events_word(args, 3) != NULL)
		return verb_misused(error);
	slot = events_slot(daemon, events_word(args, 0), error);
	if (slot == NULL || !ask(daemon, args, slot, &said, error))
		return FALSE;
	g_string_append_printf(text, "%s %s %s\n", events_word(args, 0), events_word(args, 1), events_word(args, 2));
	json_put_text(data, "plugin", events_word(args, 0));
	json_put_text(data, "kind", events_word(args, 1));
	json_put_text(data, "subject", events_word(args, 2));
	print_removed(said, aside, text, data);
	print_asides(aside, text, data);
	return print_backups(daemon, said, text, data, error);
}
