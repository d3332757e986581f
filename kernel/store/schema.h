/* SPDX-License-Identifier: Apache-2.0
 * Tables of every database that are the host's own; names begin with '_'. Written in portable words. */
#pragma once

/* Of _cursor, which event it stands at: the log may hold another one there later. mark 0 = not known; parted: the end of the log
 * when it was first seen to be shorter than that, -1 = it was not. */
#define STORE_CURSOR_MARK                                                                                             \
	"mark BIGINT NOT NULL DEFAULT 0, marked_at BIGINT NOT NULL DEFAULT 0, parted BIGINT NOT NULL DEFAULT -1"
/* The same for a database made before them. */
#define STORE_CURSOR_ADD                                                                                              \
	"ALTER TABLE _cursor ADD COLUMN mark BIGINT NOT NULL DEFAULT 0;"                                              \
	"ALTER TABLE _cursor ADD COLUMN marked_at BIGINT NOT NULL DEFAULT 0;"                                         \
	"ALTER TABLE _cursor ADD COLUMN parted BIGINT NOT NULL DEFAULT -1;"

#define STORE_SCHEMA                                                                                                  \
	"CREATE TABLE IF NOT EXISTS _event(seq {{id}}, topic TEXT NOT NULL, subject TEXT NOT NULL, "                  \
	"division TEXT NOT NULL, at BIGINT NOT NULL, body TEXT NOT NULL);"                                            \
	"CREATE TABLE IF NOT EXISTS _audit(seq {{id}}, at BIGINT NOT NULL, account TEXT NOT NULL, body TEXT NOT NULL, " \
	"route TEXT NOT NULL, subject TEXT NOT NULL, outcome BIGINT NOT NULL, request TEXT NOT NULL, "                \
	"digest TEXT NOT NULL, chain TEXT NOT NULL);"                                                                 \
	"CREATE TABLE IF NOT EXISTS _migration(number BIGINT NOT NULL PRIMARY KEY, phase BIGINT NOT NULL, "           \
	"checksum TEXT NOT NULL, at BIGINT NOT NULL);"                                                                \
	"CREATE TABLE IF NOT EXISTS _idempotency(owner TEXT NOT NULL, route TEXT NOT NULL, key TEXT NOT NULL, "       \
	"digest TEXT NOT NULL, status BIGINT NOT NULL, location TEXT NOT NULL, reply TEXT NOT NULL, "                 \
	"at BIGINT NOT NULL, subject TEXT NOT NULL, PRIMARY KEY(owner, route, key)) {{without rowid}};"               \
	"CREATE TABLE IF NOT EXISTS _blob(digest TEXT NOT NULL, subject TEXT NOT NULL, at BIGINT NOT NULL, "          \
	"PRIMARY KEY(digest, subject)) {{without rowid}};"                                                            \
	/* digest '' = the subject itself; else a file that is to go. done 0 = something of it may still be on the disk. */ \
	"CREATE TABLE IF NOT EXISTS _purge(kind TEXT NOT NULL, subject TEXT NOT NULL, digest TEXT NOT NULL, "         \
	"at BIGINT NOT NULL, done BIGINT NOT NULL, PRIMARY KEY(kind, subject, digest)) {{without rowid}};"            \
	"CREATE TABLE IF NOT EXISTS _job(id {{id}}, name TEXT NOT NULL, args TEXT NOT NULL, not_before BIGINT NOT NULL, " \
	"tries BIGINT NOT NULL, error TEXT NOT NULL, subject TEXT NOT NULL DEFAULT '');"                              \
	"CREATE INDEX IF NOT EXISTS _job_due ON _job(name, not_before, id);"                                          \
	"CREATE TABLE IF NOT EXISTS _run(name TEXT NOT NULL, job BIGINT NOT NULL, deaths BIGINT NOT NULL, "           \
	"not_before BIGINT NOT NULL, PRIMARY KEY(name, job)) {{without rowid}};"                                      \
	"CREATE TABLE IF NOT EXISTS _clock(name TEXT NOT NULL PRIMARY KEY, last BIGINT NOT NULL);"                    \
	"CREATE TABLE IF NOT EXISTS _meta(name TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL);"                    \
	/* What went to events-YYYY.db and must be there. */                                                         \
	"CREATE TABLE IF NOT EXISTS _archive(year BIGINT NOT NULL PRIMARY KEY, first BIGINT NOT NULL, "               \
	"last BIGINT NOT NULL);"                                                                                      \
	/* An index of the host; rows with a key of at least low are in it, of all when that is the least number there is. */ \
	"CREATE TABLE IF NOT EXISTS _search(name TEXT NOT NULL PRIMARY KEY, declared TEXT NOT NULL, "                 \
	"low BIGINT NOT NULL) {{without rowid}};"                                                                     \
	"CREATE TABLE IF NOT EXISTS _cursor(publisher TEXT NOT NULL, topic TEXT NOT NULL, epoch BIGINT NOT NULL, "    \
	"seq BIGINT NOT NULL, live BIGINT NOT NULL, " STORE_CURSOR_MARK ", PRIMARY KEY(publisher, topic)) {{without rowid}};" \
	"CREATE TABLE IF NOT EXISTS _parked(id {{id}}, publisher TEXT NOT NULL, epoch BIGINT NOT NULL, "              \
	"seq BIGINT NOT NULL, topic TEXT NOT NULL, subject TEXT NOT NULL, division TEXT NOT NULL, at BIGINT NOT NULL, " \
	"body TEXT NOT NULL, code TEXT NOT NULL, error TEXT NOT NULL, tries BIGINT NOT NULL, "                        \
	"not_before BIGINT NOT NULL, parked_at BIGINT NOT NULL);"                                                     \
	"CREATE INDEX IF NOT EXISTS _parked_subject ON _parked(publisher, subject, id);"                              \
	"CREATE INDEX IF NOT EXISTS _parked_due ON _parked(not_before, id);"                                          \
	/* Nobody tries these any more. Rows are counted as they come and go: per publisher in _meta, per subject here. */ \
	"CREATE INDEX IF NOT EXISTS _parked_dead ON _parked(id) WHERE not_before = 9223372036854775807 "              \
	"AND code <> 'behind';"                                                                                       \
	"CREATE TABLE IF NOT EXISTS _crowd(publisher TEXT NOT NULL, subject TEXT NOT NULL, events BIGINT NOT NULL, "  \
	"PRIMARY KEY(publisher, subject)) {{without rowid}};"                                                         \
	/* Subjects of which what lies behind seq waits in the publisher's log; let_go 1: it comes now. And how far the cursors \
	 * were that went back for one. */                                                                            \
	"CREATE TABLE IF NOT EXISTS _held(publisher TEXT NOT NULL, subject TEXT NOT NULL, seq BIGINT NOT NULL, "      \
	"let_go BIGINT NOT NULL, PRIMARY KEY(publisher, subject)) {{without rowid}};"                                 \
	"CREATE TABLE IF NOT EXISTS _reached(publisher TEXT NOT NULL, topic TEXT NOT NULL, seq BIGINT NOT NULL, "     \
	"PRIMARY KEY(publisher, topic)) {{without rowid}};"                                                           \
	"CREATE INDEX IF NOT EXISTS _crowd_events ON _crowd(events)"
