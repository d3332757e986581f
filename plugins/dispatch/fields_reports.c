/* SPDX-License-Identifier: Apache-2.0
 * Forms and answers of reports. Each share stands beside what it is of. */
#include "fields.h"

#define SHARE(name_, label_) FIELD(name_, ZHEN_DECIMAL, label_)
#define RAISED INT("raised", "提请"), INT("answered", "已反馈"), INT("closed", "已评价"), INT("sent_back", "退回"), INT("used", "已运用")

const zhen_field year_fields[] = { NEED("year", ZHEN_INT, "年份", .min = 2000, .max = 2100), END };
const zhen_field rest_fields[] = {
	BODY("body", "部门"), NEED("year", ZHEN_INT, "年份", .min = 2000, .max = 2100),
	NEED("score", ZHEN_DECIMAL, "其他部分得分（百分制）"), END,
};
static const zhen_field completion_row[] = { TOWNSHIP, RAISED, SHARE("completion", "办结率（%）"), END };
const zhen_field completion_reply[] = { RAISED, SHARE("completion", "办结率（%）"), LIST("items", "各乡镇", completion_row), END };
static const zhen_field department_row[] = {
	TEXT("body", "单位编号"), TEXT("body_name", "部门"), INT("orders", "派单"), INT("accepted", "接单"), INT("accept_late", "超期接单"),
	INT("done", "办结"), INT("done_late", "超期办结"), INT("returned", "退回"), INT("rated", "评分件数"), INT("absent", "会议缺席"),
	SHARE("completion", "办结率（%）"), SHARE("township_part", "乡镇评分"), SHARE("rest", "其他部分"), SHARE("score", "年度得分"),
	INT("rank", "名次"), END,
};
const zhen_field departments_reply[] = {
	INT("rank_min", "参加排名至少要有的评分件数"), INT("township_weight", "乡镇评分的权重（%）"), LIST("items", "部门", department_row), END,
};
static const zhen_field kind_row[] = {
	TEXT("class", "类别"), TEXT("kind", "事项"), INT("raised", "提请"), INT("accepted", "接单"), SHARE("accept_hours", "平均接单用时（小时）"),
	INT("done", "办结"), SHARE("done_hours", "平均办理用时（小时）"), INT("late", "超期"), END,
};
const zhen_field kinds_reply[] = { LIST("items", "事项", kind_row), END };
static const zhen_field repeated_row[] = { TOWNSHIP, TEXT("class", "类别"), TEXT("kind", "事项"), INT("times", "次数"), END };
const zhen_field repeated_reply[] = {
	INT("repeat_min", "同一事项几次以上"), LIST("items", "反复发生的事项", repeated_row), LIST("actions", "操作", action_row), END,
};
static const zhen_field duty_row[] = { TEXT("duty", "清单事项"), INT("orders", "派单"), END };
const zhen_field duties_reply[] = { LIST("items", "清单事项", duty_row), END };
