/* SPDX-License-Identifier: Apache-2.0
 * Any item but the homestead, which has a form of its own: one short form, the item's own questions, and the item's own steps. By
 * the applicant from home, at the window, at the village station, at a self-service point at night; or by an agent. */
#include "checklist.h"
#include "items.h"
#include "licence.h"

#include <stdlib.h>

bool matter_is_homestead(zhen_call *call, const struct matter *matter)
{
	const zhen_row *row = zhen_one(call, "SELECT form FROM item WHERE id = $1", matter->item);

	return strcmp(or_empty(zhen_column_text(row, "form")), "homestead") == 0;
}

bool matter_is_licence(zhen_call *call, const struct matter *matter)
{
	const zhen_row *row = zhen_one(call, "SELECT type FROM item WHERE id = $1", matter->item);

	return strcmp(or_empty(zhen_column_text(row, "type")), "行政许可") == 0;
}

const char *licensing_law(zhen_call *call, const struct matter *matter, const char *article)
{
	return matter_is_licence(call, matter) ? zhen_format(call, "根据《中华人民共和国行政许可法》%s，", article) : "";
}

bool matter_is_direct(zhen_call *call, const struct matter *matter)
{
	const zhen_row *row = zhen_one(call, "SELECT mode FROM item WHERE id = $1", matter->item);

	return strcmp(or_empty(zhen_column_text(row, "mode")), "direct") == 0;
}

/* Whether every step has somebody to do it here. */
static zhen_result check_bodies(zhen_call *call, int64_t item, const char *township)
{
	ZHEN_FOR_EACH(call, row, "SELECT title, body_kind FROM item_step WHERE item = $1 ORDER BY seq", item)
		if (call->host->body_of(call, or_empty(zhen_column_text(row, "body_kind")), township) == NULL)
			return zhen_fail(call, ZHEN_CONFLICT, "no-body", "本乡镇没有办理“%s”环节的机构（%s）",
			                 or_empty(zhen_column_text(row, "title")),
			                 or_empty(zhen_column_text(row, "body_kind")));
	return 0;
}

bool item_serves(const json_t *content, bool organisation)
{
	const json_t *targets = item_at(content, "service_target");
	size_t i;
	json_t *one;

	json_array_foreach(targets, i, one)
		if ((strstr(or_empty(json_string_value(one)), "自然人") == NULL) == organisation)
			return true;
	return json_array_size(targets) == 0;
}

/* Each has a form of its own. */
static zhen_result check_party(zhen_call *call, const json_t *content, bool organisation)
{
	if (!item_serves(content, organisation))
		return zhen_fail(call, ZHEN_CONFLICT, "form-differs", "该事项由%s申请，请填写%s申请的表 (the form for %s)",
		                 organisation ? "个人" : "单位", organisation ? "个人" : "单位", organisation ? "persons" : "organisations");
	if (organisation && zhen_credit_code_check(zhen_text(call, "credit_code")) == ZHEN_CREDIT_CODE_WRONG) {
		zhen_field_error(call, "credit_code", "not-a-credit-code",
		                 "统一社会信用代码为18位数字和大写字母，没有I、O、S、V、Z（GB 32100）");
		return zhen_invalid(call);
	}
	return 0;
}

static void store(zhen_call *call, int64_t matter, const char *answers, const char *agent)
{
	zhen_run(call,
	         "INSERT INTO application(matter, content, answers, place, desk, agent, agent_account, authorised_on, "
	         "authorisation) VALUES($1, $2, $3, $4, '', $5, $6, $7, $8)",
	         matter, or_empty(zhen_text(call, "content")), answers, zhen_int(call, "place"), agent,
	         agent[0] != '\0' ? zhen_get_caller(call)->account : "",
	         agent[0] != '\0' ? or_empty(zhen_text(call, "authorised_on")) : "",
	         agent[0] != '\0' ? or_empty(zhen_text(call, "authorisation")) : "");
}

