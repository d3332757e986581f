/* SPDX-License-Identifier: Apache-2.0
 * 准入: a department asks, the office of public sector reform decides; until then nothing new reaches a township. */
#include "process.h"
#include "tables.h"

zhen_result file_admission(zhen_call *call)
{
	const zhen_caller *caller = zhen_get_caller(call);
	const char *unit = field_text(call, "unit"), *code = field_text(call, "code");
	const char *upper = code_of(call, field_text(call, "upper"));
	struct list newest;

	call->host->subject(call, unit);
	if (!list_newest(call, unit, &newest))
		return zhen_fail(call, ZHEN_CONFLICT, "no-list", "%s还没有公布清单", division_name(call, unit));
	const zhen_row *listed = code[0] != '\0' ? list_item(call, newest.id, code) : NULL;
	if (listed != NULL && strcmp(column_or_empty(listed, "place"), "withdrawn") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "already-listed", "“%s”已在清单内，不用申请准入",
		                 column_or_empty(listed, "name"));
	if (listed != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "item-withdrawn", "“%s”已收回上级部门，不能再交乡镇",
		                 column_or_empty(listed, "name"));
	bool as_item = strcmp(field_text(call, "as"), "item") == 0;
	if (as_item && code[0] == '\0') {
		zhen_field_error(call, "code", "required", "列入清单的事项应有编码");
		return zhen_invalid(call);
	}
	zhen_result refused = as_item ? refuse(call, local_code_check(call, unit, code)) : 0;
	const struct item asked = { .name = field_text(call, "title"), .category = field_text(call, "field"),
		                    .place = field_text(call, "place"), .power = field_text(call, "power") };
	if (refused == 0)
		refused = criteria_check(call, &asked);
	if (refused == 0 && as_item)
		refused = refuse(call, upper_check(call, &newest, upper, code));
	if (refused != 0)
		return refused;
	int64_t id = zhen_insert(
		call,
		"INSERT INTO admission(township, unit, code, title, field, reason, basis, lead, duty, support, place, "
		"upper, listing, "
		"needed, connected, simple, visible, state, body, body_name, filed_at, opinion, decided_by, "
		"decided_at, version, power) "
		"VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 'filed', $18, $19, "
		"$20, '', '', 0, 0, $21) RETURNING id",
		newest.township, unit, code, field_text(call, "title"), field_text(call, "field"),
		field_text(call, "reason"), field_text(call, "basis"), field_text(call, "lead"),
		field_text(call, "duty"), field_text(call, "support"), field_text(call, "place"),
		upper, as_item, field_text(call, "needed"), field_text(call, "connected"),
		field_text(call, "simple"), field_text(call, "visible"), caller->body, caller->body_name,
		zhen_now(call), asked.power);
	zhen_journal_add(call, "admission_journal", id, "file", field_text(call, "reason"));
	return zhen_created(call, id);
}

