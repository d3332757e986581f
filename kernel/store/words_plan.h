/* SPDX-License-Identifier: Apache-2.0
 * Expansion in three steps, so that only the last is done for each call: a text is scanned once, planned once for each
 * shape a caller and a page can have, and then only values are picked. */
#pragma once

#include "store/words.h"

#define SCAN_SCOPES_MAX 4
#define SCAN_COLUMNS_MAX 5
#define SCAN_SEARCH_MAX 12 /* columns that one search looks in */

typedef enum PieceKind {
	PIECE_TEXT,   /* text[0] */
	PIECE_ENGINE, /* text[engine] */
	PIECE_PARAM,  /* $n */
	PIECE_NOW,
	PIECE_SCOPE, /* scopes[n] */
	PIECE_FROM,  /* after the outermost FROM */
	PIECE_SEARCH,
	PIECE_WHERE, /* after the outermost WHERE */
	PIECE_PAGE,
} PieceKind;

typedef struct Piece {
	PieceKind kind;
	guint n;
	char *text[2]; /* (owned) */
} Piece;

typedef struct ScopeWord {
	char *columns[SCAN_COLUMNS_MAX]; /* finest first */
	DivisionLevel levels[SCAN_COLUMNS_MAX];
	guint n_columns;
	char *body; /* column; NULL = not scoped by body */
} ScopeWord;

/* {{search name $n in key column ..}}: columns of divisions by the level they end in, others are text. */
typedef struct SearchWord {
	char *name; /* NULL = there is none */
	guint param;
	char *key; /* as written, may be qualified */
	char *columns[SCAN_SEARCH_MAX];
	DivisionLevel levels[SCAN_SEARCH_MAX];
	guint n_columns;
} SearchWord;

typedef struct WordsScan {
	GArray *pieces; /* of Piece */
	ScopeWord scopes[SCAN_SCOPES_MAX];
	guint n_scopes;
	SearchWord search;
	guint n_args;
	gboolean has_page, has_from, has_where, uses_now;
	gboolean one_scope;      /* its one scope word stands alone among the ANDs of the outermost WHERE */
	gboolean mergeable;      /* ... and it is a list */
	GPtrArray *page_columns; /* as written, may be qualified */
	char **page_names;       /* unqualified, NULL-ended */
	gboolean page_descending;
} WordsScan;

typedef enum ScopeForm { FORM_NOTHING, FORM_ALL, FORM_EQUAL, FORM_MANY, FORM_RANGE, FORM_AMONG } ScopeForm;

typedef struct ScopeShape {
	guint8 form;
	guint8 column;
	guint8 padded; /* FORM_MANY: number of equalities */
	guint8 body;
} ScopeShape;

/* Compared by memcmp; no padding. */
typedef struct WordsShape {
	ScopeShape scopes[SCAN_SCOPES_MAX];
	guint8 page; /* 0 = no page, 1 = first, 2 = next */
	guint8 reserved[3];
} WordsShape;

typedef enum BindKind {
	BIND_NOW, BIND_LIMIT, BIND_AFTER, BIND_BODY, BIND_CODE, BIND_LOW, BIND_HIGH,
	BIND_MATCH, /* what the index is asked */
	BIND_FOUND, /* what a row is looked through for */
	BIND_AMONG, /* ",code,code," */
} BindKind;

typedef struct Bind {
	guint8 kind;
	guint8 scope;
	guint8 index; /* BIND_AFTER, BIND_CODE */
} Bind;

typedef struct WordsPlan {
	char *sql;
	GArray *binds; /* of Bind: what stands at n_args + 1 .. */
	gboolean sees_nothing;
} WordsPlan;

WordsScan *words_scan(const char *sql, GError **error);
void words_scan_free(WordsScan *scan);
/* FALSE: this context does not fit the text (a page where none is, too few values). */
gboolean words_shape(const WordsScan *scan, const WordsContext *context, WordsShape *out, GError **error);
WordsPlan *words_plan(const WordsScan *scan, WordsEngine engine, const WordsShape *shape);
void words_plan_free(WordsPlan *plan);
/* Texts that are made for one call. */
typedef struct WordsTexts {
	char high[16];      /* the end of a range */
	char *match, *found; /* (owned) */
	char *among[SCAN_SCOPES_MAX]; /* (owned) */
} WordsTexts;

void words_texts_clear(WordsTexts *texts);
/* Appends one value for each bind, texts borrowed from the context, @args (the statement's own) and @texts. */
void words_values(const WordsScan *scan, const WordsPlan *plan, const WordsShape *shape, const WordsContext *context,
                  const zhen_value *args, gsize n_args, WordsTexts *texts, GArray *out);

/* ---- words_search.c ---- */
gboolean words_read_search(WordsScan *scan, char **words, GError **error);
void words_clear_search(SearchWord *search);
/* BIND_MATCH and BIND_FOUND in @texts. */
void words_find(const WordsScan *scan, const WordsShape *shape, const WordsContext *context, const zhen_value *args,
                gsize n_args, WordsTexts *texts);
gboolean words_is_column(const char *text); /* name or table.name */
const char *words_unqualified(const char *column);
DivisionLevel words_level(const char *column); /* "township", "c.township", "handler_township" */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(WordsScan, words_scan_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WordsPlan, words_plan_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(WordsTexts, words_texts_clear)
