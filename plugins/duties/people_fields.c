/* SPDX-License-Identifier: Apache-2.0
 * Forms and answers about posts, headcount and persons. */
#include "people.h"

#define FIELD(name_, type_, label_, ...) { .name = name_, .type = type_, .label = label_, __VA_ARGS__ }
#define NEED(name_, type_, label_, ...) FIELD(name_, type_, label_, .flags = ZHEN_REQUIRED, __VA_ARGS__)
#define ID NEED("id", ZHEN_INT, "序号", .min = 1, .max = INT64_MAX)
#define UNIT NEED("unit", ZHEN_DIVISION, "单位", .min = 0, .help = "乡镇、街道、村（社区）的区划代码")
#define CHOOSE(name_, label_, choices_) FIELD(name_, ZHEN_CHOICE, label_, .choices = choices_)
#define MUST_CHOOSE(name_, label_, choices_) NEED(name_, ZHEN_CHOICE, label_, .choices = choices_)
#define TEXT(name_, label_) { .name = name_, .type = ZHEN_TEXT, .label = label_ }
#define INT(name_, label_) { .name = name_, .type = ZHEN_INT, .label = label_ }
#define BOOL(name_, label_) { .name = name_, .type = ZHEN_BOOL, .label = label_ }
#define DAY(name_, label_) { .name = name_, .type = ZHEN_DATE, .label = label_ }
#define TIME(name_, label_) { .name = name_, .type = ZHEN_TIME, .label = label_ }
#define PLACE(name_, label_) { .name = name_, .type = ZHEN_DIVISION, .label = label_ }
#define LIST(name_, label_, fields_) { .name = name_, .type = ZHEN_LIST, .label = label_, .fields = fields_ }
#define ROW_ID { .name = "id", .type = ZHEN_INT, .label = "序号", .flags = ZHEN_HIDDEN }
#define END { 0 }

/* ---- forms ---- */

const zhen_field id_fields[] = { ID, END };
const zhen_field post_fields[] = {
	UNIT, NEED("code", ZHEN_TEXT, "岗位编号", .max = 40), NEED("name", ZHEN_TEXT, "岗位", .max = 60),
	MUST_CHOOSE("rung", "人员类别", RUNG_CHOICES), FIELD("duty", ZHEN_LONG_TEXT, "岗位职责", .max = 2000), END,
};
const zhen_field posts_fields[] = { CHOOSE("state", "状态", POST_STATE_CHOICES), PLACE("unit", "单位"), END };
const zhen_field no_fields[] = { END };
const zhen_field import_people_fields[] = {
	UNIT, FIELD("content", ZHEN_LONG_TEXT, "内容", .max = 500000, .help = "CSV：第一行为表头"),
	FIELD("ticket", ZHEN_TEXT, "上传凭据", .flags = ZHEN_HIDDEN, .max = 400),
	FIELD("file", ZHEN_FILE, "文件", .max = 4 << 20, .help = "CSV，UTF-8 或 GB18030"), END,
};
const zhen_field approve_fields[] = { ID, NEED("headcount", ZHEN_INT, "定编", .min = 1, .max = 1000), END };
const zhen_field duty_fields[] = { ID, NEED("code", ZHEN_TEXT, "清单事项", .max = CODE_MAX + 1 + NAME_MAX_CHARACTERS), END };
const zhen_field post_items_fields[] = {
	ID, FIELD("q", ZHEN_TEXT, "检索", .max = 60, .help = "事项名称或编码"), END,
};
/* Carried from the page that shows who it is. */
#define PERSON(flags_) \
	{ .name = "person", .type = ZHEN_INT, .label = "人员", .flags = ZHEN_REQUIRED | (flags_), .min = 1, .max = INT64_MAX }
const zhen_field place_fields[] = { ID, PERSON(ZHEN_HIDDEN), END };
const zhen_field post_person_fields[] = { ID, PERSON(0), END };
const zhen_field abolish_fields[] = { ID, NEED("reason", ZHEN_TEXT, "撤销理由", .max = 500), END };
const zhen_field unit_fields[] = { UNIT, END };
const zhen_field support_fields[] = {
	UNIT, NEED("code", ZHEN_TEXT, "清单事项", .max = CODE_MAX + 1 + NAME_MAX_CHARACTERS), MUST_CHOOSE("support", "保障", SUPPORT_CHOICES),
	NEED("ready", ZHEN_BOOL, "已到位"), FIELD("note", ZHEN_TEXT, "说明", .max = 500), END,
};

