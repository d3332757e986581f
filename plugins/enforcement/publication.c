/* SPDX-License-Identifier: Apache-2.0
 * 公开: a decision within 7 working days (国办发〔2018〕118号), without what names a natural person (50); one that was changed or
 * annulled is withdrawn within 3, with the reason (行政处罚法 48). */
#include "lesson.h"

const char lessons_sql[] =
	/* party, result: as shown; empty until it is published. */
	"CREATE TABLE publication(id {{id}}, township TEXT NOT NULL, kind TEXT NOT NULL, matter BIGINT NOT NULL, state TEXT NOT NULL, "
	"due_on TEXT NOT NULL, number TEXT NOT NULL, item_name TEXT NOT NULL, party TEXT NOT NULL, result TEXT NOT NULL, basis TEXT NOT NULL, "
	"decided_on TEXT NOT NULL, published_on TEXT NOT NULL, withdraw_by TEXT NOT NULL, withdrawn_on TEXT NOT NULL, why TEXT NOT NULL);"
	"CREATE UNIQUE INDEX publication_matter ON publication(kind, matter);"
	"CREATE INDEX publication_township ON publication(township, id);"
	"CREATE INDEX publication_state ON publication(state, id);"
	"CREATE TABLE lesson(id {{id}}, township TEXT NOT NULL, kind TEXT NOT NULL, matter BIGINT NOT NULL, item_name TEXT NOT NULL, "
	"problem TEXT NOT NULL, title TEXT NOT NULL, content TEXT NOT NULL, file TEXT NOT NULL, media TEXT NOT NULL, on_day TEXT NOT NULL, "
	"withdrawn_on TEXT NOT NULL);"
	"CREATE UNIQUE INDEX lesson_matter ON lesson(kind, matter);"
	"CREATE TABLE batch(id {{id}}, township TEXT NOT NULL, title TEXT NOT NULL, on_day TEXT NOT NULL, person TEXT NOT NULL);"
	"CREATE INDEX batch_township ON batch(township, id);"
	"CREATE TABLE lead(id {{id}}, batch BIGINT NOT NULL, township TEXT NOT NULL, problem TEXT NOT NULL, place TEXT NOT NULL, "
	"fact TEXT NOT NULL, source TEXT NOT NULL, state TEXT NOT NULL, review TEXT NOT NULL, finding BIGINT NOT NULL);"
	"CREATE INDEX lead_batch ON lead(batch, id);"
	"CREATE TABLE visit(id {{id}}, batch BIGINT NOT NULL, township TEXT NOT NULL, body TEXT NOT NULL, body_name TEXT NOT NULL, "
	"leader TEXT NOT NULL, leader_post TEXT NOT NULL, on_day TEXT NOT NULL);"
	"CREATE INDEX visit_batch ON visit(batch, id);"
	"CREATE TABLE teaching(id {{id}}, visit BIGINT NOT NULL, township TEXT NOT NULL, mode TEXT NOT NULL, people BIGINT NOT NULL, "
	"content TEXT NOT NULL, on_day TEXT NOT NULL);"
	"CREATE INDEX teaching_visit ON teaching(visit, id);" ZHEN_JOURNAL_SQL_AS("publication_journal");

#define COLUMNS "id, township, kind, matter, state, due_on, number, item_name, party, result, basis, decided_on, published_on, withdraw_by, withdrawn_on, why"

void publication_due(zhen_call *call, const char *kind, int64_t matter, const char *township)
{
	zhen_run(call,
	         "INSERT INTO publication(township, kind, matter, state, due_on, number, item_name, party, result, basis, decided_on, published_on, "
	         "withdraw_by, withdrawn_on, why) VALUES($1, $2, $3, 'due', $4, '', '', '', '', '', $5, '', '', '', '')",
	         township, kind, matter, working_days_after(call, township, today(call), zhen_setting_int(call, "publish_days")), today(call));
}

struct publication {
	int64_t id, matter;
	uint32_t state;
	const char *township, *kind;
};

static const zhen_row *row_of(zhen_call *call, int64_t id)
{
	return zhen_one(call, "SELECT " COLUMNS " FROM publication WHERE id = $1 AND {{scope township}}", id);
}

static zhen_result publication_for(zhen_call *call, uint32_t act, struct publication *out)
{
	const zhen_row *row = row_of(call, zhen_int(call, "id"));

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这项公开 (no such publication)");
	*out = (struct publication){ .id = zhen_column_int(row, "id"),
		                     .matter = zhen_column_int(row, "matter"),
		                     .state = (uint32_t)zhen_process_state_of(&publication_process, column_or_empty(row, "state")),
		                     .township = column_or_empty(row, "township"),
		                     .kind = column_or_empty(row, "kind") };
	return zhen_process_may(call, &publication_process, out->state, act,
	                        zhen_format(call, "%lld", (long long)out->id), out->township, out);
}

