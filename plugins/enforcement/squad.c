/* SPDX-License-Identifier: Apache-2.0
 * 局管全面、队管片区、员管网格 (白沙镇): a squad has an area of villages and a leader, each village an officer; what happens in a
 * village is the officer's, above that the squad's, above that the team's. */
#include "enforcement.h"

#define SQUAD_COLUMNS                                                                                              \
	"s.id, s.name, s.township, s.team, s.leader, (SELECT m.name FROM member m WHERE m.id = s.leader) AS leader_name"

/* Who leads or has a village is an officer of the team whose certificate is valid today. */
static zhen_result officer_for(zhen_call *call, const char *field, int64_t team, struct member *out)
{
	zhen_result refused = member_load(call, field, out);

	if (refused == 0 && out->team != team)
		return wrong_field(call, field, "other-team", "不是本队的人员 (not a member of this team)");
	return refused != 0 ? refused : officer_check(call, field, out, today(call));
}

static zhen_result squad_load(zhen_call *call, int64_t *out_team, const char **out_township)
{
	const zhen_row *row = zhen_one(call, "SELECT team, township FROM squad WHERE id = $1 AND {{scope township}}",
	                               zhen_int(call, "id"));

	if (row == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这个中队，或不在您的管辖范围 (no such squad)");
	*out_team = zhen_column_int(row, "team");
	*out_township = column_or_empty(row, "township");
	return 0;
}

zhen_result add_squad(zhen_call *call)
{
	struct team team;
	struct member leader;
	zhen_result refused = team_for(call, TEAM_SQUAD, &team);

	if (refused == 0)
		refused = officer_for(call, "leader", team.id, &leader);
	if (refused != 0)
		return refused;
	if (zhen_one(call, "SELECT id FROM squad WHERE team = $1 AND name = $2", team.id, field_text(call, "name")) !=
	    NULL)
		return wrong_field(call, "name", "name-taken", "已有同名的中队 (the team has a squad of that name)");
	return zhen_created(call, zhen_insert(call,
	                                      "INSERT INTO squad(team, township, name, leader, at) VALUES($1, $2, $3, $4, $5) RETURNING id",
	                                      team.id, team.township, field_text(call, "name"), leader.id, zhen_now(call)));
}

zhen_result list_squads(zhen_call *call)
{
	return zhen_page(call,
	                 "SELECT " SQUAD_COLUMNS ", (SELECT COUNT(*) FROM area a WHERE a.squad = s.id) AS villages FROM squad s "
	                 "WHERE {{scope s.township}} {{page s.id ASC}}");
}

zhen_result show_squad(zhen_call *call)
{
	int64_t id = zhen_int(call, "id"), team;
	const char *township;
	zhen_result refused = squad_load(call, &team, &township);

	if (refused != 0)
		return refused;
	const zhen_row *row = zhen_one(call, "SELECT " SQUAD_COLUMNS " FROM squad s WHERE s.id = $1", id);
	zhen_put(call, "id", id);
	put_texts(call, row, (const char *const[]){ "name", "township", "leader_name", NULL });
	zhen_open_list(call, "villages");
	ZHEN_FOR_EACH (call, area,
	               "SELECT a.village, (SELECT m.name FROM member m WHERE m.id = a.officer) AS officer_name FROM area a "
	               "WHERE a.squad = $1 ORDER BY a.village",
	               id) {
		zhen_open_object(call, NULL);
		put_texts(call, area, (const char *const[]){ "village", "officer_name", NULL });
		zhen_close(call);
	}
	zhen_close(call);
	zhen_open_list(call, "actions");
	if (zhen_may(call, "enforcement.team")) {
		put_way(call, "换队长", "POST", zhen_format(call, "/squads/%lld/leader", (long long)id));
		put_way(call, "划定片区、网格", "POST", zhen_format(call, "/squads/%lld/areas", (long long)id));
	}
	zhen_close(call);
	return zhen_ok(call);
}

static zhen_result squad_stands(zhen_call *call)
{
	zhen_put(call, "id", zhen_int(call, "id"));
	zhen_open_list(call, "actions");
	put_way(call, "回到中队", "GET", zhen_format(call, "/squads/%lld", (long long)zhen_int(call, "id")));
	zhen_close(call);
	return zhen_ok(call);
}

zhen_result set_leader(zhen_call *call)
{
	struct member leader;
	int64_t team;
	const char *township;
	zhen_result refused = squad_load(call, &team, &township);

	if (refused == 0)
		refused = officer_for(call, "leader", team, &leader);
	if (refused != 0)
		return refused;
	zhen_run(call, "UPDATE squad SET leader = $1 WHERE id = $2", leader.id, zhen_int(call, "id"));
	return squad_stands(call);
}

zhen_result set_area(zhen_call *call)
{
	struct member officer;
	int64_t team;
	const char *township, *village = field_text(call, "village");
	const zhen_division *above = call->host->division_above(call, village, 4);
	zhen_result refused = squad_load(call, &team, &township);

	if (refused != 0)
		return refused;
	if (above == NULL || strcmp(above->code, township) != 0)
		return wrong_field(call, "village", "other-township",
		                   "不是本乡镇（街道）的村（社区） (not a village of this township)");
	refused = officer_for(call, "officer", team, &officer);
	if (refused != 0)
		return refused;
	zhen_run(call,
	         "INSERT INTO area(village, squad, officer, at) VALUES($1, $2, $3, $4) {{upsert village}} "
	         "squad = excluded.squad, officer = excluded.officer, at = excluded.at",
	         village, zhen_int(call, "id"), officer.id, zhen_now(call));
	return squad_stands(call);
}

static void put_level(zhen_call *call, const char *level, const char *name, int64_t member)
{
	const zhen_row *row = zhen_one(call, "SELECT name FROM member WHERE id = $1", member);

	zhen_open_object(call, NULL);
	zhen_put(call, "level", level);
	zhen_put(call, "unit", name);
	zhen_put(call, "name", column_or_empty(row, "name"));
	zhen_close(call);
}

/* From the village upwards: who has it, and whose it is when that is not enough. */
zhen_result show_where(zhen_call *call)
{
	const char *village = field_text(call, "village");
	const zhen_division *township = call->host->division_above(call, village, 4),
			    *place = call->host->division(call, village);
	const zhen_row *team = zhen_one(call, "SELECT id, name FROM team WHERE township = $1 AND {{scope township}}",
	                                township != NULL ? township->code : "");
	const zhen_row *area = zhen_one(call,
	                                "SELECT a.officer, s.name, s.leader FROM area a JOIN squad s ON s.id = a.squad "
	                                "WHERE a.village = $1",
	                                village);

	if (team == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "no-team",
		                 "该地没有执法队伍，或不在您的管辖范围 (no team there)");
	zhen_put(call, "village", village);
	zhen_put(call, "assigned", area != NULL);
	zhen_open_list(call, "levels");
	if (area != NULL) {
		put_level(call, "officer", place->name, zhen_column_int(area, "officer"));
		put_level(call, "squad", column_or_empty(area, "name"), zhen_column_int(area, "leader"));
	}
	put_level(call, "team", column_or_empty(team, "name"), 0);
	zhen_close(call);
	return zhen_ok(call);
}
