/* SPDX-License-Identifier: Apache-2.0
 * 失信记录: who broke a promise is kept by a digest of the ID card or credit code, and is not taken at his word again for credit_days. What was
 * written down wrongly is corrected, and what was made good is repaired, by another than wrote it down and for a reason; the
 * record stays as it was (国办发〔2020〕42号: a promise found false is put on record, and one may object to it). */
#include "cases.h"

const char credit_sql[] =
	"ALTER TABLE credit ADD COLUMN account TEXT NOT NULL DEFAULT '';"
	/* Apart from the record, which is part of a file that may be closed. */
	"CREATE TABLE credit_end(credit BIGINT NOT NULL PRIMARY KEY, how TEXT NOT NULL, reason TEXT NOT NULL, person TEXT NOT NULL, "
	"account TEXT NOT NULL, at BIGINT NOT NULL)";

#define DAY_MS ((int64_t)86400000)

static const char *person_of(zhen_call *call, const struct matter *matter)
{
	const zhen_row *row = zhen_one(call, "SELECT id_card FROM matter WHERE id = $1", matter->id);
	bool organisation = matter->credit_code[0] != '\0';

	return or_empty(call->host->keyed_digest(call, zhen_format(call, "%s|%s", organisation ? "organisation" : "person",
	                                                            organisation ? matter->credit_code : text(row, "id_card"))));
}

static int64_t length_of(zhen_call *call)
{
	return zhen_setting_int(call, "credit_days") * DAY_MS;
}

const char *credit_cost(zhen_call *call)
{
	return zhen_format(call,
	                   "并予以记录，自记录之日起%lld日内不再适用告知承诺和容缺受理；对记录有异议的，可以申请更正",
	                   (long long)zhen_setting_int(call, "credit_days"));
}

zhen_result credit_allows(zhen_call *call, const struct matter *matter)
{
	const zhen_row *row = zhen_one(
		call,
		"SELECT kind, at FROM credit WHERE person = $1 AND at > $2 AND NOT EXISTS (SELECT 1 FROM credit_end e WHERE e.credit = "
		"credit.id) ORDER BY id DESC LIMIT 1",
		person_of(call, matter), zhen_now(call) - length_of(call));
	int64_t at = zhen_column_int(row, "at");

	if (row == NULL)
		return 0;
	return zhen_fail(call, ZHEN_CONFLICT, "bad-credit", "申请人%s有%s的记录，%s以前不适用容缺受理和告知承诺",
	                 zhen_format(call, "%s", zhen_date_of_ms(call, at)),
	                 strcmp(or_empty(zhen_column_text(row, "kind")), "promise-false") == 0 ? "承诺不实" : "逾期未补交容缺材料",
	                 zhen_format(call, "%s", zhen_date_of_ms(call, at + length_of(call))));
}

void credit_add(zhen_call *call, const struct matter *matter, const char *kind, const char *note)
{
	zhen_run(call, "INSERT INTO credit(person, matter, kind, note, at, account) VALUES($1, $2, $3, $4, $5, $6)",
	         person_of(call, matter), matter->id, kind, or_empty(note), zhen_now(call),
	         or_empty(zhen_get_caller(call)->account));
}

/* Named by the case: whose it is stands there, for those who may see it. */
zhen_result list_credits(zhen_call *call)
{
	return zhen_page(call,
	                 "SELECT c.id, m.number AS number, m.item_name AS item_name, m.township AS township, c.kind AS kind, c.note AS "
	                 "note, c.at AS at, c.at + $2 AS until, e.how AS how, e.reason AS reason, e.person AS person, e.at AS ended_at, "
	                 "'/p/approvals/cases/' || c.matter AS href, CASE WHEN e.credit IS NULL AND c.account <> $1 AND c.at + $2 > $3 "
	                 "THEN 'end' ELSE '' END AS may FROM credit c JOIN matter m ON m.id = c.matter LEFT JOIN credit_end e ON "
	                 "e.credit = c.id WHERE {{scope m.township}} {{page c.id DESC}}",
	                 zhen_get_caller(call)->account, length_of(call), zhen_now(call));
}

zhen_result end_credit(zhen_call *call)
{
	const zhen_row *row = zhen_one(call,
	                               "SELECT c.id AS id, c.account AS account, c.at AS at, m.number AS number, (SELECT e.how FROM "
	                               "credit_end e WHERE e.credit = c.id) AS how FROM credit c JOIN matter m ON m.id = c.matter WHERE "
	                               "c.id = $1 AND {{scope m.township}}",
	                               zhen_int(call, "id"));
	const zhen_caller *caller = zhen_get_caller(call);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这条记录，或不在您的管辖范围");
	call->host->subject(call, zhen_column_text(row, "number"));
	if (zhen_column_text(row, "how") != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "credit-ended", "这条记录已经更正或者修复");
	if (zhen_column_int(row, "at") + length_of(call) <= zhen_now(call))
		return zhen_fail(call, ZHEN_CONFLICT, "credit-over", "这条记录已过期限，不再限制申请人");
	if (strcmp(or_empty(zhen_column_text(row, "account")), caller->account) == 0)
		return zhen_fail(call, ZHEN_FORBIDDEN, "own-record", "自己作出的记录由其他人更正、修复");
	zhen_run(call,
	         "INSERT INTO credit_end(credit, how, reason, person, account, at) VALUES($1, $2, $3, $4, $5, $6)",
	         zhen_column_int(row, "id"), or_empty(zhen_text(call, "how")), or_empty(zhen_text(call, "reason")),
	         caller->name, caller->account, zhen_now(call));
	zhen_put(call, "id", zhen_column_int(row, "id"));
	return zhen_ok(call);
}
