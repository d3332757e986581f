/* SPDX-License-Identifier: Apache-2.0
 * Forms and answers of draws and evaluations. */
#include "draw.h"
#include "fields.h"

#define LONG(name_, label_) { .name = name_, .type = ZHEN_LONG_TEXT, .label = label_ }
#define NEXT TEXT("next", "下一页")
#define HIDDEN(name_) { .name = name_, .type = ZHEN_INT, .flags = ZHEN_HIDDEN }
#define DRAW_KIND_CHOICES "inspection=双随机检查|evaluation=案卷评查"

const zhen_field premises_fields[] = { CHOOSE("state", "状态", PREMISES_CHOICES), END };
const zhen_field premise_fields[] = {
	NEED("name", ZHEN_TEXT, "名称", .max = 80), NEED("credit_code", ZHEN_TEXT, "统一社会信用代码", .max = 18), NEED("trade", ZHEN_TEXT, "行业", .max = 40),
	NEED("address", ZHEN_TEXT, "地址", .max = 120), END,
};
#define PREMISE                                                                                                            \
	ROW_ID, PLACE("township", "乡镇（街道）"), TEXT("name", "名称"), TEXT("credit_code", "统一社会信用代码"), TEXT("trade", "行业"), \
		TEXT("address", "地址"), CHOOSE("state", "状态", PREMISES_CHOICES)
static const zhen_field premise_row[] = { PREMISE, END };
const zhen_field premises_reply[] = { LIST("items", "检查对象", premise_row), NEXT, ACTIONS, END };
const zhen_field premise_reply[] = { PREMISE, ACTIONS, END };

static const zhen_field left_out_row[] = {
	NEED("member", ZHEN_INT, "人员", .min = 1, .max = INT64_MAX), NEED("reason", ZHEN_TEXT, "理由", .max = 100), END,
};
const zhen_field draw_fields[] = {
	NEED("title", ZHEN_TEXT, "检查计划", .max = 100), NEED("n", ZHEN_INT, "抽取对象数", .min = 1, .max = 500),
	FIELD("per", ZHEN_INT, "每个对象的检查人员", .min = 2, .max = 5, .help = "不填为 2 人"), FIELD("trade", ZHEN_TEXT, "行业", .max = 40),
	{ .name = "left_out", .type = ZHEN_LIST, .label = "不参加抽取的人员", .fields = left_out_row, .max = 50 }, END,
};
const zhen_field draws_fields[] = { CHOOSE("kind", "种类", DRAW_KIND_CHOICES), END };
#define DRAW                                                                                                  \
	ROW_ID, PLACE("township", "乡镇（街道）"), CHOOSE("kind", "种类", DRAW_KIND_CHOICES), TEXT("title", "名称"), \
		TEXT("person", "经办"), TIME("at", "时间")
static const zhen_field draw_row[] = { DRAW, END };
const zhen_field draws_reply[] = { LIST("items", "随机抽取", draw_row), NEXT, ACTIONS, END };
static const zhen_field replaced_row[] = { JOURNAL_REPLY("replace=回避、更换") };
static const zhen_field drawn_row[] = {
	ROW_ID, INT("place", "次序"), INT("premise", "检查对象"), TEXT("name", "名称"), NAME("officers", "检查人员"), INT("patrol", "检查"),
	LIST("journal", "记录", replaced_row), ACTIONS, END,
};
const zhen_field draw_reply[] = {
	DRAW, TEXT("seed", "随机种子"), LONG("keys", "全部编号"), TEXT("digest", "编号的 SM3"), LONG("left_out", "不参加抽取"),
	LIST("drawn", "抽取结果", drawn_row), END,
};
const zhen_field replace_fields[] = { ID, MEMBER("member", "更换的人员"), NEED("reason", ZHEN_TEXT, "回避、更换的理由", .max = 100), END };
const zhen_field drawn_fields[] = { ROW_ID, NAME("officers", "检查人员"), END };
const zhen_field inspect_fields[] = { ID, FIELD("on", ZHEN_DATE, "检查日期", TODAY), END };

const zhen_field evaluations_fields[] = { CHOOSE("state", "状态", EVALUATION_STATE_CHOICES), FIELD("missing", ZHEN_BOOL, "逾期未评查"), END };
static const zhen_field evaluation_row[] = {
	ROW_ID, PLACE("township", "乡镇（街道）"), TEXT("half", "半年"), DAY("due_on", "期限"), DAY("missing_on", "逾期"),
	CHOOSE("state", "状态", EVALUATION_STATE_CHOICES), INT("files", "案卷数"), CHOOSE("grade", "等次", GRADE_CHOICES), END,
};
const zhen_field evaluations_reply[] = { LIST("items", "案卷评查", evaluation_row), NEXT, END };
static const zhen_field sample_row[] = {
	ROW_ID, INT("place", "次序"), CHOOSE("kind", "程序", FILE_CHOICES), INT("matter", "案件"), TEXT("number", "决定书文号"), BOOL("sound", "合格"),
	LONG("text", "意见"), TEXT("person", "评查人"), ACTIONS, END,
};
const zhen_field evaluation_reply[] = {
	ROW_ID, PLACE("township", "乡镇（街道）"), TEXT("half", "半年"), DAY("from_on", "自"), DAY("to_on", "至"), DAY("due_on", "期限"),
	DAY("missing_on", "逾期"), CHOOSE("state", "状态", EVALUATION_STATE_CHOICES), HIDDEN("draw"), INT("files", "案卷数"),
	CHOOSE("grade", "等次", GRADE_CHOICES), LONG("text", "评查意见"), DAY("closed_on", "评查日期"), LIST("samples", "抽取的案卷", sample_row), ACTIONS, END,
};
const zhen_field evaluation_state_reply[] = { ROW_ID, CHOOSE("state", "状态", EVALUATION_STATE_CHOICES), END };
const zhen_field mark_fields[] = { ID, NEED("sound", ZHEN_BOOL, "合格"), NEED("text", ZHEN_LONG_TEXT, "意见", .max = 2000), END };
const zhen_field grade_fields[] = {
	ID, MUST_CHOOSE("grade", "等次", GRADE_CHOICES), NEED("text", ZHEN_LONG_TEXT, "评查意见", .max = 2000), END,
};
const zhen_field evaluation_event[] = {
	INT("id", NULL), PLACE("township", NULL), TEXT("half", NULL), TEXT("state", NULL), TIME("at", NULL), END,
};
