/* SPDX-License-Identifier: Apache-2.0
 * Documents in two steps. The call assigns number, date and code and commits everything that will be printed; a job
 * draws it from that row, signs it and only then is it issued. Drawn again after a crash, it is the same bytes. */
#include "approvals.h"

#include <stdlib.h>

#include "pdf.h"

static const struct {
	const char *name, *title, *series;
} kinds[N_DOCUMENT_KINDS] = {
	[DOCUMENT_RECEIPT] = { "receipt", "行政许可申请受理通知书", "receipt" },
	[DOCUMENT_SUPPLEMENT] = { "supplement", "行政许可申请材料补正告知书", "supplement" },
	[DOCUMENT_CORRECTION] = { "correction", "行政许可申请材料当场更正告知书", "correction" },
	[DOCUMENT_REFUSAL] = { "refusal", "行政许可申请不予受理通知书", "refusal" },
	[DOCUMENT_NOT_NEEDED] = { "not_needed", "无需办理行政许可告知书", "not_needed" },
	[DOCUMENT_SUSPENSION] = { "suspension", "行政许可期限扣除告知书", "suspension" },
	[DOCUMENT_EXTENSION] = { "extension", "延长行政许可办理期限告知书", "extension" },
	[DOCUMENT_DECISION] = { "decision", "准予行政许可决定书", "decision" },
	[DOCUMENT_REJECTION] = { "rejection", "不予行政许可决定书", "rejection" },
	[DOCUMENT_WITHDRAWAL] = { "withdrawal", "撤销行政许可决定书", "withdrawal" },
};

json_t *sheet_new(void)
{
	return json_array();
}

void sheet_paragraph(json_t *sheet, const char *text)
{
	if (text[0] != '\0')
		json_array_append_new(sheet, json_pack("{s:s}", "paragraph", text));
}

void sheet_heading(json_t *sheet, const char *text)
{
	json_array_append_new(sheet, json_pack("{s:s}", "heading", text));
}

void sheet_fact(json_t *sheet, const char *label, const char *text)
{
	json_array_append_new(sheet, json_pack("{s:s, s:s}", "fact", label, "text", text));
}

void sheet_step(json_t *sheet, const char *title, const char *body, const char *opinion, const char *names,
                const char *date)
{
	json_array_append_new(sheet, json_pack("{s:s, s:s, s:s, s:s, s:s}", "step", title, "body", body, "opinion", opinion,
	                                       "names", names, "date", date));
}

/* A text with one word replaced by a name of a place. */
static const char *with_county(zhen_call *call, const char *text, const char *county)
{
	const char *word = strstr(text, "{county}");

	if (word == NULL)
		return text;
	return with_county(call,
	                   zhen_format(call, "%.*s%s%s", (int)(word - text), text, county, word + strlen("{county}")),
	                   county);
}

const char *document_remedies(zhen_call *call, const struct matter *matter)
{
	json_auto_t *content = item_content(call, matter->item);
	const zhen_division *county = call->host->division_above(call, matter->township, 3);

	return with_county(call, zhen_format(call, "%s", item_text(content, "remedies.text")),
	                   county != NULL ? county->name : "上一级");
}

static const char *issuer_name(zhen_call *call, const char *township, const zhen_body *body)
{
	const zhen_division *county = call->host->division_above(call, township, 3);

	return zhen_format(call, "%s%s", county != NULL ? county->name : "", body != NULL ? body->name : "");
}

