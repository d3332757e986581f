/* SPDX-License-Identifier: Apache-2.0 */
#include "mark.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <qrencode.h>

#include <zhen/documents/pdf.h>

#define MODULE 2.4 /* points: still read from a photograph of the paper */
#define QUIET 4    /* modules of white around, as the standard asks */
#define SEAL_ALPHA 0.82 /* the text under the seal stays legible */

PangoLayout *zhen_mark_layout(PangoContext *context, const char *text, double size, bool bold)
{
	PangoLayout *layout = pango_layout_new(context);
	PangoFontDescription *font = pango_font_description_new();

	pango_font_description_set_family_static(font, FONT_FAMILY);
	pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
	pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
	pango_layout_set_text(layout, text, -1);
	return layout;
}

/* Words of ASCII hold together; elsewhere a line may be spread. */
static bool may_spread(const char *text, int at)
{
	return at > 0 && (((unsigned char)text[at - 1] | (unsigned char)text[at]) >= 0x80 || text[at - 1] == ' ' ||
	                  text[at] == ' ');
}

/* Adds @each to every place where the line may be spread; how many there are. */
static int spread(PangoLayoutLine *line, const char *text, int each)
{
	PangoGlyphInfo *before = NULL;
	int n = 0;

	for (GSList *at = line->runs; at != NULL; at = at->next) {
		const PangoLayoutRun *run = at->data;

		for (int i = 0; i < run->glyphs->num_glyphs; i++) {
			PangoGlyphInfo *glyph = &run->glyphs->glyphs[i];
			int byte = run->item->offset + run->glyphs->log_clusters[i];

			if (glyph->geometry.width == 0) /* the space where the line ends */
				continue;
			if (before != NULL && glyph->attr.is_cluster_start && may_spread(text, byte)) {
				before->geometry.width += each;
				n++;
			}
			before = glyph;
		}
	}
	return n;
}

void zhen_mark_justify(PangoLayoutLine *line, int left)
{
	const char *text = pango_layout_get_text(line->layout);
	char end = text[line->start_index + line->length];
	int n = spread(line, text, 0);

	if (end != '\0' && end != '\n' && left > 0 && n > 0)
		spread(line, text, left / n);
}

/* Outlines, not text: a seal is a picture, and its characters would stand in the middle of the copied text. */
static void glyphs(cairo_t *cr, PangoContext *context, const char *text, double x, double y, double size,
                   double squeeze)
{
	PangoLayout *layout = zhen_mark_layout(context, text, size, true);
	int width, height;

	pango_layout_get_size(layout, &width, &height);
	cairo_save(cr);
	cairo_translate(cr, x, y);
	cairo_scale(cr, squeeze, 1);
	cairo_move_to(cr, -(double)width / PANGO_SCALE / 2, -(double)height / PANGO_SCALE / 2);
	pango_cairo_layout_path(cr, layout);
	cairo_fill(cr);
	cairo_restore(cr);
	g_object_unref(layout);
}

static void star(cairo_t *cr, double x, double y, double radius)
{
	cairo_new_path(cr);
	for (int i = 0; i < 10; i++) {
		double angle = -G_PI / 2 + i * G_PI / 5;
		double r = i % 2 == 0 ? radius : radius * 0.382;

		cairo_line_to(cr, x + r * cos(angle), y + r * sin(angle));
	}
	cairo_close_path(cr);
	cairo_fill(cr);
}

void zhen_mark_seal(cairo_t *cr, PangoContext *context, double x, double y, double radius, const char *name,
                    const char *use)
{
	long count = g_utf8_strlen(name, -1);
	double spread = MIN(1.55 * G_PI, (double)(count - 1) * 0.42);
	double size = radius * 0.27;

	cairo_save(cr);
	cairo_push_group(cr);
	cairo_set_source_rgb(cr, 0.84, 0.06, 0.08);
	cairo_set_line_width(cr, radius * 0.05);
	cairo_new_path(cr); /* text leaves a current point, and an arc would draw a line from it */
	cairo_arc(cr, x, y, radius, 0, 2 * G_PI);
	cairo_stroke(cr);
	star(cr, x, y, radius * 0.32);
	for (long i = 0; i < count; i++) {
		const char *at = g_utf8_offset_to_pointer(name, i);
		char one[8] = "";
		double angle = count > 1 ? -spread / 2 + spread * (double)i / (double)(count - 1) : 0;

		g_utf8_strncpy(one, at, 1);
		cairo_save(cr);
		cairo_translate(cr, x, y);
		cairo_rotate(cr, angle);
		glyphs(cr, context, one, 0, -radius * 0.76, size, 0.86);
		cairo_restore(cr);
	}
	glyphs(cr, context, use, x, y + radius * 0.58, radius * 0.19, 0.92);
	cairo_pop_group_to_source(cr);
	cairo_paint_with_alpha(cr, SEAL_ALPHA);
	cairo_restore(cr);
}

static QRcode *encode(const char *text)
{
	return QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
}

double zhen_mark_qr_side(const char *text)
{
	QRcode *code = encode(text);
	double side = code != NULL ? (code->width + 2 * QUIET) * MODULE : 0;

	QRcode_free(code);
	return side;
}

double zhen_mark_qr(cairo_t *cr, double x, double y, const char *text)
{
	QRcode *code = encode(text);

	if (code == NULL)
		return 0;
	int width = code->width;
	double side = (width + 2 * QUIET) * MODULE;

	cairo_save(cr);
	cairo_new_path(cr);
	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_rectangle(cr, x, y, side, side);
	cairo_fill(cr);
	cairo_set_source_rgb(cr, 0, 0, 0);
	cairo_set_antialias(cr, CAIRO_ANTIALIAS_NONE);
	for (int row = 0; row < width; row++)
		for (int column = 0; column < width; column++)
			if ((code->data[row * width + column] & 1) != 0)
				cairo_rectangle(cr, x + (column + QUIET) * MODULE, y + (row + QUIET) * MODULE, MODULE,
				                MODULE);
	cairo_fill(cr);
	cairo_restore(cr);
	QRcode_free(code);
	return side;
}

char *zhen_qr_svg(const char *text)
{
	QRcode *code = encode(text);

	if (code == NULL)
		return NULL;
	int width = code->width, side = width + 2 * QUIET;
	size_t room = 400 + (size_t)(width * width) * 24, used;
	char *svg = malloc(room);

	if (svg != NULL) {
		used = (size_t)snprintf(svg, room,
		                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
		                        "shape-rendering=\"crispEdges\"><rect width=\"%d\" height=\"%d\" fill=\"#fff\"/><path d=\"",
		                        side, side, side * 4, side * 4, side, side);
		for (int at = 0; at < width * width; at++)
			if ((code->data[at] & 1) != 0)
				used += (size_t)snprintf(svg + used, room - used, "M%d %dh1v1h-1z", at % width + QUIET,
				                         at / width + QUIET);
		snprintf(svg + used, room - used, "\"/></svg>\n");
	}
	QRcode_free(code);
	return svg;
}

void zhen_mark_across(cairo_t *cr, PangoContext *context, double width, double height, const char *text)
{
	cairo_save(cr);
	cairo_set_source_rgba(cr, 0.55, 0.55, 0.6, 0.11);
	cairo_translate(cr, width / 2, height / 2);
	cairo_rotate(cr, -G_PI / 5);
	glyphs(cr, context, text, 0, 0, 170, 1);
	cairo_restore(cr);
}
