/* SPDX-License-Identifier: Apache-2.0
 * Where something new is begun: what it is about is chosen by its name, and a code for life is proposed, so that nobody types one. */
#include "process.h"
#include "tables.h"

/* The next number of the unit that nothing has or is asked for: "532327101-004". */
static const char *free_code(zhen_call *call, const char *unit)
{
	int64_t n = count_of(zhen_one(call, "SELECT COUNT(*) AS n FROM code WHERE owner = $1", unit), "n");
	int digits = strcmp(unit, township_of(call, unit)) == 0 ? 9 : 12;
	const char *code;

	do
		code = zhen_format(call, "%.*s-%03lld", digits, unit, (long long)++n);
	while (zhen_one(call, "SELECT code FROM code WHERE code = $1", code) != NULL ||
	       zhen_one(call, "SELECT id FROM admission WHERE code = $1 AND state = 'filed'", code) != NULL);
	return code;
}

/* {title, method, path, fields} of a form; @fields "name", "value", …, NULL. */
static void put_form(zhen_call *call, const char *title, const char *path, const char *const *fields)
{
	zhen_open_object(call, NULL);
	zhen_put(call, "title", title);
	zhen_put(call, "method", "POST");
	zhen_put(call, "path", path);
	zhen_open_object(call, "fields");
	for (; *fields != NULL; fields += 2)
		zhen_put(call, fields[0], fields[1]);
	zhen_close(call);
	zhen_close(call);
}

/* Items the unit once had and none else has: their codes are still its own. @href: the form, up to the code. */
static zhen_result own_before(zhen_call *call, const struct list *list, const char *href, const char *name)
{
	return zhen_page(call,
	                 "SELECT o.code, o.name, $3 || o.code || '&' || $4 || '=' || REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(o.name, '%', "
	                 "'%25'), '&', '%26'), '#', '%23'), '+', '%2B'), ' ', '%20') AS href FROM code o WHERE o.owner = $1 AND o.retired_at = 0 AND "
	                 "NOT EXISTS (SELECT 1 FROM list_item i WHERE i.list = $2 AND i.code = o.code) AND ($5 = '' OR o.name LIKE '%' "
	                 "|| $5 || '%' OR o.code = $5) {{page code ASC}}",
	                 list->unit, list->id, href, name, field_text(call, "q"));
}

/* A village's item hangs on one of its township's: these, each with the form that names it. */
static zhen_result street_items(zhen_call *call, const struct list *list, const char *href)
{
	struct list street;

	if (!list_in_force(call, list->township, today(call), &street))
		return zhen_fail(call, ZHEN_CONFLICT, "no-list",
		                 "%s没有现行的清单，村（社区）事项没有可以对应的 (its township has no list in force)",
		                 division_name(call, list->township));
	return zhen_page(call,
	                 "SELECT i.name, i.code, i.seq, i.place, i.origin, i.lead, i.duty, $2 || " NAMED_CODE_SQL("i") " AS href FROM "
	                 "list_item i WHERE i.list = $1 AND ($3 = '' OR i.name LIKE '%' || $3 || '%' OR i.code = $3) {{page i.seq}}",
	                 street.id, href, field_text(call, "q"));
}

zhen_result list_to_add(zhen_call *call)
{
	struct list list;
	zhen_result refused = list_for(call, LIST_ADD, &list);

	if (refused != 0)
		return refused;
	const char *base = zhen_format(call, "/lists/%lld", (long long)list.id), *code = free_code(call, list.unit);
	bool village = list.village[0] != '\0';
	zhen_put(call, "title", list_name(call, &list));
	zhen_put(call, "note",
	         village ? "新增的村（社区）事项对应乡镇（街道）清单的哪一项，点那一项的名称；编码已给出。" :
	                   "点“填写新增事项”，编码已给出；下面是本单位以前有过的事项，点名称沿用原来的编码。");
	zhen_open_list(call, "actions");
	if (!village)
		put_form(call, "填写新增事项", zhen_format(call, "%s/add", base), (const char *const[]){ "code", code, NULL });
	put_way(call, "回到草案", base);
	zhen_close(call);
	return village ?
		street_items(call, &list, zhen_format(call, "/p/duties%s/add?_form=POST&code=%s&upper=", base, code)) :
		own_before(call, &list, zhen_format(call, "/p/duties%s/add?_form=POST&code=", base), "name");
}

zhen_result show_new_admission(zhen_call *call)
{
	const char *unit = field_text(call, "unit");
	struct list list;

	if (!list_newest(call, unit, &list))
		return zhen_fail(call, ZHEN_CONFLICT, "no-list", "%s还没有公布清单", division_name(call, unit));
	const char *code = free_code(call, unit);
	const char *form = zhen_format(call, "/p/duties/admissions?_form=POST&unit=%s&as=item&code=", unit);
	bool village = list.village[0] != '\0';
	zhen_put(call, "title", list_name(call, &list));
	zhen_put(call, "note",
	         village ? "申请列入清单的，点它对应的乡镇（街道）事项；编码已给出。" :
	                   "下面是该单位以前有过的事项，再交给它的点名称，沿用原来的编码；新事项的编码已给出。");
	zhen_open_list(call, "actions");
	put_form(call, "申请一次性任务", "/admissions", (const char *const[]){ "unit", unit, "as", "task", NULL });
	if (!village)
		put_form(call, "申请新事项列入清单", "/admissions",
		         (const char *const[]){ "unit", unit, "as", "item", "code", code, NULL });
	put_way(call, "回到准入申请", "/admissions");
	zhen_close(call);
	return village ? street_items(call, &list, zhen_format(call, "%s%s&upper=", form, code)) :
	                 own_before(call, &list, form, "title");
}

zhen_result list_to_transfer(zhen_call *call)
{
	const char *township = field_text(call, "township");
	struct list list;

	if (!list_newest(call, township, &list))
		return zhen_fail(call, ZHEN_CONFLICT, "no-list", "%s还没有公布清单", division_name(call, township));
	zhen_put(call, "title", list_name(call, &list));
	zhen_put(call, "note", "承接哪一项，点那一项的名称；已登记承接的、已收回的不再列出。");
	zhen_open_list(call, "actions");
	put_way(call, "回到事项承接", "/transfers");
	zhen_close(call);
	return zhen_page(call,
	                 "SELECT i.name, i.code, i.seq, i.place, i.origin, i.lead, i.duty, $2 || " NAMED_CODE_SQL("i") " AS href FROM "
	                 "list_item i WHERE i.list = $1 AND i.place <> 'withdrawn' AND NOT EXISTS (SELECT 1 FROM transfer t WHERE "
	                 "t.township = $4 AND t.code = i.code) AND ($3 = '' OR i.name LIKE '%' || $3 || '%' OR i.code = $3) {{page i.seq}}",
	                 list.id, zhen_format(call, "/p/duties/transfers?_form=POST&township=%s&code=", township),
	                 field_text(call, "q"), township);
}
