/* SPDX-License-Identifier: Apache-2.0
 * 政务服务事项清单 of a township or a village: which items it offers. A list has a draft, seen by those who publish, and dated
 * versions, seen by everybody; where none was published everything in force is offered. */
#include "cases.h"
#include "items.h"

static const zhen_row *offer_in_force(zhen_call *call, const char *division)
{
	return zhen_one(call,
	                "SELECT id, version, effective_from, published_at, total, direct, agent, escort, online, note FROM offer "
	                "WHERE division = $1 AND effective_from <= $2 ORDER BY version DESC LIMIT 1",
	                division, today_of(call));
}

static bool is_offered(zhen_call *call, const char *division, const char *code)
{
	const zhen_row *offer = offer_in_force(call, division);

	return offer == NULL || zhen_one(call, "SELECT seq FROM offer_item WHERE offer = $1 AND code = $2",
	                                 zhen_column_int(offer, "id"), code) != NULL;
}

zhen_result offer_allows(zhen_call *call, const zhen_row *item, const char *township, const char *village)
{
	const char *code = or_empty(zhen_column_text(item, "code")), *duty = or_empty(zhen_column_text(item, "duty"));
	const zhen_division *at = call->host->division(call, township);
	const char *missing = power_missing(call, township, duty);

	if (missing[0] != '\0')
		return zhen_fail(call, ZHEN_CONFLICT, "outside-list", "%s", missing);
	if (!is_offered(call, township, code) &&
	    (offer_in_force(call, village) == NULL || !is_offered(call, village, code)))
		return zhen_fail(call, ZHEN_CONFLICT, "not-offered", "该事项不在%s现行的政务服务事项清单内",
		                 at != NULL ? at->name : "本乡镇");
	return 0;
}

static const char *township_of(zhen_call *call, const char *division)
{
	const zhen_division *township = call->host->division_above(call, division, 4);

	return township != NULL ? township->code : "";
}

static zhen_result bad_division(zhen_call *call)
{
	return zhen_fail(call, ZHEN_CONFLICT, "no-list-here", "事项清单属于乡镇（街道）或村（社区）");
}

/* A draft is somebody's: somebody else publishes it. */
void offer_draft_begin(zhen_call *call, const char *division)
{
	zhen_run(call, "DELETE FROM offer_draft WHERE division = $1", division);
	zhen_run(call,
	         "INSERT INTO offer_drafted(division, township, account, person, waits, at) VALUES($1, $2, $3, $4, 1, $5) "
	         "{{upsert division}} account = excluded.account, person = excluded.person, waits = 1, at = excluded.at",
	         division, township_of(call, division), zhen_get_caller(call)->account, zhen_get_caller(call)->name,
	         zhen_now(call));
}

zhen_result save_offer(zhen_call *call)
{
	const char *division = or_empty(zhen_text(call, "division"));
	int32_t n = call->host->list_count(call, "codes");

	if (township_of(call, division)[0] == '\0')
		return bad_division(call);
	offer_draft_begin(call, division);
	for (int32_t i = 0; i < n; i++) {
		const char *code = or_empty(zhen_value_text(call->host->list_field(call, "codes", i, "code")));

		if (item_in_force(call, code, division) == NULL)
			return zhen_fail(call, ZHEN_CONFLICT, "item-unknown", "没有现行的事项 %s", code);
		zhen_run(call,
		         "INSERT INTO offer_draft(division, code, seq) VALUES($1, $2, $3) {{upsert division, code}} seq = excluded.seq",
		         division, code, i + 1);
	}
	zhen_put(call, "division", division);
	zhen_put(call, "total", (int64_t)n);
	return call->host->reply(call, ZHEN_CREATED);
}

