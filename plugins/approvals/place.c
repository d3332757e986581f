/* SPDX-License-Identifier: Apache-2.0
 * Where things are done: the centre with its zones and windows, village stations, self-service around the clock; who answers for
 * a body's steps; which item is handled elsewhere than it should be. */
#include "cases.h"
#include "items.h"

static const struct {
	const char *code, *title;
} zones[N_ZONES] = {
	{ "guidance", "咨询导办区" }, { "counter", "综合服务区" }, { "elderly", "老人服务专区" }, { "self", "自助服务区" },
	{ "waiting", "休息等候区" },
};

const zhen_row *place_row(zhen_call *call, int64_t id)
{
	return zhen_one(call,
	                "SELECT id, township, village, kind, name, address, hours, phone, always_open, amenities, standard FROM place "
	                "WHERE id = $1",
	                id);
}

void division_range(zhen_call *call, const char *division, const char **out_low, const char **out_high)
{
	static const int digits[] = { 0, 2, 4, 6, 9, 12 };
	const zhen_division *at = call->host->division(call, division);
	int length = at != NULL && at->level < 6 ? digits[at->level] : 0;

	*out_low = zhen_format(call, "%.*s%.*s", length, division, 12 - length, "000000000000");
	*out_high = zhen_format(call, "%.*s%.*s", length, division, 12 - length, "999999999999");
}

const char *officer_of(zhen_call *call, const char *body)
{
	return or_empty(zhen_column_text(zhen_one(call, "SELECT person FROM officer WHERE body = $1", body), "person"));
}

/* The caller's own place of field "id"; 0, or the refusal. */
static zhen_result own_place(zhen_call *call, const zhen_row **out)
{
	*out = place_row(call, zhen_int(call, "id"));
	if (*out == NULL || !zhen_within_caller(call, or_empty(zhen_column_text(*out, "township"))))
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这个办事地点，或不在您的管辖范围");
	return 0;
}

static zhen_result done(zhen_call *call, int64_t id)
{
	zhen_put(call, "id", id);
	return call->host->reply(call, ZHEN_CREATED);
}

/* A county's hall stands in the county's own row; all others in their township's. */
static const zhen_division *seat_of(zhen_call *call, const struct place *place)
{
	return call->host->division_above(call, place->division, strcmp(place->kind, "hall") == 0 ? 3 : 4);
}

const char *place_fault(zhen_call *call, const struct place *place, const char **out_text)
{
	static const struct {
		const char *kind;
		uint32_t level;
	} levels[] = { { "hall", 3 }, { "centre", 4 }, { "station", 5 } };
	const zhen_division *at = call->host->division(call, place->division), *seat = seat_of(call, place);

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (at == NULL || seat == NULL ||
		    (strcmp(levels[i].kind, place->kind) == 0 && at->level != levels[i].level)) {
			*out_text =
				"政务服务中心属于县（市、区），便民服务中心属于乡镇（街道），便民服务站属于村（社区）";
			return "place-division";
		}
	if (strcmp(place->kind, "centre") == 0 &&
	    zhen_one(call, "SELECT id FROM place WHERE township = $1 AND kind = 'centre'", seat->code) != NULL) {
		*out_text = zhen_format(call, "%s已有便民服务中心（审批服务场所集中）", seat->name);
		return "one-centre";
	}
	return NULL;
}

/* Villages are counted, not their stations. */
static void count_station(zhen_call *call, const struct place *place, const char *township)
{
	const zhen_row *row = zhen_one(call,
	                               "SELECT COUNT(*) AS n, COUNT(CASE WHEN standard = 1 THEN 1 END) AS standard FROM place "
	                               "WHERE township = $1 AND kind = 'station' AND village = $2",
	                               township, place->division);
	bool first = zhen_column_int(row, "n") == 0, first_standard = zhen_column_int(row, "standard") == 0;

	if (first)
		counter_add(call, township, "stations", 1);
	if (place->standard && first_standard)
		counter_add(call, township, "standard_stations", 1);
}

static void count_place(zhen_call *call, const struct place *place, const char *seat)
{
	static const char *const counted[][2] = { { "hall", "halls" }, { "centre", "centres" }, { "self", "always_open" } };

	for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]); i++)
		if (strcmp(place->kind, counted[i][0]) == 0)
			counter_add(call, seat, counted[i][1], 1);
	if (strcmp(place->kind, "station") == 0)
		count_station(call, place, seat);
}

