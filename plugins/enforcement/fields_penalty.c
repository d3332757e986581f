/* SPDX-License-Identifier: Apache-2.0
 * Forms and answers of patrols, findings and penalties. */
#include "fields.h"
#include "penalty.h"

#define FEN(name_, label_) { .name = name_, .type = ZHEN_MONEY, .label = label_ }
#define LONG(name_, label_) { .name = name_, .type = ZHEN_LONG_TEXT, .label = label_ }
#define NEXT TEXT("next", "下一页")

static const zhen_field officer_row[] = { MEMBER("member", "执法人员"), END };
#define OFFICERS { .name = "officers", .type = ZHEN_LIST, .label = "执法人员", .flags = ZHEN_REQUIRED, .fields = officer_row, .max = 10 }

const zhen_field patrols_fields[] = { CHOOSE("kind", "种类", PATROL_KIND_CHOICES), END };
static const zhen_field patrol_row[] = {
	ROW_ID, PLACE("township", "乡镇（街道）"), CHOOSE("kind", "种类", PATROL_KIND_CHOICES), DAY("on_day", "日期"), TEXT("place", "地段"),
	NAME("officers", "执法人员"), INT("findings", "发现问题"), END,
};
const zhen_field patrols_reply[] = { LIST("items", "巡查、检查", patrol_row), NEXT, ACTIONS, END };
const zhen_field patrol_fields[] = {
	MUST_CHOOSE("kind", "种类", PATROL_KIND_CHOICES), FIELD("on", ZHEN_DATE, "日期", TODAY), NEED("place", ZHEN_TEXT, "地段", .max = 100),
	OFFICERS, END,
};
const zhen_field finding_fields[] = {
	ID, NEED("place", ZHEN_TEXT, "地点", .max = 100), MUST_CHOOSE("party_kind", "当事人", PARTY_CHOICES),
	NEED("party", ZHEN_NAME, "姓名或者名称", .max = 80), FIELD("credit_code", ZHEN_TEXT, "统一社会信用代码", .max = 18, .help = "单位必填"),
	MUST_CHOOSE("problem", "问题类型", PROBLEM_CHOICES), NEED("fact", ZHEN_LONG_TEXT, "事实", .max = 2000), END,
};
const zhen_field findings_fields[] = {
	CHOOSE("state", "状态", FINDING_STATE_CHOICES), CHOOSE("problem", "问题类型", PROBLEM_CHOICES), END,
};
static const zhen_field finding_row[] = {
	ROW_ID, { .name = "patrol", .type = ZHEN_INT, .flags = ZHEN_HIDDEN }, PLACE("township", "乡镇（街道）"), TEXT("place", "地点"),
	CHOOSE("problem", "问题类型", PROBLEM_CHOICES), TEXT("fact", "事实"), DAY("on_day", "日期"), CHOOSE("state", "状态", FINDING_STATE_CHOICES), END,
};
const zhen_field findings_reply[] = { LIST("items", "发现的问题", finding_row), NEXT, END };
static const zhen_field finding_journal_row[] = { JOURNAL_REPLY("find=发现|advise=提醒|order=责令改正|correct=改正|case=立案|proceeding=立案（普通程序）") };
const zhen_field finding_reply[] = {
	ROW_ID, INT("patrol", "巡查、检查"), PLACE("township", "乡镇（街道）"), TEXT("place", "地点"), CHOOSE("party_kind", "当事人", PARTY_CHOICES),
	NAME("party", "姓名或者名称"), TEXT("credit_code", "统一社会信用代码"), CHOOSE("problem", "问题类型", PROBLEM_CHOICES), LONG("fact", "事实"),
	DAY("on_day", "日期"), CHOOSE("state", "状态", FINDING_STATE_CHOICES), LONG("text", "处理"), DAY("correct_by", "改正期限"),
	TEXT("number", "责令改正通知书文号"), LIST("journal", "记录", finding_journal_row), ACTIONS, END,
};
const zhen_field finding_state_reply[] = { ROW_ID, CHOOSE("state", "状态", FINDING_STATE_CHOICES), TEXT("number", "文号"), END };
const zhen_field advise_fields[] = { ID, NEED("text", ZHEN_LONG_TEXT, "提醒", .max = 1000), END };
const zhen_field correct_fields[] = {
	ID, NEED("text", ZHEN_LONG_TEXT, "改正要求", .max = 1000), NEED("correct_by", ZHEN_DATE, "改正期限"), END,
};
const zhen_field open_fields[] = {
	ID, NEED("item", ZHEN_TEXT, "执法事项编码", .max = ITEM_CODE_MAX), OFFICERS,
	FIELD("ended_on", ZHEN_DATE, "违法行为终了日期", .help = "不填为发现之日；连续或者继续的，从终了之日起算"),
	FIELD("harm", ZHEN_BOOL, "涉及公民生命健康安全、金融安全且有危害后果"), END,
};

