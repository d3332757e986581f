/* SPDX-License-Identifier: Apache-2.0
 * Guides on paper, drawn from the very object the flow runs on; the poster with the QR code of a list; which items are asked for
 * most. Drawn on a pool thread, once per version, and kept. */
#include "items.h"

#include <stdlib.h>
#include <time.h>

#define BLOCKS_MAX 200
#define DRAW_MS 3000

struct page {
	zhen_call *call;
	zhen_pdf_block blocks[BLOCKS_MAX];
	size_t n;
};

static void heading(struct page *page, const char *text)
{
	if (page->n < BLOCKS_MAX)
		page->blocks[page->n++] = (zhen_pdf_block){ .kind = ZHEN_PDF_HEADING, .text = { text } };
}

static void paragraph(struct page *page, const char *text)
{
	if (page->n < BLOCKS_MAX && text[0] != '\0')
		page->blocks[page->n++] = (zhen_pdf_block){ .kind = ZHEN_PDF_PARAGRAPH, .text = { text } };
}

static void fact(struct page *page, const char *label, const char *text)
{
	if (page->n < BLOCKS_MAX && text[0] != '\0')
		page->blocks[page->n++] = (zhen_pdf_block){ .kind = ZHEN_PDF_FACT, .text = { label, text } };
}

/* The five questions, and the form filled in. */
static void add_questions(struct page *page, const json_t *content)
{
	json_auto_t *sample = guide_sample(page->call, content);
	size_t i;
	json_t *one;

	for (i = 0; i < N_QUESTIONS; i++) {
		heading(page, guide_questions[i].title);
		paragraph(page, guide_questions[i].answer(page->call, content));
	}
	json_array_foreach(sample, i, one)
		fact(page, zhen_format(page->call, "%s", item_text(one, "label")), zhen_format(page->call, "%s", item_text(one, "value")));
}

static void add_bases(struct page *page, const json_t *content)
{
	zhen_call *call = page->call;
	size_t i;
	json_t *one;

	heading(page, "设定依据");
	json_array_foreach(item_at(content, "legal_bases"), i, one)
		paragraph(page, zhen_format(call, "%zu．%s%s", i + 1, item_text(one, "title"), item_text(one, "article")));
}

static void add_facts(struct page *page, const json_t *content)
{
	zhen_call *call = page->call;
	int64_t fee = item_number(content, "fee.amount_fen");

	fact(page, "事项编码", item_text(content, "code"));
	fact(page, "事项类型", item_text(content, "type"));
	fact(page, "办理方式",
	     zhen_format(call, "%s（%s）", item_text(content, "mode"), item_text(content, "handling")));
	fact(page, "实施主体", item_text(content, "body.name"));
	fact(page, "法定时限",
	     zhen_format(call, "%lld%s", (long long)item_number(content, "statutory.days"),
	                 item_text(content, "statutory.unit")));
	fact(page, "承诺时限",
	     item_number(content, "promised.days") == 0 ? "当场办结" :
	     zhen_format(call, "%lld%s", (long long)item_number(content, "promised.days"), item_text(content, "promised.unit")));
	fact(page, "收费", fee == 0 ? "不收费" : zhen_format(call, "%lld.%02lld元（%s）", (long long)(fee / 100), (long long)(fee % 100),
	                                                      item_text(content, "fee.basis")));
	fact(page, "复议和诉讼", zhen_format(call, "%s；%s", item_text(content, "remedies.reconsideration"),
	                                      item_text(content, "remedies.litigation")));
}

/* Stores the bytes; "" = the failure was said. */
static const char *draw(struct page *page, const char *issuer, const char *title, const char *url, const char *made_on)
{
	char problem[200] = "";
	size_t length;
	zhen_pdf_sheet sheet = {
		.issuer = issuer, .title = title, .number = "", .blocks = page->blocks, .n_blocks = page->n,
		.dated = zhen_chinese_date(page->call, zhen_calendar_ms_of_day(zhen_calendar_parse_date(made_on))), .verify_url = url,
		.made_on = zhen_format(page->call, "%sT00:00:00+08:00", made_on),
		.sample = zhen_documents_are_samples(page->call),
	};
	void *bytes = zhen_pdf_render(&sheet, &length, problem, sizeof(problem));

	if (bytes == NULL) {
		zhen_fail(page->call, ZHEN_INTERNAL, "not-rendered", "未能生成：%s", problem);
		return "";
	}
	const char *digest = or_empty(page->call->host->blob_put(page->call, bytes, length));
	free(bytes);
	return digest;
}

