/* SPDX-License-Identifier: Apache-2.0
 * 派单导引表: class and kind → lead department, co-departments, limits. A file adds and mends; what it does not name stays. */
#include "dispatch.h"

enum column { CLASS, KIND, STANDARD, LEAD, OTHERS, ACCEPT_DAYS, DAYS, SOURCE, N_NEEDED, DUTY = N_NEEDED, N_COLUMNS };
static const char *const heads[N_COLUMNS] = { "类别", "事项", "标准事项", "牵头单位", "配合单位", "接单时限", "办理时限", "来源", "清单事项" };

void guide_find(zhen_call *call, const char *township, const char *class_, const char *kind, struct guide *out)
{
	*out = (struct guide){ .lead = "", .others = "", .duty = "", .accept_days = zhen_setting_int_in(call, "accept_days", township),
		               .days = zhen_setting_int_in(call, "handle_days", township) };
	for (uint32_t level = 4; level >= 1 && !out->found; level--) {
		const zhen_division *above = call->host->division_above(call, township, level);
		const zhen_row *row = above == NULL ? NULL :
			zhen_one(call,
		                 "SELECT standard, lead, others, accept_days, days, duty FROM guide WHERE division = $1 AND class = $2 AND kind = $3",
		                 above->code, class_, kind);

		if (row == NULL)
			continue;
		out->found = true;
		out->standard = zhen_column_int(row, "standard") != 0;
		if (zhen_column_int(row, "accept_days") > 0)
			out->accept_days = zhen_column_int(row, "accept_days");
		if (zhen_column_int(row, "days") > 0)
			out->days = zhen_column_int(row, "days");
		out->lead = zhen_format(call, "%s", or_empty(zhen_column_text(row, "lead")));
		out->duty = zhen_format(call, "%s", or_empty(zhen_column_text(row, "duty")));
		out->others = zhen_format(call, "%s", or_empty(zhen_column_text(row, "others")));
	}
}

zhen_result list_guide(zhen_call *call)
{
	/* Divisions nest by prefix of so many digits per level. */
	static const int digits[] = { 12, 2, 4, 6, 9, 12 };
	const zhen_caller *caller = zhen_get_caller(call);

	zhen_open_list(call, "actions");
	if (zhen_may(call, "dispatch.guide")) {
		put_link(call, "POST", "导入派单导引表", "/guide");
	}
	zhen_close(call);
	/* What holds where the caller stands, and what holds below. */
	const char *codes[5];
	for (uint32_t level = 1; level <= 4; level++) {
		const zhen_division *above = call->host->division_above(call, caller->division, level);

		codes[level] = above != NULL ? above->code : "";
	}
	return zhen_page(call,
	                 "SELECT id, division, class, kind, standard, lead, others, accept_days, days, source, duty FROM guide "
	                 "WHERE ($1 = '' OR class = $1) AND ($2 = '' OR kind = $2) AND (division IN ($3, $4, $5, $6) OR "
	                 "division LIKE $7) {{page id}}",
	                 field_text(call, "class"), field_text(call, "kind"), codes[1], codes[2], codes[3], codes[4],
	                 zhen_format(call, "%.*s%%", digits[caller->level < 6 ? caller->level : 5], caller->division));
}

/* Which cell of a row is which column; false: the head lacks one that is needed. */
static bool read_head(const zhen_csv_row *row, size_t at[N_COLUMNS])
{
	for (size_t c = 0; c < N_COLUMNS; c++) {
		at[c] = row->count;
		for (size_t i = 0; i < row->count; i++)
			if (strcmp(row->cells[i], heads[c]) == 0)
				at[c] = i;
		if (at[c] == row->count && c < N_NEEDED)
			return false;
	}
	return true;
}

static void take(zhen_csv_faults *faults, const zhen_csv_row *row, const char *const *cells, int64_t counts[2])
{
	zhen_call *call = faults->call;
	const char *division = field_text(call, "division");
	bool standard = strcmp(cells[STANDARD], "是") == 0;
	int64_t accept_days = cells[ACCEPT_DAYS][0] == '\0' ? 0 : zhen_csv_count(call, cells[ACCEPT_DAYS]);
	int64_t days = cells[DAYS][0] == '\0' ? 0 : zhen_csv_count(call, cells[DAYS]);

	for (size_t c = CLASS; c <= KIND; c++)
		if (cells[c][0] == '\0')
			zhen_csv_fault(faults, row->line, heads[c], "required", "不能为空 (must not be empty)");
	if (!standard && strcmp(cells[STANDARD], "否") != 0)
		zhen_csv_fault(faults, row->line, heads[STANDARD], "word-unknown", "填“是”或“否” (是 or 否)");
	if (standard && cells[LEAD][0] == '\0')
		zhen_csv_fault(faults, row->line, heads[LEAD], "required",
		               "标准事项须有牵头单位 (a standard matter needs its lead)");
	if (accept_days < 0 || accept_days > 60)
		zhen_csv_fault(faults, row->line, heads[ACCEPT_DAYS], "not-a-count",
		               "工作日数，0 到 60 (working days)");
	if (days < 0 || days > 365)
		zhen_csv_fault(faults, row->line, heads[DAYS], "not-a-count", "工作日数，0 到 365 (working days)");
	const zhen_row *there = zhen_one(call, "SELECT id FROM guide WHERE division = $1 AND class = $2 AND kind = $3",
	                                 division, cells[CLASS], cells[KIND]);
	counts[there != NULL]++;
	zhen_run(call,
	         "INSERT INTO guide(division, class, kind, standard, lead, others, accept_days, days, source, duty, at) "
	         "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) {{upsert division, class, kind}} standard = excluded.standard, "
	         "lead = excluded.lead, others = excluded.others, accept_days = excluded.accept_days, days = excluded.days, "
	         "source = excluded.source, duty = excluded.duty, at = excluded.at",
	         division, cells[CLASS], cells[KIND], standard, cells[LEAD], cells[OTHERS], accept_days, days,
	         cells[SOURCE], cells[DUTY], zhen_now(call));
}

zhen_result import_guide(zhen_call *call)
{
	const zhen_value content = zhen_field_value(call, "content");
	zhen_csv_faults faults = zhen_csv_faults_new(call);
	int64_t counts[2] = { 0 };
	size_t at[N_COLUMNS];
	zhen_csv csv;

	if (!zhen_csv_read(call, content.as.text, content.length, &csv))
		zhen_csv_fault(&faults, csv.problem_line, "", "file-unreadable", csv.problem);
	else if (csv.count < 2 || !read_head(&csv.rows[0], at))
		zhen_csv_fault(&faults, 1, "", "head-missing",
		               "表头须有：类别,事项,标准事项,牵头单位,配合单位,接单时限,办理时限,来源 (the head lacks a column, or no rows)");
	else
		for (size_t i = 1; i < csv.count; i++) {
			const char *cells[N_COLUMNS];

			for (size_t c = 0; c < N_COLUMNS; c++)
				cells[c] = at[c] < csv.rows[i].count ? csv.rows[i].cells[at[c]] : "";
			take(&faults, &csv.rows[i], cells, counts);
		}
	zhen_result refused = zhen_csv_refused(&faults);
	if (refused != 0)
		return refused;
	zhen_put(call, "rows", counts[0] + counts[1]);
	zhen_put(call, "added", counts[0]);
	zhen_put(call, "changed", counts[1]);
	return zhen_ok(call);
}
