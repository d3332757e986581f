/* SPDX-License-Identifier: Apache-2.0
 * Forms and answers. */
#include "fields.h"

const zhen_field none_fields[] = { END };
const zhen_field id_fields[] = { ID, END };
const zhen_field raise_fields[] = {
	NEED("class", ZHEN_TEXT, "类别", .max = 40, .help = "派单导引表里的类别；表里没有的由指挥中心研判"),
	NEED("kind", ZHEN_TEXT, "事项", .max = 80), NEED("title", ZHEN_TEXT, "标题", .max = 80),
	NEED("content", ZHEN_LONG_TEXT, "情况", .max = 2000), FIELD("place", ZHEN_TEXT, "地点", .max = 100),
	FIELD("reporter", ZHEN_BODY, "最先上报的单位", .min = 4, .max = 5, .help = "例如村（社区）；办结后也向它反馈"),
	NEED("reason", ZHEN_TEXT, "本乡镇无法独立解决的理由", .max = 300), END,
};
const zhen_field whistles_fields[] = {
	FIELD("q", ZHEN_TEXT, "检索", .max = 100, .help = "标题、情况、地点、事项；几个词用空格隔开"), STATE(WHISTLE_STATE_CHOICES), END,
};
static const zhen_field department_fields[] = { NEED("body", ZHEN_BODY, "部门", .min = 1, .max = 3), END };
const zhen_field departments_fields[] = {
	ID, FIELD("departments", ZHEN_LIST, "部门", .flags = ZHEN_REQUIRED, .fields = department_fields, .max = 20,
	          .help = "第一个为牵头部门"), REASON("研判意见"), END,
};
const zhen_field judge_fields[] = {
	ID, NEED("judgement", ZHEN_LONG_TEXT, "研判意见", .max = 2000), FIELD("meeting", ZHEN_INT, "在哪次研判会上", .min = 1, .max = INT64_MAX), END,
};
const zhen_field promote_fields[] = {
	ID, NEED("lead", ZHEN_TEXT, "牵头单位（机构类别）", .max = 60), NEED("source", ZHEN_TEXT, "依据", .max = 120), END,
};
const zhen_field use_fields[] = {
	ID, NEED("how", ZHEN_CHOICE, "怎样运用", .choices = USES), NEED("text", ZHEN_LONG_TEXT, "运用情况", .max = 2000), END,
};
const zhen_field reason_fields[] = { ID, REASON("理由"), END };
const zhen_field suspend_fields[] = { ID, REASON("理由"), NEED("basis", ZHEN_TEXT, "依据", .max = 120), END };
const zhen_field feedback_fields[] = { ID, NEED("result", ZHEN_LONG_TEXT, "办理结果", .max = 2000), END };
const zhen_field rate_fields[] = {
	ID, NEED("score", ZHEN_INT, "得分", .min = 0, .max = 1000), FIELD("comment", ZHEN_TEXT, "评语", .max = 300), END,
};
const zhen_field orders_fields[] = { STATE(ORDER_STATE_CHOICES), FIELD("late", ZHEN_BOOL, "只看超期"), END };
const zhen_field guide_fields[] = { FIELD("class", ZHEN_TEXT, "类别", .max = 40), FIELD("kind", ZHEN_TEXT, "事项", .max = 80), END };
const zhen_field import_fields[] = {
	NEED("division", ZHEN_DIVISION, "适用区划"),
	NEED("content", ZHEN_LONG_TEXT, "内容", .max = 500000,
	     .help = "CSV：类别,事项,标准事项,牵头单位,配合单位,接单时限,办理时限,来源；可以再有一列清单事项（编码）。单位写机构类别（如 county-agriculture），配合单位用分号隔开；时限为工作日"),
	END,
};

#define WHAT                                                                                                              \
	"raise=吹哨|judge=研判|order=派单|send-back=退回乡镇|promote=转为标准事项|use=运用结果|accept=接单|return=退回派单|uphold=维持派单|" \
	"replace=改派|suspend=暂停计时|resume=恢复计时|feedback=反馈办理结果|rate=评分|demand=督办|answer=答复督办|late=超期"
