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
	const char *officer = post_officer(call, body, step);

	if (strcmp(zhen_get_caller(call)->body, body) != 0)
		return wrong_body(call, title, body_name);
	return zhen_may_act_for(call, officer, name_of_officer(call, officer));
}
