/* SPDX-License-Identifier: Apache-2.0
 * 容缺受理: accepted although a secondary material is missing, against a written promise to bring it by a day. The item names
 * what may be brought later; nothing is granted before it is here; who does not bring it loses the application and, for the
 * next ones, this way of applying (practice; 安阳市优化营商环境条例 24–29 as a local example). */
#include "checklist.h"

/* A signed promise that was uploaded has its name in the title. */
zhen_result word_is_kept(zhen_call *call, const struct matter *matter, const struct word *word)
{
	const char *filed_on = zhen_date_of_ms(
		call,
		zhen_column_int(zhen_one(call, "SELECT filed_at FROM matter WHERE id = $1", matter->id), "filed_at"));

	if (strcmp(word->dated_on, zhen_date_of_ms(call, zhen_now(call))) > 0)
		return zhen_fail(call, ZHEN_CONFLICT, "promise-in-future", "承诺书日期不能晚于今天");
	/* It is a word on this application, which has to be there. */
	if (strcmp(word->dated_on, filed_on) < 0)
		return zhen_fail(call, ZHEN_CONFLICT, "promise-before-filing",
		                 "承诺书是对本次申请作出的，日期不能早于申请日期 %s (the promise is older than the application)", filed_on);
	if (strcmp(word->kept, "file") != 0 ||
	    zhen_one(call, "SELECT id FROM material WHERE matter = $1 AND title LIKE '%承诺书%' LIMIT 1", matter->id) !=
	            NULL)
		return 0;
	return zhen_fail(call, ZHEN_CONFLICT, "promise-not-on-file",
	                 "本件没有上传过承诺书：请收存纸质原件，或者由申请人以“承诺书”为名上传 (no written promise on file)");
}

zhen_result deferral_allows(zhen_call *call, const struct matter *matter, const struct checklist *list,
                            const struct word *word)
{
	bool any = false;
	zhen_result refused;

	for (size_t i = 0; i < list->count; i++) {
		if (!needed_is(&list->rows[i], "deferred"))
			continue;
		any = true;
		if ((refused = needed_may(call, &list->rows[i])) != 0)
			return refused;
	}
	if (any && word->dated_on[0] == '\0') {
		zhen_field_error(call, "promised_on", "required",
		                 "容缺后补的，请填写承诺书日期 (date of the written promise)");
		return zhen_invalid(call);
	}
	refused = any ? word_is_kept(call, matter, word) : 0;
	return refused != 0 || !any ? refused : credit_allows(call, matter);
}

const char *deferral_open(zhen_call *call, const struct matter *matter, const struct checklist *list,
                          const struct word *word)
{
	/* Not later than the case itself is due. */
	const zhen_row *item = zhen_one(call, "SELECT promised_days FROM item WHERE id = $1", matter->item);
	int64_t days = zhen_value_int(call->host->setting(call, "lacking_days", matter->township));
	int64_t promised = zhen_column_int(item, "promised_days");
	const char *due_on = working_days_on(call, matter->township, days < promised ? days : promised), *names = "";

	for (size_t i = 0; i < list->count; i++) {
		if (!needed_is(&list->rows[i], "deferred"))
			continue;
		int64_t id = zhen_insert(call,
		                         "INSERT INTO lacking(matter, material, due_on, promised_on, account, at, supplied_at, "
		                         "lapsed_at, kept) VALUES($1, $2, $3, $4, $5, $6, 0, 0, $7) RETURNING id",
		                         matter->id, list->rows[i].name, due_on, word->dated_on, zhen_get_caller(call)->account,
		                         zhen_now(call), word->kept);

		deadline_set(call, "lacking", matter->id, id, due_on);
		names = zhen_format(call, "%s%s%s", names, names[0] != '\0' ? "、" : "", list->rows[i].name);
	}
	if (names[0] == '\0')
		return "";
	return zhen_format(call,
	                   "本件容缺受理，尚缺：%s。%s已书面承诺于%s前补交；补交前不作出准予决定；逾期未补交的，"
	                   "本机关将不予许可，%s。",
	                   names, addressed(matter), clock_date(call, matter->township, due_on), credit_cost(call));
}

static const zhen_row *deferred_row(zhen_call *call, int64_t matter, const char *material)
{
	return zhen_one(call,
	                "SELECT id FROM lacking WHERE matter = $1 AND material = $2 AND supplied_at = 0 AND lapsed_at = 0",
	                matter, material);
}

bool lacking_is(zhen_call *call, int64_t matter, const char *material)
{
	return deferred_row(call, matter, material) != NULL;
}

void lacking_supplied(zhen_call *call, const struct matter *matter, const char *material)
{
	const zhen_row *row = deferred_row(call, matter->id, material);
	int64_t id = zhen_column_int(row, "id");

	if (row == NULL)
		return;
	zhen_run(call, "UPDATE lacking SET supplied_at = $1 WHERE id = $2", zhen_now(call), id);
	deadline_met(call, "lacking", matter->id, id);
	matter_note(call, matter, "made_good", material);
}

