/* SPDX-License-Identifier: Apache-2.0
 * The half of this plugin that is about posts, headcount and persons (定责定岗定编定人): its rows of the plugin's tables, and
 * what its files share. A duty is a code of the unit's list in force; a post carries duties, has a headcount, and persons
 * hold it. The headcount of a township is the sum of three components, each a history of changes by date. */
#ifndef DUTIES_PEOPLE_H
#define DUTIES_PEOPLE_H

#include "duties.h"

/* In the order of a career; a post is for one of them. */
#define RUNG_CHOICES "micro=微网格长|grid=全科网格员（社区助理）|worker=社区工作者|staff=公务员、事业编制"
#define COMPONENT_CHOICES "base=基础编制|quantified=量化编制|balance=周转（平衡）编制"
#define PURPOSE_CHOICES "enforcement=执法|rescue=应急救援|other=其他"
#define HOW_CHOICES "exam=考试招录|select=选聘|appoint=任命|transfer=划转"
#define SUPPORT_CHOICES "people=人才|equipment=装备|technology=技术|network=网络端口"
#define POST_STATE_CHOICES "draft=拟设|active=在用|abolished=已撤销"
#define SECONDMENT_STATE_CHOICES "requested=待审批|out=借调中|refused=不同意|cancelled=已撤回|returned=已归还"
#define PERSON_STATE_CHOICES "serving=在岗|left=已离开"

enum post_state { POST_DRAFT, POST_ACTIVE, POST_ABOLISHED };
enum post_act { POST_APPROVE, POST_ALLOT, POST_DUTY, POST_UNDUTY, POST_PLACE, POST_VACATE, POST_ABOLISH };
enum secondment_state { SECOND_REQUESTED, SECOND_OUT, SECOND_REFUSED, SECOND_CANCELLED, SECOND_RETURNED };
enum secondment_act { SECOND_APPROVE, SECOND_REFUSE, SECOND_CANCEL, SECOND_EXTEND, SECOND_RETURN, SECOND_OVERDUE };

struct post {
	int64_t id, headcount, holders;
	uint32_t state; /* enum post_state */
	const char *unit, *township, *code, *name, *rung, *made_by;
};

struct person {
	int64_t id, post, secondment; /* 0 = none */
	const char *unit, *township, *rung, *since_on, *state;
};

extern const zhen_process post_process, secondment_process;

/* Posts of the unit in use that carry the duty and are held by somebody: whether people moved with the matter (X02). */
int64_t posts_serving(zhen_call *call, const char *unit, const char *code);

/* ---- people_common.c ---- */

/* Says what is wrong with one field and refuses: 422. */
__attribute__((format(printf, 4, 5))) zhen_result wrong_field(zhen_call *call, const char *field, const char *code,
                                                              const char *format, ...);
/* The unit's own columns of a row: its township, and the village when it is one. False = a division without posts. */
bool unit_columns(zhen_call *call, const char *unit, const char **out_township, const char **out_village);
/* The word's Chinese in "a=甲|b=乙"; the word itself when it is not there. */
const char *choice_title(zhen_call *call, const char *choices, const char *word);
/* "2024-09-18" for 2 years before 2026-09-18. */
const char *years_before(zhen_call *call, const char *day, int64_t years);
/* 422 "future" when the day of field @name lies after today; @day receives it. */
zhen_result past_day(zhen_call *call, const char *name, const char **out_day);

/* ---- posts.c, persons.c ---- */

/* Visible to the caller, or 404. */
zhen_result post_load(zhen_call *call, int64_t id, struct post *out);
zhen_result person_load(zhen_call *call, int64_t id, struct person *out);
/* Takes the person out of the post it holds, if any. */
void person_vacate(zhen_call *call, const struct person *person);
/* A draft; its duties; a person with the first line of the career. What they are given was checked. */
int64_t post_store(zhen_call *call, const char *unit, const char *code, const char *name, const char *rung,
                   const char *duty);
