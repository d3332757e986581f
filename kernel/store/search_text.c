/* SPDX-License-Identifier: Apache-2.0 */
#include "store/search_text.h"

#include <string.h>

#define WORD_MAX 32        /* characters of letters or digits whose beginnings are tokens */
#define PLACES_MAX 32      /* divisions that one piece may mean */
#define PLACE_CHARACTERS 2 /* a piece shorter than this means none */
#define WIDE 0x2e80u       /* from here on scripts are written without spaces */

typedef enum Kind { KIND_NONE, KIND_SKIP, KIND_HAN, KIND_LETTER, KIND_DIGIT } Kind;

/* One character after folding. */
typedef struct Folded {
	gunichar c;
	Kind kind;
} Folded;

static Kind kind_of(gunichar c)
{
	switch (g_unichar_type(c)) {
	case G_UNICODE_DECIMAL_NUMBER:
		return c < WIDE ? KIND_DIGIT : KIND_HAN;
	case G_UNICODE_UPPERCASE_LETTER:
	case G_UNICODE_LOWERCASE_LETTER:
	case G_UNICODE_TITLECASE_LETTER:
	case G_UNICODE_MODIFIER_LETTER:
	case G_UNICODE_OTHER_LETTER:
	case G_UNICODE_LETTER_NUMBER:
	case G_UNICODE_OTHER_NUMBER:
		return c < WIDE ? KIND_LETTER : KIND_HAN;
	case G_UNICODE_CURRENCY_SYMBOL:
	case G_UNICODE_MODIFIER_SYMBOL:
	case G_UNICODE_MATH_SYMBOL:
	case G_UNICODE_OTHER_SYMBOL:
	case G_UNICODE_PRIVATE_USE:
		return KIND_HAN;
	case G_UNICODE_UNASSIGNED:
		return c < WIDE ? KIND_NONE : KIND_HAN; /* rare names are younger than the library */
	case G_UNICODE_FORMAT:
	case G_UNICODE_NON_SPACING_MARK:
	case G_UNICODE_ENCLOSING_MARK:
	case G_UNICODE_SPACING_MARK:
		return KIND_SKIP;
	default:
		return KIND_NONE;
	}
}

static Folded fold(gunichar c)
{
	Folded out = { c, KIND_NONE };

	if (c >= 0xff01 && c <= 0xff5e)
		out.c = c -= 0xfee0;
	if (c < 0x80) {
		out.kind = g_ascii_isdigit((char)c) ? KIND_DIGIT : g_ascii_isalpha((char)c) ? KIND_LETTER : KIND_NONE;
		out.c = (guchar)g_ascii_tolower((char)c);
	} else if (c >= 0x4e00 && c <= 0x9fff) {
		out.kind = KIND_HAN;
	} else {
		out.kind = kind_of(c);
		if (out.kind == KIND_LETTER)
			out.c = g_unichar_tolower(c);
	}
	return out;
}

/* The next character that counts, from *@at on; FALSE at the end. Bytes that are no character separate. */
static gboolean next(const char **at, const char *end, Folded *out)
{
	do {
		gunichar c;

		if (*at >= end)
			return FALSE;
		if ((guchar) * *at < 0x80) {
			*out = fold((guchar) * (*at)++);
			continue;
		}
		c = g_utf8_get_char_validated(*at, end - *at);
		if (c >= (gunichar)-2) {
			(*at)++;
			*out = (Folded){ 0, KIND_NONE };
			continue;
		}
		*at = g_utf8_next_char(*at);
		*out = fold(c);
	} while (out->kind == KIND_SKIP);
	return TRUE;
}

/* ---- tokens ---- */

typedef struct Tokens {
	SearchTake *take;
	void *data;
	char word[WORD_MAX * 6 + 1]; /* the run of letters or digits so far */
	gsize word_bytes;
	guint word_length; /* characters of it */
	Kind kind;         /* of the run */
	char pair[12];     /* the Han character before */
	gsize pair_bytes;
} Tokens;

static gboolean add_han(Tokens *t, gunichar c)
{
	const gsize before = t->pair_bytes;
	const gsize bytes = (gsize)g_unichar_to_utf8(c, t->pair + before);

	if (before > 0 && !t->take(t->data, t->pair, before + bytes))
		return FALSE;
	memmove(t->pair, t->pair + before, bytes);
	t->pair_bytes = bytes;
	return t->take(t->data, t->pair, bytes);
}

static gboolean add_to_word(Tokens *t, gunichar c)
{
	if (t->word_length++ >= WORD_MAX)
		return TRUE;
	t->word_bytes += (gsize)g_unichar_to_utf8(c, t->word + t->word_bytes);
	return t->take(t->data, t->word, t->word_bytes);
}

static gboolean end_run(Tokens *t)
{
	gboolean fine = TRUE;

	if (t->word_length > 0 && t->word_length <= WORD_MAX) {
		t->word[t->word_bytes] = '$';
		fine = t->take(t->data, t->word, t->word_bytes + 1);
	}
	t->word_bytes = t->pair_bytes = 0;
	t->word_length = 0;
	return fine;
}

