/* SPDX-License-Identifier: Apache-2.0
 * Forms: one list each for checking, for OpenAPI and for the page the host draws. */
#include "choices.h"
#include "cases.h"

#define ID { .name = "id", .type = ZHEN_INT, .label = "件", .flags = ZHEN_REQUIRED, .min = 1, .max = INT64_MAX }
#define NUMBER(label_) { .name = "number", .type = ZHEN_TEXT, .label = label_, .flags = ZHEN_REQUIRED, .max = 60 }
#define CODE(label_) { .name = "code", .type = ZHEN_SECRET, .label = label_, .flags = ZHEN_REQUIRED }
#define AREA(name_, label_) { .name = name_, .type = ZHEN_DECIMAL, .label = label_, .flags = ZHEN_REQUIRED, .max = 2 }
#define SIDE(name_, label_) { .name = name_, .type = ZHEN_TEXT, .label = label_, .flags = ZHEN_REQUIRED, .max = 60 }

const zhen_field items_fields[] = { { 0 } };

const zhen_field item_fields[] = {
	{ .name = "code", .type = ZHEN_TEXT, .label = "事项编码", .flags = ZHEN_REQUIRED, .max = 60 },
	{ .name = "version", .type = ZHEN_INT, .label = "版本", .help = "不填为现行版本", .min = 1, .max = 100000 },
	{ .name = "at", .type = ZHEN_DIVISION, .label = "在哪个乡镇（村）办", .flags = ZHEN_ANYWHERE },
	{ 0 },
};

const zhen_field member_fields[] = {
	{ .name = "name", .type = ZHEN_NAME, .label = "姓名", .flags = ZHEN_REQUIRED },
	{ .name = "id_card", .type = ZHEN_ID_CARD, .label = "身份证号", .flags = ZHEN_REQUIRED },
	{ .name = "relation", .type = ZHEN_TEXT, .label = "与户主关系", .flags = ZHEN_REQUIRED, .max = 20 },
	{ 0 },
};

/* 农村宅基地和建房（规划许可）申请表: the only form asked of the applicant. */
const zhen_field apply_fields[] = {
	{ .name = "item", .type = ZHEN_TEXT, .label = "事项编码", .flags = ZHEN_HIDDEN, .max = 60 },
	{ .name = "village", .type = ZHEN_DIVISION, .label = "村（社区）", .flags = ZHEN_REQUIRED, .min = 5 },
	{ .name = "applicant", .type = ZHEN_NAME, .label = "申请户主", .flags = ZHEN_REQUIRED },
	{ .name = "id_card", .type = ZHEN_ID_CARD, .label = "身份证号", .flags = ZHEN_REQUIRED },
	{ .name = "phone", .type = ZHEN_PHONE, .label = "联系电话", .flags = ZHEN_REQUIRED },
	{ .name = "members", .type = ZHEN_LIST, .label = "家庭成员", .fields = member_fields, .max = 20 },
	{ .name = "reason", .type = ZHEN_CHOICE, .label = "申请理由", .flags = ZHEN_REQUIRED,
	  .choices = REASON_CHOICES },
	AREA("old_area", "现有宅基地面积（平方米，没有填0）"),
	{ .name = "old_disposal", .type = ZHEN_CHOICE, .label = "现有宅基地处置", .flags = ZHEN_REQUIRED,
	  .choices = DISPOSAL_CHOICES },
	AREA("site_area", "申请宅基地总面积（平方米）"),
	AREA("house_area", "其中住房占地（平方米）"),
	AREA("ancillary_area", "其中附属用房（平方米）"),
	AREA("courtyard_area", "其中院落（平方米）"),
	{ .name = "address", .type = ZHEN_TEXT, .label = "坐落（村民小组、地名）", .flags = ZHEN_REQUIRED, .max = 60 },
	SIDE("east", "东至"), SIDE("south", "南至"), SIDE("west", "西至"), SIDE("north", "北至"),
	{ .name = "land", .type = ZHEN_CHOICE, .label = "地类", .flags = ZHEN_REQUIRED,
	  .choices = LAND_CHOICES },
	{ .name = "conversion", .type = ZHEN_TEXT, .label = "农用地转用批准文号", .max = 60 },
	AREA("floor_area", "住房建筑面积（平方米）"),
	{ .name = "storeys", .type = ZHEN_INT, .label = "层数", .flags = ZHEN_REQUIRED, .min = 1, .max = 9 },
	AREA("height", "建筑高度（米）"),
	{ .name = "neighbours_consulted", .type = ZHEN_BOOL, .label = "已征求相邻权利人意见", .flags = ZHEN_REQUIRED },
	{ .name = "group_opinion", .type = ZHEN_TEXT, .label = "村民小组意见", .max = 200 },
	{ .name = "village_opinion", .type = ZHEN_TEXT, .label = "村集体经济组织（村委会）意见", .max = 200 },
	{ .name = "commitment", .type = ZHEN_BOOL, .label = "承诺按批准的位置、面积、层数建房，建新退旧", .flags = ZHEN_REQUIRED },
	DOOR,
	{ 0 },
};