void post_store_duty(zhen_call *call, int64_t post, const char *unit, const char *code);
/* Whether the unit's posts may carry the duty; else the code of the refusal. */
bool duty_may(zhen_call *call, const char *unit, const char *code, const char **out_problem);
int64_t person_store(zhen_call *call, const char *unit, const char *name, const char *rung, const char *on,
                     const char *how, const char *basis, const char *from_body);
/* Sum of headcounts of the township's own posts in use. */
int64_t headcount_allotted(zhen_call *call, const char *township);
/* The three components together on a day. */
int64_t headcount_total(zhen_call *call, const char *township, const char *on);

zhen_handle add_post, list_posts, show_post, list_post_items, list_post_persons, show_post_person, approve_post,
	allot_post, add_post_duty, remove_post_duty, place_person, vacate_person, abolish_post, show_gaps, import_posts,
	show_people_import;
zhen_handle change_headcount, move_headcount, sink_posts, show_headcount;
zhen_handle add_person, list_persons, list_eligible, show_person, promote_person, move_person, leave_person,
	purge_person, import_persons;
zhen_handle request_secondment, list_secondments, show_secondment, approve_secondment, refuse_secondment,
	cancel_secondment, extend_secondment, return_secondment, watch_secondments;
zhen_handle set_support, list_supports, set_urban, report_posts, report_sunk, report_headcount, report_workers;

extern const char posts_sql[], headcount_sql[], persons_sql[], secondments_sql[], sunk_sql[];
extern const zhen_field post_items_fields[], post_items_reply[], post_persons_reply[], post_person_fields[],
	post_person_reply[];
extern const zhen_field id_fields[], post_fields[], posts_fields[], approve_fields[], duty_fields[], place_fields[],
	abolish_fields[], unit_fields[], headcount_fields[], move_headcount_fields[], sink_fields[],
	show_headcount_fields[], person_fields[], persons_fields[], eligible_fields[], promote_fields[],
	move_person_fields[], leave_fields[], secondment_fields[], secondments_fields[], decide_second_fields[],
	extend_second_fields[], return_second_fields[], support_fields[], urban_fields[], report_fields[],
	report_list_fields[];
extern const zhen_field no_fields[], ticket_answer[], import_people_fields[], import_reply[], support_reply[];
extern const zhen_field posts_reply[], post_reply[], gaps_reply[], headcount_reply[], persons_reply[], person_reply[],
	secondments_reply[], secondment_reply[], supports_reply[], posts_report_reply[], sunk_reply[], counts_reply[],
	workers_reply[], post_state_reply[], secondment_state_reply[];
extern const zhen_field post_event[], headcount_event[], sunk_event[], secondment_event[], recruited_event[];

/* Rows for the tables in duties.c, each ending in a comma; migrations go on from 6. */
#define PEOPLE_MIGRATIONS                     \
	{ .number = 6, .sql = posts_sql },    \
	{ .number = 7, .sql = headcount_sql }, \
	{ .number = 8, .sql = persons_sql },  \
	{ .number = 9, .sql = secondments_sql },

#define PEOPLE_GET(path_, handle_, fields_, reply_, permission_, summary_, ...)                                         \
	GET(path_, handle_, fields_, .reply = reply_, .permission = permission_, .summary = summary_, __VA_ARGS__),
#define PEOPLE_OPEN(path_, handle_, fields_, reply_, summary_, ...)                                                     \
	GET(path_, handle_, fields_, .reply = reply_, .flags = ZHEN_PUBLIC, .summary = summary_, __VA_ARGS__),
#define PEOPLE_ACT(path_, handle_, fields_, reply_, permission_, subject_, summary_, ...)                               \
	POST(path_, handle_, fields_, .reply = reply_, .permission = permission_, .subject = subject_, .summary = summary_, __VA_ARGS__),

#define PEOPLE_IMPORT(path_, handle_, permission_, summary_)                                                       \
	POST(path_, handle_, import_people_fields, .reply = import_reply, .permission = permission_, .subject = "unit", \
	     .flags = ZHEN_UPLOADS, .summary = summary_),

