/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <string.h>
#include "base/error.h"
#include "store/words.h"

/* A prefecture of two counties: one of 3 townships (the first with 2 villages), one of 70. */
static Division prefecture, small, large, towns[73], villages[2];
static const Division *below_prefecture[2], *below_small[3], *below_large[70], *all_towns[73], *below_town[2];

static void name(Division *d, DivisionLevel level, const Division *parent, const char *format, guint n)
{
	g_snprintf(d->code, sizeof(d->code), format, n);
	d->level = level;
	d->parent = parent;
	d->name = d->code;
}

static void plant(void)
{
	name(&prefecture, LEVEL_PREFECTURE, NULL, "5323%08u", 0);
	name(&small, LEVEL_COUNTY, &prefecture, "532301%06u", 0);
	name(&large, LEVEL_COUNTY, &prefecture, "532399%06u", 0);
	for (guint i = 0; i < 73; i++) {
		name(&towns[i], LEVEL_TOWNSHIP, i < 3 ? &small : &large, i < 3 ? "532301%03u000" : "532399%03u000",
		     i + 1);
		*(i < 3 ? &below_small[i] : &below_large[i - 3]) = all_towns[i] = &towns[i];
	}
	for (guint i = 0; i < 2; i++) {
		name(&villages[i], LEVEL_VILLAGE, &towns[0], "532301001%03u", i + 1);
		below_town[i] = &villages[i];
	}
	below_prefecture[0] = &small;
	below_prefecture[1] = &large;
	prefecture.children = below_prefecture, prefecture.n_children = 2;
	prefecture.townships = all_towns, prefecture.n_townships = 73;
	small.children = small.townships = below_small, small.n_children = small.n_townships = 3;
	large.children = large.townships = below_large, large.n_children = large.n_townships = 70;
	towns[0].children = below_town, towns[0].n_children = 2;
}

#define BASE "SELECT id FROM t WHERE "

