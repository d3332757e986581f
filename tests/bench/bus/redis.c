/* SPDX-License-Identifier: Apache-2.0
 * Redis Streams: a group is a pipeline of XADD, the consumer a group's XREADGROUP. With the same effect in a database and then
 * XACK; "early": a slot is free before XACK, which is only to tidy up when the position is in the database; or with XACK as the
 * only effect. */
#include "bus_bench.h"

#include <hiredis/hiredis.h>
#include <string.h>

#define STREAM "bench"
#define GROUP "all"

typedef struct Redis {
	Bench *bench;
	bool with_database, early;
	pthread_mutex_t lock;
	bool over; /* under the lock */
} Redis;

static redisContext *dial(const Bench *bench)
{
	redisContext *to = redisConnect("127.0.0.1", bench->port);

	if (to == NULL || to->err != 0)
		die("redis-server does not answer");
	return to;
}

static redisReply *reply_of(redisContext *to)
{
	redisReply *reply = NULL;

	if (redisGetReply(to, (void **)&reply) != REDIS_OK || reply == NULL)
		die(to->errstr);
	if (reply->type == REDIS_REPLY_ERROR)
		die(reply->str);
	return reply;
}

static void ask(redisContext *to, const char *command)
{
	redisAppendCommand(to, command);
	freeReplyObject(reply_of(to));
}

static bool is_over(Redis *redis)
{
	bool over;

	pthread_mutex_lock(&redis->lock);
	over = redis->over;
	pthread_mutex_unlock(&redis->lock);
	return over;
}

static void ask_for_more(redisContext *from)
{
	redisAppendCommand(from, "XREADGROUP GROUP " GROUP " one COUNT %d BLOCK 200 STREAMS " STREAM " >",
	                   CONSUMER_MAX);
}

/* XACK of what was read, appended as one command. */
static void acknowledge(redisContext *from, redisReply *const *entries, unsigned count)
{
	const char *words[CONSUMER_MAX + 3] = { "XACK", STREAM, GROUP };
	size_t lengths[CONSUMER_MAX + 3] = { 4, sizeof STREAM - 1, sizeof GROUP - 1 };

	for (unsigned i = 0; i < count; i++) {
		words[i + 3] = entries[i]->element[0]->str;
		lengths[i + 3] = entries[i]->element[0]->len;
	}
	redisAppendCommandArgv(from, (int)count + 3, words, lengths);
}

static void take(Redis *redis, redisContext *from, Effect *effect, const redisReply *reply)
{
	const redisReply *list = reply->element[0]->element[1];
	const unsigned count = (unsigned)list->elements;
	int64_t sent[CONSUMER_MAX], at_us;

	if (redis->with_database)
		effect_begin(effect);
	for (unsigned i = 0; i < count; i++) {
		const char *body = list->element[i]->element[1]->element[1]->str;

		sent[i] = event_sent(body);
		if (redis->with_database)
			effect_add(effect, body);
	}
	if (redis->with_database)
		effect_commit(effect, list->element[count - 1]->element[0]->str);
	at_us = now_us();
	if (redis->early)
		window_give(&redis->bench->window, sent, count, at_us);
	/* One round trip for both. */
	acknowledge(from, list->element, count);
	ask_for_more(from);
	freeReplyObject(reply_of(from));
	if (!redis->early)
		window_give(&redis->bench->window, sent, count, redis->with_database ? at_us : now_us());
}

static void *consume(void *data)
{
	Redis *redis = data;
	redisContext *from = dial(redis->bench);
	Effect effect;

	if (redis->with_database)
		effect_open(&effect, redis->bench->folder);
	ask_for_more(from);
	for (;;) {
		redisReply *reply = reply_of(from);
		const bool any = reply->type == REDIS_REPLY_ARRAY;

		if (any)
			take(redis, from, &effect, reply);
		freeReplyObject(reply);
		if (any)
			continue;
		if (is_over(redis))
			break;
		ask_for_more(from);
	}
	if (redis->with_database)
		effect_close(&effect);
	redisFree(from);
	return NULL;
}

static void run(Bench *bench, bool with_database, bool early)
{
	Redis redis = { .bench = bench, .with_database = with_database, .early = early, .lock = PTHREAD_MUTEX_INITIALIZER };
	redisContext *to = dial(bench);
	char text[EVENT_BYTES + 1];
	pthread_t thread;
	unsigned count;

	ask(to, "DEL " STREAM);
	ask(to, "XGROUP CREATE " STREAM " " GROUP " $ MKSTREAM");
	pthread_create(&thread, NULL, consume, &redis);
	while ((count = window_take(&bench->window)) > 0) {
		for (unsigned i = 0; i < count; i++) {
			event_write(text, bench->published++);
			redisAppendCommand(to, "XADD " STREAM " * b %b", text, (size_t)EVENT_BYTES);
		}
		for (unsigned i = 0; i < count; i++)
			freeReplyObject(reply_of(to));
	}
	window_wait_empty(&bench->window);
	pthread_mutex_lock(&redis.lock);
	redis.over = true;
	pthread_mutex_unlock(&redis.lock);
	pthread_join(thread, NULL);
	ask(to, "DEL " STREAM);
	redisFree(to);
}

void arm_redis(Bench *bench)
{
	run(bench, true, false);
}

void arm_redis_early(Bench *bench)
{
	run(bench, true, true);
}

void arm_redis_ack(Bench *bench)
{
	run(bench, false, false);
}
