/* SPDX-License-Identifier: Apache-2.0
 * 管执分离 (楚雄州): who supervises or licenses a matter does not handle its cases. Who tried is on record: a refusal of this kind
 * is a 403 that names the person. */
#include "proceeding.h"

zhen_result oversight_check(zhen_call *call, const struct opening *opening, const char *item_code)
{
	for (int32_t i = 0; i < opening->n; i++) {
		const zhen_row *row = zhen_one(call,
		                               "SELECT work FROM oversight WHERE member = $1 AND item_code = $2 AND from_on <= $3 AND (to_on = '' OR "
		                               "to_on >= $3) LIMIT 1",
		                               opening->members[i], item_code, today(call));

		if (row != NULL)
			return zhen_fail(call, ZHEN_FORBIDDEN, "separation",
			                 "%s承担该事项的%s，不得办理该事项的案件（管执分离；行政处罚法第四十三条） "
			                 "(supervises or licenses this matter: separated from its cases, art. 43)",
			                 opening->names[i],
			                 words_of(call, OVERSIGHT_CHOICES, column_or_empty(row, "work")));
	}
	return 0;
}

zhen_result list_oversights(zhen_call *call)
{
	return zhen_page(call,
	                 "SELECT id, member, township, item_code, work, from_on, NULLIF(to_on, '') AS to_on FROM oversight WHERE {{scope township}} "
	                 "{{page id DESC}}");
}

zhen_result add_oversight(zhen_call *call)
{
	struct member member;
	const char *code = field_text(call, "item");
	zhen_result refused = member_load(call, "id", &member);

	if (refused != 0)
		return refused;
	if (zhen_one(call, "SELECT id FROM item WHERE township = $1 AND code = $2 LIMIT 1", member.township, code) ==
	    NULL)
		return wrong_field(call, "item", "no-such-item",
		                   "本乡镇没有这个执法事项 (no such item of this township)");
	if (zhen_one(call, "SELECT id FROM oversight WHERE member = $1 AND item_code = $2 AND to_on = ''", member.id,
	             code) != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "registered-already", "已登记 (registered already)");
	return zhen_created(call, zhen_insert(call,
	                                      "INSERT INTO oversight(member, township, item_code, work, from_on, to_on) VALUES($1, $2, $3, $4, $5, '') "
	                                      "RETURNING id",
	                                      member.id, member.township, code, field_text(call, "work"), today(call)));
}

zhen_result end_oversight(zhen_call *call)
{
	int64_t id = zhen_int(call, "id");

	if (zhen_run(call, "UPDATE oversight SET to_on = $1 WHERE id = $2 AND to_on = '' AND {{scope township}}",
	             today(call), id) == 0)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这项登记 (no such entry)");
	zhen_put(call, "id", id);
	return zhen_ok(call);
}
