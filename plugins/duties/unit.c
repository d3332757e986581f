/* SPDX-License-Identifier: Apache-2.0
 * What everybody may read of a unit: the list in force on a day, each version ever published, and behind the QR code
 * on the
 * notice board the items with how and where they are done. */
#include "process.h"
#include "tables.h"

#define SLUG_LENGTH 6

static void put_row(zhen_call *call, const zhen_row *row)
{
	for (uint32_t i = 0; row != NULL && i < row->count; i++)
		call->host->put(call, row->names[i], row->values[i]);
}

/* Drawn anew when the public address of the host changed; the path is for life, since it hangs on walls. */
static void draw_qr(zhen_call *call, const char *unit, const char *slug, const char *old)
{
	const char *url = zhen_format(call, "%s/p/duties/q/%s", or_empty(call->host->base_url(call)), slug);
	const char *svg = qr_svg(call, url);
	const char *digest = svg != NULL ? call->host->blob_put(call, svg, strlen(svg)) : NULL;

	if (digest == NULL)
		return;
	if (old[0] != '\0' && strcmp(old, digest) != 0)
		call->host->blob_drop(call, old, unit);
	call->host->blob_keep(call, digest, unit);
	zhen_run(call, "UPDATE unit SET qr = $1, qr_url = $2 WHERE unit = $3", digest, url, unit);
}

const char *unit_slug(zhen_call *call, const char *unit)
{
	const zhen_row *row = zhen_one(call, "SELECT slug, qr, qr_url FROM unit WHERE unit = $1", unit);
	const char *slug = column_or_empty(row, "slug"), *township = township_of(call, unit);
	const char *base = or_empty(call->host->base_url(call));

	if (row == NULL) {
		slug = call->host->random_code(call, SLUG_LENGTH);
		zhen_run(call, "INSERT INTO unit(unit, township, village, kind, slug, qr, qr_url) VALUES($1, $2, $3, $4, $5, '', '')", unit,
		         township, strcmp(township, unit) == 0 ? "" : unit, unit_kind(call, unit), slug);
	}
	if (row == NULL ||
	    strcmp(column_or_empty(row, "qr_url"), zhen_format(call, "%s/p/duties/q/%s", base, slug)) != 0)
		draw_qr(call, unit, slug, column_or_empty(row, "qr"));
	return slug;
}

static zhen_result no_list(zhen_call *call, const char *unit, const char *day)
{
	return zhen_fail(call, ZHEN_NOT_FOUND, "no-list", "%s在%s没有公布的清单", division_name(call, unit), day);
}

/* The version of field "version", or the one in force on the day of field "date". */
static zhen_result version_wanted(zhen_call *call, const char *unit, struct list *out)
{
	const char *day = day_or_today(call, "date");

	if (!zhen_has(call, "version"))
		return list_in_force(call, unit, day, out) ? 0 : no_list(call, unit, day);
	const zhen_row *row = zhen_one(call, "SELECT id, version, effective_from FROM list WHERE unit = $1 AND version = $2 AND "
	                                     "state = 'published'", unit, zhen_int(call, "version"));
	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这个版本");
	*out = (struct list){ .id = count_of(row, "id"), .version = count_of(row, "version"), .unit = unit,
		              .effective_from = column_or_empty(row, "effective_from") };
	return 0;
}

static void put_ways(zhen_call *call, const char *unit, const char *slug)
{
	zhen_open_list(call, "actions");
	put_way(call, "清单事项", zhen_format(call, "/units/%s/items", unit));
	put_way(call, "县乡职责边界", zhen_format(call, "/units/%s/boundary", unit));
	put_way(call, "版本差异", zhen_format(call, "/units/%s/diff", unit));
	put_way(call, "便民清单（二维码打开的页面）", zhen_format(call, "/q/%s", slug));
	put_way(call, "二维码", zhen_format(call, "/qr/%s", slug));
	/* For staff: who does it, and with what. */
	if (zhen_may(call, "duties.read") && zhen_within_caller(call, unit)) {
		put_way(call, "定责定岗定编定人缺口", zhen_format(call, "/units/%s/gaps", unit));
		put_way(call, "履职保障", zhen_format(call, "/units/%s/supports", unit));
		put_way(call, "编制构成", zhen_format(call, "/townships/%s/headcount", township_of(call, unit)));
	}
	zhen_close(call);
}

