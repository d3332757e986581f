/* SPDX-License-Identifier: Apache-2.0
 * The catalogue: versions of items. What is published is a version with a date; it is never changed, only followed by the next,
 * and old ones stay readable. A version is of the division that published it, for all below; of two for one place the nearer
 * holds (实施清单). */
#include "items.h"

#include <stdlib.h>

const char *today_of(zhen_call *call)
{
	return zhen_date_of_ms(call, zhen_now(call));
}

static void add_steps(zhen_call *call, int64_t item, const json_t *content)
{
	size_t i;
	json_t *step;

	json_array_foreach(item_at(content, "steps"), i, step)
		zhen_run(call,
		         "INSERT INTO item_step(item, seq, code, title, phase, body_kind, permission, days, people, "
		         "publicity_days, gate, result) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
		         item, i + 1, item_text(step, "code"), item_text(step, "title"), item_text(step, "phase"),
		         item_text(step, "body_kind"), item_text(step, "permission"), item_number(step, "days"),
		         item_number(step, "people"), item_number(step, "publicity_days"), item_text(step, "gate"),
		         item_text(step, "result"));
}

static const char *mode_of(const json_t *content)
{
	const char *mode = item_text(content, "mode");

	return strcmp(mode, "直办") == 0 ? "direct" : strcmp(mode, "代办") == 0 ? "agent" : "escort";
}

static bool has_word(const json_t *list, const char *word)
{
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one)
		if (strstr(or_empty(json_string_value(one)), word) != NULL)
			return true;
	return false;
}

const char *item_owner(zhen_call *call)
{
	return or_empty(zhen_get_caller(call)->division);
}

const char *item_upto(zhen_call *call, const char *owner)
{
	const char *low, *high;

	division_range(call, owner, &low, &high);
	return high;
}

static int64_t add(zhen_call *call, const json_t *content, const char *owner)
{
	char *text = json_dumps(content, JSON_COMPACT | JSON_SORT_KEYS);
	const char *code = item_text(content, "code"), *from = item_text(content, "valid_from");
	bool now = strcmp(from, today_of(call)) <= 0; /* else the one before goes on until its day */

	if (now)
		zhen_run(call, "UPDATE item SET in_force = 0 WHERE code = $1 AND in_force = 1 AND division = $2", code, owner);
	int64_t id = zhen_insert(
		call,
		"INSERT INTO item(code, version, name, type, handling, form, promised_days, statutory_days, extension_days, "
		"visit_limit, window_kind, valid_from, valid_to, in_force, published_at, published_by, content, mode, online, "
		"at_village, duty, term_unit, division, upto) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, "
		"$20, $21, $22, $23, $24) RETURNING id",
		code, item_number(content, "version"), item_text(content, "name"), item_text(content, "type"),
		item_text(content, "handling"), item_text(content, "form"), item_number(content, "promised.days"),
		item_number(content, "statutory.days"), item_number(content, "extension.days"),
		item_number(content, "visits.count"), item_text(content, "body.window_kind"), from,
		item_text(content, "valid_to"), now, zhen_now(call), zhen_get_caller(call)->account, or_empty(text),
		mode_of(content), (bool)json_is_true(item_at(content, "online.available")),
		has_word(item_at(content, "levels"), "村"), item_text(content, "duty"), item_text(content, "promised.unit"),
		owner, item_upto(call, owner));
	free(text);
	add_steps(call, id, content);
	zhen_run(call,
	         "INSERT INTO item_own(code, division, upto, name, retired_on, reason, account, at) "
	         "VALUES($1, $2, $3, $4, '', '', $5, $6) {{upsert code, division}} at = item_own.at",
	         code, owner, item_upto(call, owner), item_text(content, "name"), zhen_get_caller(call)->account,
	         zhen_now(call));
	return id;
}

int64_t item_newest_version(zhen_call *call, const char *code, const char *owner)
{
	return zhen_column_int(zhen_one(call,
	                                "SELECT COALESCE(MAX(version), 0) AS newest FROM item WHERE code = $1 AND $2 BETWEEN division "
	                                "AND upto",
	                                code, owner),
	                       "newest");
}

