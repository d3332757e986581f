/* SPDX-License-Identifier: Apache-2.0
 * 群众 → 村（社区） → 乡镇（街道） → 县: each level answers or hands it up; every one ends in help, a solution or an explanation, in words,
 * and whoever said it reads them by number and code. */
#include "opinion.h"

/* The level of a caller that has it in the state. */
static uint32_t level_of(uint32_t state)
{
	return state == OPINION_AT_VILLAGE ? 5 : state == OPINION_AT_TOWNSHIP ? 4 : 3;
}

static void count(zhen_call *call, const char *township, const char *outcome)
{
	zhen_run(call,
	         "INSERT INTO opinion_month(township, month, outcome, amount) VALUES($1, $2, $3, 1) {{upsert township, month, outcome}} "
	         "amount = opinion_month.amount + 1",
	         township, zhen_format(call, "%.7s", zhen_date_of_ms(call, zhen_now(call))), outcome);
}

static void tell(zhen_call *call, int64_t id, const char *township, const char *state)
{
	zhen_emit(call, "dispatch.opinion.moved", "opinion", id, "township", township, "state", state, "at",
	          zhen_now(call));
}

zhen_result take_opinion(zhen_call *call)
{
	const zhen_caller *caller = zhen_get_caller(call);
	const char *village = field_text(call, "village");
	const zhen_division *township = call->host->division_above(call, village, 4);

	if (caller->level < 4)
		return zhen_fail(call, ZHEN_FORBIDDEN, "township-only",
		                 "由村（社区）、乡镇（街道）登记 (taken down by a village or township)");
	const char *state = opinion_process.states[caller->level == 5 ? OPINION_AT_VILLAGE : OPINION_AT_TOWNSHIP].name,
		   *code_of = zhen_format(call, "%s", township != NULL ? township->code : "");
	int64_t id = zhen_insert(call,
	                         "INSERT INTO opinion(number, code_digest, township, village, source, content, body, state, outcome, answer, at, "
	                         "settled_at) VALUES('', '', $1, $2, $3, $4, $5, $6, '', '', $7, 0) RETURNING id",
	                         code_of, village, field_text(call, "source"), field_text(call, "content"),
	                         or_empty(caller->body), state, zhen_now(call));
	const char *number = zhen_format(call, "YJ-%.4s-%05lld", zhen_date_of_ms(call, zhen_now(call)), (long long)id),
		   *code = zhen_code_of(call, zhen_code_seed(call), number);
	zhen_run(call, "UPDATE opinion SET number = $1, code_digest = $2 WHERE id = $3", number,
	         zhen_code_digest(call, number, code), id);
	zhen_journal_add(call, "opinion_journal", id, "take", "");
	count(call, code_of, "taken");
	tell(call, id, code_of, state);
	zhen_put(call, "id", id);
	zhen_put(call, "number", number);
	zhen_put(call, "code", code);
	return zhen_ok(call);
}

zhen_result list_opinions(zhen_call *call)
{
	zhen_open_list(call, "actions");
	if (zhen_may(call, "dispatch.opinions") && zhen_get_caller(call)->level >= 4) {
		zhen_open_object(call, NULL);
		zhen_put(call, "title", "登记意见诉求");
		zhen_put(call, "method", "POST");
		zhen_put(call, "path", "/opinions");
		zhen_close(call);
	}
	zhen_close(call);
	return zhen_page(call,
	                 "SELECT id, number, township, village, source, content, state, NULLIF(outcome, '') AS outcome, at FROM opinion WHERE "
	                 "($1 = '' OR state = $1) AND {{scope township or body}} {{page id DESC}}",
	                 field_text(call, "state"));
}

struct opinion {
	int64_t id;
	uint32_t state;
	const char *number, *township;
};

#define COLUMNS "id, number, township, village, source, content, state, outcome, answer, at, settled_at"
static const zhen_row *row_of(zhen_call *call)
{
	return zhen_one(call, "SELECT " COLUMNS " FROM opinion WHERE id = $1 AND {{scope township or body}}",
	                zhen_int(call, "id"));
}

static void put_texts_of(zhen_call *call, const zhen_row *row, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (or_empty(zhen_column_text(row, names[i]))[0] != '\0')
			zhen_put(call, names[i], zhen_column_text(row, names[i]));
}

zhen_result show_opinion(zhen_call *call)
{
	const zhen_row *row = row_of(call);
	static const char *const texts[] = { "number", "township", "village", "source", "content", "state", "outcome", "answer" };

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这条意见诉求 (no such opinion)");
	int64_t id = zhen_column_int(row, "id");
	uint32_t state = (uint32_t)zhen_process_state_of(&opinion_process, or_empty(zhen_column_text(row, "state")));
	const char *township = or_empty(zhen_column_text(row, "township"));
	zhen_put(call, "id", id);
	put_texts_of(call, row, texts, sizeof(texts) / sizeof(texts[0]));
	zhen_put_time(call, "at", zhen_column_int(row, "at"));
	if (zhen_column_int(row, "settled_at") != 0)
		zhen_put_time(call, "settled_at", zhen_column_int(row, "settled_at"));
	zhen_journal_put(call, "journal", "opinion_journal", id);
	zhen_open_list(call, "actions");
	if (zhen_get_caller(call)->level == level_of(state))
		zhen_process_put_actions(call, &opinion_process, state, township,
		                         zhen_format(call, "/opinions/%lld", (long long)id));
	zhen_close(call);
	return zhen_ok(call);
}

