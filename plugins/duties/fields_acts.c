/* SPDX-License-Identifier: Apache-2.0
 * Forms of what happens around lists: rounds, reviews, admission, tasks, transfers, situations. */
#include "process.h"
#include "tables.h"

#define REQUIRED ZHEN_REQUIRED
#define TEXT(name_, label_, max_, flags_) \
	{ .name = name_, .type = ZHEN_TEXT, .label = label_, .max = max_, .flags = flags_ }
#define LONG(name_, label_, max_, flags_) \
	{ .name = name_, .type = ZHEN_LONG_TEXT, .label = label_, .max = max_, .flags = flags_ }
#define INT(name_, label_, min_, max_) { .name = name_, .type = ZHEN_INT, .label = label_, .min = min_, .max = max_ }
#define CHOICE(name_, label_, choices_, flags_) \
	{ .name = name_, .type = ZHEN_CHOICE, .label = label_, .choices = choices_, .flags = flags_ }
#define ID { .name = "id", .type = ZHEN_INT, .label = "序号", .flags = ZHEN_REQUIRED, .min = 1, .max = INT64_MAX }
/* As a page of names leads to it: "KX-001 城乡居民参保登记"; the code alone will do. */
#define NAMED_CODE(name_, label_, flags_, help_)                                                                                        \
	{ .name = name_, .type = ZHEN_TEXT, .label = label_, .flags = flags_,                                \
	  .max = CODE_MAX + 1 + NAME_MAX_CHARACTERS, .help = help_ }
#define UNIT { .name = "unit", .type = ZHEN_DIVISION, .label = "乡镇（街道）、村（社区）", .flags = ZHEN_REQUIRED }
#define TOWNSHIP \
	{ .name = "township", .type = ZHEN_DIVISION, .label = "乡镇（街道）", .flags = ZHEN_REQUIRED, .min = 4 }
/* For everybody, chosen from the list down to townships. */
#define NEAR(name_, label_) \
	{ .name = name_, .type = ZHEN_DIVISION, .label = label_, .flags = ZHEN_ANYWHERE, .max = 4 }
#define SEEK { .name = "q", .type = ZHEN_TEXT, .label = "检索", .max = 60, .help = "事项名称或编码" }
#define YES_NO(name_, label_, flags_) CHOICE(name_, label_, "yes=是|no=否", flags_)

static const zhen_field surveyed_fields[] = {
	TEXT("code", "事项（编码）", CODE_MAX + 1 + NAME_MAX_CHARACTERS, REQUIRED),
	CHOICE("act", "拟作的调整", "add=增加|remove=去掉|change=改动|withdraw=收回上级部门", REQUIRED),
	TEXT("name", "名称（新增的本地事项填）", NAME_MAX_CHARACTERS, 0),
	TEXT("finding", "摸排情况", 300, REQUIRED),
	{ 0 },
};

static const zhen_field assessed_fields[] = {
	TEXT("code", "事项", CODE_MAX + 1 + NAME_MAX_CHARACTERS, REQUIRED | ZHEN_HIDDEN), /* names the row of the form */
	YES_NO("needed", "基层迫切需要", REQUIRED),
	YES_NO("able", "有能力承接", REQUIRED),
	YES_NO("too_technical", "专业技术性强", REQUIRED),
	CHOICE("verdict", "评估结论", "yes=同意调整|no=不调整", REQUIRED),
	TEXT("opinion", "评估意见", 300, 0),
	{ 0 },
};

const zhen_field round_fields[] = { TOWNSHIP, TEXT("title", "名称", 100, 0), { 0 } };
const zhen_field rounds_fields[] = { INT("year", "年度", 2000, 2100), { 0 } };
const zhen_field survey_fields[] = {
	ID,
	{ .name = "items", .type = ZHEN_LIST, .label = "摸排的事项", .fields = surveyed_fields,
	  .flags = ZHEN_REQUIRED, .min = 1, .max = 300 }, { 0 },
};
const zhen_field assess_fields[] = {
	ID,
	{ .name = "items", .type = ZHEN_LIST, .label = "评估的事项", .fields = assessed_fields,
	  .flags = ZHEN_REQUIRED, .min = 1, .max = 300 }, { 0 },
};
const zhen_field note_fields[] = { ID, TEXT("note", "说明", 300, 0), { 0 } };

