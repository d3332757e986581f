/* SPDX-License-Identifier: Apache-2.0
 * What of a decision others see: its publication (行政处罚法 48), teaching cases, and leads with the visits that taught (楚雄州). Of a
 * natural person nothing leaves; of no party anything in a teaching case. */
#ifndef ENFORCEMENT_LESSON_H
#define ENFORCEMENT_LESSON_H

#include "proceeding.h"

#define PUBLICATION_STATE_CHOICES "due=待公开|published=已公开|withheld=不公开|withdrawn=已撤回"
#define PROCEDURE_CHOICES "penalty=简易程序|proceeding=普通程序"
#define LEAD_SOURCE_CHOICES "patrol=巡查|resident=群众反映|department=部门移交|camera=监控设备|telemetry=车辆、传感器遥测"
#define LEAD_STATE_CHOICES "open=待核查|unreviewed=待审核|refused=审核未通过|found=已登记为问题"
#define MODE_OF_TEACHING_CHOICES "face=面对面|hand=手把手|one=一对一"
#define LEADS_MAX 100

enum publication_state { PUBLICATION_DUE, PUBLICATION_PUBLISHED, PUBLICATION_WITHHELD, PUBLICATION_WITHDRAWN };
enum publication_act { PUBLICATION_PUBLISH, PUBLICATION_WITHHOLD, PUBLICATION_WITHDRAW };

extern const char lessons_sql[];
extern const zhen_process publication_process;

/* lesson.c: what an archived case of the caller's offers: a ticket for the file, and, inside the open list of actions, the way. */
void put_lesson_ticket(zhen_call *call, const char *kind, int64_t matter, const char *state);
void put_lesson_way(zhen_call *call, const char *base, const char *kind, int64_t matter, const char *state);

extern const zhen_field publications_fields[], publications_reply[], publication_reply[], withhold_fields[],
	withdraw_fields[], publication_state_reply[], decisions_reply[], lessons_fields[], lessons_reply[],
	lesson_fields[], lesson_reply[], withdraw_lesson_fields[];
extern const zhen_field batch_fields[], batches_reply[], batch_reply[], lead_review_fields[], lead_found_fields[],
	lead_state_reply[], visit_fields[], teach_fields[];

zhen_handle list_publications, show_publication, publish_publication, withhold_publication, withdraw_publication,
	list_decisions;
zhen_handle add_lesson_of_penalty, add_lesson_of_proceeding, list_lessons, show_lesson, withdraw_lesson,
	get_lesson_file;
zhen_handle add_batch, list_batches, show_batch, review_lead, find_lead, add_visit, add_teaching;

#endif