#define DECISION                                                                            \
	MUST_CHOOSE("component", "编制构成", COMPONENT_CHOICES),                            \
	DAY("effective_on", "生效日期"), NEED("basis", ZHEN_TEXT, "批准文号", .max = 120)

const zhen_field headcount_fields[] = {
	NEED("township", ZHEN_DIVISION, "乡镇", .min = 4), NEED("change", ZHEN_INT, "增减", .min = -10000, .max = 10000),
	DECISION, NEED("reason", ZHEN_TEXT, "理由", .max = 500), END,
};
const zhen_field move_headcount_fields[] = {
	NEED("from", ZHEN_DIVISION, "调出乡镇", .min = 4), NEED("to", ZHEN_DIVISION, "调入乡镇", .min = 4),
	NEED("number", ZHEN_INT, "名额", .min = 1, .max = 10000), DECISION, NEED("reason", ZHEN_TEXT, "理由", .max = 500), END,
};
const zhen_field sink_fields[] = {
	NEED("township", ZHEN_DIVISION, "乡镇", .min = 4), NEED("posts", ZHEN_INT, "下沉编制", .min = 1, .max = 1000),
	NEED("from_body", ZHEN_BODY, "原单位", .min = 2, .max = 3), MUST_CHOOSE("purpose", "用途", PURPOSE_CHOICES), DECISION, END,
};
const zhen_field show_headcount_fields[] = {
	NEED("township", ZHEN_DIVISION, "乡镇", .min = 4), FIELD("on", ZHEN_DATE, "日期", .help = "不填为今天"), END,
};
const zhen_field person_fields[] = {
	UNIT, NEED("name", ZHEN_NAME, "姓名"), MUST_CHOOSE("rung", "人员类别", RUNG_CHOICES),
	FIELD("from_on", ZHEN_DATE, "任现级日期", .help = "不填为今天"), MUST_CHOOSE("how", "来源", HOW_CHOICES),
	FIELD("from_body", ZHEN_BODY, "原单位", .min = 2, .max = 3, .help = "由县级机构划转的填写"),
	NEED("basis", ZHEN_TEXT, "依据", .max = 120), END,
};
const zhen_field persons_fields[] = {
	CHOOSE("rung", "人员类别", RUNG_CHOICES), CHOOSE("state", "状态", PERSON_STATE_CHOICES), END,
};
const zhen_field eligible_fields[] = {
	MUST_CHOOSE("rung", "现人员类别", RUNG_CHOICES), NEED("years", ZHEN_INT, "任现级满（年）", .min = 0, .max = 50), END,
};
const zhen_field promote_fields[] = {
	ID, MUST_CHOOSE("rung", "晋级为", RUNG_CHOICES), FIELD("from_on", ZHEN_DATE, "日期", .help = "不填为今天"),
	MUST_CHOOSE("how", "方式", HOW_CHOICES), NEED("basis", ZHEN_TEXT, "依据", .max = 120), END,
};
const zhen_field move_person_fields[] = {
	ID, UNIT, FIELD("from_on", ZHEN_DATE, "日期", .help = "不填为今天"), MUST_CHOOSE("how", "方式", HOW_CHOICES),
	NEED("basis", ZHEN_TEXT, "依据", .max = 120), END,
};
const zhen_field leave_fields[] = {
	ID, FIELD("on", ZHEN_DATE, "日期", .help = "不填为今天"), MUST_CHOOSE("how", "方式", HOW_CHOICES),
	NEED("basis", ZHEN_TEXT, "依据", .max = 120), END,
};
const zhen_field secondment_fields[] = {
	ID, NEED("to_body", ZHEN_BODY, "借入单位", .min = 2, .max = 4), NEED("reason", ZHEN_TEXT, "借调理由", .max = 500),
	NEED("from_on", ZHEN_DATE, "起始日期"), NEED("until_on", ZHEN_DATE, "归还日期"), END,
};
const zhen_field secondments_fields[] = {
	CHOOSE("state", "状态", SECONDMENT_STATE_CHOICES), FIELD("overdue", ZHEN_BOOL, "只看逾期"), END,
};
const zhen_field decide_second_fields[] = { ID, FIELD("opinion", ZHEN_TEXT, "意见", .max = 500), END };
const zhen_field extend_second_fields[] = {
	ID, NEED("until_on", ZHEN_DATE, "延长至"), NEED("reason", ZHEN_TEXT, "理由", .max = 500), END,
};
const zhen_field return_second_fields[] = { ID, FIELD("on", ZHEN_DATE, "归还日期", .help = "不填为今天"), END };
const zhen_field urban_fields[] = {
	NEED("division", ZHEN_DIVISION, "区划", .max = 4), NEED("residents", ZHEN_INT, "城镇居民", .min = 1, .max = 100000000),
	DAY("as_of", "截至日期"), NEED("source", ZHEN_TEXT, "来源", .max = 120), END,
};
const zhen_field report_fields[] = {
	FIELD("division", ZHEN_DIVISION, "区划", .max = 4), FIELD("year", ZHEN_INT, "年度", .min = 1990, .max = 2200), END,
};
const zhen_field report_list_fields[] = { FIELD("division", ZHEN_DIVISION, "区划", .max = 4), END };

