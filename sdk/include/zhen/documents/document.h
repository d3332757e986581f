/* SPDX-License-Identifier: Apache-2.0
 * Documents in two steps. The call assigns number, date and code and commits everything that will be printed; a job draws
 * it from that row, signs it, and only then is it issued. Drawn again after a crash, it is the same bytes.
 *
 * A document carries two proofs. The host's own signature vouches for the row (number, digest, date). A detached SM2
 * signature with SM3 (GM/T 0003, 0004, 0009) lies beside the PDF where the host has an SM2 key (zhenctl key new, or
 * [host] sm2_key): anybody checks it without us, with the public key of zhenctl key show,
 *
 *	openssl dgst -sm3 -verify sm2.pub.pem -sigopt distid:1234567812345678 -signature 文书.pdf.sig 文书.pdf
 *
 * where the certificate is configured instead, its public key is what openssl x509 -pubkey -noout -in CERTIFICATE writes.
 * Law: 国务院令716 8–12 (electronic seals and files have force when they comply). The seal drawn here is a picture, so a
 * document says 示例 until a signer is configured: the setting "signer", and the certificate of the host's key ([host]
 * sm2_certificate), both. */
#ifndef ZHEN_DOCUMENTS_DOCUMENT_H
#define ZHEN_DOCUMENTS_DOCUMENT_H

#include <zhen/documents/sheet.h>

#ifdef __cplusplus
extern "C" {
#endif

/* matter = row of the plugin's case, 0 = of none. state: waiting (for its seal), rendering, issued, withdrawn. sm2 = digest of the detached
 * signature's blob, "" = not signed so. */
#define ZHEN_DOCUMENTS_SQL                                                                                             \
	"CREATE TABLE document(id {{id}}, matter BIGINT NOT NULL, township TEXT NOT NULL, kind TEXT NOT NULL, "        \
	"title TEXT NOT NULL, number TEXT NOT NULL, body TEXT NOT NULL, body_name TEXT NOT NULL, "                     \
	"dated_on TEXT NOT NULL, code_seed TEXT NOT NULL, code_digest TEXT NOT NULL, content TEXT NOT NULL, "          \
	"state TEXT NOT NULL, digest TEXT NOT NULL, signature TEXT NOT NULL, sm2 TEXT NOT NULL, made_at BIGINT NOT NULL, " \
	"issued_at BIGINT NOT NULL, withdrawn_at BIGINT NOT NULL, withdrawn_why TEXT NOT NULL);"                       \
	"CREATE INDEX document_number ON document(number);"                                                            \
	"CREATE INDEX document_matter ON document(matter, id);"                                                        \
	"CREATE INDEX document_digest ON document(digest);"                                                            \
	"CREATE TABLE seal_use(id {{id}}, document BIGINT NOT NULL, body TEXT NOT NULL, seal TEXT NOT NULL, "          \
	"digest TEXT NOT NULL, account TEXT NOT NULL, at BIGINT NOT NULL)"

/* The plugin's job: its handle calls zhen_document_issue. */
#define ZHEN_DOCUMENT_JOB(handle_) \
	{ .name = "render_document", .prepare = zhen_document_prepare, .handle = handle_, .summary = "生成并签发文书" }
#define ZHEN_SIGNER_SETTING                            \
	{ .key = "signer", .type = ZHEN_TEXT, .def = "", \
	  .help = "电子印章服务；不填，或者主机没有配置签名证书，文书印有“示例”，不具法律效力" }

typedef struct zhen_document {
	int64_t matter;
	const char *township;
	const char *kind;        /* as stored: "decision" */
	const char *title;       /* 准予行政许可决定书 */
	const char *series;      /* of its number */
	const char *issuer_kind; /* kind of the body that issues it, nearest upwards; NULL = "government" */
	const char *series_body; /* whose series when there is no such body; NULL = "" */
	const char *addressee;   /* NULL = nobody */
	const char *seal;        /* 行政审批专用章; NULL = none, or not yet */
	bool waits;              /* for its seal: drawn when zhen_document_release says so */
	const char *verify_path; /* "/p/approvals/verify" */
	/* "{query_code}" in a text becomes this matter's code (zhen_code_of), drawn but never stored. NULL = none. */
	const char *query_seed;
	const char *query_number;
	zhen_sheet *sheet;       /* taken over */
} zhen_document;

/* First step: writes the row, arranges the job. The number; @out_id may be NULL. */
const char *zhen_document_new(zhen_call *call, const zhen_document *document, int64_t *out_id);
/* A document that waits gets its seal, by the account @keeper, and is drawn. False: it does not wait. */
bool zhen_document_release(zhen_call *call, int64_t id, const char *seal, const char *keeper);
/* What zhen_document_new would store, of a document that has no number and day yet; takes the sheet over. */
const char *zhen_document_content(zhen_call *call, const zhen_document *document);
/* In a job's prepare: draws stored content as a draft, without seal, code and query code. Digest of the blob; NULL = refused. */
const char *zhen_document_draft(zhen_call *call, const char *content);
/* Whether what is made now is marked 示例. Needs ZHEN_SIGNER_SETTING. */
bool zhen_documents_are_samples(zhen_call *call);

typedef struct zhen_document_issued {
	int64_t id; /* 0 = an earlier run did it */
	int64_t matter;
	const char *kind;
	const char *number;
} zhen_document_issued;

/* Second step: draws and signs on a pool thread, assigns nothing. */
zhen_handle zhen_document_prepare;
/* Second step, the write: issued, the seal's log. 0, or the refusal. */
zhen_result zhen_document_issue(zhen_call *call, zhen_document_issued *out);
void zhen_document_withdraw(zhen_call *call, int64_t id, const char *why);

/* ---- handlers for the plugin's routes, and their fields ---- */

/* GET /documents/{number}: the PDF, to whoever has the code, to staff with @permission within their scope. */
extern const zhen_field zhen_document_fields[];
zhen_result zhen_document_send(zhen_call *call, const char *permission);
/* GET /documents/{number}/signature: the detached SM2 signature (DER), to the same people. 404 "not-signed". */
zhen_result zhen_document_send_signature(zhen_call *call, const char *permission);
/* GET /verify: the page behind the QR code; without number and code it asks for them. */
extern const zhen_field zhen_verify_get_fields[];
extern const zhen_field zhen_verify_reply[];
zhen_handle zhen_verify;
/* The same; what is genuine and sealed is said to be @result, with @title: expired, ended otherwise than by withdrawal (NULL =
 * as it stands). @result is one of the choices of the plugin's own reply. */
zhen_result zhen_verify_as(zhen_call *call, const char *result, const char *title);
/* POST /verify with the file: is this file that document, byte by byte. */
extern const zhen_field zhen_verify_fields[];
zhen_handle zhen_verify_file;
/* The same, as zhen_verify_as; one that was withdrawn is refused as "document-withdrawn" with @title. */
zhen_result zhen_verify_file_as(zhen_call *call, const char *result, const char *title);

#ifdef __cplusplus
}
#endif

#endif
