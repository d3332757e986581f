/* SPDX-License-Identifier: Apache-2.0
 * Who has this on its list? Items of the versions in force, and of those that come into force later, found by name, basis, code
 * and place. They stand beside the versions, which nobody searches once they are over. */
#include "tables.h"

const char entries_sql[] =
	"CREATE TABLE entry(id {{id}}, list BIGINT NOT NULL, unit TEXT NOT NULL, township TEXT NOT NULL, village TEXT "
        "NOT NULL, "
	"code TEXT NOT NULL, name TEXT NOT NULL, basis TEXT NOT NULL, place TEXT NOT NULL);"
	"CREATE INDEX entry_unit ON entry(unit, list);"
	"INSERT INTO entry(list, unit, township, village, code, name, basis, place) "
	"SELECT i.list, l.unit, l.township, l.village, i.code, i.name, i.basis, i.place FROM list_item i JOIN list l "
        "ON l.id = i.list "
	"WHERE l.state = 'published' AND l.version >= (SELECT MAX(n.version) - 1 FROM list n WHERE n.unit = l.unit AND "
	"n.state = 'published') ORDER BY l.id, i.seq";

const zhen_field find_fields[] = {
	{ .name = "q",
	  .type = ZHEN_TEXT,
	  .label = "检索",
	  .max = 100,
	  .help = "事项名称、依据、编码、乡镇（街道）；几个词用空格隔开" },
	{ .name = "township", .type = ZHEN_DIVISION, .label = "乡镇（街道）", .flags = ZHEN_ANYWHERE, .min = 4 },
	{ 0 },
};

const zhen_field find_reply[] = {
	{ .name = "name", .type = ZHEN_TEXT, .label = "名称" },
	{ .name = "unit", .type = ZHEN_DIVISION, .label = "单位" },
	{ .name = "href", .type = ZHEN_TEXT, .label = "查看" },
	{ .name = "code", .type = ZHEN_TEXT, .label = "编码" },
	{ .name = "place", .type = ZHEN_CHOICE, .label = "清单", .choices = PLACE_CHOICES },
	{ .name = "basis", .type = ZHEN_TEXT, .label = "依据" },
	{ .name = "version", .type = ZHEN_INT, .label = "版本" },
	{ .name = "effective_from", .type = ZHEN_DATE, .label = "生效日期" },
	{ .name = "id", .type = ZHEN_INT, .label = "序号", .flags = ZHEN_HIDDEN },
	{ 0 },
};

/* Of the one before, some days may still be in force. */
void find_published(zhen_call *call, const struct list *list, const struct list *previous)
{
	zhen_run(call, "DELETE FROM entry WHERE unit = $1 AND list <> $2", list->unit, previous->id);
	zhen_run(call,
	         "INSERT INTO entry(list, unit, township, village, code, name, basis, place) "
	         "SELECT l.id, l.unit, l.township, l.village, i.code, i.name, i.basis, i.place FROM list_item i JOIN "
	         "list l "
	         "ON l.id = i.list WHERE l.id = $1 ORDER BY i.seq",
	         list->id);
}

zhen_result find_items(zhen_call *call)
{
	return zhen_page(
		call,
		"SELECT e.id, e.unit, e.code, e.name, e.place, e.basis, l.version, l.effective_from, "
		"'/p/duties/units/' || e.unit || '/items/' || e.code AS href FROM entry e JOIN list l ON l.id = e.list "
		"WHERE {{search entries $1 in e.id e.code e.name e.basis e.township e.village}} "
		"AND l.state = 'published' AND l.effective_from <= $2 AND (l.effective_to = '' OR l.effective_to >= "
	        "$2) "
		"AND ($3 = '' OR e.township = $3) {{page e.id DESC}}",
		field_text(call, "q"), today(call), field_text(call, "township"));
}
