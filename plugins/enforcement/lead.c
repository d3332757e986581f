/* SPDX-License-Identifier: Apache-2.0
 * 线索梳理上报、督导组现场教学 (楚雄州): a township hands up a batch of leads; a group of the county's, led by a deputy leader, comes
 * and teaches; which case came of which lead is seen in one place. What a camera or sensor saw stays a lead until it has been
 * reviewed in law and technique (行政处罚法 41). */
#include "lesson.h"

static bool is_monitoring(const char *source)
{
	return strcmp(source, "camera") == 0 || strcmp(source, "telemetry") == 0;
}

zhen_result add_batch(zhen_call *call)
{
	const zhen_caller *caller = zhen_get_caller(call);
	int32_t n = call->host->list_count(call, "leads");

	if (caller->level != 4)
		return zhen_fail(call, ZHEN_FORBIDDEN, "township-only", "由乡镇（街道）上报 (by a township)");
	int64_t batch = zhen_insert(
		call, "INSERT INTO batch(township, title, on_day, person) VALUES($1, $2, $3, $4) RETURNING id",
		caller->division, field_text(call, "title"), today(call), or_empty(caller->name));
	for (int32_t i = 0; i < n; i++) {
		const char *cells[4];
		static const char *const names[] = { "problem", "place", "fact", "source" };

		for (size_t c = 0; c < 4; c++)
			cells[c] = or_empty(zhen_value_text(call->host->list_field(call, "leads", i, names[c])));
		zhen_run(call,
		         "INSERT INTO lead(batch, township, problem, place, fact, source, state, review, finding) VALUES($1, $2, $3, $4, $5, $6, $7, '', 0)",
		         batch, caller->division, cells[0], cells[1], cells[2], cells[3], is_monitoring(cells[3]) ? "unreviewed" : "open");
	}
	return zhen_created(call, batch);
}

zhen_result list_batches(zhen_call *call)
{
	zhen_open_list(call, "actions");
	if (zhen_may(call, "enforcement.handle"))
		put_way(call, "上报线索", "POST", "/lead-batches");
	zhen_close(call);
	return zhen_page(call,
	                 "SELECT b.id, b.township, b.title, b.on_day, (SELECT COUNT(*) FROM lead l WHERE l.batch = b.id) AS leads, (SELECT COUNT(*) "
	                 "FROM visit v WHERE v.batch = b.id) AS visits FROM batch b WHERE {{scope b.township}} {{page b.id DESC}}");
}

static const zhen_row *batch_row(zhen_call *call)
{
	return zhen_one(call,
	                "SELECT id, township, title, on_day, person FROM batch WHERE id = $1 AND {{scope township}}",
	                zhen_int(call, "id"));
}

static void put_leads(zhen_call *call, int64_t batch)
{
	zhen_open_list(call, "leads");
	ZHEN_FOR_EACH (call, row,
	               "SELECT l.id, l.problem, l.place, l.fact, l.source, l.state, l.review, l.finding, (SELECT p.id FROM penalty p WHERE p.finding = "
	               "l.finding AND l.finding <> 0) AS penalty, (SELECT q.id FROM proceeding q WHERE q.finding = l.finding AND l.finding <> 0) AS "
	               "proceeding FROM lead l WHERE l.batch = $1 ORDER BY l.id",
	               batch) {
		static const char *const numbers[] = { "finding", "penalty", "proceeding" };

		zhen_open_object(call, NULL);
		zhen_put(call, "id", zhen_column_int(row, "id"));
		put_texts(call, row, (const char *const[]){ "problem", "place", "fact", "source", "state", "review", NULL });
		for (size_t i = 0; i < 3; i++)
			if (zhen_column_int(row, numbers[i]) != 0)
				zhen_put(call, numbers[i], zhen_column_int(row, numbers[i]));
		zhen_open_list(call, "actions");
		if (strcmp(column_or_empty(row, "state"), "unreviewed") == 0 && zhen_may(call, "enforcement.review"))
			put_way(call, "审核监控记录", "POST",
			        zhen_format(call, "/leads/%lld/review", (long long)zhen_column_int(row, "id")));
		if (strcmp(column_or_empty(row, "state"), "open") == 0 && zhen_may(call, "enforcement.handle"))
			put_way(call, "登记为问题", "POST",
			        zhen_format(call, "/leads/%lld/finding", (long long)zhen_column_int(row, "id")));
		zhen_close(call);
		zhen_close(call);
	}
	zhen_close(call);
}

