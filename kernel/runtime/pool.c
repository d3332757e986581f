/* SPDX-License-Identifier: Apache-2.0
 * Threads for what must not sit on a loop or a writer: prepare steps and slow reads. Each has a read slot of its own. */
#include "runtime/exec.h"

#define POOL_QUEUE_MAX 1024

typedef struct PoolTask {
	PoolRun *run;
	void *data;
} PoolTask;

struct Pool {
	const RuntimeEnv *env;
	pthread_mutex_t lock;
	pthread_cond_t more;
	GQueue tasks; /* of PoolTask* */
	gboolean stopping;
	guint n_threads;
	pthread_t *threads;
};

typedef struct PoolThread {
	Pool *pool;
	guint slot;
} PoolThread;

static void *pool_thread(void *data)
{
	g_autofree PoolThread *self = data;
	Pool *pool = self->pool;

	for (;;) {
		pthread_mutex_lock(&pool->lock);
		while (g_queue_is_empty(&pool->tasks) && !pool->stopping)
			pthread_cond_wait(&pool->more, &pool->lock);
		g_autofree PoolTask *task = g_queue_pop_head(&pool->tasks);
		pthread_mutex_unlock(&pool->lock);
		if (task == NULL)
			return NULL;
		task->run(task->data, self->slot);
		store_read_done(pool->env->stores, self->slot);
	}
}

Pool *pool_new(const RuntimeEnv *env, guint threads)
{
	Pool *pool = g_new0(Pool, 1);

	g_assert(env->loops + threads <= env->readers);
	pool->env = env;
	pool->n_threads = threads;
	pool->threads = g_new0(pthread_t, threads);
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->more, NULL);
	g_queue_init(&pool->tasks);
	for (guint i = 0; i < threads; i++) {
		PoolThread *self = g_new0(PoolThread, 1);

		self->pool = pool;
		self->slot = env->loops + i;
		if (pthread_create(&pool->threads[i], NULL, pool_thread, self) != 0)
			g_error("no thread for the pool: %s", g_strerror(errno));
	}
	return pool;
}

gboolean pool_push(Pool *pool, PoolRun *run, void *data, GError **error)
{
	PoolTask *task = g_new(PoolTask, 1);
	gboolean full;

	task->run = run;
	task->data = data;
	pthread_mutex_lock(&pool->lock);
	full = g_queue_get_length(&pool->tasks) >= POOL_QUEUE_MAX;
	if (!full) {
		g_queue_push_tail(&pool->tasks, task);
		pthread_cond_signal(&pool->more);
	}
	pthread_mutex_unlock(&pool->lock);
	if (!full)
		return TRUE;
	g_free(task);
	return throw_error(error, ERROR_BUSY, "the pool's queue is full (%d)", POOL_QUEUE_MAX);
}

void pool_free(Pool *pool)
{
	if (pool == NULL)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->stopping = TRUE;
	pthread_cond_broadcast(&pool->more);
	pthread_mutex_unlock(&pool->lock);
	for (guint i = 0; i < pool->n_threads; i++)
		pthread_join(pool->threads[i], NULL);
	pthread_mutex_destroy(&pool->lock);
	pthread_cond_destroy(&pool->more);
	g_free(pool->threads);
	g_free(pool);
}
