/* SPDX-License-Identifier: Apache-2.0
 * 审批: one written application, accepted with a receipt, through its steps within its days, to a document that can be
 * verified. This file is the plugin: its tables. */
#include "cases.h"
#include "items.h"
#include "licence.h"

#define GET(path_, handle_, fields_, ...) \
	{ .method = ZHEN_GET, .path = path_, .handle = handle_, .fields = fields_, __VA_ARGS__ }
#define POST(path_, handle_, fields_, ...) \
	{ .method = ZHEN_POST, .path = path_, .handle = handle_, .fields = fields_, __VA_ARGS__ }
/* Something done to one case; answers where it stands then. */
#define ACT(verb, handle_, fields_, permission_, summary_)                                                   \
	POST("/cases/{id}/" verb, handle_, fields_, .reply = act_reply, .permission = permission_, .subject = "id", \
	     .summary = summary_)

static const zhen_route routes[] = {
	/* For everybody. */
	GET("/items", list_items, guide_find_fields, .reply = items_reply, .flags = ZHEN_PUBLIC, .summary = "办事指南"),
	GET("/items/{code}", show_item, item_fields, .reply = item_reply, .flags = ZHEN_PUBLIC,
	    .summary = "事项办事指南"),
	POST("/applications", apply, apply_fields, .reply = apply_reply, .flags = ZHEN_PUBLIC,
	     .summary = "申请宅基地（农村村民建房）"),
	GET("/track", track, track_get_fields, .reply = track_reply, .flags = ZHEN_PUBLIC, .summary = "查询办理进度"),
	POST("/track", track, track_fields, .reply = track_reply, .flags = ZHEN_PUBLIC, .summary = "查询办理进度"),
	POST("/track/materials", attach, attach_fields, .reply = attach_reply, .flags = ZHEN_PUBLIC | ZHEN_UPLOADS,
	     .summary = "提交材料"),
	POST("/track/supplement", supply, supply_fields, .reply = supply_reply, .flags = ZHEN_PUBLIC | ZHEN_UPLOADS,
	     .summary = "补正材料"),
	POST("/track/retract", retract, retract_fields, .reply = act_reply, .flags = ZHEN_PUBLIC,
	     .summary = "撤回申请"),
	GET("/verify", verify_document, zhen_verify_get_fields, .reply = verify_reply, .flags = ZHEN_PUBLIC,
	    .summary = "验证文书"),
	POST("/verify", verify_file, zhen_verify_fields, .reply = verify_reply,
	     .flags = ZHEN_PUBLIC | ZHEN_UPLOADS, .summary = "核对文书文件"),
	GET("/documents/{number}", get_document, zhen_document_fields, .flags = ZHEN_PUBLIC, .summary = "下载文书"),
	GET("/documents/{number}/signature", get_signature, zhen_document_fields, .flags = ZHEN_PUBLIC,
	    .summary = "下载文书的SM2签名"),
	/* For staff. */
	GET("/cases", list_cases, cases_fields, .reply = cases_reply, .permission = "approvals.read",
	    .summary = "办件"),
	GET("/cases/{id}", show_case, case_fields, .reply = case_reply, .permission = "approvals.read",
	    .unmask = "approvals.personal", .subject = "id", .summary = "办件详情"),
	ACT("accept", accept_case, accept_fields, "approvals.accept", "受理"),
	ACT("supplement", request_supplement, supplement_fields, "approvals.accept", "一次告知补正"),
	ACT("correct", correct_case, correct_fields, "approvals.accept", "允许当场更正"),
	ACT("refuse", refuse_case, refuse_fields, "approvals.accept", "不予受理（不属本机关职权）"),
	ACT("not-needed", not_needed_case, not_needed_fields, "approvals.accept", "告知无需许可"),
	ACT("visits", visit, visit_fields, "approvals.accept", "登记申请人到场"),
	/* Which permission a step needs stands in the item. */
	ACT("steps/{step}", decide_step, step_fields, "approvals.read", "办理环节"),
	ACT("publicity", publicity, publicity_fields, "approvals.read", "登记公示"),
	ACT("suspend", suspend_case, suspend_fields, "approvals.suspend", "扣除期限"),
	ACT("resume", resume_case, resume_fields, "approvals.suspend", "恢复计时"),
	ACT("extend", extend_case, extend_fields, "approvals.extend", "延长期限"),
	ACT("issue", issue_case, issue_fields, "approvals.issue", "制发决定书和证书"),
	ACT("reject", reject_case, reject_fields, "approvals.decide", "不予许可"),
	ACT("withdraw", withdraw_case, withdraw_fields, "approvals.withdraw", "决定撤销、撤回、变更、注销"),
	GET("/overdue", list_overdue, items_fields, .reply = cases_reply, .permission = "approvals.read",
	    .summary = "超期件"),
	POST("/calendar/days", set_calendar_days, calendar_days_fields, .permission = "approvals.calendar",
	     .subject = "division", .summary = "登记当地放假、上班日"),
	POST("/calendar/rules", set_calendar_rule, calendar_rule_fields, .permission = "approvals.calendar",
	     .subject = "division", .summary = "设定调休日是否计入"),
	ITEMS_ROUTES
	CASES_ROUTES
	{ 0 },
};

