/* SPDX-License-Identifier: Apache-2.0
 * By what two lists differ, in words. Both are read in the order of codes, side by side. */
#include "tables.h"

#define SIDE_SQL "SELECT " ITEM_COLUMNS " FROM list_item WHERE list = $1 ORDER BY code"

static bool same(const struct item *a, const struct item *b)
{
	return strcmp(a->name, b->name) == 0 && strcmp(a->place, b->place) == 0 && strcmp(a->basis, b->basis) == 0 &&
	       strcmp(a->type, b->type) == 0 && strcmp(a->lead, b->lead) == 0 && strcmp(a->duty, b->duty) == 0 &&
	       strcmp(a->origin, b->origin) == 0 && strcmp(a->category, b->category) == 0 &&
	       strcmp(a->responsible, b->responsible) == 0 && strcmp(a->level, b->level) == 0 &&
	       strcmp(a->power, b->power) == 0 && strcmp(a->county_duty, b->county_duty) == 0 &&
	       strcmp(a->upper, b->upper) == 0;
}

void diff_lists(zhen_call *call, int64_t before, int64_t after, diff_told *told, void *data)
{
	zhen_rows *old_rows = zhen_query(call, SIDE_SQL, before), *new_rows = zhen_query(call, SIDE_SQL, after);
	const zhen_row *old_row = call->host->next(old_rows), *new_row = call->host->next(new_rows);

	while (old_row != NULL || new_row != NULL) {
		struct item a = { 0 }, b = { 0 };
		int order = old_row == NULL ? 1 : new_row == NULL ? -1 : 0;

		if (old_row != NULL)
			a = item_of_row(old_row);
		if (new_row != NULL)
			b = item_of_row(new_row);
		if (order == 0)
			order = strcmp(a.code, b.code);
		if (order < 0)
			told(call, data, "removed", &a, NULL);
		else if (order > 0)
			told(call, data, "added", NULL, &b);
		else if (!same(&a, &b))
			told(call, data, "changed", &a, &b);
		if (order <= 0)
			old_row = call->host->next(old_rows);
		if (order >= 0)
			new_row = call->host->next(new_rows);
	}
}

static const char *shown(zhen_call *call, const char *choices, const char *name)
{
	return choices != NULL ? zhen_choice_title(call, choices, name) : name;
}

static const char *changes(zhen_call *call, const struct item *a, const struct item *b)
{
	const struct {
		const char *label, *choices, *before, *after;
	} parts[] = {
		{ "名称", NULL, a->name, b->name },
		{ "清单", PLACE_CHOICES, a->place, b->place },
		{ "选取", ORIGIN_CHOICES, a->origin, b->origin },
		{ "类型", TYPE_CHOICES, a->type, b->type },
		{ "权力类型", POWER_CHOICES, a->power, b->power },
		{ "类别", NULL, a->category, b->category },
		{ "依据", NULL, a->basis, b->basis },
		{ "牵头部门", NULL, a->lead, b->lead },
		{ "乡镇职责", NULL, a->duty, b->duty },
		{ "责任主体", RESPONSIBLE_CHOICES, a->responsible, b->responsible },
		{ "层级", LEVEL_CHOICES, a->level, b->level },
		{ "县级职责", NULL, a->county_duty, b->county_duty },
		{ "上级事项", NULL, a->upper, b->upper },
	};
	const char *text = "";

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		const char *before = or_empty(parts[i].before), *after = or_empty(parts[i].after);

		if (strcmp(before, after) != 0)
			text = zhen_format(call, "%s%s%s：%s→%s", text, text[0] != '\0' ? "；" : "", parts[i].label,
			                   before[0] != '\0' ? shown(call, parts[i].choices, before) : "（无）",
			                   after[0] != '\0' ? shown(call, parts[i].choices, after) : "（无）");
	}
	return text;
}

struct counts {
	int64_t added, removed, changed;
};

static void put_one(zhen_call *call, void *data, const char *what, const struct item *before, const struct item *after)
{
	const struct item *item = after != NULL ? after : before;
	struct counts *counts = (struct counts *)data;

	counts->added += before == NULL;
	counts->removed += after == NULL;
	counts->changed += before != NULL && after != NULL;
	zhen_open_object(call, NULL);
	zhen_put(call, "what", what);
	zhen_put(call, "code", item->code);
	zhen_put(call, "name", item->name);
	zhen_put(call, "text", before != NULL && after != NULL ? changes(call, before, after) :
	                       zhen_format(call, "%s（%s，%s）", item->name, shown(call, PLACE_CHOICES, item->place),
	                                   shown(call, ORIGIN_CHOICES, item->origin)));
	zhen_close(call);
}

void diff_put(zhen_call *call, const char *name, int64_t before, int64_t after)
{
	struct counts counts = { 0 };

	zhen_open_list(call, name);
	diff_lists(call, before, after, put_one, &counts);
	zhen_close(call);
	zhen_put(call, "added", counts.added);
	zhen_put(call, "removed", counts.removed);
	zhen_put(call, "changed", counts.changed);
}

