/* SPDX-License-Identifier: Apache-2.0
 * What an item's own form asks beside what every form does: "fields" of its content, each with name, label, type, whether it has
 * to be filled in, and a limit. The page draws exactly them, what is sent is held to them, and the case keeps label and value. */
#include "items.h"

#include <stdlib.h>

#define FIELDS_MAX 20 /* their labels begin the form in its address */
#define TEXT_MAX 200
#define SAMPLE "例：" /* begins what stands in the filled-in sample */

enum type { TYPE_TEXT, TYPE_INT, TYPE_DECIMAL, TYPE_DATE, TYPE_BOOL, TYPE_CHOICE, N_TYPES };

static const struct {
	const char *name, *title, *asks, *asks_en, *code;
} types[N_TYPES] = {
	[TYPE_TEXT] = { "text", "文字", "", "", "too-long" },
	[TYPE_INT] = { "int", "整数", "整数", "a whole number", "not-a-number" },
	[TYPE_DECIMAL] = { "decimal", "小数", "数字，最多两位小数", "a number of at most two decimals", "not-a-number" },
	[TYPE_DATE] = { "date", "日期", "日期，如2026-09-18", "a date like 2026-09-18", "not-a-date" },
	[TYPE_BOOL] = { "bool", "是否", "“是”或“否”", "是 (yes) or 否 (no)", "not-yes-or-no" },
	[TYPE_CHOICE] = { "choice", "选择", "", "", "no-choice" },
};

/* Without one it is a text; N_TYPES = there is no such type. */
static enum type type_of(const char *word)
{
	enum type type = TYPE_TEXT;

	if (word[0] == '\0')
		return TYPE_TEXT;
	while (type < N_TYPES && strcmp(types[type].name, word) != 0 && strcmp(types[type].title, word) != 0)
		type++;
	return type;
}

static bool has_range(const json_t *field)
{
	return json_object_get(field, "min") != NULL || json_object_get(field, "max") != NULL;
}

static int64_t most(const json_t *field, int64_t usual)
{
	return json_object_get(field, "max") != NULL ? item_number(field, "max") : usual;
}

/* 自有、租借 */
static const char *choices_of(zhen_call *call, const json_t *field)
{
	const char *all = "";
	size_t i;
	json_t *choice;

	json_array_foreach(json_object_get(field, "choices"), i, choice)
		all = zhen_format(call, "%s%s%s", all, i > 0 ? "、" : "", or_empty(json_string_value(choice)));
	return all;
}

/* What has to stand in it; "" = any text. */
static const char *asks(zhen_call *call, const json_t *field)
{
	enum type type = type_of(item_text(field, "type"));

	if (type == TYPE_CHOICE)
		return zhen_format(call, "%s 之一", choices_of(call, field));
	if (type == TYPE_TEXT)
		return json_object_get(field, "max") != NULL ? zhen_format(call, "不超过%lld字", (long long)most(field, TEXT_MAX)) : "";
	if ((type != TYPE_INT && type != TYPE_DECIMAL) || !has_range(field))
		return types[type].asks;
	return zhen_format(call, "%s，%lld 至 %lld", types[type].asks, (long long)item_number(field, "min"),
	                   (long long)most(field, INT32_MAX));
}

static const char *asks_english(zhen_call *call, const json_t *field)
{
	enum type type = type_of(item_text(field, "type"));

	if (type == TYPE_CHOICE)
		return zhen_format(call, "one of %s", choices_of(call, field));
	if (type == TYPE_TEXT)
		return zhen_format(call, "at most %lld characters", (long long)most(field, TEXT_MAX));
	if ((type != TYPE_INT && type != TYPE_DECIMAL) || !has_range(field))
		return types[type].asks_en;
	return zhen_format(call, "%s from %lld to %lld", types[type].asks_en, (long long)item_number(field, "min"),
	                   (long long)most(field, INT32_MAX));
}

