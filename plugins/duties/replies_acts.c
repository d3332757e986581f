/* SPDX-License-Identifier: Apache-2.0
 * What routes around lists answer. */
#include "process.h"
#include "tables.h"

#include "reply.h"

#define YES_NO "yes=是|no=否"
/* Of every journal. */
#define STEPS                                                                                           \
	"open=开始|survey=登记摸排|survey-end=摸排结束|assess=登记评估|assess-end=评估结束|close=结束|" \
	"file=提出|approve=准予|refuse=不予|retract=撤回|assign=交办|cancel=取消|"                      \
	"authority=权随事转|people=人随事转|money=钱随事转|complete=到位|"                      \
	"add=登记|change=修改|remove=删除"

static const zhen_field journal_reply[] = {
	CHOICE("what", "环节", STEPS), TEXT("text", "内容"), TEXT("person", "经办人"), TEXT("body", "单位"),
	TIME("at", "时间"), { 0 },
};

const zhen_field rounds_reply[] = {
	ROW_ID, PLACE("township", "乡镇（街道）"), INT("year", "年度"), CHOICE("state", "环节", ROUND_STATE_CHOICES),
	TEXT("title", "名称"),
	INT("surveyed", "摸排"), INT("assessed", "评估"), INT("adjusted", "调整"), TIME("opened_at", "开始时间"), { 0 },
};

static const zhen_field round_items_reply[] = {
	TEXT("code", "编码"), CHOICE("act", "拟作的调整", "add=增加|remove=去掉|change=改动|withdraw=收回上级部门"),
	TEXT("name", "名称"),
	TEXT("finding", "摸排情况"), TEXT("surveyed_by", "摸排人"), CHOICE("needed", "迫切需要", YES_NO),
	CHOICE("able", "有能力承接", YES_NO),
	CHOICE("too_technical", "专业技术性强", YES_NO), CHOICE("verdict", "结论", "yes=同意调整|no=不调整"),
	TEXT("opinion", "意见"),
	TEXT("assessed_by", "评估人"), BOOL("done", "已调整"), { 0 },
};

const zhen_field round_reply[] = {
	PLACE("township", "乡镇（街道）"), INT("year", "年度"), CHOICE("state", "环节", ROUND_STATE_CHOICES),
	INT("surveyed", "摸排"),
	INT("assessed", "评估"), INT("adjusted", "调整"), HIDDEN_INT("id"), LIST("items", "事项", round_items_reply),
	LIST("journal", "经过", journal_reply), { 0 },
};

const zhen_field survey_reply[] = {
	PLACE("township", "乡镇（街道）"),
	INT("year", "年度"),
	TEXT("note", "说明"),
	TEXT("name", "名称"),
	TEXT("code", "编码"),
	CHOICE("stands", "现在", "basic=基本权责|assist=配合权责|withdrawn=已收回|offered=目录可选，未列入"),
	CHOICE("origin", "选取", ORIGIN_CHOICES), TEXT("category", "类别"), { 0 },
};
static const zhen_field assess_groups_reply[] = {
	TEXT("part", "评估表"), INT("items", "项数"), TEXT("names", "事项"), { 0 },
};
const zhen_field assess_reply[] = {
	PLACE("township", "乡镇（街道）"), INT("year", "年度"), TEXT("note", "说明"), LIST("parts", "点开填写", assess_groups_reply), { 0 },
};

const zhen_field round_done_reply[] = {
	HIDDEN_INT("id"), CHOICE("state", "环节", ROUND_STATE_CHOICES), INT("surveyed", "摸排"),
	INT("assessed", "评估"), INT("adjusted", "调整"),
	{ 0 },
};

const zhen_field reviews_reply[] = {
	ROW_ID, PLACE("township", "乡镇（街道）"), INT("year", "年度"), INT("quarter", "季度（0为年度调整）"),
	CHOICE("state", "状态", REVIEW_STATE_CHOICES),
	DAY("due_on", "应完成"), BOOL("provisional", "暂定"), TEXT("finding", "研判情况"),
	TEXT("suggestion", "调整建议"),
	TIME("done_at", "完成时间"), { 0 },
};

const zhen_field admissions_reply[] = {
	ROW_ID, TEXT("title", "事项、任务"), PLACE("unit", "单位"), CHOICE("state", "状态", ADMISSION_STATE_CHOICES),
	TEXT("code", "编码"),
	TEXT("body_name", "申请单位"), TIME("filed_at", "申请时间"), PLACE("township", "乡镇（街道）"), { 0 },
};