zhen_result list_units(zhen_call *call)
{
	return zhen_page(call, "SELECT u.unit, u.township, u.kind, l.version, l.effective_from, l.basic, l.assist, l.withdrawn "
	                       "FROM unit u JOIN list l ON l.unit = u.unit AND l.state = 'published' AND l.version = "
	                       "(SELECT MAX(n.version) FROM list n WHERE n.unit = u.unit AND n.state = 'published') "
	                       "WHERE ($1 = '' OR u.township = $1) {{page u.unit}}",
	                 field_text(call, "township"));
}

zhen_result show_unit(zhen_call *call)
{
	const char *unit = field_text(call, "unit");
	struct list list;
	zhen_result refused = version_wanted(call, unit, &list);

	if (refused != 0)
		return refused;
	const zhen_row *row = zhen_one(call, "SELECT slug FROM unit WHERE unit = $1", unit);
	zhen_put(call, "unit", unit);
	zhen_put(call, "name", division_name(call, unit));
	put_row(call, zhen_one(call,
	                       "SELECT version, effective_from, effective_to, basic, assist, withdrawn, common, "
	                       "optional, local, "
	                       "delegated, statutory, services, basic + assist + withdrawn AS items FROM list WHERE id "
	                       "= $1",
	                       list.id));
	zhen_put(call, "public_path", zhen_format(call, "/p/duties/q/%s", column_or_empty(row, "slug")));
	zhen_put(call, "qr_path", zhen_format(call, "/p/duties/qr/%s", column_or_empty(row, "slug")));
	put_ways(call, unit, column_or_empty(row, "slug"));
	zhen_open_list(call, "versions");
	ZHEN_FOR_EACH (call, one, "SELECT version, effective_from, effective_to, published_at, basic + assist + withdrawn AS items "
	                          "FROM list WHERE unit = $1 AND state = 'published' ORDER BY version DESC", unit) {
		zhen_open_object(call, NULL);
		zhen_put(call, "version", count_of(one, "version"));
		zhen_put(call, "effective_from", column_or_empty(one, "effective_from"));
		zhen_put(call, "effective_to", column_or_empty(one, "effective_to"));
		zhen_put(call, "items", count_of(one, "items"));
		zhen_put_time(call, "published_at", count_of(one, "published_at"));
		zhen_close(call);
	}
	zhen_close(call);
	return zhen_ok(call);
}

zhen_result list_unit_items(zhen_call *call)
{
	const char *unit = field_text(call, "unit");
	struct list list;
	zhen_result refused = version_wanted(call, unit, &list);

	if (refused != 0)
		return refused;
	zhen_put(call, "unit", unit);
	zhen_put(call, "version", list.version);
	zhen_put(call, "effective_from", list.effective_from);
	return zhen_page(call,
	                 "SELECT i.code, i.seq, i.name, i.place, i.origin, i.kind, i.type, i.power, i.category, i.level, "
	                 "i.basis, i.lead, i.duty, "
	                 "i.responsible, i.upper, COALESCE(u.orders, 0) AS orders, '/p/duties/units/' || $2 || '/items/' || i.code AS href "
	                 "FROM list_item i LEFT JOIN usage u "
	                 "ON u.unit = $2 AND "
	                 "u.code = i.code WHERE i.list = $1 AND ($3 = '' OR i.place = $3) AND ($4 = '' OR i.type = $4) "
	                 "AND ($5 = '' OR i.kind = $5) AND ($6 = '' OR i.category = $6) {{page i.seq}}",
	                 list.id, unit, field_text(call, "place"), field_text(call, "type"), field_text(call, "kind"),
	                 field_text(call, "category"));
}