#define PEOPLE_ROUTES                                                                                                   \
	PEOPLE_ACT("/posts", add_post, post_fields, NULL, "duties.post", "unit", "拟设岗位")                            \
	PEOPLE_GET("/import/people", show_people_import, no_fields, ticket_answer, "duties.read", "导入岗位、人员")     \
	PEOPLE_IMPORT("/posts/import", import_posts, "duties.post", "导入岗位")                                         \
	PEOPLE_IMPORT("/persons/import", import_persons, "duties.people", "导入人员")                                   \
	PEOPLE_GET("/posts", list_posts, posts_fields, posts_reply, "duties.read", "岗位目录")                          \
	PEOPLE_GET("/posts/{id}", show_post, id_fields, post_reply, "duties.read", "岗位")                              \
	PEOPLE_ACT("/posts/{id}/approve", approve_post, approve_fields, post_state_reply, "duties.staffing", "id", "核定岗位") \
	PEOPLE_ACT("/posts/{id}/allot", allot_post, approve_fields, post_state_reply, "duties.staffing", "id", "定编")  \
	PEOPLE_GET("/posts/{id}/duties", list_post_items, post_items_fields, post_items_reply, "duties.post", "定责：选清单事项") \
	GET("/posts/{id}/place", list_post_persons, id_fields, .reply = post_persons_reply, .permission = "duties.post",      \
	    .unmask = "duties.personal", .subject = "id", .summary = "定人：选人员"),                                     \
	GET("/posts/{id}/persons/{person}", show_post_person, post_person_fields, .reply = post_person_reply,                 \
	    .permission = "duties.post", .unmask = "duties.personal", .subject = "id", .summary = "定人、离岗"),              \
	PEOPLE_ACT("/posts/{id}/duties", add_post_duty, duty_fields, post_state_reply, "duties.post", "id", "定责")     \
	PEOPLE_ACT("/posts/{id}/duties/remove", remove_post_duty, duty_fields, post_state_reply, "duties.post", "id",   \
	           "取消岗位职责")                                                                                      \
	PEOPLE_ACT("/posts/{id}/place", place_person, place_fields, post_state_reply, "duties.post", "id", "定人")      \
	PEOPLE_ACT("/posts/{id}/vacate", vacate_person, place_fields, post_state_reply, "duties.post", "id", "离岗")    \
	PEOPLE_ACT("/posts/{id}/abolish", abolish_post, abolish_fields, post_state_reply, "duties.staffing", "id",      \
	           "撤销岗位")                                                                                          \
	PEOPLE_GET("/units/{unit}/gaps", show_gaps, unit_fields, gaps_reply, "duties.read", "定责定岗定编定人缺口")     \
	PEOPLE_GET("/units/{unit}/supports", list_supports, unit_fields, supports_reply, "duties.read", "履职保障",     \
	     .feature = "supports")                                                                                     \
	PEOPLE_ACT("/units/{unit}/supports", set_support, support_fields, support_reply, "duties.post", "code", "登记履职保障", \
	     .feature = "supports")                                                                                     \
	PEOPLE_ACT("/townships/{township}/headcount", change_headcount, headcount_fields, headcount_reply,              \
	           "duties.staffing", "township", "核增、核减编制")                                                     \
	PEOPLE_GET("/townships/{township}/headcount", show_headcount, show_headcount_fields, headcount_reply,           \
	           "duties.read", "编制构成")                                                                           \
	PEOPLE_ACT("/headcount/moves", move_headcount, move_headcount_fields, NULL, "duties.staffing", "from",          \
	           "统筹调剂编制")                                                                                      \
	PEOPLE_ACT("/townships/{township}/sunk", sink_posts, sink_fields, headcount_reply, "duties.staffing",           \
	           "township", "编制下沉")                                                                              \
	PEOPLE_ACT("/persons", add_person, person_fields, NULL, "duties.people", "unit", "登记人员")                    \
	PEOPLE_GET("/persons", list_persons, persons_fields, persons_reply, "duties.read", "人员")                      \
	PEOPLE_GET("/persons/eligible", list_eligible, eligible_fields, persons_reply, "duties.read", "符合年限人员")   \
	GET("/persons/{id}", show_person, id_fields, .reply = person_reply, .permission = "duties.read",                \
	    .unmask = "duties.personal", .subject = "id", .summary = "人员履历"),                                       \
	PEOPLE_ACT("/persons/{id}/promote", promote_person, promote_fields, NULL, "duties.people", "id", "晋级")        \
	PEOPLE_ACT("/persons/{id}/move", move_person, move_person_fields, NULL, "duties.people", "id", "调动")          \
	PEOPLE_ACT("/persons/{id}/leave", leave_person, leave_fields, NULL, "duties.people", "id", "离开")              \
	PEOPLE_ACT("/persons/{id}/secondments", request_secondment, secondment_fields, NULL, "duties.people", "id",     \
	           "申请借调", .feature = "secondments")                                                                \
	PEOPLE_GET("/secondments", list_secondments, secondments_fields, secondments_reply, "duties.read", "借调",      \
	     .feature = "secondments")                                                                                  \
	GET("/secondments/{id}", show_secondment, id_fields, .reply = secondment_reply, .permission = "duties.read",    \
	    .unmask = "duties.personal", .subject = "id", .summary = "借调详情", .feature = "secondments"),             \
	PEOPLE_ACT("/secondments/{id}/approve", approve_secondment, decide_second_fields, secondment_state_reply,       \
	           "duties.second", "id", "同意借调", .feature = "secondments")                                         \
	PEOPLE_ACT("/secondments/{id}/refuse", refuse_secondment, decide_second_fields, secondment_state_reply,         \
	           "duties.second", "id", "不同意借调", .feature = "secondments")                                       \
	PEOPLE_ACT("/secondments/{id}/cancel", cancel_secondment, id_fields, secondment_state_reply, "duties.people",   \
	           "id", "撤回借调申请", .feature = "secondments")                                                      \
	PEOPLE_ACT("/secondments/{id}/extend", extend_secondment, extend_second_fields, secondment_state_reply,         \
	           "duties.second", "id", "延长借调", .feature = "secondments")                                         \
	PEOPLE_ACT("/secondments/{id}/return", return_secondment, return_second_fields, secondment_state_reply,         \
	           "duties.people", "id", "归还", .feature = "secondments")                                             \
	PEOPLE_ACT("/urban-residents", set_urban, urban_fields, NULL, "duties.staffing", "division", "登记城镇居民数",  \
	     .feature = "workers")                                                                                      \
	PEOPLE_OPEN("/reports/posts", report_posts, report_fields, posts_report_reply, "岗位、编制总数")                \
	PEOPLE_OPEN("/reports/sunk", report_sunk, report_list_fields, sunk_reply, "各乡镇下沉编制")                     \
	PEOPLE_OPEN("/reports/headcount", report_headcount, report_list_fields, counts_reply, "各乡镇编制构成")         \
	PEOPLE_OPEN("/reports/community-workers", report_workers, report_list_fields, workers_reply, "社区工作者配备", .feature = "workers")

