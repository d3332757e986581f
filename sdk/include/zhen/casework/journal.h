/* SPDX-License-Identifier: Apache-2.0
 * The journal of a case: who did what when, one line per act. There is no function that changes or removes a line. */
#ifndef ZHEN_CASEWORK_JOURNAL_H
#define ZHEN_CASEWORK_JOURNAL_H

#include <zhen/zhen.h>

#ifdef __cplusplus
extern "C" {
#endif

/* For a plugin with one kind of case; ZHEN_JOURNAL_SQL_AS("review_journal") for a further kind. */
#define ZHEN_JOURNAL_SQL_AS(table)                                                                        \
	"CREATE TABLE " table "(id {{id}}, matter BIGINT NOT NULL, what TEXT NOT NULL, text TEXT NOT NULL, " \
	"person TEXT NOT NULL, body TEXT NOT NULL, at BIGINT NOT NULL);"                                  \
	"CREATE INDEX " table "_matter ON " table "(matter, id)"
#define ZHEN_JOURNAL_SQL ZHEN_JOURNAL_SQL_AS("journal")

/* Writes a line now, by the caller. @table NULL = "journal"; @what = the act's word, @text = what was said, NULL = "". */
void zhen_journal_add(zhen_call *call, const char *table, int64_t matter, const char *what, const char *text);
/* Writes the list @name of {what, text, person, body, at}, oldest first. */
void zhen_journal_put(zhen_call *call, const char *name, const char *table, int64_t matter);
/* 住房 for "house" of "house=住房|yard=院落", so that a line says what people say; @name itself when it is none of them. */
const char *zhen_choice_title(zhen_call *call, const char *choices, const char *name);

#ifdef __cplusplus
}
#endif

#endif
