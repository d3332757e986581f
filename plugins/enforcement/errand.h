/* SPDX-License-Identifier: Apache-2.0
 * 一体协同: tasks that the township's coordination gives to its enforcement team. */
#ifndef ENFORCEMENT_ERRAND_H
#define ENFORCEMENT_ERRAND_H

#include "enforcement.h"

#define ERRAND_STATE_CHOICES "open=待完成|done=已完成|called-off=已撤回"

enum errand_state { ERRAND_OPEN, ERRAND_DONE, ERRAND_CALLED_OFF };
enum errand_act { ERRAND_FINISH };

/* task = its number where it was given. */
#define ERRAND_SQL                                                                                                           \
	"CREATE TABLE errand(id {{id}}, task BIGINT NOT NULL, township TEXT NOT NULL, body TEXT NOT NULL, title TEXT NOT NULL, " \
	"work TEXT NOT NULL, due_on TEXT NOT NULL, state TEXT NOT NULL, result TEXT NOT NULL, at BIGINT NOT NULL);"            \
	"CREATE UNIQUE INDEX errand_task ON errand(task);"                                                                    \
	"CREATE INDEX errand_township ON errand(township, id)"

extern const zhen_process errand_process;
extern const zhen_field errands_fields[], errands_reply[], errand_reply[], errand_done_fields[], errand_state_reply[],
	errand_moved_fields[], errand_done_event[];

zhen_handle errand_moved, list_errands, show_errand, finish_errand;

#endif