static const char *draw_item(zhen_call *call, const zhen_row *row)
{
	struct page *page = (struct page *)zhen_alloc(call, sizeof(*page));
	json_auto_t *content = json_loads(or_empty(zhen_column_text(row, "content")), 0, NULL);
	const char *code = zhen_percent_encoded(call, or_empty(zhen_column_text(row, "code")));

	page->call = call;
	add_questions(page, content);
	heading(page, "事项要素");
	add_facts(page, content);
	add_bases(page, content);
	paragraph(page, item_text(content, "status"));
	return draw(page, zhen_format(call, "%s", item_text(content, "body.name")),
	            zhen_format(call, "%s办事指南", or_empty(zhen_column_text(row, "name"))),
	            zhen_format(call, "%s/p/approvals/items/%s", or_empty(call->host->base_url(call)), code),
	            zhen_date_of_ms(call, zhen_column_int(row, "published_at")));
}

static int64_t top_count(zhen_call *call)
{
	return zhen_has(call, "n") ? zhen_int(call, "n") : zhen_setting_int(call, "top_items");
}

static int64_t top_year(zhen_call *call)
{
	return zhen_has(call, "year") ? zhen_int(call, "year") : zhen_calendar_year_of(zhen_calendar_day_of_ms(zhen_now(call)));
}

#define TOP_SQL                                                                                                          \
	"SELECT i.id AS id, i.code AS code, i.name AS name, i.version AS version, i.guide AS guide, i.content AS content, " \
	"i.published_at AS published_at, v.cases AS cases FROM volume v JOIN item i ON i.code = v.code AND i.in_force = 1 " \
	"WHERE v.division = $1 AND v.year = $2 ORDER BY v.cases DESC, v.code LIMIT $3"

static void carry(zhen_call *call, int64_t n, const zhen_row *row)
{
	if (or_empty(zhen_column_text(row, "guide"))[0] == '\0')
		call->host->carry(call, zhen_format(call, "drawn%lld", (long long)n),
		                  zhen_from_text(zhen_format(call, "%lld %s", (long long)zhen_column_int(row, "id"),
		                                             draw_item(call, row))));
}

static int64_t passed_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Pool thread: one item's guide, or those of the items asked for most. */
zhen_result guide_prepare(zhen_call *call)
{
	int64_t n = 0;

	if (zhen_has(call, "division")) {
		int64_t began = passed_ms();

		/* As many as a request may take; who asked asks again for the rest. */
		ZHEN_FOR_EACH(call, row, TOP_SQL, zhen_text(call, "division"), top_year(call), top_count(call))
			if (passed_ms() - began < DRAW_MS)
				carry(call, n++, row);
		return zhen_ok(call);
	}
	const zhen_row *row = zhen_one(call,
	                               "SELECT id, code, name, guide, published_at, content FROM item WHERE code = $1 AND "
	                               "(version = $2 OR ($2 = 0 AND in_force = 1))",
	                               or_empty(zhen_text(call, "code")), zhen_int(call, "version"));
	if (row != NULL)
		carry(call, 0, row);
	return zhen_ok(call);
}

static int64_t keep_drawn(zhen_call *call, int64_t most)
{
	int64_t kept = 0;

	for (int64_t i = 0; i < most; i++) {
		const char *name = zhen_format(call, "drawn%lld", (long long)i);
		const char *text = or_empty(zhen_text(call, name)), *digest = strchr(text, ' ');

		if (digest == NULL || digest[1] == '\0')
			continue;
		int64_t id = strtoll(text, NULL, 10);
		call->host->blob_keep(call, digest + 1, zhen_format(call, "guide-%lld", (long long)id));
		zhen_run(call, "UPDATE item SET guide = $1 WHERE id = $2", digest + 1, id);
		kept++;
	}
	return kept;
}

