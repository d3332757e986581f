/* SPDX-License-Identifier: Apache-2.0
 * The yearly adjustment: 摸排 → 评估 → 调整, once per township and year. Nothing is changed that was not both
 * surveyed and
 * assessed; what goes to 收回 is too technical or beyond what the township can do, what comes is needed and can be
 * done. */
#include "process.h"
#include "tables.h"

static bool fill(zhen_call *call, const zhen_row *row, struct round *out)
{
	if (row == NULL)
		return false;
	*out = (struct round){ .id = count_of(row, "id"), .year = count_of(row, "year"),
		               .township = column_or_empty(row, "township"), .state = column_or_empty(row, "state") };
	out->name = zhen_format(call, "%s%lld年", division_name(call, out->township), (long long)out->year);
	return true;
}

zhen_result round_for(zhen_call *call, uint32_t act, struct round *out)
{
	if (!fill(call,
	          zhen_one(call, "SELECT id, township, year, state FROM round WHERE id = $1 AND {{scope township}}",
	                   zhen_int(call, "id")),
	          out))
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这一轮调整，或不在您的辖区");
	call->host->subject(call, out->name);
	return process_may(call, &round_process, out->state, act, out->name);
}

static zhen_result round_done(zhen_call *call, const struct round *round)
{
	const zhen_row *row =
		zhen_one(call, "SELECT id, state, surveyed, assessed, adjusted FROM round WHERE id = $1", round->id);

	for (uint32_t i = 0; row != NULL && i < row->count; i++)
		call->host->put(call, row->names[i], row->values[i]);
	return zhen_ok(call);
}

/* After an act on it: the ways on are on its page. */
static zhen_result round_acted(zhen_call *call, const struct round *round)
{
	zhen_open_list(call, "actions");
	put_way(call, "回到这一轮调整", zhen_format(call, "/rounds/%lld", (long long)round->id));
	zhen_close(call);
	return round_done(call, round);
}

static void round_move(zhen_call *call, struct round *round, const char *state, const char *what)
{
	round->state = state;
	zhen_run(call, "UPDATE round SET state = $1 WHERE id = $2", state, round->id);
	zhen_journal_add(call, "round_journal", round->id, what, field_text(call, "note"));
}

zhen_result open_round(zhen_call *call)
{
	const char *township = field_text(call, "township");
	int64_t year = zhen_calendar_year_of(zhen_calendar_day_of_ms(zhen_now(call)));
	struct list newest;

	call->host->subject(call, township);
	if (!list_newest(call, township, &newest))
		return zhen_fail(call, ZHEN_CONFLICT, "no-list", "%s还没有公布清单，先编制第一版",
		                 division_name(call, township));
	if (zhen_one(call, "SELECT id FROM round WHERE township = $1 AND year = $2", township, year) != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "round-this-year", "%s%lld年已经开展过年度调整，一年一次",
		                 division_name(call, township), (long long)year);
	if (zhen_one(call, "SELECT id FROM round WHERE township = $1 AND state <> 'done'", township) != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "round-open", "%s上一轮调整还没有结束",
		                 division_name(call, township));
	int64_t id = zhen_insert(
		call,
		"INSERT INTO round(township, year, state, title, surveyed, assessed, adjusted, opened_at, closed_at) "
		"VALUES($1, $2, 'survey', $3, 0, 0, 0, $4, 0) RETURNING id",
		township, year, field_text(call, "title"), zhen_now(call));
	zhen_journal_add(call, "round_journal", id, "open", field_text(call, "title"));
	zhen_emit(call, "duties.round.opened", "township", township, "year", year, "round", id, "at", zhen_now(call));
	return zhen_created(call, id);
}

static const char *element(zhen_call *call, int32_t i, const char *name)
{
	return or_empty(zhen_value_text(call->host->list_field(call, "items", i, name)));
}

static const char *element_code(zhen_call *call, int32_t i)
{
	return code_of(call, element(call, i, "code"));
}