/* As the form calls it: 家庭人口（必填，整数，1 至 20） */
static const char *caption(zhen_call *call, const json_t *field)
{
	const char *what = asks(call, field);

	return zhen_format(call, "%s（%s%s%s）", item_text(field, "label"),
	                   json_is_true(json_object_get(field, "required")) ? "必填" : "选填", what[0] != '\0' ? "，" : "", what);
}

/* ---- what is right ---- */

static size_t characters(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += (*text & 0xC0) != 0x80;
	return n;
}

static bool is_number(const json_t *field, const char *value, bool decimal)
{
	size_t whole = strspn(value + (value[0] == '-'), "0123456789"), all = whole + (value[0] == '-');
	double number = strtod(value, NULL);

	if (decimal && value[all] == '.' && strspn(value + all + 1, "0123456789") <= 2)
		all += 1 + strspn(value + all + 1, "0123456789");
	return whole > 0 && whole < 16 && value[all] == '\0' && value[all - 1] != '.' &&
	       (!has_range(field) ||
	        (number >= (double)item_number(field, "min") && number <= (double)most(field, INT32_MAX)));
}

static bool is_choice(const json_t *field, const char *value)
{
	size_t i;
	json_t *choice;

	json_array_foreach(json_object_get(field, "choices"), i, choice)
		if (strcmp(or_empty(json_string_value(choice)), value) == 0)
			return true;
	return false;
}

static bool is_fine(const json_t *field, const char *value)
{
	enum type type = type_of(item_text(field, "type"));

	switch (type) {
	case TYPE_INT:
	case TYPE_DECIMAL:
		return is_number(field, value, type == TYPE_DECIMAL);
	case TYPE_DATE:
		return zhen_calendar_parse_date(value) != ZHEN_NO_DAY;
	case TYPE_BOOL:
		return strcmp(value, "是") == 0 || strcmp(value, "否") == 0;
	case TYPE_CHOICE:
		return is_choice(field, value);
	default:
		return characters(value) <= (size_t)most(field, TEXT_MAX);
	}
}

/* As somebody fills it in: what the item says, else the first that is right. */
const char *form_sample(zhen_call *call, const json_t *field)
{
	bool decimal = type_of(item_text(field, "type")) == TYPE_DECIMAL;
	int64_t low = item_number(field, "min");

	if (item_text(field, "sample")[0] != '\0')
		return item_text(field, "sample");
	switch (type_of(item_text(field, "type"))) {
	case TYPE_INT:
	case TYPE_DECIMAL:
		return zhen_format(call, decimal ? "%lld.00" : "%lld",
		                   (long long)(low > 0 ? low : most(field, INT32_MAX) > 0 ? 1 : low));
	case TYPE_DATE:
		return "2026-03-15";
	case TYPE_BOOL:
		return "是";
	case TYPE_CHOICE:
		return or_empty(json_string_value(json_array_get(json_object_get(field, "choices"), 0)));
	default:
		return zhen_format(call, "示例%s", item_text(field, "label"));
	}
}

/* ---- publishing ---- */

static const char *field_fault(zhen_call *call, const json_t *field, size_t n)
{
	const char *label = item_text(field, "label"), *name = item_text(field, "name");
	const json_t *choices = json_object_get(field, "choices");

	if (label[0] == '\0' || name[0] == '\0' || strlen(label) > 90 || strlen(name) > 40)
		return zhen_format(call, "第%zu个填写要素没有名称，或名称超过30字", n);
	if (type_of(item_text(field, "type")) == N_TYPES)
		return zhen_format(call, "填写要素“%s”的类型“%s”不是文字、整数、小数、日期、是否、选择之一", label,
		                   item_text(field, "type"));
	if ((type_of(item_text(field, "type")) == TYPE_CHOICE) != (json_array_size(choices) >= 2))
		return zhen_format(call, "填写要素“%s”：选择的写出两项以上，其余类型不写选项", label);
	if (has_range(field) && item_number(field, "min") > most(field, TEXT_MAX))
		return zhen_format(call, "填写要素“%s”的限定不对：下限大于上限", label);
	if (item_text(field, "sample")[0] != '\0' && !is_fine(field, item_text(field, "sample")))
		return zhen_format(call, "填写要素“%s”的样例“%s”本身不合要求：%s", label, item_text(field, "sample"),
		                   asks(call, field));
	return NULL;
}

