/* SPDX-License-Identifier: Apache-2.0
 * A declared search: kept by whoever writes, asked by {{search}}, built anew bit by bit, gone with what is forgotten. */
#include <string.h>
#include "store_fixture.h"

static Division county, towns[2], villages[2];
static const Division *of_county[] = { &towns[0], &towns[1] }, *of_first[] = { &villages[0] }, *of_second[] = { &villages[1] };

static Division division(const char *code, const char *name, DivisionLevel level, const Division *parent,
                         const Division **children, guint count)
{
	Division out = { .level = level, .name = name, .parent = parent, .children = children, .n_children = count };

	g_strlcpy(out.code, code, sizeof out.code);
	return out;
}

static void plant(void)
{
	county = division("532301000000", "楚雄市", LEVEL_COUNTY, NULL, of_county, 2);
	towns[0] = division("532301101000", "永定镇", LEVEL_TOWNSHIP, &county, of_first, 1);
	towns[1] = division("532301102000", "东瓜镇", LEVEL_TOWNSHIP, &county, of_second, 1);
	villages[0] = division("532301101001", "小河村", LEVEL_VILLAGE, &towns[0], NULL, 0);
	villages[1] = division("532301102001", "大山村", LEVEL_VILLAGE, &towns[1], NULL, 0);
	county.townships = of_county, county.n_townships = 2;
}

#define TABLE \
	"CREATE TABLE matter(id {{id}}, number TEXT NOT NULL, title TEXT NOT NULL, applicant TEXT, township TEXT NOT NULL, " \
	"village TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'open')"

static const zhen_migration migrations[] = { { .number = 1, .sql = TABLE }, { 0 } };
static const zhen_search searches[] = {
	{ .name = "matters", .table = "matter", .columns = "number, title, applicant", .scope = "village township or body" },
};

static void declare(Fixture *f, const zhen_migration *rows, const zhen_search *wanted, guint n_wanted)
{
	g_autoptr(GError) error = NULL;

	cr_assert(store_migrate(f->store, rows, sizeof(*rows), NULL, &error), "%s", error != NULL ? error->message : "");
	cr_assert(store_search(f->store, wanted, n_wanted, &error), "%s", error != NULL ? error->message : "");
}

typedef struct Row {
	const char *number, *title, *applicant, *township, *village, *body;
} Row;

static gboolean insert_row(StoreConn *conn, void *data, GError **error)
{
	const Row *row = data;
	zhen_value args[] = { zhen_from_text(row->number), zhen_from_text(row->title),
		              row->applicant == NULL ? zhen_from_null() : zhen_from_text(row->applicant),
		              zhen_from_text(row->township), zhen_from_text(row->village), zhen_from_text(row->body) };

	return store_exec(conn, STORE_PLUGIN,
	                  "INSERT INTO matter(number, title, applicant, township, village, body) VALUES($1, $2, $3, $4, $5, $6) "
	                  "RETURNING id", args, G_N_ELEMENTS(args), NULL, error);
}

static void add(Fixture *f, Row row)
{
	g_autoptr(GError) error = NULL;

	cr_assert(store_write_now(f->store, insert_row, &row, &error), "%s", error != NULL ? error->message : "");
}

#define IN_ALL "{{search matters $1 in id number title applicant township village}}"
#define PLAIN "SELECT id FROM matter WHERE " IN_ALL
#define PAGED "SELECT id, number, title FROM matter WHERE state = 'open' AND {{scope village township or body}} AND " IN_ALL \
	" {{page id DESC}}"

/* Ids as "3 1", or "!" and the error's number. */
static char *hits(Fixture *f, const char *sql, const char *query, gsize length, const Scope *scope, const Page *page)
{
	g_autoptr(GError) error = NULL;
	StoreConn *conn = store_read(f->store, 0, &error);
	WordsContext words = { .scope = scope, .page = page };
	zhen_value arg = zhen_from_text(query);
	GString *out = g_string_new(NULL);
	StoreStmt *stmt;
	StoreStep step;

	arg.length = (guint32)length;
	cr_assert_not_null(conn);
	stmt = store_prepare(conn, STORE_PLUGIN, sql, &words, &arg, 1, &error);
	if (stmt == NULL) {
		g_string_printf(out, "!%d %s", error->code, error->message);
		return g_string_free(out, FALSE);
	}
	while ((step = store_step(stmt, &error)) == STORE_ROW) {
		zhen_value id;

		store_column(stmt, 0, &id);
		g_string_append_printf(out, "%s%d", out->len > 0 ? " " : "", (int)id.as.integer);
	}
	if (step == STORE_FAILED)
		g_string_append_printf(out, "!%d %s", error->code, error->message);
	store_reset(stmt);
	return g_string_free(out, FALSE);
}

