/* SPDX-License-Identifier: Apache-2.0
 * The whistle: raised by a township alone, ordered by the table or by the centre, over when each department has answered. */
#include "dispatch.h"

const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
}

const char *field_text(zhen_call *call, const char *name)
{
	return or_empty(zhen_text(call, name));
}

const char *own_body(zhen_call *call)
{
	const zhen_caller *caller = zhen_get_caller(call);

	return caller->level >= 4 || zhen_may(call, "dispatch.supervise") ? "" : caller->body;
}

#define OF_BODY(body) "(" body " = '' OR EXISTS (SELECT 1 FROM part WHERE part.body = " body " AND part.id = whistle.id))"

zhen_result whistle_load(zhen_call *call, int64_t id, struct whistle *out)
{
	const zhen_row *row = zhen_one(call,
	                               "SELECT township, class, kind, reporter, state, standard, accept_days, days, judged_at FROM whistle WHERE " OF_BODY("$1")
	                               " AND id = $2 AND {{scope township}}",
	                               own_body(call), id);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这件提请 (no such whistle)");
	*out = (struct whistle){
		.id = id,
		.accept_days = zhen_column_int(row, "accept_days"),
		.days = zhen_column_int(row, "days"),
		.state = (uint32_t)zhen_process_state_of(&whistle_process, or_empty(zhen_column_text(row, "state"))),
		.judged_at = zhen_column_int(row, "judged_at"),
		.standard = zhen_column_int(row, "standard") != 0,
		.township = zhen_format(call, "%s", or_empty(zhen_column_text(row, "township"))),
		.class_ = zhen_format(call, "%s", or_empty(zhen_column_text(row, "class"))),
		.kind = zhen_format(call, "%s", or_empty(zhen_column_text(row, "kind"))),
		.reporter = zhen_format(call, "%s", or_empty(zhen_column_text(row, "reporter"))),
	};
	return 0;
}

static void set_state(zhen_call *call, struct whistle *whistle, uint32_t state)
{
	bool over = state == WHISTLE_ANSWERED || state == WHISTLE_SENT_BACK;

	if (whistle->state == state)
		return;
	whistle->state = state;
	zhen_run(call,
	         "UPDATE whistle SET state = $1, ended_at = CASE WHEN $2 = 1 THEN $3 ELSE ended_at END WHERE id = $4",
	         whistle_process.states[state].name, over ? 1 : 0, zhen_now(call), whistle->id);
	zhen_emit(call, "dispatch.whistle.moved", "whistle", whistle->id, "township", whistle->township, "state",
	          whistle_process.states[state].name, "at", zhen_now(call));
	intake_follow(call, whistle->id, state);
}

void whistle_settle(zhen_call *call, int64_t id)
{
	struct whistle whistle;
	const zhen_row *row = zhen_one(call,
	                               "SELECT COUNT(*) AS n, COALESCE(SUM(CASE WHEN state IN ('done', 'rated') THEN 1 ELSE 0 END), 0) "
	                               "AS answered, COALESCE(SUM(CASE WHEN state = 'rated' THEN 1 ELSE 0 END), 0) AS rated "
	                               "FROM assignment WHERE whistle = $1 AND state <> 'replaced'",
	                               id);
	int64_t n = zhen_column_int(row, "n"), answered = zhen_column_int(row, "answered"), rated = zhen_column_int(row, "rated");

	if (whistle_load(call, id, &whistle) != 0)
		return;
	uint32_t to = answered < n ? WHISTLE_WORKING : n == 0 ? WHISTLE_JUDGING : rated < n ? WHISTLE_ANSWERED : WHISTLE_CLOSED;
	if (to == WHISTLE_ANSWERED && whistle.state == WHISTLE_WORKING) {
		count_township(call, whistle.township, "answered", 1);
		notices_add(call, &whistle, "各部门都已反馈办理结果");
	}
	if (to == WHISTLE_CLOSED)
		count_township(call, whistle.township, "closed", 1);
	set_state(call, &whistle, to);
}

/* Every body of the row, or none of them: half an order is none. */
static bool order_by_guide(zhen_call *call, const struct whistle *whistle, const struct guide *guide)
{
	const zhen_body *bodies[8];
	size_t n = 0;
	const char *kinds = zhen_format(call, "%s;%s", guide->lead, guide->others);

	for (const char *at = kinds; *at != '\0';) {
		size_t end = strcspn(at, ";");

		if (end > 0) {
			if (n == sizeof(bodies) / sizeof(bodies[0]))
				return false;
			bodies[n] =
				call->host->body_of(call, zhen_format(call, "%.*s", (int)end, at), whistle->township);
			if (bodies[n++] == NULL)
				return false;
		}
		at += end + (at[end] == ';');
	}
	for (size_t i = 0; i < n; i++)
		order_add(call, whistle, bodies[i], i == 0);
	return true;
}