const char *form_fault(zhen_call *call, const json_t *content)
{
	const json_t *fields = json_object_get(content, "fields");
	const char *fault;
	size_t i, k;
	json_t *field, *other;

	if (json_array_size(fields) > FIELDS_MAX)
		return zhen_format(call, "填写要素最多%d个", FIELDS_MAX);
	json_array_foreach(fields, i, field) {
		if ((fault = field_fault(call, field, i + 1)) != NULL)
			return fault;
		json_array_foreach(fields, k, other)
			if (k < i && (strcmp(item_text(field, "label"), item_text(other, "label")) == 0 ||
			              strcmp(item_text(field, "name"), item_text(other, "name")) == 0))
				return zhen_format(call, "填写要素“%s”重复", item_text(field, "label"));
	}
	return NULL;
}

/* 1-20, 1至20, 200: of numbers from and to, of texts the length. NULL = it is neither. */
static bool put_limit(json_t *field, const char *cell)
{
	char *end;
	long long first = strtoll(cell, &end, 10), second;

	if (end == cell)
		return false;
	if (*end == '\0') {
		json_object_set_new(field, "max", json_integer(first));
		return true;
	}
	const char *rest = strncmp(end, "至", strlen("至")) == 0 ? end + strlen("至") : end + 1;
	if (rest == end + 1 && *end != '-')
		return false;
	second = strtoll(rest, &end, 10);
	if (end == rest || *end != '\0')
		return false;
	json_object_set_new(field, "min", json_integer(first));
	json_object_set_new(field, "max", json_integer(second));
	return true;
}

static void put_choices(zhen_call *call, json_t *field, const char *cell)
{
	json_t *list = json_array();
	char *choice;

	while ((choice = item_cell_part(call, &cell, "、", '/')) != NULL)
		json_array_append_new(list, json_string(choice));
	json_object_set_new(field, "choices", list);
}

const char *form_read(zhen_call *call, const char *cell, json_t *fields)
{
	char *part;

	while ((part = item_cell_part(call, &cell, "；", ';')) != NULL) {
		const char *at = part, *label = or_empty(item_cell_part(call, &at, "｜", '|'));
		const char *type = or_empty(item_cell_part(call, &at, "｜", '|')), *word;
		json_t *field = json_pack("{s:s, s:s, s:s}", "name", zhen_format(call, "f%zu", json_array_size(fields) + 1),
		                          "label", label, "type", type_of(type) < N_TYPES ? types[type_of(type)].name : type);

		json_array_append_new(fields, field);
		while ((word = item_cell_part(call, &at, "｜", '|')) != NULL)
			if (strcmp(word, "必填") == 0 || strcmp(word, "选填") == 0)
				json_object_set_new(field, "required", json_boolean(strcmp(word, "必填") == 0));
			else if (strncmp(word, SAMPLE, strlen(SAMPLE)) == 0)
				json_object_set_new(field, "sample", json_string(word + strlen(SAMPLE)));
			else if (type_of(type) == TYPE_CHOICE)
				put_choices(call, field, word);
			else if (!put_limit(field, word))
				return zhen_format(call, "填写要素“%s”的限定“%s”应写“1-20”（数字）或“50”（字数）",
				                   label, word);
	}
	return NULL;
}

/* ---- asking ---- */

/* Into the object that is open: what the form of applying begins with. */
void form_begin(zhen_call *call, const json_t *content)
{
	size_t i;
	json_t *field;

	json_array_foreach(json_object_get(content, "fields"), i, field)
		zhen_put(call, zhen_format(call, "answers.%zu.name", i), caption(call, field));
}