/* Which of them cannot be published: outside the list of duties, or without a version in force. */
static zhen_result check_draft(zhen_call *call, const char *division, const char *township)
{
	const char *bad = "";
	const char *code = "duty-missing";

	ZHEN_FOR_EACH(call, row, "SELECT code FROM offer_draft WHERE division = $1 ORDER BY seq", division) {
		const zhen_row *item = item_in_force(call, or_empty(zhen_column_text(row, "code")), division);

		if (item == NULL ||
		    power_missing(call, township, or_empty(zhen_column_text(item, "duty")))[0] != '\0') {
			code = item == NULL ? "item-unknown" : "outside-list";
			bad = zhen_format(call, "%s%s%s", bad, bad[0] != '\0' ? "、" : "", zhen_column_text(row, "code"));
		}
	}
	if (bad[0] == '\0')
		return 0;
	return zhen_fail(call, ZHEN_CONFLICT, code, "不能列入清单：%s（%s）", bad,
	                 strcmp(code, "outside-list") == 0 ? "所依据的职权不在本乡镇权责清单内" : "没有现行版本");
}

/* The draft is the newest version word for word: the same items in the same versions and order. Its number; 0 = it is not. */
static int64_t unchanged_since(zhen_call *call, const char *division)
{
	const zhen_row *last =
		zhen_one(call, "SELECT id, version, total FROM offer WHERE division = $1 ORDER BY version DESC LIMIT 1",
	                 division);
	int64_t n = 0;

	if (last == NULL)
		return 0;
	ZHEN_FOR_EACH(call, row, "SELECT code, seq FROM offer_draft WHERE division = $1 ORDER BY seq", division) {
		const char *code = or_empty(zhen_column_text(row, "code"));

		n++;
		if (zhen_one(call,
		             "SELECT seq FROM offer_item WHERE offer = $1 AND code = $2 AND seq = $3 AND item = $4",
		             zhen_column_int(last, "id"), code, zhen_column_int(row, "seq"),
		             zhen_column_int(item_in_force(call, code, division), "id")) == NULL)
			return 0;
	}
	return n == zhen_column_int(last, "total") ? zhen_column_int(last, "version") : 0;
}

/* By the same rule as items. 0, or the refusal. */
static zhen_result drafted_by_another(zhen_call *call, const char *division)
{
	const zhen_row *row = zhen_one(call, "SELECT account, person FROM offer_drafted WHERE division = $1", division);

	if (row == NULL || strcmp(or_empty(zhen_setting_text_in(call, "item_publisher", division)), "another") != 0 ||
	    strcmp(or_empty(zhen_column_text(row, "account")), zhen_get_caller(call)->account) != 0)
		return 0;
	return zhen_fail(call, ZHEN_CONFLICT, "own-draft",
	                 "事项清单由%s拟定或者导入，须由另一人核对后发布 (somebody else publishes it)",
	                 zhen_column_text(row, "person"));
}

