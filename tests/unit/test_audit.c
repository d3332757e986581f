/* SPDX-License-Identifier: Apache-2.0
 * The audit chain: what is done to rows before the last anchor is found and named. */
#include <criterion/criterion.h>
#include <glib.h>
#include <sqlite3.h>
#include <string.h>
#include "runtime/audit.h"
#include "runtime/runtime.h"
#include "store_fixture.h"

#define ROWS 20
#define ANCHORED 15

typedef struct Ledger {
	char *dir, *plugin_dir, *database;
	Keys *keys;
	StoreHost *stores;
	RuntimeEnv env;
} Ledger;

typedef struct Append {
	Audit *audit;
	int from, to;
} Append;

static gboolean append_rows(StoreConn *conn, void *data, GError **error)
{
	const Append *append = data;

	for (int i = append->from; i <= append->to; i++) {
		g_autofree char *subject = g_strdup_printf("case %d", i);
		AuditRow row = { .at = 1000 + i, .account = "1", .body = "window", .route = "POST /cases", .subject = subject,
			         .outcome = 201, .request = "r", .digest = "d" };

		if (!audit_append(append->audit, conn, &row, error))
			return FALSE;
	}
	return TRUE;
}

static void ledger_init(Ledger *ledger)
{
	static const guint8 secret[KEY_SIZE] = "a secret", seed[KEY_SIZE] = "a seed";
	StoreHostOptions host = { .readers = 2 };
	g_autoptr(GError) error = NULL;

	ledger->dir = g_dir_make_tmp("zhen-audit-XXXXXX", NULL);
	ledger->plugin_dir = g_build_filename(ledger->dir, "ledger", NULL);
	ledger->database = g_build_filename(ledger->plugin_dir, "data.db", NULL);
	ledger->keys = keys_from(secret, seed);
	ledger->stores = store_host_new(&host, &error);
	ledger->env = (RuntimeEnv){ .stores = ledger->stores, .keys = ledger->keys, .readers = 2, .loops = 1,
		                    .anchors_dir = ledger->dir };
	cr_assert_not_null(ledger->stores);
}

/* Rows 1..20, the head anchored after row 15 and, with @anchor_last, after row 20. */
static void ledger_fill(Ledger *ledger, gboolean anchor_last)
{
	g_autofree char *anchors = g_build_filename(ledger->dir, "ledger.anchors", NULL);
	StoreOptions options = { .dir = ledger->plugin_dir, .name = "ledger" };
	g_autoptr(GError) error = NULL;
	Store *store = store_open(ledger->stores, &options, &error);
	Audit *audit = audit_new(store, anchors, ledger->keys, "ledger", &error);
	Append first = { audit, 1, ANCHORED }, rest = { audit, ANCHORED + 1, ROWS };

	cr_assert_not_null(audit, "%s", error != NULL ? error->message : "");
	cr_assert(store_write_now(store, append_rows, &first, &error));
	cr_assert(audit_anchor(audit, 5000, &error));
	cr_assert(store_write_now(store, append_rows, &rest, &error));
	if (anchor_last)
		cr_assert(audit_anchor(audit, 6000, &error));
	store_close(store);
	audit_free(audit);
}

static void ledger_clear(Ledger *ledger)
{
	store_host_free(ledger->stores);
	keys_free(ledger->keys);
	nftw(ledger->dir, fixture_remove, 8, FTW_DEPTH | FTW_PHYS);
	g_free(ledger->dir);
	g_free(ledger->plugin_dir);
	g_free(ledger->database);
}

static void tamper(const Ledger *ledger, const char *sql)
{
	sqlite3 *db;
	char *message = NULL;

	cr_assert_eq(sqlite3_open(ledger->database, &db), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, &message), SQLITE_OK, "%s", message);
	sqlite3_close(db);
}