static void expect_hits(Fixture *f, const char *query, const char *expected)
{
	g_autofree char *found = hits(f, PLAIN, query, strlen(query), NULL, NULL);

	cr_expect_str_eq(found, expected, "%s: %s where %s", query, found, expected);
}

static Fixture matters(void)
{
	Fixture f = fixture();

	plant();
	declare(&f, migrations, searches, 1);
	add(&f, (Row){ "永政审〔2026〕1号", "农村宅基地审批", "张伟", towns[0].code, villages[0].code, "b1" });
	add(&f, (Row){ "永政审〔2026〕12号", "林木采伐许可", "王小伟", towns[0].code, villages[0].code, "b1" });
	add(&f, (Row){ "东政审〔2026〕1号", "农村宅基地审批", NULL, towns[1].code, villages[1].code, "b2" });
	return f;
}

static const struct {
	const char *query, *hits;
} queries[] = {
	{ "宅基", "1 3" },    { "宅基地", "1 3" },      { "宅地", "" },         { "张伟", "1" },      { "小伟", "2" },
	{ "伟", "1 2" },      { "王伟", "" },           { "张 伟", "1" },       { "宅基 张伟", "1" }, { "宅基 小伟", "" },
	{ "2026", "1 2 3" },  { "20", "1 2 3" },        { "26", "" },           { "２０２６", "1 2 3" },
	{ "永政审〔2026〕1号", "1" }, { "永政审[2026]12号", "2" }, { "12", "2" }, { "1号", "1 3" }, { "1", "1 2 3" },
	{ "", "" },           { "   ", "" },            { "\"", "" },           { "'", "" },          { "%", "" },
	{ "张伟\" OR \"1", "" }, { "张伟*", "1" },      { "number:张伟", "" },  { "-张伟", "1" },     { "NEAR(张 伟)", "" },
	{ "😀", "" },         { "'; DROP TABLE matter; --", "" }, { "(张伟", "1" }, { "{a b}:c", "" }, { "^张伟", "1" }, { "\\", "" },
};

Test(search, finds_what_has_all_the_words_and_takes_no_text_for_syntax)
{
	Fixture f = matters();

	for (gsize i = 0; i < G_N_ELEMENTS(queries); i++)
		expect_hits(&f, queries[i].query, queries[i].hits);
	fixture_clear(&f);
}

Test(search, a_query_of_ten_thousand_characters_or_with_nul_is_a_plain_query)
{
	Fixture f = matters();
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *nul = NULL, *bytes = NULL;

	for (guint i = 0; i < 10000; i++)
		g_string_append(text, i % 2 == 0 ? "宅" : "基");
	expect_hits(&f, text->str, "");
	g_string_truncate(text, 0);
	for (guint i = 0; i < 5000; i++)
		g_string_append(text, "宅 ");
	expect_hits(&f, text->str, "1 3");
	nul = hits(&f, PLAIN, "张伟\0宅基", 13, NULL, NULL);
	cr_expect_str_eq(nul, "1");
	bytes = hits(&f, PLAIN, "\xff\xfe张伟\xe5", 9, NULL, NULL);
	cr_expect_str_eq(bytes, "1");
	fixture_clear(&f);
}

