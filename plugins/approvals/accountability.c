/* SPDX-License-Identifier: Apache-2.0
 * 责任追究: a promise broken is a record by itself, nobody has to file it. The body explains, and what it says is public
 * (优化营商环境条例 36); who settles the record is not the body it is about. */
#include "cases.h"
#include "items.h"

struct record {
	int64_t id, explained_at, settled_at, matter, at;
	const char *body, *body_name, *number;
};

/* 直办 not done the same day and the term gone by are one delay: of the handling. */
static const char *stage_of(const char *kind)
{
	return strcmp(kind, "direct-open") == 0 || strcmp(kind, "overdue") == 0 ? "handling" : kind;
}

/* Whether the delay has its record already; what it was called first becomes "overdue" when the term goes by, which is public.
 * What was explained or settled by then was another delay: that record stays as it is. */
static bool accounted_already(zhen_call *call, const struct matter *matter, const char *kind, const char *due_on,
                              const char **out_stage)
{
	const zhen_row *row = zhen_one(
		call, "SELECT id, kind, explained_at, settled_at FROM accountability WHERE matter = $1 AND stage = $2",
		matter->id, stage_of(kind));

	*out_stage = stage_of(kind);
	if (row == NULL)
		return false;
	if (strcmp(kind, "overdue") != 0 || strcmp(or_empty(zhen_column_text(row, "kind")), "overdue") == 0)
		return true;
	if (zhen_column_int(row, "explained_at") != 0 || zhen_column_int(row, "settled_at") != 0) {
		*out_stage = "overdue";
		return zhen_one(call, "SELECT id FROM accountability WHERE matter = $1 AND stage = 'overdue'",
		                matter->id) != NULL;
	}
	zhen_run(call, "UPDATE accountability SET kind = 'overdue', due_on = $1 WHERE id = $2", due_on,
	         zhen_column_int(row, "id"));
	counter_add(call, matter->township, "overdue", 1);
	return true;
}

void account_for(zhen_call *call, const struct matter *matter, const char *kind, const char *due_on)
{
	const char *stage;

	if (accounted_already(call, matter, kind, due_on, &stage))
		return;
	const zhen_row *step = zhen_one(
		call, "SELECT body, code FROM matter_step WHERE matter = $1 AND state = 'current'", matter->id);
	const char *id = zhen_format(call, "%s", or_empty(zhen_column_text(step, "body")));
	const char *code = zhen_format(call, "%s", or_empty(zhen_column_text(step, "code")));

	/* Telling what is missing is the window's, and a rating to follow up; what waits for the certificate is the government's. */
	if (strcmp(kind, "intake") == 0 || strcmp(kind, "callback") == 0 || strcmp(kind, "mend") == 0 ||
	    id[0] == '\0') {
		id = matter->window;
		code = "";
	}
	if (matter->state == STATE_APPROVED && strcmp(kind, "overdue") == 0) {
		const zhen_body *government = call->host->body_of(call, "government", matter->township);

		id = government != NULL ? government->id : id;
	}
	const zhen_body *body = call->host->body(call, id);
	/* Whose post it is; where no post is set, who answers for the body (B05). */
	const char *officer = acting_name(call, id, code);
	if (officer[0] == '\0')
		officer = zhen_format(call, "%s", officer_of(call, id));
	zhen_run(call,
	         "INSERT INTO accountability(matter, number, township, item_name, kind, body, body_name, officer, due_on, at, "
	         "explanation, explained_by, explained_at, outcome, note, settled_by, settled_at, stage) "
	         "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', '', 0, '', '', '', 0, $11)",
	         matter->id, matter->number, matter->township, matter->item_name, kind, id, body != NULL ? body->name : id,
	         officer, due_on, zhen_now(call), stage);
	counter_add(call, matter->township, "accounted", 1);
	if (strcmp(kind, "overdue") == 0)
		counter_add(call, matter->township, "overdue", 1);
	matter_note(call, matter, "accounted",
	            zhen_format(call, "%s（%s）", zhen_choice_title(call, ACCOUNT_CHOICES, kind), due_on));
}

/* What was recorded by then is settled without an explanation. */
static int64_t unexplained_since(zhen_call *call)
{
	return zhen_now(call) - zhen_setting_int(call, "explanation_days") * 86400000;
}

zhen_result list_accountability(zhen_call *call)
{
	/* A body explains its own record and somebody else settles it: both would be refused the other way round. */
	return zhen_page(call, "SELECT id, number, item_name, township, kind, body_name, officer, due_on, at, explanation, "
	                       "explained_by, outcome, note, settled_by, NULLIF(settled_at, 0) AS settled_at, '/p/approvals/cases/' || matter AS href, "
	                       "CASE WHEN body = $2 AND explained_at = 0 THEN 'explain' WHEN body <> $2 AND settled_at = 0 AND (explained_at <> 0 OR at <= $3) THEN 'settle' "
	                       "ELSE '' END AS may FROM accountability "
	                       "WHERE " OF_PART("accountability") " AND {{scope township}} {{page id DESC}}", part_body(call),
	                 zhen_get_caller(call)->body, unexplained_since(call));
}