#define PEOPLE_TOPIC(name_, fields_, subject_, summary_)                                                    \
	{ .name = "duties." name_, .fields = fields_, .subject = subject_, .scope = "township",             \
	  .permission = "duties.read", .summary = summary_ },

#define PEOPLE_TOPICS                                                                       \
	PEOPLE_TOPIC("post.approved", post_event, "id", "岗位核定")                         \
	PEOPLE_TOPIC("post.abolished", post_event, "id", "岗位撤销")                        \
	PEOPLE_TOPIC("headcount.changed", headcount_event, "township", "编制变动")          \
	PEOPLE_TOPIC("posts.sunk", sunk_event, "township", "编制下沉")                      \
	PEOPLE_TOPIC("person.recruited", recruited_event, "township", "招录为公务员、事业编制") \
	PEOPLE_TOPIC("secondment.approved", secondment_event, "id", "借调开始")             \
	PEOPLE_TOPIC("secondment.overdue", secondment_event, "id", "借调逾期未归还")        \
	PEOPLE_TOPIC("secondment.returned", secondment_event, "id", "借调归还")

#define PEOPLE_JOBS                                                                            \
	{ .name = "watch_secondments", .handle = watch_secondments, .every_ms = 60000,         \
	  .summary = "借调到期未归还" },