Test(search, looks_only_in_the_columns_that_it_names)
{
	Fixture f = matters();
	static const struct {
		const char *columns, *query, *hits;
	} rows[] = {
		{ "number title", "张伟", "" }, { "number title applicant", "张伟", "1" }, { "applicant", "宅基", "" },
		{ "title", "永定", "" },        { "title township", "永定", "" },          { "village", "宅基", "" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *sql =
			g_strdup_printf("SELECT id FROM matter WHERE {{search matters $1 in id %s}}", rows[i].columns);
		g_autofree char *found = hits(&f, sql, rows[i].query, strlen(rows[i].query), NULL, NULL);

		cr_expect_str_eq(found, rows[i].hits, "%s in %s: %s", rows[i].query, rows[i].columns, found);
	}
	fixture_clear(&f);
}

static const struct {
	const char *query;
	const Division *division;
	const char *body, *hits;
	gboolean all;
} scoped[] = {
	{ "宅基", NULL, NULL, "3 1", TRUE },          { "宅基", &county, NULL, "3 1", FALSE },
	{ "宅基", &towns[0], NULL, "1", FALSE },      { "宅基", &villages[1], NULL, "3", FALSE },
	{ "宅基", &towns[0], "b2", "3 1", FALSE },    { "宅基", NULL, "b2", "3", FALSE },
	{ "宅基", NULL, "b\"2", "", FALSE },          { "宅基", NULL, NULL, "", FALSE },
	{ "张伟", &towns[1], NULL, "", FALSE },       { "永定", &county, NULL, "2 1", FALSE },
	{ "永定 宅基", &county, NULL, "1", FALSE },   { "大山村", &county, NULL, "3", FALSE },
	{ "大山村", &towns[0], NULL, "", FALSE },     { "楚雄", &county, NULL, "3 2 1", FALSE },
};

Test(search, nobody_finds_what_is_not_his)
{
	Fixture f = matters();

	for (gsize i = 0; i < G_N_ELEMENTS(scoped); i++) {
		const Scope scope = { .all = scoped[i].all, .division = scoped[i].division, .body = scoped[i].body };
		g_autofree char *found = hits(&f, PAGED, scoped[i].query, strlen(scoped[i].query), &scope, &(Page){ .limit = 10 });

		cr_expect_str_eq(found, scoped[i].hits, "%s of %s %s: %s where %s", scoped[i].query,
		                 scoped[i].division != NULL ? scoped[i].division->name : "-",
		                 scoped[i].body != NULL ? scoped[i].body : "-", found, scoped[i].hits);
	}
	fixture_clear(&f);
}

Test(search, pages_go_on_where_the_last_one_ended)
{
	Fixture f = matters();
	const Scope scope = { .division = &county };
	zhen_value after = zhen_from_int(4);
	g_autofree char *first = NULL, *second = NULL;

	for (guint i = 0; i < 3; i++)
		add(&f, (Row){ "9", "宅基", NULL, towns[0].code, villages[0].code, "b1" });
	/* One more than wanted, so that it is known whether there is a next. */
	first = hits(&f, PAGED, "宅基", strlen("宅基"), &scope, &(Page){ .limit = 2 });
	cr_expect_str_eq(first, "6 5 4");
	after = zhen_from_int(5);
	second = hits(&f, PAGED, "宅基", strlen("宅基"), &scope, &(Page){ .limit = 10, .after = &after, .n_after = 1 });
	cr_expect_str_eq(second, "4 3 1");
	fixture_clear(&f);
}

Test(search, follows_changes_deletes_and_rollbacks)
{
	Fixture f = matters();
	g_autoptr(GError) refused = NULL;

	write_ok(&f, STORE_PLUGIN, "UPDATE matter SET applicant = '李四' WHERE id = 1");
	expect_hits(&f, "张伟", "");
	expect_hits(&f, "李四", "1");
	expect_hits(&f, "宅基", "1 3");
	write_ok(&f, STORE_PLUGIN, "UPDATE matter SET state = 'closed' WHERE id = 1");
	expect_hits(&f, "李四", "1");
	write_ok(&f, STORE_PLUGIN, "DELETE FROM matter WHERE id = 3");
	expect_hits(&f, "宅基", "1");
	refused = write_refused(&f, STORE_PLUGIN, "INSERT INTO matter(number, title, township, village, body) SELECT 'x', '宅基', "
	                                          "'532301101000', '', CASE WHEN id = 1 THEN 'b' END FROM matter ORDER BY id");
	expect_hits(&f, "宅基", "1");
	write_ok(&f, STORE_PLUGIN, "DELETE FROM matter");
	expect_hits(&f, "2026", "");
	fixture_clear(&f);
}

Test(search, a_new_row_still_answers_its_own_id)
{
	Fixture f = matters();

	cr_expect_eq(write_ok(&f, STORE_PLUGIN, "INSERT INTO matter(number, title, township, village, body) "
	                                        "VALUES('n', '标题', '532301101000', '', '') RETURNING id"), 4);
	fixture_clear(&f);
}

static const char *const misplaced[] = {
	"SELECT id FROM matter WHERE state = 'open' OR " IN_ALL,
	"SELECT id FROM matter WHERE NOT " IN_ALL,
	"SELECT id FROM matter WHERE (" IN_ALL ")",
	"SELECT id FROM matter WHERE " IN_ALL " OR id = 1",
	"SELECT id FROM matter WHERE " IN_ALL " = 1",
	"SELECT id FROM matter WHERE id IN (SELECT id FROM matter WHERE " IN_ALL ")",
	"SELECT id FROM matter WHERE " IN_ALL " UNION SELECT 1",
	"DELETE FROM matter WHERE " IN_ALL,
	"SELECT id FROM matter WHERE " IN_ALL " AND " IN_ALL,
	"SELECT id FROM matter WHERE {{search matters in id title}} AND number = $1",
	"SELECT id FROM matter WHERE {{search matters $1 in id}}",
	"SELECT id FROM matter WHERE {{search matters $1 title}}",
	"SELECT id FROM matter WHERE {{search _audit $1 in id title}}",
	"SELECT id FROM matter WHERE {{search matters $1 in id 'x'}}",
	"SELECT id FROM matter WHERE {{search others $1 in id title}}",
	"SELECT id FROM _search_matters WHERE number = $1",
	"SELECT id FROM matter WHERE {{search matters $1 in id state}}",
};

static const char *const refused[] = {
	"SELECT zhen_index('matters', 1, 1, 'a', 'b', 'c', 'd', 'e', 'f') AS x FROM matter WHERE number = $1",
	"SELECT rowid FROM \"_search_matters\" WHERE number = $1",
	"SELECT low FROM _search WHERE name = $1",
	"UPDATE _search SET low = 0 WHERE name = $1",
	"DELETE FROM _search_matters_data WHERE id = $1",
	"SELECT term FROM fts5vocab('main', 'matters', $1)",
	"SELECT id FROM matter WHERE matter MATCH $1",
};

Test(search, a_plugin_reaches_the_index_by_the_word_alone)
{
	Fixture f = matters();

	for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
		g_autofree char *found = hits(&f, refused[i], "宅基", strlen("宅基"), NULL, NULL);

		cr_expect_eq(found[0], '!', "%s: %s", refused[i], found);
	}
	g_autoptr(GError) keeper = write_refused(&f, STORE_PLUGIN, "UPDATE matter SET state = zhen_index('matters', 1, 9, 'a', 'b', 'c', "
	                                                           "'d', 'e', 'f') WHERE id = 1");
	cr_expect_eq(keeper->code, ERROR_REFUSED, "%s", keeper->message);
	expect_hits(&f, "宅基", "1 3");
	fixture_clear(&f);
}

