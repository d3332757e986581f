/* SPDX-License-Identifier: Apache-2.0
 * The floor: an outbox by hand. The publisher commits a group; the consumer reads the outbox behind its position and commits
 * effects and position. Nothing is checked, nothing but the events is kept, nobody else is told. */
#include "bus_bench.h"

#include <stdio.h>

typedef struct Outbox {
	Bench *bench;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t more;
	int64_t committed; /* seq; under the lock */
	bool over;
} Outbox;

#define SCHEMA "CREATE TABLE IF NOT EXISTS outbox(seq INTEGER PRIMARY KEY, body TEXT NOT NULL)"

static bool wait_for_more(Outbox *outbox, int64_t after)
{
	bool more;

	pthread_mutex_lock(&outbox->lock);
	while (outbox->committed <= after && !outbox->over)
		pthread_cond_wait(&outbox->more, &outbox->lock);
	more = outbox->committed > after;
	pthread_mutex_unlock(&outbox->lock);
	return more;
}

static void *consume(void *data)
{
	Outbox *outbox = data;
	sqlite3 *db = database_open(outbox->bench->folder, "outbox.db", SCHEMA);
	sqlite3_stmt *rows = database_prepare(db, "SELECT seq, body FROM outbox WHERE seq > ?1 ORDER BY seq LIMIT ?2");
	int64_t at = 0, sent[CONSUMER_MAX];
	char position[32];
	Effect effect;

	effect_open(&effect, outbox->bench->folder);
	while (wait_for_more(outbox, at)) {
		unsigned count = 0;

		effect_begin(&effect);
		sqlite3_bind_int64(rows, 1, at);
		sqlite3_bind_int(rows, 2, CONSUMER_MAX);
		while (sqlite3_step(rows) == SQLITE_ROW) {
			const char *body = (const char *)sqlite3_column_text(rows, 1);

			at = sqlite3_column_int64(rows, 0);
			sent[count++] = event_sent(body);
			effect_add(&effect, body);
		}
		sqlite3_reset(rows);
		snprintf(position, sizeof position, "%lld", (long long)at);
		effect_commit(&effect, position);
		window_give(&outbox->bench->window, sent, count, now_us());
	}
	sqlite3_finalize(rows);
	sqlite3_close(db);
	effect_close(&effect);
	return NULL;
}

static void tell(Outbox *outbox, int64_t committed, bool over)
{
	pthread_mutex_lock(&outbox->lock);
	outbox->committed = committed;
	outbox->over = over;
	pthread_cond_signal(&outbox->more);
	pthread_mutex_unlock(&outbox->lock);
}

void arm_outbox(Bench *bench)
{
	Outbox outbox = { .bench = bench, .lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER };
	sqlite3 *db = database_open(bench->folder, "outbox.db", SCHEMA);
	sqlite3_stmt *begin = database_prepare(db, "BEGIN IMMEDIATE"), *commit = database_prepare(db, "COMMIT");
	sqlite3_stmt *insert = database_prepare(db, "INSERT INTO outbox(body) VALUES(?1)");
	unsigned count;

	pthread_create(&outbox.thread, NULL, consume, &outbox);
	while ((count = window_take(&bench->window)) > 0) {
		char text[EVENT_BYTES + 1];

		database_run(begin);
		for (unsigned i = 0; i < count; i++) {
			event_write(text, bench->published++);
			sqlite3_bind_text(insert, 1, text, EVENT_BYTES, SQLITE_STATIC);
			database_run(insert);
		}
		database_run(commit);
		tell(&outbox, sqlite3_last_insert_rowid(db), false);
	}
	window_wait_empty(&bench->window);
	tell(&outbox, sqlite3_last_insert_rowid(db), true);
	pthread_join(outbox.thread, NULL);
	sqlite3_finalize(begin);
	sqlite3_finalize(commit);
	sqlite3_finalize(insert);
	sqlite3_close(db);
}
