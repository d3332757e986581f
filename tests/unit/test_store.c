/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "store_fixture.h"

#define NOTE "CREATE TABLE note(id {{id}}, township TEXT NOT NULL, text TEXT NOT NULL UNIQUE, at BIGINT NOT NULL)"

static const zhen_migration migrations[] = { { .number = 1, .sql = NOTE }, { 0 } };

static Fixture notes(void)
{
	Fixture f = fixture();
	g_autoptr(GError) error = NULL;

	cr_assert(store_migrate(f.store, migrations, sizeof(zhen_migration), NULL, &error), "%s",
	          error == NULL ? "" : error->message);
	return f;
}

Test(store, opens_makes_its_tables_and_keeps_what_was_written)
{
	Fixture f = notes();

	cr_assert_eq(
		write_ok(&f, STORE_PLUGIN, "INSERT INTO note(township, text, at) VALUES('a', 'b', 1) RETURNING id"), 1);
	fixture_reopen(&f, (StoreOptions){ 0 });
	cr_assert_eq(read_int(&f, STORE_PLUGIN, "SELECT count(*) FROM note"), 1);
	cr_assert_eq(read_int(&f, STORE_HOST, "SELECT count(*) FROM _migration"), 1);
	cr_assert_gt(store_size_bytes(f.store), 4096);
	store_read_done(f.host, 0);
	fixture_clear(&f);
}

Test(store, binds_and_returns_every_kind_of_value)
{
	Fixture f = fixture();
	const zhen_value in[] = { zhen_from_int(G_MININT64), zhen_from_real(0.5),       zhen_from_text("永定镇"),
		                  zhen_from_text(""),        zhen_from_blob("\0\1", 2), zhen_from_blob("", 0),
		                  zhen_from_null() };
	StoreConn *conn = store_read(f.store, 0, NULL);
	StoreStmt *stmt = store_prepare(conn, STORE_PLUGIN,
	                                "SELECT $1 AS a, $2 AS b, $3 AS c, $4 AS d, $5 AS e, $6 AS f, $7 AS g", NULL,
	                                in, G_N_ELEMENTS(in), NULL);

	cr_assert_not_null(stmt);
	cr_assert_eq(store_step(stmt, NULL), STORE_ROW);
	cr_assert_eq(store_columns(stmt), G_N_ELEMENTS(in));
	cr_assert_str_eq(store_column_name(stmt, 2), "c");
	for (guint i = 0; i < G_N_ELEMENTS(in); i++) {
		zhen_value out;

		store_column(stmt, i, &out);
		cr_assert_eq(out.kind, in[i].kind, "column %u", i);
		cr_assert_eq(out.length, in[i].length, "column %u", i);
		if (in[i].kind >= ZHEN_KIND_TEXT)
			cr_assert(in[i].length == 0 || memcmp(out.as.blob, in[i].as.blob, in[i].length) == 0);
		else
			cr_assert_eq(out.as.integer, in[i].as.integer);
	}
	cr_assert_eq(store_step(stmt, NULL), STORE_DONE);
	cr_assert_eq(store_step(stmt, NULL), STORE_DONE, "a finished statement does not start again");
	store_reset(stmt);
	store_read_done(f.host, 0);
	fixture_clear(&f);
}

Test(store, a_bound_text_may_change_before_the_last_row)
{
	Fixture f = notes();
	char text[] = "a";
	zhen_value arg = zhen_from_text(text);
	guint rows = 0;
	StoreConn *conn;
	StoreStmt *stmt;

	write_ok(&f, STORE_PLUGIN, "INSERT INTO note(township, text, at) VALUES('a', 'x', 1), ('a', 'y', 1)");
	conn = store_read(f.store, 0, NULL);
	stmt = store_prepare(conn, STORE_PLUGIN, "SELECT id FROM note WHERE township = $1", NULL, &arg, 1, NULL);
	while (store_step(stmt, NULL) == STORE_ROW) {
		text[0] = 'z';
		rows++;
	}
	cr_assert_eq(rows, 2);
	store_read_done(f.host, 0);
	fixture_clear(&f);
}

