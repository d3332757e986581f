/* SPDX-License-Identifier: Apache-2.0
 * An item (事项) as data: one JSON object after GB/T 39554.2, and what has to hold before it may be published. The guide shown
 * and the steps that run come from this same text, so they cannot drift apart. */
#include "items.h"

/* Without these an item cannot be published (C26). */
static const char *const required[] = {
	"code", "name", "type", "legal_bases", "body.name", "body.kind", "body.nature", "level", "power_split", "content",
	"service_target", "handling", "statutory.days", "statutory.unit", "statutory.basis", "promised.days",
	"promised.unit", "promised.basis", "extension.days", "extension.basis", "conditions", "materials", "steps",
	"result.name", "result.type", "delivery", "fee.amount_fen", "fee.basis", "place", "hours", "phones.consult",
	"phones.complaint", "visits.count", "visits.basis", "online.depth", "scope", "remedies.reconsideration",
	"remedies.litigation", "remedies.text", "mode", "quantity_limit", "intermediary", "version", "valid_from", "valid_to",
};

json_t *item_at(const json_t *content, const char *path)
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
	return or_empty(json_string_value(item_at(content, path)));
}

int64_t item_number(const json_t *content, const char *path)
{
	return json_integer_value(item_at(content, path));
}

static bool is_empty(const json_t *value)
{
	return value == NULL || json_is_null(value) || (json_is_string(value) && json_string_length(value) == 0) ||
	       (json_is_array(value) && json_array_size(value) == 0);
}

/* Whether to go on. */
static bool wrong(struct problem *problem, const char *path, const char *code, const char *text)
{
	problem->path = path;
	problem->code = code;
	problem->text = text;
	if (problem->told != NULL)
		problem->told(problem);
	return problem->told != NULL;
}

static bool check_materials(zhen_call *call, const json_t *content, struct problem *problem)
{
	size_t i;
	json_t *material;

	json_array_foreach(item_at(content, "materials"), i, material) {
		const char *name = item_text(material, "name");

		/* 优化营商环境条例 35: no catch-all. */
		if ((name[0] == '\0' || strstr(name, "其他材料") != NULL || strstr(name, "等材料") != NULL) &&
		    !wrong(problem, "materials", "material-vague",
		           zhen_format(call, "申请材料第%zu项“%s”不明确，不得设兜底材料", i + 1, name)))
			return false;
		if (item_text(material, "source")[0] == '\0' &&
		    !wrong(problem, "materials", "guide-incomplete",
		           zhen_format(call, "申请材料“%s”未写来源渠道", name)))
			return false;
	}
	return true;
}

/* 行政许可法 34: what a licence has checked on the spot, two check. */
static bool lacks_second(const json_t *content, const json_t *step)
{
	static const char *const words[] = { "现场", "实地", "踏勘", "勘验" };
	bool on_the_spot = false;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		on_the_spot = on_the_spot || strstr(item_text(step, "title"), words[i]) != NULL;
	return on_the_spot && strcmp(item_text(content, "type"), "行政许可") == 0 && item_number(step, "people") < 2;
}

static bool check_steps(zhen_call *call, const json_t *content, struct problem *problem)
{
	size_t i;
	json_t *step;
	int64_t days = 0;

	json_array_foreach(item_at(content, "steps"), i, step) {
		static const char *const keys[] = { "code", "title", "phase", "body_kind", "permission" };

		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
			if (item_text(step, keys[k])[0] == '\0' &&
			    !wrong(problem, "steps", "guide-incomplete",
			           zhen_format(call, "办理流程第%zu步缺 %s", i + 1, keys[k])))
				return false;
		if (lacks_second(content, step) &&
		    !wrong(problem, "steps", "two-checkers",
		           zhen_format(
				   call,
				   "行政许可的“%s”应由两名以上工作人员进行（行政许可法第三十四条第三款），请注明“两人”",
				   item_text(step, "title"))))
			return false;
		days += item_number(step, "days");
	}
	if (days > item_number(content, "promised.days") &&
	    !wrong(problem, "steps", "steps-too-long",
	           zhen_format(call, "各步期限之和%lld超过承诺时限%lld", (long long)days,
	                       (long long)item_number(content, "promised.days"))))
		return false;
	return true;
}

/* 受理、审核、决定: what happens inside a step stays inside it (B05). */
static bool check_phases(zhen_call *call, const json_t *content, struct problem *problem)
{
	bool reviewed = false, decided = false;
	size_t i;
	json_t *step;

	json_array_foreach(item_at(content, "steps"), i, step) {
		const char *phase = item_text(step, "phase");
		bool review = strcmp(phase, "审核") == 0;

		if (((!review && strcmp(phase, "决定") != 0) || (review && decided)) &&
		    !wrong(problem, "steps", "three-steps",
			             zhen_format(call,
			                         "办理流程只有受理、审核、决定三个步骤，第%zu步“%s”不在其中或次序不对",
			                         i + 1, phase)))
			return false;
		reviewed = reviewed || review;
		decided = decided || !review;
	}
	if ((!reviewed || !decided) &&
	    !wrong(problem, "steps", "three-steps", "办理流程应有受理、审核、决定三个步骤"))
		return false;
	return true;
}

