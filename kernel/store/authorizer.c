/* SPDX-License-Identifier: Apache-2.0
 * What a statement may touch, by its owner. Set once when a connection is opened: setting it again would expire every
 * statement. It is asked in prepare and, after a schema change, inside step. */
#include <string.h>
#include "store/store_private.h"

static gboolean among(const char *name, const char *const *list)
{
	for (; *list != NULL; list++)
		if (g_ascii_strcasecmp(name, *list) == 0)
			return TRUE;
	return FALSE;
}

static int deny(StoreConn *conn, const char *what, const char *name)
{
	g_snprintf(conn->denied, sizeof(conn->denied), "%s %s", what, name == NULL ? "" : name);
	return SQLITE_DENY;
}

/* Tables that SQLite makes up: they show the engine, or other tables' pages. */
static gboolean is_engine_table(const char *name)
{
	static const char *const list[] = { "dbstat", "bytecode", "tables_used", "completion", "fts3tokenize", NULL };

	return g_ascii_strncasecmp(name, "pragma_", 7) == 0 || g_ascii_strncasecmp(name, "sqlite_", 7) == 0 ||
	       among(name, list);
}

/* No statement of a plugin can name these (words_check), but while it runs {{search}} asks them, and an index writes its pages
 * at every savepoint. What stands in them is the plugin's own. */
static gboolean is_index(const char *table)
{
	return table != NULL && g_str_has_prefix(table, "_search");
}

static int authorize_table(StoreConn *conn, StoreOwner owner, const char *verb, const char *table)
{
	if (table == NULL)
		return SQLITE_OK;
	if (table[0] == '_')
		return deny(conn, verb, table);
	if (!is_engine_table(table))
		return SQLITE_OK;
	/* A migration's CREATE writes the schema table by itself; plain statements on it the engine refuses. */
	if (owner == STORE_MIGRATION && g_ascii_strncasecmp(table, "sqlite_", 7) == 0)
		return SQLITE_OK;
	return deny(conn, verb, table);
}

static int authorize_function(StoreConn *conn, const char *name)
{
	static const char *const list[] = { "load_extension", "writefile",  "readfile", "edit",
		                            "fts3_tokenizer", "fts5",       "lsmode",   "sqlite_offset",
		                            "match",          "sqlite_log", NULL };

	if (name != NULL && among(name, list))
		return deny(conn, "function", name);
	return SQLITE_OK;
}

/* Names a migration may make, change or drop; @index ones SQLite makes itself are fine. */
static int authorize_ddl(StoreConn *conn, StoreOwner owner, const char *name, const char *table)
{
	const char *names[] = { name, table };

	if (owner != STORE_MIGRATION)
		return deny(conn, "changes the schema of", table != NULL ? table : name);
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		if (names[i] == NULL)
			continue;
		if (names[i][0] == '_' || (g_ascii_strncasecmp(names[i], "sqlite_", 7) == 0 &&
		                           !g_str_has_prefix(names[i], "sqlite_autoindex_")))
			return deny(conn, "changes the schema of", names[i]);
	}
	return SQLITE_OK;
}

/* Inside a trigger it is the trigger's owner that counts. Only triggers write inside a context, and only the host makes
 * one whose name begins with '_'. A context of a read may also be a view or a named subquery, which any statement names
 * as it likes: it raises nobody. */
static StoreOwner owner_of(const StoreConn *conn, int action, const char *context)
{
	gboolean writes = action == SQLITE_INSERT || action == SQLITE_UPDATE || action == SQLITE_DELETE;

	if (context == NULL || !writes)
		return conn->owner;
	return context[0] == '_' ? STORE_HOST : STORE_PLUGIN;
}

int conn_authorize(void *data, int action, const char *a, const char *b, const char *database, const char *context)
{
	StoreConn *conn = data;
	StoreOwner owner = owner_of(conn, action, context);

	(void)database;
	if (owner == STORE_HOST)
		return SQLITE_OK;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_READ:
		return is_index(a) ? SQLITE_OK : authorize_table(conn, owner, "reads", a);
	case SQLITE_INSERT:
	case SQLITE_UPDATE:
	case SQLITE_DELETE:
		return is_index(a) ? SQLITE_OK : authorize_table(conn, owner, "writes", a);
	case SQLITE_FUNCTION:
		/* Keeps an index: for the host's triggers alone. */
		if (g_strcmp0(b, "zhen_index") == 0 && (context == NULL || context[0] != '_'))
			return deny(conn, "function", b);
		return authorize_function(conn, b);
	case SQLITE_CREATE_TABLE:
	case SQLITE_CREATE_VIEW:
	case SQLITE_DROP_TABLE:
	case SQLITE_DROP_VIEW:
	case SQLITE_REINDEX:
		return authorize_ddl(conn, owner, a, NULL);
	case SQLITE_CREATE_INDEX:
	case SQLITE_CREATE_TRIGGER:
	case SQLITE_DROP_INDEX:
	case SQLITE_DROP_TRIGGER:
		return authorize_ddl(conn, owner, a, b);
	case SQLITE_ALTER_TABLE:
		return authorize_ddl(conn, owner, b, NULL);
	case SQLITE_PRAGMA:
		/* Asked by the index itself. */
		if (g_strcmp0(a, "data_version") == 0 && b == NULL)
			return SQLITE_OK;
		return deny(conn, "PRAGMA", a);
	case SQLITE_TRANSACTION:
	case SQLITE_SAVEPOINT:
		return deny(conn, "transaction control", a);
	case SQLITE_ATTACH:
	case SQLITE_DETACH:
		return deny(conn, "ATTACH or DETACH", NULL);
	default:
		return deny(conn, "not for plugins:", a);
	}
}
