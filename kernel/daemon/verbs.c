/* SPDX-License-Identifier: Apache-2.0
 * The table of verbs, and those that are a few lines. */
#include "daemon/verbs.h"

#include <string.h>

#include "daemon/admin.h"
#include "daemon/backup.h"
#include "daemon/crashes.h"
#include "daemon/events_verbs.h"
#include "daemon/purge.h"
#include "daemon/signing.h"

#define PAGES_MAX 1000000

static gboolean verb_health(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	gboolean ready;
	g_autofree char *json = health_json(daemon, TRUE, &ready);

	(void)args;
	json_put_raw(data, "health", json, strlen(json));
	g_string_append(text, ready ? "ready\n" : daemon->stopping ? "stopping\n" : "not ready\n");
	for (guint i = 0; daemon->pending != NULL && i < daemon->pending->len; i++)
		g_string_append_printf(text, "waits for a restart: %s\n", (const char *)daemon->pending->pdata[i]);
	for (guint i = 0; i < daemon->slots->len; i++) {
		Slot *slot = daemon->slots->pdata[i];

		if (slot->fault != NULL)
			g_string_append_printf(text, "%-14s 未启动 (left out): %s\n", slot->loaded->plugin->id,
			                       slot->fault);
		else
			g_string_append_printf(text, "%-14s %-8s %s %s\n", slot->loaded->plugin->id,
			                       slot->loaded->plugin->version,
			                       slot->in_worker ? "worker" : "in-process", health_state(daemon, slot));
	}
	for (guint i = 0; i < daemon->verdict->plugins->len; i++) {
		const VerdictPlugin *entry = daemon->verdict->plugins->pdata[i];

		if (entry->out && plugins_slot(daemon, entry->id) == NULL)
			g_string_append_printf(text, "%-14s 未启动 (left out): %s\n", entry->id,
			                       verdict_reason(daemon->verdict, entry->id));
	}
	if (daemon->verdict->allow_unsigned)
		g_string_append(text, "允许未签名的模块 (unsigned plugins are allowed)\n");
	crashes_say_last(daemon->crashes, text);
	return events_none_stuck(daemon, text, error) &&
	       (ready || throw_error(error, ERROR_BUSY, "zhend 正在停止 (zhend is stopping)"));
}

static gboolean verb_reload(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	g_autofree char *said = daemon_reload(daemon, error);

	(void)args;
	if (said == NULL)
		return FALSE;
	g_string_append(text, said);
	json_put_text(data, "said", said);
	return TRUE;
}

static gboolean verb_backup(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	const char *said = events_word(args, 0), *dir = said != NULL ? said : daemon->backup_dir;

	if (dir[0] == '\0')
		return throw_error(error, ERROR_INVALID,
		                   "请写明目录，或设 [host] backup_dir (say a DIR, or set [host] backup_dir)");
	if (!g_path_is_absolute(dir) || (said != NULL && events_word(args, 1) != NULL))
		return verb_misused(error);
	return backup_make(daemon, dir, text, data, error);
}

static gboolean verb_backups(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	const char *what = events_word(args, 0), *path = what != NULL ? events_word(args, 1) : NULL;

	if (g_strcmp0(what, "forget") == 0 && path != NULL && events_word(args, 2) == NULL)
		return backups_forget(daemon, path, text, error);
	if (what != NULL)
		return verb_misused(error);
	if (admin_put_apart(daemon->admin, "backup", data))
		g_string_append(text, "正在备份 (a backup is being made)\n");
	return backups_list(daemon, text, data, error);
}

/* ---- the table ---- */

