/* SPDX-License-Identifier: Apache-2.0
 * A subscriber in this process and what is delivered to it, for the tests of delivery and of what is set aside. */
#pragma once

#include <criterion/criterion.h>
#include <string.h>
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "runtime/exec.h"
#include "testhost/world.h"

#define EPOCH 7
#define SLOW_N 500 /* its handler takes 30 ms */
#define DEADLY_N 888 /* its handler ends the process: see sub_die */
#define LARGE_N 600 /* its handler writes 100 KB more */

static gint64 refused_n; /* whose handler answers 409; 0 = none */
static gint runs;        /* of handlers */
static Store *looked_into; /* by the handler of 2, as a process sees it that finds what a dead one left */
static char on_disk[64];
static char *sheet_file;   /* what the handler of DEADLY_N leaves, as it is while it runs */
static char *sheet;
static gsize sheet_size;

/* What breaks the whole transaction, as an interrupted write does. */
static void end_the_transaction(zhen_call *head)
{
	Call *call = (Call *)head;
	g_autoptr(GError) error = NULL;

	cr_assert_not(store_exec(call->conn, STORE_HOST, "INSERT OR ROLLBACK INTO _clock(name, last) VALUES('x', 0), ('x', 0)", NULL,
	                         0, NULL, &error));
	exec_error(call, error);
}

/* The page as the next process finds it, and nothing else happened. */
static void die(zhen_call *head)
{
	g_autoptr(GError) error = NULL;

	g_free(sheet);
	cr_assert(g_file_get_contents(sheet_file, &sheet, &sheet_size, NULL));
	throw_error(&error, ERROR_BUSY, "as if it had ended");
	exec_error((Call *)head, error);
}

static void look_on_disk(void)
{
	StoreConn *conn = store_read(looked_into, 1, NULL);
	StoreStmt *stmt = store_prepare(conn, STORE_HOST,
	                                "SELECT tries || code || (not_before > 0) FROM _parked ORDER BY id LIMIT 1",
	                                NULL, NULL, 0, NULL);
	zhen_value value = { 0 };

	if (store_step(stmt, NULL) == STORE_ROW)
		store_column(stmt, 0, &value);
	g_strlcpy(on_disk, value.kind == ZHEN_KIND_TEXT ? value.as.text : "", sizeof on_disk);
	store_reset(stmt);
}

static zhen_result take(zhen_call *call)
{
	const int64_t n = zhen_int(call, "n");

	runs++;
	if (n == 2 && looked_into != NULL)
		look_on_disk();
	zhen_run(call, "INSERT INTO effect(n, subject, id, at, title) VALUES($1, $2, $3, $4, $5)", n,
	         zhen_text(call, "event_subject"), zhen_text(call, "event_id"), zhen_int(call, "event_at"),
	         zhen_text(call, "title"));
	if (n == DEADLY_N)
		die(call);
	if (n == LARGE_N) {
		g_autofree char *large = g_strnfill(100000, 'x');

		zhen_run(call, "UPDATE effect SET title = $1 WHERE id = $2", large, zhen_text(call, "event_id"));
	}
	if (n == SLOW_N)
		g_usleep(30000);
	if (n >= 1000)
		zhen_emit(call, "sub.thing.taken", "n", n);
	if (n == refused_n)
		return zhen_fail(call, ZHEN_CONFLICT, "not-now", "现在不行");
	if (n == 666)
		zhen_run(call, "INSERT INTO no_such(n) VALUES(1)");
	if (n == 777)
		end_the_transaction(call);
	return zhen_ok(call);
}

static zhen_result take_plain(zhen_call *call)
{
	zhen_run(call, "INSERT INTO effect(n, subject, id, at, title) VALUES($1, $2, $3, 0, $4)", zhen_int(call, "n"),
	         zhen_text(call, "event_topic"), zhen_text(call, "event_id"), zhen_text(call, "list"));
	return zhen_ok(call);
}

static zhen_result add(zhen_call *call)
{
	zhen_emit(call, "sub.thing.taken", "n", (int64_t)1);
	zhen_emit(call, "sub.beat.heard", "n", (int64_t)1);
	return zhen_ok(call);
}

static const zhen_migration migrations[] = {
	{ .number = 1, .sql = "CREATE TABLE effect(n BIGINT, subject TEXT, id TEXT, at BIGINT, title TEXT)" }, { 0 } };
