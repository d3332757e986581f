/* SPDX-License-Identifier: Apache-2.0
 * 事前监督: a patrol or an inspection, what it finds, and what becomes of that: advice, an order to correct, a case. Most findings
 * end without a penalty (防早打小). */
#include "penalty.h"

#include <stdlib.h>

const char penalties_sql[] =
	"CREATE TABLE patrol(id {{id}}, township TEXT NOT NULL, kind TEXT NOT NULL, on_day TEXT NOT NULL, place TEXT NOT NULL, "
	"officers TEXT NOT NULL, findings BIGINT NOT NULL, at BIGINT NOT NULL);"
	"CREATE INDEX patrol_township ON patrol(township, id);"
	"CREATE TABLE finding(id {{id}}, patrol BIGINT NOT NULL, township TEXT NOT NULL, place TEXT NOT NULL, party_kind TEXT NOT NULL, "
	"party TEXT NOT NULL, credit_code TEXT NOT NULL, problem TEXT NOT NULL, fact TEXT NOT NULL, on_day TEXT NOT NULL, "
	"state TEXT NOT NULL, text TEXT NOT NULL, correct_by TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE INDEX finding_township ON finding(township, id);"
	"CREATE INDEX finding_patrol ON finding(patrol, id);"
	/* officers: their names and certificates as they were on the day; told_fine: what the party was told before (45). */
	"CREATE TABLE penalty(id {{id}}, finding BIGINT NOT NULL, township TEXT NOT NULL, item BIGINT NOT NULL, item_code TEXT NOT NULL, "
	"item_name TEXT NOT NULL, basis TEXT NOT NULL, officers TEXT NOT NULL, party_kind TEXT NOT NULL, party TEXT NOT NULL, "
	"credit_code TEXT NOT NULL, place TEXT NOT NULL, fact TEXT NOT NULL, opened_on TEXT NOT NULL, state TEXT NOT NULL, "
	"warning BIGINT NOT NULL, told_fine BIGINT NOT NULL, fine BIGINT NOT NULL, reason TEXT NOT NULL, defence TEXT NOT NULL, "
	"defence_answer TEXT NOT NULL, decided_on TEXT NOT NULL, number TEXT NOT NULL, served_on TEXT NOT NULL, served_how TEXT NOT NULL, "
	"pay_by TEXT NOT NULL, paid BIGINT NOT NULL, late_fee BIGINT NOT NULL, paid_on TEXT NOT NULL, paid_how TEXT NOT NULL, "
	"receipt TEXT NOT NULL, archive_number TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE INDEX penalty_township ON penalty(township, id);"
	"CREATE UNIQUE INDEX penalty_finding ON penalty(finding);"
	"CREATE TABLE month(township TEXT NOT NULL, month TEXT NOT NULL, name TEXT NOT NULL, amount BIGINT NOT NULL, "
	"PRIMARY KEY(township, month, name)) {{without rowid}};" ZHEN_JOURNAL_SQL_AS("finding_journal") ";" ZHEN_JOURNAL_SQL_AS(
		"penalty_journal") ";" ZHEN_SERIES_SQL ";" ZHEN_CALENDAR_SQL ";" ZHEN_DOCUMENTS_SQL;

void count_month(zhen_call *call, const char *township, const char *name)
{
	zhen_run(call,
	         "INSERT INTO month(township, month, name, amount) VALUES($1, $2, $3, 1) {{upsert township, month, name}} "
	         "amount = month.amount + 1",
	         township, zhen_format(call, "%.7s", today(call)), name);
}

