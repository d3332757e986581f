/* SPDX-License-Identifier: Apache-2.0
 * 督办: what is demanded of a department about its order, answered by a day, by nobody else. */
#include "dispatch.h"

zhen_result demand_answer(zhen_call *call)
{
	struct order order;
	int64_t id = zhen_int(call, "id");
	zhen_result refused = order_load(call, id, &order);
	const char *answer_on = field_text(call, "answer_on");

	if (refused == 0)
		refused = zhen_process_may(call, &order_process, order.state, ORDER_DEMAND,
		                           zhen_format(call, "%lld", (long long)id), order.township, &order);
	if (refused != 0)
		return refused;
	if (strcmp(answer_on, zhen_date_of_ms(call, zhen_now(call))) < 0) {
		zhen_field_error(call, "answer_on", "in-the-past", "不能早于今天 (before today)");
		return zhen_invalid(call);
	}
	int64_t made = zhen_insert(call,
	                           "INSERT INTO demand(assignment, whistle, township, body, body_name, demand, answer_on, by_name, state, at, "
	                           "answer, answered_at) VALUES($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9, '', 0) RETURNING id",
	                           order.id, order.whistle, order.township, order.body, order.body_name, field_text(call, "demand"),
	                           answer_on, zhen_get_caller(call)->body_name, zhen_now(call));
	zhen_journal_add(call, NULL, order.whistle, "demand",
	                 zhen_format(call, "%s：%s", order.body_name, field_text(call, "demand")));
	zhen_emit(call, "dispatch.order.demanded", "order", order.id, "whistle", order.whistle, "township",
	          order.township, "body", order.body, "state", order_process.states[order.state].name, "at",
	          zhen_now(call));
	return zhen_created(call, made);
}

zhen_result list_demands(zhen_call *call)
{
	const char *today = zhen_date_of_ms(call, zhen_now(call)), *body = own_body(call);

	return body[0] != '\0' ?
		zhen_page(call,
	                  "SELECT id, assignment, whistle, township, body_name, demand, answer_on, by_name, state, at, answer, "
	                  "CASE WHEN state = 'open' AND answer_on < $1 THEN 1 ELSE 0 END AS late FROM demand WHERE body = $2 AND "
	                  "{{scope township}} {{page id DESC}}",
	                  today, body) :
		zhen_page(call,
	                  "SELECT id, assignment, whistle, township, body_name, demand, answer_on, by_name, state, at, answer, "
	                  "CASE WHEN state = 'open' AND answer_on < $1 THEN 1 ELSE 0 END AS late FROM demand WHERE {{scope township}} "
	                  "{{page id DESC}}",
	                  today);
}

zhen_result answer_demand(zhen_call *call)
{
	int64_t id = zhen_int(call, "id");
	const zhen_row *row = zhen_one(call,
	                               "SELECT whistle, body, body_name, township, state FROM demand WHERE id = $1 AND ($2 = '' OR body = $2) "
	                               "AND {{scope township}}",
	                               id, own_body(call));

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这件督办 (no such demand)");
	int64_t whistle = zhen_column_int(row, "whistle");
	const char *body = zhen_format(call, "%s", zhen_column_text(row, "body")),
		   *name = zhen_format(call, "%s", zhen_column_text(row, "body_name")),
		   *township = zhen_format(call, "%s", zhen_column_text(row, "township"));
	uint32_t state = (uint32_t)zhen_process_state_of(&demand_process, or_empty(zhen_column_text(row, "state")));
	zhen_result refused = zhen_process_may(call, &demand_process, state, DEMAND_ANSWER,
	                                       zhen_format(call, "%lld", (long long)id), township, NULL);
	if (refused == 0 && strcmp(zhen_get_caller(call)->body, body) != 0)
		refused = zhen_fail(call, ZHEN_FORBIDDEN, "wrong-body", "由%s答复 (another department's to answer)",
		                    name);
	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE demand SET state = 'met', answer = $1, answered_at = $2 WHERE id = $3",
	         field_text(call, "answer"), zhen_now(call), id);
	zhen_journal_add(call, NULL, whistle, "answer", zhen_format(call, "%s：%s", name, field_text(call, "answer")));
	zhen_put(call, "id", id);
	zhen_put(call, "whistle", whistle);
	zhen_put(call, "state", "met");
	return zhen_ok(call);
}