/* 代办: collected at once by the agent, counted by the window that takes them over. */
static void agent_brings(zhen_call *call, const struct matter *matter, const char *agent)
{
	struct checklist list = checklist_of(call, matter);

	for (size_t i = 0; zhen_int(call, "papers") != 0 && i < list.count; i++)
		if (needed_is_open(&list.rows[i]))
			needed_set(call, &list.rows[i], "bring",
			           zhen_format(call, "代办员%s已收齐纸质件，待窗口核收", agent));
	checklist_store(call, matter, &list);
}

static zhen_result file_generic(zhen_call *call, const char *agent, bool organisation)
{
	const zhen_row *item =
		item_in_force(call, or_empty(zhen_text(call, "code")), or_empty(zhen_text(call, "village")));
	const zhen_division *township = call->host->division_above(call, or_empty(zhen_text(call, "village")), 4);
	struct matter matter;
	const char *query = "";

	if (item == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "item-unknown", "没有这个事项，或它尚未生效");
	if (strcmp(or_empty(zhen_column_text(item, "form")), "homestead") == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "form-differs",
		                 "宅基地申请请填写农村宅基地和建房（规划许可）申请表");
	if (township == NULL)
		return filing_no_window(call);
	json_auto_t *content = item_content(call, zhen_column_int(item, "id"));
	const char *answers = "";
	zhen_result refused = check_party(call, content, organisation);
	if (refused == 0)
		refused = form_take(call, content, &answers);
	if (refused == 0)
		refused = check_bodies(call, zhen_column_int(item, "id"), township->code);
	if (refused != 0)
		return refused;
	struct renewed renewed;
	struct filing filing;
	if ((refused = door_of(call, item, township->code, agent[0] != '\0', &filing)) != 0)
		return refused;
	filing.credit_code = organisation ? zhen_text(call, "credit_code") : "";
	filing.representative = organisation ? zhen_text(call, "representative") : "";
	if ((refused = renewal_check(call, item, township->code, filing.credit_code, &renewed)) != 0 ||
	    (refused = filing_open(call, item, &filing, &matter, &query)) != 0)
		return refused;
	store(call, matter.id, answers, agent);
	renewal_open(call, &matter, &renewed);
	if (agent[0] != '\0') {
		part_add(call, matter.id, zhen_get_caller(call)->body);
		agent_brings(call, &matter, agent);
	}
	return filing_answer(call, &matter, query);
}

zhen_result apply_item(zhen_call *call)
{
	return file_generic(call, "", false);
}

zhen_result apply_organisation(zhen_call *call)
{
	return file_generic(call, "", true);
}

/* ---- agents (代办员, 民事协理员) ---- */

static bool has_area(const char *areas, const char *village)
{
	return areas[0] == '\0' || strstr(areas, village) != NULL;
}

/* B06: an agent of this area, with the person's authorisation. */
zhen_result apply_for(zhen_call *call)
{
	const zhen_caller *caller = zhen_get_caller(call);
	const char *village = or_empty(zhen_text(call, "village")), *today = today_of(call);
	const zhen_division *township = call->host->division_above(call, village, 4);
	/* A registration of before accounts were asked for goes by the name. */
	const zhen_row *agent = zhen_one(
		call,
		"SELECT id, name, township, areas FROM agent WHERE body = $1 AND (account = $4 OR (account = '' AND name = $3)) AND "
		"ended_at = 0 AND valid_from <= $2 AND (valid_to = '' OR valid_to >= $2) ORDER BY account DESC, id DESC LIMIT 1",
		caller->body, today, caller->name, caller->account);

	if (agent == NULL)
		return zhen_fail(call, ZHEN_FORBIDDEN, "not-an-agent", "您没有登记为代办员，或登记已经到期、终止");
	if (township == NULL || strcmp(township->code, or_empty(zhen_column_text(agent, "township"))) != 0 ||
	    !has_area(or_empty(zhen_column_text(agent, "areas")), village))
		return zhen_fail(call, ZHEN_FORBIDDEN, "outside-area", "不在您负责的片区，只能代本片区群众申请");
	if (strcmp(or_empty(zhen_text(call, "authorised_on")), today) > 0) {
		zhen_field_error(call, "authorised_on", "in-future", "授权日期不能晚于今天");
		return zhen_invalid(call);
	}
	return file_generic(call, or_empty(zhen_column_text(agent, "name")), false);
}