zhen_result show_batch(zhen_call *call)
{
	const zhen_row *row = batch_row(call);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这批线索，或不在您的管辖范围 (no such batch)");
	int64_t batch = zhen_column_int(row, "id");
	zhen_put(call, "id", batch);
	put_texts(call, row, (const char *const[]){ "township", "title", "on_day", "person", NULL });
	put_leads(call, batch);
	zhen_open_list(call, "visits");
	ZHEN_FOR_EACH (
		call, visit,
		"SELECT id, body_name, leader, leader_post, on_day FROM visit WHERE batch = $1 ORDER BY id LIMIT 100",
		batch) {
		zhen_open_object(call, NULL);
		zhen_put(call, "id", zhen_column_int(visit, "id"));
		put_texts(call, visit, (const char *const[]){ "body_name", "leader", "leader_post", "on_day", NULL });
		zhen_open_list(call, "teachings");
		ZHEN_FOR_EACH (
			call, one,
			"SELECT mode, people, content, on_day FROM teaching WHERE visit = $1 ORDER BY id LIMIT 100",
			zhen_column_int(visit, "id")) {
			zhen_open_object(call, NULL);
			zhen_put(call, "people", zhen_column_int(one, "people"));
			put_texts(call, one, (const char *const[]){ "mode", "content", "on_day", NULL });
			zhen_close(call);
		}
		zhen_close(call);
		zhen_open_list(call, "actions");
		if (zhen_may(call, "enforcement.teach"))
			put_way(call, "登记现场教学", "POST",
			        zhen_format(call, "/visits/%lld/teachings", (long long)zhen_column_int(visit, "id")));
		zhen_close(call);
		zhen_close(call);
	}
	zhen_close(call);
	zhen_open_list(call, "actions");
	if (zhen_may(call, "enforcement.teach"))
		put_way(call, "督导组到场", "POST", zhen_format(call, "/lead-batches/%lld/visits", (long long)batch));
	zhen_close(call);
	return zhen_ok(call);
}

static const zhen_row *lead_row(zhen_call *call)
{
	return zhen_one(call, "SELECT id, township, source, state FROM lead WHERE id = $1 AND {{scope township}}",
	                zhen_int(call, "id"));
}

static zhen_result no_lead(zhen_call *call)
{
	return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这条线索，或不在您的管辖范围 (no such lead)");
}

zhen_result review_lead(zhen_call *call)
{
	const zhen_row *row = lead_row(call);

	if (row == NULL)
		return no_lead(call);
	if (strcmp(column_or_empty(row, "state"), "unreviewed") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "nothing-to-review",
		                 "不是待审核的监控记录 (no record of monitoring that waits for review)");
	const char *state = zhen_int(call, "passed") != 0 ? "open" : "refused";
	zhen_run(call, "UPDATE lead SET state = $1, review = $2 WHERE id = $3", state, field_text(call, "opinion"),
	         zhen_column_int(row, "id"));
	zhen_put(call, "id", zhen_column_int(row, "id"));
	zhen_put(call, "state", state);
	return zhen_ok(call);
}

zhen_result find_lead(zhen_call *call)
{
	const zhen_row *row = lead_row(call);
	int64_t finding = zhen_int(call, "finding");

	if (row == NULL)
		return no_lead(call);
	const char *state = column_or_empty(row, "state");
	if (strcmp(state, "unreviewed") == 0 || strcmp(state, "refused") == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "monitoring-unreviewed",
		                 "监控、遥测记录未经法制和技术审核通过，只能作为线索（行政处罚法第四十一条） "
		                 "(a record of monitoring stays a lead until a review has passed it, art. 41)");
	if (strcmp(state, "found") == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "lead-found",
		                 "该线索已登记为问题 (registered as a finding already)");
	if (zhen_one(call, "SELECT id FROM finding WHERE id = $1 AND township = $2", finding,
	             column_or_empty(row, "township")) == NULL)
		return wrong_field(call, "finding", "no-such-finding",
		                   "本乡镇没有这个问题记录 (no such finding of this township)");
	zhen_run(call, "UPDATE lead SET state = 'found', finding = $1 WHERE id = $2", finding,
	         zhen_column_int(row, "id"));
	zhen_put(call, "id", zhen_column_int(row, "id"));
	zhen_put(call, "state", "found");
	return zhen_ok(call);
}

zhen_result add_visit(zhen_call *call)
{
	const zhen_caller *caller = zhen_get_caller(call);
	const zhen_body *body = call->host->body(call, caller->body);
	const zhen_row *row = batch_row(call);
	const char *on;
	zhen_result refused = row == NULL ? zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这批线索 (no such batch)") : past_day(call, "on", &on);

	if (refused == 0 && caller->level != 3)
		refused = zhen_fail(call, ZHEN_FORBIDDEN, "county-only", "由县级督导组登记 (by the county's group)");
	if (refused != 0)
		return refused;
	return zhen_created(call, zhen_insert(call,
	                                      "INSERT INTO visit(batch, township, body, body_name, leader, leader_post, on_day) VALUES($1, $2, $3, $4, "
	                                      "$5, $6, $7) RETURNING id",
	                                      zhen_column_int(row, "id"), column_or_empty(row, "township"), or_empty(caller->body),
	                                      body != NULL ? body->name : "", field_text(call, "leader"), field_text(call, "leader_post"), on));
}

zhen_result add_teaching(zhen_call *call)
{
	const zhen_row *row =
		zhen_one(call, "SELECT id, township, on_day FROM visit WHERE id = $1 AND {{scope township}}",
	                 zhen_int(call, "id"));

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这次督导 (no such visit)");
	return zhen_created(call, zhen_insert(call,
	                                      "INSERT INTO teaching(visit, township, mode, people, content, on_day) VALUES($1, $2, $3, $4, $5, $6) "
	                                      "RETURNING id",
	                                      zhen_column_int(row, "id"), column_or_empty(row, "township"),
	                                      field_text(call, "mode"), zhen_int(call, "people"),
	                                      field_text(call, "content"), column_or_empty(row, "on_day")));
}
