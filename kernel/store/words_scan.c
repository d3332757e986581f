/* SPDX-License-Identifier: Apache-2.0
 * The first step of expansion: a text is cut into pieces. */
#include <string.h>
#include "base/error.h"
#include "store/words_plan.h"
#include "store/words_token.h"

typedef struct Scanner {
	WordsScan *scan;
	GString *text; /* of the piece being gathered */
	Token before;
	const char *end_before; /* where the token before ended: a gap becomes one space */
	guint depth;
	gboolean after_scope, page_done, or_outside, distinct, bad_scope_place;
	gboolean after_search, bad_search_place, compound;
	const char *unpageable; /* a keyword that cannot stand before {{page}} */
} Scanner;

static void piece_clear(gpointer data)
{
	Piece *piece = data;

	g_free(piece->text[0]);
	g_free(piece->text[1]);
}

static void add_piece(Scanner *s, PieceKind kind, guint n, const char *first, const char *second)
{
	Piece piece = { .kind = kind, .n = n, .text = { g_strdup(first), g_strdup(second) } };

	if (s->text->len > 0) {
		Piece text = { .kind = PIECE_TEXT, .text = { g_strdup(s->text->str), NULL } };

		g_array_append_val(s->scan->pieces, text);
		g_string_truncate(s->text, 0);
	}
	g_array_append_val(s->scan->pieces, piece);
}

static gboolean is_identifier(const char *text)
{
	if (!g_ascii_isalpha(*text) && *text != '_' && (guchar)*text < 0x80)
		return FALSE;
	for (; *text != '\0'; text++)
		if (!g_ascii_isalnum(*text) && *text != '_' && (guchar)*text < 0x80)
			return FALSE;
	return TRUE;
}

static gboolean add_scope_column(ScopeWord *scope, const char *column, GError **error)
{
	DivisionLevel level = words_level(column);

	if (!words_is_column(column))
		return throw_error(error, ERROR_INVALID, "SQL: {{scope}}: '%s' is no column", column);
	if (level == LEVEL_NONE)
		return throw_error(error, ERROR_INVALID,
		                   "SQL: {{scope}}: '%s' does not end in a level (province .. village)", column);
	if (scope->n_columns > 0 && scope->levels[scope->n_columns - 1] <= level)
		return throw_error(error, ERROR_INVALID,
		                   "SQL: {{scope}}: '%s' is not coarser than the column before it", column);
	scope->columns[scope->n_columns] = g_strdup(column);
	scope->levels[scope->n_columns++] = level;
	return TRUE;
}

static gboolean read_scope(Scanner *s, char **words, GError **error)
{
	ScopeWord *scope;

	if (s->scan->n_scopes == SCAN_SCOPES_MAX)
		return throw_error(error, ERROR_INVALID, "SQL: more than %d {{scope}}", SCAN_SCOPES_MAX);
	scope = &s->scan->scopes[s->scan->n_scopes];
	add_piece(s, PIECE_SCOPE, s->scan->n_scopes++, NULL, NULL);
	for (; *words != NULL; words++) {
		if (strcmp(*words, "or") == 0) {
			if (words[1] == NULL || words[2] != NULL || !words_is_column(words[1]))
				return throw_error(error, ERROR_INVALID,
				                   "SQL: {{scope}}: after 'or' comes one column of a body");
			scope->body = g_strdup(words[1]);
			break;
		}
		if (scope->n_columns == SCAN_COLUMNS_MAX)
			return throw_error(error, ERROR_INVALID, "SQL: {{scope}}: too many columns");
		if (!add_scope_column(scope, *words, error))
			return FALSE;
	}
	if (scope->n_columns == 0 && scope->body == NULL)
		return throw_error(error, ERROR_INVALID, "SQL: {{scope}} names no column");
	if (s->depth > 0 || !(token_is(&s->before, "WHERE") || token_is(&s->before, "AND")))
		s->bad_scope_place = TRUE;
	s->after_scope = TRUE;
	return TRUE;
}

static gboolean read_search(Scanner *s, char **words, GError **error)
{
	if (!words_read_search(s->scan, words, error))
		return FALSE;
	if (s->depth > 0 || !(token_is(&s->before, "WHERE") || token_is(&s->before, "AND")))
		s->bad_search_place = TRUE;
	s->after_search = TRUE;
	add_piece(s, PIECE_SEARCH, 0, NULL, NULL);
	return TRUE;
}

static gboolean is_direction(const char *word)
{
	return g_ascii_strcasecmp(word, "DESC") == 0 || g_ascii_strcasecmp(word, "ASC") == 0;
}

