/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <string.h>
#include "store/search_text.h"

static gboolean gather(void *data, const char *token, gsize length)
{
	GString *out = data;

	g_string_append_printf(out, "%s%.*s", out->len > 0 ? " " : "", (int)length, token);
	return TRUE;
}

static const struct {
	const char *text, *tokens;
} indexed[] = {
	{ "", "" },
	{ "张", "张" },
	{ "行政处罚", "行 行政 政 政处 处 处罚 罚" },
	{ "张、伟", "张 伟" },
	{ "No.12", "n no no$ 1 12 12$" },
	{ "Ａ１", "a a$ 1 1$" },
	{ "第12号", "第 1 12 12$ 号" },
	{ "永政审〔2026〕3号", "永 永政 政 政审 审 2 20 202 2026 2026$ 3 3$ 号" },
	{ "a\xff" "b", "a a$ b b$" },
	{ "😀好", "😀 😀好 好" },
	{ "1\xe2\x80\x8b" "2", "1 12 12$" }, /* a zero-width space is nothing */
	{ "\1" "532301101000", "\1" "53 \1" "5323 \1" "532301 \1" "532301101 \1" "532301101000" },
	{ "\1" "5323", "\1" "53 \1" "5323" },
	{ "\1", "" },
	{ "\2b-1 x", "\2b-1 x" },
};

Test(search_text, a_text_becomes_tokens)
{
	for (gsize i = 0; i < G_N_ELEMENTS(indexed); i++) {
		g_autoptr(GString) out = g_string_new(NULL);

		cr_assert(search_tokens(indexed[i].text, strlen(indexed[i].text), gather, out));
		cr_expect_str_eq(out->str, indexed[i].tokens, "%s: %s", indexed[i].text, out->str);
	}
}

Test(search_text, of_a_very_long_word_the_first_beginnings_are_tokens_and_no_end)
{
	g_autofree char *word = g_strnfill(1000, '7');
	g_autoptr(GString) out = g_string_new(NULL);
	g_auto(GStrv) tokens = NULL;

	search_tokens(word, 1000, gather, out);
	tokens = g_strsplit(out->str, " ", -1);
	cr_assert_eq(g_strv_length(tokens), 32);
	cr_assert_eq(strlen(tokens[31]), 32);
}

/* Pieces as '|' between them, a whole word with '='. */
static const struct {
	const char *query;
	const char *pieces, *tokens;
} asked[] = {
	{ "", "", "" },
	{ " ，。%_*\"'()-", "", "" },
	{ "张伟", "张伟", "张伟" },
	{ "张", "张", "张" },
	{ "行政处罚", "行政处罚", "行政 处罚" },
	{ "宅基地", "宅基地", "宅基 基地" },
	{ "村宅基地审", "村宅基地审", "村宅 基地 地审" },
	{ "张 伟", "张|伟", "张 伟" },
	{ "\" OR 1=1 --", "or|1=|1", "or 1$ 1" },
	{ "ABC １２３", "abc|123", "abc 123" },
	{ "永政审〔2026〕12号", "永政审=|2026=|12号", "永政 政审 2026$ 12$ 号" },
	{ "12号楼", "12号楼", "12$ 号楼" },
	{ "x'; DROP TABLE a", "x=|drop|table|a", "x$ drop table a" },
	{ "NEAR(a b)", "near=|a|b=", "near$ a b$" },
	{ "😀", "😀", "😀" },
};

Test(search_text, a_query_becomes_pieces_and_what_a_row_must_have)
{
	for (gsize i = 0; i < G_N_ELEMENTS(asked); i++) {
		g_autoptr(GArray) pieces = search_pieces(asked[i].query, strlen(asked[i].query));
		g_autofree char *written = search_pieces_write(pieces);
		g_autoptr(GArray) read = search_pieces_read(written, strlen(written));
		g_autofree char *again = search_pieces_write(read);
		g_autoptr(GString) said = g_string_new(NULL);
		g_autoptr(GString) tokens = g_string_new(NULL);

		for (guint k = 0; k < pieces->len; k++) {
			const SearchPiece *piece = &g_array_index(pieces, SearchPiece, k);
			g_auto(GStrv) list = search_piece_tokens(piece, 100);

			g_string_append_printf(said, "%s%s%s", k > 0 ? "|" : "", piece->text, piece->whole ? "=" : "");
			for (char **token = list; *token != NULL; token++)
				gather(tokens, *token, strlen(*token));
		}
		cr_expect_str_eq(said->str, asked[i].pieces, "%s: %s", asked[i].query, said->str);
		cr_expect_str_eq(tokens->str, asked[i].tokens, "%s: %s", asked[i].query, tokens->str);
		cr_expect_str_eq(written, again);
	}
}

Test(search_text, a_query_with_nul_in_it_is_two_pieces)
{
	g_autoptr(GArray) pieces = search_pieces("a\0b", 3);

	cr_assert_eq(pieces->len, 2);
}

