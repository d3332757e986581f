/* SPDX-License-Identifier: Apache-2.0
 * What routes answer: labels for pages, and types, by which the host masks what is personal. */
#include "choices.h"

#include "cases.h"
#include "items.h"

#define TEXT(name_, label_) { .name = name_, .type = ZHEN_TEXT, .label = label_ }
#define INT(name_, label_) { .name = name_, .type = ZHEN_INT, .label = label_ }
#define BOOL(name_, label_) { .name = name_, .type = ZHEN_BOOL, .label = label_ }
#define DAY(name_, label_) { .name = name_, .type = ZHEN_DATE, .label = label_ }
#define TIME(name_, label_) { .name = name_, .type = ZHEN_TIME, .label = label_ }
#define HIDDEN(name_) { .name = name_, .type = ZHEN_TEXT, .flags = ZHEN_HIDDEN }
#define LIST(name_, label_, fields_) { .name = name_, .type = ZHEN_LIST, .label = label_, .fields = fields_ }
#define CHOICE(name_, label_, choices_) { .name = name_, .type = ZHEN_CHOICE, .label = label_, .choices = choices_ }
/* The row's key: its link stands on what people call it by. */
#define ROW_ID { .name = "id", .type = ZHEN_INT, .label = "序号", .flags = ZHEN_HIDDEN }
#define PLACE(name_, label_) { .name = name_, .type = ZHEN_DIVISION, .label = label_ }

#define PROGRESS "pending=未开始|current=办理中|done=已完成"
#define PAPER_STATE "waiting=待用印|rendering=制作中|issued=已签发|withdrawn=已失效"

/* As the library answers it, and whether what was granted still holds. */
const zhen_field verify_reply[] = {
	TEXT("hint", "提示"),
	CHOICE("result", "结果", "valid=有效|expired=已届满|withdrawn=已失效|unsealed=无用印记录，无效|unknown=查无此件"),
	TEXT("result_title", "说明"), TEXT("standing", "许可现状"), TEXT("number", "文号"), TEXT("title", "文书"), TEXT("issuer", "签发机关"),
	DAY("dated_on", "日期"), TIME("withdrawn_at", "失效时间"), TEXT("digest", "文件摘要（SM3）"), HIDDEN("digest_algorithm"),
	TEXT("signature", "签名"), TEXT("sm2_signature", "SM2签名文件"), TEXT("sm2_command", "自行验证的命令"),
	{ .name = "sm2_public_key", .type = ZHEN_LONG_TEXT, .label = "SM2公钥" }, HIDDEN("ticket"), { 0 },
};

static const zhen_field licence_reply[] = {
	TEXT("standing", "现状"), TEXT("number", "许可文号"), DAY("valid_from", "有效期自"), DAY("valid_to", "有效期至"),
	DAY("apply_by", "最迟申请延续"), BOOL("provisional", "最迟申请日暂定（放假安排公布后只会更晚）"), TEXT("renews", "申请延续的许可"), DAY("decide_by", "应在此前决定是否延续"),
	BOOL("late", "逾期提出（届满前未决定的不视为准予）"), { 0 },
};

static const zhen_field ending_reply[] = {
	CHOICE("kind", "撤销、撤回、变更、注销", ENDING_CHOICES), TEXT("ground", "事由"), TEXT("reason", "告知的事实和理由"), TEXT("superior", "上级机关的决定"),
	DAY("told_on", "告知日期"), DAY("state_by", "陈述、申辩至"), TEXT("days", "期限"), TEXT("statement", "陈述、申辩"), DAY("stated_on", "提出日期"),
	CHOICE("stated_how", "提出方式", "window=窗口登记|online=网上（查询码）"), CHOICE("outcome", "决定", "ended=已作出|kept=不予"), TEXT("note", "查明的事实和理由"), DAY("decided_on", "决定日期"), TEXT("number", "文号"),
	DAY("effective_on", "签发生效"), TEXT("person", "经办人"), { 0 },
};

static const zhen_field superior_reply[] = {
	TEXT("body_name", "上级机关"), TEXT("ground", "事由"), TEXT("number", "文号"), DAY("decided_on", "决定日期"),
	TEXT("explanation", "查明的事实和理由"), TEXT("person", "登记人"), BOOL("carried_out", "已经告知被许可人"), { 0 },
};

