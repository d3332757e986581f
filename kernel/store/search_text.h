/* SPDX-License-Identifier: Apache-2.0
 * Text as the search index sees it. Pure functions.
 *
 * Folded: full-width forms are ASCII, letters small, punctuation and space are separators. What is left are runs of one kind:
 * Han (and every other script without spaces, and symbols), letters, digits. Of a Han run every character and every pair is a
 * token, so that two characters are one look-up; of letters and digits every beginning, and the whole with a '$'. Codes of
 * divisions are tokens of their own: the digits down to each level. */
#pragma once

#include <glib.h>
#include "base/divisions.h"

#define SEARCH_TEXT_VERSION 1 /* of the tokens: another one, and every index is built anew */
#define SEARCH_CODE_MARK '\1' /* before a text: it is the code of a division */
#define SEARCH_BODY_MARK '\2' /* ... the id of a body */

/* What a token is handed to; FALSE ends it. */
typedef gboolean SearchTake(void *data, const char *token, gsize length);
/* Every token of a text to be indexed, the same one as often as it occurs. */
gboolean search_tokens(const char *text, gsize length, SearchTake *take, void *data);
guint search_code_digits(DivisionLevel level); /* significant ones: 2, 4, 6, 9, 12 */

/* ---- what is asked ---- */

typedef struct SearchPiece {
	char *text;     /* folded, not empty (owned) */
	gboolean whole; /* a word at its end ends there, else it may go on */
	char **codes;   /* significant digits of the divisions that are called so, NULL-ended; NULL = none (owned) */
} SearchPiece;

/* Cuts a query at space and punctuation. Every piece has to occur. */
GArray *search_pieces(const char *query, gsize length); /* of SearchPiece; free with g_array_unref */
/* Fills in what @pieces say about places: divisions at or below @within (NULL = everywhere) with the piece in their names. Of
 * a word that is in very many names, none. */
void search_find_places(GArray *pieces, const Divisions *divisions, const Division *within);
/* Tokens that a row with the piece must have, at most @max (owned, NULL-ended). */
char **search_piece_tokens(const SearchPiece *piece, guint max);
/* Pieces as one text, and back. */
char *search_pieces_write(const GArray *pieces);
GArray *search_pieces_read(const char *text, gsize length);

/* Whether one of the texts has the piece in it, or is a marked code at or below one of its places. */
gboolean search_piece_in(const SearchPiece *piece, const char *text, gsize length);
