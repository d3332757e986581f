/* SPDX-License-Identifier: Apache-2.0
 * Tables of posts, headcount and persons. Days are ISO texts, "" = none yet. unit = the township itself or one of its villages
 * and communities; village = "" for what is the township's own. */
#include "people.h"

#define PLACE_COLUMNS "unit TEXT NOT NULL, township TEXT NOT NULL, village TEXT NOT NULL, "

const char posts_sql[] =
	"CREATE TABLE post(id {{id}}, " PLACE_COLUMNS
	"code TEXT NOT NULL, name TEXT NOT NULL, rung TEXT NOT NULL, duty TEXT NOT NULL, state TEXT NOT NULL, "
	"headcount BIGINT NOT NULL, holders BIGINT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL, "
	"approved_at BIGINT NOT NULL, abolished_at BIGINT NOT NULL);"
	"CREATE UNIQUE INDEX post_code ON post(unit, code);"
	"CREATE INDEX post_township ON post(township, id);"
	"CREATE INDEX post_village ON post(village, id);"
	"CREATE TABLE post_duty(post BIGINT NOT NULL, unit TEXT NOT NULL, code TEXT NOT NULL, since_at BIGINT NOT NULL, "
	"PRIMARY KEY(post, code)) {{without rowid}};"
	"CREATE INDEX post_duty_code ON post_duty(unit, code, post);"
	"CREATE TABLE support(unit TEXT NOT NULL, code TEXT NOT NULL, kind TEXT NOT NULL, ready BIGINT NOT NULL, "
	"note TEXT NOT NULL, person TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY(unit, code, kind)) {{without rowid}};"
	ZHEN_JOURNAL_SQL_AS("post_journal");

const char headcount_sql[] =
	"CREATE TABLE headcount(id {{id}}, township TEXT NOT NULL, component TEXT NOT NULL, change BIGINT NOT NULL, "
	"effective_on TEXT NOT NULL, what TEXT NOT NULL, other TEXT NOT NULL, purpose TEXT NOT NULL, "
	"reason TEXT NOT NULL, basis TEXT NOT NULL, person TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE INDEX headcount_township ON headcount(township, component, effective_on, change);"
	/* What the history adds up to, for lists: written by the call that adds to it. */
	"CREATE TABLE staffing(township TEXT NOT NULL PRIMARY KEY, base BIGINT NOT NULL, quantified BIGINT NOT NULL, "
	"balance BIGINT NOT NULL, sunk BIGINT NOT NULL);"
	"CREATE TABLE urban(id {{id}}, division TEXT NOT NULL, residents BIGINT NOT NULL, as_of TEXT NOT NULL, "
	"source TEXT NOT NULL, newest BIGINT NOT NULL, at BIGINT NOT NULL);"
	"CREATE UNIQUE INDEX urban_day ON urban(division, as_of)";

/* What posts were sunk for (编制下沉: 执法、应急救援), apart; also of what was sunk before. */
#define SUNK_FOR(purpose) "(SELECT COALESCE(SUM(h.change), 0) FROM headcount h WHERE h.township = staffing.township AND h.what = 'sink' AND " \
			  "h.purpose = '" purpose "')"
#define SUNK_ABOVE(digits, zeros)                                                                                      \
	"INSERT INTO tally(division, name, year, amount) SELECT SUBSTR(township, 1, " digits ") || '" zeros            \
	"', 'sunk_' || purpose, 0, CAST(SUM(change) AS BIGINT) FROM headcount WHERE what = 'sink' GROUP BY 1, 2"
const char sunk_sql[] =
	"ALTER TABLE staffing ADD COLUMN enforcement BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE staffing ADD COLUMN rescue BIGINT NOT NULL DEFAULT 0;"
	"UPDATE staffing SET enforcement = " SUNK_FOR("enforcement") ", rescue = " SUNK_FOR("rescue") ";"
	SUNK_ABOVE("2", "0000000000") ";" SUNK_ABOVE("4", "00000000") ";" SUNK_ABOVE("6", "000000") ";" SUNK_ABOVE("9", "000");

const char persons_sql[] =
	"CREATE TABLE person(id {{id}}, " PLACE_COLUMNS
	"name TEXT NOT NULL, rung TEXT NOT NULL, since_on TEXT NOT NULL, joined_on TEXT NOT NULL, state TEXT NOT NULL, "
	"post BIGINT NOT NULL, secondment BIGINT NOT NULL, left_on TEXT NOT NULL, purged_at BIGINT NOT NULL);"
	"CREATE INDEX person_township ON person(township, id);"
	"CREATE INDEX person_village ON person(village, id);"
	"CREATE INDEX person_post ON person(post, id);"
	"CREATE TABLE career(id {{id}}, person BIGINT NOT NULL, rung TEXT NOT NULL, unit TEXT NOT NULL, what TEXT NOT NULL, "
	"from_on TEXT NOT NULL, how TEXT NOT NULL, basis TEXT NOT NULL, from_body TEXT NOT NULL, post TEXT NOT NULL, "
	"account TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE INDEX career_person ON career(person, id)";

const char secondments_sql[] =
	"CREATE TABLE secondment(id {{id}}, person BIGINT NOT NULL, township TEXT NOT NULL, village TEXT NOT NULL, "
	"to_body TEXT NOT NULL, to_name TEXT NOT NULL, reason TEXT NOT NULL, from_on TEXT NOT NULL, until_on TEXT NOT NULL, "
	"state TEXT NOT NULL, extended BIGINT NOT NULL, requested_by TEXT NOT NULL, requested_at BIGINT NOT NULL, "
	"decided_at BIGINT NOT NULL, opinion TEXT NOT NULL, returned_on TEXT NOT NULL, overdue_at BIGINT NOT NULL);"
	"CREATE INDEX secondment_township ON secondment(township, state, id);"
	"CREATE INDEX secondment_village ON secondment(village, id);"
	"CREATE INDEX secondment_body ON secondment(to_body, state);"
	"CREATE INDEX secondment_watch ON secondment(state, overdue_at, until_on);"
	ZHEN_JOURNAL_SQL_AS("secondment_journal");