/* ---- what is shown and printed ---- */

void generic_facts(zhen_call *call, const struct matter *matter, zhen_sheet *sheet)
{
	const zhen_row *row = zhen_one(call, "SELECT content, answers FROM application WHERE matter = $1", matter->id);
	const zhen_row *party = zhen_one(call, "SELECT representative FROM matter WHERE id = $1", matter->id);
	const zhen_division *village = call->host->division(call, matter->village);
	json_auto_t *item = item_content(call, matter->item);
	json_auto_t *answers = json_loads(or_empty(zhen_column_text(row, "answers")), JSON_DECODE_ANY, NULL);
	size_t i;
	json_t *answer;

	zhen_sheet_fact(sheet, "事项", matter->item_name);
	zhen_sheet_fact(sheet, "申请人", zhen_format(call, "%s（%s）", matter->applicant, village != NULL ? village->name : ""));
	if (matter->credit_code[0] != '\0') {
		zhen_sheet_fact(sheet, "统一社会信用代码", matter->credit_code);
		zhen_sheet_fact(sheet, "法定代表人（负责人）或经办人", text(party, "representative"));
	}
	zhen_sheet_fact(sheet, "申请内容", or_empty(zhen_column_text(row, "content")));
	json_array_foreach(answers, i, answer)
		zhen_sheet_fact(sheet, item_text(answer, item_text(answer, "label")[0] != '\0' ? "label" : "name"), item_text(answer, "value"));
	zhen_sheet_fact(sheet, "办理结果", item_text(item, "result.name"));
}

void generic_show(zhen_call *call, int64_t matter)
{
	static const char *const texts[] = { "content", "desk", "agent", "authorised_on", "authorisation" };
	const zhen_row *row = zhen_one(
		call,
		"SELECT content, answers, desk, agent, authorised_on, authorisation FROM application WHERE matter = $1",
		matter);

	for (size_t i = 0; row != NULL && i < sizeof(texts) / sizeof(texts[0]); i++)
		if (or_empty(zhen_column_text(row, texts[i]))[0] != '\0')
			zhen_put(call, texts[i], zhen_column_text(row, texts[i]));
	if (row != NULL && or_empty(zhen_column_text(row, "answers"))[0] == '[')
		zhen_put_json(call, "answers", zhen_column_text(row, "answers"));
}

/* C27, C24: which window took it in, or which station. Called by the act of accepting. */
zhen_result filing_desk(zhen_call *call, struct matter *matter)
{
	const char *desk = or_empty(zhen_text(call, "desk"));

	if (zhen_get_caller(call)->level == 5) {
		const zhen_row *item = zhen_one(call, "SELECT at_village FROM item WHERE id = $1", matter->item);

		if (zhen_column_int(item, "at_village") == 0)
			return door_not_at_station(call);
		zhen_run(call, "UPDATE matter SET point = $1 WHERE id = $2", door_station(call, matter->village),
		         matter->id);
	}
	if (desk[0] == '\0')
		return 0;
	const zhen_row *row = zhen_one(call, "SELECT name, accepts FROM desk WHERE township = $1 AND code = $2 LIMIT 1",
	                               matter->township, desk);
	if (row == NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "desk-unknown", "本中心没有窗口 %s", desk);
	if (zhen_column_int(row, "accepts") == 0)
		return zhen_fail(call, ZHEN_CONFLICT, "desk-does-not-accept", "%s只出件，请到综合窗口受理",
		                 zhen_column_text(row, "name"));
	zhen_run(call,
	         "INSERT INTO application(matter, content, answers, place, desk, agent, agent_account, authorised_on, "
	         "authorisation) VALUES($1, '', '', 0, $2, '', '', '', '') {{upsert matter}} desk = excluded.desk",
	         matter->id, zhen_format(call, "%s %s", desk, zhen_column_text(row, "name")));
	return 0;
}
