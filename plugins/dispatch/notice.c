/* SPDX-License-Identifier: Apache-2.0
 * What came of a whistle, told to all who reported it: who saw it first, the township that raised it, the centre that ordered. */
#include "dispatch.h"

static void tell(zhen_call *call, const struct whistle *whistle, const zhen_body *body, const char *text)
{
	if (body != NULL)
		zhen_run(call,
		         "INSERT INTO notice(whistle, township, body, body_name, text, at, read_at) VALUES($1, $2, $3, $4, $5, $6, 0)",
		         whistle->id, whistle->township, body->id, body->name, text, zhen_now(call));
}

void notices_add(zhen_call *call, const struct whistle *whistle, const char *text)
{
	if (whistle->reporter[0] != '\0')
		tell(call, whistle, call->host->body(call, whistle->reporter), text);
	tell(call, whistle, call->host->body_of(call, "government", whistle->township), text);
	tell(call, whistle, call->host->body_of(call, "county-command", whistle->township), text);
	zhen_emit(call, "dispatch.whistle.answered", "whistle", whistle->id, "township", whistle->township, "at",
	          zhen_now(call));
}

zhen_result list_notices(zhen_call *call)
{
	return zhen_page(call,
	                 "SELECT id, whistle, township, text, at, NULLIF(read_at, 0) AS read_at FROM notice WHERE {{scope or body}} "
	                 "{{page id DESC}}");
}

zhen_result read_notice(zhen_call *call)
{
	int64_t id = zhen_int(call, "id");

	if (zhen_run(call,
	             "UPDATE notice SET read_at = CASE WHEN read_at = 0 THEN $1 ELSE read_at END WHERE id = $2 AND {{scope or body}}",
	             zhen_now(call), id) == 0)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这条反馈 (no such notice)");
	zhen_put(call, "id", id);
	return zhen_ok(call);
}
