/* SPDX-License-Identifier: Apache-2.0
 * 定责定岗定编定人: a post carries duties of the unit's list, gets a headcount, and persons hold it. */
#include "people.h"

#define POST_COLUMNS "id, unit, township, code, name, rung, state, headcount, holders, made_by"

zhen_result post_load(zhen_call *call, int64_t id, struct post *out)
{
	const zhen_row *row = zhen_one(
		call, "SELECT " POST_COLUMNS " FROM post WHERE id = $1 AND {{scope village township}}", id);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这个岗位 (no such post)");
	*out = (struct post){
		.id = id,
		.headcount = count_of(row, "headcount"),
		.holders = count_of(row, "holders"),
		.state = (uint32_t)zhen_process_state_of(&post_process, column_or_empty(row, "state")),
		.unit = column_or_empty(row, "unit"),
		.township = column_or_empty(row, "township"),
		.code = column_or_empty(row, "code"),
		.name = column_or_empty(row, "name"),
		.rung = column_or_empty(row, "rung"),
		.made_by = column_or_empty(row, "made_by"),
	};
	return 0;
}

/* Loads the post of field id and asks the process. */
static zhen_result post_begin(zhen_call *call, uint32_t act, struct post *out)
{
	zhen_result refused = post_load(call, zhen_int(call, "id"), out);

	if (refused == 0)
		refused = zhen_process_may(call, &post_process, out->state, act, out->code, out->township, out);
	return refused;
}

static zhen_result post_stands(zhen_call *call, int64_t id)
{
	const zhen_row *row =
		zhen_one(call, "SELECT id, code, name, state, headcount, holders FROM post WHERE id = $1", id);

	for (uint32_t i = 0; row != NULL && i < row->count; i++)
		call->host->put(call, row->names[i], row->values[i]);
	zhen_open_list(call, "actions");
	put_way(call, "回到岗位", zhen_format(call, "/posts/%lld", (long long)id));
	zhen_close(call);
	return zhen_ok(call);
}

/* The township's own posts and those of its villages and communities are counted apart. */
static const char *counter_of(const struct post *post, bool headcount)
{
	bool own = strcmp(post->unit, post->township) == 0;

	return headcount ? (own ? "headcount" : "community_headcount") : own ? "posts" : "community_posts";
}

int64_t headcount_allotted(zhen_call *call, const char *township)
{
	return count_of(zhen_one(call,
	                         "SELECT COALESCE(SUM(headcount), 0) AS n FROM post WHERE township = $1 AND rung = 'staff' "
	                         "AND state = 'active'",
	                         township),
	                "n");
}

/* What a post of public servants takes, the township must have (定编); who is not on the establishment is not counted. */
static zhen_result headcount_suffices(zhen_call *call, const struct post *post, int64_t more)
{
	int64_t has = headcount_total(call, post->township, today(call)),
		used = headcount_allotted(call, post->township);

	if (strcmp(post->rung, "staff") != 0 || more <= 0 || used + more <= has)
		return 0;
	return zhen_fail(call, ZHEN_CONFLICT, "headcount-short",
	                 "headcount：%s编制 %lld 名，已定编 %lld 名，不能再定 %lld 名 (the township has no headcount left for it)",
	                 division_name(call, post->township), (long long)has, (long long)used, (long long)more);
}

int64_t post_store(zhen_call *call, const char *unit, const char *code, const char *name, const char *rung,
                   const char *duty)
{
	const char *township = "", *village = "";

	unit_columns(call, unit, &township, &village);
	int64_t id = zhen_insert(
		call,
		"INSERT INTO post(unit, township, village, code, name, rung, duty, state, headcount, holders, made_by, made_at, "
		"approved_at, abolished_at) VALUES($1, $2, $3, $4, $5, $6, $7, 'draft', 0, 0, $8, $9, 0, 0) RETURNING id",
		unit, township, village, code, name, rung, duty, zhen_get_caller(call)->account, zhen_now(call));
	zhen_journal_add(call, "post_journal", id, "draft", code);
	return id;
}

