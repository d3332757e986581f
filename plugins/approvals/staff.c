/* SPDX-License-Identifier: Apache-2.0
 * 定岗 and AB岗 as a ledger: who holds which post, who stands in for whom, who is away; each line with its reason, ended or
 * replaced, never edited. People are accounts that the host knows: nobody is locked out by a number mistyped. */
#include "cases.h"
#include "items.h"

/* What somebody may do in a case at all; who has none of these has no work to stand in for. */
static const char *const powers[] = { "approvals.accept", "approvals.review", "approvals.plan", "approvals.decide",
	                              "approvals.issue" };

static zhen_result written(zhen_call *call, int64_t id)
{
	zhen_put(call, "id", id);
	return call->host->reply(call, ZHEN_CREATED);
}

/* The body of field "body", of the caller's own division or below. 0, or the refusal. */
static zhen_result body_within(zhen_call *call, const zhen_body **out)
{
	*out = call->host->body(call, or_empty(zhen_text(call, "body")));
	if (*out != NULL && zhen_within_caller(call, (*out)->division))
		return 0;
	return zhen_fail(call, ZHEN_FORBIDDEN, "out-of-scope", "只能安排本辖区的岗位");
}

/* That the body sits in, or its division where that is none of a township. */
static const char *seat_of(zhen_call *call, const zhen_body *body)
{
	const zhen_division *township = call->host->division_above(call, body->division, 4);

	return township != NULL ? township->code : body->division;
}

/* The account of @field, when it has a post at the body. NULL: refused. */
static const zhen_account *one_of(zhen_call *call, const char *field, const zhen_body *body)
{
	const zhen_account *account = call->host->account(call, zhen_text(call, field), body->id, NULL);

	if (account == NULL)
		zhen_field_error(call, field, "not-of-body", "此人不在%s任职", body->name);
	return account;
}

static bool has_power(zhen_call *call, const char *account, const char *body, const char *power)
{
	return call->host->account(call, account, body, power) != NULL;
}

/* A step that some item has, and what it takes to do it; "" = all steps of the body. */
static const char *step_power(zhen_call *call, const char *step)
{
	const zhen_row *row =
		zhen_one(call, "SELECT permission FROM item_step WHERE code = $1 ORDER BY item DESC LIMIT 1", step);

	return row != NULL ? zhen_format(call, "%s", or_empty(zhen_column_text(row, "permission"))) : NULL;
}

/* Who is to do @step at @body: of that body, with a role for it. NULL: refused. */
static const zhen_account *fit_officer(zhen_call *call, const zhen_body *body, const char *step)
{
	const zhen_account *officer = one_of(call, "officer", body);
	const char *power = step[0] != '\0' ? step_power(call, step) : "";
	bool fits = false;

	if (power == NULL) {
		zhen_field_error(call, "step", "step-unknown", "没有事项有编码为“%s”的环节", step);
		return NULL;
	}
	for (size_t i = 0; officer != NULL && i < sizeof(powers) / sizeof(powers[0]); i++)
		fits = fits || ((power[0] == '\0' || strcmp(power, powers[i]) == 0) &&
		                has_power(call, officer->id, body->id, powers[i]));
	if (officer != NULL && !fits)
		zhen_field_error(call, "officer", "account-without-permission", "%s的角色不能办理这个环节",
		                 officer->name);
	return fits ? officer : NULL;
}

static void keep_name(zhen_call *call, const zhen_account *account)
{
	zhen_run(call, "INSERT INTO officer_name(officer, name) VALUES($1, $2) {{upsert officer}} name = excluded.name",
	         account->id, account->name);
}

/* ---- posts: "post" says whose a step is now, "post_term" who had it when ---- */

static int64_t begin_term(zhen_call *call, const zhen_body *body, const char *step, const zhen_account *officer)
{
	const char *day = zhen_has(call, "on") ? zhen_text(call, "on") : today_of(call);

	keep_name(call, officer);
	zhen_run(call,
	         "INSERT INTO post(body, step, officer, name, at, account) VALUES($1, $2, $3, $4, $5, $6) "
	         "{{upsert body, step}} officer = excluded.officer, name = excluded.name, at = excluded.at, "
	         "account = excluded.account",
	         body->id, step, officer->id, officer->name, zhen_now(call), zhen_get_caller(call)->account);
	return zhen_insert(call,
	                   "INSERT INTO post_term(body, township, step, officer, name, from_on, to_on, reason, end_reason, person, at, "
	                   "ended_by, ended_at) VALUES($1, $2, $3, $4, $5, $6, '', $7, '', $8, $9, '', 0) RETURNING id",
	                   body->id, seat_of(call, body), step, officer->id, officer->name, day,
	                   or_empty(zhen_text(call, "reason")), zhen_get_caller(call)->name, zhen_now(call));
}