/* What came in its place is not what was promised: it is still owed, and by a day that leaves time to bring it. */
bool lacking_unfit(zhen_call *call, const struct matter *matter, const char *material, const char *why)
{
	const zhen_row *row = zhen_one(call,
	                               "SELECT id, due_on FROM lacking WHERE matter = $1 AND material = $2 AND supplied_at > 0 AND "
	                               "lapsed_at = 0 ORDER BY id DESC LIMIT 1",
	                               matter->id, material);
	int64_t id = zhen_column_int(row, "id");

	if (row == NULL)
		return false;
	const char *due_on = zhen_format(call, "%s", or_empty(zhen_column_text(row, "due_on"))),
		   *later = working_days_on(call, matter->township,
	                                    zhen_setting_int_in(call, "lacking_days", matter->township));
	if (strcmp(due_on, later) < 0)
		due_on = later;
	zhen_run(call, "UPDATE lacking SET supplied_at = 0, due_on = $1 WHERE id = $2", due_on, id);
	deadline_set(call, "lacking", matter->id, id, due_on);
	matter_note(call, matter, "unfit", zhen_format(call, "%s：%s", material, why));
	return true;
}

/* By the applicant, who sends it; what comes on paper is written down at the window (hand_in). */
zhen_result make_good(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_by_pass(call, &matter);

	if (refused == 0)
		refused = matter_may(call, &matter, ACT_MAKE_GOOD);
	if (refused == 0)
		refused = material_check(call);
	if (refused != 0)
		return refused;
	call->host->subject(call, matter.number);
	struct checklist list = checklist_of(call, &matter);
	const char *material = or_empty(zhen_text(call, "material"));
	const struct needed *one = checklist_find(&list, material);
	const char *name = one != NULL ? one->name : material;
	/* 容缺; or open since it was deemed accepted, because nobody had said so in time. */
	if (!lacking_is(call, matter.id, name) && (one == NULL || !needed_is_open(one)))
		return zhen_fail(call, ZHEN_CONFLICT, "not-lacking", "本件没有等待补交的“%s”", material);
	lacking_supplied(call, &matter, name);
	material_keep(call, &matter, name);
	zhen_put(call, "number", matter.number);
	track_actions(call, &matter, or_empty(call->host->ticket(call, matter.number, TICKET_MS)));
	return zhen_ok(call);
}

/* Deemed accepted with something open: it goes on, but nothing is granted without it. */
static zhen_result nothing_open(zhen_call *call, const struct matter *matter)
{
	struct checklist list = checklist_of(call, matter);

	for (size_t i = 0; i < list.count; i++) {
		if (needed_is_open(&list.rows[i]))
			return zhen_fail(call, ZHEN_CONFLICT, "material-lacking", "材料“%s”尚未收到，不能作出准予决定",
			                 list.rows[i].name);
		if (needed_is_awaited(&list.rows[i]))
			return zhen_fail(call, ZHEN_CONFLICT, "not-obtained",
			                 "“%s”由本机关从%s取得，尚未登记何人何时取得，不能作出准予决定（国务院令第716号第六条、第七条）",
			                 list.rows[i].name, list.rows[i].source);
	}
	return 0;
}

zhen_result lacking_allows(zhen_call *call, const struct matter *matter, bool final)
{
	const zhen_row *row = zhen_one(call,
	                               "SELECT material, due_on, lapsed_at FROM lacking WHERE matter = $1 AND supplied_at = 0 "
	                               "ORDER BY lapsed_at DESC, id LIMIT 1",
	                               matter->id);

	if (row == NULL)
		return final ? nothing_open(call, matter) : 0;
	if (zhen_column_int(row, "lapsed_at") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "lacking-lapsed", "“%s”逾期（%s）未补交，只能不予许可",
		                 zhen_column_text(row, "material"), zhen_column_text(row, "due_on"));
	if (final)
		return zhen_fail(call, ZHEN_CONFLICT, "material-lacking",
		                 "容缺材料“%s”尚未补交（%s前），不能作出准予决定", zhen_column_text(row, "material"),
		                 zhen_column_text(row, "due_on"));
	return 0;
}

/* The day went by. */
void lacking_lapse(zhen_call *call, struct matter *matter, int64_t id)
{
	const zhen_row *row =
		zhen_one(call, "SELECT material FROM lacking WHERE id = $1 AND supplied_at = 0 AND lapsed_at = 0", id);

	if (row == NULL || matter->stopped_at != 0)
		return;
	const char *material = zhen_format(call, "%s", or_empty(zhen_column_text(row, "material")));
	zhen_run(call, "UPDATE lacking SET lapsed_at = $1 WHERE id = $2", zhen_now(call), id);
	credit_add(call, matter, "lacking-lapsed", material);
	matter_note(call, matter, "lapsed", material);
	if (matter->state == STATE_SUSPENDED)
		hold_end(call, matter, STATE_REFUSING, zhen_now(call));
	else if (matter->state == STATE_REVIEW)
		matter_set_state(call, matter, STATE_REFUSING);
}

void lacking_show(zhen_call *call, int64_t matter)
{
	zhen_open_list(call, "lacking");
	ZHEN_FOR_EACH (call, row, "SELECT material, due_on, promised_on, supplied_at, lapsed_at, kept FROM lacking WHERE matter = $1 "
	                          "ORDER BY id", matter) {
		zhen_open_object(call, NULL);
		zhen_put(call, "material", zhen_column_text(row, "material"));
		zhen_put(call, "due_on", zhen_column_text(row, "due_on"));
		zhen_put(call, "promised_on", zhen_column_text(row, "promised_on"));
		zhen_put(call, "supplied_on", zhen_date_of_ms(call, zhen_column_int(row, "supplied_at")));
		zhen_put(call, "kept", zhen_column_text(row, "kept"));
		zhen_put(call, "lapsed_on", zhen_date_of_ms(call, zhen_column_int(row, "lapsed_at")));
		zhen_close(call);
	}
	zhen_close(call);
}