static const struct {
	const char *piece, *text;
	gboolean found;
} rows[] = {
	{ "处罚", "行政处罚决定", TRUE },
	{ "政处罚", "行政处罚决定", TRUE },
	{ "行政罚", "行政处罚决定", FALSE },
	{ "行政", "行、政", FALSE },
	{ "2026", "永政审〔2026〕12号", TRUE },
	{ "20", "永政审〔2026〕12号", TRUE },
	{ "26", "永政审〔2026〕12号", FALSE },
	{ "12号", "永政审〔2026〕12号", TRUE },
	{ "12号", "永政审〔2026〕120号", FALSE },
	{ "1，", "第12号", FALSE },
	{ "12，", "第12号", TRUE },
	{ "abc", "ＡＢＣＤ", TRUE },
	{ "bc", "abc", FALSE },
	{ "c12", "Bc12", FALSE },
	{ "12", "Bc12", TRUE },
	{ "张伟", "", FALSE },
	{ "12", "1\xe2\x80\x8b" "23", TRUE },
};

Test(search_text, a_row_is_looked_through_for_the_piece_itself)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GArray) pieces = search_pieces(rows[i].piece, strlen(rows[i].piece));

		cr_assert_eq(pieces->len, 1);
		cr_expect_eq(
			search_piece_in(&g_array_index(pieces, SearchPiece, 0), rows[i].text, strlen(rows[i].text)),
			rows[i].found, "%s in %s", rows[i].piece, rows[i].text);
	}
}

/* Every token that is asked for is one of those that are indexed, whenever the row has the piece: else the index hides it. */
Test(search_text, the_index_never_hides_a_row_that_has_the_piece)
{
	static const char alphabet[][5] = { "张", "伟", "镇", "1", "2", "a", "B", "〔", " ", "号", "😀", "２" };
	guint32 seed = 12345, hits = 0;

	for (guint round = 0; round < 20000; round++) {
		g_autoptr(GString) text = g_string_new(NULL);
		g_autoptr(GString) query = g_string_new(NULL);
		g_autoptr(GArray) pieces = NULL;
		g_autoptr(GString) tokens = g_string_new(" ");

		for (guint i = 0; i < 8; i++)
			g_string_append(text, alphabet[((seed = seed * 1664525u + 1013904223u) >> 16) % 12]);
		for (guint i = 0; i < 1 + round % 3; i++)
			g_string_append(query, alphabet[((seed = seed * 1664525u + 1013904223u) >> 16) % 12]);
		pieces = search_pieces(query->str, query->len);
		search_tokens(text->str, text->len, gather, tokens);
		g_string_append(tokens, " ");
		for (guint i = 0; i < pieces->len; i++) {
			const SearchPiece *piece = &g_array_index(pieces, SearchPiece, i);
			g_auto(GStrv) wanted = search_piece_tokens(piece, 100);

			if (!search_piece_in(piece, text->str, text->len))
				continue;
			hits++;
			for (char **one = wanted; *one != NULL; one++) {
				g_autofree char *word = g_strdup_printf(" %s ", *one);

				cr_assert(strstr(tokens->str, word) != NULL, "%s in %s: no token %s", piece->text,
				          text->str, *one);
			}
		}
	}
	cr_assert_gt(hits, 2000);
}

static Division county, town, villages[2];
static const Division *of_county[] = { &town }, *of_town[] = { &villages[0], &villages[1] };

static Division division(const char *code, const char *name, DivisionLevel level, const Division *parent,
                         const Division **children, guint count)
{
	Division out = { .level = level, .name = name, .parent = parent, .children = children, .n_children = count };

	g_strlcpy(out.code, code, sizeof out.code);
	return out;
}

static void plant(void)
{
	county = division("532301000000", "楚雄市", LEVEL_COUNTY, NULL, of_county, 1);
	town = division("532301101000", "永定镇", LEVEL_TOWNSHIP, &county, of_town, 2);
	villages[0] = division("532301101001", "小河村", LEVEL_VILLAGE, &town, NULL, 0);
	villages[1] = division("532301101002", "大河村", LEVEL_VILLAGE, &town, NULL, 0);
}

static const struct {
	const char *query;
	const Division *within;
	const char *codes;
} places[] = {
	{ "永定", &county, "532301101" },
	{ "小河", &county, "532301101001" },
	{ "河村", &county, "532301101001 532301101002" },
	{ "河", &county, "" },
	{ "楚雄", &county, "532301" },
	{ "楚雄", &town, "532301101" },
	{ "永定", &town, "532301101" },
	{ "永定", &villages[0], "532301101001" },
	{ "小河", &villages[1], "" },
	{ "南京", &county, "" },
};

Test(search_text, a_piece_may_be_the_name_of_a_place)
{
	plant();
	for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
		g_autoptr(GArray) pieces = search_pieces(places[i].query, strlen(places[i].query));
		const SearchPiece *piece = &g_array_index(pieces, SearchPiece, 0);
		g_autofree char *codes = NULL;

		search_find_places(pieces, NULL, places[i].within);
		codes = piece->codes == NULL ? g_strdup("") : g_strjoinv(" ", piece->codes);
		cr_expect_str_eq(codes, places[i].codes, "%s: %s", places[i].query, codes);
		cr_expect_eq(search_piece_in(piece, "\1" "532301101001", 13), codes[0] != '\0', "%s", places[i].query);
	}
}
