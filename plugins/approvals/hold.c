/* SPDX-License-Identifier: Apache-2.0
 * What moves the due date: time that does not count (行政许可法 45), and the one extension (42). Two different acts. */
#include "cases.h"
#include "items.h"

static const struct {
	const char *code, *title, *basis;
} reasons[] = {
	{ "hearing", "听证", "行政许可法第四十五条" },
	{ "tender", "招标", "行政许可法第四十五条" },
	{ "auction", "拍卖", "行政许可法第四十五条" },
	{ "inspection", "检验", "行政许可法第四十五条" },
	{ "testing", "检测", "行政许可法第四十五条" },
	{ "quarantine", "检疫", "行政许可法第四十五条" },
	{ "appraisal", "鉴定", "行政许可法第四十五条" },
	{ "expert_review", "专家评审", "行政许可法第四十五条" },
};

const char *hold_title(const char *code)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strcmp(reasons[i].code, code) == 0)
			return reasons[i].title;
	return code;
}

static void settle(zhen_call *call, struct matter *matter)
{
	zhen_calendar calendar;

	zhen_calendar_load(call, matter->township, &calendar);
	clock_settle(call, &calendar, matter);
}

void hold_end(zhen_call *call, struct matter *matter, enum state state, int64_t at)
{
	zhen_run(call, "UPDATE suspension SET to_at = $1 WHERE matter = $2 AND to_at = 0", at, matter->id);
	deadline_met(call, "suspension", matter->id, 0);
	matter_set_state(call, matter, state);
	settle(call, matter);
}

/* 45: what does not count is the time needed, and the applicant is told in writing which that is. Of the days that were told @days
 * from now: the last one. */
static const char *last_day(zhen_call *call, int64_t days)
{
	char text[11];

	zhen_calendar_format_date(zhen_calendar_day_of_ms(zhen_now(call)) + (int32_t)days, text);
	return zhen_format(call, "%s", text);
}

static bool ends_by_itself(zhen_call *call, const struct matter *matter)
{
	return strcmp(or_empty(zhen_setting_text_in(call, "suspension_end", matter->township)), "remind") != 0;
}

/* Longer than was told is told anew, or it counts; where that is left to an act, or a hearing is yet to be held, its want is a
 * record. */
void hold_lapse(zhen_call *call, struct matter *matter, const char *due_on)
{
	if (matter->state != STATE_SUSPENDED)
		return;
	if (!ends_by_itself(call, matter) || hearing_is_open(call, matter)) {
		account_for(call, matter, "suspension", due_on);
		return;
	}
	hold_end(call, matter, STATE_REVIEW, zhen_calendar_ms_of_day(zhen_calendar_parse_date(due_on) + 1));
	matter_note(call, matter, "resumed", "告知的所需时间届满，自动恢复计时");
	matter_emit(call, matter, "approvals.case.resumed");
}

zhen_result suspend_case(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_SUSPEND, &matter);
	const char *code = or_empty(zhen_text(call, "reason"));
	size_t i = 0;

	if (refused == 0)
		refused = hold_allows(call, &matter);
	if (refused != 0)
		return refused;
	while (i < sizeof(reasons) / sizeof(reasons[0]) && strcmp(reasons[i].code, code) != 0)
		i++;
	if (i == sizeof(reasons) / sizeof(reasons[0]))
		return zhen_fail(call, ZHEN_CONFLICT, "reason-not-in-law",
		                 "“%s”不在行政许可法第四十五条所列事由之内，时间不得扣除", code);
	if (strcmp(code, "hearing") == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "hearing-by-request",
		                 "听证的时间从要求听证起扣除：先“告知听证权利”，有人要求的“登记听证申请”，由此停止计时（行政许可法第四十五条、"
		                 "第四十七条） (ask for the hearing: that stops the clock)");
	clock_raise_overdue(call, &matter); /* what is late already does not become timely by standing still */
	refused = zhen_suspend(call, &(zhen_suspension){ .matter = matter.id, .reason = code, .basis = reasons[i].basis,
	                                                 .note = zhen_text(call, "note"),
	                                                 .expected_days = zhen_int(call, "expected_days") });
	if (refused != 0)
		return refused;
	matter_set_state(call, &matter, STATE_SUSPENDED);
	settle(call, &matter);
	const char *until = last_day(call, zhen_int(call, "expected_days"));
	deadline_set(call, "suspension", matter.id, 0, last_day(call, zhen_int(call, "expected_days") - 1));
	zhen_sheet *sheet = zhen_sheet_new();
	zhen_sheet_paragraph(
		sheet,
		zhen_format(call,
	                    "%s申请的“%s”（申请编号%s）需要进行%s。%s%s，所需时间%lld日，至%s止不计入办理期限；届时仍需扣除的，"
	                    "另行书面告知。",
	                    addressed(&matter), matter.item_name, matter.number, reasons[i].title,
	                    matter_is_licence(call, &matter) ? "根据" : "参照", reasons[i].basis,
	                    (long long)zhen_int(call, "expected_days"),
	                    clock_date(call, matter.township, until)));
	matter_note(call, &matter, "suspended", reasons[i].title);
	return document_tell(call, &matter, DOCUMENT_SUSPENSION, sheet, "approvals.case.suspended");
}