const zhen_field admission_reply[] = {
	TEXT("title", "事项、任务"), PLACE("unit", "单位"), CHOICE("state", "状态", ADMISSION_STATE_CHOICES),
	TEXT("body_name", "申请单位"),
	HIDDEN_INT("id"),
	TEXT("code", "编码"),
	CHOICE("power", "权力类型", POWER_CHOICES),
	TEXT("field", "类别"),
	TEXT("reason", "理由"),
	TEXT("basis", "依据"),
	TEXT("lead", "牵头部门"),
	TEXT("duty", "乡镇职责"), TEXT("support", "随事划转"), CHOICE("place", "清单", PLACE_CHOICES),
	CHOICE("needed", "基层迫切需要", YES_NO),
	CHOICE("connected", "能有效衔接", YES_NO), CHOICE("simple", "技术要求不高", YES_NO),
	CHOICE("visible", "易发现易处置", YES_NO),
	TEXT("opinion", "意见"), TEXT("decided_by", "审批人"), INT("version", "列入第几版"),
	TIME("filed_at", "申请时间"),
	LIST("journal", "经过", journal_reply), { 0 },
};

const zhen_field decided_reply[] = {
	HIDDEN_INT("id"), CHOICE("state", "状态", ADMISSION_STATE_CHOICES), INT("version", "列入第几版"),
	DAY("effective_from", "生效日期"), { 0 },
};

#define TASK                                                                                                      \
	TEXT("title", "内容"), PLACE("unit", "单位"), CHOICE("state", "状态", TASK_STATE_CHOICES),                \
	BOOL("outside", "清单外"), CHOICE("kind", "性质", "task=任务|accountability=问责"), TEXT("code", "编码"), \
	TEXT("item_name", "清单事项"), TEXT("why", "说明"), TEXT("body_name", "交办单位"), TIME("at", "时间")

const zhen_field tasks_reply[] = { ROW_ID, TASK, PLACE("township", "乡镇（街道）"), { 0 } };
const zhen_field task_reply[] = { TASK, HIDDEN_INT("id"), LIST("journal", "经过", journal_reply), { 0 } };
const zhen_field task_done_reply[] = {
	HIDDEN_INT("id"), CHOICE("state", "状态", TASK_STATE_CHOICES), BOOL("outside", "清单外"),
	TEXT("flag", "标记"), TEXT("why", "说明"), { 0 },
};
const zhen_field usage_reply[] = { INT("orders", "使用件数"), { 0 } };

const zhen_field grids_reply[] = {
	ROW_ID, TEXT("name", "网格工作事项"), TEXT("code", "类型编码"),
	CHOICE("state", "状态", "admitted=准入|removed=已移出"), PLACE("division", "辖区"),
	TEXT("basis", "依据"), INT("batch", "批次"), TEXT("item", "对应清单事项"), TIME("at", "时间"), { 0 },
};

#define SITUATION                                                                                              \
	TEXT("topic", "事由"), TEXT("situation", "情形"), TEXT("responsible", "责任单位"),                     \
	TEXT("assisting", "配合单位"), TEXT("phone", "电话"), TEXT("item", "清单事项"), HIDDEN("basis"), \
	HIDDEN("code"), PLACE("division", "适用辖区")

