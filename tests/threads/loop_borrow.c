/* SPDX-License-Identifier: Apache-2.0
 * Several threads run one shared loop, each when nobody else does: what it keeps is touched by one at a time, nothing posted is
 * lost, and timers made and freed by whoever has it fire or stay silent. A plain main(), so that ThreadSanitizer can watch. */
#include <pthread.h>
#include <stdio.h>

#include "base/loop.h"

#define BORROWERS 3
#define ROUNDS 20000
#define TIMERS 200

typedef struct Kept Kept;

typedef struct Post {
	LoopItem item;
	Kept *kept;
} Post;

/* No lock: it is the loop's. */
struct Kept {
	Loop *loop;
	LoopTimer *timer;
	guint here, there, made, fired, silent, inside;
};

typedef struct Borrower {
	Kept *kept;
	Post *posts;
} Borrower;

static void on_silent(void *data)
{
	((Kept *)data)->silent++;
}

static void on_timer(void *data)
{
	Kept *kept = data;

	kept->fired++;
	loop_timer_free(kept->timer);
	kept->timer = NULL;
}

static void work(Kept *kept)
{
	kept->inside += loop_borrow(kept->loop);
	if ((kept->here + kept->there) % 100 == 0)
		loop_timer_free(loop_timer_new(kept->loop, 1, FALSE, on_silent, kept));
	if (kept->timer != NULL || kept->made == TIMERS)
		return;
	kept->made++;
	kept->timer = loop_timer_new(kept->loop, 0, FALSE, on_timer, kept);
}

static void on_post(void *data)
{
	Kept *kept = ((Post *)data)->kept;

	kept->there++;
	work(kept);
}

static void *borrow(void *data)
{
	Borrower *borrower = data;
	Kept *kept = borrower->kept;

	for (guint i = 0; i < ROUNDS; i++) {
		Post *post = &borrower->posts[i];

		if (loop_borrow(kept->loop)) {
			kept->here++;
			work(kept);
			loop_give_back(kept->loop);
			continue;
		}
		*post = (Post){ .item = { .run = on_post, .data = post }, .kept = kept };
		loop_post(kept->loop, &post->item);
	}
	return NULL;
}

static void *run(void *data)
{
	loop_run(data);
	return NULL;
}

static void stop(void *data)
{
	loop_stop(data);
}

int main(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Loop) loop = loop_new(0, &error);
	Kept kept = { .loop = loop };
	Borrower borrowers[BORROWERS];
	pthread_t threads[BORROWERS], runner;
	LoopItem last = { .run = stop, .data = loop };

	if (loop == NULL) {
		fprintf(stderr, "loop_borrow: %s\n", error->message);
		return 1;
	}
	loop_share(loop);
	pthread_create(&runner, NULL, run, loop);
	for (guint i = 0; i < BORROWERS; i++) {
		borrowers[i] = (Borrower){ &kept, g_new0(Post, ROUNDS) };
		pthread_create(&threads[i], NULL, borrow, &borrowers[i]);
	}
	for (guint i = 0; i < BORROWERS; i++)
		pthread_join(threads[i], NULL);
	loop_post(loop, &last);
	pthread_join(runner, NULL);
	if (kept.timer != NULL)
		loop_timer_free(kept.timer);
	for (guint i = 0; i < BORROWERS; i++)
		g_free(borrowers[i].posts);
	printf("loop_borrow: %u here, %u there of %u; %u timers, %u fired, %u that were freed fired too; borrowed "
	       "twice %u times\n",
	       kept.here, kept.there, BORROWERS * ROUNDS, kept.made, kept.fired, kept.silent, kept.inside);
	return kept.here + kept.there == BORROWERS * ROUNDS && kept.here > 0 && kept.silent == 0 && kept.inside == 0 &&
	                       kept.fired + 1 >= kept.made
	               ? 0
	               : 1;
}