zhen_result add_post(zhen_call *call)
{
	const char *unit = field_text(call, "unit"), *code = field_text(call, "code"), *township, *village;

	if (!unit_columns(call, unit, &township, &village))
		return wrong_field(call, "unit", "not-a-unit",
		                   "岗位设在乡镇、街道、村（社区） (posts are a township's or a village's)");
	if (zhen_one(call, "SELECT id FROM post WHERE unit = $1 AND code = $2", unit, code) != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "post-code-taken",
		                 "code：岗位编号 %s 已有 (the post's code is taken)", code);
	return zhen_created(call, post_store(call, unit, code, field_text(call, "name"), field_text(call, "rung"),
	                                     field_text(call, "duty")));
}

static void say(zhen_call *call, const char *topic, const struct post *post, int64_t headcount)
{
	zhen_emit(call, topic, "id", post->id, "unit", post->unit, "township", post->township, "code", post->code,
	          "headcount", headcount);
}

zhen_result approve_post(zhen_call *call)
{
	struct post post;
	int64_t headcount = zhen_int(call, "headcount");
	zhen_result refused = post_begin(call, POST_APPROVE, &post);

	/* 定编 is not for who drew the post up. */
	if (refused == 0 && strcmp(post.made_by, zhen_get_caller(call)->account) == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "own-post",
		                 "岗位 %s 由本人拟设，须由他人核定 (drawn up by the same account)", post.code);
	if (refused == 0)
		refused = headcount_suffices(call, &post, headcount);
	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE post SET state = 'active', headcount = $1, approved_at = $2 WHERE id = $3", headcount,
	         zhen_now(call), post.id);
	tally_add(call, post.unit, counter_of(&post, false), 0, 1);
	tally_add(call, post.unit, counter_of(&post, true), 0, headcount);
	zhen_journal_add(call, "post_journal", post.id, "approve",
	                 zhen_format(call, "定编 %lld 名", (long long)headcount));
	say(call, "duties.post.approved", &post, headcount);
	return post_stands(call, post.id);
}

zhen_result allot_post(zhen_call *call)
{
	struct post post;
	int64_t headcount = zhen_int(call, "headcount");
	zhen_result refused = post_begin(call, POST_ALLOT, &post);

	if (refused == 0 && headcount < post.holders)
		return zhen_fail(call, ZHEN_CONFLICT, "headcount-in-use",
		                 "headcount：岗位 %s 有 %lld 人在岗，编制不能减为 %lld (more persons hold the post)", post.code,
		                 (long long)post.holders, (long long)headcount);
	if (refused == 0)
		refused = headcount_suffices(call, &post, headcount - post.headcount);
	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE post SET headcount = $1 WHERE id = $2", headcount, post.id);
	tally_add(call, post.unit, counter_of(&post, true), 0, headcount - post.headcount);
	zhen_journal_add(
		call, "post_journal", post.id, "allot",
		zhen_format(call, "定编 %lld 名，原 %lld 名", (long long)headcount, (long long)post.headcount));
	return post_stands(call, post.id);
}

bool duty_may(zhen_call *call, const char *unit, const char *code, const char **out_problem)
{
	struct list list;
	const zhen_row *item = NULL;

	if (!list_in_force(call, unit, today(call), &list))
		*out_problem = "no-list";
	else if ((item = list_item(call, list.id, code)) == NULL)
		*out_problem = "item-not-in-list";
	else if (strcmp(column_or_empty(item, "place"), "withdrawn") == 0)
		*out_problem = "item-withdrawn";
	else
		return true;
	return false;
}