static const struct {
	StoreOwner owner;
	const char *sql;
	ErrorCode code;
	const char *message;
} refusals[] = {
	{ STORE_PLUGIN, "INSERT INTO note(township, text, at) VALUES('a', 'x', 1)", ERROR_CONSTRAINT, "UNIQUE" },
	{ STORE_PLUGIN, "INSERT INTO note(township, text) VALUES('a', 'z')", ERROR_CONSTRAINT, "NOT NULL" },
	{ STORE_PLUGIN, "UPDATE _audit SET at = 0", ERROR_REFUSED, "_audit" },
	{ STORE_PLUGIN, "INSERT INTO note(township, text, at) SELECT 'a', digest, 1 FROM _audit", ERROR_REFUSED,
	  "_audit" },
	{ STORE_PLUGIN, "COMMIT", ERROR_REFUSED, "COMMIT" },
	{ STORE_PLUGIN, "CREATE TABLE x(a BIGINT)", ERROR_REFUSED, "CREATE" },
	{ STORE_PLUGIN, "ATTACH '/tmp/x' AS y", ERROR_REFUSED, "ATTACH" },
	{ STORE_PLUGIN, "PRAGMA journal_mode=DELETE", ERROR_REFUSED, "PRAGMA" },
	{ STORE_PLUGIN, "SELECT name FROM sqlite_master", ERROR_REFUSED, "sqlite_master" },
	{ STORE_PLUGIN, "UPDATE sqlite_sequence SET seq = 0", ERROR_REFUSED, "sqlite_sequence" },
	{ STORE_PLUGIN, "SELECT cid FROM pragma_table_info('note')", ERROR_REFUSED, "pragma_table_info" },
	{ STORE_PLUGIN, "SELECT load_extension('x')", ERROR_REFUSED, "load_extension" },
	{ STORE_PLUGIN, "SELECT \"nothing\" FROM note", ERROR_FAILED, "no such column" },
	{ STORE_PLUGIN, "SELECT id FROM note WHERE id = $1", ERROR_INVALID, "1 parameters, 0 values" },
	{ STORE_PLUGIN, "SELECT id FROM note {{page id}}", ERROR_INVALID, "page" },
	{ STORE_MIGRATION, "CREATE TABLE sqlite_x(a BIGINT)", ERROR_FAILED, "reserved" },
	{ STORE_MIGRATION, "DROP TABLE \"_audit\"", ERROR_REFUSED, "_audit" },
	{ STORE_MIGRATION, "UPDATE sqlite_master SET sql = ''", ERROR_FAILED, "sqlite_master may not be modified" },
};

Test(store, a_statement_that_breaks_a_rule_gets_its_error_and_leaves_nothing)
{
	Fixture f = notes();

	write_ok(&f, STORE_PLUGIN, "INSERT INTO note(township, text, at) VALUES('a', 'x', 1)");
	for (gsize i = 0; i < G_N_ELEMENTS(refusals); i++) {
		g_autoptr(GError) error = write_refused(&f, refusals[i].owner, refusals[i].sql);

		cr_assert_eq(error->code, (gint)refusals[i].code, "%s: code %d: %s", refusals[i].sql, error->code,
		             error->message);
		cr_assert_not_null(strstr(error->message, refusals[i].message), "%s: %s", refusals[i].sql,
		                   error->message);
	}
	cr_assert_eq(read_int(&f, STORE_HOST, "SELECT count(*) FROM note"), 1);
	fixture_clear(&f);
}

Test(store, a_read_cannot_write)
{
	Fixture f = notes();
	g_autoptr(GError) error = NULL;
	StoreConn *conn = store_read(f.store, 0, NULL);

	cr_assert_not(store_exec(conn, STORE_PLUGIN, "DELETE FROM note", NULL, 0, NULL, &error));
	cr_assert_eq(error->code, ERROR_REFUSED);
	store_read_done(f.host, 0);
	fixture_clear(&f);
}

