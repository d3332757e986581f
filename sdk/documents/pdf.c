/* SPDX-License-Identifier: Apache-2.0
 * Flows a sheet over A4 pages: head, paragraphs, tables of facts and steps, and the signature, which is never split and never
 * stands alone on its page: lines move closer together, or the last of them go over with it. */
#include <zhen/documents/pdf.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cairo-pdf.h>
#include <fontconfig/fontconfig.h>

#include "mark.h"

/* fontconfig keeps what it reads of its configuration, and cairo 1.16 loses two arrays per embedded CFF font (1.5 kB per
 * document); neither can be freed from here, so the leak checker looks away just there. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WATCHED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(WATCHED)
#include <sanitizer/lsan_interface.h>
#define LOOK_AWAY() __lsan_disable()
#define LOOK_AGAIN() __lsan_enable()
#else
#define LOOK_AWAY() ((void)0)
#define LOOK_AGAIN() ((void)0)
#endif

#define PAGE_WIDTH 595.28
#define PAGE_HEIGHT 841.89
#define LEFT 76.0
#define RIGHT 72.0
#define TOP 84.0
#define BOTTOM 78.0
#define TEXT_WIDTH (PAGE_WIDTH - LEFT - RIGHT)
#define BODY_SIZE 13.0
#define LINE_PITCH 22.0
#define HEADING_SPACE 10.0
#define CELL_SIZE 10.0
#define CELL_PITCH 15.5
#define CELL_PAD 5.0
#define STEP_CELLS 4
#define SEAL_RADIUS 58.0
#define WITH_SEAL 2   /* lines or rows of text at least on the page of the signature */
#define CLOSER 0.85   /* lines may move together so far, when that saves a page */
#define NO_BREAK (-1)
#define LARGE 1.5

struct bytes {
	char *data;
	size_t length, room;
};

struct page {
	cairo_t *cr;
	PangoContext *context;
	const zhen_pdf_sheet *sheet;
	double y, closer;  /* closer: pitch of lines, 1 = as ever */
	int number;
	int units, on_page; /* lines and rows so far, and of these on this page */
	uint64_t headings;  /* which of the last are headings, bit 0 the last */
	int break_at;       /* the unit that begins a page, NO_BREAK = none has to */
};

static cairo_status_t collect(void *closure, const unsigned char *data, unsigned int length)
{
	struct bytes *bytes = closure;

	if (bytes->length + length > bytes->room) {
		size_t room = (bytes->length + length) * 2;
		char *grown = realloc(bytes->data, room);

		if (grown == NULL)
			return CAIRO_STATUS_NO_MEMORY;
		bytes->data = grown;
		bytes->room = room;
	}
	memcpy(bytes->data + bytes->length, data, length);
	bytes->length += length;
	return CAIRO_STATUS_SUCCESS;
}

/* One line at x, y = top; align 0 left, 0.5 centre, 1 right of @width. */
static void line_at(struct page *page, const char *text, double x, double y, double width, double align, double size,
                    bool bold)
{
	PangoLayout *layout = zhen_mark_layout(page->context, text, size, bold);
	int w;

	pango_layout_get_size(layout, &w, NULL);
	cairo_move_to(page->cr, x + (width - (double)w / PANGO_SCALE) * align, y);
	pango_cairo_show_layout(page->cr, layout);
	g_object_unref(layout);
}

static void begin_page(struct page *page)
{
	char number[32];

	page->number++;
	page->on_page = 0;
	page->y = TOP;
	if (page->sheet->draft || page->sheet->sample)
		zhen_mark_across(page->cr, page->context, PAGE_WIDTH, PAGE_HEIGHT,
		                 page->sheet->draft ? "草 稿" : "示 例");
	cairo_set_source_rgb(page->cr, 0, 0, 0);
	snprintf(number, sizeof(number), "— %d —", page->number);
	line_at(page, number, LEFT, PAGE_HEIGHT - 48, TEXT_WIDTH, 0.5, 10, false);
	if (page->sheet->draft || page->sheet->sample)
		line_at(page,
		        page->sheet->draft ? "草稿：供用印前核对，未编号或者未加盖印章的，不具有法律效力" :
		                             "示例文书：印章与签名未接入法定电子印章，不具有法律效力",
		        LEFT, PAGE_HEIGHT - 64, TEXT_WIDTH, 0.5, 8.5, false);
}

static void next_page(struct page *page)
{
	cairo_show_page(page->cr);
	begin_page(page);
}

static void need(struct page *page, double height)
{
	if (page->y + height > PAGE_HEIGHT - BOTTOM)
		next_page(page);
}

