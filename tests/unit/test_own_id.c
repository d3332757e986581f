/* SPDX-License-Identifier: Apache-2.0
 * INSERT ... RETURNING answers the same whether SQLite makes the row or the store does. */
#include <string.h>

#include "store_fixture.h"

static const zhen_migration migrations[] = {
	{ .number = 1,
	  .sql = "CREATE TABLE note(id {{id}}, text TEXT NOT NULL UNIQUE);"
		 "CREATE TABLE copied(id {{id}}, text TEXT NOT NULL);"
		 "CREATE TABLE keyed(id BIGINT NOT NULL PRIMARY KEY, text TEXT NOT NULL);"
		 "CREATE TRIGGER note_copy AFTER INSERT ON note BEGIN INSERT INTO copied(id, text) VALUES(NEW.id + 1000, NEW.text); "
		 "END" },
	{ 0 },
};

typedef struct Row {
	const char *sql;
	const char *answers; /* first columns, in order */
} Row;

static gboolean run(StoreConn *conn, void *data, GError **error)
{
	const Row *row = data;
	StoreStmt *stmt = store_prepare(conn, STORE_PLUGIN, row->sql, NULL, NULL, 0, error);
	g_autoptr(GString) answers = g_string_new(NULL);
	StoreStep step = STORE_FAILED;

	while (stmt != NULL && (step = store_step(stmt, error)) == STORE_ROW) {
		zhen_value value;

		store_column(stmt, 0, &value);
		if (value.kind == ZHEN_KIND_INT)
			g_string_append_printf(answers, "%s=%" G_GINT64_FORMAT " ", store_column_name(stmt, 0),
			                       value.as.integer);
		else
			g_string_append_printf(answers, "%s ", value.as.text);
	}
	if (stmt != NULL && step == STORE_DONE)
		cr_expect_eq(store_step(stmt, error), STORE_DONE, "done stays done");
	if (stmt != NULL)
		store_reset(stmt);
	cr_expect_str_eq(answers->str, row->answers, "%s", row->sql);
	return step == STORE_DONE;
}

Test(own_id, answers_as_returning_would)
{
	Fixture f = fixture();
	g_autoptr(GError) error = NULL;
	guint pending;
	const Row rows[] = {
		{ "INSERT INTO note(text) VALUES('a') RETURNING id", "id=1 " },
		{ "INSERT INTO note(text) VALUES('b') RETURNING id", "id=2 " }, /* the trigger's row is not the answer */
		{ "INSERT INTO note(id, text) VALUES(41, 'c') RETURNING id", "id=41 " },
		{ "insert into note(text) values((SELECT 'd')) returning id", "id=42 " },
		{ "INSERT INTO note(text) VALUES('e'), ('f') RETURNING id", "id=43 id=44 " },
		{ "INSERT INTO note(text) VALUES('g') RETURNING text", "g " },
		{ "INSERT INTO note(text) VALUES('h') RETURNING id, text", "id=46 " },
		{ "INSERT INTO note(text) VALUES('i') RETURNING id + 1 AS next", "next=48 " },
		{ "INSERT INTO note(text) VALUES('a') ON CONFLICT DO NOTHING RETURNING id", "" },
		{ "INSERT INTO note(text) VALUES('a') ON CONFLICT(text) DO UPDATE SET text = 'z' RETURNING id", "id=1 " },
		{ "INSERT INTO keyed(id, text) VALUES(7, 'a') RETURNING id", "id=7 " },
		{ "INSERT INTO copied(text) SELECT text FROM note WHERE id = 2 RETURNING id", "id=1048 " },
	};

	cr_assert(store_migrate(f.store, migrations, sizeof(migrations[0]), &pending, &error), "%s",
	          error != NULL ? error->message : "");
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		cr_assert(store_write_now(f.store, run, (void *)&rows[i], &error), "%s: %s", rows[i].sql,
		          error != NULL ? error->message : "");
	fixture_clear(&f);
}

Test(own_id, a_refused_row_has_no_id)
{
	Fixture f = fixture();
	g_autoptr(GError) error = NULL;
	guint pending;
	const Row first = { "INSERT INTO note(text) VALUES('a') RETURNING id", "id=1 " };
	const Row again = { "INSERT INTO note(text) VALUES('a') RETURNING id", "" };

	cr_assert(store_migrate(f.store, migrations, sizeof(migrations[0]), &pending, &error));
	cr_assert(store_write_now(f.store, run, (void *)&first, &error));
	cr_assert_not(store_write_now(f.store, run, (void *)&again, &error));
	cr_assert_eq(error->code, ERROR_CONSTRAINT);
	fixture_clear(&f);
}
