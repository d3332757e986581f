/* SPDX-License-Identifier: Apache-2.0
 * What the product's requests would cost without the product: an event loop, a minimal parser, the same tables, columns,
 * indexes, pragmas and background checkpoints, and no hashing, checks or routing. */
#pragma once

#include <jansson.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct Connection Connection;

/* One create on its way through the writer. */
typedef struct Job Job;
struct Job {
	Job *next;
	Connection *connection;
	json_t *body; /* the texts below are its own */
	const char *village, *township, *state, *title, *note;
	long long area, at, id;
	char key[130]; /* "" = none */
	char reply[64];
	bool fine;
};

/* ---- database.c ---- */
sqlite3 *database_open(const char *path, bool writer);
sqlite3_stmt *database_prepare(sqlite3 *db, const char *sql);
bool database_run(sqlite3_stmt *stmt); /* a step and a reset */
void die(const char *what);

/* ---- reader.c: on the loop ---- */
void reader_open(const char *path);
size_t reader_item(long long id, char *out, size_t room); /* 0 = none */
void reader_turn_ended(void);

/* ---- writer.c: a thread that takes what is queued, commits once, then gives it all back ---- */
int writer_start(const char *path); /* becomes readable when jobs are done */
void writer_put(Job *job);
Job *writer_take_done(void);

/* ---- checkpointer.c ---- */
void checkpointer_start(const char *path);
void checkpointer_note(int frames);  /* writer, after a commit */
void checkpointer_reset(sqlite3 *db); /* writer, between two batches: begins an overlong WAL again */