const char *document_new(zhen_call *call, const struct matter *matter, enum document_kind kind, json_t *sheet)
{
	const zhen_body *body = call->host->body_of(call, "government", matter->township);
	const char *issuer = issuer_name(call, matter->township, body);
	const char *number = series_next(call, kinds[kind].series, body != NULL ? body->id : matter->window, matter->township);
	const char *seed = or_empty(call->host->random_code(call, 24));
	const char *code = code_from_seed(call, seed, number);
	json_auto_t *content = json_pack(
		"{s:s, s:s, s:s, s:s, s:o, s:s, s:s, s:s, s:b, s:I}", "issuer", issuer, "title", kinds[kind].title, "number", number,
		"addressee", matter->applicant, "blocks", sheet, "dated", chinese_date(call, zhen_now(call)), "seal",
		"行政审批专用章", "base_url", or_empty(call->host->base_url(call)), "sample",
		or_empty(zhen_setting_text(call, "signer"))[0] == '\0', "made_at", (json_int_t)zhen_now(call));
	char *text = content != NULL ? json_dumps(content, JSON_COMPACT) : NULL;

	int64_t id = zhen_insert(
		call,
		"INSERT INTO document(matter, township, kind, title, number, body, body_name, dated_on, code_seed, code_digest, "
		"content, state, digest, signature, made_at, issued_at, withdrawn_at, withdrawn_why) "
		"VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'rendering', '', '', $12, 0, 0, '') RETURNING id",
		matter->id, matter->township, kinds[kind].name, kinds[kind].title, number, body != NULL ? body->id : "", issuer,
		date_of_ms(call, zhen_now(call)), seed, code_digest(call, number, code), or_empty(text), zhen_now(call));
	free(text);
	zhen_enqueue(call, "render_document", "document", id);
	return number;
}

zhen_result document_tell(zhen_call *call, const struct matter *matter, enum document_kind kind, json_t *sheet,
                          const char *topic)
{
	zhen_put(call, "document", document_new(call, matter, kind, sheet));
	if (topic != NULL)
		matter_emit(call, matter, topic);
	return matter_reply(call, matter);
}

static const char *text_of(const json_t *object, const char *key)
{
	return or_empty(json_string_value(json_object_get(object, key)));
}

static struct pdf_block *blocks_of(zhen_call *call, const json_t *list, const char *query_code)
{
	struct pdf_block *blocks = (struct pdf_block *)zhen_alloc(call, (json_array_size(list) + 1) * sizeof(*blocks));
	size_t i;
	json_t *row;

	json_array_foreach(list, i, row) {
		static const char *const words[] = { "paragraph", "heading", "fact", "step" };

		for (uint32_t kind = 0; kind < sizeof(words) / sizeof(words[0]); kind++) {
			if (json_object_get(row, words[kind]) == NULL)
				continue;
			blocks[i].kind = (enum pdf_kind)kind;
			blocks[i].text[0] = text_of(row, words[kind]);
		}
		if (blocks[i].kind == PDF_FACT)
			blocks[i].text[1] = text_of(row, "text");
		if (blocks[i].kind == PDF_STEP) {
			blocks[i].text[1] = text_of(row, "body");
			blocks[i].text[2] = text_of(row, "opinion");
			blocks[i].text[3] = text_of(row, "names");
			blocks[i].text[4] = text_of(row, "date");
		}
		for (size_t k = 0; k < PDF_TEXTS; k++) {
			const char *word = blocks[i].text[k] != NULL ? strstr(blocks[i].text[k], "{query_code}") : NULL;

			if (word != NULL)
				blocks[i].text[k] =
					zhen_format(call, "%.*s%s%s", (int)(word - blocks[i].text[k]),
				                    blocks[i].text[k], query_code, word + strlen("{query_code}"));
		}
	}
	return blocks;
}

static const zhen_row *rendering_row(zhen_call *call)
{
	return zhen_one(call,
	                "SELECT d.id AS id, d.number AS number, d.kind AS kind, d.body AS body, d.body_name AS body_name, "
	                "d.dated_on AS dated_on, d.code_seed AS code_seed, d.content AS content, d.matter AS matter, "
	                "m.number AS matter_number, m.code_seed AS matter_seed FROM document d JOIN matter m ON m.id = d.matter "
	                "WHERE d.id = $1 AND d.state = 'rendering'",
	                zhen_int(call, "document"));
}

