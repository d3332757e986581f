/* SPDX-License-Identifier: Apache-2.0
 * One cut over two databases that are written, and what a restore changes in copies. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <string.h>

#include "store/copy.h"
#include "store_fixture.h"

#define CUTS 30

typedef struct Pair {
	Fixture f;        /* f.store publishes */
	Store *subscriber;
	GMutex lock;
	GCond moved;
	gint64 cursor;    /* as committed */
	gint ending;      /* atomic */
	GThread *threads[2];
} Pair;

static gboolean publish(StoreConn *conn, void *data, GError **error)
{
	(void)data;
	return store_exec(conn, STORE_HOST,
	                  "INSERT INTO _event(topic, subject, division, at, body) VALUES('t', '', '', 1, '{}')", NULL, 0, NULL,
	                  error);
}

static gpointer publisher_thread(gpointer data)
{
	Pair *pair = data;

	while (!g_atomic_int_get(&pair->ending))
		cr_assert(store_write_now(pair->f.store, publish, NULL, NULL));
	return NULL;
}

static gboolean move_cursor(StoreConn *conn, void *data, GError **error)
{
	zhen_value seq = zhen_from_int(*(gint64 *)data);

	return store_exec(conn, STORE_HOST, "UPDATE _cursor SET seq = $1", &seq, 1, NULL, error);
}

/* As the bus does: what is committed there is taken over here. */
static gpointer subscriber_thread(gpointer data)
{
	Pair *pair = data;

	while (!g_atomic_int_get(&pair->ending)) {
		StoreConn *conn = store_read(pair->f.store, 1, NULL);
		gint64 last = 0;

		cr_assert(store_exec(conn, STORE_HOST, "SELECT max(seq) FROM _event", NULL, 0, &last, NULL));
		store_read_done(pair->f.host, 1);
		cr_assert(store_write_now(pair->subscriber, move_cursor, &last, NULL));
		g_mutex_lock(&pair->lock);
		pair->cursor = last;
		g_cond_signal(&pair->moved);
		g_mutex_unlock(&pair->lock);
	}
	return NULL;
}

static gint64 epoch_of(Store *store)
{
	g_autofree char *path = g_build_filename(store_dir(store), "data.db", NULL);
	g_autoptr(Copy) copy = copy_open(path, "it", NULL);
	g_auto(CopyState) state = { 0 };

	cr_assert(copy != NULL && copy_begin(copy, NULL) && copy_state(copy, &state, NULL));
	return state.end.epoch;
}

static gboolean add_cursor(StoreConn *conn, void *data, GError **error)
{
	zhen_value epoch = zhen_from_int(*(gint64 *)data);

	return store_exec(conn, STORE_HOST,
	                  "INSERT INTO _cursor(publisher, topic, epoch, seq, live) VALUES('notes', 't', $1, 0, 1)", &epoch, 1,
	                  NULL, error);
}

static void pair_open(Pair *pair)
{
	g_autofree char *dir = NULL;
	StoreOptions options = { .name = "subscriber" };
	gint64 epoch;

	pair->f = fixture();
	options.dir = dir = g_build_filename(pair->f.dir, "subscriber", NULL);
	pair->subscriber = store_open(pair->f.host, &options, NULL);
	cr_assert_not_null(pair->subscriber);
	epoch = epoch_of(pair->f.store);
	cr_assert(store_write_now(pair->subscriber, add_cursor, &epoch, NULL));
	pair->threads[0] = g_thread_new("publisher", publisher_thread, pair);
	pair->threads[1] = g_thread_new("subscriber", subscriber_thread, pair);
}

static void pair_close(Pair *pair)
{
	g_atomic_int_set(&pair->ending, 1);
	g_thread_join(pair->threads[0]);
	g_thread_join(pair->threads[1]);
	store_close(pair->subscriber);
	fixture_clear(&pair->f);
}

/* Until the subscriber is beyond @seq: a deadline long enough for any machine. */
static void wait_beyond(Pair *pair, gint64 seq)
{
	const gint64 until = g_get_monotonic_time() + 30 * G_TIME_SPAN_SECOND;

	g_mutex_lock(&pair->lock);
	while (pair->cursor <= seq)
		cr_assert(g_cond_wait_until(&pair->moved, &pair->lock, until), "the cursor stays at %ld",
		          (long)pair->cursor);
	g_mutex_unlock(&pair->lock);
}

