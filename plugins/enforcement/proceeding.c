/* SPDX-License-Identifier: Apache-2.0
 * 普通程序: opened by two officers who have no part in the matter otherwise, and what surrounds its investigation. */
#include "lesson.h"

#include <stdlib.h>

#define JOURNAL "proceeding_journal"

const char proceedings_sql[] =
	"CREATE TABLE proceeding(id {{id}}, finding BIGINT NOT NULL, township TEXT NOT NULL, item_code TEXT NOT NULL, item_name TEXT NOT NULL, "
	"basis TEXT NOT NULL, party_kind TEXT NOT NULL, party TEXT NOT NULL, credit_code TEXT NOT NULL, place TEXT NOT NULL, "
	"fact TEXT NOT NULL, grave BIGINT NOT NULL, opened_on TEXT NOT NULL, due_on TEXT NOT NULL, state TEXT NOT NULL, "
	"told_on TEXT NOT NULL DEFAULT '', told_fine BIGINT NOT NULL DEFAULT 0, told_warning BIGINT NOT NULL DEFAULT 0, "
	"told_measure TEXT NOT NULL DEFAULT 'none', told_confiscated BIGINT NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '', "
	"age TEXT NOT NULL DEFAULT '', hearing_right BIGINT NOT NULL DEFAULT 0, defence TEXT NOT NULL DEFAULT '', "
	"defence_answer TEXT NOT NULL DEFAULT '', hearing TEXT NOT NULL DEFAULT 'none', hearing_on TEXT NOT NULL DEFAULT '', "
	"presider TEXT NOT NULL DEFAULT '', hearing_record TEXT NOT NULL DEFAULT '', review BIGINT NOT NULL DEFAULT 0, "
	"review_text TEXT NOT NULL DEFAULT '', reviewer TEXT NOT NULL DEFAULT '', discussed_on TEXT NOT NULL DEFAULT '', "
	"discussion TEXT NOT NULL DEFAULT '', joint_on TEXT NOT NULL DEFAULT '', joint_body TEXT NOT NULL DEFAULT '', "
	"joint_text TEXT NOT NULL DEFAULT '', fine BIGINT NOT NULL DEFAULT 0, warning BIGINT NOT NULL DEFAULT 0, "
	"measure TEXT NOT NULL DEFAULT 'none', confiscated BIGINT NOT NULL DEFAULT 0, decided_on TEXT NOT NULL DEFAULT '', "
	"extension TEXT NOT NULL DEFAULT '', number TEXT NOT NULL DEFAULT '', served_on TEXT NOT NULL DEFAULT '', "
	"served_how TEXT NOT NULL DEFAULT '', effective_on TEXT NOT NULL DEFAULT '', pay_by TEXT NOT NULL DEFAULT '', "
	"surcharge BIGINT NOT NULL DEFAULT 0, urged_on TEXT NOT NULL DEFAULT '', court TEXT NOT NULL DEFAULT '', "
	"archive_number TEXT NOT NULL DEFAULT '', at BIGINT NOT NULL);"
	"CREATE INDEX proceeding_township ON proceeding(township, id);"
	"CREATE INDEX proceeding_state ON proceeding(state, township, id);"
	"CREATE UNIQUE INDEX proceeding_finding ON proceeding(finding);"
	/* Who handles it, and from when to when (43). */
	"CREATE TABLE handler(id {{id}}, proceeding BIGINT NOT NULL, member BIGINT NOT NULL, name TEXT NOT NULL, until_on TEXT NOT NULL, "
	"why TEXT NOT NULL);"
	"CREATE INDEX handler_proceeding ON handler(proceeding, id);"
	/* 管执分离: who supervises or licenses the matter of an item (楚雄州). */
	"CREATE TABLE oversight(id {{id}}, member BIGINT NOT NULL, township TEXT NOT NULL, item_code TEXT NOT NULL, work TEXT NOT NULL, "
	"from_on TEXT NOT NULL, to_on TEXT NOT NULL);"
	"CREATE INDEX oversight_member ON oversight(member, item_code);"
	"CREATE INDEX oversight_township ON oversight(township, id);"
	"CREATE TABLE evidence(id {{id}}, proceeding BIGINT NOT NULL, township TEXT NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL, "
	"proves TEXT NOT NULL, digest TEXT NOT NULL, taken_on TEXT NOT NULL, place TEXT NOT NULL, officers TEXT NOT NULL, "
	"source TEXT NOT NULL, monitoring BIGINT NOT NULL, reviewed TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE INDEX evidence_proceeding ON evidence(proceeding, id);"
	/* Rows are added, never changed. */
	"CREATE TABLE custody(id {{id}}, evidence BIGINT NOT NULL, holder TEXT NOT NULL, what TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE INDEX custody_evidence ON custody(evidence, id);"
	"CREATE TABLE instalment(id {{id}}, proceeding BIGINT NOT NULL, due_on TEXT NOT NULL, fen BIGINT NOT NULL);"
	"CREATE INDEX instalment_proceeding ON instalment(proceeding, due_on);"
	"CREATE TABLE payment(id {{id}}, proceeding BIGINT NOT NULL, on_day TEXT NOT NULL, fen BIGINT NOT NULL, receipt TEXT NOT NULL);"
	"CREATE INDEX payment_proceeding ON payment(proceeding, on_day);"
	/* 73: reconsideration or a lawsuit; no surcharge runs then. */
	"CREATE TABLE stay(id {{id}}, proceeding BIGINT NOT NULL, from_on TEXT NOT NULL, to_on TEXT NOT NULL, why TEXT NOT NULL);"
	"CREATE INDEX stay_proceeding ON stay(proceeding, id);" ZHEN_JOURNAL_SQL_AS("proceeding_journal");

