/* SPDX-License-Identifier: Apache-2.0
 * A draft: made by inheritance, then chosen, added to, placed, until it is published or thrown away. */
#include "process.h"
#include "tables.h"

#include "items.h"

/* The newest versions that hold on the day for this unit, of every catalogue made for it or a division above it. */
static void take_bases(zhen_call *call, const struct list *list)
{
	const char *kind = unit_kind(call, list->unit);
	const char *above[5] = { "", "", "", "", "" };

	for (uint32_t level = 1; level <= 4; level++) {
		const zhen_division *division = call->host->division_above(call, list->unit, level);

		above[level] = division != NULL ? division->code : "";
	}
	zhen_run(call,
	         "INSERT INTO list_base(list, catalogue, code) SELECT $1, c.id, c.code FROM catalogue c WHERE "
	         "c.division IN ($2, $3, $4, $5) AND c.effective_from <= $6 AND (c.unit_kind = $7 OR (c.unit_kind = "
	         "'any' AND "
	         "$7 <> 'community')) AND c.version = (SELECT MAX(n.version) FROM catalogue n WHERE n.code = c.code "
	         "AND n.effective_from <= $6)",
	         list->id, above[1], above[2], above[3], above[4], list->effective_from, kind);
}

void draft_inherit(zhen_call *call, const struct list *list, int64_t previous, int64_t into)
{
	zhen_run(call,
	         "INSERT INTO list_item(list, catalogue, catalogue_code, kind, criterion, " ITEM_COLUMNS ") "
	         "SELECT $1, c.id, c.code, c.kind, COALESCE(p.criterion, ''), i.code, c.id * 10000 + i.seq, i.name, "
	         "i.type, i.level, "
	         "i.basis, i.origin, CASE WHEN p.code IS NOT NULL AND i.place = o.place THEN p.place ELSE i.place END, "
	         "CASE WHEN p.category <> '' THEN p.category ELSE i.category END, "
	         "CASE WHEN p.code IS NOT NULL AND i.lead = o.lead THEN p.lead ELSE i.lead END, "
	         "CASE WHEN p.code IS NOT NULL AND i.duty = o.duty THEN p.duty ELSE i.duty END, i.county_duty, "
	         "CASE WHEN p.code IS NOT NULL AND i.responsible = o.responsible THEN p.responsible ELSE i.responsible "
	         "END, i.upper, i.batch, i.power "
	         "FROM list_base b JOIN catalogue c ON c.id = b.catalogue JOIN catalogue_item i ON i.catalogue = c.id "
	         "LEFT JOIN list_item p ON p.list = $2 AND p.code = i.code "
	         "LEFT JOIN catalogue_item o ON o.catalogue = p.catalogue AND o.code = p.code "
	         "WHERE b.list = $3 AND (i.origin = 'common' OR p.code IS NOT NULL OR ($2 = 0 AND c.kind <> "
	         "'delegated'))",
	         into, previous, list->id);
	zhen_run(call,
	         "INSERT INTO list_item(list, catalogue, catalogue_code, kind, criterion, " ITEM_COLUMNS ") "
	         "SELECT $1, catalogue, catalogue_code, kind, criterion, " ITEM_COLUMNS
	         " FROM list_item WHERE list = $2 AND kind = 'local'",
	         into, previous);
}

/* The township's round of adjustment that has come to adjusting; 0 = none. */
static int64_t round_adjusting(zhen_call *call, const char *township)
{
	return count_of(zhen_one(call, "SELECT id FROM round WHERE township = $1 AND state = 'adjust' ORDER BY id DESC LIMIT 1",
	                         township),
	                "id");
}

zhen_result create_draft(zhen_call *call)
{
	struct list list = { .unit = field_text(call, "unit") }, previous = { 0 }, open;

	if (unit_kind(call, list.unit)[0] == '\0')
		return zhen_fail(call, ZHEN_CONFLICT, "not-a-unit", "清单按乡镇、街道或村（社区）编制");
	if (list_draft(call, list.unit, &open))
		return zhen_fail(call, ZHEN_CONFLICT, "draft-open", "%s还有一份草案未公布",
		                 division_name(call, list.unit));
	list.township = township_of(call, list.unit);
	list.village = strcmp(list.township, list.unit) == 0 ? "" : list.unit;
	list_newest(call, list.unit, &previous);
	list.effective_from = zhen_has(call, "effective_from") ? field_text(call, "effective_from") : version_day(call, &previous);
	zhen_result refused = version_day_check(call, list.effective_from, &previous);
	if (refused != 0)
		return refused;
	list.round = previous.id != 0 ? round_adjusting(call, list.township) : 0;
	call->host->subject(call, list.unit);
	/* Versions are given when published; until then a number that no version has. */
	list.id = zhen_insert(
		call,
		"INSERT INTO list(unit, township, village, version, state, round, note, effective_from, effective_to, "
		"basic, assist, "
		"withdrawn, common, optional, local, delegated, statutory, services, created_at, created_by, "
		"published_at, published_by) "
		"SELECT $1, $2, $3, COALESCE(MIN(CASE WHEN version < 0 THEN version END), 0) - 1, 'draft', $4, $5, $6, "
		"'', 0, 0, 0, 0, 0, 0, 0, 0, 0, $7, $8, 0, '' FROM list WHERE unit = $1 RETURNING id",
		list.unit, list.township, list.village, list.round, field_text(call, "note"), list.effective_from,
		zhen_now(call), zhen_get_caller(call)->name);
	take_bases(call, &list);
	draft_inherit(call, &list, previous.id, list.id);
	list_count(call, list.id);
	return zhen_created(call, list.id);
}