const zhen_field reviews_fields[] = { CHOICE("state", "状态", REVIEW_STATE_CHOICES, 0), { 0 } };
const zhen_field review_fields[] = {
	ID, LONG("finding", "研判情况", 2000, REQUIRED), LONG("suggestion", "调整建议", 2000, 0), { 0 },
};

const zhen_field admission_fields[] = {
	UNIT,
	CHOICE("as", "申请", "task=一次性任务|item=列入清单", REQUIRED),
	{ .name = "code", .type = ZHEN_TEXT, .label = "事项编码", .max = CODE_MAX, .help = "申请列入清单才填：一个没有用过的编码，终身不变；从“申请准入”页进来的已给出" },
	TEXT("title", "事项、任务名称", NAME_MAX_CHARACTERS, REQUIRED),
	{ .name = "power", .type = ZHEN_CHOICE, .label = "权力类型", .choices = POWER_CHOICES,
	  .help = "行政处罚、行政强制、行政检查属行政执法，须回答四项标准" },
	TEXT("field", "类别（领域）", 40, 0),
	TEXT("reason", "理由", 500, REQUIRED),
	TEXT("basis", "依据", 500, REQUIRED),
	TEXT("lead", "牵头部门", 60, REQUIRED),
	TEXT("duty", "乡镇具体职责", 500, REQUIRED),
	TEXT("support", "随事划转的人员、经费", 300, REQUIRED),
	CHOICE("place", "清单", "basic=基本权责|assist=配合权责", 0),
	{ .name = "upper", .type = ZHEN_TEXT, .label = "对应的乡镇（街道）事项", .max = CODE_MAX + 1 + NAME_MAX_CHARACTERS,
	  .help = "村（社区）事项才填：在“申请准入”页点所属乡镇（街道）的事项，就填好了" },
	{ .name = "needed", .type = ZHEN_CHOICE, .label = "基层迫切需要", .choices = "yes=是|no=否", .help = "行政执法事项，这一项和下面三项都要回答" },
	YES_NO("connected", "能有效衔接", 0),
	YES_NO("simple", "技术要求不高", 0),
	YES_NO("visible", "易发现易处置", 0),
	{ 0 },
};
const zhen_field new_admission_fields[] = { UNIT, SEEK, { 0 } };
const zhen_field admissions_fields[] = { CHOICE("state", "状态", ADMISSION_STATE_CHOICES, 0), { 0 } };
const zhen_field opinion_fields[] = { ID, TEXT("opinion", "意见", 300, REQUIRED), { 0 } };

#define FROM_NEW_TASK "编码；在“交办任务”页点名称，就填好了"

const zhen_field task_fields[] = {
	UNIT,
	CHOICE("kind", "性质", "task=任务|accountability=问责", 0),
	TEXT("title", "内容", 200, REQUIRED),
	NAMED_CODE("code", "清单事项", 0, FROM_NEW_TASK),
	NAMED_CODE("grid_type", "派给网格员的工作", 0, FROM_NEW_TASK),
	{ 0 },
};
const zhen_field new_task_fields[] = {
	UNIT, SEEK, TEXT("grid_type", "派给网格员的工作", CODE_MAX + 1 + NAME_MAX_CHARACTERS, ZHEN_HIDDEN), { 0 },
};
const zhen_field tasks_fields[] = {
	CHOICE("state", "状态", TASK_STATE_CHOICES, 0),
	{ .name = "outside", .type = ZHEN_BOOL, .label = "只看清单外" }, { 0 },
};
const zhen_field assign_fields[] = { ID, NAMED_CODE("code", "清单事项", 0, "编码；不填为任务原来写的事项"), INT("admission", "准入申请", 1, INT64_MAX), { 0 } };
const zhen_field usage_fields[] = { UNIT, NAMED_CODE("code", "清单事项", REQUIRED, "编码"), INT("orders", "件数", 1, 10000), { 0 } };

const zhen_field grid_fields[] = {
	{ .name = "division", .type = ZHEN_DIVISION, .label = "适用辖区", .flags = ZHEN_REQUIRED, .max = 4 },
	TEXT("code", "类型编码", CODE_MAX, REQUIRED),
	TEXT("name", "网格工作事项", NAME_MAX_CHARACTERS, REQUIRED),
	TEXT("basis", "依据", 300, 0),
	INT("batch", "批次", 1, 1000),
	NAMED_CODE("item", "对应清单事项", 0, "编码；在“网格事项准入”页点事项名称，就填好了"),
	{ 0 },
};
const zhen_field grids_fields[] = { NEAR("division", "辖区"), { 0 } };