static const zhen_field journal_row[] = {
	FIELD("what", ZHEN_CHOICE, "动作", .choices = WHAT), TEXT("text", "内容"), TEXT("person", "办理人"), TEXT("body", "单位"), TIME("at", "时间"), END,
};
#define ORDER_ROW                                                                                                        \
	ROW_ID, INT("whistle", "提请"), TOWNSHIP, TEXT("body_name", "部门"), BOOL("lead", "牵头"), STATE(ORDER_STATE_CHOICES), \
		DAY("due_on", "期限"), BOOL("late", "超期"), INT("rung", "已报至第几级")
static const zhen_field orders_row[] = { ORDER_ROW, TEXT("title", "标题"), END };
static const zhen_field whistle_order_row[] = {
	ORDER_ROW, TEXT("reason", "退回理由"), TEXT("result", "办理结果"), INT("score", "得分"), TEXT("comment", "评语"), END,
};
static const zhen_field whistles_row[] = {
	ROW_ID, TOWNSHIP, TEXT("title", "标题"), TEXT("class", "类别"), TEXT("kind", "事项"), BOOL("standard", "标准事项"),
	STATE(WHISTLE_STATE_CHOICES), TIME("raised_at", "提请时间"), END,
};
const zhen_field whistles_reply[] = { LIST("items", "提请", whistles_row), TEXT("next", "下一页"), LIST("actions", "操作", action_row), END };
static const zhen_field step_row[] = { TEXT("step", "步骤"), TIME("at", "时间"), END };
static const zhen_field notice_row[] = {
	TEXT("body_name", "反馈给"), TEXT("text", "内容"), TIME("at", "时间"), TIME("read_at", "已阅"), END,
};
const zhen_field whistle_reply[] = {
	ROW_ID, TOWNSHIP, TEXT("class", "类别"), TEXT("kind", "事项"), TEXT("title", "标题"), FIELD("content", ZHEN_LONG_TEXT, "情况"),
	TEXT("place", "地点"), TEXT("reason", "无法独立解决的理由"), BOOL("standard", "标准事项"), STATE(WHISTLE_STATE_CHOICES),
	TIME("raised_at", "提请时间"), TIME("ended_at", "办结时间"), FIELD("judgement", ZHEN_LONG_TEXT, "研判意见"),
	FIELD("used_how", ZHEN_CHOICE, "结果运用", .choices = USES), FIELD("used_text", ZHEN_LONG_TEXT, "运用情况"),
	LIST("steps", "接、判、办、评、用", step_row), LIST("orders", "派单", whistle_order_row), LIST("notices", "反馈", notice_row),
	LIST("journal", "经过", journal_row), LIST("actions", "操作", action_row), END,
};
const zhen_field orders_reply[] = { LIST("items", "派单", orders_row), TEXT("next", "下一页"), END };
const zhen_field order_reply[] = {
	ORDER_ROW, BOOL("provisional", "暂定"), TEXT("reason", "退回理由"), FIELD("result", ZHEN_LONG_TEXT, "办理结果"),
	INT("score", "得分"), TEXT("comment", "评语"), TIME("ordered_at", "派单时间"), TIME("accepted_at", "接单时间"),
	TIME("done_at", "反馈时间"), LIST("actions", "操作", action_row), END,
};
static const zhen_field day_row[] = { DAY("day", "日期"), TEXT("kind", "是否计算"), BOOL("counted", "计"), INT("used", "已用"), END };
static const zhen_field span_row[] = {
	TEXT("reason", "理由"), TEXT("basis", "依据"), TIME("from_at", "自"), TIME("to_at", "至"), END,
};
const zhen_field clock_reply[] = {
	INT("budget_days", "时限（工作日）"), DAY("due_on", "期限"), BOOL("provisional", "暂定"), INT("used_days", "已用（工作日）"),
	LIST("days", "逐日", day_row), LIST("suspensions", "暂停计时", span_row), END,
};
static const zhen_field guide_row[] = {
	ROW_ID, FIELD("division", ZHEN_DIVISION, "适用区划"), TEXT("class", "类别"), TEXT("kind", "事项"), BOOL("standard", "标准事项"),
	TEXT("lead", "牵头单位"), TEXT("others", "配合单位"), INT("accept_days", "接单时限"), INT("days", "办理时限"), TEXT("source", "来源"), TEXT("duty", "清单事项"), END,
};
const zhen_field guide_reply[] = { LIST("items", "派单导引表", guide_row), TEXT("next", "下一页"), LIST("actions", "操作", action_row), END };
const zhen_field imported_reply[] = { INT("rows", "行数"), INT("added", "新增"), INT("changed", "更改"), END };
const zhen_field done_reply[] = { ROW_ID, INT("whistle", "提请"), STATE(ORDER_STATE_CHOICES), END };
const zhen_field done_whistle_reply[] = { ROW_ID, STATE(WHISTLE_STATE_CHOICES), END };

