/* SPDX-License-Identifier: Apache-2.0
 * One order to one department: two limits in working days, the first to accept, the second to be done. Only the centre stops the
 * clock, only the township that raised the whistle rates. */
#include "dispatch.h"

#define BATCH 200
#define UNWATCHED "~"

static void column_time(zhen_call *call, const zhen_row *row, const char *name)
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

/* An order whose clock runs is watched until it is late once. */
static void settle(zhen_call *call, const struct order *order)
{
	bool open = order->state == ORDER_ORDERED || order->state == ORDER_ACCEPTED || order->state == ORDER_SUSPENDED;
	zhen_clock clock = clock_of(order);
	zhen_calendar calendar;
	size_t n;

	zhen_run(call,
	         "UPDATE assignment SET state = $1, ordered_at = $2, accepted_at = $3, done_at = $4 WHERE id = $5",
	         order_process.states[order->state].name, order->ordered_at, order->accepted_at, order->done_at,
	         order->id);
	if (!open) {
		zhen_run(call, "UPDATE assignment SET watch_on = '" UNWATCHED "' WHERE id = $1", order->id);
		return;
	}
	zhen_calendar_load(call, order->township, &calendar);
	const zhen_span *spans = zhen_spans(call, order->id, &n);
	zhen_clock_reading reading = zhen_clock_read(&clock, &calendar, spans, order->accepted_at != 0 ? n : 0);
	const char *due_on = zhen_format(call, "%s", reading.due_on);
	zhen_run(call, "UPDATE assignment SET due_on = $1, provisional = $2, watch_on = CASE WHEN $1 = '' OR late_at > 0 THEN '" UNWATCHED
	               "' ELSE $1 END WHERE id = $3",
	         due_on, reading.provisional, order->id);
}

static void tell(zhen_call *call, const char *topic, const struct order *order)
{
	zhen_emit(call, topic, "order", order->id, "whistle", order->whistle, "township", order->township, "body", order->body,
	          "state", order_process.states[order->state].name, "at", zhen_now(call));
}

void order_add(zhen_call *call, const struct whistle *whistle, const zhen_body *body, bool lead)
{
	struct order order = { .whistle = whistle->id, .days = whistle->days, .accept_days = whistle->accept_days,
		               .ordered_at = zhen_now(call), .state = ORDER_ORDERED, .township = whistle->township,
		               .body = body->id, .body_name = body->name };

	order.id = zhen_insert(call,
	                       "INSERT INTO assignment(whistle, township, body, body_name, lead, state, accept_days, days, ordered_at, "
	                       "accepted_at, done_at, due_on, provisional, watch_on, late_at, reason, result, score, comment) "
	                       "VALUES($1, $2, $3, $4, $5, 'ordered', $6, $7, $8, 0, 0, '', 0, '" UNWATCHED "', 0, '', '', -1, '') "
	                       "RETURNING id",
	                       whistle->id, whistle->township, body->id, body->name, lead, whistle->accept_days, whistle->days,
	                       order.ordered_at);
	zhen_run(call, "INSERT INTO part(body, id) VALUES($1, $2) {{upsert body, id}} id = excluded.id", body->id, whistle->id);
	settle(call, &order);
	tell(call, "dispatch.order.moved", &order);
}

#define ORDER_COLUMNS                                                                                            \
	"id, whistle, township, body_name, lead, state, NULLIF(due_on, '') AS due_on, CASE WHEN late_at > 0 THEN 1 ELSE 0 END AS late"