typedef struct Told {
	GMutex lock;
	GCond cond;
	guint count;
} Told;

static void on_paused(void *data)
{
	Told *told = data;

	g_mutex_lock(&told->lock);
	told->count++;
	g_cond_signal(&told->cond);
	g_mutex_unlock(&told->lock);
}

static void wait_told(Told *told, guint count)
{
	const gint64 until = g_get_monotonic_time() + 30 * G_TIME_SPAN_SECOND;

	g_mutex_lock(&told->lock);
	while (told->count < count)
		cr_assert(g_cond_wait_until(&told->cond, &told->lock, until), "a writer does not stand");
	g_mutex_unlock(&told->lock);
}

static Copy *open_copy(Store *store)
{
	g_autofree char *path = g_build_filename(store_dir(store), "data.db", NULL);
	Copy *copy = copy_open(path, "it", NULL);

	cr_assert_not_null(copy);
	return copy;
}

/* The subscriber's cursor and the publisher's end, as they stand in copies made from the two transactions. */
static void look(Pair *pair, Copy *publisher, Copy *subscriber, gint64 *out_end, gint64 *out_cursor)
{
	g_auto(CopyState) of_publisher = { 0 }, of_subscriber = { 0 };
	g_autofree char *first = g_build_filename(pair->f.dir, "publisher.db", NULL);
	g_autofree char *second = g_build_filename(pair->f.dir, "subscriber.db", NULL);
	g_autoptr(GError) error = NULL;

	cr_assert(copy_write(publisher, first, NULL, &error) && copy_write(subscriber, second, NULL, &error), "%s",
	          error == NULL ? "" : error->message);
	cr_assert(copy_check(first, TRUE, NULL, &error) && copy_check(second, TRUE, NULL, &error), "%s",
	          error == NULL ? "" : error->message);
	cr_assert(copy_state_of(first, &of_publisher, NULL) && copy_state_of(second, &of_subscriber, NULL));
	cr_assert_eq(of_subscriber.cursors->len, 1);
	*out_end = of_publisher.end.seq;
	*out_cursor = ((CopyCursor *)of_subscriber.cursors->pdata[0])->position.seq;
	g_unlink(first);
	g_unlink(second);
}

Test(copy, a_cut_never_holds_a_cursor_beyond_its_log)
{
	Pair pair = { 0 };
	gint64 end = 0, cursor = 0, before = -1;

	pair_open(&pair);
	for (guint i = 0; i < CUTS; i++) {
		g_autoptr(Copy) publisher = open_copy(pair.f.store), subscriber = open_copy(pair.subscriber);
		Told told = { 0 };

		wait_beyond(&pair, cursor);
		store_pause(pair.f.store, on_paused, &told);
		store_pause(pair.subscriber, on_paused, &told);
		wait_told(&told, 2);
		cr_assert(copy_begin(publisher, NULL));
		cr_assert(copy_begin(subscriber, NULL));
		store_resume(pair.f.store);
		store_resume(pair.subscriber);
		wait_beyond(&pair, cursor + 1); /* they go on, and the copies do not notice */
		look(&pair, publisher, subscriber, &end, &cursor);
		cr_assert(cursor <= end, "cut %u: the cursor is at %ld, the log ends at %ld", i, (long)cursor,
		          (long)end);
		cr_assert(cursor > before, "cut %u: nothing happened since the last", i);
		before = cursor;
	}
	pair_close(&pair);
}

/* What the test above looks for, made on purpose: without it, it could not fail. */
Test(copy, copies_one_after_another_are_no_cut)
{
	Pair pair = { 0 };
	gint64 end = 0, cursor = 0;

	pair_open(&pair);
	{
		g_autoptr(Copy) publisher = open_copy(pair.f.store), subscriber = open_copy(pair.subscriber);
		g_auto(CopyState) state = { 0 };

		wait_beyond(&pair, 0);
		cr_assert(copy_begin(publisher, NULL) && copy_state(publisher, &state, NULL));
		wait_beyond(&pair, state.end.seq);
		cr_assert(copy_begin(subscriber, NULL));
		look(&pair, publisher, subscriber, &end, &cursor);
		cr_assert(cursor > end, "the cursor is at %ld, the log ends at %ld", (long)cursor, (long)end);
	}
	pair_close(&pair);
}

/* ---- holding ---- */

typedef struct Slow {
	Told begun, may_end;
} Slow;

