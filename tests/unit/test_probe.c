/* SPDX-License-Identifier: Apache-2.0
 * Every function of the SDK, in both homes: the same answers, rows, events and audit. */
#include <criterion/criterion.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <zhen/test.h>

#define PROBE BINARY_DIR "/plugins/probe/probe.so"
#define THING                                                                                                       \
	"{\"village\":\"990101101001\",\"title\":\"%s\",\"amount_fen\":1250,\"person\":\"欧阳小明\",\"phone\":\"13800001234\"," \
	"\"when\":\"2026-09-18T10:00:00+08:00\",\"urgent\":true,\"area\":\"120.50\",\"members\":[{\"name\":\"张三\","        \
	"\"id_card\":\"11010519491231002X\",\"head\":true},{\"name\":\"李四\"}]}"

static zhen_test *start(uint32_t worker)
{
	static const char *const settings[] = { "greeting", "早上好", "days", "12", "table", "一,二", NULL };
	zhen_test_options options = { .size = sizeof options, .worker = worker, .plugin = PROBE, .settings = settings };
	zhen_test *test = zhen_test_new(&options);

	cr_assert_not_null(test, "%s", zhen_test_error(NULL));
	zhen_test_account(test, "7", "周掌印", "window-990101101000", "probe.write");
	zhen_test_account(test, "8", "周只读", "window-990101101000", "probe.read");
	return test;
}

static void add(zhen_test *test, const char *title)
{
	g_autofree char *json = g_strdup_printf(THING, title);

	cr_assert_eq(zhen_test_call(test, "POST", "/things", json), 201, "%s", zhen_test_body(test));
}

/* ---- one story, told to both homes ---- */

typedef struct Ask {
	const char *method, *path, *json, *key, *match;
	int status;
} Ask;

#define LONG_KEY "a-key-nobody-could-guess-1"

#define ECHO(keeper)                                                                                                       \
	"{\"village\":\"990101101001\",\"title\":\"a\",\"person\":\"王\",\"phone\":\"13800001234\",\"keeper\":\"" keeper "\"," \
	"\"members\":[{\"name\":\"王\"}]}"