static const zhen_field term_reply[] = {
	INT("months", "有效期（月）"), INT("renewal_days", "届满前多少个工作日申请延续"), TEXT("renewal_basis", "延续依据"),
	TEXT("materials", "延续时提交的材料"), { 0 },
};

const zhen_field items_reply[] = {
	ROW_ID, TEXT("name", "事项名称"), CHOICE("mode", "办理方式", MODE_CHOICES), TEXT("promised", "多久办好"), TEXT("type", "事项类型"),
	TEXT("handling", "办件类型"), TEXT("code", "事项编码"), INT("version", "版本"), PLACE("division", "只适用于"), DAY("valid_from", "生效日期"), HIDDEN("promised_days"),
	TIME("published_at", "发布时间"), { 0 },
};

static const zhen_field basis_reply[] = {
	TEXT("title", "名称"), TEXT("article", "条款"), TEXT("text", "内容"), { 0 },
};

static const zhen_field body_reply[] = {
	TEXT("name", "实施主体"), HIDDEN("kind"), TEXT("nature", "主体性质"), HIDDEN("window_kind"), TEXT("window", "受理窗口"),
	{ 0 },
};

static const zhen_field limit_reply[] = {
	INT("days", "期限"), TEXT("unit", "单位"), TEXT("basis", "依据"), { 0 },
};

static const zhen_field needed_reply[] = {
	HIDDEN("code"), TEXT("name", "材料名称"), TEXT("source", "来源渠道"), INT("originals", "原件"), INT("copies", "份数"),
	TEXT("form", "形式"), TEXT("necessity", "必要性"), TEXT("unless", "不用交的情形"), TEXT("sample", "样表、说明"), { 0 },
};

static const zhen_field asked_reply[] = {
	HIDDEN("name"), TEXT("label", "要素"), CHOICE("type", "类型", "text=文字|int=整数|decimal=小数|date=日期|bool=是否|choice=选择"),
	BOOL("required", "必填"), INT("min", "不小于"), INT("max", "不大于（字数、数值）"), TEXT("choices", "选项"), TEXT("sample", "示例"), { 0 },
};

static const zhen_field flow_reply[] = {
	HIDDEN("code"), TEXT("title", "环节"), TEXT("phase", "阶段"), INT("days", "工作日"), INT("people", "经办人数"),
	INT("publicity_days", "公示工作日"), HIDDEN("body_kind"), HIDDEN("permission"), HIDDEN("gate"), TEXT("result", "结果"), { 0 },
};

static const zhen_field result_reply[] = {
	TEXT("name", "结果名称"), TEXT("type", "结果类型"), TEXT("sample", "样本"), TEXT("conditions", "办结后须知"),
	HIDDEN("certificates"), { 0 },
};

static const zhen_field fee_reply[] = {
	{ .name = "amount_fen", .type = ZHEN_MONEY, .label = "收费" }, TEXT("standard", "标准"), TEXT("basis", "依据"),
	TEXT("reduction", "减免"), { 0 },
};

static const zhen_field phones_reply[] = { TEXT("consult", "咨询电话"), TEXT("complaint", "监督电话"), { 0 } };

static const zhen_field visits_reply[] = {
	INT("count", "到办事现场次数"), INT("places", "地点数"), TEXT("basis", "依据"), { 0 },
};

static const zhen_field online_reply[] = { BOOL("available", "是否网办"), TEXT("depth", "网办深度"), { 0 } };

static const zhen_field remedies_reply[] = {
	TEXT("reconsideration", "行政复议部门"), TEXT("litigation", "行政诉讼部门"), TEXT("basis", "依据"), HIDDEN("text"), { 0 },
};

