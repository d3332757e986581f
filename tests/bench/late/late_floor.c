/* SPDX-License-Identifier: Apache-2.0
 * The bare loop that a plugin enabled late is held against: reads the events of one topic from a publisher's archives and log,
 * and writes the projection of tests/fixtures/tally, durably, in transactions of the same size. Nothing is checked, nobody is
 * told, no cursor is kept.
 *
 *   late_floor FOLDER-OF-THE-PUBLISHER NEW-DATABASE EVENTS-PER-TRANSACTION */
#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct Floor {
	sqlite3 *db;
	sqlite3_stmt *begin, *commit, *upsert;
	long long events, last;
	int batch, open;
} Floor;

static void die(const char *what, sqlite3 *db)
{
	fprintf(stderr, "late_floor: %s: %s\n", what, db != NULL ? sqlite3_errmsg(db) : "failed");
	exit(1);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt;

	if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
		die(sql, db);
	return stmt;
}

static void step(Floor *floor, sqlite3_stmt *stmt)
{
	if (sqlite3_step(stmt) != SQLITE_DONE)
		die("step", floor->db);
	sqlite3_reset(stmt);
}

static void floor_open(Floor *floor, const char *path, int batch)
{
	if (sqlite3_open(path, &floor->db) != SQLITE_OK ||
	    sqlite3_exec(floor->db,
	                 "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-8192; "
	                 "PRAGMA wal_autocheckpoint=8192; CREATE TABLE total(division TEXT NOT NULL, "
	                 "day BIGINT NOT NULL, events BIGINT NOT NULL, amount BIGINT NOT NULL, digest BIGINT NOT NULL, "
	                 "PRIMARY KEY(division, day)) WITHOUT ROWID",
	                 NULL, NULL, NULL) != SQLITE_OK)
		die(path, floor->db);
	floor->begin = prepare(floor->db, "BEGIN IMMEDIATE");
	floor->commit = prepare(floor->db, "COMMIT");
	floor->upsert = prepare(floor->db, "INSERT INTO total(division, day, events, amount, digest) VALUES(?1, ?2, 1, ?3, ?4) "
	                                   "ON CONFLICT(division, day) DO UPDATE SET events = total.events + 1, "
	                                   "amount = total.amount + excluded.amount, "
	                                   "digest = (total.digest * 31 + excluded.digest) % 1000000007");
	floor->batch = batch;
}

/* Where the value of a member begins: the product writes its events without blanks, all members of this topic are plain. */
static const char *value_of(const char *body, const char *name)
{
	const char *at = strstr(body, name);

	if (at == NULL)
		die(body, NULL);
	return at + strlen(name);
}

static int digits(const char *text, int count)
{
	int value = 0;

	for (int i = 0; i < count; i++)
		value = value * 10 + (text[i] - '0');
	return value;
}

/* Of "2027-03-01T09:00:00.000+08:00", in days of UTC as the projection has them. */
static long long day_of(const char *text)
{
	const int year = digits(text, 4), month = digits(text + 5, 2), day = digits(text + 8, 2);
	const int y = month <= 2 ? year - 1 : year, m = month <= 2 ? month + 9 : month - 3;

	return 365LL * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468 -
	       (digits(text + 11, 2) < 8);
}

static void take(Floor *floor, const char *body)
{
	const char *division = value_of(body, "\"division\":\"");

	if (floor->open == 0)
		step(floor, floor->begin);
	sqlite3_bind_text(floor->upsert, 1, division, 12, SQLITE_STATIC);
	sqlite3_bind_int64(floor->upsert, 2, day_of(value_of(body, "\"at\":\"")));
	sqlite3_bind_int64(floor->upsert, 3, atoll(value_of(body, "\"amount\":")));
	sqlite3_bind_int64(floor->upsert, 4, atoll(value_of(body, "\"number\":")));
	step(floor, floor->upsert);
	floor->events++;
	if (++floor->open == floor->batch) {
		step(floor, floor->commit);
		floor->open = 0;
	}
}

static void read_log(Floor *floor, const char *path)
{
	sqlite3 *db;
	sqlite3_stmt *rows;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
		die(path, db);
	rows = prepare(db, "SELECT seq, body FROM _event WHERE seq > ?1 AND topic = 'ring_a.counted' ORDER BY seq");
	sqlite3_bind_int64(rows, 1, floor->last);
	while (sqlite3_step(rows) == SQLITE_ROW) {
		floor->last = sqlite3_column_int64(rows, 0);
		take(floor, (const char *)sqlite3_column_text(rows, 1));
	}
	sqlite3_finalize(rows);
	sqlite3_close(db);
}

static int is_archive(const struct dirent *entry)
{
	const char *end = strrchr(entry->d_name, '.');

	return strncmp(entry->d_name, "events-", 7) == 0 && end != NULL && strcmp(end, ".db") == 0;
}

int main(int argc, char **argv)
{
	Floor floor = { 0 };
	struct timespec began, ended;
	struct dirent **archives;
	char path[4096];
	int count;

	if (argc != 4)
		die("usage: late_floor FOLDER DATABASE EVENTS", NULL);
	clock_gettime(CLOCK_MONOTONIC, &began);
	floor_open(&floor, argv[2], atoi(argv[3]));
	count = scandir(argv[1], &archives, is_archive, alphasort);
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof path, "%s/%s", argv[1], archives[i]->d_name);
		read_log(&floor, path);
	}
	snprintf(path, sizeof path, "%s/data.db", argv[1]);
	read_log(&floor, path);
	if (floor.open > 0)
		step(&floor, floor.commit);
	clock_gettime(CLOCK_MONOTONIC, &ended);
	printf("%lld events in %.6f s from %d archives\n", floor.events,
	       (double)(ended.tv_sec - began.tv_sec) + (double)(ended.tv_nsec - began.tv_nsec) / 1e9, count > 0 ? count : 0);
	return 0;
}
