/* SPDX-License-Identifier: Apache-2.0
 * From acceptance to the certificate: steps decided by the body whose step it is, publicity, the decision. */
#include "cases.h"
#include "items.h"
#include "licence.h"

struct step {
	int64_t seq, people, publicity_days;
	const char *title, *body, *body_name, *permission, *gate;
	const char *stands_for; /* officer the caller stands in for, "" = nobody */
};

static bool step_load(zhen_call *call, const struct matter *matter, struct step *out)
{
	const zhen_row *row = zhen_one(
		call,
		"SELECT seq, people, publicity_days, title, body, body_name, permission, gate FROM matter_step "
		"WHERE matter = $1 AND seq = $2",
		matter->id, matter->seq);

	if (row == NULL)
		return false;
	*out = (struct step){
		.seq = zhen_column_int(row, "seq"),
		.people = zhen_column_int(row, "people"),
		.publicity_days = zhen_column_int(row, "publicity_days"),
		.title = or_empty(zhen_column_text(row, "title")),
		.body = or_empty(zhen_column_text(row, "body")),
		.body_name = or_empty(zhen_column_text(row, "body_name")),
		.permission = or_empty(zhen_column_text(row, "permission")),
		.gate = or_empty(zhen_column_text(row, "gate")),
		.stands_for = "",
	};
	return true;
}

/* By who has the permission in the body, or by who stands in for its officer (AB岗). */
static zhen_result is_theirs(zhen_call *call, const struct matter *matter, struct step *step)
{
	/* What the officer may, the stand-in named for the post may. */
	step->stands_for = stands_in_for(call, step->body, matter->step);
	if (step->stands_for[0] != '\0')
		return 0;
	if (!zhen_may(call, step->permission))
		return zhen_fail(call, ZHEN_FORBIDDEN, "forbidden", "环节“%s”需要权限 %s", step->title,
		                 step->permission);
	return duty_of(call, step->body, step->body_name, matter->step, step->title);
}

/* The clock stands still at the step whose body says so; or the head of the whole. */
zhen_result hold_allows(zhen_call *call, const struct matter *matter)
{
	const zhen_body *government = call->host->body_of(call, "government", matter->township);
	struct step step;

	if (government != NULL && strcmp(government->id, zhen_get_caller(call)->body) == 0)
		return 0;
	if (!step_load(call, matter, &step) || stands_in_for(call, step.body, matter->step)[0] != '\0')
		return 0;
	return duty_of(call, step.body, step.body_name, matter->step, step.title);
}

static void note_stand_in(zhen_call *call, const struct matter *matter, const struct step *step)
{
	if (step->stands_for[0] == '\0')
		return;
	zhen_run(call, "INSERT INTO acted_for(matter, step, officer, stand_in, at) VALUES($1, $2, $3, $4, $5)",
	         matter->id, matter->step, name_of_officer(call, step->stands_for), zhen_get_caller(call)->name,
	         zhen_now(call));
	matter_note(call, matter, "acted_for",
	            zhen_format(call, "%s（A岗）离岗，由%s（B岗）代为办理“%s”", name_of_officer(call, step->stands_for),
	                        zhen_get_caller(call)->name, step->title));
}

struct checker {
	const char *account, *name; /* "" = none was chosen */
};

static struct checker checker_of(zhen_call *call, const char *field)
{
	const zhen_account *account =
		zhen_has(call, field) ? call->host->account(call, zhen_text(call, field), NULL, NULL) : NULL;

	return account != NULL ? (struct checker){ account->id, account->name } : (struct checker){ "", "" };
}

/* Who presides at its hearing is not sent to look either (四十八条一款三项). */
static zhen_result checkers_stand(zhen_call *call, const struct matter *matter)
{
	static const char *const fields[] = { "checker", "second_checker" };
	bool fine = true;

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (!hearing_is_presided_by(call, matter, checker_of(call, fields[i]).account))
			continue;
		zhen_field_error(call, fields[i], "presider",
		                 "听证主持人不参加本申请的审查（行政许可法第四十八条） (who presides does not check)");
		fine = false;
	}
	return fine ? 0 : zhen_invalid(call);
}

