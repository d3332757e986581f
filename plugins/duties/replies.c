/* SPDX-License-Identifier: Apache-2.0
 * What routes of catalogues and lists answer: labels for pages, and types. What is looked for first stands first. */
#include "process.h"
#include "tables.h"

#include "reply.h"

#define COUNTS                                                                                        \
	INT("basic", "基本"), INT("assist", "配合"), INT("withdrawn", "收回"), INT("common", "共性"), \
	INT("optional", "可选"), INT("local", "本地增加"), INT("delegated", "县级赋权"),              \
	INT("statutory", "行政职权"), INT("services", "公共服务")

#define LEVELS INT("national", "国家"), INT("province", "省"), INT("prefecture", "州（市）"), INT("county", "县")
#define WHAT_CHOICES                                                                       \
	"added=新增|removed=去掉|changed=改动|retired=废止|chosen=选取|unchosen=不再选取|" \
	"placed=调整清单|admitted=准入|guide=办事说明|published=公布|left_out=目录有、未列入|own=本地增加|otherwise=与目录不同"

const zhen_field ticket_reply[] = { TEXT("hint", "提示"), HIDDEN("ticket"), { 0 } };

const zhen_field imported_reply[] = {
	HIDDEN_INT("id"), INT("version", "版本"), INT("items", "导入项数"), INT("upper", "国家和省"), LEVELS,
	INT("common", "共性"),
	INT("optional", "可选"), TEXT("encoding", "文件编码"), BOOL("imported", "已导入"), { 0 },
};

const zhen_field catalogues_reply[] = {
	ROW_ID, TEXT("code", "目录代码"), INT("version", "版本"), TEXT("title", "目录"),
	CHOICE("kind", "性质", KIND_CHOICES),
	CHOICE("unit_kind", "适用", UNIT_KIND_CHOICES), PLACE("division", "制定"), DAY("effective_from", "生效日期"),
	INT("items", "项数"), LEVELS, INT("common", "共性"), INT("optional", "可选"),
	TIME("published_at", "公布时间"), { 0 },
};

static const zhen_field batches_reply[] = { INT("batch", "批次"), INT("items", "项数"), INT("cumulative", "累计"), { 0 } };
static const zhen_field catalogue_versions_reply[] = {
	INT("version", "版本"), DAY("effective_from", "自"), DAY("effective_to", "至"), INT("items", "项数"), { 0 },
};

const zhen_field catalogue_reply[] = {
	TEXT("title", "目录"), INT("items", "项数"), INT("upper", "国家和省"), INT("prefecture", "州（市）"),
	TEXT("code", "目录代码"),
	INT("version", "版本"), CHOICE("kind", "性质", KIND_CHOICES), CHOICE("unit_kind", "适用", UNIT_KIND_CHOICES),
	PLACE("division", "制定"), TEXT("source", "发文、来源"), DAY("effective_from", "生效日期"),
	DAY("effective_to", "失效日期"),
	INT("national", "国家"), INT("province", "省"), INT("county", "县"), INT("common", "共性"),
	INT("optional", "可选"),
	TIME("published_at", "公布时间"), LIST("batches", "批次", batches_reply), LIST("versions", "版本", catalogue_versions_reply), { 0 },
};

#define ITEM                                                                                                    \
	TEXT("code", "编码"), HIDDEN_INT("seq"), CHOICE("place", "清单", PLACE_CHOICES),                        \
	CHOICE("origin", "选取", ORIGIN_CHOICES), CHOICE("kind", "来自", KIND_CHOICES "|local=本地增加"),       \
	CHOICE("type", "类型", TYPE_CHOICES), CHOICE("power", "权力类型", POWER_CHOICES),                       \
	TEXT("category", "类别"), CHOICE("level", "层级", LEVEL_CHOICES),                                       \
	TEXT("basis", "依据"), TEXT("lead", "牵头部门"), TEXT("duty", "乡镇职责"),                              \
	CHOICE("responsible", "责任主体", RESPONSIBLE_CHOICES)

const zhen_field catalogue_items_reply[] = { TEXT("name", "名称"), ITEM, INT("batch", "批次"), { 0 } };

const zhen_field units_reply[] = {
	PLACE("unit", "单位"), INT("version", "版本"), DAY("effective_from", "生效日期"), INT("basic", "基本"),
	INT("assist", "配合"),
	INT("withdrawn", "收回"), CHOICE("kind", "性质", UNIT_KIND_CHOICES), PLACE("township", "乡镇（街道）"), { 0 },
};

static const zhen_field versions_reply[] = {
	INT("version", "版本"), DAY("effective_from", "自"), DAY("effective_to", "至"), INT("items", "项数"),
	TIME("published_at", "公布时间"),
	{ 0 },
};

const zhen_field unit_reply[] = {
	TEXT("name", "单位"),
	INT("version", "版本"),
	DAY("effective_from", "生效日期"),
	INT("items", "事项"),
	COUNTS,
	HIDDEN("unit"),
	DAY("effective_to", "失效日期"),
	HIDDEN("public_path"), /* a button each leads there */
	HIDDEN("qr_path"),
	LIST("versions", "历次版本", versions_reply),
	{ 0 },
};

const zhen_field unit_items_reply[] = {
	PLACE("unit", "单位"), INT("version", "版本"), DAY("effective_from", "生效日期"), TEXT("name", "名称"), ITEM,
	TEXT("upper", "对应上级事项"),
	INT("orders", "使用件数"), { 0 },
};

const zhen_field history_reply[] = {
	ROW_ID, CHOICE("what", "变动", WHAT_CHOICES), TEXT("text", "内容"), INT("version", "版本"),
	INT("batch", "批次"), INT("round", "调整轮次"),
	TEXT("code", "编码"), PLACE("unit", "单位"), TEXT("body", "办理单位"), TIME("at", "时间"), { 0 },
};