#define SITUATION                                                                                                        \
	{ .name = "division", .type = ZHEN_DIVISION, .label = "适用辖区", .flags = ZHEN_REQUIRED, .max = 4 },            \
	TEXT("topic", "事由", 40, REQUIRED),                                                                             \
	TEXT("situation", "情形", 80, REQUIRED),                                                                         \
	TEXT("responsible", "责任单位", 60, REQUIRED),                                                                   \
	TEXT("assisting", "配合单位", 200, 0),                                                                           \
	TEXT("basis", "依据", 300, 0),                                                                                   \
	NAMED_CODE("code", "清单、目录事项", 0, "编码；在“登记一种情形”页点事项名称，就填好了"),                         \
	TEXT("phone", "电话（办公电话）", 40, 0),                                                                        \
	{ .name = "keywords", .type = ZHEN_TEXT, .label = "俗称、关键词", .max = 200, .help = "群众平常怎么说，用空格隔开" }

const zhen_field new_situation_fields[] = {
	{ .name = "division", .type = ZHEN_DIVISION, .label = "适用辖区", .flags = ZHEN_REQUIRED, .max = 4 }, SEEK, { 0 },
};
const zhen_field situation_fields[] = { SITUATION, { 0 } };
const zhen_field situation_change_fields[] = { ID, SITUATION, { 0 } };
const zhen_field situation_remove_fields[] = { ID, TEXT("reason", "理由", 300, REQUIRED), { 0 } };
const zhen_field situations_fields[] = { TEXT("topic", "事由", 40, 0), NEAR("division", "辖区"), { 0 } };
const zhen_field situation_export_fields[] = {
	{ .name = "division", .type = ZHEN_DIVISION, .label = "适用辖区", .flags = ZHEN_ANYWHERE, .max = 4, .help = "不填为全部" }, { 0 },
};
const zhen_field answer_fields[] = {
	{ .name = "q", .type = ZHEN_TEXT, .label = "什么事", .max = 100, .help = "用平常的话说，如：楼道堆东西、路灯不亮" },
	NEAR("unit", "在哪里（乡镇、街道）"),
	TEXT("topic", "事由", 40, ZHEN_HIDDEN),
	TEXT("situation", "情形", 80, ZHEN_HIDDEN),
	{ 0 },
};

const zhen_field organ_fields[] = {
	TOWNSHIP,
	TEXT("name", "机构名称", 60, REQUIRED),
	CHOICE("kind", "性质", "office=办|bureau=局|station=站、中心|stationed=派驻机构", REQUIRED),
	TEXT("replaces", "整合了哪些站所", 200, 0),
	{ .name = "dual", .type = ZHEN_BOOL, .label = "双重领导、属地为主" },
	TEXT("superior", "派出部门", 60, 0),
	TEXT("say", "乡镇的人事、考核话语权", 200, 0),
	{ 0 },
};
const zhen_field organs_fields[] = {
	{ .name = "township", .type = ZHEN_DIVISION, .label = "乡镇（街道）", .flags = ZHEN_ANYWHERE, .min = 4 }, { 0 },
};

const zhen_field transfer_fields[] = { TOWNSHIP, NAMED_CODE("code", "清单事项", REQUIRED, "编码；在“登记事项承接”页点事项名称，就填好了"), { 0 } };
const zhen_field new_transfer_fields[] = { TOWNSHIP, SEEK, { 0 } };
const zhen_field transfers_fields[] = { CHOICE("state", "状态", TRANSFER_STATE_CHOICES, 0), { 0 } };
const zhen_field record_fields[] = {
	ID,
	CHOICE("part", "登记", "authority=权随事转|people=人随事转|money=钱随事转", REQUIRED),
	TEXT("document", "文件、凭据", 200, REQUIRED),
	INT("posts", "岗位（编制）数", 0, 10000),
	{ .name = "amount_fen", .type = ZHEN_MONEY, .label = "经费" },
	{ 0 },
};

const zhen_field division_fields[] = { NEAR("division", "辖区"), { 0 } };
const zhen_field year_fields[] = { NEAR("division", "辖区"), INT("year", "年度", 2000, 2100), { 0 } };
const zhen_field quarter_fields[] = { INT("year", "年度", 2000, 2100), INT("quarter", "季度（0为年度调整）", 0, 4), { 0 } };