static const Ask story[] = {
	{ "POST", "/things", "{\"village\":\"990101101001\",\"title\":\"一\",\"person\":\"王五\",\"phone\":\"0878-6711234\","
	                     "\"members\":[{\"name\":\"王五\",\"head\":true}]}", NULL, NULL, 201 },
	{ "POST", "/things", "{\"village\":\"990101102001\",\"title\":\"二\",\"person\":\"赵\",\"phone\":\"13800001234\","
	                     "\"members\":[{\"name\":\"赵\"}]}", "key-1", NULL, 201 },
	{ "POST", "/things", "{\"village\":\"990101102001\",\"title\":\"二\",\"person\":\"赵\",\"phone\":\"13800001234\","
	                     "\"members\":[{\"name\":\"赵\"}]}", "key-1", NULL, 201 },
	{ "POST", "/things", "{\"village\":\"990101102001\",\"title\":\"三\",\"person\":\"赵\",\"phone\":\"13800001234\","
	                     "\"members\":[{\"name\":\"赵\"}]}", "key-1", NULL, 422 },
	{ "POST", "/things", "{\"village\":\"990101101001\",\"title\":\"一\",\"person\":\"王五\",\"phone\":\"0878-6711234\","
	                     "\"members\":[{\"name\":\"王五\"}]}", NULL, NULL, 409 },
	{ "POST", "/things", "{\"village\":\"990101101000\",\"title\":\"\",\"phone\":\"1\",\"members\":[],\"x\":1}", NULL, NULL, 422 },
	{ "POST", "/things", "{\"village\":", NULL, NULL, 422 },
	{ "GET", "/things", NULL, NULL, NULL, 200 },
	{ "GET", "/things?limit=1", NULL, NULL, NULL, 200 },
	{ "GET", "/things?limit=0", NULL, NULL, NULL, 422 },
	{ "GET", "/things?cursor=zz", NULL, NULL, NULL, 422 },
	{ "GET", "/things/1", NULL, NULL, NULL, 200 },
	{ "GET", "/things/77", NULL, NULL, NULL, 404 },
	{ "PATCH", "/things/1", "{\"title\":\"新\"}", NULL, NULL, 428 },
	{ "PATCH", "/things/1", "{\"title\":\"新\"}", NULL, "\"1\"", 200 },
	{ "PATCH", "/things/1", "{\"title\":\"旧\"}", NULL, "\"1\"", 412 },
	{ "POST", "/echo", "{\"village\":\"990101101001\",\"title\":\"a\\\"<\",\"amount_fen\":7,\"person\":\"王\",\"phone\":\"13800001234\","
	                   "\"when\":\"2026-01-01T00:00:00Z\",\"members\":[{\"name\":\"王\",\"head\":true},{\"name\":\"李\"}]}", NULL, NULL, 200 },
	{ "POST", "/echo", "{\"village\":\"990101101001\",\"title\":\"a\",\"person\":\"王\",\"phone\":\"13800001234\",\"note\":\"x\","
	                   "\"members\":[{\"name\":\"王\"}]}", NULL, NULL, 422 },
	{ "POST", "/echo", ECHO("7"), NULL, NULL, 200 },
	{ "POST", "/echo", ECHO("8"), NULL, NULL, 422 },
	{ "POST", "/echo", ECHO("9"), NULL, NULL, 422 },
	{ "GET", "/look", NULL, NULL, NULL, 200 },
	{ "GET", "/pool", NULL, NULL, NULL, 200 },
	{ "GET", "/slow", NULL, NULL, NULL, 200 },
	{ "POST", "/nothing", NULL, NULL, NULL, 204 },
	{ "GET", "/bad/write", NULL, NULL, NULL, 500 },
	{ "POST", "/bad/topic", NULL, NULL, NULL, 500 },
	{ "POST", "/bad/event", NULL, NULL, NULL, 500 },
	{ "POST", "/bad/audit", NULL, NULL, NULL, 500 },
	{ "POST", "/bad/field", NULL, NULL, NULL, 500 },
	{ "POST", "/bad/late", NULL, NULL, NULL, 409 },
	{ "GET", "/things/1/paper", NULL, NULL, NULL, 200 },
};

static void tell(zhen_test *test, GString *out)
{
	static const char *const headers[] = { "location", "etag", "content-type", "file-name" };

	zhen_test_as(test, "1", "county-990101000000", NULL, "*");
	for (guint i = 0; i < G_N_ELEMENTS(story); i++) {
		const Ask *ask = &story[i];
		int status = zhen_test_call_with(test, ask->method, ask->path, ask->json, ask->key, ask->match);
		const void *blob;
		size_t length;

		cr_assert_eq(status, ask->status, "%s %s (%u): %d %s", ask->method, ask->path, i, status,
		             zhen_test_body(test));
		g_string_append_printf(out, "%s %s %d %s\n", ask->method, ask->path, status, zhen_test_body(test));
		for (guint k = 0; k < G_N_ELEMENTS(headers); k++)
			g_string_append_printf(out, "%s: %s\n", headers[k], zhen_test_header(test, headers[k]));
		blob = zhen_test_blob(test, &length);
		if (length > 0)
			g_string_append_printf(out, "blob %.*s\n", (int)length, (const char *)blob);
		zhen_test_run_jobs(test);
	}
	g_string_append(out, zhen_test_dump(test));
}

/* The epoch of a store's log is drawn anew for each database, so that two of them are never taken for one. */
static char *without_epoch(const char *text)
{
	g_autoptr(GRegex) epoch = g_regex_new("(\"name\":\"epoch\",\"value\":)[0-9]+", 0, 0, NULL);

	return g_regex_replace(epoch, text, -1, 0, "\\1*", 0, NULL);
}

/* Byte for byte, with nothing else left out: the clock stands and the keys are the test host's, so times, digests, tickets,
 * signatures and the chain must be the same. A code, random as well, the probe answers with its length only. */
