/* SPDX-License-Identifier: Apache-2.0
 * What an authorizer cannot see. It looks once at each text, before the engine does. */
#include <string.h>
#include "base/error.h"
#include "store/words.h"
#include "store/words_token.h"

static const char *const statement_words[] = { "SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "VALUES", NULL };
static const char *const migration_words[] = { "CREATE", "ALTER", "DROP", NULL };

typedef struct Check {
	gboolean migration;
	guint statements; /* begun */
	guint count;      /* tokens of this statement */
	Token one, two;   /* the token before, and the one before that */
	enum { INSERT_NONE, INSERT_TABLE, INSERT_AFTER, INSERT_OPEN } insert;
	gboolean trigger;
	guint open; /* BEGIN and CASE of a trigger's body */
} Check;

static gboolean among(const Token *token, const char *const *words)
{
	for (; *words != NULL; words++)
		if (token_is(token, *words))
			return TRUE;
	return FALSE;
}

/* Names beginning with '_' are the host's, wherever they stand. */
static gboolean check_name(const Token *token, GError **error)
{
	const char *name = token->start + (token->kind == TOKEN_QUOTED ? 1 : 0);

	if (token->kind == TOKEN_WORD) {
		for (gsize i = 0; i < token->length; i++)
			if (token->start[i] == '_' &&
			    (i == 0 || !(g_ascii_isalnum(token->start[i - 1]) || token->start[i - 1] == '_')))
				return throw_error(error, ERROR_REFUSED,
				                   "SQL: {{%.*s}}: names that begin with '_' are the host's",
				                   (int)token->length, token->start);
		return TRUE;
	}
	if ((token->kind == TOKEN_NAME || token->kind == TOKEN_QUOTED) && *name == '_')
		return throw_error(error, ERROR_REFUSED, "SQL: %.*s: names that begin with '_' are the host's",
		                   (int)token->length, token->start);
	return TRUE;
}

/* SQLite takes a text where a name stands, and so past the look at names; PostgreSQL does not. */
static gboolean check_text(const Check *check, const Token *token, GError **error)
{
	static const char *const before_name[] = { "FROM", "JOIN", "INTO", "UPDATE", "TABLE", "TO", "WITH", "RECURSIVE", "AS",
		                                   "VIEW", "TRIGGER", "INDEX", "EXISTS", NULL };

	if (token->kind != TOKEN_STRING || !among(&check->one, before_name) ||
	    (token_is(&check->one, "FROM") && token_is(&check->two, "DISTINCT")))
		return TRUE;
	return throw_error(error, ERROR_REFUSED, "SQL: %.*s: a name stands in double quotes, or in none",
	                   (int)token->length, token->start);
}

static gboolean check_first(Check *check, const Token *token, GError **error)
{
	if (among(token, statement_words) || (check->migration && among(token, migration_words)))
		return TRUE;
	return throw_error(error, ERROR_REFUSED, "SQL: a %s does not begin with '%.*s'",
	                   check->migration ? "migration" : "plugin's statement", (int)token->length, token->start);
}

/* INSERT INTO table [AS alias] ( column ... : without columns a later ADD COLUMN breaks it. */
static gboolean check_insert(Check *check, const Token *token, GError **error)
{
	switch (check->insert) {
	case INSERT_NONE:
		if (token_is(token, "INTO"))
			check->insert = INSERT_TABLE;
		return TRUE;
	case INSERT_TABLE:
		check->insert = INSERT_AFTER;
		return TRUE;
	case INSERT_AFTER:
		if (token_is_symbol(token, '.')) {
			check->insert = INSERT_TABLE;
			return TRUE;
		}
		if (token_is(token, "AS")) {
			check->insert = INSERT_TABLE;
			return TRUE;
		}
		check->insert = token_is(token, "DEFAULT") ? INSERT_NONE : INSERT_OPEN;
		if (check->insert == INSERT_OPEN && !token_is_symbol(token, '('))
			return throw_error(error, ERROR_REFUSED, "SQL: INSERT must name its columns");
		return TRUE;
	case INSERT_OPEN:
		check->insert = INSERT_NONE;
		if (among(token, statement_words))
			return throw_error(error, ERROR_REFUSED, "SQL: INSERT must name its columns");
	}
	return TRUE;
}

static gboolean check_words(Check *check, const Token *token, GError **error)
{
	const Token *before = &check->one;
	gboolean list = token_is(before, "SELECT") || token_is(before, "DISTINCT") || token_is(before, "ALL") ||
	                token_is(before, "RETURNING") || token_is_symbol(before, ',') || token_is_symbol(before, '.');

	if (token_is_symbol(token, '*') && list)
		return throw_error(error, ERROR_REFUSED, "SQL: columns are named, not '*'");
	if (token_is(token, "ROLLBACK"))
		return throw_error(error, ERROR_REFUSED, "SQL: ROLLBACK would end the calls of others");
	if (token_is(token, "OR") && (token_is(before, "INSERT") || token_is(before, "UPDATE")))
		return throw_error(error, ERROR_REFUSED, "SQL: INSERT OR, UPDATE OR are not portable; see {{upsert}}");
	if (token_is(before, "CREATE") &&
	    (token_is(token, "TEMP") || token_is(token, "TEMPORARY") || token_is(token, "VIRTUAL")))
		return throw_error(error, ERROR_REFUSED, "SQL: CREATE %.*s is not for plugins", (int)token->length,
		                   token->start);
	return TRUE;
}

static void follow_trigger(Check *check, const Token *token)
{
	if (check->count <= 3 && token_is(token, "TRIGGER") && token_is(&check->one, "CREATE"))
		check->trigger = TRUE;
	if (!check->trigger)
		return;
	if (token_is(token, "BEGIN") || token_is(token, "CASE"))
		check->open++;
	if (token_is(token, "END") && check->open > 0)
		check->open--;
}

static gboolean check_token(Check *check, const Token *token, GError **error)
{
	if (token_is_symbol(token, ';')) {
		check->insert = INSERT_NONE;
		if (check->open > 0)
			return TRUE;
		check->count = 0;
		check->trigger = FALSE;
		return TRUE;
	}
	check->count++;
	if (check->count == 1) {
		check->statements++;
		if (check->statements > 1 && !check->migration)
			return throw_error(error, ERROR_REFUSED, "SQL: more than one statement");
		if (!check_first(check, token, error))
			return FALSE;
	}
	if (check->migration && token->kind == TOKEN_PARAM)
		return throw_error(error, ERROR_REFUSED, "SQL: a migration has no parameters");
	follow_trigger(check, token);
	return check_name(token, error) && check_text(check, token, error) && check_words(check, token, error) &&
	       check_insert(check, token, error);
}

gboolean words_check(const char *sql, gboolean migration, GError **error)
{
	Check check = { .migration = migration };
	Token token;

	for (;;) {
		if (!token_next(&sql, &token, error))
			return FALSE;
		if (token.kind == TOKEN_END)
			break;
		if (!check_token(&check, &token, error))
			return FALSE;
		check.two = check.one;
		check.one = token;
	}
	if (check.statements == 0)
		return throw_error(error, ERROR_INVALID, "SQL: no statement");
	return TRUE;
}