Test(search, stands_where_it_can_be_kept_to)
{
	Fixture f = matters();

	for (gsize i = 0; i < G_N_ELEMENTS(misplaced); i++) {
		g_autofree char *found = hits(&f, misplaced[i], "宅基", strlen("宅基"), NULL, NULL);

		cr_expect_eq(found[0], '!', "%s: %s", misplaced[i], found);
	}
	fixture_clear(&f);
}

/* ---- building ---- */

static gboolean fill(StoreConn *conn, void *data, GError **error)
{
	const guint *count = data;

	for (guint i = 0; i < *count; i++)
		if (!insert_row(conn, &(Row){ "n", "宅基", "张伟", "532301101000", "532301101001", "b1" }, error))
			return FALSE;
	return TRUE;
}

/* The hit that is the last one, waited for while the index is being built. */
static char *hits_when_whole(Fixture *f, const char *sql, const char *query)
{
	const gint64 until = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;
	g_autofree char *building = g_strdup_printf("!%d ", ERROR_BUILDING);
	char *found;

	for (;;) {
		found = hits(f, sql, query, strlen(query), NULL, NULL);
		if (!g_str_has_prefix(found, building) || g_get_monotonic_time() > until)
			return found;
		g_free(found);
		g_autoptr(GError) error = NULL;
		guint none = 0;
		cr_assert(store_write_now(f->store, fill, &none, &error)); /* behind the piece under way */
	}
}

