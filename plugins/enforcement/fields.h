/* SPDX-License-Identifier: Apache-2.0
 * How forms and answers are written here. */
#ifndef ENFORCEMENT_FIELDS_H
#define ENFORCEMENT_FIELDS_H

#include "enforcement.h"

#define FIELD(name_, type_, label_, ...) { .name = name_, .type = type_, .label = label_, __VA_ARGS__ }
#define NEED(name_, type_, label_, ...) FIELD(name_, type_, label_, .flags = ZHEN_REQUIRED, __VA_ARGS__)
#define ID NEED("id", ZHEN_INT, "序号", .min = 1, .max = INT64_MAX)
#define CHOOSE(name_, label_, choices_) FIELD(name_, ZHEN_CHOICE, label_, .choices = choices_)
#define MUST_CHOOSE(name_, label_, choices_) NEED(name_, ZHEN_CHOICE, label_, .choices = choices_)
#define TEXT(name_, label_) { .name = name_, .type = ZHEN_TEXT, .label = label_ }
#define INT(name_, label_) { .name = name_, .type = ZHEN_INT, .label = label_ }
#define BOOL(name_, label_) { .name = name_, .type = ZHEN_BOOL, .label = label_ }
#define DAY(name_, label_) { .name = name_, .type = ZHEN_DATE, .label = label_ }
#define TIME(name_, label_) { .name = name_, .type = ZHEN_TIME, .label = label_ }
#define PLACE(name_, label_) { .name = name_, .type = ZHEN_DIVISION, .label = label_ }
#define NAME(name_, label_) { .name = name_, .type = ZHEN_NAME, .label = label_ }
#define LIST(name_, label_, fields_) { .name = name_, .type = ZHEN_LIST, .label = label_, .fields = fields_ }
#define ROW_ID { .name = "id", .type = ZHEN_INT, .label = "序号", .flags = ZHEN_HIDDEN }
#define TODAY .help = "不填为今天"
#define MEMBER(name_, label_) NEED(name_, ZHEN_INT, label_, .min = 1, .max = INT64_MAX, .help = "“可以执法的人员”中的序号")
#define END { 0 }

static const zhen_field action_reply[] = { TEXT("title", "操作"), TEXT("method", ""), TEXT("path", ""), END };
#define ACTIONS LIST("actions", "操作", action_reply)
#define JOURNAL_REPLY(words_)                                                                                  \
	CHOOSE("what", "事项", words_), TEXT("text", "内容"), TEXT("person", "经办"), TEXT("body", "单位"), TIME("at", "时间"), END

#endif