const zhen_field situations_reply[] = { ROW_ID, SITUATION, { 0 } };
const zhen_field situation_reply[] = {
	TEXT("situation", "情形"), TEXT("topic", "事由"), TEXT("responsible", "责任单位"), TEXT("phone", "电话"), TEXT("assisting", "配合单位"),
	TEXT("basis", "依据"), TEXT("item", "清单事项"), TEXT("keywords", "俗称、关键词"), PLACE("division", "适用辖区"), HIDDEN("code"), ROW_ID,
	CHOICE("state", "状态", "listed=有效|removed=已删除"), LIST("journal", "经过", journal_reply), { 0 },
};
const zhen_field situations_imported_reply[] = {
	BOOL("imported", "已导入"), INT("rows", "行数"), INT("added", "新增"), INT("changed", "修改"), INT("same", "没有变化"),
	TEXT("encoding", "编码方式"), { 0 },
};
const zhen_field removed_reply[] = {
	ROW_ID, TEXT("topic", "事由"), TEXT("situation", "情形"), TEXT("responsible", "责任单位"), TEXT("reason", "删除的理由"),
	TEXT("person", "删除人"), TIME("removed_at", "删除时间"), PLACE("division", "适用辖区"), { 0 },
};
const zhen_field exported_reply[] = { HIDDEN_INT("id"), INT("rows", "行数"), { 0 } };
static const zhen_field others_reply[] = {
	TEXT("situation", "情形"), TEXT("responsible", "责任单位"), TEXT("phone", "电话"), TEXT("parts", "相同的词"), TEXT("topic", "事由"),
	TEXT("assisting", "配合单位"), TEXT("item", "清单事项"), TEXT("item_href", "依据和办法"), HIDDEN("basis"), HIDDEN("code"), HIDDEN("division"), { 0 },
};
const zhen_field answer_reply[] = {
	TEXT("note", "说明"), TEXT("ask", "问谁"), TEXT("responsible", "责任单位"), TEXT("phone", "电话"), TEXT("assisting", "配合单位"),
	TEXT("topic", "事由"), TEXT("situation", "情形"), TEXT("parts", "相同的词"), TEXT("basis", "依据"), TEXT("item", "清单事项"),
	TEXT("item_href", "依据和办法"), HIDDEN("code"), PLACE("division", "适用辖区"), { .name = "sure", .type = ZHEN_BOOL, .flags = ZHEN_HIDDEN },
	LIST("guesses", "可能是", others_reply), LIST("others", "也可能是", others_reply), { 0 },
};

const zhen_field organs_reply[] = {
	PLACE("township", "乡镇（街道）"),
	INT("units", "办、局、站"), INT("office", "办"), INT("bureau", "局"), INT("station", "站、中心"),
	INT("stationed", "派驻机构"), ROW_ID,
	TEXT("name", "机构"), CHOICE("kind", "性质", "office=办|bureau=局|station=站、中心|stationed=派驻机构"),
	TEXT("replaces", "整合"),
	BOOL("dual", "双重领导、属地为主"), TEXT("superior", "派出部门"), TEXT("say", "乡镇的话语权"), { 0 },
};

#define TRANSFER                                                                                                  \
	TEXT("name", "事项"), PLACE("township", "乡镇（街道）"), CHOICE("state", "状态", TRANSFER_STATE_CHOICES), \
	TEXT("code", "编码"), TEXT("authority", "权"), TEXT("people", "人"), INT("posts", "岗位（编制）"),        \
	TEXT("money", "钱"), { .name = "amount_fen", .type = ZHEN_MONEY, .label = "经费" }

const zhen_field transfers_reply[] = { ROW_ID, TRANSFER, { 0 } };
const zhen_field transfer_reply[] = {
	TRANSFER, INT("serving", "有人在岗的岗位"), HIDDEN_INT("id"), LIST("journal", "经过", journal_reply), { 0 },
};
const zhen_field state_reply[] = { HIDDEN_INT("id"), TEXT("state", "状态"), { 0 } };

const zhen_field lists_report[] = {
	PLACE("division", "辖区"), INT("lists", "清单份数"), TEXT("average_delegated", "平均赋权事项"),
	INT("delegated", "县级赋权"),
	INT("common", "共性"), INT("optional", "可选"), TEXT("average_common", "平均共性"),
	TEXT("average_optional", "平均可选"),
	INT("statutory", "行政职权"), INT("local", "本地增加"), INT("basic", "基本"), INT("assist", "配合"),
	INT("withdrawn", "收回"),
	INT("services", "公共服务"), INT("orders", "使用件数"), INT("outside", "清单外"), INT("transfers", "承接到位"),
	INT("village_lists", "村（社区）清单"), { 0 },
};

const zhen_field adjustments_report[] = {
	PLACE("division", "辖区"), INT("year", "年度"), INT("items", "调整事项"), INT("townships", "调整的乡镇"),
	TEXT("average", "平均"),
	TEXT("average_rounded", "平均（取整）"), INT("rounds", "调整轮次"), { 0 },
};

static const zhen_field rules_reply[] = {
	TEXT("process", "事务"), TEXT("title", "环节"), TEXT("by", "谁"), TEXT("from", "自"), TEXT("to", "至"),
	TEXT("condition", "条件"),
	TEXT("law", "依据"), { 0 },
};
const zhen_field processes_reply[] = { LIST("rules", "办理规则", rules_reply), { 0 } };
const zhen_field tile_reply[] = { INT("value", "清单份数"), TEXT("unit", "单位"), TEXT("note", "说明"), { 0 } };
