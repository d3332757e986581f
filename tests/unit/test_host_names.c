/* SPDX-License-Identifier: Apache-2.0
 * However a plugin writes a name, and whatever it calls its own subqueries: the host's tables stay out of reach. */
#include "store_fixture.h"

#define OWN "WITH c(n) AS (SELECT COUNT(outcome) FROM "

static const char *const reads[] = {
	"SELECT COUNT(outcome) FROM _audit",
	"SELECT COUNT(outcome) FROM \"_audit\"",
	"SELECT COUNT(outcome) FROM [_audit]",
	"SELECT COUNT(outcome) FROM `_audit`",
	"SELECT COUNT(outcome) FROM '_audit'",
	"SELECT COUNT(outcome) FROM main.'_audit'",
	OWN "'_audit') SELECT n FROM c",
	"WITH '_own'(n) AS (SELECT COUNT(outcome) FROM '_audit') SELECT n FROM '_own'",
	"WITH '_audit'(n) AS (SELECT COUNT(outcome) FROM main.'_audit') SELECT n FROM '_audit'",
	"WITH '_own'(n) AS MATERIALIZED (SELECT COUNT(outcome) FROM '_audit') SELECT n FROM '_own'",
	"WITH RECURSIVE '_own'(n) AS (SELECT COUNT(outcome) FROM '_audit' UNION ALL SELECT n + 1 FROM '_own' WHERE n < 3) SELECT n FROM '_own'",
	"WITH '_a'(n) AS (SELECT COUNT(outcome) FROM '_audit'), '_b'(m) AS (SELECT n FROM '_a') SELECT m FROM '_b'",
	"WITH '_own'(n) AS (SELECT COUNT(seq) FROM '_event') SELECT n FROM '_own'",
	"WITH '_own'(n) AS (SELECT COUNT(name) FROM '_job') SELECT n FROM '_own'",
	"WITH '_own'(n) AS (SELECT COUNT(key) FROM '_idempotency') SELECT n FROM '_own'",
	"WITH '_own'(n) AS (SELECT COUNT(name) FROM 'sqlite_master') SELECT n FROM '_own'",
	/* Behind a comma the text is not looked at: here the authorizer is alone. */
	"SELECT COUNT(outcome) FROM t, '_audit'",
	"WITH a(n) AS (SELECT 1), '_own'(n) AS (SELECT COUNT(outcome) FROM t, '_audit') SELECT COUNT(b.n) FROM t, '_own' b",
	"WITH a(n) AS (SELECT 1), '_own'(n) AS (SELECT COUNT(name) FROM t, 'sqlite_master') SELECT COUNT(b.n) FROM t, '_own' b",
	"SELECT n FROM (SELECT COUNT(outcome) AS n FROM '_audit') AS '_own'",
	"SELECT n FROM (SELECT COUNT(outcome) AS n FROM '_audit') '_own'",
	"SELECT (SELECT COUNT(outcome) FROM '_audit' AS '_own') AS n",
	"SELECT COUNT(id) FROM t AS '_own' WHERE EXISTS (SELECT 1 FROM '_audit')",
	"SELECT COUNT(id) FROM t '_own' JOIN '_audit' ON 1 = 1",
};

static const char *const writes[] = {
	"DELETE FROM '_audit'",
	"UPDATE '_audit' SET outcome = 200",
	"UPDATE t AS '_own' SET n = (SELECT COUNT(outcome) FROM '_audit')",
	"UPDATE t SET n = x.outcome FROM '_audit' AS x",
	"INSERT INTO '_event'(topic, subject, division, at, body) VALUES('x', '', '', 0, '{}')",
	"WITH '_own'(n) AS (SELECT COUNT(outcome) FROM '_audit') INSERT INTO t(n) SELECT n FROM '_own'",
	"WITH '_own'(n) AS (SELECT 1) DELETE FROM '_audit'",
	"WITH '_own'(n) AS (SELECT 1) UPDATE '_audit' SET outcome = 200",
	"INSERT INTO t(n) SELECT n FROM (SELECT COUNT(outcome) AS n FROM '_audit') AS '_own'",
};

