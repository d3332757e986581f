/* SPDX-License-Identifier: Apache-2.0
 * Calls and jobs of one runtime at its edges: what is left over, what is too much, what nobody declared. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include "base/clock.h"
#include "base/log.h"
#include "runtime/exec.h"
#include "testhost/world.h"

static int tidied, chained, chain_stop;

static zhen_result add(zhen_call *call)
{
	int64_t id = zhen_insert(call, "INSERT INTO t(n, phone) VALUES($1, $2) RETURNING id", zhen_int(call, "n"),
	                         "13812345678");

	return zhen_created(call, id);
}

static zhen_result change(zhen_call *call)
{
	zhen_put(call, "changed", zhen_run(call, "UPDATE t SET n = $1", zhen_int(call, "n")));
	return zhen_ok(call);
}

static zhen_result list(zhen_call *call)
{
	return zhen_page(call, "SELECT id, n FROM t WHERE n >= 0 {{page id DESC}}");
}

static zhen_result unfinished(zhen_call *call)
{
	return zhen_page(call, "SELECT id, n FROM no_such WHERE n >= 0 {{page id DESC}}");
}

static zhen_result endless(zhen_call *call)
{
	zhen_put(call, "n", zhen_column_int(zhen_one(call, "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) "
	                                                   "SELECT COUNT(x) AS n FROM c"), "n"));
	return zhen_ok(call);
}

static zhen_result unpaged(zhen_call *call)
{
	return zhen_page(call, "SELECT id, n FROM t ORDER BY id");
}

static Store *collected; /* what the collector goes through while the handler runs */
static char old_blob[65];

/* The collector comes between the look at the file and the commit of the row that names it. */
static zhen_result keep_old(zhen_call *call)
{
	call->host->blob_keep(call, old_blob, "case 1");
	blob_collect(collected, 24 * 3600 * G_GINT64_CONSTANT(1000), NULL, NULL);
	return zhen_ok(call);
}

static zhen_result people(zhen_call *call)
{
	zhen_put(call, "phone", 13812345678);
	zhen_put(call, "short_phone", "68891234");
	zhen_put(call, "id_card", "身份证号码不详哦哦");
	zhen_put(call, "contact", "13812345678");
	zhen_put_json(call, "other_phone", "\"13812345678\"");
	zhen_put_json(call, "more", "{\"contact\":\"13812345678\",\"list\":[{\"contact\":13812345678}]}");
	return zhen_ok(call);
}

static zhen_result members(zhen_call *call)
{
	zhen_put_json(call, "members", zhen_field_json(call, "members"));
	return zhen_ok(call);
}

static zhen_result tidy(zhen_call *call)
{
	tidied++;
	return zhen_ok(call);
}

static zhen_result chain(zhen_call *call)
{
	if (++chained < chain_stop)
		zhen_enqueue(call, "chain", 0);
	return zhen_ok(call);
}

static const zhen_migration migrations[] = {
	{ .number = 1, .sql = "CREATE TABLE t(id {{id}}, n BIGINT NOT NULL, phone TEXT NOT NULL)" }, { 0 }
};
static const zhen_field n_field[] = { { .name = "n", .type = ZHEN_INT, .flags = ZHEN_REQUIRED }, { 0 } };
static const zhen_field contact_field[] = { { .name = "contact", .type = ZHEN_PHONE }, { 0 } };
static const zhen_field member_fields[] = { { .name = "age", .type = ZHEN_INT }, { .name = "head", .type = ZHEN_BOOL }, { 0 } };
static const zhen_field members_field[] = { { .name = "members", .type = ZHEN_LIST, .fields = member_fields }, { 0 } };
static const zhen_field people_reply[] = {
	{ .name = "phone", .type = ZHEN_PHONE }, { .name = "short_phone", .type = ZHEN_PHONE },
	{ .name = "id_card", .type = ZHEN_ID_CARD }, { .name = "other_phone", .type = ZHEN_PHONE }, { 0 }
};
static const zhen_job jobs[] = {
	{ .name = "tidy", .handle = tidy, .summary = "x" }, { .name = "chain", .handle = chain, .summary = "x" }, { 0 }
};
static const zhen_route routes[] = {
	{ .path = "/t", .method = ZHEN_POST, .handle = add, .fields = n_field, .flags = ZHEN_PUBLIC, .summary = "x" },
	{ .path = "/t", .method = ZHEN_GET, .handle = list, .flags = ZHEN_PUBLIC, .summary = "x" },
	{ .path = "/unfinished", .method = ZHEN_GET, .handle = unfinished, .flags = ZHEN_PUBLIC, .summary = "x" },
	{ .path = "/people", .method = ZHEN_GET, .handle = people, .reply = people_reply, .flags = ZHEN_PUBLIC, .summary = "x" },
	{ .path = "/members", .method = ZHEN_POST, .handle = members, .fields = members_field, .flags = ZHEN_PUBLIC, .summary = "x" },
	{ .path = "/contact", .method = ZHEN_POST, .handle = members, .fields = contact_field, .flags = ZHEN_PUBLIC, .summary = "x" },
	{ .path = "/t", .method = ZHEN_PUT, .handle = change, .fields = n_field, .flags = ZHEN_PUBLIC, .summary = "x" },
	{ .path = "/keep", .method = ZHEN_POST, .handle = keep_old, .flags = ZHEN_PUBLIC, .summary = "x" },
	{ .path = "/endless", .method = ZHEN_GET, .handle = endless, .flags = ZHEN_PUBLIC, .summary = "x" },
	{ .path = "/unpaged", .method = ZHEN_GET, .handle = unpaged, .flags = ZHEN_PUBLIC, .summary = "x" },
	{ 0 },
};
enum { ADD, LIST, UNFINISHED, PEOPLE, MEMBERS, CONTACT, CHANGE, KEEP, ENDLESS, UNPAGED };
ZHEN_PLUGIN(rough, "1.0.0", .title = "rough", .migrations = migrations, .jobs = jobs, .routes = routes);