/* For everybody: no name, neither the applicant's nor the officer's. */
zhen_result list_overruns(zhen_call *call)
{
	return zhen_page(call, "SELECT id, item_name, township, body_name, due_on, explanation FROM accountability "
	                       "WHERE kind = 'overdue' {{page id DESC}}");
}

static zhen_result record_of(zhen_call *call, struct record *out)
{
	const zhen_row *row = zhen_one(
		call, "SELECT id, matter, number, body, body_name, explained_at, settled_at, at FROM accountability WHERE id = $1 AND "
		      "{{scope township}}", zhen_int(call, "id"));

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这条记录，或不在您的管辖范围");
	*out = (struct record){ zhen_column_int(row, "id"),         zhen_column_int(row, "explained_at"),
		                zhen_column_int(row, "settled_at"), zhen_column_int(row, "matter"),
		                zhen_column_int(row, "at"),         or_empty(zhen_column_text(row, "body")),
		                zhen_column_text(row, "body_name"), zhen_column_text(row, "number") };
	call->host->subject(call, out->number);
	return 0;
}

zhen_result explain_record(zhen_call *call)
{
	struct record record;
	zhen_result refused = record_of(call, &record);

	if (refused != 0)
		return refused;
	if (strcmp(zhen_get_caller(call)->body, record.body) != 0)
		return zhen_fail(call, ZHEN_FORBIDDEN, "wrong-body", "由%s说明", record.body_name);
	if (record.explained_at != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "explained-once", "已经说明并公开，不能更改");
	zhen_run(call, "UPDATE accountability SET explanation = $1, explained_by = $2, explained_at = $3 WHERE id = $4",
	         or_empty(zhen_text(call, "explanation")), zhen_get_caller(call)->name, zhen_now(call), record.id);
	zhen_put(call, "id", record.id);
	return zhen_ok(call);
}

zhen_result settle_record(zhen_call *call)
{
	struct record record;
	zhen_result refused = record_of(call, &record);

	if (refused != 0)
		return refused;
	if (strcmp(zhen_get_caller(call)->body, record.body) == 0)
		return zhen_fail(call, ZHEN_FORBIDDEN, "own-record", "不能处理本单位自己的追责记录");
	if (record.settled_at != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "settled-once", "已经作出处理，不能更改");
	if (record.explained_at == 0 && record.at > unexplained_since(call))
		return zhen_fail(call, ZHEN_CONFLICT, "not-explained",
		                 "%s还没有说明原因，%lld日内说明或者期满以后再作处理", record.body_name,
		                 (long long)zhen_setting_int(call, "explanation_days"));
	zhen_run(call,
	         "UPDATE accountability SET outcome = $1, note = $2, settled_by = $3, settled_at = $4 WHERE id = $5",
	         or_empty(zhen_text(call, "outcome")), or_empty(zhen_text(call, "note")), zhen_get_caller(call)->name,
	         zhen_now(call), record.id);
	zhen_put(call, "id", record.id);
	return zhen_ok(call);
}

void account_actions(zhen_call *call, int64_t matter)
{
	bool explains = zhen_may(call, "approvals.explain"), settles = zhen_may(call, "approvals.account");

	ZHEN_FOR_EACH (call, row,
	               "SELECT id, kind, body, explained_at, settled_at, at FROM accountability WHERE matter = $1 ORDER BY id",
	               matter) {
		bool own = strcmp(or_empty(zhen_column_text(row, "body")), zhen_get_caller(call)->body) == 0;
		bool explain = own && explains && zhen_column_int(row, "explained_at") == 0,
		     settle = !own && settles && zhen_column_int(row, "settled_at") == 0 &&
		              (zhen_column_int(row, "explained_at") != 0 ||
		               zhen_column_int(row, "at") <= unexplained_since(call));

		if (!explain && !settle)
			continue;
		zhen_open_object(call, NULL);
		zhen_put(call, "title",
		         zhen_format(call, "%s：%s", explain ? "说明原因" : "追责处理",
		                     zhen_choice_title(call, ACCOUNT_CHOICES, or_empty(zhen_column_text(row, "kind")))));
		zhen_put(call, "method", "POST");
		zhen_put(call, "path",
		         zhen_format(call, "/accountability/%lld/%s", (long long)zhen_column_int(row, "id"),
		                     explain ? "explain" : "settle"));
		zhen_close(call);
	}
}
