/* SPDX-License-Identifier: Apache-2.0
 * 上级机关的决定 (行政许可法 69): what may be revoked by the body that granted it may be by a body above it. Its decision is entered
 * by itself, on the case; the township tells the holder, hears him and carries it out, and its papers name whose decision it was. */
#include "items.h"
#include "licence.h"

bool superior_is_caller(zhen_call *call)
{
	uint32_t level = zhen_get_caller(call)->level;

	return level > 0 && level < 4;
}

const char *superior_open(zhen_call *call, int64_t matter)
{
	const zhen_row *row = zhen_one(
		call,
		"SELECT body_name, decided_on, number, explanation FROM superior WHERE matter = $1 AND ending = 0 ORDER BY id LIMIT 1",
		matter);

	return row == NULL ? "" :
	                     zhen_format(call, "%s于%s作出的%s：%s", text(row, "body_name"), text(row, "decided_on"),
	                                 text(row, "number"), text(row, "explanation"));
}

void superior_carried_out(zhen_call *call, int64_t matter, int64_t ending)
{
	zhen_run(call, "UPDATE superior SET ending = $1 WHERE matter = $2 AND ending = 0", ending, matter);
}

bool superior_ordered(zhen_call *call, int64_t ending)
{
	return zhen_one(call, "SELECT id FROM superior WHERE ending = $1 LIMIT 1", ending) != NULL;
}

zhen_result superior_decides(zhen_call *call)
{
	const char *on = or_empty(zhen_text(call, "decided_on")), *why = or_empty(zhen_text(call, "explanation"));
	const zhen_caller *caller = zhen_get_caller(call);
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_SUPERIOR, &matter);

	if (refused != 0)
		return refused;
	if (!superior_is_caller(call))
		return zhen_fail(call, ZHEN_FORBIDDEN, "not-superior",
		                 "由作出决定的机关的上级机关登记（行政许可法第六十九条） (only a body above the township)");
	if (matter.state == STATE_ARCHIVED && !archive_grants(call, matter.id))
		return zhen_fail(call, ZHEN_CONFLICT, "nothing-granted", "件 %s 归档的不是准予决定，没有可以撤销的许可",
		                 matter.number);
	if (ending_is_open(call, matter.id) || superior_open(call, matter.id)[0] != '\0')
		return zhen_fail(call, ZHEN_CONFLICT, "ending-told",
		                 "件 %s 已经告知拟撤销、撤回、变更、注销，或者上级机关已经决定撤销", matter.number);
	if (strcmp(on, today_of(call)) > 0) {
		zhen_field_error(call, "decided_on", "future", "日期晚于今天 (in the future)");
		return zhen_invalid(call);
	}
	zhen_insert(call,
	            "INSERT INTO superior(matter, body, body_name, ground, number, decided_on, explanation, person, account, at, ending) "
	            "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0) RETURNING id",
	            matter.id, caller->body, caller->body_name, or_empty(zhen_text(call, "ground")),
	            or_empty(zhen_text(call, "number")), on, why, caller->name, caller->account, zhen_now(call));
	matter_note(call, &matter, "superior_decided",
	            zhen_format(call, "%s：%s", or_empty(zhen_text(call, "number")), why));
	return matter_reply(call, &matter);
}

void superior_show(zhen_call *call, int64_t matter)
{
	if (zhen_one(call, "SELECT id FROM superior WHERE matter = $1 LIMIT 1", matter) == NULL)
		return;
	zhen_open_list(call, "superior");
	ZHEN_FOR_EACH (call, row,
	               "SELECT body_name, ground, number, decided_on, explanation, person, ending FROM superior WHERE matter = $1 "
	               "ORDER BY id",
	               matter) {
		zhen_open_object(call, NULL);
		zhen_put(call, "body_name", text(row, "body_name"));
		zhen_put(call, "ground", ending_ground(text(row, "ground")));
		zhen_put(call, "number", text(row, "number"));
		zhen_put(call, "decided_on", text(row, "decided_on"));
		zhen_put(call, "explanation", text(row, "explanation"));
		zhen_put(call, "person", text(row, "person"));
		zhen_put(call, "carried_out", zhen_column_int(row, "ending") != 0);
		zhen_close(call);
	}
	zhen_close(call);
}
