/* SPDX-License-Identifier: Apache-2.0
 * What is missing between the list and the persons (duty → post → headcount → person), and what a township was given for
 * the items it took over (履职保障). */
#include "people.h"

struct gaps {
	int64_t basic, mapped, missing;
};

/* Each basic item needs one post in use at least; of a community's item, the street's own one it belongs to is shown. */
static struct gaps put_items(zhen_call *call, const struct list *list)
{
	struct gaps gaps = { 0 };

	zhen_open_list(call, "items");
	ZHEN_FOR_EACH (call, row,
	               "SELECT i.code, i.name, i.upper, (SELECT COUNT(*) FROM post_duty d JOIN post p ON p.id = d.post "
	               "WHERE d.unit = $2 AND d.code = i.code AND p.state = 'active') AS posts "
	               "FROM list_item i WHERE i.list = $1 AND i.place = 'basic' ORDER BY i.code",
	               list->id, list->unit) {
		gaps.basic++;
		if (count_of(row, "posts") > 0) {
			gaps.mapped++;
			continue;
		}
		gaps.missing++;
		zhen_open_object(call, NULL);
		zhen_put(call, "code", zhen_column_text(row, "code"));
		zhen_put(call, "name", zhen_column_text(row, "name"));
		zhen_put(call, "upper", zhen_column_text(row, "upper"));
		zhen_put(call, "gap", "no-post");
		zhen_close(call);
	}
	zhen_close(call);
	return gaps;
}

/* Posts in use without headcount, or with fewer persons than that. */
static int64_t put_posts(zhen_call *call, const char *unit)
{
	int64_t count = 0;

	zhen_open_list(call, "posts");
	ZHEN_FOR_EACH (call, row,
	               "SELECT id, code, name, headcount, holders FROM post WHERE unit = $1 AND state = 'active' "
	               "AND (headcount = 0 OR holders < headcount) ORDER BY id",
	               unit) {
		int64_t headcount = count_of(row, "headcount"), holders = count_of(row, "holders");

		count++;
		zhen_open_object(call, NULL);
		zhen_put(call, "id", count_of(row, "id"));
		zhen_put(call, "code", zhen_column_text(row, "code"));
		zhen_put(call, "name", zhen_column_text(row, "name"));
		zhen_put(call, "headcount", headcount);
		zhen_put(call, "holders", holders);
		zhen_put(call, "href", zhen_format(call, "/p/duties/posts/%lld", (long long)count_of(row, "id")));
		zhen_put(call, "gap", headcount == 0 ? "no-headcount" : holders == 0 ? "no-person" : "vacancies");
		zhen_close(call);
	}
	zhen_close(call);
	return count;
}

/* Duties of posts in use that the list has no more, or gave back. */
static int64_t put_stale(zhen_call *call, const struct list *list)
{
	int64_t count = 0;

	zhen_open_list(call, "stale");
	ZHEN_FOR_EACH (call, row,
	               "SELECT p.code AS post, d.code AS code FROM post p JOIN post_duty d ON d.post = p.id "
	               "WHERE p.unit = $2 AND p.state <> 'abolished' AND NOT EXISTS (SELECT 1 FROM list_item i WHERE "
	               "i.list = $1 AND i.code = d.code AND i.place <> 'withdrawn') ORDER BY p.id, d.code",
	               list->id, list->unit) {
		count++;
		zhen_open_object(call, NULL);
		zhen_put(call, "post", zhen_column_text(row, "post"));
		zhen_put(call, "code", zhen_column_text(row, "code"));
		zhen_close(call);
	}
	zhen_close(call);
	return count;
}