const zhen_field track_fields[] = { NUMBER("申请编号"), CODE("查询码"), { 0 } };

const zhen_field track_get_fields[] = {
	{ .name = "number", .type = ZHEN_TEXT, .label = "申请编号", .max = 60 },
	{ .name = "code", .type = ZHEN_SECRET, .label = "查询码" },
	{ 0 },
};

const zhen_field attach_fields[] = {
	NUMBER("申请编号"),
	PASSING,
	{ .name = "title", .type = ZHEN_TEXT, .label = "材料名称", .flags = ZHEN_REQUIRED, .max = 60,
	  .help = "按申请材料目录里的名称；带纸质件的可以写“全部”" },
	{ .name = "how", .type = ZHEN_CHOICE, .label = "提交方式", .choices = "file=上传文件|paper=带纸质件到窗口" },
	{ .name = "file", .type = ZHEN_FILE, .label = "文件", .help = "PDF、OFD、JPEG、PNG 或 ZIP，不超过 20 MB", .max = 20 * 1024 * 1024 },
	{ 0 },
};

const zhen_field supply_fields[] = {
	NUMBER("申请编号"),
	PASSING,
	{ .name = "note", .type = ZHEN_LONG_TEXT, .label = "补正说明", .flags = ZHEN_REQUIRED, .max = 2000 },
	{ .name = "title", .type = ZHEN_TEXT, .label = "材料名称", .max = 60 },
	{ .name = "file", .type = ZHEN_FILE, .label = "文件", .max = 20 * 1024 * 1024 },
	{ 0 },
};

const zhen_field retract_fields[] = {
	NUMBER("申请编号"),
	CODE("查询码"),
	{ .name = "reason", .type = ZHEN_TEXT, .label = "撤回原因", .max = 200 },
	{ 0 },
};

const zhen_field cases_fields[] = {
	{ .name = "q", .type = ZHEN_TEXT, .label = "检索", .max = 100,
	  .help = "编号、事项、村镇，可查看个人信息的还有申请人；几个词用空格隔开" },
	{ .name = "state", .type = ZHEN_CHOICE, .label = "状态", .choices = STATE_CHOICES },
	{ 0 },
};

const zhen_field case_fields[] = { ID, { 0 } };
const zhen_field handed_fields[] = {
	{ .name = "material", .type = ZHEN_TEXT, .label = "材料", .flags = ZHEN_REQUIRED, .max = 100 },
	{ .name = "how", .type = ZHEN_CHOICE, .label = "怎样收到", .choices = HANDED_CHOICES },
	{ .name = "copies", .type = ZHEN_INT, .label = "纸质份数", .min = 0, .max = 99 },
	{ .name = "note", .type = ZHEN_TEXT, .label = "不需要、缺少的原因，承诺内容，从哪里取得", .max = 300 },
	{ 0 },
};

const zhen_field accept_fields[] = {
	ID,
	HANDED_IN,
	{ .name = "promised_on", .type = ZHEN_DATE, .label = "承诺书日期", .help = "有容缺后补、告知承诺的才填" },
	{ .name = "kept", .type = ZHEN_CHOICE, .label = "承诺书", .choices = KEPT_CHOICES },
	{ .name = "told", .type = ZHEN_BOOL, .label = "告知承诺的：已书面告知证明义务、内容和不实承诺的责任" },
	{ .name = "desk", .type = ZHEN_TEXT, .label = "受理窗口", .help = "任一综合窗口可受理任何事项", .max = 20 },
	{ 0 },
};

