/* SPDX-License-Identifier: Apache-2.0
 * Short names for the rows of replies. */
#ifndef DUTIES_REPLY_H
#define DUTIES_REPLY_H

#define TEXT(name_, label_) { .name = name_, .type = ZHEN_TEXT, .label = label_ }
#define INT(name_, label_) { .name = name_, .type = ZHEN_INT, .label = label_ }
#define BOOL(name_, label_) { .name = name_, .type = ZHEN_BOOL, .label = label_ }
#define DAY(name_, label_) { .name = name_, .type = ZHEN_DATE, .label = label_ }
#define TIME(name_, label_) { .name = name_, .type = ZHEN_TIME, .label = label_ }
#define CHOICE(name_, label_, choices_) { .name = name_, .type = ZHEN_CHOICE, .label = label_, .choices = choices_ }
#define PLACE(name_, label_) { .name = name_, .type = ZHEN_DIVISION, .label = label_ }
#define LIST(name_, label_, fields_) { .name = name_, .type = ZHEN_LIST, .label = label_, .fields = fields_ }
#define HIDDEN(name_) { .name = name_, .type = ZHEN_TEXT, .flags = ZHEN_HIDDEN }
#define HIDDEN_INT(name_) { .name = name_, .type = ZHEN_INT, .flags = ZHEN_HIDDEN }
#define ROW_ID { .name = "id", .type = ZHEN_INT, .label = "序号", .flags = ZHEN_HIDDEN }

#endif
