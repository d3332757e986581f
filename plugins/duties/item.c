/* SPDX-License-Identifier: Apache-2.0
 * One item: what it must say of itself, wherever it comes from. */
#include "duties.h"

struct item item_of_row(const zhen_row *row)
{
	return (struct item){
		.code = column_or_empty(row, "code"),
		.name = column_or_empty(row, "name"),
		.type = column_or_empty(row, "type"),
		.level = column_or_empty(row, "level"),
		.basis = column_or_empty(row, "basis"),
		.origin = column_or_empty(row, "origin"),
		.place = column_or_empty(row, "place"),
		.category = column_or_empty(row, "category"),
		.lead = column_or_empty(row, "lead"),
		.duty = column_or_empty(row, "duty"),
		.county_duty = column_or_empty(row, "county_duty"),
		.responsible = column_or_empty(row, "responsible"),
		.upper = column_or_empty(row, "upper"),
		.power = column_or_empty(row, "power"),
		.batch = count_of(row, "batch"),
	};
}

bool one_of(const char *words, const char *word)
{
	size_t length = strlen(word);

	if (length == 0 || strpbrk(word, "|=") != NULL)
		return false;
	for (const char *p = words; p != NULL; p = strchr(p, '|'), p += p != NULL)
		if (strncmp(p, word, length) == 0 && (p[length] == '\0' || p[length] == '|' || p[length] == '='))
			return true;
	return false;
}

static size_t characters(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static bool code_valid(const char *code)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._";
	size_t length = strlen(code);

	return length > 0 && length <= CODE_MAX && strspn(code, letters) == length && code[0] != '.' && code[0] != '-';
}

size_t item_faults(const struct item *item, struct item_fault out[ITEM_FAULTS_MAX])
{
	bool assist = strcmp(item->place, "assist") == 0, withdrawn = strcmp(item->place, "withdrawn") == 0;
	const struct {
		bool is;
		struct item_fault fault;
	} checks[] = {
		{ item->code[0] == '\0', { "编码", "code-missing", "没有编码" } },
		{ item->code[0] != '\0' && !code_valid(item->code),
		  { "编码", "code-invalid", "编码只能由字母、数字和 - . _ 组成，至多40个字符" } },
		{ item->name[0] == '\0', { "名称", "name-missing", "没有名称" } },
		{ characters(item->name) > NAME_MAX_CHARACTERS, { "名称", "name-too-long", "名称超过120个字" } },
		{ item->basis[0] == '\0' && strcmp(item->type, "power") == 0,
		  { "依据", "basis-missing", "权责事项没有依据（法律法规规章的名称和条款）" } },
		{ assist && item->lead[0] == '\0', { "牵头部门", "lead-missing", "配合事项应写明牵头部门" } },
		{ assist && item->duty[0] == '\0', { "配合职责", "duty-missing", "配合事项应写明乡镇的具体配合职责" } },
		{ withdrawn && item->lead[0] == '\0', { "牵头部门", "lead-missing", "收回事项应写明由哪个上级部门承担" } },
	};
	size_t n = 0;

	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++)
		if (checks[i].is)
			out[n++] = checks[i].fault;
	return n;
}

struct refusal item_check(const struct item *item)
{
	struct item_fault faults[ITEM_FAULTS_MAX];

	if (item_faults(item, faults) == 0)
		return (struct refusal){ NULL, "" };
	return (struct refusal){ faults[0].code, faults[0].text };
}
