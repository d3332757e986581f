/* SPDX-License-Identifier: Apache-2.0
 * Filing, and the five outcomes that 行政许可法 32 knows for it. */
#include "checklist.h"
#include "items.h"

#include <stdlib.h>

/* The clock starts; the item's steps are copied, so that a later version of the item does not change this matter. */
static void begin(zhen_call *call, struct matter *matter, int64_t accepted_at)
{
	const zhen_value *shares = call->host->setting(call, "homestead_split", matter->township);
	const char *split = matter_is_homestead(call, matter) ? or_empty(zhen_value_text(shares)) : "";
	int64_t until = 0;

	ZHEN_FOR_EACH(call, row,
	              "SELECT seq, code, title, phase, body_kind, permission, days, people, publicity_days, gate, result "
	              "FROM item_step WHERE item = $1 ORDER BY seq",
	              matter->item) {
		const zhen_body *body = call->host->body_of(call, or_empty(zhen_column_text(row, "body_kind")), matter->township);
		int64_t seq = zhen_column_int(row, "seq");
		char *end = NULL;
		int64_t days = strtoll(split, &end, 10);

		days = end != split && days > 0 ? days : zhen_column_int(row, "days");
		split = *end == ',' ? end + 1 : end;
		until += days;
		zhen_run(call,
		         "INSERT INTO matter_step(matter, seq, code, title, phase, body, body_name, permission, until_day, "
		         "people, publicity_days, gate, result, state, started_at, done_at, person, opinion) "
		         "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0, '', '')",
		         matter->id, seq, zhen_column_text(row, "code"), zhen_column_text(row, "title"),
		         zhen_column_text(row, "phase"), body != NULL ? body->id : "", body != NULL ? body->name : "",
		         zhen_column_text(row, "permission"), until, zhen_column_int(row, "people"),
		         zhen_column_int(row, "publicity_days"), zhen_column_text(row, "gate"), zhen_column_text(row, "result"),
		         seq == 1 ? "current" : "pending", seq == 1 ? accepted_at : 0);
		part_add(call, matter->id, body != NULL ? body->id : "");
	}
	const zhen_row *first =
		zhen_one(call, "SELECT code, title FROM matter_step WHERE matter = $1 AND seq = 1", matter->id);
	matter->step = or_empty(zhen_column_text(first, "code"));
	matter->seq = 1;
	matter->accepted_at = accepted_at;
	matter->budget_days = zhen_column_int(zhen_one(call, "SELECT promised_days FROM item WHERE id = $1", matter->item),
	                                      "promised_days");
	zhen_run(call,
	         "UPDATE matter SET accepted_at = $1, budget_days = $2, step = $3, step_title = $4, seq = 1, checked = 1 "
	         "WHERE id = $5",
	         accepted_at, matter->budget_days, matter->step, zhen_column_text(first, "title"), matter->id);
	matter_set_state(call, matter, STATE_REVIEW);
	zhen_calendar calendar;
	zhen_calendar_load(call, matter->township, &calendar);
	clock_settle(call, &calendar, matter);
}

/* Complete is said only of what is. */
static const char *in_order(const struct checklist *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (needed_is(&list->rows[i], "deferred") || needed_is(&list->rows[i], "promised"))
			return "申请材料除下列注明容缺、承诺的以外，符合法定形式";
	return "申请材料齐全、符合法定形式";
}

static const char *promised(zhen_call *call, const struct matter *matter)
{
	if (matter->budget_days == 0)
		return "为即办件，承诺当场办结";
	return zhen_format(call, "承诺自受理之日起%lld个%s内办结", (long long)matter->budget_days,
	                   clock_unit_title(clock_unit(call, matter->item)));
}

