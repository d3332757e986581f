/* SPDX-License-Identifier: Apache-2.0
 * Forms and answers of the ordinary procedure. */
#include "fields.h"
#include "proceeding.h"

#define FEN(name_, label_) { .name = name_, .type = ZHEN_MONEY, .label = label_ }
#define LONG(name_, label_) { .name = name_, .type = ZHEN_LONG_TEXT, .label = label_ }
#define NEXT TEXT("next", "下一页")
#define STATE CHOOSE("state", "状态", PROCEEDING_STATE_CHOICES)

static const zhen_field officer_row[] = { MEMBER("member", "执法人员"), END };
#define OFFICERS(flags_) { .name = "officers", .type = ZHEN_LIST, .label = "执法人员", .flags = flags_, .fields = officer_row, .max = OFFICERS_MAX }

const zhen_field open_proceeding_fields[] = {
	ID, NEED("item", ZHEN_TEXT, "执法事项编码", .max = ITEM_CODE_MAX), OFFICERS(ZHEN_REQUIRED),
	FIELD("grave", ZHEN_BOOL, "重大、复杂案件", .help = "须法制审核、集体讨论，并与上级执法部门联合办案"),
	FIELD("ended_on", ZHEN_DATE, "违法行为终了日期", .help = "不填为发现之日；连续或者继续的，从终了之日起算"),
	FIELD("harm", ZHEN_BOOL, "涉及公民生命健康安全、金融安全且有危害后果"), END,
};
const zhen_field proceedings_fields[] = { FIELD("q", ZHEN_TEXT, "检索", .max = 100, .help = "事项、地点、事实、文号；几个词用空格隔开"), STATE, END };
static const zhen_field proceeding_row[] = {
	ROW_ID, PLACE("township", "乡镇（街道）"), TEXT("item_name", "事项"), CHOOSE("party_kind", "当事人", PARTY_CHOICES), TEXT("place", "地点"), STATE,
	DAY("opened_on", "立案"), DAY("due_on", "办理期限"), TEXT("number", "决定书文号"), END,
};
const zhen_field proceedings_reply[] = { LIST("items", "普通程序案件", proceeding_row), NEXT, END };
const zhen_field proceeding_state_reply[] = { ROW_ID, STATE, TEXT("number", "决定书文号"), END };

static const zhen_field evidence_row[] = {
	ROW_ID, CHOOSE("kind", "种类", EVIDENCE_CHOICES), TEXT("title", "名称"), TEXT("proves", "证明"), TEXT("digest", "SM3"), DAY("taken_on", "收集日期"),
	TEXT("place", "地点"), NAME("officers", "收集人"), TEXT("source", "来源"), BOOL("monitoring", "监控设备记录"), TEXT("reviewed", "审核意见"), END,
};
static const zhen_field custody_row[] = { INT("evidence", "证据"), NAME("holder", "保管人"), TEXT("what", "事由"), TIME("at", "时间"), END };
static const zhen_field instalment_row[] = { DAY("due_on", "期限"), FEN("part_fen", "数额"), END };
static const zhen_field paid_row[] = { DAY("on", "日期"), FEN("paid_fen", "数额"), TEXT("receipt", "票据号"), END };
static const zhen_field document_row[] = { TEXT("title", "文书"), TEXT("number", "文号"), DAY("dated_on", "日期"), TEXT("path", "地址"), END };
static const zhen_field journal_row[] = { JOURNAL_REPLY(
	"open=立案|evidence=收集证据|monitoring-review=监控记录审核|recusals=回避|joint=联合办案|inform=告知|defend=陈述申辩|hearing-request=听证要求|"
	"hearing-notice=听证通知|hearing=听证|legal-review=法制审核|discussion=集体讨论|decide=决定|serve=送达|instalments=暂缓分期|stay=复议诉讼|"
	"pay=缴纳|urge=催告|court=申请强制执行|archive=归档|drop=不予处罚|transfer=移送") };