static void put_row(zhen_call *call, const zhen_row *row)
{
	static const char *const numbers[] = { "id", "whistle" }, *const flags[] = { "lead", "late" },
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

static zhen_result load(zhen_call *call, int64_t id, struct order *out)
{
	const zhen_row *row = zhen_one(call,
	                               "SELECT whistle, township, body, body_name, state, accept_days, days, ordered_at, accepted_at, "
	                               "done_at FROM assignment WHERE id = $1 AND ($2 = '' OR body = $2) AND {{scope township}}",
	                               id, own_body(call));

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这张派单 (no such order)");
	*out = (struct order){
		.id = id,
		.whistle = zhen_column_int(row, "whistle"),
		.accept_days = zhen_column_int(row, "accept_days"),
		.days = zhen_column_int(row, "days"),
		.ordered_at = zhen_column_int(row, "ordered_at"),
		.accepted_at = zhen_column_int(row, "accepted_at"),
		.done_at = zhen_column_int(row, "done_at"),
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
	zhen_result refused = load(call, id, out);

	if (refused == 0)
		refused = zhen_process_may(call, &order_process, out->state, act,
		                           zhen_format(call, "%lld", (long long)id), out->township, out);
	if (refused == 0 && !is_callers(call, act, out))
		refused = act == ORDER_RATE ?
			zhen_fail(call, ZHEN_FORBIDDEN, "raiser-only", "只由提请的乡镇（街道）评分 (only the township that raised it rates)") :
			zhen_fail(call, ZHEN_FORBIDDEN, "wrong-body", "由%s办理 (another department's order)", out->body_name);
	return refused;
}

static void raise_late(zhen_call *call, struct order *order)
{
	const zhen_row *row = zhen_one(call, "SELECT id FROM assignment WHERE id = $1 AND watch_on < $2", order->id,
	                               zhen_date_of_ms(call, zhen_now(call)));

	if (row == NULL)
		return;
	zhen_run(call, "UPDATE assignment SET late_at = $1, watch_on = '" UNWATCHED "' WHERE id = $2", zhen_now(call),
	         order->id);
	zhen_journal_add(call, NULL, order->whistle, "late", order->body_name);
	tell(call, "dispatch.order.late", order);
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
	/* Late to accept is told once; late to finish is told again. */
	zhen_run(call, "UPDATE assignment SET late_at = 0 WHERE id = $1", order.id);
	return move(call, &order, ORDER_ACCEPT, NULL);
}

zhen_result return_order(zhen_call *call)
{
	struct order order;
	zhen_result refused = begin(call, ORDER_RETURN, &order);

	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE assignment SET reason = $1 WHERE id = $2", field_text(call, "reason"), order.id);
	return move(call, &order, ORDER_RETURN, field_text(call, "reason"));
}

zhen_result uphold_order(zhen_call *call)
{
	struct order order;
	zhen_result refused = begin(call, ORDER_UPHOLD, &order);

	if (refused != 0)
		return refused;
	order.ordered_at = zhen_now(call);
	return move(call, &order, ORDER_UPHOLD, field_text(call, "reason"));
}

zhen_result replace_order(zhen_call *call)
{
	struct order order;
	zhen_result refused = begin(call, ORDER_REPLACE, &order);

	return refused != 0 ? refused : move(call, &order, ORDER_REPLACE, field_text(call, "reason"));
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
	zhen_run(call, "UPDATE assignment SET score = $1, comment = $2 WHERE id = $3", score,
	         field_text(call, "comment"), order.id);
	return move(call, &order, ORDER_RATE, zhen_format(call, "%lld", (long long)score));
}

zhen_result list_orders(zhen_call *call)
{
	return zhen_page(call,
	                 "SELECT a.id, a.whistle, a.township, a.body_name, a.lead, a.state, NULLIF(a.due_on, '') AS due_on, "
	                 "CASE WHEN a.late_at > 0 THEN 1 ELSE 0 END AS late, w.title FROM assignment a JOIN whistle w ON w.id = a.whistle "
	                 "WHERE ($1 = '' OR a.body = $1) AND ($2 = '' OR a.state = $2) AND ($3 = 0 OR a.late_at > 0) "
	                 "AND {{scope a.township}} {{page a.id DESC}}",
	                 own_body(call), field_text(call, "state"), zhen_int(call, "late"));
}

static bool offers(zhen_call *call, uint32_t act, const void *matter)
{
	return is_callers(call, act, (const struct order *)matter);
}

zhen_result show_order(zhen_call *call)
{
	struct order order;
	zhen_result refused = load(call, zhen_int(call, "id"), &order);
	const char *base = zhen_format(call, "/orders/%lld", (long long)order.id);

	if (refused != 0)
		return refused;
	const zhen_row *row = zhen_one(call,
	                               "SELECT " ORDER_COLUMNS ", reason, result, comment, score, provisional, ordered_at, accepted_at, "
	                               "done_at FROM assignment WHERE id = $1",
	                               order.id);
	put_row(call, row);
	zhen_put(call, "provisional", zhen_column_int(row, "provisional") != 0);
	column_time(call, row, "ordered_at");
	column_time(call, row, "accepted_at");
	column_time(call, row, "done_at");
	zhen_open_list(call, "actions");
	zhen_process_put_offers(call, &order_process, order.state, order.township, base, offers, &order);
	zhen_open_object(call, NULL);
	zhen_put(call, "title", "期限逐日说明");
	zhen_put(call, "method", "GET");
	zhen_put(call, "path", zhen_format(call, "%s/clock", base));
	zhen_close(call);
	zhen_close(call);
	return zhen_ok(call);
}

zhen_result show_clock(zhen_call *call)
{
	struct order order;
	zhen_calendar calendar;
	size_t n;
	zhen_result refused = load(call, zhen_int(call, "id"), &order);

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
		column_time(call, row, "from_at");
		column_time(call, row, "to_at");
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

		if (load(call, ids[i], &order) != 0)
			continue;
		settle(call, &order);
		raise_late(call, &order);
	}
	return zhen_ok(call);
}
