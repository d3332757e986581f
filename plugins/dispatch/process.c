/* SPDX-License-Identifier: Apache-2.0
 * What may be done to a whistle and to each of its orders, as data. A pair without a row is a refusal. */
#include "opinion.h"
#include "task.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define RULE(state_, act_, to_, ...) { .state = state_, .act = act_, .to = to_, __VA_ARGS__ }
#define X(id, name_, title_, code_) { .name = name_, .title = title_, .code = code_ },

static const zhen_process_role roles[] = {
	{ .name = "township", .title = "乡镇人民政府", .permissions = "dispatch.read;dispatch.raise;dispatch.rate;dispatch.opinions" },
	{ .name = "department", .title = "县级部门", .permissions = "dispatch.read;dispatch.handle" },
	{ .name = "centre", .title = "指挥（调度）中心", .permissions = "dispatch.read;dispatch.judge;dispatch.guide;dispatch.demand;dispatch.supervise;dispatch.intake;dispatch.opinions" },
	{ .name = "supervisor", .title = "监督人员", .permissions = "dispatch.read;dispatch.supervise" },
	{ .name = "village", .title = "村（社区）", .permissions = "dispatch.read;dispatch.opinions" },
};

static const zhen_process_state whistle_states[] = { WHISTLE_STATES(X) };
static const zhen_process_act whistle_acts[] = {
	[WHISTLE_JUDGE] = { .name = "judge", .title = "研判", .permission = "dispatch.judge" },
	[WHISTLE_ORDER] = { .name = "order", .title = "派单", .permission = "dispatch.judge" },
	[WHISTLE_SEND_BACK] = { .name = "send-back", .title = "退回乡镇", .permission = "dispatch.judge" },
	[WHISTLE_PROMOTE] = { .name = "promote", .title = "转为标准事项", .permission = "dispatch.guide" },
	[WHISTLE_USE] = { .name = "use", .title = "运用结果", .permission = "dispatch.judge" },
};

/* 非标准事项 must have been judged: 信阳市. */
static zhen_result is_judged(zhen_call *call, const void *matter)
{
	const struct whistle *whistle = (const struct whistle *)matter;

	return whistle->standard || whistle->judged_at != 0 ? 0 :
		zhen_fail(call, ZHEN_CONFLICT, "not-judged", "非标准事项须先研判再派单 (not in the table: judge it first)");
}

static zhen_result is_not_standard(zhen_call *call, const void *matter)
{
	return !((const struct whistle *)matter)->standard ? 0 :
		zhen_fail(call, ZHEN_CONFLICT, "standard-already", "已是标准事项 (a standard matter already)");
}

static const zhen_process_rule whistle_rules[] = {
	RULE(WHISTLE_JUDGING, WHISTLE_JUDGE, ZHEN_SAME_STATE),
	RULE(WHISTLE_JUDGING, WHISTLE_ORDER, WHISTLE_WORKING, .guard = is_judged, .condition = "非标准事项已研判"),
	RULE(WHISTLE_JUDGING, WHISTLE_SEND_BACK, WHISTLE_SENT_BACK),
	RULE(WHISTLE_WORKING, WHISTLE_ORDER, WHISTLE_WORKING, .condition = "增派部门"),
	RULE(WHISTLE_WORKING, WHISTLE_PROMOTE, ZHEN_SAME_STATE, .guard = is_not_standard, .condition = "非标准事项"),
	RULE(WHISTLE_ANSWERED, WHISTLE_PROMOTE, ZHEN_SAME_STATE, .guard = is_not_standard, .condition = "非标准事项"),
	RULE(WHISTLE_CLOSED, WHISTLE_PROMOTE, ZHEN_SAME_STATE, .guard = is_not_standard, .condition = "非标准事项"),
	RULE(WHISTLE_USED, WHISTLE_PROMOTE, ZHEN_SAME_STATE, .guard = is_not_standard, .condition = "非标准事项"),
	RULE(WHISTLE_CLOSED, WHISTLE_USE, WHISTLE_USED),
	/* By the last of the orders, no act of its own. */
	RULE(WHISTLE_ANSWERED, WHISTLE_ORDER, ZHEN_SAME_STATE, .refusal = "whistle-answered",
	     .refusal_text = "提请 %s 各部门都已反馈，不再派单 (every department has answered)"),
};

static const zhen_process_state intake_states[] = { INTAKE_STATES(X) };
static const zhen_process_act intake_acts[] = {
	[INTAKE_RAISE] = { .name = "raise", .title = "吹哨", .permission = "dispatch.raise" },
	[INTAKE_ANSWER] = { .name = "answer", .title = "自行办结", .permission = "dispatch.raise" },
	[INTAKE_LINK] = { .name = "link", .title = "并入重复件", .permission = "dispatch.raise" },
};
static const zhen_process_rule intake_rules[] = {
	RULE(INTAKE_RECEIVED, INTAKE_RAISE, INTAKE_RAISED),
	RULE(INTAKE_RECEIVED, INTAKE_ANSWER, INTAKE_ANSWERED),
	RULE(INTAKE_RECEIVED, INTAKE_LINK, INTAKE_LINKED, .condition = "另一件没有并入别件的来件"),
};

