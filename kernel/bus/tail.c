/* SPDX-License-Identifier: Apache-2.0 */
#include "bus/tail.h"

#include <string.h>
#include <time.h>
#include "bus/tail_inside.h"

#define AGAIN_S 1 /* after a log that could not be read */

/* ---- a turn ---- */

static void serve(TailReader *reader)
{
	Tails *tails = reader->tails;
	GString *out = tail_gather(reader);

	if (out == NULL)
		return;
	pthread_mutex_lock(&tails->lock);
	reader->ready = FALSE;
	pthread_mutex_unlock(&tails->lock);
	reader->options.piece(reader->options.data, out);
}

static void reader_free(void *data)
{
	TailReader *reader = data;

	reader->options.left(reader->options.data);
	g_strfreev(reader->topics);
	g_free(reader->places);
	g_free(reader);
}

/* Under the lock: who came, who goes, what was committed. */
static GPtrArray *take_news(Tails *tails)
{
	GPtrArray *gone = g_ptr_array_new_with_free_func(reader_free);

	while (tails->joining->len > 0)
		g_ptr_array_add(tails->readers, g_ptr_array_steal_index(tails->joining, 0));
	for (guint i = tails->readers->len; i > 0; i--)
		if (((TailReader *)tails->readers->pdata[i - 1])->leaving)
			g_ptr_array_add(gone, g_ptr_array_steal_index(tails->readers, i - 1));
	for (guint i = 0; i < tails->sources->len; i++) {
		Source *source = tails->sources->pdata[i];

		if (source->next != NULL)
			source->plugin = g_steal_pointer(&source->next);
		source->at_end = source->at_end && !source->woken;
		source->woken = FALSE;
	}
	tails->awake = FALSE;
	return gone;
}

static gboolean is_ready(Tails *tails, TailReader *reader)
{
	gboolean ready;

	pthread_mutex_lock(&tails->lock);
	ready = reader->ready && !reader->leaving;
	pthread_mutex_unlock(&tails->lock);
	return ready;
}

/* TRUE: there is more to do already. */
static gboolean turn(Tails *tails)
{
	gboolean more = FALSE;

	for (guint i = 0; i < tails->readers->len; i++) {
		TailReader *reader = tails->readers->pdata[i];

		if (!is_ready(tails, reader))
			continue;
		serve(reader);
		more |= reader->pending && is_ready(tails, reader);
	}
	return more;
}

static void wait_a_while(Tails *tails)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += AGAIN_S;
	pthread_cond_timedwait(&tails->come, &tails->lock, &until);
}

static void *tails_thread(void *data)
{
	Tails *tails = data;
	gboolean more = FALSE;

	pthread_mutex_lock(&tails->lock);
	while (!tails->stopping) {
		g_autoptr(GPtrArray) gone = NULL;

		if (!tails->awake && !more && tails->failed)
			wait_a_while(tails);
		while (!tails->awake && !more && !tails->failed && !tails->stopping)
			pthread_cond_wait(&tails->come, &tails->lock);
		tails->failed = FALSE;
		gone = take_news(tails);
		pthread_mutex_unlock(&tails->lock);
		g_ptr_array_set_size(gone, 0);
		more = turn(tails);
		pthread_mutex_lock(&tails->lock);
	}
	pthread_mutex_unlock(&tails->lock);
	return NULL;
}

/* ---- life ---- */

static void source_free(void *data)
{
	Source *source = data;

	log_close(source->log);
	log_block_free(source->recent);
	g_free(source->dir);
	g_free(source);
}

