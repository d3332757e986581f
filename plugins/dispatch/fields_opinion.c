/* SPDX-License-Identifier: Apache-2.0
 * Forms and answers of opinions. */
#include "fields.h"
#include "opinion.h"

#define NEXT TEXT("next", "下一页")
#define ACTIONS LIST("actions", "操作", action_row)
#define SOURCE_OF FIELD("source", ZHEN_CHOICE, "来自", .choices = OPINION_SOURCE_CHOICES)
#define OUTCOME FIELD("outcome", ZHEN_CHOICE, "结果", .choices = OUTCOME_CHOICES)

const zhen_field opinions_fields[] = { STATE(OPINION_STATE_CHOICES), END };
#define OPINION                                                                                                       \
	ROW_ID, TEXT("number", "编号"), TOWNSHIP, FIELD("village", ZHEN_DIVISION, "村（社区）"), SOURCE_OF,             \
		FIELD("content", ZHEN_LONG_TEXT, "意见诉求"), STATE(OPINION_STATE_CHOICES), OUTCOME, TIME("at", "登记时间")
static const zhen_field opinions_row[] = { OPINION, END };
const zhen_field opinions_reply[] = { LIST("items", "意见诉求", opinions_row), NEXT, ACTIONS, END };
const zhen_field opinion_fields[] = {
	NEED("village", ZHEN_DIVISION, "村（社区）", .min = 5), NEED("source", ZHEN_CHOICE, "来自", .choices = OPINION_SOURCE_CHOICES),
	NEED("content", ZHEN_LONG_TEXT, "意见诉求", .max = 2000, .help = "不写姓名、电话；本人凭编号和查询码看答复"), END,
};
const zhen_field taken_reply[] = { ROW_ID, TEXT("number", "编号"), TEXT("code", "查询码"), END };
static const zhen_field journal_row[] = {
	FIELD("what", ZHEN_CHOICE, "动作", .choices = "take=登记|raise=上报|settle=答复"), TEXT("text", "内容"), TEXT("person", "办理人"), TEXT("body", "单位"),
	TIME("at", "时间"), END,
};
const zhen_field opinion_reply[] = {
	OPINION, FIELD("answer", ZHEN_LONG_TEXT, "答复"), TIME("settled_at", "答复时间"), LIST("journal", "经过", journal_row), ACTIONS, END,
};
const zhen_field settle_fields[] = {
	ID, NEED("outcome", ZHEN_CHOICE, "结果", .choices = OUTCOME_CHOICES), NEED("answer", ZHEN_LONG_TEXT, "答复", .max = 2000), END,
};
const zhen_field done_opinion_reply[] = { ROW_ID, STATE(OPINION_STATE_CHOICES), END };
const zhen_field opinion_track_fields[] = {
	NEED("number", ZHEN_TEXT, "编号", .max = 30), NEED("code", ZHEN_TEXT, "查询码", .max = 20), END,
};
static const zhen_field step_row[] = { FIELD("what", ZHEN_CHOICE, "经过", .choices = "take=登记|raise=上报|settle=答复"), TIME("at", "时间"), END };
const zhen_field opinion_track_reply[] = {
	TEXT("number", "编号"), STATE(OPINION_STATE_CHOICES), OUTCOME, FIELD("answer", ZHEN_LONG_TEXT, "答复"), TIME("at", "登记时间"),
	LIST("steps", "经过", step_row), END,
};
static const zhen_field month_row[] = {
	TEXT("month", "月份"), INT("taken", "登记"), INT("help", "帮扶"), INT("solve", "解决"), INT("persuade", "说服解释"), END,
};
const zhen_field opinion_report_reply[] = { LIST("items", "意见诉求", month_row), END };
const zhen_field opinion_event[] = {
	INT("opinion", NULL), { .name = "township", .type = ZHEN_DIVISION }, TEXT("state", NULL), TIME("at", NULL), END,
};
