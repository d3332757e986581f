/* SPDX-License-Identifier: Apache-2.0
 * What may be done to a post and to a secondment, as data. */
#include "people.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define RULE(state_, act_, to_, ...) { .state = state_, .act = act_, .to = to_, __VA_ARGS__ }

static const zhen_process_role roles[] = {
	{ .name = "township", .title = "乡镇人民政府", .permissions = "duties.read;duties.post;duties.people" },
	{ .name = "staffing", .title = "机构编制部门", .permissions = "duties.read;duties.staffing;duties.second" },
	{ .name = "department", .title = "县级部门", .permissions = "duties.read" },
};

static const zhen_process_state post_states[] = {
	[POST_DRAFT] = { .name = "draft", .title = "拟设", .code = "post-draft" },
	[POST_ACTIVE] = { .name = "active", .title = "在用", .code = "post-active" },
	[POST_ABOLISHED] = { .name = "abolished", .title = "已撤销", .code = "post-abolished" },
};

static const zhen_process_act post_acts[] = {
	[POST_APPROVE] = { .name = "approve", .title = "核定", .permission = "duties.staffing" },
	[POST_ALLOT] = { .name = "allot", .title = "定编", .permission = "duties.staffing" },
	[POST_DUTY] = { .name = "duties", .title = "定责", .permission = "duties.post",
	                  .flags = ZHEN_NO_BUTTON },
	[POST_UNDUTY] = { .name = "duties/remove", .title = "取消职责", .permission = "duties.post",
	                  .flags = ZHEN_NO_BUTTON },
	[POST_PLACE] = { .name = "place", .title = "定人", .permission = "duties.post",
	                  .flags = ZHEN_NO_BUTTON },
	[POST_VACATE] = { .name = "vacate", .title = "离岗", .permission = "duties.post",
	                  .flags = ZHEN_NO_BUTTON },
	[POST_ABOLISH] = { .name = "abolish", .title = "撤销", .permission = "duties.staffing" },
};

static zhen_result post_is_empty(zhen_call *call, const void *matter)
{
	const struct post *post = (const struct post *)matter;

	if (post->holders > 0)
		return zhen_fail(call, ZHEN_CONFLICT, "post-held",
		                 "岗位 %s 还有 %lld 人在岗，不能撤销 (the post is still held)", post->code,
		                 (long long)post->holders);
	return 0;
}

/* 定责 comes first: a post nobody can say what for is not approved. */
static zhen_result post_has_duties(zhen_call *call, const void *matter)
{
	const struct post *post = (const struct post *)matter;

	if (count_of(zhen_one(call, "SELECT COUNT(*) AS n FROM post_duty WHERE post = $1", post->id), "n") == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "post-without-duty",
		                 "岗位 %s 没有对应清单事项，不能核定：先定责 (the post carries no duty)", post->code);
	return 0;
}

static const zhen_process_rule post_rules[] = {
	RULE(POST_DRAFT, POST_APPROVE, POST_ACTIVE, .guard = post_has_duties, .condition = "已定责"),
	RULE(POST_DRAFT, POST_DUTY, POST_DRAFT),
	RULE(POST_DRAFT, POST_UNDUTY, POST_DRAFT),
	RULE(POST_DRAFT, POST_ABOLISH, POST_ABOLISHED),
	RULE(POST_ACTIVE, POST_ALLOT, POST_ACTIVE),
	RULE(POST_ACTIVE, POST_DUTY, POST_ACTIVE),
	RULE(POST_ACTIVE, POST_UNDUTY, POST_ACTIVE),
	RULE(POST_ACTIVE, POST_PLACE, POST_ACTIVE),
	RULE(POST_ACTIVE, POST_VACATE, POST_ACTIVE),
	RULE(POST_ACTIVE, POST_ABOLISH, POST_ABOLISHED, .guard = post_is_empty, .condition = "无人在岗"),
};

const zhen_process post_process = {
	.name = "post", .noun = "岗位", .states = post_states, .acts = post_acts, .roles = roles, .rules = post_rules,
	.n_states = COUNT(post_states), .n_acts = COUNT(post_acts), .n_roles = COUNT(roles), .n_rules = COUNT(post_rules),
};

static const zhen_process_state second_states[] = {
	[SECOND_REQUESTED] = { .name = "requested", .title = "待审批", .code = "secondment-requested" },
	[SECOND_OUT] = { .name = "out", .title = "借调中", .code = "secondment-out" },
	[SECOND_REFUSED] = { .name = "refused", .title = "不同意", .code = "secondment-refused" },
	[SECOND_CANCELLED] = { .name = "cancelled", .title = "已撤回", .code = "secondment-cancelled" },
	[SECOND_RETURNED] = { .name = "returned", .title = "已归还", .code = "secondment-returned" },
};

static const zhen_process_act second_acts[] = {
	[SECOND_APPROVE] = { .name = "approve", .title = "同意", .permission = "duties.second" },
	[SECOND_REFUSE] = { .name = "refuse", .title = "不同意", .permission = "duties.second" },
	[SECOND_CANCEL] = { .name = "cancel", .title = "撤回", .permission = "duties.people" },
	[SECOND_EXTEND] = { .name = "extend", .title = "延长", .permission = "duties.second" },
	[SECOND_RETURN] = { .name = "return", .title = "归还", .permission = "duties.people" },
	[SECOND_OVERDUE] = { .name = "overdue", .title = "逾期提醒", .flags = ZHEN_BY_HOST },
};

static const zhen_process_rule second_rules[] = {
	RULE(SECOND_REQUESTED, SECOND_APPROVE, SECOND_OUT),
	RULE(SECOND_REQUESTED, SECOND_REFUSE, SECOND_REFUSED),
	RULE(SECOND_REQUESTED, SECOND_CANCEL, SECOND_CANCELLED),
	RULE(SECOND_OUT, SECOND_EXTEND, SECOND_OUT),
	RULE(SECOND_OUT, SECOND_RETURN, SECOND_RETURNED),
	RULE(SECOND_OUT, SECOND_OVERDUE, SECOND_OUT),
};

const zhen_process secondment_process = {
	.name = "secondment", .noun = "借调", .states = second_states, .acts = second_acts, .roles = roles,
	.rules = second_rules, .n_states = COUNT(second_states), .n_acts = COUNT(second_acts), .n_roles = COUNT(roles),
	.n_rules = COUNT(second_rules),
};