/* Values as text, joined by ' '; - is null. */
static const struct {
	const char *sql;
	const Division *division;
	const char *body;
	gboolean all, paged, next;
	const char *sqlite, *postgres, *values;
} expansions[] = {
	{ .sql = "INSERT INTO t(a, b) VALUES($1, '$2 {{id}}') -- $3\n",
	  .sqlite = "INSERT INTO t(a, b) VALUES(?1, '$2 {{id}}')",
	  .postgres = "INSERT INTO t(a, b) VALUES($1, '$2 {{id}}')",
	  .values = "" },
	{ .sql = "SELECT /* {{now}} */ \"a$1\" FROM t;",
	  .sqlite = "SELECT \"a$1\" FROM t",
	  .postgres = "SELECT \"a$1\" FROM t",
	  .values = "" },
	{ .sql = "CREATE TABLE t(id {{id}}, a TEXT)",
	  .sqlite = "CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT)",
	  .postgres = "CREATE TABLE t(id BIGSERIAL PRIMARY KEY, a TEXT)",
	  .values = "" },
	{ .sql = "CREATE TABLE t(a TEXT PRIMARY KEY) {{without rowid}}",
	  .sqlite = "CREATE TABLE t(a TEXT PRIMARY KEY) WITHOUT ROWID",
	  .postgres = "CREATE TABLE t(a TEXT PRIMARY KEY) ",
	  .values = "" },
	{ .sql = "INSERT INTO t(a, b, c) VALUES($1, {{now}}, {{now}}) {{upsert a, b}} c = $2",
	  .sqlite = "INSERT INTO t(a, b, c) VALUES(?1, ?3, ?3) ON CONFLICT (a, b) DO UPDATE SET c = ?2",
	  .postgres = "INSERT INTO t(a, b, c) VALUES($1, $3, $3) ON CONFLICT (a, b) DO UPDATE SET c = $2",
	  .values = "42" },
	{ .sql = "SELECT a FROM t ORDER BY {{order pinyin t.a}}",
	  .sqlite = "SELECT a FROM t ORDER BY t.a COLLATE zhen_pinyin",
	  .postgres = "SELECT a FROM t ORDER BY t.a COLLATE \"zh-x-icu\"",
	  .values = "" },
	/* scope: by the caller's level */
	{ .sql = BASE "{{scope village township}} AND a = $1",
	  .division = &towns[0],
	  .sqlite = BASE "township = ?2 AND a = ?1",
	  .postgres = BASE "township = $2 AND a = $1",
	  .values = "532301001000" },
	{ .sql = BASE "{{scope village township}}",
	  .division = &villages[1],
	  .sqlite = BASE "village = ?1",
	  .postgres = BASE "village = $1",
	  .values = "532301001002" },
	{ .sql = BASE "{{scope township}}",
	  .division = &villages[1],
	  .sqlite = BASE "0",
	  .postgres = BASE "FALSE",
	  .values = "" },
	{ .sql = BASE "{{scope township}}", .sqlite = BASE "0", .postgres = BASE "FALSE", .values = "" },
	{ .sql = BASE "{{scope township}}", .all = TRUE, .sqlite = BASE "1", .postgres = BASE "TRUE", .values = "" },
	{ .sql = BASE "{{scope township}}",
	  .division = &small,
	  .sqlite = BASE "township IN (?1, ?2, ?3)",
	  .postgres = BASE "township IN ($1, $2, $3)",
	  .values = "532301001000 532301002000 532301003000" },
	{ .sql = BASE "{{scope village}}",
	  .division = &towns[0],
	  .sqlite = BASE "village IN (?1, ?2)",
	  .postgres = BASE "village IN ($1, $2)",
	  .values = "532301001001 532301001002" },
	{ .sql = BASE "{{scope c.township}}",
	  .division = &large,
	  .sqlite = BASE "(+c.township >= ?1 AND +c.township < ?2)",
	  .postgres = BASE "(c.township || '' >= $1 AND c.township || '' < $2)",
	  .values = "532399000000 5324" },
	{ .sql = BASE "{{scope township county}}",
	  .division = &prefecture,
	  .sqlite = BASE "county IN (?1, ?2)",
	  .postgres = BASE "county IN ($1, $2)",
	  .values = "532301000000 532399000000" },
	{ .sql = BASE "{{scope township}}",
	  .division = &prefecture,
	  .sqlite = BASE "(+township >= ?1 AND +township < ?2)",
	  .postgres = BASE "(township || '' >= $1 AND township || '' < $2)",
	  .values = "532300000000 5324" },
	/* scope: by body */
	{ .sql = BASE "{{scope township or body}}",
	  .division = &towns[1],
	  .body = "b1",
	  .sqlite = BASE "(township = ?1 OR body = ?2)",
	  .postgres = BASE "(township = $1 OR body = $2)",
	  .values = "532301002000 b1" },
	{ .sql = BASE "{{scope township or body}}",
	  .division = &villages[0],
	  .body = "b1",
	  .sqlite = BASE "body = ?1",
	  .postgres = BASE "body = $1",
	  .values = "b1" },
	{ .sql = BASE "{{scope or body}}",
	  .division = &small,
	  .body = "b1",
	  .sqlite = BASE "body = ?1",
	  .postgres = BASE "body = $1",
	  .values = "b1" },
	{ .sql = BASE "{{scope township or body}}",
	  .division = &towns[1],
	  .sqlite = BASE "township = ?1",
	  .postgres = BASE "township = $1",
	  .values = "532301002000" },
	/* pages */
	{ .sql = BASE "a = $1 {{page due_at, id}}",
	  .paged = TRUE,
	  .sqlite = BASE "a = ?1 ORDER BY due_at, id LIMIT ?2",
	  .postgres = BASE "a = $1 ORDER BY due_at, id LIMIT $2",
	  .values = "51" },
	{ .sql = BASE "a = $1 OR b {{page t.due_at, id DESC}}",
	  .paged = TRUE,
	  .next = TRUE,
	  .sqlite = "SELECT id FROM t WHERE ( a = ?1 OR b) AND (t.due_at, id) < (?2, ?3) ORDER BY t.due_at DESC, id "
	            "DESC LIMIT ?4",
	  .postgres = "SELECT id FROM t WHERE ( a = $1 OR b) AND (t.due_at, id) < ($2, $3) ORDER BY t.due_at DESC, id "
	              "DESC LIMIT $4",
	  .values = "7 last 51" },
	{ .sql = "SELECT id FROM t {{page due_at, id}}",
	  .paged = TRUE,
	  .next = TRUE,
	  .sqlite = "SELECT id FROM t WHERE (due_at, id) > (?1, ?2) ORDER BY due_at, id LIMIT ?3",
	  .postgres = "SELECT id FROM t WHERE (due_at, id) > ($1, $2) ORDER BY due_at, id LIMIT $3",
	  .values = "7 last 51" },
	/* a county's page: its townships merged */
	{ .sql = BASE "{{scope town.township}} {{page id DESC}}",
	  .division = &small,
	  .paged = TRUE,
	  .sqlite =
	          "SELECT * FROM (SELECT id FROM t WHERE town.township = ?1) AS s1 "
	          "UNION ALL SELECT * FROM (SELECT id FROM t WHERE town.township = ?2) AS s2 "
	          "UNION ALL SELECT * FROM (SELECT id FROM t WHERE town.township = ?3) AS s3 "
	          "ORDER BY id DESC LIMIT ?4",
	  .postgres =
	          "SELECT * FROM (SELECT id FROM t WHERE town.township = $1) AS s1 "
	          "UNION ALL SELECT * FROM (SELECT id FROM t WHERE town.township = $2) AS s2 "
	          "UNION ALL SELECT * FROM (SELECT id FROM t WHERE town.township = $3) AS s3 "
	          "ORDER BY id DESC LIMIT $4",
	  .values = "532301001000 532301002000 532301003000 51" },
	{ .sql = BASE "{{scope township or body}} AND a {{page id}}",
	  .division = &towns[2],
	  .body = "b1",
	  .paged = TRUE,
	  .sqlite = "SELECT * FROM (SELECT id FROM t WHERE township = ?1 AND a) AS s1 UNION ALL "
	            "SELECT * FROM (SELECT id FROM t WHERE body = ?2 AND NOT coalesce(township = ?1, 0) AND a) AS s2 "
	            "ORDER BY id LIMIT ?3",
	  .postgres = "SELECT * FROM (SELECT id FROM t WHERE township = $1 AND a) AS s1 UNION ALL "
	              "SELECT * FROM (SELECT id FROM t WHERE body = $2 AND NOT coalesce(township = $1, FALSE) AND a) AS s2 "
	              "ORDER BY id LIMIT $3",
	  .values = "532301003000 b1 51" },
	/* not where it would show a row twice or a wrong one */
	{ .sql = BASE "a = $1 OR {{scope township}} {{page id}}",
	  .division = &small,
	  .paged = TRUE,
	  .sqlite = BASE "a = ?1 OR township IN (?2, ?3, ?4) ORDER BY id LIMIT ?5",
	  .postgres = BASE "a = $1 OR township IN ($2, $3, $4) ORDER BY id LIMIT $5",
	  .values = "532301001000 532301002000 532301003000 51" },
	{ .sql = BASE "NOT {{scope township}} {{page id}}",
	  .division = &small,
	  .paged = TRUE,
	  .sqlite = BASE "NOT township IN (?1, ?2, ?3) ORDER BY id LIMIT ?4",
	  .postgres = BASE "NOT township IN ($1, $2, $3) ORDER BY id LIMIT $4",
	  .values = "532301001000 532301002000 532301003000 51" },
	{ .sql = "SELECT id FROM t WHERE id IN (SELECT x FROM u WHERE {{scope township}}) {{page id}}",
	  .division = &small,
	  .paged = TRUE,
	  .sqlite =
	          "SELECT id FROM t WHERE id IN (SELECT x FROM u WHERE township IN (?1, ?2, ?3)) ORDER BY id LIMIT ?4",
	  .postgres =
	          "SELECT id FROM t WHERE id IN (SELECT x FROM u WHERE township IN ($1, $2, $3)) ORDER BY id LIMIT $4",
	  .values = "532301001000 532301002000 532301003000 51" },
	{ .sql = BASE "{{scope township}} {{page id}}",
	  .division = &large,
	  .paged = TRUE,
	  .sqlite = BASE "(+township >= ?1 AND +township < ?2) ORDER BY id LIMIT ?3",
	  .postgres = BASE "(township || '' >= $1 AND township || '' < $2) ORDER BY id LIMIT $3",
	  .values = "532399000000 5324 51" },
};

