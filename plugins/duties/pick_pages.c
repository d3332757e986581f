/* SPDX-License-Identifier: Apache-2.0
 * What one chooses from by its name: a draft's items, and those of a yearly round. Each leads to a form that names it. */
#include "process.h"
#include "tables.h"

#define PAGE_ROWS 20 /* of one form, whose address names them */

/* Items on their way into a form, "items.0.code=KX-001%20…", so many to each. */
struct form {
	const char *address, *names, *category;
	int64_t rows, chosen;
};

static void form_add(zhen_call *call, struct form *form, const char *code, const char *name, const char *more)
{
	form->address = zhen_format(call, "%s&items.%lld.code=%s%s", form->address, (long long)form->rows,
	                            named_code(call, code, name), more);
	form->names = zhen_format(call, "%s%s%s", form->names, form->rows > 0 ? "、" : "", name);
	form->rows++;
}

/* ---- a draft ---- */

static void put_back(zhen_call *call, const char *title, const char *path)
{
	zhen_open_list(call, "actions");
	put_way(call, title, path);
	zhen_close(call);
}

static void put_group(zhen_call *call, const struct list *list, const struct form *form)
{
	if (form->rows == 0)
		return;
	zhen_open_object(call, NULL);
	zhen_put(call, "category", form->category);
	zhen_put(call, "offered", form->rows);
	zhen_put(call, "chosen", form->chosen);
	zhen_put(call, "names", form->names);
	zhen_put(call, "href",
	         zhen_format(call, "/p/duties/lists/%lld/pick?_form=POST%s", (long long)list->id, form->address));
	zhen_close(call);
}

static void put_groups(zhen_call *call, const struct list *list)
{
	struct form form = { "", "", "", 0, 0 };

	zhen_open_list(call, "groups");
	ZHEN_FOR_EACH (call, row,
	               "SELECT i.code, i.name, i.category, CASE WHEN l.code IS NULL THEN 0 ELSE 1 END AS chosen FROM list_base b "
	               "JOIN catalogue_item i ON i.catalogue = b.catalogue LEFT JOIN list_item l ON l.list = b.list AND l.code = "
	               "i.code WHERE b.list = $1 AND i.origin = 'optional' ORDER BY i.catalogue, i.category, i.seq",
	               list->id) {
		const char *category = column_or_empty(row, "category");
		int64_t chosen = count_of(row, "chosen");

		if (form.rows == PAGE_ROWS || strcmp(form.category, category) != 0) {
			put_group(call, list, &form);
			form = (struct form){ "", "", category, 0, 0 };
		}
		form_add(call, &form, column_or_empty(row, "code"), column_or_empty(row, "name"),
		         zhen_format(call, "&items.%lld.take=%s", (long long)form.rows, chosen != 0 ? "yes" : "no"));
		form.chosen += chosen;
	}
	put_group(call, list, &form);
	zhen_close(call);
}

zhen_result show_choice(zhen_call *call)
{
	struct list list;
	zhen_result refused = list_for(call, LIST_CHOOSE, &list);

	if (refused != 0)
		return refused;
	zhen_put(call, "title", list_name(call, &list));
	zhen_put(call, "chosen", optional_chosen(call, &list));
	zhen_put(call, "limits",
	         zhen_format(call, "%lld 至 %lld 项",
	                     (long long)zhen_setting_int_in(call, "optional_min", list.township),
	                     (long long)zhen_setting_int_in(call, "optional_max", list.township)));
	put_groups(call, &list);
	put_back(call, "回到草案", zhen_format(call, "/lists/%lld", (long long)list.id));
	return zhen_ok(call);
}

static const char *element(zhen_call *call, int32_t i, const char *name)
{
	return or_empty(zhen_value_text(call->host->list_field(call, "items", i, name)));
}

/* Only of those that are named: the rest of the choice stays. */
static zhen_result pick_one(zhen_call *call, const struct list *list, int32_t i)
{
	const char *code = code_of(call, element(call, i, "code"));
	const zhen_row *row;

	if (strcmp(element(call, i, "take"), "yes") == 0)
		return choose_one(call, list, code);
	row = list_item(call, list->id, code);
	if (row == NULL)
		return 0;
	if (strcmp(column_or_empty(row, "origin"), "optional") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "not-optional",
		                 "“%s”不是可选事项，不能不选 (not an optional item)", column_or_empty(row, "name"));
	return unchoose_one(call, list, code, column_or_empty(row, "name"));
}

zhen_result pick_items(zhen_call *call)
{
	struct list list;
	zhen_result refused = list_for(call, LIST_CHOOSE, &list);
	int32_t count = call->host->list_count(call, "items");

	for (int32_t i = 0; refused == 0 && i < count; i++)
		refused = pick_one(call, &list, i);
	int64_t chosen = refused == 0 ? optional_chosen(call, &list) : 0;
	/* Whether they are too few is asked when it is published: one category is chosen after the other. */
	if (chosen > 0)
		refused = optional_count_may(call, &list, chosen);
	return refused != 0 ? refused : list_done(call, &list, "choose", "继续选取");
}