typedef struct Rough {
	World *world;
	Plugin *plugin;
	Pool *pool;
	Loop *loop;
	Runtime *runtime;
	CallReply *reply;
	gboolean settled;
} Rough;

static void turn(void *data)
{
	runtime_turn(data, 0);
}

static guint read_steps; /* 0 = as shipped */

static Rough rough_new(guint idempotency_max)
{
	Rough rough = { 0 };
	g_autoptr(GError) error = NULL;
	StoreOptions store = { .read_steps = read_steps };

	log_set_level(LOG_ERROR);
	tidied = chained = 0;
	chain_stop = 3;
	rough.world = world_new(NULL, NULL, &error);
	cr_assert_not_null(rough.world, "%s", error != NULL ? error->message : "");
	rough.world->env.idempotency_max = idempotency_max;
	rough.plugin = plugin_bind(&zhen_plugin_entry, &error);
	cr_assert_not_null(rough.plugin, "%s", error != NULL ? error->message : "");
	rough.pool = pool_new(&rough.world->env, 2);
	rough.loop = loop_new(0, NULL);
	loop_add_turn_hook(rough.loop, turn, &rough.world->env);
	g_autofree char *dir = g_build_filename(rough.world->dir, "rough", NULL);
	rough.runtime = runtime_new(&rough.world->env, rough.pool, rough.plugin, dir, &store,
	                            settings_from_json(rough.plugin, "{}", &error), &error);
	cr_assert_not_null(rough.runtime, "%s", error != NULL ? error->message : "");
	return rough;
}

static void rough_clear(Rough *rough)
{
	runtime_stop_jobs(rough->runtime);
	runtime_free(rough->runtime);
	pool_free(rough->pool);
	loop_free(rough->loop);
	plugin_free(rough->plugin);
	call_reply_free(rough->reply);
	world_free(rough->world);
}

static void on_reply(void *data, CallReply *reply)
{
	Rough *rough = data;

	call_reply_free(rough->reply);
	rough->reply = reply;
	rough->settled = TRUE;
	loop_stop(rough->loop);
}

static const char *key; /* Idempotency-Key of the calls that follow; NULL = none */

static gint call(Rough *rough, guint index, const CallParam *params, guint n_params, const char *body)
{
	CallRequest request = { .kind = CALL_ROUTE, .index = index, .caller = { "", "", "", "", "", 0, FALSE }, .now_ms = 1,
		                .request_id = "r", .base_url = "", .address = "", .params = params, .n_params = n_params,
		                .idempotency_key = key, .body = body, .body_length = body != NULL ? strlen(body) : 0 };

	rough->settled = FALSE;
	runtime_submit(rough->runtime, rough->loop, &request, on_reply, rough);
	while (!rough->settled)
		loop_run(rough->loop);
	return rough->reply->status;
}

static void on_settled(void *data)
{
	Rough *rough = data;

	rough->settled = TRUE;
	loop_stop(rough->loop);
}