/* Days of what is done at once lie in the past, or are today. 0, or the refusal. */
static zhen_result not_ahead(zhen_call *call, const char *since)
{
	const char *day = zhen_has(call, "on") ? zhen_text(call, "on") : today_of(call);

	if (strcmp(day, today_of(call)) <= 0 && strcmp(day, since) >= 0)
		return 0;
	zhen_field_error(call, "on", "day", "日期不能晚于今天，也不能早于任职之日");
	return zhen_invalid(call);
}

zhen_result set_post(zhen_call *call)
{
	const zhen_body *body;
	const char *step = or_empty(zhen_text(call, "step"));
	zhen_result refused = body_within(call, &body);

	if (refused == 0)
		refused = not_ahead(call, "");
	if (refused != 0)
		return refused;
	const zhen_account *officer = fit_officer(call, body, step);
	if (officer == NULL)
		return zhen_invalid(call);
	const zhen_row *taken = zhen_one(call, "SELECT name FROM post WHERE body = $1 AND step = $2", body->id, step);
	if (taken != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "post-taken", "这个岗位现由%s担任，请在该行办理更换",
		                 or_empty(zhen_column_text(taken, "name")));
	return written(call, begin_term(call, body, step, officer));
}

struct term {
	int64_t id;
	const zhen_body *body;
	const char *step, *officer, *from_on;
};

