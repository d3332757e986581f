/* SPDX-License-Identifier: Apache-2.0
 * Threads come, work and go under the watch, which ends none of them: each comes back in time, some leave in the midst of their
 * work. A plain main(), so that ThreadSanitizer can watch. */
#include <pthread.h>
#include <stdio.h>

#include "base/crash.h"

#define ROUNDS 10
#define THREADS 8
#define TURNS 200
#define TURN_US 500
#define LIMIT_MS 2000 /* a busy machine is no fault */

static void describe(CrashOut *out, const void *work)
{
	crash_put(out, "plugin", work);
}

static void *work(void *name)
{
	for (guint i = 0; i < TURNS; i++) {
		CrashThread *thread = crash_begin(describe, name, i % 2 == 0);

		g_usleep(TURN_US);
		if (i == TURNS - 1 && name == NULL)
			pthread_exit(NULL);
		crash_end(thread);
	}
	return NULL;
}

int main(void)
{
	pthread_t threads[THREADS];

	crash_install();
	crash_watch(LIMIT_MS, 2 * LIMIT_MS);
	for (guint round = 0; round < ROUNDS; round++) {
		for (guint i = 0; i < THREADS; i++)
			pthread_create(&threads[i], NULL, work, i % 2 == 0 ? NULL : (void *)"work");
		for (guint i = 0; i < THREADS; i++)
			pthread_join(threads[i], NULL);
	}
	crash_unwatch();
	printf("%d threads came and went\n", ROUNDS * THREADS);
	return 0;
}
