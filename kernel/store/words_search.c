/* SPDX-License-Identifier: Apache-2.0
 * {{search}}: how it is read, and what is asked of the index. A query never becomes syntax: what is asked is made of its tokens,
 * which have no quotes, and the row itself is looked through afterwards, so a token that is common to much does no harm. */
#include <string.h>
#include "base/error.h"
#include "store/search_text.h"
#include "store/words_plan.h"

#define NOTHING "\"\3\"" /* no text has it */
#define TOKENS_MAX 16    /* asked of the index; the rest only the rows are looked through for */

gboolean words_is_column(const char *text)
{
	guint parts = 1;

	for (gboolean first = TRUE; *text != '\0'; text++) {
		const gboolean other = *text == '_' || (guchar)*text >= 0x80;

		if (*text == '.' && !first && parts++ == 1) {
			first = TRUE;
			continue;
		}
		if (!(g_ascii_isalpha(*text) || other || (!first && g_ascii_isdigit(*text))))
			return FALSE;
		first = FALSE;
		if (text[1] == '\0')
			return TRUE;
	}
	return FALSE;
}

const char *words_unqualified(const char *column)
{
	const char *dot = strchr(column, '.');

	return dot == NULL ? column : dot + 1;
}

DivisionLevel words_level(const char *column)
{
	const char *name = words_unqualified(column);

	for (DivisionLevel level = LEVEL_PROVINCE; level <= LEVEL_VILLAGE; level++) {
		g_autofree char *suffix = g_strdup_printf("_%s", division_level_name(level));

		if (strcmp(name, division_level_name(level)) == 0 || g_str_has_suffix(name, suffix))
			return level;
	}
	return LEVEL_NONE;
}

/* ---- reading ---- */

static gboolean is_name(const char *text)
{
	return *text != '\0' && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(text) &&
	       strlen(text) <= 60;
}

static guint param_of(const char *text)
{
	guint64 n;

	return text[0] == '$' && g_ascii_string_to_unsigned(text + 1, 10, 1, 999, &n, NULL) ? (guint)n : 0;
}

gboolean words_read_search(WordsScan *scan, char **words, GError **error)
{
	SearchWord *search = &scan->search;
	const guint count = g_strv_length(words);

	if (search->name != NULL)
		return throw_error(error, ERROR_INVALID, "SQL: more than one {{search}}");
	if (count < 5 || !is_name(words[0]) || param_of(words[1]) == 0 || strcmp(words[2], "in") != 0)
		return throw_error(error, ERROR_INVALID, "SQL: it is {{search NAME $1 in KEY COLUMN ..}}");
	if (count - 4 > SCAN_SEARCH_MAX)
		return throw_error(error, ERROR_INVALID, "SQL: {{search}} in more than %d columns", SCAN_SEARCH_MAX);
	for (guint i = 3; i < count; i++)
		if (!words_is_column(words[i]))
			return throw_error(error, ERROR_INVALID, "SQL: {{search}}: '%s' is no column", words[i]);
	search->name = g_strdup(words[0]);
	search->param = param_of(words[1]);
	search->key = g_strdup(words[3]);
	for (guint i = 4; i < count; i++) {
		search->columns[search->n_columns] = g_strdup(words[i]);
		search->levels[search->n_columns++] = words_level(words[i]);
	}
	scan->n_args = MAX(scan->n_args, search->param);
	return TRUE;
}

void words_clear_search(SearchWord *search)
{
	g_free(search->name);
	g_free(search->key);
	for (guint i = 0; i < search->n_columns; i++)
		g_free(search->columns[i]);
}

/* ---- asking ---- */

/* {_number _title} : */
static void put_columns(GString *out, const SearchWord *search, gboolean places)
{
	const char *before = "{";

	for (guint i = 0; i < search->n_columns; i++) {
		if ((search->levels[i] != LEVEL_NONE) != places)
			continue;
		g_string_append_printf(out, "%s_%s", before, words_unqualified(search->columns[i]));
		before = " ";
	}
	g_string_append(out, "} : ");
}

static gboolean has_columns(const SearchWord *search, gboolean places)
{
	for (guint i = 0; i < search->n_columns; i++)
		if ((search->levels[i] != LEVEL_NONE) == places)
			return TRUE;
	return FALSE;
}

