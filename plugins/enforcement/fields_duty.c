/* SPDX-License-Identifier: Apache-2.0
 * Forms and answers of events in villages, posts and the log of work. */
#include "duty.h"
#include "fields.h"

#define LONG(name_, label_) { .name = name_, .type = ZHEN_LONG_TEXT, .label = label_ }
#define NEXT TEXT("next", "下一页")
#define STATE CHOOSE("state", "由谁处理", INCIDENT_STATE_CHOICES)

const zhen_field incident_fields[] = {
	NEED("village", ZHEN_DIVISION, "村（社区）", .min = 5), MUST_CHOOSE("problem", "问题类型", PROBLEM_CHOICES),
	NEED("place", ZHEN_TEXT, "地点", .max = 100), NEED("fact", ZHEN_LONG_TEXT, "情况", .max = 2000), END,
};
const zhen_field incidents_fields[] = { STATE, CHOOSE("problem", "问题类型", PROBLEM_CHOICES), END };
#define INCIDENT_ROW                                                                                                      \
	ROW_ID, PLACE("township", "乡镇（街道）"), PLACE("village", "村（社区）"), CHOOSE("problem", "问题类型", PROBLEM_CHOICES), \
		TEXT("place", "地点"), LONG("fact", "情况"), STATE, DAY("due_on", "处理期限")
static const zhen_field incident_row[] = { INCIDENT_ROW, BOOL("late", "超期"), END };
const zhen_field incidents_reply[] = { LIST("items", "网格事件", incident_row), NEXT, ACTIONS, END };
static const zhen_field incident_journal_row[] = { JOURNAL_REPLY("report=报告|escalate=上报|overdue=超期上报|late=超期|handle=处理") };
const zhen_field incident_reply[] = {
	INCIDENT_ROW, NAME("holder_name", "负责人"), TEXT("body_name", "报告单位"), DAY("late_on", "超期"), LONG("result", "结果"),
	CHOOSE("kind", "工作类别", WORK_CHOICES), INT("finding", "问题记录"), TIME("at", "报告时间"), TIME("handled_at", "处理时间"),
	LIST("journal", "记录", incident_journal_row), ACTIONS, END,
};
const zhen_field escalate_fields[] = { ID, NEED("reason", ZHEN_LONG_TEXT, "理由", .max = 500), END };
const zhen_field handle_fields[] = {
	ID, NEED("result", ZHEN_LONG_TEXT, "结果", .max = 2000), CHOOSE("kind", "工作类别", WORK_CHOICES),
	FIELD("finding", ZHEN_INT, "问题记录", .min = 1, .max = INT64_MAX, .help = "已登记为检查发现问题的，填其序号"), END,
};
const zhen_field incident_state_reply[] = { ROW_ID, STATE, { .name = "work", .type = ZHEN_INT, .label = "工作记录", .flags = ZHEN_HIDDEN }, END };
const zhen_field incident_event[] = {
	INT("id", NULL), PLACE("township", NULL), PLACE("village", NULL), TEXT("problem", NULL), TEXT("state", NULL), TIME("at", NULL), END,
};

const zhen_field post_fields[] = {
	ID,
	NEED("name", ZHEN_TEXT, "岗位", .max = 60),
	NEED("place", ZHEN_TEXT, "地点", .max = 100),
	NEED("from_time", ZHEN_TEXT, "自", .max = 5, .help = "如 07:00"),
	NEED("to_time", ZHEN_TEXT, "至", .max = 5, .help = "如 08:00"),
	FIELD("weekdays", ZHEN_TEXT, "星期", .max = 7, .help = "1 到 7 为周一到周日，不填为每天"),
	CHOOSE("days", "哪些日子", DAYS_CHOICES), CHOOSE("kind", "工作类别", WORK_CHOICES),
	FIELD("least", ZHEN_INT, "至少人数", .min = 1, .max = 50), FIELD("squad", ZHEN_INT, "中队", .min = 1, .max = INT64_MAX),
	FIELD("from_on", ZHEN_DATE, "启用日期", TODAY), END,
};
#define POST_ROW                                                                                                          \
	ROW_ID, PLACE("township", "乡镇（街道）"), TEXT("name", "岗位"), TEXT("place", "地点"), TEXT("squad_name", "中队"), \
		TEXT("from_time", "自"), TEXT("to_time", "至"), TEXT("weekdays", "星期"), CHOOSE("days", "哪些日子", DAYS_CHOICES), \
		CHOOSE("kind", "工作类别", WORK_CHOICES), INT("least", "至少人数"), DAY("from_on", "启用"), DAY("to_on", "停用")