static const zhen_field n_field[] = { { .name = "n", .type = ZHEN_INT }, { 0 } };
static const zhen_field read_fields[] = {
	{ .name = "n", .type = ZHEN_INT, .flags = ZHEN_REQUIRED }, { .name = "title", .type = ZHEN_TEXT },
	{ .name = "when", .type = ZHEN_TIME }, { 0 } };
static const zhen_topic topics[] = { { .name = "sub.thing.taken", .fields = n_field, .summary = "x" },
	                             { .name = "sub.beat.heard", .fields = n_field, .summary = "x", .flags = ZHEN_TRANSIENT },
	                             { 0 } };
static const zhen_subscription subscriptions[] = { { .topic = "pub.thing.made", .handle = take, .fields = read_fields },
	                                           { .topic = "pub.note.written", .handle = take_plain },
	                                           { .topic = "other.thing.made", .handle = take }, { 0 } };
static const zhen_route routes[] = { { .path = "/t", .method = ZHEN_POST, .handle = add, .flags = ZHEN_PUBLIC, .summary = "x" }, { 0 } };
ZHEN_PLUGIN(sub, "1.0.0", .title = "sub", .migrations = migrations, .topics = topics, .subscriptions = subscriptions,
            .routes = routes);

typedef struct Sub {
	World *world;
	RuntimeEnv env;
	gint64 quota;
	Loop *loop;
	Pool *pool;
	Plugin *plugin;
	Runtime *runtime;
	gint emitted; /* times told; atomic */
	guint waiting;
	CallReply *reply; /* the last */
	gint statuses[16]; /* in order of the answers */
	guint n_statuses;
} Sub;

static inline void sub_emitted(void *data, const Plugin *plugin)
{
	(void)plugin;
	g_atomic_int_inc(&((Sub *)data)->emitted);
}

static inline void sub_turn(void *data)
{
	runtime_turn(data, 0);
}

static inline void sub_start(Sub *sub)
{
	g_autofree char *dir = g_build_filename(sub->world->dir, "sub", NULL);
	StoreOptions store = { .quota_bytes = sub->quota };
	g_autoptr(GError) error = NULL;

	g_free(sheet_file);
	sheet_file = g_build_filename(dir, "running", NULL);
	sub->runtime = runtime_new(&sub->env, sub->pool, sub->plugin, dir, &store,
	                           settings_from_json(sub->plugin, "{}", NULL), &error);
	cr_assert_not_null(sub->runtime, "%s", error != NULL ? error->message : "");
}

/* @env: limits of events, the rest is the world's; @quota: bytes of the database, 0 = none. */
static inline void sub_open_within(Sub *sub, const RuntimeEnv *env, gint64 quota)
{
	g_autoptr(GError) error = NULL;

	log_set_level(0);
	refused_n = runs = 0;
	looked_into = NULL;
	memset(sub, 0, sizeof *sub);
	sub->quota = quota;
	sub->world = world_new(NULL, NULL, &error);
	cr_assert_not_null(sub->world, "%s", error != NULL ? error->message : "");
	sub->env = sub->world->env;
	sub->env.event_tries = env->event_tries;
	sub->env.event_backoff_ms = env->event_backoff_ms;
	sub->env.parked_max = env->parked_max;
	sub->env.parked_of_publisher = env->parked_of_publisher;
	sub->env.parked_of_subject = env->parked_of_subject;
	sub->env.event_turn_us = env->event_turn_us > 0 ? env->event_turn_us : G_USEC_PER_SEC * 60;
	sub->env.emitted = sub_emitted;
	sub->env.emitted_data = sub;
	sub->loop = loop_new(0, NULL);
	loop_add_turn_hook(sub->loop, sub_turn, &sub->env);
	sub->plugin = plugin_bind(&zhen_plugin_entry, &error);
	cr_assert_not_null(sub->plugin, "%s", error != NULL ? error->message : "");
	sub->pool = pool_new(&sub->env, 1);
	sub_start(sub);
}

static inline void sub_open(Sub *sub, const RuntimeEnv *env)
{
	sub_open_within(sub, env, 0);
}

static inline void sub_close(Sub *sub)
{
	runtime_stop_jobs(sub->runtime);
	call_reply_free(sub->reply);
	runtime_free(sub->runtime);
	g_clear_pointer(&sheet_file, g_free);
	g_clear_pointer(&sheet, g_free);
	pool_free(sub->pool);
	plugin_free(sub->plugin);
	loop_free(sub->loop);
	world_free(sub->world);
}

static inline void sub_answered(void *data, CallReply *reply)
{
	Sub *sub = data;

	call_reply_free(sub->reply);
	sub->reply = reply;
	sub->statuses[sub->n_statuses++ % G_N_ELEMENTS(sub->statuses)] = reply->status;
	if (--sub->waiting == 0)
		loop_stop(sub->loop);
}