static void put_list(GString *out, char **tokens, const char *mark, const char *between)
{
	g_string_append_c(out, '(');
	for (guint i = 0; tokens[i] != NULL; i++)
		g_string_append_printf(out, "%s\"%s%s\"", i > 0 ? between : "", mark, tokens[i]);
	g_string_append_c(out, ')');
}

/* FALSE: no row can have it. */
static gboolean put_piece(GString *out, const SearchWord *search, const SearchPiece *piece, char **tokens)
{
	static const char mark[] = { SEARCH_CODE_MARK, '\0' };
	const gboolean texts = has_columns(search, FALSE), places = piece->codes != NULL && has_columns(search, TRUE);

	if (texts) {
		put_columns(out, search, FALSE);
		put_list(out, tokens, "", " AND ");
	}
	if (texts && places)
		g_string_append(out, " OR ");
	if (places) {
		put_columns(out, search, TRUE);
		put_list(out, piece->codes, mark, " OR ");
	}
	return texts || places;
}

/* The caller's part of the index: without it a village would look through everybody's hits for its own. */
static void put_scope(GString *out, const WordsScan *scan, const WordsShape *shape, const Scope *scope)
{
	const ScopeShape *form = &shape->scopes[0];
	const ScopeWord *word = &scan->scopes[0];
	const gboolean division = form->form != FORM_NOTHING;

	/* What is narrowed is looked for in all of the caller's division, and found rows are asked. */
	if (!scan->one_scope || form->form == FORM_ALL || (division && scope->division == NULL) ||
	    (!division && !form->body))
		return;
	g_string_append(out, "(");
	if (division)
		g_string_append_printf(out, "_%s : \"%c%.*s\"", words_unqualified(word->columns[form->column]),
		                       SEARCH_CODE_MARK, (int)search_code_digits(scope->division->level),
		                       scope->division->code);
	if (division && form->body)
		g_string_append(out, " OR ");
	if (form->body) {
		g_auto(GStrv) parts = g_strsplit(scope->body, "\"", -1);
		g_autofree char *quoted = g_strjoinv("\"\"", parts);

		g_string_append_printf(out, "_%s : \"%c%s\"", words_unqualified(word->body), SEARCH_BODY_MARK, quoted);
	}
	g_string_append(out, ")");
}

static char *match_text(const WordsScan *scan, const WordsShape *shape, const Scope *scope, const GArray *pieces)
{
	g_autoptr(GString) out = g_string_new(NULL);
	guint room = TOKENS_MAX;

	put_scope(out, scan, shape, scope);
	for (guint i = 0; i < pieces->len && room > 0; i++) {
		const SearchPiece *piece = &g_array_index(pieces, SearchPiece, i);
		g_auto(GStrv) tokens = search_piece_tokens(piece, room);

		g_string_append(out, out->len > 0 ? " AND (" : "(");
		if (!put_piece(out, &scan->search, piece, tokens))
			return g_strdup(NOTHING);
		g_string_append_c(out, ')');
		room -= g_strv_length(tokens);
	}
	return g_strdup(pieces->len > 0 ? out->str : NOTHING);
}

void words_find(const WordsScan *scan, const WordsShape *shape, const WordsContext *context, const zhen_value *args,
                gsize n_args, WordsTexts *texts)
{
	const zhen_value *query = scan->search.param <= n_args ? &args[scan->search.param - 1] : NULL;
	const gboolean is_text = query != NULL && query->kind == ZHEN_KIND_TEXT;
	g_autoptr(GArray) pieces = search_pieces(is_text ? query->as.text : "", is_text ? query->length : 0);
	const Scope *scope = context->scope;
	const gboolean limited = scope != NULL && !scope->all;

	if (has_columns(&scan->search, TRUE))
		search_find_places(pieces, context->divisions, limited ? scope->division : NULL);
	texts->match = match_text(scan, shape, scope, pieces);
	texts->found = search_pieces_write(pieces);
}

void words_texts_clear(WordsTexts *texts)
{
	g_free(texts->match);
	g_free(texts->found);
	for (guint i = 0; i < SCAN_SCOPES_MAX; i++)
		g_free(texts->among[i]);
}
