/* SPDX-License-Identifier: Apache-2.0
 * The page behind the QR code: is this document what it says, and is this file that document. */
#include <string.h>

#include <jansson.h>

#include <zhen/casework.h>
#include <zhen/documents.h>

#include "../casework/text.h"

#define CHECK_MS ((int64_t)3600000)
#define COMMAND \
	"openssl dgst -sm3 -verify sm2.pub.pem -sigopt distid:1234567812345678 -signature 文书.pdf.sig 文书.pdf"

const zhen_field zhen_document_fields[] = {
	{ .name = "number", .type = ZHEN_TEXT, .label = "文号", .flags = ZHEN_REQUIRED, .max = 60 },
	{ .name = "code", .type = ZHEN_SECRET, .label = "验证码" },
	{ 0 },
};

const zhen_field zhen_verify_get_fields[] = {
	{ .name = "number", .type = ZHEN_TEXT, .label = "文号", .max = 60 },
	{ .name = "code", .type = ZHEN_SECRET, .label = "验证码" },
	{ 0 },
};

const zhen_field zhen_verify_fields[] = {
	{ .name = "number", .type = ZHEN_TEXT, .label = "文号", .flags = ZHEN_REQUIRED, .max = 60 },
	{ .name = "code", .type = ZHEN_SECRET, .label = "验证码", .flags = ZHEN_REQUIRED },
	{ .name = "ticket", .type = ZHEN_TEXT, .label = "上传凭据", .flags = ZHEN_HIDDEN, .max = 400 },
	{ .name = "file", .type = ZHEN_FILE, .label = "要核对的文件", .flags = ZHEN_REQUIRED, .max = 10 * 1024 * 1024 },
	{ 0 },
};

#define TEXT(name_, label_) { .name = name_, .type = ZHEN_TEXT, .label = label_ }

const zhen_field zhen_verify_reply[] = {
	TEXT("hint", "提示"),
	{ .name = "result", .type = ZHEN_CHOICE, .label = "结果", .choices = "valid=有效|withdrawn=已撤销|unsealed=无用印记录，无效|unknown=查无此件" },
	TEXT("result_title", "说明"),
	TEXT("number", "文号"),
	TEXT("title", "文书"),
	TEXT("issuer", "签发机关"),
	{ .name = "dated_on", .type = ZHEN_DATE, .label = "日期" },
	{ .name = "withdrawn_at", .type = ZHEN_TIME, .label = "撤销时间" },
	TEXT("digest", "文件摘要（SM3）"),
	{ .name = "digest_algorithm", .type = ZHEN_TEXT, .flags = ZHEN_HIDDEN },
	TEXT("signature", "签名"),
	TEXT("sm2_signature", "SM2签名文件"),
	TEXT("sm2_command", "自行验证的命令"),
	{ .name = "sm2_public_key", .type = ZHEN_LONG_TEXT, .label = "SM2公钥" },
	{ .name = "ticket", .type = ZHEN_TEXT, .flags = ZHEN_HIDDEN },
	{ 0 },
};

/* What a document is served or judged by. */
#define COLUMNS "id, title, number, body_name, dated_on, state, digest, signature, sm2, withdrawn_at, content"

static const zhen_row *by_code(zhen_call *call)
{
	const char *number = or_empty(zhen_text(call, "number"));

	return zhen_one(call, "SELECT " COLUMNS " FROM document WHERE number = $1 AND code_digest = $2", number,
	                zhen_code_digest(call, number, or_empty(zhen_text(call, "code"))));
}

/* With the code by anybody who holds the document; by staff within their scope. */
static const zhen_row *served(zhen_call *call, const char *permission)
{
	if (zhen_has(call, "code"))
		return by_code(call);
	if (!zhen_may(call, permission))
		return NULL;
	return zhen_one(call, "SELECT " COLUMNS " FROM document WHERE number = $1 AND {{scope township}}",
	                or_empty(zhen_text(call, "number")));
}

