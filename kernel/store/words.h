/* SPDX-License-Identifier: Apache-2.0
 * Portable SQL: what a plugin writes, made into what an engine reads. Pure functions of text.
 *
 *   $1 ..                      -> ?1 (SQLite), $1 (PostgreSQL)
 *   {{id}}                     -> column type of an assigned key: INTEGER PRIMARY KEY AUTOINCREMENT | BIGSERIAL PRIMARY KEY
 *   {{without rowid}}          -> WITHOUT ROWID | (nothing)
 *   {{now}}                    -> a host parameter: the call's time in ms
 *   {{upsert key1, key2}}      -> ON CONFLICT (key1, key2) DO UPDATE SET
 *   {{order pinyin column}}    -> column COLLATE zhen_pinyin | column COLLATE "zh-x-icu"
 *   {{scope village township}} -> a condition on the columns a row is scoped by, finest first
 *   {{scope township or body}} -> ... or rows of the caller's own body
 *   {{search cases $1 in id number township}} -> a condition: $1 is found in these columns of the row with this key, by the
 *                                 index that the plugin declared as "cases" (zhen_search); among the ANDs of the outermost
 *                                 WHERE, whose first table is that of the index. A column that ends in a level is searched
 *                                 by the names of divisions
 *   {{page id DESC}}           -> AND keyset condition ORDER BY .. LIMIT ..: one direction, columns among those selected,
 *                                 the last one unique
 */
#pragma once

#include <glib.h>
#include <zhen/value.h>
#include "base/divisions.h"

typedef enum WordsEngine { WORDS_SQLITE, WORDS_POSTGRES } WordsEngine;

/* What the caller may see. All zero: nothing. */
typedef struct Scope {
	gboolean all;
	const Division *division; /* everything at or below it */
	const char *body;         /* rows of this body too, where the word says "or"; NULL = none */
	const Division *const *only; /* of what the above lets see, no more than what lies in these townships; NULL = all of it */
	guint n_only;
} Scope;

typedef struct Page {
	const zhen_value *after; /* values of the page columns of the last row seen; NULL = first page */
	guint n_after;
	guint limit;             /* rows wanted; one more is read to know whether there is a next */
} Page;

typedef struct WordsContext {
	WordsEngine engine;
	const Scope *scope;      /* NULL = nothing visible */
	const Page *page;        /* NULL = {{page}} is refused */
	gint64 now_ms;
	const Divisions *divisions; /* whose names a search knows; NULL = only those that the scope leads to */
} WordsContext;

/* The result; parameters of the host follow the plugin's own ($1..$n_args). */
typedef struct Words {
	char *sql;               /* (owned) */
	GArray *values;          /* of zhen_value, texts borrowed from the context: bind at n_args + 1 .. */
	guint n_args;            /* highest $n the plugin wrote */
	char **page_columns;     /* NULL-ended; NULL without {{page}} */
	gboolean page_descending;
	gboolean has_scope;
	gboolean sees_nothing;   /* the scope can match no row: do not run it */
} Words;

#define WORDS_MERGE_MAX 64 /* townships merged by UNION ALL; above it, a range with the index left alone */

gboolean words_expand(const char *sql, const WordsContext *context, Words *out, GError **error);
void words_clear(Words *words);

/* Refuses what an authorizer cannot see: OR ROLLBACK, ON CONFLICT ROLLBACK, SELECT *, INSERT without columns, more than
 * one statement, transaction words. @migration: DDL and several statements allowed. Knows strings, quoted names,
 * comments. */
gboolean words_check(const char *sql, gboolean migration, GError **error);
