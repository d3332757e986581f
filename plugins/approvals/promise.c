/* SPDX-License-Identifier: Apache-2.0
 * 告知承诺: told what the law asks and what a false word costs, the applicant declares in writing instead of proving. Looked
 * into afterwards; a false promise ends the matter, or is the ground on which what was granted is withdrawn (行政许可法 69), and
 * is kept: no second promise (国办发〔2020〕42号; not for applicants with serious bad credit, 安阳市优化营商环境条例 24–29). */
#include "cases.h"

#define PROMISED "告知承诺"

static const char *element(zhen_call *call, int32_t i, const char *field)
{
	return or_empty(zhen_value_text(call->host->list_field(call, "promises", i, field)));
}

static zhen_result may_promise(zhen_call *call, const struct matter *matter)
{
	for (int32_t i = 0; i < call->host->list_count(call, "promises"); i++)
		if (!material_is(call, matter, element(call, i, "material"), PROMISED))
			return zhen_fail(call, ZHEN_CONFLICT, "not-by-promise", "“%s”不是本事项可以用承诺代替的证明",
			                 element(call, i, "material"));
	if (zhen_int(call, "told") == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "not-told",
		                 "应当先书面告知证明义务、证明内容和不实承诺的法律责任，申请人签字后才能受理");
	if (strcmp(or_empty(zhen_text(call, "signed_on")), zhen_date_of_ms(call, zhen_now(call))) > 0)
		return zhen_fail(call, ZHEN_CONFLICT, "promise-in-future", "承诺书日期不能晚于今天");
	return credit_allows(call, matter);
}

zhen_result accept_promise(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_ACCEPT_PROMISE, &matter);

	if (refused == 0)
		refused = intake_in_time(call, &matter);
	if (refused == 0)
		refused = may_promise(call, &matter);
	if (refused != 0)
		return refused;
	const char *check_by =
		working_days_on(call, matter.township,
	                        zhen_value_int(call->host->setting(call, "promise_check_days", matter.township)));
	const char *names = "";
	for (int32_t i = 0; i < call->host->list_count(call, "promises"); i++) {
		int64_t id = zhen_insert(call,
		                         "INSERT INTO promise(matter, material, content, signed_on, check_by, account, at, result, "
		                         "checker, checked_at, note) VALUES($1, $2, $3, $4, $5, $6, $7, '', '', 0, '') RETURNING id",
		                         matter.id, element(call, i, "material"), element(call, i, "content"),
		                         or_empty(zhen_text(call, "signed_on")), check_by, zhen_get_caller(call)->account,
		                         zhen_now(call));

		deadline_set(call, "promise-check", matter.id, id, check_by);
		names = zhen_format(call, "%s%s%s", names, i > 0 ? "、" : "", element(call, i, "material"));
	}
	return accept_with(call, &matter, zhen_format(call, "告知承诺，以承诺代替：%s", names),
	                   zhen_format(call,
	                               "本件适用告知承诺，你（户）以书面承诺代替：%s。本机关将于%s前核查；承诺不实的，依法终止办理或者"
	                               "撤销决定，并予以记录，以后不再适用告知承诺和容缺受理。",
	                               names,
	                               zhen_chinese_date(call, zhen_calendar_ms_of_day(zhen_calendar_parse_date(check_by)))));
}

zhen_result check_promise(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_CHECK_PROMISE, &matter);
	const char *material = or_empty(zhen_text(call, "material")), *result = or_empty(zhen_text(call, "result"));

	if (refused != 0)
		return refused;
	const zhen_row *row =
		zhen_one(call, "SELECT id FROM promise WHERE matter = $1 AND material = $2 AND result = ''", matter.id,
	                 material);
	if (row == NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "not-promised", "本件没有待核查的承诺“%s”", material);
	int64_t id = zhen_column_int(row, "id");
	zhen_run(call, "UPDATE promise SET result = $1, checker = $2, checked_at = $3, note = $4 WHERE id = $5", result,
	         zhen_get_caller(call)->name, zhen_now(call), or_empty(zhen_text(call, "note")), id);
	deadline_met(call, "promise-check", matter.id, id);
	bool kept = strcmp(result, "kept") == 0;
	matter_note(call, &matter, kept ? "promise_kept" : "promise_false",
	            zhen_format(call, "%s：%s", material, or_empty(zhen_text(call, "note"))));
	if (!kept) {
		credit_add(call, &matter, "promise-false", material);
		if (matter.state == STATE_APPROVED)
			counter_add(call, matter.township, "granted", -1);
		if (matter.state == STATE_REVIEW || matter.state == STATE_APPROVED)
			matter_set_state(call, &matter, STATE_REFUSING);
	}
	return matter_reply(call, &matter);
}

void promise_show(zhen_call *call, int64_t matter)
{
	zhen_open_list(call, "promises");
	ZHEN_FOR_EACH (call, row, "SELECT material, content, signed_on, check_by, result, checker, checked_at, note FROM promise "
	                          "WHERE matter = $1 ORDER BY id", matter) {
		zhen_open_object(call, NULL);
		zhen_put(call, "material", zhen_column_text(row, "material"));
		zhen_put(call, "content", zhen_column_text(row, "content"));
		zhen_put(call, "signed_on", zhen_column_text(row, "signed_on"));
		zhen_put(call, "check_by", zhen_column_text(row, "check_by"));
		zhen_put(call, "result", zhen_column_text(row, "result"));
		zhen_put(call, "checker", zhen_column_text(row, "checker"));
		zhen_put(call, "checked_on", zhen_date_of_ms(call, zhen_column_int(row, "checked_at")));
		zhen_put(call, "note", zhen_column_text(row, "note"));
		zhen_close(call);
	}
	zhen_close(call);
}