int64_t whistle_raise(zhen_call *call, const struct raised *raised)
{
	struct whistle whistle = { .township = zhen_format(call, "%s", zhen_get_caller(call)->division), .state = WHISTLE_JUDGING,
		                   .class_ = raised->class_, .kind = raised->kind, .reporter = raised->reporter };
	struct guide guide;

	guide_find(call, whistle.township, raised->class_, raised->kind, &guide);
	whistle.accept_days = guide.accept_days;
	whistle.days = guide.days;
	whistle.id = zhen_insert(call,
	                         "INSERT INTO whistle(township, class, kind, title, content, place, reason, standard, state, "
	                         "accept_days, days, raised_at, ended_at, reporter) VALUES($1, $2, $3, $4, $5, $6, $7, $8, 'judging', $9, $10, "
	                         "$11, 0, $12) "
	                         "RETURNING id",
	                         whistle.township, raised->class_, raised->kind, raised->title, raised->content, raised->place,
	                         raised->reason, guide.standard, whistle.accept_days, whistle.days, zhen_now(call), raised->reporter);
	zhen_emit(call, "dispatch.whistle.raised", "whistle", whistle.id, "township", whistle.township, "class", raised->class_,
	          "kind", raised->kind, "standard", guide.standard, "at", zhen_now(call));
	zhen_journal_add(call, NULL, whistle.id, "raise", raised->reason);
	count_township(call, whistle.township, "raised", 1);
	count_kind(call, &whistle, "raised", 1);
	if (guide.standard && order_by_guide(call, &whistle, &guide)) {
		count_duty(call, &whistle, guide.duty);
		set_state(call, &whistle, WHISTLE_WORKING);
	}
	return whistle.id;
}

zhen_result raise_whistle(zhen_call *call)
{
	struct raised raised = { .class_ = field_text(call, "class"),   .kind = field_text(call, "kind"),
		                 .title = field_text(call, "title"),     .content = field_text(call, "content"),
		                 .place = field_text(call, "place"),     .reason = field_text(call, "reason"),
		                 .reporter = field_text(call, "reporter") };

	if (zhen_get_caller(call)->level != 4)
		return zhen_fail(call, ZHEN_FORBIDDEN, "township-only",
		                 "只有乡镇（街道）可以吹哨 (only a township may raise a whistle)");
	if (raised.reporter[0] != '\0' &&
	    !zhen_within_caller(call, call->host->body(call, raised.reporter)->division)) {
		zhen_field_error(call, "reporter", "not-yours", "不是本乡镇的单位 (not a body of this township)");
		return zhen_invalid(call);
	}
	return zhen_created(call, whistle_raise(call, &raised));
}

void put_link(zhen_call *call, const char *method, const char *title, const char *path)
{
	zhen_open_object(call, NULL);
	zhen_put(call, "title", title);
	zhen_put(call, "method", method);
	zhen_put(call, "path", path);
	zhen_close(call);
}

static void put_action(zhen_call *call, const char *permission, const char *method, const char *title, const char *path)
{
	zhen_open_list(call, "actions");
	if (zhen_may(call, permission))
		put_link(call, method, title, path);
	zhen_close(call);
}

#define COLUMNS "township, title, class, kind, standard, state, raised_at"
#define FOUND "{{search whistles $1 in id title content place kind township}} AND ($2 = '' OR state = $2) AND {{scope township}} "
/* From the body's own orders to the whistles, never the other way: a body with few among many reads few. */
#define OF_PARTS                                                                              \
	"SELECT part.id, " COLUMNS " FROM part CROSS JOIN whistle WHERE whistle.id = part.id AND " \
	"part.body = $1 AND ($2 = '' OR state = $2) AND {{scope township}} {{page part.id DESC}}"

zhen_result list_whistles(zhen_call *call)
{
	const char *query = field_text(call, "q"), *state = field_text(call, "state"), *body = own_body(call);

	if (zhen_get_caller(call)->level == 4)
		put_action(call, "dispatch.raise", "POST", "吹哨", "/whistles");
	if (query[0] != '\0')
		return zhen_page(call, "SELECT id, " COLUMNS " FROM whistle WHERE " FOUND
		                       "AND " OF_BODY("$3") " {{page id DESC}}",
		                 query, state, body);
	if (body[0] != '\0')
		return zhen_page(call, OF_PARTS, body, state);
	return state[0] != '\0' ?
	               zhen_page(call, "SELECT id, " COLUMNS " FROM whistle WHERE state = $1 AND {{scope township}} {{page id DESC}}", state) :
	               zhen_page(call, "SELECT id, " COLUMNS " FROM whistle WHERE {{scope township}} {{page id DESC}}");
}