Test(store, a_read_sees_what_was_committed_before_it_and_one_state_while_it_reads)
{
	Fixture f = notes();
	guint64 before = store_commits(f.store);
	StoreConn *conn;
	StoreStmt *stmt;
	gint64 count;

	cr_assert_eq(read_int(&f, STORE_PLUGIN, "SELECT count(*) FROM note"), 0);
	write_ok(&f, STORE_PLUGIN, "INSERT INTO note(township, text, at) VALUES('a', 'x', 1), ('a', 'y', 1)");
	cr_assert_gt(store_commits(f.store), before);
	conn = store_read(f.store, 0, NULL);
	stmt = store_prepare(conn, STORE_PLUGIN, "SELECT id FROM note", NULL, NULL, 0, NULL);
	cr_assert_eq(store_step(stmt, NULL), STORE_ROW, "own writes are read");
	write_ok(&f, STORE_PLUGIN, "INSERT INTO note(township, text, at) VALUES('a', 'z', 1)");
	cr_assert_eq(store_read(f.store, 0, NULL), conn);
	cr_assert(store_exec(conn, STORE_PLUGIN, "SELECT count(*) FROM note", NULL, 0, &count, NULL));
	cr_assert_eq(count, 2, "while rows are read the state stays");
	store_reset(stmt);
	cr_assert_eq(read_int(&f, STORE_PLUGIN, "SELECT count(*) FROM note"), 3);
	store_read_done(f.host, 0);
	store_read_done(f.host, 0);
	fixture_clear(&f);
}

Test(store, a_long_read_stops_at_its_budget_and_the_next_one_runs)
{
	static const char *const endless =
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
	Fixture f = fixture();
	g_autoptr(GError) error = NULL;
	StoreConn *conn = store_read(f.store, 0, NULL);

	store_read_budget(conn, TRUE);
	cr_assert_not(store_exec(conn, STORE_PLUGIN, endless, NULL, 0, NULL, &error));
	cr_assert_eq(error->code, ERROR_INTERRUPTED);
	cr_assert_eq(read_int(&f, STORE_PLUGIN, "SELECT 7"), 7);
	store_read_done(f.host, 0);
	fixture_clear(&f);
}

Test(store, many_different_statements_do_not_pile_up_and_open_ones_survive)
{
	Fixture f = fixture();
	StoreConn *conn = store_read(f.store, 0, NULL);
	StoreStmt *open = store_prepare(conn, STORE_PLUGIN, "SELECT 1 UNION ALL SELECT 2", NULL, NULL, 0, NULL);

	cr_assert_eq(store_step(open, NULL), STORE_ROW);
	for (guint i = 0; i < 1000; i++) {
		g_autofree char *sql = g_strdup_printf("SELECT %u", i);
		gint64 value;

		cr_assert(store_exec(conn, STORE_PLUGIN, sql, NULL, 0, &value, NULL));
		cr_assert_eq(value, i);
	}
	cr_assert_eq(store_step(open, NULL), STORE_ROW);
	cr_assert_eq(store_step(open, NULL), STORE_DONE);
	store_read_done(f.host, 0);
	fixture_clear(&f);
}

Test(store, the_same_statement_can_be_open_twice)
{
	static const char *const sql = "SELECT 1 AS a UNION ALL SELECT 2";
	Fixture f = fixture();
	StoreConn *conn = store_read(f.store, 0, NULL);
	StoreStmt *one = store_prepare(conn, STORE_PLUGIN, sql, NULL, NULL, 0, NULL);
	StoreStmt *two, *three;

	cr_assert_eq(store_step(one, NULL), STORE_ROW);
	two = store_prepare(conn, STORE_PLUGIN, sql, NULL, NULL, 0, NULL);
	cr_assert_neq(one, two);
	cr_assert_eq(store_step(two, NULL), STORE_ROW);
	cr_assert_eq(store_step(one, NULL), STORE_ROW);
	cr_assert_eq(store_step(one, NULL), STORE_DONE);
	cr_assert_eq(store_step(two, NULL), STORE_ROW);
	store_read_done(f.host, 0);
	three = store_prepare(store_read(f.store, 0, NULL), STORE_PLUGIN, sql, NULL, NULL, 0, NULL);
	cr_assert(three == one || three == two, "kept and used again");
	store_read_done(f.host, 0);
	fixture_clear(&f);
}