/* A forger who knows the format: every chain value from row @from on is made anew. */
static void recompute(const Ledger *ledger, int from)
{
	g_autoptr(Digest) digest = digest_new();
	guint8 previous[DIGEST_SIZE] = { 0 };
	sqlite3_stmt *read, *write;
	sqlite3 *db;

	cr_assert_eq(sqlite3_open(ledger->database, &db), SQLITE_OK);
	sqlite3_prepare_v2(db, "SELECT seq, at, account, body, route, subject, outcome, request, digest, chain FROM _audit ORDER BY seq",
	                   -1, &read, NULL);
	sqlite3_prepare_v2(db, "UPDATE _audit SET chain = ?2 WHERE seq = ?1", -1, &write, NULL);
	while (sqlite3_step(read) == SQLITE_ROW) {
		AuditRow row = { sqlite3_column_int64(read, 0), sqlite3_column_int64(read, 1),
			         (const char *)sqlite3_column_text(read, 2), (const char *)sqlite3_column_text(read, 3),
			         (const char *)sqlite3_column_text(read, 4), (const char *)sqlite3_column_text(read, 5),
			         (const char *)sqlite3_column_text(read, 7), (const char *)sqlite3_column_text(read, 8),
			         sqlite3_column_int64(read, 6) };
		char hex[DIGEST_HEX_SIZE];

		if (row.seq < from) {
			cr_assert(digest_from_hex((const char *)sqlite3_column_text(read, 9), previous));
			continue;
		}
		audit_chain(digest, previous, &row, previous);
		digest_hex(previous, hex);
		sqlite3_bind_int64(write, 1, row.seq);
		sqlite3_bind_text(write, 2, hex, -1, SQLITE_TRANSIENT);
		cr_assert_eq(sqlite3_step(write), SQLITE_DONE);
		sqlite3_reset(write);
	}
	sqlite3_finalize(read);
	sqlite3_finalize(write);
	sqlite3_close(db);
}

Test(audit, an_untouched_chain_is_vouched_for_up_to_its_last_anchor)
{
	Ledger ledger = { 0 };
	AuditVerdict verdict;

	ledger_init(&ledger);
	ledger_fill(&ledger, FALSE);
	cr_assert(audit_verify(&ledger.env, "ledger", ledger.plugin_dir, &verdict, NULL));
	cr_assert_null(verdict.fault, "%s", verdict.fault);
	cr_assert_eq(verdict.rows, ROWS);
	cr_assert_eq(verdict.vouched_to, ANCHORED);
	cr_assert_eq(verdict.vouched_at_ms, 5000);
	ledger_clear(&ledger);
}

Test(audit, each_of_five_forgeries_before_the_last_anchor_is_found_and_named)
{
	static const struct {
		const char *name, *sql;
		int recompute_from; /* 0 = not */
		const char *fault;
		int first_bad;
	} cases[] = {
		{ "change", "UPDATE _audit SET subject = 'case 99' WHERE seq = 7", 0, "row 7 was changed", 7 },
		{ "change a chain value", "UPDATE _audit SET chain = replace(chain, 'a', 'b') WHERE seq = 7", 0, "row 7 was changed", 7 },
		{ "remove", "DELETE FROM _audit WHERE seq = 7", 0, "row 7 was removed", 7 },
		{ "remove the first", "DELETE FROM _audit WHERE seq = 1", 0, "row 1 was removed", 1 },
		{ "remove and close the gap", "DELETE FROM _audit WHERE seq = 7; UPDATE _audit SET seq = -seq WHERE seq > 7;"
		                              "UPDATE _audit SET seq = -seq - 1 WHERE seq < 0", 0, "row 7 was changed", 7 },
		{ "reorder contents", "CREATE TEMP TABLE x AS SELECT seq, subject, at FROM _audit WHERE seq IN (4, 5);"
		                      "UPDATE _audit SET subject = (SELECT subject FROM x WHERE x.seq = 9 - _audit.seq),"
		                      "at = (SELECT at FROM x WHERE x.seq = 9 - _audit.seq) WHERE seq IN (4, 5)", 0,
		  "rows 4 and 5 were reordered", 4 },
		{ "reorder whole rows", "UPDATE _audit SET seq = -4 WHERE seq = 4; UPDATE _audit SET seq = 4 WHERE seq = 6;"
		                        "UPDATE _audit SET seq = 6 WHERE seq = -4", 0, "rows 4 and 6 were reordered", 4 },
		{ "cut", "DELETE FROM _audit WHERE seq > 12", 0,
		  "rows from 13 on were cut: an anchor vouches for row 15", 13 },
		{ "recompute all after a change", "UPDATE _audit SET account = '2' WHERE seq = 7", 7,
		  "the chain up to row 15 was recomputed: it does not lead to the anchored head", 15 },
		{ "cut to nothing", "DELETE FROM _audit", 0, "rows from 1 on were cut: an anchor vouches for row 15", 1 },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		Ledger ledger = { 0 };
		AuditVerdict verdict;

		ledger_init(&ledger);
		ledger_fill(&ledger, FALSE);
		tamper(&ledger, cases[i].sql);
		if (cases[i].recompute_from > 0)
			recompute(&ledger, cases[i].recompute_from);
		cr_assert(audit_verify(&ledger.env, "ledger", ledger.plugin_dir, &verdict, NULL));
		cr_assert_not_null(verdict.fault, "%s went unseen", cases[i].name);
		cr_assert_str_eq(verdict.fault, cases[i].fault, "%s: %s", cases[i].name, verdict.fault);
		cr_assert_eq(verdict.first_bad, cases[i].first_bad, "%s", cases[i].name);
		g_free(verdict.fault);
		ledger_clear(&ledger);
	}
}

