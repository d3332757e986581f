/* SPDX-License-Identifier: Apache-2.0
 * 代办员（民事协理员）: who may file for others, where, from when to when. An agent is an account of the body named, with a role
 * for it; a line is ended with its reason, never removed. */
#include "items.h"

/* The villages of field "areas", joined by commas; NULL: one lies elsewhere. */
static const char *areas_within(zhen_call *call, const char *township)
{
	const char *areas = "";

	for (int32_t i = 0; i < call->host->list_count(call, "areas"); i++) {
		const char *village = or_empty(zhen_value_text(call->host->list_field(call, "areas", i, "village")));
		const zhen_division *above = call->host->division_above(call, village, 4);

		if (above == NULL || strcmp(above->code, township) != 0) {
			zhen_fail(call, ZHEN_CONFLICT, "area-elsewhere", "片区 %s 不在该乡镇", village);
			return NULL;
		}
		areas = zhen_format(call, "%s%s%s", areas, i > 0 ? "," : "", village);
	}
	return areas;
}

zhen_result add_agent(zhen_call *call)
{
	const char *township = or_empty(zhen_text(call, "township")), *from = today_of(call);
	const char *body = or_empty(zhen_text(call, "body"));

	if (!zhen_within_caller(call, township))
		return zhen_fail(call, ZHEN_FORBIDDEN, "out-of-scope", "只能登记本辖区的代办员");
	const char *areas = areas_within(call, township);
	if (areas == NULL)
		return ZHEN_CONFLICT;
	const zhen_account *account = call->host->account(call, zhen_text(call, "account"), body, "approvals.agent");
	if (account == NULL) {
		zhen_field_error(call, "account", "not-of-body", "此人不在所选单位任职，或者在该单位的角色不能代办");
		return zhen_invalid(call);
	}
	if (zhen_has(call, "valid_from"))
		from = zhen_text(call, "valid_from");
	if (zhen_one(call,
	             "SELECT id FROM agent WHERE body = $1 AND account = $2 AND township = $3 AND ended_at = 0 AND "
	             "(valid_to = '' OR valid_to >= $4)",
	             body, account->id, township, from) != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "agent-already", "%s已经登记为代办员，片区有变的，先终止再登记",
		                 account->name);
	return call->host->created(
		call, zhen_insert(call,
	                          "INSERT INTO agent(body, name, township, areas, valid_from, valid_to, ended_at, at, account) "
	                          "VALUES($1, $2, $3, $4, $5, $6, 0, $7, $8) RETURNING id",
	                          body, account->name, township, areas, from, or_empty(zhen_text(call, "valid_to")), zhen_now(call),
	                          account->id));
}

zhen_result end_agent(zhen_call *call)
{
	if (zhen_run(call,
	             "UPDATE agent SET ended_at = $1, end_reason = $2 WHERE id = $3 AND ended_at = 0 AND {{scope township}}",
	             zhen_now(call), or_empty(zhen_text(call, "reason")), zhen_int(call, "id")) == 0)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这个代办员，或已经终止");
	zhen_put(call, "id", zhen_int(call, "id"));
	return zhen_ok(call);
}

zhen_result list_agents(zhen_call *call)
{
	return zhen_page(call, "SELECT id, name, body, township, areas, valid_from, valid_to, ended_at, end_reason, "
	                       "CASE WHEN ended_at = 0 THEN 'end' ELSE '' END AS may FROM agent WHERE {{scope township}} "
	                       "{{page id DESC}}");
}
