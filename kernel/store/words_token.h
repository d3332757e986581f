/* SPDX-License-Identifier: Apache-2.0
 * A small SQL tokenizer: enough to tell names from texts, and the host's words from both. */
#pragma once

#include <glib.h>

typedef enum TokenKind {
	TOKEN_END,
	TOKEN_NAME,   /* bare identifier or keyword */
	TOKEN_QUOTED, /* "name" */
	TOKEN_STRING, /* 'text' */
	TOKEN_NUMBER,
	TOKEN_PARAM,  /* $n */
	TOKEN_WORD,   /* {{...}}, start and length without the braces */
	TOKEN_SYMBOL, /* one character */
} TokenKind;

typedef struct Token {
	TokenKind kind;
	const char *start;
	gsize length;
} Token;

/* The next token from *@cursor on, white space and comments skipped; TOKEN_END at the end. FALSE: the text is not what
 * both engines read the same way (an open quote, a nested comment, ?, :name, `name`). */
gboolean token_next(const char **cursor, Token *out, GError **error);
gboolean token_is(const Token *token, const char *keyword); /* any case */
gboolean token_is_symbol(const Token *token, char symbol);

/* The next statement of a script, (transfer full), without its ';'. NULL at the end or with @error set. Knows that a
 * trigger's body holds statements of its own. */
char *token_next_statement(const char **cursor, GError **error);
