/* SPDX-License-Identifier: Apache-2.0
 * Tables. Times are ms, days are ISO texts; areas are 0.01 m², heights 0.01 m. No column holds a code in clear. */
#include "cases.h"
#include "items.h"
#include "licence.h"

extern const char reports_sql[], reports_places_sql[]; /* reports.c */

static const char items_sql[] =
	"CREATE TABLE item(id {{id}}, code TEXT NOT NULL, version BIGINT NOT NULL, name TEXT NOT NULL, "
	"type TEXT NOT NULL, handling TEXT NOT NULL, form TEXT NOT NULL, promised_days BIGINT NOT NULL, "
	"statutory_days BIGINT NOT NULL, extension_days BIGINT NOT NULL, visit_limit BIGINT NOT NULL, "
	"window_kind TEXT NOT NULL, valid_from TEXT NOT NULL, valid_to TEXT NOT NULL, in_force BIGINT NOT NULL, "
	"published_at BIGINT NOT NULL, published_by TEXT NOT NULL, content TEXT NOT NULL);"
	"CREATE UNIQUE INDEX item_version ON item(code, version);"
	"CREATE TABLE item_step(item BIGINT NOT NULL, seq BIGINT NOT NULL, code TEXT NOT NULL, title TEXT NOT NULL, "
	"phase TEXT NOT NULL, body_kind TEXT NOT NULL, permission TEXT NOT NULL, days BIGINT NOT NULL, "
	"people BIGINT NOT NULL, publicity_days BIGINT NOT NULL, gate TEXT NOT NULL, result TEXT NOT NULL, "
	"PRIMARY KEY(item, seq)) {{without rowid}};"
	ZHEN_SERIES_SQL ";" ZHEN_IMPORTED_SQL ";" ZHEN_CALENDAR_SQL;

static const char matters_sql[] =
	"CREATE TABLE matter(id {{id}}, number TEXT NOT NULL UNIQUE, code_digest TEXT NOT NULL, "
	"code_seed TEXT NOT NULL, item BIGINT NOT NULL, item_code TEXT NOT NULL, item_name TEXT NOT NULL, "
	"township TEXT NOT NULL, village TEXT NOT NULL, window_body TEXT NOT NULL, channel TEXT NOT NULL, "
	"point TEXT NOT NULL, applicant TEXT NOT NULL, id_card TEXT NOT NULL, phone TEXT NOT NULL, "
	"state TEXT NOT NULL, step TEXT NOT NULL, step_title TEXT NOT NULL, seq BIGINT NOT NULL, "
	"round BIGINT NOT NULL, filed_at BIGINT NOT NULL, materials_at BIGINT NOT NULL, told_once BIGINT NOT NULL, "
	"accepted_at BIGINT NOT NULL, deemed BIGINT NOT NULL, contact TEXT NOT NULL, budget_days BIGINT NOT NULL, "
	"extension_days BIGINT NOT NULL, consumed_days BIGINT NOT NULL, running_since BIGINT NOT NULL, "
	"due_on TEXT NOT NULL, provisional BIGINT NOT NULL, watch_on TEXT NOT NULL, overdue_at BIGINT NOT NULL, "
	"stopped_at BIGINT NOT NULL, decided_at BIGINT NOT NULL, visits BIGINT NOT NULL, visit_limit BIGINT NOT NULL, "
	"places TEXT NOT NULL, over_visits TEXT NOT NULL, purged_at BIGINT NOT NULL);"
	/* Lists read nothing but these. */
	"CREATE INDEX matter_township ON matter(township, id, number, item_name, village, applicant, state, step_title, "
	"filed_at, due_on, provisional, overdue_at);"
	"CREATE INDEX matter_village ON matter(village, id, number, item_name, township, applicant, state, step_title, "
	"filed_at, due_on, provisional, overdue_at);"
	"CREATE INDEX matter_watch ON matter(watch_on, id);"
	"CREATE TABLE matter_step(matter BIGINT NOT NULL, seq BIGINT NOT NULL, code TEXT NOT NULL, "
	"title TEXT NOT NULL, phase TEXT NOT NULL, body TEXT NOT NULL, body_name TEXT NOT NULL, "
	"permission TEXT NOT NULL, until_day BIGINT NOT NULL, people BIGINT NOT NULL, publicity_days BIGINT NOT NULL, "
	"gate TEXT NOT NULL, result TEXT NOT NULL, state TEXT NOT NULL, started_at BIGINT NOT NULL, "
	"done_at BIGINT NOT NULL, person TEXT NOT NULL, opinion TEXT NOT NULL, PRIMARY KEY(matter, seq)) "
	"{{without rowid}};"
	"CREATE TABLE opinion(id {{id}}, matter BIGINT NOT NULL, round BIGINT NOT NULL, step TEXT NOT NULL, "
	"decision TEXT NOT NULL, opinion TEXT NOT NULL, person TEXT NOT NULL, account TEXT NOT NULL, "
	"body TEXT NOT NULL, checker TEXT NOT NULL, second_checker TEXT NOT NULL, checked_on TEXT NOT NULL, "
	"at BIGINT NOT NULL);"
	"CREATE INDEX opinion_matter ON opinion(matter, id);"
	ZHEN_SUSPENSIONS_SQL ";"
	"CREATE TABLE extension(matter BIGINT NOT NULL PRIMARY KEY, days BIGINT NOT NULL, reason TEXT NOT NULL, "
	"basis TEXT NOT NULL, approver TEXT NOT NULL, account TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE TABLE publicity(matter BIGINT NOT NULL, round BIGINT NOT NULL, start_on TEXT NOT NULL, "
	"end_on TEXT NOT NULL, place TEXT NOT NULL, ended_at BIGINT NOT NULL, objections BIGINT NOT NULL, "
	"note TEXT NOT NULL, PRIMARY KEY(matter, round)) {{without rowid}};"
	ZHEN_JOURNAL_SQL ";"
	"CREATE TABLE material(id {{id}}, matter BIGINT NOT NULL, title TEXT NOT NULL, digest TEXT NOT NULL, "
	"at BIGINT NOT NULL);"
	"CREATE INDEX material_matter ON material(matter, id)";