static const zhen_process_state order_states[] = { ORDER_STATES(X) };
static const zhen_process_act order_acts[] = {
	[ORDER_ACCEPT] = { .name = "accept", .title = "接单", .permission = "dispatch.handle" },
	[ORDER_RETURN] = { .name = "return", .title = "退回派单", .permission = "dispatch.handle" },
	[ORDER_UPHOLD] = { .name = "uphold", .title = "维持派单", .permission = "dispatch.judge" },
	[ORDER_REPLACE] = { .name = "replace", .title = "改派", .permission = "dispatch.judge" },
	[ORDER_SUSPEND] = { .name = "suspend", .title = "暂停计时", .permission = "dispatch.judge" },
	[ORDER_RESUME] = { .name = "resume", .title = "恢复计时", .permission = "dispatch.judge" },
	[ORDER_FEEDBACK] = { .name = "feedback", .title = "反馈办理结果", .permission = "dispatch.handle" },
	[ORDER_RATE] = { .name = "rate", .title = "评分", .permission = "dispatch.rate" },
	[ORDER_DEMAND] = { .name = "demand", .title = "督办", .permission = "dispatch.demand" },
};
static const zhen_process_rule order_rules[] = {
	RULE(ORDER_ORDERED, ORDER_ACCEPT, ORDER_ACCEPTED),
	RULE(ORDER_ORDERED, ORDER_RETURN, ORDER_RETURNED, .condition = "说明理由"),
	RULE(ORDER_RETURNED, ORDER_UPHOLD, ORDER_ORDERED),
	RULE(ORDER_RETURNED, ORDER_REPLACE, ORDER_REPLACED),
	RULE(ORDER_ACCEPTED, ORDER_SUSPEND, ORDER_SUSPENDED),
	RULE(ORDER_SUSPENDED, ORDER_RESUME, ORDER_ACCEPTED),
	RULE(ORDER_ACCEPTED, ORDER_FEEDBACK, ORDER_DONE),
	RULE(ORDER_DONE, ORDER_RATE, ORDER_RATED, .condition = "由提请的乡镇评分"),
	RULE(ORDER_ORDERED, ORDER_DEMAND, ZHEN_SAME_STATE), RULE(ORDER_ACCEPTED, ORDER_DEMAND, ZHEN_SAME_STATE),
	RULE(ORDER_SUSPENDED, ORDER_DEMAND, ZHEN_SAME_STATE),
};

static const zhen_process_state meeting_states[] = { MEETING_STATES(X) };
static const zhen_process_act meeting_acts[] = {
	[MEETING_INVITE] = { .name = "invite", .title = "通知参会", .permission = "dispatch.judge" },
	[MEETING_ADD] = { .name = "agenda", .title = "增加议题", .permission = "dispatch.judge" },
	[MEETING_COME] = { .name = "come", .title = "报到", .permission = "dispatch.handle" },
	[MEETING_LEAVE] = { .name = "leave", .title = "请假", .permission = "dispatch.handle" },
	[MEETING_DECIDE] = { .name = "decide", .title = "议定", .permission = "dispatch.judge" },
	[MEETING_CLOSE] = { .name = "close", .title = "散会", .permission = "dispatch.judge" },
	[MEETING_CANCEL] = { .name = "cancel", .title = "取消", .permission = "dispatch.judge" },
};
static const zhen_process_rule meeting_rules[] = {
	RULE(MEETING_PLANNED, MEETING_INVITE, ZHEN_SAME_STATE), RULE(MEETING_PLANNED, MEETING_ADD, ZHEN_SAME_STATE),
	RULE(MEETING_PLANNED, MEETING_COME, ZHEN_SAME_STATE),   RULE(MEETING_PLANNED, MEETING_LEAVE, ZHEN_SAME_STATE),
	RULE(MEETING_PLANNED, MEETING_DECIDE, ZHEN_SAME_STATE), RULE(MEETING_PLANNED, MEETING_CLOSE, MEETING_HELD),
	RULE(MEETING_PLANNED, MEETING_CANCEL, MEETING_CANCELLED),
};

static const zhen_process_state demand_states[] = { DEMAND_STATES(X) };
static const zhen_process_act demand_acts[] = {
	[DEMAND_ANSWER] = { .name = "answer", .title = "答复督办", .permission = "dispatch.handle" },
};
static const zhen_process_rule demand_rules[] = { RULE(DEMAND_OPEN, DEMAND_ANSWER, DEMAND_MET) };