Test(probe, both_homes_give_the_same_answers_rows_events_and_audit)
{
	static const char *const there[] = { "\"chain\":\"", "\"digest\":\"", "\"ticket\":\"1789693", "\"signature\":\"",
		                             "\"at\":1789693200000", "== _event\n{", "== _audit\n{", "blob thing 1",
		                             "\"now\":\"2026-09-18T09:00:00.000+08:00\"" };
	g_autoptr(GString) inproc = g_string_new(NULL), worker = g_string_new(NULL);
	g_autofree char *a = NULL, *b = NULL;
	zhen_test *test = start(0);

	tell(test, inproc);
	zhen_test_free(test);
	test = start(1);
	tell(test, worker);
	zhen_test_free(test);
	a = without_epoch(inproc->str);
	b = without_epoch(worker->str);
	g_auto(GStrv) la = g_strsplit(a, "\n", -1), lb = g_strsplit(b, "\n", -1);
	cr_assert_eq(g_strv_length(la), g_strv_length(lb));
	for (guint i = 0; la[i] != NULL; i++)
		cr_assert_str_eq(la[i], lb[i]);
	cr_assert_gt(g_strv_length(la), 60);
	/* Nothing is the same only because it is missing. */
	for (guint i = 0; i < G_N_ELEMENTS(there); i++)
		cr_assert_not_null(strstr(inproc->str, there[i]), "no %s", there[i]);
}

Test(probe, what_a_failed_handler_wrote_and_emitted_is_gone_but_its_audit_row_stays)
{
	zhen_test *test = start(0);

	cr_assert_eq(zhen_test_call(test, "POST", "/bad/late", NULL), 409);
	cr_assert_str_eq(zhen_test_value(test, "code"), "case-closed");
	cr_assert_str_eq(zhen_test_value(test, "title"), "案件 99 已办结");
	cr_assert_str_eq(zhen_test_sql(test, "SELECT COUNT(*) FROM paper"), "0");
	cr_assert_str_eq(zhen_test_sql(test, "SELECT COUNT(*) FROM _event"), "0");
	cr_assert_str_eq(zhen_test_sql(test, "SELECT outcome FROM _audit ORDER BY seq DESC LIMIT 1"), "409");
	zhen_test_free(test);
}

Test(probe, a_known_key_gives_the_stored_answer_and_files_once)
{
	zhen_test *test = start(0);
	g_autofree char *json = g_strdup_printf(THING, "一");
	g_autofree char *first = NULL;

	cr_assert_eq(zhen_test_call_with(test, "POST", "/things", json, "k", NULL), 201);
	first = g_strdup(zhen_test_body(test));
	cr_assert_eq(zhen_test_call_with(test, "POST", "/things", json, "k", NULL), 201);
	cr_assert_str_eq(zhen_test_body(test), first);
	cr_assert_str_eq(zhen_test_header(test, "location"), "/p/probe/things/1");
	cr_assert_str_eq(zhen_test_sql(test, "SELECT COUNT(*) FROM thing"), "1");
	zhen_test_as(test, "2", "government-990101101000", NULL, "*");
	cr_assert_eq(zhen_test_call_with(test, "POST", "/things", json, "k", NULL), 409,
	             "another account's key is another key");
	zhen_test_anonymous(test);
	zhen_test_free(test);
}

Test(probe, personal_fields_are_masked_unless_the_reading_is_recorded)
{
	zhen_test *test = start(0);
	const char *count = "SELECT COUNT(*) FROM _audit WHERE route = 'GET /things/{id}'";

	add(test, "一");
	zhen_test_as(test, "1", "government-990101101000", NULL, "probe.read");
	cr_assert_eq(zhen_test_call(test, "GET", "/things/1", NULL), 200);
	cr_assert_str_eq(zhen_test_value(test, "person"), "欧**");
	cr_assert_str_eq(zhen_test_value(test, "phone"), "138****1234");
	cr_assert_str_eq(zhen_test_value(test, "members.0.id_card"), "110105**********2X");
	cr_assert_str_eq(zhen_test_sql(test, count), "0");
	zhen_test_as(test, "1", "government-990101101000", NULL, "probe.read probe.clear");
	cr_assert_eq(zhen_test_call(test, "GET", "/things/1", NULL), 200);
	cr_assert_str_eq(zhen_test_value(test, "person"), "欧阳小明");
	cr_assert_str_eq(zhen_test_value(test, "members.0.id_card"), "11010519491231002X");
	cr_assert_str_eq(zhen_test_sql(test, count), "1", "seen in clear without a row that says so");
	cr_assert_eq(zhen_test_call(test, "GET", "/things", NULL), 200);
	cr_assert_str_eq(zhen_test_value(test, "items.0.person"), "欧**", "lists stay masked");
	zhen_test_free(test);
}

