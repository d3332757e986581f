/* SPDX-License-Identifier: Apache-2.0
 * Where something new is begun: what it is about is chosen by its name, and a code for life is proposed, so that nobody types one. */
#include "process.h"
#include "tables.h"

/* The next number of the unit that nothing has or is asked for: "532327101-004". */
static const char *free_code(zhen_call *call, const char *unit)
{
	int64_t n = count_of(zhen_one(call, "SELECT COUNT(*) AS n FROM code WHERE owner = $1", unit), "n");
	const char *code;

	do
		code = zhen_format(call, "%s-%03lld", code_prefix(call, unit), (long long)++n);
	while (zhen_one(call, "SELECT code FROM code WHERE code = $1", code) != NULL ||
	       zhen_one(call, "SELECT id FROM admission WHERE code = $1 AND state = 'filed'", code) != NULL);
	return code;
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

/* What the page is about, how it is done, and what can be begun without choosing. */
static void open_page(zhen_call *call, const char *title, const char *note)
{
	zhen_put(call, "title", title);
	zhen_put(call, "note", note);
	zhen_open_list(call, "actions");
}

/* A village chooses what its item hangs on, a township among what it had before; @form takes the code, which is given. */
static zhen_result rows_to_begin(zhen_call *call, const struct list *list, const char *form, const char *code,
                                 const char *name)
{
	zhen_close(call);
	return list->village[0] != '\0' ? street_items(call, list, zhen_format(call, "%s%s&upper=", form, code)) :
	                                   own_before(call, list, form, name);
}

zhen_result list_to_add(zhen_call *call)
{
	struct list list;
	zhen_result refused = list_for(call, LIST_ADD, &list);

	if (refused != 0)
		return refused;
	const char *base = zhen_format(call, "/lists/%lld", (long long)list.id), *code = free_code(call, list.unit);
	bool village = list.village[0] != '\0';
	open_page(call, list_name(call, &list),
	          village ? "新增的村（社区）事项对应乡镇（街道）清单的哪一项，点那一项的名称；编码已给出。" :
	                    "点“填写新增事项”，编码已给出；下面是本单位以前有过的事项，点名称沿用原来的编码。");
	if (!village)
		put_form(call, "填写新增事项", zhen_format(call, "%s/add", base), (const char *const[]){ "code", code, NULL });
	put_way(call, "回到草案", base);
	return rows_to_begin(call, &list, zhen_format(call, "/p/duties%s/add?_form=POST&code=", base), code, "name");
}

static zhen_result no_list(zhen_call *call, const char *unit)
{
	return zhen_fail(call, ZHEN_CONFLICT, "no-list", "%s还没有公布清单 (no list was published yet)",
	                 division_name(call, unit));
}

zhen_result show_new_admission(zhen_call *call)
{
	const char *unit = field_text(call, "unit");
	struct list list;

	if (!list_newest(call, unit, &list))
		return no_list(call, unit);
	const char *code = free_code(call, unit);
	bool village = list.village[0] != '\0';
	open_page(call, list_name(call, &list),
	          village ? "申请列入清单的，点它对应的乡镇（街道）事项；编码已给出。" :
	                    "下面是该单位以前有过的事项，再交给它的点名称，沿用原来的编码；新事项的编码已给出。");
	put_form(call, "申请一次性任务", "/admissions", (const char *const[]){ "unit", unit, "as", "task", NULL });
	if (!village)
		put_form(call, "申请新事项列入清单", "/admissions",
		         (const char *const[]){ "unit", unit, "as", "item", "code", code, NULL });
	put_way(call, "回到准入申请", "/admissions");
	return rows_to_begin(call, &list,
	                     zhen_format(call, "/p/duties/admissions?_form=POST&unit=%s&as=item&code=", unit), code,
	                     "title");
}

/* What of the list the township has to do, each with the form that names it; @transfers = 0: also what it has taken over already. */
static zhen_result items_to_do(zhen_call *call, const struct list *list, const char *href, bool transfers)
{
	return zhen_page(call,
	                 "SELECT i.name, i.code, i.seq, i.place, i.origin, i.lead, i.duty, $2 || " NAMED_CODE_SQL("i") " AS href FROM "
	                 "list_item i WHERE i.list = $1 AND i.place <> 'withdrawn' AND ($5 = 0 OR NOT EXISTS (SELECT 1 FROM transfer t "
	                 "WHERE t.township = $4 AND t.code = i.code)) AND ($3 = '' OR i.name LIKE '%' || $3 || '%' OR i.code = $3) "
	                 "{{page i.seq}}",
	                 list->id, href, field_text(call, "q"), list->township, (int64_t)transfers);
}

zhen_result list_to_transfer(zhen_call *call)
{
	const char *township = field_text(call, "township");
	struct list list;

	if (!list_newest(call, township, &list))
		return no_list(call, township);
	open_page(call, list_name(call, &list), "承接哪一项，点那一项的名称；已登记承接的、已收回的不再列出。");
	put_way(call, "回到事项承接", "/transfers");
	zhen_close(call);
	return items_to_do(call, &list, zhen_format(call, "/p/duties/transfers?_form=POST&township=%s&code=", township),
	                   true);
}

/* "WG-01 独居老人走访", or the code alone, as an address has it. */
static const char *named_again(zhen_call *call, const char *text)
{
	const char *code = code_of(call, text), *name = text + strlen(code);

	return name[0] == '\0' ? code : named_code(call, code, name + 1);
}

zhen_result list_to_assign(zhen_call *call)
{
	const char *unit = field_text(call, "unit"), *type = field_text(call, "grid_type");
	struct list list = { .township = "" };
	bool listed = list_in_force(call, unit, today(call), &list);

	open_page(call, listed ? list_name(call, &list) : zhen_format(call, "%s还没有公布清单", division_name(call, unit)),
	          type[0] != '\0' ? zhen_format(call, "派给网格员的“%s”：按清单的哪一项，点那一项的名称。", type) :
	                            "按清单的哪一项交办、问责，点那一项的名称；清单外的任务，准入获准后才能交办。");
	if (type[0] == '\0')
		put_way(call, "派给网格员", zhen_format(call, "/tasks/grid?unit=%s", unit));
	put_form(call, "清单外的任务", "/tasks",
	         (const char *const[]){ "unit", unit, type[0] != '\0' ? "grid_type" : NULL, type, NULL });
	put_way(call, "回到任务和问责", "/tasks");
	zhen_close(call);
	return items_to_do(call, &list,
	                   zhen_format(call, "/p/duties/tasks?_form=POST&unit=%s%s%s&code=", unit,
	                               type[0] != '\0' ? "&grid_type=" : "", type[0] != '\0' ? named_again(call, type) : ""),
	                   false);
}

/* What its grid workers may be sent: each leads on to the item. */
zhen_result list_to_grid(zhen_call *call)
{
	const char *unit = field_text(call, "unit"), *line[6];

	line_up(call, unit, line);
	open_page(call, division_name(call, unit), "派给网格员哪一类工作，点名称；不在准入清单内的不能派。");
	put_way(call, "回到交办任务", zhen_format(call, "/tasks/new?unit=%s", unit));
	zhen_close(call);
	return zhen_page(call,
	                 "SELECT g.name, g.code, g.id, $4 || " NAMED_CODE_SQL("g") " AS href FROM grid_type g WHERE g.state = 'admitted' AND "
	                 "g.division IN ($1, $2, $3) AND ($5 = '' OR g.name LIKE '%' || $5 || '%' OR g.code = $5) {{page g.id ASC}}",
	                 line[2], line[3], line[4], zhen_format(call, "/p/duties/tasks/new?unit=%s&grid_type=", unit),
	                 field_text(call, "q"));
}

/* What the division's own list and the catalogues that hold there have: each with the form that names it. */
static zhen_result known_items(zhen_call *call, const char *division, const char *href)
{
	const char *line[6];

	line_up(call, division, line);
	return zhen_page(call,
	                 "SELECT o.name, o.code, $6 || " NAMED_CODE_SQL("o") " AS href FROM code o WHERE o.retired_at = 0 AND (o.owner = $5 "
	                 "OR EXISTS (SELECT 1 FROM catalogue c WHERE c.code = o.owner AND c.division IN ($1, $2, $3, $4))) AND "
	                 "($7 = '' OR o.name LIKE '%' || $7 || '%' OR o.code = $7) {{page o.code ASC}}",
	                 line[1], line[2], line[3], line[4], division, href, field_text(call, "q"));
}

zhen_result show_new_situation(zhen_call *call)
{
	const char *division = field_text(call, "division");

	open_page(call, division_name(call, division), "对应清单、目录的哪一项，点那一项的名称；不对应的直接登记。");
	put_form(call, "不对应事项，直接登记", "/situations", (const char *const[]){ "division", division, NULL });
	put_way(call, "回到职责分工表", "/situations");
	zhen_close(call);
	return known_items(call, division,
	                   zhen_format(call, "/p/duties/situations?_form=POST&division=%s&code=", division));
}

/* The next type of the division that nothing has: "532327-WG-04". */
static const char *free_type(zhen_call *call, const char *division)
{
	int64_t n = count_of(zhen_one(call, "SELECT COUNT(*) AS n FROM grid_type WHERE division = $1", division), "n");
	const char *code;

	do
		code = zhen_format(call, "%s-WG-%02lld", code_prefix(call, division), (long long)++n);
	while (zhen_one(call, "SELECT id FROM grid_type WHERE division = $1 AND code = $2", division, code) != NULL);
	return code;
}

zhen_result show_new_grid_type(zhen_call *call)
{
	const char *division = field_text(call, "division"), *code = free_type(call, division);

	open_page(call, division_name(call, division), "对应清单、目录的哪一项，点那一项的名称；类型编码已给出。");
	put_form(call, "不对应事项，直接准入", "/grid-types",
	         (const char *const[]){ "division", division, "code", code, NULL });
	put_way(call, "回到网格工作事项准入清单", "/grid-types");
	zhen_close(call);
	return known_items(
		call, division,
		zhen_format(call, "/p/duties/grid-types?_form=POST&division=%s&code=%s&item=", division, code));
}
