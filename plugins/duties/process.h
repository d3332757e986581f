/* SPDX-License-Identifier: Apache-2.0
 * The processes of this plugin as data: states × acts × roles. What is not here is refused. */
#ifndef DUTIES_PROCESS_H
#define DUTIES_PROCESS_H

#include "duties.h"

#define LIST_STATE_CHOICES "draft=草案|published=已公布|discarded=已作废"
#define ROUND_STATE_CHOICES "survey=摸排|assess=评估|adjust=调整|done=已结束"
#define ADMISSION_STATE_CHOICES "filed=待审批|approved=准予|refused=不予|retracted=已撤回"
#define TASK_STATE_CHOICES "blocked=清单外，不得交办|assigned=已交办|closed=已取消"
#define TRANSFER_STATE_CHOICES "open=承接中|complete=已到位"
#define REVIEW_STATE_CHOICES "open=待研判|overdue=逾期未研判|done=已完成"

enum list_state { LIST_DRAFT, LIST_PUBLISHED, LIST_DISCARDED };
enum list_act { LIST_CHOOSE, LIST_ADD, LIST_PLACE, LIST_REMOVE, LIST_IMPORT, LIST_PUBLISH, LIST_DISCARD };
enum round_state { ROUND_SURVEY, ROUND_ASSESS, ROUND_ADJUST, ROUND_DONE };
enum round_act { ROUND_DO_SURVEY, ROUND_END_SURVEY, ROUND_DO_ASSESS, ROUND_END_ASSESS, ROUND_CLOSE };
enum admission_state { ADMISSION_FILED, ADMISSION_APPROVED, ADMISSION_REFUSED, ADMISSION_RETRACTED };
enum admission_act { ADMISSION_APPROVE, ADMISSION_REFUSE, ADMISSION_RETRACT };
enum task_state { TASK_BLOCKED, TASK_ASSIGNED, TASK_CLOSED };
enum task_act { TASK_ASSIGN, TASK_CANCEL };
enum transfer_state { TRANSFER_OPEN, TRANSFER_COMPLETE };
enum transfer_act { TRANSFER_RECORD, TRANSFER_DO_COMPLETE };
enum review_state { REVIEW_OPEN, REVIEW_OVERDUE, REVIEW_DONE };
enum review_act { REVIEW_RECORD, REVIEW_FLAG };

extern const zhen_process list_process, round_process, admission_process, task_process, transfer_process,
	review_process;

struct round {
	int64_t id, year;
	const char *township, *state, *name;
};

/* round.c: the round of field "id" within the caller's scope, in a state in which @act is possible; 0, or the refusal. */
zhen_result round_for(zhen_call *call, uint32_t act, struct round *out);

/* Whether the act is possible in the state of that name: 0, or the refusal. */
zhen_result process_may(zhen_call *call, const zhen_process *process, const char *state, uint32_t act,
                        const char *number);
/* The state as the list of buttons wants it. */
void process_put_actions(zhen_call *call, const zhen_process *process, const char *state, const char *base);
/* The same with a list of its own. */
void process_actions(zhen_call *call, const zhen_process *process, const char *state, const char *base);

#endif
