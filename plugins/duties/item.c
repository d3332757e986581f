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

#define BAD(column, code_, reason) (*out_column = (column), *out_code = (code_), *out_reason = (reason), false)

bool item_check(zhen_call *call, const struct item *item, const char **out_column, const char **out_code,
                const char **out_reason)
{
	(void)call;
	if (item->code[0] == '\0')
		return BAD("编码", "code-missing", "没有编码");
	if (!code_valid(item->code))
		return BAD("编码", "code-invalid", "编码只能由字母、数字和 - . _ 组成，至多40个字符");
	if (item->name[0] == '\0')
		return BAD("名称", "name-missing", "没有名称");
	if (characters(item->name) > NAME_MAX_CHARACTERS)
		return BAD("名称", "name-too-long", "名称超过120个字");
	if (item->basis[0] == '\0' && strcmp(item->type, "power") == 0)
		return BAD("依据", "basis-missing", "权责事项没有依据（法律法规规章的名称和条款）");
	if (strcmp(item->place, "assist") == 0 && item->lead[0] == '\0')
		return BAD("牵头部门", "lead-missing", "配合事项应写明牵头部门");
	if (strcmp(item->place, "assist") == 0 && item->duty[0] == '\0')
		return BAD("配合职责", "duty-missing", "配合事项应写明乡镇的具体配合职责");
	if (strcmp(item->place, "withdrawn") == 0 && item->lead[0] == '\0')
		return BAD("牵头部门", "lead-missing", "收回事项应写明由哪个上级部门承担");
	return true;
}