zhen_result draw_guide(zhen_call *call)
{
	const char *code = or_empty(zhen_text(call, "code"));

	keep_drawn(call, 1);
	const zhen_row *row = zhen_one(call,
	                               "SELECT guide, version FROM item WHERE code = $1 AND (version = $2 OR ($2 = 0 AND in_force = 1))",
	                               code, zhen_int(call, "version"));
	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这个事项或版本");
	zhen_put(call, "drawn", (int64_t)1);
	zhen_put(call, "href",
	         zhen_format(call, "/p/approvals/items/%s/guide?version=%lld", zhen_percent_encoded(call, code),
	                     (long long)zhen_column_int(row, "version")));
	return zhen_ok(call);
}

zhen_result send_guide(zhen_call *call)
{
	const zhen_row *row = zhen_one(
		call, "SELECT name, guide FROM item WHERE code = $1 AND (version = $2 OR ($2 = 0 AND in_force = 1))",
		or_empty(zhen_text(call, "code")), zhen_int(call, "version"));

	if (row == NULL || or_empty(zhen_column_text(row, "guide"))[0] == '\0')
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-drawn", "办事指南尚未印制，请在事项页面选择“打印办事指南”");
	return call->host->send_blob(call, zhen_column_text(row, "guide"), "application/pdf",
	                             zhen_format(call, "%s办事指南.pdf", zhen_column_text(row, "name")));
}

/* ---- what is asked for most ---- */

void volume_add(zhen_call *call, const char *township, const char *code)
{
	int64_t year = zhen_calendar_year_of(zhen_calendar_day_of_ms(zhen_now(call)));

	for (uint32_t level = 2; level <= 4; level++) {
		const zhen_division *at = call->host->division_above(call, township, level);

		if (at != NULL)
			zhen_run(call,
			         "INSERT INTO volume(division, year, code, cases) VALUES($1, $2, $3, 1) "
			         "{{upsert division, year, code}} cases = volume.cases + 1",
			         at->code, year, code);
	}
}

zhen_result list_top(zhen_call *call)
{
	const char *division = or_empty(zhen_text(call, "division"));
	int64_t n = 0;

	zhen_put(call, "division", division);
	zhen_put(call, "year", top_year(call));
	zhen_open_list(call, "items");
	ZHEN_FOR_EACH(call, row, TOP_SQL, division, top_year(call), top_count(call)) {
		bool drawn = or_empty(zhen_column_text(row, "guide"))[0] != '\0';
		const char *code = or_empty(zhen_column_text(row, "code"));

		zhen_open_object(call, NULL);
		zhen_put(call, "rank", ++n);
		zhen_put(call, "code", code);
		zhen_put(call, "name", zhen_column_text(row, "name"));
		zhen_put(call, "cases", zhen_column_int(row, "cases"));
		zhen_put(call, "printable", drawn);
		if (drawn)
			zhen_put(call, "href",
			         zhen_format(call, "/p/approvals/items/%s/guide", zhen_percent_encoded(call, code)));
		zhen_close(call);
	}
	zhen_close(call);
	return zhen_ok(call);
}

zhen_result print_top(zhen_call *call)
{
	int64_t left = 0;

	zhen_put(call, "drawn", keep_drawn(call, 200));
	ZHEN_FOR_EACH(call, row, TOP_SQL, zhen_text(call, "division"), top_year(call), top_count(call))
		left += or_empty(zhen_column_text(row, "guide"))[0] == '\0';
	zhen_put(call, "left", left);
	zhen_put(call, "href",
	         zhen_format(call, "/p/approvals/top?division=%s", or_empty(zhen_text(call, "division"))));
	return zhen_ok(call);
}