static gboolean text_tokens(const char *text, gsize length, SearchTake *take, void *data)
{
	Tokens t = { .take = take, .data = data };
	const char *end = text + length;
	Folded c;

	while (next(&text, end, &c)) {
		if (c.kind != t.kind && !end_run(&t))
			return FALSE;
		t.kind = c.kind;
		if ((c.kind == KIND_HAN && !add_han(&t, c.c)) ||
		    ((c.kind == KIND_LETTER || c.kind == KIND_DIGIT) && !add_to_word(&t, c.c)))
			return FALSE;
	}
	return end_run(&t);
}

guint search_code_digits(DivisionLevel level)
{
	static const guint digits[] = { 0, 2, 4, 6, 9, 12 };

	return digits[level];
}

static gboolean code_tokens(const char *text, gsize length, SearchTake *take, void *data)
{
	for (DivisionLevel level = LEVEL_PROVINCE; level <= LEVEL_VILLAGE; level++) {
		const gsize bytes = 1 + search_code_digits(level);

		if (length < bytes)
			break;
		if (!take(data, text, bytes))
			return FALSE;
	}
	return TRUE;
}

gboolean search_tokens(const char *text, gsize length, SearchTake *take, void *data)
{
	if (length > 1 && text[0] == SEARCH_CODE_MARK)
		return code_tokens(text, length, take, data);
	if (length > 1 && text[0] == SEARCH_BODY_MARK)
		return take(data, text, length);
	return text_tokens(text, length, take, data);
}

/* ---- what is asked ---- */

static void piece_clear(gpointer data)
{
	SearchPiece *piece = data;

	g_free(piece->text);
	g_strfreev(piece->codes);
}

static GArray *pieces_new(void)
{
	GArray *pieces = g_array_new(FALSE, TRUE, sizeof(SearchPiece));

	g_array_set_clear_func(pieces, piece_clear);
	return pieces;
}

GArray *search_pieces(const char *query, gsize length)
{
	GArray *pieces = pieces_new();
	g_autoptr(GString) text = g_string_new(NULL);
	const char *end = query + length;
	gboolean more;

	do {
		const char *at = query;
		Folded c;

		more = next(&query, end, &c);
		if (more && c.kind != KIND_NONE) {
			g_string_append_unichar(text, c.c);
		} else if (text->len > 0) {
			SearchPiece piece = { .text = g_strdup(text->str) };

			/* "2026〕": that number and no longer one; "2026 ": what begins so. */
			piece.whole = more && !g_unichar_isspace(g_utf8_get_char_validated(at, end - at));
			g_array_append_val(pieces, piece);
			g_string_truncate(text, 0);
		}
	} while (more);
	return pieces;
}

static gboolean is_called(const Division *division, const SearchPiece *piece)
{
	return search_piece_in(piece, division->name, strlen(division->name));
}

static void add_code(GPtrArray *codes, const Division *division)
{
	g_ptr_array_add(codes, g_strndup(division->code, search_code_digits(division->level)));
}

/* FALSE: too many. What lies below one that is found is in it anyway. */
static gboolean find_below(const Division *division, const SearchPiece *piece, GPtrArray *codes)
{
	for (guint i = 0; i < division->n_children; i++) {
		const Division *child = division->children[i];

		if (!is_called(child, piece)) {
			if (!find_below(child, piece, codes))
				return FALSE;
			continue;
		}
		if (codes->len == PLACES_MAX)
			return FALSE;
		add_code(codes, child);
	}
	return TRUE;
}

/* One that is called so itself, or lies in one that is, has all its rows there. */
static gboolean find_within(const Division *within, const SearchPiece *piece, GPtrArray *codes)
{
	for (const Division *above = within; above != NULL; above = above->parent)
		if (is_called(above, piece)) {
			add_code(codes, within);
			return TRUE;
		}
	return find_below(within, piece, codes);
}

static gboolean find_everywhere(const Divisions *divisions, const SearchPiece *piece, GPtrArray *codes)
{
	guint count;
	const Division *const *all = divisions_all(divisions, &count);
	Division top = { .children = NULL };
	g_autoptr(GPtrArray) roots = g_ptr_array_new();

	for (guint i = 0; i < count; i++)
		if (all[i]->parent == NULL)
			g_ptr_array_add(roots, (gpointer)all[i]);
	top.children = (const Division **)roots->pdata;
	top.n_children = roots->len;
	return find_below(&top, piece, codes);
}

void search_find_places(GArray *pieces, const Divisions *divisions, const Division *within)
{
	for (guint i = 0; i < pieces->len; i++) {
		SearchPiece *piece = &g_array_index(pieces, SearchPiece, i);
		GPtrArray *codes = g_ptr_array_new_with_free_func(g_free);
		gboolean fine = g_utf8_strlen(piece->text, -1) >= PLACE_CHARACTERS;

		if (fine && within != NULL)
			fine = find_within(within, piece, codes);
		else if (fine && divisions != NULL)
			fine = find_everywhere(divisions, piece, codes);
		if (fine && codes->len > 0) {
			g_ptr_array_add(codes, NULL);
			piece->codes = (char **)g_ptr_array_free(codes, FALSE);
		} else {
			g_ptr_array_unref(codes);
		}
	}
}

