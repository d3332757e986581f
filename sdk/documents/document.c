/* SPDX-License-Identifier: Apache-2.0
 * The row that is committed first, and the bytes that a job draws from it. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <zhen/casework.h>
#include <zhen/documents.h>

#include "../casework/text.h"

static const char *issuer_name(zhen_call *call, const char *township, const zhen_body *body)
{
	const zhen_division *county = call->host->division_above(call, township, 3);

	return zhen_format(call, "%s%s", county != NULL ? county->name : "", body != NULL ? body->name : "");
}

/* A key that somebody made here is nobody's: whose it is says a certificate. */
static bool signer_is_certified(zhen_call *call)
{
	return ZHEN_HOST_HAS(call, sm2_public) &&
	       strstr(or_empty(call->host->sm2_public(call)), "-----BEGIN CERTIFICATE-----") != NULL;
}

static bool host_signs(zhen_call *call)
{
	return ZHEN_HOST_HAS(call, sm2_public) && or_empty(call->host->sm2_public(call))[0] != '\0';
}

bool zhen_documents_are_samples(zhen_call *call)
{
	return or_empty(zhen_setting_text(call, "signer"))[0] == '\0' || !signer_is_certified(call);
}

/* Everything printed that is no column of its own. */
static char *content_of(zhen_call *call, const zhen_document *document, const char *issuer, const char *number,
                        const char *dated)
{
	json_t *content = json_pack(
		"{s:s, s:s, s:s, s:s, s:o, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:I}", "issuer", issuer, "title", document->title,
		"number", number, "addressee", or_empty(document->addressee), "blocks", document->sheet, "dated",
		dated, "seal", or_empty(document->seal), "base_url",
		or_empty(call->host->base_url(call)), "verify", or_empty(document->verify_path), "query_seed",
		or_empty(document->query_seed), "query_number", or_empty(document->query_number), "sample",
		zhen_documents_are_samples(call), "made_at", (json_int_t)zhen_now(call));
	char *text = content != NULL ? json_dumps(content, JSON_COMPACT) : NULL;

	json_decref(content);
	return text;
}

static const zhen_body *issuer_of(zhen_call *call, const zhen_document *document)
{
	return call->host->body_of(call, document->issuer_kind != NULL ? document->issuer_kind : "government",
	                           document->township);
}

const char *zhen_document_content(zhen_call *call, const zhen_document *document)
{
	const char *issuer = issuer_name(call, document->township, issuer_of(call, document));
	char *text = content_of(call, document, issuer, "（用印时编号）", "（用印之日）");
	const char *kept = zhen_format(call, "%s", or_empty(text));

	free(text);
	return kept;
}

const char *zhen_document_new(zhen_call *call, const zhen_document *document, int64_t *out_id)
{
	const zhen_body *body = issuer_of(call, document);
	const char *issuer = issuer_name(call, document->township, body);
	const char *number = zhen_series_next(call, document->series, body != NULL ? body->id : or_empty(document->series_body),
	                                      document->township);
	const char *seed = zhen_code_seed(call);
	const char *code = zhen_code_of(call, seed, number);
	char *text = content_of(call, document, issuer, number, zhen_chinese_date(call, zhen_now(call)));

	int64_t id = zhen_insert(
		call,
		"INSERT INTO document(matter, township, kind, title, number, body, body_name, dated_on, code_seed, code_digest, "
		"content, state, digest, signature, sm2, made_at, issued_at, withdrawn_at, withdrawn_why) "
		"VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $13, '', '', '', $12, 0, 0, '') RETURNING id",
		document->matter, document->township, document->kind, document->title, number, body != NULL ? body->id : "",
		issuer, zhen_date_of_ms(call, zhen_now(call)), seed, zhen_code_digest(call, number, code), or_empty(text),
		zhen_now(call), document->waits ? "waiting" : "rendering");
	free(text);
	if (!document->waits)
		zhen_enqueue(call, "render_document", "document", id);
	if (out_id != NULL)
		*out_id = id;
	return number;
}

