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

static void code(struct page *page, const char *url)
{
	if (page->n < BLOCKS_MAX)
		page->blocks[page->n++] = (zhen_pdf_block){ .kind = ZHEN_PDF_CODE, .text = { url } };
}

static void fact(struct page *page, const char *label, const char *text)
{
	if (page->n < BLOCKS_MAX && text[0] != '\0')
		page->blocks[page->n++] = (zhen_pdf_block){ .kind = ZHEN_PDF_FACT, .text = { label, text } };
}

/* The five questions, and the form filled in. */
static void add_questions(struct page *page, const json_t *content, const struct office *office)
{
	json_auto_t *sample = guide_sample(page->call, content);
	size_t i;
	json_t *one;

	for (i = 0; i < N_QUESTIONS; i++) {
		heading(page, guide_questions[i].title);
		paragraph(page, guide_questions[i].answer(page->call, content, office));
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

/* "乡（镇）人民政府" is whichever township's one comes to; @office NULL: of none. */
static const char *body_name(const json_t *content, const struct office *office)
{
	const char *name = item_text(content, "body.name");
	bool any = strncmp(name, "乡镇", strlen("乡镇")) == 0 || strncmp(name, "乡（镇）", strlen("乡（镇）")) == 0;

	return any && office != NULL && office->government[0] != '\0' ? office->government : name;
}

static void add_facts(struct page *page, const json_t *content, const struct office *office)
{
	zhen_call *call = page->call;
	int64_t fee = item_number(content, "fee.amount_fen");

	fact(page, "事项编码", item_text(content, "code"));
	fact(page, "事项类型", item_text(content, "type"));
	fact(page, "办理方式",
	     zhen_format(call, "%s（%s）", item_text(content, "mode"), item_text(content, "handling")));
	fact(page, "实施主体", zhen_format(call, "%s", body_name(content, office)));
	fact(page, "法定时限",
	     zhen_format(call, "%lld%s", (long long)item_number(content, "statutory.days"),
	                 item_text(content, "statutory.unit")));
	fact(page, "承诺时限", guide_promise(call, item_number(content, "promised.days"), item_text(content, "promised.unit")));
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

/* On top: where this township does it, and whom to call. */
static void add_office(struct page *page, const struct office *office)
{
	fact(page, "乡镇（街道）", office->name);
	fact(page, "办理窗口", zhen_format(page->call, "%s综合窗口", office->window));
	fact(page, "地址", office->address);
	fact(page, "电话", office->phone);
	fact(page, "办公时间", office->hours);
	fact(page, "窗口责任人", office->person);
}

/* @office NULL: for no township. */
static const char *draw_item(zhen_call *call, const zhen_row *row, const struct office *office)
{
	struct page *page = (struct page *)zhen_alloc(call, sizeof(*page));
	json_auto_t *content = json_loads(or_empty(zhen_column_text(row, "content")), 0, NULL);
	const char *code = zhen_percent_encoded(call, or_empty(zhen_column_text(row, "code")));
	struct office own;
	/* A township's own version names it, whoever asks. */
	const struct office *whose = office != NULL ? office :
	                             office_of(call, or_empty(zhen_column_text(row, "division")), &own) ? &own : NULL;

	page->call = call;
	if (office != NULL) {
		paragraph(page, power_missing(call, office->township, item_text(content, "duty")));
		add_office(page, office);
	}
	add_questions(page, content, office);
	heading(page, "事项要素");
	add_facts(page, content, whose);
	add_bases(page, content);
	paragraph(page, item_text(content, "status"));
	return draw(page, office != NULL ? office->window : zhen_format(call, "%s", body_name(content, whose)),
	            zhen_format(call, "%s办事指南", or_empty(zhen_column_text(row, "name"))),
	            zhen_format(call, "%s/p/approvals/items/%s%s%s", or_empty(call->host->base_url(call)), code,
	                        office != NULL ? "?at=" : "", office != NULL ? office->township : ""),
	            zhen_date_of_ms(call, zhen_column_int(row, "published_at")));
}

/* For which township, which stands in that field; NULL = for none. */
static const struct office *office_asked(zhen_call *call, const char *field)
{
	struct office *office = (struct office *)zhen_alloc(call, sizeof(*office));
	const char *at = or_empty(zhen_text(call, field));

	return at[0] != '\0' && office_of(call, at, office) ? office : NULL;
}

/* Changes when what a guide says of its township does. */
static const char *stamp_of(zhen_call *call, const struct office *office)
{
	const char *said = office == NULL ? "" : zhen_format(call, "%s|%s|%s|%s|%s|%s|%s", office->government, office->window,
	                                                     office->address, office->phone, office->hours, office->person,
	                                                     powers_stamp(call, office->township));

	return office == NULL ? "" : or_empty(call->host->sm3(call, said, strlen(said)));
}

static const char *township_of(const struct office *office)
{
	return office != NULL ? office->township : "";
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
	"SELECT i.id AS id, i.code AS code, i.name AS name, i.version AS version, COALESCE(g.digest, '') AS guide, i.content AS " \
	"content, i.division AS division, i.published_at AS published_at, v.cases AS cases FROM volume v JOIN item i ON i.id = " \
	"(SELECT n.id FROM item n WHERE n.code = v.code AND n.in_force = 1 ORDER BY CASE WHEN $1 BETWEEN n.division AND n.upto THEN 0 ELSE 1 END, " \
	"n.division DESC LIMIT 1) " \
	"LEFT JOIN guide g ON g.item = i.id AND g.division = $4 AND g.stamp = $5 " \
	"WHERE v.division = $1 AND v.year = $2 ORDER BY v.cases DESC, v.code LIMIT $3"
#define ONE_SQL                                                                                                           \
	"SELECT i.id AS id, i.code AS code, i.name AS name, i.version AS version, COALESCE(g.digest, '') AS guide, i.content AS " \
	"content, i.division AS division, i.published_at AS published_at FROM item i LEFT JOIN guide g ON g.item = i.id " \
	"AND g.division = $2 AND g.stamp = $3 WHERE i.id = $1"

static const zhen_row *one_item(zhen_call *call, const struct office *office)
{
	return zhen_one(call, ONE_SQL,
	                item_asked(call, or_empty(zhen_text(call, "code")), zhen_int(call, "version"),
	                           or_empty(zhen_text(call, "at"))),
	                township_of(office), stamp_of(call, office));
}

static void carry(zhen_call *call, int64_t n, const zhen_row *row, const struct office *office)
{
	if (or_empty(zhen_column_text(row, "guide"))[0] == '\0')
		call->host->carry(call, zhen_format(call, "drawn%lld", (long long)n),
		                  zhen_from_text(zhen_format(call, "%lld %s", (long long)zhen_column_int(row, "id"),
		                                             draw_item(call, row, office))));
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
	bool top = zhen_has(call, "division");
	const struct office *office = office_asked(call, top ? "division" : "at");
	int64_t n = 0;

	if (top) {
		int64_t began = passed_ms();

		/* As many as a request may take; who asked asks again for the rest. */
		ZHEN_FOR_EACH (call, row, TOP_SQL, zhen_text(call, "division"), top_year(call), top_count(call),
		               township_of(office), stamp_of(call, office))
			if (passed_ms() - began < DRAW_MS)
				carry(call, n++, row, office);
		return zhen_ok(call);
	}
	const zhen_row *row = one_item(call, office);
	if (row != NULL)
		carry(call, 0, row, office);
	return zhen_ok(call);
}

/* Instead of the one before, where an office moved. */
static void keep_one(zhen_call *call, int64_t item, const char *digest, const struct office *office)
{
	const char *at = township_of(office), *subject = zhen_format(call, "guide-%lld%s", (long long)item, at);
	const char *old = or_empty(zhen_column_text(
		zhen_one(call, "SELECT digest FROM guide WHERE item = $1 AND division = $2", item, at), "digest"));

	if (old[0] != '\0' && strcmp(old, digest) != 0)
		call->host->blob_drop(call, old, subject);
	call->host->blob_keep(call, digest, subject);
	zhen_run(call,
	         "INSERT INTO guide(item, division, stamp, digest) VALUES($1, $2, $3, $4) {{upsert item, division}} "
	         "stamp = excluded.stamp, digest = excluded.digest",
	         item, at, stamp_of(call, office), digest);
}

static int64_t keep_drawn(zhen_call *call, int64_t most, const struct office *office)
{
	int64_t kept = 0;

	for (int64_t i = 0; i < most; i++) {
		const char *name = zhen_format(call, "drawn%lld", (long long)i);
		const char *text = or_empty(zhen_text(call, name)), *digest = strchr(text, ' ');

		if (digest == NULL || digest[1] == '\0')
			continue;
		keep_one(call, strtoll(text, NULL, 10), digest + 1, office);
		kept++;
	}
	return kept;
}

zhen_result draw_guide(zhen_call *call)
{
	const struct office *office = office_asked(call, "at");
	const char *code = or_empty(zhen_text(call, "code"));

	keep_drawn(call, 1, office);
	const zhen_row *row = one_item(call, office);
	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这个事项或版本");
	zhen_put(call, "drawn", (int64_t)1);
	zhen_put(call, "href",
	         zhen_format(call, "/p/approvals/items/%s/guide?version=%lld%s%s", zhen_percent_encoded(call, code),
	                     (long long)zhen_column_int(row, "version"), office != NULL ? "&at=" : "", township_of(office)));
	return zhen_ok(call);
}

zhen_result send_guide(zhen_call *call)
{
	const struct office *office = office_asked(call, "at");
	const zhen_row *row = one_item(call, office);

	if (row == NULL || or_empty(zhen_column_text(row, "guide"))[0] == '\0')
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-drawn", "办事指南尚未印制，请在事项页面选择“打印办事指南”");
	return call->host->send_blob(call, zhen_column_text(row, "guide"), "application/pdf",
	                             zhen_format(call, "%s%s办事指南.pdf", office != NULL ? office->name : "",
	                                         zhen_column_text(row, "name")));
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
	const struct office *office = office_asked(call, "division");
	zhen_open_list(call, "items");
	ZHEN_FOR_EACH (call, row, TOP_SQL, division, top_year(call), top_count(call), township_of(office),
	               stamp_of(call, office)) {
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
			         zhen_format(call, "/p/approvals/items/%s/guide%s%s", zhen_percent_encoded(call, code),
			                     office != NULL ? "?at=" : "", township_of(office)));
		zhen_close(call);
	}
	zhen_close(call);
	return zhen_ok(call);
}

zhen_result print_top(zhen_call *call)
{
	const struct office *office = office_asked(call, "division");
	int64_t left = 0;

	zhen_put(call, "drawn", keep_drawn(call, 200, office));
	ZHEN_FOR_EACH (call, row, TOP_SQL, zhen_text(call, "division"), top_year(call), top_count(call),
	               township_of(office), stamp_of(call, office))
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

	ZHEN_FOR_EACH (call, row, TOP_SQL, division, top_year(call), top_count(call), "", "")
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
	paragraph(page, "扫码查看现行政务服务事项清单：到哪办、找谁办、怎么办、要哪些资料、怎么填。无需登录。");
	/* On top: the first page is the one that hangs on the board. */
	code(page, zhen_format(call, "%s/p/approvals/lists/%s", or_empty(call->host->base_url(call)), division));
	struct office office;
	if (office_of(call, division, &office))
		add_office(page, &office);
	heading(page, "事项和办理方式");
	ZHEN_FOR_EACH(call, row, "SELECT i.name AS name, i.mode AS mode FROM offer_item o JOIN item i ON i.id = o.item "
	                         "WHERE o.offer = $1 ORDER BY o.seq LIMIT 150", zhen_column_int(offer, "id"))
		fact(page, or_empty(zhen_column_text(row, "name")),
		     strcmp(or_empty(zhen_column_text(row, "mode")), "direct") == 0 ? "直办" :
		     strcmp(or_empty(zhen_column_text(row, "mode")), "agent") == 0 ? "代办" : "陪办");
	call->host->carry(call, "digest",
	                  zhen_from_text(draw(page, at->name, "政务服务事项清单", NULL, today_of(call))));
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
	zhen_put(call, "href", zhen_format(call, "/p/approvals/posters/%s", division));
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
