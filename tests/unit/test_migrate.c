/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include "store/rehearse.h"
#include "store_fixture.h"

#define ONE "CREATE TABLE note(id {{id}}, text TEXT NOT NULL); CREATE INDEX note_text ON note(text);"
#define TWO "ALTER TABLE note ADD COLUMN at BIGINT; UPDATE note SET at = 7"

static zhen_result backfill(zhen_call *call)
{
	(void)call;
	return 204;
}

static gboolean migrate(Fixture *f, const zhen_migration *rows, guint *pending, GError **error)
{
	return store_migrate(f->store, rows, sizeof(*rows), pending, error);
}

Test(migrate, applies_each_once_in_order_and_continues_later)
{
	const zhen_migration first[] = { { .number = 1, .sql = ONE }, { 0 } };
	const zhen_migration both[] = { { .number = 1, .sql = ONE }, { .number = 2, .sql = TWO }, { 0 } };
	Fixture f = fixture();
	guint pending = 9;

	cr_assert(migrate(&f, first, &pending, NULL));
	cr_assert_eq(pending, 0);
	write_ok(&f, STORE_PLUGIN, "INSERT INTO note(text) VALUES('a')");
	fixture_reopen(&f, (StoreOptions){ 0 });
	for (guint i = 0; i < 2; i++)
		cr_assert(migrate(&f, both, NULL, NULL));
	cr_assert_eq(read_int(&f, STORE_PLUGIN, "SELECT at FROM note"), 7);
	cr_assert_eq(read_int(&f, STORE_HOST, "SELECT count(*) FROM _migration WHERE length(checksum) = 64"), 2);
	store_read_done(f.host, 0);
	fixture_clear(&f);
}

Test(migrate, older_code_with_fewer_migrations_still_opens)
{
	const zhen_migration both[] = { { .number = 1, .sql = ONE }, { .number = 2, .sql = TWO }, { 0 } };
	const zhen_migration first[] = { { .number = 1, .sql = ONE }, { 0 } };
	Fixture f = fixture();

	cr_assert(migrate(&f, both, NULL, NULL));
	cr_assert(migrate(&f, first, NULL, NULL));
	fixture_clear(&f);
}

static const struct {
	zhen_migration rows[3];
	const char *message;
} bad[] = {
	{ { { .number = 2, .sql = ONE } }, "migration 2 stands where 1 belongs" },
	{ { { .number = 1, .sql = ONE }, { .number = 3, .sql = TWO } }, "migration 3 stands where 2 belongs" },
	{ { { .number = 1, .handle = backfill } }, "migration 1 has no SQL" },
	{ { { .number = 1, .sql = "CREATE TABLE a(b BIGINT); CREATE TABLE a(b BIGINT)" } },
	  "migration 1: notes: table a already exists" },
	{ { { .number = 1, .sql = "CREATE TABLE a(b BIGINT); COMMIT" } }, "COMMIT" },
	{ { { .number = 1, .sql = "CREATE TABLE _a(b BIGINT)" } }, "_a" },
	{ { { .number = 1, .sql = "ALTER TABLE _audit ADD COLUMN x TEXT" } }, "_audit" },
	{ { { .number = 1, .sql = "DROP TABLE _audit" } }, "_audit" },
	{ { { .number = 1, .sql = "CREATE INDEX a ON _audit(at)" } }, "_audit" },
	{ { { .number = 1,
	      .sql = "CREATE TABLE a(b BIGINT); CREATE VIEW v AS SELECT b FROM a; CREATE TRIGGER t AFTER INSERT ON a "
	             "BEGIN INSERT INTO _audit(at) VALUES(1); END" } },
	  "_audit" },
	{ { { .number = 1, .sql = "PRAGMA user_version = 3" } }, "PRAGMA" },
	{ { { .number = 1, .sql = "CREATE TEMP TABLE a(b BIGINT)" } }, "TEMP" },
	{ { { .number = 1, .sql = "CREATE TABLE a(b {{nothing}})" } }, "nothing" },
	{ { { .number = 1, .sql = "" } }, "no statement" },
};

