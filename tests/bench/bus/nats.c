/* SPDX-License-Identifier: Apache-2.0
 * NATS JetStream with a file store: a group is published asynchronously and waited for, the consumer is pushed to, acknowledges
 * the last of what it committed. nats-server 2.9 syncs its files every two minutes, not for each message. */
#include "bus_bench.h"

#include <nats/nats.h>
#include <stdio.h>
#include <string.h>

#define STREAM "BENCH"
#define SUBJECT "bench.events"

typedef struct Nats {
	Bench *bench;
	natsConnection *conn;
	jsCtx *js;
	pthread_mutex_t lock;
	bool over;    /* under the lock */
	bool attached;
	pthread_cond_t changed;
} Nats;

static void must(natsStatus status, const char *what)
{
	char text[256];

	if (status == NATS_OK)
		return;
	snprintf(text, sizeof text, "nats: %s: %s", what, natsStatus_GetText(status));
	die(text);
}

static void dial(Nats *nats)
{
	char url[64];

	snprintf(url, sizeof url, "nats://127.0.0.1:%d", nats->bench->port);
	must(natsConnection_ConnectTo(&nats->conn, url), "connect");
	must(natsConnection_JetStream(&nats->js, nats->conn, NULL), "jetstream");
}

static void hang_up(Nats *nats)
{
	jsCtx_Destroy(nats->js);
	natsConnection_Destroy(nats->conn);
}

static bool is_over(Nats *nats)
{
	bool over;

	pthread_mutex_lock(&nats->lock);
	over = nats->over;
	pthread_mutex_unlock(&nats->lock);
	return over;
}

static void tell(Nats *nats, bool *what)
{
	pthread_mutex_lock(&nats->lock);
	*what = true;
	pthread_cond_signal(&nats->changed);
	pthread_mutex_unlock(&nats->lock);
}

static natsSubscription *attach(Nats *own)
{
	natsSubscription *from;
	jsSubOptions options;

	jsSubOptions_Init(&options);
	options.Stream = STREAM;
	options.ManualAck = true;
	options.Config.Durable = "one";
	options.Config.AckPolicy = js_AckAll;
	options.Config.MaxAckPending = 65536;
	must(js_SubscribeSync(&from, own->js, SUBJECT, NULL, &options, NULL), "subscribe");
	natsSubscription_SetPendingLimits(from, -1, -1);
	return from;
}

/* What has come, at most CONSUMER_MAX; waits for the first. */
static unsigned fetch(natsSubscription *from, natsMsg **messages)
{
	unsigned count = 0;

	if (natsSubscription_NextMsg(&messages[0], from, 200) != NATS_OK)
		return 0;
	do
		count++;
	while (count < CONSUMER_MAX && natsSubscription_NextMsg(&messages[count], from, 0) == NATS_OK);
	return count;
}

static void take(Nats *own, Effect *effect, natsMsg **messages, unsigned count)
{
	int64_t sent[CONSUMER_MAX], at_us;
	jsMsgMetaData *meta;
	char position[32];

	effect_begin(effect);
	for (unsigned i = 0; i < count; i++) {
		char text[EVENT_BYTES + 1] = "";

		memcpy(text, natsMsg_GetData(messages[i]), EVENT_BYTES);
		sent[i] = event_sent(text);
		effect_add(effect, text);
	}
	must(natsMsg_GetMetaData(&meta, messages[count - 1]), "meta data");
	snprintf(position, sizeof position, "%llu", (unsigned long long)meta->Sequence.Stream);
	jsMsgMetaData_Destroy(meta);
	effect_commit(effect, position);
	at_us = now_us();
	must(natsMsg_Ack(messages[count - 1], NULL), "ack");
	window_give(&own->bench->window, sent, count, at_us);
	for (unsigned i = 0; i < count; i++)
		natsMsg_Destroy(messages[i]);
}

static void *consume(void *data)
{
	Nats *nats = data;
	Nats own = { .bench = nats->bench };
	natsMsg *messages[CONSUMER_MAX];
	natsSubscription *from;
	Effect effect;

	dial(&own);
	from = attach(&own);
	effect_open(&effect, own.bench->folder);
	tell(nats, &nats->attached);
	while (!is_over(nats)) {
		const unsigned count = fetch(from, messages);

		if (count > 0)
			take(&own, &effect, messages, count);
	}
	effect_close(&effect);
	natsSubscription_Destroy(from);
	hang_up(&own);
	return NULL;
}

static void make_stream(Nats *nats)
{
	const char *subjects[] = { SUBJECT };
	jsStreamConfig config;

	js_DeleteStream(nats->js, STREAM, NULL, NULL);
	jsStreamConfig_Init(&config);
	config.Name = STREAM;
	config.Subjects = subjects;
	config.SubjectsLen = 1;
	config.Storage = js_FileStorage;
	must(js_AddStream(NULL, nats->js, &config, NULL, NULL), "stream");
}

void arm_nats(Bench *bench)
{
	Nats nats = { .bench = bench, .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };
	char text[EVENT_BYTES + 1];
	pthread_t thread;
	unsigned count;

	dial(&nats);
	make_stream(&nats);
	pthread_create(&thread, NULL, consume, &nats);
	pthread_mutex_lock(&nats.lock);
	while (!nats.attached)
		pthread_cond_wait(&nats.changed, &nats.lock);
	pthread_mutex_unlock(&nats.lock);
	while ((count = window_take(&bench->window)) > 0) {
		for (unsigned i = 0; i < count; i++) {
			event_write(text, bench->published++);
			must(js_PublishAsync(nats.js, SUBJECT, text, EVENT_BYTES, NULL), "publish");
		}
		must(js_PublishAsyncComplete(nats.js, NULL), "acknowledgements");
	}
	window_wait_empty(&bench->window);
	tell(&nats, &nats.over);
	pthread_join(thread, NULL);
	js_DeleteStream(nats.js, STREAM, NULL, NULL);
	hang_up(&nats);
	nats_Close();
}