/* A line or a row is about to be set. */
static void unit(struct page *page, double height, bool heading)
{
	if (page->units == page->break_at)
		next_page(page);
	need(page, height);
	page->units++;
	page->on_page++;
	page->headings = page->headings << 1 | heading;
}

static void head(struct page *page)
{
	cairo_set_source_rgb(page->cr, 0.84, 0.06, 0.08);
	line_at(page, page->sheet->issuer, LEFT, page->y, TEXT_WIDTH, 0.5, 25, true);
	page->y += 46;
	cairo_new_path(page->cr);
	cairo_set_line_width(page->cr, 1.6);
	cairo_move_to(page->cr, LEFT, page->y);
	cairo_line_to(page->cr, LEFT + TEXT_WIDTH, page->y);
	cairo_stroke(page->cr);
	page->y += 16;
	cairo_set_source_rgb(page->cr, 0, 0, 0);
	line_at(page, page->sheet->title, LEFT, page->y, TEXT_WIDTH, 0.5, 20, true);
	page->y += 36;
	line_at(page, page->sheet->number, LEFT, page->y, TEXT_WIDTH, 0.5, 12, false);
	page->y += 28;
}

static PangoLayout *wrapped(struct page *page, const char *text, double width, double size, double indent, bool bold)
{
	PangoLayout *layout = zhen_mark_layout(page->context, text, size, bold);

	pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
	pango_layout_set_indent(layout, (int)(indent * PANGO_SCALE));
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	return layout;
}

/* Line by line at an even pitch, so that a paragraph may go on over the page. */
static void paragraph(struct page *page, const char *text, double indent, bool bold)
{
	double pitch = LINE_PITCH * page->closer;
	PangoLayout *layout = wrapped(page, text, TEXT_WIDTH, BODY_SIZE, indent, bold);

	PangoLayoutIter *iter = pango_layout_get_iter(layout);
	do {
		PangoLayoutLine *line = pango_layout_iter_get_line(iter);
		PangoRectangle logical;

		unit(page, pitch, bold);
		pango_layout_iter_get_line_extents(iter, NULL, &logical);
		zhen_mark_justify(line, (int)(TEXT_WIDTH * PANGO_SCALE) - logical.x - logical.width);
		cairo_move_to(page->cr, LEFT + (double)logical.x / PANGO_SCALE, page->y + BODY_SIZE * 1.12);
		pango_cairo_show_layout_line(page->cr, line);
		page->y += pitch;
	} while (pango_layout_iter_next_line(iter));
	pango_layout_iter_free(iter);
	g_object_unref(layout);
}

static void show_cell(struct page *page, PangoLayout *layout, double x, double y)
{
	PangoLayoutIter *iter = pango_layout_get_iter(layout);

	do {
		PangoRectangle logical;

		pango_layout_iter_get_line_extents(iter, NULL, &logical);
		cairo_move_to(page->cr, x + (double)logical.x / PANGO_SCALE, y + CELL_SIZE * 1.12);
		pango_cairo_show_layout_line(page->cr, pango_layout_iter_get_line_readonly(iter));
		y += CELL_PITCH * page->closer;
	} while (pango_layout_iter_next_line(iter));
	pango_layout_iter_free(iter);
}

/* A row of a ruled table; never split over a page. The head of a table goes with its first row. */
static void table_row(struct page *page, const char *const *texts, const double *widths, size_t n, bool head)
{
	PangoLayout *cells[ZHEN_PDF_TEXTS];
	double height = 0, x = LEFT, pitch = CELL_PITCH * page->closer;

	for (size_t i = 0; i < n; i++) {
		bool label = head || (n == 2 && i == 0);

		cells[i] = wrapped(page, texts[i], widths[i] - 2 * CELL_PAD, CELL_SIZE, 0, label);
		height = MAX(height, pango_layout_get_line_count(cells[i]) * pitch + 2 * CELL_PAD - 1);
	}
	if (n == 2)
		unit(page, height, false);
	else
		need(page, height);
	cairo_set_line_width(page->cr, 0.6);
	for (size_t i = 0; i < n; i++) {
		double lines = pango_layout_get_line_count(cells[i]) * pitch;

		cairo_new_path(page->cr);
		cairo_rectangle(page->cr, x, page->y, widths[i], height);
		cairo_stroke(page->cr);
		show_cell(page, cells[i], x + CELL_PAD, page->y + (height - lines) / 2);
		g_object_unref(cells[i]);
		x += widths[i];
	}
	page->y += height;
}