static const zhen_field guide_reply[] = {
	HIDDEN("code"), HIDDEN("name"), HIDDEN("version"), HIDDEN("form"), TEXT("status", "状态"), TEXT("parent", "主项"),
	TEXT("type", "事项类型"), TEXT("mode", "办理方式"), TEXT("delegated_by", "委托部门"), TEXT("level", "行使层级"), TEXT("levels", "办理层级"), TEXT("channels", "办理渠道"), TEXT("duty", "对应职权"), TEXT("power_split", "权限划分"),
	TEXT("content", "行使内容"), TEXT("service_target", "服务对象"), TEXT("keywords", "俗称"), TEXT("handling", "办件类型"),
	TEXT("conditions", "受理条件"), TEXT("special_procedures", "特别程序"), TEXT("delivery", "送达方式"),
	TEXT("place", "办理地点"), TEXT("hours", "办理时间"), TEXT("appointment", "预约"), TEXT("logistics", "物流"),
	TEXT("scope", "通办范围"), TEXT("quantity_limit", "数量限制"), TEXT("hearing", "听证"), TEXT("intermediary", "中介服务"),
	TEXT("annual_check", "年检年审"), DAY("valid_from", "生效日期"), DAY("valid_to", "失效日期"),
	LIST("legal_bases", "设定依据", basis_reply), LIST("body", "实施主体", body_reply),
	LIST("statutory", "法定办结时限", limit_reply), LIST("promised", "承诺办结时限", limit_reply),
	LIST("extension", "可以延长", limit_reply), LIST("materials", "申请材料", needed_reply), LIST("fields", "申请表要填写的", asked_reply),
	LIST("steps", "办理流程", flow_reply), LIST("result", "办理结果", result_reply), LIST("term", "证照有效期和延续", term_reply), LIST("fee", "收费", fee_reply),
	LIST("phones", "电话", phones_reply), LIST("visits", "最多跑一次", visits_reply), LIST("online", "网上办理", online_reply),
	LIST("remedies", "复议和诉讼", remedies_reply), { 0 },
};

static const zhen_field question_reply[] = {
	TEXT("where", "到哪办"), TEXT("who", "找谁办"), TEXT("how", "怎么办"), TEXT("what", "要哪些资料"), TEXT("form", "怎么填"), { 0 },
};
static const zhen_field sample_reply[] = { TEXT("label", "栏目"), TEXT("value", "填写示例"), { 0 } };

const zhen_field item_reply[] = {
	TEXT("code", "事项编码"), TEXT("name", "事项名称"), TEXT("missing", "不再受理"), INT("version", "版本"), PLACE("division", "只适用于"), BOOL("in_force", "现行"),
	TIME("published_at", "发布时间"), LIST("office", "到哪办、找谁办", office_reply), LIST("questions", "一看就懂", question_reply), LIST("sample_form", "样表", sample_reply),
	LIST("guide", "办事指南", guide_reply), { 0 },
};

static const zhen_field checklist_reply[] = {
	TEXT("material", "材料"), TEXT("stands", "现在"), BOOL("open", "缺少"), TEXT("need", "要求"), TEXT("source", "来源"), HIDDEN("how"),
	TEXT("href", "下载"), { 0 },
};

static const zhen_field duplicate_reply[] = {
	TEXT("number", "申请编号"), CHOICE("state", "状态", STATE_CHOICES), TIME("filed_at", "收件时间"), TEXT("href", "查看"), { 0 },
};

const zhen_field apply_reply[] = {
	HIDDEN("id"), TEXT("number", "申请编号"), { .name = "code", .type = ZHEN_SECRET, .label = "查询码" },
	DAY("told_by", "最迟告知是否受理"), TEXT("renewal", "延续"), HIDDEN("ticket"), TEXT("track", "查询网址"),
	LIST("checklist", "申请材料", checklist_reply),
	LIST("duplicates", "同一申请人同一事项的其他在办件", duplicate_reply), { 0 },
};

static const zhen_field phase_reply[] = {
	TEXT("phase", "阶段"), CHOICE("state", "状态", PROGRESS), TEXT("person", "责任人"), DAY("done_on", "完成日期"), { 0 },
};

static const zhen_field public_step_reply[] = {
	TEXT("title", "环节"), TEXT("body", "办理机构"), CHOICE("state", "状态", PROGRESS), DAY("done_on", "完成日期"), { 0 },
};

static const zhen_field public_paper_reply[] = {
	TEXT("title", "文书"), TEXT("number", "文号"), DAY("dated_on", "日期"), CHOICE("state", "状态", PAPER_STATE),
	TEXT("code", "验证码"), TEXT("href", "下载"), { 0 },
};