const zhen_field hand_in_fields[] = { ID, HANDED_IN, { 0 } };

const zhen_field scan_fields[] = {
	ID,
	{ .name = "material", .type = ZHEN_TEXT, .label = "材料", .flags = ZHEN_REQUIRED, .max = 100, .help = "按申请材料目录里的名称" },
	{ .name = "how", .type = ZHEN_CHOICE, .label = "纸质件", .flags = ZHEN_REQUIRED, .choices = "paper=原件（复印件）收存在卷|file=扫描后退还" },
	{ .name = "file", .type = ZHEN_FILE, .label = "扫描件", .flags = ZHEN_REQUIRED, .help = "PDF、OFD、JPEG、PNG 或 ZIP，不超过 20 MB",
	  .max = 20 * 1024 * 1024 },
	{ 0 },
};

static const zhen_field missing_fields[] = {
	{ .name = "material", .type = ZHEN_TEXT, .label = "材料", .flags = ZHEN_REQUIRED, .max = 100 },
	{ .name = "reason", .type = ZHEN_TEXT, .label = "缺什么、怎么补", .flags = ZHEN_REQUIRED, .max = 200 },
	{ 0 },
};

const zhen_field supplement_fields[] = {
	ID,
	{ .name = "missing", .type = ZHEN_LIST, .label = "需要补正的全部内容", .fields = missing_fields, .max = 30,
	  .help = "只能告知一次。材料写目录里的名称，申请表填写有误的写“申请表”；目录里还没有收到的，没写在这里也一并告知" },
	{ 0 },
};

const zhen_field correct_fields[] = {
	ID,
	{ .name = "correction", .type = ZHEN_LONG_TEXT, .label = "当场更正的内容", .flags = ZHEN_REQUIRED, .max = 1000 },
	{ 0 },
};

const zhen_field refuse_fields[] = {
	ID,
	{ .name = "reason", .type = ZHEN_TEXT, .label = "理由", .flags = ZHEN_REQUIRED, .max = 300 },
	{ .name = "competent_body", .type = ZHEN_TEXT, .label = "应向哪个行政机关申请", .flags = ZHEN_REQUIRED, .max = 60 },
	{ 0 },
};

const zhen_field not_needed_fields[] = {
	ID,
	{ .name = "reason", .type = ZHEN_TEXT, .label = "理由", .flags = ZHEN_REQUIRED, .max = 300 },
	{ 0 },
};

const zhen_field step_fields[] = {
	ID,
	{ .name = "step", .type = ZHEN_TEXT, .label = "环节", .flags = ZHEN_REQUIRED, .max = 40 },
	{ .name = "decision", .type = ZHEN_CHOICE, .label = "决定", .flags = ZHEN_REQUIRED,
	  .choices = "approve=同意|return=退回|refuse=不同意" },
	{ .name = "opinion", .type = ZHEN_TEXT, .label = "意见", .flags = ZHEN_REQUIRED, .max = 200 },
	{ .name = "to", .type = ZHEN_TEXT, .label = "退回到", .help = "不填为上一环节", .max = 40 },
	{ .name = "checker", .type = ZHEN_ACCOUNT, .label = "实地核查人一",
	  .help = "现场核查、入户调查等须两人进行的环节填写" },
	{ .name = "second_checker", .type = ZHEN_ACCOUNT, .label = "实地核查人二" },
	{ .name = "checked_on", .type = ZHEN_DATE, .label = "实地核查日期" },
	{ 0 },
};

const zhen_field publicity_fields[] = {
	ID,
	{ .name = "act", .type = ZHEN_CHOICE, .label = "登记", .flags = ZHEN_REQUIRED, .choices = "start=公示开始|end=公示期满" },
	{ .name = "start_on", .type = ZHEN_DATE, .label = "公示开始日期" },
	{ .name = "end_on", .type = ZHEN_DATE, .label = "公示结束日期" },
	{ .name = "place", .type = ZHEN_TEXT, .label = "公示地点", .max = 60 },
	{ .name = "objections", .type = ZHEN_INT, .label = "异议件数", .min = 0, .max = 1000 },
	{ .name = "note", .type = ZHEN_TEXT, .label = "公示结果", .max = 200 },
	{ 0 },
};