#define PEOPLE_SETTINGS                                                                                                 \
	{ .key = "secondment_cap", .type = ZHEN_INT, .def = "2", .min = 0, .max = 1000, .flags = ZHEN_PER_DIVISION,     \
	  .unit = "人", .help = "一个乡镇同时借出的人数上限；来源未规定，由当地决定" },                                 \
	{ .key = "secondment_cap_in", .type = ZHEN_INT, .def = "3", .min = 0, .max = 1000, .flags = ZHEN_PER_DIVISION,  \
	  .unit = "人", .help = "一个单位同时借入的人数上限；来源未规定，由当地决定" },                                 \
	{ .key = "secondment_days_max", .type = ZHEN_INT, .def = "180", .min = 1, .max = 3650, .flags = ZHEN_PER_DIVISION, \
	  .unit = "日", .help = "一次借调（含延长）最长日数；来源未规定，由当地决定" },                                 \
	{ .key = "secondment_extensions", .type = ZHEN_INT, .def = "1", .min = 0, .max = 10, .flags = ZHEN_PER_DIVISION, \
	  .unit = "次", .help = "借调可延长次数；来源未规定，由当地决定" },                                             \
	{ .key = "headcount_ceiling", .type = ZHEN_INT, .def = "0", .min = 0, .max = 1000000, .flags = ZHEN_PER_DIVISION, \
	  .unit = "名", .help = "一个县所有乡镇编制之和的上限，下沉编制另计；0 = 不限" },                               \
	{ .key = "rung_years", .type = ZHEN_INT, .def = "0", .min = 0, .max = 30, .flags = ZHEN_PER_DIVISION, .unit = "年", \
	  .help = "晋级前须在本级任职的年数；来源未规定，由当地决定；0 = 不限" },                                       \
	{ .key = "workers_per_10000", .type = ZHEN_INT, .def = "16", .min = 1, .max = 200, .flags = ZHEN_PER_DIVISION,  \
	  .unit = "人/万城镇居民", .help = "社区工作者配备目标（阳泉市：每万城镇居民 16 人）" },

#define PEOPLE_PERMISSIONS                                                 \
	{ .name = "duties.post", .title = "拟设岗位、定责、定人" },        \
	{ .name = "duties.staffing", .title = "核定岗位和编制" },          \
	{ .name = "duties.people", .title = "登记人员、申请借调和归还" },  \
	{ .name = "duties.second", .title = "审批借调" },                  \
	{ .name = "duties.personal", .title = "查看人员姓名" },

#define PEOPLE_FEATURES                                                                                                 \
	{ .name = "supports", .title = "履职保障", .help = "人才、装备、技术、网络端口四项（楚雄州）" },                \
	{ .name = "secondments", .title = "借调", .help = "借调的审批、期限和归还（阳泉市）" },                         \
	{ .name = "workers", .title = "社区工作者配备", .help = "每万城镇居民配备数（阳泉市）" },

#define PEOPLE_MENU                                                                                                     \
	{ .title = "岗位目录", .path = "/posts", .icon = "diagram-3", .permission = "duties.read", .order = 36 },       \
	{ .title = "人员", .path = "/persons", .icon = "people", .permission = "duties.read", .order = 37 },            \
	{ .title = "借调", .path = "/secondments", .icon = "arrow-left-right", .permission = "duties.read", .order = 38, \
	     .feature = "secondments" },                                                                                \
	{ .title = "岗位、编制总数", .path = "/reports/posts", .icon = "bar-chart", .order = 44 },                      \
	{ .title = "各乡镇下沉编制", .path = "/reports/sunk", .icon = "bar-chart", .order = 45 },                       \
	{ .title = "各乡镇编制构成", .path = "/reports/headcount", .icon = "bar-chart", .order = 46 },                  \
	{ .title = "社区工作者配备", .path = "/reports/community-workers", .icon = "bar-chart", .order = 47, .feature = "workers" },

#define PEOPLE_PURGES \
	{ .subject = "person", .handle = purge_person, .summary = "删除已离开人员的姓名" },

#endif