zhen_result show_gaps(zhen_call *call)
{
	const char *unit = field_text(call, "unit");
	struct list list;

	if (!zhen_within_caller(call, unit))
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found",
		                 "没有这个单位，或不在您的辖区 (outside your division)");
	if (!list_in_force(call, unit, today(call), &list))
		return zhen_fail(call, ZHEN_NOT_FOUND, "no-list", "%s还没有公布清单 (the unit has no list in force)",
		                 division_name(call, unit));
	zhen_put(call, "unit", unit);
	zhen_put(call, "version", list.version);
	struct gaps gaps = put_items(call, &list);
	int64_t posts = put_posts(call, unit), stale = put_stale(call, &list);
	zhen_put(call, "basic", gaps.basic);
	zhen_put(call, "mapped", gaps.mapped);
	zhen_put(call, "complete", gaps.missing + posts + stale == 0);
	return zhen_ok(call);
}

static int64_t ready(zhen_call *call, const char *unit, const char *code)
{
	return count_of(zhen_one(call, "SELECT COALESCE(SUM(ready), 0) AS n FROM support WHERE unit = $1 AND code = $2",
	                         unit, code),
	                "n");
}

#define SUPPORTS 4

zhen_result set_support(zhen_call *call)
{
	const char *unit = field_text(call, "unit"), *code = code_of(call, field_text(call, "code"));
	struct list list;

	if (!list_in_force(call, unit, today(call), &list))
		return zhen_fail(call, ZHEN_CONFLICT, "no-list", "%s还没有公布清单 (the unit has no list in force)",
		                 division_name(call, unit));
	const zhen_row *item = list_item(call, list.id, code);
	if (item == NULL || strcmp(column_or_empty(item, "place"), "withdrawn") == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "item-not-in-list",
		                 "code：%s 不在%s现行清单内 (not in the list in force)", code, division_name(call, unit));
	bool had = ready(call, unit, code) == SUPPORTS;
	zhen_run(call,
	         "INSERT INTO support(unit, code, kind, ready, note, person, at) VALUES($1, $2, $3, $4, $5, $6, $7) "
	         "{{upsert unit, code, kind}} ready = excluded.ready, note = excluded.note, person = excluded.person, "
	         "at = excluded.at",
	         unit, code, field_text(call, "support"), zhen_int(call, "ready"), field_text(call, "note"),
	         zhen_get_caller(call)->name, zhen_now(call));
	bool has = ready(call, unit, code) == SUPPORTS;
	if (has != had)
		tally_add(call, unit, "supported", 0, has ? 1 : -1);
	zhen_put(call, "code", code);
	zhen_put(call, "can_take_over", has);
	return zhen_ok(call);
}

#define HAS(kind) "COALESCE((SELECT s.ready FROM support s WHERE s.unit = $2 AND s.code = i.code AND s.kind = '" kind "'), 0)"

zhen_result list_supports(zhen_call *call)
{
	const char *unit = field_text(call, "unit");
	struct list list;

	if (!zhen_within_caller(call, unit))
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found",
		                 "没有这个单位，或不在您的辖区 (outside your division)");
	if (!list_in_force(call, unit, today(call), &list))
		return zhen_fail(call, ZHEN_NOT_FOUND, "no-list", "%s还没有公布清单 (the unit has no list in force)",
		                 division_name(call, unit));
	/* Who may tick is led to the form, with the item named. */
	const char *form = zhen_may(call, "duties.post") ?
				   zhen_format(call, "/p/duties/units/%s/supports?_form=POST&code=", unit) : "";
	return zhen_page(call,
	                 "SELECT i.name, i.code, " HAS("people") " AS people, " HAS("equipment") " AS equipment, "
	                 HAS("technology") " AS technology, " HAS("network") " AS network, "
	                 "CASE WHEN (SELECT SUM(s.ready) FROM support s WHERE s.unit = $2 AND s.code = i.code) = 4 "
	                 "THEN 1 ELSE 0 END AS can_take_over, CASE WHEN $3 <> '' THEN $3 || " NAMED_CODE_SQL("i") " END AS href "
	                 "FROM list_item i WHERE i.list = $1 AND i.place <> 'withdrawn' {{page i.code ASC}}",
	                 list.id, unit, form);
}
