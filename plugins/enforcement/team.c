/* SPDX-License-Identifier: Apache-2.0
 * 一支队伍: one per township. It counts as established when it has as many members as the setting asks (楚雄州: 5); what it takes
 * besides is a checklist of five points (信阳市). */
#include "enforcement.h"

#define JOURNAL "team_journal"
#define TEAM_COLUMNS "id, township, name, state, members, frontline, assistants, established_on"

static zhen_result load(zhen_call *call, int64_t id, struct team *out)
{
	const zhen_row *row =
		zhen_one(call, "SELECT " TEAM_COLUMNS " FROM team WHERE id = $1 AND {{scope township}}", id);

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这支队伍，或不在您的管辖范围 (no such team)");
	*out = (struct team){
		.id = id,
		.members = zhen_column_int(row, "members"),
		.state = (uint32_t)zhen_process_state_of(&team_process, column_or_empty(row, "state")),
		.township = column_or_empty(row, "township"),
		.name = column_or_empty(row, "name"),
	};
	return 0;
}

zhen_result team_for(zhen_call *call, uint32_t act, struct team *out)
{
	zhen_result refused = load(call, zhen_int(call, "id"), out);

	if (refused == 0)
		refused = zhen_process_may(call, &team_process, out->state, act, out->name, out->township, out);
	return refused;
}

void team_count(zhen_call *call, int64_t team)
{
	zhen_run(call,
	         "UPDATE team SET members = n.members, frontline = n.frontline, assistants = n.assistants FROM "
	         "(SELECT COUNT(*) AS members, COALESCE(SUM(frontline), 0) AS frontline, "
	         "COALESCE(SUM(CASE WHEN kind = 'assistant' THEN 1 ELSE 0 END), 0) AS assistants "
	         "FROM member WHERE team = $1 AND state = 'serving') n WHERE team.id = $1",
	         team);
}

zhen_result create_team(zhen_call *call)
{
	const char *township = field_text(call, "township");
	const zhen_division *division = call->host->division(call, township);
	const zhen_row *row = zhen_one(call, "SELECT name FROM team WHERE township = $1", township);

	if (row != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "team-exists",
		                 "township：已有%s，一个乡镇（街道）只有一支队伍 (the township has its team)",
		                 column_or_empty(row, "name"));
	const char *name = zhen_has(call, "name") ? field_text(call, "name") :
	                                            zhen_format(call, "%s综合行政执法队", division->name);
	int64_t id = zhen_insert(call,
	                         "INSERT INTO team(township, name, state, members, frontline, assistants, established_on, made_at) "
	                         "VALUES($1, $2, 'draft', 0, 0, 0, '', $3) RETURNING id",
	                         township, name, zhen_now(call));
	zhen_journal_add(call, JOURNAL, id, "create", name);
	return zhen_created(call, id);
}

/* Whether it has as many as it must: shown of an established one, too, since people leave. */
static bool is_up_to_standard(zhen_call *call, const zhen_row *row)
{
	return zhen_column_int(row, "members") >=
	       zhen_setting_int_in(call, "team_minimum", column_or_empty(row, "township"));
}

zhen_result list_teams(zhen_call *call)
{
	return zhen_page(call,
	                 "SELECT id, name, township, state, members, members - assistants AS officers, assistants, frontline, "
	                 "established_on FROM team WHERE ($1 = '' OR state = $1) AND {{scope township}} {{page id ASC}}",
	                 field_text(call, "state"));
}

static bool has_items(zhen_call *call, const char *township)
{
	return zhen_one(call,
	                "SELECT id FROM item WHERE township = $1 AND from_on <= $2 AND (to_on = '' OR to_on >= $2) LIMIT 1",
	                township, today(call)) != NULL;
}

/* The two that follow from what is registered are looked at, the others are said by who looked. */
static void put_point(zhen_call *call, const struct team *team, const char *point, bool standard)
{
	const zhen_row *said = zhen_one(
		call, "SELECT ready, note, person, at FROM readiness WHERE team = $1 AND point = $2", team->id, point);
	bool counted = strcmp(point, "entity") == 0 || strcmp(point, "items") == 0;
	bool ready = strcmp(point, "entity") == 0 ? team->state == TEAM_ESTABLISHED && standard :
	             strcmp(point, "items") == 0  ? has_items(call, team->township) :
	                                            zhen_column_int(said, "ready") != 0;

	zhen_open_object(call, NULL);
	zhen_put(call, "point", point);
	zhen_put(call, "ready", ready);
	zhen_put(call, "note", counted ? "按登记的人员、事项认定" : column_or_empty(said, "note"));
	zhen_put(call, "person", counted ? "" : column_or_empty(said, "person"));
	zhen_close(call);
}

static void put_actions(zhen_call *call, const struct team *team)
{
	const char *base = zhen_format(call, "/teams/%lld", (long long)team->id);

	zhen_open_list(call, "actions");
	put_way(call, "人员", "GET", "/members");
	zhen_process_put_actions(call, &team_process, team->state, team->township, base);
	if (zhen_may(call, "enforcement.team")) {
		put_way(call, "片区", "GET", "/squads");
		put_way(call, "车辆", "GET", "/vehicles");
	}
	zhen_close(call);
}

