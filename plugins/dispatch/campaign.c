/* SPDX-License-Identifier: Apache-2.0
 * What is larger than one whistle: a campaign about a kind of matter (办好一类事, 阳泉市), and a programme of several parties with
 * what each has promised (政企社共治, 汉源县). */
#include "dispatch.h"

zhen_result list_campaigns(zhen_call *call)
{
	zhen_open_list(call, "actions");
	if (zhen_may(call, "dispatch.judge"))
		put_link(call, "POST", "发起专项整治", "/campaigns");
	zhen_close(call);
	return zhen_page(call, "SELECT id, township, class, kind, title, body_name, plan, until_on, state, whistles, result FROM campaign WHERE "
	                       "{{scope township}} {{page id DESC}}");
}

zhen_result start_campaign(zhen_call *call)
{
	const zhen_body *body = call->host->body(call, field_text(call, "body"));
	const char *township = field_text(call, "township");

	if (body == NULL || !zhen_within_caller(call, body->division)) {
		zhen_field_error(call, "body", "not-yours", "不是本辖区的单位 (not a body of your division)");
		return zhen_invalid(call);
	}
	const zhen_row *row = zhen_one(
		call, "SELECT raised - settled AS n FROM kind_tally WHERE township = $1 AND class = $2 AND kind = $3",
		township, field_text(call, "class"), field_text(call, "kind"));
	int64_t n = row != NULL ? zhen_column_int(row, "n") : 0;
	if (n == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "no-whistles", "这个乡镇没有这类提请 (no whistle of this kind there)");
	int64_t id = zhen_insert(call,
	                         "INSERT INTO campaign(township, class, kind, title, body, body_name, plan, until_on, state, whistles, at, result, "
	                         "ended_at) VALUES($1, $2, $3, $4, $5, $6, $7, $8, 'running', $9, $10, '', 0) RETURNING id",
	                         township, field_text(call, "class"), field_text(call, "kind"), field_text(call, "title"), body->id,
	                         body->name, field_text(call, "plan"), field_text(call, "until_on"), n, zhen_now(call));
	/* What it is about is no longer proposed. */
	zhen_run(call, "UPDATE kind_tally SET settled = raised WHERE township = $1 AND class = $2 AND kind = $3",
	         township, field_text(call, "class"), field_text(call, "kind"));
	zhen_emit(call, "dispatch.campaign.started", "campaign", id, "division", township, "class",
	          field_text(call, "class"), "kind", field_text(call, "kind"), "at", zhen_now(call));
	return zhen_created(call, id);
}

zhen_result end_campaign(zhen_call *call)
{
	int64_t id = zhen_int(call, "id");
	const zhen_row *row =
		zhen_one(call, "SELECT state, township FROM campaign WHERE id = $1 AND {{scope township}}", id);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这项专项整治 (no such campaign)");
	uint32_t state = (uint32_t)zhen_process_state_of(&campaign_process, or_empty(zhen_column_text(row, "state")));
	zhen_result refused =
		zhen_process_may(call, &campaign_process, state, CAMPAIGN_END, zhen_format(call, "%lld", (long long)id),
	                         zhen_format(call, "%s", zhen_column_text(row, "township")), NULL);
	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE campaign SET state = 'ended', result = $1, ended_at = $2 WHERE id = $3",
	         field_text(call, "result"), zhen_now(call), id);
	zhen_put(call, "id", id);
	zhen_put(call, "state", "ended");
	return zhen_ok(call);
}

zhen_result list_programmes(zhen_call *call)
{
	zhen_open_list(call, "actions");
	if (zhen_may(call, "dispatch.judge"))
		put_link(call, "POST", "建立共治项目", "/programmes");
	zhen_close(call);
	return zhen_page(
		call,
		"SELECT id, county, title, purpose, at FROM programme WHERE {{scope county}} {{page id DESC}}");
}

zhen_result start_programme(zhen_call *call)
{
	int64_t id = zhen_insert(
		call, "INSERT INTO programme(county, title, purpose, at) VALUES($1, $2, $3, $4) RETURNING id",
		zhen_get_caller(call)->division, field_text(call, "title"), field_text(call, "purpose"),
		zhen_now(call));

	for (int32_t i = 0; i < call->host->list_count(call, "commitments"); i++) {
		static const char *const names[] = { "party", "role", "promise", "due_on" };
		const char *texts[4];

		for (size_t k = 0; k < 4; k++)
			texts[k] = or_empty(zhen_value_text(call->host->list_field(call, "commitments", i, names[k])));
		zhen_run(call,
		         "INSERT INTO commitment(programme, party, role, promise, due_on, state, said, at) VALUES($1, $2, $3, $4, $5, 'open', '', $6)",
		         id, texts[0], texts[1], texts[2], texts[3], zhen_now(call));
	}
	return zhen_created(call, id);
}

zhen_result show_programme(zhen_call *call)
{
	int64_t id = zhen_int(call, "id"), n = 0, kept = 0;
	const zhen_row *row = zhen_one(
		call, "SELECT title, purpose, county FROM programme WHERE id = $1 AND {{scope county}}", id);
	static const char *const texts[] = { "party", "role", "promise", "state", "said" };

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这个共治项目 (no such programme)");
	zhen_put(call, "id", id);
	zhen_put(call, "county", zhen_column_text(row, "county"));
	zhen_put(call, "title", zhen_column_text(row, "title"));
	zhen_put(call, "purpose", zhen_column_text(row, "purpose"));
	zhen_open_list(call, "commitments");
	ZHEN_FOR_EACH (call, one, "SELECT id, party, role, promise, due_on, state, said FROM commitment WHERE programme = $1 ORDER BY id LIMIT 200",
	               id) {
		const char *due = or_empty(zhen_column_text(one, "due_on"));

		n++;
		kept += strcmp(or_empty(zhen_column_text(one, "state")), "kept") == 0;
		zhen_open_object(call, NULL);
		zhen_put(call, "id", zhen_column_int(one, "id"));
		for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
			zhen_put(call, texts[i], zhen_column_text(one, texts[i]));
		if (due[0] != '\0')
			zhen_put(call, "due_on", due);
		zhen_close(call);
	}
	zhen_close(call);
	zhen_put(call, "kept", kept);
	zhen_put(call, "of", n);
	return zhen_ok(call);
}

zhen_result mark_commitment(zhen_call *call)
{
	int64_t id = zhen_int(call, "id");

	if (zhen_one(call,
	             "SELECT c.id FROM commitment c JOIN programme p ON p.id = c.programme WHERE c.id = $1 AND {{scope p.county}}", id) == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这项承诺 (no such commitment)");
	zhen_run(call, "UPDATE commitment SET state = $1, said = $2, at = $3 WHERE id = $4", field_text(call, "state"),
	         field_text(call, "said"), zhen_now(call), id);
	zhen_put(call, "id", id);
	return zhen_ok(call);
}