#define COUNT "SELECT count(*) AS n FROM matter WHERE " IN_ALL

static void expect_count(Fixture *f, const char *query, const char *expected)
{
	g_autofree char *found = hits_when_whole(f, COUNT, query);

	cr_expect_str_eq(found, expected, "%s: %s where %s", query, found, expected);
}

Test(search, an_index_over_rows_that_are_there_is_built_bit_by_bit_while_others_write)
{
	Fixture f = fixture();
	guint many = 3000;
	g_autoptr(GError) error = NULL;
	g_autofree char *early = NULL;

	plant();
	declare(&f, migrations, NULL, 0);
	cr_assert(store_write_now(f.store, fill, &many, &error));
	declare(&f, migrations, searches, 1);
	early = hits(&f, PLAIN, "不在", strlen("不在"), NULL, NULL);
	/* Rows that are not in it yet, and rows that are. */
	write_ok(&f, STORE_PLUGIN, "DELETE FROM matter WHERE id <= 2500 OR id = 2999");
	write_ok(&f, STORE_PLUGIN, "UPDATE matter SET applicant = '李四' WHERE id IN (2501, 2998)");
	write_ok(&f, STORE_PLUGIN,
	         "INSERT INTO matter(number, title, township, village, body) VALUES('n', '宅基', '5323', '', '')");
	expect_count(&f, "宅基", "500");
	expect_count(&f, "李四", "2");
	expect_count(&f, "张伟", "497");
	cr_expect(g_str_has_prefix(early, "!"), "it was whole at once: %s", early);
	fixture_clear(&f);
}

/* 3,000 rows that no index knows yet. */
static Fixture three_thousand(void)
{
	Fixture f = fixture();
	guint many = 3000;
	g_autoptr(GError) error = NULL;

	plant();
	declare(&f, migrations, NULL, 0);
	cr_assert(store_write_now(f.store, fill, &many, &error));
	return f;
}

Test(search, building_goes_on_after_a_restart)
{
	Fixture f = three_thousand();

	declare(&f, migrations, searches, 1);
	fixture_reopen(&f, (StoreOptions){ 0 });
	declare(&f, migrations, searches, 1);
	expect_count(&f, "宅基", "3000");
	fixture_clear(&f);
}

static const zhen_search fewer[] = {
	{ .name = "matters", .table = "matter", .columns = "number, title", .scope = "village township or body" },
};
static const zhen_search other[] = {
	{ .name = "titles", .table = "matter", .columns = "title" },
};

Test(search, another_declaration_is_another_index)
{
	Fixture f = matters();
	g_autofree char *gone = NULL, *titles = NULL;

	declare(&f, migrations, fewer, 1);
	gone = hits(&f, PLAIN, "张伟", strlen("张伟"), NULL, NULL);
	cr_expect_eq(gone[0], '!', "a column that is not in it any more: %s", gone);
	declare(&f, migrations, searches, 1);
	expect_hits(&f, "张伟", "1");
	declare(&f, migrations, other, 1);
	titles = hits(&f, "SELECT id FROM matter WHERE {{search titles $1 in id title}}", "宅基", strlen("宅基"), NULL,
	              NULL);
	cr_expect_str_eq(titles, "1 3");
	cr_expect_eq(read_int(&f, STORE_HOST, "SELECT count(*) FROM _search"), 1);
	declare(&f, migrations, NULL, 0);
	cr_expect_eq(read_int(&f, STORE_HOST, "SELECT count(*) FROM sqlite_master WHERE name LIKE '%search_%'"), 0);
	add(&f, (Row){ "4", "没有目录", NULL, towns[0].code, villages[0].code, "b1" });
	fixture_clear(&f);
}

Test(search, another_declaration_while_the_first_is_being_built_takes_its_place)
{
	Fixture f = three_thousand();

	declare(&f, migrations, searches, 1);
	declare(&f, migrations, other, 1);
	declare(&f, migrations, searches, 1);
	expect_count(&f, "宅基", "3000");
	fixture_clear(&f);
}

