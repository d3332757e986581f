/* SPDX-License-Identifier: Apache-2.0 */
#include "floor.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>

#define BATCH 512
/* As long as the product's. */
#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static Job *first, *last, *done;
static int bell;

static sqlite3 *db;
static sqlite3_stmt *begin, *commit, *savepoint, *release, *rollback_to;
static sqlite3_stmt *item, *event, *audit, *find_key, *keep_key;

static void bind_text(sqlite3_stmt *stmt, int at, const char *text)
{
	sqlite3_bind_text(stmt, at, text, -1, SQLITE_STATIC);
}

static void prepare(void)
{
	begin = database_prepare(db, "BEGIN IMMEDIATE");
	commit = database_prepare(db, "COMMIT");
	savepoint = database_prepare(db, "SAVEPOINT job");
	release = database_prepare(db, "RELEASE job");
	rollback_to = database_prepare(db, "ROLLBACK TO job");
	item = database_prepare(db, "INSERT INTO item(village, township, state, title, area, at, note) "
	                            "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)");
	event = database_prepare(db, "INSERT INTO _event(topic, subject, division, at, body) VALUES(?1, ?2, ?3, ?4, ?5)");
	audit = database_prepare(db, "INSERT INTO _audit(at, account, body, route, subject, outcome, request, digest, chain) "
	                             "VALUES(?1, 'bench-township', 'bench-township', 'POST /rows', ?2, 201, "
	                             "'0123456789abcdef', '" HEX "', '" HEX "')");
	find_key = database_prepare(db, "SELECT digest, status, location, reply FROM _idempotency "
	                                "WHERE owner = ?1 AND route = ?2 AND key = ?3");
	keep_key = database_prepare(db, "INSERT INTO _idempotency(owner, route, key, digest, status, location, reply, at, subject) "
	                                "VALUES(?1, ?2, ?3, '" HEX "', 201, ?4, ?5, ?6, ?7)");
}

static bool key_is_new(const Job *job)
{
	int rc;

	bind_text(find_key, 1, "bench-township");
	bind_text(find_key, 2, "/rows");
	bind_text(find_key, 3, job->key);
	rc = sqlite3_step(find_key);
	sqlite3_reset(find_key);
	return rc == SQLITE_DONE;
}

static bool keep_answer(const Job *job, const char *subject)
{
	char location[64];

	snprintf(location, sizeof(location), "/p/bench/rows/%lld", job->id);
	bind_text(keep_key, 1, "bench-township");
	bind_text(keep_key, 2, "/rows");
	bind_text(keep_key, 3, job->key);
	bind_text(keep_key, 4, location);
	bind_text(keep_key, 5, job->reply);
	sqlite3_bind_int64(keep_key, 6, job->at);
	bind_text(keep_key, 7, subject);
	return database_run(keep_key);
}

static bool add_item(Job *job)
{
	bind_text(item, 1, job->village);
	bind_text(item, 2, job->township);
	bind_text(item, 3, job->state);
	bind_text(item, 4, job->title);
	sqlite3_bind_int64(item, 5, job->area);
	sqlite3_bind_int64(item, 6, job->at);
	bind_text(item, 7, job->note);
	if (!database_run(item))
		return false;
	job->id = sqlite3_last_insert_rowid(db);
	return true;
}

static bool add_event(const Job *job, const char *subject)
{
	char body[160];

	snprintf(body, sizeof(body), "{\"id\":%lld,\"village\":\"%.12s\",\"area\":%lld}", job->id, job->village,
	         job->area);
	bind_text(event, 1, "bench.item.added");
	bind_text(event, 2, subject);
	bind_text(event, 3, job->village);
	sqlite3_bind_int64(event, 4, job->at);
	bind_text(event, 5, body);
	return database_run(event);
}

static bool run(Job *job)
{
	char subject[24];

	if (job->key[0] != '\0' && !key_is_new(job))
		return false;
	if (!add_item(job))
		return false;
	snprintf(subject, sizeof(subject), "%lld", job->id);
	snprintf(job->reply, sizeof(job->reply), "{\"id\":%lld}", job->id);
	if (!add_event(job, subject) || (job->key[0] != '\0' && !keep_answer(job, subject)))
		return false;
	sqlite3_bind_int64(audit, 1, job->at);
	bind_text(audit, 2, subject);
	return database_run(audit);
}

static void run_batch(Job *jobs)
{
	bool fine = database_run(begin);

	for (Job *job = jobs; fine && job != NULL; job = job->next) {
		fine = database_run(savepoint);
		job->fine = run(job);
		fine = fine && (job->fine || database_run(rollback_to)) && database_run(release);
	}
	fine = fine && database_run(commit);
	for (Job *job = jobs; !fine && job != NULL; job = job->next)
		job->fine = false;
}

/* Under the lock: at most BATCH of those queued. */
static Job *take(Job **out_last)
{
	Job *jobs = first, *end = first;

	for (int n = 1; n < BATCH && end->next != NULL; n++)
		end = end->next;
	first = end->next;
	end->next = NULL;
	*out_last = end;
	return jobs;
}

static void *work(void *unused)
{
	(void)unused;
	for (;;) {
		Job *jobs, *end;
		bool ring;

		pthread_mutex_lock(&lock);
		while (first == NULL)
			pthread_cond_wait(&wake, &lock);
		jobs = take(&end);
		pthread_mutex_unlock(&lock);
		run_batch(jobs);
		pthread_mutex_lock(&lock);
		ring = done == NULL;
		end->next = done;
		done = jobs;
		pthread_mutex_unlock(&lock);
		if (ring)
			eventfd_write(bell, 1);
		checkpointer_reset(db);
	}
	return NULL;
}

static int on_wal(void *unused, sqlite3 *of, const char *name, int frames)
{
	(void)unused;
	(void)of;
	(void)name;
	checkpointer_note(frames);
	return SQLITE_OK;
}

int writer_start(const char *path)
{
	pthread_t thread;

	db = database_open(path, true);
	sqlite3_wal_hook(db, on_wal, NULL);
	prepare();
	bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (bell < 0 || pthread_create(&thread, NULL, work, NULL) != 0)
		die("no writer thread");
	return bell;
}

void writer_put(Job *job)
{
	bool ring;

	job->next = NULL;
	pthread_mutex_lock(&lock);
	ring = first == NULL;
	if (ring)
		first = job;
	else
		last->next = job;
	last = job;
	pthread_mutex_unlock(&lock);
	if (ring)
		pthread_cond_signal(&wake);
}

Job *writer_take_done(void)
{
	eventfd_t count;
	Job *jobs;

	eventfd_read(bell, &count);
	pthread_mutex_lock(&lock);
	jobs = done;
	done = NULL;
	pthread_mutex_unlock(&lock);
	return jobs;
}
