/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <zhen/casework/substitution.h>

#include "text.h"

#define FOREVER "9999-12-31"

static const char *last_day(const char *to_on)
{
	return or_empty(to_on)[0] != '\0' ? to_on : FOREVER;
}

static bool dates_fit(const char *from_on, const char *to_on)
{
	return zhen_calendar_parse_date(from_on) != ZHEN_NO_DAY && zhen_calendar_parse_date(to_on) != ZHEN_NO_DAY &&
	       strcmp(from_on, to_on) <= 0;
}

static zhen_result bad_dates(zhen_call *call)
{
	return zhen_fail(call, ZHEN_CONFLICT, "dates", "起止日期不对：止日不能早于起日");
}

zhen_result zhen_substitute_add(zhen_call *call, const zhen_substitute *substitute, int64_t *out_id)
{
	const char *to_on = last_day(substitute->to_on);

	if (strcmp(substitute->officer, substitute->stand_in) == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "substitute-self", "AB岗不能是同一个人");
	if (!dates_fit(substitute->from_on, to_on))
		return bad_dates(call);
	if (zhen_one(call, "SELECT id FROM substitute WHERE officer = $1 AND from_on <= $2 AND to_on >= $3",
	             substitute->officer, to_on, substitute->from_on) != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "substitute-overlaps", "这段时间已经指定了B岗");
	int64_t id = zhen_insert(call,
	                         "INSERT INTO substitute(body, officer, stand_in, from_on, to_on, account, at, township, "
	                         "officer_name, stand_in_name, reason) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
	                         "RETURNING id",
	                         substitute->body, substitute->officer, substitute->stand_in, substitute->from_on, to_on,
	                         zhen_get_caller(call)->account, zhen_now(call), or_empty(substitute->township),
	                         or_empty(substitute->officer_name), or_empty(substitute->stand_in_name),
	                         or_empty(substitute->reason));
	if (out_id != NULL)
		*out_id = id;
	return 0;
}

zhen_result zhen_absence_add(zhen_call *call, const zhen_absence *absence, int64_t *out_id)
{
	const char *to_on = last_day(absence->to_on);

	if (!dates_fit(absence->from_on, to_on))
		return bad_dates(call);
	if (zhen_one(call, "SELECT id FROM absence WHERE officer = $1 AND from_on <= $2 AND to_on >= $3",
	             absence->officer, to_on, absence->from_on) != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "absence-overlaps", "这段时间已经登记了离岗");
	int64_t id = zhen_insert(call,
	                         "INSERT INTO absence(body, officer, from_on, to_on, reason, account, at, township, officer_name) "
	                         "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
	                         absence->body, absence->officer, absence->from_on, to_on, or_empty(absence->reason),
	                         zhen_get_caller(call)->account, zhen_now(call), or_empty(absence->township),
	                         or_empty(absence->officer_name));
	if (out_id != NULL)
		*out_id = id;
	return 0;
}

bool zhen_substitute_end(zhen_call *call, int64_t id, const char *on, const char *reason)
{
	return zhen_calendar_parse_date(on) != ZHEN_NO_DAY &&
	       zhen_run(call,
	                "UPDATE substitute SET to_on = $1, end_reason = $2, ended_by = $3 WHERE id = $4 AND to_on > $1",
	                on, reason, zhen_get_caller(call)->name, id) == 1;
}

bool zhen_absence_end(zhen_call *call, int64_t id, const char *on)
{
	return zhen_run(call, "UPDATE absence SET to_on = $1 WHERE id = $2 AND from_on <= $1 AND to_on > $1", on, id) ==
	       1;
}

bool zhen_is_absent(zhen_call *call, const char *officer, const char *on)
{
	return zhen_one(call, "SELECT id FROM absence WHERE officer = $1 AND from_on <= $2 AND to_on >= $2", officer,
	                on) != NULL;
}

const char *zhen_acting_for(zhen_call *call, const char *officer, const char *on)
{
	if (!zhen_is_absent(call, officer, on))
		return officer;
	const char *stand_in = or_empty(zhen_column_text(
		zhen_one(call, "SELECT stand_in FROM substitute WHERE officer = $1 AND from_on <= $2 AND to_on >= $2",
	                 officer, on),
		"stand_in"));

	return stand_in[0] != '\0' && !zhen_is_absent(call, stand_in, on) ? stand_in : "";
}

zhen_result zhen_may_act_for(zhen_call *call, const char *officer, const char *name)
{
	if (officer[0] == '\0')
		return 0;
	const char *today = zhen_date_of_ms(call, zhen_now(call)), *acting = zhen_acting_for(call, officer, today);
	if (acting[0] != '\0' && strcmp(acting, zhen_get_caller(call)->account) == 0)
		return 0;
	if (acting[0] == '\0')
		return zhen_fail(call, ZHEN_FORBIDDEN, "not-the-officer", "经办人%s离岗，没有在岗的B岗，请先指定",
		                 name);
	if (strcmp(acting, officer) == 0)
		return zhen_fail(call, ZHEN_FORBIDDEN, "not-the-officer", "由经办人%s办理", name);
	return zhen_fail(call, ZHEN_FORBIDDEN, "not-the-officer", "经办人%s离岗，由B岗%s办理", name,
	                 or_empty(zhen_column_text(zhen_one(call,
	                                                    "SELECT stand_in_name FROM substitute WHERE officer = $1 AND "
	                                                    "from_on <= $2 AND to_on >= $2",
	                                                    officer, today),
	                                           "stand_in_name")));
}