static char *values_text(const GArray *values)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < values->len; i++) {
		const zhen_value *v = &g_array_index(values, zhen_value, i);

		if (i > 0)
			g_string_append_c(text, ' ');
		if (v->kind == ZHEN_KIND_INT)
			g_string_append_printf(text, "%" G_GINT64_FORMAT, v->as.integer);
		else
			g_string_append(text, v->kind == ZHEN_KIND_TEXT ? v->as.text : "-");
	}
	return g_string_free(text, FALSE);
}

Test(words, expand_to_both_engines, .init = plant)
{
	const zhen_value after[] = { zhen_from_int(7), zhen_from_text("last") };

	for (gsize i = 0; i < G_N_ELEMENTS(expansions); i++) {
		Scope scope = { .all = expansions[i].all, .division = expansions[i].division, .body = expansions[i].body };
		Page page = { .after = expansions[i].next ? after : NULL, .n_after = 2, .limit = 50 };

		for (WordsEngine engine = WORDS_SQLITE; engine <= WORDS_POSTGRES; engine++) {
			WordsContext context = { engine, &scope, expansions[i].paged ? &page : NULL, 42, NULL };
			g_autoptr(GError) error = NULL;
			g_autofree char *values = NULL;
			Words words;

			cr_assert(words_expand(expansions[i].sql, &context, &words, &error), "%s: %s",
			          expansions[i].sql, error == NULL ? "" : error->message);
			cr_expect_str_eq(words.sql,
			                 engine == WORDS_SQLITE ? expansions[i].sqlite : expansions[i].postgres);
			values = values_text(words.values);
			cr_expect_str_eq(values, expansions[i].values, "%s: %s", expansions[i].sql, values);
			cr_expect_eq(words.sees_nothing,
			             strstr(words.sql, BASE "0") != NULL || strstr(words.sql, BASE "FALSE") != NULL);
			words_clear(&words);
		}
	}
}