/* What the item has checked on the spot is checked by two (of a licence by 行政许可法 34). */
static zhen_result two_names(zhen_call *call, const struct matter *matter, const struct step *step)
{
	const char *first = or_empty(zhen_text(call, "checker")), *second = or_empty(zhen_text(call, "second_checker"));
	bool two = first[0] != '\0' && second[0] != '\0' && strcmp(first, second) != 0;
	bool dated = zhen_has(call, "checked_on");
	bool future = dated && strcmp(zhen_text(call, "checked_on"), zhen_date_of_ms(call, zhen_now(call))) > 0;
	bool before = dated && strcmp(zhen_text(call, "checked_on"), zhen_date_of_ms(call, matter->accepted_at)) < 0;

	if (step->people < 2)
		return 0;
	if (!two)
		zhen_field_error(call, first[0] == '\0' ? "checker" : "second_checker", "two-checkers",
		                 "“%s”应当由两名以上工作人员进行%s，请选两个不同的人 (two different officers)", step->title,
		                 matter_is_licence(call, matter) ? "（行政许可法第三十四条第三款）" : "");
	if (!dated)
		zhen_field_error(call, "checked_on", "check-date-missing", "请填写实地核查日期 (the day of the check)");
	else if (future)
		zhen_field_error(call, "checked_on", "check-in-future", "实地核查日期不能晚于今天");
	else if (before)
		zhen_field_error(call, "checked_on", "check-before-acceptance",
		                 "实地核查在受理之后进行，日期不能早于受理日期 %s",
		                 zhen_date_of_ms(call, matter->accepted_at));
	return two && dated && !future && !before ? 0 : zhen_invalid(call);
}

static zhen_result publicity_over(zhen_call *call, const struct matter *matter, const struct step *step)
{
	const zhen_row *row =
		zhen_one(call, "SELECT ended_at, objections FROM publicity WHERE matter = $1 AND round = $2",
	                 matter->id, matter->round);

	if (step->publicity_days == 0)
		return 0;
	if (row == NULL || zhen_column_int(row, "ended_at") == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "publicity-not-over", "公示未满%lld个工作日或未登记结果",
		                 (long long)step->publicity_days);
	if (zhen_column_int(row, "objections") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "objections-open", "公示期间有异议，应退回核实，不能直接通过");
	return 0;
}

static zhen_result may_approve(zhen_call *call, const struct matter *matter, const struct step *step)
{
	bool final = zhen_one(call, "SELECT seq FROM matter_step WHERE matter = $1 AND seq > $2 LIMIT 1", matter->id,
	                      matter->seq) == NULL;
	zhen_result refused = two_names(call, matter, step);

	if (refused == 0)
		refused = promise_stands(call, matter);
	if (refused == 0)
		refused = lacking_allows(call, matter, final);
	if (refused == 0 && final)
		refused = hearing_allows(call, matter);
	if (refused == 0 && final)
		refused = renewal_allows(call, matter, true);
	if (refused == 0 && strcmp(step->gate, "homestead") == 0)
		refused = homestead_may_approve(call, matter);
	return refused != 0 ? refused : publicity_over(call, matter, step);
}

static void move_to(zhen_call *call, struct matter *matter, int64_t seq)
{
	const zhen_row *row =
		zhen_one(call, "SELECT code, title FROM matter_step WHERE matter = $1 AND seq = $2", matter->id, seq);

	matter->seq = row != NULL ? seq : 0;
	matter->step = or_empty(zhen_column_text(row, "code"));
	zhen_run(call, "UPDATE matter_step SET state = 'current', started_at = $1 WHERE matter = $2 AND seq = $3",
	         zhen_now(call), matter->id, seq);
	zhen_run(call, "UPDATE matter SET seq = $1, step = $2, step_title = $3 WHERE id = $4", matter->seq,
	         matter->step, or_empty(zhen_column_text(row, "title")), matter->id);
}

static void write_opinion(zhen_call *call, const struct matter *matter, const char *decision)
{
	const zhen_caller *caller = zhen_get_caller(call);
	struct checker first = checker_of(call, "checker"), second = checker_of(call, "second_checker");

	zhen_insert(call,
	            "INSERT INTO opinion(matter, round, step, decision, opinion, person, account, body, checker, second_checker, "
	            "checker_account, second_account, checked_on, at) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) "
	            "RETURNING id",
	            matter->id, matter->round, matter->step, decision, or_empty(zhen_text(call, "opinion")),
	            caller->name, caller->account, caller->body, first.name, second.name, first.account, second.account,
	            or_empty(zhen_text(call, "checked_on")), zhen_now(call));
}