static zhen_result refuse(zhen_call *call, const zhen_row *row)
{
	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "编号与验证码不相符");
	const char *state = or_empty(zhen_column_text(row, "state"));
	if (strcmp(state, "waiting") == 0)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-issued", "文书正在等待用印，用印后即可下载");
	if (strcmp(state, "rendering") == 0)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-issued", "文书正在生成，请稍后再取");
	return 0;
}

zhen_result zhen_document_send(zhen_call *call, const char *permission)
{
	const zhen_row *row = served(call, permission);
	zhen_result refused = refuse(call, row);

	if (refused != 0)
		return refused;
	return call->host->send_blob(call, zhen_column_text(row, "digest"), "application/pdf",
	                             zhen_format(call, "%s.pdf", or_empty(zhen_column_text(row, "number"))));
}

zhen_result zhen_document_send_signature(zhen_call *call, const char *permission)
{
	const zhen_row *row = served(call, permission);
	zhen_result refused = refuse(call, row);

	if (refused != 0)
		return refused;
	if (or_empty(zhen_column_text(row, "sm2"))[0] == '\0')
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-signed", "%s 没有SM2签名",
		                 or_empty(zhen_column_text(row, "number")));
	return call->host->send_blob(call, zhen_column_text(row, "sm2"), "application/octet-stream",
	                             zhen_format(call, "%s.pdf.sig", or_empty(zhen_column_text(row, "number"))));
}

/* The host's own signature over what was issued: a row changed in the database is not vouched for. */
static bool is_vouched(zhen_call *call, const zhen_row *row)
{
	return call->host->signed_by_host(call,
	                                  zhen_format(call, "%s|%s|%s", or_empty(zhen_column_text(row, "number")),
	                                              or_empty(zhen_column_text(row, "digest")),
	                                              or_empty(zhen_column_text(row, "dated_on"))),
	                                  or_empty(zhen_column_text(row, "signature")));
}

/* A document that bears a seal is only valid with a use of it in the seal's log, for this document and these bytes. */
static bool is_sealed(zhen_call *call, const zhen_row *row)
{
	json_auto_t *content = json_loads(or_empty(zhen_column_text(row, "content")), 0, NULL);

	return or_empty(json_string_value(json_object_get(content, "seal")))[0] == '\0' ||
	       zhen_one(call, "SELECT id FROM seal_use WHERE document = $1 AND digest = $2", zhen_column_int(row, "id"),
	                or_empty(zhen_column_text(row, "digest"))) != NULL;
}

static const char *verdict(zhen_call *call, const zhen_row *row)
{
	const char *state = or_empty(zhen_column_text(row, "state"));

	if (row == NULL || strcmp(state, "waiting") == 0 || strcmp(state, "rendering") == 0 || !is_vouched(call, row))
		return "unknown";
	if (!is_sealed(call, row))
		return "unsealed";
	return strcmp(state, "withdrawn") == 0 ? "withdrawn" : "valid";
}

/* How it is checked without us. */
static void put_sm2(zhen_call *call, const zhen_row *row)
{
	if (or_empty(zhen_column_text(row, "sm2"))[0] == '\0')
		return;
	/* Beside the page that the document's own QR code names. */
	json_auto_t *content = json_loads(or_empty(zhen_column_text(row, "content")), 0, NULL);
	const char *page = or_empty(json_string_value(json_object_get(content, "verify")));
	const char *slash = strrchr(page, '/');
	zhen_put(call, "sm2_signature",
	         zhen_format(call, "%.*s/documents/%s/signature", slash != NULL ? (int)(slash - page) : 0, page,
	                     zhen_percent_encoded(call, or_empty(zhen_column_text(row, "number")))));
	zhen_put(call, "sm2_command", COMMAND);
	if (ZHEN_HOST_HAS(call, sm2_public))
		zhen_put(call, "sm2_public_key", call->host->sm2_public(call));
}