static const char *receipt(zhen_call *call, struct matter *matter, bool deemed, const char *extra,
                           const struct checklist *list)
{
	zhen_sheet *sheet = zhen_sheet_new();

	zhen_sheet_paragraph(sheet,
	                deemed ? zhen_format(call, "%s于%s提交的“%s”申请，本机关逾期未告知补正。%s自收到申请材料之日起即为受理。",
	                                     addressed(matter), zhen_chinese_date(call, matter->materials_at), matter->item_name,
	                                     licensing_law(call, matter, "第三十二条第一款第四项"))
	                       : zhen_format(call, "%s提交的“%s”申请，属于本机关职权范围，%s。%s决定予以受理。",
	                                     addressed(matter), matter->item_name, in_order(list),
	                                     licensing_law(call, matter, "第三十二条第一款第五项")));
	zhen_sheet_paragraph(sheet,
	                zhen_format(call, "本事项%s，最迟于%s办结；依法不计入期限的时间另行书面告知。", promised(call, matter),
	                            clock_date(call, matter->township, matter->watch_on)));
	zhen_sheet_paragraph(sheet, extra);
	checklist_print(call, list, sheet);
	zhen_sheet_fact(sheet, "申请编号", matter->number);
	zhen_sheet_fact(sheet, "查询码", "{query_code}");
	zhen_sheet_fact(sheet, "查询方式",
	                zhen_format(call, "%s/p/approvals/track", or_empty(call->host->base_url(call))));
	zhen_sheet_fact(sheet, "受理日期", zhen_chinese_date(call, matter->accepted_at));
	return document_new(call, matter, DOCUMENT_RECEIPT, sheet);
}

zhen_result accept_checked(zhen_call *call, struct matter *matter, struct checklist *list, const struct word *word)
{
	zhen_result refused = deferral_allows(call, matter, list, word);

	if (refused == 0)
		refused = promise_allows(call, matter, list, word);
	if (refused == 0)
		refused = checklist_allows(call, list);
	if (refused != 0)
		return refused;
	const char *later = deferral_open(call, matter, list, word), *promised = promise_open(call, matter, list, word);
	checklist_store(call, matter, list);
	pledges_kept(call, matter, list, word->dated_on);
	begin(call, matter, zhen_now(call));
	zhen_run(call, "UPDATE matter SET contact = $1 WHERE id = $2", zhen_get_caller(call)->name, matter->id);
	matter_note(call, matter, "accepted",
	            later[0] == '\0' && promised[0] == '\0' ? "受理" :
	            promised[0] == '\0'                      ? "容缺受理" :
	            later[0] == '\0'                         ? "告知承诺受理" :
	                                                       "容缺、告知承诺受理");
	zhen_put(call, "document", receipt(call, matter, false, zhen_format(call, "%s%s", later, promised), list));
	matter_emit(call, matter, "approvals.case.accepted");
	return matter_reply(call, matter);
}

/* Nobody said in time what is missing: accepted as of the day the materials came. Called by the watch, and by who is late. Returns
 * the receipt's number. */
const char *deem_accepted(zhen_call *call, struct matter *matter)
{
	const char *told_by = matter->watch_on;

	begin(call, matter, matter->materials_at);
	zhen_run(call, "UPDATE matter SET deemed = 1 WHERE id = $1", matter->id);
	matter_note(call, matter, "accepted", "逾期未告知补正，视为受理（行政许可法第三十二条）");
	if (strcmp(today_of(call), told_by) > 0)
		account_for(call, matter, "intake", told_by);
	struct checklist list = checklist_of(call, matter);
	const char *number = receipt(call, matter, true, "", &list);
	matter_emit(call, matter, "approvals.case.accepted");
	return number;
}

static bool is_past_telling(zhen_call *call, const struct matter *matter)
{
	return strcmp(zhen_date_of_ms(call, zhen_now(call)), matter->watch_on) > 0;
}

