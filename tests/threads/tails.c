/* SPDX-License-Identifier: Apache-2.0
 * Readers that follow two logs while both are written and archived, come and go from threads of their own, and take their pieces late: for
 * ThreadSanitizer, and counted. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include "base/log.h"
#include "bus/tail.h"
#include "loader/loader.h"
#include "testhost/world.h"

#define EVENTS 400
#define READERS 4
#define VISITS 60

static const zhen_field n_field[] = { { .name = "n", .type = ZHEN_INT }, { 0 } };
static const zhen_topic topics_one[] = { { .name = "one.t.added", .fields = n_field }, { 0 } };
static const zhen_topic topics_two[] = { { .name = "two.t.added", .fields = n_field }, { 0 } };
static const zhen_plugin entries[] = {
	{ ZHEN_PLUGIN_SIZES, .id = "one", .version = "1.0.0", .title = "甲", .topics = topics_one },
	{ ZHEN_PLUGIN_SIZES, .id = "two", .version = "1.0.0", .title = "乙", .topics = topics_two },
};

typedef struct Publisher {
	Tails *tails;
	Plugin *plugin;
	Store *store;
	char *dir;
	guint number;
} Publisher;

/* Its lock is what the product's own readers have: pieces come on the tail's thread. */
typedef struct Follower {
	pthread_mutex_t lock;
	pthread_cond_t change;
	TailReader *reader;
	guint seen;           /* events */
	gboolean left, waits; /* waits: a piece was given and not asked on */
} Follower;

static gboolean emit_one(StoreConn *conn, void *data, GError **error)
{
	const Publisher *publisher = data;
	g_autofree char *sql = g_strdup_printf(
		"INSERT INTO _event(topic, subject, division, at, body) VALUES('%s.t.added', '', '', 1000, "
		"'{\"n\":%u}')",
		publisher->plugin->id, publisher->number);

	return store_exec(conn, STORE_HOST, sql, NULL, 0, NULL, error);
}

static void *publish(void *data)
{
	Publisher *publisher = data;

	for (publisher->number = 0; publisher->number < EVENTS; publisher->number++) {
		guint moved = 0;

		if (!store_write_now(publisher->store, emit_one, publisher, NULL) ||
		    (publisher->number % 50 == 49 && !log_archive(publisher->store, 2000, &moved, NULL)))
			return (void *)"no event written or archived";
		tails_wake(publisher->tails, publisher->plugin);
	}
	return NULL;
}

static void on_piece(void *data, GString *text)
{
	Follower *follower = data;

	pthread_mutex_lock(&follower->lock);
	for (const char *at = text->str; (at = strstr(at, "\"n\":")) != NULL; at++)
		follower->seen++;
	follower->waits = TRUE;
	pthread_cond_signal(&follower->change);
	pthread_mutex_unlock(&follower->lock);
	g_string_free(text, TRUE);
}

static void on_left(void *data)
{
	Follower *follower = data;

	pthread_mutex_lock(&follower->lock);
	follower->left = TRUE;
	pthread_cond_signal(&follower->change);
	pthread_mutex_unlock(&follower->lock);
}

/* Until @goal events came; then it leaves and waits for that. */
static void follow(Tails *tails, const char *from, guint goal)
{
	Follower follower = { .left = FALSE };
	const TailOptions options = {
		.sse = TRUE, .from = from, .whole = from != NULL, .piece = on_piece, .left = on_left, .data = &follower
	};

	pthread_mutex_init(&follower.lock, NULL);
	pthread_cond_init(&follower.change, NULL);
	follower.reader = tail_join(tails, &options);
	pthread_mutex_lock(&follower.lock);
	while (follower.seen < goal) {
		if (!follower.waits) {
			pthread_cond_wait(&follower.change, &follower.lock);
			continue;
		}
		follower.waits = FALSE;
		pthread_mutex_unlock(&follower.lock);
		tail_more(follower.reader);
		pthread_mutex_lock(&follower.lock);
	}
	pthread_mutex_unlock(&follower.lock);
	tail_leave(follower.reader);
	pthread_mutex_lock(&follower.lock);
	while (!follower.left)
		pthread_cond_wait(&follower.change, &follower.lock);
	pthread_mutex_unlock(&follower.lock);
	pthread_cond_destroy(&follower.change);
	pthread_mutex_destroy(&follower.lock);
}

static void *follow_all(void *tails)
{
	follow(tails, "", 2 * EVENTS);
	return NULL;
}

static void *visit(void *tails)
{
	for (guint i = 0; i < VISITS; i++) {
		follow(tails, i % 2 == 0 ? NULL : "", 0);
		if (tails_readers(tails) > READERS + 1)
			return (void *)"more readers than there are";
	}
	return NULL;
}

static void open_publisher(Publisher *publisher, World *world, Tails *tails, const zhen_plugin *entry)
{
	publisher->tails = tails;
	publisher->plugin = plugin_bind(entry, NULL);
	publisher->dir = g_build_filename(world->dir, entry->id, NULL);
	publisher->store =
		store_open(world->env.stores, &(StoreOptions){ .dir = publisher->dir, .name = entry->id }, NULL);
	tails_add(tails, publisher->plugin, publisher->dir);
}

int main(void)
{
	World *world = world_new(NULL, NULL, NULL);
	Tails *tails = tails_new(world->env.stores, world->env.divisions);
	pthread_t threads[2 + READERS + 1];
	Publisher publishers[2] = { 0 };
	const char *fault = NULL;
	guint n = 0;

	log_set_level(0);
	for (guint i = 0; i < 2; i++)
		open_publisher(&publishers[i], world, tails, &entries[i]);
	tails_start(tails);
	for (guint i = 0; i < READERS; i++)
		pthread_create(&threads[n++], NULL, follow_all, tails);
	pthread_create(&threads[n++], NULL, visit, tails);
	for (guint i = 0; i < 2; i++)
		pthread_create(&threads[n++], NULL, publish, &publishers[i]);
	for (guint i = 0; i < n; i++) {
		void *said = NULL;

		pthread_join(threads[i], &said);
		fault = said != NULL ? said : fault;
	}
	if (fault == NULL && tails_readers(tails) != 0)
		fault = "somebody is left";
	tails_free(tails);
	for (guint i = 0; i < 2; i++) {
		store_close(publishers[i].store);
		plugin_free(publishers[i].plugin);
		g_free(publishers[i].dir);
	}
	world_free(world);
	printf("%s: %d events each to %d readers, %d visits\n", fault != NULL ? fault : "ok", 2 * EVENTS, READERS,
	       VISITS);
	return fault == NULL ? 0 : 1;
}