/* Pool thread: draws from the committed row and stores the bytes. Assigns nothing. */
zhen_result render_prepare(zhen_call *call)
{
	const zhen_row *row = rendering_row(call);

	if (row == NULL)
		return zhen_ok(call);
	json_auto_t *content = json_loads(or_empty(zhen_column_text(row, "content")), 0, NULL);
	const char *number = or_empty(zhen_column_text(row, "number"));
	const char *code = code_from_seed(call, or_empty(zhen_column_text(row, "code_seed")), number);
	const char *query = code_from_seed(call, or_empty(zhen_column_text(row, "matter_seed")),
	                                   or_empty(zhen_column_text(row, "matter_number")));
	struct pdf_sheet sheet = {
		.issuer = text_of(content, "issuer"),
		.title = text_of(content, "title"),
		.number = number,
		.addressee = text_of(content, "addressee"),
		.blocks = blocks_of(call, json_object_get(content, "blocks"), query),
		.n_blocks = json_array_size(json_object_get(content, "blocks")),
		.dated = text_of(content, "dated"),
		.seal = text_of(content, "seal"),
		.code = code,
		.verify_url = zhen_format(call, "%s/p/approvals/verify?number=%s&code=%s", text_of(content, "base_url"),
		                          percent_encoded(call, number), code),
		.sample = json_is_true(json_object_get(content, "sample")),
		.made_on = zhen_format(call, "%sT00:00:00+08:00", or_empty(zhen_column_text(row, "dated_on"))),
	};
	size_t length;
	char problem[200] = "";
	void *bytes = pdf_render(&sheet, &length, problem, sizeof(problem));

	if (bytes == NULL)
		return zhen_fail(call, ZHEN_INTERNAL, "not-rendered", "文书未能生成：%s", problem);
	const char *digest = call->host->blob_put(call, bytes, length);
	free(bytes);
	call->host->carry(call, "digest", zhen_from_text(digest));
	return zhen_ok(call);
}

zhen_result render_document(zhen_call *call)
{
	const zhen_row *row = rendering_row(call);
	struct matter matter;

	if (row == NULL) /* done by an earlier run */
		return call->host->reply(call, ZHEN_NO_CONTENT);
	const char *digest = or_empty(zhen_text(call, "digest"));
	const char *number = or_empty(zhen_column_text(row, "number"));
	int64_t id = zhen_column_int(row, "id");
	if (digest[0] == '\0')
		return zhen_fail(call, ZHEN_INTERNAL, "not-rendered", "文书 %s 没有生成", number);
	const char *signature = call->host->sign(
		call, zhen_format(call, "%s|%s|%s", number, digest, or_empty(zhen_column_text(row, "dated_on"))));
	call->host->subject(call, number);
	call->host->blob_keep(call, digest, number);
	zhen_run(call,
	         "UPDATE document SET state = 'issued', digest = $1, signature = $2, issued_at = $3 WHERE id = $4",
	         digest, or_empty(signature), zhen_now(call), id);
	zhen_insert(call,
	            "INSERT INTO seal_use(document, body, seal, digest, account, at) VALUES($1, $2, $3, $4, $5, $6) RETURNING id",
	            id, or_empty(zhen_column_text(row, "body")),
	            zhen_format(call, "%s行政审批专用章", or_empty(zhen_column_text(row, "body_name"))), digest,
	            zhen_get_caller(call)->account, zhen_now(call));
	bool decision = strcmp(or_empty(zhen_column_text(row, "kind")), "decision") == 0;
	if (decision && matter_load(call, zhen_column_int(row, "matter"), &matter) && matter.state == STATE_ISSUING) {
		matter_set_state(call, &matter, STATE_ISSUED);
		matter_note(call, &matter, "issued", number);
		matter_emit(call, &matter, "approvals.case.issued");
	}
	return call->host->reply(call, ZHEN_NO_CONTENT);
}

/* With the code by anybody who holds the document; by staff within their scope. Only what is issued is served. */
zhen_result get_document(zhen_call *call)
{
	const char *number = or_empty(zhen_text(call, "number"));
	const zhen_row *row;

	if (zhen_has(call, "code"))
		row = zhen_one(call, "SELECT digest, state FROM document WHERE number = $1 AND code_digest = $2",
		               number, code_digest(call, number, zhen_text(call, "code")));
	else if (zhen_may(call, "approvals.read"))
		row = zhen_one(call, "SELECT digest, state FROM document WHERE number = $1 AND {{scope township}}",
		               number);
	else
		row = NULL;
	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "编号与验证码不相符");
	if (strcmp(or_empty(zhen_column_text(row, "state")), "rendering") == 0)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-issued", "文书正在生成，请稍后再取");
	return call->host->send_blob(call, zhen_column_text(row, "digest"), "application/pdf",
	                             zhen_format(call, "%s.pdf", number));
}