static const Verb verbs[] = {
	{ "audit", FALSE, FALSE, NULL, verb_audit },
	{ "backup", FALSE, TRUE, "*", verb_backup },
	{ "backups", FALSE, FALSE, "forget", verb_backups },
	{ "bodies", TRUE, FALSE, NULL, verb_bodies },
	{ "crashes", TRUE, FALSE, "forget", verb_crashes },
	/* What is done to events and persons stands in the chains of their plugins. */
	{ "events", FALSE, FALSE, NULL, verb_events },
	{ "health", TRUE, FALSE, NULL, verb_health },
	{ "jobs", FALSE, FALSE, "retry drop", verb_jobs },
	{ "key", FALSE, FALSE, "new", verb_key },
	{ "loglevel", TRUE, FALSE, "error warn notice info debug", verb_loglevel },
	{ "pilots", TRUE, FALSE, NULL, verb_pilots },
	{ "plugins", TRUE, FALSE, NULL, verb_plugins },
	{ "purge", FALSE, FALSE, NULL, verb_purge },
	{ "reload", TRUE, FALSE, "*", verb_reload },
	{ "roles", TRUE, FALSE, NULL, verb_roles },
	{ "sessions", FALSE, FALSE, "end", verb_sessions },
	{ "settings", TRUE, FALSE, NULL, verb_settings },
	{ "contract", FALSE, TRUE, "*", verb_contract },
	{ "swap", FALSE, TRUE, "*", verb_swap },
	{ "users", FALSE, FALSE, "add password post end", verb_users },
};

const Verb *verb_find(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(verbs); i++)
		if (g_strcmp0(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

gboolean verb_misused(GError **error)
{
	return throw_error(error, ERROR_INVALID, "用法不对，见 zhenctl --help (misused, see zhenctl --help)");
}

char *verb_names(void)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < G_N_ELEMENTS(verbs); i++)
		g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", verbs[i].name);
	return g_string_free(text, FALSE);
}

gboolean verb_is_change(const Verb *verb, json_t *args)
{
	const char *act = events_word(args, 0);
	g_auto(GStrv) acts = verb->changes != NULL ? g_strsplit(verb->changes, " ", -1) : NULL;

	return acts != NULL &&
	       (strcmp(verb->changes, "*") == 0 || (act != NULL && g_strv_contains((const char *const *)acts, act)));
}

gint verb_status(const GError *error)
{
	if (error == NULL)
		return 200;
	if (error->domain != ZHEN_ERROR_DOMAIN)
		return 500;
	switch (error->code) {
	case ERROR_INVALID:
	case ERROR_TOO_LARGE:
		return 422;
	case ERROR_NOT_FOUND:
		return 404;
	case ERROR_REFUSED:
	case ERROR_CONSTRAINT:
	case ERROR_CONFLICT:
		return 409;
	case ERROR_FULL:
		return 507;
	case ERROR_BUSY:
	case ERROR_BUILDING:
		return 503;
	default:
		return 500;
	}
}

/* ---- pages ---- */

gboolean verb_page(json_t *args, gint64 *out_page, GError **error)
{
	const char *page = events_option(args, "--page");
	guint64 number = 1;

	if (page != NULL && !g_ascii_string_to_unsigned(page, 10, 1, PAGES_MAX, &number, NULL))
		return throw_error(error, ERROR_INVALID, "--page 应为页号 (a page is a number from 1 on, not %s)",
		                   page);
	*out_page = (gint64)number - 1;
	return TRUE;
}

void verb_put_page(GString *text, JsonOut *data, gint64 page, gint64 total)
{
	const gint64 pages = MAX((total + VERB_ROWS - 1) / VERB_ROWS, 1);

	json_put_int(data, "total", total);
	json_put_int(data, "page", page + 1);
	json_put_int(data, "pages", pages);
	g_string_append_printf(text, "共 %" G_GINT64_FORMAT " 条 (total)", total);
	if (pages > 1)
		g_string_append_printf(text,
		                       "，第 %" G_GINT64_FORMAT "/%" G_GINT64_FORMAT
		                       " 页，其余用 --page N (page; --page N shows another)",
		                       page + 1, pages);
	g_string_append_c(text, '\n');
}