/* The item as it stands in the township's list, or else in one of its villages', whose items the round moves, too. */
static const zhen_row *listed(zhen_call *call, const char *township, const char *code)
{
	return zhen_one(call,
	                "SELECT i.name, i.origin, i.kind, l.village FROM list l JOIN list_item i ON i.list = l.id "
	                "WHERE l.township = $1 AND i.code = $2 AND l.state = 'published' AND l.version = (SELECT "
	                "MAX(n.version) FROM list n WHERE n.unit = l.unit AND n.state = 'published') ORDER BY l.village LIMIT 1",
	                township, code);
}

static zhen_result add_may(zhen_call *call, const struct round *round, int32_t i, const zhen_row *row)
{
	const char *code = element_code(call, i);
	const zhen_row *known = zhen_one(call, "SELECT name, retired_at FROM code WHERE code = $1", code);

	if (row != NULL && column_or_empty(row, "village")[0] == '\0')
		return zhen_fail(call, ZHEN_CONFLICT, "already-listed", "“%s”已在%s的清单内，不用增加 (listed already)",
		                 column_or_empty(row, "name"), division_name(call, round->township));
	if (known != NULL && count_of(known, "retired_at") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "code-retired", "编码“%s”已随“%s”废止，不得再用 (a retired code)",
		                 code, column_or_empty(known, "name"));
	if (known == NULL && element(call, i, "name")[0] == '\0')
		return zhen_fail(call, ZHEN_CONFLICT, "name-missing",
		                 "“%s”不在任何目录内，请写明拟增加的事项名称 (a new item needs its name)", code);
	return 0;
}

/* Only what can come of it is surveyed: nobody judges an item that is not there, or that every township has to have. */
static zhen_result survey_may(zhen_call *call, const struct round *round, int32_t i)
{
	const char *code = element_code(call, i), *act = element(call, i, "act");
	const zhen_row *row = listed(call, round->township, code);
	bool withdraws = strcmp(act, "withdraw") == 0;

	if (strcmp(act, "add") == 0)
		return add_may(call, round, i, row);
	if (row == NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "not-in-list", "“%s”不在%s的清单内 (not in the list)", code,
		                 division_name(call, round->township));
	if ((withdraws || strcmp(act, "remove") == 0) && strcmp(column_or_empty(row, "origin"), "common") == 0 &&
	    !(withdraws && strcmp(column_or_empty(row, "kind"), "guidance") == 0))
		return zhen_fail(call, ZHEN_CONFLICT, "common-item-kept",
		                 "“%s”是共性事项，各乡镇全部承接，不能去掉或收回 (every township keeps a common item)", column_or_empty(row, "name"));
	return 0;
}

zhen_result survey_items(zhen_call *call)
{
	struct round round;
	zhen_result refused = round_for(call, ROUND_DO_SURVEY, &round);
	int32_t count = call->host->list_count(call, "items");

	for (int32_t i = 0; refused == 0 && i < count; i++)
		refused = survey_may(call, &round, i);
	if (refused != 0)
		return refused;
	for (int32_t i = 0; i < count; i++) {
		const char *name = element(call, i, "name");

		/* What has a code has a name already. */
		if (name[0] == '\0')
			name = column_or_empty(
				zhen_one(call, "SELECT name FROM code WHERE code = $1", element_code(call, i)),
				"name");
		zhen_run(call,
		         "INSERT INTO round_item(round, code, act, name, finding, surveyed_by, surveyed_at, needed, "
		         "able, too_technical, "
		         "verdict, opinion, assessed_by, assessed_at, done_at) VALUES($1, $2, $3, $4, $5, $6, $7, '', "
		         "'', '', '', '', '', 0, 0) "
		         "{{upsert round, code}} act = excluded.act, name = excluded.name, finding = excluded.finding, "
		         "surveyed_by = excluded.surveyed_by, surveyed_at = excluded.surveyed_at",
		         round.id, element_code(call, i), element(call, i, "act"), name, element(call, i, "finding"),
		         zhen_get_caller(call)->name, zhen_now(call));
	}
	zhen_run(call,
	         "UPDATE round SET surveyed = (SELECT COUNT(*) FROM round_item i WHERE i.round = $1) WHERE id = $1",
	         round.id);
	zhen_journal_add(call, "round_journal", round.id, "survey", zhen_format(call, "摸排%d项", (int)count));
	return round_acted(call, &round);
}