/* ---- answers ---- */

static const zhen_field action_reply[] = { TEXT("title", "操作"), TEXT("method", ""), TEXT("path", ""), END };
#define JOURNAL_REPLY(words_)                                                                                     \
	CHOOSE("what", "事项", words_), TEXT("text", "内容"), TEXT("person", "经办"), TEXT("body", "单位"), TIME("at", "时间"), END
static const zhen_field post_journal_reply[] = {
	JOURNAL_REPLY(
		"draft=拟设|approve=核定|allot=定编|duty=定责|unduty=取消职责|place=定人|vacate=离岗|abolish=撤销"),
};
static const zhen_field secondment_journal_reply[] = {
	JOURNAL_REPLY("request=申请|approve=同意|refuse=不同意|cancel=撤回|extend=延长|return=归还|overdue=逾期"),
};
static const zhen_field link_reply[] = { TEXT("title", "操作"), TEXT("href", "操作"), END };
static const zhen_field holder_reply[] = {
	ROW_ID, { .name = "name", .type = ZHEN_NAME, .label = "姓名" }, LIST("links", "操作", link_reply), END,
};
static const zhen_field carried_reply[] = { TEXT("name", "事项"), TEXT("code", "编码"), LIST("links", "操作", link_reply), END };
static const zhen_field gap_item_reply[] = {
	TEXT("name", "事项"), TEXT("code", "编码"), TEXT("upper", "对应乡镇（街道）事项"),
	CHOOSE("gap", "缺口", "no-post=未定岗"), END,
};
static const zhen_field gap_post_reply[] = {
	ROW_ID, TEXT("name", "岗位"), TEXT("code", "岗位编号"), INT("headcount", "定编"), INT("holders", "在岗"),
	CHOOSE("gap", "缺口", "no-headcount=未定编|no-person=无人|vacancies=缺员"), END,
};
static const zhen_field stale_reply[] = { TEXT("post", "岗位编号"), TEXT("code", "已不在清单的事项"), END };
static const zhen_field change_reply[] = {
	INT("change", "增减"), CHOOSE("component", "构成", COMPONENT_CHOICES), DAY("effective_on", "生效日期"),
	CHOOSE("what", "方式", "decide=核定|move=调剂|sink=下沉"), TEXT("other", "对方"),
	CHOOSE("purpose", "用途", PURPOSE_CHOICES), TEXT("reason", "理由"), TEXT("basis", "批准文号"), TEXT("person", "经办"),
	TIME("at", "登记时间"), END,
};
static const zhen_field career_reply[] = {
	CHOOSE("rung", "人员类别", RUNG_CHOICES), PLACE("unit", "单位"),
	CHOOSE("what", "事由", "join=任职|promote=晋级|move=调动|place=上岗|vacate=离岗|leave=离开"), DAY("from_on", "日期"),
	CHOOSE("how", "方式", HOW_CHOICES), TEXT("basis", "依据"), TEXT("from_body", "原单位"), TEXT("post", "岗位"), END,
};
static const zhen_field district_reply[] = {
	PLACE("division", "区划"), TEXT("name", "地区"), INT("residents", "城镇居民"), DAY("as_of", "截至"),
	INT("workers", "社区工作者"), TEXT("per_10000", "每万城镇居民"), INT("target", "目标"), INT("short", "缺额"),
	BOOL("reached", "已达标"), END,
};

