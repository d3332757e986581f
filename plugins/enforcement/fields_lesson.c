/* SPDX-License-Identifier: Apache-2.0
 * Forms and answers of publications, teaching cases and leads. */
#include "fields.h"
#include "lesson.h"

#define LONG(name_, label_) { .name = name_, .type = ZHEN_LONG_TEXT, .label = label_ }
#define NEXT TEXT("next", "下一页")
#define STATE CHOOSE("state", "状态", PUBLICATION_STATE_CHOICES)
#define PROBLEM CHOOSE("problem", "问题类型", PROBLEM_CHOICES)

const zhen_field publications_fields[] = { STATE, END };
static const zhen_field publication_row[] = {
	ROW_ID, PLACE("township", "乡镇（街道）"), CHOOSE("kind", "程序", PROCEDURE_CHOICES), STATE, DAY("decided_on", "决定"), DAY("due_on", "公开期限"),
	DAY("published_on", "公开"), BOOL("late", "超期"), END,
};
const zhen_field publications_reply[] = { LIST("items", "处罚决定公开", publication_row), NEXT, END };
static const zhen_field publication_journal_row[] = { JOURNAL_REPLY("publish=公开|withhold=不公开|withdraw=撤回") };
const zhen_field publication_reply[] = {
	ROW_ID, PLACE("township", "乡镇（街道）"), CHOOSE("kind", "程序", PROCEDURE_CHOICES), INT("matter", "案件"), STATE, DAY("decided_on", "决定"),
	DAY("due_on", "公开期限"), DAY("published_on", "公开"), TEXT("number", "文号"), TEXT("item_name", "事项"), TEXT("party", "当事人"),
	TEXT("result", "处罚内容"), LONG("basis", "依据"), DAY("withdraw_by", "撤回期限"), DAY("withdrawn_on", "撤回"), LONG("why", "理由"),
	LIST("journal", "记录", publication_journal_row), ACTIONS, END,
};
const zhen_field withhold_fields[] = { ID, NEED("reason", ZHEN_LONG_TEXT, "不公开的理由", .max = 500, .help = "如涉及国家秘密、商业秘密、个人隐私（行政处罚法第五十条）") , END };
const zhen_field withdraw_fields[] = {
	ID, NEED("changed_on", ZHEN_DATE, "变更、撤销之日"), NEED("reason", ZHEN_LONG_TEXT, "公开说明的理由", .max = 500), END,
};
const zhen_field publication_state_reply[] = { ROW_ID, STATE, END };
static const zhen_field decision_row[] = {
	ROW_ID, PLACE("township", "作出机关所在乡镇（街道）"), TEXT("number", "决定书文号"), TEXT("item_name", "事项"), TEXT("party", "当事人"),
	TEXT("result", "处罚内容"), LONG("basis", "依据"), DAY("decided_on", "决定日期"), DAY("published_on", "公开日期"), DAY("withdrawn_on", "撤回日期"),
	LONG("why", "撤回理由"), END,
};
const zhen_field decisions_reply[] = { LIST("items", "行政处罚决定", decision_row), NEXT, END };

const zhen_field lessons_fields[] = { FIELD("q", ZHEN_TEXT, "查找", .max = 40, .help = "事项、标题、内容中的两个字以上"), END };
#define LESSON_ROW ROW_ID, TEXT("title", "标题"), TEXT("item_name", "事项"), PROBLEM, DAY("on_day", "发布日期")
static const zhen_field lesson_row[] = { LESSON_ROW, END };
const zhen_field lessons_reply[] = { LIST("items", "典型案例", lesson_row), NEXT, END };
const zhen_field lesson_fields[] = {
	ID, FIELD("ticket", ZHEN_TEXT, "上传凭据", .flags = ZHEN_HIDDEN, .max = 400), NEED("title", ZHEN_TEXT, "标题", .max = 80),
	NEED("content", ZHEN_LONG_TEXT, "案例", .max = 20000, .help = "不写当事人的姓名、名称、代码和地点"), FIELD("file", ZHEN_FILE, "课件", .max = 50 * 1024 * 1024),
	FIELD("media", ZHEN_TEXT, "视频地址", .max = 300), END,
};
const zhen_field lesson_reply[] = { LESSON_ROW, LONG("content", "案例"), TEXT("file", "课件地址"), TEXT("media", "视频地址"), END };
const zhen_field withdraw_lesson_fields[] = { ROW_ID, END };

