/* SPDX-License-Identifier: Apache-2.0
 * A read that asks for a file's bytes does so on a pool thread: on the loop everybody would wait for the disk. */
#include <criterion/criterion.h>
#include <string.h>
#include <zhen/zhen.h>

#include "base/log.h"
#include "testhost/world.h"

static char digest[65];    /* of the blob that put stored */
static pthread_t loop_thread;
static gint runs, on_loop; /* of the handler of a read; of these on the loop's thread with bytes in hand */

static zhen_result put(zhen_call *call)
{
	const char *stored = call->host->blob_put(call, "a paper", 7);

	g_strlcpy(digest, stored, sizeof digest);
	call->host->blob_keep(call, stored, "1");
	return zhen_ok(call);
}

static zhen_result get(zhen_call *call)
{
	size_t length = 0;
	const char *bytes = call->host->blob_get(call, digest, &length);

	g_atomic_int_inc(&runs);
	if (bytes != NULL && pthread_equal(pthread_self(), loop_thread))
		g_atomic_int_inc(&on_loop);
	if (bytes == NULL || length != 7)
		return zhen_fail(call, ZHEN_NOT_FOUND, "no-paper", "没有");
	zhen_put(call, "bytes", zhen_format(call, "%.*s", (int)length, bytes));
	return zhen_ok(call);
}

static zhen_result absent(zhen_call *call)
{
	size_t length = 0;

	g_atomic_int_inc(&runs);
	zhen_put(call, "none", call->host->blob_get(call, "0123", &length) == NULL);
	return zhen_ok(call);
}

static const zhen_route routes[] = {
	{ .path = "/paper", .method = ZHEN_POST, .handle = put, .flags = ZHEN_PUBLIC, .summary = "x" },
	{ .path = "/paper", .method = ZHEN_GET, .handle = get, .flags = ZHEN_PUBLIC, .summary = "x" },
	{ .path = "/absent", .method = ZHEN_GET, .handle = absent, .flags = ZHEN_PUBLIC, .summary = "x" },
	{ 0 },
};
enum { PUT, GET, ABSENT };
ZHEN_PLUGIN(papers, "1.0.0", .title = "papers", .routes = routes);

typedef struct Papers {
	World *world;
	Plugin *plugin;
	Pool *pool;
	Loop *loop;
	Runtime *runtime;
	CallReply *reply;
} Papers;

static void turn(void *data)
{
	runtime_turn(data, 0);
}

static void on_reply(void *data, CallReply *reply)
{
	Papers *papers = data;

	papers->reply = reply;
	loop_stop(papers->loop);
}

/* The body of the answer. (transfer full) */
static char *call(Papers *papers, guint index)
{
	CallRequest request = { .kind = CALL_ROUTE, .index = index, .caller = { "", "", "", "", "", 0, FALSE }, .now_ms = 1,
		                .request_id = "r", .base_url = "", .address = "" };
	char *body;

	papers->reply = NULL;
	runtime_submit(papers->runtime, papers->loop, &request, on_reply, papers);
	while (papers->reply == NULL)
		loop_run(papers->loop);
	cr_assert_eq(papers->reply->status, 200, "%s", papers->reply->body->str);
	body = g_strdup(papers->reply->body->str);
	call_reply_free(papers->reply);
	return body;
}

static Papers papers_new(void)
{
	Papers papers = { 0 };
	g_autoptr(GError) error = NULL;
	StoreOptions store = { 0 };

	log_set_level(LOG_ERROR);
	loop_thread = pthread_self();
	papers.world = world_new(NULL, NULL, &error);
	cr_assert_not_null(papers.world, "%s", error != NULL ? error->message : "");
	papers.plugin = plugin_bind(&zhen_plugin_entry, &error);
	cr_assert_not_null(papers.plugin, "%s", error != NULL ? error->message : "");
	papers.pool = pool_new(&papers.world->env, 2);
	papers.loop = loop_new(0, NULL);
	loop_add_turn_hook(papers.loop, turn, &papers.world->env);
	g_autofree char *dir = g_build_filename(papers.world->dir, "papers", NULL);
	papers.runtime = runtime_new(&papers.world->env, papers.pool, papers.plugin, dir, &store,
	                             settings_from_json(papers.plugin, "{}", &error), &error);
	cr_assert_not_null(papers.runtime, "%s", error != NULL ? error->message : "");
	return papers;
}

static void papers_clear(Papers *papers)
{
	runtime_free(papers->runtime);
	pool_free(papers->pool);
	loop_free(papers->loop);
	plugin_free(papers->plugin);
	world_free(papers->world);
}

Test(blob_reads, a_read_that_asks_for_a_file_runs_again_on_the_pool_and_from_then_on_there, .timeout = 60)
{
	Papers papers = papers_new();
	g_free(call(&papers, PUT));
	g_autofree char *first = call(&papers, GET);

	cr_assert_eq(g_atomic_int_get(&runs), 2, "once on the loop, for nothing, and once on the pool");
	g_autofree char *second = call(&papers, GET);

	cr_assert_eq(g_atomic_int_get(&runs), 3, "the route is remembered");
	cr_assert_eq(g_atomic_int_get(&on_loop), 0, "bytes in hand on the loop");
	cr_assert_str_eq(first, "{\"bytes\":\"a paper\"}");
	cr_assert_str_eq(second, first);
	papers_clear(&papers);
}

Test(blob_reads, a_file_that_is_not_there_is_told_at_once, .timeout = 60)
{
	Papers papers = papers_new();
	g_autofree char *body = call(&papers, ABSENT);

	cr_assert_eq(g_atomic_int_get(&runs), 1);
	cr_assert_str_eq(body, "{\"none\":1}");
	papers_clear(&papers);
}
