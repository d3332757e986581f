/* SPDX-License-Identifier: Apache-2.0
 * What a draft takes of what its catalogues offer, and how many: optional items by their number, common ones by themselves. */
#include "process.h"
#include "tables.h"

static bool is_chosen(zhen_call *call, const char *code)
{
	for (int32_t i = 0; i < call->host->list_count(call, "items"); i++)
		if (strcmp(or_empty(zhen_value_text(call->host->list_field(call, "items", i, "code"))), code) == 0)
			return true;
	return false;
}

/* What was chosen before and is not now; and the other way round. Each is a change that may need its round. */
zhen_result choose_one(zhen_call *call, const struct list *list, const char *code)
{
	const zhen_row *row = zhen_one(
		call,
		"SELECT c.id, c.code, c.kind, i.origin, i.name, i.seq FROM list_base b JOIN catalogue c ON c.id = "
		"b.catalogue JOIN catalogue_item i ON i.catalogue = c.id WHERE b.list = $1 AND i.code = $2",
		list->id, code);

	if (row == NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "not-in-catalogue", "“%s”不在本单位适用的目录内", code);
	if (strcmp(column_or_empty(row, "origin"), "optional") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "not-optional", "“%s”是共性事项，全部承接，不用选取",
		                 column_or_empty(row, "name"));
	if (list_item(call, list->id, code) != NULL)
		return 0;
	zhen_result refused = refuse(call, change_may(call, list, code, "add"));
	if (refused != 0)
		return refused;
	zhen_run(call,
	         "INSERT INTO list_item(list, catalogue, catalogue_code, kind, criterion, " ITEM_COLUMNS ") "
	         "SELECT $1, catalogue, $3, $4, '', code, catalogue * 10000 + seq, name, type, level, basis, origin, "
	         "place, category, "
	         "lead, duty, county_duty, responsible, upper, batch, power FROM catalogue_item WHERE catalogue = $2 AND code "
	         "= $5",
	         list->id, count_of(row, "id"), column_or_empty(row, "code"), column_or_empty(row, "kind"), code);
	change_done(call, list, code);
	note_change(call, list->unit, code, "chosen", column_or_empty(row, "name"), 0, list->round, 0);
	return 0;
}

struct codes {
	const char **codes, **names;
	int64_t count;
};

/* Read to the end before anything is taken out of what is read. */
static struct codes chosen_before(zhen_call *call, const struct list *list)
{
	const int64_t max =
		count_of(zhen_one(call, "SELECT COUNT(*) AS n FROM list_item WHERE list = $1", list->id), "n");
	struct codes all = { .codes = (const char **)zhen_alloc(call, sizeof(char *) * (size_t)(max + 1)),
		             .names = (const char **)zhen_alloc(call, sizeof(char *) * (size_t)(max + 1)) };

	ZHEN_FOR_EACH (call, row, "SELECT code, name FROM list_item WHERE list = $1 AND origin = 'optional' AND kind = 'delegated' "
	                          "ORDER BY code", list->id) {
		if (all.count == max)
			continue;
		all.codes[all.count] = column_or_empty(row, "code");
		all.names[all.count++] = column_or_empty(row, "name");
	}
	return all;
}

zhen_result unchoose_one(zhen_call *call, const struct list *list, const char *code, const char *name)
{
	zhen_result refused = refuse(call, change_may(call, list, code, "remove"));

	if (refused != 0)
		return refused;
	zhen_run(call, "DELETE FROM list_item WHERE list = $1 AND code = $2", list->id, code);
	change_done(call, list, code);
	note_change(call, list->unit, code, "unchosen", name, 0, list->round, 0);
	return 0;
}

static zhen_result unchoose_rest(zhen_call *call, const struct list *list)
{
	const struct codes before = chosen_before(call, list);

	for (int64_t i = 0; i < before.count; i++) {
		if (is_chosen(call, before.codes[i]))
			continue;
		zhen_result refused = unchoose_one(call, list, before.codes[i], before.names[i]);
		if (refused != 0)
			return refused;
	}
	return 0;
}

zhen_result optional_count_may(zhen_call *call, const struct list *list, int64_t chosen)
{
	const int64_t min = zhen_value_int(call->host->setting(call, "optional_min", list->township));
	const int64_t max = zhen_value_int(call->host->setting(call, "optional_max", list->township));

	if (chosen < min)
		return zhen_fail(call, ZHEN_CONFLICT, "too-few-optional", "可选事项选取%lld项，至少%lld项",
		                 (long long)chosen, (long long)min);
	if (chosen > max)
		return zhen_fail(call, ZHEN_CONFLICT, "too-many-optional", "可选事项选取%lld项，至多%lld项",
		                 (long long)chosen, (long long)max);
	return 0;
}

int64_t optional_chosen(zhen_call *call, const struct list *list)
{
	return count_of(zhen_one(call,
	                         "SELECT COUNT(*) AS n FROM list_item WHERE list = $1 AND kind = 'delegated' AND origin = "
	                         "'optional'",
	                         list->id),
	                "n");
}

/* A frame that offers something to choose from asks for the number that the setting says. */
zhen_result optional_check(zhen_call *call, const struct list *list)
{
	if (zhen_one(call,
	             "SELECT i.code FROM list_base b JOIN catalogue c ON c.id = b.catalogue JOIN catalogue_item i ON "
	             "i.catalogue = c.id WHERE b.list = $1 AND c.kind = 'delegated' AND i.origin = 'optional' LIMIT 1",
	             list->id) == NULL)
		return 0;
	return optional_count_may(call, list, optional_chosen(call, list));
}

/* The whole choice at once: what is not named is not taken. */
zhen_result choose_items(zhen_call *call)
{
	struct list list;
	zhen_result refused = list_for(call, LIST_CHOOSE, &list);

	if (refused == 0)
		refused = optional_count_may(call, &list, call->host->list_count(call, "items"));
	for (int32_t i = 0; refused == 0 && i < call->host->list_count(call, "items"); i++)
		refused = choose_one(call, &list,
		                     or_empty(zhen_value_text(call->host->list_field(call, "items", i, "code"))));
	if (refused == 0)
		refused = unchoose_rest(call, &list);
	return refused != 0 ? refused : list_done(call, &list, "choose", "继续选取");
}