int64_t place_store(zhen_call *call, const struct place *place)
{
	const zhen_division *at = call->host->division(call, place->division);

	count_place(call, place, seat_of(call, place)->code);
	return zhen_insert(call,
	                   "INSERT INTO place(township, village, kind, name, address, hours, phone, always_open, amenities, "
	                   "at, account, standard) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id",
	                   seat_of(call, place)->code, at->level == 5 ? place->division : "", place->kind, place->name,
	                   place->address, place->hours, place->phone, strcmp(place->kind, "self") == 0, place->amenities,
	                   zhen_now(call), zhen_get_caller(call)->account, place->standard);
}

zhen_result add_place(zhen_call *call)
{
	const struct place place = {
		.division = or_empty(zhen_text(call, "division")),
		.kind = or_empty(zhen_text(call, "kind")),
		.name = or_empty(zhen_text(call, "name")),
		.address = or_empty(zhen_text(call, "address")),
		.hours = or_empty(zhen_text(call, "hours")),
		.phone = or_empty(zhen_text(call, "phone")),
		.amenities = or_empty(zhen_text(call, "amenities")),
		.standard = zhen_int(call, "standard") != 0,
	};
	const char *text = "", *fault = place_fault(call, &place, &text);

	return fault != NULL ? zhen_fail(call, ZHEN_CONFLICT, fault, "%s", text) : done(call, place_store(call, &place));
}

zhen_result set_zones(zhen_call *call)
{
	const zhen_row *place;
	zhen_result refused = own_place(call, &place);
	int64_t id = zhen_int(call, "id");

	if (refused != 0)
		return refused;
	if (strcmp(or_empty(zhen_column_text(place, "kind")), "centre") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "not-a-centre", "只有便民服务中心设五个功能区");
	zhen_run(call, "DELETE FROM zone WHERE place = $1", id);
	for (int32_t i = 0; i < call->host->list_count(call, "zones"); i++)
		zhen_run(call,
		         "INSERT INTO zone(place, code, location) VALUES($1, $2, $3) {{upsert place, code}} location = excluded.location",
		         id, *call->host->list_field(call, "zones", i, "code"),
		         or_empty(zhen_value_text(call->host->list_field(call, "zones", i, "location"))));
	return done(call, id);
}

zhen_result add_desk(zhen_call *call)
{
	const zhen_row *place;
	zhen_result refused = own_place(call, &place);
	const char *code = or_empty(zhen_text(call, "code"));

	if (refused != 0)
		return refused;
	if (zhen_int(call, "accepts") == 0 && zhen_int(call, "issues") == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "desk-idle", "窗口应当受理或者出件");
	if (zhen_one(call, "SELECT id FROM desk WHERE place = $1 AND code = $2", zhen_int(call, "id"), code) != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "desk-exists", "窗口 %s 已经登记", code);
	return done(call, zhen_insert(call,
	                              "INSERT INTO desk(place, township, code, name, accepts, issues) VALUES($1, $2, $3, $4, $5, $6) "
	                              "RETURNING id",
	                              zhen_int(call, "id"), zhen_column_text(place, "township"), code,
	                              or_empty(zhen_text(call, "name")), zhen_int(call, "accepts"), zhen_int(call, "issues")));
}

zhen_result set_officer(zhen_call *call)
{
	const char *id = or_empty(zhen_text(call, "body"));
	const zhen_body *body = call->host->body(call, id);

	if (body == NULL || !zhen_within_caller(call, body->division))
		return zhen_fail(call, ZHEN_FORBIDDEN, "out-of-scope", "只能登记本辖区单位的责任人");
	zhen_run(call,
	         "INSERT INTO officer(body, person, phone, at, account) VALUES($1, $2, $3, $4, $5) {{upsert body}} "
	         "person = excluded.person, phone = excluded.phone, at = excluded.at, account = excluded.account",
	         id, or_empty(zhen_text(call, "person")), or_empty(zhen_text(call, "phone")), zhen_now(call),
	         zhen_get_caller(call)->account);
	zhen_put(call, "body", id);
	return call->host->reply(call, ZHEN_CREATED);
}

zhen_result list_places(zhen_call *call)
{
	if (zhen_has(call, "township"))
		return zhen_page(call,
		                 "SELECT id, township, village, kind, name, address, hours, phone, always_open, standard FROM place "
		                 "WHERE township = $1 {{page id DESC}}",
		                 zhen_text(call, "township"));
	return zhen_page(call, "SELECT id, township, village, kind, name, address, hours, phone, always_open, standard FROM place "
	                       "{{page id DESC}}");
}

