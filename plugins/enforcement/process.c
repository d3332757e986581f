/* SPDX-License-Identifier: Apache-2.0
 * What may be done to a team, a member and a certificate, as data: states × acts × roles. */
#include "enforcement.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define RULE(state_, act_, to_, ...) { .state = state_, .act = act_, .to = to_, __VA_ARGS__ }
#define PROCESS(name_, noun_)                                                                                       \
	const zhen_process name_##_process = { .name = #name_, .noun = noun_, .states = name_##_states,             \
		.acts = name_##_acts, .roles = roles, .rules = name_##_rules, .n_states = COUNT(name_##_states), \
		.n_acts = COUNT(name_##_acts), .n_roles = COUNT(roles), .n_rules = COUNT(name_##_rules) }

static const zhen_process_role roles[] = {
	{ .name = "township", .title = "乡镇人民政府", .permissions = "enforcement.read;enforcement.team" },
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

/* Cell by cell: who may do what when. */
zhen_result show_processes(zhen_call *call)
{
	static const zhen_process *const all[] = { &team_process, &member_process, &certificate_process };

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
