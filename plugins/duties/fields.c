/* SPDX-License-Identifier: Apache-2.0
 * Forms of catalogues and lists: one list each for checking, for OpenAPI and for the page the host draws. */
#include "tables.h"

#define REQUIRED ZHEN_REQUIRED
#define TEXT(name_, label_, max_, flags_) \
	{ .name = name_, .type = ZHEN_TEXT, .label = label_, .max = max_, .flags = flags_ }
#define INT(name_, label_, min_, max_) { .name = name_, .type = ZHEN_INT, .label = label_, .min = min_, .max = max_ }
#define CHOICE(name_, label_, choices_, flags_) \
	{ .name = name_, .type = ZHEN_CHOICE, .label = label_, .choices = choices_, .flags = flags_ }
#define ID { .name = "id", .type = ZHEN_INT, .label = "序号", .flags = ZHEN_REQUIRED, .min = 1, .max = INT64_MAX }
#define CODE(flags_) TEXT("code", "编码", CODE_MAX, flags_)
/* As a page of names leads to it: "KX-001 城乡居民参保登记"; the code alone will do. */
#define NAMED_CODE TEXT("code", "事项", CODE_MAX + 1 + NAME_MAX_CHARACTERS, ZHEN_REQUIRED)
/* Read by everybody, wherever it lies. */
#define UNIT \
	{ .name = "unit", .type = ZHEN_DIVISION, .label = "乡镇（街道）、村（社区）", \
	  .flags = ZHEN_REQUIRED | ZHEN_ANYWHERE }
#define OWN_UNIT { .name = "unit", .type = ZHEN_DIVISION, .label = "乡镇（街道）、村（社区）", .flags = ZHEN_REQUIRED }
#define VERSION INT("version", "版本", 1, 100000)
#define DAY(name_, label_, help_) { .name = name_, .type = ZHEN_DATE, .label = label_, .help = help_ }
/* What an import takes: the text itself, or the file by a ticket. */
#define FILE_FIELDS                                                                                     \
	{ .name = "content", .type = ZHEN_LONG_TEXT, .label = "文件内容（CSV）", .max = 400000,         \
	  .help = "直接粘贴，或在下一项上传文件" },                                                     \
	{ .name = "ticket", .type = ZHEN_TEXT, .label = "上传凭据", .flags = ZHEN_HIDDEN, .max = 400 }, \
	{ .name = "file", .type = ZHEN_FILE, .label = "文件（CSV，UTF-8 或 GB18030）", .max = 5 * 1024 * 1024 }

const zhen_field none_fields[] = { { 0 } };
const zhen_field one_fields[] = { ID, { 0 } };

const zhen_field import_fields[] = {
	CODE(REQUIRED),
	TEXT("title", "目录名称", 100, REQUIRED),
	CHOICE("kind", "性质", KIND_CHOICES, REQUIRED),
	CHOICE("unit_kind", "适用", UNIT_KIND_CHOICES, 0),
	{ .name = "division", .type = ZHEN_DIVISION, .label = "制定机关所在地", .flags = ZHEN_REQUIRED, .max = 3 },
	DAY("effective_from", "生效日期", "不填为今天"),
	TEXT("source", "发文、来源", 200, 0),
	CHOICE("mode", "方式", "replace=整份替换|append=追加一批", 0),
	INT("batch", "批次", 1, 1000),
	INT("expected_total", "应有项数", 0, 100000),
	INT("expected_upper", "其中国家和省", 0, 100000),
	INT("expected_prefecture", "其中州（市）", 0, 100000),
	INT("expected_common", "其中共性", 0, 100000),
	INT("expected_optional", "其中可选", 0, 100000),
	FILE_FIELDS,
	{ .name = "check_only", .type = ZHEN_BOOL, .label = "只检查，不导入" },
	{ 0 },
};

const zhen_field catalogue_fields[] = { CODE(REQUIRED), VERSION, { 0 } };

const zhen_field catalogue_items_fields[] = {
	TEXT("catalogue", "目录代码", CODE_MAX, REQUIRED), VERSION, CHOICE("level", "层级", LEVEL_CHOICES, 0), { 0 },
};

const zhen_field units_fields[] = {
	{ .name = "township", .type = ZHEN_DIVISION, .label = "乡镇（街道）", .flags = ZHEN_ANYWHERE, .min = 4 }, { 0 },
};

const zhen_field unit_list_fields[] = { UNIT, VERSION, DAY("date", "哪一天的清单", "不填为今天"), { 0 } };

const zhen_field unit_items_fields[] = {
	UNIT, VERSION, DAY("date", "哪一天的清单", "不填为今天"), CHOICE("place", "清单", PLACE_CHOICES, 0),
	CHOICE("type", "类型", TYPE_CHOICES, 0), CHOICE("kind", "来自", KIND_CHOICES "|local=本地增加", 0),
	TEXT("category", "类别", 40, 0), { 0 },
};

const zhen_field unit_item_fields[] = { UNIT, CODE(REQUIRED), VERSION, DAY("date", "哪一天的清单", "不填为今天"), { 0 } };

const zhen_field unit_diff_fields[] = {
	UNIT, INT("from", "自哪一版", 1, 100000), INT("to", "至哪一版", 1, 100000), { 0 },
};

const zhen_field slug_fields[] = { TEXT("slug", "短码", 20, REQUIRED), { 0 } };

const zhen_field public_fields[] = {
	TEXT("slug", "短码", 20, REQUIRED), TEXT("q", "检索", 60, 0), { .name = "livelihood", .type = ZHEN_BOOL, .label = "只看民生事项" }, { 0 },
};

const zhen_field public_item_fields[] = { TEXT("slug", "短码", 20, REQUIRED), CODE(REQUIRED), { 0 } };