Test(store, a_statement_prepared_before_a_migration_still_runs_under_its_owner)
{
	static const zhen_migration more[] = { { .number = 1, .sql = NOTE },
		                               { .number = 2, .sql = "ALTER TABLE note ADD COLUMN extra TEXT" },
		                               { 0 } };
	Fixture f = notes();

	write_ok(&f, STORE_HOST, "INSERT INTO _clock(name, last) VALUES('a', 1)");
	write_ok(&f, STORE_PLUGIN, "UPDATE note SET at = 2 WHERE id = 9");
	cr_assert_eq(read_int(&f, STORE_HOST, "SELECT count(*) FROM _clock"), 1);
	cr_assert(store_migrate(f.store, more, sizeof(zhen_migration), NULL, NULL));
	write_ok(&f, STORE_HOST, "INSERT INTO _clock(name, last) VALUES('b', 1)");
	write_ok(&f, STORE_PLUGIN, "UPDATE note SET at = 2 WHERE id = 9");
	cr_assert_eq(read_int(&f, STORE_HOST, "SELECT count(*) FROM _clock"), 2);
	store_read_done(f.host, 0);
	fixture_clear(&f);
}

/* Past the check of the text: the trigger's own name of a host table is refused when it fires, whoever fires it. */
Test(store, a_plugins_trigger_has_a_plugins_rights)
{
	Fixture f = notes();
	g_autoptr(GError) by_plugin = NULL;
	g_autoptr(GError) by_host = NULL;

	write_ok(&f, STORE_HOST, "CREATE TRIGGER spy AFTER INSERT ON note BEGIN DELETE FROM _audit; END");
	by_plugin = write_refused(&f, STORE_PLUGIN, "INSERT INTO note(township, text, at) VALUES('a', 'x', 1)");
	cr_assert_eq(by_plugin->code, ERROR_REFUSED, "%s", by_plugin->message);
	by_host = write_refused(&f, STORE_HOST, "INSERT INTO note(township, text, at) VALUES('a', 'x', 1)");
	cr_assert_eq(by_host->code, ERROR_REFUSED, "%s", by_host->message);
	write_ok(&f, STORE_HOST, "DROP TRIGGER spy");
	write_ok(&f, STORE_HOST,
	         "CREATE TRIGGER _index AFTER INSERT ON note BEGIN INSERT INTO _clock(name, last) VALUES(new.text, 1); "
	         "END");
	write_ok(&f, STORE_PLUGIN, "INSERT INTO note(township, text, at) VALUES('a', 'x', 1)");
	cr_assert_eq(read_int(&f, STORE_HOST, "SELECT count(*) FROM _clock"), 1);
	store_read_done(f.host, 0);
	fixture_clear(&f);
}

/* ---- pages: what a caller sees is each of his rows once, in order, whatever form the statement takes ---- */

static Division county, towns[5];
static const Division *county_towns[5];

static void plant(void)
{
	g_strlcpy(county.code, "532301000000", sizeof(county.code));
	county.level = LEVEL_COUNTY;
	county.children = county.townships = county_towns;
	county.n_children = county.n_townships = 5;
	for (guint i = 0; i < 5; i++) {
		g_snprintf(towns[i].code, sizeof(towns[i].code), "532301%03u000", i + 1);
		towns[i].level = LEVEL_TOWNSHIP;
		towns[i].parent = &county;
		county_towns[i] = &towns[i];
	}
}

static gboolean fill_cases(StoreConn *conn, void *data, GError **error)
{
	(void)data;
	/* Seven townships, one of them '' and one of another county; bodies b0 .. b3 and NULL; many equal due_at. */
	return store_exec(
		conn, STORE_PLUGIN,
		"INSERT INTO item(township, body, due_at) WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 "
		"FROM c WHERE i < 499) SELECT CASE i % 7 WHEN 0 THEN '' WHEN 6 THEN '532302001000' ELSE '53230100' || "
		"(i % 7) || '000' END, CASE i % 5 WHEN 4 THEN NULL ELSE 'b' || (i % 5) END, (i * 31) % 17 FROM c",
		NULL, 0, NULL, error);
}

