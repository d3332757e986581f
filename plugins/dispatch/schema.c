/* SPDX-License-Identifier: Apache-2.0
 * Tables. assignment = an order to one department; part = the
 * whistles a department has ever had an order of; watch_on = the day after which it is late, "~" = none. */
#include "dispatch.h"

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

const zhen_migration migrations[] = { { .number = 1, .sql = first_sql }, { 0 } };
