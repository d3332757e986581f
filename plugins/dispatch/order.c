/* SPDX-License-Identifier: Apache-2.0
 * One order to one department: two limits in working days, the first to accept, the second to be done. Only the centre stops the
 * clock, only the township that raised the whistle rates. */
#include "dispatch.h"

#define BATCH 200
#define UNWATCHED "~"

void put_when(zhen_call *call, const zhen_row *row, const char *name)
{
	if (zhen_column_int(row, name) != 0)
		zhen_put_time(call, name, zhen_column_int(row, name));
}

static zhen_clock clock_of(const struct order *order)
{
	bool waits = order->accepted_at == 0;

	return (zhen_clock){ .unit = ZHEN_WORKING_DAYS,
		             .budget = waits ? order->accept_days : order->days,
		             .started_at = waits ? order->ordered_at : order->accepted_at,
		             .stopped_at = order->done_at };
}

/* How far up an order that is late is told: entries of the setting, nearest first. */
static int64_t rungs(zhen_call *call, const char *township)
{
	const char *ladder = or_empty(zhen_setting_text_in(call, "ladder", township));
	int64_t n = ladder[0] != '\0';

	for (const char *p = ladder; *p != '\0'; p++)
		n += *p == ';';
	return n;
}

static const char *rung_title(zhen_call *call, const char *township, int64_t rung)
{
	const char *at = or_empty(zhen_setting_text_in(call, "ladder", township));

	for (int64_t i = 1; i < rung && at != NULL; i++) {
		at = strchr(at, ';');
		at = at != NULL ? at + 1 : NULL;
	}
	return at == NULL ? "" : zhen_format(call, "%.*s", (int)strcspn(at, ";"), at + strspn(at, " "));
}

/* An order whose clock runs is watched until it is late, then until it has been told to the last rung. */
static void settle(zhen_call *call, const struct order *order)
{
	bool open = order->state == ORDER_ORDERED || order->state == ORDER_ACCEPTED || order->state == ORDER_SUSPENDED;
	zhen_clock clock = clock_of(order);
	zhen_calendar calendar;
	size_t n;

	zhen_run(call,
	         "UPDATE assignment SET state = $1, ordered_at = $2, accepted_at = $3, done_at = $4, rung = $5 WHERE id = $6",
	         order_process.states[order->state].name, order->ordered_at, order->accepted_at, order->done_at, order->rung,
	         order->id);
	if (!open) {
		zhen_run(call, "UPDATE assignment SET watch_on = '" UNWATCHED "' WHERE id = $1", order->id);
		return;
	}
	zhen_calendar_load(call, order->township, &calendar);
	const zhen_span *spans = zhen_spans(call, order->id, &n);
	zhen_clock_reading reading = zhen_clock_read(&clock, &calendar, spans, order->accepted_at != 0 ? n : 0);
	const char *due_on = zhen_format(call, "%s", reading.due_on);
	zhen_run(call, "UPDATE assignment SET due_on = $1, provisional = $2, watch_on = CASE WHEN $1 = '' OR rung > $3 THEN '" UNWATCHED
	               "' WHEN rung > 0 THEN rung_on ELSE $1 END WHERE id = $4",
	         due_on, reading.provisional, rungs(call, order->township) - 1, order->id);
}

static void tell(zhen_call *call, const char *topic, const struct order *order)
{
	zhen_emit(call, topic, "order", order->id, "whistle", order->whistle, "township", order->township, "body", order->body,
	          "state", order_process.states[order->state].name, "at", zhen_now(call));
}

