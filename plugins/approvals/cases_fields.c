/* SPDX-License-Identifier: Apache-2.0
 * Forms of handling. */
#include "choices.h"
#include "cases.h"

#define ID { .name = "id", .type = ZHEN_INT, .label = "件", .flags = ZHEN_REQUIRED, .min = 1, .max = INT64_MAX }
#define ROW(label_) { .name = "id", .type = ZHEN_INT, .label = label_, .flags = ZHEN_REQUIRED, .min = 1, .max = INT64_MAX }
#define NEED(name_, label_, max_) \
	{ .name = name_, .type = ZHEN_TEXT, .label = label_, .flags = ZHEN_REQUIRED, .max = max_ }
#define MAY(name_, label_, max_) { .name = name_, .type = ZHEN_TEXT, .label = label_, .max = max_ }
#define DAY(name_, label_) { .name = name_, .type = ZHEN_DATE, .label = label_, .flags = ZHEN_REQUIRED }
#define CHOOSE(name_, label_, choices_) \
	{ .name = name_, .type = ZHEN_CHOICE, .label = label_, .flags = ZHEN_REQUIRED, .choices = choices_ }
#define NUMBER { .name = "number", .type = ZHEN_TEXT, .label = "申请编号", .flags = ZHEN_REQUIRED, .max = 60 }
#define CODE { .name = "code", .type = ZHEN_SECRET, .label = "查询码", .flags = ZHEN_REQUIRED }
#define BODY { .name = "body", .type = ZHEN_BODY, .label = "单位", .flags = ZHEN_REQUIRED }
#define OWN_DIVISION \
	{ .name = "division", .type = ZHEN_DIVISION, .label = "乡镇", .flags = ZHEN_REQUIRED | ZHEN_ANYWHERE, .min = 4 }
#define MONEY(name_, label_) \
	{ .name = name_, .type = ZHEN_MONEY, .label = label_, .flags = ZHEN_REQUIRED, .min = 1, .max = 100000000000 }

const zhen_field retract_for_fields[] = {
	ID, NEED("reason", "撤回原因", 200),
	{ .name = "signed", .type = ZHEN_BOOL, .label = "申请人（代理人）已在撤回申请上签字", .flags = ZHEN_REQUIRED }, { 0 },
};

const zhen_field none_fields[] = { { 0 } };

static const zhen_field lacking_material_fields[] = { NEED("material", "材料", 100), { 0 } };

const zhen_field accept_lacking_fields[] = {
	ID,
	{ .name = "lacking", .type = ZHEN_LIST, .label = "容缺的材料", .fields = lacking_material_fields, .flags = ZHEN_REQUIRED,
	  .min = 1, .max = 10, .help = "只能是办事指南标明“容缺后补”的材料" },
	DAY("promised_on", "承诺书日期"),
	{ .name = "kept", .type = ZHEN_CHOICE, .label = "承诺书", .choices = KEPT_CHOICES },
	HANDED_IN,
	{ 0 },
};

static const zhen_field promise_fields[] = {
	NEED("material", "以承诺代替的证明", 100), NEED("content", "承诺内容", 300), { 0 },
};

static const zhen_field pledged_fields[] = {
	NEED("material", "以承诺代替的证明", 100), MAY("content", "承诺内容", 300), { 0 },
};

const zhen_field accept_promise_fields[] = {
	ID,
	{ .name = "promises", .type = ZHEN_LIST, .label = "承诺", .fields = promise_fields, .flags = ZHEN_REQUIRED, .min = 1,
	  .max = 10, .help = "只能是办事指南标明“告知承诺”的证明" },
	{ .name = "told", .type = ZHEN_BOOL, .label = "已书面告知证明义务、内容和不实承诺的责任", .flags = ZHEN_REQUIRED },
	DAY("signed_on", "承诺书日期"),
	CHOOSE("kept", "签字的承诺书", KEPT_CHOICES),
	HANDED_IN,
	{ 0 },
};

const zhen_field pledge_fields[] = {
	ID,
	{ .name = "promises", .type = ZHEN_LIST, .label = "告知承诺", .fields = pledged_fields, .max = 10, .help = "以承诺代替的证明；承诺内容不填的，留空手写" },
	{ .name = "lacking", .type = ZHEN_LIST, .label = "容缺后补", .fields = lacking_material_fields, .max = 10, .help = "没有的删去" },
	{ 0 },
};

const zhen_field make_good_fields[] = {
	NUMBER, PASSING,
	NEED("material", "补交的材料", 100),
	{ .name = "file", .type = ZHEN_FILE, .label = "文件", .help = "带纸质件的，到窗口由工作人员登记", .flags = ZHEN_REQUIRED,
	  .max = 20 * 1024 * 1024 },
	{ 0 },
};

const zhen_field check_promise_fields[] = {
	ID, NEED("material", "以承诺代替的证明", 100), CHOOSE("result", "核查结果", "kept=属实|false=不实"),
	NEED("note", "核查情况", 300), { 0 },
};

