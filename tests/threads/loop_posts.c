/* SPDX-License-Identifier: Apache-2.0
 * Several threads post to one loop: every item runs once, on the loop's thread, in each thread's order. A plain main(),
 * so that ThreadSanitizer can watch. */
#include <pthread.h>
#include <stdio.h>

#include "base/loop.h"

#define POSTERS 4
#define ITEMS 25000

typedef struct Poster Poster;

typedef struct Post {
	LoopItem item;
	Poster *poster;
	guint number;
} Post;

struct Poster {
	Loop *loop;
	Post *posts;
	guint next; /* number expected by the loop; its thread only */
};

static guint seen, out_of_order, wrong_thread;
static pthread_t loop_thread;

static void on_post(void *data)
{
	Post *post = data;

	out_of_order += post->number != post->poster->next++;
	wrong_thread += !pthread_equal(pthread_self(), loop_thread);
	if (++seen == POSTERS * ITEMS)
		loop_stop(post->poster->loop);
}

static void *post_all(void *data)
{
	Poster *poster = data;

	for (guint i = 0; i < ITEMS; i++) {
		Post *post = &poster->posts[i];

		*post = (Post){ .item = { .run = on_post, .data = post }, .poster = poster, .number = i };
		loop_post(poster->loop, &post->item);
	}
	return NULL;
}

static void *run(void *data)
{
	loop_thread = pthread_self();
	loop_run(data);
	return NULL;
}

int main(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Loop) loop = loop_new(0, &error);
	Poster posters[POSTERS];
	pthread_t threads[POSTERS], runner;

	if (loop == NULL) {
		fprintf(stderr, "loop_posts: %s\n", error->message);
		return 1;
	}
	pthread_create(&runner, NULL, run, loop);
	for (guint i = 0; i < POSTERS; i++) {
		posters[i] = (Poster){ .loop = loop, .posts = g_new0(Post, ITEMS) };
		pthread_create(&threads[i], NULL, post_all, &posters[i]);
	}
	for (guint i = 0; i < POSTERS; i++)
		pthread_join(threads[i], NULL);
	pthread_join(runner, NULL);
	for (guint i = 0; i < POSTERS; i++)
		g_free(posters[i].posts);
	printf("loop_posts: %u of %u items, %u out of order, %u on another thread\n", seen, POSTERS * ITEMS,
	       out_of_order, wrong_thread);
	return seen == POSTERS * ITEMS && out_of_order == 0 && wrong_thread == 0 ? 0 : 1;
}
