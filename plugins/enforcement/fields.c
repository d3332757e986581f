/* SPDX-License-Identifier: Apache-2.0
 * Forms and answers. */
#include "fields.h"


/* ---- forms ---- */

const zhen_field no_fields[] = { END };
const zhen_field id_fields[] = { ID, END };
const zhen_field teams_fields[] = { CHOOSE("state", "状态", TEAM_STATE_CHOICES), END };
const zhen_field team_fields[] = {
	NEED("township", ZHEN_DIVISION, "乡镇（街道）", .min = 4),
	FIELD("name", ZHEN_TEXT, "队伍名称", .max = 60, .help = "不填为某某综合行政执法队"), END,
};
const zhen_field establish_fields[] = { ID, NEED("basis", ZHEN_TEXT, "批准文号", .max = 120), END };
const zhen_field ready_fields[] = {
	ID, MUST_CHOOSE("point", "建设内容", "places=规范化场所|conduct=制度化行为|joint=协同化县乡联动"),
	NEED("ready", ZHEN_BOOL, "已具备"), NEED("note", ZHEN_TEXT, "说明", .max = 500), END,
};
const zhen_field join_fields[] = {
	ID, NEED("name", ZHEN_NAME, "姓名"), MUST_CHOOSE("kind", "人员类别", MEMBER_KIND_CHOICES),
	FIELD("from_body", ZHEN_BODY, "原单位", .min = 2, .max = 3, .help = "下沉执法人员填写"),
	NEED("frontline", ZHEN_BOOL, "在一线"), FIELD("joined_on", ZHEN_DATE, "入队日期", TODAY), END,
};
const zhen_field members_fields[] = {
	CHOOSE("kind", "人员类别", MEMBER_KIND_CHOICES), CHOOSE("state", "状态", MEMBER_STATE_CHOICES), END,
};
const zhen_field certificate_fields[] = {
	ID, NEED("number", ZHEN_TEXT, "证件编号", .max = 40), NEED("issuer", ZHEN_TEXT, "发证机关", .max = 60),
	NEED("field", ZHEN_TEXT, "执法领域", .max = 60), NEED("valid_from", ZHEN_DATE, "有效期自"),
	NEED("valid_to", ZHEN_DATE, "有效期至"), END,
};
const zhen_field frontline_fields[] = { ID, NEED("frontline", ZHEN_BOOL, "在一线"), END };
const zhen_field leave_fields[] = {
	ID, FIELD("on", ZHEN_DATE, "最后一日", TODAY), NEED("reason", ZHEN_TEXT, "原因", .max = 200), END,
};
const zhen_field revoke_fields[] = {
	ID, FIELD("on", ZHEN_DATE, "失效日期", TODAY), NEED("reason", ZHEN_TEXT, "原因", .max = 200), END,
};
const zhen_field officers_fields[] = { FIELD("on", ZHEN_DATE, "日期", TODAY), END };
const zhen_field squad_fields[] = { ID, NEED("name", ZHEN_TEXT, "中队", .max = 40), MEMBER("leader", "队长"), END };
const zhen_field lead_fields[] = { ID, MEMBER("leader", "队长"), END };
const zhen_field area_fields[] = {
	ID, NEED("village", ZHEN_DIVISION, "村（社区）", .min = 5), MEMBER("officer", "负责的执法人员"), END,
};
const zhen_field where_fields[] = { NEED("village", ZHEN_DIVISION, "村（社区）", .min = 5), END };
const zhen_field vehicle_fields[] = {
	ID, NEED("plate", ZHEN_TEXT, "号牌", .max = 12), MUST_CHOOSE("mode", "取得方式", MODE_CHOICES),
	NEED("basis", ZHEN_TEXT, "依据", .max = 120), FIELD("from_on", ZHEN_DATE, "启用日期", TODAY), END,
};
const zhen_field vehicles_fields[] = { CHOOSE("mode", "取得方式", MODE_CHOICES), END };
const zhen_field retire_fields[] = { ID, FIELD("on", ZHEN_DATE, "停用日期", TODAY), END };
const zhen_field items_fields[] = {
	FIELD("on", ZHEN_DATE, "日期", TODAY), CHOOSE("power", "权力类型", POWER_CHOICES), END,
};
const zhen_field import_fields[] = {
	NEED("township", ZHEN_DIVISION, "乡镇（街道）", .min = 4),
	NEED("content", ZHEN_LONG_TEXT, "内容", .max = 500000, .help = "CSV，第一行为表头：编码,名称,权力类型,依据,生效日期"), END,
};
const zhen_field end_fields[] = { ID, NEED("to_on", ZHEN_DATE, "最后一日"), END };