const zhen_field proceeding_reply[] = {
	ROW_ID, INT("finding", "问题"), PLACE("township", "乡镇（街道）"), TEXT("item_code", "事项编码"), TEXT("item_name", "事项"), LONG("basis", "依据"),
	CHOOSE("party_kind", "当事人", PARTY_CHOICES), NAME("party", "姓名或者名称"), TEXT("credit_code", "统一社会信用代码"), TEXT("place", "地点"),
	LONG("fact", "事实"), BOOL("grave", "重大、复杂"), DAY("opened_on", "立案"), DAY("due_on", "办理期限"), BOOL("late", "超期"), STATE,
	NAME("handlers", "办案人员"), DAY("told_on", "告知"), FEN("told_fine_fen", "告知的罚款"), BOOL("told_warning", "告知的警告"),
	CHOOSE("told_measure", "告知的其他处罚", MEASURE_CHOICES), FEN("told_confiscated_fen", "告知的没收"), LONG("reason", "理由"),
	BOOL("hearing_right", "可以要求听证"), LONG("defence", "陈述申辩"), LONG("defence_answer", "复核"), CHOOSE("hearing", "听证", HEARING_CHOICES),
	DAY("hearing_on", "听证日期"), NAME("presider", "听证主持人"), LONG("hearing_record", "听证笔录"), BOOL("review_passed", "法制审核通过"),
	LONG("review_text", "审核意见"), NAME("reviewer", "审核人"), DAY("discussed_on", "集体讨论"), LONG("discussion", "讨论记录"),
	DAY("joint_on", "联合办案"), TEXT("joint_body", "联合部门"), LONG("joint_text", "联合办案记录"), BOOL("warning", "警告"), FEN("fine_fen", "罚款"),
	CHOOSE("measure", "其他处罚", MEASURE_CHOICES), FEN("confiscated_fen", "没收"), DAY("decided_on", "决定"), TEXT("extension", "延长依据"),
	TEXT("number", "决定书文号"), DAY("served_on", "送达"), CHOOSE("served_how", "送达方式", SERVICE_CHOICES), DAY("effective_on", "送达生效"),
	DAY("pay_by", "缴纳期限"), FEN("surcharge_fen", "加处罚款"), FEN("owed_fen", "尚欠"), DAY("urged_on", "催告"), TEXT("court", "申请强制执行"),
	TEXT("archive_number", "档号"), LIST("evidence", "证据", evidence_row), LIST("custody", "证据保管", custody_row),
	LIST("instalments", "分期", instalment_row), LIST("payments", "缴纳", paid_row), LIST("documents", "文书", document_row),
	LIST("journal", "记录", journal_row), FIELD("ticket", ZHEN_TEXT, "上传凭据", .flags = ZHEN_HIDDEN), ACTIONS, END,
};
const zhen_field evidence_fields[] = {
	ID, FIELD("ticket", ZHEN_TEXT, "上传凭据", .flags = ZHEN_HIDDEN, .max = 400), MUST_CHOOSE("kind", "种类", EVIDENCE_CHOICES), NEED("title", ZHEN_TEXT, "名称", .max = 80), NEED("proves", ZHEN_TEXT, "证明的事实", .max = 300),
	FIELD("file", ZHEN_FILE, "文件", .max = 50 * 1024 * 1024, .help = "不超过 50 MB；以 SM3 摘要固定"), FIELD("taken_on", ZHEN_DATE, "收集日期", TODAY),
	NEED("place", ZHEN_TEXT, "收集地点", .max = 100), NEED("source", ZHEN_TEXT, "来源", .max = 100), OFFICERS(ZHEN_REQUIRED),
	FIELD("monitoring", ZHEN_BOOL, "电子技术监控设备的记录", .help = "未经审核不得作为处罚依据（行政处罚法第四十一条）"), END,
};
const zhen_field record_fields[] = {
	ID, MUST_CHOOSE("kind", "笔录", "record=现场笔录|party=当事人询问笔录|witness=证人询问笔录"), FIELD("person", ZHEN_NAME, "被询问人、在场人", .max = 60),
	NEED("place", ZHEN_TEXT, "地点", .max = 100), NEED("text", ZHEN_LONG_TEXT, "笔录", .max = 20000),
	NEED("proves", ZHEN_TEXT, "证明的事实", .max = 300), OFFICERS(ZHEN_REQUIRED), END,
};
const zhen_field custody_fields[] = { ID, NEED("holder", ZHEN_NAME, "保管人", .max = 60), NEED("what", ZHEN_TEXT, "事由", .max = 200), END };
const zhen_field monitor_fields[] = {
	ID, NEED("opinion", ZHEN_LONG_TEXT, "法制和技术审核意见", .max = 2000, .help = "设备合格、设置合理、标志明显、设置地点已公布，记录真实、清晰、完整、准确"), END,
};
const zhen_field recuse_fields[] = {
	ID, MEMBER("member", "应当回避的人员"), NEED("granted", ZHEN_BOOL, "准予回避"), NEED("reason", ZHEN_TEXT, "理由", .max = 300), OFFICERS(0), END,
};
const zhen_field joint_fields[] = {
	ID, NEED("body", ZHEN_BODY, "联合部门", .min = 1, .max = 3), NEED("text", ZHEN_LONG_TEXT, "联合办案记录", .max = 4000), END,
};
#define PENALTY                                                                                            \
	{ .name = "fine_fen", .type = ZHEN_MONEY, .label = "罚款" }, BOOL("warning", "警告"),            \
		CHOOSE("measure", "其他处罚", MEASURE_CHOICES), FEN("confiscated_fen", "没收数额")
