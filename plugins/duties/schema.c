/* SPDX-License-Identifier: Apache-2.0
 * Tables. Times are ms, days are ISO texts. A catalogue's or a list's version is never changed once published. */
#include "tables.h"

#include "people.h"

#define ITEM_COLUMNS_SQL                                                                                              \
	"code TEXT NOT NULL, seq BIGINT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, level TEXT NOT NULL, "      \
	"basis TEXT NOT NULL, origin TEXT NOT NULL, place TEXT NOT NULL, category TEXT NOT NULL, lead TEXT NOT NULL, " \
	"duty TEXT NOT NULL, county_duty TEXT NOT NULL, responsible TEXT NOT NULL, upper TEXT NOT NULL, "            \
	"batch BIGINT NOT NULL, "

static const char catalogues_sql[] =
	"CREATE TABLE catalogue(id {{id}}, code TEXT NOT NULL, version BIGINT NOT NULL, title TEXT NOT NULL, "
	"kind TEXT NOT NULL, unit_kind TEXT NOT NULL, division TEXT NOT NULL, source TEXT NOT NULL, "
	"effective_from TEXT NOT NULL, effective_to TEXT NOT NULL, items BIGINT NOT NULL, national BIGINT NOT NULL, "
	"province BIGINT NOT NULL, prefecture BIGINT NOT NULL, county BIGINT NOT NULL, common BIGINT NOT NULL, "
	"optional BIGINT NOT NULL, published_at BIGINT NOT NULL, published_by TEXT NOT NULL, newest BIGINT NOT NULL);"
	"CREATE UNIQUE INDEX catalogue_version ON catalogue(code, version);"
	"CREATE TABLE catalogue_item(catalogue BIGINT NOT NULL, " ITEM_COLUMNS_SQL
	"PRIMARY KEY(catalogue, code)) {{without rowid}};"
	"CREATE INDEX catalogue_item_seq ON catalogue_item(catalogue, seq);"
	/* Codes are for life: whose each is, and whether it was retired. */
	"CREATE TABLE code(code TEXT NOT NULL PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, "
	"retired_at BIGINT NOT NULL)";

static const char lists_sql[] =
	"CREATE TABLE unit(unit TEXT NOT NULL PRIMARY KEY, township TEXT NOT NULL, village TEXT NOT NULL, "
	"kind TEXT NOT NULL, slug TEXT NOT NULL UNIQUE, qr TEXT NOT NULL, qr_url TEXT NOT NULL);"
	"CREATE TABLE list(id {{id}}, unit TEXT NOT NULL, township TEXT NOT NULL, village TEXT NOT NULL, "
	"version BIGINT NOT NULL, state TEXT NOT NULL, round BIGINT NOT NULL, note TEXT NOT NULL, "
	"effective_from TEXT NOT NULL, effective_to TEXT NOT NULL, basic BIGINT NOT NULL, assist BIGINT NOT NULL, "
	"withdrawn BIGINT NOT NULL, common BIGINT NOT NULL, optional BIGINT NOT NULL, local BIGINT NOT NULL, "
	"delegated BIGINT NOT NULL, statutory BIGINT NOT NULL, services BIGINT NOT NULL, created_at BIGINT NOT NULL, "
	"created_by TEXT NOT NULL, published_at BIGINT NOT NULL, published_by TEXT NOT NULL);"
	"CREATE UNIQUE INDEX list_version ON list(unit, version);"
	"CREATE INDEX list_township ON list(township, id);"
	"CREATE INDEX list_village ON list(village, id);"
	"CREATE TABLE list_item(list BIGINT NOT NULL, catalogue BIGINT NOT NULL, catalogue_code TEXT NOT NULL, "
	"kind TEXT NOT NULL, criterion TEXT NOT NULL, " ITEM_COLUMNS_SQL
	"PRIMARY KEY(list, code)) {{without rowid}};"
	"CREATE INDEX list_item_seq ON list_item(list, seq);"
	/* Which catalogue versions a list was made from. */
	"CREATE TABLE list_base(list BIGINT NOT NULL, catalogue BIGINT NOT NULL, code TEXT NOT NULL, "
	"PRIMARY KEY(list, catalogue)) {{without rowid}};"
	"CREATE TABLE item_change(id {{id}}, unit TEXT NOT NULL, code TEXT NOT NULL, what TEXT NOT NULL, "
	"text TEXT NOT NULL, version BIGINT NOT NULL, round BIGINT NOT NULL, batch BIGINT NOT NULL, "
	"person TEXT NOT NULL, body TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE INDEX item_change_code ON item_change(code, unit, id);"
	/* How a resident gets an item done: by unit and code, beside the versions. */
	"CREATE TABLE guide(unit TEXT NOT NULL, code TEXT NOT NULL, steps TEXT NOT NULL, materials TEXT NOT NULL, "
	"place TEXT NOT NULL, hours TEXT NOT NULL, phone TEXT NOT NULL, livelihood BIGINT NOT NULL, "
	"at BIGINT NOT NULL, PRIMARY KEY(unit, code)) {{without rowid}};"
	"CREATE TABLE usage(unit TEXT NOT NULL, code TEXT NOT NULL, orders BIGINT NOT NULL, last_at BIGINT NOT NULL, "
	"PRIMARY KEY(unit, code)) {{without rowid}};"
	"CREATE TABLE tally(division TEXT NOT NULL, name TEXT NOT NULL, year BIGINT NOT NULL, amount BIGINT NOT NULL, "
	"PRIMARY KEY(division, name, year)) {{without rowid}}";