#define COLUMNS                                                                                                                     \
	"id, finding, township, item_code, item_name, basis, party_kind, party, credit_code, place, fact, grave, opened_on, due_on, "    \
	"state, told_on, told_fine, told_warning, told_measure, told_confiscated, reason, hearing_right, defence, defence_answer, "      \
	"hearing, hearing_on, presider, hearing_record, review, review_text, reviewer, discussed_on, discussion, joint_on, joint_body, " \
	"joint_text, fine, warning, measure, confiscated, decided_on, extension, number, served_on, served_how, effective_on, pay_by, "  \
	"surcharge, urged_on, court, archive_number"

const char *penalty_words(zhen_call *call, bool warning, int64_t fine, const char *measure, int64_t confiscated)
{
	const char *words = warning ? "警告" : "";

	if (fine > 0)
		words = zhen_format(call, "%s%s罚款%s", words, words[0] != '\0' ? "；" : "", yuan(call, fine));
	if (strcmp(measure, "none") != 0)
		words = zhen_format(call, "%s%s%s", words, words[0] != '\0' ? "；" : "", words_of(call, MEASURE_CHOICES, measure));
	return confiscated > 0 ? zhen_format(call, "%s%s", words, yuan(call, confiscated)) : words;
}

static void read_row(zhen_call *call, const zhen_row *row, struct proceeding *out)
{
#define TEXT_OF(name) .name = zhen_format(call, "%s", column_or_empty(row, #name))
#define INT_OF(name) .name = zhen_column_int(row, #name)
	*out = (struct proceeding){
		INT_OF(id),
		INT_OF(finding),
		INT_OF(told_fine),
		INT_OF(told_confiscated),
		INT_OF(fine),
		INT_OF(confiscated),
		INT_OF(review),
		.state = (uint32_t)zhen_process_state_of(&proceeding_process, column_or_empty(row, "state")),
		.grave = zhen_column_int(row, "grave") != 0, .hearing_right = zhen_column_int(row, "hearing_right") != 0,
		.told_warning = zhen_column_int(row, "told_warning") != 0, .warning = zhen_column_int(row, "warning") != 0,
		TEXT_OF(township), TEXT_OF(item_code), TEXT_OF(item_name), TEXT_OF(basis), TEXT_OF(party_kind), TEXT_OF(party),
		TEXT_OF(credit_code), TEXT_OF(place), TEXT_OF(fact), TEXT_OF(opened_on), TEXT_OF(due_on), TEXT_OF(told_on),
		TEXT_OF(told_measure), TEXT_OF(reason), TEXT_OF(defence), TEXT_OF(defence_answer), TEXT_OF(hearing), TEXT_OF(hearing_on),
		TEXT_OF(joint_on), TEXT_OF(discussed_on), TEXT_OF(measure), TEXT_OF(decided_on), TEXT_OF(number), TEXT_OF(served_on),
		TEXT_OF(effective_on), TEXT_OF(pay_by), TEXT_OF(urged_on),
	};
#undef INT_OF
#undef TEXT_OF
}