zhen_result resume_case(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_RESUME, &matter);

	if (refused == 0)
		refused = hold_allows(call, &matter);
	if (refused == 0 && hearing_is_open(call, &matter))
		refused = zhen_fail(call, ZHEN_CONFLICT, "hearing-open",
		                    "听证还没有举行，登记听证笔录后自动恢复计时（行政许可法第四十五条、第四十八条）");
	if (refused != 0)
		return refused;
	hold_end(call, &matter, STATE_REVIEW, zhen_now(call));
	matter_note(call, &matter, "resumed", zhen_text(call, "note"));
	matter_emit(call, &matter, "approvals.case.resumed");
	return matter_reply(call, &matter);
}

zhen_result extend_case(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_EXTEND, &matter);

	if (refused != 0)
		return refused;
	const zhen_body *government = call->host->body_of(call, "government", matter.township);
	if (government == NULL || strcmp(government->id, zhen_get_caller(call)->body) != 0)
		return zhen_fail(call, ZHEN_FORBIDDEN, "wrong-body",
		                 "延长期限由本机关负责人批准（行政许可法第四十二条）");
	if ((refused = hearing_bars(call, &matter)) != 0)
		return refused;
	if (matter.extension_days != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "extended-once", "期限只能延长一次（行政许可法第四十二条）");
	if (matter.overdue_at != 0 || strcmp(matter.watch_on, zhen_date_of_ms(call, zhen_now(call))) < 0)
		return zhen_fail(call, ZHEN_CONFLICT, "already-overdue", "期限已过，不能再延长");
	matter.extension_days = zhen_column_int(
		zhen_one(call, "SELECT extension_days FROM item WHERE id = $1", matter.item), "extension_days");
	if (matter.extension_days == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "no-extension", "“%s”不能延长期限", matter.item_name);
	zhen_run(call,
	         "INSERT INTO extension(matter, days, reason, basis, approver, account, at) "
	         "VALUES($1, $2, $3, '行政许可法第四十二条', $4, $5, $6)",
	         matter.id, matter.extension_days, or_empty(zhen_text(call, "reason")), zhen_get_caller(call)->name,
	         zhen_get_caller(call)->account, zhen_now(call));
	zhen_run(call, "UPDATE matter SET extension_days = $1 WHERE id = $2", matter.extension_days, matter.id);
	settle(call, &matter);
	zhen_sheet *sheet = zhen_sheet_new();
	zhen_sheet_paragraph(sheet, zhen_format(call,
	                                   "%s申请的“%s”（申请编号%s），因%s，在规定期限内不能作出决定。%s《中华人民共和国行政"
	                                   "许可法》第四十二条第一款，经本机关负责人批准，办理期限延长%lld个%s，至%s。",
	                                   addressed(&matter), matter.item_name, matter.number, or_empty(zhen_text(call, "reason")),
	                                   matter_is_licence(call, &matter) ? "根据" : "参照",
	                                   (long long)matter.extension_days, clock_unit_title(clock_unit(call, matter.item)),
	                                   clock_date(call, matter.township, matter.watch_on)));
	counter_add(call, matter.township, "extended", 1);
	matter_note(call, &matter, "extended", zhen_text(call, "reason"));
	return document_tell(call, &matter, DOCUMENT_EXTENSION, sheet, NULL);
}