static zhen_result items_to(zhen_call *call, uint32_t act, bool own_only, const char *verb)
{
	struct list list;
	zhen_result refused = list_for(call, act, &list);

	if (refused != 0)
		return refused;
	zhen_put(call, "title", list_name(call, &list));
	put_back(call, "回到草案", zhen_format(call, "/lists/%lld", (long long)list.id));
	return zhen_page(call,
	                 "SELECT i.name, i.code, i.seq, i.place, i.origin, i.lead, i.duty, $4 || " NAMED_CODE_SQL("i") " AS href "
	                 "FROM list_item i WHERE i.list = $1 AND ($2 = 0 OR i.origin <> 'common') AND ($3 = '' OR i.name LIKE '%' || "
	                 "$3 || '%' OR i.code = $3) {{page i.seq}}",
	                 list.id, (int64_t)own_only, field_text(call, "q"),
	                 zhen_format(call, "/p/duties/lists/%lld/%s?_form=POST&code=", (long long)list.id, verb));
}

zhen_result list_to_place(zhen_call *call)
{
	return items_to(call, LIST_PLACE, false, "place");
}

zhen_result list_to_remove(zhen_call *call)
{
	return items_to(call, LIST_REMOVE, true, "remove");
}

/* ---- a round ---- */

/* What the township has, and what its catalogues offer beside; new ones of its own are written into the empty form. */
zhen_result list_to_survey(zhen_call *call)
{
	struct round round;
	struct list list = { 0 };
	zhen_result refused = round_for(call, ROUND_DO_SURVEY, &round);

	if (refused != 0)
		return refused;
	list_newest(call, round.township, &list);
	zhen_put(call, "township", round.township);
	zhen_put(call, "year", round.year);
	zhen_put(call, "note", "点事项名称登记拟作的调整；共性事项只能改归哪张清单，检索名称可以找到；清单和目录都没有的，点“登记新增的本地事项”。");
	zhen_open_list(call, "actions");
	zhen_open_object(call, NULL);
	zhen_put(call, "title", "登记新增的本地事项");
	zhen_put(call, "method", "POST");
	zhen_put(call, "path", zhen_format(call, "/rounds/%lld/survey", (long long)round.id));
	zhen_close(call);
	put_way(call, "回到这一轮调整", zhen_format(call, "/rounds/%lld", (long long)round.id));
	zhen_close(call);
	return zhen_page(call,
	                 "SELECT name, code, stands, origin, category, href FROM (SELECT i.name, i.code, i.place AS stands, i.origin, "
	                 "i.category, $3 || " NAMED_CODE_SQL("i") " AS href FROM list_item i WHERE i.list = $1 UNION ALL "
	                 "SELECT o.name, o.code, 'offered', o.origin, o.category, $3 || " NAMED_CODE_SQL("o") " || '&items.0.act=add' "
	                 "FROM list_base b JOIN catalogue_item o ON o.catalogue = b.catalogue WHERE b.list = $1 AND NOT EXISTS (SELECT 1 "
	                 "FROM list_item l WHERE l.list = $1 AND l.code = o.code)) AS t WHERE ($2 <> '' OR origin <> 'common') AND ($2 = '' OR name LIKE '%' || $2 || '%' OR "
	                 "code = $2) {{page code ASC}}",
	                 list.id, field_text(call, "q"),
	                 zhen_format(call, "/p/duties/rounds/%lld/survey?_form=POST&items.0.code=", (long long)round.id));
}

static void put_part(zhen_call *call, const struct round *round, const struct form *form, int64_t number)
{
	if (form->rows == 0)
		return;
	zhen_open_object(call, NULL);
	zhen_put(call, "part", zhen_format(call, "%s 第%lld张", form->category, (long long)number));
	zhen_put(call, "items", form->rows);
	zhen_put(call, "names", form->names);
	zhen_put(call, "href",
	         zhen_format(call, "/p/duties/rounds/%lld/assess?_form=POST%s", (long long)round->id, form->address));
	zhen_close(call);
}

/* What is to be judged, in forms that name it: first what nobody has judged yet. */
zhen_result show_assessing(zhen_call *call)
{
	struct form form = { "", "", "", 0, 0 };
	struct round round;
	int64_t number = 0;
	zhen_result refused = round_for(call, ROUND_DO_ASSESS, &round);

	if (refused != 0)
		return refused;
	zhen_put(call, "township", round.township);
	zhen_put(call, "year", round.year);
	zhen_put(call, "note", "每项都要评估：迫切需要、有能力承接的增加或保留；专业技术性强、基层无力承接的收回。");
	zhen_open_list(call, "parts");
	ZHEN_FOR_EACH (call, row,
	               "SELECT code, name, act, CASE WHEN assessed_at > 0 THEN 1 ELSE 0 END AS judged FROM round_item WHERE round = $1 "
	               "AND done_at = 0 ORDER BY judged, act, code",
	               round.id) {
		static const char acts[] = "add=增加|remove=去掉|change=改动|withdraw=收回";
		const char *act = zhen_choice_title(call, acts, column_or_empty(row, "act"));
		const char *kind = zhen_format(call, "%s%s", act, count_of(row, "judged") != 0 ? "（改评）" : "");

		if (form.rows == PAGE_ROWS || strcmp(form.category, kind) != 0) {
			put_part(call, &round, &form, number);
			number = strcmp(form.category, kind) == 0 ? number + 1 : 1;
			form = (struct form){ "", "", kind, 0, 0 };
		}
		form_add(call, &form, column_or_empty(row, "code"),
		         zhen_format(call, "%s（拟%s）", column_or_empty(row, "name"), act), "");
	}
	put_part(call, &round, &form, number);
	zhen_close(call);
	put_back(call, "回到这一轮调整", zhen_format(call, "/rounds/%lld", (long long)round.id));
	return zhen_ok(call);
}