static void show_zones(zhen_call *call, int64_t id)
{
	const char *missing = "";

	zhen_open_list(call, "zones");
	for (size_t i = 0; i < N_ZONES; i++) {
		const zhen_row *zone =
			zhen_one(call, "SELECT location FROM zone WHERE place = $1 AND code = $2", id, zones[i].code);

		if (zone == NULL) {
			missing = zhen_format(call, "%s%s%s", missing, missing[0] != '\0' ? "、" : "", zones[i].title);
			continue;
		}
		zhen_open_object(call, NULL);
		zhen_put(call, "code", zones[i].code);
		zhen_put(call, "title", zones[i].title);
		zhen_put(call, "location", zhen_column_text(zone, "location"));
		zhen_close(call);
	}
	zhen_close(call);
	zhen_put(call, "zones_missing", missing);
}

/* At a self-service point to the form itself, which says where it was opened; elsewhere to the guide. */
static const char *item_href(zhen_call *call, const zhen_row *item, int64_t self_service)
{
	const char *code = or_empty(zhen_column_text(item, "code"));
	bool homestead = strcmp(or_empty(zhen_column_text(item, "form")), "homestead") == 0;

	if (self_service == 0)
		return zhen_format(call, "/p/approvals/items/%s", code);
	json_auto_t *content = homestead ? NULL : item_content(call, zhen_column_int(item, "id"));
	return zhen_format(call, "/p/approvals/%s?_form=POST&channel=self&place=%lld%s",
	                   homestead ? "applications" : zhen_format(call, "items/%s/%s", code, item_serves(content, false) ? "apply" : "organisation"), (long long)self_service,
	                   form_query(call, content));
}

/* Items that this place takes: the same definitions at a village station as at the centre (X12). */
static void show_items(zhen_call *call, const char *at, bool station, int64_t self_service)
{
	zhen_open_list(call, "items");
	ZHEN_FOR_EACH(call, row,
	              "SELECT id, code, name, version, mode, form FROM item WHERE in_force = 1 AND ($1 = 0 OR at_village = 1) AND "
	              "($2 = 0 OR online = 1) ORDER BY code",
	              station, self_service != 0) {
		if (item_asked(call, or_empty(zhen_column_text(row, "code")), 0, at) != zhen_column_int(row, "id"))
			continue;
		zhen_open_object(call, NULL);
		zhen_put(call, "item", zhen_column_int(row, "id"));
		zhen_put(call, "code", zhen_column_text(row, "code"));
		zhen_put(call, "name", zhen_column_text(row, "name"));
		zhen_put(call, "version", zhen_column_int(row, "version"));
		zhen_put(call, "mode", zhen_column_text(row, "mode"));
		zhen_put(call, "href", item_href(call, row, self_service));
		zhen_close(call);
	}
	zhen_close(call);
}

zhen_result show_place(zhen_call *call)
{
	static const char *const texts[] = { "kind", "name", "township", "village", "address", "hours", "phone", "amenities" };
	int64_t id = zhen_int(call, "id");
	const zhen_row *row = place_row(call, id);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这个办事地点");
	const char *kind = or_empty(zhen_column_text(row, "kind"));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		zhen_put(call, texts[i], zhen_column_text(row, texts[i]));
	zhen_put(call, "always_open", zhen_column_int(row, "always_open"));
	zhen_put(call, "standard", zhen_column_int(row, "standard"));
	if (strcmp(kind, "centre") == 0)
		show_zones(call, id);
	zhen_open_list(call, "desks");
	ZHEN_FOR_EACH (call, desk, "SELECT id, code, name, accepts, issues FROM desk WHERE place = $1 ORDER BY code",
	               id) {
		zhen_open_object(call, NULL);
		zhen_put(call, "code", zhen_column_text(desk, "code"));
		zhen_put(call, "name", zhen_column_text(desk, "name"));
		zhen_put(call, "accepts", zhen_column_int(desk, "accepts"));
		zhen_put(call, "issues", zhen_column_int(desk, "issues"));
		zhen_close(call);
	}
	zhen_close(call);
	if (strcmp(kind, "agency") != 0 && strcmp(kind, "hall") != 0)
		show_items(call, or_empty(zhen_column_text(row, "township")), strcmp(kind, "station") == 0, strcmp(kind, "self") == 0 ? id : 0);
	return zhen_ok(call);
}

