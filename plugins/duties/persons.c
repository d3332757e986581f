/* SPDX-License-Identifier: Apache-2.0
 * Persons and their careers: 微网格长 → 全科网格员（社区助理） → 社区工作者 → 公务员、事业编制, one rung after the other. A name is all
 * that is kept of somebody; whoever leaves may be purged. */
#include <stdlib.h>

#include "people.h"

#define N_RUNGS 4
static const char *const rungs[N_RUNGS] = { "micro", "grid", "worker", "staff" };

static int rung_of(const char *name)
{
	for (int i = 0; i < N_RUNGS; i++)
		if (strcmp(rungs[i], name) == 0)
			return i;
	return -1;
}

zhen_result person_load(zhen_call *call, int64_t id, struct person *out)
{
	const zhen_row *row = zhen_one(call,
	                               "SELECT id, unit, township, rung, since_on, state, post, secondment FROM person "
	                               "WHERE id = $1 AND {{scope village township}}",
	                               id);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这名人员 (no such person)");
	*out = (struct person){
		.id = id,
		.post = count_of(row, "post"),
		.secondment = count_of(row, "secondment"),
		.unit = column_or_empty(row, "unit"),
		.township = column_or_empty(row, "township"),
		.rung = column_or_empty(row, "rung"),
		.since_on = column_or_empty(row, "since_on"),
		.state = column_or_empty(row, "state"),
	};
	return 0;
}

/* Who serves, is at home and may be moved. */
static zhen_result person_begin(zhen_call *call, struct person *out)
{
	zhen_result refused = person_load(call, zhen_int(call, "id"), out);

	if (refused == 0 && strcmp(out->state, "serving") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "person-left", "该人员已离开 (the person has left)");
	if (refused == 0 && out->secondment != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "person-seconded",
		                 "该人员正在借调或申请借调，先归还或撤回 (the person is seconded)");
	return refused;
}

static void career_write(zhen_call *call, int64_t person, const char *rung, const char *unit, const char *what,
                         const char *on, const char *how, const char *basis, const char *from_body)
{
	zhen_run(call,
	         "INSERT INTO career(person, rung, unit, what, from_on, how, basis, from_body, post, account, at) "
	         "VALUES($1, $2, $3, $4, $5, $6, $7, $8, '', $9, $10)",
	         person, rung, unit, what, on, how, basis, from_body, zhen_get_caller(call)->account, zhen_now(call));
}

static void career_add(zhen_call *call, int64_t person, const char *rung, const char *unit, const char *what,
                       const char *on, const char *from_body)
{
	career_write(call, person, rung, unit, what, on, field_text(call, "how"), field_text(call, "basis"), from_body);
}

static void count_worker(zhen_call *call, const char *rung, const char *unit, int64_t change)
{
	if (strcmp(rung, "worker") == 0)
		tally_add(call, unit, "workers", 0, change);
}

int64_t person_store(zhen_call *call, const char *unit, const char *name, const char *rung, const char *on,
                     const char *how, const char *basis, const char *from_body)
{
	const char *township = "", *village = "";

	unit_columns(call, unit, &township, &village);
	int64_t id = zhen_insert(
		call,
		"INSERT INTO person(unit, township, village, name, rung, since_on, joined_on, state, post, secondment, left_on, "
		"purged_at) VALUES($1, $2, $3, $4, $5, $6, $6, 'serving', 0, 0, '', 0) RETURNING id",
		unit, township, village, name, rung, on);
	career_write(call, id, rung, unit, "join", on, how, basis, from_body);
	count_worker(call, rung, unit, 1);
	return id;
}

zhen_result add_person(zhen_call *call)
{
	const char *unit = field_text(call, "unit"), *rung = field_text(call, "rung"), *how = field_text(call, "how");
	const char *township, *village, *on;
	const zhen_body *from = zhen_has(call, "from_body") ? call->host->body(call, field_text(call, "from_body")) : NULL;
	zhen_result refused = past_day(call, "from_on", &on);

	if (refused != 0)
		return refused;
	if (!unit_columns(call, unit, &township, &village))
		return wrong_field(call, "unit", "not-a-unit",
		                   "人员属于乡镇、街道、村（社区） (a township or a village)");
	/* 减县增乡: from the county's institutions, by exam. */
	if (from != NULL && strcmp(rung, "staff") != 0)
		return wrong_field(call, "from_body", "not-staff",
		                   "从上级单位划转的是公务员、事业编制人员 (only staff come from above)");
	if (strcmp(how, "transfer") == 0 && from == NULL)
		return wrong_field(call, "from_body", "required",
		                   "划转须写明原单位 (a transfer names the body it is from)");
	int64_t id = person_store(call, unit, field_text(call, "name"), rung, on, how, field_text(call, "basis"),
	                          from != NULL ? from->name : "");
	if (from != NULL)
		tally_add(call, unit, "from_county", 0, 1);
	return zhen_created(call, id);
}

