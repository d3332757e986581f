/* SPDX-License-Identifier: Apache-2.0
 * Forms and answers of meetings, demands, feedback, campaigns and programmes. */
#include "fields.h"

#define ATTENDANCE "called=已通知|came=已报到|excused=已请假|absent=缺席"
#define NEXT TEXT("next", "下一页")
#define ACTIONS LIST("actions", "操作", action_row)
#define DIVISION FIELD("county", ZHEN_DIVISION, "区划")
#define KIND FIELD("kind", ZHEN_CHOICE, "会议种类", .choices = MEETING_KINDS)

static const zhen_field body_row[] = { NEED("body", ZHEN_BODY, "单位", .min = 1, .max = 4), END };
#define BODIES(flags_) FIELD("bodies", ZHEN_LIST, "参会单位", .flags = flags_, .fields = body_row, .max = 200)
const zhen_field meetings_fields[] = { KIND, END };
static const zhen_field meeting_row[] = {
	ROW_ID, DIVISION, KIND, TEXT("title", "会议"), DAY("held_on", "日期"), STATE(MEETING_STATE_CHOICES), END,
};
const zhen_field meetings_reply[] = { LIST("items", "会议", meeting_row), NEXT, ACTIONS, END };
static const zhen_field item_row[] = {
	ROW_ID, INT("whistle", "提请"), TEXT("title", "议题"), BOOL("late", "超期"), TEXT("decision", "议定"), TEXT("body_name", "承办单位"),
	DAY("due_on", "期限"), TEXT("done", "落实情况"), END,
};
static const zhen_field attendance_row[] = {
	TEXT("body_name", "单位"), FIELD("state", ZHEN_CHOICE, "参会", .choices = ATTENDANCE), TEXT("reason", "请假理由"), TIME("at", "时间"), END,
};
const zhen_field meeting_reply[] = {
	ROW_ID, DIVISION, KIND, TEXT("title", "会议"), DAY("held_on", "日期"), STATE(MEETING_STATE_CHOICES),
	FIELD("minutes", ZHEN_LONG_TEXT, "纪要"), LIST("agenda", "议题", item_row), LIST("attendance", "应到单位", attendance_row), ACTIONS, END,
};
const zhen_field call_meeting_fields[] = {
	NEED("kind", ZHEN_CHOICE, "会议种类", .choices = "judging=研判会|joint=联席会"), NEED("title", ZHEN_TEXT, "会议", .max = 80),
	NEED("held_on", ZHEN_DATE, "日期"), BODIES(0), END,
};
const zhen_field invite_fields[] = { ID, BODIES(ZHEN_REQUIRED), END };
const zhen_field agenda_fields[] = {
	ID, NEED("title", ZHEN_TEXT, "议题", .max = 200), FIELD("whistle", ZHEN_INT, "提请", .min = 1, .max = INT64_MAX), END,
};
const zhen_field leave_fields[] = { ID, REASON("请假理由"), END };
const zhen_field decide_fields[] = {
	ID, NEED("item", ZHEN_INT, "议题", .min = 1, .max = INT64_MAX), NEED("decision", ZHEN_LONG_TEXT, "议定", .max = 2000),
	BODY("body", "承办单位"), FIELD("due_on", ZHEN_DATE, "期限"), END,
};
const zhen_field close_fields[] = { ID, NEED("minutes", ZHEN_LONG_TEXT, "纪要", .max = 10000), END };
const zhen_field done_meeting_reply[] = { ROW_ID, STATE(MEETING_STATE_CHOICES), END };
static const zhen_field absence_row[] = { ROW_ID, INT("meeting", "会议"), DIVISION, TEXT("body_name", "单位"), TIME("at", "时间"), END };
const zhen_field absences_reply[] = { LIST("items", "缺席", absence_row), NEXT, END };
const zhen_field decisions_fields[] = { FIELD("open", ZHEN_BOOL, "只看未落实"), END };
static const zhen_field decision_row[] = {
	ROW_ID, INT("meeting", "会议"), DIVISION, TEXT("title", "议题"), TEXT("decision", "议定"), TEXT("body_name", "承办单位"),
	DAY("due_on", "期限"), TEXT("done", "落实情况"), BOOL("late", "超期"), END,
};
const zhen_field decisions_reply[] = { LIST("items", "议定事项", decision_row), NEXT, END };
const zhen_field carry_fields[] = { ID, NEED("done", ZHEN_LONG_TEXT, "落实情况", .max = 2000), END };

