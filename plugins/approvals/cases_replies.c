/* SPDX-License-Identifier: Apache-2.0
 * What the routes of handling answer. */
#include "choices.h"
#include "cases.h"

#define TEXT(name_, label_) { .name = name_, .type = ZHEN_TEXT, .label = label_ }
#define INT(name_, label_) { .name = name_, .type = ZHEN_INT, .label = label_ }
#define BOOL(name_, label_) { .name = name_, .type = ZHEN_BOOL, .label = label_ }
#define DAY(name_, label_) { .name = name_, .type = ZHEN_DATE, .label = label_ }
#define TIME(name_, label_) { .name = name_, .type = ZHEN_TIME, .label = label_ }
#define MONEY(name_, label_) { .name = name_, .type = ZHEN_MONEY, .label = label_ }
#define LIST(name_, label_, fields_) { .name = name_, .type = ZHEN_LIST, .label = label_, .fields = fields_ }
#define CHOICE(name_, label_, choices_) { .name = name_, .type = ZHEN_CHOICE, .label = label_, .choices = choices_ }
#define PLACE(name_, label_) { .name = name_, .type = ZHEN_DIVISION, .label = label_ }
#define NAME(name_, label_) { .name = name_, .type = ZHEN_NAME, .label = label_ }
/* What a row's state allows: the host draws it as buttons. */
#define ROW_MAY { .name = "may", .type = ZHEN_TEXT, .flags = ZHEN_HIDDEN }
#define ROW_ID { .name = "id", .type = ZHEN_INT, .label = "序号", .flags = ZHEN_HIDDEN }

const zhen_field written_reply[] = { INT("id", "序号"), TEXT("number", "申请编号"), INT("recovery", "追回款"), { 0 } };
const zhen_field imported_reply[] = {
	TEXT("hint", "说明"), INT("rows", "导入行数"), INT("skipped", "已经有的行"), { .name = "ticket", .type = ZHEN_TEXT, .flags = ZHEN_HIDDEN }, { 0 },
};

const zhen_field queue_reply[] = {
	ROW_ID, TEXT("number", "申请编号"), NAME("applicant", "申请人"), CHOICE("green", "绿色通道", GREEN_CHOICES),
	PLACE("village", "村（社区）"), CHOICE("state", "状态", STATE_CHOICES), TEXT("step_title", "环节"), DAY("due_on", "到期日"),
	PLACE("township", "乡镇"), TEXT("item_name", "事项"), { .name = "queue_rank", .type = ZHEN_INT, .flags = ZHEN_HIDDEN }, { 0 },
};

const zhen_field home_visits_reply[] = {
	ROW_ID, TEXT("number", "申请编号"), TEXT("address", "上门地点"), DAY("planned_on", "上门日期"), TEXT("purpose", "事项"),
	TEXT("person", "上门人"), TEXT("outcome", "结果"), TIME("done_at", "完成时间"), PLACE("township", "乡镇"), ROW_MAY, { 0 },
};

const zhen_field left_reply[] = {
	ROW_ID, TEXT("number", "申请编号"), DAY("day", "日期"), TEXT("reason", "原因"), TEXT("person", "说明人"),
	PLACE("township", "乡镇"), { 0 },
};

const zhen_field bad_ratings_reply[] = {
	INT("matter", "件"), CHOICE("grade", "评价", ZHEN_RATING_CHOICES), TEXT("text", "意见"), TIME("at", "评价时间"),
	TIME("contacted_at", "回访时间"), TIME("mended_at", "整改时间"), TEXT("mended", "整改情况"), PLACE("township", "乡镇"), { 0 },
};