/* ---- answers ---- */

static const zhen_field team_journal_reply[] = { JOURNAL_REPLY("create=筹建|establish=确认建队|readiness=登记建设情况") };
static const zhen_field member_journal_reply[] = {
	JOURNAL_REPLY("join=入队|certify=登记执法证件|revoke=注销执法证件|frontline=登记是否在一线|leave=离队"),
};
static const zhen_field point_reply[] = {
	CHOOSE("point", "建设内容", POINT_CHOICES), BOOL("ready", "已具备"), TEXT("note", "说明"), TEXT("person", "登记人"), END,
};

#define TEAM_REPLY                                                                                          \
	TEXT("name", "队伍"), PLACE("township", "乡镇（街道）"), CHOOSE("state", "状态", TEAM_STATE_CHOICES), \
		INT("members", "在队"), INT("officers", "其中执法人员"), INT("assistants", "其中协助人员"), \
		INT("frontline", "其中一线"), DAY("established_on", "建队日期")
const zhen_field teams_reply[] = { ROW_ID, TEAM_REPLY, ACTIONS, END };
const zhen_field team_reply[] = {
	ROW_ID, TEAM_REPLY, TEXT("frontline_share", "一线占比（%）"), INT("minimum", "至少人数"),
	CHOOSE("standard", "人数", "yes=达标|no=不达标"), LIST("points", "建设情况", point_reply),
	LIST("journal", "记录", team_journal_reply), ACTIONS, END,
};
const zhen_field team_state_reply[] = {
	ROW_ID, TEXT("name", "队伍"), CHOOSE("state", "状态", TEAM_STATE_CHOICES), INT("members", "在队"),
	DAY("established_on", "建队日期"), ACTIONS, END,
};

#define MEMBER_REPLY                                                                                    \
	NAME("name", "姓名"), PLACE("township", "乡镇（街道）"), CHOOSE("kind", "人员类别", MEMBER_KIND_CHOICES), \
		TEXT("from_body", "原单位"), BOOL("frontline", "在一线"), CHOOSE("state", "状态", MEMBER_STATE_CHOICES), \
		DAY("joined_on", "入队"), DAY("left_on", "离队")
static const zhen_field certificate_reply[] = {
	ROW_ID, TEXT("number", "证件编号"), TEXT("issuer", "发证机关"), TEXT("field", "执法领域"), DAY("valid_from", "自"),
	DAY("valid_to", "至"), DAY("revoked_on", "注销"), TEXT("today", "今天"), END,
};
const zhen_field members_reply[] = { ROW_ID, MEMBER_REPLY, { .name = "team", .type = ZHEN_INT, .flags = ZHEN_HIDDEN }, END };
const zhen_field member_reply[] = {
	ROW_ID, MEMBER_REPLY, LIST("certificates", "执法证件", certificate_reply), LIST("journal", "记录", member_journal_reply),
	ACTIONS, END,
};
const zhen_field member_state_reply[] = {
	ROW_ID, CHOOSE("state", "状态", MEMBER_STATE_CHOICES), BOOL("frontline", "在一线"), DAY("left_on", "离队"), ACTIONS, END,
};
const zhen_field certificate_state_reply[] = {
	ROW_ID, TEXT("number", "证件编号"), CHOOSE("state", "状态", CERTIFICATE_STATE_CHOICES), DAY("revoked_on", "注销"), ACTIONS, END,
};
const zhen_field officers_reply[] = {
	INT("id", "序号"), NAME("name", "姓名"), PLACE("township", "乡镇（街道）"), CHOOSE("kind", "人员类别", MEMBER_KIND_CHOICES),
	TEXT("number", "证件编号"), DAY("valid_to", "有效期至"), END,
};

