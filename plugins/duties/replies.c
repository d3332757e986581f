/* SPDX-License-Identifier: Apache-2.0
 * What routes answer: labels for pages, and types. */
#include "tables.h"

#define TEXT(name_, label_) { .name = name_, .type = ZHEN_TEXT, .label = label_ }
#define INT(name_, label_) { .name = name_, .type = ZHEN_INT, .label = label_ }
#define DAY(name_, label_) { .name = name_, .type = ZHEN_DATE, .label = label_ }
#define TIME(name_, label_) { .name = name_, .type = ZHEN_TIME, .label = label_ }
#define CHOICE(name_, label_, choices_) { .name = name_, .type = ZHEN_CHOICE, .label = label_, .choices = choices_ }
#define PLACE(name_, label_) { .name = name_, .type = ZHEN_DIVISION, .label = label_ }

const zhen_field catalogues_reply[] = {
	{ .name = "id", .type = ZHEN_INT, .label = "序号", .flags = ZHEN_HIDDEN },
	TEXT("code", "目录代码"), INT("version", "版本"), TEXT("title", "目录"), CHOICE("kind", "性质", KIND_CHOICES),
	CHOICE("unit_kind", "适用", UNIT_KIND_CHOICES), PLACE("division", "制定"), DAY("effective_from", "生效日期"),
	INT("items", "项数"), INT("national", "国家"), INT("province", "省"), INT("prefecture", "州（市）"),
	INT("county", "县"), INT("common", "共性"), INT("optional", "可选"), TIME("published_at", "公布时间"), { 0 },
};
