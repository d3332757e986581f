/* SPDX-License-Identifier: Apache-2.0
 * Forms and answers of items and places. */
#include "items.h"

#include "choices.h"

#define REQUIRED .flags = ZHEN_REQUIRED
#define ID(label_) { .name = "id", .type = ZHEN_INT, .label = label_, REQUIRED, .min = 1, .max = INT64_MAX }
#define ITEM_CODE { .name = "code", .type = ZHEN_TEXT, .label = "事项编码", REQUIRED, .max = 60 }
#define VERSION { .name = "version", .type = ZHEN_INT, .label = "版本", .help = "不填为现行版本", .min = 1, .max = 100000 }
#define DIVISION { .name = "division", .type = ZHEN_DIVISION, .label = "辖区", REQUIRED }
#define DIVISION_ANYWHERE { .name = "division", .type = ZHEN_DIVISION, .label = "辖区", .flags = ZHEN_REQUIRED | ZHEN_ANYWHERE }
/* Chosen from the list down to townships. */
#define DOWN_TO_TOWNSHIP(flags_) \
	{ .name = "division", .type = ZHEN_DIVISION, .label = "辖区", .flags = ZHEN_ANYWHERE | (flags_), .max = 4 }
#define CSV_CONTENT \
	{ .name = "content", .type = ZHEN_LONG_TEXT, .label = "内容（CSV）", .max = 900000, .help = "粘贴表格内容，或者上传文件" }
#define CSV_FILE \
	{ .name = "file", .type = ZHEN_FILE, .label = "文件（CSV）", .max = 5 * 1024 * 1024 }

#define TEXT(name_, label_) { .name = name_, .type = ZHEN_TEXT, .label = label_ }
#define INT(name_, label_) { .name = name_, .type = ZHEN_INT, .label = label_ }
#define BOOL(name_, label_) { .name = name_, .type = ZHEN_BOOL, .label = label_ }
#define DAY(name_, label_) { .name = name_, .type = ZHEN_DATE, .label = label_ }
#define TIME(name_, label_) { .name = name_, .type = ZHEN_TIME, .label = label_ }
#define HIDDEN(name_) { .name = name_, .type = ZHEN_TEXT, .flags = ZHEN_HIDDEN }
#define LIST(name_, label_, fields_) { .name = name_, .type = ZHEN_LIST, .label = label_, .fields = fields_ }
#define CHOICE(name_, label_, choices_) { .name = name_, .type = ZHEN_CHOICE, .label = label_, .choices = choices_ }
#define PLACE(name_, label_) { .name = name_, .type = ZHEN_DIVISION, .label = label_ }
#define ROW_ID { .name = "id", .type = ZHEN_INT, .label = "序号", .flags = ZHEN_HIDDEN }

/* ---- items ---- */

const zhen_field draft_fields[] = {
	{ .name = "content", .type = ZHEN_LONG_TEXT, .label = "事项要素（JSON）", REQUIRED, .max = 60000 }, { 0 },
};
const zhen_field drafts_reply[] = {
	ROW_ID, TEXT("code", "事项编码"), INT("version", "版本"), TEXT("name", "事项名称"), TEXT("person", "起草、导入人"),
	TIME("at", "时间"), HIDDEN("may"), { 0 },
};
const zhen_field release_fields[] = {
	ID("稿"), { .name = "valid_from", .type = ZHEN_DATE, .label = "生效日期", .help = "不填按稿中所写" }, { 0 },
};
const zhen_field retire_fields[] = {
	ITEM_CODE, { .name = "reason", .type = ZHEN_TEXT, .label = "停用原因和依据", REQUIRED, .max = 200 },
	{ .name = "on", .type = ZHEN_DATE, .label = "停用日期", .help = "不填为今天" }, { 0 },
};
const zhen_field import_fields[] = {
	CSV_CONTENT, CSV_FILE,
	{ .name = "draft", .type = ZHEN_BOOL, .label = "只存为稿，不发布" }, { 0 },
};
const zhen_field import_reply[] = {
	TEXT("hint", "说明"), INT("rows", "行数"), INT("changed", "新版本"), BOOL("drafts", "待另一人发布"), { 0 },
};
const zhen_field versions_reply[] = {
	ROW_ID, TEXT("code", "事项编码"), INT("version", "版本"), TEXT("name", "事项名称"), PLACE("division", "只适用于"), BOOL("in_force", "现行"),
	DAY("valid_from", "生效日期"), DAY("valid_to", "失效日期"), TIME("published_at", "发布时间"), { 0 },
};
const zhen_field done_reply[] = {
	INT("id", "序号"), TEXT("code", "事项编码"), INT("version", "版本"), PLACE("division", "辖区"), INT("total", "项数"),
	BOOL("violation", "未进驻中心"), TEXT("body", "单位"), { 0 },
};