void order_add(zhen_call *call, const struct whistle *whistle, const zhen_body *body, bool lead)
{
	struct order order = { .whistle = whistle->id, .days = whistle->days, .accept_days = whistle->accept_days,
		               .ordered_at = zhen_now(call), .ordered_first = zhen_now(call), .state = ORDER_ORDERED, .township = whistle->township,
		               .body = body->id, .body_name = body->name };

	order.id = zhen_insert(call,
	                       "INSERT INTO assignment(whistle, township, body, body_name, lead, state, accept_days, days, ordered_at, "
	                       "accepted_at, done_at, due_on, provisional, watch_on, late_at, reason, result, score, comment, first_at) "
	                       "VALUES($1, $2, $3, $4, $5, 'ordered', $6, $7, $8, 0, 0, '', 0, '" UNWATCHED "', 0, '', '', -1, '', $8) "
	                       "RETURNING id",
	                       whistle->id, whistle->township, body->id, body->name, lead, whistle->accept_days,
	                       whistle->days, order.ordered_at);
	zhen_run(call, "INSERT INTO part(body, id) VALUES($1, $2) {{upsert body, id}} id = excluded.id", body->id,
	         whistle->id);
	settle(call, &order);
	count_body(call, &order, "orders", 1);
	tell(call, "dispatch.order.moved", &order);
}

#define ORDER_COLUMNS                                                                                            \
	"id, whistle, township, body_name, lead, state, NULLIF(due_on, '') AS due_on, CASE WHEN late_at + accept_late_at > 0 THEN 1 ELSE 0 END AS late, rung"

static void put_row(zhen_call *call, const zhen_row *row)
{
	static const char *const numbers[] = { "id", "whistle", "rung" }, *const flags[] = { "lead", "late" },
				 *const texts[] = { "township", "body_name", "state", "reason", "result", "comment" };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		zhen_put(call, numbers[i], zhen_column_int(row, numbers[i]));
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		zhen_put(call, flags[i], zhen_column_int(row, flags[i]) != 0);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		zhen_put(call, texts[i], zhen_column_text(row, texts[i]));
	if (zhen_column_text(row, "due_on") != NULL)
		zhen_put(call, "due_on", zhen_column_text(row, "due_on"));
	if (zhen_column_int(row, "score") >= 0)
		zhen_put(call, "score", zhen_column_int(row, "score"));
}

void orders_put(zhen_call *call, int64_t whistle)
{
	zhen_open_list(call, "orders");
	ZHEN_FOR_EACH (call, row,
	               "SELECT " ORDER_COLUMNS ", reason, result, comment, score FROM assignment WHERE whistle = $1 ORDER BY id", whistle) {
		zhen_open_object(call, NULL);
		put_row(call, row);
		zhen_close(call);
	}
	zhen_close(call);
}

zhen_result order_load(zhen_call *call, int64_t id, struct order *out)
{
	const zhen_row *row = zhen_one(call,
	                               "SELECT whistle, township, body, body_name, state, accept_days, days, ordered_at, accepted_at, "
	                               "done_at, rung, first_at FROM assignment WHERE id = $1 AND ($2 = '' OR body = $2) AND {{scope township}}",
	                               id, own_body(call));

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这张派单 (no such order)");
	*out = (struct order){
		.id = id,
		.whistle = zhen_column_int(row, "whistle"),
		.accept_days = zhen_column_int(row, "accept_days"),
		.days = zhen_column_int(row, "days"),
		.ordered_at = zhen_column_int(row, "ordered_at"),
		.ordered_first = zhen_column_int(row, "first_at"),
		.accepted_at = zhen_column_int(row, "accepted_at"),
		.done_at = zhen_column_int(row, "done_at"),
		.rung = zhen_column_int(row, "rung"),
		.state = (uint32_t)zhen_process_state_of(&order_process, or_empty(zhen_column_text(row, "state"))),
		.township = zhen_format(call, "%s", or_empty(zhen_column_text(row, "township"))),
		.body = zhen_format(call, "%s", or_empty(zhen_column_text(row, "body"))),
		.body_name = zhen_format(call, "%s", or_empty(zhen_column_text(row, "body_name"))),
	};
	return 0;
}

/* Whose an act is beyond its permission: the department's own, or the township's that raised it. */
static bool is_callers(zhen_call *call, uint32_t act, const struct order *order)
{
	const zhen_caller *caller = zhen_get_caller(call);

	if (act == ORDER_ACCEPT || act == ORDER_RETURN || act == ORDER_FEEDBACK)
		return strcmp(caller->body, order->body) == 0;
	return act != ORDER_RATE || strcmp(caller->division, order->township) == 0;
}