#define EVENT_FIELDS                                     \
	{ .name = "id", .type = ZHEN_INT },              \
	{ .name = "number", .type = ZHEN_TEXT },         \
	{ .name = "item", .type = ZHEN_TEXT },           \
	{ .name = "township", .type = ZHEN_DIVISION },   \
	{ .name = "step", .type = ZHEN_TEXT },           \
	{ .name = "at", .type = ZHEN_TIME }

static const zhen_field event_fields[] = { EVENT_FIELDS, { .name = "state", .type = ZHEN_TEXT }, { 0 } };
static const zhen_field step_event_fields[] = { EVENT_FIELDS, { .name = "decision", .type = ZHEN_TEXT }, { 0 } };
static const zhen_field due_event_fields[] = { EVENT_FIELDS, { .name = "due_on", .type = ZHEN_TEXT }, { 0 } };

#define TOPIC(verb, fields_, summary_)                                                                             \
	{ .name = "approvals.case." verb, .fields = fields_, .subject = "number", .scope = "township",             \
	  .permission = "approvals.read", .summary = summary_ }

static const zhen_topic topics[] = {
	TOPIC("filed", event_fields, "收到申请"),
	TOPIC("accepted", event_fields, "受理"),
	TOPIC("supplement_requested", event_fields, "一次告知补正"),
	TOPIC("step_decided", step_event_fields, "环节办理"),
	TOPIC("decided", event_fields, "作出决定"),
	TOPIC("overdue", due_event_fields, "超过期限未办结"),
	TOPIC("suspended", event_fields, "期限扣除"),
	TOPIC("resumed", event_fields, "恢复计时"),
	TOPIC("issued", event_fields, "决定书签发"),
	TOPIC("withdrawn", event_fields, "许可撤销"),
	TOPIC("recalled", event_fields, "许可撤回"),
	TOPIC("changed", event_fields, "许可变更"),
	TOPIC("cancelled", event_fields, "许可注销"),
	TOPIC("retracted", event_fields, "申请人撤回申请"),
	{ 0 },
};

static const zhen_job jobs[] = {
	{ .name = "watch_due", .handle = watch_due, .every_ms = 60000, .summary = "到期、超期和视为受理" },
	ZHEN_DOCUMENT_JOB(render_document),
	ITEMS_JOBS
	CASES_JOBS
	{ 0 },
};

