/* SPDX-License-Identifier: Apache-2.0
 * 一体协同: an event of a township and the tasks that it gives to teams. */
#ifndef DISPATCH_TASK_H
#define DISPATCH_TASK_H

#include "dispatch.h"

#define INCIDENT_STATES(X)                                \
	X(UNDER_WAY, "open", "处置中", "incident-open") \
	X(ENDED, "ended", "已办结", "incident-ended")
#define TASK_STATES(X)                                       \
	X(ASSIGNED, "assigned", "待接受", "task-unaccepted") \
	X(ACCEPTED, "accepted", "处置中", "task-in-work")    \
	X(REFUSED, "refused", "已拒绝", "task-refused")      \
	X(DONE, "done", "已完成", "task-done")               \
	X(RATED, "rated", "已评价", "task-rated")            \
	X(WITHDRAWN, "withdrawn", "已撤回", "task-withdrawn")
#define INCIDENT_STATE_CHOICES "open=处置中|ended=已办结"
#define TASK_STATE_CHOICES "assigned=待接受|accepted=处置中|refused=已拒绝|done=已完成|rated=已评价|withdrawn=已撤回"
/* 楚雄州: 综合执法 + 应急救援 + 基层治理 + 服务发展. */
#define TASK_FIELDS "enforcement=综合执法|emergency=应急救援|governance=基层治理|service=服务发展"

#define X(id, ...) INCIDENT_##id,
enum incident_state { INCIDENT_STATES(X) };
#undef X
#define X(id, ...) TASK_##id,
enum task_state { TASK_STATES(X) };
#undef X
enum incident_act { INCIDENT_ASSIGN };
enum task_act { TASK_ACCEPT, TASK_REFUSE, TASK_FINISH, TASK_INSIST, TASK_WITHDRAW, TASK_RATE };

struct incident {
	int64_t id;
	uint32_t state;
	const char *township, *title;
};

/* body = who does it; at = when it was given, by which its year is counted. */
struct task {
	int64_t id, incident, at;
	uint32_t state;
	const char *township, *field, *body, *body_name, *work, *due_on;
};

#define TASK_SQL                                                                                                                \
	"CREATE TABLE incident(id {{id}}, township TEXT NOT NULL, title TEXT NOT NULL, content TEXT NOT NULL, place TEXT NOT NULL, " \
	"state TEXT NOT NULL, at BIGINT NOT NULL, ended_at BIGINT NOT NULL);"                                                    \
	"CREATE INDEX incident_township ON incident(township, id);"                                                              \
	"CREATE TABLE task(id {{id}}, incident BIGINT NOT NULL, township TEXT NOT NULL, field TEXT NOT NULL, body TEXT NOT NULL, " \
	"body_name TEXT NOT NULL, superior TEXT NOT NULL, work TEXT NOT NULL, due_on TEXT NOT NULL, state TEXT NOT NULL, "       \
	"reason TEXT NOT NULL, result TEXT NOT NULL, score BIGINT NOT NULL, comment TEXT NOT NULL, at BIGINT NOT NULL, "         \
	"accepted_at BIGINT NOT NULL, done_at BIGINT NOT NULL);"                                                                 \
	"CREATE INDEX task_incident ON task(incident, id);"                                                                      \
	"CREATE INDEX task_township ON task(township, id);"                                                                      \
	"CREATE INDEX task_state ON task(state, township, id);" ZHEN_JOURNAL_SQL_AS("incident_journal")

extern const zhen_process incident_process, task_process;
extern const zhen_field incidents_fields[], incidents_reply[], incident_fields[], incident_reply[], task_fields[],
	tasks_fields[], tasks_reply[], task_reply[], refuse_fields[], finish_fields[], done_task_reply[],
	done_incident_reply[], task_answer_fields[], task_event[], incident_event[];

zhen_handle list_incidents, raise_incident, show_incident, add_task, list_tasks, show_task, accept_task, refuse_task,
	finish_task, insist_task, withdraw_task, rate_task, task_answered;

#endif
