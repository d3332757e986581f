/* SPDX-License-Identifier: Apache-2.0
 * The documents of a case: their kinds, titles and series. How they are made stands in <zhen/documents/document.h>. */
#include "cases.h"
#include "items.h"
#include "licence.h"

static const struct {
	const char *name, *title, *series;
	const char *plain; /* title where the item is no 行政许可 */
	enum service service;
} kinds[N_DOCUMENT_KINDS] = {
	[DOCUMENT_RECEIPT] = { "receipt", "行政许可申请受理通知书", "receipt", "申请受理通知书", SERVICE_NONE },
	[DOCUMENT_SUPPLEMENT] = { "supplement", "行政许可申请材料补正告知书", "supplement", "申请材料补正告知书", SERVICE_NONE },
	[DOCUMENT_CORRECTION] = { "correction", "行政许可申请材料当场更正告知书", "correction", "申请材料当场更正告知书", SERVICE_NONE },
	[DOCUMENT_REFUSAL] = { "refusal", "行政许可申请不予受理通知书", "refusal", "申请不予受理通知书", SERVICE_RESULT },
	[DOCUMENT_NOT_NEEDED] = { "not_needed", "无需办理行政许可告知书", "not_needed", "无需办理告知书", SERVICE_RESULT },
	[DOCUMENT_SUSPENSION] = { "suspension", "行政许可期限扣除告知书", "suspension", "办理期限扣除告知书", SERVICE_NONE },
	[DOCUMENT_EXTENSION] = { "extension", "延长行政许可办理期限告知书", "extension", "延长办理期限告知书", SERVICE_NONE },
	[DOCUMENT_DECISION] = { "decision", "准予行政许可决定书", "decision", "办理结果决定书", SERVICE_RESULT },
	[DOCUMENT_REJECTION] = { "rejection", "不予行政许可决定书", "rejection", "不予办理决定书", SERVICE_RESULT },
	[DOCUMENT_PROMISE] = { "promise", "告知承诺书", "promise", "告知承诺书", SERVICE_NONE },
	[DOCUMENT_DEFERRAL] = { "deferral", "容缺受理承诺书", "deferral", "容缺受理承诺书", SERVICE_NONE },
	[DOCUMENT_RETRACTION] = { "retraction", "终止办理行政许可告知书", "retraction", "终止办理告知书", SERVICE_RESULT },
	[DOCUMENT_WITHDRAWAL] = { "withdrawal", "撤销行政许可决定书", "withdrawal", "撤销办理结果决定书", SERVICE_RESULT },
	[DOCUMENT_ENDING_NOTICE] = { "ending_notice", "拟撤销（撤回、变更、注销）行政许可告知书", "ending", "拟撤销（撤回、变更、注销）办理结果告知书", SERVICE_NOTICE },
	[DOCUMENT_RECALL] = { "recall", "撤回行政许可决定书", "recall", "撤回办理结果决定书", SERVICE_RESULT },
	[DOCUMENT_CHANGE] = { "change", "变更行政许可决定书", "change", "变更办理结果决定书", SERVICE_RESULT },
	[DOCUMENT_CANCELLATION] = { "cancellation", "注销行政许可决定书", "cancellation", "注销办理结果决定书", SERVICE_RESULT },
	[DOCUMENT_KEPT] = { "kept", "不予撤销（撤回、变更、注销）行政许可决定书", "kept", "不予撤销（撤回、变更、注销）办理结果决定书", SERVICE_RESULT },
	[DOCUMENT_HEARING_RIGHT] = { "hearing_right", "行政许可听证权利告知书", "hearing", "听证权利告知书", SERVICE_NOTICE },
	[DOCUMENT_HEARING_NOTICE] = { "hearing_notice", "行政许可听证通知书", "hearing", "听证通知书", SERVICE_NONE },
};