static const char forms_sql[] =
	"CREATE TABLE homestead(matter BIGINT NOT NULL PRIMARY KEY, reason TEXT NOT NULL, old_area BIGINT NOT NULL, "
	"old_disposal TEXT NOT NULL, site_area BIGINT NOT NULL, house_area BIGINT NOT NULL, "
	"ancillary_area BIGINT NOT NULL, courtyard_area BIGINT NOT NULL, address TEXT NOT NULL, east TEXT NOT NULL, "
	"south TEXT NOT NULL, west TEXT NOT NULL, north TEXT NOT NULL, land TEXT NOT NULL, floor_area BIGINT NOT NULL, "
	"storeys BIGINT NOT NULL, height BIGINT NOT NULL, neighbours_consulted BIGINT NOT NULL, "
	"group_opinion TEXT NOT NULL, village_opinion TEXT NOT NULL, conversion TEXT NOT NULL);"
	"CREATE TABLE household(matter BIGINT NOT NULL, seq BIGINT NOT NULL, name TEXT NOT NULL, id_card TEXT NOT NULL, "
	"id_digest TEXT NOT NULL, relation TEXT NOT NULL, PRIMARY KEY(matter, seq)) {{without rowid}};"
	"CREATE INDEX household_person ON household(id_digest, matter)";

static const char documents_sql[] =
	ZHEN_DOCUMENTS_SQL ";"
	"CREATE TABLE certificate(document BIGINT NOT NULL, title TEXT NOT NULL, number TEXT NOT NULL, "
	"PRIMARY KEY(document, title)) {{without rowid}}";

const zhen_migration migrations[] = {
	{ .number = 1, .sql = items_sql },
	{ .number = 2, .sql = matters_sql },
	{ .number = 3, .sql = forms_sql },
	{ .number = 4, .sql = documents_sql },
	ITEMS_MIGRATIONS
	CASES_MIGRATIONS(7)
	{ .number = 10, .sql = reports_sql },
	{ .number = 11, .sql = parts_sql },
	{ .number = 12, .sql = network_sql },
	{ .number = 13, .sql = reports_places_sql },
	{ .number = 14, .sql = handed_sql },
	{ .number = 15, .sql = guides_sql },
	{ .number = 16, .sql = staff_sql },
	{ .number = 17, .sql = sealing_sql },
	{ .number = 18, .sql = owners_sql },
	{ .number = 19, .sql = rechecks_sql },
	{ .number = 20, .sql = hearing_sql },
	{ .number = 21, .sql = integrity_sql },
	{ .number = 22, .sql = licence_sql },
	{ .number = 23, .sql = ending_sql },
	{ .number = 24, .sql = offers_sql },
	{ .number = 25, .sql = checkers_sql },
	{ .number = 26, .sql = credit_sql },
	{ .number = 27, .sql = rights_sql },
	{ .number = 28, .sql = printed_sql },
	{ .number = 29, .sql = organisations_sql },
	{ 0 },
};