const zhen_field intake_list_fields[] = { STATE(INTAKE_STATE_CHOICES), FIELD("number", ZHEN_TEXT, "工单编号", .max = 60), END };
static const zhen_field intake_in[] = {
	FIELD("number", ZHEN_TEXT, "工单编号", .max = 400), FIELD("township", ZHEN_TEXT, "区划", .max = 400), FIELD("class", ZHEN_TEXT, "类别", .max = 400),
	FIELD("kind", ZHEN_TEXT, "事项", .max = 400), FIELD("title", ZHEN_TEXT, "标题", .max = 400), FIELD("content", ZHEN_LONG_TEXT, "情况", .max = 8000),
	FIELD("place", ZHEN_TEXT, "地点", .max = 400), END,
};
const zhen_field intake_import_fields[] = {
	{ .name = "items", .type = ZHEN_LIST, .label = "来件", .fields = intake_in, .max = 1000, .help = "系统对接用：各列同 CSV 的表头" },
	FIELD("content", ZHEN_LONG_TEXT, "内容", .max = 500000,
	     .help = "CSV：工单编号,区划,类别,事项,标题,情况,地点。区划为乡镇（街道）12位代码；已有的编号不再导入；来电人信息等其他列不读取"),
	END,
};
const zhen_field intake_link_fields[] = {
	ID, NEED("original", ZHEN_INT, "并入的来件", .min = 1, .max = INT64_MAX), REASON("理由"), END,
};
#define INTAKE_ROW                                                                                                              \
	ROW_ID, TEXT("number", "工单编号"), TOWNSHIP, TEXT("class", "类别"), TEXT("kind", "事项"), TEXT("title", "标题"), \
		STATE(INTAKE_STATE_CHOICES), INT("whistle", "提请"), INT("original", "并入的来件"), TIME("at", "导入时间")
static const zhen_field intake_row[] = { INTAKE_ROW, END };
static const zhen_field result_row[] = { TEXT("body_name", "部门"), FIELD("result", ZHEN_LONG_TEXT, "办理结果"), END };
const zhen_field intake_list_reply[] = { LIST("items", "来件", intake_row), TEXT("next", "下一页"), END };
const zhen_field intake_reply[] = {
	INTAKE_ROW, FIELD("content", ZHEN_LONG_TEXT, "情况"), TEXT("place", "地点"), TEXT("reason", "办理结果或者理由"),
	FIELD("original_state", ZHEN_CHOICE, "并入的来件的状态", .choices = INTAKE_STATE_CHOICES), TIME("ended_at", "办结时间"),
	LIST("results", "部门反馈", result_row), LIST("actions", "操作", action_row), END,
};
const zhen_field intake_done_reply[] = {
	ROW_ID, TEXT("number", "工单编号"), STATE(INTAKE_STATE_CHOICES), INT("whistle", "提请"), END,
};
const zhen_field intake_imported_reply[] = { INT("rows", "行数"), INT("added", "新增"), INT("known", "已有"), END };