zhen_result end_survey(zhen_call *call)
{
	struct round round;
	zhen_result refused = round_for(call, ROUND_END_SURVEY, &round);

	if (refused != 0)
		return refused;
	round_move(call, &round, "assess", "survey-end");
	return round_acted(call, &round);
}

/* In favour of what the act needs: one that comes is needed and can be done, one that is dropped is not, and one that goes to
 * 收回 cannot be done here. */
static zhen_result verdict_may(zhen_call *call, const char *code, const char *act, int32_t i)
{
	bool needed = strcmp(element(call, i, "needed"), "yes") == 0,
	     able = strcmp(element(call, i, "able"), "yes") == 0;
	bool technical = strcmp(element(call, i, "too_technical"), "yes") == 0;

	if (strcmp(element(call, i, "verdict"), "yes") != 0)
		return 0;
	if ((strcmp(act, "add") == 0 || strcmp(act, "change") == 0) && !(needed && able))
		return zhen_fail(call, ZHEN_CONFLICT, "not-needed-or-not-able",
		                 "“%s”应当基层迫切需要且有能力承接，评估才能同意", code);
	if (strcmp(act, "remove") == 0 && needed && able)
		return zhen_fail(call, ZHEN_CONFLICT, "still-needed",
		                 "“%s”基层迫切需要，又有能力承接，应当保留 (needed and able to be done: it stays)",
		                 code);
	if (strcmp(act, "withdraw") == 0 && !technical && able)
		return zhen_fail(call, ZHEN_CONFLICT, "criterion-not-met",
		                 "“%s”既不是专业技术性强，也不是基层无力承接，不能收回", code);
	return 0;
}

static zhen_result assess_one(zhen_call *call, const struct round *round, int32_t i)
{
	const char *code = element_code(call, i);
	const zhen_row *row =
		zhen_one(call, "SELECT act, done_at FROM round_item WHERE round = $1 AND code = $2", round->id, code);

	if (row == NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "survey-missing", "“%s”没有摸排记录", code);
	if (count_of(row, "done_at") != 0)
		return zhen_fail(call, ZHEN_CONFLICT, "adjustment-done",
		                 "“%s”已在清单中调整，不能改评 (adjusted already)", code);
	zhen_result refused = verdict_may(call, code, column_or_empty(row, "act"), i);
	if (refused != 0)
		return refused;
	zhen_run(call,
	         "UPDATE round_item SET needed = $1, able = $2, too_technical = $3, verdict = $4, opinion = $5, "
	         "assessed_by = $6, assessed_at = $7 WHERE round = $8 AND code = $9",
	         element(call, i, "needed"), element(call, i, "able"), element(call, i, "too_technical"),
	         element(call, i, "verdict"), element(call, i, "opinion"), zhen_get_caller(call)->name, zhen_now(call),
	         round->id, code);
	return 0;
}

zhen_result assess_items(zhen_call *call)
{
	struct round round;
	zhen_result refused = round_for(call, ROUND_DO_ASSESS, &round);
	int32_t count = call->host->list_count(call, "items");

	for (int32_t i = 0; refused == 0 && i < count; i++)
		refused = assess_one(call, &round, i);
	if (refused != 0)
		return refused;
	zhen_run(call,
	         "UPDATE round SET assessed = (SELECT COUNT(*) FROM round_item i WHERE i.round = $1 AND i.assessed_at "
	         "> 0) WHERE id = $1",
	         round.id);
	zhen_journal_add(call, "round_journal", round.id, "assess", zhen_format(call, "评估%d项", (int)count));
	return round_acted(call, &round);
}