const zhen_field guide_fields[] = {
	OWN_UNIT,
	CODE(REQUIRED),
	{ .name = "steps", .type = ZHEN_LONG_TEXT, .label = "办理流程", .max = 2000, .flags = ZHEN_REQUIRED },
	{ .name = "materials", .type = ZHEN_LONG_TEXT, .label = "所需材料", .max = 2000 },
	TEXT("handled_at", "办理地点", 100, 0),
	TEXT("hours", "办理时间", 100, 0),
	TEXT("phone", "咨询电话（办公电话）", 40, REQUIRED),
	{ .name = "livelihood", .type = ZHEN_BOOL, .label = "民生事项（排在前面）" },
	{ 0 },
};

const zhen_field history_fields[] = {
	CODE(REQUIRED), { .name = "unit", .type = ZHEN_DIVISION, .label = "单位", .flags = ZHEN_ANYWHERE, .max = 4 }, { 0 },
};

const zhen_field draft_fields[] = {
	OWN_UNIT, DAY("effective_from", "生效日期", "不填为今天；今天已有一版的，为明天"), TEXT("note", "说明", 200, 0), { 0 },
};

const zhen_field lists_fields[] = { CHOICE("state", "状态", "draft=草案|published=已公布|discarded=已作废", 0), { 0 } };
const zhen_field list_items_fields[] = { ID, CHOICE("place", "清单", PLACE_CHOICES, 0), { 0 } };

static const zhen_field chosen_fields[] = { CODE(REQUIRED), { 0 } };
const zhen_field choose_fields[] = {
	ID,
	{ .name = "items", .type = ZHEN_LIST, .label = "选取的可选事项", .fields = chosen_fields, .max = 300,
	  .help = "一次写全：没有写的就是不选" },
	{ 0 },
};

/* Rows are named by the address that leads to the form. */
static const zhen_field picked_fields[] = {
	TEXT("code", "事项", CODE_MAX + 1 + NAME_MAX_CHARACTERS, REQUIRED | ZHEN_HIDDEN),
	CHOICE("take", "承接", "yes=选取|no=不选", REQUIRED),
	{ 0 },
};
const zhen_field pick_fields[] = {
	ID,
	{ .name = "items", .type = ZHEN_LIST, .label = "可选事项", .fields = picked_fields, .flags = REQUIRED, .min = 1, .max = 50 },
	{ 0 },
};
const zhen_field seek_fields[] = {
	ID, { .name = "q", .type = ZHEN_TEXT, .label = "检索", .max = 60, .help = "事项名称或编码" }, { 0 },
};

#define CRITERION(name_, label_) CHOICE(name_, label_, "yes=是|no=否", 0)

const zhen_field add_fields[] = {
	ID,
	CODE(REQUIRED),
	TEXT("name", "名称", NAME_MAX_CHARACTERS, REQUIRED),
	CHOICE("type", "类型", TYPE_CHOICES, 0),
	CHOICE("place", "清单", PLACE_CHOICES, 0),
	{ .name = "power", .type = ZHEN_CHOICE, .label = "权力类型", .choices = POWER_CHOICES,
	  .help = "行政处罚、行政强制、行政检查属行政执法，须回答四项标准" },
	TEXT("category", "类别", 40, 0),
	TEXT("basis", "依据", 500, 0),
	TEXT("lead", "牵头部门", 60, 0),
	TEXT("duty", "乡镇具体职责", 500, 0),
	TEXT("county_duty", "县级部门职责", 500, 0),
	CHOICE("responsible", "责任主体", RESPONSIBLE_CHOICES, 0),
	{ .name = "upper", .type = ZHEN_TEXT, .label = "对应的乡镇（街道）事项", .max = CODE_MAX + 1 + NAME_MAX_CHARACTERS,
	  .help = "村（社区）事项才填：在“增加本地事项”页点所属乡镇（街道）的事项，就填好了" },
	{ .name = "needed", .type = ZHEN_CHOICE, .label = "基层迫切需要", .choices = "yes=是|no=否", .help = "行政执法事项，这一项和下面三项都要回答" },
	CRITERION("connected", "能有效衔接"),
	CRITERION("simple", "技术要求不高"),
	CRITERION("visible", "易发现易处置"),
	{ 0 },
};

const zhen_field placing_fields[] = {
	ID,
	NAMED_CODE,
	CHOICE("place", "归入", PLACE_CHOICES, REQUIRED),
	TEXT("lead", "牵头部门", 60, 0),
	TEXT("duty", "乡镇具体配合职责", 500, 0),
	CHOICE("criterion", "收回的理由", "technical=专业技术性强|unable=基层无力承接", 0),
	{ .name = "needed", .type = ZHEN_CHOICE, .label = "基层迫切需要", .choices = "yes=是|no=否",
	  .help = "这一项和下面三项，只有收回的行政执法事项重新承接时才填" },
	CRITERION("connected", "能有效衔接"),
	CRITERION("simple", "技术要求不高"),
	CRITERION("visible", "易发现易处置"),
	{ 0 },
};

const zhen_field remove_fields[] = { ID, NAMED_CODE, TEXT("reason", "理由", 200, REQUIRED), { 0 } };
const zhen_field list_import_fields[] = { ID, FILE_FIELDS, { 0 } };
const zhen_field situation_import_fields[] = {
	{ .name = "division", .type = ZHEN_DIVISION, .label = "适用辖区", .max = 4, .help = "文件里没有“区划代码”列的才填" },
	FILE_FIELDS,
	{ .name = "check_only", .type = ZHEN_BOOL, .label = "只检查，不导入" },
	{ 0 },
};
const zhen_field publish_fields[] = { ID, DAY("effective_from", "生效日期", "不填为草案写的日期；须晚于上一版的生效日期"), { 0 } };
