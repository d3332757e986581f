/* SPDX-License-Identifier: Apache-2.0
 * Forms and answers of tasks given to the team. */
#include "errand.h"
#include "fields.h"

#define ERRAND_ROW                                                                                                          \
	ROW_ID, PLACE("township", "乡镇（街道）"), TEXT("title", "协同事件"), TEXT("work", "任务"), DAY("due_on", "完成期限"), \
		CHOOSE("state", "状态", ERRAND_STATE_CHOICES), TEXT("result", "结果"), TIME("at", "下达时间")
const zhen_field errands_fields[] = { CHOOSE("state", "状态", ERRAND_STATE_CHOICES), END };
static const zhen_field errand_row[] = { ERRAND_ROW, END };
const zhen_field errands_reply[] = { LIST("items", "协同任务", errand_row), TEXT("next", "下一页"), END };
const zhen_field errand_reply[] = { ERRAND_ROW, ACTIONS, END };
const zhen_field errand_done_fields[] = { ID, NEED("result", ZHEN_LONG_TEXT, "结果", .max = 2000), END };
const zhen_field errand_state_reply[] = { ROW_ID, CHOOSE("state", "状态", ERRAND_STATE_CHOICES), END };

const zhen_field errand_moved_fields[] = {
	NEED("task", ZHEN_INT, NULL), NEED("township", ZHEN_DIVISION, NULL), NEED("field", ZHEN_TEXT, NULL), NEED("body", ZHEN_BODY, NULL),
	NEED("title", ZHEN_TEXT, NULL), NEED("work", ZHEN_LONG_TEXT, NULL), TEXT("due_on", NULL), NEED("state", ZHEN_TEXT, NULL), END,
};
const zhen_field errand_done_event[] = {
	INT("task", NULL), PLACE("township", NULL), { .name = "result", .type = ZHEN_LONG_TEXT }, TIME("at", NULL), END,
};