Test(audit, a_cut_of_rows_newer_than_the_last_anchor_is_not_vouched_for)
{
	Ledger ledger = { 0 };
	AuditVerdict verdict;

	ledger_init(&ledger);
	ledger_fill(&ledger, FALSE);
	tamper(&ledger, "DELETE FROM _audit WHERE seq > 17");
	cr_assert(audit_verify(&ledger.env, "ledger", ledger.plugin_dir, &verdict, NULL));
	cr_assert_null(verdict.fault);
	cr_assert_eq(verdict.vouched_to, ANCHORED, "it vouches for no more than the anchor");
	ledger_clear(&ledger);
}

/* The two ways to lose what vouches: the database ends before it, or it is gone while old rows are there. */
Test(audit, a_start_is_refused_when_rows_or_all_anchors_are_gone_and_nothing_is_changed_by_it)
{
	static const struct {
		const char *name, *sql, *says;
		int no_anchors; /* 1 = no file, 2 = an empty one */
		gboolean refused;
	} cases[] = {
		{ "rows before the anchor are gone", "DELETE FROM _audit WHERE seq > 10", "第 10 行", FALSE, TRUE },
		{ "the whole database is new", "DELETE FROM _audit", "第 0 行", FALSE, TRUE },
		{ "no anchor for rows of an hour", "UPDATE _audit SET at = at + 3600000 WHERE seq > 5", "没有锚点", TRUE, TRUE },
		{ "no anchor yet for rows of a minute", "UPDATE _audit SET at = at + 60000 WHERE seq > 5", "", TRUE, FALSE },
		{ "an empty file of anchors for rows of an hour", "UPDATE _audit SET at = at + 3600000 WHERE seq > 5", "", 2, FALSE },
		{ "newer rows are gone", "DELETE FROM _audit WHERE seq > 17", "", FALSE, FALSE },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		Ledger ledger = { 0 };
		g_autofree char *anchors = NULL;
		g_autoptr(GError) error = NULL;

		ledger_init(&ledger);
		ledger_fill(&ledger, FALSE);
		anchors = g_build_filename(ledger.dir, "ledger.anchors", NULL);
		tamper(&ledger, cases[i].sql);
		if (cases[i].no_anchors)
			cr_assert_eq(cases[i].no_anchors == 1 ? unlink(anchors) : truncate(anchors, 0), 0);
		StoreOptions options = { .dir = ledger.plugin_dir, .name = "ledger" };
		Store *store = store_open(ledger.stores, &options, &error);
		Audit *audit = audit_new(store, anchors, ledger.keys, "ledger", &error);

		cr_assert_eq(audit == NULL, cases[i].refused, "%s: %s", cases[i].name, error != NULL ? error->message : "");
		cr_assert(error == NULL || strstr(error->message, cases[i].says) != NULL, "%s: %s", cases[i].name,
		          error != NULL ? error->message : "");
		store_close(store);
		audit_free(audit);
		ledger_clear(&ledger);
	}
}

Test(audit, anchors_cut_off_are_found_by_how_long_their_rows_went_without_one)
{
	Ledger ledger = { 0 };
	AuditVerdict verdict;

	ledger_init(&ledger);
	ledger_fill(&ledger, FALSE);
	tamper(&ledger, "UPDATE _audit SET at = at + 3600000 WHERE seq > 18");
	recompute(&ledger, 1);
	cr_assert(audit_verify(&ledger.env, "ledger", ledger.plugin_dir, &verdict, NULL));
	cr_assert_not_null(verdict.fault);
	cr_assert_not_null(strstr(verdict.fault, "anchors are missing"), "%s", verdict.fault);
	cr_assert_eq(verdict.first_bad, ANCHORED + 1);
	g_free(verdict.fault);
	ledger_clear(&ledger);
}