/* ---- lists ---- */

static const zhen_field code_fields[] = { ITEM_CODE, { 0 } };
const zhen_field offer_fields[] = {
	DIVISION, { .name = "codes", .type = ZHEN_LIST, .label = "事项", .fields = code_fields, REQUIRED, .min = 1, .max = 500 }, { 0 },
};
const zhen_field offer_import_fields[] = { DIVISION, CSV_CONTENT, CSV_FILE, { 0 } };
const zhen_field offer_publish_fields[] = {
	DIVISION, { .name = "effective_from", .type = ZHEN_DATE, .label = "生效日期", .help = "不填为今天" },
	{ .name = "note", .type = ZHEN_TEXT, .label = "说明", .max = 200 }, { 0 },
};
const zhen_field offers_fields[] = {
	{ .name = "division", .type = ZHEN_DIVISION, .label = "辖区", .flags = ZHEN_ANYWHERE }, { 0 },
};
const zhen_field offers_reply[] = {
	ROW_ID, PLACE("division", "辖区"), INT("version", "版本"), DAY("effective_from", "生效日期"), INT("total", "事项"),
	INT("direct", "直办"), INT("agent", "代办"), INT("escort", "陪办"), INT("online", "可网办"), TEXT("note", "说明"),
	TIME("published_at", "公布时间"), { 0 },
};
const zhen_field offer_draft_fields[] = { DIVISION, { 0 } };
const zhen_field offer_drafts_reply[] = {
	ROW_ID, PLACE("division", "辖区"), INT("total", "事项"), TEXT("person", "拟定人"), TIME("at", "拟定时间"), { 0 },
};
static const zhen_field drafted_reply[] = {
	TEXT("name", "事项名称"), CHOICE("mode", "办理方式", MODE_CHOICES), TEXT("code", "事项编码"), INT("version", "版本"), { 0 },
};
const zhen_field offer_draft_reply[] = {
	PLACE("division", "辖区"), TEXT("person", "拟定人"), TIME("at", "拟定时间"), BOOL("waits", "待发布"),
	LIST("items", "事项", drafted_reply), { 0 },
};
const zhen_field offer_show_fields[] = {
	DIVISION_ANYWHERE, VERSION, { .name = "q", .type = ZHEN_TEXT, .label = "检索", .max = 100, .help = "事项名称、俗称；几个词用空格隔开" }, { 0 },
};
static const zhen_field offered_reply[] = {
	TEXT("name", "事项名称"),
	CHOICE("mode", "办理方式", MODE_CHOICES),
	TEXT("promised", "多久办好"),
	TEXT("materials", "要哪些资料"),
	TEXT("place", "到哪办"),
	TEXT("phone", "咨询电话"),
	BOOL("at_village", "村（社区）可办"),
	BOOL("online", "可网办"),
	TEXT("missing", "不再受理"),
	TEXT("code", "事项编码"), HIDDEN("version"), HIDDEN("promised_days"), TEXT("href", "办事指南"), { 0 },
};
const zhen_field offer_reply[] = {
	PLACE("division", "辖区"), LIST("office", "到哪办、找谁办", office_reply), INT("version", "版本"),
	DAY("effective_from", "生效日期"), TIME("published_at", "公布时间"), INT("total", "事项"), TEXT("note", "说明"),
	LIST("items", "事项", offered_reply), TEXT("duties_href", "乡镇权责清单"),
	TEXT("poster_href", "公示栏二维码"), TEXT("draft_href", "待发布的清单"), { 0 },
};
const zhen_field report_fields[] = { DOWN_TO_TOWNSHIP(ZHEN_REQUIRED), { 0 } };
const zhen_field report_reply[] = {
	PLACE("division", "辖区"), INT("version", "清单版本"), DAY("effective_from", "生效日期"), INT("total", "事项"),
	INT("direct", "直办"), INT("agent", "代办"), INT("escort", "陪办"), INT("online", "可网办"), INT("elsewhere", "未进驻中心"), { 0 },
};
const zhen_field duty_import_fields[] = {
	DIVISION, { .name = "content", .type = ZHEN_LONG_TEXT, .label = "编码,名称（CSV）", REQUIRED, .max = 900000 }, { 0 },
};

