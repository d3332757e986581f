/* SPDX-License-Identifier: Apache-2.0
 * Threads store files, most of them the same bytes again and again, and name some in _blob, while two collectors remove
 * what is old and named by nobody. What a writer was just told is there must be there: a collector may not take a file
 * that another thread has just put there again. A plain main(), so that ThreadSanitizer can watch. */
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/digest.h"
#include "store/store.h"

#define WRITERS 4
#define COLLECTORS 2
#define ROUNDS 400
#define SHARED 5     /* contents that all writers store */
#define OWN_EVERY 20 /* rounds: one of its own, which a row names */

/* Held for reading while somebody relies on that content being young, for writing by who makes it old. */
static pthread_rwlock_t young[SHARED];
static StoreHost *host;
static Store *store;
static _Atomic guint wrong, removed;
static _Atomic int writers_left = WRITERS;

static void must(gboolean fine, const char *what)
{
	if (fine)
		return;
	fprintf(stderr, "blob_races: %s\n", what);
	exit(1);
}

static void put(const char *text, char hex[65])
{
	g_autoptr(GError) error = NULL;
	g_autoptr(BlobWriter) writer = blob_writer_new(store, 0, &error);
	gint64 bytes = 0;

	must(writer != NULL && blob_write(writer, text, strlen(text), &error) &&
	             blob_finish(writer, hex, &bytes, &error),
	     error != NULL ? error->message : "a file is not stored");
	wrong += bytes != (gint64)strlen(text);
}

static gboolean is_there(const char *hex, const char *text)
{
	g_autofree char *path = blob_path(store, hex);
	g_autofree char *bytes = NULL;
	gsize length = 0;

	return path != NULL && g_file_get_contents(path, &bytes, &length, NULL) && strcmp(bytes, text) == 0;
}

static gboolean name_it(StoreConn *conn, void *data, GError **error)
{
	zhen_value args[] = { zhen_from_text(data) };

	return store_exec(conn, STORE_HOST, "INSERT INTO _blob(digest, subject, at) VALUES($1, 'x', 1)", args, 1, NULL,
	                  error);
}

static void make_old(const char *hex)
{
	const struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	g_autofree char *path = blob_path(store, hex);

	if (path != NULL)
		utimensat(AT_FDCWD, path, times, 0); /* a collector may have been quicker */
}

static void look(const char *hex, const char *text, const char *why)
{
	if (is_there(hex, text))
		return;
	wrong++;
	fprintf(stderr, "blob_races: '%s' %s and is not there\n", text, why);
}

static void put_own(guint number, guint round)
{
	g_autofree char *text = g_strdup_printf("own %u %u", number, round);
	char hex[65];

	put(text, hex);
	must(store_write_now(store, name_it, hex, NULL), "a row is not written");
	make_old(hex);
	look(hex, text, "has a row");
}

/* It becomes old as soon as nobody relies on it: the next to store it meets a collector. */
static void put_shared(guint which)
{
	g_autofree char *text = g_strdup_printf("shared %u", which);
	char hex[65];

	pthread_rwlock_rdlock(&young[which]);
	put(text, hex);
	look(hex, text, "was stored");
	pthread_rwlock_unlock(&young[which]);
	pthread_rwlock_wrlock(&young[which]);
	make_old(hex);
	pthread_rwlock_unlock(&young[which]);
}

static void *write_all(void *data)
{
	guint number = (guint)(gintptr)data;

	for (guint i = 0; i < ROUNDS; i++) {
		if (i % OWN_EVERY == 0)
			put_own(number, i);
		else
			put_shared((i + number) % SHARED);
	}
	writers_left--;
	return NULL;
}

static void *collect_all(void *data)
{
	(void)data;
	while (writers_left > 0) {
		g_autoptr(GError) error = NULL;
		guint count = 0;

		must(blob_collect(store, 60000, &count, &error), error != NULL ? error->message : "not collected");
		removed += count;
	}
	return NULL;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *where)
{
	(void)st;
	(void)flag;
	(void)where;
	return remove(path);
}

/* Every file that a row names. */
static void look_at_the_end(void)
{
	g_autoptr(Digest) digest = digest_new();

	for (guint number = 0; number < WRITERS; number++) {
		for (guint i = 0; i < ROUNDS; i += OWN_EVERY) {
			g_autofree char *text = g_strdup_printf("own %u %u", number, i);
			guint8 bytes[DIGEST_SIZE];
			char hex[DIGEST_HEX_SIZE];

			digest_of(digest, text, strlen(text), bytes);
			digest_hex(bytes, hex);
			look(hex, text, "has a row, now as before,");
		}
	}
}

int main(void)
{
	static const zhen_migration none[] = { { 0 } };
	char dir[] = "/tmp/zhen-blobs-XXXXXX";
	pthread_t writers[WRITERS], collectors[COLLECTORS];

	for (guint i = 0; i < SHARED; i++)
		pthread_rwlock_init(&young[i], NULL);
	must(mkdtemp(dir) != NULL, "no folder");
	host = store_host_new(&(StoreHostOptions){ .writers = 2, .readers = 1 }, NULL);
	must(host != NULL, "no host");
	store = store_open(host, &(StoreOptions){ .dir = dir, .name = "blobs" }, NULL);
	must(store != NULL && store_migrate(store, none, sizeof(none[0]), NULL, NULL), "no store");
	for (guint i = 0; i < WRITERS; i++)
		pthread_create(&writers[i], NULL, write_all, (void *)(gintptr)i);
	for (guint i = 0; i < COLLECTORS; i++)
		pthread_create(&collectors[i], NULL, collect_all, NULL);
	for (guint i = 0; i < WRITERS; i++)
		pthread_join(writers[i], NULL);
	for (guint i = 0; i < COLLECTORS; i++)
		pthread_join(collectors[i], NULL);
	look_at_the_end();
	store_close(store);
	store_host_free(host);
	for (guint i = 0; i < SHARED; i++)
		pthread_rwlock_destroy(&young[i]);
	nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	printf("blob_races: %d stored, %u collected, %u wrong\n", WRITERS * ROUNDS, removed, wrong);
	return wrong == 0 && removed > 0 ? 0 : 1;
}