static gboolean read_page(Scanner *s, char **words, GError **error)
{
	WordsScan *scan = s->scan;
	guint count = g_strv_length(words);
	GPtrArray *names = g_ptr_array_new();

	if (count > 1 && is_direction(words[count - 1])) {
		scan->page_descending = g_ascii_tolower(words[count - 1][0]) == 'd';
		count--;
	}
	for (guint i = 0; i < count && words_is_column(words[i]) && !is_direction(words[i]); i++) {
		g_ptr_array_add(scan->page_columns, g_strdup(words[i]));
		g_ptr_array_add(names, g_strdup(words_unqualified(words[i])));
	}
	g_ptr_array_add(names, NULL);
	g_clear_pointer(&scan->page_names, g_strfreev);
	scan->page_names = (char **)g_ptr_array_free(names, FALSE);
	if (count == 0 || scan->page_columns->len != count)
		return throw_error(error, ERROR_INVALID,
		                   "SQL: {{page}} names columns and at the end, for all of them, DESC or nothing");
	if (scan->has_page || s->depth > 0)
		return throw_error(error, ERROR_INVALID, "SQL: {{page}} stands once, outside of parentheses");
	if (s->unpageable != NULL)
		return throw_error(error, ERROR_INVALID, "SQL: {{page}} cannot follow %s", s->unpageable);
	scan->has_page = TRUE;
	add_piece(s, PIECE_PAGE, 0, NULL, NULL);
	return TRUE;
}

static gboolean read_upsert(Scanner *s, char **words, GError **error)
{
	g_autofree char *columns = g_strjoinv(", ", words);
	g_autofree char *text = g_strdup_printf("ON CONFLICT (%s) DO UPDATE SET", columns);

	for (char **word = words; *word != NULL; word++)
		if (!is_identifier(*word))
			return throw_error(error, ERROR_INVALID, "SQL: {{upsert}}: '%s' is no column", *word);
	if (*words == NULL)
		return throw_error(error, ERROR_INVALID, "SQL: {{upsert}} names no key");
	add_piece(s, PIECE_ENGINE, 0, text, text);
	return TRUE;
}

static gboolean read_order(Scanner *s, char **words, GError **error)
{
	g_autofree char *sqlite = NULL;
	g_autofree char *postgres = NULL;

	if (g_strv_length(words) != 2 || strcmp(words[0], "pinyin") != 0 || !words_is_column(words[1]))
		return throw_error(error, ERROR_INVALID, "SQL: it is {{order pinyin column}}");
	sqlite = g_strdup_printf("%s COLLATE zhen_pinyin", words[1]);
	postgres = g_strdup_printf("%s COLLATE \"zh-x-icu\"", words[1]);
	add_piece(s, PIECE_ENGINE, 0, sqlite, postgres);
	return TRUE;
}

static gboolean read_id(Scanner *s, char **words, GError **error)
{
	if (*words != NULL)
		return throw_error(error, ERROR_INVALID, "SQL: it is {{id}}");
	add_piece(s, PIECE_ENGINE, 0, "INTEGER PRIMARY KEY AUTOINCREMENT", "BIGSERIAL PRIMARY KEY");
	return TRUE;
}

static gboolean read_without(Scanner *s, char **words, GError **error)
{
	if (g_strv_length(words) != 1 || strcmp(words[0], "rowid") != 0)
		return throw_error(error, ERROR_INVALID, "SQL: it is {{without rowid}}");
	add_piece(s, PIECE_ENGINE, 0, "WITHOUT ROWID", "");
	return TRUE;
}

static gboolean read_now(Scanner *s, char **words, GError **error)
{
	if (*words != NULL)
		return throw_error(error, ERROR_INVALID, "SQL: it is {{now}}");
	s->scan->uses_now = TRUE;
	add_piece(s, PIECE_NOW, 0, NULL, NULL);
	return TRUE;
}

static const struct {
	const char *name;
	gboolean (*read)(Scanner *s, char **words, GError **error);
} words_known[] = {
	{ "id", read_id },       { "without", read_without }, { "now", read_now },   { "upsert", read_upsert },
	{ "order", read_order }, { "scope", read_scope },     { "page", read_page }, { "search", read_search },
};

static gboolean scan_word(Scanner *s, const Token *token, GError **error)
{
	g_autofree char *text = g_strndup(token->start, token->length);
	g_autoptr(GPtrArray) words = g_ptr_array_new();

	for (char *rest = text, *word; (word = strsep(&rest, " ,\t\n")) != NULL;)
		if (*word != '\0')
			g_ptr_array_add(words, word);
	g_ptr_array_add(words, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(words_known); i++)
		if (g_strcmp0(words->pdata[0], words_known[i].name) == 0)
			return words_known[i].read(s, (char **)words->pdata + 1, error);
	return throw_error(error, ERROR_INVALID, "SQL: unknown word {{%.*s}}", (int)token->length, token->start);
}