static gboolean run_slowly(StoreConn *conn, void *data, GError **error)
{
	Slow *slow = data;

	(void)conn;
	(void)error;
	on_paused(&slow->begun);
	wait_told(&slow->may_end, 1);
	return TRUE;
}

typedef struct Writing {
	Fixture *f;
	Slow *slow;
} Writing;

static gpointer write_slowly(gpointer data)
{
	Writing *writing = data;

	return GINT_TO_POINTER(store_write_now(writing->f->store, run_slowly, writing->slow, NULL));
}

static gpointer write_one(gpointer data)
{
	return GINT_TO_POINTER(store_write_now(((Fixture *)data)->store, publish, NULL, NULL));
}

Test(copy, a_writer_stands_only_between_two_batches)
{
	Fixture f = fixture();
	Slow slow = { 0 };
	Writing writing = { &f, &slow };
	Told told = { 0 };
	GThread *first = g_thread_new("slow", write_slowly, &writing), *second;
	guint64 commits;

	wait_told(&slow.begun, 1);
	store_pause(f.store, on_paused, &told);
	cr_assert_eq(told.count, 0, "it stands in the midst of a batch");
	on_paused(&slow.may_end);
	wait_told(&told, 1);
	cr_assert(GPOINTER_TO_INT(g_thread_join(first)));
	commits = store_commits(f.store);
	second = g_thread_new("queued", write_one, &f);
	while (store_queued(f.store) == 0)
		g_thread_yield();
	for (guint i = 0; i < 200; i++) {
		cr_assert_eq(store_commits(f.store), commits, "it writes while it is held");
		g_usleep(100);
	}
	store_resume(f.store);
	cr_assert(GPOINTER_TO_INT(g_thread_join(second)));
	cr_assert_eq(told.count, 1);
	fixture_clear(&f);
}

Test(copy, a_pause_that_was_given_up_is_not_told)
{
	Fixture f = fixture();
	Slow slow = { 0 };
	Writing writing = { &f, &slow };
	Told told = { 0 };
	GThread *first = g_thread_new("slow", write_slowly, &writing);

	wait_told(&slow.begun, 1);
	store_pause(f.store, on_paused, &told);
	store_resume(f.store);
	on_paused(&slow.may_end);
	cr_assert(GPOINTER_TO_INT(g_thread_join(first)));
	write_ok(&f, STORE_HOST, "DELETE FROM _event");
	cr_assert_eq(told.count, 0);
	fixture_clear(&f);
}

/* ---- after a restore ---- */

static char *copy_of(Fixture *f)
{
	g_autoptr(Copy) copy = open_copy(f->store);
	char *path = g_build_filename(f->dir, "copy.db", NULL);

	cr_assert(copy_begin(copy, NULL) && copy_write(copy, path, NULL, NULL));
	return path;
}

static const struct {
	const char *publisher;
	gint64 epoch, seq, becomes; /* epoch; 0 = refused, and named */
} cursors[] = {
	{ "fits", 5, 9, 77 },    { "at-the-end", 5, 10, 77 }, { "beyond", 5, 11, 0 },
	{ "other-epoch", 6, 9, 0 }, { "before-all", 5, 0, 77 },  { "nobody", 5, 1, 0 },
};

Test(copy, a_restore_moves_the_epochs_of_cursors_that_fit_and_names_the_others)
{
	Fixture f = fixture();
	g_autoptr(GPtrArray) unfit = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GString) named = g_string_new(NULL);
	g_autofree char *path = NULL;
	g_auto(CopyState) state = { 0 };
	CopyEpoch logs[G_N_ELEMENTS(cursors)];

	for (gsize i = 0; i < G_N_ELEMENTS(cursors); i++) {
		g_autofree char *sql = g_strdup_printf("INSERT INTO _cursor(publisher, topic, epoch, seq, live) "
		                                       "VALUES('%s', 't', %ld, %ld, 1)",
		                                       cursors[i].publisher, (long)cursors[i].epoch, (long)cursors[i].seq);

		write_ok(&f, STORE_HOST, sql);
		logs[i] = (CopyEpoch){ cursors[i].publisher, { 5, 10 }, 77 };
	}
	path = copy_of(&f);
	cr_assert(copy_renew(path, 4711, logs, G_N_ELEMENTS(cursors) - 1, unfit, NULL));
	cr_assert(copy_check(path, TRUE, NULL, NULL));
	cr_assert(copy_state_of(path, &state, NULL));
	cr_assert_eq(state.end.epoch, 4711);
	for (guint i = 0; i < unfit->len; i++)
		g_string_append(named, unfit->pdata[i]);
	for (gsize i = 0; i < G_N_ELEMENTS(cursors); i++)
		for (guint c = 0; c < state.cursors->len; c++) {
			const CopyCursor *cursor = state.cursors->pdata[c];

			if (strcmp(cursor->publisher, cursors[i].publisher) != 0)
				continue;
			cr_expect_eq(cursor->position.seq, cursors[i].seq, "%s", cursor->publisher);
			cr_expect_eq(cursor->position.epoch, cursors[i].becomes != 0 ? cursors[i].becomes : cursors[i].epoch, "%s",
			             cursor->publisher);
			cr_expect_eq(strstr(named->str, cursor->publisher) != NULL, cursors[i].becomes == 0, "%s: %s",
			             cursor->publisher, named->str);
		}
	fixture_clear(&f);
}