/* Telling, refusing and correcting all have their day, and so has acceptance on conditions; past it the matter is accepted by law. */
zhen_result intake_in_time(zhen_call *call, const struct matter *matter)
{
	if (!is_past_telling(call, matter))
		return 0;
	return zhen_fail(call, ZHEN_CONFLICT, "deemed-accepted",
	                 "自收到材料起已逾5个工作日未告知，件 %s 视为受理（行政许可法第三十二条第一款第四项）", matter->number);
}

/* Past the day there is nothing left to decide: it counts as accepted when the materials came, not when somebody got to it. */
static zhen_result accept_late(zhen_call *call, struct matter *matter)
{
	zhen_put(call, "document", deem_accepted(call, matter));
	zhen_put(call, "deemed", 1);
	zhen_run(call, "UPDATE matter SET contact = $1 WHERE id = $2", zhen_get_caller(call)->name, matter->id);
	return matter_reply(call, matter);
}

zhen_result accept_case(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_ACCEPT, &matter);

	if (refused == 0)
		refused = filing_desk(call, &matter);
	if (refused != 0)
		return refused;
	struct checklist list = checklist_of(call, &matter);
	struct word word = {
		.dated_on = or_empty(zhen_text(call, "promised_on")),
		.kept = or_empty(zhen_text(call, "kept")),
		.told = zhen_int(call, "told") != 0,
	};
	if ((refused = checklist_take(call, &matter, &list)) != 0)
		return refused;
	if (!is_past_telling(call, &matter))
		return accept_checked(call, &matter, &list, &word);
	/* It counts as accepted: there is nothing left to set conditions for. */
	for (size_t i = 0; i < list.count; i++)
		if (needed_is(&list.rows[i], "deferred") || needed_is(&list.rows[i], "promised"))
			return intake_in_time(call, &matter);
	checklist_store(call, &matter, &list);
	return accept_late(call, &matter);
}

/* The case an intake act is about: allowed in its state, and within the days art. 32 leaves for it. */
static zhen_result intake_for(zhen_call *call, enum act act, struct matter *matter)
{
	zhen_result refused = matter_for(call, act, matter);

	return refused != 0 ? refused : intake_in_time(call, matter);
}

/* 容缺受理 and 告知承诺 by their names: the same act, with what is said of the materials in it. */
zhen_result accept_lacking(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = intake_for(call, ACT_ACCEPT_LACKING, &matter);

	if (refused != 0)
		return refused;
	struct checklist list = checklist_of(call, &matter);
	struct word word = { .dated_on = or_empty(zhen_text(call, "promised_on")), .kept = or_empty(zhen_text(call, "kept")) };
	for (int32_t i = 0; i < call->host->list_count(call, "lacking"); i++) {
		const char *name = or_empty(zhen_value_text(call->host->list_field(call, "lacking", i, "material")));
		struct needed *one = checklist_find(&list, name);

		if (one == NULL)
			return zhen_fail(call, ZHEN_CONFLICT, "material-not-deferrable",
			                 "“%s”不是本事项可以容缺后补的材料，缺少它应当一次告知补正", name);
		needed_set(call, one, "deferred", "");
	}
	refused = checklist_take(call, &matter, &list);
	return refused != 0 ? refused : accept_checked(call, &matter, &list, &word);
}

zhen_result accept_promise(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = intake_for(call, ACT_ACCEPT_PROMISE, &matter);

	if (refused != 0)
		return refused;
	struct checklist list = checklist_of(call, &matter);
	struct word word = {
		.dated_on = or_empty(zhen_text(call, "signed_on")),
		.kept = or_empty(zhen_text(call, "kept")),
		.told = zhen_int(call, "told") != 0,
	};
	for (int32_t i = 0; i < call->host->list_count(call, "promises"); i++) {
		const char *name = or_empty(zhen_value_text(call->host->list_field(call, "promises", i, "material")));
		struct needed *one = checklist_find(&list, name);

		if (one == NULL)
			return zhen_fail(call, ZHEN_CONFLICT, "not-by-promise", "“%s”不是本事项可以用承诺代替的证明",
			                 name);
		needed_set(call, one, "promised",
		           zhen_value_text(call->host->list_field(call, "promises", i, "content")));
	}
	refused = checklist_take(call, &matter, &list);
	return refused != 0 ? refused : accept_checked(call, &matter, &list, &word);
}