/* Who did it stands under the body it was done for. */
static void step_row(struct page *page, const zhen_pdf_block *block, const double *widths)
{
	char *who = g_strconcat(block->text[1], block->text[3][0] != '\0' ? "\n" : "", block->text[3], NULL);
	const char *const cells[STEP_CELLS] = { block->text[0], who, block->text[2], block->text[4] };

	table_row(page, cells, widths, STEP_CELLS, false);
	g_free(who);
}

/* Large enough to be read from a step away. */
static void large_code(struct page *page, const char *url)
{
	double side = zhen_mark_qr_side(url) * LARGE;

	unit(page, side + LINE_PITCH, false);
	cairo_save(page->cr);
	cairo_translate(page->cr, LEFT + (TEXT_WIDTH - side) / 2, page->y);
	cairo_scale(page->cr, LARGE, LARGE);
	zhen_mark_qr(page->cr, 0, 0, url);
	cairo_restore(page->cr);
	cairo_set_source_rgb(page->cr, 0, 0, 0);
	page->y += side + LINE_PITCH;
}

static void blocks(struct page *page)
{
	static const double fact_widths[] = { 118, TEXT_WIDTH - 118 };
	static const double step_widths[STEP_CELLS] = { 66, 148, TEXT_WIDTH - 66 - 148 - 92, 92 };
	static const char *const step_head[STEP_CELLS] = { "环节", "办理机构、经办人", "办理意见", "日期" };

	for (size_t i = 0; i < page->sheet->n_blocks; i++) {
		const zhen_pdf_block *block = &page->sheet->blocks[i];
		bool first = i == 0 || page->sheet->blocks[i - 1].kind != block->kind;
		bool table = block->kind == ZHEN_PDF_FACT || block->kind == ZHEN_PDF_STEP;

		if (first && table)
			page->y += 4;
		if (block->kind == ZHEN_PDF_PARAGRAPH)
			paragraph(page, block->text[0], 2 * BODY_SIZE, false);
		else if (block->kind == ZHEN_PDF_HEADING) {
			bool steps = i + 1 < page->sheet->n_blocks && page->sheet->blocks[i + 1].kind == ZHEN_PDF_STEP;

			/* Not alone at the foot of a page: a table brings its head and a row. */
			need(page, ((steps ? 7 : 3) * LINE_PITCH + HEADING_SPACE) * page->closer);
			if (page->y > TOP && i > 0)
				page->y += HEADING_SPACE * page->closer;
			paragraph(page, block->text[0], 0, true);
		} else if (block->kind == ZHEN_PDF_FACT)
			table_row(page, block->text, fact_widths, 2, false);
		else if (block->kind == ZHEN_PDF_CODE)
			large_code(page, block->text[0]);
		else {
			int before = page->number;

			unit(page, 4 * CELL_PITCH, false);
			if (first || page->number != before) /* the head again over the page */
				table_row(page, step_head, step_widths, STEP_CELLS, true);
			step_row(page, block, step_widths);
		}
		bool last = i + 1 == page->sheet->n_blocks || page->sheet->blocks[i + 1].kind != block->kind;
		if (table && last)
			page->y += 10;
	}
}

static bool is_there(const char *text)
{
	return text != NULL && text[0] != '\0';
}

static void qr(struct page *page, double top, double side)
{
	char code[80];

	zhen_mark_qr(page->cr, LEFT - 9.6, top, page->sheet->verify_url); /* the quiet zone may stand in the margin */
	snprintf(code, sizeof(code), "验证码 %s", page->sheet->code != NULL ? page->sheet->code : "");
	cairo_set_source_rgb(page->cr, 0, 0, 0);
	/* Without a code to be verified by, it leads to what is printed here. */
	line_at(page, is_there(page->sheet->code) ? "扫码验证真伪" : "扫码查看", LEFT - 9.6, top + side - 2, side, 0.5, 9, false);
	if (is_there(page->sheet->code))
		line_at(page, code, LEFT - 9.6, top + side + 12, side, 0.5, 9, false);
}

/* How much of the text it has above it. */
static int signature(struct page *page)
{
	bool has_qr = is_there(page->sheet->verify_url);
	double side = has_qr ? zhen_mark_qr_side(page->sheet->verify_url) : 0;
	double height = MAX(side + 34, 2 * SEAL_RADIUS + 10);

	need(page, height + 14);
	double top = page->y + 14;
	if (has_qr)
		qr(page, top, side);
	cairo_set_source_rgb(page->cr, 0, 0, 0);

	double centre = LEFT + TEXT_WIDTH - SEAL_RADIUS - 34, middle = top + height / 2 - 6;
	double width = 2 * SEAL_RADIUS + 68;
	line_at(page, page->sheet->issuer, centre - width / 2, middle - 16, width, 0.5, BODY_SIZE, false);
	line_at(page, page->sheet->dated, centre - width / 2, middle + 16, width, 0.5, BODY_SIZE, false);
	if (is_there(page->sheet->seal))
		zhen_mark_seal(page->cr, page->context, centre, middle + 8, SEAL_RADIUS, page->sheet->issuer,
		               page->sheet->seal);
	page->y = top + height;
	return page->on_page;
}

