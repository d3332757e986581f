/* SPDX-License-Identifier: Apache-2.0 */
#include "process.h"

#include "people.h"
#include "tables.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define PROCESS(name_, noun_)                                                                                       \
	const zhen_process name_##_process = { .name = #name_, .noun = noun_, .states = name_##_states,             \
		.acts = name_##_acts, .roles = roles, .rules = name_##_rules, .n_states = COUNT(name_##_states), \
		.n_acts = COUNT(name_##_acts), .n_roles = COUNT(roles), .n_rules = COUNT(name_##_rules) }

static const zhen_process_role roles[] = {
	{ .name = "township", .title = "乡镇人民政府", .permissions = "duties.read;duties.edit" },
	{ .name = "staffing", .title = "机构编制部门",
	  .permissions = "duties.read;duties.catalogue;duties.publish;duties.admit" },
	{ .name = "department", .title = "县级部门", .permissions = "duties.read;duties.apply" },
	{ .name = "supervisor", .title = "监督人员", .permissions = "duties.read" },
};

static const zhen_process_state list_states[] = {
	{ "draft", "草案", "list-draft" },
	{ "published", "已公布", "list-published" },
	{ "discarded", "已作废", "list-discarded" },
};
static const zhen_process_act list_acts[] = {
	[LIST_CHOOSE] = { .name = "choose", .title = "选取可选事项", .permission = "duties.edit", .flags = ZHEN_NO_BUTTON },
	[LIST_ADD] = { .name = "add", .title = "增加本地事项", .permission = "duties.edit", .flags = ZHEN_NO_BUTTON },
	[LIST_PLACE] = { .name = "place", .title = "归入基本、配合或收回清单", .permission = "duties.edit",
	                 .flags = ZHEN_NO_BUTTON },
	[LIST_REMOVE] = { .name = "remove", .title = "去掉事项", .permission = "duties.edit", .flags = ZHEN_NO_BUTTON },
	[LIST_IMPORT] = { .name = "import", .title = "导入本地事项", .permission = "duties.edit" },
	[LIST_PUBLISH] = { .name = "publish", .title = "审定公布", .permission = "duties.publish" },
	[LIST_DISCARD] = { .name = "discard", .title = "作废草案", .permission = "duties.edit" },
};
static const zhen_process_rule list_rules[] = {
	{ .state = LIST_DRAFT, .act = LIST_CHOOSE, .to = ZHEN_SAME_STATE },
	{ .state = LIST_DRAFT, .act = LIST_ADD, .to = ZHEN_SAME_STATE },
	{ .state = LIST_DRAFT, .act = LIST_PLACE, .to = ZHEN_SAME_STATE },
	{ .state = LIST_DRAFT, .act = LIST_REMOVE, .to = ZHEN_SAME_STATE },
	{ .state = LIST_DRAFT, .act = LIST_IMPORT, .to = ZHEN_SAME_STATE },
	{ .state = LIST_DRAFT, .act = LIST_PUBLISH, .to = LIST_PUBLISHED,
	  .condition = "可选事项项数、牵头部门、对应上级事项齐全，与上一版有差异" },
	{ .state = LIST_DRAFT, .act = LIST_DISCARD, .to = LIST_DISCARDED },
};
PROCESS(list, "清单");

static const zhen_process_state round_states[] = {
	{ "survey", "摸排", "round-in-survey" },
	{ "assess", "评估", "round-in-assessment" },
	{ "adjust", "调整", "round-in-adjustment" },
	{ "done", "已结束", "round-closed" },
};
static const zhen_process_act round_acts[] = {
	[ROUND_DO_SURVEY] = { .name = "survey", .title = "登记摸排", .permission = "duties.edit", .flags = ZHEN_NO_BUTTON },
	[ROUND_END_SURVEY] = { .name = "survey-end", .title = "摸排结束，提交评估", .permission = "duties.edit" },
	[ROUND_DO_ASSESS] = { .name = "assess", .title = "登记评估", .permission = "duties.publish", .flags = ZHEN_NO_BUTTON },
	[ROUND_END_ASSESS] = { .name = "assess-end", .title = "评估结束，开始调整", .permission = "duties.publish" },
	[ROUND_CLOSE] = { .name = "close", .title = "结束本轮调整", .permission = "duties.publish" },
};
static const zhen_process_rule round_rules[] = {
	{ .state = ROUND_SURVEY, .act = ROUND_DO_SURVEY, .to = ZHEN_SAME_STATE },
	{ .state = ROUND_SURVEY, .act = ROUND_END_SURVEY, .to = ROUND_ASSESS },
	{ .state = ROUND_ASSESS, .act = ROUND_DO_ASSESS, .to = ZHEN_SAME_STATE },
	{ .state = ROUND_ASSESS, .act = ROUND_END_ASSESS, .to = ROUND_ADJUST, .condition = "摸排的事项都已评估" },
	{ .state = ROUND_ADJUST, .act = ROUND_DO_ASSESS, .to = ZHEN_SAME_STATE, .condition = "情况有变，事项尚未调整" },
	{ .state = ROUND_ADJUST, .act = ROUND_CLOSE, .to = ROUND_DONE,
	  .condition = "同意调整的都已在清单中调整，清单已公布" },
};
PROCESS(round, "调整");

static const zhen_process_state admission_states[] = {
	{ "filed", "待审批", "admission-pending" },
	{ "approved", "准予", "admission-decided" },
	{ "refused", "不予", "admission-decided" },
	{ "retracted", "已撤回", "admission-retracted" },
};
static const zhen_process_act admission_acts[] = {
	[ADMISSION_APPROVE] = { .name = "approve", .title = "准予准入", .permission = "duties.admit" },
	[ADMISSION_REFUSE] = { .name = "refuse", .title = "不予准入", .permission = "duties.admit" },
	[ADMISSION_RETRACT] = { .name = "retract", .title = "撤回申请", .permission = "duties.apply" },
};
static const zhen_process_rule admission_rules[] = {
	{ .state = ADMISSION_FILED, .act = ADMISSION_APPROVE, .to = ADMISSION_APPROVED },
	{ .state = ADMISSION_FILED, .act = ADMISSION_REFUSE, .to = ADMISSION_REFUSED },
	{ .state = ADMISSION_FILED, .act = ADMISSION_RETRACT, .to = ADMISSION_RETRACTED },
};
PROCESS(admission, "准入申请");

static const zhen_process_state task_states[] = {
	{ "blocked", "清单外，不得交办", "task-blocked" },
	{ "assigned", "已交办", "task-assigned" },
	{ "closed", "已取消", "task-closed" },
};
static const zhen_process_act task_acts[] = {
	[TASK_ASSIGN] = { .name = "assign", .title = "交办", .permission = "duties.apply" },
	[TASK_CANCEL] = { .name = "cancel", .title = "取消", .permission = "duties.apply" },
};
static const zhen_process_rule task_rules[] = {
	{ .state = TASK_BLOCKED, .act = TASK_ASSIGN, .to = TASK_ASSIGNED,
	  .condition = "准入申请已获准，或事项已在清单内" },
	{ .state = TASK_BLOCKED, .act = TASK_CANCEL, .to = TASK_CLOSED },
	{ .state = TASK_ASSIGNED, .act = TASK_CANCEL, .to = TASK_CLOSED },
};
PROCESS(task, "任务");

static const zhen_process_state transfer_states[] = {
	{ "open", "承接中", "transfer-open" },
	{ "complete", "已到位", "transfer-complete" },
};
static const zhen_process_act transfer_acts[] = {
	[TRANSFER_RECORD] = { .name = "record", .title = "登记权、人、钱", .permission = "duties.publish" },
	[TRANSFER_DO_COMPLETE] = { .name = "complete", .title = "确认到位", .permission = "duties.publish" },
};
static const zhen_process_rule transfer_rules[] = {
	{ .state = TRANSFER_OPEN, .act = TRANSFER_RECORD, .to = ZHEN_SAME_STATE },
	{ .state = TRANSFER_OPEN, .act = TRANSFER_DO_COMPLETE, .to = TRANSFER_COMPLETE,
	  .condition = "权、人、钱都已登记" },
};
PROCESS(transfer, "事项承接");

static const zhen_process_state review_states[] = {
	{ "open", "待研判", "review-open" },
	{ "overdue", "逾期未研判", "review-overdue" },
	{ "done", "已完成", "review-done" },
};
static const zhen_process_act review_acts[] = {
	[REVIEW_RECORD] = { .name = "record", .title = "登记研判", .permission = "duties.edit" },
	[REVIEW_FLAG] = { .name = "overdue", .title = "逾期提醒", .flags = ZHEN_BY_HOST },
};
static const zhen_process_rule review_rules[] = {
	{ .state = REVIEW_OPEN, .act = REVIEW_RECORD, .to = REVIEW_DONE },
	{ .state = REVIEW_OVERDUE, .act = REVIEW_RECORD, .to = REVIEW_DONE },
	{ .state = REVIEW_OPEN, .act = REVIEW_FLAG, .to = REVIEW_OVERDUE },
};
PROCESS(review, "研判");

static uint32_t state_index(const zhen_process *process, const char *state)
{
	int32_t found = zhen_process_state_of(process, state);

	return found >= 0 ? (uint32_t)found : 0;
}

zhen_result process_may(zhen_call *call, const zhen_process *process, const char *state, uint32_t act,
                        const char *number)
{
	return zhen_process_may_in_state(call, process, state_index(process, state), act, number);
}

void process_put_actions(zhen_call *call, const zhen_process *process, const char *state, const char *base)
{
	uint32_t at = state_index(process, state);

	/* What is chosen by name on a page of its own comes first. */
	for (uint32_t act = 0; act < process->n_acts; act++)
		if ((process->acts[act].flags & ZHEN_NO_BUTTON) != 0 && zhen_process_allows(process, at, act) &&
		    zhen_process_is_callers(call, &process->acts[act], ""))
			put_way(call, process->acts[act].title,
			        zhen_format(call, "%s/%s", base, process->acts[act].name));
	zhen_process_put_actions(call, process, at, "", base);
}

void process_actions(zhen_call *call, const zhen_process *process, const char *state, const char *base)
{
	zhen_open_list(call, "actions");
	process_put_actions(call, process, state, base);
	zhen_close(call);
}

static bool has_word(const char *words, const char *word)
{
	size_t length = strlen(word);

	for (const char *p = words; *p != '\0'; p += strcspn(p, ";"), p += *p == ';')
		if (strcspn(p, ";") == length && strncmp(p, word, length) == 0)
			return true;
	return false;
}

static const char *who_may(zhen_call *call, const zhen_process *process, const zhen_process_act *act)
{
	const char *text = "";

	if ((act->flags & ZHEN_BY_HOST) != 0)
		return "系统";
	for (size_t i = 0; i < process->n_roles; i++)
		if (act->permission != NULL && has_word(process->roles[i].permissions, act->permission))
			text = zhen_format(call, "%s%s%s", text, text[0] != '\0' ? "、" : "", process->roles[i].title);
	return text;
}

static void put_rule(zhen_call *call, const zhen_process *process, const zhen_process_rule *rule)
{
	const zhen_process_act *act = &process->acts[rule->act];

	if (rule->refusal != NULL)
		return;
	zhen_open_object(call, NULL);
	zhen_put(call, "process", process->noun);
	zhen_put(call, "title", act->title);
	zhen_put(call, "by", who_may(call, process, act));
	zhen_put(call, "from", process->states[rule->state].title);
	zhen_put(call, "to", process->states[rule->to == ZHEN_SAME_STATE ? rule->state : rule->to].title);
	zhen_put(call, "condition", or_empty(rule->condition));
	zhen_put(call, "law", or_empty(act->law));
	zhen_close(call);
}

/* Every process, cell by cell: who may do what when. Public, since it is what the law of lists asks to be known. */
zhen_result show_processes(zhen_call *call)
{
	static const zhen_process *const all[] = { &list_process,      &round_process,    &admission_process,
		                                   &task_process, &transfer_process, &review_process,
		                                   &post_process, &secondment_process };

	zhen_open_list(call, "rules");
	for (size_t i = 0; i < COUNT(all); i++)
		for (size_t r = 0; r < all[i]->n_rules; r++)
			put_rule(call, all[i], &all[i]->rules[r]);
	zhen_close(call);
	return zhen_ok(call);
}