const zhen_field penalties_fields[] = { FIELD("q", ZHEN_TEXT, "检索", .max = 100, .help = "事项、地点、事实、文号；几个词用空格隔开"), CHOOSE("state", "状态", PENALTY_STATE_CHOICES), END };
static const zhen_field penalty_row[] = {
	ROW_ID, PLACE("township", "乡镇（街道）"), TEXT("item_name", "事项"), CHOOSE("party_kind", "当事人", PARTY_CHOICES), TEXT("place", "地点"),
	CHOOSE("state", "状态", PENALTY_STATE_CHOICES), DAY("opened_on", "立案"), TEXT("number", "决定书文号"), END,
};
const zhen_field penalties_reply[] = { LIST("items", "处罚案件", penalty_row), NEXT, END };
static const zhen_field penalty_journal_row[] = {
	JOURNAL_REPLY(
		"open=立案|inform=告知|defend=陈述申辩|decide=决定|serve=送达|pay=缴纳|archive=归档|drop=不予处罚|convert=转普通程序"),
};
const zhen_field penalty_reply[] = {
	ROW_ID, INT("finding", "问题"), PLACE("township", "乡镇（街道）"), TEXT("item_name", "事项"), LONG("basis", "依据"), NAME("officers", "执法人员"),
	CHOOSE("party_kind", "当事人", PARTY_CHOICES), NAME("party", "姓名或者名称"), TEXT("credit_code", "统一社会信用代码"), TEXT("place", "地点"),
	LONG("fact", "事实"), DAY("opened_on", "立案"), CHOOSE("state", "状态", PENALTY_STATE_CHOICES), LONG("reason", "理由"), LONG("defence", "陈述申辩"),
	LONG("defence_answer", "复核"), TEXT("number", "决定书文号"), TEXT("receipt", "票据号"), TEXT("archive_number", "档号"), BOOL("warning", "警告"),
	FEN("told_fine_fen", "告知的罚款"), FEN("fine_fen", "罚款"), FEN("paid_fen", "已缴"), FEN("late_fee_fen", "加处罚款"), DAY("decided_on", "决定"),
	DAY("served_on", "送达"), DAY("pay_by", "缴纳期限"), DAY("paid_on", "缴纳"), LIST("journal", "记录", penalty_journal_row),
	FIELD("ticket", ZHEN_TEXT, "上传凭据", .flags = ZHEN_HIDDEN), ACTIONS, END,
};
const zhen_field penalty_state_reply[] = { ROW_ID, CHOOSE("state", "状态", PENALTY_STATE_CHOICES), TEXT("number", "决定书文号"), END };
#define FINE { .name = "fine_fen", .type = ZHEN_MONEY, .label = "罚款" }, BOOL("warning", "警告")
const zhen_field inform_fields[] = { ID, FINE, NEED("reason", ZHEN_LONG_TEXT, "理由和依据", .max = 2000), END };
const zhen_field defence_fields[] = {
	ID, NEED("defence", ZHEN_LONG_TEXT, "陈述、申辩", .max = 4000), NEED("answer", ZHEN_LONG_TEXT, "复核意见", .max = 2000), END,
};
const zhen_field decide_fields[] = { ID, FINE, END };
const zhen_field serve_fields[] = { ID, MUST_CHOOSE("how", "送达", SERVED_CHOICES), FIELD("note", ZHEN_TEXT, "说明", .max = 200), END };
const zhen_field pay_fields[] = {
	ID,
	NEED("paid_fen", ZHEN_MONEY, "缴纳数额"),
	FIELD("on", ZHEN_DATE, "日期", TODAY),
	MUST_CHOOSE("how", "方式", COLLECTED_CHOICES),
	NEED("receipt", ZHEN_TEXT, "票据号", .max = 60, .help = "国务院或者省级财政部门统一制发（行政处罚法第七十条）"),
	FIELD("why_spot", ZHEN_TEXT, "当场收缴的理由", .max = 200), END,
};
const zhen_field archive_fields[] = { ID, END };
const zhen_field drop_fields[] = { ID, NEED("reason", ZHEN_LONG_TEXT, "不予处罚的理由和教育情况", .max = 2000), END };

static const zhen_field month_row[] = {
	TEXT("month", "月份"), INT("patrols", "巡查"), INT("inspections", "检查"), INT("findings", "发现问题"), INT("advised", "提醒"),
	INT("ordered", "责令改正"), INT("penalties", "处罚"), TEXT("ratio", "检查与处罚之比"), END,
};
static const zhen_field problem_row[] = { TEXT("month", "月份"), CHOOSE("problem", "问题类型", PROBLEM_CHOICES), INT("n", "件数"), END };
const zhen_field inspections_reply[] = { LIST("items", "按月", month_row), LIST("problems", "各类问题", problem_row), END };

const zhen_field penalty_event[] = {
	{ .name = "id", .type = ZHEN_INT }, { .name = "township", .type = ZHEN_DIVISION }, { .name = "item", .type = ZHEN_TEXT },
	{ .name = "state", .type = ZHEN_TEXT }, { .name = "at", .type = ZHEN_TIME }, END,
};
