/* SPDX-License-Identifier: Apache-2.0
 * Evidence (行政处罚法 46, 47): what, by whom, when, where, its bytes by their SM3 digest; and who held it since, row after row. What a
 * camera or sensor took is a lead until lawyers and engineers have looked at it (41). */
#include "proceeding.h"

static const char *subject_of(zhen_call *call, int64_t proceeding)
{
	return zhen_format(call, "proceeding-%lld", (long long)proceeding);
}

zhen_result add_evidence(zhen_call *call)
{
	struct proceeding proceeding;
	struct opening opening;
	const char *on, *digest = field_text(call, "file"), *kind = field_text(call, "kind");
	zhen_result refused = proceeding_load(call, PROCEEDING_EVIDENCE, &proceeding);

	if (refused == 0)
		refused = past_day(call, "taken_on", &on);
	/* 42, 55: two, on the day it was taken. */
	if (refused == 0)
		refused = officers_check(call, proceeding.township, on, 2, &opening);
	if (refused != 0)
		return refused;
	if (digest[0] == '\0' && strcmp(kind, "object") != 0)
		return wrong_field(call, "file", "required", "除物证外须上传文件 (a file, except of an object)");
	int64_t id = zhen_insert(call,
	                         "INSERT INTO evidence(proceeding, township, kind, title, proves, digest, taken_on, place, officers, source, monitoring, "
	                         "reviewed, at) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', $12) RETURNING id",
	                         proceeding.id, proceeding.township, kind, field_text(call, "title"), field_text(call, "proves"), digest, on,
	                         field_text(call, "place"), opening.officers, field_text(call, "source"), zhen_int(call, "monitoring"),
	                         zhen_now(call));
	if (digest[0] != '\0')
		call->host->blob_keep(call, digest, subject_of(call, proceeding.id));
	zhen_run(call, "INSERT INTO custody(evidence, holder, what, at) VALUES($1, $2, $3, $4)", id, opening.officers,
	         "收集", zhen_now(call));
	zhen_journal_add(call, "proceeding_journal", proceeding.id, "evidence", field_text(call, "title"));
	return zhen_created(call, id);
}

/* 55: a record on the spot, or of questions; on paper with a number, and evidence by that. */
zhen_result add_record(zhen_call *call)
{
	struct proceeding proceeding;
	struct opening opening;
	const char *kind = field_text(call, "kind");
	bool scene = strcmp(kind, "record") == 0;
	zhen_result refused = proceeding_load(call, PROCEEDING_EVIDENCE, &proceeding);

	if (refused == 0)
		refused = officers_check(call, proceeding.township, today(call), 2, &opening);
	if (refused != 0)
		return refused;
	if (!scene && field_text(call, "person")[0] == '\0')
		return wrong_field(call, "person", "required", "询问笔录须写明被询问人 (who was asked)");
	const char *title = scene ? "现场笔录" : "询问笔录";
	zhen_sheet *sheet = zhen_sheet_new();
	zhen_sheet_fact(sheet, "案由", proceeding.item_name);
	zhen_sheet_fact(sheet, "地点", field_text(call, "place"));
	if (field_text(call, "person")[0] != '\0')
		zhen_sheet_fact(sheet, scene ? "在场人" : "被询问人", field_text(call, "person"));
	zhen_sheet_fact(sheet, "执法人员（证件号）", opening.officers);
	zhen_sheet_paragraph(sheet, "执法人员已出示执法证件，告知当事人依法享有的权利和义务（行政处罚法第五十五条）。");
	zhen_sheet_paragraph(sheet, field_text(call, "text"));
	zhen_sheet_paragraph(sheet, "以上笔录经核对无误，逐页签名或者盖章；拒绝签名的，由执法人员注明：＿＿＿＿＿＿");
	const char *number = proceeding_document(call, &proceeding, "proceeding_record", title, "record", sheet);
	int64_t id = zhen_insert(call,
	                         "INSERT INTO evidence(proceeding, township, kind, title, proves, digest, taken_on, place, officers, source, monitoring, "
	                         "reviewed, at) VALUES($1, $2, $3, $4, $5, '', $6, $7, $8, $9, 0, '', $10) RETURNING id",
	                         proceeding.id, proceeding.township, kind, title, field_text(call, "proves"), today(call), field_text(call, "place"),
	                         opening.officers, number, zhen_now(call));
	zhen_run(call, "INSERT INTO custody(evidence, holder, what, at) VALUES($1, $2, $3, $4)", id, opening.officers, "制作", zhen_now(call));
	return proceeding_moved(call, &proceeding, PROCEEDING_EVIDENCE, proceeding.state, zhen_format(call, "%s %s", title, number));
}