bool item_code_free(zhen_call *call, const char *code, const char *owner, struct problem *problem)
{
	const zhen_row *given_up = zhen_one(
		call, "SELECT retired_on FROM item_own WHERE code = $1 AND retired_on <> '' AND $2 BETWEEN division AND upto LIMIT 1",
		code, owner);

	if (given_up == NULL)
		return true;
	*problem = (struct problem){ .path = "code", .code = "code-retired",
		                     .text = zhen_format(call, "编码 %s 已于%s停用，终身不变，不得再用", code,
		                                         zhen_column_text(given_up, "retired_on")) };
	return false;
}

bool item_publishable(zhen_call *call, const json_t *content, const char *owner, struct problem *problem)
{
	int64_t newest = item_newest_version(call, item_text(content, "code"), owner);

	*problem = (struct problem){ 0 };
	if (!item_code_free(call, item_text(content, "code"), owner, problem))
		return false;
	if (item_number(content, "version") <= newest) {
		*problem = (struct problem){ .path = "version", .code = "version-not-newer",
			                     .text = zhen_format(call, "已发布版本%lld，新版本号必须更大", (long long)newest) };
		return false;
	}
	return item_check(call, content, problem);
}

int64_t item_publish(zhen_call *call, const json_t *content, const char *owner, struct problem *problem)
{
	return item_publishable(call, content, owner, problem) ? add(call, content, owner) : 0;
}

/* Codes of one division lie together, those of a lower one behind those above it: the greatest that covers a place is the nearest. */
const zhen_row *item_in_force(zhen_call *call, const char *code, const char *at)
{
	const char *today = today_of(call);

	return zhen_one(call,
	                "SELECT i.id AS id, i.code AS code, i.name AS name, i.form AS form, i.mode AS mode, i.version AS version, "
	                "i.visit_limit AS visit_limit, i.window_kind AS window_kind, i.at_village AS at_village, "
	                "i.online AS online, i.duty AS duty FROM item i WHERE i.code = $1 AND i.valid_from <= $2 AND i.valid_to >= $2 "
	                "AND $3 BETWEEN i.division AND i.upto AND NOT EXISTS(SELECT 1 FROM item_own c WHERE c.code = i.code AND "
	                "c.retired_on <> '' AND c.retired_on <= $2 AND $3 BETWEEN c.division AND c.upto) "
	                "ORDER BY i.division DESC, i.version DESC LIMIT 1",
	                code, today, at);
}

/* Asked for no place, the version of the widest division. */
int64_t item_asked(zhen_call *call, const char *code, int64_t version, const char *at)
{
	if (version == 0 && at[0] != '\0')
		return zhen_column_int(item_in_force(call, code, at), "id");
	return zhen_column_int(zhen_one(call,
	                                "SELECT id FROM item WHERE code = $1 AND (version = $2 OR ($2 = 0 AND in_force = 1)) AND "
	                                "($3 = '' OR $3 BETWEEN division AND upto) ORDER BY CASE WHEN $3 = '' THEN division ELSE '' END, "
	                                "division DESC, version DESC LIMIT 1",
	                                code, version, at),
	                       "id");
}