/* Where the township really handles an item. Elsewhere than the centre is written down, not hidden: it is a violation (C22). */
zhen_result bind_item(zhen_call *call)
{
	const char *code = or_empty(zhen_text(call, "code"));
	const zhen_row *place = place_row(call, zhen_int(call, "place"));

	if (place == NULL || !zhen_within_caller(call, or_empty(zhen_column_text(place, "township"))))
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这个办事地点，或不在您的管辖范围");
	const zhen_row *item = item_in_force(call, code, or_empty(zhen_column_text(place, "township")));
	if (item == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "item-unknown", "没有这个事项，或它尚未生效");
	const char *kind = or_empty(zhen_column_text(place, "kind"));
	bool elsewhere = strcmp(kind, "agency") == 0 || strcmp(kind, "hall") == 0;
	const char *township = or_empty(zhen_column_text(place, "township"));
	bool before =
		zhen_one(call, "SELECT id FROM binding WHERE township = $1 AND code = $2 AND place_kind = 'agency'",
	                 township, code) != NULL;
	if (elsewhere != before)
		counter_add(call, township, "elsewhere", elsewhere ? 1 : -1);
	int64_t id = zhen_insert(
		call,
		"INSERT INTO binding(township, code, name, place, place_kind, place_name, note, at) "
		"VALUES($1, $2, $3, $4, $5, $6, $7, $8) {{upsert township, code}} place = excluded.place, "
		"place_kind = excluded.place_kind, place_name = excluded.place_name, note = excluded.note, at = excluded.at "
		"RETURNING id",
		zhen_column_text(place, "township"), code, zhen_column_text(item, "name"), zhen_column_int(place, "id"),
		elsewhere ? "agency" : kind, zhen_column_text(place, "name"), or_empty(zhen_text(call, "note")), zhen_now(call));
	zhen_put(call, "id", id);
	zhen_put(call, "violation", elsewhere);
	return call->host->reply(call, ZHEN_CREATED);
}

zhen_result list_violations(zhen_call *call)
{
	return zhen_page(call, "SELECT id, township, code, name, place_name, note, at FROM binding WHERE place_kind = 'agency' AND "
	                       "{{scope township}} {{page id DESC}}");
}

/* The host tells of a division whose code one knows: codes are as GB/T 2260 makes them, two, two and two digits, then three. */
static int64_t townships_of(zhen_call *call, const char *prefix, uint32_t level)
{
	static const int lengths[] = { 0, 2, 4, 6, 9 };
	int64_t n = 0;

	if (level == 4)
		return 1;
	int width = lengths[level + 1] - lengths[level], most = width == 3 ? 999 : 99;
	for (int i = 1; i <= most; i++) {
		char code[32], below[16];

		snprintf(below, sizeof(below), "%s%0*d", prefix, width, i);
		snprintf(code, sizeof(code), "%.9s%.*s", below, 12 - lengths[level + 1], "000000000000");
		const zhen_division *at = call->host->division(call, code);
		if (at != NULL && at->level == level + 1)
			n += townships_of(call, below, level + 1);
	}
	return n;
}

static int64_t townships_in(zhen_call *call, const char *division)
{
	static const int lengths[] = { 0, 2, 4, 6, 9, 9 };
	const zhen_division *at = call->host->division(call, division);
	uint32_t level = at == NULL ? 0 : at->level < 4 ? at->level : 4;
	char prefix[16];

	snprintf(prefix, sizeof(prefix), "%.*s", lengths[level], division);
	return townships_of(call, prefix, level);
}

/* Of all townships, how many have a place open at any hour. */
zhen_result show_coverage(zhen_call *call)
{
	const char *division = or_empty(zhen_text(call, "division")), *low, *high;

	division_range(call, division, &low, &high);
	int64_t covered = zhen_column_int(zhen_one(call,
	                                           "SELECT COUNT(*) AS covered FROM tally WHERE always_open > 0 AND township BETWEEN $1 "
	                                           "AND $2",
	                                           low, high),
	                                  "covered");
	int64_t all = townships_in(call, division);

	zhen_put(call, "division", division);
	zhen_put(call, "townships", all);
	zhen_put(call, "covered", covered);
	zhen_put(call, "coverage", zhen_format(call, "%lld/%lld", (long long)covered, (long long)all));
	zhen_put(call, "percent", all > 0 ? zhen_format(call, "%.2f", (double)covered * 100 / (double)all) : "");
	return zhen_ok(call);
}