static bool font_is_there(PangoContext *context)
{
	PangoFontDescription *wanted = pango_font_description_from_string(FONT_FAMILY);
	PangoFont *font = pango_context_load_font(context, wanted);
	PangoFontDescription *found = font != NULL ? pango_font_describe(font) : NULL;
	bool there = found != NULL && strstr(pango_font_description_get_family(found), "CJK") != NULL;

	pango_font_description_free(wanted);
	if (found != NULL)
		pango_font_description_free(found);
	if (font != NULL)
		g_object_unref(font);
	return there;
}

/* Nothing rounded to pixels: the same layout whatever the machine's font settings. */
static void exact(PangoContext *context)
{
	cairo_font_options_t *options = cairo_font_options_create();

	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	pango_cairo_context_set_font_options(context, options);
	cairo_font_options_destroy(options);
	pango_cairo_context_set_resolution(context, 72);
	pango_context_set_language(context, pango_language_from_string("zh-CN"));
	pango_context_set_round_glyph_positions(context, FALSE);
}

/* Sets the sheet; how many lines and rows stand with the signature. */
static int set(struct page *page)
{
	char addressee[256];
	int with;

	begin_page(page);
	head(page);
	if (is_there(page->sheet->addressee)) {
		snprintf(addressee, sizeof(addressee), "%s：", page->sheet->addressee);
		paragraph(page, addressee, 0, false);
	}
	blocks(page);
	with = signature(page);
	cairo_show_page(page->cr);
	return with;
}

/* The same without ink. */
static int try(struct page *page, PangoContext *context, const zhen_pdf_sheet *sheet, double closer)
{
	cairo_surface_t *nowhere = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, NULL);
	int with;

	*page = (struct page){ .cr = cairo_create(nowhere), .context = context, .sheet = sheet, .closer = closer, .break_at = NO_BREAK };
	with = set(page);
	cairo_destroy(page->cr);
	cairo_surface_destroy(nowhere);
	return with;
}

/* A heading goes over with what it heads. */
static int break_before_seal(const struct page *page)
{
	int at = page->units - WITH_SEAL;

	while (at > 0 && page->units - at < 64 && (page->headings >> (page->units - at) & 1) != 0)
		at--;
	return at > 0 ? at : NO_BREAK;
}

static void draw(cairo_t *cr, PangoContext *context, const zhen_pdf_sheet *sheet)
{
	struct page page, tried, closer;

	page = (struct page){ .cr = cr, .context = context, .sheet = sheet, .closer = 1, .break_at = NO_BREAK };
	if (try(&tried, context, sheet, 1) < WITH_SEAL && tried.number > 1) {
		if (try(&closer, context, sheet, CLOSER) >= WITH_SEAL || closer.number == 1)
			page.closer = CLOSER;
		else
			page.break_at = break_before_seal(&tried);
	}
	set(&page);
}

void *zhen_pdf_render(const zhen_pdf_sheet *sheet, size_t *out_length, char *problem, size_t problem_size)
{
	struct bytes bytes = { 0 };

	LOOK_AWAY();
	FcInit(); /* here; else pango would do it on a thread of its own */
	/* A map of our own: the default one belongs to the thread and would stay with it. */
	PangoFontMap *map = pango_cairo_font_map_new();
	PangoContext *context = pango_font_map_create_context(map);
	cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(collect, &bytes, PAGE_WIDTH, PAGE_HEIGHT);
	cairo_t *cr = cairo_create(surface);
	bool there;

	exact(context);
	there = font_is_there(context);
	LOOK_AGAIN();
	if (there) {
		cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, sheet->title);
		cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, sheet->number);
		cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, sheet->issuer);
		cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, sheet->made_on);
		draw(cr, context, sheet);
	}
	cairo_destroy(cr);
	LOOK_AWAY();
	cairo_surface_finish(surface);
	LOOK_AGAIN();
	cairo_status_t status = cairo_surface_status(surface);
	cairo_surface_destroy(surface);
	g_object_unref(context);
	g_object_unref(map);
	if (there && status == CAIRO_STATUS_SUCCESS) {
		*out_length = bytes.length;
		return bytes.data;
	}
	snprintf(problem, problem_size, "%s", there ? cairo_status_to_string(status) : "未安装字体 " FONT_FAMILY);
	free(bytes.data);
	return NULL;
}