static const zhen_row *row_of(zhen_call *call)
{
	return zhen_one(call, "SELECT " COLUMNS " FROM proceeding WHERE id = $1 AND {{scope township}}",
	                zhen_int(call, "id"));
}

static zhen_result not_found(zhen_call *call)
{
	return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这个案件，或不在您的管辖范围 (no such case)");
}

zhen_result proceeding_load(zhen_call *call, uint32_t act, struct proceeding *out)
{
	const zhen_row *row = row_of(call);

	if (row == NULL)
		return not_found(call);
	read_row(call, row, out);
	return zhen_process_may(call, &proceeding_process, out->state, act,
	                        zhen_format(call, "%lld", (long long)out->id), out->township, out);
}

static void tell(zhen_call *call, const struct proceeding *proceeding)
{
	zhen_emit(call, "enforcement.proceeding.moved", "id", proceeding->id, "township", proceeding->township, "item",
	          proceeding->item_code, "state", proceeding_process.states[proceeding->state].name, "at",
	          zhen_now(call));
}

zhen_result proceeding_moved(zhen_call *call, struct proceeding *proceeding, uint32_t act, uint32_t to,
                             const char *text)
{
	bool moves = proceeding->state != to;

	proceeding->state = to;
	zhen_run(call, "UPDATE proceeding SET state = $1 WHERE id = $2", proceeding_process.states[to].name,
	         proceeding->id);
	zhen_journal_add(call, JOURNAL, proceeding->id, proceeding_process.acts[act].name, text);
	if (moves)
		tell(call, proceeding);
	zhen_put(call, "id", proceeding->id);
	zhen_put(call, "state", proceeding_process.states[to].name);
	if (proceeding->number[0] != '\0')
		zhen_put(call, "number", proceeding->number);
	return zhen_ok(call);
}

const char *handlers_of(zhen_call *call, int64_t proceeding)
{
	const char *names = "";

	ZHEN_FOR_EACH (call, row,
	               "SELECT name FROM handler WHERE proceeding = $1 AND until_on = '' ORDER BY id LIMIT 10",
	               proceeding)
		names = zhen_format(call, "%s%s%s", names, names[0] != '\0' ? "、" : "", column_or_empty(row, "name"));
	return names;
}

bool is_handler(zhen_call *call, int64_t proceeding, int64_t member)
{
	return zhen_one(call, "SELECT id FROM handler WHERE proceeding = $1 AND member = $2", proceeding, member) !=
	       NULL;
}

const char *proceeding_document(zhen_call *call, const struct proceeding *proceeding, const char *kind,
                                const char *title, const char *series, zhen_sheet *sheet)
{
	zhen_document document = { .matter = proceeding->id, .township = proceeding->township, .kind = kind, .title = title,
		                   .series = series, .addressee = proceeding->party, .verify_path = "/p/enforcement/verify",
		                   .sheet = sheet };

	return zhen_document_new(call, &document, NULL);
}