static const zhen_field delivery_reply[] = {
	TEXT("title", "文书"), TEXT("number", "文号"), TEXT("party", "利害关系人"), CHOICE("method", "方式", DELIVERY_CHOICES), TEXT("desk", "出件窗口"), TEXT("tracking", "邮件号"), TIME("handed_at", "出件时间"),
	TEXT("handed_by", "出件人"), { .name = "receiver", .type = ZHEN_NAME, .label = "签收人" }, TEXT("relation", "与申请人关系"),
	TIME("received_at", "签收时间"), DAY("served_on", "送达日期"), DAY("runs_to", "期限至"), TEXT("proof", "经过"), { 0 },
};

const zhen_field track_reply[] = {
	TEXT("hint", "提示"), TEXT("notice", "说明"), CHOICE("state", "状态", STATE_CHOICES), HIDDEN("state_title"), TEXT("waits_for", "目前"),
	DAY("due_on", "到期日"), DAY("told_by", "最迟告知是否受理"), DAY("supply_by", "最迟补正"), TEXT("step_title", "环节"), TEXT("number", "申请编号"),
	TEXT("item_name", "事项"), DAY("filed_on", "收件日期"), DAY("accepted_on", "受理日期"), BOOL("provisional", "到期日暂定（次年放假安排未公布）"),
	TEXT("contact", "联系人"), INT("visits", "已到场次数"), LIST("licence", "许可", licence_reply), LIST("endings", "撤销、撤回、变更、注销", ending_reply), LIST("phases", "三个阶段", phase_reply),
	LIST("steps", "办理环节", public_step_reply), LIST("documents", "文书", public_paper_reply), LIST("delivery", "出件", delivery_reply),
	LIST("checklist", "申请材料", checklist_reply), HIDDEN("ticket"), { 0 },
};

const zhen_field act_reply[] = {
	INT("id", "序号"), TEXT("number", "申请编号"), CHOICE("state", "状态", STATE_CHOICES), HIDDEN("state_title"),
	HIDDEN("step"), DAY("due_on", "到期日"), BOOL("provisional", "暂定"), TEXT("document", "文书文号"),
	BOOL("deemed", "逾期视为受理"), { 0 },
};

/* What is looked for first stands first: a narrow screen shows no more of a row. */
const zhen_field cases_reply[] = {
	ROW_ID, TEXT("number", "申请编号"), { .name = "applicant", .type = ZHEN_NAME, .label = "申请人" },
	PLACE("village", "村（社区）"), CHOICE("state", "状态", STATE_CHOICES), TEXT("step_title", "环节"),
	DAY("due_on", "到期日"), BOOL("overdue", "超期"), BOOL("provisional", "暂定"), TIME("filed_at", "收件时间"),
	PLACE("township", "乡镇"), TEXT("item_name", "事项"), { 0 },
};

static const zhen_field answered_reply[] = { HIDDEN("name"), TEXT("label", "要素"), TEXT("value", "内容"), { 0 } };

static const zhen_field step_reply[] = {
	HIDDEN("code"), TEXT("title", "环节"), HIDDEN("phase"), TEXT("body", "办理机构"), CHOICE("state", "状态", PROGRESS), DAY("due_on", "应完成"), BOOL("provisional", "暂定"), DAY("started_on", "开始"), DAY("done_on", "完成"),
	TEXT("person", "经办人"), TEXT("opinion", "意见"), { 0 },
};

static const zhen_field suspension_reply[] = {
	CHOICE("reason", "事由", SUSPENSION_CHOICES),
	TEXT("basis", "依据"),
	INT("expected_days", "预计日数"),
	DAY("from_on", "自"),
	DAY("until_on", "告知至"),
	DAY("to_on", "至"),
	{ 0 },
};