#define POST_REPLY                                                                                              \
	ROW_ID, TEXT("code", "岗位编号"), TEXT("name", "岗位"), PLACE("unit", "单位"),                          \
		CHOOSE("rung", "人员类别", RUNG_CHOICES), CHOOSE("state", "状态", POST_STATE_CHOICES),          \
		INT("headcount", "定编"), INT("holders", "在岗")

const zhen_field posts_reply[] = { POST_REPLY, END };
const zhen_field post_reply[] = {
	POST_REPLY, { .name = "duties", .type = ZHEN_TEXT, .label = "职责事项", .flags = ZHEN_HIDDEN },
	LIST("carries", "职责事项", carried_reply), LIST("persons", "在岗人员", holder_reply),
	LIST("journal", "记录", post_journal_reply), LIST("actions", "操作", action_reply), END,
};
const zhen_field post_items_reply[] = {
	TEXT("post", "岗位"), PLACE("unit", "单位"), TEXT("name", "事项"), TEXT("code", "编码"), TEXT("category", "类别"), TEXT("lead", "牵头部门"),
	INT("posts", "已定到几个岗位"), { .name = "seq", .type = ZHEN_INT, .flags = ZHEN_HIDDEN }, END,
};
const zhen_field post_persons_reply[] = {
	TEXT("post", "岗位"), PLACE("unit", "单位"), INT("vacant", "空缺"), { .name = "name", .type = ZHEN_NAME, .label = "姓名" },
	CHOOSE("rung", "人员类别", RUNG_CHOICES), DAY("since_on", "任现级"), ROW_ID, END,
};
const zhen_field post_person_reply[] = {
	{ .name = "name", .type = ZHEN_NAME, .label = "姓名" }, CHOOSE("rung", "人员类别", RUNG_CHOICES), DAY("since_on", "任现级"),
	TEXT("post", "岗位"), PLACE("unit", "单位"), INT("vacant", "空缺"), END,
};
const zhen_field post_state_reply[] = {
	ROW_ID, TEXT("code", "岗位编号"), TEXT("name", "岗位"), CHOOSE("state", "状态", POST_STATE_CHOICES),
	INT("headcount", "定编"), INT("holders", "在岗"), END,
};
const zhen_field gaps_reply[] = {
	PLACE("unit", "单位"), INT("version", "清单版本"), INT("basic", "基本事项"), INT("mapped", "已定岗"),
	BOOL("complete", "齐全"), LIST("items", "未定岗事项", gap_item_reply), LIST("posts", "未定编、缺员岗位", gap_post_reply),
	LIST("stale", "岗位上已不在清单的事项", stale_reply), END,
};
const zhen_field supports_reply[] = {
	TEXT("name", "事项"), TEXT("code", "编码"), BOOL("people", "人才"), BOOL("equipment", "装备"), BOOL("technology", "技术"),
	BOOL("network", "网络端口"), BOOL("can_take_over", "可承接"), END,
};
const zhen_field support_reply[] = { TEXT("code", "编码"), BOOL("can_take_over", "可承接"), END };
const zhen_field ticket_answer[] = {
	TEXT("hint", "说明"), FIELD("ticket", ZHEN_TEXT, "上传凭据", .flags = ZHEN_HIDDEN), LIST("actions", "操作", action_reply), END,
};
const zhen_field import_reply[] = { INT("rows", "导入行数"), END };
const zhen_field headcount_reply[] = {
	PLACE("township", "乡镇"), DAY("on", "日期"), INT("base", "基础编制"), INT("quantified", "量化编制"),
	INT("balance", "周转（平衡）编制"), INT("total", "合计"), INT("allotted", "岗位已定编"),
	LIST("history", "沿革", change_reply), END,
};
#define PERSON_REPLY                                                                                          \
	ROW_ID, { .name = "name", .type = ZHEN_NAME, .label = "姓名" }, PLACE("unit", "单位"),                \
		CHOOSE("rung", "人员类别", RUNG_CHOICES), DAY("since_on", "任现级"),                          \
		CHOOSE("state", "状态", PERSON_STATE_CHOICES), TEXT("post_name", "岗位"), BOOL("seconded", "借调"), \
		{ .name = "post", .type = ZHEN_INT, .flags = ZHEN_HIDDEN },                                   \
		{ .name = "secondment", .type = ZHEN_INT, .flags = ZHEN_HIDDEN }