/* Exactly one of the three ways (Z01); what is done on the spot is done by the window itself (Z02). */
static bool check_mode(struct problem *problem, const json_t *content)
{
	const char *mode = item_text(content, "mode");
	size_t i;
	json_t *step;

	if (strcmp(mode, "直办") != 0 && strcmp(mode, "代办") != 0 && strcmp(mode, "陪办") != 0 &&
	    !wrong(problem, "mode", "mode-unknown", "办理方式应为直办、代办、陪办之一"))
		return false;
	if (strcmp(mode, "直办") != 0)
		return true;
	json_array_foreach(item_at(content, "steps"), i, step)
		if (strcmp(item_text(step, "body_kind"), "window") != 0 &&
		    !wrong(problem, "steps", "direct-elsewhere",
			             "直办事项由窗口当场办结，各步都由便民服务中心窗口办理"))
			return false;
	if (item_number(content, "promised.days") > 1 &&
	    !wrong(problem, "promised.days", "direct-not-at-once",
		             "直办事项当场办结，承诺时限不超过1个工作日"))
		return false;
	return true;
}

/* 行政许可法 46, 47: told of the right; held whether anybody asks or not. */
static bool is_hearing(const char *word)
{
	return strcmp(word, "不涉及") == 0 || strcmp(word, "依申请") == 0 || strcmp(word, "应当") == 0;
}

/* 行政许可法 50 is about licences; what is asked again is one of what is asked at first. */
static bool check_term_materials(zhen_call *call, const json_t *content, struct problem *problem)
{
	size_t i, k;
	json_t *name, *material;

	json_array_foreach(item_at(content, "term.materials"), i, name) {
		bool listed = false;

		json_array_foreach(item_at(content, "materials"), k, material)
			listed = listed || strcmp(item_text(material, "name"), or_empty(json_string_value(name))) == 0;
		if (!listed &&
		    !wrong(problem, "term.materials", "material-not-listed",
		           zhen_format(call, "延续材料“%s”不在申请材料里", or_empty(json_string_value(name)))))
			return false;
	}
	return true;
}

static bool check_term(zhen_call *call, const json_t *content, struct problem *problem)
{
	int64_t months = item_number(content, "term.months"), days = item_number(content, "term.renewal_days");

	if (item_at(content, "term") == NULL)
		return true;
	if ((months < 1 || months > 1200 || days < 0 || days > 250) &&
	    !wrong(problem, "term.months", "term-unknown",
	           "有效期应为1到1200个月，提前申请延续的工作日应为0到250（0为按行政许可法）"))
		return false;
	if (strcmp(item_text(content, "type"), "行政许可") != 0 &&
	    !wrong(problem, "term.months", "term-no-licence", "只有行政许可写有效期和延续（行政许可法第五十条）"))
		return false;
	if (days != 0 && item_text(content, "term.renewal_basis")[0] == '\0' &&
	    !wrong(problem, "term.renewal_basis", "basis-missing",
	           "提前申请延续的日数与行政许可法不同的，写明依据的法律、法规、规章"))
		return false;
	return check_term_materials(call, content, problem);
}

bool item_check(zhen_call *call, const json_t *content, struct problem *problem)
{
	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++)
		if (is_empty(item_at(content, required[i])) &&
		    !wrong(problem, required[i], "guide-incomplete",
		           zhen_format(call, "办事指南缺少要素：%s", required[i])))
			return false;
	if (strcmp(item_text(content, "promised.unit"), "工作日") != 0 &&
	    strcmp(item_text(content, "promised.unit"), "自然日") != 0 &&
	    !wrong(problem, "promised.unit", "unit-unknown", "时限单位应为“工作日”或“自然日”"))
		return false;
	if (strcmp(item_text(content, "statutory.unit"), item_text(content, "promised.unit")) != 0 &&
	    !wrong(problem, "promised.unit", "unit-differs", "法定时限与承诺时限的单位不一致，无法比较"))
		return false;
	if (item_number(content, "promised.days") > item_number(content, "statutory.days") &&
	    !wrong(problem, "promised.days", "promise-too-long",
	           zhen_format(call, "承诺办结时限%lld超过法定办结时限%lld，不得发布",
	                       (long long)item_number(content, "promised.days"),
	                       (long long)item_number(content, "statutory.days"))))
		return false;
	if (strcmp(item_text(content, "body.window_kind"), "window") != 0 &&
	    !wrong(problem, "body.window_kind", "outside-centre", "事项必须进驻便民服务中心（三集中）"))
		return false;
	if (zhen_calendar_parse_date(item_text(content, "valid_from")) == ZHEN_NO_DAY &&
	    !wrong(problem, "valid_from", "guide-incomplete", "有效期不是日期"))
		return false;
	if (zhen_calendar_parse_date(item_text(content, "valid_to")) == ZHEN_NO_DAY &&
	    !wrong(problem, "valid_to", "guide-incomplete", "有效期不是日期"))
		return false;
	if (strcmp(item_text(content, "valid_from"), item_text(content, "valid_to")) > 0 &&
	    !wrong(problem, "valid_to", "guide-incomplete", "失效日期早于生效日期"))
		return false;
	if (item_text(content, "hearing")[0] != '\0' && !is_hearing(item_text(content, "hearing")) &&
	    !wrong(problem, "hearing", "hearing-unknown", "听证应写“不涉及”“依申请”“应当”之一"))
		return false;
	if (!check_term(call, content, problem))
		return false;
	const char *form = form_fault(call, content);
	if (form != NULL && !wrong(problem, "fields", "form-fault", form))
		return false;
	return check_mode(problem, content) && check_materials(call, content, problem) &&
	       check_steps(call, content, problem) && check_phases(call, content, problem);
}

json_t *item_content(zhen_call *call, int64_t item)
{
	const char *text = zhen_column_text(zhen_one(call, "SELECT content FROM item WHERE id = $1", item), "content");

	return text != NULL ? json_loads(text, 0, NULL) : NULL;
}