zhen_result list_done(zhen_call *call, const struct list *list, const char *again, const char *title)
{
	const char *base = zhen_format(call, "/lists/%lld", (long long)list->id);

	list_count(call, list->id);
	const zhen_row *row = zhen_one(call,
	                               "SELECT basic + assist + withdrawn AS items, basic, assist, withdrawn, optional "
	                               "FROM list WHERE id = $1",
	                               list->id);

	zhen_put(call, "id", list->id);
	zhen_put(call, "state", list->state);
	for (uint32_t i = 0; row != NULL && i < row->count; i++)
		call->host->put(call, row->names[i], row->values[i]);
	zhen_open_list(call, "actions");
	if (again != NULL)
		put_way(call, title, zhen_format(call, "%s/%s", base, again));
	put_way(call, "回到草案", base);
	zhen_close(call);
	return zhen_ok(call);
}

#define ADD_CHECKS 3
#define UPPER_CHECK 1

/* What forbids adding the item to the list, each check by itself. */
static void add_checks(zhen_call *call, const struct list *list, const struct item *item,
                       struct refusal out[ADD_CHECKS])
{
	out[0] = local_code_check(call, list->unit, item->code);
	if (out[0].code == NULL && list_item(call, list->id, item->code) != NULL)
		out[0] = because(call, "code-listed", "“%s”已在清单内", item->code);
	out[UPPER_CHECK] = upper_check(call, list, item->upper, item->code);
	out[2] = change_may(call, list, item->code, "add");
}

static void add_one(zhen_call *call, const struct list *list, const struct item *item)
{
	list_store_item(call, list->id, list_next_seq(call, list->id), item);
	zhen_run(call, "INSERT INTO code(code, owner, name, retired_at) VALUES($1, $2, $3, 0) {{upsert code}} name = excluded.name",
	         item->code, list->unit, item->name);
	change_done(call, list, item->code);
	note_change(call, list->unit, item->code, "added",
	            criteria_asked(call, item) ? zhen_format(call, "%s（四项标准都符合）", item->name) : item->name, 0, list->round,
	            item->batch);
}

zhen_result add_item(zhen_call *call)
{
	struct item item = {
		.code = field_text(call, "code"),
		.name = field_text(call, "name"),
		.type = zhen_has(call, "type") ? field_text(call, "type") : "power",
		.level = "local",
		.basis = field_text(call, "basis"),
		.origin = "local",
		.place = zhen_has(call, "place") ? field_text(call, "place") : "basic",
		.category = field_text(call, "category"),
		.lead = field_text(call, "lead"),
		.duty = field_text(call, "duty"),
		.county_duty = field_text(call, "county_duty"),
		.responsible = zhen_has(call, "responsible") ? field_text(call, "responsible") : "township",
		.upper = code_of(call, field_text(call, "upper")),
		.power = field_text(call, "power"),
	};
	struct refusal whys[ADD_CHECKS];
	struct list list;
	zhen_result refused = list_for(call, LIST_ADD, &list);

	if (refused == 0)
		refused = refuse(call, item_check(&item));
	if (refused == 0)
		refused = criteria_check(call, &item);
	if (refused != 0)
		return refused;
	add_checks(call, &list, &item, whys);
	for (size_t i = 0; refused == 0 && i < ADD_CHECKS; i++)
		refused = refuse(call, whys[i]);
	if (refused != 0)
		return refused;
	add_one(call, &list, &item);
	return list_done(call, &list, NULL, "");
}

static void check_row(zhen_call *call, struct items *items, const struct item *item, void *list)
{
	struct refusal whys[ADD_CHECKS];

	add_checks(call, (const struct list *)list, item, whys);
	for (size_t i = 0; i < ADD_CHECKS; i++)
		if (whys[i].code != NULL)
			zhen_csv_fault(&items->faults, item->line, i == UPPER_CHECK ? items->upper_head : items->code_head,
			               whys[i].code, whys[i].text);
}

/* The unit's own items out of a file: all, or none. */
zhen_result import_items(zhen_call *call)
{
	struct list list;
	const struct items_options options = {
		.level = "local", .origin = "common", .criteria = true, .check = check_row, .data = &list,
	};
	struct items items;
	zhen_result refused = list_for(call, LIST_IMPORT, &list);

	if (refused != 0)
		return refused;
	items_read(call, &options, &items);
	refused = zhen_csv_refused(&items.faults);
	if (refused != 0)
		return refused;
	for (size_t i = 0; i < items.count; i++) {
		items.rows[i].origin = "local";
		add_one(call, &list, &items.rows[i]);
	}
	zhen_put(call, "imported", (int64_t)items.count);
	zhen_put(call, "encoding", items.encoding);
	return list_done(call, &list, NULL, "");
}