Test(migrate, a_bad_one_is_refused_by_number_and_leaves_nothing)
{
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		Fixture f = fixture();
		g_autoptr(GError) error = NULL;

		cr_assert_not(migrate(&f, bad[i].rows, NULL, &error), "%s", bad[i].message);
		cr_assert_not_null(strstr(error->message, bad[i].message), "%s", error->message);
		cr_assert_not_null(strstr(error->message, "migration"), "%s", error->message);
		cr_assert_eq(read_int(&f, STORE_HOST, "SELECT count(*) FROM sqlite_master WHERE name = 'a'"), 0);
		cr_assert_leq(read_int(&f, STORE_HOST, "SELECT count(*) FROM _migration"), 1);
		store_read_done(f.host, 0);
		fixture_clear(&f);
	}
}

Test(migrate, a_changed_one_is_refused_and_named)
{
	const zhen_migration before[] = { { .number = 1, .sql = ONE }, { .number = 2, .sql = TWO }, { 0 } };
	const zhen_migration after[] = { { .number = 1, .sql = ONE }, { .number = 2, .sql = TWO " " }, { 0 } };
	Fixture f = fixture();
	g_autoptr(GError) error = NULL;

	cr_assert(migrate(&f, before, NULL, NULL));
	cr_assert_not(migrate(&f, after, NULL, &error));
	cr_assert_eq(error->code, ERROR_INVALID);
	cr_assert_not_null(strstr(error->message, "migration 2 was changed"), "%s", error->message);
	fixture_clear(&f);
}

Test(migrate, contract_and_backfill_are_left_for_later_and_counted)
{
	const zhen_migration rows[] = { { .number = 1, .sql = ONE },
		                        { .number = 2, .handle = backfill, .phase = ZHEN_BACKFILL },
		                        { .number = 3, .sql = "DROP TABLE note", .phase = ZHEN_CONTRACT },
		                        { .number = 4, .sql = "CREATE TABLE b(c BIGINT)" },
		                        { 0 } };
	Fixture f = fixture();
	guint pending = 0;

	cr_assert(migrate(&f, rows, &pending, NULL));
	cr_assert_eq(pending, 2);
	cr_assert_eq(read_int(&f, STORE_PLUGIN, "SELECT count(*) FROM note"), 0);
	cr_assert_eq(read_int(&f, STORE_PLUGIN, "SELECT count(*) FROM b"), 0);
	store_read_done(f.host, 0);
	fixture_clear(&f);
}

/* A plugin compiled against a newer SDK has longer rows; the host reads what it knows. */
Test(migrate, rows_of_another_size_are_read_by_their_own_size)
{
	const struct {
		zhen_migration row;
		const char *later;
	} rows[] = { { { .number = 1, .sql = ONE }, "x" }, { { .number = 2, .sql = TWO }, "y" }, { { 0 }, NULL } };
	Fixture f = fixture();

	cr_assert(store_migrate(f.store, &rows[0].row, sizeof(rows[0]), NULL, NULL));
	cr_assert_eq(read_int(&f, STORE_HOST, "SELECT count(*) FROM _migration"), 2);
	store_read_done(f.host, 0);
	fixture_clear(&f);
}

/* ---- rehearsing ---- */

static gboolean rehearse(Fixture *f, const char *dir, const zhen_migration *rows, GError **error)
{
	gboolean done;

	return store_rehearse(f->host, dir, "notes", rows, &done, error) && done;
}

