/* SPDX-License-Identifier: Apache-2.0
 * 一枚印章: one seal for a township's approvals, kept by a person, handed over with a record. Without one nothing is decided
 * under seal. Each use is in the log of the seal it was put there with; a document that bears one is not valid without. */
#include "cases.h"

const zhen_row *seal_of(zhen_call *call, const char *township)
{
	return zhen_one(call, "SELECT id, name, keeper, keeper_name FROM seal WHERE township = $1 AND ended_at = 0",
	                township);
}

bool seal_is_optional(zhen_call *call)
{
	return strcmp(or_empty(zhen_setting_text(call, "seal_required")), "no") == 0;
}

zhen_result no_seal(zhen_call *call, const char *township)
{
	const zhen_division *place = call->host->division(call, township);

	return zhen_fail(call, ZHEN_CONFLICT, "no-seal",
	                 "%s还没有启用审批印章，不能制发加盖印章的决定书：请有定岗、用印管理权限的人员（如乡镇负责人）先在“印章”页启用印章、指定保管人",
	                 place != NULL ? place->name : "本乡镇");
}

zhen_result seal_ready(zhen_call *call, const char *township)
{
	return seal_is_optional(call) || seal_of(call, township) != NULL ? 0 : no_seal(call, township);
}

/* The account of field "keeper", when it sits in the township or below. NULL: refused. */
static const zhen_account *keeper_of(zhen_call *call, const char *township)
{
	const zhen_account *keeper = call->host->account(call, zhen_text(call, "keeper"), NULL, "approvals.issue");
	const zhen_division *at = keeper != NULL ? call->host->division_above(call, keeper->division, 4) : NULL;

	if (at != NULL && strcmp(at->code, township) == 0)
		return keeper;
	zhen_field_error(call, "keeper", "keeper-elsewhere", "保管人应是该乡镇的用印人员");
	return NULL;
}

static zhen_result begin_seal(zhen_call *call, const char *township, const char *name)
{
	const zhen_account *keeper = keeper_of(call, township);

	if (keeper == NULL)
		return zhen_invalid(call);
	return call->host->created(
		call, zhen_insert(call,
	                          "INSERT INTO seal(township, name, keeper, keeper_name, from_at, ended_at, account, reason) "
	                          "VALUES($1, $2, $3, $4, $5, 0, $6, $7) RETURNING id",
	                          township, name, keeper->id, keeper->name, zhen_now(call), zhen_get_caller(call)->account,
	                          or_empty(zhen_text(call, "reason"))));
}

/* The seal of field "id" in use, within the caller's scope; NULL = none. */
static const zhen_row *seal_in_use(zhen_call *call)
{
	return zhen_one(
		call,
		"SELECT id, township, name, keeper FROM seal WHERE id = $1 AND ended_at = 0 AND {{scope township}}",
		zhen_int(call, "id"));
}

static zhen_result no_such_seal(zhen_call *call)
{
	return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这枚启用的印章");
}

static void close_seal(zhen_call *call)
{
	zhen_run(call, "UPDATE seal SET ended_at = $1, end_reason = $2 WHERE id = $3", zhen_now(call),
	         or_empty(zhen_text(call, "reason")), zhen_int(call, "id"));
}

zhen_result add_seal(zhen_call *call)
{
	const char *township = or_empty(zhen_text(call, "division"));

	if (!zhen_within_caller(call, township))
		return zhen_fail(call, ZHEN_FORBIDDEN, "out-of-scope", "只能启用本辖区的印章");
	if (seal_of(call, township) != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "one-seal", "一枚印章管审批：本乡镇已有启用的审批印章");
	return begin_seal(call, township, zhen_has(call, "name") ? zhen_text(call, "name") : "行政审批专用章");
}

/* A new row: who kept it when stays to be read. */
zhen_result hand_over_seal(zhen_call *call)
{
	const zhen_row *row = seal_in_use(call);

	if (row == NULL)
		return no_such_seal(call);
	if (strcmp(or_empty(zhen_column_text(row, "keeper")), or_empty(zhen_text(call, "keeper"))) == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "same-keeper", "保管人没有变");
	const char *township = zhen_format(call, "%s", zhen_column_text(row, "township")),
		   *name = zhen_format(call, "%s", zhen_column_text(row, "name"));
	close_seal(call);
	return begin_seal(call, township, name);
}

zhen_result end_seal(zhen_call *call)
{
	if (seal_in_use(call) == NULL)
		return no_such_seal(call);
	close_seal(call);
	zhen_put(call, "id", zhen_int(call, "id"));
	return zhen_ok(call);
}

/* What is seen before the list: of a township that has its seal the next thing to do is not another one. */
zhen_result list_seals(zhen_call *call)
{
	const zhen_caller *caller = zhen_get_caller(call);

	zhen_open_list(call, "actions");
	if (zhen_may(call, "approvals.posts") && (caller->level != 4 || seal_of(call, caller->division) == NULL)) {
		zhen_open_object(call, NULL);
		zhen_put(call, "title", "启用印章");
		zhen_put(call, "method", "POST");
		zhen_put(call, "path", "/seals");
		zhen_close(call);
	}
	zhen_close(call);
	return zhen_page(call, "SELECT id, township, name, keeper_name, from_at, NULLIF(ended_at, 0) AS ended_at, reason, end_reason, "
	                       "CASE WHEN ended_at = 0 THEN 'handover end log' ELSE 'log' END AS may FROM seal "
	                       "WHERE {{scope township}} {{page id DESC}}");
}

/* What this seal was put on while this keeper had it: who asked, who sealed, when. */
zhen_result list_seal_uses(zhen_call *call)
{
	if (zhen_one(call, "SELECT id FROM seal WHERE id = $1 AND {{scope township}}", zhen_int(call, "id")) == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这枚印章");
	return zhen_page(call,
	                 "SELECT u.id AS id, d.number AS number, d.title AS title, u.seal AS seal, u.digest AS digest, "
	                 "s.person AS person, s.keeper_name AS keeper_name, u.at AS at FROM seal_use u "
	                 "JOIN document d ON d.id = u.document JOIN sealing s ON s.document = u.document "
	                 "WHERE s.seal = $1 {{page u.id DESC}}",
	                 zhen_int(call, "id"));
}