static const zhen_field lead_in[] = {
	MUST_CHOOSE("problem", "问题类型", PROBLEM_CHOICES), NEED("place", ZHEN_TEXT, "地点", .max = 100), NEED("fact", ZHEN_LONG_TEXT, "情况", .max = 1000),
	MUST_CHOOSE("source", "来源", LEAD_SOURCE_CHOICES), END,
};
const zhen_field batch_fields[] = {
	NEED("title", ZHEN_TEXT, "标题", .max = 80),
	{ .name = "leads", .type = ZHEN_LIST, .label = "线索", .flags = ZHEN_REQUIRED, .fields = lead_in, .max = LEADS_MAX }, END,
};
#define BATCH_ROW ROW_ID, PLACE("township", "乡镇（街道）"), TEXT("title", "标题"), DAY("on_day", "上报日期")
static const zhen_field batch_row[] = { BATCH_ROW, INT("leads", "线索"), INT("visits", "督导"), END };
const zhen_field batches_reply[] = { LIST("items", "线索上报", batch_row), NEXT, ACTIONS, END };
#define LEAD_STATE CHOOSE("state", "状态", LEAD_STATE_CHOICES)
static const zhen_field lead_row[] = {
	ROW_ID, PROBLEM, TEXT("place", "地点"), LONG("fact", "情况"), CHOOSE("source", "来源", LEAD_SOURCE_CHOICES), LEAD_STATE, LONG("review", "审核意见"),
	INT("finding", "问题"), INT("penalty", "处罚案件"), INT("proceeding", "普通程序案件"), ACTIONS, END,
};
static const zhen_field teaching_row[] = {
	CHOOSE("mode", "方式", MODE_OF_TEACHING_CHOICES), INT("people", "人数"), LONG("content", "教学内容"), DAY("on_day", "日期"), END,
};
static const zhen_field visit_row[] = {
	ROW_ID, TEXT("body_name", "单位"), NAME("leader", "带队"), TEXT("leader_post", "职务"), DAY("on_day", "日期"), LIST("teachings", "教学记录", teaching_row), ACTIONS, END,
};
const zhen_field batch_reply[] = {
	BATCH_ROW, TEXT("person", "上报人"), LIST("leads", "线索", lead_row), LIST("visits", "督导组", visit_row), ACTIONS, END,
};
const zhen_field lead_review_fields[] = { ID, NEED("passed", ZHEN_BOOL, "通过"), NEED("opinion", ZHEN_LONG_TEXT, "审核意见", .max = 1000), END };
const zhen_field lead_found_fields[] = { ID, NEED("finding", ZHEN_INT, "问题记录", .min = 1, .max = INT64_MAX), END };
const zhen_field lead_state_reply[] = { ROW_ID, LEAD_STATE, END };
const zhen_field visit_fields[] = {
	ID, NEED("leader", ZHEN_NAME, "带队领导"), NEED("leader_post", ZHEN_TEXT, "职务", .max = 60, .help = "督导组由副职领导带队（楚雄州）"),
	FIELD("on", ZHEN_DATE, "日期", TODAY), END,
};
const zhen_field teach_fields[] = {
	ID, MUST_CHOOSE("mode", "方式", MODE_OF_TEACHING_CHOICES), NEED("people", ZHEN_INT, "受教人数", .min = 1, .max = 1000),
	NEED("content", ZHEN_LONG_TEXT, "教学内容", .max = 2000), END,
};
