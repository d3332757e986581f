/* SPDX-License-Identifier: Apache-2.0
 * What a store needs from time to time, on the pool: anchors, old idempotency keys, unreferenced blobs. */
#include "base/clock.h"
#include "base/log.h"
#include "runtime/exec.h"

#define MINUTE_MS 60000
#define ARCHIVE_PIECES 256 /* in one round: others need the pool too */
#define PURGE_WAIT_MS 200
#define BLOB_AGE_MS (24 * 3600 * G_GINT64_CONSTANT(1000))

typedef struct Upkeep {
	Runtime *runtime;
	LoopTimer *timer;
	guint minutes;
	gint busy;   /* atomic: on the pool */
	gint ending; /* atomic */
	gboolean quiet;
} Upkeep;

/* A piece at a time, so that writers come in between, and an end is not waited for. */
static void archive_events(Upkeep *self)
{
	Runtime *runtime = self->runtime;
	const gint64 keep = runtime->env->keep_events_ms;
	g_autoptr(GError) error = NULL;
	guint moved = keep > 0 ? 1 : 0;

	for (guint i = 0; i < ARCHIVE_PIECES && moved > 0 && error == NULL && !g_atomic_int_get(&self->ending); i++)
		if (!log_archive(runtime->store, clock_now_ms() - keep, &moved, &error))
			log_write(LOG_ERROR, runtime->plugin->id, "old events stay in the database: %s",
			          error->message);
}

/* Behind archive_events, on the same thread. */
static void trim_archives(Upkeep *self)
{
	const Plugin *plugin = self->runtime->plugin;
	g_autoptr(GPtrArray) topics = g_ptr_array_new();
	g_autoptr(GError) error = NULL;
	gboolean more;
	gint64 deleted;

	for (guint i = 0; i < plugin->n_topics; i++)
		if ((plugin->topics[i].flags & ZHEN_TRANSIENT) != 0)
			g_ptr_array_add(topics, (gpointer)plugin->topics[i].name);
	more = topics->len > 0;
	g_ptr_array_add(topics, NULL);
	for (guint i = 0; i < ARCHIVE_PIECES && more && error == NULL && !g_atomic_int_get(&self->ending); i++)
		if (!log_trim(self->runtime->store, (const char *const *)topics->pdata, &more, &deleted, &error))
			log_write(LOG_ERROR, plugin->id, "old events stay in the archives: %s", error->message);
}

static void work(void *data, guint slot)
{
	Upkeep *self = data;
	Runtime *runtime = self->runtime;
	g_autoptr(GError) error = NULL;

	purge_clean(runtime, slot, PURGE_WAIT_MS);
	if (!runtime_anchor(runtime, &error))
		log_write(LOG_ERROR, runtime->plugin->id, "audit head not anchored: %s", error->message);
	g_clear_error(&error);
	if (self->minutes % 60 == 1) {
		idempotency_prune(runtime, clock_now_ms());
		if (!blob_collect(runtime->store, BLOB_AGE_MS, NULL, &error))
			log_write(LOG_WARN, runtime->plugin->id, "unreferenced files stay: %s", error->message);
	}
	archive_events(self);
	trim_archives(self);
	g_atomic_int_set(&self->busy, 0);
}

static void each_minute(void *data)
{
	Upkeep *self = data;

	if (self->quiet || !g_atomic_int_compare_and_exchange(&self->busy, 0, 1))
		return;
	self->minutes++;
	if (!pool_push(self->runtime->pool, work, self, NULL))
		g_atomic_int_set(&self->busy, 0);
}

#ifdef ZHEN_TEST_POINTS
/* An anchor a minute is too seldom for a test that wants to be killed at one. */
static gint64 interval_ms(void)
{
	const char *text = g_getenv("ZHEN_TEST_UPKEEP_MS");

	return text != NULL ? g_ascii_strtoll(text, NULL, 10) : MINUTE_MS;
}
#else
#define interval_ms() MINUTE_MS
#endif

Upkeep *upkeep_new(Runtime *runtime, Loop *loop)
{
	Upkeep *self = g_new0(Upkeep, 1);

	self->runtime = runtime;
	self->timer = loop_timer_new(loop, interval_ms(), TRUE, each_minute, self);
	return self;
}

void upkeep_quiet(Upkeep *self, gboolean quiet)
{
	self->quiet = quiet;
}

gboolean upkeep_rests(const Upkeep *self)
{
	return g_atomic_int_get(&self->busy) == 0;
}

void upkeep_free(Upkeep *self)
{
	if (self == NULL)
		return;
	loop_timer_free(self->timer);
	g_atomic_int_set(&self->ending, 1);
	while (g_atomic_int_get(&self->busy) != 0)
		g_thread_yield(); /* a pool thread is at most one round away */
	g_free(self);
}