Test(audit, anchors_that_were_changed_or_removed_in_the_middle_are_refused)
{
	static const struct {
		const char *name;
		int drop, change;
	} cases[] = { { "first removed", 0, -1 }, { "first changed", -1, 0 }, { "last changed", -1, 1 } };

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		Ledger ledger = { 0 };
		AuditVerdict verdict;
		g_autofree char *path = NULL, *text = NULL;
		g_autoptr(GString) out = g_string_new(NULL);
		g_autoptr(GError) error = NULL;

		ledger_init(&ledger);
		ledger_fill(&ledger, TRUE);
		path = g_build_filename(ledger.dir, "ledger.anchors", NULL);
		cr_assert(g_file_get_contents(path, &text, NULL, NULL));
		g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
		cr_assert_eq(g_strv_length(lines), 3);
		for (int line = 0; line < 2; line++) {
			if (line == cases[i].change)
				lines[line][0] = lines[line][0] == '9' ? '8' : '9';
			if (line != cases[i].drop)
				g_string_append_printf(out, "%s\n", lines[line]);
		}
		cr_assert(g_file_set_contents(path, out->str, -1, NULL));
		cr_assert_not(audit_verify(&ledger.env, "ledger", ledger.plugin_dir, &verdict, &error), "%s",
		              cases[i].name);
		cr_assert_not_null(strstr(error->message, "anchor"), "%s", error->message);
		ledger_clear(&ledger);
	}
}

Test(audit, verifying_waits_for_no_writer_and_makes_nothing)
{
	Ledger ledger = { 0 };
	AuditVerdict verdict;
	g_autofree char *none = NULL;
	sqlite3 *db;

	ledger_init(&ledger);
	ledger_fill(&ledger, TRUE);
	cr_assert_eq(sqlite3_open(ledger.database, &db), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	cr_assert(audit_verify(&ledger.env, "ledger", ledger.plugin_dir, &verdict, NULL), "somebody writes meanwhile");
	cr_assert_eq(verdict.vouched_to, ROWS);
	sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close(db);
	none = g_build_filename(ledger.dir, "none", NULL);
	cr_assert_not(audit_verify(&ledger.env, "none", none, &verdict, NULL));
	cr_assert_not(g_file_test(none, G_FILE_TEST_EXISTS), "a look made a folder");
	ledger_clear(&ledger);
}

/* Minutes of years; only the last one is signed, as only its signature is looked at. */
static void write_old_anchors(const Ledger *ledger, const char *path, guint lines)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(Digest) digest = digest_new();
	char link[DIGEST_HEX_SIZE] = "-";
	guint8 bytes[DIGEST_SIZE] = { 0 }, signature[SIGNATURE_SIZE] = { 0 };

	for (guint i = 1; i <= lines; i++) {
		g_autofree char *part = g_strdup_printf("%u %d %064d %s", i * 60000, ROWS, 0, link);
		g_autofree char *all = g_strdup_printf("anchor ledger %s", part);
		g_autofree char *encoded = NULL, *line = NULL;

		if (i == lines)
			keys_sign(ledger->keys, all, strlen(all), signature);
		encoded = g_base64_encode(signature, sizeof signature);
		line = g_strdup_printf("%s %s", part, encoded);
		g_string_append_printf(text, "%s\n", line);
		digest_of(digest, line, strlen(line), bytes);
		digest_hex(bytes, link);
	}
	cr_assert(g_file_set_contents(path, text->str, (gssize)text->len, NULL));
}

Test(audit, a_start_looks_at_the_end_of_the_anchors_alone_and_goes_on_there)
{
	Ledger ledger = { 0 };
	g_autofree char *path = NULL;
	g_autoptr(GArray) anchors = NULL;
	g_autoptr(GError) error = NULL;
	StoreOptions options = { .name = "ledger" };
	FILE *file;

	ledger_init(&ledger);
	path = g_build_filename(ledger.dir, "ledger.anchors", NULL);
	ledger_fill(&ledger, FALSE);
	write_old_anchors(&ledger, path, 3000);
	file = fopen(path, "a");
	fputs("half a li", file); /* a kill */
	fclose(file);
	options.dir = ledger.plugin_dir;
	Store *store = store_open(ledger.stores, &options, &error);
	Audit *audit = audit_new(store, path, ledger.keys, "ledger", &error);
	Append rows = { audit, ROWS + 1, ROWS + 3 };

	cr_assert_not_null(audit, "%s", error != NULL ? error->message : "");
	cr_assert(store_write_now(store, append_rows, &rows, &error));
	cr_assert(audit_anchor(audit, 7000, &error), "%s", error != NULL ? error->message : "");
	store_close(store);
	audit_free(audit);
	anchors = anchors_read(path, ledger.keys, "ledger", &error);
	cr_assert_not_null(anchors, "%s", error != NULL ? error->message : "");
	cr_assert_eq(anchors->len, 3001);
	cr_assert_eq(g_array_index(anchors, Anchor, 3000).seq, ROWS + 3);
	ledger_clear(&ledger);
}
