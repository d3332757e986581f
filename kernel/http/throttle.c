/* SPDX-License-Identifier: Apache-2.0
 * What one address may do without an account: so many writes, so many wrong codes. Both are taken before the plugin is asked,
 * so that many at once find no gap, and given back when the answer shows that it was neither. */
#include "http/internal.h"

#include <string.h>

#include "base/json_flat.h"

static const zhen_field *code_field(const zhen_route *route)
{
	const zhen_field *field = route->fields;

	while (field != NULL && field->name != NULL && field->type != ZHEN_SECRET)
		field++;
	return field != NULL && field->name != NULL ? field : NULL;
}

/* Whether a code is said at all: the page that asks for one is no guess. */
static gboolean says_code(HttpCall *call, const zhen_field *field)
{
	JsonFlat member = { .kind = JSON_FLAT_NULL };
	JsonMembers body;
	gboolean said;

	if (params_text(&call->params, field->name) != NULL)
		return params_text(&call->params, field->name)[0] != '\0';
	if (call->body_kind != BODY_JSON ||
	    !json_members_read(&body, call->request.body, call->request.body_length, call->arena, NULL))
		return FALSE;
	said = json_members_find(&body, field->name, &member) && member.kind == JSON_FLAT_TEXT && member.length > 0;
	json_members_clear(&body);
	return said;
}

/* An act with a code belongs to what the code opens; without one it makes something new. */
static LimitKind kind_of(HttpCall *call)
{
	const zhen_field *code;

	if (call->session != NULL || !call->entry->open)
		return LIMIT_NONE;
	code = code_field(call->entry->route);
	if (code != NULL && says_code(call, code))
		return LIMIT_CODES;
	return call->method != ZHEN_GET && code == NULL ? LIMIT_WRITES : LIMIT_NONE;
}

static gboolean refuse(HttpCall *call, guint wait_s)
{
	const gboolean codes = call->throttled == LIMIT_CODES;
	g_autofree char *title = g_strdup_printf(codes ? "输错编号或查询码的次数过多，请 %u 秒后再试"
	                                               : "同一网络地址提交过于频繁，请 %u 秒后再试，或到窗口办理",
	                                         wait_s);
	g_autofree char *detail =
		g_strdup_printf(codes ? "Too many wrong numbers or codes from this address; try again in %u s"
	                              : "Too many submissions from this address; try again in %u s",
	                        wait_s);
	CallReply *reply =
		call_reply_problem(429, codes ? "too-many-wrong-codes" : "too-many-submissions", title, detail);

	call->throttled = LIMIT_NONE;
	call->awaited = FALSE;
	reply->retry_after_s = (gint)wait_s;
	metrics_add(&call->home->refused, 1);
	answer(call, reply);
	return FALSE;
}

gboolean throttle_admit(HttpCall *call)
{
	guint wait_s;

	call->throttled = kind_of(call);
	if (call->throttled == LIMIT_NONE)
		return TRUE;
	wait_s = limits_take(call->home->http->limits, call->throttled, call->address, clock_mono_us() / 1000);
	return wait_s == 0 || refuse(call, wait_s);
}

void throttle_settle(HttpCall *call, gint status)
{
	const gboolean wrong = status == 403 || status == 404 || status == 410;
	const gboolean counts = call->throttled == LIMIT_CODES ? wrong : status < 300;

	if (call->throttled != LIMIT_NONE && !counts)
		limits_give_back(call->home->http->limits, call->throttled, call->address);
	call->throttled = LIMIT_NONE;
}