/* 接、判、办、评、用 (阳泉市), each with when it was. */
static void put_steps(zhen_call *call, const struct whistle *whistle, const zhen_row *row)
{
	const zhen_row *times = zhen_one(call,
	                                 "SELECT MIN(ordered_at) AS first, MAX(done_at) AS done, MAX(rated_at) AS rated FROM assignment "
	                                 "WHERE whistle = $1 AND state <> 'replaced'",
	                                 whistle->id);
	bool answered = whistle->state == WHISTLE_ANSWERED || whistle->state == WHISTLE_CLOSED || whistle->state == WHISTLE_USED;
	const struct {
		const char *title;
		int64_t at;
	} steps[] = {
		{ "接", zhen_column_int(row, "raised_at") },
		{ "判", whistle->judged_at != 0 ? whistle->judged_at : zhen_column_int(times, "first") },
		{ "办", answered ? zhen_column_int(times, "done") : 0 },
		{ "评", whistle->state == WHISTLE_CLOSED || whistle->state == WHISTLE_USED ? zhen_column_int(times, "rated") : 0 },
		{ "用", zhen_column_int(row, "used_at") },
	};

	zhen_open_list(call, "steps");
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		zhen_open_object(call, NULL);
		zhen_put(call, "step", steps[i].title);
		if (steps[i].at != 0)
			zhen_put_time(call, "at", steps[i].at);
		zhen_close(call);
	}
	zhen_close(call);
}

static bool offers(zhen_call *call, uint32_t act, const void *matter)
{
	const struct whistle *whistle = (const struct whistle *)matter;

	(void)call;
	return act == WHISTLE_PROMOTE ? !whistle->standard :
	       act != WHISTLE_ORDER || whistle->state != WHISTLE_JUDGING || whistle->standard || whistle->judged_at != 0;
}

zhen_result show_whistle(zhen_call *call)
{
	struct whistle whistle;
	zhen_result refused = whistle_load(call, zhen_int(call, "id"), &whistle);
	static const char *const texts[] = { "class", "kind", "title", "content", "place", "reason", "state", "judgement", "used_how", "used_text" };

	if (refused != 0)
		return refused;
	const zhen_row *row = zhen_one(call,
	                               "SELECT class, kind, title, content, place, reason, state, standard, raised_at, ended_at, judged_at, "
	                               "judgement, used_at, used_how, used_text FROM whistle WHERE id = $1",
	                               whistle.id);
	zhen_put(call, "id", whistle.id);
	zhen_put(call, "township", whistle.township);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		zhen_put(call, texts[i], zhen_column_text(row, texts[i]));
	zhen_put(call, "standard", zhen_column_int(row, "standard") != 0);
	zhen_put_time(call, "raised_at", zhen_column_int(row, "raised_at"));
	put_when(call, row, "ended_at");
	put_steps(call, &whistle, row);
	orders_put(call, whistle.id);
	zhen_open_list(call, "notices");
	ZHEN_FOR_EACH (call, told, "SELECT body_name, text, at, read_at FROM notice WHERE whistle = $1 ORDER BY id",
	               whistle.id) {
		zhen_open_object(call, NULL);
		zhen_put(call, "body_name", zhen_column_text(told, "body_name"));
		zhen_put(call, "text", zhen_column_text(told, "text"));
		put_when(call, told, "at");
		put_when(call, told, "read_at");
		zhen_close(call);
	}
	zhen_close(call);
	zhen_journal_put(call, "journal", NULL, whistle.id);
	zhen_open_list(call, "actions");
	zhen_process_put_offers(call, &whistle_process, whistle.state, whistle.township,
	                        zhen_format(call, "/whistles/%lld", (long long)whistle.id), offers, &whistle);
	zhen_close(call);
	return zhen_ok(call);
}

static zhen_result begin(zhen_call *call, uint32_t act, struct whistle *out)
{
	int64_t id = zhen_int(call, "id");
	zhen_result refused = whistle_load(call, id, out);

	return refused != 0 ? refused :
	       zhen_process_may(call, &whistle_process, out->state, act, zhen_format(call, "%lld", (long long)id), out->township, out);
}

static zhen_result done(zhen_call *call, const struct whistle *whistle)
{
	zhen_put(call, "id", whistle->id);
	zhen_put(call, "state", whistle_process.states[whistle->state].name);
	return zhen_ok(call);
}