static void settle(Rough *rough)
{
	rough->settled = FALSE;
	runtime_settle_jobs(rough->runtime, on_settled, rough);
	while (!rough->settled)
		loop_run(rough->loop);
}

static gboolean exec(StoreConn *conn, void *data, GError **error)
{
	return store_exec(conn, STORE_HOST, data, NULL, 0, NULL, error);
}

static void write_sql(Rough *rough, const char *sql)
{
	g_autoptr(GError) error = NULL;

	cr_assert(store_write_now(runtime_store(rough->runtime), exec, (char *)sql, &error), "%s", error->message);
}

static gint64 read_sql(Rough *rough, const char *sql)
{
	StoreConn *conn = store_read(runtime_store(rough->runtime), rough->world->env.readers - 1, NULL);
	gint64 value = -1;

	cr_assert(store_exec(conn, STORE_HOST, sql, NULL, 0, &value, NULL));
	store_read_done(rough->world->stores, rough->world->env.readers - 1);
	return value;
}

#define MANY_JOBS(count, name, at)                                                                                    \
	"INSERT INTO _job(name, args, not_before, tries, error) WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 " \
	"FROM c WHERE x < " #count ") SELECT '" name "', '{}', " at ", 0, '' FROM c"

Test(calls, rows_of_a_job_that_this_version_does_not_have_hold_up_no_others, .timeout = 60)
{
	Rough rough = rough_new(100);

	write_sql(&rough, MANY_JOBS(100, "gone", "0"));
	write_sql(&rough, MANY_JOBS(20, "tidy", "1"));
	runtime_run_jobs(rough.runtime, rough.loop);
	settle(&rough);
	cr_assert_eq(tidied, 20, "%d of 20 ran", tidied);
	cr_assert_eq(read_sql(&rough, "SELECT COUNT(*) FROM _job WHERE name = 'gone'"), 100,
	             "they wait for a version that has it");
	rough_clear(&rough);
}

Test(calls, many_jobs_of_a_later_day_do_not_keep_those_due_from_running, .timeout = 60)
{
	Rough rough = rough_new(100);

	write_sql(&rough, MANY_JOBS(60000, "tidy", "9000000000000000000"));
	write_sql(&rough, MANY_JOBS(3, "tidy", "1"));
	cr_assert_eq(call(&rough, LIST, NULL, 0, NULL), 200, "a read sets the budget of the loop's connection");
	runtime_run_jobs(rough.runtime, rough.loop);
	settle(&rough);
	cr_assert_eq(tidied, 3, "%d of 3 ran", tidied);
	rough_clear(&rough);
}

Test(calls, a_chain_of_jobs_ends_when_jobs_are_stopped, .timeout = 60)
{
	Rough rough = rough_new(100);

	chain_stop = 1000000;
	runtime_run_jobs(rough.runtime, rough.loop);
	write_sql(&rough, MANY_JOBS(1, "chain", "1"));
	call(&rough, LIST, NULL, 0, NULL);
	while (chained < 3)
		call(&rough, ADD, (CallParam[]){ { "n", "1", 1 } }, 1, NULL);
	runtime_stop_jobs(rough.runtime);
	int at_stop = chained;
	while (runtime_calls(rough.runtime) > 0 && chained < at_stop + 50)
		call(&rough, ADD, (CallParam[]){ { "n", "1", 1 } }, 1, NULL);
	for (int i = 0; i < 50; i++)
		call(&rough, ADD, (CallParam[]){ { "n", "1", 1 } }, 1, NULL);
	cr_assert(chained <= at_stop + 1, "%d more ran", chained - at_stop);
	rough_clear(&rough);
}

Test(calls, an_owner_with_too_many_keys_loses_the_oldest_and_holds_up_nobody, .timeout = 60)
{
	Rough rough = rough_new(2000);
	gint64 begun;

	write_sql(&rough, "INSERT INTO _idempotency(owner, route, key, digest, status, location, reply, at, subject) WITH RECURSIVE c(x) AS "
	                  "(SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 9000) SELECT CASE WHEN x % 9 = 0 THEN 'b' ELSE 'a' END, "
	                  "'/t', CAST(x AS TEXT), '', 201, '', '{}', x, '' FROM c");
	begun = clock_mono_us();
	idempotency_prune(rough.runtime, 9001);
	begun = clock_mono_us() - begun;
	cr_assert_eq(read_sql(&rough, "SELECT COUNT(*) FROM _idempotency WHERE owner = 'a'"), 2000);
	cr_assert_eq(read_sql(&rough, "SELECT COUNT(*) FROM _idempotency WHERE owner = 'b'"), 1000);
	cr_assert_eq(read_sql(&rough, "SELECT MAX(at) FROM _idempotency WHERE owner = 'a'"), 8999, "the newest stay");
	cr_assert(begun < 500 * 1000, "the writer was busy with it for %d ms", (int)(begun / 1000));
	rough_clear(&rough);
}