zhen_result end_assessment(zhen_call *call)
{
	struct round round;
	zhen_result refused = round_for(call, ROUND_END_ASSESS, &round);

	if (refused != 0)
		return refused;
	const zhen_row *row =
		zhen_one(call, "SELECT code FROM round_item WHERE round = $1 AND assessed_at = 0 ORDER BY code LIMIT 1",
	                 round.id);
	if (row != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "assessment-missing", "“%s”摸排了还没有评估",
		                 column_or_empty(row, "code"));
	/* A draft that was begun before goes on in this round; a unit's first list needs none. */
	zhen_run(call,
	         "UPDATE list SET round = $1 WHERE township = $2 AND state = 'draft' AND round = 0 AND EXISTS (SELECT 1 "
	         "FROM list p WHERE p.unit = list.unit AND p.state = 'published')",
	         round.id, round.township);
	round_move(call, &round, "adjust", "assess-end");
	return round_acted(call, &round);
}

/* What was agreed is in a published list, or was judged anew. */
static zhen_result all_done(zhen_call *call, const struct round *round)
{
	const zhen_row *draft = zhen_one(call, "SELECT unit FROM list WHERE round = $1 AND state = 'draft' LIMIT 1", round->id);
	const zhen_row *left = zhen_one(call,
	                                "SELECT code, name FROM round_item WHERE round = $1 AND verdict = 'yes' AND done_at = 0 "
	                                "ORDER BY code LIMIT 1",
	                                round->id);

	if (draft != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "draft-open",
		                 "%s调整后的清单还没有公布 (a draft of this round is open)",
		                 division_name(call, column_or_empty(draft, "unit")));
	if (left != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "adjustment-missing",
		                 "“%s”（%s）评估同意调整，清单中还没有调整；情况有变的，先改评为不调整 (agreed and not done)",
		                 column_or_empty(left, "name"), column_or_empty(left, "code"));
	return 0;
}

zhen_result close_round(zhen_call *call)
{
	struct round round;
	zhen_result refused = round_for(call, ROUND_CLOSE, &round);

	if (refused == 0)
		refused = all_done(call, &round);
	if (refused != 0)
		return refused;
	int64_t adjusted = count_of(
		zhen_one(call, "SELECT COUNT(*) AS n FROM round_item WHERE round = $1 AND done_at > 0", round.id), "n");
	zhen_run(call, "UPDATE round SET adjusted = $1, closed_at = $2 WHERE id = $3", adjusted, zhen_now(call),
	         round.id);
	round_move(call, &round, "done", "close");
	tally_add(call, round.township, "adjusted_items", round.year, adjusted);
	tally_add(call, round.township, "adjusted_townships", round.year, adjusted > 0);
	tally_add(call, round.township, "rounds", round.year, 1);
	zhen_run(call,
	         "UPDATE review SET state = 'done', done_at = $1 WHERE township = $2 AND year = $3 AND quarter = 0",
	         zhen_now(call), round.township, round.year);
	zhen_emit(call, "duties.round.closed", "township", round.township, "year", round.year, "round", round.id, "adjusted", adjusted,
	          "at", zhen_now(call));
	return round_acted(call, &round);
}

static struct refusal assessed_check(zhen_call *call, const struct list *list, const char *code, const char *act)
{
	const zhen_row *row =
		zhen_one(call, "SELECT act, assessed_at, verdict FROM round_item WHERE round = $1 AND code = $2",
	                 list->round, code);

	if (row == NULL)
		return because(call, "survey-missing", "“%s”没有摸排记录", code);
	if (count_of(row, "assessed_at") == 0)
		return because(call, "assessment-missing", "“%s”没有评估记录", code);
	if (strcmp(column_or_empty(row, "verdict"), "yes") != 0)
		return because(call, "assessment-against", "“%s”经评估不作调整", code);
	if (strcmp(column_or_empty(row, "act"), act) != 0)
		return because(call, "assessed-otherwise", "“%s”评估的不是这种改动", code);
	return (struct refusal){ NULL, "" };
}

struct refusal change_may(zhen_call *call, const struct list *list, const char *code, const char *act)
{
	struct list newest;