/* Who does what on each item: 错位、越位、缺位 are seen where they stand side by side. */
zhen_result list_boundary(zhen_call *call)
{
	const char *unit = field_text(call, "unit");
	struct list list;
	zhen_result refused = version_wanted(call, unit, &list);

	if (refused != 0)
		return refused;
	zhen_put(call, "version", list.version);
	ZHEN_FOR_EACH (call, row, "SELECT responsible, COUNT(*) AS n FROM list_item WHERE list = $1 GROUP BY responsible "
	                          "ORDER BY responsible", list.id)
		zhen_put(call, column_or_empty(row, "responsible"), count_of(row, "n"));
	return zhen_page(call,
	                 "SELECT code, seq, name, type, place, responsible, lead, county_duty, "
	                 "CASE WHEN duty <> '' THEN duty WHEN responsible = 'township' THEN '承担本事项' ELSE '' END "
	                 "AS duty FROM list_item WHERE list = $1 AND ($2 = '' OR type = $2) {{page seq}}",
	                 list.id, field_text(call, "type"));
}

static zhen_result put_item(zhen_call *call, const char *unit, const struct list *list, const char *code)
{
	const zhen_row *row = list_item(call, list->id, code);
	const zhen_row *guide = zhen_one(call, "SELECT steps, materials, place AS handled_at, hours, phone FROM guide "
	                                       "WHERE unit = $1 AND code = $2", unit, code);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-in-list", "“%s”不在%s的清单内", code,
		                 division_name(call, unit));
	zhen_put(call, "unit", unit);
	zhen_put(call, "version", list->version);
	zhen_put(call, "effective_from", list->effective_from);
	put_row(call, row);
	put_row(call, guide);
	zhen_put(call, "orders",
	         count_of(zhen_one(call, "SELECT orders FROM usage WHERE unit = $1 AND code = $2", unit, code),
	                  "orders"));
	zhen_open_list(call, "history");
	ZHEN_FOR_EACH (call, one, "SELECT what, text, version, NULLIF(round, 0) AS round, NULLIF(batch, 0) AS batch, body, at FROM item_change WHERE code = $1 AND "
	                          "(unit = $2 OR unit = '') AND version > 0 ORDER BY id", code, unit) {
		zhen_open_object(call, NULL);
		for (uint32_t i = 0; i + 1 < one->count; i++)
			call->host->put(call, one->names[i], one->values[i]);
		zhen_put_time(call, "at", count_of(one, "at"));
		zhen_close(call);
	}
	zhen_close(call);
	return zhen_ok(call);
}

/* Tasks and transfers by the item are begun from their own lists, which are there where their feature is on. */
static void put_item_acts(zhen_call *call, const struct list *list, const char *code)
{
	if (list_item(call, list->id, code) == NULL || !zhen_within_caller(call, list->unit))
		return;
	zhen_open_list(call, "actions");
	if (zhen_may(call, "duties.edit"))
		put_form(call, "填写办事说明", zhen_format(call, "/units/%s/items/%s/guide", list->unit, code), NULL);
	put_way(call, "回到清单事项", zhen_format(call, "/units/%s/items", list->unit));
	zhen_close(call);
}

zhen_result show_unit_item(zhen_call *call)
{
	struct list list;
	const char *unit = field_text(call, "unit"), *code = field_text(call, "code");
	zhen_result refused = version_wanted(call, unit, &list);

	if (refused != 0)
		return refused;
	put_item_acts(call, &list, code);
	return put_item(call, unit, &list, code);
}

/* To the guides of what is applied for, where the setting says that there are any. */
static void put_guides(zhen_call *call, const char *township)
{
	const char *path = or_empty(zhen_setting_text(call, "guides")), *mark = strstr(path, "{unit}");

	if (path[0] != '\0')
		zhen_put(call, "guides_href",
		         mark == NULL ? path : zhen_format(call, "%.*s%s%s", (int)(mark - path), path, township, mark + strlen("{unit}")));
}