const zhen_field green_fields[] = { ID, CHOOSE("kind", "对象", GREEN_CHOICES), MAY("note", "说明", 200), { 0 } };

const zhen_field home_visit_fields[] = {
	ID, NEED("address", "上门地点", 100), DAY("planned_on", "上门日期"), NEED("purpose", "事项", 200), { 0 },
};

const zhen_field home_visit_done_fields[] = { ROW("上门任务"), NEED("outcome", "结果", 200), { 0 } };

const zhen_field escort_fields[] = {
	ID, NEED("department", "到访部门", 60), DAY("went_on", "日期"),
	{ .name = "from_time", .type = ZHEN_TEXT, .label = "开始时间", .help = "09:30", .flags = ZHEN_REQUIRED, .max = 5 },
	{ .name = "to_time", .type = ZHEN_TEXT, .label = "结束时间", .help = "10:20", .flags = ZHEN_REQUIRED, .max = 5 },
	NEED("person", "陪办人", 20), NEED("outcome", "结果", 200), { 0 },
};

const zhen_field left_open_fields[] = { ID, NEED("reason", "当日未办结的原因", 200), { 0 } };

const zhen_field rate_fields[] = {
	NUMBER, CODE, CHOOSE("grade", "评价", ZHEN_RATING_CHOICES), MAY("text", "意见", 500), { 0 },
};

const zhen_field note_fields[] = { ID, NEED("note", "回访情况", 300), { 0 } };
const zhen_field mend_fields[] = { ID, NEED("how", "整改情况", 300), { 0 } };
const zhen_field archive_fields[] = { ID, CHOOSE("retention", "保管期限", RETENTION_CHOICES), { 0 } };
const zhen_field explain_fields[] = { ROW("记录"), NEED("explanation", "原因（公开）", 300), { 0 } };
const zhen_field end_credit_fields[] = {
	ROW("记录"), CHOOSE("how", "更正或修复", CREDIT_CHOICES), NEED("reason", "理由", 300), { 0 },
};
const zhen_field settle_fields[] = {
	ROW("记录"), CHOOSE("outcome", "处理", OUTCOME_CHOICES), NEED("note", "说明", 300), { 0 },
};

#define PERSON(name_, label_, permission_) \
	{ .name = name_, .type = ZHEN_ACCOUNT, .label = label_, .flags = ZHEN_REQUIRED, .choices = permission_ }
#define DAY_OR_TODAY(label_) { .name = "on", .type = ZHEN_DATE, .label = label_, .help = "不填为今天" }

const zhen_field post_fields[] = {
	BODY, { .name = "step", .type = ZHEN_TEXT, .label = "环节编码", .max = 40, .help = "见该事项的办事指南；不填为该单位的全部环节" },
	PERSON("officer", "经办人（A岗）", "approvals.read"), DAY_OR_TODAY("自"), MAY("reason", "依据或说明", 100), { 0 },
};
const zhen_field replace_post_fields[] = {
	ROW("岗位"), PERSON("officer", "新的经办人", "approvals.read"), DAY_OR_TODAY("自"), NEED("reason", "更换原因", 100), { 0 },
};
const zhen_field end_post_fields[] = { ROW("岗位"), DAY_OR_TODAY("至"), NEED("reason", "结束原因", 100), { 0 } };

const zhen_field substitute_fields[] = {
	BODY, PERSON("officer", "A岗", "approvals.read"), PERSON("stand_in", "B岗", "approvals.read"), DAY("from_on", "自"),
	{ .name = "to_on", .type = ZHEN_DATE, .label = "至", .help = "不填为长期" }, MAY("reason", "依据或说明", 100), { 0 },
};
const zhen_field end_substitute_fields[] = {
	ROW("B岗"), { .name = "on", .type = ZHEN_DATE, .label = "最后一天", .flags = ZHEN_REQUIRED, .help = "填起始日的前一天，即自始没有生效" },
	NEED("reason", "结束原因", 100), { 0 },
};

const zhen_field absence_fields[] = {
	BODY, PERSON("officer", "离岗人", "approvals.read"), DAY("from_on", "自"),
	{ .name = "to_on", .type = ZHEN_DATE, .label = "至", .help = "不填为待定" }, NEED("reason", "事由", 100), { 0 },
};

const zhen_field absence_end_fields[] = { ROW("离岗记录"), DAY("on", "最后一个离岗日"), { 0 } };

const zhen_field seal_fields[] = {
	{ .name = "division", .type = ZHEN_DIVISION, .label = "乡镇", .flags = ZHEN_REQUIRED | ZHEN_ANYWHERE, .min = 4 },
	{ .name = "name", .type = ZHEN_TEXT, .label = "印章名称", .max = 30, .help = "不填为行政审批专用章" },
	PERSON("keeper", "保管人", "approvals.issue"), MAY("reason", "依据或说明", 100), { 0 },
};

