/* SPDX-License-Identifier: Apache-2.0
 * 用印: two people for each use of the seal. Who took the decision or made the paper asks; the keeper of the seal then in use, who
 * has seen the draft, puts it there. What waits when a seal changes hands waits for whoever keeps the next. */
#include "cases.h"

/* No decision has its paper before it is sealed: what it is asked for with is kept here, content and all. */
const char sealing_sql[] =
	"CREATE TABLE sealing(id {{id}}, matter BIGINT NOT NULL, document BIGINT NOT NULL, township TEXT NOT NULL, number TEXT NOT NULL, "
	"title TEXT NOT NULL, content TEXT NOT NULL, draft TEXT NOT NULL, account TEXT NOT NULL, person TEXT NOT NULL, at BIGINT NOT NULL, "
	"seal BIGINT NOT NULL, keeper TEXT NOT NULL, keeper_name TEXT NOT NULL, confirmed_at BIGINT NOT NULL, dropped_at BIGINT NOT NULL);"
	"CREATE INDEX sealing_open ON sealing(township, id) WHERE confirmed_at = 0 AND dropped_at = 0;"
	"CREATE INDEX sealing_matter ON sealing(matter, id);"
	"CREATE INDEX sealing_document ON sealing(document);"
	"CREATE INDEX sealing_seal ON sealing(seal, id);"
	/* Before, the keeper of a decision stood there as who asked. */
	"INSERT INTO sealing(matter, document, township, number, title, content, draft, account, person, at, seal, keeper, keeper_name, "
	"confirmed_at, dropped_at) SELECT d.matter, d.id, r.township, d.number, d.title, '', '', "
	"COALESCE((SELECT o.account FROM opinion o WHERE d.kind = 'decision' AND o.matter = d.matter AND o.decision = 'approve' "
	"ORDER BY o.id DESC LIMIT 1), r.account), "
	"COALESCE((SELECT o.person FROM opinion o WHERE d.kind = 'decision' AND o.matter = d.matter AND o.decision = 'approve' "
	"ORDER BY o.id DESC LIMIT 1), r.person), r.at, "
	"COALESCE((SELECT MAX(k.id) FROM seal k WHERE k.township = r.township AND k.from_at <= r.at AND "
	"(k.ended_at = 0 OR k.ended_at > r.at)), 0), r.keeper, r.keeper_name, r.at, 0 "
	"FROM seal_request r JOIN document d ON d.id = r.document WHERE r.keeper <> '' ORDER BY r.document;"
	"INSERT INTO sealing(matter, document, township, number, title, content, draft, account, person, at, seal, keeper, keeper_name, "
	"confirmed_at, dropped_at) SELECT m.id, 0, m.township, m.number, m.item_name, '', '', "
	"COALESCE((SELECT o.account FROM opinion o WHERE o.matter = m.id AND o.decision = 'approve' ORDER BY o.id DESC LIMIT 1), ''), "
	"COALESCE((SELECT o.person FROM opinion o WHERE o.matter = m.id AND o.decision = 'approve' ORDER BY o.id DESC LIMIT 1), ''), "
	"m.decided_at, 0, '', '', 0, 0 FROM matter m WHERE m.state = 'approved' ORDER BY m.id;"
	"DROP TABLE seal_request";

#define OPEN "confirmed_at = 0 AND dropped_at = 0"

static const zhen_row *waiting_decision(zhen_call *call, int64_t matter)
{
	return zhen_one(call,
	                "SELECT id, account, draft FROM sealing WHERE matter = $1 AND document = 0 AND " OPEN
	                " ORDER BY id DESC LIMIT 1",
	                matter);
}

/* ---- asking ---- */

/* What the host makes by itself, and what a resident has made, somebody asks a seal for as well. */
static const char *maker_name(zhen_call *call)
{
	const zhen_caller *maker = zhen_get_caller(call);

	return strcmp(maker->account, "host") == 0 ? "系统自动" : maker->account[0] == '\0' ? "申请人" : maker->name;
}