bool zhen_document_release(zhen_call *call, int64_t id, const char *seal, const char *keeper)
{
	const zhen_row *row = zhen_one(call, "SELECT content FROM document WHERE id = $1 AND state = 'waiting'", id);
	json_auto_t *content = json_loads(or_empty(zhen_column_text(row, "content")), 0, NULL);

	if (content == NULL)
		return false;
	json_object_set_new(content, "seal", json_string(seal));
	json_object_set_new(content, "sealed_by", json_string(keeper));
	char *text = json_dumps(content, JSON_COMPACT);
	zhen_run(call, "UPDATE document SET content = $1, state = 'rendering' WHERE id = $2", or_empty(text), id);
	free(text);
	zhen_enqueue(call, "render_document", "document", id);
	return true;
}

/* ---- the second step ---- */

static const char *text_of(const json_t *object, const char *key)
{
	return or_empty(json_string_value(json_object_get(object, key)));
}

static zhen_pdf_block *blocks_of(zhen_call *call, const json_t *list, const char *query_code)
{
	zhen_pdf_block *blocks = (zhen_pdf_block *)zhen_alloc(call, (json_array_size(list) + 1) * sizeof(*blocks));
	size_t i;
	json_t *row;

	json_array_foreach(list, i, row) {
		static const char *const words[] = { "paragraph", "heading", "fact", "step" };

		for (uint32_t kind = 0; kind < sizeof(words) / sizeof(words[0]); kind++) {
			if (json_object_get(row, words[kind]) == NULL)
				continue;
			blocks[i].kind = (enum zhen_pdf_kind)kind;
			blocks[i].text[0] = text_of(row, words[kind]);
		}
		if (blocks[i].kind == ZHEN_PDF_FACT)
			blocks[i].text[1] = text_of(row, "text");
		if (blocks[i].kind == ZHEN_PDF_STEP) {
			blocks[i].text[1] = text_of(row, "body");
			blocks[i].text[2] = text_of(row, "opinion");
			blocks[i].text[3] = text_of(row, "names");
			blocks[i].text[4] = text_of(row, "date");
		}
		for (size_t k = 0; k < ZHEN_PDF_TEXTS; k++) {
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
	                "SELECT id, number, kind, body, body_name, dated_on, code_seed, content, matter FROM document "
	                "WHERE id = $1 AND state = 'rendering'",
	                zhen_int(call, "document"));
}

static const char *query_code(zhen_call *call, const json_t *content)
{
	const char *seed = text_of(content, "query_seed");

	return seed[0] != '\0' ? zhen_code_of(call, seed, text_of(content, "query_number")) : "";
}

static const char *verify_url(zhen_call *call, const json_t *content, const char *number, const char *code)
{
	if (text_of(content, "verify")[0] == '\0')
		return "";
	return zhen_format(call, "%s%s?number=%s&code=%s", text_of(content, "base_url"), text_of(content, "verify"),
	                   zhen_percent_encoded(call, number), code);
}

static void *render(zhen_call *call, const zhen_row *row, size_t *length, char *problem, size_t size)
{
	json_auto_t *content = json_loads(or_empty(zhen_column_text(row, "content")), 0, NULL);
	const char *number = or_empty(zhen_column_text(row, "number"));
	const char *code = zhen_code_of(call, or_empty(zhen_column_text(row, "code_seed")), number);
	zhen_pdf_sheet sheet = {
		.issuer = text_of(content, "issuer"),
		.title = text_of(content, "title"),
		.number = number,
		.addressee = text_of(content, "addressee"),
		.blocks = blocks_of(call, json_object_get(content, "blocks"), query_code(call, content)),
		.n_blocks = json_array_size(json_object_get(content, "blocks")),
		.dated = text_of(content, "dated"),
		.seal = text_of(content, "seal"),
		.code = code,
		.verify_url = verify_url(call, content, number, code),
		.sample = json_is_true(json_object_get(content, "sample")),
		.made_on = zhen_format(call, "%sT00:00:00+08:00", or_empty(zhen_column_text(row, "dated_on"))),
	};

	return zhen_pdf_render(&sheet, length, problem, size);
}

const char *zhen_document_draft(zhen_call *call, const char *text)
{
	json_auto_t *content = json_loads(or_empty(text), 0, NULL);
	size_t length;
	char problem[200] = "";
	zhen_pdf_sheet sheet = {
		.issuer = text_of(content, "issuer"),
		.title = text_of(content, "title"),
		.number = text_of(content, "number"),
		.addressee = text_of(content, "addressee"),
		.blocks = blocks_of(call, json_object_get(content, "blocks"), "（用印后印出）"),
		.n_blocks = json_array_size(json_object_get(content, "blocks")),
		.dated = text_of(content, "dated"),
		.made_on = zhen_format(call, "%sT00:00:00+08:00", zhen_date_of_ms(call, zhen_now(call))),
		.draft = true,
	};
	void *bytes = zhen_pdf_render(&sheet, &length, problem, sizeof(problem));

	if (bytes == NULL) {
		zhen_fail(call, ZHEN_INTERNAL, "not-rendered", "草稿未能生成：%s", problem);
		return NULL;
	}
	const char *digest = call->host->blob_put(call, bytes, length);
	free(bytes);
	return digest;
}

/* Over the very bytes of the file, so that it is checked with the file alone. Where the host has no key, none. */
static void sign(zhen_call *call, const void *bytes, size_t length)
{
	size_t signature_length = 0;
	const void *signature = host_signs(call) ? call->host->sign_sm2(call, bytes, length, &signature_length) : NULL;

	if (signature != NULL)
		call->host->carry(call, "sm2", zhen_from_text(call->host->blob_put(call, signature, signature_length)));
}

zhen_result zhen_document_prepare(zhen_call *call)
{
	const zhen_row *row = rendering_row(call);
	size_t length;
	char problem[200] = "";

	if (row == NULL)
		return zhen_ok(call);
	void *bytes = render(call, row, &length, problem, sizeof(problem));
	if (bytes == NULL)
		return zhen_fail(call, ZHEN_INTERNAL, "not-rendered", "文书未能生成：%s", problem);
	const char *digest = call->host->blob_put(call, bytes, length);
	sign(call, bytes, length);
	free(bytes);
	call->host->carry(call, "digest", zhen_from_text(digest));
	return zhen_ok(call);
}

/* The log of the seal: which one, on what, by whose hand. */
static void log_seal(zhen_call *call, const zhen_row *row, const char *digest)
{
	json_auto_t *content = json_loads(or_empty(zhen_column_text(row, "content")), 0, NULL);
	const char *seal = text_of(content, "seal"), *keeper = text_of(content, "sealed_by");

	if (seal[0] == '\0')
		return;
	zhen_insert(call,
	            "INSERT INTO seal_use(document, body, seal, digest, account, at) VALUES($1, $2, $3, $4, $5, $6) RETURNING id",
	            zhen_column_int(row, "id"), or_empty(zhen_column_text(row, "body")),
	            zhen_format(call, "%s%s", or_empty(zhen_column_text(row, "body_name")), seal), digest,
	            keeper[0] != '\0' ? keeper : zhen_get_caller(call)->account, zhen_now(call));
}

zhen_result zhen_document_issue(zhen_call *call, zhen_document_issued *out)
{
	const zhen_row *row = rendering_row(call);

	*out = (zhen_document_issued){ .kind = "", .number = "" };
	if (row == NULL) /* done by an earlier run */
		return 0;
	const char *digest = or_empty(zhen_text(call, "digest")), *sm2 = or_empty(zhen_text(call, "sm2"));
	const char *number = or_empty(zhen_column_text(row, "number"));
	if (digest[0] == '\0')
		return zhen_fail(call, ZHEN_INTERNAL, "not-rendered", "文书 %s 没有生成", number);
	const char *signature = call->host->sign(
		call, zhen_format(call, "%s|%s|%s", number, digest, or_empty(zhen_column_text(row, "dated_on"))));
	*out = (zhen_document_issued){
		.id = zhen_column_int(row, "id"),
		.matter = zhen_column_int(row, "matter"),
		.kind = or_empty(zhen_column_text(row, "kind")),
		.number = number,
	};
	call->host->subject(call, number);
	call->host->blob_keep(call, digest, number);
	if (sm2[0] != '\0')
		call->host->blob_keep(call, sm2, number);
	zhen_run(call,
	         "UPDATE document SET state = 'issued', digest = $1, signature = $2, sm2 = $3, issued_at = $4 WHERE id = $5",
	         digest, or_empty(signature), sm2, zhen_now(call), out->id);
	log_seal(call, row, digest);
	return 0;
}

void zhen_document_withdraw(zhen_call *call, int64_t id, const char *why)
{
	zhen_run(call, "UPDATE document SET state = 'withdrawn', withdrawn_at = $1, withdrawn_why = $2 WHERE id = $3",
	         zhen_now(call), or_empty(why), id);
}
