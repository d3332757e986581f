/* SPDX-License-Identifier: Apache-2.0
 * 告知承诺: told what the law asks and what a false word costs, the applicant declares in writing instead of proving. Looked
 * into afterwards; a false promise ends the matter, or is the ground on which what was granted is withdrawn (行政许可法 69), and
 * is kept: no second promise (国办发〔2020〕42号; not for applicants with serious bad credit, 安阳市优化营商环境条例 24–29). */
#include "checklist.h"

zhen_result promise_allows(zhen_call *call, const struct matter *matter, const struct checklist *list,
                           const struct word *word)
{
	bool any = false, written = true;
	zhen_result refused;

	for (size_t i = 0; i < list->count; i++) {
		const struct needed *one = &list->rows[i];

		if (!needed_is(one, "promised"))
			continue;
		any = true;
		written = written && one->note[0] != '\0';
		if ((refused = needed_may(call, one)) != 0)
			return refused;
	}
	if (!any)
		return 0;
	if (!word->told)
		return zhen_fail(call, ZHEN_CONFLICT, "not-told",
		                 "应当先书面告知证明义务、证明内容和不实承诺的法律责任，申请人签字后才能受理");
	if (!written)
		zhen_field_error(call, "materials", "content-missing",
		                 "告知承诺的，请写明承诺内容 (what is promised?)");
	if (word->dated_on[0] == '\0')
		zhen_field_error(call, "promised_on", "required",
		                 "告知承诺的，请填写承诺书日期 (date of the written promise)");
	if (word->kept[0] == '\0')
		zhen_field_error(call, "kept", "required",
		                 "告知承诺的，请写明签字的承诺书存在哪里 (where is the signed promise kept?)");
	if (!written || word->dated_on[0] == '\0' || word->kept[0] == '\0')
		return zhen_invalid(call);
	refused = word_is_kept(call, matter, word);
	return refused != 0 ? refused : credit_allows(call, matter);
}

const char *promise_open(zhen_call *call, const struct matter *matter, const struct checklist *list,
                         const struct word *word)
{
	const char *check_by =
		working_days_on(call, matter->township,
	                        zhen_value_int(call->host->setting(call, "promise_check_days", matter->township)));
	const char *names = "";

	for (size_t i = 0; i < list->count; i++) {
		const struct needed *one = &list->rows[i];

		if (!needed_is(one, "promised"))
			continue;
		int64_t id = zhen_insert(call,
		                         "INSERT INTO promise(matter, material, content, signed_on, check_by, account, at, result, "
		                         "checker, checked_at, note, kept) VALUES($1, $2, $3, $4, $5, $6, $7, '', '', 0, '', $8) "
		                         "RETURNING id",
		                         matter->id, one->name, one->note, word->dated_on, check_by,
		                         zhen_get_caller(call)->account, zhen_now(call), word->kept);

		deadline_set(call, "promise-check", matter->id, id, check_by);
		names = zhen_format(call, "%s%s%s", names, names[0] != '\0' ? "、" : "", one->name);
	}
	if (names[0] == '\0')
		return "";
	return zhen_format(call,
	                   "本件适用告知承诺，%s以书面承诺代替：%s。本机关将于%s前核查；承诺不实的，依法终止办理或者"
	                   "撤销决定，%s。",
	                   addressed(matter), names, clock_date(call, matter->township, check_by), credit_cost(call));
}

/* By a body that has a step of the case: of what is done on the spot, the window. */
bool promise_is_callers(zhen_call *call, int64_t matter)
{
	const zhen_caller *caller = zhen_get_caller(call);

	return zhen_one(call,
	                "SELECT s.seq FROM matter_step s WHERE s.matter = $1 AND (s.body = $2 OR EXISTS (SELECT 1 FROM post p JOIN "
	                "substitute b ON b.officer = p.officer AND b.stand_in = $3 AND b.from_on <= $4 AND b.to_on >= $4 WHERE "
	                "p.body = s.body AND (p.step = s.code OR p.step = ''))) LIMIT 1",
	                matter, caller->body, caller->account, zhen_date_of_ms(call, zhen_now(call))) != NULL;
}

zhen_result promise_stands(zhen_call *call, const struct matter *matter)
{
	const zhen_row *row = zhen_one(
		call, "SELECT material FROM promise WHERE matter = $1 AND result = 'false' ORDER BY id LIMIT 1",
		matter->id);

	if (row == NULL)
		return 0;
	return zhen_fail(call, ZHEN_CONFLICT, "promise-false",
	                 "“%s”的承诺经核查不实，本件不能准予，只能不予许可（办理） (the promise was found false)",
	                 zhen_column_text(row, "material"));
}

bool promise_is_open(zhen_call *call, int64_t matter)
{
	return zhen_one(call, "SELECT id FROM promise WHERE matter = $1 AND result = '' LIMIT 1", matter) != NULL;
}

/* Granted on a false word: it is revoked, or the head decides that it is not (六十九条). */
bool promise_is_undecided(zhen_call *call, int64_t matter)
{
	int64_t found = zhen_column_int(
		zhen_one(call, "SELECT MAX(checked_at) AS at FROM promise WHERE matter = $1 AND result = 'false'",
	                 matter),
		"at");

	return found != 0 &&
	       zhen_one(call,
	                "SELECT id FROM ending WHERE matter = $1 AND kind = 'revoke' AND outcome = 'kept' AND told_on >= $2 LIMIT 1",
	                matter, zhen_date_of_ms(call, found)) == NULL;
}

/* 终止办理: nothing is granted on a false word, whether the case was being looked into, stood still or waited for its seal. */
static void found_false(zhen_call *call, struct matter *matter, const char *material)
{
	credit_add(call, matter, "promise-false", material);
	if (matter->state == STATE_APPROVED)
		counter_add(call, matter->township, "granted", -1);
	sealing_drop_decision(call, matter);
	if (matter->state == STATE_SUSPENDED)
		hold_end(call, matter, STATE_REFUSING, zhen_now(call));
	else if (matter->state == STATE_REVIEW || matter->state == STATE_APPROVED)
		matter_set_state(call, matter, STATE_REFUSING);
}

zhen_result check_promise(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_CHECK_PROMISE, &matter);
	const char *material = or_empty(zhen_text(call, "material")), *result = or_empty(zhen_text(call, "result"));

	if (refused != 0)
		return refused;
	if (!promise_is_callers(call, matter.id))
		return zhen_fail(call, ZHEN_FORBIDDEN, "forbidden", "承诺由办理本件各环节的人员核查");
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
	if (!kept)
		found_false(call, &matter, material);
	return matter_reply(call, &matter);
}

void promise_show(zhen_call *call, int64_t matter)
{
	zhen_open_list(call, "promises");
	ZHEN_FOR_EACH (call, row, "SELECT material, content, signed_on, check_by, result, checker, checked_at, note, kept FROM promise "
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
		zhen_put(call, "kept", zhen_column_text(row, "kept"));
		zhen_close(call);
	}
	zhen_close(call);
}
