/* SPDX-License-Identifier: Apache-2.0
 * 吹哨报到: what a township cannot solve alone it asks of departments, each of which answers for its own order. */
#ifndef DISPATCH_H
#define DISPATCH_H

#include <string.h>

#include <zhen/casework.h>

#define WHISTLE_STATES(X)                                   \
	X(JUDGING, "judging", "待研判", "whistle-in-judgement") \
	X(WORKING, "working", "办理中", "whistle-in-work")      \
	X(ANSWERED, "answered", "已反馈", "whistle-answered")   \
	X(CLOSED, "closed", "已评价", "whistle-closed")         \
	X(USED, "used", "已运用", "whistle-used")               \
	X(SENT_BACK, "sent-back", "已退回乡镇", "whistle-sent-back")
#define ORDER_STATES(X)                                  \
	X(ORDERED, "ordered", "待接单", "order-unaccepted")  \
	X(ACCEPTED, "accepted", "办理中", "order-in-work")   \
	X(SUSPENDED, "suspended", "暂停计时", "order-suspended") \
	X(RETURNED, "returned", "部门退回", "order-returned") \
	X(REPLACED, "replaced", "已改派", "order-replaced")  \
	X(DONE, "done", "已反馈", "order-done")              \
	X(RATED, "rated", "已评价", "order-rated")
#define WHISTLE_STATE_CHOICES "judging=待研判|working=办理中|answered=已反馈|closed=已评价|used=已运用|sent-back=已退回乡镇"
#define INTAKE_STATES(X)                                    \
	X(RECEIVED, "received", "待处理", "intake-received") \
	X(RAISED, "raised", "已吹哨", "intake-raised")       \
	X(ANSWERED, "answered", "已办结", "intake-answered") \
	X(LINKED, "linked", "已并入", "intake-linked")
#define INTAKE_STATE_CHOICES "received=待处理|raised=已吹哨|answered=已办结|linked=已并入"
#define ORDER_STATE_CHOICES \
	"ordered=待接单|accepted=办理中|suspended=暂停计时|returned=部门退回|replaced=已改派|done=已反馈|rated=已评价"

#define MEETING_STATES(X)                          \
	X(PLANNED, "planned", "待召开", "meeting-planned") \
	X(HELD, "held", "已召开", "meeting-held")       \
	X(CANCELLED, "cancelled", "已取消", "meeting-cancelled")
#define DEMAND_STATES(X)                        \
	X(OPEN, "open", "待答复", "demand-open") \
	X(MET, "met", "已答复", "demand-met")
#define CAMPAIGN_STATES(X)                              \
	X(RUNNING, "running", "整治中", "campaign-running") \
	X(ENDED, "ended", "已完成", "campaign-ended")
#define MEETING_KINDS "judging=研判会|joint=联席会|weekly=周调度"
#define MEETING_STATE_CHOICES "planned=待召开|held=已召开|cancelled=已取消"
#define DEMAND_STATE_CHOICES "open=待答复|met=已答复"
#define CAMPAIGN_STATE_CHOICES "running=整治中|ended=已完成"
#define USES "assessment=用于考核|policy=用于完善政策|campaign=转为专项整治"

#define X(id, ...) WHISTLE_##id,
enum whistle_state { WHISTLE_STATES(X) N_WHISTLE_STATES };
#undef X
#define X(id, ...) INTAKE_##id,
enum intake_state { INTAKE_STATES(X) N_INTAKE_STATES };
#undef X
#define X(id, ...) ORDER_##id,
enum order_state { ORDER_STATES(X) N_ORDER_STATES };
#undef X
#define X(id, ...) MEETING_##id,
enum meeting_state { MEETING_STATES(X) };
#undef X
#define X(id, ...) DEMAND_##id,
enum demand_state { DEMAND_STATES(X) };
#undef X
#define X(id, ...) CAMPAIGN_##id,
enum campaign_state { CAMPAIGN_STATES(X) };
#undef X