Test(probe, scope_decides_which_rows_a_caller_sees)
{
	static const struct {
		const char *who, *body, *division;
		int rows;
	} cases[] = {
		{ "its township", "window-990101101000", NULL, 1 },
		{ "the other township", "window-990101102000", NULL, 1 },
		{ "the county", "county-990101000000", NULL, 2 },
		{ "the prefecture", "prefecture-990100000000", NULL, 2 },
		{ "its village", "village-990101101001", NULL, 1 },
		{ "another village of the township", "village-990101101002", NULL, 0 },
	};
	zhen_test *test = start(0);

	add(test, "一");
	zhen_test_as(test, "9", "county-990101000000", NULL, "*");
	cr_assert_eq(zhen_test_call(test, "POST", "/things",
	                            "{\"village\":\"990101102001\",\"title\":\"二\",\"person\":\"赵\",\"phone\":\"13800001234\","
	                            "\"members\":[{\"name\":\"赵\"}]}"),
	             201);
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		zhen_test_as(test, "1", cases[i].body, cases[i].division, "probe.read");
		cr_assert_eq(zhen_test_call(test, "GET", "/things", NULL), 200);
		for (int row = 0; row <= cases[i].rows; row++) {
			g_autofree char *path = g_strdup_printf("items.%d.id", row);

			cr_assert_eq(zhen_test_value(test, path) != NULL, row < cases[i].rows, "%s: row %d",
			             cases[i].who, row);
		}
	}
	zhen_test_anonymous(test);
	cr_assert_eq(zhen_test_call(test, "GET", "/things", NULL), 401);
	zhen_test_as(test, "1", "window-990101101000", NULL, "probe.write");
	cr_assert_eq(zhen_test_call(test, "GET", "/things", NULL), 403);
	zhen_test_free(test);
}

Test(probe, nobody_writes_into_a_place_outside_his_own)
{
	static const struct {
		const char *body, *village, *place;
		int status;
	} cases[] = {
		{ "window-990101101000", "990101101001", "990101101002", 201 },
		{ "window-990101101000", "990101102001", "990101101002", 422 },
		{ "window-990101101000", "990101101001", "990101102001", 422 }, /* inside a list */
		{ "village-990101101001", "990101101002", "990101101001", 422 },
		{ "county-990101000000", "990101102001", "990101101001", 201 },
	};
	zhen_test *test = start(0);

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *json = g_strdup_printf("{\"village\":\"%s\",\"title\":\"%u\",\"person\":\"王\","
		                                        "\"phone\":\"13800001234\",\"members\":[{\"name\":\"王\",\"place\":\"%s\"}]}",
		                                        cases[i].village, i, cases[i].place);

		zhen_test_as(test, "1", cases[i].body, NULL, "*");
		cr_assert_eq(zhen_test_call(test, "POST", "/things", json), cases[i].status, "%s in %s: %s",
		             cases[i].body, cases[i].village, zhen_test_body(test));
		if (cases[i].status == 422)
			cr_assert_str_eq(zhen_test_value(test, "errors.0.code"), "outside-division");
	}
	zhen_test_free(test);
}

