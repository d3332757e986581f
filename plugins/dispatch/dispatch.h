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
	X(SENT_BACK, "sent-back", "已退回乡镇", "whistle-sent-back")
#define ORDER_STATES(X)                                  \
	X(ORDERED, "ordered", "待接单", "order-unaccepted")  \
	X(ACCEPTED, "accepted", "办理中", "order-in-work")   \
	X(SUSPENDED, "suspended", "暂停计时", "order-suspended") \
	X(RETURNED, "returned", "部门退回", "order-returned") \
	X(REPLACED, "replaced", "已改派", "order-replaced")  \
	X(DONE, "done", "已反馈", "order-done")              \
	X(RATED, "rated", "已评价", "order-rated")
#define WHISTLE_STATE_CHOICES "judging=待研判|working=办理中|answered=已反馈|closed=已评价|sent-back=已退回乡镇"
#define ORDER_STATE_CHOICES \
	"ordered=待接单|accepted=办理中|suspended=暂停计时|returned=部门退回|replaced=已改派|done=已反馈|rated=已评价"

#define X(id, ...) WHISTLE_##id,
enum whistle_state { WHISTLE_STATES(X) N_WHISTLE_STATES };
#undef X
#define X(id, ...) ORDER_##id,
enum order_state { ORDER_STATES(X) N_ORDER_STATES };
#undef X

enum whistle_act { WHISTLE_ORDER, WHISTLE_SEND_BACK };
enum order_act { ORDER_ACCEPT, ORDER_RETURN, ORDER_UPHOLD, ORDER_REPLACE, ORDER_SUSPEND, ORDER_RESUME, ORDER_FEEDBACK, ORDER_RATE };

extern const zhen_process whistle_process, order_process;

struct whistle {
	int64_t id, days, accept_days;
	uint32_t state;
	const char *township;
};

struct order {
	int64_t id, whistle, days, accept_days, ordered_at, accepted_at, done_at;
	uint32_t state;
	const char *township, *body, *body_name;
};

/* What the table says of a class and kind at a township: the row nearest to it. */
struct guide {
	int64_t days, accept_days;
	bool found, standard;
	const char *lead, *others; /* kinds of bodies; others with ';' between them */
};

const char *or_empty(const char *text);
const char *field_text(zhen_call *call, const char *name);

/* guide.c */
void guide_find(zhen_call *call, const char *township, const char *class_, const char *kind, struct guide *out);
/* whistle.c: within what the caller may see; 0, or 404. */
zhen_result whistle_load(zhen_call *call, int64_t id, struct whistle *out);
/* After an order changed: answered when no order is open, closed when each is rated. */
void whistle_settle(zhen_call *call, int64_t id);
/* "" = the caller sees all of its division; else the body whose orders it sees. */
const char *own_body(zhen_call *call);
/* order.c */
void order_add(zhen_call *call, const struct whistle *whistle, const zhen_body *body, bool lead);
void orders_put(zhen_call *call, int64_t whistle);

extern const zhen_field none_fields[], id_fields[], raise_fields[], whistles_fields[], departments_fields[],
	reason_fields[], suspend_fields[], feedback_fields[], rate_fields[], orders_fields[], guide_fields[],
	import_fields[], whistles_reply[], whistle_reply[], orders_reply[], order_reply[], clock_reply[], guide_reply[],
	imported_reply[], done_reply[], done_whistle_reply[];
extern const zhen_migration migrations[];

zhen_handle raise_whistle, list_whistles, show_whistle, order_whistle, send_back_whistle, list_orders, show_order,
	show_clock, accept_order, return_order, uphold_order, replace_order, suspend_order, resume_order,
	feed_back_order, rate_order, watch_orders, list_guide, import_guide, start;

#endif