static int64_t ask(zhen_call *call, const struct matter *matter, int64_t document, const char *number,
                   const char *title, const char *content)
{
	int64_t id = zhen_insert(call,
	                         "INSERT INTO sealing(matter, document, township, number, title, content, draft, account, person, at, "
	                         "seal, keeper, keeper_name, confirmed_at, dropped_at) "
	                         "VALUES($1, $2, $3, $4, $5, $6, '', $7, $8, $9, 0, '', '', 0, 0) RETURNING id",
	                         matter->id, document, matter->township, number, title, content,
	                         zhen_get_caller(call)->account, maker_name(call), zhen_now(call));

	zhen_enqueue(call, "draw_draft", "sealing", id);
	return id;
}

/* By the keeper's standing word, as the paper is made: what tells the applicant something is in hand at once. Who keeps the seal
 * does not use it so. */
static bool use_by_standing_word(zhen_call *call, const struct matter *matter, int64_t document, const char *number,
                                 const char *title)
{
	const zhen_caller *maker = zhen_get_caller(call);
	const zhen_row *seal = seal_of(call, matter->township);
	const char *keeper = zhen_format(call, "%s", or_empty(zhen_column_text(seal, "keeper"))),
		   *keeper_name = zhen_format(call, "%s", or_empty(zhen_column_text(seal, "keeper_name"))),
		   *name = zhen_format(call, "%s", or_empty(zhen_column_text(seal, "name")));

	if (strcmp(or_empty(zhen_setting_text_in(call, "seal_each", matter->township)), "decisions") != 0 ||
	    strcmp(keeper, maker->account) == 0)
		return false;
	zhen_insert(call,
	            "INSERT INTO sealing(matter, document, township, number, title, content, draft, account, person, at, "
	            "seal, keeper, keeper_name, confirmed_at, dropped_at) "
	            "VALUES($1, $2, $3, $4, $5, '', '', $6, $7, $8, $9, $10, $11, $8, 0) RETURNING id",
	            matter->id, document, matter->township, number, title, maker->account, maker_name(call), zhen_now(call),
	            zhen_column_int(seal, "id"), keeper, keeper_name);
	zhen_document_release(call, document, name, keeper);
	return true;
}

void sealing_ask(zhen_call *call, const struct matter *matter, int64_t document, const char *number, const char *title,
                 bool decides)
{
	if (decides || !use_by_standing_word(call, matter, document, number, title))
		ask(call, matter, document, number, title, "");
}

void sealing_ask_decision(zhen_call *call, const struct matter *matter)
{
	const char *title, *content = decision_draft(call, matter, &title);

	ask(call, matter, 0, matter->number, title, content);
}

void sealing_drop_decision(zhen_call *call, const struct matter *matter)
{
	zhen_run(call, "UPDATE sealing SET dropped_at = $1, content = '' WHERE matter = $2 AND document = 0 AND " OPEN,
	         zhen_now(call), matter->id);
}

void sealing_catch_up(zhen_call *call)
{
	const zhen_row *row;
	int64_t id = 0;

	while ((row = zhen_one(call,
	                       "SELECT id, matter FROM sealing WHERE document = 0 AND content = '' AND id > $1 AND " OPEN
	                       " ORDER BY id LIMIT 1",
	                       id)) != NULL) {
		const char *title;
		struct matter matter;

		id = zhen_column_int(row, "id");
		if (!matter_load(call, zhen_column_int(row, "matter"), &matter))
			continue;
		const char *content = decision_draft(call, &matter, &title);
		zhen_run(call, "UPDATE sealing SET title = $1, content = $2 WHERE id = $3", title, content, id);
		zhen_enqueue(call, "draw_draft", "sealing", id);
	}
}

zhen_result draft_prepare(zhen_call *call)
{
	const zhen_row *row = zhen_one(call,
	                               "SELECT s.content AS content, d.content AS paper FROM sealing s LEFT JOIN document d ON "
	                               "d.id = s.document WHERE s.id = $1 AND s.confirmed_at = 0 AND s.dropped_at = 0",
	                               zhen_int(call, "sealing"));

	if (row == NULL)
		return zhen_ok(call);
	const char *own = or_empty(zhen_column_text(row, "content"));
	const char *digest =
		zhen_document_draft(call, own[0] != '\0' ? own : or_empty(zhen_column_text(row, "paper")));
	if (digest == NULL)
		return ZHEN_INTERNAL;
	call->host->carry(call, "digest", zhen_from_text(digest));
	return zhen_ok(call);
}

