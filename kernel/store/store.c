/* SPDX-License-Identifier: Apache-2.0
 * The process's stores and one store: opening, closing, reading. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "store/schema.h"
#include "store/search.h"
#include "store/sync.h"

gint64 mono_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (gint64)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- the process ---- */

/* Its counters of memory take one lock for every allocation of every thread. */
static void without_memory_statistics(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

StoreHost *store_host_new(const StoreHostOptions *options, GError **error)
{
	g_autoptr(StoreHost) host = g_new0(StoreHost, 1);
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	GError *failed = NULL;

	pthread_once(&once, without_memory_statistics);
	pthread_mutex_init(&host->lock, NULL);
	pthread_cond_init(&host->ready, NULL);
	host->n_slots = MAX(options->readers, 1);
	host->slots = g_new0(Slot, host->n_slots);
	for (guint i = 0; i < host->n_slots; i++)
		pthread_mutex_init(&host->slots[i].lock, NULL);
	host->log = sql_log_new(options->sql_log, &failed);
	if (failed != NULL) {
		g_propagate_error(error, failed);
		return NULL;
	}
	host->checkpointer = checkpointer_new(error);
	if (host->checkpointer == NULL || !writers_start(host, options->writers == 0 ? 2 : options->writers, error))
		return NULL;
	return g_steal_pointer(&host);
}

void store_host_free(StoreHost *host)
{
	if (host == NULL)
		return;
	writers_stop(host);
	checkpointer_free(host->checkpointer);
	sql_log_free(host->log);
	for (guint i = 0; i < host->n_slots; i++)
		pthread_mutex_destroy(&host->slots[i].lock);
	g_free(host->slots);
	pthread_cond_destroy(&host->ready);
	pthread_mutex_destroy(&host->lock);
	g_free(host);
}

/* ---- opening and closing ---- */

/* The whole way to @dir: all of it may just have been made, and a power cut would take the folder with its name. What lies
 * further up may be on a file system that cannot be synced; then it is not new either. */
static gboolean sync_way(const char *dir, GError **error)
{
	g_autofree char *path = g_path_get_dirname(dir);

	if (!sync_folder(dir, error) || !sync_folder(path, error))
		return FALSE;
	while (strcmp(path, "/") != 0) {
		char *above = g_path_get_dirname(path);

		g_free(path);
		path = above;
		sync_folder(path, NULL);
	}
	return TRUE;
}

static gboolean make_folders(Store *store, GError **error)
{
	static const char *const folders[] = { "", "blobs", "staging" };

	for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
		g_autofree char *path = g_build_filename(store->dir, folders[i], NULL);

		if (g_mkdir_with_parents(path, 0700) != 0)
			return throw_error(error, errno == ENOSPC ? ERROR_FULL : ERROR_IO, "%s: %s", path,
			                   g_strerror(errno));
	}
	return sync_way(store->dir, error);
}

static void resolve_options(Store *store, const StoreOptions *options)
{
	StoreOptions *o = &store->options;

	*o = *options;
	o->dir = o->name = o->version = NULL;
	o->batch_max = o->batch_max == 0 ? 512 : o->batch_max;
	o->queue_max = o->queue_max == 0 ? 2048 : o->queue_max;
	o->wal_limit = o->wal_limit == 0 ? (gint64)256 << 20 : o->wal_limit;
	o->mmap_bytes = o->mmap_bytes == 0 ? (gint64)8 << 30 : o->mmap_bytes;
	o->cache_kib = o->cache_kib == 0 ? 8192 : o->cache_kib;
	o->read_steps = o->read_steps == 0 ? 200 : o->read_steps;
}

/* Made with the database: what tells its events from those of another life of it. */
static gboolean name_epoch(StoreConn *conn, GError **error)
{
	zhen_value epoch = zhen_from_int((gint64)(((guint64)g_random_int() << 31 ^ g_random_int()) & G_MAXINT64) | 1);

	return store_exec(conn, STORE_HOST, "INSERT INTO _meta(name, value) VALUES('epoch', $1) ON CONFLICT DO NOTHING",
	                  &epoch, 1, NULL, error);
}

/* Tables of before the columns. */
static gboolean add_columns(StoreConn *conn, GError **error)
{
	static const struct {
		const char *table, *column, *sql;
	} added[] = {
		{ "_job", "subject", "ALTER TABLE _job ADD COLUMN subject TEXT NOT NULL DEFAULT ''" },
		{ "_cursor", "parted", STORE_CURSOR_ADD },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(added); i++)
		if (sqlite3_table_column_metadata(conn->db, "main", added[i].table, added[i].column, NULL, NULL, NULL, NULL,
		                                  NULL) != SQLITE_OK &&
		    !conn_script(conn, STORE_HOST, added[i].sql, error))
			return FALSE;
	return TRUE;
}

static gboolean open_writer(Store *store, GError **error)
{
	store->writer = conn_open(store, CONN_WRITER, error);
	if (store->writer == NULL || !conn_control(store->writer, store->writer->begin, error))
		return FALSE;
	if (renew_wal(store->writer->db, error) && conn_script(store->writer, STORE_HOST, STORE_SCHEMA, error) &&
	    add_columns(store->writer, error) && name_epoch(store->writer, error))
		return conn_control(store->writer, store->writer->commit, error) && sync_wal(store->writer->db, error);
	if (!sqlite3_get_autocommit(store->writer->db))
		conn_control(store->writer, store->writer->rollback, NULL);
	return FALSE;
}