zhen_result officers_check(zhen_call *call, const char *township, const char *day, int32_t least, struct opening *out)
{
	int32_t n = call->host->list_count(call, "officers");

	out->n = 0;
	out->officers = "";
	for (int32_t i = 0; i < n && i < OFFICERS_MAX; i++) {
		int64_t id = zhen_value_int(call->host->list_field(call, "officers", i, "member"));
		const zhen_row *row = zhen_one(call,
		                               "SELECT m.kind, m.name, m.joined_on, m.left_on, (SELECT MIN(c.number) FROM certificate c WHERE "
		                               "c.member = m.id AND " VALID_ON ") AS number FROM member m WHERE m.id = $2 AND m.township = $3",
		                               day, id, township);
		struct member one;

		for (int32_t k = 0; k < i; k++)
			if (out->members[k] == id)
				row = NULL; /* twice the same is one */
		if (row == NULL)
			return wrong_field(call, "officers", "not-a-member",
			                   "第%d名不是本乡镇队伍的人员，或者重复 (not of this township's team, or named twice)", (int)i + 1);
		one = (struct member){ .id = id, .kind = column_or_empty(row, "kind"), .joined_on = column_or_empty(row, "joined_on"),
			               .left_on = column_or_empty(row, "left_on") };
		out->members[i] = id;
		out->names[i] =
			zhen_format(call, "%s（%s）", column_or_empty(row, "name"), column_or_empty(row, "number"));
		out->officers = zhen_format(call, "%s%s%s", out->officers, i > 0 ? "、" : "", out->names[i]);
		out->n = i + 1;
		zhen_result refused = officer_check(call, "officers", &one, day);
		if (refused != 0)
			return refused;
	}
	if (n < least)
		return zhen_fail(call, ZHEN_CONFLICT, "too-few-officers",
		                 "执法人员不得少于%d人，并应当出示执法证件（行政处罚法第四十二条、第五十五条） (at least %d officers, arts 42 and 55)",
		                 (int)least, (int)least);
	return 0;
}

zhen_result add_patrol(zhen_call *call)
{
	const zhen_caller *caller = zhen_get_caller(call);
	const char *on, *kind = field_text(call, "kind");
	zhen_result refused = past_day(call, "on", &on);

	if (refused == 0 && caller->level != 4)
		refused = zhen_fail(call, ZHEN_FORBIDDEN, "township-only",
		                    "由乡镇（街道）队伍开展 (by a township's team)");
	if (refused != 0)
		return refused;
	struct opening opening;
	refused = officers_check(call, caller->division, on, strcmp(kind, "inspection") == 0 ? 2 : 1, &opening);
	if (refused != 0)
		return refused;
	int64_t id = zhen_insert(call,
	                         "INSERT INTO patrol(township, kind, on_day, place, officers, findings, at) VALUES($1, $2, $3, $4, $5, 0, $6) "
	                         "RETURNING id",
	                         caller->division, kind, on, field_text(call, "place"), opening.officers, zhen_now(call));
	count_month(call, caller->division, kind);
	return zhen_created(call, id);
}

zhen_result list_patrols(zhen_call *call)
{
	zhen_open_list(call, "actions");
	if (zhen_may(call, "enforcement.handle"))
		put_way(call, "登记巡查、检查", "POST", "/patrols");
	zhen_close(call);
	return zhen_page(call, "SELECT id, township, kind, on_day, place, officers, findings FROM patrol WHERE ($1 = '' OR kind = $1) AND "
	                       "{{scope township}} {{page id DESC}}",
	                 field_text(call, "kind"));
}

zhen_result add_finding(zhen_call *call)
{
	int64_t patrol = zhen_int(call, "id");
	const zhen_row *row =
		zhen_one(call, "SELECT township, on_day FROM patrol WHERE id = $1 AND {{scope township}}", patrol);
	bool person = strcmp(field_text(call, "party_kind"), "person") == 0;

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这次巡查、检查 (no such patrol)");
	if (!person && zhen_credit_code_check(field_text(call, "credit_code")) == ZHEN_CREDIT_CODE_WRONG)
		return wrong_field(call, "credit_code", "not-a-credit-code",
		                   "单位须填18位统一社会信用代码（GB 32100） (an organisation has a code of 18 characters)");
	const char *township = column_or_empty(row, "township");
	int64_t id = zhen_insert(call,
	                         "INSERT INTO finding(patrol, township, place, party_kind, party, credit_code, problem, fact, on_day, state, text, "
	                         "correct_by, at) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', '', '', $10) RETURNING id",
	                         patrol, township, field_text(call, "place"), field_text(call, "party_kind"), field_text(call, "party"),
	                         person ? "" : field_text(call, "credit_code"), field_text(call, "problem"), field_text(call, "fact"),
	                         column_or_empty(row, "on_day"), zhen_now(call));
	zhen_run(call, "UPDATE patrol SET findings = findings + 1 WHERE id = $1", patrol);
	count_month(call, township, "finding");
	count_month(call, township, field_text(call, "problem"));
	zhen_journal_add(call, "finding_journal", id, "find", field_text(call, "fact"));
	return zhen_created(call, id);
}

static const zhen_row *finding_row(zhen_call *call, int64_t id)
{
	return zhen_one(call,
	                "SELECT id, patrol, township, place, party_kind, party, credit_code, problem, fact, on_day, state, text, correct_by "
	                "FROM finding WHERE id = $1 AND {{scope township}}",
	                id);
}