static const char rounds_sql[] =
	"CREATE TABLE round(id {{id}}, township TEXT NOT NULL, year BIGINT NOT NULL, state TEXT NOT NULL, "
	"title TEXT NOT NULL, surveyed BIGINT NOT NULL, assessed BIGINT NOT NULL, adjusted BIGINT NOT NULL, "
	"opened_at BIGINT NOT NULL, closed_at BIGINT NOT NULL);"
	"CREATE UNIQUE INDEX round_year ON round(township, year);"
	"CREATE TABLE round_item(round BIGINT NOT NULL, code TEXT NOT NULL, act TEXT NOT NULL, name TEXT NOT NULL, "
	"finding TEXT NOT NULL, surveyed_by TEXT NOT NULL, surveyed_at BIGINT NOT NULL, needed TEXT NOT NULL, "
	"able TEXT NOT NULL, too_technical TEXT NOT NULL, verdict TEXT NOT NULL, opinion TEXT NOT NULL, "
	"assessed_by TEXT NOT NULL, assessed_at BIGINT NOT NULL, done_at BIGINT NOT NULL, "
	"PRIMARY KEY(round, code)) {{without rowid}};"
	"CREATE TABLE review(id {{id}}, township TEXT NOT NULL, year BIGINT NOT NULL, quarter BIGINT NOT NULL, "
	"state TEXT NOT NULL, due_on TEXT NOT NULL, provisional BIGINT NOT NULL, finding TEXT NOT NULL, "
	"suggestion TEXT NOT NULL, person TEXT NOT NULL, done_at BIGINT NOT NULL, overdue_at BIGINT NOT NULL);"
	"CREATE UNIQUE INDEX review_quarter ON review(township, year, quarter);"
	"CREATE INDEX review_due ON review(state, due_on);"
	ZHEN_JOURNAL_SQL_AS("round_journal") ";" ZHEN_CALENDAR_SQL;