static zhen_result begin(zhen_call *call, uint32_t act, struct order *out)
{
	int64_t id = zhen_int(call, "id");
	zhen_result refused = order_load(call, id, out);

	if (refused == 0)
		refused = zhen_process_may(call, &order_process, out->state, act,
		                           zhen_format(call, "%lld", (long long)id), out->township, out);
	if (refused == 0 && !is_callers(call, act, out))
		refused = act == ORDER_RATE ?
			zhen_fail(call, ZHEN_FORBIDDEN, "raiser-only", "只由提请的乡镇（街道）评分 (only the township that raised it rates)") :
			zhen_fail(call, ZHEN_FORBIDDEN, "wrong-body", "由%s办理 (another department's order)", out->body_name);
	return refused;
}

static void count_kind_of(zhen_call *call, const struct order *order, const char *name, int64_t by)
{
	struct whistle whistle;

	if (whistle_load(call, order->whistle, &whistle) == 0)
		count_kind(call, &whistle, name, by);
}

/* Late for the first time in this stage, or late for longer than the rung it was told to was given. */
static void raise_late(zhen_call *call, struct order *order)
{
	const char *today = zhen_date_of_ms(call, zhen_now(call));
	zhen_calendar calendar;
	char on[11];

	if (zhen_one(call, "SELECT id FROM assignment WHERE id = $1 AND watch_on < $2", order->id, today) == NULL)
		return;
	zhen_calendar_load(call, order->township, &calendar);
	zhen_calendar_format_date(
		zhen_calendar_add_working(&calendar, zhen_calendar_day_of_ms(zhen_now(call)),
	                                  (int32_t)zhen_setting_int_in(call, "ladder_days", order->township))
			.day,
		on);
	if (order->rung == 0) {
		bool waits = order->accepted_at == 0;

		/* Upheld and late again, it is the same order. */
		if (zhen_run(call,
		             waits ? "UPDATE assignment SET accept_late_at = $1 WHERE id = $2 AND accept_late_at = 0" :
		                     "UPDATE assignment SET late_at = $1 WHERE id = $2 AND late_at = 0",
		             zhen_now(call), order->id) != 0) {
			count_body(call, order, waits ? "accept_late" : "done_late", 1);
			count_kind_of(call, order, "late", 1);
		}
		tell(call, "dispatch.order.late", order);
	}
	order->rung++;
	zhen_run(call, "UPDATE assignment SET rung_on = $1 WHERE id = $2", on, order->id);
	const char *to = rung_title(call, order->township, order->rung);
	zhen_journal_add(call, NULL, order->whistle, "late", zhen_format(call, "%s → %s", order->body_name, to));
	zhen_emit(call, "dispatch.order.escalated", "order", order->id, "whistle", order->whistle, "township",
	          order->township, "body", order->body, "rung", order->rung, "to", to, "at", zhen_now(call));
	settle(call, order);
}

static zhen_result move(zhen_call *call, struct order *order, uint32_t act, const char *text)
{
	raise_late(call, order); /* what was late before it moved stays late */
	order->state = zhen_process_rule_of(&order_process, order->state, act)->to;
	settle(call, order);
	zhen_journal_add(call, NULL, order->whistle, order_process.acts[act].name,
	                 zhen_format(call, "%s%s%s", order->body_name, or_empty(text)[0] != '\0' ? "：" : "", or_empty(text)));
	tell(call, "dispatch.order.moved", order);
	whistle_settle(call, order->whistle);
	zhen_put(call, "id", order->id);
	zhen_put(call, "whistle", order->whistle);
	zhen_put(call, "state", order_process.states[order->state].name);
	return zhen_ok(call);
}

zhen_result accept_order(zhen_call *call)
{
	struct order order;
	zhen_result refused = begin(call, ORDER_ACCEPT, &order);

	if (refused != 0)
		return refused;
	raise_late(call, &order);
	order.accepted_at = zhen_now(call);
	order.rung = 0; /* the second limit has a ladder of its own */
	count_body(call, &order, "accepted", 1);
	count_kind_of(call, &order, "accepted", 1);
	count_kind_of(call, &order, "accept_ms", order.accepted_at - order.ordered_at);
	return move(call, &order, ORDER_ACCEPT, NULL);
}

