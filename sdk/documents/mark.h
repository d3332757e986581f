/* SPDX-License-Identifier: Apache-2.0
 * What is drawn rather than written: the seal, the QR code, the mark of a sample. */
#ifndef DOCUMENTS_MARK_H
#define DOCUMENTS_MARK_H

#include <stdbool.h>

#include <pango/pangocairo.h>

#define FONT_FAMILY "Noto Serif CJK SC"

/* A layout of one style, 72 units to the inch. */
PangoLayout *zhen_mark_layout(PangoContext *context, const char *text, double size, bool bold);
/* Fills the @left units that the line lacks, unless a paragraph ends with it. Pango would put all of them into the spaces: of these a
 * line of Chinese has one or two, and a wide gap would stand there. */
void zhen_mark_justify(PangoLayoutLine *line, int left);
/* Round, red, @radius points: @name along the arc, a star, @use under it. */
void zhen_mark_seal(cairo_t *cr, PangoContext *context, double x, double y, double radius, const char *name,
                    const char *use);
/* Top left corner at x, y with the quiet zone inside; the side in points, 0 = the text does not fit. */
double zhen_mark_qr(cairo_t *cr, double x, double y, const char *text);
double zhen_mark_qr_side(const char *text);
/* Two characters, large and pale, across the page. */
void zhen_mark_across(cairo_t *cr, PangoContext *context, double width, double height, const char *text);

#endif