/* ---- places ---- */

const zhen_field place_fields[] = {
	DIVISION, { .name = "kind", .type = ZHEN_CHOICE, .label = "种类", REQUIRED, .choices = PLACE_CHOICES },
	{ .name = "name", .type = ZHEN_TEXT, .label = "名称", REQUIRED, .max = 60 },
	{ .name = "address", .type = ZHEN_TEXT, .label = "地址", .max = 100 },
	{ .name = "hours", .type = ZHEN_TEXT, .label = "开放时间", .max = 100 },
	{ .name = "phone", .type = ZHEN_TEXT, .label = "电话", .max = 40 },
	{ .name = "amenities", .type = ZHEN_TEXT, .label = "便民设施", .help = "免费打印、免费邮寄证照、老花镜、纸笔", .max = 200 },
	{ .name = "standard", .type = ZHEN_BOOL, .label = "已按标准建设" }, { 0 },
};
const zhen_field places_import_fields[] = {
	{ .name = "content", .type = ZHEN_LONG_TEXT, .label = "名称,种类,区划代码,标准化,地址,开放时间,电话（CSV）", REQUIRED, .max = 900000,
	  .help = "种类：政务服务中心、便民服务中心、便民服务站、自助服务点；有一处错误则全部不导入" }, { 0 },
};
const zhen_field network_reply[] = {
	PLACE("division", "辖区"), INT("halls", "政务服务中心"), INT("centres", "便民服务中心"), INT("stations", "有便民服务站的村（社区）"),
	INT("standard", "其中已按标准建设"), TEXT("share", "占比（%）"), HIDDEN("rounded"), { 0 },
};
static const zhen_field zone_fields[] = {
	{ .name = "code", .type = ZHEN_CHOICE, .label = "功能区", REQUIRED, .choices = ZONE_CHOICES },
	{ .name = "location", .type = ZHEN_TEXT, .label = "位置", .max = 60 }, { 0 },
};
const zhen_field zones_fields[] = {
	ID("办事地点"), { .name = "zones", .type = ZHEN_LIST, .label = "功能区", .fields = zone_fields, .max = N_ZONES }, { 0 },
};
const zhen_field desk_fields[] = {
	ID("办事地点"), { .name = "code", .type = ZHEN_TEXT, .label = "窗口号", REQUIRED, .max = 20 },
	{ .name = "name", .type = ZHEN_TEXT, .label = "名称", REQUIRED, .max = 40 },
	{ .name = "accepts", .type = ZHEN_BOOL, .label = "综合受理（任何事项）" },
	{ .name = "issues", .type = ZHEN_BOOL, .label = "统一出件" }, { 0 },
};
const zhen_field officer_fields[] = {
	{ .name = "body", .type = ZHEN_BODY, .label = "单位", REQUIRED },
	{ .name = "person", .type = ZHEN_TEXT, .label = "责任人", REQUIRED, .max = 20 },
	{ .name = "phone", .type = ZHEN_TEXT, .label = "办公电话", .max = 40 }, { 0 },
};
const zhen_field places_fields[] = {
	{ .name = "township", .type = ZHEN_DIVISION, .label = "乡镇（街道）", .flags = ZHEN_ANYWHERE }, { 0 },
};
const zhen_field places_reply[] = {
	ROW_ID, TEXT("name", "名称"), CHOICE("kind", "种类", PLACE_CHOICES), PLACE("township", "乡镇"), PLACE("village", "村（社区）"),
	TEXT("address", "地址"), TEXT("hours", "开放时间"), TEXT("phone", "电话"), BOOL("always_open", "24小时"), BOOL("standard", "标准化"), { 0 },
};
const zhen_field place_show_fields[] = { ID("办事地点"), { 0 } };
static const zhen_field zone_reply[] = { HIDDEN("code"), TEXT("title", "功能区"), TEXT("location", "位置"), { 0 } };
static const zhen_field desk_reply[] = {
	TEXT("code", "窗口号"), TEXT("name", "名称"), BOOL("accepts", "受理"), BOOL("issues", "出件"), { 0 },
};
static const zhen_field place_item_reply[] = {
	{ .name = "item", .type = ZHEN_INT, .flags = ZHEN_HIDDEN }, TEXT("code", "事项编码"), TEXT("name", "事项名称"),
	INT("version", "版本"), CHOICE("mode", "办理方式", MODE_CHOICES), TEXT("href", "办理"), { 0 },
};
const zhen_field place_reply[] = {
	TEXT("name", "名称"), CHOICE("kind", "种类", PLACE_CHOICES), PLACE("township", "乡镇"), PLACE("village", "村（社区）"),
	TEXT("address", "地址"), TEXT("hours", "开放时间"), TEXT("phone", "电话"), TEXT("amenities", "便民设施"),
	BOOL("always_open", "24小时"), BOOL("standard", "标准化"), TEXT("zones_missing", "缺少的功能区"), LIST("zones", "功能区", zone_reply),
	LIST("desks", "窗口", desk_reply), LIST("items", "可办事项", place_item_reply), { 0 },
};
const zhen_field bind_fields[] = {
	ITEM_CODE, { .name = "place", .type = ZHEN_INT, .label = "办事地点", REQUIRED, .min = 1, .max = INT64_MAX },
	{ .name = "note", .type = ZHEN_TEXT, .label = "说明", .max = 200 }, { 0 },
};
const zhen_field violations_reply[] = {
	ROW_ID, TEXT("code", "事项编码"), TEXT("name", "事项名称"), PLACE("township", "乡镇"), TEXT("place_name", "现办理地点"),
	TEXT("note", "说明"), TIME("at", "登记时间"), { 0 },
};
const zhen_field coverage_fields[] = { DOWN_TO_TOWNSHIP(0), { 0 } };
const zhen_field coverage_reply[] = {
	PLACE("division", "辖区"), INT("townships", "乡镇（街道）"), INT("covered", "有24小时自助服务的"), TEXT("coverage", "覆盖"),
	TEXT("percent", "百分比"), { 0 },
};

