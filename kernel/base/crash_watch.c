/* SPDX-License-Identifier: Apache-2.0
 * Ends the process when some work does not come back. The thread that is at it says so itself, in the handler of a signal
 * sent to it, so that nothing is read while it changes; one that does not even hear the signal is spoken for. */
#include "base/crash_inside.h"

#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"

#define TICK_MOST_US G_USEC_PER_SEC
#define TICK_LEAST_US (10 * 1000)
#define DEAF_US (2 * G_USEC_PER_SEC) /* from the signal to its end */
#define SLEPT 4                      /* ticks: so long nobody ran here, and nobody's work did */

typedef struct Seen {
	guint32 turn;
	gint64 since_us;
	gint64 called_us; /* 0 = not yet */
} Seen;

static struct {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	gboolean running, ending;
	gint64 limit_us, patient_us;
	Seen seen[CRASH_THREADS];
} watch = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void call(CrashThread *thread, Seen *seen, gint64 now_us)
{
	if (seen->called_us == 0) {
		seen->called_us = now_us;
		__atomic_store_n(&thread->overdue, seen->turn, __ATOMIC_RELEASE);
		syscall(SYS_tgkill, getpid(), __atomic_load_n(&thread->tid, __ATOMIC_RELAXED), SIGABRT);
	} else if (now_us - seen->called_us > DEAF_US && crash_claim()) {
		crash_tell(thread, "overdue, deaf to signals", -1);
		kill(getpid(), SIGKILL);
	}
}

static void look(guint i, gint64 now_us)
{
	CrashThread *thread = &crash_threads[i];
	Seen *seen = &watch.seen[i];
	const guint32 turn = __atomic_load_n(&thread->turn, __ATOMIC_ACQUIRE);
	const gint64 limit = __atomic_load_n(&thread->patient, __ATOMIC_RELAXED) ? watch.patient_us : watch.limit_us;

	if (turn != seen->turn)
		*seen = (Seen){ turn, now_us, 0 };
	else if ((turn & 1) != 0 && limit > 0 && now_us - seen->since_us > limit)
		call(thread, seen, now_us);
}

static gint64 tick_us(void)
{
	const gint64 least = watch.limit_us == 0     ? watch.patient_us
	                     : watch.patient_us == 0 ? watch.limit_us
	                                             : MIN(watch.limit_us, watch.patient_us);

	return CLAMP(least / 8, TICK_LEAST_US, TICK_MOST_US);
}

static void *watch_thread(void *data)
{
	const gint64 tick = tick_us();
	gint64 last = clock_mono_us();

	(void)data;
	pthread_mutex_lock(&watch.lock);
	while (!watch.ending) {
		const gint64 until = last + tick;
		const struct timespec at = { until / G_USEC_PER_SEC, until % G_USEC_PER_SEC * 1000 };
		gint64 now;

		pthread_cond_timedwait(&watch.changed, &watch.lock, &at);
		now = clock_mono_us();
		/* Stopped, or under a debugger: time that passed for nobody is held against nobody. */
		for (guint i = 0; i < CRASH_THREADS; i++) {
			if (now - last > SLEPT * tick)
				watch.seen[i].since_us += now - last;
			if (__atomic_load_n(&crash_threads[i].tid, __ATOMIC_ACQUIRE) != 0)
				look(i, now);
		}
		last = now;
	}
	pthread_mutex_unlock(&watch.lock);
	return NULL;
}

void crash_watch(gint64 limit_ms, gint64 patient_ms)
{
	pthread_condattr_t mono;
	sigset_t all, was;

	watch.limit_us = limit_ms * 1000;
	watch.patient_us = patient_ms * 1000;
	if (limit_ms <= 0 && patient_ms <= 0)
		return;
	pthread_condattr_init(&mono);
	pthread_condattr_setclock(&mono, CLOCK_MONOTONIC);
	pthread_cond_init(&watch.changed, &mono);
	pthread_condattr_destroy(&mono);
	watch.ending = FALSE;
	/* Signals of the process are for the loop's thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &was);
	watch.running = pthread_create(&watch.thread, NULL, watch_thread, NULL) == 0;
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	if (!watch.running)
		log_warn("no thread that watches over the time of handlers");
}

void crash_unwatch(void)
{
	if (!watch.running)
		return;
	pthread_mutex_lock(&watch.lock);
	watch.ending = TRUE;
	pthread_cond_signal(&watch.changed);
	pthread_mutex_unlock(&watch.lock);
	pthread_join(watch.thread, NULL);
	pthread_cond_destroy(&watch.changed);
	watch.running = FALSE;
}
