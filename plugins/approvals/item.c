/* SPDX-License-Identifier: Apache-2.0
 * The catalogue: items as data. What is published is a version with a date; it is never changed, only followed by the
 * next. The guide shown and the steps that run come from the same text, so they cannot drift apart. */
#include "approvals.h"

/* Without these an item cannot be published (C26). */
static const char *const required[] = {
	"code", "name", "type", "legal_bases", "body.name", "body.kind", "body.nature", "level", "power_split", "content",
	"service_target", "handling", "statutory.days", "statutory.unit", "statutory.basis", "promised.days",
	"promised.unit", "promised.basis", "extension.days", "extension.basis", "conditions", "materials", "steps",
	"result.name", "result.type", "delivery", "fee.amount_fen", "fee.basis", "place", "hours", "phones.consult",
	"phones.complaint", "visits.count", "visits.basis", "online.depth", "scope", "remedies.reconsideration",
	"remedies.litigation", "remedies.text", "quantity_limit", "intermediary", "version", "valid_from", "valid_to",
};

static json_t *at(const json_t *content, const char *path)
{
	char part[64];
	const json_t *value = content;

	while (value != NULL && *path != '\0') {
		size_t length = strcspn(path, ".");

		snprintf(part, sizeof(part), "%.*s", (int)length, path);
		value = json_object_get(value, part);
		path += length + (path[length] == '.');
	}
	return (json_t *)(uintptr_t)value;
}

const char *item_text(const json_t *content, const char *path)
{
	return or_empty(json_string_value(at(content, path)));
}

static int64_t number(const json_t *content, const char *path)
{
	return json_integer_value(at(content, path));
}

static bool is_empty(const json_t *value)
{
	return value == NULL || json_is_null(value) || (json_is_string(value) && json_string_length(value) == 0) ||
	       (json_is_array(value) && json_array_size(value) == 0);
}

struct problem {
	const char *code;
	const char *text;
};

static bool wrong(struct problem *problem, const char *code, const char *text)
{
	*problem = (struct problem){ code, text };
	return false;
}

static bool check_materials(zhen_call *call, const json_t *content, struct problem *problem)
{
	size_t i;
	json_t *material;

	json_array_foreach(at(content, "materials"), i, material) {
		const char *name = item_text(material, "name");

		/* 优化营商环境条例 35: no catch-all. */
		if (name[0] == '\0' || strstr(name, "其他材料") != NULL || strstr(name, "等材料") != NULL)
			return wrong(problem, "material-vague",
			             zhen_format(call, "申请材料第%zu项“%s”不明确，不得设兜底材料", i + 1, name));
		if (item_text(material, "source")[0] == '\0')
			return wrong(problem, "guide-incomplete", zhen_format(call, "申请材料“%s”未写来源渠道", name));
	}
	return true;
}

static bool check_steps(zhen_call *call, const json_t *content, struct problem *problem)
{
	size_t i;
	json_t *step;
	int64_t days = 0;

	json_array_foreach(at(content, "steps"), i, step) {
		static const char *const keys[] = { "code", "title", "phase", "body_kind", "permission" };

		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
			if (item_text(step, keys[k])[0] == '\0')
				return wrong(problem, "guide-incomplete",
				             zhen_format(call, "办理流程第%zu步缺 %s", i + 1, keys[k]));
		days += number(step, "days");
	}
	if (days > number(content, "promised.days"))
		return wrong(problem, "steps-too-long",
		             zhen_format(call, "各步期限之和%lld超过承诺时限%lld", (long long)days,
		                         (long long)number(content, "promised.days")));
	return true;
}

static bool check(zhen_call *call, const json_t *content, struct problem *problem)
{
	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++)
		if (is_empty(at(content, required[i])))
			return wrong(problem, "guide-incomplete",
			             zhen_format(call, "办事指南缺少要素：%s", required[i]));
	if (strcmp(item_text(content, "statutory.unit"), item_text(content, "promised.unit")) != 0)
		return wrong(problem, "unit-differs", "法定时限与承诺时限的单位不一致，无法比较");
	if (number(content, "promised.days") > number(content, "statutory.days"))
		return wrong(problem, "promise-too-long",
		             zhen_format(call, "承诺办结时限%lld超过法定办结时限%lld，不得发布",
		                         (long long)number(content, "promised.days"),
		                         (long long)number(content, "statutory.days")));
	if (strcmp(item_text(content, "body.window_kind"), "window") != 0)
		return wrong(problem, "outside-centre", "事项必须进驻便民服务中心（三集中）");
	if (zhen_calendar_parse_date(item_text(content, "valid_from")) == ZHEN_NO_DAY ||
	    zhen_calendar_parse_date(item_text(content, "valid_to")) == ZHEN_NO_DAY)
		return wrong(problem, "guide-incomplete", "有效期不是日期");
	return check_materials(call, content, problem) && check_steps(call, content, problem);
}

static void add_steps(zhen_call *call, int64_t item, const json_t *content)
{
	size_t i;
	json_t *step;

	json_array_foreach(at(content, "steps"), i, step)
		zhen_run(call,
		         "INSERT INTO item_step(item, seq, code, title, phase, body_kind, permission, days, people, "
		         "publicity_days, gate, result) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
		         item, i + 1, item_text(step, "code"), item_text(step, "title"), item_text(step, "phase"),
		         item_text(step, "body_kind"), item_text(step, "permission"), number(step, "days"),
		         number(step, "people"), number(step, "publicity_days"), item_text(step, "gate"),
		         item_text(step, "result"));
}