/* ---- applying ---- */

static const zhen_field answer_fields[] = {
	/* Names the row: the form has one of each that the item asks for. */
	{ .name = "name", .type = ZHEN_TEXT, .label = "要素", .flags = ZHEN_REQUIRED | ZHEN_HIDDEN, .max = 200 },
	{ .name = "value", .type = ZHEN_TEXT, .label = "内容", .max = 200 }, { 0 },
};

#define PERSON                                                                                                             \
	{ .name = "applicant", .type = ZHEN_NAME, .label = "申请人", REQUIRED },                                           \
		{ .name = "id_card", .type = ZHEN_ID_CARD, .label = "身份证号", REQUIRED }
#define ASKED                                                                                                              \
	{ .name = "phone", .type = ZHEN_PHONE, .label = "联系电话", REQUIRED },                                            \
		{ .name = "content", .type = ZHEN_LONG_TEXT, .label = "申请内容", REQUIRED, .max = 2000 },                 \
		{ .name = "answers", .type = ZHEN_LIST, .label = "事项要求填写的", .fields = answer_fields, .max = 40 },   \
		/* Carried by the address that the page of a licence opens. */                                             \
		{ .name = "renews", .type = ZHEN_TEXT, .label = "延续的许可文号", .flags = ZHEN_HIDDEN, .max = 60 },       \
		DOOR