const zhen_field accountability_reply[] = {
	ROW_ID, TEXT("number", "申请编号"), CHOICE("kind", "情形", ACCOUNT_CHOICES), TEXT("body_name", "责任单位"),
	TEXT("officer", "责任人"), DAY("due_on", "应完成"), TIME("at", "记录时间"), TEXT("explanation", "说明"),
	TEXT("explained_by", "说明人"), CHOICE("outcome", "处理", OUTCOME_CHOICES), TEXT("note", "处理说明"),
	TEXT("settled_by", "处理人"), TIME("settled_at", "处理时间"), TEXT("item_name", "事项"), PLACE("township", "乡镇"), ROW_MAY, { 0 },
};

const zhen_field credits_reply[] = {
	ROW_ID, TEXT("number", "申请编号"), CHOICE("kind", "情形", "promise-false=承诺不实|lacking-lapsed=逾期未补交容缺材料"),
	TEXT("note", "材料"), TIME("at", "记录时间"), TIME("until", "限制至"), CHOICE("how", "更正或修复", CREDIT_CHOICES),
	TEXT("reason", "理由"), TEXT("person", "更正人"), TIME("ended_at", "更正时间"), TEXT("item_name", "事项"), PLACE("township", "乡镇"),
	ROW_MAY, { 0 },
};

const zhen_field overruns_reply[] = {
	ROW_ID, TEXT("item_name", "事项"), TEXT("body_name", "办理单位"), DAY("due_on", "应办结"), TEXT("explanation", "原因"),
	PLACE("township", "乡镇"), { 0 },
};

#define OF_BODY { .name = "body", .type = ZHEN_BODY, .label = "单位" }

static const zhen_field post_row[] = {
	ROW_ID, TEXT("name", "经办人（A岗）"), OF_BODY, TEXT("step", "环节（空为全部）"), TEXT("acting", "今日办理"), DAY("from_on", "自"), DAY("to_on", "至"),
	TEXT("reason", "说明"), TEXT("end_reason", "结束原因"), ROW_MAY, { 0 },
};

const zhen_field posts_reply[] = {
	/* Who the caller is to the ledger: for programs, which name people by account. */
	{ .name = "account", .type = ZHEN_TEXT, .flags = ZHEN_HIDDEN }, { .name = "name", .type = ZHEN_TEXT, .flags = ZHEN_HIDDEN },
	{ .name = "body", .type = ZHEN_BODY, .flags = ZHEN_HIDDEN }, LIST("items", "岗位", post_row), { 0 },
};

const zhen_field substitutes_reply[] = {
	ROW_ID, TEXT("officer_name", "A岗"), TEXT("stand_in_name", "B岗"), OF_BODY, DAY("from_on", "自"), DAY("last_on", "至"),
	TEXT("reason", "说明"), TEXT("end_reason", "结束原因"), ROW_MAY, { 0 },
};

const zhen_field absences_reply[] = {
	ROW_ID, TEXT("officer_name", "离岗人"), OF_BODY, DAY("from_on", "自"), DAY("last_on", "至"), TEXT("reason", "事由"), ROW_MAY, { 0 },
};

const zhen_field seals_reply[] = {
	ROW_ID, TEXT("name", "印章"), PLACE("township", "乡镇"), TEXT("keeper_name", "保管人"), TIME("from_at", "自"),
	TIME("ended_at", "至"), TEXT("reason", "说明"), TEXT("end_reason", "移交、停用原因"), ROW_MAY, { 0 },
};

const zhen_field seal_log_reply[] = {
	ROW_ID, TEXT("number", "文号"), TEXT("title", "文书"), TEXT("seal", "印章"), TEXT("person", "申请用印"),
	TEXT("keeper_name", "用印人"), TIME("at", "用印时间"), TEXT("digest", "文件摘要（SM3）"), { 0 },
};

static const zhen_field sealing_row[] = {
	ROW_ID, TEXT("number", "文号、申请编号"), TEXT("title", "文书"), TEXT("person", "申请用印"), TIME("at", "申请时间"),
	TEXT("note", "说明"), ROW_MAY, { 0 },
};

