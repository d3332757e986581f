/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/loop.h"

/* A test that waits for ever is stopped by this timer and fails on what it did not see. */
typedef struct Scene {
	Loop *loop;
	LoopTimer *deadline;
	LoopTimer *timer;
	LoopFd *watch;
	GString *seen;
	guint turns;
	gboolean late;
} Scene;

static void on_deadline(void *data)
{
	Scene *scene = data;

	scene->late = TRUE;
	loop_stop(scene->loop);
}

static void scene_init(Scene *scene)
{
	g_autoptr(GError) error = NULL;

	*scene = (Scene){ .loop = loop_new(3, &error), .seen = g_string_new(NULL) };
	cr_assert_not_null(scene->loop, "%s", error != NULL ? error->message : "");
	scene->deadline = loop_timer_new(scene->loop, 5000, FALSE, on_deadline, scene);
}

static void scene_clear(Scene *scene)
{
	cr_assert_not(scene->late, "nothing came in five seconds");
	loop_timer_free(scene->timer);
	loop_fd_free(scene->watch);
	loop_timer_free(scene->deadline);
	loop_free(scene->loop);
	g_string_free(scene->seen, TRUE);
}

static void say_a(void *data)
{
	g_string_append_c(((Scene *)data)->seen, 'a');
}

static void say_b(void *data)
{
	g_string_append_c(((Scene *)data)->seen, 'b');
}

static void say_stop(void *data)
{
	Scene *scene = data;

	g_string_append_c(scene->seen, '.');
	loop_stop(scene->loop);
}

static void say_turn(void *data)
{
	g_string_append_c(((Scene *)data)->seen, '|');
}

Test(loop, posted_items_run_in_order_and_before_the_turn_hook)
{
	Scene scene;
	LoopItem items[] = { { .run = say_a, .data = &scene },
		             { .run = say_b, .data = &scene },
		             { .run = say_stop, .data = &scene } };

	scene_init(&scene);
	cr_assert_eq(loop_index(scene.loop), 3);
	loop_add_turn_hook(scene.loop, say_turn, &scene);
	for (gsize i = 0; i < G_N_ELEMENTS(items); i++)
		loop_post(scene.loop, &items[i]);
	loop_run(scene.loop);
	cr_assert(g_str_has_prefix(scene.seen->str, "ab.|"), "%s", scene.seen->str);
	scene_clear(&scene);
}

Test(loop, items_posted_before_the_stop_still_run)
{
	Scene scene;
	LoopItem item = { .run = say_a, .data = &scene };

	scene_init(&scene);
	loop_post(scene.loop, &item);
	loop_stop(scene.loop);
	loop_run(scene.loop);
	cr_assert_str_eq(scene.seen->str, "a");
	scene_clear(&scene);
}

Test(loop, runs_again_after_a_stop)
{
	Scene scene;
	LoopItem item = { .run = say_stop, .data = &scene };

	scene_init(&scene);
	for (guint i = 0; i < 3; i++) {
		loop_post(scene.loop, &item);
		loop_run(scene.loop);
	}
	cr_assert_str_eq(scene.seen->str, "...");
	scene_clear(&scene);
}

static void remove_itself(void *data)
{
	Scene *scene = data;

	g_string_append_c(scene->seen, 'r');
	loop_remove_turn_hook(scene->loop, remove_itself, scene);
}

Test(loop, a_hook_may_remove_itself)
{
	Scene scene;
	LoopItem item = { .run = say_stop, .data = &scene };

	scene_init(&scene);
	loop_add_turn_hook(scene.loop, remove_itself, &scene);
	loop_add_turn_hook(scene.loop, say_turn, &scene);
	loop_post(scene.loop, &item);
	loop_run(scene.loop);
	cr_assert(g_str_has_prefix(scene.seen->str, ".r|"), "%s", scene.seen->str);
	cr_assert_null(strchr(scene.seen->str + 2, 'r'), "%s", scene.seen->str);
	loop_remove_turn_hook(scene.loop, say_turn, &scene);
	scene_clear(&scene);
}

static void on_tick(void *data)
{
	Scene *scene = data;

	g_string_append_c(scene->seen, 't');
	if (scene->seen->len == 3) {
		g_clear_pointer(&scene->timer, loop_timer_free); /* in its own callback */
		loop_stop(scene->loop);
	}
}

Test(loop, a_repeating_timer_fires_until_freed_and_may_free_itself)
{
	Scene scene;

	scene_init(&scene);
	scene.timer = loop_timer_new(scene.loop, 1, TRUE, on_tick, &scene);
	loop_run(scene.loop);
	cr_assert_str_eq(scene.seen->str, "ttt");
	scene_clear(&scene);
}

Test(loop, a_single_timer_fires_once_and_not_early)
{
	Scene scene;
	gint64 begin = g_get_monotonic_time();

	scene_init(&scene);
	scene.timer = loop_timer_new(scene.loop, 20, FALSE, say_stop, &scene);
	loop_run(scene.loop);
	cr_assert_geq(g_get_monotonic_time() - begin, 19000);
	cr_assert_str_eq(scene.seen->str, ".");
	scene_clear(&scene);
}