const zhen_field suspend_fields[] = {
	ID,
	{ .name = "reason", .type = ZHEN_CHOICE, .label = "事由（行政许可法第四十五条）", .flags = ZHEN_REQUIRED,
	  .choices = STANDSTILL_CHOICES "|hearing=听证（由“登记听证申请”停止计时）" },
	{ .name = "expected_days", .type = ZHEN_INT, .label = "预计所需日数", .flags = ZHEN_REQUIRED, .min = 1, .max = 365 },
	{ .name = "note", .type = ZHEN_TEXT, .label = "说明", .max = 200 },
	{ 0 },
};

const zhen_field resume_fields[] = { ID, { .name = "note", .type = ZHEN_TEXT, .label = "说明", .max = 200 }, { 0 } };

const zhen_field extend_fields[] = {
	ID,
	{ .name = "reason", .type = ZHEN_TEXT, .label = "延长理由", .flags = ZHEN_REQUIRED, .max = 200 },
	{ 0 },
};

const zhen_field reject_fields[] = {
	ID,
	{ .name = "reason", .type = ZHEN_TEXT, .label = "理由", .flags = ZHEN_REQUIRED, .max = 300 },
	{ .name = "basis", .type = ZHEN_TEXT, .label = "法律依据（法律名称和条款）", .flags = ZHEN_REQUIRED, .max = 200 },
	{ 0 },
};

const zhen_field issue_fields[] = { ID, { 0 } };

const zhen_field ending_tell_fields[] = {
	ID,
	{ .name = "kind", .type = ZHEN_CHOICE, .label = "拟作出", .flags = ZHEN_REQUIRED, .choices = ENDING_CHOICES },
	{ .name = "ground", .type = ZHEN_CHOICE, .label = "事由", .flags = ZHEN_REQUIRED,
	  .choices = "abuse=撤销：滥用职权、玩忽职守作出|beyond_power=撤销：超越法定职权作出|procedure=撤销：违反法定程序作出|"
	             "unqualified=撤销：申请人不具备资格或不符合条件|by_law=撤销：依法可以撤销的其他情形|by_deceit=撤销：以欺骗、贿赂等不正当手段取得|"
	             "law_changed=撤回、变更：依据的法律、法规、规章修改或者废止|facts_changed=撤回、变更：客观情况发生重大变化|"
	             "force_majeure=注销：因不可抗力无法实施|other_law=注销：法律、法规规定的其他情形" },
	{ .name = "explanation", .type = ZHEN_TEXT, .label = "事实和理由", .flags = ZHEN_REQUIRED, .max = 300 },
	{ .name = "superior", .type = ZHEN_TEXT, .label = "上级机关的决定（机关、文号）", .max = 100, .help = "由上级行政机关决定撤销的填写" },
	{ 0 },
};

const zhen_field ending_state_fields[] = {
	ID,
	{ .name = "statement", .type = ZHEN_LONG_TEXT, .label = "陈述、申辩的内容", .flags = ZHEN_REQUIRED, .max = 2000,
	  .help = "书面表示没有意见的，照写" },
	{ .name = "stated_on", .type = ZHEN_DATE, .label = "提出日期", .help = "不填为今天" },
	{ 0 },
};

const zhen_field track_state_fields[] = {
	NUMBER("申请编号"), CODE("查询码"),
	{ .name = "statement", .type = ZHEN_LONG_TEXT, .label = "陈述、申辩的内容", .flags = ZHEN_REQUIRED, .max = 2000 },
	{ 0 },
};