const zhen_field handover_seal_fields[] = {
	ROW("印章"), PERSON("keeper", "新保管人", "approvals.issue"), NEED("reason", "移交原因", 100), { 0 },
};
const zhen_field end_seal_fields[] = { ROW("印章"), NEED("reason", "停用原因", 100), { 0 } };
const zhen_field seal_log_fields[] = { ROW("印章"), { 0 } };
const zhen_field sealing_fields[] = { ROW("用印申请"), { 0 } };
const zhen_field roster_fields[] = {
	{ .name = "village", .type = ZHEN_DIVISION, .label = "村（社区）", .flags = ZHEN_REQUIRED | ZHEN_ANYWHERE, .min = 5 },
	DAY("day", "日期"), NEED("from_time", "自（08:30）", 5), NEED("to_time", "至（11:30）", 5), NEED("person", "坐班干部", 20), { 0 },
};

const zhen_field roster_day_fields[] = {
	{ .name = "village", .type = ZHEN_DIVISION, .label = "村（社区）", .flags = ZHEN_REQUIRED, .min = 5 }, DAY("day", "日期"), { 0 },
};

const zhen_field present_fields[] = { ROW("班次"), { 0 } };
const zhen_field clock_fields[] = { ID, { 0 } };

/* The ticket stands before the file: without it not a byte is taken. */
#define TABLE_IN(columns_)                                                                                                 \
	{ .name = "file", .type = ZHEN_FILE, .label = "表格文件（CSV）", .max = 5 * 1024 * 1024 },                         \
		{ .name = "content", .type = ZHEN_LONG_TEXT, .label = "或者粘贴表格内容", .max = 2000000, .help = columns_ }

const zhen_field payments_fields[] = {
	OWN_DIVISION, TABLE_IN("第一行为表头：姓名、身份证号、待遇、月份（2026-07）、金额（元）"),
	{ .name = "replace", .type = ZHEN_BOOL, .label = "替换", .help = "同一待遇同一月份已经导入过的，以本次的为准" }, { 0 },
};
const zhen_field facts_fields[] = {
	OWN_DIVISION, TABLE_IN("第一行为表头：身份证号、日期（2026-07-01）、情形（死亡、服刑、迁出）、来源"), { 0 },
};
const zhen_field eligibility_fields[] = {
	OWN_DIVISION, { .name = "year", .type = ZHEN_INT, .label = "年度", .flags = ZHEN_REQUIRED, .min = 2000, .max = 2100 }, { 0 },
};

const zhen_field suspicion_fields[] = {
	ROW("疑似款项"), CHOOSE("result", "核实结果", "confirmed=多发，应追回|cleared=不属多发"), NEED("note", "核实情况", 300), { 0 },
};

const zhen_field suspicion_id_fields[] = { ROW("疑似款项"), { 0 } };
const zhen_field recovery_id_fields[] = { ROW("追回款"), { 0 } };

const zhen_field receipt_fields[] = {
	ROW("追回款"), MONEY("amount_fen", "金额"), DAY("received_on", "到账日期"), NEED("voucher", "凭证号", 60), { 0 },
};

/* ---- hearings ---- */

const zhen_field hearing_tell_fields[] = {
	ID, { .name = "parties", .type = ZHEN_TEXT, .label = "利害关系人（姓名、名称）", .flags = ZHEN_REQUIRED, .max = 200,
	  .help = "几位的用顿号隔开：告知书分别送达，期限各自起算" }, NEED("interest", "与本申请的重大利益关系", 200), { 0 },
};
const zhen_field hearing_ask_fields[] = {
	ID, CHOOSE("by", "谁要求听证", HEARING_CHOICES),
	{ .name = "party", .type = ZHEN_TEXT, .label = "哪一位利害关系人", .max = 100, .help = "只有一位的不填" },
	{ .name = "asked_on", .type = ZHEN_DATE, .label = "提出日期", .help = "不填为今天" }, { 0 },
};
const zhen_field hearing_notice_fields[] = {
	ID, { .name = "held_on", .type = ZHEN_DATE, .label = "听证日期", .flags = ZHEN_REQUIRED, .help = "七个工作日以后" },
	{ .name = "held_at", .type = ZHEN_TEXT, .label = "时间", .max = 40, .help = "如上午9时" }, NEED("place", "地点", 60),
	{ .name = "presider", .type = ZHEN_ACCOUNT, .label = "主持人", .flags = ZHEN_REQUIRED, .help = "审查本申请以外的人员" },
	{ .name = "reason", .type = ZHEN_TEXT, .label = "重新通知的原因", .max = 200, .help = "已经通知过、要改期或者更换主持人的填写" }, { 0 },
};
const zhen_field hearing_record_fields[] = {
	ID, CHOOSE("outcome", "结果", HEARING_OUTCOMES),
	{ .name = "record", .type = ZHEN_LONG_TEXT, .label = "听证笔录要点", .flags = ZHEN_REQUIRED, .max = 4000 },
	{ .name = "signed", .type = ZHEN_BOOL, .label = "笔录已由听证参加人确认，签字或者盖章" }, { 0 },
};
