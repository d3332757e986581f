/* SPDX-License-Identifier: Apache-2.0
 * The page by itself: the same bytes again, text that can be copied, a code that can be read. */
#include <criterion/criterion.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include <zhen/documents/pdf.h>

#define URL "http://127.0.0.1:8080/p/approvals/verify?number=%E6%B0%B8%E6%94%BF%E5%AE%A1%E3%80%942026%E3%80%9512%E5%8F%B7&code=K7M2P9QX4T"

static zhen_pdf_sheet sheet_of(const zhen_pdf_block *blocks, size_t n)
{
	return (zhen_pdf_sheet){ .issuer = "永仁县永定镇人民政府", .title = "准予行政许可决定书", .number = "永政审〔2026〕12号",
		                   .addressee = "李阿福", .blocks = blocks, .n_blocks = n, .dated = "2026年9月29日",
		                   .seal = "行政审批专用章", .code = "K7M2P9QX4T", .verify_url = URL,
		                   .made_on = "2026-09-29T00:00:00+08:00", .sample = true };
}

static const zhen_pdf_block blocks[] = {
	{ ZHEN_PDF_PARAGRAPH, { "经审查，申请符合法定条件、标准，决定准予许可：" } },
	{ ZHEN_PDF_FACT, { "申请户主", "李阿福（家庭成员4人）" } },
	{ ZHEN_PDF_HEADING, { "办理过程" } },
	{ ZHEN_PDF_STEP, { "宅基地审批", "永定镇农业农村办公室", "同意", "王一", "2026年9月21日" } },
};

static char *output_of(const char *command)
{
	char *text = NULL;
	int status = 0;

	cr_assert(g_spawn_command_line_sync(command, &text, NULL, &status, NULL) && status == 0, "%s", command);
	return text;
}

Test(pdf, rendered_again_it_is_the_same_bytes)
{
	zhen_pdf_sheet sheet = sheet_of(blocks, G_N_ELEMENTS(blocks));
	size_t first_length = 0, second_length = 0;
	char problem[200] = "";
	char *first = zhen_pdf_render(&sheet, &first_length, problem, sizeof(problem));
	char *second = zhen_pdf_render(&sheet, &second_length, problem, sizeof(problem));

	cr_assert(first != NULL && second != NULL, "%s", problem);
	cr_expect_eq(first_length, second_length);
	cr_expect_eq(memcmp(first, second, first_length), 0);
	free(first);
	free(second);
}

