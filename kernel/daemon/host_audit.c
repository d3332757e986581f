/* SPDX-License-Identifier: Apache-2.0
 * The host's own audit chain: a row for everything that an administrator changed or tried to, by zhenctl or by HTTP. And
 * `zhenctl audit`: rows of any chain, and whether it holds. */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "daemon/backup.h"
#include "daemon/events_verbs.h"
#include "daemon/verbs.h"
#include "runtime/audit.h"

gboolean host_audit_start(Daemon *daemon, GError **error)
{
	g_autofree char *path = g_build_filename(daemon->anchors, HOST_CHAIN ".anchors", NULL);

	daemon->audit = audit_new(daemon->store, path, daemon->keys, HOST_CHAIN, error);
	/* A kill may have come between a row and its anchor. */
	return (daemon->audit != NULL && audit_anchor(daemon->audit, clock_now_ms(), error)) ||
	       prefix_error(error, "审计 (audit of the host)");
}

void host_audit_free(Daemon *daemon)
{
	g_clear_pointer(&daemon->audit, audit_free);
}

/* ---- adding ---- */

typedef struct Adding {
	Audit *audit;
	AuditRow row;
} Adding;

static gboolean run_add(StoreConn *conn, void *data, GError **error)
{
	const Adding *adding = data;

	return audit_append(adding->audit, conn, &adding->row, error);
}

/* What was done to whom: the words behind the act. */
static char *subject_of(json_t *args, guint from)
{
	static const char *const flags[] = { "--dry-run", "--maintenance" };
	GString *text = g_string_new(NULL);
	const char *word;

	for (guint i = from; (word = events_word(args, i)) != NULL; i++)
		g_string_append_printf(text, "%s%s", i > from ? " " : "", word);
	if (text->len == 0 && events_option(args, "--login") != NULL)
		g_string_append(text, events_option(args, "--login"));
	/* What it only tried is not what it did. */
	for (guint i = 0; i < G_N_ELEMENTS(flags); i++)
		if (events_flag(args, flags[i]))
			g_string_append_printf(text, " %s", flags[i]);
	g_string_truncate(text, MIN(text->len, 400));
	/* Not in the midst of a character. */
	while (!g_utf8_validate(text->str, (gssize)text->len, NULL) && text->len > 0)
		g_string_truncate(text, text->len - 1);
	return g_string_free(text, FALSE);
}

static const char *option_of(json_t *args, const char *name)
{
	const char *text = events_option(args, name);

	return text != NULL ? text : "";
}

gboolean host_audit_add(Daemon *daemon, const Verb *verb, json_t *args, const GError *outcome, GError **error)
{
	const gboolean act = strcmp(verb->changes, "*") != 0;
	g_autofree char *account = events_account(args), *subject = subject_of(args, act ? 1 : 0);
	g_autofree char *route = g_strdup_printf("%s%s%s", verb->name, act ? " " : "", act ? events_word(args, 0) : "");
	Adding adding = { daemon->audit,
		          { .at = clock_now_ms(), .account = account, .body = option_of(args, "--body"), .route = route,
		            .subject = subject, .request = option_of(args, "--request"), .digest = "",
		            .outcome = verb_status(outcome) } };

	return (store_write_now(daemon->store, run_add, &adding, error) &&
	        audit_anchor(daemon->audit, clock_now_ms(), error)) ||
	       prefix_error(error, "未能记入审计 (not written into the audit)");
}

/* ---- looking at it ---- */

/* Each chain: a plugin's, or the host's. FALSE: @id NULL: no more. */
static char *folder_of(const Daemon *daemon, const char *id)
{
	return strcmp(id, HOST_CHAIN) == 0 ? g_build_filename(daemon->data, "host", NULL) :
	                                     g_build_filename(daemon->data, "plugins", id, NULL);
}

static gboolean verify_one(Daemon *daemon, const char *id, GString *text, JsonOut *data, GError **error)
{
	g_autofree char *dir = folder_of(daemon, id);
	g_autofree char *restores = restore_notes(daemon->anchors, id);
	AuditVerdict verdict;

	if (!audit_verify(&daemon->env, id, dir, &verdict, error))
		return FALSE;
	json_open(data, NULL, FALSE);
	json_put_text(data, "plugin", id);
	json_put_int(data, "rows", (gint64)verdict.rows);
	json_put_int(data, "vouched_to", verdict.vouched_to);
	json_put_int(data, "first_bad", verdict.first_bad);
	json_put_text(data, "fault", verdict.fault);
	json_put_text(data, "restores", restores);
	json_close_one(data);
	if (verdict.fault != NULL) {
		g_string_append_printf(text, "%s: %s\n", id, verdict.fault);
		throw_error(error, ERROR_INVALID, "%s: %s", id, verdict.fault);
	} else {
		g_string_append_printf(text,
		                       "%s: %" G_GUINT64_FORMAT " rows fit; vouched for up to row %" G_GINT64_FORMAT
		                       "; %" G_GINT64_FORMAT " newer not vouched for\n",
		                       id, verdict.rows, verdict.vouched_to, (gint64)verdict.rows - verdict.vouched_to);
	}
	g_string_append(text, restores);
	g_free(verdict.fault);
	return *error == NULL;
}