/* A version published ahead of its day takes over on it; one given up ahead of its day ends. */
zhen_result turn_items(zhen_call *call)
{
	const char *today = today_of(call);

	if (zhen_one(call,
	             "SELECT n.id FROM item n JOIN item o ON o.code = n.code AND o.division = n.division AND o.in_force = 1 AND "
	             "o.version < n.version WHERE n.in_force = 0 AND n.valid_from <= $1 LIMIT 1",
	             today) != NULL) {
		zhen_run(call,
		         "UPDATE item SET in_force = 0 WHERE in_force = 1 AND EXISTS(SELECT 1 FROM item n WHERE n.code = item.code "
		         "AND n.division = item.division AND n.version > item.version AND n.valid_from <= $1)",
		         today);
	}
	zhen_run(call,
	         "UPDATE item SET in_force = 1 WHERE in_force = 0 AND valid_from <= $1 AND version = (SELECT MAX(n.version) FROM "
	         "item n WHERE n.code = item.code AND n.division = item.division AND n.valid_from <= $1) AND NOT EXISTS(SELECT 1 FROM "
	         "item_own c WHERE c.code = item.code AND item.division BETWEEN c.division AND c.upto AND c.retired_on <> '' AND "
	         "c.retired_on <= $1)",
	         today);
	zhen_run(call,
	         "UPDATE item SET in_force = 0 WHERE in_force = 1 AND EXISTS(SELECT 1 FROM item_own c WHERE c.code = item.code "
	         "AND item.division BETWEEN c.division AND c.upto AND c.retired_on <> '' AND c.retired_on <= $1)",
	         today);
	return zhen_ok(call);
}

/* ",3,17,": what is found of what is in force, there. There are a few hundred, so each is looked at. */
static const char *found_items(zhen_call *call, const char *q, const char *at)
{
	const char *found = ",";

	ZHEN_FOR_EACH(call, row, "SELECT id, code, content FROM item WHERE in_force = 1 ORDER BY id") {
		json_auto_t *content = json_loads(or_empty(zhen_column_text(row, "content")), 0, NULL);
		const char *code = or_empty(zhen_column_text(row, "code"));
		int64_t id = zhen_column_int(row, "id");

		if (guide_matches(content, q) && (at[0] == '\0' || item_asked(call, code, 0, at) == id))
			found = zhen_format(call, "%s%lld,", found, (long long)id);
	}
	return found;
}

zhen_result list_items(zhen_call *call)
{
	const char *q = or_empty(zhen_text(call, "q")), *at = or_empty(zhen_text(call, "at"));
	bool all = q[0] == '\0' && at[0] == '\0';

	return zhen_page(call,
	                 "SELECT id, code, version, name, type, mode, handling, promised_days, CASE WHEN promised_days = 0 THEN '当场办结' "
	                 "ELSE CAST(promised_days AS TEXT) || '个' || term_unit END AS promised, division, valid_from, published_at "
	                 "FROM item WHERE in_force = 1 AND ($1 = '' OR $1 LIKE '%,' || CAST(id AS TEXT) || ',%') {{page id DESC}}",
	                 all ? "" : found_items(call, q, at));
}

zhen_result list_versions(zhen_call *call)
{
	return zhen_page(call,
	                 "SELECT id, code, version, name, division, in_force, valid_from, valid_to, published_at FROM item "
	                 "WHERE code = $1 {{page id DESC}}",
	                 or_empty(zhen_text(call, "code")));
}

static void action(zhen_call *call, const char *title, const char *method, const char *path)
{
	zhen_open_object(call, NULL);
	zhen_put(call, "title", title);
	zhen_put(call, "method", method);
	zhen_put(call, "path", path);
	zhen_close(call);
}

/* A form that begins with what the item asks for. */
static void apply_action(zhen_call *call, const char *title, const char *path, const json_t *content)
{
	zhen_open_object(call, NULL);
	zhen_put(call, "title", title);
	zhen_put(call, "method", "POST");
	zhen_put(call, "path", path);
	zhen_open_object(call, "fields");
	form_begin(call, content);
	zhen_close(call);
	zhen_close(call);
}

/* For the township by which one came here, else one's own. */
static void print_action(zhen_call *call, const char *path, const char *at)
{
	zhen_open_object(call, NULL);
	zhen_put(call, "title", "打印办事指南");
	zhen_put(call, "method", "POST");
	zhen_put(call, "path", path);
	if (at[0] != '\0') {
		zhen_open_object(call, "fields");
		zhen_put(call, "at", at);
		zhen_close(call);
	}
	zhen_close(call);
}