Test(copy, a_parked_event_follows_its_publisher)
{
	Fixture f = fixture();
	g_autofree char *path = NULL;
	CopyEpoch log = { "p", { 5, 10 }, 77 };
	/* Fails when there is such a row: a name may not be NULL. */
	static const char not_moved[] =
		"INSERT INTO _meta(name, value) SELECT NULL, 1 FROM _parked WHERE epoch <> 77 OR seq <> 3";
	g_autoptr(GError) error = NULL;

	write_ok(&f, STORE_HOST,
	         "INSERT INTO _parked(publisher, epoch, seq, topic, subject, division, at, body, code, error, tries, not_before, "
	         "parked_at) VALUES('p', 5, 3, 't', '', '', 1, '{}', '', '', 1, 1, 1)");
	path = copy_of(&f);
	cr_assert_not(copy_run(path, not_moved, NULL));
	cr_assert(copy_renew(path, 1, &log, 1, NULL, NULL));
	cr_assert(copy_run(path, not_moved, &error), "%s", error == NULL ? "" : error->message);
	fixture_clear(&f);
}

Test(copy, a_damaged_copy_is_found)
{
	Fixture f = fixture();
	g_autofree char *path = NULL, *bytes = NULL;
	g_autoptr(GError) error = NULL;
	gsize length;

	path = copy_of(&f);
	cr_assert(copy_check(path, FALSE, NULL, NULL));
	cr_assert(g_file_get_contents(path, &bytes, &length, NULL));
	memset(bytes + 4096 * 2, 0x5a, 4096);
	cr_assert(g_file_set_contents(path, bytes, (gssize)length, NULL));
	cr_assert_not(copy_check(path, FALSE, NULL, &error));
	cr_assert_not_null(strstr(error->message, "copy.db"), "%s", error->message);
	fixture_clear(&f);
}

Test(copy, indexes_in_the_order_of_pinyin_are_looked_through)
{
	Fixture f = fixture();
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;

	write_ok(&f, STORE_HOST, "CREATE TABLE person(name TEXT NOT NULL)");
	write_ok(&f, STORE_HOST, "CREATE INDEX person_name ON person(name COLLATE zhen_pinyin)");
	write_ok(&f, STORE_HOST, "INSERT INTO person(name) VALUES('张三'), ('李四'), ('王五'), ('阿福')");
	path = copy_of(&f);
	cr_assert(copy_check(path, FALSE, NULL, &error), "%s", error == NULL ? "" : error->message);
	cr_assert(copy_check(path, TRUE, NULL, &error), "%s", error == NULL ? "" : error->message);
	fixture_clear(&f);
}

Test(copy, who_holds_the_files_keeps_the_collector_off)
{
	Fixture f = fixture();
	g_autoptr(BlobWriter) writer = blob_writer_new(f.store, 0, NULL);
	char hex[65];
	int hold = blob_hold(store_dir(f.store), 0, NULL, NULL);
	guint removed = 9;

	cr_assert(hold >= 0 && blob_write(writer, "x", 1, NULL) && blob_finish(writer, hex, NULL, NULL));
	cr_assert(blob_collect(f.store, -1000, &removed, NULL));
	g_autofree char *there = blob_path(f.store, hex);
	cr_assert_not_null(there, "it was removed while it was held");
	close(hold);
	cr_assert(blob_collect(f.store, -1000, &removed, NULL));
	cr_assert_eq(removed, 1);
	fixture_clear(&f);
}