zhen_result publish_offer(zhen_call *call)
{
	const char *division = or_empty(zhen_text(call, "division")), *township = township_of(call, division);
	const char *from = zhen_has(call, "effective_from") ? zhen_text(call, "effective_from") : today_of(call);
	int64_t counts[5] = { 0 };

	if (township[0] == '\0')
		return bad_division(call);
	if (!zhen_within_caller(call, division))
		return zhen_fail(call, ZHEN_FORBIDDEN, "out-of-scope", "只能发布本辖区的事项清单");
	if (strcmp(from, today_of(call)) < 0)
		return zhen_fail(call, ZHEN_CONFLICT, "effective-in-past", "生效日期不能早于今天");
	zhen_result refused = drafted_by_another(call, division);
	if (refused == 0)
		refused = check_draft(call, division, township);
	if (refused != 0)
		return refused;
	int64_t same = unchanged_since(call, division);
	if (same != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "unchanged",
		                 "与第%lld版清单完全相同，没有变化，不必再发布 (nothing changed)", (long long)same);
	int64_t version = zhen_column_int(
		zhen_one(call, "SELECT COALESCE(MAX(version), 0) + 1 AS next FROM offer WHERE division = $1", division), "next");
	int64_t id = zhen_insert(call,
	                         "INSERT INTO offer(division, township, version, effective_from, total, direct, agent, escort, "
	                         "online, note, published_at, published_by) VALUES($1, $2, $3, $4, 0, 0, 0, 0, 0, $5, $6, $7) "
	                         "RETURNING id",
	                         division, township, version, from, or_empty(zhen_text(call, "note")), zhen_now(call),
	                         zhen_get_caller(call)->name);
	ZHEN_FOR_EACH(call, row, "SELECT code, seq FROM offer_draft WHERE division = $1 ORDER BY seq", division) {
		const char *code = or_empty(zhen_column_text(row, "code"));
		const zhen_row *item = item_in_force(call, code, division);
		const char *mode = or_empty(zhen_column_text(item, "mode"));

		zhen_run(call, "INSERT INTO offer_item(offer, code, seq, item) VALUES($1, $2, $3, $4)", id, code,
		         zhen_column_int(row, "seq"), zhen_column_int(item, "id"));
		counts[0]++;
		counts[1] += strcmp(mode, "direct") == 0;
		counts[2] += strcmp(mode, "agent") == 0;
		counts[3] += strcmp(mode, "escort") == 0;
		counts[4] += zhen_column_int(item, "online") != 0;
	}
	if (counts[0] == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "no-draft", "清单还没有拟定");
	zhen_run(call, "UPDATE offer SET total = $1, direct = $2, agent = $3, escort = $4, online = $5 WHERE id = $6",
	         counts[0], counts[1], counts[2], counts[3], counts[4], id);
	/* The draft stays: the next version begins from it. */
	zhen_run(call, "UPDATE offer_drafted SET waits = 0 WHERE division = $1", division);
	zhen_put(call, "division", division);
	zhen_put(call, "version", version);
	zhen_put(call, "total", counts[0]);
	return call->host->reply(call, ZHEN_CREATED);
}

/* What waits for somebody else to look through and publish. */
zhen_result list_offer_drafts(zhen_call *call)
{
	return zhen_page(call,
	                 "SELECT d.id, d.division, d.person, d.at, (SELECT COUNT(*) FROM offer_draft i WHERE i.division = d.division) AS "
	                 "total, '/p/approvals/lists/drafts/' || d.division AS href FROM offer_drafted d WHERE d.waits = 1 AND "
	                 "{{scope d.township}} {{page d.id DESC}}");
}

/* NULL: none, or beyond the caller's own division. */
static const zhen_row *draft_of(zhen_call *call, const char *division)
{
	return zhen_within_caller(call, division) ?
	               zhen_one(call, "SELECT person, waits, at FROM offer_drafted WHERE division = $1", division) :
	               NULL;
}

zhen_result show_offer_draft(zhen_call *call)
{
	const char *division = or_empty(zhen_text(call, "division"));
	const zhen_row *row = draft_of(call, division);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "no-draft", "清单还没有拟定，或不在您的辖区");
	zhen_put(call, "division", division);
	zhen_put(call, "person", zhen_column_text(row, "person"));
	zhen_put(call, "waits", zhen_column_int(row, "waits") != 0);
	zhen_put_time(call, "at", zhen_column_int(row, "at"));
	zhen_open_list(call, "actions");
	zhen_open_object(call, NULL);
	zhen_put(call, "title", "发布事项清单");
	zhen_put(call, "method", "POST");
	zhen_put(call, "path", zhen_format(call, "/lists/%s/publish", division));
	zhen_close(call);
	zhen_close(call);
	zhen_open_list(call, "items");
	ZHEN_FOR_EACH(call, one, "SELECT code FROM offer_draft WHERE division = $1 ORDER BY seq", division) {
		const zhen_row *item = item_in_force(call, or_empty(zhen_column_text(one, "code")), division);

		zhen_open_object(call, NULL);
		zhen_put(call, "code", zhen_column_text(one, "code"));
		zhen_put(call, "name", item != NULL ? or_empty(zhen_column_text(item, "name")) : "没有现行版本");
		zhen_put(call, "mode", item != NULL ? or_empty(zhen_column_text(item, "mode")) : "");
		zhen_put(call, "version", item != NULL ? zhen_column_int(item, "version") : 0);
		zhen_close(call);
	}
	zhen_close(call);
	return zhen_ok(call);
}