const zhen_field sealed_reply[] = {
	TEXT("hint", "说明"), TEXT("number", "文号、申请编号"), TEXT("document", "文书文号"), TEXT("list_href", "其余待用印的文书"),
	{ .name = "id", .type = ZHEN_INT, .flags = ZHEN_HIDDEN }, { .name = "state", .type = ZHEN_TEXT, .flags = ZHEN_HIDDEN },
	{ .name = "state_title", .type = ZHEN_TEXT, .flags = ZHEN_HIDDEN }, { .name = "step", .type = ZHEN_TEXT, .flags = ZHEN_HIDDEN },
	{ .name = "due_on", .type = ZHEN_DATE, .flags = ZHEN_HIDDEN }, { .name = "provisional", .type = ZHEN_BOOL, .flags = ZHEN_HIDDEN }, { 0 },
};

const zhen_field sealings_reply[] = { TEXT("hint", "说明"), LIST("items", "待用印", sealing_row), { 0 } };

static const zhen_field day_reply[] = {
	DAY("day", "日期"),
	TEXT("kind", "性质"),
	INT("counted", "计入"),
	INT("used", "累计"),
	TEXT("why", "原因"),
	TEXT("events", "当日"),
	{ 0 },
};

static const zhen_field acted_reply[] = {
	TEXT("step", "环节"), TEXT("officer", "A岗"), TEXT("stand_in", "B岗"), TIME("at", "时间"), { 0 },
};

const zhen_field clock_reply[] = {
	TEXT("number", "申请编号"), INT("budget_days", "时限（工作日）"), INT("extension_days", "延长（工作日）"), DAY("due_on", "到期日"),
	BOOL("provisional", "暂定"), LIST("days", "逐日", day_reply), INT("used_days", "已用"), INT("left_days", "剩余"),
	LIST("acted_for", "AB岗代办", acted_reply), { 0 },
};

#define CASES_SHARE TEXT("share", "占比（%）")

static const zhen_field visits_row[] = {
	PLACE("township", "乡镇"), INT("filed", "申请"), INT("visits_0", "零跑动"), INT("visits_1", "跑一次"),
	INT("visits_more", "跑多次"), INT("home_visits", "上门服务"), CASES_SHARE, { 0 },
};

const zhen_field visits_report_reply[] = {
	INT("cases", "件数"), INT("within", "不超过一次"), CASES_SHARE, LIST("townships", "各乡镇", visits_row), { 0 },
};

static const zhen_field overdue_row[] = {
	PLACE("township", "乡镇"), INT("accepted", "受理"), INT("issued", "发证"), INT("rejected", "不予许可"), INT("suspended", "扣除"),
	INT("extended", "延长"), INT("overdue", "超期"), INT("accounted", "追责记录"), INT("renewed", "延续"),
	INT("withdrawn", "撤销"), INT("recalled", "撤回"), INT("changed", "变更"), INT("cancelled", "注销"), CASES_SHARE, { 0 },
};

const zhen_field overdue_report_reply[] = {
	INT("accepted", "受理"), INT("overdue", "超期"), CASES_SHARE, LIST("townships", "各乡镇", overdue_row), { 0 },
};

static const zhen_field rating_row[] = {
	PLACE("township", "乡镇"), INT("rated_5", "非常满意"), INT("rated_4", "满意"), INT("rated_3", "基本满意"),
	INT("rated_2", "不满意"), INT("rated_1", "非常不满意"), INT("bad_contacted", "已回访"), INT("bad_mended", "已整改"),
	INT("rated", "评价件数"), TEXT("share", "好评率（%）"), TEXT("contacted_share", "差评回访率（%）"), { 0 },
};

const zhen_field ratings_report_reply[] = {
	INT("rated", "评价件数"), TEXT("share", "好评率（%）"), LIST("townships", "各乡镇", rating_row), { 0 },
};