/* A run of the piece as the tokens that its row must have: pairs of Han, the beginning or the whole of a word. */
typedef struct Run {
	GPtrArray *tokens;
	guint max;
} Run;

static void put_token(Run *run, const char *text, gsize bytes, const char *tail)
{
	if (run->tokens->len < run->max)
		g_ptr_array_add(run->tokens, g_strdup_printf("%.*s%s", (int)bytes, text, tail));
}

/* Every second pair, and the last: between them every character is there. */
static void put_han(Run *run, const char *text, glong length)
{
	const char *end = text + strlen(text);

	if (length == 1)
		put_token(run, text, (gsize)(end - text), "");
	for (const char *at = text; length > 1 && at < end;) {
		const char *second = g_utf8_next_char(at);

		if (second == end)
			second = at, at = g_utf8_prev_char(at);
		put_token(run, at, (gsize)(g_utf8_next_char(second) - at), "");
		at = g_utf8_next_char(second);
	}
}

static void put_word(Run *run, const char *text, glong length, gboolean whole)
{
	if (length > WORD_MAX)
		put_token(run, text, (gsize)(g_utf8_offset_to_pointer(text, WORD_MAX) - text), "");
	else
		put_token(run, text, strlen(text), whole ? "$" : "");
}

char **search_piece_tokens(const SearchPiece *piece, guint max)
{
	Run run = { g_ptr_array_new(), max };
	const char *at = piece->text;

	while (*at != '\0') {
		const char *from = at;
		const Kind kind = fold(g_utf8_get_char(at)).kind;
		glong length = 0;
		g_autofree char *text = NULL;

		for (; *at != '\0' && fold(g_utf8_get_char(at)).kind == kind; at = g_utf8_next_char(at))
			length++;
		text = g_strndup(from, (gsize)(at - from));
		if (kind == KIND_HAN)
			put_han(&run, text, length);
		else
			put_word(&run, text, length, piece->whole || *at != '\0');
	}
	g_ptr_array_add(run.tokens, NULL);
	return (char **)g_ptr_array_free(run.tokens, FALSE);
}

/* ---- as one text ---- */

#define PIECE_END "\x1e"
#define PART_END "\x1f"

char *search_pieces_write(const GArray *pieces)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < pieces->len; i++) {
		const SearchPiece *piece = &g_array_index(pieces, SearchPiece, i);

		g_string_append_printf(out, "%s%s%s", i > 0 ? PIECE_END : "", piece->whole ? "=" : "~", piece->text);
		for (char **code = piece->codes; code != NULL && *code != NULL; code++)
			g_string_append_printf(out, PART_END "%s", *code);
	}
	return g_string_free(out, FALSE);
}

GArray *search_pieces_read(const char *text, gsize length)
{
	GArray *pieces = pieces_new();
	g_autofree char *copy = g_strndup(text, length);
	g_auto(GStrv) list = g_strsplit(copy, PIECE_END, -1);

	for (char **one = list; *one != NULL; one++) {
		g_auto(GStrv) parts = g_strsplit(*one, PART_END, -1);

		if (parts[0] == NULL || strlen(parts[0]) < 2)
			continue;
		g_array_append_val(pieces, ((SearchPiece){ .text = g_strdup(parts[0] + 1),
		                                           .whole = parts[0][0] == '=',
		                                           .codes = parts[1] != NULL ? g_strdupv(parts + 1) : NULL }));
	}
	return pieces;
}

/* ---- looking at a row ---- */

/* From @at on, the piece stands there. */
static gboolean stands_at(const SearchPiece *piece, const char *at, const char *end)
{
	const char *want = piece->text;
	Kind last = KIND_NONE;
	Folded c;

	while (*want != '\0') {
		if (!next(&at, end, &c) || c.kind == KIND_NONE || c.c != g_utf8_get_char(want))
			return FALSE;
		last = c.kind;
		want = g_utf8_next_char(want);
	}
	return !piece->whole || last == KIND_HAN || !next(&at, end, &c) || c.kind != last;
}

static gboolean in_code(const SearchPiece *piece, const char *code, gsize length)
{
	for (char **one = piece->codes; one != NULL && *one != NULL; one++)
		if (strlen(*one) <= length && memcmp(code, *one, strlen(*one)) == 0)
			return TRUE;
	return FALSE;
}

gboolean search_piece_in(const SearchPiece *piece, const char *text, gsize length)
{
	const gunichar first = g_utf8_get_char(piece->text);
	const char *end = text + length;
	Kind before = KIND_NONE;

	if (length > 1 && text[0] == SEARCH_CODE_MARK)
		return in_code(piece, text + 1, length - 1);
	while (text < end) {
		const char *at = text;
		Folded c;

		if (!next(&text, end, &c))
			return FALSE;
		/* A word begins where the kind changes. */
		if (c.c == first && c.kind != KIND_NONE && (c.kind == KIND_HAN || c.kind != before) &&
		    stands_at(piece, at, end))
			return TRUE;
		before = c.kind;
	}
	return FALSE;
}
