/* SPDX-License-Identifier: Apache-2.0
 * 一枚印章: one seal for a township's approvals, kept by a person, handed over with a record. Once it has a keeper only the
 * keeper, or who stands in for the keeper, seals a decision, and nobody seals what the same person decided. Each use is in the
 * log; a document without one is not valid when it is verified. */
#include "cases.h"

const zhen_row *seal_of(zhen_call *call, const char *township)
{
	return zhen_one(call, "SELECT id, name, keeper, keeper_name FROM seal WHERE township = $1 AND ended_at = 0",
	                township);
}

zhen_result seal_allows(zhen_call *call, const struct matter *matter)
{
	const zhen_row *row = seal_of(call, matter->township);
	const zhen_caller *caller = zhen_get_caller(call);

	if (row == NULL)
		return 0;
	const char *keeper = zhen_format(call, "%s", or_empty(zhen_column_text(row, "keeper")));
	const char *name = zhen_format(call, "%s", or_empty(zhen_column_text(row, "keeper_name")));
	const char *acting = zhen_acting_for(call, keeper, zhen_date_of_ms(call, zhen_now(call)));
	if (strcmp(acting, caller->account) != 0)
		return zhen_fail(call, ZHEN_FORBIDDEN, "not-the-keeper", "印章由%s保管，由保管人或其B岗用印", name);
	const zhen_row *last = zhen_one(
		call, "SELECT account FROM opinion WHERE matter = $1 AND decision = 'approve' ORDER BY id DESC LIMIT 1",
		matter->id);
	if (strcmp(or_empty(zhen_column_text(last, "account")), caller->account) == 0)
		return zhen_fail(call, ZHEN_FORBIDDEN, "decider-seals", "作出决定的人不能自己用印");
	return 0;
}

void seal_asked(zhen_call *call, int64_t document, const char *township)
{
	const zhen_row *row = seal_of(call, township);

	zhen_run(call,
	         "INSERT INTO seal_request(document, township, account, person, keeper, keeper_name, at) "
	         "VALUES($1, $2, $3, $4, $5, $6, $7)",
	         document, township, zhen_get_caller(call)->account, zhen_get_caller(call)->name,
	         or_empty(zhen_column_text(row, "keeper")), or_empty(zhen_column_text(row, "keeper_name")),
	         zhen_now(call));
}

zhen_result add_seal(zhen_call *call)
{
	const char *township = or_empty(zhen_text(call, "division"));

	if (!zhen_within_caller(call, township))
		return zhen_fail(call, ZHEN_FORBIDDEN, "out-of-scope", "只能启用本辖区的印章");
	if (seal_of(call, township) != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "one-seal", "一枚印章管审批：本乡镇已有启用的审批印章");
	return call->host->created(
		call, zhen_insert(call,
	                          "INSERT INTO seal(township, name, keeper, keeper_name, from_at, ended_at, account) "
	                          "VALUES($1, $2, $3, $4, $5, 0, $6) RETURNING id",
	                          township, zhen_has(call, "name") ? zhen_text(call, "name") : "行政审批专用章",
	                          or_empty(zhen_text(call, "keeper")), or_empty(zhen_text(call, "keeper_name")),
	                          zhen_now(call), zhen_get_caller(call)->account));
}

/* A new row: who kept it when stays to be read. */
zhen_result hand_over_seal(zhen_call *call)
{
	const zhen_row *row = zhen_one(call, "SELECT id, township, name, keeper FROM seal WHERE id = $1 AND ended_at = 0 AND "
	                                     "{{scope township}}", zhen_int(call, "id"));

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这枚启用的印章");
	if (strcmp(or_empty(zhen_column_text(row, "keeper")), or_empty(zhen_text(call, "keeper"))) == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "same-keeper", "保管人没有变");
	zhen_run(call, "UPDATE seal SET ended_at = $1 WHERE id = $2", zhen_now(call), zhen_int(call, "id"));
	return call->host->created(
		call, zhen_insert(call,
	                          "INSERT INTO seal(township, name, keeper, keeper_name, from_at, ended_at, account) "
	                          "VALUES($1, $2, $3, $4, $5, 0, $6) RETURNING id",
	                          zhen_column_text(row, "township"), zhen_column_text(row, "name"),
	                          or_empty(zhen_text(call, "keeper")), or_empty(zhen_text(call, "keeper_name")),
	                          zhen_now(call), zhen_get_caller(call)->account));
}

zhen_result list_seals(zhen_call *call)
{
	return zhen_page(call, "SELECT id, township, name, keeper_name, from_at, ended_at FROM seal WHERE {{scope township}} "
	                       "{{page id DESC}}");
}

/* Of the township whose seal it is: who asked, who kept it, on what, when. */
zhen_result list_seal_uses(zhen_call *call)
{
	const zhen_row *row =
		zhen_one(call, "SELECT township FROM seal WHERE id = $1 AND {{scope township}}", zhen_int(call, "id"));

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这枚印章");
	return zhen_page(call,
	                 "SELECT u.id AS id, d.number AS number, d.title AS title, u.seal AS seal, u.digest AS digest, "
	                 "r.person AS person, r.keeper_name AS keeper_name, u.at AS at FROM seal_use u "
	                 "JOIN document d ON d.id = u.document JOIN seal_request r ON r.document = u.document "
	                 "WHERE r.township = $1 {{page u.id DESC}}",
	                 zhen_column_text(row, "township"));
}