static guint count_rows(StoreConn *conn, const char *condition)
{
	g_autofree char *sql = g_strdup_printf("SELECT count(*) FROM item WHERE %s", condition);
	gint64 count = 0;

	cr_assert(store_exec(conn, STORE_HOST, sql, NULL, 0, &count, NULL));
	return (guint)count;
}

/* Walks all pages of 7; each row must come after the one before. */
static guint walk(StoreConn *conn, const char *sql, const Scope *scope, gboolean descending)
{
	zhen_value after[2];
	Page page = { .limit = 7 };
	WordsContext words = { .scope = scope, .page = &page };
	gint64 due = 0, id = 0;
	guint total = 0;

	for (;;) {
		g_autoptr(GError) error = NULL;
		StoreStmt *stmt = store_prepare(conn, STORE_PLUGIN, sql, &words, NULL, 0, &error);
		guint rows = 0;

		cr_assert_not_null(stmt, "%s", error == NULL ? "" : error->message);
		while (store_step(stmt, &error) == STORE_ROW && rows < page.limit) {
			gint64 next_due, next_id;

			store_column(stmt, 0, &after[1]);
			store_column(stmt, 1, &after[0]);
			next_id = after[1].as.integer, next_due = after[0].as.integer;
			if (total + rows > 0)
				cr_assert((next_due > due || (next_due == due && next_id > id)) != descending &&
				                  (next_due != due || next_id != id),
				          "%s", store_words(stmt)->sql);
			due = next_due, id = next_id;
			rows++;
		}
		cr_assert_null(error);
		store_reset(stmt);
		total += rows;
		if (rows < page.limit)
			return total;
		page.after = after;
		page.n_after = 2;
	}
}

