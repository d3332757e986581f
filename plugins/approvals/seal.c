/* SPDX-License-Identifier: Apache-2.0
 * 一枚印章: one seal for a township's approvals, kept by a person, handed over with a record. Without one nothing
 * is decided under seal. Only the keeper, or who stands in for the keeper, seals, and nobody what the same person decided. Each use is in the
 * log; a document without one is not valid when it is verified. */
#include "cases.h"

const zhen_row *seal_of(zhen_call *call, const char *township)
{
	return zhen_one(call, "SELECT id, name, keeper, keeper_name FROM seal WHERE township = $1 AND ended_at = 0",
	                township);
}

zhen_result seal_ready(zhen_call *call, const char *township)
{
	const zhen_division *place = call->host->division(call, township);

	if (strcmp(or_empty(zhen_setting_text(call, "seal_required")), "no") == 0 || seal_of(call, township) != NULL)
		return 0;
	return zhen_fail(call, ZHEN_CONFLICT, "no-seal",
	                 "%s还没有启用审批印章，不能制发加盖印章的决定书：请有定岗、用印管理权限的人员（如乡镇负责人）先在“印章”页启用印章、指定保管人",
	                 place != NULL ? place->name : "本乡镇");
}

static const char *decider_of(zhen_call *call, int64_t matter)
{
	const zhen_row *last = zhen_one(
		call, "SELECT account FROM opinion WHERE matter = $1 AND decision = 'approve' ORDER BY id DESC LIMIT 1",
		matter);

	return zhen_format(call, "%s", or_empty(zhen_column_text(last, "account")));
}

static bool is_keeper(zhen_call *call, const char *keeper)
{
	return strcmp(zhen_acting_for(call, keeper, zhen_date_of_ms(call, zhen_now(call))),
	              zhen_get_caller(call)->account) == 0;
}

bool seal_is_callers(zhen_call *call, const struct matter *matter)
{
	const zhen_row *row = seal_of(call, matter->township);
	const zhen_caller *caller = zhen_get_caller(call);

	if (row != NULL)
		return is_keeper(call, zhen_format(call, "%s", or_empty(zhen_column_text(row, "keeper")))) &&
		       strcmp(decider_of(call, matter->id), caller->account) != 0;
	const zhen_body *government = call->host->body_of(call, "government", matter->township);
	return strcmp(or_empty(zhen_setting_text(call, "seal_required")), "no") == 0 && government != NULL &&
	       strcmp(government->id, caller->body) == 0;
}

zhen_result seal_allows(zhen_call *call, const struct matter *matter)
{
	const zhen_row *row = seal_of(call, matter->township);
	const char *keeper = zhen_format(call, "%s", or_empty(zhen_column_text(row, "keeper"))),
		   *name = zhen_format(call, "%s", or_empty(zhen_column_text(row, "keeper_name")));

	if (row == NULL)
		return 0;
	if (!is_keeper(call, keeper))
		return zhen_fail(call, ZHEN_FORBIDDEN, "not-the-keeper", "印章由%s保管，由保管人或其B岗用印", name);
	if (strcmp(decider_of(call, matter->id), zhen_get_caller(call)->account) == 0)
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
	return zhen_page(call, "SELECT id, township, name, keeper_name, from_at, ended_at, reason, end_reason, "
	                       "CASE WHEN ended_at = 0 THEN 'handover end log' ELSE 'log' END AS may FROM seal "
	                       "WHERE {{scope township}} {{page id DESC}}");
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
