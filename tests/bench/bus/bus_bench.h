/* SPDX-License-Identifier: Apache-2.0
 * From publishing an event to its effect in a database, with so many events in flight: a slot is taken when an event is
 * published and given back when its effect is durable and the bus has been told so: by the position in the same transaction,
 * or by the acknowledgement that goes to a server. What is measured of one event ends with the durable effect.
 *
 * One rule for everybody: a publisher takes the slots that are free, publishes as many events as one group, waits until the
 * group is acknowledged, and takes the next. A group is a transaction, a call, or a pipeline. The consumer takes at most
 * CONSUMER_MAX events at once and commits their effects, and how far it came, in one transaction of a database of its own. */
#pragma once

#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#define EVENT_BYTES 256
#define CONSUMER_MAX 512
#define KEYS 5000
#define FIRST_KEY 1000     /* all of four digits */
#define SENT_OFFSET 1000000000000 /* of the monotonic clock in us: all of thirteen digits */

typedef struct Window {
	pthread_mutex_t lock;
	pthread_cond_t freed;
	unsigned slots, taken;
	int64_t from_us, until_us; /* effects before are not counted; none is published after */
	uint64_t effects;          /* all of them */
	uint32_t *latencies;
	uint64_t counted, room;
	void (*on_freed)(void *data); /* NULL = a publisher waits in window_take */
	void *data;
} Window;

typedef struct Bench {
	Window window;
	const char *folder; /* empty */
	int port;           /* of the server */
	const char *build;  /* of the product */
	uint64_t published;
} Bench;

void die(const char *what) __attribute__((noreturn));
int64_t now_us(void);
/* Slots to publish into, taken; 0 = the time is over. Waits for one. */
unsigned window_take(Window *window);
unsigned window_try(Window *window, bool *over); /* the same without waiting */
/* Their effects have been durable since @at_us, and nothing is left to do for them. */
void window_give(Window *window, const int64_t *sent_us, unsigned count, int64_t at_us);
void window_wait_empty(Window *window);

/* One event: {"sent":...,"key":...,"pad":"..."} */
int64_t event_write(char text[EVENT_BYTES + 1], uint64_t number); /* returns its time; one thread */
const char *event_pad(void);
int64_t event_sent(const char *text);
int64_t event_key(const char *text);

/* The effect that every arm but the product's own writes by hand: a count per key, and the position, one transaction. */
typedef struct Effect {
	sqlite3 *db;
	sqlite3_stmt *begin, *commit, *count, *move;
} Effect;
sqlite3 *database_open(const char *folder, const char *name, const char *schema);
sqlite3_stmt *database_prepare(sqlite3 *db, const char *sql);
void database_run(sqlite3_stmt *stmt);
void effect_open(Effect *effect, const char *folder);
void effect_begin(Effect *effect);
void effect_add(Effect *effect, const char *event);
void effect_commit(Effect *effect, const char *position);
void effect_close(Effect *effect);
#define EFFECT_FILE "effect.db"

typedef void Arm(Bench *bench); /* until the window's time is over and it is empty */
Arm arm_inproc, arm_worker, arm_outbox, arm_redis, arm_redis_early, arm_redis_ack, arm_nats;