#define PERSON_COLUMNS                                                                                                   \
	"id, unit, name, rung, since_on, state, post, secondment, COALESCE((SELECT p.name FROM post p WHERE p.id = " \
	"person.post), '') AS post_name, CASE WHEN secondment > 0 THEN 1 ELSE 0 END AS seconded"

zhen_result list_persons(zhen_call *call)
{
	return zhen_page(call,
	                 "SELECT " PERSON_COLUMNS " FROM person WHERE ($1 = '' OR rung = $1) AND ($2 = '' OR state = $2) "
	                 "AND {{scope village township}} {{page id DESC}}",
	                 field_text(call, "rung"), field_text(call, "state"));
}

/* Who has stood on a rung long enough for the next one. */
zhen_result list_eligible(zhen_call *call)
{
	return zhen_page(call,
	                 "SELECT " PERSON_COLUMNS " FROM person WHERE state = 'serving' AND rung = $1 AND since_on <= $2 "
	                 "AND {{scope village township}} {{page id DESC}}",
	                 field_text(call, "rung"), years_before(call, today(call), zhen_int(call, "years")));
}

zhen_result show_person(zhen_call *call)
{
	const zhen_row *row = zhen_one(call,
	                               "SELECT " PERSON_COLUMNS ", joined_on, left_on FROM person "
	                               "WHERE id = $1 AND {{scope village township}}",
	                               zhen_int(call, "id"));
	static const char *const texts[] = { "unit", "name", "rung", "since_on", "state", "joined_on", "left_on" };
	static const char *const lines[] = { "rung", "unit", "what", "from_on", "how", "basis", "from_body", "post" };

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这名人员 (no such person)");
	zhen_put(call, "id", count_of(row, "id"));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		zhen_put(call, texts[i], zhen_column_text(row, texts[i]));
	zhen_put(call, "post", count_of(row, "post"));
	zhen_put(call, "post_name", zhen_column_text(row, "post_name"));
	zhen_put(call, "secondment", count_of(row, "secondment"));
	zhen_put(call, "seconded", count_of(row, "seconded") != 0);
	zhen_open_list(call, "career");
	ZHEN_FOR_EACH (call, line,
	               "SELECT rung, unit, what, from_on, how, basis, from_body, post FROM career WHERE person = $1 ORDER BY id",
	               zhen_int(call, "id")) {
		zhen_open_object(call, NULL);
		for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
			zhen_put(call, lines[i], zhen_column_text(line, lines[i]));
		zhen_close(call);
	}
	zhen_close(call);
	return zhen_ok(call);
}

static zhen_result may_rise(zhen_call *call, const struct person *person, const char *to, const char *on)
{
	int from = rung_of(person->rung);
	int64_t years = zhen_value_int(call->host->setting(call, "rung_years", person->township));

	if (from == N_RUNGS - 1)
		return zhen_fail(call, ZHEN_CONFLICT, "chain-ends", "rung：已是%s，没有下一级 (the last rung)",
		                 choice_title(call, RUNG_CHOICES, person->rung));
	if (rung_of(to) != from + 1)
		return zhen_fail(call, ZHEN_CONFLICT, "chain-skips",
		                 "rung：%s的下一级是%s，不能直接为%s (one rung after the other)",
		                 choice_title(call, RUNG_CHOICES, person->rung),
		                 choice_title(call, RUNG_CHOICES, rungs[from + 1]),
		                 choice_title(call, RUNG_CHOICES, to));
	if (strcmp(on, person->since_on) < 0)
		return wrong_field(call, "from_on", "before-rung",
		                   "早于现级起始日期 %s (before the present rung began)", person->since_on);
	if (strcmp(person->since_on, years_before(call, on, years)) > 0)
		return zhen_fail(call, ZHEN_CONFLICT, "rung-too-short",
		                 "from_on：自 %s 起任%s，未满 %lld 年 (too short on this rung)", person->since_on,
		                 choice_title(call, RUNG_CHOICES, person->rung), (long long)years);
	/* 公务员法 23: by exam. */
	if (strcmp(to, "staff") == 0 && strcmp(field_text(call, "how"), "exam") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "exam-needed",
		                 "how：公务员、事业编制须经考试招录 (staff are recruited by exam)");
	return 0;
}

