/* SPDX-License-Identifier: Apache-2.0
 * Events of a handler: however many, all of them in order or none. */
#include <criterion/criterion.h>
#include <string.h>
#include "base/log.h"
#include "runtime/exec.h"
#include "testhost/world.h"

enum Turn { TURN_FINE, TURN_REFUSED, TURN_UNDECLARED, TURN_TOO_LONG, TURN_LARGE, TURN_BAD };


static char large[60001];
static char said[256]; /* why the last of them was refused */

/* What reading a log refuses is refused where it is emitted, and the field is named. */
static const struct Bad {
	const char *field;
	zhen_value value;
	const char *what; /* NULL = it is taken */
} bad[] = {
#define TEXT(text_) { ZHEN_KIND_TEXT, sizeof(text_) - 1, { .text = text_ } }
#define NUMBER(number) { ZHEN_KIND_INT, 0, { .integer = number } }
	{ "kind", TEXT("hut"), "choices" },
	{ "kind", TEXT(""), "choices" },
	{ "kind", TEXT("yard"), NULL },
	{ "day", TEXT("2026-02-30"), "is no day" },
	{ "day", TEXT(""), "is no day" },
	{ "day", TEXT("2026-02-28"), NULL },
	{ "when", TEXT("2026-02-28"), "is no time" },
	{ "when", NUMBER(G_MAXINT64), "is no time" },
	{ "when", NUMBER(1700000000000), NULL },
	{ "open", NUMBER(2), "true nor false" },
	{ "open", NUMBER(1), NULL },
	{ "place", TEXT("990101999000"), "is no known division" },
	{ "place", TEXT("9"), "is no known division" },
	{ "text", TEXT("a\0b"), "NUL" },
	{ "text", TEXT("a\xff"), "UTF-8" },
	{ "text", TEXT("永定"), NULL },
	{ "text", NUMBER(1), "is no text" },
	{ "n", TEXT("1"), "is no whole number" },
	{ "no_such", NUMBER(1), "is not declared" },
	{ "twice", NUMBER(1), "is given twice" },
};

static zhen_result publish(zhen_call *call)
{
	const int64_t count = zhen_int(call, "count"), turn = zhen_int(call, "turn");

	for (int64_t i = 1; turn != TURN_BAD && i <= count; i++)
		zhen_emit(call, i % 2 == 1 ? "herald.odd" : "herald.even", "n", i, "place", "990101101000", "text",
		          turn == TURN_LARGE ? large : "x");
	if (turn == TURN_BAD) {
		const struct Bad *row = &bad[count - 1];
		const bool twice = strcmp(row->field, "twice") == 0;
		const zhen_value pairs[] = { zhen_from_text(twice ? "n" : row->field), row->value,
			                     zhen_from_text(twice ? "n" : "rank"), zhen_from_int(1) };

		call->host->emit(call, "herald.told", pairs, 4);
		g_strlcpy(said, ((Call *)call)->fail_text != NULL ? ((Call *)call)->fail_text : "", sizeof said);
		return zhen_ok(call);
	}
	if (turn == TURN_UNDECLARED)
		zhen_emit(call, "herald.odd", "no_such", (int64_t)1);
	if (turn == TURN_TOO_LONG) {
		char *text = call->host->alloc(call, 70001);

		memset(text, 'x', 70000);
		text[70000] = '\0';
		zhen_emit(call, "herald.odd", "text", text);
	}
	return turn == TURN_REFUSED ? zhen_fail(call, ZHEN_CONFLICT, "not-now", "现在不行") : zhen_ok(call);
}

static const zhen_field made[] = { { .name = "n", .type = ZHEN_INT },
	                           { .name = "place", .type = ZHEN_DIVISION },
	                           { .name = "text", .type = ZHEN_TEXT },
	                           { 0 } };
static const zhen_field told[] = { { .name = "n", .type = ZHEN_INT },
	                           { .name = "rank", .type = ZHEN_INT },
	                           { .name = "kind", .type = ZHEN_CHOICE, .choices = "house=住房|yard" },
	                           { .name = "day", .type = ZHEN_DATE },
	                           { .name = "when", .type = ZHEN_TIME },
	                           { .name = "open", .type = ZHEN_BOOL },
	                           { .name = "place", .type = ZHEN_DIVISION },
	                           { .name = "text", .type = ZHEN_TEXT },
	                           { 0 } };
