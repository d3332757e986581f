/* SPDX-License-Identifier: Apache-2.0
 * The township's list of duties, as the plugin duties tells of it: what an item rests on has to be there (C25). Without that
 * plugin the same table is filled from a file. */
#include "items.h"

const zhen_field duty_event_fields[] = {
	{ .name = "item", .type = ZHEN_TEXT, .flags = ZHEN_REQUIRED }, { .name = "unit", .type = ZHEN_DIVISION, .flags = ZHEN_REQUIRED },
	{ .name = "name", .type = ZHEN_TEXT }, { .name = "effective_from", .type = ZHEN_DATE }, { 0 },
};

static zhen_result keep(zhen_call *call, const char *state)
{
	/* The same event twice writes the same row. What is listed today stays so while a later version that lists it too waits
	 * for its day. */
	zhen_run(call,
	         "INSERT INTO duty(division, code, name, state, from_on, source, at) VALUES($1, $2, $3, $4, $5, 'duties', $6) "
	         "{{upsert division, code}} name = excluded.name, from_on = CASE WHEN duty.state = 'listed' AND "
	         "excluded.state = 'listed' AND duty.from_on < excluded.from_on THEN duty.from_on ELSE excluded.from_on END, "
	         "state = excluded.state, "
	         "source = 'duties', at = excluded.at",
	         or_empty(zhen_text(call, "unit")), or_empty(zhen_text(call, "item")),
	         or_empty(zhen_text(call, "name")), state, or_empty(zhen_text(call, "effective_from")),
	         zhen_int(call, "event_at"));
	return zhen_ok(call);
}

/* Where a list of duties is known, an item that rests on a duty needs it there. */
static bool is_listed(zhen_call *call, const char *township, const char *duty)
{
	return zhen_one(call, "SELECT code FROM duty WHERE division = $1 LIMIT 1", township) == NULL ||
	       zhen_one(call,
	                "SELECT code FROM duty WHERE division = $1 AND code = $2 AND ((state = 'listed' AND from_on <= $3) OR "
	                "(state = 'dropped' AND from_on > $3))",
	                township, duty, today_of(call)) != NULL;
}

const char *power_missing(zhen_call *call, const char *township, const char *duty)
{
	const zhen_division *at = call->host->division(call, township);
	const char *name = at != NULL ? at->name : "本乡镇";

	if (at == NULL || duty[0] == '\0' || strcmp(or_empty(zhen_setting_text(call, "duty_lists")), "off") == 0 ||
	    is_listed(call, township, duty))
		return "";
	const char *since = or_empty(zhen_column_text(
		zhen_one(call, "SELECT from_on FROM duty WHERE division = $1 AND code = $2 AND state = 'dropped'",
	                 township, duty),
		"from_on"));
	if (since[0] == '\0')
		return zhen_format(call,
		                   "该事项依据的职权 %s 不在%s的权责清单内 (%s is not on the list of the township)",
		                   duty, name, duty);
	return zhen_format(call,
	                   "自%s起，%s已无此项权力（职权 %s 已不在权责清单内），不再受理申请；此前已申请的继续办理 "
	                   "(the township has no such power since %s)",
	                   chinese_day(call, since), name,
	                   duty, since);
}

const char *powers_stamp(zhen_call *call, const char *township)
{
	const zhen_row *row = zhen_one(call,
	                               "SELECT COUNT(CASE WHEN state = 'listed' THEN 1 END) AS listed, COUNT(CASE WHEN state = 'dropped' THEN "
	                               "1 END) AS dropped, COALESCE(MAX(at), 0) AS at FROM duty WHERE division = $1 AND from_on <= $2",
	                               township, today_of(call));

	return zhen_format(call, "%lld-%lld-%lld", (long long)zhen_column_int(row, "listed"),
	                   (long long)zhen_column_int(row, "dropped"), (long long)zhen_column_int(row, "at"));
}

zhen_result duty_listed(zhen_call *call)
{
	return keep(call, "listed");
}

zhen_result duty_withdrawn(zhen_call *call)
{
	return keep(call, "dropped");
}
