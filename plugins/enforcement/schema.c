/* SPDX-License-Identifier: Apache-2.0
 * Tables. Days are ISO texts, "" = none yet; what holds from a day on is a row of its own and is never overwritten. */
#include "draw.h"
#include "duty.h"
#include "errand.h"
#include "lesson.h"
#include "proceeding.h"

static const char teams_sql[] =
	/* members, frontline, assistants: of those who serve now, for lists; written by the call that changes a member. */
	"CREATE TABLE team(id {{id}}, township TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL, "
	"members BIGINT NOT NULL, frontline BIGINT NOT NULL, assistants BIGINT NOT NULL, established_on TEXT NOT NULL, "
	"made_at BIGINT NOT NULL);"
	"CREATE UNIQUE INDEX team_township ON team(township);"
	"CREATE TABLE readiness(team BIGINT NOT NULL, point TEXT NOT NULL, ready BIGINT NOT NULL, note TEXT NOT NULL, "
	"person TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY(team, point)) {{without rowid}};"
	ZHEN_JOURNAL_SQL_AS("team_journal");

static const char members_sql[] =
	"CREATE TABLE member(id {{id}}, team BIGINT NOT NULL, township TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, "
	"from_body TEXT NOT NULL, frontline BIGINT NOT NULL, joined_on TEXT NOT NULL, left_on TEXT NOT NULL, "
	"state TEXT NOT NULL, purged_at BIGINT NOT NULL);"
	"CREATE INDEX member_township ON member(township, id);"
	"CREATE INDEX member_team ON member(team, state, id);"
	"CREATE TABLE certificate(id {{id}}, member BIGINT NOT NULL, township TEXT NOT NULL, number TEXT NOT NULL, "
	"issuer TEXT NOT NULL, field TEXT NOT NULL, valid_from TEXT NOT NULL, valid_to TEXT NOT NULL, "
	"revoked_on TEXT NOT NULL, state TEXT NOT NULL);"
	"CREATE UNIQUE INDEX certificate_number ON certificate(number);"
	"CREATE INDEX certificate_member ON certificate(member, id);"
	ZHEN_JOURNAL_SQL_AS("member_journal");

static const char areas_sql[] =
	"CREATE TABLE squad(id {{id}}, team BIGINT NOT NULL, township TEXT NOT NULL, name TEXT NOT NULL, "
	"leader BIGINT NOT NULL, at BIGINT NOT NULL);"
	"CREATE UNIQUE INDEX squad_name ON squad(team, name);"
	"CREATE INDEX squad_township ON squad(township, id);"
	"CREATE INDEX squad_leader ON squad(leader);"
	/* 队管片区、员管网格: a village is in the area of one squad and has one officer. */
	"CREATE TABLE area(village TEXT NOT NULL PRIMARY KEY, squad BIGINT NOT NULL, officer BIGINT NOT NULL, at BIGINT NOT NULL);"
	"CREATE INDEX area_squad ON area(squad, village);"
	"CREATE INDEX area_officer ON area(officer)";

static const char vehicles_sql[] =
	"CREATE TABLE vehicle(id {{id}}, team BIGINT NOT NULL, township TEXT NOT NULL, plate TEXT NOT NULL, mode TEXT NOT NULL, "
	"basis TEXT NOT NULL, from_on TEXT NOT NULL, to_on TEXT NOT NULL);"
	"CREATE INDEX vehicle_township ON vehicle(township, id);"
	"CREATE INDEX vehicle_plate ON vehicle(plate)";

static const char items_sql[] =
	/* From which day to which an item was the township's; a code has a row for every version that differs. */
	"CREATE TABLE item(id {{id}}, township TEXT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, power TEXT NOT NULL, "
	"basis TEXT NOT NULL, source TEXT NOT NULL, from_on TEXT NOT NULL, to_on TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE INDEX item_township ON item(township, id, from_on, to_on);"
	"CREATE INDEX item_code ON item(township, code, from_on)";

const zhen_migration migrations[] = {
	{ .number = 1, .sql = teams_sql },
	{ .number = 2, .sql = members_sql },
	{ .number = 3, .sql = areas_sql },
	{ .number = 4, .sql = vehicles_sql },
	{ .number = 5, .sql = items_sql },
	{ .number = 6, .sql = penalties_sql },
	{ .number = 7, .sql = ERRAND_SQL },
	{ .number = 8, .sql = proceedings_sql },
	{ .number = 9, .sql = duty_sql },
	{ .number = 10, .sql = draws_sql },
	{ .number = 11, .sql = lessons_sql },
	{ 0 },
};