#define SQUAD_REPLY TEXT("name", "中队"), PLACE("township", "乡镇（街道）"), NAME("leader_name", "队长")
static const zhen_field area_reply[] = { PLACE("village", "村（社区）"), NAME("officer_name", "执法人员"), END };
const zhen_field squads_reply[] = {
	ROW_ID, SQUAD_REPLY, INT("villages", "村（社区）数"), { .name = "team", .type = ZHEN_INT, .flags = ZHEN_HIDDEN },
	{ .name = "leader", .type = ZHEN_INT, .flags = ZHEN_HIDDEN }, END,
};
const zhen_field squad_reply[] = { ROW_ID, SQUAD_REPLY, LIST("villages", "片区", area_reply), ACTIONS, END };
const zhen_field squad_state_reply[] = { ROW_ID, ACTIONS, END };
static const zhen_field level_reply[] = {
	CHOOSE("level", "层级", "officer=员管网格|squad=队管片区|team=局（队）管全面"), TEXT("unit", "范围"), NAME("name", "负责人"), END,
};
const zhen_field where_reply[] = {
	PLACE("village", "村（社区）"), BOOL("assigned", "已划定"), LIST("levels", "由谁负责", level_reply), END,
};

#define VEHICLE_REPLY                                                                                             \
	TEXT("plate", "号牌"), PLACE("township", "乡镇（街道）"), CHOOSE("mode", "取得方式", MODE_CHOICES), TEXT("basis", "依据"), \
		DAY("from_on", "启用"), DAY("to_on", "停用")
const zhen_field vehicles_reply[] = { ROW_ID, VEHICLE_REPLY, END };
const zhen_field vehicle_reply[] = { ROW_ID, VEHICLE_REPLY, ACTIONS, END };

#define ITEM_REPLY                                                                                     \
	TEXT("name", "事项"), TEXT("code", "编码"), CHOOSE("power", "权力类型", POWER_CHOICES),        \
		PLACE("township", "乡镇（街道）"), CHOOSE("source", "来源", SOURCE_CHOICES), DAY("from_on", "自"), DAY("to_on", "至")
const zhen_field items_reply[] = { ROW_ID, ITEM_REPLY, END };
const zhen_field item_reply[] = { ROW_ID, ITEM_REPLY, FIELD("basis", ZHEN_LONG_TEXT, "依据"), ACTIONS, END };
const zhen_field imported_reply[] = { INT("rows", "导入行数"), ACTIONS, END };

const zhen_field report_reply[] = {
	INT("teams", "队伍"), INT("established", "已建立"), INT("members", "在队"), INT("officers", "执法人员"),
	INT("assistants", "协助人员"), INT("frontline", "一线"), TEXT("frontline_share", "一线占比（%）"),
	INT("with_vehicle", "有执法车辆的乡镇（街道）"), INT("purchased", "采购"), INT("transferred", "划转"),
	INT("designated", "指定"), END,
};
const zhen_field tile_reply[] = { INT("value", "已建队伍"), TEXT("unit", ""), TEXT("note", ""), END };

static const zhen_field state_reply[] = { TEXT("name", "代码"), TEXT("title", "状态"), END };
static const zhen_field act_reply[] = {
	TEXT("name", "代码"), TEXT("title", "操作"), TEXT("law", "依据"), TEXT("by", "由谁"), TEXT("from", "从"), TEXT("to", "到"),
	TEXT("condition", "条件"), END,
};
static const zhen_field process_reply[] = {
	TEXT("noun", "对象"), LIST("states", "状态", state_reply), LIST("acts", "操作", act_reply), END,
};
const zhen_field processes_reply[] = { LIST("processes", "办理规则", process_reply), END };

/* ---- events ---- */

const zhen_field item_event_fields[] = {
	NEED("item", ZHEN_TEXT, NULL), NEED("township", ZHEN_DIVISION, NULL), NEED("unit", ZHEN_DIVISION, NULL),
	NEED("name", ZHEN_TEXT, NULL), NEED("effective_from", ZHEN_DATE, NULL), TEXT("power", NULL),
	FIELD("basis", ZHEN_LONG_TEXT, NULL), END,
};
const zhen_field team_event[] = { INT("id", NULL), PLACE("township", NULL), INT("members", NULL), DAY("on", NULL), END };
const zhen_field certificate_event[] = { INT("id", NULL), INT("member", NULL), PLACE("township", NULL), DAY("on", NULL), END };