const zhen_field flags_reply[] = {
	ROW_ID, TEXT("number", "申请编号"), INT("visits", "次数"), INT("places", "处数"), TEXT("reason", "原因"), TIME("at", "时间"),
	TEXT("item_name", "事项"), PLACE("township", "乡镇"), { 0 },
};

static const zhen_field volume_reply[] = {
	TEXT("title", "卷"), BOOL("intact", "与归档时一致"), TEXT("changed", "改动过的内容"), TEXT("outcome_title", "办理结果"), CHOICE("retention", "保管期限", RETENTION_CHOICES),
	TEXT("person", "归档人"), TIME("archived_at", "归档时间"), TEXT("reopened_why", "重启原因"), TEXT("reopened_by", "重启人"),
	TIME("reopened_at", "重启时间"), TEXT("digest", "档案摘要（SM3）"), { 0 },
};

const zhen_field archive_reply[] = {
	TEXT("number", "申请编号"), BOOL("intact", "与归档时一致"), TEXT("outcome_title", "办理结果"),
	{ .name = "outcome", .type = ZHEN_TEXT, .flags = ZHEN_HIDDEN }, CHOICE("retention", "保管期限", RETENTION_CHOICES),
	LIST("volumes", "案卷", volume_reply), { 0 },
};

const zhen_field checks_reply[] = {
	ROW_ID, INT("year", "年度"), PLACE("township", "乡镇"), INT("payments", "发放笔数"), INT("suspicious", "疑似笔数"),
	MONEY("amount_fen", "疑似金额"), TEXT("person", "核查人"), TIME("at", "核查时间"), { 0 },
};

#define FACTS "died=死亡|prison=服刑|moved=迁出|twice=重复发放"

const zhen_field suspicions_reply[] = {
	ROW_ID, NAME("name", "姓名"), { .name = "id_card", .type = ZHEN_ID_CARD, .label = "身份证号" }, TEXT("benefit", "待遇"),
	TEXT("month", "月份"), MONEY("amount_fen", "金额"), CHOICE("reason", "情形", FACTS), DAY("ended_on", "资格终止"),
	CHOICE("state", "状态", "open=待核实|confirmed=多发，应追回|cleared=不属多发"), TEXT("note", "核实情况"),
	TEXT("settled_by", "核实人"), PLACE("township", "乡镇"), ROW_MAY, { 0 },
};

const zhen_field recoveries_reply[] = {
	ROW_ID, NAME("name", "姓名"), TEXT("benefit", "待遇"), TEXT("month", "月份"), MONEY("due_fen", "应追回"),
	MONEY("recovered_fen", "已追回"), TIME("closed_at", "追清时间"), PLACE("township", "乡镇"), ROW_MAY, { 0 },
};

static const zhen_field money_row[] = {
	DAY("received_on", "到账日期"), MONEY("amount_fen", "金额"), TEXT("voucher", "凭证号"), TIME("at", "登记时间"), { 0 },
};

const zhen_field recovery_reply[] = {
	NAME("name", "姓名"), TEXT("benefit", "待遇"), TEXT("month", "月份"), MONEY("due_fen", "应追回"), MONEY("recovered_fen", "已追回"),
	TIME("closed_at", "追清时间"), PLACE("township", "乡镇"), LIST("receipts", "到账", money_row), { 0 },
};

const zhen_field recovery_report_reply[] = { MONEY("due_fen", "应追回"), MONEY("recovered_fen", "已追回"), { 0 } };

const zhen_field roster_reply[] = {
	ROW_ID, PLACE("village", "村（社区）"), DAY("day", "日期"), TEXT("from_time", "自"), TEXT("to_time", "至"), TEXT("person", "坐班干部"),
	BOOL("present", "在岗"), { 0 },
};

const zhen_field absent_roster_reply[] = {
	ROW_ID, PLACE("village", "村（社区）"), PLACE("township", "乡镇"), DAY("day", "日期"), TEXT("from_time", "自"), TEXT("to_time", "至"),
	TEXT("person", "坐班干部"), { 0 },
};
