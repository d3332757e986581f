/* SPDX-License-Identifier: Apache-2.0
 * What a team does besides cases: events of its villages, posts that recur, and the log of its work. */
#ifndef ENFORCEMENT_DUTY_H
#define ENFORCEMENT_DUTY_H

#include "penalty.h"

/* The levels of 局管全面、队管片区、员管网格 that have it, from below. */
#define INCIDENT_STATE_CHOICES "officer=网格执法员处理|squad=中队处理|team=全队处理|handled=已处理"
/* What teams grew into besides enforcing (楚雄州). */
#define WORK_CHOICES "enforcement=执法|rescue=救援|service=服务|publicity=宣传|mediation=调解"
#define DAYS_CHOICES "any=每天|working=工作日|resting=休息日、节假日"
#define SHIFT_CHOICES "planned=待到岗|kept=已到岗|short=人数不足|missed=缺岗"

enum incident_state { INCIDENT_OFFICER, INCIDENT_SQUAD, INCIDENT_TEAM, INCIDENT_HANDLED };
enum incident_act { INCIDENT_ESCALATE, INCIDENT_HANDLE };

extern const char duty_sql[];
extern const zhen_process incident_process;

/* work.c: one entry of the log, counted into its month. */
void work_add(zhen_call *call, const char *township, const char *on, const char *kind, const char *text,
              const char *source, int64_t source_id);

extern const zhen_field incident_fields[], incidents_fields[], incidents_reply[], incident_reply[], escalate_fields[],
	handle_fields[], incident_state_reply[], incident_event[];
extern const zhen_field post_fields[], posts_reply[], post_end_fields[], roster_fields[], roster_reply[],
	attend_fields[], post_reply[], shift_reply[];
extern const zhen_field work_fields[], works_fields[], works_reply[], classify_fields[], work_reply[],
	work_report_reply[];

zhen_handle add_incident, list_incidents, show_incident, escalate_incident, handle_incident, watch_incidents;
zhen_handle add_post, list_posts, show_post, end_post, show_roster, attend_post;
zhen_handle add_work, list_works, classify_work, report_work;

#endif