Store *store_open(StoreHost *host, const StoreOptions *options, GError **error)
{
	g_autoptr(Store) store = g_new0(Store, 1);

	store->host = host;
	store->dir = g_canonicalize_filename(options->dir, NULL);
	store->name = g_strdup(options->name);
	store->file = g_build_filename(store->dir, "data.db", NULL);
	resolve_options(store, options);
	pthread_mutex_init(&store->lock, NULL);
	pthread_cond_init(&store->idle, NULL);
	store->readers = g_new0(StoreConn *, host->n_slots);
	store->closing = options->read_only; /* takes no job */
	if (options->read_only)
		return g_steal_pointer(&store);
	if (!make_folders(store, error))
		return NULL;
	if (!open_writer(store, error)) {
		prefix_error(error, "%s", store->file);
		return NULL;
	}
	if (options->version != NULL)
		store->known = known_open(store->dir, options->version, TRUE);
	return g_steal_pointer(&store);
}

static void close_reader(Store *store, guint slot)
{
	StoreConn *conn = store->readers[slot];
	Slot *s = &store->host->slots[slot];
	StoreConn **link;

	if (conn == NULL)
		return;
	pthread_mutex_lock(&s->lock);
	for (link = &s->first; *link != NULL && *link != conn;)
		link = &(*link)->next_read;
	if (*link == conn)
		*link = conn->next_read;
	pthread_mutex_unlock(&s->lock);
	conn_close(conn);
	store->readers[slot] = NULL;
}

void store_close(Store *store)
{
	int copied;

	if (store == NULL)
		return;
	writer_drain(store);
	checkpoint_forget(store);
	for (guint i = 0; i < store->host->n_slots; i++)
		close_reader(store, i);
	if (store->writer != NULL)
		checkpoint_run(store, store->writer, SQLITE_CHECKPOINT_TRUNCATE, &copied);
	conn_close(store->writer);
	search_free(store->search);
	known_free(store->known);
	pthread_cond_destroy(&store->idle);
	pthread_mutex_destroy(&store->lock);
	g_free(store->readers);
	g_free(store->file);
	g_free(store->name);
	g_free(store->dir);
	g_free(store);
}

void store_set_hooks(Store *store, const StoreHooks *hooks)
{
	store->hooks = *hooks;
}

const char *store_dir(const Store *store)
{
	return store->dir;
}

guint64 store_commits(const Store *store)
{
	return atomic_load_explicit(&store->commits, memory_order_acquire);
}

gint64 store_size_bytes(Store *store)
{
	g_autofree char *wal = g_strconcat(store->file, "-wal", NULL);
	const char *files[] = { store->file, wal };
	gint64 bytes = 0;

	for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
		struct stat st;

		if (stat(files[i], &st) == 0)
			bytes += st.st_size;
	}
	return bytes;
}

void store_stats(const Store *store, StoreStats *out)
{
	out->commits = store_commits(store);
	out->jobs = store->jobs;
	out->retried_batches = store->retried;
	out->checkpoints = store->checkpoints;
	out->wal_resets = store->resets;
	out->wal_bytes = store->wal_bytes;
}

/* ---- reading ---- */

static gboolean begin_read(StoreConn *conn, Slot *slot, GError **error)
{
	/* Before the snapshot: a commit in between only makes the next read renew once more. */
	conn->seen = store_commits(conn->store);
	if (!conn_control(conn, conn->begin, error))
		return FALSE;
	if (conn->reading)
		return TRUE;
	conn->reading = TRUE;
	pthread_mutex_lock(&slot->lock);
	conn->next_read = slot->first;
	slot->first = conn;
	pthread_mutex_unlock(&slot->lock);
	return TRUE;
}

static void end_transaction(StoreConn *conn)
{
	if (!sqlite3_get_autocommit(conn->db))
		conn_control(conn, conn->commit, NULL);
}

StoreConn *store_read(Store *store, guint slot, GError **error)
{
	StoreConn *conn;

	g_assert(slot < store->host->n_slots);
	if (store->readers[slot] == NULL)
		store->readers[slot] = conn_open(store, CONN_READER, error);
	conn = store->readers[slot];
	if (conn == NULL)
		return NULL;
	conn->steps = 0;
	if (conn->reading && !sqlite3_get_autocommit(conn->db)) {
		/* Rows still being read belong to one snapshot. */
		if (conn->busy != NULL || conn->seen == store_commits(store))
			return conn;
		end_transaction(conn);
	}
	return begin_read(conn, &store->host->slots[slot], error) ? conn : NULL;
}

void store_read_done(StoreHost *host, guint slot)
{
	Slot *s = &host->slots[slot];

	pthread_mutex_lock(&s->lock);
	while (s->first != NULL) {
		StoreConn *conn = s->first;

		s->first = conn->next_read;
		conn->next_read = NULL;
		conn->reading = FALSE;
		conn_reset_all(conn);
		end_transaction(conn);
	}
	pthread_mutex_unlock(&s->lock);
}