static const zhen_field journal_reply[] = {
	CHOICE("what", "事项",
	       "filed=收件|accepted=受理|supplement_requested=告知补正|corrected=当场更正|refused=不予受理|not_needed=无需许可|"
	       "attached=提交材料|supplied=补正|approve=同意|return=退回|refuse=不同意|publicity_started=公示开始|"
	       "publicity_ended=公示期满|suspended=扣除期限|resumed=恢复计时|extended=延长期限|overdue=超期|rejected=不予许可|"
	       "issuing=制证|issued=签发|withdrawn=撤销|retracted=撤回申请|supplement_lapsed=逾期没有补正|unfit=补交的材料不合格|delivered=出件|received=签收|purged=删除个人信息|visit=到场|"
	       "made_good=补交容缺材料|handed_in=登记收到的材料|lapsed=容缺材料逾期未补交|promise_kept=承诺属实|promise_false=承诺不实|"
	       "accounted=追责记录|acted_for=AB岗代办|left_open=当日未办结|escorted=陪办|green=绿色通道|"
	       "home_visit=安排上门|home_visited=上门服务|rated=评价|contacted=差评回访|mended=差评整改|archived=归档|reopened=归档后重启|"
	       "renewal_filed=申请延续|renewal_deemed=视为准予延续|renewal_lapsed=届满未延续|"
	       "ending_told=告知拟撤销、撤回、变更、注销|ending_decided=决定撤销、撤回、变更、注销（待签发）|superior_decided=上级机关决定撤销|served=送达|ending_stated=陈述、申辩|ending_dropped=不予撤销、撤回、变更、注销|recalled=撤回|changed=变更|"
	       "cancelled=注销"),
	TEXT("text", "内容"), TEXT("person", "办理人"), TEXT("body", "单位"), TIME("at", "时间"), { 0 },
};

const zhen_field attach_reply[] = {
	TEXT("number", "申请编号"), TEXT("title", "材料"), TEXT("digest", "摘要"), LIST("checklist", "申请材料", checklist_reply), { 0 },
};
const zhen_field supply_reply[] = {
	TEXT("still", "还没有补齐"),
	TEXT("number", "申请编号"), CHOICE("state", "状态", STATE_CHOICES), DAY("told_by", "最迟告知日期"), TEXT("title", "材料"),
	TEXT("digest", "摘要"), { 0 },
};

static const zhen_field paper_reply[] = {
	{ .name = "kind", .type = ZHEN_TEXT, .label = "种类", .flags = ZHEN_HIDDEN }, TEXT("title", "文书"), TEXT("number", "文号"), DAY("dated_on", "日期"),
	CHOICE("state", "状态", PAPER_STATE), HIDDEN("digest"), TEXT("href", "查看"), { 0 },
};

static const zhen_field material_reply[] = {
	TEXT("title", "材料"), TEXT("digest", "摘要"), TIME("at", "提交时间"), TEXT("href", "下载"), { 0 },
};

static const zhen_field lacking_reply[] = {
	TEXT("material", "材料"), DAY("due_on", "补交期限"), DAY("promised_on", "承诺日期"), DAY("supplied_on", "补交日期"),
	DAY("lapsed_on", "逾期日期"), CHOICE("kept", "承诺书", KEPT_CHOICES), { 0 },
};

static const zhen_field promise_reply[] = {
	TEXT("material", "以承诺代替"),
	TEXT("content", "承诺内容"),
	DAY("signed_on", "承诺日期"),
	DAY("check_by", "核查期限"),
	CHOICE("result", "核查结果", "kept=属实|false=不实"),
	TEXT("checker", "核查人"),
	DAY("checked_on", "核查日期"),
	TEXT("note", "情况"),
	CHOICE("kept", "承诺书", KEPT_CHOICES),
	{ 0 },
};

static const zhen_field visit_log_reply[] = {
	TEXT("place", "地点"), TEXT("reason", "超出原因"), TIME("at", "时间"), { 0 },
};

static const zhen_field hearing_reply[] = {
	TEXT("parties", "利害关系人"), TEXT("interest", "重大利益关系"), DAY("told_on", "告知日期"), DAY("ask_by", "可要求听证至"), TEXT("days", "期限"),
	CHOICE("asked_by", "谁要求听证", HEARING_CHOICES), DAY("asked_on", "提出日期"), DAY("hold_by", "应在此前举行"),
	DAY("held_on", "听证日期"), TEXT("held_at", "时间"), TEXT("place", "地点"), TEXT("presider_name", "主持人"),
	CHOICE("outcome", "结果", HEARING_OUTCOMES), TEXT("record", "听证笔录要点"), { 0 },
};

static const zhen_field escort_reply[] = {
	TEXT("department", "到访部门"), DAY("went_on", "日期"), TEXT("from_time", "自"), TEXT("to_time", "至"),
	TEXT("person", "陪办人"), TEXT("outcome", "结果"), { 0 },
};