Test(probe, pages_follow_one_another_without_gap_or_repeat)
{
	zhen_test *test = start(0);
	g_autofree char *cursor = g_strdup("");
	int seen = 0, pages = 0;

	for (int i = 0; i < 7; i++) {
		g_autofree char *title = g_strdup_printf("第%d", i);

		add(test, title);
	}
	for (int64_t expect = 7; cursor != NULL; pages++) {
		g_autofree char *path = g_strdup_printf("/things?limit=3&cursor=%s", cursor);

		cr_assert_eq(zhen_test_call(test, "GET", path, NULL), 200, "%s", zhen_test_body(test));
		for (int i = 0; i < 3; i++) {
			g_autofree char *id = g_strdup_printf("items.%d.id", i);

			if (zhen_test_value(test, id) != NULL) {
				cr_assert_eq(zhen_test_int(test, id), expect--);
				seen++;
			}
		}
		g_free(cursor);
		cursor = g_strdup(zhen_test_value(test, "next"));
	}
	cr_assert_eq(seen, 7);
	cr_assert_eq(pages, 3);
	zhen_test_free(test);
}

Test(probe, jobs_run_once_by_the_clock_the_test_turns)
{
	static const char *const titles[] = { "一", "二", "三", "四", "五", "六", "七", "八", "九" };
	zhen_test *test = start(0);

	/* By the last one's answer the loop has long heard that the first enqueued something. */
	for (guint i = 0; i < G_N_ELEMENTS(titles); i++)
		add(test, titles[i]);
	cr_assert_str_eq(zhen_test_sql(test, "SELECT COUNT(*) FROM paper"), "0", "not before the test says so");
	zhen_test_run_jobs(test);
	cr_assert_str_eq(zhen_test_sql(test, "SELECT COUNT(*) FROM paper"), "9");
	cr_assert_str_eq(zhen_test_sql(test, "SELECT COUNT(*) FROM _job"), "0");
	cr_assert_str_eq(zhen_test_sql(test, "SELECT COUNT(*) FROM _blob"), "9");
	zhen_test_run_jobs(test);
	cr_assert_str_eq(zhen_test_sql(test, "SELECT COUNT(*) FROM paper"), "9");
	cr_assert_str_eq(zhen_test_sql(test, "SELECT COUNT(*) FROM _audit WHERE route = 'job minute'"), "0",
	                 "a job that found nothing to do leaves no row");
	zhen_test_free(test);
}

/* An account is one that the host knows, posted in the caller's division, with the permission that the field asks for. */
static const struct {
	const char *keeper, *division, *code;
} named[] = {
	{ "7", "990101101000", "" },
	{ "7", "990101000000", "" },
	{ "7", "990101102000", "account-out-of-scope" },
	{ "8", "990101101000", "account-without-permission" },
	{ "9", "990101101000", "unknown-account" },
	{ "王", "990101101000", "unknown-account" },
	{ "07", "990101101000", "unknown-account" },
};

Test(probe, an_account_is_named_only_where_the_host_knows_it_fits)
{
	for (uint32_t worker = 0; worker < 2; worker++) {
		zhen_test *test = start(worker);

		for (gsize i = 0; i < G_N_ELEMENTS(named); i++) {
			g_autofree char *json = g_strdup_printf(ECHO("%s"), named[i].keeper);

			zhen_test_as(test, "1", "government-990101101000", named[i].division, "*");
			if (strcmp(named[i].division, "990101102000") == 0) {
				g_autofree char *there = g_strdup(json);
				memcpy(strstr(there, "990101101001"), "990101102001", 12);
				cr_expect_eq(zhen_test_call(test, "POST", "/echo", there), 422);
			} else {
				cr_expect_eq(zhen_test_call(test, "POST", "/echo", json), named[i].code[0] == '\0' ? 200 : 422, "%s",
				             zhen_test_body(test));
			}
			if (named[i].code[0] == '\0') {
				cr_expect_str_eq(zhen_test_value(test, "keeper"),
				                 "7 周掌印 window-990101101000 990101101000");
				cr_expect_str_eq(zhen_test_value(test, "elsewhere"), "0");
				cr_expect_str_eq(zhen_test_value(test, "may_read"), "0");
				continue;
			}
			cr_expect_str_eq(zhen_test_value(test, "errors.0.field"), "keeper");
			cr_expect_str_eq(zhen_test_value(test, "errors.0.code"), named[i].code);
		}
		zhen_test_free(test);
	}
}
