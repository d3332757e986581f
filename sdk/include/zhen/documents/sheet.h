/* SPDX-License-Identifier: Apache-2.0
 * What will be printed between the head of a document and its signature: paragraphs, headings, facts and steps, in order.
 * Kept as JSON (jansson's json_t), since it is committed with the row from which the bytes are drawn. */
#ifndef ZHEN_DOCUMENTS_SHEET_H
#define ZHEN_DOCUMENTS_SHEET_H

#include <zhen/zhen.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct json_t zhen_sheet;

/* Owned by the caller until zhen_document_new takes it over. */
zhen_sheet *zhen_sheet_new(void);
void zhen_sheet_free(zhen_sheet *sheet);
void zhen_sheet_paragraph(zhen_sheet *sheet, const char *text); /* "" adds nothing */
void zhen_sheet_heading(zhen_sheet *sheet, const char *text);
void zhen_sheet_fact(zhen_sheet *sheet, const char *label, const char *text);
void zhen_sheet_step(zhen_sheet *sheet, const char *title, const char *body, const char *opinion, const char *names,
                     const char *date);

#ifdef __cplusplus
}
#endif

#endif