zhen_result return_order(zhen_call *call)
{
	struct order order;
	zhen_result refused = begin(call, ORDER_RETURN, &order);

	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE assignment SET reason = $1 WHERE id = $2", field_text(call, "reason"), order.id);
	count_body(call, &order, "returned", 1);
	return move(call, &order, ORDER_RETURN, field_text(call, "reason"));
}

zhen_result uphold_order(zhen_call *call)
{
	struct order order;
	zhen_result refused = begin(call, ORDER_UPHOLD, &order);

	if (refused != 0)
		return refused;
	order.ordered_at = zhen_now(call);
	order.rung = 0;
	return move(call, &order, ORDER_UPHOLD, field_text(call, "reason"));
}

zhen_result replace_order(zhen_call *call)
{
	struct order order;
	zhen_result refused = begin(call, ORDER_REPLACE, &order);

	if (refused != 0)
		return refused;
	count_body(call, &order, "replaced", 1);
	return move(call, &order, ORDER_REPLACE, field_text(call, "reason"));
}

zhen_result suspend_order(zhen_call *call)
{
	struct order order;
	zhen_result refused = begin(call, ORDER_SUSPEND, &order);

	if (refused != 0)
		return refused;
	raise_late(call, &order);
	refused = zhen_suspend(call, &(zhen_suspension){ .matter = order.id, .reason = field_text(call, "reason"),
	                                                 .basis = field_text(call, "basis"), .note = "" });
	return refused != 0 ? refused : move(call, &order, ORDER_SUSPEND, field_text(call, "reason"));
}

zhen_result resume_order(zhen_call *call)
{
	struct order order;
	zhen_result refused = begin(call, ORDER_RESUME, &order);

	if (refused == 0)
		refused = zhen_resume(call, order.id);
	return refused != 0 ? refused : move(call, &order, ORDER_RESUME, NULL);
}

zhen_result feed_back_order(zhen_call *call)
{
	struct order order;
	zhen_result refused = begin(call, ORDER_FEEDBACK, &order);

	if (refused != 0)
		return refused;
	raise_late(call, &order);
	order.done_at = zhen_now(call);
	zhen_run(call, "UPDATE assignment SET result = $1 WHERE id = $2", field_text(call, "result"), order.id);
	count_body(call, &order, "done", 1);
	count_kind_of(call, &order, "done", 1);
	count_kind_of(call, &order, "done_ms", order.done_at - order.ordered_at);
	return move(call, &order, ORDER_FEEDBACK, NULL);
}

zhen_result rate_order(zhen_call *call)
{
	struct order order;
	int64_t score = zhen_int(call, "score");
	zhen_result refused = begin(call, ORDER_RATE, &order);

	if (refused != 0)
		return refused;
	int64_t most = zhen_setting_int_in(call, "score_max", order.township);
	if (score > most) {
		zhen_field_error(call, "score", "too-high", "得分最高%lld (the most is %lld)", (long long)most,
		                 (long long)most);
		return zhen_invalid(call);
	}
	zhen_run(call, "UPDATE assignment SET score = $1, comment = $2, rated_at = $3 WHERE id = $4", score,
	         field_text(call, "comment"), zhen_now(call), order.id);
	count_body(call, &order, "rated", 1);
	count_body(call, &order, "score_sum", (score * 20000 + most) / (2 * most));
	return move(call, &order, ORDER_RATE, zhen_format(call, "%lld", (long long)score));
}

#define ORDERS                                                                                                                     \
	"SELECT a.id, a.whistle, a.township, a.body_name, a.lead, a.state, NULLIF(a.due_on, '') AS due_on, "                       \
	"CASE WHEN a.late_at + a.accept_late_at > 0 THEN 1 ELSE 0 END AS late, a.rung, w.title FROM assignment a CROSS JOIN whistle w "  \
	"WHERE w.id = a.whistle AND ($1 = 0 OR a.late_at + a.accept_late_at > 0) AND "