static void approve(zhen_call *call, struct matter *matter)
{
	zhen_run(call,
	         "UPDATE matter_step SET state = 'done', done_at = $1, person = $2, opinion = $3 WHERE matter = $4 AND seq = $5",
	         zhen_now(call), zhen_get_caller(call)->name, or_empty(zhen_text(call, "opinion")), matter->id, matter->seq);
	const zhen_row *next =
		zhen_one(call, "SELECT seq FROM matter_step WHERE matter = $1 AND seq > $2 ORDER BY seq LIMIT 1",
	                 matter->id, matter->seq);
	if (next != NULL) {
		move_to(call, matter, zhen_column_int(next, "seq"));
		return;
	}
	matter_set_state(call, matter, STATE_APPROVED);
	zhen_run(call, "UPDATE matter SET decided_at = $1 WHERE id = $2", zhen_now(call), matter->id);
	if (!seal_is_optional(call) || seal_of(call, matter->township) != NULL)
		sealing_ask_decision(call, matter);
}

/* A new round of the same matter: what was said before stays in the table of opinions. */
static zhen_result send_back(zhen_call *call, struct matter *matter)
{
	const char *to = or_empty(zhen_text(call, "to"));
	const zhen_row *row = zhen_one(call,
	                               "SELECT seq FROM matter_step WHERE matter = $1 AND seq < $2 AND ($3 = '' OR code = $3) "
	                               "ORDER BY seq DESC LIMIT 1",
	                               matter->id, matter->seq, to);

	if (row == NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "no-earlier-step", "没有可以退回的环节");
	zhen_run(call, "UPDATE matter_step SET state = 'pending', done_at = 0 WHERE matter = $1 AND seq >= $2",
	         matter->id, zhen_column_int(row, "seq"));
	matter->round++;
	zhen_run(call, "UPDATE matter SET round = $1 WHERE id = $2", matter->round, matter->id);
	move_to(call, matter, zhen_column_int(row, "seq"));
	matter_set_state(call, matter, STATE_REVIEW);
	return 0;
}

/* A step the item never had is no address, whatever the state; whose case it is not learns nothing from it. */
static bool step_unknown(zhen_call *call)
{
	return zhen_one(call,
	                "SELECT id FROM matter WHERE id = $1 AND {{scope village township}} AND NOT EXISTS("
	                "SELECT 1 FROM item_step WHERE item_step.item = matter.item AND item_step.code = $2)",
	                zhen_int(call, "id"), or_empty(zhen_text(call, "step"))) != NULL;
}

zhen_result decide_step(zhen_call *call)
{
	struct matter matter;
	struct step step;
	const char *decision = or_empty(zhen_text(call, "decision"));

	if (step_unknown(call))
		return zhen_fail(call, ZHEN_NOT_FOUND, "step-unknown", "该件没有这个环节");
	zhen_result refused = matter_for(call, ACT_STEP, &matter);
	if (refused != 0)
		return refused;
	if (!step_load(call, &matter, &step) || strcmp(or_empty(zhen_text(call, "step")), matter.step) != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "step-not-current", "件 %s 正在办理的环节是“%s”", matter.number,
		                 step.title);
	if ((refused = is_theirs(call, &matter, &step)) != 0)
		return refused;
	if ((refused = hearing_bars(call, &matter)) != 0 || (refused = checkers_stand(call, &matter)) != 0)
		return refused;
	if ((refused = direct_allows(call, &matter)) != 0)
		return refused;
	if (matter.state == STATE_REFUSING && strcmp(decision, "return") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "case-refusal-proposed",
		                 "该件拟不予许可，只能退回或由负责人决定");
	bool approving = strcmp(decision, "approve") == 0;
	if (approving && (refused = may_approve(call, &matter, &step)) != 0)
		return refused;
	struct matter before = matter;
	write_opinion(call, &matter, decision);
	if (approving)
		approve(call, &matter);
	else if (strcmp(decision, "refuse") == 0)
		matter_set_state(call, &matter, STATE_REFUSING);
	else if ((refused = send_back(call, &matter)) != 0)
		return refused;
	matter_note(call, &before, decision, zhen_text(call, "opinion"));
	note_stand_in(call, &before, &step);
	zhen_emit(call, "approvals.case.step_decided", "id", matter.id, "number", matter.number, "item", matter.item_code,
	          "township", matter.township, "step", before.step, "decision", decision, "at", zhen_now(call));
	if (matter.state == STATE_APPROVED)
		matter_emit(call, &matter, "approvals.case.decided");
	/* 直办: decided and issued on the spot, by the window that took it in, only where no seal is asked for and there is none. */
	if (matter.state == STATE_APPROVED && matter_is_direct(call, &matter) &&
	    seal_of(call, matter.township) == NULL && seal_is_optional(call))
		issue_now(call, &matter);
	return matter_reply(call, &matter);
}