	if (!list_newest(call, list->unit, &newest))
		return (struct refusal){ NULL, "" };
	if (list->round == 0)
		return because(call, "round-needed",
		                 "已公布的清单只在年度调整中改动：先摸排，再评估，再调整");
	return assessed_check(call, list, code, act);
}

struct unassessed {
	const struct list *list;
	const char *text;
};

static void find_unassessed(zhen_call *call, void *data, const char *what, const struct item *before,
                            const struct item *after)
{
	struct unassessed *found = (struct unassessed *)data;
	bool withdrawn = before != NULL && after != NULL && strcmp(before->place, "withdrawn") != 0 &&
	                 strcmp(after->place, "withdrawn") == 0;
	const struct item *item = after != NULL ? after : before;
	const char *act = strcmp(what, "added") == 0 ? "add" : strcmp(what, "removed") == 0 ? "remove" : withdrawn ? "withdraw" : "change";
	struct refusal why = assessed_check(call, found->list, item->code, act);

	/* One that the round adds may have been admitted meanwhile. */
	if (why.code != NULL && strcmp(act, "change") == 0)
		why = assessed_check(call, found->list, item->code, "add").code == NULL ? (struct refusal){ NULL, "" } : why;
	if (why.code != NULL)
		found->text = zhen_format(call, "%s%s%s（%s）", found->text, found->text[0] != '\0' ? "；" : "", why.text, item->name);
}

zhen_result changes_check(zhen_call *call, const struct list *list, const struct list *previous)
{
	const int64_t inherited = -list->id; /* no list's; gone again at the end */
	struct unassessed found = { .list = list, .text = "" };

	if (previous->id == 0)
		return 0;
	draft_inherit(call, list, previous->id, inherited);
	diff_lists(call, inherited, list->id, find_unassessed, &found);
	zhen_run(call, "DELETE FROM list_item WHERE list = $1", inherited);
	if (found.text[0] == '\0')
		return 0;
	return zhen_fail(call, ZHEN_CONFLICT, "change-unassessed",
	                 "已公布的清单，除随目录继承、经准入列入的外，改动都应先摸排、评估：%s (changed without survey and assessment)",
	                 found.text);
}

void change_done(zhen_call *call, const struct list *list, const char *code)
{
	if (list->round != 0)
		zhen_run(call, "UPDATE round_item SET done_at = $1 WHERE round = $2 AND code = $3", zhen_now(call),
		         list->round, code);
}

zhen_result list_rounds(zhen_call *call)
{
	return zhen_page(call,
	                 "SELECT id, township, year, state, title, surveyed, assessed, adjusted, opened_at FROM round "
	                 "WHERE ($1 = 0 OR year = $1) AND {{scope township}} {{page id DESC}}",
	                 zhen_int(call, "year"));
}

zhen_result show_round(zhen_call *call)
{
	struct round round;

	if (!fill(call,
	          zhen_one(call, "SELECT id, township, year, state FROM round WHERE id = $1 AND {{scope township}}",
	                   zhen_int(call, "id")),
	          &round))
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这一轮调整，或不在您的辖区");
	zhen_put(call, "township", round.township);
	zhen_put(call, "year", round.year);
	zhen_open_list(call, "items");
	ZHEN_FOR_EACH (call, row, "SELECT code, act, name, finding, surveyed_by, needed, able, too_technical, verdict, opinion, "
	                          "assessed_by, CASE WHEN done_at > 0 THEN 1 ELSE 0 END AS done FROM round_item WHERE "
	                          "round = $1 ORDER BY code", round.id) {
		zhen_open_object(call, NULL);
		for (uint32_t i = 0; i < row->count; i++)
			call->host->put(call, row->names[i], row->values[i]);
		zhen_close(call);
	}
	zhen_close(call);
	zhen_journal_put(call, "journal", "round_journal", round.id);
	process_actions(call, &round_process, round.state, zhen_format(call, "/rounds/%lld", (long long)round.id));
	return round_done(call, &round);
}
