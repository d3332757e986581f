/* SPDX-License-Identifier: Apache-2.0
 * Tables. assignment = an order to one department; part = the
 * whistles a department has ever had an order of; watch_on = the day after which it is late, "~" = none. */
#include "opinion.h"
#include "task.h"

static const char first_sql[] =
	"CREATE TABLE guide(division TEXT NOT NULL, class TEXT NOT NULL, kind TEXT NOT NULL, standard BIGINT NOT NULL, "
	"lead TEXT NOT NULL, others TEXT NOT NULL, accept_days BIGINT NOT NULL, days BIGINT NOT NULL, source TEXT NOT NULL, "
	"id {{id}}, at BIGINT NOT NULL);"
	"CREATE UNIQUE INDEX guide_kind ON guide(division, class, kind);"
	"CREATE TABLE whistle(id {{id}}, township TEXT NOT NULL, class TEXT NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL, "
	"content TEXT NOT NULL, place TEXT NOT NULL, reason TEXT NOT NULL, standard BIGINT NOT NULL, state TEXT NOT NULL, "
	"accept_days BIGINT NOT NULL, days BIGINT NOT NULL, raised_at BIGINT NOT NULL, ended_at BIGINT NOT NULL);"
	"CREATE INDEX whistle_township ON whistle(township, id);"
	"CREATE INDEX whistle_state ON whistle(state, township, id);"
	"CREATE TABLE assignment(id {{id}}, whistle BIGINT NOT NULL, township TEXT NOT NULL, body TEXT NOT NULL, "
	"body_name TEXT NOT NULL, lead BIGINT NOT NULL, state TEXT NOT NULL, accept_days BIGINT NOT NULL, days BIGINT NOT NULL, "
	"ordered_at BIGINT NOT NULL, accepted_at BIGINT NOT NULL, done_at BIGINT NOT NULL, due_on TEXT NOT NULL, "
	"provisional BIGINT NOT NULL, watch_on TEXT NOT NULL, late_at BIGINT NOT NULL, reason TEXT NOT NULL, result TEXT NOT NULL, "
	"score BIGINT NOT NULL, comment TEXT NOT NULL);"
	"CREATE INDEX assignment_whistle ON assignment(whistle, id);"
	"CREATE INDEX assignment_township ON assignment(township, id);"
	"CREATE INDEX assignment_body ON assignment(body, id);"
	"CREATE TABLE part(body TEXT NOT NULL, id BIGINT NOT NULL, PRIMARY KEY(body, id)) {{without rowid}};"
	"CREATE INDEX assignment_watch ON assignment(watch_on, id);"
	ZHEN_CALENDAR_SQL ";" ZHEN_SUSPENSIONS_SQL ";" ZHEN_JOURNAL_SQL;

/* What a department is asked beside its order, who meets about it, who is told, and what is counted. Late to accept and late to
 * finish are two; first_at = when it was ordered at first, rung = how far up it was told, rung_on = the day after which it goes further. */