Test(calls, personal_fields_are_masked_whatever_way_and_form_they_take)
{
	static const struct {
		const char *member, *value;
	} cases[] = {
		{ "phone", "138****5678" },     { "short_phone", "****" },      { "id_card", "******" },
		{ "contact", "138****5678" },   { "other_phone", "******" },
	};
	Rough rough = rough_new(100);

	cr_assert_eq(call(&rough, PEOPLE, NULL, 0, NULL), 200);
	g_autoptr(json_t) body = json_read(rough.reply->body->str, rough.reply->body->len, NULL);
	cr_assert_not_null(body, "%s", rough.reply->body->str);
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
		cr_expect_str_eq(json_string_value(json_object_get(body, cases[i].member)) ?: "(none)", cases[i].value,
		                 "%s: %s", cases[i].member, rough.reply->body->str);
	cr_expect_null(strstr(rough.reply->body->str, "13812345678"), "%s", rough.reply->body->str);
	cr_expect_null(strstr(rough.reply->body->str, "6889"), "%s", rough.reply->body->str);
	rough_clear(&rough);
}

static char *cursor_of(const char *json)
{
	char *text = g_base64_encode((const guchar *)json, strlen(json));

	return g_strdelimit(text, "=", '\0');
}

Test(calls, a_cursor_of_another_list_is_the_callers_fault)
{
	static const char *const cursors[] = { "[1,2]", "[1,2,3]", "[\"x\",1,\"y\"]", "[]", "{}", "[[1]]", "x" };
	Rough rough = rough_new(100);

	for (guint i = 0; i < G_N_ELEMENTS(cursors); i++) {
		g_autofree char *cursor = cursor_of(cursors[i]);
		CallParam param = { "cursor", cursor, strlen(cursor) };

		cr_expect_eq(call(&rough, LIST, &param, 1, NULL), 422, "%s: %s", cursors[i], rough.reply->body->str);
		cr_expect_not_null(strstr(rough.reply->body->str, "\"cursor\""), "%s", rough.reply->body->str);
	}
	rough_clear(&rough);
}

Test(calls, an_error_of_the_host_is_told_to_the_log_and_not_to_the_caller)
{
	Rough rough = rough_new(100);

	cr_assert_eq(call(&rough, UNFINISHED, NULL, 0, NULL), 500);
	cr_assert_null(strstr(rough.reply->body->str, "no_such"), "%s", rough.reply->body->str);
	cr_assert_null(strstr(rough.reply->body->str, "SELECT"), "%s", rough.reply->body->str);
	rough_clear(&rough);
}

Test(calls, a_forms_list_takes_no_number_or_yes_that_is_none)
{
	static const struct {
		const char *name, *value;
		gint status;
	} cases[] = {
		{ "members.0.age", "5", 200 },    { "members.0.age", "5-3", 422 }, { "members.0.age", "--", 422 },
		{ "members.0.age", "99999999999999999999", 422 },                  { "members.0.age", "-5", 200 },
		{ "members.0.head", "true", 200 }, { "members.0.head", "banana", 422 }, { "members.0.head", "on", 200 },
		{ "members.0.age", "\xff", 422 }, { "members.99999999999999999999.age", "1", 200 }, { "members.0.nobody", "1", 422 },
	};
	Rough rough = rough_new(100);

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		CallParam param = { cases[i].name, cases[i].value, strlen(cases[i].value) };

		cr_expect_eq(call(&rough, MEMBERS, &param, 1, NULL), cases[i].status, "%s=%s: %s", cases[i].name,
		             cases[i].value, rough.reply->body->str);
	}
	rough_clear(&rough);
}

