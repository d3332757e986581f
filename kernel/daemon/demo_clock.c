/* SPDX-License-Identifier: Apache-2.0
 * POST /kernel/clock now=RFC 3339: only in demo mode, which is only on loopback. Answers when what came due by it is done: jobs
 * and retries first, then the events they emitted; or after a while, when there is no end to it. */
#include "base/clock.h"
#include "daemon/demo_clock.h"

#define LIMIT_MS 5000

struct DemoClock {
	Daemon *daemon;
	HttpRun *answer;  /* of the call, once it is done */
	GPtrArray *calls; /* of HttpCall: answered at the end of this round */
	GPtrArray *next;  /* and of the next: the clock was turned again meanwhile */
	gboolean running;
	guint homes; /* whose jobs are not done, and one for who asks them */
	LoopTimer *limit;
	LoopItem item;
};

static void begin(DemoClock *clock);

static void answer_all(DemoClock *clock, GPtrArray *calls)
{
	while (calls->len > 0)
		clock->answer(g_ptr_array_steal_index(calls, 0), clock->daemon);
}

static void over(void *data)
{
	DemoClock *clock = data;

	clock->running = FALSE;
	g_clear_pointer(&clock->limit, loop_timer_free);
	answer_all(clock, clock->calls);
	if (clock->next->len > 0)
		begin(clock);
}

/* The bus's loop. */
static void delivered(void *data)
{
	DemoClock *clock = data;

	clock->item = (LoopItem){ .run = over, .data = clock };
	loop_post(clock->daemon->loop, &clock->item);
}

static void jobs_done(void *data)
{
	DemoClock *clock = data;

	if (--clock->homes > 0)
		return;
	if (clock->daemon->bus != NULL)
		bus_settle(clock->daemon->bus, delivered, clock);
	else
		delivered(clock);
}

/* Who waits is answered; the round goes on to its end, and no other begins before. */
static void on_limit(void *data)
{
	DemoClock *clock = data;

	g_clear_pointer(&clock->limit, loop_timer_free);
	answer_all(clock, clock->calls);
	answer_all(clock, clock->next);
}

static void begin(DemoClock *clock)
{
	const GPtrArray *slots = clock->daemon->slots;
	GPtrArray *calls = clock->calls;

	clock->calls = clock->next;
	clock->next = calls;
	clock->running = TRUE;
	clock->homes = 1;
	clock->limit = loop_timer_new(clock->daemon->loop, LIMIT_MS, FALSE, on_limit, clock);
	for (guint i = 0; i < slots->len; i++) {
		Slot *slot = slots->pdata[i];

		if (slot->home == NULL)
			continue;
		clock->homes++;
		home_settle_jobs(slot->home, jobs_done, clock);
	}
	jobs_done(clock);
}

static void turn(HttpCall *call, void *data)
{
	DemoClock *clock = data;
	const GPtrArray *slots = clock->daemon->slots;
	const char *text = http_call_param(call, "now");
	gint64 now;

	if (text == NULL || !clock_parse(text, &now)) {
		http_call_answer(call, call_reply_problem(422, "not-a-time",
		                                          "now 应为时间，如 2026-09-18T09:30:00+08:00", NULL));
		return;
	}
	clock_turn(0);
	clock_turn(now - clock_now_ms());
	for (guint i = 0; i < slots->len; i++)
		if (((Slot *)slots->pdata[i])->home != NULL)
			home_turn_clock(((Slot *)slots->pdata[i])->home);
	/* A round that was given up may last: who asks meanwhile does not wait for it. */
	if (clock->running && clock->limit == NULL) {
		clock->answer(call, clock->daemon);
		return;
	}
	g_ptr_array_add(clock->next, call);
	if (!clock->running)
		begin(clock);
}

static const zhen_field turn_fields[] = {
	{ .name = "now", .label = "时间", .type = ZHEN_TIME, .flags = ZHEN_REQUIRED },
	{ 0 },
};

static const HttpRoute turn_route = { .method = ZHEN_POST, .path = "/kernel/clock", .summary = "演示：拨动时钟",
	                              .media = "application/json", .fields = turn_fields, .run = turn };

DemoClock *demo_clock_new(Daemon *daemon, HttpRun *answer)
{
	DemoClock *clock = g_new0(DemoClock, 1);

	clock->daemon = daemon;
	clock->answer = answer;
	clock->calls = g_ptr_array_new();
	clock->next = g_ptr_array_new();
	http_add(daemon->http, &turn_route, clock);
	return clock;
}

void demo_clock_free(DemoClock *clock)
{
	if (clock == NULL)
		return;
	g_clear_pointer(&clock->limit, loop_timer_free);
	g_ptr_array_unref(clock->calls);
	g_ptr_array_unref(clock->next);
	g_free(clock);
}