zhen_result draw_draft(zhen_call *call)
{
	int64_t id = zhen_int(call, "sealing");
	const zhen_row *row = zhen_one(call, "SELECT number FROM sealing WHERE id = $1 AND draft = '' AND " OPEN, id);
	const char *digest = or_empty(zhen_text(call, "digest"));

	if (row != NULL && digest[0] != '\0') {
		call->host->subject(call, or_empty(zhen_column_text(row, "number")));
		call->host->blob_keep(call, digest, or_empty(zhen_column_text(row, "number")));
		zhen_run(call, "UPDATE sealing SET draft = $1 WHERE id = $2", digest, id);
	}
	return call->host->reply(call, ZHEN_NO_CONTENT);
}

/* ---- who may ---- */

static const char *stand_in_of(zhen_call *call, const char *officer, const char *today)
{
	return zhen_format(call, "%s",
	                   or_empty(zhen_column_text(zhen_one(call,
	                                                      "SELECT stand_in FROM substitute WHERE officer = $1 AND "
	                                                      "from_on <= $2 AND to_on >= $2",
	                                                      officer, today),
	                                             "stand_in")));
}

/* The keeper, or who stands in: while the keeper is away, and for what the keeper asked for. */
static bool keeps(zhen_call *call, const char *keeper, const char *asker)
{
	const char *me = zhen_get_caller(call)->account, *today = zhen_date_of_ms(call, zhen_now(call));

	if (strcmp(zhen_acting_for(call, keeper, today), me) == 0)
		return true;
	return strcmp(keeper, asker) == 0 && strcmp(stand_in_of(call, keeper, today), me) == 0 &&
	       !zhen_is_absent(call, me, today);
}

static zhen_result two_people(zhen_call *call, const char *township, const char *asker)
{
	const zhen_row *seal = seal_of(call, township);
	const char *keeper = zhen_format(call, "%s", or_empty(zhen_column_text(seal, "keeper"))),
		   *name = zhen_format(call, "%s", or_empty(zhen_column_text(seal, "keeper_name")));

	if (!keeps(call, keeper, asker))
		return zhen_fail(call, ZHEN_FORBIDDEN, "not-the-keeper",
		                 "印章由%s保管，由保管人或其B岗用印 (only the keeper, or who stands in, seals)", name);
	if (strcmp(asker, zhen_get_caller(call)->account) == 0)
		return zhen_fail(call, ZHEN_FORBIDDEN, "applicant-seals",
		                 "作出决定、制作文书的人不能自己用印：申请用印和用印应当是两个人，请由其B岗用印，或者移交印章 (who asks "
		                 "for the seal does not put it there: two people for each use)");
	return 0;
}

/* Who seals has seen what it is: not before there is something to see. */
static zhen_result was_drawn(zhen_call *call, bool drawn)
{
	if (drawn)
		return 0;
	return zhen_fail(call, ZHEN_CONFLICT, "draft-not-drawn",
	                 "草稿正在生成，稍后看过草稿再用印 (the draft is being drawn: look at it before sealing)");
}

static const char *asker_of_decision(zhen_call *call, int64_t matter)
{
	const zhen_row *asked = waiting_decision(call, matter);

	if (asked == NULL) /* decided when none was asked for */
		asked = zhen_one(call,
		                 "SELECT account FROM opinion WHERE matter = $1 AND decision = 'approve' ORDER BY id DESC LIMIT 1",
		                 matter);
	return zhen_format(call, "%s", or_empty(zhen_column_text(asked, "account")));
}

zhen_result seal_allows(zhen_call *call, const struct matter *matter)
{
	zhen_result refused = two_people(call, matter->township, asker_of_decision(call, matter->id));

	const zhen_row *asked = waiting_decision(call, matter->id);
	return refused != 0 ? refused :
	                      was_drawn(call, asked == NULL || or_empty(zhen_column_text(asked, "draft"))[0] != '\0');
}