static const zhen_process_state campaign_states[] = { CAMPAIGN_STATES(X) };
static const zhen_process_act campaign_acts[] = {
	[CAMPAIGN_END] = { .name = "end", .title = "完成专项整治", .permission = "dispatch.judge" },
};
static const zhen_process_rule campaign_rules[] = { RULE(CAMPAIGN_RUNNING, CAMPAIGN_END, CAMPAIGN_ENDED) };

static const zhen_process_state incident_states[] = { INCIDENT_STATES(X) };
static const zhen_process_act incident_acts[] = {
	[INCIDENT_ASSIGN] = { .name = "tasks", .title = "下达任务", .permission = "dispatch.raise" },
};
static const zhen_process_rule incident_rules[] = {
	RULE(INCIDENT_UNDER_WAY, INCIDENT_ASSIGN, ZHEN_SAME_STATE),
	/* By the last of its tasks, no act of its own. */
	RULE(INCIDENT_ENDED, INCIDENT_ASSIGN, ZHEN_SAME_STATE, .refusal = "incident-ended",
	     .refusal_text = "协同事件 %s 已办结，另行登记 (it has ended: register another)"),
};

static const zhen_process_state task_states[] = { TASK_STATES(X) };
static const zhen_process_act task_acts[] = {
	[TASK_ACCEPT] = { .name = "accept", .title = "接受", .permission = "dispatch.handle" },
	[TASK_REFUSE] = { .name = "refuse", .title = "拒绝", .permission = "dispatch.handle" },
	[TASK_FINISH] = { .name = "finish", .title = "完成", .permission = "dispatch.handle" },
	[TASK_INSIST] = { .name = "insist", .title = "坚持下达", .permission = "dispatch.raise" },
	[TASK_WITHDRAW] = { .name = "withdraw", .title = "撤回", .permission = "dispatch.raise" },
	[TASK_RATE] = { .name = "rate", .title = "评分", .permission = "dispatch.rate" },
};
static const zhen_process_rule task_rules[] = {
	RULE(TASK_ASSIGNED, TASK_ACCEPT, TASK_ACCEPTED),
	RULE(TASK_ASSIGNED, TASK_REFUSE, TASK_REFUSED, .condition = "说明理由，上级可见"),
	RULE(TASK_ACCEPTED, TASK_FINISH, TASK_DONE),
	RULE(TASK_REFUSED, TASK_INSIST, TASK_ASSIGNED),
	RULE(TASK_ASSIGNED, TASK_WITHDRAW, TASK_WITHDRAWN),
	RULE(TASK_ACCEPTED, TASK_WITHDRAW, TASK_WITHDRAWN),
	RULE(TASK_REFUSED, TASK_WITHDRAW, TASK_WITHDRAWN),
	RULE(TASK_DONE, TASK_RATE, TASK_RATED, .condition = "由下达任务的乡镇评分"),
};

static const zhen_process_state opinion_states[] = { OPINION_STATES(X) };
static const zhen_process_act opinion_acts[] = {
	[OPINION_RAISE] = { .name = "raise", .title = "上报", .permission = "dispatch.opinions" },
	[OPINION_SETTLE] = { .name = "settle", .title = "答复", .permission = "dispatch.opinions" },
};
static const zhen_process_rule opinion_rules[] = {
	RULE(OPINION_AT_VILLAGE, OPINION_RAISE, OPINION_AT_TOWNSHIP),
	RULE(OPINION_AT_TOWNSHIP, OPINION_RAISE, OPINION_AT_COUNTY),
	RULE(OPINION_AT_VILLAGE, OPINION_SETTLE, OPINION_SETTLED),
	RULE(OPINION_AT_TOWNSHIP, OPINION_SETTLE, OPINION_SETTLED),
	RULE(OPINION_AT_COUNTY, OPINION_SETTLE, OPINION_SETTLED),
};
#undef X

#define PROCESS(name_, noun_)                                                                                    \
	const zhen_process name_##_process = { .name = #name_, .noun = noun_, .states = name_##_states,          \
		.acts = name_##_acts, .roles = roles, .rules = name_##_rules, .n_states = COUNT(name_##_states), \
		.n_acts = COUNT(name_##_acts), .n_roles = COUNT(roles), .n_rules = COUNT(name_##_rules) }
PROCESS(whistle, "提请");
PROCESS(order, "派单");
PROCESS(meeting, "会议");
PROCESS(demand, "督办");
PROCESS(campaign, "专项整治");
PROCESS(intake, "来件");
PROCESS(incident, "协同事件");
PROCESS(task, "协同任务");
PROCESS(opinion, "意见诉求");
