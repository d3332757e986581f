/* SPDX-License-Identifier: Apache-2.0
 * As the product's: copies beside the writer, soon when much was written, a second later when little was. */
#include "floor.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#define SOON_FRAMES 8192
#define LIMIT_FRAMES (256 * 1024 * 1024 / 4120)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static int written, copied;
static bool copying;

static void *run(void *db)
{
	pthread_mutex_lock(&lock);
	for (;;) {
		struct timespec until;
		int rc = 0, now_copied = 0;

		while (written <= copied)
			pthread_cond_wait(&wake, &lock);
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec++;
		while (rc != ETIMEDOUT && written - copied < SOON_FRAMES)
			rc = pthread_cond_timedwait(&wake, &lock, &until);
		copying = true;
		pthread_mutex_unlock(&lock);
		sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, &now_copied);
		pthread_mutex_lock(&lock);
		copying = false;
		copied = now_copied;
	}
	return NULL;
}

void checkpointer_start(const char *path)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, database_open(path, true)) != 0)
		die("no checkpoint thread");
}

void checkpointer_note(int frames)
{
	pthread_mutex_lock(&lock);
	if (frames < copied)
		copied = 0;
	written = frames;
	if (written - copied >= SOON_FRAMES || written == copied + 1)
		pthread_cond_signal(&wake);
	pthread_mutex_unlock(&lock);
}

void checkpointer_reset(sqlite3 *db)
{
	bool due;

	pthread_mutex_lock(&lock);
	due = written > LIMIT_FRAMES && !copying && written - copied < SOON_FRAMES;
	pthread_mutex_unlock(&lock);
	if (!due)
		return;
	sqlite3_busy_timeout(db, 100);
	if (sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_RESTART, NULL, NULL) == SQLITE_OK) {
		pthread_mutex_lock(&lock);
		written = copied = 0;
		pthread_mutex_unlock(&lock);
	}
	sqlite3_busy_timeout(db, 2000);
}