static zhen_result create(zhen_call *call, const struct finding *finding, const struct opening *opening)
{
	struct proceeding proceeding = { .state = PROCEEDING_OPENED, .township = finding->township, .item_code = opening->code };
	const char *due_on = calendar_days_after(call, finding->township, today(call),
	                                         zhen_setting_int_in(call, "case_days", finding->township));

	proceeding.id = zhen_insert(call,
	                            "INSERT INTO proceeding(finding, township, item_code, item_name, basis, party_kind, party, credit_code, place, "
	                            "fact, grave, opened_on, due_on, state, at) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
	                            "'opened', $14) RETURNING id",
	                            finding->id, finding->township, opening->code, opening->name, opening->basis,
	                            finding->party_kind, finding->party, finding->credit_code, finding->place,
	                            finding->fact, zhen_int(call, "grave"), today(call), due_on, zhen_now(call));
	for (int32_t i = 0; i < opening->n; i++)
		zhen_run(call,
		         "INSERT INTO handler(proceeding, member, name, until_on, why) VALUES($1, $2, $3, '', '')",
		         proceeding.id, opening->members[i], opening->names[i]);
	zhen_journal_add(call, JOURNAL, proceeding.id, "open", opening->officers);
	count_month(call, finding->township, "opened");
	tell(call, &proceeding);
	return zhen_created(call, proceeding.id);
}

zhen_result open_proceeding(zhen_call *call)
{
	struct finding finding;
	struct opening opening;
	zhen_result refused = finding_load(call, FINDING_PROCEED, &finding);

	if (refused == 0)
		refused = opening_check(call, &finding, &opening);
	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE finding SET state = 'case' WHERE id = $1", finding.id);
	zhen_journal_add(call, "finding_journal", finding.id, "proceeding", opening.code);
	return create(call, &finding, &opening);
}

/* 51: what may not be decided on the spot goes the ordinary way. */
zhen_result convert_penalty(zhen_call *call)
{
	struct finding finding;
	struct opening opening;
	zhen_result refused = penalty_convert(call, &finding);

	if (refused == 0)
		refused = opening_check(call, &finding, &opening);
	return refused != 0 ? refused : create(call, &finding, &opening);
}

/* 43: decided by the head; the investigation goes on meanwhile. */
zhen_result recuse_proceeding(zhen_call *call)
{
	struct proceeding proceeding;
	struct opening opening;
	zhen_result refused = proceeding_load(call, PROCEEDING_RECUSE, &proceeding);
	int64_t member = zhen_int(call, "member");
	bool granted = zhen_int(call, "granted") != 0;

	if (refused != 0)
		return refused;
	if (zhen_one(call, "SELECT id FROM handler WHERE proceeding = $1 AND member = $2 AND until_on = ''",
	             proceeding.id, member) == NULL)
		return wrong_field(call, "member", "not-a-handler", "不是本案的办案人员 (does not handle this case)");
	if (granted) {
		refused = officers_check(call, proceeding.township, today(call), 1, &opening);
		if (refused == 0)
			refused = oversight_check(call, &opening, proceeding.item_code);
		if (refused != 0)
			return refused;
		zhen_run(call, "UPDATE handler SET until_on = $1, why = $2 WHERE proceeding = $3 AND member = $4 AND until_on = ''",
		         today(call), field_text(call, "reason"), proceeding.id, member);
		for (int32_t i = 0; i < opening.n; i++) {
			if (is_handler(call, proceeding.id, opening.members[i]))
				return wrong_field(call, "officers", "handled-it", "第%d名已经或者曾经办理本案 (has handled this case)",
				                   (int)i + 1);
			zhen_run(call, "INSERT INTO handler(proceeding, member, name, until_on, why) VALUES($1, $2, $3, '', '')",
			         proceeding.id, opening.members[i], opening.names[i]);
		}
	}
	return proceeding_moved(call, &proceeding, PROCEEDING_RECUSE, proceeding.state,
	                        zhen_format(call, "%s：%s", granted ? "准予回避" : "驳回回避申请", field_text(call, "reason")));
}