static void show_questions(zhen_call *call, const char *text, const struct office *office)
{
	json_auto_t *content = json_loads(text, 0, NULL), *sample = guide_sample(call, content);
	char *filled = json_dumps(sample, JSON_COMPACT);

	zhen_open_object(call, "questions");
	for (size_t i = 0; i < N_QUESTIONS; i++)
		zhen_put(call, guide_questions[i].name, guide_questions[i].answer(call, content, office));
	zhen_close(call);
	zhen_put_json(call, "sample_form", filled);
	free(filled);
}

/* The same code elsewhere, where a division has its own version. */
static void other_versions(zhen_call *call, int64_t id, const char *code)
{
	ZHEN_FOR_EACH (call, row, "SELECT division FROM item WHERE code = $1 AND in_force = 1 AND id <> $2 AND division <> '' "
	                          "ORDER BY division LIMIT 12", code, id) {
		const zhen_division *at = call->host->division(call, or_empty(zhen_column_text(row, "division")));

		if (at != NULL)
			action(call, zhen_format(call, "%s的办事指南", at->name), "GET",
			       zhen_format(call, "/items/%s?at=%s", code, at->code));
	}
}

zhen_result show_item(zhen_call *call)
{
	const char *code = or_empty(zhen_text(call, "code")), *at = or_empty(zhen_text(call, "at"));
	struct office office;
	bool here = at[0] != '\0' && office_of(call, at, &office);
	const zhen_row *row = zhen_one(
		call, "SELECT id, code, version, name, form, division, in_force, online, published_at, content FROM item WHERE id = $1",
		item_asked(call, code, zhen_int(call, "version"), at));

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这个事项或版本");
	bool homestead = strcmp(or_empty(zhen_column_text(row, "form")), "homestead") == 0;
	json_auto_t *content = json_loads(or_empty(zhen_column_text(row, "content")), 0, NULL);
	/* Staff who came by no township are at home in theirs. */
	const zhen_division *own = here ? NULL : call->host->division_above(call, zhen_get_caller(call)->division, 4);
	const char *missing = here || own != NULL ? power_missing(call, here ? office.township : own->code, item_text(content, "duty")) : "";
	bool done_here = missing[0] == '\0';
	bool offered = done_here && (zhen_column_int(row, "online") != 0 || zhen_get_caller(call)->account[0] != '\0');
	zhen_put(call, "code", zhen_column_text(row, "code"));
	zhen_put(call, "name", zhen_column_text(row, "name"));
	if (!done_here)
		zhen_put(call, "missing", missing);
	zhen_put(call, "version", zhen_column_int(row, "version"));
	zhen_put(call, "division", zhen_column_text(row, "division"));
	zhen_put(call, "in_force", zhen_column_int(row, "in_force"));
	zhen_put_time(call, "published_at", zhen_column_int(row, "published_at"));
	zhen_open_list(call, "actions");
	if (offered && homestead)
		apply_action(call, "在线申请", "/applications", NULL);
	if (offered && !homestead && item_serves(content, false))
		apply_action(call, "在线申请", zhen_format(call, "/items/%s/apply", code), content);
	if (offered && !homestead && item_serves(content, true))
		apply_action(call, "单位申请", zhen_format(call, "/items/%s/organisation", code), content);
	if (!homestead && done_here && item_serves(content, false) && zhen_may(call, "approvals.agent"))
		apply_action(call, "代群众申请", zhen_format(call, "/items/%s/agency", code), content);
	print_action(call, zhen_format(call, "/items/%s/guide", code), here ? office.township : own != NULL ? own->code : "");
	action(call, "历次版本", "GET", zhen_format(call, "/items/%s/versions", code));
	if (here)
		action(call, zhen_format(call, "%s事项清单", office.name), "GET", zhen_format(call, "/lists/%s", at));
	else
		other_versions(call, zhen_column_int(row, "id"), code);
	zhen_close(call);
	if (here)
		office_show(call, &office);
	show_questions(call, or_empty(zhen_column_text(row, "content")), here ? &office : NULL);
	zhen_put_json(call, "guide", or_empty(zhen_column_text(row, "content")));
	return zhen_ok(call);
}
