/* SPDX-License-Identifier: Apache-2.0
 * The buttons of a case: what this caller can do next, in this state, with this very case. What would be refused whatever is
 * filled in is not offered; the handlers refuse it all the same. */
#include "cases.h"
#include "checklist.h"
#include "items.h"
#include "licence.h"

static void put_way(zhen_call *call, const char *method, const char *title, int64_t id, const char *path)
{
	zhen_open_object(call, NULL);
	zhen_put(call, "title", title);
	zhen_put(call, "method", method);
	zhen_put(call, "path", zhen_format(call, "/cases/%lld/%s", (long long)id, path));
	zhen_close(call);
}

static bool is_government(zhen_call *call, const char *township)
{
	const zhen_body *government = call->host->body_of(call, "government", township);

	return government != NULL && strcmp(government->id, zhen_get_caller(call)->body) == 0;
}

/* Whose the step under way is today: the officer's, the stand-in's, or anybody's of the body with the permission. */
static bool step_is_callers(zhen_call *call, const zhen_row *step)
{
	const char *code = zhen_format(call, "%s", or_empty(zhen_column_text(step, "code"))),
		   *body = zhen_format(call, "%s", or_empty(zhen_column_text(step, "body"))),
		   *permission = zhen_format(call, "%s", or_empty(zhen_column_text(step, "permission")));

	if (stands_in_for(call, body, code)[0] != '\0')
		return true;
	if (!zhen_may(call, permission) || strcmp(body, zhen_get_caller(call)->body) != 0)
		return false;
	const char *officer = post_officer(call, body, code);
	return officer[0] == '\0' ||
	       strcmp(zhen_acting_for(call, officer, today_of(call)), zhen_get_caller(call)->account) == 0;
}

static bool exists(zhen_call *call, const char *sql, int64_t matter)
{
	return zhen_one(call, sql, matter) != NULL;
}

static bool offers_extension(zhen_call *call, const struct matter *matter)
{
	const zhen_row *item = zhen_one(call, "SELECT extension_days FROM item WHERE id = $1", matter->item);

	return matter->extension_days == 0 && matter->overdue_at == 0 && zhen_column_int(item, "extension_days") > 0;
}

static bool offers_handover(zhen_call *call, const struct matter *matter)
{
	return zhen_one(call,
	                "SELECT d.matter FROM served d JOIN application a ON a.matter = d.matter WHERE d.matter = $1 AND "
	                "d.method = 'agent' AND d.received_at = 0 AND a.agent_account = $2",
	                matter->id, zhen_get_caller(call)->account) != NULL;
}

/* zhen_process_offers */
static bool offers(zhen_call *call, uint32_t act, const void *data)
{
	const struct matter *matter = (const struct matter *)data;
	const char *code;

	switch (act) {
	case ACT_SUPPLEMENT:
		return matter->told_once == 0;
	case ACT_EXTEND:
		return offers_extension(call, matter);
	case ACT_ISSUE:
		return seal_is_callers(call, matter);
	case ACT_END_TELL:
		return !ending_is_open(call, matter->id) &&
		       (matter->state != STATE_ARCHIVED || archive_grants(call, matter->id));
	case ACT_CANCEL:
		return !ending_is_open(call, matter->id);
	case ACT_END_STATE:
		return ending_waits_for_statement(call, matter->id);
	case ACT_WITHDRAW:
		return ending_may_decide(call, matter->id);
	case ACT_CHECK_PROMISE:
		return promise_is_open(call, matter->id) && promise_is_callers(call, matter->id);
	case ACT_GREEN:
		return exists(call, "SELECT id FROM matter WHERE id = $1 AND green = ''", matter->id);
	case ACT_ESCORT:
		return is_mode(call, matter, "escort", "陪办");
	case ACT_LEFT_OPEN:
		return is_mode(call, matter, "direct", "直办");
	case ACT_CONTACT:
		return exists(call, "SELECT matter FROM rating WHERE matter = $1 AND grade <= 2 AND contacted_at = 0",
		              matter->id);
	case ACT_MEND:
		return exists(call, "SELECT matter FROM rating WHERE matter = $1 AND grade <= 2 AND contacted_at > 0 AND mended_at = 0",
		              matter->id);
	case ACT_ARCHIVE:
		return archive_lacking(call, matter, &code) == NULL;
	case ACT_SUPERIOR:
		return superior_is_caller(call) && superior_open(call, matter->id)[0] == '\0' &&
		       !ending_is_open(call, matter->id) &&
		       (matter->state != STATE_ARCHIVED || archive_grants(call, matter->id));
	case ACT_HAND_OVER:
		return offers_handover(call, matter);
	default:
		return true;
	}
}