/* 重大案件联合办案 (白沙镇): with a body of the county or above. */
zhen_result join_proceeding(zhen_call *call)
{
	struct proceeding proceeding;
	zhen_result refused = proceeding_load(call, PROCEEDING_JOINT, &proceeding);
	const zhen_body *body = call->host->body(call, field_text(call, "body"));
	const zhen_division *place = body != NULL ? call->host->division(call, body->division) : NULL;
	const zhen_division *above = place != NULL ? call->host->division_above(call, proceeding.township, place->level) : NULL;

	if (refused != 0)
		return refused;
	if (above == NULL || place->level >= 4 || strcmp(above->code, place->code) != 0)
		return wrong_field(call, "body", "not-above", "须是上级的执法部门 (a body above this township)");
	zhen_run(call, "UPDATE proceeding SET joint_on = $1, joint_body = $2, joint_text = $3 WHERE id = $4",
	         today(call), body->name, field_text(call, "text"), proceeding.id);
	return proceeding_moved(call, &proceeding, PROCEEDING_JOINT, proceeding.state,
	                        zhen_format(call, "%s：%s", body->name, field_text(call, "text")));
}

/* 33, 57: no penalty; who is let off is taught. */
zhen_result drop_proceeding(zhen_call *call)
{
	struct proceeding proceeding;
	zhen_result refused = proceeding_load(call, PROCEEDING_DROP, &proceeding);

	return refused != 0 ? refused :
	       proceeding_moved(call, &proceeding, PROCEEDING_DROP, PROCEEDING_DROPPED, field_text(call, "reason"));
}

/* 27, 57: what may be a crime is not penalised instead. */
zhen_result transfer_proceeding(zhen_call *call)
{
	struct proceeding proceeding;
	zhen_result refused = proceeding_load(call, PROCEEDING_TRANSFER, &proceeding);

	return refused != 0 ? refused :
	       proceeding_moved(call, &proceeding, PROCEEDING_TRANSFER, PROCEEDING_TRANSFERRED,
	                        zhen_format(call, "%s：%s", field_text(call, "to"), field_text(call, "reason")));
}

zhen_result archive_proceeding(zhen_call *call)
{
	struct proceeding proceeding;
	zhen_result refused = proceeding_load(call, PROCEEDING_ARCHIVE, &proceeding);

	if (refused != 0)
		return refused;
	const zhen_body *government = call->host->body_of(call, "government", proceeding.township);
	const char *number = zhen_series_next(call, "archive", government != NULL ? government->id : "", proceeding.township);
	zhen_run(call, "UPDATE proceeding SET archive_number = $1 WHERE id = $2", number, proceeding.id);
	return proceeding_moved(call, &proceeding, PROCEEDING_ARCHIVE, PROCEEDING_ARCHIVED, number);
}

zhen_result list_proceedings(zhen_call *call)
{
	if (field_text(call, "q")[0] != '\0')
		return zhen_page(call,
		                 "SELECT id, township, item_name, party_kind, place, state, opened_on, due_on, NULLIF(number, '') AS number FROM proceeding "
		                 "WHERE {{search proceedings $1 in id item_name place fact number township}} AND ($2 = '' OR state = $2) AND "
		                 "{{scope township}} {{page id DESC}}",
		                 field_text(call, "q"), field_text(call, "state"));
	return zhen_page(call,
	                 "SELECT id, township, item_name, party_kind, place, state, opened_on, due_on, NULLIF(number, '') AS number FROM proceeding "
	                 "WHERE ($1 = '' OR state = $1) AND {{scope township}} {{page id DESC}}",
	                 field_text(call, "state"));
}