static const char closed_loop_sql[] =
	"ALTER TABLE assignment ADD COLUMN accept_late_at BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE assignment ADD COLUMN first_at BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE assignment ADD COLUMN rated_at BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE assignment ADD COLUMN rung BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE assignment ADD COLUMN rung_on TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE whistle ADD COLUMN judged_at BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE whistle ADD COLUMN judgement TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE whistle ADD COLUMN used_at BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE whistle ADD COLUMN used_how TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE whistle ADD COLUMN used_text TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE whistle ADD COLUMN reporter TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE guide ADD COLUMN duty TEXT NOT NULL DEFAULT '';"
	"CREATE INDEX assignment_state ON assignment(state, township, id);"
	"CREATE TABLE demand(id {{id}}, assignment BIGINT NOT NULL, whistle BIGINT NOT NULL, township TEXT NOT NULL, body TEXT NOT NULL, "
	"body_name TEXT NOT NULL, demand TEXT NOT NULL, answer_on TEXT NOT NULL, by_name TEXT NOT NULL, state TEXT NOT NULL, "
	"at BIGINT NOT NULL, answer TEXT NOT NULL, answered_at BIGINT NOT NULL);"
	"CREATE INDEX demand_order ON demand(assignment, id);"
	"CREATE INDEX demand_township ON demand(township, id);"
	"CREATE INDEX demand_body ON demand(body, id);"
	"CREATE TABLE meeting(id {{id}}, county TEXT NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL, held_on TEXT NOT NULL, "
	"state TEXT NOT NULL, minutes TEXT NOT NULL, made_at BIGINT NOT NULL);"
	"CREATE INDEX meeting_county ON meeting(county, id);"
	"CREATE UNIQUE INDEX meeting_week ON meeting(county, held_on) WHERE kind = 'weekly';"
	"CREATE TABLE agenda(id {{id}}, meeting BIGINT NOT NULL, whistle BIGINT NOT NULL, title TEXT NOT NULL, late BIGINT NOT NULL, "
	"decision TEXT NOT NULL, county TEXT NOT NULL, body TEXT NOT NULL, body_name TEXT NOT NULL, due_on TEXT NOT NULL, "
	"decided_at BIGINT NOT NULL, done TEXT NOT NULL, done_at BIGINT NOT NULL);"
	"CREATE INDEX agenda_meeting ON agenda(meeting, id);"
	"CREATE INDEX agenda_body ON agenda(body, id);"
	"CREATE INDEX agenda_county ON agenda(county, id);"
	"CREATE TABLE attendance(id {{id}}, meeting BIGINT NOT NULL, county TEXT NOT NULL, body TEXT NOT NULL, "
	"body_name TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE UNIQUE INDEX attendance_body ON attendance(meeting, body);"
	"CREATE INDEX attendance_absent ON attendance(county, id) WHERE state = 'absent';"
	"CREATE TABLE notice(id {{id}}, whistle BIGINT NOT NULL, township TEXT NOT NULL, body TEXT NOT NULL, body_name TEXT NOT NULL, "
	"text TEXT NOT NULL, at BIGINT NOT NULL, read_at BIGINT NOT NULL);"
	"CREATE INDEX notice_body ON notice(body, id);"
	"CREATE INDEX notice_whistle ON notice(whistle, id);"
	"CREATE TABLE campaign(id {{id}}, township TEXT NOT NULL, class TEXT NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL, "
	"body TEXT NOT NULL, body_name TEXT NOT NULL, plan TEXT NOT NULL, until_on TEXT NOT NULL, state TEXT NOT NULL, "
	"whistles BIGINT NOT NULL, at BIGINT NOT NULL, result TEXT NOT NULL, ended_at BIGINT NOT NULL);"
	"CREATE INDEX campaign_township ON campaign(township, id);"
	"CREATE TABLE programme(id {{id}}, county TEXT NOT NULL, title TEXT NOT NULL, purpose TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE INDEX programme_county ON programme(county, id);"
	"CREATE TABLE commitment(id {{id}}, programme BIGINT NOT NULL, party TEXT NOT NULL, role TEXT NOT NULL, promise TEXT NOT NULL, "
	"due_on TEXT NOT NULL, state TEXT NOT NULL, said TEXT NOT NULL, at BIGINT NOT NULL);"
	"CREATE INDEX commitment_programme ON commitment(programme, id);"
	TALLY_SQL;

/* intake = matters of the hotline by its own number; original = the one that it repeats, 0 = none. */
static const char intake_sql[] =
	"CREATE TABLE intake(id {{id}}, hotline TEXT NOT NULL, number TEXT NOT NULL, township TEXT NOT NULL, class TEXT NOT NULL, "
	"kind TEXT NOT NULL, title TEXT NOT NULL, content TEXT NOT NULL, place TEXT NOT NULL, state TEXT NOT NULL, "
	"whistle BIGINT NOT NULL, original BIGINT NOT NULL, reason TEXT NOT NULL, at BIGINT NOT NULL, ended_at BIGINT NOT NULL);"
	"CREATE UNIQUE INDEX intake_number ON intake(number, hotline);"
	"CREATE INDEX intake_state ON intake(state, township, id);"
	"CREATE INDEX intake_township ON intake(township, id);"
	"CREATE INDEX intake_whistle ON intake(whistle);"
	"CREATE INDEX intake_original ON intake(original);";

const zhen_migration migrations[] = { { .number = 1, .sql = first_sql }, { .number = 2, .sql = closed_loop_sql },
	                              { .number = 3, .sql = intake_sql }, { .number = 4, .sql = TASK_SQL },
	                              { .number = 5, .sql = OPINION_SQL }, { 0 } };