static const zhen_field post_row[] = { POST_ROW, END };
const zhen_field posts_reply[] = { LIST("items", "勤务岗位", post_row), NEXT, END };
const zhen_field post_reply[] = { POST_ROW, ACTIONS, END };
const zhen_field post_end_fields[] = { ID, FIELD("on", ZHEN_DATE, "最后一日", TODAY), END };
const zhen_field roster_fields[] = {
	NEED("township", ZHEN_DIVISION, "乡镇（街道）", .min = 4), FIELD("from", ZHEN_DATE, "自", TODAY), FIELD("to", ZHEN_DATE, "至", .help = "不填为同一天"), END,
};
static const zhen_field shift_row[] = {
	{ .name = "post", .type = ZHEN_INT, .label = "岗位", .flags = ZHEN_HIDDEN }, DAY("on_day", "日期"), TEXT("from_time", "自"), TEXT("to_time", "至"),
	TEXT("name", "岗位"), TEXT("place", "地点"), PLACE("township", "乡镇（街道）"), TEXT("squad_name", "中队"), INT("least", "至少人数"), INT("people", "到岗人数"),
	NAME("names", "到岗人员"), CHOOSE("state", "状态", SHIFT_CHOICES), END,
};
const zhen_field roster_reply[] = { PLACE("township", "乡镇（街道）"), LIST("items", "勤务表", shift_row), END };
static const zhen_field person_row[] = { NEED("member", ZHEN_INT, "人员", .min = 1, .max = INT64_MAX), END };
const zhen_field attend_fields[] = {
	ID, FIELD("on", ZHEN_DATE, "日期", TODAY),
	{ .name = "people", .type = ZHEN_LIST, .label = "到岗人员", .flags = ZHEN_REQUIRED, .fields = person_row, .max = OFFICERS_MAX },
	FIELD("note", ZHEN_TEXT, "说明", .max = 200), END,
};
const zhen_field shift_reply[] = {
	{ .name = "post", .type = ZHEN_INT, .flags = ZHEN_HIDDEN }, DAY("on_day", "日期"), { .name = "work", .type = ZHEN_INT, .flags = ZHEN_HIDDEN }, END,
};

const zhen_field work_fields[] = {
	MUST_CHOOSE("kind", "工作类别", WORK_CHOICES), NEED("text", ZHEN_LONG_TEXT, "内容", .max = 1000), FIELD("on", ZHEN_DATE, "日期", TODAY), END,
};
const zhen_field works_fields[] = { CHOOSE("kind", "工作类别", WORK_CHOICES), END };
static const zhen_field work_row[] = {
	ROW_ID, PLACE("township", "乡镇（街道）"), DAY("on_day", "日期"), CHOOSE("kind", "工作类别", WORK_CHOICES), LONG("text", "内容"),
	CHOOSE("source", "来自", "incident=网格事件|post=勤务岗位"), END,
};
const zhen_field works_reply[] = { LIST("items", "工作日志", work_row), NEXT, ACTIONS, END };
const zhen_field classify_fields[] = {
	ID, MUST_CHOOSE("kind", "工作类别", WORK_CHOICES), NEED("reason", ZHEN_TEXT, "理由", .max = 200), END,
};
const zhen_field work_reply[] = { { .name = "work", .type = ZHEN_INT, .label = "工作记录", .flags = ZHEN_HIDDEN }, END };
static const zhen_field work_month_row[] = {
	TEXT("month", "月份"), INT("enforcement", "执法"), INT("rescue", "救援"), INT("service", "服务"), INT("publicity", "宣传"), INT("mediation", "调解"),
	INT("total", "合计"), END,
};
const zhen_field work_report_reply[] = { LIST("items", "工作量", work_month_row), END };