static void on_write(int fd, void *data)
{
	Scene *scene = data;

	cr_assert_eq(write(fd, "w", 1), 1);
	loop_fd_want_write(scene->watch, FALSE, NULL);
	g_string_append_c(scene->seen, 'w');
}

static void on_read(int fd, void *data)
{
	Scene *scene = data;
	char byte;

	cr_assert_eq(read(fd, &byte, 1), 1);
	g_string_append_c(scene->seen, byte);
	if (byte == '2') {
		g_clear_pointer(&scene->watch, loop_fd_free); /* in its own callback */
		loop_stop(scene->loop);
	}
}

Test(loop, a_descriptor_is_read_until_empty_and_written_when_wanted)
{
	Scene scene;
	int pair[2];
	char byte = 0;

	scene_init(&scene);
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	scene.watch = loop_fd_new(scene.loop, pair[0], on_read, &scene);
	loop_fd_want_write(scene.watch, TRUE, on_write);
	cr_assert_eq(write(pair[1], "12", 2), 2); /* one byte per call: level-triggered */
	loop_run(scene.loop);
	cr_assert_eq(scene.seen->len, 3, "%s", scene.seen->str);
	cr_assert_not_null(strchr(scene.seen->str, 'w'));
	cr_assert_eq(read(pair[1], &byte, 1), 1);
	cr_assert_eq(byte, 'w');
	close(pair[0]);
	close(pair[1]);
	scene_clear(&scene);
}

Test(loop, a_signal_runs_its_function)
{
	Scene scene;

	scene_init(&scene);
	loop_on_signal(scene.loop, SIGUSR1, say_stop, &scene);
	raise(SIGUSR1);
	loop_run(scene.loop);
	cr_assert_str_eq(scene.seen->str, ".");
	scene_clear(&scene);
}

static void *stop_it(void *data)
{
	loop_stop(data);
	return NULL;
}

Test(loop, another_thread_stops_it)
{
	Scene scene;
	pthread_t thread;

	scene_init(&scene);
	pthread_create(&thread, NULL, stop_it, scene.loop);
	loop_run(scene.loop);
	pthread_join(thread, NULL);
	scene_clear(&scene);
}

typedef struct Shared {
	Loop *loop;
	pthread_mutex_t lock;
	GString *seen; /* under the lock */
} Shared;

static void shared_say(Shared *shared, char what)
{
	pthread_mutex_lock(&shared->lock);
	g_string_append_c(shared->seen, what);
	pthread_mutex_unlock(&shared->lock);
}

static void say_posted(void *data)
{
	shared_say(data, 'p');
}

static void say_timer(void *data)
{
	shared_say(data, 't');
}

static void say_freed(void *data)
{
	shared_say(data, 'f');
}

static void *run_shared(void *data)
{
	loop_run(((Shared *)data)->loop);
	return NULL;
}

/* FALSE: not in five seconds. */
static gboolean borrow_soon(Loop *loop)
{
	const gint64 until = g_get_monotonic_time() + 5 * G_USEC_PER_SEC;

	while (!loop_borrow(loop))
		if (g_get_monotonic_time() > until)
			return FALSE;
	return TRUE;
}

static gboolean seen_soon(Shared *shared, const char *what)
{
	const gint64 until = g_get_monotonic_time() + 5 * G_USEC_PER_SEC;
	gboolean seen = FALSE;

	while (!seen && g_get_monotonic_time() < until) {
		pthread_mutex_lock(&shared->lock);
		seen = strcmp(shared->seen->str, what) == 0;
		pthread_mutex_unlock(&shared->lock);
	}
	return seen;
}

Test(loop, a_shared_one_is_borrowed_by_one_at_a_time_and_only_while_it_runs)
{
	Shared shared = { .loop = loop_new(0, NULL), .lock = PTHREAD_MUTEX_INITIALIZER, .seen = g_string_new(NULL) };
	LoopItem item = { .run = say_posted, .data = &shared };
	LoopTimer *timer;
	pthread_t thread;

	cr_assert_not(loop_borrow(shared.loop), "it is not shared");
	loop_share(shared.loop);
	cr_assert_not(loop_borrow(shared.loop), "it does not run");
	pthread_create(&thread, NULL, run_shared, &shared);
	cr_assert(borrow_soon(shared.loop));
	cr_assert(loop_is_borrowed(shared.loop));
	cr_assert_not(loop_borrow(shared.loop));
	/* What is posted waits until it is given back; a timer may be made and freed meanwhile. */
	loop_post(shared.loop, &item);
	timer = loop_timer_new(shared.loop, 1, FALSE, say_timer, &shared);
	loop_timer_free(loop_timer_new(shared.loop, 0, FALSE, say_freed, &shared));
	g_usleep(20000);
	cr_assert_str_eq(shared.seen->str, "");
	loop_give_back(shared.loop);
	cr_assert(seen_soon(&shared, "pt"), "seen: %s", shared.seen->str);
	cr_assert(borrow_soon(shared.loop));
	loop_timer_free(timer);
	loop_give_back(shared.loop);
	loop_stop(shared.loop);
	pthread_join(thread, NULL);
	cr_assert_not(loop_borrow(shared.loop), "it has ended");
	loop_free(shared.loop);
	g_string_free(shared.seen, TRUE);
}