static void put_hearing(zhen_call *call, const struct matter *matter, const char *state)
{
	const char *name = NULL, *path = hearing_next(call, matter, &name);
	bool asked = strcmp(path, "hearing/notice") == 0 || strcmp(path, "hearing/record") == 0;

	if (name == NULL || asked != matter_allows(state, ACT_HEARING_RECORD))
		return;
	put_way(call, "POST", name, matter->id, path);
	/* Whoever asked may think better of it before there is a day. */
	if (strcmp(path, "hearing/notice") == 0)
		put_way(call, "POST", "登记听证申请撤回", matter->id, "hearing/record");
}

static void put_step(zhen_call *call, const struct matter *matter)
{
	const char *state = approval_process.states[matter->state].name;
	const zhen_row *step = zhen_one(call,
	                                "SELECT code, title, permission, body, publicity_days FROM matter_step "
	                                "WHERE matter = $1 AND state = 'current'",
	                                matter->id);
	const char *code = zhen_format(call, "%s", or_empty(zhen_column_text(step, "code"))),
		   *title = zhen_format(call, "%s", or_empty(zhen_column_text(step, "title")));
	bool publicity = zhen_column_int(step, "publicity_days") > 0,
	     theirs = step != NULL && step_is_callers(call, step);
	bool holds = zhen_may(call, "approvals.suspend") && (theirs || is_government(call, matter->township));

	if (theirs && matter_allows(state, ACT_STEP))
		put_way(call, "POST", zhen_format(call, "办理：%s", title), matter->id,
		        zhen_format(call, "steps/%s", code));
	if (theirs && publicity && matter_allows(state, ACT_PUBLICITY) &&
	    zhen_one(call, "SELECT matter FROM publicity WHERE matter = $1 AND round = $2 AND ended_at > 0", matter->id,
	             matter->round) == NULL)
		put_way(call, "POST", "登记公示", matter->id, "publicity");
	if (holds && (matter_allows(state, ACT_HEARING_TELL) || matter_allows(state, ACT_HEARING_RECORD)))
		put_hearing(call, matter, state);
	if (holds && matter_allows(state, ACT_SUSPEND))
		put_way(call, "POST", "扣除期限", matter->id, "suspend");
	if (holds && matter_allows(state, ACT_RESUME))
		put_way(call, "POST", "恢复计时", matter->id, "resume");
}

void actions_show(zhen_call *call, int64_t id)
{
	struct matter matter;

	zhen_open_list(call, "actions");
	if (matter_load(call, id, &matter)) {
		put_step(call, &matter);
		checklist_actions(call, id, approval_process.states[matter.state].name);
		/* Of a file that was put away there is only one thing to do, and that only where it granted something. */
		if (matter.state != STATE_ARCHIVED || archive_grants(call, id) || ending_is_void(call, id))
			zhen_process_put_offers(call, &approval_process, matter.state, matter.township,
			                        zhen_format(call, "/cases/%lld", (long long)id), offers, &matter);
		delivery_actions(call, &matter);
		account_actions(call, id);
		if (zhen_may(call, "approvals.accept"))
			licence_action(call, &matter);
		if (matter.accepted_at != 0)
			put_way(call, "GET", "期限逐日说明", id, "clock");
	}
	if (archive_has(call, id))
		put_way(call, "GET", "核对档案", id, "archive");
	zhen_close(call);
}
