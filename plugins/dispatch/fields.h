/* SPDX-License-Identifier: Apache-2.0
 * How forms and answers are written here. */
#ifndef DISPATCH_FIELDS_H
#define DISPATCH_FIELDS_H

#include "dispatch.h"

#define FIELD(name_, type_, label_, ...) { .name = name_, .type = type_, .label = label_, __VA_ARGS__ }
#define NEED(name_, type_, label_, ...) FIELD(name_, type_, label_, .flags = ZHEN_REQUIRED, __VA_ARGS__)
#define TEXT(name_, label_) FIELD(name_, ZHEN_TEXT, label_, .max = 500)
#define INT(name_, label_) FIELD(name_, ZHEN_INT, label_)
#define BOOL(name_, label_) FIELD(name_, ZHEN_BOOL, label_)
#define DAY(name_, label_) FIELD(name_, ZHEN_DATE, label_)
#define TIME(name_, label_) FIELD(name_, ZHEN_TIME, label_)
#define STATE(choices_) FIELD("state", ZHEN_CHOICE, "状态", .choices = choices_)
#define LIST(name_, label_, fields_) FIELD(name_, ZHEN_LIST, label_, .fields = fields_)
#define ID NEED("id", ZHEN_INT, "序号", .min = 1, .max = INT64_MAX)
#define ROW_ID FIELD("id", ZHEN_INT, "序号")
#define TOWNSHIP FIELD("township", ZHEN_DIVISION, "乡镇（街道）")
#define REASON(label_) NEED("reason", ZHEN_TEXT, label_, .max = 300)
#define END { 0 }
#define PLACE NEED("township", ZHEN_DIVISION, "乡镇（街道）", .min = 4)
#define BODY(name_, label_) NEED(name_, ZHEN_BODY, label_, .min = 1, .max = 4)

static const zhen_field action_row[] = { TEXT("title", "操作"), TEXT("method", "方法"), TEXT("path", "地址"), END };

#endif