static zhen_result admission_for(zhen_call *call, uint32_t act, const zhen_row **out)
{
	*out = zhen_one(call,
	                "SELECT id, township, unit, code, title, field, power, basis, lead, duty, place, upper, listing, "
	                "state, body FROM admission WHERE id = $1 AND {{scope township}}",
	                zhen_int(call, "id"));
	if (*out == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这件准入申请，或不在您的辖区");
	call->host->subject(call, column_or_empty(*out, "unit"));
	return process_may(call, &admission_process, column_or_empty(*out, "state"), act,
	                   column_or_empty(*out, "title"));
}

static zhen_result decided(zhen_call *call, const zhen_row *row, const char *state, const char *what, int64_t version)
{
	zhen_run(call, "UPDATE admission SET state = $1, opinion = $2, decided_by = $3, decided_at = $4, version = $5 WHERE id = $6",
	         state, field_text(call, "opinion"), zhen_get_caller(call)->name, zhen_now(call), version, count_of(row, "id"));
	zhen_journal_add(call, "admission_journal", count_of(row, "id"), what, field_text(call, "opinion"));
	zhen_emit(call, "duties.admission.decided", "admission", count_of(row, "id"), "township", column_or_empty(row, "township"),
	          "unit", column_or_empty(row, "unit"), "item", column_or_empty(row, "code"), "state", state,
	          "version", version, "at",
	          zhen_now(call));
	zhen_put(call, "id", count_of(row, "id"));
	zhen_put(call, "state", state);
	zhen_put(call, "version", version);
	return zhen_ok(call);
}

/* Into the list by a version of its own, from the first day that no version begins on: an admission does not wait for the year's
 * round. */
static zhen_result into_list(zhen_call *call, const zhen_row *row, int64_t *out_version)
{
	const char *place = column_or_empty(row, "place");
	const char *unit = column_or_empty(row, "unit");
	struct list newest;
	struct item item = {
		.code = column_or_empty(row, "code"), .name = column_or_empty(row, "title"), .type = "power", .level = "local",
		.basis = column_or_empty(row, "basis"), .origin = "local", .place = place[0] != '\0' ? place : "basic",
		.category = column_or_empty(row, "field"), .lead = column_or_empty(row, "lead"), .duty = column_or_empty(row, "duty"),
		.county_duty = "", .responsible = strcmp(place, "assist") == 0 ? "joint" : "township",
		.upper = column_or_empty(row, "upper"), .power = column_or_empty(row, "power"),
	};
	zhen_result refused = refuse(call, local_code_check(call, unit, item.code));

	if (refused == 0)
		refused = refuse(call, item_check(&item));
	if (refused != 0)
		return refused;
	if (!list_newest(call, unit, &newest) || list_item(call, newest.id, item.code) != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "already-listed", "“%s”已在清单内", item.code);
	const char *from = version_day(call, &newest);
	zhen_run(call, "INSERT INTO code(code, owner, name, retired_at) VALUES($1, $2, $3, 0) {{upsert code}} name = excluded.name",
	         item.code, unit, item.name);
	note_change(call, unit, item.code, "admitted", item.name, 0, 0, 0);
	*out_version = list_admit(call, &newest, &item, from);
	zhen_put(call, "effective_from", from);
	return 0;
}

zhen_result approve_admission(zhen_call *call)
{
	const zhen_row *row;
	int64_t version = 0;
	zhen_result refused = admission_for(call, ADMISSION_APPROVE, &row);

	if (refused == 0 && count_of(row, "listing") != 0)
		refused = into_list(call, row, &version);
	return refused != 0 ? refused : decided(call, row, "approved", "approve", version);
}

zhen_result refuse_admission(zhen_call *call)
{
	const zhen_row *row;
	zhen_result refused = admission_for(call, ADMISSION_REFUSE, &row);

	return refused != 0 ? refused : decided(call, row, "refused", "refuse", 0);
}

zhen_result retract_admission(zhen_call *call)
{
	const zhen_row *row;
	zhen_result refused = admission_for(call, ADMISSION_RETRACT, &row);

	if (refused != 0)
		return refused;
	if (strcmp(column_or_empty(row, "body"), zhen_get_caller(call)->body) != 0)
		return zhen_fail(call, ZHEN_FORBIDDEN, "wrong-body", "只有申请单位可以撤回");
	return decided(call, row, "retracted", "retract", 0);
}

zhen_result list_admissions(zhen_call *call)
{
	put_begin(call, "duties.apply", "申请准入", "/admissions/new");
	return zhen_page(call,
	                 "SELECT id, title, unit, state, code, body_name, filed_at, township FROM admission WHERE ($1 "
	                 "= '' OR state = $1) AND {{scope township or body}} {{page id DESC}}",
	                 field_text(call, "state"));
}

zhen_result show_admission(zhen_call *call)
{
	const zhen_row *row = zhen_one(
		call,
		"SELECT id, title, unit, state, code, field, power, reason, basis, lead, duty, support, place, needed, "
		"connected, simple, visible, "
		"body_name, opinion, decided_by, NULLIF(version, 0) AS version, filed_at FROM admission WHERE id = $1 AND {{scope township "
		"or body}}",
		zhen_int(call, "id"));

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这件准入申请，或不在您的辖区");
	for (uint32_t i = 0; i + 1 < row->count; i++)
		call->host->put(call, row->names[i], row->values[i]);
	zhen_put_time(call, "filed_at", count_of(row, "filed_at"));
	zhen_journal_put(call, "journal", "admission_journal", count_of(row, "id"));
	process_actions(call, &admission_process, column_or_empty(row, "state"),
	                zhen_format(call, "/admissions/%lld", (long long)count_of(row, "id")));
	return zhen_ok(call);
}