const zhen_field demand_fields[] = {
	ID, NEED("demand", ZHEN_LONG_TEXT, "督办要求", .max = 2000), NEED("answer_on", ZHEN_DATE, "答复期限"), END,
};
const zhen_field demands_fields[] = { END };
static const zhen_field demand_row[] = {
	ROW_ID, INT("assignment", "派单"), INT("whistle", "提请"), TOWNSHIP, TEXT("body_name", "部门"), TEXT("demand", "督办要求"),
	DAY("answer_on", "答复期限"), TEXT("by_name", "督办单位"), STATE(DEMAND_STATE_CHOICES), TIME("at", "时间"), TEXT("answer", "答复"),
	BOOL("late", "超期"), END,
};
const zhen_field demands_reply[] = { LIST("items", "督办", demand_row), NEXT, END };
const zhen_field answer_fields[] = { ID, NEED("answer", ZHEN_LONG_TEXT, "答复", .max = 2000), END };

static const zhen_field told_row[] = {
	ROW_ID, INT("whistle", "提请"), TOWNSHIP, TEXT("text", "内容"), TIME("at", "时间"), TIME("read_at", "已阅"), END,
};
const zhen_field notices_reply[] = { LIST("items", "反馈", told_row), NEXT, END };

static const zhen_field campaign_row[] = {
	ROW_ID, TOWNSHIP, TEXT("class", "类别"), TEXT("kind", "事项"), TEXT("title", "专项整治"), TEXT("body_name", "牵头单位"), TEXT("plan", "方案"),
	DAY("until_on", "完成期限"), STATE(CAMPAIGN_STATE_CHOICES), INT("whistles", "由几件提请引起"), TEXT("result", "成效"), END,
};
const zhen_field campaigns_reply[] = { LIST("items", "专项整治", campaign_row), NEXT, ACTIONS, END };
const zhen_field campaign_fields[] = {
	PLACE, NEED("class", ZHEN_TEXT, "类别", .max = 40), NEED("kind", ZHEN_TEXT, "事项", .max = 80),
	NEED("title", ZHEN_TEXT, "专项整治", .max = 80), BODY("body", "牵头单位"), NEED("plan", ZHEN_LONG_TEXT, "方案", .max = 4000),
	NEED("until_on", ZHEN_DATE, "完成期限"), END,
};
const zhen_field end_fields[] = { ID, NEED("result", ZHEN_LONG_TEXT, "成效", .max = 2000), END };

#define COMMITMENT_STATES "open=进行中|kept=已兑现|broken=未兑现"
static const zhen_field programme_row[] = { ROW_ID, DIVISION, TEXT("title", "共治项目"), TEXT("purpose", "目标"), TIME("at", "时间"), END };
const zhen_field programmes_reply[] = { LIST("items", "共治项目", programme_row), NEXT, ACTIONS, END };
static const zhen_field promise_row[] = {
	ROW_ID, TEXT("party", "参与方"), TEXT("role", "角色"), TEXT("promise", "承诺"), FIELD("state", ZHEN_CHOICE, "状态", .choices = COMMITMENT_STATES),
	TEXT("said", "进展"), DAY("due_on", "期限"), END,
};
const zhen_field programme_reply[] = {
	ROW_ID, DIVISION, TEXT("title", "共治项目"), TEXT("purpose", "目标"), LIST("commitments", "承诺", promise_row), INT("kept", "已兑现"),
	INT("of", "承诺数"), END,
};
static const zhen_field promise_fields[] = {
	NEED("party", ZHEN_TEXT, "参与方", .max = 80), NEED("role", ZHEN_TEXT, "角色", .max = 80), NEED("promise", ZHEN_TEXT, "承诺", .max = 500),
	FIELD("due_on", ZHEN_DATE, "期限"), END,
};
const zhen_field programme_fields[] = {
	NEED("title", ZHEN_TEXT, "共治项目", .max = 80), NEED("purpose", ZHEN_LONG_TEXT, "目标", .max = 2000),
	FIELD("commitments", ZHEN_LIST, "承诺", .flags = ZHEN_REQUIRED, .fields = promise_fields, .max = 50), END,
};
const zhen_field commitment_fields[] = {
	ID, NEED("state", ZHEN_CHOICE, "状态", .choices = COMMITMENT_STATES), NEED("said", ZHEN_LONG_TEXT, "进展", .max = 1000), END,
};