static int64_t add(zhen_call *call, const json_t *content)
{
	char *text = json_dumps(content, JSON_COMPACT | JSON_SORT_KEYS);

	zhen_run(call, "UPDATE item SET in_force = 0 WHERE code = $1", item_text(content, "code"));
	int64_t id = zhen_insert(
		call,
		"INSERT INTO item(code, version, name, type, handling, form, promised_days, statutory_days, extension_days, "
		"visit_limit, window_kind, valid_from, valid_to, in_force, published_at, published_by, content) "
		"VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1, $14, $15, $16) RETURNING id",
		item_text(content, "code"), number(content, "version"), item_text(content, "name"),
		item_text(content, "type"), item_text(content, "handling"), item_text(content, "form"),
		number(content, "promised.days"), number(content, "statutory.days"), number(content, "extension.days"),
		number(content, "visits.count"), item_text(content, "body.window_kind"),
		item_text(content, "valid_from"), item_text(content, "valid_to"), zhen_now(call),
		zhen_get_caller(call)->account, or_empty(text));
	free(text);
	add_steps(call, id, content);
	return id;
}

static int64_t newest_version(zhen_call *call, const char *code)
{
	return zhen_column_int(zhen_one(call, "SELECT COALESCE(MAX(version), 0) AS newest FROM item WHERE code = $1", code),
	                       "newest");
}

/* The file of the county: what is newer than what stands here is published, what stands is left alone. */
bool item_import_setting(zhen_call *call, const char **out_problem)
{
	const char *text = or_empty(zhen_setting_text(call, "catalogue"));
	const char *digest = or_empty(call->host->sm3(call, text, strlen(text)));
	const zhen_row *seen = zhen_one(call, "SELECT digest FROM imported WHERE name = 'catalogue'");

	if (text[0] == '\0' || (seen != NULL && strcmp(or_empty(zhen_column_text(seen, "digest")), digest) == 0))
		return true;
	json_error_t error;
	json_auto_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	if (root == NULL) {
		*out_problem = zhen_format(call, "事项目录第%d行：%s", error.line, error.text);
		return false;
	}
	size_t i;
	json_t *item;
	json_array_foreach(json_object_get(root, "items"), i, item) {
		struct problem problem;

		if (!check(call, item, &problem)) {
			*out_problem = zhen_format(call, "事项目录第%zu项（%s）：%s", i + 1, item_text(item, "code"),
			                           problem.text);
			return false;
		}
		if (number(item, "version") > newest_version(call, item_text(item, "code")))
			add(call, item);
	}
	zhen_run(call,
	         "INSERT INTO imported(name, digest, at) VALUES('catalogue', $1, $2) "
	         "{{upsert name}} digest = excluded.digest, at = excluded.at",
	         digest, zhen_now(call));
	return true;
}

json_t *item_content(zhen_call *call, int64_t item)
{
	const char *text = zhen_column_text(zhen_one(call, "SELECT content FROM item WHERE id = $1", item), "content");

	return text != NULL ? json_loads(text, 0, NULL) : NULL;
}

zhen_result publish_item(zhen_call *call)
{
	json_auto_t *content = json_loads(or_empty(zhen_text(call, "content")), JSON_REJECT_DUPLICATES, NULL);
	struct problem problem;

	if (!json_is_object(content))
		return zhen_fail(call, ZHEN_INVALID, "not-json", "事项内容不是一个 JSON 对象");
	call->host->subject(call, item_text(content, "code"));
	if (!check(call, content, &problem))
		return zhen_fail(call, ZHEN_CONFLICT, problem.code, "%s", problem.text);
	int64_t newest = newest_version(call, item_text(content, "code"));
	if (number(content, "version") <= newest)
		return zhen_fail(call, ZHEN_CONFLICT, "version-not-newer", "已发布版本%lld，新版本号必须更大",
		                 (long long)newest);
	zhen_put(call, "id", add(call, content));
	zhen_put(call, "code", item_text(content, "code"));
	zhen_put(call, "version", number(content, "version"));
	return call->host->reply(call, ZHEN_CREATED);
}

zhen_result list_items(zhen_call *call)
{
	return zhen_page(call, "SELECT id, code, version, name, type, handling, promised_days, valid_from, published_at "
	                       "FROM item WHERE in_force = 1 {{page id DESC}}");
}

zhen_result show_item(zhen_call *call)
{
	int64_t version = zhen_int(call, "version");
	const zhen_row *row = zhen_one(
		call,
		"SELECT code, version, name, promised_days, statutory_days, in_force, published_at, content FROM item "
		"WHERE code = $1 AND (version = $2 OR ($2 = 0 AND in_force = 1))",
		or_empty(zhen_text(call, "code")), version);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这个事项或版本");
	zhen_put(call, "code", zhen_column_text(row, "code"));
	zhen_put(call, "name", zhen_column_text(row, "name"));
	zhen_put(call, "version", zhen_column_int(row, "version"));
	zhen_put(call, "in_force", zhen_column_int(row, "in_force"));
	zhen_put_time(call, "published_at", zhen_column_int(row, "published_at"));
	zhen_open_list(call, "actions");
	zhen_open_object(call, NULL);
	zhen_put(call, "title", "在线申请");
	zhen_put(call, "method", "POST");
	zhen_put(call, "path", "/applications");
	zhen_close(call);
	zhen_close(call);
	zhen_put_json(call, "guide", or_empty(zhen_column_text(row, "content")));
	return zhen_ok(call);
}