zhen_result list_offers(zhen_call *call)
{
	if (zhen_has(call, "division"))
		return zhen_page(call,
		                 "SELECT id, division, version, effective_from, total, direct, agent, escort, online, note, published_at "
		                 "FROM offer WHERE division = $1 {{page id DESC}}",
		                 zhen_text(call, "division"));
	return zhen_page(call, "SELECT id, division, version, effective_from, total, direct, agent, escort, online, note, "
	                       "published_at FROM offer {{page id DESC}}");
}

/* 一看就懂, behind the QR code of the village's board: what, with which papers, where, whom to call. No login. */
static void show_items(zhen_call *call, int64_t offer, const char *division, const struct office *office, const char *q)
{
	zhen_open_list(call, "items");
	ZHEN_FOR_EACH(call, row,
	              "SELECT i.code AS code, i.name AS name, i.version AS version, i.mode AS mode, i.promised_days AS promised_days, "
	              "i.online AS online, i.at_village AS at_village, i.content AS content FROM offer_item o "
	              "JOIN item i ON i.id = o.item WHERE o.offer = $1 ORDER BY o.seq",
	              offer) {
		json_auto_t *content = json_loads(or_empty(zhen_column_text(row, "content")), 0, NULL);
		const char *code = or_empty(zhen_column_text(row, "code")), *materials = "";
		size_t i;
		json_t *material;

		if (!guide_matches(content, q))
			continue;
		json_array_foreach(item_at(content, "materials"), i, material)
			materials = zhen_format(call, "%s%s%s", materials, i > 0 ? "；" : "", item_text(material, "name"));
		zhen_open_object(call, NULL);
		zhen_put(call, "code", code);
		zhen_put(call, "name", zhen_column_text(row, "name"));
		zhen_put(call, "version", zhen_column_int(row, "version"));
		zhen_put(call, "mode", zhen_column_text(row, "mode"));
		zhen_put(call, "promised_days", zhen_column_int(row, "promised_days"));
		const char *missing = power_missing(call, office->township, item_text(content, "duty"));
		zhen_put(call, "online", missing[0] == '\0' ? zhen_column_int(row, "online") : 0);
		if (missing[0] != '\0')
			zhen_put(call, "missing", missing);
		zhen_put(call, "at_village", zhen_column_int(row, "at_village"));
		zhen_put(call, "materials", materials);
		zhen_put(call, "promised",
		         guide_promise(call, zhen_column_int(row, "promised_days"),
		                       item_text(content, "promised.unit")));
		/* What stands above for all of them is not said again of each. */
		if (office->address[0] == '\0')
			zhen_put(call, "place", item_text(content, "place"));
		if (office->phone[0] == '\0')
			zhen_put(call, "phone", item_text(content, "phones.consult"));
		zhen_put(call, "href",
		         zhen_format(call, "/p/approvals/items/%s?at=%s", zhen_percent_encoded(call, code), division));
		zhen_close(call);
	}
	zhen_close(call);
}