Test(store, every_caller_walks_through_each_of_his_rows_once_and_in_order, .init = plant)
{
	static const zhen_migration rows[] = {
		{ .number = 1,
		  .sql = "CREATE TABLE item(id {{id}}, township TEXT NOT NULL, body TEXT, due_at BIGINT NOT NULL)" },
		{ 0 }
	};
	static const struct {
		Scope scope;
		const char *alone, *or_body;
	} cases[] = {
		{ { 0 }, "0", "0" },
		{ { .all = TRUE }, "1", "1" },
		{ { .division = &towns[1] }, "township = '532301002000'", "township = '532301002000'" },
		{ { .division = &county }, "township LIKE '532301%'", "township LIKE '532301%'" },
		{ { .division = &towns[1], .body = "b2" },
		  "township = '532301002000'",
		  "township = '532301002000' OR body = 'b2'" },
		{ { .division = &county, .body = "b2" },
		  "township LIKE '532301%'",
		  "township LIKE '532301%' OR body = 'b2'" },
		{ { .body = "b2" }, "0", "body = 'b2'" },
	};
	static const char *const forms[] = {
		"SELECT id, due_at FROM item WHERE {{scope township}} {{page due_at, id}}",
		"SELECT id, due_at FROM item WHERE {{scope township}} {{page due_at, id DESC}}",
		"SELECT i.id, i.due_at FROM item i WHERE i.id > 0 AND ({{scope i.township}}) {{page i.due_at, i.id}}",
		"SELECT id, due_at FROM item WHERE {{scope township or body}} {{page due_at, id}}",
		"SELECT id, due_at FROM item i WHERE {{scope i.township or i.body}} {{page i.due_at, id DESC}}",
		"SELECT id, due_at FROM item WHERE ({{scope township or body}}) AND id > 0 {{page due_at, id DESC}}",
	};
	Fixture f = fixture();
	StoreConn *conn;

	cr_assert(store_migrate(f.store, rows, sizeof(rows[0]), NULL, NULL));
	cr_assert(store_write_now(f.store, fill_cases, NULL, NULL));
	conn = store_read(f.store, 0, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		for (gsize k = 0; k < G_N_ELEMENTS(forms); k++)
			cr_expect_eq(walk(conn, forms[k], &cases[i].scope, strstr(forms[k], "DESC") != NULL),
			             count_rows(conn, k < 3 ? cases[i].alone : cases[i].or_body), "caller %zu: %s", i,
			             forms[k]);
	store_read_done(f.host, 0);
	fixture_clear(&f);
}

Test(store, a_page_needs_its_columns_selected_once)
{
	static const struct {
		const char *sql, *message;
	} pages[] = {
		{ "SELECT text FROM note {{page id}}", "column 'id' is not selected" },
		{ "SELECT id AS number FROM note {{page id}}", "column 'id' is not selected" },
		{ "SELECT a.id, b.id FROM note a JOIN note b ON a.id = b.id {{page a.id}}",
		  "column 'id' is selected twice" },
	};
	Fixture f = notes();
	Page page = { .limit = 5 };
	WordsContext words = { .page = &page };

	for (gsize i = 0; i < G_N_ELEMENTS(pages); i++) {
		g_autoptr(GError) error = NULL;

		cr_assert_null(store_prepare(store_read(f.store, 0, NULL), STORE_PLUGIN, pages[i].sql, &words, NULL, 0,
		                             &error));
		cr_assert_not_null(strstr(error->message, pages[i].message), "%s", error->message);
	}
	store_read_done(f.host, 0);
	fixture_clear(&f);
}

Test(store, names_sort_by_pinyin)
{
	static const char *const sql = "SELECT text FROM note ORDER BY {{order pinyin text}}";
	static const char *const sorted[] = { "阿", "白", "陈", "李", "王", "张" };
	Fixture f = notes();
	StoreConn *conn;
	StoreStmt *stmt;

	write_ok(&f, STORE_PLUGIN,
	         "INSERT INTO note(township, text, at) VALUES('a', '王', 1), ('a', '张', 1), ('a', '阿', 1), "
	         "('a', '李', 1), ('a', '陈', 1), ('a', '白', 1)");
	conn = store_read(f.store, 0, NULL);
	stmt = store_prepare(conn, STORE_PLUGIN, sql, NULL, NULL, 0, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(sorted); i++) {
		zhen_value text;

		cr_assert_eq(store_step(stmt, NULL), STORE_ROW);
		store_column(stmt, 0, &text);
		cr_assert_str_eq(text.as.text, sorted[i]);
	}
	store_read_done(f.host, 0);
	fixture_clear(&f);
}

Test(store, the_postgresql_form_of_every_statement_is_logged_once)
{
	g_autofree char *dir = g_dir_make_tmp("zhen-log-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "sql.jsonl", NULL);
	g_autofree char *text = NULL;
	Fixture f = fixture_with(&(StoreHostOptions){ .readers = 1, .sql_log = path }, (StoreOptions){ 0 });

	cr_assert(store_migrate(f.store, migrations, sizeof(zhen_migration), NULL, NULL));
	for (guint i = 0; i < 2; i++) {
		g_autofree char *sql =
			g_strdup_printf("INSERT INTO note(township, text, at) VALUES('\"%u', 'x%u', {{now}})", 1u, 1u);
		g_autofree char *change = g_strdup("DELETE FROM note");

		write_ok(&f, STORE_PLUGIN, sql);
		write_ok(&f, STORE_PLUGIN, change);
	}
	store_read_done(f.host, 0);
	fixture_clear(&f);
	cr_assert(g_file_get_contents(path, &text, NULL, NULL));
	cr_assert_not_null(strstr(text, "CREATE TABLE note(id BIGSERIAL PRIMARY KEY"));
	cr_assert_not_null(strstr(text, "CREATE TABLE IF NOT EXISTS _blob("));
	cr_assert_null(strstr(text, "WITHOUT ROWID"));
	cr_assert_not_null(strstr(text, "VALUES('\\\"1', 'x1', $1)\",\"types\":[\"bigint\"]}\n"), "%s", text);
	cr_assert_eq(strstr(strstr(text, "DELETE FROM note") + 1, "DELETE FROM note"), NULL);
	remove(path);
	rmdir(dir);
}
