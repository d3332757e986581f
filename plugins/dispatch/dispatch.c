/* SPDX-License-Identifier: Apache-2.0
 * 吹哨报到: a township asks, departments come. This file is the plugin: its tables. */
#include "opinion.h"
#include "task.h"

#define GET(path_, handle_, fields_, reply_, summary_, ...) \
	{ .method = ZHEN_GET, .path = path_, .handle = handle_, .fields = fields_, .reply = reply_, \
	  .permission = "dispatch.read", .summary = summary_, __VA_ARGS__ }
#define POST(path_, handle_, fields_, reply_, permission_, summary_, ...) \
	{ .method = ZHEN_POST, .path = path_, .handle = handle_, .fields = fields_, .reply = reply_, \
	  .permission = "dispatch." permission_, .summary = summary_, __VA_ARGS__ }

static const zhen_route routes[] = {
	GET("/whistles", list_whistles, whistles_fields, whistles_reply, "提请（吹哨）"),
	GET("/whistles/{id}", show_whistle, id_fields, whistle_reply, "一件提请"),
	POST("/whistles", raise_whistle, raise_fields, NULL, "raise", "吹哨"),
	POST("/whistles/{id}/judge", judge_whistle, judge_fields, done_whistle_reply, "judge", "研判"),
	POST("/whistles/{id}/promote", promote_whistle, promote_fields, done_whistle_reply, "guide", "转为标准事项"),
	POST("/whistles/{id}/use", use_whistle, use_fields, done_whistle_reply, "judge", "运用结果"),
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
	POST("/orders/{id}/demand", demand_answer, demand_fields, NULL, "demand", "督办"),
	GET("/demands", list_demands, demands_fields, demands_reply, "督办"),
	POST("/demands/{id}/answer", answer_demand, answer_fields, done_reply, "handle", "答复督办"),
	GET("/notices", list_notices, none_fields, notices_reply, "给本单位的反馈"),
	POST("/notices/{id}/read", read_notice, id_fields, NULL, "receive", "已阅"),
	GET("/meetings", list_meetings, meetings_fields, meetings_reply, "会议", .feature = "meetings"),
	GET("/meetings/{id}", show_meeting, id_fields, meeting_reply, "一次会议", .feature = "meetings"),
	POST("/meetings", call_meeting, call_meeting_fields, NULL, "judge", "召集会议", .feature = "meetings"),
	POST("/meetings/{id}/invite", invite_meeting, invite_fields, done_meeting_reply, "judge", "通知参会",
	     .feature = "meetings"),
	POST("/meetings/{id}/agenda", add_agenda, agenda_fields, NULL, "judge", "增加议题", .feature = "meetings"),
	POST("/meetings/{id}/come", come_meeting, id_fields, done_meeting_reply, "handle", "报到",
	     .feature = "meetings"),
	POST("/meetings/{id}/leave", leave_meeting, leave_fields, done_meeting_reply, "handle", "请假",
	     .feature = "meetings"),
	POST("/meetings/{id}/decide", decide_meeting, decide_fields, done_meeting_reply, "judge", "议定",
	     .feature = "meetings"),
	POST("/meetings/{id}/close", close_meeting, close_fields, done_meeting_reply, "judge", "散会",
	     .feature = "meetings"),
	POST("/meetings/{id}/cancel", cancel_meeting, reason_fields, done_meeting_reply, "judge", "取消",
	     .feature = "meetings"),
	GET("/absences", list_absences, none_fields, absences_reply, "缺席会议的单位", .feature = "meetings"),
	GET("/decisions", list_decisions, decisions_fields, decisions_reply, "议定事项", .feature = "meetings"),
	POST("/decisions/{id}/done", carry_decision, carry_fields, NULL, "handle", "反馈落实情况",
	     .feature = "meetings"),
	GET("/campaigns", list_campaigns, none_fields, campaigns_reply, "专项整治", .feature = "campaigns"),
	POST("/campaigns", start_campaign, campaign_fields, NULL, "judge", "发起专项整治", .feature = "campaigns"),
	POST("/campaigns/{id}/end", end_campaign, end_fields, NULL, "judge", "完成专项整治", .feature = "campaigns"),
	GET("/programmes", list_programmes, none_fields, programmes_reply, "共治项目", .feature = "programmes"),
	GET("/programmes/{id}", show_programme, id_fields, programme_reply, "一个共治项目", .feature = "programmes"),
	POST("/programmes", start_programme, programme_fields, NULL, "judge", "建立共治项目", .feature = "programmes"),
	POST("/commitments/{id}", mark_commitment, commitment_fields, NULL, "judge", "记录承诺进展",
	     .feature = "programmes"),
	GET("/reports/completion", report_completion, none_fields, completion_reply, "办结率"),
	GET("/reports/departments", report_departments, year_fields, departments_reply, "部门年度得分",
	    .feature = "ratings"),
	POST("/reports/departments", set_rest, rest_fields, NULL, "demand", "录入年度考核其他部分",
	     .feature = "ratings"),
	GET("/reports/kinds", report_kinds, none_fields, kinds_reply, "各类事项用时"),
	GET("/reports/repeated", report_repeated, none_fields, repeated_reply, "反复发生的事项",
	    .feature = "campaigns"),
	GET("/reports/duties", report_duties, none_fields, duties_reply, "清单事项使用情况"),
	GET("/guide", list_guide, guide_fields, guide_reply, "派单导引表"),
	POST("/guide", import_guide, import_fields, imported_reply, "guide", "导入派单导引表"),
	GET("/intake", list_intake, intake_list_fields, intake_list_reply, "来件", .feature = "hotline"),
	GET("/intake/{id}", show_intake, id_fields, intake_reply, "一件来件", .feature = "hotline"),
	POST("/intake/import", import_intake, intake_import_fields, intake_imported_reply, "intake", "导入12345来件",
	     .feature = "hotline"),
	POST("/intake/{id}/raise", raise_intake, reason_fields, intake_done_reply, "raise", "为来件吹哨",
	     .feature = "hotline"),
	POST("/intake/{id}/answer", answer_intake, reason_fields, intake_done_reply, "raise", "自行办结来件",
	     .feature = "hotline"),
	GET("/incidents", list_incidents, incidents_fields, incidents_reply, "协同事件", .feature = "tasks"),
	POST("/incidents", raise_incident, incident_fields, NULL, "raise", "登记协同事件、下达任务",
	     .feature = "tasks"),
	GET("/incidents/{id}", show_incident, id_fields, incident_reply, "一个协同事件", .feature = "tasks"),
	POST("/incidents/{id}/tasks", add_task, task_fields, done_incident_reply, "raise", "再下达一项任务",
	     .feature = "tasks"),
	GET("/tasks", list_tasks, tasks_fields, tasks_reply, "协同任务", .feature = "tasks"),
	GET("/tasks/{id}", show_task, id_fields, task_reply, "一项协同任务", .feature = "tasks"),
	POST("/tasks/{id}/accept", accept_task, id_fields, done_task_reply, "handle", "接受任务", .feature = "tasks"),
	POST("/tasks/{id}/refuse", refuse_task, refuse_fields, done_task_reply, "handle", "拒绝任务，说明理由",
	     .feature = "tasks"),
	POST("/tasks/{id}/finish", finish_task, finish_fields, done_task_reply, "handle", "完成任务",
	     .feature = "tasks"),
	POST("/tasks/{id}/insist", insist_task, reason_fields, done_task_reply, "raise", "坚持下达",
	     .feature = "tasks"),
	POST("/tasks/{id}/withdraw", withdraw_task, reason_fields, done_task_reply, "raise", "撤回任务",
	     .feature = "tasks"),
	POST("/tasks/{id}/rate", rate_task, rate_fields, done_task_reply, "rate", "给任务评分", .feature = "tasks"),
	POST("/intake/{id}/link", link_intake, intake_link_fields, intake_done_reply, "raise", "并入重复件",
	     .feature = "hotline"),
	GET("/opinions", list_opinions, opinions_fields, opinions_reply, "意见诉求", .feature = "opinions"),
	GET("/opinions/{id}", show_opinion, id_fields, opinion_reply, "一条意见诉求", .feature = "opinions"),
	POST("/opinions", take_opinion, opinion_fields, taken_reply, "opinions", "登记意见诉求", .feature = "opinions", .subject = "village"),
	POST("/opinions/{id}/raise", raise_opinion, reason_fields, done_opinion_reply, "opinions", "上报意见诉求", .feature = "opinions"),
	POST("/opinions/{id}/settle", settle_opinion, settle_fields, done_opinion_reply, "opinions", "答复意见诉求", .feature = "opinions"),
	{ .method = ZHEN_GET, .path = "/opinion-track", .handle = track_opinion, .fields = opinion_track_fields, .reply = opinion_track_reply,
	  .flags = ZHEN_PUBLIC, .summary = "查询意见诉求的答复", .feature = "opinions" },
	GET("/reports/opinions", report_opinions, none_fields, opinion_report_reply, "意见诉求统计", .feature = "opinions"),
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
static const zhen_field escalated_event[] = {
	{ .name = "order", .type = ZHEN_INT }, { .name = "whistle", .type = ZHEN_INT }, TOWNSHIP, { .name = "body", .type = ZHEN_BODY },
	{ .name = "rung", .type = ZHEN_INT }, { .name = "to", .type = ZHEN_TEXT }, AT, { 0 },
};
static const zhen_field answered_event[] = { { .name = "whistle", .type = ZHEN_INT }, TOWNSHIP, AT, { 0 } };
#define COUNTY { .name = "division", .type = ZHEN_DIVISION }
static const zhen_field absent_event[] = {
	{ .name = "meeting", .type = ZHEN_INT }, COUNTY, { .name = "body", .type = ZHEN_BODY }, AT, { 0 },
};
static const zhen_field campaign_event[] = {
	{ .name = "campaign", .type = ZHEN_INT }, COUNTY, { .name = "class", .type = ZHEN_TEXT }, { .name = "kind", .type = ZHEN_TEXT }, AT, { 0 },
};
static const zhen_field intake_event[] = {
	{ .name = "intake", .type = ZHEN_INT }, { .name = "number", .type = ZHEN_TEXT }, TOWNSHIP, { .name = "state", .type = ZHEN_TEXT },
	AT, { 0 },
};
#define TOPIC(name_, fields_, summary_)                                                            \
	{ .name = "dispatch." name_, .fields = fields_, .subject = "whistle", .scope = "township", \
	  .permission = "dispatch.supervise", .summary = summary_ }
static const zhen_topic topics[] = {
	TOPIC("whistle.raised", raised_event, "乡镇吹哨"),
	TOPIC("whistle.moved", moved_event, "提请进入下一状态"),
	TOPIC("order.moved", order_event, "派单进入下一状态"),
	TOPIC("order.late", order_event, "接单或者办理超期"),
	TOPIC("order.escalated", escalated_event, "超期派单逐级上报"),
	TOPIC("order.demanded", order_event, "督办"),
	TOPIC("whistle.answered", answered_event, "各部门都已反馈"),
	{ .name = "dispatch.incident.moved", .fields = incident_event, .subject = "incident", .scope = "township",
	  .permission = "dispatch.supervise", .summary = "协同事件办结或者重开" },
	{ .name = "dispatch.task.moved", .fields = task_event, .subject = "task", .scope = "township",
	  .permission = "dispatch.supervise", .summary = "协同任务下达、接受、拒绝、完成" },
	{ .name = "dispatch.meeting.absent", .fields = absent_event, .subject = "meeting", .scope = "division",
	  .permission = "dispatch.supervise", .summary = "无故缺席会议" },
	{ .name = "dispatch.campaign.started", .fields = campaign_event, .subject = "campaign", .scope = "division",
	  .permission = "dispatch.supervise", .summary = "发起专项整治" },
	{ .name = "dispatch.opinion.moved", .fields = opinion_event, .subject = "opinion", .scope = "township",
	  .permission = "dispatch.supervise", .summary = "意见诉求登记、上报、答复" },
	{ .name = "dispatch.intake.moved", .fields = intake_event, .subject = "intake", .scope = "township",
	  .permission = "dispatch.supervise", .summary = "来件进入下一状态" },
	{ 0 },
};

/* Whoever may finish a task in a plugin of its own field. */
static const zhen_subscription subscriptions[] = {
	{ .topic = "enforcement.errand.done", .handle = task_answered, .fields = task_answer_fields, .feature = "tasks" },
	{ 0 },
};

static const zhen_job jobs[] = {
	{ .name = "watch_orders", .handle = watch_orders, .every_ms = 3600 * 1000, .summary = "接单、办理到期" },
	{ .name = "weekly_meetings", .handle = weekly_meetings, .every_ms = 3600 * 1000, .feature = "meetings", .summary = "周调度会" },
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
	{ .key = "ladder", .type = ZHEN_TEXT, .def = "部门负责人;县（市、区）指挥中心;县（市、区）政府督查机构", .max = 300, .flags = ZHEN_PER_DIVISION,
	  .help = "超期的派单依次报给谁，用分号隔开；来源只说“未按时接单的逐级上报”，级次由当地决定" },
	{ .key = "ladder_days", .type = ZHEN_INT, .def = "1", .min = 1, .max = 60, .flags = ZHEN_PER_DIVISION, .unit = "工作日",
	  .help = "每报一级之后多久再报上一级；来源未规定，由当地决定" },
	{ .key = "weekly_on", .type = ZHEN_INT, .def = "1", .min = 0, .max = 7, .flags = ZHEN_PER_DIVISION,
	  .help = "周调度会在星期几（1至7，0为不开；阳泉市“周调度”，星期几由当地决定）" },
	{ .key = "township_weight", .type = ZHEN_INT, .def = "30", .min = 0, .max = 100, .unit = "%",
	  .help = "乡镇评分在部门年度考核中的权重（齐齐哈尔市：30%）" },
	{ .key = "rank_min", .type = ZHEN_INT, .def = "5", .min = 1, .max = 10000, .unit = "件",
	  .help = "评分件数达到多少才参加排名；来源未规定，由当地决定" },
	{ .key = "repeat_min", .type = ZHEN_INT, .def = "3", .min = 2, .max = 1000, .unit = "件",
	  .help = "同一乡镇同一事项提请多少次提出专项整治（阳泉市“办好一类事”，次数由当地决定）" },
	{ 0 },
};

static const zhen_feature features[] = {
	{ .name = "meetings", .title = "研判会、联席会、周调度", .help = "应到尽到、议定事项跟踪（阳泉市、信阳市）" },
	{ .name = "campaigns", .title = "专项整治", .help = "由反复发生的事项提出（阳泉市“解决一件事”到“办好一类事”）" },
	{ .name = "programmes", .title = "政企社共治项目", .help = "各方的角色和承诺（汉源县）" },
	{ .name = "ratings", .title = "乡镇评分", .help = "由提请的乡镇给部门打分（信阳市评价权、齐齐哈尔市派单—接单—评分）" },
	{ .name = "tasks", .title = "一体协同", .help = "一个事件向综合执法、应急救援、基层治理、服务发展各队伍下达任务；派驻队伍由乡镇统一指挥（楚雄州）" },
	{ .name = "hotline", .title = "12345来件", .help = "导入12345热线工单，保留原编号，由乡镇办结、吹哨或者并入重复件（阳泉市政出一门）" },
	{ .name = "opinions", .title = "意见诉求", .help = "群众意见从村（社区）逐级上报，答复回到本人：帮扶、解决、说服解释（汉源县）" },
	{ 0 },
};

static const zhen_permission permissions[] = {
	{ .name = "dispatch.read", .title = "查看提请和派单" },
	{ .name = "dispatch.raise", .title = "吹哨" },
	{ .name = "dispatch.rate", .title = "给部门评分" },
	{ .name = "dispatch.receive", .title = "签收给本单位的反馈" },
	{ .name = "dispatch.handle", .title = "接单、退回、反馈" },
	{ .name = "dispatch.judge", .title = "研判、派单、改派、暂停计时" },
	{ .name = "dispatch.guide", .title = "维护派单导引表" },
	{ .name = "dispatch.demand", .title = "督办、录入年度考核其他部分" },
	{ .name = "dispatch.intake", .title = "导入12345来件" },
	{ .name = "dispatch.opinions", .title = "登记、上报、答复意见诉求" },
	{ .name = "dispatch.supervise", .title = "查看辖区内全部提请" },
	{ 0 },
};

static const zhen_menu menu[] = {
	{ .title = "吹哨报到", .path = "/whistles", .icon = "megaphone", .permission = "dispatch.read", .order = 50 },
	{ .title = "派单", .path = "/orders", .icon = "inbox", .permission = "dispatch.read", .order = 51 },
	{ .title = "意见诉求", .path = "/opinions", .icon = "chat-left-text", .permission = "dispatch.read", .feature = "opinions", .order = 53 },
	{ .title = "查询答复", .path = "/opinion-track", .icon = "search", .feature = "opinions", .order = 59 },
	{ .title = "12345来件", .path = "/intake", .icon = "phone", .permission = "dispatch.read", .feature = "hotline", .order = 53 },
	{ .title = "派单导引表", .path = "/guide", .icon = "table", .permission = "dispatch.read", .order = 52 },
	{ .title = "督办", .path = "/demands", .icon = "bell", .permission = "dispatch.read", .order = 53 },
	{ .title = "会议", .path = "/meetings", .icon = "people", .permission = "dispatch.read", .feature = "meetings", .order = 54 },
	{ .title = "议定事项", .path = "/decisions", .icon = "check2-square", .permission = "dispatch.read", .feature = "meetings", .order = 55 },
	{ .title = "专项整治", .path = "/campaigns", .icon = "flag", .permission = "dispatch.read", .feature = "campaigns", .order = 56 },
	{ .title = "共治项目", .path = "/programmes", .icon = "diagram-3", .permission = "dispatch.read", .feature = "programmes", .order = 57 },
	{ .title = "协同事件", .path = "/incidents", .icon = "diagram-2", .permission = "dispatch.read", .feature = "tasks", .order = 51 },
	{ .title = "协同任务", .path = "/tasks", .icon = "check2-circle", .permission = "dispatch.read", .feature = "tasks", .order = 51 },
	{ .title = "反馈", .path = "/notices", .icon = "reply", .permission = "dispatch.read", .order = 58 },
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
            .migrations = migrations, .routes = routes, .topics = topics, .subscriptions = subscriptions, .jobs = jobs, .settings = settings, .features = features,
            .permissions = permissions, .menu = menu, .searches = searches);
