/* SPDX-License-Identifier: Apache-2.0
 * The head's acts: the certificate, the refusal; and what they print. */
#include "cases.h"
#include "items.h"
#include "licence.h"

static zhen_result of_government(zhen_call *call, const struct matter *matter)
{
	const zhen_body *government = call->host->body_of(call, "government", matter->township);

	if (government != NULL && strcmp(government->id, zhen_get_caller(call)->body) == 0)
		return 0;
	return zhen_fail(call, ZHEN_FORBIDDEN, "wrong-body", "由%s决定", government != NULL ? government->name : "乡镇人民政府");
}

/* The case of an act that is the government's own. */
zhen_result head_for(zhen_call *call, enum act act, struct matter *matter)
{
	zhen_result refused = matter_for(call, act, matter);

	return refused != 0 ? refused : of_government(call, matter);
}


static void print_basis(zhen_sheet *sheet, const json_t *content)
{
	size_t i;
	json_t *basis;

	zhen_sheet_heading(sheet, "法律依据");
	json_array_foreach(json_object_get(content, "legal_bases"), i, basis) {
		char line[512];

		snprintf(line, sizeof(line), "%zu．%s%s", i + 1, item_text(basis, "title"),
		         item_text(basis, "article"));
		zhen_sheet_paragraph(sheet, line);
	}
}

/* Complete is said only of what was. */
static const char *taken(zhen_call *call, int64_t matter)
{
	const char *lacking = "", *promised = "";

	ZHEN_FOR_EACH (call, row, "SELECT material, supplied_at FROM lacking WHERE matter = $1 ORDER BY id", matter)
		lacking = zhen_format(call, "%s%s%s%s", lacking, lacking[0] != '\0' ? "；" : "", zhen_column_text(row, "material"),
		                      zhen_column_int(row, "supplied_at") != 0 ?
		                              zhen_format(call, "（%s补交）", zhen_chinese_date(call, zhen_column_int(row, "supplied_at"))) :
		                              "");
	ZHEN_FOR_EACH (call, row, "SELECT material FROM promise WHERE matter = $1 ORDER BY id", matter)
		promised = zhen_format(call, "%s%s%s", promised, promised[0] != '\0' ? "；" : "", zhen_column_text(row, "material"));
	if (lacking[0] == '\0' && promised[0] == '\0')
		return "申请材料齐全、符合法定形式，予以受理";
	return zhen_format(call, "除下列材料以外符合法定形式，予以受理%s%s%s%s", lacking[0] != '\0' ? "。容缺：" : "", lacking,
	                   promised[0] != '\0' ? "。以告知承诺代替：" : "", promised);
}

static void print_steps(zhen_call *call, zhen_sheet *sheet, const struct matter *matter)
{
	const zhen_body *window = call->host->body(call, matter->window);
	const zhen_row *intake = zhen_one(call, "SELECT contact, deemed FROM matter WHERE id = $1", matter->id);

	zhen_sheet_heading(sheet, "办理过程");
	zhen_sheet_step(sheet, "受理", window != NULL ? window->name : "",
	           zhen_column_int(intake, "deemed") != 0 ? "逾期未告知补正，视为受理" : taken(call, matter->id),
	           or_empty(zhen_column_text(intake, "contact")), zhen_chinese_date(call, matter->accepted_at));
	ZHEN_FOR_EACH(call, row,
	              "SELECT s.title AS title, s.body_name AS body_name, s.opinion AS opinion, s.person AS person, "
	              "s.done_at AS done_at, o.checker AS checker, o.second_checker AS second_checker, o.checked_on AS checked_on "
	              "FROM matter_step s LEFT JOIN opinion o ON o.matter = s.matter AND o.step = s.code AND "
	              "o.at = s.done_at AND o.decision = 'approve' WHERE s.matter = $1 AND s.state = 'done' ORDER BY s.seq",
	              matter->id) {
		const char *names = or_empty(zhen_column_text(row, "person"));

		if (or_empty(zhen_column_text(row, "checker"))[0] != '\0')
			names = zhen_format(call, "%s\n实地核查：%s、%s\n%s", names, zhen_column_text(row, "checker"),
			                    zhen_column_text(row, "second_checker"),
			                    chinese_day(call, zhen_column_text(row, "checked_on")));
		zhen_sheet_step(sheet, or_empty(zhen_column_text(row, "title")),
		           or_empty(zhen_column_text(row, "body_name")), or_empty(zhen_column_text(row, "opinion")),
		           names, zhen_chinese_date(call, zhen_column_int(row, "done_at")));
	}
	const zhen_row *shown = zhen_one(call,
	                                 "SELECT start_on, end_on, place FROM publicity WHERE matter = $1 AND round = $2 "
	                                 "AND ended_at > 0",
	                                 matter->id, matter->round);
	if (shown != NULL)
		zhen_sheet_paragraph(sheet, zhen_format(call, "本申请已于%s至%s在%s公示，期间无异议。",
		                                        chinese_day(call, zhen_column_text(shown, "start_on")),
		                                        chinese_day(call, zhen_column_text(shown, "end_on")),
		                                        or_empty(zhen_column_text(shown, "place"))));
}

/* The numbers of what is granted: certificate and permit, each of its own series. None in a draft (@given NULL). */
static void assign_certificates(zhen_call *call, const struct matter *matter, const json_t *content, zhen_sheet *sheet,
                                json_t *given)
{
	const zhen_body *government = call->host->body_of(call, "government", matter->township);
	size_t i;
	json_t *certificate;

	json_array_foreach(json_object_get(json_object_get(content, "result"), "certificates"), i, certificate) {
		const char *title = item_text(certificate, "title");

		if (given == NULL) {
			zhen_sheet_fact(sheet, title, "（用印时编号）");
			continue;
		}
		const char *number = zhen_series_next(call, item_text(certificate, "series"),
		                                 government != NULL ? government->id : matter->window, matter->township);

		zhen_sheet_fact(sheet, title, number);
		json_object_set_new(given, title, json_string(number));
	}
}