/* A list against the catalogues it was made from: what is not taken, what is the unit's own, what it has otherwise. */
static void put_upstream(zhen_call *call, int64_t list)
{
	struct counts counts = { 0 };

	zhen_open_list(call, "upstream");
	ZHEN_FOR_EACH (call, row,
	               "SELECT i.code, i.name, i.place, i.origin FROM list_base b JOIN catalogue_item i ON i.catalogue "
	               "= b.catalogue "
	               "WHERE b.list = $1 AND NOT EXISTS (SELECT 1 FROM list_item l WHERE l.list = $1 AND l.code = "
	               "i.code) ORDER BY i.code",
	               list) {
		struct item item = item_of_row(row);

		put_one(call, &counts, "left_out", &item, NULL);
	}
	ZHEN_FOR_EACH (call, row,
	               "SELECT " ITEM_COLUMNS " FROM list_item WHERE list = $1 AND catalogue = 0 ORDER BY code", list) {
		struct item item = item_of_row(row);

		put_one(call, &counts, "own", NULL, &item);
	}
	ZHEN_FOR_EACH (call, row,
	               "SELECT i.code, i.name, i.place, i.lead, i.duty, i.responsible, l.place AS own_place, l.lead AS "
	               "own_lead, "
	               "l.duty AS own_duty, l.responsible AS own_responsible FROM list_item l JOIN catalogue_item i "
	               "ON i.catalogue = l.catalogue AND i.code = l.code WHERE l.list = $1 AND (i.place <> l.place OR "
	               "i.lead <> l.lead OR i.duty <> l.duty OR i.responsible <> l.responsible) ORDER BY i.code",
	               list) {
		struct item a = item_of_row(row), b = a;

		b.place = column_or_empty(row, "own_place");
		b.lead = column_or_empty(row, "own_lead");
		b.duty = column_or_empty(row, "own_duty");
		b.responsible = column_or_empty(row, "own_responsible");
		put_one(call, &counts, "otherwise", &a, &b);
	}
	zhen_close(call);
	zhen_put(call, "upstream_added", counts.added);
	zhen_put(call, "upstream_removed", counts.removed);
	zhen_put(call, "upstream_changed", counts.changed);
}

/* The first version has none before it: said in a line, not in a list of everything; what it is to be compared with stands in the
 * catalogues. */
static void put_first(zhen_call *call, const char *unit, int64_t list)
{
	const zhen_row *row = zhen_one(call, "SELECT statutory, common, optional, local, basic + assist + withdrawn AS items FROM list "
	                                     "WHERE id = $1", list);

	zhen_put(call, "note",
	         zhen_format(call, "%s首次编制，没有上一版可比：共%lld项，其中法定职权%lld项、共性赋权%lld项、可选赋权%lld项、本地增加%lld项；"
	                           "下面是与所依据的目录的差异",
	                     division_name(call, unit), (long long)count_of(row, "items"), (long long)count_of(row, "statutory"),
	                     (long long)count_of(row, "common"), (long long)count_of(row, "optional"),
	                     (long long)count_of(row, "local")));
	zhen_open_list(call, "differences");
	zhen_close(call);
	zhen_put(call, "added", count_of(row, "items"));
	zhen_put(call, "removed", (int64_t)0);
	zhen_put(call, "changed", (int64_t)0);
}

/* Of a draft or a version, for staff: against the version before it, and against the catalogues. */
zhen_result show_list_diff(zhen_call *call)
{
	const zhen_row *row =
		zhen_one(call, "SELECT id, unit, version FROM list WHERE id = $1 AND {{scope village township}}",
	                 zhen_int(call, "id"));

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这份清单，或不在您的辖区");
	int64_t id = count_of(row, "id"), version = count_of(row, "version");
	const zhen_row *before = zhen_one(
		call,
		"SELECT id, version FROM list WHERE unit = $1 AND state = 'published' AND ($2 < 0 OR version < $2) "
		"ORDER BY version DESC LIMIT 1",
		column_or_empty(row, "unit"), version);
	zhen_put(call, "unit", column_or_empty(row, "unit"));
	zhen_put(call, "before", count_of(before, "version"));
	if (before == NULL)
		put_first(call, column_or_empty(row, "unit"), id);
	else
		diff_put(call, "differences", count_of(before, "id"), id);
	put_upstream(call, id);
	return zhen_ok(call);
}

static int64_t version_id(zhen_call *call, const char *unit, int64_t version)
{
	return count_of(zhen_one(call, "SELECT id FROM list WHERE unit = $1 AND version = $2 AND state = 'published'",
	                         unit, version),
	                "id");
}

/* Of published versions, for everybody; without "from" the last two. */
zhen_result show_unit_diff(zhen_call *call)
{
	const char *unit = field_text(call, "unit");
	struct list newest;

	if (!list_newest(call, unit, &newest))
		return zhen_fail(call, ZHEN_NOT_FOUND, "no-list", "%s还没有公布清单", division_name(call, unit));
	int64_t to = zhen_has(call, "to") ? zhen_int(call, "to") : newest.version;
	int64_t from = zhen_has(call, "from") ? zhen_int(call, "from") : to - 1;
	int64_t after = version_id(call, unit, to);
	if (after == 0 || (from > 0 && version_id(call, unit, from) == 0))
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这个版本");
	zhen_put(call, "unit", unit);
	zhen_put(call, "from", from);
	zhen_put(call, "to", to);
	if (from == 0)
		put_first(call, unit, after);
	else
		diff_put(call, "differences", version_id(call, unit, from), after);
	put_upstream(call, after);
	return zhen_ok(call);
}
