/* SPDX-License-Identifier: Apache-2.0
 * The page behind the QR code: is this document what it says, and is this file that document. */
#include "approvals.h"

#define CHECK_MS ((int64_t)3600000)

static const zhen_row *by_code(zhen_call *call)
{
	const char *number = or_empty(zhen_text(call, "number"));

	return zhen_one(call,
	                "SELECT id, title, number, body_name, dated_on, state, digest, signature, withdrawn_at FROM document "
	                "WHERE number = $1 AND code_digest = $2",
	                number, code_digest(call, number, or_empty(zhen_text(call, "code"))));
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

static const char *verdict(zhen_call *call, const zhen_row *row)
{
	const char *state = or_empty(zhen_column_text(row, "state"));

	if (row == NULL || strcmp(state, "rendering") == 0 || !is_vouched(call, row))
		return "unknown";
	return strcmp(state, "withdrawn") == 0 ? "withdrawn" : "valid";
}

zhen_result verify(zhen_call *call)
{
	/* The page that asks. */
	if (!zhen_has(call, "number") && !zhen_has(call, "code")) {
		zhen_put(call, "hint", "请扫描文书上的二维码，或输入文号和验证码");
		return zhen_ok(call);
	}
	const zhen_row *row = by_code(call);
	const char *result = verdict(call, row);
	bool known = strcmp(result, "unknown") != 0;

	zhen_put(call, "result", result);
	zhen_put(call, "result_title",
	         !known ? "查无此件：编号或验证码不符，或文书尚未签发" :
	         strcmp(result, "valid") == 0 ? "有效：本件由所列机关签发" : "已撤销：本件曾经签发，现已失效");
	if (!known)
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
	zhen_put(call, "ticket", call->host->ticket(call, zhen_column_text(row, "number"), CHECK_MS));
	return zhen_ok(call);
}

zhen_result verify_file(zhen_call *call)
{
	const zhen_row *row = by_code(call);
	const char *digest = or_empty(zhen_text(call, "file"));
	const char *result = verdict(call, row);

	if (strcmp(result, "unknown") == 0)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "编号与验证码不相符");
	call->host->subject(call, or_empty(zhen_column_text(row, "number")));
	if (strcmp(digest, or_empty(zhen_column_text(row, "digest"))) != 0) {
		if (zhen_one(call, "SELECT id FROM document WHERE digest = $1", digest) != NULL)
			return zhen_fail(call, ZHEN_CONFLICT, "document-of-another", "这个文件是另一份文书，不是 %s",
			                 zhen_column_text(row, "number"));
		return zhen_fail(call, ZHEN_CONFLICT, "document-changed", "这个文件与签发的 %s 不一致，内容已被改动",
		                 zhen_column_text(row, "number"));
	}
	if (strcmp(result, "withdrawn") == 0)
		return zhen_fail(call, ZHEN_GONE, "document-withdrawn", "%s 已被撤销，不再有效",
		                 zhen_column_text(row, "number"));
	zhen_put(call, "result", "valid");
	zhen_put(call, "result_title", "有效：文件与签发的原件逐字节一致");
	zhen_put(call, "number", zhen_column_text(row, "number"));
	zhen_put(call, "title", zhen_column_text(row, "title"));
	zhen_put(call, "issuer", zhen_column_text(row, "body_name"));
	return zhen_ok(call);
}