Test(calls, a_number_in_a_parameter_is_digits_that_fit_64_bits)
{
	static const struct {
		const char *text;
		gboolean fine;
		gint64 value;
	} cases[] = {
		{ "0", TRUE, 0 },
		{ "-0", TRUE, 0 },
		{ "007", TRUE, 7 },
		{ "-12", TRUE, -12 },
		{ "9223372036854775807", TRUE, G_MAXINT64 },
		{ "-9223372036854775808", TRUE, G_MININT64 },
		{ "9223372036854775808", FALSE, 0 },
		{ "-9223372036854775809", FALSE, 0 },
		{ "92233720368547758070", FALSE, 0 },
		{ "-", FALSE, 0 },
		{ "--1", FALSE, 0 },
		{ "+1", FALSE, 0 },
		{ " 1", FALSE, 0 },
		{ "1 ", FALSE, 0 },
		{ "1x", FALSE, 0 },
		{ "0x1", FALSE, 0 },
		{ "", FALSE, 0 },
	};
	g_autoptr(Arena) arena = arena_new();
	const FieldWorld world = { 0 };

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		zhen_value value = { 0 };
		const char *code = NULL;
		const char *reason =
			field_check_text(n_field, cases[i].text, strlen(cases[i].text), &world, arena, &value, &code);

		cr_expect_eq(reason == NULL, cases[i].fine, "'%s': %s", cases[i].text, reason);
		if (cases[i].fine)
			cr_expect_eq(value.as.integer, cases[i].value, "'%s'", cases[i].text);
		else
			cr_expect_str_eq(code, "not-a-number");
	}
}

Test(calls, a_body_of_unknown_names_gets_a_short_answer)
{
	Rough rough = rough_new(100);
	g_autoptr(GString) body = g_string_new("{");

	for (guint i = 0; i < 50000; i++)
		g_string_append_printf(body, "\"x%u\":1,", i);
	g_string_append_printf(body, "\"%s", "乡");
	for (guint i = 0; i < 5000; i++)
		g_string_append(body, "镇");
	g_string_append(body, "\":1}");
	cr_assert_eq(call(&rough, ADD, NULL, 0, body->str), 422);
	cr_assert(rough.reply->body->len < 65536 + 1024, "%zu bytes", rough.reply->body->len);
	cr_assert(g_utf8_validate(rough.reply->body->str, -1, NULL));
	rough_clear(&rough);
}

Test(calls, a_read_without_end_is_given_up_on_the_pool_too, .timeout = 60)
{
	read_steps = 1;
	Rough rough = rough_new(100);

	cr_assert_eq(call(&rough, ENDLESS, NULL, 0, NULL), 503);
	cr_assert_not_null(strstr(rough.reply->body->str, "too-slow"), "%s", rough.reply->body->str);
	rough_clear(&rough);
}

Test(calls, a_list_that_cannot_go_on_is_an_error_and_not_half_a_list)
{
	Rough rough = rough_new(100);

	cr_assert_eq(call(&rough, UNPAGED, NULL, 0, NULL), 500);
	cr_assert_not_null(strstr(rough.reply->body->str, "no-page"), "%s", rough.reply->body->str);
	rough_clear(&rough);
}

Test(calls, a_key_given_to_one_method_of_a_path_answers_no_other)
{
	Rough rough = rough_new(100);

	key = "a-key-of-twenty-two-signs";
	cr_assert_eq(call(&rough, ADD, NULL, 0, "{\"n\":1}"), 201);
	cr_assert_eq(call(&rough, CHANGE, NULL, 0, "{\"n\":1}"), 200, "%s", rough.reply->body->str);
	cr_assert_not_null(strstr(rough.reply->body->str, "changed"), "%s", rough.reply->body->str);
	cr_assert_eq(call(&rough, ADD, NULL, 0, "{\"n\":1}"), 201);
	cr_assert_eq(read_sql(&rough, "SELECT COUNT(*) FROM t"), 1);
	rough_clear(&rough);
}

Test(calls, a_file_kept_after_days_is_not_collected_before_its_row_is_there)
{
	static const struct timespec days_ago[2] = { { 1000000, 0 }, { 1000000, 0 } };
	Rough rough = rough_new(100);
	g_autoptr(BlobWriter) writer = blob_writer_new(runtime_store(rough.runtime), 0, NULL);
	g_autofree char *path = NULL;

	collected = runtime_store(rough.runtime);
	cr_assert(blob_write(writer, "deed", 4, NULL) && blob_finish(writer, old_blob, NULL, NULL));
	path = blob_path(collected, old_blob);
	cr_assert_eq(utimensat(AT_FDCWD, path, days_ago, 0), 0);
	cr_assert_eq(call(&rough, KEEP, NULL, 0, NULL), 200);
	cr_assert_eq(read_sql(&rough, "SELECT COUNT(*) FROM _blob"), 1);
	cr_assert(g_file_test(path, G_FILE_TEST_EXISTS), "a row names a file that is gone");
	rough_clear(&rough);
}