zhen_result show_offer(zhen_call *call)
{
	const char *division = or_empty(zhen_text(call, "division"));
	const zhen_row *offer = offer_in_force(call, division), *row;

	if (zhen_has(call, "version"))
		offer = zhen_one(call,
		                 "SELECT id, version, effective_from, published_at, total, direct, agent, escort, online, note FROM offer "
		                 "WHERE division = $1 AND version = $2",
		                 division, zhen_int(call, "version"));
	/* A village without a list of its own shows its township's. */
	if (offer == NULL && !zhen_has(call, "version"))
		offer = offer_in_force(call, township_of(call, division));
	if (offer == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有已公布的事项清单，或没有这个版本");
	struct office office;
	if (!office_of(call, division, &office))
		return bad_division(call);
	zhen_put(call, "division", division);
	office_show(call, &office);
	zhen_put(call, "version", zhen_column_int(offer, "version"));
	zhen_put(call, "effective_from", zhen_column_text(offer, "effective_from"));
	zhen_put_time(call, "published_at", zhen_column_int(offer, "published_at"));
	zhen_put(call, "note", zhen_column_text(offer, "note"));
	zhen_put(call, "total", zhen_column_int(offer, "total"));
	show_items(call, zhen_column_int(offer, "id"), division, &office, or_empty(zhen_text(call, "q")));
	if (zhen_one(call, "SELECT code FROM duty WHERE division = $1 AND source <> 'file' LIMIT 1", office.township) !=
	    NULL)
		zhen_put(call, "duties_href", zhen_format(call, "/p/duties/units/%s", office.township));
	if (zhen_one(call, "SELECT digest FROM poster WHERE division = $1", division) != NULL)
		zhen_put(call, "poster_href", zhen_format(call, "/p/approvals/posters/%s", division));
	if (zhen_may(call, "approvals.publish") && (row = draft_of(call, division)) != NULL &&
	    zhen_column_int(row, "waits") != 0)
		zhen_put(call, "draft_href", zhen_format(call, "/p/approvals/lists/drafts/%s", division));
	return zhen_ok(call);
}

zhen_result report_items(zhen_call *call)
{
	static const char *const counts[] = { "version", "total", "direct", "agent", "escort", "online" };
	const char *division = or_empty(zhen_text(call, "division"));
	const zhen_row *offer = offer_in_force(call, division);

	if (offer == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有已公布的事项清单");
	zhen_put(call, "division", division);
	zhen_put(call, "effective_from", zhen_column_text(offer, "effective_from"));
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		zhen_put(call, counts[i], zhen_column_int(offer, counts[i]));
	zhen_put(call, "elsewhere", counter_of(call, township_of(call, division), "elsewhere"));
	return zhen_ok(call);
}

/* Without the plugin duties: the township's list of duties out of a file. All or nothing; it replaces the one before. */
zhen_result import_duties(zhen_call *call)
{
	const char *division = or_empty(zhen_text(call, "division"));
	const zhen_value content = zhen_field_value(call, "content");
	zhen_csv_faults faults = zhen_csv_faults_new(call);
	zhen_csv csv;
	int64_t n = 0;

	if (!zhen_csv_read(call, content.as.text, content.length, &csv)) {
		zhen_csv_fault(&faults, csv.problem_line, "", "file-unreadable", csv.problem);
		return zhen_csv_refused(&faults);
	}
	zhen_run(call, "UPDATE duty SET state = 'dropped', from_on = $3, at = $1 WHERE division = $2", zhen_now(call),
	         division, today_of(call));
	for (size_t i = 0; i < csv.count; i++) {
		const zhen_csv_row *row = &csv.rows[i];
		const char *code = zhen_csv_plain(call, row->cells[0]);

		if (strcmp(code, "编码") == 0)
			continue;
		if (row->count < 2 || code[0] == '\0' || zhen_csv_is_scientific(code)) {
			zhen_csv_fault(&faults, row->line, "", "code-invalid", "应有编码和名称，编码按文本填写");
			continue;
		}
		n++;
		zhen_run(call,
		         "INSERT INTO duty(division, code, name, state, from_on, source, at) VALUES($1, $2, $3, 'listed', $5, 'file', $4) "
		         "{{upsert division, code}} name = excluded.name, state = 'listed', from_on = excluded.from_on, "
		         "source = 'file', at = excluded.at",
		         division, code, row->cells[1], zhen_now(call), today_of(call));
	}
	zhen_result refused = zhen_csv_refused(&faults);
	if (refused != 0)
		return refused;
	zhen_put(call, "rows", n);
	return call->host->reply(call, ZHEN_CREATED);
}