/* The duty stands in the list in force and was not taken back; 0, or the refusal. */
static zhen_result duty_stands(zhen_call *call, const struct post *post, const char *code)
{
	const char *problem, *unit = division_name(call, post->unit);

	if (duty_may(call, post->unit, code, &problem))
		return 0;
	if (strcmp(problem, "no-list") == 0)
		return zhen_fail(call, ZHEN_CONFLICT, problem, "%s还没有公布清单 (the unit has no list in force)",
		                 unit);
	if (strcmp(problem, "item-not-in-list") == 0)
		return zhen_fail(call, ZHEN_CONFLICT, problem,
		                 "code：%s 不在%s现行清单内，不能定责 (not in the list in force)", code, unit);
	return zhen_fail(call, ZHEN_CONFLICT, problem,
	                 "code：%s 已收回上级部门，不能定到乡镇岗位 (the duty was taken back by the level above)", code);
}

void post_store_duty(zhen_call *call, int64_t post, const char *unit, const char *code)
{
	zhen_run(call, "INSERT INTO post_duty(post, unit, code, since_at) VALUES($1, $2, $3, $4) {{upsert post, code}} unit = "
	               "excluded.unit",
	         post, unit, code, zhen_now(call));
	zhen_journal_add(call, "post_journal", post, "duty", code);
}

zhen_result add_post_duty(zhen_call *call)
{
	struct post post;
	const char *code = code_of(call, field_text(call, "code"));
	zhen_result refused = post_begin(call, POST_DUTY, &post);

	if (refused == 0)
		refused = duty_stands(call, &post, code);
	if (refused != 0)
		return refused;
	if (zhen_one(call, "SELECT code FROM post_duty WHERE post = $1 AND code = $2", post.id, code) != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "duty-mapped",
		                 "code：岗位 %s 已有 %s (the post carries it already)", post.code, code);
	post_store_duty(call, post.id, post.unit, code);
	return post_stands(call, post.id);
}

zhen_result remove_post_duty(zhen_call *call)
{
	struct post post;
	const char *code = code_of(call, field_text(call, "code"));
	zhen_result refused = post_begin(call, POST_UNDUTY, &post);

	if (refused != 0)
		return refused;
	const zhen_row *row = zhen_one(call,
	                               "SELECT COUNT(*) AS n, COALESCE(SUM(CASE WHEN code = $2 THEN 1 ELSE 0 END), 0) AS has "
	                               "FROM post_duty WHERE post = $1",
	                               post.id, code);
	if (count_of(row, "has") == 0)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found",
		                 "code：岗位 %s 没有 %s (the post does not carry it)", post.code, code);
	if (post.state == POST_ACTIVE && count_of(row, "n") == 1)
		return zhen_fail(call, ZHEN_CONFLICT, "post-without-duty",
		                 "code：%s 是在用岗位 %s 的最后一项职责，先定其他职责或撤销岗位 (the last duty of a post in use)", code,
		                 post.code);
	zhen_run(call, "DELETE FROM post_duty WHERE post = $1 AND code = $2", post.id, code);
	zhen_journal_add(call, "post_journal", post.id, "unduty", code);
	return post_stands(call, post.id);
}

static zhen_result may_hold(zhen_call *call, const struct post *post, const struct person *person)
{
	if (strcmp(person->state, "serving") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "person-left", "person：该人员已离开 (the person has left)");
	if (person->post != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "has-post",
		                 "person：该人员已有岗位 (the person holds a post already)");
	if (person->secondment != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "person-seconded",
		                 "person：该人员借调在外 (the person is seconded)");
	if (strcmp(person->unit, post->unit) != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "other-unit",
		                 "person：该人员不在%s (the person is of another unit)",
		                 division_name(call, post->unit));
	if (strcmp(person->rung, post->rung) != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "rung-differs",
		                 "person：岗位要求%s，该人员是%s (the post is for another rung)",
		                 choice_title(call, RUNG_CHOICES, post->rung),
		                 choice_title(call, RUNG_CHOICES, person->rung));
	if (post->holders >= post->headcount)
		return zhen_fail(call, ZHEN_CONFLICT, "post-full",
		                 "person：岗位 %s 定编 %lld 名，已满 (the post is full)", post->code,
		                 (long long)post->headcount);
	return 0;
}