const zhen_field apply_item_fields[] = {
	ITEM_CODE, { .name = "village", .type = ZHEN_DIVISION, .label = "村（社区）", REQUIRED, .min = 5 }, PERSON, ASKED, { 0 },
};
const zhen_field organisation_fields[] = {
	ITEM_CODE, { .name = "village", .type = ZHEN_DIVISION, .label = "所在村（社区）", REQUIRED, .min = 5 },
	{ .name = "applicant", .type = ZHEN_NAME, .label = "单位名称", REQUIRED },
	{ .name = "credit_code", .type = ZHEN_TEXT, .label = "统一社会信用代码", REQUIRED, .max = 18 },
	{ .name = "representative", .type = ZHEN_NAME, .label = "法定代表人（负责人）或经办人", REQUIRED },
	{ .name = "id_card", .type = ZHEN_ID_CARD, .label = "其身份证号", REQUIRED }, ASKED, { 0 },
};
/* Whose area a village is in the agent's own record says: another one's is refused with that. */
const zhen_field agency_fields[] = {
	ITEM_CODE, { .name = "village", .type = ZHEN_DIVISION, .label = "村（社区）", .flags = ZHEN_REQUIRED | ZHEN_ANYWHERE, .min = 5 }, PERSON, ASKED,
	{ .name = "authorised_on", .type = ZHEN_DATE, .label = "授权日期", REQUIRED },
	{ .name = "authorisation", .type = ZHEN_TEXT, .label = "授权委托书", .help = "编号或保管处", REQUIRED, .max = 100 },
	{ .name = "papers", .type = ZHEN_BOOL, .label = "应交的纸质材料已收齐，随件转交窗口" }, { 0 },
};
static const zhen_field area_fields[] = {
	{ .name = "village", .type = ZHEN_DIVISION, .label = "村（社区）", REQUIRED, .min = 5 }, { 0 },
};
const zhen_field agent_fields[] = {
	{ .name = "body", .type = ZHEN_BODY, .label = "所在单位", REQUIRED },
	{ .name = "account", .type = ZHEN_ACCOUNT, .label = "代办员", REQUIRED, .choices = "approvals.agent" },
	{ .name = "township", .type = ZHEN_DIVISION, .label = "乡镇（街道）", REQUIRED, .min = 4 },
	{ .name = "areas", .type = ZHEN_LIST, .label = "片区", .help = "不填为全乡镇", .fields = area_fields, .max = 100 },
	{ .name = "valid_from", .type = ZHEN_DATE, .label = "自" }, { .name = "valid_to", .type = ZHEN_DATE, .label = "至" }, { 0 },
};
const zhen_field agent_end_fields[] = {
	ID("代办员"), { .name = "reason", .type = ZHEN_TEXT, .label = "终止原因", REQUIRED, .max = 100 }, { 0 },
};
const zhen_field agents_reply[] = {
	ROW_ID, TEXT("name", "姓名"), { .name = "body", .type = ZHEN_BODY, .label = "单位" }, PLACE("township", "乡镇"), TEXT("areas", "片区"), DAY("valid_from", "自"), DAY("valid_to", "至"),
	TIME("ended_at", "终止"), TEXT("end_reason", "终止原因"), HIDDEN("may"), { 0 },
};

/* ---- handing out ---- */

#define OF_PAPER                                                                                                     \
	{ .name = "document", .type = ZHEN_TEXT, .label = "文书文号", .max = 60, .help = "不填为最早一份还没有送达的" }, \
		{ .name = "party", .type = ZHEN_TEXT, .label = "送达利害关系人", .max = 100, .help = "不填为申请人" }