bool seal_is_callers(zhen_call *call, const struct matter *matter)
{
	const zhen_row *seal = seal_of(call, matter->township);
	const zhen_caller *caller = zhen_get_caller(call);

	if (seal != NULL) {
		const char *keeper = zhen_format(call, "%s", or_empty(zhen_column_text(seal, "keeper"))),
			   *asker = asker_of_decision(call, matter->id);
		return strcmp(asker, caller->account) != 0 && keeps(call, keeper, asker);
	}
	const zhen_body *government = call->host->body_of(call, "government", matter->township);
	return seal_is_optional(call) && government != NULL && strcmp(government->id, caller->body) == 0;
}

/* ---- sealing ---- */

/* The row of what was asked for becomes that of the use; the draft has done its work. */
static void confirm(zhen_call *call, int64_t id, int64_t document)
{
	const zhen_row *row = zhen_one(call, "SELECT township, number, draft FROM sealing WHERE id = $1", id);
	const char *draft = zhen_format(call, "%s", or_empty(zhen_column_text(row, "draft"))),
		   *number = zhen_format(call, "%s", or_empty(zhen_column_text(row, "number")));
	const zhen_row *seal = seal_of(call, or_empty(zhen_column_text(row, "township")));
	const char *name = zhen_format(call, "%s", or_empty(zhen_column_text(seal, "name")));

	zhen_run(call,
	         "UPDATE sealing SET document = $1, content = '', draft = '', seal = $2, keeper = $3, keeper_name = $4, "
	         "confirmed_at = $5 WHERE id = $6",
	         document, zhen_column_int(seal, "id"), zhen_get_caller(call)->account, zhen_get_caller(call)->name,
	         zhen_now(call), id);
	zhen_document_release(call, document, name, zhen_get_caller(call)->account);
	if (draft[0] != '\0')
		call->host->blob_drop(call, draft, number);
}

void sealing_confirm_decision(zhen_call *call, const struct matter *matter, int64_t document)
{
	const zhen_row *asked = waiting_decision(call, matter->id);
	const zhen_row *decided;
	int64_t id = zhen_column_int(asked, "id");

	if (asked == NULL) {
		decided = zhen_one(
			call,
			"SELECT account, person, at FROM opinion WHERE matter = $1 AND decision = 'approve' ORDER BY id DESC LIMIT 1",
			matter->id);
		id = zhen_insert(call,
		                 "INSERT INTO sealing(matter, document, township, number, title, content, draft, account, person, at, seal, "
		                 "keeper, keeper_name, confirmed_at, dropped_at) VALUES($1, 0, $2, $3, $4, '', '', $5, $6, $7, 0, '', '', 0, 0) "
		                 "RETURNING id",
		                 matter->id, matter->township, matter->number, matter->item_name,
		                 or_empty(zhen_column_text(decided, "account")),
		                 or_empty(zhen_column_text(decided, "person")), zhen_column_int(decided, "at"));
	}
	confirm(call, id, document);
}

static zhen_result nothing_waits(zhen_call *call)
{
	return zhen_fail(call, ZHEN_NOT_FOUND, "not-found",
	                 "没有这项待用印的文书，或者已经用过印 (nothing waits for the seal here)");
}

zhen_result confirm_sealing(zhen_call *call)
{
	const zhen_row *row =
		zhen_one(call,
	                 "SELECT matter, document, township, number, account, draft FROM sealing WHERE id = $1 AND " OPEN
	                 " AND {{scope township}}",
	                 zhen_int(call, "id"));
	struct matter matter;

	if (row == NULL)
		return nothing_waits(call);
	bool drawn = or_empty(zhen_column_text(row, "draft"))[0] != '\0';
	int64_t document = zhen_column_int(row, "document");
	const char *asker = zhen_format(call, "%s", or_empty(zhen_column_text(row, "account"))),
		   *number = zhen_format(call, "%s", or_empty(zhen_column_text(row, "number")));
	if (!matter_load(call, zhen_column_int(row, "matter"), &matter))
		return nothing_waits(call);
	call->host->subject(call, number);
	zhen_put(call, "hint", "已经用印，文书正在制作，稍后即可下载");
	zhen_put(call, "list_href", "/p/approvals/sealings");
	if (document == 0)
		return issue_sealed(call, &matter);
	if (seal_of(call, matter.township) == NULL)
		return no_seal(call, matter.township);
	zhen_result refused = two_people(call, matter.township, asker);
	if (refused != 0 || (refused = was_drawn(call, drawn)) != 0)
		return refused;
	confirm(call, zhen_int(call, "id"), document);
	zhen_put(call, "id", zhen_int(call, "id"));
	zhen_put(call, "number", number);
	return zhen_ok(call);
}