/* The list behind the code on the board, or of it what people come for. */
zhen_result show_public(zhen_call *call)
{
	const zhen_row *row = zhen_one(call, "SELECT unit FROM unit WHERE slug = $1", field_text(call, "slug"));
	const char *unit = column_or_empty(row, "unit");
	struct list list;

	if (row == NULL || !list_in_force(call, unit, today(call), &list))
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这份清单");
	zhen_put(call, "title", division_name(call, unit));
	zhen_put(call, "unit", unit);
	put_guides(call, list.township);
	zhen_put(call, "version", list.version);
	zhen_put(call, "effective_from", list.effective_from);
	/* First what one is told how to do; each leads to its own page. */
	return zhen_page(call,
	                 "SELECT code, name, place, type, steps, materials, handled_at, phone, href, rank FROM ("
	                 "SELECT i.code, i.name, i.place, i.type, COALESCE(g.steps, '') AS steps, COALESCE(g.materials, '') AS materials, "
	                 "COALESCE(g.place, '') AS handled_at, COALESCE(g.phone, '') AS phone, '/p/duties/q/' || $4 || '/' || i.code AS "
	                 "href, CASE WHEN g.code IS NULL THEN i.seq + 1000000000000 ELSE i.seq END AS rank "
	                 "FROM list_item i LEFT JOIN guide g ON g.unit = $2 AND g.code = i.code "
	                 "WHERE i.list = $1 AND i.place <> 'withdrawn' AND ($3 = 0 OR g.livelihood = 1) AND "
	                 "($5 = '' OR i.name LIKE '%' || $5 || '%')) AS shown WHERE rank >= 0 {{page rank}}",
	                 list.id, unit, zhen_int(call, "livelihood"), field_text(call, "slug"), field_text(call, "q"));
}

zhen_result show_public_item(zhen_call *call)
{
	const zhen_row *row = zhen_one(call, "SELECT unit FROM unit WHERE slug = $1", field_text(call, "slug"));
	const char *unit = column_or_empty(row, "unit");
	struct list list;

	if (row == NULL || !list_in_force(call, unit, today(call), &list))
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这份清单");
	return put_item(call, unit, &list, field_text(call, "code"));
}

zhen_result show_qr(zhen_call *call)
{
	const zhen_row *row = zhen_one(call, "SELECT qr FROM unit WHERE slug = $1", field_text(call, "slug"));
	const char *digest = column_or_empty(row, "qr");

	if (digest[0] == '\0')
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这份清单");
	return call->host->send_blob(call, digest, "image/svg+xml", "qr.svg");
}

/* How an item is done here: kept beside the versions, since a telephone number is not a power. */
zhen_result set_guide(zhen_call *call)
{
	const char *unit = field_text(call, "unit"), *code = field_text(call, "code");
	struct list list;

	call->host->subject(call, code);
	if (!list_newest(call, unit, &list))
		return no_list(call, unit, today(call));
	if (list_item(call, list.id, code) == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-in-list", "“%s”不在%s的清单内", code,
		                 division_name(call, unit));
	zhen_run(call,
	         "INSERT INTO guide(unit, code, steps, materials, place, hours, phone, livelihood, at) "
	         "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9) {{upsert unit, code}} steps = excluded.steps, "
	         "materials = excluded.materials, place = excluded.place, hours = excluded.hours, phone = "
	         "excluded.phone, livelihood = excluded.livelihood, at = excluded.at",
	         unit, code, field_text(call, "steps"), field_text(call, "materials"), field_text(call, "handled_at"),
	         field_text(call, "hours"), field_text(call, "phone"), zhen_int(call, "livelihood"), zhen_now(call));
	note_change(call, unit, code, "guide", "办事说明", list.version, 0, 0);
	zhen_put(call, "unit", unit);
	zhen_put(call, "code", code);
	return zhen_ok(call);
}

zhen_result list_history(zhen_call *call)
{
	return zhen_page(call,
	                 "SELECT id, NULLIF(unit, '') AS unit, code, what, text, version, NULLIF(round, 0) AS round, "
	                 "NULLIF(batch, 0) AS batch, body, at FROM item_change WHERE code = $1 AND "
	                 "version > 0 AND ($2 = '' OR unit = $2 OR unit = '') {{page id}}",
	                 field_text(call, "code"), field_text(call, "unit"));
}