static const zhen_topic topics[] = { { .name = "herald.told", .fields = told, .subject = "n", .summary = "x" },
	                             { .name = "herald.odd", .fields = made, .subject = "n", .scope = "place", .summary = "x" },
	                             { .name = "herald.even", .fields = made, .subject = "n", .scope = "place", .summary = "x" },
	                             { 0 } };
static const zhen_field asked[] = { { .name = "count", .type = ZHEN_INT }, { .name = "turn", .type = ZHEN_INT }, { 0 } };
static const zhen_route routes[] = {
	{ .path = "/t", .method = ZHEN_POST, .handle = publish, .fields = asked, .flags = ZHEN_PUBLIC, .summary = "x" }, { 0 } };
ZHEN_PLUGIN(herald, "1.0.0", .title = "herald", .topics = topics, .routes = routes);

typedef struct Herald {
	World *world;
	RuntimeEnv env;
	Plugin *plugin;
	Pool *pool;
	Loop *loop;
	Runtime *runtime;
	gint status, told;
} Herald;

static void on_emitted(void *data, const Plugin *plugin)
{
	(void)plugin;
	g_atomic_int_inc(&((Herald *)data)->told);
}

static void herald_open(Herald *herald)
{
	g_autoptr(GError) error = NULL;
	StoreOptions store = { 0 };

	log_set_level(0);
	memset(herald, 0, sizeof *herald);
	memset(large, 'y', sizeof large - 1);
	herald->world = world_new(NULL, NULL, &error);
	cr_assert_not_null(herald->world, "%s", error != NULL ? error->message : "");
	herald->env = herald->world->env;
	herald->env.emitted = on_emitted;
	herald->env.emitted_data = herald;
	herald->plugin = plugin_bind(&zhen_plugin_entry, &error);
	cr_assert_not_null(herald->plugin, "%s", error != NULL ? error->message : "");
	herald->pool = pool_new(&herald->env, 1);
	herald->loop = loop_new(0, NULL);
	g_autofree char *dir = g_build_filename(herald->world->dir, "herald", NULL);
	herald->runtime = runtime_new(&herald->env, herald->pool, herald->plugin, dir, &store,
	                              settings_from_json(herald->plugin, "{}", &error), &error);
	cr_assert_not_null(herald->runtime, "%s", error != NULL ? error->message : "");
}

static void herald_close(Herald *herald)
{
	runtime_free(herald->runtime);
	pool_free(herald->pool);
	loop_free(herald->loop);
	plugin_free(herald->plugin);
	world_free(herald->world);
}

static void on_reply(void *data, CallReply *reply)
{
	Herald *herald = data;

	herald->status = reply->status;
	call_reply_free(reply);
	loop_stop(herald->loop);
}

static gint ask(Herald *herald, gint count, enum Turn turn)
{
	char body[64];
	CallRequest request = { .kind = CALL_ROUTE, .caller = { .account = "", .name = "", .body = "", .division = "", .on_behalf = "" },
		                .now_ms = 1700000000000, .request_id = "r", .base_url = "", .address = "", .body = body };

	request.body_length = (gsize)g_snprintf(body, sizeof body, "{\"count\":%d,\"turn\":%d}", count, turn);
	herald->status = 0;
	runtime_submit(herald->runtime, herald->loop, &request, on_reply, herald);
	while (herald->status == 0)
		loop_run(herald->loop);
	return herald->status;
}

static gint64 number(Herald *herald, const char *sql)
{
	const guint slot = herald->env.readers - 1;
	StoreConn *conn = store_read(runtime_store(herald->runtime), slot, NULL);
	gint64 value = -1;

	cr_assert(store_exec(conn, STORE_HOST, sql, NULL, 0, &value, NULL));
	store_read_done(herald->env.stores, slot);
	return value;
}