static const zhen_setting settings[] = {
	{ .key = "catalogue", .type = ZHEN_TEXT, .def = "data/approvals/items.json", .flags = ZHEN_CONTENT,
	  .help = "事项目录（JSON）：版本号比已发布的大才会发布" },
	ZHEN_CALENDAR_SETTING,
	ZHEN_SERIES_SETTINGS("data/approvals/series.csv", "data/approvals/short_names.csv"),
	{ .key = "homestead_item", .type = ZHEN_TEXT, .def = "000115007000",
	  .help = "不写事项编码的申请办理的事项" },
	{ .key = "homestead_split", .type = ZHEN_TEXT, .def = "3,3,3,1", .flags = ZHEN_PER_DIVISION, .unit = "工作日",
	  .help = "总时限在各环节的分配；来源未规定，由当地决定；不填按事项目录" },
	{ .key = "site_limit_m2", .type = ZHEN_INT, .def = "150", .min = 1, .max = 1000, .flags = ZHEN_PER_DIVISION,
	  .unit = "平方米", .help = "每户宅基地面积上限：土地管理法第六十二条，省、州、县标准" },
	ZHEN_SIGNER_SETTING,
	ITEMS_SETTINGS
	CASES_SETTINGS
	{ 0 },
};

static const zhen_feature features[] = { ITEMS_FEATURES CASES_FEATURES { 0 } };

static const zhen_permission permissions[] = {
	{ .name = "approvals.read", .title = "查看办件" },
	{ .name = "approvals.personal", .title = "查看申请人个人信息" },
	{ .name = "approvals.accept", .title = "受理" },
	{ .name = "approvals.review", .title = "审核（农业农村）" },
	{ .name = "approvals.plan", .title = "审核（规划）" },
	{ .name = "approvals.decide", .title = "决定" },
	{ .name = "approvals.issue", .title = "用印发证" },
	{ .name = "approvals.suspend", .title = "扣除期限" },
	{ .name = "approvals.extend", .title = "批准延长期限" },
	{ .name = "approvals.withdraw", .title = "撤销、撤回、变更、注销许可" },
	{ .name = "approvals.publish", .title = "发布事项" },
	{ .name = "approvals.calendar", .title = "维护工作日历" },
	ITEMS_PERMISSIONS
	CASES_PERMISSIONS
	{ 0 },
};

static const zhen_menu menu[] = {
	{ .title = "办事指南", .path = "/items", .icon = "book", .order = 10 },
	{ .title = "进度查询", .path = "/track", .icon = "search", .order = 12 },
	{ .title = "文书验证", .path = "/verify", .icon = "patch-check", .order = 13 },
	{ .title = "办件", .path = "/cases", .icon = "inbox", .permission = "approvals.read", .order = 20 },
	{ .title = "超期件", .path = "/overdue", .icon = "alarm", .permission = "approvals.read", .order = 21 },
	ITEMS_MENU
	CASES_MENU
	{ 0 },
};

static const zhen_search searches[] = {
	{ .name = "matters", .title = "办件", .table = "matter", .columns = "number, item_name, applicant",
	  .scope = "village township", .path = "/cases/{id}", .permission = "approvals.read" },
	{ 0 },
};

static const zhen_purge purges[] = {
	{ .subject = "application", .handle = purge_application, .summary = "删除未办成的申请中的个人信息" },
	{ 0 },
};

static const zhen_subscription subscriptions[] = { ITEMS_SUBSCRIPTIONS { 0 } };
static const zhen_need needs[] = { { .plugin = "duties", .flags = ZHEN_OPTIONAL }, { 0 } };

ZHEN_PLUGIN(approvals, "1.0.0", .title = "审批", .summary = "依申请办理的事项：受理、审核、决定、发证、验证", .start = start,
            .migrations = migrations, .routes = routes, .topics = topics, .subscriptions = subscriptions, .jobs = jobs, .settings = settings,
            .features = features, .permissions = permissions, .menu = menu, .searches = searches, .purges = purges, .needs = needs);