/* What is on in some townships only: their codes, at the level the statement tells rows apart by. */
Test(words, a_narrowed_scope_sees_its_townships_and_nothing_else, .init = plant)
{
	static const struct {
		const char *scope;
		const Division *division;
		guint from, count; /* of all towns */
		const char *sqlite, *values;
	} cases[] = {
		{ "{{scope township}}", &small, 1, 2, "township IN (?1, ?2)", "532301002000 532301003000" },
		{ "{{scope township}}", NULL, 0, 1, "township = ?1", "532301001000" }, /* a job, which sees all else */
		{ "{{scope village township}}", &small, 2, 1, "township = ?1", "532301003000" },
		{ "{{scope village}}", &small, 0, 1, "village IN (?1, ?2)", "532301001001 532301001002" },
		{ "{{scope township county}}", &small, 0, 1, "township = ?1", "532301001000" }, /* not by its own column */
		{ "{{scope county}}", &prefecture, 0, 5, "county IN (?1, ?2)", "532301000000 532399000000" },
		{ "{{scope township or body}}", &small, 0, 1, "township = ?1", "532301001000" },
		{ "{{scope township}}", &small, 0, 0, "0", "" },
		{ "{{scope township}}", &prefecture, 1, 70, "instr(?1, ',' || township || ',') > 0", NULL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		const Scope scope = { .all = cases[i].division == NULL, .division = cases[i].division, .body = "b1",
			              .only = all_towns + cases[i].from, .n_only = cases[i].count };
		WordsContext context = { WORDS_SQLITE, &scope, NULL, 0, NULL };
		g_autofree char *sql = g_strconcat(BASE, cases[i].scope, NULL);
		g_autofree char *values = NULL;
		g_autoptr(GError) error = NULL;
		Words words;

		cr_assert(words_expand(sql, &context, &words, &error), "%s", error == NULL ? "" : error->message);
		cr_expect_str_eq(words.sql + strlen(BASE), cases[i].sqlite, "%s", words.sql);
		values = values_text(words.values);
		if (cases[i].values != NULL)
			cr_expect_str_eq(values, cases[i].values, "%s: %s", sql, values);
		else
			cr_expect(g_str_has_prefix(values, ",532301002000,532301003000,") &&
			          strlen(values) == 1 + 13 * 70 && g_str_has_suffix(values, ",532399071000,"));
		words_clear(&words);
	}
}

Test(words, a_county_of_any_size_is_padded_to_one_of_few_forms, .init = plant)
{
	static const struct {
		guint count, terms;
	} cases[] = { { 1, 0 },   { 2, 2 },   { 3, 3 },   { 5, 6 },   { 7, 8 },
		      { 11, 12 }, { 13, 16 }, { 33, 48 }, { 49, 64 }, { 64, 64 } };
	Page page = { .limit = 10 };
	Scope scope = { .division = &large };

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		WordsContext context = { WORDS_SQLITE, &scope, &page, 0, NULL };
		guint terms = 0, nulls = 0;
		Words words;

		large.n_townships = cases[i].count;
		cr_assert(words_expand(BASE "{{scope township}} {{page id}}", &context, &words, NULL));
		for (const char *at = words.sql; (at = strstr(at, ") AS s")) != NULL; at++)
			terms++;
		for (guint k = 0; k < words.values->len; k++)
			nulls += g_array_index(words.values, zhen_value, k).kind == ZHEN_KIND_NULL;
		cr_expect_eq(terms, cases[i].terms, "%u townships: %u terms", cases[i].count, terms);
		cr_expect_eq(nulls, MAX(cases[i].terms, 1) - cases[i].count);
		words_clear(&words);
	}
}