zhen_result promote_person(zhen_call *call)
{
	struct person person;
	const char *on, *to = field_text(call, "rung");
	zhen_result refused = person_begin(call, &person);

	if (refused == 0)
		refused = past_day(call, "from_on", &on);
	if (refused == 0)
		refused = may_rise(call, &person, to, on);
	if (refused != 0)
		return refused;
	person_vacate(call, &person);
	zhen_run(call, "UPDATE person SET rung = $1, since_on = $2 WHERE id = $3", to, on, person.id);
	career_add(call, person.id, to, person.unit, "promote", on, "");
	count_worker(call, person.rung, person.unit, -1);
	count_worker(call, to, person.unit, 1);
	if (strcmp(to, "staff") == 0) {
		tally_add(call, person.unit, "recruited", 0, 1);
		zhen_emit(call, "duties.person.recruited", "township", person.township, "on", on);
	}
	zhen_put(call, "id", person.id);
	zhen_put(call, "rung", to);
	return zhen_ok(call);
}

zhen_result move_person(zhen_call *call)
{
	struct person person;
	const char *unit = field_text(call, "unit"), *township, *village, *on;
	zhen_result refused = person_begin(call, &person);

	if (refused == 0)
		refused = past_day(call, "from_on", &on);
	if (refused != 0)
		return refused;
	if (!unit_columns(call, unit, &township, &village))
		return wrong_field(call, "unit", "not-a-unit",
		                   "调入单位应为乡镇、街道、村（社区） (a township or a village)");
	if (strcmp(unit, person.unit) == 0)
		return wrong_field(call, "unit", "same-unit", "已在该单位 (the person is of that unit)");
	if (strcmp(on, person.since_on) < 0)
		return wrong_field(call, "from_on", "before-rung",
		                   "早于现级起始日期 %s (before the present rung began)", person.since_on);
	person_vacate(call, &person);
	zhen_run(call, "UPDATE person SET unit = $1, township = $2, village = $3 WHERE id = $4", unit, township,
	         village, person.id);
	career_add(call, person.id, person.rung, unit, "move", on, division_name(call, person.unit));
	count_worker(call, person.rung, person.unit, -1);
	count_worker(call, person.rung, unit, 1);
	zhen_put(call, "id", person.id);
	zhen_put(call, "unit", unit);
	return zhen_ok(call);
}

zhen_result leave_person(zhen_call *call)
{
	struct person person;
	const char *on;
	zhen_result refused = person_begin(call, &person);

	if (refused == 0)
		refused = past_day(call, "on", &on);
	if (refused != 0)
		return refused;
	if (strcmp(on, person.since_on) < 0)
		return wrong_field(call, "on", "before-rung", "早于现级起始日期 %s (before the present rung began)",
		                   person.since_on);
	person_vacate(call, &person);
	zhen_run(call, "UPDATE person SET state = 'left', left_on = $1 WHERE id = $2", on, person.id);
	career_add(call, person.id, person.rung, person.unit, "leave", on, "");
	count_worker(call, person.rung, person.unit, -1);
	zhen_put(call, "id", person.id);
	zhen_put(call, "state", "left");
	return zhen_ok(call);
}

/* 个人信息保护法 47: the purpose ended with the service. What was done, and from when to when, stays and names nobody. */
zhen_result purge_person(zhen_call *call)
{
	const char *subject = field_text(call, "subject");
	int64_t id = strspn(subject, "0123456789") == strlen(subject) && strlen(subject) < 16 ? atoll(subject) : 0;
	const zhen_row *row = zhen_one(call, "SELECT state, purged_at FROM person WHERE id = $1", id);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有编号为 %s 的人员 (no such person)", subject);
	if (count_of(row, "purged_at") != 0)
		return ZHEN_NO_CONTENT;
	if (strcmp(column_or_empty(row, "state"), "left") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "person-serving",
		                 "该人员在岗，处理目的仍在，离开后才能删除（个人信息保护法第四十七条第一款） "
		                 "(the person serves: its purpose still stands, art. 47 para. 1 PIPL)");
	zhen_run(call, "UPDATE person SET name = '', purged_at = $1 WHERE id = $2", zhen_now(call), id);
	/* Free texts may speak of the person. */
	zhen_run(call,
	         "UPDATE secondment_journal SET text = '' WHERE matter IN (SELECT s.id FROM secondment s WHERE s.person = $1)", id);
	zhen_run(call, "UPDATE secondment SET reason = '', opinion = '' WHERE person = $1", id);
	zhen_put(call, "persons", (int64_t)1);
	return zhen_ok(call);
}