zhen_result order_whistle(zhen_call *call)
{
	struct whistle whistle;
	zhen_result refused = begin(call, WHISTLE_ORDER, &whistle);
	bool first = whistle.state == WHISTLE_JUDGING;

	if (refused != 0)
		return refused;
	for (int32_t i = 0; i < call->host->list_count(call, "departments"); i++) {
		const zhen_body *body = call->host->body(
			call, or_empty(zhen_value_text(call->host->list_field(call, "departments", i, "body"))));
		const zhen_division *place = body != NULL ? call->host->division(call, body->division) : NULL;
		const zhen_division *above =
			place != NULL ? call->host->division_above(call, whistle.township, place->level) : NULL;

		if (above == NULL || place->level >= 4 || strcmp(above->code, place->code) != 0) {
			zhen_field_error(call, "departments", "not-a-department",
			                 "第%d个不是这个乡镇上级的部门 (not a department above this township)", (int)i + 1);
			return zhen_invalid(call);
		}
		if (zhen_one(call, "SELECT id FROM assignment WHERE whistle = $1 AND body = $2 AND state <> 'replaced'",
		             whistle.id, body->id) != NULL)
			return zhen_fail(call, ZHEN_CONFLICT, "ordered-already", "已经派给%s (ordered already)",
			                 body->name);
		order_add(call, &whistle, body, first && i == 0);
	}
	zhen_journal_add(call, NULL, whistle.id, "order", field_text(call, "reason"));
	set_state(call, &whistle, WHISTLE_WORKING);
	return done(call, &whistle);
}

zhen_result send_back_whistle(zhen_call *call)
{
	struct whistle whistle;
	zhen_result refused = begin(call, WHISTLE_SEND_BACK, &whistle);

	if (refused != 0)
		return refused;
	zhen_journal_add(call, NULL, whistle.id, "send-back", field_text(call, "reason"));
	set_state(call, &whistle, WHISTLE_SENT_BACK);
	count_township(call, whistle.township, "sent_back", 1);
	return done(call, &whistle);
}

zhen_result judge_whistle(zhen_call *call)
{
	struct whistle whistle;
	zhen_result refused = begin(call, WHISTLE_JUDGE, &whistle);
	int64_t meeting = zhen_int(call, "meeting");

	if (refused != 0)
		return refused;
	if (meeting != 0 &&
	    zhen_one(call, "SELECT id FROM agenda WHERE meeting = $1 AND whistle = $2", meeting, whistle.id) == NULL) {
		zhen_field_error(call, "meeting", "not-on-agenda",
		                 "这次会议的议题里没有这件提请 (not on that meeting's agenda)");
		return zhen_invalid(call);
	}
	zhen_run(call, "UPDATE whistle SET judged_at = $1, judgement = $2 WHERE id = $3", zhen_now(call),
	         field_text(call, "judgement"), whistle.id);
	zhen_journal_add(call, NULL, whistle.id, "judge", field_text(call, "judgement"));
	return done(call, &whistle);
}

/* 非标准事项 becomes 标准事项 by an act of its own: the table of this caller's division has a row for it from now on. */
zhen_result promote_whistle(zhen_call *call)
{
	struct whistle whistle;
	zhen_result refused = begin(call, WHISTLE_PROMOTE, &whistle);
	const char *lead = field_text(call, "lead");

	if (refused != 0)
		return refused;
	if (call->host->body_of(call, lead, whistle.township) == NULL) {
		zhen_field_error(call, "lead", "no-such-body",
		                 "没有这类机构 (no body of this kind serves the township)");
		return zhen_invalid(call);
	}
	zhen_run(call,
	         "INSERT INTO guide(division, class, kind, standard, lead, others, accept_days, days, source, duty, at) "
	         "VALUES($1, $2, $3, 1, $4, '', $5, $6, $7, '', $8) {{upsert division, class, kind}} standard = 1, lead = excluded.lead, "
	         "accept_days = excluded.accept_days, days = excluded.days, source = excluded.source, at = excluded.at",
	         zhen_get_caller(call)->division, whistle.class_, whistle.kind, lead, whistle.accept_days, whistle.days,
	         field_text(call, "source"), zhen_now(call));
	zhen_run(call, "UPDATE whistle SET standard = 1 WHERE id = $1", whistle.id);
	zhen_journal_add(call, NULL, whistle.id, "promote", field_text(call, "source"));
	return done(call, &whistle);
}

/* 用: what the result is good for beyond this matter. */
zhen_result use_whistle(zhen_call *call)
{
	struct whistle whistle;
	zhen_result refused = begin(call, WHISTLE_USE, &whistle);

	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE whistle SET used_at = $1, used_how = $2, used_text = $3 WHERE id = $4", zhen_now(call),
	         field_text(call, "how"), field_text(call, "text"), whistle.id);
	zhen_journal_add(call, NULL, whistle.id, "use", field_text(call, "text"));
	count_township(call, whistle.township, "used", 1);
	set_state(call, &whistle, WHISTLE_USED);
	return done(call, &whistle);
}