bool finding_read(zhen_call *call, int64_t id, struct finding *out)
{
	const zhen_row *row = finding_row(call, id);

	if (row == NULL)
		return false;
	*out = (struct finding){
		.id = zhen_column_int(row, "id"),
		.patrol = zhen_column_int(row, "patrol"),
		.state = (uint32_t)zhen_process_state_of(&finding_process, column_or_empty(row, "state")),
		.township = column_or_empty(row, "township"),
		.place = column_or_empty(row, "place"),
		.party_kind = column_or_empty(row, "party_kind"),
		.party = column_or_empty(row, "party"),
		.credit_code = column_or_empty(row, "credit_code"),
		.problem = column_or_empty(row, "problem"),
		.fact = column_or_empty(row, "fact"),
		.on = column_or_empty(row, "on_day"),
	};
	return true;
}

zhen_result finding_load(zhen_call *call, uint32_t act, struct finding *out)
{
	if (!finding_read(call, zhen_int(call, "id"), out))
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found",
		                 "没有这个问题，或不在您的管辖范围 (no such finding)");
	return zhen_process_may(call, &finding_process, out->state, act, zhen_format(call, "%lld", (long long)out->id),
	                        out->township, out);
}

void finding_move(zhen_call *call, const struct finding *finding, uint32_t act, const char *text)
{
	const zhen_process_rule *rule = zhen_process_rule_of(&finding_process, finding->state, act);

	zhen_run(call, "UPDATE finding SET state = $1, text = $2 WHERE id = $3", finding_process.states[rule->to].name,
	         text, finding->id);
	zhen_journal_add(call, "finding_journal", finding->id, finding_process.acts[act].name, text);
	zhen_put(call, "id", finding->id);
	zhen_put(call, "state", finding_process.states[rule->to].name);
}

zhen_result advise_finding(zhen_call *call)
{
	struct finding finding;
	zhen_result refused = finding_load(call, FINDING_ADVISE, &finding);

	if (refused != 0)
		return refused;
	finding_move(call, &finding, FINDING_ADVISE, field_text(call, "text"));
	count_month(call, finding.township, "advised");
	return zhen_ok(call);
}

/* 行政处罚法 28: whoever is penalised is also ordered to correct; most are only that. */
zhen_result order_finding(zhen_call *call)
{
	struct finding finding;
	zhen_result refused = finding_load(call, FINDING_ORDER, &finding);

	if (refused != 0)
		return refused;
	if (strcmp(field_text(call, "correct_by"), today(call)) < 0)
		return wrong_field(call, "correct_by", "in-the-past", "改正期限早于今天 (before today)");
	zhen_run(call, "UPDATE finding SET correct_by = $1 WHERE id = $2", field_text(call, "correct_by"), finding.id);
	zhen_sheet *sheet = zhen_sheet_new();
	zhen_sheet_fact(sheet, "当事人", finding.party);
	zhen_sheet_fact(sheet, "地点", finding.place);
	zhen_sheet_fact(sheet, "违法事实", finding.fact);
	zhen_sheet_fact(sheet, "改正要求", field_text(call, "text"));
	zhen_sheet_fact(sheet, "改正期限", field_text(call, "correct_by"));
	zhen_sheet_paragraph(sheet, "逾期不改正的，依法处理（行政处罚法第二十八条）。");
	zhen_document document = { .matter = finding.id, .township = finding.township, .kind = "correction", .title = "责令改正通知书",
		                   .series = "correction", .addressee = finding.party, .verify_path = "/p/enforcement/verify", .sheet = sheet };
	zhen_put(call, "number", zhen_document_new(call, &document, NULL));
	finding_move(call, &finding, FINDING_ORDER, field_text(call, "text"));
	count_month(call, finding.township, "ordered");
	return zhen_ok(call);
}

zhen_result correct_finding(zhen_call *call)
{
	struct finding finding;
	zhen_result refused = finding_load(call, FINDING_CORRECT, &finding);

	if (refused != 0)
		return refused;
	finding_move(call, &finding, FINDING_CORRECT, field_text(call, "text"));
	return zhen_ok(call);
}

zhen_result list_findings(zhen_call *call)
{
	return zhen_page(call,
	                 "SELECT id, patrol, township, place, problem, fact, on_day, state FROM finding WHERE ($1 = '' OR state = $1) AND "
	                 "($2 = '' OR problem = $2) AND {{scope township}} {{page id DESC}}",
	                 field_text(call, "state"), field_text(call, "problem"));
}