Tails *tails_new(StoreHost *stores, const Divisions *divisions)
{
	Tails *tails = g_new0(Tails, 1);
	pthread_condattr_t monotonic;

	tails->stores = stores;
	tails->divisions = divisions;
	tails->sources = g_ptr_array_new_with_free_func(source_free);
	tails->readers = g_ptr_array_new_with_free_func(reader_free);
	tails->joining = g_ptr_array_new_with_free_func(reader_free);
	tails->arena = arena_new();
	tails->own = log_block_new();
	pthread_mutex_init(&tails->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&tails->come, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return tails;
}

void tails_add(Tails *tails, const Plugin *plugin, const char *dir)
{
	Source *source;

	g_assert(!tails->started);
	if (plugin->n_topics == 0)
		return;
	source = g_new0(Source, 1);
	source->plugin = plugin;
	source->id = plugin->id;
	source->dir = g_strdup(dir);
	g_ptr_array_add(tails->sources, source);
}

void tails_replace(Tails *tails, const Plugin *plugin)
{
	pthread_mutex_lock(&tails->lock);
	for (guint i = 0; i < tails->sources->len; i++) {
		Source *source = tails->sources->pdata[i];

		if (strcmp(source->id, plugin->id) == 0)
			source->next = plugin;
	}
	pthread_mutex_unlock(&tails->lock);
}

void tails_start(Tails *tails)
{
	tails->started = pthread_create(&tails->thread, NULL, tails_thread, tails) == 0;
	g_assert(tails->started);
	pthread_setname_np(tails->thread, "zhen-tails");
}

static void wake_locked(Tails *tails)
{
	tails->awake = TRUE;
	pthread_cond_signal(&tails->come);
}

void tails_wake(Tails *tails, const Plugin *publisher)
{
	pthread_mutex_lock(&tails->lock);
	for (guint i = 0; i < tails->sources->len; i++) {
		Source *source = tails->sources->pdata[i];

		source->woken |= strcmp(source->id, publisher->id) == 0;
	}
	if (tails->n_readers > 0)
		wake_locked(tails);
	pthread_mutex_unlock(&tails->lock);
}

void tails_stop(Tails *tails)
{
	if (tails == NULL || !tails->started)
		return;
	pthread_mutex_lock(&tails->lock);
	tails->stopping = TRUE;
	pthread_cond_signal(&tails->come);
	pthread_mutex_unlock(&tails->lock);
	pthread_join(tails->thread, NULL);
	tails->started = FALSE;
}

void tails_free(Tails *tails)
{
	if (tails == NULL)
		return;
	tails_stop(tails);
	g_ptr_array_unref(tails->readers);
	g_ptr_array_unref(tails->joining);
	g_ptr_array_unref(tails->sources);
	arena_free(tails->arena);
	log_block_free(tails->own);
	pthread_mutex_destroy(&tails->lock);
	pthread_cond_destroy(&tails->come);
	g_free(tails);
}

guint tails_readers(Tails *tails)
{
	guint count;

	pthread_mutex_lock(&tails->lock);
	count = tails->n_readers;
	pthread_mutex_unlock(&tails->lock);
	return count;
}

TailReader *tail_join(Tails *tails, const TailOptions *options)
{
	TailReader *reader = g_new0(TailReader, 1);

	reader->tails = tails;
	reader->options = *options;
	reader->topics = g_strdupv((char **)options->topics);
	reader->places = g_new0(Place, MAX(tails->sources->len, 1));
	reader->ready = TRUE;
	pthread_mutex_lock(&tails->lock);
	tail_places(reader, options->from, options->whole);
	g_ptr_array_add(tails->joining, reader);
	tails->n_readers++;
	wake_locked(tails);
	pthread_mutex_unlock(&tails->lock);
	return reader;
}

void tail_more(TailReader *reader)
{
	Tails *tails = reader->tails;

	pthread_mutex_lock(&tails->lock);
	reader->ready = TRUE;
	wake_locked(tails);
	pthread_mutex_unlock(&tails->lock);
}

void tail_leave(TailReader *reader)
{
	Tails *tails = reader->tails;

	pthread_mutex_lock(&tails->lock);
	reader->leaving = TRUE;
	tails->n_readers--;
	wake_locked(tails);
	pthread_mutex_unlock(&tails->lock);
}
