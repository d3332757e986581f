/* SPDX-License-Identifier: Apache-2.0
 * What may be done to a team, a member and a certificate, as data: states × acts × roles. */
#include "draw.h"
#include "duty.h"
#include "errand.h"
#include "lesson.h"
#include "proceeding.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define RULE(state_, act_, to_, ...) { .state = state_, .act = act_, .to = to_, __VA_ARGS__ }
#define PROCESS(name_, noun_)                                                                                       \
	const zhen_process name_##_process = { .name = #name_, .noun = noun_, .states = name_##_states,             \
		.acts = name_##_acts, .roles = roles, .rules = name_##_rules, .n_states = COUNT(name_##_states), \
		.n_acts = COUNT(name_##_acts), .n_roles = COUNT(roles), .n_rules = COUNT(name_##_rules) }

static const zhen_process_role roles[] = {
	{ .name = "township", .title = "乡镇人民政府", .permissions = "enforcement.read;enforcement.team;enforcement.report;enforcement.handle;enforcement.decide" },
	{ .name = "legal", .title = "法制审核人员", .permissions = "enforcement.read;enforcement.review;enforcement.evaluate" },
	{ .name = "bureau", .title = "县级综合行政执法部门", .permissions = "enforcement.read;enforcement.certify" },
	{ .name = "supervisor", .title = "监督人员", .permissions = "enforcement.read" },
};

static const zhen_process_state team_states[] = {
	[TEAM_DRAFT] = { .name = "draft", .title = "筹建", .code = "team-draft" },
	[TEAM_ESTABLISHED] = { .name = "established", .title = "已建立", .code = "team-established" },
};
static const zhen_process_act team_acts[] = {
	[TEAM_ESTABLISH] = { .name = "establish", .title = "确认建队", .permission = "enforcement.team" },
	[TEAM_READY] = { .name = "readiness", .title = "登记建设情况", .permission = "enforcement.team" },
	[TEAM_JOIN] = { .name = "members", .title = "登记人员", .permission = "enforcement.team" },
	[TEAM_SQUAD] = { .name = "squads", .title = "编组", .permission = "enforcement.team", .flags = ZHEN_NO_BUTTON },
	[TEAM_VEHICLE] = { .name = "vehicles", .title = "登记车辆", .permission = "enforcement.team", .flags = ZHEN_NO_BUTTON },
};

/* 楚雄州: a team has at least so many. */
static zhen_result team_is_large_enough(zhen_call *call, const void *matter)
{
	const struct team *team = (const struct team *)matter;
	int64_t least = zhen_setting_int_in(call, "team_minimum", team->township);

	if (team->members >= least)
		return 0;
	return zhen_fail(call, ZHEN_CONFLICT, "team-too-small",
	                 "%s在队 %lld 人，不达标：至少 %lld 人方可确认建队 (members: a team needs at least %lld, this one has %lld)",
	                 team->name, (long long)team->members, (long long)least, (long long)least, (long long)team->members);
}

static const zhen_process_rule team_rules[] = {
	RULE(TEAM_DRAFT, TEAM_ESTABLISH, TEAM_ESTABLISHED, .guard = team_is_large_enough, .condition = "在队人数达标"),
	RULE(TEAM_DRAFT, TEAM_READY, ZHEN_SAME_STATE),
	RULE(TEAM_ESTABLISHED, TEAM_READY, ZHEN_SAME_STATE),
	RULE(TEAM_DRAFT, TEAM_JOIN, ZHEN_SAME_STATE),
	RULE(TEAM_ESTABLISHED, TEAM_JOIN, ZHEN_SAME_STATE),
	RULE(TEAM_DRAFT, TEAM_SQUAD, ZHEN_SAME_STATE),
	RULE(TEAM_ESTABLISHED, TEAM_SQUAD, ZHEN_SAME_STATE),
	RULE(TEAM_DRAFT, TEAM_VEHICLE, ZHEN_SAME_STATE),
	RULE(TEAM_ESTABLISHED, TEAM_VEHICLE, ZHEN_SAME_STATE),
};
PROCESS(team, "队伍");

static const zhen_process_state member_states[] = {
	[MEMBER_SERVING] = { .name = "serving", .title = "在队", .code = "member-serving" },
	[MEMBER_LEFT] = { .name = "left", .title = "已离队", .code = "member-left" },
};
static const zhen_process_act member_acts[] = {
	[MEMBER_CERTIFY] = { .name = "certificates", .title = "登记执法证件", .permission = "enforcement.certify",
	                     .law = "行政处罚法 42" },
	[MEMBER_FRONTLINE] = { .name = "frontline", .title = "登记是否在一线", .permission = "enforcement.team" },
	[MEMBER_LEAVE] = { .name = "leave", .title = "离队", .permission = "enforcement.team" },
};

/* 行政处罚法 42: who enforces has a certificate; who only assists is not given one. */
static zhen_result member_is_no_assistant(zhen_call *call, const void *matter)
{
	const struct member *member = (const struct member *)matter;

	if (strcmp(member->kind, "assistant") != 0)
		return 0;
	return zhen_fail(call, ZHEN_CONFLICT, "assistant-may-not",
	                 "购买服务协助人员不是执法人员，不登记执法证件（行政处罚法第四十二条） "
	                 "(kind: an assistant is no enforcement officer, art. 42)");
}

static const zhen_process_rule member_rules[] = {
	RULE(MEMBER_SERVING, MEMBER_CERTIFY, ZHEN_SAME_STATE, .guard = member_is_no_assistant,
	     .condition = "不是协助人员"),
	RULE(MEMBER_SERVING, MEMBER_FRONTLINE, ZHEN_SAME_STATE),
	RULE(MEMBER_SERVING, MEMBER_LEAVE, MEMBER_LEFT),
};
PROCESS(member, "人员");

static const zhen_process_state certificate_states[] = {
	[CERTIFICATE_ISSUED] = { .name = "issued", .title = "已登记", .code = "certificate-issued" },
	[CERTIFICATE_REVOKED] = { .name = "revoked", .title = "已注销", .code = "certificate-revoked" },
};
static const zhen_process_act certificate_acts[] = {
	[CERTIFICATE_REVOKE] = { .name = "revoke", .title = "注销执法证件", .permission = "enforcement.certify" },
};
static const zhen_process_rule certificate_rules[] = {
	RULE(CERTIFICATE_ISSUED, CERTIFICATE_REVOKE, CERTIFICATE_REVOKED),
};
PROCESS(certificate, "执法证件");

static const zhen_process_state finding_states[] = {
	[FINDING_OPEN] = { .name = "open", .title = "待处理", .code = "finding-open" },
	[FINDING_ADVISED] = { .name = "advised", .title = "已提醒", .code = "finding-advised" },
	[FINDING_ORDERED] = { .name = "ordered", .title = "已责令改正", .code = "finding-ordered" },
	[FINDING_CORRECTED] = { .name = "corrected", .title = "已改正", .code = "finding-corrected" },
	[FINDING_CASE] = { .name = "case", .title = "已立案", .code = "finding-case" },
};
static const zhen_process_act finding_acts[] = {
	[FINDING_ADVISE] = { .name = "advise", .title = "提醒", .permission = "enforcement.handle" },
	[FINDING_ORDER] = { .name = "order", .title = "责令改正", .permission = "enforcement.handle", .law = "行政处罚法 28" },
	[FINDING_CORRECT] = { .name = "correct", .title = "确认已改正", .permission = "enforcement.handle" },
	[FINDING_PENALTY] = { .name = "case", .title = "立案（简易程序）", .permission = "enforcement.handle", .law = "行政处罚法 51" },
	[FINDING_PROCEED] = { .name = "proceeding", .title = "立案（普通程序）", .permission = "enforcement.decide", .law = "行政处罚法 54" },
};
static const zhen_process_rule finding_rules[] = {
	RULE(FINDING_OPEN, FINDING_ADVISE, FINDING_ADVISED),
	RULE(FINDING_OPEN, FINDING_ORDER, FINDING_ORDERED),
	RULE(FINDING_ADVISED, FINDING_ORDER, FINDING_ORDERED),
	RULE(FINDING_ORDERED, FINDING_CORRECT, FINDING_CORRECTED),
	RULE(FINDING_OPEN, FINDING_PENALTY, FINDING_CASE),
	RULE(FINDING_ADVISED, FINDING_PENALTY, FINDING_CASE),
	RULE(FINDING_ORDERED, FINDING_PENALTY, FINDING_CASE),
	RULE(FINDING_CORRECTED, FINDING_PENALTY, FINDING_CASE),
	RULE(FINDING_OPEN, FINDING_PROCEED, FINDING_CASE),
	RULE(FINDING_ADVISED, FINDING_PROCEED, FINDING_CASE),
	RULE(FINDING_ORDERED, FINDING_PROCEED, FINDING_CASE),
	RULE(FINDING_CORRECTED, FINDING_PROCEED, FINDING_CASE),
};
PROCESS(finding, "问题");

static const zhen_process_state penalty_states[] = {
	[PENALTY_OPENED] = { .name = "opened", .title = "已立案", .code = "penalty-opened" },
	[PENALTY_INFORMED] = { .name = "informed", .title = "已告知", .code = "penalty-informed" },
	[PENALTY_DECIDED] = { .name = "decided", .title = "已决定", .code = "penalty-decided" },
	[PENALTY_SERVED] = { .name = "served", .title = "已送达", .code = "penalty-served" },
	[PENALTY_SETTLED] = { .name = "settled", .title = "已缴纳", .code = "penalty-settled" },
	[PENALTY_ARCHIVED] = { .name = "archived", .title = "已归档", .code = "penalty-archived" },
	[PENALTY_DROPPED] = { .name = "dropped", .title = "不予处罚", .code = "penalty-dropped" },
	[PENALTY_CONVERTED] = { .name = "converted", .title = "已转普通程序", .code = "penalty-converted" },
};
static const zhen_process_act penalty_acts[] = {
	[PENALTY_INFORM] = { .name = "inform", .title = "告知", .permission = "enforcement.handle", .law = "行政处罚法 44" },
	[PENALTY_DEFEND] = { .name = "defend", .title = "记录陈述、申辩", .permission = "enforcement.handle", .law = "行政处罚法 45" },
	[PENALTY_DECIDE] = { .name = "decide", .title = "当场决定", .permission = "enforcement.handle", .law = "行政处罚法 51" },
	[PENALTY_SERVE] = { .name = "serve", .title = "当场交付", .permission = "enforcement.handle", .law = "行政处罚法 52" },
	[PENALTY_PAY] = { .name = "pay", .title = "登记缴纳", .permission = "enforcement.handle", .law = "行政处罚法 67" },
	[PENALTY_ARCHIVE] = { .name = "archive", .title = "归档", .permission = "enforcement.handle", .law = "行政处罚法 47" },
	[PENALTY_DROP] = { .name = "drop", .title = "不予处罚", .permission = "enforcement.handle", .law = "行政处罚法 33" },
	[PENALTY_CONVERT] = { .name = "proceeding", .title = "转普通程序", .permission = "enforcement.decide", .law = "行政处罚法 51" },
};

/* Who was fined pays before the file is closed; who was warned has nothing to pay. */
static zhen_result penalty_is_warning(zhen_call *call, const void *matter)
{
	return ((const struct penalty *)matter)->fine == 0 ? 0 :
		zhen_fail(call, ZHEN_CONFLICT, "unpaid", "罚款尚未缴纳，不能归档 (the fine is not paid)");
}

static const zhen_process_rule penalty_rules[] = {
	RULE(PENALTY_OPENED, PENALTY_INFORM, PENALTY_INFORMED),
	RULE(PENALTY_INFORMED, PENALTY_DEFEND, ZHEN_SAME_STATE),
	RULE(PENALTY_INFORMED, PENALTY_DECIDE, PENALTY_DECIDED),
	RULE(PENALTY_DECIDED, PENALTY_SERVE, PENALTY_SERVED),
	RULE(PENALTY_SERVED, PENALTY_PAY, PENALTY_SETTLED),
	RULE(PENALTY_SETTLED, PENALTY_ARCHIVE, PENALTY_ARCHIVED),
	RULE(PENALTY_DROPPED, PENALTY_ARCHIVE, PENALTY_ARCHIVED),
	RULE(PENALTY_OPENED, PENALTY_DROP, PENALTY_DROPPED),
	RULE(PENALTY_INFORMED, PENALTY_DROP, PENALTY_DROPPED),
	RULE(PENALTY_OPENED, PENALTY_CONVERT, PENALTY_CONVERTED),
	RULE(PENALTY_INFORMED, PENALTY_CONVERT, PENALTY_CONVERTED),
	RULE(PENALTY_SERVED, PENALTY_ARCHIVE, PENALTY_ARCHIVED, .guard = penalty_is_warning,
	     .condition = "只有警告，或者罚款已缴"),
};
PROCESS(penalty, "案件");

static const zhen_process_state proceeding_states[] = {
#define X(id, name_, title_, code_) { .name = name_, .title = title_, .code = code_ },
	PROCEEDING_STATES(X)
#undef X
};
#define HANDLED(name_, title_, law_) { .name = name_, .title = title_, .permission = "enforcement.handle", .law = "行政处罚法 " law_ }
#define BY_HEAD(name_, title_, law_) { .name = name_, .title = title_, .permission = "enforcement.decide", .law = "行政处罚法 " law_ }
static const zhen_process_act proceeding_acts[] = {
	[PROCEEDING_EVIDENCE] = HANDLED("evidence", "收集证据", "46、47"),
	[PROCEEDING_RECUSE] = BY_HEAD("recusals", "决定回避", "43"),
	[PROCEEDING_JOINT] = HANDLED("joint", "联合办案记录", "26"),
	[PROCEEDING_INFORM] = HANDLED("inform", "告知", "44、63"),
	[PROCEEDING_DEFEND] = HANDLED("defend", "记录陈述、申辩", "45"),
	[PROCEEDING_ASK] = HANDLED("hearing-request", "登记听证要求", "64"),
	[PROCEEDING_CALL] = HANDLED("hearing-notice", "通知听证", "64"),
	[PROCEEDING_HOLD] = HANDLED("hearing", "听证笔录", "64、65"),
	[PROCEEDING_REVIEW] = { .name = "legal-review", .title = "法制审核", .permission = "enforcement.review", .law = "行政处罚法 58" },
	[PROCEEDING_DISCUSS] = BY_HEAD("discussion", "集体讨论", "57"),
	[PROCEEDING_DECIDE] = BY_HEAD("decide", "决定", "57、59"),
	[PROCEEDING_SERVE] = HANDLED("serve", "送达", "61"),
	[PROCEEDING_DEFER] = BY_HEAD("instalments", "暂缓、分期缴纳", "66"),
	[PROCEEDING_STAY] = HANDLED("stay", "登记复议、诉讼", "73"),
	[PROCEEDING_PAY] = HANDLED("pay", "登记缴纳", "67"),
	[PROCEEDING_URGE] = HANDLED("urge", "催告", "72"),
	[PROCEEDING_COURT] = BY_HEAD("court", "申请强制执行", "72"),
	[PROCEEDING_ARCHIVE] = HANDLED("archive", "归档", "47"),
	[PROCEEDING_DROP] = BY_HEAD("drop", "不予处罚", "57"),
	[PROCEEDING_TRANSFER] = BY_HEAD("transfer", "移送", "27、57"),
};

/* Whatever was to be paid is paid, or nothing was. */
static zhen_result proceeding_owes_nothing(zhen_call *call, const void *matter)
{
	return ((const struct proceeding *)matter)->fine == 0 ? 0 :
		zhen_fail(call, ZHEN_CONFLICT, "unpaid", "罚款尚未缴纳，不能归档 (the fine is not paid)");
}

#define BOTH(act_) RULE(PROCEEDING_OPENED, act_, ZHEN_SAME_STATE), RULE(PROCEEDING_INFORMED, act_, ZHEN_SAME_STATE)
#define TOLD(act_, ...) RULE(PROCEEDING_INFORMED, act_, ZHEN_SAME_STATE, __VA_ARGS__)
static const zhen_process_rule proceeding_rules[] = {
	BOTH(PROCEEDING_EVIDENCE), BOTH(PROCEEDING_RECUSE), BOTH(PROCEEDING_JOINT),
	RULE(PROCEEDING_OPENED, PROCEEDING_INFORM, PROCEEDING_INFORMED, .condition = "有证据"),
	TOLD(PROCEEDING_INFORM, .condition = "有新的事实，重新告知"),
	TOLD(PROCEEDING_DEFEND, .condition = ""),
	TOLD(PROCEEDING_ASK, .condition = "告知后五个工作日内"),
	TOLD(PROCEEDING_CALL, .condition = "举行听证的七个工作日前"),
	TOLD(PROCEEDING_HOLD, .condition = "已通知"),
	TOLD(PROCEEDING_REVIEW, .condition = ""),
	TOLD(PROCEEDING_DISCUSS, .condition = ""),
	RULE(PROCEEDING_INFORMED, PROCEEDING_DECIDE, PROCEEDING_DECIDED,
	     .condition = "证据、听证、审核、讨论齐备，不重于告知"),
	RULE(PROCEEDING_DECIDED, PROCEEDING_SERVE, PROCEEDING_SERVED),
	RULE(PROCEEDING_SERVED, PROCEEDING_DEFER, ZHEN_SAME_STATE),
	RULE(PROCEEDING_SERVED, PROCEEDING_STAY, ZHEN_SAME_STATE),
	RULE(PROCEEDING_SERVED, PROCEEDING_PAY, PROCEEDING_SETTLED, .condition = "缴清"),
	RULE(PROCEEDING_ENFORCING, PROCEEDING_PAY, PROCEEDING_SETTLED, .condition = "缴清"),
	RULE(PROCEEDING_SERVED, PROCEEDING_URGE, ZHEN_SAME_STATE),
	RULE(PROCEEDING_SERVED, PROCEEDING_COURT, PROCEEDING_ENFORCING,
	     .condition = "催告十日后，诉讼期限届满三个月内"),
	RULE(PROCEEDING_SETTLED, PROCEEDING_ARCHIVE, PROCEEDING_ARCHIVED),
	RULE(PROCEEDING_DROPPED, PROCEEDING_ARCHIVE, PROCEEDING_ARCHIVED),
	RULE(PROCEEDING_TRANSFERRED, PROCEEDING_ARCHIVE, PROCEEDING_ARCHIVED),
	RULE(PROCEEDING_SERVED, PROCEEDING_ARCHIVE, PROCEEDING_ARCHIVED, .guard = proceeding_owes_nothing,
	     .condition = "没有罚款"),
	RULE(PROCEEDING_OPENED, PROCEEDING_DROP, PROCEEDING_DROPPED),
	RULE(PROCEEDING_INFORMED, PROCEEDING_DROP, PROCEEDING_DROPPED),
	RULE(PROCEEDING_OPENED, PROCEEDING_TRANSFER, PROCEEDING_TRANSFERRED),
	RULE(PROCEEDING_INFORMED, PROCEEDING_TRANSFER, PROCEEDING_TRANSFERRED),
};
PROCESS(proceeding, "案件");

static const zhen_process_state errand_states[] = {
	[ERRAND_OPEN] = { .name = "open", .title = "待完成", .code = "errand-open" },
	[ERRAND_DONE] = { .name = "done", .title = "已完成", .code = "errand-done" },
	[ERRAND_CALLED_OFF] = { .name = "called-off", .title = "已撤回", .code = "errand-called-off" },
};
static const zhen_process_act errand_acts[] = {
	[ERRAND_FINISH] = { .name = "done", .title = "完成", .permission = "enforcement.handle" },
};
static const zhen_process_rule errand_rules[] = {
	RULE(ERRAND_OPEN, ERRAND_FINISH, ERRAND_DONE),
	/* By an event, no act of its own. */
	RULE(ERRAND_CALLED_OFF, ERRAND_FINISH, ZHEN_SAME_STATE, .refusal = "errand-called-off",
	     .refusal_text = "任务 %s 已撤回 (the task was withdrawn)"),
};
PROCESS(errand, "协同任务");

static const zhen_process_state incident_states[] = {
	[INCIDENT_OFFICER] = { .name = "officer", .title = "网格执法员处理", .code = "incident-with-the-officer" },
	[INCIDENT_SQUAD] = { .name = "squad", .title = "中队处理", .code = "incident-with-the-squad" },
	[INCIDENT_TEAM] = { .name = "team", .title = "全队处理", .code = "incident-with-the-team" },
	[INCIDENT_HANDLED] = { .name = "handled", .title = "已处理", .code = "incident-handled" },
};
static const zhen_process_act incident_acts[] = {
	[INCIDENT_ESCALATE] = { .name = "escalate", .title = "上报", .permission = "enforcement.handle" },
	[INCIDENT_HANDLE] = { .name = "handle", .title = "处理完毕", .permission = "enforcement.handle" },
};
static const zhen_process_rule incident_rules[] = {
	RULE(INCIDENT_OFFICER, INCIDENT_ESCALATE, INCIDENT_SQUAD),
	RULE(INCIDENT_SQUAD, INCIDENT_ESCALATE, INCIDENT_TEAM),
	RULE(INCIDENT_OFFICER, INCIDENT_HANDLE, INCIDENT_HANDLED),
	RULE(INCIDENT_SQUAD, INCIDENT_HANDLE, INCIDENT_HANDLED),
	RULE(INCIDENT_TEAM, INCIDENT_HANDLE, INCIDENT_HANDLED),
};
PROCESS(incident, "事件");

static const zhen_process_state evaluation_states[] = {
	[EVALUATION_DUE] = { .name = "due", .title = "待评查", .code = "evaluation-due" },
	[EVALUATION_SAMPLED] = { .name = "sampled", .title = "已抽取案卷", .code = "evaluation-sampled" },
	[EVALUATION_CLOSED] = { .name = "closed", .title = "已评查", .code = "evaluation-closed" },
};
static const zhen_process_act evaluation_acts[] = {
	[EVALUATION_SAMPLE] = { .name = "sample", .title = "抽取案卷", .permission = "enforcement.evaluate" },
	[EVALUATION_MARK] = { .name = "mark", .title = "评查案卷", .permission = "enforcement.evaluate", .flags = ZHEN_NO_BUTTON },
	[EVALUATION_CLOSE] = { .name = "close", .title = "评定", .permission = "enforcement.evaluate" },
};
static const zhen_process_rule evaluation_rules[] = {
	RULE(EVALUATION_DUE, EVALUATION_SAMPLE, EVALUATION_SAMPLED),
	RULE(EVALUATION_SAMPLED, EVALUATION_MARK, ZHEN_SAME_STATE),
	RULE(EVALUATION_SAMPLED, EVALUATION_CLOSE, EVALUATION_CLOSED, .condition = "抽取的案卷已全部评查"),
};
PROCESS(evaluation, "案卷评查");

static const zhen_process_state publication_states[] = {
	[PUBLICATION_DUE] = { .name = "due", .title = "待公开", .code = "publication-due" },
	[PUBLICATION_PUBLISHED] = { .name = "published", .title = "已公开", .code = "publication-published" },
	[PUBLICATION_WITHHELD] = { .name = "withheld", .title = "不公开", .code = "publication-withheld" },
	[PUBLICATION_WITHDRAWN] = { .name = "withdrawn", .title = "已撤回", .code = "publication-withdrawn" },
};
static const zhen_process_act publication_acts[] = {
	[PUBLICATION_PUBLISH] = { .name = "publish", .title = "公开", .permission = "enforcement.decide", .law = "行政处罚法 48" },
	[PUBLICATION_WITHHOLD] = { .name = "withhold", .title = "不公开", .permission = "enforcement.decide", .law = "行政处罚法 48、50" },
	[PUBLICATION_WITHDRAW] = { .name = "withdraw", .title = "撤回", .permission = "enforcement.decide", .law = "行政处罚法 48" },
};
static const zhen_process_rule publication_rules[] = {
	RULE(PUBLICATION_DUE, PUBLICATION_PUBLISH, PUBLICATION_PUBLISHED),
	RULE(PUBLICATION_WITHHELD, PUBLICATION_PUBLISH, PUBLICATION_PUBLISHED),
	RULE(PUBLICATION_DUE, PUBLICATION_WITHHOLD, PUBLICATION_WITHHELD),
	RULE(PUBLICATION_PUBLISHED, PUBLICATION_WITHDRAW, PUBLICATION_WITHDRAWN),
};
PROCESS(publication, "公开");

/* Cell by cell: who may do what when. */
zhen_result show_processes(zhen_call *call)
{
	static const zhen_process *const all[] = { &team_process, &member_process, &certificate_process,
		                            &finding_process, &penalty_process, &proceeding_process, &errand_process, &incident_process,
		                            &evaluation_process, &publication_process };

	zhen_open_list(call, "processes");
	for (size_t i = 0; i < COUNT(all); i++) {
		zhen_open_object(call, NULL);
		zhen_put(call, "noun", all[i]->noun);
		zhen_process_put_guide(call, all[i]);
		zhen_close(call);
	}
	zhen_close(call);
	return zhen_ok(call);
}
