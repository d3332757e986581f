/* SPDX-License-Identifier: Apache-2.0
 * INSERT INTO t(...) VALUES(...) RETURNING id, where id is t's {{id}}: SQLite makes a temporary table for what RETURNING
 * answers, which costs a fifth of the insert. It is run without, and the connection's last rowid is the answer. */
#include <string.h>
#include "store/statement.h"
#include "store/words_token.h"

typedef struct Insert {
	Token table, column;
	const char *returning; /* in the text */
} Insert;

static gboolean skip_parentheses(const char **cursor)
{
	guint depth = 0;
	Token token;

	do {
		if (!token_next(cursor, &token, NULL) || token.kind == TOKEN_END || token.kind == TOKEN_WORD)
			return FALSE;
		if (depth == 0 && !token_is_symbol(&token, '('))
			return FALSE;
		depth += token_is_symbol(&token, '(') ? 1 : 0;
		depth -= token_is_symbol(&token, ')') ? 1 : 0;
	} while (depth > 0);
	return TRUE;
}

static gboolean next_is(const char **cursor, const char *keyword)
{
	Token token;

	return token_next(cursor, &token, NULL) && token_is(&token, keyword);
}

static gboolean next_name(const char **cursor, Token *out)
{
	return token_next(cursor, out, NULL) && out->kind == TOKEN_NAME;
}

/* One row of values and one column back, nothing else. */
static gboolean read_insert(const char *sql, Insert *out)
{
	const char *cursor = sql;
	Token token;

	if (!next_is(&cursor, "INSERT") || !next_is(&cursor, "INTO") || !next_name(&cursor, &out->table) ||
	    !skip_parentheses(&cursor) || !next_is(&cursor, "VALUES") || !skip_parentheses(&cursor) ||
	    !token_next(&cursor, &token, NULL) || !token_is(&token, "RETURNING"))
		return FALSE;
	out->returning = token.start;
	return next_name(&cursor, &out->column) && token_next(&cursor, &token, NULL) && token.kind == TOKEN_END;
}

/* AUTOINCREMENT stands at no other column than the rowid. */
static gboolean is_rowid(sqlite3 *db, const Insert *insert)
{
	g_autofree char *table = g_strndup(insert->table.start, insert->table.length);
	g_autofree char *column = g_strndup(insert->column.start, insert->column.length);
	int primary = 0, automatic = 0;

	return sqlite3_table_column_metadata(db, "main", table, column, NULL, NULL, NULL, &primary, &automatic) ==
	               SQLITE_OK &&
	       primary && automatic;
}

char *own_id_cut(sqlite3 *db, const char *sql, const char *expanded, char **out_name)
{
	Insert insert;

	if (!read_insert(sql, &insert) || !g_str_has_suffix(expanded, insert.returning) || !is_rowid(db, &insert))
		return NULL;
	*out_name = g_strndup(insert.column.start, insert.column.length);
	return g_strndup(expanded, strlen(expanded) - strlen(insert.returning));
}