Test(words, page_columns_come_back_unqualified)
{
	Page page = { .limit = 10 };
	WordsContext context = { WORDS_SQLITE, NULL, &page, 0, NULL };
	Words words;

	cr_assert(words_expand("SELECT c.due_at, c.id FROM c {{page c.due_at, c.id desc}}", &context, &words, NULL));
	cr_assert_str_eq(words.page_columns[0], "due_at");
	cr_assert_str_eq(words.page_columns[1], "id");
	cr_assert_null(words.page_columns[2]);
	cr_assert(words.page_descending);
	words_clear(&words);
}

static const struct {
	const char *sql, *message;
} broken[] = {
	{ "SELECT {{page id}}", "only where a list" },
	{ "SELECT 1 FROM t {{nothing}}", "unknown word {{nothing}}" },
	{ "SELECT 'a", "not closed" },
	{ "SELECT \"a", "not closed" },
	{ "SELECT /* a", "not closed" },
	{ "SELECT /* a /* b */ */ 1", "comment inside" },
	{ "SELECT {{id", "not closed" },
	{ "SELECT ?1", "not portable" },
	{ "SELECT :name", "not portable" },
	{ "SELECT `a`", "not portable" },
	{ "SELECT $0", "number from 1" },
	{ "SELECT $a", "number from 1" },
	{ "SELECT $$x$$", "number from 1" },
	{ "SELECT 1 WHERE {{scope}}", "names no column" },
	{ "SELECT 1 WHERE {{scope somewhere}}", "does not end in a level" },
	{ "SELECT 1 WHERE {{scope township village}}", "not coarser" },
	{ "SELECT 1 WHERE {{scope township; DROP}}", "no column" },
	{ "SELECT 1 WHERE {{scope township or}}", "after 'or'" },
	{ "SELECT 1 WHERE {{scope township or a b}}", "after 'or'" },
	{ "SELECT 1 FROM t {{page}}", "names columns" },
	{ "SELECT 1 FROM t {{page a DESC, b}}", "names columns" },
	{ "SELECT 1 FROM t {{page 1=1}}", "names columns" },
	{ "SELECT 1 FROM t GROUP BY a {{page a}}", "cannot follow GROUP" },
	{ "SELECT 1 FROM t {{page a}} LIMIT 1", "not the last" },
	{ "SELECT 1 FROM t {{page a}} {{page a}}", "not the last" },
	{ "SELECT 1 FROM (SELECT 1 FROM t {{page a}})", "outside of parentheses" },
	{ "INSERT INTO t(a) VALUES(1) {{upsert}}", "names no key" },
	{ "INSERT INTO t(a) VALUES(1) {{upsert a) DO NOTHING}}", "no column" },
	{ "SELECT a FROM t ORDER BY {{order stroke a}}", "order pinyin" },
};

