/* SPDX-License-Identifier: Apache-2.0
 * Draws an A4 official document. A function of its argument: the same sheet gives the same bytes. Any thread. Layout after
 * GB/T 9704 in the large: red head, title, number, addressee, text, and at the end QR code, date and seal, never split. */
#ifndef ZHEN_DOCUMENTS_PDF_H
#define ZHEN_DOCUMENTS_PDF_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ZHEN_PDF_TEXTS 5

enum zhen_pdf_kind { ZHEN_PDF_PARAGRAPH, ZHEN_PDF_HEADING, ZHEN_PDF_FACT, ZHEN_PDF_STEP, ZHEN_PDF_CODE };

typedef struct zhen_pdf_block {
	enum zhen_pdf_kind kind;
	const char *text[ZHEN_PDF_TEXTS]; /* FACT: label, text; STEP: title, body, opinion, names, date; CODE: address of a large QR code */
} zhen_pdf_block;

typedef struct zhen_pdf_sheet {
	const char *issuer;     /* 永仁县永定镇人民政府 */
	const char *title;
	const char *number;     /* "" = none */
	const char *addressee;  /* NULL or "" = to nobody: a guide */
	const zhen_pdf_block *blocks;
	size_t n_blocks;
	const char *dated;      /* 2026年9月18日 */
	const char *seal;       /* under the star: 行政审批专用章; NULL or "" = no seal */
	const char *code;       /* verification code, beside the QR; NULL or "" = none */
	const char *verify_url; /* in the QR code; NULL or "" = none */
	const char *made_on;    /* ISO 8601; the document's own time, never the clock's */
	bool sample;            /* marked 示例 */
	bool draft;             /* marked 草稿 instead */
} zhen_pdf_sheet;

/* (transfer full, free) the bytes; NULL = @problem says why. */
void *zhen_pdf_render(const zhen_pdf_sheet *sheet, size_t *out_length, char *problem, size_t problem_size);

/* A QR code as an SVG picture of one path, black on white, quiet zone inside. (transfer full, free); NULL = too long. */
char *zhen_qr_svg(const char *text);

#ifdef __cplusplus
}
#endif

#endif
