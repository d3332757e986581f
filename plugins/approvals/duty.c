/* SPDX-License-Identifier: Apache-2.0
 * AB岗: a step of a body may be one officer's (A岗). While the officer is absent it is the stand-in's (B岗), who may be of
 * another office of the same township; what is done says by whom and for whom. */
#include "cases.h"

const char *post_officer(zhen_call *call, const char *body, const char *step)
{
	/* "" = all steps of the body. */
	const zhen_row *row = zhen_one(
		call,
		"SELECT officer FROM post WHERE body = $1 AND (step = $2 OR step = '') ORDER BY step DESC LIMIT 1",
		body, step);

	return zhen_format(call, "%s", or_empty(zhen_column_text(row, "officer")));
}

const char *name_of_officer(zhen_call *call, const char *officer)
{
	const zhen_row *row = zhen_one(call, "SELECT name FROM officer_name WHERE officer = $1", officer);

	return row != NULL ? zhen_format(call, "%s", or_empty(zhen_column_text(row, "name"))) : officer;
}

const char *acting_name(zhen_call *call, const char *body, const char *step)
{
	const char *officer = post_officer(call, body, step);

	return officer[0] != '\0' ? name_of_officer(call, zhen_acting_for(call, officer, zhen_date_of_ms(call, zhen_now(call)))) : "";
}

static zhen_result wrong_body(zhen_call *call, const char *title, const char *body_name)
{
	return zhen_fail(call, ZHEN_FORBIDDEN, "wrong-body", "环节“%s”由%s办理", title, body_name);
}

const char *stands_in_for(zhen_call *call, const char *body, const char *step)
{
	const zhen_caller *caller = zhen_get_caller(call);
	const zhen_body *theirs = call->host->body(call, body);
	const char *officer = post_officer(call, body, step);

	if (officer[0] == '\0' || theirs == NULL || strcmp(theirs->division, caller->division) != 0)
		return "";
	const char *acting = zhen_acting_for(call, officer, zhen_date_of_ms(call, zhen_now(call)));
	return strcmp(acting, officer) != 0 && strcmp(acting, caller->account) == 0 ? officer : "";
}

zhen_result duty_of(zhen_call *call, const char *body, const char *body_name, const char *step, const char *title)
{
	if (strcmp(zhen_get_caller(call)->body, body) != 0)
		return wrong_body(call, title, body_name);
	return zhen_may_act_for(call, post_officer(call, body, step));
}

static void keep_name(zhen_call *call, const char *officer, const char *name)
{
	zhen_run(call, "INSERT INTO officer_name(officer, name) VALUES($1, $2) {{upsert officer}} name = excluded.name",
	         officer, name);
}

/* A body of the caller's own division or below. */
static zhen_result body_within(zhen_call *call, const zhen_body **out)
{
	*out = call->host->body(call, or_empty(zhen_text(call, "body")));
	if (*out != NULL && zhen_within_caller(call, (*out)->division))
		return 0;
	return zhen_fail(call, ZHEN_FORBIDDEN, "out-of-scope", "只能安排本辖区的岗位");
}

static zhen_result written(zhen_call *call, int64_t id)
{
	if (id != 0)
		zhen_put(call, "id", id);
	return call->host->reply(call, ZHEN_CREATED);
}

zhen_result set_post(zhen_call *call)
{
	const zhen_body *body;
	zhen_result refused = body_within(call, &body);

	if (refused != 0)
		return refused;
	zhen_run(call,
	         "INSERT INTO post(body, step, officer, name, at, account) VALUES($1, $2, $3, $4, $5, $6) "
	         "{{upsert body, step}} officer = excluded.officer, name = excluded.name, at = excluded.at, "
	         "account = excluded.account",
	         body->id, or_empty(zhen_text(call, "step")), or_empty(zhen_text(call, "officer")),
	         or_empty(zhen_text(call, "name")), zhen_now(call), zhen_get_caller(call)->account);
	keep_name(call, or_empty(zhen_text(call, "officer")), or_empty(zhen_text(call, "name")));
	return written(call, 0);
}

