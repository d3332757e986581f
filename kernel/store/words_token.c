/* SPDX-License-Identifier: Apache-2.0 */
#include "store/words_token.h"

#include <string.h>
#include "base/error.h"

static gboolean is_name_start(char c)
{
	return g_ascii_isalpha(c) || c == '_' || (guchar)c >= 0x80;
}

static gboolean is_name(char c)
{
	return is_name_start(c) || g_ascii_isdigit(c);
}

/* NULL with @error set: a block comment that never ends, or one that PostgreSQL would nest. */
static const char *skip_block_comment(const char *p, GError **error)
{
	const char *end = strstr(p + 2, "*/");
	const char *inner = strstr(p + 2, "/*");

	if (end == NULL) {
		throw_error(error, ERROR_INVALID, "SQL: a comment is not closed");
		return NULL;
	}
	if (inner != NULL && inner < end) {
		throw_error(error, ERROR_INVALID, "SQL: a comment inside a comment");
		return NULL;
	}
	return end + 2;
}

static const char *skip_space(const char *p, GError **error)
{
	for (;;) {
		if (g_ascii_isspace(*p)) {
			p++;
		} else if (p[0] == '-' && p[1] == '-') {
			p += strcspn(p, "\n");
		} else if (p[0] == '/' && p[1] == '*') {
			p = skip_block_comment(p, error);
			if (p == NULL)
				return NULL;
		} else {
			return p;
		}
	}
}

static gboolean read_quoted(const char *p, char quote, Token *out, GError **error)
{
	const char *end = p + 1;

	for (; *end != '\0'; end++) {
		if (*end != quote)
			continue;
		if (end[1] != quote)
			break;
		end++;
	}
	if (*end == '\0')
		return throw_error(error, ERROR_INVALID, "SQL: a quote %c is not closed", quote);
	out->kind = quote == '"' ? TOKEN_QUOTED : TOKEN_STRING;
	out->length = (gsize)(end + 1 - p);
	return TRUE;
}

static gboolean read_symbol(const char *p, Token *out, GError **error)
{
	if (strchr("?:@`[\\", *p) != NULL)
		return throw_error(error, ERROR_INVALID, "SQL: '%c' is not portable; parameters are $1, $2, ...", *p);
	if (p[0] == '{' || p[0] == '}')
		return throw_error(error, ERROR_INVALID, "SQL: a stray '%c'", *p);
	out->kind = TOKEN_SYMBOL;
	out->length = 1;
	return TRUE;
}

static gboolean read_param(const char *p, Token *out, GError **error)
{
	const char *end = p + 1;

	while (g_ascii_isdigit(*end))
		end++;
	if (end == p + 1 || end - p > 4 || p[1] == '0' || is_name_start(*end))
		return throw_error(error, ERROR_INVALID, "SQL: after '$' comes a number from 1 to 999");
	out->kind = TOKEN_PARAM;
	out->length = (gsize)(end - p);
	return TRUE;
}

static gboolean read_word(const char *p, const char **cursor, Token *out, GError **error)
{
	const char *end = strstr(p + 2, "}}");

	if (end == NULL)
		return throw_error(error, ERROR_INVALID, "SQL: {{ is not closed");
	out->kind = TOKEN_WORD;
	out->start = p + 2;
	out->length = (gsize)(end - p - 2);
	*cursor = end + 2;
	return TRUE;
}

static gboolean read_number(const char *p, Token *out, GError **error)
{
	const char *end = p;

	while (g_ascii_isalnum(*end) || *end == '.' ||
	       ((*end == '+' || *end == '-') && (end[-1] == 'e' || end[-1] == 'E')))
		end++;
	if (is_name_start(*end))
		return throw_error(error, ERROR_INVALID, "SQL: a name that begins with a digit");
	out->kind = TOKEN_NUMBER;
	out->length = (gsize)(end - p);
	return TRUE;
}

gboolean token_next(const char **cursor, Token *out, GError **error)
{
	const char *p = skip_space(*cursor, error);
	gboolean read;

	if (p == NULL)
		return FALSE;
	*out = (Token){ TOKEN_END, p, 0 };
	if (p[0] == '{' && p[1] == '{')
		return read_word(p, cursor, out, error);
	if (*p == '\0') {
		read = TRUE;
	} else if (is_name_start(*p)) {
		out->kind = TOKEN_NAME;
		while (is_name(p[out->length]))
			out->length++;
		read = TRUE;
	} else if (*p == '\'' || *p == '"') {
		read = read_quoted(p, *p, out, error);
	} else if (*p == '$') {
		read = read_param(p, out, error);
	} else if (g_ascii_isdigit(*p) || (*p == '.' && g_ascii_isdigit(p[1]))) {
		read = read_number(p, out, error);
	} else {
		read = read_symbol(p, out, error);
	}
	*cursor = p + out->length;
	return read;
}

gboolean token_is(const Token *token, const char *keyword)
{
	return token->kind == TOKEN_NAME && strlen(keyword) == token->length &&
	       g_ascii_strncasecmp(token->start, keyword, token->length) == 0;
}

gboolean token_is_symbol(const Token *token, char symbol)
{
	return token->kind == TOKEN_SYMBOL && *token->start == symbol;
}

/* A trigger's statements end with ';' too; only the END that closes its BEGIN ends it. */
typedef struct Body {
	gboolean create, trigger;
	guint count, depth;
} Body;

static gboolean body_open(Body *body, const Token *token)
{
	body->count++;
	if (body->count == 1)
		body->create = token_is(token, "CREATE");
	if (body->create && body->count <= 3 && token_is(token, "TRIGGER"))
		body->trigger = TRUE;
	if (body->trigger && (token_is(token, "BEGIN") || token_is(token, "CASE")))
		body->depth++;
	if (body->trigger && body->depth > 0 && token_is(token, "END"))
		body->depth--;
	return body->depth > 0;
}

char *token_next_statement(const char **cursor, GError **error)
{
	Body body = { 0 };
	const char *start = NULL;

	for (;;) {
		Token token;
		gboolean open;

		if (!token_next(cursor, &token, error))
			return NULL;
		if (token.kind == TOKEN_END)
			return start == NULL ? NULL : g_strndup(start, (gsize)(token.start - start));
		if (start == NULL && token_is_symbol(&token, ';'))
			continue;
		if (start == NULL)
			start = token.kind == TOKEN_WORD ? token.start - 2 : token.start;
		open = body_open(&body, &token);
		if (!open && token_is_symbol(&token, ';'))
			return g_strndup(start, (gsize)(token.start - start));
	}
}