const char *form_query(zhen_call *call, const json_t *content)
{
	const char *query = "";
	size_t i;
	json_t *field;

	json_array_foreach(json_object_get(content, "fields"), i, field)
		query = zhen_format(call, "%s&answers.%zu.name=%s", query, i, zhen_percent_encoded(call, caption(call, field)));
	return query;
}

/* ---- what is sent ---- */

static const char *answer(zhen_call *call, int32_t i, const char *member)
{
	return or_empty(zhen_value_text(call->host->list_field(call, "answers", i, member)));
}

/* By its name, its label, or as the form calls it. */
static json_t *field_of(zhen_call *call, const json_t *content, const char *said)
{
	size_t i;
	json_t *field;

	json_array_foreach(json_object_get(content, "fields"), i, field)
		if (strcmp(item_text(field, "name"), said) == 0 || strcmp(item_text(field, "label"), said) == 0 ||
		    strcmp(caption(call, field), said) == 0)
			return field;
	return NULL;
}

/* One row of the form; false: the fault was said. */
static bool take(zhen_call *call, const json_t *content, int32_t i, json_t *taken)
{
	const char *said = answer(call, i, "name"), *value = answer(call, i, "value");
	const char *path = zhen_format(call, "answers.%d.value", i);
	const json_t *field = field_of(call, content, said);

	if (field == NULL)
		zhen_field_error(call, zhen_format(call, "answers.%d.name", i), "not-asked",
		                 "该事项没有要求填写“%s” (%s is not asked for)", said, said);
	else if (json_object_get(taken, item_text(field, "name")) != NULL)
		zhen_field_error(call, path, "twice", "“%s”填写了两次 (%s is there twice)", item_text(field, "label"),
		                 item_text(field, "name"));
	else if (value[0] != '\0' && !is_fine(field, value))
		zhen_field_error(call, path, types[type_of(item_text(field, "type"))].code,
		                 "“%s”应为%s (%s has to be %s)", item_text(field, "label"), asks(call, field),
		                 item_text(field, "name"), asks_english(call, field));
	else
		return value[0] == '\0' ||
		       json_object_set_new(taken, item_text(field, "name"), json_string(value)) == 0;
	return false;
}

/* Where the form has a row for it. */
static const char *path_of(zhen_call *call, const json_t *content, const json_t *field)
{
	for (int32_t i = 0; i < call->host->list_count(call, "answers"); i++)
		if (field_of(call, content, answer(call, i, "name")) == field)
			return zhen_format(call, "answers.%d.value", i);
	return "answers";
}

zhen_result form_take(zhen_call *call, const json_t *content, const char **out_json)
{
	json_auto_t *taken = json_object(), *kept = json_array();
	bool fine = true;
	size_t i;
	json_t *field;

	for (int32_t k = 0; k < call->host->list_count(call, "answers"); k++)
		fine = take(call, content, k, taken) && fine;
	const bool complete = fine; /* else what lacks may be what was refused */
	json_array_foreach(json_object_get(content, "fields"), i, field) {
		const char *name = item_text(field, "name"), *label = item_text(field, "label");

		if (json_object_get(taken, name) != NULL)
			json_array_append_new(kept, json_pack("{s:s, s:s, s:s}", "name", name, "label", label, "value",
			                                      item_text(taken, name)));
		else if (complete && json_is_true(json_object_get(field, "required"))) {
			const char *path = path_of(call, content, field);

			zhen_field_error(call, path, "required", "请填写“%s”%s (%s is missing)", label,
			                 strcmp(path, "answers") == 0 ? "，从该事项的办事指南打开申请表就有这一栏" : "", name);
			fine = false;
		}
	}
	char *text = json_dumps(kept, JSON_COMPACT);
	*out_json = zhen_format(call, "%s", or_empty(text));
	free(text);
	return fine ? 0 : zhen_invalid(call);
}