/* What the form names is open again, with the reason; whatever else is open is told too, since it can be told only once. The
 * application itself may be named, on the list or not. false: the fault was said. */
static bool take_missing(zhen_call *call, struct checklist *list, zhen_sheet *sheet, int *lines)
{
	bool fine = true;

	for (int32_t i = 0; i < call->host->list_count(call, "missing"); i++) {
		const char *name = or_empty(zhen_value_text(call->host->list_field(call, "missing", i, "material")));
		const char *reason = or_empty(zhen_value_text(call->host->list_field(call, "missing", i, "reason")));
		struct needed *one = checklist_find(list, name);

		if (one == NULL && strcmp(name, APPLICATION_FORM) == 0)
			one = checklist_form(list);
		if (one != NULL && one->agencys && needed_is(one, "shared")) {
			fine = false;
			zhen_field_error(call, zhen_format(call, "missing.%d.material", i), "obtained-already",
			                 "“%s”%s，不得再要求申请人提交（国务院令第716号第七条） (the body has it already)", one->name,
			                 needed_text(call, one));
		} else if (one != NULL) {
			needed_set(call, one, "missing", reason);
			one->told = true;
		} else {
			fine = false;
			zhen_field_error(call, zhen_format(call, "missing.%d.material", i), "material-not-listed",
			                 "“%s”不在本事项的申请材料目录里，不得要求提交；申请表填写有误的写“" APPLICATION_FORM
			                 "” (not on the item's list of materials)", name);
		}
		zhen_sheet_paragraph(sheet, zhen_format(call, "%d．%s：%s", ++*lines, one != NULL ? one->name : name, reason));
	}
	for (size_t i = 0; i < list->count; i++) {
		struct needed *one = &list->rows[i];

		if (!needed_is_open(one) || one->told)
			continue;
		zhen_sheet_paragraph(sheet,
		                     zhen_format(call, "%d．%s：%s", ++*lines, one->name, told_lacking(call, one)));
		one->told = one->changed = true;
		one->at = zhen_now(call);
	}
	if (fine && *lines == 0)
		zhen_field_error(call, "missing", "nothing-lacking",
		                 "材料已经齐全，没有需要补正的内容；有材料不合格的，请写明是哪一份 (nothing is lacking)");
	return fine && *lines > 0;
}

zhen_result request_supplement(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_SUPPLEMENT, &matter);

	if (refused == 0 && matter.told_once != 0)
		refused = zhen_fail(call, ZHEN_CONFLICT, "supplement-once",
		                    "补正应当一次告知全部内容，件 %s 已告知过（行政许可法第三十二条第一款第四项）", matter.number);
	if (refused == 0)
		refused = intake_in_time(call, &matter);
	if (refused != 0)
		return refused;
	zhen_sheet *sheet = zhen_sheet_new();
	zhen_sheet_paragraph(sheet, zhen_format(call,
	                                   "%s于%s提交的“%s”申请，材料不齐全或者不符合法定形式。%s现一次告知需要补正的全部内容如下：",
	                                   addressed(&matter), zhen_chinese_date(call, matter.materials_at), matter.item_name,
	                                   licensing_law(call, &matter, "第三十二条第一款第四项")));
	struct checklist list = checklist_of(call, &matter);
	int lines = 0;
	if (!take_missing(call, &list, sheet, &lines)) {
		zhen_sheet_free(sheet);
		return zhen_invalid(call);
	}
	checklist_store(call, &matter, &list);
	const char *until =
		working_days_on(call, matter.township, zhen_setting_int_in(call, "supplement_days", matter.township));
	zhen_sheet_paragraph(sheet,
	                     zhen_format(call, "请于%s前补正；逾期没有补正的，视为放弃申请，本机关终止办理并书面告知。",
	                                 clock_date(call, matter.township, until)));
	zhen_sheet_paragraph(
		sheet,
		"全部补正后本机关即予受理。可以凭申请编号和查询码在下列网址补正，也可以到便民服务中心窗口补正。");
	zhen_sheet_fact(sheet, "申请编号", matter.number);
	zhen_sheet_fact(sheet, "查询码", "{query_code}");
	zhen_sheet_fact(sheet, "补正网址",
	                zhen_format(call, "%s/p/approvals/track", or_empty(call->host->base_url(call))));
	zhen_run(call, "UPDATE matter SET told_once = 1, due_on = $1, provisional = 0, watch_on = $1 WHERE id = $2",
	         until, matter.id);
	matter_set_state(call, &matter, STATE_SUPPLEMENTING);
	matter_note(call, &matter, "supplement_requested", checklist_still_told(call, &list));
	return document_tell(call, &matter, DOCUMENT_SUPPLEMENT, sheet, "approvals.case.supplement_requested");
}