enum whistle_act { WHISTLE_JUDGE, WHISTLE_ORDER, WHISTLE_SEND_BACK, WHISTLE_PROMOTE, WHISTLE_USE };
enum order_act { ORDER_ACCEPT, ORDER_RETURN, ORDER_UPHOLD, ORDER_REPLACE, ORDER_SUSPEND, ORDER_RESUME, ORDER_FEEDBACK, ORDER_RATE, ORDER_DEMAND };
enum meeting_act { MEETING_INVITE, MEETING_ADD, MEETING_COME, MEETING_LEAVE, MEETING_DECIDE, MEETING_CLOSE, MEETING_CANCEL };
enum demand_act { DEMAND_ANSWER };
enum campaign_act { CAMPAIGN_END };
enum intake_act { INTAKE_RAISE, INTAKE_ANSWER, INTAKE_LINK };

extern const zhen_process whistle_process, order_process, meeting_process, demand_process, campaign_process,
	intake_process;

struct whistle {
	int64_t id, days, accept_days, judged_at;
	uint32_t state;
	bool standard;
	const char *township, *class_, *kind, *reporter;
};

/* What a whistle is raised with. */
struct raised {
	const char *class_, *kind, *title, *content, *place, *reason, *reporter; /* reporter = body that saw it first, or "" */
};

struct order {
	int64_t id, whistle, days, accept_days, ordered_at, ordered_first, accepted_at, done_at, rung;
	uint32_t state;
	const char *township, *body, *body_name;
};

/* What the table says of a class and kind at a township: the row nearest to it. */
struct guide {
	int64_t days, accept_days;
	bool found, standard;
	const char *lead, *others; /* kinds of bodies; others with ';' between them */
	const char *duty;          /* code of the duty item that says so; "" = none */
};

const char *or_empty(const char *text);
const char *field_text(zhen_call *call, const char *name);

/* guide.c */
void guide_find(zhen_call *call, const char *township, const char *class_, const char *kind, struct guide *out);
/* whistle.c: within what the caller may see; 0, or 404. */
zhen_result whistle_load(zhen_call *call, int64_t id, struct whistle *out);
/* After an order changed: answered when no order is open, closed when each is rated. */
void whistle_settle(zhen_call *call, int64_t id);
/* By the caller's township, which the caller has made sure of; its id. */
int64_t whistle_raise(zhen_call *call, const struct raised *raised);
/* hotline.c: what was raised for a matter of the hotline moves that matter. */
void intake_follow(zhen_call *call, int64_t whistle, uint32_t state);
/* "" = the caller sees all of its division; else the body whose orders it sees. */
const char *own_body(zhen_call *call);
/* order.c */
void order_add(zhen_call *call, const struct whistle *whistle, const zhen_body *body, bool lead);
void orders_put(zhen_call *call, int64_t whistle);
/* Within what the caller may see; 0, or 404. */
zhen_result order_load(zhen_call *call, int64_t id, struct order *out);
/* Writes a link "title" of a page, inside an open list. */
void put_link(zhen_call *call, const char *method, const char *title, const char *path);
void put_when(zhen_call *call, const zhen_row *row, const char *name); /* a time column, unless it is 0 */
/* notice.c: what came of a whistle, to all who reported it. */
void notices_add(zhen_call *call, const struct whistle *whistle, const char *text);
#define TALLY_SQL                                                                                                                \
	"CREATE TABLE tally(township TEXT NOT NULL PRIMARY KEY, raised BIGINT NOT NULL DEFAULT 0, answered BIGINT NOT NULL DEFAULT 0, " \
	"closed BIGINT NOT NULL DEFAULT 0, sent_back BIGINT NOT NULL DEFAULT 0, used BIGINT NOT NULL DEFAULT 0) {{without rowid}};" \
	"CREATE TABLE body_tally(body TEXT NOT NULL, year BIGINT NOT NULL, county TEXT NOT NULL, body_name TEXT NOT NULL, " \
	"orders BIGINT NOT NULL DEFAULT 0, replaced BIGINT NOT NULL DEFAULT 0, accepted BIGINT NOT NULL DEFAULT 0, " \
	"accept_late BIGINT NOT NULL DEFAULT 0, done BIGINT NOT NULL DEFAULT 0, done_late BIGINT NOT NULL DEFAULT 0, " \
	"returned BIGINT NOT NULL DEFAULT 0, rated BIGINT NOT NULL DEFAULT 0, score_sum BIGINT NOT NULL DEFAULT 0, " \
	"absent BIGINT NOT NULL DEFAULT 0, rest BIGINT NOT NULL DEFAULT -1, PRIMARY KEY(body, year)) {{without rowid}};" \
	"CREATE INDEX body_tally_year ON body_tally(year, county);" \
	"CREATE TABLE kind_tally(township TEXT NOT NULL, class TEXT NOT NULL, kind TEXT NOT NULL, raised BIGINT NOT NULL DEFAULT 0, " \
	"accepted BIGINT NOT NULL DEFAULT 0, accept_ms BIGINT NOT NULL DEFAULT 0, done BIGINT NOT NULL DEFAULT 0, " \
	"done_ms BIGINT NOT NULL DEFAULT 0, late BIGINT NOT NULL DEFAULT 0, settled BIGINT NOT NULL DEFAULT 0, " \
	"PRIMARY KEY(township, class, kind)) {{without rowid}};" \
	"CREATE TABLE duty_tally(township TEXT NOT NULL, duty TEXT NOT NULL, orders BIGINT NOT NULL DEFAULT 0, " \
	"PRIMARY KEY(township, duty)) {{without rowid}}"