zhen_result show_proceeding(zhen_call *call)
{
	static const char *const days[] = { "told_on", "hearing_on", "discussed_on", "joint_on", "decided_on", "served_on", "effective_on", "pay_by",
		                            "urged_on" };
	static const char *const money[] = { "told_fine", "told_confiscated", "fine", "confiscated", "surcharge" };
	static const char *const flags[] = { "grave", "hearing_right", "told_warning", "warning" };
	const zhen_row *row = row_of(call);
	struct proceeding proceeding;

	if (row == NULL)
		return not_found(call);
	read_row(call, row, &proceeding);
	zhen_put(call, "id", proceeding.id);
	zhen_put(call, "finding", proceeding.finding);
	put_texts(call, row,
	          (const char *const[]){ "township", "item_code", "item_name", "basis", "party_kind", "party", "credit_code", "place", "fact", "opened_on",
	                                 "due_on", "state", "told_measure", "reason", "defence", "defence_answer", "hearing", "presider",
	                                 "hearing_record", "review_text", "reviewer", "discussion", "joint_body", "joint_text", "measure",
	                                 "extension", "number", "court", "archive_number", NULL });
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		zhen_put(call, flags[i], zhen_column_int(row, flags[i]) != 0);
	for (size_t i = 0; i < sizeof(money) / sizeof(money[0]); i++)
		zhen_put(call, zhen_format(call, "%s_fen", money[i]), zhen_column_int(row, money[i]));
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++)
		if (column_or_empty(row, days[i])[0] != '\0')
			zhen_put(call, days[i], column_or_empty(row, days[i]));
	if (column_or_empty(row, "served_how")[0] != '\0')
		zhen_put(call, "served_how", column_or_empty(row, "served_how"));
	if (proceeding.review != 0)
		zhen_put(call, "review_passed", proceeding.review > 0);
	/* 60: late when it was decided after its day, or is not decided and the day is over. */
	zhen_put(call, "late", strcmp(proceeding.decided_on[0] != '\0' ? proceeding.decided_on : today(call), proceeding.due_on) > 0 &&
	                               proceeding.state != PROCEEDING_DROPPED && proceeding.state != PROCEEDING_TRANSFERRED);
	zhen_put(call, "handlers", handlers_of(call, proceeding.id));
	put_evidence(call, proceeding.id);
	put_payments(call, &proceeding);
	zhen_open_list(call, "documents");
	ZHEN_FOR_EACH (call, one, "SELECT title, number, dated_on FROM document WHERE matter = $1 AND kind LIKE 'proceeding_%' ORDER BY id LIMIT 100",
	               proceeding.id) {
		zhen_open_object(call, NULL);
		put_texts(call, one, (const char *const[]){ "title", "number", "dated_on", NULL });
		zhen_put(call, "path", zhen_format(call, "/documents/%s", column_or_empty(one, "number")));
		zhen_close(call);
	}
	zhen_close(call);
	zhen_journal_put(call, "journal", JOURNAL, proceeding.id);
	if ((proceeding.state == PROCEEDING_OPENED || proceeding.state == PROCEEDING_INFORMED) &&
	    zhen_may(call, "enforcement.handle"))
		zhen_put(call, "ticket",
		         call->host->ticket(call, zhen_format(call, "proceeding-%lld", (long long)proceeding.id),
		                            3600 * 1000));
	put_lesson_ticket(call, "proceeding", proceeding.id, proceeding_process.states[proceeding.state].name);
	zhen_open_list(call, "actions");
	put_lesson_way(call, "/proceedings", "proceeding", proceeding.id,
	               proceeding_process.states[proceeding.state].name);
	zhen_process_put_actions(call, &proceeding_process, proceeding.state, proceeding.township,
	                         zhen_format(call, "/proceedings/%lld", (long long)proceeding.id));
	zhen_close(call);
	return zhen_ok(call);
}