static const char admission_sql[] =
	"CREATE TABLE admission(id {{id}}, township TEXT NOT NULL, unit TEXT NOT NULL, code TEXT NOT NULL, "
	"title TEXT NOT NULL, field TEXT NOT NULL, reason TEXT NOT NULL, basis TEXT NOT NULL, lead TEXT NOT NULL, "
	"duty TEXT NOT NULL, support TEXT NOT NULL, place TEXT NOT NULL, upper TEXT NOT NULL, listing BIGINT NOT NULL, "
	"needed TEXT NOT NULL, connected TEXT NOT NULL, "
	"simple TEXT NOT NULL, visible TEXT NOT NULL, state TEXT NOT NULL, body TEXT NOT NULL, "
	"body_name TEXT NOT NULL, filed_at BIGINT NOT NULL, opinion TEXT NOT NULL, decided_by TEXT NOT NULL, decided_at BIGINT NOT NULL, "
	"version BIGINT NOT NULL);"
	"CREATE INDEX admission_township ON admission(township, id);"
	ZHEN_JOURNAL_SQL_AS("admission_journal") ";"
	"CREATE TABLE task(id {{id}}, township TEXT NOT NULL, unit TEXT NOT NULL, kind TEXT NOT NULL, "
	"title TEXT NOT NULL, code TEXT NOT NULL, item_name TEXT NOT NULL, outside BIGINT NOT NULL, "
	"why TEXT NOT NULL, state TEXT NOT NULL, admission BIGINT NOT NULL, body TEXT NOT NULL, "
	"body_name TEXT NOT NULL, at BIGINT NOT NULL, ended_at BIGINT NOT NULL);"
	"CREATE INDEX task_township ON task(township, id);"
	ZHEN_JOURNAL_SQL_AS("task_journal") ";"
	"CREATE TABLE transfer(id {{id}}, township TEXT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, "
	"state TEXT NOT NULL, authority TEXT NOT NULL, people TEXT NOT NULL, money TEXT NOT NULL, "
	"posts BIGINT NOT NULL, amount_fen BIGINT NOT NULL, opened_at BIGINT NOT NULL, completed_at BIGINT NOT NULL);"
	"CREATE UNIQUE INDEX transfer_item ON transfer(township, code);"
	ZHEN_JOURNAL_SQL_AS("transfer_journal");

static const char around_sql[] =
	"CREATE TABLE situation(id {{id}}, division TEXT NOT NULL, topic TEXT NOT NULL, situation TEXT NOT NULL, "
	"responsible TEXT NOT NULL, assisting TEXT NOT NULL, basis TEXT NOT NULL, code TEXT NOT NULL, "
	"phone TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE UNIQUE INDEX situation_key ON situation(topic, situation, division);"
	"CREATE TABLE grid_type(id {{id}}, division TEXT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, "
	"state TEXT NOT NULL, basis TEXT NOT NULL, batch BIGINT NOT NULL, item TEXT NOT NULL, at BIGINT NOT NULL, "
	"removed_at BIGINT NOT NULL);"
	"CREATE UNIQUE INDEX grid_type_code ON grid_type(division, code);"
	"CREATE TABLE organ(id {{id}}, township TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, "
	"replaces TEXT NOT NULL, dual BIGINT NOT NULL, superior TEXT NOT NULL, say TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE UNIQUE INDEX organ_name ON organ(township, name)";

/* What reports look for. */
static const char reports_sql[] = "CREATE INDEX review_time ON review(year, quarter, id);"
				  "CREATE INDEX urban_newest ON urban(division) WHERE newest = 1";

static const char powers_sql[] = "ALTER TABLE catalogue_item ADD COLUMN power TEXT NOT NULL DEFAULT '';"
				 "ALTER TABLE list_item ADD COLUMN power TEXT NOT NULL DEFAULT '';"
				 "ALTER TABLE admission ADD COLUMN power TEXT NOT NULL DEFAULT ''";

/* An admission is asked for by the task that it let through, and by the code that it would take. */
static const char admissions_sought_sql[] = "CREATE INDEX task_admission ON task(admission);"
					    "CREATE INDEX admission_code ON admission(code, state)";

const zhen_migration migrations[] = {
	{ .number = 1, .sql = catalogues_sql },
	{ .number = 2, .sql = lists_sql },
	{ .number = 3, .sql = rounds_sql },
	{ .number = 4, .sql = admission_sql },
	{ .number = 5, .sql = around_sql },
	PEOPLE_MIGRATIONS
	{ .number = 10, .sql = reports_sql },
	{ .number = 11, .sql = entries_sql },
	{ .number = 12, .sql = situations_sql },
	{ .number = 13, .sql = powers_sql },
	{ .number = 14, .sql = situations_kept_sql },
	{ .number = 15, .sql = sunk_sql },
	{ .number = 16, .sql = admissions_sought_sql },
	{ 0 },
};