const zhen_field superior_fields[] = {
	ID,
	{ .name = "ground", .type = ZHEN_CHOICE, .label = "事由", .flags = ZHEN_REQUIRED,
	  .choices = "abuse=滥用职权、玩忽职守作出|beyond_power=超越法定职权作出|procedure=违反法定程序作出|"
	             "unqualified=申请人不具备资格或不符合条件|by_law=依法可以撤销的其他情形|by_deceit=以欺骗、贿赂等不正当手段取得" },
	{ .name = "number", .type = ZHEN_TEXT, .label = "决定文号", .flags = ZHEN_REQUIRED, .max = 60 },
	{ .name = "decided_on", .type = ZHEN_DATE, .label = "决定日期", .flags = ZHEN_REQUIRED },
	{ .name = "explanation", .type = ZHEN_TEXT, .label = "查明的事实和理由", .flags = ZHEN_REQUIRED, .max = 300 },
	{ 0 },
};

const zhen_field withdraw_fields[] = {
	ID,
	{ .name = "decision", .type = ZHEN_CHOICE, .label = "决定", .choices = "end=按告知的撤销、撤回、变更、注销|keep=不予撤销、撤回、变更、注销" },
	{ .name = "explanation", .type = ZHEN_TEXT, .label = "查明的事实和理由", .flags = ZHEN_REQUIRED, .max = 300 },
	{ .name = "change", .type = ZHEN_TEXT, .label = "变更为", .max = 300, .help = "告知变更的填写" },
	{ .name = "why", .type = ZHEN_CHOICE, .label = "不予的理由",
	  .choices = "unfounded=事由不成立|public=可能对公共利益造成重大损害（第六十九条第三款）|weighed=权衡后不需要" },
	{ 0 },
};

const zhen_field cancel_fields[] = {
	ID,
	{ .name = "ground", .type = ZHEN_CHOICE, .label = "事由（行政许可法第七十条）", .flags = ZHEN_REQUIRED,
	  .choices = "expired=有效期届满未延续|incapable=公民死亡或者丧失行为能力|dissolved=法人或者其他组织依法终止|void=依法被撤销、撤回|struck=证件依法被吊销" },
	{ .name = "struck_by", .type = ZHEN_TEXT, .label = "作出吊销决定的机关", .max = 60, .help = "证件被吊销的填写，下同" },
	{ .name = "struck_number", .type = ZHEN_TEXT, .label = "吊销决定书文号", .max = 60 },
	{ .name = "struck_on", .type = ZHEN_DATE, .label = "吊销决定日期" },
	{ .name = "explanation", .type = ZHEN_TEXT, .label = "证据（证明、文书的名称和编号）", .flags = ZHEN_REQUIRED, .max = 300 },
	{ 0 },
};

const zhen_field visit_fields[] = {
	ID,
	{ .name = "place", .type = ZHEN_TEXT, .label = "到场地点", .flags = ZHEN_REQUIRED, .max = 60 },
	{ .name = "reason", .type = ZHEN_TEXT, .label = "超出一次或一处的原因", .max = 200 },
	{ 0 },
};

static const zhen_field day_fields[] = {
	{ .name = "date", .type = ZHEN_DATE, .label = "日期", .flags = ZHEN_REQUIRED },
	{ .name = "name", .type = ZHEN_TEXT, .label = "名称", .max = 40 },
	{ .name = "kind", .type = ZHEN_CHOICE, .label = "性质", .flags = ZHEN_REQUIRED, .choices = "off=放假|work=上班" },
	{ 0 },
};

const zhen_field calendar_days_fields[] = {
	{ .name = "division", .type = ZHEN_DIVISION, .label = "适用辖区", .flags = ZHEN_REQUIRED | ZHEN_ANYWHERE },
	{ .name = "days", .type = ZHEN_LIST, .label = "日期", .fields = day_fields, .max = 200 },
	{ .name = "year", .type = ZHEN_INT, .label = "该年度安排已齐", .help = "填写后，该年度的到期日不再标为暂定", .min = 2000,
	  .max = 2063 },
	{ 0 },
};

const zhen_field calendar_rule_fields[] = {
	{ .name = "division", .type = ZHEN_DIVISION, .label = "适用辖区", .flags = ZHEN_REQUIRED | ZHEN_ANYWHERE },
	{ .name = "make_up_days_count", .type = ZHEN_BOOL, .label = "调休上班日计入工作日", .flags = ZHEN_REQUIRED },
	{ .name = "basis", .type = ZHEN_TEXT, .label = "依据", .flags = ZHEN_REQUIRED, .max = 200 },
	{ 0 },
};