static zhen_result moved(zhen_call *call, const struct publication *publication, uint32_t act, const char *text)
{
	const zhen_process_rule *rule = zhen_process_rule_of(&publication_process, publication->state, act);

	zhen_run(call, "UPDATE publication SET state = $1 WHERE id = $2", publication_process.states[rule->to].name,
	         publication->id);
	zhen_journal_add(call, "publication_journal", publication->id, publication_process.acts[act].name, text);
	zhen_put(call, "id", publication->id);
	zhen_put(call, "state", publication_process.states[rule->to].name);
	return zhen_ok(call);
}

zhen_result list_publications(zhen_call *call)
{
	return zhen_page(call,
	                 "SELECT id, township, kind, state, due_on, decided_on, NULLIF(published_on, '') AS published_on, CASE WHEN (state = 'due' AND "
	                 "due_on < $2) OR (published_on > due_on) OR (withdrawn_on > withdraw_by) THEN 1 ELSE 0 END AS late FROM publication WHERE "
	                 "($1 = '' OR state = $1) AND {{scope township}} {{page id DESC}}",
	                 field_text(call, "state"), today(call));
}

zhen_result show_publication(zhen_call *call)
{
	const zhen_row *row = row_of(call, zhen_int(call, "id"));
	static const char *const days[] = { "published_on", "withdraw_by", "withdrawn_on" };

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这项公开 (no such publication)");
	const char *state = column_or_empty(row, "state"), *township = column_or_empty(row, "township");
	zhen_put(call, "id", zhen_column_int(row, "id"));
	zhen_put(call, "matter", zhen_column_int(row, "matter"));
	put_texts(call, row, (const char *const[]){ "township", "kind", "state", "due_on", "number", "item_name", "party", "result", "basis", "decided_on", "why", NULL });
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++)
		if (column_or_empty(row, days[i])[0] != '\0')
			zhen_put(call, days[i], column_or_empty(row, days[i]));
	zhen_journal_put(call, "journal", "publication_journal", zhen_column_int(row, "id"));
	zhen_open_list(call, "actions");
	zhen_process_put_actions(call, &publication_process,
	                         (uint32_t)zhen_process_state_of(&publication_process, state), township,
	                         zhen_format(call, "/publications/%lld", (long long)zhen_column_int(row, "id")));
	zhen_close(call);
	return zhen_ok(call);
}

zhen_result publish_publication(zhen_call *call)
{
	struct publication publication;
	zhen_result refused = publication_for(call, PUBLICATION_PUBLISH, &publication);

	if (refused != 0)
		return refused;
	bool ordinary = strcmp(publication.kind, "proceeding") == 0;
	const zhen_row *row =
		ordinary ? zhen_one(call, "SELECT number, item_name, basis, party_kind, party, decided_on, fine, warning, measure, confiscated FROM "
	                                  "proceeding WHERE id = $1",
	                            publication.matter) :
			   zhen_one(call, "SELECT number, item_name, basis, party_kind, party, decided_on, fine, warning FROM penalty WHERE id = $1",
	                            publication.matter);
	bool person = strcmp(column_or_empty(row, "party_kind"), "person") == 0;
	const char *result = penalty_words(call, zhen_column_int(row, "warning") != 0, zhen_column_int(row, "fine"),
	                                   ordinary ? column_or_empty(row, "measure") : "none", ordinary ? zhen_column_int(row, "confiscated") : 0);
	zhen_run(call,
	         "UPDATE publication SET number = $1, item_name = $2, basis = $3, party = $4, result = $5, published_on = $6 WHERE id = $7",
	         column_or_empty(row, "number"), column_or_empty(row, "item_name"), column_or_empty(row, "basis"),
	         person ? "个人（姓名不公开）" : column_or_empty(row, "party"), result, today(call), publication.id);
	return moved(call, &publication, PUBLICATION_PUBLISH, "");
}

zhen_result withhold_publication(zhen_call *call)
{
	struct publication publication;
	zhen_result refused = publication_for(call, PUBLICATION_WITHHOLD, &publication);

	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE publication SET why = $1 WHERE id = $2", field_text(call, "reason"), publication.id);
	return moved(call, &publication, PUBLICATION_WITHHOLD, field_text(call, "reason"));
}

zhen_result withdraw_publication(zhen_call *call)
{
	struct publication publication;
	const char *on;
	zhen_result refused = publication_for(call, PUBLICATION_WITHDRAW, &publication);

	if (refused == 0)
		refused = past_day(call, "changed_on", &on);
	if (refused != 0)
		return refused;
	/* What the party was, and what it was fined, is no longer shown. */
	zhen_run(call,
	         "UPDATE publication SET why = $1, withdraw_by = $2, withdrawn_on = $3, party = '', result = '' WHERE id = $4",
	         field_text(call, "reason"), working_days_after(call, publication.township, on, zhen_setting_int(call, "withdraw_days")), today(call), publication.id);
	return moved(call, &publication, PUBLICATION_WITHDRAW, field_text(call, "reason"));
}

zhen_result list_decisions(zhen_call *call)
{
	return zhen_page(call,
	                 "SELECT id, township, number, item_name, party, result, basis, decided_on, published_on, NULLIF(withdrawn_on, '') AS "
	                 "withdrawn_on, why FROM publication WHERE state IN ('published', 'withdrawn') {{page id DESC}}");
}