enum service document_service(const char *kind)
{
	for (size_t i = 0; i < N_DOCUMENT_KINDS; i++)
		if (strcmp(kinds[i].name, kind) == 0)
			return kinds[i].service;
	return SERVICE_NONE;
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

static const char *title_of(zhen_call *call, const struct matter *matter, enum document_kind kind)
{
	if ((kind == DOCUMENT_DECISION || kind == DOCUMENT_REJECTION) && renewal_row(call, matter->id) != NULL)
		return kind == DOCUMENT_DECISION ? "准予延续行政许可决定书" : "不予延续行政许可决定书";
	return matter_is_licence(call, matter) ? kinds[kind].title : kinds[kind].plain;
}

zhen_document document_of(zhen_call *call, const struct matter *matter, enum document_kind kind, zhen_sheet *sheet)
{
	return (zhen_document){
		.matter = matter->id,
		.township = matter->township,
		.kind = kinds[kind].name,
		.title = title_of(call, matter, kind),
		.series = kinds[kind].series,
		.series_body = matter->window,
		.addressee = matter->applicant,
		.verify_path = "/p/approvals/verify",
		.query_seed = matter->code_seed,
		.query_number = matter->number,
		.sheet = sheet,
	};
}

/* Nobody seals the word of the applicant. */
static bool is_applicants(enum document_kind kind)
{
	return kind == DOCUMENT_PROMISE || kind == DOCUMENT_DEFERRAL;
}

static bool decides(enum document_kind kind)
{
	return kind == DOCUMENT_DECISION || kind == DOCUMENT_REJECTION || kind == DOCUMENT_WITHDRAWAL ||
	       kind == DOCUMENT_RECALL || kind == DOCUMENT_CHANGE || kind == DOCUMENT_CANCELLATION ||
	       kind == DOCUMENT_KEPT;
}

const char *document_new(zhen_call *call, const struct matter *matter, enum document_kind kind, zhen_sheet *sheet)
{
	zhen_document document = document_of(call, matter, kind, sheet);
	int64_t id = 0;

	document.waits = !is_applicants(kind) && seal_of(call, matter->township) != NULL;
	if (!document.waits && !is_applicants(kind))
		zhen_sheet_paragraph(sheet, "（本文书未加盖印章）");
	const char *number = zhen_document_new(call, &document, &id);
	if (document.waits && kind == DOCUMENT_DECISION)
		sealing_confirm_decision(call, matter, id);
	else if (document.waits)
		sealing_ask(call, matter, id, number, document.title, decides(kind));
	return number;
}

zhen_result document_tell(zhen_call *call, const struct matter *matter, enum document_kind kind, zhen_sheet *sheet,
                          const char *topic)
{
	zhen_put(call, "document", document_new(call, matter, kind, sheet));
	if (topic != NULL)
		matter_emit(call, matter, topic);
	return matter_reply(call, matter);
}

/* The last step of a case is its document: issued with it; and what ends it takes effect with its paper. */
zhen_result render_document(zhen_call *call)
{
	zhen_document_issued issued;
	struct matter matter;
	zhen_result refused = zhen_document_issue(call, &issued);

	if (refused != 0)
		return refused;
	if (strcmp(issued.kind, "decision") == 0 && matter_load(call, issued.matter, &matter) &&
	    matter.state == STATE_ISSUING) {
		matter_set_state(call, &matter, STATE_ISSUED);
		matter_note(call, &matter, "issued", issued.number);
		matter_emit(call, &matter, "approvals.case.issued");
	}
	if (issued.id != 0)
		ending_take_effect(call, issued.matter, issued.number);
	return call->host->reply(call, ZHEN_NO_CONTENT);
}

/* A paper shows names and numbers unmasked: without its code it is for a body with a part in the case that may see them, and
 * one that prints the query code, with which its holder acts as the applicant, for who hands it over; and who sealed it sees what
 * that was. NULL: for nobody. */
static const char *reader_of(zhen_call *call, const char *number)
{
	const zhen_row *row;

	if (zhen_may(call, "approvals.issue") && sealing_was_callers(call, number))
		return "approvals.issue";
	if (!zhen_may(call, "approvals.personal"))
		return NULL;
	row = zhen_one(call, "SELECT matter, content FROM document WHERE number = $1 AND {{scope township}}", number);
	if (row == NULL || !has_part(call, zhen_column_int(row, "matter")))
		return NULL;
	return strstr(or_empty(zhen_column_text(row, "content")), "{query_code}") != NULL ? "approvals.accept" :
	                                                                                    "approvals.personal";
}

bool document_is_readable(zhen_call *call, const char *number)
{
	const char *permission = reader_of(call, number);

	return permission != NULL && zhen_may(call, permission);
}

static const char *reader_of_document(zhen_call *call)
{
	return zhen_has(call, "code") ? "approvals.read" : reader_of(call, or_empty(zhen_text(call, "number")));
}

static zhen_result not_for_reading(zhen_call *call)
{
	return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "编号与验证码不相符");
}

zhen_result get_document(zhen_call *call)
{
	const char *permission = reader_of_document(call);

	return permission != NULL ? zhen_document_send(call, permission) : not_for_reading(call);
}

zhen_result get_signature(zhen_call *call)
{
	const char *permission = reader_of_document(call);

	return permission != NULL ? zhen_document_send_signature(call, permission) : not_for_reading(call);
}