/* ---- what waits ---- */

zhen_result list_sealings(zhen_call *call)
{
	const char *today = zhen_date_of_ms(call, zhen_now(call));

	zhen_put(call, "hint", "由您保管的印章待用印的文书：先看草稿，再用印；您自己作出决定、制作的，由您的B岗用印");
	return zhen_page(
		call,
		"SELECT id, number, title, person, at, '/p/approvals/cases/' || matter AS href, "
		"CASE WHEN account = $1 THEN '须由B岗用印' WHEN draft = '' THEN '草稿正在生成' ELSE '' END AS note, "
		"CASE WHEN draft = '' THEN '' WHEN account = $1 THEN 'paper' ELSE 'paper confirm' END AS may "
		"FROM sealing WHERE " OPEN " AND {{scope township}} AND EXISTS (SELECT 1 FROM seal k WHERE "
		"k.township = sealing.township AND k.ended_at = 0 AND (k.keeper = $1 OR ((k.keeper = sealing.account OR EXISTS "
		"(SELECT 1 FROM absence a WHERE a.officer = k.keeper AND a.from_on <= $2 AND a.to_on >= $2)) AND EXISTS "
		"(SELECT 1 FROM substitute b WHERE b.officer = k.keeper AND b.stand_in = $1 AND b.from_on <= $2 AND b.to_on >= $2)))) "
		"{{page id}}",
		zhen_get_caller(call)->account, today);
}

bool sealing_was_callers(zhen_call *call, const char *document)
{
	return zhen_one(call,
	                "SELECT s.id AS id FROM sealing s JOIN document d ON d.id = s.document WHERE d.number = $1 AND "
	                "s.confirmed_at > 0 AND s.keeper = $2 LIMIT 1",
	                document, zhen_get_caller(call)->account) != NULL;
}

const zhen_field sealing_paper_reply[] = { { .name = "applicant", .type = ZHEN_NAME, .label = "申请人" }, { 0 } };

/* The draft, to whoever is to seal it and nobody else. */
zhen_result get_sealing_paper(zhen_call *call)
{
	const zhen_row *row = zhen_one(
		call,
		"SELECT s.number AS number, s.draft AS draft, s.account AS account, k.keeper AS keeper, m.applicant AS applicant FROM sealing s "
		"JOIN seal k ON k.township = s.township AND k.ended_at = 0 JOIN matter m ON m.id = s.matter WHERE s.id = $1 AND "
		"s.confirmed_at = 0 AND s.dropped_at = 0 AND {{scope s.township}}",
		zhen_int(call, "id"));
	const char *keeper = zhen_format(call, "%s", or_empty(zhen_column_text(row, "keeper"))),
		   *asker = zhen_format(call, "%s", or_empty(zhen_column_text(row, "account"))),
		   *number = zhen_format(call, "%s", or_empty(zhen_column_text(row, "number"))),
		   *draft = zhen_format(call, "%s", or_empty(zhen_column_text(row, "draft"))),
		   *applicant = zhen_format(call, "%s", or_empty(zhen_column_text(row, "applicant")));

	if (row == NULL || !keeps(call, keeper, asker))
		return nothing_waits(call);
	if (draft[0] == '\0')
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-drawn", "草稿正在生成，请稍后再看");
	call->host->subject(call, number);
	/* A field of a person is what makes the host write down who looked. */
	zhen_put(call, "applicant", applicant);
	return call->host->send_blob(call, draft, "application/pdf", zhen_format(call, "%s草稿.pdf", number));
}