static zhen_result start_publicity(zhen_call *call, const struct matter *matter, const struct step *step)
{
	const char *start_on = or_empty(zhen_text(call, "start_on")), *end_on = or_empty(zhen_text(call, "end_on"));
	int32_t first = zhen_calendar_parse_date(start_on), last = zhen_calendar_parse_date(end_on);
	zhen_calendar calendar;

	if (first == ZHEN_NO_DAY || last == ZHEN_NO_DAY ||
	    strcmp(start_on, zhen_date_of_ms(call, zhen_now(call))) < 0)
		return zhen_fail(call, ZHEN_CONFLICT, "publicity-dates", "请填写公示起止日期，开始日期不能早于今天");
	zhen_calendar_load(call, matter->township, &calendar);
	if (zhen_calendar_count(&calendar, first - 1, last) < step->publicity_days)
		return zhen_fail(call, ZHEN_CONFLICT, "publicity-too-short", "公示不得少于%lld个工作日",
		                 (long long)step->publicity_days);
	if (zhen_one(call, "SELECT matter FROM publicity WHERE matter = $1 AND round = $2", matter->id,
	             matter->round) != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "publicity-running", "本轮公示已经登记");
	zhen_run(call,
	         "INSERT INTO publicity(matter, round, start_on, end_on, place, ended_at, objections, note) "
	         "VALUES($1, $2, $3, $4, $5, 0, 0, '')",
	         matter->id, matter->round, start_on, end_on, or_empty(zhen_text(call, "place")));
	return 0;
}

static zhen_result end_publicity(zhen_call *call, const struct matter *matter)
{
	const zhen_row *row =
		zhen_one(call, "SELECT end_on FROM publicity WHERE matter = $1 AND round = $2 AND ended_at = 0",
	                 matter->id, matter->round);

	if (row == NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "publicity-not-running", "没有进行中的公示");
	if (strcmp(zhen_date_of_ms(call, zhen_now(call)), or_empty(zhen_column_text(row, "end_on"))) <= 0)
		return zhen_fail(call, ZHEN_CONFLICT, "publicity-not-over", "公示到%s为止，期满次日起方可登记结果",
		                 zhen_column_text(row, "end_on"));
	zhen_run(call,
	         "UPDATE publicity SET ended_at = $1, objections = $2, note = $3 WHERE matter = $4 AND round = $5",
	         zhen_now(call), zhen_int(call, "objections"), or_empty(zhen_text(call, "note")), matter->id,
	         matter->round);
	return 0;
}

zhen_result publicity(zhen_call *call)
{
	struct matter matter;
	struct step step;
	zhen_result refused = matter_for(call, ACT_PUBLICITY, &matter);

	if (refused != 0)
		return refused;
	if (!step_load(call, &matter, &step) || step.publicity_days == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "step-not-current", "件 %s 还没有到公示环节", matter.number);
	if ((refused = is_theirs(call, &matter, &step)) != 0)
		return refused;
	bool ending = strcmp(or_empty(zhen_text(call, "act")), "end") == 0;
	refused = ending ? end_publicity(call, &matter) : start_publicity(call, &matter, &step);
	if (refused != 0)
		return refused;
	note_stand_in(call, &matter, &step);
	matter_note(call, &matter, ending ? "publicity_ended" : "publicity_started", zhen_text(call, "note"));
	return matter_reply(call, &matter);
}
