/* SPDX-License-Identifier: Apache-2.0
 * What a writer thread does when its batch is answered: in order, before the store may go, and the store that it submits to comes
 * next on the same thread; nobody is forgotten by that. */
#include <pthread.h>
#include <string.h>

#include "store_fixture.h"
#include "store/copy.h"

#define STORES 3
#define PASSES 150
#define TOKENS 4
#define WAIT_US (30 * G_USEC_PER_SEC)

typedef struct Towns {
	char *root;
	StoreHost *host;
	Store *stores[STORES];
	GMutex lock;
	GCond changed;
	GString *seen;
	guint passes, ended;
} Towns;

typedef struct Token {
	StoreJob job;
	LoopItem item;
	Towns *towns;
	guint at, passes;
	char letter;
	pthread_t thread;
	gboolean same_thread;
} Token;

static void towns_open(Towns *towns)
{
	g_autoptr(GError) error = NULL;

	memset(towns, 0, sizeof *towns);
	g_mutex_init(&towns->lock);
	g_cond_init(&towns->changed);
	towns->seen = g_string_new(NULL);
	towns->root = g_dir_make_tmp("zhen-after-XXXXXX", NULL);
	towns->host = store_host_new(&(StoreHostOptions){ .readers = 1, .writers = 2 }, &error);
	cr_assert_not_null(towns->host);
	for (guint i = 0; i < STORES; i++) {
		g_autofree char *name = g_strdup_printf("town%u", i), *dir = g_build_filename(towns->root, name, NULL);

		towns->stores[i] = store_open(towns->host, &(StoreOptions){ .dir = dir, .name = name }, &error);
		cr_assert_not_null(towns->stores[i], "%s", error != NULL ? error->message : "");
	}
}

static void towns_close(Towns *towns)
{
	for (guint i = 0; i < STORES; i++)
		store_close(towns->stores[i]);
	store_host_free(towns->host);
	nftw(towns->root, fixture_remove, 8, FTW_DEPTH | FTW_PHYS);
	g_string_free(towns->seen, TRUE);
	g_free(towns->root);
}

static void say(Towns *towns, char what)
{
	g_mutex_lock(&towns->lock);
	g_string_append_c(towns->seen, what);
	g_cond_signal(&towns->changed);
	g_mutex_unlock(&towns->lock);
}

static void wait_for(Towns *towns, guint length)
{
	const gint64 until = g_get_monotonic_time() + WAIT_US;

	g_mutex_lock(&towns->lock);
	while (towns->seen->len < length && g_cond_wait_until(&towns->changed, &towns->lock, until))
		continue;
	g_mutex_unlock(&towns->lock);
}

static gboolean write_one(StoreJob *job, StoreConn *conn)
{
	Token *token = (Token *)job;

	token->same_thread = pthread_equal(token->thread, pthread_self());
	return store_exec(conn, STORE_HOST,
	                  "INSERT INTO _clock(name, last) VALUES('n', 1) {{upsert name}} last = _clock.last + 1", NULL,
	                  0, NULL, NULL);
}

static void submit(Token *token)
{
	cr_assert(store_submit(token->towns->stores[token->at], &token->job, NULL));
}

/* ---- order ---- */

static void after_letter(void *data)
{
	Token *token = data;

	say(token->towns, (char)g_ascii_toupper(token->letter));
}

static void done_letter(StoreJob *job, const GError *error)
{
	Token *token = (Token *)job;

	cr_assert_null(error);
	token->item = (LoopItem){ .run = after_letter, .data = token };
	cr_assert(store_after_batch(&token->item));
	say(token->towns, token->letter);
}

static void no_pause(void *data)
{
	(void)data;
}

Test(after_batch, runs_in_order_when_all_of_it_are_answered)
{
	Towns towns;
	Token tokens[3];
	LoopItem item = { .run = after_letter };

	towns_open(&towns);
	cr_assert_not(store_after_batch(&item), "this is no writer thread");
	/* Held, so that all three are one batch. */
	store_pause(towns.stores[0], no_pause, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(tokens); i++) {
		tokens[i] = (Token){ .job = { .run = write_one, .done = done_letter },
			             .towns = &towns,
			             .letter = (char)('a' + i) };
		submit(&tokens[i]);
	}
	store_resume(towns.stores[0]);
	wait_for(&towns, 6);
	cr_assert_str_eq(towns.seen->str, "abcABC");
	towns_close(&towns);
}

/* ---- handing over ---- */

static void pass_on(void *data)
{
	Token *token = data;

	token->at = (token->at + 1) % STORES;
	token->thread = pthread_self();
	submit(token);
}

static void done_pass(StoreJob *job, const GError *error)
{
	Token *token = (Token *)job;

	cr_assert_null(error);
	if (++token->passes == PASSES) {
		say(token->towns, token->same_thread ? 's' : 'o');
		return;
	}
	token->item = (LoopItem){ .run = pass_on, .data = token };
	cr_assert(store_after_batch(&token->item));
}

static Token pass_token(Towns *towns, guint at)
{
	return (Token){ .job = { .run = write_one, .done = done_pass }, .towns = towns, .at = at % STORES };
}

Test(after_batch, the_store_that_is_handed_to_goes_on_on_the_same_thread)
{
	Towns towns;
	Token token;

	towns_open(&towns);
	token = pass_token(&towns, 0);
	submit(&token);
	wait_for(&towns, 1);
	cr_assert_str_eq(towns.seen->str, "s");
	towns_close(&towns);
}

/* More tokens than threads, and others who submit to the same stores: each arrives. */
Test(after_batch, nobody_is_forgotten_when_many_hand_over)
{
	Towns towns;
	Token tokens[TOKENS];
	g_autoptr(GError) error = NULL;

	towns_open(&towns);
	for (guint i = 0; i < TOKENS; i++) {
		tokens[i] = pass_token(&towns, i);
		submit(&tokens[i]);
	}
	for (guint i = 0; i < PASSES; i++) {
		Sql sql = { STORE_HOST,
			    "INSERT INTO _clock(name, last) VALUES('m', 1) {{upsert name}} last = _clock.last + 1", 0 };

		cr_assert(store_write_now(towns.stores[i % STORES], fixture_exec, &sql, &error), "%s",
		          error != NULL ? error->message : "");
	}
	wait_for(&towns, TOKENS);
	cr_assert_eq(towns.seen->len, TOKENS, "%u of %d tokens came to their end", (guint)towns.seen->len, TOKENS);
	towns_close(&towns);
}
