/* SPDX-License-Identifier: Apache-2.0
 * 吹哨报到: a township asks, departments come. This file is the plugin: its tables. */
#include "dispatch.h"

#define GET(path_, handle_, fields_, reply_, summary_) \
	{ .method = ZHEN_GET, .path = path_, .handle = handle_, .fields = fields_, .reply = reply_, \
	  .permission = "dispatch.read", .summary = summary_ }
#define POST(path_, handle_, fields_, reply_, permission_, summary_, ...) \
	{ .method = ZHEN_POST, .path = path_, .handle = handle_, .fields = fields_, .reply = reply_, \
	  .permission = "dispatch." permission_, .summary = summary_, __VA_ARGS__ }

static const zhen_route routes[] = {
	GET("/whistles", list_whistles, whistles_fields, whistles_reply, "提请（吹哨）"),
	GET("/whistles/{id}", show_whistle, id_fields, whistle_reply, "一件提请"),
	POST("/whistles", raise_whistle, raise_fields, NULL, "raise", "吹哨"),
	POST("/whistles/{id}/order", order_whistle, departments_fields, done_whistle_reply, "judge", "派单"),
	POST("/whistles/{id}/send-back", send_back_whistle, reason_fields, done_whistle_reply, "judge", "退回乡镇"),
	GET("/orders", list_orders, orders_fields, orders_reply, "派单"),
	GET("/orders/{id}", show_order, id_fields, order_reply, "一张派单"),
	GET("/orders/{id}/clock", show_clock, id_fields, clock_reply, "期限逐日说明"),
	POST("/orders/{id}/accept", accept_order, id_fields, done_reply, "handle", "接单"),
	POST("/orders/{id}/return", return_order, reason_fields, done_reply, "handle", "退回派单"),
	POST("/orders/{id}/uphold", uphold_order, reason_fields, done_reply, "judge", "维持派单"),
	POST("/orders/{id}/replace", replace_order, reason_fields, done_reply, "judge", "改派"),
	POST("/orders/{id}/suspend", suspend_order, suspend_fields, done_reply, "judge", "暂停计时"),
	POST("/orders/{id}/resume", resume_order, id_fields, done_reply, "judge", "恢复计时"),
	POST("/orders/{id}/feedback", feed_back_order, feedback_fields, done_reply, "handle", "反馈办理结果"),
	POST("/orders/{id}/rate", rate_order, rate_fields, done_reply, "rate", "评分", .feature = "ratings"),
	GET("/guide", list_guide, guide_fields, guide_reply, "派单导引表"),
	POST("/guide", import_guide, import_fields, imported_reply, "guide", "导入派单导引表"),
	{ 0 },
};

#define TOWNSHIP { .name = "township", .type = ZHEN_DIVISION }
#define AT { .name = "at", .type = ZHEN_TIME }
static const zhen_field raised_event[] = {
	{ .name = "whistle", .type = ZHEN_INT }, TOWNSHIP, { .name = "class", .type = ZHEN_TEXT }, { .name = "kind", .type = ZHEN_TEXT },
	{ .name = "standard", .type = ZHEN_BOOL }, AT, { 0 },
};
static const zhen_field moved_event[] = {
	{ .name = "whistle", .type = ZHEN_INT }, TOWNSHIP, { .name = "state", .type = ZHEN_TEXT }, AT, { 0 },
};
static const zhen_field order_event[] = {
	{ .name = "order", .type = ZHEN_INT }, { .name = "whistle", .type = ZHEN_INT }, TOWNSHIP, { .name = "body", .type = ZHEN_BODY },
	{ .name = "state", .type = ZHEN_TEXT }, AT, { 0 },
};
#define TOPIC(name_, fields_, summary_)                                                            \
	{ .name = "dispatch." name_, .fields = fields_, .subject = "whistle", .scope = "township", \
	  .permission = "dispatch.supervise", .summary = summary_ }
static const zhen_topic topics[] = {
	TOPIC("whistle.raised", raised_event, "乡镇吹哨"),
	TOPIC("whistle.moved", moved_event, "提请进入下一状态"),
	TOPIC("order.moved", order_event, "派单进入下一状态"),
	TOPIC("order.late", order_event, "接单或者办理超期"),
	{ 0 },
};

static const zhen_job jobs[] = {
	{ .name = "watch_orders", .handle = watch_orders, .every_ms = 3600 * 1000, .summary = "接单、办理到期" },
	{ 0 },
};

static const zhen_setting settings[] = {
	ZHEN_CALENDAR_SETTING,
	ZHEN_CSV_SETTING,
	{ .key = "accept_days", .type = ZHEN_INT, .def = "1", .min = 1, .max = 60, .flags = ZHEN_PER_DIVISION, .unit = "工作日",
	  .help = "接单时限，导引表没有规定的；来源只说“一定时限内”（齐齐哈尔市），由当地决定" },
	{ .key = "handle_days", .type = ZHEN_INT, .def = "5", .min = 1, .max = 365, .flags = ZHEN_PER_DIVISION, .unit = "工作日",
	  .help = "办理时限，自接单起，导引表没有规定的；来源未规定，由当地决定" },
	{ .key = "score_max", .type = ZHEN_INT, .def = "100", .min = 1, .max = 1000, .flags = ZHEN_PER_DIVISION, .unit = "分",
	  .help = "乡镇评分的满分；来源未规定，由当地决定" },
	{ 0 },
};

static const zhen_feature features[] = {
	{ .name = "ratings", .title = "乡镇评分", .help = "由提请的乡镇给部门打分（信阳市评价权、齐齐哈尔市派单—接单—评分）" },
	{ 0 },
};

static const zhen_permission permissions[] = {
	{ .name = "dispatch.read", .title = "查看提请和派单" },
	{ .name = "dispatch.raise", .title = "吹哨" },
	{ .name = "dispatch.rate", .title = "给部门评分" },
	{ .name = "dispatch.handle", .title = "接单、退回、反馈" },
	{ .name = "dispatch.judge", .title = "研判、派单、改派、暂停计时" },
	{ .name = "dispatch.guide", .title = "维护派单导引表" },
	{ .name = "dispatch.supervise", .title = "查看辖区内全部提请" },
	{ 0 },
};

static const zhen_menu menu[] = {
	{ .title = "吹哨报到", .path = "/whistles", .icon = "megaphone", .permission = "dispatch.read", .order = 50 },
	{ .title = "派单", .path = "/orders", .icon = "inbox", .permission = "dispatch.read", .order = 51 },
	{ .title = "派单导引表", .path = "/guide", .icon = "table", .permission = "dispatch.read", .order = 52 },
	{ 0 },
};

static const zhen_search searches[] = {
	{ .name = "whistles", .title = "吹哨", .table = "whistle", .columns = "title, content, place, kind", .scope = "township",
	  .path = "/whistles/{id}", .permission = "dispatch.read" },
	{ 0 },
};

zhen_result start(zhen_call *call)
{
	size_t line = zhen_calendar_check(call);

	return line == 0 ? zhen_ok(call) :
	                   zhen_fail(call, ZHEN_INVALID, "bad-calendar", "工作日历第%zu行有误 (bad calendar)", line);
}

ZHEN_PLUGIN(dispatch, "1.0.0", .title = "吹哨报到", .summary = "乡镇吹哨、部门报到：提请、派单、接单、反馈、评分", .start = start,
            .migrations = migrations, .routes = routes, .topics = topics, .jobs = jobs, .settings = settings, .features = features,
            .permissions = permissions, .menu = menu, .searches = searches);