/* The line of field "id", not ended, within the caller's scope. 0, or the refusal. */
static zhen_result open_term(zhen_call *call, struct term *out)
{
	const zhen_row *row = zhen_one(call, "SELECT id, body, step, officer, from_on FROM post_term WHERE id = $1 AND to_on = '' "
	                                     "AND {{scope township}}", zhen_int(call, "id"));
	const zhen_body *body = call->host->body(call, zhen_column_text(row, "body"));

	if (row == NULL || body == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这个岗位，或者任职已经结束");
	*out = (struct term){ zhen_column_int(row, "id"), body, zhen_format(call, "%s", zhen_column_text(row, "step")),
		              zhen_format(call, "%s", zhen_column_text(row, "officer")),
		              zhen_format(call, "%s", zhen_column_text(row, "from_on")) };
	return not_ahead(call, out->from_on);
}

static void end_term(zhen_call *call, const struct term *term)
{
	zhen_run(call, "DELETE FROM post WHERE body = $1 AND step = $2", term->body->id, term->step);
	zhen_run(call, "UPDATE post_term SET to_on = $1, end_reason = $2, ended_by = $3, ended_at = $4 WHERE id = $5",
	         zhen_has(call, "on") ? zhen_text(call, "on") : today_of(call), or_empty(zhen_text(call, "reason")),
	         zhen_get_caller(call)->name, zhen_now(call), term->id);
}

zhen_result replace_post(zhen_call *call)
{
	struct term term;
	zhen_result refused = open_term(call, &term);

	if (refused != 0)
		return refused;
	if (strcmp(term.officer, or_empty(zhen_text(call, "officer"))) == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "same-officer", "经办人没有变");
	const zhen_account *officer = fit_officer(call, term.body, term.step);
	if (officer == NULL)
		return zhen_invalid(call);
	end_term(call, &term);
	return written(call, begin_term(call, term.body, term.step, officer));
}

zhen_result end_post(zhen_call *call)
{
	struct term term;
	zhen_result refused = open_term(call, &term);

	if (refused != 0)
		return refused;
	end_term(call, &term);
	zhen_put(call, "id", term.id);
	return zhen_ok(call);
}

#define AWAY(who_) "EXISTS (SELECT 1 FROM absence a WHERE a.officer = " who_ " AND a.from_on <= $1 AND a.to_on >= $1)"

/* Before the ledger: who the caller is to it. */
zhen_result list_posts(zhen_call *call)
{
	const zhen_caller *caller = zhen_get_caller(call);

	zhen_put(call, "account", caller->account);
	zhen_put(call, "name", caller->name);
	zhen_put(call, "body", caller->body);
	return zhen_page(
		call,
		"SELECT id, body, step, name, from_on, to_on, reason, end_reason, CASE WHEN to_on <> '' THEN '' WHEN " AWAY("t.officer")
		" THEN COALESCE((SELECT s.stand_in_name FROM substitute s WHERE s.officer = t.officer AND s.from_on <= $1 AND "
		"s.to_on >= $1 AND NOT " AWAY("s.stand_in") "), '离岗，无人代班') ELSE name END AS acting, "
		"CASE WHEN to_on = '' THEN 'replace end' ELSE '' END AS may FROM post_term t WHERE {{scope township}} {{page id DESC}}",
		today_of(call));
}

/* ---- B岗 ---- */

/* Whoever stands in may do what the officer may there, and sits in the same division. */
static bool may_stand_in(zhen_call *call, const zhen_body *body, const char *officer, const zhen_account *stand_in)
{
	bool any = false;

	for (size_t i = 0; i < sizeof(powers) / sizeof(powers[0]); i++)
		any = any || has_power(call, officer, body->id, powers[i]);
	if (!any)
		zhen_field_error(call, "officer", "account-without-permission", "A岗的角色没有可以代办的环节");
	else if (strcmp(stand_in->division, body->division) != 0)
		zhen_field_error(call, "stand_in", "elsewhere", "B岗应是同一乡镇（街道、村）的人员");
	return any && strcmp(stand_in->division, body->division) == 0;
}

zhen_result add_substitute(zhen_call *call)
{
	const zhen_body *body;
	int64_t id = 0;
	zhen_result refused = body_within(call, &body);

	if (refused != 0)
		return refused;
	const zhen_account *officer = one_of(call, "officer", body);
	const zhen_account *stand_in = call->host->account(call, zhen_text(call, "stand_in"), NULL, NULL);
	if (officer == NULL || stand_in == NULL ||
	    (strcmp(officer->id, stand_in->id) != 0 && !may_stand_in(call, body, officer->id, stand_in)))
		return zhen_invalid(call);
	refused = zhen_substitute_add(call,
	                              &(zhen_substitute){ .body = body->id,
	                                                  .township = seat_of(call, body),
	                                                  .officer = officer->id,
	                                                  .officer_name = officer->name,
	                                                  .stand_in = stand_in->id,
	                                                  .stand_in_name = stand_in->name,
	                                                  .from_on = or_empty(zhen_text(call, "from_on")),
	                                                  .to_on = zhen_text(call, "to_on"),
	                                                  .reason = zhen_text(call, "reason") },
	                              &id);
	if (refused != 0)
		return refused;
	keep_name(call, officer);
	keep_name(call, stand_in);
	return written(call, id);
}

#define LAST_DAY "CASE WHEN to_on = '9999-12-31' THEN '' ELSE to_on END AS last_on, "

zhen_result end_substitute(zhen_call *call)
{
	const zhen_row *row =
		zhen_one(call, "SELECT id FROM substitute WHERE id = $1 AND {{scope township}}", zhen_int(call, "id"));

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这条B岗记录");
	if (!zhen_substitute_end(call, zhen_int(call, "id"), or_empty(zhen_text(call, "on")),
	                         or_empty(zhen_text(call, "reason"))))
		return zhen_fail(call, ZHEN_CONFLICT, "dates", "最后一天应在原定止日之前；已经结束的不能再改");
	zhen_put(call, "id", zhen_int(call, "id"));
	return zhen_ok(call);
}

zhen_result list_substitutes(zhen_call *call)
{
	return zhen_page(call, "SELECT id, body, officer_name, stand_in_name, from_on, " LAST_DAY "reason, end_reason, "
	                       "CASE WHEN to_on >= $1 THEN 'end' ELSE '' END AS may FROM substitute WHERE {{scope township}} "
	                       "{{page id DESC}}", today_of(call));
}

/* ---- absences ---- */

zhen_result add_absence(zhen_call *call)
{
	const zhen_body *body;
	int64_t id = 0;
	zhen_result refused = body_within(call, &body);

	if (refused != 0)
		return refused;
	const zhen_account *officer = one_of(call, "officer", body);
	if (officer == NULL)
		return zhen_invalid(call);
	refused = zhen_absence_add(call,
	                           &(zhen_absence){ .body = body->id,
	                                            .township = seat_of(call, body),
	                                            .officer = officer->id,
	                                            .officer_name = officer->name,
	                                            .from_on = or_empty(zhen_text(call, "from_on")),
	                                            .to_on = zhen_text(call, "to_on"),
	                                            .reason = or_empty(zhen_text(call, "reason")) },
	                           &id);
	return refused != 0 ? refused : written(call, id);
}

zhen_result end_absence(zhen_call *call)
{
	if (zhen_one(call, "SELECT id FROM absence WHERE id = $1 AND {{scope township}}", zhen_int(call, "id")) == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这条离岗记录");
	if (!zhen_absence_end(call, zhen_int(call, "id"), or_empty(zhen_text(call, "on"))))
		return zhen_fail(call, ZHEN_CONFLICT, "dates", "返岗日期不在离岗期间内");
	return written(call, zhen_int(call, "id"));
}

zhen_result list_absences(zhen_call *call)
{
	return zhen_page(call, "SELECT id, body, officer_name, from_on, " LAST_DAY "reason, "
	                       "CASE WHEN to_on > $1 THEN 'end' ELSE '' END AS may FROM absence WHERE {{scope township}} "
	                       "{{page id DESC}}", today_of(call));
}