static zhen_result withdraw_may(zhen_call *call, const zhen_row *row)
{
	if (strcmp(column_or_empty(row, "origin"), "common") == 0 &&
	    strcmp(column_or_empty(row, "kind"), "guidance") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "common-item-kept", "“%s”是共性事项，不能收回",
		                 column_or_empty(row, "name"));
	if (!zhen_has(call, "criterion"))
		return zhen_fail(call, ZHEN_CONFLICT, "criterion-missing",
		                 "收回的事项应专业技术性强，或基层无力承接，请写明属于哪一种");
	return 0;
}

/* Exactly one of the three: the item has one place. */
zhen_result place_item(zhen_call *call)
{
	struct list list;
	zhen_result refused = list_for(call, LIST_PLACE, &list);
	const char *code = code_of(call, field_text(call, "code")), *place = field_text(call, "place");

	if (refused != 0)
		return refused;
	const zhen_row *row = list_item(call, list.id, code);
	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-in-list", "“%s”不在这份清单内", code);
	struct item item = item_of_row(row);
	bool withdraws = strcmp(place, "withdrawn") == 0, comes_back = strcmp(item.place, "withdrawn") == 0;
	item.place = place;
	item.lead = zhen_has(call, "lead") ? field_text(call, "lead") : item.lead;
	item.duty = zhen_has(call, "duty") ? field_text(call, "duty") : item.duty;
	if (withdraws)
		refused = withdraw_may(call, row);
	if (refused == 0)
		refused = refuse(call, item_check(&item));
	if (refused == 0)
		refused = refuse(call, change_may(call, &list, code, withdraws ? "withdraw" : "change"));
	if (refused == 0 && comes_back)
		refused = criteria_check(call, &item);
	if (refused != 0)
		return refused;
	zhen_run(call,
	         "UPDATE list_item SET place = $1, lead = $2, duty = $3, criterion = $4, responsible = $5 WHERE list = "
	         "$6 AND code = $7",
	         place, item.lead, item.duty, withdraws ? field_text(call, "criterion") : "",
	         withdraws ? "county" : strcmp(place, "assist") == 0 ? "joint" : "township", list.id, code);
	change_done(call, &list, code);
	note_change(call, list.unit, code, "placed", zhen_choice_title(call, PLACE_CHOICES, place), 0, list.round, 0);
	return list_done(call, &list, "place", "继续归类");
}

zhen_result remove_item(zhen_call *call)
{
	struct list list;
	zhen_result refused = list_for(call, LIST_REMOVE, &list);
	const char *code = code_of(call, field_text(call, "code"));

	if (refused != 0)
		return refused;
	const zhen_row *row = list_item(call, list.id, code);
	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-in-list", "“%s”不在这份清单内", code);
	if (strcmp(column_or_empty(row, "origin"), "common") == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "common-item-kept", "“%s”是共性事项，各乡镇全部承接，不能去掉",
		                 column_or_empty(row, "name"));
	refused = refuse(call, change_may(call, &list, code, "remove"));
	if (refused != 0)
		return refused;
	zhen_run(call, "DELETE FROM list_item WHERE list = $1 AND code = $2", list.id, code);
	change_done(call, &list, code);
	note_change(call, list.unit, code, "removed", field_text(call, "reason"), 0, list.round, 0);
	return list_done(call, &list, "remove", "继续去掉");
}

zhen_result discard_draft(zhen_call *call)
{
	struct list list;
	zhen_result refused = list_for(call, LIST_DISCARD, &list);

	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE list SET state = 'discarded' WHERE id = $1", list.id);
	zhen_run(call, "DELETE FROM list_item WHERE list = $1", list.id);
	/* Codes that only this draft had were never used. */
	zhen_run(call,
	         "DELETE FROM code WHERE owner = $1 AND NOT EXISTS (SELECT 1 FROM list_item i JOIN list l ON l.id = "
	         "i.list WHERE l.unit = $1 AND i.code = code.code)",
	         list.unit);
	/* Of the round only what this draft alone had done is open again: a village's says nothing about its township's, nor about the
	 * next village's. */
	zhen_run(call,
	         "UPDATE round_item SET done_at = 0 WHERE round = $1 AND code IN (SELECT code FROM item_change WHERE unit = $2 AND "
	         "round = $1 AND version = 0) AND NOT EXISTS (SELECT 1 FROM item_change o WHERE o.code = round_item.code AND o.round = "
	         "$1 AND o.unit <> $2)",
	         list.round, list.unit);
	zhen_run(call, "DELETE FROM item_change WHERE unit = $1 AND round = $2 AND version = 0", list.unit, list.round);
	zhen_put(call, "id", list.id);
	zhen_put(call, "state", "discarded");
	return zhen_ok(call);
}