/* What decides whether a page can be cut and whether townships can be merged. */
static void follow(Scanner *s, const Token *token)
{
	static const char *const unpageable[] = { "GROUP", "HAVING", "UNION",  "INTERSECT", "EXCEPT", "ORDER",
		                                  "LIMIT", "WINDOW", "INSERT", "UPDATE",    "DELETE" };

	if (token_is_symbol(token, '('))
		s->depth++;
	if (token_is_symbol(token, ')') && s->depth > 0)
		s->depth--;
	if (s->depth > 0)
		return;
	if (token_is(token, "OR"))
		s->or_outside = TRUE;
	if (token_is(token, "DISTINCT"))
		s->distinct = TRUE;
	if (token_is(token, "UNION") || token_is(token, "INTERSECT") || token_is(token, "EXCEPT") ||
	    token_is(token, "UPDATE") || token_is(token, "INSERT") || token_is(token, "DELETE"))
		s->compound = TRUE;
	for (gsize i = 0; i < G_N_ELEMENTS(unpageable); i++)
		if (token_is(token, unpageable[i]))
			s->unpageable = unpageable[i];
}

static gboolean scan_token(Scanner *s, const Token *token, GError **error)
{
	if (s->scan->has_page)
		return throw_error(error, ERROR_INVALID, "SQL: {{page}} is not the last word");
	if (s->after_scope && token->kind != TOKEN_WORD && !token_is(token, "AND"))
		s->bad_scope_place = TRUE;
	if (s->after_search && token->kind != TOKEN_WORD && !token_is(token, "AND") && !token_is(token, "ORDER") &&
	    !token_is(token, "LIMIT") && !token_is(token, "GROUP"))
		s->bad_search_place = TRUE;
	s->after_scope = s->after_search = FALSE;
	if (token->kind == TOKEN_WORD)
		return scan_word(s, token, error);
	if (token->kind == TOKEN_PARAM) {
		guint n = (guint)g_ascii_strtoull(token->start + 1, NULL, 10);

		s->scan->n_args = MAX(s->scan->n_args, n);
		add_piece(s, PIECE_PARAM, n, NULL, NULL);
		return TRUE;
	}
	g_string_append_len(s->text, token->start, (gssize)token->length);
	follow(s, token);
	if (s->depth == 0 && !s->scan->has_from && token_is(token, "FROM") && !token_is(&s->before, "DISTINCT")) {
		s->scan->has_from = TRUE;
		add_piece(s, PIECE_FROM, 0, NULL, NULL);
	}
	if (s->depth == 0 && token_is(token, "WHERE")) {
		s->scan->has_where = TRUE;
		add_piece(s, PIECE_WHERE, 0, NULL, NULL);
	}
	return TRUE;
}

static gboolean scan_all(Scanner *s, const char *sql, GError **error)
{
	const char *cursor = sql;
	gboolean ended = FALSE; /* a ';' that is dropped when nothing follows */

	for (;;) {
		const char *after = cursor;
		Token token;
		const char *start;

		if (!token_next(&cursor, &token, error))
			return FALSE;
		if (token.kind == TOKEN_END)
			break;
		start = token.kind == TOKEN_WORD ? token.start - 2 : token.start;
		if (ended)
			g_string_append_c(s->text, ';');
		ended = token_is_symbol(&token, ';');
		if (start > after && after > sql)
			g_string_append_c(s->text, ' ');
		if (!ended && !scan_token(s, &token, error))
			return FALSE;
		s->before = token;
	}
	if (s->text->len > 0)
		add_piece(s, PIECE_TEXT, 0, "", NULL);
	return TRUE;
}

WordsScan *words_scan(const char *sql, GError **error)
{
	g_autoptr(WordsScan) scan = g_new0(WordsScan, 1);
	g_autoptr(GString) text = g_string_new(NULL);
	Scanner s = { .scan = scan, .text = text };

	scan->pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
	g_array_set_clear_func(scan->pieces, piece_clear);
	scan->page_columns = g_ptr_array_new_with_free_func(g_free);
	if (!scan_all(&s, sql, error))
		return NULL;
	if (scan->search.name != NULL && (s.bad_search_place || s.or_outside || s.compound || !scan->has_from)) {
		throw_error(error, ERROR_INVALID,
		            "SQL: {{search}} stands among the ANDs of the outermost WHERE of one SELECT");
		return NULL;
	}
	scan->one_scope = scan->n_scopes == 1 && !s.bad_scope_place && !s.or_outside;
	scan->mergeable = scan->one_scope && scan->has_page && !s.distinct && scan->search.name == NULL;
	return g_steal_pointer(&scan);
}

void words_scan_free(WordsScan *scan)
{
	if (scan == NULL)
		return;
	for (guint i = 0; i < scan->n_scopes; i++) {
		for (guint k = 0; k < scan->scopes[i].n_columns; k++)
			g_free(scan->scopes[i].columns[k]);
		g_free(scan->scopes[i].body);
	}
	words_clear_search(&scan->search);
	g_clear_pointer(&scan->pieces, g_array_unref);
	g_clear_pointer(&scan->page_columns, g_ptr_array_unref);
	g_strfreev(scan->page_names);
	g_free(scan);
}
