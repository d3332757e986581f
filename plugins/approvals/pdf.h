/* SPDX-License-Identifier: Apache-2.0
 * Draws an A4 official document. A function of its argument: the same sheet gives the same bytes. Any thread. */
#ifndef APPROVALS_PDF_H
#define APPROVALS_PDF_H

#include <stdbool.h>
#include <stddef.h>

#define PDF_TEXTS 5

enum pdf_kind { PDF_PARAGRAPH, PDF_HEADING, PDF_FACT, PDF_STEP };

struct pdf_block {
	enum pdf_kind kind;
	const char *text[PDF_TEXTS]; /* FACT: label, text; STEP: title, body, opinion, names, date */
};

struct pdf_sheet {
	const char *issuer;     /* 永仁县永定镇人民政府 */
	const char *title;
	const char *number;
	const char *addressee;
	const struct pdf_block *blocks;
	size_t n_blocks;
	const char *dated;      /* 2026年9月18日 */
	const char *seal;       /* under the star: 行政审批专用章 */
	const char *code;
	const char *verify_url;
	const char *made_on;    /* ISO 8601; the document's own time, never the clock's */
	bool sample;            /* marked 示例 */
};

/* (transfer full, free) the bytes; NULL = @problem says why. */
void *pdf_render(const struct pdf_sheet *sheet, size_t *out_length, char *problem, size_t problem_size);

#endif