Test(migrate, a_rehearsal_says_what_a_start_would_and_changes_nothing)
{
	const zhen_migration first[] = { { .number = 1, .sql = ONE }, { 0 } };
	const zhen_migration both[] = { { .number = 1, .sql = ONE }, { .number = 2, .sql = TWO }, { 0 } };
	const zhen_migration other[] = { { .number = 1, .sql = ONE " " }, { .number = 2, .sql = TWO " " }, { 0 } };
	const zhen_migration once[] = { { .number = 1, .sql = ONE },
		                        { .number = 2, .sql = "CREATE UNIQUE INDEX one_text ON note(text)" },
		                        { 0 } };
	Fixture f = fixture();
	g_autoptr(GError) error = NULL;

	cr_assert(migrate(&f, first, NULL, NULL));
	write_ok(&f, STORE_PLUGIN, "INSERT INTO note(text) VALUES('a'), ('a')");
	cr_assert(rehearse(&f, store_dir(f.store), both, &error), "%s", error != NULL ? error->message : "");
	cr_assert(rehearse(&f, store_dir(f.store), both, NULL), "the first one left it there");
	cr_assert_not(rehearse(&f, store_dir(f.store), once, &error), "two rows alike");
	cr_assert_str_eq(error->message, "notes: migration 2: notes: UNIQUE constraint failed: note.text (CREATE UNIQUE "
	                                 "INDEX one_text ON note(text))");
	g_clear_error(&error);
	cr_assert_not(migrate(&f, once, NULL, &error));
	cr_assert_str_eq(error->message, "notes: migration 2: notes: UNIQUE constraint failed: note.text (CREATE UNIQUE "
	                                 "INDEX one_text ON note(text))");
	cr_assert(migrate(&f, both, NULL, NULL));
	g_clear_error(&error);
	cr_assert_not(rehearse(&f, store_dir(f.store), other, &error));
	cr_assert_str_eq(error->message, "notes: migrations 1, 2 were changed after they were applied");
	fixture_clear(&f);
}

Test(migrate, a_rehearsal_without_a_database_and_on_what_is_none)
{
	const zhen_migration first[] = { { .number = 1, .sql = ONE }, { 0 } };
	const zhen_migration bad_one[] = { { .number = 1, .sql = "CREATE TABEL a(b BIGINT)" }, { 0 } };
	Fixture f = fixture();
	g_autofree char *dir = g_build_filename(f.dir, "elsewhere", NULL);
	g_autofree char *file = g_build_filename(dir, "data.db", NULL);
	g_autoptr(GError) error = NULL;

	cr_assert(rehearse(&f, dir, first, NULL));
	cr_assert_not(g_file_test(dir, G_FILE_TEST_EXISTS));
	cr_assert_not(rehearse(&f, dir, bad_one, &error));
	cr_assert_not_null(strstr(error->message, "migration 1: notes: near \"TABEL\": syntax error"), "%s",
	                   error->message);
	g_clear_error(&error);
	cr_assert_eq(g_mkdir(dir, 0700), 0);
	cr_assert(g_file_set_contents(file, "this is no database, and long enough to be seen as none", -1, NULL));
	cr_assert_not(rehearse(&f, dir, first, &error));
	cr_assert_not_null(strstr(error->message, "not a database"), "%s", error->message);
	g_clear_error(&error);
	cr_assert_eq(g_unlink(file), 0);
	cr_assert_eq(mkfifo(file, 0600), 0);
	cr_assert_not(rehearse(&f, dir, first, &error), "waited for a pipe");
	g_unlink(file);
	g_rmdir(dir);
	fixture_clear(&f);
}

/* ---- beside a version that runs ---- */

static const struct {
	const char *sql;
	const char *message; /* NULL = fine */
} next[] = {
	{ "ALTER TABLE note ADD COLUMN grade TEXT; UPDATE note SET grade = 'a'", NULL },
	{ "ALTER TABLE note ADD COLUMN grade TEXT NOT NULL DEFAULT ''", NULL },
	{ "CREATE TABLE b(id {{id}}, c TEXT NOT NULL UNIQUE); CREATE INDEX note_other ON note(text, id)", NULL },
	{ "DROP TABLE spare", "(removes the table spare)" },
	{ "ALTER TABLE note DROP COLUMN village", "(removes the column note.village)" },
	{ "ALTER TABLE note RENAME COLUMN village TO place", "(removes the column note.village)" },
	{ "CREATE UNIQUE INDEX one_text ON note(text, village)", "(makes rows of note unique by one_text)" },
	{ "CREATE TABLE n2(id {{id}}, text TEXT NOT NULL Check (length(text) < 100), village TEXT NOT NULL DEFAULT ''); DROP TABLE note; "
	  "ALTER TABLE n2 RENAME TO note",
	  "(puts a CHECK on note)" },
	{ "CREATE TRIGGER t AFTER INSERT ON note BEGIN DELETE FROM spare; END", "(puts on note the trigger t)" },
	{ "CREATE TABLE n2(id {{id}}, text TEXT NOT NULL, village TEXT NOT NULL, who TEXT NOT NULL); DROP TABLE note; "
	  "ALTER TABLE n2 RENAME TO note",
	  "(the column note.who is NOT NULL without a default)" },
	/* What is there and the same by its name may still be something else. */
	{ "CREATE TABLE s2(a TEXT, b TEXT); DROP TABLE spare; ALTER TABLE s2 RENAME TO spare", NULL },
	{ "CREATE TABLE n2(id BIGINT, text TEXT, village TEXT); DROP TABLE note; ALTER TABLE n2 RENAME TO note",
	  "ON CONFLICT clause does not match any PRIMARY KEY or UNIQUE constraint" },
};