const zhen_field persons_reply[] = { PERSON_REPLY, END };
const zhen_field person_reply[] = {
	PERSON_REPLY, DAY("joined_on", "开始"), DAY("left_on", "离开"), LIST("career", "履历", career_reply), END,
};
#define SECONDMENT_REPLY                                                                                         \
	ROW_ID, PLACE("township", "借出"), INT("person", "人员"),                                                \
		{ .name = "name", .type = ZHEN_NAME, .label = "姓名" }, TEXT("to_name", "借入"),                 \
		DAY("from_on", "起始"), DAY("until_on", "归还期限"),                                             \
		CHOOSE("state", "状态", SECONDMENT_STATE_CHOICES), DAY("returned_on", "归还"), BOOL("overdue", "逾期")
const zhen_field secondments_reply[] = { SECONDMENT_REPLY, END };
const zhen_field secondment_reply[] = {
	SECONDMENT_REPLY, TEXT("reason", "理由"), TEXT("opinion", "意见"), INT("extended", "延长次数"),
	LIST("journal", "记录", secondment_journal_reply), LIST("actions", "操作", action_reply), END,
};
const zhen_field secondment_state_reply[] = {
	ROW_ID, CHOOSE("state", "状态", SECONDMENT_STATE_CHOICES), DAY("until_on", "归还期限"), BOOL("overdue", "逾期"), END,
};
const zhen_field posts_report_reply[] = {
	PLACE("division", "区划"), TEXT("name", "地区"), INT("posts", "乡镇岗位"), INT("headcount", "岗位定编"),
	INT("community_posts", "村（社区）岗位"), INT("community_headcount", "村（社区）岗位员额"), INT("holders", "在岗"),
	INT("base", "基础编制"), INT("quantified", "量化编制"), INT("balance", "周转（平衡）编制"), INT("staffing", "编制合计"),
	INT("sunk", "下沉编制"), INT("sunk_enforcement", "其中执法"), INT("sunk_rescue", "其中应急救援"),
	INT("sunk_other", "其中其他"), INT("year", "年度"), INT("sunk_in_year", "本年度下沉"), INT("supported", "可承接事项"),
	INT("recruited", "招录为公务员、事业编制"), INT("from_county", "由县级划转"), INT("seconded", "借调在外"),
	INT("seconded_overdue", "借调逾期"), END,
};
const zhen_field sunk_reply[] = {
	PLACE("township", "乡镇"), INT("sunk", "下沉编制"), INT("enforcement", "其中执法"), INT("rescue", "其中应急救援"),
	INT("other", "其中其他"), END,
};
const zhen_field counts_reply[] = {
	PLACE("township", "乡镇"), INT("base", "基础编制"), INT("quantified", "量化编制"), INT("balance", "周转（平衡）编制"),
	INT("total", "合计"), END,
};
const zhen_field workers_reply[] = { LIST("items", "各地", district_reply), END };

/* ---- events ---- */

const zhen_field post_event[] = {
	INT("id", NULL), PLACE("unit", NULL), PLACE("township", NULL), TEXT("code", NULL), INT("headcount", NULL), END,
};
const zhen_field headcount_event[] = {
	PLACE("township", NULL), TEXT("component", NULL), INT("change", NULL), DAY("effective_on", NULL), INT("total", NULL), END,
};
const zhen_field sunk_event[] = {
	PLACE("township", NULL), INT("posts", NULL), TEXT("purpose", NULL), DAY("effective_on", NULL), END,
};
const zhen_field recruited_event[] = { PLACE("township", NULL), DAY("on", NULL), END };
const zhen_field secondment_event[] = {
	INT("id", NULL), PLACE("township", NULL), TEXT("to_body", NULL), DAY("until_on", NULL), END,
};