Test(words, what_cannot_be_expanded_is_refused_and_named)
{
	for (gsize i = 0; i < G_N_ELEMENTS(broken); i++) {
		WordsContext context = { 0 };
		Page page = { .limit = 1 };
		g_autoptr(GError) error = NULL;
		Words words;

		context.page = i == 0 ? NULL : &page;
		cr_assert_not(words_expand(broken[i].sql, &context, &words, &error), "%s", broken[i].sql);
		cr_expect_not_null(strstr(error->message, broken[i].message), "%s: %s", broken[i].sql, error->message);
	}
}

static const struct {
	const char *sql;
	gboolean migration;
	const char *message; /* NULL = fine */
} checks[] = {
	{ "SELECT a, count(*), b * 2 FROM t WHERE c = '* OR ROLLBACK _x'", FALSE, NULL },
	{ "SELECT a FROM t -- SELECT *; COMMIT\n", FALSE, NULL },
	{ "SELECT a FROM t;", FALSE, NULL },
	{ "INSERT INTO t(a, b) VALUES($1, $2) RETURNING a", FALSE, NULL },
	{ "INSERT INTO t AS x (a) SELECT a FROM u", FALSE, NULL },
	{ "INSERT INTO main.t(a) VALUES(1) {{upsert a}} b = excluded.b", FALSE, NULL },
	{ "INSERT INTO t DEFAULT VALUES", FALSE, NULL },
	{ "WITH x AS (SELECT a FROM t) UPDATE u SET a = (SELECT a FROM x)", FALSE, NULL },
	{ "DELETE FROM t WHERE a = 1 OR b = 2", FALSE, NULL },
	{ "SELECT CASE WHEN a THEN 1 ELSE 2 END FROM t", FALSE, NULL },
	{ "SELECT a_b, \"c_d\" FROM t_", FALSE, NULL },
	{ "CREATE TABLE t(a BIGINT); CREATE INDEX i ON t(a); INSERT INTO t(a) VALUES(1)", TRUE, NULL },
	{ "CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE t SET a = CASE WHEN a THEN 1 ELSE 2 END; DELETE FROM u; "
	  "END; "
	  "CREATE TABLE v(a BIGINT)",
	  TRUE, NULL },
	{ "", FALSE, "no statement" },
	{ "SELECT * FROM t", FALSE, "not '*'" },
	{ "SELECT t.* FROM t", FALSE, "not '*'" },
	{ "SELECT a, * FROM t", FALSE, "not '*'" },
	{ "SELECT DISTINCT * FROM t", FALSE, "not '*'" },
	{ "SELECT a FROM (SELECT/**/* FROM t)", FALSE, "not '*'" },
	{ "DELETE FROM t RETURNING *", FALSE, "not '*'" },
	{ "INSERT INTO t VALUES(1)", FALSE, "name its columns" },
	{ "INSERT INTO main.t VALUES(1)", FALSE, "name its columns" },
	{ "INSERT INTO t SELECT a FROM u", FALSE, "name its columns" },
	{ "INSERT INTO t (SELECT a FROM u)", FALSE, "name its columns" },
	{ "WITH x AS (SELECT 1) INSERT INTO t SELECT 1", FALSE, "name its columns" },
	{ "INSERT OR ROLLBACK INTO t(a) VALUES(1)", FALSE, "not portable" },
	{ "INSERT OR IGNORE INTO t(a) VALUES(1)", FALSE, "not portable" },
	{ "UPDATE OR FAIL t SET a = 1", FALSE, "not portable" },
	{ "CREATE TABLE t(a TEXT UNIQUE ON CONFLICT ROLLBACK)", TRUE, "ROLLBACK" },
	{ "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT RAISE(ROLLBACK, 'x'); END", TRUE, "ROLLBACK" },
	{ "SELECT 1; SELECT 2", FALSE, "more than one" },
	{ "begin", FALSE, "does not begin with 'begin'" },
	{ "COMMIT", FALSE, "COMMIT" },
	{ "END", FALSE, "END" },
	{ "SAVEPOINT a", FALSE, "SAVEPOINT" },
	{ "RELEASE a", FALSE, "RELEASE" },
	{ "PRAGMA x", FALSE, "PRAGMA" },
	{ "ATTACH 'x' AS y", FALSE, "ATTACH" },
	{ "VACUUM", FALSE, "VACUUM" },
	{ "REPLACE INTO t(a) VALUES(1)", FALSE, "REPLACE" },
	{ "CREATE TABLE t(a BIGINT)", FALSE, "CREATE" },
	{ "CREATE TABLE t(a BIGINT); COMMIT", TRUE, "COMMIT" },
	{ "CREATE TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM u; END; COMMIT", TRUE, "COMMIT" },
	{ "CREATE TEMP TABLE t(a BIGINT)", TRUE, "TEMP" },
	{ "CREATE VIRTUAL TABLE t USING fts5(a)", TRUE, "VIRTUAL" },
	{ "INSERT INTO t(a) VALUES($1)", TRUE, "no parameters" },
	{ "SELECT a FROM _audit", FALSE, "_audit" },
	{ "SELECT a FROM \"_audit\"", FALSE, "_audit" },
	{ "SELECT a FROM main._audit", FALSE, "_audit" },
	{ "WITH _x AS (SELECT 1) SELECT a FROM t", FALSE, "_x" },
	{ "SELECT a FROM t WHERE {{scope _township}}", FALSE, "_township" },
	{ "CREATE TABLE _t(a BIGINT)", TRUE, "_t" },
};

Test(words, check_finds_what_an_authorizer_cannot_see)
{
	for (gsize i = 0; i < G_N_ELEMENTS(checks); i++) {
		g_autoptr(GError) error = NULL;
		gboolean fine = words_check(checks[i].sql, checks[i].migration, &error);

		cr_expect_eq(fine, checks[i].message == NULL, "%s: %s", checks[i].sql,
		             fine ? "accepted" : error->message);
		if (!fine && checks[i].message != NULL)
			cr_expect_not_null(strstr(error->message, checks[i].message), "%s: %s", checks[i].sql,
			                   error->message);
	}
}
