/* SPDX-License-Identifier: Apache-2.0
 * Accounts, posts and sessions as an administrator looks at them. A job of the writer may run twice: what it found is collected,
 * and told once it has run. */
#include "access/accounts_inside.h"

#include <string.h>

#define SQL_ALL "SELECT " ACCOUNT_COLUMNS ", made_at FROM account ORDER BY login"
/* One that has not begun yet never does. */
#define SQL_OPEN_POSTS "SELECT id, body, role FROM post WHERE account = $1 AND valid_to > $2 ORDER BY id"
#define SQL_END_POST "UPDATE post SET valid_to = $2 WHERE id = $1"
#define SQL_SESSIONS                                                                                                  \
	"SELECT s.digest, s.body, s.expires_at, s.made_at, a.id, a.login, a.name FROM session s JOIN account a ON a.id = " \
	"s.account WHERE s.expires_at > $1 ORDER BY s.made_at DESC, s.digest"

/* ---- accounts ---- */

typedef struct Row {
	Account *account;
	gint64 made_ms;
} Row;

static void row_clear(gpointer data)
{
	account_free(((Row *)data)->account);
}

typedef struct Listing {
	const char *word;
	gint64 skip, most, total;
	GArray *rows; /* of Row */
} Listing;

static void add_row(Listing *listing, StoreStmt *stmt)
{
	const char *login = accounts_text(stmt, 1);
	Row row;

	if (strstr(login, listing->word) == NULL && strstr(accounts_text(stmt, 2), listing->word) == NULL)
		return;
	listing->total++;
	if (listing->total <= listing->skip || listing->total > listing->skip + listing->most)
		return;
	row = (Row){ accounts_row(stmt), accounts_int(stmt, ACCOUNT_COLUMN_COUNT) };
	g_array_append_val(listing->rows, row);
}

static gboolean run_list(StoreConn *conn, void *data, GError **error)
{
	Listing *listing = data;
	StoreStmt *stmt = store_prepare(conn, STORE_HOST, SQL_ALL, NULL, NULL, 0, error);
	StoreStep step;

	g_array_set_size(listing->rows, 0);
	listing->total = 0;
	if (stmt == NULL)
		return FALSE;
	while ((step = store_step(stmt, error)) == STORE_ROW)
		add_row(listing, stmt);
	store_reset(stmt);
	for (guint i = 0; step == STORE_DONE && i < listing->rows->len; i++)
		if (!accounts_read_posts(conn, g_array_index(listing->rows, Row, i).account, error))
			return FALSE;
	return step == STORE_DONE;
}

gboolean accounts_each(Store *store, const char *word, gint64 skip, gint64 most, AccountFunc *each, void *data,
                       gint64 *out_total, GError **error)
{
	g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(Row));
	Listing listing = { .word = word, .skip = skip, .most = most, .rows = rows };

	g_array_set_clear_func(rows, row_clear);
	if (!store_write_now(store, run_list, &listing, error))
		return FALSE;
	for (guint i = 0; i < rows->len; i++)
		each(data, g_array_index(rows, Row, i).account, g_array_index(rows, Row, i).made_ms);
	*out_total = listing.total;
	return TRUE;
}

/* ---- the end of posts ---- */

typedef struct Ending {
	gint64 account, now_ms, ended;
	const char *body, *role;
} Ending;

static GArray *open_posts(StoreConn *conn, const Ending *ending, GError **error)
{
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(gint64));
	const zhen_value args[] = { zhen_from_int(ending->account), zhen_from_int(ending->now_ms) };
	StoreStmt *stmt = store_prepare(conn, STORE_HOST, SQL_OPEN_POSTS, NULL, args, G_N_ELEMENTS(args), error);
	StoreStep step;

	if (stmt == NULL)
		return NULL;
	while ((step = store_step(stmt, error)) == STORE_ROW) {
		const gint64 id = accounts_int(stmt, 0);

		if ((ending->body == NULL || strcmp(ending->body, accounts_text(stmt, 1)) == 0) &&
		    (ending->role == NULL || strcmp(ending->role, accounts_text(stmt, 2)) == 0))
			g_array_append_val(found, id);
	}
	store_reset(stmt);
	return step == STORE_DONE ? g_steal_pointer(&found) : NULL;
}

static gboolean run_end(StoreConn *conn, void *data, GError **error)
{
	Ending *ending = data;
	g_autoptr(GArray) found = open_posts(conn, ending, error);

	for (guint i = 0; found != NULL && i < found->len; i++) {
		const zhen_value args[] = { zhen_from_int(g_array_index(found, gint64, i)),
			                    zhen_from_int(ending->now_ms) };

		if (!store_exec(conn, STORE_HOST, SQL_END_POST, args, G_N_ELEMENTS(args), NULL, error))
			return FALSE;
	}
	ending->ended = found != NULL ? found->len : 0;
	return found != NULL;
}

gboolean accounts_end_posts(Store *store, gint64 account, const char *body, const char *role, gint64 now_ms,
                            gint64 *out_ended, GError **error)
{
	Ending ending = { .account = account, .now_ms = now_ms, .body = body, .role = role };

	if (!store_write_now(store, run_end, &ending, error))
		return FALSE;
	*out_ended = ending.ended;
	return TRUE;
}

/* ---- sessions ---- */

static void session_clear(gpointer data)
{
	SessionView *view = data;

	g_free((char *)view->login);
	g_free((char *)view->name);
	g_free((char *)view->body);
}

typedef struct Sighting {
	const char *login;
	gint64 now_ms;
	GArray *rows; /* of SessionView */
} Sighting;

static gboolean run_sessions(StoreConn *conn, void *data, GError **error)
{
	Sighting *sighting = data;
	zhen_value now = zhen_from_int(sighting->now_ms);
	StoreStmt *stmt = store_prepare(conn, STORE_HOST, SQL_SESSIONS, NULL, &now, 1, error);
	StoreStep step;

	g_array_set_size(sighting->rows, 0);
	if (stmt == NULL)
		return FALSE;
	while ((step = store_step(stmt, error)) == STORE_ROW) {
		SessionView view = { .expires_ms = accounts_int(stmt, 2), .made_ms = accounts_int(stmt, 3), .account = accounts_int(stmt, 4) };

		if ((sighting->login != NULL && strcmp(sighting->login, accounts_text(stmt, 5)) != 0) ||
		    !digest_from_hex(accounts_text(stmt, 0), view.digest))
			continue;
		view.body = g_strdup(accounts_text(stmt, 1));
		view.login = g_strdup(accounts_text(stmt, 5));
		view.name = g_strdup(accounts_text(stmt, 6));
		g_array_append_val(sighting->rows, view);
	}
	store_reset(stmt);
	return step == STORE_DONE;
}

gboolean accounts_each_session(Store *store, const char *login, gint64 now_ms, SessionFunc *each, void *data,
                               GError **error)
{
	g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(SessionView));
	Sighting sighting = { .login = login, .now_ms = now_ms, .rows = rows };

	g_array_set_clear_func(rows, session_clear);
	if (!store_write_now(store, run_sessions, &sighting, error))
		return FALSE;
	for (guint i = 0; i < rows->len; i++)
		each(data, &g_array_index(rows, SessionView, i));
	return TRUE;
}