zhen_result add_substitute(zhen_call *call)
{
	const zhen_body *body;
	zhen_result refused = body_within(call, &body);
	int64_t id = 0;

	if (refused == 0)
		refused = zhen_substitute_add(call, &(zhen_substitute){ body->id, or_empty(zhen_text(call, "officer")),
		                                                        or_empty(zhen_text(call, "stand_in")),
		                                                        or_empty(zhen_text(call, "from_on")),
		                                                        zhen_text(call, "to_on") }, &id);
	if (refused != 0)
		return refused;
	keep_name(call, or_empty(zhen_text(call, "stand_in")), or_empty(zhen_text(call, "name")));
	return written(call, id);
}

zhen_result add_absence(zhen_call *call)
{
	const zhen_body *body;
	zhen_result refused = body_within(call, &body);
	int64_t id = 0;

	if (refused == 0)
		refused = zhen_absence_add(call,
		                           &(zhen_absence){ body->id, or_empty(zhen_text(call, "officer")),
		                                            or_empty(zhen_text(call, "from_on")),
		                                            zhen_text(call, "to_on"),
		                                            or_empty(zhen_text(call, "reason")) },
		                           &id);
	return refused != 0 ? refused : written(call, id);
}

zhen_result end_absence(zhen_call *call)
{
	const zhen_row *row = zhen_one(call, "SELECT body FROM absence WHERE id = $1", zhen_int(call, "id"));
	const zhen_body *body = row != NULL ? call->host->body(call, or_empty(zhen_column_text(row, "body"))) : NULL;

	if (body == NULL || !zhen_within_caller(call, body->division))
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这条离岗记录");
	if (!zhen_absence_end(call, zhen_int(call, "id"), or_empty(zhen_text(call, "on"))))
		return zhen_fail(call, ZHEN_CONFLICT, "dates", "返岗日期不在离岗期间内");
	return written(call, 0);
}

/* Who the caller is to the plan, the officers of the caller's body, and who is away. */
zhen_result show_duty(zhen_call *call)
{
	const zhen_caller *caller = zhen_get_caller(call);
	const char *today = zhen_date_of_ms(call, zhen_now(call));

	zhen_put(call, "account", caller->account);
	zhen_put(call, "name", caller->name);
	zhen_put(call, "body", caller->body);
	zhen_open_list(call, "posts");
	ZHEN_FOR_EACH (call, row, "SELECT step, officer, name FROM post WHERE body = $1 ORDER BY step", caller->body) {
		const char *officer = zhen_format(call, "%s", or_empty(zhen_column_text(row, "officer")));

		zhen_open_object(call, NULL);
		zhen_put(call, "step", zhen_column_text(row, "step"));
		zhen_put(call, "officer", officer);
		zhen_put(call, "name", zhen_column_text(row, "name"));
		zhen_put(call, "absent", zhen_is_absent(call, officer, today));
		zhen_put(call, "acting", name_of_officer(call, zhen_acting_for(call, officer, today)));
		zhen_close(call);
	}
	zhen_close(call);
	zhen_open_list(call, "absences");
	ZHEN_FOR_EACH (call, row, "SELECT id, officer, from_on, to_on, reason FROM absence WHERE body = $1 ORDER BY id",
	               caller->body) {
		zhen_open_object(call, NULL);
		zhen_put(call, "id", zhen_column_int(row, "id"));
		zhen_put(call, "officer", zhen_column_text(row, "officer"));
		zhen_put(call, "from_on", zhen_column_text(row, "from_on"));
		zhen_put(call, "to_on", zhen_column_text(row, "to_on"));
		zhen_put(call, "reason", zhen_column_text(row, "reason"));
		zhen_close(call);
	}
	zhen_close(call);
	return zhen_ok(call);
}
