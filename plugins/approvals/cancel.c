/* SPDX-License-Identifier: Apache-2.0
 * 注销 (行政许可法 70) of what is over already: its term, its holder, or because it was revoked, recalled, struck off. A fact is
 * entered at once; it takes effect with its paper. */
#include "items.h"
#include "licence.h"

/* 吊销 is another's act, or a decision of its own (行政处罚法 9): which one, the cancelling names. */
static bool names_penalty(zhen_call *call)
{
	static const char *const names[] = { "struck_by", "struck_number", "struck_on" };
	bool fine = true;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (or_empty(zhen_text(call, names[i]))[0] == '\0') {
			zhen_field_error(
				call, names[i], "required",
				"请写明吊销决定的机关、文号和日期 (who struck it off, by which decision, when)");
			fine = false;
		}
	if (fine && strcmp(zhen_text(call, "struck_on"), today_of(call)) > 0) {
		zhen_field_error(call, "struck_on", "future", "日期晚于今天 (in the future)");
		fine = false;
	}
	return fine;
}

static const char *facts(zhen_call *call, const char *ground)
{
	const char *explanation = or_empty(zhen_text(call, "explanation"));

	return strcmp(ground, "struck") != 0 ?
	               explanation :
	               zhen_format(call, "%s于%s作出%s，%s", zhen_text(call, "struck_by"), zhen_text(call, "struck_on"),
	                           zhen_text(call, "struck_number"), explanation);
}

/* 0, or the refusal. */
static zhen_result is_over(zhen_call *call, const struct matter *matter, const char *ground)
{
	bool is_ended = ending_is_void(call, matter->id), says_so = strcmp(ground, "void") == 0;

	if (ending_is_open(call, matter->id))
		return zhen_fail(call, ZHEN_CONFLICT, "ending-told", "件 %s 已经告知，先作出决定", matter->number);
	if (is_ended && !says_so)
		return zhen_fail(call, ZHEN_CONFLICT, "void-already",
		                 "许可已经撤销、撤回，以此为由注销（行政许可法第七十条第四项）");
	if (!is_ended && says_so)
		return zhen_fail(call, ZHEN_CONFLICT, "not-void",
		                 "许可没有被撤销、撤回：先告知事由，听取陈述、申辩，再作出决定（行政许可法第七条、第八条、第六十九条）");
	if (strcmp(ground, "struck") == 0 && !names_penalty(call))
		return zhen_invalid(call);
	if (strcmp(ground, "expired") != 0)
		return 0;
	const zhen_row *licence = licence_row(call, matter->id);
	if (licence != NULL && licence_is_over(call, licence) && !licence_is_renewed(call, matter->id) &&
	    !renewal_is_open(call, matter->id))
		return 0;
	return zhen_fail(call, ZHEN_CONFLICT, "licence-in-force",
	                 "许可没有有效期、有效期没有届满，或者已经延续、正在办理延续，不能以此为由注销");
}

zhen_result cancel_case(zhen_call *call)
{
	const char *ground = or_empty(zhen_text(call, "ground"));
	struct matter matter;
	zhen_result refused = head_for(call, ACT_CANCEL, &matter);

	if (refused == 0)
		refused = seal_ready(call, matter.township);
	if (refused == 0)
		refused = is_over(call, &matter, ground);
	if (refused == 0)
		refused = ending_open_file(call, &matter, strcmp(ground, "void") == 0);
	if (refused != 0)
		return refused;
	int64_t id = zhen_insert(
		call,
		"INSERT INTO ending(matter, kind, ground, reason, superior, told_on, state_by, statement, stated_on, outcome, note, "
		"decided_on, number, person, account) VALUES($1, 'cancel', $2, $3, '', '', '', '', '', '', '', '', '', $4, $5) RETURNING id",
		matter.id, ground, facts(call, ground), zhen_get_caller(call)->name,
		zhen_get_caller(call)->account);
	zhen_sheet *sheet = zhen_sheet_new();
	zhen_sheet_paragraph(
		sheet, zhen_format(call, "本机关作出的%s，因%s：%s。%s上述规定，办理注销手续，自本决定签发之日起注销。",
	                           ending_granted(call, matter.id), ending_ground(ground), facts(call, ground),
	                           ending_law(call, &matter)));
	return ending_end(call, &matter, id, "cancel", sheet);
}