zhen_result show_finding(zhen_call *call)
{
	const zhen_row *row = finding_row(call, zhen_int(call, "id"));

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found",
		                 "没有这个问题，或不在您的管辖范围 (no such finding)");
	zhen_put(call, "id", zhen_column_int(row, "id"));
	zhen_put(call, "patrol", zhen_column_int(row, "patrol"));
	put_texts(call, row,
	          (const char *const[]){ "township", "place", "party_kind", "party", "credit_code", "problem", "fact", "on_day", "state", "text", NULL });
	if (column_or_empty(row, "correct_by")[0] != '\0')
		zhen_put(call, "correct_by", column_or_empty(row, "correct_by"));
	const zhen_row *order = zhen_one(
		call, "SELECT number FROM document WHERE matter = $1 AND kind = 'correction' ORDER BY id DESC LIMIT 1",
		zhen_column_int(row, "id"));
	if (order != NULL)
		zhen_put(call, "number", column_or_empty(order, "number"));
	zhen_journal_put(call, "journal", "finding_journal", zhen_column_int(row, "id"));
	zhen_open_list(call, "actions");
	zhen_process_put_actions(call, &finding_process,
	                         (uint32_t)zhen_process_state_of(&finding_process, column_or_empty(row, "state")),
	                         column_or_empty(row, "township"),
	                         zhen_format(call, "/findings/%lld", (long long)zhen_column_int(row, "id")));
	zhen_close(call);
	return zhen_ok(call);
}

/* 29: the same party, item and day of the act: once. */
static bool is_fined_already(zhen_call *call, const struct finding *finding, const char *code)
{
#define SAME "f.township = $1 AND f.party = $2 AND f.credit_code = $3 AND f.on_day = $4 AND f.id <> $5 AND c.item_code = $6 AND c.state <> 'dropped'"
	return zhen_one(call, "SELECT c.id FROM finding f CROSS JOIN penalty c WHERE c.finding = f.id AND c.state <> 'converted' AND " SAME " LIMIT 1",
	                finding->township, finding->party, finding->credit_code, finding->on, finding->id, code) != NULL ||
	       zhen_one(call, "SELECT c.id FROM finding f CROSS JOIN proceeding c WHERE c.finding = f.id AND " SAME " LIMIT 1", finding->township,
	                finding->party, finding->credit_code, finding->on, finding->id, code) != NULL;
#undef SAME
}

zhen_result opening_check(zhen_call *call, const struct finding *finding, struct opening *out)
{
	int64_t years = zhen_setting_int(call, zhen_int(call, "harm") != 0 ? "limitation_years_harm" : "limitation_years");
	const char *since = field_text(call, "ended_on")[0] != '\0' ? field_text(call, "ended_on") : finding->on;
	const zhen_row *item = zhen_one(call,
	                                "SELECT id, code, name, basis, power FROM item WHERE township = $1 AND code = $2 AND from_on <= $3 AND "
	                                "(to_on = '' OR to_on >= $3) ORDER BY id DESC LIMIT 1",
	                                finding->township, field_text(call, "item"), finding->on);

	if (item == NULL || strcmp(column_or_empty(item, "power"), "penalty") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "item-not-in-force",
		                 "%s不是本乡镇%s有效的行政处罚事项，不得立案（行政处罚法第二十四条、第三十八条） "
		                 "(no item of penalty of this township on that day, arts 24 and 38)",
		                 field_text(call, "item"), finding->on);
	out->item = zhen_column_int(item, "id");
	out->code = zhen_format(call, "%s", column_or_empty(item, "code"));
	out->name = zhen_format(call, "%s", column_or_empty(item, "name"));
	out->basis = zhen_format(call, "%s", column_or_empty(item, "basis"));
	if (strncmp(today(call), since, 4) > 0 &&
	    strcmp(zhen_format(call, "%04lld%s", (long long)(atoll(zhen_format(call, "%.4s", since)) + years),
	                       since + 4),
	           today(call)) < 0)
		return zhen_fail(call, ZHEN_CONFLICT, "limitation",
		                 "违法行为终了已超过%lld年，不再给予行政处罚（行政处罚法第三十六条） (more than %lld years ago, art. 36)", (long long)years,
		                 (long long)years);
	if (is_fined_already(call, finding, out->code))
		return zhen_fail(call, ZHEN_CONFLICT, "once",
		                 "同一当事人的同一违法行为已经立案，不得给予两次以上罚款的处罚（行政处罚法第二十九条） (the same act of the same party, art. 29)");
	zhen_result refused = officers_check(call, finding->township, today(call), 2, out);
	return refused != 0 ? refused : oversight_check(call, out, out->code);
}