zhen_result correct_case(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = intake_for(call, ACT_CORRECT, &matter);

	if (refused != 0)
		return refused;
	zhen_sheet *sheet = zhen_sheet_new();
	zhen_sheet_paragraph(sheet, zhen_format(call,
	                                   "%s提交的“%s”申请材料存在可以当场更正的错误。%s允许当场更正，更正内容如下：",
	                                   addressed(&matter), matter.item_name, licensing_law(call, &matter, "第三十二条第一款第三项")));
	zhen_sheet_paragraph(sheet, or_empty(zhen_text(call, "correction")));
	matter_note(call, &matter, "corrected", zhen_text(call, "correction"));
	return document_tell(call, &matter, DOCUMENT_CORRECTION, sheet, NULL);
}

static zhen_result end_at_intake(zhen_call *call, struct matter *matter, enum state state, enum document_kind kind,
                                 zhen_sheet *sheet)
{
	zhen_sheet_paragraph(sheet, document_remedies(call, matter));
	clock_stop(call, matter);
	matter_set_state(call, matter, state);
	matter_note(call, matter, kind == DOCUMENT_REFUSAL ? "refused" : "not_needed", zhen_text(call, "reason"));
	return document_tell(call, matter, kind, sheet, "approvals.case.decided");
}

zhen_result refuse_case(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = intake_for(call, ACT_REFUSE, &matter);

	if (refused != 0)
		return refused;
	zhen_sheet *sheet = zhen_sheet_new();
	zhen_sheet_paragraph(sheet, zhen_format(call,
	                                   "%s申请的“%s”，依法不属于本机关职权范围：%s。%s决定不予受理。",
	                                   addressed(&matter), matter.item_name, or_empty(zhen_text(call, "reason")),
	                                   licensing_law(call, &matter, "第三十二条第一款第二项")));
	zhen_sheet_paragraph(sheet, zhen_format(call, "请向%s提出申请。", or_empty(zhen_text(call, "competent_body"))));
	return end_at_intake(call, &matter, STATE_REFUSED, DOCUMENT_REFUSAL, sheet);
}

zhen_result not_needed_case(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = intake_for(call, ACT_NOT_NEEDED, &matter);

	if (refused != 0)
		return refused;
	zhen_sheet *sheet = zhen_sheet_new();
	zhen_sheet_paragraph(sheet, zhen_format(call,
	                                   "%s申请的“%s”依法不需要%s：%s。%s即时告知不受理。",
	                                   addressed(&matter), matter.item_name, matter_is_licence(call, &matter) ? "取得行政许可" : "办理",
	                                   or_empty(zhen_text(call, "reason")),
	                                   licensing_law(call, &matter, "第三十二条第一款第一项")));
	return end_at_intake(call, &matter, STATE_NOT_NEEDED, DOCUMENT_NOT_NEEDED, sheet);
}
