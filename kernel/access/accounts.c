/* SPDX-License-Identifier: Apache-2.0 */
#include "access/accounts_inside.h"

#include <string.h>

#include "base/clock.h"

static const zhen_migration migrations[] = {
	{ .number = 1,
	  .sql = "CREATE TABLE account(id {{id}}, login TEXT NOT NULL UNIQUE, name TEXT NOT NULL, password TEXT NOT "
	         "NULL, "
	         "demo BIGINT NOT NULL, made_at BIGINT NOT NULL);"
	         "CREATE TABLE post(id {{id}}, account BIGINT NOT NULL REFERENCES account(id), body TEXT NOT NULL, "
	         "role TEXT NOT NULL, valid_from BIGINT NOT NULL, valid_to BIGINT NOT NULL, "
	         "UNIQUE(account, body, role, valid_from));"
	         "CREATE TABLE session(digest TEXT NOT NULL PRIMARY KEY, account BIGINT NOT NULL REFERENCES "
	         "account(id), "
	         "body TEXT NOT NULL, expires_at BIGINT NOT NULL, made_at BIGINT NOT NULL);"
	         "CREATE INDEX session_expires ON session(expires_at)" },
	{ .number = 2, .sql = "CREATE INDEX session_account ON session(account, made_at)" },
	{ 0 },
};

#define SQL_FIND "SELECT " ACCOUNT_COLUMNS " FROM account WHERE login = $1"
#define SQL_FIND_ID "SELECT " ACCOUNT_COLUMNS " FROM account WHERE id = $1"
#define SQL_POSTS "SELECT body, role, valid_from, valid_to FROM post WHERE account = $1 ORDER BY id"
#define SQL_ALL_POSTS                                                                               \
	"SELECT a.id, a.name, a.demo, p.body, p.role, p.valid_from, p.valid_to FROM account a JOIN post p " \
	"ON p.account = a.id ORDER BY a.id, p.body, p.id"
#define SQL_ADD "INSERT INTO account(login, name, password, demo, made_at) VALUES($1, $2, $3, $4, $5) RETURNING id"
#define SQL_HAS_POST "SELECT COUNT(id) FROM post WHERE account = $1 AND body = $2 AND role = $3 AND valid_to = $4"
#define SQL_HAD_POST "SELECT COUNT(id) FROM post WHERE account = $1 AND body = $2 AND role = $3"
#define SQL_ADD_POST "INSERT INTO post(account, body, role, valid_from, valid_to) VALUES($1, $2, $3, $4, $5)"
#define SQL_PASSWORD "UPDATE account SET password = $2 WHERE id = $1"
#define SQL_ADD_SESSION "INSERT INTO session(digest, account, body, expires_at, made_at) VALUES($1, $2, $3, $4, $5)"
/* Oldest first, the one just added last: two of one moment are told apart by it alone. */
#define SQL_SESSIONS_OF "SELECT digest FROM session WHERE account = $1 AND digest <> $2 ORDER BY made_at, digest"
#define SQL_REMOVE_SESSION "DELETE FROM session WHERE digest = $1"
#define SQL_EXPIRE "DELETE FROM session WHERE expires_at <= $1"
#define SQL_SESSIONS "SELECT digest, account, body, expires_at FROM session WHERE expires_at > $1 ORDER BY made_at"

/* ---- structs ---- */

void account_post_free(void *post_data)
{
	Post *post = post_data;

	g_free(post->body);
	g_free(post->role);
	g_free(post);
}

void account_free(Account *account)
{
	if (account == NULL)
		return;
	g_clear_pointer(&account->posts, g_ptr_array_unref);
	g_free(account->login);
	g_free(account->name);
	g_free(account);
}