/* How the case stands comes first, what only the system needs last. */
const zhen_field case_reply[] = {
	TEXT("notice", "说明"), CHOICE("state", "状态", STATE_CHOICES), DAY("due_on", "到期日"), { .name = "applicant", .type = ZHEN_NAME, .label = "申请人" },
	TEXT("number", "申请编号"), BOOL("provisional", "暂定"), TEXT("item_name", "事项"),
	TEXT("credit_code", "统一社会信用代码"), TEXT("credit_code_note", "请核对"),
	{ .name = "representative", .type = ZHEN_NAME, .label = "法定代表人（负责人）或经办人" },
	{ .name = "id_card", .type = ZHEN_ID_CARD, .label = "身份证号" },
	{ .name = "phone", .type = ZHEN_PHONE, .label = "联系电话" }, PLACE("township", "乡镇"), PLACE("village", "村（社区）"),
	CHOICE("channel", "提交方式", CHANNEL_CHOICES), TEXT("point", "受理点"), HIDDEN("state_title"), HIDDEN("step"),
	TEXT("contact", "联系人"), TEXT("places", "到场地点"), TEXT("over_visits", "超出到场次数的原因"),
	INT("budget_days", "时限（工作日）"),
	INT("extension_days", "延长（工作日）"),
	HIDDEN("consumed_days"),
	INT("used_days", "已用（工作日）"),
	INT("visits", "到场次数"),
	INT("visit_limit", "到场上限"),
	TIME("filed_at", "收件时间"),
	TIME("accepted_at", "受理时间"),
	TIME("overdue_at", "超期时间"),
	TIME("decided_at", "决定时间"),
	TIME("stopped_at", "办结时间"),
	TIME("running_since", "计时自"),
	TEXT("old_area", "现有宅基地（平方米）"),
	TEXT("site_area", "申请面积（平方米）"),
	TEXT("house_area", "住房占地（平方米）"),
	TEXT("ancillary_area", "附属用房（平方米）"),
	TEXT("courtyard_area", "院落（平方米）"),
	TEXT("floor_area", "建筑面积（平方米）"),
	TEXT("height", "高度（米）"),
	CHOICE("reason", "申请理由", REASON_CHOICES),
	CHOICE("old_disposal", "现有宅基地处置", DISPOSAL_CHOICES),
	TEXT("address", "坐落"),
	TEXT("east", "东至"),
	TEXT("south", "南至"),
	TEXT("west", "西至"),
	TEXT("north", "北至"),
	CHOICE("land", "地类", LAND_CHOICES),
	TEXT("group_opinion", "村民小组意见"),
	TEXT("village_opinion", "村级意见"),
	TEXT("conversion", "农用地转用文号"),
	INT("storeys", "层数"),
	BOOL("neighbours_consulted", "已征求相邻权利人意见"),
	BOOL("told_once", "已告知补正"),
	BOOL("deemed", "视为受理"),
	INT("round", "轮次"),
	INT("id", "序号"),
	TEXT("item_code", "事项编码"),
	LIST("duplicates", "同一申请人同一事项的其他在办件", duplicate_reply),
	LIST("checklist", "申请材料核对", checklist_reply),
	LIST("members", "家庭成员", member_fields),
	LIST("steps", "办理环节", step_reply),
	LIST("suspensions", "期限扣除", suspension_reply),
	LIST("journal", "经过", journal_reply),
	LIST("documents", "文书", paper_reply),
	LIST("materials", "上传的文件", material_reply),
	TEXT("content", "申请内容"),
	CHOICE("green", "绿色通道", GREEN_CHOICES),
	CHOICE("rating", "评价", ZHEN_RATING_CHOICES),
	LIST("lacking", "容缺材料", lacking_reply),
	LIST("promises", "告知承诺", promise_reply),
	LIST("hearing", "听证", hearing_reply),
	LIST("licence", "许可", licence_reply),
	LIST("endings", "撤销、撤回、变更、注销", ending_reply),
	LIST("superior", "上级机关的决定", superior_reply),
	LIST("visit_log", "到场记录", visit_log_reply), LIST("escorts", "陪办记录", escort_reply),
	LIST("answers", "填写的要素", answered_reply), TEXT("desk", "受理窗口"), TEXT("agent", "代办员"), DAY("authorised_on", "授权日期"),
	TEXT("authorisation", "授权委托书"), LIST("delivery", "出件", delivery_reply), { 0 },
};