Test(pdf, text_and_code_can_be_read_from_the_page)
{
	static const char *const words[] = { "永政审〔2026〕12号", "李阿福", "宅基地审批", "永定镇农业农村办公室", "2026年9月21日", "示例" };
	zhen_pdf_sheet sheet = sheet_of(blocks, G_N_ELEMENTS(blocks));
	size_t length = 0;
	char problem[200] = "";
	char *bytes = zhen_pdf_render(&sheet, &length, problem, sizeof(problem));
	g_autofree char *dir = g_dir_make_tmp("zhen-pdf-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "a.pdf", NULL), *image = g_build_filename(dir, "a.png", NULL);
	g_autofree char *to_text = g_strdup_printf("pdftotext -layout %s -", path);
	g_autofree char *to_image = g_strdup_printf("pdftoppm -r 150 -png -singlefile %s %s/a", path, dir);
	g_autofree char *read_code = g_strdup_printf("zbarimg -q --raw %s", image);

	cr_assert_not_null(bytes, "%s", problem);
	g_file_set_contents(path, bytes, (gssize)length, NULL);
	free(bytes);
	g_autofree char *text = output_of(to_text);
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		cr_expect_not_null(strstr(text, words[i]), "%s", words[i]);
	g_free(output_of(to_image));
	g_autofree char *code = output_of(read_code);
	cr_expect_str_eq(g_strchomp(code), URL);
	g_unlink(path);
	g_unlink(image);
	g_rmdir(dir);
}

/* What a line lacks is spread over it; in Chinese its only space would else be a gap of a hand's breadth. */
Test(pdf, a_line_fills_its_width_without_a_gap)
{
	static const zhen_pdf_block hours[] = {
		{ ZHEN_PDF_PARAGRAPH, { "永定镇便民服务中心（示例）（示例路1号）综合窗口；工作日 8:30–11:30，14:00–17:30" } },
	};
	zhen_pdf_sheet sheet = sheet_of(hours, G_N_ELEMENTS(hours));
	size_t length = 0;
	char problem[200] = "";
	char *bytes = zhen_pdf_render(&sheet, &length, problem, sizeof(problem));
	g_autofree char *dir = g_dir_make_tmp("zhen-pdf-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "a.pdf", NULL);
	g_autofree char *to_text = g_strdup_printf("pdftotext -layout %s -", path);
	g_autofree char *to_boxes = g_strdup_printf("pdftotext -bbox %s -", path);

	cr_assert_not_null(bytes, "%s", problem);
	g_file_set_contents(path, bytes, (gssize)length, NULL);
	free(bytes);
	g_autofree char *text = output_of(to_text), *boxes = output_of(to_boxes);
	cr_expect_not_null(strstr(text, "；工作日 8:30–\n"), "%s", text);
	const char *last = strstr(boxes, ">8:30–<");
	cr_assert_not_null(last, "%s", boxes);
	const char *right = g_strrstr_len(boxes, last - boxes, "xMax=\"");
	cr_expect_float_eq(g_ascii_strtod(right + strlen("xMax=\""), NULL), 523.28, 0.5, "%.40s", right);
	g_unlink(path);
	g_rmdir(dir);
}

/* Words of the last page that are text: neither head, foot, signature nor code. */
static char *last_page_of(const char *path)
{
	g_autofree char *command = g_strdup_printf("pdftotext -layout %s -", path);
	g_autofree char *text = output_of(command);
	g_auto(GStrv) pages = g_strsplit(text, "\f", -1);
	guint n = g_strv_length(pages);

	return g_strdup_printf("%u:%s", n - 1, pages[n - 2]);
}

static guint lines_with(const char *text, const char *word)
{
	guint n = 0;

	for (const char *p = text; (p = strstr(p, word)) != NULL; p++)
		n++;
	return n;
}

Test(pdf, the_seal_never_stands_on_a_page_without_text)
{
	g_autofree char *dir = g_dir_make_tmp("zhen-pdf-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "a.pdf", NULL);
	guint over = 0;

	/* Every number of lines and rows from one page to two, with and without a table of steps, with a heading before the last. */
	for (guint n = 1; n < 70; n++) {
		static const zhen_pdf_block line = { ZHEN_PDF_PARAGRAPH, { "正文一行" } }, fact = { ZHEN_PDF_FACT, { "要素", "正文一格" } },
					    step = { ZHEN_PDF_STEP, { "环节", "机构", "正文一步", "王一", "2026年9月21日" } },
					    title = { ZHEN_PDF_HEADING, { "标题" } };
		zhen_pdf_block many[220];
		guint used = 0;
		size_t length = 0;
		char problem[200] = "";

		for (guint i = 0; i < n; i++)
			many[used++] = n % 3 == 0 ? line : n % 3 == 1 ? fact : i % 40 < 30 ? line : step;
		if (n % 2 == 0) {
			many[used++] = title;
			many[used++] = line;
		}
		zhen_pdf_sheet sheet = sheet_of(many, used);
		char *bytes = zhen_pdf_render(&sheet, &length, problem, sizeof(problem));
		cr_assert_not_null(bytes, "%s", problem);
		g_file_set_contents(path, bytes, (gssize)length, NULL);
		free(bytes);
		g_autofree char *last = last_page_of(path);
		guint lines = lines_with(last, "正文") + lines_with(last, "标题");

		over += atoi(last) > 1;
		cr_expect(lines >= 2 || (atoi(last) == 1 && n < 2), "%u blocks: %u lines beside the seal\n%s", n, lines,
		          last);
		cr_expect_not_null(strstr(last, "2026年9月29日"), "%u blocks: the signature is not on the last page",
		                   n);
		cr_expect(strstr(last, "标题") == NULL || strstr(strstr(last, "标题"), "正文") != NULL,
		          "%u blocks: a heading alone", n);
	}
	cr_expect(over > 20, "%u of more than one page", over);
	g_unlink(path);
	g_rmdir(dir);
}

Test(pdf, long_tables_go_over_pages_and_the_signature_stays_whole)
{
	zhen_pdf_block many[80];
	size_t length = 0;
	char problem[200] = "";

	for (size_t i = 0; i < G_N_ELEMENTS(many); i++)
		many[i] = blocks[3];
	zhen_pdf_sheet sheet = sheet_of(many, G_N_ELEMENTS(many));
	char *bytes = zhen_pdf_render(&sheet, &length, problem, sizeof(problem));
	cr_assert_not_null(bytes, "%s", problem);
	cr_expect_gt(length, 10000);
	free(bytes);
}