static zhen_sheet *decision_sheet(zhen_call *call, const struct matter *matter, json_t *given)
{
	json_auto_t *content = item_content(call, matter->item);
	const char *renewing = renewal_opening(call, matter);
	zhen_sheet *sheet = zhen_sheet_new();

	zhen_sheet_paragraph(sheet, renewing[0] != '\0' ? renewing : zhen_format(call,
	                                   "%s于%s提出的“%s”申请（申请编号%s），本机关于%s受理。经审查，申请符合法定条件、标准。%s",
	                                   addressed(matter), zhen_chinese_date(call, matter->materials_at), matter->item_name, matter->number,
	                                   zhen_chinese_date(call, matter->accepted_at),
	                                   matter_is_licence(call, matter) ?
	                                   "根据《中华人民共和国行政许可法》第三十八条第一款和下列依据，决定准予许可：" :
	                                   "根据下列依据，决定予以办理："));
	if (matter_is_homestead(call, matter))
		homestead_facts(call, matter, sheet);
	else
		generic_facts(call, matter, sheet);
	assign_certificates(call, matter, content, sheet, given);
	licence_facts(call, matter, content, given == NULL, sheet);
	print_basis(sheet, content);
	print_steps(call, sheet, matter);
	zhen_sheet_paragraph(sheet, hearing_printed(call, matter));
	zhen_sheet_paragraph(sheet, item_text(content, "result.conditions"));
	zhen_sheet_paragraph(sheet, document_remedies(call, matter));
	return sheet;
}

const char *decision_draft(zhen_call *call, const struct matter *matter, const char **out_title)
{
	zhen_document document =
		document_of(call, matter, DOCUMENT_DECISION, decision_sheet(call, matter, NULL));

	*out_title = document.title;
	return zhen_document_content(call, &document);
}

static const char *write_decision(zhen_call *call, const struct matter *matter)
{
	json_auto_t *given = json_object(), *content = item_content(call, matter->item);
	const char *number = document_new(call, matter, DOCUMENT_DECISION, decision_sheet(call, matter, given));
	int64_t document = zhen_column_int(
		zhen_one(call, "SELECT MAX(id) AS id FROM document WHERE matter = $1", matter->id), "id");
	const char *title;
	json_t *value;
	json_object_foreach(given, title, value)
		zhen_run(call, "INSERT INTO certificate(document, title, number) VALUES($1, $2, $3)", document, title,
		         json_string_value(value));
	licence_add(call, matter, content, document);
	return number;
}

void issue_now(zhen_call *call, struct matter *matter)
{
	/* 办证 is the fourth of the four steps inside the limit: the clock stands when number and date are assigned. */
	clock_stop(call, matter);
	matter_set_state(call, matter, STATE_ISSUING);
	matter_note(call, matter, "issuing", "制发决定书");
	zhen_put(call, "document", write_decision(call, matter));
}

zhen_result issue_sealed(zhen_call *call, struct matter *matter)
{
	zhen_result refused = matter_may(call, matter, ACT_ISSUE);

	if (refused == 0)
		refused = seal_ready(call, matter->township);
	/* Sealing is the keeper's where the seal has one, wherever the keeper sits; else the government's. */
	if (refused == 0)
		refused = seal_of(call, matter->township) != NULL ? seal_allows(call, matter) : of_government(call, matter);
	/* What the law itself has granted waits for nothing. */
	if (refused == 0 && !renewal_is_deemed(call, matter->id))
		refused = lacking_allows(call, matter, true);
	if (refused == 0)
		refused = direct_allows(call, matter);
	if (refused != 0)
		return refused;
	issue_now(call, matter);
	return matter_reply(call, matter);
}

zhen_result issue_case(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_ISSUE, &matter);

	return refused != 0 ? refused : issue_sealed(call, &matter);
}

zhen_result reject_case(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = head_for(call, ACT_REJECT, &matter);

	if (refused == 0)
		refused = seal_ready(call, matter.township);
	if (refused == 0)
		refused = hearing_bars(call, &matter);
	if (refused == 0)
		refused = hearing_allows(call, &matter);
	if (refused == 0)
		refused = renewal_allows(call, &matter, false);
	if (refused != 0)
		return refused;
	zhen_sheet *sheet = zhen_sheet_new();
	zhen_sheet_paragraph(sheet, zhen_format(call,
	                                   "%s提出的“%s”申请（申请编号%s），本机关于%s受理。经审查，%s。根据%s%s。",
	                                   addressed(&matter), matter.item_name, matter.number, zhen_chinese_date(call, matter.accepted_at),
	                                   or_empty(zhen_text(call, "reason")), or_empty(zhen_text(call, "basis")),
	                                   matter_is_licence(call, &matter) ?
	                                   "和《中华人民共和国行政许可法》第三十八条第二款，决定不予许可" : "，决定不予办理"));
	zhen_sheet_paragraph(sheet, hearing_printed(call, &matter));
	zhen_sheet_paragraph(sheet, document_remedies(call, &matter));
	clock_stop(call, &matter);
	zhen_run(call, "UPDATE matter SET decided_at = $1 WHERE id = $2", zhen_now(call), matter.id);
	matter_set_state(call, &matter, STATE_REJECTED);
	matter_note(call, &matter, "rejected", zhen_text(call, "reason"));
	return document_tell(call, &matter, DOCUMENT_REJECTION, sheet, "approvals.case.decided");
}