static const char *const migrations[] = {
	"CREATE VIEW '_v' AS SELECT outcome FROM '_audit'",
	"CREATE TRIGGER '_t' AFTER INSERT ON t BEGIN DELETE FROM '_audit'; END",
	"CREATE TABLE '_mine'(id BIGINT)",
	"ALTER TABLE t RENAME TO '_t'",
	"DROP TABLE '_audit'",
	"CREATE INDEX x ON '_audit'(outcome)",
	"CREATE TABLE 'mine'(id BIGINT)",
};

/* A text where a text may stand. */
static const char *const texts[] = {
	"SELECT COUNT(id) FROM t WHERE '_audit' IS DISTINCT FROM '_event'",
	"SELECT '_audit' AS a, COUNT(id) AS b FROM t",
	"SELECT COUNT(id) FROM t WHERE 'x' LIKE '_audit%' OR n IN (1, '_y')",
};

/* Such objects may be made, as nothing is read or written yet; what they would do is refused when it comes to it. */
static const struct {
	const char *make, *use;
} later[] = {
	{ "CREATE VIEW v AS SELECT outcome AS n FROM '_audit'", "SELECT COUNT(n) FROM v" },
	{ "CREATE VIEW v AS WITH '_own'(n) AS (SELECT outcome FROM '_audit') SELECT n FROM '_own'", "SELECT COUNT(n) FROM v" },
	{ "CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM '_audit'; END", "INSERT INTO t(n) VALUES(1)" },
	{ "CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET n = (SELECT COUNT(outcome) FROM '_audit'); END",
	  "INSERT INTO t(n) VALUES(1)" },
};

static void setup(Fixture *f)
{
	*f = fixture();
	write_ok(f, STORE_MIGRATION, "CREATE TABLE t(id {{id}}, n BIGINT NOT NULL)");
	write_ok(f, STORE_HOST, "INSERT INTO _audit(at, account, body, route, subject, outcome, request, digest, chain) "
	                            "VALUES(0, '', '', '', '', 200, '', '', '')");
	write_ok(f, STORE_PLUGIN, "INSERT INTO t(n) VALUES(1)");
}

static gboolean written(Fixture *f, StoreOwner owner, const char *text)
{
	Sql sql = { .owner = owner, .sql = text };

	return store_write_now(f->store, fixture_exec, &sql, NULL);
}

static gboolean can_read(Fixture *f, const char *text)
{
	gint64 first = 0;
	gboolean fine = store_exec(store_read(f->store, 0, NULL), STORE_PLUGIN, text, NULL, 0, &first, NULL);

	store_read_done(f->host, 0);
	return fine;
}

Test(host_names, no_spelling_of_a_read_reaches_a_table_of_the_host)
{
	Fixture f;

	setup(&f);
	for (gsize i = 0; i < G_N_ELEMENTS(reads); i++) {
		cr_expect_not(can_read(&f, reads[i]), "read: %s", reads[i]);
		cr_expect_not(written(&f, STORE_PLUGIN, reads[i]), "on the writer: %s", reads[i]);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		cr_expect(can_read(&f, texts[i]), "%s", texts[i]);
	cr_assert(can_read(&f, "WITH c(n) AS (SELECT n FROM t) SELECT n FROM c"), "one's own");
	fixture_clear(&f);
}

Test(host_names, no_spelling_of_a_write_reaches_a_table_of_the_host)
{
	Fixture f;

	setup(&f);
	for (gsize i = 0; i < G_N_ELEMENTS(writes); i++)
		cr_expect_not(written(&f, STORE_PLUGIN, writes[i]), "%s", writes[i]);
	for (gsize i = 0; i < G_N_ELEMENTS(migrations); i++)
		cr_expect_not(written(&f, STORE_MIGRATION, migrations[i]), "%s", migrations[i]);
	fixture_clear(&f);
}

Test(host_names, what_a_view_or_trigger_of_a_plugin_does_is_the_plugins)
{
	for (gsize i = 0; i < G_N_ELEMENTS(later); i++) {
		Fixture f;

		setup(&f);
		if (written(&f, STORE_MIGRATION, later[i].make)) {
			cr_expect_not(written(&f, STORE_PLUGIN, later[i].use), "%s; %s", later[i].make, later[i].use);
			cr_expect_not(g_str_has_prefix(later[i].use, "SELECT") && can_read(&f, later[i].use), "%s",
			              later[i].make);
		}
		fixture_clear(&f);
	}
}