const zhen_field tell_fields[] = {
	ID, PENALTY, NEED("reason", ZHEN_LONG_TEXT, "理由和裁量依据", .max = 2000, .help = "从轻、减轻、首违不罚等情形一并写明（行政处罚法第三十二条至第三十四条）"),
	MUST_CHOOSE("age", "当事人年龄", AGE_CHOICES), END,
};
const zhen_field plead_fields[] = {
	ID, NEED("defence", ZHEN_LONG_TEXT, "陈述、申辩", .max = 4000), NEED("answer", ZHEN_LONG_TEXT, "复核意见", .max = 2000), END,
};
const zhen_field ask_fields[] = { ID, FIELD("waived", ZHEN_BOOL, "放弃听证"), NEED("said", ZHEN_TEXT, "要求或者放弃的情况", .max = 300), END };
const zhen_field call_fields[] = { ID, NEED("on", ZHEN_DATE, "听证日期"), MEMBER("presider", "主持人"), NEED("place", ZHEN_TEXT, "地点", .max = 100), END };
const zhen_field hold_fields[] = { ID, NEED("record", ZHEN_LONG_TEXT, "听证笔录", .max = 20000), END };
const zhen_field review_fields[] = { ID, NEED("passed", ZHEN_BOOL, "审核通过"), NEED("opinion", ZHEN_LONG_TEXT, "审核意见", .max = 4000), END };
const zhen_field discuss_fields[] = {
	ID, NEED("present", ZHEN_TEXT, "参加人员", .max = 300), NEED("record", ZHEN_LONG_TEXT, "讨论记录", .max = 8000), END,
};
const zhen_field rule_fields[] = { ID, PENALTY, FIELD("extension", ZHEN_TEXT, "超过九十日的依据", .max = 200), END };
const zhen_field service_fields[] = {
	ID, MUST_CHOOSE("how", "送达方式", SERVICE_CHOICES), FIELD("on", ZHEN_DATE, "送达日期", .help = "邮寄、委托、转交填回证载明的日期；公告填公告日期；不填为今天"),
	NEED("recipient", ZHEN_NAME, "收件人", .max = 60), FIELD("relation", ZHEN_TEXT, "与受送达人关系", .max = 40),
	FIELD("witness", ZHEN_NAME, "见证人", .max = 60), FIELD("consent", ZHEN_BOOL, "有同意电子送达的确认书"),
	NEED("proof", ZHEN_TEXT, "凭证", .max = 200), END,
};
static const zhen_field part_row[] = { NEED("due_on", ZHEN_DATE, "期限"), NEED("part_fen", ZHEN_MONEY, "数额"), END };
const zhen_field defer_fields[] = {
	ID, NEED("reason", ZHEN_TEXT, "申请理由和批准意见", .max = 300),
	{ .name = "parts", .type = ZHEN_LIST, .label = "各期", .flags = ZHEN_REQUIRED, .fields = part_row, .max = 60 }, END,
};
const zhen_field stay_fields[] = {
	ID, NEED("why", ZHEN_TEXT, "复议或者诉讼", .max = 200), NEED("from_on", ZHEN_DATE, "开始日期"), FIELD("to_on", ZHEN_DATE, "结束日期"), END,
};
const zhen_field payment_fields[] = {
	ID, NEED("paid_fen", ZHEN_MONEY, "缴纳数额"), FIELD("on", ZHEN_DATE, "日期", TODAY),
	NEED("receipt", ZHEN_TEXT, "票据号", .max = 60, .help = "国务院或者省级财政部门统一制发（行政处罚法第七十条）"), END,
};
const zhen_field urge_fields[] = { ID, NEED("text", ZHEN_LONG_TEXT, "催告", .max = 1000), END };
const zhen_field court_fields[] = { ID, NEED("court", ZHEN_TEXT, "人民法院", .max = 80), END };
const zhen_field transfer_fields[] = { ID, NEED("to", ZHEN_TEXT, "移送机关", .max = 80), NEED("reason", ZHEN_TEXT, "理由", .max = 300), END };

const zhen_field oversee_fields[] = {
	ID, NEED("item", ZHEN_TEXT, "执法事项编码", .max = ITEM_CODE_MAX), MUST_CHOOSE("work", "承担的工作", OVERSIGHT_CHOICES), END,
};
static const zhen_field oversight_row[] = {
	ROW_ID, INT("member", "人员"), PLACE("township", "乡镇（街道）"), TEXT("item_code", "事项编码"), CHOOSE("work", "承担的工作", OVERSIGHT_CHOICES),
	DAY("from_on", "自"), DAY("to_on", "至"), END,
};
const zhen_field oversights_reply[] = { LIST("items", "监督、许可分工", oversight_row), NEXT, END };
const zhen_field oversee_reply[] = { ROW_ID, END };