static const zhen_row *row_of(zhen_call *call)
{
	return zhen_one(call, "SELECT id, proceeding, title, digest, monitoring, reviewed FROM evidence WHERE id = $1 AND {{scope township}}",
	                zhen_int(call, "id"));
}

static zhen_result not_found(zhen_call *call)
{
	return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这件证据，或不在您的管辖范围 (no such evidence)");
}

zhen_result add_custody(zhen_call *call)
{
	const zhen_row *row = row_of(call);

	if (row == NULL)
		return not_found(call);
	int64_t id = zhen_insert(
		call, "INSERT INTO custody(evidence, holder, what, at) VALUES($1, $2, $3, $4) RETURNING id",
		zhen_column_int(row, "id"), field_text(call, "holder"), field_text(call, "what"), zhen_now(call));
	return zhen_created(call, id);
}

zhen_result review_monitoring(zhen_call *call)
{
	const zhen_row *row = row_of(call);

	if (row == NULL)
		return not_found(call);
	if (zhen_column_int(row, "monitoring") == 0 || column_or_empty(row, "reviewed")[0] != '\0')
		return zhen_fail(call, ZHEN_CONFLICT, "nothing-to-review",
		                 "不是待审核的监控记录 (no record of monitoring that waits for review)");
	int64_t id = zhen_column_int(row, "id"), proceeding = zhen_column_int(row, "proceeding");
	zhen_run(call, "UPDATE evidence SET reviewed = $1 WHERE id = $2", field_text(call, "opinion"), id);
	zhen_journal_add(call, "proceeding_journal", proceeding, "monitoring-review", field_text(call, "opinion"));
	zhen_put(call, "id", id);
	return zhen_ok(call);
}

zhen_result get_evidence(zhen_call *call)
{
	const zhen_row *row = row_of(call);

	if (row == NULL || column_or_empty(row, "digest")[0] == '\0')
		return not_found(call);
	return call->host->send_blob(call, column_or_empty(row, "digest"), "application/octet-stream",
	                             zhen_format(call, "evidence-%lld", (long long)zhen_column_int(row, "id")));
}

void put_evidence(zhen_call *call, int64_t proceeding)
{
	zhen_open_list(call, "evidence");
	ZHEN_FOR_EACH (call, row,
	               "SELECT id, kind, title, proves, digest, taken_on, place, officers, source, monitoring, reviewed FROM evidence WHERE "
	               "proceeding = $1 ORDER BY id LIMIT 500",
	               proceeding) {
		zhen_open_object(call, NULL);
		zhen_put(call, "id", zhen_column_int(row, "id"));
		put_texts(call, row,
		          (const char *const[]){ "kind", "title", "proves", "digest", "taken_on", "place", "officers", "source", "reviewed", NULL });
		zhen_put(call, "monitoring", zhen_column_int(row, "monitoring") != 0);
		zhen_close(call);
	}
	zhen_close(call);
	zhen_open_list(call, "custody");
	ZHEN_FOR_EACH (call, row,
	               "SELECT c.evidence, c.holder, c.what, c.at FROM evidence e CROSS JOIN custody c WHERE c.evidence = e.id AND e.proceeding = $1 "
	               "ORDER BY c.id LIMIT 1000",
	               proceeding) {
		zhen_open_object(call, NULL);
		zhen_put(call, "evidence", zhen_column_int(row, "evidence"));
		put_texts(call, row, (const char *const[]){ "holder", "what", NULL });
		zhen_put_time(call, "at", zhen_column_int(row, "at"));
		zhen_close(call);
	}
	zhen_close(call);
}
