/* SPDX-License-Identifier: Apache-2.0
 * The process of an approval: which act is possible in which state, and whose it is. A pair without a row is a refusal. */
#include "approvals.h"

static const zhen_process_state states[N_STATES] = {
#define X(id, name_, shown, code_) [STATE_##id] = { .name = name_, .title = shown, .code = code_ },
	STATES(X)
#undef X
};

#define LAW(article) "行政许可法第" article "条"

static const zhen_process_act acts[N_ACTS] = {
	[ACT_ACCEPT] = { .name = "accept", .title = "受理", .permission = "approvals.accept", .law = LAW("三十二") },
	[ACT_SUPPLEMENT] = { .name = "supplement", .title = "告知补正", .button = "一次告知补正",
	                     .permission = "approvals.accept", .law = LAW("三十二") },
	[ACT_CORRECT] = { .name = "correct", .title = "当场更正", .button = "允许当场更正",
	                  .permission = "approvals.accept", .law = LAW("三十二") },
	[ACT_REFUSE] = { .name = "refuse", .title = "不予受理", .permission = "approvals.accept", .law = LAW("三十二") },
	[ACT_NOT_NEEDED] = { .name = "not-needed", .title = "告知无需许可", .permission = "approvals.accept",
	                     .law = LAW("三十二") },
	[ACT_ATTACH] = { .name = "attach", .title = "提交材料", .flags = ZHEN_BY_RESIDENT },
	[ACT_SUPPLY] = { .name = "supply", .title = "补正", .law = LAW("三十二"), .flags = ZHEN_BY_RESIDENT },
	[ACT_RETRACT] = { .name = "retract", .title = "撤回申请", .flags = ZHEN_BY_RESIDENT },
	/* Whose a step is stands in the item. */
	[ACT_STEP] = { .name = "steps", .title = "办理环节", .permission = "approvals.read", .law = LAW("三十四"),
	               .flags = ZHEN_NO_BUTTON },
	[ACT_PUBLICITY] = { .name = "publicity", .title = "公示", .permission = "approvals.read", .flags = ZHEN_NO_BUTTON },
	[ACT_SUSPEND] = { .name = "suspend", .title = "扣除期限", .permission = "approvals.suspend", .law = LAW("四十五") },
	[ACT_RESUME] = { .name = "resume", .title = "恢复计时", .permission = "approvals.suspend", .law = LAW("四十五") },
	[ACT_EXTEND] = { .name = "extend", .title = "延长期限", .permission = "approvals.extend",
	                 .body_kind = "government", .law = LAW("四十二") },
	[ACT_REJECT] = { .name = "reject", .title = "不予许可", .permission = "approvals.decide",
	                 .body_kind = "government", .law = LAW("三十八") },
	[ACT_ISSUE] = { .name = "issue", .title = "发证", .button = "制发决定书和证书", .permission = "approvals.issue",
	                .body_kind = "government", .law = LAW("四十四") },
	[ACT_WITHDRAW] = { .name = "withdraw", .title = "撤销", .button = "撤销许可", .permission = "approvals.withdraw",
	                   .body_kind = "government", .law = LAW("六十九") },
	[ACT_VISIT] = { .name = "visits", .title = "登记到场", .permission = "approvals.accept" },
	[ACT_DELIVER] = { .name = "deliver", .title = "出件", .button = "统一出件", .permission = "approvals.deliver",
	                  .body_kind = "window", .law = LAW("四十四") },
	[ACT_HAND_OVER] = { .name = "handover", .title = "转交本人", .permission = "approvals.agent" },
	[ACT_RECEIVE] = { .name = "receipt", .title = "签收", .flags = ZHEN_BY_RESIDENT },
};

static const zhen_process_role roles[] = {
	{ "resident", "申请人", "", NULL },
	{ "window", "便民服务中心窗口", "approvals.read;approvals.personal;approvals.accept;approvals.deliver", "window" },
	{ "agriculture", "农业农村办公室", "approvals.read;approvals.personal;approvals.review;approvals.suspend", "agriculture" },
	{ "planning", "自然资源和规划办公室", "approvals.read;approvals.personal;approvals.plan;approvals.suspend", "planning" },
	{ "government", "乡镇人民政府负责人",
	  "approvals.read;approvals.personal;approvals.decide;approvals.issue;approvals.extend;approvals.withdraw", "government" },
	{ "agent", "代办员", "approvals.read;approvals.agent", NULL },
};

#define CELL(state_, act_, to_) { .state = STATE_##state_, .act = ACT_##act_, .to = STATE_##to_ }
/* Where to is decided by what is said in the act. */
#define OPEN_CELL(state_, act_, condition_) \
	{ .state = STATE_##state_, .act = ACT_##act_, .to = ZHEN_SAME_STATE, .condition = condition_ }

static const zhen_process_rule rules[] = {
	CELL(FILED, ACCEPT, REVIEW),
	CELL(FILED, SUPPLEMENT, SUPPLEMENTING),
	CELL(FILED, CORRECT, FILED),
	CELL(FILED, REFUSE, REFUSED),
	CELL(FILED, NOT_NEEDED, NOT_NEEDED),
	CELL(FILED, ATTACH, FILED),
	CELL(FILED, RETRACT, RETRACTED),
	CELL(FILED, VISIT, FILED),
	CELL(SUPPLEMENTING, ATTACH, SUPPLEMENTING),
	CELL(SUPPLEMENTING, SUPPLY, FILED),
	CELL(SUPPLEMENTING, RETRACT, RETRACTED),
	CELL(SUPPLEMENTING, VISIT, SUPPLEMENTING),
	OPEN_CELL(REVIEW, STEP, "同意进入下一环节，末一环节同意即准予；退回或者不同意"),
	CELL(REVIEW, PUBLICITY, REVIEW),
	CELL(REVIEW, SUSPEND, SUSPENDED),
	CELL(REVIEW, EXTEND, REVIEW),
	CELL(REVIEW, REJECT, REJECTED),
	CELL(REVIEW, VISIT, REVIEW),
	CELL(SUSPENDED, RESUME, REVIEW),
	CELL(SUSPENDED, VISIT, SUSPENDED),
	CELL(REFUSING, REJECT, REJECTED),
	OPEN_CELL(REFUSING, STEP, "只能退回"),
	CELL(REFUSING, VISIT, REFUSING),
	CELL(APPROVED, ISSUE, ISSUING),
	CELL(APPROVED, VISIT, APPROVED),
	CELL(ISSUED, WITHDRAW, WITHDRAWN),
	CELL(ISSUED, DELIVER, ISSUED),
	CELL(ISSUED, HAND_OVER, ISSUED),
	CELL(ISSUED, RECEIVE, ISSUED),
	CELL(ISSUED, VISIT, ISSUED),
};

const zhen_process approval_process = {
	.name = "approval", .noun = "件", .states = states, .acts = acts, .roles = roles, .rules = rules, .n_states = N_STATES,
	.n_acts = N_ACTS, .n_roles = sizeof(roles) / sizeof(roles[0]), .n_rules = sizeof(rules) / sizeof(rules[0]),
};