static void career_note(zhen_call *call, const struct post *post, const struct person *person, const char *what)
{
	zhen_run(call,
	         "INSERT INTO career(person, rung, unit, what, from_on, how, basis, from_body, post, account, at) "
	         "VALUES($1, $2, $3, $4, $5, '', '', '', $6, $7, $8)",
	         person->id, person->rung, post->unit, what, today(call), post->name, zhen_get_caller(call)->account,
	         zhen_now(call));
}

zhen_result place_person(zhen_call *call)
{
	struct post post;
	struct person person;
	zhen_result refused = post_begin(call, POST_PLACE, &post);

	if (refused == 0)
		refused = person_load(call, zhen_int(call, "person"), &person);
	if (refused == 0)
		refused = may_hold(call, &post, &person);
	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE post SET holders = holders + 1 WHERE id = $1", post.id);
	zhen_run(call, "UPDATE person SET post = $1 WHERE id = $2", post.id, person.id);
	tally_add(call, post.unit, "holders", 0, 1);
	career_note(call, &post, &person, "place");
	zhen_journal_add(call, "post_journal", post.id, "place",
	                 zhen_format(call, "人员登记号%lld", (long long)person.id));
	return post_stands(call, post.id);
}

static void leave_post(zhen_call *call, const struct post *post, const struct person *person)
{
	zhen_run(call, "UPDATE post SET holders = holders - 1 WHERE id = $1", post->id);
	zhen_run(call, "UPDATE person SET post = 0 WHERE id = $1", person->id);
	tally_add(call, post->unit, "holders", 0, -1);
	career_note(call, post, person, "vacate");
	zhen_journal_add(call, "post_journal", post->id, "vacate",
	                 zhen_format(call, "人员登记号%lld", (long long)person->id));
}

void person_vacate(zhen_call *call, const struct person *person)
{
	const zhen_row *row = person->post == 0 ? NULL :
		zhen_one(call, "SELECT unit, name FROM post WHERE id = $1", person->post);
	struct post post = { .id = person->post };

	if (row == NULL)
		return;
	post.unit = column_or_empty(row, "unit");
	post.name = column_or_empty(row, "name");
	leave_post(call, &post, person);
}

zhen_result vacate_person(zhen_call *call)
{
	struct post post;
	struct person person;
	zhen_result refused = post_begin(call, POST_VACATE, &post);

	if (refused == 0)
		refused = person_load(call, zhen_int(call, "person"), &person);
	if (refused != 0)
		return refused;
	if (person.post != post.id)
		return zhen_fail(call, ZHEN_CONFLICT, "not-in-post",
		                 "person：该人员不在岗位 %s (the person does not hold the post)", post.code);
	leave_post(call, &post, &person);
	return post_stands(call, post.id);
}

zhen_result abolish_post(zhen_call *call)
{
	struct post post;
	zhen_result refused = post_begin(call, POST_ABOLISH, &post);

	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE post SET state = 'abolished', headcount = 0, abolished_at = $1 WHERE id = $2",
	         zhen_now(call), post.id);
	if (post.state == POST_ACTIVE) {
		tally_add(call, post.unit, counter_of(&post, false), 0, -1);
		tally_add(call, post.unit, counter_of(&post, true), 0, -post.headcount);
	}
	zhen_journal_add(call, "post_journal", post.id, "abolish", field_text(call, "reason"));
	say(call, "duties.post.abolished", &post, 0);
	return post_stands(call, post.id);
}

int64_t posts_serving(zhen_call *call, const char *unit, const char *code)
{
	return count_of(zhen_one(call,
	                         "SELECT COUNT(*) AS n FROM post_duty d JOIN post p ON p.id = d.post "
	                         "WHERE d.unit = $1 AND d.code = $2 AND p.state = 'active' AND p.holders > 0",
	                         unit, code),
	                "n");
}