#define HOST_CALLER { .account = "host", .name = "", .body = "", .division = "", .on_behalf = "", .permissions = G_MAXUINT64, .sees_all = TRUE }

static inline CallRequest sub_request(CallKind kind)
{
	return (CallRequest){ .kind = kind, .caller = HOST_CALLER, .now_ms = clock_now_ms(), .request_id = "r",
		              .base_url = "", .address = "", .publisher = "pub" };
}

static inline void sub_submit(Sub *sub, const CallRequest *request)
{
	sub->waiting++;
	runtime_submit(sub->runtime, sub->loop, request, sub_answered, sub);
}

static inline gint sub_wait(Sub *sub)
{
	while (sub->waiting > 0)
		loop_run(sub->loop);
	return sub->reply->status;
}

static inline gint sub_call(Sub *sub, const CallRequest *request)
{
	sub_submit(sub, request);
	return sub_wait(sub);
}

#define AT(n) ((LogPosition){ EPOCH, (n) })
#define EVENT(seq, who, json) \
	{ .position = { EPOCH, (seq) }, .topic = "pub.thing.made", .subject = (who), .division = "", .body = (json), \
	  .body_length = sizeof(json) - 1, .at_ms = 1000 + (seq) }

static inline CallRequest sub_delivery(const CallEvent *events, guint n, gint64 after, gint64 upto)
{
	CallRequest request = sub_request(CALL_EVENTS);

	request.events = events;
	request.n_events = n;
	request.after = AT(after);
	request.upto = AT(upto);
	return request;
}

static inline gint sub_deliver(Sub *sub, const CallEvent *events, guint n, gint64 after, gint64 upto)
{
	CallRequest request = sub_delivery(events, n, after, upto);

	return sub_call(sub, &request);
}

static inline gint sub_parked(Sub *sub, enum ParkedAct act, gint64 id)
{
	CallRequest request = sub_request(CALL_PARKED);

	request.index = act;
	request.job_id = id;
	return sub_call(sub, &request);
}

static inline gboolean sub_says(const Sub *sub, const char *text)
{
	return strstr(sub->reply->body->str, text) != NULL;
}

/* The first column of every row, each followed by a blank. */
static inline char *sub_sql(Sub *sub, const char *sql)
{
	GString *out = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	StoreConn *conn = store_read(runtime_store(sub->runtime), 0, &error);
	StoreStmt *stmt = conn != NULL ? store_prepare(conn, STORE_HOST, sql, NULL, NULL, 0, &error) : NULL;

	cr_assert_not_null(stmt, "%s", error != NULL ? error->message : "");
	while (store_step(stmt, &error) == STORE_ROW) {
		zhen_value value;

		store_column(stmt, 0, &value);
		if (value.kind == ZHEN_KIND_INT)
			g_string_append_printf(out, "%" G_GINT64_FORMAT " ", value.as.integer);
		else
			g_string_append_printf(out, "%s ", value.kind == ZHEN_KIND_TEXT ? value.as.text : "null");
	}
	cr_assert_null(error);
	store_reset(stmt);
	store_read_done(sub->env.stores, 0);
	return g_string_free(out, FALSE);
}

#define HOLDS(sub, sql, wanted)                                                                \
	do {                                                                                   \
		g_autofree char *got_ = sub_sql(sub, sql);                                     \
		cr_expect_str_eq(got_, wanted, "%s: \"%s\" instead of \"%s\"", sql, got_, wanted); \
	} while (0)

static inline void sub_settled(void *data)
{
	loop_stop(((Sub *)data)->loop);
}

/* The process ended while its handler ran; another one begins. */
static inline void sub_die(Sub *sub)
{
	cr_assert_not_null(sheet, "no handler ran that ends it");
	runtime_stop_jobs(sub->runtime);
	runtime_free(sub->runtime);
	cr_assert(g_file_set_contents(sheet_file, sheet, (gssize)sheet_size, NULL));
	g_clear_pointer(&sheet, g_free);
	sub_start(sub);
}

/* Jobs and retries that are due have run. */
static inline void sub_settle(Sub *sub)
{
	runtime_settle_jobs(sub->runtime, sub_settled, sub);
	loop_run(sub->loop);
}

/* @ms later: what came due has run. */
static inline void sub_later(Sub *sub, gint64 ms)
{
	clock_turn(clock_offset_ms() + ms);
	sub_settle(sub);
}
