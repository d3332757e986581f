/* SPDX-License-Identifier: Apache-2.0
 * What ends without a decision: the applicant takes the application back before one is taken, by number and code or at the window;
 * or does not supply by the day that was told what was asked for. Where there is a paper of the case already, so is of its end;
 * what came to nothing before leaves none, and may be forgotten (个人信息保护法 47). */
#include "checklist.h"

/* The number of what tells it, "" = there is none. */
static const char *end(zhen_call *call, struct matter *matter, const char *what, const char *note, const char *why)
{
	const char *number = "";

	if (matter->state == STATE_SUSPENDED)
		hold_end(call, matter, STATE_REVIEW, zhen_now(call));
	clock_stop(call, matter);
	zhen_run(call, "DELETE FROM deadline WHERE matter = $1", matter->id);
	matter_set_state(call, matter, STATE_RETRACTED);
	matter_note(call, matter, what, note);
	if (matter->accepted_at != 0 || matter->told_once != 0) {
		zhen_sheet *sheet = zhen_sheet_new();

		zhen_sheet_paragraph(
			sheet,
			zhen_format(call,
		                    "%s申请的“%s”（申请编号%s），%s本机关终止办理。需要办理的，可以重新申请。",
		                    addressed(matter), matter->item_name, matter->number, why));
		if (strcmp(what, "retracted") != 0)
			zhen_sheet_paragraph(sheet, document_remedies(call, matter));
		number = document_new(call, matter, DOCUMENT_RETRACTION, sheet);
	}
	matter_emit(call, matter, "approvals.case.retracted");
	return number;
}

static const char *asked_on(zhen_call *call, const struct matter *matter)
{
	return zhen_format(call, "%s于%s提出撤回申请，", addressed(matter), zhen_chinese_date(call, zhen_now(call)));
}

zhen_result retract(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_by_code(call, &matter);

	if (refused == 0)
		refused = matter_may(call, &matter, ACT_RETRACT);
	if (refused != 0)
		return refused;
	call->host->subject(call, matter.number);
	const char *document = end(call, &matter, "retracted", zhen_text(call, "reason"), asked_on(call, &matter));
	zhen_put(call, "number", matter.number);
	zhen_put(call, "state", "retracted");
	if (document[0] != '\0')
		zhen_put(call, "document", document);
	return zhen_ok(call);
}

/* At the window: the applicant signs, the clerk only writes it down. */
zhen_result retract_for(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_RETRACT_FOR, &matter);

	if (refused != 0)
		return refused;
	if (zhen_int(call, "signed") == 0) {
		zhen_field_error(call, "signed", "signature-missing",
		                 "撤回申请须由申请人（代理人）书面提出并签字 (the applicant asks for it in writing)");
		return zhen_invalid(call);
	}
	const char *document =
		end(call, &matter, "retracted", zhen_format(call, "窗口登记：%s", or_empty(zhen_text(call, "reason"))),
	            asked_on(call, &matter));
	if (document[0] != '\0')
		zhen_put(call, "document", document);
	return matter_reply(call, &matter);
}

void supplement_lapse(zhen_call *call, struct matter *matter)
{
	struct checklist list = checklist_of(call, matter);
	const char *until = clock_date(call, matter->township, matter->watch_on);

	if (checklist_still_told(call, &list)[0] == '\0') { /* all came, only nobody said so */
		supplied(call, matter, "材料已补齐");
		return;
	}
	end(call, matter, "supplement_lapsed", "逾期没有补正，视为放弃申请",
	    zhen_format(call, "应当于%s前补正，逾期没有补正，视为放弃申请，", until));
}