zhen_result show_team(zhen_call *call)
{
	static const char *const points[] = { "entity", "items", "places", "conduct", "joint" };
	struct team team;
	zhen_result refused = load(call, zhen_int(call, "id"), &team);

	if (refused != 0)
		return refused;
	const zhen_row *row = zhen_one(call, "SELECT " TEAM_COLUMNS " FROM team WHERE id = $1", team.id);
	bool standard = is_up_to_standard(call, row);
	zhen_put(call, "id", team.id);
	put_texts(call, row, (const char *const[]){ "name", "township", "state", "established_on", NULL });
	zhen_put(call, "members", team.members);
	zhen_put(call, "officers", team.members - zhen_column_int(row, "assistants"));
	zhen_put(call, "assistants", zhen_column_int(row, "assistants"));
	zhen_put(call, "frontline", zhen_column_int(row, "frontline"));
	zhen_put(call, "frontline_share", share(call, zhen_column_int(row, "frontline"), team.members));
	zhen_put(call, "minimum", zhen_setting_int_in(call, "team_minimum", team.township));
	zhen_put(call, "standard", standard ? "yes" : "no");
	zhen_open_list(call, "points");
	for (size_t i = 0; i < sizeof(points) / sizeof(*points); i++)
		put_point(call, &team, points[i], standard);
	zhen_close(call);
	zhen_journal_put(call, "journal", JOURNAL, team.id);
	put_actions(call, &team);
	return zhen_ok(call);
}

static zhen_result team_stands(zhen_call *call, int64_t id)
{
	const zhen_row *row = zhen_one(call, "SELECT " TEAM_COLUMNS " FROM team WHERE id = $1", id);

	zhen_put(call, "id", id);
	put_texts(call, row, (const char *const[]){ "name", "state", "established_on", NULL });
	zhen_put(call, "members", zhen_column_int(row, "members"));
	zhen_open_list(call, "actions");
	put_way(call, "回到队伍", "GET", zhen_format(call, "/teams/%lld", (long long)id));
	zhen_close(call);
	return zhen_ok(call);
}

zhen_result establish_team(zhen_call *call)
{
	struct team team;
	zhen_result refused = team_for(call, TEAM_ESTABLISH, &team);

	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE team SET state = 'established', established_on = $1 WHERE id = $2", today(call),
	         team.id);
	zhen_journal_add(call, JOURNAL, team.id, "establish", field_text(call, "basis"));
	zhen_emit(call, "enforcement.team.established", "id", team.id, "township", team.township, "members", team.members,
	          "on", today(call));
	return team_stands(call, team.id);
}

zhen_result set_ready(zhen_call *call)
{
	struct team team;
	zhen_result refused = team_for(call, TEAM_READY, &team);

	if (refused != 0)
		return refused;
	zhen_run(call,
	         "INSERT INTO readiness(team, point, ready, note, person, at) VALUES($1, $2, $3, $4, $5, $6) "
	         "{{upsert team, point}} ready = excluded.ready, note = excluded.note, person = excluded.person, at = excluded.at",
	         team.id, field_text(call, "point"), zhen_int(call, "ready"), field_text(call, "note"),
	         zhen_get_caller(call)->name, zhen_now(call));
	zhen_journal_add(call, JOURNAL, team.id, "readiness",
	                 zhen_format(call, "%s：%s，%s",
	                             zhen_choice_title(call, POINT_CHOICES, field_text(call, "point")),
	                             zhen_int(call, "ready") != 0 ? "已具备" : "未具备", field_text(call, "note")));
	return team_stands(call, team.id);
}

/* Of what the caller may see: who of all stands in the front line (阳泉市: 84%), and which townships have a vehicle. */
zhen_result report_teams(zhen_call *call)
{
	const zhen_row *row = zhen_one(call,
	                               "SELECT COUNT(*) AS teams, COALESCE(SUM(CASE WHEN state = 'established' THEN 1 ELSE 0 END), 0) AS established, "
	                               "COALESCE(SUM(members), 0) AS members, COALESCE(SUM(frontline), 0) AS frontline, "
	                               "COALESCE(SUM(assistants), 0) AS assistants FROM team WHERE {{scope township}}");
	static const char *const figures[] = { "teams", "established", "members", "frontline", "assistants" };
	int64_t counts[sizeof(figures) / sizeof(*figures)];

	for (size_t i = 0; i < sizeof(figures) / sizeof(*figures); i++)
		zhen_put(call, figures[i], counts[i] = zhen_column_int(row, figures[i]));
	zhen_put(call, "officers", counts[2] - counts[4]);
	zhen_put(call, "frontline_share", share(call, counts[3], counts[2]));
	row = zhen_one(call,
	               "SELECT COUNT(DISTINCT township) AS townships, "
	               "COALESCE(SUM(CASE WHEN mode = 'purchase' THEN 1 ELSE 0 END), 0) AS purchased, "
	               "COALESCE(SUM(CASE WHEN mode = 'transfer' THEN 1 ELSE 0 END), 0) AS transferred, "
	               "COALESCE(SUM(CASE WHEN mode = 'designate' THEN 1 ELSE 0 END), 0) AS designated "
	               "FROM vehicle WHERE to_on = '' AND {{scope township}}");
	zhen_put(call, "with_vehicle", zhen_column_int(row, "townships"));
	zhen_put(call, "purchased", zhen_column_int(row, "purchased"));
	zhen_put(call, "transferred", zhen_column_int(row, "transferred"));
	zhen_put(call, "designated", zhen_column_int(row, "designated"));
	return zhen_ok(call);
}

zhen_result tile_teams(zhen_call *call)
{
	const zhen_row *row = zhen_one(call,
	                               "SELECT COUNT(*) AS teams, COALESCE(SUM(members), 0) AS members FROM team "
	                               "WHERE state = 'established' AND {{scope township}}");

	zhen_put(call, "value", zhen_column_int(row, "teams"));
	zhen_put(call, "unit", "支");
	zhen_put(call, "note", zhen_format(call, "在队%lld人", (long long)zhen_column_int(row, "members")));
	return zhen_ok(call);
}