static const char *title_of(const char *verdict)
{
	return strcmp(verdict, "unknown") == 0  ? "查无此件：编号或验证码不符，或文书尚未签发" :
	       strcmp(verdict, "unsealed") == 0 ? "无效：印章的用印记录中没有本件" :
	       strcmp(verdict, "valid") == 0    ? "有效：本件由所列机关签发" :
	                                          "已撤销：本件曾经签发，现已失效";
}

static bool is_genuine(const char *verdict)
{
	return strcmp(verdict, "valid") == 0 || strcmp(verdict, "withdrawn") == 0;
}

zhen_result zhen_verify(zhen_call *call)
{
	return zhen_verify_as(call, NULL, NULL);
}

zhen_result zhen_verify_as(zhen_call *call, const char *result, const char *title)
{
	/* The page that asks. */
	if (!zhen_has(call, "number") && !zhen_has(call, "code")) {
		zhen_put(call, "hint", "请扫描文书上的二维码，或输入文号和验证码");
		return zhen_ok(call);
	}
	const zhen_row *row = by_code(call);
	const char *found = verdict(call, row);
	bool said = result != NULL && is_genuine(found);

	zhen_put(call, "result", said ? result : found);
	zhen_put(call, "result_title", said ? title : title_of(found));
	if (strcmp(found, "unknown") == 0)
		return zhen_ok(call);
	zhen_put(call, "number", zhen_column_text(row, "number"));
	zhen_put(call, "title", zhen_column_text(row, "title"));
	zhen_put(call, "issuer", zhen_column_text(row, "body_name"));
	zhen_put(call, "dated_on", zhen_column_text(row, "dated_on"));
	if (zhen_column_int(row, "withdrawn_at") != 0)
		zhen_put_time(call, "withdrawn_at", zhen_column_int(row, "withdrawn_at"));
	zhen_put(call, "digest", zhen_column_text(row, "digest"));
	zhen_put(call, "digest_algorithm", "SM3");
	zhen_put(call, "signature", zhen_column_text(row, "signature"));
	put_sm2(call, row);
	zhen_put(call, "ticket", call->host->ticket(call, zhen_column_text(row, "number"), CHECK_MS));
	return zhen_ok(call);
}

zhen_result zhen_verify_file(zhen_call *call)
{
	return zhen_verify_file_as(call, NULL, NULL);
}

zhen_result zhen_verify_file_as(zhen_call *call, const char *result, const char *title)
{
	const zhen_row *row = by_code(call);
	const char *digest = or_empty(zhen_text(call, "file"));
	const char *found = verdict(call, row);

	if (strcmp(found, "unknown") == 0)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "编号与验证码不相符");
	call->host->subject(call, or_empty(zhen_column_text(row, "number")));
	if (strcmp(digest, or_empty(zhen_column_text(row, "digest"))) != 0) {
		if (zhen_one(call, "SELECT id FROM document WHERE digest = $1", digest) != NULL)
			return zhen_fail(call, ZHEN_CONFLICT, "document-of-another", "这个文件是另一份文书，不是 %s",
			                 zhen_column_text(row, "number"));
		return zhen_fail(call, ZHEN_CONFLICT, "document-changed", "这个文件与签发的 %s 不一致，内容已被改动",
		                 zhen_column_text(row, "number"));
	}
	if (strcmp(found, "unsealed") == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "document-unsealed", "%s 没有用印记录，无效",
		                 zhen_column_text(row, "number"));
	if (strcmp(found, "withdrawn") == 0)
		return zhen_fail(call, ZHEN_GONE, "document-withdrawn", "%s %s", zhen_column_text(row, "number"),
		                 result != NULL ? title : "已被撤销，不再有效");
	zhen_put(call, "result", result != NULL ? result : "valid");
	zhen_put(call, "result_title",
	         zhen_format(call, "%s：文件与签发的原件逐字节一致", result != NULL ? title : "有效"));
	zhen_put(call, "number", zhen_column_text(row, "number"));
	zhen_put(call, "title", zhen_column_text(row, "title"));
	zhen_put(call, "issuer", zhen_column_text(row, "body_name"));
	return zhen_ok(call);
}