const zhen_field deliver_fields[] = {
	ID("件"), OF_PAPER,
	{ .name = "method", .type = ZHEN_CHOICE, .label = "方式", REQUIRED, .choices = DELIVERY_CHOICES },
	{ .name = "desk", .type = ZHEN_TEXT, .label = "出件窗口", .max = 20 },
	{ .name = "tracking", .type = ZHEN_TEXT, .label = "邮件号", .max = 40 },
	{ .name = "receiver", .type = ZHEN_NAME, .label = "领取人" },
	{ .name = "relation", .type = ZHEN_TEXT, .label = "与申请人关系", .max = 20 },
	{ .name = "signed", .type = ZHEN_BOOL, .label = "已签收" },
	{ .name = "served_on", .type = ZHEN_DATE, .label = "送达（公告）日期", .help = "不填为今天；邮寄、转交的以签收日为准" },
	{ .name = "proof", .type = ZHEN_TEXT, .label = "留置、公告的经过和见证人", .max = 300 }, { 0 },
};
const zhen_field served_fields[] = {
	ID("件"), OF_PAPER, { .name = "receiver", .type = ZHEN_NAME, .label = "签收人", REQUIRED },
	{ .name = "relation", .type = ZHEN_TEXT, .label = "与受送达人关系", .max = 20 },
	{ .name = "served_on", .type = ZHEN_DATE, .label = "签收日期", REQUIRED, .help = "送达回证、邮件回执上的日期" },
	{ .name = "signed", .type = ZHEN_BOOL, .label = "已签收" }, { 0 },
};
const zhen_field handover_fields[] = {
	ID("件"), { .name = "receiver", .type = ZHEN_NAME, .label = "签收人", REQUIRED },
	{ .name = "relation", .type = ZHEN_TEXT, .label = "与申请人关系", .max = 20 },
	{ .name = "signed", .type = ZHEN_BOOL, .label = "已签收" }, { 0 },
};
const zhen_field receive_fields[] = {
	{ .name = "number", .type = ZHEN_TEXT, .label = "申请编号", REQUIRED, .max = 60 },
	{ .name = "code", .type = ZHEN_SECRET, .label = "查询码", REQUIRED }, { 0 },
};

/* ---- guides ---- */

#define AT { .name = "at", .type = ZHEN_DIVISION, .label = "在哪个乡镇（村）办", .flags = ZHEN_ANYWHERE }
#define SEARCHED \
	{ .name = "q", .type = ZHEN_TEXT, .label = "检索", .max = 100, .help = "事项名称、俗称、编码、给谁办；几个词用空格隔开" }

const zhen_field guide_fields[] = { ITEM_CODE, VERSION, AT, { 0 } };
const zhen_field guide_find_fields[] = { SEARCHED, AT, { 0 } };
const zhen_field office_reply[] = {
	PLACE("township", "乡镇（街道）"), TEXT("window", "办理窗口"), TEXT("address", "地址"), TEXT("phone", "电话"),
	TEXT("hours", "办公时间"), TEXT("person", "责任人"), TEXT("station", "村（社区）便民服务站"), { 0 },
};
const zhen_field drawn_reply[] = { INT("drawn", "印制"), INT("left", "尚未印制，请再印一次"), TEXT("href", "下载"), { 0 } };
const zhen_field top_fields[] = {
	DOWN_TO_TOWNSHIP(ZHEN_REQUIRED), { .name = "year", .type = ZHEN_INT, .label = "年度", .min = 2000, .max = 2100 },
	{ .name = "n", .type = ZHEN_INT, .label = "项数", .min = 1, .max = 200 }, { 0 },
};
static const zhen_field ranked_reply[] = {
	INT("rank", "名次"), TEXT("code", "事项编码"), TEXT("name", "事项名称"), INT("cases", "办件量"), BOOL("printable", "已印指南"),
	TEXT("href", "办事指南"), { 0 },
};
const zhen_field top_reply[] = {
	PLACE("division", "辖区"), INT("year", "年度"), LIST("items", "高频事项", ranked_reply), { 0 },
};
const zhen_field export_fields[] = { ID("导出"), { 0 } };
const zhen_field poster_fields[] = { DIVISION_ANYWHERE, { 0 } };