static void row_free(void *data)
{
	SessionRow *row = data;

	account_free(row->account);
	g_free(row->body);
	g_free(row);
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char **account_roles(const Account *account, const char *body, gint64 now_ms, gint64 *out_until)
{
	g_autoptr(GPtrArray) roles = g_ptr_array_new_with_free_func(g_free);

	*out_until = G_MAXINT64;
	for (guint i = 0; i < account->posts->len; i++) {
		const Post *post = account->posts->pdata[i];

		if (strcmp(post->body, body) != 0 || post->valid_from > now_ms || post->valid_to <= now_ms)
			continue;
		*out_until = MIN(*out_until, post->valid_to);
		if (!g_ptr_array_find_with_equal_func(roles, post->role, g_str_equal, NULL))
			g_ptr_array_add(roles, g_strdup(post->role));
	}
	if (roles->len == 0)
		return NULL;
	g_ptr_array_sort(roles, compare_texts);
	g_ptr_array_add(roles, NULL);
	return (char **)g_ptr_array_steal(roles, NULL);
}

/* ---- SQL ---- */

gint64 accounts_int(StoreStmt *stmt, guint column)
{
	zhen_value value;

	store_column(stmt, column, &value);
	return value.kind == ZHEN_KIND_INT ? value.as.integer : 0;
}

const char *accounts_text(StoreStmt *stmt, guint column)
{
	zhen_value value;

	store_column(stmt, column, &value);
	return value.kind == ZHEN_KIND_TEXT ? value.as.text : "";
}

gboolean accounts_migrate(Store *store, GError **error)
{
	guint pending = 0;

	return store_migrate(store, migrations, sizeof(zhen_migration), &pending, error);
}

gboolean accounts_read_posts(StoreConn *conn, Account *account, GError **error)
{
	zhen_value id = zhen_from_int(account->id);
	StoreStmt *stmt = store_prepare(conn, STORE_HOST, SQL_POSTS, NULL, &id, 1, error);
	StoreStep step;

	if (stmt == NULL)
		return FALSE;
	while ((step = store_step(stmt, error)) == STORE_ROW) {
		Post *post = g_new0(Post, 1);

		post->body = g_strdup(accounts_text(stmt, 0));
		post->role = g_strdup(accounts_text(stmt, 1));
		post->valid_from = accounts_int(stmt, 2);
		post->valid_to = accounts_int(stmt, 3);
		g_ptr_array_add(account->posts, post);
	}
	store_reset(stmt);
	return step == STORE_DONE;
}

Account *accounts_row(StoreStmt *stmt)
{
	Account *account = g_new0(Account, 1);

	account->posts = g_ptr_array_new_with_free_func(account_post_free);
	account->id = accounts_int(stmt, 0);
	account->login = g_strdup(accounts_text(stmt, 1));
	account->name = g_strdup(accounts_text(stmt, 2));
	g_strlcpy(account->password, accounts_text(stmt, 3), sizeof(account->password));
	account->demo = accounts_int(stmt, 4) != 0;
	return account;
}

/* *out NULL = none. */
static gboolean read_account(StoreConn *conn, const char *sql, zhen_value key, Account **out, GError **error)
{
	StoreStmt *stmt = store_prepare(conn, STORE_HOST, sql, NULL, &key, 1, error);
	g_autoptr(Account) account = NULL;
	StoreStep step;

	g_clear_pointer(out, account_free);
	if (stmt == NULL)
		return FALSE;
	step = store_step(stmt, error);
	if (step == STORE_ROW)
		account = accounts_row(stmt);
	store_reset(stmt);
	if (step == STORE_FAILED || (account != NULL && !accounts_read_posts(conn, account, error)))
		return FALSE;
	*out = g_steal_pointer(&account);
	return TRUE;
}

typedef struct Find {
	const char *login;
	Account *account;
} Find;

static gboolean run_find(StoreConn *conn, void *data, GError **error)
{
	Find *find = data;

	return read_account(conn, SQL_FIND, zhen_from_text(find->login), &find->account, error);
}

gboolean accounts_find(Store *store, const char *login, Account **out, GError **error)
{
	Find find = { .login = login };

	if (!store_write_now(store, run_find, &find, error)) {
		account_free(find.account);
		return FALSE;
	}
	*out = find.account;
	return TRUE;
}

static gboolean insert_post(StoreConn *conn, gint64 account, const Post *post, GError **error)
{
	const zhen_value args[] = { zhen_from_int(account), zhen_from_text(post->body), zhen_from_text(post->role),
		                    zhen_from_int(post->valid_from), zhen_from_int(post->valid_to) };

	return store_exec(conn, STORE_HOST, SQL_ADD_POST, args, G_N_ELEMENTS(args), NULL, error);
}

typedef struct Add {
	const GPtrArray *accounts; /* of Account */
	gboolean missing_only;
	gint64 now_ms;
} Add;

static gboolean insert_account(StoreConn *conn, const Account *account, gint64 now_ms, GError **error)
{
	const zhen_value args[] = { zhen_from_text(account->login), zhen_from_text(account->name),
		                    zhen_from_text(account->password), zhen_from_int(account->demo),
		                    zhen_from_int(now_ms) };
	gint64 id = 0;

	if (!store_exec(conn, STORE_HOST, SQL_ADD, args, G_N_ELEMENTS(args), &id, error))
		return FALSE;
	for (guint i = 0; account->posts != NULL && i < account->posts->len; i++)
		if (!insert_post(conn, id, account->posts->pdata[i], error))
			return FALSE;
	return TRUE;
}

static gboolean run_add(StoreConn *conn, void *data, GError **error)
{
	const Add *add = data;

	for (guint i = 0; i < add->accounts->len; i++) {
		const Account *account = add->accounts->pdata[i];
		g_autoptr(Account) before = NULL;

		if (!read_account(conn, SQL_FIND, zhen_from_text(account->login), &before, error))
			return FALSE;
		if (before != NULL && add->missing_only)
			continue;
		if (before != NULL)
			return throw_error(error, ERROR_CONSTRAINT, "登录名 '%s' 已有人用 (the login '%s' is taken)",
			                   account->login, account->login);
		if (!insert_account(conn, account, add->now_ms, error))
			return FALSE;
	}
	return TRUE;
}

gboolean accounts_add(Store *store, const Account *account, gint64 now_ms, GError **error)
{
	g_autoptr(GPtrArray) one = g_ptr_array_new();
	Add add = { .accounts = one, .now_ms = now_ms };

	g_ptr_array_add(one, (Account *)account);
	return store_write_now(store, run_add, &add, error);
}

gboolean accounts_add_missing(Store *store, const GPtrArray *accounts, gint64 now_ms, GError **error)
{
	Add add = { .accounts = accounts, .missing_only = TRUE, .now_ms = now_ms };

	return store_write_now(store, run_add, &add, error);
}

typedef struct AddPost {
	const char *login;
	const Post *post;
} AddPost;

static gboolean run_add_post(StoreConn *conn, void *data, GError **error)
{
	const AddPost *add = data;
	g_autoptr(Account) account = NULL;
	gint64 there = 0, before = 0;
	Post post = *add->post;

	if (!read_account(conn, SQL_FIND, zhen_from_text(add->login), &account, error))
		return FALSE;
	if (account == NULL)
		return throw_error(error, ERROR_NOT_FOUND, "没有账号 '%s' (there is no account '%s')", add->login,
		                   add->login);

	const zhen_value args[] = { zhen_from_int(account->id), zhen_from_text(add->post->body),
		                    zhen_from_text(add->post->role), zhen_from_int(add->post->valid_to) };

	if (!store_exec(conn, STORE_HOST, SQL_HAS_POST, args, G_N_ELEMENTS(args), &there, error) ||
	    !store_exec(conn, STORE_HOST, SQL_HAD_POST, args, 3, &before, error))
		return FALSE;
	/* One that was held and ended begins anew. */
	if (before > 0)
		post.valid_from = clock_now_ms();
	return there > 0 || insert_post(conn, account->id, &post, error);
}

gboolean accounts_add_post(Store *store, const char *login, const Post *post, GError **error)
{
	AddPost add = { .login = login, .post = post };

	return store_write_now(store, run_add_post, &add, error);
}

typedef struct EachPost {
	AccountPostFunc *each;
	void *data;
} EachPost;

static gboolean run_each_post(StoreConn *conn, void *data, GError **error)
{
	const EachPost *to = data;
	StoreStmt *stmt = store_prepare(conn, STORE_HOST, SQL_ALL_POSTS, NULL, NULL, 0, error);
	StoreStep step;

	if (stmt == NULL)
		return FALSE;
	while ((step = store_step(stmt, error)) == STORE_ROW) {
		const Post post = { .body = (char *)accounts_text(stmt, 3), .role = (char *)accounts_text(stmt, 4),
			            .valid_from = accounts_int(stmt, 5), .valid_to = accounts_int(stmt, 6) };

		to->each(to->data, accounts_int(stmt, 0), accounts_text(stmt, 1), accounts_int(stmt, 2) != 0, &post);
	}
	store_reset(stmt);
	return step == STORE_DONE;
}

gboolean accounts_each_post(Store *store, AccountPostFunc *each, void *data, GError **error)
{
	EachPost to = { each, data };

	return store_write_now(store, run_each_post, &to, error);
}

typedef struct SetPassword {
	gint64 id;
	const char *hash;
} SetPassword;

static gboolean run_set_password(StoreConn *conn, void *data, GError **error)
{
	const SetPassword *set = data;
	const zhen_value args[] = { zhen_from_int(set->id), zhen_from_text(set->hash) };

	return store_exec(conn, STORE_HOST, SQL_PASSWORD, args, G_N_ELEMENTS(args), NULL, error);
}

gboolean accounts_set_password(Store *store, gint64 id, const char *hash, GError **error)
{
	SetPassword set = { .id = id, .hash = hash };

	return store_write_now(store, run_set_password, &set, error);
}

/* ---- sessions ---- */

typedef struct AddSession {
	const SessionRow *row;
	guint most;
	gint64 now_ms;
	GArray *gone;
} AddSession;

static GPtrArray *others_of(StoreConn *conn, gint64 account, const char *hex, GError **error)
{
	g_autoptr(GPtrArray) others = g_ptr_array_new_with_free_func(g_free);
	const zhen_value args[] = { zhen_from_int(account), zhen_from_text(hex) };
	StoreStmt *stmt = store_prepare(conn, STORE_HOST, SQL_SESSIONS_OF, NULL, args, G_N_ELEMENTS(args), error);
	StoreStep step;

	if (stmt == NULL)
		return NULL;
	while ((step = store_step(stmt, error)) == STORE_ROW)
		g_ptr_array_add(others, g_strdup(accounts_text(stmt, 0)));
	store_reset(stmt);
	return step == STORE_DONE ? g_steal_pointer(&others) : NULL;
}

/* Beside the one just added there is room for one less than @most. */
static gboolean remove_oldest(StoreConn *conn, const AddSession *add, const char *hex, GError **error)
{
	g_autoptr(GPtrArray) others = others_of(conn, add->row->account->id, hex, error);

	g_array_set_size(add->gone, 0); /* it may be the second time */
	if (others == NULL)
		return FALSE;
	for (guint i = 0; i + add->most <= others->len; i++) {
		zhen_value digest = zhen_from_text(others->pdata[i]);
		guint8 bytes[DIGEST_SIZE];

		if (!store_exec(conn, STORE_HOST, SQL_REMOVE_SESSION, &digest, 1, NULL, error))
			return FALSE;
		if (digest_from_hex(others->pdata[i], bytes))
			g_array_append_vals(add->gone, bytes, 1);
	}
	return TRUE;
}

static gboolean run_add_session(StoreConn *conn, void *data, GError **error)
{
	const AddSession *add = data;
	char hex[DIGEST_HEX_SIZE];
	zhen_value now = zhen_from_int(add->now_ms);

	digest_hex(add->row->digest, hex);

	const zhen_value args[] = { zhen_from_text(hex), zhen_from_int(add->row->account->id),
		                    zhen_from_text(add->row->body), zhen_from_int(add->row->expires_ms), now };

	return store_exec(conn, STORE_HOST, SQL_EXPIRE, &now, 1, NULL, error) &&
	       store_exec(conn, STORE_HOST, SQL_ADD_SESSION, args, G_N_ELEMENTS(args), NULL, error) &&
	       remove_oldest(conn, add, hex, error);
}

gboolean accounts_add_session(Store *store, const SessionRow *row, guint most, gint64 now_ms, GArray *out_gone,
                              GError **error)
{
	AddSession add = { .row = row, .most = most, .now_ms = now_ms, .gone = out_gone };

	return store_write_now(store, run_add_session, &add, error);
}

static gboolean run_remove_session(StoreConn *conn, void *data, GError **error)
{
	zhen_value digest = zhen_from_text(data);

	return store_exec(conn, STORE_HOST, SQL_REMOVE_SESSION, &digest, 1, NULL, error);
}

gboolean accounts_remove_session(Store *store, const guint8 digest[DIGEST_SIZE], GError **error)
{
	char hex[DIGEST_HEX_SIZE];

	digest_hex(digest, hex);
	return store_write_now(store, run_remove_session, hex, error);
}

typedef struct List {
	GPtrArray *rows;
	gint64 now_ms;
} List;

static gboolean run_list(StoreConn *conn, void *data, GError **error)
{
	List *list = data;
	zhen_value now = zhen_from_int(list->now_ms);
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
	StoreStmt *stmt = store_prepare(conn, STORE_HOST, SQL_SESSIONS, NULL, &now, 1, error);
	StoreStep step;

	g_ptr_array_set_size(list->rows, 0); /* it may be the second time */
	if (stmt == NULL)
		return FALSE;
	while ((step = store_step(stmt, error)) == STORE_ROW) {
		SessionRow *row = g_new0(SessionRow, 1);
		gint64 id = accounts_int(stmt, 1);

		g_ptr_array_add(list->rows, row);
		g_array_append_val(ids, id);
		if (!digest_from_hex(accounts_text(stmt, 0), row->digest))
			memset(row->digest, 0, sizeof(row->digest)); /* the digest of no token */
		row->body = g_strdup(accounts_text(stmt, 2));
		row->expires_ms = accounts_int(stmt, 3);
	}
	store_reset(stmt);
	for (guint i = 0; step == STORE_DONE && i < ids->len; i++) {
		SessionRow *row = list->rows->pdata[i];

		if (!read_account(conn, SQL_FIND_ID, zhen_from_int(g_array_index(ids, gint64, i)), &row->account,
		                  error))
			return FALSE;
	}
	return step == STORE_DONE;
}

GPtrArray *accounts_sessions(Store *store, gint64 now_ms, GError **error)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(row_free);
	List list = { .rows = rows, .now_ms = now_ms };

	return store_write_now(store, run_list, &list, error) ? g_steal_pointer(&rows) : NULL;
}