static zhen_result opinion_for(zhen_call *call, uint32_t act, struct opinion *out)
{
	const zhen_row *row = row_of(call);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这条意见诉求 (no such opinion)");
	*out = (struct opinion){ .id = zhen_column_int(row, "id"),
		                 .state = (uint32_t)zhen_process_state_of(&opinion_process, or_empty(zhen_column_text(row, "state"))),
		                 .number = zhen_format(call, "%s", or_empty(zhen_column_text(row, "number"))),
		                 .township = zhen_format(call, "%s", or_empty(zhen_column_text(row, "township"))) };
	zhen_result refused =
		zhen_process_may(call, &opinion_process, out->state, act, out->number, out->township, NULL);
	if (refused == 0 && zhen_get_caller(call)->level != level_of(out->state))
		refused = zhen_fail(call, ZHEN_FORBIDDEN, "other-level",
		                    "%s，由这一级答复或者上报 (another level has it)",
		                    opinion_process.states[out->state].title);
	return refused;
}

static zhen_result moved(zhen_call *call, const struct opinion *opinion, uint32_t to)
{
	zhen_run(call, "UPDATE opinion SET state = $1 WHERE id = $2", opinion_process.states[to].name, opinion->id);
	tell(call, opinion->id, opinion->township, opinion_process.states[to].name);
	zhen_put(call, "id", opinion->id);
	zhen_put(call, "state", opinion_process.states[to].name);
	return zhen_ok(call);
}

zhen_result raise_opinion(zhen_call *call)
{
	struct opinion opinion;
	zhen_result refused = opinion_for(call, OPINION_RAISE, &opinion);

	if (refused != 0)
		return refused;
	zhen_journal_add(call, "opinion_journal", opinion.id, "raise", field_text(call, "reason"));
	return moved(call, &opinion, zhen_process_rule_of(&opinion_process, opinion.state, OPINION_RAISE)->to);
}

zhen_result settle_opinion(zhen_call *call)
{
	struct opinion opinion;
	zhen_result refused = opinion_for(call, OPINION_SETTLE, &opinion);

	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE opinion SET outcome = $1, answer = $2, settled_at = $3 WHERE id = $4",
	         field_text(call, "outcome"), field_text(call, "answer"), zhen_now(call), opinion.id);
	zhen_journal_add(call, "opinion_journal", opinion.id, "settle", field_text(call, "answer"));
	count(call, opinion.township, field_text(call, "outcome"));
	return moved(call, &opinion, OPINION_SETTLED);
}

/* For who said it: where it is, and the answer. Nobody's name. */
zhen_result track_opinion(zhen_call *call)
{
	const char *number = field_text(call, "number");
	const zhen_row *row = zhen_one(call, "SELECT " COLUMNS " FROM opinion WHERE code_digest = $1",
	                               zhen_code_digest(call, number, field_text(call, "code")));
	static const char *const texts[] = { "number", "state", "outcome", "answer" };

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "编号或者查询码不对 (no such number and code)");
	put_texts_of(call, row, texts, sizeof(texts) / sizeof(texts[0]));
	zhen_put_time(call, "at", zhen_column_int(row, "at"));
	zhen_open_list(call, "steps");
	ZHEN_FOR_EACH (call, step, "SELECT what, at FROM opinion_journal WHERE matter = $1 ORDER BY id LIMIT 20",
	               zhen_column_int(row, "id")) {
		zhen_open_object(call, NULL);
		zhen_put(call, "what", zhen_column_text(step, "what"));
		zhen_put_time(call, "at", zhen_column_int(step, "at"));
		zhen_close(call);
	}
	zhen_close(call);
	return zhen_ok(call);
}

zhen_result report_opinions(zhen_call *call)
{
	static const char *const names[] = { "taken", "help", "solve", "persuade" };

	zhen_open_list(call, "items");
	ZHEN_FOR_EACH (call, row,
	               "SELECT month, SUM(CASE WHEN outcome = 'taken' THEN amount ELSE 0 END) AS taken, SUM(CASE WHEN outcome = 'help' THEN amount "
	               "ELSE 0 END) AS help, SUM(CASE WHEN outcome = 'solve' THEN amount ELSE 0 END) AS solve, SUM(CASE WHEN outcome = 'persuade' "
	               "THEN amount ELSE 0 END) AS persuade FROM opinion_month WHERE {{scope township}} GROUP BY month ORDER BY month DESC LIMIT 60") {
		zhen_open_object(call, NULL);
		zhen_put(call, "month", zhen_column_text(row, "month"));
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			zhen_put(call, names[i], zhen_column_int(row, names[i]));
		zhen_close(call);
	}
	zhen_close(call);
	return zhen_ok(call);
}