Test(migrate, what_the_running_version_could_not_go_on_over_is_named)
{
	const zhen_migration now[] = { { .number = 1,
		                         .sql = "CREATE TABLE note(id {{id}}, text TEXT NOT NULL, village TEXT NOT NULL "
		                                "DEFAULT ''); CREATE TABLE spare(a TEXT)" },
		                       { 0 } };
	Fixture f = fixture();

	fixture_reopen(&f, (StoreOptions){ .version = "1.0.0" });
	cr_assert(migrate(&f, now, NULL, NULL));
	write_ok(&f, STORE_PLUGIN,
	         "INSERT INTO note(id, text) VALUES(1, 'a') ON CONFLICT(id) DO UPDATE SET text = 'b'");
	cr_assert_eq(read_int(&f, STORE_PLUGIN, "SELECT count(*) FROM note"), 1);
	store_read_done(f.host, 0);
	for (gsize i = 0; i < G_N_ELEMENTS(next); i++) {
		const zhen_migration rows[] = { now[0], { .number = 2, .sql = next[i].sql }, { .number = 3, .sql = "DROP TABLE note", .phase = ZHEN_CONTRACT }, { 0 } };
		StoreExpansion found;
		g_autoptr(GError) error = NULL;
		const gboolean fine = store_rehearse_expand(f.host, store_dir(f.store), "notes", 1 << 20, "1.0.0", rows,
		                                            &found, NULL, &error);

		cr_assert_eq(fine, next[i].message == NULL, "%s: %s", next[i].sql, fine ? "" : error->message);
		cr_assert_eq(found.statements, 2);
		if (fine)
			cr_assert(found.later == 1 && found.hold_us > 0);
		else
			cr_assert_not_null(strstr(error->message, next[i].message), "%s", error->message);
	}
	cr_assert_eq(read_int(&f, STORE_HOST, "SELECT count(*) FROM _migration"), 1,
	             "it was done to the database itself");
	store_read_done(f.host, 0);
	fixture_clear(&f);
}

/* They are known to the process after this one too; a line that a kill cut short hurts none. */
Test(migrate, statements_of_a_version_outlive_its_process)
{
	const zhen_migration one[] = { { .number = 1, .sql = ONE }, { 0 } };
	Fixture f = fixture();
	StoreExpansion found;
	g_autofree char *path = g_build_filename(store_dir(f.store), "statements-1.0.0", NULL);
	FILE *file;

	fixture_reopen(&f, (StoreOptions){ .version = "1.0.0" });
	cr_assert(migrate(&f, one, NULL, NULL));
	write_ok(&f, STORE_PLUGIN, "INSERT INTO note(text) VALUES('a')");
	file = fopen(path, "a");
	cr_assert(file != NULL && fputs("\n\"SELECT nothing FR", file) > 0 && fclose(file) == 0);
	fixture_reopen(&f, (StoreOptions){ .version = "1.0.0" });
	write_ok(&f, STORE_PLUGIN, "INSERT INTO note(text) VALUES('a')");
	write_ok(&f, STORE_PLUGIN, "UPDATE note SET text = 'b'");
	fixture_reopen(&f, (StoreOptions){ .version = "1.0.0" });
	cr_assert(
		store_rehearse_expand(f.host, store_dir(f.store), "notes", 1 << 20, "1.0.0", one, &found, NULL, NULL));
	cr_assert_eq(found.statements, 2);
	cr_assert(
		store_rehearse_expand(f.host, store_dir(f.store), "notes", 1 << 20, "2.0.0", one, &found, NULL, NULL));
	cr_assert_eq(found.statements, 0);
	fixture_clear(&f);
}