/* Rows that are not what the handler said, in its order, behind @before of earlier calls. */
static gint64 wrong_rows(Herald *herald, gint64 before)
{
	g_autofree char *sql = g_strdup_printf(
		"SELECT COUNT(*) FROM _event WHERE seq > %" G_GINT64_FORMAT " AND NOT (json_extract(body, '$.n') = seq - %" G_GINT64_FORMAT
		" AND subject = CAST(json_extract(body, '$.n') AS TEXT) AND division = '990101101000' AND at = 1700000000000 AND "
		"topic = CASE json_extract(body, '$.n') %% 2 WHEN 1 THEN 'herald.odd' ELSE 'herald.even' END AND "
		"json_extract(body, '$.place') = division)",
		before, before);

	return number(herald, sql);
}

Test(emit, however_many_they_are_all_there_in_order, .timeout = 60)
{
	static const gint counts[] = { 0, 1, 2, 15, 16, 17, 31, 32, 33, 200 };
	gint64 before = 0;
	Herald herald;

	herald_open(&herald);
	for (gsize i = 0; i < G_N_ELEMENTS(counts); i++) {
		herald.told = 0;
		cr_assert_eq(ask(&herald, counts[i], TURN_FINE), 200);
		cr_assert_eq(number(&herald, "SELECT COUNT(*) FROM _event"), before + counts[i], "of %d", counts[i]);
		cr_assert_eq(wrong_rows(&herald, before), 0, "of %d", counts[i]);
		cr_assert_eq(herald.told, counts[i] > 0, "the bus is told of %d events %d times", counts[i],
		             herald.told);
		before += counts[i];
	}
	herald_close(&herald);
}

Test(emit, large_ones_do_not_collect_without_end, .timeout = 60)
{
	Herald herald;

	herald_open(&herald);
	cr_assert_eq(ask(&herald, 40, TURN_LARGE), 200);
	cr_assert_eq(number(&herald, "SELECT COUNT(*) FROM _event WHERE length(body) > 60000"), 40);
	cr_assert_eq(wrong_rows(&herald, 0), 0);
	herald_close(&herald);
}

Test(emit, of_a_handler_that_fails_none_is_left, .timeout = 60)
{
	static const struct {
		enum Turn turn;
		gint status;
	} cases[] = { { TURN_REFUSED, 409 }, { TURN_UNDECLARED, 500 }, { TURN_TOO_LONG, 500 } };
	static const gint counts[] = { 1, 16, 20 };
	Herald herald;

	herald_open(&herald);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		for (gsize j = 0; j < G_N_ELEMENTS(counts); j++) {
			cr_assert_eq(ask(&herald, counts[j], cases[i].turn), cases[i].status, "%d answered %d",
			             cases[i].turn, herald.status);
			cr_assert_eq(number(&herald, "SELECT COUNT(*) FROM _event"), 0, "%d after %d", cases[i].turn,
			             counts[j]);
			cr_assert_eq(herald.told, 0);
		}
	cr_assert_eq(ask(&herald, 3, TURN_FINE), 200, "and nothing of them comes with the next call");
	cr_assert_eq(number(&herald, "SELECT COUNT(*) FROM _event"), 3);
	cr_assert_eq(wrong_rows(&herald, number(&herald, "SELECT min(seq) - 1 FROM _event")), 0);
	herald_close(&herald);
}

Test(emit, what_a_log_is_not_read_with_is_refused_to_who_emits_it, .timeout = 60)
{
	gint64 taken = 0;
	Herald herald;

	herald_open(&herald);
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		const gboolean twice = strcmp(bad[i].field, "twice") == 0;
		const gint status = ask(&herald, (gint)i + 1, TURN_BAD);

		cr_expect_eq(status, bad[i].what != NULL ? 500 : 200, "%zu %s: %d %s", i, bad[i].field, status, said);
		cr_expect(bad[i].what == NULL || (strstr(said, bad[i].what) != NULL &&
		                                  strstr(said, twice ? " n " : bad[i].field) != NULL),
		          "%zu %s: %s", i, bad[i].field, said);
		taken += bad[i].what == NULL;
	}
	cr_expect_eq(number(&herald, "SELECT COUNT(*) FROM _event"), taken);
	herald_close(&herald);
}
