/* SPDX-License-Identifier: Apache-2.0 */
#include "access/posts.h"

#include "base/clock.h"
#include "base/log.h"

#define SQL_BODIES "SELECT body, COUNT(DISTINCT account) FROM post WHERE valid_to > $1 AND body <> '' GROUP BY body ORDER BY body"
#define SQL_ROLES "SELECT role, COUNT(DISTINCT account) FROM post WHERE valid_to > $1 GROUP BY role ORDER BY role"

typedef void Look(const char *name, gint64 accounts, const void *known, Faults *out);

static void look_body(const char *name, gint64 accounts, const void *known, Faults *out)
{
	if (bodies_find(known, name) == NULL)
		faults_add(out, ERROR_NOT_FOUND,
		           "单位 %s 不存在，%" G_GINT64_FORMAT " 个账号任职于此 (accounts are posted at the body '%s', which does not exist)",
		           name, accounts, name);
}

static void look_role(const char *name, gint64 accounts, const void *known, Faults *out)
{
	g_auto(Meant) meant = { 0 };

	if (roles_title(known, name) != NULL)
		return;
	meant = meant_new("'", roles_nearest(known, name), "'");
	faults_add(out, ERROR_NOT_FOUND,
	           "角色 %s 没有声明，%" G_GINT64_FORMAT " 个账号持有%s(accounts hold the role '%s', which no [role] declares%s)",
	           name, accounts, meant.chinese, name, meant.english);
}

static gboolean look(StoreConn *conn, const char *sql, gint64 now_ms, Look *at, const void *known, Faults *out,
                     GError **error)
{
	zhen_value now = zhen_from_int(now_ms);
	StoreStmt *stmt = store_prepare(conn, STORE_HOST, sql, NULL, &now, 1, error);
	StoreStep step;

	if (stmt == NULL)
		return FALSE;
	while ((step = store_step(stmt, error)) == STORE_ROW) {
		zhen_value name, accounts;

		store_column(stmt, 0, &name);
		store_column(stmt, 1, &accounts);
		if (name.kind == ZHEN_KIND_TEXT)
			at(name.as.text, accounts.as.integer, known, out);
	}
	store_reset(stmt);
	return step == STORE_DONE;
}

gboolean posts_stray(StoreConn *conn, const Bodies *bodies, const Roles *roles, gint64 now_ms, Faults *out,
                     GError **error)
{
	return look(conn, SQL_BODIES, now_ms, look_body, bodies, out, error) &&
	       look(conn, SQL_ROLES, now_ms, look_role, roles, out, error);
}

typedef struct Stray {
	const Bodies *bodies;
	const Roles *roles;
	Faults *found;
} Stray;

static gboolean find(StoreConn *conn, void *data, GError **error)
{
	const Stray *stray = data;

	return posts_stray(conn, stray->bodies, stray->roles, clock_now_ms(), stray->found, error);
}

void posts_warn(Store *store, const Bodies *bodies, const Roles *roles)
{
	g_autoptr(Faults) found = faults_new();
	Stray stray = { bodies, roles, found };
	g_autoptr(GError) error = NULL;

	if (!store_write_now(store, find, &stray, &error))
		log_warn("posts not looked at: %s", error->message);
	for (guint i = 0; i < faults_kept(found); i++)
		log_warn("%s", faults_nth(found, i)->message);
}
