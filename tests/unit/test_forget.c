/* SPDX-License-Identifier: Apache-2.0
 * What was removed is in no byte of the store's files. */
#include <string.h>

#include "store_fixture.h"

#define ROWS 2000

static void sql(Fixture *f, StoreOwner owner, const char *text)
{
	g_autoptr(GError) error = NULL;
	Sql one = { owner, text, 0 };

	cr_assert(store_write_now(f->store, fixture_exec, &one, &error), "%s: %s", text, error != NULL ? error->message : "");
}

/* How often the word is in the files of the store. */
static guint found(const Fixture *f, const char *word)
{
	static const char *const names[] = { "data.db", "data.db-wal", "data.db-shm" };
	const gsize length = strlen(word);
	guint count = 0;

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(store_dir(f->store), names[i], NULL);
		g_autofree char *bytes = NULL;
		gsize size = 0;

		if (!g_file_get_contents(path, &bytes, &size, NULL))
			continue;
		for (const char *at = bytes; (at = memmem(at, size - (gsize)(at - bytes), word, length)) != NULL;
		     at += length)
			count++;
	}
	return count;
}

typedef struct Filling {
	guint first, count;
} Filling;

/* In no order and of many lengths, so that pages split and rows move. */
static gboolean fill(StoreConn *conn, void *data, GError **error)
{
	const Filling *filling = data;

	for (guint i = filling->first; i < filling->first + filling->count; i++) {
		g_autofree char *number = g_strdup_printf("%08u", i * 2654435761u % 100000000u);
		g_autofree char *filler = g_strnfill(i * 40503u % 900, 'y');
		g_autofree char *name = g_strdup_printf("NAME-%u;", i);
		zhen_value args[] = { zhen_from_text(number), zhen_from_text(name), zhen_from_text(filler) };

		if (!store_exec(conn, STORE_PLUGIN, "INSERT INTO person(number, name, filler) VALUES($1, $2, $3)", args, 3, NULL,
		                error))
			return FALSE;
	}
	return TRUE;
}

static gboolean make_tables(StoreConn *conn, void *data, GError **error)
{
	(void)data;
	return store_exec(conn, STORE_HOST, "CREATE TABLE person(id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, name TEXT, filler TEXT)",
	                  NULL, 0, NULL, error) &&
	       store_exec(conn, STORE_HOST, "CREATE INDEX person_number ON person(number, name)", NULL, 0, NULL, error);
}

static Fixture people(void)
{
	Fixture f = fixture();
	g_autoptr(GError) error = NULL;

	cr_assert(store_write_now(f.store, make_tables, NULL, &error), "%s", error != NULL ? error->message : "");
	for (guint i = 0; i < ROWS; i += 50)
		cr_assert(store_write_now(f.store, fill, &(Filling){ i, 50 }, &error), "%s", error != NULL ? error->message : "");
	return f;
}

static void forget(Fixture *f)
{
	g_autoptr(GError) error = NULL;

	cr_assert(store_forget(f->store, 5000, &error), "%s", error != NULL ? error->message : "");
}

Test(forget, removed_names_are_in_no_byte_also_where_pages_were_split_and_do_not_come_back)
{
	Fixture f = people();
	Sql check = { STORE_HOST, "SELECT COUNT(*) FROM person WHERE name = ''", 0 };
	g_autoptr(GError) error = NULL;

	cr_expect_gt(found(&f, "NAME-"), ROWS);
	sql(&f, STORE_PLUGIN, "UPDATE person SET name = ''");
	forget(&f);
	cr_expect_eq(found(&f, "NAME-"), 0, "%u", found(&f, "NAME-"));
	/* Every page is written again, by a writer that had them all in its cache. */
	sql(&f, STORE_PLUGIN, "UPDATE person SET filler = SUBSTR(filler, 2) || 'z'");
	cr_expect_eq(found(&f, "NAME-"), 0, "%u", found(&f, "NAME-"));
	fixture_reopen(&f, (StoreOptions){ 0 });
	cr_expect_eq(found(&f, "NAME-"), 0);
	cr_assert(store_write_now(f.store, fixture_exec, &check, &error));
	cr_expect_eq(check.first, ROWS);
	check.sql = "SELECT COUNT(*) FROM person NOT INDEXED WHERE number IN (SELECT number FROM person INDEXED BY person_number)";
	cr_assert(store_write_now(f.store, fixture_exec, &check, &error));
	cr_expect_eq(check.first, ROWS);
	fixture_clear(&f);
}

Test(forget, a_reader_of_an_old_state_is_waited_for_and_named)
{
	Fixture f = people();
	g_autoptr(GError) error = NULL;
	StoreConn *conn = store_read(f.store, 0, &error);
	gint64 count = 0;

	cr_assert(conn != NULL && store_exec(conn, STORE_HOST, "SELECT COUNT(*) FROM person", NULL, 0, &count, &error));
	sql(&f, STORE_PLUGIN, "UPDATE person SET name = ''");
	cr_expect_not(store_forget(f.store, 200, &error));
	cr_expect_eq(error->code, ERROR_BUSY);
	cr_expect_gt(found(&f, "NAME-"), 0);
	store_read_done(f.host, 0);
	forget(&f);
	cr_expect_eq(found(&f, "NAME-"), 0);
	fixture_clear(&f);
}

typedef struct Busy {
	Fixture *f;
	gint stop;
	guint from;
} Busy;

static gpointer keep_writing(gpointer data)
{
	Busy *busy = data;

	for (guint i = ROWS; g_atomic_int_get(&busy->stop) == 0; i += 20) {
		g_autoptr(GError) error = NULL;

		if (!store_write_now(busy->f->store, fill, &(Filling){ i, 20 }, &error))
			return g_strdup(error->message);
		busy->from = i + 20;
	}
	return NULL;
}

Test(forget, who_writes_meanwhile_loses_nothing, .timeout = 60)
{
	Fixture f = people();
	Busy busy = { .f = &f };
	GThread *writer;
	Sql check = { STORE_HOST, "SELECT COUNT(*) FROM person", 0 };
	g_autofree char *failed = NULL;
	g_autoptr(GError) error = NULL;

	sql(&f, STORE_PLUGIN, "UPDATE person SET name = 'gone'");
	writer = g_thread_new("writer", keep_writing, &busy);
	for (guint i = 0; i < 10; i++)
		store_forget(f.store, 3000, NULL);
	g_atomic_int_set(&busy.stop, 1);
	failed = g_thread_join(writer);
	cr_expect_null(failed, "%s", failed);
	forget(&f);
	cr_assert(store_write_now(f.store, fixture_exec, &check, &error));
	cr_expect_eq(check.first, busy.from, "%u", busy.from);
	cr_expect_eq(found(&f, "NAME-1;"), 0);
	fixture_reopen(&f, (StoreOptions){ 0 });
	check.sql = "SELECT COUNT(*) FROM person WHERE id > 0 AND name <> ''";
	cr_assert(store_write_now(f.store, fixture_exec, &check, &error));
	cr_expect_eq(check.first, busy.from);
	fixture_clear(&f);
}