/* With a mark in front, by which Excel knows it for UTF-8. */
zhen_result export_top(zhen_call *call)
{
	const char *division = or_empty(zhen_text(call, "division")),
		   *text = "\xEF\xBB\xBF序号,事项编码,事项名称,办件量,办事指南\r\n";
	const zhen_division *township = call->host->division(call, division);
	int64_t n = 0;

	ZHEN_FOR_EACH (call, row, TOP_SQL, division, top_year(call), top_count(call))
		text = zhen_format(call, "%s%lld,\"=\"\"%s\"\"\",%s,%lld,%s/p/approvals/items/%s\r\n", text,
		                   (long long)++n, zhen_column_text(row, "code"), zhen_column_text(row, "name"),
		                   (long long)zhen_column_int(row, "cases"), or_empty(call->host->base_url(call)),
		                   zhen_percent_encoded(call, or_empty(zhen_column_text(row, "code"))));
	const char *digest = or_empty(call->host->blob_put(call, text, strlen(text)));
	int64_t id = zhen_insert(call,
	                         "INSERT INTO export(name, digest, township, account, at) VALUES($1, $2, $3, $4, $5) RETURNING id",
	                         zhen_format(call, "%s高频事项%lld.csv", township != NULL ? township->name : "", (long long)top_year(call)),
	                         digest, division, zhen_get_caller(call)->account, zhen_now(call));
	call->host->blob_keep(call, digest, zhen_format(call, "export-%lld", (long long)id));
	zhen_put(call, "id", id);
	zhen_put(call, "total", n);
	return call->host->reply(call, ZHEN_CREATED);
}

zhen_result send_export(zhen_call *call)
{
	const zhen_row *row = zhen_one(call, "SELECT name, digest FROM export WHERE id = $1 AND account = $2",
	                               zhen_int(call, "id"), zhen_get_caller(call)->account);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这个导出文件，或不是您导出的");
	return call->host->send_blob(call, zhen_column_text(row, "digest"), "text/csv; charset=utf-8",
	                             zhen_column_text(row, "name"));
}

/* ---- the poster on the board: one QR code, the list behind it ---- */

zhen_result poster_prepare(zhen_call *call)
{
	const char *division = or_empty(zhen_text(call, "division"));
	const zhen_division *at = call->host->division(call, division);
	const zhen_row *offer = zhen_one(
		call, "SELECT id FROM offer WHERE division = $1 AND effective_from <= $2 ORDER BY version DESC LIMIT 1",
		division, today_of(call));
	struct page *page = (struct page *)zhen_alloc(call, sizeof(*page));

	if (at == NULL || offer == NULL)
		return zhen_ok(call);
	page->call = call;
	paragraph(page, "扫码查看现行政务服务事项清单：办理流程、申请材料、联系电话。无需登录。");
	ZHEN_FOR_EACH(call, row, "SELECT i.name AS name, i.mode AS mode FROM offer_item o JOIN item i ON i.id = o.item "
	                         "WHERE o.offer = $1 ORDER BY o.seq LIMIT 150", zhen_column_int(offer, "id"))
		fact(page, or_empty(zhen_column_text(row, "name")),
		     strcmp(or_empty(zhen_column_text(row, "mode")), "direct") == 0 ? "直办" :
		     strcmp(or_empty(zhen_column_text(row, "mode")), "agent") == 0 ? "代办" : "陪办");
	call->host->carry(call, "digest",
	                  zhen_from_text(draw(page, at->name, "政务服务事项清单",
	                                      zhen_format(call, "%s/p/approvals/lists/%s",
	                                                  or_empty(call->host->base_url(call)), division),
	                                      today_of(call))));
	return zhen_ok(call);
}

zhen_result draw_poster(zhen_call *call)
{
	const char *division = or_empty(zhen_text(call, "division")), *digest = or_empty(zhen_text(call, "digest"));
	const char *url = zhen_format(call, "%s/p/approvals/lists/%s", or_empty(call->host->base_url(call)), division);

	if (digest[0] == '\0')
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有已公布的事项清单");
	call->host->blob_keep(call, digest, zhen_format(call, "poster-%s", division));
	zhen_run(call,
	         "INSERT INTO poster(division, digest, url, at) VALUES($1, $2, $3, $4) {{upsert division}} digest = excluded.digest, "
	         "url = excluded.url, at = excluded.at",
	         division, digest, url, zhen_now(call));
	zhen_put(call, "drawn", (int64_t)1);
	zhen_put(call, "href", zhen_format(call, "/p/approvals/lists/%s/poster", division));
	return zhen_ok(call);
}

zhen_result send_poster(zhen_call *call)
{
	const zhen_row *row =
		zhen_one(call, "SELECT digest FROM poster WHERE division = $1", or_empty(zhen_text(call, "division")));

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-drawn", "公示栏二维码尚未印制");
	return call->host->send_blob(call, zhen_column_text(row, "digest"), "application/pdf", "政务服务事项清单.pdf");
}