static gboolean run_verify(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	const char *only = events_word(args, 1);
	gboolean fine = TRUE, found = FALSE;

	json_open(data, "audit", TRUE);
	for (guint i = 0; i <= daemon->plugins->len; i++) {
		const char *id = i < daemon->plugins->len ?
		                         ((LoadedPlugin *)daemon->plugins->pdata[i])->plugin->id :
		                         HOST_CHAIN;
		g_autoptr(GError) local = NULL;

		if (only != NULL && strcmp(only, id) != 0)
			continue;
		found = TRUE;
		/* All are looked at; the first that is not in order is the error. */
		if (!verify_one(daemon, id, text, data, &local) && fine) {
			g_propagate_error(error, g_steal_pointer(&local));
			fine = FALSE;
		}
	}
	json_close_one(data);
	return fine && (found || throw_error(error, ERROR_NOT_FOUND, "没有模块 %s (no plugin %s)", only, only));
}

/* ---- list ---- */

enum { COLUMN_SEQ, COLUMN_AT, COLUMN_ACCOUNT, COLUMN_BODY, COLUMN_ROUTE, COLUMN_SUBJECT, COLUMN_OUTCOME, COLUMN_REQUEST, COLUMNS };

static const char *word_of(const zhen_value *value)
{
	/* A worker's file is a stranger's. */
	return zhen_value_text(value) != NULL && g_utf8_validate(zhen_value_text(value), -1, NULL) ? zhen_value_text(value) :
	                                                                                            "";
}

static void put_row(StoreStmt *stmt, GString *text, JsonOut *data)
{
	zhen_value row[COLUMNS];
	char at[CLOCK_TEXT_SIZE];
	g_autoptr(GString) line = g_string_new(NULL);

	for (guint i = 0; i < COLUMNS; i++)
		store_column(stmt, i, &row[i]);
	json_open(data, NULL, FALSE);
	json_put_int(data, "seq", zhen_value_int(&row[COLUMN_SEQ]));
	json_put_time(data, "at", zhen_value_int(&row[COLUMN_AT]));
	json_put_text(data, "account", word_of(&row[COLUMN_ACCOUNT]));
	json_put_text(data, "body", word_of(&row[COLUMN_BODY]));
	json_put_text(data, "route", word_of(&row[COLUMN_ROUTE]));
	json_put_text(data, "subject", word_of(&row[COLUMN_SUBJECT]));
	json_put_int(data, "outcome", zhen_value_int(&row[COLUMN_OUTCOME]));
	json_put_text(data, "request", word_of(&row[COLUMN_REQUEST]));
	json_close_one(data);
	clock_format(zhen_value_int(&row[COLUMN_AT]), at);
	g_string_append_printf(line, "%6" G_GINT64_FORMAT " %.19s %3" G_GINT64_FORMAT " %-16s %-24s %s  %s",
	                       zhen_value_int(&row[COLUMN_SEQ]), at, zhen_value_int(&row[COLUMN_OUTCOME]),
	                       word_of(&row[COLUMN_ACCOUNT]), word_of(&row[COLUMN_BODY]), word_of(&row[COLUMN_ROUTE]),
	                       word_of(&row[COLUMN_SUBJECT]));
	log_append_plain(text, line->str);
	g_string_append_c(text, '\n');
}

/* Newest first. */
static gboolean read_rows(StoreConn *conn, gint64 page, GString *text, JsonOut *data, gint64 *out_total, GError **error)
{
	const zhen_value args[] = { zhen_from_int(VERB_ROWS), zhen_from_int(page * VERB_ROWS) };
	StoreStep step = STORE_FAILED;
	StoreStmt *stmt;

	if (!store_exec(conn, STORE_HOST, "SELECT COUNT(*) FROM _audit", NULL, 0, out_total, error))
		return FALSE;
	stmt = store_prepare(conn, STORE_HOST,
	                     "SELECT seq, at, account, body, route, subject, outcome, request FROM _audit "
	                     "ORDER BY seq DESC LIMIT $1 OFFSET $2",
	                     NULL, args, G_N_ELEMENTS(args), error);
	while (stmt != NULL && (step = store_step(stmt, error)) == STORE_ROW)
		put_row(stmt, text, data);
	if (stmt != NULL)
		store_reset(stmt);
	return step == STORE_DONE;
}

static gboolean run_list(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	const guint reader = daemon->env.readers - 1;
	const char *id = events_word(args, 1);
	g_autofree char *dir = id != NULL ? folder_of(daemon, id) : NULL;
	StoreOptions options = { .dir = dir, .name = id, .read_only = TRUE };
	g_autoptr(Store) store = NULL;
	StoreConn *conn;
	gint64 page, total = 0;
	gboolean fine;

	if (id == NULL)
		return verb_misused(error);
	if ((strcmp(id, HOST_CHAIN) != 0 && events_slot(daemon, id, error) == NULL) || !verb_page(args, &page, error))
		return FALSE;
	store = store_open(daemon->stores, &options, error);
	conn = store != NULL ? store_read(store, reader, error) : NULL;
	if (conn == NULL)
		return FALSE;
	store_read_budget(conn, FALSE);
	json_open(data, "audit", TRUE);
	fine = read_rows(conn, page, text, data, &total, error);
	json_close_one(data);
	store_read_done(daemon->stores, reader);
	verb_put_page(text, data, page, total);
	return fine;
}

gboolean verb_audit(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	const char *act = events_word(args, 0);

	if (g_strcmp0(act, "verify") == 0)
		return run_verify(daemon, args, text, data, error);
	if (g_strcmp0(act, "list") == 0)
		return run_list(daemon, args, text, data, error);
	return verb_misused(error);
}