#define NEWEST "{{scope a.township}} {{page a.id DESC}}"

zhen_result list_orders(zhen_call *call)
{
	const char *body = own_body(call), *state = field_text(call, "state");
	bool late = zhen_int(call, "late") != 0;

	if (body[0] != '\0')
		return zhen_page(call, ORDERS "a.body = $2 AND ($3 = '' OR a.state = $3) AND " NEWEST, late, body, state);
	return state[0] != '\0' ? zhen_page(call, ORDERS "a.state = $2 AND " NEWEST, late, state) :
	                          zhen_page(call, ORDERS NEWEST, late);
}

static bool offers(zhen_call *call, uint32_t act, const void *matter)
{
	return is_callers(call, act, (const struct order *)matter);
}

zhen_result show_order(zhen_call *call)
{
	struct order order;
	zhen_result refused = order_load(call, zhen_int(call, "id"), &order);
	const char *base = zhen_format(call, "/orders/%lld", (long long)order.id);

	if (refused != 0)
		return refused;
	const zhen_row *row = zhen_one(call,
	                               "SELECT " ORDER_COLUMNS ", reason, result, comment, score, provisional, ordered_at, accepted_at, "
	                               "done_at FROM assignment WHERE id = $1",
	                               order.id);
	put_row(call, row);
	zhen_put(call, "provisional", zhen_column_int(row, "provisional") != 0);
	put_when(call, row, "ordered_at");
	put_when(call, row, "accepted_at");
	put_when(call, row, "done_at");
	zhen_open_list(call, "actions");
	zhen_process_put_offers(call, &order_process, order.state, order.township, base, offers, &order);
	put_link(call, "GET", "期限逐日说明", zhen_format(call, "%s/clock", base));
	zhen_close(call);
	return zhen_ok(call);
}

zhen_result show_clock(zhen_call *call)
{
	struct order order;
	zhen_calendar calendar;
	size_t n;
	zhen_result refused = order_load(call, zhen_int(call, "id"), &order);

	if (refused != 0)
		return refused;
	zhen_clock clock = clock_of(&order);
	zhen_calendar_load(call, order.township, &calendar);
	const zhen_span *spans = zhen_spans(call, order.id, &n);
	zhen_clock_reading reading = zhen_clock_read(&clock, &calendar, spans, n);
	zhen_put(call, "budget_days", clock.budget);
	if (reading.due_on[0] != '\0')
		zhen_put(call, "due_on", zhen_format(call, "%s", reading.due_on));
	zhen_put(call, "provisional", reading.provisional);
	zhen_put(call, "used_days", zhen_clock_used(&clock, &calendar, spans, n, zhen_now(call)));
	zhen_clock_put(call, "days", &clock, &calendar, spans, n, order.done_at != 0 ? order.done_at : zhen_now(call));
	zhen_open_list(call, "suspensions");
	ZHEN_FOR_EACH (call, row, "SELECT reason, basis, from_at, to_at FROM suspension WHERE matter = $1 ORDER BY id",
	               order.id) {
		zhen_open_object(call, NULL);
		zhen_put(call, "reason", zhen_column_text(row, "reason"));
		zhen_put(call, "basis", zhen_column_text(row, "basis"));
		put_when(call, row, "from_at");
		put_when(call, row, "to_at");
		zhen_close(call);
	}
	zhen_close(call);
	return zhen_ok(call);
}

zhen_result watch_orders(zhen_call *call)
{
	int64_t ids[BATCH];
	size_t n = 0;

	/* A new notice of holidays moves what is due. */
	ZHEN_FOR_EACH (call, row, "SELECT id FROM assignment WHERE watch_on < $1 ORDER BY watch_on, id LIMIT 200",
	               zhen_date_of_ms(call, zhen_now(call)))
		if (n < BATCH)
			ids[n++] = zhen_column_int(row, "id");
	for (size_t i = 0; i < n; i++) {
		struct order order;

		if (order_load(call, ids[i], &order) != 0)
			continue;
		settle(call, &order);
		raise_late(call, &order);
	}
	return zhen_ok(call);
}