Test(search, a_migration_of_its_table_has_its_way_and_the_index_is_right_afterwards)
{
	static const zhen_migration newer[] = {
		{ .number = 1, .sql = TABLE },
		{ .number = 2, .sql = "ALTER TABLE matter ADD COLUMN note TEXT; UPDATE matter SET title = '新名' WHERE id = 1;"
		                      "ALTER TABLE matter DROP COLUMN applicant" },
		{ .number = 3, .sql = "CREATE TABLE copy(id {{id}}, number TEXT NOT NULL, title TEXT NOT NULL, township TEXT NOT NULL, "
		                      "village TEXT NOT NULL, body TEXT NOT NULL);"
		                      "INSERT INTO copy(id, number, title, township, village, body) SELECT id, number, title, township, "
		                      "village, body FROM matter; DROP TABLE matter; ALTER TABLE copy RENAME TO matter" },
		{ 0 },
	};
	Fixture f = matters();
	g_autofree char *found = NULL, *old = NULL;

	declare(&f, newer, fewer, 1);
	found = hits(&f, "SELECT id FROM matter WHERE {{search matters $1 in id number title}}", "新名", strlen("新名"),
	             NULL, NULL);
	old = hits(&f, "SELECT id FROM matter WHERE {{search matters $1 in id number title}}", "宅基", strlen("宅基"),
	           NULL, NULL);
	cr_expect_str_eq(found, "1");
	cr_expect_str_eq(old, "3");
	fixture_clear(&f);
}

Test(search, a_table_without_a_whole_number_as_its_key_is_refused)
{
	static const zhen_migration rows[] = {
		{ .number = 1, .sql = "CREATE TABLE matter(code TEXT NOT NULL PRIMARY KEY, number TEXT, title TEXT) {{without rowid}}" }, { 0 },
	};
	static const zhen_search wanted[] = { { .name = "m", .table = "matter", .columns = "title" } };
	Fixture f = fixture();
	g_autoptr(GError) error = NULL;

	cr_assert(store_migrate(f.store, rows, sizeof(*rows), NULL, &error));
	cr_assert_not(store_search(f.store, wanted, 1, &error));
	cr_assert(strstr(error->message, "search m: table matter has no {{id}}") != NULL, "%s", error->message);
	fixture_clear(&f);
}

/* ---- forgetting ---- */

static guint bytes_found(const Fixture *f, const char *word)
{
	static const char *const names[] = { "data.db", "data.db-wal", "data.db-shm" };
	guint count = 0;

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(store_dir(f->store), names[i], NULL);
		g_autofree char *bytes = NULL;
		gsize size = 0;

		if (!g_file_get_contents(path, &bytes, &size, NULL))
			continue;
		for (const char *at = bytes; (at = memmem(at, size - (gsize)(at - bytes), word, strlen(word))) != NULL;
		     at++)
			count++;
	}
	return count;
}

Test(search, what_is_forgotten_is_in_no_byte_of_the_index)
{
	Fixture f = matters();
	guint many = 500;
	g_autoptr(GError) error = NULL;

	/* Tokens are kept without what they share with the one before: this one shares nothing. */
	add(&f, (Row){ "1", "t", "😺", towns[0].code, villages[0].code, "b1" });
	add(&f, (Row){ "1", "t", "\xf3\xb0\x80\x81", towns[0].code, villages[0].code, "b1" });
	for (guint i = 0; i < 8; i++)
		cr_assert(store_write_now(f.store, fill, &many, &error));
	store_read_done(f.host, 0);
	cr_assert(store_forget(f.store, 2000, &error), "%s", error != NULL ? error->message : "");
	cr_assert_gt(bytes_found(&f, "😺"), 1, "the index has no such token: nothing is shown here");
	cr_assert_gt(bytes_found(&f, "\xf3\xb0\x80\x81"), 1);
	write_ok(&f, STORE_PLUGIN, "UPDATE matter SET applicant = '' WHERE id = 4");
	write_ok(&f, STORE_PLUGIN, "DELETE FROM matter WHERE id = 5");
	store_read_done(f.host, 0);
	cr_assert_gt(bytes_found(&f, "😺"), 0);
	cr_assert(store_forget(f.store, 2000, &error), "%s", error != NULL ? error->message : "");
	cr_expect_eq(bytes_found(&f, "😺"), 0);
	cr_expect_eq(bytes_found(&f, "\xf3\xb0\x80\x81"), 0);
	expect_hits(&f, "😺", "");
	fixture_clear(&f);
}