/* tally.c: counted in the transaction of what is counted. */
void count_township(zhen_call *call, const char *township, const char *name, int64_t by);
void count_body(zhen_call *call, const struct order *order, const char *name, int64_t by);
void count_kind(zhen_call *call, const struct whistle *whistle, const char *name, int64_t by);
void count_duty(zhen_call *call, const struct whistle *whistle, const char *duty);
const char *percent(zhen_call *call, int64_t part, int64_t of); /* "99.35", half up; NULL = of none */

extern const zhen_field none_fields[], id_fields[], raise_fields[], whistles_fields[], departments_fields[],
	reason_fields[], suspend_fields[], feedback_fields[], rate_fields[], orders_fields[], guide_fields[],
	import_fields[], whistles_reply[], whistle_reply[], orders_reply[], order_reply[], clock_reply[], guide_reply[],
	imported_reply[], done_reply[], done_whistle_reply[], judge_fields[], promote_fields[], use_fields[],
	intake_list_fields[], intake_import_fields[], intake_link_fields[], intake_list_reply[], intake_reply[],
	intake_done_reply[], intake_imported_reply[];
/* fields_meet.c */
extern const zhen_field meetings_fields[], meetings_reply[], meeting_reply[], call_meeting_fields[], invite_fields[],
	agenda_fields[], leave_fields[], decide_fields[], close_fields[], absences_reply[], decisions_fields[],
	decisions_reply[], carry_fields[], demand_fields[], demands_fields[], demands_reply[], answer_fields[],
	notices_reply[], campaigns_reply[], campaign_fields[], end_fields[], programmes_reply[], programme_reply[],
	programme_fields[], commitment_fields[], done_meeting_reply[];
/* fields_reports.c */
extern const zhen_field year_fields[], rest_fields[], completion_reply[], departments_reply[], kinds_reply[],
	repeated_reply[], duties_reply[];
extern const zhen_migration migrations[];

zhen_handle raise_whistle, list_whistles, show_whistle, order_whistle, send_back_whistle, list_orders, show_order,
	show_clock, accept_order, return_order, uphold_order, replace_order, suspend_order, resume_order,
	feed_back_order, rate_order, watch_orders, list_guide, import_guide, start, judge_whistle, promote_whistle,
	use_whistle, demand_answer, list_demands, answer_demand, list_meetings, show_meeting, call_meeting,
	invite_meeting, add_agenda, come_meeting, leave_meeting, decide_meeting, close_meeting, cancel_meeting,
	weekly_meetings, list_absences, list_decisions, carry_decision, list_notices, read_notice, list_campaigns,
	start_campaign, end_campaign, list_programmes, show_programme, start_programme, mark_commitment,
	report_completion, report_departments, set_rest, report_kinds, report_repeated, report_duties,
	list_intake, show_intake, import_intake, raise_intake, answer_intake, link_intake;

#endif