const zhen_field unit_item_reply[] = {
	TEXT("name", "名称"), TEXT("steps", "办理流程"), TEXT("phone", "咨询电话"), TEXT("materials", "所需材料"),
	TEXT("handled_at", "办理地点"),
	TEXT("hours", "办理时间"), ITEM, HIDDEN_INT("catalogue"), HIDDEN("criterion"),
	TEXT("county_duty", "县级部门职责"),
	TEXT("upper", "对应上级事项"), HIDDEN_INT("batch"), PLACE("unit", "单位"), INT("version", "版本"),
	DAY("effective_from", "生效日期"),
	INT("orders", "使用件数"), LIST("history", "变动", history_reply), { 0 },
};

const zhen_field boundary_reply[] = {
	INT("version", "版本"), INT("township", "乡镇承担"), INT("county", "县级承担"), INT("joint", "县乡共同"),
	TEXT("code", "编码"),
	HIDDEN_INT("seq"), TEXT("name", "名称"), CHOICE("type", "类型", TYPE_CHOICES),
	CHOICE("responsible", "责任主体", RESPONSIBLE_CHOICES),
	TEXT("duty", "乡镇做什么"), TEXT("lead", "牵头部门"), TEXT("county_duty", "县级部门做什么"),
	CHOICE("place", "清单", PLACE_CHOICES), { 0 },
};

static const zhen_field differences_reply[] = {
	CHOICE("what", "变动", WHAT_CHOICES), TEXT("code", "编码"), TEXT("name", "名称"), TEXT("text", "内容"), { 0 },
};

const zhen_field unit_diff_reply[] = {
	PLACE("unit", "单位"), TEXT("note", "说明"), INT("from", "自第几版"), INT("to", "至第几版"), INT("before", "上一版"),
	INT("added", "新增"), INT("removed", "去掉"),
	INT("changed", "改动"), LIST("differences", "与上一版", differences_reply), INT("upstream_added", "本地增加"),
	INT("upstream_removed", "目录有、未列入"), INT("upstream_changed", "与目录不同"),
	LIST("upstream", "与目录", differences_reply), { 0 },
};

const zhen_field public_reply[] = {
	TEXT("title", "单位"), HIDDEN("unit"), TEXT("guides_href", "办事指南（到哪办、找谁办、怎么办）"), TEXT("name", "事项"),
	INT("version", "版本"), DAY("effective_from", "生效日期"), HIDDEN_INT("rank"), TEXT("phone", "找谁办（电话）"),
	TEXT("handled_at", "到哪办"), TEXT("steps", "怎么办"), TEXT("materials", "要哪些资料"),
	CHOICE("place", "清单", PLACE_CHOICES), CHOICE("type", "类型", TYPE_CHOICES), TEXT("code", "编码"), { 0 },
};

const zhen_field lists_reply[] = {
	ROW_ID, PLACE("unit", "单位"), CHOICE("state", "状态", LIST_STATE_CHOICES), INT("version", "版本"),
	DAY("effective_from", "自"),
	DAY("effective_to", "至"), INT("basic", "基本"), INT("assist", "配合"), INT("withdrawn", "收回"),
	INT("common", "共性"),
	INT("optional", "可选"), INT("local", "本地增加"), INT("delegated", "县级赋权"),
	TIME("published_at", "公布时间"), { 0 },
};

static const zhen_field bases_reply[] = { TEXT("title", "目录"), INT("version", "版本"), TEXT("code", "目录代码"), { 0 } };

const zhen_field list_reply[] = {
	TEXT("title", "清单"), CHOICE("state", "状态", LIST_STATE_CHOICES), DAY("effective_from", "生效日期"), COUNTS,
	HIDDEN_INT("id"),
	PLACE("unit", "单位"), HIDDEN("township"), INT("version", "版本"), TEXT("note", "说明"), HIDDEN_INT("round"),
	DAY("effective_to", "失效日期"),
	LIST("bases", "依据的目录", bases_reply), { 0 },
};

const zhen_field list_items_reply[] = { TEXT("name", "名称"), ITEM, { 0 } };

static const zhen_field choice_groups_reply[] = {
	TEXT("category", "类别"), INT("offered", "可选"), INT("chosen", "已选"), TEXT("names", "事项"), { 0 },
};
const zhen_field choice_reply[] = {
	TEXT("title", "清单"), INT("chosen", "已选"), TEXT("limits", "应选"), LIST("groups", "点类别勾选", choice_groups_reply), { 0 },
};
const zhen_field seek_reply[] = {
	TEXT("title", "清单"), TEXT("note", "说明"), TEXT("name", "名称"), TEXT("code", "编码"), CHOICE("place", "清单", PLACE_CHOICES),
	CHOICE("origin", "选取", ORIGIN_CHOICES), TEXT("lead", "牵头部门"), TEXT("duty", "乡镇职责"), HIDDEN_INT("seq"), { 0 },
};

const zhen_field list_done_reply[] = {
	HIDDEN_INT("id"), CHOICE("state", "状态", LIST_STATE_CHOICES), INT("imported", "导入"),
	TEXT("encoding", "文件编码"), INT("items", "事项"),
	INT("basic", "基本"), INT("assist", "配合"), INT("withdrawn", "收回"), INT("optional", "可选"), { 0 },
};

const zhen_field published_reply[] = {
	HIDDEN_INT("id"), INT("version", "版本"), CHOICE("state", "状态", LIST_STATE_CHOICES),
	DAY("effective_from", "生效日期"),
	TEXT("public_path", "公开网址"), { 0 },
};
