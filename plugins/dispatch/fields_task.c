/* SPDX-License-Identifier: Apache-2.0
 * Forms and answers of events and their tasks. */
#include "fields.h"
#include "task.h"

#define NEXT TEXT("next", "下一页")
#define ACTIONS LIST("actions", "操作", action_row)
#define FIELD_OF_WORK FIELD("field", ZHEN_CHOICE, "领域", .choices = TASK_FIELDS)

#define GIVEN                                                                                                              \
	NEED("field", ZHEN_CHOICE, "领域", .choices = TASK_FIELDS), NEED("body", ZHEN_BODY, "承办单位", .min = 4, .max = 5), \
		NEED("work", ZHEN_LONG_TEXT, "任务", .max = 1000), FIELD("due_on", ZHEN_DATE, "完成期限")
static const zhen_field given_row[] = { GIVEN, END };
const zhen_field incidents_fields[] = { STATE(INCIDENT_STATE_CHOICES), END };
static const zhen_field incidents_row[] = {
	ROW_ID, TOWNSHIP, TEXT("title", "协同事件"), TEXT("place", "地点"), STATE(INCIDENT_STATE_CHOICES), TIME("at", "登记时间"),
	TIME("ended_at", "办结时间"), END,
};
const zhen_field incidents_reply[] = { LIST("items", "协同事件", incidents_row), NEXT, ACTIONS, END };
const zhen_field incident_fields[] = {
	NEED("title", ZHEN_TEXT, "协同事件", .max = 80), NEED("content", ZHEN_LONG_TEXT, "情况", .max = 2000),
	FIELD("place", ZHEN_TEXT, "地点", .max = 100),
	FIELD("tasks", ZHEN_LIST, "任务", .flags = ZHEN_REQUIRED, .fields = given_row, .max = 20), END,
};
const zhen_field task_fields[] = { ID, GIVEN, END };
#define TASK_ROW                                                                                                   \
	ROW_ID, INT("incident", "事件序号"), TEXT("title", "协同事件"), TOWNSHIP, FIELD_OF_WORK, TEXT("body_name", "承办单位"), TEXT("work", "任务"), \
		DAY("due_on", "完成期限"), STATE(TASK_STATE_CHOICES), TEXT("reason", "拒绝理由"), TEXT("result", "结果")
static const zhen_field tasks_row[] = { TASK_ROW, END };
static const zhen_field own_task_row[] = {
	ROW_ID, { .name = "title", .type = ZHEN_TEXT, .flags = ZHEN_HIDDEN }, FIELD_OF_WORK, TEXT("body_name", "承办单位"), TEXT("work", "任务"), DAY("due_on", "完成期限"), STATE(TASK_STATE_CHOICES),
	TEXT("reason", "拒绝理由"), TEXT("result", "结果"), INT("score", "得分"), TEXT("comment", "评语"), END,
};
static const zhen_field incident_journal_row[] = {
	FIELD("what", ZHEN_CHOICE, "动作", .choices = "raise=登记|assign=下达任务|accept=接受|refuse=拒绝|insist=坚持下达|withdraw=撤回|finish=完成|rate=评分"),
	TEXT("text", "内容"), TEXT("person", "办理人"), TEXT("body", "单位"), TIME("at", "时间"), END,
};
const zhen_field incident_reply[] = {
	ROW_ID, TOWNSHIP, TEXT("title", "协同事件"), FIELD("content", ZHEN_LONG_TEXT, "情况"), TEXT("place", "地点"), STATE(INCIDENT_STATE_CHOICES),
	TIME("at", "登记时间"), TIME("ended_at", "办结时间"), LIST("tasks", "任务", own_task_row), LIST("journal", "经过", incident_journal_row),
	ACTIONS, END,
};
const zhen_field tasks_fields[] = { STATE(TASK_STATE_CHOICES), END };
const zhen_field tasks_reply[] = { LIST("items", "协同任务", tasks_row), NEXT, END };
const zhen_field task_reply[] = { TASK_ROW, INT("score", "得分"), TEXT("comment", "评语"), ACTIONS, END };
const zhen_field refuse_fields[] = { ID, REASON("拒绝理由"), END };
const zhen_field finish_fields[] = { ID, NEED("result", ZHEN_LONG_TEXT, "结果", .max = 2000), END };
const zhen_field done_task_reply[] = { ROW_ID, INT("incident", "协同事件"), STATE(TASK_STATE_CHOICES), END };
const zhen_field done_incident_reply[] = { ROW_ID, STATE(INCIDENT_STATE_CHOICES), END };

#define EVENT_OF(name_) { .name = name_, .type = ZHEN_INT }, { .name = "township", .type = ZHEN_DIVISION }
const zhen_field task_event[] = {
	EVENT_OF("task"), { .name = "incident", .type = ZHEN_INT }, { .name = "field", .type = ZHEN_TEXT }, { .name = "body", .type = ZHEN_BODY },
	{ .name = "title", .type = ZHEN_TEXT }, { .name = "work", .type = ZHEN_LONG_TEXT }, { .name = "due_on", .type = ZHEN_TEXT },
	{ .name = "state", .type = ZHEN_TEXT }, { .name = "at", .type = ZHEN_TIME }, END,
};
const zhen_field incident_event[] = {
	EVENT_OF("incident"), { .name = "state", .type = ZHEN_TEXT }, { .name = "at", .type = ZHEN_TIME }, END,
};
const zhen_field task_answer_fields[] = {
	NEED("task", ZHEN_INT, NULL), NEED("township", ZHEN_DIVISION, NULL), NEED("result", ZHEN_LONG_TEXT, NULL), END,
};