/* 行政处罚法 42, 54, 51: whoever opens it names two officers of the day and an item that was the township's when it was found. */
zhen_result open_penalty(zhen_call *call)
{
	struct finding finding;
	struct opening opening;
	zhen_result refused = finding_load(call, FINDING_PENALTY, &finding);

	if (refused == 0)
		refused = opening_check(call, &finding, &opening);
	if (refused != 0)
		return refused;
	int64_t id = zhen_insert(
		call,
		"INSERT INTO penalty(finding, township, item, item_code, item_name, basis, officers, party_kind, party, credit_code, place, fact, "
		"opened_on, state, warning, told_fine, fine, reason, defence, defence_answer, decided_on, number, served_on, served_how, pay_by, "
		"paid, late_fee, paid_on, paid_how, receipt, archive_number, at) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
		"'opened', 0, 0, 0, '', '', '', '', '', '', '', '', 0, 0, '', '', '', '', $14) RETURNING id",
		finding.id, finding.township, opening.item, opening.code, opening.name, opening.basis, opening.officers,
		finding.party_kind, finding.party, finding.credit_code, finding.place, finding.fact, today(call),
		zhen_now(call));
	zhen_run(call, "UPDATE finding SET state = 'case' WHERE id = $1", finding.id);
	zhen_journal_add(call, "finding_journal", finding.id, "case", field_text(call, "item"));
	zhen_journal_add(call, "penalty_journal", id, "open", opening.officers);
	count_month(call, finding.township, "opened");
	zhen_emit(call, "enforcement.penalty.moved", "id", id, "township", finding.township, "item", opening.code, "state",
	          "opened", "at", zhen_now(call));
	return zhen_created(call, id);
}

/* 检查与处罚之比, month by month: what is counted is acts, never money (行政处罚法 74). */
zhen_result report_inspections(zhen_call *call)
{
	zhen_open_list(call, "items");
	ZHEN_FOR_EACH (call, row,
	               "SELECT month, SUM(CASE WHEN name = 'patrol' THEN amount ELSE 0 END) AS patrols, SUM(CASE WHEN name = 'inspection' THEN "
	               "amount ELSE 0 END) AS inspections, SUM(CASE WHEN name = 'finding' THEN amount ELSE 0 END) AS findings, "
	               "SUM(CASE WHEN name = 'advised' THEN amount ELSE 0 END) AS advised, SUM(CASE WHEN name = 'ordered' THEN amount ELSE 0 END) "
	               "AS ordered, SUM(CASE WHEN name = 'decided' THEN amount ELSE 0 END) AS penalties FROM month WHERE {{scope township}} "
	               "GROUP BY month ORDER BY month DESC LIMIT 60") {
		static const char *const names[] = { "patrols", "inspections", "findings", "advised", "ordered", "penalties" };
		int64_t penalties = zhen_column_int(row, "penalties");

		zhen_open_object(call, NULL);
		zhen_put(call, "month", zhen_column_text(row, "month"));
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			zhen_put(call, names[i], zhen_column_int(row, names[i]));
		if (penalties > 0)
			zhen_put(call, "ratio",
			         zhen_format(call, "%s : 1",
			                     share(call, zhen_column_int(row, "patrols") + zhen_column_int(row, "inspections"), penalties * 100)));
		zhen_close(call);
	}
	zhen_close(call);
	zhen_open_list(call, "problems");
	ZHEN_FOR_EACH (call, row,
	               "SELECT month, name, SUM(amount) AS n FROM month WHERE name NOT IN ('patrol', 'inspection', 'finding', 'advised', 'ordered', "
	               "'opened', 'decided') AND {{scope township}} GROUP BY month, name ORDER BY month DESC, name LIMIT 600") {
		zhen_open_object(call, NULL);
		zhen_put(call, "month", zhen_column_text(row, "month"));
		zhen_put(call, "problem", zhen_column_text(row, "name"));
		zhen_put(call, "n", zhen_column_int(row, "n"));
		zhen_close(call);
	}
	zhen_close(call);
	return zhen_ok(call);
}
